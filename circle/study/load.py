"""
Runs a study: streets, places, walks and rings, up to what the guide says.

The floors below know nothing of each other; this file introduces one to the other. It writes
nothing, except that streets fetched from the internet are kept beside the study, so that the
next run needs none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import geopandas
import numpy as np
import pandas as pd
import shapely

from circle.classes import ClassTable, load_classes
from circle.errors import InputError
from circle.geometry import LonLat
from circle.guide.content import GuideContent, GuideTexts, make_content
from circle.guide.photos import BadPhoto, make_logo
from circle.isochrone import isochrones
from circle.network import WalkNetwork
from circle.study.config import StudyConfig
from circle.study.keys import under_key
from circle.study.reading import (
    check_center,
    read_boundary,
    read_map,
    read_network,
    read_places,
    street_file,
)
from circle.study.titles import default_titles
from circle.study.walks import walks_from

Step = Literal["download", "streets", "map", "places", "walks", "guide"]
Report = Callable[[Step], None]


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """
    A study that has been run.

    Parameters
    ----------
    config
        What was asked for.
    network
        Streets to walk on.
    classes
        Classes of places.
    facilities
        Located facilities, columns as `circle.facilities` makes them, those without a position
        included; index 0, 1, ….
    walks
        Walk from the centre to each facility: ``facility_id``, ``time_s``, ``distance_m``,
        ``is_snapped``, in the order of `facilities`.
    rings
        Isochrones of the centre.
    content
        What the guide says.
    bad_photos
        Pictures of places it has to do without.
    """

    config: StudyConfig
    network: WalkNetwork
    classes: ClassTable
    facilities: geopandas.GeoDataFrame
    walks: pd.DataFrame
    rings: geopandas.GeoDataFrame
    content: GuideContent
    bad_photos: tuple[BadPhoto, ...] = ()


def run_study(
    config: StudyConfig, *, report: Report | None = None, progress: bool = False
) -> Study:
    """
    Run a study.

    Parameters
    ----------
    config
        What to run.
    report
        Told the name of each step before it begins.
    progress
        Show a progress bar on standard error while streets are read.

    Returns
    -------
    study
        Everything the guide, its tables and the service are made of.

    Raises
    ------
    CircleError
        If something given cannot be used; a mistake in `circle.toml` names its key.
    """
    report = report or (lambda _: None)
    boundary = read_boundary(config)
    logo = _read_logo(config)
    classes = load_classes(config.classes)
    map_file = street_file(config, report)
    report("streets")
    network = read_network(config, map_file, progress)
    check_center(config, network)
    report("map")
    features = read_map(config, map_file, network, classes)
    report("places")
    facilities, (photos, bad_photos) = read_places(config, features, network, classes)
    report("walks")
    walks = _walk_all(config, network, facilities)
    if config.places is None and config.register is None:
        is_listed = np.isfinite(walks.time_s.to_numpy()) | _is_inside(facilities, boundary)
        facilities = facilities[is_listed].reset_index(drop=True)
        walks = walks[is_listed].reset_index(drop=True)
    rings = isochrones(network, config.center, minutes=config.minutes, walker=config.who)
    report("guide")
    edges = network.edges_frame()
    content = make_content(
        _texts(config, logo),
        edges,
        network.provenance,
        facilities,
        walks,
        rings,
        features.basemap,
        classes,
        network.inferred_share,
        photos,
    )
    return Study(config, network, classes, facilities, walks, rings, content, bad_photos)


def _read_logo(config: StudyConfig) -> bytes:
    if config.logo is None:
        return b""
    try:
        return make_logo(config.logo.read_bytes())
    except InputError as error:
        raise under_key("logo", error) from error


def _walk_all(
    config: StudyConfig, network: WalkNetwork, facilities: geopandas.GeoDataFrame
) -> pd.DataFrame:
    ends = geopandas.GeoSeries(
        [
            None if not is_placed else shapely.MultiPoint([door[:2] for door in doors]) if doors
            else point
            for point, doors, is_placed in zip(
                facilities.geometry, facilities["entrances"], facilities["is_placed"], strict=True
            )
        ],
        index=facilities.index,
        crs=facilities.crs,
    )  # fmt: skip
    walks = walks_from(network, config.center, ends, minutes=config.minutes[-1], walker=config.who)
    walks.insert(0, "facility_id", facilities["facility_id"])
    return walks


def _is_inside(
    facilities: geopandas.GeoDataFrame, boundary: shapely.Geometry | None
) -> np.typing.NDArray[np.bool_]:
    if boundary is None:
        return np.zeros(len(facilities), np.bool_)
    return np.asarray(facilities.geometry.within(boundary), np.bool_)


def _texts(config: StudyConfig, logo: bytes) -> GuideTexts:
    title_zh, title_en = default_titles(config.name, config.minutes[-1])
    return GuideTexts(
        title_zh=config.title_zh or config.title_en or title_zh,
        title_en=config.title_en or config.title_zh or title_en,
        community_zh=config.community_zh,
        community_en=config.community_en,
        notice_zh=config.notice_zh,
        notice_en=config.notice_en,
        center=LonLat(*config.center),
        center_name_zh=config.center_name_zh,
        center_name_en=config.center_name_en,
        center_accuracy_m=config.center_accuracy_m,
        center_note_zh=config.center_note_zh,
        center_note_en=config.center_note_en,
        minutes=config.minutes,
        walker=config.walker,
        languages=config.languages,
        guide_url=config.guide_url,
        feedback_url=config.feedback_url,
        approval_number=config.approval_number,
        timezone=config.clocks,
        contacts=config.contacts,
        logo=logo,
        style=config.style,
        edition_date=config.edition_date or "",
    )
