"""Looking again for places, editing fields, compounds and links: as functions and as commands."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from circle.classes import load_classes
from circle.cli import main
from circle.edits import Closure, Gate, Link
from circle.errors import ConflictError, EditError, RegisterError
from circle.geocoding import GeocodeMatch
from circle.geometry import LonLat
from circle.store import Compound, CompoundGate, Place, Register, StreetEdit
from circle.store.drawn_files import read_drawn
from circle.store.hand_edits import read_hand_edit
from circle.store.joining import edits_of
from circle.store.known import known_compounds, known_for_others
from circle.store.relocating import locate_again, write_locations

HERE = LonLat(7.42, 43.73)
SURE = GeocodeMatch(
    "q", HERE, "here", "gazetteer", "building", 0.95, "Same name.", "名称相同。", 20.0
)
VAGUE = GeocodeMatch("q", HERE, "here", "gazetteer", "street", 0.4, "A street.", "道路。", 500.0)
SILENT = GeocodeMatch(
    "q", None, "", "amap", None, 0.0, "Amap did not answer.", "高德没有应答。", float("inf")
)
NOT_FOUND = "Neither the name nor the address is on the map."
NOT_FOUND_ZH = "地图上既没有这个名称，也没有这个地址。"


class Fixed:
    """Answers every question the same."""

    def __init__(self, *matches: GeocodeMatch) -> None:
        self.matches = list(matches)
        self.asked: list[tuple[str, str]] = []

    def geocode(self, name: str, address: str = "") -> list[GeocodeMatch]:
        self.asked.append((name, address))
        return self.matches


def run(*arguments: str | Path, lang: str = "en") -> Result:
    return CliRunner().invoke(main, ["--lang", lang, "places", *map(str, arguments)])


def told(*arguments: str | Path) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def fill(register: Register) -> None:
    lost = {"status": "doubtful", "match_reason": NOT_FOUND, "match_reason_zh": NOT_FOUND_ZH}
    doubt = {
        "doubt": f"the hours are odd; {NOT_FOUND.rstrip('.')}",
        "doubt_zh": f"营业时间有误；{NOT_FOUND_ZH.rstrip('。')}",
    }
    with register.writing("Li Na", "list") as writer:
        writer.add(Place("lost", "Lost", "health", address="1 Rue A", **lost, **doubt))
        writer.add(
            Place("seen", "Seen", "health", **lost, checked_by="Wang", checked_on="2026-05-01")
        )
        given = Place("listed", "Listed", "health", lon=7.4, lat=43.7, status="doubtful")
        writer.add(replace(given, match_method="coordinates"))
        writer.add(Place("fine", "Fine", "health", lon=7.4, lat=43.7, match_method="gazetteer"))
        writer.add(Place("gone", "Gone", "health", status="not_existing"))


def test_only_places_nobody_settled_are_looked_for(register: Register) -> None:
    fill(register)
    geocoder = Fixed(SURE)
    found = locate_again(register, geocoder)
    assert [each.place.place_id for each in found] == ["lost"]
    assert geocoder.asked == [("Lost", "1 Rue A")]
    assert register.place("lost").lonlat is None  # looking writes nothing
    assert write_locations(register, found, "Li Na", "newer map") == 1
    place = register.place("lost")
    assert (place.lonlat, place.status, place.match_method) == (HERE, "in_use", "gazetteer")
    # The doubt that it has no position ends, the other stays.
    assert (place.doubt, place.doubt_zh) == ("the hours are odd", "营业时间有误")
    assert place.checked_by is None
    assert not place.is_published
    with register.writing("Li Na", "undo") as writer:
        writer.undo(register.changes(Place, "lost")[0].change_id)
    assert register.place("lost").lonlat is None
    assert "odd; Neither" in (register.place("lost").doubt or "")


@pytest.mark.parametrize(
    ("answers", "finding"),
    [((VAGUE,), "vague"), ((), "not_found"), ((SILENT,), "no_answer")],
)
def test_what_is_not_found_changes_nothing(
    register: Register, answers: tuple[GeocodeMatch, ...], finding: str
) -> None:
    fill(register)
    before = register.changes()
    (found,) = locate_again(register, Fixed(*answers))
    assert (found.finding, found.changed) == (finding, {})
    assert write_locations(register, [found], "Li Na", "newer map") == 0
    assert register.changes() == before


def test_a_place_changed_meanwhile_stops_the_writing(register: Register) -> None:
    fill(register)
    found = locate_again(register, Fixed(SURE))
    version = register.place("lost").version
    with register.writing("Wang", "edit") as writer:
        writer.edit(Place, "lost", version, phone="1")
    with pytest.raises(ConflictError):
        write_locations(register, found, "Li Na", "newer map")
    assert register.place("lost").lonlat is None


def test_locating_from_the_command_line(tmp_path: Path, extracts: Path) -> None:
    address = tmp_path / "places.db"
    with Register.open(address) as register, register.writing("Li Na", "list") as writer:
        writer.add(Place("m", "Musée océanographique de Monaco", "culture", status="doubtful",
                         match_reason=NOT_FOUND, match_reason_zh=NOT_FOUND_ZH))  # fmt: skip
    streets = extracts / "monaco_2023.osm.pbf"
    dry = told("locate", "--streets", streets, "--register", address)
    assert dry["counts"] == {"placed": 1, "vague": 0, "not_found": 0, "no_answer": 0}
    assert (dry["is_written"], dry["n_written"]) == (False, 0)
    done = told("locate", "--streets", streets, "--register", address, "--yes")
    assert done["n_written"] == 1
    with Register.open(address) as register:
        place = register.place("m")
    assert place.lonlat is not None
    assert place.lonlat == pytest.approx((7.4254, 43.7308), abs=1e-3)
    assert told("locate", "--streets", streets, "--register", address)["places"] == []
    assert run("locate", "--register", address).exit_code == 2


def test_fields_are_edited_as_lists_are_read(register: Register) -> None:
    fill(register)
    place = register.place("fine")
    classes = load_classes()
    typed = {
        "电话": "0377",
        "hours": "每天 8:00-18:00",
        "other_names": "Fein; Bien",
        "class": "养老",
    }
    changed = read_hand_edit(place, {**typed, "capacity": "12", "note": ""}, classes)
    assert changed == {
        "phone": "0377",
        "hours": "Mo-Su 08:00-18:00",
        "other_names": ("Fein", "Bien"),
        "category": "care",
        "capacity": 12,
        "note": None,
    }
    for wrong in (
        {"lon": "7"},
        {"version": "3"},
        {"hours": "sometimes"},
        {"class": "zoo"},
        {"name": ""},
    ):
        with pytest.raises(RegisterError) as error:
            read_hand_edit(place, wrong, classes)
        assert error.value.zh


def test_editing_from_the_command_line(tmp_path: Path) -> None:
    address = tmp_path / "places.db"
    with Register.open(address) as register:
        fill(register)
    done = told("edit", "fine", "phone=0377=8", "--register", address, "--who", "Li Na")
    (change,) = done["changes"]
    assert (change["who"], change["before"], change["after"]) == (
        "Li Na", {"phone": None}, {"phone": "0377=8"},
    )  # fmt: skip
    assert told("edit", "fine", "phone=0377=8", "--register", address)["changes"] == []
    assert (
        "内容没有变化"
        in run("edit", "fine", "phone=0377=8", "--register", address, lang="zh").stdout
    )
    assert told("edit", "fine", "phone=", "--register", address)["changes"][0]["after"] == {
        "phone": None
    }
    assert run("edit", "fine", "phone", "--register", address).exit_code == 2


SQUARE = [[7.420, 43.730], [7.422, 43.730], [7.422, 43.732], [7.420, 43.732], [7.420, 43.730]]


def drawing(tmp_path: Path, *features: dict[str, Any]) -> Path:
    path = tmp_path / "drawn.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def feature(kind: str, coordinates: Any, /, **said: Any) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": said, "geometry": geometry}


def test_a_drawing_is_read(tmp_path: Path) -> None:
    path = drawing(
        tmp_path,
        feature("Polygon", [SQUARE], id="east", name="东苑"),
        feature("Point", [7.4221, 43.731], name="东门", opens="hours", hours="Mo-Su 06:00-22:00"),
        feature("Point", [7.421, 43.730], opens="residents"),
        feature("LineString", [[7.41, 43.73], [7.411, 43.73]], edit="link", kind="bridge"),
        {"type": "Feature", "properties": {"edit": "closure", "way": 7}, "geometry": None},
    )
    link, closure, compound = read_drawn(path)
    assert isinstance(link, StreetEdit)
    assert isinstance(closure, StreetEdit)
    assert isinstance(compound, Compound)
    assert (link.kind, link.link_kind) == ("link", "bridge")
    assert (closure.kind, closure.osm_way_id, closure.geometry) == ("closure", 7, None)
    assert (compound.compound_id, compound.name) == ("east", "东苑")
    assert compound.gates == (
        CompoundGate(7.4221, 43.731, "hours", "Mo-Su 06:00-22:00", "东门"),
        CompoundGate(7.421, 43.730, "residents"),
    )
    assert [known.level for known in known_compounds([compound])] == ["area", "entrance"]
    assert read_drawn(path) == (link, closure, compound)


@pytest.mark.parametrize(
    "feature",
    [
        feature("Polygon", [SQUARE]),
        feature("Point", [7.5, 43.8], opens="all"),
        feature("LineString", [[7.41, 43.73], [7.411, 43.73]]),
    ],
    ids=["compound without a name", "gate at no compound", "line that is no edit"],
)
def test_a_drawing_that_cannot_be_used(tmp_path: Path, feature: dict[str, Any]) -> None:
    with pytest.raises(EditError) as error:
        read_drawn(drawing(tmp_path, feature))
    assert error.value.zh


def test_a_file_of_edits_is_a_drawing_too(tmp_path: Path) -> None:
    outline = {"type": "Polygon", "coordinates": [SQUARE]}
    both = {"type": "GeometryCollection",
            "geometries": [{"type": "Point", "coordinates": [7.421, 43.731]}, outline]}  # fmt: skip
    path = drawing(tmp_path, {"type": "Feature", "properties": {"edit": "gate"}, "geometry": both})
    (compound,) = read_drawn(path)
    assert isinstance(compound, Compound)
    assert compound.gates == (CompoundGate(7.421, 43.731),)


def test_drawing_from_the_command_line(tmp_path: Path) -> None:
    address = tmp_path / "places.db"
    path = drawing(
        tmp_path,
        feature("Polygon", [SQUARE], id="east", name="东苑"),
        feature("Point", [7.421, 43.730], opens="all"),
        feature("LineString", [[7.41, 43.73], [7.411, 43.73]], edit="link"),
        feature("LineString", [[7.42, 43.73], [7.421, 43.73]], edit="closure"),
    )
    assert told("compounds", "add", path, "--register", address) == {"n_read": 1, "n_written": 1}
    assert told("edits", "add", path, "--register", address) == {"n_read": 2, "n_written": 2}
    assert told("edits", "add", path, "--register", address) == {"n_read": 2, "n_written": 0}
    assert "东苑" in run("compounds", "list", "--register", address).stdout
    assert "封闭" in run("edits", "list", "--register", address, lang="zh").stdout
    with Register.open(address) as register:
        laid = edits_of(register, datetime.date(2026, 5, 1))
        assert sorted(type(edit).__name__ for edit in laid) == ["Closure", "Gate", "Link"]
        assert {type(edit) for edit in laid} == {Closure, Gate, Link}
    identity = told("edits", "list", "--register", address)["edits"][0]["edit_id"]
    gone = told("edits", "remove", identity, "--register", address)
    assert len(told("edits", "list", "--register", address)["edits"]) == 1
    told("undo", str(gone["change_id"]), "--register", address)
    assert len(told("edits", "list", "--register", address)["edits"]) == 2
    assert run("edits", "remove", "nothing", "--register", address).exit_code != 0


def test_the_names_of_a_register_do_not_place_others(register: Register) -> None:
    with register.writing("Li Na", "list") as writer:
        writer.add(Place("a", "Pharmacie", "health", address="12 Rue Grimaldi", lon=7.42, lat=43.73,
                         match_method="coordinates"))  # fmt: skip
        writer.add(Place("b", "Guess", "health", address="14 Rue Grimaldi", lon=7.42, lat=43.73,
                         match_method="gazetteer"))  # fmt: skip
    (known,) = known_for_others(register)
    assert (known.name, known.address, known.place_id) == ("", "12 Rue Grimaldi", "a")


def test_an_import_says_how_to_take_it_back(tmp_path: Path) -> None:
    file, register = tmp_path / "list.csv", tmp_path / "places.db"
    file.write_text("名称,类别,地址\n东门诊所,诊所,东门1号\n", "utf-8")
    made = run("import", file, "--yes", "--register", register, lang="zh")
    assert "circle places undo --act 1" in made.output
    acts = run("history", "--acts", "--register", register, lang="zh").output
    assert acts.startswith("1  ")
    assert "导入 list.csv  1 处" in acts
    assert told("undo", "1", "--act", "--register", register)["changes"]
    assert told("list", "--register", register)["places"] == []
    [latest, first] = told("history", "--acts", "--register", register)["acts"]
    assert (first["act_id"], latest["what"]) == (1, "undo 1")


def test_a_refused_list_says_why_row_by_row(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("名称,类别,地址\n东门诊所,诊所,东门1号\n无类,,东门2号\n", "utf-8")
    made = run("import", file, "--yes", "--register", tmp_path / "places.db", lang="zh")
    assert made.exit_code == 1
    assert "第 3 行 无类 [拒绝] 没有类别" in made.output
