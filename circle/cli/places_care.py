"""``circle places list``, ``show``, ``check`` …: the places that are in the register."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import click

from circle.cli.command import CircleCommand, in_words, language, option, tell
from circle.cli.register_options import open_register, register_option, who_acts, who_option


@click.command("list", cls=CircleCommand, zh="列出登记册中的地点。")
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
@register_option
def list_(status: str | None, text: str, address: str | None) -> None:
    """List the places of the register."""
    from circle.store.words import place_as_json, place_line

    wanted: Any = ("in_use", "doubtful") if status is None else None if status == "all" else status
    with open_register(address, must_exist=True) as register:
        found = register.places(status=wanted, text=text)
    lines = [place_line(place, language()) for place in found]
    lines.append(in_words(f"{len(found)} places.", f"共 {len(found)} 处地点。"))
    tell({"places": [place_as_json(place) for place in found]}, "\n".join(lines))


@click.command(cls=CircleCommand, zh="显示一处地点的全部内容。")
@click.argument("place_id")
@register_option
def show(place_id: str, address: str | None) -> None:
    """Show everything the register knows of a place."""
    from circle.store.words import place_as_json, place_in_words

    with open_register(address, must_exist=True) as register:
        place = register.place(place_id)
    tell(place_as_json(place), place_in_words(place, language()))


@click.command(cls=CircleCommand, zh="显示修改历史：谁、何时、改了什么。")
@click.argument("place_id", required=False)
@option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, en="How many.", zh="条数。"
)
@option(
    "--acts",
    is_flag=True,
    en="By what was done at once, such as an import; `undo --act` takes its numbers.",
    zh="按整次操作（例如一次导入）列出，其编号可用于 undo --act。",
)
@register_option
def history(place_id: str | None, limit: int, acts: bool, address: str | None) -> None:
    """Show who changed what and when, of one place or of all, the latest first."""
    from circle.store import Place
    from circle.store.words import act_in_words, change_as_json, change_in_words

    if acts and place_id is not None:
        raise click.UsageError(
            in_words("Give a place, or --acts.", "地点编号与 --acts 不能同时使用。")
        )
    with open_register(address, must_exist=True) as register:
        if acts:
            done = register.acts(limit=limit)
            tell(
                {"acts": [dataclasses.asdict(act) for act in done]},
                "\n".join(act_in_words(act, language()) for act in done)
                or in_words("No changes.", "没有修改记录。"),
            )
            return
        kind = None if place_id is None else Place
        changes = register.changes(kind, place_id, limit=limit)
    tell(
        {"changes": [change_as_json(change) for change in changes]},
        "\n".join(change_in_words(change, language()) for change in changes)
        or in_words("No changes.", "没有修改记录。"),
    )


@click.command(cls=CircleCommand, zh="撤销一次修改，或用 --act 撤销整次操作（例如一次导入）。")
@click.argument("number", type=int)
@option("--act", is_flag=True, en="The number is that of an act.", zh="编号为操作编号。")
@register_option
@who_option
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


@click.command(
    cls=CircleCommand, zh="发布地点，使指南显示它；--all 发布所有位置可靠的地点，--off 取消发布。"
)
@click.argument("place_ids", nargs=-1)
@option("--all", "is_all", is_flag=True, en="All places with a sure position.", zh="全部。")
@option("--off", is_flag=True, en="Take them out of guides.", zh="取消发布。")
@register_option
@who_option
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


@click.command(cls=CircleCommand, zh="核实一处地点：确认无误、更正位置或标记为不存在。")
@click.argument("place_id")
@option("--at", "at", metavar="LON,LAT", en="It is here, WGS-84.", zh="位于此处（WGS-84）。")
@option("--not-existing", is_flag=True, en="It does not exist.", zh="该地点不存在。")
@register_option
@who_option
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


@click.command(cls=CircleCommand, zh="导出登记册；文件可修改后再导入。")
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
@register_option
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


@click.command(cls=CircleCommand, zh="列出可能重复的地点；用 merge 合并，用 keep 保留两者。")
@register_option
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


@click.command(cls=CircleCommand, zh="把 GONE 并入 KEPT（可撤销）；--keep 记住两者不是同一处。")
@click.argument("kept")
@click.argument("gone")
@option("--keep", is_flag=True, en="They are two; do not ask again.", zh="两者不同，不再提示。")
@register_option
@who_option
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


@click.command(
    cls=CircleCommand,
    zh="修改一处地点的内容，例如 phone=0931-1234567；等号后留空则清除。位置请用 check --at。",
)
@click.argument("place_id")
@click.argument("changes", nargs=-1, required=True, metavar="FIELD=VALUE…")
@register_option
@who_option
def edit(place_id: str, changes: tuple[str, ...], address: str | None, who: str | None) -> None:
    """Change what the register says of a place, such as phone=0931-1234567.

    Nothing behind the sign clears a field. Headers of lists work too: 电话=…; positions are set
    with `circle places check ID --at`.
    """
    from circle.classes import load_classes
    from circle.store import Place
    from circle.store.hand_edits import read_hand_edit
    from circle.store.words import change_as_json, change_in_words

    pairs: dict[str, str] = {}
    for text in changes:
        field, sign, value = text.partition("=")
        if not sign:
            raise click.UsageError(
                in_words(f"{text} is not FIELD=VALUE.", f"{text} 不是“字段=内容”。")
            )
        pairs[field.strip()] = value
    with open_register(address, must_exist=True) as register:
        place = register.place(place_id)
        changed = read_hand_edit(place, pairs, load_classes())
        with register.writing(who_acts(who), "edit") as writer:
            made = writer.edit(Place, place_id, place.version, **changed)
        done = register.changes(Place, place_id, limit=1) if made.version != place.version else ()
    tell(
        {"changes": [change_as_json(change) for change in done]},
        "\n".join(change_in_words(change, language()) for change in done)
        or in_words("Nothing differs.", "内容没有变化。"),
    )


COMMANDS = (list_, show, edit, history, undo, publish, check, export, duplicates, merge)
