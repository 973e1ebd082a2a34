"""Which layer of the basemap a thing belongs to, by its tags."""

from __future__ import annotations

from collections.abc import Mapping

_GREEN_LEISURE = frozenset(
    {"park", "garden", "pitch", "golf_course", "nature_reserve", "playground", "common"}
    | {"dog_park", "recreation_ground", "track"}
)
_GREEN_LANDUSE = frozenset(
    {"grass", "forest", "meadow", "village_green", "recreation_ground", "cemetery"}
    | {"orchard", "vineyard", "allotments", "flowerbed", "greenfield"}
)
_GREEN_NATURAL = frozenset({"wood", "scrub", "grassland", "heath", "tree_row", "shrubbery"})
_WATER_LINES = frozenset({"river", "canal", "stream", "drain", "ditch", "tidal_channel"})
_WATER_AREAS = frozenset({"riverbank", "dock", "boatyard", "river", "canal", "basin"})
_RAILS = frozenset(
    {"rail", "light_rail", "subway", "tram", "narrow_gauge", "funicular", "monorail"}
    | {"preserved"}
)
_SAND = frozenset({"sand", "beach", "shingle"})
_MOTORWAYS = frozenset({"motorway", "motorway_link"})


def layer_of(tags: Mapping[str, str], *, is_area: bool) -> tuple[str, str] | None:
    """
    Return the layer and kind to draw a thing as, or None.

    Parameters
    ----------
    tags
        OSM tags.
    is_area
        Whether it is an area; a line otherwise.

    Examples
    --------
    >>> layer_of({"leisure": "park"}, is_area=True)
    ('green', 'park')
    >>> layer_of({"waterway": "river"}, is_area=False)
    ('water', 'river')
    """
    natural = tags.get("natural", "")
    waterway = tags.get("waterway", "")
    if not is_area:
        return _line_layer(tags, waterway)
    if natural in ("water", "bay", "strait"):
        return ("water", tags.get("water", natural))
    if waterway in _WATER_AREAS:
        return ("water", waterway)
    landuse = tags.get("landuse", "")
    if landuse in ("reservoir", "basin"):
        return ("water", landuse)
    building = tags.get("building", "no")
    if building != "no":
        return ("building", building)
    if natural in _SAND:
        return ("sand", natural)
    leisure = tags.get("leisure", "")
    for value, greens in (
        (leisure, _GREEN_LEISURE),
        (landuse, _GREEN_LANDUSE),
        (natural, _GREEN_NATURAL),
    ):
        if value in greens:
            return ("green", value)
    return ("green", "cemetery") if tags.get("amenity") == "grave_yard" else None


def _line_layer(tags: Mapping[str, str], waterway: str) -> tuple[str, str] | None:
    if waterway in _WATER_LINES:
        return ("water", waterway)
    railway = tags.get("railway", "")
    if railway in _RAILS:
        return ("rail", railway)
    highway = tags.get("highway", "")
    if highway in _MOTORWAYS:
        return ("motorway", highway)
    if tags.get("natural") == "tree_row":
        return ("green", "tree_row")
    return None


def is_tunnel(tags: Mapping[str, str]) -> bool:
    """Say whether a line runs under the ground."""
    return tags.get("tunnel", "no") != "no" or tags.get("covered") == "yes"


def is_bridge(tags: Mapping[str, str]) -> bool:
    """Say whether a line runs over the ground."""
    return tags.get("bridge", "no") != "no"
