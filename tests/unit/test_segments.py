"""Buckets over segments: every segment is found wherever it lies."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from circle.segments import BUCKET_M, build_index

numbers = st.floats(-700, 700).map(lambda value: round(value, 1))


@settings(deadline=None, max_examples=80)
@given(st.lists(st.tuples(numbers, numbers), min_size=2, max_size=12))
def test_every_bucket_lists_the_segments_that_touch_it(points) -> None:
    x, y = np.array(points).T.copy()
    starts = np.arange(len(points) - 1, dtype=np.int32)
    index = build_index(x, y, starts)
    west, south, size, columns, rows = index.shape
    assert size == BUCKET_M
    for row in range(int(rows)):
        for column in range(int(columns)):
            box = shapely.box(
                west + column * size, south + row * size,
                west + (column + 1) * size, south + (row + 1) * size,
            )  # fmt: skip
            bucket = row * int(columns) + column
            listed = index.segment[index.first[bucket] : index.first[bucket + 1]].tolist()
            assert listed == sorted(set(listed))
            lines = shapely.linestrings(
                np.stack([np.column_stack([x[:-1], y[:-1]]), np.column_stack([x[1:], y[1:]])], 1)
            )
            touching = np.flatnonzero(shapely.intersects(lines, box.buffer(-1e-6))).tolist()
            assert set(touching) <= set(listed)
            near = set(np.flatnonzero(shapely.dwithin(lines, box, 0.01)).tolist())
            assert set(listed) <= near


def test_only_the_segments_asked_for() -> None:
    x, y = np.array([0.0, 10, 500, 510]), np.zeros(4)
    index = build_index(x, y, np.array([0, 2], np.int32))
    assert set(index.segment) == {0, 2}


def test_none_at_all() -> None:
    index = build_index(np.empty(0), np.empty(0), np.empty(0, np.int32))
    assert index.first.tolist() == [0, 0]
    assert len(index.segment) == 0


def test_it_cannot_be_written_to() -> None:
    index = build_index(np.array([0.0, 1.0]), np.zeros(2), np.array([0], np.int32))
    with pytest.raises(ValueError, match="read-only"):
        index.segment[0] = 1
