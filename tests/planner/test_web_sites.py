"""Chosen sites on the planner's map: their numbers, and what they change."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import pytest
import shapely
from covering.town import clinics
from sketch import place
from visiting import Visit

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
