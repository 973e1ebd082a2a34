"""What a result comes to, in sentences: computed from its figures, the worst first."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

from circle.coverage.model import MEASURE_NAMES
from circle.demand.model import Words
from circle.planner.plan import Plan, gravest_gaps, named_rows
from circle.planner.tables import (
    HALF_OR_MORE,
    LESS_THAN_HALF,
    NONE_HERE,
    NOT_KNOWN,
    verdict,
)

_MOST_CLASSES = 3
_WORTH_TELLING = 0.05
"""A difference between streets and straight lines smaller than this is not told."""


def percent(value: float) -> str:
    """
    Return a share as people write it, never rounded up to all nor down to none.

    Examples
    --------
    >>> percent(0.1234), percent(0.9999), percent(0.0001), percent(1.0), percent(float("nan"))
    ('12.3%', '>99.9%', '<0.1%', '100%', '–')
    """
    if math.isnan(value):
        return "–"
    if 0.9995 <= value < 1.0:
        return ">99.9%"
    if 0.0 < value < 0.0005:
        return "<0.1%"
    return "100%" if value == 1.0 else f"{value * 100:.1f}%"


def length(value: float, unit: str) -> Words:
    """Return metres or minutes in words; where there is none, that."""
    if not math.isfinite(value):
        return "查找范围内没有", "none in reach"
    if unit == "m":
        return f"{value:,.0f} 米", f"{value:,.0f} m"
    return f"{value:.1f} 分钟", f"{value:.1f} min"


def amount(value: float, measure: str) -> Words:
    """
    Return how much of a measure, Chinese and English; ground in hectares.

    Examples
    --------
    >>> amount(1234.4, "people")[1], amount(123_456.0, "area")
    ('1,234', ('12.3 公顷', '12.3 ha'))
    """
    if measure in ("residential_land", "area"):
        return f"{value / 10_000:,.1f} 公顷", f"{value / 10_000:,.1f} ha"
    return f"{value:,.0f}", f"{value:,.0f}"


def findings(plan: Plan) -> tuple[Words, ...]:
    """
    Return the key findings, Chinese and English.

    Parameters
    ----------
    plan
        What was judged.
    """
    rows = plan.share_rows()
    total = max((float(row.total) for row in rows.values()), default=0.0)
    if not rows or total <= 0 or not plan.coverage.is_judged.any():
        return (
            (
                "范围内没有可评价的住处，因此没有覆盖率；设施与缺口表为空或仅供参考。",
                "There are no homes to judge here, so nothing can be said about coverage.",
            ),
        )
    return (*_homes(plan), *_worst(plan, rows), *_straight(plan, rows), *_largest(plan),
         *_clauses(plan), *_unmapped(plan), *_uncertain(plan, rows))  # fmt: skip


def _homes(plan: Plan) -> Iterator[Words]:
    demand = plan.coverage.demand
    n = int(plan.coverage.is_judged.sum())
    people, dwellings = demand.total("people"), demand.total("dwellings")
    if people > 0:
        yield (
            f"评价了 {n:,} 处住处，合计约 {people:,.0f} 人、{dwellings:,.0f} 户。",
            f"{n:,} homes were judged, with about {people:,.0f} people in {dwellings:,.0f} "
            "dwellings.",
        )
    else:
        zh, en = plan.home_words
        yield (
            f"评价了 {n:,} {zh}；人口未知。",
            f"{n:,} {en} were judged; their people are unknown.",
        )


def _worst(plan: Plan, rows: dict[str, Any]) -> Iterator[Words]:
    """Tell the classes most people are without, each at the farthest level it is lacking at."""
    measure = MEASURE_NAMES[plan.measure]
    lacking = []
    for mine in plan.class_subjects().values():
        if not plan.coverage.has_places(mine[-1]):
            continue
        for one in reversed(mine):
            if rows[one.key].uncovered > 0:
                lacking.append((one, rows[one.key]))
                break
    last = {
        mine[-1].key
        for mine in plan.class_subjects().values()
        if plan.coverage.has_places(mine[-1])
    }
    if not lacking and last:
        unknown = max(rows[key].share_unknown for key in last)
        if unknown > 0:
            yield (
                f"可以判定的{measure[0]}在各级限值内都能到达所有类别。",
                f"All {measure[1]} that can be judged have every class within every limit.",
            )
        else:
            yield (
                f"全部{measure[0]}在各级限值内都能到达所有类别。",
                f"All {measure[1]} have every class within every limit.",
            )
        return
    # Farthest levels first: what is too far even there weighs more than what is not next door.
    lacking.sort(key=lambda pair: (pair[0].key not in last, -pair[1].uncovered))
    for one, row in lacking[:_MOST_CLASSES]:
        zh, en = length(one.limit, plan.unit)
        much_zh, much_en = amount(row.uncovered, plan.measure)
        yield (
            f"{one.name_zh}：沿道路 {zh}内覆盖 {percent(row.share_covered)} 的{measure[0]}；"
            f"{much_zh}（{percent(row.share_uncovered)}）没有，"
            f"{percent(row.share_unknown)} 不能判定。",
            f"{one.name_en}: within {en} along the streets for {percent(row.share_covered)} of "
            f"{measure[1]}; not for {much_en} ({percent(row.share_uncovered)}), and for "
            f"{percent(row.share_unknown)} nobody can say.",
        )


def _straight(plan: Plan, rows: dict[str, Any]) -> Iterator[Words]:
    """Tell where straight lines flatter most."""
    if plan.unit != "m":
        return
    subjects = [one for mine in plan.class_subjects().values() for one in mine]
    # Only as far as the streets answer: the unknown are not held against them.
    flattered = [
        (float(row.share_crow_fly) - float(row.share_covered) - float(row.share_unknown), one, row)
        for one in subjects
        if (row := rows[one.key]).share_crow_fly == row.share_crow_fly
    ]
    if not flattered:
        return
    by, one, row = max(flattered, key=lambda entry: entry[0])
    if by < _WORTH_TELLING:
        return
    zh, en = length(one.limit, plan.unit)
    yield (
        f"按直线距离会高估：{one.name_zh} {zh}，直线覆盖 {percent(row.share_crow_fly)}，"
        f"沿道路只有 {percent(row.share_covered)}。",
        f"Straight lines flatter: {one.name_en} within {en} would cover "
        f"{percent(row.share_crow_fly)}, along the streets it is {percent(row.share_covered)}.",
    )


def _largest(plan: Plan) -> Iterator[Words]:
    for row in named_rows(gravest_gaps(plan, 1)):
        zh, en = length(row.excess, plan.unit)
        limit_zh, limit_en = length(row.limit, plan.unit)
        far = math.isfinite(row.excess)
        home_zh, home_en = plan.home_words
        people_zh, people_en, half_zh, half_en = "", "", "半数", "half of them"
        if plan.has_people:
            people_zh, people_en = (
                f"、约 {row.people:,.0f} 人",
                f" with about {row.people:,.0f} people",
            )
            half_zh, half_en = "一半的人", "half of whom"
        yield (
            f"各类取其仍有缺口的最远一级，最大的缺口（编号 {row.no}）缺{row.name_zh}"
            f"（{limit_zh}）：{row.n_homes} {home_zh}{people_zh}，"
            + (f"{half_zh}超出限值 {zh}以上。" if far else f"{zh}。"),
            f"Of each class at the farthest level it is lacking at, the largest gap (no. {row.no}) "
            f"lacks {row.name_en} within {limit_en}: {row.n_homes} "
            f"{home_en}{people_en}, "
            + (f"{half_en} are at least {en} too far." if far else f"{en}."),
        )


def _clauses(plan: Plan) -> Iterator[Words]:
    required = [
        one for one in plan.coverage.subjects
        if one.clause is not None and one.clause.need == "required"
    ]  # fmt: skip
    if not required:
        return
    found = Counter(verdict(plan, one) for one in required)
    unverified = sum(not one.is_verified for one in required)
    few, some, more = (found[one] for one in (LESS_THAN_HALF, NOT_KNOWN, HALF_OR_MORE))
    yield (
        f"标准中应配建的 {len(required)} 项里，{few} 项覆盖不到一半（不能判定的也算作覆盖），"
        f"{more} 项达到一半，{some} 项因数据边缘不能判定，{found[NONE_HERE]} 项图上没有、"
        f"不作判定；这 {len(required)} 项中有 {unverified} 项的条文未核实。",
        f"Of {len(required)} facilities the standards require, {few} reach less than half even if "
        f"all who are unknown had them, {more} reach half, {some} cannot be told for the edge of "
        f"the data, and of {found[NONE_HERE]} this map has none: no verdict. The rows of "
        f"{unverified} of the {len(required)} are unverified.",
    )


def _unmapped(plan: Plan) -> Iterator[Words]:
    """Name what the map has no place of: nobody can say that it is lacking."""
    names = dict.fromkeys(
        (one.name_zh, one.name_en)
        for one in plan.coverage.subjects
        if one.kind != "group" and not plan.coverage.has_places(one)
    )
    if names:
        yield (
            "图上没有（可能确实没有，也可能没有人标绘，不作判定）："
            f"{'、'.join(zh for zh, _ in names)}。",
            "None on this map (there may be none, or nobody may have mapped it; no verdict): "
            f"{', '.join(en for _, en in names)}.",
        )


def _uncertain(plan: Plan, rows: dict[str, Any]) -> Iterator[Words]:
    subjects = [
        mine[-1] for mine in plan.class_subjects().values() if plan.coverage.has_places(mine[-1])
    ]
    if not subjects:
        return
    one = max(subjects, key=lambda subject: float(rows[subject.key].share_unknown))
    share = float(rows[one.key].share_unknown)
    if share > 0:
        zh, en = length(one.limit, plan.unit)
        yield (
            f"数据边缘：{one.name_zh}在 {zh}一级有 {percent(share)} 不能判定，为各类中最多。",
            f"Edge of the data: {one.name_en} within {en} cannot be judged for {percent(share)}, "
            "the most of all classes.",
        )
