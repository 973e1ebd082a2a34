"""From real extracts to guides: Monaco by its tags, Tsinghua by a sheet of addresses."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import shapely
from click.testing import CliRunner
from fastapi.testclient import TestClient

from circle.cli import main
from circle.features import read_features
from circle.geometry import LocalFrame
from circle.isochrone import isochrones
from circle.service import create_app, models
from circle.streets import read_streets
from circle.study import Study, read_study, run_study

SHEET = Path(__file__).parent / "data" / "tsinghua_places.csv"
MONACO = (7.4209, 43.7331)
TSINGHUA = (116.3297, 39.9936)


def build(folder: Path, name: str, *options: str | Path) -> list[Path]:
    """Run `circle new` and `circle build` in a folder; return the paths it prints."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for command in (["new", name, *map(str, options)], ["build", name]):
            result = CliRunner().invoke(main, ["--lang", "en", *command])
            assert result.exit_code == 0, result.stderr
    return [folder / line for line in result.stdout.splitlines()[1:]]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def monaco(extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path]]:
    folder = tmp_path_factory.mktemp("monaco")
    center = "{},{}".format(*MONACO)
    streets = extracts / "monaco_2023.osm.pbf"
    return folder, build(folder, "monaco", "--center", center, "--streets", streets)


@pytest.fixture(scope="module")
def tsinghua(extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path]]:
    folder = tmp_path_factory.mktemp("tsinghua")
    center = "{},{}".format(*TSINGHUA)
    streets = extracts / "beijing_tsinghua_2017.osm"
    paths = build(folder, "tsinghua", "--center", center, "--streets", streets, "--places", SHEET)
    return folder, paths


@pytest.fixture(scope="module")
def monaco_study(monaco: tuple[Path, list[Path]]) -> Study:
    return run_study(read_study(monaco[0] / "monaco"))


def test_monaco_has_its_amenities(monaco: tuple[Path, list[Path]]) -> None:
    guide, places_csv, places_geojson, rings, unplaced = monaco[1]
    assert all(path.is_file() for path in monaco[1])
    places = rows(places_csv)
    assert len(places) > 200
    assert len({place["class"] for place in places}) >= 9
    assert {place["match_method"] for place in places} == {"extract"}
    assert [int(place["guide_number"]) for place in places] == list(range(1, len(places) + 1))
    # Without a boundary every place listed is within the largest ring.
    assert all(float(place["within_min"]) in (5, 10, 15) for place in places)
    assert rows(unplaced) == []
    features = json.loads(places_geojson.read_text("utf-8"))["features"]
    assert len(features) == len(places)
    budgets = [f["properties"]["budget"] for f in json.loads(rings.read_text("utf-8"))["features"]]
    assert budgets == [5, 10, 15]
    html = guide.read_text("utf-8")
    assert "© OpenStreetMap contributors" in html
    assert "2023-12-26" in html


def test_monaco_places_stand_where_the_map_has_them(
    monaco: tuple[Path, list[Path]], extracts: Path
) -> None:
    named = read_features(extracts / "monaco_2023.osm.pbf").named.set_index("osm_id")
    for place in rows(monaco[1][1]):
        at = shapely.Point(float(place["lon"]), float(place["lat"]))
        # 1e-3 degrees: an entrance may lie on the far side of a large building.
        assert named.geometry[place["id"]].distance(at) < 1e-3, place["name"]


def test_monaco_rings_stay_out_of_the_sea(monaco_study: Study, extracts: Path) -> None:
    water = read_features(extracts / "monaco_2023.osm.pbf").basemap["water"]
    frame = LocalFrame(*MONACO)
    areas = water[water.geom_type.isin(["Polygon", "MultiPolygon"])].to_crs(frame.crs)
    ring = monaco_study.rings.to_crs(frame.crs).geometry.iloc[-1]
    edges = monaco_study.network.edges_frame().to_crs(frame.crs)
    walked_on = edges.geometry.buffer(15).union_all()
    wet = ring.intersection(areas.union_all()).difference(walked_on)
    assert wet.area < 0.005 * ring.area


def test_monaco_served(monaco_study: Study) -> None:
    with TestClient(create_app(monaco_study)) as client:
        asked = {"lon": 7.4270, "lat": 43.7396}
        near = client.get("/api/nearby", params=asked)
        places = models.NearbyAnswer.model_validate_json(near.content).places
        assert len(places) > 50
        assert [p.time_s for p in places] == sorted(p.time_s for p in places)
        for walker in ("adult", "wheelchair"):
            text = client.get("/api/isochrone", params={**asked, "walker": walker}).content
            models.IsochroneCollection.model_validate_json(text)
        to = {"from_lon": asked["lon"], "from_lat": asked["lat"], "to": places[-1].facility_id}
        route = models.RouteFeature.model_validate_json(client.get("/api/route", params=to).content)
        assert route.properties.time_s == pytest.approx(places[-1].time_s, abs=0.1)


def test_a_boundary_brings_in_what_lies_beyond_the_rings(
    monaco: tuple[Path, list[Path]], tmp_path: Path, extracts: Path
) -> None:
    box = shapely.box(7.41, 43.725, 7.445, 43.752)
    area = tmp_path / "area.geojson"
    area.write_text(
        json.dumps({"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(box)})
    )
    paths = build(
        tmp_path, "wide", "--center", "{},{}".format(*MONACO),
        "--streets", extracts / "monaco_2023.osm.pbf", "--boundary", area,
    )  # fmt: skip
    narrow, wide = rows(monaco[1][1]), rows(paths[1])
    assert {place["id"] for place in narrow} < {place["id"] for place in wide}
    assert any(place["within_min"] == "" for place in wide)


def test_tsinghua_finds_twenty_and_admits_five(tsinghua: tuple[Path, list[Path]]) -> None:
    guide, places_csv, _, _, unplaced_csv = tsinghua[1]
    placed, unplaced = rows(places_csv), rows(unplaced_csv)
    assert {place["id"] for place in placed} == {f"T{n:02}" for n in range(1, 21)}
    assert {place["id"] for place in unplaced} == {f"T{n}" for n in range(21, 26)}
    assert {place["match_method"] for place in placed} == {"gazetteer"}
    assert all(float(place["match_confidence"]) >= 0.8 for place in placed)
    # The first ten are given by their address; a street alone would not place them.
    fine = {"entrance", "building", "street_number"}
    assert all(p["match_level"] in fine for p in placed if p["id"] <= "T10")
    assert all(place["reason_zh"] and place["reason_en"] for place in unplaced)
    html = guide.read_text("utf-8")
    for place in (*placed, *unplaced):
        assert place["name"] in html


def test_tsinghua_runs_without_internet(
    tsinghua: tuple[Path, list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    def no_network(*_: object, **__: object) -> None:
        raise AssertionError("somebody asked the internet")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    study = run_study(read_study(tsinghua[0] / "tsinghua"))
    assert len(study.content.places) == 20


def test_a_saved_network_gives_the_rings_of_its_extract(extracts: Path, tmp_path: Path) -> None:
    source, saved = extracts / "monaco_2023.osm.pbf", tmp_path / "monaco.circle"
    result = CliRunner().invoke(main, ["streets", str(source), "-o", str(saved)])
    assert result.exit_code == 0, result.stderr
    read, opened = (
        isochrones(read_streets(path), MONACO, minutes=(5, 10, 15)) for path in (source, saved)
    )
    assert read.area_m2.tolist() == opened.area_m2.tolist()
    assert read.geometry.geom_equals(opened.geometry).all()
    assert read.area_m2.is_monotonic_increasing
