"""
The queue of places somebody should look at, and what can be done about each.

The functions that read give plain rows; those that write take the version that was looked at,
so that two people at the queue do not overwrite each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from circle.geocoding import GeocodeMatch, Geocoder
from circle.geometry import LonLat, check_lonlat
from circle.store.model import Place
from circle.store.placing import distance_m
from circle.store.register import Register
from circle.store.writing import Writer

CHECKED_ACCURACY_M = 10.0
"""What a position set by hand on a map is taken to be good for."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    Where a place may be, according to one source.

    Parameters
    ----------
    match
        What the source says.
    distance_m
        How far that is from where the register has the place; None where it has no position.
    """

    match: GeocodeMatch
    distance_m: float | None


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """
    A place somebody should look at.

    Parameters
    ----------
    place
        The place.
    reason, reason_zh
        Why it is in the queue.
    candidates
        Where it may be, best first.
    """

    place: Place
    reason: str
    reason_zh: str
    candidates: tuple[Candidate, ...] = ()


def review_queue(
    register: Register,
    geocoder: Geocoder | None = None,
    *,
    offset: int = 0,
    limit: int | None = None,
) -> tuple[ReviewItem, ...]:
    """
    Return the places somebody should look at: without a position first, then the less sure.

    Parameters
    ----------
    register
        The register.
    geocoder
        Who is asked for candidates; None asks nobody.
    offset, limit
        Which part of the queue: only its places are looked up.
    """
    waiting = [place for place in register.places() if is_waiting(place)]
    waiting.sort(key=lambda p: (p.lonlat is not None, p.match_confidence, p.name, p.place_id))
    end = None if limit is None else offset + limit
    return tuple(review_item(place, geocoder) for place in waiting[offset:end])


def is_waiting(place: Place) -> bool:
    """Say whether somebody should look at a place."""
    return place.is_there and (place.status == "doubtful" or place.doubt is not None)


def review_item(place: Place, geocoder: Geocoder | None = None) -> ReviewItem:
    """Return one place with what other sources say of where it is."""
    candidates: tuple[Candidate, ...] = ()
    if geocoder is not None:
        here = place.lonlat
        candidates = tuple(
            Candidate(match, None if here is None else distance_m(here, match.lonlat))
            for match in geocoder.geocode(place.name, place.address or "")
            if match.lonlat is not None
        )
    return ReviewItem(
        place,
        place.doubt or place.match_reason,
        place.doubt_zh or place.match_reason_zh,
        candidates,
    )


def accept(writer: Writer, place_id: str, version: int, match: GeocodeMatch | None = None) -> Place:
    """
    Accept a candidate, or without one the place as it stands.

    Raises
    ------
    RegisterError
        If there is no such place.
    ConflictError
        If it was changed since `version`.
    """
    if match is not None and match.lonlat is not None:
        return _settle(
            writer,
            place_id,
            version,
            "accept",
            match.lonlat,
            match_method=match.method,
            match_level=match.level,
            match_confidence=match.confidence,
            match_reason=match.reason,
            match_reason_zh=match.reason_zh,
            position_accuracy_m=match.accuracy_m,
        )
    return check(writer, place_id, version)


def correct(
    writer: Writer,
    place_id: str,
    version: int,
    lonlat: LonLat,
    *,
    accuracy_m: float = CHECKED_ACCURACY_M,
) -> Place:
    """
    Put a place where somebody says it is, WGS-84.

    Raises
    ------
    PositionError
        If that is no position.
    RegisterError, ConflictError
        As for `accept`.
    """
    spot = check_lonlat(*lonlat)
    return _settle(
        writer,
        place_id,
        version,
        "correct",
        spot,
        given_x=spot.lon,
        given_y=spot.lat,
        datum="wgs84",
        match_method="hand",
        match_level="building",
        match_confidence=1.0,
        match_reason=f"Set on the map by {writer.who}.",
        match_reason_zh=f"由 {writer.who} 在地图上标定。",
        position_accuracy_m=accuracy_m,
    )


def _settle(
    writer: Writer, place_id: str, version: int, action: str, spot: LonLat, **match: Any
) -> Place:
    return writer.edit(
        Place,
        place_id,
        version,
        "accept" if action == "accept" else "correct",
        lon=spot.lon,
        lat=spot.lat,
        status="in_use",
        doubt=None,
        doubt_zh=None,
        checked_by=writer.who,
        checked_on=writer.today,
        **match,
    )


def check(writer: Writer, place_id: str, version: int) -> Place:
    """
    Note that somebody looked at a place and found it right; doubts about it end.

    A place without a position stays doubtful. Raises as `accept`.
    """
    place = writer.get(Place, place_id)
    status = "doubtful" if place.lonlat is None else "in_use"
    return writer.edit(
        Place,
        place_id,
        version,
        "check",
        status=status,
        doubt=None,
        doubt_zh=None,
        checked_by=writer.who,
        checked_on=writer.today,
    )


def mark_not_existing(writer: Writer, place_id: str, version: int) -> Place:
    """Note that a place does not exist (any more); it stays, with its history."""
    return writer.edit(
        Place,
        place_id,
        version,
        "not_existing",
        status="not_existing",
        is_published=False,
        doubt=None,
        doubt_zh=None,
        checked_by=writer.who,
        checked_on=writer.today,
    )


def publish(writer: Writer, place_id: str, version: int, *, is_published: bool = True) -> Place:
    """Show a place in guides, or take it out of them; `RegisterError` without a sure position."""
    return writer.edit(Place, place_id, version, "publish", is_published=is_published)
