"""Snapshots in Parquet tables, for those who have pyarrow: one kind of fact a file, a row for each.

Columns have the names that fields have in a line; which kind a table holds is told by them.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any, BinaryIO

from blastradius.documents import File, quoted
from blastradius.documents.bulk import Progress
from blastradius.errors import SnapshotError, did_you_mean
from blastradius.model.sources import Problem, Source
from blastradius.systems.native.entities import UNKNOWN_MEMBERS
from blastradius.systems.tables.intake import Intake
from blastradius.systems.tables.quick import Fields, TwiceError, UnusualError

if TYPE_CHECKING:
    import pyarrow
    import pyarrow.parquet

GROUP_BYTES_MAX = 1024 * 1024 * 1024
"""So much one group of rows may hold when it is unpacked."""
ROWS_MAX = 2**31 - 1
_BATCH_ROWS = 16_384
_BLOCK_BYTES = 1024 * 1024
_TEXT, _FLAG, _COUNT, _TEXTS, _PARENTS, _LABELS = "text", "true or false", "number", "texts", "text or texts", "labels"
TABLES: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "member": (("group", "member"), {"group": _TEXT, "member": _TEXT, "when": _TEXT}),
    "by": (("principal", "by"), {"principal": _TEXT, "by": _TEXT, "when": _TEXT}),
    "principal": (("principal",), {"principal": _TEXT, "external": _FLAG, "assumable_by": _TEXTS}),
    "group": (
        ("group",),
        {
            "group": _TEXT,
            "members": _TEXTS,
            "unlisted": _FLAG,
            "size": _COUNT,
            "external": _FLAG,
            "all_of": _TEXTS,
            "but_not": _TEXTS,
        },
    ),
    "resource": (
        ("resource",),
        {
            "resource": _TEXT,
            "in": _PARENTS,
            "inherit": _FLAG,
            "class": _TEXT,
            "labels": _LABELS,
            "items": _COUNT,
        },
    ),
    "grant": (
        ("to", "on"),
        {"to": _TEXT, "on": _TEXT, "role": _TEXT, "actions": _TEXTS, "effect": _TEXT, "when": _TEXT},
    ),
    "role": (("role", "actions"), {"role": _TEXT, "actions": _TEXTS}),
    "same_as": (("same_as",), {"same_as": _TEXTS}),
}
"""For each kind the columns that tell it, and all that it may have; the first kind that fits counts."""


class TableReader:
    """Reads tables into an intake."""

    def __init__(self, intake: Intake, progress: Progress) -> None:
        """Begin; the intake may hold facts already."""
        self._intake = intake
        self._progress = progress

    def read(self, file: File) -> str:
        """Read one table, and give the digest of its bytes.

        Raises:
            DocumentError: When it cannot be read any more.
            SnapshotError: When it is no such table, damaged, or has so many problems that it is given up.
        """
        assert file.bulk is not None
        place = Source(file.label)
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError:
            message = "reading Parquet tables needs pyarrow, which is not installed"
            raise SnapshotError(Problem(message, place, "install `acl-blastradius[parquet]`")) from None
        self._intake.gathering.file(file.label)
        with file.bulk.open(file.label) as stream:
            digest = _digest(stream)
            try:
                # NOTE: names of columns and types of values are all that is trusted; other metadata is not looked at.
                with closing(pyarrow.parquet.ParquetFile(stream)) as table:
                    self._read_table(table, file)
            except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
                message = f"the Parquet table cannot be read: {quoted(error)}"
                raise SnapshotError(Problem(message, place, "was it written completely?")) from error
        return digest

    def _read_table(self, table: "pyarrow.parquet.ParquetFile", file: File) -> None:
        schema, metadata, label = table.schema_arrow, table.metadata, file.label
        kind = _kind_of(schema)
        # Changed tuples that a run wrote have a `principal` too; they say what they are.
        is_ours = (schema.metadata or {}).get(b"blastradius.format", b"").startswith(b"blastradius.tuples/")
        if kind is None or is_ours:
            unknown = (
                Problem("these are changed tuples, no snapshot", Source(label)) if is_ours else _unknown_kind(label)
            )
            if file.named:
                raise SnapshotError(unknown)
            self._intake.unread.append(unknown)
            return
        problems = [*_problems_of(schema, kind, label)]
        if problems:
            self._intake.report(*problems)
            return
        sizes = (metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups))
        if metadata.num_rows > ROWS_MAX or any(not 0 <= size <= GROUP_BYTES_MAX for size in sizes):
            message = f"a group of rows has more than {GROUP_BYTES_MAX} bytes, or the table more than {ROWS_MAX} rows"
            raise SnapshotError(Problem(message, Source(label), "write smaller groups, or several tables"))
        at, take = self._intake.gathering.at, self._intake.quick.take_fields
        for number, fields in enumerate(self._rows(table, kind, label), 1):
            at(number)
            written = dict(fields)
            try:
                take(kind, {"grant": fields} if kind == "grant" else fields)
            except (UnusualError, TwiceError):
                line = json.dumps({"grant": written} if kind == "grant" else written)
                self._intake.take_exactly(line, number, label, kind)

    def _rows(self, table: "pyarrow.parquet.ParquetFile", kind: str, label: str) -> Iterator[Fields]:
        done, total = 0, table.metadata.num_rows
        has_labels = kind == "resource" and "labels" in table.schema_arrow.names
        for batch in table.iter_batches(batch_size=_BATCH_ROWS):
            for row in batch.to_pylist():
                fields = {name: value for name, value in row.items() if value is not None}
                if has_labels and "labels" in fields:
                    pairs = fields["labels"]
                    fields["labels"] = _labels(pairs if isinstance(pairs, list) else list(pairs.items()))
                if kind == "group" and fields.pop("unlisted", False):
                    fields["members"] = [*fields.get("members", ()), UNKNOWN_MEMBERS]
                yield fields
            done += batch.num_rows
            self._progress(f"reading {label}", done, total)


def _labels(pairs: list[tuple[str, str | None]]) -> dict[str, str] | list[str]:
    """Make labels of pairs; where one stands twice, what is refused as labels."""
    labels = {name: text for name, text in pairs if text is not None}
    return labels if len({name for name, _ in pairs}) == len(pairs) else [name for name, _ in pairs]


def _digest(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    while data := stream.read(_BLOCK_BYTES):
        digest.update(data)
    stream.seek(0)
    return digest.hexdigest()


def _kind_of(schema: "pyarrow.Schema") -> str | None:
    names = set(schema.names)
    return next((kind for kind, (telling, _) in TABLES.items() if names.issuperset(telling)), None)


def _unknown_kind(label: str) -> Problem:
    shown = ", ".join(f"`{' + '.join(telling)}`" for telling, _ in TABLES.values())
    message = "the columns of the table are those of no kind of fact"
    return Problem(message, Source(label), f"a table is told by its columns {shown}")


def _problems_of(schema: "pyarrow.Schema", kind: str, label: str) -> Iterator[Problem]:
    known, place = TABLES[kind][1], Source(label)
    for name in sorted(set(schema.names)):
        if schema.names.count(name) > 1:
            yield Problem(f"the column {quoted(name)} stands twice", place)
        elif name not in known:
            yield Problem(f"unknown column {quoted(name)}", place, did_you_mean(name, known))
        elif not _fits(schema.field(name).type, known[name]):
            message = f"the column {quoted(name)} must hold {known[name]}, not {quoted(schema.field(name).type)}"
            yield Problem(message, place)


def _fits(type: "pyarrow.DataType", wanted: str) -> bool:
    from pyarrow import types

    def is_text(held: Any) -> bool:
        plain = held.value_type if types.is_dictionary(held) else held
        return bool(types.is_string(plain) or types.is_large_string(plain) or types.is_null(plain))

    def is_texts(type: Any) -> bool:
        return bool((types.is_list(type) or types.is_large_list(type)) and is_text(type.value_type))

    match wanted:
        case "text":
            return is_text(type)
        case "true or false":
            return bool(types.is_boolean(type) or types.is_null(type))
        case "number":
            return bool(types.is_integer(type) or types.is_null(type))
        case "texts":
            return is_texts(type)
        case "text or texts":
            return is_text(type) or is_texts(type)
        case _:
            is_map = types.is_map(type) and is_text(type.key_type) and is_text(type.item_type)
            return bool(is_map or (types.is_struct(type) and all(is_text(field.type) for field in type.fields)))
