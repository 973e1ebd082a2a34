"""What a register knows for sure of where things are, for geocoders to build on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import shapely

from circle.facilities.kinds import is_name
from circle.geocoding import KnownPlace
from circle.store.drawn import shape_of
from circle.store.model import Compound, Place
from circle.store.register import Register

# What a map or a service said is not repeated as if it were known: an error would confirm itself.
_SURE_METHODS = frozenset({"coordinates", "hand"})
_ACCURACY_M = 30.0
_COMPOUND_ACCURACY_M = 200.0


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
    >>> nameless = Place("m3", "药店（名称未详）", "health", lon=103.83, lat=36.06, checked_by="李",
    ...                  address="张掖路12号")
    >>> [(known.name, known.address) for known in known_places([sure, guess, nameless])]
    [('张掖路菜市场', ''), ('', '张掖路12号')]
    """
    return [
        KnownPlace(
            # What nobody knows the name of is found by its address alone.
            name=place.name if is_name(place.name) else "",
            lon=place.lonlat.lon,
            lat=place.lonlat.lat,
            other_names=tuple(filter(is_name, filter(None, (place.name_en, *place.other_names)))),
            address=place.address or "",
            place_id=place.place_id,
            accuracy_m=place.position_accuracy_m or _ACCURACY_M,
        )
        for place in places
        if place.status == "in_use"
        and place.lonlat is not None
        and (place.match_method in _SURE_METHODS or place.checked_by is not None)
    ]


def known_compounds(compounds: Iterable[Compound]) -> list[KnownPlace]:
    """
    Return compounds as areas, and their named gates as entrances.

    Parameters
    ----------
    compounds
        Of a register; one with neither an outline nor a gate is nowhere.
    """
    known = []
    for compound in compounds:
        outline = shape_of(compound.compound_id, compound.outline)
        spots = [(gate.lon, gate.lat) for gate in compound.gates]
        if outline is not None:
            inside = shapely.point_on_surface(outline)
            spots.insert(0, (inside.x, inside.y))
        if not spots:
            continue
        known.append(
            KnownPlace(
                compound.name,
                *spots[0],
                level="area",
                place_id=compound.compound_id,
                kind="landuse=residential",
                accuracy_m=_COMPOUND_ACCURACY_M,
            )
        )
        known += [
            KnownPlace(f"{compound.name}{gate.name}", gate.lon, gate.lat, level="entrance")
            for gate in compound.gates
            if gate.name
        ]
    return known


def known_for_others(register: Register) -> list[KnownPlace]:
    """
    Return what a register knows, for finding places it does not have yet.

    A name of its own is left out: a second place of one name is another place. The address
    beside it still tells where its neighbours are.
    """
    named = known_places(register.places())
    addresses = [replace(place, name="", other_names=()) for place in named if place.address]
    return addresses + known_compounds(register.compounds())
