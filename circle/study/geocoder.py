"""
The geocoder of a study: its map, what its list or register knows for sure, then services online.

One and the same for a build, for ``circle geocode`` and for the register.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import geopandas

from circle.classes import ClassTable, load_classes
from circle.errors import InputError
from circle.facilities.kinds import is_name
from circle.features import BASEMAP_LAYERS, NAMED_COLUMNS, MapFeatures, read_features
from circle.features.model import LAYER_COLUMNS, table
from circle.geocoding import Chain, KnownPlace, geocoder_of
from circle.geometry import Bounds
from circle.network import WalkNetwork
from circle.osm import SUFFIXES
from circle.store import Register
from circle.store.known import known_compounds, known_places
from circle.store.list_files import read_list
from circle.store.listed import facilities_of_list
from circle.store.surroundings import Surroundings
from circle.streets import read_streets
from circle.study.config import StudyConfig
from circle.study.keys import bad_key, under_key

DOWNLOAD_NAME = "downloaded.osm.pbf"
"""Where a study keeps the streets it fetched, beside its `circle.toml`."""


@dataclass(frozen=True, slots=True)
class Listed:
    """
    What a study's own list or register says of where its places are.

    Parameters
    ----------
    known
        Places with a position that is no geocoder's guess.
    unplaced
        Names of the others.
    """

    known: tuple[KnownPlace, ...] = ()
    unplaced: frozenset[str] = frozenset()

    @property
    def for_the_others(self) -> tuple[KnownPlace, ...]:
        """
        What is known, for locating the other places of the same list.

        A name the others bear too says nothing: two rows of one name are two places. The
        address beside it still does.
        """
        return tuple(
            replace(place, name="", other_names=()) if place.name in self.unplaced else place
            for place in self.known
        )


def study_geocoder(
    config: StudyConfig,
    features: MapFeatures,
    streets: geopandas.GeoDataFrame | None,
    known: Iterable[KnownPlace] = (),
    *,
    online: bool = False,
    within: Bounds | None = None,
) -> Chain:
    """
    Return who is asked where the places of a study are.

    Parameters
    ----------
    config
        The study; says whether services may be asked, and in which town it lies.
    features, streets
        Its map; see `circle.geocoding.Gazetteer`.
    known
        Places known besides, such as those of `read_listed`.
    online
        Ask services although the study does not say so.
    within
        Extent answers of services must lie in; that of the map when not given.
    """
    return geocoder_of(
        features,
        streets,
        known=known,
        community=config.community_zh or config.community_en,
        online=online or config.online,
        within=within,
    )


def read_listed(config: StudyConfig, classes: ClassTable | None = None) -> Listed:
    """
    Return what the list or the register of a study says by itself; no geocoder is asked.

    Raises
    ------
    StudyError
        If it cannot be read.
    """
    if config.register is not None:
        try:
            with Register.open(config.register, must_exist=True) as register:
                places = register.places()
                compounds = known_compounds(register.compounds())
        except InputError as error:
            raise under_key("register", error) from error
        unplaced = frozenset(place.name for place in places if place.lonlat is None)
        return Listed((*known_places(places), *compounds), unplaced)
    if config.places is None:
        return Listed()
    try:
        table_of_classes = classes or load_classes(config.classes)
        return listed_in(
            facilities_of_list(
                read_list(config.places), table_of_classes, datum=config.places_datum
            )
        )
    except InputError as error:
        raise under_key("places", error) from error


def listed_in(facilities: geopandas.GeoDataFrame) -> Listed:
    """Return what a list says that was located without a geocoder."""
    is_placed = facilities["is_placed"].to_numpy(bool)
    known = tuple(
        KnownPlace(
            # What nobody knows the name of is found by its address alone.
            name=row["name"] if is_name(row["name"]) else "",
            lon=row["geometry"].x,
            lat=row["geometry"].y,
            other_names=tuple(filter(is_name, filter(None, (row["name_en"], *row["other_names"])))),
            address=row["address"] or "",
            place_id=row["facility_id"],
            accuracy_m=float(row["position_accuracy_m"]),
        )
        for _, row in facilities[is_placed].iterrows()
    )
    return Listed(known, frozenset(facilities.loc[~is_placed, "name"]))


def study_surroundings(
    config: StudyConfig, known: Iterable[KnownPlace] | None = None, *, online: bool = False
) -> Surroundings:
    """
    Read the map of a study, ready to be asked.

    Parameters
    ----------
    config
        The study.
    known
        Places known besides the map; those of the study's list or register when not given.
    online
        Ask services although the study does not say so.

    Raises
    ------
    InputError
        If the study has no map yet, or something of it cannot be read.
    """
    classes = load_classes(config.classes)
    if known is None:
        known = read_listed(config, classes).known
    features, streets = _read_map(config, classes)
    geocoder = study_geocoder(config, features, streets, known, online=online)
    return Surroundings(features, geocoder, classes, features.bounds)


def _read_map(
    config: StudyConfig, classes: ClassTable
) -> tuple[MapFeatures, geopandas.GeoDataFrame | None]:
    """Return names and streets of a study without making its network where that is not needed."""
    fetched = config.folder / DOWNLOAD_NAME
    map_file = config.map or config.streets or (fetched if fetched.is_file() else None)
    if map_file is None:
        raise bad_key(
            "streets",
            f"is missing, and there are no fetched streets yet; build the study {config.name} "
            "first, or name a street file",
            f"缺失，也还没有下载的道路；请先生成指南 {config.name}，或填写道路文件",
        )
    if map_file.name.lower().endswith(SUFFIXES):
        return read_features(map_file, classes), None
    network = read_streets(config.streets or map_file)
    features = read_features(config.basemap, classes) if config.basemap else nameless_map(network)
    return features, network.edges_frame()


def nameless_map(network: WalkNetwork) -> MapFeatures:
    """Return the map of streets of which nothing else is known."""
    return MapFeatures(
        named=table([], NAMED_COLUMNS),
        basemap={layer: table([], LAYER_COLUMNS) for layer in BASEMAP_LAYERS},
        street_lines=table([], ("name", "names", "geometry")),
        bounds=network.bounds,
        provenance=network.provenance,
    )
