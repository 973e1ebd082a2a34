"""
Isochrones for people: tables of polygons, and the same as GeoJSON text for the service.

Beside each polygon stand the figures that keep it honest: its area, the area of the crow-fly
circle of the same budget, their ratio (the pedestrian shed), how many street vertices were
reached, and whether the walk ran into the edge of the data.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Real
from typing import Any

import geopandas
import numpy as np
import orjson

from circle.errors import BudgetError
from circle.field import Isochrone, draw
from circle.geometry import LonLat
from circle.ground import OFF_STREET_MAX_M
from circle.network import WalkNetwork
from circle.positions import Positions, locate
from circle.units import Budget, make_budget
from circle.walkers import Walker, get_walker

DECIMALS = 6
"""Of degrees in GeoJSON: a tenth of a metre, finer than any cell."""


def isochrones(
    network: WalkNetwork,
    origins: Positions,
    *,
    minutes: float | Iterable[float] | None = None,
    metres: float | Iterable[float] | None = None,
    walker: str | Walker = "adult",
    towards: bool = False,
    off_street_m: float = OFF_STREET_MAX_M,
) -> geopandas.GeoDataFrame:
    """
    Return the ground each origin reaches on foot.

    Parameters
    ----------
    network
        Streets to walk on.
    origins
        Where walks start, each inside the extent of the data.
    minutes, metres
        One budget or several, in one of the two modes.
    walker
        Who walks: a name such as ``"older"``, a speed, or a `Walker`.
    towards
        Draw instead from where each position can be reached.
    off_street_m
        How far ground off the streets counts, above 0 and at most 100.

    Returns
    -------
    isochrones
        EPSG:4326, a row per origin and budget, smallest budget first: ``origin_id``, ``budget``,
        ``unit`` (``"min"`` or ``"m"``), ``walker``, ``area_m2``, ``circle_area_m2``,
        ``shed_ratio``, ``n_vertices``, ``is_cut``, ``snap_distance_m`` (``inf`` and an empty
        geometry for an origin without a street within 100 m).

    Raises
    ------
    PositionError, BudgetError, WalkerError
        If an argument cannot be used.

    Examples
    --------
    >>> from circle.streets import straight_street
    >>> street = straight_street(length_m=1000)
    >>> rings = isochrones(street, LonLat(0, 0), metres=(100, 300))
    >>> rings.budget.tolist(), rings.is_valid.all()
    ([100.0, 300.0], np.True_)
    """
    budget = make_budget(minutes, metres)
    who = get_walker(walker)
    if not (isinstance(off_street_m, Real) and 0 < float(off_street_m) <= OFF_STREET_MAX_M):
        raise BudgetError(
            en=f"off_street_m must be a number of metres above 0 and at most {OFF_STREET_MAX_M:g}.",
            zh=f"off_street_m 必须是大于 0、不超过 {OFF_STREET_MAX_M:g} 的米数。",
        )
    located = locate(origins, within=network.bounds)
    rows: list[dict[str, Any]] = []
    shapes = []
    for label, x, y in zip(located.index, *located.xy(network.frame), strict=True):
        found = draw(
            network, float(x), float(y), budget, who, towards=towards, off_street_m=off_street_m
        )
        for limit, isochrone in zip(budget.values, found, strict=True):
            rows.append({"origin_id": label, **_figures(isochrone, budget, limit, who)})
            lonlat = isochrone.rings.lonlat(network.frame)
            shapes.append(isochrone.rings.geometry(lonlat))
    return geopandas.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4326")


def isochrone_geojson(
    network: WalkNetwork,
    origin: LonLat,
    *,
    minutes: float | Iterable[float] | None = None,
    metres: float | Iterable[float] | None = None,
    walker: str | Walker = "adult",
    towards: bool = False,
) -> bytes:
    """
    Return the isochrones of one origin as GeoJSON text.

    Parameters
    ----------
    network
        Streets to walk on.
    origin
        Where the walk starts, inside the extent of the data.
    minutes, metres
        One budget or several, in one of the two modes.
    walker
        Who walks.
    towards
        Draw instead from where the position can be reached.

    Returns
    -------
    text
        A FeatureCollection in UTF-8, one MultiPolygon feature per budget, smallest first;
        ``geometry`` is null where nothing is reached. Coordinates have six decimals.

    Raises
    ------
    PositionError, BudgetError, WalkerError
        If an argument cannot be used.
    """
    budget = make_budget(minutes, metres)
    who = get_walker(walker)
    located = locate(origin, within=network.bounds)
    x, y = located.xy(network.frame)
    found = draw(network, float(x[0]), float(y[0]), budget, who, towards=towards)
    return orjson.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": _figures(isochrone, budget, limit, who),
                    "geometry": _geometry(network, isochrone),
                }
                for limit, isochrone in zip(budget.values, found, strict=True)
            ],
        },
        option=orjson.OPT_SERIALIZE_NUMPY,
    )


def _figures(isochrone: Isochrone, budget: Budget, limit: float, walker: Walker) -> dict[str, Any]:
    radius_m = limit if budget.unit == "m" else limit * 60.0 * walker.speed_m_s
    circle_m2 = math.pi * radius_m**2
    return {
        "budget": limit,
        "unit": budget.unit,
        "walker": walker.key,
        "area_m2": round(isochrone.rings.area_m2, 1),
        "circle_area_m2": round(circle_m2, 1),
        "shed_ratio": round(isochrone.rings.area_m2 / circle_m2, 4),
        "n_vertices": isochrone.n_vertices,
        "is_cut": isochrone.is_cut,
        "snap_distance_m": round(isochrone.snap_distance_m, 1),
    }


def _geometry(network: WalkNetwork, isochrone: Isochrone) -> dict[str, Any] | None:
    rings = isochrone.rings
    if not len(rings.xy_m):
        return None
    lonlat = np.round(rings.lonlat(network.frame), DECIMALS)
    pieces = [lonlat[a:b] for a, b in zip(rings.ring_first, rings.ring_first[1:], strict=False)]
    polygons = [
        pieces[a:b] for a, b in zip(rings.polygon_first, rings.polygon_first[1:], strict=False)
    ]
    return {"type": "MultiPolygon", "coordinates": polygons}
