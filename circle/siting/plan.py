"""
Choosing sites in a town: homes, places there are and candidates become a problem, and back.

Walks are those of coverage: from gates and entrances, along the streets, in the unit of the mode.

So are answers. Homes for which coverage cannot say whether they have a place, because the edge of
the data is within the limit and no place is, are neither gained nor lost: they sway no choice, and
are told apart. Whoever knows that there is nothing beyond the edge gives a larger map.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from circle.coverage.join import join_demand
from circle.coverage.mode import COST_PER_UNIT, Mode, whole
from circle.coverage.places import join_places
from circle.coverage.reach import Group, cut_costs, nearest_costs, reach_matrix, take_snaps
from circle.demand.model import Demand, weights
from circle.errors import SitingError
from circle.kernel import UNREACHED
from circle.network import BoolArray, FloatArray, WalkNetwork
from circle.siting.choose import TIME_LIMIT_S, fewest_sites, least_walking, most_people
from circle.siting.problem import Goal, SitingProblem, SitingResult
from circle.snapping import snap

WEIGHTS = ("people", "dwellings", "buildings")
"""What may be counted, the best first: the first of which anything is known is taken."""

_NEARBY_M = 300.0
"""A site without a street name is called by one at most so far."""


@dataclass(frozen=True, eq=False)
class SitingPlan:
    """
    Sites for one kind of place, and what they change.

    Parameters
    ----------
    result
        The choice and its proof.
    mode, limit
        Metres or minutes, and within how many a home counts as served.
    measure
        What is counted: one of `WEIGHTS`.
    sites
        Chosen candidates, those that serve most first: columns of the candidates, ``street``
        (the one it is joined to, None without a name), ``near`` (the nearest named one within
        300 m, None without) and
        ``gained`` (known to be without, newly within the limit; each home at the site nearest to
        it), ``settled`` (unknown before, within the limit then), ``nearest``
        (all for whom it is the nearest known place), ``mean_walk`` of these (metres or minutes).
    homes
        A row per home: ``demand_id``, ``weight``, ``before``, ``after`` (metres or minutes to
        the nearest place; inf beyond the farthest that is looked for), ``site`` (``""`` where
        an existing place is nearest), ``is_unknown`` (nobody can say whether it is served now).
    n_asked
        How many sites were asked for; None where the goal finds that out itself.
    total, served_before, unknown_before, served_after, unknown_after
        Of all homes in the extent of the data; the rest of `total` is known to be without.
        ``served_after`` is ``served_before`` and all that is ``gained`` and ``settled``.
    gained, settled
        Sums of those of the sites.
    mean_before, mean_after
        Mean walk of those who have one before and after and are not unknown; NaN where nobody is.
    n_without_street, weight_without_street
        Homes with no street within 100 m; they count as not served.
    n_outside
        Homes outside the data; they are left out.
    n_existing
        Places there are already.
    n_candidates
        Candidates that can be walked to.
    """

    result: SitingResult
    mode: Mode
    limit: float
    measure: str
    sites: gpd.GeoDataFrame
    homes: pd.DataFrame
    n_asked: int | None
    total: float
    served_before: float
    unknown_before: float
    served_after: float
    unknown_after: float
    gained: float
    settled: float
    mean_before: float
    mean_after: float
    n_without_street: int
    weight_without_street: float
    n_outside: int
    n_existing: int
    n_candidates: int


def plan_sites(
    network: WalkNetwork,
    demand: Demand,
    places: gpd.GeoDataFrame,
    candidates: gpd.GeoDataFrame,
    mode: Mode,
    limit: float,
    goal: Goal,
    *,
    n_new: int = 1,
    time_limit_s: float = TIME_LIMIT_S,
) -> SitingPlan:
    """
    Choose where to build more of one kind of place.

    Parameters
    ----------
    network
        Streets to walk on.
    demand
        Homes.
    places
        What there is already, columns `circle.coverage.places.PLACE_COLUMNS`; it stays.
    candidates
        Columns `circle.siting.candidates.CANDIDATE_COLUMNS`.
    mode
        Metres of a standard, or minutes of a walker.
    limit
        Within how many a home is served.
    goal
        ``"fewest"`` sites for all, ``"most_people"`` or ``"least_walking"`` by `n_new`.
    n_new
        How many to build; the goal ``"fewest"`` finds that out itself.
    time_limit_s
        When to stop proving.

    Raises
    ------
    SitingError
        If no candidate can be walked to, or `n_new` is more than there are.
    """
    walker, unit = mode.walker, mode.unit
    demand, homes = join_demand(network, demand, walker)
    measure, weight = _weight(demand)
    site_snaps = snap(network, *_xy(network, candidates), walker, is_visited=True)
    usable = candidates[site_snaps.is_snapped].reset_index(drop=True)
    if usable.empty:
        raise SitingError(
            en="No candidate site can be walked to: none has a street within 100 m.",
            zh="没有一个候选点能步行到达：100 米内都没有道路。",
        )
    usable_snaps = take_snaps(site_snaps, np.flatnonzero(site_snaps.is_snapped))
    names = np.array([*network.names, None], dtype=object)  # -1, without a name, is the last
    usable["street"] = names[network.edge_name[usable_snaps.edge]]
    usable["near"] = _named_nearby(network, usable)
    sites = Group.single(usable_snaps)
    existing = join_places(network, places, walker).joined.group if len(places) else None
    # Walking is compared as far as it is known; being served ends at the limit.
    farthest = mode.farthest if goal == "least_walking" else whole(limit, unit)
    inside = homes.is_inside
    before = np.full(len(demand), np.inf)
    if existing is not None:
        found = nearest_costs(
            network, homes.group, existing, walker=walker, unit=unit, limit=mode.farthest
        )
        before = np.where(found.cost == UNREACHED, np.inf, found.cost).astype(np.float64)
    to_edge = cut_costs(network, homes.group, walker=walker, unit=unit, limit=mode.farthest)
    within = whole(limit, unit)
    unknown = inside & (before > within) & (to_edge <= within)
    counts = inside & ~unknown
    cost = reach_matrix(network, homes.group, sites, farthest, unit, walker)
    problem = SitingProblem(
        cost[counts],
        weight[counts],
        np.where(before[counts] <= farthest, before[counts], np.inf),
        farthest,
    )
    result = _choose(problem, goal, n_new, time_limit_s)
    chosen = usable.iloc[list(result.chosen)]
    reach = reach_matrix(
        network, homes.group, _only(sites, result.chosen), mode.farthest, unit, walker
    )
    return _plan(result, mode, limit, measure, chosen, demand, weight, before, reach, homes.group,
                 inside, unknown, None if goal == "fewest" else n_new, len(places),
                 len(usable))  # fmt: skip


def _choose(problem: SitingProblem, goal: Goal, n_new: int, time_limit_s: float) -> SitingResult:
    if goal == "fewest":
        return fewest_sites(problem, time_limit_s=time_limit_s)
    choose = most_people if goal == "most_people" else least_walking
    return choose(problem, n_new, time_limit_s=time_limit_s)


def _plan(
    result: SitingResult,
    mode: Mode,
    limit: float,
    measure: str,
    chosen: gpd.GeoDataFrame,
    demand: Demand,
    weight: FloatArray,
    before: FloatArray,
    reach: object,
    group: Group,
    inside: BoolArray,
    unknown: BoolArray,
    n_asked: int | None,
    n_existing: int,
    n_candidates: int,
) -> SitingPlan:
    unit, within = COST_PER_UNIT[mode.unit], whole(limit, mode.unit)
    new, number = _nearest_new(reach, len(demand))
    after = np.minimum(before, new)
    by_new = new < before
    number = np.where(by_new, number, -1)
    counted = np.where(inside, weight, 0.0)
    is_new = (before > within) & (after <= within)
    rows = []
    for at in range(len(chosen)):
        mine = number == at
        walked = mine & np.isfinite(after)
        rows.append(
            {
                "gained": float(counted[mine & is_new & ~unknown].sum()),
                "settled": float(counted[mine & is_new & unknown].sum()),
                "nearest": float(counted[mine].sum()),
                "mean_walk": _mean(after[walked], counted[walked]) / unit,
            }
        )
    names = ["gained", "settled", "nearest", "mean_walk"]
    figures = pd.DataFrame(rows, columns=names, index=chosen.index)
    table = gpd.GeoDataFrame(pd.concat([chosen, figures], axis=1), crs=chosen.crs)
    ids = chosen["candidate_id"].to_numpy(dtype=object)
    has_street = group.is_snapped
    both = np.isfinite(before) & np.isfinite(after) & ~unknown
    return SitingPlan(
        result=result,
        mode=mode,
        limit=limit,
        measure=measure,
        sites=table.sort_values(["gained", "nearest"], ascending=False).reset_index(drop=True),
        homes=pd.DataFrame(
            {
                "demand_id": demand.homes["demand_id"].to_numpy(),
                "weight": counted,
                "before": before / unit,
                "after": after / unit,
                "site": ["" if n < 0 else ids[n] for n in number],
                "is_unknown": unknown,
            }
        ),
        n_asked=n_asked,
        total=float(counted.sum()),
        served_before=float(counted[before <= within].sum()),
        unknown_before=float(counted[unknown].sum()),
        served_after=float(counted[after <= within].sum()),
        unknown_after=float(counted[unknown & ~is_new].sum()),
        gained=float(counted[is_new & ~unknown].sum()),
        settled=float(counted[is_new & unknown].sum()),
        mean_before=_mean(before[both], counted[both]) / unit,
        mean_after=_mean(after[both], counted[both]) / unit,
        n_without_street=int((inside & ~has_street).sum()),
        weight_without_street=float(counted[~has_street].sum()),
        n_outside=int((~inside).sum()),
        n_existing=n_existing,
        n_candidates=n_candidates,
    )


def _nearest_new(reach: object, n_homes: int) -> tuple[FloatArray, FloatArray]:
    """Return each home's cost to the nearest new site and its number; of equal ones the first."""
    table = reach.tocoo()  # type: ignore[attr-defined]
    cost, number = np.full(n_homes, np.inf), np.full(n_homes, -1.0)
    # Written dearest first, and of equal ones the last first: what stays is the nearest.
    order = np.lexsort((-table.col, -table.data))
    cost[table.row[order]] = table.data[order]
    number[table.row[order]] = table.col[order]
    return cost, number.astype(np.int64)


def _named_nearby(network: WalkNetwork, points: gpd.GeoDataFrame) -> list[str | None]:
    """Return the name of the street nearest to each point that has one, None where all are far."""
    named = np.flatnonzero(network.edge_name[network.point_edge] >= 0)
    if not len(named):
        return [None] * len(points)
    tree = cKDTree(np.column_stack([network.point_x_m[named], network.point_y_m[named]]))
    away, found = tree.query(np.column_stack(_xy(network, points)), distance_upper_bound=_NEARBY_M)
    is_near = np.isfinite(away)
    edge = network.point_edge[named[np.where(is_near, found, 0)]]
    return [
        network.names[network.edge_name[one]] if near else None
        for one, near in zip(edge, is_near, strict=True)
    ]


def _only(group: Group, chosen: tuple[int, ...]) -> Group:
    return Group.single(take_snaps(group.snaps, np.array(chosen, np.int64)))


def _weight(demand: Demand) -> tuple[str, FloatArray]:
    for measure in WEIGHTS:
        weight = weights(demand.homes, measure)
        if weight.sum() > 0:
            return measure, weight
    return "homes", np.ones(len(demand))


def _xy(network: WalkNetwork, points: gpd.GeoDataFrame) -> tuple[FloatArray, FloatArray]:
    return network.frame.to_xy(
        points.geometry.x.to_numpy(np.float64), points.geometry.y.to_numpy(np.float64)
    )


def _mean(values: FloatArray, weight: FloatArray) -> float:
    total = float(weight.sum())
    return float(values @ weight) / total if total > 0 else float("nan")
