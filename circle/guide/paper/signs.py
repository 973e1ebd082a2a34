"""The signs of a printed map as SVG: names, dots, numbers, letters, scale bar."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

import numpy as np

from circle.guide.paper.map_plan import Label, MapPlan
from circle.guide.paper.names import PlacedName
from circle.guide.paper.numbers import Block
from circle.guide.paper.style import Style, ink_on


def mm(value: float) -> str:
    """Return a length with at most two decimals: a hundredth of a millimetre."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def path_of(xy: Iterable[Sequence[float]], *, closed: bool = False) -> str:
    """Return a line as the data of an SVG path; nothing for less than two points."""
    points = [f"{mm(x)} {mm(y)}" for x, y in xy]
    steps = [point for at, point in enumerate(points) if at == 0 or point != points[at - 1]]
    return f"M{'L'.join(steps)}{'Z' if closed else ''}" if len(steps) > 1 else ""


def text_line(
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
            f' stroke="{halo}" stroke-width="{mm(size * 0.3)}" stroke-linejoin="round" '
            'paint-order="stroke"'
        )
    return (
        f'<text x="{mm(x)}" y="{mm(y + size * 0.365)}" font-size="{mm(size)}" fill="{colour}" '
        f'font-weight="{weight}" text-anchor="{anchor}"{around}>{escape(text)}</text>'
    )


def placed_name(name: PlacedName, style: Style) -> str:
    """Return a name, sign by sign."""
    colours = {"water": style.water_ink, "green": style.green_ink}
    colour = colours.get(name.kind, style.ink)
    halo = {"water": style.water, "green": style.green}.get(name.kind, style.halo)
    weight = 700 if name.kind == "water" else 400
    size = name.size_mm
    signs = []
    for glyph in name.glyphs:
        if glyph.text.strip():
            x, y = mm(glyph.x), mm(glyph.y)
            turn = f' transform="rotate({glyph.angle_deg:g} {x} {y})"' if glyph.angle_deg else ""
            signs.append(
                f'<text x="{x}" y="{mm(glyph.y + size * 0.365)}"{turn}>{escape(glyph.text)}</text>'
            )
    # The halos of all signs first: one must not eat into its neighbour.
    return (
        f'<g font-size="{mm(size)}" font-weight="{weight}" text-anchor="middle" fill="{colour}" '
        f'stroke="{halo}" stroke-width="{mm(size * 0.26)}" stroke-linejoin="round" '
        f'paint-order="stroke">{"".join(signs)}</g>'
    )


def letter_tag(label: Label, style: Style) -> str:
    """Return the name of an enlargement."""
    left, top, right, bottom = label.box.edges
    return (
        f'<rect x="{mm(left)}" y="{mm(top)}" width="{mm(right - left)}" '
        f'height="{mm(bottom - top)}" fill="{style.ink}"/>'
        + text_line(label.text, label.box.x, label.box.y, label.size_mm, style.halo, weight=700)
    )


def entrance_marks(plan: MapPlan, style: Style) -> list[str]:
    """Return the ways into the places: triangles that point to them."""
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
            f'<path d="{path_of([c.tolist() for c in corners], closed=True)}" fill="{style.ink}" '
            f'stroke="{style.halo}" stroke-width="0.5" stroke-linejoin="round" '
            'paint-order="stroke"/>'
        )
    return parts


def place_dots(plan: MapPlan, colours: dict[str, str], style: Style) -> list[str]:
    """Return the dots of the places, and the lines from their numbers."""
    halos, lines, radius = [], [], plan.dot_radius
    for block in plan.blocks:
        for start, end in block.leaders:
            if math.dist(start, end) > radius:
                ends = (
                    f'x1="{mm(start[0])}" y1="{mm(start[1])}" x2="{mm(end[0])}" y2="{mm(end[1])}"'
                )
                halos.append(f'<line {ends} stroke="{style.halo}" stroke-width="0.75"/>')
                lines.append(f'<line {ends} stroke="{style.ink}" stroke-width="0.28"/>')
    dots = [
        f'<circle cx="{mm(anchor.x)}" cy="{mm(anchor.y)}" r="{mm(radius)}" '
        f'fill="{colours[anchor.category]}" stroke="{style.halo}" stroke-width="0.3"/>'
        for anchor in plan.on_map
    ]
    return halos + lines + dots


def starting_point(plan: MapPlan, style: Style) -> list[str]:
    """Return the place every walk starts at, and its name."""
    if plan.center is None:
        return []
    x, y = mm(plan.center[0]), mm(plan.center[1])
    size = plan.sizes_mm["center"]
    parts = []
    if plan.center_label:
        left, top, right, bottom = plan.center_label.box.edges
        to_x = min(max(plan.center[0], left + size * 0.4), right - size * 0.4)
        to_y = min(max(plan.center[1], top + size * 0.4), bottom - size * 0.4)
        parts.append(
            f'<line x1="{x}" y1="{y}" x2="{mm(to_x)}" y2="{mm(to_y)}" '
            f'stroke="{style.accent}" stroke-width="{mm(size * 0.16)}"/>'
        )
    parts += [
        f'<circle cx="{x}" cy="{y}" r="{mm(size * radius)}" fill="{colour}"/>'
        for radius, colour in (
            (0.85, style.halo), (0.75, style.accent), (0.5, style.halo), (0.26, style.accent),
        )
    ]  # fmt: skip
    if plan.center_label:
        parts.append(
            pill(plan.center_label, style.accent, ink_on(style.accent), style.halo, weight=700)
        )
    return parts


def pill(label: Label, fill: str, ink: str, edge: str, *, weight: int) -> str:
    """Return a label in a rounded box."""
    box = label.box
    left, top, right, bottom = box.edges
    return (
        f'<rect x="{mm(left)}" y="{mm(top)}" width="{mm(right - left)}" '
        f'height="{mm(bottom - top)}" rx="{mm(box.half_height)}" fill="{fill}" stroke="{edge}" '
        f'stroke-width="0.3"/>'
        + text_line(label.text, box.x, box.y, label.size_mm, ink, weight=weight)
    )


def number_block(block: Block, row_mm: float, colours: dict[str, str], style: Style) -> str:
    """Return numbers that stand together."""
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
            f'<path d="{path_of([p.tolist() for p in tip], closed=True)}" '
            f'fill="{colours[block.cells[0].category]}" stroke="{style.halo}" stroke-width="0.3"/>'
        )
    parts.append(
        f'<rect x="{mm(left)}" y="{mm(top)}" width="{mm(right - left)}" '
        f'height="{mm(bottom - top)}" rx="{mm(rounding)}" fill="{style.halo}" '
        f'stroke="{style.halo}" stroke-width="0.7"/>'
    )
    for cell in block.cells:
        colour = colours[cell.category]
        x0, y0, x1, y1 = cell.box.edges
        gap = 0.0 if len(block.cells) == 1 else 0.1
        parts.append(
            f'<rect x="{mm(x0 + gap)}" y="{mm(y0 + gap)}" width="{mm(x1 - x0 - 2 * gap)}" '
            f'height="{mm(y1 - y0 - 2 * gap)}" rx="{mm(rounding)}" fill="{colour}"/>'
        )
        parts.append(
            text_line(cell.text, cell.box.x, cell.box.y, row_mm * 0.68, ink_on(colour), weight=700)
        )
    return "".join(parts)


def scale_bar(plan: MapPlan, style: Style, north: str) -> list[str]:
    """Return the scale bar, with an arrow to the north where `north` is not empty."""
    bar, size = plan.scale_bar, plan.sizes_mm["scale"]
    left, top, right, bottom = bar.box.edges
    x, y = left + size * 1.5, top + size * 0.5
    parts = [
        f'<rect x="{mm(left)}" y="{mm(top)}" width="{mm(right - left)}" '
        f'height="{mm(bottom - top)}" rx="1" fill="{style.halo}" fill-opacity="0.94" '
        f'stroke="{style.line}" stroke-width="0.2"/>',
        text_line(f"1 : {plan.frame.scale:,.0f}".replace(",", " "), bar.left, top + size * 0.85,
                  size, style.ink, weight=700, anchor="start"),
    ]  # fmt: skip
    if north:
        parts += [
            f'<path d="M{mm(x)} {mm(y)}L{mm(x + size * 0.55)} {mm(y + size * 1.7)}'
            f'L{mm(x)} {mm(y + size * 1.3)}L{mm(x - size * 0.55)} {mm(y + size * 1.7)}Z" '
            f'fill="{style.ink}"/>',
            text_line(north, x, y + size * 2.5, size, style.ink, weight=700),
        ]
    quarter = bar.length_mm / 4
    parts.append(
        f'<rect x="{bar.left:.4f}" y="{mm(bar.y)}" width="{bar.length_mm:.4f}" height="1.1" '
        f'fill="{style.ink}"/>'
    )
    parts += [
        f'<rect x="{bar.left + index * quarter:.4f}" y="{mm(bar.y + 0.2)}" '
        f'width="{quarter:.4f}" height="0.7" fill="{style.halo}"/>'
        for index in (1, 3)
    ]
    for share, unit in ((0.0, ""), (0.5, ""), (1.0, " m")):
        parts.append(
            text_line(f"{bar.length_m * share:g}{unit}", bar.left + bar.length_mm * share,
                  bar.y - size * 0.55, size * 0.85, style.ink)
        )  # fmt: skip
    return parts
