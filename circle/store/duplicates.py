"""
Finds places that may be one and the same, and keeps what somebody decides about them.

Names alone do not tell: a chain has branches. Two records are offered where their names are
alike and they lie near each other or share an address, and their classes do not speak against
it. A pair somebody found to be two is not offered again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from rapidfuzz import fuzz

from circle.errors import RegisterError
from circle.geocoding.folding import digits, fold, without_brackets
from circle.geometry import LocalFrame
from circle.store.list_rows import place_key
from circle.store.model import Distinct, Origin, Place
from circle.store.register import Register
from circle.store.writing import Writer

NEAR_M = 120.0
"""Places farther apart are not one, unless their address is the same."""
_ALIKE = 80.0
_FILLED = (
    *("name_en", "address", "phone", "hours", "website", "photo", "accessibility", "capacity"),
    *("note", "source", "source_date", "entrances", "offers", "events"),
)
_POSITION = (
    *("given_x", "given_y", "datum", "lon", "lat", "position_accuracy_m", "status"),
    *("match_method", "match_level", "match_confidence", "match_reason", "match_reason_zh"),
)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """
    Two places that may be one.

    Parameters
    ----------
    one, other
        The places; `one` is the better kept one: checked, published, with a position.
    likeness
        0 to 1.
    distance_m
        How far they are apart, None where one has no position.
    reason, reason_zh
        Why they are offered.
    """

    one: Place
    other: Place
    likeness: float
    distance_m: float | None
    reason: str
    reason_zh: str


def find_duplicates(register: Register) -> tuple[Duplicate, ...]:
    """Return pairs of places that may be one, the likeliest first; decided pairs are left out."""
    decided = {pair.pair_id for pair in register.distinct()}
    return tuple(
        pair
        for pair in likely_duplicates(register.places())
        if pair_id(pair.one.place_id, pair.other.place_id) not in decided
    )


def likely_duplicates(places: Sequence[Place]) -> tuple[Duplicate, ...]:
    """
    Return pairs of places that may be one, the likeliest first.

    Parameters
    ----------
    places
        Any places; those merged or gone are passed over.
    """
    there = [place for place in places if place.is_there]
    found = []
    for one, other, distance_m in (*_near(there), *_of_one_address(there)):
        likeness = _likeness(one, other)
        if likeness < _ALIKE:
            continue
        if one.category != other.category and likeness < 95.0:
            continue
        better, worse = sorted((one, other), key=_rank)
        where = (
            ("the same address", "地址相同")
            if distance_m is None
            else (f"{distance_m:.0f} m apart", f"相距 {distance_m:.0f} 米")
        )
        kind = ("", "") if one.category == other.category else (", other classes", "，类别不同")
        found.append(
            Duplicate(
                better,
                worse,
                round(likeness / 100.0, 3),
                distance_m,
                f"Names alike to {likeness:.0f} %, {where[0]}{kind[0]}.",
                f"名称相似度 {likeness:.0f}%，{where[1]}{kind[1]}。",
            )
        )
    unique = {pair_id(pair.one.place_id, pair.other.place_id): pair for pair in found}
    return tuple(
        sorted(unique.values(), key=lambda p: (-p.likeness, p.distance_m or 0.0, p.one.place_id))
    )


def _near(places: list[Place]) -> list[tuple[Place, Place, float | None]]:
    placed = [place for place in places if place.lonlat is not None]
    if len(placed) < 2:
        return []
    lon = np.array([place.lon for place in placed], np.float64)
    lat = np.array([place.lat for place in placed], np.float64)
    x, y = LocalFrame(float(np.median(lon)), float(np.median(lat))).to_xy(lon, lat)
    is_finite = np.isfinite(x) & np.isfinite(y)
    points: Any = shapely.points(np.where(is_finite, x, 9e9), np.where(is_finite, y, 9e9))
    tree = shapely.STRtree(points)
    first, second = tree.query(points, predicate="dwithin", distance=NEAR_M)
    return [
        (placed[i], placed[j], float(shapely.distance(points[i], points[j])))
        for i, j in zip(first.tolist(), second.tolist(), strict=True)
        if i < j and is_finite[i] and is_finite[j]
    ]


def _of_one_address(places: list[Place]) -> list[tuple[Place, Place, float | None]]:
    """Return pairs with one address of which at least one has no position."""
    by_address: dict[str, list[Place]] = {}
    for place in places:
        if address := place_key(None, place.address)[1]:
            by_address.setdefault(address, []).append(place)
    return [
        (one, other, None)
        for group in by_address.values()
        for index, one in enumerate(group)
        for other in group[index + 1 :]
        if one.lonlat is None or other.lonlat is None
    ]


def _likeness(one: Place, other: Place) -> float:
    """Return how alike the names are, in per cent; numbers that differ make two of them."""
    best = 0.0
    for name in _names(one):
        for known in _names(other):
            if digits(name) != digits(known):
                continue
            best = max(best, fuzz.ratio(name, known), fuzz.token_sort_ratio(name, known))
    return best


def _names(place: Place) -> set[str]:
    names = {place.name, place.name_en or "", *place.other_names}
    folded = {fold(name) for name in names} | {fold(without_brackets(place.name))}
    return folded - {""}


def _rank(place: Place) -> tuple[bool, bool, bool, str]:
    return (
        place.checked_by is None,
        not place.is_published,
        place.lonlat is None or place.status == "doubtful",
        place.place_id,
    )


def pair_id(one_id: str, other_id: str) -> str:
    """Return the id of the decision about two places, whichever comes first."""
    first, second = sorted((one_id, other_id))
    return hashlib.sha256(f"{first}\n{second}".encode()).hexdigest()[:32]


def keep_both(writer: Writer, one_id: str, other_id: str, note: str | None = None) -> Distinct:
    """Remember that two places are two; they are not offered for merging again."""
    first, second = sorted((one_id, other_id))
    writer.get(Place, first)
    writer.get(Place, second)
    identity = pair_id(first, second)
    if writer.has(Distinct, identity):
        return writer.get(Distinct, identity)
    return writer.add(Distinct(identity, first, second, note), "keep")


def merge(writer: Writer, kept: Place, gone: Place) -> Place:
    """
    Merge one place into another, as one change each; undoing both parts them again.

    What the kept place does not know is taken from the other, and so is what lists say of it:
    their rows find the kept place from now on.

    Parameters
    ----------
    writer
        The act it is part of.
    kept, gone
        The places as they were looked at.

    Returns
    -------
    place
        The kept place as it stands now.

    Raises
    ------
    ConflictError
        If one of them was changed since.
    RegisterError
        If they are one, or one is no place of its own any more.
    """
    if kept.place_id == gone.place_id or not kept.is_there or not gone.is_there:
        raise RegisterError(
            en=f"{gone.place_id} and {kept.place_id} are not two places that can be merged.",
            zh=f"{gone.place_id} 与 {kept.place_id} 不是可以合并的两处地点。",
        )
    blanks = {
        name: getattr(gone, name)
        for name in _FILLED
        if not getattr(kept, name) and getattr(gone, name)
    }
    if kept.lonlat is None and gone.lonlat is not None:
        blanks |= {name: getattr(gone, name) for name in _POSITION}
    names_of = (*kept.other_names, gone.name, *gone.other_names)
    other_names = tuple(dict.fromkeys(name for name in names_of if name != kept.name))
    # A list both were read from keeps one word each: the other row joins under its own id.
    origins: tuple[Origin, ...] = (*kept.origins, *gone.origins)
    writer.edit(
        Place,
        gone.place_id,
        gone.version,
        "merge",
        status="merged",
        merged_into=kept.place_id,
        is_published=False,
        origins=(),
    )
    return writer.edit(
        Place,
        kept.place_id,
        kept.version,
        "merge",
        **blanks,
        other_names=other_names,
        origins=origins,
        extra={**gone.extra, **kept.extra},
    )
