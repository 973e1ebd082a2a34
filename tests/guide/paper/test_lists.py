"""The list on paper: nothing on top of anything, rows whole, names with room, in every form."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from circle.guide.model import GuideContent
from circle.guide.paper.frame import SCALES, atlas_frames
from circle.guide.paper.lists import hours_in_row
from circle.guide.paper.options import FORMATS, PaperOptions
from circle.guide.paper.sheet import compose
from circle.guide.wording import Both

from .equipped import equipped
from .printed import Printed, Sign

pytestmark = pytest.mark.slow

FORMS = {
    "a4": PaperOptions(paper="a4"),
    "a3": PaperOptions(),
    "a3-en": PaperOptions(language="en"),
    "a1": PaperOptions(paper="a1"),
    "a4-large": PaperOptions(paper="a4", is_large_print=True),
    "a3-large": PaperOptions(is_large_print=True),
    "a3-large-en": PaperOptions(is_large_print=True, language="en"),
    "a1-large-en": PaperOptions(paper="a1", is_large_print=True, language="en"),
}
NO_LETTER = re.compile(r"[\s\ufffe\x00\u200b\u2010\-]")


def list_pages(printed: Printed) -> list[list[Sign]]:
    """Return the signs of the pages that hold nothing but list: those after its heading."""
    heads = ("名录", "Listofplaces")
    first = next(n for n in range(len(printed))
                 if re.sub(r"\s", "", printed.text(n)).startswith(heads))  # fmt: skip
    return [printed.signs(n) for n in range(first, len(printed))]


def squeezed(text: str) -> str:
    return NO_LETTER.sub("", text)


def assert_apart(signs: list[Sign]) -> None:
    """No two signs share more than neighbours in a word do, a kerned pair or a ligature."""
    signs = sorted(signs, key=lambda sign: sign.left)
    for at, first in enumerate(signs):
        for second in signs[at + 1 :]:
            if second.left >= first.right:
                break
            if second == replace(first, text=second.text):
                continue
            across = min(first.right, second.right) - second.left
            down = min(first.bottom, second.bottom) - max(first.top, second.top)
            narrow = min(first.right - first.left, second.right - second.left)
            low = min(first.bottom - first.top, second.bottom - second.top)
            assert across < 0.4 * narrow or down < 0.2 * low, (first, second)


@pytest.mark.parametrize("form", [name for name in FORMS if name != "a1"])
def test_no_two_signs_of_a_list_lie_on_each_other(shanzishi: GuideContent, form: str) -> None:
    for content in (shanzishi, equipped(shanzishi), equipped(shanzishi, n_photos=52)):
        for signs in list_pages(Printed(compose(content, FORMS[form]).pdf)):
            assert_apart(signs)


@pytest.mark.parametrize("form", ["a3", "a4", "a3-large-en", "a1-large-en"])
def test_long_lists_neither_overlap_nor_break_their_rows(monaco: GuideContent, form: str) -> None:
    """Rows of many lines, over columns and pages: what stands between two heads is whole rows."""
    options = replace(FORMS[form], classes=("health", "food_markets", "shopping", "civic"))
    printed = Printed(compose(monaco, options).pdf)
    for signs in list_pages(printed):
        assert_apart(signs)
    text = squeezed(printed.all_text())
    language = options.language or "zh-CN"
    n = 0
    for place in monaco.places:
        if place.category not in options.classes or not place.name.isascii():
            continue
        walk = f"{place.minutes}min" if language == "en" else f"{place.minutes}分钟"
        other = place.name if language == "en" and place.name_en not in ("", place.name) else ""
        name = place.name_en if other else place.name
        told = f"{name}{other}{place.address}{place.phone}{hours_in_row(place, language)}{walk}"
        assert f"{place.number}{squeezed(told)}" in text
        n += 1
    assert n > 80


@pytest.mark.parametrize("form", FORMS)
def test_names_have_room(shanzishi: GuideContent, form: str) -> None:
    """No name is broken into syllables for want of width: seven signs of Chinese stand abreast."""
    content = replace(
        shanzishi,
        places=tuple(
            replace(place, name="山字石社区卫", name_en="", address="", hours_words=Both("", ""))
            for place in shanzishi.places
        ),
    )
    guide = compose(content, FORMS[form])
    printed = Printed(guide.pdf)
    lines = re.findall("山字石社区卫", "".join(printed.all_text()))
    assert len(lines) >= len(content.places)


def test_a_list_too_long_for_the_poster_leaves_the_map_all_of_it(monaco: GuideContent) -> None:
    guide = compose(monaco, PaperOptions(paper="a1"))
    (plan,) = guide.plans
    assert plan.frame.height_mm > 0.7 * FORMATS["a1"].height
    printed = Printed(guide.pdf)
    assert "名录" not in squeezed(printed.text(0))
    assert squeezed(printed.text(1)).startswith("名录")
    assert monaco.places[-1].phone in "".join(printed.all_text())


def test_an_atlas_is_as_large_as_its_number_of_maps_allows(tsinghua: GuideContent) -> None:
    guide = compose(tsinghua, PaperOptions(paper="a4"))
    wide, high = guide.plans[0].frame.width_mm, guide.plans[0].frame.height_mm
    larger = SCALES[SCALES.index(int(guide.scale)) - 1]
    assert guide.reason
    assert len(atlas_frames(tsinghua, wide, high, larger)) > len(guide.plans)


def test_numbers_stand_near_their_places_even_in_large_print(shanzishi: GuideContent) -> None:
    """Four hundred places take more maps rather than a web of lines across one."""
    template = shanzishi.places[0]
    places = tuple(
        replace(
            template,
            number=n + 1,
            facility_id=f"f{n}",
            lon=shanzishi.center.lon + (n % 20 - 10) * 0.0009,
            lat=shanzishi.center.lat + (n // 20 - 10) * 0.0006,
        )
        for n in range(400)
    )
    content = replace(shanzishi, places=places, classes=shanzishi.classes[:1])
    guide = compose(content, PaperOptions(is_large_print=True))
    assert guide.is_atlas
    assert guide.reason == "crowded"
    for plan in guide.plans:
        lines = [math.dist(*line) for block in plan.blocks for line in block.leaders]
        assert np.mean(np.array(lines) > 4 * plan.sizes_mm["number"]) <= 0.25
    assert not compose(content, PaperOptions()).is_atlas
