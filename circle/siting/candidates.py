"""Where something could be built: listed positions, land that is free, or a lattice of streets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from circle.coverage.join import foot_of
from circle.demand.town import Town, to_metres
from circle.errors import SitingError
from circle.geometry import LonLat
from circle.network import WalkNetwork
from circle.snapping import SNAP_LIMIT_M, Snaps, snap
from circle.walkers import Walker

How = Literal["listed", "land", "lattice"]
CANDIDATE_COLUMNS = ("candidate_id", "name", "how", "geometry")
"""``candidate_id`` unique; ``name`` None where it has none; a point, EPSG:4326."""

FREE_LAND: Mapping[str, frozenset[str]] = {
    "landuse": frozenset({"brownfield", "greenfield", "vacant"}),
    "abandoned": frozenset({"yes"}),
}
"""Land nobody uses, by the tags of the map."""
PUBLIC_LAND: Mapping[str, frozenset[str]] = {
    "amenity": frozenset({"townhall", "community_centre", "public_building", "parking"}),
    "office": frozenset({"government"}),
    "building": frozenset({"public", "civic", "government"}),
    "landuse": frozenset({"institutional", "civic_admin"}),
}
"""Land and houses that are the public's: what a planner can use first. A car park counts."""

_MOST_LATTICE = 20_000
_SAME_SPOT_M = 10.0


def is_free_or_public(tags: Mapping[str, str]) -> bool:
    """
    Say whether a thing on the map is land nobody uses, or the public's.

    Examples
    --------
    >>> is_free_or_public({"landuse": "brownfield"}), is_free_or_public({"shop": "bakery"})
    (True, False)
    """
    return any(
        tags.get(key) in values
        for table in (FREE_LAND, PUBLIC_LAND)
        for key, values in table.items()
    ) and tags.get("access") not in ("private", "no")


LAND_KEYS = tuple(dict.fromkeys((*FREE_LAND, *PUBLIC_LAND)))
"""Keys `circle.demand.read_town` has to keep for `on_land`."""


def listed(positions: Iterable[tuple[str, LonLat]]) -> gpd.GeoDataFrame:
    """
    Return named positions as candidates.

    Parameters
    ----------
    positions
        Name, may be empty, and position of each.

    Examples
    --------
    >>> listed([("old boiler house", LonLat(103.83, 36.06))]).candidate_id.tolist()
    ['listed-1']
    """
    rows = list(positions)
    return _table(
        "listed", [name or None for name, _ in rows], [shapely.Point(at) for _, at in rows]
    )


def on_land(town: Town, *, least_m2: float = 0.0) -> gpd.GeoDataFrame:
    """
    Return a point on each free or public piece of land or house.

    Parameters
    ----------
    town
        The map, read with `LAND_KEYS`.
    least_m2
        Smaller pieces are left out; those mapped as points stay.
    """
    things = town.things
    area = things["area_m2"].to_numpy(np.float64)
    fits = np.array([is_free_or_public(tags) for tags in things["tags"]], np.bool_)
    found = things[fits & ~(area < least_m2)]
    points = [shapely.point_on_surface(shape) for shape in found.geometry]
    return _table("land", [name or None for name in found["name"]], points)


def lattice(
    network: WalkNetwork,
    area: Any,
    *,
    spacing_m: float = 100.0,
    walker: Walker,
) -> gpd.GeoDataFrame:
    """
    Return points of public streets at a regular spacing.

    Parameters
    ----------
    network
        Streets.
    area
        Polygon in degrees within which to look.
    spacing_m
        Side of the lattice's cells. A corner without a street within half of it has none.
    walker
        Who has to be able to get there.

    Raises
    ------
    SitingError
        If the spacing is not above zero, or would give more than 20,000 corners.
    """
    if not spacing_m > 0:
        raise SitingError(
            en="The spacing of the lattice must be some metres above zero.",
            zh="网格间距必须大于 0 米。",
        )
    shape = to_metres(np.array([area]), network.frame)[0]
    west, south, east, north = shape.bounds
    n_columns, n_rows = (int(d // spacing_m) + 1 for d in (east - west, north - south))
    if n_columns * n_rows > _MOST_LATTICE:
        raise SitingError(
            en=f"A lattice of {spacing_m:g} m has {n_columns * n_rows} corners here, more than "
            f"{_MOST_LATTICE}; choose a wider one.",
            zh=f"{spacing_m:g} 米的网格在此有 {n_columns * n_rows} 个交点，"
            f"超过 {_MOST_LATTICE} 个；请加大间距。",
        )
    # From the middle, so that what is left over is shared by both sides.
    x0 = (west + east) / 2 - (n_columns - 1) / 2 * spacing_m
    y0 = (south + north) / 2 - (n_rows - 1) / 2 * spacing_m
    columns, rows = np.meshgrid(np.arange(n_columns), np.arange(n_rows))
    x = x0 + columns.ravel() * spacing_m
    y = y0 + rows.ravel() * spacing_m
    inside = shapely.contains_xy(shape, x, y)
    snaps = snap(network, x[inside], y[inside], walker, is_visited=True)
    near = snaps.distance_m <= min(spacing_m / 2, SNAP_LIMIT_M)
    found = Snaps(snaps.edge[near], snaps.fraction[near], snaps.distance_m[near])
    foot_x, foot_y = foot_of(network, found)
    # Two corners may be drawn to one spot.
    spots = np.rint(np.column_stack([foot_x, foot_y]) / _SAME_SPOT_M)
    first = np.sort(np.unique(spots, axis=0, return_index=True)[1])
    lon, lat = network.frame.to_lonlat(foot_x[first], foot_y[first])
    return _table(
        "lattice", [None] * len(first), [shapely.Point(at) for at in zip(lon, lat, strict=True)]
    )


def _table(how: How, names: list[str | None], points: list[Any]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "candidate_id": [f"{how}-{number}" for number in range(1, len(points) + 1)],
            "name": pd.Series(names, dtype=object),
            "how": how,
        },
        geometry=points,
        crs="EPSG:4326",
        index=pd.RangeIndex(len(points)),
    )
