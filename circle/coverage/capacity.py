"""Capacity: beds and places per person, and who shares them (Gaussian 2SFCA)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from circle.coverage.figures import home_weights, weighted_quantile
from circle.coverage.mode import Subject, whole
from circle.coverage.model import CoverageResult
from circle.coverage.reach import reach_matrix
from circle.network import FloatArray

CAPACITY_COLUMNS = (
    *("subject", "level", "name_zh", "name_en", "limit", "unit", "supply", "n_known", "n_places"),
    *("per_1000", "access_median", "access_mean", "share_without"),
)
"""
One row per set of places some of which give a capacity, at its widest limit; see `CapacityAnswer`.
``share_without``: share of people within reach of none of it.
"""


@dataclass(frozen=True, slots=True, eq=False)
class CapacityAnswer:
    """
    How capacity is shared.

    Parameters
    ----------
    supply
        Capacity of all places that give it.
    n_known, n_places
        How many do, of how many.
    per_1000
        Supply per 1,000 people.
    access_per_1000
        Of each home, capacity per 1,000 people by Gaussian 2SFCA, shape ``(homes,)``.
    access_median, access_mean
        What half of the people have at most, and its mean over people; the mean is `per_1000`
        where somebody can reach every place.
    """

    supply: float
    n_known: int
    n_places: int
    per_1000: float
    access_per_1000: FloatArray
    access_median: float
    access_mean: float


def gaussian_decay(cost: FloatArray, limit: float) -> FloatArray:
    """
    Return the weight of a distance: 1 at the door, 0 at the limit, falling like a bell.

    Parameters
    ----------
    cost, limit
        In the same unit.

    Examples
    --------
    >>> gaussian_decay(np.array([0.0, 500.0, 1000.0]), 1000.0).round(3).tolist()
    [1.0, 0.701, 0.0]
    """
    least = np.exp(-0.5)
    bell = np.exp(-0.5 * (np.asarray(cost, np.float64) / limit) ** 2)
    return np.asarray(np.maximum((bell - least) / (1.0 - least), 0.0))


def two_step(costs: csr_matrix, people: FloatArray, supply: FloatArray, limit: float) -> FloatArray:
    """
    Return the supply each home has per person, shared with all who can reach it.

    Parameters
    ----------
    costs
        Homes by places, what is within the limit, as `reach_matrix` returns.
    people
        Of each home.
    supply
        Of each place.
    limit
        Cost at which the weight becomes 0.

    Notes
    -----
    First step: each place divides its supply by the people around it, each weighed by
    `gaussian_decay`. Second step: each home sums these ratios, weighed likewise. People times
    access adds up to the supply of the places anybody reaches.
    """
    weight = csr_matrix(
        (gaussian_decay(costs.data, limit), costs.indices, costs.indptr), shape=costs.shape
    )
    shared = np.asarray(weight.T @ people, np.float64)
    ratio = np.divide(supply, shared, out=np.zeros(len(supply)), where=shared > 0)
    return np.asarray(weight @ ratio, np.float64)


def judge_capacity(result: CoverageResult, subject: Subject) -> CapacityAnswer | None:
    """
    Return how the capacity of a subject's places is shared; ``None`` where none gives it.

    Parameters
    ----------
    result
        What was judged.
    subject
        A class or a clause.
    """
    reach, _ = result.reaches_of(subject)[0]
    capacity = reach.places.table["capacity"].to_numpy(np.float64)
    is_known = np.isfinite(capacity) & (capacity > 0)
    people = home_weights(result, "people")
    if not is_known.any() or people.sum() == 0:
        return None
    limit = whole(subject.limit, result.mode.unit)
    costs = reach_matrix(
        result.network, result.homes.group, reach.places.joined.group, limit,
        result.mode.unit, result.mode.walker,
    )  # fmt: skip
    supply = np.where(is_known, capacity, 0.0)
    access = two_step(costs, people, supply, limit) * 1000.0
    return CapacityAnswer(
        supply=float(supply.sum()),
        n_known=int(is_known.sum()),
        n_places=len(capacity),
        per_1000=float(supply.sum() / people.sum() * 1000.0),
        access_per_1000=access,
        access_median=weighted_quantile(access, people, 0.5),
        access_mean=float((access * people).sum() / people.sum()),
    )


def capacity_table(result: CoverageResult) -> pd.DataFrame:
    """
    Return the capacity of everything that gives one.

    Parameters
    ----------
    result
        What was judged.

    Returns
    -------
    table
        Columns `CAPACITY_COLUMNS`; empty where no place gives a capacity.
    """
    widest: dict[str, Subject] = {}
    for subject in result.subjects:
        known = widest.get(subject.places)
        if subject.kind != "group" and (known is None or subject.limit > known.limit):
            widest[subject.places] = subject
    people = home_weights(result, "people")
    rows = []
    for subject in widest.values():
        found = judge_capacity(result, subject)
        if found is None:
            continue
        without = float(people[found.access_per_1000 == 0].sum() / people.sum())
        rows.append(
            (
                subject.key, subject.level, subject.name_zh, subject.name_en, subject.limit,
                result.mode.unit, found.supply, found.n_known, found.n_places, found.per_1000,
                found.access_median, found.access_mean, without,
            )
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(CAPACITY_COLUMNS))
