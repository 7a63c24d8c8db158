"""Files that a run writes: whole or not at all, and never over what it reads."""

import os
import secrets
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from blastradius.cli.output import reason
from blastradius.errors import BlastRadiusError, UsageError
from blastradius.model.sources import Problem

READ_SUFFIXES = frozenset({".yaml", ".yml", ".json", ".jsonl", ".ndjson", ".brs", ".parquet"})
"""What is read when a folder is given as input."""


def refuse_bad_targets(targets: Sequence[str], inputs: Sequence[str]) -> None:
    """Refuse to start when a file could not be written in the end, or would destroy an input.

    Args:
        targets: Files to write.
        inputs: Files and folders that are read.

    Raises:
        UsageError: With one problem for each target that cannot be.
    """
    problems = [problem for target in targets for problem in _problems_of(Path(target), inputs)]
    if not problems:
        places = [Path(target).resolve() for target in targets if not is_special(Path(target))]
        problems = [
            Problem(f"two reports go to `{place.name}`", None, "give each a file of its own")
            for place in sorted(set(places))
            if places.count(place) > 1
        ]
    if problems:
        raise UsageError(problems)


def is_special(path: Path) -> bool:
    """Tell whether a path names a device or a pipe, which is written to rather than replaced."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


class Delivery:
    """Files written aside first and put in place together.

    Use it as a context: whatever was not put in place by `commit` is taken away again.
    """

    def __init__(self) -> None:
        """Begin with nothing written."""
        self._staged: list[tuple[Path, Path]] = []

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take away what was not put in place."""
        for aside, _ in self._staged:
            with suppress(OSError):
                aside.unlink()

    def stage(self, target: str, chunks: Iterable[str]) -> None:
        """Write a text file aside; a device or a pipe is written to at once.

        Raises:
            BlastRadiusError: When it cannot be written.
        """
        self.stage_with(target, lambda stream: stream.writelines(chunk.encode() for chunk in chunks))

    def stage_with(self, target: str, write: Callable[[BinaryIO], None]) -> None:
        """Let a function fill a file aside; a device or a pipe it fills at once.

        Args:
            target: The file to write in the end.
            write: Fills a stream, which it need not close.

        Raises:
            BlastRadiusError: When the file cannot be written.
        """
        path = Path(target)
        try:
            if is_special(path):
                with path.open("wb") as stream:
                    write(stream)
            else:
                self._write_aside(path, write)
        except OSError as error:
            raise _unwritable(target, error) from error

    def commit(self) -> None:
        """Put all files in place.

        Raises:
            BlastRadiusError: When one cannot be put in place; those before it are.
        """
        while self._staged:
            aside, path = self._staged[0]
            try:
                aside.replace(path)
            except OSError as error:
                raise _unwritable(str(path), error) from error
            self._staged.pop(0)

    def _write_aside(self, path: Path, write: Callable[[BinaryIO], None]) -> None:
        # In the same folder, since a file is put in place in one stroke only within one file system.
        aside = path.with_name(f".{path.name[:100]}.{secrets.token_hex(8)}.part")
        # Noted before it is there: an interruption between the two must not leave it behind.
        self._staged.append((aside, path))
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(aside, flags, 0o666), "wb") as stream:
            with suppress(OSError):
                aside.chmod(stat.S_IMODE(path.stat().st_mode))
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())


def _problems_of(target: Path, inputs: Sequence[str]) -> Iterator[Problem]:
    try:
        if target.is_dir():
            yield Problem(
                f"`{target}` is a folder, not a file to write a report to", None, f"write `{target / 'report'}`"
            )
        elif not target.parent.is_dir():
            yield Problem(f"no folder `{target.parent}` to write `{target.name}` into", None, "make the folder first")
        elif given := next((g for g in inputs if g != "-" and _is_or_becomes_input(target, Path(g))), None):
            message = f"`{target}` is read by this run and is not written over"
            if not target.exists():
                message = f"`{target}` would lie in the folder `{given}`, and be an input of the next run"
            yield Problem(message, None, "name another file")
    except (OSError, ValueError):
        yield Problem(f"`{target}` is no name for a file", None, "name another file")


def _is_or_becomes_input(target: Path, given: Path) -> bool:
    if is_special(target):
        return False
    place, read = target.resolve(), given.resolve()
    if given.is_dir():
        # NOTE: a report left in there would be an input of the next run.
        return place.suffix.lower() in READ_SUFFIXES and read in place.parents
    same_file = target.exists() and given.exists() and target.samefile(given)
    return same_file or place == read


def _unwritable(target: str, error: OSError) -> BlastRadiusError:
    return BlastRadiusError(Problem(f"cannot write `{target}`: {reason(error)}", None, "nothing was left half written"))
