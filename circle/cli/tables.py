"""Tables for a terminal: columns line up, Chinese characters being twice as wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    """
    Return how many columns of a terminal a text takes.

    Examples
    --------
    >>> width("公园 park")
    9
    """
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )


def shorten(text: str, most: int) -> str:
    """
    Return a text of at most so many columns, its end cut off.

    Examples
    --------
    >>> shorten("社区卫生服务中心", 8)
    '社区卫…'
    """
    if width(text) <= most:
        return text
    kept = ""
    for char in text:
        if width(kept + char) > most - 1:
            break
        kept += char
    return kept + "…"


def columns(rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), most: int = 34) -> str:
    """
    Return rows in columns, the first row being the head.

    Parameters
    ----------
    rows
        Texts, every row as long as the first.
    right
        Numbers of the columns that are pushed to the right.
    most
        Widest a column may be.

    Examples
    --------
    >>> print(columns([["类", "m"], ["公园", "10"]], right=[1]))
    类     m
    公园  10
    """
    cut = [[shorten(cell, most) for cell in row] for row in rows]
    widths = [max(width(row[at]) for row in cut) for at in range(len(cut[0]))]
    lines = []
    for row in cut:
        cells = []
        for at, cell in enumerate(row):
            gap = " " * (widths[at] - width(cell))
            cells.append(gap + cell if at in right else cell + gap)
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
