"""The named files and folders, read whole and decoded, without following anything outside them."""

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from blastradius.documents.limits import FILE_BYTES_MAX, FILES_MAX, TOTAL_BYTES_MAX, visible
from blastradius.documents.text import decode
from blastradius.documents.tree import File
from blastradius.errors import DocumentError
from blastradius.model.sources import Problem, Source

STANDARD_INPUT = "-"
STANDARD_INPUT_LABEL = "<stdin>"
SUFFIXES = frozenset({".yaml", ".yml", ".json"})


def read_files(paths: Sequence[str], stdin: bytes | None = None) -> tuple[File, ...]:
    """Read files, and the YAML and JSON files of folders.

    Args:
        paths: Files, folders, or ``-`` for what stands in ``stdin``.
        stdin: All bytes of standard input; None when there is none.

    Returns:
        The files in the order given, those of a folder sorted by name; never empty when ``paths``
        is not. Names that begin with a dot are passed over in a folder. A file reached twice
        within one folder is read once.

    Raises:
        DocumentError: With every file that is missing, empty, too large, no regular file or no
            text, every folder with nothing in it to read, and every symbolic link that leads out
            of its folder.
    """
    reading = _Reading(stdin)
    for path in paths:
        reading.take(path)
    if reading.problems:
        raise DocumentError(reading.problems)
    return tuple(reading.files)


class _Reading:
    """What was read so far, and what was wrong."""

    def __init__(self, stdin: bytes | None) -> None:
        self.files: list[File] = []
        self.problems: list[Problem] = []
        self._stdin = stdin
        self._bytes_left = TOTAL_BYTES_MAX

    def take(self, path: str) -> None:
        if path == STANDARD_INPUT:
            self._take_standard_input()
        elif not path:
            self._report(visible(repr(path)), "the path is empty", "check the variable it came from")
        elif _is_folder(path):
            self._take_folder(Path(path))
        else:
            label = _label(path)
            self._take_file(Path(path), label, PurePosixPath(label.name), named=True)

    def _take_standard_input(self) -> None:
        if self._stdin is None:
            self._report(STANDARD_INPUT_LABEL, "there is no standard input to read", "pipe the file in")
        else:
            self._keep(self._stdin, STANDARD_INPUT_LABEL, PurePosixPath(STANDARD_INPUT_LABEL), named=True)

    def _take_folder(self, folder: Path) -> None:
        label = _label(str(folder))
        walk = _Walk(folder)
        found = sorted(walk.run(), key=lambda pair: pair[0].parts)
        for relative, message in walk.refused:
            self._report(_shown(label / relative), message, "copy the file into the folder, or name it by itself")
        if len(found) > FILES_MAX:
            self._report(_shown(label), f"the folder holds more than {FILES_MAX} files", "name a smaller folder")
            return
        if not found and not walk.refused:
            names = ", ".join(f"`{suffix}`" for suffix in sorted(SUFFIXES))
            self._report(_shown(label), "the folder holds no file that can be read", f"looked for {names}")
        for relative, path in found:
            self._take_file(path, label / relative, relative, named=False)

    def _take_file(self, path: Path, label: PurePosixPath, relative: PurePosixPath, *, named: bool) -> None:
        shown = _shown(label)
        try:
            data = _read_regular(path, follow_link=named)
        except FileNotFoundError:
            self._report(shown, "there is no such file or folder", "check the path")
        except PermissionError:
            self._report(shown, "the file may not be read", "check its permissions")
        except _RefusedFileError as error:
            self._report(shown, str(error), error.help)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "the path is not valid"
            self._report(shown, f"the file cannot be read: {reason.lower()}")
        else:
            self._keep(data, shown, PurePosixPath(_shown(relative)), named=named)

    def _keep(self, data: bytes, label: str, relative: PurePosixPath, *, named: bool) -> None:
        self._bytes_left -= len(data)
        if self._bytes_left < 0:
            self._report(label, f"the files have more than {TOTAL_BYTES_MAX} bytes together", "give fewer files")
            return
        text = decode(data, label)
        if isinstance(text, Problem):
            self.problems.append(text)
        else:
            self.files.append(File(label, relative, text, hashlib.sha256(data).hexdigest(), named))

    def _report(self, label: str, message: str, help: str = "") -> None:
        self.problems.append(Problem(message, Source(label), help))


class _RefusedFileError(Exception):
    """The path leads to something that is not read."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


class _Walk:
    """The readable files of one folder, each once.

    SECURITY: a link is followed only when the real place it leads to lies in the folder.
    """

    def __init__(self, folder: Path) -> None:
        self.refused: list[tuple[PurePosixPath, str]] = []
        self._root = folder.resolve()
        self._seen: set[Path] = set()

    def run(self) -> Iterator[tuple[PurePosixPath, Path]]:
        links: list[tuple[PurePosixPath, Path]] = []
        yield from self._below(PurePosixPath(), self._root, links)
        # Real files come first, so that a link to one of them does not make it count twice.
        while links:
            relative, path = links.pop(0)
            target = self._target(relative, path)
            if target is None or target in self._seen:
                continue
            if target.is_dir():
                yield from self._below(relative, target, links)
            elif relative.suffix.lower() in SUFFIXES:
                self._seen.add(target)
                yield relative, target

    def _below(
        self, start: PurePosixPath, folder: Path, links: list[tuple[PurePosixPath, Path]]
    ) -> Iterator[tuple[PurePosixPath, Path]]:
        pending = [(start, folder)]
        while pending:
            relative, path = pending.pop()
            if path in self._seen:
                continue
            self._seen.add(path)
            for entry in self._entries(relative, path):
                below = relative / entry.name
                if entry.is_symlink():
                    links.append((below, Path(entry.path)))
                elif entry.is_dir():
                    pending.append((below, Path(entry.path)))
                elif below.suffix.lower() in SUFFIXES:
                    self._seen.add(Path(entry.path))
                    yield below, Path(entry.path)

    def _entries(self, relative: PurePosixPath, path: Path) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(path) as entries:
                visible_entries = [entry for entry in entries if not entry.name.startswith(".")]
        except OSError:
            self.refused.append((relative, "the folder may not be read"))
            return []
        return sorted(visible_entries, key=lambda entry: entry.name)

    def _target(self, relative: PurePosixPath, path: Path) -> Path | None:
        """Resolve a link; None when it is of no interest, or was refused."""
        try:
            target = path.resolve(strict=True)
        except (OSError, RuntimeError):
            if relative.suffix.lower() in SUFFIXES:
                self.refused.append((relative, "the symbolic link leads nowhere"))
            return None
        if target.is_relative_to(self._root):
            return target
        if target.is_dir() or relative.suffix.lower() in SUFFIXES:
            self.refused.append((relative, "the symbolic link leads out of the folder"))
        return None


def _read_regular(path: Path, *, follow_link: bool) -> bytes:
    # SECURITY: opening a pipe must not block, and what is checked is what was opened.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    if not follow_link:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags)
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise _RefusedFileError("this is no regular file", "give `-` to read from a pipe")
        data = stream.read(FILE_BYTES_MAX + 1)
    if len(data) > FILE_BYTES_MAX:
        raise _RefusedFileError(f"the file has more than {FILE_BYTES_MAX} bytes", "split it into several files")
    return data


def _is_folder(path: str) -> bool:
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):  # too long, or with a zero byte in it: opening it says so
        return False


def _label(path: str) -> PurePosixPath:
    """Name a path without telling about this machine.

    A path below the working folder becomes relative to it; of any other absolute path only the
    last component is shown.
    """
    given = Path(path)
    if not given.is_absolute():
        return PurePosixPath(given.as_posix())
    try:
        return PurePosixPath(given.relative_to(Path.cwd()).as_posix())
    except ValueError:
        return PurePosixPath(given.name or "/")


def _shown(label: PurePosixPath) -> str:
    """Write a label so that no byte of a file name reaches a terminal."""
    return visible(str(label))
