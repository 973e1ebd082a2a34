"""My home in the one file: no server, the network cut, the same answers as the command line's."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

import circle
from circle.guide.content import GuideContent
from circle.guide.pack import pack_for_guide
from circle.guide.web import render_page
from circle.study import Study, build_study, read_study, walks_from

from .conftest import Visit

Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, str]:
    """The sample's study, and its one file."""
    result = build_study(read_study("shanzishi"), tmp_path_factory.mktemp("maps"))
    return result.study, result.guide.read_text(encoding="utf-8")


def tap(page: Any, lon: float, lat: float, *, phone: bool = False) -> None:
    """Tap the map where a position is, wherever that is on the screen."""
    page.evaluate(
        "([lon, lat]) => circleGuide.map.setView([lat, lon], 17, { animate: false })", [lon, lat]
    )
    box = page.locator(".map").bounding_box()
    # A little beside the middle, where a position reads the same to six decimals.
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    (page.touchscreen.tap if phone else page.mouse.click)(x, y)
    settle(page)


def settle(page: Any) -> None:
    """Wait until the page has an answer; its policy forbids Playwright's own way of waiting."""
    for _ in range(200):
        page.wait_for_timeout(25)
        if page.evaluate("document.querySelector('#home').getAttribute('aria-busy') === 'false'"):
            return
    pytest.fail("the page is still at work")


def home_of(page: Any) -> circle.LonLat:
    spot = page.evaluate("(({ lng, lat }) => [lng, lat])(circleGuide.homeMarker.getLatLng())")
    return circle.LonLat(round(spot[0], 6), round(spot[1], 6))


def minutes_shown(page: Any, name: str = ".entry") -> dict[str, str]:
    """Return the minutes beside the places that have any."""
    return dict(
        page.eval_on_selector_all(
            f"{name} .walk b",
            "all => all.map(e => [e.closest('.entry').dataset.id, e.textContent])",
        )
    )


def quiet_spot(study: Study) -> circle.LonLat:
    """Return a position off any marker, so that a tap on it meets the map."""
    center = study.config.center
    return circle.LonLat(center[0] - 0.0023, center[1] - 0.0021)


@pytest.mark.parametrize("width", [1280, 360])
def test_a_tap_is_answered_without_asking_anybody(
    built: tuple[Study, str], visit: Open, width: int
) -> None:
    study, html = built
    opened = visit(html, width=width, height=740, phone=width < 800)
    page = opened.page
    tap(page, *quiet_spot(study), phone=width < 800)
    assert page.locator(".home-pin span").count() == 1
    assert page.locator(".ring-label.from-home").count() == 3
    assert page.evaluate("circleGuide.rings.rings.map(ring => ring.budget)") == [5, 10, 15]
    assert "15 分钟内有" in page.inner_text("#home-state")
    near = page.eval_on_selector_all(".near .entry", "all => all.map(e => e.dataset.id)")
    places = {place.facility_id: place for place in study.content.places}
    points = circle.positions.geopandas.GeoSeries.from_xy(
        [places[key].lon for key in places], [places[key].lat for key in places], crs="EPSG:4326"
    )
    walks = walks_from(study.network, home_of(page), points, minutes=60)
    times = dict(zip(places, walks.time_s, strict=True))
    want = sorted((key for key in places if times[key] <= 900), key=times.__getitem__)
    assert near == want
    shown = minutes_shown(page)
    told = {key: math.ceil(times[key] / 60) for key in places if math.isfinite(times[key])}
    assert {key: int(shown[key]) for key in told} == told
    opened.assert_quiet()


def test_classes_inside_and_the_nearest_of_those_that_are_missing(
    built: tuple[Study, str], visit: Open
) -> None:
    study, html = built
    opened = visit(html)
    page = opened.page
    center = study.config.center
    tap(page, center[0] - 0.0095, center[1] + 0.0075)
    n_inside = page.locator(".home-inside li").count()
    missing = page.locator(".home-missing li")
    assert n_inside + missing.count() == len(study.content.classes)
    assert missing.count() > 3
    nearest = page.locator(".home-missing [data-nearest]").first
    assert int(nearest.inner_text().split("走 ")[1].split(" 分钟")[0]) > 15
    chosen = nearest.get_attribute("data-nearest")
    nearest.click()
    assert page.locator("#card").is_visible()
    assert page.evaluate("circleGuide.state.selected.facility_id") == chosen
    page.locator(".route-button").click()
    page.wait_for_selector(".legs li")
    opened.assert_quiet()


def test_the_way_is_told_street_by_street(built: tuple[Study, str], visit: Open) -> None:
    study, html = built
    opened = visit(html)
    page = opened.page
    tap(page, *quiet_spot(study))
    page.locator(".near .entry").nth(5).click()
    chosen = page.evaluate("circleGuide.state.selected.facility_id")
    place = next(place for place in study.content.places if place.facility_id == chosen)
    page.locator(".route-button").click()
    page.wait_for_selector(".legs li")
    assert place.lon is not None
    assert place.lat is not None
    want = circle.route(study.network, home_of(page), (place.lon, place.lat), is_visit=True)
    minutes = max(1, math.ceil(want.time_s / 60))
    assert f"约 {minutes} 分钟" in page.inner_text(".route-total")
    told = page.inner_text(".legs")
    assert all(leg.street in told for leg in want.legs if leg.street and leg.length_m > 5)
    opened.assert_quiet()


def test_another_walker_a_drag_and_the_keyboard(built: tuple[Study, str], visit: Open) -> None:
    _, html = built
    opened = visit(html)
    page = opened.page
    page.locator("#home-here").focus()
    page.keyboard.press("Enter")
    settle(page)
    before = minutes_shown(page, ".near .entry")
    assert before
    page.locator("input[value=frail]").check(force=True)
    settle(page)
    slower = minutes_shown(page)
    assert all(int(slower.get(key, 99)) >= int(minutes) for key, minutes in before.items())
    assert sum(int(slower.get(key, 99)) > int(minutes) for key, minutes in before.items()) > 5
    was = home_of(page)
    pin = page.locator(".home-pin span").bounding_box()
    x, y = pin["x"] + pin["width"] / 2, pin["y"] + pin["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 40, steps=6)
    page.mouse.up()
    settle(page)
    assert home_of(page) != was
    page.click("#language")
    settle(page)
    assert "within 15 minutes" in page.inner_text("#home-state")
    assert "sent to nobody" in page.inner_text("#home")
    page.locator("#home-clear").click()
    settle(page)
    # Without a home the same walker sets out from the centre; the guide's own is told as before.
    assert page.locator(".home-pin").count() == 0
    assert "From Shanzishi" in page.inner_text("#home-state")
    assert "frail" in page.inner_text("#facts")
    page.locator("input[value=adult]").check(force=True)
    assert page.locator(".home-inside, .home-missing").count() == 0
    assert "an adult" in page.inner_text("#facts")
    assert page.locator(".ring-label.from-center").count() == 3
    opened.assert_quiet()


def test_a_place_of_the_guide_can_be_home(built: tuple[Study, str], visit: Open) -> None:
    _, html = built
    opened = visit(html)
    page = opened.page
    page.locator(".entry").nth(8).click()
    chosen = page.evaluate("circleGuide.state.selected.facility_id")
    page.locator(".as-home").click()
    settle(page)
    first = page.locator(".near .entry").first
    assert first.get_attribute("data-id") == chosen
    opened.assert_quiet()


def test_where_nobody_can_set_out_it_says_so(built: tuple[Study, str], visit: Open) -> None:
    study, html = built
    opened = visit(html)
    page = opened.page
    set_home = "([lon, lat]) => circleGuide.map.fire('click', { latlng: L.latLng(lat, lon) })"
    fault = page.locator("#home-fault")
    page.evaluate(set_home, [study.config.center[0], 36.0660])  # the middle of the Yellow River
    settle(page)
    fault.wait_for(state="visible")
    assert "100 米" in fault.inner_text()
    page.evaluate(set_home, [104.5, 36.06])
    settle(page)
    assert "地图范围" in fault.inner_text()
    assert page.locator(".ring-label.from-center").count() == 3
    opened.assert_quiet()


def test_a_page_that_carries_the_network_says_that_nothing_is_sent(
    content: GuideContent, built: tuple[Study, str]
) -> None:
    study, html = built
    walks = pack_for_guide(study.network, study.content)
    assert walks.text in html
    assert "guide.unpackNetwork = " in html
    carried = render_page(study.content, live=True, walks=walks)
    assert walks.text in carried
    assert 'data-t="home_private"' in carried
    asking = render_page(study.content, live=True)
    assert "guide.unpackNetwork = " not in asking
    assert 'data-t="home_sent"' in asking
    assert 'data-t="home_private"' not in asking
    plain = render_page(content)
    assert 'id="home"' not in plain


def test_home_has_no_serious_fault_for_those_who_cannot_see(
    built: tuple[Study, str], visit: Open
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    study, html = built
    page = visit(html, bypass_csp=True).page
    tap(page, *quiet_spot(study))
    found = axe.Axe().run(page).response["violations"]
    serious = [
        (rule["id"], [node["html"] for node in rule["nodes"]][:3])
        for rule in found
        if rule["impact"] in ("serious", "critical")
    ]
    assert serious == []
