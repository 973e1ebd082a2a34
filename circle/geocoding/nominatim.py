"""The two services built on OpenStreetMap, Nominatim and Photon: WGS-84, no keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from circle.geocoding.address import admin_parts
from circle.geocoding.asking import Answer, OnlineGeocoder
from circle.geocoding.folding import fold, has_cjk
from circle.geocoding.model import Level
from circle.geocoding.online import trouble

# Nominatim's ranks: 30 a house or thing, 26-27 a street, 19-25 a quarter, less a town and above.
_THING_RANK = 29
_STREET_RANK = 26
_AREA_RANK = 20
_MOST_ANSWERS = 5


class Nominatim(OnlineGeocoder):
    """Nominatim, one question a second as its rules demand."""

    method = "nominatim"
    title = "Nominatim"
    default_url = "https://nominatim.openstreetmap.org/search"
    pause_s = 1.0
    needs_key = False

    def _params(self, question: str) -> Mapping[str, str]:
        params = {"q": question, "format": "jsonv2", "limit": str(_MOST_ANSWERS)}
        if self._within is not None:
            west, south, east, north = self._within
            params |= {"viewbox": f"{west},{south},{east},{north}", "bounded": "1"}
        return params

    def _check(self, payload: Any) -> None:
        if not isinstance(payload, list):
            raise trouble("answer", self.title, "no list")

    def _answers(self, payload: Any) -> list[Answer]:
        answers = []
        for found in payload:
            shown = str(found.get("display_name", ""))
            name = str(found.get("name") or shown.split(",")[0])
            level = self._level(found)
            answers.append(Answer(float(found["lon"]), float(found["lat"]), level, name, shown))
        return answers

    @staticmethod
    def _level(found: Mapping[str, Any]) -> Level:
        rank = int(found.get("place_rank", 0))
        if rank >= _THING_RANK:
            is_house = found.get("type") == "house" or found.get("addresstype") == "house"
            return "street_number" if is_house else "building"
        if rank >= _STREET_RANK:
            return "street"
        return "area" if rank >= _AREA_RANK else "district"


class Photon(OnlineGeocoder):
    """
    Photon, asked where a setting says it is.

    It finds nothing for a Chinese address written in one piece, so one is cut up before it is
    asked: behind 省, 市, 区, 路 and 号.
    """

    method = "photon"
    title = "Photon"
    default_url = "https://photon.komoot.io/api/"
    pause_s = 1.0
    needs_key = False
    _LEVELS: Mapping[str, Level] = {
        "house": "building",
        "street": "street",
        **dict.fromkeys(("locality", "other"), "area"),
    }

    def _join(self, parts: list[str], is_cjk: bool) -> str:
        return " ".join(split_address(part) for part in parts) if is_cjk else ", ".join(parts)

    def _params(self, question: str) -> Mapping[str, str]:
        params = {"q": question, "limit": str(_MOST_ANSWERS)}
        if self._within is not None:
            west, south, east, north = self._within
            params |= {"bbox": f"{west},{south},{east},{north}"}
        return params

    def _check(self, payload: Any) -> None:
        if not isinstance(payload, dict) or not isinstance(payload.get("features"), list):
            raise trouble("answer", self.title, "no features")

    def _answers(self, payload: Any) -> list[Answer]:
        answers = []
        for feature in payload["features"]:
            lon, lat = feature["geometry"]["coordinates"][:2]
            found = feature["properties"]
            house = str(found.get("housenumber") or "")
            street = str(found.get("street") or "")
            name = str(found.get("name") or f"{street} {house}".strip())
            parts = (name, street, house, found.get("district"), found.get("city"))
            shown = ", ".join(dict.fromkeys(str(part) for part in parts if part))
            level = self._LEVELS.get(str(found.get("type") or "house"), "district")
            if level == "building" and house and not found.get("name"):
                level = "street_number"
            answers.append(Answer(float(lon), float(lat), level, name, shown))
        return answers


def split_address(text: str) -> str:
    """
    Return a Chinese address with spaces behind its parts.

    Examples
    --------
    >>> split_address("甘肃省兰州市城关区张掖路街道箭道巷12号")
    '甘肃省 兰州市 城关区 张掖路街道 箭道巷 12号'
    >>> split_address("阳光小区"), split_address("张掖路菜市场")
    ('阳光小区', '张掖路菜市场')
    """
    if not has_cjk(text) or not (re.search(r"\d", text) or any(admin_parts(fold(text)).values())):
        return text  # a name is left in one piece
    # 小区, 社区, 街道, 道路 and 市场 are no ends of a part.
    ends = r"(?<=[省市县镇乡路街巷弄号])|(?<=[^小社园校景院]区)|(?<=街道)|(?<=大道)"
    cut = re.sub(rf"(?:{ends})(?=[^\s])(?!街道|道|场|号|口)", " ", text)
    return re.sub(r"\s+", " ", cut).strip()
