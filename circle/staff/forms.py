"""Reads the form of a place: every field checked, each mistake told beside its field."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from circle.classes import ClassTable
from circle.errors import CircleError
from circle.facilities.entries import read_website
from circle.geometry import LonLat, check_lonlat
from circle.schemas import Entrance, Event, Offer
from circle.staff.visit import Visit
from circle.store import Place
from circle.store.labels import Both
from circle.store.list_rows import degrees_of

_LINES: Mapping[str, int] = {
    "name": 200,
    "name_en": 200,
    "address": 300,
    "phone": 100,
    "hours": 300,
    "website": 300,
    "accessibility": 200,
    "source": 300,
    "source_date": 40,
}
_LONGEST_NOTE = 2_000
_MOST_ENTRIES = 60


@dataclass(slots=True)
class PlaceForm:
    """
    What somebody wrote into the form of a place.

    Parameters
    ----------
    texts
        Every field as it was written, to be shown again.
    values
        Field of a place to its value, for the fields that can be used.
    lonlat
        The position, None where it was left empty.
    has_position
        Whether a position can be read, or none was given.
    errors
        Field to what is wrong with it, English and Chinese.
    """

    texts: dict[str, Any]
    values: dict[str, Any] = field(default_factory=dict)
    lonlat: LonLat | None = None
    errors: dict[str, Both] = field(default_factory=dict)


def form_of(place: Place) -> PlaceForm:
    """Return the form as it shows a place that is there."""
    texts: dict[str, Any] = {name: getattr(place, name) or "" for name in _LINES}
    texts |= {
        "category": place.category,
        "note": place.note or "",
        "other_names": "\n".join(place.other_names),
        "capacity": "" if place.capacity is None else str(place.capacity),
        "lon": "" if place.lon is None else f"{place.lon:.7f}",
        "lat": "" if place.lat is None else f"{place.lat:.7f}",
        "entrances": [(f"{e.lon:.7f}", f"{e.lat:.7f}", e.name) for e in place.entrances],
        "offers": [tuple(offer) for offer in place.offers],
        "events": [tuple(event) for event in place.events],
    }
    return PlaceForm(texts, lonlat=place.lonlat)


def read_form(visit: Visit, classes: ClassTable) -> PlaceForm:
    """
    Read the form of a place.

    Parameters
    ----------
    visit
        With the form.
    classes
        The classes a place may have.
    """
    made = PlaceForm({name: visit.text(name) for name in _LINES})
    for name, most in _LINES.items():
        text = " ".join(made.texts[name].split())
        if len(text) > most:
            made.errors[name] = (f"At most {most} letters.", f"最多 {most} 字。")
        made.values[name] = text or None
    if not made.values["name"]:
        made.errors["name"] = ("A place needs a name.", "请填写名称。")
    _read_words(visit, made, classes)
    _read_position(visit, made)
    _read_entrances(visit, made)
    _read_offers(visit, made)
    _read_events(visit, made)
    return made


def _read_words(visit: Visit, made: PlaceForm, classes: ClassTable) -> None:
    made.texts["category"] = made.values["category"] = visit.text("category")
    if visit.text("category") not in classes.by_key:
        made.errors["category"] = ("Choose a class.", "请选择类别。")
    made.texts["note"] = visit.text("note")
    made.values["note"] = visit.text("note") or None
    if len(visit.text("note")) > _LONGEST_NOTE:
        made.errors["note"] = (f"At most {_LONGEST_NOTE} letters.", f"最多 {_LONGEST_NOTE} 字。")
    made.texts["other_names"] = visit.text("other_names")
    lines = (line.strip() for line in visit.text("other_names").splitlines())
    made.values["other_names"] = tuple(dict.fromkeys(line for line in lines if line))
    if made.values["website"]:
        told = read_website(made.values["website"])
        if told.entries:
            made.values["website"] = told.entries[0]
        else:
            made.errors["website"] = (
                "That is no web address; it begins with https://.",
                "这不是网址；网址以 https:// 开头。",
            )
    capacity = visit.text("capacity")
    made.texts["capacity"] = capacity
    made.values["capacity"] = int(capacity) if capacity.isdecimal() and len(capacity) < 8 else None
    if capacity and made.values["capacity"] is None:
        made.errors["capacity"] = ("A whole number, such as 40.", "请填写整数，例如 40。")


def position_of(lon: str, lat: str) -> tuple[LonLat | None, Both | None]:
    """
    Return the position two fields give, or what is wrong with them; neither where both are empty.

    Examples
    --------
    >>> position_of("103.8343", "36.0611")[0]
    LonLat(lon=103.8343, lat=36.0611)
    >>> position_of("", "")
    (None, None)
    """
    if not lon and not lat:
        return None, None
    x, y = degrees_of(lon), degrees_of(lat)
    if x is None or y is None or not (math.isfinite(x) and math.isfinite(y)):
        return None, (
            "Give longitude and latitude as two numbers, such as 103.8343 and 36.0611.",
            "请填写经度和纬度两个数字，例如 103.8343 和 36.0611。",
        )
    try:
        return check_lonlat(x, y), None
    except CircleError as error:
        return None, (error.en, error.zh)


def _read_position(visit: Visit, made: PlaceForm) -> None:
    lon, lat = visit.text("lon"), visit.text("lat")
    made.texts |= {"lon": lon, "lat": lat}
    made.lonlat, problem = position_of(lon, lat)
    if problem:
        made.errors["lon"] = problem


def _rows(visit: Visit, *names: str) -> list[tuple[str, ...]]:
    """Return rows of fields of one kind, the empty ones left out."""
    columns = [visit.texts(name)[:_MOST_ENTRIES] for name in names]
    return [row for row in zip(*columns, strict=False) if any(row)]


def _read_entrances(visit: Visit, made: PlaceForm) -> None:
    rows = _rows(visit, "entrance_lon", "entrance_lat", "entrance_name")
    made.texts["entrances"] = rows
    found = []
    for lon, lat, name in rows:
        spot, problem = position_of(lon, lat)
        if spot is None:
            made.errors["entrances"] = problem or (
                f"The entrance “{name}” has no position; click on the map.",
                f"入口“{name}”没有位置；请在地图上点选。",
            )
            continue
        found.append(Entrance(spot.lon, spot.lat, " ".join(name.split())[:60]))
    made.values["entrances"] = tuple(found)


def _read_offers(visit: Visit, made: PlaceForm) -> None:
    rows = _rows(visit, "offer_text", "offer_until")
    made.texts["offers"] = rows
    for text, until in rows:
        if not text or len(text) > 200 or (until and not _is_day(until)):
            made.errors["offers"] = (
                "An offer is one line of text, and its last day a date such as 2026-12-31.",
                "优惠内容写成一行文字，截止日期写成 2026-12-31 的形式。",
            )
    made.values["offers"] = tuple(Offer(" ".join(text.split()), until) for text, until in rows)


def _read_events(visit: Visit, made: PlaceForm) -> None:
    rows = _rows(visit, "event_title", "event_starts", "event_ends")
    made.texts["events"] = rows
    for title, starts, ends in rows:
        is_good = bool(title) and len(title) <= 200 and _is_time(starts)
        if not is_good or (ends and (not _is_time(ends) or ends < starts)):
            made.errors["events"] = (
                "An event has a title and a beginning such as 2026-10-01 or 2026-10-01T09:30, "
                "and ends after it.",
                "活动要有名称和开始时间（如 2026-10-01 或 2026-10-01T09:30），结束不早于开始。",
            )
    made.values["events"] = tuple(
        Event(" ".join(title.split()), starts, ends) for title, starts, ends in rows
    )


def _is_day(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_time(text: str) -> bool:
    if _is_day(text):
        return True
    try:
        return datetime.datetime.fromisoformat(text).isoformat(timespec="minutes") == text
    except ValueError:
        return False
