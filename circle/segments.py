"""
A grid of buckets over line segments: which segments lie near here?

Streets and barriers are chains of points; segment ``i`` runs from point ``i`` to point ``i + 1``
of its chain. The index lists the segments that touch each square bucket, in one flat array, so
that it can be saved, memory-mapped and read by compiled loops.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from circle.kernel import compiled

BUCKET_M = 50.0

FloatArray = npt.NDArray[np.float64]
Int32Array = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class SegmentIndex:
    """
    Buckets over segments.

    Parameters
    ----------
    shape
        West edge and south edge in metres, bucket size in metres, columns, rows; float64,
        shape ``(5,)``, one array so that it travels as one.
    first
        Segments of bucket ``row * columns + column`` are ``first[b]:first[b + 1]``, int32.
    segment
        Index of the first point of each segment, ascending within a bucket, int32.
    """

    shape: FloatArray
    first: Int32Array
    segment: Int32Array

    def __post_init__(self) -> None:
        for array in (self.shape, self.first, self.segment):
            array.setflags(write=False)


@compiled
def _column_rows(
    ax: float, ay: float, bx: float, by: float, column: int, shape: FloatArray
) -> tuple[int, int]:
    """Return the first and last row of buckets the segment touches within one column."""
    west = shape[0] + column * shape[2]
    east = west + shape[2]
    y0, y1 = ay, by
    if ax != bx:
        slope = (by - ay) / (bx - ax)
        if ax < west:
            y0 = ay + slope * (west - ax)
        if bx > east:
            y1 = ay + slope * (east - ax)
    low, high = min(y0, y1), max(y0, y1)
    rows = int(shape[4])
    # A metre's thousandth on either side: a segment along a bucket's rim belongs to both.
    bottom = int(np.floor((low - 0.001 - shape[1]) / shape[2]))
    top = int(np.floor((high + 0.001 - shape[1]) / shape[2]))
    return max(bottom, 0), min(top, rows - 1)


@compiled
def _fill(
    x: FloatArray,
    y: FloatArray,
    starts: Int32Array,
    shape: FloatArray,
    first: Int32Array,
    segment: Int32Array,
    counting: bool,
) -> None:
    """Count the segments of each bucket into ``first``, or write them into `segment`."""
    columns = int(shape[3])
    for i in starts:
        ax, ay, bx, by = x[i], y[i], x[i + 1], y[i + 1]
        if ax > bx:
            ax, ay, bx, by = bx, by, ax, ay
        left = max(int(np.floor((ax - 0.001 - shape[0]) / shape[2])), 0)
        right = min(int(np.floor((bx + 0.001 - shape[0]) / shape[2])), columns - 1)
        for column in range(left, right + 1):
            bottom, top = _column_rows(ax, ay, bx, by, column, shape)
            for row in range(bottom, top + 1):
                bucket = row * columns + column
                if counting:
                    first[bucket + 1] += 1
                else:
                    segment[first[bucket]] = i
                    first[bucket] += 1


def build_index(x_m: FloatArray, y_m: FloatArray, starts: Int32Array) -> SegmentIndex:
    """
    Return the buckets over a set of segments.

    Parameters
    ----------
    x_m, y_m
        Points of the chains, float64, shape ``(p,)``.
    starts
        First points of the segments, int32, each below ``p - 1``; may be empty.

    Returns
    -------
    index
        Covers the extent of the segments; one empty bucket when there are none.
    """
    if len(starts) == 0:
        shape = np.array([0.0, 0.0, BUCKET_M, 1.0, 1.0])
        return SegmentIndex(shape, np.zeros(2, np.int32), np.empty(0, np.int32))
    used = np.concatenate([starts, starts + 1])
    west, south = x_m[used].min() - 1.0, y_m[used].min() - 1.0
    columns = int((x_m[used].max() + 1.0 - west) // BUCKET_M) + 1
    rows = int((y_m[used].max() + 1.0 - south) // BUCKET_M) + 1
    shape = np.array([west, south, BUCKET_M, columns, rows], np.float64)
    first = np.zeros(columns * rows + 1, np.int32)
    none = np.empty(0, np.int32)
    _fill(x_m, y_m, starts, shape, first, none, True)
    np.cumsum(first, out=first)
    segment = np.empty(first[-1], np.int32)
    # Writing moves every offset to its bucket's end, which is the next bucket's start.
    cursor = first.copy()
    _fill(x_m, y_m, starts, shape, cursor, segment, False)
    return SegmentIndex(shape, first, segment)
