"""The words of the walking rules: kinds of ways, marks, and what `foot` and `access` answer."""

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
    GATE = 17
    """A passage of no length through a gate that not everybody passes."""


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
    Kind.GATE: ("门", "gate"),
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
    DRAWN = 4096
    """Not of the map: a link drawn by hand."""
    STEEP = 8192
    """Too steep for too long for a wheelchair; known only with heights, see `circle.terrain`."""


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
            self.guessed * GUESSED
            | self.private * PRIVATE
            | self.no_wheels * NO_WHEELS
            | self.no_wheelchair * NO_WHEELCHAIR
            | self.elevator * ELEVATOR
        )


# Plain integers inside: `Flag.A | Flag.B` costs half a microsecond, and Porto has 51,000 ways.
GUESSED, PRIVATE, STEPS, NO_WHEELS = 1, 2, 4, 8
CROSSING, BRIDGE, TUNNEL, COVERED = 16, 32, 64, 128
ELEVATOR, AREA, INFERRED, NO_WHEELCHAIR = 256, 512, 1024, 2048

# Answers to "may one enter", from a value of `foot` or `access`.
UNSAID, OPEN, LIMITED, GATED, CLOSED = range(5)

_ACCESS: dict[str, int] = {
    **dict.fromkeys(("yes", "designated", "official", "permissive", "public", "allowed"), OPEN),
    # Open to some purpose (a customer, a delivery) or advised against: on foot nobody asks, but
    # walking through rests on that guess. `use_sidepath`: the other path may not be mapped.
    **dict.fromkeys(
        ("destination", "customers", "delivery", "agricultural", "forestry", "discouraged",
         "dismount", "use_sidepath", "limited", "tourism", "visitors", "variable"),
        LIMITED,
    ),
    **dict.fromkeys(
        ("private", "residents", "resident", "permit", "employees", "staff", "members", "students",
         "restricted", "emergency", "key", "tenants"),
        GATED,
    ),
    **dict.fromkeys(("no", "military", "prohibited", "impassable", "closed"), CLOSED),
}  # fmt: skip

NO = frozenset(("no", "none", "0", "false"))
YES = frozenset(("yes", "1", "true", "designated"))


def answer(value: str | None) -> int:
    """Read one access value; of several (``yes;designated``) the first that is known."""
    if value is None:
        return UNSAID
    may = _ACCESS.get(value)
    if may is None and ";" in value:
        known = (_ACCESS.get(part.strip()) for part in value.split(";"))
        may = next((part for part in known if part is not None), None)
    return UNSAID if may is None else may


def permission(tags: Tags) -> tuple[int, bool, bool]:
    """Return who may enter, whether `foot` said so (not `access`), and whether it is a guess."""
    for key in ("foot", "access"):
        value = tags.get(key)
        may = answer(value)
        # A word nobody documented (`foot=bridge`) says nothing; the doubt stays.
        guessed = value is not None and may == UNSAID
        at_times = tags.get(key + ":conditional")
        if at_times is not None:
            guessed = True
            if may in (CLOSED, GATED) and answer(at_times.split("@")[0].strip()) in (
                OPEN,
                LIMITED,
            ):
                may = LIMITED
        if may != UNSAID:
            return may, key == "foot", guessed
        if guessed and key == "foot":
            may, _, _ = permission({k: v for k, v in tags.items() if not k.startswith("foot")})
            return may, False, True
    return UNSAID, False, guessed
