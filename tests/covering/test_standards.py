"""Standards are tables anybody may add to; a malformed one is told line by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from circle.errors import SchemaError
from circle.standards import Selector, any_of, load_standards, standard_files

HEAD = "standard,level,facility_zh,facility_en,need,walk_m,osm_tags\n"


def test_every_table_of_the_project_can_be_used() -> None:
    clauses = load_standards()
    assert len(clauses) == sum(len(load_standards(name)) for name in standard_files())
    assert len({clause.id for clause in clauses}) == len(clauses)
    for clause in clauses:
        assert clause.source, clause.id
        if clause.is_judged:
            assert clause.limit_m > 0
            assert clause.selector.alternatives
            assert Selector.read(str(clause.selector)) == clause.selector


def test_what_rests_on_memory_is_not_called_verified() -> None:
    clauses = {clause.id: clause for clause in load_standards("gb50180-2018")}
    assert {clause.evidence for clause in clauses.values()} == {"page", "mixed", "memory"}
    for clause in clauses.values():
        assert clause.is_verified == (clause.evidence == "page")
    assert not any(clause.is_verified for clause in load_standards("tdt1062-2021"))


def test_known_clauses() -> None:
    by_name = {(c.facility_en, c.level): c for c in load_standards("gb50180-2018")}
    school = by_name["primary school", "10min"]
    assert (school.walk_m, school.radius_m, school.need) == (500, 500, "required")
    stop = by_name["bus stop", "15min"]
    # A walk and a radius are two things: judged by the walk, the radius beside it.
    assert (stop.walk_m, stop.radius_m, stop.limit_m) == (1000, 500, 1000)
    parks = load_standards("city-checkup-parks")
    assert [(p.least_size_m2, p.radius_m, p.measure) for p in parks] == [
        (5000, 500, "residential_land"),
        (2000, 300, "residential_land"),
    ]


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(HEAD + "自定,5min,药店,pharmacy,required,250,amenity=pharmacy\n", "utf-8-sig")
    (clause,) = load_standards(path)
    assert clause.limit_m == 250
    assert not clause.is_verified
    assert clause.selector.fits({"amenity": "pharmacy"})


def test_mistakes_are_told_by_line_and_column_all_at_once(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(
        HEAD
        + "A,5min,药店,pharmacy,must,250,amenity=pharmacy\n"
        + "A,5min,,x,required,-3,amenity\n"
        + "\n"
        + "A,5min,药店,pharmacy,required,,amenity=pharmacy,more\n"
    )
    with pytest.raises(SchemaError) as told:
        load_standards(path)
    for part in ("第 2 行“need”", "第 3 行“facility_zh”", "第 3 行“walk_m”", "第 3 行“osm_tags”",
                 "第 5 行“walk_m”", "第 5 行“note_en”"):  # fmt: skip
        assert part in told.value.zh, part
    assert "line 2, column “need”" in told.value.en
    path.write_text("standard,level,wrong\nA,5min,1\n")
    with pytest.raises(SchemaError) as told:
        load_standards(path)
    assert "“wrong”" in told.value.en
    assert "“osm_tags”" in told.value.en
    for text in (HEAD, ""):
        path.write_text(text)
        with pytest.raises(SchemaError):
            load_standards(path)
    path.write_bytes("自定".encode("gbk"))
    with pytest.raises(SchemaError, match="UTF-8"):
        load_standards(path)
    with pytest.raises(SchemaError, match="no standard"):
        load_standards(tmp_path / "none.csv")
    twice = HEAD.replace("standard,", "id,standard,")
    path.write_text(twice + 2 * "x,A,5min,药店,pharmacy,required,9,amenity=pharmacy\n")
    with pytest.raises(SchemaError, match="twice"):
        load_standards(path)


def test_asking_for_any_is_asking_each() -> None:
    selectors = [clause.selector for clause in load_standards() if clause.is_judged]
    fits = any_of(selectors)
    for tags in ({"amenity": "school"}, {"amenity": "school", "isced:level": "2"},
                 {"shop": "no"}, {"leisure": "park;garden"}, {"highway": "bus_stop"},
                 {"highway": "footway"}, {}, {"amenity": "restaurant"}):  # fmt: skip
        assert fits(tags) == any(one.fits(tags) for one in selectors), tags
