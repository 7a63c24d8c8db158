"""Columns out, into one file."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from blastradius.columns.names import Names, PackedNames
from blastradius.columns.tables import Columns
from blastradius.model.sources import Input
from blastradius.systems.compiled.kept import CLASSES, written_classes
from blastradius.systems.compiled.layout import (
    ENDS,
    FORMAT,
    HEAD,
    MEANINGS,
    Member,
    aligned,
    columns_in,
    ends_type,
    packed_head,
    wanted_type,
)
from blastradius.systems.compiled.meanings import written

_Run = tuple[Member, memoryview]


def write_compiled(columns: Columns, inputs: Sequence[Input], stream: BinaryIO) -> None:
    """Write columns to a file; the same columns and inputs give the same bytes.

    Args:
        columns: Checked facts.
        inputs: What they were read from; recorded, never read again.
        stream: Need not be able to go back.

    Cost: two passes over the columns, one for their digests and one to write them.
    """
    runs = [_hashed(member, data) for member, data in _runs(columns)]
    size = 0
    placed: list[_Run] = []
    for member, data in runs:
        if len(data):
            member = Member(member.name, member.type, member.rows, None, size, len(data), member.sha256)
            size = aligned(size + len(data))
        placed.append((member, data))
    manifest = _manifest([member for member, _ in placed], inputs, size)
    stream.write(packed_head(manifest))
    stream.write(manifest)
    stream.write(bytes(aligned(HEAD.size + len(manifest)) - HEAD.size - len(manifest)))
    for _, data in placed:
        stream.write(data)
        stream.write(bytes(aligned(len(data)) - len(data)))


def _runs(columns: Columns) -> Iterator[_Run]:
    for name, column in columns_in(columns):
        if isinstance(column, Names):
            packed = column if isinstance(column, PackedNames) else PackedNames.of(column)
            yield Member(name, "|u1", len(packed.data)), packed.data.cast("B")
            yield _column(name + ENDS, packed.ends.astype(ends_type(len(packed.data)), copy=False))
        else:
            yield _column(name, column.astype(wanted_type(name, column), copy=False))
    kept = {CLASSES: written_classes(columns.stored_classes)}
    meanings = _json(written(columns.rest, columns.interned) | kept)
    yield Member(MEANINGS, "|u1", len(meanings)), memoryview(meanings)


def _column(name: str, column: npt.NDArray[Any]) -> _Run:
    type_name = column.dtype.str
    if len(column) and (column == column[0]).all():
        return Member(name, type_name, len(column), int(column[0])), memoryview(b"")
    return Member(name, type_name, len(column)), memoryview(np.ascontiguousarray(column).view(np.uint8).data).cast("B")


def _hashed(member: Member, data: memoryview) -> _Run:
    if not len(data):
        return member, data
    return Member(member.name, member.type, member.rows, sha256=hashlib.sha256(data).hexdigest()), data


def _manifest(members: Sequence[Member], inputs: Sequence[Input], size: int) -> bytes:
    return _json(
        {
            "format": FORMAT,
            "inputs": [{"label": one.label, "kind": one.kind, "sha256": one.sha256} for one in inputs],
            "bytes": size,
            "members": [
                [m.name, m.type, m.rows, m.value] if m.value is not None or not m.size
                else [m.name, m.type, m.rows, m.value, m.offset, m.size, m.sha256]
                for m in members
            ],
        }
    )  # fmt: skip


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
