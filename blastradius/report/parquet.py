"""Changed access tuples as a Parquet file, for those who have pyarrow; the only report that is no text.

Source: Apache Parquet format 2.6, as pyarrow writes it.
"""

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, BinaryIO

from blastradius.model.delta import TupleBlock, TupleCut
from blastradius.report.escaping import exact
from blastradius.report.tuples import Remembered, field_names

if TYPE_CHECKING:
    import pyarrow

TUPLES_FORMAT = "blastradius.tuples/1"
_GROUP_ROWS = 1 << 17


def parquet_is_there() -> bool:
    """Tell whether the library that writes these files is installed and works."""
    try:
        import pyarrow.parquet  # noqa: F401 - heavy, and for this format alone
    except ImportError:
        return False
    return True


def write_parquet(
    blocks: Iterable[TupleBlock], stream: BinaryIO, *, by_action: bool = False, cut: TupleCut | None = None
) -> None:
    """Write changed access tuples as a table of texts, a row group at a time.

    Args:
        blocks: The tuples. Any string in them may be hostile; all are written exactly.
        stream: Takes the file.
        by_action: True when the tuples are of single actions.
        cut: Says in the metadata of the file that these are not all.

    Cost: the memory of some row groups, however many tuples there are.
    """
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    names = field_names(by_action=by_action)
    metadata = {"blastradius.format": TUPLES_FORMAT}
    if cut is not None:
        metadata |= {"blastradius.cut.written": str(cut.written)}
        metadata |= {} if cut.total is None else {"blastradius.cut.total": str(cut.total)}
    schema = pyarrow.schema(
        [pyarrow.field(name, pyarrow.string(), nullable=False) for name in names], metadata=metadata
    )
    with ParquetWriter(stream, schema, compression="zstd") as writer:
        group = _Group(schema)
        for block in blocks:
            group.add(block)
            if len(group) >= _GROUP_ROWS:
                writer.write_batch(group.taken())
        if len(group):
            writer.write_batch(group.taken())


class _Group:
    """The rows that wait to be written, column by column."""

    def __init__(self, schema: "pyarrow.Schema") -> None:
        """Start with none."""
        self._schema = schema
        self._columns: dict[str, list[str]] = {name: [] for name in schema.names}
        self._names: tuple[Sequence[str], Remembered] | None = None

    def __len__(self) -> int:
        return len(self._columns["principal"])

    def add(self, block: TupleBlock) -> None:
        """Put the rows of a block behind the others."""
        rows, columns = block.rows, self._columns
        if self._names is None or self._names[0] is not rows.principals:
            self._names = rows.principals, Remembered(lambda who: exact(rows.principals[who]))
        columns["principal"].extend(map(self._names[1].__getitem__, rows.who))
        kinds = [rows.kinds[what] for what in rows.what]
        columns["capability"].extend(kind.capability.label for kind in kinds)
        if "action" in columns:
            columns["action"].extend(exact(kind.action or "") for kind in kinds)
        columns["resource"].extend(repeat(exact(block.resource), len(rows)))
        columns["class"].extend(repeat(exact(block.class_name), len(rows)))
        columns["change"].extend(kind.change for kind in kinds)
        columns["novelty"].extend(kind.novelty for kind in kinds)

    def taken(self) -> "pyarrow.RecordBatch":
        """Give the rows away."""
        import pyarrow

        arrays = [pyarrow.array(self._columns[field.name], field.type) for field in self._schema]
        for column in self._columns.values():
            column.clear()
        return pyarrow.record_batch(arrays, schema=self._schema)
