"""Sets of places to walk to, and the ways into them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from circle.coverage.join import Joined, door_of, foot_of, join
from circle.coverage.reach import take_snaps
from circle.demand.town import Town, to_metres
from circle.network import FloatArray, Int32Array, WalkNetwork
from circle.snapping import snap
from circle.walkers import Walker

LARGE_M2 = 2_000.0
"""An area larger than this is entered where streets cross its outline, not at one door."""
_RIM_STEP_M = 15.0
_NEAR_RIM_M = 20.0
_SAME_WAY_IN_M = 5.0

PLACE_COLUMNS = ("place_id", "name", "name_en", "area_m2", "capacity", "accuracy_m", "geometry")
_CAPACITY = ("capacity", "beds", "capacity:beds", "capacity:persons", "capacity:people")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, eq=False)
class Places:
    """
    Places of one kind, joined to the streets for one walker.

    Parameters
    ----------
    table
        EPSG:4326, columns `PLACE_COLUMNS`: ``place_id`` unique, names, size and capacity (NaN
        where unknown), how well the position is known in metres, the geometry as mapped.
    joined
        Ways in; a place may have several.
    """

    table: gpd.GeoDataFrame
    joined: Joined

    def __len__(self) -> int:
        return len(self.table)


def capacity_of(tags: Mapping[str, str]) -> float:
    """
    Return the beds or places a map gives, NaN where it does not.

    Examples
    --------
    >>> capacity_of({"capacity": "120"}), capacity_of({"amenity": "clinic"})
    (120.0, nan)
    """
    for key in _CAPACITY:
        found = _NUMBER.fullmatch(tags.get(key, "").strip())
        if found:
            return float(found.group())
    return float("nan")


def places_table(rows: Iterable[Mapping[str, Any]]) -> gpd.GeoDataFrame:
    """
    Return a table of places from rows that have at least ``place_id`` and ``geometry``.

    Parameters
    ----------
    rows
        Values by column of `PLACE_COLUMNS`; geometry in degrees.
    """
    listed = list(rows)
    text = {
        name: pd.Series([row.get(name) or None for row in listed], dtype=object)
        for name in ("place_id", "name", "name_en")
    }
    numbers = {
        name: np.array([row.get(name, np.nan) for row in listed], np.float64)
        for name in ("area_m2", "capacity", "accuracy_m")
    }
    return gpd.GeoDataFrame(
        {**text, **numbers}, geometry=[row["geometry"] for row in listed], crs="EPSG:4326",
        index=pd.RangeIndex(len(listed)),
    )[list(PLACE_COLUMNS)]  # fmt: skip


def things_matching(
    town: Town,
    fits: Callable[[Mapping[str, str]], bool],
    *,
    least_size_m2: float | None = None,
    most_size_m2: float | None = None,
) -> gpd.GeoDataFrame:
    """
    Return the things of a map that are a facility, each once.

    Parameters
    ----------
    town
        The map.
    fits
        Whether tags are those of the facility.
    least_size_m2, most_size_m2
        Areas below the one, or not below the other, are left out; so is, where a least size is
        asked for, what is mapped as a point or a line: nobody knows its size.

    Returns
    -------
    places
        Columns `PLACE_COLUMNS` and ``doors``. A point inside an area of the same selection is
        the same thing and left out.
    """
    things = town.things
    size = things["area_m2"].to_numpy(np.float64)
    kept = np.array([fits(tags) for tags in things["tags"]], np.bool_)
    if least_size_m2 is not None:
        kept &= size >= least_size_m2
    if most_size_m2 is not None:
        kept &= ~(size >= most_size_m2)
    found = things[kept].reset_index(drop=True)
    is_area = np.isfinite(found["area_m2"].to_numpy(np.float64))
    if is_area.any() and not is_area.all():
        shapes = found.geometry.to_numpy()
        tree = shapely.STRtree(shapes[is_area])
        inner, _ = tree.query(shapes[~is_area], predicate="intersects")
        double = np.flatnonzero(~is_area)[np.unique(inner)]
        found = found.drop(index=double).reset_index(drop=True)
    table = places_table(
        {
            "place_id": row.osm_id,
            "name": row.name,
            "name_en": row.name_en,
            "area_m2": row.area_m2,
            "capacity": capacity_of(row.tags),
            "geometry": row.geometry,
        }
        for row in found.itertuples(index=False)
    )
    table["doors"] = found["doors"].to_numpy()
    return table


def from_facilities(facilities: gpd.GeoDataFrame, shapes: Mapping[str, Any]) -> gpd.GeoDataFrame:
    """
    Return located facilities as places.

    Parameters
    ----------
    facilities
        Schema `circle.schemas.FACILITIES`; those without a position are left out.
    shapes
        Of some, by ``facility_id``: the geometry as mapped and the area in m²; a place that is
        an area is entered there, others at their position.
    """
    rows = []
    for row in facilities[facilities["is_placed"].to_numpy(bool)].itertuples(index=False):
        geometry, area = shapes.get(row.facility_id, (row.geometry, np.nan))
        is_area = np.isfinite(area) and area > LARGE_M2
        rows.append(
            {
                "place_id": row.facility_id,
                "name": row.name,
                "name_en": row.name_en,
                "area_m2": area,
                "capacity": getattr(row, "capacity", np.nan),
                # Of an area that is the way from its middle to its rim, and it is entered there.
                "accuracy_m": np.nan if is_area else row.position_accuracy_m,
                "geometry": geometry if is_area else row.geometry,
            }
        )
    table = places_table(rows)
    table["doors"] = [()] * len(table) if len(table) else pd.Series([], dtype=object)
    return table


def join_places(network: WalkNetwork, table: gpd.GeoDataFrame, walker: Walker) -> Places:
    """
    Join places to the streets by the ways into them.

    Parameters
    ----------
    network
        Streets.
    table
        Columns `PLACE_COLUMNS`, and ``doors`` where the map knows them.
    walker
        Who walks.
    """
    xs: list[FloatArray] = []
    ys: list[FloatArray] = []
    owners: list[Int32Array] = []

    def add(x: Any, y: Any, owner: Any) -> None:
        xs.append(np.atleast_1d(np.asarray(x, np.float64)))
        ys.append(np.atleast_1d(np.asarray(y, np.float64)))
        owners.append(np.broadcast_to(np.asarray(owner, np.int32), xs[-1].shape))

    shapes = to_metres(table.geometry.to_numpy(), network.frame)
    doors = table["doors"].tolist() if "doors" in table else [()] * len(table)
    has_door = np.array([bool(each) for each in doors], np.bool_)
    for owner in np.flatnonzero(has_door):
        lon, lat = np.array(doors[owner]).T
        add(*network.frame.to_xy(lon, lat), owner)
    dimension = shapely.get_dimensions(shapes)
    is_point = dimension == 0
    plain = np.flatnonzero(is_point & ~has_door)
    add(shapely.get_x(shapes[plain]), shapely.get_y(shapes[plain]), plain)
    is_large = (shapely.area(shapes) > LARGE_M2) | (dimension == 1)
    small = np.flatnonzero(~is_point & ~is_large & ~has_door)
    if len(small):
        add(*door_of(network, shapes[small], walker, is_visited=True), small)
    for owner in np.flatnonzero(is_large):
        x, y = _ways_in(network, shapes[owner], walker)
        add(x, y, owner)
    joined = join(
        network,
        np.concatenate(xs),
        np.concatenate(ys),
        np.concatenate(owners),
        len(table),
        walker,
        is_visited=True,
    )
    return Places(table.drop(columns="doors", errors="ignore"), joined)


def _street_tree(network: WalkNetwork) -> tuple[shapely.STRtree, Any]:
    known = network.derived.get("coverage.streets")
    # A network made from another may have taken over what that one had derived.
    if known is None or known[2] is not network.point_x_m:
        shown = network.edge_length_m[network.point_edge] > 0
        points = np.column_stack([network.point_x_m, network.point_y_m])[shown]
        number = (np.cumsum(network.edge_length_m > 0) - 1)[network.point_edge[shown]]
        lines: Any = shapely.linestrings(points, indices=number)
        known = (shapely.STRtree(lines), lines, network.point_x_m)
        network.derived["coverage.streets"] = known
    return known[0], known[1]


def _ways_in(network: WalkNetwork, shape: Any, walker: Walker) -> tuple[FloatArray, FloatArray]:
    """Return where streets cross the outline of an area; else where it comes near to one."""
    tree, lines = _street_tree(network)
    rim = shapely.boundary(shape) if shape.area > 0 else shape
    met = tree.query(rim, predicate="intersects")
    crossings = shapely.get_coordinates(shapely.intersection(lines[met], rim))
    if len(crossings):
        cells = np.unique(np.rint(crossings / _SAME_WAY_IN_M), axis=0, return_index=True)[1]
        crossings = crossings[np.sort(cells)]
        return crossings[:, 0], crossings[:, 1]
    points = shapely.get_coordinates(shapely.segmentize(rim, _RIM_STEP_M))
    snaps = snap(network, points[:, 0], points[:, 1], walker, is_visited=True)
    if not snaps.is_snapped.any():
        middle = shapely.point_on_surface(shape)
        return np.array([middle.x]), np.array([middle.y])
    near = np.flatnonzero(snaps.distance_m <= snaps.distance_m.min() + _NEAR_RIM_M)
    feet = shapely.points(np.column_stack(foot_of(network, take_snaps(snaps, near))))
    ends = shapely.get_coordinates(shapely.get_point(shapely.shortest_line(rim, feet), 0))
    return ends[:, 0], ends[:, 1]
