"""Cells of ground on drawn maps: their street, their leg, and how tiles are kept."""

from __future__ import annotations

import numpy as np
import pytest
from sketch import sketch

from circle import ground as ground_module
from circle.ground import CELL_M, HALF_DIAGONAL, TILE_CELLS, Ground, cell_width_m
from circle.snapping import WATER_LIMIT_M, snap
from circle.walkers import WALKERS

ADULT = WALKERS["adult"]


def cell(x_m: float, y_m: float) -> tuple[tuple[int, int], tuple[int, int], tuple[float, float]]:
    """Return the tile of a position, row and column in it, and the middle of that cell."""
    column, row = int(x_m // CELL_M), int(y_m // CELL_M)
    middle = ((column + 0.5) * CELL_M, (row + 0.5) * CELL_M)
    tile = (column // TILE_CELLS, row // TILE_CELLS)
    return tile, (row % TILE_CELLS, column % TILE_CELLS), middle


def test_every_cell_is_joined_like_a_position() -> None:
    plan = sketch(
        """
        A-----B-----C
              |
        ======|======
              |
        D-----E-----F
        """,
        m_per_char=15,
    )
    network = plan.network
    wanted = [(c, r) for c in (-1, 0) for r in (-1, 0)]
    tiles, slots = Ground.of(network, ADULT).tiles(wanted)
    for (column, row), slot in zip(wanted, slots, strict=True):
        middles = (np.arange(TILE_CELLS) + 0.5) * CELL_M
        x, y = np.meshgrid(
            column * (TILE_CELLS * CELL_M) + middles, row * (TILE_CELLS * CELL_M) + middles
        )
        expected = snap(network, x.ravel(), y.ravel(), ADULT, limit_m=100 + CELL_M)
        street = tiles.street[slot].ravel().astype(int)
        own = tiles.edge[tiles.first_edge[slot] : tiles.first_edge[slot + 1]]
        edge = np.append(-1, own)[street]
        assert np.array_equal(edge, expected.edge)
        near = edge >= 0
        assert tiles.fraction[slot].ravel()[near] == pytest.approx(
            expected.fraction[near], abs=1e-6
        )
        leg, away = tiles.leg_m[slot].ravel(), expected.distance_m
        is_far = near & (away >= (HALF_DIAGONAL * CELL_M))
        assert leg[is_far] == pytest.approx(away[is_far], rel=1e-6)
        assert (leg[near] <= away[near] + 1e-5).all()
        assert np.isinf(leg[~near]).all()
        assert (tiles.outside_m[slot] < 0).all()  # no water here


def test_water_is_outside_but_for_strips_along_streets() -> None:
    water = "~" * 10
    plan = sketch(
        "\n".join([" " * 5 + water, "A----" + "-" * 10 + "----B", " " * 5 + water]),
        m_per_char=20,
    )
    ground = Ground.of(plan.network, ADULT)

    def outside_m(x: float, y: float) -> float:
        tile, (row, column), _ = cell(x, y)
        tiles, slots = ground.tiles([tile])
        return float(tiles.outside_m[slots[0], row, column])

    _, _, (_, y) = cell(0, 1)
    assert outside_m(0, 1) == pytest.approx(y - WATER_LIMIT_M, abs=0.01)
    assert outside_m(0, 1) < 0 < outside_m(0, 20)
    assert outside_m(150, 20) < 0  # on the bank
    # Distance to the shore is kept near it: 30 m is the rim of the water in the north.
    _, _, (_, y) = cell(50, 20)
    assert outside_m(50, 20) == pytest.approx(30 - y, abs=0.01)


def test_walkers_with_other_streets_have_other_ground() -> None:
    plan = sketch("A---B---C", BC={"highway": "steps"})
    adult, older = (Ground.of(plan.network, WALKERS[key]) for key in ("adult", "older"))
    wheels = Ground.of(plan.network, WALKERS["wheelchair"])
    assert adult is older
    assert wheels is not adult


def test_more_tiles_than_are_kept(monkeypatch) -> None:
    monkeypatch.setattr(ground_module, "MAX_TILES", 6)
    plan = sketch("A" + "-" * 150 + "B", m_per_char=12)
    ground = Ground.of(plan.network, ADULT)
    rng = np.random.default_rng(7)
    fresh = Ground(plan.network, ADULT)
    every = [(c, r) for c in range(-3, 3) for r in range(-2, 2)]
    monkeypatch.setattr(ground_module, "MAX_TILES", 6)
    for _ in range(20):
        wanted = [every[i] for i in rng.choice(len(every), rng.integers(1, 8), replace=False)]
        tiles, slots = ground.tiles(wanted)
        for key, slot in zip(wanted, slots, strict=True):
            alone, (one,) = Ground(plan.network, ADULT).tiles([key])
            assert np.array_equal(tiles.street[slot], alone.street[one])
            assert np.array_equal(tiles.leg_m[slot], alone.leg_m[one])
            own = tiles.edge[tiles.first_edge[slot] : tiles.first_edge[slot + 1]]
            assert np.array_equal(own, alone.edge[alone.first_edge[one] :])
    assert fresh is not ground


def test_tiles_handed_out_are_not_overwritten(monkeypatch) -> None:
    monkeypatch.setattr(ground_module, "MAX_TILES", 3)
    plan = sketch("A" + "-" * 150 + "B", m_per_char=12)
    ground = Ground.of(plan.network, ADULT)
    tiles, (slot,) = ground.tiles([(0, 0)])
    before = tiles.street[slot].copy(), tiles.leg_m[slot].copy(), tiles.edge.copy()
    for column in range(-3, 3):
        ground.tiles([(column, 0), (column, -1)])
    after = tiles.street[slot], tiles.leg_m[slot], tiles.edge
    for a, b in zip(before, after, strict=True):
        assert np.array_equal(a, b)


def test_long_walks_are_drawn_on_wider_cells() -> None:
    widths = [cell_width_m(radius_m) for radius_m in (3_000.0, 3_001.0, 10_000.0)]
    assert widths == [CELL_M, 2 * CELL_M, 4 * CELL_M]
