"""
Datums in use in China, turned into WGS-84 and back.

Amap and Tencent give GCJ-02, Baidu BD-09: both shift positions by some hundreds of metres on
purpose. Tianditu gives CGCS2000, which differs from WGS-84 by less than a metre and is taken
as equal to it here. A list that does not say its datum is unusable; this file does not guess.

The shift is applied inside a coarse outline of the country and nowhere else. Rule for the
places around it: Hong Kong and Macau are inside, since the test that the Amap and Baidu
SDKs offer asks for "the mainland, Hong Kong and Macau"; Taiwan with Penghu, Kinmen and Matsu is
outside. The outline serves this one purpose, is up to some 20 km wrong along remote borders,
and says nothing about where a border runs; `is_near_outline` tells where that matters.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt
import shapely

from circle.errors import PositionError

FloatArray = npt.NDArray[np.float64]
Datum = Literal["wgs84", "gcj02", "bd09", "cgcs2000"]
DATUMS: tuple[Datum, ...] = ("wgs84", "gcj02", "bd09", "cgcs2000")

# Krasovsky 1940, on which the GCJ-02 formula is defined.
_SEMI_MAJOR_M = 6_378_245.0
_ECCENTRICITY_2 = 0.006_693_421_622_965_943
_BD_ANGLE = math.pi * 3000.0 / 180.0
_METRES_PER_DEGREE = 111_320.0
# 1e-10 degrees are a hundredth of a millimetre.
_TOLERANCE_DEG = 1e-10
_MOST_ITERATIONS = 50

_WORDS: dict[str, Datum] = {
    **dict.fromkeys(("wgs84", "wgs", "gps", "epsg4326", "4326", "nominatim", "osm"), "wgs84"),
    **dict.fromkeys(
        ("gcj02", "gcj", "火星", "火星坐标", "火星坐标系", "高德", "高德地图"), "gcj02"
    ),
    **dict.fromkeys(
        ("amap", "gaode", "腾讯", "腾讯地图", "tencent", "国测局", "国测局坐标"), "gcj02"
    ),
    **dict.fromkeys(("bd09", "bd09ll", "百度", "百度地图", "百度坐标", "baidu"), "bd09"),
    **dict.fromkeys(("cgcs2000", "cgcs", "国家2000", "2000国家大地坐标系", "天地图"), "cgcs2000"),
    **dict.fromkeys(("tianditu", "epsg4490", "4490", "国家大地2000"), "cgcs2000"),
}

# Longitude and latitude, clockwise from the mouth of the Tumen; to a few hundredths of a degree,
# finer only where a town lies on either bank.
_OUTLINE = (
    *((130.65, 42.30), (130.60, 42.43), (130.25, 42.70), (130.15, 42.90), (129.87, 42.965)),
    *((129.70, 42.43), (128.95, 42.05), (128.10, 41.98), (128.18, 41.405), (127.30, 41.49)),
    *((126.95, 41.79), (126.50, 41.37), (126.20, 41.10), (125.90, 40.88), (125.00, 40.52)),
    *((124.60, 40.30), (124.395, 40.115), (124.35, 40.04), (124.10, 39.70), (123.30, 39.00)),
    *((122.00, 38.50), (122.50, 38.00), (123.00, 37.40), (122.90, 36.70), (121.50, 35.80)),
    *((120.70, 34.50), (121.50, 33.50), (122.30, 32.00), (123.00, 30.90), (122.90, 30.00)),
    *((122.30, 28.80), (121.50, 27.80), (120.90, 27.00), (120.35, 26.60), (119.98, 26.37)),
    *((119.87, 26.24), (119.85, 26.05), (119.95, 25.75), (119.95, 25.40), (119.55, 25.05)),
    *((118.90, 24.60), (118.56, 24.47), (118.50, 24.54), (118.28, 24.54), (118.21, 24.45)),
    *((118.18, 24.36), (118.00, 24.10), (117.00, 23.20), (115.50, 22.40), (114.30, 21.80)),
    *((112.50, 21.30), (111.30, 19.50), (110.60, 18.20), (109.40, 17.90), (108.50, 18.40)),
    *((108.40, 19.20), (108.40, 20.90), (108.10, 21.45), (107.99, 21.538), (107.90, 21.545)),
    *((107.35, 21.60), (106.80, 21.97), (106.60, 22.05), (106.70, 22.85), (105.40, 23.33)),
    *((104.80, 22.85), (104.30, 22.72), (103.97, 22.505), (103.94, 22.51), (103.30, 22.72)),
    *((102.50, 22.75), (102.15, 22.40), (101.72, 22.45), (101.80, 21.18), (101.20, 21.18)),
    *((101.10, 21.75), (100.10, 21.48), (99.20, 22.15), (99.50, 22.95), (98.90, 23.20)),
    *((98.65, 23.95), (97.88, 23.90), (97.72, 23.90), (97.55, 24.45), (97.60, 24.90)),
    *((98.15, 25.40), (98.60, 26.00), (98.70, 27.00), (98.20, 27.65), (97.40, 28.30)),
    *((96.50, 28.50), (96.10, 29.35), (95.40, 29.10), (94.20, 29.10), (93.30, 28.65)),
    *((92.00, 27.85), (91.60, 27.90), (90.50, 28.10), (89.80, 28.20), (89.20, 27.60)),
    *((88.90, 27.33), (88.75, 28.00), (88.10, 27.90), (86.70, 28.05), (85.97, 27.97)),
    *((85.20, 28.40), (84.20, 28.90), (83.50, 29.40), (82.10, 30.30), (81.10, 30.10)),
    *((80.20, 30.55), (79.50, 30.90), (78.65, 31.40), (78.70, 32.40), (79.30, 32.80)),
    *((78.80, 33.60), (78.80, 34.30), (78.10, 34.70), (77.80, 35.50), (76.00, 36.00)),
    *((75.90, 36.60), (75.20, 36.95), (74.60, 37.10), (74.90, 37.40), (74.80, 38.45)),
    *((73.90, 38.60), (73.60, 39.40), (73.90, 39.75), (74.80, 40.45), (75.60, 40.60)),
    *((76.35, 40.35), (76.90, 41.00), (78.20, 41.05), (78.60, 41.50), (80.25, 42.20)),
    *((80.80, 43.15), (80.38, 44.00), (80.38, 44.30), (79.90, 44.90), (81.90, 45.20)),
    *((82.60, 45.15), (82.30, 45.55), (83.10, 47.20), (85.50, 47.10), (85.70, 48.40)),
    *((86.80, 49.10), (87.75, 49.17), (87.80, 48.85), (88.60, 48.10), (90.30, 47.60)),
    *((91.00, 46.70), (91.00, 46.00), (90.70, 45.45), (91.60, 45.08), (93.50, 44.95)),
    *((94.70, 44.35), (95.40, 44.30), (95.90, 43.25), (96.40, 42.75), (97.20, 42.77)),
    *((100.30, 42.65), (102.00, 42.20), (103.70, 41.80), (105.00, 41.60), (106.00, 42.05)),
    *((107.50, 42.42), (109.30, 42.42), (110.40, 42.75), (111.90, 43.70), (112.05, 43.75)),
    *((111.45, 44.35), (112.00, 45.05), (113.60, 44.75), (114.50, 45.40), (115.70, 45.45)),
    *((116.60, 46.30), (117.40, 46.55), (118.30, 46.75), (119.90, 46.70), (119.80, 47.20)),
    *((119.10, 47.65), (118.50, 47.98), (117.40, 47.65), (116.90, 47.87), (115.85, 47.70)),
    *((115.55, 48.15), (116.00, 48.80), (116.70, 49.85), (117.30, 49.65), (117.80, 49.53)),
    *((118.50, 49.95), (119.20, 50.30), (119.75, 51.10), (120.10, 51.60), (120.75, 52.00)),
    *((120.65, 52.35), (120.00, 52.75), (120.90, 53.30), (122.40, 53.52), (123.50, 53.55)),
    *((124.50, 53.20), (125.60, 53.05), (126.00, 52.65), (126.50, 51.95), (126.95, 51.30)),
    *((127.30, 50.75), (127.35, 50.35), (127.50, 50.265), (127.60, 50.22), (127.70, 49.80)),
    *((128.00, 49.60), (129.00, 49.42), (129.90, 49.03), (130.60, 48.90), (130.80, 48.45)),
    *((130.95, 48.10), (131.00, 47.70), (132.50, 47.75), (133.00, 48.10), (134.40, 48.42)),
    *((134.75, 48.38), (134.75, 48.00), (134.30, 47.40), (134.00, 46.60), (133.50, 45.85)),
    *((133.10, 45.15), (132.00, 45.20), (131.00, 44.85), (131.28, 44.40), (131.05, 42.90)),
)


def parse_datum(text: str) -> Datum:
    """
    Return the datum somebody means.

    Parameters
    ----------
    text
        Such as ``"GCJ-02"``, ``"高德"``, ``"WGS 84"``; case, spaces and signs do not matter.

    Raises
    ------
    PositionError
        If it is none of the four datums.

    Examples
    --------
    >>> parse_datum("GCJ-02"), parse_datum("百度")
    ('gcj02', 'bd09')
    """
    key = "".join(letter for letter in text.casefold() if letter.isalnum())
    if key in _WORDS:
        return _WORDS[key]
    raise PositionError(
        en=f'"{text}" is not a datum this program knows; use one of {", ".join(DATUMS)}.',
        zh=f"无法识别坐标系“{text}”；请使用 {'、'.join(DATUMS)} 之一。",
    )


def to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike, datum: Datum) -> tuple[FloatArray, FloatArray]:
    """
    Turn positions into WGS-84.

    Parameters
    ----------
    lon, lat
        Degrees in `datum`, any shape; a position with NaN stays NaN.
    datum
        Datum of the positions. ``"cgcs2000"`` is WGS-84 to less than a metre and returned
        as it is.

    Returns
    -------
    lon, lat
        Degrees, WGS-84, the shape of the input. Inside the outline, turning them back with
        `from_wgs84` meets the input to less than a centimetre; what lies outside it is
        returned unmoved.

    Examples
    --------
    Zhangye Road in Lanzhou: Amap's position lies 217 m east and 35 m south.

    >>> lon, lat = to_wgs84(103.836711, 36.060784, "gcj02")
    >>> round(float(lon), 4), round(float(lat), 4)
    (103.8343, 36.0611)
    """
    given_lon, given_lat = _pair(lon, lat)
    if datum in ("wgs84", "cgcs2000"):
        return given_lon, given_lat
    new_lon, new_lat = given_lon, given_lat
    if datum == "bd09":
        new_lon, new_lat = _solve(_gcj_to_bd, new_lon, new_lat)
    new_lon, new_lat = _solve(_wgs_to_gcj, new_lon, new_lat)
    inside = in_outline(new_lon, new_lat)
    return np.where(inside, new_lon, given_lon), np.where(inside, new_lat, given_lat)


def from_wgs84(
    lon: npt.ArrayLike, lat: npt.ArrayLike, datum: Datum
) -> tuple[FloatArray, FloatArray]:
    """
    Turn WGS-84 positions into another datum.

    Parameters
    ----------
    lon, lat
        Degrees, WGS-84, any shape.
    datum
        Datum wanted.

    Returns
    -------
    lon, lat
        Degrees in `datum`; outside the outline the same as given.
    """
    given_lon, given_lat = _pair(lon, lat)
    if datum in ("wgs84", "cgcs2000"):
        return given_lon, given_lat
    new_lon, new_lat = _wgs_to_gcj(given_lon, given_lat)
    if datum == "bd09":
        new_lon, new_lat = _gcj_to_bd(new_lon, new_lat)
    inside = in_outline(given_lon, given_lat)
    return np.where(inside, new_lon, given_lon), np.where(inside, new_lat, given_lat)


def in_outline(lon: npt.ArrayLike, lat: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Say for each position whether the shift of GCJ-02 and BD-09 is applied there."""
    return np.asarray(shapely.contains_xy(outline(), *_pair(lon, lat)), np.bool_)


def is_near_outline(
    lon: npt.ArrayLike, lat: npt.ArrayLike, *, within_m: float = 20_000.0
) -> npt.NDArray[np.bool_]:
    """Say for each position whether the outline, and so the shift, is in doubt there."""
    x, y = _pair(lon, lat)
    edge = np.asarray(outline().exterior.coords)
    near = np.zeros(x.shape, np.bool_)
    for index in np.ndindex(x.shape):
        # Degrees of longitude shrink with latitude: squeezed as they are at the position.
        squeeze = np.array([math.cos(math.radians(float(y[index]))), 1.0])
        border = shapely.LinearRing(edge * squeeze)
        point = shapely.Point(float(x[index]) * float(squeeze[0]), float(y[index]))
        near[index] = border.distance(point) * _METRES_PER_DEGREE <= within_m
    return near


@cache
def outline() -> shapely.Polygon:
    """Return the coarse outline inside which the shift is applied, in degrees."""
    polygon = shapely.Polygon(_OUTLINE)
    shapely.prepare(polygon)
    return polygon


def _pair(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    x, y = np.broadcast_arrays(np.asarray(lon, np.float64), np.asarray(lat, np.float64))
    return x.copy(), y.copy()


def _wgs_to_gcj(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    wave = 20.0 * np.sin(6.0 * math.pi * x) + 20.0 * np.sin(2.0 * math.pi * x)
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north_m += (wave + 20.0 * np.sin(math.pi * y) + 40.0 * np.sin(math.pi * y / 3.0)) * 2.0 / 3.0
    north_m += (160.0 * np.sin(math.pi * y / 12.0) + 320.0 * np.sin(math.pi * y / 30.0)) * 2.0 / 3.0
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east_m += (wave + 20.0 * np.sin(math.pi * x) + 40.0 * np.sin(math.pi * x / 3.0)) * 2.0 / 3.0
    east_m += (150.0 * np.sin(math.pi * x / 12.0) + 300.0 * np.sin(math.pi * x / 30.0)) * 2.0 / 3.0
    phi = np.radians(lat)
    w2 = 1.0 - _ECCENTRICITY_2 * np.sin(phi) ** 2
    meridian_m = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_2) / (w2 * np.sqrt(w2))
    parallel_m = _SEMI_MAJOR_M / np.sqrt(w2) * np.cos(phi)
    return lon + np.degrees(east_m / parallel_m), lat + np.degrees(north_m / meridian_m)


def _gcj_to_bd(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    radius = np.hypot(lon, lat) + 0.000_02 * np.sin(lat * _BD_ANGLE)
    angle = np.arctan2(lat, lon) + 0.000_003 * np.cos(lon * _BD_ANGLE)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _solve(
    forward: Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]],
    lon: FloatArray,
    lat: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Return the positions that `forward` moves onto the given ones, by fixed-point iteration."""
    x, y = lon.copy(), lat.copy()
    for _ in range(_MOST_ITERATIONS):
        moved_x, moved_y = forward(x, y)
        step_x, step_y = lon - moved_x, lat - moved_y
        x, y = x + step_x, y + step_y
        # The shift changes by a hundredth of the way at most, so every round gains two digits.
        worst = np.nanmax(np.abs([step_x, step_y]), initial=0.0)
        if worst < _TOLERANCE_DEG:
            break
    return x, y
