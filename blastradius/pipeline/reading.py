"""From a request to two states and a policy."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from blastradius.access import simulate
from blastradius.changes.load import load_changes
from blastradius.documents import File, parse, read_files
from blastradius.errors import UsageError
from blastradius.gate import load_policy, shipped_policy
from blastradius.model.change import Change
from blastradius.model.policy import Policy
from blastradius.model.snapshot import Snapshot
from blastradius.model.sources import Input, Problem, Side
from blastradius.pipeline.memory import check_room_to_read
from blastradius.pipeline.request import Request
from blastradius.systems.load import load, load_both

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Sides:
    """Both states, and how the second came about.

    Attributes:
        baseline: The facts before.
        simulated: The facts after; the same object when nothing is to change.
        change: Its title and author; its steps where there are any.
        no_effect: Steps that change nothing.
        unread: What could not be understood in any of the inputs.
        inputs: What was read, in order.
    """

    baseline: Snapshot
    simulated: Snapshot
    change: Change
    no_effect: tuple[Problem, ...]
    unread: tuple[Problem, ...]
    inputs: tuple[Input, ...]


def read_sides(request: Request) -> Sides:
    """Read the baseline, and simulate the change or read the second state.

    Raises:
        BlastRadiusError: When an input cannot be read or contradicts itself, or the request does.
    """
    if request.changes and request.after:
        message = "`--change` and `--after` exclude each other"
        raise UsageError(Problem(message, None, "simulate a change, or compare two snapshots"))
    if (*request.snapshots, *request.changes, *request.after, request.policy).count(STDIN) > 1:
        raise UsageError(Problem("standard input is named twice", None, f"`{STDIN}` can stand for one input only"))
    return _compared(request) if request.after else _simulated(request)


def _compared(request: Request) -> Sides:
    files, after_files = _read(request, request.snapshots), _read(request, request.after)
    check_room_to_read((*files, *after_files))
    before, after = load_both(files, after_files, system=request.system, progress=request.progress)
    title = f"{_names(files)} → {_names(after_files)}"
    unread = tuple(dict.fromkeys((*before.snapshot.unread, *after.snapshot.unread)))
    inputs = (*before.inputs, *after.inputs)
    return Sides(before.snapshot, after.snapshot, Change(title, request.author), (), unread, inputs)


def _names(files: tuple[File, ...]) -> str:
    """Name the folder or file that was given, for a title."""
    below = (file.label if file.named else file.label.removesuffix(f"/{file.relative}") for file in files)
    return " ".join(dict.fromkeys(below))


def _simulated(request: Request) -> Sides:
    files = _read(request, request.snapshots)
    check_room_to_read(files)
    change_files = _read(request, request.changes)
    loaded = load(files, system=request.system, progress=request.progress)
    change = load_changes(change_files, kind=request.change_kind) if change_files else Change()
    if request.author is not None:
        change = replace(change, author=request.author)
    simulation = simulate(loaded.snapshot, change)
    changed = tuple(Input(file.label, Side.CHANGE, "change", file.sha256) for file in change_files)
    unread = (*loaded.snapshot.unread, *change.unread, *simulation.unread)
    after = simulation.snapshot if change.steps else loaded.snapshot
    return Sides(loaded.snapshot, after, change, simulation.no_effect, unread, (*loaded.inputs, *changed))


def _read(request: Request, paths: tuple[str, ...]) -> tuple[File, ...]:
    return read_files(paths, request.stdin() if STDIN in paths else None) if paths else ()


def read_policy(request: Request) -> tuple[Policy, Input]:
    """Read the policy that is asked for, or the one that ships.

    Raises:
        BlastRadiusError: When it cannot be read or is no policy, or the request asks for two.
    """
    if request.policy is not None and request.strict:
        message = "`--policy` and `--strict` exclude each other"
        raise UsageError(Problem(message, None, "`--strict` stands for a policy itself"))
    if request.policy is None:
        file = shipped_policy("strict" if request.strict else "default")
    else:
        file = one_policy(_read(request, (request.policy,)))
    return load_policy(parse(file)), Input(file.label, Side.POLICY, "policy", file.sha256)


def one_policy(files: Sequence[File]) -> File:
    """Refuse a folder where a policy is wanted."""
    file, *others = files
    if others:
        raise UsageError(Problem("a policy is one file, not a folder", None, "name the file"))
    return file
