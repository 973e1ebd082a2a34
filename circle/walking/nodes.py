"""Points: what a gate, a kerb, a stile or a lift does to those who walk through it."""

from __future__ import annotations

from circle.walking.words import (
    CLOSED,
    GATED,
    GUESSED,
    LIMITED,
    NO,
    NO_WHEELCHAIR,
    NO_WHEELS,
    OPEN,
    UNSAID,
    YES,
    NodeRule,
    Tags,
    permission,
)

_GATES = frozenset(
    ("gate", "wicket_gate", "sliding_gate", "hampshire_gate", "bump_gate", "sliding_beam",
     "door", "yes")
)  # fmt: skip
_WALLS = frozenset(
    ("wall", "fence", "hedge", "city_wall", "retaining_wall", "wire_fence")
)  # fmt: skip
_NODE_WHEELS: dict[str, tuple[int, int]] = {
    # barrier -> (what it stops, doubt): steps over, squeezes through, climbs
    "kissing_gate": (NO_WHEELS, 0),
    "stile": (NO_WHEELS, 0),
    "horse_stile": (NO_WHEELS, 0),
    "turnstile": (NO_WHEELS, 0),
    "full-height_turnstile": (NO_WHEELS, GUESSED),
    "step": (NO_WHEELS, 0),
    "cattle_grid": (NO_WHEELS, 0),
    "log": (NO_WHEELS, GUESSED),
    "chain": (NO_WHEELS, GUESSED),
    "rope": (NO_WHEELS, GUESSED),
    "debris": (NO_WHEELS, GUESSED),
    "ditch": (NO_WHEELS, GUESSED),
    "guard_rail": (NO_WHEELS, GUESSED),
    "handrail": (NO_WHEELS, GUESSED),
    "jersey_barrier": (NO_WHEELCHAIR, GUESSED),
    "cycle_barrier": (NO_WHEELCHAIR, GUESSED),
    "motorcycle_barrier": (NO_WHEELCHAIR, GUESSED),
}

NODE_FILTER_KEYS: tuple[str, ...] = ("barrier", "entrance", "highway", "kerb", "ford")
"""Keys a point must have one of to do anything at all."""

_KEYS = frozenset(NODE_FILTER_KEYS)


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
    if _KEYS.isdisjoint(tags):
        return None
    barrier = tags.get("barrier", "no")
    is_lift = tags.get("highway") == "elevator"
    entrance = tags.get("entrance", "no")
    flags = NO_WHEELCHAIR if tags.get("kerb") == "raised" else 0
    if tags.get("ford", "no") not in NO:
        flags |= NO_WHEELS if tags["ford"] == "stepping_stones" else GUESSED
    may = UNSAID
    # A crossing or a bus stop with `access` speaks of its own use, not of the street it lies on.
    if barrier != "no" or is_lift or entrance != "no":
        may, _, guessed = permission(tags)
        if may == UNSAID and tags.get("locked") == "yes":
            may = GATED
        if may == UNSAID and ((barrier in _WALLS and entrance == "no") or entrance == "emergency"):
            may = CLOSED
        if may == CLOSED:
            return NodeRule(blocks=True)
        guessed = guessed or may == LIMITED or (may == UNSAID and barrier in _GATES)
        stops, doubt = _NODE_WHEELS.get(barrier, (0, 0))
        flags |= stops | (doubt if may != OPEN else 0) | (GUESSED if guessed else 0)
    if tags.get("wheelchair") in YES:
        flags &= ~(NO_WHEELS | NO_WHEELCHAIR)
    elif tags.get("wheelchair") == "no" and (barrier != "no" or is_lift or entrance != "no"):
        flags |= NO_WHEELCHAIR
    if not (flags or is_lift or may == GATED):
        return None
    return NodeRule(
        private=may == GATED,
        no_wheels=bool(flags & NO_WHEELS),
        guessed=bool(flags & GUESSED),
        no_wheelchair=bool(flags & NO_WHEELCHAIR),
        elevator=is_lift,
    )
