"""What a map knows besides its streets, as tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from circle.geometry import Bounds
from circle.provenance import Provenance

CRS = "EPSG:4326"
BASEMAP_LAYERS = ("water", "green", "building", "rail", "sand", "motorway")
NAMED_COLUMNS = (
    "osm_id",
    "name",
    "names",
    "addr",
    "category",
    "kind",
    "point",
    "is_entrance",
    "entrances",
    "tags",
    "geometry",
)
LAYER_COLUMNS = ("kind", "name", "is_bridge", "is_tunnel", "geometry")

# Keys under which a thing carries another of its names.
_NAME_KEYS = frozenset(
    {"alt_name", "old_name", "short_name", "official_name", "loc_name", "int_name", "reg_name"}
    | {"nat_name", "full_name", "brand", "introduction:name", "addr:housename"}
)
# What a thing is, by the first of these keys it has.
_KIND_KEYS = (
    *("amenity", "shop", "healthcare", "leisure", "tourism", "office", "craft", "historic"),
    *("emergency", "social_facility", "public_transport", "railway", "highway", "aeroway"),
    *("man_made", "waterway", "natural", "place", "boundary", "landuse", "barrier", "entrance"),
    *("club", "sport", "government", "building"),
)


@dataclass(frozen=True)
class MapFeatures:
    """
    What a map file knows besides its streets.

    Parameters
    ----------
    named
        One row for everything with a name, an address or a class, columns `NAMED_COLUMNS`:
        `geometry` as mapped, `point` where one goes to reach it (its entrance where
        `is_entrance`, else a point inside it), `entrances` all that are mapped, main ones
        first, `names` and `addr` as dictionaries by OSM key without a value twice,
        `category` a class key or None, `kind` such as ``"amenity=clinic"``.
    basemap
        Layer name to a table with the columns `LAYER_COLUMNS`; every layer of
        `BASEMAP_LAYERS` is there, if without rows. Water and rail hold lines as well as areas.
    street_lines
        Named streets with columns name, names, geometry: what addresses are read against.
        They are not for walking on; that is `circle.network`.
    bounds
        Extent of the file, as it states itself, else of what it holds.
    provenance
        Where it comes from.
    n_unplaced
        Objects without a usable position, left out.
    """

    named: gpd.GeoDataFrame
    basemap: dict[str, gpd.GeoDataFrame]
    street_lines: gpd.GeoDataFrame
    bounds: Bounds
    provenance: Provenance
    n_unplaced: int = 0


def names_of(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the other names of a thing by key, without the one under ``name``."""
    return {
        key: value
        for key, value in tags.items()
        if (key in _NAME_KEYS or key.startswith("name:")) and value
    }


def addr_of(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the parts of an address by key, ``addr:`` left off."""
    return {key[5:]: value for key, value in tags.items() if key.startswith("addr:") and value}


def kind_of(tags: Mapping[str, str]) -> str:
    """
    Return what a thing is, as ``key=value``; empty when the tags do not say.

    Examples
    --------
    >>> kind_of({"building": "yes", "amenity": "clinic"})
    'amenity=clinic'
    """
    for key in _KIND_KEYS:
        value = tags.get(key)
        if value and value != "no":
            return f"{key}={value}"
    return ""


def table(rows: list[dict[str, Any]], columns: Iterable[str]) -> gpd.GeoDataFrame:
    """Return rows as a table in degrees; its columns are there without rows too."""
    names = list(columns)
    return gpd.GeoDataFrame(
        {name: _column([row[name] for row in rows]) for name in names},
        columns=names,
        geometry="geometry",
        crs=CRS,
    )


def _column(values: list[Any]) -> pd.Series[Any]:
    if values and all(isinstance(value, bool) for value in values):
        return pd.Series(values, dtype="bool")
    # Filled cell by cell: numpy would unpack lists and dictionaries of equal length. And kept
    # as objects: a name that is missing is None, not the NaN of a column of strings.
    column = np.empty(len(values), dtype=object)
    for index, value in enumerate(values):
        column[index] = value
    return pd.Series(column, dtype=object)


def layers(rows: dict[str, list[dict[str, Any]]]) -> dict[str, gpd.GeoDataFrame]:
    """Return every basemap layer as a table."""
    return {name: table(rows.get(name, []), LAYER_COLUMNS) for name in BASEMAP_LAYERS}


def point_in(geometries: Any, bounds: Bounds | None) -> Any:
    """
    Return a point in each geometry, inside the bounds where the geometry reaches into them.

    A park that an extract cuts is reached where the streets of the extract are.
    """
    points = shapely.point_on_surface(geometries)
    if bounds is None:
        return points
    window = shapely.box(*bounds)
    outside = ~shapely.intersects(window, points) & shapely.intersects(window, geometries)
    if outside.any():
        cut = np.asarray(geometries, dtype=object)[outside]
        cut = shapely.intersection(shapely.make_valid(cut), window)
        points[outside] = shapely.point_on_surface(cut)
    return points
