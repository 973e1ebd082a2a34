"""Runs siting for a study: the class or clause asked for, the candidates, the choice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import geopandas
import shapely

from circle.coverage.mode import Subject
from circle.coverage.questions import of_classes, of_clauses
from circle.demand import read_town
from circle.demand.town import to_degrees, to_metres
from circle.errors import InputError, SitingError
from circle.siting import SitingPlan, plan_sites
from circle.siting.candidates import LAND_KEYS, is_free_or_public, lattice, on_land
from circle.siting.choose import TIME_LIMIT_S
from circle.siting.problem import Goal
from circle.study.candidate_files import read_candidates
from circle.study.config import StudyConfig
from circle.study.coverage import CoverageOptions, PlanInputs, read_plan

From = Literal["lattice", "land"]
_AROUND_M = 200.0
"""A lattice reaches this far beyond the homes."""


@dataclass(frozen=True, slots=True)
class SitingOptions:
    """
    What is to be built, how many, and where it may stand.

    Parameters
    ----------
    kind
        A class, by key, name or alias; or the id of a clause.
    n_new
        How many; the goal ``"fewest"`` finds that out itself.
    goal
        Most people served, least walking, or fewest sites for all.
    level
        Level whose limit counts; the widest when ``None``. A clause brings its own.
    candidates
        File of candidates; ``None`` to make some.
    made_from
        What candidates are made from without a file.
    spacing_m
        Of the lattice.
    time_limit_s
        When to stop proving.
    coverage
        Homes, mode and standards, as for coverage.
    """

    kind: str
    n_new: int = 1
    goal: Goal = "most_people"
    level: str | None = None
    candidates: Path | None = None
    made_from: From = "lattice"
    spacing_m: float = 100.0
    time_limit_s: float = TIME_LIMIT_S
    coverage: CoverageOptions = field(default_factory=CoverageOptions)


@dataclass(frozen=True, eq=False)
class SitingAnswer:
    """
    Chosen sites and what they were chosen for.

    Parameters
    ----------
    inputs
        What it was made from.
    subject
        The class at its level, or the clause.
    places
        What there is already.
    candidates
        Where building was thought possible.
    plan
        The choice.
    """

    inputs: PlanInputs
    subject: Subject
    places: geopandas.GeoDataFrame
    candidates: geopandas.GeoDataFrame
    plan: SitingPlan


def run_siting(
    config: StudyConfig,
    options: SitingOptions,
    *,
    report: Callable[[str], None] | None = None,
    progress: bool = False,
) -> SitingAnswer:
    """
    Choose sites for a study.

    Parameters
    ----------
    config
        The study.
    options
        What is to be built.
    report
        Told the name of each step before it begins.
    progress
        Show a progress bar while streets are read.

    Raises
    ------
    CircleError
        If something given cannot be used.
    """
    inputs = read_plan(config, options.coverage, report=report, progress=progress)
    subject, places = _asked(inputs, options)
    if report is not None:
        report("sites")
    candidates = _candidates(inputs, options)
    plan = plan_sites(
        inputs.network,
        inputs.demand,
        places,
        candidates,
        options.coverage.mode,
        subject.limit,
        options.goal,
        n_new=options.n_new,
        time_limit_s=options.time_limit_s,
    )
    return SitingAnswer(inputs, subject, places, candidates, plan)


def _asked(inputs: PlanInputs, options: SitingOptions) -> tuple[Subject, geopandas.GeoDataFrame]:
    mode = options.coverage.mode
    clause = [one for one in inputs.clauses if one.id == options.kind]
    if clause:
        town = inputs.town if inputs.has_tags else None
        found = of_clauses(clause, mode, town=town, facilities=inputs.facilities)
        if not found.subjects:
            raise SitingError(
                en=f"The clause {options.kind} cannot be judged on this map, so nothing can be "
                "sited by it.",
                zh=f"条文 {options.kind} 在这张地图上无法评价，因此不能据此选址。",
            )
        subject = found.subjects[0]
        return subject, found.places[subject.places]
    key = inputs.classes.class_for_word(options.kind)
    if key is None:
        names = [f"{one.key} {one.name_zh}" for one in inputs.classes]
        raise InputError(
            en=f"There is no class and no clause “{options.kind}”; the classes are "
            f"{', '.join(one.key for one in inputs.classes)}; `circle coverage NAME --json` tells "
            "the ids of clauses under “subject”.",
            zh=f"没有类别或条文“{options.kind}”；类别有：{'、'.join(names)}；条文编号见 "
            "circle coverage NAME --json 的 subject。",
        )
    level = options.level or mode.levels[-1]
    if level not in mode.levels:
        raise InputError(
            en=f"There is no level {level}; take of {', '.join(mode.levels)}.",
            zh=f"没有层级 {level}；可选：{'、'.join(mode.levels)}。",
        )
    found = of_classes(
        inputs.classes, inputs.facilities, mode,
        features=inputs.features, levels=[level], keys=[key],
    )  # fmt: skip
    return found.subjects[0], found.places[key]


def _candidates(inputs: PlanInputs, options: SitingOptions) -> geopandas.GeoDataFrame:
    if options.candidates is not None:
        return read_candidates(options.candidates, datum=inputs.config.places_datum)
    if options.made_from == "lattice":
        return lattice(
            inputs.network,
            _where_homes_are(inputs),
            spacing_m=options.spacing_m,
            walker=options.coverage.mode.walker,
        )
    if not inputs.has_tags:
        raise SitingError(
            en="Free and public land is read from an OSM map, and this study has none; give a "
            "file of candidates or take the lattice.",
            zh="空地与公共用地取自 OSM 地图，而本指南没有；请提供候选点文件，或使用沿街网格。",
        )
    found = on_land(read_town(inputs.map_file, LAND_KEYS, is_free_or_public))
    if found.empty:
        raise SitingError(
            en="The map shows no free or public land; give a file of candidates or take the "
            "lattice.",
            zh="地图上没有空地或公共用地；请提供候选点文件，或使用沿街网格。",
        )
    return found


def _where_homes_are(inputs: PlanInputs) -> shapely.Geometry:
    """Return the study's boundary, else the hull of the homes and a little more."""
    if inputs.ground is not None:
        return inputs.ground
    frame = inputs.demand.frame
    homes = inputs.demand.homes.geometry.union_all().convex_hull
    hull = to_metres([homes], frame)[0].buffer(_AROUND_M)
    shape: shapely.Geometry = to_degrees([hull], frame)[0]
    return shape
