"""Drawn towns with homes and places: what is covered follows from the drawing by arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from sketch import FRAME, Sketch, place

from circle.coverage.judge import judge
from circle.coverage.mode import Mode, StandardMode, Subject
from circle.coverage.model import CoverageResult
from circle.coverage.places import places_table
from circle.demand.assumptions import Assumptions
from circle.demand.model import Demand, homes_table, starts_table


def demand(
    homes: Mapping[str, tuple[float, float]],
    people: Mapping[str, float] | None = None,
    *,
    gates: Mapping[str, Sequence[tuple[float, float]]] | None = None,
    size_m: float = 0.0,
    land: Sequence[Any] = (),
) -> Demand:
    """Homes by name at metres; squares of `size_m` where it is not 0."""
    names = list(homes)
    counts = np.array([(people or {}).get(name, 1.0) for name in names])
    shapes, starts = [], []
    for row, name in enumerate(names):
        x, y = homes[name]
        if size_m:
            half = size_m / 2
            corners = [(x - half, y - half), (x + half, y - half), (x + half, y + half),
                       (x - half, y + half)]  # fmt: skip
            shapes.append(shapely.Polygon([place(*corner) for corner in corners]))
        else:
            shapes.append(shapely.Point(place(x, y)))
        doors = (gates or {}).get(name)
        if doors:
            starts += [(row, *place(*door), "gate") for door in doors]
        else:
            starts.append((row, *place(x, y), "outline" if size_m else "point"))
    return Demand(
        homes=homes_table(
            {
                "demand_id": names,
                "kind": ["building"] * len(names),
                "people": counts,
                "dwellings": counts / 2,
                "is_building": np.ones(len(names), bool),
            },
            shapes,
        ),
        starts=starts_table(starts),
        land=gpd.GeoDataFrame(
            {"osm_id": [str(k) for k in range(len(land))]}, geometry=list(land), crs="EPSG:4326"
        ),
        how="buildings",
        source=("画的住宅。", "Drawn homes."),
        notes=(),
        figures={"people": float(counts.sum())},
        assumptions=Assumptions(),
        frame=FRAME,
    )


def clinics(
    spots: Mapping[str, tuple[float, float]], **columns: Sequence[float]
) -> gpd.GeoDataFrame:
    """Places by name at metres."""
    return places_table(
        {
            "place_id": name,
            "name": name,
            "geometry": shapely.Point(place(*spot)),
            **{key: values[row] for key, values in columns.items()},
        }
        for row, (name, spot) in enumerate(spots.items())
    )


def subjects(mode: Mode, key: str = "clinic") -> list[Subject]:
    return [
        Subject(f"{key}@{level}", "class", level, "诊所", "clinic", limit, key)
        for level, limit in zip(mode.levels, mode.limits, strict=True)
    ]


def judged(
    plan: Sketch, homes: Demand, places: gpd.GeoDataFrame, mode: Mode | None = None, **more: Any
) -> CoverageResult:
    chosen = mode or StandardMode()
    return judge(plan.network, homes, subjects(chosen), {"clinic": places}, chosen, **more)


def shares(result: CoverageResult, measure: str = "people") -> dict[str, Any]:
    """Rows by level."""
    rows = result.shares[result.shares.measure == measure]
    return {row.level: row for row in rows.itertuples()}
