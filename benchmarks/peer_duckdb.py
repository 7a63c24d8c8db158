"""The question in SQL, with DuckDB: recursive queries for memberships, acting-as and access lists, then joins.

Resources with the same pair of access lists (before, after) are one row of `pairs`; only pairs and people that the
change can concern are joined, in batches so that the joined rows stay some tens of millions.
"""

import duckdb
import numpy as np
from company import CLASSES, MASKS, Company
from question import CAPABILITIES, GAINED, REVOKED, Answer, Question, insiders, run

BATCH_ROWS = 20_000_000
MEMORY = "14GiB"

REACH = """
CREATE OR REPLACE TABLE reach_{side} AS
WITH RECURSIVE
inside(p, s) AS (
    SELECT id, id FROM principals
    UNION
    SELECT inside.p, m.grp FROM inside JOIN members_{side} m ON m.member = inside.s),
doors AS (SELECT DISTINCT inside.p, a.target AS v FROM inside JOIN acting a ON a.subject = inside.s),
becomes(p, v) AS (
    SELECT id, id FROM principals
    UNION
    SELECT becomes.p, doors.v FROM becomes JOIN doors ON doors.p = becomes.v)
SELECT becomes.p, becomes.v, inside.s FROM becomes JOIN inside ON inside.p = becomes.v
"""
LISTS = """
CREATE OR REPLACE TABLE lists_{side} AS
WITH RECURSIVE
own AS (SELECT resource, list(id ORDER BY id) AS ids FROM grants WHERE in_{side} GROUP BY resource),
tops AS (SELECT r.id, coalesce(own.ids, []) AS ids FROM resources_{side} r LEFT JOIN own ON own.resource = r.id
         WHERE r.parent < 0 OR NOT r.inherits),
held(id, ids) AS (
    SELECT id, ids FROM tops
    UNION ALL
    SELECT r.id, list_concat(held.ids, coalesce(own.ids, []))
    FROM held JOIN resources_{side} r ON r.parent = held.id AND r.inherits LEFT JOIN own ON own.resource = r.id)
SELECT id, ids FROM held
"""
PAIRS = """
CREATE OR REPLACE TABLE pairs AS
SELECT row_number() OVER () AS pair, old.ids AS old_ids, new.ids AS new_ids,
       {classes}, {resources} AS resources
FROM lists_before old JOIN lists_after new USING (id) JOIN classes c USING (id)
GROUP BY old.ids, new.ids
"""
CONCERNED = """
CREATE OR REPLACE TABLE moved_reach AS
    (SELECT * FROM reach_before EXCEPT SELECT * FROM reach_after)
    UNION ALL (SELECT * FROM reach_after EXCEPT SELECT * FROM reach_before);
CREATE OR REPLACE TABLE looked_at AS
    SELECT * FROM pairs WHERE old_ids <> new_ids
    OR list_has_any(new_ids, (SELECT coalesce(list(g.id), []) FROM grants g
                              WHERE g.subject IN (SELECT s FROM moved_reach)));
CREATE OR REPLACE TABLE swapped AS
    WITH old AS (SELECT pair, unnest(old_ids) AS id FROM looked_at WHERE old_ids <> new_ids),
         new AS (SELECT pair, unnest(new_ids) AS id FROM looked_at WHERE old_ids <> new_ids)
    SELECT DISTINCT id FROM ((FROM old EXCEPT FROM new) UNION ALL (FROM new EXCEPT FROM old));
CREATE OR REPLACE TABLE concerned AS
    SELECT p FROM moved_reach
    UNION SELECT r.p FROM reach_before r JOIN grants g ON g.subject = r.s JOIN swapped USING (id)
    UNION SELECT r.p FROM reach_after r JOIN grants g ON g.subject = r.s JOIN swapped USING (id);
CREATE OR REPLACE TABLE narrow_before AS SELECT r.* FROM reach_before r SEMI JOIN concerned USING (p);
CREATE OR REPLACE TABLE narrow_after AS SELECT r.* FROM reach_after r SEMI JOIN concerned USING (p);
"""
WORK = """
SELECT l.pair, sum(w.people) FROM (
    SELECT pair, unnest(old_ids) AS id FROM looked_at UNION ALL SELECT pair, unnest(new_ids) FROM looked_at) l
JOIN grants g USING (id) JOIN (SELECT s, count(*) AS people FROM narrow_after GROUP BY s) w ON w.s = g.subject
GROUP BY l.pair ORDER BY l.pair
"""
SIDE = """
SELECT pair, p, bit_or(allowed & ~denied) AS mask FROM (
    SELECT l.pair, r.p, r.v, bit_or(CASE WHEN g.deny THEN 0 ELSE g.mask END) AS allowed,
           bit_or(CASE WHEN g.deny THEN g.mask ELSE 0 END) AS denied
    FROM (SELECT pair, unnest({side_ids}) AS id FROM looked_at WHERE pair BETWEEN ? AND ?) l
    JOIN grants g USING (id) JOIN narrow_{side} r ON r.s = g.subject
    GROUP BY l.pair, r.p, r.v)
GROUP BY pair, p
"""
MOVED = f"""
CREATE OR REPLACE TABLE moved AS
WITH old AS ({SIDE.format(side="before", side_ids="old_ids")}), new AS ({SIDE.format(side="after", side_ids="new_ids")})
SELECT pair, p, coalesce(new.mask, 0) & ~coalesce(old.mask, 0) AS gained,
       coalesce(old.mask, 0) & ~coalesce(new.mask, 0) AS revoked
FROM old FULL JOIN new USING (pair, p) WHERE coalesce(old.mask, 0) <> coalesce(new.mask, 0)
"""
COUNT = f"""
WITH people AS (
    SELECT pair, {", ".join(f"count(*) FILTER ({change} & {1 << bit} > 0) AS {change}_{bit}"
                            for change in ("gained", "revoked") for bit in range(len(CAPABILITIES)))}
    FROM moved GROUP BY pair)
SELECT {", ".join(f"sum({change}_{bit} * class_{place})" for place in range(len(CLASSES))
                  for bit in range(len(CAPABILITIES)) for change in ("gained", "revoked"))}
FROM people JOIN looked_at USING (pair)
"""  # fmt: skip


def build(question: Question) -> duckdb.DuckDBPyConnection:
    """Load the tables."""
    # It may swap out rather than pass the limit on memory, which would end it.
    swap = str(question.folder / "duckdb")
    database = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": swap})
    before, after = question.before, question.after
    _table(database, "principals", id=np.arange(before.principals, dtype=np.int32))
    _table(database, "acting", target=before.acting[:, 0], subject=before.acting[:, 1])
    _table(database, "classes", id=np.arange(len(question.classes), dtype=np.int32), class_of=question.classes)
    rows, places = np.unique(np.concatenate([before.grants, after.grants]), axis=0, return_inverse=True)
    _table(
        database, "grants", id=np.arange(len(rows), dtype=np.int32), subject=rows[:, 0], mask=MASKS[rows[:, 1]],
        resource=rows[:, 2], deny=rows[:, 3] == 1,
        in_before=np.isin(np.arange(len(rows)), places[: len(before.grants)]),
        in_after=np.isin(np.arange(len(rows)), places[len(before.grants) :]),
    )  # fmt: skip
    for side, company in (("before", before), ("after", after)):
        if side == "before" or company.members is not before.members:
            _members(database, side, company)
        if side == "before" or company.parent is not before.parent:
            numbers = np.arange(len(company.parent), dtype=np.int32)
            _table(database, f"resources_{side}", id=numbers, parent=company.parent, inherits=company.inherits)
    return database


def _members(database: duckdb.DuckDBPyConnection, side: str, company: Company) -> None:
    everyone = insiders(company)
    groups = np.concatenate([company.members[:, 1], np.full(len(everyone), company.everyone, dtype=np.int32)])
    _table(database, f"members_{side}", member=np.concatenate([company.members[:, 0], everyone]), grp=groups)


def _table(database: duckdb.DuckDBPyConnection, name: str, **columns: np.ndarray) -> None:
    arrays = {column: np.ascontiguousarray(values) for column, values in columns.items()}
    database.register("incoming", arrays)
    database.execute(f"CREATE TABLE {name} AS FROM incoming")
    database.unregister("incoming")


def ask(question: Question, database: duckdb.DuckDBPyConnection) -> Answer:
    """Compare both sides."""
    answer = Answer(len(question.classes), in_full=question.in_full)
    database.execute(REACH.format(side="before"))
    database.execute(LISTS.format(side="before"))
    _or_the_same(database, "reach", REACH, question.before.members is question.after.members)
    if question.before.parent is question.after.parent:
        database.execute("CREATE VIEW resources_after AS FROM resources_before")
    same_grants = question.before.grants is question.after.grants
    _or_the_same(database, "lists", LISTS, same_grants and question.before.parent is question.after.parent)
    classes = ", ".join(f"count(*) FILTER (c.class_of = {n}) AS class_{n}" for n in range(len(CLASSES)))
    database.execute(PAIRS.format(classes=classes, resources="list(id)" if question.in_full else "NULL"))
    database.execute(CONCERNED)
    for first, last in _batches(database.execute(WORK).fetchall()):
        database.execute(MOVED, [first, last, first, last])
        counts = database.execute(COUNT).fetchone()
        if counts is not None and counts[0] is not None:
            shape = (len(CLASSES), len(CAPABILITIES), 2)
            answer.counts += np.array([int(count) for count in counts], dtype=np.int64).reshape(shape)
        if question.in_full:
            _note(answer, database)
    return answer


def _or_the_same(database: duckdb.DuckDBPyConnection, name: str, query: str, is_same: bool) -> None:
    if is_same:
        database.execute(f"CREATE VIEW {name}_after AS FROM {name}_before")
    else:
        database.execute(query.format(side="after"))


def _batches(work: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Cut the pairs into ranges of about as many joined rows."""
    found, first, rows = [], None, 0
    for pair, people in work:
        first = pair if first is None else first
        rows += people
        if rows > BATCH_ROWS:
            found.append((first, pair))
            first, rows = None, 0
    return found if first is None else [*found, (first, work[-1][0])]


def _note(answer: Answer, database: duckdb.DuckDBPyConnection) -> None:
    resources = dict(database.execute("SELECT pair, resources FROM pairs SEMI JOIN moved USING (pair)").fetchall())
    rows = database.execute("SELECT pair, p, gained, revoked FROM moved ORDER BY pair, p").fetchnumpy()
    for pair, ids in resources.items():
        here = rows["pair"] == pair
        who = rows["p"][here]
        moved = {
            (bit, change): who[rows[column][here] >> bit & 1 == 1]
            for bit in range(len(CAPABILITIES))
            for change, column in ((GAINED, "gained"), (REVOKED, "revoked"))
        }
        answer.note(ids, moved)


if __name__ == "__main__":
    run(build, ask)
