"""Files of any system in, one snapshot out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from blastradius.access.facts import check_facts
from blastradius.documents import Document, File, parse, paused_collection, quoted, shortened
from blastradius.errors import DocumentError, SnapshotError, UsageError, did_you_mean
from blastradius.model.snapshot import Snapshot
from blastradius.model.sources import Input, Problem, Side
from blastradius.systems.interface import System
from blastradius.systems.merge import merge
from blastradius.systems.native.ids import name_fault
from blastradius.systems.native.snapshot import FORMAT
from blastradius.systems.references import reference_problems
from blastradius.systems.registry import SYSTEMS

NOTHING_KNOWN = "unknown"
"""Kind of an input in which no system recognised anything."""
_OWN_FORMATS = {
    "blastradius.change/": ("change", "give it with `--change`"),
    "blastradius.policy/": ("policy", "give it with `--policy`"),
    "blastradius.report/": ("report", "give the snapshot that it was made from"),
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """One side of a comparison.

    Attributes:
        snapshot: All facts; every id that one of them names exists.
        inputs: The files it was read from, in order, each with the systems found in it.
    """

    snapshot: Snapshot
    inputs: tuple[Input, ...]


def load(
    files: Sequence[File],
    *,
    system: str | None = None,
    other: Sequence[File] = (),
    side: Side = Side.BASELINE,
) -> Loaded:
    """Read the files of one state of access, whatever systems they come from.

    Args:
        files: As `blastradius.documents.read_files` gives them; at least one.
        system: Name of the only system to look for; None to recognise each document by content.
        other: The files of the other side of a comparison.
        side: What the files are read for.

    Returns:
        The facts of all systems together. What stands in a folder and no system recognises is in
        ``unread``, and so is a hidden file there that cannot be parsed. A hidden file in which no
        system recognises anything is passed over: it is configuration of another tool.

    Raises:
        DocumentError: When files are no YAML or JSON; hidden ones aside.
        SnapshotError: When a named file, or everything, is of no known format, or when the facts
            contradict their format, each other, or themselves.
        UsageError: When there is no such system.
    """
    with paused_collection():
        recognised = _recognise(files, system)
        return _build(recognised, _recognise(other, system) if other else None, side)


def load_both(before: Sequence[File], after: Sequence[File], *, system: str | None = None) -> tuple[Loaded, Loaded]:
    """Read both sides of a comparison, parsing each file once.

    Each side is the `other` of the other; what is raised is as in `load`.
    """
    with paused_collection():
        baseline, simulated = _recognise(before, system), _recognise(after, system)
        return _build(baseline, simulated, Side.BASELINE), _build(simulated, baseline, Side.SIMULATED)


@dataclass(frozen=True, slots=True)
class _Recognised:
    """Documents sorted by the system that reads them."""

    documents: Mapping[str, list[Document]]
    unread: list[Problem]
    kinds: Sequence[tuple[File, str]]


def _recognise(files: Sequence[File], system: str | None) -> _Recognised:
    systems = _systems(system)
    documents: dict[str, list[Document]] = {}
    problems: list[Problem] = []
    unread: list[Problem] = []
    kinds: list[tuple[File, str]] = []
    for file, parsed in _parse_all(files, unread):
        found: dict[str, None] = {}
        is_foreign = file.hidden and not any(_name_of(document, SYSTEMS) for document in parsed)
        for document in parsed:
            name = _name_of(document, systems)
            if name is not None:
                found[name] = None
                documents.setdefault(name, []).append(document)
            elif file.named or _is_unknown_version(document):
                problems.append(_unrecognised(document, systems))
            elif not is_foreign and _own_format(document) is None:
                unread.append(_unrecognised(document, systems))
        kinds.append((file, ", ".join(found) or NOTHING_KNOWN))
    if problems:
        raise SnapshotError(shortened(problems))
    if not documents:
        raise SnapshotError(_nothing_known(files, systems, unread))
    return _Recognised(documents, unread, kinds)


def _name_of(document: Document, systems: Mapping[str, System]) -> str | None:
    return next((name for name, one in systems.items() if one.recognises(document)), None)


def _parse_all(files: Sequence[File], unread: list[Problem]) -> list[tuple[File, tuple[Document, ...]]]:
    parsed: list[tuple[File, tuple[Document, ...]]] = []
    problems: list[Problem] = []
    for file in files:
        try:
            parsed.append((file, parse(file)))
        except DocumentError as error:
            (unread if file.hidden else problems).extend(error.problems)
    if problems:
        raise DocumentError(shortened(problems))
    return parsed


def _systems(name: str | None) -> Mapping[str, System]:
    if name is None:
        return SYSTEMS
    if name not in SYSTEMS:
        raise UsageError(Problem(f"unknown system {quoted(name)}", None, did_you_mean(name, SYSTEMS)))
    return {name: SYSTEMS[name]}


def _build(recognised: _Recognised, other: _Recognised | None, side: Side) -> Loaded:
    snapshots: list[Snapshot] = []
    problems: list[Problem] = []
    for name, documents in recognised.documents.items():
        try:
            snapshots.append(SYSTEMS[name].read(documents, other.documents.get(name, ()) if other else None))
        except SnapshotError as error:
            problems.extend(error.problems)
    if problems:
        raise SnapshotError(problems)
    snapshot, problems = merge(snapshots)
    problems.extend(_impossible_names(snapshot))
    problems.extend(reference_problems(snapshot))
    if problems:
        raise SnapshotError(shortened(problems))
    check_facts(snapshot, SnapshotError)
    inputs = tuple(Input(file.label, side, kind, file.sha256) for file, kind in recognised.kinds)
    return Loaded(replace(snapshot, unread=(*snapshot.unread, *recognised.unread)), inputs)


def _format(document: Document) -> str:
    value = document.value.get("format") if isinstance(document.value, dict) else None
    return value if isinstance(value, str) else ""


def _own_format(document: Document) -> tuple[str, str] | None:
    """Recognise what blastradius itself writes or reads, and that states nothing about access."""
    written = _format(document)
    return next((meaning for start, meaning in _OWN_FORMATS.items() if written.startswith(start)), None)


def _is_unknown_version(document: Document) -> bool:
    return _format(document).startswith("blastradius.snapshot/") and _format(document) != FORMAT


def _unrecognised(document: Document, systems: Mapping[str, System]) -> Problem:
    written = _format(document)
    place = document.at(document.value, "format")
    own = _own_format(document)
    if own is not None:
        return Problem(f"this is a {own[0]}, not a snapshot", place, own[1])
    if _is_unknown_version(document):
        return Problem(f"unknown format version {quoted(written)}", place, f"this version reads `{FORMAT}`")
    if len(systems) == 1:
        return Problem(f"this is not recognised as {quoted(next(iter(systems)))}", place, "leave `--from` out")
    if written:
        return Problem(f"unknown format {quoted(written)}", place, f"the native format is `{FORMAT}`")
    return Problem("the document is of no known format", place, _KNOWN)


_KNOWN = f"known are {', '.join(f'`{name}`' for name in SYSTEMS)}; a native file begins with `format: {FORMAT}`"


def _nothing_known(files: Sequence[File], systems: Mapping[str, System], unread: Sequence[Problem]) -> list[Problem]:
    if not files:
        return [Problem("no snapshot was given", None, "name a file or a folder")]
    names = ", ".join(quoted(name) for name in systems)
    return shortened([Problem(f"nothing in the input is recognised as {names}", None, _KNOWN), *unread])


def _impossible_names(snapshot: Snapshot) -> list[Problem]:
    """Refuse ids that pretend to be built in, or look like another, whatever system they come from."""
    problems: list[Problem] = []
    for section in (snapshot.principals, snapshot.groups, snapshot.resources, snapshot.roles):
        for name, entity in section.items():
            fault = name_fault(name)
            if fault is not None:
                problems.append(Problem(fault[0], entity.source, fault[1]))
    return problems
