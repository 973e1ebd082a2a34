"""
Places of a list as a study without a register takes them, read by the rules of an import.

What an import would refuse, or doubt because it cannot be read, stops a build: a guide has nobody
to ask. All of it is told at once, each on a line of its own. What is found only vaguely, or in
several places, stays in the table unplaced.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from typing import Any

import geopandas
from shapely.geometry import Point

from circle.classes import ClassTable
from circle.errors import SheetError
from circle.facilities.locate import COORDINATE_ACCURACY_M, facilities_table, is_placeable
from circle.geocoding import Geocoder
from circle.geometry import Bounds, LonLat
from circle.store.list_files import PlaceList
from circle.store.list_rows import Draft, Problem, is_typed_date, read_drafts

_TEXTS = ("name_en", "address", "phone", "note", "source", "source_date", "photo", "website")
_ENTRIES = ("other_names", "entrances", "offers", "events")
# Cells of which nothing would be left in the guide if they were passed over.
_MUST_BE_READ = frozenset({"website", "entrances", "offers", "events", "position_accuracy_m"})


def facilities_of_list(
    places: PlaceList,
    classes: ClassTable,
    geocoder: Geocoder | None = None,
    datum: str | None = None,
    within: Bounds | None = None,
) -> geopandas.GeoDataFrame:
    """
    Return the facilities of a list, located as far as that can be defended.

    Parameters
    ----------
    places
        From `circle.store.list_files.read_list`.
    classes
        As for `circle.store.list_rows.read_drafts`.
    geocoder
        Who is asked for rows without coordinates; without one they stay unplaced.
    datum, within
        As for `read_drafts`. Coordinates far outside `within` are a slip of the pen or another
        datum: such a row stays unplaced and says so.

    Returns
    -------
    facilities
        Schema `circle.schemas.FACILITIES`, one row per row of the list, in its order.

    Raises
    ------
    SheetError
        If rows cannot be read; one message names them all.
    """
    drafts = read_drafts(places, classes, datum, within=within, by_row=True)
    _raise_if_wrong(places.name, drafts)
    records = []
    used: set[str] = set()
    for draft in drafts:
        record: dict[str, Any] = {
            "facility_id": _identity(draft, used),
            "name": draft.values["name"],
            "category": draft.values["category"],
            # Shown as they were written where they are not understood.
            "hours": draft.cells.get("hours"),
            **{name: draft.values.get(name) for name in _TEXTS},
            **{name: draft.values.get(name) or () for name in _ENTRIES},
            **_position(draft, geocoder),
        }
        used.add(record["facility_id"])
        records.append(record)
    return facilities_table(records)


def _raise_if_wrong(name: str, drafts: Sequence[Draft]) -> None:
    wrong = [(draft.number, each) for draft in drafts for each in draft.problems
             if _stops(draft, each)]  # fmt: skip
    if not wrong:
        return
    en = [f"row {number}: {problem.en}" for number, problem in wrong]
    zh = [f"第 {number} 行：{problem.zh}" for number, problem in wrong]
    if len(wrong) == 1:
        raise SheetError(en=f"{name}, {en[0]}.", zh=f"{name} {zh[0]}。")
    raise SheetError(
        en="\n  ".join((f"{name} has {len(wrong)} problems; mend them and run again:", *en)),
        zh="\n  ".join((f"{name} 有 {len(wrong)} 处问题，请修改后再运行：", *zh)),
    )


def _stops(draft: Draft, problem: Problem) -> bool:
    if problem.is_refusal or problem.field in _MUST_BE_READ:
        return True
    return problem.field == "hours" and is_typed_date(draft.cells["hours"])


def _identity(draft: Draft, used: Iterable[str]) -> str:
    """Return the id of the list, else one that follows from what the row says."""
    if draft.list_id:
        return draft.list_id
    values = draft.values
    words = "\n".join((values["name"], values["category"], values.get("address") or ""))
    base = "s" + hashlib.sha256(words.encode()).hexdigest()[:10]
    taken = set(used)
    count, identity = 1, base
    while identity in taken:
        count += 1
        identity = f"{base}-{count}"
    return identity


def _position(draft: Draft, geocoder: Geocoder | None) -> dict[str, Any]:
    given = draft.given
    if given is not None and not given.is_believed:
        lon, lat = given.lonlat
        return {
            **_UNPLACED,
            "match_reason": f"The coordinates {lon:.4f},{lat:.4f} lie far outside the map.",
            "match_reason_zh": f"坐标 {lon:.4f},{lat:.4f} 远在地图范围之外，请核对。",
        }
    if given is not None:
        return _placed(given.lonlat, given.accuracy_m)
    if draft.values.get("entrances"):
        door = draft.values["entrances"][0]
        return _placed(LonLat(door.lon, door.lat), COORDINATE_ACCURACY_M)
    if geocoder is None:
        return _UNPLACED
    matches = geocoder.geocode(draft.values["name"], draft.values.get("address") or "")
    if not matches:
        return {
            **_UNPLACED,
            "match_reason": "Neither the name nor the address is on the map.",
            "match_reason_zh": "地图上既没有这个名称，也没有这个地址。",
        }
    best = matches[0]
    is_placed = is_placeable(best)
    vague = ("", "") if is_placed else ("Known only vaguely, too little for a place on the map: ",
                                        "只知道大概，不足以标在图上：")  # fmt: skip
    return {
        "match_method": best.method,
        "match_level": best.level,
        "match_confidence": best.confidence,
        "match_reason": vague[0] + best.reason,
        "match_reason_zh": vague[1] + best.reason_zh,
        "position_accuracy_m": best.accuracy_m if math.isfinite(best.accuracy_m) else math.nan,
        "is_placed": is_placed,
        "geometry": Point(*best.lonlat) if is_placed and best.lonlat is not None else None,
    }


def _placed(lonlat: LonLat, accuracy_m: float) -> dict[str, Any]:
    return {
        "match_method": "coordinates",
        "match_level": "building",
        "match_confidence": 1.0,
        "match_reason": "The sheet gives the coordinates.",
        "match_reason_zh": "表格中给出了坐标。",
        "position_accuracy_m": accuracy_m,
        "is_placed": True,
        "geometry": Point(*lonlat),
    }


_UNPLACED: dict[str, Any] = {
    "match_method": None,
    "match_level": None,
    "match_confidence": 0.0,
    "match_reason": "No coordinates, and nobody to ask for the address.",
    "match_reason_zh": "没有坐标，也没有可用的地址查询。",
    "position_accuracy_m": math.nan,
    "is_placed": False,
    "geometry": None,
}
