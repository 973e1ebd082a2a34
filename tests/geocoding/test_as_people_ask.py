"""Questions as people type them: with more around a name than the map has, or less."""

from __future__ import annotations

from pathlib import Path

import pytest

from circle.geocoding import Gazetteer
from circle.store.placing import distance_m
from tests.geocoding import maps


@pytest.fixture(scope="module")
def tsinghua(extracts: Path) -> Gazetteer:
    return maps.tsinghua(extracts).gazetteer


@pytest.fixture(scope="module")
def monaco(extracts: Path) -> Gazetteer:
    return maps.monaco(extracts).gazetteer


@pytest.fixture(scope="module")
def shanzishi() -> Gazetteer:
    return maps.shanzishi().gazetteer


def best(gazetteer: Gazetteer, asked: str) -> tuple[str, bool]:
    """Return the name of the first answer, and whether it is confident."""
    matches = gazetteer.geocode(asked)
    return (matches[0].name, matches[0].is_confident) if matches else ("", False)


@pytest.mark.parametrize(
    ("asked", "name", "is_sure"),
    [
        # What is in the middle is left out: likely, and for somebody to look at.
        ("文津酒店", "文津国际酒店", False),
        ("搜狐大厦", "搜狐网络大厦", False),
        ("紫荆14号楼", "紫荆学生公寓14号楼", False),
        ("圆明园遗址公园", "圆明园", False),
        # The area said short, before what lies in it.
        ("清华图书馆", "图书馆", True),
        ("清华邮局", "邮局", True),
        ("清华六教", "第六教学楼A区", True),
        ("Qinghua Daxue Tushuguan", "图书馆", True),
        # A branch, by the place it is at, known or not.
        ("星巴克(五道口店)", "星巴克", True),
        ("星巴克五道口", "星巴克", True),
        ("必胜客(清华科技园店)", "必胜客", False),
        ("工行清华园支行", "工商银行", False),  # not 北京分行清华园支行, of another bank
        # A part of a building, and what is only beside it.
        ("东升大厦B座305室", "东升大厦", True),
        ("文津国际酒店二层", "文津国际酒店", True),
        ("东升大厦对面", "东升大厦", False),
        # The address with the name behind it tells which of two at a number.
        ("北京市海淀区中关村东路8号东升大厦", "东升大厦", True),
        ("明理楼", "明理楼 （法学院）", True),
        ("法学院", "明理楼 （法学院）", True),
        # Streets in Latin letters, and where two meet.
        ("85 Chengfu Road", "百宜源商务会馆", True),
        ("chengfulu85hao", "百宜源商务会馆", True),
        ("Zhongguancun East Road", "中关村东路", False),
        ("成府路与中关村东路交叉口", "成府路 / 中关村东路", True),
        # Nothing of it is here.
        ("清华园派出所", "", False),
        ("海淀医院", "", False),
        ("清华大学医学院", "清华大学医院", False),
        ("五道口百货大楼", "", False),
    ],
)
def test_around_tsinghua(tsinghua: Gazetteer, asked: str, name: str, is_sure: bool) -> None:
    assert best(tsinghua, asked) == (name, is_sure)


@pytest.mark.parametrize(
    ("asked", "name", "is_sure"),
    [
        ("port hercule", "Port Hercule de Monaco", False),
        ("Columbus hotel", "Columbus Hotel Monte-Carlo, Curio Collection by Hilton", False),
        ("novotel monte-carlo", "Novotel", True),
        ("Carrefour Fontvieille", "Carrefour", True),
        ("Carrefour Larvotto", "Carrefour", False),  # the one on the map is not there
        ("Stade Louis I", "Stade Louis II", False),
        ("Park Palace, Monaco", "Park Palace", True),
        # The town and its code behind the street, with a comma or without.
        ("27, boulevard des Moulins 98000 Monaco", "Riviera", True),
        ("27 bd des moulins, MC-98000 Monaco", "Riviera", True),
        (
            "angle bd des moulins et avenue de la madone",
            "Boulevard des Moulins / Avenue de la Madone",
            True,
        ),
        ("Dolce & Gabbana", "", False),
        ("27, boulevard des Moulins 75001 Paris", "", False),
    ],
)
def test_around_monaco(monaco: Gazetteer, asked: str, name: str, is_sure: bool) -> None:
    assert best(monaco, asked) == (name, is_sure)


@pytest.mark.parametrize(
    ("asked", "name", "is_sure"),
    [
        ("张掖路秦安路口", "张掖路 / 秦安路", True),
        ("兰州市城关区张掖路与酒泉路十字东北角", "张掖路 / 酒泉路", True),
        ("Zhangye Road", "张掖路", False),
        ("Qin'an Rd", "秦安路", False),
        ("永昌路与张掖路路口", "", False),  # they do not meet
    ],
)
def test_around_shanzishi(shanzishi: Gazetteer, asked: str, name: str, is_sure: bool) -> None:
    assert best(shanzishi, asked) == (name, is_sure)


def test_what_stands_side_by_side_is_one_answer(tsinghua: Gazetteer) -> None:
    # Lanes of one gate are mapped as a row of points; the gate on the other side is another.
    gates = [match for match in tsinghua.geocode("清华大学西门") if match.confidence >= 0.5]
    assert 1 < len(gates) == len({match.feature_id for match in gates})
    spots = [match.lonlat for match in gates if match.lonlat is not None]
    for at, one in enumerate(spots):
        assert all(distance_m(one, other) > 50 for other in spots[at + 1 :])
