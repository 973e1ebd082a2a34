"""What a card tells: hours by the clock of the place, offers and events by their days, doors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from circle.guide.web import render_page

from .conftest import HOSTILE, Visit
from .rich import logo, rich_content

Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def rich_html() -> str:
    return render_page(rich_content())


def opening(page: Any, place: str, moment: str) -> Any:
    """Return what is told of a place at a moment given in UTC."""
    return page.evaluate(
        """([id, moment]) => circleGuide.openingOf(
            circleGuide.data.places.find(p => p.facility_id === id), new Date(moment))""",
        [place, moment],
    )


@pytest.mark.parametrize(
    ("place", "moment", "is_open", "text"),
    [
        # Shanghai is eight hours ahead of UTC; 2026-11-23 is a Monday.
        ("clinic", "2026-11-23T00:00:00Z", True, "现在开放，18:00 关门"),
        ("clinic", "2026-11-22T23:59:00Z", False, "现在关门，08:00 开门"),
        ("clinic", "2026-11-23T09:45:00Z", True, "就要关门了，18:00 关"),
        ("clinic", "2026-11-23T10:00:00Z", False, "现在关门，明天 08:00 开门"),
        ("clinic", "2026-11-27T12:00:00Z", False, "现在关门，周一 08:00 开门"),
        ("hospital", "2026-11-28T20:00:00Z", True, "24 小时开放"),
        ("far-away", "2026-11-23T15:00:00Z", True, "现在开放，明天 02:00 关门"),
        ("far-away", "2026-11-29T15:30:00Z", True, "现在开放，明天 02:00 关门"),
        ("far-away", "2026-11-22T17:45:00Z", True, "就要关门了，02:00 关"),
        ("far-away", "2026-11-24T04:00:00Z", False, "现在关门，周日 22:00 开门"),
    ],
)
def test_what_is_open_by_the_clock_of_the_place(
    visit: Open, rich_html: str, place: str, moment: str, is_open: bool, text: str
) -> None:
    """Wherever the reader is: the browser stands in New York."""
    page = visit(rich_html, timezone_id="America/New_York").page
    told = opening(page, place, moment)
    assert (told["isOpen"], told["text"]) == (is_open, text)


def test_without_a_time_zone_nothing_is_said_of_now(visit: Open) -> None:
    for zone in ("", "Nowhere/Atlantis"):
        opened = visit(render_page(rich_content(timezone=zone)))
        page = opened.page
        page.locator("[data-id=clinic]").click()
        assert page.locator(".opening").count() == 0
        assert "8:00–18:00" in page.inner_text("#card")
        opened.assert_quiet()


def test_everything_known_is_on_the_card(visit: Open, rich_html: str) -> None:
    opened = visit(rich_html)
    page = opened.page
    page.locator("[data-id=clinic]").click()
    card = page.locator("#card")
    offers = [text.split("\n") for text in page.locator(".offers li").all_inner_texts()]
    assert [offer[0] for offer in offers] == ["老人免费量血压", "义诊", HOSTILE["image"]]
    assert [offer[1:] for offer in offers] == [[], ["已结束"], ["到2099年12月31日（周四）为止"]]
    assert page.locator(".offers .is-over").count() == 1
    events = page.locator(".events li").all_inner_texts()
    assert [event.replace("\n", " ") for event in events] == [
        "2099年5月4日（周一） 09:00–11:00 健康讲座",
        "2099年6月1日（周一）–2099年6月7日（周日） 义诊周",
    ]
    photo = page.locator(".card-photo")
    assert photo.get_attribute("alt") == "张掖路社区卫生服务中心的照片"
    assert photo.evaluate("image => image.complete && image.naturalWidth") == 160
    link = card.locator("a", has_text="clinic.example.org")
    assert link.get_attribute("href") == "https://clinic.example.org/info?a=1&b=2"
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert page.evaluate("window.hacked") is None
    opened.assert_quiet()


def test_doors_are_on_the_map_for_as_long_as_the_card(visit: Open, rich_html: str) -> None:
    opened = visit(rich_html)
    page = opened.page
    page.locator("[data-id=clinic]").click()
    assert page.locator(".door-name").all_inner_texts() == ["东门", "入口 2"]
    assert page.locator(".door-link").all_inner_texts() == ["东门", "入口 2"]
    page.locator("[data-id=hospital]").click()
    assert page.locator(".door-pin").count() == 0
    page.locator("[data-id=clinic]").click()
    page.keyboard.press("Escape")
    assert page.locator(".door-pin").count() == 0
    opened.assert_quiet()


def test_mixed_texts_come_in_the_language_of_the_page(visit: Open, rich_html: str) -> None:
    opened = visit(rich_html)
    page = opened.page
    page.locator("[data-id=clinic]").click()
    page.locator(".card-more summary").click()
    more = page.inner_text(".card-more")
    assert "周三义诊；请带身份证" in more
    assert "identity card" not in more
    page.click("#language")
    page.locator(".card-more summary").click()
    more = page.inner_text(".card-more")
    assert "bring your identity card on Wednesdays" in more
    assert "身份证" not in more
    assert "Open now" in page.inner_text(".opening") or "Closed" in page.inner_text(".opening")
    own = "text => circleGuide.ownPart(text)"
    for text in ("药店（名称未详）", "Rue (du) Port", "张掖路 (OSM)", "中国银行 (ATM)", ""):
        assert page.evaluate(own, text) == text
    opened.assert_quiet()


def test_a_source_is_told_by_who_keeps_it(visit: Open, rich_html: str) -> None:
    page = visit(rich_html).page
    page.locator("[data-id=clinic]").click()
    page.locator(".card-more summary").click()
    link = page.locator(".source-link", has_text="example.org").last
    assert link.inner_text() == "example.org"
    assert link.get_attribute("href") == "https://example.org/list?a=1&b=2"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_card_fits_a_narrow_phone(visit: Open, rich_html: str, language: str) -> None:
    opened = visit(rich_html, width=360, height=740, phone=True)
    page = opened.page
    if language == "en":
        page.locator("#language").tap()
    page.locator("[data-id=clinic]").tap()
    wide = """() => [...document.querySelectorAll('#card, #card *')]
        .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline'
                     && !e.closest('svg, textarea, .unseen'))
        .map(e => e.className || e.textContent)"""
    assert page.evaluate(wide) == []
    actions = page.locator(".card-actions").bounding_box()
    assert actions["y"] + actions["height"] <= 740  # what one can do needs no scrolling
    page.locator(".action-report").tap()
    assert page.evaluate(wide) == []
    page.locator(".action-share").tap()
    assert page.evaluate(wide) == []
    assert page.locator(".report-part").count() == 0
    opened.assert_quiet()


def test_the_logo_of_the_community_stands_in_the_head(visit: Open) -> None:
    opened = visit(render_page(rich_content(logo=logo())))
    assert opened.page.locator("img.logo").evaluate("image => image.naturalWidth") == 64
    opened.assert_quiet()


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("2", ["hospital", "clinic"]),  # its number first, then the address with a 2 in it
        ("12", ["quotes", "clinic"]),
        ("8410001", ["clinic"]),
        ("zhangyelu", ["clinic"]),
        ("zyl", ["clinic"]),
        ("0001", ["clinic"]),
        ("99", []),
    ],
)
def test_numbers_find_numbers_first(
    visit: Open, rich_html: str, query: str, ids: list[str]
) -> None:
    page = visit(rich_html).page
    page.fill("#search", query)
    found = page.eval_on_selector_all(".entry", "all => all.map(e => e.dataset.id)")
    assert found[: len(ids)] == ids


def test_chips_tell_what_is_on_the_map_from_what_is_not(visit: Open, rich_html: str) -> None:
    page = visit(rich_html).page
    health = page.locator(".chip[data-class=health]")
    assert health.locator(".chip-count").inner_text() == "3"
    assert "另1待核" in health.inner_text()
    assert health.get_attribute("aria-label") == "医疗卫生，地图上 3 处，另有 1 处位置待核"
    assert "待核" not in page.locator(".chip[data-class=parking]").inner_text()


def test_the_legend_shows_every_ring_as_it_is_drawn(visit: Open, rich_html: str) -> None:
    page = visit(rich_html).page
    page.locator("#legend summary").click()
    rows = page.locator("#legend li:has(.sample-ring)")
    assert rows.all_inner_texts() == [f"步行 {n} 分钟以内" for n in (5, 10, 15)]
    styles = page.eval_on_selector_all(
        ".sample-ring", "all => all.map(e => getComputedStyle(e).borderTopStyle)"
    )
    assert styles == ["dotted", "dashed", "solid"]
