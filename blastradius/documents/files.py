"""The named files and folders, read whole and decoded, without following anything outside them."""

import hashlib
import os
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from blastradius.documents.bulk import HEAD_BYTES, Bulk, RefusedFileError, fault_of, form_of, open_regular
from blastradius.documents.bulk import SUFFIXES as BULK_SUFFIXES
from blastradius.documents.limits import FILE_BYTES_MAX, FILES_MAX, TEXT_BYTES_MAX, TOTAL_BYTES_MAX, visible
from blastradius.documents.plain import TEXT_SUFFIXES, begins_plain, is_compressed, is_doubtful
from blastradius.documents.text import decode
from blastradius.documents.tree import File
from blastradius.errors import DocumentError
from blastradius.model.sources import Problem, Source

STANDARD_INPUT = "-"
STANDARD_INPUT_LABEL = "<stdin>"
SUFFIXES = frozenset({".yaml", ".yml", ".json"}) | BULK_SUFFIXES | TEXT_SUFFIXES
TOOL_FOLDERS = frozenset(
    [
        ".bzr",
        ".circleci",
        ".direnv",
        ".git",
        ".gitea",
        ".github",
        ".gitlab",
        ".hg",
        ".idea",
        ".mypy_cache",
        ".nox",
        ".pytest_cache",
        ".ruff_cache",
        ".svn",
        ".terraform",
        ".tox",
        ".venv",
        ".vscode",
    ]
)
"""Folders within a folder that are passed over. Each is a place where nobody looks, so the list is short."""


def read_files(paths: Sequence[str], stdin: bytes | None = None) -> tuple[File, ...]:
    """Read files, and the YAML and JSON files of folders; what is too large for that is only looked at.

    Args:
        paths: Files, folders, or ``-`` for what stands in ``stdin``.
        stdin: All bytes of standard input; None when there is none.

    Returns:
        The files in the order given, those of a folder sorted by name; never empty when ``paths``
        is not. Folders in a folder that belong to tools (`TOOL_FOLDERS`) are passed over. A file
        reached twice within one folder is read once, under a name without a dot if it has one. A
        hidden file that cannot be read is there with its `fault`.

    Raises:
        DocumentError: With every file that is missing, empty, too large, no regular file or no
            text, every folder with nothing in it to read, and every symbolic link that leads out
            of its folder; hidden files and links aside.
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
        elif len(self._stdin) > TOTAL_BYTES_MAX:
            message = f"standard input has more than {TOTAL_BYTES_MAX} bytes"
            self._report(STANDARD_INPUT_LABEL, message, "name the file: then it is not held in memory")
        elif form := form_of(self._stdin[:HEAD_BYTES]):
            bulk = Bulk(form, len(self._stdin), data=self._stdin)
            self._keep_bulk(bulk, STANDARD_INPUT_LABEL, PurePosixPath(STANDARD_INPUT_LABEL), named=True)
        elif len(self._stdin) > (bytes_max := bytes_max_of(self._stdin[:HEAD_BYTES])):
            self._report(STANDARD_INPUT_LABEL, *_too_large(bytes_max))
        else:
            self._keep(self._stdin, STANDARD_INPUT_LABEL, PurePosixPath(STANDARD_INPUT_LABEL), named=True)

    def _take_folder(self, folder: Path) -> None:
        label = _label(str(folder))
        walk = _Walk(folder)
        found = sorted(walk.run(), key=lambda pair: pair[0].parts)
        for relative, message in walk.refused:
            source = Source(_shown(label / relative))
            problem = Problem(message, source, "copy the file into the folder, or name it by itself")
            self._refuse(problem, relative, named=False)
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
        data = _bytes_of(path, Source(shown), follow_link=named)
        if isinstance(data, Problem):
            self._refuse(data, relative, named=named)
        elif isinstance(data, Bulk):
            self._keep_bulk(data, shown, relative, named=named)
        else:
            self._keep(data, shown, relative, named=named)

    def _keep(self, data: bytes, label: str, relative: PurePosixPath, *, named: bool) -> None:
        self._bytes_left -= len(data)
        if self._bytes_left < 0:
            self._report(label, f"the files have more than {TOTAL_BYTES_MAX} bytes together", "give fewer files")
            return
        text = decode(data, label)
        if isinstance(text, Problem):
            self._refuse(text, relative, named=named)
        else:
            hidden = not named and _is_hidden(relative)
            shown = PurePosixPath(_shown(relative))
            self.files.append(File(label, shown, text, hashlib.sha256(data).hexdigest(), named, hidden))

    def _keep_bulk(self, bulk: Bulk, label: str, relative: PurePosixPath, *, named: bool) -> None:
        hidden = not named and _is_hidden(relative)
        shown = PurePosixPath(_shown(relative))
        self.files.append(File(label, shown, "", "", named, hidden, fault_of(bulk.form, label), bulk))

    def _refuse(self, problem: Problem, relative: PurePosixPath, *, named: bool) -> None:
        """Report what cannot be read; the fault of a hidden file, or of a text of a folder, is kept."""
        hidden = _is_hidden(relative)
        if not named and problem.source is not None and (hidden or is_doubtful(relative)):
            shown = PurePosixPath(_shown(relative))
            self.files.append(File(problem.source.file, shown, "", "", named=False, hidden=hidden, fault=problem))
        else:
            self.problems.append(problem)

    def _report(self, label: str, message: str, help: str = "") -> None:
        self.problems.append(Problem(message, Source(label), help))


class _Walk:
    """The readable files of one folder, each once.

    SECURITY: a link is followed only when the real place it leads to lies in the folder.
    """

    def __init__(self, folder: Path) -> None:
        self.refused: list[tuple[PurePosixPath, str]] = []
        self._root = folder.resolve()
        self._seen: set[Path] = set()
        # What a file is called depends on who comes first: real files before links to them, and
        # names without a dot before hidden ones, as in a mounted folder (`a.yaml` -> `..data/a.yaml`).
        self._links: deque[tuple[PurePosixPath, Path]] = deque()
        self._hidden: deque[tuple[PurePosixPath, Path]] = deque()
        self._hidden_links: deque[tuple[PurePosixPath, Path]] = deque()

    def run(self) -> Iterator[tuple[PurePosixPath, Path]]:
        yield from self._below(PurePosixPath(), self._root)
        while waiting := self._links or self._hidden or self._hidden_links:
            relative, path = waiting.popleft()
            target = self._target(relative, path)
            if target is None or target in self._seen:
                continue
            if target.is_dir():
                yield from self._below(relative, target)
            elif _is_looked_at(relative):
                self._seen.add(target)
                yield relative, target

    def _below(self, start: PurePosixPath, folder: Path) -> Iterator[tuple[PurePosixPath, Path]]:
        pending = [(start, folder)]
        while pending:
            relative, path = pending.pop()
            if path in self._seen:
                continue
            self._seen.add(path)
            for entry in self._entries(relative, path):
                below, place = relative / entry.name, Path(entry.path)
                if entry.is_symlink():
                    (self._hidden_links if _is_hidden(below) else self._links).append((below, place))
                elif _is_hidden(below) and not _is_hidden(start):
                    self._hidden.append((below, place))
                elif entry.is_dir():
                    pending.append((below, place))
                elif _is_looked_at(below) and place not in self._seen:
                    self._seen.add(place)
                    yield below, place

    def _entries(self, relative: PurePosixPath, path: Path) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(path) as entries:
                kept = [entry for entry in entries if not (entry.name in TOOL_FOLDERS and entry.is_dir())]
        except OSError:
            self.refused.append((relative, "the folder may not be read"))
            return []
        return sorted(kept, key=lambda entry: entry.name)

    def _target(self, relative: PurePosixPath, path: Path) -> Path | None:
        """Resolve a link; None when it is of no interest, or was refused."""
        try:
            target = path.resolve(strict=True)
        except (OSError, RuntimeError):
            if _is_looked_at(relative):
                self.refused.append((relative, "the symbolic link leads nowhere"))
            return None
        if target.is_relative_to(self._root):
            return target
        if target.is_dir() or _is_looked_at(relative):
            self.refused.append((relative, "the symbolic link leads out of the folder"))
        return None


def _is_looked_at(relative: PurePosixPath) -> bool:
    return relative.suffix.lower() in SUFFIXES or is_compressed(relative)


def _is_hidden(relative: PurePosixPath) -> bool:
    return any(part.startswith(".") for part in relative.parts)


def _bytes_of(path: Path, place: Source, *, follow_link: bool) -> bytes | Bulk | Problem:
    try:
        return _read_regular(path, follow_link=follow_link)
    except FileNotFoundError:
        return Problem("there is no such file or folder", place, "check the path")
    except PermissionError:
        return Problem("the file may not be read", place, "check its permissions")
    except RefusedFileError as error:
        return Problem(str(error), place, error.help)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "the path is not valid"
        return Problem(f"the file cannot be read: {reason.lower()}", place)


def _read_regular(path: Path, *, follow_link: bool) -> bytes | Bulk:
    with open_regular(path, follow_link=follow_link) as stream:
        data = stream.read(HEAD_BYTES)
        form = form_of(data)
        if form is not None:
            return Bulk(form, os.fstat(stream.fileno()).st_size, path, follow_link=follow_link)
        bytes_max = bytes_max_of(data, path.suffix)
        data += stream.read(max(0, bytes_max + 1 - len(data)))
    if len(data) > bytes_max:
        raise RefusedFileError(*_too_large(bytes_max))
    return data


def bytes_max_of(head: bytes, suffix: str = "") -> int:
    """Say how large a file that is read whole may be: what is neither YAML nor JSON is not made into a tree of values.

    Args:
        head: The first `HEAD_BYTES`, or all there is.
        suffix: Of its name.
    """
    return TEXT_BYTES_MAX if begins_plain(head.decode("utf-8", "replace"), suffix) else FILE_BYTES_MAX


def _too_large(bytes_max: int) -> tuple[str, str]:
    return f"the file has more than {bytes_max} bytes", "split it into several files, or write it as JSON Lines"


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
