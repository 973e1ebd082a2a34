"""
The four Chinese services, each by the fields and codes it documents.

============ =========== ======================= ====================================
service      datum       key from                documentation
============ =========== ======================= ====================================
Amap 高德     GCJ-02      ``CIRCLE_AMAP_KEY``     Web 服务 API, 地理编码, 错误码说明
Tencent 腾讯  GCJ-02      ``CIRCLE_TENCENT_KEY``  WebService API, 地址解析, 状态码说明
Baidu 百度    BD-09       ``CIRCLE_BAIDU_KEY``    Web 服务 API v3, 地理编码, 服务状态码
Tianditu 天地图 CGCS2000    ``CIRCLE_TIANDITU_KEY`` 地理编码服务
============ =========== ======================= ====================================
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from circle.geocoding.asking import Answer, OnlineGeocoder, number_of
from circle.geocoding.model import Level
from circle.geocoding.online import Trouble, trouble


def _codes(**kinds: tuple[int, ...]) -> dict[int, Trouble]:
    return {code: kind for kind, codes in kinds.items() for code in codes}  # type: ignore[misc]


class Amap(OnlineGeocoder):
    """Amap 高德地图: ``/v3/geocode/geo``, positions in GCJ-02."""

    method = "amap"
    title = "Amap 高德"
    datum = "gcj02"
    default_url = "https://restapi.amap.com/v3/geocode/geo"
    _TROUBLES = _codes(
        key=(10001, 10002, 10005, 10006, 10007, 10008, 10009, 10011, 10012, 10013, 10026, 10041),
        quota=(10003, 10010, 10044, 10045, 40000, 40002, 40003),
        rate=(10004, 10014, 10015, 10016, 10019, 10020, 10021, 10022, 10023, 10029),
    )
    _LEVELS: Mapping[str, Level] = {
        **dict.fromkeys(("国家", "省", "市", "区县", "乡镇"), "district"),
        **dict.fromkeys(("开发区", "村庄", "热点商圈", "住宅区", "未知"), "area"),
        **dict.fromkeys(("道路", "道路交叉路口", "小巷"), "street"),
        **dict.fromkeys(("门牌号", "门址"), "street_number"),
        **dict.fromkeys(("兴趣点", "单元号", "楼层", "房间", "公交地铁站点"), "building"),
    }

    def _params(self, question: str) -> Mapping[str, str]:
        return {"address": question, "output": "JSON"} | (
            {"city": self._town} if self._town else {}
        )

    def _check(self, payload: Any) -> None:
        if not isinstance(payload, dict) or "status" not in payload:
            raise trouble("answer", self.title, "no status")
        if str(payload["status"]) == "1":
            return
        code = int(number_of(payload.get("infocode")))
        raise trouble(self._TROUBLES.get(code, "answer"), self.title, f"{code} {payload['info']}")

    def _answers(self, payload: Any) -> list[Answer]:
        answers = []
        for found in payload["geocodes"]:
            lon, lat = found["location"].split(",")
            shown = str(found["formatted_address"])
            level = self._LEVELS.get(str(found["level"]), "area")
            answers.append(Answer(float(lon), float(lat), level, shown, shown))
        return answers


class Tencent(OnlineGeocoder):
    """Tencent 腾讯位置服务: ``/ws/geocoder/v1``, positions in GCJ-02."""

    method = "tencent"
    title = "Tencent 腾讯"
    datum = "gcj02"
    default_url = "https://apis.map.qq.com/ws/geocoder/v1/"
    _NOT_FOUND = (347, 393)
    _TROUBLES = _codes(
        key=(110, 111, 112, 113, 190, 199, 301, 311),
        quota=(121,),
        rate=(120,),
    )
    # What the service itself calls reliable.
    _LEAST_RELIABILITY = 7
    # 1 city, 2 district, 3 town, 4 village or community, 5 development zone, 6 business quarter,
    # 7 street, 8 something along a street, 9 house number, 10 compound or building, 11 place.
    _LEVELS: Mapping[int, Level] = {
        **dict.fromkeys((1, 2, 3), "district"),
        **dict.fromkeys((4, 5, 6), "area"),
        **dict.fromkeys((7, 8), "street"),
        9: "street_number",
        **dict.fromkeys((10, 11), "building"),
    }

    def _params(self, question: str) -> Mapping[str, str]:
        # Policy 1: an address without its city is no error.
        return {"address": question, "policy": "1"}

    def _check(self, payload: Any) -> None:
        if not isinstance(payload, dict) or "status" not in payload:
            raise trouble("answer", self.title, "no status")
        code = int(payload["status"])
        if code == 0 or code in self._NOT_FOUND:
            return
        detail = f"{code} {payload.get('message', '')}"
        raise trouble(self._TROUBLES.get(code, "answer"), self.title, detail)

    def _answers(self, payload: Any) -> list[Answer]:
        if int(payload["status"]) in self._NOT_FOUND:
            return []
        result = payload["result"]
        parts = result["address_components"]
        order = ("province", "city", "district", "street", "street_number")
        shown = "".join(dict.fromkeys(str(parts.get(part) or "") for part in order))
        title = str(result.get("title") or shown)
        return [
            Answer(
                number_of(result["location"]["lng"]),
                number_of(result["location"]["lat"]),
                self._LEVELS.get(int(number_of(result.get("level"))), "area"),
                title,
                shown if title in shown else f"{shown} {title}",
                is_trusted=number_of(result.get("reliability")) >= self._LEAST_RELIABILITY,
            )
        ]


class Baidu(OnlineGeocoder):
    """Baidu 百度地图: ``/geocoding/v3``, positions in BD-09, its default."""

    method = "baidu"
    title = "Baidu 百度"
    datum = "bd09"
    default_url = "https://api.map.baidu.com/geocoding/v3/"
    most_bytes = 84
    _TROUBLES = _codes(
        key=(3, 5, 9, 101, 102, 200, 201, 202, 203, 210, 211, 220, 230, 240, 250, 251, 252, 260,
             261),
        quota=(4, 301, 302),
        rate=(401, 402),
    )  # fmt: skip
    _LEVELS: Mapping[str, Level] = {
        **dict.fromkeys(("国家", "省", "城市", "区县", "乡镇"), "district"),
        **dict.fromkeys(("UNKNOWN", "村庄", "商圈", "工业园区", "旅游景点", "绿地"), "area"),
        **dict.fromkeys(("道路", "交叉路口", "桥", "收费处/收费站"), "street"),
        "门址": "street_number",
    }
    # Of 100: how exact the point is, and how much of the address was understood.
    _LEAST_CONFIDENCE = 80.0
    _LEAST_UNDERSTOOD = 90.0

    def _secrets(self) -> Mapping[str, str]:
        return {"ak": self._key}

    def _params(self, question: str) -> Mapping[str, str]:
        return {"address": question, "output": "json"} | (
            {"city": self._town} if self._town else {}
        )

    def _check(self, payload: Any) -> None:
        if not isinstance(payload, dict) or "status" not in payload:
            raise trouble("answer", self.title, "no status")
        code = int(payload["status"])
        text = str(payload.get("msg") or payload.get("message") or "")
        # Nothing found comes as an "internal error" that says so.
        if code == 0 or (code == 1 and "无相关结果" in text):
            return
        kind = "network" if code == 1 else self._TROUBLES.get(code, "answer")
        raise trouble(kind, self.title, f"{code} {text}")

    def _answers(self, payload: Any) -> list[Answer]:
        result = payload.get("result")
        if not result or int(payload["status"]) != 0:
            return []
        level_word = str(result.get("level") or "UNKNOWN")
        understood = number_of(result.get("comprehension", 100))
        is_trusted = (
            int(number_of(result.get("precise"))) == 1
            and number_of(result.get("confidence")) >= self._LEAST_CONFIDENCE
            and understood >= self._LEAST_UNDERSTOOD
        )
        return [
            Answer(
                number_of(result["location"]["lng"]),
                number_of(result["location"]["lat"]),
                self._LEVELS.get(level_word, "building"),
                level_word,
                level_word,
                is_trusted=is_trusted,
                names_thing=False,
            )
        ]


class Tianditu(OnlineGeocoder):
    """Tianditu 天地图: ``/geocoder``, positions in CGCS2000."""

    method = "tianditu"
    title = "Tianditu 天地图"
    datum = "cgcs2000"
    default_url = "https://api.tianditu.gov.cn/geocoder"
    _LEAST_SCORE = 90.0
    _LEVELS: Mapping[str, Level] = {
        **dict.fromkeys(("国家", "省", "市", "区县", "行政区", "行政区划", "乡镇"), "district"),
        **dict.fromkeys(("村庄", "社区", "居民小区"), "area"),
        **dict.fromkeys(("道路", "交叉口"), "street"),
        **dict.fromkeys(("门址", "门牌", "门牌号"), "street_number"),
        **dict.fromkeys(("兴趣点", "POI", "地名地址", "建筑物"), "building"),
    }

    def _secrets(self) -> Mapping[str, str]:
        return {"tk": self._key}

    def _params(self, question: str) -> Mapping[str, str]:
        return {"ds": json.dumps({"keyWord": question}, ensure_ascii=False)}

    def _check(self, payload: Any) -> None:
        if not isinstance(payload, dict):
            raise trouble("answer", self.title, "no status")
        text = str(payload.get("msg") or payload.get("resolve") or "")
        if "status" not in payload:
            # The gate before the service answers with a code of its own.
            is_quota = any(word in text for word in ("配额", "超限", "上限", "次数"))
            kind: Trouble = "quota" if is_quota else "key" if "code" in payload else "answer"
            raise trouble(kind, self.title, f"{payload.get('code', '')} {text}".strip())
        if str(payload["status"]) not in ("0", "101"):
            raise trouble("answer", self.title, f"{payload['status']} {text}")

    def _answers(self, payload: Any) -> list[Answer]:
        found = payload.get("location")
        if str(payload["status"]) == "101" or not found:
            return []
        level = self._LEVELS.get(str(found.get("level") or ""), "area")
        shown = str(found.get("keyWord") or found.get("level") or "")
        # `keyWord` is the question, sent back.
        return [
            Answer(
                number_of(found["lon"]), number_of(found["lat"]), level, shown, shown,
                is_trusted=number_of(found.get("score")) >= self._LEAST_SCORE, names_thing=False,
            )
        ]  # fmt: skip
