"""
When a position may be believed, and the table all facilities come in.

A match that is known only vaguely is listed, not placed; so are coordinates far outside the map.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd

from circle.geocoding import GeocodeMatch
from circle.schemas import FACILITIES

COORDINATE_ACCURACY_M = 30.0
"""What coordinates are taken to be good for when the list does not say."""
FAR_DEGREES = 0.05
"""Coordinates farther than this outside the streets, some 5 km, are not believed."""
WIDEST_PLACED_M = 150.0
"""A match known less finely than this is listed, not placed."""

_FINE_LEVELS = ("entrance", "building", "street_number")


def facilities_table(records: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Return records as a checked table of facilities."""
    columns: dict[str, Any] = {}
    for column in FACILITIES.columns:
        none = () if column.holds == "entries" else None
        values = [record.get(column.name, none) for record in records]
        dtype = {"number": "float64", "flag": "bool"}.get(column.holds, "object")
        columns[column.name] = pd.Series(values, dtype=dtype)
    geometry = gpd.GeoSeries([record.get("geometry") for record in records], crs=FACILITIES.crs)
    return FACILITIES.check(gpd.GeoDataFrame(columns, geometry=geometry, crs=FACILITIES.crs))


def is_placeable(match: GeocodeMatch) -> bool:
    """
    Say whether a match may stand on the map without somebody having looked at it.

    It must be confident, and known to a house or an area small enough; a district never is.
    """
    if not match.is_confident or match.level == "district":
        return False
    return match.level in _FINE_LEVELS or match.accuracy_m <= WIDEST_PLACED_M
