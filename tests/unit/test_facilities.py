"""Sheets as people keep them, located; facilities of a map, each once."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from shapely.geometry import Point

from circle.classes import load_classes
from circle.errors import SchemaError, SheetError
from circle.facilities import FACILITIES, from_features, locate, read_sheet
from circle.facilities.kinds import kinds
from circle.facilities.locate import is_placeable
from circle.features import read_features
from circle.geocoding import GeocodeMatch
from circle.geocoding.folding import has_cjk
from circle.geometry import Bounds, LonLat
from circle.resources import data_path

CLASSES = load_classes()
LINES = [
    ["设施名称", "类别", "地址", "经度", "纬度", "坐标系", "电话"],
    ["张掖路菜市场", "菜市场", "张掖路12号", "103.836703", "36.060773", "GCJ-02", "0931-1"],
    ["颐园", "公园", "南滨河路", "", "", "", ""],
]


def text(separator: str) -> str:
    return "\n".join(separator.join(line) for line in LINES) + "\n"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_in_any_dress(tmp_path: Path, separator: str, encoding: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(text(separator).encode(encoding))
    sheet = read_sheet(path)
    assert sheet["name"].tolist() == ["张掖路菜市场", "颐园"]
    assert sheet["class"].tolist() == ["菜市场", "公园"]
    assert sheet["lon"].tolist() == ["103.836703", None]
    assert sheet["row"].tolist() == [2, 3]


def test_an_excel_file_with_a_title_above_its_header(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.active.append(["请填写下一页"])
    page = book.create_sheet("设施")
    page.append(["山字石社区设施表"])
    page.append([])
    page.append(["编号", "名称", "类别", "经度（GCJ02）", "纬度（GCJ02）", "坐标系", "备注"])
    page.append([7, "张掖路菜市场", "菜市场", 103.836703, 36.060773, "高德", None])
    page.append([None] * 7)
    page.append([8.0, "颐园", "公园", None, None, None, "江边"])
    book.save(path)
    sheet = read_sheet(path)
    assert sheet["id"].tolist() == ["7", "8"]
    assert sheet["row"].tolist() == [4, 6]
    assert sheet["note"].tolist() == [None, "江边"]
    assert sheet["lat"].tolist() == ["36.060773", None]


def test_english_headers_comments_and_quotes(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('# a credit line\nName,Class,Address\n"Smith, & Sons",shop,"1 High\nSt"\n')
    sheet = read_sheet(path)
    assert sheet["name"].tolist() == ["Smith, & Sons"]
    assert sheet["address"].tolist() == ["1 High\nSt"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"", "no column of names"),
        ("a.csv", "甲,乙\n1,2\n".encode(), "甲, 乙"),
        ("a.csv", "名称,类别\n".encode(), "no rows"),
        ("a.csv", b"\xff\x00\x81\x30\x00", "not text"),
        ("a.xlsx", b"PK\x03\x04 no excel", "not a sound Excel"),
        ("a.pdf", b"%PDF", "save it as .xlsx or .csv"),
    ],
)
def test_sheets_that_cannot_be_read(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SheetError, match=says):
        read_sheet(path)


def test_a_missing_sheet_is_named(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match="nowhere"):
        read_sheet(tmp_path / "nowhere.csv")


def sheet_of(**columns: list[str | None]) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    frame = {"name": [f"place {i}" for i in range(n)], "class": ["公园"] * n, **columns}
    return pd.DataFrame({"row": range(2, n + 2), **frame}, dtype=object)


def test_coordinates_are_turned_from_their_datum() -> None:
    # Amap's and Baidu's position of one spot, and the spot itself.
    sheet = sheet_of(
        lon=["103.83670311", "103.84323954", "103.8343", "103.8343"],
        lat=["36.06077272", "36.06666535", "36.0611", "36.0611"],
        datum=["gcj02", "百度", "WGS-84", "CGCS2000"],
    )
    located = locate(sheet, CLASSES)
    for point in located.geometry:
        assert point.x == pytest.approx(103.8343, abs=1e-7)
        assert point.y == pytest.approx(36.0611, abs=1e-7)
    assert located.match_method.unique().tolist() == ["coordinates"]
    assert located.is_placed.all()


def test_the_datum_may_be_declared_for_all_rows() -> None:
    located = locate(sheet_of(lon=["103.836703"], lat=["36.060773"]), CLASSES, datum="gcj02")
    assert located.geometry.iloc[0].x == pytest.approx(103.8343, abs=1e-5)


def test_coordinates_without_a_datum_are_refused() -> None:
    with pytest.raises(SheetError, match="row 2 has coordinates but no datum") as caught:
        locate(sheet_of(lon=["103.8"], lat=["36.0"]), CLASSES)
    assert "坐标系" in caught.value.zh


def test_all_that_is_wrong_is_named_by_row_at_once() -> None:
    sheet = sheet_of(
        id=["a", "b", "a", "d", "e", "f"],
        name=["x", None, "y", "z", "u", "v"],
        lon=["103.8", None, None, "36.0", "abc", "103.8"],
        lat=[None, None, None, "103.8", "36.0", "36.0"],
        datum=["wgs84"] * 5 + ["西安80"],
    )
    sheet.loc[2, "class"] = "飞机场"
    with pytest.raises(SheetError) as caught:
        locate(sheet, CLASSES)
    for said in (
        "row 2 has only one of longitude and latitude",
        "row 3 has no name",
        'row 4 has the unknown class "飞机场"',
        'row 4 repeats the id "a" of row 2',
        "row 5: Longitude and latitude look swapped",
        "row 6: ",
        "row 7: ",
    ):
        assert said in caught.value.en
    assert "第 3 行没有名称" in caught.value.zh


def test_ids_follow_from_what_a_row_says() -> None:
    twins = sheet_of(name=["甲", "乙", "甲"])
    ids = locate(twins, CLASSES).facility_id.tolist()
    assert len(set(ids)) == 3
    assert ids[2] == f"{ids[0]}-2"
    # Another order, the same ids.
    assert locate(twins.iloc[[1, 0]], CLASSES).facility_id.tolist() == [ids[1], ids[0]]


class Answers:
    """A geocoder with fixed answers."""

    def __init__(self, **answers: GeocodeMatch) -> None:
        self.answers = answers

    def geocode(self, name: str, address: str = "") -> list[GeocodeMatch]:
        return [self.answers[name]] if name in self.answers else []


def match(level: Any, confidence: float, accuracy_m: float) -> GeocodeMatch:
    at = LonLat(103.8, 36.0)
    return GeocodeMatch(
        "q", at, "n", "gazetteer", level, confidence, "Because.", "因为。", accuracy_m
    )


def test_what_is_vague_or_doubtful_is_listed_and_not_placed() -> None:
    geocoder = Answers(
        sure=match("building", 0.95, 20),
        doubtful=match("building", 0.6, 20),
        street=match("street", 0.9, 400),
        lane=match("street", 0.9, 60),
        campus=match("area", 0.95, 900),
        district=match("district", 1.0, 50),
    )
    names = [*geocoder.answers, "nowhere"]
    located = locate(sheet_of(name=names), CLASSES, geocoder).set_index("name")
    assert located.is_placed.to_dict() == {
        "sure": True,
        "doubtful": False,
        "street": False,
        "lane": True,
        "campus": False,
        "district": False,
        "nowhere": False,
    }
    assert located.geometry["doubtful"] is None
    assert located.match_reason["doubtful"].endswith("on the map: Because.")
    assert located.match_reason_zh["nowhere"].startswith("地图上既没有")
    assert math.isnan(located.position_accuracy_m["nowhere"])
    assert located.position_accuracy_m["sure"] == 20
    assert is_placeable(geocoder.answers["sure"])


def test_coordinates_far_from_the_streets_are_not_believed() -> None:
    sheet = sheet_of(
        name=["near", "shanghai", "zero"],
        lon=["116.36", "121.47", "0"],
        lat=["40.0", "31.23", "0"],
        datum=["wgs84"] * 3,
    )
    beijing = Bounds(116.30, 39.99, 116.33, 40.01)
    located = locate(sheet, CLASSES, within=beijing).set_index("name")
    assert located.is_placed.to_dict() == {"near": True, "shanghai": False, "zero": False}
    assert "121.4700,31.2300" in located.match_reason["shanghai"]
    assert "远在地图范围之外" in located.match_reason_zh["zero"]


def test_an_unknown_class_is_answered_with_those_there_are() -> None:
    sheet = sheet_of(name=["a"])
    sheet["class"] = "飞船"
    with pytest.raises(SheetError) as caught:
        locate(sheet, CLASSES)
    for kind in CLASSES:
        assert kind.name_zh in caught.value.zh
        assert kind.name_en in caught.value.en


def test_without_a_geocoder_nothing_is_invented() -> None:
    located = locate(sheet_of(address=["张掖路1号"]), CLASSES)
    assert located.is_placed.tolist() == [False]
    assert located.address.tolist() == ["张掖路1号"]


# From a map --------------------------------------------------------------------------------------

DOUBLES = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
 <node id="1" lat="36.0000" lon="103.0000" version="1"/>
 <node id="2" lat="36.0000" lon="103.0003" version="1"><tag k="entrance" v="main"/></node>
 <node id="3" lat="36.0003" lon="103.0003" version="1"/>
 <node id="4" lat="36.0003" lon="103.0000" version="1"/>
 <node id="5" lat="36.0001" lon="103.0001" version="1">
  <tag k="amenity" v="clinic"/><tag k="name" v="人民诊所"/></node>
 <node id="6" lat="36.0010" lon="103.0010" version="1">
  <tag k="amenity" v="bank"/><tag k="name" v="中国银行"/><tag k="addr:street" v="人民路"/>
  <tag k="addr:housenumber" v="5"/><tag k="opening_hours" v="Mo-Fr 09:00-17:00"/></node>
 <node id="7" lat="36.0011" lon="103.0010" version="1">
  <tag k="amenity" v="atm"/><tag k="name" v="中国银行"/></node>
 <node id="8" lat="36.0050" lon="103.0050" version="1">
  <tag k="amenity" v="bank"/><tag k="name" v="中国银行"/></node>
 <node id="9" lat="36.0060" lon="103.0060" version="1"><tag k="amenity" v="parking"/></node>
 <node id="10" lat="36.0070" lon="103.0060" version="1">
  <tag k="amenity" v="parking"/><tag k="access" v="private"/></node>
 <node id="11" lat="36.00012" lon="103.0001" version="1">
  <tag k="amenity" v="pharmacy"/><tag k="name" v="人民药店"/><tag k="phone" v="123"/></node>
 <way id="21" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/>
  <tag k="building" v="yes"/><tag k="amenity" v="clinic"/><tag k="name" v="人民诊所"/></way>
</osm>
"""


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> gpd.GeoDataFrame:
    path = tmp_path_factory.mktemp("map") / "doubles.osm"
    path.write_text(DOUBLES, encoding="utf-8")
    return from_features(read_features(path), CLASSES).set_index("facility_id", drop=False)


def test_each_real_thing_comes_once(drawn: gpd.GeoDataFrame) -> None:
    # The point in the clinic's building and the bank's cash machine are doubles; the pharmacy in
    # the same building, the other branch and the parking are not; the private one is left out.
    assert sorted(drawn.facility_id) == ["n11", "n6", "n8", "n9", "w21"]


def test_the_entrance_is_the_place(drawn: gpd.GeoDataFrame) -> None:
    clinic = drawn.loc["w21"]
    assert clinic.geometry == Point(103.0003, 36.0)
    assert (clinic.match_level, clinic.category) == ("entrance", "health")


def test_what_the_map_says_is_carried(drawn: gpd.GeoDataFrame) -> None:
    bank = drawn.loc["n6"]
    assert (bank.address, bank.hours) == ("人民路5号", "Mo-Fr 09:00-17:00")
    assert bank.source == "© OpenStreetMap contributors"
    assert drawn.loc["n11"].phone == "123"
    assert drawn.loc["n9"]["name"] == "停车场（名称未详）"
    assert drawn.loc["n9"].name_en == "Car park (name unknown)"


def test_kinds_are_those_of_the_classes_and_have_both_names() -> None:
    with data_path("kinds.csv").open(encoding="utf-8") as file:
        assert len(file.readlines()) == len(kinds()) + 1  # none stands twice
    for key, kind in kinds().items():
        tag, value = key.split("=")
        # A pool in a garden is no place of the guide, one for swimming is.
        more = {"sport": "swimming"} if value == "swimming_pool" else {}
        assert CLASSES.match({tag: value, **more}) is not None, key
        assert kind.name_zh
        assert kind.name_en
        assert has_cjk(kind.name_zh)
        assert not has_cjk(kind.name_en)
    # A rule for any value is left to the name of the class.
    named = {tag.partition("+")[0] for each in CLASSES for tag in each.osm_tags}
    assert {tag for tag in named if not tag.endswith("=*")} <= set(kinds())


def test_a_place_without_a_name_is_called_by_its_kind(tmp_path: Path) -> None:
    things = (
        "<tag k='amenity' v='atm'/><tag k='name' v='中国银行'/><tag k='name:en' v='BOC'/>",
        "<tag k='amenity' v='atm'/><tag k='operator' v='工商银行'/>",
        "<tag k='amenity' v='atm'/>",
        "<tag k='amenity' v='bank'/><tag k='operator' v='工商银行'/>",
        "<tag k='amenity' v='toilets'/><tag k='operator' v='清华大学'/>",
        "<tag k='shop' v='unheard_of'/>",
    )
    nodes = "".join(
        f"<node id='{n}' lat='{36 + n / 100}' lon='103' version='1'>{tags}</node>"
        for n, tags in enumerate(things, start=1)
    )
    path = tmp_path / "kinds.osm"
    bounds = "<bounds minlat='36' minlon='102.9' maxlat='36.1' maxlon='103.1'/>"
    path.write_text(f"<osm version='0.6'>{bounds}{nodes}</osm>", "utf-8")
    found = from_features(read_features(path), CLASSES).sort_values("facility_id")
    assert list(zip(found["name"], found["name_en"], strict=True)) == [
        ("中国银行（自动取款机）", "BOC (cash machine)"),
        ("工商银行（自动取款机）", "工商银行 (cash machine)"),
        ("自动取款机", "Cash machine"),
        ("工商银行", "工商银行"),
        ("清华大学（公共厕所）", "清华大学 (public toilets)"),
        ("购物（名称未详）", "Shopping (name unknown)"),
    ]


def test_monaco_by_its_own_map(extracts: Path) -> None:
    features = read_features(extracts / "monaco_2023.osm.pbf")
    facilities = from_features(features, CLASSES)
    FACILITIES.check(facilities)
    counts = facilities.category.value_counts()
    assert set(counts.index) == {place_class.key for place_class in CLASSES}
    assert 700 < len(facilities) < 950
    assert facilities.is_placed.all()
    # Of one class no two rows share name and spot.
    of_kinds = {name for kind in kinds().values() for name in kind.named()}
    named = facilities[~facilities["name"].isin(of_kinds)]
    # Toilets are called toilets, not by the class that also holds restaurants.
    assert (facilities["name"] == "公共厕所").sum() > 20
    assert facilities["name"].str.contains("便民服务|公园与运动|金融与邮政").sum() == 0
    spots = named.geometry.map(lambda p: (round(p.x, 4), round(p.y, 4)))
    assert (
        not pd.DataFrame({"n": named["name"], "c": named.category, "s": spots}).duplicated().any()
    )
    assert (facilities.match_level == "entrance").sum() >= 5
    again = from_features(features, CLASSES)
    assert again.facility_id.tolist() == facilities.facility_id.tolist()


# The contract ------------------------------------------------------------------------------------


def good() -> gpd.GeoDataFrame:
    return locate(sheet_of(lon=["103.8"], lat=["36.0"], datum=["wgs84"]), CLASSES)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda t: t.drop(columns="category"), "category"),
        (lambda t: t.to_crs("EPSG:3857"), "EPSG:4326"),
        (lambda t: pd.DataFrame(t), "no geometry"),
        (lambda t: t.assign(is_placed="yes"), "is_placed"),
        (lambda t: t.assign(match_level="planet"), "planet"),
        (lambda t: t.assign(match_confidence="high"), "match_confidence"),
        (lambda t: t.assign(name=None), "row 1"),
        (lambda t: pd.concat([t, t]), "twice"),
        (lambda t: t.set_geometry(t.geometry.buffer(0.1), crs=t.crs), "Polygon"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*geographic CRS.*")
def test_a_table_that_breaks_its_contract_is_refused(spoil: Any, says: str) -> None:
    with pytest.raises(SchemaError, match=says):
        FACILITIES.check(spoil(good()))
