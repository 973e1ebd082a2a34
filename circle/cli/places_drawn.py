"""``circle places compounds`` and ``edits``: what is drawn over the streets, in the register."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from circle.cli.command import CircleCommand, CircleGroup, in_words, language, tell
from circle.cli.register_options import open_register, register_option, who_acts, who_option

if TYPE_CHECKING:
    from circle.store import Compound, StreetEdit
    from circle.store.drawn_files import Drawn


@click.group(cls=CircleGroup, zh="小区及其大门：在步行路网中的开放方式。")
def compounds() -> None:
    """Compounds and their gates, as the walks use them."""


@click.group(cls=CircleGroup, zh="手绘的连线与封闭：叠加在道路之上。")
def edits() -> None:
    """Links and closures drawn by hand over the streets."""


@compounds.command("list", cls=CircleCommand, zh="列出小区及其大门。")
@register_option
def list_compounds(address: str | None) -> None:
    """List the compounds of the register with their gates."""
    from circle.store.model import as_json
    from circle.store.words import compound_line

    with open_register(address, must_exist=True) as register:
        found = register.compounds()
    lines = [compound_line(compound, language()) for compound in found]
    lines.append(in_words(f"{len(found)} compounds.", f"共 {len(found)} 个小区。"))
    tell({"compounds": [as_json(compound) for compound in found]}, "\n".join(lines))


@edits.command("list", cls=CircleCommand, zh="列出连线与封闭。")
@register_option
def list_edits(address: str | None) -> None:
    """List the links and closures of the register, those not in force included."""
    from circle.store.model import as_json
    from circle.store.words import street_edit_line

    with open_register(address, must_exist=True) as register:
        found = register.street_edits()
    lines = [street_edit_line(edit, language()) for edit in found]
    lines.append(in_words(f"{len(found)} links and closures.", f"共 {len(found)} 条连线与封闭。"))
    tell({"edits": [as_json(edit) for edit in found]}, "\n".join(lines))


def _add(kind: type[Any], words: tuple[str, str]) -> Callable[..., None]:
    """Return what takes the records of a kind from a drawing into the register."""

    def add(file: Path, address: str | None, who: str | None) -> None:
        from circle.store.drawn_files import read_drawn

        drawn = [record for record in read_drawn(file) if isinstance(record, kind)]
        with (
            open_register(address, must_exist=False) as register,
            register.writing(who_acts(who), f"add {file.name}") as writer,
        ):
            n_new = sum(_keep(writer, record) for record in drawn)
        tell(
            {"n_read": len(drawn), "n_written": n_new},
            in_words(
                f"{words[0]}: {len(drawn)} read, {n_new} new or changed.",
                f"{words[1]}：读取 {len(drawn)}，新增或修改 {n_new}。",
            ),
        )

    return add


def _keep(writer: Any, record: Drawn) -> bool:
    """Add a record or change the one of its id; say whether anything differs."""
    from circle.store.model import field_names, record_id

    kind, identity = type(record), record_id(record)
    if not writer.has(kind, identity):
        writer.add(record)
        return True
    held: Compound | StreetEdit = writer.get(kind, identity)
    id_field = field_names(kind)[0]
    # Days and whether it is in force are not drawn: what the register says of them stays.
    names = set(field_names(kind)) - {id_field, "valid_from", "valid_until", "is_active"}
    made = writer.edit(
        kind, identity, held.version, "edit", **{name: getattr(record, name) for name in names}
    )
    return bool(made.version != held.version)


def _remove(kind: type[Any]) -> Callable[..., None]:
    """Return what takes one record of a kind out of the register."""

    def remove(record_id: str, address: str | None, who: str | None) -> None:
        with (
            open_register(address, must_exist=True) as register,
            register.writing(who_acts(who), "remove") as writer,
        ):
            writer.remove(kind, record_id, writer.get(kind, record_id).version)
        with open_register(address, must_exist=True) as register:
            number = register.changes(kind, record_id, limit=1)[0].change_id
        tell(
            {"removed": record_id, "change_id": number},
            in_words(
                f"{record_id} was removed; `circle places undo {number}` brings it back.",
                f"已移除 {record_id}；用 circle places undo {number} 可恢复。",
            ),
        )

    return remove


@compounds.command(
    "add", cls=CircleCommand, zh="从 GeoJSON 登记小区（面，有 name）及其大门（点）；同编号则更新。"
)
@click.argument("file", type=click.Path(path_type=Path))
@register_option
@who_option
def add_compounds(file: Path, address: str | None, who: str | None) -> None:
    """Take compounds (areas with a name) and their gates (points) from a GeoJSON drawing.

    A gate has opens (all, residents, hours), hours and name. One of the same id is changed.
    """
    from circle.store import Compound

    _add(Compound, ("Compounds", "小区"))(file, address, who)


@edits.command(
    "add", cls=CircleCommand, zh="从 GeoJSON 登记连线与封闭（属性 edit 为 link 或 closure）。"
)
@click.argument("file", type=click.Path(path_type=Path))
@register_option
@who_option
def add_edits(file: Path, address: str | None, who: str | None) -> None:
    """Take links and closures (property edit: link or closure) from a GeoJSON drawing."""
    from circle.store import StreetEdit

    _add(StreetEdit, ("Links and closures", "连线与封闭"))(file, address, who)


@compounds.command("remove", cls=CircleCommand, zh="移除一个小区（可撤销）。")
@click.argument("compound_id")
@register_option
@who_option
def remove_compound(compound_id: str, address: str | None, who: str | None) -> None:
    """Take a compound out of the register, which can be undone."""
    from circle.store import Compound

    _remove(Compound)(compound_id, address, who)


@edits.command("remove", cls=CircleCommand, zh="移除一条连线或封闭（可撤销）。")
@click.argument("edit_id")
@register_option
@who_option
def remove_edit(edit_id: str, address: str | None, who: str | None) -> None:
    """Take a link or a closure out of the register, which can be undone."""
    from circle.store import StreetEdit

    _remove(StreetEdit)(edit_id, address, who)


COMMANDS = (compounds, edits)
