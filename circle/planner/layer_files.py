"""
Layers as files: GeoPackage with styles, Shapefile, GeoJSON.

GDAL would write today's date into the first two; it is told the date of the data instead.
"""

from __future__ import annotations

import io
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyogrio  # type: ignore[import-untyped]
import shapely

from circle.planner.layers import Layer, projected, projected_crs
from circle.planner.method import facts
from circle.planner.plan import Plan
from circle.planner.tables import (
    Column,
    Table,
    as_csv,
)

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_MOST_DBF_NAME = 10
_MOST_DBF_BYTES = 254
_GEOJSON_DECIMALS = 6

_STYLES_SQL = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
    f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
    styleName TEXT, styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
    owner TEXT(30), ui TEXT(30), update_time DATETIME DEFAULT CURRENT_TIMESTAMP
)
"""


def render_geopackage(plan: Plan, layers: Iterable[Layer]) -> bytes:
    """
    Return a GeoPackage with every layer, its styles, and how it was computed as metadata.

    Parameters
    ----------
    plan
        Tells the date and the method.
    layers
        In one reference system.
    """
    stamp = f"{plan.data_date or '1980-01-01'}T00:00:00.000Z"
    told = {" ".join(dict.fromkeys(fact.name)): fact.value[1] for fact in facts(plan)[:12]}
    written = list(layers)
    with tempfile.TemporaryDirectory() as folder, _gdal_date(stamp):
        path = Path(folder) / "coverage.gpkg"
        for number, layer in enumerate(written):
            pyogrio.write_dataframe(
                layer.table, path, layer=layer.name, driver="GPKG", append=number > 0,
                geometry_type=layer.geometry_type, dataset_metadata=told if not number else None,
                layer_options={
                    "IDENTIFIER": f"{layer.name}: {' '.join(layer.title)}",
                    "DESCRIPTION": plan.both_titles,
                },
            )  # fmt: skip
        with closing(sqlite3.connect(path)) as database, database:
            _write_styles(database, written, stamp)
        return path.read_bytes()


class _gdal_date:  # noqa: N801 - used like a function
    """Makes GDAL write a given date instead of now, while it lasts."""

    def __init__(self, stamp: str) -> None:
        self.stamp = stamp

    def __enter__(self) -> None:
        self.before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": self.stamp})

    def __exit__(self, *_: object) -> None:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": self.before})


def _write_styles(database: sqlite3.Connection, layers: list[Layer], stamp: str) -> None:
    database.execute(_STYLES_SQL)
    rows = [
        (
            *("", "", layer.name, "geom", style.name, style.qml(), style.sld(layer.name)),
            *(number == 0, style.name, "", None, stamp),
        )
        for layer in layers
        for number, style in enumerate(layer.styles)
    ]
    database.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
        "f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, "
        "update_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?)",
        (stamp,),
    )


def render_shapefiles(plan: Plan, layers: Iterable[Layer]) -> bytes:
    """
    Return Shapefiles in one zip, in the metres of `projected_crs`, with a key to their fields.

    Parameters
    ----------
    plan
        Tells the date and the reference system.
    layers
        In degrees. Field names have at most ten characters; ``fields.csv`` says what they are.
    """
    keys: list[tuple[Any, ...]] = []
    out = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(out, "w") as archive:
        for layer in projected(layers, projected_crs(plan)):
            short = _short_names(layer)
            table = layer.table.rename(columns=short)
            for column in table.columns:
                if table[column].dtype == bool:
                    table[column] = table[column].astype("int32")
                elif table[column].dtype == object:
                    table[column] = [_fitting(value) for value in table[column]]
            pyogrio.write_dataframe(
                table, Path(folder) / f"{layer.name}.shp", driver="ESRI Shapefile",
                encoding="UTF-8", geometry_type=layer.geometry_type,
                layer_options={"DBF_DATE_LAST_UPDATE": plan.data_date or "1980-01-01"},
            )  # fmt: skip
            keys += [
                (layer.name, new, old, *layer.meaning.get(old, (old, old)))
                for old, new in short.items()
            ]
        columns = tuple(
            Column(key, zh, en)
            for key, zh, en in (
                ("layer", "图层", "layer"),
                ("field", "字段", "field"),
                ("name", "全名", "full name"),
                ("zh", "含义", "meaning in Chinese"),
                ("en", "含义（英文）", "meaning in English"),
            )
        )
        key_sheet = as_csv(Table("fields", "字段", "Fields", columns, tuple(keys)))
        for file in sorted(Path(folder).iterdir()):
            _add(archive, file.name, file.read_bytes())
        _add(archive, "fields.csv", key_sheet)
    return out.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EARLIEST)
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data, zipfile.ZIP_DEFLATED, 6)


def _fitting(value: Any) -> Any:
    """Return a text a field of 254 bytes holds, cut between two signs."""
    if not isinstance(value, str):
        return value
    return value.encode()[:_MOST_DBF_BYTES].decode(errors="ignore")


def _short_names(layer: Layer) -> dict[str, str]:
    """Return a field name of at most ten characters for every column but the geometry."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    geometry = layer.table.geometry.name
    for old in (str(name) for name in layer.table.columns if name != geometry):
        candidate, number = short_name(old), 1
        while candidate.lower() in taken:
            candidate, number = short_name(old, f"{number}"), number + 1
        taken.add(candidate.lower())
        names[old] = candidate
    return names


def short_name(name: str, mark: str = "") -> str:
    """
    Return a name of at most ten characters that still says what it is.

    Parameters
    ----------
    name
        ``nearest``, ``state`` and ``change`` become a letter, a number at the end stays; what is
        between is cut.
    mark
        Takes the place of the last characters that are left of it, to tell apart what is cut
        alike.

    Examples
    --------
    >>> short_name("people"), short_name("nearest_health"), short_name("nearest_gb50180_01")
    ('people', 'n_health', 'n_gb501_01')
    >>> short_name("state_parks_sport_5min"), short_name("state_parks_sport_5min", "1")
    ('s_par_5min', 's_pa1_5min')
    """
    plain = re.sub(r"[^0-9A-Za-z_]", "", name) or "f"
    if len(plain) <= _MOST_DBF_NAME and not mark:
        return plain
    kind, _, rest = plain.partition("_")
    start = f"{kind[0]}_" if kind in ("nearest", "state", "change") else ""
    middle = rest if start else plain
    number = re.search(r"_\d\w{0,4}$", middle)
    end = number.group() if number else ""
    room = _MOST_DBF_NAME - len(start) - len(end) - len(mark)
    return f"{start}{middle[: len(middle) - len(end)][:room]}{mark}{end}"


def render_geojson(layer: Layer, plan: Plan) -> bytes:
    """Return a layer in degrees as GeoJSON that says of itself where it is from."""
    table = layer.table
    columns = [name for name in table.columns if name != table.geometry.name]
    rounded = shapely.transform(
        table.geometry.to_numpy(), lambda xy: np.round(xy, _GEOJSON_DECIMALS)
    )
    shapes = shapely.to_geojson(rounded)
    values = [[_json(value) for value in table[name]] for name in columns]
    features = [
        {
            "type": "Feature",
            "properties": {name: values[k][row] for k, name in enumerate(columns)},
            "geometry": orjson.Fragment(shapes[row]),
        }
        for row in range(len(table))
    ]
    streets = plan.coverage.network.provenance
    return orjson.dumps(
        {
            "type": "FeatureCollection",
            "name": layer.name,
            "title": " ".join(layer.title),
            "data_date": plan.data_date,
            "licence": streets.licence,
            "attribution": streets.attribution,
            "features": features,
        }
    )


def _json(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value
