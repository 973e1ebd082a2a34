"""Before and after: what a change does to every share, and to every home."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from circle.coverage.model import COVERED, OUTSIDE, UNKNOWN, CoverageResult

CHANGE_COLUMNS = (
    *("subject", "kind", "level", "name_zh", "name_en", "limit", "unit", "measure", "total"),
    *("covered_before", "covered_after", "gained", "share_before", "share_after"),
)
"""One row per subject and measure; ``gained`` is after minus before, negative where lost."""

HOME_CHANGES = ("gained", "lost", "covered", "uncovered", "unknown", "outside")
"""What a change may mean to a home; ``"covered"`` and ``"uncovered"`` before and after."""


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
        after.shares[[*keys, "covered", "share_covered"]], on=keys, how="left",
        suffixes=("_before", "_after"), sort=False, validate="one_to_one",
    )  # fmt: skip
    both = both.rename(
        columns={"share_covered_before": "share_before", "share_covered_after": "share_after"}
    )
    both["gained"] = both["covered_after"] - both["covered_before"]
    return both[list(CHANGE_COLUMNS)].reset_index(drop=True)


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
    words = np.where(new == UNKNOWN, "unknown", "uncovered").astype(object)
    words[new == COVERED] = "gained"
    words[old == COVERED] = "lost"
    words[(old == COVERED) & (new == COVERED)] = "covered"
    words[new == OUTSIDE] = "outside"
    return words
