"""The workbook: sheets with number formats, charts and print setup; same input, same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule, DataBarRule, FormulaRule, Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from circle.coverage.model import MEASURE_NAMES
from circle.planner import palette
from circle.planner.method import facts
from circle.planner.optional_tables import optional_tables
from circle.planner.plan import Plan
from circle.planner.tables import (
    UNVERIFIED,
    Column,
    Table,
    area_table,
    class_table,
    clause_table,
    gap_table,
    neutral,
    place_table,
)

SHEETS = ("summary", "clauses", "sub-areas", "gaps", "facilities", "method")
"""Sheets that are always there; `optional_tables` come before the method."""

_FORMATS = {"whole": "#,##0", "percent": "0.0%", "decimal": "0.0", "degrees": "0.000000"}
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # of what a zip can hold; a date of the file would change daily
_MODIFIED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")

_HEAD_FILL = PatternFill("solid", fgColor="FF123A5A")
_HEAD_FONT = Font(name="Microsoft YaHei", bold=True, color="FFFFFFFF", size=10)
_BODY_FONT = Font(name="Microsoft YaHei", size=10)
_TITLE_FONT = Font(name="Microsoft YaHei", bold=True, size=16, color="FF123A5A")
_SOFT_FONT = Font(name="Microsoft YaHei", size=10, color="FF55605F")
_GROUP_FILL = PatternFill("solid", fgColor="FFE8EEEC")
_RULE = Border(bottom=Side(style="hair", color="FFC8CFCD"))
_WRAP = Alignment(wrap_text=True, vertical="top")
_HEAD_ALIGN = Alignment(wrap_text=True, vertical="center", horizontal="center")


def render_workbook(plan: Plan) -> bytes:
    """
    Return the workbook of a plan as the bytes of an .xlsx file.

    Parameters
    ----------
    plan
        What to write. Nothing in the file depends on the day it is written.
    """
    book = Workbook()
    del book["Sheet"]
    # What every cell has that says nothing else; to say it cell by cell takes seconds.
    book._named_styles["Normal"].font = _BODY_FONT  # type: ignore[attr-defined]
    book.properties.title = neutral(plan.both_titles)
    book.properties.creator = "circle"
    _summary(book, plan)
    _plain_sheet(book, plan, clause_table(plan))
    _areas(book, plan)
    _gaps(book, plan)
    _plain_sheet(book, plan, place_table(plan))
    for table in optional_tables(plan):
        _plain_sheet(book, plan, table)
    _method(book, plan)
    out = io.BytesIO()
    book.save(out)
    return _same_bytes(out.getvalue(), plan.data_date)


def _same_bytes(data: bytes, data_date: str | None) -> bytes:
    """Return the file with the date of the data instead of today's."""
    stamp = f"{data_date or '1980-01-01'}T00:00:00Z".encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = _MODIFIED.sub(rb"\g<1>" + stamp, part)
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.external_attr = 0o644 << 16
            new.writestr(entry, part, zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()


def _sheet(book: Workbook, plan: Plan, key: str, zh: str, en: str) -> Worksheet:
    """Return a new sheet that prints well, with its title in the first two rows."""
    sheet: Worksheet = book.create_sheet(key)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    date = plan.data_date or "未知 unknown"
    footer = HeaderFooterItem(
        left=_HeaderFooterPart(_in_footer(plan.both_titles)),
        center=_HeaderFooterPart(f"{zh} {en} · &P / &N"),
        right=_HeaderFooterPart(f"数据 data: {date}"),
    )
    sheet.oddFooter = footer
    sheet.sheet_view.showGridLines = False
    _put(sheet, 1, 1, f"{zh}  {en}", _TITLE_FONT)
    credit = "; ".join(dict.fromkeys(filter(None, (_credit(one) for one in plan.sources.values()))))
    told = f"{plan.both_titles} · 数据日期 data of {date} · {credit}"
    _put(sheet, 2, 1, told, _SOFT_FONT)
    sheet.row_dimensions[1].height = 26
    return sheet


def _in_footer(text: str) -> str:
    return neutral(text).replace("&", "&&")[:80]


def _credit(source: Any) -> str:
    told = source if isinstance(source, dict) else source.as_dict()
    return str(told.get("attribution") or "")


def _put(sheet: Worksheet, row: int, column: int, value: Any, font: Font = _BODY_FONT) -> Any:
    cell = sheet.cell(row, column, neutral(value) if isinstance(value, str) else value)
    if isinstance(value, str):
        # openpyxl takes what begins with = for a formula whatever was done to it.
        cell.data_type = "s"
    cell.font = font
    return cell


def _fill(sheet: Worksheet, table: Table, top: int, unit: str) -> int:
    """Write a table with its header in row `top`; return its last row."""
    for k, column in enumerate(table.columns, start=1):
        cell = _put(sheet, top, k, f"{column.zh}\n{column.en}", _HEAD_FONT)
        cell.fill, cell.alignment = _HEAD_FILL, _HEAD_ALIGN
        letter = get_column_letter(k)
        wide = max(column.width, sheet.column_dimensions[letter].width if top > 4 else 0)
        sheet.column_dimensions[letter].width = wide + 1.5
    lines = max((_lines(column) for column in table.columns), default=2)
    sheet.row_dimensions[top].height = 15.0 * lines + 4
    formats = [_format(column, unit) for column in table.columns]
    at = top
    for at, row in enumerate(table.rows, start=top + 1):
        for k, (value, shown) in enumerate(zip(row, formats, strict=True), start=1):
            if value is None:
                continue
            cell = sheet.cell(at, k, neutral(value) if isinstance(value, str) else value)
            if shown:
                cell.number_format = shown
            elif isinstance(value, str):
                cell.data_type = "s"  # a name such as #N/A would be taken for an error
    return at


def _format(column: Column, unit: str) -> str:
    if column.kind == "cost":
        return "#,##0" if unit == "m" else "0.0"
    return _FORMATS.get(column.kind, "")


def _lines(column: Column) -> int:
    """Return how many lines the head of a column takes; a Chinese sign is two wide."""
    zh = sum(2 if ord(sign) > 0x2E80 else 1 for sign in column.zh)
    wide = max(column.width - 1, 4)
    return -(-zh // int(wide)) + -(-len(column.en) // int(wide - 1))


def _frame(sheet: Worksheet, top: int, last: int, n_columns: int, frozen: int) -> None:
    """Freeze and repeat the head, and let its columns be filtered."""
    sheet.freeze_panes = f"{get_column_letter(frozen + 1)}{top + 1}"
    sheet.print_title_rows = f"{top}:{top}"
    sheet.auto_filter.ref = f"A{top}:{get_column_letter(max(n_columns, 1))}{max(last, top)}"


def _plain_sheet(book: Workbook, plan: Plan, table: Table) -> None:
    sheet = _sheet(book, plan, table.key, table.zh, table.en)
    last = _fill(sheet, table, 4, plan.unit)
    keys = [column.key for column in table.columns]
    frozen = keys.index("name_en") + 1 if "name_en" in keys and table.key == "clauses" else 3
    _frame(sheet, 4, last, len(table.columns), min(frozen, 5))
    if table.key == "clauses" and last > 4:
        _shade(sheet, f"{_letter(keys, 'share_covered')}5:{_letter(keys, 'share_covered')}{last}")
        _mark_unverified(sheet, _letter(keys, "evidence"), last)
    if table.key == "facilities" and last > 4:
        letter = _letter(keys, "nearest_to")
        _bars(sheet, f"{letter}5:{letter}{last}", palette.LEVEL_COLOURS[2])
    if table.key in ("sites", "change") and last > 4:
        letter = _letter(keys, "gained")
        _bars(sheet, f"{letter}5:{letter}{last}", palette.LEVEL_COLOURS[2])


def _letter(keys: list[str], key: str) -> str:
    return get_column_letter(keys.index(key) + 1)


def _argb(colour: str) -> str:
    return f"FF{colour.removeprefix('#').upper()}"


# The rule makers of openpyxl have no types.
_new_bars: Callable[..., Rule] = DataBarRule
_new_scale: Callable[..., Rule] = ColorScaleRule
_new_formula: Callable[..., Rule] = FormulaRule
_new_comparison: Callable[..., Rule] = CellIsRule


def _bars(sheet: Worksheet, where: str, colour: str) -> None:
    rule = _new_bars("num", 0, "max", color=_argb(colour), showValue=True)
    sheet.conditional_formatting.add(where, rule)


def _shade(sheet: Worksheet, where: str) -> None:
    """Shade shares: dark where few are covered, light where all are, in grey print too."""
    scale = _new_scale(
        start_type="num", start_value=0, start_color=_argb("#d9834f"),
        mid_type="num", mid_value=0.6, mid_color=_argb("#f0d6a6"),
        end_type="num", end_value=1, end_color=_argb("#f4faf7"),
    )  # fmt: skip
    sheet.conditional_formatting.add(where, scale)
    # And bold where less than half are covered: it is seen without any colour.
    first = where.split(":")[0]
    few = _new_formula(formula=[f"AND(ISNUMBER({first}),{first}<0.5)"], font=Font(bold=True))
    sheet.conditional_formatting.add(where, few)


def _mark_unverified(sheet: Worksheet, letter: str, last: int) -> None:
    rule = _new_comparison(
        operator="equal", formula=[f'"{" / ".join(UNVERIFIED)}"'], font=Font(italic=True),
        fill=PatternFill("lightUp", fgColor="FF9AA5A3", bgColor="FFFFFFFF"),
    )  # fmt: skip
    sheet.conditional_formatting.add(f"{letter}5:{letter}{last}", rule)


def _summary(book: Workbook, plan: Plan) -> None:
    table = class_table(plan)
    sheet = _sheet(book, plan, "summary", "概况", "Summary")
    demand = plan.coverage.demand
    lines = [
        f"{MEASURE_NAMES[key][0]} {MEASURE_NAMES[key][1]}: {demand.total(key):,.0f}"
        for key in ("people", "dwellings", "buildings")
        if demand.total(key) > 0
    ]
    zh, en = demand.source
    shares_zh, shares_en = MEASURE_NAMES[plan.measure]
    texts = [
        " · ".join(lines) or "人口未知 people unknown",
        zh,
        en,
        f"比例按{shares_zh}；各层级分别评价。 Shares are of {shares_en}; each level by itself.",
    ]
    for k, text in enumerate(texts, start=3):
        _put(sheet, k, 1, text, _BODY_FONT)
    top = 3 + len(texts) + 1
    # `append` writes below the last row that has a cell.
    last = _fill(sheet, table, top, plan.unit)
    _frame(sheet, top, last, len(table.columns), 3)
    keys = [column.key for column in table.columns]
    shares = [k for k, key in enumerate(keys, start=1) if key.startswith("covered_")]
    if last > top and shares:
        first, end = get_column_letter(shares[0]), get_column_letter(shares[-1])
        _shade(sheet, f"{first}{top + 1}:{end}{last}")
        _class_chart(sheet, top, last, shares)


def _class_chart(sheet: Worksheet, top: int, last: int, shares: list[int]) -> None:
    """Add bars of the share covered by class and level, as the program draws them itself."""
    chart = BarChart()
    chart.type, chart.grouping, chart.gapWidth, chart.overlap = "bar", "clustered", 60, -5
    chart.title = "各类设施覆盖率  Covered, by class"
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 1
    chart.y_axis.number_format, chart.y_axis.majorUnit = "0%", 0.25
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.legend.position = "b"
    data = Reference(sheet, min_col=shares[0], max_col=shares[-1], min_row=top, max_row=last)
    chart.add_data(data, titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=2, min_row=top + 1, max_row=last))
    for series, colour in zip(chart.series, palette.LEVEL_COLOURS, strict=False):
        series.graphicalProperties = GraphicalProperties(solidFill=colour.lstrip("#").upper())
        series.graphicalProperties.line.solidFill = "333333"
    setattr(chart, "width", 26.0)  # noqa: B010 - centimetres; typed as whole ones
    setattr(chart, "height", min(4.0 + 1.15 * (last - top), 24.0))  # noqa: B010
    sheet.add_chart(chart, f"A{last + 2}")


def _areas(book: Workbook, plan: Plan) -> None:
    table = area_table(plan)
    sheet = _sheet(book, plan, table.key, table.zh, table.en)
    if plan.area_shares is None:
        _put(sheet, 3, 1, "未给出分区（--areas）。 No sub-areas were given (--areas).", _SOFT_FONT)
    last = _fill(sheet, table, 4, plan.unit)
    _frame(sheet, 4, last, len(table.columns), 3)
    if last > 4 and len(table.columns) > 3:
        _shade(sheet, f"D5:{get_column_letter(len(table.columns))}{last}")


def _gaps(book: Workbook, plan: Plan) -> None:
    table = gap_table(plan)
    sheet = _sheet(book, plan, table.key, table.zh, table.en)
    if not table.rows:
        _put(sheet, 3, 1, "所评价的各项没有缺口。 There is no gap in anything judged.", _SOFT_FONT)
    last = _fill(sheet, table, 4, plan.unit)
    _frame(sheet, 4, last, len(table.columns), 4)
    if last > 4:
        keys = [column.key for column in table.columns]
        for key, colour in (("people", palette.GAP), ("excess", palette.HATCH)):
            letter = _letter(keys, key)
            _bars(sheet, f"{letter}5:{letter}{last}", colour)
        _mark_unverified(sheet, _letter(keys, "evidence"), last)


def _method(book: Workbook, plan: Plan) -> None:
    columns = (
        Column("group", "类", "group", width=20),
        Column("name", "项目", "item", width=30),
        Column("zh", "说明", "in Chinese", width=58),
        Column("en", "说明（英文）", "in English", width=66),
        Column("source", "出处", "source", width=60),
    )
    rows = tuple(
        (
            *(" ".join(dict.fromkeys(fact.group)), " ".join(dict.fromkeys(fact.name))),
            *fact.value,
            " / ".join(dict.fromkeys(filter(None, fact.source))),
        )
        for fact in facts(plan)
    )
    table = Table("method", "计算方法", "How this was computed", columns, rows)
    sheet = _sheet(book, plan, table.key, table.zh, table.en)
    last = _fill(sheet, table, 4, plan.unit)
    _frame(sheet, 4, last, len(columns), 2)
    before = None
    for row in sheet.iter_rows(min_row=5, max_row=last):
        for cell in row:
            cell.alignment, cell.border = _WRAP, _RULE
        if row[0].value != before:
            before = row[0].value
            row[0].fill = _GROUP_FILL
            row[0].font = Font(name="Microsoft YaHei", size=10, bold=True)
