"""`circle.toml`: every key checked, every mistake told by its key and in both languages."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from drawn_study import CENTER, write_study

from circle.classes import load_classes
from circle.demand.compounds import read_compounds
from circle.errors import PositionError, SheetError, StudyError
from circle.facilities import SHEET_COLUMNS, locate, read_sheet
from circle.geometry import LonLat
from circle.guide.wording import Both
from circle.hours import read_hours
from circle.standards import COLUMNS, load_standards, standard_files
from circle.study import StudyConfig, find_study, read_study
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


def test_the_template_has_a_line_for_every_key_and_each_can_be_used(tmp_path: Path) -> None:
    given = write_study(tmp_path / "given")
    path = new_study(
        tmp_path / "n", CENTER, streets=given / "streets.geojson", places=given / "places.csv"
    )
    text = path.read_text("utf-8")
    keys = {field.name for field in fields(StudyConfig)} - {"path", "name"}
    assert {key for key in keys if re.search(rf"^(# )?{key} = ", text, re.MULTILINE)} == keys
    # Every example in a comment is one the program takes.
    used = re.sub(rf"^# (({'|'.join(keys)}) = )", r"\1", text, flags=re.MULTILINE)
    for name in re.findall(
        r'^\w+ = "([\w\-]+\.(?:geojson|csv|xlsx|png|gpkg|pbf|osm\.pbf))"', used, re.M
    ):
        (tmp_path / "n" / name).write_text("x")
    path.write_text(used, "utf-8")
    config = read_study(path)
    assert config.contacts[0].name == Both("社区值班", "Community office")
    assert config.contacts[0].phone == "0931-0000000"
    assert config.timezone == "Europe/Monaco"
    assert config.edition_date == "2026-12-01"
    assert config.style == "community"
    assert config.logo == (tmp_path / "n" / "logo.png").resolve()
    assert config.guide_url.startswith("https://")


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("timezone", '"Asia/Lanzhou"', "no time zone"),
        ("timezone", '"../etc/passwd"', "no time zone"),
        ("contacts", '"社区 | 0931"', "list of texts"),
        ("contacts", '["社区"]', "list of texts"),
        ("contacts", '["社区 | 值班室"]', "list of texts"),
        ("contacts", '["a | b | c | 110"]', "list of texts"),
        ("contacts", str(["a | 110"] * 13), "at most 12"),
        ("style", '"punk"', '"community" or "official"'),
        ("logo", '"nowhere.png"', "no such file"),
        ("edition_date", '"soon"', "must be a date"),
    ],
)
def test_what_the_guide_is_dressed_with_is_checked(
    tmp_path: Path, key: str, value: str, says: str
) -> None:
    write_study(tmp_path / "s", **{key: value})
    with pytest.raises(StudyError, match=says) as refusal:
        read_study(tmp_path / "s")
    assert f"“{key}”" in refusal.value.en
    assert f"“{key}”" in refusal.value.zh


@pytest.mark.parametrize(
    ("center", "clocks"),
    [
        ("[103.8343, 36.0611]", "Asia/Shanghai"),
        ("[87.6168, 43.8256]", "Asia/Shanghai"),
        ("[7.42, 43.73]", ""),
        ("[126.978, 37.5665]", ""),
        ("[105.84, 21.03]", ""),
    ],
)
def test_the_clocks_of_a_study(tmp_path: Path, center: str, clocks: str) -> None:
    assert read_study(write_study(tmp_path / "s", center=center)).clocks == clocks
    named = write_study(tmp_path / "t", center=center, timezone='"Europe/Paris"')
    assert read_study(named).clocks == "Europe/Paris"


def test_titles_of_a_new_guide_read_well(tmp_path: Path) -> None:
    config = read_study(new_study(tmp_path / "monaco", CENTER))
    assert config.title_zh == "Monaco 15分钟生活圈指南"
    assert config.title_en == "Monaco: a 15-minute walking guide"
    assert config.community_en == "Monaco"
    config = read_study(new_study(tmp_path / "幸福里", CENTER))
    assert config.title_zh == "幸福里15分钟生活圈指南"


def test_a_new_study_tells_the_columns_of_every_table_coverage_reads(tmp_path: Path) -> None:
    text = new_study(tmp_path / "n", CENTER).read_text("utf-8")
    for column in COLUMNS:
        assert column in text
    for name in standard_files():
        assert name in text
    # The headings told are a sheet that is read, in Chinese and in English.
    for heads in re.findall(r"^#   (\S+,\S+)$", text, re.MULTILINE):
        sheet = tmp_path / "compounds.csv"
        sheet.write_text(f"{heads}\na,甲,{CENTER.lon},{CENTER.lat},wgs84,10,25\n", "utf-8")
        row = read_compounds(sheet).table.iloc[0]
        assert (row["name"], row["dwellings"], row["people"]) == ("甲", 10, 25)
    assert len(re.findall(r"^#   \S+,户数,人口$", text, re.MULTILINE)) == 1
    example = tmp_path / "n" / "standards-example.csv"
    assert load_standards(example) == load_standards("city-checkup-parks")
    sheet.write_text("id,name\na,b\n", "utf-8")
    with pytest.raises(SheetError, match=r"households \(户数\)"):
        read_compounds(sheet)


def test_the_example_list_is_read_once_it_is_no_example(tmp_path: Path) -> None:
    new_study(tmp_path / "n", CENTER)
    path = tmp_path / "n" / "places-example.xlsx"
    # As it comes it holds no places at all.
    with pytest.raises(SheetError, match="no rows"):
        read_sheet(path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    assert "、".join(cell.value for cell in sheet[1]) == (
        "编号、名称、英文名、别名、类别、地址、经度、纬度、坐标系、出入口、电话、营业时间、网址、照片、"
        "优惠/便民服务、活动、备注、来源、来源日期、位置精度"
    )
    offered = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert offered["E2:E501"] == "'类别 Classes'!$A$1:$A$22"
    listed = [row[0] for row in book["类别 Classes"].iter_rows(values_only=True)]
    classes = load_classes()
    assert all(classes.class_for_word(name) for name in listed)
    sheet["A2"], sheet["A3"] = "a", "b"
    book.save(path)
    found = locate(read_sheet(path), classes)
    assert found["is_placed"].all()
    assert len(found["entrances"][0]) == 2
    assert [len(column[0]) for column in (found["offers"], found["events"])] == [1, 1]
    assert found["events"][1][0].starts == "2026-12-03T14:00"
    assert all(read_hours(text).week for text in found["hours"])
    assert set(SHEET_COLUMNS) == set(sheet_columns(path))


def sheet_columns(path: Path) -> list[str]:
    """Return the columns the program knows among those of the example."""
    sheet = read_sheet(path)
    known = [name for name in sheet.columns if name != "row"]
    book = openpyxl.load_workbook(path)
    assert book.worksheets[0].max_column == len(known)
    return known


def test_a_list_of_ones_own_gets_no_example(tmp_path: Path) -> None:
    given = write_study(tmp_path / "given")
    new_study(tmp_path / "n", CENTER, places=given / "places.csv")
    assert not (tmp_path / "n" / "places-example.xlsx").exists()


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"center": LonLat(CENTER.lat, CENTER.lon)}, "center"),
        ({"center": LonLat(7.42, 43.73)}, "center"),
        ({"streets": "README.md"}, "streets"),
        ({"places": "README.md"}, "places"),
        ({"places": "nameless.csv"}, "places"),
        ({"boundary": "given/streets.geojson"}, "boundary"),
    ],
)
def test_new_refuses_what_a_build_could_not_use(
    wrong: dict[str, Any], key: str, tmp_path: Path
) -> None:
    given = write_study(tmp_path / "given")
    (tmp_path / "README.md").write_text("# no streets", "utf-8")
    (tmp_path / "nameless.csv").write_text("a,b\n1,2\n", "utf-8")
    files = {k: tmp_path / v for k, v in wrong.items() if k != "center"}
    center = wrong.get("center", CENTER)
    with pytest.raises((StudyError, PositionError)) as refusal:
        new_study(tmp_path / "n", center, **{"streets": given / "streets.geojson", **files})
    if center.lat <= 90:
        assert f"“{key}”" in refusal.value.en
    assert not (tmp_path / "n").exists()


def test_new_puts_the_language_of_whoever_asks_first(tmp_path: Path) -> None:
    assert read_study(new_study(tmp_path / "zh", CENTER)).languages == ("zh-CN", "en")
    english = new_study(tmp_path / "en", CENTER, language="en")
    assert read_study(english).languages == ("en", "zh-CN")
