"""Draws a decided map as SVG in millimetres."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

import numpy as np
import shapely

from circle.guide.basemap import BRIDGE, INFERRED, PRIVATE, STEPS, TUNNEL, Basemap, StreetLine
from circle.guide.model import GuideContent
from circle.guide.paper.boxes import Box
from circle.guide.paper.fonts import PaperFont
from circle.guide.paper.frame import MapFrame
from circle.guide.paper.map_plan import Label, MapPlan
from circle.guide.paper.names import PlacedName
from circle.guide.paper.numbers import Block
from circle.guide.paper.style import Style, ink_on

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
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(width)}mm" height="{_n(height)}mm" '
        f'viewBox="{-BAND_MM:g} {-BAND_MM:g} {_n(width)} {_n(height)}" '
        f'font-family="{escape(font.family, quote=True)}">',
        *_underlay(plan, content, style, "map"),
        *_band(plan, style),
        *_windows(plan, style),
        *_overlay(plan, colours, style),
        *_sheet_marks(sheet_marks, plan, style),
        *_scale_bar(plan, style, north),
    ]
    for inset in plan.insets:
        left, top, _, _ = inset.box.edges
        parts += [
            f'<g transform="translate({_n(left)} {_n(top)})">',
            *_underlay(inset.plan, content, style, f"map-{inset.letter}"),
            *_overlay(inset.plan, colours, style),
            *_scale_bar(inset.plan, style, ""),
            _letter(inset.plan.title, style) if inset.plan.title else "",
            "</g>",
        ]
    parts.append("</svg>")
    return "\n".join(part for part in parts if part)


def _underlay(plan: MapPlan, content: GuideContent, style: Style, clip: str) -> list[str]:
    """Return the ground, streets, rings and squares of a map, cut at its frame."""
    frame = plan.frame
    inner = f'<rect width="{_n(frame.width_mm)}" height="{_n(frame.height_mm)}"'
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
        *(_name(name, style) for name in plan.names),
        *_entrances(plan, style),
        *_dots(plan.blocks, plan.dot_radius, colours, style),
        *_center(plan, style),
        *(
            _pill(label.label, style.halo, style.ring, style.ring, weight=700)
            for label in plan.ring_labels
        ),
        *(_block(block, plan.sizes_mm["number"], colours, style) for block in plan.blocks),
    ]


def _windows(plan: MapPlan, style: Style) -> list[str]:
    """Return the frames of the parts that are enlarged, each with its letter."""
    parts = []
    for inset in plan.insets:
        left, top, right, bottom = inset.window.edges
        place = (
            f'<rect x="{_n(left)}" y="{_n(top)}" width="{_n(right - left)}" '
            f'height="{_n(bottom - top)}" fill="none"'
        )
        parts += [
            f'{place} stroke="{style.halo}" stroke-width="1.1"/>',
            f'{place} stroke="{style.ink}" stroke-width="0.5"/>',
            _letter(inset.tag, style),
        ]
    return parts


def _letter(label: Label, style: Style) -> str:
    left, top, right, bottom = label.box.edges
    return (
        f'<rect x="{_n(left)}" y="{_n(top)}" width="{_n(right - left)}" '
        f'height="{_n(bottom - top)}" fill="{style.ink}"/>'
        + _text(label.text, label.box.x, label.box.y, label.size_mm, style.halo, weight=700)
    )


def _entrances(plan: MapPlan, style: Style) -> list[str]:
    parts = []
    size = plan.dot_radius * 1.15
    for mark in plan.entrances:
        turn = math.radians(mark.turn_deg)
        out = np.array([math.sin(turn), -math.cos(turn)])
        side = np.array([-out[1], out[0]])
        at = np.array([mark.x, mark.y])
        corners = [at + out * size, at - out * size * 0.8 + side * size,
                   at - out * size * 0.8 - side * size]  # fmt: skip
        parts.append(
            f'<path d="{_d([c.tolist() for c in corners], closed=True)}" fill="{style.ink}" '
            f'stroke="{style.halo}" stroke-width="0.5" stroke-linejoin="round" '
            'paint-order="stroke"/>'
        )
    return parts


def _n(value: float) -> str:
    """Return a length with at most two decimals: a hundredth of a millimetre."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _d(xy: Iterable[Sequence[float]], *, closed: bool = False) -> str:
    points = [f"{_n(x)} {_n(y)}" for x, y in xy]
    steps = [point for at, point in enumerate(points) if at == 0 or point != points[at - 1]]
    return f"M{'L'.join(steps)}{'Z' if closed else ''}" if len(steps) > 1 else ""


def _window(frame: MapFrame) -> tuple[float, float, float, float]:
    return frame.box.grown(_BEYOND_MM).edges


def _ground(basemap: Basemap, frame: MapFrame, style: Style) -> list[str]:
    west, south, east, north = basemap.sheet
    sheet = frame.to_mm([(west, south), (east, south), (east, north), (west, north)])
    parts = [f'<path d="{_d(sheet, closed=True)}" fill="{style.land}"/>']
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
    return "".join(_d(shapely.get_coordinates(part).tolist()) for part in thin)


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
            pieces.append(_d(xy.tolist(), closed=True))
            continue
        cut = shapely.clip_by_rect(shapely.make_valid(shapely.Polygon(xy)), *window)
        for part in shapely.get_parts(cut):
            if part.geom_type == "Polygon":
                pieces += [
                    _d(shapely.get_coordinates(line).tolist(), closed=True)
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
            casings.append(f'{path} stroke="{style.halo}" stroke-width="{_n(width)}"/>')
            fills.append(
                f'{path} stroke="{style.ink_soft}" stroke-width="{_n(width)}" '
                'stroke-dasharray="0.3 0.45"/>'
            )
        elif rank >= _FIRST_LANE_RANK or is_inferred:
            dash = "1.3 0.9" if is_inferred else ""
            if not is_inferred and flags & (PRIVATE | TUNNEL):
                dash = "0.5 0.7"
            width = max(0.32, min(width, 0.5)) if is_inferred else width
            casings.append(f'{path} stroke="{style.halo}" stroke-width="{_n(width + 0.55)}"/>')
            dashes = f' stroke-dasharray="{dash}"' if dash else ""
            fills.append(f'{path} stroke="{style.lane}" stroke-width="{_n(width)}"{dashes}/>')
        else:
            cap = "butt" if flags & (BRIDGE | TUNNEL) else "round"
            edge = style.ink_soft if flags & BRIDGE else style.street_casing
            dashes = ' stroke-dasharray="1.2 0.8"' if flags & TUNNEL else ""
            outer = (
                f'{path} stroke="{edge}" stroke-width="{_n(width + 0.36)}" '
                f'stroke-linecap="{cap}"{dashes}/>'
            )
            colour = style.street_main if rank <= 1 else style.street
            fill = f'{path} stroke="{colour}" stroke-width="{_n(width)}" stroke-linecap="{cap}"/>'
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
        around = _d([(left, top), (right, top), (right, bottom), (left, bottom)], closed=True)
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
            f'stroke-width="{_n((width + 0.7) * weight)}"/>'
        )
        parts.append(f'{path} stroke="{style.ring}" stroke-width="{_n(width * weight)}"{dashes}/>')
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
    d = "".join(f"M{_n(x)} 0V{_n(height)}" for x in xs)
    d += "".join(f"M0 {_n(y)}H{_n(width)}" for y in ys)
    return [f'<path d="{d}" fill="none" {look}/>'] if d else []


def _band(plan: MapPlan, style: Style) -> list[str]:
    width, height = plan.frame.width_mm, plan.frame.height_mm
    parts = []
    size = min(4.2, 3.0 * plan.sizes_mm["scale"] / 2.6)
    for name, left, right in plan.grid.columns:
        if right - left < size * 1.2:
            continue
        parts += [
            _text(name, (left + right) / 2, y, size, style.ink_soft, weight=700)
            for y in (-BAND_MM / 2, height + BAND_MM / 2)
        ]
    for name, top, bottom in plan.grid.rows:
        if bottom - top < size * 1.2:
            continue
        parts += [
            _text(name, x, (top + bottom) / 2, size, style.ink_soft, weight=700)
            for x in (-BAND_MM / 2, width + BAND_MM / 2)
        ]
    return parts


def _text(
    text: str,
    x: float,
    y: float,
    size: float,
    colour: str,
    *,
    weight: int = 400,
    anchor: str = "middle",
    halo: str = "",
) -> str:
    """Return one line of text, its capitals and Chinese signs centred on `y`."""
    around = ""
    if halo:
        around = (
            f' stroke="{halo}" stroke-width="{_n(size * 0.3)}" stroke-linejoin="round" '
            'paint-order="stroke"'
        )
    return (
        f'<text x="{_n(x)}" y="{_n(y + size * 0.365)}" font-size="{_n(size)}" fill="{colour}" '
        f'font-weight="{weight}" text-anchor="{anchor}"{around}>{escape(text)}</text>'
    )


def _name(name: PlacedName, style: Style) -> str:
    colours = {"water": style.water_ink, "green": style.green_ink}
    colour = colours.get(name.kind, style.ink)
    halo = {"water": style.water, "green": style.green}.get(name.kind, style.halo)
    weight = 700 if name.kind == "water" else 400
    size = name.size_mm
    signs = []
    for glyph in name.glyphs:
        if glyph.text.strip():
            x, y = _n(glyph.x), _n(glyph.y)
            turn = f' transform="rotate({glyph.angle_deg:g} {x} {y})"' if glyph.angle_deg else ""
            signs.append(
                f'<text x="{x}" y="{_n(glyph.y + size * 0.365)}"{turn}>{escape(glyph.text)}</text>'
            )
    # The halos of all signs first: one must not eat into its neighbour.
    return (
        f'<g font-size="{_n(size)}" font-weight="{weight}" text-anchor="middle" fill="{colour}" '
        f'stroke="{halo}" stroke-width="{_n(size * 0.26)}" stroke-linejoin="round" '
        f'paint-order="stroke">{"".join(signs)}</g>'
    )


def _sheet_marks(marks: Sequence[tuple[str, Box]], plan: MapPlan, style: Style) -> list[str]:
    parts = []
    for name, box in marks:
        left, top, right, bottom = box.edges
        parts.append(
            f'<rect x="{_n(left)}" y="{_n(top)}" width="{_n(right - left)}" '
            f'height="{_n(bottom - top)}" fill="none" stroke="{style.accent}" '
            'stroke-width="0.5"/>'
        )
        parts.append(
            _text(name, left + 8.0, top + 9.0, plan.sizes_mm["number"] * 2.4, style.accent,
                  weight=700, halo=style.halo)
        )  # fmt: skip
    return parts


def _dots(
    blocks: Iterable[Block], radius: float, colours: dict[str, str], style: Style
) -> list[str]:
    halos, lines, dots = [], [], []
    for block in blocks:
        for (start, end), anchor in zip(block.leaders, block.anchors, strict=False):
            colour = colours[anchor.category]
            if math.dist(start, end) > radius:
                ends = (
                    f'x1="{_n(start[0])}" y1="{_n(start[1])}" x2="{_n(end[0])}" y2="{_n(end[1])}"'
                )
                halos.append(f'<line {ends} stroke="{style.halo}" stroke-width="0.75"/>')
                lines.append(f'<line {ends} stroke="{style.ink}" stroke-width="0.28"/>')
            dots.append(
                f'<circle cx="{_n(anchor.x)}" cy="{_n(anchor.y)}" r="{_n(radius)}" '
                f'fill="{colour}" stroke="{style.halo}" stroke-width="0.3"/>'
            )
    return halos + lines + dots


def _center(plan: MapPlan, style: Style) -> list[str]:
    if plan.center is None:
        return []
    x, y = _n(plan.center[0]), _n(plan.center[1])
    size = plan.sizes_mm["center"]
    parts = [
        f'<circle cx="{x}" cy="{y}" r="{_n(size * radius)}" fill="{colour}"/>'
        for radius, colour in (
            (0.85, style.halo), (0.75, style.accent), (0.5, style.halo), (0.26, style.accent),
        )
    ]  # fmt: skip
    if plan.center_label:
        parts.append(
            _pill(plan.center_label, style.accent, ink_on(style.accent), style.halo, weight=700)
        )
    return parts


def _pill(label: Label, fill: str, ink: str, edge: str, *, weight: int) -> str:
    box = label.box
    left, top, right, bottom = box.edges
    return (
        f'<rect x="{_n(left)}" y="{_n(top)}" width="{_n(right - left)}" '
        f'height="{_n(bottom - top)}" rx="{_n(box.half_height)}" fill="{fill}" stroke="{edge}" '
        f'stroke-width="0.3"/>' + _text(label.text, box.x, box.y, label.size_mm, ink, weight=weight)
    )


def _block(block: Block, row_mm: float, colours: dict[str, str], style: Style) -> str:
    left, top, right, bottom = block.box.edges
    rounding = row_mm / 2 if len(block.cells) == 1 else row_mm * 0.28
    parts = []
    if block.off_map is not None:
        turn = math.radians(block.off_map)
        out = np.array([math.sin(turn), -math.cos(turn)])
        side = np.array([-out[1], out[0]])
        half = np.array([block.box.half_width, block.box.half_height])
        reach = min(half / np.maximum(np.abs(out), 1e-9))
        base = np.array([block.box.x, block.box.y]) + out * min(reach, half.max())
        tip = [base + out * 1.5, base + side * 1.5 - out * 0.5, base - side * 1.5 - out * 0.5]
        parts.append(
            f'<path d="{_d([p.tolist() for p in tip], closed=True)}" '
            f'fill="{colours[block.cells[0].category]}" stroke="{style.halo}" stroke-width="0.3"/>'
        )
    parts.append(
        f'<rect x="{_n(left)}" y="{_n(top)}" width="{_n(right - left)}" '
        f'height="{_n(bottom - top)}" rx="{_n(rounding)}" fill="{style.halo}" '
        f'stroke="{style.halo}" stroke-width="0.7"/>'
    )
    for cell in block.cells:
        colour = colours[cell.category]
        x0, y0, x1, y1 = cell.box.edges
        gap = 0.0 if len(block.cells) == 1 else 0.1
        parts.append(
            f'<rect x="{_n(x0 + gap)}" y="{_n(y0 + gap)}" width="{_n(x1 - x0 - 2 * gap)}" '
            f'height="{_n(y1 - y0 - 2 * gap)}" rx="{_n(rounding)}" fill="{colour}"/>'
        )
        parts.append(
            _text(cell.text, cell.box.x, cell.box.y, row_mm * 0.68, ink_on(colour), weight=700)
        )
    return "".join(parts)


def _scale_bar(plan: MapPlan, style: Style, north: str) -> list[str]:
    bar, size = plan.scale_bar, plan.sizes_mm["scale"]
    left, top, right, bottom = bar.box.edges
    x, y = left + size * 1.5, top + size * 0.5
    parts = [
        f'<rect x="{_n(left)}" y="{_n(top)}" width="{_n(right - left)}" '
        f'height="{_n(bottom - top)}" rx="1" fill="{style.halo}" fill-opacity="0.94" '
        f'stroke="{style.line}" stroke-width="0.2"/>',
        _text(f"1 : {plan.frame.scale:,.0f}".replace(",", " "), bar.left, top + size * 0.85, size,
              style.ink, weight=700, anchor="start"),
    ]  # fmt: skip
    if north:
        parts += [
            f'<path d="M{_n(x)} {_n(y)}L{_n(x + size * 0.55)} {_n(y + size * 1.7)}'
            f'L{_n(x)} {_n(y + size * 1.3)}L{_n(x - size * 0.55)} {_n(y + size * 1.7)}Z" '
            f'fill="{style.ink}"/>',
            _text(north, x, y + size * 2.5, size, style.ink, weight=700),
        ]
    quarter = bar.length_mm / 4
    parts.append(
        f'<rect x="{bar.left:.4f}" y="{_n(bar.y)}" width="{bar.length_mm:.4f}" height="1.1" '
        f'fill="{style.ink}"/>'
    )
    parts += [
        f'<rect x="{bar.left + index * quarter:.4f}" y="{_n(bar.y + 0.2)}" '
        f'width="{quarter:.4f}" height="0.7" fill="{style.halo}"/>'
        for index in (1, 3)
    ]
    for share, unit in ((0.0, ""), (0.5, ""), (1.0, " m")):
        parts.append(
            _text(f"{bar.length_m * share:g}{unit}", bar.left + bar.length_mm * share,
                  bar.y - size * 0.55, size * 0.85, style.ink)
        )  # fmt: skip
    return parts
