"""Reads places, addresses and basemap layers from OpenStreetMap files with pyosmium."""

from __future__ import annotations

import re
from datetime import UTC
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely
from shapely.geometry import LineString, MultiLineString, Point

from circle.classes import ClassTable
from circle.coastline import sea_polygon
from circle.errors import StreetsError
from circle.features.layers import is_bridge, is_tunnel, layer_of
from circle.features.model import (
    NAMED_COLUMNS,
    MapFeatures,
    addr_of,
    kind_of,
    layers,
    names_of,
    point_in,
    table,
)
from circle.geometry import Bounds
from circle.osm import EPOCH, read_header
from circle.provenance import OSM_ATTRIBUTION, OSM_LICENCE, Provenance

# Without any of these keys nothing becomes a row; pyosmium drops it before Python sees it.
_KEYS = (
    *("name", "addr:housenumber", "addr:street", "addr:housename", "addr:full", "addr:place"),
    *("amenity", "shop", "healthcare", "leisure", "tourism", "office", "craft", "historic"),
    *("emergency", "social_facility", "public_transport", "railway", "man_made", "waterway"),
    *("natural", "place", "landuse", "building", "barrier", "entrance", "sport", "highway"),
    *("government", "club", "railway", "boundary"),
)
# How good a door is to walk to; what is not here (garage, emergency, service, exit) is none.
_ENTRANCE_RANK = {"main": 0, "yes": 1, "home": 2, "staircase": 2, "shop": 1, "public": 0}
_GATES = frozenset({"gate", "entrance", "lift_gate", "swing_gate", "sally_port"})
_GATE_RANK = 3
_CLOSED_TO_ALL = frozenset({"no", "private"})
# Relations that are not things one can go to.
_NOT_PLACES = frozenset(
    {"route", "route_master", "network", "public_transport", "restriction", "superroute"}
)
# Things that lie on the ground rather than beside it: an area of these is a street matter.
_STREET_VALUES = frozenset({"no", "proposed", "construction", "razed"})
# A lonely member of a line that runs far out of the extract is no part of it.
_MARGIN_SHARE = 0.1
# What pyosmium raises over an object whose nodes are missing from the file.
_BROKEN = (RuntimeError, osmium.InvalidLocationError)
_WKB = osmium.geom.WKBFactory()


def read_osm_features(path: Path, classes: ClassTable, sha256: str) -> MapFeatures:
    """
    Return everything of an OSM file that is not a street.

    Parameters
    ----------
    path
        An existing, non-empty file.
    classes
        Which tags make which class.
    sha256
        Hash of the file, for its provenance.

    Raises
    ------
    StreetsError
        If the file is cut off, of another format, or holds no object at all.
    """
    reader = _Reader(classes)
    try:
        bounds, data_date = read_header(path)
        reader.read(path)
    except (RuntimeError, UnicodeDecodeError) as error:
        reason = re.sub(r"\s+", " ", str(error)).strip()
        raise StreetsError(
            en=f"{path.name} cannot be read as OpenStreetMap data ({reason}); it is damaged, "
            "cut off or of another format: download it again.",
            zh=f"{path.name} 无法作为 OpenStreetMap 数据读取（{reason}）；"
            "文件已损坏、不完整或格式不符，请重新下载。",
        ) from error
    if reader.n_objects == 0:
        raise StreetsError(
            en=f"{path.name} holds no map objects; choose an area with something in it.",
            zh=f"{path.name} 中没有任何地图要素；请选择有内容的区域。",
        )
    if data_date is None and reader.newest > EPOCH:
        data_date = reader.newest.astimezone(UTC).date().isoformat()
    provenance = Provenance(path.name, data_date, sha256, OSM_LICENCE, OSM_ATTRIBUTION)
    return reader.features(bounds, provenance)


class _Reader:
    """Collects rows object by object; geometry is built once at the end, for all in one call."""

    def __init__(self, classes: ClassTable) -> None:
        self.classes = classes
        self.rows: list[dict[str, Any]] = []
        self.row_wkb: list[str] = []
        self.drawn: list[tuple[str, str, dict[str, str]]] = []
        self.drawn_wkb: list[str] = []
        self.streets: list[dict[str, Any]] = []
        self.street_wkb: list[str] = []
        self.coast: list[LineString] = []
        self.doors: dict[int, tuple[int, float, float]] = {}
        self.n_objects = 0
        self.n_unplaced = 0
        self.newest = EPOCH

    def read(self, path: Path) -> None:
        processor = osmium.FileProcessor(str(path)).with_areas()
        processor.with_filter(osmium.filter.KeyFilter(*_KEYS))
        item: Any
        for item in processor:
            self.n_objects += 1
            tags = dict(item.tags)
            if item.is_node():
                self._node(item, tags)
            elif item.is_way():
                self._way(item, tags)
            elif item.is_area():
                self._area(item, tags)
        if self.n_objects == 0 and any(True for _ in osmium.FileProcessor(str(path))):
            self.n_objects = 1  # Something is there, though nothing this reader looks for.

    def _node(self, node: Any, tags: dict[str, str]) -> None:
        if not node.location.valid():
            self.n_unplaced += 1
            return
        self._note_date(node)
        rank = _door_rank(tags)
        if rank is not None:
            self.doors[node.id] = (rank, node.lon, node.lat)
        self._add_named(f"n{node.id}", tags, _WKB.create_point(node), rank is not None, ())

    def _way(self, way: Any, tags: dict[str, str]) -> None:
        self._note_date(way)
        if tags.get("natural") == "coastline":
            self.coast.extend(_pieces(way))
            return
        highway = tags.get("highway")
        layer = layer_of(tags, is_area=False)
        is_street = highway is not None and highway not in _STREET_VALUES
        if "boundary" in tags:
            return  # A piece of a border is nowhere to go; the area within comes as an area.
        is_closed = len(way.nodes) > 3 and way.is_closed() and tags.get("area") != "no"
        if is_closed and not is_street and layer is None:
            return  # It comes once more, as an area.
        wanted = layer is not None or bool(tags.get("name"))
        if not wanted:
            return
        try:
            wkb = _WKB.create_linestring(way)
        except _BROKEN:
            pieces = _pieces(way)
            if not pieces:
                self.n_unplaced += 1
                return
            wkb = shapely.to_wkb(MultiLineString(pieces), hex=True)
        if layer is not None:
            self.drawn.append((*layer, tags))
            self.drawn_wkb.append(wkb)
        if is_street:
            if tags.get("name"):
                self.streets.append({"name": tags["name"], "names": names_of(tags)})
                self.street_wkb.append(wkb)
        else:
            self._add_named(f"w{way.id}", tags, wkb, False, ())

    def _area(self, area: Any, tags: dict[str, str]) -> None:
        if tags.get("type") in _NOT_PLACES:
            return
        is_way = area.from_way()
        if is_way and "highway" in tags and tags.get("area") != "yes":
            return  # A street that comes back to its start encloses nothing.
        if is_way and layer_of(tags, is_area=False) is not None and tags.get("area") != "yes":
            return  # So does a stream, a railway loop.
        try:
            wkb = _WKB.create_multipolygon(area)
        except _BROKEN:
            self.n_unplaced += 1
            return
        layer = layer_of(tags, is_area=True)
        if layer is not None:
            self.drawn.append((*layer, tags))
            self.drawn_wkb.append(wkb)
        doors: list[tuple[int, float, float]] = []
        if self.doors:
            refs = {node.ref for ring in area.outer_rings() for node in ring}
            doors = sorted(self.doors[ref] for ref in refs & self.doors.keys())
        osm_id = f"{'w' if is_way else 'r'}{area.orig_id()}"
        self._add_named(osm_id, tags, wkb, False, doors)

    def _add_named(
        self,
        osm_id: str,
        tags: dict[str, str],
        wkb: str,
        is_door: bool,
        doors: Any,
    ) -> None:
        if tags.get("type") in _NOT_PLACES:
            return
        names, addr = names_of(tags), addr_of(tags)
        name = tags.get("name") or names.get("name:zh") or names.get("name:en")
        category = self.classes.match(tags)
        is_addressed = bool(addr.keys() & {"housenumber", "housename", "full", "street", "place"})
        if not (name or is_addressed or category):
            return
        self.rows.append(
            {
                "osm_id": osm_id,
                "name": name or None,
                "names": names,
                "addr": addr,
                "category": category,
                "kind": kind_of(tags),
                "is_entrance": is_door,
                "doors": doors,
                "tags": tags,
            }
        )
        self.row_wkb.append(wkb)

    def _note_date(self, item: Any) -> None:
        self.newest = max(self.newest, item.timestamp)

    def features(self, bounds: Bounds | None, provenance: Provenance) -> MapFeatures:
        geometry = shapely.from_wkb(np.asarray(self.row_wkb, dtype=object))
        drawn = shapely.from_wkb(np.asarray(self.drawn_wkb, dtype=object))
        streets = shapely.from_wkb(np.asarray(self.street_wkb, dtype=object))
        if bounds is None:
            bounds = _extent(np.concatenate([geometry, drawn, streets, np.asarray(self.coast)]))
        named = self._named(geometry, bounds)
        rows: dict[str, list[dict[str, Any]]] = {}
        sea = sea_polygon(self.coast, bounds)
        if not sea.is_empty:
            rows["water"] = [_layer_row("sea", {}, sea)]
        for (layer, kind, tags), shape in zip(self.drawn, drawn, strict=True):
            rows.setdefault(layer, []).append(_layer_row(kind, tags, shape))
        for row, shape in zip(self.streets, streets, strict=True):
            row["geometry"] = shape
        return MapFeatures(
            named=named,
            basemap=layers(rows),
            street_lines=table(self.streets, ("name", "names", "geometry")),
            bounds=bounds,
            provenance=provenance,
            n_unplaced=self.n_unplaced,
        )

    def _named(self, geometry: Any, bounds: Bounds) -> Any:
        margin = _MARGIN_SHARE * max(bounds.east - bounds.west, bounds.north - bounds.south)
        window = shapely.buffer(shapely.box(*bounds), margin, join_style="mitre")
        points = point_in(geometry, bounds)
        kept = []
        for row, shape, point in zip(self.rows, geometry, points, strict=True):
            if not window.intersects(shape):
                continue
            doors = row.pop("doors")
            entrances = [Point(lon, lat) for _, lon, lat in doors]
            row["entrances"] = entrances
            row["point"] = point
            row["geometry"] = shape
            best = _best_door(doors, point, bounds)
            if best is not None:
                row["point"] = best
                row["is_entrance"] = True
            kept.append(row)
        return table(kept, NAMED_COLUMNS)


def _door_rank(tags: dict[str, str]) -> int | None:
    """Return how good a node is as the way in, 0 the best; None if it is no way in."""
    if tags.get("access") in _CLOSED_TO_ALL and tags.get("foot") in (None, *_CLOSED_TO_ALL):
        return None
    if "entrance" in tags:
        return _ENTRANCE_RANK.get(tags["entrance"])
    return _GATE_RANK if tags.get("barrier") in _GATES else None


def _best_door(
    doors: list[tuple[int, float, float]], centre: Point, bounds: Bounds
) -> Point | None:
    """Return the best-ranked door, within the extent if any is, nearest to the middle of it."""
    if not doors:
        return None

    def order(door: tuple[int, float, float]) -> tuple[bool, int, float]:
        rank, lon, lat = door
        inside = bounds.west <= lon <= bounds.east and bounds.south <= lat <= bounds.north
        return (not inside, rank, Point(lon, lat).distance(centre))

    _, lon, lat = min(doors, key=order)
    return Point(lon, lat)


def _pieces(way: Any) -> list[LineString]:
    """Return a way as the lines between its nodes without a position."""
    pieces: list[list[tuple[float, float]]] = [[]]
    for node in way.nodes:
        if node.location.valid():
            pieces[-1].append((node.lon, node.lat))
        elif pieces[-1]:
            pieces.append([])
    return [LineString(piece) for piece in pieces if len(piece) > 1]


def _layer_row(kind: str, tags: dict[str, str], shape: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "name": tags.get("name"),
        "is_bridge": is_bridge(tags),
        "is_tunnel": is_tunnel(tags),
        "geometry": shape,
    }


def _extent(shapes: Any) -> Bounds:
    if len(shapes) == 0:
        return Bounds(0.0, 0.0, 0.0, 0.0)
    return Bounds(*(float(value) for value in shapely.total_bounds(shapes)))
