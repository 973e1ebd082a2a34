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

CGCS2000 also comes in metres, in Gauss-Kruger zones of three or six degrees; `from_projected`
reads those.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Literal, NamedTuple

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
_AT_ONCE = 10_000

# CGCS2000 in metres: EPSG codes of the first of each row of Gauss-Kruger zones, and that zone.
# "Numbered" eastings begin with the number of the zone; the others are of a central meridian.
_GK_FIRST: dict[tuple[int, bool], tuple[int, int]] = {
    (3, True): (4513, 25),
    (3, False): (4534, 25),
    (6, True): (4491, 13),
    (6, False): (4502, 13),
}
_GK_ZONES = {3: range(25, 46), 6: range(13, 24)}
_NORTHINGS_M = (1_800_000.0, 6_000_000.0)
_EASTINGS_M = (100_000.0, 900_000.0)
_ZONE_M = 1_000_000.0

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
        Such as ``"GCJ-02"``, ``"高德"``, ``"WGS 84"``; case, width, spaces and signs do not matter.

    Raises
    ------
    PositionError
        If it is none of the four datums.

    Examples
    --------
    >>> parse_datum("GCJ-02"), parse_datum("百度"), parse_datum("ＷＧＳ８４")
    ('gcj02', 'bd09', 'wgs84')
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    key = "".join(letter for letter in plain if letter.isalnum())
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
    """
    Say for each position whether the outline, and so the shift, is in doubt there.

    Parameters
    ----------
    lon, lat
        Degrees, WGS-84 or any of the others, any shape.
    within_m
        How near to the outline that is.

    Returns
    -------
    near_border
        Of the shape of the input. On the coast the outline keeps out at sea, so that there only
        what lies across from an island outside it is near.

    Examples
    --------
    >>> is_near_outline([124.37, 116.4], [40.13, 39.9]).tolist()
    [True, False]
    """
    x, y = _pair(lon, lat)
    near = np.zeros(x.size, np.bool_)
    edge = np.asarray(outline().exterior.coords)
    start, step = edge[:-1], np.diff(edge, axis=0)
    for first in range(0, x.size, _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        lon_1, lat_1 = x.ravel()[part, None], y.ravel()[part, None]
        # Degrees of longitude shrink with latitude: squeezed as they are at the position.
        squeeze = np.cos(np.radians(lat_1))
        east, north = (lon_1 - start[:, 0]) * squeeze, lat_1 - start[:, 1]
        step_east = step[:, 0] * squeeze
        length_2 = step_east**2 + step[:, 1] ** 2
        share = np.clip((east * step_east + north * step[:, 1]) / length_2, 0.0, 1.0)
        gap = np.hypot(east - share * step_east, north - share * step[:, 1])
        near[part] = gap.min(axis=1) * _METRES_PER_DEGREE <= within_m
    return near.reshape(x.shape)


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


class GaussZone(NamedTuple):
    """
    A Gauss-Kruger zone of CGCS2000.

    Parameters
    ----------
    epsg
        Its EPSG code.
    central_meridian
        Degrees east.
    width_deg
        3 or 6.
    number
        Number of the zone.
    is_numbered
        Whether eastings begin with the number: 35427951 rather than 427951.
    """

    epsg: int
    central_meridian: float
    width_deg: int
    number: int
    is_numbered: bool

    @classmethod
    def of(cls, number: int, width_deg: int = 3, *, is_numbered: bool = False) -> GaussZone:
        """Return a zone by its number: 25 to 45 of three degrees, 13 to 23 of six."""
        if number not in _GK_ZONES.get(width_deg, ()):
            raise PositionError(
                en=f"There is no {width_deg}-degree zone {number} of CGCS2000 in China; zones are "
                "25 to 45 of three degrees and 13 to 23 of six.",
                zh=f"中国没有 CGCS2000 {width_deg} 度带第 {number} 带；"
                "3 度带为 25 至 45，6 度带为 13 至 23。",
            )
        first_epsg, first_number = _GK_FIRST[width_deg, is_numbered]
        meridian = 3.0 * number if width_deg == 3 else 6.0 * number - 3.0
        return cls(first_epsg + number - first_number, meridian, width_deg, number, is_numbered)


def cgcs2000_zone(lon: float, width_deg: int = 3, *, is_numbered: bool = False) -> GaussZone:
    """
    Return the Gauss-Kruger zone of CGCS2000 that a longitude lies in.

    Parameters
    ----------
    lon
        Degrees, 73.5 to 136.5.
    width_deg
        3, as for city maps, or 6.
    is_numbered
        Whether eastings shall begin with the number of the zone.

    Raises
    ------
    PositionError
        If the longitude is outside the zones.

    Examples
    --------
    Lanzhou: EPSG:4544, and 4523 where eastings are numbered.

    >>> cgcs2000_zone(103.83).epsg, cgcs2000_zone(103.83, is_numbered=True).epsg
    (4544, 4523)
    """
    number = math.floor(lon / 3.0 + 0.5) if width_deg == 3 else math.floor(lon / 6.0) + 1
    return GaussZone.of(number, width_deg, is_numbered=is_numbered)


def is_projected(x: npt.ArrayLike, y: npt.ArrayLike) -> bool:
    """
    Say whether pairs of numbers are metres of CGCS2000 rather than degrees.

    Either may be the northing, as Chinese sheets call it X; the other has six digits, or eight
    with the number of its zone.

    Examples
    --------
    >>> is_projected([3992123.0], [35394967.0]), is_projected([103.83], [36.06])
    (True, False)
    """
    return _easting_northing(*_pair(x, y)) is not None


def from_projected(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    zone: GaussZone | None = None,
    near_lon: float | None = None,
) -> tuple[FloatArray, FloatArray, GaussZone]:
    """
    Turn metres of CGCS2000 into degrees, the zone found from the numbers where they tell it.

    Parameters
    ----------
    x, y
        Metres, in either order; see `is_projected`.
    zone
        The zone, where it is known.
    near_lon
        A longitude nearby, such as that of the map: tells the zone (of three degrees) where
        the eastings have no number.

    Returns
    -------
    lon, lat
        Degrees, CGCS2000.
    zone
        The zone they were read in.

    Raises
    ------
    PositionError
        If the numbers are no such metres, are of several zones, or nothing tells the zone.

    Examples
    --------
    >>> lon, lat, zone = from_projected([3992123.0], [35394967.0])
    >>> round(float(lon[0]), 3), round(float(lat[0]), 3), zone.epsg
    (103.834, 36.054, 4523)
    """
    pairs = _easting_northing(*_pair(x, y))
    if pairs is None:
        raise PositionError(
            en="These numbers are no metres of CGCS2000: a northing has seven digits, an easting "
            "six, or eight with the number of its zone.",
            zh="这些数不是 CGCS2000 的米制坐标：纵坐标应为 7 位，"
            "横坐标应为 6 位，或带带号共 8 位。",
        )
    east, north = pairs
    if zone is None:
        zone = _zone_of(east, near_lon)
    import pyproj  # Half a second to load, for the few sheets in metres.

    turn = pyproj.Transformer.from_crs(f"EPSG:{zone.epsg}", "EPSG:4490", always_xy=True)
    lon, lat = turn.transform(east, north)
    return np.asarray(lon, np.float64), np.asarray(lat, np.float64), zone


def _easting_northing(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any():
        return None

    def fits(east: FloatArray, north: FloatArray) -> bool:
        rest = np.where(east >= 10 * _ZONE_M, east % _ZONE_M, east)[known]
        number = np.floor(east / _ZONE_M)[known]
        numbered = (number == 0) | ((number >= 13) & (number <= 45))
        return bool(
            np.all((north[known] >= _NORTHINGS_M[0]) & (north[known] <= _NORTHINGS_M[1]))
            and np.all((rest >= _EASTINGS_M[0]) & (rest <= _EASTINGS_M[1]))
            and np.all(numbered)
        )

    if fits(x, y):
        return x, y
    return (y, x) if fits(y, x) else None


def _zone_of(east: FloatArray, near_lon: float | None) -> GaussZone:
    numbers = np.unique(np.floor(east[np.isfinite(east)] / _ZONE_M)).astype(int).tolist()
    if len(numbers) > 1:
        shown = ", ".join(map(str, numbers))
        raise PositionError(
            en=f"These coordinates are of several zones ({shown}); give them one list each.",
            zh=f"这些坐标属于多个投影带（{shown}）；请按带分别提供。",
        )
    number = numbers[0]
    if number:
        # Numbers of three-degree zones begin where those of six-degree zones have ended.
        return GaussZone.of(number, 3 if number >= 25 else 6, is_numbered=True)
    if near_lon is None:
        raise PositionError(
            en="Eastings without the number of their zone: say the central meridian or the EPSG "
            "code, such as 4544 for Lanzhou.",
            zh="横坐标没有带号：请说明中央子午线或 EPSG 代码，例如兰州为 4544。",
        )
    return cgcs2000_zone(near_lon)
