"""
Records of links, closures and gates as the edits that `circle.edits` lays over the streets.

A record is checked by making its edit: what cannot be laid over the streets cannot be kept.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

import shapely

from circle.edits import Closure, Edit, Gate, Link
from circle.errors import RegisterError
from circle.store.model import Compound, StreetEdit


def drawn_edit(record: StreetEdit) -> Closure | Link:
    """
    Return the edit a record stands for.

    Raises
    ------
    RegisterError
        If its geometry or a date is none.
    EditError, PositionError
        If it cannot be laid over streets.

    Examples
    --------
    >>> drawn_edit(StreetEdit("e1", "closure", osm_way_id=7)).way
    7
    """
    for day in (record.valid_from, record.valid_until):
        if day is not None:
            _check_day(record.edit_id, day)
    shape = shape_of(record.edit_id, record.geometry)
    if record.kind == "closure":
        return Closure(record.osm_way_id, shape, record.closed_to, record.note)
    return Link(
        shape, record.link_kind, record.name, record.n_steps, record.residents_only, record.note
    )


def gates_of(compound: Compound) -> tuple[Gate, ...]:
    """
    Return the gates of a compound, each with its outline.

    Raises
    ------
    RegisterError, EditError, PositionError
        If the outline is none, or a gate impossible.
    """
    outline = shape_of(compound.compound_id, compound.outline)
    # Checked even where there are no gates yet.
    lon, lat = (0.0, 0.0) if outline is None else outline.bounds[:2]
    Gate(lon, lat, compound=outline)
    return tuple(
        Gate(gate.lon, gate.lat, gate.opens, gate.hours, outline, gate.name)
        for gate in compound.gates
    )


def edits_in_force(
    street_edits: Iterable[StreetEdit], compounds: Iterable[Compound], day: datetime.date
) -> tuple[Edit, ...]:
    """
    Return what the network of a day uses: active links and closures, then all gates.

    Parameters
    ----------
    street_edits, compounds
        Records of the register.
    day
        Edits are left out before their first and after their last day.
    """
    text = day.isoformat()
    drawn = [
        drawn_edit(record)
        for record in street_edits
        if record.is_active
        and (record.valid_from is None or record.valid_from <= text)
        and (record.valid_until is None or text <= record.valid_until)
    ]
    return (*drawn, *(gate for compound in compounds for gate in gates_of(compound)))


def shape_of(identity: str, text: str | None) -> Any:
    """Return the shape a record has as WKT, None without one; `RegisterError` if it is none."""
    if text is None:
        return None
    try:
        return shapely.from_wkt(text)
    except shapely.errors.GEOSException as error:
        raise RegisterError(
            en=f"The shape of {identity} is no WKT; draw it again.",
            zh=f"{identity} 的形状不是 WKT；请重新画。",
        ) from error


def _check_day(identity: str, text: str) -> None:
    try:
        is_day = datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        is_day = False
    if not is_day:
        raise RegisterError(
            en=f'{identity} has the day "{text}"; write it like 2026-12-31.',
            zh=f"{identity} 的日期“{text}”有误；请写成 2026-12-31。",
        )
