"""Reads the tables of the walking rules: ``id | tags | expectation | reason``, one row a line."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest


class Row(NamedTuple):
    id: str
    tags: dict[str, str]
    expected: str
    reason: str


def read_table(file_name: str) -> list[Row]:
    """
    Return the rows of a file beside this one.

    Tags are joined by `` + ``; empty lines and headings (``#``) are skipped.
    """
    rows = []
    text = Path(__file__).with_name(file_name).read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        row_id, tags, expected, reason = (cell.strip() for cell in line.split("|"))
        assert reason, f"row {row_id} gives no reason"
        pairs = (tag.split("=", 1) for tag in tags.split(" + ")) if tags else ()
        cleaned = {key.strip(): value.strip() for key, value in pairs}
        rows.append(Row(row_id, cleaned, expected, reason))
    assert len({row.id for row in rows}) == len(rows), f"two rows of {file_name} share an id"
    return rows


def cases(rows: list[Row]) -> list[object]:
    """Return the rows as parameters named by their id."""
    return [pytest.param(row, id=row.id) for row in rows]
