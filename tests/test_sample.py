"""The Shanzishi sample: what it claims about itself, checked on the files as they are."""

from __future__ import annotations

import csv
import itertools
import json
import math
import socket
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from click.testing import CliRunner
from shapely import STRtree
from shapely.geometry import LineString, Point, shape

from circle import LonLat, overpass, read_streets, travel_times
from circle.classes import load_classes
from circle.cli import main
from circle.geometry import LocalFrame
from circle.resources import data_path
from circle.study import read_study, run_study

FOLDER = data_path("shanzishi")
FRAME = LocalFrame(103.8343, 36.0611)
WEST, SOUTH, EAST, NORTH = 103.815, 36.050, 103.850, 36.075
TO_CHECK = "位置待核"

Position = tuple[float, float]


def features(name: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads((FOLDER / name).read_text("utf-8"))["features"]
    return loaded


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def metres(geometry: Any) -> Any:
    return shapely.transform(geometry, lambda xy: np.column_stack(FRAME.to_xy(*xy.T)))


STREETS = features("streets.geojson")
BASEMAP = features("basemap.geojson")
PLACES = rows("places.csv")
SOURCES = {row["key"]: row for row in rows("sources.csv")}
LINES: list[list[Position]] = [
    [(lon, lat) for lon, lat in feature["geometry"]["coordinates"]] for feature in STREETS
]
LENGTHS_M = [metres(LineString(line)).length for line in LINES]


def label(feature: dict[str, Any]) -> str:
    start = feature["geometry"]["coordinates"][0]
    return f"{feature['properties'].get('name', 'unnamed')} from {start}"


def test_the_folder_is_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 200_000


def test_every_line_and_area_says_where_it_comes_from() -> None:
    for feature in STREETS + BASEMAP:
        properties = feature["properties"]
        assert properties["source"].split()[0] in SOURCES, label(feature)
        assert properties["evidence"] in ("mapped", "inferred"), label(feature)
    for feature in STREETS:
        assert feature["geometry"]["type"] == "LineString"
        assert feature["properties"]["highway"], label(feature)
    assert {f["properties"]["layer"] for f in BASEMAP} <= {"water", "green", "building", "rail"}


def test_inferred_lines_have_no_name() -> None:
    inferred = [f for f in STREETS if f["properties"]["evidence"] == "inferred"]
    assert inferred
    for feature in inferred:
        assert not {"name", "alt_name", "bridge"} & set(feature["properties"]), label(feature)


def test_positions_are_rounded_and_inside_the_window() -> None:
    areas = [ring for f in BASEMAP for ring in f["geometry"]["coordinates"]]
    placed = [(float(p["lon"]), float(p["lat"])) for p in PLACES if p["lon"]]
    for lon, lat in [xy for line in (*LINES, *areas, placed) for xy in line]:
        assert (lon, lat) == (round(lon, 4), round(lat, 4))
        assert WEST <= lon <= EAST
        assert SOUTH <= lat <= NORTH


def test_lines_are_generalised() -> None:
    # A few vertices each: crossings and bends, not every wobble of a survey.
    vertices = sum(len(line) for line in LINES)
    assert vertices / (sum(LENGTHS_M) / 1000) < 18
    for line in LINES:
        assert all(a != b for a, b in itertools.pairwise(line))
    # Of a mapped street: its two ends, its junctions, and one bend in 500 m.
    times = Counter(position for line in LINES for position in set(line))
    bends = length_m = 0.0
    for feature, line, metres_ in zip(STREETS, LINES, LENGTHS_M, strict=True):
        if feature["properties"]["evidence"] == "mapped":
            bends += sum(times[position] == 1 for position in line[1:-1])
            length_m += metres_
    assert bends < length_m / 500


def test_no_piece_is_drawn_twice() -> None:
    pieces = Counter(frozenset(p) for line in LINES for p in itertools.pairwise(line))
    assert [sorted(piece) for piece, times in pieces.items() if times > 1] == []


def test_the_network_hangs_together() -> None:
    parent: dict[Position, Position] = {}

    def root(position: Position) -> Position:
        while parent.setdefault(position, position) != position:
            position = parent[position]
        return position

    for line in LINES:
        for position in line[1:]:
            parent[root(position)] = root(line[0])
    length_m: Counter[Position] = Counter()
    for line, metres_ in zip(LINES, LENGTHS_M, strict=True):
        length_m[root(line[0])] += metres_
    assert max(length_m.values()) >= 0.97 * sum(length_m.values())


def test_lines_cross_at_shared_vertices_except_under_bridges() -> None:
    shapes = [LineString(line) for line in LINES]
    tree = STRtree(shapes)
    loose = []
    for i, line in enumerate(shapes):
        for j in (int(j) for j in tree.query(line, "intersects") if j > i):
            met = shapely.get_parts(line.intersection(shapes[j]))
            shared = {Point(xy) for xy in set(LINES[i]) & set(LINES[j])}
            if any(all(part.distance(p) > 1e-9 for p in shared) for part in met):
                loose.append((i, j))
    names = [
        {STREETS[i]["properties"].get("name"), STREETS[j]["properties"].get("name")}
        for i, j in loose
    ]
    assert names == [{"元通大桥", "北滨河中路"}, {"金雁黄河大桥", "人民路"}]


def test_bridges_join_at_their_ends_only() -> None:
    bridges = [i for i, f in enumerate(STREETS) if f["properties"].get("bridge") == "yes"]
    assert len(bridges) == 3
    for i in bridges:
        assert STREETS[i]["properties"]["layer"] == "1"
        others = {xy for j, line in enumerate(LINES) if j != i for xy in line}
        joined = [k for k, xy in enumerate(LINES[i]) if xy in others]
        assert joined == [0, len(LINES[i]) - 1], label(STREETS[i])


def test_only_streets_on_bridges_cross_the_river() -> None:
    river = next(shape(f["geometry"]) for f in BASEMAP if f["properties"].get("name") == "黄河")
    inside = metres(river).buffer(-3)
    over = [f for f in STREETS if metres(shape(f["geometry"])).intersects(inside)]
    assert {f["properties"].get("bridge") for f in over} == {"yes"}
    assert len(over) == 3
    still = [metres(shape(f["geometry"])) for f in BASEMAP if f["properties"]["layer"] == "water"]
    for feature, line in zip(STREETS, LINES, strict=True):
        if feature["properties"]["evidence"] == "inferred":
            wet_m = sum(metres(LineString(line)).intersection(w).length for w in still)
            assert wet_m < 15, label(feature)


def test_areas_are_valid_and_wound_as_geojson_wants() -> None:
    for feature in BASEMAP:
        polygon = shape(feature["geometry"])
        assert polygon.is_valid, feature["properties"]
        assert polygon.exterior.is_ccw, feature["properties"]


def test_mapped_lines_lie_within_30_m_of_the_map(extracts: Path) -> None:
    path = extracts / "lanzhou_streets.geojson"
    if not path.is_file():
        pytest.skip(f"no {path.name} among the test extracts")
    there = json.loads(path.read_text("utf-8"))["features"]
    reference = metres(shapely.union_all([shape(f["geometry"]) for f in there]))
    shapely.prepare(reference)
    furthest: dict[str, float] = {}
    for feature, line in zip(STREETS, LINES, strict=True):
        if feature["properties"]["evidence"] == "mapped":
            dense = shapely.segmentize(metres(LineString(line)), 5)
            points = shapely.points(shapely.get_coordinates(dense))
            furthest[label(feature)] = float(shapely.distance(points, reference).max())
    assert len(furthest) > 50
    assert {name: far_m for name, far_m in furthest.items() if far_m > 30} == {}


def test_inferred_lanes_run_in_clear_gaps_between_buildings(extracts: Path) -> None:
    path = extracts / "lanzhou_polygons_centre.geojson"
    if not path.is_file():
        pytest.skip(f"no {path.name} among the test extracts")
    there = json.loads(path.read_text("utf-8"))["features"]
    window = shapely.box(WEST, SOUTH, EAST, NORTH)
    outlines = [
        metres(shapely.make_valid(area))
        for feature in there
        if feature["properties"]["type"].startswith("building")
        and (area := shape(feature["geometry"])).intersects(window)
    ]
    buildings = shapely.union_all(outlines)
    # What a disc 8 m wide cannot pass: buildings, and the gaps between them that are narrower.
    closed = shapely.union(buildings, buildings.buffer(4).buffer(-4))
    parts = shapely.get_parts(closed)
    tree = STRtree(parts)

    def blocked(line: Any) -> float:
        return float(shapely.length(line.intersection(parts[tree.query(line)])).sum())

    blocked_m = {
        label(feature): blocked(metres(LineString(line)))
        for feature, line in zip(STREETS, LINES, strict=True)
        if feature["properties"]["evidence"] == "inferred"
    }
    assert len(blocked_m) > 100
    assert {name: run_m for name, run_m in blocked_m.items() if run_m > 1} == {}


def test_every_place_has_a_known_class_a_source_and_its_own_id() -> None:
    classes = load_classes()
    assert len({p["id"] for p in PLACES}) == len(PLACES)
    for place in PLACES:
        assert place["class"] in classes, place
        assert place["source"].split()[0] in SOURCES, place
        assert place["name"], place
        assert place["name_en"], place
    assert {p["class"] for p in PLACES} == {c.key for c in classes}
    placed = {p["class"] for p in PLACES if p["lon"]}
    assert placed == {c.key for c in classes}


def test_nobody_invented_a_telephone_or_an_hour() -> None:
    assert {(p["phone"], p["hours"]) for p in PLACES} == {("", "")}


def test_offers_are_those_of_the_newspaper_and_say_how_old_they_are() -> None:
    promised = {p["id"]: p for p in PLACES if p["offers"]}
    assert set(promised) == {"daily_services-01", "daily_services-02", "health-04"}
    for place in promised.values():
        assert "2021年9月" in place["offers"]
        assert (place["source"], place["source_date"]) == ("chenbao-2021-09", "2021-09-13")


def test_a_place_is_either_placed_with_its_accuracy_or_to_be_verified() -> None:
    unplaced = [p for p in PLACES if TO_CHECK in p["note"]]
    assert unplaced
    for place in PLACES:
        given = [bool(place[column]) for column in ("lon", "lat", "position_accuracy_m")]
        assert given == [TO_CHECK not in place["note"]] * 3, place
        if place["lon"]:
            assert 10 <= float(place["position_accuracy_m"]) <= 300, place


def test_unnamed_places_carry_the_number_of_their_map_object() -> None:
    for place in PLACES:
        if place["source"].startswith("osm-lanzhou"):
            _key, number = place["source"].split()
            assert number[0] in "nw", place
            assert number[1:].isdecimal(), place
            assert place["name"].endswith("（名称未详）"), place


def test_unnamed_places_are_where_the_map_has_them(extracts: Path) -> None:
    at: dict[str, Any] = {}
    files = (
        ("lanzhou_pois.geojson", "osm_node", "n"),
        ("lanzhou_polygons_centre.geojson", "osm_id", "w"),
    )
    for name, column, prefix in files:
        path = extracts / name
        if not path.is_file():
            pytest.skip(f"no {name} among the test extracts")
        for feature in json.loads(path.read_text("utf-8"))["features"]:
            number = str(feature["properties"][column]).split("#")[0]
            at.setdefault(prefix + number, metres(shape(feature["geometry"])).convex_hull)
    for place in PLACES:
        if place["source"].startswith("osm-lanzhou"):
            here = metres(Point(float(place["lon"]), float(place["lat"])))
            assert here.distance(at[place["source"].split()[1]]) < 15, place


def test_sources_can_be_opened() -> None:
    for row in SOURCES.values():
        assert row["address"].startswith("https://"), row
        assert row["title"], row
        assert row["taken"], row
        assert row["date"], row
    used = {p["source"].split()[0] for p in PLACES}
    used |= {f["properties"]["source"].split()[0] for f in STREETS + BASEMAP}
    assert used <= set(SOURCES)


def test_the_study_says_plainly_what_it_is() -> None:
    study = tomllib.loads((FOLDER / "circle.toml").read_text("utf-8"))
    assert study["center"] == [103.8343, 36.0611]
    assert study["center_accuracy_m"] >= 100
    assert "假定" in study["center_name_zh"]
    assert "assumed" in study["center_name_en"]
    assert "重建" in study["notice_zh"]
    assert "不是社区发布" in study["notice_zh"]
    assert "reconstructed" in study["notice_en"]
    assert "not the list the community published" in study["notice_en"]
    # The guide itself says, from the data, whether and how much is inferred.
    assert "虚线" not in study["notice_zh"]
    assert "Dashed" not in study["notice_en"]
    assert study["places_datum"] == "wgs84"
    for key in ("streets", "basemap", "places"):
        assert (FOLDER / study[key]).is_file()
    readme = (FOLDER / "README.md").read_text("utf-8")
    assert "© OpenStreetMap contributors" in readme
    assert "Open Database License" in readme


def test_one_can_walk_it() -> None:
    """Over the river by a bridge, and to nearly every place that is placed."""
    network = read_streets(FOLDER / "streets.geojson", ground=FOLDER / "basemap.geojson")
    centre = LonLat(103.8343, 36.0611)
    north_bank = LonLat(103.8330, 36.0665)
    placed = [LonLat(float(p["lon"]), float(p["lat"])) for p in PLACES if p["lon"]]
    table = travel_times(network, [centre], [north_bank, *placed], minutes=30)
    seconds = table.sort_values("destination_id")["time_s"].to_numpy()
    crow_m = math.dist((0, 0), [float(v) for v in FRAME.to_xy(*north_bank)])
    assert crow_m / 1.2 < seconds[0] < 2.5 * crow_m / 1.2
    assert np.isfinite(seconds[1:]).mean() > 0.9
    assert (seconds[1:] <= 15 * 60).sum() >= 30


def test_one_command_puts_the_real_map_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(query: str) -> dict[str, Any]:
        assert "node(" in query
        lon, lat = 103.8343, 36.0611
        spots = [(lon - 0.004, lat), (lon, lat), (lon + 0.004, lat), (lon, lat + 0.002)]
        nodes = [{"type": "node", "id": i, "lon": x, "lat": y} for i, (x, y) in enumerate(spots, 1)]
        street = {"highway": "residential"}
        green = {"leisure": "park", "name": "试画公园"}
        ways = [
            {"type": "way", "id": 11, "nodes": [1, 2, 3], "tags": street},
            {"type": "way", "id": 12, "nodes": [2, 3, 4, 2], "tags": green},
        ]
        stamp = {"timestamp_osm_base": "2026-01-31T09:00:00Z"}
        return {"osm3s": stamp, "elements": [*nodes, *ways]}

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(overpass, "_ask", answer)
    told = CliRunner().invoke(main, ["--lang", "en", "new", "mine", "--like", "shanzishi"])
    assert told.exit_code == 0, told.output
    study = run_study(read_study("mine"))
    assert study.config.basemap is None
    assert not study.config.online
    assert set(study.network.edges_frame()["evidence"]) == {"mapped"}
    assert study.content.inferred_share == 0
    assert study.content.data_date == "2026-01-31"
    assert study.content.basemap.areas
    assert "不是社区发布" in study.config.notice_zh
    assert len(study.facilities) == len(PLACES)
    again = CliRunner().invoke(main, ["--lang", "en", "new", "mine", "--like", "shanzishi"])
    assert again.exit_code == 1


def test_without_internet_nothing_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(main, ["--lang", "en", "new", "mine", "--like", "shanzishi"])
    assert told.exit_code == 1
    assert "internet" in told.stderr.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []
