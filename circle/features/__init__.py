"""
Everything on a map that is not a street: places, addresses, gates, water, green, buildings.

`read_features` reads an OSM extract or the GeoJSON of a basemap into `MapFeatures`: one table
of what has a name, an address or a class, and the layers to draw under a guide. It refuses
files that are not OSM, are cut off or hold nothing; an object without a position is counted
and left out.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from circle.classes import ClassTable, load_classes
from circle.errors import StreetsError
from circle.features.geojson_reader import read_geojson
from circle.features.model import BASEMAP_LAYERS, NAMED_COLUMNS, MapFeatures
from circle.features.osm_reader import read_osm_features
from circle.osm import SUFFIXES as OSM_SUFFIXES

__all__ = ["BASEMAP_LAYERS", "NAMED_COLUMNS", "MapFeatures", "read_features"]

GEOJSON_SUFFIXES = (".geojson", ".json")


def read_features(path: Path | str, classes: ClassTable | None = None) -> MapFeatures:
    """
    Read what a map file knows besides its streets.

    Parameters
    ----------
    path
        A `.osm.pbf`, `.osm`, `.osm.gz` or `.osm.bz2` file, or a GeoJSON whose features carry
        the property ``layer``.
    classes
        The table that says which tags make a facility of which class; ``None`` for the
        project's own.

    Returns
    -------
    features
        Named things and basemap layers, EPSG:4326. A file without a single name is no error:
        its table has no rows.

    Raises
    ------
    StreetsError
        If the file is missing, empty, cut off, of another format, or holds no object at all.
    """
    source = Path(path)
    if not source.is_file():
        raise StreetsError(
            en=f"There is no map file {source}; check the name.",
            zh=f"找不到地图文件 {source}；请检查文件名。",
        )
    if source.stat().st_size == 0:
        raise StreetsError(
            en=f"The map file {source.name} is empty; download it again.",
            zh=f"地图文件 {source.name} 是空的；请重新下载。",
        )
    table = load_classes() if classes is None else classes
    with source.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    name = source.name.lower()
    if name.endswith(OSM_SUFFIXES):
        return read_osm_features(source, table, sha256)
    if name.endswith(GEOJSON_SUFFIXES):
        return read_geojson(source, table, sha256)
    raise StreetsError(
        en=f"{source.name} is not a map file this program reads; give .osm.pbf, .osm, .osm.gz, "
        ".osm.bz2 or .geojson.",
        zh=f"本程序不能读取 {source.name}；请提供 .osm.pbf、.osm、.osm.gz、.osm.bz2 "
        "或 .geojson 文件。",
    )
