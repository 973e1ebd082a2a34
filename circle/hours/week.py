"""Reads opening hours: which minutes of the usual week, and how to say so."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

# The stubs leave the error out.
from opening_hours import OpeningHours, ParserError, State  # type: ignore[attr-defined]

from circle.hours.spoken import LONGEST, Span, from_words

MINUTES_OF_WEEK = 10_080
HOLIDAYS_MAY_DIFFER = ("法定节假日可能不同", "public holidays may differ")
"""What is said of public holidays where the hours do not tell, in Chinese and English."""
_DAY = 1_440
_DAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

# A Monday of a week like any other: without a country nobody knows of holidays in it.
_MONDAY = datetime.datetime(2026, 6, 1)
# Public holidays of one country on each day of the week, to see what a rule for them does.
_HOLIDAY_COUNTRY = "FR"
_HOLIDAYS = tuple(
    datetime.datetime.fromisoformat(day)
    for day in (
        *("2026-04-06", "2026-07-14", "2026-11-11", "2026-01-01", "2026-05-01"),
        *("2026-08-15", "2026-11-01"),
    )
)
# Only these make a usual week: no seasons, dates, sunsets, remarks, "from … on".
_USUAL = re.compile(
    r"(?:(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|24/7|closed|off|open|\d\d:\d\d-\d\d:\d\d)[ ,;-]*)+"
)


@dataclass(frozen=True, slots=True)
class Hours:
    """
    Opening hours as far as they are understood.

    Parameters
    ----------
    text
        What was written, on one line.
    osm
        The same in the `opening_hours` syntax of OpenStreetMap; empty when not understood.
    week
        The usual week as spans ``(start, end)`` in minutes from Monday 0:00, ascending, within 0
        to 10080 and apart from each other; ``None`` when there is no usual week or it is not
        understood. Hours through the night of Sunday are two spans.
    zh, en
        In words; `text` where there is no usual week.
    """

    text: str
    osm: str
    week: tuple[Span, ...] | None
    zh: str
    en: str

    def is_open(self, minute: int) -> bool | None:
        """
        Say whether it is open in the usual week, ``None`` when nobody can say.

        Parameters
        ----------
        minute
            From Monday 0:00, on the clocks of the place.
        """
        if self.week is None:
            return None
        at = minute % MINUTES_OF_WEEK
        return any(start <= at < end for start, end in self.week)


@lru_cache(maxsize=4096)
def read_hours(text: str) -> Hours:
    """
    Read opening hours.

    Parameters
    ----------
    text
        In the `opening_hours` syntax, or as people write them in Chinese or in English.

    Returns
    -------
    hours
        With all that is certain; seasons, dates, appointments and remarks stay text.

    Examples
    --------
    >>> hours = read_hours("周一至周五 8:30—17:30，周六 9:00-12:00")
    >>> hours.osm
    'Mo-Fr 08:30-17:30; Sa 09:00-12:00'
    >>> hours.en
    'Mon–Fri 8:30–17:30, Sat 9:00–12:00; public holidays may differ'
    >>> read_hours("夏季早上开到晚上").week is None
    True
    """
    kept = " ".join(text.split())
    plain = _plain(text)
    osm = _from_osm(plain) or from_words(plain)
    if not osm:
        return Hours(kept, "", None, kept, kept)
    week = _week(osm)
    if not week:
        return Hours(kept, osm, None, kept, kept)
    return Hours(kept, osm, week, *_in_words(week, osm))


def _plain(text: str) -> str:
    """Return a text with plain digits, dashes, colons and separators."""
    folded = unicodedata.normalize("NFKC", text).strip()
    folded = re.sub(r"[‐‑‒–—―−─━﹣~～〜∼]+", "-", folded)
    folded = folded.replace("∶", ":").replace("：", ":").replace("。", ";").replace("；", ";")
    folded = re.sub(r"\s*[\r\n]+\s*", ";", folded)
    return re.sub(r"\s+", " ", folded).strip(" ;")


def _from_osm(text: str) -> str:
    """Return the syntax in its usual form; empty for what is not written in it."""
    # Times alone are read as people mean them: by the syntax the last of two would win.
    if len(text) > LONGEST or not re.search(r"[A-Za-z]|24/7", text):
        return ""
    if text.casefold() in ("open", "closed", "off", "unknown"):
        return ""
    try:
        return str(OpeningHours(text))
    except ParserError:
        return ""


def _week(osm: str) -> tuple[Span, ...] | None:
    if not _USUAL.fullmatch(osm):
        return None
    return tuple(_open_spans(OpeningHours(osm), _MONDAY, 7))


def _open_spans(rules: OpeningHours, start: datetime.datetime, n_days: int) -> Iterable[Span]:
    """Yield when it is open, in minutes from `start`."""
    end = start + datetime.timedelta(days=n_days)
    for begins, ends, state, _ in rules.intervals(start, end):
        if state == State.OPEN:
            first = int((begins - start).total_seconds() // 60)
            # Without a change before the end of time the interval is endless.
            last = n_days * _DAY if ends is None else int((ends - start).total_seconds() // 60)
            yield first, min(last, n_days * _DAY)


def _in_words(week: tuple[Span, ...], osm: str) -> tuple[str, str]:
    zh, en = _week_in_words(week)
    holiday_zh, holiday_en = _holidays_in_words(osm, is_always=week == ((0, MINUTES_OF_WEEK),))
    return (f"{zh}；{holiday_zh}" if holiday_zh else zh), (
        f"{en}; {holiday_en}" if holiday_en else en
    )


def _week_in_words(week: tuple[Span, ...]) -> tuple[str, str]:
    if week == ((0, MINUTES_OF_WEEK),):
        return "全天24小时开放", "open 24 hours, every day"
    groups: dict[tuple[Span, ...], list[int]] = {}
    for day, spans in enumerate(_spans_by_day(week)):
        if spans:
            groups.setdefault(spans, []).append(day)
    zh = [f"{_days_in_words(days, 0)} {_spans_in_words(key)[0]}" for key, days in groups.items()]
    en = [f"{_days_in_words(days, 1)} {_spans_in_words(key)[1]}" for key, days in groups.items()]
    return "，".join(zh), ", ".join(en)


def _spans_by_day(week: tuple[Span, ...]) -> list[tuple[Span, ...]]:
    """Return the spans of each day in its own minutes; one may end in the next day's morning."""
    spans = list(week)
    if len(spans) > 1 and spans[0][0] == 0 and spans[-1][1] == MINUTES_OF_WEEK:
        # Through the night of Sunday.
        spans[-1] = (spans[-1][0], MINUTES_OF_WEEK + spans.pop(0)[1])
    days: list[list[Span]] = [[] for _ in range(7)]
    for start, end in spans:
        while start < end:
            day, minute = divmod(start, _DAY)
            # A night belongs to the day it began on, a round-the-clock day to itself.
            is_night = minute > 0 and end - start < _DAY and end - (day + 1) * _DAY <= _DAY // 2
            stop = end if is_night else min(end, (day + 1) * _DAY)
            days[day % 7].append((minute, stop - day * _DAY))
            start = stop
    return [tuple(sorted(day)) for day in days]


def _days_in_words(days: list[int], language: int) -> str:
    names = (_DAYS_ZH, _DAYS_EN)[language]
    if len(days) == 7:
        return ("每天", "daily")[language]
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    to, between = (("至", "、"), ("–", ", "))[language]
    return between.join(
        names[run[0]]
        if len(run) == 1
        else f"{names[run[0]]}{between if len(run) == 2 else to}{names[run[-1]]}"
        for run in runs
    )


def _spans_in_words(spans: Iterable[Span]) -> tuple[str, str]:
    zh, en = [], []
    for start, end in spans:
        if (start, end) == (0, _DAY):
            zh.append("全天")
            en.append("all day")
            continue
        is_next_day = end > _DAY
        stop = _clock(end - _DAY if is_next_day else end)
        zh.append(f"{_clock(start)}–{'次日' if is_next_day else ''}{stop}")
        en.append(f"{_clock(start)}–{stop}{' (next day)' if is_next_day else ''}")
    return "、".join(zh), ", ".join(en)


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"


def _holidays_in_words(osm: str, *, is_always: bool) -> tuple[str, str]:
    """Return what is said of public holidays."""
    if "PH" not in osm:
        return ("", "") if is_always else HOLIDAYS_MAY_DIFFER
    rules = OpeningHours(osm, country=_HOLIDAY_COUNTRY)
    found = {tuple(_open_spans(rules, day, 1)) for day in _HOLIDAYS}
    if found == {()}:
        return "法定节假日休息", "closed on public holidays"
    if len(found) == 1:
        zh, en = _spans_in_words(found.pop())
        return f"法定节假日 {zh}", f"public holidays {en}"
    # A later rule for weekdays wins over the one for holidays, by the syntax; few mean it so.
    return HOLIDAYS_MAY_DIFFER
