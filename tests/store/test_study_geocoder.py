"""One geocoder for a study: its map, its list or register, its town."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from circle.cli import main
from circle.resources import data_path
from circle.store import Place, Register
from circle.study import read_study
from circle.study.geocoder import read_listed
from circle.study.load import run_study


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "study"
    shutil.copytree(data_path("shanzishi"), made)
    return made


def test_what_a_list_knows_helps_its_other_rows(folder: Path) -> None:
    (folder / "places.csv").write_text(
        "id,name,class,address,lon,lat,datum\n"
        "a,甲药店,health,张掖路80号,103.8343,36.0585,wgs84\n"
        "b,乙书屋,culture,张掖路84号,103.8349,36.0585,wgs84\n"
        "c,丙饭馆,shopping,张掖路82号,,,\n"
        "d,甲药店,health,某某巷7号,,,\n",
        "utf-8",
    )
    found = run_study(read_study(folder)).facilities.set_index("facility_id")
    # Between its neighbours of the same list; the other pharmacy of one name stays unknown.
    assert found.loc["c", "is_placed"]
    assert 103.8343 < found.loc["c", "geometry"].x < 103.8349
    assert found.loc["c", "match_method"] == "gazetteer"
    assert not found.loc["d", "is_placed"]


def test_the_register_of_a_study_is_asked(folder: Path) -> None:
    with Register.open(folder / "places.db") as register, register.writing("Li Na") as writer:
        writer.add(Place("m", "望河茶馆", "shopping", lon=103.835, lat=36.058, match_method="hand"))
        writer.add(Place("n", "无名茶馆", "shopping", status="doubtful"))
        writer.add(
            Place("g", "猜测茶馆", "shopping", lon=103.8, lat=36.0, match_method="gazetteer")
        )
    text = (folder / "circle.toml").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("places ")]
    (folder / "circle.toml").write_text("\n".join(['register = "places.db"', *lines]), "utf-8")
    listed = read_listed(read_study(folder))
    assert [known.name for known in listed.known] == ["望河茶馆"]
    assert listed.unplaced == {"无名茶馆"}
    result = CliRunner().invoke(main, ["geocode", "望河茶馆", "--in", str(folder), "--json"])
    assert result.exit_code == 0, result.output
    (found,) = json.loads(result.stdout)["candidates"]
    assert (found["lon"], found["lat"]) == (103.835, 36.058)
    result = CliRunner().invoke(main, ["geocode", "无名茶馆", "--in", str(folder), "--json"])
    assert json.loads(result.stdout) == {"candidates": []}
    assert "position is not known" in result.stderr or "位置待核" in result.stderr
