"""The list beside the map: its rows as plain data, and how much paper they take."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from circle.guide import wording
from circle.guide.model import GuideContent, GuidePlace
from circle.guide.paper.fonts import PaperFont
from circle.guide.paper.style import ink_on
from circle.guide.paper.words import PAPER
from circle.guide.wording import Both

_MM_PER_PT = 25.4 / 72
_SHARES = {"name": 2.6, "address": 2.2, "phone": 1.7, "hours": 1.9, "walk": 0.95, "square": 0.75}
_FIRST_LINE_EM, _LINE_EM = 0.78, 1.3
_BADGE_EM = 1.44
ROW_EM = 0.84
"""Room above and below a row together, in type sizes."""
_HEAD_EM, _CARD_HEAD_EM = 4.9, 3.6
_DETAIL = 0.9
_UNBROKEN = ("walk", "square")

_NUMBER_EM = 3.1
PHOTO_EM, PICTOGRAM_EM = 3.6, 1.6
"""Width of a picture of a place, and of the pictogram of a place without one, in type sizes."""

WHEN_EM = 8.6
"""Width of the dates of events, in type sizes."""

LEAST_LIST_PT = 8.5
"""No list is set in smaller type."""

MOST_TOGETHER = 9
"""A class of up to this many places is not divided between columns."""


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
        "hours": say(place.hours_words, language) or place.hours,
        "walk": " ".join(walk),
        "square": squares.get(number) or say(PAPER["off_map"], language),
    }
    printable: dict[str, Any] = {key: font.printable(value) for key, value in row.items()}
    printable["walk_lines"] = walk
    printable["details"] = [printable[k] for k in ("address", "phone") if printable[k]]
    return printable


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


def list_blocks_mm(
    classes: Sequence[Mapping[str, Any]],
    unplaced: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    width_mm: float,
    size_pt: float,
    font: PaperFont,
    has_photos: bool = False,
    news: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> list[list[float]]:
    """
    Return how tall the parts of the list are in a column of `width_mm`, a little on the safe side.

    Parameters
    ----------
    classes, unplaced
        What is listed.
    columns
        Columns after the number; with `CARD_COLUMNS` the details stand below the names.
    width_mm, size_pt, font
        How it is set.
    has_photos
        True when any place has a picture.
    news
        Events, offers and whom to call, where they stand below the list.

    Returns
    -------
    blocks
        Per class, and for the places without a position, the heights between which a column may
        end, millimetres; the first one holds the heading.
    """
    size = size_pt * _MM_PER_PT
    widths = column_widths(columns, classes, font)
    fixed = _NUMBER_EM + picture_em(has_photos)
    room = width_mm - size * (fixed + sum(width["em"] for width in widths))
    shares = sum(width["share"] for width in widths if not width["em"])
    spans = [
        (width["em"] * size or room * width["share"] / shares) - size * 0.44 for width in widths
    ]

    is_cards = tuple(columns) == CARD_COLUMNS

    def lines(text: str, width: float, scale: float = 1.0) -> int:
        return max(1, math.ceil(font.width(text, size * scale) / max(width, size) * 1.06))

    blocks = []
    for guide_class in classes:
        heights = []
        for place in guide_class["places"]:
            others = [spans[at] for at, key in enumerate(columns) if key not in ("name", "walk")]
            texts = [place[key] for key in columns if key not in ("name", "walk")]
            named: float = lines(place["name"], spans[0])
            if place["other"]:
                named += lines(place["other"], spans[0], 0.82)
            if is_cards:
                named += _DETAIL * _detail_lines(place["details"], spans[0], size * _DETAIL, font)
                named += _DETAIL * lines(place["hours"], spans[0], _DETAIL) * bool(place["hours"])
            tallest = max(
                named,
                len(place["walk_lines"]),
                *(lines(text, width) for text, width in zip(texts, others, strict=True)),
            )
            text = _FIRST_LINE_EM + _LINE_EM * (tallest - 1)
            picture = PHOTO_EM * 0.75 if place["photo"] else PICTOGRAM_EM
            heights.append((max(_BADGE_EM, text, picture) + ROW_EM) * size)
        if len(heights) <= MOST_TOGETHER:
            heights = [sum(heights)]
        heights[0] += (_CARD_HEAD_EM if is_cards else _HEAD_EM) * size
        blocks.append(heights)
    blocks += _news_blocks(news or {}, width_mm, size, font)
    if unplaced:
        heights = []
        for entry in unplaced:
            wide = width_mm - 1.2 * size
            names = _detail_lines(entry["names"], wide, size * 0.92 * 1.08, font)
            heights.append((_LINE_EM * 0.92 * (names + lines(entry["reason"], wide)) + 0.9) * size)
        heights[0] += 5.5 * size
        blocks.append(heights)
    return blocks


def _detail_lines(details: Sequence[str], width_mm: float, size_mm: float, font: PaperFont) -> int:
    """Return the lines of texts set one after the other, each whole on a line where it fits."""
    n, at = 0, math.inf
    for text in details:
        wide = font.width(text, size_mm) * 1.05
        if at + wide <= width_mm:
            at += wide + size_mm
            continue
        n += max(1, math.ceil(wide / max(width_mm, size_mm)))
        at = wide + size_mm if wide <= width_mm else math.inf
    return n


def _news_blocks(
    news: Mapping[str, Sequence[Mapping[str, Any]]], width_mm: float, size: float, font: PaperFont
) -> list[list[float]]:
    blocks = []
    for key in ("events", "offers"):
        heights = []
        for row in news.get(key, ()):
            wide = width_mm - size * (WHEN_EM + 1 if key == "events" else 0.5)
            n = math.ceil(font.width(row["text"], size) / wide * 1.1)
            n += math.ceil(
                font.width(row["name"] + row["number"] + row["square"], size) / wide * 1.3
            )
            heights.append((_LINE_EM * max(n, len(row.get("when", ()))) + 1.2) * size)
        if heights:
            heights[0] += 4.5 * size
            blocks.append(heights)
    if news.get("emergency") or news.get("contacts"):
        blocks.append([(9.0 + 2.2 * len(news.get("contacts", ()))) * size])
    return blocks


def columns_filled(blocks: Sequence[Sequence[float]], high_mm: float) -> int:
    """
    Return how many columns of a height the parts of the list fill, one after the other.

    Examples
    --------
    >>> columns_filled([[30.0], [50.0, 30.0]], 100.0), columns_filled([[30.0], [80.0]], 100.0)
    (2, 2)
    """
    filled, at = 1, 0.0
    for heights in blocks:
        for height in heights:
            if at + height > high_mm and at > 0:
                filled, at = filled + 1, 0.0
            at += height
    return filled
