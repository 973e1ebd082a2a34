"""``circle site`` and ``circle what-if``: where to build, and what a change would bring."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from circle.cli.command import CircleCommand, in_words, note, option, shows_progress, tell
from circle.cli.coverage import (
    class_option,
    coverage_options,
    level_option,
    options_of,
    say_step,
)
from circle.cli.outputs import check_output
from circle.cli.streets import edits_option
from circle.study.typed import read_lonlat

if TYPE_CHECKING:
    from circle.siting.problem import Goal
    from circle.study.siting import SitingAnswer
    from circle.study.what_if import WhatIf

_GOALS: dict[str, Goal] = {"people": "most_people", "walking": "least_walking", "all": "fewest"}
_OUTPUTS = (".geojson",)
_SHOWN = 40


@click.command(
    cls=CircleCommand,
    zh="选址：在哪里新建某类设施，能让最多的人受益。NAME 为指南文件夹。",
)
@click.argument("name")
@option(
    "--class",
    "kind",
    required=True,
    metavar="KEY|CLAUSE",
    en="What to build: a class such as health, its name, or the id of a clause, which "
    "`circle coverage NAME --json` tells under “subject”.",
    zh="新建什么：类别（如 health、医疗卫生）或条文编号；编号见 circle coverage NAME --json 的 "
    "subject。",
)
@option("--new", "n_new", type=int, default=1, show_default=True, metavar="N",
        en="How many to build.", zh="新建几处。")  # fmt: skip
@option(
    "--goal",
    type=click.Choice(sorted(_GOALS)),
    default="people",
    show_default=True,
    en="Serve most people, let all walk least, or serve all with the fewest.",
    zh="people 覆盖最多的人；walking 总步行最少；all 以最少的点覆盖所有人。",
)
@option("--level", metavar="15min", en="Level whose limit counts; else the widest.",
        zh="以哪个层级的距离为准；默认最大的。")  # fmt: skip
@option(
    "--candidates",
    type=click.Path(path_type=Path),
    metavar="FILE",
    en="Where building is possible: a map layer or a sheet with coordinates.",
    zh="可供选择的地点：图层文件，或带坐标的表格。",
)
@option(
    "--from",
    "made_from",
    type=click.Choice(["lattice", "land"]),
    default="lattice",
    show_default=True,
    en="Without a file: a lattice of streets, or free and public land of the map.",
    zh="没有文件时：lattice 沿街网格；land 地图上的空地与公共用地。",
)
@option("--spacing", type=float, default=100.0, show_default=True, metavar="METRES",
        en="Of the lattice.", zh="网格间距。")  # fmt: skip
@option("--time-limit", "time_limit_s", type=float, default=60.0, show_default=True,
        metavar="SECONDS", en="When to stop proving that nothing is better.",
        zh="最多用多少秒证明没有更好的方案。")  # fmt: skip
@coverage_options
@option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    en="Write the sites as .geojson.",
    zh="把选址写入 .geojson 文件。",
)
def site(
    name: str,
    kind: str,
    n_new: int,
    goal: str,
    level: str | None,
    candidates: Path | None,
    made_from: Any,
    spacing: float,
    time_limit_s: float,
    output: Path | None,
    **given: Any,
) -> None:
    """Choose where to build more of one class of places, so that the most people gain.

    NAME is a study folder, or the embedded sample shanzishi.
    """
    if output is not None:
        check_output(output, _OUTPUTS)
    from circle.study.config import read_study
    from circle.study.siting import SitingOptions, run_siting

    answer = run_siting(
        read_study(name),
        SitingOptions(
            kind, n_new, _GOALS[goal], level, candidates, made_from, spacing, time_limit_s,
            options_of(**given),
        ),
        report=lambda step: note(say_step(step)),
        progress=shows_progress(),
    )  # fmt: skip
    data = _site_data(answer)
    if output is not None:
        import orjson

        from circle.study.files import write_together

        write_together({output: orjson.dumps(data["sites"])})
    tell(data, _site_text(answer))


@click.command(
    "what-if",
    cls=CircleCommand,
    zh="试一试：新增、迁移或关闭设施，打通门禁、加建天桥，前后覆盖各是多少。",
)
@click.argument("name")
@option("--add", "built", multiple=True, metavar="CLASS@LON,LAT[=NAME]",
        en="A place more; may be given again.", zh="新增一处；可多次给出。")  # fmt: skip
@option("--move", "moved", multiple=True, metavar="ID@LON,LAT",
        en="A place elsewhere; may be given again.", zh="迁移一处；可多次给出。")  # fmt: skip
@option("--close", "closed", multiple=True, metavar="ID",
        en="A place less; may be given again.", zh="关闭一处；可多次给出。")  # fmt: skip
@edits_option
@level_option
@class_option
@coverage_options
def what_if(
    name: str,
    built: tuple[str, ...],
    moved: tuple[str, ...],
    closed: tuple[str, ...],
    edits: Path | None,
    **given: Any,
) -> None:
    """Tell what a change would bring: coverage before and after.

    NAME is a study folder, or the embedded sample shanzishi.
    """
    from circle.edits import read_edits
    from circle.study.config import read_study
    from circle.study.what_if import changes_of, run_what_if

    changes = changes_of(built, moved, closed, read_edits(edits) if edits else (), read_lonlat)
    found = run_what_if(
        read_study(name),
        changes,
        options_of(**given),
        report=lambda step: note(say_step(step)),
        progress=shows_progress(),
    )
    tell(_what_if_data(found), _what_if_text(found))


def _site_data(answer: SitingAnswer) -> dict[str, Any]:
    plan, subject = answer.plan, answer.subject
    unit = plan.mode.unit
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(p.x, 6), round(p.y, 6)]},
            "properties": {
                "rank": rank,
                "candidate_id": row.candidate_id,
                "name": row.name,
                "how": row.how,
                "gained": row.gained,
                "nearest": row.nearest,
                f"mean_walk_{unit}": _number(row.mean_walk),
            },
        }
        for rank, (row, p) in enumerate(
            zip(plan.sites.itertuples(index=False), plan.sites.geometry, strict=True), start=1
        )
    ]
    return {
        "subject": subject.key,
        "name_zh": subject.name_zh,
        "name_en": subject.name_en,
        "goal": plan.result.goal,
        "limit": plan.limit,
        "unit": unit,
        "measure": plan.measure,
        "total": plan.total,
        "served_before": plan.served_before,
        "served_after": plan.served_after,
        "mean_before": _number(plan.mean_before),
        "mean_after": _number(plan.mean_after),
        "objective": plan.result.objective,
        "bound": plan.result.bound,
        "gap": plan.result.gap,
        "is_proven": plan.result.is_proven,
        "n_existing": len(answer.places),
        "n_candidates": plan.n_candidates,
        "n_without_street": plan.n_without_street,
        "n_outside": plan.n_outside,
        "n_unservable": len(plan.result.unservable),
        "sites": {"type": "FeatureCollection", "features": features},
    }


def _number(value: float) -> float | None:
    return None if value != value else round(float(value), 3)  # NaN is not itself


def _limit(limit: float, unit: str) -> str:
    return (
        in_words(f"{limit:g} m", f"{limit:g} 米")
        if unit == "m"
        else in_words(f"{limit:g} min", f"{limit:g} 分钟")
    )


def _measure(measure: str) -> str:
    from circle.coverage.model import MEASURE_NAMES

    zh, en = MEASURE_NAMES.get(measure, ("住处", "homes"))
    return in_words(en, zh)


def _site_text(answer: SitingAnswer) -> str:
    from circle.cli.tables import columns

    plan, subject = answer.plan, answer.subject
    limit = _limit(plan.limit, plan.mode.unit)
    what = _measure(plan.measure)
    head = in_words(
        f"{subject.name_en}: {len(answer.places)} there now, {len(plan.sites)} chosen of "
        f"{plan.n_candidates} candidates, within {limit} along the streets.",
        f"{subject.name_zh}：现有 {len(answer.places)} 处，从 {plan.n_candidates} 个候选点中选出 "
        f"{len(plan.sites)} 处，沿道路 {limit}以内。",
    )
    lines = [head]
    if len(plan.sites):
        rows = [[
            in_words("no.", "序"), in_words("position", "位置"), in_words("name", "名称"),
            in_words(f"{what} gained", f"新增{what}"), in_words(f"{what} nearest", f"就近{what}"),
            in_words("mean walk", "平均步行"),
        ]]  # fmt: skip
        for rank, row in enumerate(plan.sites.itertuples(index=False), start=1):
            rows.append([
                str(rank), f"{row.geometry.x:.5f}, {row.geometry.y:.5f}",
                row.name or row.candidate_id, f"{row.gained:,.0f}", f"{row.nearest:,.0f}",
                _limit(round(row.mean_walk), plan.mode.unit) if row.mean_walk == row.mean_walk
                else "–",
            ])  # fmt: skip
        lines.append(columns(rows, right=[0, 3, 4, 5]))
    lines.append(_served(answer, what))
    lines.append(_proof(answer))
    left = plan.result.unservable
    if left:
        lines.append(
            in_words(
                f"{len(left)} homes can be served neither now nor from any candidate.",
                f"{len(left)} 处住宅无论现在还是从任何候选点都无法覆盖。",
            )
        )
    if plan.n_outside:
        lines.append(
            in_words(
                f"{plan.n_outside} homes lie outside the data and do not count.",
                f"{plan.n_outside} 处住宅在数据范围之外，未计入。",
            )
        )
    return "\n\n".join(lines)


def _served(answer: SitingAnswer, what: str) -> str:
    plan = answer.plan
    before, after = (
        100 * served / plan.total if plan.total else 0.0
        for served in (plan.served_before, plan.served_after)
    )
    return in_words(
        f"Served: {plan.served_before:,.0f} of {plan.total:,.0f} {what} ({before:.1f} %) now, "
        f"{plan.served_after:,.0f} ({after:.1f} %) then.",
        f"覆盖：现在 {plan.served_before:,.0f} / {plan.total:,.0f} {what}（{before:.1f}%），"
        f"之后 {plan.served_after:,.0f}（{after:.1f}%）。",
    )


def _proof(answer: SitingAnswer) -> str:
    result = answer.plan.result
    if result.is_proven:
        return in_words(
            "Proven: no other choice of these candidates is better.",
            "已证明：这些候选点中没有更好的选择。",
        )
    return in_words(
        f"Not proven: another choice could be better by at most {100 * result.gap:.2f} %.",
        f"未能证明最优：其他选择最多好 {100 * result.gap:.2f}%。",
    )


def _what_if_data(found: WhatIf) -> dict[str, Any]:
    from circle.cli.coverage_words import records

    return {
        "changes": [{"zh": zh, "en": en} for zh, en in found.changed],
        "table": records(found.table),
    }


def _what_if_text(found: WhatIf) -> str:
    from circle.cli.tables import columns

    table = found.table[found.table["measure"] == "people"]
    if not table["total"].sum() > 0:
        table = found.table[found.table["measure"] == "buildings"]
    changed = table[table["gained"] != 0]
    lines = [in_words("; ".join(en for _, en in found.changed),
                      "；".join(zh for zh, _ in found.changed))]  # fmt: skip
    if changed.empty:
        lines.append(
            in_words(
                f"Nothing changes in any of {len(table)} questions: nobody gains or loses.",
                f"{len(table)} 项评价均无变化：没有人因此受益或受损。",
            )
        )
        return "\n\n".join(lines)
    what = _measure(str(changed["measure"].iloc[0]))
    rows = [[
        in_words("level", "层级"), in_words("facility", "设施"), in_words("before", "之前"),
        in_words("after", "之后"), in_words(f"{what} gained", f"{what}增减"),
    ]]  # fmt: skip
    order = changed.reindex(changed["gained"].abs().sort_values(ascending=False).index)
    rows += [
        [
            str(row["level"]), in_words(str(row["name_en"]), str(row["name_zh"])),
            f"{100 * row['share_before']:.1f} %", f"{100 * row['share_after']:.1f} %",
            f"{row['gained']:+,.0f}",
        ]
        for row in order.head(_SHOWN).to_dict("records")
    ]  # fmt: skip
    lines.append(columns(rows, right=[2, 3, 4]))
    unchanged = len(table) - len(changed)
    lines.append(
        in_words(f"{unchanged} other questions are as before.", f"另有 {unchanged} 项没有变化。")
    )
    return "\n\n".join(lines)


COMMANDS = (site, what_if)
