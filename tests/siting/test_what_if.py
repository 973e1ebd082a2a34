"""Coverage before and after a change, every figure from the drawing; the commands that tell it."""

import json
import re
from pathlib import Path

import openpyxl
import pyogrio
import pytest
import shapely
from click.testing import CliRunner
from drawn_study import at, write_study

from circle.cli import main
from circle.coverage.change import home_changes
from circle.edits import Link, write_edits
from circle.errors import InputError
from circle.geometry import LonLat
from circle.study.config import read_study
from circle.study.coverage import CoverageOptions, run_coverage
from circle.study.what_if import Changes, NewPlace, run_what_if

# The clinic stands 600 m north of the centre: 1,400, 1,100 and 200 m from the compounds.
COMPOUNDS = (("west", -800, 0, 100), ("east", 500, 0, 50), ("north", 0, 800, 30))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the study with data far around it: whoever finds nothing has nothing."""
    folder = write_compounds(tmp_path_factory.mktemp("what-if") / "drawn")
    file = folder / "streets.geojson"
    streets = json.loads(file.read_text("utf-8"))
    first = streets["features"][0]
    for corner in (-3_000, 3_000):
        line = [at(corner, corner), at(corner * 0.99, corner)]
        geometry = {"type": "LineString", "coordinates": line}
        streets["features"].append({**first, "geometry": geometry})
    file.write_text(json.dumps(streets), "utf-8")
    return folder


@pytest.fixture(scope="module")
def cut_folder(tmp_path_factory):
    """Return the study as it is drawn: every street goes on beyond the data."""
    return write_compounds(tmp_path_factory.mktemp("what-if-cut") / "drawn")


def write_compounds(folder):
    write_study(folder, compounds='"homes.csv"')
    rows = ["id,name,lon,lat,people"]
    for name, east_m, north_m, people in COMPOUNDS:
        lon, lat = at(east_m, north_m)
        rows.append(f"{name},{name},{lon:.7f},{lat:.7f},{people}")
    (folder / "homes.csv").write_text("\n".join(rows) + "\n", "utf-8")
    return folder


def people(found, key):
    row = found.table[(found.table["subject"] == key) & (found.table["measure"] == "people")]
    (one,) = row.to_dict("records")
    assert one["covered_after"] - one["covered_before"] == one["gained"] + one["settled"]
    return one["covered_before"], one["covered_after"], one["gained"]


def who_gains(found, key):
    words = home_changes(found.before.coverage, found.after.coverage, key)
    return [{"gained": 1, "lost": -1}.get(word, 0) for word in words]


def try_it(folder, **changes):
    return run_what_if(read_study(folder), Changes(**changes))


def test_a_place_more_serves_those_near_it_and_nobody_else(folder):
    found = try_it(folder, built=(NewPlace("诊所", at(600, 0), "新诊所"),))
    assert people(found, "health@5min") == (30, 80, 50)
    assert people(found, "health@15min") == (30, 80, 50)
    assert who_gains(found, "health@5min") == [0, 1, 0]
    others = found.table[~found.table["subject"].str.startswith("health@")]
    assert (others["gained"].fillna(0) == 0).all()
    assert found.changed[0][0].startswith("新增：新诊所")


def test_who_is_unknown_for_the_edge_of_the_data_neither_gains_nor_loses(cut_folder):
    found = try_it(cut_folder, built=(NewPlace("诊所", at(600, 0), "新诊所"),))
    row = found.table[(found.table.subject == "health@5min") & (found.table.measure == "people")]
    (one,) = row.to_dict("records")
    # East and west the data end within 300 m of the homes: beyond may be a clinic.
    assert (one["covered_before"], one["unknown_before"]) == (30, 150)
    assert (one["covered_after"], one["unknown_after"]) == (80, 100)
    assert (one["gained"], one["settled"]) == (0, 50)
    words = home_changes(found.before.coverage, found.after.coverage, "health@5min")
    assert words.tolist() == ["unknown", "settled", "covered"]
    # Where the only clinic goes, nobody can say whether it is missed.
    closed = try_it(cut_folder, closed=("north",))
    assert people(closed, "health@5min") == (30, 0, 0)
    assert who_gains(closed, "health@5min") == [0, 0, 0]


def test_the_edge_of_the_data_is_told_by_the_commands(cut_folder):
    shown = run("what-if", cut_folder, "--add", f"health@{spot(600, 0)}", "--class", "health")
    assert "+0" not in shown.stdout
    assert "+50" in shown.stdout
    assert "edge of the data" in shown.stdout
    chosen = run("site", cut_folder, "--class", "health", "--level", "5min")
    assert "0 chosen" in chosen.stdout
    assert "150 (83.3%) nobody can say" in chosen.stdout
    assert "edge of the data" in chosen.stdout
    assert "gains none of the people known to be without" in chosen.stdout


def test_a_site_and_the_same_place_as_a_what_if_agree(folder, cut_folder):
    for one in (folder, cut_folder):
        site = told("site", one, "--class", "health", "--level", "10min", "--goal", "walking")
        (x, y) = site["sites"]["features"][0]["geometry"]["coordinates"]
        change = told("what-if", one, "--add", f"health@{x},{y}", "--class", "health")
        (row,) = [
            row
            for row in change["table"]
            if (row["subject"], row["measure"]) == ("health@10min", "people")
        ]
        for mine, theirs in (
            ("served_before", "covered_before"),
            ("unknown_before", "unknown_before"),
            ("served_after", "covered_after"),
            ("unknown_after", "unknown_after"),
            ("gained", "gained"),
            ("settled", "settled"),
        ):
            assert site[mine] == row[theirs], mine


def test_a_place_that_closes_is_missed(folder):
    found = try_it(folder, closed=("north",))
    assert people(found, "health@5min") == (30, 0, -30)
    assert who_gains(found, "health@5min") == [0, 0, -1]


def test_a_place_that_moves_is_missed_there_and_found_here(folder):
    found = try_it(folder, moved=(("north", at(-700, 0)),))
    assert people(found, "health@5min") == (30, 100, 70)
    assert who_gains(found, "health@5min") == [1, 0, -1]


def test_a_footbridge_shortens_the_walk(folder):
    bridge = Link(shapely.LineString([at(500, 0), at(0, 600)]), "footway")
    found = try_it(folder, edits=(bridge,))
    # 781 m by the bridge instead of 1,100 m round: within 1,000 m now, not within 500.
    assert people(found, "health@15min") == (30, 80, 50)
    assert people(found, "health@10min") == (30, 30, 0)


def test_the_study_itself_stays_as_it_is(folder):
    found = try_it(folder, closed=("north",), built=(NewPlace("health", at(600, 0)),))
    again = try_it(folder, built=(NewPlace("health", at(600, 0)),))
    assert people(found, "health@5min") == (30, 50, 20)
    assert people(again, "health@5min") == (30, 80, 50)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Nothing is changed"),
        ({"closed": ("nobody",)}, "no facility with the id “nobody”"),
        ({"moved": (("nobody", at(0, 0)),)}, "no facility with the id “nobody”"),
        ({"built": (NewPlace("health", LonLat(0, 0)),)}, "outside the street data"),
        ({"built": (NewPlace("health", at(500, 600)),)}, "no street within 100 m"),
        ({"moved": (("north", at(500, 600)),)}, "no street within 100 m"),
        ({"built": (NewPlace("spaceport", at(0, 0)),)}, "no class and no clause “spaceport”"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(folder, changes, said):
    with pytest.raises(InputError, match=said):
        try_it(folder, **changes)


def run(*arguments, files="--no-files"):
    return CliRunner().invoke(main, ["--lang", "en", *map(str, arguments), files])


def told(*arguments, **more):
    done = run(*arguments, "--json", "--no-progress", **more)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def spot(east_m, north_m):
    return "{:.7f},{:.7f}".format(*at(east_m, north_m))


def test_the_command_tells_before_and_after(folder, tmp_path):
    answer = told("what-if", folder, "--add", f"health@{spot(600, 0)}=New", "--close", "north")
    rows = {row["subject"]: row for row in answer["table"] if row["measure"] == "people"}
    assert rows["health@5min"]["covered_before"] == 30
    assert rows["health@5min"]["covered_after"] == 50
    drawn = tmp_path / "edits.geojson"
    bridge = Link(shapely.LineString([at(500, 0), at(0, 600)]), "footway")
    drawn.write_text(write_edits([bridge]), "utf-8")
    answer = told("what-if", folder, "--edits", drawn, "--class", "health")
    gained = {row["subject"]: row["gained"] for row in answer["table"]
              if row["measure"] == "people"}  # fmt: skip
    assert gained == {"health@5min": 0, "health@10min": 0, "health@15min": 50}
    shown = run("what-if", folder, "--move", f"north@{spot(-700, 0)}")
    assert shown.exit_code == 0
    assert "+70" in shown.stdout
    shown = run("what-if", folder, "--close", "beside", "--class", "health")
    assert "nobody gains or loses" in shown.stdout


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["--add", "health"], "class@lon,lat"),
        (["--add", "health@here"], "is not a position"),
        (["--move", "north"], "id@lon,lat"),
        ([], "Nothing is changed"),
    ],
)
def test_what_is_typed_wrong_is_told_in_one_sentence(folder, typed, said):
    done = run("what-if", folder, *typed)
    assert done.exit_code == 1
    assert said in done.stderr
    assert "Traceback" not in done.output


def test_the_command_chooses_sites(folder, tmp_path):
    listed = tmp_path / "where.csv"
    rows = ["name,lon,lat", f"a,{spot(-700, 0)}", f"b,{spot(600, 0)}", f"c,{spot(0, 700)}"]
    listed.write_text("\n".join(rows) + "\n", "utf-8")
    answer = told("site", folder, "--class", "health", "--candidates", listed,
                  "--level", "5min")  # fmt: skip
    (chosen,) = answer["sites"]["features"]
    assert chosen["properties"]["name"] == "a"
    assert chosen["properties"]["gained"] == 100
    assert (answer["served_before"], answer["served_after"], answer["total"]) == (30, 130, 180)
    assert answer["is_proven"]
    both = told("site", folder, "--class", "诊所", "--candidates", listed, "--level", "5min",
                "--goal", "all")  # fmt: skip
    assert [one["properties"]["name"] for one in both["sites"]["features"]] == ["a", "b"]
    shown = run("site", folder, "--class", "health", "--candidates", listed, "--new", "2")
    assert "Proven" in shown.stdout
    assert "180" in shown.stdout


def page_data(path):
    """Return what a planner's map was made from, and a sheet of the workbook beside it."""
    (found,) = re.findall(r'<script type="application/json" id="[^"]*">(.*?)</script>',
                          path.read_text("utf-8"), re.DOTALL)  # fmt: skip
    return json.loads(found)


def sheet(path, name):
    head, *rows = list(openpyxl.load_workbook(path)[name].iter_rows(min_row=4, values_only=True))
    names = [str(cell).split("\n")[-1] for cell in head]
    return [dict(zip(names, row, strict=True)) for row in rows]


def test_chosen_sites_are_on_the_map_and_in_the_tables(folder, tmp_path):
    listed = tmp_path / "where.csv"
    listed.write_text(f"name,lon,lat\na,{spot(-700, 0)}\nb,{spot(600, 0)}\n", "utf-8")
    out = tmp_path / "site"
    answer = told("site", folder, "--class", "health", "--candidates", listed, "--level", "5min",
                  files=f"--out={out}")  # fmt: skip
    assert {Path(file).parent for file in answer["files"]} == {out}
    (plan,) = page_data(out / "planner.html")["sites"]
    assert [site["name"]["zh"] for site in plan["sites"]] == ["a"]
    assert (plan["before"], plan["after"], len(plan["candidates"])) == (30, 130, 2)
    (row,) = sheet(out / "coverage.xlsx", "sites")
    assert (row["site (Chinese)"], row["people gained"]) == ("a", 100)
    (layer,) = pyogrio.read_dataframe(out / "coverage.gpkg", layer="sites").to_dict("records")
    assert layer["gained"] == 100


def test_a_change_is_on_the_map_and_in_the_tables(folder, tmp_path):
    out = tmp_path / "what-if"
    told("what-if", folder, "--add", f"health@{spot(600, 0)}=New", "--close", "north",
         files=f"--out={out}")  # fmt: skip
    change = page_data(out / "planner.html")["change"]
    assert change["built"]["health@5min"] == [[round(v, 6) for v in at(600, 0)]]
    assert change["gone"]["health@5min"] == [[round(v, 6) for v in at(0, 600)]]
    rows = {row["subject"]: row for row in sheet(out / "coverage.xlsx", "change")}
    # 30 people lose the one that closes, 50 gain the new one.
    assert rows["health@5min"]["gained"] == 20
    assert change["drawn"] == []
    homes = pyogrio.read_dataframe(out / "coverage.gpkg", layer="homes").set_index("demand_id")
    assert homes["change_health_5min"].to_dict() == {
        "west": "uncovered", "east": "gained", "north": "lost",
    }  # fmt: skip


def test_a_footbridge_is_drawn_on_the_map_of_what_it_changes(folder, tmp_path):
    drawn, out = tmp_path / "edits.geojson", tmp_path / "bridge"
    bridge = Link(shapely.LineString([at(500, 0), at(0, 600)]), "footway")
    drawn.write_text(write_edits([bridge]), "utf-8")
    told("what-if", folder, "--edits", drawn, "--class", "health", files=f"--out={out}")
    change = page_data(out / "planner.html")["change"]
    assert change["most"] == "health@15min"
    (line,) = change["drawn"]
    assert line["kind"] == "link"
    assert line["line"] == [[round(v, 6) for v in at(500, 0)], [round(v, 6) for v in at(0, 600)]]


def test_sites_and_coverage_count_the_same_cells(tmp_path):
    cells = write_study(tmp_path / "cells")
    judged = run_coverage(read_study(cells), CoverageOptions(classes=("health",))).coverage
    assert judged.demand.how == "cells"
    answer = told("site", cells, "--class", "health")
    assert answer["total"] == judged.is_judged.sum()


def test_a_lattice_is_made_where_people_live(folder):
    answer = told("site", folder, "--class", "health", "--level", "5min", "--new", "2",
                  "--spacing", "50")  # fmt: skip
    assert answer["served_after"] == 180
    assert answer["n_candidates"] > 10


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["--class", "spaceport"], "no class and no clause “spaceport”"),
        (["--class", "health", "--level", "7min"], "no level 7min"),
        (["--class", "health", "--from", "land"], "has none"),
        (["--class", "health", "--new", "0"], "cannot be chosen"),
        (["--class", "health", "--candidates", "nowhere.csv"], "no file of candidate sites"),
    ],
)
def test_a_question_about_sites_that_cannot_be_answered(folder, typed, said):
    done = run("site", folder, *typed)
    assert done.exit_code == 1
    assert said in done.stderr


def test_a_sheet_of_candidates_without_a_datum_is_refused(folder, tmp_path):
    away = tmp_path / "away"
    write_study(away, places_datum="", places="")
    listed = tmp_path / "where.csv"
    listed.write_text(f"name,lon,lat\na,{spot(0, 0)}\nb,999,1\n", "utf-8")
    done = run("site", folder, "--class", "health", "--candidates", listed)
    assert "row 3" in done.stderr
    from circle.study.candidate_files import read_candidates

    listed.write_text(f"name,lon,lat\na,{spot(0, 0)}\n", "utf-8")
    with pytest.raises(InputError, match="row 2 does not say the datum"):
        read_candidates(listed)
    assert len(read_candidates(listed, datum="wgs84")) == 1


def write_osm(folder):
    """A street of 800 m with two houses at its ends and a pharmacy at the west one, tagged."""
    spots = {1: (-400, 0), 2: (400, 0), 3: (-400, 5)}
    corners = {}
    for first, east_m in ((20, -380), (30, 380)):
        for number, (x, y) in enumerate(((0, 10), (20, 10), (20, 30), (0, 30))):
            spots[first + number] = (east_m + x, y)
        corners[first] = [*range(first, first + 4), first]
    tags = {3: '<tag k="amenity" v="pharmacy"/><tag k="name" v="药店"/>'}
    nodes = "".join(
        f'<node id="{key}" lat="{at(*spot).lat:.7f}" lon="{at(*spot).lon:.7f}">'
        f"{tags.get(key, '')}</node>"
        for key, spot in spots.items()
    )
    refs = {key: "".join(f'<nd ref="{ref}"/>' for ref in ring) for key, ring in corners.items()}
    ways = (
        '<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way>'
        f'<way id="2">{refs[20]}<tag k="building" v="house"/></way>'
        f'<way id="3">{refs[30]}<tag k="building" v="house"/></way>'
    )
    (west, south), (east, north) = at(-3000, -3000), at(3000, 3000)
    bounds = f'<bounds minlon="{west}" minlat="{south}" maxlon="{east}" maxlat="{north}"/>'
    made = write_study(folder / "osm", streets='"town.osm"', places="", places_datum="")
    (made / "town.osm").write_text(f'<osm version="0.6">{bounds}{nodes}{ways}</osm>', "utf-8")
    (made / "own.csv").write_text(
        "id,standard,level,facility_zh,facility_en,need,walk_m,osm_tags\n"
        "own-1,自定,near,药店,pharmacy,required,300,amenity=pharmacy\n",
        "utf-8",
    )
    return made


def test_clauses_miss_what_closes_and_find_what_moves(tmp_path):
    config = read_study(write_osm(tmp_path))
    options = CoverageOptions(standards=(str(config.folder / "own.csv"),))

    def houses(**changes):
        table = run_what_if(config, Changes(**changes), options).table
        (row,) = table[(table.subject == "own-1") & (table.measure == "buildings")].to_dict(
            "records"
        )
        return row["covered_before"], row["covered_after"]

    assert houses(closed=("n3",)) == (1, 0)
    # Half way, some 400 m from either; then to the east house.
    assert houses(moved=(("n3", at(0, 5)),)) == (1, 0)
    assert houses(moved=(("n3", at(100, 5)),)) == (1, 1)


def test_what_is_built_by_the_id_of_a_clause_counts_for_it_and_its_class(tmp_path):
    config = read_study(write_osm(tmp_path))
    options = CoverageOptions(standards=(str(config.folder / "own.csv"),))

    def houses(kind):
        changes = Changes(built=(NewPlace(kind, at(380, 5)),))
        table = run_what_if(config, changes, options).table
        mine = table[table.measure == "buildings"].set_index("subject").gained
        return mine["own-1"], mine["health@5min"]

    assert houses("own-1") == (1, 1)  # a pharmacy, by its tags, is a place of health
    assert houses("health") == (0, 1)


def test_the_id_of_a_clause_says_what_to_build(tmp_path):
    folder = write_osm(tmp_path)
    found = CliRunner().invoke(
        main,
        [
            "site",
            str(folder),
            "--class",
            "own-1",
            "--standard",
            str(folder / "own.csv"),
            "--json",
            "--no-files",
        ],
    )
    assert found.exit_code == 0, found.output
    said = json.loads(found.stdout)
    assert len(said["sites"]["features"]) == 1
