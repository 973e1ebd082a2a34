"""Starts a study: a folder with a `circle.toml` that explains itself in both languages."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from circle.classes import load_classes
from circle.errors import InputError, StudyError
from circle.geometry import LonLat, check_lonlat
from circle.resources import data_path
from circle.standards import COLUMNS, standard_files
from circle.store.list_files import read_list
from circle.streets import stated_extent
from circle.study.config import read_study
from circle.study.example_sheet import EXAMPLE_NAME, example_sheet
from circle.study.files import check_folder, write_together
from circle.study.keys import FILE_NAME, LANGUAGES, GuideLanguage, under_key
from circle.study.reading import read_area
from circle.study.titles import default_titles, shown_name

DOWNLOADED = "streets.osm.pbf"
STANDARDS_EXAMPLE_NAME = "standards-example.csv"
_REACH = 1.5
"""The map is fetched this many times as far as the longest walk: ways round need room."""
_FILE_KEYS = ("places", "sources", "boundary", "classes")


def new_study(
    folder: Path,
    center: LonLat,
    *,
    streets: Path | None = None,
    places: Path | None = None,
    boundary: Path | None = None,
    language: GuideLanguage = "zh-CN",
) -> Path:
    """
    Write the `circle.toml` of a new study, and tables to begin with.

    They are a list of places to fill in, where none is given, and a table of standards.

    Parameters
    ----------
    folder
        The study's folder; made if it is not there.
    center
        Where every walk of the guide starts.
    streets, places, boundary
        Files the study uses; named in it relative to `folder` where that is possible.
    language
        The first language of the guide; the other one comes after it.

    Returns
    -------
    path
        The `circle.toml`.

    Raises
    ------
    PositionError
        If `center` is no position.
    StudyError
        If there is a `circle.toml` already (it is never overwritten), a file is missing or no
        such file, the centre lies outside the streets, or the folder cannot be written to. Then
        nothing is.
    """
    center = check_lonlat(*center)
    path = folder / FILE_NAME
    _refuse_if_there(folder)
    files = {"streets": streets, "places": places, "boundary": boundary}
    for key, file in files.items():
        if file is not None and not file.is_file():
            raise StudyError(
                en=f"There is no file {file} for the key “{key}”; check the name.",
                zh=f"找不到键“{key}”所指的文件 {file}；请检查文件名。",
            )
    _check_files(center, streets, places, boundary)
    check_folder(folder)
    shown = {key: None if file is None else _relative(file, folder) for key, file in files.items()}
    text = _toml(folder.resolve().name, center, shown, language)
    contents = {path: text.encode()}
    example = folder / EXAMPLE_NAME
    if places is None and not example.exists():
        contents[example] = example_sheet(load_classes())
    example = folder / STANDARDS_EXAMPLE_NAME
    if not example.exists():
        # A short table of real rows: whoever has an own rule changes one.
        contents[example] = data_path("standards", "city-checkup-parks.csv").read_bytes()
    write_together(contents)
    return path


def copy_study(folder: Path, like: str | Path) -> Path:
    """
    Start a study like another one, on the real map around the same centre.

    Parameters
    ----------
    folder
        The new study's folder; made if it is not there.
    like
        A study as for `circle.study.find_study`. Its list, sources, area, classes and texts are
        taken over; its streets and its basemap are replaced by a download.

    Returns
    -------
    path
        The `circle.toml`.

    Raises
    ------
    StudyError
        As `new_study` does, or if there is no study to copy.
    OnlineError
        If there is no internet, or no complete answer. Then nothing is written.
    """
    model = read_study(like)
    _refuse_if_there(folder)
    check_folder(folder)
    from circle.overpass import download_extract

    contents: dict[Path, bytes] = {}
    lines = []
    taken: set[str] = set()
    for line in model.path.read_text("utf-8-sig").splitlines():
        key = line.partition("=")[0].strip()
        source = getattr(model, key, None) if key in _FILE_KEYS else None
        if key in ("streets", "basemap", "data_date", "online"):
            # The extract is its own basemap and knows its own date.
            continue
        if isinstance(source, Path):
            name = source.name if source.name not in taken else f"{key}-{source.name}"
            taken.add(name)
            contents[folder / name] = source.read_bytes()
            line = f"{key} = {_quoted(name)}"
        lines.append(line)
    lines.insert(0, f'streets = "{DOWNLOADED}"')
    with TemporaryDirectory() as scratch:
        extract = Path(scratch) / DOWNLOADED
        radius_m = _REACH * model.minutes[-1] * 60.0 * model.who.speed_m_s
        download_extract((*model.center, radius_m), extract, everything=True)
        contents[folder / DOWNLOADED] = extract.read_bytes()
    path = folder / FILE_NAME
    contents[path] = ("\n".join(lines) + "\n").encode()
    write_together(contents)
    return path


def _check_files(
    center: LonLat, streets: Path | None, places: Path | None, boundary: Path | None
) -> None:
    """Refuse what a build could not use, as far as that shows without building."""
    key = "streets"
    try:
        if streets is not None:
            extent = stated_extent(streets)
            key = "center"
            check_lonlat(*center, within=extent)
        key = "places"
        if places is not None:
            read_list(places)
    except InputError as error:
        raise under_key(key, error) from error
    if boundary is not None:
        read_area(boundary)


def _refuse_if_there(folder: Path) -> None:
    if (folder / FILE_NAME).exists():
        raise StudyError(
            en=f"There is a study in {folder} already; edit its {FILE_NAME} or choose another "
            "name.",
            zh=f"{folder} 中已有 {FILE_NAME}；请直接修改它，或换一个名称。",
        )
    if folder.exists() and not folder.is_dir():
        raise StudyError(
            en=f"{folder} is a file, not a folder; choose another name for the study.",
            zh=f"{folder} 是文件而不是文件夹；请换一个名称。",
        )


def _relative(file: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(file.resolve(), folder.resolve())).as_posix()
    except ValueError:
        # Another drive has no relative path.
        return file.resolve().as_posix()


def _columns_of_standards() -> str:
    """Return the columns of a table of standards, some to a line of comment."""
    lines = textwrap.wrap(", ".join(COLUMNS), 90)
    return "\n#   ".join(lines)


def _quoted(text: str) -> str:
    # JSON's escapes are TOML's, except that TOML wants the delete character escaped too.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _quoted_list(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _toml(name: str, center: LonLat, files: dict[str, str | None], language: GuideLanguage) -> str:
    def line(key: str, example: str) -> str:
        value = files[key]
        return f"{key} = {_quoted(value)}" if value is not None else f"# {key} = {_quoted(example)}"

    title_zh, title_en = default_titles(name)
    online = "false" if files["streets"] is not None else "true"
    return f"""\
# 一份步行生活圈指南的全部设置。改好后运行：circle build {name}
# All settings of a walking guide. When done, run: circle build {name}
# 路径相对于本文件。Paths are relative to this file.

title_zh = {_quoted(title_zh)}
title_en = {_quoted(title_en)}
community_zh = {_quoted(shown_name(name))}
community_en = {_quoted(shown_name(name))}

# 中心点 [经度, 纬度]（WGS-84），所有步行时间从这里算起。
# The centre [longitude, latitude] (WGS-84); every walk of the guide starts here.
center = [{center.lon!r}, {center.lat!r}]
center_name_zh = "中心点"
center_name_en = "Centre"
# 中心点的位置误差（米），不知道就不填。How well its position is known, in metres, if you know.
# center_accuracy_m = 20
# 为什么认为中心点在这里。Why it is thought to be there.
# center_note_zh = ""
# center_note_en = ""

# 道路：OpenStreetMap 文件（.osm.pbf、.osm、.osm.gz、.osm.bz2）、.graphml、.geojson 或 .circle。
# Streets: an OpenStreetMap file, GraphML, GeoJSON or a saved network. Without this key the streets
# around the centre are downloaded once, which needs internet and online = true.
{line("streets", "streets.osm.pbf")}
# 道路是保存的路网（.circle）时，地点和底图所在的地图文件。
# The map with places and basemap, where streets is a saved network.
# map = "map.osm.pbf"
# 底图（GeoJSON）：水面、绿地、建筑；不填则取自道路文件。
# What is drawn below the streets (GeoJSON): water, green, buildings; else from the street file.
# basemap = "basemap.geojson"
# 地图数据的日期，道路文件没有写明时填。Date of the map data where the street file does not tell.
# data_date = "2026-07-01"

# 地点名单（.csv 或 .xlsx）；不填则从道路文件所在的地图中取。可从 {EXAMPLE_NAME} 开始填写。
# List of places (.csv or .xlsx); without it they are taken from the map the streets come from.
# {EXAMPLE_NAME} is one to begin with.
{line("places", "places.xlsx")}
# 名单中坐标的坐标系：wgs84、gcj02（高德、腾讯）、bd09（百度）、cgcs2000（天地图）。
# Datum of positions in the list: wgs84, gcj02 (Amap, Tencent), bd09 (Baidu), cgcs2000 (Tianditu).
# places_datum = "gcj02"
# 来源表（.csv，含 key、title、address 三列）：说明名单“来源”一栏里的简称。
# Table of sources (.csv with key, title, address): what the short names in the list's column mean.
# sources = "sources.csv"

# 社区范围（GeoJSON 面）：范围内的地点即使超出最大一圈也列出。
# Area of the community (GeoJSON): places inside it are listed even beyond the largest ring.
{line("boundary", "boundary.geojson")}
# 自己的类别表（.csv）；不填则用本程序的 11 类。Your own table of classes (.csv).
# classes = "classes.csv"

# 谁来走：adult、older、frail、child、pushchair、wheelchair，或每秒米数，例如 "1.1"。
# Who walks: one of these words, or metres per second such as "1.1".
walker = "adult"
# 几圈，以分钟计。The rings, in minutes.
minutes = [5, 10, 15]
# 语言，排在前面的先显示。The languages, the first one shown first.
languages = {_quoted_list(sorted(LANGUAGES, key=lambda each: each != language))}

# 覆盖评估（circle coverage）：标准、人口格网、小区表（户数和出入口）、分区。
# For coverage: standards, a population grid, a list of compounds (households, gates), areas to tell
# it for.
#
# 标准：本程序自带的名称，或自己的表（.csv，UTF-8），可从 {STANDARDS_EXAMPLE_NAME} 改起。
# Standards: names of the program's tables, or a table of your own; {STANDARDS_EXAMPLE_NAME} is one
# to begin with. Columns:
# {_columns_of_standards()}
# 自带 The program's own: {", ".join(standard_files())}
# standards = "gb50180-2018"
#
# 人口格网（GeoTIFF，或带“人口/population”列的面图层）。
# A population grid: GeoTIFF, or polygons with a column “population”.
# population = "population.gpkg"
#
# 小区表（.csv、.xlsx）：每个小区一行；同一编号、不填户数和人口的行是它的出入口。
# Compounds (.csv, .xlsx): a row each; rows with the same id and no households are its gates.
#   编号,名称,经度,纬度,坐标系,户数,人口
#   id,name,lon,lat,datum,households,people
# compounds = "compounds.csv"
#
# 分区：面图层，名称取自“名称/name”列；方格用 circle coverage --areas grid:500。
# Areas: polygons, named by a column 名称 or name; for squares, circle coverage --areas grid:500.
# areas = "areas.geojson"

# 是否允许联网（下载道路、用 Nominatim 查地址）。
# Whether the internet may be asked (to download streets, to find addresses with Nominatim).
online = {online}

# 向读者说明：名单从哪里来、有多可靠。Tell readers where the list comes from and how sure it is.
notice_zh = ""
notice_en = ""

# 有事找谁：名称 | 英文名称（可不写）| 电话。Whom to call: name | English name | number.
# contacts = ["社区值班 | Community office | 0931-0000000"]
# 社区标志（PNG 或 JPEG）。The community's sign (PNG or JPEG).
# logo = "logo.png"
# 样式：community（社区，温暖）或 official（公文，朴素）。Look: community (warm), official (plain).
# style = "community"
# 指南和意见反馈的网址，印成二维码。Addresses printed as QR codes: of the guide, for feedback.
# guide_url = "https://example.org/guide.html"
# feedback_url = "https://example.org/feedback"
# 地图审图号。Review number of the map.
# approval_number = ""
# 本期日期：到这一天已经结束的活动和优惠不再列出。Date of this edition: what was over by then is
# left out.
# edition_date = "2026-12-01"
# 营业时间所用的时区；中国境内可不填。Time zone of the opening hours; not needed inside China.
# timezone = "Europe/Monaco"
# 高程文件（GeoTIFF、HGT）或其文件夹：步行时间计入坡度。Heights, files or a folder: slopes count.
# dem = "."
# 登记册（见 circle places），代替 places。A register of places, instead of a list.
# register = "places.db"
# 叠加在道路上的手绘封闭、连线与门。Closures, links and gates drawn over the streets.
# edits = "edits.geojson"
"""
