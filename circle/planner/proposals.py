"""What is proposed, in sentences and tables: sites that were chosen, and what a change brings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from circle.coverage.change import compare
from circle.coverage.mode import Subject
from circle.coverage.model import MEASURE_NAMES
from circle.demand.model import Words
from circle.planner.findings import amount
from circle.planner.plan import Change, Plan, Sites, named_rows
from circle.planner.tables import UNIT_NAMES, Column, Table, clause_measure, plain
from circle.siting import SitingPlan
from circle.siting.problem import Goal

GOAL_NAMES: dict[Goal, Words] = {
    "most_people": ("覆盖最多的人", "serve most people"),
    "least_walking": ("总步行最少", "let all walk least"),
    "fewest": ("以最少的点覆盖所有人", "serve all with the fewest sites"),
}
_HOMES: Words = ("住处", "homes")


def counted(measure: str) -> Words:
    """Return what a choice of sites counts, Chinese and English."""
    return MEASURE_NAMES.get(measure, _HOMES)


def site_name(row: Any) -> Words:
    """
    Return what a site is called by people, Chinese and English.

    Its name, else the street it lies on, else the nearest one with a name, else its position.
    """
    if isinstance(row.name, str) and row.name:
        return row.name, row.name
    if isinstance(row.street, str) and row.street:
        return f"{row.street}旁", f"on {row.street}"
    if isinstance(row.near, str) and row.near:
        return f"{row.near}附近", f"near {row.near}"
    at = f"{row.geometry.y:.5f}, {row.geometry.x:.5f}"
    return f"北纬、东经 {at}" if min(row.geometry.x, row.geometry.y) >= 0 else at, f"at {at}"


def said_of_sites(sites: Sites) -> Iterator[Words]:
    """Yield what was asked, what it brings and how good it is, a sentence each."""
    plan, subject = sites.plan, sites.subject
    unit_zh, unit_en = UNIT_NAMES[plan.mode.unit]
    goal_zh, goal_en = GOAL_NAMES[plan.result.goal]
    yield (
        f"{subject.name_zh}：现有 {plan.n_existing} 处，从 {plan.n_candidates} 个候选点中选出 "
        f"{len(plan.sites)} 处，沿道路 {plan.limit:g} {unit_zh}以内；目标：{goal_zh}。",
        f"{subject.name_en}: {plan.n_existing} there now, {len(plan.sites)} chosen of "
        f"{plan.n_candidates} candidates, within {plan.limit:g} {unit_en} along the streets; "
        f"to {goal_en}.",
    )
    if plan.n_asked is not None and len(plan.sites) < plan.n_asked:
        yield _too_few(plan, plan.n_asked)
    yield from _served(plan, unit_zh, unit_en)
    if plan.result.is_proven:
        yield (
            "已证明：这些候选点中没有更好的选择。",
            "Proven: no other choice of these candidates is better.",
        )
    else:
        gap = 100 * plan.result.gap
        yield (
            f"未能证明最优：其他选择最多好 {gap:.2f}%。",
            f"Not proven: another choice could be better by at most {gap:.2f}%.",
        )
    left = len(plan.result.unservable)
    if left:
        yield (
            f"{left} 处住处无论现在还是从任何候选点都无法覆盖。",
            f"{left} homes can be served neither now nor from any candidate.",
        )
    if plan.n_outside:
        yield (
            f"{plan.n_outside} 处住处在数据范围之外，未计入。",
            f"{plan.n_outside} homes lie outside the data and do not count.",
        )


def _too_few(plan: SitingPlan, n_asked: int) -> Words:
    """Say why fewer sites were chosen than were asked for."""
    n = len(plan.sites)
    what_zh, what_en = counted(plan.measure)
    spares_zh, spares_en = "不再使任何人少走路", "spares nobody any walking"
    if plan.result.goal == "most_people":
        spares_zh = f"不再使任何已知未覆盖的{what_zh}得到覆盖"
        spares_en = f"gains none of the {what_en} known to be without"
    return (
        f"要求 {n_asked} 处，只选出 {n} 处：第 {n + 1} 处{spares_zh}。",
        f"{n_asked} were asked for and {n} chosen: site {n + 1} {spares_en}.",
    )


def _served(plan: SitingPlan, unit_zh: str, unit_en: str) -> Iterator[Words]:
    """Tell who is served now and then, and keep apart those of whom nobody can say."""
    what_zh, what_en = counted(plan.measure)

    def told(amount: float) -> str:
        return f"{amount:,.0f} ({100 * amount / plan.total if plan.total else 0.0:.1f}%)"

    now, gained, then = map(told, (plan.served_before, plan.gained, plan.served_after))
    if not plan.unknown_before:
        yield (
            f"覆盖：{plan.total:,.0f} {what_zh}中，现在 {now}，新增 {gained}，之后 {then}。",
            f"Served: of {plan.total:,.0f} {what_en}, {now} now, {gained} gained, {then} then.",
        )
        return
    lacking = told(plan.total - plan.served_before - plan.unknown_before)
    yield (
        f"{plan.total:,.0f} {what_zh}中，现在已知有的 {now}，已知没有的 {lacking}，"
        f"因数据边缘不能判定的 {told(plan.unknown_before)}；新增 {gained}，只计已知没有的。",
        f"Of {plan.total:,.0f} {what_en}, {now} are known to be served now, {lacking} known to be "
        f"without, and of {told(plan.unknown_before)} nobody can say; gained: {gained}, all of "
        "them known to be without.",
    )
    yield (
        f"不能判定：{plan.limit:g} {unit_zh}内没有设施，但能走到数据边缘，边缘之外可能有；"
        f"既不算新增也不影响选择。其中 {told(plan.settled)} 在新址的限值内；"
        f"之后在限值内的共 {then}，仍不能判定的 {told(plan.unknown_after)}。"
        "换用范围更大的地图可得到确定的结果。",
        f"Nobody can say: nothing is within {plan.limit:g} {unit_en}, but the edge of the data is, "
        "and there may be something beyond it. They count as no gain and sway no choice. "
        f"{told(plan.settled)} of them come within the limit of a new site; then {then} in all are "
        f"within it, and {told(plan.unknown_after)} stay unknown. A larger map settles it.",
    )


def site_table(sites: Sites) -> Table:
    """Return a row per chosen site, those that serve most first."""
    unit_zh, unit_en = UNIT_NAMES[sites.plan.mode.unit]
    what_zh, what_en = counted(sites.plan.measure)
    columns = (
        Column("no", "序号", "no.", "whole", 6),
        Column("name_zh", "位置", "site (Chinese)", width=28),
        Column("name_en", "位置（英文）", "site (English)", width=28),
        Column("candidate_id", "候选点编号", "candidate", width=16),
        Column("gained", f"新增覆盖{what_zh}", f"{what_en} gained", "whole", 11),
        Column(
            "settled",
            f"原不能判定、现覆盖的{what_zh}",
            f"{what_en} unknown before, served then",
            "whole",
            13,
        ),
        Column("nearest", f"就近{what_zh}", f"{what_en} it is nearest to", "whole", 11),
        Column("mean_walk", f"平均步行（{unit_zh}）", f"their mean walk ({unit_en})", "cost", 11),
        Column("lon", "经度", "longitude", "degrees", 11),
        Column("lat", "纬度", "latitude", "degrees", 11),
    )
    rows = tuple(
        (
            *(number, *site_name(row), str(row.candidate_id)),
            *(plain(row.gained), plain(row.settled), plain(row.nearest), plain(row.mean_walk)),
            *(float(row.geometry.x), float(row.geometry.y)),
        )
        for number, row in enumerate(named_rows(sites.plan.sites), start=1)
    )
    return Table("sites", "选址", "Sites", columns, rows)


class Changed(NamedTuple):
    """A question before and after: its row of `circle.coverage.change.CHANGE_COLUMNS`."""

    subject: Subject
    measure: str
    row: Any

    @property
    def gained(self) -> Words:
        """What is gained or lost, with its sign, Chinese and English."""
        return _signed(float(self.row.gained), self.measure)

    @property
    def settled(self) -> Words:
        """What was unknown and is covered then, less the contrary, as `gained`."""
        return _signed(float(self.row.settled), self.measure)


def _signed(much: float, measure: str) -> Words:
    sign = "+" if much > 0 else "−" if much < 0 else ""
    zh, en = amount(abs(much), measure)
    return sign + zh, sign + en


def changes(plan: Plan, change: Change) -> list[Changed]:
    """Return every question in the measure it asks for; whose share changes most is first."""
    figures = {
        (row.subject, row.measure): row for row in named_rows(compare(plan.coverage, change.after))
    }
    rows = []
    for one in plan.coverage.subjects:
        measure = clause_measure(plan, one)
        rows.append(Changed(one, measure, figures[one.key, measure]))
    # People and ground are put in one order by their shares.
    moved = [-abs(one.row.share_after - one.row.share_before) for one in rows]
    return [rows[k] for k in np.argsort(np.nan_to_num(moved), kind="stable")]


def what_changes(plan: Plan, change: Change) -> list[Changed]:
    """Return those of `changes` that are not as before."""
    return [one for one in changes(plan, change) if one.row.gained or one.row.settled]


def change_table(plan: Plan, change: Change) -> Table:
    """Return a row per question, in the order of `changes`."""
    unit_zh, unit_en = UNIT_NAMES[plan.unit]
    columns = (
        Column("subject", "项目代码", "subject", width=18),
        Column("level", "层级", "level", width=10),
        Column("name_zh", "设施", "facility (Chinese)", width=22),
        Column("name_en", "设施（英文）", "facility (English)", width=28),
        Column("limit", f"限值（{unit_zh}）", f"limit ({unit_en})", "cost", 8),
        Column("measure", "按", "share of", width=14),
        Column("share_before", "改动前覆盖率", "share before", "percent", 11),
        Column("share_after", "改动后覆盖率", "share after", "percent", 11),
        Column("covered_before", "改动前覆盖", "covered before", "whole", 11),
        Column("covered_after", "改动后覆盖", "covered after", "whole", 11),
        Column("gained", "增减", "gained", "whole", 11),
        Column("settled", "由不能判定变为覆盖", "unknown before, covered then", "whole", 13),
        Column("unknown_after", "改动后不能判定", "unknown after", "whole", 11),
    )
    rows = tuple(
        (
            *(one.key, one.level, one.name_zh, one.name_en, one.limit),
            " / ".join(MEASURE_NAMES[measure]),
            *(plain(row.share_before), plain(row.share_after)),
            *(plain(row.covered_before), plain(row.covered_after)),
            *(plain(row.gained), plain(row.settled), plain(row.unknown_after)),
        )
        for one, measure, row in changes(plan, change)
    )
    return Table("change", "改动前后", "Before and after", columns, rows)
