"""Tell whether files are what they should be, before anybody relies on them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from blastradius.access import simulate
from blastradius.access.facts import granted_actions
from blastradius.changes.load import load_changes
from blastradius.changes.registry import FORMATS
from blastradius.documents import Document, File, parse, read_files
from blastradius.errors import BlastRadiusError
from blastradius.gate import load_policy
from blastradius.model.answer import Validation
from blastradius.model.snapshot import CAPABILITIES, Capability, Effect, Snapshot
from blastradius.model.sources import Problem
from blastradius.pipeline.reading import STDIN
from blastradius.systems.load import load

POLICY_FAMILY, CHANGE_FAMILY = "blastradius.policy/", "blastradius.change/"
_Result = TypeVar("_Result")


def validate(paths: Sequence[str], stdin: Callable[[], bytes]) -> Validation:
    """Read files of any kind; a change is tried on the snapshots given with it.

    Args:
        paths: Files and folders; ``-`` for standard input.
        stdin: Gives its bytes.

    Raises:
        BlastRadiusError: With the problems of all files.
    """
    files = read_files(tuple(paths), stdin() if STDIN in paths else None)
    attempts = _Attempts()
    sorted_files = _Sorted([], [], [])
    for file in files:
        documents = attempts.of(partial(parse, file))
        if documents:
            sorted_files.put(file, documents)
    for documents in sorted_files.policies:
        attempts.of(partial(load_policy, documents))
    change = attempts.of(partial(load_changes, sorted_files.changes)) if sorted_files.changes else None
    loaded = attempts.of(partial(load, sorted_files.snapshots)) if sorted_files.snapshots else None
    simulation = attempts.of(partial(simulate, loaded.snapshot, change)) if loaded and change else None
    if attempts.problems:
        raise BlastRadiusError(attempts.problems)
    warnings: list[Problem] = []
    if loaded:
        warnings += [*loaded.snapshot.unread, *_denied_capabilities(loaded.snapshot)]
    if change:
        warnings += change.unread
    if simulation:
        warnings += [*simulation.no_effect, *simulation.unread]
    snapshot = loaded.snapshot if loaded else None
    return Validation(snapshot, change, len(sorted_files.policies), tuple(warnings))


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Files by what they are; whatever is neither change nor policy must be a snapshot."""

    snapshots: list[File]
    changes: list[File]
    policies: list[tuple[Document, ...]]

    def put(self, file: File, documents: tuple[Document, ...]) -> None:
        """Sort one file in, by its first document."""
        value = documents[0].value
        written = str(value.get("format")) if isinstance(value, dict) else ""
        if written.startswith(POLICY_FAMILY):
            self.policies.append(documents)
        elif written.startswith(CHANGE_FAMILY) or any(one.recognises(documents[0]) for one in FORMATS.values()):
            self.changes.append(file)
        else:
            self.snapshots.append(file)


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
    """Warn where a capability is denied while other actions that amount to it are known.

    Denials act per action: denying ``read`` does not deny ``get``.
    """
    others: dict[Capability, list[str]] = {}
    for action, capability in sorted(snapshot.actions.items()):
        if action not in CAPABILITIES:
            others.setdefault(capability, []).append(action)
    for grant in snapshot.grants:
        if grant.effect is not Effect.DENY:
            continue
        denied = granted_actions(grant, snapshot.roles, snapshot.actions)
        for name in sorted(denied & CAPABILITIES.keys()):
            left = [action for action in others.get(CAPABILITIES[name], ()) if action not in denied]
            if left:
                shown = ", ".join(f"`{action}`" for action in left[:5])
                message = f"denying `{name}` does not deny {shown}, which are `{name}` too"
                yield Problem(message, grant.source, "deny each action by its own name, or `*`")
