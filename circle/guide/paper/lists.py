"""The list beside the map: its rows as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from circle.guide import wording
from circle.guide.model import GuideContent, GuidePlace
from circle.guide.paper.fonts import PaperFont
from circle.guide.paper.style import ink_on
from circle.guide.paper.words import PAPER
from circle.guide.wording import Both
from circle.hours import HOLIDAYS_MAY_DIFFER

_SHARES = {"name": 2.6, "address": 2.2, "phone": 1.7, "hours": 1.9, "walk": 0.95, "square": 0.75}
ROW_EM = 0.84
"""Room above and below a row together, in type sizes."""
_UNBROKEN = ("walk", "square")
_MOST_WHOLE = 300
"""A row of up to so many signs is never divided between columns."""

PHOTO_EM, PICTOGRAM_EM = 3.6, 1.6
"""Width of a picture of a place, and of the pictogram of a place without one, in type sizes."""

WHEN_EM = 8.6
"""Width of the dates of events, in type sizes."""

LEAST_LIST_PT = 8.5
"""No list is set in smaller type."""


def say(text: Both, language: str) -> str:
    """Return a text in the language of the print."""
    return text.zh if language.startswith("zh") else text.en


def table_columns(places: Sequence[GuidePlace]) -> tuple[list[str], list[str]]:
    """
    Return the columns of the list after the number, and those left out because all is empty.

    Parameters
    ----------
    places
        Every place listed.
    """
    optional = ("address", "phone", "hours")
    empty = [key for key in optional if not any(getattr(place, key) for place in places)]
    return [key for key in _SHARES if key not in empty], empty


CARD_COLUMNS = ("name", "walk", "square")
"""Columns where address, telephone and hours stand below the name."""


def picture_em(has_photos: bool) -> float:
    """Return the width of the column of pictures, in type sizes."""
    return (PHOTO_EM if has_photos else PICTOGRAM_EM) + 0.45


def column_widths(
    columns: Sequence[str], classes: Sequence[Mapping[str, Any]], font: PaperFont
) -> list[dict[str, float]]:
    """
    Return the widths of the columns.

    Parameters
    ----------
    columns
        Columns after the number.
    classes
        What they hold.
    font
        How wide that runs.

    Returns
    -------
    widths
        Each with ``em``, a fixed width in type sizes, or, where that is 0, ``share``, its share
        of what is left. Minutes and squares never break their line.
    """
    widths = []
    for key in columns:
        em = 0.0
        if key in _UNBROKEN:
            texts = [
                line
                for guide_class in classes
                for place in guide_class["places"]
                for line in ([place[key]] if key == "square" else place["walk_lines"])
            ]
            em = max([2.6, *(font.width(text, 1.08) + 0.75 for text in texts)])
        widths.append({"em": round(em, 3), "share": _SHARES[key]})
    return widths


def class_rows(
    content: GuideContent,
    places: Sequence[GuidePlace],
    squares: Mapping[int, str],
    font: PaperFont,
    language: str,
    icons: Mapping[str, str],
    marks: Mapping[str, str],
    photos: Mapping[str, str],
) -> list[dict[str, Any]]:
    """
    Return the classes with their places, in the order of the guide.

    Parameters
    ----------
    content
        The guide.
    places
        Those to list.
    squares
        Square by number; a place without one lies off the map.
    font
        What it cannot write is replaced.
    language
        Of the print.
    icons
        SVG of the pictograms by class.
    marks
        The same as they stand in the rows of places without a picture.
    photos
        File of the picture by `facility_id`.

    Returns
    -------
    classes
        Those with places.
    """
    rows = []
    for guide_class in content.classes:
        members = [place for place in places if place.category == guide_class.key]
        if not members:
            continue
        name = font.printable(say(guide_class.name, language))
        n_key = "one_place" if len(members) == 1 else "n_places"
        rows.append(
            {
                "name": name,
                "colour": guide_class.colour,
                "icon": icons.get(guide_class.key),
                "mark": marks.get(guide_class.key),
                "alt": say(PAPER["alt_icon"].fill(name=name), language),
                "count": say(wording.PAGE[n_key].fill(n=len(members)), language),
                "range": number_ranges([p.number for p in members if p.number is not None]),
                "places": [
                    _place_row(place, guide_class.colour, content, squares, font, language)
                    | _picture(place, photos, font, language)
                    for place in members
                ],
            }
        )
    return rows


def _place_row(
    place: GuidePlace,
    colour: str,
    content: GuideContent,
    squares: Mapping[int, str],
    font: PaperFont,
    language: str,
) -> dict[str, Any]:
    is_english = not language.startswith("zh")
    name, other = place.name, ""
    if is_english and place.name_en and place.name_en != place.name:
        name, other = place.name_en, place.name
    walk: list[str] = []
    if place.minutes is not None:
        walk = [say(PAPER["minutes"].fill(n=place.minutes), language)]
    elif content.minutes:
        beyond = PAPER["minutes"].fill(n=f"{max(content.minutes):g}")
        walk = [say(PAPER["over"], language), say(beyond, language)]
    number = place.number or 0
    row = {
        "number": str(number),
        "colour": colour,
        "ink": ink_on(colour),
        "name": name,
        "other": other,
        "address": place.address,
        "phone": place.phone,
        "hours": hours_in_row(place, language),
        "walk": " ".join(walk),
        "square": squares.get(number) or say(PAPER["off_map"], language),
    }
    printable: dict[str, Any] = {key: font.printable(value) for key, value in row.items()}
    printable["walk_lines"] = walk
    printable["details"] = [printable[k] for k in ("address", "phone") if printable[k]]
    told = sum(len(printable[key]) for key in ("name", "other", "address", "phone", "hours"))
    printable["whole"] = told <= _MOST_WHOLE
    return printable


def hours_in_row(place: GuidePlace, language: str) -> str:
    """
    Return the opening hours as a row has them.

    That public holidays may differ holds for nearly every row: a note above the list says it once.
    """
    words = say(place.hours_words, language) or place.hours
    for holidays in HOLIDAYS_MAY_DIFFER:
        words = words.removesuffix(holidays).rstrip("；; ")
    return words


def holidays_may_differ(places: Sequence[GuidePlace]) -> bool:
    """Say whether the hours of any place may differ on public holidays."""
    return any(place.hours_words.zh.endswith(HOLIDAYS_MAY_DIFFER[0]) for place in places)


def _picture(
    place: GuidePlace, photos: Mapping[str, str], font: PaperFont, language: str
) -> dict[str, str]:
    alt = say(PAPER["alt_photo"].fill(name=place.name), language)
    return {"photo": photos.get(place.facility_id, ""), "alt_photo": font.printable(alt)}


def number_ranges(numbers: Sequence[int]) -> str:
    """
    Return numbers in short.

    Examples
    --------
    >>> number_ranges([1, 2, 3, 7, 9, 10])
    '1–3, 7, 9–10'
    """
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)
