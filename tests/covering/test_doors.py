"""Every odd case of coverage by the public door: an answer that makes sense, or one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pypdfium2
import pytest
import shapely
from click.testing import CliRunner, Result
from drawn_study import at, write_study

from circle.cli import main
from circle.store import Register
from circle.store.model import Compound, CompoundGate, Place

# The clinic stands 600 m north of the crossing: 1,400, 1,100 and 200 m from the compounds.
HOMES = (("west", -800, 0, 100), ("east", 500, 0, 50), ("north", 0, 800, 30))


def study(folder: Path, homes: tuple[tuple[str, float, float, float], ...] = HOMES,
          **keys: str) -> Path:  # fmt: skip
    made = write_study(folder / "drawn", compounds='"homes.csv"', **keys)
    # Two lanes far off widen the data: the streets of the town end there, they are not cut.
    streets = json.loads((made / "streets.geojson").read_text("utf-8"))
    streets["features"] += [
        {
            "type": "Feature",
            "properties": {"highway": "residential", "evidence": "mapped"},
            "geometry": {"type": "LineString", "coordinates": [at(far, far), at(far * 0.99, far)]},
        }
        for far in (-3000, 3000)
    ]
    (made / "streets.geojson").write_text(json.dumps(streets), "utf-8")
    rows = ["id,name,lon,lat,people"]
    for name, east_m, north_m, people in homes:
        lon, lat = at(east_m, north_m)
        rows.append(f"{name},{name},{lon:.7f},{lat:.7f},{people:g}")
    (made / "homes.csv").write_text("\n".join(rows) + "\n", "utf-8")
    return made


def run(folder: Path, *more: str) -> Result:
    return CliRunner().invoke(main, ["coverage", str(folder), "--no-files", *more])


def answer(folder: Path, *more: str) -> dict[str, Any]:
    found = run(folder, "--json", *more)
    assert found.exit_code == 0, found.output
    data: dict[str, Any] = json.loads(found.stdout)
    return data


def row(data: dict[str, Any], subject: str, measure: str = "people") -> dict[str, Any]:
    (one,) = [
        each for each in data["shares"] if (each["subject"], each["measure"]) == (subject, measure)
    ]
    return dict(one)


def refused(found: Result, *said: str) -> None:
    """One sentence in each language says why."""
    assert found.exit_code == 1, found.output
    assert "Traceback" not in found.output
    for text in said:
        assert text in found.output


def test_the_drawn_town_by_the_command(tmp_path: Path) -> None:
    data = answer(study(tmp_path), "--class", "health")
    assert [row(data, f"health@{level}")["covered"] for level in ("5min", "10min", "15min")] == [
        30, 30, 30,
    ]  # fmt: skip
    (west, east) = [gap for gap in data["gaps"] if gap["subject"] == "health@15min"]
    assert (west["people"], west["excess"]) == (100, pytest.approx(400, abs=1))
    assert (east["people"], east["excess"]) == (50, pytest.approx(100, abs=1))


def test_a_class_the_map_has_no_place_of_gets_no_verdict(tmp_path: Path) -> None:
    data = answer(study(tmp_path), "--class", "money_post")
    for level in ("5min", "10min", "15min"):
        found = row(data, f"money_post@{level}")
        assert (found["n_places"], found["covered"], found["uncovered"]) == (0, 0, 180)
        assert (found["low"], found["high"]) == (0, 0)
    text = run(study(tmp_path / "again"), "--class", "money_post", "--lang", "en")
    assert text.exit_code == 0
    assert text.output.count("none on this map") == 3
    assert "%" not in text.output.split("Money and post")[1].split("\n")[0]
    assert "There is no gap in anything the map knows a place of." in text.output
    more = run(study(tmp_path / "areas"), "--class", "money_post", "--areas", "grid:2000",
               "--weights", "money_post=1", "--lang", "en")  # fmt: skip
    by_area = more.output.split("By area, within")[1].split("\n\n")[0]
    assert "none on this map" in by_area
    assert "0.0%" not in by_area
    assert "none on this map counts as not covered" in more.output


@pytest.mark.parametrize(
    ("center", "said"),
    [("[7.42, 43.73]", "outside the street data"), ("[103.8393, 36.0651]", "100 m")],
)
def test_a_centre_off_the_streets_is_refused_as_the_guide_refuses_it(
    tmp_path: Path, center: str, said: str
) -> None:
    refused(run(study(tmp_path, center=center), "--lang", "en"), "“center”", said)


def test_what_the_data_are_is_told_with_the_figures(tmp_path: Path) -> None:
    folder = study(tmp_path, notice_zh='"重建的样本"', notice_en='"A reconstructed sample"',
                   center_accuracy_m="300")  # fmt: skip
    streets = json.loads((folder / "streets.geojson").read_text("utf-8"))
    streets["features"][0]["properties"]["evidence"] = "inferred"
    (folder / "streets.geojson").write_text(json.dumps(streets), "utf-8")
    out = tmp_path / "out"
    done = CliRunner().invoke(
        main, ["coverage", str(folder), "--class", "health", "--lang", "en", "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    # 1,600 m of 2,400 m and of two lanes of 30 m.
    told = ("A reconstructed sample", "About 65% of the street length is inferred", "300 m off")
    page = json.loads(
        (out / "planner.html").read_text("utf-8")
        .split('<script type="application/json"')[1].split(">", 1)[1].split("</script>")[0]
    )  # fmt: skip
    pdf = pypdfium2.PdfDocument(out / "coverage-report-en.pdf")
    first = " ".join(pdf[0].get_textpage().get_text_range().split())
    book = openpyxl.load_workbook(out / "coverage.xlsx")
    method = " ".join(str(cell.value) for line in book["method"].iter_rows() for cell in line)
    for text in told:
        assert text in done.output
        assert text in " ".join(notice["en"] for notice in page["notices"])
        assert text in first
        assert text in method
    assert page["title"] == {"zh": "试画指南", "en": "Drawn guide"}


def test_a_home_is_not_said_to_lack_what_the_map_has_no_place_of(tmp_path: Path) -> None:
    at_west = "{:.7f},{:.7f}".format(*at(-800, 0))
    told = run(study(tmp_path), "--class", "health", "--class", "money_post", "--at", at_west,
               "--lang", "en").output  # fmt: skip
    lacks, unmapped = told.split("Lacks")[1].split("None on this map, no verdict")
    assert "Health" in lacks
    assert "Money and post" not in lacks
    assert unmapped.count("Money and post") == 3


def test_everybody_is_covered(tmp_path: Path) -> None:
    near = study(tmp_path, (("a", 0, 600, 5), ("b", 0, 700, 7)))
    data = answer(near, "--class", "health")
    assert row(data, "health@5min")["share_covered"] == 1
    assert data["gaps"] == []
    assert "Nobody lacks" in run(near, "--class", "health", "--lang", "en").output


def test_a_town_where_nobody_lives(tmp_path: Path) -> None:
    data = answer(study(tmp_path, tuple((*home[:3], 0) for home in HOMES)), "--class", "health")
    assert {each["measure"] for each in data["shares"]} == {"area"}
    assert all(each["total"] > 0 for each in data["shares"])


def test_homes_beyond_the_streets_are_not_covered_and_told(tmp_path: Path) -> None:
    off = study(tmp_path, (*HOMES, ("field", 400, 400, 20)))
    data = answer(off, "--class", "health")
    assert row(data, "health@15min")["total"] == 200
    assert row(data, "health@15min")["uncovered"] == 170
    assert any("20 people" in note["en"] and "no street" in note["en"] for note in data["notes"])


def test_homes_outside_the_data_count_in_no_share(tmp_path: Path) -> None:
    data = answer(study(tmp_path, (*HOMES, ("far", 5000, 0, 1000))), "--class", "health")
    assert row(data, "health@15min")["total"] == 180
    assert any("1000 people" in note["en"] for note in data["notes"])


def test_everybody_outside_the_data(tmp_path: Path) -> None:
    data = answer(study(tmp_path, (("far", 5000, 0, 1000),)), "--class", "health")
    assert {each["measure"] for each in data["shares"]} == {"area"}
    assert any("outside the map data" in note["en"] for note in data["notes"])


def test_sub_areas_crossed_outside_and_none(tmp_path: Path) -> None:
    folder = study(tmp_path)
    bow = shapely.Polygon([at(-900, -50), at(900, 50), at(900, -50), at(-900, 50)])
    far = shapely.box(10, 10, 11, 11)
    path = folder / "areas.geojson"
    gpd.GeoDataFrame({"name": ["bow", "far"]}, geometry=[bow, far], crs=4326).to_file(path)
    data = answer(folder, "--class", "health", "--areas", str(path))
    total = {
        each["area_name"]: each["total"]
        for each in data["areas"]
        if (each["subject"], each["measure"]) == ("health@5min", "people")
    }
    # The bow tie holds both ends of the street and neither the middle nor the north.
    assert total == {"bow": 150, "far": 0, "-": 30}
    told = " ".join(note["en"] for note in data["notes"])
    assert "bow" in told
    assert "outside the map data" in told
    gpd.GeoDataFrame({"name": ["dot"]}, geometry=[shapely.Point(0, 0)], crs=4326).to_file(path)
    refused(run(folder, "--areas", str(path), "--lang", "zh"), "分区必须是面")
    refused(run(folder, "--areas", str(path), "--lang", "en"), "sub-areas must be areas")


def test_compounds_without_a_datum_are_refused(tmp_path: Path) -> None:
    folder = study(tmp_path, places_datum="", places="", register='"register.db"')
    _register(folder, gate=at(-280, 0))
    refused(run(folder, "--lang", "zh"), "没有说明坐标系")
    refused(run(folder, "--lang", "en"), "no datum is declared")


def test_a_clause_called_like_a_class_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "own.csv"
    table.write_text(
        "id,standard,level,facility_zh,facility_en,need,walk_m,osm_tags\n"
        "health,自定,5min,诊所,clinic,required,250,class=health\n",
        "utf-8",
    )
    folder = study(tmp_path)
    refused(run(folder, "--standard", str(table), "--lang", "en"), "health, which is a class")
    refused(run(folder, "--standard", str(table), "--lang", "zh"), "health 与类别同名")


def _register(folder: Path, gate: tuple[float, float]) -> None:
    yard = shapely.box(*at(-820, -30), *at(-280, 30))
    clinic = at(0, 600)
    with Register.open(str(folder / "register.db")) as register, register.writing("Li") as writer:
        writer.add(
            Place(
                "clinic", "诊所", "health", lon=clinic.lon, lat=clinic.lat,
                match_method="coordinates", match_level="entrance", match_confidence=1.0,
                is_published=True,
            )
        )  # fmt: skip
        writer.add(Compound("c1", "西院", yard.wkt, (CompoundGate(*gate, "residents"),)))


def test_compounds_start_at_the_gates_of_the_register(tmp_path: Path) -> None:
    folder = study(tmp_path, places="", register='"register.db"')
    _register(folder, gate=at(-280, 0))
    data = answer(folder, "--class", "health")
    # The west compound has its gate 280 + 600 m from the clinic; its middle is 800 + 600 m away.
    assert row(data, "health@15min")["covered"] == 130
    assert row(data, "health@10min")["covered"] == 30
    assert any("1 homes start at the gates of 1 compounds" in each["en"] for each in data["notes"])
    plain = answer(study(tmp_path / "plain"), "--class", "health")
    assert row(plain, "health@15min")["covered"] == 30
