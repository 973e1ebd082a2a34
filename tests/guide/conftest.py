"""A small hand-made guide with hostile names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import LineString, Point, Polygon
from visiting import Visit

from circle.geometry import LonLat
from circle.guide.content import GuideContent, GuideTexts, make_content
from circle.provenance import OSM_ATTRIBUTION, Provenance

__all__ = ["Visit"]

CENTER = LonLat(103.8343, 36.0611)
HOSTILE = {
    "script": "<script>window.hacked = 1</script>",
    "image": '"><img src=x onerror="window.hacked = 1">',
    "closing": "</script></style></title><b>粗体",
    "template": "{{ 7 * 7 }} {% raw %} ${alert(1)}",
    "emoji": "阳光🌞小卖部👨‍👩‍👧",
    "right_to_left": "مكتبة الحي \u202eسرقة",
    "newlines": "幸福\r\n\t食堂\u2028二楼\x00",
    "long": "甘" * 60,
    "quotes": 'O\'Neill & "Söhne" `x` \\',
}


@dataclass(frozen=True)
class ClassRow:
    key: str
    name_zh: str
    name_en: str
    icon: str
    colour: str


CLASSES = (
    ClassRow("health", "医疗卫生", "Health", "health.svg", "#982b30"),
    ClassRow("parking", "停车场", "Parking", "parking.svg", "#3074ac"),
    ClassRow("parks_sport", "公园与运动", "Parks and sport", "parks_sport.svg", "#65a159"),
    ClassRow("education", "学校", "Schools", "education.svg", "#3550ff"),
)
"""The last one stays empty."""


def at(east_m: float, north_m: float) -> Point:
    """Return a point by its metres from the centre."""
    return Point(CENTER.lon + east_m / 90_090, CENTER.lat + north_m / 111_320)


def square(half_m: float) -> Polygon:
    """Return a square around the centre."""
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    return Polygon([at(x * half_m, y * half_m).coords[0] for x, y in corners])


def facility(name: str, category: str | None, point: Point | None, **more: Any) -> dict[str, Any]:
    return {
        "facility_id": more.pop("facility_id", f"{category}-{abs(hash(name)) % 10**6}"),
        "name": name,
        "name_en": None,
        "category": category,
        "address": None,
        "phone": None,
        "hours": None,
        "note": None,
        "source": "名录",
        "source_date": "2021-09",
        "match_method": "coordinates",
        "match_level": "entrance",
        "match_confidence": 1.0,
        "match_reason": None,
        "position_accuracy_m": 20.0,
        "is_placed": point is not None,
        "geometry": point,
        **more,
    }


def facilities() -> list[dict[str, Any]]:
    return [
        facility(
            "张掖路社区卫生服务中心",
            "health",
            at(300, 40),
            facility_id="clinic",
            name_en="Zhangye Road clinic",
            address="张掖路 12 号",
            phone="0931-8410000；0931-8410001",
            hours="08:00–18:00",
            note="周三义诊",
            source="https://example.org/list?a=1&b=2",
        ),
        facility("城关医院", "health", at(-500, -20), facility_id="hospital"),
        facility("远郊医院", "health", at(1900, 300), facility_id="far-away"),
        facility(HOSTILE["script"], "parking", at(60, 80), facility_id="script"),
        facility(HOSTILE["image"], "parking", at(-60, 80), facility_id="image"),
        facility(HOSTILE["closing"], "parking", at(0, -160), facility_id="closing"),
        facility(HOSTILE["template"], "parking", at(160, -160), facility_id="template"),
        facility(HOSTILE["emoji"], "parks_sport", at(-260, 200), facility_id="emoji"),
        facility(HOSTILE["right_to_left"], "parks_sport", at(-260, 203), facility_id="rtl"),
        facility(HOSTILE["newlines"], "parks_sport", at(-257, 200), facility_id="newlines"),
        facility(HOSTILE["long"], "parks_sport", at(280, 280), facility_id="long"),
        facility(HOSTILE["quotes"], "unheard-of", at(-40, -240), facility_id="quotes"),
        facility(
            "红色书屋",
            "health",
            None,
            facility_id="unplaced",
            match_method=None,
            match_level=None,
            match_reason="报道没有写明地址",
            position_accuracy_m=None,
        ),
    ]


def walk_times(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return walks along straight lines at 1.2 m/s, none beyond 15 minutes."""
    here = at(0, 0)
    ids, times, metres = [], [], []
    for row in rows:
        if row["geometry"] is None:
            continue
        length_m = here.distance(row["geometry"]) * 100_000
        ids.append(row["facility_id"])
        times.append(length_m / 1.2 if length_m / 1.2 <= 900 else float("inf"))
        metres.append(length_m if length_m / 1.2 <= 900 else float("inf"))
    return pd.DataFrame({"facility_id": ids, "time_s": times, "distance_m": metres})


def streets() -> gpd.GeoDataFrame:
    def line(name: str | None, kind: str, *points: tuple[float, float], **more: Any) -> Any:
        return {
            "name": name,
            "kind": kind,
            "is_steps": False,
            "is_private": False,
            "is_bridge": False,
            "is_tunnel": False,
            "evidence": "mapped",
            "geometry": LineString([at(*point).coords[0] for point in points]),
            **more,
        }

    return gpd.GeoDataFrame(
        [
            line("张掖路", "road_main", (-1500, 0), (0, 0)),
            line("张掖路", "road_main", (0, 0), (1500, 0)),
            line("静宁路", "road", (0, -1200), (0, 1200)),
            line(HOSTILE["script"], "road", (-900, 300), (900, 300)),
            line(None, "path", (200, 0), (200, 300), evidence="inferred"),
            line("中山桥", "footway", (-400, 500), (-400, 900), is_bridge=True),
            line(None, "steps", (100, 0), (100, 60), is_steps=True),
        ],
        crs="EPSG:4326",
    )


def rings() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"budget": [5.0, 10.0, 15.0], "unit": "min", "is_cut": [False, False, True]},
        geometry=[square(300), square(600), square(900)],
        crs="EPSG:4326",
    )


def areas() -> dict[str, gpd.GeoDataFrame]:
    corners = ((-1600, 600), (1600, 600), (1600, 800), (-1600, 800))
    water = Polygon([at(x, y).coords[0] for x, y in corners])
    return {
        "water": gpd.GeoDataFrame({"name": ["黄河"]}, geometry=[water], crs="EPSG:4326"),
        "building": gpd.GeoDataFrame(
            {"name": [None]}, geometry=[at(50, 50).buffer(0.0002)], crs="EPSG:4326"
        ),
        "unknown layer": gpd.GeoDataFrame({"name": []}, geometry=[], crs="EPSG:4326"),
    }


def texts(**changes: Any) -> GuideTexts:
    fields: dict[str, Any] = {
        "title_zh": "山字石15分钟生活圈指南",
        "title_en": "Shanzishi 15-minute guide",
        "community_zh": "山字石社区",
        "community_en": "Shanzishi community",
        "notice_zh": "本名录由公开资料重建，不是官方名录。去之前请先核实。",
        "notice_en": "This list is reconstructed from public texts. Check before you go.",
        "center": CENTER,
        "center_name_zh": "社区中心（假定）",
        "center_name_en": "Community centre (assumed)",
        "center_accuracy_m": 300,
        **changes,
    }
    return GuideTexts(**fields)


def content_of(
    rows: list[dict[str, Any]],
    *,
    walk: pd.DataFrame | None = None,
    classes: tuple[ClassRow, ...] = CLASSES,
    **changes: Any,
) -> GuideContent:
    """Return the guide of some facilities; `changes` are fields of `GuideTexts`."""
    if rows:
        frame = gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326")
    else:
        empty = pd.DataFrame([facility("x", "health", at(0, 0))]).iloc[:0]
        frame = gpd.GeoDataFrame(empty, geometry="geometry", crs="EPSG:4326")
    return make_content(
        texts(**changes),
        streets(),
        Provenance("streets.geojson", "2026-07-01", None, "ODbL-1.0", OSM_ATTRIBUTION),
        frame,
        walk_times(rows) if walk is None else walk,
        rings(),
        areas(),
        classes,
        0.236,
    )


@pytest.fixture(scope="session")
def content() -> GuideContent:
    """A guide of 12 placed places, most with hostile names, and one without a position."""
    return content_of(facilities())
