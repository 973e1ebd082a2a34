"""The page where no scripts run: a numbered map, and the whole table, in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from circle.geometry import LonLat
from circle.guide.content import GuideContent
from circle.guide.model import GuideEntrance, GuideEvent, GuideOffer
from circle.guide.still_map import UNITS_PER_MM, still_map
from circle.guide.web import render_page
from circle.guide.wording import Both
from circle.study import Study, build_study, new_study, read_study

from .conftest import HOSTILE, at, content_of, facilities, facility

_SVG = "{http://www.w3.org/2000/svg}"
Read = Callable[[str], Any]


@pytest.fixture
def read(browser: Any, tmp_path: Path) -> Iterator[Read]:
    """Open a page on a phone as a chat's preview does: no scripts, no network."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, java_script_enabled=False, offline=True
    )

    def open_page(html: str) -> Any:
        path = tmp_path / "guide.html"
        path.write_text(html, encoding="utf-8")
        page = context.new_page()
        page.goto(path.as_uri())
        return page

    yield open_page
    context.close()


@pytest.fixture(scope="module")
def monaco(extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("studies") / "monaco"
    new_study(folder, LonLat(7.4205, 43.7345), streets=extracts / "monaco_2023.osm.pbf")
    return build_study(read_study(folder), tmp_path_factory.mktemp("maps")).study


@pytest.fixture(scope="module")
def shanzishi(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return build_study(read_study("shanzishi"), tmp_path_factory.mktemp("maps")).study


def drawn(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(markup.replace("<svg ", f'<svg xmlns="{_SVG[1:-1]}" ', 1))


def numbers_of(svg: ElementTree.Element) -> list[int]:
    """Return every number the map shows, runs taken apart."""
    cells = [cell for cell in svg.iter(f"{_SVG}g") if cell.get("class") == "cell"]
    return [
        number
        for cell in cells
        for number in range(int(cell.get("data-first", 0)), int(cell.get("data-last", 0)) + 1)
    ]


def boxes_of(page: Any, selector: str) -> list[dict[str, float]]:
    """Return the boxes of elements in units of the picture."""
    found: list[dict[str, float]] = page.eval_on_selector_all(
        selector,
        """all => all.map(element => {
          const box = element.getBBox();
          return { x: box.x, y: box.y, width: box.width, height: box.height };
        })""",
    )
    return found


def overlaps(boxes: list[dict[str, float]]) -> list[tuple[dict[str, float], dict[str, float]]]:
    """Return pairs of boxes that share more than a rounding."""
    found = []
    order = sorted(boxes, key=lambda box: box["x"])
    for i, one in enumerate(order):
        for other in order[i + 1 :]:
            if other["x"] >= one["x"] + one["width"] - 1:
                break
            if (
                min(one["y"] + one["height"], other["y"] + other["height"])
                - max(one["y"], other["y"])
                > 1
            ):
                found.append((one, other))
    return found


@pytest.mark.parametrize("name", ["shanzishi", "monaco"])
def test_map_and_table_say_the_same_numbers_and_none_lies_on_another(
    name: str, request: pytest.FixtureRequest, read: Read
) -> None:
    study: Study = request.getfixturevalue(name)
    content = study.content
    page = read(render_page(content))
    assert page.locator("svg.still").is_visible()
    assert page.locator("[data-script]").first.is_hidden()
    shown = numbers_of(drawn(still_map(content)))
    told = [
        int(text)
        for text in page.locator("tbody tr td:first-child").all_inner_texts()
        if text.strip()
    ]
    assert sorted(shown) == sorted(told) == [place.number for place in content.places]
    # The browser's own boxes, letters and all, as it lays them out.
    cells = boxes_of(page, ".still .cell rect")
    boxes = cells + boxes_of(
        page, ".still .ring-name rect, .still .center-title rect, .still .north rect"
    )
    assert len(boxes) > len(content.classes)
    assert overlaps(boxes) == []
    _, _, width, height = map(float, page.get_attribute("svg.still", "viewBox").split())
    for box in boxes:
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width
        assert 0 <= box["y"] <= box["y"] + box["height"] <= height
    # No style of the page's own map reaches into the picture: the centre's name stands at its dot.
    (title,), (dot,) = (boxes_of(page, f".still {part}") for part in (".center-title", ".center"))
    assert abs(title["x"] + title["width"] / 2 - dot["x"] - dot["width"] / 2) < 2
    assert abs(title["y"] + title["height"] / 2 - dot["y"] - dot["height"] / 2) < 80
    for ground, text in zip(cells, boxes_of(page, ".still .cell text"), strict=True):
        assert text["x"] >= ground["x"] - 1
        assert text["x"] + text["width"] <= ground["x"] + ground["width"] + 1


def test_sizes_hold(shanzishi: Study, monaco: Study) -> None:
    assert len(still_map(shanzishi.content)) < 60_000
    assert len(still_map(monaco.content)) < 330_000


def test_the_table_is_complete(content: GuideContent, read: Read) -> None:
    first = replace(
        content.places[0],
        hours_words=Both("每天 8:00–18:00", "every day 8:00–18:00"),
        website="https://clinic.example",
        entrances=(GuideEntrance(103.8346, 36.0612, Both("东门", "east gate")),),
        offers=(GuideOffer("老人免费量血压<b>", "2026-12-31"),),
        events=(GuideEvent("健康讲座", "2026-12-01T09:00", "2026-12-01T11:00"),),
    )
    page = read(render_page(replace(content, places=(first, *content.places[1:]))))
    row = page.locator("tbody tr").first.inner_text()
    for words in (
        "张掖路社区卫生服务中心", "Zhangye Road clinic", "张掖路 12 号", "0931-8410000",
        "每天 8:00–18:00", "https://clinic.example", "东门", "老人免费量血压<b>", "2026-12-31",
        "健康讲座", "2026-12-01 09:00", "步行约", "误差约 20 米", "周三义诊",
    ):  # fmt: skip
        assert words in row, words
    table = page.inner_text("#list")
    assert all(place.name in table for place in (*content.places, *content.unplaced))
    assert "报道没有写明地址" in table


def test_hostile_and_extreme_guides_are_drawn(read: Read) -> None:
    crowd = [facility(f"店 {k}", "health", at(3 * k % 40, k)) for k in range(120)]
    for rows in ([], facilities(), crowd):
        content = content_of(rows, center_name_zh=HOSTILE["image"], community_zh=HOSTILE["closing"])
        markup = still_map(content)
        assert sorted(numbers_of(drawn(markup))) == [place.number for place in content.places]
        page = read(render_page(content))
        assert page.locator("svg.still").is_visible()
        assert page.locator("svg.still img").count() == 0


def test_the_scale_bar_is_true(shanzishi: Study) -> None:
    svg = drawn(still_map(shanzishi.content))
    bar = next(path for path in svg.iter(f"{_SVG}path") if path.get("data-metres"))
    found = re.search(r"h(\d+)", bar.get("d", ""))
    assert found
    length_mm = int(found.group(1)) / UNITS_PER_MM
    # Two dots on the map, and how far apart their places are.
    one, two = shanzishi.content.places[0], shanzishi.content.places[-1]
    dots = re.findall(
        r"M(\d+) (\d+)h0", " ".join(path.get("d", "") for path in svg.iter(f"{_SVG}path"))
    )
    lonlat = [(place.lon or 0.0, place.lat or 0.0) for place in (one, two)]
    frame = shanzishi.network.frame
    x, y = frame.to_xy(*zip(*lonlat, strict=True))
    metres = float(((x[0] - x[1]) ** 2 + (y[0] - y[1]) ** 2) ** 0.5)
    scale = int(bar.get("data-metres", 0)) / length_mm
    apart = {
        round(((int(a) - int(c)) ** 2 + (int(b) - int(d)) ** 2) ** 0.5 / UNITS_PER_MM * scale)
        for a, b in dots
        for c, d in dots
    }
    assert min(abs(metres - value) for value in apart) <= max(1.0, 0.005 * metres)


def test_where_scripts_run_the_map_is_not_even_read(content: GuideContent, browser: Any) -> None:
    page = browser.new_page()
    page.set_content(render_page(content))
    assert page.evaluate("document.querySelectorAll('svg.still, table').length") == 0
    page.close()
