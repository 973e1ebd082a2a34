"""
Facilities of a map as rows of a list: they join the register unchecked and refresh with the map.

A newer extract is a new edition of the list: what it changed comes in, what people checked or
changed in the register stays.
"""

from __future__ import annotations

import re
from typing import Any

from circle.facilities import from_features
from circle.facilities.entries import read_entrances, read_website, split_entries
from circle.geometry import LonLat
from circle.hours import read_hours
from circle.store.importing import ImportPlan, plan_import
from circle.store.list_rows import ALSO_PARTS_NAMES, Draft, Given
from circle.store.register import Register
from circle.store.surroundings import Surroundings

_DATE = re.compile(r"[-_.]?(?:latest|\d{4,8})$")
# A newer extract alone is no change of a place: its date is not among the cells.
_PLAIN = ("name", "name_en", "address", "phone", "source")
_TAGS = (
    ("hours", "opening_hours"),
    ("website", "contact:website"),
    ("website", "website"),
    ("accessibility", "wheelchair"),
    ("capacity", "capacity"),
)
_MATCH = ("match_method", "match_level", "match_confidence", "match_reason", "match_reason_zh")


def plan_from_map(register: Register, around: Surroundings, name: str) -> ImportPlan:
    """
    Return what a map changes in a register; its rows are written with ``only_good``.

    Parameters
    ----------
    register
        The register.
    around
        The map.
    name
        Of the map file or the study: a newer extract, with a date in its name, is the same map.
    """
    stem = name.split(".")[0]
    return plan_import(
        register,
        drafts_of_map(around),
        around.classes,
        file_name=name,
        list_name=f"map:{_DATE.sub('', stem) or name}",
        action="refresh",
    )


def drafts_of_map(around: Surroundings) -> list[Draft]:
    """
    Return the facilities of a map as rows, numbered from 1, their ids those of OpenStreetMap.

    Parameters
    ----------
    around
        The map; its class table says what is a facility.
    """
    features = around.features
    shapes = {
        str(row.osm_id): (row.entrances, row.tags, row.names) for row in features.named.itertuples()
    }
    facilities = from_features(features, around.classes)
    records = facilities.drop(columns="geometry").to_dict("records")
    return [
        _draft(number, {str(k): v for k, v in record.items()}, point, shapes)
        for number, (record, point) in enumerate(
            zip(records, facilities.geometry, strict=True), start=1
        )
    ]


def _draft(number: int, record: dict[str, Any], point: Any, shapes: dict[str, Any]) -> Draft:
    identity = str(record["facility_id"])
    entrances, tags, names = shapes.get(identity, ((), {}, {}))
    values: dict[str, Any] = {
        name: _known(record.get(name))
        for name in ("name", "name_en", "category", "address", "phone", "source", "source_date")
    }
    known = {values["name"], values["name_en"]}
    other_names = "; ".join(dict.fromkeys(n for n in names.values() if n not in known))
    spots = "; ".join(f"{spot.x!r} {spot.y!r}" for spot in entrances or ())
    cells = {
        **{name: text for name in _PLAIN if (text := values[name])},
        **{name: tags[tag] for name, tag in _TAGS if tags.get(tag)},
        "class": values["category"],
        "lon": repr(point.x),
        "lat": repr(point.y),
        **({"other_names": other_names} if other_names else {}),
        **({"entrances": spots} if spots else {}),
    }
    # Read as a list's cells are, so that the two can be held against each other.
    hours = cells.get("hours")
    values |= {
        "hours": (read_hours(hours).osm or hours) if hours else None,
        "website": next(iter(read_website(cells.get("website")).entries), None),
        "accessibility": cells.get("accessibility"),
        "capacity": int(cells["capacity"]) if _is_count(cells.get("capacity")) else None,
        "other_names": split_entries(other_names, ALSO_PARTS_NAMES),
        "entrances": read_entrances(spots).entries,
    }
    accuracy_m = float(record["position_accuracy_m"])
    match = {name: record[name] for name in _MATCH}
    return Draft(
        number,
        identity,
        values,
        cells,
        Given(point.x, point.y, "wgs84", LonLat(point.x, point.y), accuracy_m),
        {**match, "position_accuracy_m": accuracy_m, "status": "in_use"},
        columns=frozenset(cells),
    )


def _known(value: Any) -> Any:
    return None if value is None or value != value else value


def _is_count(text: str | None) -> bool:
    return text is not None and text.isdecimal() and len(text) < 8
