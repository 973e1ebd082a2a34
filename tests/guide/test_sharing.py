"""Links that restore the page, and reports that people send themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlparse

import pytest

from circle.guide.pack import pack_for_guide
from circle.guide.web import render_page
from circle.study import build_study, read_study

from .conftest import Visit
from .rich import rich_content

pytestmark = pytest.mark.slow

Open = Callable[..., Visit]
PHONE = {"width": 360, "height": 740, "phone": True}


@pytest.fixture(scope="module")
def html() -> str:
    return render_page(rich_content())


@pytest.fixture(scope="module")
def walking_html(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The sample's one file, which computes walks itself."""
    result = build_study(read_study("shanzishi"), tmp_path_factory.mktemp("maps"))
    study = result.study
    return render_page(study.content, walks=pack_for_guide(study.network, study.content))


def fragment_of(field: str) -> dict[str, str]:
    return {key: value[0] for key, value in parse_qs(urlparse(link_in(field)).fragment).items()}


def link_in(field: str) -> str:
    (link,) = [word for word in field.replace("：", " ").split() if "://" in word]
    return link


def go(page: Any, fragment: str) -> None:
    """Open the page anew with a fragment."""
    address = page.url.split("#")[0]
    page.goto("about:blank")
    page.goto(f"{address}#{fragment}")
    page.wait_for_selector("html.ready", state="attached")


def settle(page: Any) -> None:
    for _ in range(200):
        page.wait_for_timeout(25)
        if page.evaluate("document.querySelector('#home').getAttribute('aria-busy') === 'false'"):
            return
    pytest.fail("the page is still at work")


@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desk", "phone"])
def test_a_link_restores_everything_in_another_browser(
    visit: Open, walking_html: str, screen: Any
) -> None:
    opened = visit(walking_html, **screen)
    page = opened.page
    page.evaluate("circleGuide.map.fire('click', { latlng: L.latLng(36.0590, 103.8330) })")
    settle(page)
    page.locator("input[value=older]").check(force=True)
    settle(page)
    page.click("#language")
    page.click("#large-type")
    page.fill("#search", "hospital")
    page.locator(".chip[data-class=health]").dispatch_event("click")
    page.locator("[data-id=health-02]").first.click()
    state = page.inner_text("#home-state")
    page.locator(".action-share").click()
    page.locator(".with-home").check()
    whole = fragment_of(page.input_value(".link-field"))
    assert whole == {
        "p": "health-02", "h": "103.83300,36.05900", "w": "older", "l": "en", "t": "1",
    }  # fmt: skip
    everything = page.evaluate(
        """circleGuide.fragmentOf(Object.assign(circleGuide.stateNow(), {
            home: circleGuide.home.get(), walker: circleGuide.home.walker(),
            language: 'en', isLarge: true }))"""
    )
    other = visit(walking_html, **screen)
    go(other.page, everything)
    settle(other.page)
    found = other.page
    assert found.evaluate("document.documentElement.lang") == "en"
    assert found.locator("html.large").count() == 1
    assert found.input_value("#search") == "hospital"
    chip = found.locator(".chip[data-class=health]")
    assert chip.get_attribute("aria-pressed") == "true"
    assert found.evaluate("circleGuide.state.selected.facility_id") == "health-02"
    assert found.locator("#card").is_visible()
    assert found.locator("input[value=older]").is_checked()
    assert found.inner_text("#home-state") == state
    assert found.locator(".ring-label.from-home").count() == 3
    # The home came with the link and does not stay in the address bar.
    assert "h=" not in found.url
    assert "p=health-02" in found.url
    opened.assert_quiet()
    other.assert_quiet()


def test_a_home_is_shared_only_by_those_who_tick_it(visit: Open, walking_html: str) -> None:
    opened = visit(walking_html)
    page = opened.page
    page.evaluate("circleGuide.map.fire('click', { latlng: L.latLng(36.0590, 103.8330) })")
    settle(page)
    page.locator("[data-id=health-02]").first.click()
    assert "103.83" not in page.url
    page.locator(".action-share").click()
    field = page.locator(".share-part .link-field")
    assert not page.locator(".with-home").is_checked()
    assert "h=" not in field.input_value()
    assert "103.83" not in field.input_value()
    page.locator(".with-home").check()
    assert "h=103.83300,36.05900" in field.input_value()
    page.locator(".with-home").uncheck()
    assert "36.05" not in field.input_value()
    page.locator("#share-guide").click()
    assert "36.05" not in page.locator("#about-part .link-field").input_value()
    opened.assert_quiet()


@pytest.mark.parametrize(
    "fragment",
    [
        "p=%E0%A4%A", "p=<script>alert(1)</script>", "p=__proto__&c=constructor&q=%00%1b[31m",
        "c=__proto__", "l=xx&w=nobody&t=9", "h=NaN,NaN", "h=1e9,5", "h=103.83", "=&=&&&==",
        "q=" + quote("<img src=x onerror=window.hacked=1>"), "p=" + "x" * 5000,
        "h=-999.5,-99", "p=clinic%20", "list",
    ],
)  # fmt: skip
def test_no_fragment_does_harm(visit: Open, walking_html: str, fragment: str) -> None:
    opened = visit(walking_html)
    go(opened.page, fragment)
    page = opened.page
    assert page.evaluate("window.hacked") is None
    assert page.locator("#card").is_hidden()
    assert page.locator(".home-pin").count() == 0
    assert page.evaluate("Object.prototype.category") is None
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    if "q=" not in fragment:
        assert page.locator(".entry").count() > 40
    opened.assert_quiet()


def test_a_home_off_the_map_is_refused_in_words(visit: Open, walking_html: str) -> None:
    opened = visit(walking_html)
    go(opened.page, "h=7.42,43.73&w=older")
    assert "地图范围" in opened.page.inner_text("#home-fault")
    assert opened.page.locator(".home-pin").count() == 0
    opened.assert_quiet()


def test_back_closes_the_card_and_forward_opens_it(visit: Open, html: str) -> None:
    opened = visit(html)
    page = opened.page
    page.locator("[data-id=clinic]").click()
    page.locator("[data-id=hospital]").click()
    assert page.url.endswith("#p=hospital")
    page.go_back()
    page.wait_for_timeout(50)
    assert page.locator("#card").is_hidden()
    page.go_forward()
    page.wait_for_timeout(50)
    assert page.evaluate("circleGuide.state.selected.facility_id") == "hospital"
    page.keyboard.press("Escape")
    assert "#" not in page.url
    page.evaluate("window.location.hash = '#c=parking&p=script'")
    page.wait_for_timeout(50)
    assert page.locator(".entry").count() == 4
    assert page.locator("#card").is_visible()
    opened.assert_quiet()


def test_a_file_says_who_can_open_its_link(visit: Open, html: str) -> None:
    page = visit(html).page
    page.locator("[data-id=clinic]").click()
    page.locator(".action-share").click()
    told = page.inner_text(".share-part")
    assert "对方也要有这个文件" in told
    words = page.input_value(".link-field")
    assert words.startswith("1 张掖路社区卫生服务中心，张掖路 12 号，0931-8410000")
    assert link_in(words).startswith("file:///")
    served = visit(render_page(rich_content(guide_url="https://guide.example.org/map#old")))
    served.page.locator("[data-id=clinic]").click()
    served.page.locator(".action-share").click()
    link = link_in(served.page.input_value(".link-field"))
    assert link == "https://guide.example.org/map#p=clinic&l=zh"
    assert "文件" not in served.page.inner_text(".share-part")
    hostile = visit(render_page(rich_content(guide_url="javascript:alert(1)")))
    hostile.page.locator("[data-id=clinic]").click()
    hostile.page.locator(".action-share").click()
    assert "javascript" not in hostile.page.input_value(".link-field")


def test_sharing_takes_the_best_way_there_is(visit: Open) -> None:
    opened = visit(render_page(rich_content(guide_url="https://guide.example.org/")))
    page = opened.page
    ways = """way => {
      const put = (name, value) =>
        Object.defineProperty(navigator, name, { value, configurable: true });
      window.sent = null; window.written = null;
      const stopped = Object.assign(new Error(), { name: 'AbortError' });
      put('share', way === 'share'
        ? parcel => { window.sent = parcel; return Promise.resolve(); }
        : way === 'refused' ? () => Promise.reject(stopped) : undefined);
      put('clipboard', way === 'nothing' ? undefined
        : { writeText: text => { window.written = text; return Promise.resolve(); } });
      document.execCommand = () => false;
    }"""
    page.evaluate(ways, "share")
    page.locator("[data-id=clinic]").click()
    page.locator(".action-share").click()
    page.locator(".send").click()
    sent = page.evaluate("window.sent")
    assert sent["url"] == "https://guide.example.org/#p=clinic&l=zh"
    assert sent["text"].startswith("1 张掖路社区卫生服务中心")
    page.evaluate(ways, "refused")
    page.locator(".send").click()
    assert page.inner_text(".share-part .told") == ""  # they changed their mind
    page.locator("[data-id=hospital]").click()
    page.evaluate(ways, "clipboard")
    page.locator("[data-id=clinic]").click()
    page.locator(".action-share").click()
    assert page.locator(".send").count() == 0
    page.locator(".copy").click()
    page.wait_for_timeout(30)
    assert "已复制" in page.inner_text(".share-part .told")
    assert page.evaluate("window.written") == page.input_value(".link-field")
    page.evaluate(ways, "nothing")
    page.locator(".copy").click()
    page.wait_for_timeout(30)
    assert "长按" in page.inner_text(".share-part .told")
    assert page.evaluate(
        "document.activeElement.matches('.link-field') && getSelection().toString().length > 9 "
        "|| document.activeElement.selectionEnd > 9"
    )
    opened.assert_quiet()


def test_a_report_is_written_by_the_page_and_sent_by_the_person(visit: Open, html: str) -> None:
    opened = visit(html)
    page = opened.page
    page.locator("[data-id=clinic]").click()
    page.locator(".action-report").click()
    page.locator(".report-kinds input[value=contact]").check()
    page.fill(".report-words", "电话换成 0931-1234567 了\n<b>谢谢</b>")
    text = page.input_value(".report-text")
    for words in ("编号 1 张掖路社区卫生服务中心", "内部编号：clinic", "2026-07-01",
                  "问题：电话或时间不对", "0931-1234567", "<b>谢谢</b>"):  # fmt: skip
        assert words in text
    assert "103." not in text
    assert page.locator(".report-send").count() == 0  # this study gives no address
    assert page.locator(".report-part a.phone").get_attribute("href") == "tel:09318460000"
    page.fill(".report-words", "长" * 900)
    assert page.input_value(".report-text").count("长") == 500
    opened.assert_quiet()


@pytest.mark.parametrize(
    ("address", "kind"),
    [("mailto:office@example.org", "mail"), ("office@example.org", "mail"),
     ("https://example.org/tell", "web"), ("javascript:alert(1)", None),
     ("mailto:a@b.org?bcc=spy@example.net", None), ("", None)],
)  # fmt: skip
def test_a_report_goes_where_the_study_wants_it(
    visit: Open, address: str, kind: str | None
) -> None:
    opened = visit(render_page(rich_content(feedback_url=address)))
    page = opened.page
    page.locator("[data-id=image]").click()
    page.locator(".action-report").click()
    link = page.locator(".report-send")
    assert link.count() == (0 if kind is None else 1)
    if kind == "mail":
        page.locator(".report-kinds input[value=position]").check()
        target = urlparse(link.get_attribute("href"))
        assert (target.scheme, target.path) == ("mailto", "office@example.org")
        query = dict(part.split("=", 1) for part in target.query.split("&"))
        assert set(query) == {"subject", "body"}
        assert unquote(query["body"]) == page.input_value(".report-text")
        assert "地图上的位置不对" in unquote(query["body"])
    if kind == "web":
        assert link.get_attribute("href") == address
        assert link.get_attribute("target") == "_blank"
        assert "noopener" in link.get_attribute("rel")
    opened.assert_quiet()
