"""Turns costs into shares, ranges and distributions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from circle.coverage.mode import COST_PER_UNIT, PersonMode, Subject
from circle.coverage.model import (
    COVERED,
    DISTANCE_COLUMNS,
    MEASURES,
    OUTSIDE,
    SHARE_COLUMNS,
    UNCOVERED,
    UNKNOWN,
    Cells,
    CoverageResult,
    Reach,
    state_of,
)
from circle.demand.model import weights
from circle.kernel import UNREACHED
from circle.network import BoolArray, FloatArray, Int32Array

_TOUCH_M = 1e-6
"""Straight distances this little above a limit are on it."""

HOME_MEASURES = ("people", "dwellings", "buildings")


def shares_table(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return rows as a table with `SHARE_COLUMNS`."""
    return pd.DataFrame(list(rows), columns=list(SHARE_COLUMNS))


def distances_table(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return rows as a table with `DISTANCE_COLUMNS`."""
    return pd.DataFrame(list(rows), columns=list(DISTANCE_COLUMNS))


def home_weights(result: CoverageResult, measure: str) -> FloatArray:
    """Return what each home counts for in a measure, 0 outside the data."""
    return np.where(result.is_judged, weights(result.demand.homes, measure), 0.0)


def counting_weights(result: CoverageResult) -> FloatArray:
    """Return what each home counts for where one is one: its people, else itself."""
    weight = home_weights(result, "people")
    return weight if weight.sum() > 0 else result.is_judged.astype(np.float64)


def measures_of(result: CoverageResult) -> tuple[str, ...]:
    """Return the measures that have something to measure."""
    has = {name: float(home_weights(result, name).sum()) > 0 for name in HOME_MEASURES}
    has["residential_land"] = float(result.land.area_m2.sum()) > 0
    has["area"] = float(result.ground.area_m2.sum()) > 0
    return tuple(name for name in MEASURES if has[name])


def all_shares(result: CoverageResult) -> pd.DataFrame:
    """
    Return the shares of every subject in every measure.

    Parameters
    ----------
    result
        A result whose searches are done.
    """
    measures = measures_of(result) or ("people",)
    weight = {name: home_weights(result, name) for name in HOME_MEASURES}
    rows = []
    for subject in result.subjects:
        homes = _HomeMasks(result, subject)
        for measure in measures:
            row = _head(result, subject) | {"measure": measure}
            if measure in HOME_MEASURES:
                row |= homes.figures(weight[measure])
            else:
                row |= _ground_figures(result, subject, measure)
            rows.append(row)
    return shares_table(rows)


def _head(result: CoverageResult, subject: Subject) -> dict[str, Any]:
    # Members of a group may ask for the same places; each is one place.
    ids = {key for reach, _ in result.reaches_of(subject) for key in reach.places.table["place_id"]}
    return {
        "subject": subject.key,
        "kind": subject.kind,
        "level": subject.level,
        "name_zh": subject.name_zh,
        "name_en": subject.name_en,
        "limit": subject.limit,
        "unit": result.mode.unit,
        "n_places": len(ids),
        "is_verified": subject.is_verified,
    }


def share(part: float, total: float) -> float:
    """Return a share, NaN of nothing."""
    return part / total if total > 0 else float("nan")


def _radius(subject: Subject) -> float | None:
    return None if subject.clause is None else subject.clause.radius_m


class _HomeMasks:
    """Which homes are covered by a subject, in each way of looking at it."""

    def __init__(self, result: CoverageResult, subject: Subject) -> None:
        asked = result.reaches_of(subject)
        self.state = result.state(subject)
        covered, inside = self.state == COVERED, self.state != OUTSIDE
        self.masks: dict[str, BoolArray] = {}
        # Whole costs hold steps and waiting too: all of a walk is slower or faster.
        slower = faster = 1.0
        if isinstance(result.mode, PersonMode):
            slower = 1.0 / (1.0 - result.mode.speed_share)
            faster = 1.0 / (1.0 + result.mode.speed_share)
        else:
            self.masks["share_crow_fly"] = covered | _any_crow(asked, "crow_m")
            radius = _radius(subject)
            if radius is not None:
                self.masks["share_radius"] = asked[0][0].crow_m <= radius + _TOUCH_M
        ways: dict[str, BoolArray] = {}
        for reach, limit in asked:
            cost = _known(reach.cost)
            within = {
                "position_low": cost + reach.slack <= limit,
                "position_high": cost - reach.slack <= limit,
                "gates_open": (reach.open_cost <= limit) & (reach.open_cost != UNREACHED),
                # At once: off by so much and slower; off, faster, and every gate open.
                "low": (cost + reach.slack) * slower <= limit,
                # Whoever may find something beyond the edge of the data may be covered too.
                "high": (
                    (np.minimum(cost, _known(reach.open_cost)) - reach.slack) * faster <= limit
                )
                | (_known(result.edge_cost) * faster <= limit),
            }
            if isinstance(result.mode, PersonMode):
                within |= {
                    "speed_low": cost * slower <= limit,
                    "speed_high": cost * faster <= limit,
                }
            for name, mask in within.items():
                ways[name] = (ways[name] | mask) & inside if name in ways else mask & inside
        self.masks |= ways

    def figures(self, weight: FloatArray) -> dict[str, float]:
        """Return the figures of one measure."""
        total = float(weight.sum())
        row = _state_figures(self.state, weight, total)
        for name, mask in self.masks.items():
            row[name] = share(float(weight[mask].sum()), total)
        return row


def _known(cost: Int32Array) -> FloatArray:
    return np.where(cost == UNREACHED, np.inf, cost)


def _any_crow(asked: tuple[tuple[Reach, int], ...], name: str) -> BoolArray:
    near: BoolArray | None = None
    for reach, limit in asked:
        mine = getattr(reach, name) <= limit / 1000.0 + _TOUCH_M
        near = mine if near is None else near | mine
    assert near is not None, "a subject asks for something"
    return near


def _state_figures(
    state: npt.NDArray[np.int8], weight: FloatArray, total: float
) -> dict[str, float]:
    parts = {
        name: float(weight[state == which].sum())
        for name, which in (("covered", COVERED), ("uncovered", UNCOVERED), ("unknown", UNKNOWN))
    }
    shares = {f"share_{name}": share(part, total) for name, part in parts.items()}
    return {"total": total, **parts, **shares}


def states_of(result: CoverageResult, subject: Subject, measure: str) -> npt.NDArray[np.int8]:
    """Return the state of each home, or of each cell of ground where a measure is of ground."""
    if measure in HOME_MEASURES:
        return result.state(subject)
    cells, part = cells_of(result, measure)
    costs: list[tuple[Int32Array, int]] = [
        (getattr(reach, f"{part}_cost"), limit) for reach, limit in result.reaches_of(subject)
    ]
    return state_of(costs, cells.edge_cost, cells.joined.is_inside)


def state_weights(result: CoverageResult, measure: str) -> FloatArray:
    """Return what each of `states_of` counts for in a measure."""
    if measure in HOME_MEASURES:
        return home_weights(result, measure)
    return cells_of(result, measure)[0].area_m2


def cells_of(result: CoverageResult, measure: str) -> tuple[Cells, str]:
    """Return the cells a measure of ground is taken of, and how a `Reach` calls them."""
    if measure == "residential_land":
        return result.land, "land"
    return result.ground, "ground"


def _ground_figures(result: CoverageResult, subject: Subject, measure: str) -> dict[str, float]:
    cells, part = cells_of(result, measure)
    asked = result.reaches_of(subject)
    state = states_of(result, subject, measure)
    total = float(cells.area_m2.sum())
    row = _state_figures(state, cells.area_m2, total)
    if result.mode.unit == "m":
        near = (state == COVERED) | _any_crow(asked, f"{part}_crow_m")
        row["share_crow_fly"] = share(float(cells.area_m2[near].sum()), total)
        radius = _radius(subject)
        if radius is not None:
            within = getattr(asked[0][0], f"{part}_crow_m") <= radius + _TOUCH_M
            row["share_radius"] = share(float(cells.area_m2[within].sum()), total)
    row["low"], row["high"] = row["share_covered"], row["share_covered"] + row["share_unknown"]
    return row


def weighted_quantile(values: FloatArray, weight: FloatArray, q: float) -> float:
    """
    Return the value that a share `q` of the weight does not exceed; inf counts as a value.

    Parameters
    ----------
    values, weight
        Shape ``(n,)``; weights not negative.
    q
        From 0 to 1.

    Examples
    --------
    >>> weighted_quantile(np.array([100.0, 300.0, np.inf]), np.array([1.0, 1.0, 2.0]), 0.5)
    300.0
    """
    has = weight > 0
    if not has.any():
        return float("nan")
    order = np.argsort(values[has], kind="stable")
    sums = np.cumsum(weight[has][order])
    # A hair of rounding must not push the answer to the next value.
    at = int(np.searchsorted(sums, q * sums[-1] * (1 - 1e-12)))
    return float(values[has][order][min(at, len(order) - 1)])


def all_distances(result: CoverageResult) -> pd.DataFrame:
    """
    Return how far the nearest place is, and how many there are to choose from.

    Parameters
    ----------
    result
        A result whose searches are done.
    """
    weight = counting_weights(result)
    total = float(weight.sum())
    unit = COST_PER_UNIT[result.mode.unit]
    rows = []
    named: dict[str, Subject] = {}
    for subject in result.subjects:
        if subject.kind != "group":
            named.setdefault(subject.places, subject)
    for key, subject in named.items():
        reach = result.reaches[key]
        cost = np.where(reach.cost == UNREACHED, np.inf, reach.cost / unit)
        limit = max(reach.choices_by_limit)
        choices = reach.choices_by_limit[limit].astype(np.float64)
        near_edge = (result.edge_cost < reach.cost) & (result.edge_cost != UNREACHED)
        rows.append(
            {
                "places": key,
                "name_zh": subject.name_zh,
                "name_en": subject.name_en,
                "unit": result.mode.unit,
                "n_places": len(reach.places),
                "median": weighted_quantile(cost, weight, 0.5),
                "p90": weighted_quantile(cost, weight, 0.9),
                "share_found": share(float(weight[np.isfinite(cost)].sum()), total),
                "limit": limit,
                "choices_mean": share(float((choices * weight).sum()), total),
                "choices_median": weighted_quantile(choices, weight, 0.5),
                "share_without_choice": share(float(weight[choices == 0].sum()), total),
                "share_near_edge": share(float(weight[near_edge].sum()), total),
            }
        )
    return distances_table(rows)
