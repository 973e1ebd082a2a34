"""
Reads streets from OpenStreetMap files: `.osm.pbf`, `.osm`, `.osm.gz`, `.osm.bz2`.

Nodes without a position are left out and counted; a way that loses nodes falls into the
pieces that remain, and their ends are marked as the edge of the data.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import osmium
import shapely
from tqdm import tqdm

from circle.coastline import sea_polygon
from circle.errors import StreetsError
from circle.geometry import Bounds
from circle.provenance import OSM_ATTRIBUTION, OSM_LICENCE, Provenance
from circle.streets_table import StreetTable, StreetTableBuilder, file_sha256
from circle.walking import (
    FILTER_KEYS,
    NODE_FILTER_KEYS,
    Barrier,
    classify_barrier,
    classify_way,
)

SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")

_BARRIER_KEYS = ("natural", "waterway", "railway", "landuse")
_COMMON_KEYS = ("highway", "source", "name", "oneway")
EPOCH = datetime.fromtimestamp(0, UTC)
"""What osmium says of an object without a timestamp."""

_WKB = osmium.geom.WKBFactory()


def read_osm(path: Path, *, progress: bool = False) -> StreetTable:
    """
    Return the walkable ways of an OSM file.

    Parameters
    ----------
    path
        A `.osm.pbf`, `.osm`, `.osm.gz` or `.osm.bz2` file.
    progress
        Show a progress bar on standard error.

    Returns
    -------
    table
        Ways, special nodes and barriers.

    Raises
    ------
    StreetsError
        If the file is missing, empty, cut off, not OSM, or holds no way to walk on.
    """
    if not path.is_file():
        raise StreetsError(
            en=f"There is no street file {path}; check the name.",
            zh=f"找不到道路文件 {path}；请检查文件名。",
        )
    if path.stat().st_size == 0:
        raise StreetsError(
            en=f"The street file {path.name} is empty; download it again.",
            zh=f"道路文件 {path.name} 是空的；请重新下载。",
        )
    try:
        return _read(path, progress)
    except (RuntimeError, osmium.InvalidLocationError, UnicodeDecodeError) as error:
        reason = re.sub(r"\s+", " ", str(error)).strip()
        raise StreetsError(
            en=f"{path.name} cannot be read as OpenStreetMap data ({reason}); it is damaged, "
            "cut off or of another format: download it again.",
            zh=f"{path.name} 无法作为 OpenStreetMap 数据读取（{reason}）；"
            "文件已损坏、不完整或格式不符，请重新下载。",
        ) from error


def read_header(path: Path) -> tuple[Bounds | None, str | None]:
    """Return the extent and the ISO date an OSM file states about itself."""
    with osmium.io.Reader(str(path), osmium.osm.NOTHING) as reader:
        header = reader.header()
        box = header.box()
        stamp = header.get("osmosis_replication_timestamp") or header.get("timestamp")
    bounds = None
    if box.valid():
        low, high = box.bottom_left, box.top_right
        bounds = Bounds(low.lon, low.lat, high.lon, high.lat)
    return bounds, stamp[:10] if stamp else None


def _read(path: Path, progress: bool) -> StreetTable:
    bounds, data_date = read_header(path)
    builder = StreetTableBuilder()
    coordinates: list[npt.NDArray[np.float64]] = []
    lines: list[str] = []
    coasts: list[shapely.LineString] = []
    newest = EPOCH

    def flush() -> None:
        # One call for thousands of lines: per line it would cost more than the reading itself.
        if lines:
            coordinates.append(_points_of_lines("".join(lines)))
            lines.clear()

    for item in _objects(path, progress):
        tags = _tags(item.tags)
        if item.is_node():
            builder.add_node(item.id, tags)
        elif item.is_way():
            if data_date is None:
                newest = max(newest, item.timestamp)
            rule = classify_way(tags, item.is_closed())
            if rule is not None:
                refs = [node.ref for node in item.nodes]
                if len(refs) < 2:
                    continue
                try:
                    line = _WKB.create_linestring(item, osmium.geom.use_nodes.ALL)
                except (RuntimeError, osmium.InvalidLocationError):
                    flush()
                    coordinates.extend(_add_pieces(builder, item, rule, tags))
                    continue
                lines.append(line)
                builder.add_located_way(item.id, refs, rule, tags)
                if len(lines) >= 4096:
                    flush()
            elif tags.get("natural") == "coastline":
                coasts.extend(_line(item))
            else:
                if "highway" in tags:
                    builder.add_closed_road([node.ref for node in item.nodes])
                kind = classify_barrier(tags, is_area=False)
                if kind is not None:
                    for stretch in _line(item):
                        builder.add_barrier(kind, stretch)
        elif item.is_area():
            kind = classify_barrier(tags, is_area=True)
            if kind is not None:
                builder.add_barrier(kind, shapely.from_wkb(_WKB.create_multipolygon(item)))
            elif not item.from_way() and classify_way(tags, True) is not None:
                flush()
                coordinates.extend(_add_rings(builder, item, tags))
    flush()
    lonlat = np.concatenate(coordinates) if coordinates else np.empty((0, 2))
    if data_date is None and newest > EPOCH:
        data_date = newest.astimezone(UTC).date().isoformat()
    table = builder.finish(
        Provenance(
            source=path.name,
            data_date=data_date,
            sha256=file_sha256(path),
            licence=OSM_LICENCE,
            attribution=OSM_ATTRIBUTION,
        ),
        bounds=bounds,
        lonlat=(lonlat[:, 0], lonlat[:, 1]),
    )
    sea = sea_polygon(coasts, table.bounds)
    if not sea.is_empty:
        builder.add_barrier(Barrier.WATER, sea)
    return table


def _objects(path: Path, progress: bool) -> Iterator[Any]:
    """Yield the nodes, ways and areas worth a look; the filters run in C++."""
    areas = osmium.filter.TagFilter(
        ("natural", "water"),
        ("waterway", "riverbank"),
        ("waterway", "dock"),
        ("landuse", "reservoir"),
        ("landuse", "basin"),
        ("highway", "pedestrian"),
        ("highway", "footway"),
        ("highway", "platform"),
        ("railway", "platform"),
        ("public_transport", "platform"),
        ("man_made", "pier"),
        ("place", "square"),
    )
    of_nodes = osmium.filter.KeyFilter(*NODE_FILTER_KEYS)
    of_nodes.enable_for(osmium.osm.NODE)
    of_ways = osmium.filter.KeyFilter("highway", *FILTER_KEYS, *_BARRIER_KEYS)
    of_ways.enable_for(osmium.osm.WAY | osmium.osm.AREA)
    # Relations are only wanted as the areas they form.
    kinds = osmium.osm.NODE | osmium.osm.WAY | osmium.osm.AREA
    processor = (
        osmium.FileProcessor(str(path))
        .with_areas(areas)
        .with_filter(osmium.filter.EntityFilter(kinds))
        .with_filter(of_nodes)
        .with_filter(of_ways)
    )
    if not progress:
        yield from processor
        return
    with tqdm(processor, desc=path.name, unit=" features", leave=False) as bar:
        yield from bar


def _tags(tags: Any) -> dict[str, str]:
    """
    Return the tags as a dictionary.

    Most ways have nothing but a few of the commonest; asking for those by name is faster than
    having every tag made into an object.
    """
    known = {}
    n = len(tags)
    for key in _COMMON_KEYS:
        value = tags.get(key)
        if value is not None:
            known[key] = value
            if len(known) == n:
                return known
    return dict(tags)


def _points_of_lines(wkb: str) -> npt.NDArray[np.float64]:
    """
    Return the points of LineStrings given as hexadecimal WKB one after another, shape ``(p, 2)``.

    Each has a header of nine bytes (byte order, type, number of points), then its points.
    """
    raw = np.frombuffer(bytes.fromhex(wkb), np.uint8)
    is_point = np.ones(len(raw), np.bool_)
    at = 0
    while at < len(raw):
        is_point[at : at + 9] = False
        at += 9 + 16 * int.from_bytes(raw[at + 5 : at + 9].tobytes(), sys.byteorder)
    return raw[is_point].view(np.float64).reshape(-1, 2)


def _line(way: Any) -> list[shapely.LineString]:
    """Return a way's located stretches; none when fewer than two nodes are known."""
    return [
        shapely.LineString([(node.lon, node.lat) for node in piece])
        for piece in _located_pieces(list(way.nodes))
    ]


def _located_pieces(nodes: list[Any]) -> Iterator[list[Any]]:
    """Cut a chain of nodes where one has no position; pieces of one node are nothing."""
    piece: list[Any] = []
    for node in nodes:
        if node.location.valid():
            piece.append(node)
            continue
        if len(piece) > 1:
            yield piece
        piece = []
    if len(piece) > 1:
        yield piece


def _add_pieces(
    builder: StreetTableBuilder, way: Any, rule: Any, tags: dict[str, str]
) -> Iterator[npt.NDArray[np.float64]]:
    """Add what remains of a way with missing nodes; yield the positions of each piece."""
    nodes = list(way.nodes)
    builder.n_missing_nodes += sum(not node.location.valid() for node in nodes)
    for before, after in pairwise(nodes):
        if before.location.valid() != after.location.valid():
            builder.mark_cut(before.ref if before.location.valid() else after.ref)
    for piece in _located_pieces(nodes):
        builder.add_located_way(way.id, [node.ref for node in piece], rule, tags)
        yield np.array([(node.lon, node.lat) for node in piece])


def _add_rings(
    builder: StreetTableBuilder, area: Any, tags: dict[str, str]
) -> Iterator[npt.NDArray[np.float64]]:
    """Add the rims of a square that is drawn as a relation: one walks along them."""
    tags = tags | {"area": "yes"}
    rule = classify_way(tags, True)
    if rule is None:
        return
    for outer in area.outer_rings():
        for ring in (outer, *area.inner_rings(outer)):
            nodes = list(ring)
            builder.add_located_way(-area.orig_id(), [node.ref for node in nodes], rule, tags)
            yield np.array([(node.lon, node.lat) for node in nodes])
