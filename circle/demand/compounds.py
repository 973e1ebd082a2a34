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

from circle.datum import DATUMS, Datum, parse_datum, to_wgs84
from circle.errors import InputError, SheetError
from circle.facilities.sheets import SHEET_HEADERS, read_records
from circle.geometry import check_lonlat

_HEADERS = {
    **{column: SHEET_HEADERS[column] for column in ("lon", "lat", "datum")},
    # 序号 counts rows, and a gate is a row of its own.
    "id": ("id", "编号", "代码", "小区编号", "compound"),
    "name": (*SHEET_HEADERS["name"], "小区", "小区名称", "楼盘", "楼盘名称"),
    "households": ("households", "dwellings", "户数", "住户数", "总户数"),
    "people": ("people", "population", "人口", "人数", "常住人口"),
}
_COUNTS = {"households": "户数", "people": "人口"}


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
    Read a sheet of compounds.

    Parameters
    ----------
    path
        A file as for `circle.facilities.read_sheet`. Columns id, name, lon, lat, datum,
        households, people, in English or Chinese; lon, lat, and households or people, must be
        there, and every row needs an id or a name.
    datum
        Of positions in rows that do not say their own.

    Raises
    ------
    SheetError
        If it cannot be read, rows are malformed or positions have no declared datum: every
        mistake by line, together.
    """
    source = Path(path)
    records = _read(source)
    mistakes: list[tuple[str, str]] = []
    rows: dict[str, dict[str, Any]] = {}
    gates: dict[str, list[tuple[float, float]]] = {}
    for cells in records:
        number = cells["row"]
        key = cells.get("id") or cells.get("name") or ""
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
                "is_told": bool(cells.get("lon") or cells.get("lat")),
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
        elif one["at"] is None and not one["is_told"]:
            mistakes.append((f"“{key}” has no position", f"“{key}”没有坐标"))
    if mistakes or not rows:
        mistakes = mistakes or [("it has no rows", "没有任何行")]
        raise SheetError(
            en=f"{source.name} cannot be used: {'; '.join(en for en, _ in mistakes[:20])}.",
            zh=f"{source.name} 无法使用：{'；'.join(zh for _, zh in mistakes[:20])}。",
        )
    table = pd.DataFrame(list(rows.values())).drop(columns=["at", "is_told"])
    points = shapely.points([one["at"] for one in rows.values()])
    return Compounds(table, points, [gates.get(key, []) for key in rows], source.name)


def _read(source: Path) -> list[dict[str, Any]]:
    records = read_records(source, _HEADERS, _is_header)
    if records is None:
        raise SheetError(
            en=f"{source.name} needs the columns lon (经度), lat (纬度), and households (户数) or "
            "people (人口); besides, id (编号), name (名称) and datum (坐标系).",
            zh=f"{source.name} 需要“经度”“纬度”以及“户数”或“人口”列；另可有“编号”“名称”“坐标系”。",
        )
    return records


def _is_header(columns: set[str]) -> bool:
    return {"lon", "lat"} <= columns and bool({"households", "people"} & columns)


def _count(cells: dict[str, Any], key: str, number: int, mistakes: list[tuple[str, str]]) -> float:
    text = cells.get(key, "")
    if not text:
        return float("nan")
    try:
        value = float(text.replace(",", "").replace("，", ""))
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e7:
        mistakes.append((f"line {number}: {key} is “{text}”, not a count",
                         f"第 {number} 行：{_COUNTS[key]}“{text}”不是数量"))  # fmt: skip
        return float("nan")
    return value


def _position(
    cells: dict[str, Any], datum: Datum | None, number: int, mistakes: list[tuple[str, str]]
) -> tuple[float, float] | None:
    lon, lat = cells.get("lon", ""), cells.get("lat", "")
    if not lon and not lat:
        return None
    try:
        at = check_lonlat(lon, lat)
        own = parse_datum(cells["datum"]) if cells.get("datum") else datum
    except InputError as error:
        mistakes.append(
            (f"line {number}: {error.en.rstrip('.')}", f"第 {number} 行：{error.zh.rstrip('。')}")
        )
        return None
    if own is None:
        mistakes.append(
            (
                f"line {number} has a position but no datum is declared: add a column “datum” "
                f"with one of {', '.join(DATUMS)}",
                f"第 {number} 行有坐标但没有说明坐标系：请增加“坐标系”列，填写 "
                f"{'、'.join(DATUMS)} 之一",
            )
        )
        return None
    x, y = to_wgs84([at.lon], [at.lat], own)
    return (float(x[0]), float(y[0]))
