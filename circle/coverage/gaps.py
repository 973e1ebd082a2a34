"""Gaps: contiguous areas where people lack a facility, and how far away it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from circle.coverage.figures import weighted_quantile
from circle.coverage.mode import COST_PER_UNIT, Subject
from circle.coverage.model import COVERED, UNCOVERED, CoverageResult
from circle.demand.model import weights
from circle.demand.town import to_degrees, to_metres
from circle.kernel import UNREACHED
from circle.network import BoolArray, FloatArray

JOIN_M = 50.0
"""Homes nearer to each other than this lie in one gap."""
_POINT_M = 15.0
_RIM_M = 5.0

GAP_COLUMNS = (
    *("gap_id", "subject", "level", "name_zh", "name_en", "limit", "unit", "rank"),
    *("people", "dwellings", "n_homes", "nearest_id", "nearest_name"),
    *("nearest", "excess_least", "excess", "excess_most", "homes", "geometry"),
)
"""
One row per gap, largest first within a subject. ``nearest``: metres or minutes to the nearest
facility that half of the people there have at most; ``excess_least``, ``excess`` (half of the
people) and ``excess_most``: by how much it is too far; inf where there is none within 10 km or
two hours. ``nearest_id`` is the facility most of the people are nearest to. ``homes``: rows of
the homes. The polygon is in EPSG:4326.
"""


def find_gaps(
    result: CoverageResult,
    subjects: Iterable[Subject] | None = None,
    *,
    join_m: float = JOIN_M,
) -> gpd.GeoDataFrame:
    """
    Return where people lack a facility.

    Parameters
    ----------
    result
        What was judged. Homes whose answer is unknown, at the edge of the data, are in no gap.
    subjects
        For which; by default for all.
    join_m
        Homes nearer to each other than this lie in one gap.

    Returns
    -------
    gaps
        Columns `GAP_COLUMNS`, ranked within each subject by people, else by homes.
    """
    homes = result.demand.homes
    shapes = shapely.make_valid(to_metres(homes.geometry.to_numpy(), result.network.frame))
    is_point = shapely.area(shapes) == 0
    shapes[is_point] = shapely.buffer(shapes[is_point], _POINT_M, quad_segs=4)
    drawn = _Drawn(shapes, join_m)
    people, dwellings = weights(homes, "people"), weights(homes, "dwellings")
    known: dict[bytes, list[tuple[Any, Any]]] = {}
    rows: list[dict[str, Any]] = []
    for subject in result.subjects if subjects is None else subjects:
        state = result.state(subject)
        lacks = state == UNCOVERED
        if not lacks.any():
            continue
        # Several clauses may leave the same homes without.
        mark = state.tobytes()
        if mark not in known:
            known[mark] = drawn.clusters(lacks, state == COVERED)
        nearest = nearest_of(result, subject)
        mine = [
            _row(result, subject, nearest, members, shape, people, dwellings)
            for members, shape in known[mark]
        ]
        mine.sort(key=lambda row: (-row["people"], -row["n_homes"], row["homes"][0]))
        for rank, row in enumerate(mine, start=1):
            rows.append(row | {"rank": rank, "gap_id": f"{subject.key}#{rank}"})
    geometry = to_degrees(np.array([row["geometry"] for row in rows], dtype=object),
                          result.network.frame) if rows else []  # fmt: skip
    table = pd.DataFrame(rows, columns=list(GAP_COLUMNS)).drop(columns="geometry")
    return gpd.GeoDataFrame(table, geometry=list(geometry), crs="EPSG:4326")


class _Drawn:
    """Homes in metres, ready to be drawn together; what is drawn once serves every subject."""

    def __init__(self, shapes: Any, join_m: float) -> None:
        self.shapes, self.join_m = shapes, join_m
        self.near = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=join_m)
        self.grown = shapely.buffer(shapes, join_m / 2 + 0.01, quad_segs=4)
        self.around: dict[bytes, Any] = {}

    def clusters(self, lacks: BoolArray, covered: BoolArray) -> list[tuple[Any, Any]]:
        """Return the homes of each gap and its polygon."""
        left, right = self.near
        both = lacks[left] & lacks[right]
        n = len(lacks)
        ones = np.ones(int(both.sum()), np.int8)
        graph = coo_matrix((ones, (left[both], right[both])), shape=(n, n))
        _, label = connected_components(graph, directed=False)
        found = []
        served = shapely.STRtree(self.shapes[covered])
        for one in np.unique(label[lacks]):
            members = np.flatnonzero(lacks & (label == one))
            area = self._around(members)
            inside = served.query(area, predicate="intersects")
            if len(inside):
                # Whoever has it is in no gap, though neighbours have not.
                area = shapely.difference(area, shapely.union_all(served.geometries[inside]))
            if area.is_empty:
                area = shapely.union_all(self.shapes[members])
            found.append((members, area))
        return found

    def _around(self, members: npt.NDArray[np.intp]) -> Any:
        """Grow homes until neighbours touch, and draw back to a rim around the outermost."""
        key = members.tobytes()
        if key not in self.around:
            grown = shapely.union_all(self.grown[members])
            self.around[key] = shapely.buffer(grown, -(self.join_m / 2 - _RIM_M), quad_segs=4)
        return self.around[key]


def nearest_of(result: CoverageResult, subject: Subject) -> tuple[FloatArray, FloatArray, Any, Any]:
    """
    Return what each home walks to for a subject.

    Parameters
    ----------
    result, subject
        Of a group, the member that lies least beyond its limit counts.

    Returns
    -------
    nearest, excess
        Metres or minutes, inf where no walk was found; `excess` is negative within the limit.
    place_id, place_name
        Of the facility, ``None`` where none.
    """
    unit = COST_PER_UNIT[result.mode.unit]
    n = len(result.demand)
    nearest, excess = np.full(n, np.inf), np.full(n, np.inf)
    ids, names = np.full(n, None, dtype=object), np.full(n, None, dtype=object)
    for reach, limit in result.reaches_of(subject):
        cost = np.where(reach.cost == UNREACHED, np.inf, reach.cost / unit)
        better = cost - limit / unit < excess
        nearest = np.where(better, cost, nearest)
        excess = np.where(better, cost - limit / unit, excess)
        table = reach.places.table
        if len(table):
            at = np.where(reach.facility >= 0, reach.facility, 0)
            ids = np.where(better, table["place_id"].to_numpy()[at], ids)
            names = np.where(better, table["name"].to_numpy()[at], names)
    return nearest, excess, ids, names


def _row(
    result: CoverageResult,
    subject: Subject,
    walks: tuple[FloatArray, FloatArray, Any, Any],
    members: Any,
    shape: Any,
    people: FloatArray,
    dwellings: FloatArray,
) -> dict[str, Any]:
    nearest, excess, ids, names = walks
    weight = people[members]
    if weight.sum() == 0:
        weight = np.ones(len(members))
    by_place: dict[Any, float] = {}
    for place, much in zip(ids[members], weight, strict=True):
        if place is not None:
            by_place[place] = by_place.get(place, 0.0) + float(much)
    most = max(by_place, key=lambda place: by_place[place], default=None)
    name = next((names[k] for k in members if ids[k] == most), None) if most else None
    return {
        "subject": subject.key,
        "level": subject.level,
        "name_zh": subject.name_zh,
        "name_en": subject.name_en,
        "limit": subject.limit,
        "unit": result.mode.unit,
        "people": float(people[members].sum()),
        "dwellings": float(dwellings[members].sum()),
        "n_homes": len(members),
        "nearest_id": most,
        "nearest_name": name,
        "nearest": weighted_quantile(nearest[members], weight, 0.5),
        "excess_least": float(excess[members].min()),
        "excess": weighted_quantile(excess[members], weight, 0.5),
        "excess_most": float(excess[members].max()),
        "homes": tuple(int(k) for k in members),
        "geometry": shape,
    }
