"""Finding rows by what they hold."""

import numpy as np
import pytest

from blastradius.access.indexes import Index, Indexes

COLUMN = np.random.default_rng(7).integers(-1, 20, 500).astype(np.int32)


@pytest.mark.parametrize("looks", [1, 5, 40])
def test_rows_are_found_in_ascending_order_however_often_is_looked(looks: int) -> None:
    index = Index(COLUMN)

    for _ in range(looks):
        for value in range(-2, 22):
            assert index.rows(value).tolist() == [row for row, its in enumerate(COLUMN.tolist()) if its == value]


def test_an_empty_column_holds_nothing() -> None:
    index = Index(COLUMN[:0])

    assert [len(index.rows(3)) for _ in range(100)] == [0] * 100


def test_a_column_is_indexed_once() -> None:
    indexes = Indexes()

    assert indexes.of(COLUMN) is indexes.of(COLUMN)
    assert indexes.of(COLUMN) is not indexes.of(COLUMN.copy())
