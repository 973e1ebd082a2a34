"""The figures of `make bench` on a few hundred cases, so that a change that breaks them shows."""

from __future__ import annotations

from pathlib import Path

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


def ask_all(m: maps.TestMap, cases: list) -> Tally:
    together = Tally()
    for case in cases:
        together.add(put(m, case))
    return together


@pytest.mark.slow
def test_exact_disturbed_and_absent(drawn: maps.TestMap) -> None:
    exact = ask_all(drawn, thin(exact_cases(drawn), 150))
    disturbed = ask_all(drawn, thin(disturbed_cases(drawn), 250))
    absent = ask_all(drawn, thin(absent_cases(drawn, ELSEWHERE_ZH, ["解放路", "中山北路"]), 150))
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
    assert list(disturbed_cases(one)) == list(disturbed_cases(other))
    halves = [half_of(name) for name in one.streets]
    assert 0.25 < halves.count("test") / len(halves) < 0.75
