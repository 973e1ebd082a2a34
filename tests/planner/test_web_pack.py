"""What is packed for the page says the same there: limits in steps, shapes within a metre."""

from __future__ import annotations

import base64
import zlib
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from circle.classes import relative_luminance
from circle.kernel import UNREACHED
from circle.planner.web import colours
from circle.planner.web_pack import (
    in_steps,
    pack_shapes,
    packed,
    step_of,
    straight_in_steps,
)


def unpacked(text: dict[str, Any]) -> np.ndarray[Any, Any]:
    """As `unpackNumbers` of the page reads it."""
    planes = zlib.decompress(base64.b64decode(text["text"]), -15)
    width = int(text["kind"][1:])
    data = np.frombuffer(planes, np.uint8).reshape(width, text["n"]).T.copy()
    return data.view(f"<{text['kind']}").ravel()


@pytest.mark.parametrize("top", [0, 255, 256, 65_535, 65_536, 2**31])
def test_numbers_come_back(top: int) -> None:
    values = np.array([0, 1, top // 2, top], np.int64)
    assert unpacked(packed(values)).tolist() == values.tolist()


def test_floats_come_back_to_the_last_bit() -> None:
    values = np.array([0.1, 67_661.07998961624, -7.42])
    assert unpacked(packed(values)).tolist() == values.tolist()
    assert unpacked(packed(np.empty(0, np.int64))).tolist() == []


@given(
    cost=st.one_of(st.integers(0, 10_000_000), st.just(int(UNREACHED))),
    limits=st.lists(st.integers(1, 10_000_000), min_size=1, max_size=4),
)
def test_within_the_limit_is_the_same_question_in_steps(cost: int, limits: list[int]) -> None:
    step = step_of(limits)
    (steps,) = in_steps(np.array([cost], np.int32), step)
    for limit in limits:
        assert (0 < steps <= limit // step + 1) == (cost <= limit)


@given(metres=st.floats(0, 10_000), limits=st.lists(st.integers(1, 10_000), min_size=1, max_size=3))
def test_straight_lines_are_too(metres: float, limits: list[int]) -> None:
    step = step_of([1000 * limit for limit in limits])
    (steps,) = straight_in_steps(np.array([metres]), step)
    for limit in limits:
        # A hair on either side of the limit is nobody's question.
        if abs(metres - limit - 1e-6) > 1e-9:
            assert (0 < steps <= 1000 * limit // step + 1) == (metres <= limit + 1e-6)
    assert straight_in_steps(np.array([np.inf]), step).tolist() == [0]


def test_shapes_keep_their_rings_and_places() -> None:
    square = shapely.Polygon(
        [(7.42, 43.73), (7.43, 43.73), (7.43, 43.74), (7.42, 43.74)],
        [[(7.424, 43.734), (7.426, 43.734), (7.426, 43.736)]],
    )
    two = shapely.MultiPolygon([square, shapely.box(7.5, 43.8, 7.51, 43.81)])
    text = pack_shapes([two, shapely.Point(7.41, 43.72), shapely.Polygon()], (7.4, 43.7))
    assert unpacked(text["rings"]).tolist() == [3, 1, 0]
    assert unpacked(text["points"]).tolist() == [4, 3, 4, 1]
    steps = np.column_stack([unpacked(text["dx"]), unpacked(text["dy"])]).astype(np.int64)
    steps = np.where(steps % 2, -(steps + 1) // 2, steps // 2)
    assert (steps[:4].cumsum(axis=0)[0] / 1e6 + (7.4, 43.7)).tolist() == pytest.approx(
        [7.42, 43.73]
    )
    assert (steps[11] / 1e6 + (7.4, 43.7)).tolist() == pytest.approx([7.41, 43.72])


def test_steps_of_colour_are_told_apart_in_grey() -> None:
    """Far and lacking is darker, step by step; no two states are one grey."""
    table = colours()
    steps = [relative_luminance(step["colour"]) for step in table["distance"]]
    assert all(near > 1.25 * far for near, far in pairwise(steps))
    shares = [relative_luminance(step["colour"]) for step in table["share"]]
    assert all(most > 1.25 * least for least, most in pairwise(shares))
    covered, uncovered = (relative_luminance(table["state"][k]) for k in ("covered", "uncovered"))
    assert (covered + 0.05) / (uncovered + 0.05) > 3
    straight = sorted(relative_luminance(one) for one in table["straight"].values())
    assert straight[1] > 1.5 * straight[0]
    assert straight[2] > 1.5 * straight[1]
