"""Runs the reckoning of coverage for a study: what is read, what is asked, what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import geopandas
import pandas as pd
import shapely

from circle.classes import ClassTable, load_classes
from circle.coverage.areas import Areas, area_shares, read_areas
from circle.coverage.judge import judge
from circle.coverage.mode import Mode, StandardMode
from circle.coverage.model import CoverageResult
from circle.coverage.questions import Questions, of_classes, of_clauses
from circle.demand import Assumptions, Demand, Town, make_demand, read_town, town_of
from circle.demand.compounds import read_compounds
from circle.demand.gated import start_at_gates
from circle.demand.grid import read_grid
from circle.demand.model import Words
from circle.errors import InputError, StudyError
from circle.features import MapFeatures
from circle.network import WalkNetwork
from circle.standards import Clause, any_of, load_standards
from circle.study.config import StudyConfig
from circle.study.reading import (
    check_center,
    is_osm,
    read_boundary,
    read_map,
    read_network,
    read_places,
    read_yards,
    street_file,
)

DEFAULT_STANDARDS = ("gb50180-2018", "city-checkup-parks")
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class CoverageOptions:
    """
    What to judge, and by what.

    Parameters
    ----------
    mode
        Metres of a standard, or minutes of a walker.
    standards
        Names or files; those of the study, else `DEFAULT_STANDARDS`, when empty.
    levels
        Only these levels; all when empty.
    classes
        Only these classes; all when empty.
    areas
        File of polygons or ``"grid:500"``; those of the study when ``None``.
    population, compounds
        Files; those of the study when ``None``.
    assumptions
        What to take for granted.
    """

    mode: Mode = field(default_factory=StandardMode)
    standards: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    areas: Path | str | None = None
    population: Path | None = None
    compounds: Path | None = None
    assumptions: Assumptions = field(default_factory=Assumptions)


@dataclass(frozen=True, eq=False)
class PlanInputs:
    """
    Everything coverage and siting start from.

    Parameters
    ----------
    network
        Streets to walk on.
    map_file, features
        The map besides its streets.
    town
        Its buildings and things; ``None`` where there is no map.
    has_tags
        Whether the things bear tags clauses can ask for: the map is an OSM file.
    classes, facilities
        Classes, and located facilities, schema `circle.schemas.FACILITIES`.
    clauses
        The standards, together.
    demand
        Homes.
    areas
        Sub-areas; ``None`` where none are given.
    ground
        The study's boundary, degrees; ``None`` without.
    """

    config: StudyConfig
    network: WalkNetwork
    map_file: Path
    features: MapFeatures
    town: Town | None
    has_tags: bool
    classes: ClassTable
    facilities: geopandas.GeoDataFrame
    clauses: tuple[Clause, ...]
    demand: Demand
    areas: Areas | None
    ground: shapely.Geometry | None


@dataclass(frozen=True, eq=False)
class PlanResult:
    """
    What was judged.

    Parameters
    ----------
    inputs
        What it was made from.
    coverage
        The result.
    areas
        Columns `circle.coverage.areas.AREA_COLUMNS`; ``None`` without sub-areas.
    """

    inputs: PlanInputs
    coverage: CoverageResult
    areas: pd.DataFrame | None


def read_plan(
    config: StudyConfig,
    options: CoverageOptions | None = None,
    *,
    report: Report | None = None,
    progress: bool = False,
) -> PlanInputs:
    """
    Read what coverage needs.

    Parameters
    ----------
    config
        The study.
    options
        What to judge.
    report
        Told the name of each step before it begins.
    progress
        Show a progress bar while streets are read.

    Raises
    ------
    CircleError
        If something given cannot be used.
    """
    given = options or CoverageOptions()
    tell = report or (lambda _: None)
    names = given.standards or config.standards or DEFAULT_STANDARDS
    clauses = tuple(clause for name in names for clause in load_standards(name))
    boundary = read_boundary(config)
    classes = load_classes(config.classes)
    _check_ids(clauses, classes)
    streets = street_file(config, lambda step: tell(step))
    tell("streets")
    network = read_network(config, streets, progress)
    check_center(config, network)
    tell("map")
    map_file = config.map or streets
    features = read_map(config, streets, network, classes)
    tell("places")
    facilities, _ = read_places(config, features, network, classes)
    tell("homes")
    town = _town(map_file, features, clauses, given.assumptions)
    demand = _demand(config, given, network, town)
    areas = None
    wanted = given.areas if given.areas is not None else config.areas
    if wanted is not None:
        areas = read_areas(wanted, network.bounds)
    return PlanInputs(
        config,
        network,
        map_file,
        features,
        town,
        is_osm(map_file),
        classes,
        facilities,
        clauses,
        demand,
        areas,
        boundary,
    )


def ask(inputs: PlanInputs, options: CoverageOptions | None = None) -> Questions:
    """
    Return the questions of a study: its classes, then the clauses of its standards.

    Parameters
    ----------
    inputs
        What was read.
    options
        Which levels and classes.
    """
    given = options or CoverageOptions()
    levels: Iterable[str] | None = given.levels or None
    known = {*given.mode.levels, *(clause.level for clause in inputs.clauses)}
    wrong = [level for level in given.levels if level not in known]
    if wrong:
        raise InputError(
            en=f"There is no level {wrong[0]}; take of {', '.join(sorted(known))}.",
            zh=f"没有层级 {wrong[0]}；可选：{'、'.join(sorted(known))}。",
        )
    unknown = [key for key in given.classes if key not in inputs.classes]
    if unknown:
        keys = [one.key for one in inputs.classes]
        raise InputError(
            en=f"There is no class {unknown[0]}; take of {', '.join(keys)}.",
            zh=f"没有类别 {unknown[0]}；可选：{'、'.join(keys)}。",
        )
    of_guide = of_classes(
        inputs.classes, inputs.facilities, given.mode,
        features=inputs.features, levels=levels, keys=given.classes or None,
    )  # fmt: skip
    if given.classes:
        return of_guide
    return of_guide + of_clauses(
        inputs.clauses,
        given.mode,
        town=inputs.town if inputs.has_tags else None,
        facilities=inputs.facilities,
        levels=levels,
    )


def judge_plan(
    inputs: PlanInputs, options: CoverageOptions | None = None, *, report: Report | None = None
) -> PlanResult:
    """
    Judge what was read.

    Parameters
    ----------
    inputs
        From `read_plan`.
    options
        What to judge.
    report
        Told the name of each step before it begins.
    """
    given = options or CoverageOptions()
    questions = ask(inputs, given)
    notes: list[Words] = [*questions.notes]
    unplaced = int((~inputs.facilities["is_placed"].to_numpy(bool)).sum())
    if unplaced:
        notes.append(
            (
                f"{unplaced} 处设施位置待核，未计入。",
                f"{unplaced} facilities have no position yet and do not count.",
            )
        )
    if inputs.areas is not None:
        notes += inputs.areas.notes
    if report is not None:
        report("walks")
    result = judge(
        inputs.network, inputs.demand, questions.subjects, questions.places, given.mode,
        ground=inputs.ground, notes=notes,
    )  # fmt: skip
    areas = None if inputs.areas is None else area_shares(result, inputs.areas)
    return PlanResult(inputs, result, areas)


def run_coverage(
    config: StudyConfig,
    options: CoverageOptions | None = None,
    *,
    report: Report | None = None,
    progress: bool = False,
) -> PlanResult:
    """
    Read a study and judge it; arguments as for `read_plan`.

    Parameters
    ----------
    config, options, report, progress
        The study, what to judge, and who is told.
    """
    inputs = read_plan(config, options, report=report, progress=progress)
    return judge_plan(inputs, options, report=report)


def _check_ids(clauses: tuple[Clause, ...], classes: ClassTable) -> None:
    seen: set[str] = set()
    for clause in clauses:
        if clause.id in seen:
            raise StudyError(
                en=f"Two of the standards have a row with the id {clause.id}; rename one.",
                zh=f"有两个标准的行使用了同一编号 {clause.id}；请改名。",
            )
        # Places are kept by this name, and `circle site --class` asks by it.
        if clause.id in classes:
            raise StudyError(
                en=f"A row of the standards has the id {clause.id}, which is a class; rename it.",
                zh=f"标准中有一行的编号 {clause.id} 与类别同名；请改名。",
            )
        seen.add(clause.id)


def _town(
    map_file: Path,
    features: MapFeatures,
    clauses: tuple[Clause, ...],
    assumptions: Assumptions,
) -> Town | None:
    if not is_osm(map_file):
        has_map = len(features.named) or any(len(layer) for layer in features.basemap.values())
        return town_of(features, assumptions) if has_map else None
    judged = [clause.selector for clause in clauses if clause.is_judged]
    keys = {key for selector in judged for key in selector.keys}
    return read_town(map_file, keys, any_of(judged), assumptions=assumptions)


def _demand(
    config: StudyConfig, given: CoverageOptions, network: WalkNetwork, town: Town | None
) -> Demand:
    compounds_file = given.compounds or config.compounds
    grid_file = given.population or config.population
    compounds = grid = None
    if compounds_file is not None:
        compounds = read_compounds(compounds_file, datum=config.places_datum)
    elif grid_file is not None:
        grid = read_grid(grid_file, network.bounds)
    made = make_demand(
        network.bounds, town, grid=grid, compounds=compounds, assumptions=given.assumptions
    )
    return start_at_gates(made, read_yards(config))
