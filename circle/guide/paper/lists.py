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
_SHARES = {"name": 2.6, "address": 2.2, "phone": 1.7, "hours": 1.7, "walk": 0.95, "square": 0.75}
_FIRST_LINE_EM, _LINE_EM = 0.78, 1.3
_BADGE_EM = 1.44
_ROW_EM = 0.62
_HEAD_EM = 5.4
_UNBROKEN = ("walk", "square")

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
            texts = [place[key] for guide_class in classes for place in guide_class["places"]]
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
                "alt": say(PAPER["alt_icon"].fill(name=name), language),
                "count": say(wording.PAGE[n_key].fill(n=len(members)), language),
                "range": number_ranges([p.number for p in members if p.number is not None]),
                "places": [
                    _place_row(place, guide_class.colour, content, squares, font, language)
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
) -> dict[str, str]:
    is_english = not language.startswith("zh")
    name, other = place.name, ""
    if is_english and place.name_en and place.name_en != place.name:
        name, other = place.name_en, place.name
    if place.minutes is not None:
        walk = say(PAPER["minutes"].fill(n=place.minutes), language)
    elif content.minutes:
        walk = say(PAPER["minutes_over"].fill(n=f"{max(content.minutes):g}"), language)
    else:
        walk = ""
    number = place.number or 0
    row = {
        "number": str(number),
        "colour": colour,
        "ink": ink_on(colour),
        "name": name,
        "other": other,
        "address": place.address,
        "phone": place.phone,
        "hours": place.hours,
        "walk": walk,
        "square": squares.get(number) or say(PAPER["off_map"], language),
    }
    return {key: font.printable(value) for key, value in row.items()}


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
    unplaced: Sequence[Mapping[str, str]],
    columns: Sequence[str],
    width_mm: float,
    size_pt: float,
    font: PaperFont,
) -> list[list[float]]:
    """
    Return how tall the parts of the list are in a column of `width_mm`, a little on the safe side.

    Parameters
    ----------
    classes, unplaced
        What is listed.
    columns
        Columns after the number.
    width_mm, size_pt, font
        How it is set.

    Returns
    -------
    blocks
        Per class, and for the places without a position, the heights between which a column may
        end, millimetres; the first one holds the heading.
    """
    size = size_pt * _MM_PER_PT
    widths = column_widths(columns, classes, font)
    room = width_mm - size * (3.1 + sum(width["em"] for width in widths))
    shares = sum(width["share"] for width in widths if not width["em"])
    spans = [
        (width["em"] * size or room * width["share"] / shares) - size * 0.44 for width in widths
    ]

    def lines(text: str, width: float, scale: float = 1.0) -> int:
        return max(1, math.ceil(font.width(text, size * scale) / max(width, size) * 1.06))

    blocks = []
    for guide_class in classes:
        heights = []
        for place in guide_class["places"]:
            tallest = max(
                lines(place[key], width) for key, width in zip(columns, spans, strict=True)
            )
            if place["other"]:
                named = lines(place["name"], spans[0]) + lines(place["other"], spans[0], 0.82)
                tallest = max(tallest, named)
            text = _FIRST_LINE_EM + _LINE_EM * (tallest - 1)
            heights.append((max(_BADGE_EM, text) + _ROW_EM) * size)
        if len(heights) <= MOST_TOGETHER:
            heights = [sum(heights)]
        heights[0] += _HEAD_EM * size
        blocks.append(heights)
    if unplaced:
        heights = []
        for entry in unplaced:
            tallest = max(
                lines(entry["name"], width_mm * 1.1 / 3.5 - 0.44 * size),
                lines(entry["reason"], width_mm * 1.6 / 3.5 - 0.44 * size, 0.86),
            )
            heights.append((_FIRST_LINE_EM + _LINE_EM * (tallest - 1) + 0.86) * size)
        heights[0] += 6.5 * size
        blocks.append(heights)
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
