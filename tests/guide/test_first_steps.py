"""The first minute with the page: classes in sight, a home among many numbers, what was found."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from circle.guide.web import render_page
from circle.study import Study

from .conftest import Visit, at, content_of, facilities, facility
from .test_home_offline import built, home_of, settle

__all__ = ["built"]

Open = Callable[..., Visit]
PHONE = {"width": 360, "height": 740, "phone": True}


def boxes(page: Any, selector: str) -> list[list[float]]:
    found: list[list[float]] = page.eval_on_selector_all(
        selector,
        """all => all.map(e => e.getBoundingClientRect()).filter(b => b.width)
            .map(b => [b.left, b.top, b.right, b.bottom])""",
    )
    return found


def share_covered(one: list[float], other: list[float]) -> float:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return max(across, 0) * max(down, 0) / ((one[2] - one[0]) * (one[3] - one[1]))


def test_a_phone_shows_search_and_classes_without_scrolling(
    built: tuple[Study, str], visit: Open
) -> None:
    page = visit(built[1], **PHONE).page
    seen = page.eval_on_selector_all(
        ".chip", "all => all.filter(e => e.getBoundingClientRect().bottom <= 740).length"
    )
    assert seen >= 4
    assert page.locator("#search").bounding_box()["y"] < 600
    # None of the twelve is off to the side.
    chips = boxes(page, ".chip")
    assert all(left >= 0 and right <= 360 for left, _, right, _ in chips)
    wide = "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).length"
    for language in ("zh", "en"):
        if language == "en":
            page.locator("#language").tap()
        assert page.eval_on_selector_all(".chip, .chip-name, .community", wide) == 0


@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_number_lies_under_a_button_and_no_place_under_a_group(
    built: tuple[Study, str], visit: Open, screen: Any, language: str
) -> None:
    page = visit(built[1], **screen).page
    if language == "en":
        page.click("#language")
    controls = boxes(page, ".map .leaflet-control")
    assert len(controls) >= 5
    for badge in boxes(page, ".badge"):
        for control in controls:
            assert share_covered(badge, control) < 0.12
    groups = boxes(page, ".pin.several .badge")
    assert groups
    for left, top, right, bottom in boxes(page, ".spot"):
        x, y = (left + right) / 2, (top + bottom) / 2
        assert not any(g[0] < x < g[2] and g[1] < y < g[3] for g in groups)


def test_a_home_can_be_picked_where_a_number_stands(built: tuple[Study, str], visit: Open) -> None:
    opened = visit(built[1], **PHONE)
    page = opened.page
    group = next(b for b in boxes(page, ".pin.several .badge") if b[1] > 250)
    x, y = (group[0] + group[2]) / 2, (group[1] + group[3]) / 2
    page.locator("#home-pick").tap()
    assert page.locator("#home-pick").get_attribute("aria-pressed") == "true"
    assert page.inner_text("#map-note") == "在地图上点一下您家"
    assert page.locator(".home-pin").count() == 0
    page.touchscreen.tap(x, y)
    settle(page)
    assert page.locator("#card").is_hidden()
    assert home_of(page)
    assert page.locator("#home-pick").get_attribute("aria-pressed") == "false"
    # The answer is on the map too, and leads to the whole of it.
    told = page.inner_text("#map-note span")
    assert told
    assert told in page.inner_text("#home-state")
    page.locator(".note-more").tap()
    heading = page.locator("#home-toggle").bounding_box()
    search = page.locator(".find").bounding_box()
    assert search["y"] + search["height"] <= heading["y"] < 740
    opened.assert_quiet()


def test_picking_can_be_left_and_a_river_is_refused_on_the_map(
    built: tuple[Study, str], visit: Open
) -> None:
    opened = visit(built[1], **PHONE)
    page = opened.page
    page.locator("#home-pick").tap()
    page.keyboard.press("Escape")
    assert page.locator("#map-note").is_hidden()
    assert page.locator("#home-pick").get_attribute("aria-pressed") == "false"
    # The middle of the Yellow River, north of the centre.
    page.evaluate("circleGuide.map.setView([36.0655, 103.8300], 17, { animate: false })")
    box = page.locator(".map").bounding_box()
    page.touchscreen.tap(box["x"] + 180, box["y"] + box["height"] / 2)
    settle(page)
    assert "100 米内没有" in page.inner_text("#map-note")
    assert "100 米内没有" in page.inner_text("#home-fault")
    opened.assert_quiet()


def test_what_was_found_stands_right_below_the_classes(
    built: tuple[Study, str], visit: Open
) -> None:
    page = visit(built[1]).page
    assert page.locator("#home-body").is_visible()
    page.locator(".chip[data-class=health]").click()
    assert page.locator("#home-body").is_hidden()
    assert page.locator("#home-toggle").get_attribute("aria-expanded") == "false"
    first = page.locator(".entry").first.bounding_box()
    assert first["y"] + first["height"] < 800
    # Whoever wants the home all the same opens it, and it stays open while the search goes on.
    page.locator("#home-toggle").click()
    page.fill("#search", "医院")
    assert page.locator("#home-body").is_visible()
    page.fill("#search", "")
    page.locator(".chip[data-class=all]").click()
    assert page.locator("#home-body").is_visible()


def test_a_class_tapped_on_a_phone_shows_its_first_places(
    built: tuple[Study, str], visit: Open
) -> None:
    page = visit(built[1], **PHONE).page
    page.locator(".chip[data-class=health]").tap()
    first = page.locator(".entry").nth(1).bounding_box()
    assert first["y"] + first["height"] < 740
    assert page.locator(".chip[data-class=health]").bounding_box()["y"] > 60
    page.locator("#to-map").tap()
    page.wait_for_timeout(200)
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize(
    ("east", "north", "way"),
    [(0, 60, "北"), (50, 50, "东北"), (60, 0, "东"), (40, -40, "东南"), (0, -60, "南"),
     (-45, -45, "西南"), (-60, 0, "西"), (-50, 50, "西北")],
)  # fmt: skip
def test_the_way_begins_with_where_to_turn(
    built: tuple[Study, str], visit: Open, east: float, north: float, way: str
) -> None:
    """Told by the first 25 metres, not by the step from the door to the pavement."""
    page = visit(built[1]).page
    start, door, end = at(0, 0), at(2, -1), at(east, north)
    line = [list(point.coords[0]) for point in (start, door, end)]
    feature = {
        "geometry": {"coordinates": line},
        "properties": {
            "length_m": 60, "time_s": 50, "n_steps": 0,
            "legs": [{"street": None, "length_m": 60, "turn_degrees": 0}],
        },
    }  # fmt: skip
    page.locator(".entry").first.click()
    page.evaluate(
        "feature => { circleGuide.walks.route = () => Promise.resolve(feature); }", feature
    )
    page.locator(".route-button").click()
    page.wait_for_selector(".legs li")
    assert page.inner_text(".legs li") == f"向{way}走 60 米，就到了", json.dumps(line)


def test_the_few_metres_at_a_door_are_no_legs(built: tuple[Study, str], visit: Open) -> None:
    page = visit(built[1]).page
    rows = [
        ("", 5.0, 0), ("静宁路", 6.0, 80), ("Rue Grimaldi", 310.0, -85), ("", 60.0, 90),
        ("庆阳路", 40.0, -90), ("", 8.0, 60),
    ]  # fmt: skip
    legs = [
        {"street": street, "length_m": length, "turn_degrees": turn, "n_steps": 1}
        for street, length, turn in rows
    ]
    line = [list(at(0, 0).coords[0]), list(at(0, 300).coords[0])]
    feature = {
        "geometry": {"coordinates": line},
        "properties": {"length_m": 429, "time_s": 400, "n_steps": 6, "legs": legs},
    }
    page.locator(".entry").first.click()
    page.evaluate(
        "feature => { circleGuide.walks.route = () => Promise.resolve(feature); }", feature
    )
    page.locator(".route-button").click()
    page.wait_for_selector(".legs li")
    assert page.locator(".legs li").all_inner_texts() == [
        "向北沿 Rue Grimaldi 走 320 米，台阶 3 级",
        "右转，走 60 米，台阶 1 级",
        "左转，沿庆阳路走 50 米，台阶 2 级，就到了",
    ]


def test_a_crowd_covers_nobody_who_stands_beside_it(visit: Open) -> None:
    rows = [facility(f"店 {i}", "parking", at(100, 100), facility_id=f"p{i}") for i in range(7)]
    rows += [facility("近旁", "parking", at(112, 104), facility_id="near"), *facilities()]
    page = visit(render_page(content_of(rows))).page
    groups = boxes(page, ".pin.several .badge")
    for left, top, right, bottom in boxes(page, ".spot"):
        x, y = (left + right) / 2, (top + bottom) / 2
        assert not any(g[0] < x < g[2] and g[1] < y < g[3] for g in groups)
