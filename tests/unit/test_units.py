"""Budgets: minutes or metres, never both, in any form people have them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from sentences import assert_speaks

from circle.errors import BudgetError
from circle.units import MAX_METRES, MAX_MINUTES, Budget, make_budget


@pytest.mark.parametrize(
    ("minutes", "limits"),
    [
        (15, (900_000,)),
        (0.5, (30_000,)),
        ((15, 5, 10), (300_000, 600_000, 900_000)),
        ([5, 5.0, 10], (300_000, 600_000)),
        pytest.param((m for m in (10, 5)), (300_000, 600_000), id="generator"),
        (range(5, 20, 5), (300_000, 600_000, 900_000)),
        (MAX_MINUTES, (7_200_000,)),
        (np.float64(5), (300_000,)),
        (np.int64(5), (300_000,)),
        (np.array([5, 10]), (300_000, 600_000)),
        (np.array([5.0, 10.0]), (300_000, 600_000)),
        (pd.Series([10, 5]), (300_000, 600_000)),
        ({5, 10}, (300_000, 600_000)),
    ],
    ids=str,
)
def test_minutes_become_milliseconds(minutes: object, limits: tuple[int, ...]) -> None:
    budget = make_budget(minutes)
    assert budget.unit == "min"
    assert budget.limits == limits
    assert budget.limit == limits[-1]
    assert all(type(value) is float for value in budget.values)  # noqa: PD011


def test_metres_become_millimetres() -> None:
    assert make_budget(metres=(500, 300)) == Budget("m", (300.0, 500.0))
    assert make_budget(metres=MAX_METRES).limit == 10_000_000
    assert make_budget(metres=0.0014).limit == 1


@pytest.mark.parametrize(
    "bad",
    [0, -1, math.nan, math.inf, -math.inf, 120.001, (), (5, 0), (5, math.nan), "15", b"15",
     (5, "10"), [None], True, (5, True), pytest.param(object(), id="object"), 1j, [[5]], "abc"],
    ids=str,
)  # fmt: skip
def test_bad_minutes(bad: object) -> None:
    with pytest.raises(BudgetError) as caught:
        make_budget(minutes=bad)
    assert_speaks(caught.value, "minutes", "120")
    assert "分钟" in caught.value.zh


def test_bad_metres() -> None:
    for bad in (0, 10_000.5, "300"):
        with pytest.raises(BudgetError) as caught:
            make_budget(metres=bad)
        assert_speaks(caught.value, "metres", "10000")


def test_both_or_neither() -> None:
    for budget in ({}, {"minutes": 5, "metres": 300}):
        with pytest.raises(BudgetError) as caught:
            make_budget(**budget)
        assert_speaks(caught.value, "either minutes or metres")
