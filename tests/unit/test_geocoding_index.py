"""Towns, pieces of names, sounds, short forms, and places of a register."""

from __future__ import annotations

from pathlib import Path

import pytest

from circle.errors import PositionError
from circle.features import MapFeatures, read_features
from circle.geocoding import Gazetteer, KnownPlace
from circle.geocoding.folding import fold, simplify
from circle.geocoding.kinds import long_forms
from circle.geocoding.name_index import NameIndex
from circle.geocoding.towns import Towns

# 人民路 with three numbers, a compound with its gate, two chemists of one brand far apart.
TOWN = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
 <bounds minlat="35.990" minlon="103.000" maxlat="36.010" maxlon="103.020"/>
 <node id="1" lat="36.0000" lon="103.0000" version="1"/>
 <node id="2" lat="36.0000" lon="103.0080" version="1"/>
 <node id="3" lat="36.0001" lon="103.0020" version="1">
  <tag k="addr:street" v="人民路"/><tag k="addr:housenumber" v="6"/>
  <tag k="addr:city" v="兰州市"/><tag k="addr:district" v="城关区"/></node>
 <node id="4" lat="36.0050" lon="103.0100" version="1">
  <tag k="amenity" v="hospital"/><tag k="name" v="兰州市第一人民医院"/></node>
 <node id="5" lat="36.0055" lon="103.0150" version="1">
  <tag k="amenity" v="bank"/><tag k="name" v="中国工商银行"/></node>
 <node id="6" lat="36.0005" lon="103.0030" version="1">
  <tag k="leisure" v="sports_centre"/><tag k="name" v="闻一多體育館"/></node>
 <way id="41" version="1"><nd ref="1"/><nd ref="2"/>
  <tag k="highway" v="residential"/><tag k="name" v="人民路"/></way>
</osm>
"""


@pytest.fixture(scope="module")
def features(tmp_path_factory: pytest.TempPathFactory) -> MapFeatures:
    path = tmp_path_factory.mktemp("town") / "town.osm"
    path.write_text(TOWN, encoding="utf-8")
    return read_features(path)


@pytest.fixture(scope="module")
def town(features: MapFeatures) -> Gazetteer:
    return Gazetteer(features)


@pytest.mark.parametrize(
    ("query", "osm_id"),
    [
        ("兰州市第一人民医院", "n4"),
        ("蘭州市第一人民醫院", "n4"),
        ("第一人民医院", "n4"),
        ("兰州第1人民医院", "n4"),
        ("甘肃省兰州市城关区兰州市第一人民医院", "n4"),
        ("lanzhou shi di yi renmin yiyuan", "n4"),
        ("lzsdyrmyy", "n4"),
        ("工行", "n5"),
        ("兰州市工商银行", "n5"),
        ("闻一多体育馆", "n6"),
        ("wenyiduotiyuguan", "n6"),
        ("文一多体育馆", "n6"),
        ("６号人民路", "n3"),
        ("兰州市城关区人民路六号院", "n3"),
        ("任民路6号", "n3"),
    ],
)
def test_as_people_write(town: Gazetteer, query: str, osm_id: str) -> None:
    assert town.geocode(query)[0].feature_id == osm_id


@pytest.mark.parametrize(
    "query",
    [
        "兰州市第二人民医院",
        "人民医院路",
        "人民路小学",
        "闻一多医院",
        "中国建设银行",
        "解放路",
        "rmyy2",
    ],
)
def test_what_only_looks_alike(town: Gazetteer, query: str) -> None:
    assert town.geocode(query) == []


def test_a_street_is_a_street_and_never_sure(town: Gazetteer) -> None:
    for query in ("人民路", "renmin lu", "人民路88号"):
        match = town.geocode(query)[0]
        assert (match.level, match.name, match.is_confident) == ("street", "人民路", False)


def test_another_town_contradicts(town: Gazetteer) -> None:
    assert town.geocode("第一人民医院", "西宁市城东区")[:1] == []
    assert not any(match.is_confident for match in town.geocode("西宁市第一人民医院"))


def test_another_town_in_a_latin_address(tmp_path: Path) -> None:
    path = tmp_path / "monaco.osm"
    path.write_text(
        """<osm version="0.6"><bounds minlat="43.7" minlon="7.4" maxlat="43.8" maxlon="7.5"/>
        <node id="1" lat="43.74" lon="7.42" version="1"><tag k="addr:street" v="Rue Grimaldi"/>
        <tag k="addr:housenumber" v="12"/><tag k="addr:city" v="Monaco"/>
        <tag k="addr:postcode" v="98000"/></node></osm>""",
        encoding="utf-8",
    )
    gazetteer = Gazetteer(read_features(path))
    for address in ("12 Rue Grimaldi", "12, rue Grimaldi, 98000 Monaco", "12 Rue Grimaldi, MONACO"):
        assert gazetteer.geocode("", address)[0].is_confident, address
    for address in ("12 Rue Grimaldi, 06000 Nice", "12 Rue Grimaldi, 75001 Paris, France"):
        assert not any(match.is_confident for match in gazetteer.geocode("", address)), address


# Places of a register --------------------------------------------------------------------------

PLACES = (
    KnownPlace("山字石社区党群服务中心", 103.0100, 36.0010, other_names=("山字石红色驿站",),
               address="人民路18号", place_id="civic-01", accuracy_m=5.0),
    KnownPlace("南门", 103.0110, 36.0020, level="entrance", place_id="gate-1"),
)  # fmt: skip


def test_places_from_elsewhere_join(features: MapFeatures) -> None:
    gazetteer = Gazetteer(features, extra_places=PLACES)
    for query in (
        "山字石社区党群服务中心",
        "山字石红色驿站",
        "人民路18号",
    ):
        match = gazetteer.geocode(query)[0]
        assert match.feature_id == "civic-01", query
        assert match.accuracy_m == 5.0
    assert gazetteer.geocode("人民路18号")[0].is_confident
    # Numbers of a register help to place what lies between.
    between = gazetteer.geocode("", "人民路12号")
    assert all(match.level in ("street_number", "street") for match in between)
    gate = gazetteer.geocode("南门")[0]
    assert (gate.level, gate.feature_id) == ("entrance", "gate-1")
    assert not gate.is_confident  # no more than a word for what it is


def test_a_place_without_a_position_is_refused() -> None:
    with pytest.raises(PositionError):
        KnownPlace("某地", 36.06, 203.0)


# The pieces ------------------------------------------------------------------------------------


def test_every_traditional_character_is_simplified() -> None:
    text = "蘭州龜茲鸛雀樓鬱金香釀造廠饕餮館鑄幣局鬍鬚"
    assert simplify(text) == "兰州龟兹鹳雀楼郁金香酿造厂饕餮馆铸币局胡须"
    assert fold("摩納哥海洋博物館") == fold("摩纳哥海洋博物馆")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("四教", "第4教学楼"),
        ("建行", "建设银行"),
        ("北大校医院", "北京大学校医院"),
        ("3栋", "3号楼"),
    ],
)
def test_short_forms(said: str, meant: str) -> None:
    assert meant in long_forms(fold(said))


def test_towns_are_left_out_and_told() -> None:
    towns = Towns(["兰州市城关区张掖路街道山字石社区"])
    for text in (
        "甘肃省兰州市城关区张掖路87号",
        "兰州市张掖路87号",
        "城关区张掖路87号",
        "兰州张掖路87号",
    ):
        assert towns.without(text) == "张掖路87号", text
    assert towns.without("张掖路菜市场") == "张掖路菜市场"
    assert towns.without("西区体育馆") == "西区体育馆"
    assert towns.without("华联超市") == "华联超市"
    assert towns.other_town("西宁市城东区") == "西宁市"
    assert towns.other_town("兰州市七里河区") == ""
    assert towns.other_town("华联超市五道口店") == ""


def test_the_index_finds_what_is_misspelt() -> None:
    keys = [
        "villa les hirondelles",
        "villa rose",
        "cinema des beaux arts",
        "紫荆学生超市",
        "学堂路",
    ]
    index = NameIndex(keys, {})
    assert index.similar("vila les hirondeles")[0] == "villa les hirondelles"
    assert index.similar("紫荆学生超") == ["紫荆学生超市"]
    assert index.similar("xyz") == []
    assert index.of_sound("xuetanglu") == {"学堂路"}
    assert index.of_initials("zjxscs") == {"紫荆学生超市"}
    assert NameIndex([], {}).similar("a") == []
