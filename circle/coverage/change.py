"""Before and after: what a change does to every share, and to every home."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from circle.coverage.figures import HOME_MEASURES, cells_of, state_weights, states_of
from circle.coverage.model import COVERED, OUTSIDE, UNCOVERED, UNKNOWN, CoverageResult
from circle.network import FloatArray

CHANGE_COLUMNS = (
    *("subject", "kind", "level", "name_zh", "name_en", "limit", "unit", "measure", "total"),
    *("covered_before", "covered_after", "unknown_before", "unknown_after"),
    *("gained", "settled", "share_before", "share_after"),
)
"""
One row per subject and measure. ``gained``: those known to be without who are covered then, less
those covered who are known to be without then. ``settled``: those unknown before who are covered
then, less those covered who are unknown then. Both together are covered after minus before.
"""

HOME_CHANGES = ("gained", "lost", "settled", "covered", "uncovered", "unknown", "outside")
"""
What a change may mean to a home; ``"covered"`` and ``"uncovered"`` before and after,
``"settled"`` unknown before and covered then, ``"unknown"`` unknown then.
"""


def compare(before: CoverageResult, after: CoverageResult) -> pd.DataFrame:
    """
    Return coverage before and after, row by row.

    Parameters
    ----------
    before, after
        Results of the same homes and questions.

    Returns
    -------
    table
        Columns `CHANGE_COLUMNS`, in the order of the questions.
    """
    keys = ["subject", "measure"]
    both = before.shares.merge(
        after.shares[[*keys, "covered", "uncovered", "unknown", "share_covered"]], on=keys,
        how="left", suffixes=("_before", "_after"), sort=False, validate="one_to_one",
    )  # fmt: skip
    both = both.rename(
        columns={"share_covered_before": "share_before", "share_covered_after": "share_after"}
    )
    moves = [_moves(before, after, *key) for key in both[keys].itertuples(index=False, name=None)]
    both["gained"], both["settled"] = np.array(moves, np.float64).reshape(-1, 2).T
    return both[list(CHANGE_COLUMNS)].reset_index(drop=True)


def _moves(
    before: CoverageResult, after: CoverageResult, subject: str, measure: str
) -> tuple[float, float]:
    """Return how much goes from uncovered to covered, and from unknown to covered, less back."""
    weight, old, new = _side_by_side(before, after, subject, measure)
    gained, settled = (
        float(weight[(old == state) & (new == COVERED)].sum())
        - float(weight[(old == COVERED) & (new == state)].sum())
        for state in (UNCOVERED, UNKNOWN)
    )
    return gained, settled


def _side_by_side(
    before: CoverageResult, after: CoverageResult, subject: str, measure: str
) -> tuple[FloatArray, npt.NDArray[np.int8], npt.NDArray[np.int8]]:
    """
    Return what each home or cell counts for, and its state before and after.

    An edit of the streets may bring one of them ground that no street was near before: where
    one result lacks a cell, nothing is within reach there.
    """
    results = (before, after)
    old, new = (states_of(one, one.subject(subject), measure) for one in results)
    ids, others = (_ids(one, measure) for one in results)
    if np.array_equal(ids, others):
        return state_weights(before, measure), old, new
    every = np.union1d(ids, others)
    weight = np.zeros(len(every))
    states = []
    for one, which, state in ((after, others, new), (before, ids, old)):
        at = np.searchsorted(every, which)
        weight[at] = state_weights(one, measure)
        states.append(np.full(len(every), UNCOVERED, np.int8))
        states[-1][at] = state
    return weight, states[1], states[0]


def _ids(result: CoverageResult, measure: str) -> npt.NDArray[Any]:
    if measure in HOME_MEASURES:
        return np.array(result.demand.homes["demand_id"], dtype=np.str_)
    joined = cells_of(result, measure)[0].joined
    corners = np.rint(np.column_stack([joined.x_m, joined.y_m]) * 1_000).astype(np.int64)
    return np.asarray(corners[:, 0] * 2**32 + corners[:, 1])


def home_changes(
    before: CoverageResult, after: CoverageResult, subject: str
) -> npt.NDArray[np.object_]:
    """
    Return what a change means to each home.

    Parameters
    ----------
    before, after
        Results of the same homes and questions.
    subject
        Key of the question.

    Returns
    -------
    words
        Of `HOME_CHANGES`.
    """
    old = before.state(before.subject(subject))
    new = after.state(after.subject(subject))
    words = np.where(new == UNCOVERED, "uncovered", "unknown").astype(object)
    words[(old == UNCOVERED) & (new == COVERED)] = "gained"
    words[(old == UNKNOWN) & (new == COVERED)] = "settled"
    words[(old == COVERED) & (new == UNCOVERED)] = "lost"
    words[(old == COVERED) & (new == COVERED)] = "covered"
    words[new == OUTSIDE] = "outside"
    return words
