"""Reads where somebody would like to build: a map layer, or a sheet with coordinates."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import shapely

from circle.datum import Datum, parse_datum, to_wgs84
from circle.errors import InputError, SitingError
from circle.facilities import read_sheet
from circle.features.given_layers import read_layer
from circle.geometry import LonLat, check_lonlat
from circle.siting.candidates import listed

_LAYERS = (".geojson", ".json", ".gpkg", ".shp")
_NAMES = ("name", "名称", "NAME", "Name")
_MOST_TOLD = 12


def read_candidates(path: Path | str, *, datum: Datum | None = None) -> gpd.GeoDataFrame:
    """
    Read candidate sites.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage or Shapefile, of which an area becomes a point inside it; or a sheet
        (.csv, .xlsx) with name, longitude and latitude.
    datum
        Of a sheet's coordinates in rows that do not say their own.

    Returns
    -------
    candidates
        Columns `circle.siting.candidates.CANDIDATE_COLUMNS`.

    Raises
    ------
    SitingError
        If the file cannot be read, holds nothing, or coordinates are not declared or wrong:
        every row at once.
    """
    source = Path(path)
    if not source.is_file():
        raise SitingError(
            en=f"There is no file of candidate sites {source}; check the name.",
            zh=f"找不到候选点文件 {source}；请检查文件名。",
        )
    if source.suffix.lower() in _LAYERS:
        return _layer(source)
    return _sheet(source, datum)


def _layer(source: Path) -> gpd.GeoDataFrame:
    layer = read_layer(source)
    layer = layer[layer.geometry.notna() & ~layer.geometry.is_empty]
    if layer.empty or layer.crs is None:
        raise SitingError(
            en=f"{source.name} holds no geometry with a coordinate system.",
            zh=f"{source.name} 中没有带坐标系的几何要素。",
        )
    layer = layer.to_crs("EPSG:4326")
    names = next((layer[key] for key in _NAMES if key in layer), None)
    texts = [""] * len(layer) if names is None else names.fillna("").astype(str).tolist()
    points = [shapely.point_on_surface(shape) for shape in layer.geometry]
    return listed(
        [(text, check_lonlat(point.x, point.y)) for text, point in zip(texts, points, strict=True)]
    )


def _sheet(source: Path, datum: Datum | None) -> gpd.GeoDataFrame:
    wrong: list[tuple[str, str]] = []
    rows: list[tuple[str, LonLat]] = []
    for cells in read_sheet(source).to_dict("records"):
        number = cells["row"]
        try:
            at = check_lonlat(cells["lon"] or "", cells["lat"] or "")
            own = parse_datum(cells["datum"]) if cells["datum"] else datum
        except InputError as error:
            wrong.append((f"row {number}: {error.en}", f"第 {number} 行：{error.zh}"))
            continue
        if own is None:
            wrong.append(
                (
                    f"row {number} does not say the datum of its coordinates",
                    f"第 {number} 行没有说明坐标系",
                )
            )
            continue
        lon, lat = to_wgs84([at.lon], [at.lat], own)
        rows.append((str(cells["name"] or ""), LonLat(float(lon[0]), float(lat[0]))))
    if wrong:
        raise SitingError(
            en=f"{source.name} cannot be used: {'; '.join(en for en, _ in wrong[:_MOST_TOLD])}.",
            zh=f"{source.name} 无法使用：{'；'.join(zh for _, zh in wrong[:_MOST_TOLD])}。",
        )
    return listed(rows)
