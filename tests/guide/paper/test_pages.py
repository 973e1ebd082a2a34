"""What a community adds is on the pages: pictures, hours, offers, events, whom to call."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import numpy as np
import pypdf
import pytest
from PIL import Image

from circle.guide.model import GuideContent, GuideEvent, GuideOffer, GuidePhoto
from circle.guide.paper.lists import LEAST_LIST_PT
from circle.guide.paper.options import FORMATS, PaperOptions
from circle.guide.paper.sheet import compose
from circle.guide.wording import Both

from .equipped import HOURS, LONG_OFFER, equipped, logo, photo
from .printed import Printed
from .test_layout import assert_all_numbered, assert_tidy


def squeezed(text: str) -> str:
    return re.sub(r"\s|\ufffe|\x00|\u200b", "", text)


def pages_of(content: GuideContent, **options: object) -> list[str]:
    printed = Printed(compose(content, PaperOptions(**options)).pdf)  # type: ignore[arg-type]
    return [squeezed(printed.text(page)) for page in range(len(printed))]


@pytest.mark.parametrize("paper", ["a4", "a3"])
def test_offers_events_and_contacts_are_told(shanzishi: GuideContent, paper: str) -> None:
    content = equipped(shanzishi)
    text = "".join(pages_of(content, paper=paper)[1:])
    assert "近期活动（2026年）" in text
    assert "优惠与便民" in text
    assert "打电话找谁" in text
    assert "65岁以上老人免费量血压、测血糖至2027年6月30日" in text
    assert squeezed(LONG_OFFER[:300]) in text
    for contact in content.contacts:
        assert squeezed(f"{contact.name.zh}{contact.phone}") in text
    # By date, not by place: the one of place 5 on 1 December, its other on the 5th, then the 12th.
    order = [text.index(word) for word in ("流感疫苗集中接种", "中医义诊", "社区合唱团排练")]
    assert order == sorted(order)
    assert "12月5日周六09:00–11:30" in text
    assert "12月12日周六14:00" in text
    assert "审图号：甘S(2026)018号" in "".join(pages_of(content, paper=paper))


@pytest.mark.parametrize("paper", ["a4", "a3"])
def test_rows_tell_telephone_and_hours_in_words(shanzishi: GuideContent, paper: str) -> None:
    content = equipped(shanzishi)
    text = "".join(pages_of(content, paper=paper))
    for place in content.places:
        hours = place.hours_words.zh or place.hours
        row = f"{place.number}{place.name}{place.address}{place.phone}{hours}"
        assert squeezed(row) in text
    assert squeezed(HOURS.zh) in text
    assert "Mo-Fr" not in text
    english = "".join(pages_of(content, paper=paper, language="en"))
    assert squeezed(HOURS.en) in english
    assert "Sat5Dec" in english


def test_the_booklet_has_its_pages_in_order(shanzishi: GuideContent) -> None:
    pages = pages_of(equipped(shanzishi), paper="a4")
    heads = ("怎么用", "总图", "地图1", "地图2", "名录", "优惠与活动", "打电话找谁")
    text = "".join(pages)
    assert pages[1].startswith(heads[0])
    assert all(any(page.startswith(head) for page in pages) for head in heads[:5])
    # What follows the list begins where that ends, not each on a page of its own.
    at = len(pages[0])
    for head in heads:
        at = text.index(head, at) + len(head)
    assert f"第{len(pages)}页，共{len(pages)}页" in pages[-1]
    plain = [replace(place, offers=(), events=()) for place in shanzishi.places]
    bare = replace(shanzishi, places=tuple(plain), unplaced=())
    bare_pages = pages_of(bare, paper="a4")
    assert not any("优惠与活动" in page for page in bare_pages)
    # Lines to write on fill up the last page, and never open one for themselves.
    assert "打电话找谁" in bare_pages[-1]
    assert "打电话找谁" in pages_of(shanzishi, paper="a4")[-1]


@pytest.mark.parametrize("n_photos", [0, 5, 52])
def test_pictures_stand_in_their_rows(shanzishi: GuideContent, n_photos: int) -> None:
    content = equipped(shanzishi, n_photos=n_photos)
    guide = compose(content, PaperOptions(paper="a4"))
    reader = pypdf.PdfReader(io.BytesIO(guide.pdf))
    alts = re.findall(r"照片：", str(pdf_alternatives(reader)))
    assert len(alts) == n_photos
    printed = Printed(guide.pdf)
    page = next(n for n in range(len(printed)) if printed.text(n).lstrip().startswith("名录"))
    signs = printed.signs(page)
    numbers = [s for s in signs if s.text in "1234" and s.left < 25]
    pixels = printed.pixels(page, 4.0)
    # Beside the numbers 1 to 4: a picture with its many colours, or a quiet pictogram.
    for sign in numbers[:4]:
        top, bottom = round((sign.top - 2) * 4), round((sign.bottom + 2) * 4)
        beside = pixels[top:bottom, (25 * 4) : (38 * 4)].reshape(-1, 3)
        spread = (beside.max(axis=1).astype(int) - beside.min(axis=1)).max()
        assert (spread > 60) == (n_photos > 0)
    assert guide.bad_pictures == ()


def pdf_alternatives(reader: pypdf.PdfReader) -> list[str]:
    """Return the alternative texts of the file."""
    found = []
    for number in range(1, len(reader.xref[0]) + 1 if 0 in reader.xref else 1):
        entry = reader.get_object(number)
        if isinstance(entry, dict) and "/Alt" in entry:
            found.append(str(entry["/Alt"]))
    return found


@pytest.mark.parametrize("size", [(2400, 24), (24, 2400), (1, 1)])
def test_odd_pictures_are_cut_to_the_same_frame(
    shanzishi: GuideContent, size: tuple[int, int]
) -> None:
    place = replace(shanzishi.places[0], photo=photo(1, *size))
    odd = replace(shanzishi, places=(place, *shanzishi.places[1:]), logo=logo(*size))
    usual = replace(
        shanzishi,
        places=(replace(place, photo=photo(1)), *shanzishi.places[1:]),
        logo=logo(),
    )
    printed, expected = (Printed(compose(c, PaperOptions()).pdf) for c in (odd, usual))
    assert len(printed) == len(expected) == 2
    told = [
        [(s.text, round(s.left), round(s.top)) for s in p.signs(1)] for p in (printed, expected)
    ]
    assert told[0] == told[1]


def test_what_is_no_picture_gives_way_to_the_pictogram(shanzishi: GuideContent) -> None:
    broken = GuidePhoto(b"\xff\xd8 not a picture", b"<svg onload='alert(1)'/>", 4, 3)
    place = replace(shanzishi.places[2], photo=broken)
    content = replace(
        shanzishi, places=(*shanzishi.places[:2], place, *shanzishi.places[3:]), logo=b"GIF89a"
    )
    guide = compose(content, PaperOptions())
    assert guide.bad_pictures == (shanzishi.community.zh, place.name)
    assert_all_numbered(guide, content)


def test_the_logo_is_printed_in_its_proportions(shanzishi: GuideContent) -> None:
    content = replace(shanzishi, logo=logo(600, 200))
    for paper in ("a3", "a4", "a1"):
        pixels = Printed(compose(content, PaperOptions(paper=paper)).pdf).pixels(0, 2.0)
        # The upper left corner, as far as nothing else is of its colour.
        high = 36 if paper != "a1" else 90
        area = pixels[: high * 2, : 90 * 2].astype(int)
        red = np.abs(area - (158, 43, 30)).sum(axis=2) < 40
        rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
        assert len(rows) > 10
        ratio = (columns[-1] - columns[0] + 1) / (rows[-1] - rows[0] + 1)
        assert ratio == pytest.approx(3.0, rel=0.1), paper


HOSTILE = (
    "<script>alert(1)</script>",
    '"quotes" and #eval("1") $x$ @ref *bold*',
    "电影🎬周末",
    "خصم للسكان",
    "第一行\n第二行",
    "长" * 60,
)


def test_hostile_offers_and_events_are_printed_as_they_are(shanzishi: GuideContent) -> None:
    places = list(shanzishi.places)
    for at, words in enumerate(HOSTILE):
        places[at] = replace(
            places[at],
            offers=(GuideOffer(words, "2026-12-31"), GuideOffer(words, "soon<br>")),
            events=(GuideEvent(words, "2026-13-45", "never"), GuideEvent(words, "2026-12-01", "")),
            phone=words,
            hours_words=Both(words, words),
        )
    content = replace(shanzishi, places=tuple(places))
    for paper in ("a3", "a4", "a1"):
        guide = compose(content, PaperOptions(paper=paper))
        text = squeezed(Printed(guide.pdf).all_text())
        assert text.count("<script>alert(1)</script>") >= 4
        assert squeezed(HOSTILE[1]) in text
        assert "电影□周末" in text
        assert "长" * 60 in text
        assert "2026-13-45" in text
        assert "🎬" in guide.missing[HOSTILE[2]]
        for plan in guide.plans:
            assert_tidy(plan)


def test_a_class_of_none_and_one_of_four_hundred(shanzishi: GuideContent) -> None:
    template = shanzishi.places[0]
    lone, crowd = shanzishi.classes[0], shanzishi.classes[1]
    places = [replace(template, number=1)]
    for number in range(2, 402):
        row, column = divmod(number, 20)
        places.append(
            replace(
                template,
                number=number,
                facility_id=f"f{number}",
                name=f"第{number}号商店",
                category=crowd.key,
                lon=shanzishi.center.lon + (column - 10) * 0.0009,
                lat=shanzishi.center.lat + (row - 10) * 0.0006,
            )
        )
    content = replace(shanzishi, places=tuple(places), classes=(lone, crowd))
    for options in (PaperOptions(), PaperOptions(paper="a4")):
        guide = compose(content, options)
        for plan in guide.plans:
            assert_tidy(plan)
        assert_all_numbered(guide, content)
        text = squeezed(Printed(guide.pdf).all_text())
        assert all(f"{place.number}{place.name}" in text for place in places)
    empty = replace(content, places=content.places[1:], classes=(lone, crowd))
    assert lone.name.zh not in squeezed(Printed(compose(empty).pdf).all_text())


def test_places_at_one_point_and_beyond_every_ring(shanzishi: GuideContent) -> None:
    first, second, third, *rest = shanzishi.places
    twin = replace(second, lon=first.lon, lat=first.lat)
    far = replace(third, lon=shanzishi.center.lon + 0.3, lat=shanzishi.center.lat, minutes=None)
    content = replace(shanzishi, places=(first, twin, far, *rest))
    for paper in ("a3", "a4"):
        guide = compose(content, PaperOptions(paper=paper))
        for plan in guide.plans:
            assert_tidy(plan)
        assert_all_numbered(guide, content)
        # The two share a block and each is still written in full; the far one has an arrow.
        blocks = [b for plan in guide.plans for b in plan.blocks]
        together = [b for b in blocks if {1, 2} <= {a.number for a in b.anchors}]
        assert together
        maps = [*guide.plans, *filter(None, [guide.overview])]
        beyond = [b for plan in maps for b in plan.blocks if b.off_map is not None]
        arrow = next(b for b in beyond if b.anchors[0].number == 3)
        assert arrow.off_map == pytest.approx(90.0, abs=12.0)
        assert "3" + far.name in squeezed(Printed(guide.pdf).all_text())


def test_a_guide_without_places_or_rings_is_still_a_sheet(shanzishi: GuideContent) -> None:
    empty = replace(shanzishi, places=(), unplaced=(), rings=())
    for paper in ("a3", "a4", "a1"):
        guide = compose(empty, PaperOptions(paper=paper))
        assert guide.n_places == 0
        assert shanzishi.title.zh.split("（")[0] in squeezed(Printed(guide.pdf).text(0))


def test_the_table_side_keeps_off_the_fold(shanzishi: GuideContent) -> None:
    for content in (shanzishi, equipped(shanzishi), equipped(shanzishi, n_photos=52)):
        printed = Printed(compose(content, PaperOptions()).pdf)
        for page in range(len(printed)):
            fold = FORMATS["a3"].width / 2
            for sign in printed.signs(page):
                assert sign.right < fold - 0.3 or sign.left > fold + 0.3, (page, sign)


def test_the_sample_fits_one_sheet_in_readable_type(shanzishi: GuideContent) -> None:
    for content in (shanzishi, equipped(shanzishi)):
        printed = Printed(compose(content, PaperOptions()).pdf)
        assert len(printed) == 2
        heights = [s.bottom - s.top for s in printed.signs(1) if "\u4e00" <= s.text <= "\u9fff"]
        # Printed Chinese signs fill some nine tenths of their type size.
        assert np.percentile(heights, 20) > 0.75 * LEAST_LIST_PT * 0.9 * 25.4 / 72


def test_pictures_of_logo_and_places_leave_the_bytes_the_same(shanzishi: GuideContent) -> None:
    content = equipped(shanzishi)
    assert compose(content).pdf == compose(content).pdf
    with Image.open(io.BytesIO(photo(3).print_image)) as opened:
        assert opened.size == (480, 360)
