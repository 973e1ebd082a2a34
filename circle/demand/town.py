"""
Reads what coverage needs of a map beyond its streets: buildings, residential land, and things.

Things are whatever the clauses of a standard may ask for, with a name or without: a bus stop, a
public toilet, a small park.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmium
import shapely

from circle.demand.assumptions import LEVELS, Assumptions
from circle.errors import StreetsError
from circle.features import MapFeatures
from circle.geometry import Bounds, LocalFrame
from circle.osm import read_header

HOMES = frozenset(LEVELS) - {"yes"}
"""Kinds of buildings people live in."""

_USES = ("amenity", "shop", "office", "tourism", "leisure", "craft", "man_made", "railway",
         "public_transport", "aeroway", "military", "power", "religion", "industrial")  # fmt: skip
_DOORS = frozenset({"main", "yes", "home", "staircase"})
_CLOSED = frozenset({"private", "no"})
_NO_THING = frozenset({"proposed", "construction", "razed", "demolished", "abandoned", "disused"})
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_MOST_LEVELS = 150.0
_WKB = osmium.geom.WKBFactory()
_BROKEN = (RuntimeError, osmium.InvalidLocationError)

Fits = Callable[[Mapping[str, str]], bool]
"""Says whether an object with these tags is a thing."""


@dataclass(frozen=True, eq=False)
class Town:
    """
    What a map holds of homes and of things to walk to; all tables in EPSG:4326.

    Parameters
    ----------
    buildings
        Every building people live in or may live in: ``osm_id``, ``kind``, ``is_home`` (by its
        kind), ``is_on_land`` (of no stated use, on residential land), ``levels``, ``flats``
        (NaN where unmapped), ``footprint_m2``, ``floor_area_m2``, ``doors`` (tuple of
        ``(lon, lat)``), polygon.
    land
        Residential land: ``osm_id``, ``area_m2``, polygon.
    things
        ``osm_id``, ``name``, ``name_en``, ``tags``, ``area_m2`` (NaN for a point), ``doors``,
        geometry as mapped.
    bounds
        Extent of the data.
    frame
        Metres the areas were measured in.
    """

    buildings: gpd.GeoDataFrame
    land: gpd.GeoDataFrame
    things: gpd.GeoDataFrame
    bounds: Bounds
    frame: LocalFrame


class _Rows:
    """Rows of one table while a file is read."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.wkb: list[str] = []

    def add(self, wkb: str, **row: Any) -> None:
        self.rows.append(row)
        self.wkb.append(wkb)

    def frame(self, columns: Iterable[str]) -> gpd.GeoDataFrame:
        geometry = shapely.from_wkb(np.asarray(self.wkb, dtype=object))
        data: dict[str, Any] = {}
        for name in columns:
            data[name] = _column([row[name] for row in self.rows])
        return gpd.GeoDataFrame(data, geometry=list(geometry), crs="EPSG:4326")


def read_town(
    path: Path | str,
    keys: Iterable[str] = (),
    fits: Fits | None = None,
    *,
    assumptions: Assumptions | None = None,
) -> Town:
    """
    Read buildings, residential land and things from an OSM file.

    Parameters
    ----------
    path
        A `.osm.pbf`, `.osm`, `.osm.gz` or `.osm.bz2` file.
    keys
        Things are objects with any of these keys,
    fits
        and with tags this says yes to; ``None`` for all of them.
    assumptions
        Levels and sizes where the map does not say.

    Raises
    ------
    StreetsError
        If the file is missing or is not OSM.
    """
    source = Path(path)
    if not source.is_file():
        raise StreetsError(
            en=f"There is no map file {source}; check the name.",
            zh=f"找不到地图文件 {source}；请检查文件名。",
        )
    reader = _Reader(frozenset(keys) - {"class"}, fits or (lambda _: True))
    try:
        bounds, _ = read_header(source)
        reader.read(source)
    except (RuntimeError, UnicodeDecodeError) as error:
        reason = re.sub(r"\s+", " ", str(error)).strip()
        raise StreetsError(
            en=f"{source.name} cannot be read as OpenStreetMap data ({reason}).",
            zh=f"{source.name} 无法作为 OpenStreetMap 数据读取（{reason}）。",
        ) from error
    return reader.town(bounds, assumptions or Assumptions())


class _Reader:
    """Collects rows object by object; geometry is built at the end, for all in one call."""

    def __init__(self, keys: frozenset[str], fits: Fits) -> None:
        self.keys, self.fits = keys, fits
        self.buildings, self.land, self.things = _Rows(), _Rows(), _Rows()
        self.doors: dict[int, tuple[float, float]] = {}
        self.gates: dict[int, tuple[float, float]] = {}

    def read(self, path: Path) -> None:
        processor = osmium.FileProcessor(str(path)).with_areas()
        processor.with_filter(
            osmium.filter.KeyFilter("building", "landuse", "entrance", "barrier", *self.keys)
        )
        item: Any
        for item in processor:
            tags = item.tags
            if item.is_node():
                self._node(item, tags)
            elif item.is_way():
                # Lines that enclose nothing: a bus platform; what encloses comes as an area.
                if not item.is_closed() and "highway" not in tags:
                    self._line(item, dict(tags))
            elif item.is_area():
                self._area(item, dict(tags))

    def _node(self, node: Any, tags: Any) -> None:
        if not node.location.valid():
            return
        at = (node.lon, node.lat)
        if tags.get("entrance") in _DOORS and tags.get("access") not in _CLOSED:
            self.doors[node.id] = at
        if "entrance" in tags or tags.get("barrier") in ("gate", "entrance", "lift_gate"):
            self.gates[node.id] = at
        if self._is_thing(tags):
            self._add_thing(f"n{node.id}", dict(tags), _WKB.create_point(node), ())

    def _line(self, way: Any, tags: dict[str, str]) -> None:
        if not self._is_thing(tags):
            return
        try:
            self._add_thing(f"w{way.id}", tags, _WKB.create_linestring(way), ())
        except _BROKEN:
            return

    def _area(self, area: Any, tags: dict[str, str]) -> None:
        building = tags.get("building", "no")
        is_building = building not in ("no", *_NO_THING)
        is_land = tags.get("landuse") == "residential"
        is_thing = self._is_thing(tags) and "highway" not in tags
        if not (is_building or is_land or is_thing):
            return
        try:
            wkb = _WKB.create_multipolygon(area)
        except _BROKEN:
            return
        osm_id = f"{'w' if area.from_way() else 'r'}{area.orig_id()}"
        doors: tuple[tuple[float, float], ...] = ()
        gates: tuple[tuple[float, float], ...] = ()
        if self.doors or self.gates:
            refs = [node.ref for ring in area.outer_rings() for node in ring]
            doors = tuple(self.doors[ref] for ref in dict.fromkeys(refs) if ref in self.doors)
            gates = tuple(self.gates[ref] for ref in dict.fromkeys(refs) if ref in self.gates)
        if is_land:
            self.land.add(wkb, osm_id=osm_id)
        if is_building and (building in HOMES or building == "yes"):
            self.buildings.add(
                wkb,
                osm_id=osm_id,
                kind=building,
                is_free=not any(key in tags for key in _USES),
                levels=_levels(tags),
                height=_number(tags.get("height")),
                flats=_number(tags.get("building:flats")),
                doors=doors,
            )
        if is_thing:
            self._add_thing(osm_id, tags, wkb, gates)

    def _is_thing(self, tags: Any) -> bool:
        return (
            any(key in tags for key in self.keys)
            and tags.get("access") not in _CLOSED
            and tags.get("type") not in ("route", "route_master")
            and self.fits(dict(tags))
        )

    def _add_thing(
        self, osm_id: str, tags: dict[str, str], wkb: str, doors: tuple[tuple[float, float], ...]
    ) -> None:
        self.things.add(
            wkb,
            osm_id=osm_id,
            name=tags.get("name") or tags.get("name:zh"),
            name_en=tags.get("name:en"),
            tags=tags,
            doors=doors,
        )

    def town(self, bounds: Bounds | None, assumptions: Assumptions) -> Town:
        buildings = self.buildings.frame(
            ("osm_id", "kind", "is_free", "levels", "height", "flats", "doors")
        )
        land = self.land.frame(("osm_id",))
        things = self.things.frame(("osm_id", "name", "name_en", "tags", "doors"))
        if bounds is None:
            shapes = [t.geometry.to_numpy() for t in (buildings, land, things)]
            box = shapely.total_bounds(np.concatenate(shapes))
            bounds = Bounds(*(float(v) for v in (box if np.isfinite(box).all() else np.zeros(4))))
        frame = LocalFrame((bounds.west + bounds.east) / 2, (bounds.south + bounds.north) / 2)
        land["area_m2"] = areas_m2(land, frame)
        size = areas_m2(things, frame)
        things["area_m2"] = np.where(size > 0, size, np.nan)
        return Town(
            buildings=_homes(buildings, land, frame, assumptions),
            land=land,
            things=things,
            bounds=bounds,
            frame=frame,
        )


def town_of(features: MapFeatures, assumptions: Assumptions | None = None) -> Town:
    """
    Return what a map without OSM tags, such as the GeoJSON of a basemap, holds of homes.

    Parameters
    ----------
    features
        Its layer of buildings gives footprints, its named things give the things.
    assumptions
        Levels and sizes.
    """
    layer = features.basemap["building"]
    shapes = [
        (kind, part)
        for kind, shape in zip(layer["kind"], layer.geometry, strict=True)
        for part in shapely.get_parts(shape)
        if part.geom_type == "Polygon" and (kind in HOMES or kind in ("yes", "building", None, ""))
    ]
    n = len(shapes)
    buildings = gpd.GeoDataFrame(
        {
            "osm_id": [f"b{number}" for number in range(1, n + 1)],
            "kind": [kind if kind in HOMES else "yes" for kind, _ in shapes],
            "is_free": np.ones(n, np.bool_),
            **{name: np.full(n, np.nan) for name in ("levels", "height", "flats")},
            "doors": _column([()] * n),
        },
        geometry=[part for _, part in shapes],
        crs="EPSG:4326",
    )
    west, south, east, north = features.bounds
    frame = LocalFrame((west + east) / 2, (south + north) / 2)
    named = features.named
    things = gpd.GeoDataFrame(
        {
            "osm_id": named["osm_id"].to_numpy(),
            "name": named["name"].to_numpy(),
            "name_en": [names.get("name:en") for names in named["names"]],
            "tags": named["tags"].to_numpy(),
            "doors": _column([tuple((p.x, p.y) for p in each) for each in named["entrances"]]),
        },
        geometry=list(named.geometry),
        crs="EPSG:4326",
    )
    size = areas_m2(things, frame)
    things["area_m2"] = np.where(size > 0, size, np.nan)
    land = gpd.GeoDataFrame({"osm_id": [], "area_m2": []}, geometry=[], crs="EPSG:4326")
    return Town(
        buildings=_homes(buildings, land, frame, assumptions or Assumptions()),
        land=land,
        things=things,
        bounds=features.bounds,
        frame=frame,
    )


def _column(values: list[Any]) -> np.typing.NDArray[Any]:
    """Return a column of objects; numpy would unpack tuples of equal length."""
    column = np.empty(len(values), dtype=object)
    for at, value in enumerate(values):
        column[at] = value
    return column


def areas_m2(table: gpd.GeoDataFrame, frame: LocalFrame) -> np.typing.NDArray[np.float64]:
    """Return the area of each row in the metres of a frame."""
    return np.asarray(shapely.area(to_metres(table.geometry.to_numpy(), frame)), np.float64)


def to_metres(geometry: Any, frame: LocalFrame) -> Any:
    """Return geometries in the metres of a frame."""
    return shapely.transform(
        np.asarray(geometry, dtype=object),
        lambda lonlat: np.column_stack(frame.to_xy(lonlat[:, 0], lonlat[:, 1])),
    )


def to_degrees(geometry: Any, frame: LocalFrame) -> Any:
    """Return geometries in degrees."""
    return shapely.transform(
        np.asarray(geometry, dtype=object),
        lambda xy: np.column_stack(frame.to_lonlat(xy[:, 0], xy[:, 1])),
    )


def _homes(
    buildings: gpd.GeoDataFrame, land: gpd.GeoDataFrame, frame: LocalFrame, given: Assumptions
) -> gpd.GeoDataFrame:
    """Return the buildings with their floor areas and whether people live in them."""
    kind = buildings["kind"].to_numpy()
    footprint = areas_m2(buildings, frame)
    levels = buildings["levels"].to_numpy(np.float64)
    by_height = np.maximum(
        np.rint(buildings["height"].to_numpy(np.float64) / given.metres_per_level), 1
    )
    usual = np.array([LEVELS[name] for name in kind], np.float64)
    levels = np.where(
        np.isfinite(levels), levels, np.where(np.isfinite(by_height), by_height, usual)
    )
    is_home = kind != "yes"
    inside = np.zeros(len(buildings), np.bool_)
    if len(land) and len(buildings):
        points = shapely.point_on_surface(buildings.geometry.to_numpy())
        tree = shapely.STRtree(land.geometry.to_numpy())
        inside[tree.query(points, predicate="intersects")[0]] = True
    table = gpd.GeoDataFrame(
        {
            "osm_id": buildings["osm_id"].to_numpy(),
            "kind": kind,
            "is_home": is_home,
            "is_on_land": ~is_home & inside & buildings["is_free"].to_numpy(bool),
            "is_free": buildings["is_free"].to_numpy(bool),
            "levels": levels,
            "flats": buildings["flats"].to_numpy(np.float64),
            "footprint_m2": footprint,
            "floor_area_m2": footprint * levels,
            "doors": buildings["doors"].to_numpy(),
        },
        geometry=list(buildings.geometry),
        crs="EPSG:4326",
    )
    return table[footprint >= given.least_footprint_m2].reset_index(drop=True)


def _number(text: str | None) -> float:
    """Return the largest number in a tag, NaN without one above 0."""
    numbers = [float(part.replace(",", ".")) for part in _NUMBER.findall(text or "")]
    best = max(numbers, default=math.nan)
    return best if best > 0 else math.nan


def _levels(tags: Mapping[str, str]) -> float:
    levels = _number(tags.get("building:levels"))
    return levels if levels <= _MOST_LEVELS else math.nan
