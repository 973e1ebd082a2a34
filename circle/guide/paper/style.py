"""The looks of the paper guide, read from `styles.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from circle.errors import InputError

STYLES = ("community", "official")


@dataclass(frozen=True, slots=True)
class Style:
    """
    Colours of a look, each ``#rrggbb``.

    Parameters
    ----------
    paper, panel, ink, ink_soft, line, accent
        Of the sheet around the map.
    land, outside, water, water_ink, green, green_ink, sand, building, building_line, rail
        Of the ground; `outside` lies beyond the map data.
    street_main, street, street_casing, lane
        Of streets; `lane` is the line of ways too narrow for a casing.
    grid, ring, halo
        Of what is drawn over the map.
    """

    paper: str
    panel: str
    ink: str
    ink_soft: str
    line: str
    accent: str
    land: str
    outside: str
    water: str
    water_ink: str
    green: str
    green_ink: str
    sand: str
    building: str
    building_line: str
    rail: str
    street_main: str
    street: str
    street_casing: str
    lane: str
    grid: str
    ring: str
    halo: str


@lru_cache(maxsize=4)
def load_style(name: str) -> Style:
    """
    Return the look called `name`, one of `STYLES`.

    Raises
    ------
    InputError
        If it is none of them.
    """
    if name not in STYLES:
        raise InputError(
            en=f"There is no style “{name}”; choose from {', '.join(STYLES)}.",
            zh=f"没有“{name}”这种样式；可选：{'、'.join(STYLES)}。",
        )
    table = tomllib.loads(Path(__file__).with_name("styles.toml").read_text("utf-8"))[name]
    return Style(**{field.name: table[field.name] for field in fields(Style)})


def luminance(colour: str) -> float:
    """
    Return how light a colour prints, 0 black to 1 white (relative luminance).

    Examples
    --------
    >>> luminance("#000000"), luminance("#ffffff")
    (0.0, 1.0)
    """
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return round(0.2126 * red + 0.7152 * green + 0.0722 * blue, 6)


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours, 1 to 21, the same in colour and in greyscale."""
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


# What is left of red, green and blue (linear light) without one kind of cone: Viénot, Brettel and
# Mollon 1999 for the first two, the same construction with anchors at 485 and 660 nm for the last.
_WITHOUT = {
    "red": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "green": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
    "blue": ((1.0, 0.1446, -0.1446), (0.0, 0.8592, 0.1408), (0.0, 0.8592, 0.1408)),
}
COLOUR_BLIND = tuple(_WITHOUT)
"""The cones a reader may lack."""


def as_seen_without(cone: str, colour: str) -> str:
    """
    Return a colour as a reader sees it who lacks one kind of cone.

    Parameters
    ----------
    cone
        One of `COLOUR_BLIND`.
    colour
        ``#rrggbb``.

    Returns
    -------
    seen
        ``#rrggbb``; greys stay as they are.

    Examples
    --------
    >>> as_seen_without("red", "#808080")
    '#808080'
    """
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    ]
    seen = []
    for row in _WITHOUT[cone]:
        value = sum(share * part for share, part in zip(row, linear, strict=True))
        value = min(max(value, 0.0), 1.0)
        gamma = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
        seen.append(f"{round(gamma * 255):02x}")
    return f"#{''.join(seen)}"


def ink_on(colour: str) -> str:
    """Return white or near-black, whichever reads better on `colour`."""
    return "#ffffff" if contrast("#ffffff", colour) >= contrast("#1b1613", colour) else "#1b1613"
