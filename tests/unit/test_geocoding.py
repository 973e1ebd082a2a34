"""The gazetteer on a drawn town and on Monaco, and the chain."""

from __future__ import annotations

import random
import statistics
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, Point

from circle.features import MapFeatures, read_features
from circle.geocoding import Chain, Gazetteer, GeocodeMatch
from circle.geometry import LocalFrame, LonLat

# 人民路 runs east along 36.000; number 2 at its start, 6 in the middle, 10 at its end, the odd
# side knows only 1. One thousandth of a degree is 90 m here. 和平药店 is there twice.
TOWN = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
 <bounds minlat="35.990" minlon="103.000" maxlat="36.010" maxlon="103.020"/>
 <node id="1" lat="36.0000" lon="103.0000" version="1"/>
 <node id="2" lat="36.0000" lon="103.0080" version="1"/>
 <node id="11" lat="36.0001" lon="103.0000" version="1">
  <tag k="addr:street" v="人民路"/><tag k="addr:housenumber" v="2"/></node>
 <node id="12" lat="36.0001" lon="103.0020" version="1">
  <tag k="addr:street" v="人民路"/><tag k="addr:housenumber" v="6号"/>
  <tag k="name" v="甲子书店"/><tag k="shop" v="books"/></node>
 <node id="13" lat="36.0001" lon="103.0040" version="1">
  <tag k="addr:street" v="人民路"/><tag k="addr:housenumber" v="10"/></node>
 <node id="14" lat="35.9999" lon="103.0010" version="1">
  <tag k="addr:street" v="人民路"/><tag k="addr:housenumber" v="1"/></node>
 <node id="21" lat="36.0002" lon="103.0020" version="1">
  <tag k="amenity" v="pharmacy"/><tag k="name" v="和平药店"/></node>
 <node id="22" lat="36.0080" lon="103.0180" version="1">
  <tag k="amenity" v="pharmacy"/><tag k="name" v="和平药店"/></node>
 <node id="23" lat="36.0050" lon="103.0100" version="1">
  <tag k="amenity" v="bank"/><tag k="operator" v="中国农业银行"/></node>
 <node id="24" lat="36.0060" lon="103.0150" version="1">
  <tag k="highway" v="bus_stop"/><tag k="name" v="颐园"/></node>
 <node id="25" lat="36.0070" lon="103.0050" version="1">
  <tag k="place" v="suburb"/><tag k="name" v="城关区"/></node>
 <node id="26" lat="36.0072" lon="103.0050" version="1">
  <tag k="amenity" v="cafe"/><tag k="name" v="颐园"/><tag k="alt_name" v="颐和茶馆"/></node>
 <node id="31" lat="35.9920" lon="103.0100" version="1"/>
 <node id="32" lat="35.9920" lon="103.0140" version="1"/>
 <node id="33" lat="35.9960" lon="103.0140" version="1"/>
 <node id="34" lat="35.9960" lon="103.0100" version="1"/>
 <node id="35" lat="35.9940" lon="103.0120" version="1">
  <tag k="amenity" v="library"/><tag k="name" v="图书馆"/></node>
 <way id="41" version="1"><nd ref="1"/><nd ref="2"/>
  <tag k="highway" v="residential"/><tag k="name" v="人民路"/><tag k="old_name" v="中山路"/></way>
 <way id="42" version="1">
  <nd ref="31"/><nd ref="32"/><nd ref="33"/><nd ref="34"/><nd ref="31"/>
  <tag k="amenity" v="university"/><tag k="name" v="河西大学"/>
  <tag k="addr:city" v="兰州市"/><tag k="addr:street" v="大学路"/></way>
</osm>
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    path = tmp_path_factory.mktemp("town") / "town.osm"
    path.write_text(TOWN, encoding="utf-8")
    return Gazetteer(read_features(path))


def best(gazetteer: Gazetteer, name: str, address: str = "") -> GeocodeMatch:
    return gazetteer.geocode(name, address)[0]


def test_a_number_on_the_map(town: Gazetteer) -> None:
    match = best(town, "", "兰州市城关区人民路六号")
    assert match.feature_id == "n12"
    assert match.level == "building"
    assert match.is_confident
    assert "人民路6号" in match.reason


def test_a_number_between_two_is_placed_between_them(town: Gazetteer) -> None:
    match = best(town, "", "人民路4号")
    assert match.level == "street_number"
    assert match.lonlat is not None
    assert match.lonlat.lon == pytest.approx(103.0010, abs=1e-5)
    assert match.lonlat.lat == pytest.approx(36.0001, abs=2e-5)  # on the side of the even ones
    # Known to half the way between the neighbours, 180 m apart.
    assert match.accuracy_m == pytest.approx(90, abs=2)


def test_the_old_name_of_a_street(town: Gazetteer) -> None:
    assert best(town, "", "中山路10号").feature_id == "n13"


def test_a_misspelt_street_is_less_sure(town: Gazetteer) -> None:
    match = best(town, "", "仁民路6号")
    assert match.feature_id == "n12"
    assert match.confidence < best(town, "", "人民路6号").confidence
    assert "nearly so spelt" in match.reason


def test_a_number_beyond_those_known_is_not_placed(town: Gazetteer) -> None:
    match = best(town, "", "人民路300号")
    assert match.level == "street"
    assert not match.is_confident
    assert "300" in match.reason


def test_a_street_alone_is_not_confident(town: Gazetteer) -> None:
    match = best(town, "", "人民路")
    assert (match.level, match.is_confident) == ("street", False)


def test_a_street_that_is_not_there(town: Gazetteer) -> None:
    assert town.geocode("", "解放路6号") == []


def test_another_town(town: Gazetteer) -> None:
    assert not any(m.is_confident for m in town.geocode("甲子书店", "西宁市人民路6号"))
    assert town.geocode("", "西宁市人民路6号") == []


def test_a_name_borne_twice_is_listed_and_not_confident(town: Gazetteer) -> None:
    matches = town.geocode("和平药店")
    assert {match.feature_id for match in matches} == {"n21", "n22"}
    assert not any(match.is_confident for match in matches)
    assert "2 places" in matches[0].reason


def test_the_address_tells_which_of_two(town: Gazetteer) -> None:
    match = best(town, "和平药店", "人民路6号")
    assert match.feature_id == "n21"
    assert match.is_confident
    others = town.geocode("和平药店", "人民路6号")[1:]
    assert not any(other.is_confident for other in others)


def test_a_name_and_an_address_that_contradict_each_other(town: Gazetteer) -> None:
    matches = town.geocode("中国农业银行", "人民路2号")
    assert not any(match.is_confident for match in matches)
    assert any("not at 人民路2号" in match.reason for match in matches)


def test_an_address_stands_in_for_an_unknown_name(town: Gazetteer) -> None:
    match = best(town, "王记面馆", "人民路10号")
    assert match.feature_id == "n13"
    assert match.is_confident
    assert "name is not on the map" in match.reason


def test_a_place_comes_before_the_stop_named_after_it(town: Gazetteer) -> None:
    assert best(town, "颐园").feature_id == "n26"
    # Two things 900 m apart bear the name: both are listed, and neither is called sure.
    assert {match.feature_id for match in town.geocode("颐园")} == {"n24", "n26"}
    assert not best(town, "颐园").is_confident
    assert best(town, "颐和茶馆").feature_id == "n26"
    assert best(town, "yiyuan").feature_id == "n26"


def test_a_word_for_another_kind_is_not_found(town: Gazetteer) -> None:
    for name in ("颐园医院", "和平医院", "河西大学附属小学", "农业市场", "河东图书馆"):
        assert not any(match.is_confident for match in town.geocode(name)), name


def test_a_general_name_inside_a_named_area(town: Gazetteer) -> None:
    match = best(town, "河西大学图书馆")
    assert match.feature_id == "n35"
    assert match.is_confident
    assert "in 河西大学" in match.reason


def test_a_district_is_never_confident(town: Gazetteer) -> None:
    for match in town.geocode("", "城关区"):
        assert match.level == "district"
    assert (
        town.geocode("某某商店", "城关区") == []
        or not best(town, "某某商店", "城关区").is_confident
    )


@pytest.mark.parametrize("name", ["", "   ", "?", "（）", "' OR 1=1 --", "路", "x" * 5000])
def test_odd_questions_have_no_answer_and_no_error(town: Gazetteer, name: str) -> None:
    assert not any(match.is_confident for match in town.geocode(name, name))


def test_streets_handed_in(town: Gazetteer, tmp_path: Path) -> None:
    path = tmp_path / "t.osm"
    path.write_text(TOWN, encoding="utf-8")
    streets = gpd.GeoDataFrame(
        {"name": ["箭道巷", None]},
        geometry=[LineString([(103.01, 36.0), (103.01, 36.001)])] * 2,
        crs="EPSG:4326",
    )
    match = best(Gazetteer(read_features(path), streets), "", "箭道巷")
    assert match.name == "箭道巷"
    assert match.lonlat is not None
    assert match.lonlat.lat == pytest.approx(36.0005, abs=1e-4)


# The chain ------------------------------------------------------------------------------------


class Fixed:
    """A geocoder that always answers the same and counts how often it was asked."""

    def __init__(self, *confidences: float, is_found: bool = True) -> None:
        self.confidences = confidences
        self.is_found = is_found
        self.n_asked = 0

    def geocode(self, name: str, address: str = "") -> list[GeocodeMatch]:
        self.n_asked += 1
        lonlat = LonLat(1.0, 2.0) if self.is_found else None
        return [
            GeocodeMatch(name, lonlat, name, "fixed", "building", c, "r.", "理由。", 10.0)
            for c in self.confidences
        ]


def test_a_chain_stops_at_the_first_confident_answer() -> None:
    first, second = Fixed(0.9), Fixed(1.0)
    assert [m.confidence for m in Chain([first, second]).geocode("a")] == [0.9]
    assert second.n_asked == 0


def test_a_chain_goes_on_after_doubt_and_lists_all() -> None:
    chain = Chain([Fixed(0.4), Fixed(0.7), Fixed(0.0, is_found=False)])
    matches = chain.geocode("a")
    assert [m.confidence for m in matches] == [0.7, 0.4, 0.0]
    assert matches[-1].lonlat is None
    assert Chain([]).geocode("a") == []


# Monaco: real names and addresses ----------------------------------------------------------------


@pytest.fixture(scope="module")
def monaco(extracts: Path) -> MapFeatures:
    return read_features(extracts / "monaco_2023.osm.pbf")


FRAME = LocalFrame(7.42, 43.735)


def to_metres(shape: Any) -> Any:
    return shapely.transform(shape, lambda ll: np.column_stack(FRAME.to_xy(ll[:, 0], ll[:, 1])))


def is_right(match: GeocodeMatch, shapes: list[Any]) -> bool:
    if match.lonlat is None:
        return False
    point = to_metres(Point(*match.lonlat))
    return min(shapely.distance(shape, point) for shape in shapes) <= 50


def test_names_and_addresses_of_monaco(monaco: MapFeatures) -> None:
    by_name: dict[str, list[Any]] = defaultdict(list)
    by_address: dict[str, list[Any]] = defaultdict(list)
    for row in monaco.named.itertuples():
        shape = to_metres(row.geometry)
        if row.name and not row.kind.startswith(("boundary", "public_transport")):
            by_name[row.name].append(shape)
        if {"street", "housenumber"} <= row.addr.keys():
            by_address[f"{row.addr['housenumber']} {row.addr['street']}"].append(shape)
    draw = random.Random(20231226)
    names = draw.sample(sorted(by_name), 250)
    addresses = draw.sample(sorted(by_address), 120)
    cases = [((name, ""), by_name[name]) for name in names]
    for address in addresses:
        number, _, street = address.partition(" ")
        form = draw.choice(["{0} {1}", "{1} {0}", "{0}, {1}, 98000 Monaco"])
        cases.append((("", form.format(number, street)), by_address[address]))

    gazetteer = Gazetteer(monaco)
    n_right, wrong_but_confident = 0, []
    for question, shapes in cases:
        matches = gazetteer.geocode(*question)
        right = bool(matches) and is_right(matches[0], shapes)
        n_right += right
        if matches and matches[0].is_confident and not right:
            wrong_but_confident.append((question, matches[0]))
    assert n_right / len(cases) >= 0.95
    assert len(wrong_but_confident) <= 0.01 * len(cases), wrong_but_confident


@pytest.mark.timed
def test_a_question_takes_less_than_ten_milliseconds(monaco: MapFeatures) -> None:
    gazetteer = Gazetteer(monaco)
    names = sorted({row.name for row in monaco.named.itertuples() if row.name})
    seconds = []
    for name in random.Random(5).sample(names, 200):
        start = time.perf_counter()
        assert gazetteer.geocode(name, "")
        seconds.append(time.perf_counter() - start)
    assert statistics.median(seconds) < 0.010


def test_names_with_a_letter_wrong(monaco: MapFeatures) -> None:
    gazetteer = Gazetteer(monaco)
    by_name: dict[str, list[Any]] = defaultdict(list)
    for row in monaco.named.itertuples():
        if row.name and len(row.name) >= 8 and not row.kind.startswith("boundary"):
            by_name[row.name].append(to_metres(row.geometry))
    draw = random.Random(7)
    names = draw.sample(sorted(by_name), 150)
    n_right = 0
    for name in names:
        at = draw.randrange(1, len(name) - 1)
        wrong = name[:at] + draw.choice(["", "e", "o"]) + name[at + 1 :]
        matches = gazetteer.geocode(wrong)
        n_right += bool(matches) and is_right(matches[0], by_name[name])
        if matches and matches[0].is_confident:
            assert is_right(matches[0], by_name[name]), (wrong, matches[0])
    assert n_right / len(names) >= 0.88


# Real names from elsewhere, of every kind that Monaco has too.
ELSEWHERE = (
    *("Pharmacie Lafayette", "Restaurant Chez Marcel", "Boulangerie Dupont", "Lycée Voltaire"),
    *("Musée du Louvre", "Hôpital Saint-Louis", "Café de Flore", "Parking des Halles"),
    *("École Jules Ferry", "Banque de Bretagne", "Tour Eiffel", "Jardin du Luxembourg"),
    *("Gare de Lyon", "Hotel Adlon", "Carrefour Express Lyon", "Pizzeria Vesuvio"),
    *("Villa Borghese", "Clinique du Parc Monceau", "Cinéma Rex", "Collège Stanislas"),
    *("Église Saint-Sulpice", "Bibliothèque Mazarine", "Stade de France", "Place Vendôme"),
    *("Marché Forville", "Port de Nice", "Le Petit Zinc", "Brasserie Lipp", "La Coupole"),
    *("Hôtel Negresco", "Residence du Lac", "Bar du Port Vieux", "Parc Montsouris"),
    *("中国银行", "人民医院", "Supermarket Edeka", "Stadium Wembley", "Hotel", "Pharmacie"),
)


def test_what_is_elsewhere_is_not_found_in_monaco(monaco: MapFeatures) -> None:
    gazetteer = Gazetteer(monaco)
    found = {}
    for name in ELSEWHERE:
        matches = gazetteer.geocode(name)
        if matches and matches[0].is_confident:
            found[name] = matches[0]
    assert found == {}
    for address in ("12 Rue de Rivoli", "Boulevard Saint-Germain 170", "5 Promenade des Anglais"):
        assert not any(match.is_confident for match in gazetteer.geocode("", address)), address


def test_names_of_other_towns_are_not_found(monaco: MapFeatures, extracts: Path) -> None:
    gazetteer = Gazetteer(monaco)
    own = set(monaco.named["name"])
    for other in ("porto_portugal.osm.pbf", "north-bayreuth.osm.gz", "beijing_tsinghua_2017.osm"):
        named = read_features(extracts / other).named
        names = sorted({name for name in named["name"] if name and name not in own})
        assert len(names) > 200
        answers = {name: gazetteer.geocode(name) for name in names}
        found = {name for name, matches in answers.items() if matches and matches[0].is_confident}
        assert len(found) <= 0.01 * len(names), found
