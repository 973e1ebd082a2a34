"""Answers questions from a study that has been run: plain functions, no HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas
import numpy as np
import orjson

from circle import __version__
from circle.directions import route
from circle.errors import BudgetError, PositionError, WalkerError
from circle.geometry import LonLat, check_lonlat
from circle.guide.content import GuidePlace
from circle.isochrone import isochrone_geojson
from circle.service.models import (
    FacilitiesQuestion,
    Health,
    IsochroneQuestion,
    NearbyAnswer,
    NearbyPlace,
    NearbyQuestion,
    Position,
    RouteQuestion,
)
from circle.service.problems import UnknownClassError, UnknownPlaceError
from circle.study import Study, quickest_way_in, walks_from, ways_in
from circle.study.answers import require_street, route_feature
from circle.study.keys import MOST_RINGS
from circle.study.tables import class_names, place_properties
from circle.study.typed import read_numbers
from circle.walkers import WALKERS

DEFAULT_MINUTES = (5.0, 10.0, 15.0)


@dataclass(frozen=True)
class Answers:
    """
    Everything the service knows.

    Parameters
    ----------
    study
        A study that has been run.
    """

    study: Study

    def isochrone(self, question: IsochroneQuestion) -> bytes:
        """Return isochrones as GeoJSON text, smallest first."""
        walker = _walker(question.walker)
        budgets = {
            name: _budgets(text)
            for name, text in (("minutes", question.minutes), ("metres", question.metres))
            if text is not None
        }
        origin = self._home(question.lon, question.lat, walker)
        return isochrone_geojson(
            self.study.network,
            origin,
            minutes=budgets.get("minutes", None if budgets else DEFAULT_MINUTES),
            metres=budgets.get("metres"),
            walker=walker,
        )

    def nearby(self, question: NearbyQuestion) -> NearbyAnswer:
        """Return the placed facilities within a walk, nearest first."""
        walker = _walker(question.walker)
        category = self._category(question.category)
        origin = self._home(question.lon, question.lat, walker)
        chosen = np.array(
            [category is None or place.category == category for place in self._places], np.bool_
        )
        walks = walks_from(
            self.study.network,
            origin,
            self._points[chosen],
            minutes=question.minutes,
            walker=walker,
        )
        within = walks[np.isfinite(walks.time_s)].sort_values("time_s", kind="stable")
        found = [
            self._nearby_place(self._places[int(index)], time_s, distance_m, question.minutes)
            for index, time_s, distance_m in zip(
                within.index, within.time_s, within.distance_m, strict=True
            )
        ]
        return NearbyAnswer(
            origin=Position(lon=origin.lon, lat=origin.lat),
            walker=walker,
            minutes=question.minutes,
            n_places=len(found),
            places=found,
        )

    def route(self, question: RouteQuestion) -> bytes:
        """Return the quickest walk as a GeoJSON feature."""
        walker = _walker(question.walker)
        network = self.study.network
        origin = check_lonlat(question.from_lon, question.from_lat, within=network.bounds)
        destination = self._destination(question, origin, walker)
        is_visit = question.to is not None
        found = route(network, origin, destination, walker=walker, is_visit=is_visit)
        return orjson.dumps(route_feature(found), option=orjson.OPT_SERIALIZE_NUMPY)

    def facilities(self, question: FacilitiesQuestion) -> bytes:
        """Return the facilities as GeoJSON text, the placed ones by number, then the others."""
        category = self._category(question.category)
        content = self.study.content
        return orjson.dumps(
            {
                "type": "FeatureCollection",
                "attribution": content.attribution,
                "licence": content.licence,
                "data_date": content.data_date,
                "features": [
                    feature
                    for feature in self._features
                    if category is None or feature["properties"]["category"] == category
                ],
            }
        )

    def health(self) -> Health:
        """Return what the service answers from."""
        study = self.study
        return Health(
            status="ok",
            version=__version__,
            study=study.config.name,
            n_places=len(study.content.places),
            n_unplaced=len(study.content.unplaced),
            n_edges=study.network.n_edges,
            source=study.network.provenance.source,
            data_date=study.content.data_date,
        )

    @cached_property
    def _places(self) -> list[GuidePlace]:
        return list(self.study.content.places)

    @cached_property
    def _points(self) -> geopandas.GeoSeries:
        return ways_in(self._places)

    @cached_property
    def _features(self) -> list[dict[str, Any]]:
        names = class_names(self.study.content)
        return [
            {
                "type": "Feature",
                "id": place.facility_id,
                "properties": {
                    **place_properties(place, names),
                    "is_placed": place.lon is not None,
                    "reason_zh": place.reason.zh or None,
                    "reason_en": place.reason.en or None,
                },
                "geometry": None
                if place.lon is None
                else {"type": "Point", "coordinates": [place.lon, place.lat]},
            }
            for place in (*self._places, *self.study.content.unplaced)
        ]

    def _home(self, lon: float, lat: float, walker: str) -> LonLat:
        home = check_lonlat(lon, lat, within=self.study.network.bounds)
        require_street(self.study.network, home, walker)
        return home

    def _category(self, key: str | None) -> str | None:
        known = class_names(self.study.content)
        if key is not None and key not in known:
            keys = ", ".join(known)
            raise UnknownClassError(
                en=f"There is no class “{key}”; take one of {keys}.",
                zh=f"没有类别“{key}”；请选用 {keys}。",
            )
        return key

    def _nearby_place(
        self, place: GuidePlace, time_s: float, distance_m: float, minutes: float
    ) -> NearbyPlace:
        assert place.number is not None
        assert place.lon is not None
        assert place.lat is not None
        rings = (limit for limit in self.study.content.minutes if time_s <= limit * 60)
        return NearbyPlace(
            facility_id=place.facility_id,
            number=place.number,
            name=place.name,
            name_en=place.name_en or None,
            category=place.category,
            lon=place.lon,
            lat=place.lat,
            time_s=round(float(time_s), 1),
            distance_m=round(float(distance_m), 1),
            within_min=next(rings, minutes),
        )

    def _destination(self, question: RouteQuestion, origin: LonLat, walker: str) -> LonLat:
        position = (question.to_lon, question.to_lat)
        if question.to is not None and position == (None, None):
            return self._way_in(question.to, origin, walker)
        if question.to is None and None not in position:
            return check_lonlat(*position, within=self.study.network.bounds)
        raise PositionError(
            en="Say where the walk goes: either “to” with a facility_id, or “to_lon” and “to_lat”.",
            zh="请说明目的地：用 to 给出 facility_id，或同时给出 to_lon 和 to_lat。",
        )

    def _way_in(self, facility_id: str, origin: LonLat, walker: str) -> LonLat:
        for place in self._places:
            if place.facility_id == facility_id:
                network = self.study.network
                check_lonlat(place.lon, place.lat, within=network.bounds)
                return quickest_way_in(network, origin, place, walker)
        if any(place.facility_id == facility_id for place in self.study.content.unplaced):
            raise UnknownPlaceError(
                en="The position of this place is not known, so no walk leads to it.",
                zh="该地点位置待核，无法给出路线。",
            )
        raise UnknownPlaceError(
            en=f"There is no place “{facility_id}”; /api/facilities lists those there are.",
            zh=f"没有地点“{facility_id}”；全部地点见 /api/facilities。",
        )


def _walker(key: str) -> str:
    # Names only: every further speed would keep the costs of all streets in memory.
    if key not in WALKERS:
        raise WalkerError(
            en=f"There is no walker “{key}”; take one of {', '.join(WALKERS)}.",
            zh=f"没有步行者“{key}”；请选用 {'、'.join(WALKERS)}。",
        )
    return key


def _budgets(text: str) -> tuple[float, ...]:
    budgets = read_numbers(text)
    # Whether each is a number that makes sense is decided where budgets are made.
    if len(budgets) > MOST_RINGS:
        raise BudgetError(
            en=f"Give at most {MOST_RINGS} numbers at once.",
            zh=f"一次最多给出 {MOST_RINGS} 个数。",
        )
    return budgets
