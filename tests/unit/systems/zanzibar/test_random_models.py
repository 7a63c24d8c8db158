"""Random models and tuples, held against an evaluation of them by sets that shares nothing with ours."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from blastradius.model.delta import State
from blastradius.systems.zanzibar.objects import Dialect
from tests.support.zanzibar import EVERY_RELATION, Answers, documents, facts

USERS = ("user:a", "user:b", "bot:z")
IDS = {"user:a": "user:spicedb/a", "user:b": "user:spicedb/b", "bot:z": "service:spicedb/bot:z"}
GROUPS = ("group:g", "group:h", "group:i")
DOCS = ("doc:1", "doc:2")
LEVELS = 4
Expression = tuple[object, ...]
People = frozenset[str]
Tuples = frozenset[tuple[str, str, str]]


def expressions(level: int) -> st.SearchStrategy[Expression]:
    """Make an expression of permission ``p<level>``; only lower ones are left out or asked for beside others."""
    leaves: list[st.SearchStrategy[Expression]] = [
        st.sampled_from([("computed", "r"), ("computed", "s"), ("computed", "t"), ("nil",)]),
        st.sampled_from(
            [("arrow", f"p{lower}", every) for lower in range(level) for every in (False, True)] or [("nil",)]
        ),
        st.sampled_from([("computed", f"p{lower}") for lower in range(level)] or [("nil",)]),
    ]
    leaf = st.one_of(leaves)
    return st.one_of(
        st.recursive(
            leaf,
            lambda inner: st.tuples(st.sampled_from(["union", "intersection", "exclusion"]), inner, inner),
            max_leaves=4,
        ),
        st.tuples(st.sampled_from(["intersection", "exclusion"]), leaf, leaf),
        # A circle through parents is legal where it only adds.
        leaf.map(lambda one: ("union", one, ("arrow", f"p{level}", False))),
    )


def written(one: Expression) -> str:
    match one:
        case ("nil",):
            return "nil"
        case ("computed", name):
            return str(name)
        case ("arrow", name, every):
            return f"parent.all({name})" if every else f"parent->{name}"
        case (operator, left, right):
            mark = {"union": "+", "intersection": "&", "exclusion": "-"}[str(operator)]
            return f"({written(left)} {mark} {written(right)})"  # type: ignore[arg-type]
        case _:
            raise AssertionError(one)


def evaluated(one: Expression, doc: str, tuples: Tuples, holders: Callable[[str, str], People]) -> People:
    match one:
        case ("nil",):
            return frozenset()
        case ("computed", str(name)):
            return holders(doc, name)
        case ("arrow", str(name), every):
            found = [
                holders(parent, name) for place, link, parent in sorted(tuples) if (place, link) == (doc, "parent")
            ]
            if not found:
                return frozenset()
            return frozenset.intersection(*found) if every else frozenset.union(*found)
        case (operator, left, right):
            a = evaluated(left, doc, tuples, holders)  # type: ignore[arg-type]
            b = evaluated(right, doc, tuples, holders)  # type: ignore[arg-type]
            return {"union": a | b, "intersection": a & b, "exclusion": a - b}[str(operator)]
        case _:
            raise AssertionError(one)


class Sets:
    """Who stands in what, level by level, each to its least solution."""

    def __init__(self, permissions: list[Expression], tuples: Tuples) -> None:
        self._tuples = tuples
        self._found: dict[tuple[str, str], People] = {}
        self._settle([(group, "member") for group in GROUPS], self._direct)
        self._settle([(doc, r) for doc in DOCS for r in "rst"], self._direct)
        for level, one in enumerate(permissions):
            self._settle(
                [(doc, f"p{level}") for doc in DOCS],
                lambda place, _, one=one: evaluated(one, place, tuples, self.holders),
            )

    def holders(self, place: str, relation: str) -> People:
        return self._found.get((place, relation), frozenset())

    def _settle(self, places: list[tuple[str, str]], step: Callable[[str, str], People]) -> None:
        while True:
            now = {place: step(*place) for place in places}
            if all(self._found.get(place) == people for place, people in now.items()):
                return
            self._found.update(now)

    def _direct(self, place: str, relation: str) -> People:
        people: set[str] = set()
        for where, name, subject in self._tuples:
            if (where, name) == (place, relation):
                who, _, of = subject.partition("#")
                people |= {"user:a", "user:b"} if who == "user:*" else self.holders(who, of) if of else {who}
        return frozenset(people)


SUBJECTS = (*USERS, "user:*", *(f"{group}#member" for group in GROUPS))
TUPLES = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(DOCS), st.sampled_from("rst"), st.sampled_from(SUBJECTS)),
        st.tuples(st.sampled_from(DOCS), st.just("parent"), st.sampled_from(DOCS)),
        st.tuples(st.sampled_from(GROUPS), st.just("member"), st.sampled_from(SUBJECTS[:3] + SUBJECTS[4:])),
    ),
    min_size=10,
    max_size=24,
).map(frozenset)


@settings(max_examples=200)
@given(tuples=TUPLES, elsewhere=TUPLES, permissions=st.tuples(*(expressions(level) for level in range(LEVELS))))
def test_everybody_stands_where_the_sets_say(
    tuples: Tuples, elsewhere: Tuples, permissions: tuple[Expression, ...]
) -> None:
    lines = "".join(f"  permission p{level} = {written(one)}\n" for level, one in enumerate(permissions))
    subjects = "user | bot | user:* | group#member"
    schema = (
        "definition user {}\ndefinition bot {}\ndefinition group { relation member: user | bot | group#member }\n"
        f"definition doc {{\n relation parent: doc\n relation r: {subjects}\n relation s: {subjects}\n"
        f" relation t: {subjects}\n{lines}}}\ndefinition all {{ relation known: user | bot }}\n"
    )
    everybody = {("all:x", "known", user) for user in USERS}
    text = "".join(f"{place}#{relation}@{subject}\n" for place, relation, subject in sorted(tuples | everybody))
    # What the other side holds changes the shape of facts and none of the answers.
    there = "".join(f"{place}#{relation}@{subject}\n" for place, relation, subject in sorted(elsewhere))
    snapshot = facts(schema, text, EVERY_RELATION, other=documents({"s.zed": schema, "t.txt": there}))
    assert snapshot.unread == ()
    answers, sets = Answers(snapshot, Dialect.SPICEDB), Sets(list(permissions), tuples)
    for doc in DOCS:
        for relation in ("r", "s", "t", *(f"p{level}" for level in range(LEVELS))):
            held = answers.holders(doc, relation)
            states = {one: held.get(IDS[one], State.NONE) for one in USERS}
            granted = {one for one, its in states.items() if its is State.GRANTED}
            perhaps = {one for one, its in states.items() if its is State.CONDITIONAL}
            assert granted <= sets.holders(doc, relation) <= granted | perhaps, (doc, relation, schema, text)
            # Only among people whom nothing lists may somebody be perhaps.
            assert not perhaps or any(subject == "user:*" for _, _, subject in tuples), (doc, relation, schema, text)
