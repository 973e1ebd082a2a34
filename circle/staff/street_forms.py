"""The forms of compounds, links and closures: what they hold, and the record they describe."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args

import shapely

from circle.errors import CircleError
from circle.geometry import LonLat
from circle.hours import read_hours
from circle.staff.forms import position_of
from circle.staff.visit import Visit
from circle.store import Compound, StreetEdit
from circle.store.drawn import drawn_edit, gates_of, shape_of
from circle.store.drawn_files import GATE_REACH_M, gate_away_m
from circle.store.labels import Both
from circle.store.model import CompoundGate

Drawing = Literal["compound", "link", "closure"]
DRAWINGS: tuple[Drawing, ...] = get_args(Drawing)
Record = Compound | StreetEdit
_MOST_POINTS = 2_000
_MOST_GATES = 60
_FEWEST_POINTS: dict[Drawing, int] = {"compound": 3, "link": 2, "closure": 2}


@dataclass(slots=True)
class DrawnForm:
    """
    A form as it was filled in.

    Parameters
    ----------
    texts
        What the fields show.
    record
        What it describes; None where something is wrong.
    errors
        Field to what is wrong with it.
    """

    texts: dict[str, Any]
    record: Record | None = None
    errors: dict[str, Both] = field(default_factory=dict)


def drawing_of(record: Record) -> Drawing:
    """Return what is drawn for a record."""
    return "compound" if isinstance(record, Compound) else record.kind


def points_of(record: Record) -> list[tuple[float, float]]:
    """Return the corners of what was drawn, each of an area once; of several areas the largest."""
    if isinstance(record, Compound):
        shape = shape_of(record.compound_id, record.outline)
        if shape is None:
            return []
        largest = max(getattr(shape, "geoms", [shape]), key=lambda part: part.area)
        return [(x, y) for x, y in largest.exterior.coords[:-1]]
    shape = shape_of(record.edit_id, record.geometry)
    return [] if shape is None else [(x, y) for x, y in shape.coords]


def form_of_drawing(kind: Drawing, record: Record | None = None) -> DrawnForm:
    """Return the form of a record, or an empty one."""
    points = [] if record is None else points_of(record)
    texts: dict[str, Any] = {
        "points": "\n".join(f"{lon:.7f} {lat:.7f}" for lon, lat in points),
        "name": "" if record is None else record.name,
        "note": "" if record is None else record.note or "",
    }
    if kind == "compound":
        gates = record.gates if isinstance(record, Compound) else ()
        texts["gates"] = [(f"{g.lon:.7f}", f"{g.lat:.7f}", g.name, g.opens, g.hours) for g in gates]
        return DrawnForm(texts, record)
    edit = record if isinstance(record, StreetEdit) else StreetEdit("", kind)
    texts |= {
        "way": str(edit.osm_way_id or ""),
        "closed_to": edit.closed_to,
        "link_kind": edit.link_kind,
        "n_steps": "" if edit.n_steps is None else str(edit.n_steps),
        "residents_only": edit.residents_only,
        "valid_from": edit.valid_from or "",
        "valid_until": edit.valid_until or "",
        "is_active": edit.is_active,
    }
    return DrawnForm(texts, record)


def read_drawing(visit: Visit, kind: Drawing, identity: str) -> DrawnForm:
    """Return what was filled in, and the record it describes where nothing is wrong."""
    made = form_of_drawing(kind)
    for name in ("points", "name", "note"):
        made.texts[name] = visit.text(name)
    points = _points(visit.text("points"), kind, made)
    record = (
        _compound(visit, made, identity, points)
        if kind == "compound"
        else _street_edit(visit, made, kind, identity, points)
    )
    if not made.errors:
        try:
            gates_of(record) if isinstance(record, Compound) else drawn_edit(record)
        except CircleError as error:
            made.errors["points"] = (error.en, error.zh)
    made.record = None if made.errors else record
    return made


def _points(text: str, kind: Drawing, made: DrawnForm) -> list[LonLat]:
    """Return the corners that were drawn or typed: longitude and latitude, one in each line."""
    points: list[LonLat] = []
    lines = [line for line in text.splitlines() if line.strip()][:_MOST_POINTS]
    for number, line in enumerate(lines, start=1):
        parts = [part for part in re.split(r"[\s,，;；]+", line.strip()) if part]
        spot, _ = position_of(*parts) if len(parts) == 2 else (None, None)
        if spot is None:
            made.errors["points"] = (
                f"Line {number}, “{line.strip()[:60]}”, is no longitude and latitude, such as "
                "103.8343 36.0611.",
                f"第 {number} 行“{line.strip()[:60]}”不是“经度 纬度”，例如 103.8343 36.0611。",
            )
            return []
        points.append(spot)
    fewest = _FEWEST_POINTS[kind]
    if len(set(points)) < fewest:
        made.errors["points"] = (
            f"Draw at least {fewest} points: click on the map, or type them.",
            f"至少要画 {fewest} 个点：在地图上点选，或直接填写。",
        )
    return points


def _compound(visit: Visit, made: DrawnForm, identity: str, points: list[LonLat]) -> Compound:
    if not made.texts["name"]:
        made.errors["name"] = ("Give it a name.", "请填写名称。")
    outline = None if "points" in made.errors else shapely.Polygon(points).wkt
    rows = list(
        zip(
            *(visit.texts(f"gate_{name}") for name in ("lon", "lat", "name", "opens", "hours")),
            strict=False,
        )
    )[:_MOST_GATES]
    rows = [row for row in rows if any(row[:3]) or row[4]]
    made.texts["gates"] = rows
    bare = Compound(identity, made.texts["name"], outline, note=made.texts["note"] or None)
    gates = [gate for row in rows if (gate := _gate(row, bare, made)) is not None]
    return Compound(identity, made.texts["name"], outline, tuple(gates), made.texts["note"] or None)


def _gate(row: tuple[str, ...], compound: Compound, made: DrawnForm) -> CompoundGate | None:
    lon, lat, name, opens, typed = row
    spot, problem = position_of(lon, lat)
    if spot is None:
        made.errors["gates"] = problem or (
            f"The gate “{name}” has no position; click on the map.",
            f"大门“{name}”没有位置；请在地图上点选。",
        )
        return None
    hours = (read_hours(typed).osm or "") if opens == "hours" else ""
    if opens == "hours" and not hours:
        made.errors["gates"] = (
            f"The gate “{name}” opens at certain hours: write them like 6:00-22:00.",
            f"大门“{name}”按时间开放：请写明时间，例如 6:00-22:00。",
        )
        return None
    gate = CompoundGate(
        spot.lon, spot.lat, cast(Any, opens if opens in ("residents", "hours") else "all"), hours,
        " ".join(name.split())[:60],
    )  # fmt: skip
    if compound.outline is not None and gate_away_m(gate, compound) > GATE_REACH_M:
        made.errors["gates"] = (
            f"The gate “{name}” stands more than {GATE_REACH_M:.0f} m from the outline.",
            f"大门“{name}”离小区边界超过 {GATE_REACH_M:.0f} 米。",
        )
        return None
    return gate


def _street_edit(
    visit: Visit,
    made: DrawnForm,
    kind: Literal["link", "closure"],
    identity: str,
    points: list[LonLat],
) -> StreetEdit:
    for name in ("valid_from", "valid_until", "n_steps", "way"):
        made.texts[name] = visit.text(name)
    made.texts["is_active"] = visit.text("is_active") == "yes"
    made.texts["residents_only"] = visit.text("residents_only") == "yes"
    for name in ("closed_to", "link_kind"):
        made.texts[name] = visit.text(name) or made.texts[name]
    way, steps = made.texts["way"], made.texts["n_steps"]
    for name, text in (("way", way), ("n_steps", steps)):
        if text and not (text.isdecimal() and len(text) < 13):
            made.errors[name] = ("A whole number.", "请填写整数。")
    if kind == "closure" and way and "points" in made.errors and not visit.text("points"):
        del made.errors["points"]
    line = shapely.LineString(points).wkt if len(points) > 1 else None
    has_way = kind == "closure" and way.isdecimal()
    return StreetEdit(
        identity,
        kind,
        geometry=line,
        osm_way_id=int(way) if has_way else None,
        closed_to=made.texts["closed_to"] if kind == "closure" else "all",
        link_kind=made.texts["link_kind"] if kind == "link" else "footway",
        name=made.texts["name"] if kind == "link" else "",
        n_steps=int(steps) if kind == "link" and steps.isdecimal() else None,
        residents_only=made.texts["residents_only"] and kind == "link",
        valid_from=made.texts["valid_from"] or None,
        valid_until=made.texts["valid_until"] or None,
        note=made.texts["note"],
        is_active=made.texts["is_active"],
    )
