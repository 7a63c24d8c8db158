"""The main use case: simulate or compare, assess, decide."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from blastradius import __version__
from blastradius.access.doubts import doubts
from blastradius.access.engine import Comparison
from blastradius.access.reference import compare as reference_compare
from blastradius.access.witness import Witnesses
from blastradius.assess import assess
from blastradius.assess.classes import ResourceClasses, check_change_classes, resource_classes
from blastradius.assess.tuples import access_tuples, tuple_blocks, tuple_cut, tuple_total
from blastradius.columns.pair import paired
from blastradius.errors import UsageError
from blastradius.gate import decide
from blastradius.model.assessment import Assessment
from blastradius.model.delta import AccessTuple, Delta, TupleBlock, TupleCut
from blastradius.model.snapshot import Snapshot
from blastradius.model.sources import Problem
from blastradius.pipeline.memory import check_room_to_compare
from blastradius.pipeline.reading import read_policy, read_sides
from blastradius.pipeline.request import Request


@dataclass(frozen=True, slots=True)
class Checked:
    """A change, judged.

    Attributes:
        assessment: Everything a reporter needs, the verdict included.
        delta: Every changed tuple, grouped.
    """

    assessment: Assessment
    delta: Delta
    _classes: ResourceClasses
    _baseline: Snapshot

    def tuples(self, *, by_action: bool = False) -> Iterator[AccessTuple]:
        """Write the delta out, one access tuple (or action) at a time, sorted."""
        return access_tuples(self.delta, self._classes, self._baseline, by_action=by_action)

    def tuple_blocks(self, *, by_action: bool = False, limit: int | None = None) -> Iterator[TupleBlock]:
        """Write the delta out as `tuples` does, many at a time; with a limit, only so many of the first."""
        return tuple_blocks(self.delta, self._classes, self._baseline, by_action=by_action, limit=limit)

    def tuple_total(self, *, by_action: bool = False) -> int | None:
        """Count the tuples without writing them out; None where that would take too long."""
        return tuple_total(self.delta, by_action=by_action)

    def tuple_cut(self, limit: int | None, *, by_action: bool = False) -> TupleCut | None:
        """Say what a limit leaves of all tuples; None when it leaves all."""
        return None if limit is None else tuple_cut(self.delta, limit, by_action=by_action)


def check(request: Request) -> Checked:
    """Simulate a change and judge it.

    Args:
        request: Must name a change or a state to compare with.

    Returns:
        The assessment with its verdict, and the delta behind it.

    Raises:
        BlastRadiusError: When an input cannot be read or contradicts itself, or the request does.

    Cost: reading the inputs, a few passes over their columns, then one step for each grant that can matter.
    """
    if not request.compares:
        help_text = "use `--change FILE` to simulate, `--after SNAPSHOT` to compare"
        raise UsageError(Problem("there is neither a change nor a second state", None, help_text))
    policy, policy_input = read_policy(request)
    sides = read_sides(request)
    check_change_classes(policy, sides.change)
    check_room_to_compare(max(sides.baseline, sides.simulated, key=lambda side: len(side.grants)))
    pair = paired(sides.baseline, sides.simulated)
    classes = resource_classes(policy, pair)
    comparison = Comparison(pair)
    delta = reference_compare(sides.baseline, sides.simulated) if request.reference else comparison.delta()
    assessment = assess(
        baseline=sides.baseline,
        simulated=sides.simulated,
        pair=pair,
        delta=delta,
        policy=policy,
        classes=classes,
        change=sides.change,
        no_effect=sides.no_effect,
        unread=(*sides.unread, *doubts(comparison, delta)),
        inputs=(*sides.inputs, policy_input),
        as_of=request.as_of,
        version=__version__,
        find_witness=Witnesses(comparison).of_change,
    )
    verdict = decide(assessment, policy, request.fail_on)
    return Checked(replace(assessment, verdict=verdict), delta, classes, sides.baseline)
