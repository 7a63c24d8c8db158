"""150 statements of GRANT, REVOKE and ALTER: PostgreSQL's own answers before and after, held against ours.

Each line has the catalog before a statement as lists of `aclitem` texts, and the privileges that roles gained and lost
by it as `has_table_privilege` and its like told, with and without asking whether one gets to the schema. Privileges on
columns and functions are not listed, so they are followed statement by statement from the first line.
"""

import gzip
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from blastradius.model.delta import State
from blastradius.model.sources import Source
from blastradius.systems.notes import Notes
from blastradius.systems.postgres.catalog import Catalog, ObjectKey, SqlObject, SqlRole
from blastradius.systems.postgres.facts import Names, build
from blastradius.systems.postgres.listed import read_listed
from blastradius.systems.postgres.privileges import Space
from blastradius.systems.postgres.sql.session import Session
from tests.support.postgres import (
    COLUMN_ACTIONS,
    RELATION_ACTIONS,
    holders,
    json_document,
    role_of,
    run,
    without_acting,
    without_places,
)

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "postgres"
FILES = sorted(CORPUS.glob("*change-deltas.jsonl.gz")) if CORPUS.is_dir() else []
pytestmark = pytest.mark.skipif(not FILES, reason="the real data of ../shared/corpus is not there")
DATABASE = "database"
MAKER = "postgres"
"""Who makes everything; the files never ask about it."""
Answer = tuple[str, str, str, str]
_KINDS = {"table": RELATION_ACTIONS, "column": COLUMN_ACTIONS, "schema": ("USAGE", "CREATE"), "function": ("EXECUTE",)}


def lines(file: Path) -> list[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as text:
        return [json.loads(line) for line in text]


def asked(steps: list[dict[str, Any]]) -> dict[tuple[str, str], set[str]]:
    """Name what the file asks about: (kind, thing) to the privileges that occur."""
    found: dict[tuple[str, str], set[str]] = {}
    for step in steps:
        for key in ("effective", "gained", "lost", "gained_ignoring_schema_usage", "lost_ignoring_schema_usage"):
            for kind, _, thing, privilege in step.get(key, ()):
                found.setdefault((kind, thing), set()).add(privilege)
    privileges = {kind: set().union(*(p for (k, _), p in found.items() if k == kind)) for kind, _ in found}
    return {(kind, thing): privileges[kind] for kind, thing in found}


def resource_of(kind: str, thing: str, catalog: Catalog) -> str:
    if kind == "schema":
        return f"schema:pg/{DATABASE}/{thing}"
    if kind == "function":
        return f"function:pg/{DATABASE}/{thing}"
    if kind == "column":
        return f"column:pg/{DATABASE}/{thing}"
    if kind == "database":
        return f"database:pg/{DATABASE}"
    schema, _, name = thing.partition(".")
    found = catalog.objects.get(ObjectKey(Space.RELATION, DATABASE, schema, name))
    return f"{found.kind if found else 'missing'}:pg/{DATABASE}/{thing}"


def answers(catalog: Catalog, questions: dict[tuple[str, str], set[str]], *, usage: bool) -> set[Answer]:
    """Answer every question about every role but superusers, as the server would."""
    columns = set()
    for kind, thing in questions:
        if kind == "column":
            schema, name, column = thing.split(".")
            columns.add((ObjectKey(Space.RELATION, DATABASE, schema, name), column))
    snapshot = without_acting(build(catalog, Names(columns=frozenset(columns))))
    bare = without_places(snapshot)
    found: set[Answer] = set()
    for narrowed in (True, False):
        # The file never asks whether somebody gets to the schema of a function, or to a schema itself.
        wanted = {
            (resource_of(kind, thing, catalog), privilege): (kind, thing)
            for (kind, thing), privileges in questions.items()
            for privilege in privileges
            if (usage and kind in ("table", "column")) is narrowed
        }
        for (resource, privilege), who in holders(snapshot if narrowed else bare, wanted).items():
            for principal, state in who.items():
                role = catalog.roles.get(role_of(principal))
                if state is State.GRANTED and role is not None and role.name != MAKER:
                    kind, thing = wanted[resource, privilege]
                    found.add((kind, role.name, thing, privilege))
    return found


def plain(thing: SqlObject) -> tuple[object, ...]:
    acl = None if thing.acl is None else {(i.grantee, i.grantor, i.letters, i.options) for i in thing.acl}
    return thing.owner, acl and frozenset(acl)


def listed(lists: dict[str, Any]) -> Catalog:
    notes = Notes()
    catalog = Catalog()
    read_listed(json_document(json.dumps(lists)), catalog, notes)
    assert notes.errors == notes.unread == []
    return catalog


def catch_up(session: Session, there: Catalog) -> int:
    """Hold what was followed against a list; take the list over where the file begins anew, and count where."""
    here = session.catalog
    assert {name: role for name, role in here.roles.items() if name in there.roles} == there.roles
    pairs = {(m.key.role, m.key.member, m.admin) for m in there.memberships.values()}
    assert {(m.key.role, m.key.member, m.admin) for m in here.memberships.values()} == pairs
    anew = 0
    for key, thing in there.objects.items():
        if plain(here.objects[key]) != plain(thing):
            anew += 1
            here.objects[key] = thing
    return anew


class Follower:
    """Applies one statement after the other to the state that the first line makes.

    Attributes:
        anew: The steps before which the file begins anew, which no statement says.
    """

    def __init__(self, file: Path) -> None:
        self.first, *self.steps = lines(file)
        self.questions = asked([self.first, *self.steps])
        catalog = Catalog(version=15, roles={MAKER: SqlRole(MAKER, superuser=True, login=True)})
        self.session = Session(catalog, DATABASE, began_as=MAKER)
        self.session.connect(DATABASE, Source("first.sql", 1))
        self.anew: list[int] = []
        assert run(self.first["init_sql"], self.session) == []
        assert catch_up(self.session, listed(self.first["snapshot"])) == 0

    def run(self) -> Iterator[tuple[dict[str, Any], Catalog, list[str]]]:
        """Give each step, the catalog before it, and what was refused."""
        for step in self.steps:
            if catch_up(self.session, listed(step["snapshot_before"])):
                self.anew.append(step["step"])
            before = self.session.catalog.copy()
            yield step, before, run(step["sql"], self.session)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_statement_gains_and_loses_what_the_server_says(file: Path) -> None:
    follower = Follower(file)
    questions, catalog = follower.questions, follower.session.catalog
    assert answers(catalog, questions, usage=True) == {tuple(one) for one in follower.first["effective"]}
    wrong = []
    for step, before, refused in follower.run():
        if bool(refused) is not bool(step["rc"]):
            wrong.append((step["step"], step["sql"], refused, step["error"]))
        for usage, suffix in ((True, ""), (False, "_ignoring_schema_usage")):
            old, new = (answers(one, questions, usage=usage) for one in (before, catalog))
            for ours, theirs in ((new - old, step[f"gained{suffix}"]), (old - new, step[f"lost{suffix}"])):
                expected = {tuple(one) for one in theirs}
                if ours != expected:
                    wrong.append((step["step"], step["sql"], suffix, sorted(ours - expected), sorted(expected - ours)))
    total = len(follower.steps)
    right = total - len({one[0] for one in wrong})
    print(f"{file.name}: {right} of {total} statements agree; the file begins anew before {follower.anew}")
    assert wrong == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_lists_of_two_states_alone_tell_what_became_of_tables_and_schemas(file: Path) -> None:
    follower = Follower(file)
    for _ in follower.run():
        pass
    kinds = ("table", "schema")
    known = {one: privileges for one, privileges in follower.questions.items() if one[0] in kinds}
    wrong, compared = [], 0
    for step, after in pairwise(follower.steps):
        if after["step"] in follower.anew:
            continue
        compared += 1
        old, new = (answers(listed(one["snapshot_before"]), known, usage=True) for one in (step, after))
        gained, lost = ({tuple(one) for one in step[key] if one[0] in kinds} for key in ("gained", "lost"))
        if (new - old, old - new) != (gained, lost):
            wrong.append((step["step"], step["sql"]))
    print(f"{file.name}: {compared - len(wrong)} of {compared} agree by the lists alone")
    assert wrong == []
