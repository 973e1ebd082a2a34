"""Reads the GeoJSON of a basemap: features whose property ``layer`` says what they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape

from circle.classes import ClassTable
from circle.errors import StreetsError
from circle.features.layers import is_bridge, is_tunnel
from circle.features.model import (
    BASEMAP_LAYERS,
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
from circle.provenance import stated_provenance

# What a layer is called as a kind of thing when its feature says nothing finer.
_KIND_OF_LAYER = {
    "water": "natural=water",
    "green": "leisure=park",
    "building": "building=yes",
    "rail": "railway=rail",
    "sand": "natural=sand",
}


def read_geojson(path: Path, classes: ClassTable, sha256: str) -> MapFeatures:
    """
    Return the layers and named things of a basemap's GeoJSON.

    Parameters
    ----------
    path
        An existing, non-empty file: a FeatureCollection in WGS-84.
    classes
        Which tags make which class.
    sha256
        Hash of the file, for its provenance.

    Raises
    ------
    StreetsError
        If it is not GeoJSON, holds no feature, or a feature has an unknown layer or a broken
        geometry; the message counts the feature from 1.
    """
    collection = _load(path)
    rows: dict[str, list[dict[str, Any]]] = {}
    named: list[dict[str, Any]] = []
    streets: list[dict[str, Any]] = []
    shapes: list[Any] = []
    for number, feature in enumerate(collection["features"], start=1):
        tags = _tags(feature)
        geometry = _geometry(feature, path, number)
        shapes.append(geometry)
        layer = tags.get("layer")
        if layer is None and "highway" in tags:
            if tags.get("name"):
                streets.append(
                    {"name": tags["name"], "names": names_of(tags), "geometry": geometry}
                )
            continue
        if layer is not None and layer not in BASEMAP_LAYERS:
            raise StreetsError(
                en=f'Feature {number} of {path.name} has the unknown layer "{layer}"; use one of '
                f"{', '.join(BASEMAP_LAYERS)}.",
                zh=f"{path.name} 的第 {number} 个要素的图层“{layer}”无法识别；请使用 "
                f"{'、'.join(BASEMAP_LAYERS)} 之一。",
            )
        kind = kind_of(tags) or _KIND_OF_LAYER.get(layer or "", "")
        if layer is not None:
            rows.setdefault(layer, []).append(
                {
                    "kind": tags.get("kind") or kind.partition("=")[2],
                    "name": tags.get("name"),
                    "is_bridge": is_bridge(tags),
                    "is_tunnel": is_tunnel(tags),
                    "geometry": geometry,
                }
            )
        category = classes.match(tags)
        addr = addr_of(tags)
        if tags.get("name") or addr or category:
            named.append(
                {
                    "osm_id": tags.get("osm_id") or f"f{number}",
                    "name": tags.get("name"),
                    "names": names_of(tags),
                    "addr": addr,
                    "category": category,
                    "kind": kind,
                    "is_entrance": tags.get("entrance", "no") != "no",
                    "entrances": [],
                    "tags": tags,
                    "geometry": geometry,
                }
            )
    bounds = Bounds(*(float(value) for value in shapely.total_bounds(np.asarray(shapes))))
    geometries = np.asarray([row["geometry"] for row in named], dtype=object)
    for row, point in zip(named, point_in(geometries, None), strict=True):
        row["point"] = point
    return MapFeatures(
        named=table(named, NAMED_COLUMNS),
        basemap=layers(rows),
        street_lines=table(streets, ("name", "names", "geometry")),
        bounds=bounds,
        provenance=stated_provenance(collection, source=path.name, sha256=sha256),
    )


def _load(path: Path) -> dict[str, Any]:
    try:
        collection: Any = json.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise StreetsError(
            en=f"{path.name} is not complete GeoJSON ({error}); save it again as UTF-8.",
            zh=f"{path.name} 不是完整的 GeoJSON（{error}）；请以 UTF-8 重新保存。",
        ) from error
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list) or not features:
        raise StreetsError(
            en=f"{path.name} is not a GeoJSON FeatureCollection with features in it.",
            zh=f"{path.name} 不是含有要素的 GeoJSON FeatureCollection。",
        )
    return dict(collection)


def _tags(feature: Any) -> dict[str, str]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        return {}
    return {str(key): str(value) for key, value in properties.items() if value not in (None, "")}


def _geometry(feature: Any, path: Path, number: int) -> Any:
    try:
        geometry = shape(feature["geometry"])
    except Exception as error:  # shapely raises whatever the nesting of the lists leads it to
        geometry, reason = None, str(error)
    else:
        reason = "empty"
    if geometry is None or geometry.is_empty or not _is_in_degrees(geometry):
        raise StreetsError(
            en=f"Feature {number} of {path.name} has no usable geometry in degrees ({reason}).",
            zh=f"{path.name} 的第 {number} 个要素没有可用的经纬度几何（{reason}）。",
        )
    return geometry


def _is_in_degrees(geometry: Any) -> bool:
    west, south, east, north = geometry.bounds
    return bool(west >= -180 and south >= -90 and east <= 180 and north <= 90)
