"""What people draw over the streets: compounds with their gates, links, closures."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from circle.edits import edit_network
from circle.errors import CircleError, RegisterError
from circle.staff.street_forms import (
    DRAWINGS,
    Drawing,
    DrawnForm,
    Record,
    drawing_of,
    form_of_drawing,
    points_of,
    read_drawing,
)
from circle.staff.visit import Visit
from circle.store import Compound, StreetEdit
from circle.store.drawn import drawn_edit, gates_of
from circle.store.model import field_names, record_id


def listing(visit: Visit) -> Response:
    """Show all that was drawn, in a list and on the map."""
    records = _all(visit)
    return visit.page(
        "streets.html",
        drawn=[(drawing_of(record), record_id(record), record) for record in records],
        shapes=json.dumps(_shapes(records)),
    )


def new(visit: Visit) -> Response:
    """Show an empty form."""
    kind = _kind(visit.asked("kind"))
    return _form(visit, kind, None, form_of_drawing(kind))


def add(visit: Visit) -> Response:
    """Keep what was drawn."""
    kind = _kind(visit.text("kind"))
    made = read_drawing(visit, kind, f"{kind[0]}{secrets.token_hex(5)}")
    if made.record is None:
        return _form(visit, kind, None, made, 422)
    record: Any = made.record
    with visit.desk.register.writing(visit.who, "add") as writer:
        writer.add(record)
    _say_saved(visit, made.record)
    return visit.go("/streets")


def look(visit: Visit) -> Response:
    """Show the form of one."""
    record = _record(visit)
    kind = drawing_of(record)
    return _form(visit, kind, record, form_of_drawing(kind, record))


def save(visit: Visit) -> Response:
    """Keep what was changed of one."""
    held = _record(visit)
    kind = drawing_of(held)
    made = read_drawing(visit, kind, record_id(held))
    if made.record is None:
        return _form(visit, kind, held, made, 422)
    if points_of(made.record) == _rounded(points_of(held)):
        # Not redrawn: the shape stays as exact, and of as many parts, as it was.
        made.record = _with_shape_of(made.record, held)
    names = field_names(type(held))[1:]
    changed = {name: getattr(made.record, name) for name in names}
    held_as: type[Any] = type(held)
    with visit.desk.register.writing(visit.who, "edit") as writer:
        writer.edit(held_as, record_id(held), _version(visit), "edit", **changed)
    _say_saved(visit, made.record)
    return visit.go("/streets")


def remove(visit: Visit) -> Response:
    """Take one out of the register."""
    held = _record(visit)
    held_as: type[Any] = type(held)
    with visit.desk.register.writing(visit.who, "remove") as writer:
        writer.remove(held_as, record_id(held), _version(visit))
    visit.say("Removed; “History” brings it back.", "已删除；可在“历史”中恢复。")
    return visit.go("/streets")


def _form(
    visit: Visit, kind: Drawing, record: Record | None, made: DrawnForm, status: int = 200
) -> Response:
    at = visit.language == "zh"
    others = [each for each in _all(visit) if record is None or each != record]
    return visit.page(
        "street.html",
        status,
        kind=kind,
        record=record,
        identity="" if record is None else record_id(record),
        version=-1 if record is None else record.version,
        texts=made.texts,
        errors={name: both[at] for name, both in made.errors.items()},
        shapes=json.dumps(_shapes(others)),
    )


def _say_saved(visit: Visit, record: Record) -> None:
    """Say that it is kept, and whether the walks can use it."""
    edits = gates_of(record) if isinstance(record, Compound) else (drawn_edit(record),)
    try:
        edit_network(visit.desk.network, edits)
    except CircleError as error:
        visit.say(
            f"Saved, but the walks cannot use it yet: {error.en}",
            f"已保存，但步行计算还用不上：{error.zh}",
            kind="bad",
        )
        return
    visit.say(
        "Saved; the next edition walks by it.", "已保存；生成新版指南后，步行时间将按此计算。"
    )


def _all(visit: Visit) -> list[Record]:
    register = visit.desk.register
    return [*register.compounds(), *register.street_edits()]


def _record(visit: Visit) -> Record:
    kind: type[Any] = Compound if _kind(visit.part("kind")) == "compound" else StreetEdit
    found: Record = visit.desk.register.get(kind, visit.part("record_id"))
    return found


def _kind(text: str) -> Drawing:
    for kind in DRAWINGS:
        if kind == text:
            return kind
    raise RegisterError(en="Choose what to draw.", zh="请选择要画的内容。")


def _version(visit: Visit) -> int:
    text = visit.text("version")
    return int(text) if text.isdecimal() else -1


def _rounded(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return points as the form shows them."""
    return [(float(f"{lon:.7f}"), float(f"{lat:.7f}")) for lon, lat in points]


def _with_shape_of(record: Record, held: Record) -> Record:
    if isinstance(record, Compound) and isinstance(held, Compound):
        return replace(record, outline=held.outline)
    assert isinstance(record, StreetEdit)
    assert isinstance(held, StreetEdit)
    return replace(record, geometry=held.geometry)


def _shapes(records: Iterable[Record]) -> list[dict[str, Any]]:
    """Return what was drawn as the map draws it."""
    return [
        {
            "kind": drawing_of(record),
            "points": points_of(record),
            "gates": [[gate.lon, gate.lat] for gate in getattr(record, "gates", ())],
            "label": record.name,
        }
        for record in records
    ]
