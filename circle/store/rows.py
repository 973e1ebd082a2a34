"""Turns values into rows of tables and back; the only place that knows both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import inspect

from circle.schemas import Entrance, Event, Offer
from circle.store.model import (
    ID_FIELDS,
    Compound,
    CompoundGate,
    Distinct,
    Origin,
    Place,
    R,
    Record,
    StreetEdit,
)
from circle.store.tables import (
    Base,
    CompoundRow,
    DistinctRow,
    EntranceRow,
    EventRow,
    GateRow,
    OfferRow,
    OriginRow,
    PlaceRow,
    StreetEditRow,
)

ROW_OF: Mapping[type[Any], type[Base]] = {
    Place: PlaceRow,
    Compound: CompoundRow,
    StreetEdit: StreetEditRow,
    Distinct: DistinctRow,
}
# Fields that are rows of a table of their own: what they are as values and as rows.
_PARTS: Mapping[type[Any], Mapping[str, tuple[type[Any], type[Base]]]] = {
    Place: {
        "entrances": (Entrance, EntranceRow),
        "offers": (Offer, OfferRow),
        "events": (Event, EventRow),
        "origins": (Origin, OriginRow),
    },
    Compound: {"gates": (CompoundGate, GateRow)},
}
_TUPLES = frozenset({"other_names"})


def _names(part: type[Any]) -> tuple[str, ...]:
    """Return the names a part holds; it is a named tuple or a dataclass."""
    named: tuple[str, ...] | None = getattr(part, "_fields", None)
    return named or tuple(each.name for each in fields(part))


def fill(row: Base, record: Record, changed: frozenset[str]) -> None:
    """Write the `changed` fields of a record, and its version, into its row."""
    cls = type(record)
    parts = _PARTS.get(cls, {})
    id_field = ID_FIELDS[cls]
    row.version = record.version  # type: ignore[attr-defined]
    for name in changed:
        value = getattr(record, name)
        if name in parts:
            _fill_parts(row, name, parts[name][1], id_field, value)
        elif name in _TUPLES:
            setattr(row, name, list(value))
        else:
            setattr(row, name, dict(value) if isinstance(value, Mapping) else value)


def _fill_parts(row: Base, name: str, part_row: type[Base], id_field: str, values: Any) -> None:
    # Rows of the same number are written over: removing and adding one key in one flush collides.
    kept = getattr(row, name)
    for number, value in enumerate(values):
        if number == len(kept):
            kept.append(part_row(**{id_field: getattr(row, id_field), "number": number}))
        for key in _names(type(value)):
            held = getattr(value, key)
            setattr(kept[number], key, dict(held) if isinstance(held, Mapping) else held)
    del kept[len(values) :]


def new_row(record: Record) -> Base:
    """Return a new row that holds a record."""
    cls = type(record)
    row = ROW_OF[cls]()
    names = [each.name for each in fields(record)]
    setattr(row, ID_FIELDS[cls], getattr(record, ID_FIELDS[cls]))
    fill(row, record, frozenset(names))
    return row


def value_of(cls: type[R], row: Base) -> R:
    """Return the value a row holds."""
    parts = _PARTS.get(cls, {})
    data = {
        attribute.key: getattr(row, attribute.key) for attribute in inspect(type(row)).column_attrs
    }
    for name in _TUPLES & data.keys():
        data[name] = tuple(data[name])
    for name, (part, _) in parts.items():
        names = _names(part)
        data[name] = tuple(
            part(**{key: getattr(held, key) for key in names}) for held in getattr(row, name)
        )
    return cls(**data)
