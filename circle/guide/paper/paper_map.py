"""Draws a decided map as SVG in millimetres."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import shapely

from circle.guide.basemap import BRIDGE, INFERRED, PRIVATE, STEPS, TUNNEL, Basemap, StreetLine
from circle.guide.model import GuideContent
from circle.guide.paper.boxes import Box
from circle.guide.paper.fonts import PaperFont
from circle.guide.paper.frame import MapFrame
from circle.guide.paper.map_plan import MapPlan
from circle.guide.paper.signs import (
    entrance_marks,
    letter_tag,
    mm,
    number_block,
    path_of,
    pill,
    place_dots,
    placed_name,
    scale_bar,
    starting_point,
    text_line,
)
from circle.guide.paper.style import Style

BAND_MM = 5.0
"""Width of the strip around the map that carries the names of the squares."""

_BEYOND_MM = 4.0
_STREET_M = (22.0, 17.0, 12.0, 8.5, 6.5, 5.0, 2.2, 2.6)
_LEAST_MM = (1.3, 1.2, 0.95, 0.75, 0.65, 0.5, 0.28, 0.8)
_MOST_MM = (3.2, 3.0, 2.4, 1.9, 1.5, 1.2, 0.45, 1.3)
_FIRST_LANE_RANK = 6


def draw_map(
    plan: MapPlan,
    content: GuideContent,
    style: Style,
    font: PaperFont,
    *,
    north: str = "北",
    sheet_marks: Sequence[tuple[str, Box]] = (),
) -> str:
    """
    Return a map with its band of squares as SVG.

    Parameters
    ----------
    plan
        What stands where.
    content
        The guide.
    style
        Colours.
    font
        Font of all text.
    north
        What the north arrow says.
    sheet_marks
        Names and outlines of the sheets of an atlas, for its overview.

    Returns
    -------
    svg
        Its size is that of the map and `BAND_MM` on each side. The same input gives the same
        text.
    """
    frame = plan.frame
    width, height = frame.width_mm + 2 * BAND_MM, frame.height_mm + 2 * BAND_MM
    colours = {guide_class.key: guide_class.colour for guide_class in content.classes}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{mm(width)}mm" height="{mm(height)}mm" '
        f'viewBox="{-BAND_MM:g} {-BAND_MM:g} {mm(width)} {mm(height)}" '
        f'font-family="{escape(font.family, quote=True)}">',
        *_underlay(plan, content, style, "map"),
        *_band(plan, style),
        *_windows(plan, style),
        *_overlay(plan, colours, style),
        *_sheet_marks(sheet_marks, plan, style),
        *scale_bar(plan, style, north),
    ]
    for inset in plan.insets:
        left, top, _, _ = inset.box.edges
        parts += [
            f'<g transform="translate({mm(left)} {mm(top)})">',
            *_underlay(inset.plan, content, style, f"map-{inset.letter}"),
            *_overlay(inset.plan, colours, style),
            *scale_bar(inset.plan, style, ""),
            letter_tag(inset.plan.title, style) if inset.plan.title else "",
            "</g>",
        ]
    parts.append("</svg>")
    return "\n".join(part for part in parts if part)


def _underlay(plan: MapPlan, content: GuideContent, style: Style, clip: str) -> list[str]:
    """Return the ground, streets, rings and squares of a map, cut at its frame."""
    frame = plan.frame
    inner = f'<rect width="{mm(frame.width_mm)}" height="{mm(frame.height_mm)}"'
    return [
        f'<defs><clipPath id="{clip}">{inner}/></clipPath></defs>',
        f'<g clip-path="url(#{clip})">{inner} fill="{style.outside}"/>',
        *_ground(content.basemap, frame, style),
        *_streets(content.basemap.streets, frame, style),
        *_rings(content, plan, style),
        *(_squares(plan, style) if plan.title is None else ()),
        "</g>",
        f'{inner} fill="none" stroke="{style.ink}" stroke-width="0.45"/>',
    ]


def _overlay(plan: MapPlan, colours: dict[str, str], style: Style) -> list[str]:
    """Return everything on a map that can be read."""
    return [
        *(placed_name(name, style) for name in plan.names),
        *entrance_marks(plan, style),
        *place_dots(plan, colours, style),
        *starting_point(plan, style),
        *(
            pill(label.label, style.halo, style.ring, style.ring, weight=700)
            for label in plan.ring_labels
        ),
        *(number_block(block, plan.sizes_mm["number"], colours, style) for block in plan.blocks),
    ]


def _windows(plan: MapPlan, style: Style) -> list[str]:
    """Return the frames of the parts that are enlarged, each with its letter."""
    parts = []
    for inset in plan.insets:
        left, top, right, bottom = inset.window.edges
        place = (
            f'<rect x="{mm(left)}" y="{mm(top)}" width="{mm(right - left)}" '
            f'height="{mm(bottom - top)}" fill="none"'
        )
        parts += [
            f'{place} stroke="{style.halo}" stroke-width="1.1"/>',
            f'{place} stroke="{style.ink}" stroke-width="0.5"/>',
            letter_tag(inset.tag, style),
        ]
    return parts


def _window(frame: MapFrame) -> tuple[float, float, float, float]:
    return frame.box.grown(_BEYOND_MM).edges


def _ground(basemap: Basemap, frame: MapFrame, style: Style) -> list[str]:
    west, south, east, north = basemap.sheet
    sheet = frame.to_mm([(west, south), (east, south), (east, north), (west, north)])
    parts = [f'<path d="{path_of(sheet, closed=True)}" fill="{style.land}"/>']
    looks = {
        "sand": f'fill="{style.sand}"',
        "green": f'fill="{style.green}"',
        "water": f'fill="{style.water}"',
        "building": f'fill="{style.building}" stroke="{style.building_line}" stroke-width="0.1"',
    }
    lines = {
        "water": f'stroke="{style.water}" stroke-width="0.8"',
        "rail": f'stroke="{style.rail}" stroke-width="0.5" stroke-dasharray="2.4 0.9"',
        "motorway": f'stroke="{style.rail}" stroke-width="1.6"',
    }
    window = _window(frame)
    for area in basemap.areas:
        if area.is_line:
            look = lines.get(area.layer)
            shapes = [shapely.LineString(frame.to_mm(part)) for part in area.parts]
            d = _line_path(shapes, window)
            if look and d:
                parts.append(f'<path d="{d}" fill="none" {look}/>')
            continue
        look = looks.get(area.layer)
        d = _area_path(area.parts, frame, window)
        if look and d:
            parts.append(f'<path d="{d}" fill-rule="evenodd" {look}/>')
    return parts


def _line_path(
    shapes: Sequence[shapely.Geometry], window: tuple[float, float, float, float]
) -> str:
    cut = shapely.get_parts(shapely.clip_by_rect(shapes, *window))
    thin = shapely.simplify(cut[shapely.length(cut) > 0], 0.03)
    return "".join(path_of(shapely.get_coordinates(part).tolist()) for part in thin)


def _area_path(
    rings: Iterable[Sequence[tuple[float, float]]],
    frame: MapFrame,
    window: tuple[float, float, float, float],
) -> str:
    left, top, right, bottom = window
    pieces = []
    for ring in rings:
        xy = frame.to_mm(ring)
        low, high = xy.min(axis=0), xy.max(axis=0)
        if len(xy) < 3 or low[0] > right or low[1] > bottom or high[0] < left or high[1] < top:
            continue
        if low[0] >= left and low[1] >= top and high[0] <= right and high[1] <= bottom:
            pieces.append(path_of(xy.tolist(), closed=True))
            continue
        cut = shapely.clip_by_rect(shapely.make_valid(shapely.Polygon(xy)), *window)
        for part in shapely.get_parts(cut):
            if part.geom_type == "Polygon":
                pieces += [
                    path_of(shapely.get_coordinates(line).tolist(), closed=True)
                    for line in (part.exterior, *part.interiors)
                ]
    return "".join(pieces)


def _streets(streets: Sequence[StreetLine], frame: MapFrame, style: Style) -> list[str]:
    """Return casings first, then fills, wide streets over narrow ones."""
    window = _window(frame)
    groups: dict[tuple[int, int], list[shapely.Geometry]] = {}
    for street in streets:
        line = shapely.LineString(frame.to_mm(street.line))
        groups.setdefault((street.rank, street.flags), []).append(line)
    casings, fills = [], []
    bridges = []
    for (rank, flags), lines in sorted(groups.items(), key=lambda entry: (-entry[0][0], entry[0])):
        d = _line_path(lines, window)
        if not d:
            continue
        width = _street_width(rank, frame.scale)
        is_inferred = bool(flags & INFERRED)
        path = f'<path d="{d}" fill="none" stroke-linejoin="round"'
        if flags & STEPS or rank == len(_STREET_M) - 1:
            casings.append(f'{path} stroke="{style.halo}" stroke-width="{mm(width)}"/>')
            fills.append(
                f'{path} stroke="{style.ink_soft}" stroke-width="{mm(width)}" '
                'stroke-dasharray="0.3 0.45"/>'
            )
        elif rank >= _FIRST_LANE_RANK or is_inferred:
            dash = "1.3 0.9" if is_inferred else ""
            if not is_inferred and flags & (PRIVATE | TUNNEL):
                dash = "0.5 0.7"
            width = max(0.32, min(width, 0.5)) if is_inferred else width
            casings.append(f'{path} stroke="{style.halo}" stroke-width="{mm(width + 0.55)}"/>')
            dashes = f' stroke-dasharray="{dash}"' if dash else ""
            fills.append(f'{path} stroke="{style.lane}" stroke-width="{mm(width)}"{dashes}/>')
        else:
            cap = "butt" if flags & (BRIDGE | TUNNEL) else "round"
            edge = style.ink_soft if flags & BRIDGE else style.street_casing
            dashes = ' stroke-dasharray="1.2 0.8"' if flags & TUNNEL else ""
            outer = (
                f'{path} stroke="{edge}" stroke-width="{mm(width + 0.36)}" '
                f'stroke-linecap="{cap}"{dashes}/>'
            )
            colour = style.street_main if rank <= 1 else style.street
            fill = f'{path} stroke="{colour}" stroke-width="{mm(width)}" stroke-linecap="{cap}"/>'
            if flags & BRIDGE:
                bridges += [outer, fill]
            else:
                casings.append(outer)
                fills.append(fill)
    return casings + fills + bridges


def _street_width(rank: int, scale: float) -> float:
    return min(max(_STREET_M[rank] * 1000 / scale, _LEAST_MM[rank]), _MOST_MM[rank])


def _rings(content: GuideContent, plan: MapPlan, style: Style) -> list[str]:
    frame, window = plan.frame, _window(plan.frame)
    parts = []
    paths = [
        "".join(_area_path(polygon, frame, window) for polygon in ring.polygons)
        for ring in content.rings
    ]
    if paths and paths[-1]:
        box = frame.box.grown(_BEYOND_MM)
        left, top, right, bottom = box.edges
        around = path_of([(left, top), (right, top), (right, bottom), (left, bottom)], closed=True)
        # What lies beyond the walk steps back, so that the circle itself is seen first.
        parts.append(
            f'<path d="{around}{paths[-1]}" fill="{style.paper}" fill-opacity="0.36" '
            'fill-rule="evenodd"/>'
        )
    weight = plan.sizes_mm["ring"] / 2.7
    looks = _ring_looks(len(paths))
    for ring, (width, dash) in zip(content.rings, looks, strict=True):
        shapes = [
            shapely.LineString(frame.to_mm(line)) for polygon in ring.polygons for line in polygon
        ]
        d = _line_path(shapes, window)
        if not d:
            continue
        path = f'<path d="{d}" fill="none" stroke-linejoin="round"'
        dashes = f' stroke-dasharray="{dash}" stroke-linecap="round"' if dash else ""
        parts.append(
            f'{path} stroke="{style.halo}" stroke-opacity="0.75" '
            f'stroke-width="{mm((width + 0.7) * weight)}"/>'
        )
        parts.append(f'{path} stroke="{style.ring}" stroke-width="{mm(width * weight)}"{dashes}/>')
    return parts


def _ring_looks(count: int) -> list[tuple[float, str]]:
    """Return width and dashes per ring: the last one solid, the others told apart by dashes."""
    inner = [(0.7, "0.01 1.5"), (0.6, "2.6 1.5"), (0.6, "5 1.4"), (0.6, "5 1.4 0.01 1.4")]
    return [*(inner[i % len(inner)] for i in range(count - 1)), (0.75, "")][:count]


def _squares(plan: MapPlan, style: Style) -> list[str]:
    width, height = plan.frame.width_mm, plan.frame.height_mm
    look = f'stroke="{style.grid}" stroke-width="0.12" stroke-opacity="0.5"'
    xs = [left for _, left, _ in plan.grid.columns[1:]]
    ys = [top for _, top, _ in plan.grid.rows[1:]]
    d = "".join(f"M{mm(x)} 0V{mm(height)}" for x in xs)
    d += "".join(f"M0 {mm(y)}H{mm(width)}" for y in ys)
    return [f'<path d="{d}" fill="none" {look}/>'] if d else []


def _band(plan: MapPlan, style: Style) -> list[str]:
    width, height = plan.frame.width_mm, plan.frame.height_mm
    parts = []
    size = min(4.2, 3.0 * plan.sizes_mm["scale"] / 2.6)
    for name, left, right in plan.grid.columns:
        if right - left < size * 1.2:
            continue
        parts += [
            text_line(name, (left + right) / 2, y, size, style.ink_soft, weight=700)
            for y in (-BAND_MM / 2, height + BAND_MM / 2)
        ]
    for name, top, bottom in plan.grid.rows:
        if bottom - top < size * 1.2:
            continue
        parts += [
            text_line(name, x, (top + bottom) / 2, size, style.ink_soft, weight=700)
            for x in (-BAND_MM / 2, width + BAND_MM / 2)
        ]
    return parts


def sheet_mark_box(sheet: Box, number_mm: float) -> Box:
    """Return the ground of the name of a sheet, in its upper left corner on the overview."""
    left, top, _, _ = sheet.edges
    half = number_mm * 1.2
    return Box(left + half + 1.5, top + half + 1.5, half * 1.15, half * 1.2)


def _sheet_marks(marks: Sequence[tuple[str, Box]], plan: MapPlan, style: Style) -> list[str]:
    parts = []
    for name, box in marks:
        left, top, right, bottom = box.edges
        parts.append(
            f'<rect x="{mm(left)}" y="{mm(top)}" width="{mm(right - left)}" '
            f'height="{mm(bottom - top)}" fill="none" stroke="{style.accent}" '
            'stroke-width="0.5"/>'
        )
        at = sheet_mark_box(box, plan.sizes_mm["number"])
        parts.append(
            text_line(name, at.x, at.y, at.half_height * 2 / 1.2, style.accent, weight=700,
                      halo=style.halo)
        )  # fmt: skip
    return parts
