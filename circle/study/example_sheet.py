"""
The list somebody starts from: an Excel file with every column, explained, and two sample rows.

The rows are marked as samples in their column of numbers, and rows so marked are never read:
nobody's guide shows a made-up clinic because a row was forgotten.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from circle.classes import ClassTable
from circle.datum import DATUMS

EXAMPLE_NAME = "places-example.xlsx"
_ROWS_READY = 500
"""So many rows are formatted and offer the classes to choose from."""


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its header, what to write there, and what the two sample rows hold."""

    key: str
    header: str
    width: int
    help_zh: str
    help_en: str
    zh: str = ""
    en: str = ""


def _columns(classes: ClassTable) -> tuple[_Column, ...]:
    health = classes.by_key.get("health") or next(iter(classes))
    return (
        _Column(
            "id",
            "编号",
            10,
            "可不填；填了以后请勿改动。编号为“示例1”、“示例2”的行不会读入。",
            "May be empty; do not change it later. Rows numbered “example 1”, “example 2” "
            "are not read.",
            "示例1",
            "example 2",
        ),
        _Column(
            "name",
            "名称",
            26,
            "必填。",
            "Required.",
            "幸福里社区卫生服务站",
            "Elm Street clinic",
        ),
        _Column(
            "name_en",
            "英文名",
            22,
            "可不填。",
            "English name, if it has one.",
            "",
            "Elm Street clinic",
        ),
        _Column(
            "other_names",
            "别名",
            18,
            "几个别名用分号隔开，查找时也能找到。",
            "Other names it is found by, apart by semicolons.",
            "老卫生院；二门诊",
            "Old surgery",
        ),
        _Column(
            "class",
            "类别",
            16,
            "必填，从下拉列表中选。",
            "Required; choose from the list.",
            health.name_zh,
            health.name_en,
        ),
        _Column(
            "address",
            "地址",
            26,
            "没有坐标时按地址查找。",
            "Searched for where there are no coordinates.",
            "张掖路 12 号",
            "12 Elm Street",
        ),
        _Column(
            "lon", "经度", 11, "十进制度。", "Longitude, decimal degrees.", "103.8343", "7.4246"
        ),
        _Column(
            "lat", "纬度", 11, "十进制度。", "Latitude, decimal degrees.", "36.0611", "43.7384"
        ),
        _Column(
            "datum",
            "坐标系",
            10,
            "有坐标就要填：wgs84、gcj02（高德、腾讯）、bd09（百度）、cgcs2000（天地图）。",
            "Needed with coordinates: wgs84, gcj02 (Amap, Tencent), bd09 (Baidu), cgcs2000 "
            "(Tianditu).",
            "gcj02",
            "wgs84",
        ),
        _Column(
            "entrances",
            "出入口",
            30,
            "每个一行或用分号隔开：经度 纬度 名称。坐标系同本行；步行算到最先走到的入口。",
            "One per line or apart by semicolons: longitude latitude name, in the datum of the "
            "row. Walks end at the one reached first.",
            "103.8343 36.0611 东门；103.8339 36.0613 北门",
            "7.4246 43.7384 main door",
        ),
        _Column(
            "phone",
            "电话",
            16,
            "几个号码用分号隔开。",
            "Several apart by semicolons.",
            "0931-0000000",
            "+377 00 00 00 00",
        ),
        _Column(
            "hours",
            "营业时间",
            34,
            "照平时的写法写，或用 OSM 的 opening_hours 格式；看不懂的会原样显示。",
            "As people write them, or in the opening_hours syntax of OpenStreetMap; what is not "
            "understood is shown as it is.",
            "周一至周五 8:30-12:00、14:00-17:30，周六 9:00-12:00",
            "Mon-Fri 9:00-17:00; Sat 9:00-12:00",
        ),
        _Column(
            "website",
            "网址",
            24,
            "以 https:// 开头。",
            "Begins with https://.",
            "https://example.org",
            "https://example.org",
        ),
        _Column(
            "photo",
            "照片",
            16,
            "图片文件名，图片放在本表格所在的文件夹。位置等信息会去掉。",
            "Name of a picture in the folder of this list. Where it was taken is removed.",
            "",
            "",
        ),
        _Column(
            "offers",
            "优惠/便民服务",
            30,
            "每项一行或用分号隔开，末尾可注明“（至2026-12-31）”。",
            "One per line or apart by semicolons; “(until 2026-12-31)” at the end where it ends.",
            "独居老人免费量血压（至2026-12-31）",
            "Free blood pressure check (until 2026-12-31)",
        ),
        _Column(
            "events",
            "活动",
            30,
            "每项一行：日期 时间 内容，例如 2026-12-03 14:00-16:00 健康讲座。",
            "One per line: day, time, what, such as 2026-12-03 14:00-16:00 health lecture.",
            "2026-12-03 14:00-16:00 健康讲座",
            "2026-12-03 14:00 health lecture",
        ),
        _Column(
            "note", "备注", 24, "显示在指南中。", "Shown in the guide.", "周三义诊", "Ring the bell"
        ),
        _Column(
            "source",
            "来源",
            16,
            "这一行从哪里来。",
            "Where the row comes from.",
            "社区统计",
            "own survey",
        ),
        _Column(
            "source_date",
            "来源日期",
            12,
            "年-月-日。",
            "Year-month-day.",
            "2026-11-01",
            "2026-11-01",
        ),
        _Column(
            "position_accuracy_m",
            "位置精度",
            10,
            "米；不知道就不填。",
            "Metres, if known.",
            "10",
            "10",
        ),
    )


def example_sheet(classes: ClassTable) -> bytes:
    """
    Return the Excel file a list is begun with.

    Parameters
    ----------
    classes
        Whose names the column of classes offers.

    Returns
    -------
    xlsx
        Every column of a list with a sample row in each language, which are not read; a second
        sheet that explains the columns, and a third with the classes.
    """
    columns = _columns(classes)
    book = Workbook()
    places = book.active
    assert isinstance(places, Worksheet)
    places.title = "名单 Places"
    _fill_places(places, columns)
    names = [item.name_zh for item in classes] + [item.name_en for item in classes]
    _fill_help(book.create_sheet("说明 Help"), columns)
    listed = book.create_sheet("类别 Classes")
    for row, name in enumerate(names, start=1):
        listed.cell(row, 1, name)
    listed.column_dimensions["A"].width = 30
    _offer(places, columns, "class", f"'{listed.title}'!$A$1:$A${len(names)}")
    _offer(places, columns, "datum", f'"{",".join(DATUMS)}"')
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


def _fill_places(sheet: Worksheet, columns: tuple[_Column, ...]) -> None:
    for at, column in enumerate(columns, start=1):
        head = sheet.cell(1, at, column.header)
        head.font = Font(bold=True, color="FFFFFF")
        head.fill = PatternFill("solid", fgColor="7A2E1D")
        sheet.column_dimensions[get_column_letter(at)].width = column.width
        for row in range(2, _ROWS_READY + 2):
            cell = sheet.cell(row, at)
            # Text: Excel would make a date of an event and a number of a telephone.
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        for row, text in ((2, column.zh), (3, column.en)):
            sample = sheet.cell(row, at, text or None)
            sample.font = Font(italic=True, color="777777")
    sheet.freeze_panes = "C2"


def _fill_help(sheet: Worksheet, columns: tuple[_Column, ...]) -> None:
    heads = ("列 Column", "说明", "What to write")
    rows = [(f"{column.header} {column.key}", column.help_zh, column.help_en) for column in columns]
    for number, row in enumerate((heads, *rows), start=1):
        for at, text in enumerate(row, start=1):
            cell = sheet.cell(number, at, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=number == 1 or at == 1)
    for letter, width in (("A", 30), ("B", 60), ("C", 60)):
        sheet.column_dimensions[letter].width = width


def _offer(sheet: Worksheet, columns: tuple[_Column, ...], key: str, choices: str) -> None:
    letter = get_column_letter(next(i for i, c in enumerate(columns, start=1) if c.key == key))
    # Offered, not forced: other names of a class are understood as well.
    rule = DataValidation(type="list", formula1=choices, allow_blank=True, showErrorMessage=False)
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{_ROWS_READY + 1}")
