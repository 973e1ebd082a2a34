"""
A register as a sheet people can work on, and a row of such a sheet taken back.

Its column ``version`` says which state of a place a row was taken from: what was changed in the
sheet comes in, unless somebody changed the same place in the register meanwhile.
"""

from __future__ import annotations

import math
from typing import Any

from circle.geometry import LonLat
from circle.store.list_rows import Draft
from circle.store.model import Place

OWN_COLUMNS = (
    *("id", "version", "name", "name_en", "other_names", "class", "address", "lon", "lat"),
    *("datum", "position_accuracy_m", "phone", "hours", "website", "photo", "accessibility"),
    *("capacity", "entrances", "offers", "events", "note", "source", "source_date"),
)
"""Columns of an exported sheet that are read back; those after them tell how it stands."""
STATE_COLUMNS = (
    *("status", "is_published", "checked_by", "checked_on", "match_method", "match_level"),
    *("match_confidence", "match_reason", "doubt"),
)


def cells_of(place: Place, language: str = "en") -> dict[str, Any]:
    """
    Return the cells of a place in an exported sheet, None where empty.

    Parameters
    ----------
    place
        The place.
    language
        Of the reasons in `STATE_COLUMNS`.
    """
    is_zh = language.startswith("zh")
    return {
        "id": place.place_id,
        "version": place.version,
        "name": place.name,
        "name_en": place.name_en,
        "other_names": _joined(place.other_names),
        "class": place.category,
        "address": place.address,
        "lon": place.lon,
        "lat": place.lat,
        "datum": None if place.lon is None else "wgs84",
        "position_accuracy_m": place.position_accuracy_m,
        "phone": place.phone,
        "hours": place.hours,
        "website": place.website,
        "photo": place.photo,
        "accessibility": place.accessibility,
        "capacity": place.capacity,
        "entrances": _joined(
            f"{e.lon!r} {e.lat!r}" + (f" {e.name}" if e.name else "") for e in place.entrances
        ),
        "offers": _joined(
            o.text + (f" (until {o.until})" if o.until else "") for o in place.offers
        ),
        "events": _joined(
            e.starts.replace("T", " ")
            + (f" - {e.ends.replace('T', ' ')}" if e.ends else "")
            + f" {e.title}"
            for e in place.events
        ),
        "note": place.note,
        "source": place.source,
        "source_date": place.source_date,
        "status": place.status,
        "is_published": "yes" if place.is_published else "no",
        "checked_by": place.checked_by,
        "checked_on": place.checked_on,
        "match_method": place.match_method,
        "match_level": place.match_level,
        "match_confidence": place.match_confidence,
        "match_reason": place.match_reason_zh if is_zh else place.match_reason,
        "doubt": place.doubt_zh if is_zh else place.doubt,
        **{f"{header}": text for header, text in place.extra.items()},
    }


def _joined(texts: Any) -> str | None:
    return "; ".join(texts) or None


def from_own_sheet(draft: Draft, place: Place) -> dict[str, Any]:
    """
    Return what a row of an exported sheet changes of its place.

    Parameters
    ----------
    draft
        The row; doubted when the place was changed since the sheet was exported.
    place
        The place as it stands.
    """
    was = cells_of(place)
    written = {
        name for name in OWN_COLUMNS[2:] if not _is_same(was.get(name), draft.cells.get(name))
    }
    changed: dict[str, Any] = {}
    for name, value in draft.values.items():
        if name == "extra":
            continue
        column = "class" if name == "category" else name
        if column in written and column in draft.columns and value != getattr(place, name):
            if value is None and name in ("name", "category"):
                continue
            changed[name] = value
    if draft.given is not None and not _is_same_spot(draft.given.lonlat, place.lonlat):
        given = draft.given
        changed |= {
            **{"given_x": given.x, "given_y": given.y, "datum": given.datum},
            **{"lon": given.lonlat.lon, "lat": given.lonlat.lat, "status": "in_use"},
            **{"match_method": "coordinates", "match_level": "building", "match_confidence": 1.0},
            "match_reason": "The list gives the coordinates.",
            "match_reason_zh": "表格中给出了坐标。",
        }
    if draft.given is not None and "position_accuracy_m" in written & draft.cells.keys():
        changed["position_accuracy_m"] = draft.given.accuracy_m
    extra = draft.values.get("extra")
    if extra is not None and {**place.extra, **extra} != place.extra:
        changed["extra"] = {**place.extra, **extra}
    # What the register knew before it wrote the sheet is no news.
    draft.problems[:] = [problem for problem in draft.problems if problem.field in written]
    if changed and draft.own["version"] != str(place.version):
        draft.doubt(
            "version",
            f"the place was changed in the register since this sheet was exported (version "
            f"{place.version}, here {draft.own['version']}); export again, then change it",
            f"导出之后登记册中又有修改（版本 {place.version}，此处为 {draft.own['version']}）；"
            "请重新导出后再改",
        )
        return {}
    return changed


def _is_same_spot(given: LonLat, held: LonLat | None) -> bool:
    # Excel keeps 15 figures of a number, a tenth of a thousandth of a millimetre.
    return held is not None and max(abs(given.lon - held.lon), abs(given.lat - held.lat)) < 1e-9


def _is_same(held: Any, text: str | None) -> bool:
    """Say whether a cell still holds what was written into it."""
    if held is None or text is None:
        return not held and not text
    if isinstance(held, int | float):
        try:
            return math.isclose(float(text), held, rel_tol=1e-12)
        except ValueError:
            return False
    return str(held).strip() == text
