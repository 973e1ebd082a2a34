"""
Charts of coverage, drawn by ourselves: by class and level, by sub-area, and by distance.

Each says its numbers in digits too, and in grey what is in colour, so that print loses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from circle.coverage.figures import counting_weights
from circle.coverage.mode import COST_PER_UNIT, Subject
from circle.coverage.model import MEASURE_NAMES
from circle.kernel import UNREACHED
from circle.network import FloatArray
from circle.planner import palette
from circle.planner.plan import Plan, named_rows
from circle.planner.svg import FONTS, Svg, clipped, text_width
from circle.planner.tables import NONE_HERE

WIDTH = 760.0
_ROW, _BAR = 24.0, 13.0
_MARGIN = 12.0
_MOST_AREAS = 30
_UNITS = {"m": ("米", "m"), "min": ("分钟", "min")}


def charts(plan: Plan, language: str, *, font: str = FONTS) -> dict[str, str]:
    """
    Return every chart a plan has, by name: ``classes``, ``distances``, and ``areas`` if any.

    Parameters
    ----------
    plan, language, font
        As for `coverage_chart`.
    """
    strip = area_chart(plan, language, font=font)
    return {
        "classes": coverage_chart(plan, language, font=font),
        "distances": distance_chart(plan, language, font=font),
        **({} if strip is None else {"areas": strip}),
    }


def coverage_chart(plan: Plan, language: str, *, font: str = FONTS) -> str:
    """
    Return bars of what each class covers at every level, worst first, with the straight line.

    Parameters
    ----------
    plan
        What to draw.
    language
        ``"zh"`` or ``"en"``.
    font
        Family of the type.
    """
    zh = language.startswith("zh")
    classes = _worst_first(plan)
    limits = plan.limits()
    rows = plan.share_rows()
    measure = MEASURE_NAMES[plan.measure][0 if zh else 1]
    unit = _UNITS[plan.unit][0 if zh else 1]
    title = f"各类设施覆盖的{measure}" if zh else f"Share of {measure} covered, by class"
    names = [mine[0].name(language) for mine in classes]
    label = min(max([text_width(name, 12) for name in names] or [60.0]) + 14, 190.0)
    top, gap, figure = 66.0, 16.0, 52.0
    height = top + _ROW * max(len(classes), 1) + 46
    said = "；".join(_said_row(mine, rows, zh) for mine in classes)
    svg = Svg(WIDTH, height, title, said, font)
    svg.rect(0, 0, WIDTH, height, palette.PAPER)
    svg.text(_MARGIN, 22, title, 15, bold=True)
    room = (WIDTH - 2 * _MARGIN - label) / max(len(limits), 1)
    wide = room - gap - figure
    unknown = svg.hatch("unknown", palette.HATCH, palette.PAPER)
    for k, limit in enumerate(limits):
        left = _MARGIN + label + k * room
        head = f"{limit:g} {unit}以内" if zh else f"within {limit:g} {unit}"
        svg.text(left, 46, head, 12, bold=True)
        for tick in (0.0, 0.5, 1.0):
            x = left + tick * wide
            svg.line(x, top - 6, x, top + _ROW * len(classes), palette.LINE, width=0.8)
            svg.text(x, top - 9, f"{tick:.0%}", 8.5, ink=palette.INK_SOFT, anchor="middle")
    for number, mine in enumerate(classes):
        y = top + number * _ROW
        middle = y + _ROW / 2
        shown = clipped(names[number], 12, label - 8)
        svg.text(_MARGIN + label - 8, middle + 4.2, shown, 12, anchor="end")
        for one in mine:
            left = _MARGIN + label + limits.index(one.limit) * room
            row = rows[one.key]
            share, open_ = _known(row.share_covered), _known(row.share_unknown)
            level = palette.BAR
            svg.rect(left, middle - _BAR / 2, wide, _BAR, "#f1f3f2")
            if not plan.coverage.has_places(one):
                none = NONE_HERE[0 if zh else 1]
                svg.text(left + wide + figure, middle + 4, none, 9, anchor="end")
                continue
            svg.rect(left, middle - _BAR / 2, share * wide, _BAR, level)
            svg.rect(left + share * wide, middle - _BAR / 2, open_ * wide, _BAR, unknown,
                     line=palette.EDGE_COLOURS["unknown"], line_width=0.6)  # fmt: skip
            if row.share_crow_fly == row.share_crow_fly:
                _diamond(svg, left + row.share_crow_fly * wide, middle)
            told = "–" if row.share_covered != row.share_covered else f"{share:.1%}"
            svg.text(left + wide + figure, middle + 4, told, 11, anchor="end",
                     bold=share < 0.5)  # fmt: skip
    _coverage_key(svg, height - 18, zh, unknown, plan.unit)
    return svg.render()


def _coverage_key(svg: Svg, y: float, zh: bool, unknown: str, unit: str) -> None:
    x = _MARGIN
    entries = [
        ("bar", "沿道路覆盖" if zh else "along the streets"),
        ("unknown", "不能判定（数据边缘）" if zh else "unknown (edge of the data)"),
        *([("crow", "直线覆盖" if zh else "in a straight line")] if unit == "m" else []),
    ]
    for kind, text in entries:
        if kind == "crow":
            _diamond(svg, x + 9, y - 4)
        else:
            fill = palette.BAR if kind == "bar" else unknown
            edge = "none" if kind == "bar" else palette.EDGE_COLOURS["unknown"]
            svg.rect(x, y - 9, 18, 10, fill, line=edge, line_width=0.6)
        svg.text(x + 24, y, text, 11, ink=palette.INK_SOFT)
        x += 24 + text_width(text, 11) + 22


def _diamond(svg: Svg, x: float, y: float) -> None:
    svg.path(f"M{x:.2f} {y - 5:.2f}l4 5l-4 5l-4 -5z", palette.INK, fill=palette.PAPER, width=1.2)


def _said_row(mine: Sequence[Subject], rows: dict[str, object], zh: bool) -> str:
    parts = []
    for one in mine:
        row = rows[one.key]
        parts.append(f"{one.limit:g}: {_known(getattr(row, 'share_covered', 0.0)):.1%}")
    return f"{mine[0].name('zh' if zh else 'en')} {', '.join(parts)}"


def _known(value: float) -> float:
    return 0.0 if value != value else float(value)


def _worst_first(plan: Plan) -> list[tuple[Subject, ...]]:
    """Return the classes, those that cover least first, by the sum over their levels."""
    rows = plan.share_rows()
    return sorted(
        plan.class_subjects().values(),
        key=lambda mine: sum(_known(rows[one.key].share_covered) for one in mine) / len(mine),
    )


def area_chart(
    plan: Plan, language: str, *, limit: float | None = None, font: str = FONTS
) -> str | None:
    """
    Return a strip of shades: sub-areas by classes within one limit; ``None`` without sub-areas.

    Parameters
    ----------
    plan, language
        As for `coverage_chart`.
    limit
        Of a level; the middle one by default. The sub-areas with most people are shown.
    font
        As for `coverage_chart`.
    """
    limits = plan.limits()
    if plan.area_shares is None or not limits:
        return None
    chosen = limits[len(limits) // 2] if limit is None else limit
    zh = language.startswith("zh")
    subjects = [one for mine in _worst_first(plan) for one in mine if one.limit == chosen]
    shares = plan.area_shares[plan.area_shares.measure == plan.measure]
    by_key = {(row.area_id, row.subject): row for row in named_rows(shares)}
    first = shares.drop_duplicates("area_id")
    lived = first[first.total > 0].sort_values("total", ascending=False, kind="stable")
    areas = list(named_rows(lived))[:_MOST_AREAS]
    measure = MEASURE_NAMES[plan.measure][0 if zh else 1]
    unit = _UNITS[plan.unit][0 if zh else 1]
    title = (
        f"各分区{chosen:g} {unit}以内覆盖的{measure}" if zh
        else f"Share of {measure} covered within {chosen:g} {unit}, by sub-area"
    )  # fmt: skip
    names = [str(row.area_name) for row in areas]
    label = min(max([text_width(name, 11) for name in names] or [40.0]) + 14, 150.0)
    count = 58.0
    room = (WIDTH - 2 * _MARGIN - label - count) / max(len(subjects), 1)
    heads = [_lines(one.name(language), 8.8, room - 3) for one in subjects]
    top = 46 + 12.0 * max([len(lines) for lines in heads] or [1])
    row_height = 19.0
    left_out = len(lived) - len(areas)
    height = top + row_height * len(areas) + (40 if left_out else 22)
    svg = Svg(WIDTH, height, title, title, font)
    svg.rect(0, 0, WIDTH, height, palette.PAPER)
    svg.text(_MARGIN, 22, title, 15, bold=True)
    svg.text(_MARGIN + label + count - 8, top - 8, measure, 9.5, ink=palette.INK_SOFT, anchor="end")
    for k, lines in enumerate(heads):
        x = _MARGIN + label + count + (k + 0.5) * room
        for n, line in enumerate(lines):
            y = top - 8 - 12.0 * (len(lines) - 1 - n)
            svg.text(x, y, line, 8.8, ink=palette.INK_SOFT, anchor="middle")
    for n, row in enumerate(areas):
        y = top + n * row_height
        svg.text(_MARGIN, y + 13.5, clipped(names[n], 11, label - 6), 11)
        svg.text(_MARGIN + label + count - 8, y + 13.5, f"{row.total:,.0f}", 10.5,
                 ink=palette.INK_SOFT, anchor="end")  # fmt: skip
        for k, one in enumerate(subjects):
            share = float(by_key[row.area_id, one.key].share_covered)
            x = _MARGIN + label + count + k * room
            colour = palette.share_colour(share)
            svg.rect(x + 1, y + 1, room - 2, row_height - 2, colour)
            svg.text(x + room / 2, y + 13.5, f"{share * 100:.0f}", 10.5, anchor="middle",
                     ink=_ink_on(colour))  # fmt: skip
    if left_out:
        more = f"另有 {left_out} 个分区见表格。" if zh else f"{left_out} more in the tables."
        svg.text(_MARGIN, height - 12, more, 10, ink=palette.INK_SOFT)
    return svg.render()


def _lines(text: str, size: float, room: float) -> list[str]:
    """Return a text in at most three lines that fit."""
    words = text.split(" ") if " " in text else list(text)
    joiner = " " if " " in text else ""
    lines = [""]
    for word in words:
        longer = joiner.join(filter(None, [lines[-1], word]))
        if lines[-1] and text_width(longer, size) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    if len(lines) > 3:
        lines = [*lines[:2], joiner.join(lines[2:])]
    return [clipped(line, size, room) for line in lines]


def _ink_on(colour: str) -> str:
    """Return ink that is read on a colour."""
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return palette.INK if 0.3 * red + 0.59 * green + 0.11 * blue > 130 else palette.PAPER


def distance_chart(plan: Plan, language: str, *, font: str = FONTS) -> str:
    """
    Return for each class which share has it within which distance, with the limits as lines.

    Parameters
    ----------
    plan, language, font
        As for `coverage_chart`. The dashed curve is the straight line, for comparison.
    """
    zh = language.startswith("zh")
    classes = _worst_first(plan)
    limits = plan.limits()
    unit = _UNITS[plan.unit][0 if zh else 1]
    measure = MEASURE_NAMES[plan.measure][0 if zh else 1]
    farthest = 2.0 * max(limits, default=1.0)
    title = (
        f"到最近设施的{'距离' if plan.unit == 'm' else '时间'}：{measure}累计比例" if zh
        else f"How far it is to the nearest: cumulative share of {measure}"
    )  # fmt: skip
    n_columns = 4
    n_rows = -(-len(classes) // n_columns) if classes else 1
    room = (WIDTH - 2 * _MARGIN) / n_columns
    wide, high, top = room - 40.0, 74.0, 44.0
    cell = high + 56.0
    height = top + n_rows * cell + 24
    svg = Svg(WIDTH, height, title, title, font)
    svg.rect(0, 0, WIDTH, height, palette.PAPER)
    svg.text(_MARGIN, 22, title, 15, bold=True)
    weight = counting_weights(plan.coverage)
    for number, mine in enumerate(classes):
        row, column = divmod(number, n_columns)
        left, y = _MARGIN + column * room + 26, top + row * cell
        name = clipped(mine[0].name(language), 11.5, room - 10)
        svg.text(left, y + 8, name, 11.5, bold=True)
        bottom = y + 18 + high
        for share in (0.0, 0.5, 1.0):
            at = bottom - share * high
            svg.line(left, at, left + wide, at, palette.LINE, width=0.7)
            svg.text(left - 4, at + 3, f"{share:.0%}", 8, ink=palette.INK_SOFT, anchor="end")
        _limit_lines(svg, limits, farthest, left, wide, bottom, high)
        reach = plan.coverage.reaches[mine[0].places]
        cost = np.where(
            reach.cost == UNREACHED, np.inf, reach.cost / COST_PER_UNIT[plan.coverage.mode.unit]
        )
        if plan.unit == "m":
            crow = _curve(reach.crow_m, weight, farthest, left, wide, bottom, high)
            svg.polyline(crow, palette.INK_SOFT, width=1.1, dashes="3 2.5")
        svg.polyline(
            _curve(cost, weight, farthest, left, wide, bottom, high), palette.LEVEL_COLOURS[0],
            width=2.0,
        )  # fmt: skip
    _distance_key(svg, height - 10, zh, plan.unit, unit)
    return svg.render()


def _limit_lines(
    svg: Svg, limits: Sequence[float], farthest: float, left: float, wide: float, bottom: float,
    high: float,
) -> None:  # fmt: skip
    """Add a line at every limit, and its number where there is room for it."""
    free = left - 30.0
    for limit in limits:
        x = left + limit / farthest * wide
        svg.line(x, bottom, x, bottom - high, palette.ACCENT, width=0.9)
        text = f"{limit:g}"
        half = text_width(text, 8) / 2
        if x - half > free:
            svg.text(x, bottom + 11, text, 8, ink=palette.ACCENT, anchor="middle")
            free = x + half + 2
    svg.text(left + wide, bottom + 11, f"{farthest:g}", 8, ink=palette.INK_SOFT, anchor="middle")


def _curve(
    cost: FloatArray, weight: FloatArray, farthest: float, left: float, wide: float,
    bottom: float, high: float,
) -> list[tuple[float, float]]:  # fmt: skip
    """Return the points of a cumulative curve up to the farthest distance, as steps thinned."""
    total = float(weight.sum())
    if total <= 0:
        return []
    order = np.argsort(cost, kind="stable")
    sums = np.cumsum(weight[order]) / total
    at = np.linspace(0.0, farthest, 121)
    before = np.searchsorted(cost[order], at, side="right")
    shares = np.where(before > 0, sums[np.maximum(before - 1, 0)], 0.0)
    points = [
        (left + x / farthest * wide, bottom - share * high)
        for x, share in zip(at.tolist(), shares.tolist(), strict=True)
    ]
    # Points between two of the same height say nothing.
    kept = [points[0]]
    for (here, after), before_ in zip(pairwise(points[1:]), points, strict=False):
        if not before_[1] == here[1] == after[1]:
            kept.append(here)
    return [*kept, points[-1]]


def _distance_key(svg: Svg, y: float, zh: bool, unit: str, unit_name: str) -> None:
    x = _MARGIN
    entries = [(palette.LEVEL_COLOURS[0], 2.0, "", "沿道路" if zh else "along the streets")]
    if unit == "m":
        entries.append((palette.INK_SOFT, 1.1, "3 2.5", "直线" if zh else "in a straight line"))
    limit = f"限值（{unit_name}）" if zh else f"limits ({unit_name})"
    entries.append((palette.ACCENT, 0.9, "", limit))
    for ink, width, dashes, text in entries:
        svg.line(x, y - 4, x + 20, y - 4, ink, width=width, dashes=dashes)
        svg.text(x + 26, y, text, 11, ink=palette.INK_SOFT)
        x += 26 + text_width(text, 11) + 24
