"""Writes what a judged study says into its folder of maps: workbook, tables, layers, report."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from circle.coverage.gaps import find_gaps
from circle.demand.model import Words
from circle.network import WalkNetwork
from circle.planner.charts import charts
from circle.planner.layer_files import render_geojson, render_geopackage, render_shapefiles
from circle.planner.layers import is_in_china, plan_layers, projected, projected_crs
from circle.planner.optional_tables import optional_tables
from circle.planner.plan import Change, Plan, Sites, numbered
from circle.planner.report import render_report
from circle.planner.report_map import make_ground
from circle.planner.tables import as_csv, csv_tables
from circle.planner.web import render_planner
from circle.planner.web_inputs import inputs_of
from circle.planner.workbook import render_workbook
from circle.provenance import Provenance
from circle.study.config import StudyConfig
from circle.study.coverage import CoverageOptions, PlanResult
from circle.study.files import check_folder, write_together
from circle.study.titles import shown_name


def make_plan(
    result: PlanResult,
    *,
    score: pd.DataFrame | None = None,
    sites: Sites | None = None,
    change: Change | None = None,
    options: CoverageOptions | None = None,
) -> Plan:
    """
    Return a judged study as what the planner's files are made from.

    Parameters
    ----------
    result
        What was judged.
    score
        A composite score, if one was asked for.
    sites, change
        Sites that were chosen, and a what-if.
    options
        What it was judged with: tells the files that were given besides the study's own.
    """
    inputs, coverage = result.inputs, result.coverage
    config = inputs.config
    name = shown_name(config.name)
    title = (
        config.community_zh or config.community_en or name,
        config.community_en or config.community_zh or name,
    )
    return Plan(
        name=config.name,
        title=title,
        coverage=coverage,
        gaps=numbered(find_gaps(coverage), coverage),
        sources=_sources(result) | _given(result, options),
        clauses=inputs.clauses,
        basemap=inputs.features.basemap,
        areas=None if inputs.areas is None else inputs.areas.table,
        area_shares=result.areas,
        score=score,
        sites=sites,
        change=change,
        approval_number=config.approval_number,
        study_title=(
            config.title_zh or config.title_en,
            config.title_en or config.title_zh,
        ),
        notices=tuple(_notices(config, coverage.network)),
    )


def _notices(config: StudyConfig, network: WalkNetwork) -> Iterator[Words]:
    """Yield what everybody who reads a figure has to know of the data, the same as the guide."""
    if config.notice_zh or config.notice_en:
        yield config.notice_zh or config.notice_en, config.notice_en or config.notice_zh
    share = network.inferred_share
    if share > 0:
        told = f"{max(share, 0.01):.0%}"
        yield (
            f"约 {told} 的道路长度为推断，未经实测：沿道路的距离随之不确定。",
            f"About {told} of the street length is inferred, not mapped: distances along the "
            "streets are as uncertain.",
        )
    if config.center_note_zh or config.center_note_en:
        yield (
            config.center_note_zh or config.center_note_en,
            config.center_note_en or config.center_note_zh,
        )
    elif config.center_accuracy_m:
        accuracy = f"{config.center_accuracy_m:g}"
        yield f"中心点位置误差约 {accuracy} 米。", f"The centre may be {accuracy} m off."


def _sources(result: PlanResult) -> dict[str, Provenance | Mapping[str, Any]]:
    """Return the files a result rests on, each once."""
    inputs = result.inputs
    found: dict[str, Provenance | Mapping[str, Any]] = {
        "streets": result.coverage.network.provenance
    }
    map_source = inputs.features.provenance
    if map_source != inputs.network.provenance:
        found["map"] = map_source
    people = result.coverage.demand.provenance
    if people:
        told = asdict(people) if is_dataclass(people) and not isinstance(people, type) else people
        found[result.coverage.demand.how] = dict(told)
    return found


def _given(result: PlanResult, options: CoverageOptions | None) -> dict[str, Mapping[str, Any]]:
    """Return the sheets and grids homes and sub-areas are from, with their hashes."""
    given, config = options or CoverageOptions(), result.inputs.config
    files: dict[str, Path | str | None] = {}
    if result.coverage.demand.how == "compounds":
        files["compounds"] = given.compounds or config.compounds
    if result.coverage.demand.how == "grid":
        files["population"] = given.population or config.population
    if result.areas is not None:
        files["areas"] = given.areas or config.areas
    if config.places is not None:
        files["places"] = config.places
    found: dict[str, Mapping[str, Any]] = {}
    for key, file in files.items():
        path = None if file is None else Path(file)
        if path is not None and path.is_file():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found[key] = {"source": path.name, "sha256": digest}
    return found


def plan_files(plan: Plan, folder: Path) -> dict[Path, bytes]:
    """
    Return the bytes of every file of a plan, by path.

    Parameters
    ----------
    plan
        What to write.
    folder
        Where the files will stand; nothing is written here.
    """
    files = {folder / "coverage.xlsx": render_workbook(plan)}
    for table in (*csv_tables(plan), *optional_tables(plan)):
        files[folder / f"coverage-{table.key}.csv"] = as_csv(table)
    ground = make_ground(plan)
    for language in ("zh", "en"):
        files[folder / f"coverage-report-{language}.pdf"] = render_report(plan, language, ground)
        for key, drawing in charts(plan, language).items():
            files[folder / f"coverage-{key}-{language}.svg"] = drawing.encode()
    files[folder / "planner.html"] = render_planner(inputs_of(plan)).encode()
    layers = plan_layers(plan)
    files[folder / "coverage.gpkg"] = render_geopackage(plan, layers)
    if is_in_china(plan):
        metres = projected(layers, projected_crs(plan))
        files[folder / "coverage-cgcs2000.gpkg"] = render_geopackage(plan, metres)
    files[folder / "coverage-shapefiles.zip"] = render_shapefiles(plan, layers)
    for layer in layers:
        files[folder / f"coverage-{layer.name}.geojson"] = render_geojson(layer, plan)
    return files


def write_plan(
    plan: Plan, folder: Path, *, report: Callable[[str], None] | None = None
) -> tuple[Path, ...]:
    """
    Write all files of a plan, or none.

    Parameters
    ----------
    plan
        What to write.
    folder
        Where to; made if it is not there.
    report
        Told the name of the step before it begins.

    Returns
    -------
    paths
        Every file written, the workbook first.

    Raises
    ------
    StudyError
        If the folder cannot be written to; then nothing is.
    """
    check_folder(folder)
    if report is not None:
        report("files")
    files = plan_files(plan, folder)
    write_together(files)
    return tuple(files)
