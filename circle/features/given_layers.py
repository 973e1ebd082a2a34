"""Reads a layer of shapes somebody gives: GeoJSON, GeoPackage, Shapefile."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pyogrio  # type: ignore[import-untyped]

from circle.errors import InputError


def read_layer(path: Path | str) -> gpd.GeoDataFrame:
    """
    Read the shapes of a file; of several layers the first of areas, else the first with shapes.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, Shapefile or whatever else GDAL reads.

    Raises
    ------
    InputError
        If there is no such file, or no layer of shapes in it.
    """
    source = Path(path)
    if not source.is_file():
        raise InputError(
            en=f"There is no file {source}; check the name.",
            zh=f"找不到文件 {source}；请检查文件名。",
        )
    try:
        layers = [(str(name), str(kind)) for name, kind in pyogrio.list_layers(source) if kind]
        layers.sort(key=lambda layer: "Polygon" not in layer[1])
        table = gpd.read_file(source, layer=layers[0][0], engine="pyogrio") if layers else None
    except Exception as error:  # pyogrio has no one class for what a foreign file does to it
        raise _unreadable(source) from error
    if not isinstance(table, gpd.GeoDataFrame):
        raise _unreadable(source)
    return table


def _unreadable(source: Path) -> InputError:
    return InputError(
        en=f"{source.name} cannot be read as a map layer; save it as GeoJSON, GeoPackage or "
        "Shapefile.",
        zh=f"{source.name} 无法作为图层读取；请另存为 GeoJSON、GeoPackage 或 Shapefile。",
    )
