"""Opens streets of any format: the one place that knows which reader a file needs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

from circle.errors import StreetsError, TerrainError
from circle.geojson_streets import read_geojson_streets
from circle.geometry import Bounds
from circle.graphml import read_graphml
from circle.network import WalkNetwork
from circle.network_build import build_network
from circle.network_file import SUFFIX as SAVED_SUFFIX
from circle.network_file import load_network
from circle.osm import SUFFIXES as OSM_SUFFIXES
from circle.osm import read_header, read_osm
from circle.provenance import Provenance
from circle.streets_table import StreetTableBuilder
from circle.terrain import read_heights


def read_streets(
    path: str | Path,
    *,
    ground: str | Path | None = None,
    dem: str | Path | Iterable[str | Path] | None = None,
    edits: str | Path | None = None,
    progress: bool = False,
) -> WalkNetwork:
    """
    Return the walking network of a street file.

    Parameters
    ----------
    path
        OpenStreetMap (`.osm.pbf`, `.osm`, `.osm.gz`, `.osm.bz2`), OSMnx GraphML (`.graphml`),
        lines with OSM tags (`.geojson`), or a network saved before (`.circle`).
    ground
        With `.geojson`: a second file with the water, railways and motorways nobody crosses
        off the streets. The other formats carry their own.
    dem
        Heights of the ground: a GeoTIFF or HGT file (`.hgt.zip` too), a folder of them, or
        several. Walks up and down then take longer; without it all ground is level.
    edits
        GeoJSON of closures, links and gates drawn over the streets, see `circle.edits`.
    progress
        Show a progress bar on standard error.

    Returns
    -------
    network
        All walkable streets of the file, with their provenance.

    Raises
    ------
    StreetsError, NetworkFileError, TerrainError, EditError
        If a file is missing, empty, cut off, of another format, or holds nothing to walk on; if
        an edit does not fit these streets.

    Examples
    --------
    >>> from circle.resources import data_path
    >>> network = read_streets(data_path("shanzishi", "streets.geojson"))
    >>> network.provenance.attribution
    '© OpenStreetMap contributors'
    """
    network = _read(Path(path), ground, progress)
    if edits is not None:
        # Few need it: nobody else pays for the import.
        from circle.edits import edit_network, read_edits

        network = edit_network(network, read_edits(edits))
    return network if dem is None else lay_over(network, dem)


def lay_over(network: WalkNetwork, dem: str | Path | Iterable[str | Path]) -> WalkNetwork:
    """
    Return streets laid over the ground of some files.

    Parameters
    ----------
    network
        Streets.
    dem
        As for `read_streets`.

    Raises
    ------
    TerrainError
        If a file cannot be read, or none of them covers any of the streets.
    """
    lon, lat = network.frame.to_lonlat(network.point_x_m, network.point_y_m)
    # Streets may reach beyond the stated extent of their file.
    extent = Bounds(float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
    laid = network.with_heights(read_heights(dem, within=extent))
    if not laid.provenance.heights_share:
        raise TerrainError(
            en=f"The heights of {laid.provenance.heights} lie elsewhere: they cover none of these "
            "streets; give the files of this place.",
            zh=f"高程文件 {laid.provenance.heights} 不在此处：没有覆盖任何道路；"
            "请给出当地的高程文件。",
        )
    return laid


def _read(path: Path, ground: str | Path | None, progress: bool) -> WalkNetwork:
    name = path.name.lower()
    if name.endswith(SAVED_SUFFIX):
        return load_network(path)
    if name.endswith(OSM_SUFFIXES):
        return build_network(read_osm(path, progress=progress))
    if name.endswith(".graphml"):
        return build_network(read_graphml(path, progress=progress))
    if name.endswith((".geojson", ".json")):
        return build_network(
            read_geojson_streets(path, ground=Path(ground) if ground is not None else None)
        )
    raise _no_kind(path)


def stated_extent(path: Path) -> Bounds | None:
    """
    Return the extent of a street file as far as it is known without reading an extract through.

    None where the file does not state it.

    Raises
    ------
    StreetsError, NetworkFileError
        If it is of no kind streets can be read from, or cannot be opened as what it says it is.
    """
    name = path.name.lower()
    if name.endswith(OSM_SUFFIXES):
        try:
            return read_header(path)[0]
        except RuntimeError as error:
            raise StreetsError(
                en=f"{path.name} cannot be read as OpenStreetMap data; download it again.",
                zh=f"{path.name} 无法作为 OpenStreetMap 数据读取；请重新下载。",
            ) from error
    if name.endswith((".geojson", ".json", SAVED_SUFFIX)):
        return _read(path, None, False).bounds
    if name.endswith(".graphml"):
        return None
    raise _no_kind(path)


def _no_kind(path: Path) -> StreetsError:
    kinds = ", ".join((*OSM_SUFFIXES, ".graphml", ".geojson", SAVED_SUFFIX))
    return StreetsError(
        en=f"{path.name} is of no kind streets can be read from; give one of {kinds}.",
        zh=f"无法从 {path.name} 读取道路；请提供以下格式之一：{kinds}。",
    )


def straight_street(*, length_m: float, lon: float = 0.0, lat: float = 0.0) -> WalkNetwork:
    """
    Return one straight street that runs east: for examples and tests.

    Parameters
    ----------
    length_m
        Its length, at most a few kilometres.
    lon, lat
        Where its middle lies.

    Examples
    --------
    >>> street = straight_street(length_m=300)
    >>> street.n_edges, round(float(street.edge_length_m.sum()), 1)
    (1, 300.0)
    """
    radius_m = 6_378_137.0
    half = math.degrees(length_m / 2 / (radius_m * math.cos(math.radians(lat))))
    builder = StreetTableBuilder()
    builder.add_way(1, [1, 2], [lon - half, lon + half], [lat, lat], {"highway": "footway"})
    return build_network(
        builder.finish(
            Provenance("straight_street", None, None, None, ""),
            bounds=Bounds(lon - 2 * half, lat - half, lon + 2 * half, lat + half),
        )
    )
