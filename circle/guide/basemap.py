"""
The map under the guide, from our own streets, water, green and buildings.

Streets are joined into long lines, areas are cut to the part of the world the guide shows, and
both are thinned below what a screen can show. `encode_basemap` packs the result for the page.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from circle.geometry import Bounds

STREET_RANKS: tuple[tuple[str, ...], ...] = (
    ("motorway", "motorway_link", "trunk", "trunk_link"),
    ("road_main", "primary", "primary_link", "secondary", "secondary_link"),
    ("tertiary", "tertiary_link"),
    ("road", "residential", "unclassified"),
    ("living_street", "pedestrian", "platform", "pier"),
    ("service", "track"),
    ("footway", "sidewalk", "crossing", "path", "cycleway", "bridleway", "corridor"),
    ("steps",),
)
"""
Kinds of street from the widest line to the narrowest: the words of `circle.walking.Kind`, and
beside them the finer ones of OpenStreetMap. An unknown kind is drawn as a service road.
"""

STEPS, BRIDGE, TUNNEL, INFERRED, PRIVATE = 1, 2, 4, 8, 16
"""Flags of a street line, added up."""

LAYERS = ("sand", "green", "water", "building", "rail", "motorway")
"""Layers below the streets, in drawing order; `motorway`: roads one may not walk on."""

_NOT_DRAWN = frozenset({"gate", "elevator"})
_RANK_OF = {kind: rank for rank, kinds in enumerate(STREET_RANKS) for kind in kinds}
_SERVICE = _RANK_OF["service"]
_THIN_DEG = 4e-6  # about 0.4 m: one pixel at the closest zoom is 0.25 m
_UNITS_PER_DEG = 1_000_000
_M_PER_DEG = 111_320.0
_SMALLEST_AREA_M2 = {"water": 30.0, "green": 40.0, "sand": 40.0, "building": 12.0}

Line = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class StreetLine:
    """
    A stretch of street drawn in one go.

    Parameters
    ----------
    rank
        Position of its kind in `STREET_RANKS`, 0 the widest.
    flags
        Sum of `STEPS`, `BRIDGE`, `TUNNEL`, `INFERRED`, `PRIVATE`.
    name
        Name as on the map, empty when it has none.
    line
        Longitudes and latitudes, at least two points.
    """

    rank: int
    flags: int
    name: str
    line: Line


@dataclass(frozen=True, slots=True)
class AreaLabel:
    """
    Where the name of an area may stand.

    Parameters
    ----------
    lon, lat
        Middle of the name.
    angle_deg
        Clockwise turn of the text on the screen, -90 to 90.
    length_m, height_m
        Room along the text and across it.
    """

    lon: float
    lat: float
    angle_deg: float
    length_m: float
    height_m: float


@dataclass(frozen=True, slots=True)
class AreaShape:
    """
    Water, green, a building: polygons; or a railway: lines.

    Parameters
    ----------
    layer
        One of `LAYERS`.
    name
        Name as on the map, empty when it has none.
    is_line
        True when `parts` are open lines instead of rings.
    parts
        Rings of the polygons, filled by the even-odd rule, or the lines.
    label
        Place for the name, ``None`` where none is wanted.
    """

    layer: str
    name: str
    is_line: bool
    parts: tuple[Line, ...]
    label: AreaLabel | None


@dataclass(frozen=True, slots=True)
class Basemap:
    """
    Everything under the numbers.

    Parameters
    ----------
    view
        Part of the world the guide shows, in degrees.
    sheet
        Part of `view` the data cover.
    streets, areas
        What to draw.
    """

    view: Bounds
    sheet: Bounds
    streets: tuple[StreetLine, ...]
    areas: tuple[AreaShape, ...]


def make_basemap(
    edges: gpd.GeoDataFrame, layers: Mapping[str, gpd.GeoDataFrame], view: Bounds
) -> Basemap:
    """
    Return the basemap of the part of the world inside `view`.

    Parameters
    ----------
    edges
        Streets with columns ``name, kind, is_steps, is_private, is_bridge, is_tunnel, evidence``
        and lines in EPSG:4326; a missing column counts as false.
    layers
        Areas by layer name, EPSG:4326, with or without a ``name``. Layers not in `LAYERS` are
        left out.
    view
        Extent to keep, in degrees.

    Returns
    -------
    basemap
        Streets from the narrowest to the widest, areas in the order of `LAYERS`.
    """
    areas = [
        shape
        for layer in LAYERS
        if layer in layers
        for shape in _area_shapes(layer, layers[layer], view)
    ]
    streets = _street_lines(edges, view)
    lines = [line.line for line in streets]
    lines += [part for area in areas for part in area.parts]
    boxes = [(lon, lat, lon, lat) for line in lines for lon, lat in line]
    sheet = bounds_of(boxes) if boxes else view
    return Basemap(view, sheet, tuple(streets), tuple(areas))


def _street_lines(edges: gpd.GeoDataFrame, view: Bounds) -> list[StreetLine]:
    if edges.empty:
        return []
    groups: dict[tuple[int, int, str], list[BaseGeometry]] = defaultdict(list)
    kinds = _column(edges, "kind", "")
    names = _column(edges, "name", "")
    evidence = _column(edges, "evidence", "mapped")
    marks = [
        (flag, _column(edges, column, False))
        for flag, column in (
            (STEPS, "is_steps"),
            (BRIDGE, "is_bridge"),
            (TUNNEL, "is_tunnel"),
            (PRIVATE, "is_private"),
        )
    ]
    clipped = shapely.clip_by_rect(edges.geometry.to_numpy(), *view)
    seen: set[bytes] = set()
    for row, line in enumerate(clipped):
        if line is None or line.is_empty or kinds[row] in _NOT_DRAWN:
            continue
        shape = shapely.to_wkb(shapely.normalize(line))
        if shape in seen:  # the same stretch, once per direction
            continue
        seen.add(shape)
        flags = sum(flag for flag, values in marks if _is_true(values[row]))
        if evidence[row] == "inferred":
            flags |= INFERRED
        rank = _RANK_OF.get(str(kinds[row]), _SERVICE)
        groups[rank, flags, clean_text(names[row])].append(line)
    lines: list[StreetLine] = []
    for (rank, flags, name), members in groups.items():
        merged = shapely.line_merge(shapely.multilinestrings(shapely.get_parts(members)))
        lines.extend(
            StreetLine(rank, flags, name, _points(part))
            for part in shapely.get_parts(shapely.simplify(merged, _THIN_DEG))
            if part.geom_type == "LineString" and len(part.coords) > 1
        )
    return sorted(lines, key=lambda line: (-line.rank, line.flags, line.name, line.line))


def _area_shapes(layer: str, frame: gpd.GeoDataFrame, view: Bounds) -> list[AreaShape]:
    names = _column(frame, "name", "")
    shapes = []
    for name, geometry in zip(names, frame.geometry, strict=True):
        if geometry is None or geometry.is_empty:
            continue
        if geometry.geom_type.endswith("Polygon"):
            shapes.append(_polygon_shape(layer, clean_text(name), geometry, view))
        elif geometry.geom_type.endswith("LineString"):
            cut = shapely.simplify(shapely.clip_by_rect(geometry, *view), _THIN_DEG)
            parts = tuple(_points(part) for part in shapely.get_parts(cut) if part.length > 0)
            shapes.append(AreaShape(layer, clean_text(name), True, parts, None) if parts else None)
    return [shape for shape in shapes if shape is not None]


def _polygon_shape(layer: str, name: str, geometry: BaseGeometry, view: Bounds) -> AreaShape | None:
    inside = shapely.box(*view).covers(shapely.box(*geometry.bounds))
    cut = geometry if inside else _clip_polygon(geometry, view)
    thin = shapely.simplify(cut, _THIN_DEG * 1.5)
    metres = _M_PER_DEG**2 * math.cos(math.radians((view.south + view.north) / 2))
    smallest = _SMALLEST_AREA_M2.get(layer, 0.0)
    polygons = [
        part
        for part in shapely.get_parts(thin)
        if part.geom_type == "Polygon" and part.area * metres >= smallest
    ]
    if not polygons:
        return None
    rings = [_points(ring) for part in polygons for ring in (part.exterior, *part.interiors)]
    label = None
    if name and layer in ("water", "green"):
        label = _area_label(max(polygons, key=lambda part: part.area))
    return AreaShape(layer, name, False, tuple(rings), label)


def _clip_polygon(geometry: BaseGeometry, view: Bounds) -> BaseGeometry:
    # clip_by_rect may join separate pieces of a polygon along the cut; an intersection does not.
    return shapely.intersection(shapely.make_valid(geometry), shapely.box(*view))


def _area_label(polygon: Polygon) -> AreaLabel | None:
    stretch = math.cos(math.radians(polygon.centroid.y))
    flat = shapely.transform(polygon, lambda xy: xy * [stretch * _M_PER_DEG, _M_PER_DEG])
    radius = shapely.maximum_inscribed_circle(flat, tolerance=max(1.0, flat.length / 400))
    height_m = 2 * float(radius.length)
    if height_m < 4:
        return None
    middle = shapely.get_point(radius, 0)
    box = shapely.minimum_rotated_rectangle(flat)
    if not isinstance(box, Polygon):
        return None
    (x0, y0), (x1, y1), (x2, y2) = list(box.exterior.coords)[:3]
    sides = sorted(
        ((math.hypot(x1 - x0, y1 - y0), x1 - x0, y1 - y0),
         (math.hypot(x2 - x1, y2 - y1), x2 - x1, y2 - y1))
    )  # fmt: skip
    (short_m, _, _), (long_m, dx, dy) = sides
    angle = math.degrees(math.atan2(-dy, dx)) if long_m > 2.5 * short_m else 0.0
    angle = (angle + 90) % 180 - 90
    return AreaLabel(
        middle.x / (stretch * _M_PER_DEG), middle.y / _M_PER_DEG, angle, long_m, height_m
    )


def encode_basemap(basemap: Basemap) -> dict[str, Any]:
    """
    Return the basemap as small JSON-able data for the page.

    Coordinates become whole steps of a millionth of a degree (0.11 m) from the south-west
    corner, each point after the first as the difference to the one before.

    Parameters
    ----------
    basemap
        What `make_basemap` made.

    Returns
    -------
    packed
        ``sheet`` (west, south, east, north), ``origin`` (lon, lat), ``unit`` (steps per degree),
        ``names``, ``streets`` as
        ``[rank, flags, name index or -1, points]``, ``areas`` as
        ``[layer index, name index or -1, is line, label or 0, part, part, …]``.
    """
    names: dict[str, int] = {}

    def index(name: str) -> int:
        return names.setdefault(name, len(names)) if name else -1

    origin = (round(basemap.view.west, 6), round(basemap.view.south, 6))
    streets = [
        [line.rank, line.flags, index(line.name), _pack(line.line, origin)]
        for line in basemap.streets
    ]
    areas: list[list[Any]] = []
    for shape in basemap.areas:
        label: list[float] | int = 0
        if shape.label:
            label = [
                round(shape.label.lon, 6),
                round(shape.label.lat, 6),
                round(shape.label.angle_deg, 1),
                round(shape.label.length_m),
                round(shape.label.height_m),
            ]
        parts = [_pack(part, origin) for part in shape.parts]
        areas.append(
            [LAYERS.index(shape.layer), index(shape.name), int(shape.is_line), label, *parts]
        )
    return {
        "sheet": [round(side, 6) for side in basemap.sheet],
        "origin": origin,
        "unit": _UNITS_PER_DEG,
        "layers": LAYERS,
        "names": list(names),
        "streets": streets,
        "areas": areas,
    }


def clean_text(value: object) -> str:
    r"""
    Return `value` as one line of text that cannot disturb the text around it.

    Line breaks and control characters become spaces, direction overrides vanish, and missing
    values become the empty string.

    Parameters
    ----------
    value
        Anything a table cell can hold.

    Returns
    -------
    text
        Without leading, trailing or double spaces.

    Examples
    --------
    >>> clean_text("颐园\n 东门 ")
    '颐园 东门'
    >>> clean_text(float("nan"))
    ''
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    text = str(value)
    if text in ("<NA>", "NaT"):
        return ""
    kept = (
        " " if ord(sign) < 32 or 127 <= ord(sign) < 160 or sign in "\u2028\u2029" else sign
        for sign in text
        if sign not in _DIRECTION_MARKS and not 0xD800 <= ord(sign) <= 0xDFFF
    )
    return " ".join("".join(kept).split())


_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def _pack(line: Line, origin: tuple[float, float]) -> list[int]:
    packed: list[int] = []
    last_x = last_y = 0
    for lon, lat in line:
        x = round((lon - origin[0]) * _UNITS_PER_DEG)
        y = round((lat - origin[1]) * _UNITS_PER_DEG)
        if packed and x == last_x and y == last_y:
            continue
        packed += (x - last_x, y - last_y)
        last_x, last_y = x, y
    return packed


def _points(geometry: BaseGeometry) -> Line:
    return tuple((round(x, 6), round(y, 6)) for x, y, *_ in geometry.coords)


def _column(frame: gpd.GeoDataFrame, name: str, missing: object) -> list[Any]:
    if name in frame.columns:
        return list(frame[name])
    return [missing] * len(frame)


def _is_true(value: object) -> bool:
    # NaN counts as false: it is the one value that differs from itself.
    return bool(value) and value == value


def bounds_of(boxes: Iterable[tuple[float, float, float, float]]) -> Bounds:
    """Return the smallest box around all `boxes` (west, south, east, north), at least one."""
    west, south, east, north = zip(*boxes, strict=True)
    return Bounds(min(west), min(south), max(east), max(north))
