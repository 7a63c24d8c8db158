"""Who has an action where given rules hold, and in which ways, on one side."""

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from pyroaring import BitMap

from blastradius.access.conditions import GRANTED, Way, only_when
from blastradius.access.crowds import Crowd, WayMap, anybody, either, under, ways_of, within
from blastradius.access.rules import Rule
from blastradius.access.sides import Side


class Cone(NamedTuple):
    """Everybody a question is about.

    Attributes:
        principals: They themselves.
        identities: They, and at least everybody they may act as.
    """

    principals: BitMap
    identities: BitMap


class Ways:
    """Who has an action, and how.

    Attributes:
        by_way: Way to the principals that have it.
        denied: Whom own denials reach, and when.
        opens_to_unlisted: True when an allowed group has unlisted members.
    """

    def __init__(self, side: Side, rules: Iterable[Rule], cone: Cone | None = None) -> None:
        """Work out the ways.

        Args:
            side: Says who is who.
            rules: What holds; all of them must name the action.
            cone: Leave everybody else out; None for nobody. Answers about those in it are not affected.
        """
        rules = list(rules)
        text = side.columns.text
        allows = [rule for rule in rules if not rule.deny]
        only, asked = (cone.principals, cone.identities) if cone else (None, None)
        allowed = either(under(within(side.members(r.subject), asked), only_when(text(r.when))) for r in allows)
        denied = either(
            under(within(side.asked_about(r.subject), asked), only_when(text(r.when))) for r in rules if r.deny
        )
        self.denied: Crowd = within(denied, only)
        self.by_way: WayMap = _acting(side, ways_of(allowed, denied), only)
        self.opens_to_unlisted = any(side.has_unlisted(r.subject) for r in allows)

    @cached_property
    def granted(self) -> BitMap:
        """Who has the action unconditionally."""
        return self.by_way[GRANTED] if GRANTED in self.by_way else BitMap()

    @cached_property
    def held(self) -> BitMap:
        """Who has the action at all."""
        return anybody(self.by_way)


def _acting(side: Side, own: WayMap, only: BitMap | None) -> WayMap:
    """Add what principals have through the identities they may act as."""
    found: dict[Way, list[BitMap]] = {way: [identities] for way, identities in own.items()}
    for (needed, denials), identities in own.items() if side.doors else ():
        for door in identities & side.doors:
            for conditions, who in side.becomers[door].items():
                found.setdefault((needed | conditions, denials), []).append(who)
    result = {way: BitMap.union(*sets) if len(sets) > 1 else sets[0] for way, sets in found.items()}
    return result if only is None else {way: kept for way, who in result.items() if (kept := who & only)}
