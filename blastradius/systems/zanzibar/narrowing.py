"""Relations that count through another one, which narrows them: ``viewer`` beside ``can_view: viewer but not blocked``.

NOTE: Both amount to reading. If ``viewer`` counted by itself, whoever is blocked would still read, and a tuple that
takes access away would take nothing away. So what a relation allows is left to the relation that narrows it, when that
one is called after the same word and amounts to the same. A file of relations can say otherwise.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from blastradius.model.snapshot import Capability
from blastradius.systems.zanzibar.capabilities import WORDS, words_of
from blastradius.systems.zanzibar.objects import Computed, Exclusion, Expression, Intersection, Type
from blastradius.systems.zanzibar.schema import parts_of

_ENDINGS = ("ers", "ors", "er", "or", "able", "e", "s")


def narrowed(owner: Type, capabilities: Mapping[str, Capability]) -> set[str]:
    """Find the relations of a type that count through another one.

    Args:
        owner: The type.
        capabilities: What its relations amount to, as far as their names alone say it.
    """
    users: defaultdict[str, dict[str, bool]] = defaultdict(dict)
    for relation in owner.relations.values():
        for name, is_narrow in _uses(relation.expression):
            if name != relation.name and _is_same(name, relation.name, capabilities):
                users[name][relation.name] = users[name].get(relation.name, False) or is_narrow
    return {name for name in users if _ends_narrow(name, users)}


def _uses(expression: Expression) -> Iterator[tuple[str, bool]]:
    """List the relations of the same object that an expression is made of, and whether each is narrowed there."""
    waiting = [(expression, False)]
    while waiting:
        one, is_narrow = waiting.pop()
        match one:
            case Computed(name):
                yield name, is_narrow
            case Exclusion(base, _):
                waiting.append((base, True))
            case Intersection(parts):
                waiting.extend((part, True) for part in parts)
            case _:
                waiting.extend((part, is_narrow) for part in parts_of(one))


def _is_same(name: str, other: str, capabilities: Mapping[str, Capability]) -> bool:
    capability = capabilities.get(name)
    if capability is None or capabilities.get(other) is not capability:
        return False
    return not _stems(name, capability).isdisjoint(_stems(other, capability))


def _stems(name: str, capability: Capability) -> set[str]:
    """Give the words that say what a relation allows, without their endings: ``viewer`` and ``view`` are one."""
    return {_stem(word) for word in words_of(name) if word in WORDS[capability]}


def _stem(word: str) -> str:
    return next((word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending)), word)


def _ends_narrow(name: str, users: Mapping[str, Mapping[str, bool]]) -> bool:
    """Tell whether a relation leads, narrowed on the way, to one that nothing else stands for."""
    seen: set[tuple[str, bool]] = set()
    waiting = [(name, False)]
    while waiting:
        at = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        here, was_narrowed = at
        following = users.get(here, {})
        if not following and was_narrowed:
            return True
        waiting.extend((other, was_narrowed or is_narrow) for other, is_narrow in following.items())
    return False
