"""What a register knows for sure of where things are, for geocoders to build on."""

from __future__ import annotations

from collections.abc import Iterable

from circle.geocoding import KnownPlace
from circle.store.model import Place

# What a map or a service said is not repeated as if it were known: an error would confirm itself.
_SURE_METHODS = frozenset({"coordinates", "hand"})
_ACCURACY_M = 30.0


def known_places(places: Iterable[Place]) -> list[KnownPlace]:
    """
    Return the places whose position is not a geocoder's guess.

    Parameters
    ----------
    places
        Of a register; those with coordinates of a list, set by hand, or checked are taken.

    Examples
    --------
    >>> sure = Place("m1", "张掖路菜市场", "food_markets", lon=103.83, lat=36.06,
    ...              match_method="coordinates")
    >>> guess = Place("m2", "酒泉路药店", "health", lon=103.83, lat=36.06, match_method="gazetteer")
    >>> [known.name for known in known_places([sure, guess])]
    ['张掖路菜市场']
    """
    return [
        KnownPlace(
            name=place.name,
            lon=place.lonlat.lon,
            lat=place.lonlat.lat,
            other_names=(*([place.name_en] if place.name_en else []), *place.other_names),
            address=place.address or "",
            place_id=place.place_id,
            accuracy_m=place.position_accuracy_m or _ACCURACY_M,
        )
        for place in places
        if place.status == "in_use"
        and place.lonlat is not None
        and (place.match_method in _SURE_METHODS or place.checked_by is not None)
    ]
