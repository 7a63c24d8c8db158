"""What happened to actions: the table of SPEC section 2, for everybody at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pyroaring import BitMap

from blastradius.access.crowds import uncovered
from blastradius.access.ways import Ways
from blastradius.model.delta import AccessChange


@dataclass(frozen=True, slots=True)
class Move:
    """What happened to one action where one pair of access lists holds."""

    old: Ways
    new: Ways

    @property
    def up(self) -> BitMap:
        """Who has a way that no way of before covers."""
        return uncovered(self.new.by_way, self.old.by_way)

    @property
    def down(self) -> BitMap:
        """Who had a way that no way of now covers."""
        return uncovered(self.old.by_way, self.new.by_way)

    @property
    def fresh(self) -> BitMap:
        """Who has the action unconditionally and did not before."""
        return self.new.granted - self.old.granted

    def relaxed(self, exist: BitMap) -> BitMap:
        """Pick the principals whose denial fell though they may be unlisted members of who is allowed.

        Args:
            exist: The listed principals of both sides.
        """
        if not self.new.opens_to_unlisted:
            return BitMap()
        eased = BitMap()
        for conditions, who in self.old.denied.items():
            for still, members in self.new.denied.items():
                if still <= conditions:
                    who = who - members
            eased |= who
        return (eased & exist) - self.new.granted


def changes(moves: Sequence[Move]) -> dict[AccessChange, BitMap]:
    """Say what happened to a capability, or to one action by itself.

    Args:
        moves: Those of its actions.

    Returns:
        Only changes that happened to somebody.
    """
    old_any, new_any = (
        BitMap.union(BitMap(), *sets) for sets in ([m.old.held for m in moves], [m.new.held for m in moves])
    )
    old_sure, new_sure = (
        BitMap.union(BitMap(), *sets) for sets in ([m.old.granted for m in moves], [m.new.granted for m in moves])
    )
    old_maybe, new_maybe = old_any - old_sure, new_any - new_sure
    unsure = old_maybe & new_maybe
    up = unsure & _all(m.up for m in moves) if unsure else unsure
    down = unsure & _all(m.down for m in moves) - up if unsure else unsure
    found = {
        AccessChange.GAINED: new_sure - old_any,
        AccessChange.MAYBE_GAINED: (new_maybe - old_any) | (new_sure & old_maybe) | up,
        AccessChange.WIDENED: old_sure & new_sure & _all(m.fresh for m in moves),
        AccessChange.REVOKED: old_sure - new_any,
        AccessChange.MAYBE_REVOKED: (old_sure & new_maybe) | (old_maybe - new_any) | down,
    }
    return {change: who for change, who in found.items() if who}


def _all(sets: Iterable[BitMap]) -> BitMap:
    return BitMap.union(BitMap(), *sets)
