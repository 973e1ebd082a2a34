"""
Judges homes: one search towards each set of places, read at every home and every cell of ground.

What is judged is in `Subject`; the answers are in `CoverageResult`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

from circle.coverage.figures import all_distances, all_shares, distances_table, shares_table
from circle.coverage.join import Joined, join, join_demand
from circle.coverage.mode import COST_PER_UNIT, Mode, StandardMode, Subject, whole
from circle.coverage.model import Cells, CoverageResult, Reach
from circle.coverage.places import Places, join_places
from circle.coverage.reach import Group, cut_costs, each_reach, nearest_costs
from circle.demand.cells import lattice_in, side_for
from circle.demand.model import Demand, Words
from circle.demand.town import to_metres
from circle.errors import InputError
from circle.kernel import UNREACHED
from circle.network import FloatArray, Int32Array, WalkNetwork
from circle.snapping import Snaps
from circle.units import Unit
from circle.walkers import Walker

_GROUND_CELL_M = 25.0
_MOST_GROUND_CELLS = 40_000
Report = Callable[[str], None]


def judge(
    network: WalkNetwork,
    demand: Demand,
    subjects: Sequence[Subject],
    places: Mapping[str, gpd.GeoDataFrame],
    mode: Mode,
    *,
    ground: shapely.Geometry | None = None,
    counts_choices: bool = True,
    opens_gates: bool = True,
    notes: Sequence[Words] = (),
    report: Report | None = None,
) -> CoverageResult:
    """
    Judge every subject for every home.

    Parameters
    ----------
    network
        Streets to walk on.
    demand
        Homes.
    subjects
        What is asked.
    places
        Sets of places by key, columns `circle.coverage.places.PLACE_COLUMNS`.
    mode
        Metres of a standard, or minutes of a walker.
    ground
        Area whose ground is measured, degrees; by default the extent of the data. Water, and
        what lies farther than 100 m from every street, is no ground.
    counts_choices
        Whether to count the places within reach: one search per place.
    opens_gates
        Whether to ask what would be covered if the gates of compounds opened.
    notes
        Further remarks that go with the result.
    report
        Told what is being done.

    Raises
    ------
    InputError
        If there is nothing to judge.
    """
    tell = report or (lambda _: None)
    if not subjects:
        raise InputError(
            en="There is nothing to judge: no class and no clause fits what was asked.",
            zh="没有可评价的内容：没有符合条件的类别或条文。",
        )
    tell("homes")
    demand, homes = join_demand(network, demand, mode.walker)
    land = _land_cells(network, demand, mode)
    open_ground = _ground_cells(network, ground, mode)
    limits: dict[str, set[float]] = {}
    for subject in subjects:
        if subject.kind != "group":
            limits.setdefault(subject.places, set()).add(subject.limit)
    cells = _together(homes, land.joined, open_ground.joined)
    to_edge = cut_costs(network, cells, walker=mode.walker, unit=mode.unit, limit=mode.farthest)
    edge_cost = _split(to_edge, homes, land)
    reaches = {}
    for key in limits:
        tell(key)
        reaches[key] = _reach(
            network, cells, homes, land, open_ground, places[key], mode, sorted(limits[key]),
            counts_choices, opens_gates,
        )  # fmt: skip
    land = replace(land, edge_cost=edge_cost[1])
    open_ground = replace(open_ground, edge_cost=edge_cost[2])
    result = CoverageResult(
        mode=mode,
        network=network,
        demand=demand,
        subjects=tuple(subjects),
        reaches=reaches,
        homes=homes,
        edge_cost=edge_cost[0],
        land=land,
        ground=open_ground,
        shares=shares_table([]),
        distances=distances_table([]),
        notes=(*demand.notes, *notes, *_notes(homes, demand)),
        parameters=_parameters(network, demand, mode, opens_gates),
    )
    return replace(result, shares=all_shares(result), distances=all_distances(result))


def _together(*parts: Joined) -> Group:
    """Return several groups as one, to be read in one go."""
    snaps = Snaps(
        np.concatenate([part.group.snaps.edge for part in parts]),
        np.concatenate([part.group.snaps.fraction for part in parts]),
        np.concatenate([part.group.snaps.distance_m for part in parts]),
    )
    first = np.cumsum([0, *(part.group.n for part in parts)])
    owner = np.concatenate(
        [part.group.owner + at for part, at in zip(parts, first, strict=False)]
    ).astype(np.int32)
    return Group(snaps, owner, int(first[-1]))


def _split(
    values: npt.NDArray[np.int32], homes: Joined, land: Cells
) -> tuple[Int32Array, Int32Array, Int32Array]:
    first = np.cumsum([homes.group.n, land.joined.group.n])
    parts = np.split(values, first)
    return parts[0], parts[1], parts[2]


def _reach(
    network: WalkNetwork,
    cells: Group,
    homes: Joined,
    land: Cells,
    ground: Cells,
    table: gpd.GeoDataFrame,
    mode: Mode,
    limits: list[float],
    counts_choices: bool,
    opens_gates: bool,
) -> Reach:
    places = join_places(network, table, mode.walker)
    found = nearest_costs(
        network, cells, places.joined.group,
        walker=mode.walker, unit=mode.unit, limit=mode.farthest,
    )  # fmt: skip
    cost, land_cost, ground_cost = _split(found.cost, homes, land)
    facility, start = found.facility[: homes.group.n], found.start[: homes.group.n]
    open_cost = cost
    if opens_gates and network.arc_enters_private.any() and not mode.walker.enters_private:
        neighbour = replace(mode.walker, enters_private=True)
        opened = join_places(network, table, neighbour).joined.group
        open_cost = nearest_costs(
            network, homes.group, opened, walker=neighbour, unit=mode.unit, limit=mode.farthest
        ).cost
        # Whoever is joined to a gated way nearer by may stand farther in: never worse off.
        open_cost = np.minimum(open_cost, cost)
    choices = {limit: np.zeros(homes.group.n, np.int32) for limit in limits}
    if counts_choices:
        for _, home, price in each_reach(
            network, homes.group, places.joined.group,
            walker=mode.walker, unit=mode.unit, limit=whole(limits[-1], mode.unit),
        ):  # fmt: skip
            for limit in limits:
                choices[limit][home[price <= whole(limit, mode.unit)]] += 1
    return Reach(
        places=places,
        cost=cost,
        facility=facility,
        start=start,
        open_cost=open_cost,
        crow_m=_crow(homes, places.joined),
        slack=_slack(homes, places, facility, start, mode.walker, mode.unit),
        choices_by_limit=choices,
        land_cost=land_cost,
        ground_cost=ground_cost,
        land_crow_m=_crow(land.joined, places.joined),
        ground_crow_m=_crow(ground.joined, places.joined),
    )


def _crow(things: Joined, places: Joined) -> FloatArray:
    """Return the straight distance of each thing to the nearest way in, metres."""
    best = np.full(things.group.n, np.inf)
    if len(places.x_m) and len(things.x_m):
        tree = cKDTree(np.column_stack([places.x_m, places.y_m]))
        away, _ = tree.query(np.column_stack([things.x_m, things.y_m]))
        np.minimum.at(best, things.group.owner, away)
    return best


def _slack(
    homes: Joined,
    places: Places,
    facility: Int32Array,
    start: Int32Array,
    walker: Walker,
    unit: Unit,
) -> Int32Array:
    """
    Return by how much the cost of each home may be off.

    That is its access leg, and the place's, or how well the place's position is known where that
    is worse.
    """
    metres = np.zeros(homes.group.n)
    has = start >= 0
    metres[has] = homes.group.snaps.distance_m[start[has]]
    accuracy_m = np.nan_to_num(places.table["accuracy_m"].to_numpy(np.float64))
    metres[has] += np.maximum(places.joined.off_street_m, accuracy_m)[facility[has]]
    per_metre = 1000.0 if unit == "m" else 1000.0 / walker.speed_m_s
    return np.rint(np.where(np.isfinite(metres), metres, 0.0) * per_metre).astype(np.int32)


def _land_cells(network: WalkNetwork, demand: Demand, mode: Mode) -> Cells:
    shapes = shapely.make_valid(to_metres(demand.land.geometry.to_numpy(), network.frame))
    window = to_metres([shapely.box(*network.bounds)], network.frame)[0]
    inside = shapely.intersection(shapes, window) if len(shapes) else shapes
    # Residential land that is drawn twice is there once.
    merged = shapely.get_parts(shapely.union_all(inside)) if len(shapes) else shapes
    total = float(shapely.area(merged).sum())
    side = side_for(total, least_m=demand.assumptions.land_cell_m, most_cells=_MOST_GROUND_CELLS)
    return _cells(network, *lattice_in(merged, side)[:3], mode.walker)


def _ground_cells(network: WalkNetwork, ground: shapely.Geometry | None, mode: Mode) -> Cells:
    window = to_metres([shapely.box(*network.bounds)], network.frame)[0]
    shape = window
    if ground is not None:
        shape = shapely.intersection(
            shapely.make_valid(to_metres([ground], network.frame)[0]), window
        )
    side = side_for(float(shape.area), least_m=_GROUND_CELL_M, most_cells=_MOST_GROUND_CELLS)
    x, y, area, _ = lattice_in(np.array([shape], dtype=object), side)
    is_dry = ~shapely.intersects_xy(network.water, x, y)
    cells = _cells(network, x[is_dry], y[is_dry], area[is_dry], mode.walker)
    near = cells.joined.group.snaps.is_snapped
    return _cells(network, cells.joined.x_m[near], cells.joined.y_m[near], cells.area_m2[near],
                  mode.walker)  # fmt: skip


def _cells(
    network: WalkNetwork, x: FloatArray, y: FloatArray, area: FloatArray, walker: Walker
) -> Cells:
    n = len(x)
    joined = join(network, x, y, np.arange(n, dtype=np.int32), n, walker)
    # Rounding must not put a cell at the rim outside.
    joined = replace(joined, is_inside=np.ones(n, np.bool_))
    return Cells(joined, area, np.full(n, UNREACHED, np.int32))


def _notes(homes: Joined, demand: Demand) -> list[Words]:
    notes: list[Words] = []
    lost = homes.is_inside & ~homes.group.is_snapped
    if lost.any():
        people = float(np.nansum(demand.homes["people"].to_numpy()[lost]))
        notes.append(
            (
                f"{int(lost.sum())} 处住处（{people:.0f} 人）周围 100 米内没有可走的道路，"
                "按未覆盖计。",
                f"{int(lost.sum())} homes ({people:.0f} people) have no street within 100 m; they "
                "count as not covered.",
            )
        )
    outside = ~homes.is_inside
    if outside.any() and demand.how != "grid":
        people = float(np.nansum(demand.homes["people"].to_numpy()[outside]))
        notes.append(
            (
                f"{int(outside.sum())} 处住处（{people:.0f} 人）在地图数据范围之外，不计入比例。",
                f"{int(outside.sum())} homes ({people:.0f} people) lie outside the map data and "
                "count in no share.",
            )
        )
    return notes


def _parameters(
    network: WalkNetwork, demand: Demand, mode: Mode, opens_gates: bool
) -> dict[str, object]:
    said: dict[str, object] = {
        "mode": "metres" if isinstance(mode, StandardMode) else "minutes",
        "walker": mode.walker.key,
        "speed_m_s": None if isinstance(mode, StandardMode) else mode.walker.speed_m_s,
        "speed_share": None if isinstance(mode, StandardMode) else mode.speed_share,
        "limits": list(mode.limits),
        "levels": list(mode.levels),
        "opens_gates": opens_gates,
        "farthest": mode.farthest / COST_PER_UNIT[mode.unit],
        "streets": network.provenance.as_dict(),
        "demand": demand.how,
        "demand_figures": dict(demand.figures),
        "assumptions": {row["key"]: row["value"] for row in demand.assumptions.as_rows()},
    }
    return said
