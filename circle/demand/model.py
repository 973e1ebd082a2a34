"""What demand is, whatever it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from circle.demand.assumptions import Assumptions
from circle.geometry import LocalFrame

How = Literal["compounds", "grid", "buildings", "land", "cells"]
Words = tuple[str, str]
"""A sentence in Chinese and in English."""

HOME_COLUMNS = (
    *("demand_id", "kind", "name", "people", "dwellings", "floor_area_m2", "footprint_m2"),
    *("is_building", "geometry"),
)
START_COLUMNS = ("home", "lon", "lat", "kind")


@dataclass(frozen=True, eq=False)
class Demand:
    """
    The homes that are judged, and where their walks start.

    Parameters
    ----------
    homes
        EPSG:4326, columns `HOME_COLUMNS`, index 0, 1, …: ``demand_id`` unique; ``kind``
        ``"building"``, ``"compound"``, ``"cell"`` or ``"land"``; ``people``, ``dwellings`` and
        ``floor_area_m2`` (NaN where nobody can say); ``is_building`` whether it counts as a
        residential building; the footprint, cell or point.
    starts
        Columns `START_COLUMNS`: row of the home, position in degrees, and what it is:
        ``"gate"``, ``"entrance"``, ``"outline"`` (nearest point of the footprint to a street;
        the position is only one inside) or ``"point"``.
    land
        Residential land, EPSG:4326, ``area_m2``; may be empty.
    how
        What it was made from.
    source
        The same in a sentence, Chinese and English.
    notes
        What else a reader must know.
    figures
        Totals by name, for the page about the method: ``people``, ``people_outside``, ….
    assumptions
        What was taken for granted.
    frame
        Metres that areas were measured in.
    """

    homes: gpd.GeoDataFrame
    starts: pd.DataFrame
    land: gpd.GeoDataFrame
    how: How
    source: Words
    notes: tuple[Words, ...]
    figures: Mapping[str, float]
    assumptions: Assumptions
    frame: LocalFrame
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.homes)

    def total(self, measure: str) -> float:
        """
        Return people, dwellings, buildings or floor area in all.

        Parameters
        ----------
        measure
            ``"people"``, ``"dwellings"``, ``"buildings"`` or ``"floor_area_m2"``.
        """
        return float(np.nansum(weights(self.homes, measure)))


def weights(homes: gpd.GeoDataFrame, measure: str) -> np.typing.NDArray[np.float64]:
    """Return what each home counts for in a measure, 0 where nobody can say."""
    column = "is_building" if measure == "buildings" else measure
    return np.asarray(np.nan_to_num(homes[column].to_numpy(np.float64)))


def homes_table(rows: Mapping[str, Any], geometry: Any) -> gpd.GeoDataFrame:
    """Return homes with every column there is, in its order."""
    n = len(geometry)
    table = gpd.GeoDataFrame(
        {
            "demand_id": list(rows["demand_id"]),
            "kind": rows["kind"],
            "name": list(rows.get("name", [None] * n)),
            **{
                name: np.asarray(rows.get(name, np.full(n, np.nan)), np.float64)
                for name in ("people", "dwellings", "floor_area_m2", "footprint_m2")
            },
            "is_building": np.asarray(rows.get("is_building", np.zeros(n, np.bool_)), np.bool_),
        },
        geometry=list(geometry),
        crs="EPSG:4326",
        index=pd.RangeIndex(n),
    )
    return table[list(HOME_COLUMNS)]


def starts_table(rows: list[tuple[int, float, float, str]]) -> pd.DataFrame:
    """Return starts as a table, in the order of their homes."""
    table = pd.DataFrame(rows, columns=list(START_COLUMNS))
    return table.astype({"home": "int32", "lon": "float64", "lat": "float64"})
