"""The page in a real Chromium, opened from a file with the network cut."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from circle.guide.content import GuideContent
from circle.guide.web import render_page

from .conftest import HOSTILE, Visit, at, content_of, facility

Open = Callable[..., Visit]
PHONE = {"width": 360, "height": 740, "phone": True}


@pytest.fixture(scope="module")
def page_html(content: GuideContent) -> str:
    return render_page(content)


def texts_of(page: Any, selector: str) -> list[str]:
    return [text.strip() for text in page.locator(selector).all_text_contents()]


@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desk", "phone"])
def test_opens_without_a_request_or_a_fault(visit: Open, page_html: str, screen: Any) -> None:
    opened = visit(page_html, **screen)
    page = opened.page
    assert page.locator(".entry").count() == 13
    assert page.locator(".leaflet-tile-loaded").count() > 0
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.wait_for_timeout(200)
    opened.assert_quiet()


def test_every_number_of_the_list_is_on_the_map(visit: Open, page_html: str) -> None:
    page = visit(page_html).page
    labels = page.eval_on_selector_all(".pin", "pins => pins.map(p => p.ariaLabel)")
    named = " ".join(labels)
    for number in range(1, 12):  # the far one lies outside of the screen, but is there too
        assert str(number) in named.replace(",", " ").split()


def test_hostile_names_are_shown_as_they_are(visit: Open, page_html: str) -> None:
    opened = visit(page_html)
    names = texts_of(opened.page, ".entry-name")
    assert HOSTILE["script"] in names
    assert HOSTILE["image"] in names
    assert HOSTILE["template"] in names
    opened.page.locator("[data-id=image]").click()
    assert HOSTILE["image"] in opened.page.inner_text("#card-title")
    assert opened.page.evaluate("window.hacked") is None
    opened.assert_quiet()


def test_a_marker_opens_its_card(visit: Open, page_html: str) -> None:
    opened = visit(page_html)
    page = opened.page
    page.locator(".pin[data-number='1']").locator(".badge").click()
    card = page.locator("#card")
    assert card.is_visible()
    page.locator(".card-more summary").click()
    text = card.inner_text()
    for words in (
        "张掖路社区卫生服务中心",
        "张掖路 12 号",
        "8:00–18:00",
        "步行约",
        "误差约 20 米",
    ):
        assert words in text
    phones = page.eval_on_selector_all("#card a.phone", "links => links.map(a => a.href)")
    assert phones == ["tel:09318410000", "tel:09318410001"]
    assert page.locator(".entry.chosen").get_attribute("data-id") == "clinic"
    assert page.locator(".pin.selected").count() == 1
    page.keyboard.press("Escape")
    assert card.is_hidden()
    opened.assert_quiet()


def test_next_and_previous_walk_through_the_list(visit: Open, page_html: str) -> None:
    page = visit(page_html).page
    page.locator(".entry").first.click()
    seen = [page.inner_text("#card-title")]
    while page.locator(".card-next").is_enabled():
        page.locator(".card-next").click()
        seen.append(page.inner_text("#card-title"))
    assert seen == texts_of(page, ".entry-name")
    assert page.locator("#card").inner_text().count("位置待核") == 1  # the last is not placed
    page.locator(".card-previous").click()
    assert page.inner_text("#card-title") == seen[-2]


def test_a_chip_filters_list_and_markers(visit: Open, page_html: str) -> None:
    page = visit(page_html).page
    page.locator(".chip[data-class=parking]").click()
    assert page.locator(".entry").count() == 4
    assert page.locator(".chip[data-class=parking]").get_attribute("aria-pressed") == "true"
    shown = page.eval_on_selector_all(".pin", "pins => pins.map(p => +p.dataset.number)")
    assert sorted(shown) == [4, 5, 6, 7]
    page.locator(".chip[data-class=education]").click()
    assert page.locator(".entry").count() == 0
    assert page.locator(".pin").count() == 0
    assert "暂无" in page.inner_text("#list")
    page.locator(".chip[data-class=all]").click()
    assert page.locator(".entry").count() == 13


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("卫生服务", "clinic"), ("zylsq", "clinic"), ("zhangye", "clinic"), ("书屋", "unplaced"),
     ("söhne", "quotes"), ("SOHNE", "quotes"), ("张掖路 12", "clinic")],
)  # fmt: skip
def test_search_by_name_sound_initials_and_address(
    visit: Open, page_html: str, wanted: str, found: str
) -> None:
    page = visit(page_html).page
    page.fill("#search", wanted)
    ids = page.eval_on_selector_all(".entry", "all => all.map(e => e.dataset.id)")
    assert ids == [found]
    page.fill("#search", "没有这样的地方")
    assert "没有符合" in page.inner_text("#list")
    assert page.locator(".pin").count() == 0


def test_the_other_language_without_loading(visit: Open, page_html: str) -> None:
    opened = visit(page_html)
    page = opened.page
    page.locator("[data-id=clinic]").click()
    page.click("#language")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.title() == "Shanzishi 15-minute guide"
    assert page.inner_text("#card-title") == "Zhangye Road clinic"
    assert "about" in page.inner_text("#card")
    assert "Parks and sport" in page.inner_text("#chips")
    assert "15 min" in texts_of(page, ".ring-label")
    assert "Position to be checked" in page.inner_text("#list")
    han = page.evaluate(
        """() => Array.from(document.querySelectorAll('button, h1, h2, label, dt, summary'))
            .filter(e => e.offsetParent && !e.closest('[lang^=zh]') && !e.querySelector('[lang]'))
            .map(e => e.textContent).filter(t => /[\\u4e00-\\u9fff]/.test(t))"""
    )
    assert han == []
    page.click("#language")
    assert page.inner_text("#card-title") == "张掖路社区卫生服务中心"
    opened.assert_quiet()


def test_on_a_phone_list_and_card_work_with_a_thumb(visit: Open, page_html: str) -> None:
    opened = visit(page_html, **PHONE)
    page = opened.page
    page.locator("[data-id=hospital]").tap()
    card = page.locator("#card").bounding_box()
    assert card["width"] == 360
    assert card["y"] + card["height"] == 740
    pin = page.locator(".pin.selected .badge").bounding_box()
    assert 0 <= pin["x"] <= 360
    assert pin["y"] + pin["height"] < card["y"]  # beside the card, not under it
    small = page.evaluate(
        """() => Array.from(document.querySelectorAll('button, a.phone, summary, #search'))
            .filter(e => e.offsetParent).map(e => [e.className || e.id, e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 43.5 || box.width < 43.5).map(([name]) => name)"""
    )
    assert small == []
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 16
    opened.assert_quiet()


def test_large_type_makes_everything_larger(visit: Open, page_html: str) -> None:
    page = visit(page_html, **PHONE).page
    before = page.locator(".entry-name").first.bounding_box()["height"]
    page.click("#large-type")
    assert page.locator(".entry-name").first.bounding_box()["height"] > before
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_by_keyboard_alone(visit: Open, page_html: str) -> None:
    page = visit(page_html).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator("[data-id=clinic]").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "card"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.id") == "clinic"
    page.locator(".pin[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    first = page.evaluate("+document.activeElement.dataset.number")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("+document.activeElement.dataset.number") > first
    page.keyboard.press("Enter")
    assert page.locator("#card").is_visible()
    assert page.locator(".pin[tabindex='0']").count() == 1


def badges(page: Any) -> list[dict[str, float]]:
    boxes: list[dict[str, float]] = page.eval_on_selector_all(
        ".badge", "all => all.map(b => b.getBoundingClientRect().toJSON())"
    )
    return boxes


def overlaps(boxes: list[dict[str, float]]) -> int:
    return sum(
        one["left"] < other["right"] - 1
        and other["left"] < one["right"] - 1
        and one["top"] < other["bottom"] - 1
        and other["top"] < one["bottom"] - 1
        for i, one in enumerate(boxes)
        for other in boxes[i + 1 :]
    )


@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desk", "phone"])
def test_four_hundred_places_stay_readable_and_reachable(visit: Open, screen: Any) -> None:
    rows = [
        facility(f"停车场 {i}", "parking", at(i % 20 * 60 - 600, i // 20 * 60 - 600),
                 facility_id=f"p{i}")
        for i in range(400)
    ]  # fmt: skip
    opened = visit(render_page(content_of(rows)), **screen)
    page = opened.page
    boxes = badges(page)
    assert 1 < len(boxes) < 400
    assert overlaps(boxes) == 0
    page.locator(".pin.several").first.dispatch_event("click")
    inside = page.locator("#card .entry")
    assert inside.count() > 1
    inside.first.click()
    assert page.locator("#card .card-more").is_visible()
    opened.assert_quiet()


def test_three_places_on_one_spot_open_as_a_group(visit: Open) -> None:
    rows = [facility(f"店 {i}", "parking", at(100, 100), facility_id=f"p{i}") for i in range(9)]
    page = visit(render_page(content_of(rows))).page
    group = page.locator(".pin.several")
    assert group.count() == 1
    group.locator(".badge").click()
    assert page.locator("#card .entry").count() >= 2


def test_an_empty_guide_says_so(visit: Open) -> None:
    opened = visit(render_page(content_of([])))
    assert "还没有地点" in opened.page.inner_text("#list")
    opened.assert_quiet()


def test_without_scripts_there_is_a_table(browser: Any, page_html: str, tmp_path: Any) -> None:
    path = tmp_path / "guide.html"
    path.write_text(page_html, encoding="utf-8")
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    text = page.inner_text("main")
    context.close()
    assert "张掖路社区卫生服务中心" in text
    assert "红色书屋" in text
    assert "名称、拼音" not in text


def test_paper_shows_the_whole_list_and_no_buttons(visit: Open, page_html: str) -> None:
    page = visit(page_html).page
    page.emulate_media(media="print")
    assert page.locator("#search").is_hidden()
    assert page.locator(".paper-only").first.is_visible()
    assert "0931-8410000" in page.inner_text("#list")


def test_dark_and_light_maps_differ(visit: Open, page_html: str) -> None:
    shade = "getComputedStyle(document.body).backgroundColor"
    light = visit(page_html, color_scheme="light").page.evaluate(shade)
    opened = visit(page_html, color_scheme="dark")
    assert opened.page.evaluate(shade) != light
    opened.assert_quiet()


def test_text_contrast_is_enough(visit: Open, page_html: str) -> None:
    """Ratio of text and ground at least 4.5 in both colour schemes, computed from the page."""
    script = """() => {
      const parts = c => (c.match(/[\\d.]+/g) || []).map(Number);
      const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
      const ground = e => { for (; e; e = e.parentElement) {
        const c = parts(getComputedStyle(e).backgroundColor);
        if (c.length === 3 || c[3] > 0.9) return c; } return [255, 255, 255]; };
      const bad = [];
      document.querySelectorAll('body *').forEach(e => {
        const own = Array.from(e.childNodes).some(n => n.nodeType === 3 && n.data.trim());
        if (!own || !e.offsetParent || e.closest('.unseen, .leaflet-control-scale, .north')) return;
        const a = light(parts(getComputedStyle(e).color)), b = light(ground(e));
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) bad.push([e.className, e.textContent.slice(0, 20), ratio]);
      });
      return bad; }"""
    for scheme in ("light", "dark"):
        page = visit(page_html, color_scheme=scheme).page
        page.locator("[data-id=clinic]").click()
        assert page.evaluate(script) == [], (scheme, json.dumps(page.evaluate(script)))


def test_a_guide_in_english_first_opens_in_english(visit: Open) -> None:
    rows = [facility("甲", "parking", at(10, 10), name_en="Car park A", facility_id="a")]
    opened = visit(render_page(content_of(rows, languages=("en",))))
    assert opened.page.inner_text(".entry-name") == "Car park A"
    assert opened.page.inner_text(".entry-other") == "甲"  # the name on the door
    assert opened.page.locator("#language").is_hidden()
    opened.assert_quiet()
