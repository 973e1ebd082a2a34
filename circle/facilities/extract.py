"""Takes facilities from a map by the table of classes: one row per real thing."""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from circle.classes import ClassTable
from circle.facilities.entries import read_website
from circle.facilities.kinds import Kind, kind_called
from circle.facilities.locate import facilities_table
from circle.features import MapFeatures
from circle.geocoding.folding import fold, has_cjk
from circle.geometry import LocalFrame
from circle.schemas import Entrance

# A thing mapped as a point and as an outline: the point lies in the outline or this near to it.
_SAME_THING_M = 15.0
# Two points of one name and class this near to each other are one: a bank and its cash machine.
_SAME_NAME_M = 40.0
_CLOSED = frozenset({"private", "no"})
_OTHER_NAMES = ("alt_name", "short_name", "old_name", "official_name", "name:zh", "loc_name")


class _Candidate(NamedTuple):
    """A thing of a class, before duplicates are taken out."""

    row: Any
    category: str
    name: str
    shape: Any
    spot: Any

    @property
    def rank(self) -> tuple[bool, bool, float, str]:
        """Which of two records of one thing is kept: named, with an entrance, the larger."""
        return (not self.name, not self.row.is_entrance, -float(self.shape.area), self.row.osm_id)


def from_features(features: MapFeatures, classes: ClassTable) -> gpd.GeoDataFrame:
    """
    Return the facilities a map holds.

    Parameters
    ----------
    features
        From `circle.features.read_features`.
    classes
        Which tags make which class.

    Returns
    -------
    facilities
        Schema `circle.schemas.FACILITIES`; ``facility_id`` is the OSM id (``"n123"``), the
        position the entrance where the map knows it. A thing mapped twice (a point in its
        building, a bank and its cash machine) comes once; what is closed to the public is left
        out; a thing without a name bears that of its class.
    """
    candidates = _without_doubles(_candidates(features, classes))
    records = [_record(candidate, features, classes) for candidate in candidates]
    return facilities_table(records)


def _candidates(features: MapFeatures, classes: ClassTable) -> list[_Candidate]:
    west, south, east, north = features.bounds
    frame = LocalFrame((west + east) / 2, (south + north) / 2)

    def to_metres(lonlat: Any) -> Any:
        return np.column_stack(frame.to_xy(lonlat[:, 0], lonlat[:, 1]))

    found = []
    for row in features.named.itertuples():
        category = classes.match(row.tags)
        if category is None or row.tags.get("access") in _CLOSED:
            continue
        shape = shapely.transform(row.geometry, to_metres)
        spot = shapely.transform(row.point, to_metres)
        found.append(_Candidate(row, category, row.name or "", shape, spot))
    return found


def _without_doubles(candidates: list[_Candidate]) -> list[_Candidate]:
    """Keep the best record of each thing, in the order of the map."""
    if not candidates:
        return []
    tree = shapely.STRtree([candidate.shape for candidate in candidates])
    order = sorted(range(len(candidates)), key=lambda index: candidates[index].rank)
    dropped: set[int] = set()
    for index in order:
        if index in dropped:
            continue
        kept = candidates[index]
        near = tree.query(kept.shape, predicate="dwithin", distance=_SAME_NAME_M)
        for other in sorted(int(number) for number in near):
            if other != index and other not in dropped and _is_double(kept, candidates[other]):
                dropped.add(other)
    return [c for index, c in enumerate(candidates) if index not in dropped]


def _is_double(kept: _Candidate, other: _Candidate) -> bool:
    if kept.category != other.category:
        return False
    is_same_name = bool(other.name) and fold(kept.name) == fold(other.name)
    distance = float(shapely.distance(kept.shape, other.shape))
    if is_same_name:
        # A chain may have two branches in a street; outlines beside each other are two things.
        is_twice_drawn = kept.shape.area > 0 and other.shape.area > 0
        return distance <= (_SAME_THING_M if is_twice_drawn else _SAME_NAME_M)
    if kept.name and other.name:
        return False
    # Without a name of its own it is the same only if it is the same kind at the same spot.
    if kept.row.kind != other.row.kind:
        return False
    is_point_in_outline = (kept.shape.area > 0) != (other.shape.area > 0)
    return is_point_in_outline and distance == 0.0


def _record(candidate: _Candidate, features: MapFeatures, classes: ClassTable) -> dict[str, Any]:
    row = candidate.row
    tags: dict[str, str] = row.tags
    place_class = classes.by_key[candidate.category]
    name = candidate.name
    name_en = row.names.get("name:en") or row.names.get("int_name")
    kind = kind_called(row.kind or "")
    if not name or (kind is not None and kind.is_called_by_owner):
        kind = kind or Kind(place_class.name_zh, place_class.name_en)
        owner = name or tags.get("operator") or tags.get("brand") or ""
        name = kind.named(owner)[0]
        name_en = kind.named(name_en or owner)[1] if owner else name_en or kind.named("")[1]
    elif name_en is None and not has_cjk(name):
        name_en = name
    is_area = candidate.shape.area > 0
    reach_m = float(shapely.hausdorff_distance(candidate.shape, candidate.spot))
    level, accuracy_m = "building", 20.0
    if row.is_entrance:
        level, accuracy_m = "entrance", 10.0
    elif is_area:
        level = "building" if tags.get("building", "no") != "no" or reach_m <= 60 else "area"
        accuracy_m = max(reach_m, 20.0)
    return {
        "facility_id": row.osm_id,
        "name": name,
        "name_en": name_en,
        "category": candidate.category,
        "address": _address(row.addr),
        "phone": _first(tags, "phone", "contact:phone", "contact:mobile", "mobile"),
        "hours": tags.get("opening_hours"),
        "note": None,
        "source": features.provenance.attribution or features.provenance.source,
        "source_date": features.provenance.data_date,
        "match_method": "extract",
        "match_level": level,
        "match_confidence": 1.0,
        "match_reason": "Taken from the map.",
        "match_reason_zh": "取自地图数据。",
        "position_accuracy_m": accuracy_m,
        "is_placed": True,
        "geometry": row.point,
        "website": _website(_first(tags, "website", "contact:website", "url")),
        "other_names": _other_names(row.names, name),
        "entrances": tuple(Entrance(door.x, door.y) for door in row.entrances),
    }


def _first(tags: dict[str, str], *keys: str) -> str | None:
    return next((tags[key] for key in keys if tags.get(key)), None)


def _website(text: str | None) -> str | None:
    """Return the first web address of a tag; whoever maps may leave out its beginning."""
    told = read_website((text or "").partition(";")[0])
    return told.entries[0] if told.entries else None


def _other_names(names: dict[str, str], name: str) -> tuple[str, ...]:
    told = (part.strip() for key in _OTHER_NAMES for part in names.get(key, "").split(";"))
    return tuple(dict.fromkeys(other for other in told if other and other != name))


def _address(addr: dict[str, str]) -> str | None:
    """Return an address as it is written where it is."""
    if addr.get("full"):
        return addr["full"]
    street = addr.get("street") or addr.get("place") or addr.get("housename") or ""
    number = addr.get("housenumber", "")
    if not street:
        return None
    if has_cjk(street):
        ending = "号" if number and number[-1].isdigit() else ""
        return f"{addr.get('city', '')}{street}{number}{ending}"
    return f"{number} {street}".strip()
