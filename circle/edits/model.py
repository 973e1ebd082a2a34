"""
What people on the spot know better than the map: closures, links and gates, drawn by hand.

All positions are degrees, WGS-84, longitude first. An edit says nothing of any one network; it is
`circle.edits.edit_network` that lays it over the streets.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import shapely

from circle.errors import EditError
from circle.geometry import check_lonlat

ClosedTo = Literal["all", "wheels", "wheelchair", "visitors"]
"""Whom a closure stops; ``"visitors"`` are all but those who live or work behind it."""

LinkKind = Literal[
    "footway", "path", "crossing", "steps", "bridge", "underpass", "corridor", "elevator"
]
Opens = Literal["all", "residents", "hours"]

LINK_TAGS: dict[LinkKind, dict[str, str]] = {
    "footway": {"highway": "footway"},
    "path": {"highway": "path"},
    "crossing": {"highway": "footway", "footway": "crossing"},
    "steps": {"highway": "steps"},
    "bridge": {"highway": "footway", "bridge": "yes"},
    "underpass": {"highway": "footway", "tunnel": "yes"},
    "corridor": {"highway": "corridor"},
    "elevator": {"highway": "elevator"},
}
"""A link walks as a way with these tags would: there are no rules of its own."""

MAX_STEPS = 5_000


def _one_of(value: str, allowed: Any, *, what_en: str, what_zh: str) -> None:
    words = get_args(allowed)
    if value not in words:
        raise EditError(
            en=f"{what_en} must be one of {', '.join(words)}, not {value!r}.",
            zh=f"{what_zh}须为 {'、'.join(words)} 之一，而不是 {value!r}。",
        )


def _check_shape(shape: Any, kinds: tuple[str, ...], *, en: str, zh: str) -> None:
    """Refuse what is no sound geometry of these kinds, in degrees."""
    kind = getattr(shape, "geom_type", None)
    if kind not in kinds or shape.is_empty or (kind != "Point" and shape.length == 0):
        raise EditError(
            en=f"{en} must be drawn as {' or '.join(kinds)} with a length.",
            zh=f"{zh}须画成有长度的 {' 或 '.join(kinds)}。",
        )
    for lon, lat in shapely.get_coordinates(shape):
        check_lonlat(lon, lat)


def _are_hours(text: str) -> bool:
    # Few gates have hours: nobody else pays for the import.
    import opening_hours

    return bool(opening_hours.validate(text))


@dataclass(frozen=True, slots=True)
class Closure:
    """
    A way, or a stretch of street, that is not open.

    Parameters
    ----------
    way
        OSM identifier: every stretch of that way is closed.
    line
        Or a line. Drawn along streets it closes the stretches under it; drawn across streets,
        along none, it closes them where it crosses them.
    closed_to
        Whom it stops.
    note
        Why, for people.

    Raises
    ------
    EditError
        If neither or both of way and line are given, or a value cannot be used.

    Examples
    --------
    >>> Closure(way=4097656).closed_to
    'all'
    """

    way: int | None = None
    line: shapely.LineString | None = None
    closed_to: ClosedTo = "all"
    note: str = ""

    def __post_init__(self) -> None:
        if (self.way is None) == (self.line is None):
            raise EditError(
                en="A closure needs the number of an OSM way or a drawn line, one of the two.",
                zh="封闭须给出 OSM 道路编号或画出的线，二者择一。",
            )
        if self.way is not None and (not isinstance(self.way, int) or self.way == 0):
            raise EditError(
                en=f"The way of a closure must be the number of an OSM way, not {self.way!r}.",
                zh=f"封闭的 way 须为 OSM 道路编号，而不是 {self.way!r}。",
            )
        if self.line is not None:
            _check_shape(self.line, ("LineString",), en="A closure", zh="封闭")
        _one_of(self.closed_to, ClosedTo, what_en="closed_to", what_zh="closed_to ")


@dataclass(frozen=True, slots=True)
class Link:
    """
    A walk the map does not have: a passage, a flight of steps, a footbridge.

    Parameters
    ----------
    line
        Its course. Both ends are joined to the nearest street; in between it meets nothing,
        so it may lead over water, rails and streets.
    kind
        What sort of way it is.
    name
        Its name, for directions; empty without one.
    n_steps
        Number of steps; ``None`` estimates it, on steps, from the length.
    residents_only
        Whether only residents walk there.
    note
        Where this is known from, for people.

    Raises
    ------
    EditError
        If a value cannot be used.

    Examples
    --------
    >>> Link(shapely.LineString([(0, 0), (0, 0.001)]), kind="bridge").n_steps is None
    True
    """

    line: shapely.LineString
    kind: LinkKind = "footway"
    name: str = ""
    n_steps: int | None = None
    residents_only: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        _check_shape(self.line, ("LineString",), en="A link", zh="连线")
        _one_of(self.kind, LinkKind, what_en="The kind of a link", what_zh="连线的种类")
        steps = self.n_steps
        if steps is not None and not (isinstance(steps, int) and 0 <= steps <= MAX_STEPS):
            raise EditError(
                en=f"The steps of a link must be a whole number up to {MAX_STEPS}, not {steps!r}.",
                zh=f"连线的台阶数须为不超过 {MAX_STEPS} 的整数，而不是 {steps!r}。",
            )


@dataclass(frozen=True, slots=True)
class Gate:
    """
    A gate of a wall or a compound, and to whom it opens.

    Parameters
    ----------
    lon, lat
        Where it stands.
    opens
        To all, to residents alone, or to all at certain hours: then walks lead through it and
        count as guessed.
    hours
        OSM `opening_hours` syntax, with ``opens="hours"``.
    compound
        Outline of what lies behind it. Opened to all, or at hours, the gated ways inside become
        streets, reached by this gate; where other gated ways cross the outline, only residents
        pass on.
    name
        Its name, for people.

    Raises
    ------
    EditError, PositionError
        If a value cannot be used.

    Examples
    --------
    >>> Gate(103.83, 36.06, opens="hours", hours="Mo-Su 06:00-22:00").opens
    'hours'
    """

    lon: float
    lat: float
    opens: Opens = "all"
    hours: str = ""
    compound: shapely.Polygon | shapely.MultiPolygon | None = None
    name: str = ""

    def __post_init__(self) -> None:
        check_lonlat(self.lon, self.lat)
        _one_of(self.opens, Opens, what_en="A gate opens to", what_zh="门的 opens ")
        if (self.opens == "hours") != bool(self.hours.strip()):
            raise EditError(
                en='A gate has hours exactly when it opens at "hours"; add or remove them.',
                zh="只有 opens 为 “hours” 的门才有、也必须有 hours；请补上或删去。",
            )
        if self.hours and not _are_hours(self.hours):
            raise EditError(
                en=f"The hours of a gate {self.hours!r} are no opening hours; write them like "
                "Mo-Su 06:00-22:00.",
                zh=f"门的开放时间 {self.hours!r} 无法识别；请写成 Mo-Su 06:00-22:00 的形式。",
            )
        if self.compound is not None:
            _check_shape(self.compound, ("Polygon", "MultiPolygon"), en="A compound", zh="小区")
            if not self.compound.is_valid:
                raise EditError(
                    en="The outline of a compound crosses itself; draw it again.",
                    zh="小区的边界自相交；请重新画。",
                )


Edit = Closure | Link | Gate


def as_feature(edit: Edit) -> dict[str, Any]:
    """
    Return an edit as a GeoJSON feature; what has its usual value is left out.

    Parameters
    ----------
    edit
        The edit; a gate with a compound becomes a GeometryCollection of both.

    Examples
    --------
    >>> as_feature(Closure(way=7))["properties"]
    {'edit': 'closure', 'way': 7}
    """
    shape: Any = None
    values: dict[str, Any]
    if isinstance(edit, Gate):
        shape = shapely.Point(edit.lon, edit.lat)
        if edit.compound is not None:
            shape = shapely.GeometryCollection([shape, edit.compound])
        values = {"edit": "gate", "opens": edit.opens, "hours": edit.hours, "name": edit.name}
    elif isinstance(edit, Link):
        shape = edit.line
        values = {
            "edit": "link",
            "kind": edit.kind,
            "name": edit.name,
            "n_steps": edit.n_steps,
            "residents_only": edit.residents_only or None,
            "note": edit.note,
        }
    else:
        shape = edit.line
        values = {
            "edit": "closure",
            "way": edit.way,
            "closed_to": "" if edit.closed_to == "all" else edit.closed_to,
            "note": edit.note,
        }
    return {
        "type": "Feature",
        "properties": {key: value for key, value in values.items() if value not in (None, "")},
        "geometry": None if shape is None else shapely.geometry.mapping(shape),
    }


def edits_sha256(edits: Iterable[Edit]) -> str:
    """Return one hash for a list of edits: the same edits in the same order, the same hash."""
    text = json.dumps([as_feature(edit) for edit in edits], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
