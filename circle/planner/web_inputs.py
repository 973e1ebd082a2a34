"""What the planner's map is drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import geopandas as gpd

from circle.coverage.areas import Areas
from circle.coverage.mode import Subject
from circle.coverage.model import CoverageResult
from circle.demand.model import Words
from circle.planner.plan import Plan, Sites
from circle.siting import SitingPlan


@dataclass(frozen=True, slots=True)
class PlannerTexts:
    """
    What a map says about itself.

    Parameters
    ----------
    title_zh, title_en
        Title of the study.
    community_zh, community_en
        Whose it is; may be empty.
    notice_zh, notice_en
        Plain words about what the data are; may be empty.
    languages
        ``"zh-CN"``, ``"en"`` or both; the page opens in the first one.
    style
        A look of `circle.guide.page_look`.
    """

    title_zh: str
    title_en: str
    community_zh: str = ""
    community_en: str = ""
    notice_zh: str = ""
    notice_en: str = ""
    languages: tuple[str, ...] = ("zh-CN", "en")
    style: str = "official"


@dataclass(frozen=True, slots=True, eq=False)
class PlannerSites:
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


@dataclass(frozen=True, slots=True, eq=False)
class PlannerChange:
    """
    Coverage as it would be.

    Parameters
    ----------
    after
        The same homes and questions, judged after the changes.
    changed
        What was changed, Chinese and English.
    """

    after: CoverageResult
    changed: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class PlannerInputs:
    """
    Everything the map shows.

    Parameters
    ----------
    result
        What was judged.
    texts
        What the map says about itself.
    layers
        Areas under the map by layer name, as `circle.features.MapFeatures.basemap` has them.
    gaps
        Columns `circle.coverage.gaps.GAP_COLUMNS`.
    areas
        Sub-areas; a grid is laid where ``None``.
    sites, change
        Chosen sites and a what-if, where there are any.
    marked
        Chosen sites of which no more is known than a `circle.planner.plan.Plan` tells.
    """

    result: CoverageResult
    texts: PlannerTexts
    layers: Mapping[str, gpd.GeoDataFrame]
    gaps: gpd.GeoDataFrame
    areas: Areas | None = None
    sites: Sequence[PlannerSites] = field(default=())
    change: PlannerChange | None = None
    marked: Sites | None = None


def inputs_of(
    plan: Plan,
    *,
    texts: PlannerTexts | None = None,
    sites: Sequence[PlannerSites] = (),
    change: PlannerChange | None = None,
) -> PlannerInputs:
    """
    Return what the map shows of a plan.

    Parameters
    ----------
    plan
        A judged study, as every file of it is made from.
    texts
        What the map says about itself; by default the title of the plan.
    sites, change
        Chosen sites and a what-if, where there are any.
    """
    areas = None
    if plan.areas is not None and len(plan.areas):
        areas = Areas(plan.areas)
    return PlannerInputs(
        plan.coverage,
        texts or PlannerTexts(*plan.title),
        plan.basemap,
        plan.gaps,
        areas,
        sites,
        change,
        plan.sites,
    )
