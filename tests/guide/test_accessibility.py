"""For those who cannot see, point or read small type: axe in every state, the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from circle.guide.pack import pack_for_guide
from circle.guide.web import render_page
from circle.study import build_study, read_study

from .conftest import Visit
from .rich import rich_content

Open = Callable[..., Visit]
PHONE = {"width": 360, "height": 740, "phone": True}


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The sample's one file, with a place that has everything a card can hold."""
    study = build_study(read_study("shanzishi"), tmp_path_factory.mktemp("maps")).study
    rich = next(place for place in rich_content().places if place.facility_id == "clinic")
    first = study.content.places[0]
    full = replace(
        first, hours_words=rich.hours_words, open_week=rich.open_week, website=rich.website,
        offers=rich.offers, events=rich.events, photo=rich.photo, entrances=rich.entrances,
        phone="0931-8410000",
    )  # fmt: skip
    content = replace(
        study.content, places=(full, *study.content.places[1:]), timezone="Asia/Shanghai",
        contacts=rich_content().contacts,
    )  # fmt: skip
    return render_page(content, walks=pack_for_guide(study.network, content))


def set_home(page: Any) -> None:
    page.locator("#home-here").dispatch_event("click")
    for _ in range(200):
        page.wait_for_timeout(25)
        if page.evaluate("Boolean(circleGuide.state.isHome)"):
            return
    pytest.fail("no home")


def open_card(page: Any) -> None:
    page.locator(".entry").first.dispatch_event("click")
    page.locator(".card-more summary").click()


STATES: dict[str, tuple[dict[str, Any], Callable[[Any], object]]] = {
    "default": ({}, lambda page: None),
    "card": ({}, open_card),
    "sharing": ({}, lambda page: (open_card(page), page.click(".action-share"))),
    "reporting": ({}, lambda page: (open_card(page), page.click(".action-report"))),
    "home": ({}, set_home),
    "route": ({}, lambda page: (set_home(page), open_card(page), page.click(".route-button"))),
    "address": ({}, lambda page: page.fill("#home-search", "路")),
    "dark": ({"color_scheme": "dark"}, open_card),
    "contrast": ({"contrast": "more"}, open_card),
    "large": ({}, lambda page: (page.click("#large-type"), open_card(page))),
    "english": ({}, lambda page: (page.click("#language"), open_card(page))),
    "phone": (PHONE, lambda page: None),
    "phone card": (PHONE, open_card),
    "phone english large": (
        PHONE,
        lambda page: (page.click("#language"), page.click("#large-type"), open_card(page)),
    ),
}


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_serious(visit: Open, html: str, state: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    screen, prepare = STATES[state]
    page = visit(html, bypass_csp=True, **screen).page
    prepare(page)
    page.wait_for_timeout(150)
    found = axe.Axe().run(page).response["violations"]
    serious = [
        (rule["id"], [node["html"][:160] for node in rule["nodes"]][:3])
        for rule in found
        if rule["impact"] in ("serious", "critical")
    ]
    assert serious == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_card_is_used_and_left_by_keyboard(visit: Open, html: str) -> None:
    """Nobody is kept in it: Tab leaves it at its end, Escape closes it where one came from."""
    opened = visit(html)
    page = opened.page
    page.locator(".entry").first.focus()
    came_from = page.evaluate("document.activeElement.dataset.id")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "card"
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        inside = page.evaluate("document.activeElement.closest('#card') !== null")
        if not inside:
            break
        seen.append(page.evaluate("document.activeElement.className"))
    else:
        pytest.fail("the card keeps the focus")
    for name in ("round card-close", "action route-button", "action action-call",
                 "action action-share", "action action-report"):  # fmt: skip
        assert name in seen
    page.locator(".action-share").focus()
    page.keyboard.press("Enter")
    assert page.get_attribute(".action-share", "aria-expanded") == "true"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.share-part') !== null")
    page.keyboard.press("Escape")
    assert page.locator("#card").is_hidden()
    assert page.evaluate("document.activeElement.dataset.id") == came_from
    opened.assert_quiet()


def test_arrows_go_from_class_to_class(visit: Open, html: str) -> None:
    page = visit(html).page
    page.locator(".chip").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.class") == "health"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert page.evaluate("circleGuide.state.category") == "culture"
    page.keyboard.press("End")
    assert page.evaluate("document.activeElement.dataset.class") == "money_post"
    page.keyboard.press("Home")
    assert page.evaluate("document.activeElement.dataset.class") == "all"
    assert (
        page.evaluate("document.querySelectorAll('.chip[tabindex=\"0\"]').length") == 1
    )  # one stop for the Tab key


def test_a_card_drawn_again_takes_the_focus_from_nobody(visit: Open, html: str) -> None:
    page = visit(html).page
    open_card(page)
    page.locator("#home-search").focus()
    page.locator("#home-search").fill("张掖路与静宁路")
    page.keyboard.press("Enter")
    for _ in range(100):
        page.wait_for_timeout(25)
        if page.evaluate("Boolean(circleGuide.state.isHome)"):
            break
    assert page.locator("#card").is_visible()
    assert page.evaluate("document.activeElement.id") == "home-search"


def test_the_list_tells_everything_the_map_shows(visit: Open, html: str) -> None:
    page = visit(html).page
    set_home(page)
    page.evaluate("circleGuide.finishList && circleGuide.finishList()")
    numbers = page.evaluate(
        "circleGuide.data.places.map(place => place.number).sort((a, b) => a - b)"
    )
    listed = page.eval_on_selector_all(
        "#list .entry .unseen", "all => all.map(e => parseInt(e.textContent, 10))"
    )
    assert sorted(listed) == numbers
    reached = page.evaluate("circleGuide.state.times.size")
    walks = page.locator("#list .walk").all_text_contents()
    assert len(walks) == len(numbers)
    assert sum("分钟" in walk for walk in walks) >= reached


def test_landmarks_and_names(visit: Open, html: str) -> None:
    page = visit(html).page
    for selector, n in (("main", 1), ("header", 1), ("footer", 1), ("h1", 1), ("[role=search]", 1)):
        assert page.locator(selector).count() == n, selector
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, a[href], input, textarea, [role=button]')]
            .filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels
                           && [...e.labels].some(l => l.textContent.trim())))
            .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert nameless == []
