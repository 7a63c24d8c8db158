"""Tell whether files are what they should be, before anybody relies on them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from typing import TypeVar

from blastradius.access import simulate
from blastradius.access.facts import granted_actions
from blastradius.access.graph import AccessGraph
from blastradius.changes.load import load_changes
from blastradius.changes.registry import FORMATS
from blastradius.documents import Document, File, check_schema, read_files
from blastradius.errors import BlastRadiusError
from blastradius.gate import load_policy
from blastradius.model.answer import Validation
from blastradius.model.snapshot import CAPABILITIES, Effect, Grant, Snapshot
from blastradius.model.sources import Problem
from blastradius.pipeline.kept import doubts_about_classes
from blastradius.pipeline.reading import STDIN
from blastradius.systems.load import load
from blastradius.systems.recognising import gathered, system_of

POLICY_FAMILY, CHANGE_FAMILY = "blastradius.policy/", "blastradius.change/"
OWN_FAMILIES = ("blastradius.snapshot/", CHANGE_FAMILY, POLICY_FAMILY)
_Result = TypeVar("_Result")


def validate(paths: Sequence[str], stdin: Callable[[], bytes]) -> Validation:
    """Read files of any kind; each change is tried by itself on the snapshots given with it.

    Args:
        paths: Files and folders; ``-`` for standard input.
        stdin: Gives its bytes.

    Raises:
        BlastRadiusError: With the problems of all files.
    """
    files = read_files(tuple(paths), stdin() if STDIN in paths else None)
    attempts = _Attempts()
    sorted_files = _Sorted([], [], [], [])
    passed_over: list[Problem] = []
    for file in files:
        if file.bulk:
            sorted_files.snapshots.append(file)
            continue
        documents = gathered(file, attempts.problems, passed_over)
        if documents and not (file.hidden and _is_foreign(documents)):
            sorted_files.put(file, documents)
    policies = [found for one in sorted_files.policies if (found := attempts.of(partial(load_policy, one)))]
    changes = [change for file in sorted_files.changes if (change := attempts.of(partial(load_changes, (file,))))]
    loaded = attempts.of(partial(load, sorted_files.snapshots)) if sorted_files.snapshots else None
    if loaded:
        classes = attempts.of(lambda: list(doubts_about_classes(loaded.snapshot, policies)))
        passed_over += classes or []
    simulations = [attempts.of(partial(simulate, loaded.snapshot, change)) for change in changes] if loaded else []
    if not attempts.problems:
        # The readers know more than a schema can say; the schemas are what editors check against. Both must agree.
        for document, schema in sorted_files.native:
            attempts.of(partial(check_schema, document, schema, BlastRadiusError))
    if attempts.problems:
        raise BlastRadiusError(attempts.problems)
    snapshot = loaded.snapshot if loaded else None
    warnings = chain(
        passed_over,
        (*snapshot.unread, *_denied_capabilities(snapshot)) if snapshot else (),
        *(change.unread for change in changes),
        *((*its.no_effect, *its.unread) for its in simulations if its),
    )
    return Validation(snapshot, tuple(changes), len(sorted_files.policies), tuple(warnings))


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Files by what they are; whatever is neither change nor policy must be a snapshot."""

    snapshots: list[File]
    changes: list[File]
    policies: list[tuple[Document, ...]]
    native: list[tuple[Document, str]]

    def put(self, file: File, documents: tuple[Document, ...]) -> None:
        """Sort one file in, by its first document."""
        value = documents[0].value
        written = str(value.get("format")) if isinstance(value, dict) else ""
        self.native.extend((document, schema) for document in documents if (schema := _schema_of(document)))
        if written.startswith(POLICY_FAMILY):
            self.policies.append(documents)
        elif written.startswith(CHANGE_FAMILY) or any(one.recognises(documents[0]) for one in FORMATS.values()):
            self.changes.append(file)
        else:
            self.snapshots.append(file)


def _is_foreign(documents: tuple[Document, ...]) -> bool:
    """Tell whether nothing in a file is ours or of a system: hidden files are mostly settings of other tools."""
    return not any(_schema_of(document) or system_of(document) for document in documents)


def _schema_of(document: Document) -> str | None:
    """Name the schema of a document in one of our own formats; None for any other."""
    written = str(document.value.get("format")) if isinstance(document.value, dict) else ""
    family, _, _ = written.partition("/")
    return family.removeprefix("blastradius.") if written.startswith(OWN_FAMILIES) else None


class _Attempts:
    """Tries to read one thing after another, and keeps what was wrong with each."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def of(self, read: Callable[[], _Result]) -> _Result | None:
        """Read; None when it failed."""
        try:
            return read()
        except BlastRadiusError as error:
            self.problems.extend(error.problems)
            return None


def _denied_capabilities(snapshot: Snapshot) -> Iterator[Problem]:
    """Warn where a capability is denied while another action that amounts to it is allowed on the same resources.

    Denials act per action: denying ``read`` does not deny ``get``.
    """
    native = snapshot.actions.keys() - CAPABILITIES.keys()
    # Where every action is a capability, denying that leaves nothing open.
    denials = list(_capability_denials(snapshot)) if native else []
    if not denials:
        return
    ancestors = cache(AccessGraph(snapshot).ancestors)
    written: dict[str, set[str]] = {}
    below: dict[str, set[str]] = {grant.resource: set() for grant, _ in denials}
    for grant in snapshot.grants:
        if grant.effect is Effect.ALLOW:
            actions = granted_actions(grant, snapshot.roles, ()) & native
            written.setdefault(grant.resource, set()).update(actions)
            for name in ancestors(grant.resource) & below.keys():
                below[name] |= actions
    for grant, denied in denials:
        near = below[grant.resource].union(*(written.get(name, ()) for name in ancestors(grant.resource)))
        for action in sorted(near - denied):
            capability = snapshot.actions[action].label
            if capability in denied:
                message = (
                    f"denying `{capability}` does not deny `{action}`, which is allowed there and is `{capability}` too"
                )
                yield Problem(message, grant.source, "deny each action by its own name, or `*`")


def _capability_denials(snapshot: Snapshot) -> Iterator[tuple[Grant, frozenset[str]]]:
    """Give the deny grants that name a capability and not everything, with the actions they name."""
    for grant in snapshot.grants:
        if grant.effect is Effect.DENY:
            denied = granted_actions(grant, snapshot.roles, snapshot.actions)
            if denied & CAPABILITIES.keys() and denied != snapshot.actions.keys():
                yield grant, denied
