"""The figures of `make bench` on a few hundred cases, so that a change that breaks them shows."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from tests.geocoding import maps
from tests.geocoding.cases import (
    ELSEWHERE_ZH,
    absent_cases,
    disturbed_cases,
    exact_cases,
    half_of,
    thin,
)
from tests.geocoding.measure import Tally, put


@pytest.fixture(scope="module", params=["sample", "tsinghua"])
def drawn(request: pytest.FixtureRequest, extracts: Path) -> maps.TestMap:
    return maps.shanzishi() if request.param == "sample" else maps.tsinghua(extracts)


K = TypeVar("K", str, tuple[str, str])
V = TypeVar("V")


def some_of(things: dict[K, V], most: int) -> dict[K, V]:
    """Return at most so many, drawn by hash: drawing cases of all takes longer than asking."""
    ranked = sorted(things, key=lambda key: hashlib.sha256(str(key).encode()).digest())
    return {key: things[key] for key in ranked[:most]}


def ask_all(m: maps.TestMap, cases: list) -> Tally:
    together = Tally()
    for case in cases:
        together.add(put(m, case))
    return together


@pytest.mark.slow
def test_exact_disturbed_and_absent(drawn: maps.TestMap) -> None:
    exact = ask_all(drawn, thin(exact_cases(drawn), 150))
    # What is asked is of a part of the map; what it is found among is the whole.
    few = replace(
        drawn,
        names=some_of(drawn.names, 60),
        streets=some_of(drawn.streets, 20),
        addresses=some_of(drawn.addresses, 10),
    )
    disturbed = ask_all(drawn, thin(disturbed_cases(few), 250))
    absent = ask_all(drawn, list(absent_cases(few, ELSEWHERE_ZH[::2], ["解放路", "中山北路"])))
    assert exact.n > 30
    assert disturbed.n > 60
    assert absent.n > 60
    assert exact.share(exact.top_1) >= 0.97
    assert disturbed.share(disturbed.top_1) >= 0.88
    assert disturbed.share(disturbed.top_3) >= 0.95
    assert absent.share(absent.top_1) >= 0.95
    assert absent.confident == 0
    sure = exact.confident + disturbed.confident
    assert exact.confident_right + disturbed.confident_right >= 0.99 * sure


def test_cases_are_drawn_the_same_each_time() -> None:
    one, other = maps.shanzishi(), maps.shanzishi()
    few, as_few = (
        replace(each, names=some_of(each.names, 10), streets=some_of(each.streets, 10))
        for each in (one, other)
    )
    assert list(disturbed_cases(few)) == list(disturbed_cases(as_few))
    halves = [half_of(name) for name in one.streets]
    assert 0.25 < halves.count("test") / len(halves) < 0.75
