"""
Geocoding without the internet, from the same map that is walked on.

Names and addresses are looked up apart and then held against each other: a name borne by three
places is settled by the address, a misspelt name confirmed by it, a contradiction said. What
the map does not have is not found; a thing of the same kind nearby is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import hypot
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from circle.features import MapFeatures
from circle.geocoding.address import house_number
from circle.geocoding.folding import fold
from circle.geocoding.model import GeocodeMatch, KnownPlace, query_text
from circle.geocoding.names import TELLING, take_apart
from circle.geocoding.place_index import Hit, PlaceIndex
from circle.geocoding.places import ONE_PLACE_M, Place, cluster, quarter_names, town_names
from circle.geocoding.streets import KnownNumber, StreetIndex, add_lines
from circle.geocoding.towns import Towns
from circle.geocoding.whereabouts import AddressFinder, Where
from circle.geometry import LocalFrame, LonLat

METHOD = "gazetteer"
MAX_MATCHES = 10

_AMBIGUOUS_CONFIDENCE = 0.5
_CONFLICT_CONFIDENCE = 0.6
# Where an address or a name says another town, whatever else agrees is most likely chance.
_ELSEWHERE_CONFIDENCE = 0.44
_GENERIC_CONFIDENCE = 0.75
_STREET_NAME_CONFIDENCE = 0.75
_WEAK_HIT = 0.45
_SURE_HIT = 0.85
_FINE_LEVELS = ("building", "entrance", "street_number")
_CONFIRMED_GAIN = 0.25
# Scores nearer than this do not decide between two places.
_TIE = 0.03


class Gazetteer:
    """
    Finds places by name and address on one map.

    Parameters
    ----------
    features
        Named and addressed things (`circle.features.read_features`), with the street lines the
        file holds.
    streets
        Further named streets, columns ``name`` and ``geometry`` in degrees, such as
        `WalkNetwork.edges_frame`; rows without a name are passed over.
    extra_places
        Places known from elsewhere, such as those of a register.
    towns
        Towns and districts the map lies in, besides those it names itself, such as
        ``"兰州市城关区"``: left out of a question, and held against one that names another.
    """

    def __init__(
        self,
        features: MapFeatures,
        streets: gpd.GeoDataFrame | None = None,
        *,
        extra_places: Iterable[KnownPlace] = (),
        towns: Iterable[str] = (),
    ) -> None:
        west, south, east, north = features.bounds
        self._frame = LocalFrame((west + east) / 2, (south + north) / 2)
        known = tuple(extra_places)
        self._known_ids = {each.place_id for each in known}
        self._places = PlaceIndex(features, self._frame, known)
        self._streets = StreetIndex()
        add_lines(self._streets, self._lines(features.street_lines))
        if streets is not None:
            add_lines(self._streets, self._lines(streets))
        for place in self._places.places:
            self._add_address(place)
        self._streets.add_latin_names()
        self._streets.finish()
        postcodes = {addr["postcode"] for addr in features.named["addr"] if "postcode" in addr}
        self._towns = Towns([*town_names(features), *towns], postcodes, quarter_names(features))
        self._places.finish(self._streets, self._towns)
        self._addresses = AddressFinder(self._places, self._streets, self._towns)

    def _lines(self, frame: gpd.GeoDataFrame) -> Iterable[tuple[str, dict[str, str], Any]]:
        if len(frame) == 0:
            return
        frame = frame.to_crs("EPSG:4326") if frame.crs is not None else frame
        names = frame["names"].tolist() if "names" in frame else [{}] * len(frame)

        def to_metres(lonlat: Any) -> Any:
            return np.column_stack(self._frame.to_xy(lonlat[:, 0], lonlat[:, 1]))

        shapes = shapely.transform(np.asarray(frame.geometry.to_numpy(), object), to_metres)
        for name, others, shape in zip(frame["name"].tolist(), names, shapes, strict=True):
            if isinstance(name, str) and name:
                yield name, others, shape

    def _add_address(self, place: Place) -> None:
        addr = place.addr
        base = addr.get("street") or addr.get("place") or addr.get("housename")
        if not base:
            return
        for text in re.split("[;,]", addr.get("housenumber", "")):
            number = house_number(text)
            if number:
                street = self._streets.street(base)
                street.numbers.append(KnownNumber(number, place.row, place.x_m, place.y_m))

    def geocode(self, name: str, address: str = "") -> list[GeocodeMatch]:
        """
        Return candidates, best first; see `circle.geocoding.model.Geocoder`.

        Parameters
        ----------
        name
            Name of the place; may be empty.
        address
            Its address; may be empty.

        Returns
        -------
        matches
            At most `MAX_MATCHES`; empty when neither is on the map.
        """
        query = query_text(name, address)
        elsewhere = self._towns.other_town(address) or self._towns.other_town(name)
        hits = self._places.find(name, self._towns)
        where = self._addresses.find(address, elsewhere)
        if where is None and name and not (hits and hits[0].score >= _SURE_HIT):
            # An address in the column of names.
            where = self._addresses.find(name, elsewhere)
            if where is not None and where.level not in _FINE_LEVELS and not where.number:
                where = None
            if where is not None and where.level in _FINE_LEVELS:
                # A house or a corner is asked for, not the street it stands on.
                hits = [hit for hit in hits if hit.place.level != "street"]
        if not hits and address and (where is None or where.level in ("area", "street")):
            # A name in the column of addresses is at best near a place of another name.
            share = _CONFLICT_CONFIDENCE if name.strip() else 1.0
            found = self._places.find(address, self._towns)
            hits = [hit._replace(score=hit.score * share) for hit in found]
        if elsewhere:
            en = f"but the question names {elsewhere}, which this map does not show"
            zh = f"但所问在{elsewhere}，不在本图范围内"
            hits = [
                hit._replace(
                    score=min(hit.score, _ELSEWHERE_CONFIDENCE), en=f"{hit.en}; {en}",
                    zh=f"{hit.zh}；{zh}",
                )
                for hit in hits
            ]  # fmt: skip
        matches = self._named(query, hits, where, _is_generic(name or address))
        if where is not None:
            matches.extend(self._addressed(query, name, where, matches))
        matches.sort(key=lambda match: -match.confidence)
        return _short(self._once(matches))

    def _once(self, matches: list[GeocodeMatch]) -> list[GeocodeMatch]:
        """Leave out what stands there already: the same thing, or one of its name beside it."""
        kept: list[GeocodeMatch] = []
        spots: list[tuple[str, float, float]] = []
        for match in matches:
            assert match.lonlat is not None  # what is not found is no match here
            x_m, y_m = map(float, self._frame.to_xy(*match.lonlat))
            # What is known from elsewhere is a source of its own, and stands beside the map's.
            is_known = match.feature_id in self._known_ids
            name = f"{match.feature_id}" if is_known else fold(match.name)
            if not any(
                name == other and hypot(x_m - at_x, y_m - at_y) <= ONE_PLACE_M
                for other, at_x, at_y in spots
            ):
                kept.append(match)
                spots.append((name, x_m, y_m))
        return kept

    # Names -----------------------------------------------------------------------------------

    def _named(
        self, query: str, hits: list[Hit], where: Where | None, is_generic: bool
    ) -> list[GeocodeMatch]:
        agreeing = [hit for hit in hits if self._agrees(hit.place, where)]
        pool = agreeing or hits
        best = max((hit.score for hit in pool), default=0.0)
        tied = [hit for hit in pool if hit.score >= best - _TIE]
        n_places = len(cluster([hit.place for hit in tied]))
        matches = []
        for hit in hits:
            confidence, en, zh = hit.score, hit.en, hit.zh
            if hit in agreeing and where is not None:
                confidence = min(0.99, confidence + _CONFIRMED_GAIN * confidence)
                en, zh = f"{en}; the address agrees", f"{zh}；与地址相符"
            elif where is not None and where.level in _FINE_LEVELS:
                confidence = min(confidence, _CONFLICT_CONFIDENCE)
                en = f"{en}; but it is not at {where.label}"
                zh = f"{zh}；但不在{where.label}"
            elif where is not None and where.confidence == 0:
                confidence = min(confidence, _AMBIGUOUS_CONFIDENCE)
                en, zh = f"{en}; but {where.en}", f"{zh}；但{where.zh}"
            elif is_generic and where is None:
                confidence = min(confidence, _GENERIC_CONFIDENCE)
                en, zh = f"{en}, but many places are called so", f"{zh}，但此名称过于笼统"
            if hit not in tied:
                # There is a better one: this one is for somebody to choose, not for the program.
                confidence = min(confidence, _AMBIGUOUS_CONFIDENCE - 0.01)
            elif n_places > 1:
                confidence = min(confidence, _AMBIGUOUS_CONFIDENCE)
                en = f"{en}; {n_places} places bear this name"
                zh = f"{zh}；有 {n_places} 处同名"
            if hit.place.level == "street":
                confidence = min(confidence, _STREET_NAME_CONFIDENCE)
                en, zh = f"{en}; where along the street is not known", f"{zh}；不知在路的哪一段"
            if hit.place.level == "district":
                confidence = min(confidence, _WEAK_HIT)
            if confidence >= _WEAK_HIT:
                matches.append(_match(query, hit.place, confidence, en, zh))
        return matches

    def _agrees(self, place: Place, where: Where | None) -> bool:
        if where is None or where.shape is None:
            return False
        if place in where.places:
            return True
        return bool(shapely.distance(place.shape, where.shape) <= where.near_m)

    # Addresses -------------------------------------------------------------------------------

    def _addressed(
        self, query: str, name: str, where: Where, named: list[GeocodeMatch]
    ) -> list[GeocodeMatch]:
        """Return what the address alone says, unless a name already stands for it."""
        if where.confidence == 0 or any(
            match.is_confident and match.confidence >= where.confidence - 0.2 for match in named
        ):
            return []
        en, zh = where.en, where.zh
        confidence = where.confidence
        if named and named[0].confidence >= _CONFLICT_CONFIDENCE:
            confidence = min(confidence, _CONFLICT_CONFIDENCE)
        elif name.strip() and query != name.strip():
            en, zh = f"{en}; the name is not on the map", f"{zh}；地图上没有这个名称"
        if where.places:
            groups = cluster(where.places)
            if len(groups) > 1:
                confidence = min(confidence, _AMBIGUOUS_CONFIDENCE)
                en = f"{en}; {len(groups)} places bear this number"
                zh = f"{zh}；有 {len(groups)} 处同号"
            return [
                _match(query, min(group, key=lambda p: p.order), confidence, en, zh, where.label)
                for group in groups
            ]
        if where.point is None:
            return []
        lon, lat = self._frame.to_lonlat(*where.point)
        return [
            GeocodeMatch(
                query,
                LonLat(float(lon), float(lat)),
                where.label,
                METHOD,
                where.level,
                confidence,
                f"{en}.",
                f"{zh}。",
                where.accuracy_m,
            )
        ]


def _match(
    query: str, place: Place, confidence: float, en: str, zh: str, label: str = ""
) -> GeocodeMatch:
    return GeocodeMatch(
        query,
        place.lonlat,
        place.name or label or place.addr.get("housename", "") or place.kind,
        METHOD,
        place.level,
        round(confidence, 3),
        f"{en[:1].upper()}{en[1:]}.",
        f"{zh}。",
        place.accuracy_m,
        place.osm_id or None,
    )


def _is_generic(name: str) -> bool:
    """Say whether a name is no more than what a thing is (图书馆, 南门), or a letter (A)."""
    key = fold(name)
    own = take_apart(key).own
    return not own or len(key) < 2 or (len(own) == 1 and own in TELLING)


def _short(matches: list[GeocodeMatch]) -> list[GeocodeMatch]:
    """Return the best few, and all that are as good: who bears the name asked for is listed."""
    if len(matches) <= MAX_MATCHES:
        return matches
    least = min(matches[0].confidence, _AMBIGUOUS_CONFIDENCE)
    return [m for i, m in enumerate(matches) if i < MAX_MATCHES or m.confidence >= least]
