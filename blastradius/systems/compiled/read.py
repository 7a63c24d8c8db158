"""A compiled snapshot in, mapped from its file.

SECURITY: nothing is allocated for a length that the file claims before the file is known to be that long, every digest
is compared before anything is used, and every code is in range before anybody follows it.
"""

import hashlib
import json
import mmap
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from io import BytesIO
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from blastradius.columns.checks import are_ordered, are_plain, disorder
from blastradius.columns.names import PackedNames
from blastradius.columns.tables import Columns, Places
from blastradius.documents import quoted
from blastradius.documents.bulk import COMPILED_MAGIC
from blastradius.errors import SnapshotError
from blastradius.model.snapshot import OUTSIDER, UNLISTED_SUFFIX
from blastradius.model.sources import Problem, Source
from blastradius.systems.compiled.kept import BEGINNINGS, CLASSES, fault_in_kept, read_classes
from blastradius.systems.compiled.layout import (
    ALIGNMENT,
    ENDS,
    HEAD,
    MANIFEST_BYTES_MAX,
    MEANINGS,
    TABLES,
    TYPES,
    VERSION,
    Member,
    aligned,
    may_have,
)
from blastradius.systems.compiled.meanings import Json, read_meanings
from blastradius.systems.ids import name_fault

_PARALLEL_BYTES_MIN = 16 * 1024 * 1024
_AGAIN = "make it again with `blastradius convert`"


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a compiled snapshot holds.

    Attributes:
        sha256: Digest of its manifest, which holds the digests of everything else.
        inputs: What it was made from, as its maker wrote it down: ``label``, ``kind`` and ``sha256`` of each.
    """

    columns: Columns
    sha256: str
    inputs: tuple[Json, ...]


def read_compiled(stream: BinaryIO, label: str) -> Compiled:
    """Read a compiled snapshot.

    Args:
        stream: The open file; its bytes stay mapped as long as the columns are used.
        label: Its name in problems.

    Raises:
        SnapshotError: When it is damaged, cut off, of a newer version, or does not hold what it should.

    Cost: every byte is read once for its digest; about a second per gigabyte and core.
    """
    try:
        return _read(_mapped(stream))
    except _DamagedError as error:
        raise SnapshotError(Problem(str(error), Source(label), error.help)) from None
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError) as error:
        message = f"the compiled snapshot holds what no version of blastradius writes: {quoted(error)}"
        raise SnapshotError(Problem(message, Source(label), _AGAIN)) from error


class _DamagedError(Exception):
    """The file is not what was written."""

    def __init__(self, message: str, help: str = _AGAIN) -> None:
        super().__init__(message)
        self.help = help


def _mapped(stream: BinaryIO) -> memoryview:
    if isinstance(stream, BytesIO):
        return memoryview(stream.getvalue())
    return memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))


def _read(data: memoryview) -> Compiled:
    manifest, digest, start = _manifest(data)
    members = {member.name: member for member in _members(manifest, data, start)}
    _check_gaps(data, list(members.values()))
    _check_digests(data, list(members.values()))
    reading = _Columns(data, members)
    meanings = json.loads(bytes(reading.bytes_of(MEANINGS)))
    rest, interned = read_meanings(meanings)
    tables = {name: reading.table(kind, name) for name, kind in TABLES.items()}
    resources = len(tables["resources"].parent)
    beginnings, codes = (reading.kept(name, resources) for name in (BEGINNINGS, CLASSES))
    classes = read_classes(meanings[CLASSES], codes)
    columns = Columns(**tables, interned=interned, rest=rest, stored_classes=classes, beginnings=beginnings)
    wrong = disorder(columns) or fault_in_kept(columns)
    if wrong:
        raise ValueError(wrong)
    return Compiled(columns, digest, tuple(manifest["inputs"]))


def _manifest(data: memoryview) -> tuple[Json, str, int]:
    if len(data) < HEAD.size:
        raise _DamagedError("the compiled snapshot is cut off")
    magic, version, _, size, digest = HEAD.unpack_from(data)
    if magic != COMPILED_MAGIC:
        raise _DamagedError("this is no compiled snapshot any more")
    if version != VERSION:
        hint = "install the version of blastradius that made it, or make it again with this one"
        raise _DamagedError(f"the compiled snapshot has format version {version}, this version reads {VERSION}", hint)
    if size > MANIFEST_BYTES_MAX:
        raise _DamagedError("the compiled snapshot is damaged: its manifest is too large")
    if HEAD.size + size > len(data):
        raise _DamagedError("the compiled snapshot is cut off")
    written = bytes(data[HEAD.size : HEAD.size + size])
    if hashlib.sha256(written).digest() != digest:
        raise _DamagedError("the compiled snapshot is damaged: its manifest does not have its digest")
    manifest = json.loads(written)
    start = aligned(HEAD.size + size)
    if start + manifest["bytes"] != len(data):
        is_short = start + manifest["bytes"] > len(data)
        raise _DamagedError("the compiled snapshot " + ("is cut off" if is_short else "has something behind its end"))
    return manifest, digest.hex(), start


def _members(manifest: Json, data: memoryview, start: int) -> list[Member]:
    found = []
    for entry in manifest["members"]:
        member = Member(*entry)
        numbers = (member.rows, member.size, member.offset, 0 if member.value is None else member.value)
        if member.type not in TYPES or not all(type(number) is int for number in numbers):
            raise TypeError(f"{member.name} has a wrong type")
        width = np.dtype(member.type).itemsize
        offset = start + member.offset
        if min(member.rows, member.size, member.offset) < 0 or offset + member.size > len(data):
            raise ValueError(f"{member.name} lies outside the file")
        if member.offset % ALIGNMENT or member.rows > len(data):
            # No table of a value for all rows is longer than the rest of what it stands beside.
            raise ValueError(f"{member.name} has a wrong place or length")
        if member.value is None and member.size != member.rows * width:
            raise ValueError(f"{member.name} has a wrong length")
        found.append(Member(member.name, member.type, member.rows, member.value, offset, member.size, member.sha256))
    return found


def _check_gaps(data: memoryview, members: list[Member]) -> None:
    """Refuse a byte that nothing vouches for: what stands in no member, and neither in head nor manifest, is zero."""
    _, _, unused, size, _ = HEAD.unpack_from(data)
    ends = HEAD.size + size
    gaps = [data[HEAD.size - 8 : HEAD.size]]
    for member in sorted((member for member in members if member.size), key=lambda member: member.offset):
        if member.offset - ends >= ALIGNMENT:
            raise _DamagedError("the compiled snapshot is damaged: there is something between its parts")
        gaps.append(data[ends : member.offset])
        ends = max(ends, member.offset + member.size)
    gaps.append(data[ends:])
    if unused or any(any(gap) for gap in gaps):
        raise _DamagedError("the compiled snapshot is damaged: there is something between its parts")


def _check_digests(data: memoryview, members: list[Member]) -> None:
    def is_sound(member: Member) -> bool:
        return hashlib.sha256(data[member.offset : member.offset + member.size]).hexdigest() == member.sha256

    stored = [member for member in members if member.size]
    if sum(member.size for member in stored) < _PARALLEL_BYTES_MIN:
        sound = list(map(is_sound, stored))
    else:
        with ThreadPoolExecutor() as pool:
            sound = list(pool.map(is_sound, stored))
    for member, is_as_written in zip(stored, sound, strict=True):
        if not is_as_written:
            raise _DamagedError(f"the compiled snapshot is damaged: {quoted(member.name)} does not have its digest")


class _Columns:
    """Members as columns."""

    def __init__(self, data: memoryview, members: dict[str, Member]) -> None:
        self._data = data
        self._members = members

    def table(self, kind: type[Any], name: str, rows: int | None = None) -> Any:
        """Make a table; every column has as many rows as its first, or as the table it belongs to."""
        found: dict[str, Any] = {}
        for field in fields(kind):
            full = f"{name}.{field.name}"
            if field.name == "places":
                found["places"] = self.table(Places, full, rows)
                continue
            column = self._names(full) if field.name == "names" else self._column(full)
            if rows is None:
                rows = len(column)
            if len(column) != rows:
                raise ValueError(f"{full} has too few or too many rows")
            found[field.name] = column
        return kind(**found)

    def kept(self, name: str, rows: int) -> npt.NDArray[Any] | None:
        """Give a column that need not be there."""
        if name not in self._members:
            return None
        column = self._column(name)
        if len(column) != rows:
            raise ValueError(f"{name} has too few or too many rows")
        return column

    def bytes_of(self, name: str) -> memoryview:
        member = self._members[name]
        return self._data[member.offset : member.offset + member.size]

    def _column(self, name: str) -> npt.NDArray[Any]:
        member = self._members[name]
        kind = np.dtype(member.type)
        if not may_have(name, kind):
            raise TypeError(f"{name} has a wrong type")
        if member.value is not None:
            # Not a copy for each row: one value stands for all, whatever number of rows is claimed.
            return np.broadcast_to(np.array(member.value, np.int64).astype(kind), (member.rows,))
        if kind == np.dtype(np.bool_) and member.size:
            raw = np.frombuffer(self.bytes_of(name), np.uint8)
            if int(raw.max()) > 1:
                raise ValueError(f"{name} holds what is neither true nor false")
        return np.frombuffer(self.bytes_of(name), kind) if member.size else np.empty(0, kind)

    def _names(self, name: str) -> PackedNames:
        names = PackedNames(self.bytes_of(name), self._column(name + ENDS))
        if not are_ordered(names):
            raise ValueError(f"{name} are not distinct and in order")
        if not are_plain(names):
            _check_unusual(names, name)
        return names


def _check_unusual(names: PackedNames, name: str) -> None:
    """Look at each name by itself where some hold more than printable ASCII."""
    for text in names:
        fault = None if text == OUTSIDER else name_fault(text.removesuffix(UNLISTED_SUFFIX))
        if fault is not None:
            raise ValueError(f"{name}: {fault[0]}")
