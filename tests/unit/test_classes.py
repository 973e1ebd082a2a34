"""The table of classes: matching tags, finding words, refusing malformed tables, colours, icons."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from circle.classes import ClassTable, contrast, load_classes, relative_luminance
from circle.errors import SchemaError
from circle.resources import data_path

KEYS = [
    "culture",
    "health",
    "food_markets",
    "shopping",
    "daily_services",
    "parking",
    "parks_sport",
    "care",
    "education",
    "civic",
    "money_post",
]
HEADER = "key,order,name_zh,name_en,icon,colour,osm_tags,aliases\n"
GOOD = "tea,1,茶馆,Tea houses,tea.svg,#804000,amenity=cafe+cuisine=tea;shop=tea,茶;teahouse\n"


@pytest.fixture(scope="module")
def classes() -> ClassTable:
    return load_classes()


def write(folder: Path, text: str) -> Path:
    path = folder / "classes.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_eleven_classes_in_their_order(classes: ClassTable) -> None:
    assert [c.key for c in classes] == KEYS
    assert [c.order for c in classes] == list(range(1, 12))
    assert list(classes.by_key) == KEYS
    assert "health" in classes
    assert "wine" not in classes
    assert all(c.osm_tags and c.aliases for c in classes)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"amenity": "library"}, "culture"),
        ({"tourism": "museum", "building": "yes"}, "culture"),
        ({"amenity": "clinic"}, "health"),
        ({"healthcare": "physiotherapist"}, "health"),
        ({"amenity": "marketplace", "building": "retail"}, "food_markets"),
        ({"shop": "supermarket"}, "food_markets"),
        ({"shop": "mall"}, "shopping"),
        ({"shop": "something_new"}, "shopping"),
        ({"shop": "hairdresser"}, "daily_services"),
        ({"craft": "sculptor"}, "daily_services"),
        ({"amenity": "parking", "building": "yes"}, "parking"),
        ({"leisure": "pitch", "sport": "table_tennis"}, "parks_sport"),
        ({"amenity": "social_facility", "social_facility:for": "senior"}, "care"),
        ({"amenity": "kindergarten"}, "education"),
        ({"amenity": "police"}, "civic"),
        ({"office": "government"}, "civic"),
        ({"amenity": "post_office"}, "money_post"),
        # several values in one tag, as OSM writes them
        ({"amenity": "atm;bank"}, "money_post"),
        # what it is used for comes before what else it is
        ({"amenity": "bank", "shop": "gift"}, "money_post"),
        ({"amenity": "cafe", "shop": "bakery"}, "daily_services"),
        # a named value comes before any value of a key of higher rank
        ({"shop": "bakery", "healthcare": "nutrition"}, "food_markets"),
        # more conditions come before fewer
        ({"amenity": "kindergarten", "kindergarten": "nursery"}, "care"),
        # nothing of ours
        ({"shop": "vacant"}, None),
        ({"shop": "no"}, None),
        ({"amenity": "bench"}, None),
        ({"building": "apartments"}, None),
        ({"highway": "residential", "name": "学校路"}, None),
        ({}, None),
    ],
)
def test_tags_to_class(classes: ClassTable, tags: dict[str, str], expected: str | None) -> None:
    assert classes.match(tags) == expected


def test_every_single_rule_leads_to_its_own_class(classes: ClassTable) -> None:
    for place_class in classes:
        for rule in place_class.osm_tags:
            tags = dict(pair.split("=", 1) for pair in rule.split("+"))
            tags = {key: "whatever" if value == "*" else value for key, value in tags.items()}
            assert classes.match(tags) == place_class.key, rule


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("菜市场", "food_markets"),
        ("菜市场与食品店", "food_markets"),
        ("food_markets", "food_markets"),
        ("Food Markets", "food_markets"),
        ("FOOD-MARKETS ", "food_markets"),
        ("综合文化站", "culture"),
        ("医疗机构", "health"),
        ("便民服务点", "daily_services"),
        ("停车场", "parking"),
        (" 停 车 场\u3000", "parking"),
        ("ＡＴＭ", "money_post"),
        ("Schools and kindergartens", "education"),
        ("幼儿园", "education"),
        ("党群服务中心", "civic"),
        ("茶馆", None),
        ("", None),
    ],
)
def test_word_to_class(classes: ClassTable, word: str, expected: str | None) -> None:
    assert classes.class_for_word(word) == expected


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    later = "wine,7,酒,Wine,wine.svg,#aa0044,shop=wine,\n"
    table = load_classes(write(tmp_path, "\ufeff" + HEADER + later + ",,,,,,,\n" + GOOD))
    assert [c.key for c in table] == ["tea", "wine"]
    assert table.match({"amenity": "cafe"}) is None
    assert table.match({"amenity": "cafe", "cuisine": "tea"}) == "tea"
    assert table.class_for_word("Teahouse") == "tea"
    assert table.by_key["wine"].name("en") == "Wine"
    assert table.by_key["wine"].name("zh-CN") == "酒"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Tea!,2,茶,Tea,t.svg,#804000,shop=x,\n", "Tea!"),
        ("t,two,茶,Tea,t.svg,#804000,shop=x,\n", "two"),
        ("t,2,茶,Tea,t.svg,brown,shop=x,\n", "brown"),
        ("t,2,,Tea,t.svg,#804000,shop=x,\n", "name_zh"),
        ("t,2,茶,Tea,t.svg,#804000,shop,\n", "“shop”"),
        ("t,2,茶,Tea,t.svg,#804000,shop=x,,too,many\n", "more cells"),
        ("tea,2,茶二,Tea 2,t.svg,#804000,shop=x,\n", "“tea”"),
        ("t,1,茶二,Tea 2,t.svg,#804000,shop=x,\n", "“1”"),
        ("t,2,茶二,Tea 2,t.svg,#804000,shop=tea,\n", "“shop=tea”"),
        ("t,2,茶二,Tea 2,t.svg,#804000,shop=x,Tea House;TEAHOUSE\n", "teahouse"),
        ("t\n", "order"),
    ],
)
def test_a_malformed_row_is_named_by_its_line(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(SchemaError) as caught:
        load_classes(write(tmp_path, HEADER + GOOD + row))
    english, chinese = caught.value.message("en"), caught.value.message("zh")
    assert english.startswith("Line 3 ")
    assert said in english
    assert "第 3 行" in chinese


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "key, order"),
        (HEADER.encode(), "no rows"),
        (b"key,order,name_zh,icon,colour,osm_tags,aliases\n", "name_en"),
        ("茶".encode("gb18030") + b"\xff\n", "UTF-8"),
    ],
)
def test_not_a_class_table(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "classes.csv"
    path.write_bytes(content)
    with pytest.raises(SchemaError, match=said) as caught:
        load_classes(path)
    assert caught.value.zh


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="cannot be read"):
        load_classes(tmp_path / "none.csv")


def test_text_on_a_colour_can_be_read(classes: ClassTable) -> None:
    for place_class in classes:
        assert contrast(place_class.text_colour, place_class.colour) >= 4.5, place_class.key


# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
PROTANOPIA = [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
]
DEUTERANOPIA = [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.011820, 0.042940, 0.968881],
]
TO_LMS = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
]
TO_OKLAB = [
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
]


def oklab(colour: str, eye: npt.ArrayLike) -> npt.NDArray[np.float64]:
    srgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.asarray(eye) @ linear, 0, 1)
    return np.asarray(np.asarray(TO_OKLAB) @ np.cbrt(np.asarray(TO_LMS) @ seen))


@pytest.mark.parametrize(
    ("eye", "floor"),
    # A difference of 0.02 in OKLab is just seen; small marks want several times that.
    [(np.eye(3), 0.10), (PROTANOPIA, 0.09), (DEUTERANOPIA, 0.09)],
    ids=["normal", "protanopia", "deuteranopia"],
)
def test_colours_stay_apart(classes: ClassTable, eye: npt.ArrayLike, floor: float) -> None:
    seen = {c.key: oklab(c.colour, eye) for c in classes}
    for one, other in itertools.combinations(seen, 2):
        assert np.linalg.norm(seen[one] - seen[other]) >= floor, (one, other)


def test_greys_span_the_scale(classes: ClassTable) -> None:
    # Eleven greys that carry text cannot all be told apart; the icons do the rest.
    greys = sorted(round(oklab(c.colour, [[0.2126, 0.7152, 0.0722]] * 3)[0], 2) for c in classes)
    assert len(set(greys)) >= 8
    assert greys[-1] - greys[0] >= 0.4


def test_icons_are_single_coloured_pictograms(classes: ClassTable) -> None:
    for place_class in classes:
        text = data_path("icons", place_class.icon).read_text(encoding="utf-8")
        root = ElementTree.fromstring(text)
        assert root.attrib["viewBox"] == "0 0 24 24", place_class.key
        paints = {
            value
            for element in root.iter()
            for name, value in element.attrib.items()
            if name in ("fill", "stroke")
        }
        assert paints <= {"currentColor", "none"}, place_class.key
        assert len(text) < 1500
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_luminance_of_the_greys_between() -> None:
    assert relative_luminance("#777777") == pytest.approx(0.1845, abs=1e-4)
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_words_people_write_into_lists() -> None:
    words = ["厕所", "五金", "开锁", "宾馆", "快递柜", "充电桩", "物业"]
    assert [word for word in words if load_classes().class_for_word(word) is None] == []
