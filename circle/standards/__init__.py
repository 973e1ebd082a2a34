"""
Planning standards as tables: what should be within reach of a home, and how near.

The tables are in `data/standards/`; a study may name one of its own with the same columns. Levels
are not nested: the list of each level is judged by itself. A row that rests on memory or on mixed
evidence is *unverified*, and everything made from it says so.
"""

from __future__ import annotations

from circle.standards.selector import Selector, any_of
from circle.standards.tables import (
    COLUMNS,
    LEVEL_NAMES,
    LEVELS,
    NEED_NAMES,
    Clause,
    Evidence,
    Measure,
    Need,
    find_standard,
    load_standards,
    standard_files,
)

__all__ = [
    "COLUMNS",
    "LEVELS",
    "LEVEL_NAMES",
    "NEED_NAMES",
    "Clause",
    "Evidence",
    "Measure",
    "Need",
    "Selector",
    "any_of",
    "find_standard",
    "load_standards",
    "standard_files",
]
