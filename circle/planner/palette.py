"""
The colours of the planner's maps, tables and charts: one place for all of them.

Each step is darker than the one before, so that a print in grey keeps their order.
"""

from __future__ import annotations

from collections.abc import Mapping

from circle.demand.model import Words

STATE_COLOURS: Mapping[str, str] = {
    "covered": "#bfe0d2",
    "unknown": "#93a0ad",
    "uncovered": "#9e2b1e",
    "outside": "#f1efe9",
}
"""Colour of a home by its state, see `circle.coverage.model.STATE_WORDS`."""

STATE_NAMES: Mapping[str, Words] = {
    "covered": ("范围内有", "within the limit"),
    "unknown": ("不能判定（靠近数据边缘）", "unknown (near the edge of the data)"),
    "uncovered": ("范围内没有", "beyond the limit"),
    "outside": ("数据范围之外", "outside the data"),
}

LACK_STEPS: tuple[tuple[int, str], ...] = (
    (0, "#e6f1ec"),
    (1, "#f3d9a4"),
    (2, "#e3a46b"),
    (4, "#c0603d"),
    (7, "#7a1f1a"),
)
"""Least number of classes that are lacking, and its colour."""

SHARE_STEPS: tuple[tuple[float, str], ...] = (
    (0.0, "#7a1f1a"),
    (0.25, "#b4523a"),
    (0.5, "#d99a6c"),
    (0.75, "#f0d6a6"),
    (0.9, "#e6f1ec"),
)
"""Least share that is covered, and its colour: the less, the darker."""

LEVEL_COLOURS = ("#12343b", "#2f7f86", "#86c5bd", "#c9e4dd", "#e3f0ec", "#f1f7f5")
"""Levels from the nearest limit to the farthest."""

GAP, GAP_LINE = "#e3a46b", "#7a1f1a"
PLACE, PLACE_LINE = "#1f4e79", "#ffffff"
SITE, SITE_LINE = "#f4c430", "#1a1a1a"
AREA_LINE = "#4a4a4a"
INK, INK_SOFT, LINE, PAPER = "#1c2526", "#55605f", "#c8cfcd", "#ffffff"
ACCENT = "#9e2b1e"

GROUND = {
    "land": "#f6f4ee",
    "water": "#c9dbe3",
    "green": "#dde8d0",
    "building": "#d9d5cb",
    "rail": "#9b958c",
    "street": "#ffffff",
    "street_line": "#cfc8bb",
}
"""What lies under a planner's map; paler than anything that is judged."""


def lack_colour(n_lacking: int) -> str:
    """
    Return the colour of a home that lacks so many classes.

    Examples
    --------
    >>> lack_colour(0), lack_colour(3) == lack_colour(2)
    ('#e6f1ec', True)
    """
    return [colour for least, colour in LACK_STEPS if n_lacking >= least][-1]


def share_colour(share: float) -> str:
    """
    Return the colour of a share that is covered; paper where nothing is known (NaN).

    Examples
    --------
    >>> share_colour(0.0), share_colour(0.95), share_colour(float("nan"))
    ('#7a1f1a', '#e6f1ec', '#ffffff')
    """
    if share != share:
        return PAPER
    return [colour for least, colour in SHARE_STEPS if share >= least][-1]
