"""Reads coordinates as people write them in the cells of a list."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping

from circle.store.list_files import ListRow

_DEGREES = re.compile(
    r"(?P<sign>[-+])?\s*(?P<deg>\d+(?:\.\d+)?)\s*°\s*(?:(?P<min>\d+(?:\.\d+)?)\s*['′]\s*)?"
    r"(?:(?P<sec>\d+(?:\.\d+)?)\s*(?:\"|″|'')\s*)?(?P<side>[nsew])?"
)
_WORDS_OF_SIDES = (("东经", "e"), ("西经", "w"), ("北纬", "n"), ("南纬", "s"))
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


def coordinate_texts(cells: Mapping[str, str]) -> tuple[str | None, str | None] | None:
    """Return longitude and latitude as a row writes them, apart or in one cell; None without."""
    both = cells.get("lonlat")
    lon, lat = cells.get("lon"), cells.get("lat")
    if lon is None and lat is None and both is not None:
        parts = [part for part in re.split(r"[,，;；\s]+", both.strip("()（）[] ")) if part]
        return (parts[0], parts[1]) if len(parts) == 2 else (both, both)
    return None if lon is None and lat is None else (lon, lat)


def coordinates_of(row: ListRow) -> tuple[float, float] | None:
    """Return the two numbers a row gives as its position, None where it gives none."""
    pair = (row.lonlat[0], row.lonlat[1]) if row.lonlat is not None else None
    texts = coordinate_texts(row.cells)
    if pair is None and texts is not None and texts[0] is not None and texts[1] is not None:
        x, y = degrees_of(texts[0]), degrees_of(texts[1])
        pair = None if x is None or y is None else (x, y)
    return pair


def degrees_of(text: str) -> float | None:
    r"""
    Return a longitude or latitude as people write it in degrees, None where it is none.

    Examples
    --------
    >>> degrees_of("103.8343"), degrees_of("东经103.8343"), degrees_of("7°30'00\" E")
    (103.8343, 103.8343, 7.5)
    """
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    for word, side in _WORDS_OF_SIDES:
        if plain.startswith(word):
            plain = plain.removeprefix(word).strip(" :") + side
    if _NUMBER.fullmatch(plain):
        value = float(plain)
        return value if math.isfinite(value) else None
    if plain and plain[-1] in "nsew" and _NUMBER.fullmatch(plain[:-1].strip()):
        return float(plain[:-1]) * (-1 if plain[-1] in "sw" else 1)
    found = _DEGREES.fullmatch(plain)
    if found is None:
        return None
    value = float(found["deg"]) + float(found["min"] or 0) / 60 + float(found["sec"] or 0) / 3600
    is_negative = found["sign"] == "-" or found["side"] in ("s", "w")
    return -value if is_negative else value
