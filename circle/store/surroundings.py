"""The map a register lies on: where addresses are looked up and positions are held against."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from circle.classes import ClassTable, load_classes
from circle.errors import InputError
from circle.features import MapFeatures, read_features
from circle.geocoding import Geocoder, KnownPlace, geocoder_of
from circle.geometry import Bounds


@dataclass(frozen=True, slots=True)
class Surroundings:
    """
    A map, ready to be asked.

    Parameters
    ----------
    features
        What it holds.
    geocoder
        Who is asked for addresses.
    classes
        The classes of places.
    bounds
        Its extent.
    """

    features: MapFeatures
    geocoder: Geocoder
    classes: ClassTable
    bounds: Bounds


def read_surroundings(
    path: Path | str,
    classes: ClassTable | None = None,
    *,
    known: Iterable[KnownPlace] = (),
    community: str = "",
    online: bool = False,
) -> Surroundings:
    """
    Read a map file. The map of a study is read by `circle.study.geocoder.study_surroundings`.

    Parameters
    ----------
    path
        ``.osm.pbf``, ``.osm``, ``.osm.gz``, ``.osm.bz2`` or a GeoJSON basemap.
    classes
        Classes of places; None for the project's own.
    known, community, online
        As for `circle.geocoding.geocoder_of`.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    table = classes or load_classes()
    features = read_features(path, table)
    if features.named.empty and features.street_lines.empty:
        raise InputError(
            en=f"{Path(path).name} holds neither names nor addresses; give an OSM extract.",
            zh=f"{Path(path).name} 中没有名称或地址；请提供 OSM 数据文件。",
        )
    geocoder = geocoder_of(features, known=known, community=community, online=online)
    return Surroundings(features, geocoder, table, features.bounds)
