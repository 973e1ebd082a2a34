"""
Streets and the house numbers known along them.

A number that is not on the map is placed between its known neighbours, along the street where
its line is known. Outside the numbers known on a street nothing is placed: how far number 300
lies beyond number 120 nobody can tell.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import shapely
from rapidfuzz import process
from rapidfuzz.distance import OSA
from shapely.geometry import LineString, MultiLineString, Point
from shapely.ops import substring

from circle.geocoding.address import leading_number
from circle.geocoding.folding import expand, fold, has_cjk
from circle.geocoding.names import compare, take_apart
from circle.geocoding.said import latin_forms

# A numbered house stands beside its street; what is farther belongs to another piece of it.
_BESIDE_STREET_M = 80.0
# Beyond this, two known neighbours say too little about what lies between.
_WIDEST_GAP_M = 400.0
_NARROWEST_ACCURACY_M = 15.0
_SHORTEST_KEY = 2


class KnownNumber(NamedTuple):
    """A house number on the map."""

    number: str
    row: int
    x_m: float
    y_m: float


class NumberedPoint(NamedTuple):
    """Where an unmapped number should stand."""

    x_m: float
    y_m: float
    accuracy_m: float
    between: tuple[str, str]


@dataclass
class Street:
    """One street name: its line in metres and its numbers."""

    name: str
    key: str
    lines: list[LineString] = field(default_factory=list)
    numbers: list[KnownNumber] = field(default_factory=list)

    def with_number(self, number: str) -> list[KnownNumber]:
        """Return the mapped houses of a number; ``4`` is also in a house ``4-6``."""
        exact = [known for known in self.numbers if known.number == number]
        if exact or "-" in number:
            return exact
        asked = leading_number(number)
        inside = []
        for known in self.numbers:
            low, dash, high = known.number.partition("-")
            if dash and low.isdigit() and high.isdigit() and number.isdigit() and asked is not None:
                first, last = int(low), int(high)
                # 4-6 is a range of houses, 12-8 house 8 of block 12.
                if first < last <= first + 20 and asked in (first, last):
                    inside.append(known)
        return inside

    def between_neighbours(self, number: str) -> NumberedPoint | None:
        """Return where a number should stand between the numbers known below and above it."""
        asked = leading_number(number)
        if asked is None:
            return None
        values = [(leading_number(known.number), known) for known in self.numbers]
        known_values = [(value, known) for value, known in values if value is not None]
        # Odd and even numbers face each other: neighbours on the same side are better.
        for candidates in (
            [pair for pair in known_values if pair[0] % 2 == asked % 2],
            known_values,
        ):
            below = max((p for p in candidates if p[0] < asked), default=None, key=lambda p: p[0])
            above = min((p for p in candidates if p[0] > asked), default=None, key=lambda p: p[0])
            if below and above:
                point = self._between(below, above, asked)
                if point is not None:
                    return point
        return None

    def _between(
        self, below: tuple[int, KnownNumber], above: tuple[int, KnownNumber], asked: int
    ) -> NumberedPoint | None:
        (low, first), (high, last) = below, above
        share = (asked - low) / (high - low)
        a, b = Point(first.x_m, first.y_m), Point(last.x_m, last.y_m)
        gap = a.distance(b)
        if gap > _WIDEST_GAP_M:
            return None
        x, y = a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)
        line = self._line_along(a, b)
        if line is not None:
            # Along the street, and as far beside it as the neighbours are.
            on_line = line.interpolate(share, normalized=True)
            start, end = line.interpolate(0), line.interpolate(line.length)
            x = on_line.x + (1 - share) * (a.x - start.x) + share * (b.x - end.x)
            y = on_line.y + (1 - share) * (a.y - start.y) + share * (b.y - end.y)
        accuracy = max(_NARROWEST_ACCURACY_M, gap / 2)
        return NumberedPoint(x, y, accuracy, (first.number, last.number))

    def _line_along(self, a: Point, b: Point) -> LineString | None:
        """Return the stretch of the street between two houses, if one line passes both."""
        for line in sorted(self.lines, key=lambda line: line.distance(a) + line.distance(b)):
            if max(line.distance(a), line.distance(b)) > _BESIDE_STREET_M:
                return None
            piece = substring(line, line.project(a), line.project(b))
            # A way round a loop would be no stretch between neighbours.
            if isinstance(piece, LineString) and piece.length <= 1.5 * a.distance(b) + 20:
                return piece
        return None

    def middle(self) -> tuple[Point, float] | None:
        """Return a point on the street and how far its ends are from it, in metres."""
        if self.lines:
            whole = MultiLineString(self.lines)
            point = shapely.line_interpolate_point(
                max(self.lines, key=lambda line: line.length), 0.5, normalized=True
            )
            return point, float(shapely.hausdorff_distance(whole, point))
        if self.numbers:
            points = np.array([(known.x_m, known.y_m) for known in self.numbers])
            centre = points.mean(axis=0)
            reach = float(np.hypot(*(points - centre).T).max())
            return Point(centre), max(reach, 50.0)
        return None


class StreetIndex:
    """All streets of a map, found by name."""

    def __init__(self) -> None:
        self.streets: list[Street] = []
        self._by_key: dict[str, int] = {}
        self._keys: list[str] = []

    def street(self, name: str) -> Street:
        """Return the street of a name, made if new."""
        key = street_key(name)
        index = self._by_key.get(key)
        if index is None:
            index = len(self.streets)
            self.streets.append(Street(name, key))
            self._by_key[key] = index
        return self.streets[index]

    def add_names(self, street: Street, names: Iterable[str]) -> None:
        """Make a street known under its other names too, where they are free."""
        index = self._by_key[street.key]
        for name in names:
            key = street_key(name)
            if key:
                self._by_key.setdefault(key, index)

    def add_latin_names(self) -> None:
        """Make Chinese streets known in Latin letters, where those mean one street only."""
        forms = [(street, form) for street in self.streets for form in latin_forms(street.name)]
        counts = Counter(form for _, form in forms)
        for street, form in forms:
            if counts[form] == 1:
                self.add_names(street, [form])

    def with_names(self) -> Iterable[tuple[Street, list[str]]]:
        """Return every street with the keys it is known under."""
        names: list[list[str]] = [[] for _ in self.streets]
        for key, index in self._by_key.items():
            names[index].append(key)
        return zip(self.streets, names, strict=True)

    def finish(self) -> None:
        """Join the pieces of each street."""
        for street in self.streets:
            if street.lines:
                merged = shapely.line_merge(MultiLineString(street.lines))
                street.lines = list(getattr(merged, "geoms", [merged]))
        self._keys = sorted(self._by_key, key=len, reverse=True)

    def exact(self, key: str) -> Street | None:
        """Return the street of exactly this key."""
        index = self._by_key.get(key)
        return None if index is None else self.streets[index]

    def inside(self, text: str) -> tuple[Street, str, str] | None:
        """
        Return the street named in a folded address, and what stands before and after its name.

        Of several the one with a number beside it, then the longest, then the last: a street
        that names a district stands before the street itself.
        """
        cjk = has_cjk(text)
        padded = text if cjk else f" {text} "
        best: tuple[tuple[bool, int, int], tuple[Street, str, str]] | None = None
        for key in self._keys:
            if len(key) < _SHORTEST_KEY or has_cjk(key) != cjk:
                continue
            wanted = key if cjk else f" {key} "
            at = padded.rfind(wanted)
            if at < 0:
                continue
            before, after = padded[:at].strip(), padded[at + len(wanted) :].strip()
            numbered = after[:1].isdigit() or (not cjk and before[-1:].isdigit())
            rank = (numbered, len(key), at)
            if best is None or rank > best[0]:
                best = (rank, (self.streets[self._by_key[key]], before, after))
        return best[1] if best else None

    def like(self, key: str) -> tuple[Street, float] | None:
        """Return the street most like a key, and how alike, if one is alike at all."""
        if len(key) < 3:
            return None
        asked = take_apart(key)
        found = process.extract(
            key, self._keys, scorer=OSA.normalized_similarity, score_cutoff=0.5, limit=8
        )
        best: tuple[Street, float] | None = None
        for other, _, _ in found:
            score = compare(asked, take_apart(other)).score
            if score > 0 and (best is None or score > best[1]):
                best = (self.streets[self._by_key[other]], score)
        return best


def street_key(name: str) -> str:
    """Return what equal street names have in common."""
    return expand(fold(name))


def add_lines(index: StreetIndex, rows: Iterable[tuple[str, Mapping[str, str], object]]) -> None:
    """Add named lines, in metres, with their other names."""
    for name, names, shape in rows:
        street = index.street(name)
        for part in getattr(shape, "geoms", [shape]):
            if isinstance(part, LineString) and part.length > 0 and math.isfinite(part.length):
                street.lines.append(part)
        index.add_names(street, names.values())
