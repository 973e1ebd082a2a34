"""What an import says of every row: in words, for programs, and as Excel with cells marked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from circle.errors import Language
from circle.store.harmless import harmless
from circle.store.importing import OUTCOMES, ImportPlan, RowReport
from circle.store.labels import OUTCOMES as OUTCOME_LABELS
from circle.store.labels import fields_called
from circle.store.list_files import PlaceList

_WRITES = {
    "add": ("added", "新增"),
    "edit": ("changed", "修改"),
    "nothing": ("not written", "不写入"),
}
_FILLS = {"refused": "F4B6B6", "doubtful": "FFE699", "new": "C6E0B4", "changed": "BDD7EE"}
_MOST_SHOWN = 40


def plan_as_json(plan: ImportPlan, language: Language) -> dict[str, Any]:
    """Return a plan as what JSON can hold."""
    at = _at(language)
    return {
        "list": plan.list_name,
        "counts": dict(plan.counts),
        "rows": [
            {
                "row": row.number,
                "name": row.name,
                "outcome": row.outcome,
                "writes": row.writes,
                "place_id": row.place_id,
                "fields": list(row.fields),
                "problems": [
                    {"field": problem.field, "message": (problem.en, problem.zh)[at]}
                    for problem in row.problems
                ],
            }
            for row in plan.rows
        ],
        "missing": [{"place_id": identity, "name": name} for identity, name in plan.missing],
    }


def plan_in_words(plan: ImportPlan, language: Language) -> str:
    """Return a plan as lines for people: how many of what, then every row to look at."""
    at = _at(language)
    counts = [f"{n} {OUTCOME_LABELS[name][at]}" for name, n in plan.counts.items()]
    lines = [
        (f"{len(plan.rows)} rows: ", f"共 {len(plan.rows)} 行：")[at]
        + (", ", "，")[at].join(counts)
    ]
    told = [row for row in plan.rows if row.outcome in ("refused", "doubtful", "changed")]
    told.sort(key=lambda row: -OUTCOMES.index(row.outcome))
    lines += [f"  {_line(row, at)}" for row in told[:_MOST_SHOWN]]
    if len(told) > _MOST_SHOWN:
        rest = len(told) - _MOST_SHOWN
        lines.append((f"  and {rest} more; see --report", f"  另有 {rest} 行，见 --report")[at])
    if plan.missing:
        lines.append(
            (
                f"{len(plan.missing)} places of this list are not in the file any more; they stay:",
                f"该名单中有 {len(plan.missing)} 处地点已不在文件中；登记册予以保留：",
            )[at]
        )
        lines += [f"  {identity} {name}" for identity, name in plan.missing[:_MOST_SHOWN]]
    return "\n".join(lines)


def _line(row: RowReport, at: int) -> str:
    said = "; ".join((problem.en, problem.zh)[at] for problem in row.problems)
    said = said or fields_called(row.fields, ("en", "zh")[at])
    where = (f"row {row.number}", f"第 {row.number} 行")[at]
    return f"{where} {row.name} [{OUTCOME_LABELS[row.outcome][at]}] {said}"


def write_report(path: Path, places: PlaceList, plan: ImportPlan, language: Language) -> None:
    """
    Write a report as Excel: the list as it was, what becomes of every row, cells marked.

    Parameters
    ----------
    path
        File to write; what was there is written over.
    places
        The list.
    plan
        What becomes of it.
    language
        Of headings and reasons.
    """
    from openpyxl import Workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    at = _at(language)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = ("Rows", "逐行报告")[at]
    heads = [("row", "行"), ("outcome", "结果"), ("written", "写入"), ("id", "编号")]
    heads += [("changed fields", "改动字段"), ("reasons", "原因")]
    own = [head[at] for head in heads]
    sheet.append([*own, *(harmless(column.header) for column in places.columns)])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    column_of = {c.field: n for n, c in enumerate(places.columns, start=len(own) + 1) if c.field}
    rows = {row.number: row for row in places.rows}
    for line, report in enumerate(plan.rows, start=2):
        row = rows[report.number]
        reasons = [(problem.en, problem.zh)[at] for problem in report.problems]
        texts = [
            (row.cells.get(c.field, "") if c.field else row.extra.get(c.header, ""))
            for c in places.columns
        ]
        sheet.append(
            [
                report.number,
                OUTCOME_LABELS[report.outcome][at],
                _WRITES[report.writes][at],
                harmless(report.place_id or ""),
                fields_called(report.fields, language),
                harmless("; ".join(reasons)),
                *map(harmless, texts),
            ]
        )
        if report.outcome in _FILLS:
            fill = PatternFill("solid", fgColor=_FILLS[report.outcome])
            sheet.cell(line, 2).fill = fill
        marks: dict[int, list[str]] = {}
        for problem, reason in zip(report.problems, reasons, strict=True):
            # A cell that is missing has no column to be marked in; the outcome is marked then.
            marks.setdefault(column_of.get(_shown_field(problem.field, column_of), 2), []).append(
                reason
            )
        colour = _FILLS["refused" if report.outcome == "refused" else "doubtful"]
        for column, said in marks.items():
            cell = sheet.cell(line, column)
            cell.fill = PatternFill("solid", fgColor=colour)
            cell.comment = Comment("\n".join(said), "circle")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    for number in range(1, sheet.max_column + 1):
        sheet.column_dimensions[get_column_letter(number)].width = 48 if number == 6 else 16
    _write_missing(book, plan, at)
    book.save(path)


def _shown_field(field: str, columns: dict[str, int]) -> str:
    if field in ("lon", "lat") and field not in columns and "lonlat" in columns:
        return "lonlat"
    return field


def _write_missing(book: Any, plan: ImportPlan, at: int) -> None:
    sheet = book.create_sheet(("Not in the file", "文件中没有")[at])
    sheet.append(["id", ("name", "名称")[at]])
    for identity, name in plan.missing:
        sheet.append([harmless(identity), harmless(name)])


def _at(language: Language) -> int:
    return 1 if language == "zh" else 0
