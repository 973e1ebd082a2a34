"""
Names along streets and in areas on a printed map.

Chinese names stand upright along steep streets, sign below sign, and run from left to right
along the others; names in letters follow the street. A name is set where the street is straight
enough and nothing is covered, or not at all.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from circle.guide.basemap import AreaShape, StreetLine
from circle.guide.paper.boxes import Box, Space
from circle.guide.paper.fonts import PaperFont
from circle.guide.paper.frame import MapFrame

_CJK = re.compile(r"[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]")
_STEEP_DEG = 52.0
_MOST_BEND_DEG = 22.0
_MOST_LEAN_DEG = 100.0
_AGAIN_MM = 110.0
_MOST_TIMES = 4
_STEP_MM = 3.0
_INSET_MM = 2.0


@dataclass(frozen=True, slots=True)
class Glyph:
    """One sign of a name: its text, where its middle stands, how it is turned."""

    text: str
    x: float
    y: float
    angle_deg: float


@dataclass(frozen=True, slots=True)
class PlacedName:
    """
    A name on the map.

    Parameters
    ----------
    text
        The name.
    kind
        ``"main"``, ``"street"``, ``"lane"``, ``"water"`` or ``"green"``.
    size_mm
        Type size.
    glyphs
        Its signs from first to last.
    boxes
        The ground it takes.
    """

    text: str
    kind: str
    size_mm: float
    glyphs: tuple[Glyph, ...]
    boxes: tuple[Box, ...]


def street_names(
    streets: Iterable[StreetLine],
    frame: MapFrame,
    taken: Space,
    font: PaperFont,
    sizes: dict[str, float],
    ranks: range,
) -> list[PlacedName]:
    """
    Return the names of streets, and take their ground.

    Parameters
    ----------
    streets
        From the guide's basemap.
    frame
        The map.
    taken
        Ground to leave free.
    font
        Font of the names.
    sizes
        Type sizes by kind of name, millimetres.
    ranks
        Ranks of the streets to name.

    Returns
    -------
    names
        Wider streets come first. A long street has its name again every 110 mm.
    """
    by_name: dict[str, list[StreetLine]] = defaultdict(list)
    for street in streets:
        if street.name:
            by_name[street.name].append(street)
    wanted = sorted((min(line.rank for line in lines), name) for name, lines in by_name.items())
    placed: list[PlacedName] = []
    for rank, name in wanted:
        if rank not in ranks:
            continue
        kind = "main" if rank <= 1 else "street" if rank <= 5 else "lane"
        text = font.printable(name)
        placed += _along(by_name[name], frame, taken, font, text, kind, sizes[kind])
    return placed


def _along(
    lines: Sequence[StreetLine],
    frame: MapFrame,
    taken: Space,
    font: PaperFont,
    text: str,
    kind: str,
    size_mm: float,
) -> list[PlacedName]:
    window = frame.box.grown(-_INSET_MM).edges
    shapes = [shapely.clip_by_rect(LineString(frame.to_mm(line.line)), *window) for line in lines]
    parts = [part for part in shapely.get_parts(shapes) if part.length > 0]
    if not parts:
        return []
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(parts)))
    advances = _advances(text, font, size_mm)
    length = sum(advances)
    options: list[tuple[float, int, float, tuple[Glyph, ...]]] = []
    for index, line in enumerate(merged):
        if line.length < length * 1.02:
            continue
        path = _Path(shapely.get_coordinates(line))
        n_steps = max(1, int((line.length - length) / _STEP_MM))
        for step in range(n_steps + 1):
            start = (line.length - length) * step / n_steps
            glyphs, bend = _on_path(path, start, text, advances)
            lean = max(abs((glyph.angle_deg + 180) % 360 - 180) for glyph in glyphs)
            if bend <= _MOST_BEND_DEG and lean <= _MOST_LEAN_DEG:
                off_middle = abs(start + length / 2 - line.length / 2) / line.length
                options.append((bend / 6 + 4 * off_middle, index, start, glyphs))
    options.sort(key=lambda option: option[:3])
    placed: list[PlacedName] = []
    for _, _, _, glyphs in options:
        middle = glyphs[len(glyphs) // 2]
        if any(
            math.dist((middle.x, middle.y), (other.glyphs[0].x, other.glyphs[0].y)) < _AGAIN_MM
            for other in placed
        ):
            continue
        boxes = _boxes(glyphs, advances, size_mm)
        if _is_free(boxes, frame, taken):
            taken.add(*boxes)
            placed.append(PlacedName(text, kind, size_mm, glyphs, boxes))
            if len(placed) == _MOST_TIMES:
                break
    return placed


def area_names(
    areas: Iterable[AreaShape],
    frame: MapFrame,
    taken: Space,
    font: PaperFont,
    sizes: dict[str, float],
) -> list[PlacedName]:
    """
    Return the names of waters and parks, and take their ground.

    Parameters
    ----------
    areas
        From the guide's basemap.
    frame, taken, font, sizes
        As for `street_names`.

    Returns
    -------
    names
        Larger areas first; each name once.
    """
    window = frame.box.grown(-_INSET_MM).edges
    found: dict[tuple[str, str], BaseGeometry] = {}
    for area in areas:
        if area.layer not in ("water", "green") or not area.name or area.is_line:
            continue
        rings = [shapely.Polygon(frame.to_mm(part)) for part in area.parts if len(part) > 3]
        for ring in rings:
            cut = shapely.clip_by_rect(shapely.make_valid(ring), *window)
            key = (area.layer, area.name)
            if cut.area > (found[key].area if key in found else 0.0):
                found[key] = max(shapely.get_parts(cut), key=lambda part: float(part.area))
    placed: list[PlacedName] = []
    ordered = sorted(found.items(), key=lambda entry: (-round(entry[1].area, 3), entry[0]))
    for (layer, name), shape in ordered:
        text = font.printable(name)
        label = _inside(shape, text, layer, frame, taken, font, sizes[layer])
        if label is not None:
            taken.add(*label.boxes)
            placed.append(label)
    return placed


def _inside(
    shape: BaseGeometry,
    text: str,
    layer: str,
    frame: MapFrame,
    taken: Space,
    font: PaperFont,
    size_mm: float,
) -> PlacedName | None:
    if not isinstance(shape, Polygon) or shape.area < 30:
        return None
    circle = shapely.maximum_inscribed_circle(shape, tolerance=0.5)
    room = float(circle.length) * 2
    grown = min(2.2, max(1.0, room / (size_mm * 2.2))) if layer == "water" else 1.0
    if room < size_mm * 0.8:
        return None
    box = shapely.minimum_rotated_rectangle(shape)
    if not isinstance(box, Polygon):
        return None
    (x0, y0), (x1, y1), (x2, y2) = list(box.exterior.coords)[:3]
    sides = sorted(((math.hypot(x1 - x0, y1 - y0), x1 - x0, y1 - y0),
                    (math.hypot(x2 - x1, y2 - y1), x2 - x1, y2 - y1)))  # fmt: skip
    (short, _, _), (long, dx, dy) = sides
    angle = (math.degrees(math.atan2(dy, dx)) + 90) % 180 - 90 if long > 2 * short else 0.0
    middle = shapely.get_coordinates(circle)[0]
    spots = [middle, *shapely.get_coordinates(shapely.point_on_surface(shape))]
    inner = shapely.buffer(shape, -min(room * 0.3, size_mm * 0.8))
    if not inner.is_empty:
        left, top, right, bottom = inner.bounds
        grid = np.stack(
            np.meshgrid(np.linspace(left, right, 12), np.linspace(top, bottom, 12)), -1
        ).reshape(-1, 2)
        kept = grid[shapely.contains_xy(inner, grid[:, 0], grid[:, 1])]
        near = np.argsort(np.hypot(*(kept - middle).T), kind="stable")
        spots += list(kept[near])
    # Water is wide: its name stands wide too.
    for scale, wide in ((grown, 1.6 if layer == "water" else 1.05), (1.0, 1.05)):
        size = size_mm * scale
        advances = [advance * wide for advance in _advances(text, font, size)]
        length = sum(advances)
        for turn in dict.fromkeys((angle, 0.0)):
            for x, y in spots:
                rad = math.radians(turn)
                dx, dy = math.cos(rad) * length / 2, math.sin(rad) * length / 2
                path = _Path(np.array([[x - dx, y - dy], [x + dx, y + dy]]))
                if not shape.buffer(size * 0.6).contains(LineString(path.xy)):
                    continue
                glyphs, _ = _on_path(path, 0.0, text, advances)
                boxes = _boxes(glyphs, advances, size)
                if _is_free(boxes, frame, taken):
                    return PlacedName(text, layer, size, glyphs, boxes)
    return None


class _Path:
    """A line one can ask for the point at a length."""

    def __init__(self, xy: npt.NDArray[np.float64]) -> None:
        self.xy = xy
        self._at = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
        self.length = float(self._at[-1])

    def points(self, lengths: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(
            [
                np.interp(lengths, self._at, self.xy[:, 0]),
                np.interp(lengths, self._at, self.xy[:, 1]),
            ]
        )


def _advances(text: str, font: PaperFont, size_mm: float) -> list[float]:
    spread = 1.12 if _CJK.search(text) else 1.04
    return [font.width(sign, size_mm) * spread for sign in text]


def _on_path(
    path: _Path, start: float, text: str, advances: list[float]
) -> tuple[tuple[Glyph, ...], float]:
    """Return the signs from `start` on and the sharpest turn between two of them, degrees."""
    (x0, y0), (x1, y1) = path.points(np.array([start, start + sum(advances)])).tolist()
    chord = math.degrees(math.atan2(y1 - y0, x1 - x0))
    is_upright = bool(_CJK.search(text)) and abs(abs(chord) - 90) < 90 - _STEEP_DEG
    # Read from left to right; upright names, and only they, from top to bottom.
    runs_back = chord < 0 if is_upright else not -90 < chord <= 90
    length = sum(advances)
    middles = np.cumsum(advances) - np.array(advances) / 2
    at = start + (length - middles if runs_back else middles)
    reach = max(advances) * 0.9
    here = path.points(at)
    ahead = path.points(np.clip(at + reach, 0, path.length))
    behind = path.points(np.clip(at - reach, 0, path.length))
    dx, dy = (ahead - behind).T
    if runs_back:
        dx, dy = -dx, -dy
    angles = np.degrees(np.arctan2(dy, dx))
    turns = np.abs((np.diff(angles) + 180) % 360 - 180)
    bend = float(turns.max()) if len(turns) else 0.0
    if is_upright:
        angles = angles - 90
    glyphs = tuple(
        Glyph(sign, float(x), float(y), round(float(angle), 2))
        for sign, (x, y), angle in zip(text, here.tolist(), angles, strict=True)
    )
    return glyphs, bend


def _boxes(glyphs: Sequence[Glyph], advances: Sequence[float], size_mm: float) -> tuple[Box, ...]:
    """Return the ground of each sign, with the width of its halo."""
    return tuple(
        Box(
            glyph.x,
            glyph.y,
            max(advance, size_mm * 0.45) / 2 + size_mm * 0.05,
            size_mm * 0.56,
            glyph.angle_deg,
        )
        for glyph, advance in zip(glyphs, advances, strict=True)
        if glyph.text.strip()
    )


def _is_free(boxes: Sequence[Box], frame: MapFrame, taken: Space) -> bool:
    window = frame.box.grown(-0.8)
    return all(box.is_within(window) and taken.is_free(box) for box in boxes)
