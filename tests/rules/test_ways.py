"""
Ways: who may walk on what, row by row in ``ways_*.txt``.

``ways_five_tools.txt`` says where this project stands where five other tools disagree.

Expectation: ``-`` nobody walks there; else the kind, then marks in small letters, then ``>`` or
``<`` where one may walk only along or only against the drawing.
"""

from __future__ import annotations

from types import MappingProxyType

import pytest
from rule_table import Row, cases, read_table

from circle.walking import FILTER_KEYS, HIGHWAY_VALUES, Flag, WayRule, classify_way

FILES = ("classes", "access", "roads", "parts", "wheels", "five_tools")
ROWS = [row for name in FILES for row in read_table(f"ways_{name}.txt")]


def written(rule: WayRule | None) -> tuple[str, frozenset[str], str]:
    """Return a rule in the words of the tables."""
    if rule is None:
        return "-", frozenset(), ""
    arrow = {(True, True): "", (True, False): ">", (False, True): "<"}[rule.forward, rule.backward]
    return rule.kind.name, frozenset(str(flag.name).lower() for flag in rule.flags), arrow


@pytest.mark.parametrize("row", cases(ROWS))
def test_way(row: Row) -> None:
    words = row.expected.split()
    arrow = words.pop() if words[-1] in "<>" else ""
    assert written(classify_way(row.tags)) == (words[0], frozenset(words[1:]), arrow), row.reason


def test_every_mark_is_used_by_a_row() -> None:
    seen = {flag for row in ROWS if (rule := classify_way(row.tags)) for flag in rule.flags}
    # These two no tag tells: one comes with the edits, one with the heights.
    assert seen == set(Flag) - {Flag.DRAWN, Flag.STEEP}


def test_every_class_has_a_row() -> None:
    seen = {row.tags.get("highway") for row in ROWS}
    assert set(HIGHWAY_VALUES) - seen <= {"emergency_bay"}


@pytest.mark.parametrize(
    ("tags", "is_area"),
    [
        ({"highway": "platform"}, True),
        ({"railway": "platform"}, True),
        ({"man_made": "pier"}, True),
        ({"place": "square"}, True),
        ({"highway": "pedestrian"}, False),
        ({"highway": "footway"}, False),
        ({"man_made": "pier", "area": "no"}, False),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else None,
)
def test_closed_line_is_an_area_only_where_its_tag_says_so(
    tags: dict[str, str], is_area: bool
) -> None:
    rule = classify_way(tags, is_closed=True)
    assert rule is not None
    assert bool(rule.flags & Flag.AREA) is is_area


def test_a_square_drawn_as_an_open_line_is_no_way() -> None:
    assert classify_way({"place": "square"}) is None


def test_ways_without_highway_pass_the_filter() -> None:
    """A reader that filters by `FILTER_KEYS` loses no walkable way."""
    for row in ROWS:
        if classify_way(row.tags) is not None and "highway" not in row.tags:
            assert set(row.tags) & set(FILTER_KEYS), row.id


def test_rules_are_shared_and_any_mapping_will_do() -> None:
    tags = {"highway": "footway", "bridge": "yes"}
    assert classify_way(tags) is classify_way(MappingProxyType(tags))
