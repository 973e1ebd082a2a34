"""
The tables and layers beside the guide: the same places, numbers and walks, for other programs.

CSV opens in a spreadsheet by a double click: UTF-8 with a byte-order mark, and a cell that a
spreadsheet would take for a formula is made text. ``places.csv`` can be read back as a sheet.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping
from typing import Any

import geopandas
import orjson
import pandas as pd
import shapely

from circle.facilities.entries import entrance_cell, event_cell, offer_cell
from circle.guide.content import GuideContent, GuidePlace
from circle.schemas import Entrance, Event, Offer
from circle.study.load import Study

PLACE_COLUMNS = (
    *("guide_number", "id", "name", "name_en", "class", "class_zh", "class_en"),
    *("minutes", "metres", "within_min", "lon", "lat", "datum", "position_accuracy_m"),
    *("address", "phone", "hours", "note", "source", "source_date"),
    *("match_method", "match_level", "match_confidence"),
    *("other_names", "website", "entrances", "offers", "events"),
)
UNPLACED_COLUMNS = (
    *("id", "name", "name_en", "class", "class_zh", "class_en", "address"),
    *("reason_zh", "reason_en", "phone", "hours", "note", "source", "source_date"),
    *("other_names", "website", "entrances", "offers", "events"),
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_DECIMALS = 6


def neutral(value: object) -> object:
    """
    Return a cell no spreadsheet takes for a formula.

    Examples
    --------
    >>> neutral("=1+1"), neutral("+377 93"), neutral(-7.4), neutral(None)
    ("'=1+1", "'+377 93", -7.4, '')
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def places_csv(study: Study) -> bytes:
    """Return the placed facilities in the order and with the numbers of the guide."""
    classes = class_names(study.content)
    records = _records(study.facilities)
    rows = []
    for place in study.content.places:
        record = records[place.facility_id]
        rows.append(
            {
                **_common(place, classes),
                "guide_number": place.number,
                "minutes": place.minutes,
                "metres": place.metres,
                "within_min": _plain(place.within_min),
                "lon": place.lon,
                "lat": place.lat,
                "datum": "wgs84",
                "position_accuracy_m": place.accuracy_m,
                "match_method": _text(record.get("match_method")),
                "match_level": _text(record.get("match_level")),
                "match_confidence": _plain(record.get("match_confidence")),
            }
        )
    return _csv(PLACE_COLUMNS, rows)


def unplaced_csv(study: Study) -> bytes:
    """Return the facilities that are not on the map, each with the reason."""
    classes = class_names(study.content)
    rows = [
        {**_common(place, classes), "reason_zh": place.reason.zh, "reason_en": place.reason.en}
        for place in study.content.unplaced
    ]
    return _csv(UNPLACED_COLUMNS, rows)


def places_geojson(study: Study) -> bytes:
    """Return the placed facilities as points."""
    classes = class_names(study.content)
    features = [
        {
            "type": "Feature",
            "id": place.facility_id,
            "properties": place_properties(place, classes),
            "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]},
        }
        for place in study.content.places
    ]
    return _collection(study.content, features)


def rings_geojson(study: Study) -> bytes:
    """Return the rings of the centre with their figures, smallest first."""
    features = []
    for row in study.rings.to_dict(orient="records"):
        geometry = row.pop("geometry")
        row.pop("origin_id", None)
        features.append(
            {
                "type": "Feature",
                "properties": {str(key): _plain(value) for key, value in row.items()},
                "geometry": None
                if geometry is None or geometry.is_empty
                else _rounded(shapely.geometry.mapping(geometry)),
            }
        )
    return _collection(study.content, features)


def place_properties(
    place: GuidePlace, class_names: Mapping[str, tuple[str, str]]
) -> dict[str, Any]:
    """Return what a point of ``places.geojson`` and of the service says of a place."""
    name_zh, name_en = class_names[place.category]
    return {
        "facility_id": place.facility_id,
        "number": place.number,
        "name": place.name,
        "name_en": place.name_en or None,
        "category": place.category,
        "category_zh": name_zh,
        "category_en": name_en,
        "minutes_from_center": place.minutes,
        "metres_from_center": place.metres,
        "within_min": place.within_min,
        "position_accuracy_m": place.accuracy_m,
        "address": place.address or None,
        "phone": place.phone or None,
        "hours": place.hours or None,
        "note": place.note or None,
        "source": place.source or None,
        "source_date": place.source_date or None,
        "other_names": list(place.other_names),
        "website": place.website or None,
        "hours_zh": place.hours_words.zh or None,
        "hours_en": place.hours_words.en or None,
        "entrances": [
            {"lon": door.lon, "lat": door.lat, "name": door.name.zh or None}
            for door in place.entrances
        ],
        "offers": [{"text": offer.text, "until": offer.until or None} for offer in place.offers],
        "events": [
            {"title": event.title, "starts": event.starts, "ends": event.ends or None}
            for event in place.events
        ],
    }


def class_names(content: GuideContent) -> dict[str, tuple[str, str]]:
    """Return the Chinese and English name of each class of the guide by its key."""
    return {item.key: (item.name.zh, item.name.en) for item in content.classes}


def _common(place: GuidePlace, names: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    name_zh, name_en = names[place.category]
    return {
        "id": place.facility_id,
        "name": place.name,
        "name_en": place.name_en,
        "class": place.category,
        "class_zh": name_zh,
        "class_en": name_en,
        "address": place.address,
        "phone": place.phone,
        "hours": place.hours,
        "note": place.note,
        "source": place.source,
        "source_date": place.source_date,
        "other_names": "；".join(place.other_names),
        "website": place.website,
        "entrances": entrance_cell(
            Entrance(door.lon, door.lat, door.name.zh) for door in place.entrances
        ),
        "offers": offer_cell(Offer(offer.text, offer.until) for offer in place.offers),
        "events": event_cell(Event(e.title, e.starts, e.ends) for e in place.events),
    }


def _records(facilities: geopandas.GeoDataFrame) -> dict[str, dict[Any, Any]]:
    rows = pd.DataFrame(facilities.drop(columns="geometry")).to_dict(orient="records")
    return {str(row["facility_id"]): row for row in rows}


def _csv(columns: Iterable[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    names = list(columns)
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: neutral(row[name]) for name in names})
    return text.getvalue().encode("utf-8-sig")


def _collection(content: GuideContent, features: list[dict[str, Any]]) -> bytes:
    return orjson.dumps(
        {
            "type": "FeatureCollection",
            "attribution": content.attribution,
            "licence": content.licence,
            "data_date": content.data_date,
            "features": features,
        },
        option=orjson.OPT_SERIALIZE_NUMPY,
    )


def _rounded(shape: Mapping[str, Any]) -> dict[str, Any]:
    def thin(value: Any) -> Any:
        if isinstance(value, float):
            return round(value, _DECIMALS)
        return [thin(part) for part in value]

    return {"type": shape["type"], "coordinates": thin(shape["coordinates"])}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _plain(value: Any) -> Any:
    """Return a value JSON and people can read: no numpy, no infinity, whole numbers whole."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() else value
    return value
