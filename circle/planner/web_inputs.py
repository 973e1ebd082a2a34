"""What the planner's map is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd

from circle.coverage.areas import Areas
from circle.coverage.model import CoverageResult
from circle.demand.model import Words
from circle.planner.plan import Change, Plan, Sites


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
    languages
        ``"zh-CN"``, ``"en"`` or both; the page opens in the first one.
    style
        A look of `circle.guide.page_look`.
    """

    title_zh: str
    title_en: str
    community_zh: str = ""
    community_en: str = ""
    languages: tuple[str, ...] = ("zh-CN", "en")
    style: str = "official"


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
    notices
        Plain words about what the data are.
    """

    result: CoverageResult
    texts: PlannerTexts
    layers: Mapping[str, gpd.GeoDataFrame]
    gaps: gpd.GeoDataFrame
    areas: Areas | None = None
    sites: Sites | None = None
    change: Change | None = None
    notices: tuple[Words, ...] = ()


def inputs_of(plan: Plan, texts: PlannerTexts | None = None) -> PlannerInputs:
    """
    Return what the map shows of a plan.

    Parameters
    ----------
    plan
        A judged study, as every file of it is made from.
    texts
        What the map says about itself; by default the title of the plan.
    """
    areas = None
    if plan.areas is not None and len(plan.areas):
        areas = Areas(plan.areas)
    return PlannerInputs(
        plan.coverage,
        texts or _texts(plan),
        plan.basemap,
        plan.gaps,
        areas,
        plan.sites,
        plan.change,
        plan.notices,
    )


def _texts(plan: Plan) -> PlannerTexts:
    """Return the title of the study, with the place below it, else of the place."""
    if plan.study_title[0]:
        return PlannerTexts(*plan.study_title, *plan.title)
    return PlannerTexts(*plan.title)
