"""
Boxes on paper and whether they touch: what keeps every number and name off every other.

All lengths are millimetres, x to the right, y downwards, angles clockwise in degrees.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_CELL_MM = 7.0

Point = tuple[float, float]


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
        dx, dy = other.x - self.x, other.y - self.y
        if self.angle_deg == 0.0 and other.angle_deg == 0.0:
            return (
                abs(dx) < self.half_width + other.half_width
                and abs(dy) < self.half_height + other.half_height
            )
        for first, second in ((self, other), (other, self)):
            turn = math.radians(first.angle_deg)
            c, s = math.cos(turn), math.sin(turn)
            between = math.radians(second.angle_deg - first.angle_deg)
            cb, sb = abs(math.cos(between)), abs(math.sin(between))
            if abs(dx * c + dy * s) >= (
                first.half_width + second.half_width * cb + second.half_height * sb
            ):
                return False
            if abs(dy * c - dx * s) >= (
                first.half_height + second.half_width * sb + second.half_height * cb
            ):
                return False
        return True


class Space:
    """Boxes already taken, found again by where they lie."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], dict[int, _Taken]] = defaultdict(dict)
        self._next = 0
        self._where: dict[int, list[tuple[int, int]]] = {}

    def add(self, *boxes: Box) -> list[int]:
        """Take ground; return what to give to `remove`."""
        keys = []
        for box in boxes:
            edges = box.edges
            cells = list(_cells(edges))
            for cell in cells:
                self._cells[cell][self._next] = (*edges, box)
            self._where[self._next] = cells
            keys.append(self._next)
            self._next += 1
        return keys

    def remove(self, keys: Iterable[int]) -> None:
        """Give ground back."""
        for key in keys:
            for cell in self._where.pop(key):
                del self._cells[cell][key]

    def is_free(self, box: Box) -> bool:
        """Say whether nothing taken touches `box`."""
        left, top, right, bottom = box.edges
        is_upright = box.angle_deg == 0.0
        # Asked a million times for a town: written out, it is asked in half the time.
        for column in range(int(left // _CELL_MM), int(right // _CELL_MM) + 1):
            for row in range(int(top // _CELL_MM), int(bottom // _CELL_MM) + 1):
                taken = self._cells.get((column, row))
                if not taken:
                    continue
                for x0, y0, x1, y1, other in taken.values():
                    if x0 >= right or x1 <= left or y0 >= bottom or y1 <= top:
                        continue
                    if (is_upright and other.angle_deg == 0.0) or box.touches(other):
                        return False
        return True

    def count(self, box: Box) -> int:
        """Return how many boxes taken touch `box`."""
        return len(set(self._touched(box)))

    def _touched(self, box: Box) -> Iterator[int]:
        edges = left, top, right, bottom = box.edges
        is_turned = box.angle_deg != 0.0
        for cell in _cells(edges):
            taken = self._cells.get(cell)
            if not taken:
                continue
            for key, (x0, y0, x1, y1, other) in taken.items():
                if x0 >= right or x1 <= left or y0 >= bottom or y1 <= top:
                    continue
                if not (is_turned or other.angle_deg != 0.0) or box.touches(other):
                    yield key


_Taken = tuple[float, float, float, float, Box]


def _cells(edges: tuple[float, float, float, float]) -> Iterator[tuple[int, int]]:
    left, top, right, bottom = (int(edge // _CELL_MM) for edge in edges)
    for column in range(left, right + 1):
        for row in range(top, bottom + 1):
            yield column, row
