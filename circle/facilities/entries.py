"""
Reads the cells of a list that hold several things: entrances, offers, events, other names.

Each is one line as somebody types it into a spreadsheet, several apart by ``;``, ``；`` or a line
break. What cannot be read is told, never dropped.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from circle.schemas import Entrance, Event, Offer

T = TypeVar("T")

_DATE = r"\d{4}(?:-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|\.\d{1,2}\.\d{1,2}|年\d{1,2}月\d{1,2}日?)"
_TIME = r"\d{1,2}:\d{2}"
_TO = r"\s*(?:-|–|—|~|至|到|to)\s*"
_WEEKDAY = r"(?:\s*\([^()\d]{1,12}\))?"
_EVENT = re.compile(
    rf"(?P<day>{_DATE}){_WEEKDAY}(?:(?:\s+|T)?(?P<time>{_TIME}))?"
    rf"(?:{_TO}(?:(?P<last_day>{_DATE}){_WEEKDAY}(?:(?:\s+|T)?(?P<last_time>{_TIME}))?"
    rf"|(?P<end_time>{_TIME})))?[\s,:，、]+(?P<title>\S.*)"
)
_UNTIL = re.compile(
    rf"^(?P<text>.*?)\s*\(\s*(?:有效期|截至|截止|有效)?(?:至|到|until|till|through)?\s*"
    rf"(?P<date>{_DATE})\s*(?:止|为止|前)?\s*\)$"
)
_LOOKS_UNTIL = re.compile(r"\((?:[^()]*(?:至|until|till|截止)[^()]*\d[^()]*)\)$")
_ENTRANCE = re.compile(
    r"(?P<lon>[-+]?\d+(?:\.\d+)?)\s*[\s,，]\s*(?P<lat>[-+]?\d+(?:\.\d+)?)(?:[\s,，:(]+(?P<name>\S.*))?"
)
_WEB = re.compile(r"(?:https?://)?[\w\-]+(?:\.[\w\-]+)+(?::\d{1,5})?(?:[/?#]\S*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """
    What a cell holds.

    Parameters
    ----------
    entries
        What could be read, in the order of the cell.
    problems
        What could not, ``(en, zh)``, to stand after "row 7" and "第 7 行".
    """

    entries: tuple[T, ...]
    problems: tuple[tuple[str, str], ...] = ()


def split_entries(cell: str | None, also: str = "") -> tuple[str, ...]:
    r"""
    Return the entries of a cell, each on one line.

    Parameters
    ----------
    cell
        Its text, ``None`` when empty.
    also
        Further signs that part entries.

    Examples
    --------
    >>> split_entries("义诊；量血压;\n送药")
    ('义诊', '量血压', '送药')
    """
    parts = re.split(rf"[;；\r\n{re.escape(also)}]+", cell or "")
    return tuple(entry for part in parts if (entry := " ".join(part.split())))


def read_entrances(cell: str | None) -> Told[Entrance]:
    """
    Read entrances: longitude, latitude, and a name where there is one.

    Examples
    --------
    >>> read_entrances("103.8343 36.0611 东门").entries
    (Entrance(lon=103.8343, lat=36.0611, name='东门'),)
    """
    entries, problems = [], []
    for text in split_entries(cell):
        found = _ENTRANCE.fullmatch(unicodedata.normalize("NFKC", text))
        if found is None:
            problems.append(
                (
                    f'has the entrance "{text}", which is not "longitude latitude name", such as '
                    '"103.8343 36.0611 east gate"',
                    f"的入口“{text}”不是“经度 纬度 名称”，例如“103.8343 36.0611 东门”",
                )
            )
            continue
        name = (found["name"] or "").strip("()（） ")
        entries.append(Entrance(float(found["lon"]), float(found["lat"]), name))
    return Told(tuple(entries), tuple(problems))


def read_offers(cell: str | None) -> Told[Offer]:
    """
    Read offers: a line each, with its last day in brackets where it has one.

    Examples
    --------
    >>> read_offers("独居老人免费理发（至2026-12-31）；免费量血压").entries
    (Offer(text='独居老人免费理发', until='2026-12-31'), Offer(text='免费量血压', until=''))
    """
    entries, problems = [], []
    for text in split_entries(cell):
        # Brackets alone are unified: the sentence stays as it was typed.
        found = _UNTIL.fullmatch(text.replace("（", "(").replace("）", ")"))
        if found is None and not _LOOKS_UNTIL.search(text.replace("（", "(").replace("）", ")")):
            entries.append(Offer(text))
            continue
        until = None if found is None else _iso_day(found["date"])
        if found is None or until is None or not found["text"]:
            problems.append(
                (
                    f'has the offer "{text}", whose last day is no date; write it like '
                    '"free haircut (until 2026-12-31)"',
                    f"的优惠“{text}”中的截止日期不对；请写成“免费理发（至2026-12-31）”",
                )
            )
            continue
        entries.append(Offer(text[: len(found["text"])], until))
    return Told(tuple(entries), tuple(problems))


def read_events(cell: str | None) -> Told[Event]:
    """
    Read events: a day, a time and an end where they are known, and what it is.

    Returns
    -------
    told
        Events by their start.

    Examples
    --------
    >>> read_events("2026-12-03 14:00-16:00 健康讲座").entries
    (Event(title='健康讲座', starts='2026-12-03T14:00', ends='2026-12-03T16:00'),)
    """
    entries, problems = [], []
    for text in split_entries(cell):
        event = _event(text)
        if event is None:
            problems.append(
                (
                    f'has the event "{text}", which is not a day and what takes place; write it '
                    'like "2026-12-03 14:00 health lecture"',
                    f"的活动“{text}”不是“日期 内容”；请写成“2026-12-03 14:00 健康讲座”",
                )
            )
            continue
        entries.append(event)
    return Told(
        tuple(sorted(entries, key=lambda event: (event.starts, event.title))), tuple(problems)
    )


def read_website(cell: str | None) -> Told[str]:
    """
    Read a web address; one without ``https://`` gets it.

    Examples
    --------
    >>> read_website("www.example.org/a").entries
    ('https://www.example.org/a',)
    """
    text = (cell or "").strip()
    if not text:
        return Told(())
    if not _WEB.fullmatch(text):
        return Told(
            (),
            (
                (
                    f'has the web address "{text[:80]}", which is none; write it like '
                    '"https://example.org"',
                    f"的网址“{text[:80]}”不正确；请写成“https://example.org”",
                ),
            ),
        )
    return Told((text if text.lower().startswith("http") else f"https://{text}",))


def entrance_cell(entrances: Iterable[Entrance]) -> str:
    """
    Return entrances as `read_entrances` reads them.

    Examples
    --------
    >>> entrance_cell([Entrance(103.8343, 36.0611, "东门"), Entrance(103.8, 36.0)])
    '103.834300 36.061100 东门；103.800000 36.000000'
    """
    return "；".join(f"{lon:.6f} {lat:.6f} {name}".strip() for lon, lat, name in entrances)


def offer_cell(offers: Iterable[Offer]) -> str:
    """
    Return offers as `read_offers` reads them.

    Examples
    --------
    >>> offer_cell([Offer("免费理发", "2026-12-31"), Offer("量血压")])
    '免费理发（至2026-12-31）；量血压'
    """
    return "；".join(f"{text}（至{until}）" if until else text for text, until in offers)


def event_cell(events: Iterable[Event]) -> str:
    """
    Return events as `read_events` reads them.

    Examples
    --------
    >>> lecture = Event("讲座", "2026-12-03T14:00", "2026-12-03T16:00")
    >>> event_cell([lecture, Event("展览", "2026-12-05")])
    '2026-12-03 14:00 至 2026-12-03 16:00 讲座；2026-12-05 展览'
    """
    cells = []
    for title, starts, ends in events:
        until = f" 至 {ends.replace('T', ' ')}" if ends else ""
        cells.append(f"{starts.replace('T', ' ')}{until} {title}")
    return "；".join(cells)


def _event(text: str) -> Event | None:
    # Figures and colons may be full-width; the title stays as it was typed.
    plain = text.translate(_PLAIN)
    found = _EVENT.fullmatch(plain)
    if found is None:
        return None
    day = _iso_day(found["day"])
    last_day = _iso_day(found["last_day"]) if found["last_day"] else day
    time, last_time = _iso_time(found["time"]), _iso_time(found["last_time"] or found["end_time"])
    if day is None or last_day is None or time is None or last_time is None:
        return None
    if found["end_time"] and not time:
        return None
    starts = f"{day}T{time}" if time else day
    ends = ""
    if found["last_day"] or found["end_time"]:
        ends = f"{last_day}T{last_time}" if last_time else last_day
    if ends and (ends < starts if last_time else last_day < day):
        return None
    return Event(text[found.start("title") :].strip(), starts, ends)


_PLAIN = {
    ord(full): plain
    for full, plain in zip("０１２３４５６７８９：－（）／．", "0123456789:-()/.", strict=True)
}


def _iso_day(text: str) -> str | None:
    year, month, day = (int(part) for part in re.findall(r"\d+", text))
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None


def _iso_time(text: str | None) -> str | None:
    """Return the time, empty where there is none, None where it is no time."""
    if text is None:
        return ""
    hour, minute = (int(part) for part in text.split(":"))
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else None
