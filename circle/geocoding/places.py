"""The names on a map, indexed: exact, other names, near-spellings, names within an area."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import shapely
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from circle.features import MapFeatures
from circle.geocoding.address import parse_address
from circle.geocoding.folding import fold, has_cjk, pinyin, without_brackets
from circle.geocoding.model import KnownPlace, Level
from circle.geocoding.names import compare, take_apart
from circle.geometry import LocalFrame, LonLat

_DISTRICTS = frozenset(
    {"country", "state", "province", "region", "county", "city", "town", "municipality"}
    | {"borough", "suburb", "village"}
)
# How much a name counts by what it is: a brand is borne by every branch.
_NAME_WEIGHT = 1.0
_OTHER_NAME_WEIGHT = 0.98
_PART_OF_NAME_WEIGHT = 0.93
_OPERATOR_WEIGHT = 0.8
# A stop is named after what it stops at: it comes after the thing itself.
_STOP_FACTOR = 0.85
_STOP_KEYS = ("public_transport=", "highway=", "railway=", "route=", "barrier=", "entrance=")
_REAL_GATES = ("railway=station", "railway=subway_entrance")

_NODE_ACCURACY_M = 20.0
_ENTRANCE_ACCURACY_M = 10.0
_VAGUE_AREA_ACCURACY_M = 300.0
_SMALL_AREA_M = 60.0
# An area from this size on may stand before the name of what lies in it: 清华大学紫荆园.
_CONTAINER_M = 80.0
_CONTAINER_MARGIN_M = 150.0
# Things of one name this near to each other are one: four gates side by side, a shop mapped as a
# point in its building.
_ONE_PLACE_M = 60.0
_FUZZY_LIMIT = 40


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


class Hit(NamedTuple):
    """A place whose name agrees."""

    place: Place
    score: float
    en: str
    zh: str


class PlaceIndex:
    """
    Finds things by name.

    Parameters
    ----------
    features
        The map.
    frame
        Metres around it.
    """

    def __init__(
        self, features: MapFeatures, frame: LocalFrame, extra_places: Sequence[KnownPlace] = ()
    ) -> None:
        self.places = _places(features, frame)
        self._named: dict[str, dict[int, float]] = {}
        self.areas = [
            place
            for place in self.places
            if place.name and place.shape.area > 0 and place.reach_m >= _CONTAINER_M
        ]
        area_keys = {fold(area.name) for area in self.areas if len(fold(area.name)) >= 2}
        self.regions = _regions(features)
        for place, row in zip(self.places, features.named.itertuples(), strict=True):
            self._add(place, _names_of(row), area_keys)
        for known in extra_places:
            place = _known_place(known, len(self.places), frame)
            self.places.append(place)
            names = [(known.name, _NAME_WEIGHT)]
            names += [(name, _OTHER_NAME_WEIGHT) for name in known.other_names]
            self._add(place, names, area_keys)
        self._keys = list(self._named)
        self._cjk_keys = [key for key in self._keys if has_cjk(key)]
        self._latin_keys = [key for key in self._keys if not has_cjk(key)]
        # Here, not at the first question: loading the tables takes a quarter second.
        self._pinyin: dict[str, list[str]] = {}
        for key in self._cjk_keys:
            self._pinyin.setdefault(pinyin(key).replace(" ", ""), []).append(key)

    def _add(self, place: Place, given: list[tuple[str, float]], area_keys: set[str]) -> None:
        for text, weight in given:
            for part in text.split(";"):
                self._index(place, fold(part), weight)
                bare = fold(without_brackets(part))
                if bare and bare != fold(part):
                    self._index(place, bare, weight * _PART_OF_NAME_WEIGHT)
                for area in area_keys:
                    rest = fold(part).removeprefix(area)
                    if rest != fold(part) and _is_telling(rest):
                        self._index(place, rest, weight * _PART_OF_NAME_WEIGHT)

    def _index(self, place: Place, key: str, weight: float) -> None:
        if key:
            rows = self._named.setdefault(key, {})
            rows[place.row] = max(weight, rows.get(place.row, 0.0))

    def find(self, name: str) -> list[Hit]:
        """
        Return the places of a name, best first.

        Parameters
        ----------
        name
            As somebody wrote it.

        Returns
        -------
        hits
            Exact names score up to 1, near-spellings less, names that merely resemble below
            0.8; what resembles only in the word for its kind is left out.
        """
        asked = fold(name)
        if not asked:
            return []
        hits: dict[int, Hit] = {}
        self._find_key(asked, 1.0, hits)
        bare = fold(without_brackets(name))
        if bare and bare != asked:
            self._find_key(bare, _PART_OF_NAME_WEIGHT, hits)
        for rest in self._without_region(bare or asked):
            self._find_key(rest, 0.97, hits)
        for area in self.areas:
            key = fold(area.name)
            rest = asked.removeprefix(key).strip()
            if rest and rest != asked and has_cjk(key):
                self._find_within(rest, area, hits)
        wants_stop = asked.endswith(("站", "门", "station", "gare", "gate", "stop"))
        scored = [
            hit._replace(score=hit.score * _STOP_FACTOR)
            if hit.place.is_stop and not wants_stop
            else hit
            for hit in hits.values()
        ]
        return sorted(scored, key=lambda hit: (-hit.score, hit.place.order))

    def _find_key(self, asked: str, factor: float, hits: dict[int, Hit]) -> None:
        for row, weight in self._named.get(asked, {}).items():
            _keep(hits, Hit(self.places[row], weight * factor, "same name", "名称相同"))
        if asked in self._named:
            return
        for key in self._similar(asked):
            known = take_apart(key)
            apart = take_apart(asked)
            for row, weight in self._named[key].items():
                likeness = compare(apart, known, self.places[row].kind)
                score = likeness.score * weight * factor
                if likeness.score > 0:
                    _keep(hits, Hit(self.places[row], score, likeness.en, likeness.zh))
        if not has_cjk(asked):
            for key in self._by_pinyin(asked):
                for row, weight in self._named[key].items():
                    score = 0.9 * weight * factor
                    _keep(hits, Hit(self.places[row], score, "same in pinyin", "拼音相同"))

    def _find_within(self, rest: str, area: Place, hits: dict[int, Hit]) -> None:
        """Find a name that follows the name of an area, only inside that area."""
        found: dict[int, Hit] = {}
        self._find_key(rest, 0.98, found)
        for hit in found.values():
            near = shapely.distance(area.shape, shapely.Point(hit.place.x_m, hit.place.y_m))
            if near <= _CONTAINER_MARGIN_M:
                en = f"{hit.en}, in {area.name}"
                _keep(hits, hit._replace(en=en, zh=f"{hit.zh}，位于{area.name}"))

    def _similar(self, asked: str) -> Iterable[str]:
        cjk = has_cjk(asked)
        keys = self._cjk_keys if cjk else self._latin_keys
        found = process.extract(
            asked,
            keys,
            scorer=Levenshtein.normalized_similarity,
            score_cutoff=0.4 if cjk else 0.6,
            limit=_FUZZY_LIMIT,
        )
        similar = dict.fromkeys(key for key, _, _ in found)
        if not cjk:
            for scorer in (fuzz.token_sort_ratio, fuzz.token_set_ratio):
                more = process.extract(asked, keys, scorer=scorer, score_cutoff=85, limit=15)
                similar.update(dict.fromkeys(key for key, _, _ in more))
        return similar

    def _by_pinyin(self, asked: str) -> list[str]:
        return self._pinyin.get(asked.replace(" ", ""), [])

    def _without_region(self, asked: str) -> list[str]:
        """Return a name without the town or district it may start or end with."""
        rests = []
        for region in self.regions:
            if has_cjk(region):
                rest = asked.removeprefix(region)
            else:
                rest = f" {asked} ".removeprefix(f" {region} ").removesuffix(f" {region} ").strip()
            if rest and rest != asked and _is_telling(rest):
                rests.append(rest)
        return rests


def _names_of(row: Any) -> list[tuple[str, float]]:
    given: list[tuple[str, float]] = []
    if row.name:
        given.append((row.name, _NAME_WEIGHT))
    for key, value in row.names.items():
        given.append((value, _OPERATOR_WEIGHT if key == "brand" else _OTHER_NAME_WEIGHT))
    if not row.name and row.tags.get("operator") and row.kind.startswith("amenity="):
        given.append((row.tags["operator"], _OPERATOR_WEIGHT))
    return given


def _known_place(known: KnownPlace, row: int, frame: LocalFrame) -> Place:
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
            if any(shapely.distance(place.shape, other.shape) <= _ONE_PLACE_M for other in group)
        ]
        merged = [place]
        for group in joined:
            merged = group + merged
            groups.remove(group)
        groups.append(merged)
    return groups


def _keep(hits: dict[int, Hit], hit: Hit) -> None:
    known = hits.get(hit.place.row)
    if known is None or hit.score > known.score:
        hits[hit.place.row] = hit


def _is_telling(rest: str) -> bool:
    """Say whether the remainder of a name can stand alone: 图书馆 cannot, 洁华幼儿园 can."""
    parts = take_apart(rest)
    return len(parts.own) >= 2 if parts.is_cjk else len(parts.own) >= 4


def _regions(features: MapFeatures) -> list[str]:
    """Return folded names of the towns and districts the map lies in, longest first."""
    regions: set[str] = set()
    for row in features.named.itertuples():
        for key in ("city", "district", "province", "state", "subdistrict"):
            if row.addr.get(key):
                regions.add(fold(row.addr[key]))
        is_district = row.kind.startswith("boundary=") or (
            row.kind.startswith("place=") and row.kind.partition("=")[2] in _DISTRICTS
        )
        if is_district and row.name:
            regions.add(fold(row.name))
    return sorted((region for region in regions if len(region) >= 2), key=len, reverse=True)


def _places(features: MapFeatures, frame: LocalFrame) -> list[Place]:
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
