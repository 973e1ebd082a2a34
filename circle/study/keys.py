"""
The keys of a `circle.toml`, each read and checked by itself.

A reader takes the key, its value, and the folder that paths start from, and raises an error that
names the key and says what belongs there.
"""

from __future__ import annotations

import datetime
import difflib
import re
import zoneinfo
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from circle.datum import Datum, parse_datum
from circle.errors import InputError, StudyError
from circle.geometry import LonLat, check_lonlat
from circle.guide.model import GuideContact
from circle.guide.wording import Both
from circle.standards import find_standard
from circle.units import make_budget
from circle.walkers import get_walker

FILE_NAME = "circle.toml"
GuideLanguage = Literal["zh-CN", "en"]
Reader = Callable[[str, Any, Path], Any]
LANGUAGES: tuple[GuideLanguage, ...] = ("zh-CN", "en")
MOST_RINGS = 6
"""More rings than this cannot be told apart on a map."""
STYLES = ("community", "official")
MOST_CONTACTS = 12
"""More numbers than this nobody looks through when in need."""
CHINA_TIME = "Asia/Shanghai"
_ZONE = re.compile(r"[A-Za-z_]+(/[A-Za-z0-9_+\-]+)+|UTC")


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


def text_of(key: str, value: Any, _: Path) -> str:
    """Return the text under a key."""
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


def _register(key: str, value: Any, folder: Path) -> str | None:
    """Return the file or the address of a register; a file that is not there yet is no mistake."""
    text = text_of(key, value, folder)
    if not text or "://" in text:
        return text or None
    return str((folder / Path(text).expanduser()).resolve())


def _file(key: str, value: Any, folder: Path) -> Path | None:
    text = text_of(key, value, folder)
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
    texts = [text_of(key, one, folder) for one in (value if isinstance(value, list) else [value])]
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
    texts = [text_of(key, one, folder) for one in (value if isinstance(value, list) else [value])]
    try:
        return tuple(find_standard(text, folder) for text in texts if text)
    except InputError as error:
        raise under_key(key, error) from error


def _datum(key: str, value: Any, folder: Path) -> Datum | None:
    text = text_of(key, value, folder)
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
        text = text_of(key, value, folder)
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
    text = text_of(key, value, folder)
    zones = zoneinfo.available_timezones()
    # A machine without a table of zones cannot check; the phone that reads the guide has one.
    if not text or text in zones or (not zones and _ZONE.fullmatch(text)):
        return text
    near = difflib.get_close_matches(text, zones, n=1)
    hint = near[0] if near else CHINA_TIME
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
    text = text_of(key, value, folder)
    if text not in STYLES:
        named = " or ".join(f'"{style}"' for style in STYLES)
        raise bad_key(key, f"must be {named}", f"只能是 {named.replace('or', '或')}")
    return text


READERS: dict[str, Reader] = {
    "center": _center,
    "center_accuracy_m": _accuracy,
    "streets": _file,
    "basemap": _file,
    "places": _file,
    "register": _register,
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
"""How each key is read; the others are texts, read by `text_of`."""
