"""
Writes a register as a file people work on: Excel, CSV, GeoJSON, GeoPackage.

Formulas are made harmless; reading a list takes that back. A file that was exported and is
imported again unchanged changes nothing.
"""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import geopandas
import pandas as pd
from shapely.geometry import Point

from circle.classes import load_classes
from circle.errors import Language
from circle.store.harmless import harmless
from circle.store.labels import called, shown
from circle.store.list_files import field_of
from circle.store.model import Place
from circle.store.sheet_of_register import OWN_COLUMNS, STATE_COLUMNS, cells_of

Format = Literal["xlsx", "csv", "geojson", "gpkg"]
FORMATS: tuple[Format, ...] = ("xlsx", "csv", "geojson", "gpkg")
_NUMBERS = frozenset(
    name
    for column in ("version", "lon", "lat", "position_accuracy_m", "capacity", "match_confidence")
    for name in (column, called(column, "zh"))
)
_WIDE = frozenset(
    name
    for column in ("name", "address", "match_reason", "doubt", "note")
    for name in (column, called(column, "zh"))
)


def export_places(
    path: Path, places: Sequence[Place], form: Format, language: Language = "en"
) -> None:
    """
    Write places as a file; it appears whole or not at all.

    Parameters
    ----------
    path
        File to write; what was there is written over.
    places
        What to write.
    form
        Its format.
    language
        Of the reasons in it; in Chinese a sheet has Chinese headers and words as well. Map files
        keep the names programs know.
    """
    columns, records = _table(places, language)
    if language == "zh" and form in ("csv", "xlsx"):
        columns, records = _in_chinese(columns, records)
    handle, name = tempfile.mkstemp(suffix=f".{form}", dir=path.parent)
    os.close(handle)
    draft = Path(name)
    try:
        if form == "csv":
            draft.write_bytes(_csv(columns, records))
        elif form == "xlsx":
            _write_xlsx(draft, columns, records)
        else:
            draft.unlink()
            _write_map(draft, columns, records, form)
        draft.chmod(0o644)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _table(places: Sequence[Place], language: Language) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the columns, those of the lists' own last, and a record for each place."""
    records = [cells_of(place, language) for place in places]
    known = [*OWN_COLUMNS, *STATE_COLUMNS]
    extra: dict[str, None] = {}
    for place in places:
        # A header that has come to mean something since is not to be read as that.
        extra.update(dict.fromkeys(h for h in place.extra if field_of(h) is None))
    return [*known, *(header for header in extra if header not in known)], records


def _in_chinese(
    columns: list[str], records: list[dict[str, Any]]
) -> tuple[list[str], list[dict[str, Any]]]:
    """Return a table with the headers and words of people; reading a list knows them all."""
    heads = {column: called(column, "zh") for column in (*OWN_COLUMNS, *STATE_COLUMNS)}
    names = {kind.key: kind.name_zh for kind in load_classes()}
    said = []
    for record in records:
        told = {heads.get(column, column): value for column, value in record.items()}
        told[heads["class"]] = names.get(record["class"], record["class"])
        # These are told, never read back.
        for column in ("status", "match_method", "match_level"):
            told[heads[column]] = record[column] and shown(column, record[column], "zh")
        told[heads["is_published"]] = "是" if record["is_published"] == "yes" else "否"
        said.append(told)
    return [heads.get(column, column) for column in columns], said


def _csv(columns: list[str], records: list[dict[str, Any]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow([harmless(column) for column in columns])
    for record in records:
        writer.writerow([_cell(column, record.get(column)) for column in columns])
    # The mark tells Excel that the file is UTF-8.
    return stream.getvalue().encode("utf-8-sig")


def _cell(column: str, value: Any) -> Any:
    if value is None:
        return None
    if column in _NUMBERS and isinstance(value, int | float):
        return value
    return harmless(str(value))


def _write_xlsx(path: Path, columns: list[str], records: list[dict[str, Any]]) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "places"
    sheet.append([harmless(column) for column in columns])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for record in records:
        sheet.append([_cell(column, record.get(column)) for column in columns])
    for number, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = 32 if column in _WIDE else 14
    sheet.freeze_panes = "D2"
    sheet.auto_filter.ref = sheet.dimensions
    book.save(path)


def _write_map(path: Path, columns: list[str], records: list[dict[str, Any]], form: Format) -> None:
    """Write places as points; one without a position is a row without a geometry."""
    properties = [column for column in columns if column not in ("lon", "lat", "datum")]
    points = [
        None if record["lon"] is None else Point(record["lon"], record["lat"]) for record in records
    ]
    if form == "geojson":
        features = [
            {
                "type": "Feature",
                "properties": {column: record.get(column) for column in properties},
                "geometry": None
                if point is None
                else {"type": "Point", "coordinates": [point.x, point.y]},
            }
            for record, point in zip(records, points, strict=True)
        ]
        text = json.dumps(
            {"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1
        )
        path.write_text(text + "\n", "utf-8")
        return
    table = pd.DataFrame(
        {
            column: pd.Series(
                [record.get(column) for record in records],
                dtype="float64" if column in _NUMBERS else "object",
            )
            for column in properties
        }
    )
    frame = geopandas.GeoDataFrame(table, geometry=points, crs="EPSG:4326")
    frame.rename(columns={"id": "place_id"}).to_file(
        path, driver="GPKG", layer="places", engine="pyogrio", geometry_type="Point"
    )
