"""``circle places``: the register of places, from a list to a place that was checked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from circle.cli import places_care, places_drawn
from circle.cli.command import (
    CircleCommand,
    CircleGroup,
    in_words,
    language,
    option,
    shows_progress,
    tell,
)
from circle.cli.register_options import (
    map_option,
    online_option,
    open_register,
    photo_problem_of,
    register_option,
    study_option,
    surroundings_of,
    who_acts,
    who_option,
)
from circle.errors import ConflictError, InputError

if TYPE_CHECKING:
    from circle.store.importing import ImportPlan
    from circle.store.list_files import PlaceList
    from circle.store.surroundings import Surroundings


@click.group(cls=CircleGroup, zh="地点登记册：从表格到核实过的地点。")
def places() -> None:
    """Keep a register of places: import lists, check, publish, undo."""


@places.command(
    "import",
    cls=CircleCommand,
    zh="导入名单（xlsx、csv、GeoJSON、GeoPackage、Shapefile）；先给出逐行报告，确认后写入。",
)
@click.argument("file", type=click.Path(path_type=Path))
@option(
    "--datum",
    metavar="DATUM",
    en="What the coordinates are in: wgs84, gcj02 (Amap, Tencent), bd09 (Baidu), cgcs2000.",
    zh="坐标系：wgs84、gcj02（高德、腾讯）、bd09（百度）、cgcs2000。",
)
@option(
    "--mapping",
    "mappings",
    multiple=True,
    metavar="COLUMN=FIELD",
    en="What a column means when its header is not recognised, such as 机构=name; repeatable.",
    zh="列名无法识别时说明其含义，例如 机构=name；可多次使用。",
)
@option(
    "--class",
    "default_class",
    metavar="CLASS",
    en="Class of rows that name none.",
    zh="没有类别的行归入此类。",
)
@option(
    "--list",
    "list_name",
    metavar="NAME",
    en="Which list the file is an edition of; found out without it.",
    zh="该文件属于哪份名单；默认自动判断。",
)
@option("--yes", is_flag=True, en="Write without asking.", zh="不再询问，直接写入。")
@option("--dry-run", is_flag=True, en="Report, write nothing.", zh="只报告，不写入。")
@option(
    "--only-good",
    is_flag=True,
    en="Write the good rows although others are refused.",
    zh="即使有行被拒绝，也写入合格的行。",
)
@option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="FILE.xlsx",
    en="Write the report as Excel, offending cells marked.",
    zh="将报告写成 Excel，标出有问题的单元格。",
)
@map_option
@study_option
@online_option
@register_option
@who_option
def import_(
    file: Path,
    datum: str | None,
    mappings: tuple[str, ...],
    default_class: str | None,
    list_name: str | None,
    yes: bool,
    dry_run: bool,
    only_good: bool,
    report: Path | None,
    streets: Path | None,
    study: str | None,
    online: bool,
    address: str | None,
    who: str | None,
) -> None:
    """Import a list of places (xlsx, csv, GeoJSON, GeoPackage, Shapefile).

    Every row is reported before anything is written; without --yes you are asked.
    """
    from circle.cli.outputs import check_output
    from circle.store.declared import datum_refusal, undeclared_rows
    from circle.store.import_report import plan_as_json, plan_in_words, write_report
    from circle.store.importing import apply_import, plan_import
    from circle.store.list_files import read_list
    from circle.store.list_rows import read_drafts

    if report is not None:
        check_output(report, (".xlsx",))
    listed = read_list(file, _mapping(mappings))
    with open_register(address, must_exist=False) as register:
        from circle.classes import load_classes
        from circle.store.known import known_for_others

        around = surroundings_of(
            streets, study, known_for_others(register), online=online, register=address
        )
        if undeclared_rows(listed, datum):
            _tell_datums(listed, datum, around)
        refusal = datum_refusal(listed, datum)
        if refusal is not None and report is None:
            raise refusal
        classes = around.classes if around is not None else load_classes()
        while True:
            drafts = read_drafts(
                listed,
                classes,
                datum,
                within=None if around is None else around.bounds,
                default_class=default_class,
                photo_problem=photo_problem_of(address),
                by_row=True,
            )
            with _bar(len(drafts)) as bar:
                plan = plan_import(
                    register,
                    drafts,
                    classes,
                    file_name=file.name,
                    list_name=list_name,
                    geocoder=None if around is None else around.geocoder,
                    progress=bar.update,
                )
            if report is not None:
                write_report(report, listed, plan, language())
            if refusal is not None:
                raise refusal
            wants = _wants_to_write(plan, yes, dry_run, only_good)
            if wants and not plan.is_sound and not only_good:
                # It will be refused; what is wrong with which row comes first.
                click.echo(plan_in_words(plan, language()), err=True)
            try:
                n_written = 0
                if wants:
                    n_written = apply_import(register, plan, who_acts(who), only_good=only_good)
            except ConflictError:
                if not yes:
                    raise
                continue  # somebody wrote in between: look again
            break
        act = register.acts(limit=1)[0].act_id if n_written else None
    data = {**plan_as_json(plan, language()), "is_written": wants, "n_written": n_written}
    data["act_id"] = act
    report_in_words = plan_in_words(plan, language())
    said = _written(report_in_words, n_written if wants else None, _why_not(plan, only_good))
    if act is not None:
        said += in_words(
            f" To take it back: circle places undo --act {act}",
            f"如需撤销：circle places undo --act {act}",
        )
    tell(data, said)


def _written(report: str, n_written: int | None, why_not: str = "") -> str:
    said = why_not or in_words("Nothing was written.", "未写入任何内容。")
    if n_written is not None:
        said = in_words(f"{n_written} places written.", f"已写入 {n_written} 处地点。")
    return f"{report}\n{said}"


def _why_not(plan: ImportPlan, only_good: bool) -> str:
    """Return why nothing was written, and what to say so that it is."""
    if plan.changes_nothing:
        return in_words("There is nothing to write.", "没有需要写入的内容。")
    if not plan.is_sound and not only_good:
        return in_words(
            "Nothing was written. Mend the refused rows, or let the others go in without them: "
            "--only-good --yes",
            "未写入任何内容。请修改被拒绝的行；若只写入其余各行，请加上 --only-good --yes",
        )
    return in_words("Nothing was written; --yes writes it.", "未写入任何内容；加上 --yes 即写入。")


def _wants_to_write(plan: ImportPlan, yes: bool, dry_run: bool, only_good: bool) -> bool:
    if dry_run or plan.changes_nothing:
        return False
    if yes:
        return True
    if not plan.is_sound and not only_good:
        return False
    if not sys.stdin.isatty():
        return False
    from circle.store.import_report import plan_in_words

    click.echo(plan_in_words(plan, language()), err=True)
    return click.confirm(in_words("Write this?", "是否写入？"), err=True)


def _mapping(mappings: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for text in mappings:
        header, sign, meant = text.rpartition("=")
        if not sign or not header or not meant:
            raise click.UsageError(
                in_words(
                    f"--mapping {text} is not COLUMN=FIELD.", f"--mapping {text} 不是“列名=含义”。"
                )
            )
        pairs[header.strip()] = meant.strip()
    return pairs


def _tell_datums(listed: PlaceList, datum: str | None, around: Surroundings | None) -> None:
    """Show what each datum would mean for the rows that declare none."""
    from circle.store.datum_meanings import datum_meanings, meanings_in_words
    from circle.store.declared import undeclared_rows

    meanings = datum_meanings(undeclared_rows(listed, datum), around)
    click.echo(meanings_in_words(meanings, language()), err=True)


def _bar(length: int) -> Any:
    from tqdm import tqdm

    return tqdm(
        total=length,
        desc=in_words("Rows", "行"),
        file=sys.stderr,
        disable=not shows_progress(),
        leave=False,
    )


@places.command(
    "from-map",
    cls=CircleCommand,
    zh="把地图中的设施登记入册（未核实）；地图更新后再运行即可刷新，不覆盖核实过的内容。",
)
@click.argument("name")
@option("--yes", is_flag=True, en="Write without asking.", zh="不再询问，直接写入。")
@option("--dry-run", is_flag=True, en="Report, write nothing.", zh="只报告，不写入。")
@register_option
@who_option
def from_map(name: str, yes: bool, dry_run: bool, address: str | None, who: str | None) -> None:
    """Take the facilities of a map into the register, unchecked; run again to refresh them.

    NAME is a study, whose register is meant without --register, or a map file. What was checked
    or changed in the register stays.
    """
    from circle.store.from_map import plan_from_map
    from circle.store.import_report import plan_as_json, plan_in_words
    from circle.store.importing import apply_import

    file = Path(name)
    around = surroundings_of(file, None) if file.is_file() else surroundings_of(None, name)
    if around is None:
        raise InputError(
            en=f"The study {name} names no map; give a map file.",
            zh=f"指南 {name} 没有地图；请给出地图文件。",
        )
    if address is None and not file.is_file():
        address = name
    with open_register(address, must_exist=False) as register:
        plan = plan_from_map(register, around, file.name)
        wants = _wants_to_write(plan, yes, dry_run, only_good=True)
        n = apply_import(register, plan, who_acts(who), only_good=True) if wants else 0
    data = {**plan_as_json(plan, language()), "is_written": wants, "n_written": n}
    why_not = _why_not(plan, only_good=True)
    tell(data, _written(plan_in_words(plan, language()), n if wants else None, why_not))


@places.command(
    "locate",
    cls=CircleCommand,
    zh="用更新的地图或在线服务重新查找尚无位置、未核实的地点；默认只报告。",
)
@option("--yes", is_flag=True, en="Write what was found.", zh="写入找到的位置。")
@map_option
@study_option
@online_option
@register_option
@who_option
def locate(
    yes: bool,
    streets: Path | None,
    study: str | None,
    online: bool,
    address: str | None,
    who: str | None,
) -> None:
    """Look again for places without a position, on a newer map or with services online.

    Only reports unless told --yes. What was checked, or has coordinates, is never touched.
    """
    from circle.store.known import known_for_others
    from circle.store.relocating import (
        findings_as_json,
        findings_in_words,
        locate_again,
        write_locations,
    )

    with open_register(address, must_exist=True) as register:
        around = surroundings_of(
            streets, study, known_for_others(register), online=online, register=address
        )
        if around is None:
            raise click.UsageError(
                in_words(
                    "Say on which map: --in or --streets.", "请用 --in 或 --streets 指定地图。"
                )
            )
        found = locate_again(register, around.geocoder, progress=shows_progress())
        n = write_locations(register, found, who_acts(who), "locate again") if yes else 0
    report = findings_in_words(found, language())
    data = {**findings_as_json(found, language()), "is_written": yes, "n_written": n}
    why_not = in_words("Nothing was written; --yes writes what was found.",
                       "未写入任何内容；加上 --yes 即写入找到的位置。")  # fmt: skip
    tell(data, _written(report, n if yes else None, why_not))


for _command in (*places_care.COMMANDS, *places_drawn.COMMANDS):
    places.add_command(_command)

COMMANDS = (places,)
