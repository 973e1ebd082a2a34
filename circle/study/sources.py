"""
Tells in words where a place comes from: a key in the list of places, its source in a table.

A cell such as ``osm-lanzhou n4449700872`` names a row of the table and what was taken from it.
Readers are shown the title and the address, which they can open; a cell that names no row stays
as it is, because people also write sources in plain words.
"""

from __future__ import annotations

import csv
from pathlib import Path

from circle.errors import StudyError

_COLUMNS = ("key", "title", "address")


def read_sources(path: Path) -> dict[str, str]:
    """
    Return what to say of each source.

    Parameters
    ----------
    path
        CSV in UTF-8 with the columns ``key``, ``title`` and ``address`` (a web address or empty).

    Returns
    -------
    words
        Title and address by key.

    Raises
    ------
    StudyError
        If the file is no such table.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        return {row["key"]: " ".join(filter(None, (row["title"], row["address"]))) for row in rows}
    except (OSError, UnicodeDecodeError, csv.Error, KeyError) as error:
        columns = ", ".join(_COLUMNS)
        raise StudyError(
            en=f"The table of sources {path.name} cannot be read; it must be a CSV file in UTF-8 "
            f"with the columns {columns}.",
            zh=f"无法读取来源表 {path.name}；它应为 UTF-8 编码的 CSV 文件，含 {columns} 三列。",
        ) from error


def in_words(source: str | None, words: dict[str, str]) -> str | None:
    """
    Return a source as readers should see it.

    Parameters
    ----------
    source
        A cell of the list of places; may be empty.
    words
        From `read_sources`.

    Examples
    --------
    >>> in_words("osm n12", {"osm": "The map https://example.org"})
    'The map https://example.org (n12)'
    >>> in_words("the caretaker", {})
    'the caretaker'
    """
    key, _, detail = (source or "").partition(" ")
    if key not in words:
        return source
    return f"{words[key]} ({detail})" if detail else words[key]
