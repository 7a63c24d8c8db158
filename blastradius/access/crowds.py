"""Sets of principals with the conditions under which each belongs, held as bitmaps.

A crowd says of every principal what `blastradius.access.conditions.Alternatives` says of one. Where
nothing is conditional, which is nearly everywhere, it is one bitmap.
"""

from collections.abc import Iterable, Mapping, Sized
from types import MappingProxyType

from pyroaring import BitMap

from blastradius.access.conditions import ALWAYS, NEVER, Alternatives, ConditionSet, Way, covers, negation
from blastradius.errors import SnapshotError
from blastradius.model.sources import Problem

Crowd = Mapping[ConditionSet, BitMap]
"""Condition set to the principals that belong under it. A principal stands only at its minimal sets;
no bitmap is empty. Never changed once made: equal crowds may be shared."""
WayMap = Mapping[Way, BitMap]
"""Way to the principals that have it; no bitmap is empty."""

COMBINATIONS_MAX = 4096
"""Most combinations of conditions that are told apart; their number can double with every level of nesting."""
NOBODY: Crowd = MappingProxyType({})


def certain(members: BitMap) -> Crowd:
    """Make the crowd of principals that belong unconditionally."""
    return {ALWAYS: members} if members else NOBODY


def always(crowd: Crowd) -> BitMap:
    """Pick those who belong unconditionally."""
    return crowd[ALWAYS] if ALWAYS in crowd else BitMap()


def anybody(crowd: Mapping[ConditionSet, BitMap] | WayMap) -> BitMap:
    """Pick those who belong under any condition; the set may be shared, so it must not be changed."""
    if len(crowd) == 1:
        (members,) = crowd.values()
        return members
    return BitMap.union(*crowd.values()) if crowd else BitMap()


def either(crowds: Iterable[Crowd]) -> Crowd:
    """Join crowds: whoever belongs to any of them, under the conditions of any."""
    joined: dict[ConditionSet, list[BitMap]] = {}
    for crowd in crowds:
        for conditions, members in crowd.items():
            joined.setdefault(conditions, []).append(members)
    if len(joined) == 1:
        ((conditions, sets),) = joined.items()
        return {conditions: sets[0] if len(sets) == 1 else BitMap.union(*sets)}
    return _minimal({c: sets[0] if len(sets) == 1 else BitMap.union(*sets) for c, sets in joined.items()})


def under(crowd: Crowd, more: ConditionSet) -> Crowd:
    """Add conditions to everybody."""
    if not more or not crowd:
        return crowd
    added: dict[ConditionSet, BitMap] = {}
    for conditions, members in crowd.items():
        key = conditions | more
        added[key] = added[key] | members if key in added else members
    return _minimal(added)


def within(crowd: Crowd, only: BitMap | None) -> Crowd:
    """Leave out everybody else; None leaves out nobody."""
    if only is None:
        return crowd
    return {conditions: kept for conditions, members in crowd.items() if (kept := members & only)}


def both(left: Crowd, right: Crowd) -> Crowd:
    """Keep whoever belongs to both, under the conditions of both."""
    met: dict[ConditionSet, BitMap] = {}
    for c, here in left.items():
        for d, there in right.items():
            common = here & there
            if common:
                key = c | d
                met[key] = met[key] | common if key in met else common
    return _minimal(met)


def except_for(crowd: Crowd, excluded: Crowd) -> Crowd:
    """Take out whoever is surely excluded; the others get the condition that they are not."""
    left: dict[ConditionSet, BitMap] = dict(crowd)
    for conditions in sorted(excluded, key=sorted):
        out = excluded[conditions]
        after: dict[ConditionSet, BitMap] = {}
        for key, members in left.items():
            untouched, touched = members - out, members & out
            for new_key, part in ((key, untouched), (key | {negation(conditions)}, touched)):
                if part and not (part is touched and conditions == ALWAYS):
                    after[new_key] = after[new_key] | part if new_key in after else part
        left = after
    return _minimal(left)


def _minimal(crowd: dict[ConditionSet, BitMap]) -> Crowd:
    if len(crowd) <= 1:
        return {c: members for c, members in crowd.items() if members}
    _bound(crowd)
    result: dict[ConditionSet, BitMap] = {}
    for conditions in sorted(crowd, key=len):
        members = crowd[conditions]
        for weaker in result:
            if weaker < conditions:
                members = members - result[weaker]
        if members:
            result[conditions] = members
    return result


def ways_of(allowed: Crowd, denied: Crowd) -> dict[Way, BitMap]:
    """Pair what is allowed with what is denied, for identities' own grants.

    Args:
        allowed: Who is allowed, and when.
        denied: Who is denied, and when.

    Returns:
        (C, Deny(v)) to the identities v for which C allows and no denial is certain.
    """
    _bound(allowed)
    ways: dict[Way, BitMap] = {(c, NEVER): members - always(denied) for c, members in allowed.items()}
    for conditions in sorted(denied, key=sorted):
        if conditions == ALWAYS:
            continue
        split: dict[Way, BitMap] = {}
        for (needed, denials), members in ways.items():
            hit = members & denied[conditions]
            for key, part in (((needed, denials), members - hit), ((needed, denials | {conditions}), hit)):
                if part:
                    split[key] = split[key] | part if key in split else part
        ways = split
        _bound(ways)
    return {way: members for way, members in ways.items() if members}


def uncovered(ways: WayMap, others: WayMap) -> BitMap:
    """Pick whoever has a way that none of their other ways covers."""
    found = BitMap()
    for way, members in ways.items():
        left = members
        for other, holders in others.items():
            if left and covers(other, way):
                left = left - holders
        found |= left
    return found


def alternatives_of(crowd: Crowd, principal: int) -> Alternatives:
    """Say under which condition sets one principal belongs."""
    return frozenset(conditions for conditions, members in crowd.items() if principal in members)


def _bound(combinations: Sized) -> None:
    """Give up where conditions multiply: two ways in on each of a dozen levels are thousands of combinations."""
    if len(combinations) > COMBINATIONS_MAX:
        message = f"the conditions of memberships and grants combine in more than {COMBINATIONS_MAX} ways"
        help_text = "give groups that nest in each other fewer conditions, or check the parts one by one"
        raise SnapshotError(Problem(message, None, help_text))
