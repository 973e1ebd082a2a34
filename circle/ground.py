"""
The ground between streets: which street each cell belongs to, computed once per tile.

A travel-time field of *minima* over whatever street was reached cuts corners: it jumps from a
reached street to ground that really belongs to another. So every cell of a 6 m lattice is joined
to its own nearest street by `circle.snapping`, barriers included; an isochrone then only looks
up the times at the two ends of that street.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from circle.kernel import compiled
from circle.network import FloatArray, Int32Array, WalkNetwork
from circle.snapping import (
    SNAP_LIMIT_M,
    WATER_LIMIT_M,
    nearest_street,
    share_along,
    street_arrays,
)
from circle.walkers import Walker

CELL_M = 6.0
"""
Width of a cell. Against walking times of random points, 15 min, Monaco and Porto (F1 on streets):
10 m .986 to .992, 7.5 m .987 to .993, 6 m .991 to .996, 5 m .992 to .996; work grows as 1 / width².
"""

WIDEST_CELLS = 500
"""
A walk that goes farther than this many cells is drawn on cells twice as wide, or four times: its
polygon is as true for its size, and two hours take as long to draw as half an hour.
"""

TILE_CELLS = 64

OFF_STREET_MAX_M = SNAP_LIMIT_M
"""Farthest that ground is counted from its street."""

HALF_DIAGONAL = 0.7
"""Of a cell, in cells. Shorter access legs are shortened further, see `_fill_tile`."""

RIM_CELLS = 2.5
"""How far from a shore its exact distance is kept; farther out only the side matters."""

MAX_TILES = 2048

Float32Array = npt.NDArray[np.float32]


def cell_width_m(radius_m: float) -> float:
    """Return how wide cells are for walks that can lead so far, see `WIDEST_CELLS`."""
    cell_m = CELL_M
    while radius_m > WIDEST_CELLS * cell_m:
        cell_m *= 2
    return cell_m


@dataclass(frozen=True, slots=True, eq=False)
class Tiles:
    """
    Cells of several tiles, arrays of shape ``(tiles, 64, 64)`` with rows from south to north.

    Parameters
    ----------
    street
        Which of its tile's edges a cell belongs to, uint16; 0 where none is near.
    fraction
        How far along that edge its nearest point lies, 0 to 1, float32.
    leg_m
        Length of the access leg, float32, softened below `Ground.soft_m`; ``inf`` without a street.
    outside_m
        Signed distance to where ground ends, float32: positive in water, negative on land;
        strips along streets over water count as land.
    first_edge, edge
        The edges of tile ``t`` are ``edge[first_edge[t]:first_edge[t + 1]]``, int32; cell value
        ``k`` means the ``k - 1``-th of them.
    """

    street: npt.NDArray[np.uint16]
    fraction: Float32Array
    leg_m: Float32Array
    outside_m: Float32Array
    first_edge: Int32Array
    edge: Int32Array

    @classmethod
    def empty(cls, n: int) -> Tiles:
        """Return room for `n` tiles."""
        shape = (n, TILE_CELLS, TILE_CELLS)
        return cls(
            np.empty(shape, np.uint16),
            np.empty(shape, np.float32),
            np.empty(shape, np.float32),
            np.empty(shape, np.float32),
            np.zeros(n + 1, np.int32),
            np.empty(0, np.int32),
        )

    def grown(self, n: int) -> Tiles:
        """Return a copy with room for `n` tiles."""
        larger = Tiles.empty(n)
        for name in ("street", "fraction", "leg_m", "outside_m", "first_edge"):
            old = getattr(self, name)
            getattr(larger, name)[: len(old)] = old
        return replace(larger, edge=self.edge)


@compiled
def _fill_tile(
    west: float,
    south: float,
    point_along: FloatArray,
    edge_length: FloatArray,
    streets: tuple[npt.NDArray[Any], ...],
    is_water: npt.NDArray[np.bool_],
    shore_m: Float32Array,
    edge: Int32Array,
    fraction: Float32Array,
    leg: Float32Array,
    outside: Float32Array,
    reach_m: float,
    half_width_m: float,
    cell_m: float,
) -> None:
    point_edge = streets[2]
    soft_m = HALF_DIAGONAL * cell_m
    strip_m = half_width_m + 2.0 * cell_m
    for row in range(edge.shape[0]):
        for column in range(edge.shape[1]):
            x = west + (column + 0.5) * cell_m
            y = south + (row + 0.5) * cell_m
            wet = is_water[row, column]
            edge[row, column] = -1
            leg[row, column] = np.inf
            fraction[row, column] = 0.0
            outside[row, column] = shore_m[row, column] if wet else -shore_m[row, column]
            if wet:
                # Streets over water carry a strip of ground along. Elsewhere near a shore the
                # nearest street lends its time, barrier or not, so that the line runs where the
                # water begins and not half-way between two cells.
                i, share, away = nearest_street(x, y, strip_m, True, *streets)
                if i >= 0:
                    outside[row, column] = min(shore_m[row, column], away - half_width_m)
                elif shore_m[row, column] < RIM_CELLS * cell_m:
                    i, share, away = nearest_street(x, y, reach_m, False, *streets)
            else:
                i, share, away = nearest_street(x, y, reach_m, True, *streets)
            if i < 0:
                continue
            on = point_edge[i]
            along = point_along[i] + share * (point_along[i + 1] - point_along[i])
            edge[row, column] = on
            fraction[row, column] = share_along(along, edge_length[on])
            # A street is a valley in the field of times; straight lines between cells would
            # bridge it and end the street too early. On average this evens it out.
            leg[row, column] = away * away / soft_m if away < soft_m else away


@dataclass(slots=True, eq=False)
class Ground:
    """
    Tiles of a network for one class of walkers, computed when first asked for.

    Safe to use from several threads: tiles already handed out are never overwritten.

    Parameters
    ----------
    network
        Streets and barriers.
    walker
        Decides which edges ground may be joined to.
    cell_m
        Width of a cell.
    """

    network: WalkNetwork
    walker: Walker
    cell_m: float = CELL_M
    _slots: dict[tuple[int, int], int] = field(default_factory=dict)
    _tiles: Tiles = field(default_factory=lambda: Tiles.empty(16))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, network: WalkNetwork, walker: Walker, cell_m: float = CELL_M) -> Ground:
        """Return the network's ground on cells of a width: one for all who use the same edges."""
        key = ("ground", walker.closed_flags, cell_m)
        ground = network.derived.setdefault(key, cls(network, walker, cell_m))
        assert isinstance(ground, Ground)
        return ground

    @property
    def tile_m(self) -> float:
        """Width of a tile."""
        return self.cell_m * TILE_CELLS

    @property
    def soft_m(self) -> float:
        """Length below which access legs are softened: half the diagonal of a cell."""
        return HALF_DIAGONAL * self.cell_m

    def tiles(self, wanted: Sequence[tuple[int, int]]) -> tuple[Tiles, Int32Array]:
        """
        Return tiles by column and row.

        Parameters
        ----------
        wanted
            Tile ``(c, r)`` covers ``x`` from ``c * tile_m`` and ``y`` from ``r * tile_m``.

        Returns
        -------
        tiles, slots
            Arrays, and where in them each wanted tile lies, int32.
        """
        with self._lock:
            missing = [key for key in wanted if key not in self._slots]
            if self._slots and len(self._slots) + len(missing) > MAX_TILES:
                # Start afresh rather than overwrite what another thread may be reading.
                self._slots.clear()
                self._tiles = Tiles.empty(len(wanted))
                missing = list(wanted)
            if missing:
                self._make_room(len(missing))
                for key in missing:
                    slot = len(self._slots)
                    self._fill(key, slot)
                    self._slots[key] = slot
            slots = np.fromiter((self._slots[key] for key in wanted), np.int32, len(wanted))
            return self._tiles, slots

    def _make_room(self, n_more: int) -> None:
        needed = len(self._slots) + n_more
        if needed > len(self._tiles.street):
            self._tiles = self._tiles.grown(max(needed, 2 * len(self._tiles.street)))

    def _fill(self, key: tuple[int, int], slot: int) -> None:
        network = self.network
        west, south = key[0] * self.tile_m, key[1] * self.tile_m
        is_water, shore_m = _water(network, west, south, self.cell_m)
        tiles = self._tiles
        edge = np.empty((TILE_CELLS, TILE_CELLS), np.int32)
        _fill_tile(
            west,
            south,
            network.point_along_m,
            network.edge_length_m,
            street_arrays(network, self.walker),
            is_water,
            shore_m,
            edge,
            tiles.fraction[slot],
            tiles.leg_m[slot],
            tiles.outside_m[slot],
            OFF_STREET_MAX_M + self.cell_m,
            # A strip narrower than a cell's diagonal would fall between the cells.
            max(WATER_LIMIT_M, self.soft_m + 0.1),
            self.cell_m,
        )
        own, street = np.unique(edge, return_inverse=True)
        has_none = own[0] < 0
        tiles.street[slot] = street.reshape(edge.shape) + (0 if has_none else 1)
        # Appending makes a new array: whoever holds the old one still has all it refers to.
        edges = np.append(tiles.edge, own[1:] if has_none else own).astype(np.int32)
        tiles.first_edge[slot + 1] = len(edges)
        self._tiles = replace(tiles, edge=edges)


def _water(
    network: WalkNetwork, west: float, south: float, cell_m: float
) -> tuple[npt.NDArray[np.bool_], Float32Array]:
    """Return which cells of a tile lie in water, and how far from its rim, at most `RIM_CELLS`."""
    shape = (TILE_CELLS, TILE_CELLS)
    rim_m, tile_m = RIM_CELLS * cell_m, TILE_CELLS * cell_m
    shore_m = np.full(shape, rim_m, np.float32)
    area = shapely.box(west - rim_m, south - rim_m, west + tile_m + rim_m, south + tile_m + rim_m)
    tree = network.water_tree
    near = tree.geometries[tree.query(area, "intersects")]
    if not len(near):
        return np.zeros(shape, np.bool_), shore_m
    water = shapely.union_all(shapely.intersection(near, area))
    middle = (np.arange(TILE_CELLS) + 0.5) * cell_m
    x, y = np.meshgrid(west + middle, south + middle)
    shapely.prepare(water)
    is_water = np.asarray(shapely.contains_xy(water, x, y))
    # The rim of the water itself, not the cuts made here around the tile.
    rims = shapely.union_all(shapely.intersection(shapely.boundary(near), area))
    if not rims.is_empty:
        points = np.asarray(shapely.points(x, y), object)
        shapely.prepare(rims)
        is_near = np.asarray(shapely.dwithin(rims, points, rim_m))
        shore_m[is_near] = shapely.distance(rims, points[is_near])
    return is_water, shore_m
