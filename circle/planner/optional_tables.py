"""Tables there are only when there is something to say: capacity, score, sites, a change."""

from __future__ import annotations

from circle.planner.plan import Plan, named_rows
from circle.planner.proposals import change_table, site_table
from circle.planner.tables import UNIT_NAMES, Column, Table, level_names, plain


def optional_tables(plan: Plan) -> tuple[Table, ...]:
    """Return those of the tables that have rows."""
    found = [_capacity(plan)]
    if plan.score is not None:
        found.append(_score(plan))
    if plan.sites is not None:
        found.append(site_table(plan.sites))
    if plan.change is not None:
        found.append(change_table(plan, plan.change))
    return tuple(table for table in found if table.rows)


def _capacity(plan: Plan) -> Table:
    unit_zh, unit_en = UNIT_NAMES[plan.unit]
    columns = (
        Column("subject", "项目代码", "subject", width=18),
        Column("name_zh", "设施", "facility (Chinese)", width=22),
        Column("name_en", "设施（英文）", "facility (English)", width=28),
        Column("limit", f"限值（{unit_zh}）", f"limit ({unit_en})", "cost", 8),
        Column("n_places", "设施数", "places", "whole", 8),
        Column("n_known", "其中已知容量", "of known capacity", "whole", 9),
        Column("supply", "容量合计", "capacity in all", "whole", 10),
        Column("per_1000", "每千人容量", "per 1,000 people", "decimal", 10),
        Column("access_median", "两步移动搜寻法：半数人不超过（每千人）",
               "2SFCA: half have at most, per 1,000", "decimal", 14),
        Column("access_mean", "两步移动搜寻法：平均（每千人）",
               "2SFCA: mean, per 1,000", "decimal", 14),
        Column("share_without", "够不到任何一处的人口比例", "people within reach of none",
               "percent", 12),
    )  # fmt: skip
    rows = tuple(
        tuple(plain(getattr(row, column.key)) for column in columns)
        for row in named_rows(plan.capacity)
    )
    return Table("capacity", "容量", "Capacity", columns, rows)


def _score(plan: Plan) -> Table:
    """Return the weights and what each adds; the score itself is the last row of each level."""
    assert plan.score is not None, "asked only where there is a score"
    columns = (
        Column("level", "层级", "level", width=26),
        Column("name_zh", "类别", "class (Chinese)", width=16),
        Column("name_en", "类别（英文）", "class (English)", width=26),
        Column("weight", "权重", "weight", "percent", 9),
        Column("share", "覆盖率", "covered", "percent", 9),
        Column("part", "权重 × 覆盖率", "weight × covered", "percent", 12),
    )
    rows: list[tuple[object, ...]] = []
    for level, mine in plan.score.groupby("level", sort=False):
        name = " / ".join(dict.fromkeys(level_names(str(level))))
        rows += [
            (name, row.name_zh, row.name_en, *map(plain, (row.weight, row.share, row.part)))
            for row in named_rows(mine)
        ]
        total = plain(mine["part"].sum(skipna=False))
        rows.append((name, "综合得分", "composite score", plain(mine["weight"].sum()), None, total))
    return Table("score", "综合得分", "Composite score", columns, tuple(rows))
