"""Joins homes, facilities and ground to the streets: at gates, doors, or the nearest outline."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from circle.coverage.reach import Group
from circle.demand.model import Demand
from circle.demand.town import to_metres
from circle.network import BoolArray, FloatArray, Int32Array, WalkNetwork
from circle.snapping import Snaps, snap
from circle.walkers import Walker

Geometries = npt.NDArray[Any]
_FRONT_STEP_M = 10.0
_RIM_DEG = 1e-7
"""A centimetre: rounding does not put outside what stands on the rim of the data."""


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """
    Things with their positions on the streets.

    Parameters
    ----------
    group
        Where each position joins the streets.
    x_m, y_m
        The positions in the network's frame, in the order of the group.
    is_inside
        Whether any position of each thing lies in the extent of the data, shape ``(n,)``.
    """

    group: Group
    x_m: FloatArray
    y_m: FloatArray
    is_inside: BoolArray

    @property
    def off_street_m(self) -> FloatArray:
        """Shortest access leg of each thing, metres; ``inf`` where no street was found."""
        best = np.full(self.group.n, np.inf)
        np.minimum.at(best, self.group.owner, self.group.snaps.distance_m)
        return best


def foot_of(network: WalkNetwork, snaps: Snaps) -> tuple[FloatArray, FloatArray]:
    """
    Return where positions meet their edges, metres; NaN where unsnapped.

    Parameters
    ----------
    network
        Streets.
    snaps
        Joined positions.
    """
    x, y = np.full(len(snaps), np.nan), np.full(len(snaps), np.nan)
    on = np.flatnonzero(snaps.is_snapped)
    edge = snaps.edge[on]
    along = snaps.fraction[on] * network.edge_length_m[edge]
    # All points in one ascending row: edge after edge, each longer than any edge is.
    step = float(network.edge_length_m.max(initial=0.0)) + 1.0
    row = network.point_edge * step + network.point_along_m
    first = network.edge_first_point[edge]
    last = network.edge_first_point[edge + 1] - 2
    at = np.clip(np.searchsorted(row, edge * step + along, side="right") - 1, first, last)
    start = network.point_along_m[at]
    length = network.point_along_m[at + 1] - start
    share = np.divide(along - start, length, out=np.zeros(len(on)), where=length > 0)
    x[on] = network.point_x_m[at] + share * (network.point_x_m[at + 1] - network.point_x_m[at])
    y[on] = network.point_y_m[at] + share * (network.point_y_m[at + 1] - network.point_y_m[at])
    return x, y


def door_of(
    network: WalkNetwork, shapes: Geometries, walker: Walker, *, is_visited: bool = False
) -> tuple[FloatArray, FloatArray]:
    """
    Return the point of each area that is nearest to a street one can get to from it.

    Parameters
    ----------
    network
        Streets.
    shapes
        Polygons in metres, shape ``(n,)``.
    walker, is_visited
        As for `circle.snapping.snap`.

    Returns
    -------
    x_m, y_m
        On the outline, or inside where a street runs through; a point inside where no street
        is near.
    """
    points = shapely.point_on_surface(shapes)
    x, y = shapely.get_x(points), shapely.get_y(points)
    # A long front may be nearer to a street between its corners.
    fronts = shapely.segmentize(shapes, _FRONT_STEP_M)
    corners, owner = shapely.get_coordinates(fronts, return_index=True)
    snaps = snap(network, corners[:, 0], corners[:, 1], walker, is_visited=is_visited)
    order = np.lexsort((np.arange(len(owner)), snaps.distance_m, owner))
    first = order[np.unique(owner[order], return_index=True)[1]]
    first = first[snaps.is_snapped[first]]
    who = owner[first]
    best = Snaps(snaps.edge[first], snaps.fraction[first], snaps.distance_m[first])
    feet = shapely.points(np.column_stack(foot_of(network, best)))
    lines = shapely.shortest_line(shapes[who], feet)
    ends = shapely.get_coordinates(shapely.get_point(lines, 0))
    x[who], y[who] = ends[:, 0], ends[:, 1]
    return x, y


def join(
    network: WalkNetwork,
    x_m: FloatArray,
    y_m: FloatArray,
    owner: Int32Array,
    n: int,
    walker: Walker,
    *,
    is_visited: bool = False,
) -> Joined:
    """
    Join positions to the streets.

    Parameters
    ----------
    network
        Streets.
    x_m, y_m, owner
        Positions and the thing each belongs to.
    n
        Number of things.
    walker, is_visited
        As for `circle.snapping.snap`.
    """
    x, y = np.asarray(x_m, np.float64), np.asarray(y_m, np.float64)
    snaps = snap(network, x, y, walker, is_visited=is_visited)
    lon, lat = network.frame.to_lonlat(x, y)
    west, south, east, north = network.bounds
    inside = (lon >= west - _RIM_DEG) & (lon <= east + _RIM_DEG)
    inside &= (lat >= south - _RIM_DEG) & (lat <= north + _RIM_DEG)
    is_inside = np.zeros(n, np.bool_)
    who = np.asarray(owner, np.int32)
    is_inside[who[inside]] = True
    return Joined(Group(snaps, who, n), x, y, is_inside)


def join_homes(network: WalkNetwork, demand: Demand, walker: Walker) -> Joined:
    """
    Join homes to the streets at their gates and entrances, else at their nearest outline.

    Parameters
    ----------
    network
        Streets.
    demand
        Homes.
    walker
        Who walks.
    """
    starts = demand.starts
    x, y = network.frame.to_xy(starts["lon"].to_numpy(), starts["lat"].to_numpy())
    owner = starts["home"].to_numpy(np.int32)
    is_outline = (starts["kind"] == "outline").to_numpy(bool)
    if is_outline.any():
        shapes = to_metres(demand.homes.geometry.to_numpy()[owner[is_outline]], network.frame)
        x[is_outline], y[is_outline] = door_of(network, shapes, walker)
    return join(network, x, y, owner, len(demand.homes), walker)


def join_demand(network: WalkNetwork, demand: Demand, walker: Walker) -> tuple[Demand, Joined]:
    """
    Join homes to the streets; of plain cells only those where somebody could live are kept.

    Parameters
    ----------
    network
        Streets.
    demand
        Homes; a cell has one start, in the order of the cells.
    walker
        Who walks.

    Returns
    -------
    demand, joined
        Cells in rivers, on hills and beyond, with no street near, are left out.
    """
    homes = join_homes(network, demand, walker)
    if demand.how != "cells":
        return demand, homes
    kept = np.flatnonzero(homes.group.is_snapped)
    starts = demand.starts.iloc[kept].reset_index(drop=True)
    starts["home"] = np.arange(len(kept), dtype=np.int32)
    near = replace(demand, homes=demand.homes.iloc[kept].reset_index(drop=True), starts=starts)
    return near, join_homes(network, near, walker)
