"""What a planner's files say when they are read back is what was judged."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import zipfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas as gpd
import openpyxl
import pyogrio
import pyproj
import pytest
import shapely
from covering.town import clinics, demand, judged
from sketch import place, sketch

from circle.coverage.areas import area_shares, make_areas
from circle.coverage.gaps import find_gaps
from circle.coverage.mode import PersonMode, StandardMode
from circle.coverage.model import CoverageResult
from circle.coverage.score import composite
from circle.planner import palette
from circle.planner.layer_files import render_geojson, render_geopackage, render_shapefiles
from circle.planner.layers import is_in_china, plan_layers, projected, projected_crs
from circle.planner.method import facts
from circle.planner.optional_tables import optional_tables
from circle.planner.plan import Change, Plan, Sites, gravest_gaps, numbered
from circle.planner.tables import as_csv, csv_tables, neutral
from circle.planner.workbook import SHEETS, render_workbook
from circle.siting import plan_sites
from circle.study.files import write_together

STREETS = sketch(
    """
    A-B-C---D
    |
    |
    S
    """,
    m_per_char=100,
)
SPOTS = {name: STREETS.xy(name) for name in "ABCDS"}
PEOPLE = {"A": 10.0, "B": 20.0, "C": 30.0, "D": 40.0, "S": 50.0}
EVIL = '=HYPERLINK("http://x","<b>&\'诊所\')'


def plan_of(result: CoverageResult, **more: Any) -> Plan:
    return Plan(
        name="drawn",
        title=("画的城", "Drawn & <town>"),
        coverage=result,
        gaps=numbered(find_gaps(result), result),
        sources={"streets": result.network.provenance},
        **more,
    )


@pytest.fixture(scope="module")
def plan() -> Plan:
    """A clinic at A: 30, 60 and 100 of 150 people within 300, 500 and 1000 m … see PEOPLE."""
    homes = demand(SPOTS, PEOPLE, size_m=12.0)
    result = judged(STREETS, homes, clinics({EVIL: SPOTS["A"]}))
    x = SPOTS["C"][0]
    west = shapely.Polygon(
        [place(-500, -900), place(x - 50, -900), place(x - 50, 900), place(-500, 900)]
    )
    east = shapely.Polygon(
        [place(x - 50, -900), place(x + 900, -900), place(x + 900, 900), place(x - 50, 900)]
    )
    areas = make_areas(
        gpd.GeoDataFrame({"name": ["=西", "东区"]}, geometry=[west, east], crs="EPSG:4326"),
        result.network.bounds,
    )
    empty = gpd.GeoDataFrame(
        {"candidate_id": ["c", "d"], "name": ["空地", None], "how": "listed"},
        geometry=[shapely.Point(place(*SPOTS[one])) for one in "CD"], crs="EPSG:4326",
    )  # fmt: skip
    subject = result.subject("clinic@5min")
    chosen = plan_sites(
        result.network, homes, clinics({"A": SPOTS["A"]}), empty, result.mode, subject.limit,
        "most_people",
    )  # fmt: skip
    after = judged(STREETS, homes, clinics({EVIL: SPOTS["A"], "new": SPOTS["D"]}))
    return plan_of(
        result, areas=areas.table, area_shares=area_shares(result, areas),
        sites=Sites(subject, chosen, empty),
        change=Change(after, (("新增：D", "built: D"),)),
    )  # fmt: skip


def rows_of(sheet: Any, head: str) -> list[dict[str, Any]]:
    """Rows under the header row that holds `head`, by the English half of each header."""
    rows = list(sheet.iter_rows(values_only=True))
    at = next(
        k for k, row in enumerate(rows) if any(str(cell).endswith(f"\n{head}") for cell in row)
    )
    names = [str(cell).split("\n")[-1] for cell in rows[at]]
    return [
        dict(zip(names, row, strict=True))
        for row in rows[at + 1 :]
        if any(c is not None for c in row)
    ]


def shares_by(plan: Plan) -> Mapping[str, Any]:
    return plan.share_rows("people")


# ---- workbook


def test_workbook_says_the_figures(plan: Plan) -> None:
    book = openpyxl.load_workbook(io.BytesIO(render_workbook(plan)))
    assert book.sheetnames == [*SHEETS[:-1], "sites", "change", SHEETS[-1]]
    (clinic,) = rows_of(book["summary"], "class (English)")
    truth = shares_by(plan)
    for level, metres in zip(("5min", "10min", "15min"), (300, 500, 1000), strict=True):
        row = truth[f"clinic@{level}"]
        assert clinic[f"{metres} m within, along streets"] == pytest.approx(row.share_covered)
        assert clinic[f"{metres} m within, straight line"] == pytest.approx(row.share_crow_fly)
    assert clinic["places"] == 1
    # By arithmetic: A, B and S within 300 m.
    assert clinic["300 m within, along streets"] == pytest.approx(80 / 150)
    gaps = rows_of(book["gaps"], "lacking (English)")
    assert [row["no."] for row in gaps] == list(range(1, len(gaps) + 1))
    for level in ("5min", "10min", "15min"):
        lost = sum(row["people"] for row in gaps if row["subject"] == f"clinic@{level}")
        assert lost == pytest.approx(truth[f"clinic@{level}"].uncovered)
    areas = rows_of(book["sub-areas"], "area")
    assert sum(row["people"] for row in areas) == pytest.approx(150)
    (place_row,) = rows_of(book["facilities"], "counts as (English)")
    assert place_row["people it is nearest to"] == pytest.approx(150)


def test_workbook_says_what_is_proposed(plan: Plan) -> None:
    book = openpyxl.load_workbook(io.BytesIO(render_workbook(plan)))
    # D lives 800 m from A: a clinic there serves its 40 people, one at C only 30.
    (site,) = rows_of(book["sites"], "candidate")
    assert (site["candidate"], site["people gained"]) == ("d", 40)
    change = {row["subject"]: row for row in rows_of(book["change"], "subject")}
    # Within 1,000 m D had one before.
    assert [row["gained"] for row in change.values()] == [40, 40, 0]
    assert change["clinic@15min"]["subject"] == list(change)[-1]


def test_the_gravest_gaps_are_of_the_farthest_level_that_is_lacking(plan: Plan) -> None:
    # Within 1,000 m nobody lacks a clinic, within 500 m D does, within 300 m C and D.
    (gap,) = gravest_gaps(plan, 12).itertuples()
    assert (gap.no, gap.subject, gap.people) == (1, "clinic@10min", 40)
    assert len(plan.gaps) == 3


def test_what_gives_no_capacity_and_no_score_has_no_sheet_of_it(plan: Plan) -> None:
    alone = plan_of(plan.coverage)
    assert optional_tables(alone) == ()
    score = composite(plan.coverage, {"clinic": 2.0})
    (table,) = optional_tables(plan_of(plan.coverage, score=score))
    totals = [row[-1] for row in table.rows if row[1] == "综合得分"]
    truth = shares_by(plan)
    assert totals == pytest.approx(
        [truth[f"clinic@{level}"].share_covered for level in ("5min", "10min", "15min")]
    )


def test_workbook_is_made_for_people(plan: Plan) -> None:
    book = openpyxl.load_workbook(io.BytesIO(render_workbook(plan)))
    for sheet in book:
        assert sheet.freeze_panes
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows
    summary = book["summary"]
    shares = [cell for row in summary.iter_rows() for cell in row if cell.number_format == "0.0%"]
    assert shares
    assert all(0 <= cell.value <= 1 for cell in shares if cell.value is not None)
    assert len(summary._charts) == 1
    assert len(summary.conditional_formatting) > 0
    said = " ".join(str(cell.value) for row in book["method"].iter_rows() for cell in row)
    for word in ("circle 0.", "people_per_dwelling", "每户人数", str(plan.data_date or "未知")):
        assert word in said or word == "people_per_dwelling"


def test_no_cell_is_a_formula(plan: Plan) -> None:
    data = render_workbook(plan)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) == 8
        for name in sheets:
            assert b"<f>" not in archive.read(name)
    book = openpyxl.load_workbook(io.BytesIO(data))
    (row,) = rows_of(book["facilities"], "counts as (English)")
    assert row["name"] == f"'{EVIL}"
    assert rows_of(book["sub-areas"], "area")[0]["area"] == "'=西"


def test_names_of_errors_stay_names() -> None:
    homes = demand(SPOTS, PEOPLE)
    plan = plan_of(judged(STREETS, homes, clinics({"#N/A": SPOTS["A"]})))
    book = openpyxl.load_workbook(io.BytesIO(render_workbook(plan)))
    (row,) = rows_of(book["facilities"], "counts as (English)")
    assert row["name"] == "#N/A"
    cells = [cell for line in book["facilities"].iter_rows() for cell in line]
    assert not [cell for cell in cells if cell.data_type in ("e", "f")]
    assert neutral("\x07＝1") == "'＝1"


# ---- CSV


def test_csv_is_the_tables(plan: Plan) -> None:
    written = {table.key: as_csv(table) for table in csv_tables(plan)}
    assert set(written) == {"shares", "distances", "areas", "gaps"}
    assert all(data.startswith(b"\xef\xbb\xbf") for data in written.values())
    shares = list(csv.DictReader(io.StringIO(written["shares"].decode("utf-8-sig"))))
    truth = plan.coverage.shares
    assert len(shares) == len(truth)
    for row, (_, real) in zip(shares, truth.iterrows(), strict=True):
        assert row["subject"] == real.subject
        assert float(row["covered"]) == pytest.approx(real.covered)
        if row["share_covered"]:
            assert float(row["share_covered"]) == pytest.approx(real.share_covered, abs=1e-6)
    areas = list(csv.DictReader(io.StringIO(written["areas"].decode("utf-8-sig"))))
    assert {row["area_name"] for row in areas} >= {"'=西", "东区"}


# ---- layers


def test_geopackage_is_read_back(plan: Plan, tmp_path: Path) -> None:
    layers = plan_layers(plan)
    path = tmp_path / "a.gpkg"
    path.write_bytes(render_geopackage(plan, layers))
    names = [name for name, _ in pyogrio.list_layers(path)]
    assert names == ["homes", "gaps", "places", "areas", "sites", "layer_styles"]
    homes = gpd.read_file(path, layer="homes")
    assert homes.crs.to_epsg() == 4326
    assert homes.is_valid.all()
    truth = shares_by(plan)["clinic@5min"]
    covered = homes.people[homes.state_clinic_5min == "covered"].sum()
    assert covered == pytest.approx(truth.covered)
    assert (homes.lacking_300 == (homes.state_clinic_5min == "uncovered")).all()
    gaps = gpd.read_file(path, layer="gaps")
    assert gaps.people.tolist() == pytest.approx(plan.gaps.people.tolist())
    assert shapely.union_all(gaps.geometry).difference(
        shapely.union_all(plan.gaps.geometry)
    ).area == pytest.approx(0, abs=1e-12)
    assert gpd.read_file(path, layer="places").name.tolist() == [EVIL]


def test_styles_are_what_qgis_opens(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    path.write_bytes(render_geopackage(plan, plan_layers(plan)))
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute(
            "SELECT f_table_name, f_geometry_column, styleName, styleQML, styleSLD, useAsDefault "
            "FROM layer_styles"
        ).fetchall()
        columns = {
            table: {one[1] for one in database.execute(f'PRAGMA table_info("{table}")')}
            for table in {row[0] for row in rows}
        }
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    defaults = [row[0] for row in rows if row[5]]
    assert sorted(defaults) == ["areas", "gaps", "homes", "places", "sites"]
    seen: set[str] = set()
    for table, geometry, _, qml, sld, _ in rows:
        assert geometry in columns[table]
        root = ElementTree.fromstring(qml.split("\n", 1)[1])
        rules = root.findall("./renderer-v2/rules/rule")
        symbols = {one.get("name") for one in root.findall("./renderer-v2/symbols/symbol")}
        assert rules
        assert {rule.get("symbol") for rule in rules} == symbols
        for rule in rules:
            for part in (rule.get("filter") or "").split(" AND "):
                if part:
                    assert part.split('"')[1] in columns[table]
        seen |= {one.get("value", "") for one in root.findall(".//Option[@name='color']")}
        ElementTree.fromstring(sld)
    for colour in (palette.STATE_COLOURS["uncovered"], palette.STATE_COLOURS["covered"]):
        red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
        assert f"{red},{green},{blue},255" in seen


def test_rules_leave_nobody_out() -> None:
    """Every number of lacking classes, and every share, falls under exactly one rule."""
    from circle.planner.styles import Rule, lack_style, share_style

    def holds(rule: Rule, value: float) -> bool:
        return all(
            value >= float(limit) if sign == ">=" else value < float(limit)
            for _, sign, limit in rule.tests
        )

    for count in range(20):
        chosen = [rule for rule in lack_style("x", "n", "fill").rules if holds(rule, count)]
        assert [rule.colour for rule in chosen] == [palette.lack_colour(count)]
    for share in [k / 100 for k in range(101)]:
        chosen = [rule for rule in share_style("x", "s").rules if holds(rule, share)]
        assert [rule.colour for rule in chosen] == [palette.share_colour(share)]


def test_shapefiles_have_metres_and_a_key(plan: Plan, tmp_path: Path) -> None:
    data = render_shapefiles(plan, plan_layers(plan))
    (tmp_path / "s.zip").write_bytes(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        keys = list(csv.DictReader(io.StringIO(archive.read("fields.csv").decode("utf-8-sig"))))
        prj = archive.read("homes.prj").decode()
        assert archive.read("homes.cpg") == b"UTF-8"
    for layer in ("homes", "gaps", "places", "areas", "sites"):
        assert {f"{layer}.{end}" for end in ("shp", "shx", "dbf", "prj", "cpg")} <= names
    # The drawn towns stand in Lanzhou: zone 35 of three degrees.
    assert is_in_china(plan)
    assert pyproj.CRS.from_wkt(prj).is_projected
    assert "CGCS2000" in prj
    assert 'PARAMETER["Central_Meridian",105.0]' in prj
    homes = gpd.read_file(f"zip://{tmp_path / 's.zip'}!homes.shp")
    assert projected_crs(plan).to_epsg() == 4544 == homes.crs.to_epsg()
    assert homes.area.tolist() == pytest.approx([144.0] * 5, rel=1e-3)
    fields = [row["field"] for row in keys if row["layer"] == "homes"]
    assert set(fields) == set(homes.columns) - {"geometry"}
    assert all(len(field) <= 10 for field in fields)
    by_name = {row["name"]: row["field"] for row in keys if row["layer"] == "homes"}
    assert homes[by_name["people"]].sum() == pytest.approx(150)
    covered = homes[by_name["state_clinic_15min"]] == "covered"
    assert homes[by_name["people"]][covered].sum() == pytest.approx(
        shares_by(plan)["clinic@15min"].covered
    )
    areas = gpd.read_file(f"zip://{tmp_path / 's.zip'}!areas.shp")
    assert "东区" in set(areas.area_name)


def test_projected_geopackage(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "p.gpkg"
    path.write_bytes(render_geopackage(plan, projected(plan_layers(plan), projected_crs(plan))))
    homes = gpd.read_file(path, layer="homes")
    assert homes.crs.to_epsg() == 4544
    assert homes.area.sum() == pytest.approx(5 * 144.0, rel=1e-3)


def test_geojson_is_read_back(plan: Plan) -> None:
    for layer in plan_layers(plan):
        document = json.loads(render_geojson(layer, plan))
        assert len(document["features"]) == len(layer.table)
        assert document["attribution"] == plan.coverage.network.provenance.attribution
    homes = json.loads(render_geojson(plan_layers(plan)[0], plan))["features"]
    assert sum(one["properties"]["people"] for one in homes) == pytest.approx(150)


def test_same_bytes_twice(plan: Plan) -> None:
    layers = plan_layers(plan)
    for make in (render_geopackage, render_shapefiles):
        assert make(plan, layers) == make(plan, plan_layers(plan))
    assert render_workbook(plan) == render_workbook(plan)


# ---- towns nobody thought of


def nobody() -> CoverageResult:
    return judged(STREETS, demand(SPOTS, dict.fromkeys(SPOTS, 0.0)), clinics({"a": SPOTS["A"]}))


def no_places() -> CoverageResult:
    return judged(STREETS, demand(SPOTS, PEOPLE), clinics({}))


def all_covered() -> CoverageResult:
    mode = StandardMode((5000.0,), ("far",))
    return judged(STREETS, demand(SPOTS, PEOPLE), clinics({"a": SPOTS["A"]}), mode)


def no_homes() -> CoverageResult:
    return judged(STREETS, demand({}), clinics({"a": SPOTS["A"]}))


def by_minutes() -> CoverageResult:
    return judged(STREETS, demand(SPOTS, PEOPLE), clinics({"a": SPOTS["A"]}), PersonMode())


def mixed() -> CoverageResult:
    """Some homes are points, some are buildings."""
    homes = demand(SPOTS, PEOPLE, size_m=10.0)
    table = homes.homes.copy()
    table.loc[0, "geometry"] = table.geometry[0].centroid
    return judged(STREETS, replace(homes, homes=table), clinics({"a": SPOTS["A"]}))


@pytest.mark.parametrize("make", [nobody, no_places, all_covered, no_homes, by_minutes, mixed])
def test_odd_towns_are_written(make: Any, tmp_path: Path) -> None:
    plan = plan_of(make())
    book = openpyxl.load_workbook(io.BytesIO(render_workbook(plan)))
    assert tuple(book.sheetnames) == SHEETS
    for table in csv_tables(plan):
        assert (
            len(list(csv.reader(io.StringIO(as_csv(table).decode("utf-8-sig")))))
            == len(table.rows) + 1
        )
    layers = plan_layers(plan)
    path = tmp_path / "a.gpkg"
    path.write_bytes(render_geopackage(plan, layers))
    written = {name for name, _ in pyogrio.list_layers(path)}
    assert {"homes", "gaps", "places"} <= written
    n_homes = sum(len(gpd.read_file(path, layer=one)) for one in written if one.startswith("homes"))
    assert n_homes == len(plan.coverage.demand)
    assert zipfile.is_zipfile(io.BytesIO(render_shapefiles(plan, layers)))
    if make is all_covered:
        assert not len(plan.gaps)
    if make is mixed:
        assert "homes_points" in written


def test_files_are_written_together_or_not_at_all(plan: Plan, tmp_path: Path) -> None:
    folder = tmp_path / "maps"
    write_together({folder / "coverage.xlsx": render_workbook(plan)})
    (folder / "coverage.gpkg").mkdir()
    before = (folder / "coverage.xlsx").read_bytes()
    with pytest.raises(Exception, match=r"coverage\.gpkg"):
        write_together({folder / "coverage.xlsx": b"new", folder / "coverage.gpkg": b"new"})
    assert (folder / "coverage.xlsx").read_bytes() == before


def test_the_method_tells_what_a_score_and_a_level_rest_on(plan: Plan) -> None:
    plain = {fact.name[1]: fact for fact in facts(plan)}
    assert "composite score" not in plain
    assert "800 to 1000 m" in plain["limits of the levels"].source[1]
    assert plain["walker"].value == ("成年人", "adult")
    weighed = plan_of(plan.coverage, score=composite(plan.coverage, {"clinic": 1.0}))
    assert "composite score" in {fact.name[1] for fact in facts(weighed)}
    minutes = {fact.name[1]: fact for fact in facts(plan_of(by_minutes()))}
    assert minutes["limits of the levels"].source == ("", "")
