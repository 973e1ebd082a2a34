"""
A study whose every walking time follows from its drawing.

One street runs east for 1600 m, a second one north for 800 m from its middle, where the centre
is. Places stand on the streets at round distances, one 50 m beside them.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from circle.geometry import LocalFrame, LonLat

CENTER = LonLat(103.8343, 36.0611)
SPEED_M_S = 1.2
FRAME = LocalFrame(CENTER.lon, CENTER.lat)

# Name, class word, metres east and north of the centre, metres to walk from there.
PLACES = (
    ("near", "东市场", "food_markets", 240.0, 0.0, 240.0),
    ("north", "北诊所", "health", 0.0, 600.0, 600.0),
    ("beside", "院内书屋", "culture", -300.0, 50.0, 350.0),
    ("edge", "西停车场", "parking", -780.0, 0.0, 780.0),
)


def at(east_m: float, north_m: float) -> LonLat:
    """Return the position so many metres from the centre."""
    lon, lat = FRAME.to_lonlat(np.array([east_m]), np.array([north_m]))
    return LonLat(float(lon[0]), float(lat[0]))


def write_study(folder: Path, **keys: str) -> Path:
    """Write the study; `keys` are TOML texts that replace or add keys, ``""`` removes one."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = {
        "东路": [at(-800, 0), CENTER, at(800, 0)],
        "北路": [CENTER, at(0, 800)],
    }
    features = [
        {
            "type": "Feature",
            "properties": {"highway": "residential", "name": name, "evidence": "mapped"},
            "geometry": {"type": "LineString", "coordinates": line},
        }
        for name, line in lines.items()
    ]
    collection = {"type": "FeatureCollection", "features": features}
    (folder / "streets.geojson").write_text(json.dumps(collection), "utf-8")
    rows = ["id,name,class,address,lon,lat,phone"]
    for key, name, word, east_m, north_m, _ in PLACES:
        lon, lat = at(east_m, north_m)
        rows.append(f"{key},{name},{word},,{lon:.7f},{lat:.7f},")
    rows.append("lost,无处可寻,care,不存在的路九号,,,=1+1")
    (folder / "places.csv").write_text("\n".join(rows) + "\n", "utf-8")
    settings = {
        "title_zh": '"试画指南"',
        "title_en": '"Drawn guide"',
        "center": f"[{CENTER.lon}, {CENTER.lat}]",
        "streets": '"streets.geojson"',
        "places": '"places.csv"',
        "places_datum": '"wgs84"',
        "data_date": '"2026-07-01"',
        **keys,
    }
    text = "".join(f"{key} = {value}\n" for key, value in settings.items() if value)
    (folder / "circle.toml").write_text(text, "utf-8")
    return folder
