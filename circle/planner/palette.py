"""
The colours of the planner's maps, tables and charts: those of `assets/colours.toml`, by use.

What is far or lacking is dark, what is near or there is light: a print in grey keeps the order.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from circle.demand.model import Words

_FILE = Path(__file__).resolve().parent / "assets" / "colours.toml"
_COLOURS: Mapping[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
_FAR = [step["colour"] for step in _COLOURS["distance"]]

STATE_COLOURS: Mapping[str, str] = _COLOURS["state"]
"""Colour of a home by its state, see `circle.coverage.model.STATE_WORDS`."""

EDGE_COLOURS: Mapping[str, str] = _COLOURS["edge"]
"""Outline of the same."""

HATCH: str = _COLOURS["hatch"]["unknown"]
"""Stripes over what is unknown."""

STATE_NAMES: Mapping[str, Words] = {
    "covered": ("范围内有", "within the limit"),
    "unknown": ("不能判定（靠近数据边缘）", "unknown (near the edge of the data)"),
    "uncovered": ("范围内没有", "beyond the limit"),
    "outside": ("数据范围之外", "outside the data"),
}

CHANGE_COLOURS: Mapping[str, str] = {
    **{
        word: _COLOURS["change"][word]
        for word in ("gained", "lost", "settled", "covered", "uncovered")
    },
    "unknown": HATCH,
    "outside": STATE_COLOURS["outside"],
}
"""Colour of a home by what a change means to it, see `circle.coverage.change.HOME_CHANGES`."""

CHANGE_NAMES: Mapping[str, Words] = {
    "gained": ("改动后新覆盖", "newly covered"),
    "lost": ("改动后不再覆盖", "no longer covered"),
    "settled": ("原不能判定，改动后覆盖", "unknown before, covered after"),
    "covered": ("前后均覆盖", "covered before and after"),
    "uncovered": ("前后均未覆盖", "covered neither before nor after"),
    "unknown": STATE_NAMES["unknown"],
    "outside": STATE_NAMES["outside"],
}

LACK_STEPS: tuple[tuple[int, str], ...] = tuple(
    zip((0, 1, 2, 4, 7), (_FAR[0], *_FAR[2:6]), strict=True)
)
"""Least number of classes that are lacking, and its colour."""

_UPTO = [step["upto"] for step in _COLOURS["share"]]
SHARE_STEPS: tuple[tuple[float, str], ...] = tuple(
    zip((0.0, *_UPTO[:-1]), (step["colour"] for step in _COLOURS["share"]), strict=True)
)
"""Least share that is covered, and its colour: the less, the darker."""

BAR: str = EDGE_COLOURS["covered"]
LEVEL_COLOURS = ("#123a5a", BAR, "#8cc2e6", "#d8ebf8", "#c9d3da", "#eceff1")
"""Levels from the nearest limit to the farthest."""

GAP, GAP_LINE = "#e79a45", EDGE_COLOURS["uncovered"]
PLACE, PLACE_LINE = _COLOURS["mark"]["place"], "#ffffff"
SITE, SITE_LINE = _COLOURS["mark"]["chosen"], _COLOURS["mark"]["site"]
CANDIDATE: str = _COLOURS["mark"]["candidate"]
AREA_LINE = "#4a4a4a"
INK, INK_SOFT, LINE, PAPER = "#1b1f23", "#545c63", "#c9cfd4", "#ffffff"
ACCENT: str = STATE_COLOURS["uncovered"]

GROUND: Mapping[str, str] = _COLOURS["basemap"]
"""What lies under a planner's map; paler than anything that is judged."""


def lack_colour(n_lacking: int) -> str:
    """
    Return the colour of a home that lacks so many classes.

    Examples
    --------
    >>> lack_colour(0), lack_colour(3) == lack_colour(2)
    ('#d8ebf8', True)
    """
    return [colour for least, colour in LACK_STEPS if n_lacking >= least][-1]


def share_colour(share: float) -> str:
    """
    Return the colour of a share that is covered; paper where nothing is known (NaN).

    Examples
    --------
    >>> share_colour(0.0), share_colour(0.95), share_colour(float("nan"))
    ('#8a2413', '#d8ebf8', '#ffffff')
    """
    if share != share:
        return PAPER
    return [colour for least, colour in SHARE_STEPS if share >= least][-1]
