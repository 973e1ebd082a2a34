"""The looks hold up for every eye and every printer: contrast, greyscale, missing cones."""

from __future__ import annotations

import io
import itertools
from dataclasses import fields, replace

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from circle.errors import InputError
from circle.guide.model import GuideContent
from circle.guide.page_assets import icon_markup
from circle.guide.paper.options import PaperOptions
from circle.guide.paper.sheet import compose
from circle.guide.paper.style import (
    COLOUR_BLIND,
    STYLES,
    Style,
    as_seen_without,
    contrast,
    ink_on,
    load_style,
    luminance,
)

from .equipped import equipped
from .printed import Printed

EYES = (None, *COLOUR_BLIND)


def seen(cone: str | None, style: Style) -> Style:
    if cone is None:
        return style
    names = [field.name for field in fields(style)]
    return replace(style, **{n: as_seen_without(cone, getattr(style, n)) for n in names})


@pytest.mark.parametrize("cone", EYES)
@pytest.mark.parametrize("name", STYLES)
def test_text_and_lines_keep_their_contrast(name: str, cone: str | None) -> None:
    style = seen(cone, load_style(name))
    for paper in (style.paper, style.panel, style.halo):
        assert contrast(style.ink, paper) > 12
        # Small soft type too keeps the contrast asked for by people with low vision.
        assert contrast(style.ink_soft, paper) > 6.9
        assert contrast(style.accent, paper) > 4.5
    for ground in (style.land, style.water, style.green, style.building, style.street_main):
        assert contrast(style.ring, ground) > 3.9
        assert contrast(style.ink, ground) > 7
    assert contrast(style.water_ink, style.water) > 4.5
    assert contrast(style.green_ink, style.green) > 4.5


@pytest.mark.parametrize("name", STYLES)
def test_grounds_remain_several_greys(name: str) -> None:
    style = load_style(name)
    greys = [luminance(c) for c in (style.building, style.water, style.land, style.street)]
    assert luminance(style.land) - luminance(style.water) > 0.1
    assert luminance(style.land) - luminance(style.building) > 0.08
    assert max(greys) - min(greys) > 0.25


@pytest.mark.parametrize("cone", EYES)
def test_numbers_are_read_in_the_colour_of_every_class(
    shanzishi: GuideContent, cone: str | None
) -> None:
    for guide_class in shanzishi.classes:
        colour, ink = guide_class.colour, ink_on(guide_class.colour)
        if cone is not None:
            colour, ink = as_seen_without(cone, colour), as_seen_without(cone, ink)
        assert contrast(colour, ink) > 4.0, guide_class.key


def test_pictograms_tell_classes_apart_without_colour(shanzishi: GuideContent) -> None:
    drawn = {}
    for guide_class in shanzishi.classes:
        markup = icon_markup(guide_class.icon).replace("currentColor", "#000000")
        drawn[guide_class.key] = pixels_of(markup)
    for (one, first), (other, second) in itertools.combinations(drawn.items(), 2):
        union = (first | second).sum()
        assert (first & second).sum() < 0.8 * union, (one, other)
        assert first.sum() > 60


def pixels_of(markup: str) -> np.ndarray:
    """Draw a pictogram on 32 × 32 pixels; say where it is dark."""
    typst = pytest.importorskip("typst")
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{markup}</svg>'
    source = b'#set page(width: 32pt, height: 32pt, margin: 0pt)\n#image("i.svg", width: 100%)'
    png = typst.compile({"main.typ": source, "i.svg": svg.encode()}, format="png", ppi=72.0)
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image.convert("L")) < 128


@pytest.mark.parametrize("name", STYLES)
def test_the_printed_sheet_is_readable_in_grey(shanzishi: GuideContent, name: str) -> None:
    content = equipped(shanzishi)
    guide = compose(content, PaperOptions(style=name))
    document = pypdfium2.PdfDocument(guide.pdf)
    page: Image.Image = document[1].render(scale=3, grayscale=True).to_pil().convert("L")
    grey = np.asarray(page, int)
    printed = Printed(guide.pdf)
    per_mm = 3 * 72 / 25.4
    low = 0
    signs = [s for s in printed.signs(1) if "\u4e00" <= s.text <= "\u9fff"]
    for sign in signs:
        rows = slice(round((sign.top - 0.2) * per_mm), round((sign.bottom + 0.2) * per_mm))
        columns = slice(round((sign.left - 0.2) * per_mm), round((sign.right + 0.2) * per_mm))
        area = grey[rows, columns]
        low += int(area.max() - area.min() < 110)
    assert len(signs) > 500
    assert low == 0


def test_a_guide_is_printed_in_its_own_look(shanzishi: GuideContent) -> None:
    official = replace(shanzishi, style="official")
    assert compose(official).pdf == compose(shanzishi, PaperOptions(style="official")).pdf
    assert compose(official, PaperOptions(style="community")).pdf == compose(shanzishi).pdf
    with pytest.raises(InputError, match="no style “shiny”"):
        compose(replace(shanzishi, style="shiny"))


def test_greys_look_the_same_to_every_eye() -> None:
    for cone in COLOUR_BLIND:
        for grey in ("#000000", "#808080", "#ffffff"):
            assert as_seen_without(cone, grey) == grey
    # Red and green of one lightness are told apart by those with all cones alone.
    assert as_seen_without("green", "#b05050") != "#b05050"
