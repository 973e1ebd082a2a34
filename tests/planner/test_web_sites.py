"""Chosen sites on the planner's map: their numbers, and what they change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import geopandas as gpd
import pytest
import shapely
from covering.town import clinics
from sketch import place
from visiting import Visit

from circle.coverage.change import HOME_CHANGES
from circle.coverage.judge import judge
from circle.coverage.model import CoverageResult
from circle.planner.plan import Sites
from circle.planner.web import render_planner
from circle.siting import plan_sites

from . import drawn

Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def town() -> CoverageResult:
    return drawn.result()


def test_chosen_sites_say_whom_they_serve(visit: Open, town: CoverageResult) -> None:
    plan = drawn.plan()
    candidates = gpd.GeoDataFrame(
        {"candidate_id": ["near E", drawn.HOSTILE], "name": [None, drawn.HOSTILE], "how": "list"},
        geometry=[shapely.Point(place(*plan.xy(letter))) for letter in "EC"],
        crs="EPSG:4326",
    )
    subject = town.subject("clinic@5min")
    chosen = plan_sites(
        town.network, town.demand, clinics({"A": plan.xy("A"), "B": plan.xy("B")}), candidates,
        town.mode, 300.0, "most_people", n_new=1,
    )  # fmt: skip
    opened = visit(render_planner(drawn.inputs(town, sites=Sites(subject, chosen, candidates))))
    page = opened.page
    page.click("#language")
    assert page.evaluate("circleGuide.chosen.subject.key") == "clinic@5min"
    told = page.inner_text(".sites-told")
    # c and e live within 300 m of either candidate: 80 of 150 people more.
    assert "46.7 % → 100.0 %" in told
    assert "80 people known to be without gain it" in told
    assert "proven best" in told
    page.click("#tab-sites")
    assert "80 people" in page.inner_text("#table tbody tr")
    page.click("#layers [data-key=sites]")
    assert page.locator(".sites-told").count() == 0
    opened.assert_quiet()


def test_what_the_map_has_no_place_of_is_no_verdict_on_the_page(
    visit: Open, town: CoverageResult
) -> None:
    subjects = [*town.subjects, replace(town.subjects[0], key="none@5min", places="none")]
    places = {key: reach.places.table for key, reach in town.reaches.items()}
    judged = judge(
        town.network, town.demand, subjects, {**places, "none": clinics({})}, town.mode
    )  # fmt: skip
    page = visit(render_planner(drawn.inputs(judged))).page
    page.click("#language")
    page.evaluate("circleGuide.choose(circleGuide.store.byKey.get('none@5min'))")
    figures = page.inner_text("#figures")
    assert page.inner_text("#figures .big strong") == "none on this map"
    assert "No verdict" in figures
    assert "%" not in figures
    assert "none on this map" in page.inner_text("#legend")
    page.evaluate("circleGuide.openHome(2)")
    assert "None on this map: 1 (no verdict)" in page.inner_text("#card")
    assert page.evaluate("circleGuide.gapsOf(circleGuide.chosen.subject)") == []
    page.evaluate("circleGuide.choose(circleGuide.store.byKey.get('clinic@5min'))")
    assert "46.7 %" in page.inner_text("#figures .big")


def test_the_page_names_a_change_as_the_files_do(visit: Open, town: CoverageResult) -> None:
    page = visit(render_planner(drawn.inputs(town))).page
    words = page.evaluate(
        "[0, 1, 2, 3].map(old => [0, 1, 2, 3].map(later => circleGuide.changeOf(old, later)))"
    )
    # Rows and columns: covered, uncovered, unknown, outside. Who is outside stays so.
    assert [row[:3] for row in words[:3]] == [
        ["covered", "lost", "unknown"],
        ["gained", "uncovered", "unknown"],
        ["settled", "uncovered", "unknown"],
    ]
    assert words[3][3] == "outside"
    assert {word for row in words[:3] for word in row} <= set(HOME_CHANGES)
