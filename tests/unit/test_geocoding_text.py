"""Spellings, addresses and the likeness of names: tables with the answer beside the case."""

from __future__ import annotations

import pytest

from circle.geocoding.address import house_number, parse_address
from circle.geocoding.folding import digits, expand, fold, loose_pinyin, pinyin, without_brackets
from circle.geocoding.names import compare, fits_kind, take_apart


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＡＢＣ药店", "abc药店"),
        ("清華大學", "清华大学"),
        ("第十四号楼", "第14号楼"),
        ("一百二十号", "120号"),
        ("二〇一八", "2018"),
        ("28號", "28号"),
        ("华清嘉园 12－8", "华清嘉园12-8"),
        ("Café  de l’Été", "CAFE DE L'ETE"),
        ("Crovetto-Frères", "crovetto freres"),
        ("紫荆园 餐厅", "紫荆园餐厅"),
    ],
)
def test_spellings_that_are_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("12-8", "128"), ("1号楼", "2号楼"), ("la mer", "lamer"), ("三百零五", "三百五十")],
)
def test_spellings_that_are_not(one: str, other: str) -> None:
    assert fold(one + "号") != fold(other + "号")


def test_small_pieces() -> None:
    assert digits(fold("第三教学楼二段")) == ("2", "3")
    assert without_brackets("一品三笑（五道口店）") == "一品三笑"
    assert expand("12 bd des moulins") == "12 boulevard des moulins"
    assert pinyin("听涛园") == "tingtaoyuan"
    assert loose_pinyin("清芬园") == loose_pinyin("青分园")


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        (
            "甘肃省兰州市城关区张掖路街道山字石社区箭道巷12号",
            ("甘肃省", "兰州市", "城关区", "张掖路街道", "山字石社区", "箭道巷", "12"),
        ),
        ("兰州市城关区南滨河东路58号", ("", "兰州市", "城关区", "", "", "南滨河东路", "58")),
        ("北京市海淀区成府路四十三号", ("", "北京市", "海淀区", "", "", "成府路", "43")),
        ("中关村北二条1号", ("", "", "", "", "", "中关村北2条", "1")),
        ("清华园街道成府路45号", ("", "", "", "清华园街道", "", "成府路", "45")),
        ("张掖路", ("", "", "", "", "", "张掖路", "")),
        # 小区 and 社区 are no districts, 市场 no town.
        ("阳光小区3号楼", ("", "", "", "", "", "", "")),
    ],
)
def test_chinese_addresses(address: str, parts: tuple[str, ...]) -> None:
    a = parse_address(address)
    found = (a.province, a.city, a.district, a.township, a.community, a.street, a.number)
    assert found == parts


@pytest.mark.parametrize(
    ("address", "street", "number"),
    [
        ("12 Avenue d'Ostende, 98000 Monaco", "avenue d ostende", "12"),
        ("Avenue d'Ostende 12", "avenue d ostende", "12"),
        ("12, av. d'Ostende", "avenue d ostende", "12"),
        ("4 bis Rue de la Colle", "rue de la colle", "4bis"),
        ("16-18 Rue Princesse Caroline", "rue princesse caroline", "16-18"),
        ("Place du Casino", "place du casino", ""),
    ],
)
def test_latin_addresses(address: str, street: str, number: str) -> None:
    parsed = parse_address(address)
    assert (parsed.street, parsed.number) == (street, number)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("28號", "28"),
        ("34 b", "34b"),
        ("十二号院", "12"),
        ("12－8", "12-8"),
        ("32Bis", "32bis"),
        ("98000 Monaco", ""),
        ("旁边", ""),
    ],
)
def test_house_numbers(text: str, number: str) -> None:
    assert house_number(text) == number


def likeness(asked: str, known: str, kind: str = "") -> float:
    return compare(take_apart(fold(asked)), take_apart(fold(known)), kind).score


@pytest.mark.parametrize(
    ("asked", "known", "kind"),
    [
        ("张掖路菜市场", "张掖路农贸市场", "amenity=marketplace"),
        ("紫荆公寓邮电局", "紫荆公寓邮电所", "amenity=post_office"),
        ("观畴园餐厅", "观畴园", "amenity=restaurant"),
        ("近春圆宾馆", "近春园宾馆", "tourism=hotel"),
        ("搜狐网络大夏", "搜狐网络大厦", "building=yes"),
        ("Hotel Hermitage", "Hermitage", "tourism=hotel"),
        ("paris hotel", "Hôtel de Paris", "tourism=hotel"),
        ("Villa Carmelha", "VillaCarmelha", "building=apartments"),
        ("Cinema des Beau-Arts", "Cinéma des Beaux-Arts", "amenity=cinema"),
    ],
)
def test_names_that_are_likely_the_same(asked: str, known: str, kind: str) -> None:
    assert likeness(asked, known, kind) >= 0.8


@pytest.mark.parametrize(
    ("asked", "known", "kind"),
    [
        # The same word for the kind is no likeness.
        ("张掖路菜市场", "白银路菜市场", "amenity=marketplace"),
        ("招商银行", "工商银行", "amenity=bank"),
        ("人民医院", "友谊医院", "amenity=hospital"),
        ("Hôtel Bristol", "Hôtel Metropole", "tourism=hotel"),
        # Another kind of thing of the same name.
        ("五道口菜市场", "五道口", "railway=station"),
        ("清华园小学", "清华园宾馆", "tourism=hotel"),
        ("圆明园医院", "圆明园", "leisure=park"),
        ("Pharmacie Hermitage", "Hôtel Hermitage", "tourism=hotel"),
        # Siblings.
        ("清华附中食堂", "清华附小食堂", "amenity=restaurant"),
        ("清华大学西门", "清华大学东门", "barrier=gate"),
        ("紫荆公寓3号楼", "紫荆公寓5号楼", "building=dormitory"),
        ("东大操场", "西大操场", "leisure=pitch"),
        ("Carrefour 2", "Carrefour 3", "shop=supermarket"),
    ],
)
def test_names_that_are_not(asked: str, known: str, kind: str) -> None:
    assert likeness(asked, known, kind) < 0.5


def test_words_for_a_kind() -> None:
    assert fits_kind("餐厅", "amenity=restaurant") is True
    assert fits_kind("医院", "amenity=restaurant") is False
    assert fits_kind("中心", "amenity=restaurant") is None
    assert take_apart("山字石社区卫生服务中心").own == "山字石"
