"""
Who walks: speeds, what steps and lifts cost, what a wheel cannot pass; and what an edge costs them.

Two modes, never mixed: milliseconds for people, millimetres for the metres of a standard. In the
mode of metres no second enters, yet what is closed to a walker stays closed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from circle.errors import WalkerError
from circle.units import Unit
from circle.walking import Flag, Kind

CLOSED = 2**31 - 1
"""Cost of an arc nobody may take: the largest int32."""

MIN_SPEED_M_S = 0.2
MAX_SPEED_M_S = 3.0
STEPS_PER_FLIGHT = 18
"""Steps after which a landing comes; `seconds_per_flight` is paid once for each such part."""

Evidence = Literal["page", "memory", "given"]
Int32Array = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Walker:
    """
    A kind of walker.

    Parameters
    ----------
    key
        Name programs use.
    speed_m_s
        Metres per second on level ground, 0.2 to 3.
    seconds_per_step
        Added to the time the level length would take, for every step, up or down.
    seconds_per_flight
        Added for every flight of up to `STEPS_PER_FLIGHT` steps: a rest on the landing.
    on_wheels
        Whether nothing marked `Flag.NO_WHEELS` can be passed.
    in_wheelchair
        Whether, beyond that, nothing marked `Flag.NO_WHEELCHAIR` or `Flag.STEEP` can be passed.
    crossing_s
        Waiting at a mapped crossing, seconds.
    elevator_s
        Waiting for and riding a lift, seconds.
    enters_private
        Whether gates for residents open to this walker.
    name_zh, name_en
        Names for people.
    evidence
        Where the speed comes from: a published ``"page"``, ``"memory"`` (to be checked before
        it is called official), or ``"given"`` by the user.

    Raises
    ------
    WalkerError
        If a number is not finite or out of bounds.
    """

    key: str
    speed_m_s: float
    seconds_per_step: float = 0.0
    seconds_per_flight: float = 0.0
    on_wheels: bool = False
    in_wheelchair: bool = False
    crossing_s: float = 0.0
    elevator_s: float = 30.0
    enters_private: bool = False
    name_zh: str = ""
    name_en: str = ""
    evidence: Evidence = "given"

    def __post_init__(self) -> None:
        speed = self.speed_m_s
        if not (math.isfinite(speed) and MIN_SPEED_M_S <= speed <= MAX_SPEED_M_S):
            raise WalkerError(
                en=f"A walking speed must lie between {MIN_SPEED_M_S:g} and {MAX_SPEED_M_S:g} "
                f"metres per second, not {speed:g}.",
                zh=f"步行速度须在每秒 {MIN_SPEED_M_S:g} 到 {MAX_SPEED_M_S:g} 米之间，"
                f"而不是 {speed:g}。",
            )
        for name, most in (
            ("seconds_per_step", 60.0),
            ("seconds_per_flight", 600.0),
            ("crossing_s", 600.0),
            ("elevator_s", 600.0),
        ):
            value = getattr(self, name)
            if not (math.isfinite(value) and 0 <= value <= most):
                raise WalkerError(
                    en=f"{name} of a walker must lie between 0 and {most:g} seconds, "
                    f"not {value:g}.",
                    zh=f"步行者的 {name} 须在 0 到 {most:g} 秒之间，而不是 {value:g}。",
                )

    @property
    def closed_flags(self) -> int:
        """Bits of `Flag` that close an edge to this walker."""
        closed = 0
        if self.on_wheels or self.in_wheelchair:
            closed |= int(Flag.NO_WHEELS)
        if self.in_wheelchair:
            closed |= int(Flag.NO_WHEELCHAIR | Flag.STEEP)
        return closed

    @classmethod
    def for_speed(cls, speed_m_s: float) -> Walker:
        """
        Return a walker of any speed, who takes steps like an adult.

        Parameters
        ----------
        speed_m_s
            Metres per second on level ground, 0.2 to 3.

        Raises
        ------
        WalkerError
            If the speed is not a number within those bounds.

        Examples
        --------
        >>> Walker.for_speed(1.1).key
        '1.1 m/s'
        """
        speed = float(speed_m_s)
        return cls(
            key=f"{speed:g} m/s",
            speed_m_s=speed,
            seconds_per_step=0.3,
            name_zh=f"步速 {speed:g} 米/秒",
            name_en=f"{speed:g} m/s",
        )


# Speeds and their evidence: 15th percentiles measured at crossings for people on foot, none found
# for wheels. What a step or a lift costs is from memory for everyone; each is a parameter.
WALKERS: dict[str, Walker] = {
    walker.key: walker
    for walker in (
        Walker("adult", 1.2, 0.3, name_zh="成年人", name_en="adult", evidence="page"),
        Walker("older", 0.9, 0.5, name_zh="老年人", name_en="older person", evidence="page"),
        Walker(
            "frail", 0.65, 1.0, 10.0,
            name_zh="体弱老人", name_en="frail older person", evidence="page",
        ),
        Walker("child", 0.9, 0.5, name_zh="带儿童者", name_en="with a child", evidence="page"),
        Walker(
            "pushchair", 0.9, 1.0, on_wheels=True,
            name_zh="推婴儿车者", name_en="with a pushchair", evidence="memory",
        ),
        Walker(
            "wheelchair", 0.8, 1.0, on_wheels=True, in_wheelchair=True,
            name_zh="轮椅使用者", name_en="wheelchair user", evidence="memory",
        ),
    )
}  # fmt: skip
"""The kinds of walkers the guide knows, by key."""


def get_walker(walker: str | float | Walker) -> Walker:
    """
    Return a walker by name.

    Parameters
    ----------
    walker
        A key of `WALKERS` or its Chinese name; a speed in metres per second, as a number or as
        text (``"1.1"``, ``"1.1 m/s"``); or a walker, returned as it is.

    Raises
    ------
    WalkerError
        If there is no such walker; the sentence lists those there are.

    Examples
    --------
    >>> get_walker("older").speed_m_s
    0.9
    >>> get_walker("1.1").speed_m_s
    1.1
    """
    if isinstance(walker, Walker):
        return walker
    if isinstance(walker, int | float) and not isinstance(walker, bool):
        return Walker.for_speed(walker)
    if isinstance(walker, str):
        name = walker.strip().lower()
        for known in WALKERS.values():
            if name in (known.key, known.name_zh):
                return known
        try:
            speed = float(name.removesuffix("m/s"))
        except ValueError:
            pass
        else:
            return Walker.for_speed(speed)
    keys = ", ".join(WALKERS)
    keys_zh = "、".join(f"{known.key}（{known.name_zh}）" for known in WALKERS.values())
    raise WalkerError(
        en=f"There is no walker {walker!r}: take one of {keys}, or a speed such as 1.1 "
        "(metres per second).",
        zh=f"没有名为 {walker!r} 的步行者：请选用 {keys_zh}，或给出每秒米数，例如 1.1。",
    )


def arc_costs(
    walker: Walker,
    unit: Unit,
    length_m: npt.NDArray[np.floating],
    kind: npt.NDArray[np.integer],
    flags: npt.NDArray[np.integer],
    n_steps: npt.NDArray[np.integer],
    forward: npt.NDArray[np.bool_],
    backward: npt.NDArray[np.bool_],
    pace: npt.NDArray[np.floating] | None = None,
) -> tuple[Int32Array, Int32Array]:
    """
    Return what every edge costs a walker, along its drawing and against it.

    Parameters
    ----------
    walker
        Who walks.
    unit
        ``"min"``: whole milliseconds; ``"m"``: whole millimetres, and no seconds anywhere.
    length_m
        Lengths in metres, finite, not negative, shape ``(n,)``; the other arrays likewise.
    kind
        `Kind` of each edge.
    flags
        `Flag` bits of each edge.
    n_steps
        Steps on each edge.
    forward, backward
        Whether the edge is open along and against its drawing.
    pace
        Time along and against the drawing as a ratio to level ground, shape ``(n, 2)``; it
        stretches the walking, not what is paid per step, crossing or lift. ``None``: all level.

    Returns
    -------
    forward_cost, backward_cost
        int32, shape ``(n,)``: at least 1, at most ``CLOSED - 1``, or `CLOSED` where the walker
        may not or cannot go. Halves are rounded to even, so that machines agree.

    Notes
    -----
    A mapped crossing runs from kerb to kerb through the point where it meets the road, and so
    becomes two edges: each takes half of `crossing_s`. An edge that is a lift takes the whole
    `elevator_s`; one that only touches a lift drawn as a point takes half, in and out.

    Examples
    --------
    >>> one = np.ones(1)
    >>> out, back = arc_costs(WALKERS["adult"], "min", 60 * one, one, one, 0 * one == 1,
    ...                       one > 0, one < 0)
    >>> out.tolist(), back.tolist() == [CLOSED]
    ([50000], True)
    """
    length = np.asarray(length_m, np.float64)
    bits = np.asarray(flags).astype(np.uint16)
    if unit == "m":
        ways = [length * 1000.0]
    else:
        level = length / walker.speed_m_s
        walked = [level] if pace is None else [level * pace[:, 0], level * pace[:, 1]]
        ways = [_with_waits(seconds, walker, kind, bits, n_steps) * 1000.0 for seconds in walked]
    is_open = (bits & np.uint16(walker.closed_flags)) == 0
    whole = [np.clip(np.rint(cost), 1, CLOSED - 1).astype(np.int32) for cost in ways]
    closed = np.int32(CLOSED)
    return (
        np.where(is_open & np.asarray(forward, np.bool_), whole[0], closed),
        np.where(is_open & np.asarray(backward, np.bool_), whole[-1], closed),
    )


def _with_waits(
    walked_s: npt.NDArray[np.float64],
    walker: Walker,
    kind: npt.NDArray[np.integer],
    bits: npt.NDArray[np.uint16],
    n_steps: npt.NDArray[np.integer],
) -> npt.NDArray[np.float64]:
    """Return seconds with those for steps, landings, crossings and lifts."""
    steps = np.asarray(n_steps, np.float64)
    seconds = walked_s + steps * walker.seconds_per_step
    seconds += np.ceil(steps / STEPS_PER_FLIGHT) * walker.seconds_per_flight
    seconds += _has(bits, Flag.CROSSING) * (walker.crossing_s / 2)
    is_lift = np.asarray(kind) == Kind.ELEVATOR
    seconds += np.where(is_lift, 1.0, _has(bits, Flag.ELEVATOR) * 0.5) * walker.elevator_s
    return seconds


def _has(bits: npt.NDArray[np.uint16], flag: Flag) -> npt.NDArray[np.bool_]:
    has: npt.NDArray[np.bool_] = (bits & np.uint16(int(flag))) != 0
    return has
