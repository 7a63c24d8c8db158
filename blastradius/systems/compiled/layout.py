"""How a compiled snapshot lies in its file; see `docs/formats.md` for the same in prose.

A head of 64 bytes, then the *manifest* in JSON, then the *members*: one for each column, each at an offset that can be
divided by 64, little-endian. The head holds the digest of the manifest and the manifest those of all members, so that
the digest of the manifest stands for the whole content.
"""

import hashlib
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from blastradius.columns.names import Names
from blastradius.columns.tables import Columns, Edges, Grants, Groups, Places, Principals, Resources
from blastradius.documents.bulk import COMPILED_MAGIC
from blastradius.systems.compiled.kept import BEGINNINGS, CLASSES

VERSION = 1
FORMAT = f"blastradius.compiled/{VERSION}"
ALIGNMENT = 64
HEAD = struct.Struct("<8sIIQ32s8x")
"""Magic, version, nothing, bytes of the manifest, digest of the manifest."""
MANIFEST_BYTES_MAX = 64 * 1024 * 1024
MEANINGS = "meanings"
"""The member that holds all that is no column, in JSON."""
TABLES: Mapping[str, type[Any]] = {
    "principals": Principals,
    "groups": Groups,
    "resources": Resources,
    "grants": Grants,
    "members": Edges,
    "all_of": Edges,
    "but_not": Edges,
    "assumable": Edges,
    "more_parents": Edges,
}
CODES = frozenset({"owner", "entry", "subject", "resource", "parent", BEGINNINGS})
"""Columns whose numbers move when a change adds something, so that they are kept in one width."""
FLAGS = frozenset({"external", "present", "unlisted", "open", "inherits", "deny"})
TYPES = frozenset({"|b1", "|i1", "<i2", "<i4", "<i8", "|u1", "<u4", "<u8"})
"""What a member may hold; ``|u1`` are bytes of text."""
ENDS = ".ends"
"""Of a name's column: where each name ends in its run of bytes."""


@dataclass(frozen=True, slots=True)
class Member:
    """One column in the file.

    Attributes:
        type: Its numpy type, such as ``<i4``.
        rows: How many rows it has.
        value: What all rows hold, if they hold the same: then it takes no room in the file.
        offset, size, sha256: Where its bytes begin, how many they are, and their digest.
    """

    name: str
    type: str
    rows: int
    value: int | None = None
    offset: int = 0
    size: int = 0
    sha256: str = ""


def packed_head(manifest: bytes) -> bytes:
    """Write the head of a file."""
    return HEAD.pack(COMPILED_MAGIC, VERSION, 0, len(manifest), hashlib.sha256(manifest).digest())


def aligned(offset: int) -> int:
    """Give the next offset at which a member may begin."""
    return -(-offset // ALIGNMENT) * ALIGNMENT


def columns_in(columns: Columns) -> Iterator[tuple[str, npt.NDArray[Any] | Names]]:
    """Name every column, as ``table.column`` or ``table.places.column``, always in the same order."""
    for name in TABLES:
        yield from _columns_of(name, getattr(columns, name))
    if columns.beginnings is not None:
        yield BEGINNINGS, columns.beginnings
    if columns.stored_classes is not None:
        yield CLASSES, columns.stored_classes.codes


def _columns_of(prefix: str, table: object) -> Iterator[tuple[str, npt.NDArray[Any] | Names]]:
    for field in fields(table):  # type: ignore[arg-type]
        value = getattr(table, field.name)
        if isinstance(value, Places):
            yield from _columns_of(f"{prefix}.{field.name}", value)
        else:
            yield f"{prefix}.{field.name}", value


def wanted_type(name: str, column: npt.NDArray[Any]) -> np.dtype[Any]:
    """Choose the narrowest type that holds a column, or the one that its meaning asks for."""
    last = name.rpartition(".")[2]
    if last in FLAGS:
        return np.dtype("|b1")
    if last in CODES:
        return np.dtype("<i4")
    if last == "size":
        return np.dtype("<i8")
    low, high = (int(column.min()), int(column.max())) if len(column) else (0, 0)
    return next(t for t in map(np.dtype, ("|i1", "<i2", "<i4", "<i8")) if _fits(t, low, high))


def ends_type(size: int) -> np.dtype[Any]:
    """Choose the type of the ends of names that have so many bytes in all."""
    return np.dtype("<u4" if size <= np.iinfo(np.uint32).max else "<u8")


def may_have(name: str, type: np.dtype[Any]) -> bool:
    """Tell whether a column that was read has a type that `wanted_type` could have chosen."""
    last = name.rpartition(".")[2]
    if name.endswith(ENDS):
        return type in (np.dtype("<u4"), np.dtype("<u8"))
    if last in FLAGS:
        return type == np.dtype("|b1")
    if last in CODES:
        return type == np.dtype("<i4")
    return type in map(np.dtype, ("|i1", "<i2", "<i4", "<i8"))


def _fits(type: np.dtype[Any], low: int, high: int) -> bool:
    held = np.iinfo(type)
    return bool(held.min <= low and high <= held.max)
