"""My home by its address or by the device's position: asked of nobody, told in plain words."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from shapely import Point

from circle.guide.pack import pack_for_guide
from circle.guide.web import render_page
from circle.study import Study, build_study, read_study

from .conftest import HOSTILE, Visit
from .rich import rich_content

Open = Callable[..., Visit]
M_PER_DEG = 111_320.0


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, str]:
    result = build_study(read_study("shanzishi"), tmp_path_factory.mktemp("maps"))
    study = result.study
    return study, render_page(study.content, walks=pack_for_guide(study.network, study.content))


def settle(page: Any) -> None:
    for _ in range(200):
        page.wait_for_timeout(25)
        if page.evaluate("document.querySelector('#home').getAttribute('aria-busy') === 'false'"):
            return
    pytest.fail("the page is still at work")


def home_of(page: Any) -> tuple[float, float]:
    lon, lat = page.evaluate("(({ lng, lat }) => [lng, lat])(circleGuide.home.get())")
    return lon, lat


def far_m(one: tuple[float, float], lon: float, lat: float) -> float:
    east = (one[0] - lon) * M_PER_DEG * math.cos(math.radians(lat))
    return math.hypot(east, (one[1] - lat) * M_PER_DEG)


def street(study: Study, name: str) -> Any:
    """Return the pieces of a street, in degrees."""
    edges = study.network.edges_frame()
    return edges[edges.name == name].geometry


def off_m(study: Study, name: str, spot: tuple[float, float]) -> float:
    """Return how far a position lies off a street, in metres."""
    frame = study.network.frame
    (x,), (y,) = frame.to_xy([spot[0]], [spot[1]])
    return float(street(study, name).to_crs(frame.crs).distance(Point(x, y)).min())


def look_for(page: Any, words: str) -> list[str]:
    page.fill("#home-search", words)
    return [text.split("\n")[0] for text in page.locator(".found").all_inner_texts()]


def test_a_street_is_found_by_name_and_sound(built: tuple[Study, str], visit: Open) -> None:
    study, html = built
    opened = visit(html)
    page = opened.page
    for words in ("静宁路", "静宁", "jingninglu", "jnl"):
        assert "静宁路" in look_for(page, words), words
    assert look_for(page, "静宁路")[0] == "静宁路"
    page.locator(".found").first.click()
    settle(page)
    home = home_of(page)
    own = street(study, "静宁路")
    assert off_m(study, "静宁路", home) < 2  # on the street itself
    west, south, east, north = own.total_bounds
    assert south < home[1] < north  # and nearer to its middle than to its ends
    assert abs(home[1] - (south + north) / 2) < (north - south) / 4
    assert west - 1e-4 < home[0] < east + 1e-4
    assert page.locator(".ring-label.from-home").count() == 3
    assert page.locator(".found").count() == 0
    opened.assert_quiet()


@pytest.mark.parametrize(
    "words", ["张掖路与静宁路", "静宁路和张掖路路口", "张掖路 / 静宁路", "张掖路与静宁路交叉口"]
)
def test_a_crossing_is_where_the_two_streets_meet(
    built: tuple[Study, str], visit: Open, words: str
) -> None:
    study, html = built
    opened = visit(html)
    page = opened.page
    found = look_for(page, words)
    assert set(found[0].removesuffix("路口").split("与")) == {"张掖路", "静宁路"}
    page.keyboard.press("Enter")
    settle(page)
    for name in ("张掖路", "静宁路"):
        assert off_m(study, name, home_of(page)) < 15
    opened.assert_quiet()


def test_streets_that_do_not_meet_have_no_crossing(built: tuple[Study, str], visit: Open) -> None:
    page = visit(built[1]).page
    assert look_for(page, "永昌路与平凉路") == []
    assert "没有找到" in page.inner_text("#home-found-count")


def test_an_unknown_number_gives_the_street_and_says_so(
    built: tuple[Study, str], visit: Open
) -> None:
    page = visit(built[1]).page
    assert look_for(page, "庆阳路 77 号 3 单元")[0] == "庆阳路"
    assert "不知道门牌" in page.locator(".found").first.inner_text()
    assert look_for(page, "没有这条路") == []
    assert look_for(page, "") == []
    assert page.inner_text("#home-found-count") == ""


def test_a_place_of_the_list_is_an_address_too(built: tuple[Study, str], visit: Open) -> None:
    study, html = built
    page = visit(html).page
    name = "甘肃玛利亚妇科医院"
    assert look_for(page, "mly") == [name]
    page.locator(".found").click()
    settle(page)
    place = next(place for place in study.content.places if place.name == name)
    assert place.lon is not None
    assert place.lat is not None
    assert far_m(home_of(page), place.lon, place.lat) < 1


def test_hostile_street_names_stay_text(visit: Open, built: tuple[Study, str]) -> None:
    study, _ = built
    html = render_page(
        rich_content(), live=True, walks=pack_for_guide(study.network, study.content)
    )
    page = visit(html).page
    assert HOSTILE["script"] in look_for(page, "<script>")
    assert page.evaluate("window.hacked") is None
    look_for(page, "(((与[[[")
    look_for(page, "路" * 300)


def test_where_the_device_is_becomes_home(built: tuple[Study, str], visit: Open) -> None:
    study, html = built
    center = study.config.center
    opened = visit(
        html,
        geolocation={"longitude": center[0] + 0.002, "latitude": center[1], "accuracy": 40},
        permissions=["geolocation"],
    )
    page = opened.page
    asked = "window.asked = 0; const g = navigator.geolocation, old = g.getCurrentPosition;"
    page.evaluate(
        f"() => {{ {asked} g.getCurrentPosition = function (...a) "
        "{ window.asked += 1; return old.apply(g, a); }; }"
    )
    page.wait_for_timeout(200)
    assert page.evaluate("window.asked") == 0  # asked when tapped, never before
    page.locator("#home-locate").click()
    settle_on_home(page)
    assert page.evaluate("window.asked") == 1
    assert far_m(home_of(page), center[0] + 0.002, center[1]) < 1
    assert "误差约 40 米" in page.inner_text("#home-place")
    assert page.locator(".ring-label.from-home").count() == 3
    assert "15 分钟内有" in page.inner_text("#home-state")
    page.locator("#home-clear").click()
    assert page.locator("#home-place").is_hidden()
    opened.assert_quiet()


def settle_on_home(page: Any) -> None:
    for _ in range(200):
        page.wait_for_timeout(25)
        if page.evaluate("Boolean(circleGuide.state.isHome)"):
            return
    pytest.fail("no home")


def fault(page: Any) -> str:
    for _ in range(200):
        page.wait_for_timeout(25)
        if page.locator("#home-fault").is_visible():
            return str(page.inner_text("#home-fault"))
    pytest.fail("nothing is said")


def test_a_coarse_position_is_called_coarse(built: tuple[Study, str], visit: Open) -> None:
    study, html = built
    center = study.config.center
    page = visit(
        html,
        geolocation={"longitude": center[0], "latitude": center[1], "accuracy": 2400},
        permissions=["geolocation"],
    ).page
    page.locator("#home-locate").click()
    settle_on_home(page)
    assert "约 2.4 公里" in page.inner_text("#home-place")
    assert "拖到您家" in page.inner_text("#home-place")


def test_a_device_elsewhere_is_told_how_far_it_is(built: tuple[Study, str], visit: Open) -> None:
    study, html = built
    center = study.config.center
    opened = visit(
        html,
        geolocation={"longitude": center[0], "latitude": center[1] + 0.9, "accuracy": 20},
        permissions=["geolocation"],
    )
    page = opened.page
    page.locator("#home-locate").click()
    told = fault(page)
    assert "不在本指南的地图范围内" in told
    assert "约 100" in told
    assert "公里" in told
    assert page.locator(".home-pin").count() == 0
    assert page.locator(".ring-label.from-center").count() == 3
    assert page.locator("#home-locate").is_enabled()
    opened.assert_quiet()


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        (1, "从文件打开时，这个浏览器不让定位", "opened from a file"),
        (2, "没有给出位置", "gave no position"),
        (3, "20 秒", "20 seconds"),
        (0, "从文件打开时", "opened from a file"),
    ],
)
def test_what_keeps_a_device_from_telling_is_said_plainly(
    built: tuple[Study, str], visit: Open, code: int, zh: str, en: str
) -> None:
    opened = visit(built[1])
    page = opened.page
    if code:
        page.evaluate(
            """code => { navigator.geolocation.getCurrentPosition =
                (found, refused) => setTimeout(() => refused({ code }), 5); }""",
            code,
        )
    else:
        page.evaluate("Object.defineProperty(navigator, 'geolocation', { value: undefined })")
    page.locator("#home-locate").click()
    assert zh in fault(page)
    page.click("#language")
    page.locator("#home-locate").click()
    page.wait_for_timeout(60)
    assert en in page.inner_text("#home-fault")
    opened.assert_quiet()


def test_a_real_refusal_is_understood(built: tuple[Study, str], visit: Open) -> None:
    opened = visit(built[1], permissions=[])
    opened.page.locator("#home-locate").click()
    assert "定位" in fault(opened.page)
    assert opened.page.locator("#home-locate").is_enabled()
    assert opened.faults == []


def test_a_home_on_a_phone_is_not_under_the_buttons(built: tuple[Study, str], visit: Open) -> None:
    _, html = built
    page = visit(html, width=360, height=740, phone=True).page
    for name in ("静宁路", "北滨河中路", "张掖路"):
        look_for(page, name)
        page.locator(".found").first.tap()
        settle(page)
        pin = page.locator(".home-pin span").bounding_box()
        for selector in (".zooms", ".leaflet-control-scale", ".legend"):
            box = page.locator(selector).bounding_box()
            apart = (
                pin["x"] + pin["width"] <= box["x"]
                or box["x"] + box["width"] <= pin["x"]
                or pin["y"] + pin["height"] <= box["y"]
                or box["y"] + box["height"] <= pin["y"]
            )
            assert apart, (name, selector)
