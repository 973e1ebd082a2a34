"""Words the staff pages share beside those of the register, English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from circle.store.labels import (
    ACCESS,
    ACTIONS,
    CLOSED_TO,
    FIELDS,
    LEVELS,
    LINK_KINDS,
    METHODS,
    OPENS,
    OUTCOMES,
    STATUS,
    STREET_EDITS,
    Both,
)

DATUMS: Mapping[str, Both] = {
    "gcj02": ("GCJ-02: Amap, Tencent", "GCJ-02（火星坐标）：高德、腾讯地图"),
    "bd09": ("BD-09: Baidu", "BD-09：百度地图"),
    "wgs84": ("WGS-84: GPS, OpenStreetMap", "WGS-84：GPS 手持机、OpenStreetMap"),
    "cgcs2000": ("CGCS2000: Tianditu, surveys", "CGCS2000：天地图、测绘部门"),
}
KINDS: Mapping[str, Both] = {
    "place": ("place", "地点"),
    "compound": ("compound", "小区"),
    "street_edit": ("edit of the streets", "道路修改"),
    "distinct": ("two places", "两处地点"),
}
WORDS: Mapping[str, Mapping[str, Both]] = {
    "fields": FIELDS,
    "status": STATUS,
    "outcomes": OUTCOMES,
    "actions": ACTIONS,
    "levels": LEVELS,
    "methods": METHODS,
    "datums": DATUMS,
    "access": ACCESS,
    "kinds": KINDS,
    "street_edits": STREET_EDITS,
    "link_kinds": LINK_KINDS,
    "closed_to": CLOSED_TO,
    "opens": OPENS,
}
