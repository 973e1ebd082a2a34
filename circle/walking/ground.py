"""Ground: the water, rails and motorways nobody crosses away from a street."""

from __future__ import annotations

from circle.walking.words import NO, OPEN, Barrier, Tags, answer

_RAILS = frozenset(("rail", "light_rail", "narrow_gauge", "preserved", "funicular"))
_MOTORWAYS = frozenset(("motorway", "motorway_link"))


def classify_barrier(tags: Tags, is_area: bool) -> Barrier | None:
    """
    Return what keeps people on foot from going straight on, off the streets.

    Parameters
    ----------
    tags
        Tags of a line or an area.
    is_area
        Whether they describe an area.

    Returns
    -------
    barrier
        ``None`` for what can be crossed: streams, trams, the underground, and everything in a
        tunnel or on a bridge.

    Examples
    --------
    >>> classify_barrier({"railway": "rail"}, is_area=False).name
    'RAILWAY'
    >>> classify_barrier({"railway": "rail", "bridge": "viaduct"}, is_area=False) is None
    True
    """
    water = railway = highway = False
    if "natural" in tags or "waterway" in tags or "landuse" in tags:
        water = (
            tags.get("natural") == "coastline"
            or tags.get("waterway") in ("river", "canal", "riverbank", "dock", "tidal_channel")
            or (is_area and (tags.get("natural") == "water" or tags.get("landuse") == "reservoir"))
        ) and tags.get("intermittent") != "yes"
    if not is_area:
        railway = tags.get("railway") in _RAILS
        highway = tags.get("highway") in _MOTORWAYS or (
            tags.get("motorroad") == "yes" and "highway" in tags
        )
    if not (water or railway or highway):
        return None
    if (
        tags.get("tunnel", "no") not in NO
        or tags.get("bridge", "no") not in NO
        or tags.get("location") == "underground"
    ):
        return None
    if water:
        return None if tags.get("covered") == "yes" else Barrier.WATER
    if railway:
        return None if "yes" in (tags.get("disused"), tags.get("abandoned")) else Barrier.RAILWAY
    return None if answer(tags.get("foot")) == OPEN else Barrier.MOTORWAY
