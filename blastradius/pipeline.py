"""The use case: read two states, or a state and a change; compare, assess, decide.

Every face (the command line, and whatever comes) calls this and only translates.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from blastradius import __version__
from blastradius.access import simulate
from blastradius.access.doubts import doubts
from blastradius.access.engine import Comparison
from blastradius.access.queries import answer, what_can_do, who_can_do
from blastradius.access.reference import compare as reference_compare
from blastradius.access.witness import Witnesses
from blastradius.assess import assess
from blastradius.assess.classes import ResourceClasses, check_change_classes, resource_classes
from blastradius.assess.tuples import access_tuples
from blastradius.changes import load_changes
from blastradius.documents import File, parse, read_files
from blastradius.errors import UsageError
from blastradius.gate import decide, load_policy, shipped_policy
from blastradius.model.answer import Explanation, Holder, Holding
from blastradius.model.assessment import Assessment, Level
from blastradius.model.change import Change
from blastradius.model.delta import AccessTuple, Delta
from blastradius.model.policy import Policy
from blastradius.model.snapshot import Snapshot
from blastradius.model.sources import Input, Problem, Side
from blastradius.systems import load


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked, whoever asks it. Paths may be ``-`` for standard input, once.

    Attributes:
        snapshots: Files and folders of the baseline.
        changes: Files of the change; empty when ``after`` or nothing is given.
        after: Files and folders of the state to compare with.
        system: Forces the system of the snapshots; None to recognise it.
        change_kind: Forces the kind of the changes; None to recognise it.
        policy: A policy file; None for the one that ships.
        strict: True for the strict policy that ships.
        author: Overrides the author the change names.
        as_of: The time everything is judged at; it has a time zone.
        fail_on: Block from this level on, whatever the policy says.
        reference: True to let the reference engine compare.
        stdin: Gives the bytes of standard input.
    """

    snapshots: tuple[str, ...]
    as_of: datetime
    stdin: Callable[[], bytes]
    changes: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    system: str | None = None
    change_kind: str | None = None
    policy: str | None = None
    strict: bool = False
    author: str | None = None
    fail_on: Level | None = None
    reference: bool = False


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


@dataclass(frozen=True, slots=True)
class _Sides:
    """Both states, and how the second came about."""

    baseline: Snapshot
    simulated: Snapshot
    change: Change
    no_effect: tuple[Problem, ...]
    unread: tuple[Problem, ...]
    inputs: tuple[Input, ...]


def check(request: Request) -> Checked:
    """Simulate a change and judge it.

    Args:
        request: Must name a change or a state to compare with, not both.

    Returns:
        The assessment with its verdict, and the delta behind it.

    Raises:
        BlastRadiusError: When an input cannot be read or contradicts itself, or the request does.

    Cost: reading the inputs, then one pass over the resources and work per distinct access list.
    """
    if bool(request.changes) == bool(request.after):
        message = "give a change or a second state" if not request.changes else "give `--change` or `--after`, not both"
        raise UsageError(Problem(message, None, "use `--change FILE` to simulate, `--after SNAPSHOT` to compare"))
    policy, policy_input = _policy(request)
    sides = _sides(request)
    check_change_classes(policy, sides.change)
    classes = resource_classes(policy, sides.baseline, sides.simulated)
    comparison = Comparison(sides.baseline, sides.simulated)
    delta = reference_compare(sides.baseline, sides.simulated) if request.reference else comparison.delta()
    assessment = assess(
        baseline=sides.baseline,
        simulated=sides.simulated,
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


def explain(request: Request, principal: str, action: str, resource: str) -> Explanation:
    """Say whether a principal may do something to a resource, before and after, and why.

    Args:
        request: The change is optional.
        principal: An id of either state.
        action: An action or a capability.
        resource: An id of either state.

    Raises:
        BlastRadiusError: When an input is unreadable, or nobody knows one of the names.
    """
    sides = _sides(request)
    comparison = Comparison(sides.baseline, sides.simulated)
    ask = partial(answer, Witnesses(comparison), principal, action, resource)
    return Explanation(principal, action, resource, ask(0), ask(1) if _compares(request) else None)


def who_can(request: Request, action: str, resource: str) -> tuple[Holder, ...]:
    """Say who may do something to a resource, after the change if one is given; sorted by id.

    Raises:
        BlastRadiusError: When an input is unreadable, or nobody knows one of the names.
    """
    sides = _sides(request)
    return tuple(who_can_do(Comparison(sides.baseline, sides.simulated), 1, action, resource))


def what_can(request: Request, principal: str) -> tuple[Holding, ...]:
    """Say what a principal may do, after the change if one is given; sorted by resource.

    Raises:
        BlastRadiusError: When an input is unreadable, or nobody knows the principal.
    """
    policy, _ = _policy(request)
    sides = _sides(request)
    classes = resource_classes(policy, sides.baseline, sides.simulated).after
    held = what_can_do(Comparison(sides.baseline, sides.simulated), 1, principal)
    return tuple(Holding(resource, classes[resource], capability, state) for resource, capability, state in held)


# Reading


def _compares(request: Request) -> bool:
    return bool(request.changes or request.after)


def _sides(request: Request) -> _Sides:
    if (*request.snapshots, *request.changes, *request.after, request.policy).count("-") > 1:
        raise UsageError(Problem("standard input is named twice", None, "`-` can stand for one input only"))
    files = _read(request, request.snapshots)
    if not request.after:
        return _simulated(request, files)
    after_files = _read(request, request.after)
    before = load(files, system=request.system, other=after_files)
    after = load(after_files, system=request.system, other=files)
    title = f"{' '.join(request.snapshots)} → {' '.join(request.after)}"
    inputs = (*_inputs(files, before.kinds, Side.BASELINE), *_inputs(after_files, after.kinds, Side.SIMULATED))
    unread = tuple(dict.fromkeys((*before.snapshot.unread, *after.snapshot.unread)))
    return _Sides(before.snapshot, after.snapshot, Change(title, request.author), (), unread, inputs)


def _simulated(request: Request, files: tuple[File, ...]) -> _Sides:
    change_files = _read(request, request.changes) if request.changes else ()
    loaded = load(files, system=request.system)
    change = load_changes(change_files, kind=request.change_kind) if change_files else Change()
    if request.author is not None:
        change = replace(change, author=request.author)
    simulation = simulate(loaded.snapshot, change)
    kinds = dict.fromkeys((file.label for file in change_files), "change")
    inputs = (*_inputs(files, loaded.kinds, Side.BASELINE), *_inputs(change_files, kinds, Side.CHANGE))
    unread = (*loaded.snapshot.unread, *change.unread, *simulation.unread)
    after = loaded.snapshot if not change.steps else simulation.snapshot
    return _Sides(loaded.snapshot, after, change, simulation.no_effect, unread, inputs)


def _read(request: Request, paths: tuple[str, ...]) -> tuple[File, ...]:
    return read_files(paths, request.stdin() if "-" in paths else None)


def _policy(request: Request) -> tuple[Policy, Input]:
    if request.policy is not None and request.strict:
        raise UsageError(Problem("`--policy` and `--strict` exclude each other", None, "`--strict` is a policy itself"))
    if request.policy is None:
        files = (shipped_policy("strict" if request.strict else "default"),)
    else:
        files = _read(request, (request.policy,))
    documents = tuple(document for file in files for document in parse(file))
    return load_policy(documents), Input(files[0].label, Side.POLICY, "policy", files[0].sha256)


def _inputs(files: tuple[File, ...], kinds: "dict[str, str]", side: Side) -> Iterator[Input]:
    return (Input(file.label, side, kinds.get(file.label, "unread"), file.sha256) for file in files)
