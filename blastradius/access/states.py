"""What happened to whom where a pair of access lists holds: the state of a scope, as sets of principals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyroaring import BitMap

from blastradius.access.moves import Move, changes
from blastradius.access.rules import AccessList, Conduct, Rules
from blastradius.access.sides import Side
from blastradius.access.ways import Cone, Ways
from blastradius.model.delta import AccessChange
from blastradius.model.snapshot import Capability

FRESH, RELAXED = "fresh", "relaxed"
Mark = tuple[bool, int, str]
"""What a set of principals says.

(True, number of a power, an `AccessChange`) speaks of capabilities; (False, number of a conduct, …) of the actions of a
conduct: an `AccessChange`, `FRESH` for who newly has them for sure, or `RELAXED`."""
State = Mapping[Mark, BitMap]
"""Whom each mark holds for; never an empty set."""


@dataclass(frozen=True, slots=True)
class Power:
    """Capabilities that the same conducts make up, so that whatever happens to one happens to all.

    Attributes:
        conducts: Their numbers.
    """

    capabilities: tuple[Capability, ...]
    conducts: frozenset[int]


def powers_of(conducts: Sequence[Conduct]) -> list[Power]:
    """Put capabilities together that the same conducts make up."""
    made_up: dict[frozenset[int], list[Capability]] = {}
    for capability in Capability:
        numbers = frozenset(n for n, conduct in enumerate(conducts) if capability in conduct.capabilities)
        if numbers:
            made_up.setdefault(numbers, []).append(capability)
    return [Power(tuple(capabilities), numbers) for numbers, capabilities in made_up.items()]


class States:
    """Works out states, for anybody and any pair of access lists.

    Attributes:
        conducts, powers: What can happen to whom.
        shared: The conducts that make up a power together with others; what happens to their actions is marked too.
    """

    def __init__(
        self,
        sides: tuple[Side, Side],
        rules: Rules,
        conducts: Sequence[Conduct],
        by_what: Sequence[tuple[frozenset[int], frozenset[int]]],
    ) -> None:
        """Take what `blastradius.access.rules.conducts` gives."""
        self.conducts, self.powers = conducts, powers_of(conducts)
        self._sides, self._rules, self._by_what = sides, rules, by_what
        self._keys: dict[Mark, tuple[tuple[AccessChange, Capability], ...]] = {}
        both = sides[0].present & sides[1].present
        self._exist = both - sides[0].pseudo - sides[1].pseudo
        self.shared: frozenset[int] = frozenset().union(*(p.conducts for p in self.powers if len(p.conducts) > 1))
        # Where a power is one conduct, what happens to its actions is what happens to its capabilities.
        self._alone = {min(p.conducts): n for n, p in enumerate(self.powers) if not p.conducts & self.shared}

    def named(self, side: int, rule: int) -> frozenset[int]:
        """Say which conducts a rule names on a side."""
        return self._by_what[self._rules[rule].what][side]

    def of(self, cone: Cone, old: AccessList, new: AccessList) -> dict[Mark, BitMap]:
        """Work out the state of some principals.

        Args:
            cone: They, and whom they may act as.
            old: The rules that hold in the baseline; those that reach nobody in the cone may be missing.
            new: The rules that hold in the simulated state, likewise.
        """
        # Of what no rule names nobody has anything on either side; a cloud has thousands of actions.
        named = frozenset().union(*(self.named(0, n) for n in old), *(self.named(1, n) for n in new))
        moves = {number: self._move(cone, number, old, new) for number in sorted(named)}
        state: dict[Mark, BitMap] = {}
        for number, power in enumerate(self.powers):
            if asked := [moves[conduct] for conduct in sorted(power.conducts & named)]:
                for change, who in changes(asked).items():
                    state[True, number, change] = who
        for number in sorted(self.shared & named):
            for change, who in changes([moves[number]]).items():
                if change is not AccessChange.WIDENED:
                    state[False, number, change] = who
            if fresh := moves[number].fresh:
                state[False, number, FRESH] = fresh
        for number, move in moves.items():
            if relaxed := move.relaxed(self._exist):
                state[False, number, RELAXED] = relaxed
        return state

    def _move(self, cone: Cone, conduct: int, old: AccessList, new: AccessList) -> Move:
        before, after = (
            Ways(self._sides[side], (self._rules[n] for n in sorted(held) if conduct in self.named(side, n)), cone)
            for side, held in enumerate((old, new))
        )
        return Move(before, after)

    # Reading a state

    def keys_of(self, mark: Mark) -> tuple[tuple[AccessChange, Capability], ...]:
        """Say what a mark says of capabilities; nothing for one that speaks of actions."""
        found = self._keys.get(mark)
        if found is None:
            is_power, number, change = mark
            capabilities = self.powers[number].capabilities if is_power else ()
            found = self._keys[mark] = tuple((AccessChange(change), capability) for capability in capabilities)
        return found

    def capability_changes(self, state: State) -> dict[tuple[AccessChange, Capability], BitMap]:
        """Spell a state out for every capability."""
        return dict(sorted({key: who for mark, who in state.items() for key in self.keys_of(mark)}.items()))

    def action_changes(self, state: State) -> dict[tuple[AccessChange, str], BitMap]:
        """Spell a state out for every action."""
        return {
            (AccessChange(change), action): who
            for action, (is_power, number) in self._marks_of_actions()
            for change in AccessChange
            if change is not AccessChange.WIDENED and (who := state.get((is_power, number, change)))
        }

    def relaxed(self, state: State) -> dict[str, BitMap]:
        """Spell out who is denied less than before and may be an unlisted member of who is allowed."""
        return {
            action: who
            for number, conduct in enumerate(self.conducts)
            if (who := state.get((False, number, RELAXED)))
            for action in conduct.actions
        }

    def _marks_of_actions(self) -> Iterable[tuple[str, tuple[bool, int]]]:
        for number, conduct in enumerate(self.conducts):
            mark = (True, self._alone[number]) if number in self._alone else (False, number)
            for action in conduct.actions:
                yield action, mark
