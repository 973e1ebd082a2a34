"""What a planner's files are made from, whatever made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from circle.coverage.mode import Subject
from circle.coverage.model import UNCOVERED, CoverageResult
from circle.demand.model import Words
from circle.provenance import Provenance
from circle.standards import Clause


@dataclass(frozen=True, eq=False)
class Sites:
    """
    Sites that were chosen, for tables and maps.

    Parameters
    ----------
    subject
        What is to be built, in Chinese and English.
    table
        EPSG:4326 points: ``site_id``, ``name``, ``people`` who gain by it.
    said
        What was asked and how good the answer is, Chinese and English, a sentence each.
    """

    subject: Words
    table: gpd.GeoDataFrame
    said: tuple[Words, ...] = ()


@dataclass(frozen=True, eq=False)
class Plan:
    """
    A judged study, ready to be written down.

    Parameters
    ----------
    name
        Of the study, as its folder is called.
    title
        Of the place, Chinese and English.
    coverage
        What was judged.
    gaps
        Columns `circle.coverage.gaps.GAP_COLUMNS` after ``no``, see `numbered`.
    sources
        Files the result rests on, each once, by what they are: ``"streets"``, ``"map"``, ….
    clauses
        All rows of the standards, those too that no map can answer.
    basemap
        Layers drawn under maps, see `circle.features.MapFeatures`.
    areas, area_shares
        Sub-areas with ``area_id`` and ``area_name``, and their figures; ``None`` without any.
    score
        Columns `circle.coverage.score.SCORE_COLUMNS`; ``None`` where none was asked for.
    sites
        Sites that were chosen; ``None`` without.
    approval_number
        Review number of the map; empty where there is none.
    """

    name: str
    title: Words
    coverage: CoverageResult
    gaps: gpd.GeoDataFrame
    sources: Mapping[str, Provenance | Mapping[str, Any]]
    clauses: tuple[Clause, ...] = ()
    basemap: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    areas: gpd.GeoDataFrame | None = None
    area_shares: pd.DataFrame | None = None
    score: pd.DataFrame | None = None
    sites: Sites | None = None
    approval_number: str = ""

    @property
    def data_date(self) -> str | None:
        """ISO date the streets describe; ``None`` when unknown."""
        return self.coverage.network.provenance.data_date

    @property
    def measure(self) -> str:
        """What shares are told of first: people where anybody can say how many."""
        measures = self.coverage.shares["measure"]
        return str(measures.iloc[0]) if len(measures) else "people"

    @property
    def unit(self) -> str:
        """``"m"`` or ``"min"``."""
        return self.coverage.mode.unit

    def class_subjects(self) -> dict[str, tuple[Subject, ...]]:
        """Return the questions about each class, nearest level first."""
        found: dict[str, list[Subject]] = {}
        for one in self.coverage.subjects:
            if one.kind == "class":
                found.setdefault(class_of(one), []).append(one)
        return {key: tuple(sorted(mine, key=lambda one: one.limit)) for key, mine in found.items()}

    def limits(self) -> list[float]:
        """Return the limits classes are judged by, nearest first."""
        return sorted({one.limit for mine in self.class_subjects().values() for one in mine})

    @property
    def middle_limit(self) -> float | None:
        """The limit maps show first; ``None`` where no class was judged."""
        limits = self.limits()
        return limits[len(limits) // 2] if limits else None

    def share_rows(self, measure: str | None = None) -> dict[str, Any]:
        """Return the row of `CoverageResult.shares` of each subject in one measure."""
        return self._rows.get(measure or self.measure, {})

    @cached_property
    def _rows(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for row in named_rows(self.coverage.shares):
            found.setdefault(row.measure, {})[row.subject] = row
        return found


def class_of(subject: Subject) -> str:
    """Return the key of the class a subject asks for."""
    return subject.key.partition("@")[0]


def named_rows(table: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows of a table by column name; their values are of any kind."""
    yield from table.itertuples(index=False)


def numbered(gaps: gpd.GeoDataFrame, coverage: CoverageResult) -> gpd.GeoDataFrame:
    """
    Return gaps numbered through from 1, the gravest first.

    Parameters
    ----------
    gaps
        From `circle.coverage.gaps.find_gaps`.
    coverage
        What they were found in.

    Returns
    -------
    gaps
        First each class at the farthest level it is lacking at, then its nearer levels, then the
        clauses; among each, most people first.
    """
    kinds = {one.key: one.kind for one in coverage.subjects}
    order_of: dict[str, int] = dict.fromkeys(kinds, 2)
    farthest: dict[str, Subject] = {}
    lacked = set(gaps["subject"])
    for one in coverage.subjects:
        if one.kind == "class" and one.key in lacked:
            order_of[one.key] = 1
            known = farthest.get(class_of(one))
            if known is None or one.limit > known.limit:
                farthest[class_of(one)] = one
    order_of |= dict.fromkeys((one.key for one in farthest.values()), 0)
    rank = np.array([order_of[key] for key in gaps["subject"]], np.int64)
    order = np.lexsort((-gaps["n_homes"].to_numpy(float), -gaps["people"].to_numpy(float), rank))
    table = gaps.iloc[order].reset_index(drop=True)
    table.insert(0, "no", np.arange(1, len(table) + 1))
    return table


def gravest_gaps(plan: Plan, most: int) -> gpd.GeoDataFrame:
    """Return the first gaps, of classes at the farthest level they are lacking at."""
    kinds = {one.key: one for one in plan.coverage.subjects}
    of_class = [kinds[key].kind == "class" for key in plan.gaps["subject"]]
    mine = plan.gaps[np.array(of_class, np.bool_)]
    if mine.empty:
        return plan.gaps.head(most)
    # Numbers run through the farthest levels first: they end where people rise again.
    people = mine["people"].to_numpy(float)
    rises = np.flatnonzero(np.diff(people) > 0)
    end = int(rises[0]) + 1 if len(rises) else len(mine)
    return mine.head(min(end, most))


def lacking(plan: Plan, limit: float | None = None) -> np.typing.NDArray[np.int64]:
    """
    Return how many classes each home is known to lack.

    Parameters
    ----------
    plan
        What was judged.
    limit
        Of a level; the farthest of each class by default.
    """
    count = np.zeros(len(plan.coverage.demand), np.int64)
    for mine in plan.class_subjects().values():
        for one in mine[-1:] if limit is None else mine:
            if limit is None or one.limit == limit:
                count += plan.coverage.state(one) == UNCOVERED
    return count
