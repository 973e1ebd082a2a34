"""What an address says: a house, a place between houses, a corner, a street, an area of the map."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, NamedTuple

import shapely
from shapely.geometry import MultiLineString
from shapely.ops import nearest_points

from circle.geocoding.address import house_number, parse_address
from circle.geocoding.folding import expand, fold, has_cjk
from circle.geocoding.model import Level
from circle.geocoding.place_index import PlaceIndex
from circle.geocoding.places import Place
from circle.geocoding.said import crossing
from circle.geocoding.streets import Street, StreetIndex, street_key
from circle.geocoding.towns import Towns

_ADDRESS_CONFIDENCE = 0.95
_INTERPOLATED_CONFIDENCE = 0.85
_STREET_CONFIDENCE = 0.4
_AREA_CONFIDENCE = 0.3
_SURE_STREET = 0.85
# A place belongs to a number within this distance (a number stands for a whole building or yard),
# to a street within the other.
_NEAR_NUMBER_M = 150.0
_NEAR_STREET_M = 120.0
# Two carriageways keep the streets of one crossing apart.
_CROSSING_GAP_M = 30.0
_CROSSING_ACCURACY_M = 60.0
_STREET_MISSPELT = re.compile(r"([㐀-鿿]{3,8})(\d+(?:-\d+)?)号")


class Where(NamedTuple):
    """What an address says."""

    places: list[Place]  # mapped at this very number
    point: tuple[float, float] | None
    level: Level
    accuracy_m: float
    confidence: float
    near_m: float
    shape: Any  # what a place must be near to agree
    label: str
    en: str
    zh: str
    number: str = ""  # the house number it gives


class AddressFinder:
    """
    Says where an address is.

    Parameters
    ----------
    places
        The things of the map, among them those with a house number.
    streets
        Its streets.
    towns
        The towns it lies in.
    """

    def __init__(self, places: PlaceIndex, streets: StreetIndex, towns: Towns) -> None:
        self._places = places
        self._streets = streets
        self._towns = towns

    def find(self, address: str, elsewhere: str = "") -> Where | None:
        """
        Return where an address is, None where the map has nothing of it.

        Parameters
        ----------
        address
            As people write it; may be empty.
        elsewhere
            The town it names, where that is none of this map.
        """
        if not address.strip():
            return None
        crossing = self._at_crossing(address)
        if crossing is not None:
            return crossing
        text = fold(address).replace(" ", "") if has_cjk(address) else expand(fold(address))
        found = self._streets.inside(text) or self._streets.inside(_apart(text))
        parsed = parse_address(address)
        if not parsed.street and (said := _STREET_MISSPELT.match(parsed.rest)):
            # 成府禄63号: what ends in no word for a street may be one all the same.
            parsed = replace(parsed, street=said[1], number=said[2])
        sure = 1.0
        number = ""
        if found is not None:
            street, before, after = found
            number = house_number(after) or _number_before(before, text)
            if _has_more_words(before, after, text):
                # Only a part of the street's name is one: 6 Impasse Fontaine, not Impasse.
                like = self._streets.like(street_key(parsed.street)) if parsed.street else None
                if like is not None and like[1] >= _SURE_STREET and like[0] is not street:
                    street, sure = like
                    number = parsed.number
        else:
            like = self._streets.like(street_key(parsed.street)) if parsed.street else None
            if like is None:
                return self._area(text)
            street, sure = like
            number = parsed.number
        where = self._at_number(street, number, sure, text) or self._on_street(street, number, sure)
        if where is not None and elsewhere:
            return where._replace(
                places=[],
                point=None,
                shape=None,
                confidence=0.0,
                en=f"the address is in {elsewhere}, which this map does not show",
                zh=f"地址在{elsewhere}，不在本图范围内",
            )
        return where

    def _at_crossing(self, address: str) -> Where | None:
        """Return where two streets meet, if the address says so and they do."""
        said = crossing(self._towns.without(address))
        if said is None:
            return None
        streets = [self._streets.exact(street_key(words)) for words in said]
        if streets[0] is None or streets[1] is None or streets[0] is streets[1]:
            return None
        first, second = (MultiLineString(street.lines) for street in streets if street)
        if first.is_empty or second.is_empty or first.distance(second) > _CROSSING_GAP_M:
            return None
        one, other = nearest_points(first, second)
        point = ((one.x + other.x) / 2, (one.y + other.y) / 2)
        label = f"{streets[0].name} / {streets[1].name}"
        return Where(
            [],
            point,
            "street_number",
            _CROSSING_ACCURACY_M,
            _INTERPOLATED_CONFIDENCE,
            _NEAR_NUMBER_M,
            shapely.Point(point),
            label,
            f"where {streets[0].name} meets {streets[1].name}",
            f"{streets[0].name}与{streets[1].name}相交处",
        )

    def _at_number(self, street: Street, number: str, sure: float, text: str) -> Where | None:
        if not number:
            return None
        label = _label(street, number)
        spelt = ("", "") if sure == 1 else (" (nearly so spelt)", "（写法相近）")
        known = street.with_number(number)
        if known:
            places = [self._places.places[entry.row] for entry in known]
            # 中关村东路8号东升大厦: of all that have the number, the one that is named.
            places = [place for place in places if _is_named(place, text)] or places
            first = min(places, key=lambda place: place.order)
            return Where(
                places,
                (first.x_m, first.y_m),
                first.level,
                first.accuracy_m,
                _ADDRESS_CONFIDENCE * sure,
                _NEAR_NUMBER_M,
                shapely.union_all([place.shape for place in places]),
                label,
                f"the address {label} is on the map{spelt[0]}",
                f"地图上有地址{label}{spelt[1]}",
            )
        between = street.between_neighbours(number)
        if between is None:
            return None
        low, high = between.between
        return Where(
            [],
            (between.x_m, between.y_m),
            "street_number",
            between.accuracy_m,
            _INTERPOLATED_CONFIDENCE * sure,
            _NEAR_NUMBER_M,
            shapely.Point(between.x_m, between.y_m),
            label,
            f"placed between number {low} and {high} of {street.name}{spelt[0]}",
            f"按{street.name}{low}号与{high}号之间推算{spelt[1]}",
        )

    def _on_street(self, street: Street, number: str, sure: float) -> Where | None:
        middle = street.middle()
        if middle is None:
            return None
        point, reach_m = middle
        en, zh = f"only the street {street.name} is known", f"只知道在{street.name}"
        if number:
            en = f"{street.name} is on the map, its number {number} is not"
            zh = f"地图上有{street.name}，但没有{number}号"
        numbered = [self._places.places[known.row].shape for known in street.numbers]
        return Where(
            [],
            (point.x, point.y),
            "street",
            reach_m,
            _STREET_CONFIDENCE * sure,
            _NEAR_STREET_M,
            shapely.union_all([*street.lines, *numbered]),
            street.name,
            en,
            zh,
            number if sure == 1 else "",
        )

    def _area(self, text: str) -> Where | None:
        """Return the last and smallest area whose name stands in the address."""
        inside = [area for area in self._places.areas if fold(area.name).replace(" ", "") in text]
        if not inside:
            return None
        area = min(inside, key=lambda place: (-len(place.name), place.accuracy_m))
        return Where(
            [],
            (area.x_m, area.y_m),
            "district" if area.level == "district" else "area",
            max(area.accuracy_m, float(shapely.minimum_bounding_radius(area.shape))),
            _AREA_CONFIDENCE,
            _NEAR_NUMBER_M,
            area.shape,
            area.name,
            f"only the area {area.name} is known",
            f"只知道在{area.name}一带",
        )


def _is_named(place: Place, text: str) -> bool:
    key = fold(place.name)
    return len(key) >= 3 and f" {key} " in f" {text} " if not has_cjk(key) else key in text


def _apart(text: str) -> str:
    """Return an address in Latin letters with spaces around its numbers: chengfulu85hao."""
    return re.sub(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z]{2})", " ", text)


def _label(street: Street, number: str) -> str:
    return f"{street.name}{number}号" if has_cjk(street.name) else f"{street.name} {number}"


def _number_before(before: str, text: str) -> str:
    """Return the number in front of a street: 12 bis Rue X, and 55号成府路."""
    if has_cjk(text):
        found = re.search(r"(\d+[a-z]?(?:-\d+)?)号$", before)
        return found[1] if found else ""
    words = before.split()
    nearest = (" ".join(words[-2:]), " ".join(words[-1:]))
    return next((number for number in map(house_number, nearest) if number), "")


def _has_more_words(before: str, after: str, text: str) -> bool:
    if has_cjk(text):
        return False
    words = re.sub(r"\d+[a-z]*", " ", f"{before} {after}").split()
    return any(len(word) >= 3 for word in words)
