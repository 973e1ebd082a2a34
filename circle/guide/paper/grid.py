"""The squares of a printed map: how large they are and what they are called."""

from __future__ import annotations

import math
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 2.5, 5.0)
_WANTED_MM = 40.0


@dataclass(frozen=True, slots=True)
class Grid:
    """
    Squares over a map, letters across and numbers down.

    Parameters
    ----------
    width_mm, height_mm
        Size of the map.
    square_mm
        Side of a square on paper.
    square_m
        The same on the ground.
    """

    width_mm: float
    height_mm: float
    square_mm: float
    square_m: float

    @property
    def columns(self) -> list[tuple[str, float, float]]:
        """Name, left and right of each column."""
        return [(_letters(i), *ends) for i, ends in enumerate(self._spans(self.width_mm))]

    @property
    def rows(self) -> list[tuple[str, float, float]]:
        """Name, top and bottom of each row."""
        return [(str(i + 1), *ends) for i, ends in enumerate(self._spans(self.height_mm))]

    def _spans(self, length_mm: float) -> list[tuple[float, float]]:
        n = max(1, math.ceil(length_mm / self.square_mm - 1e-9))
        return [(i * self.square_mm, min(length_mm, (i + 1) * self.square_mm)) for i in range(n)]

    def square_of(self, x_mm: float, y_mm: float) -> str:
        """
        Return the name of the square a point lies in.

        Examples
        --------
        >>> make_grid(300, 270, 5000).square_of(85, 10)
        'C1'
        """
        column = min(int(x_mm // self.square_mm), len(self.columns) - 1)
        row = min(int(y_mm // self.square_mm), len(self.rows) - 1)
        return f"{_letters(max(0, column))}{max(0, row) + 1}"


def make_grid(width_mm: float, height_mm: float, scale: float) -> Grid:
    """
    Return squares of about 40 mm that are round in metres.

    Parameters
    ----------
    width_mm, height_mm
        Size of the map.
    scale
        Denominator of the scale.

    Returns
    -------
    grid
        Squares of 1, 2, 2.5 or 5 times a power of ten metres, the nearest to 40 mm.

    Examples
    --------
    >>> make_grid(300, 270, 5000).square_m, make_grid(300, 270, 7500).square_m
    (200.0, 250.0)
    """
    wanted_m = _WANTED_MM / 1000 * scale
    square_m = min(_round(wanted_m), key=lambda length: abs(math.log(length / wanted_m)))
    return Grid(width_mm, height_mm, square_m / scale * 1000, square_m)


def round_below(length_m: float) -> float:
    """Return the longest round length (1, 2, 2.5, 5 times a power of ten) up to `length_m`."""
    return max(length for length in _round(length_m) if length <= length_m)


def _round(length_m: float) -> list[float]:
    power = 10.0 ** math.floor(math.log10(length_m))
    return [step * power for step in (*_STEPS, 10.0)]


def _letters(index: int) -> str:
    """Return A, B, … Z, AA, AB, …"""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name
