"""
Where the numbers of the places stand on a printed map.

A number stands beside its place, tied to it by a line where it had to move. Places that paper
cannot tell apart share one block of numbers, those that follow each other as ``12–15``. Every
number given is placed; blocks that find no room are joined with their nearest neighbour.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from circle.guide.model import GuidePlace
from circle.guide.paper.boxes import Box, Point, Space

_GAPS = (0.9, 1.8, 3.0, 4.5, 6.5, 9.0, 12.0, 16.0, 21.0, 27.0, 34.0, 42.0, 60.0, 85.0, 120.0)
_N_DIRECTIONS = 16
_TOGETHER = 0.36
_SWEEPS = 2
_ROW_CELLS = 4
_MOST_NEIGHBOURS = 4
_MOST_TOGETHER = 8
_CLEAR_MM = 0.35
_CROSSING = 14.0
_OVER_NAME = 9.0
_IMPOSSIBLE = math.inf


class Letters(Protocol):
    """What placing needs to know of a font."""

    def width(self, text: str, size_mm: float) -> float:
        """Return how wide one line of text runs, in the unit of `size_mm`."""
        ...


class NoRoomError(ValueError):
    """A map is too small for a single number."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """
    A place on the map.

    Parameters
    ----------
    number, category
        As the guide has them.
    x, y
        Where it is, millimetres.
    """

    number: int
    category: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Cell:
    """
    One number, or consecutive ones of one class, in a block.

    Parameters
    ----------
    first, last
        The same for a single number.
    category
        Class of the places.
    box
        Its ground.
    """

    first: int
    last: int
    category: str
    box: Box

    @property
    def text(self) -> str:
        """What is printed."""
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


@dataclass(frozen=True, slots=True)
class Block:
    """
    Numbers printed together.

    Parameters
    ----------
    anchors
        The places they stand for.
    box
        All of its ground.
    cells
        Row by row.
    leaders
        Lines from the block's edge to the places.
    off_map
        Direction to a place beyond the map, degrees clockwise from north, else ``None``.
    """

    anchors: tuple[Anchor, ...]
    box: Box
    cells: tuple[Cell, ...]
    leaders: tuple[tuple[Point, Point], ...]
    off_map: float | None = None


@dataclass
class _Item:
    anchors: tuple[Anchor, ...]
    rows: list[list[tuple[int, int, str, float]]]
    width: float
    height: float
    block: Block | None = None
    keys: tuple[int, ...] = ()
    line_keys: tuple[int, ...] = ()

    @property
    def middle(self) -> Point:
        n = len(self.anchors)
        return sum(a.x for a in self.anchors) / n, sum(a.y for a in self.anchors) / n


class NumberPlacer:
    """
    Places the numbers of one map.

    Parameters
    ----------
    frame
        The ground of the map.
    taken
        Ground that numbers must leave free; the numbers placed are added.
    font
        Font the numbers are set in.
    height_mm
        Height of a block of one row.
    reach
        How far a number may stand from its place, in such heights; whoever finds no room so
        near is gathered with a neighbour.
    covers_own
        True to let gathered numbers stand on the dots of their own places.
    together
        Places closer than that, in such heights, are gathered from the beginning.
    """

    def __init__(
        self,
        frame: Box,
        taken: Space,
        font: Letters,
        height_mm: float,
        *,
        reach: float = math.inf,
        covers_own: bool = False,
        together: float = _TOGETHER,
    ) -> None:
        self._frame = frame
        self._taken = taken
        self._font = font
        self._height = height_mm
        self._lines = Space()
        self._dots = Space()
        self._inner = frame.grown(-0.8)
        self._covers_own = covers_own
        self._together = together * height_mm
        gaps = [gap * height_mm / 4.5 for gap in _GAPS]
        self._gaps = [gap for gap in gaps if gap <= reach * height_mm]

    @property
    def dot_radius(self) -> float:
        """Radius of the dot that marks a place."""
        return self._height * 0.17

    def place(self, anchors: Sequence[Anchor]) -> list[Block]:
        """
        Return a block for every anchor.

        Parameters
        ----------
        anchors
            Places, on the map or beyond it.

        Returns
        -------
        blocks
            In the order of their first numbers. None touches another, the ground taken, or the
            dot of a place, as long as there is any other ground; none leaves the map.
        """
        for anchor in anchors:
            self._dots.add(self._dot(anchor))
        inside = [a for a in anchors if Box(a.x, a.y, 0, 0).is_within(self._frame)]
        known = {a.number for a in inside}
        items = [self._item(group) for group in _gather(inside, self._together)]
        for item in sorted(items, key=lambda item: (-len(item.anchors), -self._crowd(item))):
            if not self._settle(item):
                self._lift(item)
        for _ in range(_SWEEPS):
            for item in items:
                self._lift(item)
                self._settle(item)
        items = self._join_homeless(items)
        blocks = [item.block for item in items if item.block is not None]
        blocks += self._beyond([a for a in anchors if a.number not in known])
        return sorted(blocks, key=lambda block: block.cells[0].first)

    def _dot(self, anchor: Anchor) -> Box:
        return Box(anchor.x, anchor.y, self.dot_radius + 0.15, self.dot_radius + 0.15)

    def _crowd(self, item: _Item) -> int:
        x, y = item.middle
        return self._dots.count(Box(x, y, 12.0, 12.0)) + self._taken.count(Box(x, y, 8.0, 8.0))

    def _item(self, anchors: Iterable[Anchor]) -> _Item:
        members = tuple(sorted(anchors, key=lambda a: a.number))
        runs: list[tuple[int, int, str]] = []
        for anchor in members:
            if runs and runs[-1][1] == anchor.number - 1 and runs[-1][2] == anchor.category:
                runs[-1] = (runs[-1][0], anchor.number, anchor.category)
            else:
                runs.append((anchor.number, anchor.number, anchor.category))
        texts: list[tuple[int, int, str]] = []
        for first, last, category in runs:
            if last - first < 2:  # two numbers are as short as their range
                texts += [(number, number, category) for number in range(first, last + 1)]
            else:
                texts.append((first, last, category))
        per_row = max(_ROW_CELLS, math.ceil(math.sqrt(len(texts) * 1.2)))
        rows = [
            [(*text, self._cell_width(*text[:2])) for text in texts[start : start + per_row]]
            for start in range(0, len(texts), per_row)
        ]
        width = max(sum(cell[3] for cell in row) for row in rows)
        return _Item(members, rows, width, self._height * len(rows))

    def _cell_width(self, first: int, last: int) -> float:
        text = str(first) if first == last else f"{first}–{last}"
        width = self._font.width(text, self._height * 0.68) + self._height * 0.5
        return max(self._height * 1.12, width)

    def _lift(self, item: _Item) -> None:
        self._taken.remove(item.keys)
        self._lines.remove(item.line_keys)
        item.keys = item.line_keys = ()
        item.block = None

    def _settle(self, item: _Item, *, is_last_resort: bool = False) -> bool:
        """Give an item the cheapest ground there is; say whether there was any."""
        best: tuple[float, Block] | None = None
        for gap, block in self._candidates(item, is_last_resort=is_last_resort):
            if best is not None and gap >= best[0]:
                break  # the others are farther still
            cost = gap + self._cost(item, block)
            if cost < (best[0] if best else _IMPOSSIBLE):
                best = (cost, block)
        if best is None:
            return False
        self._put(item, best[1])
        return True

    def _put(self, item: _Item, block: Block) -> None:
        item.block = block
        item.keys = tuple(self._taken.add(block.box.grown(_CLEAR_MM)))
        item.line_keys = tuple(self._lines.add(*(Box.along(*line, 0.3) for line in block.leaders)))

    def _candidates(self, item: _Item, *, is_last_resort: bool) -> Iterator[tuple[float, Block]]:
        x, y = item.middle
        spread = max(math.hypot(a.x - x, a.y - y) for a in item.anchors)
        half_width, half_height = item.width / 2, item.height / 2
        if self._covers_own and len(item.anchors) > 1:
            yield from self._on_itself(item)
        for gap in self._gaps:
            for step in range(_N_DIRECTIONS):
                # Straight above first, then alternately to the right and to the left.
                turn = (step + 1) // 2 * (1 if step % 2 else -1) * 2 * math.pi / _N_DIRECTIONS
                dx, dy = math.sin(turn), -math.cos(turn)
                out = min(
                    half_width / abs(dx) if abs(dx) > 1e-9 else math.inf,
                    half_height / abs(dy) if abs(dy) > 1e-9 else math.inf,
                )
                far = out + gap + self.dot_radius + (spread if gap < 3 else 0)
                box = Box(x + dx * far, y + dy * far, half_width, half_height)
                if not box.is_within(self._inner) or not self._taken.is_free(box):
                    continue
                if not is_last_resort and not self._dots.is_free(box.grown(0.1)):
                    continue
                yield gap + step * 0.02, self._block(item, box)

    def _on_itself(self, item: _Item) -> Iterator[tuple[float, Block]]:
        """Yield ground amid the places of an item, where only their own dots are covered."""
        x, y = item.middle
        own = [self._dot(anchor) for anchor in item.anchors]
        for ring in range(4):
            for step in range(_N_DIRECTIONS if ring else 1):
                turn, away = step * 2 * math.pi / _N_DIRECTIONS, ring * self._height / 2
                box = Box(
                    x + math.sin(turn) * away, y - math.cos(turn) * away,
                    item.width / 2, item.height / 2,
                )  # fmt: skip
                if not box.is_within(self._inner) or not self._taken.is_free(box):
                    continue
                if self._dots.count(box) == sum(dot.touches(box) for dot in own):
                    yield away / 4, self._block(item, box)

    def _block(self, item: _Item, box: Box) -> Block:
        left, top, _, _ = box.edges
        cells = []
        for at, row in enumerate(item.rows):
            stretch = min(1.3, item.width / sum(cell[3] for cell in row))
            x = left
            for first, last, category, width in row:
                y = top + at * self._height
                cell_box = Box.from_edges(x, y, x + width * stretch, y + self._height)
                cells.append(Cell(first, last, category, cell_box))
                x += width * stretch
        leaders = tuple(_leader(box, anchor) for anchor in item.anchors)
        return Block(item.anchors, box, tuple(cells), leaders)

    def _cost(self, item: _Item, block: Block) -> float:
        cost = 0.0
        own = len(item.anchors)
        for start, end in block.leaders:
            length = math.dist(start, end)
            if length < 1e-6:
                continue
            line = Box.along(start, end, 0.3)
            cost += _CROSSING * self._lines.count(line) / own
            cost += _OVER_NAME * self._taken.count(line) / own
            cost += 3.0 * max(0, self._dots.count(line) - own) / own
        # A block must not lie on the line of another.
        cost += 2 * _CROSSING * self._lines.count(block.box)
        return cost

    def _join_homeless(self, items: list[_Item]) -> list[_Item]:
        while True:
            homeless = next((item for item in items if item.block is None), None)
            if homeless is None:
                return items
            others = [item for item in items if item is not homeless]
            if not others:
                raise NoRoomError("a map too small for a single number")
            x, y = homeless.middle
            others.sort(
                key=lambda item: (
                    # Not ever more into one block: it would find less room than each alone.
                    math.dist(item.middle, (x, y)) + self._height * len(item.anchors) / 2,
                    item.anchors[0].number,
                )
            )
            most = _MOST_TOGETHER - len(homeless.anchors)
            small = [item for item in others if len(item.anchors) <= most]
            found = self._join_one(homeless, small[:_MOST_NEIGHBOURS])
            if found is None:
                # A dot may be covered before ever more numbers go on looking together, until all
                # of a town stand in one block.
                if self._settle(homeless, is_last_resort=True):
                    continue
                found = self._join_one(homeless, small, is_last_resort=True)
            if found is None:
                self._lift(others[0])
                found = others[0], self._item((*homeless.anchors, *others[0].anchors))
            neighbour, joined = found
            items = [item for item in others if item is not neighbour] + [joined]

    def _join_one(
        self, homeless: _Item, neighbours: Iterable[_Item], *, is_last_resort: bool = False
    ) -> tuple[_Item, _Item] | None:
        """Return the first neighbour that has room for one more, and the two as one."""
        for neighbour in neighbours:
            block = neighbour.block
            self._lift(neighbour)
            joined = self._item((*homeless.anchors, *neighbour.anchors))
            if self._settle(joined, is_last_resort=is_last_resort):
                return neighbour, joined
            if block is not None:
                self._put(neighbour, block)
        return None

    def _beyond(self, anchors: Sequence[Anchor]) -> list[Block]:
        """Return blocks at the edge of the map for places beyond it, pointing there."""
        blocks = []
        left, top, right, bottom = self._inner.edges
        x, y = self._frame.x, self._frame.y
        for anchor in anchors:
            item = self._item([anchor])
            half_w, half_h = item.width / 2 + 1.6, item.height / 2 + 1.6
            dx, dy = anchor.x - x, anchor.y - y
            share = min(
                (right - x - half_w) / abs(dx) if dx else math.inf,
                (bottom - y - half_h) / abs(dy) if dy else math.inf,
            )
            wanted = (x + dx * share, y + dy * share)
            box = self._edge_box(wanted, item, (left, top, right, bottom))
            if box is None:
                continue
            self._taken.add(box.grown(1.6))
            turn = math.degrees(math.atan2(dx, -dy)) % 360
            block = self._block(item, box)
            blocks.append(Block(block.anchors, box, block.cells, (), turn))
        return blocks

    def _edge_box(
        self, wanted: Point, item: _Item, edges: tuple[float, float, float, float]
    ) -> Box | None:
        left, top, right, bottom = edges
        half_w, half_h = item.width / 2, item.height / 2
        for away in range(0, 400):
            for sign in (1, -1):
                for along in ((1, 0), (0, 1)):
                    x = wanted[0] + along[0] * sign * away * 1.5
                    y = wanted[1] + along[1] * sign * away * 1.5
                    x = min(max(x, left + half_w + 1.6), right - half_w - 1.6)
                    y = min(max(y, top + half_h + 1.6), bottom - half_h - 1.6)
                    box = Box(x, y, half_w, half_h)
                    if self._taken.is_free(box.grown(1.6)) and self._dots.is_free(box):
                        return box
        return None


def anchors_of(places: Iterable[GuidePlace], xy: Iterable[Sequence[float]]) -> list[Anchor]:
    """Return the anchors of numbered places at their positions on paper."""
    return [
        Anchor(place.number, place.category, float(at[0]), float(at[1]))
        for place, at in zip(places, xy, strict=True)
        if place.number is not None
    ]


def _gather(anchors: Sequence[Anchor], within_mm: float) -> list[list[Anchor]]:
    """Return groups of anchors that paper cannot tell apart, each near its first member."""
    groups: list[list[Anchor]] = []
    for anchor in sorted(anchors, key=lambda a: a.number):
        for group in groups:
            if all(math.dist((a.x, a.y), (anchor.x, anchor.y)) <= within_mm for a in group):
                group.append(anchor)
                break
        else:
            groups.append([anchor])
    return groups


def _leader(box: Box, anchor: Anchor) -> tuple[Point, Point]:
    """Return the shortest line from a box to a place."""
    left, top, right, bottom = box.edges
    inset = min(box.half_width, box.half_height) * 0.5
    start = (
        min(max(anchor.x, left + inset), right - inset),
        min(max(anchor.y, top + inset), bottom - inset),
    )
    # From the edge, not from within: the line must not run under the number.
    dx, dy = anchor.x - start[0], anchor.y - start[1]
    share = min(
        ((right if dx > 0 else left) - start[0]) / dx if abs(dx) > 1e-9 else math.inf,
        ((bottom if dy > 0 else top) - start[1]) / dy if abs(dy) > 1e-9 else math.inf,
        1.0,
    )
    return (start[0] + dx * share, start[1] + dy * share), (anchor.x, anchor.y)
