"""
Walking times, the nearest of many, and the walk itself.

Two modes never mix: with ``minutes`` the answers are seconds for a kind of walker
(`time_s`), with ``metres`` they are metres for a standard (`distance_m`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from circle.kernel import UNREACHED
from circle.network import FloatArray, Int32Array, WalkNetwork
from circle.positions import Positions, locate
from circle.search import access_costs, searching
from circle.snapping import Snaps, snap
from circle.units import Budget, Unit, make_budget
from circle.walkers import Walker, get_walker

_COLUMN: dict[Unit, str] = {"min": "time_s", "m": "distance_m"}


def travel_times(
    network: WalkNetwork,
    origins: Positions,
    destinations: Positions,
    *,
    minutes: float | None = None,
    metres: float | None = None,
    walker: str | Walker = "adult",
) -> pd.DataFrame:
    """
    Return what it costs to walk from every origin to every destination.

    Parameters
    ----------
    network
        Streets to walk on.
    origins, destinations
        Positions inside the extent of the data.
    minutes, metres
        The budget, in one of the two modes.
    walker
        Who walks.

    Returns
    -------
    times
        A row per pair, origins slowest: ``origin_id``, ``destination_id``, ``time_s`` (with
        minutes) or ``distance_m`` (with metres), ``is_snapped``. Both access legs count;
        ``inf`` where the budget runs out first or an end lies farther than 100 m from any
        street it can use, which `is_snapped` tells apart. Exactly on the budget is within it.

    Raises
    ------
    PositionError, BudgetError, WalkerError
        If an argument cannot be used.

    Examples
    --------
    >>> from circle.streets import straight_street
    >>> street = straight_street(length_m=600)
    >>> times = travel_times(street, [(0, 0)], [(0, 0), (0.001, 0)], minutes=15)
    >>> times.time_s.round(1).tolist()
    [0.0, 92.8]
    """
    budget, who = make_budget(minutes, metres), get_walker(walker)
    starts = locate(origins, within=network.bounds)
    ends = locate(destinations, within=network.bounds)
    start_snaps = snap(network, *starts.xy(network.frame), who)
    end_snaps = snap(network, *ends.xy(network.frame), who)
    cost = cost_matrix(network, start_snaps, end_snaps, budget, who)
    is_snapped = start_snaps.is_snapped[:, None] & end_snaps.is_snapped[None, :]
    return pd.DataFrame(
        {
            "origin_id": np.repeat(np.asarray(starts.index), len(ends.index)),
            "destination_id": np.tile(np.asarray(ends.index), len(starts.index)),
            _COLUMN[budget.unit]: _to_units(cost.ravel()),
            "is_snapped": is_snapped.ravel(),
        }
    )


def cost_matrix(
    network: WalkNetwork, origins: Snaps, destinations: Snaps, budget: Budget, walker: Walker
) -> Int32Array:
    """
    Return whole costs between all origins and all destinations.

    Parameters
    ----------
    network
        Streets to walk on.
    origins, destinations
        Joined positions.
    budget
        Its largest limit counts.
    walker
        Who walks.

    Returns
    -------
    cost
        Milliseconds or millimetres, int32, shape ``(origins, destinations)``; `UNREACHED`
        beyond the budget.

    Notes
    -----
    Searches from whichever side is smaller; costs are directed, and a search towards the
    destinations walks the arcs against their direction, so both give the same numbers.
    """
    towards = len(destinations) < len(origins)
    few, many = (destinations, origins) if towards else (origins, destinations)
    access = access_costs(many, walker, budget.unit)
    cost = np.empty((len(few), len(many)), np.int32)
    for k in range(len(few)):
        one = Snaps(few.edge[k : k + 1], few.fraction[k : k + 1], few.distance_m[k : k + 1])
        with searching(
            network, one, walker=walker, unit=budget.unit, limit=budget.limit, towards=towards
        ) as search:
            cost[k] = search.read(many, access)[0]
    return np.ascontiguousarray(cost.T) if towards else cost


def nearest(
    network: WalkNetwork,
    origins: Positions,
    facilities: Positions,
    *,
    minutes: float | None = None,
    metres: float | None = None,
    walker: str | Walker = "adult",
) -> pd.DataFrame:
    """
    Return the facility each origin walks least to.

    One search towards all facilities at once, whatever their number.

    Parameters
    ----------
    network
        Streets to walk on.
    origins, facilities
        Positions inside the extent of the data. Facilities are places the public visits: they
        are joined to a gated way only where no public street is near.
    minutes, metres
        The budget, in one of the two modes.
    walker
        Who walks.

    Returns
    -------
    nearest
        A row per origin: ``origin_id``, ``facility_id`` (missing when none is within the
        budget), ``time_s`` or ``distance_m`` (then ``inf``), ``is_snapped``. Of facilities
        equally near, the first in the table.

    Raises
    ------
    PositionError, BudgetError, WalkerError
        If an argument cannot be used.

    Examples
    --------
    >>> from circle.streets import straight_street
    >>> street = straight_street(length_m=600)
    >>> found = nearest(street, [(0, 0), (0.002, 0)], [(0.001, 0), (0.0025, 0)], minutes=15)
    >>> found.facility_id.tolist(), found.time_s.round(1).tolist()
    ([0, 1], [92.8, 46.4])
    """
    budget, who = make_budget(minutes, metres), get_walker(walker)
    starts = locate(origins, within=network.bounds)
    places = locate(facilities, within=network.bounds)
    start_snaps = snap(network, *starts.xy(network.frame), who)
    place_snaps = snap(network, *places.xy(network.frame), who, is_visited=True)
    with searching(
        network, place_snaps, walker=who, unit=budget.unit, limit=budget.limit, towards=True
    ) as search:
        cost, winner = search.read(start_snaps, access_costs(start_snaps, who, budget.unit))
    facility = pd.Series(places.index.to_numpy(), dtype=object).reindex(winner).to_numpy()
    return pd.DataFrame(
        {
            "origin_id": starts.index,
            "facility_id": pd.array(facility.tolist(), dtype=object),
            _COLUMN[budget.unit]: _to_units(cost),
            "is_snapped": start_snaps.is_snapped,
        }
    )


def _to_units(cost: npt.NDArray[np.int32]) -> FloatArray:
    """Return seconds or metres; whole numbers that mean "not reached" become ``inf``."""
    return np.where(cost == UNREACHED, np.inf, cost / 1000.0)
