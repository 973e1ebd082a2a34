"""The printed guide read back: its words, numbers, squares, codes, measures and colours."""

from __future__ import annotations

import io
import re
import time
from dataclasses import replace

import numpy as np
import pypdf
import pytest
import zxingcpp

from circle.guide.content import GuideContent
from circle.guide.paper.options import FORMATS, PaperOptions
from circle.guide.paper.paper_map import BAND_MM
from circle.guide.paper.sheet import PaperGuide, compose

from .conftest import FEEDBACK_URL, GUIDE_URL
from .printed import Printed

SPACE = re.compile(r"\s+")


def squeezed(text: str) -> str:
    return SPACE.sub("", text)


def map_origin_mm(plan_width_mm: float) -> tuple[float, float]:
    """Return where the map of an A3 sheet begins: it stands at the right margin."""
    paper = FORMATS["a3"]
    return paper.width - paper.margin - BAND_MM - plan_width_mm, paper.margin + BAND_MM


def test_the_sheet_is_a3_and_has_two_sides(printed_sheet: Printed) -> None:
    assert len(printed_sheet) == 2
    for page in range(2):
        assert printed_sheet.size_mm(page) == pytest.approx((420.0, 297.0), abs=0.1)


def test_map_and_list_agree_with_the_guide(
    sheet: PaperGuide, printed_sheet: Printed, shanzishi: GuideContent
) -> None:
    page = squeezed("".join(printed_sheet.text(n) for n in range(1, len(printed_sheet))))
    (plan,) = sheet.plans
    for place in shanzishi.places:
        walk = f"{place.minutes}分钟" if place.minutes else "超过15分钟"
        square = plan.squares.get(place.number or 0, "图外")
        told = f"{place.name}{place.address}{place.phone}{place.hours}"
        row = f"{place.number}{told}{walk}{square}"
        assert squeezed(row) in page
    for entry in shanzishi.unplaced:
        assert squeezed(entry.name) in page
    front = squeezed(printed_sheet.text(0))
    for sentence in (shanzishi.title, shanzishi.community, shanzishi.notice, *shanzishi.facts):
        assert squeezed(sentence.zh) in front
    assert squeezed(shanzishi.attribution) in front
    assert "审图号" in front


def test_every_number_stands_where_the_layout_put_it(
    sheet: PaperGuide, printed_sheet: Printed
) -> None:
    (plan,) = sheet.plans
    left, top = map_origin_mm(plan.frame.width_mm)
    signs = [sign for sign in printed_sheet.signs(0) if sign.left > left]
    for block in plan.blocks:
        for cell in block.cells:
            x0, y0, x1, y1 = cell.box.edges
            inside = [
                sign
                for sign in signs
                if x0 + left < (sign.left + sign.right) / 2 < x1 + left
                and y0 + top < (sign.top + sign.bottom) / 2 < y1 + top
            ]
            assert "".join(sign.text for sign in sorted(inside, key=lambda s: s.left)) == cell.text


def test_no_sign_leaves_the_page_or_the_margin(printed_sheet: Printed) -> None:
    for page in range(len(printed_sheet)):
        width, height = printed_sheet.size_mm(page)
        for sign in printed_sheet.signs(page):
            assert sign.left > 8.0, sign
            assert sign.right < width - 8.0, sign
            assert sign.top > 8.0, sign
            assert sign.bottom < height - 8.0, sign


def test_no_two_signs_of_the_map_lie_on_each_other(
    sheet: PaperGuide, printed_sheet: Printed
) -> None:
    left, _ = map_origin_mm(sheet.plans[0].frame.width_mm)
    signs = sorted((s for s in printed_sheet.signs(0) if s.left > left), key=lambda s: s.left)
    for at, first in enumerate(signs):
        for second in signs[at + 1 :]:
            if second.left >= first.right:
                break
            shared = (min(first.right, second.right) - second.left) * (
                min(first.bottom, second.bottom) - max(first.top, second.top)
            )
            if min(first.bottom, second.bottom) <= max(first.top, second.top):
                continue
            area = (second.right - second.left) * (second.bottom - second.top)
            # Boxes of turned signs are larger than the signs.
            assert shared < 0.34 * area, (first, second)


def test_the_scale_bar_is_true(sheet: PaperGuide, printed_sheet: Printed) -> None:
    (plan,) = sheet.plans
    bar = plan.scale_bar
    left, top = map_origin_mm(plan.frame.width_mm)
    per_mm = 400 / 25.4
    pixels = printed_sheet.pixels(0, per_mm)
    # The lower rim of the bar is dark from end to end.
    row = pixels[round((top + bar.y + 1.02) * per_mm)].mean(axis=1)
    start, end = (left + bar.left - 3) * per_mm, (left + bar.left + bar.length_mm + 3) * per_mm
    dark = np.flatnonzero(row[round(start) : round(end)] < 110)
    measured_mm = (dark[-1] - dark[0] + 1) / per_mm
    assert (np.diff(dark) == 1).all()
    assert measured_mm * plan.frame.scale / 1000 == pytest.approx(bar.length_m, rel=0.005)


def test_codes_read_back_from_the_page(printed_sheet: Printed) -> None:
    found = {code.text for code in zxingcpp.read_barcodes(printed_sheet.pixels(0, 150 / 25.4))}
    assert found == {GUIDE_URL, FEEDBACK_URL}


def test_no_code_without_an_address(shanzishi: GuideContent) -> None:
    bare = compose(replace(shanzishi, guide_url="", feedback_url=""), PaperOptions())
    assert not zxingcpp.read_barcodes(Printed(bare.pdf).pixels(0, 150 / 25.4))


def test_the_file_is_tagged_embedded_and_has_bookmarks(sheet: PaperGuide) -> None:
    reader = pypdf.PdfReader(io.BytesIO(sheet.pdf))
    catalogue = reader.trailer["/Root"]
    assert bool(catalogue["/MarkInfo"]["/Marked"])
    assert "/StructTreeRoot" in catalogue
    assert str(catalogue["/Lang"]).startswith("zh")
    assert b"pdfuaid" in catalogue["/Metadata"].get_object().get_data()

    def titles(outline: list) -> list[str]:
        return [
            title
            for entry in outline
            for title in (titles(entry) if isinstance(entry, list) else [entry.title])
        ]

    bookmarks = [squeezed(title) for title in titles(reader.outline)]
    for expected in ("名录", "医疗卫生", "金融与邮政", "位置待核"):
        assert expected in bookmarks
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts
    assert all(re.match(r"/[A-Z]{6}\+", name) for name in fonts), fonts
    assert len(sheet.pdf) < 800_000


def test_the_same_guide_gives_the_same_bytes(sheet: PaperGuide, shanzishi: GuideContent) -> None:
    assert compose(shanzishi, PaperOptions()).pdf == sheet.pdf


@pytest.mark.timed
def test_a_sheet_takes_less_than_two_seconds(shanzishi: GuideContent, sheet: PaperGuide) -> None:
    forty = replace(shanzishi, places=shanzishi.places[:40])
    durations = []
    for _ in range(2):
        started = time.perf_counter()
        compose(forty, PaperOptions())
        durations.append(time.perf_counter() - started)
    assert min(durations) < 2.0


def test_choosing_classes_keeps_the_numbers(shanzishi: GuideContent) -> None:
    printed = compose(shanzishi, PaperOptions(classes=("parks_sport",)))
    parks = {p.number for p in shanzishi.places if p.category == "parks_sport"}
    assert {a.number for b in printed.plans[0].blocks for a in b.anchors} == parks
    text = squeezed(Printed(printed.pdf).all_text())
    assert "公园与运动" in text
    assert "菜市场与食品店" not in text


def test_the_poster_says_where_one_stands(shanzishi: GuideContent) -> None:
    pages = Printed(compose(shanzishi, PaperOptions(paper="a1")).pdf)
    assert len(pages) == 1
    assert pages.size_mm(0) == pytest.approx((594.0, 841.0), abs=0.1)
    assert "您在这里" in squeezed(pages.text(0))


def test_the_booklet_has_cover_use_maps_list_and_calls(shanzishi: GuideContent) -> None:
    called = replace(
        shanzishi, places=(replace(shanzishi.places[0], phone="0931-1234567"),
                           *shanzishi.places[1:]),
    )  # fmt: skip
    printed = compose(called, PaperOptions(paper="a4"))
    pages = Printed(printed.pdf)
    assert squeezed(shanzishi.title.zh) in squeezed(pages.text(0))
    assert "怎么用" in squeezed(pages.text(1))
    last = squeezed(pages.text(len(pages) - 1))
    assert "打电话找谁" in last
    assert "0931-1234567" in last
    assert "120" in last
    # Two maps: squares name their map, and both languages' worth of words say why.
    text = squeezed(pages.all_text())
    assert re.search(r"[12]-[A-Z]\d", text)


def test_the_english_print_speaks_english(shanzishi: GuideContent) -> None:
    text = Printed(compose(shanzishi, PaperOptions(language="en")).pdf).all_text()
    assert "List of places" in text
    assert "Health" in text
    assert "Inferred street" in text
