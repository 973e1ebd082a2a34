"""Writes what a study says into its folder of maps: the guide, its tables, its layers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from circle.guide.pack import pack_for_guide
from circle.guide.web import render_page
from circle.study import tables
from circle.study.config import StudyConfig
from circle.study.files import check_folder, write_together
from circle.study.load import Report, Study, run_study


@dataclass(frozen=True, slots=True)
class BuildResult:
    """
    What a build wrote.

    Parameters
    ----------
    study
        The study that was run.
    guide
        The guide, one HTML file that needs nothing else.
    places_csv, places_geojson
        Placed facilities with the numbers of the guide.
    rings_geojson
        Isochrones of the centre.
    unplaced_csv
        Facilities that are not on the map, and why.
    """

    study: Study
    guide: Path
    places_csv: Path
    places_geojson: Path
    rings_geojson: Path
    unplaced_csv: Path

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every file written, the guide first."""
        return (
            self.guide,
            self.places_csv,
            self.places_geojson,
            self.rings_geojson,
            self.unplaced_csv,
        )


def build_study(
    config: StudyConfig,
    out_dir: Path,
    *,
    report: Report | None = None,
    progress: bool = False,
) -> BuildResult:
    """
    Run a study and write its guide and tables.

    Parameters
    ----------
    config
        What to run.
    out_dir
        Folder for the files; made if it is not there.
    report
        Told the name of each step before it begins.
    progress
        Show a progress bar on standard error while streets are read.

    Returns
    -------
    result
        The study and every path written. Nothing is written unless all of it can be.

    Raises
    ------
    CircleError
        If something given cannot be used, or `out_dir` cannot be written to.
    """
    check_folder(out_dir)
    study = run_study(config, report=report, progress=progress)
    return write_study(study, out_dir)


def write_study(study: Study, out_dir: Path) -> BuildResult:
    """
    Write the guide and the tables of a study that has been run.

    Parameters
    ----------
    study
        The study.
    out_dir
        Folder for the files; made if it is not there.

    Raises
    ------
    StudyError
        If `out_dir` cannot be written to; then nothing is.
    """
    result = BuildResult(
        study=study,
        guide=out_dir / "guide.html",
        places_csv=out_dir / "places.csv",
        places_geojson=out_dir / "places.geojson",
        rings_geojson=out_dir / "rings.geojson",
        unplaced_csv=out_dir / "unplaced.csv",
    )
    write_together(
        {
            result.guide: render_page(
                study.content, walks=pack_for_guide(study.network, study.content)
            ).encode(),
            result.places_csv: tables.places_csv(study),
            result.places_geojson: tables.places_geojson(study),
            result.rings_geojson: tables.rings_geojson(study),
            result.unplaced_csv: tables.unplaced_csv(study),
        }
    )
    return result
