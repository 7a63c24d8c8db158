"""Files of any system in, one snapshot out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from blastradius.access.facts import check_facts
from blastradius.documents import Document, File, paused_collection, quoted, shortened
from blastradius.documents.bulk import SUFFIXES as BULK_SUFFIXES
from blastradius.documents.bulk import Form, Progress, unwatched
from blastradius.errors import DocumentError, SnapshotError, UsageError, did_you_mean
from blastradius.model.snapshot import Snapshot
from blastradius.model.sources import Input, Problem, Side, Source
from blastradius.systems.bulk import KINDS, checked, read_bulk
from blastradius.systems.coverage import coverage_problems
from blastradius.systems.ids import name_fault
from blastradius.systems.interface import System
from blastradius.systems.joining import joined
from blastradius.systems.merge import merge
from blastradius.systems.native.snapshot import FORMAT
from blastradius.systems.native.snapshot import NAME as NATIVE
from blastradius.systems.recognising import KNOWN_SYSTEMS, gathered, system_of
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
    progress: Progress | None = None,
) -> Loaded:
    """Read the files of one state of access, whatever systems they come from.

    Args:
        files: As `blastradius.documents.read_files` gives them; at least one.
        system: Name of the only system to look for; None to recognise each document by content.
        other: The files of the other side of a comparison.
        side: What the files are read for.
        progress: Is told how far a large file is read.

    Returns:
        The facts of all systems together; those of bulk files alone are looked at in their columns.
        What stands in a folder and no system recognises is in ``unread``, and so is a hidden file
        there that cannot be parsed. A hidden file in which no system recognises anything is passed
        over: it is configuration of another tool.

    Raises:
        DocumentError: When files are no YAML or JSON; hidden ones aside.
        SnapshotError: When a named file, or everything, is of no known format, or when the facts
            contradict their format, each other, or themselves.
        UsageError: When there is no such system.
    """
    with paused_collection():
        recognised = _recognise(files, system)
        return _build(recognised, _recognise(other, system) if other else None, side, progress)


def load_both(
    before: Sequence[File],
    after: Sequence[File],
    *,
    system: str | None = None,
    progress: Progress | None = None,
) -> tuple[Loaded, Loaded]:
    """Read both sides of a comparison, parsing each file once.

    Each side is the `other` of the other; what is raised is as in `load`.
    """
    with paused_collection():
        baseline, simulated = _recognise(before, system), _recognise(after, system)
        return (
            _build(baseline, simulated, Side.BASELINE, progress),
            _build(simulated, baseline, Side.SIMULATED, progress),
        )


@dataclass(frozen=True, slots=True)
class _Recognised:
    """Documents sorted by the system that reads them, and files that are read where they lie."""

    documents: Mapping[str, list[Document]]
    bulk: Sequence[File]
    unread: list[Problem]
    kinds: Sequence[tuple[File, str]]


def _recognise(files: Sequence[File], system: str | None) -> _Recognised:
    systems = _systems(system)
    documents: dict[str, list[Document]] = {}
    problems: list[Problem] = []
    unread: list[Problem] = []
    kinds: list[tuple[File, str]] = []
    bulk = [file for file in files if file.bulk]
    problems.extend(_not_of_system(file, systems) for file in bulk if not _may_be(file, systems))
    for file, parsed in _parse_all(files, systems, unread):
        if file.bulk:
            kinds.append((file, KINDS[file.bulk.form]))
            continue
        found: dict[str, None] = {}
        is_foreign = file.hidden and not any(system_of(document, SYSTEMS) for document in parsed)
        for document in parsed:
            name = system_of(document, systems)
            if name is not None:
                found[name] = None
                documents.setdefault(name, []).append(document)
            elif file.named or _is_unknown_version(document):
                problems.append(_unrecognised(document, systems))
            elif not is_foreign and _own_format(document) is None:
                unread.append(_unrecognised(document, systems))
                if file.relative.suffix.lower() in BULK_SUFFIXES:
                    break  # thousands of lines of something else are one thing
        kinds.append((file, ", ".join(found) or NOTHING_KNOWN))
    if problems:
        raise SnapshotError(shortened(problems))
    if not documents and not bulk:
        raise SnapshotError(_nothing_known(files, systems, unread))
    return _Recognised(documents, bulk, unread, kinds)


def _parse_all(
    files: Sequence[File], systems: Mapping[str, System], unread: list[Problem]
) -> list[tuple[File, tuple[Document, ...]]]:
    parsed: list[tuple[File, tuple[Document, ...]]] = []
    problems: list[Problem] = []
    for file in files:
        documents = () if file.bulk else gathered(file, problems, unread, systems)
        if documents or file.bulk:
            parsed.append((file, documents))
    if problems:
        raise DocumentError(shortened(problems))
    return parsed


def _systems(name: str | None) -> Mapping[str, System]:
    if name is None:
        return SYSTEMS
    if name not in SYSTEMS:
        raise UsageError(Problem(f"unknown system {quoted(name)}", None, did_you_mean(name, SYSTEMS)))
    return {name: SYSTEMS[name]}


def _build(recognised: _Recognised, other: _Recognised | None, side: Side, progress: Progress | None) -> Loaded:
    snapshots: list[Snapshot] = []
    problems: list[Problem] = []
    for name, documents in recognised.documents.items():
        try:
            snapshots.append(SYSTEMS[name].read(documents, other.documents.get(name, ()) if other else None))
        except SnapshotError as error:
            problems.extend(error.problems)
    sha256: Sequence[str] = ()
    if recognised.bulk:
        try:
            bulk = read_bulk(recognised.bulk, progress or unwatched)
            snapshots.extend(bulk.snapshots)
            sha256 = bulk.sha256
        except SnapshotError as error:
            problems.extend(error.problems)
    if problems:
        raise SnapshotError(problems)
    snapshot = checked(snapshots[0]) if recognised.bulk and len(snapshots) == 1 else _merged(snapshots)
    unread = (*snapshot.unread, *recognised.unread, *coverage_problems(snapshot.coverage))
    digest = iter(sha256)
    inputs = tuple(
        Input(file.label, side, kind, next(digest) if file.bulk else file.sha256) for file, kind in recognised.kinds
    )
    return Loaded(replace(snapshot, unread=unread), inputs)


def _merged(snapshots: Sequence[Snapshot]) -> Snapshot:
    """Lay snapshots together, and hold their facts against the laws of all facts."""
    merged, problems = merge(snapshots)
    snapshot = joined(merged, problems)
    problems.extend(_impossible_names(snapshot))
    problems.extend(reference_problems(snapshot))
    if problems:
        raise SnapshotError(shortened(problems))
    check_facts(snapshot, SnapshotError)
    return snapshot


def _may_be(file: File, systems: Mapping[str, System]) -> bool:
    """Tell whether `--from` leaves room for a bulk file: a compiled one may hold any systems, others are native."""
    is_compiled = file.bulk is not None and file.bulk.form is Form.COMPILED
    return len(systems) > 1 or (NATIVE in systems and not is_compiled)


def _not_of_system(file: File, systems: Mapping[str, System]) -> Problem:
    name = quoted(next(iter(systems)))
    return Problem(f"this cannot be read as {name} alone", Source(file.label), "leave `--from` out")


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
    return Problem("the document is of no known format", place, KNOWN_SYSTEMS)


def _nothing_known(files: Sequence[File], systems: Mapping[str, System], unread: Sequence[Problem]) -> list[Problem]:
    if not files:
        return [Problem("no snapshot was given", None, "name a file or a folder")]
    names = ", ".join(quoted(name) for name in systems)
    return shortened([Problem(f"nothing in the input is recognised as {names}", None, KNOWN_SYSTEMS), *unread])


def _impossible_names(snapshot: Snapshot) -> list[Problem]:
    """Refuse ids that pretend to be built in, or look like another, whatever system they come from."""
    problems: list[Problem] = []
    for section in (snapshot.principals, snapshot.groups, snapshot.resources, snapshot.roles):
        for name, entity in section.items():
            fault = name_fault(name)
            if fault is not None:
                problems.append(Problem(fault[0], entity.source, fault[1]))
    return problems
