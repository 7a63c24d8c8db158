"""Condition sets, ways, and when one way covers another: the words of SPEC section 2."""

from collections.abc import Iterable

ConditionSet = frozenset[str]
"""Condition texts that must all hold; the empty set means always."""
Alternatives = frozenset[ConditionSet]
"""Condition sets of which any one is enough, only the minimal ones; empty means never."""
Way = tuple[ConditionSet, Alternatives]
"""(what must hold, the denials that must not): one way an access can come about."""

ALWAYS: ConditionSet = frozenset()
NEVER: Alternatives = frozenset()
GRANTED: Way = (ALWAYS, NEVER)
"""The way that holds whatever happens."""


def only_when(text: str | None) -> ConditionSet:
    """Make the condition set of an optional condition text."""
    return ALWAYS if text is None else frozenset({text})


def minimal(sets: Iterable[ConditionSet]) -> Alternatives:
    """Drop every condition set that asks for more than another one."""
    distinct = set(sets)
    return frozenset(s for s in distinct if not any(other < s for other in distinct))


def negation(conditions: ConditionSet) -> str:
    """Write the condition that a condition set does not hold."""
    return f"not ({' and '.join(sorted(conditions))})"


def member_of(group_id: str) -> str:
    """Write the condition that somebody is among the unlisted members of a group."""
    return f"member of {group_id}"


def covers(wide: Way, narrow: Way) -> bool:
    """Tell whether access by the narrow way is also access by the wide one.

    Args:
        wide: (C', D').
        narrow: (C, D).

    Returns:
        True if C' ⊆ C and every d' ∈ D' contains some d ∈ D.
    """
    return wide[0] <= narrow[0] and all(any(d <= denial for d in narrow[1]) for denial in wide[1])
