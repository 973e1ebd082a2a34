"""
Reads the lists people keep: csv in any of the usual encodings and separators, xlsx.

Reading judges nothing but the form: which column is which, that there are rows. What the cells
say is judged in `circle.facilities.locate`.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from circle.errors import SheetError

SHEET_COLUMNS = (
    *("id", "name", "name_en", "class", "address", "lon", "lat", "datum", "phone", "hours"),
    *("note", "source", "source_date", "position_accuracy_m", "other_names", "website"),
    *("photo", "entrances", "offers", "events"),
)
"""Columns of a read sheet, all text or None; `row` beside them is the row in the file."""

SHEET_HEADERS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "place_id", "编号", "序号", "代码", "no", "number", "设施编号"),
    "name": (
        "name",
        "名称",
        "设施名称",
        "单位名称",
        "名字",
        "地点",
        "场所名称",
        "place",
        "名称zh",
        "店名",
        "商户名称",
        "商铺名称",
        "机构名称",
        "网点名称",
        "站点名称",
        "点位名称",
        "全称",
    ),
    "name_en": ("name_en", "英文名", "英文名称", "english name"),
    "class": (
        "class",
        "类别",
        "分类",
        "类型",
        "设施类别",
        "category",
        "type",
        "种类",
        "设施类型",
        "设施类别",
        "行业",
        "行业类别",
        "业态",
    ),
    "address": (
        "address",
        "地址",
        "详细地址",
        "位置",
        "所在地",
        "住址",
        "设施地址",
        "addr",
        "所在地址",
        "具体地址",
        "具体位置",
        "地址位置",
        "门牌",
        "门牌地址",
    ),
    "lon": ("lon", "lng", "经度", "longitude", "long", "x", "东经"),
    "lat": ("lat", "纬度", "latitude", "y", "北纬"),
    "datum": ("datum", "坐标系", "坐标系统", "坐标基准", "crs", "坐标类型"),
    "phone": (
        "phone",
        "电话",
        "联系电话",
        "telephone",
        "tel",
        "联系方式",
        "电话号码",
        "手机",
        "手机号",
        "手机号码",
        "座机",
        "固定电话",
        "phone number",
    ),
    "hours": (
        "hours",
        "营业时间",
        "开放时间",
        "服务时间",
        "opening_hours",
        "opening hours",
        "开业时间",
        "开门时间",
        "工作时间",
        "上班时间",
        "办公时间",
    ),
    "note": ("note", "备注", "说明", "notes", "remark", "备考"),
    "source": ("source", "来源", "数据来源"),
    "source_date": ("source_date", "来源日期", "日期", "更新时间", "source date", "date"),
    "other_names": ("other_names", "别名", "其他名称", "又名", "曾用名", "other names", "aka"),
    "website": ("website", "网址", "网站", "网页", "主页", "url", "homepage", "公众号链接"),
    "photo": ("photo", "照片", "图片", "相片", "图", "picture", "image", "照片文件"),
    "entrances": ("entrances", "入口", "出入口", "大门", "entrance", "入口坐标"),
    "offers": ("offers", "优惠", "便民服务", "优惠/便民服务", "优惠及便民服务", "offer"),
    "events": ("events", "活动", "活动安排", "近期活动", "event"),
    "position_accuracy_m": ("position_accuracy_m", "位置精度", "精度", "accuracy_m", "精度(米)"),
}
_EXAMPLE_ID = re.compile(r"(示例|example)[\s\-_]*\d*", re.IGNORECASE)
_SEPARATORS = (",", ";", "\t", "，")
# A title and a few words of explanation may stand above the header.
_HEADER_WITHIN_ROWS = 15
_MOST_ROWS = 100_000


def read_sheet(path: Path | str) -> pd.DataFrame:
    """
    Read a list of facilities.

    Parameters
    ----------
    path
        A ``.csv``/``.txt``/``.tsv`` file (UTF-8 with or without BOM, UTF-16 with BOM, GB18030;
        separated by commas, semicolons or tabs; lines starting with ``#`` above the header are
        comments) or an ``.xlsx`` file, of which the first sheet with a header is read. Headers
        may be Chinese or English.

    Returns
    -------
    sheet
        Columns `SHEET_COLUMNS` as text, None where empty, and ``row``: the row in the file,
        counted from 1 with the header. Empty rows are left out, and so are rows
        whose id is ``示例`` or ``example`` and perhaps a number.

    Raises
    ------
    SheetError
        If the file cannot be read, has no column of names or of addresses, or no rows.
    """
    source = Path(path)
    candidates = read_rows(source)
    for rows in candidates:
        found = _header(rows)
        if found is not None:
            return _table(source, rows, *found)
    seen = next((row for rows in candidates for _, row in rows if any(row)), [])
    shown = ", ".join(cell for cell in seen if cell) or "–"
    raise SheetError(
        en=f"{source.name} has no column of names (name, 名称) or addresses (address, 地址); "
        f"its first row is: {shown[:200]}.",
        zh=f"{source.name} 中没有名称列（名称、name）或地址列（地址、address）；"
        f"第一行是：{shown[:200]}。",
    )


Rows = list[tuple[int, list[str]]]


def read_records(
    path: Path | str,
    headers: Mapping[str, tuple[str, ...]],
    is_header: Callable[[set[str]], bool],
) -> list[dict[str, Any]] | None:
    """
    Read a list of something else than facilities, by its own headers.

    Parameters
    ----------
    path
        As for `read_sheet`.
    headers
        Words by which each column may be called.
    is_header
        Whether a row that names these columns is the header.

    Returns
    -------
    records
        Of each row below the header its cells by column, without empty ones, and ``row``, its
        number in the file; ``None`` where no row is the header.

    Raises
    ------
    SheetError
        As for `read_rows`.
    """
    named = {_header_key(word): column for column, words in headers.items() for word in words}
    for rows in read_rows(path):
        for index, (_, row) in enumerate(rows[:_HEADER_WITHIN_ROWS]):
            columns = _columns(row, lambda cell: _named(cell, named))
            if is_header(set(columns.values())):
                return _records(rows, index, columns)
    return None


def read_rows(path: Path | str) -> list[Rows]:
    """
    Read the cells of a sheet as they stand, one table for each sheet of a workbook.

    Parameters
    ----------
    path
        As for `read_sheet`.

    Returns
    -------
    tables
        Rows with their numbers, counted from 1; cells as the text somebody sees.

    Raises
    ------
    SheetError
        If the file is missing or of another kind.
    """
    source = Path(path)
    if not source.is_file():
        raise SheetError(
            en=f"There is no sheet {source}; check the name.",
            zh=f"找不到表格 {source}；请检查文件名。",
        )
    suffix = source.suffix.lower()
    if suffix == ".xlsx":
        return _read_xlsx(source)
    if suffix in (".csv", ".txt", ".tsv"):
        return [_read_csv(source)]
    raise SheetError(
        en=f"{source.name} is not a sheet this program reads; save it as .xlsx or .csv.",
        zh=f"本程序不能读取 {source.name}；请另存为 .xlsx 或 .csv。",
    )


def column_of(header: str) -> str | None:
    """
    Return which of `SHEET_COLUMNS` a header names, None where it names none.

    Examples
    --------
    >>> column_of("经度(GCJ02)"), column_of("设施名称"), column_of("备份")
    ('lon', 'name', None)
    """
    return _named(header, _COLUMN_OF)


def _named(header: str, columns: Mapping[str, str]) -> str | None:
    key = _header_key(header)
    # 经度(GCJ02): what stands in brackets explains.
    return columns.get(key) or columns.get(re.sub(r"\(.*\)$", "", key))


def is_example(cells: Mapping[str, str]) -> bool:
    """
    Say whether a row is a sample of how to fill a list in, which no reader of lists takes.

    Examples
    --------
    >>> is_example({"id": "示例1"}), is_example({"id": "12", "name": "示例小学"})
    (True, False)
    """
    return _EXAMPLE_ID.fullmatch(cells.get("id") or "") is not None


def _columns(row: list[str], named: Callable[[str], str | None]) -> dict[int, str]:
    """Return which column is what; of two of one name the first."""
    columns: dict[int, str] = {}
    for position, cell in enumerate(row):
        column = named(cell)
        if column and column not in columns.values():
            columns[position] = column
    return columns


def _read_csv(source: Path) -> Rows:
    data = source.read_bytes()
    text = _decode(source, data)
    lines = text.splitlines(keepends=True)
    skipped = 0
    while skipped < len(lines) and lines[skipped].lstrip().startswith("#"):
        skipped += 1
    body = "".join(lines[skipped:])
    first = next((line for line in body.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=lambda sign: (first.count(sign), sign == ","))
    try:
        reader = csv.reader(io.StringIO(body), delimiter=separator)
        return [(skipped + reader.line_num, [_clean(cell) for cell in row]) for row in reader]
    except csv.Error as error:
        raise SheetError(
            en=f"{source.name} cannot be read as a table ({error}); save it again as CSV.",
            zh=f"{source.name} 无法按表格读取（{error}）；请重新另存为 CSV。",
        ) from error


def _decode(source: Path, data: bytes) -> str:
    encodings = ["utf-8-sig", "gb18030"]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise SheetError(
        en=f"{source.name} is not text in UTF-8 or GB18030; save it again as CSV UTF-8.",
        zh=f"{source.name} 不是 UTF-8 或 GB18030 文本；请重新另存为 CSV UTF-8。",
    )


def _read_xlsx(source: Path) -> list[Rows]:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(source, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise SheetError(
            en=f"{source.name} is not a sound Excel file; open it in Excel and save it again.",
            zh=f"{source.name} 不是完好的 Excel 文件；请用 Excel 打开后重新保存。",
        ) from error
    try:
        return [
            [
                (number, [_clean(cell) for cell in row])
                for number, row in enumerate(sheet.iter_rows(values_only=True), start=1)
                if number <= _MOST_ROWS
            ]
            for sheet in book.worksheets
        ]
    finally:
        book.close()


def _clean(cell: Any) -> str:
    """Return a cell as the text somebody sees."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if hasattr(cell, "isoformat"):
        text: str = cell.isoformat()
        return text.removesuffix("T00:00:00")
    return unicodedata.normalize("NFC", str(cell)).replace("\u00a0", " ").strip()


def _header_key(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s*:_\-]+", "", folded)


_COLUMN_OF = {
    _header_key(word): column for column, words in SHEET_HEADERS.items() for word in words
}


def _header(rows: Rows) -> tuple[int, dict[int, str]] | None:
    """Return where the header is and which column is what, None where there is none."""
    for index, (_, row) in enumerate(rows[:_HEADER_WITHIN_ROWS]):
        columns = _columns(row, column_of)
        if {"name", "address"} & set(columns.values()) and len(columns) > 1:
            return index, columns
        if list(columns.values()) in (["name"], ["address"]) and sum(map(bool, row)) == 1:
            return index, columns
    return None


def _records(rows: Rows, header: int, columns: dict[int, str]) -> list[dict[str, Any]]:
    """Return the rows below a header, without empty ones and examples."""
    records: list[dict[str, Any]] = []
    for number, row in rows[header + 1 :]:
        cells = {name: row[at] for at, name in columns.items() if at < len(row) and row[at]}
        if cells and not is_example(cells):
            records.append({"row": number, **cells})
    return records


def _table(source: Path, rows: Rows, header: int, columns: dict[int, str]) -> pd.DataFrame:
    records = _records(rows, header, columns)
    if not records:
        raise SheetError(
            en=f"{source.name} has a header but no rows below it.",
            zh=f"{source.name} 只有表头，没有内容。",
        )
    return pd.DataFrame(
        {
            "row": [record["row"] for record in records],
            **{
                name: pd.Series([record.get(name) for record in records], dtype=object)
                for name in SHEET_COLUMNS
            },
        }
    )
