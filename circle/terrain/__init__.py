"""Heights of the ground, and what slopes do to walking."""

from circle.terrain.heights import Heights, read_heights
from circle.terrain.slopes import (
    PACE_UNIT,
    STEEP_SLOPE,
    Profile,
    Streets,
    pace_of_slope,
    profile_streets,
    tobler_ratio,
)

__all__ = [
    "PACE_UNIT",
    "STEEP_SLOPE",
    "Heights",
    "Profile",
    "Streets",
    "pace_of_slope",
    "profile_streets",
    "read_heights",
    "tobler_ratio",
]
