"""What coverage says: results as plain tables with declared columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from circle.coverage.join import Joined
from circle.coverage.mode import COST_PER_UNIT, Mode, Subject, whole
from circle.coverage.places import Places
from circle.demand.model import Demand, Words
from circle.kernel import UNREACHED
from circle.network import BoolArray, FloatArray, Int32Array, WalkNetwork

MEASURES = ("people", "dwellings", "buildings", "residential_land", "area")
MEASURE_NAMES: Mapping[str, Words] = {
    "people": ("人口", "people"),
    "dwellings": ("住户", "dwellings"),
    "buildings": ("住宅楼", "residential buildings"),
    "residential_land": ("居住用地", "residential land"),
    "area": ("用地", "ground"),
}

SHARE_COLUMNS = (
    *("subject", "kind", "level", "name_zh", "name_en", "limit", "unit", "measure"),
    *("total", "covered", "uncovered", "unknown"),
    *("share_covered", "share_uncovered", "share_unknown", "share_crow_fly", "share_radius"),
    *("low", "high", "position_low", "position_high", "speed_low", "speed_high", "gates_open"),
    *("n_places", "is_verified"),
)
"""
One row per subject and measure. ``total`` in people, dwellings, buildings or m²; the shares of it
add up to 1 (NaN where the total is 0). ``share_crow_fly``: within the limit in a straight line;
``share_radius``: within the clause's service radius in a straight line (both NaN in minutes).
``position_low``, ``position_high``: both ends off by the length of their access legs, a place by
its accuracy where that is more. ``speed_low``, ``speed_high``: all of the walk, steps too, slower
or faster. ``gates_open``: gates of compounds open. ``low`` and ``high``: all of these at once, and
``high`` as if whatever is unknown were covered. ``n_places``: of a group each place once; where
there is none, the map knows none, and shares are no verdict. Of ground only the unknown is in the
range.
"""
DISTANCE_COLUMNS = (
    *("places", "name_zh", "name_en", "unit", "n_places", "median", "p90", "share_found"),
    *("limit", "choices_mean", "choices_median", "share_without_choice", "share_near_edge"),
)
"""
One row per set of places: nearest distance (metres or minutes) half of the people, and nine in ten,
live within (inf where fewer have a walk at all); number of places within the limit.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """
    How far homes and ground are from one set of places.

    Parameters
    ----------
    places
        The places.
    cost, facility, start
        Of each home: whole cost of the nearest, `UNREACHED` beyond the farthest; number of the
        place and of the start, ``-1`` then.
    open_cost
        The same cost where all gates of compounds open.
    crow_m
        Metres in a straight line to the nearest way in; inf without places.
    slack
        Whole cost by which the positions of both ends may be off: the access leg of the home, and
        that of the place or its accuracy, whichever is more.
    choices
        Places within the widest limit, by home; by limit in ``choices_by_limit``.
    land_cost, ground_cost
        Of each cell of residential land, and of ground.
    land_crow_m, ground_crow_m
        Metres in a straight line.
    """

    places: Places
    cost: Int32Array
    facility: Int32Array
    start: Int32Array
    open_cost: Int32Array
    crow_m: FloatArray
    slack: Int32Array
    choices_by_limit: Mapping[float, Int32Array]
    land_cost: Int32Array
    ground_cost: Int32Array
    land_crow_m: FloatArray
    ground_crow_m: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """
    Ground as points that stand for some of it.

    Parameters
    ----------
    joined
        The points on the streets.
    area_m2
        Ground each stands for.
    edge_cost
        Whole cost to where the data are cut.
    """

    joined: Joined
    area_m2: FloatArray
    edge_cost: Int32Array


@dataclass(frozen=True, eq=False)
class CoverageResult:
    """
    What homes reach, by the metres of a standard or by the minutes of a walker.

    Parameters
    ----------
    mode
        The one of the two it is; every limit is in its unit.
    network, demand
        What was judged, on which streets.
    subjects
        The questions, in order.
    reaches
        Sets of places by key, see `Subject.places`.
    homes
        The homes on the streets.
    edge_cost
        Whole cost from each home to where the data are cut; `UNREACHED` where far.
    land, ground
        Residential land and ground as cells.
    shares
        Columns `SHARE_COLUMNS`.
    distances
        Columns `DISTANCE_COLUMNS`.
    notes
        What a reader must know, Chinese and English.
    parameters
        Everything that was set, by name, for the page about the method.
    """

    mode: Mode
    network: WalkNetwork
    demand: Demand
    subjects: tuple[Subject, ...]
    reaches: Mapping[str, Reach]
    homes: Joined
    edge_cost: Int32Array
    land: Cells
    ground: Cells
    shares: pd.DataFrame
    distances: pd.DataFrame
    notes: tuple[Words, ...]
    parameters: Mapping[str, Any]

    @property
    def is_judged(self) -> BoolArray:
        """Whether each home lies in the extent of the data."""
        return self.homes.is_inside

    def subject(self, key: str) -> Subject:
        """Return a subject by its key."""
        return next(one for one in self.subjects if one.key == key)

    def reaches_of(self, subject: Subject) -> tuple[tuple[Reach, int], ...]:
        """Return the sets of places a subject asks for, each with its whole limit."""
        return reaches_of(subject, self.subjects, self.reaches, self.mode)

    def has_places(self, subject: Subject) -> bool:
        """
        Return whether the map knows any place a subject asks for.

        Where it knows none, there may be none, or nobody may have mapped them: no share of it is
        a verdict.
        """
        return any(len(reach.places) for reach, _ in self.reaches_of(subject))

    def state(self, subject: Subject) -> npt.NDArray[np.int8]:
        """Return `COVERED`, `UNCOVERED`, `UNKNOWN` or `OUTSIDE` for each home."""
        costs = [(reach.cost, limit) for reach, limit in self.reaches_of(subject)]
        return state_of(costs, self.edge_cost, self.is_judged)

    def homes_frame(self) -> gpd.GeoDataFrame:
        """
        Return the homes with what they reach, for maps and files.

        Returns
        -------
        homes
            Columns of `Demand.homes`, and per set of places ``nearest_KEY`` (metres or minutes,
            NaN where no walk was found), per subject ``state_KEY`` (``"covered"``,
            ``"uncovered"``, ``"unknown"``, ``"outside"``).
        """
        table = self.demand.homes.copy()
        unit = COST_PER_UNIT[self.mode.unit]
        columns: dict[str, Any] = {}
        for key, reach in self.reaches.items():
            columns[f"nearest_{key}"] = np.where(
                reach.cost == UNREACHED, np.nan, np.round(reach.cost / unit, 3)
            )
        words = np.array(STATE_WORDS, dtype=object)
        for subject in self.subjects:
            columns[f"state_{subject.key}"] = words[self.state(subject)]
        return gpd.GeoDataFrame(
            pd.concat([table, pd.DataFrame(columns, index=table.index)], axis=1),
            geometry="geometry",
            crs=table.crs,
        )


COVERED, UNCOVERED, UNKNOWN, OUTSIDE = 0, 1, 2, 3
STATE_WORDS = ("covered", "uncovered", "unknown", "outside")


def state_of(
    costs: list[tuple[Int32Array, int]], edge_cost: Int32Array, is_inside: BoolArray
) -> npt.NDArray[np.int8]:
    """
    Return the state of each home or cell.

    Parameters
    ----------
    costs
        Whole costs, and the limit within which one counts as covered; any suffices.
    edge_cost
        Whole cost to where the data are cut: whoever finds nothing within the limit, but gets to
        the cut within it, may find something beyond.
    is_inside
        Whether it lies in the extent of the data.
    """
    n = len(edge_cost)
    covered, unknown = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    for cost, limit in costs:
        covered |= cost <= limit
        unknown |= edge_cost <= limit
    state = np.where(covered, COVERED, np.where(unknown, UNKNOWN, UNCOVERED))
    return np.where(is_inside, state, OUTSIDE).astype(np.int8)


def reaches_of(
    subject: Subject,
    subjects: tuple[Subject, ...],
    reaches: Mapping[str, Reach],
    mode: Mode,
) -> tuple[tuple[Reach, int], ...]:
    """Return the sets of places a subject asks for, each with its whole limit."""
    asked = [subject]
    if subject.kind == "group":
        asked = [one for one in subjects if one.key in subject.members]
    return tuple((reaches[one.places], whole(one.limit, mode.unit)) for one in asked)
