"""
What a study is: the flat keys of its `circle.toml`, read and checked.

A mistake is told by the key it stands under, so that somebody who never wrote a program can mend
it. Paths are relative to the file. Nothing is opened here but the file itself.
"""

from __future__ import annotations

import datetime
import difflib
import tomllib
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from circle.datum import Datum, in_outline, parse_datum
from circle.errors import InputError, StudyError
from circle.geometry import LonLat, check_lonlat
from circle.guide.model import GuideContact
from circle.guide.wording import Both
from circle.resources import EMBEDDED_STUDIES, data_path
from circle.standards import find_standard
from circle.units import make_budget
from circle.walkers import Walker, get_walker

FILE_NAME = "circle.toml"
GuideLanguage = Literal["zh-CN", "en"]
LANGUAGES: tuple[GuideLanguage, ...] = ("zh-CN", "en")
MOST_RINGS = 6
"""More rings than this cannot be told apart on a map."""
STYLES = ("community", "official")
MOST_CONTACTS = 12
"""More numbers than this nobody looks through when in need."""
CHINA_TIME = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class StudyConfig:
    """
    A study as its `circle.toml` describes it, checked.

    Parameters
    ----------
    path
        The `circle.toml` itself.
    name
        Name of its folder; tables and guide go to ``maps/NAME``.
    center
        Where every walk of the guide starts.
    title_zh, title_en, community_zh, community_en
        Head of the guide; empty where the file has none.
    center_name_zh, center_name_en, center_note_zh, center_note_en
        What stands at the centre, and why it is thought to be there.
    center_accuracy_m
        How well its position is known, ``None`` when nobody says.
    streets
        Street file; ``None`` where they have to come from the internet.
    basemap
        GeoJSON of what is drawn under the streets and blocks the ground; ``None`` to take it
        from the street file.
    places
        Sheet of facilities; ``None`` to take them from the map.
    places_datum
        Datum of positions in the sheet that do not say their own.
    sources
        Table that says in words what the keys in the sheet's column of sources mean.
    boundary
        GeoJSON of the area whose places are listed besides those within the rings.
    classes
        Class table; ``None`` for the project's own.
    walker
        Whose minutes the guide gives.
    minutes
        The rings, ascending.
    languages
        Of the guide, the first one first.
    notice_zh, notice_en
        Plain words about what the data are.
    online
        Whether services on the internet may be asked.
    data_date
        ISO date the data describe, where the street file does not tell.
    guide_url, feedback_url
        Web addresses printed as QR codes; empty where there are none.
    standards
        Standards coverage is judged by: names of tables the project carries, or paths of others.
    population
        Population grid, vector or GeoTIFF; ``None`` to estimate people from buildings.
    compounds
        Sheet of compounds with households and gates; wins over `population`.
    areas
        Polygons coverage is told for one by one.
    map
        OSM extract with buildings and places, where `streets` is a saved network.
    dem
        Heights of the ground: GeoTIFF or HGT files, or folders of them. Empty: all is level.
    edits
        GeoJSON of closures, links and gates drawn over the streets.
    approval_number
        Review number of the map (审图号); empty where there is none.
    timezone
        Zone whose clocks the opening hours mean, such as ``"Europe/Monaco"``; empty where the
        file names none, then `clocks` tells.
    contacts
        Whom to call, printed in the guide.
    logo
        Picture file of the community's sign.
    style
        Which of the designed looks.
    edition_date
        ISO date of this edition: offers and events that were over by then are left out. Given
        rather than today's, so that the same study makes the same guide on any day.
    """

    path: Path
    name: str
    center: LonLat
    title_zh: str = ""
    title_en: str = ""
    community_zh: str = ""
    community_en: str = ""
    center_name_zh: str = "中心点"
    center_name_en: str = "Centre"
    center_note_zh: str = ""
    center_note_en: str = ""
    center_accuracy_m: float | None = None
    streets: Path | None = None
    basemap: Path | None = None
    places: Path | None = None
    places_datum: Datum | None = None
    sources: Path | None = None
    boundary: Path | None = None
    classes: Path | None = None
    walker: str = "adult"
    minutes: tuple[float, ...] = (5.0, 10.0, 15.0)
    languages: tuple[GuideLanguage, ...] = LANGUAGES
    notice_zh: str = ""
    notice_en: str = ""
    online: bool = False
    data_date: str | None = None
    guide_url: str = ""
    feedback_url: str = ""
    approval_number: str = ""
    standards: tuple[str, ...] = ()
    population: Path | None = None
    compounds: Path | None = None
    areas: Path | None = None
    map: Path | None = None
    dem: tuple[Path, ...] = ()
    edits: Path | None = None
    timezone: str = ""
    contacts: tuple[GuideContact, ...] = ()
    logo: Path | None = None
    style: str = "community"
    edition_date: str | None = None

    @property
    def clocks(self) -> str:
        """The zone whose clocks the hours mean; empty: unknown, and nobody guesses it."""
        if self.timezone:
            return self.timezone
        is_china = bool(in_outline([self.center.lon], [self.center.lat])[0])
        return CHINA_TIME if is_china else ""

    @property
    def folder(self) -> Path:
        """The folder of the study."""
        return self.path.parent

    @property
    def who(self) -> Walker:
        """The walker whose minutes the guide gives."""
        return get_walker(self.walker)


def find_study(name: str | Path) -> Path:
    """
    Return the `circle.toml` a name stands for.

    Parameters
    ----------
    name
        A study folder, its `circle.toml`, or the name of a study the project carries. A folder
        wins over an embedded study of the same name.

    Raises
    ------
    StudyError
        If there is no such study.

    Examples
    --------
    >>> find_study("shanzishi").name
    'circle.toml'
    """
    given = Path(name)
    if given.is_file() and given.suffix == ".toml":
        return given
    if (given / FILE_NAME).is_file():
        return given / FILE_NAME
    if str(name) in EMBEDDED_STUDIES:
        return data_path(str(name), FILE_NAME)
    embedded = ", ".join(EMBEDDED_STUDIES)
    if given.is_dir():
        raise StudyError(
            en=f"The folder {given} holds no {FILE_NAME}; make a study with `circle new`.",
            zh=f"文件夹 {given} 中没有 {FILE_NAME}；请先用 circle new 新建。",
        )
    raise StudyError(
        en=f"There is no study “{name}”; give a folder with a {FILE_NAME}, or the embedded "
        f"sample {embedded}.",
        zh=f"找不到“{name}”；请给出含 {FILE_NAME} 的文件夹，或内置样本 {embedded}。",
    )


def read_study(name: str | Path) -> StudyConfig:
    """
    Read and check a study.

    Parameters
    ----------
    name
        As for `find_study`.

    Returns
    -------
    config
        Every path in it is absolute and exists.

    Raises
    ------
    StudyError
        If the file is not TOML, or a key is unknown, missing, or holds something unusable; the
        sentence names the key.

    Examples
    --------
    >>> read_study("shanzishi").minutes
    (5.0, 10.0, 15.0)
    """
    path = find_study(name).resolve()
    try:
        raw = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError(
            en=f"{path.name} is not a TOML file in UTF-8 ({error}); mend that line.",
            zh=f"{path.name} 不是 UTF-8 编码的 TOML 文件（{error}）；请修改该处。",
        ) from error
    except OSError as error:
        raise StudyError(
            en=f"{path} cannot be read ({error.strerror}); check the file.",
            zh=f"无法读取 {path}（{error.strerror}）；请检查该文件。",
        ) from error
    return parse_study(raw, path)


def parse_study(raw: Mapping[str, Any], path: Path) -> StudyConfig:
    """
    Check the keys of a study.

    Parameters
    ----------
    raw
        What the file holds.
    path
        Where it lies; paths in it are relative to its folder.

    Raises
    ------
    StudyError
        As for `read_study`.
    """
    for key in raw:
        if key not in _PARSERS:
            near = difflib.get_close_matches(key, _PARSERS, n=1)
            hint_en = f"; did you mean “{near[0]}”?" if near else "; remove it."
            hint_zh = f"；是否应为“{near[0]}”？" if near else "；请删去。"
            raise StudyError(
                en=f"{path.name} has the unknown key “{key}”{hint_en}",
                zh=f"{path.name} 中有未知的键“{key}”{hint_zh}",
            )
    if "center" not in raw:
        raise bad_key(
            "center",
            "is missing; give the centre as [longitude, latitude]",
            "缺失；请填写中心点 [经度, 纬度]",
        )
    values = {key: _PARSERS[key](key, raw[key], path.parent) for key in raw}
    return StudyConfig(path=path, name=path.parent.name, **values)


def bad_key(key: str, en: str, zh: str) -> StudyError:
    """Return the error that says what is wrong with a key of `circle.toml`."""
    return StudyError(
        en=f"The key “{key}” in {FILE_NAME} {en}.", zh=f"{FILE_NAME} 中的键“{key}”{zh}。"
    )


def under_key(key: str, error: InputError) -> StudyError:
    """Return what an error says, told as a mistake under a key of `circle.toml`."""
    return StudyError(
        en=f"{FILE_NAME}, key “{key}”: {error.en}", zh=f"{FILE_NAME} 的键“{key}”：{error.zh}"
    )


def _text(key: str, value: Any, _: Path) -> str:
    if not isinstance(value, str):
        raise bad_key(key, "must be a text in quotes", "必须是带引号的文字")
    return value.strip()


def _flag(key: str, value: Any, _: Path) -> bool:
    if not isinstance(value, bool):
        raise bad_key(key, "must be true or false", "必须是 true 或 false")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _center(key: str, value: Any, _: Path) -> LonLat:
    if not (isinstance(value, list) and len(value) == 2 and all(map(_is_number, value))):
        raise bad_key(
            key,
            "must be two numbers, [longitude, latitude]",
            "必须是两个数字：[经度, 纬度]",
        )
    try:
        return check_lonlat(*value)
    except InputError as error:
        raise under_key(key, error) from error


def _accuracy(key: str, value: Any, _: Path) -> float:
    if not _is_number(value) or not 0 <= value <= 100_000:
        raise bad_key(
            key, "must be a number of metres from 0 to 100000", "必须是 0 到 100000 的米数"
        )
    return float(value)


def _file(key: str, value: Any, folder: Path) -> Path | None:
    text = _text(key, value, folder)
    if not text:
        return None
    found = (folder / Path(text).expanduser()).resolve()
    if not found.is_file():
        raise bad_key(
            key,
            f"names {text}, and there is no such file in {folder}",
            f"指向 {text}，但在 {folder} 中找不到该文件",
        )
    return found


def _heights(key: str, value: Any, folder: Path) -> tuple[Path, ...]:
    texts = [_text(key, one, folder) for one in (value if isinstance(value, list) else [value])]
    found = [(folder / Path(text).expanduser()).resolve() for text in texts if text]
    for path in found:
        if not path.exists():
            raise bad_key(
                key,
                f"names {path.name}, and there is no such file or folder in {folder}",
                f"指向 {path.name}，但在 {folder} 中找不到该文件或文件夹",
            )
    return tuple(found)


def _standards(key: str, value: Any, folder: Path) -> tuple[str, ...]:
    texts = [_text(key, one, folder) for one in (value if isinstance(value, list) else [value])]
    try:
        return tuple(find_standard(text, folder) for text in texts if text)
    except InputError as error:
        raise under_key(key, error) from error


def _datum(key: str, value: Any, folder: Path) -> Datum | None:
    text = _text(key, value, folder)
    if not text:
        return None
    try:
        return parse_datum(text)
    except InputError as error:
        raise under_key(key, error) from error


def _walker(key: str, value: Any, folder: Path) -> str:
    try:
        if _is_number(value):
            return f"{get_walker(float(value)).speed_m_s:g}"
        text = _text(key, value, folder)
        get_walker(text)
    except StudyError:
        raise
    except InputError as error:
        raise under_key(key, error) from error
    return text


def _minutes(key: str, value: Any, _: Path) -> tuple[float, ...]:
    if not isinstance(value, list) or not value or not all(map(_is_number, value)):
        raise bad_key(
            key,
            "must be a list of numbers such as [5, 10, 15]",
            "必须是数字列表，例如 [5, 10, 15]",
        )
    try:
        minutes = make_budget(minutes=[float(number) for number in value]).values
    except InputError as error:
        raise under_key(key, error) from error
    if len(minutes) > MOST_RINGS:
        raise bad_key(
            key, f"may hold at most {MOST_RINGS} different numbers", f"最多 {MOST_RINGS} 个数"
        )
    return minutes


def _languages(key: str, value: Any, _: Path) -> tuple[GuideLanguage, ...]:
    known = {"zh": "zh-CN", "zh-CN": "zh-CN", "en": "en"}
    names = value if isinstance(value, list) else [value]
    chosen: list[GuideLanguage] = []
    for name in names:
        if not isinstance(name, str) or name not in known:
            raise bad_key(
                key,
                'may hold "zh-CN" and "en"',
                '只能包含 "zh-CN" 和 "en"',
            )
        language: GuideLanguage = "en" if known[name] == "en" else "zh-CN"
        if language not in chosen:
            chosen.append(language)
    if not chosen:
        raise bad_key(key, 'needs "zh-CN", "en" or both', '至少需要 "zh-CN" 或 "en" 之一')
    return tuple(chosen)


def _date(key: str, value: Any, _: Path) -> str | None:
    if isinstance(value, datetime.datetime):
        value = value.date()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if value == "":
        return None
    try:
        return datetime.date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise bad_key(
            key, 'must be a date such as "2026-07-01"', '必须是日期，例如 "2026-07-01"'
        ) from None


def _timezone(key: str, value: Any, folder: Path) -> str:
    text = _text(key, value, folder)
    if not text or text in zoneinfo.available_timezones():
        return text
    known = difflib.get_close_matches(text, zoneinfo.available_timezones(), n=1)
    hint = known[0] if known else CHINA_TIME
    raise bad_key(
        key,
        f"holds “{text}”, which is no time zone; write it like “{hint}”",
        f"的值“{text}”不是时区名称；请写成“{hint}”的形式",
    )


def _contacts(key: str, value: Any, _: Path) -> tuple[GuideContact, ...]:
    """Read ``"name | number"`` or ``"Chinese name | English name | number"``."""
    wrong = bad_key(
        key,
        'must be a list of texts such as ["社区热线 | Community line | 0931-1234567"]',
        '必须是文字列表，例如 ["社区热线 | Community line | 0931-1234567"]',
    )
    if not isinstance(value, list) or not all(isinstance(line, str) for line in value):
        raise wrong
    if len(value) > MOST_CONTACTS:
        raise bad_key(
            key, f"may hold at most {MOST_CONTACTS} numbers", f"最多 {MOST_CONTACTS} 个号码"
        )
    contacts = []
    for line in value:
        *names, phone = (" ".join(part.split()) for part in line.replace("｜", "|").split("|"))
        if len(names) not in (1, 2) or not all(names) or not any(map(str.isdigit, phone)):
            raise wrong
        contacts.append(GuideContact(Both(names[0], names[-1]), phone))
    return tuple(contacts)


def _style(key: str, value: Any, folder: Path) -> str:
    text = _text(key, value, folder)
    if text not in STYLES:
        named = " or ".join(f'"{style}"' for style in STYLES)
        raise bad_key(key, f"must be {named}", f"只能是 {named.replace('or', '或')}")
    return text


_PARSERS: dict[str, Callable[[str, Any, Path], Any]] = {
    "center": _center,
    "center_accuracy_m": _accuracy,
    "streets": _file,
    "basemap": _file,
    "places": _file,
    "places_datum": _datum,
    "sources": _file,
    "boundary": _file,
    "standards": _standards,
    "population": _file,
    "compounds": _file,
    "areas": _file,
    "map": _file,
    "dem": _heights,
    "edits": _file,
    "classes": _file,
    "walker": _walker,
    "minutes": _minutes,
    "languages": _languages,
    "online": _flag,
    "data_date": _date,
    "timezone": _timezone,
    "contacts": _contacts,
    "logo": _file,
    "style": _style,
    "edition_date": _date,
}
_PARSERS |= {
    field.name: _text
    for field in fields(StudyConfig)
    if field.name not in _PARSERS and field.name not in ("path", "name")
}
