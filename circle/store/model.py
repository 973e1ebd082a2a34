"""
What a register holds, as plain values: places, compounds with gates, edits of the street map.

A value is frozen and knows its `version`, which counts its changes from 1; 0 says that it is not
in a register yet. Whoever changes one says which version they saw. Nothing here knows of a
database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, Literal, TypeAlias, TypeVar

from pydantic import TypeAdapter

from circle.edits import ClosedTo, LinkKind, Opens
from circle.geometry import LonLat
from circle.schemas import Entrance, Event, Offer

Status = Literal["in_use", "doubtful", "not_existing", "merged"]
STATUSES: tuple[Status, ...] = ("in_use", "doubtful", "not_existing", "merged")
# fmt: off
Action = Literal[
    "add", "edit", "remove", "import", "refresh", "accept", "correct", "check", "publish",
    "not_existing", "merge", "keep", "undo",
]
# fmt: on


@dataclass(frozen=True, slots=True)
class Origin:
    """
    What one list said of a place when it was last read.

    Against it a new edition of the list is held: what the list changed is taken over, what
    people changed in the register since then stays.

    Parameters
    ----------
    list_name
        Which list; ``"map"`` and what follows it is a map.
    list_id
        Id of the place in that list; None where the list has none.
    cells
        Column to text, as the list had them.
    """

    list_name: str
    list_id: str | None = None
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """
    One place of the register.

    Parameters
    ----------
    place_id
        Stable: it is never given to another place.
    name, name_en, other_names
        How it is called.
    category
        Key of a class of the class table.
    address, phone, website, photo, note
        As people write them.
    hours
        OSM ``opening_hours`` syntax where it could be read, else as written.
    accessibility
        OSM ``wheelchair`` words (``yes``, ``limited``, ``no``) or a sentence.
    capacity
        People, beds or seats.
    source, source_date
        Where the record comes from.
    given_x, given_y, datum
        The position as somebody gave it, and in what: a datum, or ``EPSG:`` and a number.
    lon, lat
        WGS-84, None while the place has no position.
    match_method, match_level, match_confidence, match_reason, match_reason_zh
        How the position was found, how finely, how surely, and why.
    position_accuracy_m
        Within how many metres the place is, to our knowledge.
    checked_by, checked_on
        Who looked at it last, and on which day.
    is_published
        Whether guides show it.
    status
        Whether it is there.
    doubt, doubt_zh
        Why it is doubtful, where the position is not the reason.
    merged_into
        The place it was a duplicate of.
    entrances, offers, events
        Rows of their own.
    extra
        Columns of a list that mean nothing here; kept.
    origins
        What lists and maps say of it.
    version
        How often it was changed, from 1.
    """

    place_id: str
    name: str
    category: str
    name_en: str | None = None
    other_names: tuple[str, ...] = ()
    address: str | None = None
    phone: str | None = None
    hours: str | None = None
    website: str | None = None
    photo: str | None = None
    accessibility: str | None = None
    capacity: int | None = None
    note: str | None = None
    source: str | None = None
    source_date: str | None = None
    given_x: float | None = None
    given_y: float | None = None
    datum: str | None = None
    lon: float | None = None
    lat: float | None = None
    match_method: str | None = None
    match_level: str | None = None
    match_confidence: float = 0.0
    match_reason: str = ""
    match_reason_zh: str = ""
    position_accuracy_m: float | None = None
    checked_by: str | None = None
    checked_on: str | None = None
    is_published: bool = False
    status: Status = "in_use"
    doubt: str | None = None
    doubt_zh: str | None = None
    merged_into: str | None = None
    entrances: tuple[Entrance, ...] = ()
    offers: tuple[Offer, ...] = ()
    events: tuple[Event, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    origins: tuple[Origin, ...] = ()
    version: int = 0

    @property
    def lonlat(self) -> LonLat | None:
        """Its position, WGS-84."""
        return None if self.lon is None or self.lat is None else LonLat(self.lon, self.lat)

    @property
    def is_there(self) -> bool:
        """Whether it is a place of its own: neither merged into another nor gone."""
        return self.status in ("in_use", "doubtful")


@dataclass(frozen=True, slots=True)
class CompoundGate:
    """A gate of a compound: open to all, to residents, or to all at `hours` (OSM syntax)."""

    lon: float
    lat: float
    opens: Opens = "all"
    hours: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Compound:
    """A walled or fenced area, its outline as WKT in degrees, and its gates."""

    compound_id: str
    name: str
    outline: str | None = None
    gates: tuple[CompoundGate, ...] = ()
    note: str | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class StreetEdit:
    """
    A hand-drawn link over the street map, or a closure of a part of it.

    Parameters
    ----------
    edit_id
        Stable.
    kind
        ``"link"`` or ``"closure"``; see `circle.edits`.
    geometry
        Line as WKT in degrees; a closure of a whole way has none.
    osm_way_id
        The way that is closed.
    closed_to
        Whom a closure stops.
    link_kind, name, n_steps, residents_only
        What a link is.
    valid_from, valid_until
        ISO dates, both included, between which it holds; None: always.
    note
        Why, or where this is known from.
    is_active
        Whether the network uses it.
    """

    edit_id: str
    kind: Literal["link", "closure"]
    geometry: str | None = None
    osm_way_id: int | None = None
    closed_to: ClosedTo = "all"
    link_kind: LinkKind = "footway"
    name: str = ""
    n_steps: int | None = None
    residents_only: bool = False
    valid_from: str | None = None
    valid_until: str | None = None
    note: str = ""
    is_active: bool = True
    version: int = 0


@dataclass(frozen=True, slots=True)
class Distinct:
    """Two places somebody looked at and found to be two; never offered for merging again."""

    pair_id: str
    one_id: str
    other_id: str
    note: str | None = None
    version: int = 0


Record: TypeAlias = Place | Compound | StreetEdit | Distinct
R = TypeVar("R", Place, Compound, StreetEdit, Distinct)

ID_FIELDS: Mapping[type[Any], str] = {
    Place: "place_id",
    Compound: "compound_id",
    StreetEdit: "edit_id",
    Distinct: "pair_id",
}
KINDS: Mapping[str, type[Any]] = {
    "place": Place,
    "compound": Compound,
    "street_edit": StreetEdit,
    "distinct": Distinct,
}
KIND_OF: Mapping[type[Any], str] = {cls: kind for kind, cls in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Change:
    """
    One change that was made, and all that is needed to take it back.

    Parameters
    ----------
    change_id
        Counts up; a later change has the greater one.
    act_id
        Of the act it was part of, such as one import.
    who, at
        Who made it, and when (UTC, ISO).
    kind, record_id
        What was changed.
    action
        What was done.
    before, after
        The fields it changed; `before` is None where the record came into being, `after` where
        it went.
    version
        Of the record after the change; 0 where it went.
    undoes
        The change this one took back.
    """

    change_id: int
    act_id: int
    who: str
    at: str
    kind: str
    record_id: str
    action: Action
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    version: int
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One act of one person: everything in it was written together, or nothing."""

    act_id: int
    who: str
    at: str
    what: str
    n_changes: int


def record_id(record: Record) -> str:
    """Return the id of a record of any kind."""
    return str(getattr(record, ID_FIELDS[type(record)]))


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(KINDS[kind])


def as_json(record: Record) -> dict[str, Any]:
    """
    Return a record as what JSON can hold, without its version.

    Examples
    --------
    >>> as_json(Compound("c1", "东苑", gates=(CompoundGate(7.4, 43.7),)))["gates"][0]["opens"]
    'all'
    """
    data: dict[str, Any] = _adapter(KIND_OF[type(record)]).dump_python(record, mode="json")
    del data["version"]
    return data


def from_json(cls: type[R], data: Mapping[str, Any], version: int) -> R:
    """
    Return the record that `as_json` described.

    Examples
    --------
    >>> from_json(Compound, as_json(Compound("c1", "东苑")), 1) == Compound("c1", "东苑", version=1)
    True
    """
    made: R = _adapter(KIND_OF[cls]).validate_python({**data, "version": version})
    return made


def field_names(cls: type[Any]) -> tuple[str, ...]:
    """Return the names of what a kind of record holds, without its version."""
    return tuple(each.name for each in fields(cls) if each.name != "version")
