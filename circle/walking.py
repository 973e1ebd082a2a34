"""
Who may walk where: the one set of rules that reads OpenStreetMap's tags for every source.

Pure functions over tags. The order is: what is not built or not a way at all, then `foot`, then
`access`, then the class of the way. Where the tags leave the answer open the way is kept and
marked `Flag.GUESSED`, because a missing sidewalk tag is far more common than a missing sidewalk;
where they say that residents alone may enter, it is kept and marked `Flag.PRIVATE`.
It refuses to know geometry: whether a line is closed is the caller's to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, IntFlag

Tags = Mapping[str, str]


class Kind(IntEnum):
    """What sort of way an edge is. Stored as uint8: numbers are stable, new ones go last."""

    ROAD_MAIN = 0
    ROAD = 1
    LIVING_STREET = 2
    SERVICE = 3
    PEDESTRIAN = 4
    FOOTWAY = 5
    SIDEWALK = 6
    CROSSING = 7
    PATH = 8
    TRACK = 9
    CYCLEWAY = 10
    STEPS = 11
    CORRIDOR = 12
    ELEVATOR = 13
    PLATFORM = 14
    PIER = 15
    BRIDLEWAY = 16


KIND_NAMES: dict[Kind, tuple[str, str]] = {
    Kind.ROAD_MAIN: ("主干道路", "main road"),
    Kind.ROAD: ("道路", "road"),
    Kind.LIVING_STREET: ("生活街道", "living street"),
    Kind.SERVICE: ("内部道路", "service road"),
    Kind.PEDESTRIAN: ("步行街与广场", "pedestrian street or square"),
    Kind.FOOTWAY: ("步行道", "footway"),
    Kind.SIDEWALK: ("人行道", "sidewalk"),
    Kind.CROSSING: ("过街通道", "crossing"),
    Kind.PATH: ("小路", "path"),
    Kind.TRACK: ("机耕路", "track"),
    Kind.CYCLEWAY: ("自行车道", "cycleway"),
    Kind.STEPS: ("台阶", "steps"),
    Kind.CORRIDOR: ("室内通道", "corridor"),
    Kind.ELEVATOR: ("电梯", "lift"),
    Kind.PLATFORM: ("站台", "platform"),
    Kind.PIER: ("码头栈桥", "pier"),
    Kind.BRIDLEWAY: ("马道", "bridleway"),
}
"""Name of every kind: Chinese, English."""


class Flag(IntFlag):
    """What else is known of an edge. Stored as uint16: bits are stable, new ones go last."""

    GUESSED = 1
    """The tags leave open whether one may walk here; the rule decided."""
    PRIVATE = 2
    """Residents, members or staff only: a gated compound, a private yard."""
    STEPS = 4
    NO_WHEELS = 8
    """Nothing on wheels passes: steps without a ramp, a stile, a turnstile."""
    CROSSING = 16
    """A mapped crossing of a road or of rails."""
    BRIDGE = 32
    TUNNEL = 64
    COVERED = 128
    """Roofed or indoors, a passage through a building included."""
    ELEVATOR = 256
    AREA = 512
    """Edge of an area one may walk across, such as a square."""
    INFERRED = 1024
    """Not mapped: drawn from a gap between buildings (`evidence=inferred`)."""
    NO_WHEELCHAIR = 2048
    """A pushchair passes, a wheelchair does not: a raised kerb, `wheelchair=no`."""


class Barrier(IntEnum):
    """What nobody on foot crosses away from a street."""

    WATER = 0
    RAILWAY = 1
    MOTORWAY = 2


@dataclass(frozen=True, slots=True)
class WayRule:
    """
    How one walks on a way.

    Parameters
    ----------
    kind
        Sort of way.
    flags
        Everything else the tags say.
    forward, backward
        Whether one may walk in the direction the way is drawn, and against it; at least one.
    """

    kind: Kind
    flags: Flag
    forward: bool
    backward: bool


@dataclass(frozen=True, slots=True)
class NodeRule:
    """
    What a point does to those who walk through it.

    Parameters
    ----------
    blocks
        Nobody passes.
    private
        Residents pass, nobody else.
    no_wheels
        Nothing on wheels passes.
    guessed
        The tags leave open whether one may pass.
    no_wheelchair
        A pushchair passes, a wheelchair does not.
    elevator
        The point is a lift between levels.
    """

    blocks: bool = False
    private: bool = False
    no_wheels: bool = False
    guessed: bool = False
    no_wheelchair: bool = False
    elevator: bool = False

    @property
    def flags(self) -> Flag:
        """The marks this point leaves on an edge that touches it (`blocks` has none)."""
        return Flag(
            self.guessed * _GUESSED
            | self.private * _PRIVATE
            | self.no_wheels * _NO_WHEELS
            | self.no_wheelchair * _NO_WHEELCHAIR
            | self.elevator * _ELEVATOR
        )


# Plain integers inside: `Flag.A | Flag.B` costs half a microsecond, and Porto has 51,000 ways.
_GUESSED, _PRIVATE, _STEPS, _NO_WHEELS = 1, 2, 4, 8
_CROSSING, _BRIDGE, _TUNNEL, _COVERED = 16, 32, 64, 128
_ELEVATOR, _AREA, _INFERRED, _NO_WHEELCHAIR = 256, 512, 1024, 2048

# Answers to "may one enter", from a value of `foot` or `access`.
_UNSAID, _OPEN, _LIMITED, _GATED, _CLOSED = range(5)

_ACCESS: dict[str, int] = {
    **dict.fromkeys(("yes", "designated", "official", "permissive", "public", "allowed"), _OPEN),
    # Open to some purpose (a customer, a delivery) or advised against: on foot nobody asks, but
    # walking through rests on that guess. `use_sidepath`: the other path may not be mapped.
    **dict.fromkeys(
        ("destination", "customers", "delivery", "agricultural", "forestry", "discouraged",
         "dismount", "use_sidepath", "limited", "tourism", "visitors", "variable"),
        _LIMITED,
    ),
    **dict.fromkeys(
        ("private", "residents", "resident", "permit", "employees", "staff", "members", "students",
         "restricted", "emergency", "key", "tenants"),
        _GATED,
    ),
    **dict.fromkeys(("no", "military", "prohibited", "impassable", "closed"), _CLOSED),
}  # fmt: skip

# Class of the way -> kind, flags by default, and how much the class itself allows.
_WALK, _ROADSIDE, _ONLY_IF_SAID = range(3)
_HIGHWAY: dict[str, tuple[Kind, int, int]] = {
    "trunk": (Kind.ROAD_MAIN, _GUESSED, _ROADSIDE),
    "trunk_link": (Kind.ROAD_MAIN, _GUESSED, _ROADSIDE),
    "primary": (Kind.ROAD_MAIN, 0, _ROADSIDE),
    "primary_link": (Kind.ROAD_MAIN, 0, _ROADSIDE),
    "secondary": (Kind.ROAD_MAIN, 0, _ROADSIDE),
    "secondary_link": (Kind.ROAD_MAIN, 0, _ROADSIDE),
    "tertiary": (Kind.ROAD, 0, _ROADSIDE),
    "tertiary_link": (Kind.ROAD, 0, _ROADSIDE),
    "unclassified": (Kind.ROAD, 0, _ROADSIDE),
    "residential": (Kind.ROAD, 0, _ROADSIDE),
    "road": (Kind.ROAD, _GUESSED, _ROADSIDE),
    "living_street": (Kind.LIVING_STREET, 0, _ROADSIDE),
    "service": (Kind.SERVICE, 0, _WALK),
    "pedestrian": (Kind.PEDESTRIAN, 0, _WALK),
    "footway": (Kind.FOOTWAY, 0, _WALK),
    "crossing": (Kind.CROSSING, _GUESSED | _CROSSING, _WALK),
    "path": (Kind.PATH, 0, _WALK),
    "track": (Kind.TRACK, 0, _WALK),
    "bridleway": (Kind.BRIDLEWAY, _GUESSED, _WALK),
    "cycleway": (Kind.CYCLEWAY, _GUESSED, _WALK),
    "steps": (Kind.STEPS, _STEPS, _WALK),
    "corridor": (Kind.CORRIDOR, _COVERED, _WALK),
    "elevator": (Kind.ELEVATOR, _ELEVATOR, _WALK),
    "platform": (Kind.PLATFORM, 0, _WALK),
    "motorway": (Kind.ROAD_MAIN, _GUESSED, _ONLY_IF_SAID),
    "motorway_link": (Kind.ROAD_MAIN, _GUESSED, _ONLY_IF_SAID),
    "busway": (Kind.ROAD, _GUESSED, _ONLY_IF_SAID),
    "bus_guideway": (Kind.ROAD, _GUESSED, _ONLY_IF_SAID),
    "raceway": (Kind.ROAD, _GUESSED, _ONLY_IF_SAID),
    "escape": (Kind.ROAD, _GUESSED, _ONLY_IF_SAID),
    "emergency_bay": (Kind.ROAD, _GUESSED, _ONLY_IF_SAID),
    "rest_area": (Kind.SERVICE, _GUESSED, _ONLY_IF_SAID),
    "services": (Kind.SERVICE, _GUESSED, _ONLY_IF_SAID),
    "ladder": (Kind.STEPS, _GUESSED | _STEPS, _ONLY_IF_SAID),
}
_UNKNOWN_HIGHWAY = (Kind.PATH, _GUESSED, _ONLY_IF_SAID)

# Not there (yet, or any more), or climbed with a harness: no tag makes a walk of it.
_NEVER = frozenset(
    ("proposed", "construction", "planned", "abandoned", "disused", "razed", "demolished",
     "removed", "destroyed", "dismantled", "via_ferrata", "no")
)  # fmt: skip

HIGHWAY_VALUES: frozenset[str] = frozenset(_HIGHWAY)
"""Values of `highway` that can be walkable, some only with an explicit `foot=yes`."""

FILTER_KEYS: tuple[str, ...] = ("man_made", "railway", "public_transport", "place", "waterway")
"""Keys besides `highway` by which a way can be walkable: piers, platforms, squares, dams."""

_NO = frozenset(("no", "none", "0", "false"))
_YES = frozenset(("yes", "1", "true", "designated"))
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
        if flags & _STEPS:
            flags |= _NO_WHEELS
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
        return (Kind.PLATFORM, _GUESSED, _WALK)
    if tags.get("public_transport") == "platform":
        return (Kind.PLATFORM, 0, _WALK)
    if tags.get("place") == "square" and is_closed:
        return (Kind.PEDESTRIAN, _GUESSED, _WALK)
    if man_made in ("breakwater", "groyne", "dyke") or (
        tags.get("waterway") in ("dam", "weir", "lock_gate")
    ):
        return (Kind.PATH, _GUESSED, _ONLY_IF_SAID)
    return None


def _modified(tags: Tags, kind: Kind, flags: int, grade: int, is_closed: bool) -> WayRule | None:
    """Apply every tag that changes what the class of the way says."""
    may, by_foot, guessed = _permission(tags)
    if may == _CLOSED and not (
        _answer(tags.get("foot:forward")) == _OPEN or _answer(tags.get("foot:backward")) == _OPEN
    ):
        return None
    said = by_foot and may == _OPEN
    if not said:
        if grade == _ONLY_IF_SAID or tags.get("motorroad") == "yes" or _is_shut(tags):
            return None
        if grade == _ROADSIDE:
            side = _roadside(tags, kind, flags)
            if side is None:
                return None
            flags = side
        elif kind == Kind.SERVICE and tags.get("service") in _GUESSED_SERVICE:
            flags |= _GUESSED
    if said or (may == _OPEN and kind != Kind.ROAD_MAIN):
        if grade != _ONLY_IF_SAID:
            flags &= ~_GUESSED
    elif may == _GATED:
        flags |= _PRIVATE
    if guessed or may == _LIMITED or ("fee" in tags and tags["fee"] not in _NO):
        flags |= _GUESSED

    kind, flags = _refine(tags, kind, flags)
    directions = _directions(tags, kind, may)
    if directions is None:
        return None
    forward, backward, unsure = directions
    flags |= unsure | _around(tags) | _wheels(tags, flags) | _area(tags, kind, is_closed)
    if tags.get("evidence") == "inferred":
        flags |= _INFERRED
    return _rule(kind, flags, forward, backward)


def _answer(value: str | None) -> int:
    """Read one access value; of several (``yes;designated``) the first that is known."""
    if value is None:
        return _UNSAID
    may = _ACCESS.get(value)
    if may is None and ";" in value:
        known = (_ACCESS.get(part.strip()) for part in value.split(";"))
        may = next((part for part in known if part is not None), None)
    return _UNSAID if may is None else may


def _permission(tags: Tags) -> tuple[int, bool, bool]:
    """Return who may enter, whether `foot` said so (not `access`), and whether it is a guess."""
    for key in ("foot", "access"):
        value = tags.get(key)
        may = _answer(value)
        # A word nobody documented (`foot=bridge`) says nothing; the doubt stays.
        guessed = value is not None and may == _UNSAID
        at_times = tags.get(key + ":conditional")
        if at_times is not None:
            guessed = True
            if may in (_CLOSED, _GATED) and _answer(at_times.split("@")[0].strip()) in (
                _OPEN,
                _LIMITED,
            ):
                may = _LIMITED
        if may != _UNSAID:
            return may, key == "foot", guessed
        if guessed and key == "foot":
            may, _, _ = _permission({k: v for k, v in tags.items() if not k.startswith("foot")})
            return may, False, True
    return _UNSAID, False, guessed


def _is_shut(tags: Tags) -> bool:
    """Say whether the way is army ground, given up, or a crossing that is none."""
    return (
        tags.get("military", "no") not in _NO
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
        return flags & ~_GUESSED
    if "separate" in sides:
        return flags | _GUESSED
    if kind == Kind.ROAD_MAIN:
        if tags.get("tunnel", "no") not in _NO:
            if flags & _GUESSED:
                return None
            return flags | _GUESSED
        if sides & _NO:
            return flags | _GUESSED
    return flags


def _refine(tags: Tags, kind: Kind, flags: int) -> tuple[Kind, int]:
    """Tell sidewalks and crossings from other ways, and mark stations' and shaky ways."""
    part = tags.get("footway") or tags.get("path")
    if kind in (Kind.FOOTWAY, Kind.PATH, Kind.CYCLEWAY):
        if part == "crossing" or (kind == Kind.CYCLEWAY and tags.get("cycleway") == "crossing"):
            return Kind.CROSSING, flags | _CROSSING
        if part == "sidewalk" and kind != Kind.CYCLEWAY:
            return Kind.SIDEWALK, flags
    if tags.get("disused") == "yes" or tags.get("ford", "no") not in _NO:
        flags |= _GUESSED
    if kind == Kind.PLATFORM and "foot" not in tags:
        is_rail = "yes" in (tags.get("train"), tags.get("subway"), tags.get("light_rail"))
        if is_rail or tags.get("railway") == "platform":
            flags |= _GUESSED
    return kind, flags


def _directions(tags: Tags, kind: Kind, may: int) -> tuple[bool, bool, int] | None:
    """
    Return forward, backward and the mark of doubt; ``None`` when neither way is open.

    `oneway=yes` speaks to vehicles: on roads it does not bind who walks. On moving steps and
    walkways it does; on other ways for feet alone it is a doubt, and both ways stay open.
    """
    one_foot = tags.get("oneway:foot")
    ahead, back = _answer(tags.get("foot:forward")), _answer(tags.get("foot:backward"))
    if may == _CLOSED:
        # Closed but for the direction that is said to be open.
        forward, backward = ahead == _OPEN, back == _OPEN
    else:
        forward, backward = ahead != _CLOSED, back != _CLOSED
    unsure = 0
    conveying = tags.get("conveying", "no")
    oneway = tags.get("oneway", "no")
    if one_foot in _YES:
        backward = False
    elif one_foot in ("-1", "reverse"):
        forward = False
    elif conveying == "forward" or (conveying not in _NO and oneway in _YES):
        backward = False
    elif conveying == "backward" or (conveying not in _NO and oneway == "-1"):
        forward = False
    elif conveying not in _NO or (
        one_foot is None
        and oneway not in _NO
        and kind in (Kind.FOOTWAY, Kind.SIDEWALK, Kind.STEPS, Kind.CORRIDOR)
    ):
        unsure = _GUESSED
    return (forward, backward, unsure) if forward or backward else None


def _around(tags: Tags) -> int:
    """Return the flags of bridges, tunnels and roofs."""
    flags = 0
    if tags.get("bridge", "no") not in _NO:
        flags |= _BRIDGE
    tunnel = tags.get("tunnel", "no")
    if tunnel in ("building_passage", "avalanche_protector"):
        flags |= _COVERED
    elif tunnel == "culvert":
        pass  # the water is in it, the way runs over it
    elif tunnel not in _NO or tags.get("location") == "underground":
        flags |= _TUNNEL
    if tags.get("covered", "no") not in _NO or tags.get("indoor", "no") not in _NO:
        flags |= _COVERED
    return flags


def _wheels(tags: Tags, flags: int) -> int:
    """
    Return what stops wheels.

    On steps only a ramp said to be for a wheelchair or a pushchair counts: a bare `ramp=yes` is
    most often a groove for bicycles, and a promise broken on the spot is worse than a detour.
    """
    wheelchair = tags.get("wheelchair")
    if wheelchair in _YES:
        return 0
    if flags & _STEPS:
        if tags.get("ramp:wheelchair") in _YES:
            return 0
        if tags.get("ramp:stroller") in _YES:
            return _NO_WHEELCHAIR
        if wheelchair == "limited":
            return _NO_WHEELCHAIR | _GUESSED
        unsaid = tags.get("ramp") == "yes" and not any(
            key in tags for key in ("ramp:bicycle", "ramp:wheelchair", "ramp:stroller")
        )
        return _NO_WHEELS | (_GUESSED if unsaid else 0)
    if (
        tags.get("smoothness") in ("horrible", "very_horrible", "impassable")
        or tags.get("surface") in ("sand", "mud", "stepping_stones")
        or tags.get("ford") == "stepping_stones"
        or tags.get("sac_scale") in _ROUGH
    ):
        return _NO_WHEELS
    if wheelchair == "no" or tags.get("smoothness") == "very_bad":
        return _NO_WHEELCHAIR
    return _NO_WHEELCHAIR if tags.get("tracktype") == "grade5" else 0


def _area(tags: Tags, kind: Kind, is_closed: bool) -> int:
    """Return `AREA` for the edge of an area. A closed line alone is a ring street, not a square."""
    area = tags.get("area")
    if area is not None and area not in _NO:
        return _AREA
    by_itself = kind in (Kind.PLATFORM, Kind.PIER, Kind.ELEVATOR) or tags.get("place") == "square"
    return _AREA if is_closed and area is None and by_itself else 0


# --- points -------------------------------------------------------------------------------------

_GATES = frozenset(
    ("gate", "wicket_gate", "sliding_gate", "hampshire_gate", "bump_gate", "sliding_beam",
     "door", "yes")
)  # fmt: skip
_WALLS = frozenset(
    ("wall", "fence", "hedge", "city_wall", "retaining_wall", "wire_fence")
)  # fmt: skip
_NODE_WHEELS: dict[str, tuple[int, int]] = {
    # barrier -> (what it stops, doubt): steps over, squeezes through, climbs
    "kissing_gate": (_NO_WHEELS, 0),
    "stile": (_NO_WHEELS, 0),
    "horse_stile": (_NO_WHEELS, 0),
    "turnstile": (_NO_WHEELS, 0),
    "full-height_turnstile": (_NO_WHEELS, _GUESSED),
    "step": (_NO_WHEELS, 0),
    "cattle_grid": (_NO_WHEELS, 0),
    "log": (_NO_WHEELS, _GUESSED),
    "chain": (_NO_WHEELS, _GUESSED),
    "rope": (_NO_WHEELS, _GUESSED),
    "debris": (_NO_WHEELS, _GUESSED),
    "ditch": (_NO_WHEELS, _GUESSED),
    "guard_rail": (_NO_WHEELS, _GUESSED),
    "handrail": (_NO_WHEELS, _GUESSED),
    "jersey_barrier": (_NO_WHEELCHAIR, _GUESSED),
    "cycle_barrier": (_NO_WHEELCHAIR, _GUESSED),
    "motorcycle_barrier": (_NO_WHEELCHAIR, _GUESSED),
}
_NODE_KEYS = frozenset(("barrier", "entrance", "highway", "kerb", "ford"))


def classify_node(tags: Tags) -> NodeRule | None:
    """
    Return what a point does to those who walk through it.

    Parameters
    ----------
    tags
        Tags of the point.

    Returns
    -------
    rule
        ``None`` where it does nothing: a bollard, a gate said to be open, any other point.

    Examples
    --------
    >>> classify_node({"barrier": "bollard"}) is None
    True
    >>> classify_node({"barrier": "gate", "access": "private"}).private
    True
    >>> classify_node({"barrier": "wall"}).blocks
    True
    """
    if _NODE_KEYS.isdisjoint(tags):
        return None
    barrier = tags.get("barrier", "no")
    is_lift = tags.get("highway") == "elevator"
    entrance = tags.get("entrance", "no")
    flags = _NO_WHEELCHAIR if tags.get("kerb") == "raised" else 0
    if tags.get("ford", "no") not in _NO:
        flags |= _NO_WHEELS if tags["ford"] == "stepping_stones" else _GUESSED
    may = _UNSAID
    # A crossing or a bus stop with `access` speaks of its own use, not of the street it lies on.
    if barrier != "no" or is_lift or entrance != "no":
        may, _, guessed = _permission(tags)
        if may == _UNSAID and tags.get("locked") == "yes":
            may = _GATED
        if may == _UNSAID and ((barrier in _WALLS and entrance == "no") or entrance == "emergency"):
            may = _CLOSED
        if may == _CLOSED:
            return NodeRule(blocks=True)
        guessed = guessed or may == _LIMITED or (may == _UNSAID and barrier in _GATES)
        stops, doubt = _NODE_WHEELS.get(barrier, (0, 0))
        flags |= stops | (doubt if may != _OPEN else 0) | (_GUESSED if guessed else 0)
    if tags.get("wheelchair") in _YES:
        flags &= ~(_NO_WHEELS | _NO_WHEELCHAIR)
    elif tags.get("wheelchair") == "no" and (barrier != "no" or is_lift or entrance != "no"):
        flags |= _NO_WHEELCHAIR
    if not (flags or is_lift or may == _GATED):
        return None
    return NodeRule(
        private=may == _GATED,
        no_wheels=bool(flags & _NO_WHEELS),
        guessed=bool(flags & _GUESSED),
        no_wheelchair=bool(flags & _NO_WHEELCHAIR),
        elevator=is_lift,
    )


# --- numbers ------------------------------------------------------------------------------------

METRES_PER_STEP = 0.4


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
        `step_count` where it is a whole number above 0; else `length_m` divided by
        `METRES_PER_STEP`, at least 1.
    """
    if tags.get("highway") != "steps":
        return 0
    told = tags.get("step_count", "")
    if told.isascii() and told.isdigit() and 0 < int(told) <= 10_000:
        return int(told)
    return max(1, round(length_m / METRES_PER_STEP))


def layer_of(tags: Tags) -> int:
    """Return `layer`; 0 where it is missing or no whole number (of several, the first)."""
    told = tags.get("layer")
    if told is None:
        return 0
    try:
        return int(told.split(";")[0])
    except ValueError:
        return 0


# --- barriers on the ground ---------------------------------------------------------------------

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
        tags.get("tunnel", "no") not in _NO
        or tags.get("bridge", "no") not in _NO
        or tags.get("location") == "underground"
    ):
        return None
    if water:
        return None if tags.get("covered") == "yes" else Barrier.WATER
    if railway:
        return None if "yes" in (tags.get("disused"), tags.get("abandoned")) else Barrier.RAILWAY
    return None if _answer(tags.get("foot")) == _OPEN else Barrier.MOTORWAY
