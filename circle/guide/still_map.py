"""
The guide's map as one picture without scripts: what a chat's preview shows above the table.

Streets, water, green, rings, the centre, and every number beside its place, none on top of
another: the numbers are set by what sets them on paper. Colours come from the page's styles, so
that the picture follows its light and its dark dress. Lengths are millimetres of the screen,
coordinates in the picture whole tenths of them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from circle.geometry import LocalFrame
from circle.guide import wording
from circle.guide.basemap import INFERRED, STEPS, STREET_RANKS, bounds_of
from circle.guide.model import GuideContent
from circle.guide.paper.boxes import Box, Point, Space
from circle.guide.paper.numbers import Block, Cell, NumberPlacer, anchors_of
from circle.guide.paper.style import ink_on

UNITS_PER_MM = 10
_MARGIN_M = 120.0
_NARROWEST_MM, _WIDEST_MM = 170.0, 480.0
_MM_PER_ROOT = 20.0
_TALLEST = 1.35
_NUMBER_MM, _TEXT_MM, _ICON = 4.4, 3.4, 0.66
_THIN_MM = 0.12
_LEAST_MM2 = 0.6
_FAR_M = 4_000.0
_REACH, _TOGETHER = 6.0, 1.0  # in a crowd of 500 longer lines and lone numbers cross each other
_BEARINGS_DEG = (52, 308, 128, 232, 20, 340, 90, 270, 160, 200, 180, 0)
_DIGIT, _DASH = 0.58, 0.62
_STEPS_RANK = len(STREET_RANKS) - 1
_STREET_MM = (1.5, 1.3, 1.1, 0.9, 0.75, 0.5, 0.35, 0.5)
_LAYER_ORDER = ("sand", "green", "water", "building", "motorway", "rail")
_BARS_M = (50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000)
_BAR_MM = 40.0

Metres = npt.NDArray[np.float64]


class _Letters:
    """Widths of a number with its pictogram, in letters of whatever font the reader has."""

    def width(self, text: str, size_mm: float) -> float:
        signs = sum(_DASH if sign in "–" else _DIGIT for sign in text)
        return size_mm * (signs + _ICON / 0.68 + 0.1)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The ground of the picture: `scale` millimetres per metre, its north-western corner."""

    frame: LocalFrame
    west: float
    north: float
    scale: float
    width: float
    height: float

    def place(self, lonlat: Sequence[tuple[float, float]]) -> Metres:
        """Return positions in millimetres, downwards from the corner."""
        lon, lat = np.asarray(lonlat, np.float64).T
        x, y = self.frame.to_xy(lon, lat)
        return np.column_stack([x - self.west, self.north - y]) * self.scale


def still_map(content: GuideContent) -> str:
    """
    Return the map of a guide as the markup of an SVG.

    Parameters
    ----------
    content
        What the guide says.

    Returns
    -------
    markup
        One ``svg`` element; ``use`` elements in it point to the page's symbols ``icon-KEY``.
        Every number that the guide gives stands in it once, alone or in a run ``12–15``, in an
        element of class ``cell`` with ``data-first`` and ``data-last``.
    """
    language = "en" if content.languages and content.languages[0] == "en" else "zh"
    sheet = _sheet_of(content)
    frame = Box.from_edges(0, 0, sheet.width, sheet.height)
    taken = Space()
    furniture = "".join(_furniture(content, sheet, taken, language))
    center, center_label = _center(content, sheet, taken, language)
    rings, ring_labels = _rings(content, sheet, frame, taken)
    placed = [place for place in content.places if place.lon is not None and place.lat is not None]
    spots = sheet.place([(place.lon or 0.0, place.lat or 0.0) for place in placed] or [(0, 0)])
    anchors = anchors_of(placed, spots.tolist() if placed else [])
    placer = NumberPlacer(
        frame, taken, _Letters(), _NUMBER_MM, reach=_REACH, together=_TOGETHER, covers_own=True
    )
    blocks = placer.place(anchors)
    return "".join(
        (
            f'<svg class="still" viewBox="0 0 {_u(sheet.width)} {_u(sheet.height)}" '
            f'width="{sheet.width:.1f}mm" height="{sheet.height:.1f}mm" role="img" '
            f"aria-label={quoteattr(_say(wording.PAGE['map_label'], language))}>",
            f'<rect class="land" width="{_u(sheet.width)}" height="{_u(sheet.height)}"/>',
            *_ground(content, sheet),
            rings,
            *_numbers(content, blocks, placer.dot_radius),
            center,
            center_label,
            ring_labels,
            furniture,
            "</svg>",
        )
    )


def _say(both: wording.Both, language: str) -> str:
    return both.en if language == "en" else both.zh


def _u(length_mm: float) -> int:
    return round(length_mm * UNITS_PER_MM)


def _sheet_of(content: GuideContent) -> _Sheet:
    """Return the ground that holds the rings and the places; the more places, the larger."""
    center = content.center
    frame = LocalFrame(center.lon, center.lat)
    rings = [xy for ring in content.rings for polygon in ring.polygons for xy in polygon[0]]
    spots = [(center.lon, center.lat), *rings]
    spots += [
        (place.lon, place.lat)
        for place in content.places
        if place.lon is not None and place.lat is not None
    ]
    x, y = frame.to_xy(*np.asarray(spots, np.float64).T)
    is_near = np.hypot(x, y) < _FAR_M
    is_near[: 1 + len(rings)] = True
    box = bounds_of((a, b, a, b) for a, b in zip(x[is_near], y[is_near], strict=True))
    width_m, height_m = box.east - box.west + 2 * _MARGIN_M, box.north - box.south + 2 * _MARGIN_M
    wanted = _MM_PER_ROOT * math.sqrt(len(content.places))
    width = min(max(wanted, _NARROWEST_MM), _WIDEST_MM)
    scale = min(width / width_m, width * _TALLEST / height_m)
    east = (width / scale - width_m) / 2
    return _Sheet(
        frame, box.west - _MARGIN_M - east, box.north + _MARGIN_M, scale, width, height_m * scale
    )


def _path(lines: Iterable[Metres], *, is_closed: bool) -> str:
    """Return lines as the data of a path: whole units, each point from the one before."""
    parts = []
    for line in lines:
        points = np.rint(line * UNITS_PER_MM).astype(int)
        steps = np.diff(points, axis=0)
        steps = steps[np.any(steps != 0, axis=1)]
        if not len(steps):
            continue
        if is_closed:
            steps = steps[:-1]
        moves = "".join(f"{dx}{'' if dy < 0 else ' '}{dy}" + " " for dx, dy in steps.tolist())
        end = "z" if is_closed else ""
        parts.append(f"M{points[0][0]} {points[0][1]}l{moves.strip()}{end}")
    return "".join(parts)


def _ground(content: GuideContent, sheet: _Sheet) -> Iterator[str]:
    """Yield areas and streets, each kind as one path, cut to the picture and thinned."""
    frame = shapely.box(-1, -1, sheet.width + 1, sheet.height + 1)
    areas: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for area in content.basemap.areas:
        lines = [sheet.place(part) for part in area.parts if len(part) > 1]
        shape = _shape(lines, is_line=area.is_line)
        if shape is None or not shape.intersects(frame):
            continue
        cut = shapely.simplify(shapely.intersection(shape, frame), _THIN_MM)
        areas[area.layer, area.is_line].append(_geometry_path(cut))
    for layer in _LAYER_ORDER:
        for is_line in (False, True):
            data = "".join(areas[layer, is_line])
            if data:
                kind = "line " if is_line else ""
                yield f'<path class="{kind}{layer}" d="{data}"/>'
    streets: dict[tuple[int, bool], list[Metres]] = defaultdict(list)
    for street in content.basemap.streets:
        line = shapely.simplify(
            shapely.intersection(shapely.LineString(sheet.place(street.line)), frame), _THIN_MM
        )
        rank = _STEPS_RANK if street.flags & STEPS else street.rank
        streets[rank, bool(street.flags & INFERRED)] += _lines(line)
    paths = {
        key: _path(lines, is_closed=False)
        for key, lines in sorted(streets.items(), reverse=True)
        if lines
    }
    for (rank, _), data in paths.items():
        if rank < _STEPS_RANK - 1:
            yield f'<path class="casing" stroke-width="{_u(_STREET_MM[rank] + 0.4)}" d="{data}"/>'
    for (rank, is_inferred), data in paths.items():
        kind = "major" if rank < 2 else ("middle" if rank == 2 else "minor")
        kind = {_STEPS_RANK: "steps", _STEPS_RANK - 1: "foot"}.get(rank, kind)
        kind += " inferred" if is_inferred and rank >= _STEPS_RANK - 1 else ""
        yield f'<path class="{kind}" stroke-width="{_u(_STREET_MM[rank])}" d="{data}"/>'


def _shape(lines: list[Metres], *, is_line: bool) -> BaseGeometry | None:
    if not lines:
        return None
    if is_line:
        return shapely.MultiLineString([line for line in lines if len(line) > 1])
    rings = [shapely.Polygon(line) for line in lines if len(line) > 3]
    if not rings:
        return None
    # Rings are filled by the even-odd rule.
    shape = shapely.make_valid(rings[0])
    for ring in rings[1:]:
        shape = shapely.symmetric_difference(shape, shapely.make_valid(ring))
    return shape if shape.area >= _LEAST_MM2 else None


def _geometry_path(geometry: BaseGeometry) -> str:
    parts = []
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Polygon" and part.area >= _LEAST_MM2:
            rings = [shapely.get_coordinates(ring) for ring in (part.exterior, *part.interiors)]
            parts.append(_path(rings, is_closed=True))
        elif part.geom_type == "LineString":
            parts.append(_path([shapely.get_coordinates(part)], is_closed=False))
    return "".join(parts)


def _lines(geometry: BaseGeometry) -> list[Metres]:
    return [
        shapely.get_coordinates(part)
        for part in shapely.get_parts(geometry)
        if part.geom_type == "LineString" and part.length > 0.2
    ]


def _rings(content: GuideContent, sheet: _Sheet, frame: Box, taken: Space) -> tuple[str, str]:
    """Return the rings, and what they are called on their edge where that is free."""
    shapes, labels = [], []
    origin = sheet.place([(content.center.lon, content.center.lat)])[0]
    last = len(content.rings) - 1
    for k, ring in enumerate(content.rings):
        polygons = [[sheet.place(line) for line in polygon] for polygon in ring.polygons]
        data = "".join(_path(lines, is_closed=True) for lines in polygons)
        shapes.append(f'<path class="ring{" outer" if k == last else ""}" d="{data}"/>')
        key = "ring_label_m" if ring.unit == "m" else "ring_label"
        both = wording.PAGE[key].fill(n=f"{ring.budget:g}")
        text = both.en if content.languages[0] == "en" else both.zh
        half = _text_width(text) / 2 + 0.8
        for x, y in _edge_points([lines[0] for lines in polygons], origin):
            box = Box(x, y, half, _TEXT_MM * 0.75)
            if box.is_within(frame.grown(-1)) and taken.is_free(box):
                taken.add(box)
                labels.append(_pill("ring-name", text, box))
                break
    return "".join(reversed(shapes)), "".join(labels)


def _edge_points(outlines: list[Metres], origin: Metres) -> Iterator[Point]:
    """Yield where rays from the origin leave an outline for the last time."""
    if not outlines:
        return
    edge = shapely.union_all([shapely.LinearRing(line) for line in outlines])
    far = 2 * max(float(np.abs(line - origin).max()) for line in outlines) + 1
    for bearing in _BEARINGS_DEG:
        dx, dy = math.sin(math.radians(bearing)), -math.cos(math.radians(bearing))
        ray = shapely.LineString([origin, origin + far * np.array([dx, dy])])
        met = shapely.get_coordinates(shapely.intersection(edge, ray))
        if len(met):
            x, y = met[np.argmax(np.hypot(*(met - origin).T))].tolist()
            yield x, y


def _center(content: GuideContent, sheet: _Sheet, taken: Space, language: str) -> tuple[str, str]:
    x, y = sheet.place([(content.center.lon, content.center.lat)])[0].tolist()
    taken.add(Box(x, y, 2.6, 2.6))
    dot = (
        f'<circle class="center" cx="{_u(x)}" cy="{_u(y)}" r="22"/>'
        f'<circle class="center-dot" cx="{_u(x)}" cy="{_u(y)}" r="9"/>'
    )
    text = _say(content.center.name, language)
    half = _text_width(text) / 2 + 0.8
    for down in (5.4, -5.4):
        box = Box(x, y + down, half, _TEXT_MM * 0.75)
        if taken.is_free(box):
            taken.add(box)
            return dot, _pill("center-title", text, box)
    return dot, ""


def _text_width(text: str) -> float:
    return _TEXT_MM * sum(1.0 if sign > "\u2e80" else 0.6 for sign in text)


def _pill(kind: str, text: str, box: Box) -> str:
    left, top, right, bottom = box.edges
    return (
        f'<g class="{kind}"><rect x="{_u(left)}" y="{_u(top)}" width="{_u(right - left)}" '
        f'height="{_u(bottom - top)}" rx="12"/>'
        f'<text x="{_u(box.x)}" y="{_u(box.y + _TEXT_MM * 0.35)}">{escape(text)}</text></g>'
    )


def _numbers(content: GuideContent, blocks: list[Block], radius: float) -> Iterator[str]:
    """Yield lines, dots and numbers; the numbers class by class, each with its pictogram."""
    leaders = "".join(
        f"M{_u(start[0])} {_u(start[1])}L{_u(end[0])} {_u(end[1])}"
        for block in blocks
        for start, end in block.leaders
    )
    yield f'<path class="leader" d="{leaders}"/>' if leaders else ""
    cells: dict[str, list[Cell]] = defaultdict(list)
    dots: dict[str, list[str]] = defaultdict(list)
    for block in blocks:
        for cell in block.cells:
            cells[cell.category].append(cell)
        if block.off_map is None:
            for anchor in block.anchors:
                dots[anchor.category].append(f"M{_u(anchor.x)} {_u(anchor.y)}h0")
    arrows = "".join(_arrow(block) for block in blocks if block.off_map is not None)
    for item in content.classes:
        ink = ink_on(item.colour)
        if dots[item.key]:
            data = "".join(dots[item.key])
            width = _u(2 * radius)
            yield f'<path class="dot halo" stroke-width="{width + 6}" d="{data}"/>'
            yield f'<path class="dot" stroke="{item.colour}" stroke-width="{width}" d="{data}"/>'
    for item in content.classes:
        ink = ink_on(item.colour)
        if cells[item.key]:
            yield f'<g fill="{item.colour}" color="{ink}">'
            yield from (_cell(cell, item.key) for cell in cells[item.key])
            yield "</g>"
    yield arrows


def _cell(cell: Cell, key: str) -> str:
    left, top, right, bottom = cell.box.edges
    size = _NUMBER_MM * _ICON
    x, y = left + 0.4, cell.box.y - size / 2
    return (
        f'<g class="cell" data-first="{cell.first}" data-last="{cell.last}">'
        f'<rect x="{_u(left)}" y="{_u(top)}" width="{_u(right - left)}" '
        f'height="{_u(bottom - top)}" rx="8"/>'
        f'<use href="#icon-{escape(key)}" x="{_u(x)}" y="{_u(y)}" width="{_u(size)}" '
        f'height="{_u(size)}"/>'
        f'<text x="{_u((x + size + right) / 2)}" y="{_u(cell.box.y + _NUMBER_MM * 0.24)}">'
        f"{cell.text}</text></g>"
    )


def _arrow(block: Block) -> str:
    """Return a small mark beside the number of a place beyond the map, pointing to it."""
    turn = math.radians(block.off_map or 0.0)
    dx, dy = math.sin(turn), -math.cos(turn)
    out = min(
        block.box.half_width / abs(dx) if abs(dx) > 1e-9 else math.inf,
        block.box.half_height / abs(dy) if abs(dy) > 1e-9 else math.inf,
    )
    x, y = block.box.x + dx * (out + 0.3), block.box.y + dy * (out + 0.3)
    tip = (x + dx * 1.1, y + dy * 1.1)
    sides = [(x - dy * 0.8, y + dx * 0.8), (x + dy * 0.8, y - dx * 0.8)]
    points = " ".join(f"{_u(a)},{_u(b)}" for a, b in (tip, *sides))
    return f'<polygon class="beyond" points="{points}"/>'


def _furniture(content: GuideContent, sheet: _Sheet, taken: Space, language: str) -> Iterator[str]:
    """Yield the scale bar, north, and who made the map; their ground is taken."""
    fitting = [metres for metres in _BARS_M if metres * sheet.scale <= _BAR_MM]
    metres = fitting[-1] if fitting else _BARS_M[0]
    length = metres * sheet.scale
    text = f"{metres} m" if metres < 1000 else f"{metres // 1000} km"
    bottom = sheet.height - 3
    box = Box.from_edges(2, bottom - 6, 4 + max(length, 12) + 2, sheet.height - 1)
    taken.add(box)
    left, top, right, low = box.edges
    yield (
        f'<g class="scale"><rect x="{_u(left)}" y="{_u(top)}" width="{_u(right - left)}" '
        f'height="{_u(low - top)}" rx="8"/><path data-metres="{metres}" '
        f'd="M40 {_u(bottom) - 12}v12h{_u(length)}v-12"/>'
        f'<text x="{_u(4 + length / 2)}" y="{_u(bottom) - 16}">{text}</text></g>'
    )
    yield _pill("north", "↑ " + _say(wording.PAGE["north"], language), _corner(taken, sheet))
    credit = " · ".join(part for part in (content.attribution, content.data_date or "") if part)
    half = min(_text_width(credit) * 0.8 / 2 + 1, sheet.width / 2 - 30)
    place = Box(sheet.width - half - 1, sheet.height - 3.2, half, 2.4)
    taken.add(place)
    yield _pill("credit", credit, place)


def _corner(taken: Space, sheet: _Sheet) -> Box:
    box = Box(sheet.width - 7, 5, 5, 3)
    taken.add(box)
    return box
