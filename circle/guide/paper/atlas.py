"""What a printed atlas needs besides its maps: squares that name their map, and outlines."""

from __future__ import annotations

from collections.abc import Sequence

from circle.guide.paper.boxes import Box
from circle.guide.paper.frame import SCALES, MapFrame
from circle.guide.paper.map_plan import MapPlan


def nearest_scale(scale: float) -> int:
    """Return the round scale nearest to `scale`."""
    return min(SCALES, key=lambda choice: (abs(choice - scale), choice))


def squares_of(plans: Sequence[MapPlan], is_atlas: bool) -> dict[int, str]:
    """Return the square by number; in an atlas, on the sheet that has the place most inside."""
    if not is_atlas:
        return {number: _square(plans[0], number) for number in plans[0].squares}
    best: dict[int, tuple[float, str]] = {}
    for sheet, plan in enumerate(plans, start=1):
        for anchor in plan.on_map:
            off = max(
                abs(anchor.x / plan.frame.width_mm - 0.5),
                abs(anchor.y / plan.frame.height_mm - 0.5),
            )
            square = f"{sheet}-{_square(plan, anchor.number)}"
            if anchor.number not in best or off < best[anchor.number][0] - 1e-9:
                best[anchor.number] = (off, square)
    return {number: square for number, (_, square) in best.items()}


def _square(plan: MapPlan, number: int) -> str:
    """Return a square, with the letter of the enlargement where the number stands only there."""
    bare = {anchor.number for anchor in plan.bare}
    for inset in plan.insets:
        if number in bare and number in inset.plan.alone:
            return f"{plan.squares[number]} {inset.letter}"
    return plan.squares[number]


def outline_on(sheet: MapFrame, overview: MapFrame) -> Box:
    """Return the outline of a sheet on the overview."""
    west, south, east, north = sheet.extent_m
    per_m = 1000 / overview.scale
    x0, y0 = overview.middle_m
    return Box.from_edges(
        overview.width_mm / 2 + (west - x0) * per_m,
        overview.height_mm / 2 - (north - y0) * per_m,
        overview.width_mm / 2 + (east - x0) * per_m,
        overview.height_mm / 2 - (south - y0) * per_m,
    )
