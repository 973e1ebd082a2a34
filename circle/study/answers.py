"""What both doors say of a walk, as plain data: the same words on a command line and by HTTP."""

from __future__ import annotations

from typing import Any

import shapely

from circle.directions import Route
from circle.errors import PositionError
from circle.geometry import LonLat, check_lonlat
from circle.network import WalkNetwork
from circle.snapping import SNAP_LIMIT_M, snap
from circle.walkers import Walker, get_walker

_DECIMALS = 6


def route_feature(route: Route) -> dict[str, Any]:
    """
    Return a walk as a GeoJSON feature.

    Parameters
    ----------
    route
        From `circle.route`.

    Returns
    -------
    feature
        A LineString of six decimals with ``length_m``, ``time_s``, ``n_steps``, ``walker`` and
        ``legs``, ready for JSON.
    """
    line = [
        [round(float(lon), _DECIMALS), round(float(lat), _DECIMALS)]
        for lon, lat in shapely.get_coordinates(route.geometry)
    ]
    return {
        "type": "Feature",
        "properties": {
            "length_m": round(route.length_m, 1),
            "time_s": round(route.time_s, 1),
            "n_steps": route.n_steps,
            "walker": route.walker,
            "legs": [
                {
                    "street": leg.street,
                    "kind": leg.kind,
                    "length_m": round(leg.length_m, 1),
                    "time_s": round(leg.time_s, 1),
                    "n_steps": leg.n_steps,
                    "turn_degrees": leg.turn_degrees,
                }
                for leg in route.legs
            ],
        },
        "geometry": {"type": "LineString", "coordinates": line},
    }


def require_street(network: WalkNetwork, position: LonLat, walker: str | Walker) -> None:
    """
    Refuse a position nobody can set out from.

    Parameters
    ----------
    network
        Streets to walk on.
    position
        Where somebody wants to set out.
    walker
        Who walks.

    Raises
    ------
    PositionError
        If it lies outside the data, or no street the walker can use is within 100 m of it.
    """
    at = check_lonlat(*position, within=network.bounds)
    x, y = network.frame.to_xy([at.lon], [at.lat])
    if not snap(network, x, y, get_walker(walker)).is_snapped[0]:
        raise PositionError(
            en=f"No street this walker can use lies within {SNAP_LIMIT_M:g} m of "
            f"{at.lon:g},{at.lat:g}; choose a position nearer to a street.",
            zh=f"{at.lon:g},{at.lat:g} 周围 {SNAP_LIMIT_M:g} 米内没有该步行者可走的道路；"
            "请选择离道路更近的位置。",
        )
