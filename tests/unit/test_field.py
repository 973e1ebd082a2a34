"""Drawing in metres: what a budget spends, and degrees as good as the projection's."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from sketch import FRAME, sketch

from circle.field import NO_RINGS, Rings, draw
from circle.geometry import LocalFrame
from circle.units import make_budget
from circle.walkers import WALKERS, Walker

ADULT = WALKERS["adult"]


@pytest.mark.parametrize("extent_m", [20.0, 1_000.0, 5_900.0, 20_000.0])
@pytest.mark.parametrize("frame", [FRAME, LocalFrame(-8.6, 41.1), LocalFrame(24.9, 69.9)])
@pytest.mark.parametrize("at", [(0.0, 0.0), (12_000.0, -9_000.0)])
def test_degrees_are_the_projections_to_the_millimetre(extent_m, frame, at) -> None:
    rng = np.random.default_rng(1)
    xy = rng.uniform(-extent_m / 2, extent_m / 2, (500, 2)) + at
    xy[:2] = np.array([(-extent_m / 2, -extent_m / 2), (extent_m / 2, extent_m / 2)]) + at
    rings = Rings(xy, np.array([0, 500]), np.array([0, 1]), 0.0)
    lonlat = rings.lonlat(frame)
    back = np.column_stack(frame.to_xy(*lonlat.T))
    assert np.abs(back - xy).max() < 0.001


def test_no_rings_are_an_empty_geometry() -> None:
    assert NO_RINGS.lonlat(FRAME).shape == (0, 2)
    assert NO_RINGS.geometry(NO_RINGS.xy_m).is_empty


def test_what_stairs_take_is_not_walked_elsewhere() -> None:
    # 100 steps of 0.5 s are 50 s, or 45 m of an older person's walk.
    plan = sketch(
        "A" + "-" * 40 + "B" + "-" * 3 + "C" + "-" * 60 + "D",
        BC={"highway": "steps", "step_count": "100"},
    )
    (one,) = draw(plan.network, *plan.xy("B", east=-100), make_budget(minutes=5), WALKERS["older"])
    east = one.rings.xy_m[:, 0].max() - plan.xy("B")[0]
    assert east == pytest.approx(270 - 100 - 45, abs=3.1)
    (in_metres,) = draw(
        plan.network, *plan.xy("B", east=-100), make_budget(metres=270), WALKERS["older"]
    )
    assert in_metres.rings.xy_m[:, 0].max() - plan.xy("B")[0] == pytest.approx(170, abs=3.1)


def test_wheels_draw_no_ground_beyond_stairs() -> None:
    plan = sketch("A" + "-" * 40 + "B" + "-" * 20 + "C", BC={"highway": "steps"}, m_per_char=15)
    (one,) = draw(
        plan.network, *plan.xy("B", east=-100), make_budget(metres=400), WALKERS["wheelchair"]
    )
    shape = one.rings.geometry(one.rings.xy_m)
    # Only as far beyond the end of what it can use as one walks off a street.
    assert not shapely.contains_xy(shape, *plan.xy("B", east=110))
    assert shape.bounds[2] <= plan.xy("B", east=100)[0] + 1


def test_one_drawing_of_several_budgets_is_each_drawn_alone() -> None:
    plan = sketch(
        """
        A-----------B-----------C
        |           |           |
        |           |           |
        |           |           |
        D-----------E-----------F
        """,
        m_per_char=25,
    )
    at = plan.xy("B", east=90, north=-8)
    together = draw(plan.network, *at, make_budget(metres=(100, 350, 700)), ADULT)
    for metres, one in zip((100, 350, 700), together, strict=True):
        (alone,) = draw(plan.network, *at, make_budget(metres=metres), ADULT)
        assert np.array_equal(alone.rings.xy_m, one.rings.xy_m)
        assert alone.n_vertices == one.n_vertices
        assert alone.is_cut == one.is_cut


def test_on_the_corner_it_does_not_matter_which_street_was_joined() -> None:
    drawing = """
        A-----------B-----------C
                    |
                    |
                    |
                    D
        """
    walker = Walker("walker", 1.2)
    shapes = []
    for nudge in (0.0, 1e-7, -1e-7):
        plan = sketch(drawing, m_per_char=25)
        (one,) = draw(plan.network, *plan.xy("B", east=nudge), make_budget(minutes=3), walker)
        shapes.append(one.rings.geometry(one.rings.xy_m))
    for other in shapes[1:]:
        assert shapely.symmetric_difference(shapes[0], other).area < 0.01


def test_unsnapped_draws_nothing_and_says_so() -> None:
    plan = sketch("A---B")
    found = draw(plan.network, *plan.xy("A", north=101), make_budget(minutes=(5, 10)), ADULT)
    assert [one.snap_distance_m for one in found] == [math.inf, math.inf]
    assert all(not len(one.rings.xy_m) for one in found)
    assert not any(one.is_cut for one in found)
