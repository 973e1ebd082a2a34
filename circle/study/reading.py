"""Reads what a study names: streets, map, places and boundary; a mistake names its key."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import geopandas
import numpy as np
import shapely

from circle import facilities as facility_lists
from circle.classes import ClassTable
from circle.demand.gated import Yard
from circle.edits import edit_network, read_edits
from circle.errors import CircleError, InputError, OnlineError, PositionError, StudyError
from circle.features import MapFeatures, read_features
from circle.features.given_layers import read_layer
from circle.geometry import check_lonlat
from circle.guide.model import GuidePhoto
from circle.guide.photos import BadPhoto, read_photos
from circle.network import WalkNetwork
from circle.osm import SUFFIXES as OSM_SUFFIXES
from circle.snapping import snap
from circle.store import Register
from circle.store.drawn import gates_of
from circle.store.joining import edits_of, facilities_of
from circle.streets import lay_over, read_streets
from circle.study.config import StudyConfig
from circle.study.geocoder import DOWNLOAD_NAME, listed_in, nameless_map, study_geocoder
from circle.study.keys import bad_key, under_key
from circle.study.sources import in_words, read_sources

_DOWNLOAD_REACH = 1.5
"""Streets are fetched this many times as far as the longest walk: ways round need room."""


Photos = tuple[dict[str, GuidePhoto], tuple[BadPhoto, ...]]


def street_file(config: StudyConfig, report: Callable[[Literal["download"]], None]) -> Path:
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


def read_network(config: StudyConfig, map_file: Path, progress: bool) -> WalkNetwork:
    """Return the streets with the study's edits, its register's, and heights."""
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


def check_center(config: StudyConfig, network: WalkNetwork) -> None:
    """
    Refuse a study whose centre no walk can start from, whatever is made of it.

    Raises
    ------
    StudyError
        If the centre lies outside the streets or has none within 100 m; the sentence names the
        key.
    """
    try:
        lon, lat = check_lonlat(*config.center, within=network.bounds)
    except PositionError as error:
        raise under_key("center", error) from error
    x, y = network.frame.to_xy(np.array([lon]), np.array([lat]))
    if not snap(network, x, y, config.who).is_snapped.all():
        raise bad_key(
            "center",
            f"lies at {lon:g},{lat:g}, and no street the walker {config.walker} can use is within "
            "100 m; move it to a street",
            f"位于 {lon:g},{lat:g}，其 100 米内没有步行者 {config.walker} 可走的道路；请移到路边",
        )


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


def read_yards(config: StudyConfig) -> tuple[Yard, ...]:
    """Return the compounds of the register with the gates residents may use."""
    if config.register is None:
        return ()
    try:
        with Register.open(config.register, must_exist=True) as register:
            found = [(each, gates_of(each)) for each in register.compounds()]
    except InputError as error:
        raise under_key("register", error) from error
    return tuple(
        Yard(
            each.compound_id,
            each.name,
            gates[0].compound if gates else None,
            tuple((gate.lon, gate.lat) for gate in gates),
        )
        for each, gates in found
    )


def read_boundary(config: StudyConfig) -> shapely.Geometry | None:
    """Return the study's boundary in degrees, ``None`` where it has none."""
    return None if config.boundary is None else read_area(config.boundary)


def read_area(path: Path) -> shapely.Geometry:
    """
    Return the area of a community in degrees.

    Raises
    ------
    StudyError
        If the file holds none.
    """
    wrong = bad_key(
        "boundary",
        "must name a GeoJSON or GeoPackage with an area",
        "必须指向含有面的 GeoJSON 或 GeoPackage 文件",
    )
    try:
        frame = read_layer(path)
    except InputError as error:
        raise wrong from error
    if frame.crs is not None:
        frame = frame.to_crs("EPSG:4326")
    areas = frame.geometry[frame.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    if areas.empty:
        raise wrong
    area: shapely.Geometry = shapely.make_valid(areas.union_all())
    shapely.prepare(area)
    return area


def is_osm(path: Path) -> bool:
    """Say whether a file is an OSM extract, whose things bear tags."""
    return path.name.lower().endswith(OSM_SUFFIXES)


def read_map(
    config: StudyConfig, streets: Path, network: WalkNetwork, classes: ClassTable
) -> MapFeatures:
    """Return names from the map, or else the street file, and the basemap from its own file."""
    try:
        drawn = None if config.basemap is None else read_features(config.basemap, classes)
    except InputError as error:
        raise under_key("basemap", error) from error
    named = _named_of(config, streets, classes)
    if named is None and drawn is None:
        return nameless_map(network)
    if named is None or drawn is None:
        found = named or drawn
        assert found is not None
        return found
    return replace(named, basemap=drawn.basemap)


def _named_of(config: StudyConfig, streets: Path, classes: ClassTable) -> MapFeatures | None:
    if config.map is None:
        return read_features(streets, classes) if is_osm(streets) else None
    try:
        return read_features(config.map, classes)
    except InputError as error:
        raise under_key("map", error) from error


def read_places(
    config: StudyConfig, features: MapFeatures, network: WalkNetwork, classes: ClassTable
) -> tuple[geopandas.GeoDataFrame, Photos]:
    """Return the facilities, and the pictures the list names, good and bad."""
    if config.register is not None:
        return _from_register(config, classes)
    if config.places is None:
        if features.named.empty:
            raise bad_key(
                "places",
                "is missing, and the map given knows no places (a saved .circle network never "
                "does); name a list of places, or the map file itself under map",
                "缺失，而所给地图中没有任何地点（保存的 .circle 路网从不含地点）；"
                "请给出地点名单，或在 map 中写明地图文件",
            )
        found = facility_lists.from_features(features, classes)
        return found.reset_index(drop=True), ({}, ())
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
    except CircleError as error:
        if not isinstance(error, InputError):
            raise
        raise under_key("places", error) from error
    if config.sources is not None:
        words = read_sources(config.sources)
        found["source"] = [in_words(source, words) for source in found["source"]]
    return found.reset_index(drop=True), _photos_of(config, found)


def _photos_of(config: StudyConfig, found: geopandas.GeoDataFrame) -> Photos:
    named = zip(found["facility_id"], found["name"], found["photo"], strict=True)
    return read_photos(config.photo_folder, [each for each in named if each[2]])


def _from_register(
    config: StudyConfig, classes: ClassTable
) -> tuple[geopandas.GeoDataFrame, Photos]:
    assert config.register is not None
    try:
        with Register.open(config.register, must_exist=True) as register:
            found = facilities_of(register, classes)
    except InputError as error:
        raise under_key("register", error) from error
    return found.reset_index(drop=True), _photos_of(config, found)
