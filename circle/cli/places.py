"""``circle places``: the register of places, from a list to a place that was checked."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from circle.cli.command import (
    CircleCommand,
    CircleGroup,
    in_words,
    language,
    note,
    option,
    shows_progress,
    tell,
)
from circle.errors import ConflictError, InputError

if TYPE_CHECKING:
    from circle.store import Register
    from circle.store.importing import ImportPlan
    from circle.store.surroundings import Surroundings

DEFAULT_REGISTER = "places.db"
_register_option = option(
    "--register",
    "address",
    metavar="FILE|URL|STUDY",
    default=None,
    envvar="CIRCLE_REGISTER",
    en="The register: a file (places.db without it), postgresql+psycopg://…, or a study that has "
    "one.",
    zh="登记册：文件（默认 places.db）、postgresql+psycopg://… 或带登记册的指南文件夹。",
)
_who_option = option(
    "--who",
    metavar="NAME",
    default=None,
    envvar="CIRCLE_WHO",
    en="Who makes the change; your user name without it.",
    zh="由谁修改；默认为当前用户名。",
)
_map_option = option(
    "--streets",
    type=click.Path(path_type=Path),
    metavar="FILE",
    en="Map file in which addresses are looked up: .osm.pbf, .osm, .osm.gz, .osm.bz2, .geojson.",
    zh="用于查找地址的地图文件：.osm.pbf、.osm、.osm.gz、.osm.bz2、.geojson。",
)
_study_option = option(
    "--in",
    "study",
    metavar="STUDY",
    en="Look addresses up on the map of a study, such as shanzishi.",
    zh="在某份指南（例如 shanzishi）的地图上查找地址。",
)


@click.group(cls=CircleGroup, zh="地点登记册：从表格到核实过的地点。")
def places() -> None:
    """Keep a register of places: import lists, check, publish, undo."""


def open_register(address: str | None, *, must_exist: bool) -> Register:
    """Return the register an address, a file or a study stands for."""
    from circle.store import Register

    if address is not None and "://" not in address and not Path(address).is_file():
        address = _register_of_study(address) or address
    return Register.open(address or DEFAULT_REGISTER, must_exist=must_exist)


def _register_of_study(name: str) -> str | None:
    """Return the register of a study, None where there is no such study."""
    from circle.errors import StudyError
    from circle.study import read_study

    try:
        config = read_study(name)
    except StudyError:
        if (Path(name) / "circle.toml").is_file():
            raise
        return None
    found: str | None = getattr(config, "register", None)
    return found


def who_acts(who: str | None) -> str:
    """Return the name that stands beside a change."""
    if who:
        return who
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container without a user of that number
        return "-"


def surroundings_of(streets: Path | None, study: str | None) -> Surroundings | None:
    """Return the map addresses are looked up on, None where none was named."""
    from circle.store.surroundings import read_surroundings

    classes = None
    if study is not None:
        from circle.classes import load_classes
        from circle.study import read_study

        config = read_study(study)
        classes = load_classes(config.classes)
        streets = streets or config.basemap or config.streets
    if streets is None:
        return None
    note(in_words("Reading the map …", "正在读取地图……"))
    return read_surroundings(streets, classes)


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
@_map_option
@_study_option
@_register_option
@_who_option
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
    address: str | None,
    who: str | None,
) -> None:
    """Import a list of places (xlsx, csv, GeoJSON, GeoPackage, Shapefile).

    Every row is reported before anything is written; without --yes you are asked.
    """
    from circle.cli.outputs import check_output
    from circle.store.import_report import plan_as_json, plan_in_words, write_report
    from circle.store.importing import apply_import, plan_import
    from circle.store.list_files import read_list
    from circle.store.list_rows import needs_datum, read_drafts

    if report is not None:
        check_output(report, (".xlsx",))
    listed = read_list(file, _mapping(mappings))
    around = surroundings_of(streets, study)
    if needs_datum(listed, datum):
        _tell_datums(listed, around)
    with open_register(address, must_exist=False) as register:
        from circle.classes import load_classes

        classes = around.classes if around is not None else load_classes()
        while True:
            drafts = read_drafts(
                listed,
                classes,
                datum,
                within=None if around is None else around.bounds,
                default_class=default_class,
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
            wants = _wants_to_write(plan, yes, dry_run, only_good)
            try:
                n_written = 0
                if wants:
                    n_written = apply_import(register, plan, who_acts(who), only_good=only_good)
            except ConflictError:
                if not yes:
                    raise
                continue  # somebody wrote in between: look again
            break
    data = {**plan_as_json(plan, language()), "is_written": wants, "n_written": n_written}
    tell(data, _written(plan_in_words(plan, language()), wants, n_written))


def _written(report: str, is_written: bool, n_written: int) -> str:
    said = in_words("Nothing was written.", "未写入任何内容。")
    if is_written:
        said = in_words(f"{n_written} places written.", f"已写入 {n_written} 处地点。")
    return f"{report}\n{said}"


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


def _tell_datums(listed: Any, around: Surroundings | None) -> None:
    """Show what each datum would mean, before the list is refused."""
    from circle.store.datum_meanings import datum_meanings, meanings_in_words

    meanings = datum_meanings(listed, around)
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
@_register_option
@_who_option
def from_map(name: str, yes: bool, dry_run: bool, address: str | None, who: str | None) -> None:
    """Take the facilities of a map into the register, unchecked; run again to refresh them.

    NAME is a study, or a map file. What was checked or changed in the register stays.
    """
    from circle.store.from_map import drafts_of_map
    from circle.store.import_report import plan_as_json, plan_in_words
    from circle.store.importing import apply_import, plan_import

    file = Path(name)
    around = surroundings_of(file, None) if file.is_file() else surroundings_of(None, name)
    if around is None:
        raise InputError(
            en=f"The study {name} names no map; give a map file.",
            zh=f"指南 {name} 没有地图；请给出地图文件。",
        )
    with open_register(address, must_exist=False) as register:
        drafts = drafts_of_map(around)
        plan = plan_import(
            register,
            drafts,
            around.classes,
            file_name=file.name,
            list_name=f"map:{_stem(file.name)}",
            action="refresh",
        )
        wants = _wants_to_write(plan, yes, dry_run, only_good=True)
        n = apply_import(register, plan, who_acts(who), only_good=True) if wants else 0
    data = {**plan_as_json(plan, language()), "is_written": wants, "n_written": n}
    tell(data, _written(plan_in_words(plan, language()), wants, n))


def _stem(name: str) -> str:
    """Return the name of a map without suffixes and dates: a newer extract is the same map."""
    import re

    return re.sub(r"[-_.]?(?:latest|\d{4,8})$", "", name.split(".")[0]) or name


@places.command("list", cls=CircleCommand, zh="列出登记册中的地点。")
@option(
    "--status",
    type=click.Choice(["in_use", "doubtful", "not_existing", "merged", "all"]),
    default=None,
    en="Only places of this status; without it those in use and the doubtful.",
    zh="只列出该状态的地点；默认在用和存疑的。",
)
@option(
    "--search", "text", default="", metavar="TEXT", en="Only where it stands.", zh="按文字查找。"
)
@_register_option
def list_(status: str | None, text: str, address: str | None) -> None:
    """List the places of the register."""
    from circle.store.words import place_as_json, place_line

    wanted: Any = ("in_use", "doubtful") if status is None else None if status == "all" else status
    with open_register(address, must_exist=True) as register:
        found = register.places(status=wanted, text=text)
    lines = [place_line(place, language()) for place in found]
    lines.append(in_words(f"{len(found)} places.", f"共 {len(found)} 处地点。"))
    tell({"places": [place_as_json(place) for place in found]}, "\n".join(lines))


@places.command(cls=CircleCommand, zh="显示一处地点的全部内容。")
@click.argument("place_id")
@_register_option
def show(place_id: str, address: str | None) -> None:
    """Show everything the register knows of a place."""
    from circle.store.words import place_as_json, place_in_words

    with open_register(address, must_exist=True) as register:
        place = register.place(place_id)
    tell(place_as_json(place), place_in_words(place, language()))


@places.command(cls=CircleCommand, zh="显示修改历史：谁、何时、改了什么。")
@click.argument("place_id", required=False)
@option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, en="How many.", zh="条数。"
)
@_register_option
def history(place_id: str | None, limit: int, address: str | None) -> None:
    """Show who changed what and when, of one place or of all, the latest first."""
    from circle.store import Place
    from circle.store.words import change_as_json, change_in_words

    with open_register(address, must_exist=True) as register:
        kind = None if place_id is None else Place
        changes = register.changes(kind, place_id, limit=limit)
    tell(
        {"changes": [change_as_json(change) for change in changes]},
        "\n".join(change_in_words(change, language()) for change in changes)
        or in_words("No changes.", "没有修改记录。"),
    )


@places.command(cls=CircleCommand, zh="撤销一次修改，或用 --act 撤销整次操作（例如一次导入）。")
@click.argument("number", type=int)
@option("--act", is_flag=True, en="The number is that of an act.", zh="编号为操作编号。")
@_register_option
@_who_option
def undo(number: int, act: bool, address: str | None, who: str | None) -> None:
    """Take back a change by its number, or with --act all of one act, such as an import."""
    from circle.store.words import change_as_json, change_in_words

    with (
        open_register(address, must_exist=True) as register,
        register.writing(who_acts(who), f"undo {number}") as writer,
    ):
        changes = writer.undo_act(number) if act else (writer.undo(number),)
    tell(
        {"changes": [change_as_json(change) for change in changes]},
        "\n".join(change_in_words(change, language()) for change in changes),
    )


@places.command(
    cls=CircleCommand, zh="发布地点，使指南显示它；--all 发布所有位置可靠的地点，--off 取消发布。"
)
@click.argument("place_ids", nargs=-1)
@option("--all", "is_all", is_flag=True, en="All places with a sure position.", zh="全部。")
@option("--off", is_flag=True, en="Take them out of guides.", zh="取消发布。")
@_register_option
@_who_option
def publish(
    place_ids: tuple[str, ...], is_all: bool, off: bool, address: str | None, who: str | None
) -> None:
    """Publish places, so that guides show them."""
    from circle.store import Place, review

    if bool(place_ids) == is_all:
        raise click.UsageError(in_words("Give ids, or --all.", "请给出编号，或使用 --all。"))
    with open_register(address, must_exist=True) as register:
        with register.writing(who_acts(who), "unpublish" if off else "publish") as writer:
            held = {place.place_id: place for place in writer.all(Place)}
            chosen = place_ids or [
                identity
                for identity, place in held.items()
                if off or (place.status == "in_use" and place.lonlat is not None)
            ]
            before = sum(place.is_published for place in held.values())
            for identity in chosen:
                version = writer.get(Place, identity).version
                review.publish(writer, identity, version, is_published=not off)
        n = sum(place.is_published for place in register.places())
    tell(
        {"n_published": n, "n_before": before},
        in_words(f"{n} places are published.", f"已发布 {n} 处地点。"),
    )


@places.command(cls=CircleCommand, zh="核实一处地点：确认无误、更正位置或标记为不存在。")
@click.argument("place_id")
@option("--at", "at", metavar="LON,LAT", en="It is here, WGS-84.", zh="位于此处（WGS-84）。")
@option("--not-existing", is_flag=True, en="It does not exist.", zh="该地点不存在。")
@_register_option
@_who_option
def check(
    place_id: str, at: str | None, not_existing: bool, address: str | None, who: str | None
) -> None:
    """Note that you looked at a place: right as it is, elsewhere, or not existing."""
    from circle.store import Place, review
    from circle.store.words import place_as_json, place_in_words
    from circle.study.typed import read_lonlat

    if at is not None and not_existing:
        raise click.UsageError(
            in_words("Give --at or --not-existing.", "--at 与 --not-existing 只能二选一。")
        )
    spot = None if at is None else read_lonlat(at)
    with (
        open_register(address, must_exist=True) as register,
        register.writing(who_acts(who), "check") as writer,
    ):
        version = writer.get(Place, place_id).version
        if spot is not None:
            place = review.correct(writer, place_id, version, spot)
        elif not_existing:
            place = review.mark_not_existing(writer, place_id, version)
        else:
            place = review.check(writer, place_id, version)
    tell(place_as_json(place), place_in_words(place, language()))


@places.command(cls=CircleCommand, zh="导出登记册；文件可修改后再导入。")
@option(
    "--format",
    "form",
    type=click.Choice(["xlsx", "csv", "geojson", "gpkg"]),
    default=None,
    en="Format; without it that of the file's suffix.",
    zh="格式；默认按文件后缀。",
)
@option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    en="File to write; places.FORMAT without it.",
    zh="输出文件；默认 places.格式。",
)
@option(
    "--all", "is_all", is_flag=True, en="The merged and the gone too.", zh="含已合并和不存在的。"
)
@_register_option
def export(form: Any, output: Path | None, is_all: bool, address: str | None) -> None:
    """Export the register; the file may be worked on and imported again."""
    from circle.cli.outputs import check_output
    from circle.store.exporting import FORMATS, export_places

    path = output or Path(f"places.{form or 'xlsx'}")
    form = form or path.suffix.lower().removeprefix(".")
    check_output(path, (f".{form}",) if form in FORMATS else tuple(f".{f}" for f in FORMATS))
    with open_register(address, must_exist=True) as register:
        found = register.places(status=None if is_all else ("in_use", "doubtful"))
    export_places(path, found, form, language())
    tell(
        {"file": str(path), "n_places": len(found)},
        in_words(f"Wrote {len(found)} places to {path}", f"已将 {len(found)} 处地点写入 {path}"),
    )


@places.command(cls=CircleCommand, zh="列出可能重复的地点；用 merge 合并，用 keep 保留两者。")
@_register_option
def duplicates(address: str | None) -> None:
    """List places that may be one and the same."""
    from circle.store.duplicates import find_duplicates

    with open_register(address, must_exist=True) as register:
        pairs = find_duplicates(register)
    lines = [
        f"{p.one.place_id} {p.one.name} ~ {p.other.place_id} {p.other.name}: "
        + in_words(p.reason, p.reason_zh)
        for p in pairs
    ]
    lines.append(in_words(f"{len(pairs)} pairs.", f"共 {len(pairs)} 对。"))
    data = [
        {
            "one": p.one.place_id,
            "other": p.other.place_id,
            "likeness": p.likeness,
            "distance_m": p.distance_m,
            "reason": in_words(p.reason, p.reason_zh),
        }
        for p in pairs
    ]
    tell({"pairs": data}, "\n".join(lines))


@places.command(cls=CircleCommand, zh="把 GONE 并入 KEPT（可撤销）；--keep 记住两者不是同一处。")
@click.argument("kept")
@click.argument("gone")
@option("--keep", is_flag=True, en="They are two; do not ask again.", zh="两者不同，不再提示。")
@_register_option
@_who_option
def merge(kept: str, gone: str, keep: bool, address: str | None, who: str | None) -> None:
    """Merge the place GONE into KEPT, which can be undone; --keep remembers that they are two."""
    from circle.store import Place
    from circle.store.duplicates import keep_both
    from circle.store.duplicates import merge as merge_places
    from circle.store.words import place_as_json, place_in_words

    with (
        open_register(address, must_exist=True) as register,
        register.writing(who_acts(who), "keep both" if keep else "merge") as writer,
    ):
        place = writer.get(Place, kept)
        if keep:
            keep_both(writer, kept, gone)
        else:
            place = merge_places(writer, place, writer.get(Place, gone))
    tell(place_as_json(place), place_in_words(place, language()))


COMMANDS = (places,)
