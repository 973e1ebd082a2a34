"""
Runs a study: streets, places, walks and rings, up to what the guide says.

The floors below know nothing of each other; this file introduces one to the other. It writes
nothing, except that streets fetched from the internet are kept beside the study, so that the
next run needs none.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import geopandas
import numpy as np
import pandas as pd
import shapely

from circle import facilities as facility_lists
from circle.classes import ClassTable, load_classes
from circle.edits import edit_network, read_edits
from circle.errors import CircleError, InputError, OnlineError, PositionError, StudyError
from circle.features import MapFeatures, read_features
from circle.geometry import LonLat, check_lonlat
from circle.guide.content import GuideContent, GuideTexts, make_content
from circle.guide.model import GuidePhoto
from circle.guide.photos import make_logo, read_photos
from circle.isochrone import isochrones
from circle.network import WalkNetwork
from circle.osm import SUFFIXES as OSM_SUFFIXES
from circle.store import Register
from circle.store.joining import edits_of, facilities_of
from circle.streets import lay_over, read_streets
from circle.study.config import StudyConfig
from circle.study.geocoder import DOWNLOAD_NAME, listed_in, nameless_map, study_geocoder
from circle.study.keys import bad_key, under_key
from circle.study.sources import in_words, read_sources
from circle.study.titles import default_titles
from circle.study.walks import walks_from

_DOWNLOAD_REACH = 1.5
"""Streets are fetched this many times as far as the longest walk: ways round need room."""

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
    """

    config: StudyConfig
    network: WalkNetwork
    classes: ClassTable
    facilities: geopandas.GeoDataFrame
    walks: pd.DataFrame
    rings: geopandas.GeoDataFrame
    content: GuideContent


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
    boundary = _read_boundary(config)
    logo = _read_logo(config)
    classes = load_classes(config.classes)
    map_file = _street_file(config, report)
    report("streets")
    network = _read_network(config, map_file, progress)
    _check_center(config, network)
    report("map")
    features = _read_features(config, map_file, network, classes)
    report("places")
    facilities, photos = _read_facilities(config, features, network, classes)
    report("walks")
    walks = _walk_all(config, network, facilities)
    if config.places is None and config.register is None:
        is_listed = np.isfinite(walks.time_s.to_numpy()) | _is_inside(facilities, boundary)
        facilities = facilities[is_listed].reset_index(drop=True)
        walks = walks[is_listed].reset_index(drop=True)
    rings = isochrones(network, config.center, minutes=config.minutes, walker=config.who)
    if rings.geometry.is_empty.all():
        raise _no_street(config)
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
        _inferred_share(edges),
        photos,
    )
    return Study(config, network, classes, facilities, walks, rings, content)


def _street_file(config: StudyConfig, report: Report) -> Path:
    """Return the street file, fetched first where the study has none and may ask for it."""
    if config.streets is not None:
        return config.streets
    kept = config.folder / DOWNLOAD_NAME
    if kept.is_file():
        return kept
    if not config.online:
        raise bad_key(
            "streets",
            "is missing; name a street file, or set online = true to download the streets "
            "around the centre",
            "缺失；请填写道路文件，或设置 online = true 以下载中心点周围的道路",
        )
    # Only this path may reach the internet: nobody else pays for the import.
    from circle.overpass import download_extract

    report("download")
    radius_m = _DOWNLOAD_REACH * config.minutes[-1] * 60.0 * config.who.speed_m_s
    try:
        download_extract((*config.center, radius_m), kept, everything=True)
    except OnlineError as error:
        raise StudyError(
            en="Without internet the key “streets” in circle.toml must name a street file: "
            f"{error.en}",
            zh=f"没有网络时，circle.toml 的键“streets”必须给出道路文件：{error.zh}",
        ) from error
    except OSError as error:
        raise StudyError(
            en=f"The downloaded streets cannot be kept in {config.folder} ({error.strerror}); "
            "name a street file under the key “streets”.",
            zh=f"无法在 {config.folder} 中保存下载的道路（{error.strerror}）；"
            "请用键“streets”给出道路文件。",
        ) from error
    return kept


def _read_network(config: StudyConfig, map_file: Path, progress: bool) -> WalkNetwork:
    network = read_streets(map_file, ground=config.basemap, progress=progress)
    try:
        if config.edits is not None:
            network = edit_network(network, read_edits(config.edits))
    except InputError as error:
        raise under_key("edits", error) from error
    network = _with_register_edits(config, network)
    try:
        if config.dem:
            network = lay_over(network, config.dem)
    except InputError as error:
        raise under_key("dem", error) from error
    if network.provenance.data_date is None and config.data_date is not None:
        provenance = replace(network.provenance, data_date=config.data_date)
        network = replace(network, provenance=provenance)
    return network


def _with_register_edits(config: StudyConfig, network: WalkNetwork) -> WalkNetwork:
    """Lay the links, closures and gates of the register over the streets."""
    if config.register is None:
        return network
    try:
        with Register.open(config.register, must_exist=True) as register:
            edits = edits_of(register, datetime.date.today())
        return edit_network(network, edits) if edits else network
    except InputError as error:
        raise under_key("register", error) from error


def _check_center(config: StudyConfig, network: WalkNetwork) -> None:
    try:
        check_lonlat(*config.center, within=network.bounds)
    except PositionError as error:
        raise under_key("center", error) from error


def _no_street(config: StudyConfig) -> StudyError:
    lon, lat = config.center
    return bad_key(
        "center",
        f"lies at {lon:g},{lat:g}, and no street the walker {config.walker} can use is within "
        "100 m; move it to a street",
        f"位于 {lon:g},{lat:g}，其 100 米内没有步行者 {config.walker} 可走的道路；请移到路边",
    )


def _read_boundary(config: StudyConfig) -> shapely.Geometry | None:
    if config.boundary is None:
        return None
    wrong = bad_key(
        "boundary",
        "must name a GeoJSON or GeoPackage with an area",
        "必须指向含有面的 GeoJSON 或 GeoPackage 文件",
    )
    try:
        frame = geopandas.read_file(config.boundary)
    except Exception as error:  # pyogrio has no one class for what a foreign file does to it
        raise wrong from error
    if frame.crs is not None:
        frame = frame.to_crs("EPSG:4326")
    areas = frame.geometry[frame.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    if areas.empty:
        raise wrong
    area: shapely.Geometry = shapely.make_valid(areas.union_all())
    shapely.prepare(area)
    return area


def _is_osm(path: Path) -> bool:
    return path.name.lower().endswith(OSM_SUFFIXES)


def _read_features(
    config: StudyConfig, map_file: Path, network: WalkNetwork, classes: ClassTable
) -> MapFeatures:
    """Return names from the extract and the basemap from its own file, where there is one."""
    try:
        drawn = None if config.basemap is None else read_features(config.basemap, classes)
    except InputError as error:
        raise under_key("basemap", error) from error
    named = read_features(map_file, classes) if _is_osm(map_file) else None
    if named is None and drawn is None:
        return nameless_map(network)
    if named is None or drawn is None:
        found = named or drawn
        assert found is not None
        return found
    return replace(named, basemap=drawn.basemap)


def _read_logo(config: StudyConfig) -> bytes:
    if config.logo is None:
        return b""
    try:
        return make_logo(config.logo.read_bytes())
    except InputError as error:
        raise under_key("logo", error) from error


def _read_facilities(
    config: StudyConfig, features: MapFeatures, network: WalkNetwork, classes: ClassTable
) -> tuple[geopandas.GeoDataFrame, dict[str, GuidePhoto]]:
    """Return the facilities, and the pictures the list names."""
    if config.register is not None:
        return _from_register(config, classes)
    if config.places is None:
        if features.named.empty:
            raise bad_key(
                "places",
                "is missing, and the map given knows no places (a saved .circle network never "
                "does); name a list of places, or the map file itself under streets",
                "缺失，而所给地图中没有任何地点（保存的 .circle 路网从不含地点）；"
                "请给出地点名单，或在 streets 中改用地图文件",
            )
        found = facility_lists.from_features(features, classes)
        return found.reset_index(drop=True), {}
    try:
        sheet = facility_lists.read_sheet(config.places)
        datum, within = config.places_datum, network.bounds
        # What the list knows of some of its places helps to find the others.
        alone = facility_lists.locate(sheet, classes, datum=datum, within=within)
        geocoder = study_geocoder(
            config,
            features,
            network.edges_frame(),
            listed_in(alone).for_the_others,
            within=within,
        )
        found = facility_lists.locate(sheet, classes, geocoder, datum=datum, within=within)
        named = zip(sheet["row"], found["facility_id"], found["photo"], strict=True)
        photos = read_photos(
            config.places.parent, [(row, key, name) for row, key, name in named if name]
        )
    except CircleError as error:
        if not isinstance(error, InputError):
            raise
        raise under_key("places", error) from error
    if config.sources is not None:
        words = read_sources(config.sources)
        found["source"] = [in_words(source, words) for source in found["source"]]
    return found.reset_index(drop=True), photos


def _from_register(
    config: StudyConfig, classes: ClassTable
) -> tuple[geopandas.GeoDataFrame, dict[str, GuidePhoto]]:
    assert config.register is not None
    try:
        with Register.open(config.register, must_exist=True) as register:
            found = facilities_of(register, classes)
        named = enumerate(zip(found["facility_id"], found["photo"], strict=True), start=1)
        # Pictures lie beside a register in a file; one in a database has them by the study.
        folder = config.folder if "://" in config.register else Path(config.register).parent
        photos = read_photos(folder, [(row, key, name) for row, (key, name) in named if name])
    except InputError as error:
        raise under_key("register", error) from error
    return found.reset_index(drop=True), photos


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


def _inferred_share(edges: geopandas.GeoDataFrame) -> float:
    total_m = float(edges["length_m"].sum())
    if total_m == 0:
        return 0.0
    return float(edges.loc[edges["evidence"] == "inferred", "length_m"].sum()) / total_m


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
