"""A study on hilly ground, with a closed street: its guide, its tables and the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from click.testing import CliRunner, Result
from sentences import assert_speaks

import circle
from circle.cli import main
from circle.edits import Closure, Edit, Link, write_edits
from circle.errors import StudyError
from circle.geometry import LonLat
from circle.study import Study, read_study, run_study

CENTER = LonLat(11.574905, 49.984791)
OTHER = LonLat(11.583869, 49.982411)
TILES = ("N49E011.hgt.zip", "N50E011.hgt.zip")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["--lang", "en", *map(str, arguments)])


def write_study(folder: Path, extracts: Path, **keys: str) -> Path:
    lon, lat = OTHER
    (folder / "places.csv").write_text(
        f"id,name,class,lon,lat,datum\na,Clinic,health,{lon},{lat},wgs84\n", "utf-8"
    )
    settings = {
        "center": f"[{CENTER.lon}, {CENTER.lat}]",
        "streets": json.dumps(str(extracts / "north-bayreuth.osm.gz")),
        "places": '"places.csv"',
        "places_datum": '"wgs84"',
        "walker": '"adult"',
        "minutes": "[10, 20, 30]",
    }
    settings |= keys
    path = folder / "circle.toml"
    path.write_text("".join(f"{key} = {value}\n" for key, value in settings.items()), "utf-8")
    return path


def tiles(extracts: Path) -> str:
    return json.dumps([str(extracts / name) for name in TILES])


def on_the_way(network: circle.WalkNetwork) -> int:
    """Return the way of the longest edge walked between the two places."""
    walk = circle.route(network, CENTER, OTHER)
    line = shapely.LineString(
        np.column_stack(network.frame.to_xy(*np.array(walk.geometry.coords).T))
    )
    frame = network.edges_frame().to_crs(network.frame.crs)
    on = frame[frame.geometry.within(line.buffer(0.5))]
    return int(on.osm_id[on.length_m.idxmax()])


def test_a_study_reckons_with_its_heights_and_edits(tmp_path: Path, extracts: Path) -> None:
    level = load_study_in(tmp_path / "level", extracts)
    way = on_the_way(level.network)
    edits: list[Edit] = [Closure(way=way)]
    folder = tmp_path / "hilly"
    folder.mkdir()
    (folder / "edits.geojson").write_text(write_edits(edits), "utf-8")
    path = write_study(folder, extracts, dem=tiles(extracts), edits='"edits.geojson"')
    hilly = run_study(read_study(path))
    assert hilly.network.provenance.n_edits == 1
    assert hilly.network.provenance.heights == ", ".join(TILES)
    assert hilly.walks.time_s[0] > level.walks.time_s[0] + 5
    told = " ".join(fact.en for fact in hilly.content.facts)
    assert "Slopes count" in told
    assert "100 %" in told
    assert "drawn over the streets by hand: 1." in told
    assert "Slopes" not in " ".join(fact.en for fact in level.content.facts)


def load_study_in(folder: Path, extracts: Path, **keys: str) -> Study:
    folder.mkdir()
    return run_study(read_study(write_study(folder, extracts, **keys)))


@pytest.mark.parametrize(
    ("keys", "parts"),
    [
        ({"dem": '"none.tif"'}, ("“dem”", "none.tif")),
        ({"dem": "3"}, ("“dem”",)),
        ({"dem": '"places.csv"'}, ("“dem”", "places.csv")),
        ({"edits": '"places.csv"'}, ("“edits”", "places.csv")),
        ({"edits": '"none.geojson"'}, ("“edits”", "none.geojson")),
    ],
)
def test_mistakes_are_told_by_their_key(
    tmp_path: Path, extracts: Path, keys: dict[str, str], parts: tuple[str, ...]
) -> None:
    with pytest.raises(StudyError) as caught:
        load_study_in(tmp_path / "study", extracts, **keys)
    assert_speaks(caught.value, *parts)


def test_the_command_line(tmp_path: Path, extracts: Path) -> None:
    streets = extracts / "north-bayreuth.osm.gz"
    heights = [text for name in TILES for text in ("--dem", str(extracts / name))]
    saved = tmp_path / "hilly.circle"
    wrote = run("streets", streets, *heights, "-o", saved, "--json")
    assert wrote.exit_code == 0, wrote.output
    assert json.loads(wrote.stdout)["heights_share"] == 1.0
    assert "Slopes from N49E011.hgt.zip" in run("streets", saved).stdout

    def seconds(start: LonLat, end: LonLat, *more: str | Path) -> float:
        a, b = (f"{p.lon},{p.lat}" for p in (start, end))
        found = run("route", "--from", a, "--to", b, "--json", *more)
        assert found.exit_code == 0, found.output
        return float(json.loads(found.stdout)["properties"]["time_s"])

    up = seconds(CENTER, OTHER, "--streets", saved)
    assert up == seconds(CENTER, OTHER, "--streets", streets, *heights)
    assert up != seconds(OTHER, CENTER, "--streets", saved)
    flat = seconds(CENTER, OTHER, "--streets", streets)
    assert flat == seconds(OTHER, CENTER, "--streets", streets) < up

    edits = tmp_path / "edits.geojson"
    edits.write_text(write_edits([Link(shapely.LineString([CENTER, OTHER]))]), "utf-8")
    assert seconds(CENTER, OTHER, "--streets", streets, "--edits", edits) < 0.9 * flat
    areas = []
    for more in ([], heights):
        text = run("isochrone", "--streets", streets, "--at", "11.574905,49.984791", *more).stdout
        areas.append(json.loads(text)["features"][-1]["properties"]["area_m2"])
    assert areas[1] < areas[0]


def test_the_command_line_says_what_is_wrong(tmp_path: Path, extracts: Path) -> None:
    streets = extracts / "north-bayreuth.osm.gz"
    bad = tmp_path / "edits.geojson"
    bad.write_text('{"type": "FeatureCollection", "features": [{}]}')
    for options, part in (
        (["--dem", tmp_path / "no.tif"], "no.tif"),
        (["--edits", bad], "Feature 1"),
    ):
        found = run("streets", streets, *options)
        assert found.exit_code != 0
        assert part in found.stderr
        assert "Traceback" not in found.stderr
    far = run("streets", extracts / "monaco_2023.osm.pbf", "--dem", extracts / TILES[0])
    assert "cover none of these streets" in far.stderr
