"""The things of a map, each ready to be an answer: where it is, and how finely that is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiLineString

from circle.features import MapFeatures
from circle.geocoding.address import parse_address
from circle.geocoding.model import KnownPlace, Level
from circle.geocoding.streets import Street
from circle.geometry import LocalFrame, LonLat

_DISTRICTS = frozenset(
    {"country", "state", "province", "region", "county", "city", "town", "municipality"}
    | {"borough", "suburb", "village"}
)
# How much a name counts by what it is: a brand is borne by every branch.
NAME_WEIGHT = 1.0
OTHER_NAME_WEIGHT = 0.98
_OPERATOR_WEIGHT = 0.8
_STOP_KEYS = ("public_transport=", "highway=", "railway=", "route=", "barrier=", "entrance=")
_REAL_GATES = ("railway=station", "railway=subway_entrance")

_NODE_ACCURACY_M = 20.0
_ENTRANCE_ACCURACY_M = 10.0
_VAGUE_AREA_ACCURACY_M = 300.0
_SMALL_AREA_M = 60.0
# Things of one name this near to each other are one: four gates side by side, a shop mapped as a
# point in its building.
ONE_PLACE_M = 50.0


@dataclass(frozen=True, slots=True)
class Place:
    """A thing on the map, ready to be an answer."""

    row: int
    osm_id: str
    name: str
    lonlat: LonLat
    x_m: float
    y_m: float
    kind: str
    level: Level
    accuracy_m: float
    reach_m: float
    is_stop: bool
    shape: Any
    addr: dict[str, str]

    @property
    def order(self) -> tuple[int, str]:
        """Better of two equally named things at one spot first."""
        rank = {"entrance": 0, "building": 1, "street_number": 2}.get(self.level, 3)
        return (rank, self.osm_id)


def names_of(row: Any) -> list[tuple[str, float]]:
    """Return the names of a row of `MapFeatures.named`, and how much each counts."""
    given: list[tuple[str, float]] = []
    if row.name:
        given.append((row.name, NAME_WEIGHT))
    for key, value in row.names.items():
        given.append((value, _OPERATOR_WEIGHT if key == "brand" else OTHER_NAME_WEIGHT))
    if not row.name and row.tags.get("operator") and row.kind.startswith("amenity="):
        given.append((row.tags["operator"], _OPERATOR_WEIGHT))
    return given


def known_place(known: KnownPlace, row: int, frame: LocalFrame) -> Place:
    """Return what is known from elsewhere as a place."""
    x, y = frame.to_xy(known.lon, known.lat)
    return Place(
        row=row,
        osm_id=known.place_id,
        name=known.name,
        lonlat=LonLat(known.lon, known.lat),
        x_m=float(x),
        y_m=float(y),
        kind=known.kind,
        level=known.level,
        accuracy_m=known.accuracy_m,
        reach_m=0.0,
        is_stop=False,
        shape=shapely.Point(float(x), float(y)),
        addr=_addr_of(known.address),
    )


def street_place(street: Street, row: int, frame: LocalFrame) -> Place | None:
    """Return a street as a place, reached in its middle; None when nothing of it is known."""
    middle = street.middle()
    if middle is None:
        return None
    point, reach_m = middle
    lon, lat = frame.to_lonlat(point.x, point.y)
    return Place(
        row=row,
        osm_id="",
        name=street.name,
        lonlat=LonLat(float(lon), float(lat)),
        x_m=float(point.x),
        y_m=float(point.y),
        kind="street",
        level="street",
        accuracy_m=reach_m,
        reach_m=reach_m,
        is_stop=False,
        shape=MultiLineString(street.lines) if street.lines else point,
        addr={},
    )


def _addr_of(address: str) -> dict[str, str]:
    parsed = parse_address(address)
    if not parsed.street or not parsed.number:
        return {}
    return {"street": parsed.street, "housenumber": parsed.number}


def cluster(places: list[Place]) -> list[list[Place]]:
    """Group things that are at one spot, by the distance between their outlines."""
    groups: list[list[Place]] = []
    for place in places:
        joined = [
            group
            for group in groups
            if any(shapely.distance(place.shape, other.shape) <= ONE_PLACE_M for other in group)
        ]
        merged = [place]
        for group in joined:
            merged = group + merged
            groups.remove(group)
        groups.append(merged)
    return groups


def town_names(features: MapFeatures) -> list[str]:
    """Return the names of the towns and districts a map lies in, as it writes them."""
    towns: dict[str, None] = {}
    for row in features.named.itertuples():
        for key in ("city", "district", "province", "state", "subdistrict"):
            if row.addr.get(key):
                towns[row.addr[key]] = None
        is_district = row.kind.startswith("boundary=") or (
            row.kind.startswith("place=") and row.kind.partition("=")[2] in _DISTRICTS
        )
        if is_district and row.name:
            towns[row.name] = None
            towns.update(dict.fromkeys(row.names.values()))
    return list(towns)


def quarter_names(features: MapFeatures) -> list[str]:
    """Return the names of the parts of towns among `town_names`."""
    quarters: dict[str, None] = {}
    for row in features.named.itertuples():
        if row.kind in ("place=suburb", "place=borough") and row.name:
            quarters.update(dict.fromkeys((row.name, *row.names.values())))
    return list(quarters)


def map_places(features: MapFeatures, frame: LocalFrame) -> list[Place]:
    """Return what has a name or an address on a map, in the order of its rows."""
    named = features.named
    if len(named) == 0:
        return []
    points = np.asarray(named["point"].to_list(), dtype=object)
    lon, lat = shapely.get_x(points), shapely.get_y(points)
    x, y = frame.to_xy(lon, lat)

    def to_metres(lonlat: Any) -> Any:
        return np.column_stack(frame.to_xy(lonlat[:, 0], lonlat[:, 1]))

    shapes = shapely.transform(np.asarray(named.geometry.to_numpy(), dtype=object), to_metres)
    reach = shapely.hausdorff_distance(shapes, shapely.points(x, y))
    places = []
    for index, row in enumerate(named.itertuples()):
        level, accuracy_m = _level(row, float(reach[index]))
        kind: str = row.kind
        places.append(
            Place(
                row=index,
                osm_id=row.osm_id,
                name=row.name or row.tags.get("operator", ""),
                lonlat=LonLat(float(lon[index]), float(lat[index])),
                x_m=float(x[index]),
                y_m=float(y[index]),
                kind=kind,
                level=level,
                accuracy_m=accuracy_m,
                reach_m=float(reach[index]),
                is_stop=kind.startswith(_STOP_KEYS) and not kind.startswith(_REAL_GATES),
                shape=shapes[index],
                addr=row.addr,
            )
        )
    return places


def _level(row: Any, reach_m: float) -> tuple[Level, float]:
    """Return how finely a thing is known by where it is drawn, and within how many metres."""
    key, _, value = row.kind.partition("=")
    if key == "boundary" or (key == "place" and value in _DISTRICTS):
        return "district", max(reach_m, 1000.0)
    is_point = row.geometry.geom_type == "Point"
    if key == "place" and is_point:
        return "area", _VAGUE_AREA_ACCURACY_M
    if row.is_entrance:
        return "entrance", _ENTRANCE_ACCURACY_M
    if is_point:
        return "building", _NODE_ACCURACY_M
    if row.tags.get("building", "no") != "no" or reach_m <= _SMALL_AREA_M:
        return "building", max(reach_m, _NODE_ACCURACY_M)
    return "area", reach_m
