"""
Gives what a row describes a position, or says why it has none.

Coordinates come first, then the geocoder; what it knows only vaguely is not placed. Coordinates
that lie far from where the map knows the same place are kept and doubted: that is how a wrong
datum and exchanged rows show.
"""

from __future__ import annotations

import math
from typing import Any

from circle.facilities.locate import is_placeable
from circle.geocoding import Chain, GeocodeMatch, Geocoder
from circle.geometry import LonLat
from circle.store.list_rows import Draft, Given

FAR_FROM_MAP_M = 300.0
"""Coordinates farther than this from where the map has the same place are doubted."""
_EARTH_RADIUS_M = 6_371_008.8


def distance_m(one: LonLat, other: LonLat) -> float:
    """
    Return the distance of two positions in metres, on a sphere.

    Examples
    --------
    >>> round(distance_m(LonLat(7.42, 43.73), LonLat(7.43, 43.73)))
    804
    """
    lat_1, lat_2 = math.radians(one.lat), math.radians(other.lat)
    d_lat, d_lon = lat_2 - lat_1, math.radians(other.lon - one.lon)
    half = math.sin(d_lat / 2) ** 2
    half += math.cos(lat_1) * math.cos(lat_2) * math.sin(d_lon / 2) ** 2
    return 2 * _EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))


def place_draft(
    draft: Draft, geocoder: Geocoder | None, own_id: str | None = None
) -> dict[str, Any]:
    """
    Return the fields of a place that say where it is, and note doubts on the draft.

    Parameters
    ----------
    draft
        What a row describes.
    geocoder
        Who is asked; None asks nobody. Services on the internet are asked only for places
        without coordinates.
    own_id
        Id of the place in the register: what the register itself knows of it is no other source.
    """
    name, address = draft.values.get("name") or "", draft.values.get("address") or ""
    given = draft.given
    if given is not None and draft.match:
        return {**_given_fields(given), **draft.match}
    if given is not None and given.is_believed:
        if geocoder is not None:
            local = geocoder.offline if isinstance(geocoder, Chain) else geocoder
            matches = local.geocode(name, address)
            _compare(draft, given, [m for m in matches if m.feature_id != own_id or not own_id])
        return {
            **_given_fields(given),
            "match_method": "coordinates",
            "match_level": "building",
            "match_confidence": 1.0,
            "match_reason": "The list gives the coordinates.",
            "match_reason_zh": "表格中给出了坐标。",
            "position_accuracy_m": given.accuracy_m,
            "status": "in_use",
        }
    found = geocoded_fields(None if geocoder is None else geocoder.geocode(name, address))
    if given is not None:
        # Not believed: what it said stays beside the position, if there is one.
        found |= {"given_x": given.x, "given_y": given.y, "datum": given.datum}
    if found["status"] == "doubtful":
        draft.doubt(
            "name" if not address else "address",
            found["match_reason"].rstrip("."),
            found["match_reason_zh"].rstrip("。"),
        )
    return found


def _given_fields(given: Given) -> dict[str, Any]:
    return {
        "given_x": given.x,
        "given_y": given.y,
        "datum": given.datum,
        "lon": given.lonlat.lon,
        "lat": given.lonlat.lat,
    }


def _compare(draft: Draft, given: Given, matches: list[GeocodeMatch]) -> None:
    sure = [match for match in matches if match.is_confident and is_placeable(match)]
    if not sure:
        return
    # One of several candidates nearby is enough: names are borne by more than one place.
    away_m = min(
        distance_m(given.lonlat, match.lonlat) for match in matches if match.lonlat is not None
    )
    if away_m > FAR_FROM_MAP_M + sure[0].accuracy_m:
        draft.doubt(
            "lon",
            f"the coordinates lie {away_m:.0f} m from where the map has “{sure[0].name}”; "
            "perhaps another datum",
            f"坐标与地图上的“{sure[0].name}”相距 {away_m:.0f} 米，坐标系可能有误",
        )


def geocoded_fields(matches: list[GeocodeMatch] | None) -> dict[str, Any]:
    """
    Return the fields of a place that say where it is, from what a geocoder answered.

    Parameters
    ----------
    matches
        Best first; None when nobody was asked.
    """
    fields: dict[str, Any] = {
        **dict.fromkeys(("given_x", "given_y", "datum", "lon", "lat")),
        "match_method": None,
        "match_level": None,
        "match_confidence": 0.0,
        "position_accuracy_m": None,
        "status": "doubtful",
    }
    if matches is None:
        return fields | {
            "match_reason": "No coordinates, and no map to look the address up on.",
            "match_reason_zh": "没有坐标，也没有可供查询地址的地图。",
        }
    if not matches:
        return fields | {
            "match_reason": "Neither the name nor the address is on the map.",
            "match_reason_zh": "地图上既没有这个名称，也没有这个地址。",
        }
    best = matches[0]
    if best.lonlat is None:  # a service that did not answer: the place may yet be found
        return fields | {
            "match_reason": f"Not on the map, and nobody else could be asked: {best.reason}",
            "match_reason_zh": f"地图上没有，且未能询问在线服务：{best.reason_zh}",
        }
    accuracy_m = best.accuracy_m if math.isfinite(best.accuracy_m) else None
    fields |= {
        "match_method": best.method,
        "match_level": best.level,
        "match_confidence": best.confidence,
        "position_accuracy_m": accuracy_m,
    }
    if is_placeable(best):
        return fields | {
            "lon": best.lonlat.lon,
            "lat": best.lonlat.lat,
            "match_reason": best.reason,
            "match_reason_zh": best.reason_zh,
            "status": "in_use",
        }
    return fields | {
        "match_reason": f"Known only vaguely, too little for a place on the map: {best.reason}",
        "match_reason_zh": f"只知道大概，不足以标在图上：{best.reason_zh}",
    }
