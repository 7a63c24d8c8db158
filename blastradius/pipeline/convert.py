"""Turn whatever can be read into one file: compiled, to be read at once, or native, to be read by people."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from blastradius.documents import parse, read_files
from blastradius.documents.bulk import Progress, unwatched
from blastradius.errors import PolicyError
from blastradius.gate import load_policy, shipped_policy
from blastradius.model.snapshot import Snapshot
from blastradius.model.sources import Input, Problem
from blastradius.pipeline.memory import check_room_to_read
from blastradius.pipeline.reading import STDIN, one_policy
from blastradius.systems.load import load
from blastradius.systems.native.write import NativeForm, native_text

if TYPE_CHECKING:
    from blastradius.columns.tables import Columns

_BETWEEN_REPORTS = 1 << 14


@dataclass(frozen=True, slots=True)
class Converted:
    """A snapshot, ready to be written.

    Attributes:
        counts: How many principals, groups, resources and grants there are, in this order.
        inputs: What was read.
        unread: What could not be understood; what is written holds it too.
    """

    counts: dict[str, int]
    inputs: tuple[Input, ...]
    unread: tuple[Problem, ...]
    _facts: Snapshot
    _policy: str | None

    def write(self, stream: BinaryIO) -> None:
        """Write the compiled snapshot; the same facts give the same bytes.

        Raises:
            BlastRadiusError: When the policy cannot be read, or does not know a class that is stated.
        """
        from blastradius.systems.compiled.write import write_compiled

        write_compiled(_prepared(self._facts, self._policy), self.inputs, stream)

    def text(self, form: NativeForm, target: str = "", progress: Progress = unwatched) -> Iterator[str]:
        """Write the native snapshot, piece by piece; the same facts give the same text.

        Args:
            form: How to write it.
            target: What is written to, for the watcher.
            progress: Is told how far it is.

        Raises:
            SnapshotError: When the native format cannot say it all, perhaps not before the end.
        """
        total = sum(self.counts.values())
        for done, piece in enumerate(native_text(self._facts, form)):
            yield piece
            if done % _BETWEEN_REPORTS == 0 and done:
                progress(f"writing {target}", min(done, total), total)


def convert(
    snapshots: Sequence[str],
    stdin: Callable[[], bytes],
    *,
    beside: Sequence[str] = (),
    system: str | None = None,
    policy: str | None = None,
    progress: Progress | None = None,
) -> Converted:
    """Read a snapshot to write it in another form.

    Args:
        snapshots: Files and folders; ``-`` for standard input.
        stdin: Gives its bytes.
        beside: The other side of a comparison to come. What exists whatever the access configuration says is taken
            from it by name, as when both sides are read together.
        system: Forces the system; None to recognise it.
        policy: The policy that checks will use; a compiled snapshot keeps the classes it gives. None for the one
            that ships.
        progress: Is told how far a large file is read.

    Raises:
        BlastRadiusError: When an input cannot be read or contradicts itself.
    """
    files = read_files(tuple(snapshots), stdin() if STDIN in snapshots else None)
    others = read_files(tuple(beside)) if beside else ()
    check_room_to_read((*files, *others))
    loaded = load(files, system=system, other=others, progress=progress)
    facts = loaded.snapshot
    counts = {
        "principals": len(facts.principals),
        "groups": len(facts.groups),
        "resources": len(facts.resources),
        "grants": len(facts.grants),
    }
    return Converted(counts, loaded.inputs, facts.unread, facts, policy)


def _prepared(facts: Snapshot, policy: str | None) -> "Columns":
    """Find what every check would have to find again.

    Args:
        facts: What was read.
        policy: A policy file; None for the one that ships, which need not know every class that is stated.
    """
    from blastradius.access.scopes import beginnings
    from blastradius.assess.classes import check_classes, classified, rules_digest
    from blastradius.columns.pair import own_columns
    from blastradius.columns.tables import StoredClasses

    columns = own_columns(facts)
    columns = replace(columns, beginnings=beginnings(columns), stored_classes=None)
    file = shipped_policy("default") if policy is None else one_policy(read_files((policy,), None))
    rules = load_policy(parse(file))
    try:
        check_classes(rules, columns)
    except PolicyError:
        if policy is not None:
            raise
        return columns
    stored = StoredClasses(rules_digest(rules), tuple(rules.classes), classified(rules, columns))
    return replace(columns, stored_classes=stored)
