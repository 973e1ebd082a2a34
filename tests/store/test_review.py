"""The queue, duplicates, facilities of the map, and a study with a register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from circle.classes import load_classes
from circle.cli import main
from circle.errors import ConflictError, RegisterError
from circle.geocoding import GeocodeMatch
from circle.geometry import LonLat
from circle.store import Origin, Place, Register, StreetEdit, review
from circle.store.duplicates import find_duplicates, keep_both, merge
from circle.store.from_map import drafts_of_map
from circle.store.importing import ImportPlan, apply_import, plan_import
from circle.store.joining import facilities_of
from circle.store.surroundings import Surroundings, read_surroundings

CLASSES = load_classes()


def at(identity: str, name: str, lon: float, lat: float, **more: object) -> Place:
    base = Place(identity, name, "health", lon=lon, lat=lat, match_method="coordinates")
    return replace(base, **more)  # type: ignore[arg-type]


def add(register: Register, *places: Place) -> None:
    with register.writing("Li", "add") as writer:
        for place in places:
            writer.add(place)


class OneAnswer:
    """A geocoder with one answer to everything."""

    def geocode(self, name: str, address: str = "") -> list[GeocodeMatch]:
        spot = LonLat(7.42, 43.73)
        return [
            GeocodeMatch(name, spot, "X", "gazetteer", "building", 0.6, "Like it.", "像。", 20.0)
        ]


def test_the_queue_holds_what_is_in_doubt_with_candidates(register: Register) -> None:
    add(
        register,
        at("sure", "Sure", 7.42, 43.73),
        at("odd", "Odd hours", 7.43, 43.73, doubt="hours?", doubt_zh="时间？"),
        Place("lost", "Lost", "health", status="doubtful", match_reason="Not on the map."),
        Place("gone", "Gone", "health", status="not_existing"),
    )
    queue = review.review_queue(register, OneAnswer())
    assert [item.place.place_id for item in queue] == ["lost", "odd"]
    assert queue[0].reason == "Not on the map."
    assert queue[0].candidates[0].distance_m is None
    assert queue[1].candidates[0].distance_m == pytest.approx(803, abs=1)
    assert [i.place.place_id for i in review.review_queue(register, offset=1, limit=1)] == ["odd"]
    with register.writing("Wang") as writer:
        placed = review.accept(writer, "lost", 1, queue[0].candidates[0].match)
        moved = review.correct(writer, "odd", 1, LonLat(7.421, 43.731))
    assert (placed.status, placed.checked_by, placed.lonlat) == (
        "in_use",
        "Wang",
        LonLat(7.42, 43.73),
    )
    assert (moved.match_method, moved.doubt) == ("hand", None)
    assert review.review_queue(register) == ()
    with register.writing("Zhao") as writer, pytest.raises(ConflictError):
        review.mark_not_existing(writer, "odd", 1)
    with register.writing("Zhao") as writer:
        review.publish(writer, "odd", 2)
        review.mark_not_existing(writer, "odd", 3)
    assert not register.place("odd").is_published
    with register.writing("Zhao") as writer, pytest.raises(RegisterError, match="published"):
        review.publish(writer, "gone", 1)


def test_likely_duplicates_are_offered_once(register: Register) -> None:
    add(
        register,
        at("a", "Pharmacie du Port", 7.42, 43.73, origins=(Origin("l", "1", {"name": "x"}),)),
        at("b", "Pharmacie du  Port", 7.4203, 43.7301, phone="1", origins=(Origin("l", "2"),)),
        at("c", "Pharmacie du Port", 7.45, 43.75),
        at("d", "No. 2 school", 7.40, 43.70),
        at("e", "No. 3 school", 7.40, 43.70),
        at("f", "Bank of East", 7.41, 43.71),
        at("g", "Bank of East", 7.4101, 43.71),
    )
    pairs = find_duplicates(register)
    assert {(p.one.place_id, p.other.place_id) for p in pairs} == {("a", "b"), ("f", "g")}
    with register.writing("Wang") as writer:
        keep_both(writer, "g", "f")
        merged = merge(writer, register.place("a"), register.place("b"))
    assert find_duplicates(register) == ()
    assert merged.phone == "1"
    assert [origin.list_id for origin in merged.origins] == ["1", "2"]
    assert register.place("b").merged_into == "a"
    with register.writing("Wang") as writer:
        writer.undo_act(register.acts()[0].act_id)
    assert len(find_duplicates(register)) == 2
    assert register.place("b").origins == (Origin("l", "2"),)


@pytest.fixture(scope="module")
def monaco(extracts: Path) -> Surroundings:
    return read_surroundings(extracts / "monaco_2023.osm.pbf")


def refresh(register: Register, around: Surroundings) -> ImportPlan:
    plan = plan_import(
        register,
        drafts_of_map(around),
        CLASSES,
        file_name="monaco.osm.pbf",
        list_name="map:monaco",
        action="refresh",
    )
    apply_import(register, plan, "Li")
    return plan


def test_facilities_of_the_map_join_and_refresh(tmp_path: Path, monaco: Surroundings) -> None:
    with Register.open(tmp_path / "places.db") as register:
        first = refresh(register, monaco)
        assert first.counts["new"] == len(first.rows) > 300
        assert all(place.checked_by is None for place in register.places())
        again = refresh(register, monaco)
        assert again.counts["unchanged"] == len(first.rows)
        assert again.changes_nothing
        # A newer extract: one place moved on the map, and was checked here; one renamed there.
        ids = [row.place_id or "" for row in first.rows[:2]]
        with register.writing("Wang") as writer:
            review.correct(writer, ids[0], 1, LonLat(7.42, 43.735))
        drafts = drafts_of_map(monaco)
        assert drafts[0].given is not None
        spot = LonLat(drafts[0].given.lonlat.lon + 0.001, drafts[0].given.lonlat.lat)
        drafts[0].given = replace(drafts[0].given, lonlat=spot)
        drafts[0].cells["lon"] = repr(spot.lon)
        drafts[1].values["name"] = drafts[1].cells["name"] = "Renamed"
        plan = plan_import(
            register, drafts[:-1], CLASSES, file_name="m", list_name="map:monaco", action="refresh"
        )
        apply_import(register, plan, "Li")
        assert register.place(ids[0]).lonlat == LonLat(7.42, 43.735)
        assert register.place(ids[1]).name == "Renamed"
        assert [identity for identity, _ in plan.missing] == [first.rows[-1].place_id]
        assert plan.counts["unchanged"] == len(first.rows) - 3


def test_a_study_takes_its_places_from_the_register(tmp_path: Path, extracts: Path) -> None:
    from circle.study import read_study
    from circle.study.load import run_study

    folder = tmp_path / "harbour"
    folder.mkdir()
    streets = (extracts / "monaco_2023.osm.pbf").resolve().as_posix()
    text = f'center = [7.4197, 43.7310]\nstreets = "{streets}"\nregister = "places.db"\n'
    (folder / "circle.toml").write_text(text, "utf-8")
    with Register.open(folder / "places.db") as register:
        add(
            register,
            at("p1", "Clinic", 7.4200, 43.7312, is_published=True),
            at("p2", "Draft", 7.4201, 43.7312),
        )
        study = run_study(read_study(folder))
        assert study.facilities["facility_id"].tolist() == ["p1"]
        before_s = float(study.walks["time_s"].iloc[0])
        # A link drawn by hand from the centre to the clinic is walked on.
        line = "LINESTRING (7.4197 43.7310, 7.4200 43.7312)"
        with register.writing("Li") as writer:
            writer.add(StreetEdit("l1", "link", line))
        linked = run_study(read_study(folder))
        assert float(linked.walks["time_s"].iloc[0]) <= before_s
        assert linked.network.n_edges > study.network.n_edges
        with register.writing("Li") as writer:
            review.publish(writer, "p1", 1, is_published=False)
        with pytest.raises(RegisterError, match="published"):
            facilities_of(register, CLASSES)


def test_the_command_from_list_to_published(
    tmp_path: Path, write_csv: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = write_csv("名称,类别,地址,经度,纬度", "东门诊所,诊所,东门1号,103.84,36.06")
    runner = CliRunner()

    def run(*words: str, code: int = 0) -> str:
        result = runner.invoke(main, ["places", *words, "--lang", "zh"])
        assert result.exit_code == code, result.output
        return result.output

    assert "bd09" in run("import", str(path), code=1)
    assert "未写入" in run("import", str(path), "--datum", "gcj02", "--dry-run")
    assert not Register.open("places.db").places()
    said = run(
        "import", str(path), "--datum", "gcj02", "--yes", "--who", "李", "--report", "r.xlsx"
    )
    assert "1 新增" in said
    assert (tmp_path / "r.xlsx").is_file()
    with Register.open("places.db") as register:
        [place] = register.places()
    assert "东门诊所" in run("list")
    run("publish", place.place_id)
    run("check", place.place_id, "--at", "103.83,36.06", "--who", "王")
    assert "更正位置" in run("history", place.place_id)
    with Register.open("places.db") as register:
        last = register.changes()[0]
    assert last.who == "王"
    run("undo", str(last.change_id))
    assert "36.06" in run("show", place.place_id)
    assert "places.csv" in run("export", "--format", "csv")
    assert "1 无改动" in run("import", "places.csv", "--yes")


def test_a_messy_list_is_accounted_for_row_by_row(tmp_path: Path, monaco: Surroundings) -> None:
    """Every row of a thousand has a report, and what the report says is what was written."""
    from circle.store.list_files import read_list
    from circle.store.list_rows import read_drafts
    from tests.benchmarks.register import messy_list

    path = tmp_path / "list.xlsx"
    messy_list(path, monaco)
    drafts = read_drafts(read_list(path), CLASSES, "wgs84", within=monaco.bounds)
    with Register.open(tmp_path / "places.db") as register:
        plan = plan_import(register, drafts, CLASSES, file_name="l", geocoder=monaco.geocoder)
        assert [row.number for row in plan.rows] == list(range(3, 1003))
        assert sum(plan.counts.values()) == 1000
        assert plan.counts["refused"] > 30
        assert plan.counts["new"] > 200
        n_written = apply_import(register, plan, "Li", only_good=True)
        assert len(register.places()) == n_written == len(plan.adds)
        assert n_written == sum(row.writes == "add" for row in plan.rows)
        placed = [place for place in register.places() if place.lonlat is not None]
        assert len(placed) >= plan.counts["new"]
