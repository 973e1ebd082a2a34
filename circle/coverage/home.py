"""One home: what it has within reach, what it lacks by which clause, and the way to the nearest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from circle.coverage.gaps import nearest_of
from circle.coverage.mode import Subject
from circle.coverage.model import STATE_WORDS, CoverageResult
from circle.coverage.reach import Group, reach_matrix, take_snaps
from circle.demand.town import to_metres
from circle.directions import Route, route
from circle.errors import NoRouteError, PositionError
from circle.geometry import LonLat, check_lonlat

MOST_AWAY_M = 100.0
"""A position this far from every home means none of them."""

HOME_ANSWER_COLUMNS = (
    *("subject", "kind", "level", "name_zh", "name_en", "limit", "unit", "state"),
    *("nearest", "excess", "place_id", "place_name", "choices", "standard", "clause", "need"),
    "is_verified",
)
"""
One row per subject. ``nearest`` in metres or minutes (inf where no walk was found), ``excess`` by
how much it is beyond the limit, negative within; ``choices`` places within the limit, of a group
each once.
"""


@dataclass(frozen=True, eq=False)
class HomeAnswer:
    """
    What one home has and lacks.

    Parameters
    ----------
    home
        Row of the home.
    demand_id, name
        Which one.
    away_m
        How far it lies from the position asked about.
    answers
        Columns `HOME_ANSWER_COLUMNS`.
    """

    home: int
    demand_id: str
    name: str | None
    away_m: float
    people: float
    answers: pd.DataFrame


def home_at(result: CoverageResult, at: LonLat) -> int:
    """
    Return the row of the home a position means: the one it lies in, else the nearest.

    Parameters
    ----------
    result
        What was judged.
    at
        A position inside the extent of the data.

    Raises
    ------
    PositionError
        If it lies outside the data or farther than 100 m from every home.
    """
    position = check_lonlat(*at, within=result.network.bounds)
    frame = result.network.frame
    shapes = to_metres(result.demand.homes.geometry.to_numpy(), frame)
    x, y = frame.to_xy([position.lon], [position.lat])
    away = shapely.distance(shapes, shapely.Point(x[0], y[0]))
    if not len(away) or not away.min() <= MOST_AWAY_M:
        raise PositionError(
            en=f"No home lies within {MOST_AWAY_M:g} m of {position.lon:g},{position.lat:g}; "
            "choose a position on or beside a residential building.",
            zh=f"{position.lon:g},{position.lat:g} 周围 {MOST_AWAY_M:g} 米内没有住处；"
            "请选择住宅楼上或旁边的位置。",
        )
    return int(np.argmin(away))


def ask_home(result: CoverageResult, at: LonLat) -> HomeAnswer:
    """
    Return what the home at a position has and lacks.

    Parameters
    ----------
    result
        What was judged.
    at
        A position on or beside the home.

    Raises
    ------
    PositionError
        As for `home_at`.
    """
    home = home_at(result, at)
    row = result.demand.homes.iloc[home]
    frame = result.network.frame
    x, y = frame.to_xy([at[0]], [at[1]])
    shape = to_metres([row.geometry], frame)[0]
    rows = []
    for subject in result.subjects:
        nearest, excess, ids, names = nearest_of(result, subject)
        clause = subject.clause
        rows.append(
            {
                "subject": subject.key,
                "kind": subject.kind,
                "level": subject.level,
                "name_zh": subject.name_zh,
                "name_en": subject.name_en,
                "limit": subject.limit,
                "unit": result.mode.unit,
                "state": STATE_WORDS[int(result.state(subject)[home])],
                "nearest": float(nearest[home]),
                "excess": float(excess[home]),
                "place_id": ids[home],
                "place_name": names[home],
                "choices": _choices(result, home, subject),
                "standard": None if clause is None else clause.standard,
                "clause": None if clause is None else clause.clause,
                "need": None if clause is None else clause.need,
                "is_verified": subject.is_verified,
            }
        )
    return HomeAnswer(
        home=home,
        demand_id=str(row["demand_id"]),
        name=row["name"],
        away_m=float(shapely.distance(shape, shapely.Point(x[0], y[0]))),
        people=float(row["people"]),
        answers=pd.DataFrame(rows, columns=list(HOME_ANSWER_COLUMNS)),
    )


def _choices(result: CoverageResult, home: int, subject: Subject) -> int:
    """Return how many places lie within the limit; of a group each place once."""
    asked = result.reaches_of(subject)
    if subject.kind != "group":
        return int(asked[0][0].choices_by_limit[subject.limit][home])
    mine = np.flatnonzero(result.homes.group.owner == home)
    here = Group(take_snaps(result.homes.group.snaps, mine), np.zeros(len(mine), np.int32), 1)
    mode, found = result.mode, set()
    for reach, limit in asked:
        costs = reach_matrix(
            result.network, here, reach.places.joined.group, limit, mode.unit, mode.walker
        )
        found.update(reach.places.table["place_id"].to_numpy()[costs.indices])
    return len(found)


def way_to_nearest(result: CoverageResult, home: int, subject: str) -> Route | None:
    """
    Return the walk from a home to its nearest facility.

    Parameters
    ----------
    result
        What was judged.
    home
        Row of the home.
    subject
        Key of a class or clause; of a group, ask for a member.

    Returns
    -------
    route
        The shortest in metres or the quickest in minutes, by the mode of the result; ``None``
        where no walk was found.
    """
    reach, _ = result.reaches_of(result.subject(subject))[0]
    facility, start = int(reach.facility[home]), int(reach.start[home])
    if facility < 0:
        return None
    group = reach.places.joined.group
    doors = np.flatnonzero((group.owner == facility) & group.snaps.is_snapped)
    frame = result.network.frame
    lon, lat = frame.to_lonlat(result.homes.x_m[[start]], result.homes.y_m[[start]])
    door_lon, door_lat = frame.to_lonlat(
        reach.places.joined.x_m[doors], reach.places.joined.y_m[doors]
    )
    unit = result.mode.unit
    found: list[Route] = []
    # The search knows the facility, not the door: the best of its doors is the one it found.
    for at in range(len(doors)):
        try:
            found.append(
                route(
                    result.network,
                    (float(lon[0]), float(lat[0])),
                    (float(door_lon[at]), float(door_lat[at])),
                    walker=result.mode.walker,
                    unit=unit,
                    is_visit=True,
                )
            )
        except (NoRouteError, PositionError):
            continue
    return min(found, key=lambda way: way.length_m if unit == "m" else way.time_s, default=None)
