"""`circle.toml`: every key checked, every mistake told by its key and in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn_study import CENTER, write_study

from circle.errors import StudyError
from circle.study import find_study, read_study
from circle.study.new import new_study


def test_reads_all_keys(tmp_path: Path) -> None:
    folder = write_study(
        tmp_path / "my",
        minutes="[15, 5]",
        walker='"older"',
        languages='["en"]',
        center_accuracy_m="20",
        places_datum='"高德"',
        data_date="2026-07-01",
    )
    config = read_study(folder)
    assert config.name == "my"
    assert config.center == CENTER
    assert config.streets == folder.resolve() / "streets.geojson"
    assert config.minutes == (5.0, 15.0)
    assert config.who.speed_m_s == 0.9
    assert config.languages == ("en",)
    assert config.center_accuracy_m == 20.0
    assert config.places_datum == "gcj02"
    assert config.data_date == "2026-07-01"
    assert config.online is False


def test_a_folder_and_its_file_are_the_same_study(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "my")
    assert read_study(folder) == read_study(folder / "circle.toml")


def test_walker_may_be_a_speed(tmp_path: Path) -> None:
    assert read_study(write_study(tmp_path / "a", walker="1.1")).who.speed_m_s == 1.1
    assert read_study(write_study(tmp_path / "b", walker='"1.1"')).who.speed_m_s == 1.1


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("center", '"103.8, 36.0"'),
        ("center", "[103.8]"),
        ("center", "[36.06, 103.83]"),
        ("center", "[nan, 36.06]"),
        ("center", "[true, 36.06]"),
        ("center", ""),
        ("title_zh", "3"),
        ("streets", "7"),
        ("streets", '"missing.osm.pbf"'),
        ("places", '"missing.csv"'),
        ("boundary", '"missing.geojson"'),
        ("classes", '"missing.csv"'),
        ("basemap", '"missing.geojson"'),
        ("places_datum", '"mars"'),
        ("walker", '"bird"'),
        ("walker", "9.0"),
        ("walker", "true"),
        ("minutes", "15"),
        ("minutes", "[]"),
        ("minutes", "[5, 121]"),
        ("minutes", "[1, 2, 3, 4, 5, 6, 7]"),
        ("minutes", "[inf]"),
        ("languages", '["fr"]'),
        ("languages", "[]"),
        ("online", '"yes"'),
        ("data_date", '"July"'),
        ("center_accuracy_m", "-1"),
        ("center_accuracy_m", '"20 m"'),
    ],
)
def test_a_mistake_is_told_by_its_key(tmp_path: Path, key: str, value: str) -> None:
    folder = write_study(tmp_path / "my", **{key: value})
    with pytest.raises(StudyError) as caught:
        read_study(folder)
    for sentence in (caught.value.en, caught.value.zh):
        assert f"“{key}”" in sentence
        assert "\n" not in sentence


def test_an_unknown_key_is_told_with_what_was_meant(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "my", street='"streets.geojson"')
    with pytest.raises(StudyError, match="unknown key “street”; did you mean “streets”"):
        read_study(folder)


def test_a_file_that_is_not_toml(tmp_path: Path) -> None:
    (tmp_path / "circle.toml").write_text("center = [1, ", "utf-8")
    with pytest.raises(StudyError, match="not a TOML file"):
        read_study(tmp_path)
    (tmp_path / "circle.toml").write_bytes("title_zh = '指南'".encode("gb18030"))
    with pytest.raises(StudyError, match="UTF-8"):
        read_study(tmp_path)


def test_a_mark_that_windows_editors_leave_is_no_mistake(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "my")
    path = folder / "circle.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_study(folder).center == CENTER


def test_names_that_are_no_study(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="no study “atlantis”"):
        find_study("atlantis")
    with pytest.raises(StudyError, match=r"holds no circle\.toml"):
        find_study(tmp_path)


def test_a_folder_wins_over_the_embedded_study(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_study(tmp_path / "shanzishi")
    assert read_study("shanzishi").title_en == "Drawn guide"


def test_new_writes_a_file_that_reads_back(tmp_path: Path) -> None:
    given = write_study(tmp_path / "given")
    path = new_study(
        tmp_path / "sub" / '引号"村',
        CENTER,
        streets=given / "streets.geojson",
        places=given / "places.csv",
    )
    config = read_study(path)
    assert config.center == CENTER
    assert config.streets == (given / "streets.geojson").resolve()
    assert config.places == (given / "places.csv").resolve()
    assert config.boundary is None
    assert config.online is False
    assert config.community_zh == '引号"村'
    assert "../../given/streets.geojson" in path.read_text("utf-8")


def test_new_without_streets_may_go_online_and_says_so(tmp_path: Path) -> None:
    path = new_study(tmp_path / "n", CENTER)
    config = read_study(path)
    assert config.streets is None
    assert config.online is True
    assert '# streets = "' in path.read_text("utf-8")


def test_new_never_overwrites(tmp_path: Path) -> None:
    path = new_study(tmp_path / "n", CENTER)
    before = path.read_bytes()
    with pytest.raises(StudyError, match="already"):
        new_study(tmp_path / "n", CENTER)
    assert path.read_bytes() == before


def test_new_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="“places”"):
        new_study(tmp_path / "n", CENTER, places=tmp_path / "none.csv")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("x")
    with pytest.raises(StudyError, match="is a file"):
        new_study(tmp_path / "file", CENTER)
