"""``circle site`` and ``circle what-if``: where to build, and what a change would bring."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from circle.cli.command import CircleCommand, in_words, option, shows_progress, tell
from circle.cli.coverage import (
    class_option,
    coverage_options,
    level_option,
    options_of,
    out_options,
    say_step,
    write_files,
)
from circle.cli.streets import edits_option
from circle.cli.studies import open_study
from circle.study.files import check_folder
from circle.study.typed import read_lonlat

if TYPE_CHECKING:
    from circle.planner.plan import Change, Plan, Sites
    from circle.siting.problem import Goal
    from circle.study.siting import SitingAnswer
    from circle.study.what_if import WhatIf

_GOALS: dict[str, Goal] = {"people": "most_people", "walking": "least_walking", "all": "fewest"}
_SHOWN = 40


@click.command(
    cls=CircleCommand,
    zh="选址：在哪里新建某类设施，能让最多的人受益。地图、表格、图层和报告写入 "
    "maps/NAME/site-CLASS。NAME 为指南文件夹。",
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
@out_options("maps/NAME/site-CLASS")
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
    out_dir: Path | None,
    no_files: bool,
    **given: Any,
) -> None:
    """Choose where to build more of one class of places, so that the most people gain.

    A map with the sites, and the files of `circle coverage` with them in, go to
    maps/NAME/site-CLASS. NAME is a study folder, or the embedded sample shanzishi.
    """
    from circle.planner.plan import Sites
    from circle.study.coverage import judge_plan
    from circle.study.plan_build import make_plan
    from circle.study.siting import SitingOptions, run_siting

    config, options = open_study(name), options_of(**given)
    maps = Path("maps") / config.name
    if not no_files:
        check_folder(out_dir or maps)
    answer = run_siting(
        config,
        SitingOptions(
            kind, n_new, _GOALS[goal], level, candidates, made_from, spacing, time_limit_s, options
        ),
        report=say_step,
        progress=shows_progress(),
    )  # fmt: skip
    sites = Sites(answer.subject, answer.plan, answer.candidates)
    data, text = _site_data(answer), _site_text(sites)
    if not no_files:
        result = judge_plan(answer.inputs, options, report=say_step)
        plan = make_plan(result, sites=sites, options=options)
        built = re.sub(r"\W+", "_", answer.subject.key.partition("@")[0])
        text += "\n\n" + write_files(plan, out_dir or maps / f"site-{built}", data)
    tell(data, text)


@click.command(
    "what-if",
    cls=CircleCommand,
    zh="试一试：新增、迁移或关闭设施，打通门禁、加建天桥，前后覆盖各是多少。地图、表格、图层和报告"
    "写入 maps/NAME/what-if。",
)
@click.argument("name")
@option("--add", "built", multiple=True, metavar="CLASS|CLAUSE@LON,LAT[=NAME]",
        en="A place more; may be given again.", zh="新增一处；可多次给出。")  # fmt: skip
@option("--move", "moved", multiple=True, metavar="ID@LON,LAT",
        en="A place elsewhere; may be given again.", zh="迁移一处；可多次给出。")  # fmt: skip
@option("--close", "closed", multiple=True, metavar="ID",
        en="A place less; may be given again.", zh="关闭一处；可多次给出。")  # fmt: skip
@edits_option
@level_option
@class_option
@coverage_options
@out_options("maps/NAME/what-if")
def what_if(
    name: str,
    built: tuple[str, ...],
    moved: tuple[str, ...],
    closed: tuple[str, ...],
    edits: Path | None,
    out_dir: Path | None,
    no_files: bool,
    **given: Any,
) -> None:
    """Tell what a change would bring: coverage before and after.

    A map of who gains, and the files of `circle coverage` with both figures in, go to
    maps/NAME/what-if. NAME is a study folder, or the embedded sample shanzishi.
    """
    from circle.edits import read_edits
    from circle.planner.plan import Change
    from circle.study.plan_build import make_plan
    from circle.study.what_if import changes_of, run_what_if

    changes = changes_of(built, moved, closed, read_edits(edits) if edits else (), read_lonlat)
    config, options = open_study(name), options_of(**given)
    folder = out_dir or Path("maps") / config.name / "what-if"
    if not no_files:
        check_folder(folder)
    found = run_what_if(config, changes, options, report=say_step, progress=shows_progress())
    change = Change(found.after.coverage, found.changed, changes.edits)
    plan = make_plan(found.before, change=change, options=options)
    data, text = _what_if_data(found), _what_if_text(plan, change)
    if not no_files:
        text += "\n\n" + write_files(plan, folder, data)
    tell(data, text)


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
                "street": row.street,
                "near": row.near,
                "gained": row.gained,
                "settled": row.settled,
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
        "n_asked": plan.n_asked,
        "served_before": plan.served_before,
        "unknown_before": plan.unknown_before,
        "gained": plan.gained,
        "settled": plan.settled,
        "served_after": plan.served_after,
        "unknown_after": plan.unknown_after,
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


def _site_text(sites: Sites) -> str:
    from circle.cli.tables import columns
    from circle.planner.proposals import counted, said_of_sites, site_name

    plan = sites.plan
    head, *said = (in_words(en, zh) for zh, en in said_of_sites(sites))
    lines = [head]
    if len(plan.sites):
        zh, en = counted(plan.measure)
        rows = [[
            in_words("no.", "序"), in_words("position", "位置"), in_words("site", "选址"),
            in_words(f"{en} gained", f"新增{zh}"), in_words("unknown before", "原不能判定"),
            in_words(f"{en} nearest", f"就近{zh}"),
            in_words("mean walk", "平均步行"),
        ]]  # fmt: skip
        unit = in_words(*{"m": ("m", "米"), "min": ("min", "分钟")}[plan.mode.unit])
        for rank, row in enumerate(plan.sites.itertuples(index=False), start=1):
            site_zh, site_en = site_name(row)
            rows.append([
                str(rank), f"{row.geometry.x:.5f}, {row.geometry.y:.5f}",
                in_words(site_en, site_zh), f"{row.gained:,.0f}", f"{row.settled:,.0f}",
                f"{row.nearest:,.0f}",
                f"{row.mean_walk:.0f} {unit}" if row.mean_walk == row.mean_walk else "–",
            ])  # fmt: skip
        lines.append(columns(rows, right=[0, 3, 4, 5, 6]))
    return "\n\n".join(lines + said)


def _what_if_data(found: WhatIf) -> dict[str, Any]:
    from circle.cli.coverage_words import records

    return {
        "changes": [{"zh": zh, "en": en} for zh, en in found.changed],
        "table": records(found.table),
    }


def _what_if_text(plan: Plan, change: Change) -> str:
    from circle.cli.tables import columns
    from circle.coverage.model import MEASURE_NAMES
    from circle.planner.proposals import what_changes
    from circle.planner.tables import level_names

    def pick(words: tuple[str, str]) -> str:
        return in_words(words[1], words[0])

    changed, n_asked = what_changes(plan, change), len(plan.coverage.subjects)
    lines = ["\n".join(map(pick, change.changed))]
    if not changed:
        lines.append(
            in_words(
                f"Nothing changes in any of {n_asked} questions: nobody gains or loses.",
                f"{n_asked} 项评价均无变化：没有人因此受益或受损。",
            )
        )
        return "\n\n".join(lines)
    shown = [[
        in_words("level", "层级"), in_words("facility", "设施"), in_words("share of", "按"),
        in_words("before", "之前"), in_words("after", "之后"), in_words("gained", "增减"),
        in_words("unknown before", "原不能判定"),
    ]]  # fmt: skip
    shown += [
        [
            pick(level_names(one.subject.level)), pick((one.subject.name_zh, one.subject.name_en)),
            pick(MEASURE_NAMES[one.measure]), f"{100 * one.row.share_before:.1f}%",
            f"{100 * one.row.share_after:.1f}%", pick(one.gained), pick(one.settled),
        ]
        for one in changed[:_SHOWN]
    ]  # fmt: skip
    lines.append(columns(shown, right=[3, 4, 5, 6]))
    if any(one.row.settled for one in changed):
        lines.append(
            in_words(
                "Unknown before: nobody could say, for the edge of the data was within the limit; "
                "they are neither gained nor lost.",
                "原不能判定：限值内有数据边缘，不知有无；不计入增减。",
            )
        )
    same = n_asked - len(changed)
    lines.append(in_words(f"{same} other questions are as before.", f"另有 {same} 项没有变化。"))
    return "\n\n".join(lines)


COMMANDS = (site, what_if)
