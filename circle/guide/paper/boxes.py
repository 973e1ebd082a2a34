"""
Boxes on paper and whether they touch: what keeps every number and name off every other.

All lengths are millimetres, x to the right, y downwards, angles clockwise in degrees.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from circle.kernel import compiled

_CELL_MM = 7.0
_LISTS = 4096
"""A power of two: cells are spread over so many lists."""

Point = tuple[float, float]
Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Box:
    """
    A rectangle, perhaps turned.

    Parameters
    ----------
    x, y
        Its middle.
    half_width, half_height
        Half its sides.
    angle_deg
        Its turn.
    """

    x: float
    y: float
    half_width: float
    half_height: float
    angle_deg: float = 0.0

    @classmethod
    def from_edges(cls, left: float, top: float, right: float, bottom: float) -> Box:
        """Return the upright box between four edges."""
        return cls((left + right) / 2, (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2)

    @classmethod
    def along(cls, start: Point, end: Point, width_mm: float) -> Box:
        """Return the box of a straight line with a width."""
        dx, dy = end[0] - start[0], end[1] - start[1]
        return cls(
            (start[0] + end[0]) / 2,
            (start[1] + end[1]) / 2,
            math.hypot(dx, dy) / 2,
            width_mm / 2,
            math.degrees(math.atan2(dy, dx)),
        )

    def grown(self, by_mm: float) -> Box:
        """Return the box with every side moved outwards."""
        return Box(
            self.x, self.y, self.half_width + by_mm, self.half_height + by_mm, self.angle_deg
        )

    @property
    def reach(self) -> Point:
        """Half the sides of the upright box around it."""
        turn = math.radians(self.angle_deg)
        c, s = abs(math.cos(turn)), abs(math.sin(turn))
        return (
            self.half_width * c + self.half_height * s,
            self.half_width * s + self.half_height * c,
        )

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the upright box around it."""
        dx, dy = (self.half_width, self.half_height) if self.angle_deg == 0.0 else self.reach
        return self.x - dx, self.y - dy, self.x + dx, self.y + dy

    def is_within(self, other: Box) -> bool:
        """Say whether it lies wholly inside an upright box."""
        left, top, right, bottom = self.edges
        outer_left, outer_top, outer_right, outer_bottom = other.edges
        return (
            left >= outer_left
            and top >= outer_top
            and right <= outer_right
            and bottom <= outer_bottom
        )

    def touches(self, other: Box) -> bool:
        """
        Say whether two boxes share ground.

        Examples
        --------
        >>> Box(0, 0, 2, 1).touches(Box(3, 0, 2, 1)), Box(0, 0, 2, 1).touches(Box(4.1, 0, 2, 1))
        (True, False)
        """
        return bool(share_ground(self._row, other._row))

    @property
    def _row(self) -> tuple[float, float, float, float, float, float]:
        turn = math.radians(self.angle_deg)
        return (self.x, self.y, self.half_width, self.half_height, math.cos(turn), math.sin(turn))


class Space:
    """Boxes already taken, found again by where they lie."""

    def __init__(self) -> None:
        self._boxes = np.empty((64, 6))
        self._n_boxes = 0
        # A box is linked into the list of every cell it lies in; several cells share a list.
        self._first_link = np.full(_LISTS, -1, np.int64)
        self._links = np.empty((256, 2), np.int64)
        self._n_links = 0
        self._seen = np.zeros(64, np.int64)
        self._n_asked = 0

    def add(self, *boxes: Box) -> list[int]:
        """Take ground; return what to give to `remove`."""
        keys = []
        for box in boxes:
            key = self._n_boxes
            self._boxes = _with_room(self._boxes, key + 1)
            self._seen = _with_room(self._seen, key + 1)
            self._boxes[key] = box._row
            self._seen[key] = 0
            self._n_boxes += 1
            self._links = _with_room(self._links, self._n_links + n_cells(self._boxes[key]))
            self._n_links = link(key, self._boxes, self._first_link, self._links, self._n_links)
            keys.append(key)
        return keys

    def remove(self, keys: Iterable[int]) -> None:
        """Give ground back."""
        for key in keys:
            unlink(key, self._boxes, self._first_link, self._links)

    def is_free(self, box: Box) -> bool:
        """Say whether nothing taken touches `box`."""
        return self._count(box, 1) == 0

    def count(self, box: Box) -> int:
        """Return how many boxes taken touch `box`."""
        return self._count(box, self._n_boxes)

    def _count(self, box: Box, most: int) -> int:
        self._n_asked += 1
        return int(
            count_touching(
                box._row,
                self._boxes,
                self._first_link,
                self._links,
                self._seen,
                self._n_asked,
                most,
            )
        )


def _with_room(array: Array, n: int) -> Array:
    """Return an array with at least `n` rows, twice as long where it has to grow."""
    if n <= len(array):
        return array
    longer = np.empty((max(n, 2 * len(array)), *array.shape[1:]), array.dtype)
    longer[: len(array)] = array
    return longer


# What follows is asked a million times for a town.


@compiled
def share_ground(a: Any, b: Any) -> bool:
    """Say whether two boxes share ground, each given as x, y, half sides, cosine and sine."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    c, s = abs(a[4] * b[4] + a[5] * b[5]), abs(a[4] * b[5] - a[5] * b[4])
    # Along the sides of either: what parts two boxes parts them along one of the four.
    return bool(
        abs(dx * a[4] + dy * a[5]) < a[2] + b[2] * c + b[3] * s
        and abs(dy * a[4] - dx * a[5]) < a[3] + b[2] * s + b[3] * c
        and abs(dx * b[4] + dy * b[5]) < b[2] + a[2] * c + a[3] * s
        and abs(dy * b[4] - dx * b[5]) < b[3] + a[2] * s + a[3] * c
    )


@compiled
def cells_of(box: Any) -> tuple[int, int, int, int]:
    """Return the first and last column and the first and last row a box lies in."""
    dx = box[2] * abs(box[4]) + box[3] * abs(box[5])
    dy = box[2] * abs(box[5]) + box[3] * abs(box[4])
    return (
        math.floor((box[0] - dx) / _CELL_MM),
        math.floor((box[0] + dx) / _CELL_MM),
        math.floor((box[1] - dy) / _CELL_MM),
        math.floor((box[1] + dy) / _CELL_MM),
    )


@compiled
def n_cells(box: Any) -> int:
    """Return in how many cells a box lies."""
    left, right, top, bottom = cells_of(box)
    return int((right - left + 1) * (bottom - top + 1))


@compiled
def list_of(column: int, row: int) -> int:
    """Return which list holds what lies in a cell."""
    return (column * 73_856_093 ^ row * 19_349_663) & (_LISTS - 1)


@compiled
def link(key: int, boxes: Array, first_link: Array, links: Array, n_links: int) -> int:
    """Put a box into the lists of its cells; return how many links there are now."""
    left, right, top, bottom = cells_of(boxes[key])
    for column in range(left, right + 1):
        for row in range(top, bottom + 1):
            at = list_of(column, row)
            links[n_links, 0], links[n_links, 1] = key, first_link[at]
            first_link[at] = n_links
            n_links += 1
    return n_links


@compiled
def unlink(key: int, boxes: Array, first_link: Array, links: Array) -> None:
    """Take a box out of the lists of its cells."""
    left, right, top, bottom = cells_of(boxes[key])
    for column in range(left, right + 1):
        for row in range(top, bottom + 1):
            at = list_of(column, row)
            before, here = -1, first_link[at]
            while here >= 0:
                after = links[here, 1]
                if links[here, 0] != key:
                    before = here
                elif before < 0:
                    first_link[at] = after
                else:
                    links[before, 1] = after
                here = after


@compiled
def count_touching(
    box: Any, boxes: Array, first_link: Array, links: Array, seen: Array, n_asked: int, most: int
) -> int:
    """Return how many boxes touch one, each counted once and none beyond `most`."""
    n = 0
    left, right, top, bottom = cells_of(box)
    for column in range(left, right + 1):
        for row in range(top, bottom + 1):
            here = first_link[list_of(column, row)]
            while here >= 0:
                key = links[here, 0]
                if seen[key] != n_asked:
                    seen[key] = n_asked
                    if share_ground(box, boxes[key]):
                        n += 1
                        if n >= most:
                            return n
                here = links[here, 1]
    return n
