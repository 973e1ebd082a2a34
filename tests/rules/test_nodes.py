"""
Points: what stands in the way.

Expectation: ``-`` nothing; else words among blocks, private, no_wheels, no_wheelchair, guessed,
elevator.
"""

from __future__ import annotations

from dataclasses import fields

import pytest
from rule_table import Row, cases, read_table

from circle.walking import NODE_FILTER_KEYS, Flag, NodeRule, classify_node

ROWS = read_table("nodes.txt")


@pytest.mark.parametrize("row", cases(ROWS))
def test_node(row: Row) -> None:
    rule = classify_node(row.tags)
    words = {field.name for field in fields(NodeRule) if rule and getattr(rule, field.name)}
    assert (words or {"-"}) == set(row.expected.split()), row.reason


def test_filter_keys_lose_no_rule() -> None:
    for row in ROWS:
        if row.expected != "-":
            assert set(row.tags) & set(NODE_FILTER_KEYS), row.id


def test_marks_of_a_node_are_marks_of_an_edge() -> None:
    rule = NodeRule(private=True, no_wheelchair=True, elevator=True)
    assert rule.flags == Flag.PRIVATE | Flag.NO_WHEELCHAIR | Flag.ELEVATOR
    assert NodeRule(no_wheels=True, guessed=True).flags == Flag.NO_WHEELS | Flag.GUESSED
