"""What every print must show, held on the rendered pages of three real towns, A3 and A4."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pytest
import shapely
import zxingcpp

from circle.guide.model import GuideContent
from circle.guide.paper.boxes import Box
from circle.guide.paper.fonts import find_font
from circle.guide.paper.map_plan import MapPlan
from circle.guide.paper.names import PlacedName
from circle.guide.paper.options import FORMATS
from circle.guide.paper.paper_map import BAND_MM
from circle.guide.paper.sheet import PaperGuide

from .conftest import FEEDBACK_URL, GUIDE_URL, composed
from .printed import Printed, Sign
from .test_layout import assert_all_numbered, assert_tidy, solid_boxes

pytestmark = pytest.mark.slow

PAPERS = ("a3", "a4")
NO_LETTER = re.compile(r"[\s\ufffe\x00\u200b\u2010\-]")
"""A hyphen at the end of a line is not read back."""

CJK = re.compile(r"[\u3400-\u9fff]")


@lru_cache(maxsize=8)
def opened(guide: bytes) -> Printed:
    return Printed(guide)


@dataclass(frozen=True)
class Page:
    """A map on its page: where it begins, and the signs around and on it."""

    number: int
    plan: MapPlan
    left: float
    top: float
    signs: list[Sign]

    @cached_property
    def middles(self) -> tuple[np.ndarray, np.ndarray]:
        edges = np.array([(s.left, s.right, s.top, s.bottom) for s in self.signs]).T
        return (edges[0] + edges[1]) / 2, (edges[2] + edges[3]) / 2

    def inside(self, edges: tuple[float, float, float, float], left: float, top: float) -> str:
        x0, y0, x1, y1 = edges
        x, y = self.middles
        is_in = (x0 + left < x) & (x < x1 + left) & (y0 + top < y) & (y < y1 + top)
        found = [self.signs[i] for i in np.flatnonzero(is_in)]
        return "".join(sign.text for sign in sorted(found, key=lambda sign: sign.left))


def map_pages(guide: PaperGuide, paper: str) -> Iterator[Page]:
    """Find each map on its page by the letters of its columns."""
    printed = opened(guide.pdf)
    first = 2 if paper == "a4" else 0
    plans = [*filter(None, [guide.overview]), *guide.plans]
    size = FORMATS[paper]
    for number, plan in enumerate(plans, start=first):
        left = size.width - size.margin - BAND_MM - plan.frame.width_mm
        name, begins, ends = plan.grid.columns[0]
        signs = printed.signs(number)
        middle = left + (begins + ends) / 2
        above = [s for s in signs if s.text == name and abs((s.left + s.right) / 2 - middle) < 0.4]
        heights = sorted((s.top + s.bottom) / 2 for s in above)
        assert len(heights) >= 2, "the band of squares is not where the map should be"
        assert heights[-1] - heights[0] == pytest.approx(plan.frame.height_mm + BAND_MM, abs=0.3)
        yield Page(number, plan, left, heights[0] + BAND_MM / 2, signs)


class Grounds:
    """The grounds of a plan, found again by where they lie."""

    def __init__(self, plan: MapPlan) -> None:
        self.boxes = solid_boxes(plan)
        self.edges = np.array([box.edges for _, box in self.boxes])

    def at(self, x: float, y: float) -> set[str]:
        left, top, right, bottom = self.edges.T
        near = np.flatnonzero((left < x) & (x < right) & (top < y) & (y < bottom))
        spot = Box(x, y, 0.01, 0.01)
        return {self.boxes[i][0] for i in near if self.boxes[i][1].touches(spot)}


@pytest.mark.parametrize("paper", PAPERS)
def test_nothing_overlaps_and_everything_is_there(town: GuideContent, paper: str) -> None:
    guide = composed(town, paper)
    for plan in (*guide.plans, *filter(None, [guide.overview])):
        assert_tidy(plan)
        # Numbers gather in handfuls: a block of a hundred is a table that hides the map.
        assert max((len(block.anchors) for block in plan.blocks), default=0) <= 8
    assert_all_numbered(guide, town)


@pytest.mark.parametrize("paper", PAPERS)
def test_every_number_is_printed_where_the_plan_has_it(town: GuideContent, paper: str) -> None:
    n = 0
    for page in map_pages(composed(town, paper), paper):
        places = [(page.plan, page.left, page.top)]
        for inset in page.plan.insets:
            left, top, _, _ = inset.box.edges
            places.append((inset.plan, page.left + left, page.top + top))
        for plan, left, top in places:
            for cell in (cell for block in plan.blocks for cell in block.cells):
                assert page.inside(cell.box.edges, left, top) == cell.text
                n += 1
    assert n >= 0.5 * len(town.places)


@pytest.mark.parametrize("paper", PAPERS)
def test_the_table_has_every_place_and_no_other(town: GuideContent, paper: str) -> None:
    printed = opened(composed(town, paper).pdf)
    text = NO_LETTER.sub("", printed.all_text())
    font = find_font()
    at = 0
    for place in town.places:
        row = NO_LETTER.sub("", f"{place.number}{font.printable(place.name)}")
        found = text.find(row, at)
        assert found >= 0, f"{row} is not in the list, or not in its order"
        at = found + len(row)
    # After the last place the list goes on to no further number.
    after, text = str(len(town.places) + 1), text[at:]
    names = {NO_LETTER.sub("", font.printable(place.name)) for place in town.places}
    assert not any(f"{after}{name}" in text for name in names)


@pytest.mark.parametrize("paper", PAPERS)
def test_every_sign_printed_is_one_the_font_has(town: GuideContent, paper: str) -> None:
    text = opened(composed(town, paper).pdf).all_text()
    assert not find_font().missing(re.sub(r"[\s\ufffe\x00]", "", text))


@pytest.mark.parametrize("paper", PAPERS)
def test_every_sign_of_a_map_has_ground_of_its_own(town: GuideContent, paper: str) -> None:
    # The grounds share nothing, as `assert_tidy` holds: so neither do the signs.
    for page in map_pages(composed(town, paper), paper):
        frame = page.plan.frame.box
        insets = [(inset.box, inset.plan) for inset in page.plan.insets]
        grounds = {id(plan): Grounds(plan) for plan in (page.plan, *(part for _, part in insets))}
        for sign in page.signs:
            x = (sign.left + sign.right) / 2 - page.left
            y = (sign.top + sign.bottom) / 2 - page.top
            if not Box(x, y, 0, 0).is_within(frame):
                continue
            plan = page.plan
            for box, part in insets:
                if Box(x, y, 0, 0).is_within(box):
                    x, y, plan = x - box.edges[0], y - box.edges[1], part
                    break
            if sign.bottom - sign.top > 5.5 and page.plan.names and not sign.text.isalpha():
                continue  # the number of a sheet on the overview
            owners = grounds[id(plan)].at(x, y)
            assert len(owners) == 1, (page.number, sign, owners)


@pytest.mark.parametrize("paper", PAPERS)
def test_scale_bars_are_true_on_the_page(town: GuideContent, paper: str) -> None:
    guide = composed(town, paper)
    per_mm = 400 / 25.4
    for page in itertools.islice(map_pages(guide, paper), 3):
        bar = page.plan.scale_bar
        left, top = page.left + bar.left - 3, page.top + bar.y + 0.6
        part = (left, top, left + bar.length_mm + 6, top + 1.0)
        pixels = opened(guide.pdf).pixels(page.number, per_mm, part).mean(axis=2)
        # The lower rim of the bar is dark from end to end; its row is found, not reckoned.
        runs = [np.flatnonzero(row < 110) for row in pixels]
        longest = max((run for run in runs if len(run)), key=lambda run: run[-1] - run[0])
        assert (np.diff(longest) == 1).all()
        measured_m = (longest[-1] - longest[0] + 1) / per_mm * page.plan.frame.scale / 1000
        assert measured_m == pytest.approx(bar.length_m, rel=0.005)


@pytest.mark.parametrize("paper", PAPERS)
def test_codes_read_back_from_the_page(town: GuideContent, paper: str) -> None:
    pixels = opened(composed(town, paper).pdf).pixels(0, 150 / 25.4)
    for grey in (pixels, pixels.mean(axis=2).astype(np.uint8)):
        assert {code.text for code in zxingcpp.read_barcodes(grey)} == {GUIDE_URL, FEEDBACK_URL}


def test_street_names_stand_upright_along_their_street(town: GuideContent) -> None:
    font = find_font()
    n = 0
    for plan in composed(town, "a3").plans:
        lines: dict[str, list[shapely.LineString]] = {}
        for street in town.basemap.streets:
            if street.name:
                line = shapely.LineString(plan.frame.to_mm(street.line))
                lines.setdefault(font.printable(street.name), []).append(line)
        for name in plan.names:
            if name.kind in ("main", "street", "lane"):
                street = shapely.union_all(lines[name.text])
                assert_along(name, street)
                n += 1
    assert n >= 15


def assert_along(name: PlacedName, street: shapely.Geometry) -> None:
    for glyph in name.glyphs:
        off = street.distance(shapely.Point(glyph.x, glyph.y))
        assert off < name.size_mm * 0.35, (name.text, off)
        # No sign hangs: Chinese leans by less than the steepest street, letters read rightwards.
        limit = 53 if CJK.search(name.text) else 102
        assert abs((glyph.angle_deg + 180) % 360 - 180) <= limit, name.text
    first, last = name.glyphs[0], name.glyphs[-1]
    if len(name.glyphs) > 1:
        # From left to right, or downwards where the name stands.
        assert last.x > first.x - 1e-6 or last.y > first.y
        reach = math.dist((first.x, first.y), (last.x, last.y))
        assert reach > 0.6 * name.size_mm * (len(name.glyphs) - 1) * 0.4
