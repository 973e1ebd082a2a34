"""What a geocoder is asked and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from circle.geometry import LonLat, check_lonlat

Level = Literal["entrance", "building", "street_number", "street", "area", "district"]

# From here on a match is called confident: it may be placed without somebody looking at it.
CONFIDENT = 0.8


@dataclass(frozen=True, slots=True)
class GeocodeMatch:
    """
    One answer of a geocoder, with how sure it is.

    Parameters
    ----------
    query
        What was looked for, name and address as given.
    lonlat
        WGS-84; ``None`` when nothing was found.
    name
        What was found, as the map calls it.
    method
        Who found it: ``"gazetteer"``, ``"nominatim"``.
    level
        How finely it is known; ``None`` when nothing was found.
    confidence
        0 to 1; from `CONFIDENT` on it stands without review.
    reason
        One English sentence: why this, or why not.
    reason_zh
        The same in Chinese.
    accuracy_m
        Within how many metres the place is, to our knowledge; ``inf`` when not found.
    feature_id
        Id of the thing on the map, ``None`` for a point between house numbers or an online answer.
    """

    query: str
    lonlat: LonLat | None
    name: str
    method: str
    level: Level | None
    confidence: float
    reason: str
    reason_zh: str
    accuracy_m: float
    feature_id: str | None = None

    @property
    def is_confident(self) -> bool:
        """Whether it stands without review."""
        return self.lonlat is not None and self.confidence >= CONFIDENT


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """
    A place known from elsewhere than the map, such as a row of a register.

    Parameters
    ----------
    name
        What it is called.
    lon, lat
        Degrees, WGS-84.
    other_names
        Further names it goes by.
    address
        Its address as people write it; may be empty.
    level
        How finely the position is known.
    place_id
        What an answer carries as `GeocodeMatch.feature_id`.
    kind
        What it is, as an OSM tag such as ``"amenity=pharmacy"``; empty when not known.
    accuracy_m
        Within how many metres the position is good.

    Raises
    ------
    PositionError
        If the position is none.
    """

    name: str
    lon: float
    lat: float
    other_names: tuple[str, ...] = ()
    address: str = ""
    level: Level = "building"
    place_id: str = ""
    kind: str = ""
    accuracy_m: float = 20.0

    def __post_init__(self) -> None:
        check_lonlat(self.lon, self.lat)


class Geocoder(Protocol):
    """Turns a name and an address into positions."""

    def geocode(self, name: str, address: str = "") -> list[GeocodeMatch]:
        """
        Return candidates, best first.

        Parameters
        ----------
        name
            Name of the place; may be empty if `address` is not.
        address
            Its address as people write it; may be empty.

        Returns
        -------
        matches
            Empty when nothing is found. A service that does not answer gives one match
            without a position whose reason says so; no error leaves a geocoder.
        """
        ...


def query_text(name: str, address: str) -> str:
    """Return the question as one line."""
    return " · ".join(part.strip() for part in (name, address) if part.strip())
