"""The walk: every scope of the affected cone once, each told by how it differs from the one above it.

Below a scope whose people are known only those can differ whom the grants written there reach. For most grants
(allows that hold on both sides and reach the same people, none of them denied above) it follows without looking:
whoever they reach has the access before and after. The others are worked out by `blastradius.access.states`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyroaring import BitMap

from blastradius.access.nodes import Nodes, Own
from blastradius.access.rules import AccessList
from blastradius.access.states import FRESH, RELAXED, Mark, State, States
from blastradius.access.tree import ANY_GAIN, Key, Turn
from blastradius.access.ways import Cone
from blastradius.columns.names import ABSENT
from blastradius.model.delta import GAINS, AccessChange

_NOBODY = BitMap()
_NOTHING = Turn(_NOBODY, _NOBODY)
_GAINS = frozenset(str(change) for change in GAINS)
Turned = dict[Mark, Turn]


@dataclass(frozen=True, slots=True)
class Found:
    """The scopes in which something changed, each after its parent.

    Attributes:
        parent: Scope that each is told by, `ABSENT` for none.
        turns: How each differs from its parent, per capability.
        node: A node of each.
        scope_of: Node to scope, `ABSENT` where nothing changed.
        relaxed: The scopes where somebody is denied less than before, and may be unlisted in who is allowed.
    """

    parent: list[int]
    turns: list[Mapping[Key, Turn]]
    node: list[int]
    scope_of: list[int]
    relaxed: list[int]


class Walk:
    """One walk over all nodes; the state of where it stands is kept and turned back on the way up."""

    def __init__(self, nodes: Nodes, states: States, cone: Cone) -> None:
        """Stand nowhere.

        Args:
            nodes: Where to go.
            states: Works out what does not follow.
            cone: Who is looked at.
        """
        self._nodes, self._states, self._cone = nodes, states, cone
        self._state: dict[Mark, BitMap] = {}
        self._gained = BitMap()
        self._gains: list[BitMap] = []
        self._begun: dict[tuple[AccessList, AccessList], State] = {}
        self._denied: list[BitMap] = [_NOBODY] * len(nodes.above)
        self._marks: dict[frozenset[int], frozenset[tuple[bool, int]]] = {}
        self._found = Found([], [], [], [ABSENT] * len(nodes.above), [])

    def run(self) -> Found:
        """Go everywhere."""
        below = self._nodes.below()
        for root, above in enumerate(self._nodes.above):
            if above == ABSENT:
                self._go(root, below)
        return self._found

    def _go(self, root: int, below: Mapping[int, Sequence[int]]) -> None:
        """Go down from a node that is told from nothing, depth first."""
        self._state, self._gained, self._gains = {}, BitMap(), []
        undo: list[tuple[Turned, Turn]] = []
        waiting = [root]
        while waiting:
            node = waiting.pop()
            if node < 0:
                self._turn_back(*undo.pop())
                continue
            turned = self._begin(node) if node == root else self._step(node)
            children = below.get(node)
            gain = self._turn(turned)
            self._note(node, turned, gain)
            if children:
                undo.append((turned, gain))
                waiting.append(~node)
                waiting.extend(children)
            else:
                self._turn_back(turned, gain)

    # What a node does

    def _begin(self, node: int) -> Turned:
        """Work everybody out."""
        lists = self._nodes.lists(node)
        if lists not in self._begun:
            self._begun[lists] = self._states.of(self._cone, *lists)
        self._denied[node] = self._nodes.denied_in(lists)
        return {mark: Turn(_NOBODY, who) for mark, who in self._begun[lists].items()}

    def _step(self, node: int) -> Turned:
        own = self._nodes.own[node]
        denied = self._denied[self._nodes.above[node]]
        follows = True
        for each in own:
            if not each.sure or (denied and not denied.isdisjoint(each.identities)):
                follows = False
            if each.denies:
                self._denied[node] = denied = denied | each.identities
        self._denied[node] = denied
        return self._follow(own) if follows else self._work_out(node, own)

    def _follow(self, own: Sequence[Own]) -> Turned:
        """Conclude that whoever is given something for sure on both sides has it before and after."""
        reach: dict[tuple[bool, int], BitMap] = {}
        for each in own:
            for named in self._named_by(each.conducts):
                reach[named] = reach[named] | each.touched if named in reach else each.touched
        turned: Turned = {}
        for mark, who in self._state.items():
            touched = reach.get(mark[:2])
            if touched is not None and not who.isdisjoint(touched):
                turned[mark] = Turn(who & touched, _NOBODY)
        if self._states.shared and self._state:
            self._widen(turned, reach)
        return turned

    def _named_by(self, conducts: frozenset[int]) -> frozenset[tuple[bool, int]]:
        """Say of which conducts and powers the marks can turn where some conducts are given."""
        if conducts not in self._marks:
            powers = ((True, n) for n, power in enumerate(self._states.powers) if power.conducts & conducts)
            self._marks[conducts] = frozenset([*((False, number) for number in conducts), *powers])
        return self._marks[conducts]

    def _widen(self, turned: Turned, reach: Mapping[tuple[bool, int], BitMap]) -> None:
        """Add who has a power on both sides now, and some conduct of it only after."""
        for number, power in enumerate(self._states.powers):
            touched = reach.get((True, number))
            if touched is None or len(power.conducts) == 1:
                continue
            fresh = BitMap()
            for conduct in power.conducts:
                mark = (False, conduct, FRESH)
                if mark in self._state:
                    fresh |= self._state[mark] - turned[mark].lost if mark in turned else self._state[mark]
            mark = (True, number, str(AccessChange.WIDENED))
            turned.pop(mark, None)
            _put(turned, mark, self._state.get(mark, _NOBODY), touched, touched & fresh)

    def _work_out(self, node: int, own: Sequence[Own]) -> Turned:
        """Work out those whom the rules written here can concern."""
        touched = BitMap.union(*(each.touched for each in own))
        cone = Cone(touched, touched | self._nodes.doors)
        state = self._states.of(cone, *self._nodes.lists(node))
        turned: Turned = {}
        for mark in {**self._state, **state}:
            _put(turned, mark, self._state.get(mark, _NOBODY), touched, state.get(mark, _NOBODY))
        return turned

    # Where the walk stands

    def _turn(self, turned: Turned) -> Turn:
        """Go into a node; says who gained anything there and not above, and the other way round."""
        moved: list[BitMap] = []
        for mark, (lost, won) in turned.items():
            who = self._state.get(mark)
            if who is None:
                who = self._state[mark] = BitMap()
                if mark[0] and mark[2] in _GAINS:
                    self._gains.append(who)
            if lost:
                who.difference_update(lost)
            if won:
                who.update(won)
            if mark[0] and mark[2] in _GAINS:
                moved += [each for each in (lost, won) if each]
        gain = self._turn_of_gains(moved)
        if gain.lost:
            self._gained.difference_update(gain.lost)
        if gain.won:
            self._gained.update(gain.won)
        return gain

    def _turn_of_gains(self, moved: list[BitMap]) -> Turn:
        """Say how whoever gained anything differs from above, given whom some kind of gain came to or left."""
        if not moved:
            return _NOTHING
        touched = moved[0] if len(moved) == 1 else BitMap.union(*moved)
        still = self._gains[0] & touched
        for who in self._gains[1:]:
            still |= who & touched
        return Turn((self._gained & touched) - still, still - self._gained)

    def _turn_back(self, turned: Turned, gain: Turn) -> None:
        """Leave a node."""
        for mark, (lost, won) in turned.items():
            who = self._state[mark]
            if won:
                who.difference_update(won)
            if lost:
                who.update(lost)
        if gain.won:
            self._gained.difference_update(gain.won)
        if gain.lost:
            self._gained.update(gain.lost)

    def _note(self, node: int, turned: Turned, gain: Turn) -> None:
        """Write down which scope a node is in, a new one where anything turned."""
        found, above = self._found, self._nodes.above[node]
        scope_above = ABSENT if above == ABSENT else found.scope_of[above]
        if not turned:
            found.scope_of[node] = scope_above
            return
        if not any(self._state.values()):
            return
        found.scope_of[node] = len(found.node)
        found.node.append(node)
        found.parent.append(scope_above)
        turns: dict[Key, Turn] = {key: turn for mark, turn in turned.items() for key in self._states.keys_of(mark)}
        if gain.lost or gain.won:
            turns[ANY_GAIN] = gain
        found.turns.append(turns)
        if any(who for (_, _, change), who in self._state.items() if change == RELAXED):
            found.relaxed.append(found.scope_of[node])


def _put(turned: Turned, mark: Mark, old: BitMap, among: BitMap, new: BitMap) -> None:
    """Note how a set changes among some principals, if it does."""
    before = old & among
    if before != new:
        turned[mark] = Turn(before - new, new - before)
