"""The looks as data: readable in every dress, and told apart without colour sight or colour."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable

import numpy as np
import pytest

from circle.classes import load_classes
from circle.guide import page_assets
from circle.guide.page_look import DRESSES, LookError, page_look, page_looks
from circle.guide.web import render_page

from .conftest import Visit
from .rich import rich_content

pytestmark = pytest.mark.slow

Open = Callable[..., Visit]
LOOKS = ("community", "official")
TEXT_ON = [
    ("ink", "paper"), ("ink", "sheet"), ("ink", "wash"), ("ink-soft", "paper"),
    ("ink-soft", "sheet"), ("ink-soft", "wash"), ("accent", "paper"), ("accent", "sheet"),
    ("accent", "wash"), ("accent-ink", "accent"), ("home", "sheet"), ("home-ink", "home"),
    ("open", "sheet"), ("shut", "sheet"), ("call-ink", "call"), ("ring", "sheet"),
    ("paper", "ink"), ("map-name", "map-name-halo"), ("map-name", "map-land"),
    ("map-water-name", "map-water"), ("map-green-name", "map-green"),
]  # fmt: skip
"""Text and what it stands on."""
LINE_ON = [
    ("ring", "map-land"), ("home", "map-land"), ("route", "map-land"), ("line-strong", "sheet"),
    ("line-strong", "paper"), ("accent", "map-land"),
]  # fmt: skip
"""Lines and signs that carry a meaning, and their ground."""

# Machado, Oliveira and Fernandes 2009, complete loss, on linear RGB.
SIGHTS = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def linear(colour: str) -> np.ndarray:
    """Return the linear RGB of ``#rrggbb``."""
    values = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ (0.2126, 0.7152, 0.0722))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    """Return CIE L*a*b* of linear RGB under D65."""
    to_xyz = np.array(
        ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    )
    xyz = to_xyz @ np.clip(rgb, 0, 1) / (0.9505, 1.0, 1.089)
    cube = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array((116 * cube[1] - 16, 500 * (cube[0] - cube[1]), 200 * (cube[1] - cube[2])))


def difference(one: str, other: str, sight: str | None = None) -> float:
    """Return how far apart two colours are seen (CIE 1976)."""
    seen = [
        lab((np.array(SIGHTS[sight]) if sight else np.eye(3)) @ linear(c)) for c in (one, other)
    ]
    return float(np.linalg.norm(seen[0] - seen[1]))


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("look", LOOKS)
def test_every_text_is_readable_on_its_ground(look: str, dress: str) -> None:
    colours = page_look(look).dresses[dress]
    least = 7.0 if "contrast" in dress else 4.5
    poor = {}
    for text, ground in TEXT_ON:
        # On the map high contrast comes from the halo and from thinner veils.
        wanted = 4.5 if text.startswith("map-") else least
        ratio = contrast(colours[text], colours[ground])
        if ratio < wanted:
            poor[text, ground] = round(ratio, 2)
    assert poor == {}


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("look", LOOKS)
def test_lines_with_a_meaning_stand_out(look: str, dress: str) -> None:
    colours = page_look(look).dresses[dress]
    poor = {
        pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2)
        for pair in LINE_ON
        if contrast(colours[pair[0]], colours[pair[1]]) < 3
    }
    assert poor == {}


@pytest.mark.parametrize("sight", [None, *SIGHTS])
@pytest.mark.parametrize("look", LOOKS)
def test_rings_of_home_and_centre_differ_for_every_sight(look: str, sight: str | None) -> None:
    for dress in DRESSES:
        colours = page_look(look).dresses[dress]
        assert difference(colours["ring"], colours["home"], sight) > 25, dress
        assert difference(colours["ring"], colours["route"], sight) > 25, dress


@pytest.mark.parametrize("sight", [None, *SIGHTS])
def test_classes_differ_for_every_sight(sight: str | None) -> None:
    """Colour never stands alone, each class has its sign; still no two look the same."""
    table = list(load_classes())
    close = {
        (one.key, other.key): round(difference(one.colour, other.colour, sight), 1)
        for one, other in itertools.combinations(table, 2)
        if difference(one.colour, other.colour, sight) < (15 if sight is None else 10)
    }
    assert close == {}


def test_every_class_can_be_read_in_grey() -> None:
    """The sign and number on a class colour are black or white, whichever is readable."""
    for item in load_classes():
        best = max(contrast(item.colour, ink) for ink in ("#ffffff", "#1d1a16"))
        assert best >= 4.5, item.key


@pytest.mark.parametrize("look", LOOKS)
def test_water_green_streets_and_houses_differ_in_grey(look: str) -> None:
    """Lightness alone tells what is street from what is not, and water from land."""
    colours = page_look(look).dresses["light"]

    def lightness(name: str) -> float:
        return float(lab(linear(colours[name]))[0])

    assert lightness("map-minor") - lightness("map-land") > 3
    assert lightness("map-land") - lightness("map-building") > 4
    assert lightness("map-land") - lightness("map-water") > 7
    assert lightness("map-land") - lightness("ring") > 40


def test_every_colour_the_styles_name_is_in_every_dress() -> None:
    source = page_assets.own_style() + page_assets.own_script(carries_walks=True)
    named = set(re.findall(r"var\(--([a-z-]+)", source))
    own = {"class", "class-ink", "letters", "title-letters", "corner"}
    for look in page_looks().values():
        for dress in look.dresses.values():
            assert named - own <= set(dress)
            assert set(dress) == set(look.dresses["light"])


def test_a_look_that_is_none_is_refused() -> None:
    with pytest.raises(LookError, match="community, official"):
        page_look("pink")


@pytest.mark.parametrize("look", LOOKS)
def test_the_page_wears_what_its_reader_has_set(visit: Open, look: str) -> None:
    html = render_page(rich_content(style=look))
    dresses = page_look(look).dresses
    for scheme, more, dress in (
        ("light", "no-preference", "light"), ("dark", "no-preference", "dark"),
        ("light", "more", "light_contrast"), ("dark", "more", "dark_contrast"),
    ):  # fmt: skip
        opened = visit(html, color_scheme=scheme, contrast=more)
        page = opened.page
        read = "name => getComputedStyle(document.documentElement).getPropertyValue(name).trim()"
        for name in ("paper", "ink", "ring", "map-water"):
            assert page.evaluate(read, f"--{name}") == dresses[dress][name]
        page.emulate_media(media="print")
        assert page.evaluate(read, "--paper") == dresses["light"]["paper"]
        opened.assert_quiet()


def test_looks_have_their_own_ways() -> None:
    community, official = (page_look(name) for name in LOOKS)
    assert community.title_letters != official.title_letters
    far = difference(community.dresses["light"]["accent"], official.dresses["light"]["accent"])
    assert far > 40
    assert not math.isclose(
        luminance(community.dresses["light"]["map-land"]),
        luminance(official.dresses["light"]["map-land"]),
        rel_tol=1e-3,
    )
