"""A composite score, only on request, its weights in sight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from circle.coverage.model import CoverageResult
from circle.errors import InputError

SCORE_COLUMNS = ("level", "subject", "name_zh", "name_en", "weight", "share", "part")
"""One row per class and level: its share of people covered, its weight, and what it adds."""


def composite(
    result: CoverageResult, weights: Mapping[str, float], *, measure: str = "people"
) -> pd.DataFrame:
    """
    Return the weighted mean of the classes' shares, by level, part by part.

    Parameters
    ----------
    result
        What was judged.
    weights
        Weight of classes by key, not negative; others do not count.
    measure
        Of what the shares are.

    Returns
    -------
    score
        Columns `SCORE_COLUMNS`; the score of a level is the sum of its ``part``, 0 to 1.

    Raises
    ------
    InputError
        If a weight is not a number from 0, none is above 0, or names a class not judged.
    """
    rows = result.shares[(result.shares.kind == "class") & (result.shares.measure == measure)]
    known = set(rows.subject.str.partition("@")[0])
    unknown = [key for key in weights if key not in known]
    if unknown or not all(0 <= value < float("inf") for value in weights.values()):
        shown = ", ".join(unknown) or str(dict(weights))
        raise InputError(
            en=f"These weights cannot be used: {shown}; give numbers from 0 for classes that are "
            f"judged ({', '.join(sorted(known))}).",
            zh=f"无法使用这些权重：{shown}；请为所评价的类别给出不小于 0 的数"
            f"（{'、'.join(sorted(known))}）。",
        )
    total = sum(weights.values())
    if total == 0:
        raise InputError(en="One weight must be above 0.", zh="至少一个权重须大于 0。")
    out = []
    row: Any
    for row in rows.itertuples(index=False):
        key = row.subject.partition("@")[0]
        if key in weights:
            weight = weights[key] / total
            out.append(
                (row.level, row.subject, row.name_zh, row.name_en, weight, row.share_covered,
                 weight * row.share_covered)
            )  # fmt: skip
    return pd.DataFrame(out, columns=list(SCORE_COLUMNS))
