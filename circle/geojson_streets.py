"""
Reads streets from GeoJSON: lines whose properties are OSM-style tags.

Lines meet where they share the exact same coordinate, as ways do where they share a node. Areas
and lines tagged as water, railway or motorway block the ground; a feature with the property
``"layer": "water"`` is water, whatever else it is called.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import shapely
from shapely.errors import GEOSException

from circle.errors import StreetsError
from circle.geometry import Bounds, check_lonlat
from circle.provenance import stated_provenance
from circle.streets_table import StreetTable, StreetTableBuilder, file_sha256
from circle.walking import Barrier, classify_barrier


def read_geojson_streets(path: Path, *, ground: Path | None = None) -> StreetTable:
    """
    Return the walkable lines of a GeoJSON file.

    Parameters
    ----------
    path
        A FeatureCollection. Its optional members ``bbox`` (extent of the data),
        ``data_date``, ``licence`` and ``attribution`` are believed.
    ground
        A second FeatureCollection, looked through for what blocks the ground only.

    Returns
    -------
    table
        Ways and barriers.

    Raises
    ------
    StreetsError
        If a file is missing, not GeoJSON, or the first holds no line to walk on.
    """
    document = _load(path)
    builder = StreetTableBuilder()
    node_of: dict[tuple[float, float], int] = {}
    fresh = count(1)
    for number, (tags, geometry) in enumerate(_features(document, path), start=1):
        if geometry.geom_type in ("LineString", "MultiLineString"):
            for line in shapely.get_parts(geometry):
                points = [(float(x), float(y)) for x, y in shapely.get_coordinates(line)]
                for point in points:
                    check_lonlat(*point)
                refs = [node_of.setdefault(point, next(fresh)) for point in points]
                lon, lat = zip(*points, strict=True)
                builder.add_way(number, refs, lon, lat, tags)
        _add_barrier(builder, tags, geometry)
    if ground is not None:
        for tags, geometry in _features(_load(ground), ground):
            _add_barrier(builder, tags, geometry)
    bbox = document.get("bbox")
    return builder.finish(
        stated_provenance(document, source=path.name, sha256=file_sha256(path)),
        bounds=_extent(bbox, path),
    )


def _extent(bbox: Any, path: Path) -> Bounds | None:
    """Return the extent a file states; heights in it are passed over."""
    if bbox is None:
        return None
    try:
        numbers = [float(number) for number in bbox]
        west, south, east, north = numbers if len(numbers) == 4 else numbers[:2] + numbers[3:5]
        check_lonlat(west, south)
        check_lonlat(east, north)
        if not (west < east and south < north):
            raise ValueError(bbox)
    except (TypeError, ValueError) as error:
        raise StreetsError(
            en=f"The bbox of {path.name} is no west, south, east, north in degrees; mend it or "
            "leave it out.",
            zh=f"{path.name} 的 bbox 不是“西、南、东、北”的经纬度；请修正或删去。",
        ) from error
    return Bounds(west, south, east, north)


def _add_barrier(builder: StreetTableBuilder, tags: Mapping[str, str], geometry: Any) -> None:
    is_area = geometry.geom_type in ("Polygon", "MultiPolygon")
    kind = classify_barrier(tags, is_area=is_area)
    if kind is None and is_area and tags.get("layer") == "water":
        kind = Barrier.WATER
    if kind is not None:
        builder.add_barrier(kind, geometry)


def _load(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise StreetsError(
            en=f"There is no street file {path}; check the name.",
            zh=f"找不到道路文件 {path}；请检查文件名。",
        ) from error
    except (OSError, ValueError) as error:
        raise StreetsError(
            en=f"{path.name} cannot be read as GeoJSON; it is damaged, cut off or of another "
            "format.",
            zh=f"{path.name} 无法作为 GeoJSON 读取；文件已损坏、不完整或格式不符。",
        ) from error
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise StreetsError(
            en=f"{path.name} is not a GeoJSON FeatureCollection; export the streets as one.",
            zh=f"{path.name} 不是 GeoJSON FeatureCollection；请按该格式导出道路。",
        )
    return document


def _features(document: dict[str, Any], path: Path) -> Iterator[tuple[dict[str, str], Any]]:
    for number, feature in enumerate(document["features"], start=1):
        try:
            if feature["geometry"] is None:
                continue  # a feature without a place, says RFC 7946
            geometry = shapely.from_geojson(json.dumps(feature["geometry"]))
            tags = {k: str(v) for k, v in (feature.get("properties") or {}).items()}
        except (KeyError, TypeError, AttributeError, GEOSException) as error:
            raise StreetsError(
                en=f"Feature {number} of {path.name} has no usable geometry; mend or remove it.",
                zh=f"{path.name} 的第 {number} 个要素没有可用的几何图形；请修正或删除。",
            ) from error
        if geometry is not None and not geometry.is_empty:
            yield tags, geometry
