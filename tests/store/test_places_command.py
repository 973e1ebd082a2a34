"""``circle places`` as somebody types it: which register, which map, and what to do next."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from drawn_study import at, write_study

from circle.cli import main
from circle.store import Register

HEADER = "名称,类别,地址,经度,纬度,坐标系"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with a study that has a register."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CIRCLE_REGISTER", raising=False)
    write_study(tmp_path / "ours", register='"places.db"')
    return tmp_path


def places(*arguments: str | Path, lang: str = "en") -> Result:
    return CliRunner().invoke(main, ["--lang", lang, "places", *map(str, arguments)])


def write_list(folder: Path, *rows: str) -> Path:
    path = folder / "list.csv"
    path.write_text("\n".join((HEADER, *rows)) + "\n", "utf-8")
    return path


def test_a_register_named_by_its_study_lies_on_the_map_of_the_study(here: Path) -> None:
    near = at(240, 30)
    listed = write_list(
        here,
        "路口书屋,文化设施,东路北路口,,,",
        f"东市场,菜市场,,{near.lon},{near.lat},wgs84",
        "远处诊所,诊所,,116.3202,40.0014,wgs84",
    )
    done = places("import", listed, "--register", "ours", "--yes")
    assert done.exit_code == 0, done.output
    assert "2 new" in done.stdout
    assert "far outside the map" in done.stdout
    with Register.open(str(here / "ours" / "places.db"), must_exist=True) as register:
        placed = {place.name: place for place in register.places()}
    corner = placed["路口书屋"].lonlat
    assert corner is not None
    assert corner == pytest.approx(at(0, 0), abs=1e-5)
    assert placed["远处诊所"].status == "doubtful"
    assert not (here / "places.db").exists()


def test_a_study_without_a_register_is_told_which_line_is_missing(here: Path) -> None:
    write_study(here / "plain")
    refused = places("list", "--register", "plain")
    assert refused.exit_code == 1
    assert 'register = "places.db"' in refused.stderr
    assert "plain" in refused.stderr


def test_from_map_writes_to_the_register_of_its_study(here: Path) -> None:
    done = places("from-map", "ours", "--yes")
    assert done.exit_code == 0, done.output
    assert (here / "ours" / "places.db").is_file()
    assert not (here / "places.db").exists()


def test_whoever_does_not_write_is_told_how(here: Path) -> None:
    near = at(240, 30)
    good = f"东市场,菜市场,,{near.lon},{near.lat},wgs84"
    assert "--yes" in places("import", write_list(here, good)).stdout
    mixed = places("import", write_list(here, good, ",菜市场,,,,")).stdout
    assert "--only-good --yes" in mixed
    assert not (here / "ours" / "places.db").exists()


def test_a_photo_that_is_not_there_is_a_doubt_and_blocks_no_guide(here: Path) -> None:
    near = at(240, 0)
    path = here / "list.csv"
    path.write_text(
        f"{HEADER},照片\n东市场,菜市场,,{near.lon},{near.lat},wgs84,门口.jpg\n", "utf-8"
    )
    done = places("import", path, "--register", "ours", "--yes", lang="zh")
    assert done.exit_code == 0, done.output
    assert "照片“门口.jpg”" in done.stdout
    assert str(here / "ours") in done.stdout
    with Register.open(str(here / "ours" / "places.db"), must_exist=True) as register:
        (place,) = register.places()
    assert place.lonlat is not None
    assert places("publish", place.place_id, "--register", "ours").exit_code == 0
    built = CliRunner().invoke(main, ["--lang", "zh", "build", "ours"])
    assert built.exit_code == 0, built.output
    assert "没有照片“门口.jpg”：东市场" in built.stderr


def test_a_row_without_a_datum_is_refused_alone(here: Path) -> None:
    near = at(240, 30)
    listed = write_list(
        here,
        f"东市场,菜市场,,{near.lon},{near.lat},wgs84",
        f"北诊所,诊所,,{near.lon:.5f},{near.lat:.5f},",
    )
    report = here / "report.xlsx"
    done = places("import", listed, "--register", "ours", "--report", report, lang="zh")
    assert done.exit_code == 0, done.output
    assert "1 新增" in done.stdout
    assert f"wgs84 {near.lon:.5f},{near.lat:.5f}" in done.stdout
    assert "没有说明坐标系；请在该行填写" in done.stdout
    # What each datum would mean is told of the row that says none, not of the others.
    assert "北诊所" in done.stderr
    assert "东市场" not in done.stderr
    rows = [row[1:3] for row in openpyxl.load_workbook(report).worksheets[0].values]
    assert rows == [("结果", "写入"), ("新增", "新增"), ("拒绝", "不写入")]
    written = places("import", listed, "--register", "ours", "--only-good", "--yes")
    assert "1 places written" in written.stdout


def test_a_list_that_says_no_datum_is_refused_with_a_report(here: Path) -> None:
    near = at(240, 30)
    listed = write_list(here, f"东市场,菜市场,,{near.lon},{near.lat},", "北诊所,诊所,北路,,,")
    report = here / "report.xlsx"
    refused = places("import", listed, "--register", "ours", "--report", report, "--yes")
    assert refused.exit_code == 1
    assert "does not say in what datum" in refused.stderr
    outcomes = [row[1] for row in openpyxl.load_workbook(report).worksheets[0].values]
    assert outcomes[1] == "refused"
    assert len(outcomes) == 3
    with Register.open(str(here / "ours" / "places.db"), must_exist=True) as register:
        assert register.places() == ()
