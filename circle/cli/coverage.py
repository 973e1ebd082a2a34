"""``circle coverage``: which homes lack which facility, measured along the streets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from circle.cli.command import CircleCommand, in_words, note, option, tell
from circle.cli.studies import open_study
from circle.errors import BudgetError, InputError
from circle.study.typed import read_lonlat, read_numbers

if TYPE_CHECKING:
    from circle.coverage.mode import Mode
    from circle.demand import Assumptions
    from circle.planner.plan import Plan
    from circle.study.coverage import CoverageOptions

_STEPS = {
    "download": ("Downloading the streets …", "正在下载道路……"),
    "streets": ("Reading the streets …", "正在读取道路……"),
    "map": ("Reading the map …", "正在读取地图……"),
    "places": ("Locating the places …", "正在确定地点位置……"),
    "homes": ("Finding the homes …", "正在确定住处……"),
    "sites": ("Choosing sites …", "正在选址……"),
    "walks": ("Walking …", "正在计算步行距离……"),
    "files": ("Writing the files …", "正在写文件……"),
}


level_option = option(
    "--level",
    "levels",
    multiple=True,
    metavar="15min",
    en="Only this level, such as 5min, 10min, 15min; may be given again.",
    zh="只评价这一层级，例如 5min、10min、15min；可多次给出。",
)
class_option = option(
    "--class",
    "classes",
    multiple=True,
    metavar="KEY",
    en="Only this class of places, without clauses; may be given again.",
    zh="只评价这一类设施，不含条文；可多次给出。",
)
_SHARED = (
    option(
        "--standard",
        "standards",
        multiple=True,
        metavar="NAME|FILE",
        en="Standard to judge by: a table of the program or a CSV file; may be given again.",
        zh="所用标准：本程序自带的名称或 CSV 文件；可多次给出。",
    ),
    option(
        "--walker",
        metavar="W",
        en="Judge by the minutes of a walker instead of metres: adult, older, child, …",
        zh="改按某类步行者的分钟数评价：adult, older, child 等。",
    ),
    option(
        "--minutes",
        metavar="5,10,15",
        en="Minutes of the levels, with a walker.",
        zh="按步行者评价时各层级的分钟数。",
    ),
    option(
        "--population",
        type=click.Path(path_type=Path),
        metavar="FILE",
        en="Population grid: GeoTIFF, GeoPackage, …",
        zh="人口格网：GeoTIFF、GeoPackage 等。",
    ),
    option(
        "--compounds",
        type=click.Path(path_type=Path),
        metavar="FILE",
        en="Sheet of compounds with households and gates.",
        zh="小区名单：户数与出入口。",
    ),
    option(
        "--assume",
        "assumed",
        multiple=True,
        metavar="KEY=NUMBER",
        en="Set what is taken for granted, such as people_per_dwelling=2.4; may be given again.",
        zh="设定估算参数，例如 people_per_dwelling=2.4；可多次给出。",
    ),
)


def coverage_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say who lives where, and by what is judged."""
    for each in reversed(_SHARED):
        command = each(command)
    return command


def out_options(default: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return what gives a command the options that say where its files go."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for each in (
            option(
                "--no-files",
                "no_files",
                is_flag=True,
                en="Print only; write no workbook, layers, report and map.",
                zh="只在屏幕上显示，不写表格、图层、报告和地图。",
            ),
            option(
                "--out",
                "out_dir",
                type=click.Path(path_type=Path),
                metavar="FOLDER",
                en=f"Folder for the files; by default {default}.",
                zh=f"存放文件的文件夹；默认为 {default}。",
            ),
        ):
            command = each(command)
        return command

    return add


@click.command(
    cls=CircleCommand,
    zh="评价设施覆盖：沿道路计算，规定距离内能到达各类设施的人口比例。表格、图层、报告和地图写入 "
    "maps/NAME。NAME 为指南文件夹。",
)
@click.argument("name")
@level_option
@class_option
@coverage_options
@option(
    "--areas",
    metavar="FILE|grid:500",
    en="Polygons to tell one by one, or squares of so many metres.",
    zh="分区的面文件，或边长若干米的方格。",
)
@option(
    "--weights",
    metavar="health=2,care=1",
    en="Also give a composite score with these weights of classes.",
    zh="另给出按这些类别权重计算的综合得分。",
)
@option(
    "--at",
    metavar="LON,LAT",
    en="Tell what the home at a position has, what it lacks, and the way to the nearest.",
    zh="说明某处住宅有什么、缺什么，以及到最近设施的路线。",
)
@out_options("maps/NAME")
def coverage(
    name: str,
    weights: str | None,
    at: str | None,
    out_dir: Path | None,
    no_files: bool,
    **given: Any,
) -> None:
    """Judge which homes have which facility within reach, measured along the streets.

    Workbook, tables, layers, report and web map go to maps/NAME. NAME is a study folder, or the
    embedded sample shanzishi.
    """
    position = None if at is None else read_lonlat(at)
    weighed = None if weights is None else _numbers_by_key(weights, "--weights")
    config = open_study(name)
    options = options_of(**given)
    from circle.cli import coverage_words as words
    from circle.cli.command import shows_progress
    from circle.study.coverage import run_coverage
    from circle.study.files import check_folder

    folder = out_dir or Path("maps") / config.name
    writes = position is None and not no_files
    if writes:
        check_folder(folder)

    result = run_coverage(config, options, report=say_step, progress=shows_progress())
    if position is not None:
        tell(*words.of_home(result.coverage, position))
        return
    from circle.coverage.score import composite
    from circle.study.plan_build import make_plan

    score = None if weighed is None else composite(result.coverage, weighed)
    plan = make_plan(result, score=score, options=options)
    data, text = words.of_plan(plan)
    if writes:
        text += "\n\n" + write_files(plan, folder, data)
    tell(data, text)


def write_files(plan: Plan, folder: Path, data: dict[str, Any]) -> str:
    """Write all files of a plan, add their names to what programs get, and return the words."""
    from circle.study.plan_build import write_plan

    paths = write_plan(plan, folder, report=say_step)
    data["files"] = [str(path) for path in paths]
    names = ", ".join(path.name for path in paths)
    return in_words(f"Written to {folder}: {names}", f"已写入 {folder}：{names}")


def say_step(step: str) -> None:
    """Tell whoever waits what is being done."""
    en, zh = _STEPS.get(step, (f"{step} …", f"{step}……"))
    note(in_words(en, zh))


def options_of(
    *,
    standards: tuple[str, ...],
    walker: str | None,
    minutes: str | None,
    population: Path | None,
    compounds: Path | None,
    assumed: tuple[str, ...],
    levels: tuple[str, ...] = (),
    classes: tuple[str, ...] = (),
    areas: str | None = None,
) -> CoverageOptions:
    """Return what was typed, see `circle.study.coverage.CoverageOptions`."""
    from circle.standards import find_standard
    from circle.study.coverage import CoverageOptions

    return CoverageOptions(
        mode=_mode(walker, minutes),
        standards=tuple(map(find_standard, standards)),
        levels=levels,
        classes=classes,
        areas=areas,
        population=population,
        compounds=compounds,
        assumptions=_assumptions(assumed),
    )


def _mode(walker: str | None, minutes: str | None) -> Mode:
    """Return metres of the standard, or, with a walker or minutes, a person's minutes."""
    from circle.coverage.mode import PersonMode, StandardMode
    from circle.units import make_budget
    from circle.walkers import get_walker

    if walker is None and minutes is None:
        return StandardMode()
    who = get_walker(walker or "adult")
    if minutes is None:
        return PersonMode(who)
    values = make_budget(minutes=read_numbers(minutes)).values
    if len(values) > 6:
        raise BudgetError(en="Give at most six different minutes.", zh="最多给出六个不同的分钟数。")
    return PersonMode(who, values, tuple(f"{value:g}min" for value in values))


def _assumptions(assumed: tuple[str, ...]) -> Assumptions:
    from dataclasses import fields

    from circle.demand import Assumptions

    given: dict[str, Any] = {}
    for text in assumed:
        given |= _numbers_by_key(text, "--assume")
    known = [one.name for one in fields(Assumptions)]
    wrong = [key for key in given if key not in known]
    if wrong:
        raise InputError(
            en=f"Nothing called {wrong[0]} is taken for granted; there is {', '.join(known)}.",
            zh=f"没有名为 {wrong[0]} 的估算参数；可用：{'、'.join(known)}。",
        )
    return Assumptions(**given)


def _numbers_by_key(text: str, name: str) -> dict[str, float]:
    """Return what somebody typed as ``a=1,b=2``."""
    found: dict[str, float] = {}
    for part in text.replace("，", ",").split(","):
        key, sign, value = part.partition("=")
        try:
            if not (sign and key.strip()):
                raise ValueError(part)
            found[key.strip()] = float(value)
        except ValueError:
            raise InputError(
                en=f"“{text}” is not of the form key=number,key=number ({name}).",
                zh=f"“{text}”不是 键=数字,键=数字 的形式（{name}）。",
            ) from None
    return found


COMMANDS = (coverage,)
