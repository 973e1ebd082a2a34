"""The online geocoders against a server that answers as each service documents, errors too."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from circle.datum import from_wgs84
from circle.geocoding import (
    Amap,
    AnswerCache,
    Baidu,
    Chain,
    Nominatim,
    Photon,
    Tencent,
    Tianditu,
    geocode_rows,
    online_geocoders,
)
from circle.geocoding.asking import OnlineGeocoder
from circle.geocoding.online import Line
from circle.geometry import Bounds, LocalFrame, LonLat
from tests.geocoding.stand_in import Reply, StandIn

FRAME = LocalFrame(103.8343, 36.0611)
KEY = "sEcReT-0123456789"
TRUE = LonLat(103.8343, 36.0611)
GCJ = tuple(float(each) for each in from_wgs84(*TRUE, "gcj02"))
BD = tuple(float(each) for each in from_wgs84(*TRUE, "bd09"))


def amap(level: str = "兴趣点", name: str = "甘肃省兰州市城关区张掖路菜市场") -> dict[str, Any]:
    return {
        "status": "1",
        "info": "OK",
        "infocode": "10000",
        "count": "1",
        "geocodes": [
            {
                "formatted_address": name,
                "country": "中国",
                "province": "甘肃省",
                "citycode": "0931",
                "city": "兰州市",
                "district": "城关区",
                "township": [],
                "neighborhood": {"name": [], "type": []},
                "building": {"name": [], "type": []},
                "adcode": "620102",
                "street": [],
                "number": [],
                "location": f"{GCJ[0]:.6f},{GCJ[1]:.6f}",
                "level": level,
            }
        ],
    }


def tencent(level: int = 11, reliability: int = 7) -> dict[str, Any]:
    return {
        "status": 0,
        "message": "query ok",
        "request_id": "1",
        "result": {
            "title": "张掖路菜市场",
            "location": {"lng": GCJ[0], "lat": GCJ[1]},
            "ad_info": {"adcode": "620102"},
            "address_components": {
                "province": "甘肃省",
                "city": "兰州市",
                "district": "城关区",
                "street": "张掖路",
                "street_number": "",
            },
            "similarity": 0.99,
            "deviation": 1000,
            "reliability": reliability,
            "level": level,
        },
    }


def baidu(level: str = "购物", confidence: int = 80, precise: int = 1) -> dict[str, Any]:
    return {
        "status": 0,
        "result": {
            "location": {"lng": BD[0], "lat": BD[1]},
            "precise": precise,
            "confidence": confidence,
            "comprehension": 100,
            "level": level,
        },
    }


def tianditu(level: str = "兴趣点", score: int = 100) -> dict[str, Any]:
    return {
        "msg": "ok",
        "location": {
            "score": score,
            "level": level,
            "lon": str(TRUE.lon),
            "lat": str(TRUE.lat),
            "keyWord": "张掖路菜市场",
        },
        "searchVersion": "6.0.0",
        "status": "0",
    }


def nominatim(rank: int = 30, kind: str = "marketplace") -> list[dict[str, Any]]:
    return [
        {
            "place_id": 1,
            "licence": "Data © OpenStreetMap contributors, ODbL 1.0.",
            "osm_type": "node",
            "osm_id": 5,
            "lat": str(TRUE.lat),
            "lon": str(TRUE.lon),
            "category": "amenity",
            "type": kind,
            "place_rank": rank,
            "importance": 0.1,
            "addresstype": "amenity",
            "name": "张掖路菜市场",
            "display_name": "张掖路菜市场, 张掖路, 城关区, 兰州市, 甘肃省, 中国",
            "boundingbox": ["36.0610", "36.0612", "103.8342", "103.8344"],
        }
    ]


def photon(kind: str = "house") -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": list(TRUE)},
                "properties": {
                    "osm_type": "N",
                    "osm_id": 5,
                    "osm_key": "amenity",
                    "osm_value": "marketplace",
                    "type": kind,
                    "countrycode": "CN",
                    "name": "张掖路菜市场",
                    "street": "张掖路",
                    "district": "城关区",
                    "city": "兰州市",
                    "country": "中国",
                },
            }
        ],
    }


SERVICES: dict[type[OnlineGeocoder], Any] = {
    Amap: amap,
    Tencent: tencent,
    Baidu: baidu,
    Tianditu: tianditu,
    Nominatim: nominatim,
    Photon: photon,
}
NOTHING = {
    Amap: {"status": "1", "info": "OK", "infocode": "10000", "count": "0", "geocodes": []},
    Tencent: {"status": 347, "message": "查询无结果", "request_id": "1"},
    Baidu: {"status": 1, "msg": "Internal Service Error:无相关结果", "results": []},
    Tianditu: {"msg": "无结果", "status": "101", "searchVersion": "6.0.0"},
    Nominatim: [],
    Photon: {"type": "FeatureCollection", "features": []},
}
# What each service says, and what is meant.
REFUSALS = [
    (Amap, {"status": "0", "info": "INVALID_USER_KEY", "infocode": "10001"}, "key"),
    (Amap, {"status": "0", "info": "USERKEY_PLAT_NOMATCH", "infocode": "10009"}, "key"),
    (Amap, {"status": "0", "info": "DAILY_QUERY_OVER_LIMIT", "infocode": "10003"}, "quota"),
    (Amap, {"status": "0", "info": "USER_DAILY_QUERY_OVER_LIMIT", "infocode": "10044"}, "quota"),
    (Amap, {"status": "0", "info": "CUQPS_HAS_EXCEEDED_THE_LIMIT", "infocode": "10021"}, "rate"),
    (Amap, {"status": "0", "info": "UNKNOWN_ERROR", "infocode": "20003"}, "answer"),
    (Tencent, {"status": 190, "message": "无效的KEY"}, "key"),
    (Tencent, {"status": 311, "message": "key格式错误"}, "key"),
    (Tencent, {"status": 121, "message": "此key每日调用量已达到上限"}, "quota"),
    (Tencent, {"status": 120, "message": "此key每秒请求量已达到上限"}, "rate"),
    (Tencent, {"status": 310, "message": "参数格式错误"}, "answer"),
    (Baidu, {"status": 200, "message": "APP不存在，AK有误请检查再重试"}, "key"),
    (Baidu, {"status": 240, "message": "APP 服务被禁用"}, "key"),
    (Baidu, {"status": 4, "message": "配额校验失败"}, "quota"),
    (Baidu, {"status": 302, "message": "天配额超限，限制访问"}, "quota"),
    (Baidu, {"status": 401, "message": "当前并发量已经超过约定并发配额，限制访问"}, "rate"),
    (Baidu, {"status": 1, "message": "服务器内部错误"}, "network"),
    (Tianditu, {"code": 301003, "msg": "非法Key", "resolve": "请到API控制台重新申请Key"}, "key"),
    (Tianditu, {"code": 301011, "msg": "API调用次数超限", "resolve": "请明天再试"}, "quota"),
    (Tianditu, {"status": "404", "msg": "出错"}, "answer"),
    (Nominatim, {"error": "no list"}, "answer"),
    (Photon, {"message": "missing search term 'q'"}, "answer"),
]
SAYS = {
    "key": ("does not accept the key", "不接受此密钥"),
    "quota": ("quota is used up", "配额已用完"),
    "rate": ("too many questions", "过于频繁"),
    "network": ("did not answer;", "没有应答"),
    "answer": ("not answer in the way", "无法识别"),
}


@pytest.fixture
def server() -> Iterator[StandIn]:
    stand_in = StandIn()
    yield stand_in
    stand_in.close()


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def make(
    kind: type[OnlineGeocoder],
    server: StandIn,
    clock: Clock,
    *,
    cache: AnswerCache | None = None,
    timeout_s: float = 5.0,
    **named: Any,
) -> OnlineGeocoder:
    line = Line(
        kind.title,
        pause_s=kind.pause_s,
        timeout_s=timeout_s,
        cache=cache,
        sleep=clock.sleep,
        clock=lambda: clock.now,
    )
    return kind(key=KEY if kind.needs_key else "", url=server.url, line=line, **named)


@pytest.mark.parametrize("kind", SERVICES)
def test_each_service_finds_in_its_own_datum(
    kind: type[OnlineGeocoder], server: StandIn, clock: Clock
) -> None:
    server.answer(SERVICES[kind]())
    (match,) = make(kind, server, clock, town="兰州市").geocode("张掖路菜市场")
    assert match.lonlat is not None
    assert np.hypot(*FRAME.to_xy(*match.lonlat)) < 1.0
    assert (match.method, match.level, match.is_confident) == (kind.method, "building", True)
    assert kind.title in match.reason
    assert kind.title in match.reason_zh
    asked = " ".join(server.asked[0].values())
    assert "兰州市" in asked
    assert "张掖路菜市场" in asked
    assert (KEY in server.asked[0].values()) == kind.needs_key
    assert server.agents[0].startswith("circle/")


@pytest.mark.parametrize("kind", SERVICES)
def test_not_found_is_no_failure(kind: type[OnlineGeocoder], server: StandIn, clock: Clock) -> None:
    server.answer(NOTHING[kind])
    assert make(kind, server, clock).geocode("无此地") == []


@pytest.mark.parametrize(("kind", "payload", "trouble"), REFUSALS)
def test_refusals_are_told_apart(
    kind: type[OnlineGeocoder], payload: Any, trouble: str, server: StandIn, clock: Clock
) -> None:
    server.answer(payload)
    geocoder = make(kind, server, clock)
    (match,) = geocoder.geocode("张掖路菜市场")
    assert match.lonlat is None
    assert match.confidence == 0
    en, zh = SAYS[trouble]
    assert en in match.reason
    assert zh in match.reason_zh
    # What may pass is tried again, with longer and longer pauses; what will not, is not.
    is_passing = trouble in ("rate", "network")
    assert len(server.asked) == (4 if is_passing else 1)
    pauses = [seconds for seconds in clock.slept if seconds >= 1.0]
    assert pauses[:3] == ([1.0, 2.0, 4.0] if is_passing else [])
    # A key that is refused or a quota that is used up is not tried on every row.
    n_asked = len(server.asked)
    geocoder.geocode("另一个地方")
    assert (len(server.asked) == n_asked) == (trouble in ("key", "quota"))


@pytest.mark.parametrize(
    ("reply", "trouble"),
    [
        (Reply(body=b"<html>busy</html>"), "answer"),
        (Reply(body=b'{"status": "1", "geoc'), "answer"),
        (Reply(body=b""), "answer"),
        (Reply({"status": "1", "infocode": "10000"}), "answer"),
        (Reply({"x": 1}, status=403), "key"),
        (Reply({"x": 1}, status=429), "rate"),
        (Reply({"x": 1}, status=502), "network"),
        (Reply(is_reset=True), "network"),
        (Reply(amap(), delay_s=1.0), "network"),
    ],
)
def test_what_else_goes_wrong_on_the_way(
    reply: Reply, trouble: str, server: StandIn, clock: Clock
) -> None:
    server.answer(reply)
    (match,) = make(Amap, server, clock, timeout_s=0.3).geocode("张掖路菜市场")
    assert match.lonlat is None
    assert SAYS[trouble][0] in match.reason
    assert SAYS[trouble][1] in match.reason_zh


def test_nobody_listening(server: StandIn, clock: Clock) -> None:
    server.close()
    geocoder = make(Photon, server, clock)
    for number in range(10):
        (match,) = geocoder.geocode(f"地方{number}")
        assert "ConnectionError" in match.reason
    # Two rows tried four times each: the service is down, the other rows do not wait for it.
    assert sum(seconds >= 1.0 for seconds in clock.slept) <= 8 + 6


def test_a_pause_that_is_asked_for_is_kept(server: StandIn, clock: Clock) -> None:
    server.answer(Reply({}, status=429, headers={"Retry-After": "7"}), nominatim())
    (match,) = make(Nominatim, server, clock).geocode("张掖路菜市场")
    assert match.lonlat is not None
    assert 7.0 in clock.slept


def test_a_pause_may_be_a_date(server: StandIn, clock: Clock) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    server.answer(Reply({}, status=503, headers={"Retry-After": until}), photon())
    (match,) = make(Photon, server, clock).geocode("张掖路菜市场")
    assert match.lonlat is not None
    assert any(17.0 <= seconds <= 20.0 for seconds in clock.slept)


def test_a_pause_of_an_hour_is_an_answer(server: StandIn, clock: Clock) -> None:
    server.answer(Reply({}, status=429, headers={"Retry-After": "3600"}))
    (match,) = make(Nominatim, server, clock).geocode("张掖路菜市场")
    assert match.lonlat is None
    assert len(server.asked) == 1


def test_questions_keep_their_distance(server: StandIn, clock: Clock) -> None:
    server.answer(NOTHING[Nominatim])
    geocoder = make(Nominatim, server, clock)
    for number in range(4):
        geocoder.geocode(f"place {number}")
    assert clock.slept == [1.0, 1.0, 1.0]


# What is believed ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "payload", "level", "is_confident"),
    [
        (Amap, amap("门址"), "street_number", True),
        (Amap, amap("道路"), "street", False),
        (Amap, amap("区县"), "district", False),
        (Amap, amap("住宅区"), "area", False),
        (Amap, amap(name="甘肃省兰州市城关区白银路菜市场"), "building", False),
        (Tencent, tencent(9), "street_number", True),
        (Tencent, tencent(7), "street", False),
        (Tencent, tencent(2), "district", False),
        (Tencent, tencent(11, reliability=5), "building", False),
        (Baidu, baidu("门址"), "street_number", True),
        (Baidu, baidu("区县", 18, 0), "district", False),
        (Baidu, baidu("购物", 50, 0), "building", False),
        (Tianditu, tianditu("道路"), "street", False),
        (Tianditu, tianditu(score=60), "building", False),
        (Nominatim, nominatim(12, "city"), "district", False),
        (Nominatim, nominatim(26, "road"), "street", False),
        (Nominatim, nominatim(30, "house"), "street_number", True),
        (Photon, photon("street"), "street", False),
        (Photon, photon("city"), "district", False),
    ],
)
def test_levels_and_how_far_they_are_believed(
    kind: type[OnlineGeocoder], payload: Any, level: str, is_confident: bool,
    server: StandIn, clock: Clock,
) -> None:  # fmt: skip
    server.answer(payload)
    match = make(kind, server, clock).geocode("张掖路菜市场")[0]
    assert (match.level, match.is_confident) == (level, is_confident)


def test_an_answer_outside_the_map_is_not_taken(server: StandIn, clock: Clock) -> None:
    server.answer(amap())
    assert make(Amap, server, clock, within=Bounds(7.0, 43.0, 8.0, 44.0)).geocode("张掖路") == []


def test_near_the_border_the_shift_is_doubted(server: StandIn, clock: Clock) -> None:
    payload = amap(name="辽宁省丹东市振兴区鸭绿江断桥")
    lon, lat = (float(each) for each in from_wgs84(124.38, 40.12, "gcj02"))
    payload["geocodes"][0]["location"] = f"{lon},{lat}"
    server.answer(payload)
    (match,) = make(Amap, server, clock).geocode("鸭绿江断桥")
    assert not match.is_confident
    assert "border" in match.reason
    assert "边境" in match.reason_zh
    assert match.accuracy_m >= 1000


def test_photon_is_asked_in_pieces(server: StandIn, clock: Clock) -> None:
    server.answer(NOTHING[Photon])
    make(Photon, server, clock).geocode("", "甘肃省兰州市城关区张掖路87号")
    assert server.asked[0]["q"] == "甘肃省 兰州市 城关区 张掖路 87号"


def test_baidu_takes_84_bytes(server: StandIn, clock: Clock) -> None:
    server.answer(NOTHING[Baidu])
    make(Baidu, server, clock).geocode("", "甘肃省兰州市" + "很长的地址" * 20)
    assert len(server.asked[0]["address"].encode()) <= 84


def test_tianditu_gets_json_in_its_address(server: StandIn, clock: Clock) -> None:
    server.answer(NOTHING[Tianditu])
    make(Tianditu, server, clock).geocode("张掖路菜市场")
    assert json.loads(server.asked[0]["ds"]) == {"keyWord": "张掖路菜市场"}
    assert server.asked[0]["tk"] == KEY


# What is kept, and what is not ---------------------------------------------------------------


def test_answers_are_kept_and_grow_old(server: StandIn, clock: Clock, tmp_path: Path) -> None:
    now = [1_000_000.0]
    path = tmp_path / "deep" / "cache.sqlite"
    server.answer(amap())
    for _ in range(3):
        cache = AnswerCache(path, days=30, now=lambda: now[0])
        assert make(Amap, server, clock, cache=cache).geocode("张掖路菜市场")[0].is_confident
        cache.close()
    assert len(server.asked) == 1
    now[0] += 31 * 86_400
    cache = AnswerCache(path, days=30, now=lambda: now[0])
    make(Amap, server, clock, cache=cache).geocode("张掖路菜市场")
    cache.close()
    assert len(server.asked) == 2


def test_not_found_is_kept_too_and_refusals_are_not(server: StandIn, clock: Clock) -> None:
    cache = AnswerCache()
    server.answer(REFUSALS[2][1], NOTHING[Amap])
    assert make(Amap, server, clock, cache=cache).geocode("无此地")[0].lonlat is None
    assert make(Amap, server, clock, cache=cache).geocode("无此地") == []
    assert make(Amap, server, clock, cache=cache).geocode("无此地") == []
    assert len(server.asked) == 2


def test_a_damaged_cache_is_begun_anew(server: StandIn, clock: Clock, tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    path.write_bytes(b"this is no database" * 100)
    server.answer(amap())
    cache = AnswerCache(path)
    assert make(Amap, server, clock, cache=cache).geocode("张掖路菜市场")[0].is_confident
    cache.close()


def test_the_key_is_nowhere_but_in_the_question(
    server: StandIn, clock: Clock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = tmp_path / "cache.sqlite"
    cache = AnswerCache(path)
    server.answer(amap(), Reply(is_reset=True))
    geocoder = make(Amap, server, clock, cache=cache)
    matches = [*geocoder.geocode("张掖路菜市场"), *geocoder.geocode("别处")]
    cache.close()
    assert server.asked[0]["key"] == KEY
    assert "geo?" in caplog.text  # urllib3 does write the address of a question
    assert KEY not in caplog.text
    assert KEY not in repr(matches) + repr(geocoder)
    with sqlite3.connect(path) as db:
        kept = repr(db.execute("SELECT * FROM answer").fetchall())
    assert "formatted_address" in kept
    assert KEY not in kept
    for file in tmp_path.iterdir():
        assert KEY.encode() not in file.read_bytes()


# Who is asked --------------------------------------------------------------------------------


def test_nothing_leaves_without_leave() -> None:
    keys = {"CIRCLE_AMAP_KEY": KEY, "CIRCLE_PHOTON_URL": "http://localhost/"}
    assert online_geocoders(online=False, environment=keys) == []
    (only,) = online_geocoders(online=True, environment={}, cache=AnswerCache())
    assert isinstance(only, Nominatim)


def test_a_key_opens_its_service(tmp_path: Path) -> None:
    keys = {f"CIRCLE_{name}_KEY": KEY for name in ("AMAP", "BAIDU", "TENCENT", "TIANDITU")}
    chosen = online_geocoders(
        online=True,
        environment={**keys, "CIRCLE_PHOTON_URL": "http://p/", "CIRCLE_CACHE": str(tmp_path)},
    )
    assert [type(each) for each in chosen] == [Amap, Tencent, Baidu, Tianditu, Photon, Nominatim]
    assert (tmp_path / "geocoding.sqlite").is_file()
    blank = online_geocoders(
        online=True, environment={"CIRCLE_AMAP_KEY": "  "}, cache=AnswerCache()
    )
    assert [type(each) for each in blank] == [Nominatim]


def test_a_chain_tells_of_a_quota_and_goes_on(server: StandIn, clock: Clock) -> None:
    server.answer(REFUSALS[2][1], nominatim())
    chain = Chain([make(Amap, server, clock), make(Nominatim, server, clock)])
    found, refused = chain.geocode("张掖路菜市场")
    assert found.method == "nominatim"
    assert "quota" in refused.reason


# Many rows -----------------------------------------------------------------------------------

ROWS = [(f"地方{number}", "") for number in range(20)]


def test_an_interrupted_batch_goes_on_where_it_stopped(
    server: StandIn, clock: Clock, tmp_path: Path
) -> None:
    server.answer(NOTHING[Amap])
    path = tmp_path / "cache.sqlite"

    def stop(index: int, _: Any) -> None:
        if index == 7:
            raise KeyboardInterrupt

    cache = AnswerCache(path)
    with pytest.raises(KeyboardInterrupt):
        geocode_rows(ROWS, make(Amap, server, clock, cache=cache), report=stop)
    cache.close()
    assert len(server.asked) == 8
    cache = AnswerCache(path)
    answers = geocode_rows(ROWS, make(Amap, server, clock, cache=cache))
    cache.close()
    assert len(answers) == 20
    assert len(server.asked) == 20  # every row was asked once, over both runs


def test_equal_rows_are_asked_once_and_a_bar_is_shown(
    server: StandIn, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    server.answer(amap())
    rows = [("张掖路菜市场", ""), (" 张掖路菜市场 ", ""), ("", "")]
    first, second, empty = geocode_rows(rows, make(Amap, server, clock), progress=True)
    assert first == second
    assert empty == []
    assert len(server.asked) == 1
    assert "Geocoding" in capsys.readouterr().err
