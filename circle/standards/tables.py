"""Reads standards from CSV files and tells everything that is wrong with one at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from circle.errors import SchemaError
from circle.resources import data_path
from circle.standards.selector import Selector

Need = Literal["required", "as_needed", "suggested", "indicator", "definition"]
Measure = Literal["people", "residential_land"]
Evidence = Literal["page", "secondary", "mixed", "memory"]

NEEDS: tuple[Need, ...] = ("required", "as_needed", "suggested", "indicator", "definition")
MEASURES: tuple[Measure, ...] = ("people", "residential_land")
EVIDENCE: tuple[Evidence, ...] = ("page", "secondary", "mixed", "memory")
LEVELS = (
    *("block", "5min", "5-10min", "10min", "15min"),
    *("park", "community", "city", "indicator", "all"),
)
"""Levels the project's tables use, nearest first; a table of your own may use others."""

LEVEL_NAMES: Mapping[str, tuple[str, str]] = {
    "block": ("居住街坊", "residential block"),
    "5min": ("五分钟生活圈", "5-minute circle"),
    "5-10min": ("五至十分钟层级", "5 to 10-minute level"),
    "10min": ("十分钟生活圈", "10-minute circle"),
    "15min": ("十五分钟生活圈", "15-minute circle"),
    "park": ("公园绿地", "parks"),
    "community": ("社区", "community"),
    "city": ("地方规定", "city rule"),
    "indicator": ("评价指标", "indicator"),
    "all": ("各层级", "all levels"),
}
NEED_NAMES: Mapping[str, tuple[str, str]] = {
    "required": ("应配建", "required"),
    "as_needed": ("按需配建", "as needed"),
    "suggested": ("宜配建", "suggested"),
    "indicator": ("指标", "indicator"),
    "definition": ("定义", "definition"),
}
MOST_DISTANCE_M = 10_000.0

_REQUIRED = ("standard", "level", "facility_zh", "facility_en", "need", "osm_tags")
COLUMNS = (
    "id",
    "standard",
    "clause",
    "level",
    "facility_zh",
    "facility_en",
    "need",
    "walk_m",
    "radius_m",
    "minutes",
    "floor_m2",
    "floor_m2_most",
    "land_m2",
    "land_m2_most",
    "capacity",
    "capacity_most",
    "people",
    "people_most",
    "measure",
    "osm_tags",
    "least_size_m2",
    "most_size_m2",
    "group",
    "is_judged",
    "evidence",
    "source",
    "siting",
    "note_zh",
    "note_en",
)
_NUMBERS = (
    *("walk_m", "radius_m", "minutes", "floor_m2", "floor_m2_most", "land_m2", "land_m2_most"),
    *("capacity", "capacity_most", "people", "people_most", "least_size_m2", "most_size_m2"),
)


@dataclass(frozen=True, slots=True)
class Clause:
    """
    One row of a standard: one facility at one level.

    Parameters
    ----------
    id
        Its name in tables, without a second of the same.
    standard, clause
        The standard and the paragraph or table row in it.
    level
        Level the row belongs to; levels are judged each by itself.
    facility_zh, facility_en
        What should be within reach.
    need
        ``"required"``, ``"as_needed"``, ``"suggested"``, ``"indicator"`` of a check-up, or
        ``"definition"``: what a level is, or how to judge.
    walk_m
        Longest walk along the streets, metres; ``None`` where none is given.
    radius_m
        Service radius, metres in a straight line; another thing than `walk_m`.
    minutes
        Minutes of its level.
    floor_m2, floor_m2_most, land_m2, land_m2_most
        Size of one facility from, to; ``None`` where open.
    capacity, capacity_most
        Beds or places from, to.
    people, people_most
        People one serves from, to.
    measure
        What the share is taken of.
    selector
        Which things on a map it means.
    least_size_m2, most_size_m2
        Mapped areas smaller or not smaller than these do not count; points do.
    group
        Rows of one group are also judged together: any of them suffices. Empty for none.
    is_judged
        Whether a map can answer it.
    evidence
        ``"page"`` (read in a published text), ``"secondary"`` (quoted by another), ``"mixed"``,
        or ``"memory"``.
    source
        Where it was read.
    siting
        Whether it needs land of its own, as the standard says it; empty where it does not.
    note_zh, note_en
        What else to know.
    """

    id: str
    standard: str
    clause: str
    level: str
    facility_zh: str
    facility_en: str
    need: Need
    walk_m: float | None
    radius_m: float | None
    minutes: float | None
    floor_m2: float | None
    floor_m2_most: float | None
    land_m2: float | None
    land_m2_most: float | None
    capacity: float | None
    capacity_most: float | None
    people: float | None
    people_most: float | None
    measure: Measure
    selector: Selector
    least_size_m2: float | None
    most_size_m2: float | None
    group: str
    is_judged: bool
    evidence: Evidence
    source: str
    siting: str
    note_zh: str
    note_en: str

    @property
    def is_verified(self) -> bool:
        """Whether the whole row was read in a published text."""
        return self.evidence == "page"

    @property
    def limit_m(self) -> float:
        """Metres it is judged by along the streets: its walk, else its radius."""
        limit = self.walk_m or self.radius_m
        assert limit is not None, "only judged clauses have a distance"
        return limit

    def name(self, language: str) -> str:
        """Return the facility's Chinese name for ``"zh"``, else the English one."""
        return self.facility_zh if language.startswith("zh") else self.facility_en


def standard_files() -> dict[str, Path]:
    """
    Return the tables the project carries, by name.

    Examples
    --------
    >>> sorted(standard_files())[:2]
    ['city-checkup-2023', 'city-checkup-parks']
    """
    return {path.stem: path for path in sorted(data_path("standards").glob("*.csv"))}


def find_standard(name: str, folder: Path | None = None) -> str:
    """
    Return what `load_standards` takes for a name somebody gave.

    Parameters
    ----------
    name
        A file, or a table in `data/standards`; a file wins over a table of the same name.
    folder
        Folder relative paths start from; by default the current one.

    Raises
    ------
    SchemaError
        If it is neither.

    Examples
    --------
    >>> find_standard("international")
    'international'
    """
    path = ((folder or Path()) / Path(name).expanduser()).resolve()
    if path.is_file():
        return str(path)
    known = standard_files()
    if name in known:
        return name
    names = ", ".join(known)
    raise SchemaError(
        en=f"There is no standard {name}; give a CSV file or one of {names}.",
        zh=f"找不到标准 {name}；请给出 CSV 文件，或以下之一：{names}。",
    )


def load_standards(path: Path | str | None = None) -> tuple[Clause, ...]:
    """
    Read a standard.

    Parameters
    ----------
    path
        A CSV file in UTF-8 with the columns of `Clause` (of which only standard, level, both
        names, need and osm_tags must be there, and a distance in every row that is judged);
        the name of a table in `data/standards`; ``None`` for all of those together.

    Returns
    -------
    clauses
        In the order of the file.

    Raises
    ------
    SchemaError
        If the file is missing or a row is malformed: every mistake by line and column, together.

    Examples
    --------
    >>> parks = load_standards("city-checkup-parks")
    >>> [(clause.least_size_m2, clause.limit_m) for clause in parks if clause.is_judged]
    [(5000.0, 500.0), (2000.0, 300.0)]
    """
    known = standard_files()
    if path is None:
        return tuple(clause for file in known.values() for clause in _read(file))
    file = known.get(str(path), Path(path))
    return _read(file)


def _read(file: Path) -> tuple[Clause, ...]:
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SchemaError(
            en=f"{file.name} is not in UTF-8; save the table as CSV UTF-8.",
            zh=f"{file.name} 不是 UTF-8 编码；请另存为“CSV UTF-8”。",
        ) from error
    except OSError as error:
        names = ", ".join(standard_files())
        raise SchemaError(
            en=f"There is no standard {file}; give a CSV file or one of {names}.",
            zh=f"找不到标准 {file}；请给出 CSV 文件，或以下之一：{names}。",
        ) from error
    rows = csv.DictReader(io.StringIO(text, newline=""))
    header = [name.strip() for name in rows.fieldnames or []]
    rows.fieldnames = header
    mistakes = _Mistakes(file.name)
    for name in _REQUIRED:
        if name not in header:
            mistakes.add(1, name, "is missing", "缺失")
    for name in header:
        if name not in COLUMNS:
            mistakes.add(1, name or "?", "is unknown; remove it", "无法识别；请删去")
    mistakes.stop()
    clauses: list[Clause] = []
    seen: set[str] = set()
    for row in rows:
        line = rows.line_num
        if not any((value or "").strip() for value in _texts(row)):
            continue
        clause = _clause(row, line, file.stem, mistakes)
        if clause.id in seen:
            mistakes.add(line, "id", f"“{clause.id}” is there twice", f"“{clause.id}”重复")
        seen.add(clause.id)
        clauses.append(clause)
    mistakes.stop()
    if not clauses:
        raise SchemaError(
            en=f"{file.name} holds no rows; give it at least one facility.",
            zh=f"{file.name} 中没有任何行；请至少填写一项设施。",
        )
    return tuple(clauses)


def _texts(row: Mapping[str | None, str | list[str] | None]) -> Iterable[str]:
    return (value for value in row.values() if isinstance(value, str))


class _Mistakes:
    """Collects what is wrong with a table, to be told together."""

    MOST_SHOWN = 20

    def __init__(self, file: str) -> None:
        self.file = file
        self.en: list[str] = []
        self.zh: list[str] = []

    def add(self, line: int, column: str, en: str, zh: str) -> None:
        self.en.append(f"line {line}, column “{column}” {en}")
        self.zh.append(f"第 {line} 行“{column}”列{zh}")

    def stop(self) -> None:
        """Raise if there were any."""
        if not self.en:
            return
        more = len(self.en) - self.MOST_SHOWN
        en, zh = self.en[: self.MOST_SHOWN], self.zh[: self.MOST_SHOWN]
        if more > 0:
            en, zh = [*en, f"and {more} more"], [*zh, f"另有 {more} 处"]
        raise SchemaError(
            en=f"The standard {self.file} cannot be used: {'; '.join(en)}.",
            zh=f"标准 {self.file} 无法使用：{'；'.join(zh)}。",
        )


def _clause(
    row: Mapping[str | None, str | list[str] | None], line: int, stem: str, mistakes: _Mistakes
) -> Clause:
    cells = {key: value.strip() for key, value in row.items() if key and isinstance(value, str)}
    if None in row:
        mistakes.add(line, COLUMNS[-1], "is followed by further cells", "之后还有多余的单元格")
    numbers = {name: _number(cells, name, line, mistakes) for name in _NUMBERS}
    for low, high in (
        ("floor_m2", "floor_m2_most"),
        ("land_m2", "land_m2_most"),
        ("capacity", "capacity_most"),
        ("people", "people_most"),
        ("least_size_m2", "most_size_m2"),
    ):
        least, most = numbers[low], numbers[high]
        if least is not None and most is not None and most < least:
            mistakes.add(line, high, f"is below “{low}”", f"小于“{low}”列")
    for name in ("standard", "level", "facility_zh", "facility_en"):
        if not cells.get(name):
            mistakes.add(line, name, "is empty", "为空")
    is_judged = _choice(cells, "is_judged", ("yes", "no"), "yes", line, mistakes) == "yes"
    if is_judged and not (cells.get("walk_m") or cells.get("radius_m")):
        mistakes.add(
            line, "walk_m", "and “radius_m” are both empty", "与“radius_m”列均为空，需填其一"
        )
    return Clause(
        id=cells.get("id") or f"{stem}-{line}",
        standard=cells.get("standard", ""),
        clause=cells.get("clause", ""),
        level=cells.get("level", ""),
        facility_zh=cells.get("facility_zh", ""),
        facility_en=cells.get("facility_en", ""),
        need=_choice(cells, "need", NEEDS, None, line, mistakes),
        **numbers,
        measure=_choice(cells, "measure", MEASURES, "people", line, mistakes),
        selector=_selector(cells.get("osm_tags", ""), is_judged, line, mistakes),
        group=cells.get("group", ""),
        is_judged=is_judged,
        evidence=_choice(cells, "evidence", EVIDENCE, "memory", line, mistakes),
        source=cells.get("source", ""),
        siting=cells.get("siting", ""),
        note_zh=cells.get("note_zh", ""),
        note_en=cells.get("note_en", ""),
    )


def _number(cells: Mapping[str, str], name: str, line: int, mistakes: _Mistakes) -> float | None:
    text = cells.get(name, "")
    if not text:
        return None
    try:
        value = float(text.replace(",", "").replace("，", ""))
    except ValueError:
        value = float("nan")
    most = MOST_DISTANCE_M if name in ("walk_m", "radius_m") else 1e9
    if not 0 < value <= most:
        mistakes.add(
            line,
            name,
            f"holds “{text}”, not a number above 0 and at most {most:g}",
            f"的“{text}”不是大于 0 且不超过 {most:g} 的数",
        )
        return None
    return value


def _choice(
    cells: Mapping[str, str],
    name: str,
    allowed: tuple[str, ...],
    default: str | None,
    line: int,
    mistakes: _Mistakes,
) -> Any:
    text = cells.get(name, "") or default
    if text in allowed:
        return text
    shown = ", ".join(allowed)
    if not text:
        mistakes.add(line, name, f"is empty; use one of {shown}", f"为空；请填 {shown} 之一")
    else:
        mistakes.add(
            line, name, f"holds “{text}”, not one of {shown}", f"的“{text}”不在 {shown} 之中"
        )
    return allowed[0]


def _selector(text: str, is_judged: bool, line: int, mistakes: _Mistakes) -> Selector:
    try:
        found = Selector.read(text)
    except ValueError as error:
        mistakes.add(
            line,
            "osm_tags",
            f"holds “{error}”, which is not of the form key=value or !key",
            f"的“{error}”不是 键=值 或 !键 的形式",
        )
        return Selector(())
    if is_judged and not found.alternatives:
        mistakes.add(line, "osm_tags", "is empty", "为空")
    return found
