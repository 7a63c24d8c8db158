"""Tuples as a Parquet table."""

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastradius.model.delta import TupleBlock, TupleCut
from blastradius.report import parquet as ours
from blastradius.report.parquet import write_parquet
from blastradius.report.tuples import field_names
from tests.unit.report.test_tuples import objects, one_row, several_blocks, whole

parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")


def written(blocks: list[TupleBlock], **options: object) -> io.BytesIO:
    stream = io.BytesIO()
    write_parquet(blocks, stream, **options)
    return stream


@pytest.mark.parametrize("by_action", [False, True])
@given(st.data())
@settings(max_examples=30)
def test_a_table_holds_every_tuple_exactly(by_action: bool, data: st.DataObject) -> None:
    blocks = data.draw(several_blocks(by_action=by_action))
    table = parquet.read_table(written(blocks, by_action=by_action))
    assert tuple(table.column_names) == field_names(by_action=by_action)
    assert table.to_pylist() == [whole(each) for each in objects(blocks)]


def test_many_tuples_are_written_in_several_groups_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "_GROUP_ROWS", 4)
    rows = replace(one_row(), who=[0] * 3, what=[0] * 3)
    file = parquet.ParquetFile(written([TupleBlock(f"db:{n}", "code", rows) for n in range(5)]))
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [6, 6, 3]


@pytest.mark.parametrize(
    ("cut", "says"),
    [
        (None, {}),
        (TupleCut(3, 10), {b"blastradius.cut.written": b"3", b"blastradius.cut.total": b"10"}),
        (TupleCut(3, None), {b"blastradius.cut.written": b"3"}),
    ],
)
def test_a_table_that_was_cut_says_so(cut: TupleCut | None, says: dict[bytes, bytes]) -> None:
    metadata = parquet.read_schema(written([], cut=cut)).metadata
    assert metadata == {b"blastradius.format": b"blastradius.tuples/1", **says}
