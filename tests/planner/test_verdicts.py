"""A figure is a verdict only where the data can bear one: the edge, and what nobody mapped."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest
from covering.town import clinics, demand
from sketch import sketch

from circle.coverage.gaps import find_gaps
from circle.coverage.judge import judge
from circle.coverage.mode import StandardMode, Subject
from circle.planner.findings import findings
from circle.planner.plan import Plan, gravest_gaps, lacking, numbered
from circle.planner.tables import clause_table, verdict
from circle.planner.workbook import render_workbook
from circle.standards import load_standards

# The data end at A and D: whoever finds nothing may find it beyond. 100 m a character.
STREETS = sketch(
    """
    N
    |
    A-------B-------D
                    |
                    S
    """,
    m_per_char=100,
    margin_m=0,
)
PEOPLE = {"A": 10.0, "B": 60.0, "D": 30.0}


@pytest.fixture(scope="module")
def plan() -> Plan:
    one = next(
        clause for clause in load_standards("gb50180-2018")
        if clause.need == "required" and clause.is_judged
    )  # fmt: skip
    required = [
        Subject(key, "clause", "15min", key, key, limit, places, clause=replace(one, id=key))
        for key, limit, places in (
            ("half-unknown", 900.0, "clinic"),
            ("less", 500.0, "clinic"),
            ("half", 800.0, "market"),
            ("unmapped", 300.0, "canteen"),
        )
    ]
    nobody = Subject("nobody@15min", "class", "15min", "无", "Nobody", 300.0, "canteen")
    off_the_rim_m = {"A": 6.0, "B": 0.0, "D": -6.0}
    spots = {key: STREETS.xy(key, east=east) for key, east in off_the_rim_m.items()}
    homes = demand(spots, PEOPLE, size_m=10.0)
    result = judge(
        STREETS.network, homes, [nobody, *required],
        {"clinic": clinics({"c": STREETS.xy("A")}), "market": clinics({"m": STREETS.xy("B")}),
         "canteen": clinics({})},
        StandardMode(),
    )  # fmt: skip
    return Plan("drawn", ("城", "town"), result, numbered(find_gaps(result), result),
                {"streets": STREETS.network.provenance}, clauses=(one,))  # fmt: skip


def test_less_than_half_is_said_only_where_the_unknown_could_not_make_it_half(plan: Plan) -> None:
    rows = plan.share_rows()
    told = {one.key: verdict(plan, one)[1] for one in plan.coverage.subjects[1:]}
    # A has the clinic; B is 800 m from both ends: covered at 900 m from A.
    assert (rows["half-unknown"].share_covered, rows["half-unknown"].share_unknown) == (0.7, 0.3)
    # At 500 m D, at the edge, is unknown: with it 40 of 100 would have one.
    assert (rows["less"].share_covered, rows["less"].share_unknown) == (0.1, 0.3)
    assert told == {
        "half-unknown": "half or more", "less": "less than half", "half": "half or more",
        "unmapped": "none on this map",
    }  # fmt: skip


def test_the_unknown_is_in_the_range(plan: Plan) -> None:
    row = plan.share_rows()["less"]
    assert (row.low, row.high) == pytest.approx((0.1, 0.4))
    ground = plan.share_rows("area")["less"]
    assert ground.high == pytest.approx(ground.share_covered + ground.share_unknown)
    assert ground.share_unknown > 0


def test_what_the_map_has_no_place_of_is_no_failure_and_is_told_apart(plan: Plan) -> None:
    said = " ".join(en for _, en in findings(plan))
    assert "Of 4 facilities the standards require, 1 reach less than half" in said
    assert "of 1 this map has none: no verdict" in said
    assert "None on this map" in said
    assert "Nobody, unmapped." in said
    assert "without one within" not in said
    assert lacking(plan).tolist() == [0, 0, 0]
    assert set(gravest_gaps(plan, 9)["subject"]) <= {"less", "half"}
    assert plan.gaps["subject"].iloc[-1] in ("unmapped", "nobody@15min")


def test_the_tables_give_no_share_of_what_nobody_mapped(plan: Plan) -> None:
    table = clause_table(plan)
    keys = [column.key for column in table.columns]
    row = next(one for one in table.rows if one[keys.index("name_en")] == "unmapped")
    got = dict(zip(keys, row, strict=True))
    assert got["verdict"] == "图上没有 / none on this map"
    assert [got[key] for key in ("covered", "share_covered", "share_unknown", "low", "high")] == [
        None
    ] * 5
    book = openpyxl.load_workbook(io.BytesIO(render_workbook(plan)))
    said = {cell.value for line in book["summary"].iter_rows() for cell in line}
    assert "图上没有 / none on this map" in said
