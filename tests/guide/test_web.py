"""The page as a document: parsed, never compared by bytes."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from branca.element import CssLink, Element, JavascriptLink
from lxml import html as parser

from circle.errors import CircleError
from circle.guide import page_assets
from circle.guide.content import GuideContent
from circle.guide.web import page_data, render_page

from .conftest import HOSTILE, ClassRow, at, content_of, facility


@pytest.fixture(scope="module")
def page(content: GuideContent) -> str:
    return render_page(content)


@pytest.fixture(scope="module")
def document(page: str) -> Any:
    return parser.document_fromstring(page)


def test_head_language_title_and_zoom(document: Any) -> None:
    assert document.get("lang") == "zh-CN"
    assert document.findtext(".//title") == "山字石15分钟生活圈指南"
    (viewport,) = document.xpath("//meta[@name='viewport']/@content")
    assert "user-scalable" not in viewport
    assert "maximum-scale" not in viewport
    assert len(document.xpath("//main")) == len(document.xpath("//h1")) == 1
    assert document.xpath("//header")
    assert document.xpath("//footer")


def test_nothing_is_loaded_from_anywhere(document: Any) -> None:
    loaded = document.xpath("//script/@src | //img/@src | //iframe/@src | //link/@href")
    assert all(address.startswith("data:") for address in loaded)
    styles = "".join(document.xpath("//style/text()"))
    addresses = re.findall(r"url\(\s*['\"]?([^'\")]+)", styles)
    assert all(address.startswith(("data:", "#")) for address in addresses)
    assert "@import" not in styles


def test_policy_allows_only_the_scripts_written_here(content: GuideContent) -> None:
    for live, connect in ((False, "connect-src 'none'"), (True, "connect-src 'self'")):
        document = parser.document_fromstring(render_page(content, live=live))
        (policy,) = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        assert "default-src 'none'" in policy
        assert connect in policy
        scripts = document.xpath("//script[not(@type)]/text()")
        assert scripts
        for script in scripts:
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy


def test_data_survive_and_hostile_names_stay_text(document: Any, content: GuideContent) -> None:
    (text,) = document.xpath("//script[@id='guide-data']/text()")
    assert not set(text) & set("<>&\u2028\u2029")
    data = json.loads(text)
    assert [place["name"] for place in data["places"]] == [p.name for p in content.places]
    assert not document.xpath("//*[@onerror]")
    assert all("hacked" not in script for script in document.xpath("//script[not(@type)]/text()"))


def test_without_scripts_the_tables_hold_every_place(document: Any, content: GuideContent) -> None:
    table = document.xpath("//main//noscript")[0]
    text = " ".join(table.itertext())
    for place in (*content.places, *content.unplaced):
        assert place.name in text
    assert "0931-8410000" in text
    assert HOSTILE["script"] in text
    numbers = [cell.strip() for cell in table.xpath(".//tbody/tr/td[1]/text()")]
    assert [n for n in numbers if n.isdigit()] == [str(p.number) for p in content.places]


def test_home_is_only_in_the_live_page(content: GuideContent, document: Any) -> None:
    assert not document.xpath("//*[@id='home']")
    live = parser.document_fromstring(render_page(content, live=True))
    assert live.xpath("//*[@id='home']")


def test_an_unknown_link_fails_loudly() -> None:
    with pytest.raises(page_assets.UnknownLinkError, match="plugin") as caught:
        page_assets.folium_head([("plugin", JavascriptLink("https://cdn.example/plugin.js"))])
    assert isinstance(caught.value, CircleError)
    assert "plugin" in caught.value.zh
    with pytest.raises(page_assets.UnknownLinkError):
        page_assets.folium_head([("look", CssLink("https://cdn.example/look.css"))])
    assert page_assets.folium_head([("meta", Element("<meta>"))]) == ([], [])


@pytest.mark.parametrize(
    ("styles", "markup"),
    [
        ("a { background: url(https://example.org/x.png) }", ""),
        ("@import 'x.css';", ""),
        ("", "<img alt='' src='https://example.org/x.png'>"),
        ("", '<link rel="stylesheet" href="look.css">'),
        ("", "<script defer src=/x.js></script>"),
    ],
)
def test_anything_that_loads_is_refused(styles: str, markup: str) -> None:
    with pytest.raises(page_assets.UnknownLinkError):
        page_assets.check_nothing_is_asked_for(styles, markup)


def test_links_for_people_are_not_refused() -> None:
    page_assets.check_nothing_is_asked_for("a { fill: url(#x) }", '<a href="https://x.org">x</a>')


def test_pictograms_hold_shapes_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="currentColor" '
        'onload="alert(1)"><script>alert(1)</script><image href="https://x.org/x.png"/>'
        '<g onclick="alert(1)"><path d="M1 1h2" style="fill:url(https://x.org)"/></g></svg>'
    )
    monkeypatch.setattr(page_assets, "data_path", lambda *parts: tmp_path / parts[-1])
    markup = page_assets.icon_markup("bad.svg")
    assert 'd="M1 1h2"' in markup
    for word in ("script", "image", "onload", "onclick", "style", "x.org"):
        assert word not in markup
    for missing in ("", "nowhere", "../../secret"):
        assert "circle" in page_assets.icon_markup(missing)


def test_scripts_keep_to_old_phones() -> None:
    source = page_assets.own_script()
    for newer in (r"\?\.[a-zA-Z_\[(]", r"\?\?", r"\.replaceAll\(", r"\.flat\(", r"\.flatMap\(",
                  r"\.at\(-", r"Object\.fromEntries", r"\.matchAll\(", r"catch \{"):  # fmt: skip
        assert not re.search(newer, source), newer
    assert ".innerHTML" not in source
    assert "insertAdjacentHTML" not in source


def test_page_data_leaves_out_what_is_empty(content: GuideContent) -> None:
    data = page_data(content)
    assert "hours" not in next(p for p in data["places"] if p["facility_id"] == "hospital")
    assert set(data["words"]["zh"]) == set(data["words"]["en"])


@pytest.mark.parametrize("n", [0, 400])
def test_none_and_many_places(n: int) -> None:
    rows = [
        facility(f"停车场 {i}", "parking", at(i % 20 * 40 - 400, i // 20 * 40 - 400),
                 facility_id=f"p{i}")
        for i in range(n)
    ]  # fmt: skip
    html = render_page(content_of(rows))
    assert len(html.encode()) < 1_000_000
    assert len(parser.document_fromstring(html).xpath("//main//noscript//tr/th[@scope='row']")) == n


def test_a_colour_that_is_none_cannot_carry_style() -> None:
    odd = ClassRow("odd", "怪", "Odd", "", "red;background:url(https://x.org)")
    content = content_of([facility("甲", "odd", at(0, 9))], classes=(odd,))
    assert re.fullmatch(r"#[0-9a-f]{6}", content.classes[0].colour)


def test_the_first_language_opens_the_page() -> None:
    document = parser.document_fromstring(render_page(content_of([], languages=("en", "zh-CN"))))
    assert document.get("lang") == "en"
    assert document.findtext(".//title") == "Shanzishi 15-minute guide"
    assert document.xpath("//h1/text()") == ["Shanzishi 15-minute guide"]


def test_a_pace_of_its_own_is_offered_first() -> None:
    walkers = page_data(content_of([], walker="1.1"))["walkers"]
    assert walkers[0]["key"] == "1.1"
    assert len(walkers) == 7
