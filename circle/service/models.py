"""
What the service is asked and what it answers, as types.

Questions forbid parameters they do not know: a misspelt one must not be passed over. Whether a
number makes sense is decided below (`circle.units`, `circle.geometry`), once for every door.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

_LON = Field(description="Longitude in degrees, WGS-84.", examples=[103.8343])
_LAT = Field(description="Latitude in degrees, WGS-84.", examples=[36.0611])
_WALKER = Field(
    default="adult",
    max_length=20,
    description="adult, older, frail, child, pushchair or wheelchair.",
)
_LIST = Field(default=None, max_length=80)
Pair = Annotated[list[float], Field(min_length=2, max_length=2)]


class _Question(BaseModel):
    model_config = ConfigDict(extra="forbid")


class IsochroneQuestion(_Question):
    """Where a walk starts, and how far it may go: minutes, or metres."""

    lon: float = _LON
    lat: float = _LAT
    minutes: Annotated[
        str | None, Field(description="At most 6 numbers up to 120; 5,10,15 if nothing is given.")
    ] = _LIST
    metres: Annotated[str | None, Field(description="Instead, at most 6 up to 10000.")] = _LIST
    walker: str = _WALKER


class NearbyQuestion(_Question):
    """Where somebody lives, and how long they walk."""

    lon: float = _LON
    lat: float = _LAT
    minutes: float = Field(default=15.0, description="Above 0 and at most 120.")
    walker: str = _WALKER
    category: str | None = Field(
        default=None, max_length=60, description="Key of a class; all classes without it."
    )


class RouteQuestion(_Question):
    """From a position to a facility (`to`) or to another position (`to_lon`, `to_lat`)."""

    from_lon: float = _LON
    from_lat: float = _LAT
    to: str | None = Field(default=None, max_length=200, description="A `facility_id`.")
    to_lon: float | None = Field(default=None, description="Longitude, where `to` is not given.")
    to_lat: float | None = Field(default=None, description="Latitude, where `to` is not given.")
    walker: str = _WALKER


class FacilitiesQuestion(_Question):
    """Which facilities."""

    category: str | None = Field(
        default=None, max_length=60, description="Key of a class; all classes without it."
    )


class MultiPolygon(BaseModel):
    """GeoJSON MultiPolygon; outer rings counter-clockwise."""

    type: Literal["MultiPolygon"]
    coordinates: list[list[list[Pair]]]


class IsochroneProperties(BaseModel):
    """The figures beside an isochrone."""

    budget: float = Field(description="Minutes or metres, see `unit`.")
    unit: Literal["min", "m"]
    walker: str
    area_m2: float
    circle_area_m2: float = Field(description="Of the crow-fly circle of the same budget.")
    shed_ratio: float = Field(description="`area_m2` / `circle_area_m2`.")
    n_vertices: int = Field(description="Street vertices reached.")
    is_cut: bool = Field(description="True where the walk ran into the edge of the data.")
    snap_distance_m: float = Field(description="From the position to its street.")


class IsochroneFeature(BaseModel):
    """The ground reached within one budget."""

    type: Literal["Feature"]
    properties: IsochroneProperties
    geometry: MultiPolygon | None


class IsochroneCollection(BaseModel):
    """Isochrones of one position, smallest budget first."""

    type: Literal["FeatureCollection"]
    features: list[IsochroneFeature]


class Position(BaseModel):
    """A position in degrees, WGS-84."""

    lon: float
    lat: float


class NearbyPlace(BaseModel):
    """A facility within the budget."""

    facility_id: str
    number: int = Field(description="Its number in the guide.")
    name: str
    name_en: str | None
    category: str
    lon: float
    lat: float
    time_s: float = Field(description="Seconds this walker needs, access legs included.")
    distance_m: float = Field(description="Metres of that very walk.")
    within_min: float = Field(description="Smallest ring it is in, else the budget asked for.")


class NearbyAnswer(BaseModel):
    """What is within a walk, nearest first."""

    origin: Position
    walker: str
    minutes: float
    n_places: int
    places: list[NearbyPlace]


class LineString(BaseModel):
    """GeoJSON LineString."""

    type: Literal["LineString"]
    coordinates: list[Pair]


class Leg(BaseModel):
    """A stretch of one street."""

    street: str | None
    kind: str
    length_m: float
    time_s: float
    n_steps: int
    turn_degrees: float = Field(description="Turn from the leg before, clockwise positive.")


class RouteProperties(BaseModel):
    """The figures of a walk."""

    length_m: float
    time_s: float
    n_steps: int
    walker: str
    legs: list[Leg]


class RouteFeature(BaseModel):
    """The quickest walk."""

    type: Literal["Feature"]
    properties: RouteProperties
    geometry: LineString


class Point(BaseModel):
    """GeoJSON Point."""

    type: Literal["Point"]
    coordinates: Pair


class PlaceEntrance(BaseModel):
    """A way into a place."""

    lon: float
    lat: float
    name: str | None


class PlaceOffer(BaseModel):
    """What a place offers; null as its last day where it has none."""

    text: str
    until: str | None


class PlaceEvent(BaseModel):
    """What takes place there: ISO dates, or dates and times on the clocks of the place."""

    title: str
    starts: str
    ends: str | None


class FacilityProperties(BaseModel):
    """What the guide knows of a facility."""

    facility_id: str
    number: int | None = Field(description="Its number in the guide; null when not placed.")
    name: str
    name_en: str | None
    category: str
    category_zh: str
    category_en: str
    is_placed: bool
    minutes_from_center: int | None = Field(description="Rounded up; null beyond the last ring.")
    metres_from_center: int | None
    within_min: float | None
    position_accuracy_m: float | None
    address: str | None
    phone: str | None
    hours: str | None
    note: str | None
    source: str | None
    source_date: str | None
    other_names: list[str]
    website: str | None
    hours_zh: str | None = Field(description="The opening hours in words.")
    hours_en: str | None
    entrances: list[PlaceEntrance] = Field(description="Walks end at the one reached first.")
    offers: list[PlaceOffer]
    events: list[PlaceEvent]
    reason_zh: str | None = Field(description="Why it is not placed.")
    reason_en: str | None


class FacilityFeature(BaseModel):
    """A facility; without a geometry where its position is not known."""

    type: Literal["Feature"]
    id: str
    properties: FacilityProperties
    geometry: Point | None


class FacilityCollection(BaseModel):
    """The facilities of the guide: the placed ones by number, then the others."""

    type: Literal["FeatureCollection"]
    attribution: str
    licence: str
    data_date: str | None
    features: list[FacilityFeature]


class Health(BaseModel):
    """Whether the service can answer, and from what."""

    status: Literal["ok"]
    version: str
    study: str
    n_places: int
    n_unplaced: int
    n_edges: int
    source: str
    data_date: str | None
