"""
Reads the files a list of places comes in: Excel, CSV, GeoJSON, GeoPackage, Shapefile.

What comes out is text in named columns, each knowing where it stood, so that a report can point
at a cell. Nothing is judged but the form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas
import pyproj
import shapely

from circle.errors import SheetError
from circle.facilities import SHEET_COLUMNS
from circle.facilities.sheets import SHEET_HEADERS, Rows, column_of, is_example, read_rows
from circle.store.harmless import FORMULA_SIGNS
from circle.store.shapefiles import may_be_cut, read_shapefile

SHEET_SUFFIXES = (".xlsx", ".csv", ".txt", ".tsv")
MAP_SUFFIXES = (".geojson", ".json", ".gpkg", ".shp")

# Columns of the register beyond those of a plain sheet.
_MORE_HEADERS = {
    "lonlat": ("坐标", "经纬度", "位置坐标", "coordinates", "lonlat", "lnglat", "location"),
    "capacity": ("容量", "床位", "床位数", "座位数", "容纳人数", "车位数", "capacity", "beds"),
    "accessibility": ("无障碍", "无障碍设施", "轮椅", "wheelchair", "accessibility"),
    "version": ("version", "版本"),
    "status": ("status", "状态"),
    "is_published": ("is_published", "published", "发布", "是否发布"),
    "checked_by": ("checked_by", "核实人"),
    "checked_on": ("checked_on", "核实日期"),
    # What an export says of how a position was found: told, never read back.
    "match_method": ("match_method", "定位方式"),
    "match_level": ("match_level", "定位精细度"),
    "match_confidence": ("match_confidence", "可信度"),
    "match_reason": ("match_reason", "定位理由"),
    "doubt": ("doubt", "存疑原因"),
}
FIELDS = (*SHEET_COLUMNS, *_MORE_HEADERS)
"""What a column of a list may mean."""
_MORE = {
    re.sub(r"[\s*:_\-]+", "", word.casefold()): column
    for column, words in _MORE_HEADERS.items()
    for word in words
}
_HEADER_WITHIN_ROWS = 15
_FOOTER = re.compile(
    r"(?:合计|总计|小计|共计)(?:\W|\d|$)|(?:填[表报写]人|制[表单]人?|审核人?|负责人|填[表报]日期|联系人)[:：]"
    r"|(?:注|备注|说明|填[表报]说明)[:：]|(?:total|note|prepared by)\b",
    re.IGNORECASE,
)
_MOST_OF_FOOTER = 3
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]")
# A formula made harmless by an export carries this sign, which is not part of the text.
_HARMLESS = re.compile(rf"'(?='*[{FORMULA_SIGNS}])")


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of a list: its header, where it stands from 0, what it means (None: unknown)."""

    header: str
    index: int
    field: str | None


@dataclass(frozen=True, slots=True)
class ListRow:
    """
    A row of a list.

    Parameters
    ----------
    number
        Its number in the file, counted from 1.
    cells
        Field to text, empty cells left out.
    extra
        Header to text for columns that mean nothing here.
    lonlat
        WGS-84 position of a geometry the file gives, with its own coordinates before it.
    """

    number: int
    cells: Mapping[str, str]
    extra: Mapping[str, str]
    lonlat: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class PlaceList:
    """
    A list of places as read.

    Parameters
    ----------
    name
        Name of the file.
    columns
        Its columns, in order.
    rows
        Rows that hold anything, without the samples of how to fill the list in.
    reference
        What the coordinates of a map file are in: ``"wgs84"``, ``"cgcs2000"``, ``"EPSG:4544"``;
        None for sheets and files that do not say.
    header_row
        Number of the row with the headers; 0 where there is none.
    """

    name: str
    columns: tuple[ListColumn, ...]
    rows: tuple[ListRow, ...]
    reference: str | None
    header_row: int = 0

    @property
    def fields(self) -> frozenset[str]:
        """What its columns mean."""
        return frozenset(column.field for column in self.columns if column.field)


def read_list(path: Path | str, mapping: Mapping[str, str] | None = None) -> PlaceList:
    """
    Read a list of places.

    Parameters
    ----------
    path
        ``.xlsx``, ``.csv``, ``.txt``, ``.tsv``, ``.geojson``, ``.json``, ``.gpkg`` or ``.shp``
        (in what its ``.cpg`` says, UTF-8 or GB18030; headers cut to ten bytes are understood).
    mapping
        Header to what it means, for headers that are not recognised, or wrongly so.

    Raises
    ------
    SheetError
        If the file cannot be read, has no rows, no column of names, or `mapping` names a header
        or a field there is none of.
    """
    source = Path(path)
    suffix = source.suffix.lower()
    if suffix in MAP_SUFFIXES:
        return _read_map(source, mapping or {})
    if suffix not in SHEET_SUFFIXES:
        known = " ".join((*SHEET_SUFFIXES, *MAP_SUFFIXES))
        raise SheetError(
            en=f"{source.name} is not a list this program reads; give one of {known}.",
            zh=f"本程序不能读取 {source.name}；请提供以下格式之一：{known}。",
        )
    return _read_sheet(source, mapping or {})


def clean(text: str) -> str:
    r"""
    Return a cell without what no cell needs: control characters, the sign of a tamed formula.

    Examples
    --------
    >>> clean("'=1+1"), clean(" a\x00b "), clean("'t Hof")
    ('=1+1', 'ab', "'t Hof")
    """
    plain = _CONTROLS.sub("", text)
    return _HARMLESS.sub("", plain, count=1).strip() if _HARMLESS.match(plain) else plain.strip()


def field_of(header: str) -> str | None:
    """
    Return what a header means, None where that is not known.

    Examples
    --------
    >>> field_of("设施名称"), field_of("床位数"), field_of("Name"), field_of("负责人")
    ('name', 'capacity', 'name', None)
    """
    key = re.sub(r"[\s*:_\-]+", "", unicodedata.normalize("NFKC", header).casefold())
    return _MORE.get(key) or _MORE.get(re.sub(r"\(.*\)$", "", key)) or column_of(header)


def _columns(
    headers: list[str], mapping: Mapping[str, str], *, is_cut: bool = False
) -> tuple[ListColumn, ...]:
    columns: list[ListColumn] = []
    # What somebody says of a header comes before what it looks like.
    said = {_folded(header): meant for header, meant in mapping.items()}
    taken = set(said.values())
    for index, header in enumerate(headers):
        if not header:
            continue
        meant: str | None = said.get(_folded(header))
        if meant is None:
            meant = field_of(header) or (_field_begun(header) if is_cut else None)
            meant = None if meant in taken else meant
        if meant:
            taken.add(meant)
        columns.append(ListColumn(header, index, meant))
    return tuple(columns)


def _field_begun(header: str) -> str | None:
    """Return what the one known header means that begins so, where a Shapefile has cut it."""
    if not may_be_cut(header):
        return None
    words = (word for by in (SHEET_HEADERS, _MORE_HEADERS) for each in by.values() for word in each)
    meant = {field_of(word) for word in words if word.startswith(header.casefold())}
    return meant.pop() if len(meant) == 1 else None


def _folded(header: str) -> str:
    return unicodedata.normalize("NFKC", header).casefold().strip()


def _checked_mapping(
    source: Path, headers: list[str], mapping: Mapping[str, str]
) -> dict[str, str]:
    known = {_folded(header) for header in headers if header}
    checked: dict[str, str] = {}
    for header, word in mapping.items():
        meant = word if word in FIELDS else field_of(word)
        if _folded(header) not in known:
            raise SheetError(
                en=f"{source.name} has no column “{header}”; its columns are "
                f"{', '.join(h for h in headers if h)}.",
                zh=f"{source.name} 中没有“{header}”这一列；其列名为："
                f"{'、'.join(h for h in headers if h)}。",
            )
        if meant is None:
            raise SheetError(
                en=f"A column cannot mean “{word}”; use one of {', '.join(FIELDS)}.",
                zh=f"无法识别列的含义“{word}”；可用：{'、'.join(FIELDS)}。",
            )
        checked[header] = meant
    return checked


def _read_sheet(source: Path, mapping: Mapping[str, str]) -> PlaceList:
    tables = read_rows(source)
    wanted = {_folded(header) for header in mapping}
    for rows in tables:
        at = _header_at(rows, wanted)
        if at is None:
            continue
        number, headers = rows[at]
        columns = _columns(headers, _checked_mapping(source, headers, mapping))
        below = [(n, cells) for n, cells in rows[at + 1 :] if not _is_footer(cells)]
        made = [_row(n, dict(enumerate(cells)), columns) for n, cells in below]
        kept = tuple(row for row in made if (row.cells or row.extra) and not is_example(row.cells))
        if not kept:
            raise _no_rows(source)
        return PlaceList(source.name, columns, kept, None, number)
    seen = next((row for rows in tables for _, row in rows if any(row)), [])
    shown = ", ".join(cell for cell in seen if cell)[:200] or "–"
    raise SheetError(
        en=f"{source.name} has no column of names (name, 名称); its first row is: {shown}. "
        "If another column holds the names, say so, such as --mapping COLUMN=name.",
        zh=f"{source.name} 中没有名称列（名称、name）；第一行是：{shown}。"
        "若名称在别的列，请说明，例如 --mapping 列名=name。",
    )


def _is_footer(cells: list[str]) -> bool:
    """Say whether a row sums up or signs the table, which is no place: 合计 5处, 填表人：王芳."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled or len(filled) > _MOST_OF_FOOTER:
        return False
    return _FOOTER.match(unicodedata.normalize("NFKC", filled[0]).replace(" ", "")) is not None


def _header_at(rows: Rows, wanted: set[str]) -> int | None:
    for at, (_, row) in enumerate(rows[:_HEADER_WITHIN_ROWS]):
        meant = {field_of(cell) for cell in row if cell} - {None}
        if "name" in meant and (len(meant) > 1 or sum(map(bool, row)) == 1):
            return at
        if wanted and wanted <= {_folded(cell) for cell in row}:
            return at
    return None


def _row(
    number: int,
    texts: Mapping[int, str],
    columns: tuple[ListColumn, ...],
    lonlat: tuple[float, float, float, float] | None = None,
) -> ListRow:
    cells: dict[str, str] = {}
    extra: dict[str, str] = {}
    for column in columns:
        text = clean(texts.get(column.index, ""))
        if not text:
            continue
        if column.field:
            cells[column.field] = text
        else:
            extra[column.header] = text
    return ListRow(number, cells, extra, lonlat)


def _no_rows(source: Path) -> SheetError:
    return SheetError(
        en=f"{source.name} has no rows; check that it is the right file.",
        zh=f"{source.name} 中没有内容；请确认文件是否正确。",
    )


def _read_map(source: Path, mapping: Mapping[str, str]) -> PlaceList:
    if not source.is_file():
        raise SheetError(
            en=f"There is no file {source}; check the name.",
            zh=f"找不到文件 {source}；请检查文件名。",
        )
    try:
        frame = read_layer(source)
    except Exception as error:  # pyogrio has no one class for what a foreign file does to it
        raise SheetError(
            en=f"{source.name} cannot be read as a map layer; save it again.",
            zh=f"{source.name} 无法作为图层读取；请重新保存。",
        ) from error
    if not isinstance(frame, geopandas.GeoDataFrame):
        frame = geopandas.GeoDataFrame(frame)
    if frame.empty:
        raise _no_rows(source)
    has_shapes = frame.active_geometry_name is not None
    headers = [str(name) for name in frame.columns if name != frame.active_geometry_name]
    is_cut = source.suffix.lower() == ".shp"
    columns = _columns(headers, _checked_mapping(source, headers, mapping), is_cut=is_cut)
    if "name" not in {column.field for column in columns}:
        raise SheetError(
            en=f"{source.name} has no field of names; its fields are {', '.join(headers)}. Say "
            "which one holds the names, such as --mapping FIELD=name.",
            zh=f"{source.name} 中没有名称字段；其字段为：{'、'.join(headers)}。"
            "请说明名称所在的字段，例如 --mapping 字段=name。",
        )
    positions = _positions(frame) if has_shapes else [None] * len(frame)
    texts = frame[headers].to_dict("records")
    rows = []
    for number, (record, lonlat) in enumerate(zip(texts, positions, strict=True), start=1):
        cells = {index: _text(record[header]) for index, header in enumerate(headers)}
        row = _row(number, cells, columns, lonlat)
        if row.cells or row.extra or row.lonlat:
            rows.append(row)
    is_placed = any(row.lonlat for row in rows)
    return PlaceList(source.name, columns, tuple(rows), _reference(frame) if is_placed else None)


# GDAL looks at what a file holds, not at how it is called: what calls itself GeoJSON may be a
# description of other files of this machine, or of the network, which it then reads.
_BEGINS = {".gpkg": b"SQLite format 3\0", ".shp": b"\0\0\x27\x0a"}


def read_layer(source: Path) -> Any:
    """Return a map file as the table it is; raises whatever its reader does, if it is none."""
    suffix = source.suffix.lower()
    if suffix in _BEGINS:
        with source.open("rb") as file:
            if file.read(16)[: len(_BEGINS[suffix])] != _BEGINS[suffix]:
                raise ValueError(f"no {suffix} file")
        if suffix == ".shp":
            return read_shapefile(source)
        return geopandas.read_file(source, engine="pyogrio")
    # Named so, it is read as GeoJSON or not at all. Texts that look like dates stay texts.
    path = f"GeoJSON:{source.resolve()}"
    return geopandas.read_file(path, engine="pyogrio", DATE_AS_STRING="YES")


def _positions(frame: Any) -> list[tuple[float, float, float, float] | None]:
    """Return for every geometry a point in it: in its own reference, then in WGS-84."""
    shapes = frame.geometry
    is_there = shapes.notna() & ~shapes.is_empty
    points = shapely.point_on_surface(shapes.to_numpy())
    own = geopandas.GeoSeries(points, crs=frame.crs)
    degrees = own.to_crs("EPSG:4326") if frame.crs is not None else own
    found = zip(is_there, own, degrees, strict=True)
    return [(a.x, a.y, b.x, b.y) if there else None for there, a, b in found]


def _reference(frame: Any) -> str | None:
    if frame.crs is None:
        return None
    code = pyproj.CRS(frame.crs).to_epsg()
    known = {4326: "wgs84", 4490: "cgcs2000"}
    return known.get(code or 0) or (f"EPSG:{code}" if code else "own")


def _text(value: Any) -> str:
    """Return a value of a layer as text; lists and dates as one would type them."""
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple):
        return ";".join(_text(each) for each in value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return unicodedata.normalize("NFC", str(value))
