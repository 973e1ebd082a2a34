"""
Reads Shapefiles as they come: texts in UTF-8 or GB18030, said rightly, wrongly or not at all.

A table of the nineties gives a header ten bytes and a text as many as somebody chose, and cuts
what is longer, in the middle of a character if need be: 设施名称 in UTF-8 becomes 设施名 and a
third of 称.
"""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Any

import geopandas

# Bytes as they are, one letter each.
_RAW = "ISO-8859-1"
_MOST_WRONG = 0.1
_LONGEST_HEADER = 10
# As Esri and Windows call them: 936, ANSI 936, CP936, OEM.
_NAMES = {"936": "GB18030", "950": "Big5", "65001": "UTF-8", "88591": "ISO-8859-1"}


def read_shapefile(path: Path) -> Any:
    """
    Return a Shapefile as a table.

    Parameters
    ----------
    path
        The ``.shp``; a ``.cpg`` beside it is believed where the texts are no UTF-8, and fit.
    """
    frame = geopandas.read_file(path, engine="pyogrio", encoding=_RAW)
    geometry = getattr(frame, "_geometry_column_name", None)
    texts = [name for name in frame.columns if name != geometry and _is_text(frame[name])]
    raw = [name.encode(_RAW) for name in frame.columns if name != geometry]
    for name in texts:
        raw += [text.encode(_RAW) for text in frame[name] if isinstance(text, str)]
    encoding = _encoding_of(raw, _declared(path))
    for name in texts:
        frame[name] = [
            decoded(text.encode(_RAW), encoding) if isinstance(text, str) else text
            for text in frame[name]
        ]
    return frame.rename(
        columns={
            name: decoded(name.encode(_RAW), encoding) for name in frame.columns if name != geometry
        }
    )


def decoded(data: bytes, encoding: str) -> str:
    """
    Return a text without the piece of a character at which a table has cut it.

    Examples
    --------
    >>> decoded("设施名称".encode()[:10], "UTF-8"), decoded("设施名称".encode("gbk"), "GB18030")
    ('设施名', '设施名称')
    """
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    return decoder.decode(data).rstrip("\x00 ")


def may_be_cut(header: str) -> bool:
    """
    Say whether a header may be the beginning of a longer one.

    Examples
    --------
    >>> may_be_cut("设施名"), may_be_cut("opening_ho"), may_be_cut("电话"), may_be_cut("phone")
    (True, True, False, False)
    """
    # One to three bytes of a character that was cut are gone.
    utf_8, gbk = len(header.encode()), len(header.encode("gb18030", "replace"))
    has_room = max(_LONGEST_HEADER - utf_8, 0) < 3 and utf_8 <= _LONGEST_HEADER
    return (utf_8 > len(header) and has_room) or utf_8 == _LONGEST_HEADER or gbk in (9, 10)


def _is_text(column: Any) -> bool:
    return bool(column.map(lambda value: isinstance(value, str)).any())


def _declared(path: Path) -> str | None:
    """Return what the ``.cpg`` says, as Python calls it; None where it says nothing known."""
    said = next(
        (
            file.read_text("ascii", "replace").strip()
            for end in (".cpg", ".CPG")
            if (file := path.with_suffix(end)).is_file()
        ),
        "",
    )
    number = "".join(sign for sign in said if sign.isdigit())
    try:
        return _NAMES.get(number) or codecs.lookup(said).name
    except LookupError:
        return None


def _encoding_of(texts: list[bytes], declared: str | None) -> str:
    # What is in order as UTF-8 is UTF-8, whatever is said: other texts are so by the rarest chance.
    for encoding in ("UTF-8", declared or "GB18030"):
        if _fits(texts, encoding):
            return encoding
    return "GB18030"


def _fits(texts: list[bytes], encoding: str) -> bool:
    """Say whether texts make sense in an encoding; cut ones are no objection."""
    n_letters = n_wrong = 0
    for text in texts:
        letters = decoded(text, encoding)
        n_letters += sum(ord(letter) > 127 for letter in letters)
        n_wrong += letters.count("\ufffd")
    return n_wrong <= _MOST_WRONG * n_letters
