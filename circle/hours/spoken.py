"""
Translates the opening hours people write into the `opening_hours` syntax.

Every word counts: the text is cut into days, spans, words of closing and words that say nothing.
What is left over, and what may be read in two ways, ends the attempt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from opening_hours import OpeningHours

LONGEST = 1_000
"""Longer texts are no opening hours."""

Span = tuple[int, int]

_DAY = 1_440
_EVERY_DAY = frozenset(range(7))
_HOLIDAY = 7
"""Stands among the days of the week for public holidays."""
_DAYS_OSM = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_EN_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_ZH_DAYS = {word: i for i, word in enumerate("一二三四五六日")} | {"天": 6}
_WEEK = r"(?:每|逢)?(?:周|星期|礼拜)"
_ZH_DAY = rf"{_WEEK}[一二三四五六日天1-7]"
_EN_DAY = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)s?\b\.?"
)
_HALF = r"(?P<half>凌晨|清晨|早晨|早上|早|上午|中午|下午|傍晚|晚上|晚间|晚|夜间|夜里)"
_TOKENS = re.compile(
    "|".join(
        f"(?P<{name}>{pattern})"
        for name, pattern in (
            (
                "quiet",
                r"(?:中午|午间)不休息?|法定节假日可能不同|public holidays may differ|, every day",
            ),
            (
                "always",
                r"(?:每天|每日|全年|全天)?(?:24 ?小时|全天候|24 ?h(?:(?:ou)?rs?)?\b)|24/7",
            ),
            ("year", r"全年无休|节假日不休|天天|每天|每日|周一至周日|全周|全年|daily|every ?day"),
            ("work", r"工作日"),
            ("weekend", r"周末|双休日|weekends?"),
            ("weekday", r"weekdays?"),
            ("ph", r"(?:法定|国家)?(?:节假日|节日|假日)|法定假期|public holidays?|bank holidays?"),
            (
                "zhdays",
                rf"{_ZH_DAY}(?:(?:[-至到、,和及] ?)?(?:{_ZH_DAY}|[一二三四五六日天](?![点时]))|"
                rf"[、,和及] ?{_ZH_DAY})*",
            ),
            ("endays", rf"{_EN_DAY}(?: ?(?:-|to|through|&|and|,|/) ?{_EN_DAY})*"),
            ("off", r"不?(?:休息|闭馆|公休|休馆|停业)|不营业|不开放|不办公|除外|休|closed(?: on)?"),
            ("day", r"全天|all day"),
            (
                "span",
                rf"{_HALF}? ?(?P<from>\d{{1,2}}(?::\d\d|[点时](?:半|\d{{1,2}}分?)?| ?[ap]\.?m\.?|"
                rf":\d\d ?[ap]\.?m\.?)?(?: ?[ap]\.?m\.?)?) ?(?:-|至|到|to|until) ?"
                rf"(?P<half2>次日|第二天|翌日)?{_HALF.replace('half', 'half3')}? ?"
                r"(?P<to>\d{1,2}(?::\d\d|[点时](?:半|\d{1,2}分?)?)?(?: ?[ap]\.?m\.?)?)"
                r"(?P<next> ?\(next day\))?",
            ),
            ("rule", r";"),
            (
                "noise",
                r"[ ,、()\[\]:/&和及]|(?:营业|开放|开馆|办公|服务|工作|接待)?时间|营业|开放|办公|"
                r"服务|开馆|opening hours|hours|open(?: from)?|and|from",
            ),
        )
    ),
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?P<h>\d{1,2})(?:(?P<colon>:)(?P<m>\d\d)|(?P<dot>[点时])(?:(?P<half>半)|(?P<m2>\d{1,2})分?)?)?"
    r" ?(?P<ap>[ap])?\.?(?:m\.?)?",
    re.IGNORECASE,
)
_MORNING = ("凌晨", "清晨", "早晨", "早上", "早", "上午")


class _NotUnderstoodError(Exception):
    """There is more than one reading, or none."""


@dataclass(slots=True)
class _Rule:
    """Days, and when they are open on them; no days yet, or no spans yet."""

    days: set[int]
    spans: list[Span]
    is_off: bool = False

    @property
    def is_told(self) -> bool:
        return bool(self.spans) or self.is_off


def from_words(text: str) -> str:
    """
    Return the syntax for what people write.

    Parameters
    ----------
    text
        With plain digits, dashes and colons, on one line, ``;`` between rules.

    Returns
    -------
    osm
        Empty when not every word of the text is known, or it may be read in two ways.

    Examples
    --------
    >>> from_words("周二至周日 上午9点-下午5点半,周一闭馆"), from_words("9-5")
    ('Tu-Su 09:00-17:30', '')
    """
    if len(text) > LONGEST:
        return ""
    try:
        return _to_osm(_merged(_rules(text)))
    except _NotUnderstoodError:
        return ""


def _rules(text: str) -> list[_Rule]:
    rules = [_Rule(set(), [])]
    at, is_off_ahead = 0, False
    while at < len(text):
        token = _TOKENS.match(text, at)
        if token is None or not token.group():
            raise _NotUnderstoodError
        at = token.end()
        kind = token.lastgroup if token.lastgroup in _TOKEN_NAMES else _kind(token)
        days = _days_of(kind, token.group())
        if days:
            if rules[-1].is_told and (rules[-1].days or not _is_last_word(text, at)):
                rules.append(_Rule(set(), []))
            rules[-1].days |= days
            if is_off_ahead:
                rules[-1].is_off, is_off_ahead = True, False
            elif kind == "work":
                rules.insert(0, _Rule({_HOLIDAY}, [], is_off=True))
        elif kind == "off":
            word = token.group()
            if word.startswith("不") and word[1:2] in "休闭公停":
                raise _NotUnderstoodError
            if rules[-1].is_told and not rules[-1].is_off:
                rules.append(_Rule(set(), []))
            if rules[-1].days:
                rules[-1].is_off = True
            else:
                is_off_ahead = True
        elif kind in ("span", "day", "always"):
            if rules[-1].is_off:
                rules.append(_Rule(set(), []))
            rules[-1].spans.append((0, _DAY) if kind != "span" else _span(token))
        elif kind == "rule" and rules[-1].is_told:
            rules.append(_Rule(set(), []))
    if is_off_ahead:
        raise _NotUnderstoodError
    return [rule for rule in rules if rule.days or rule.is_told]


_TOKEN_NAMES = ("always", "year", "work", "weekend", "weekday", "ph", "zhdays", "endays")
_OTHER_NAMES = ("quiet", "off", "day", "span", "rule", "noise")


def _kind(token: re.Match[str]) -> str:
    return next(name for name in _OTHER_NAMES if token[name] is not None)


def _is_last_word(text: str, at: int) -> bool:
    """Say whether days at the end belong to the hours before them: "8:00-17:00 (周一至周五)"."""
    return not text[at:].strip(" ()[];,")


def _days_of(kind: str, word: str) -> set[int]:
    if kind == "year":
        return {*range(7), _HOLIDAY} if "休" in word or "全年" in word else set(range(7))
    fixed = {"work": set(range(5)), "weekday": set(range(5)), "weekend": {5, 6}, "ph": {_HOLIDAY}}
    if kind in fixed:
        return fixed[kind]
    if kind == "zhdays":
        marks = re.findall(r"[一二三四五六日天1-7]|[-至到]", re.sub(_WEEK, "", word))
        numbers = [mark if mark in "-至到" else _zh_day(mark) for mark in marks]
    elif kind == "endays":
        marks = re.findall(r"-|to\b|through|[a-z]+", word.casefold())
        marks = [mark for mark in marks if mark != "and"]
        numbers = [
            "-" if mark in ("-", "to", "through") else _EN_DAYS.index(mark[:3]) for mark in marks
        ]
    else:
        return set()
    days: set[int] = set()
    last: int | None = None
    is_range = False
    for number in numbers:
        if isinstance(number, str):
            if last is None or is_range:
                raise _NotUnderstoodError
            is_range = True
            continue
        if is_range and last is not None:
            days |= {(last + step) % 7 for step in range((number - last) % 7 + 1)}
        days.add(number)
        last, is_range = number, False
    return days


def _zh_day(mark: str) -> int:
    return int(mark) - 1 if mark.isdigit() else _ZH_DAYS[mark]


def _span(token: re.Match[str]) -> Span:
    """Return a span in minutes of its day; the end may lie in the next one."""
    first, last = _TIME.fullmatch(token["from"]), _TIME.fullmatch(token["to"])
    if first is None or last is None:
        raise _NotUnderstoodError
    if not (last["colon"] or last["dot"] or last["ap"]):
        # "9-17" may be anything: a day, a number of rooms.
        raise _NotUnderstoodError
    begins_in, ends_in = token["half"], token["half3"]
    start = _minute(first, begins_in, first["ap"])
    end = _minute(last, ends_in, last["ap"])
    if last["ap"] and not first["ap"] and not begins_in:
        # 9-5pm, 1-5pm: the half of the day the end names, if the start is before it by then.
        same = _minute(first, None, last["ap"])
        start = same if same < end else _minute(first, None, "a")
    if token["half2"] or token["next"]:
        return _checked(start, end + _DAY)
    if ends_in or last["ap"]:
        return _checked(start, end if end > start else end + _DAY)
    if begins_in and begins_in not in _MORNING and start >= _DAY // 2 and end < _DAY // 2:
        # 下午2:00-6:00: the word holds for the end too; but 下午14:00-6:00 can be read twice.
        if end + _DAY // 2 > start:
            if int(first["h"]) > 12:
                raise _NotUnderstoodError
            return _checked(start, end + _DAY // 2)
        return _checked(start, end + _DAY)
    if end > start:
        return _checked(start, end)
    is_by_24_hours = len(last["h"]) == 2 and end <= 240
    if start < _DAY // 2 and end != 0 and not is_by_24_hours:
        # 9:00-5:00: through the night, or until five in the afternoon?
        raise _NotUnderstoodError
    return _checked(start, end + _DAY)


def _checked(start: int, end: int) -> Span:
    if not (0 <= start < _DAY and start < end <= start + _DAY and end <= 2 * _DAY):
        raise _NotUnderstoodError
    return start, end


def _minute(time: re.Match[str], half: str | None, am_pm: str | None) -> int:
    hour = int(time["h"])
    minute = 30 if time["half"] else int(time["m"] or time["m2"] or 0)
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise _NotUnderstoodError
    if am_pm:
        if not 1 <= hour <= 12:
            raise _NotUnderstoodError
        return (hour % 12 + (12 if am_pm in "pP" else 0)) * 60 + minute
    if half in _MORNING and (hour > 12 or (half == "凌晨" and hour > 6)):
        raise _NotUnderstoodError
    if half == "中午":
        if hour not in (11, 12, 13, 14, 1, 2):
            raise _NotUnderstoodError
        hour += 12 if hour <= 2 else 0
    elif half is not None and half not in _MORNING:
        if hour == 12:
            hour = 12 if half == "下午" else 24
        elif hour < 12:
            if half not in ("下午", "傍晚") and hour < 5:
                # 晚上2点 is nobody's afternoon.
                raise _NotUnderstoodError
            hour += 12
    return hour * 60 + minute


def _merged(rules: list[_Rule]) -> dict[int, list[Span]]:
    """Return the spans by day, public holidays among them where they are told."""
    if not any(rule.spans for rule in rules):
        raise _NotUnderstoodError
    days: dict[int, list[Span]] = {}
    told_by: dict[int, frozenset[int]] = {}
    for rule in (rule for rule in rules if not rule.is_off):
        if not rule.spans:
            raise _NotUnderstoodError
        own = frozenset(rule.days or _EVERY_DAY)
        for day in own:
            before = days.get(day)
            if before is None:
                days[day] = list(rule.spans)
            elif not _are_apart([*before, *rule.spans]):
                # 每天 9:00-17:00，周六 9:00-12:00: the narrower rule wins.
                if not own < told_by[day]:
                    raise _NotUnderstoodError
                days[day] = list(rule.spans)
            elif own == told_by[day]:
                days[day] = [*before, *rule.spans]
            else:
                raise _NotUnderstoodError
            told_by[day] = own
    for rule in (rule for rule in rules if rule.is_off):
        for day in rule.days:
            days[day] = []
    if not all(_are_apart(spans) for spans in days.values()):
        raise _NotUnderstoodError
    return days


def _are_apart(spans: list[Span]) -> bool:
    ordered = sorted(spans)
    return all(a[1] <= b[0] for a, b in pairwise(ordered))


def _to_osm(days: dict[int, list[Span]]) -> str:
    groups: dict[tuple[Span, ...], list[int]] = {}
    for day in sorted(days):
        if day != _HOLIDAY and days[day]:
            groups.setdefault(tuple(sorted(days[day])), []).append(day)
    rules = []
    for spans, members in groups.items():
        times = ",".join(f"{_osm_time(start)}-{_osm_time(end)}" for start, end in spans)
        rules.append(f"{_osm_days(members)} {times}")
    if _HOLIDAY in days:
        spans = tuple(sorted(days[_HOLIDAY]))
        times = ",".join(f"{_osm_time(start)}-{_osm_time(end)}" for start, end in spans)
        rules.append(f"PH {times}" if spans else "PH off")
    if rules and rules[0] == "Mo-Su 00:00-24:00":
        rules[0] = "24/7"
    # Told as a further rule, not as the one that counts, lest Saturday end Friday's night.
    is_through_night = any(end > _DAY for spans in groups for _, end in spans)
    week, holidays = rules[: len(groups)], rules[len(groups) :]
    text = "; ".join([(", " if is_through_night else "; ").join(week), *holidays])
    return str(OpeningHours(text)) if rules else ""


def _osm_days(days: list[int]) -> str:
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(
        _DAYS_OSM[run[0]] if len(run) == 1 else f"{_DAYS_OSM[run[0]]}-{_DAYS_OSM[run[-1]]}"
        for run in runs
    )


def _osm_time(minute: int) -> str:
    # Until the next morning: 18:00-02:00; only a whole day ends at 24:00.
    shown = minute - _DAY if minute > _DAY else minute
    return f"{shown // 60:02d}:{shown % 60:02d}"
