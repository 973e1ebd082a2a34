"""
The planner's tables, each once, for the workbook and for CSV alike.

A table knows its columns by a plain key, by both names, and by what its values are; who writes it
decides how that looks. Numbers nobody can give are None, never 0.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import shapely

from circle.coverage.figures import counting_weights
from circle.coverage.mode import Subject
from circle.coverage.model import MEASURE_NAMES
from circle.demand.model import Words
from circle.planner.plan import Plan, named_rows
from circle.standards import LEVEL_NAMES, NEED_NAMES, Clause

Kind = Literal["text", "whole", "percent", "cost", "decimal", "degrees"]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
UNVERIFIED = ("未核实", "unverified")
VERIFIED = ("已核实", "verified")
_UNJUDGED = (
    ("地图数据不能判定", "no map answers this"),
    ("定义，不评价", "defines, is not judged"),
)
_NO_CLAUSE = ("类别，不是条文", "class, no clause")
UNIT_NAMES = {"m": ("米", "m"), "min": ("分钟", "min")}


@dataclass(frozen=True, slots=True)
class Column:
    """
    A column of a table.

    Parameters
    ----------
    key
        Its name in files for programs.
    zh, en
        Its names for people.
    kind
        What its values are; ``"cost"`` are metres or minutes, ``"percent"`` shares 0 to 1.
    width
        In characters.
    """

    key: str
    zh: str
    en: str
    kind: Kind = "text"
    width: float = 10.0


@dataclass(frozen=True, slots=True)
class Table:
    """
    Rows under columns.

    Parameters
    ----------
    key
        Its name in files.
    zh, en
        Its name for people.
    columns, rows
        Each row has a value or None for each column.
    """

    key: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]


def neutral(text: str) -> str:
    r"""
    Return a text no spreadsheet takes for a formula, without signs no file may hold.

    Examples
    --------
    >>> neutral("=1+1"), neutral("a\x00b"), neutral(" @x")
    ("'=1+1", 'ab', "' @x")
    """
    clean = "".join(sign for sign in text if sign >= " " or sign in "\t\n")
    return f"'{clean}" if clean.lstrip(" \n").startswith(FORMULA_STARTS) else clean


def as_csv(table: Table) -> bytes:
    """Return a table as CSV a spreadsheet opens by a double click: UTF-8 with a mark."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.key for column in table.columns])
    for row in table.rows:
        writer.writerow(
            [_cell(value, column.kind) for value, column in zip(row, table.columns, strict=True)]
        )
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Any, kind: Kind) -> Any:
    if value is None:
        return ""
    if isinstance(value, str):
        return neutral(value)
    digits = {"percent": 6, "cost": 3, "decimal": 4, "degrees": 7, "whole": 3, "text": 6}[kind]
    rounded = round(float(value), digits)
    return int(rounded) if rounded.is_integer() and kind != "degrees" else rounded


def plain(value: Any) -> Any:
    """Return a value of a table as text, number or None; what is not finite is None."""
    if hasattr(value, "item"):
        value = value.item()
    if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value


def level_names(level: str) -> tuple[str, str]:
    """Return the Chinese and the English name of a level."""
    return LEVEL_NAMES.get(level, (level, level))


def mark(is_verified: bool) -> str:
    """Return whether a row was read in a published text, in both languages."""
    return " / ".join(VERIFIED if is_verified else UNVERIFIED)


NONE_HERE: Words = ("图上没有", "none on this map")
LESS_THAN_HALF: Words = ("不足一半", "less than half")
HALF_OR_MORE: Words = ("达到一半", "half or more")
NOT_KNOWN: Words = ("不能判定", "unknown")
"""Verdicts on a clause, see `verdict`."""


def class_table(plan: Plan) -> Table:
    """Return a row per class: covered at every level, in a straight line, and how far."""
    unit_zh, unit_en = UNIT_NAMES[plan.unit]
    measure_zh, measure_en = MEASURE_NAMES[plan.measure]
    limits = sorted({one.limit for mine in plan.class_subjects().values() for one in mine})
    columns = [
        Column("class", "类别代码", "class", width=14),
        Column("name_zh", "类别", "class (Chinese)", width=16),
        Column("name_en", "类别（英文）", "class (English)", width=24),
        Column("n_places", "设施数", "places", "whole", 8),
    ]
    for word, zh, en in (
        ("covered", "沿道路覆盖", "within, along streets"),
        ("unknown", "不能判定", "unknown"),
        *((("crow_fly", "直线覆盖", "within, straight line"),) if plan.unit == "m" else ()),
    ):
        columns += [
            Column(f"{word}_{limit:g}", f"{limit:g} {unit_zh}{zh}", f"{limit:g} {unit_en} {en}",
                   "percent", 11)
            for limit in limits
        ]  # fmt: skip
    columns += [
        Column("uncovered_total", f"最远一级缺少的{measure_zh}",
               f"{measure_en} without, farthest level", "whole", 12),
        Column("median", f"半数以内（{unit_zh}）", f"half within ({unit_en})", "cost", 10),
        Column("p90", f"九成以内（{unit_zh}）", f"9 in 10 within ({unit_en})", "cost", 10),
        Column("choices", "可选处数（平均）", "choices (mean)", "decimal", 10),
        Column("remark", "备注", "remark", width=20),
    ]  # fmt: skip
    by_subject = plan.share_rows()
    far = {row.places: row for row in named_rows(plan.coverage.distances)}
    rows = []
    for key, mine in plan.class_subjects().items():
        by_limit = {one.limit: by_subject[one.key] for one in mine}
        last = by_subject[mine[-1].key]
        words = ["share_covered", "share_unknown"] + ["share_crow_fly"] * (plan.unit == "m")
        distance = far[mine[-1].places]
        rows.append(
            (
                *(key, mine[0].name_zh, mine[0].name_en, int(last.n_places)),
                *(
                    plain(getattr(by_limit[limit], word))
                    if limit in by_limit and last.n_places
                    else None
                    for word in words
                    for limit in limits
                ),
                plain(last.uncovered) if last.n_places else None,
                *(plain(distance.median), plain(distance.p90), plain(distance.choices_mean)),
                "" if last.n_places else " / ".join(NONE_HERE),
            )
        )
    return Table("classes", "各类设施", "Classes", tuple(columns), tuple(rows))


def clause_table(plan: Plan) -> Table:
    """Return a row per clause, in the measure it asks for; what no map answers comes last."""
    unit_zh, unit_en = UNIT_NAMES[plan.unit]
    columns = (
        Column("level", "层级", "level", width=12),
        Column("standard", "标准", "standard", width=18),
        Column("clause", "条款", "clause", width=18),
        Column("name_zh", "设施", "facility (Chinese)", width=22),
        Column("name_en", "设施（英文）", "facility (English)", width=28),
        Column("need", "要求", "need", width=14),
        Column("limit", f"限值（{unit_zh}）", f"limit ({unit_en})", "cost", 8),
        Column("n_places", "设施数", "places", "whole", 8),
        Column("measure", "按", "share of", width=14),
        Column("total", "总量", "total", "whole", 11),
        Column("covered", "覆盖", "covered", "whole", 11),
        Column("uncovered", "未覆盖", "not covered", "whole", 11),
        Column("unknown", "不能判定", "unknown", "whole", 11),
        Column("share_covered", "沿道路覆盖率", "covered, along streets", "percent", 11),
        Column("share_unknown", "不能判定的比例", "unknown", "percent", 10),
        Column("share_crow_fly", "直线覆盖率", "within, straight line", "percent", 10),
        Column("share_radius", "服务半径覆盖率", "within radius, straight line", "percent", 10),
        Column("low", "覆盖率下限", "covered, low", "percent", 10),
        Column(
            "high", "覆盖率上限（含不能判定）", "covered, high (with the unknown)", "percent", 12
        ),
        Column("verdict", "判定", "verdict", width=22),
        Column("needed", "按服务人口应设", "needed by people served", "whole", 9),
        Column("people", "每处服务人口", "people one serves", width=15),
        Column("floor_m2", "每处建筑面积（平方米）", "floor of one (m²)", width=13),
        Column("land_m2", "每处用地面积（平方米）", "land of one (m²)", width=13),
        Column("siting", "建设方式", "land of its own", width=14),
        Column("evidence", "依据", "evidence", width=14),
        Column("source", "出处", "source", width=30),
        Column("note", "备注", "note", width=34),
    )
    rows = [_clause_row(plan, one) for one in plan.coverage.subjects if one.kind != "class"]
    for clause in plan.clauses:
        if clause.is_judged:
            continue
        rows.append(
            (
                *(clause.level, clause.standard, clause.clause),
                *(clause.facility_zh, clause.facility_en, " / ".join(NEED_NAMES[clause.need])),
                *(None,) * 15,
                *_asked(clause),
                *(mark(clause.is_verified), clause.source),
                " / ".join(
                    filter(None, (*_UNJUDGED[clause.need == "definition"],
                                  clause.note_zh, clause.note_en))
                ),
            )
        )  # fmt: skip
    return Table("clauses", "条款", "Clauses", columns, tuple(rows))


def clause_measure(plan: Plan, subject: Subject) -> str:
    """Return what the share of a clause is taken of; a group asks for what its members do."""
    asked = [subject]
    if subject.kind == "group":
        asked = [plan.coverage.subject(key) for key in subject.members]
    wanted = {one.clause.measure for one in asked if one.clause is not None}
    has = set(plan.coverage.shares["measure"])
    if "residential_land" in wanted and "residential_land" in has:
        return "residential_land"
    return plan.measure


def verdict(plan: Plan, subject: Subject) -> Words:
    """
    Return what can be said of a clause: whether half of what it asks for has it.

    Less than half only where those unknown could not make it half.
    """
    row = plan.share_rows(clause_measure(plan, subject))[subject.key]
    if not plan.coverage.has_places(subject):
        return NONE_HERE
    if row.share_covered + row.share_unknown < 0.5:
        return LESS_THAN_HALF
    return HALF_OR_MORE if row.share_covered >= 0.5 else NOT_KNOWN


def _clause_row(plan: Plan, subject: Subject) -> tuple[Any, ...]:
    measure = clause_measure(plan, subject)
    row = plan.share_rows(measure)[subject.key]
    clause = subject.clause
    figures: tuple[Any, ...] = (
        *(plain(row.covered), plain(row.uncovered), plain(row.unknown)),
        *(plain(row.share_covered), plain(row.share_unknown)),
        *(plain(row.share_crow_fly), plain(row.share_radius), plain(row.low), plain(row.high)),
    )
    if not plan.coverage.has_places(subject):
        figures = (None,) * len(figures)
    return (
        subject.level,
        "" if clause is None else clause.standard,
        "" if clause is None else clause.clause,
        *(subject.name_zh, subject.name_en),
        "" if clause is None else " / ".join(NEED_NAMES[clause.need]),
        *(subject.limit, int(row.n_places), " / ".join(MEASURE_NAMES[measure])),
        plain(row.total),
        *figures,
        " / ".join(verdict(plan, subject)),
        *((None,) * 5 if clause is None else (_needed(plan, clause), *_asked(clause))),
        mark(subject.is_verified),
        "" if clause is None else clause.source,
        "" if clause is None else " / ".join(filter(None, (clause.note_zh, clause.note_en))),
    )


def _needed(plan: Plan, clause: Clause) -> int | None:
    """Return how many the people of the town need, by the most one serves."""
    people = plan.coverage.demand.total("people")
    if not clause.people_most or not people > 0:
        return None
    return math.ceil(people / clause.people_most)


def _asked(clause: Clause) -> tuple[str, str, str, str]:
    """Return whom one serves, its sizes, and whether it needs land of its own."""
    return (
        _span(clause.people, clause.people_most),
        _span(clause.floor_m2, clause.floor_m2_most),
        _span(clause.land_m2, clause.land_m2_most),
        clause.siting,
    )


def _span(least: float | None, most: float | None) -> str:
    if least is None and most is None:
        return ""
    if most is None:
        return f"≥ {least:,.0f}"
    return f"{most:,.0f}" if least is None else f"{least:,.0f}–{most:,.0f}"


def area_table(plan: Plan) -> Table:
    """Return a row per sub-area: what it counts, and the share covered of every class."""
    measure_zh, measure_en = MEASURE_NAMES[plan.measure]
    columns = [
        Column("area_id", "编号", "no.", width=6),
        Column("area_name", "分区", "area", width=18),
        Column("total", measure_zh, measure_en, "whole", 10),
    ]
    subjects = [one for mine in plan.class_subjects().values() for one in mine]
    unit_zh, unit_en = UNIT_NAMES[plan.unit]
    columns += [
        Column(one.key, f"{one.name_zh} {one.limit:g} {unit_zh}",
               f"{one.name_en} {one.limit:g} {unit_en}", "percent", 10)
        for one in subjects
    ]  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    if plan.area_shares is not None:
        shares = plan.area_shares[plan.area_shares.measure == plan.measure]
        by_area = {(row.area_id, row.subject): row.share_covered for row in named_rows(shares)}
        first = shares.drop_duplicates("area_id").set_index("area_id")
        rows += [
            (
                *(str(area_id), str(first.area_name[area_id])),
                plain(first.total[area_id]),
                *(
                    plain(by_area[area_id, one.key]) if plan.coverage.has_places(one) else None
                    for one in subjects
                ),
            )
            for area_id in first.index
        ]
    return Table("sub-areas", "分区", "Sub-areas", tuple(columns), tuple(rows))


def gap_table(plan: Plan) -> Table:
    """Return a row per gap, in the order of their numbers."""
    unit_zh, unit_en = UNIT_NAMES[plan.unit]
    columns = (
        Column("no", "编号", "no.", "whole", 6),
        Column("subject", "项目代码", "subject", width=20),
        Column("name_zh", "缺少的设施", "lacking (Chinese)", width=22),
        Column("name_en", "缺少的设施（英文）", "lacking (English)", width=26),
        Column("level", "层级", "level", width=10),
        Column("limit", f"限值（{unit_zh}）", f"limit ({unit_en})", "cost", 8),
        Column("people", "人口", "people", "whole", 10),
        Column("dwellings", "住户", "dwellings", "whole", 10),
        Column("n_homes", f"{plan.homes_name[0]}数", plan.homes_name[1], "whole", 8),
        Column("nearest_name", "最近的设施", "nearest place", width=26),
        Column("nearest", f"到最近设施（{unit_zh}）", f"to the nearest ({unit_en})", "cost", 10),
        Column("excess_least", f"最少超出（{unit_zh}）", f"too far, least ({unit_en})", "cost", 10),
        Column("excess", f"超出中位数（{unit_zh}）", f"too far, median ({unit_en})", "cost", 10),
        Column("excess_most", f"最多超出（{unit_zh}）", f"too far, most ({unit_en})", "cost", 10),
        Column("lon", "经度", "longitude", "degrees", 11),
        Column("lat", "纬度", "latitude", "degrees", 11),
        Column("evidence", "依据", "evidence", width=14),
    )  # fmt: skip
    known = {
        one.key: " / ".join(_NO_CLAUSE) if one.kind == "class" else mark(one.is_verified)
        for one in plan.coverage.subjects
    }
    at = shapely.point_on_surface(plan.gaps.geometry.to_numpy())
    lon, lat = shapely.get_x(at), shapely.get_y(at)
    rows = tuple(
        (
            *(int(row.no), row.subject, row.name_zh, row.name_en, row.level, row.limit),
            *((plain(row.people), plain(row.dwellings)) if plan.has_people else (None, None)),
            int(row.n_homes),
            row.nearest_name if isinstance(row.nearest_name, str) else None,
            *(plain(row.nearest), plain(row.excess_least), plain(row.excess)),
            *(plain(row.excess_most), float(lon[k]), float(lat[k])),
            known[row.subject],
        )
        for k, row in enumerate(named_rows(plan.gaps))
    )
    return Table("gaps", "缺口", "Gaps", columns, rows)


def place_table(plan: Plan) -> Table:
    """Return a row per facility and what it counts as, with the people it is nearest to."""
    weight = counting_weights(plan.coverage)
    counted = MEASURE_NAMES["people"] if plan.has_people else plan.home_words
    columns = (
        Column("places", "项目代码", "counts as", width=20),
        Column("name_zh", "计作", "counts as (Chinese)", width=20),
        Column("name_en", "计作（英文）", "counts as (English)", width=24),
        Column("place_id", "设施编号", "facility", width=18),
        Column("name", "名称", "name", width=30),
        Column("area_m2", "面积（平方米）", "area (m²)", "whole", 10),
        Column("capacity", "容量", "capacity", "whole", 9),
        Column("accuracy_m", "位置精度（米）", "position accuracy (m)", "whole", 10),
        Column("nearest_to", f"最近设施为此处的{counted[0]}",
               f"{counted[1]} it is nearest to", "whole", 12),
        Column("lon", "经度", "longitude", "degrees", 11),
        Column("lat", "纬度", "latitude", "degrees", 11),
    )  # fmt: skip
    names = {row.places: row for row in named_rows(plan.coverage.distances)}
    rows: list[tuple[Any, ...]] = []
    for key, reach in plan.coverage.reaches.items():
        table = reach.places.table
        has = reach.facility >= 0
        near = np.bincount(reach.facility[has], weight[has], minlength=len(table))
        at = shapely.point_on_surface(table.geometry.to_numpy())
        lon, lat = shapely.get_x(at), shapely.get_y(at)
        for k, row in enumerate(named_rows(table)):
            rows.append(
                (
                    *(key, names[key].name_zh, names[key].name_en, str(row.place_id)),
                    row.name if isinstance(row.name, str) else None,
                    *(plain(row.area_m2), plain(row.capacity), plain(row.accuracy_m)),
                    *(float(near[k]), float(lon[k]), float(lat[k])),
                )
            )
    return Table("facilities", "设施", "Facilities", columns, tuple(rows))


def frame_table(key: str, zh: str, en: str, frame: pd.DataFrame) -> Table:
    """Return every column of a table of figures as it is, for programs."""
    columns = tuple(Column(str(name), str(name), str(name)) for name in frame.columns)
    rows = tuple(tuple(map(plain, row)) for row in frame.itertuples(index=False, name=None))
    return Table(key, zh, en, columns, rows)


def csv_tables(plan: Plan) -> Iterable[Table]:
    """Return the tables that go into files of their own: every subject in every measure."""
    yield frame_table("shares", "覆盖率", "Shares", plan.coverage.shares)
    yield frame_table("distances", "距离", "Distances", plan.coverage.distances)
    if plan.area_shares is not None:
        yield frame_table("areas", "分区", "Sub-areas", plan.area_shares)
    yield gap_table(plan)
