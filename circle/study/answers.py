"""What both doors say of a walk, as plain data: the same words on a command line and by HTTP."""

from __future__ import annotations

from typing import Any

import shapely

from circle.directions import Route

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
