"""
The walks from one position to many places: their time, and the metres of that very walk.

The quickest walk and the shortest one differ where steps or lifts cost time. A guide gives the
minutes and the metres of *one* walk, so both are read off the same search.
"""

from __future__ import annotations

import geopandas
import numpy as np
import pandas as pd

from circle.geometry import LonLat
from circle.kernel import NO_ARC, UNREACHED
from circle.network import FloatArray, WalkNetwork
from circle.positions import locate
from circle.search import Search, access_costs, along_edge, cost_at, searching, share_of
from circle.snapping import Snaps, snap
from circle.units import make_budget
from circle.walkers import Walker, get_walker


def walks_from(
    network: WalkNetwork,
    origin: LonLat,
    places: geopandas.GeoSeries,
    *,
    minutes: float,
    walker: str | Walker = "adult",
) -> pd.DataFrame:
    """
    Return the quickest walk from one position to each place.

    Parameters
    ----------
    network
        Streets to walk on.
    origin
        Where the walks start, inside the extent of the data.
    places
        Points; those outside the extent, and rows without a point, are beyond reach.
    minutes
        The budget; exactly on it is within it.
    walker
        Who walks.

    Returns
    -------
    walks
        A row per place with its index: ``time_s``, ``distance_m`` (metres of that walk, access
        legs included), both ``inf`` beyond the budget, and ``is_snapped``, false where the place
        has no street within 100 m.

    Raises
    ------
    PositionError, BudgetError, WalkerError
        If an argument cannot be used.

    Examples
    --------
    >>> from circle.streets import straight_street
    >>> places = geopandas.GeoSeries.from_xy([0.001, 0.002], [0, 0], crs="EPSG:4326")
    >>> walks = walks_from(straight_street(length_m=600), LonLat(0, 0), places, minutes=2)
    >>> walks.time_s.round(1).tolist(), walks.distance_m.round(1).tolist()
    ([92.8, inf], [111.3, inf])
    """
    budget, who = make_budget(minutes=minutes), get_walker(walker)
    start = locate(origin, within=network.bounds)
    start_snap = snap(network, *start.xy(network.frame), who)
    walks = pd.DataFrame(
        {"time_s": np.inf, "distance_m": np.inf, "is_snapped": False}, index=places.index
    )
    bounds = network.bounds
    is_inside = np.array(
        [
            point is not None
            and not point.is_empty
            and bounds.contains(LonLat(float(point.x), float(point.y)))
            for point in places
        ],
        np.bool_,
    )
    if not is_inside.any():
        return walks
    ends = places[is_inside]
    end_snaps = snap(
        network,
        *network.frame.to_xy(ends.x.to_numpy(np.float64), ends.y.to_numpy(np.float64)),
        who,
        is_visited=True,
    )
    access = access_costs(end_snaps, who, "min")
    with searching(network, start_snap, walker=who, unit="min", limit=budget.limit) as search:
        cost, _ = search.read(end_snaps, access)
        distance_m = _distances(search, end_snaps, cost != UNREACHED)
    walks.loc[is_inside, "time_s"] = np.where(cost == UNREACHED, np.inf, cost / 1000.0)
    walks.loc[is_inside, "distance_m"] = distance_m
    walks.loc[is_inside, "is_snapped"] = end_snaps.is_snapped
    return walks


def _distances(search: Search, ends: Snaps, is_reached: np.typing.NDArray[np.bool_]) -> FloatArray:
    """Return the metres of the walks the search found, ``inf`` where it found none."""
    network, start = search.network, search.snaps
    distance_m = np.full(len(ends), np.inf)
    if not start.is_snapped[0]:
        return distance_m
    start_edge, start_fraction = int(start.edge[0]), float(start.fraction[0])
    start_access_m, start_cost = float(start.distance_m[0]), int(search.access[0])
    to_vertex: dict[int, float] = {}
    for k in np.flatnonzero(is_reached):
        edge, fraction = int(ends.edge[k]), float(ends.fraction[k])
        length_m = float(network.edge_length_m[edge])
        best, side = cost_at(edge, fraction, network.edge_node, search.from_node, search.work.cost)
        if edge == start_edge:
            direct = along_edge(search.costs.edge, edge, start_fraction, fraction)
            if direct != UNREACHED and int(direct) + start_cost <= best:
                along_m = abs(fraction - start_fraction) * length_m
                distance_m[k] = start_access_m + along_m + ends.distance_m[k]
                continue
        vertex = int(network.edge_node[edge, side])
        distance_m[k] = (
            start_access_m
            + _to_vertex(search, vertex, start_edge, start_fraction, to_vertex)
            + abs(fraction - side) * length_m
            + ends.distance_m[k]
        )
    return distance_m


def _to_vertex(
    search: Search, vertex: int, start_edge: int, start_fraction: float, known: dict[int, float]
) -> float:
    """Return the metres from the origin's place on its edge to a vertex the search reached."""
    network = search.network
    trail: list[tuple[int, float]] = []
    at = vertex
    while at not in known:
        arc = int(search.work.parent[at])
        if arc == NO_ARC:
            # The end of the origin's edge that the seed stood for; of a loop, the cheaper way.
            _, length_m = min(
                (
                    int(share_of(search.costs.leave[start_edge, side], share)),
                    share * float(network.edge_length_m[start_edge]),
                )
                for side, share in ((0, start_fraction), (1, 1.0 - start_fraction))
                if network.edge_node[start_edge, side] == at
            )
            known[at] = length_m
            break
        edge = int(network.arc_edge[arc])
        trail.append((at, float(network.edge_length_m[edge])))
        at = int(network.edge_node[edge, int(network.arc_is_backward[arc])])
    total_m = known[at]
    for passed, step_m in reversed(trail):
        total_m += step_m
        known[passed] = total_m
    return total_m
