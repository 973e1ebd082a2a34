"""
A sheet of compounds: who lives where, and which gates lead out.

One row per compound or per gate. A row with households or people is a compound; rows without
them that bear the id of one are its gates. A compound without gates starts at its own position.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from circle.datum import Datum, parse_datum, to_wgs84
from circle.errors import InputError, SheetError
from circle.geometry import check_lonlat

_HEADERS = {
    "id": ("id", "编号", "小区编号", "compound"),
    "name": ("name", "名称", "小区", "小区名称"),
    "lon": ("lon", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "datum": ("datum", "坐标系"),
    "households": ("households", "dwellings", "户数", "住户数"),
    "people": ("people", "population", "人口", "人数"),
}


@dataclass(frozen=True, eq=False)
class Compounds:
    """
    Compounds of a sheet.

    Parameters
    ----------
    table
        ``demand_id``, ``name``, ``people``, ``dwellings`` (NaN where not given).
    points
        Position of each, degrees.
    gates
        Of each compound, ``(lon, lat)``; empty where the sheet has none.
    name
        File they came from.
    """

    table: pd.DataFrame
    points: Any
    gates: list[list[tuple[float, float]]]
    name: str


def read_compounds(path: Path | str, *, datum: Datum | None = None) -> Compounds:
    """
    Read a sheet of compounds, CSV in UTF-8 or .xlsx.

    Parameters
    ----------
    path
        Columns id, name, lon, lat, datum, households, people, in English or Chinese; name or
        id, and households or people, must be there.
    datum
        Of positions in rows that do not say their own; WGS-84 when ``None``.

    Raises
    ------
    SheetError
        If it cannot be read or rows are malformed: every mistake by line, together.
    """
    source = Path(path)
    sheet = _read(source)
    mistakes: list[tuple[str, str]] = []
    rows: dict[str, dict[str, Any]] = {}
    gates: dict[str, list[tuple[float, float]]] = {}
    for number, row in enumerate(sheet.to_dict("records"), start=2):
        cells = {str(key): str(value).strip() for key, value in row.items()}
        key = cells.get("id") or cells.get("name") or ""
        if not any(cells.values()):
            continue
        if not key:
            mistakes.append((f"line {number} has neither id nor name",
                             f"第 {number} 行既无编号也无名称"))  # fmt: skip
            continue
        households = _count(cells, "households", number, mistakes)
        people = _count(cells, "people", number, mistakes)
        at = _position(cells, datum, number, mistakes)
        is_compound = np.isfinite(households) or np.isfinite(people)
        if is_compound and key in rows:
            mistakes.append((f"line {number} gives “{key}” a second time",
                             f"第 {number} 行的“{key}”重复"))  # fmt: skip
        elif is_compound:
            rows[key] = {
                "demand_id": key, "name": cells.get("name") or key,
                "people": people, "dwellings": households, "at": at,
            }  # fmt: skip
        elif at is not None:
            gates.setdefault(key, []).append(at)
    mistakes += [
        (
            f"the gate of “{key}” belongs to no compound with households or people",
            f"“{key}”的出入口没有对应的小区（缺户数或人口）",
        )
        for key in gates
        if key not in rows
    ]
    for key, one in rows.items():
        if one["at"] is None and key in gates:
            lon, lat = np.mean(gates[key], axis=0)
            one["at"] = (float(lon), float(lat))
        elif one["at"] is None:
            mistakes.append((f"“{key}” has no position", f"“{key}”没有坐标"))
    if mistakes or not rows:
        mistakes = mistakes or [("it has no rows", "没有任何行")]
        raise SheetError(
            en=f"{source.name} cannot be used: {'; '.join(en for en, _ in mistakes[:20])}.",
            zh=f"{source.name} 无法使用：{'；'.join(zh for _, zh in mistakes[:20])}。",
        )
    table = pd.DataFrame(list(rows.values()))
    points = shapely.points([one["at"] for one in rows.values()])
    return Compounds(
        table.drop(columns="at"), points, [gates.get(key, []) for key in rows], source.name
    )


def _read(source: Path) -> pd.DataFrame:
    try:
        if source.suffix.lower() == ".xlsx":
            sheet = pd.read_excel(source, dtype=str, keep_default_na=False)
        else:
            sheet = pd.read_csv(source, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).splitlines()[0]
        raise SheetError(
            en=f"The sheet of compounds {source.name} cannot be read ({reason}); save it as CSV "
            "UTF-8 or .xlsx.",
            zh=f"无法读取小区名单 {source.name}（{reason}）；请另存为 CSV UTF-8 或 .xlsx。",
        ) from error
    names = {}
    for header in sheet.columns:
        for key, words in _HEADERS.items():
            if str(header).strip().lower() in words:
                names[header] = key
    sheet = sheet.rename(columns=names)[list(names.values())]
    if not {"lon", "lat"} <= set(sheet) or not ({"households", "people"} & set(sheet)):
        raise SheetError(
            en=f"{source.name} needs the columns lon, lat, and households or people.",
            zh=f"{source.name} 需要“经度”“纬度”以及“户数”或“人口”列。",
        )
    return sheet


def _count(cells: dict[str, str], key: str, number: int, mistakes: list[tuple[str, str]]) -> float:
    text = cells.get(key, "")
    if not text:
        return float("nan")
    try:
        value = float(text.replace(",", "").replace("，", ""))
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e7:
        mistakes.append((f"line {number}: {key} is “{text}”, not a count",
                         f"第 {number} 行：{_HEADERS[key][-1]}“{text}”不是数量"))  # fmt: skip
        return float("nan")
    return value


def _position(
    cells: dict[str, str], datum: Datum | None, number: int, mistakes: list[tuple[str, str]]
) -> tuple[float, float] | None:
    lon, lat = cells.get("lon", ""), cells.get("lat", "")
    if not lon and not lat:
        return None
    try:
        at = check_lonlat(lon, lat)
        own = parse_datum(cells["datum"]) if cells.get("datum") else datum
    except InputError as error:
        mistakes.append((f"line {number}: {error.en}", f"第 {number} 行：{error.zh}"))
        return None
    if own is None:
        return (at.lon, at.lat)
    x, y = to_wgs84([at.lon], [at.lat], own)
    return (float(x[0]), float(y[0]))
