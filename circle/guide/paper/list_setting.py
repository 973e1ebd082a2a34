"""How the list is set: in how many columns and how large, so that it fits and reads well."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from circle.guide.paper import lists
from circle.guide.paper.fonts import PaperFont
from circle.guide.paper.options import PaperFormat

_MM_PER_PT = 25.4 / 72
_GUTTER_MM = 8.0
_FIRST_LINE_EM, _LINE_EM = 0.78, 1.3
_BADGE_EM = 1.44
_HEAD_EM, _CARD_HEAD_EM, _OWN_LINE_EM = 4.9, 3.6, 1.6
_DETAIL = 0.9
_NUMBER_EM = 3.1
_BOLD = 1.08

LEAST_NAME_EM = 8.0
"""Narrower columns of names break nearly every name."""

MOST_TOGETHER = 9
"""A class of up to this many places is not divided between columns, where one has room for it."""


@dataclass(frozen=True, slots=True)
class ListSetting:
    """
    How the list is set.

    Parameters
    ----------
    n_columns, size_pt
        Columns of the page, and the type size.
    high_mm
        Height it needs; ``inf`` where it goes on to further pages.
    heads_share
        True where the name of a class and the heads of the columns have room on one line.
    together
        Per class, whether it stays in one column.
    """

    n_columns: int
    size_pt: float
    high_mm: float
    heads_share: bool
    together: tuple[bool, ...]

    def as_page(self) -> dict[str, Any]:
        """Return what the template needs of it."""
        return {
            "columns": self.n_columns,
            "size": self.size_pt,
            "heads_share": self.heads_share,
            "together": list(self.together),
        }


@dataclass(frozen=True)
class ListSetter:
    """
    Chooses how a list is set.

    Parameters
    ----------
    classes, unplaced, columns, news
        What is listed: see `circle.guide.paper.lists`; `news` where it stands below the list.
    paper, font
        The page.
    has_photos
        True when any place has a picture.
    """

    classes: Sequence[Mapping[str, Any]]
    unplaced: Sequence[Mapping[str, Any]]
    columns: Sequence[str]
    news: Mapping[str, Sequence[Mapping[str, Any]]]
    paper: PaperFormat
    font: PaperFont
    has_photos: bool

    def set_within(self, high_mm: float) -> ListSetting:
        """
        Return how the list is set on pages of a height.

        The largest type is taken with which the list fits one page; where none does, a middling
        one, in as many columns as leave the names room, and the list goes on to further pages.
        """
        sizes = self.paper.table_sizes_pt
        for size in sizes:
            for n_columns in self._readable_columns(size):
                blocks = self._blocks(n_columns, size, high_mm)
                if columns_filled(blocks, high_mm) <= n_columns:
                    needed = high_mm
                    while columns_filled(blocks, needed - 4.0) <= n_columns and needed > 40:
                        needed -= 4.0
                    needed = min(high_mm, needed * 1.04 + 6.0)
                    return self._setting(n_columns, size, needed, high_mm)
        middling = sizes[len(sizes) // 2]
        return self._setting(max(self._readable_columns(middling)), middling, math.inf, high_mm)

    def _setting(self, n_columns: int, size: float, needed: float, high_mm: float) -> ListSetting:
        blocks = self._blocks(n_columns, size, high_mm)
        return ListSetting(
            n_columns,
            size,
            needed,
            self._heads_share(n_columns, size),
            tuple(len(block) == 1 for block in blocks[: len(self.classes)]),
        )

    def _wide_mm(self, n_columns: int) -> float:
        paper = self.paper
        return (paper.width - 2 * paper.margin - _GUTTER_MM * (n_columns - 1)) / n_columns

    def _readable_columns(self, size_pt: float) -> list[int]:
        """Return the numbers of columns that leave the names room, at least the smallest one."""
        most = [n for n in self.paper.columns if self._name_em(n, size_pt) >= LEAST_NAME_EM]
        return most or [min(self.paper.columns)]

    def _name_em(self, n_columns: int, size_pt: float) -> float:
        """Return the room of the columns that share what is left, in type sizes."""
        widths = lists.column_widths(self.columns, self.classes, self.font)
        fixed = _NUMBER_EM + lists.picture_em(self.has_photos)
        fixed += sum(width["em"] for width in widths)
        return self._wide_mm(n_columns) / (size_pt * _MM_PER_PT) - fixed

    def _heads_share(self, n_columns: int, size_pt: float) -> bool:
        room = self._name_em(n_columns, size_pt) + _NUMBER_EM + lists.picture_em(self.has_photos)
        return all(
            2.8 + self.font.width(row["name"], 1.28 * _BOLD) + self.font.width(row["count"], 0.85)
            < room
            for row in self.classes
        )

    def _blocks(self, n_columns: int, size_pt: float, high_mm: float) -> list[list[float]]:
        return list_blocks_mm(
            self.classes,
            self.unplaced,
            self.columns,
            self._wide_mm(n_columns),
            size_pt,
            self.font,
            self.has_photos,
            self.news,
            heads_share=self._heads_share(n_columns, size_pt),
            high_mm=high_mm,
        )


def list_blocks_mm(
    classes: Sequence[Mapping[str, Any]],
    unplaced: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    width_mm: float,
    size_pt: float,
    font: PaperFont,
    has_photos: bool = False,
    news: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    *,
    heads_share: bool = True,
    high_mm: float = math.inf,
) -> list[list[float]]:
    """
    Return how tall the parts of the list are in a column of `width_mm`, a little on the safe side.

    Parameters
    ----------
    classes, unplaced
        What is listed.
    columns
        Columns after the number; with `lists.CARD_COLUMNS` the details stand below the names.
    width_mm, size_pt, font
        How it is set.
    has_photos
        True when any place has a picture.
    news
        Events, offers and whom to call, where they stand below the list.
    heads_share
        False where the heads of the columns need a line of their own.
    high_mm
        Height of a column: what is taller is not kept together.

    Returns
    -------
    blocks
        Per class, and for the places without a position, the heights between which a column may
        end, millimetres; the first one holds the heading.
    """
    size = size_pt * _MM_PER_PT
    widths = lists.column_widths(columns, classes, font)
    fixed = _NUMBER_EM + lists.picture_em(has_photos)
    room = width_mm - size * (fixed + sum(width["em"] for width in widths))
    shares = sum(width["share"] for width in widths if not width["em"])
    spans = [
        (width["em"] * size or room * width["share"] / shares) - size * 0.44 for width in widths
    ]

    is_cards = tuple(columns) == lists.CARD_COLUMNS

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
            picture = lists.PHOTO_EM * 0.75 if place["photo"] else lists.PICTOGRAM_EM
            heights.append((max(_BADGE_EM, text, picture) + lists.ROW_EM) * size)
        head = _CARD_HEAD_EM + (0 if heads_share else _OWN_LINE_EM) if is_cards else _HEAD_EM
        heights[0] += head * size
        if len(heights) <= MOST_TOGETHER and sum(heights) <= high_mm:
            heights = [sum(heights)]
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
            wide = width_mm - size * (lists.WHEN_EM + 1 if key == "events" else 0.5)
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
