"""
Ways: may one walk on a line, as what, and in which direction.

The order is: what is not built or not a way at all, then `foot`, then `access`, then the class of
the way. Where the tags leave the answer open the way is kept and marked `Flag.GUESSED`, because a
missing sidewalk tag is far more common than a missing sidewalk; where they say that residents
alone may enter, it is kept and marked `Flag.PRIVATE`.
"""

from __future__ import annotations

import math

from circle.walking.words import (
    AREA,
    BRIDGE,
    CLOSED,
    COVERED,
    CROSSING,
    ELEVATOR,
    GATED,
    GUESSED,
    INFERRED,
    LIMITED,
    NO,
    NO_WHEELCHAIR,
    NO_WHEELS,
    OPEN,
    PRIVATE,
    STEPS,
    TUNNEL,
    YES,
    Flag,
    Kind,
    Tags,
    WayRule,
    answer,
    permission,
)

# Class of the way -> kind, flags by default, and how much the class itself allows.
_WALK, _ROADSIDE, _ONLY_IF_SAID = range(3)
_HIGHWAY: dict[str, tuple[Kind, int, int]] = {
    "trunk": (Kind.ROAD_MAIN, GUESSED, _ROADSIDE),
    "trunk_link": (Kind.ROAD_MAIN, GUESSED, _ROADSIDE),
    "primary": (Kind.ROAD_MAIN, 0, _ROADSIDE),
    "primary_link": (Kind.ROAD_MAIN, 0, _ROADSIDE),
    "secondary": (Kind.ROAD_MAIN, 0, _ROADSIDE),
    "secondary_link": (Kind.ROAD_MAIN, 0, _ROADSIDE),
    "tertiary": (Kind.ROAD, 0, _ROADSIDE),
    "tertiary_link": (Kind.ROAD, 0, _ROADSIDE),
    "unclassified": (Kind.ROAD, 0, _ROADSIDE),
    "residential": (Kind.ROAD, 0, _ROADSIDE),
    "road": (Kind.ROAD, GUESSED, _ROADSIDE),
    "living_street": (Kind.LIVING_STREET, 0, _ROADSIDE),
    "service": (Kind.SERVICE, 0, _WALK),
    "pedestrian": (Kind.PEDESTRIAN, 0, _WALK),
    "footway": (Kind.FOOTWAY, 0, _WALK),
    "crossing": (Kind.CROSSING, GUESSED | CROSSING, _WALK),
    "path": (Kind.PATH, 0, _WALK),
    "track": (Kind.TRACK, 0, _WALK),
    "bridleway": (Kind.BRIDLEWAY, GUESSED, _WALK),
    "cycleway": (Kind.CYCLEWAY, GUESSED, _WALK),
    "steps": (Kind.STEPS, STEPS, _WALK),
    "corridor": (Kind.CORRIDOR, COVERED, _WALK),
    "elevator": (Kind.ELEVATOR, ELEVATOR, _WALK),
    "platform": (Kind.PLATFORM, 0, _WALK),
    "motorway": (Kind.ROAD_MAIN, GUESSED, _ONLY_IF_SAID),
    "motorway_link": (Kind.ROAD_MAIN, GUESSED, _ONLY_IF_SAID),
    "busway": (Kind.ROAD, GUESSED, _ONLY_IF_SAID),
    "bus_guideway": (Kind.ROAD, GUESSED, _ONLY_IF_SAID),
    "raceway": (Kind.ROAD, GUESSED, _ONLY_IF_SAID),
    "escape": (Kind.ROAD, GUESSED, _ONLY_IF_SAID),
    "emergency_bay": (Kind.ROAD, GUESSED, _ONLY_IF_SAID),
    "rest_area": (Kind.SERVICE, GUESSED, _ONLY_IF_SAID),
    "services": (Kind.SERVICE, GUESSED, _ONLY_IF_SAID),
    "ladder": (Kind.STEPS, GUESSED | STEPS, _ONLY_IF_SAID),
}
_UNKNOWN_HIGHWAY = (Kind.PATH, GUESSED, _ONLY_IF_SAID)

# Not there (yet, or any more), or climbed with a harness: no tag makes a walk of it.
_NEVER = frozenset(
    ("proposed", "construction", "planned", "abandoned", "disused", "razed", "demolished",
     "removed", "destroyed", "dismantled", "via_ferrata", "no")
)  # fmt: skip

HIGHWAY_VALUES: frozenset[str] = frozenset(_HIGHWAY)
"""Values of `highway` that can be walkable, some only with an explicit `foot=yes`."""

FILTER_KEYS: tuple[str, ...] = ("man_made", "railway", "public_transport", "place", "waterway")
"""Keys besides `highway` by which a way can be walkable: piers, platforms, squares, dams."""

_SIDEWALK_THERE = frozenset(("both", "left", "right", "yes", "lane"))
_ALPINE = frozenset(
    ("alpine_hiking", "demanding_alpine_hiking", "difficult_alpine_hiking", "T4", "T5", "T6")
)
_ROUGH = frozenset(("mountain_hiking", "demanding_mountain_hiking", "T2", "T3"))
_GUESSED_SERVICE = frozenset(("driveway", "drive-through", "drive_through", "emergency_access"))

# A way that has none of these keys is what its class says: most ways, answered at once.
_MODIFIERS = frozenset(
    ("foot", "access", "foot:conditional", "access:conditional", "foot:forward", "foot:backward",
     "oneway:foot", "conveying", "oneway", "motorroad", "sidewalk", "sidewalk:both",
     "sidewalk:left", "sidewalk:right", "footway", "path", "cycleway", "crossing", "bridge",
     "tunnel", "covered", "indoor", "location", "area", "place", "wheelchair", "ramp",
     "ramp:wheelchair", "ramp:stroller", "smoothness", "surface", "tracktype", "sac_scale",
     "ford", "service", "military", "fee", "evidence", "abandoned", "disused", "railway",
     "public_transport", "train", "subway", "light_rail")
)  # fmt: skip

_rules: dict[tuple[int, int, bool, bool], WayRule] = {}


def _rule(kind: Kind, flags: int, forward: bool = True, backward: bool = True) -> WayRule:
    """Return the shared rule: a few hundred distinct ones exist, enums are dear to make."""
    key = (kind, flags, forward, backward)
    rule = _rules.get(key)
    if rule is None:
        rule = _rules[key] = WayRule(kind, Flag(flags), forward, backward)
    return rule


def classify_way(tags: Tags, is_closed: bool = False) -> WayRule | None:
    """
    Return how one walks on a way.

    Parameters
    ----------
    tags
        Tags of the way, or of the area whose edge it is.
    is_closed
        Whether the line ends where it starts. Decides only `Flag.AREA` of platforms and piers,
        and whether ``place=square`` bounds a square.

    Returns
    -------
    rule
        ``None`` where nobody walks; a way without a single useful tag is such a one.

    Examples
    --------
    >>> classify_way({"highway": "motorway"}) is None
    True
    >>> classify_way({"highway": "cycleway"}).flags
    <Flag.GUESSED: 1>
    >>> classify_way({"highway": "steps", "conveying": "forward"}).backward
    False
    """
    if not isinstance(tags, dict):
        tags = dict(tags)
    highway = tags.get("highway")
    if highway is None:
        base = _without_highway(tags, is_closed)
        if base is None:
            return None
    else:
        base = _HIGHWAY.get(highway) or _uncommon(highway)
        if base is None:
            return None
    kind, flags, grade = base
    if _MODIFIERS.isdisjoint(tags):
        if grade == _ONLY_IF_SAID:
            return None
        if flags & STEPS:
            flags |= NO_WHEELS
        return _rule(kind, flags | _area(tags, kind, is_closed))
    return _modified(tags, kind, flags, grade, is_closed)


def _uncommon(highway: str) -> tuple[Kind, int, int] | None:
    """Read a value that is not in the table: several values, or one nobody documented."""
    if highway in _NEVER:
        return None
    for part in highway.split(";"):
        base = _HIGHWAY.get(part.strip())
        if base is not None:
            return base
    return _UNKNOWN_HIGHWAY


def _without_highway(tags: Tags, is_closed: bool) -> tuple[Kind, int, int] | None:
    """Return the class of a walkable way that has no `highway`; ferries are none of them."""
    man_made = tags.get("man_made")
    if man_made == "pier":
        return (Kind.PIER, 0, _WALK)
    if tags.get("railway") == "platform":
        # Often behind ticket gates.
        return (Kind.PLATFORM, GUESSED, _WALK)
    if tags.get("public_transport") == "platform":
        return (Kind.PLATFORM, 0, _WALK)
    if tags.get("place") == "square" and is_closed:
        return (Kind.PEDESTRIAN, GUESSED, _WALK)
    if man_made in ("breakwater", "groyne", "dyke") or (
        tags.get("waterway") in ("dam", "weir", "lock_gate")
    ):
        return (Kind.PATH, GUESSED, _ONLY_IF_SAID)
    return None


def _modified(tags: Tags, kind: Kind, flags: int, grade: int, is_closed: bool) -> WayRule | None:
    """Apply every tag that changes what the class of the way says."""
    may, by_foot, guessed = permission(tags)
    if may == CLOSED and not (
        answer(tags.get("foot:forward")) == OPEN or answer(tags.get("foot:backward")) == OPEN
    ):
        return None
    said = by_foot and may == OPEN
    if not said:
        if grade == _ONLY_IF_SAID or tags.get("motorroad") == "yes" or _is_shut(tags):
            return None
        if grade == _ROADSIDE:
            side = _roadside(tags, kind, flags)
            if side is None:
                return None
            flags = side
        elif kind == Kind.SERVICE and tags.get("service") in _GUESSED_SERVICE:
            flags |= GUESSED
    if said or (may == OPEN and kind != Kind.ROAD_MAIN):
        if grade != _ONLY_IF_SAID:
            flags &= ~GUESSED
    elif may == GATED:
        flags |= PRIVATE
    if guessed or may == LIMITED or ("fee" in tags and tags["fee"] not in NO):
        flags |= GUESSED

    kind, flags = _refine(tags, kind, flags)
    directions = _directions(tags, kind, may)
    if directions is None:
        return None
    forward, backward, unsure = directions
    flags |= unsure | _around(tags) | _wheels(tags, flags) | _area(tags, kind, is_closed)
    if tags.get("evidence") == "inferred":
        flags |= INFERRED
    return _rule(kind, flags, forward, backward)


def _is_shut(tags: Tags) -> bool:
    """Say whether the way is army ground, given up, or a crossing that is none."""
    return (
        tags.get("military", "no") not in NO
        or tags.get("abandoned") == "yes"
        or (tags.get("crossing") == "no" and "crossing" in (tags.get("footway"), tags.get("path")))
        or tags.get("sac_scale") in _ALPINE
    )


def _roadside(tags: Tags, kind: Kind, flags: int) -> int | None:
    """
    Return the flags of a road by what is said of its sidewalks, ``None`` for a trunk tunnel.

    `sidewalk=separate` does not drop the road: where the separate line is unmapped, unconnected
    or cut by a gate, dropping it would cut the street; the mark keeps the doubt visible.
    """
    sides = {
        value
        for key in ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right")
        if (value := tags.get(key)) is not None
    }
    if sides & _SIDEWALK_THERE:
        return flags & ~GUESSED
    if "separate" in sides:
        return flags | GUESSED
    if kind == Kind.ROAD_MAIN:
        if tags.get("tunnel", "no") not in NO:
            if flags & GUESSED:
                return None
            return flags | GUESSED
        if sides & NO:
            return flags | GUESSED
    return flags


def _refine(tags: Tags, kind: Kind, flags: int) -> tuple[Kind, int]:
    """Tell sidewalks and crossings from other ways, and mark stations' and shaky ways."""
    part = tags.get("footway") or tags.get("path")
    if kind in (Kind.FOOTWAY, Kind.PATH, Kind.CYCLEWAY):
        if part == "crossing" or (kind == Kind.CYCLEWAY and tags.get("cycleway") == "crossing"):
            return Kind.CROSSING, flags | CROSSING
        if part == "sidewalk" and kind != Kind.CYCLEWAY:
            return Kind.SIDEWALK, flags
    if tags.get("disused") == "yes" or tags.get("ford", "no") not in NO:
        flags |= GUESSED
    if kind == Kind.PLATFORM and "foot" not in tags:
        is_rail = "yes" in (tags.get("train"), tags.get("subway"), tags.get("light_rail"))
        if is_rail or tags.get("railway") == "platform":
            flags |= GUESSED
    return kind, flags


def _directions(tags: Tags, kind: Kind, may: int) -> tuple[bool, bool, int] | None:
    """
    Return forward, backward and the mark of doubt; ``None`` when neither way is open.

    `oneway=yes` speaks to vehicles: on roads it does not bind who walks. On moving steps and
    walkways it does; on other ways for feet alone it is a doubt, and both ways stay open.
    """
    one_foot = tags.get("oneway:foot")
    ahead, back = answer(tags.get("foot:forward")), answer(tags.get("foot:backward"))
    if may == CLOSED:
        # Closed but for the direction that is said to be open.
        forward, backward = ahead == OPEN, back == OPEN
    else:
        forward, backward = ahead != CLOSED, back != CLOSED
    unsure = 0
    conveying = tags.get("conveying", "no")
    oneway = tags.get("oneway", "no")
    if one_foot in YES:
        backward = False
    elif one_foot in ("-1", "reverse"):
        forward = False
    elif conveying == "forward" or (conveying not in NO and oneway in YES):
        backward = False
    elif conveying == "backward" or (conveying not in NO and oneway == "-1"):
        forward = False
    elif conveying not in NO or (
        one_foot is None
        and oneway not in NO
        and kind in (Kind.FOOTWAY, Kind.SIDEWALK, Kind.STEPS, Kind.CORRIDOR)
    ):
        unsure = GUESSED
    return (forward, backward, unsure) if forward or backward else None


def _around(tags: Tags) -> int:
    """Return the flags of bridges, tunnels and roofs."""
    flags = 0
    if tags.get("bridge", "no") not in NO:
        flags |= BRIDGE
    tunnel = tags.get("tunnel", "no")
    if tunnel in ("building_passage", "avalanche_protector"):
        flags |= COVERED
    elif tunnel == "culvert":
        pass  # the water is in it, the way runs over it
    elif tunnel not in NO or tags.get("location") == "underground":
        flags |= TUNNEL
    if tags.get("covered", "no") not in NO or tags.get("indoor", "no") not in NO:
        flags |= COVERED
    return flags


def _wheels(tags: Tags, flags: int) -> int:
    """
    Return what stops wheels.

    On steps only a ramp said to be for a wheelchair or a pushchair counts: a bare `ramp=yes` is
    most often a groove for bicycles, and a promise broken on the spot is worse than a detour.
    """
    wheelchair = tags.get("wheelchair")
    if wheelchair in YES:
        return 0
    if flags & STEPS:
        if tags.get("ramp:wheelchair") in YES:
            return 0
        if tags.get("ramp:stroller") in YES:
            return NO_WHEELCHAIR
        if wheelchair == "limited":
            return NO_WHEELCHAIR | GUESSED
        unsaid = tags.get("ramp") == "yes" and not any(
            key in tags for key in ("ramp:bicycle", "ramp:wheelchair", "ramp:stroller")
        )
        return NO_WHEELS | (GUESSED if unsaid else 0)
    if (
        tags.get("smoothness") in ("horrible", "very_horrible", "impassable")
        or tags.get("surface") in ("sand", "mud", "stepping_stones")
        or tags.get("ford") == "stepping_stones"
        or tags.get("sac_scale") in _ROUGH
    ):
        return NO_WHEELS
    if wheelchair == "no" or tags.get("smoothness") == "very_bad":
        return NO_WHEELCHAIR
    return NO_WHEELCHAIR if tags.get("tracktype") == "grade5" else 0


def _area(tags: Tags, kind: Kind, is_closed: bool) -> int:
    """Return `AREA` for the edge of an area. A closed line alone is a ring street, not a square."""
    area = tags.get("area")
    if area is not None and area not in NO:
        return AREA
    by_itself = kind in (Kind.PLATFORM, Kind.PIER, Kind.ELEVATOR) or tags.get("place") == "square"
    return AREA if is_closed and area is None and by_itself else 0


TREAD_M = 0.4
"""
Metres on the map per untagged step: a tread of 0.30 m and its share of landings. The flights of
Monaco that carry a `step_count` have a median of 0.46, the long ones 0.43 to 0.47.
"""


def tagged_step_count(tags: Tags) -> int:
    """Return `step_count` of steps; -1 where it is not a whole number above 0, or no steps."""
    told = tags.get("step_count")
    if told is None or "steps" not in tags.get("highway", ""):
        return -1
    told = told.strip()
    return int(told) if told.isascii() and told.isdigit() and 0 < int(told) <= 10_000 else -1


def step_count(tags: Tags, length_m: float) -> int:
    """
    Return how many steps a flight of steps has.

    Parameters
    ----------
    tags
        Tags of the way; anything but steps has none.
    length_m
        Length on the map in metres, finite, not negative.

    Returns
    -------
    n_steps
        `step_count` where it is a whole number above 0; else `length_m` divided by `TREAD_M`,
        rounded up, at least 1.

    Examples
    --------
    >>> step_count({"highway": "steps"}, 8.0)
    20
    """
    if "steps" not in tags.get("highway", ""):
        return 0
    tagged = tagged_step_count(tags)
    return tagged if tagged > 0 else max(1, math.ceil(length_m / TREAD_M))


def layer_of(tags: Tags) -> int:
    """Return `layer`; 0 where it is missing or no whole number (of several, the first)."""
    told = tags.get("layer")
    if told is None:
        return 0
    try:
        return int(told.split(";")[0])
    except ValueError:
        return 0
