"""
The walks from one position to many places: their time, and the metres of that very walk.

The quickest walk and the shortest one differ where steps or lifts cost time. A guide gives the
minutes and the metres of *one* walk, so both are read off the same search. A place with several
entrances is as far as the one that is reached first.
"""

from __future__ import annotations

from collections.abc import Iterable

import geopandas
import numpy as np
import pandas as pd
import shapely

from circle.geometry import LonLat
from circle.guide.model import GuidePlace
from circle.kernel import NO_ARC, UNREACHED
from circle.network import FloatArray, WalkNetwork
from circle.positions import locate
from circle.search import Search, access_costs, along_edge, cost_at, searching, share_of
from circle.snapping import Snaps, snap
from circle.units import MAX_MINUTES, make_budget
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
        Points, or several points (MultiPoint) of which the quickest to reach counts; those
        outside the extent, and rows without a point, are beyond reach.
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
    lonlat, of_place = shapely.get_coordinates(places.to_numpy(), return_index=True)
    is_inside = np.array([bounds.contains(LonLat(lon, lat)) for lon, lat in lonlat], np.bool_)
    if not is_inside.any():
        return walks
    lonlat, of_place = lonlat[is_inside], of_place[is_inside]
    end_snaps = snap(network, *network.frame.to_xy(*lonlat.T), who, is_visited=True)
    access = access_costs(end_snaps, who, "min")
    with searching(network, start_snap, walker=who, unit="min", limit=budget.limit) as search:
        cost, _ = search.read(end_snaps, access)
        distance_m = _distances(search, end_snaps, cost != UNREACHED)
    # Of several ways in the quickest, of equally quick ones the first that is told.
    quickest = np.lexsort((np.arange(len(cost)), cost, of_place))
    reached, first = np.unique(of_place[quickest], return_index=True)
    best = quickest[first]
    time_s, metres = np.full((2, len(places)), np.inf)
    is_snapped = np.zeros(len(places), np.bool_)
    time_s[reached] = np.where(cost[best] == UNREACHED, np.inf, cost[best] / 1000.0)
    metres[reached] = distance_m[best]
    is_snapped[of_place[end_snaps.is_snapped]] = True
    return walks.assign(time_s=time_s, distance_m=metres, is_snapped=is_snapped)


def ways_in(places: Iterable[GuidePlace]) -> geopandas.GeoSeries:
    """
    Return where walks to the places of a guide may end, as `walks_from` takes it.

    Parameters
    ----------
    places
        Of the guide; one that is not placed has no way in.

    Returns
    -------
    ways
        The entrances of each place, of one without any the place itself; index 0, 1, ….
    """
    return geopandas.GeoSeries(
        [
            None
            if place.lon is None or place.lat is None
            else shapely.multipoints(
                [(door.lon, door.lat) for door in place.entrances] or [(place.lon, place.lat)]
            )
            for place in places
        ],
        crs="EPSG:4326",
    )


def quickest_way_in(
    network: WalkNetwork, origin: LonLat, place: GuidePlace, walker: str | Walker
) -> LonLat:
    """
    Return the entrance of a place that is reached first.

    Parameters
    ----------
    network
        Streets to walk on.
    origin
        Where the walk starts, inside the extent of the data.
    place
        A place that is on the map.
    walker
        Who walks.

    Returns
    -------
    entrance
        The first one where none can be reached; without entrances the place itself.
    """
    ways = shapely.get_coordinates(ways_in([place]).iloc[0])
    if len(ways) == 1:
        return LonLat(*ways[0].tolist())
    points = geopandas.GeoSeries.from_xy(*ways.T, crs="EPSG:4326")
    walks = walks_from(network, origin, points, minutes=MAX_MINUTES, walker=walker)
    return LonLat(*ways[int(np.argmin(walks.time_s.to_numpy()))].tolist())


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
