"""Reads coordinates as people write them in the cells of a list."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping

from circle.store.list_files import ListRow

_DEGREES = re.compile(
    r"(?P<sign>[-+])?\s*(?P<deg>\d+(?:\.\d+)?)\s*[°度]\s*(?:(?P<min>\d+(?:\.\d+)?)\s*['分]\s*)?"
    r"(?:(?P<sec>\d+(?:\.\d+)?)\s*(?:\"|''|秒)\s*)?(?P<side>[nsew])?"
)
# Every stroke and quotation mark a keyboard gives for minutes and seconds, seconds as two.
_STROKES = str.maketrans({"′": "'", "’": "'", "‘": "'", "”": '"', "“": '"', "º": "°", "˚": "°"})
_SAID_LON = re.compile(r"(?:经度|东经|longitude|lon|lng)\s*[:=]?\s*(?P<value>[^,;\s]+)")
_SAID_LAT = re.compile(r"(?:纬度|北纬|latitude|lat)\s*[:=]?\s*(?P<value>[^,;\s]+)")
_IS_LAT = re.compile(r"^\s*[ns]|[ns]\s*$", re.IGNORECASE)
_IS_LON = re.compile(r"^\s*[ew]|[ew]\s*$", re.IGNORECASE)
_WORDS_OF_SIDES = (("东经", "e"), ("西经", "w"), ("北纬", "n"), ("南纬", "s"))
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


def coordinate_texts(cells: Mapping[str, str]) -> tuple[str | None, str | None] | None:
    """
    Return longitude and latitude as a row writes them, apart or in one cell; None without.

    Examples
    --------
    >>> coordinate_texts({"lonlat": "纬度：40.01 经度：116.32"})
    ('116.32', '40.01')
    >>> coordinate_texts({"lonlat": "39°59′40″N, 116°19′30″E"})
    ('116°19′30″E', '39°59′40″N')
    """
    both = cells.get("lonlat")
    lon, lat = cells.get("lon"), cells.get("lat")
    if lon is not None or lat is not None or both is None:
        return None if lon is None and lat is None else (lon, lat)
    plain = unicodedata.normalize("NFKC", both).casefold()
    said = _SAID_LON.search(plain), _SAID_LAT.search(plain)
    if said[0] is not None and said[1] is not None:
        return said[0]["value"], said[1]["value"]
    parts = [part for part in re.split(r"[,，;；、\s]+", both.strip("()（）[] ")) if part]
    if len(parts) != 2:
        return both, both
    is_turned = _IS_LAT.search(parts[0]) and _IS_LON.search(parts[1])
    return (parts[1], parts[0]) if is_turned else (parts[0], parts[1])


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
    >>> degrees_of("116°19′30″E"), degrees_of("116度19分30秒"), degrees_of("E116°19’30”")
    (116.325, 116.325, 116.325)
    """
    plain = unicodedata.normalize("NFKC", text.replace("º", "°")).casefold().strip()
    plain = plain.translate(_STROKES)
    for word, side in _WORDS_OF_SIDES:
        if plain.startswith(word):
            plain = plain.removeprefix(word).strip(" :") + side
    if plain[:1] in ("n", "s", "e", "w"):
        plain = plain[1:].strip() + plain[0]
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
