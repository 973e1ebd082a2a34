"""What a study takes from a register: its published places, and its edits of the streets."""

from __future__ import annotations

import datetime

import geopandas
from shapely.geometry import Point

from circle.classes import ClassTable
from circle.edits import Edit
from circle.errors import RegisterError
from circle.facilities.locate import facilities_table
from circle.schemas import MATCH_LEVELS, MATCH_METHODS
from circle.store.drawn import edits_in_force
from circle.store.model import Place
from circle.store.register import Register


def facilities_of(register: Register, classes: ClassTable) -> geopandas.GeoDataFrame:
    """
    Return the published places of a register as located facilities.

    Parameters
    ----------
    register
        The register.
    classes
        The classes of the study.

    Returns
    -------
    facilities
        Schema `circle.schemas.FACILITIES`, by name.

    Raises
    ------
    RegisterError
        If no place is published, or one is of a class the study does not have.
    """
    places = register.places(status="in_use", is_published=True)
    if not places:
        raise RegisterError(
            en=f"No place of {register.name} is published yet; publish some with "
            "`circle places publish`.",
            zh=f"{register.name} 中还没有已发布的地点；请用 circle places publish 发布。",
        )
    unknown = sorted({place.category for place in places} - classes.by_key.keys())
    if unknown:
        raise RegisterError(
            en=f"Published places are of classes this study does not have: {', '.join(unknown)}; "
            "change their class, or add it to the class table.",
            zh=f"已发布的地点中有本指南没有的类别：{'、'.join(unknown)}；请修改类别或补充类别表。",
        )
    return facilities_table([_record(place) for place in places])


def _record(place: Place) -> dict[str, object]:
    # The table knows kinds of methods: by hand is as by coordinates, online is online.
    method = "coordinates" if place.match_method in (None, "hand") else "nominatim"
    if place.match_method in MATCH_METHODS:
        method = place.match_method
    return {
        "facility_id": place.place_id,
        "name": place.name,
        "name_en": place.name_en,
        "category": place.category,
        "address": place.address,
        "phone": place.phone,
        "hours": place.hours,
        "note": place.note,
        "source": place.source,
        "source_date": place.source_date,
        "match_method": method,
        "match_level": place.match_level if place.match_level in MATCH_LEVELS else None,
        "match_confidence": place.match_confidence,
        "match_reason": place.match_reason or "Kept in the register.",
        "match_reason_zh": place.match_reason_zh or "取自登记册。",
        "position_accuracy_m": place.position_accuracy_m,
        "is_placed": True,
        "website": place.website,
        "photo": place.photo,
        "other_names": place.other_names,
        "entrances": place.entrances,
        "offers": place.offers,
        "events": place.events,
        "geometry": None if place.lonlat is None else Point(*place.lonlat),
    }


def edits_of(register: Register, day: datetime.date) -> tuple[Edit, ...]:
    """Return the links, closures and gates of a register that are in force on a day."""
    return edits_in_force(register.street_edits(), register.compounds(), day)
