"""Offers, events and whom to call, as rows for the pages."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from circle.guide.model import GuideContent, GuidePlace
from circle.guide.paper.beside import emergency_numbers
from circle.guide.paper.fonts import PaperFont
from circle.guide.paper.lists import say
from circle.guide.paper.style import ink_on
from circle.guide.paper.words import PAPER

_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def news_rows(
    content: GuideContent,
    places: Sequence[GuidePlace],
    squares: Mapping[int, str],
    font: PaperFont,
    language: str,
) -> dict[str, list[dict[str, Any]]]:
    """
    Return what is told besides the places themselves.

    Parameters
    ----------
    content
        The guide.
    places
        The places printed, those without a position among them.
    squares
        Square by number.
    font
        What it cannot write is replaced.
    language
        Of the print.

    Returns
    -------
    rows
        ``events`` by their date, ``offers`` by the number of their place, ``contacts``, and
        ``emergency`` numbers; each list may be empty.
    """
    colours = {guide_class.key: guide_class.colour for guide_class in content.classes}

    def place_of(place: GuidePlace) -> dict[str, Any]:
        colour = colours.get(place.category, "#555555")
        is_english = not language.startswith("zh")
        name = (is_english and place.name_en) or place.name
        return {
            "number": "" if place.number is None else str(place.number),
            "colour": colour,
            "ink": ink_on(colour),
            "name": font.printable(name),
            "square": squares.get(place.number or 0, ""),
        }

    events = sorted(
        ((event, place) for place in places for event in place.events),
        key=lambda entry: (entry[0].starts, entry[1].number or 0, entry[0].title),
    )
    is_one_year = shared_year(places) is not None
    return {
        "events": [
            {
                **place_of(place),
                "when": when_lines(event.starts, event.ends, language, has_year=not is_one_year),
                "text": font.printable(event.title),
            }
            for event, place in events
        ],
        "offers": [
            {
                **place_of(place),
                "text": font.printable(offer.text),
                "until": _until(offer.until, language),
            }
            for place in places
            for offer in place.offers
        ],
        "contacts": [
            {"name": font.printable(say(contact.name, language)),
             "phone": font.printable(contact.phone)}
            for contact in content.contacts
        ],
        "emergency": list(emergency_numbers(content, language)),
    }  # fmt: skip


def shared_year(places: Iterable[GuidePlace]) -> int | None:
    """Return the year of all events, ``None`` where there are several or one is not known."""
    days = [_moment(day) for place in places for event in place.events
            for day in (event.starts, event.ends) if day]  # fmt: skip
    years = {None if day is None else day[0].year for day in days}
    return next(iter(years)) if len(years) == 1 else None


def _until(day: str, language: str) -> str:
    if not day:
        return ""
    moment = _moment(day)
    written = day if moment is None else _day(moment[0], language, weekday=False)
    return say(PAPER["until"].fill(day=written), language)


def when_lines(starts: str, ends: str, language: str, *, has_year: bool = True) -> list[str]:
    """
    Return a date, with its time and its end where they are told, as people write it.

    Parameters
    ----------
    starts, ends
        ISO dates, or dates and times; `ends` may be empty.
    language
        Of the print.
    has_year
        False to leave out the year.

    Returns
    -------
    lines
        One or two; what cannot be understood stays as it is written.

    Examples
    --------
    >>> when_lines("2026-12-05T14:00", "2026-12-05T16:30", "zh-CN")
    ['2026年12月5日 周六', '14:00–16:30']
    >>> when_lines("2026-12-05T14:00", "", "en", has_year=False)
    ['Sat 5 Dec', '14:00']
    >>> when_lines("2026-12-05", "2026-12-07T12:00", "en", has_year=False)
    ['Sat 5 Dec', '– Mon 7 Dec 12:00']
    >>> when_lines("every Friday", "", "en")
    ['every Friday']
    """
    first, last = _moment(starts), _moment(ends)
    if first is None:
        return [part for part in (starts, ends) if part]
    head = _day(first[0], language, has_year=has_year)
    if last is None or last[0] == first[0]:
        until = last[1] if last is not None and last[1] != first[1] else ""
        clock = "–".join(part for part in (first[1], until) if part)
        return [head, clock] if clock else [head]
    end = _day(last[0], language, has_year=has_year)
    return [f"{head} {first[1]}".strip(), f"– {end} {last[1]}".strip()]


def _moment(text: str) -> tuple[datetime.date, str] | None:
    """Return day and clock time of an ISO text; no time where none is told."""
    day, _, clock = text.strip().replace(" ", "T").partition("T")
    try:
        return datetime.date.fromisoformat(day), clock[:5]
    except ValueError:
        return None


def _day(day: datetime.date, language: str, *, weekday: bool = True, has_year: bool = True) -> str:
    if language.startswith("zh"):
        text = f"{day.year}年" * has_year + f"{day.month}月{day.day}日"
        return f"{text} 周{_WEEKDAYS_ZH[day.weekday()]}" if weekday else text
    text = f"{day.day} {_MONTHS_EN[day.month - 1]}" + f" {day.year}" * has_year
    return f"{_WEEKDAYS_EN[day.weekday()]} {text}" if weekday else text


def news_texts(content: GuideContent, places: Iterable[GuidePlace], language: str) -> list[str]:
    """Return every text `news_rows` prints, as it was given."""
    texts = []
    for place in places:
        texts += [offer.text for offer in place.offers]
        texts += [event.title for event in place.events]
    for contact in content.contacts:
        texts += [say(contact.name, language), contact.phone]
    return texts
