"""Ground nobody crosses off the streets, counts of steps, layers."""

from __future__ import annotations

import pytest
from rule_table import Row, cases, read_table

from circle.walking import classify_barrier, layer_of, step_count, tagged_step_count


def written(tags: dict[str, str], is_area: bool) -> str:
    barrier = classify_barrier(tags, is_area)
    return "-" if barrier is None else barrier.name


@pytest.mark.parametrize("row", cases(read_table("ground_lines.txt")))
def test_line(row: Row) -> None:
    assert written(row.tags, is_area=False) == row.expected, row.reason


@pytest.mark.parametrize("row", cases(read_table("ground_areas.txt")))
def test_area(row: Row) -> None:
    assert written(row.tags, is_area=True) == row.expected, row.reason


@pytest.mark.parametrize("row", cases(read_table("steps.txt")))
def test_steps(row: Row) -> None:
    tagged, counted = map(int, row.expected.split())
    assert tagged_step_count(row.tags) == tagged, row.reason
    assert step_count(row.tags, 10.0) == counted, row.reason


def test_shortest_steps_are_one_step() -> None:
    assert step_count({"highway": "steps"}, 0.0) == 1


@pytest.mark.parametrize("row", cases(read_table("layers.txt")))
def test_layer(row: Row) -> None:
    assert layer_of(row.tags) == int(row.expected), row.reason
