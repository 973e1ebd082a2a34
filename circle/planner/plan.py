"""What a planner's files are made from, whatever made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from circle.coverage.capacity import capacity_table
from circle.coverage.mode import Subject
from circle.coverage.model import UNCOVERED, CoverageResult
from circle.demand.model import Words
from circle.edits import Edit, Gate, Link
from circle.provenance import Provenance
from circle.siting import SitingPlan
from circle.standards import Clause


@dataclass(frozen=True, eq=False)
class Sites:
    """
    Sites that were chosen for one kind of place.

    Parameters
    ----------
    subject
        What they were chosen for.
    plan
        The choice.
    candidates
        Where else they could have stood; points, EPSG:4326. ``None`` where not told.
    """

    subject: Subject
    plan: SitingPlan
    candidates: gpd.GeoDataFrame | None = None


@dataclass(frozen=True, eq=False)
class Change:
    """
    Coverage as it would be.

    Parameters
    ----------
    after
        The same homes and questions, judged after the changes.
    changed
        What was changed, Chinese and English.
    edits
        What was drawn over the streets.
    """

    after: CoverageResult
    changed: tuple[Words, ...] = ()
    edits: tuple[Edit, ...] = ()

    @property
    def drawn(self) -> list[tuple[str, Any]]:
        """``"link"``, ``"closure"`` or ``"gate"`` and its line or point, degrees."""
        found: list[tuple[str, Any]] = []
        for edit in self.edits:
            if isinstance(edit, Gate):
                found.append(("gate", shapely.Point(edit.lon, edit.lat)))
            elif edit.line is not None:
                found.append(("link" if isinstance(edit, Link) else "closure", edit.line))
        return found


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
    sites, change
        Sites that were chosen, and a what-if; ``None`` without.
    approval_number
        Review number of the map; empty where there is none.
    study_title
        Of the study itself, Chinese and English; empty where it has none.
    notices
        Plain words about what the data are, Chinese and English: every file tells them.
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
    change: Change | None = None
    approval_number: str = ""
    study_title: Words = ("", "")
    notices: tuple[Words, ...] = ()

    @property
    def both_titles(self) -> str:
        """The title in both languages, once where they are the same."""
        return " ".join(dict.fromkeys(filter(None, self.title)))

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

    @property
    def has_people(self) -> bool:
        """Whether anybody can say how many people live anywhere."""
        return self.coverage.demand.total("people") > 0

    @property
    def home_words(self) -> Words:
        """What one counted place to live is, Chinese with its measure word, and English."""
        if self.coverage.demand.how == "cells":
            return "个格网", "cells"
        return "处住处", "homes"

    @property
    def homes_name(self) -> Words:
        """What places to live are called at the head of a column."""
        return ("格网", "cells") if self.coverage.demand.how == "cells" else ("住处", "homes")

    @cached_property
    def capacity(self) -> pd.DataFrame:
        """Columns `circle.coverage.capacity.CAPACITY_COLUMNS`; empty where none is known."""
        return capacity_table(self.coverage)

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
        clauses, last whatever the map knows no place of; among each, most people first.
    """
    order_of = {one.key: 1 if one.kind == "class" else 2 for one in coverage.subjects}
    order_of |= dict.fromkeys(_farthest(gaps, coverage), 0)
    order_of |= {one.key: 3 for one in coverage.subjects if not coverage.has_places(one)}
    rank = np.array([order_of[key] for key in gaps["subject"]], np.int64)
    order = np.lexsort((-gaps["n_homes"].to_numpy(float), -gaps["people"].to_numpy(float), rank))
    table = gaps.iloc[order].reset_index(drop=True)
    table.insert(0, "no", np.arange(1, len(table) + 1))
    return table


def gravest_gaps(plan: Plan, most: int) -> gpd.GeoDataFrame:
    """Return the first gaps, of classes at the farthest level they are lacking at."""
    farthest = _farthest(plan.gaps, plan.coverage)
    mine = plan.gaps[plan.gaps["subject"].isin(farthest)]
    if not farthest:
        known = [one.key for one in plan.coverage.subjects if plan.coverage.has_places(one)]
        mine = plan.gaps[plan.gaps["subject"].isin(known)]
    return mine.head(most)


def _farthest(gaps: gpd.GeoDataFrame, coverage: CoverageResult) -> set[str]:
    """Return the key of each class at the farthest level it is lacking at."""
    lacked, found = set(gaps["subject"]), {}
    for one in sorted(coverage.subjects, key=lambda one: one.limit):
        if one.kind == "class" and one.key in lacked and coverage.has_places(one):
            found[class_of(one)] = one.key
    return set(found.values())


def place_name(coverage: CoverageResult, gap: Any, language: str) -> str:
    """Return what the nearest place of a gap is called in a language, else as on the map."""
    if not isinstance(gap.nearest_name, str):
        return ""
    if not language.startswith("zh"):
        for reach, _ in coverage.reaches_of(coverage.subject(gap.subject)):
            table = reach.places.table
            named = table.loc[table["place_id"] == gap.nearest_id, "name_en"]
            if len(named) and isinstance(named.iloc[0], str):
                return str(named.iloc[0])
    return gap.nearest_name


def lacking(plan: Plan, limit: float | None = None) -> np.typing.NDArray[np.int64]:
    """
    Return how many classes each home is known to lack, of those the map knows a place of.

    Parameters
    ----------
    plan
        What was judged.
    limit
        Of a level; the farthest of each class by default.
    """
    count = np.zeros(len(plan.coverage.demand), np.int64)
    for mine in plan.class_subjects().values():
        if not plan.coverage.has_places(mine[-1]):
            continue
        for one in mine[-1:] if limit is None else mine:
            if limit is None or one.limit == limit:
                count += plan.coverage.state(one) == UNCOVERED
    return count
