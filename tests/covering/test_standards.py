"""Standards are tables anybody may add to; a malformed one is told line by line."""

from __future__ import annotations

import csv
import io
import re
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
    assert [(p.least_size_m2, p.radius_m, p.measure) for p in parks if p.is_judged] == [
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


# ---- nothing of the collected list is lost, nothing changed that is not told

COLLECTED_LEVELS = {
    "15min_neighbourhood": "15min", "15min_convenience": "15min", "15min_town": "15min",
    "10min_neighbourhood": "10min", "5min_neighbourhood": "5min", "5min_community": "5min",
    "5_10min_town": "5-10min", "complete_community": "5-10min",
}  # fmt: skip
COLLECTED_NAMES = {
    "居住区公园 5-10 hm2": "居住区公园 5-10 公顷",
    "居住区公园 1-5 hm2": "居住区公园 1-5 公顷",
    "游园 0.4-1.0 hm2": "游园 0.4-1.0 公顷",
    "游园 0.2-0.4 hm2": "游园 0.2-0.4 公顷",
    "公园绿地>=5000 m2": "公园绿地（不小于 5000 平方米）",
    "公园绿地2000-5000 m2": "公园绿地（2000–5000 平方米）",
}
# The row of the list, and what its table says in place of the cell, told in the row's note.
TOLD_OTHERWISE = {
    "022": {"floor_area_m2": "750-2500"},  # two spans as one
    "115": {"floor_area_m2": "600+"},
    "148": {"floor_area_m2": "800+"},  # the centre; each of the N is told in the note
    "147": {"max_walk_m": "500", "service_radius_m": "500"},  # 300 in the inner ring
}
NEEDS = {"must": "required", "as_needed": "as_needed", "suggested": "suggested",
         "indicator": "indicator", "definition": "definition", "rule": "definition",
         "city_target": "required"}  # fmt: skip


def span(cell: str) -> tuple[float | None, float | None]:
    """The least and the most a cell of the list says: 5, 5-7, 5+."""
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", cell)]
    if not numbers:
        return None, None
    if cell.strip().endswith("+"):
        return numbers[0], None
    return numbers[0], numbers[-1]


@pytest.fixture(scope="module")
def collected(extracts: Path) -> list[dict[str, str]]:
    path = extracts.parent / "standards.csv"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


def test_nothing_of_the_collected_list_is_lost_or_changed(collected: list[dict[str, str]]) -> None:
    clauses = {(c.standard, c.facility_zh, c.level): c for c in load_standards()}
    assert len(collected) == 185
    seen = set()
    for row in collected:
        name = COLLECTED_NAMES.get(row["facility_zh"], row["facility_zh"])
        level = COLLECTED_LEVELS.get(row["level"], row["level"])
        clause = clauses[row["standard"], name, level]
        seen.add(clause.id)
        told = row | TOLD_OTHERWISE.get(row["id"], {})
        where = (row["id"], clause.id)
        assert clause.clause == row["clause"].replace("附录A", "A"), where
        assert clause.need == NEEDS[row["required"].split("(")[0]], where
        assert clause.evidence == row["evidence_class"], where
        source = row["source"].replace("github ", "github.com/") or "from memory 凭记忆"
        assert clause.source.replace("github ", "github.com/") == source, where
        assert clause.siting == row["siting"], where
        assert (clause.people, clause.people_most) == span(told["population_served"]), where
        land, floor = span(told["land_area_m2"]), span(told["floor_area_m2"])
        least, most = clause.land_m2, clause.land_m2_most
        assert land in ((least, most), (least, least if most is None else most)), where
        least, most = clause.floor_m2, clause.floor_m2_most
        assert floor in ((least, most), (least, least if most is None else most)), where
        # Of 800 to 1,000 m the farther is judged, and the note says so.
        assert clause.radius_m == span(told["service_radius_m"])[1], where
        if told["max_walk_m"]:
            assert (clause.walk_m or clause.radius_m) == span(told["max_walk_m"])[1], where
        elif clause.walk_m is not None:
            assert clause.note_en, where
        if row["notes"] or row["id"] in TOLD_OTHERWISE:
            assert clause.note_zh, where
            assert clause.note_en, where
        for tag in row["osm_tags"].replace(" ", "").split(";"):
            wide = tag.split("+")[0]
            if clause.is_judged and wide and not wide.endswith("=*"):
                assert wide in str(clause.selector), where
    assert len(seen) == 185
