"""Which ground a printed map shows and at what scale: degrees to millimetres on paper."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from circle.errors import InputError
from circle.geometry import LocalFrame
from circle.guide.model import GuideContent
from circle.guide.paper.boxes import Box

FloatArray = npt.NDArray[np.float64]
Extent = tuple[float, float, float, float]

SCALES = (
    500, 750, 1_000, 1_250, 1_500, 2_000, 2_500, 3_000, 4_000, 5_000, 6_000, 7_500, 10_000,
    12_500, 15_000, 20_000, 25_000, 30_000, 40_000, 50_000, 75_000, 100_000,
)  # fmt: skip
"""Denominators a map may have when nobody asks for one."""

ATLAS_OVERLAP_MM = 20.0
_MOST_SHEETS = 60
_MARGIN_M = 40.0
_BESIDE = 0.2


@dataclass(frozen=True)
class MapFrame:
    """
    The ground one printed map shows.

    Parameters
    ----------
    local
        Metres around the guide's centre.
    scale
        Denominator of the scale.
    middle_m
        The ground in the middle of the map, metres east and north of the centre.
    width_mm, height_mm
        Size on paper. Its origin is the upper left corner, y runs down.
    """

    local: LocalFrame
    scale: float
    middle_m: tuple[float, float]
    width_mm: float
    height_mm: float

    @property
    def box(self) -> Box:
        """All of the map."""
        return Box.from_edges(0.0, 0.0, self.width_mm, self.height_mm)

    def to_mm(self, lonlat: npt.ArrayLike) -> FloatArray:
        """
        Return positions on paper.

        Parameters
        ----------
        lonlat
            Degrees, shape (n, 2).

        Returns
        -------
        xy
            Millimetres, shape (n, 2), also for what lies beyond the map.
        """
        degrees = np.asarray(lonlat, float).reshape(-1, 2)
        x, y = self.local.to_xy(degrees[:, 0], degrees[:, 1])
        per_m = 1000 / self.scale
        return np.column_stack(
            [
                self.width_mm / 2 + (x - self.middle_m[0]) * per_m,
                self.height_mm / 2 - (y - self.middle_m[1]) * per_m,
            ]
        )

    @property
    def extent_m(self) -> Extent:
        """West, south, east and north, metres from the centre."""
        half_x = self.width_mm * self.scale / 2000
        half_y = self.height_mm * self.scale / 2000
        x, y = self.middle_m
        return x - half_x, y - half_y, x + half_x, y + half_y


def local_frame(content: GuideContent) -> LocalFrame:
    """Return metres around the guide's centre."""
    return LocalFrame(content.center.lon, content.center.lat)


def content_extent(content: GuideContent, local: LocalFrame) -> Extent:
    """
    Return the ground a map of the guide must show.

    Parameters
    ----------
    content
        The guide.
    local
        Metres around its centre.

    Returns
    -------
    extent
        West, south, east and north in metres: the centre, the rings, and the places within them
        or a little beside them. Places farther off do not make everything else small.
    """
    lonlat = [(content.center.lon, content.center.lat)]
    lonlat += [xy for ring in content.rings for polygon in ring.polygons for xy in polygon[0]]
    west, south, east, north = _bounds(_metres(lonlat, local))
    beside_x, beside_y = (east - west) * _BESIDE, (north - south) * _BESIDE
    near = [(west, south), (east, north)]
    at = [(p.lon, p.lat) for p in content.places if p.lon is not None and p.lat is not None]
    if at:
        near += [
            (x, y)
            for x, y in _metres(at, local).tolist()
            if west - beside_x <= x <= east + beside_x and south - beside_y <= y <= north + beside_y
        ]
    west, south, east, north = _bounds(np.array(near))
    return west - _MARGIN_M, south - _MARGIN_M, east + _MARGIN_M, north + _MARGIN_M


def fitting_scale(extent: Extent, width_mm: float, height_mm: float) -> int:
    """
    Return the largest round scale at which `extent` fits.

    Examples
    --------
    >>> fitting_scale((-800, -700, 800, 700), 300, 270)
    6000
    """
    west, south, east, north = extent
    least = max((east - west) / width_mm, (north - south) / height_mm) * 1000
    return next((scale for scale in SCALES if scale >= least), math.ceil(least / 50_000) * 50_000)


def one_frame(
    content: GuideContent, width_mm: float, height_mm: float, scale: float | None = None
) -> MapFrame:
    """Return the one map that shows everything; with a chosen scale, its middle part."""
    local = local_frame(content)
    extent = content_extent(content, local)
    chosen = scale or fitting_scale(extent, width_mm, height_mm)
    middle = ((extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2)
    return MapFrame(local, chosen, middle, width_mm, height_mm)


def same_sheets_scale(
    content: GuideContent, width_mm: float, height_mm: float, scale: float
) -> float:
    """Return the largest round scale at which an atlas needs no more maps than at `scale`."""
    n = sheet_count(content, width_mm, height_mm, scale)
    larger = (s for s in SCALES if sheet_count(content, width_mm, height_mm, s) <= n)
    return min(scale, next(larger, scale))


def sheet_count(content: GuideContent, width_mm: float, height_mm: float, scale: float) -> int:
    """Return how many maps of a size cover the guide at a scale, empty ones among them."""
    extent = content_extent(content, local_frame(content))
    return math.prod(_grid(extent, scale, width_mm, height_mm))


def fits(content: GuideContent, frame: MapFrame) -> bool:
    """Say whether one map of this size and scale shows everything."""
    west, south, east, north = content_extent(content, frame.local)
    per_m = 1000 / frame.scale
    return (east - west) * per_m <= frame.width_mm and (north - south) * per_m <= frame.height_mm


def atlas_frames(
    content: GuideContent, width_mm: float, height_mm: float, scale: float
) -> list[MapFrame]:
    """
    Return the sheets of an atlas, from the north-west, row by row.

    Parameters
    ----------
    content
        The guide.
    width_mm, height_mm
        Size of a map.
    scale
        Denominator of the scale.

    Returns
    -------
    frames
        They overlap by at least `ATLAS_OVERLAP_MM`. Sheets with neither a place nor ground
        within the rings are left out.

    Raises
    ------
    InputError
        If there would be more than 60.
    """
    local = local_frame(content)
    extent = content_extent(content, local)
    west, south, east, north = extent
    per_m = 1000 / scale
    columns, rows = _grid(extent, scale, width_mm, height_mm)
    if columns * rows > _MOST_SHEETS:
        raise InputError(
            en=f"At 1:{scale:g} the atlas would have {columns * rows} maps, more than "
            f"{_MOST_SHEETS}; choose a smaller scale or larger paper.",
            zh=f"按 1:{scale:g} 图册将有 {columns * rows} 幅图，超过 {_MOST_SHEETS} 幅；"
            "请选较小的比例尺或较大的纸。",
        )
    wanted = _wanted(content, local)
    frames = []
    for row in range(rows):
        for column in range(columns):
            x = _middle(west, east, column, columns, width_mm / per_m)
            y = -_middle(-north, -south, row, rows, height_mm / per_m)
            frame = MapFrame(local, scale, (x, y), width_mm, height_mm)
            if shapely.intersects(wanted, shapely.box(*frame.extent_m)):
                frames.append(frame)
    return frames


def _grid(extent: Extent, scale: float, width_mm: float, height_mm: float) -> tuple[int, int]:
    """Return how many columns and rows of maps cover `extent`."""
    west, south, east, north = extent
    return (
        _sheets((east - west) * 1000 / scale, width_mm),
        _sheets((north - south) * 1000 / scale, height_mm),
    )


def _sheets(length_mm: float, sheet_mm: float) -> int:
    if length_mm <= sheet_mm:
        return 1
    return math.ceil((length_mm - ATLAS_OVERLAP_MM) / (sheet_mm - ATLAS_OVERLAP_MM) - 1e-9)


def _middle(low: float, high: float, index: int, count: int, sheet: float) -> float:
    """Return the middle of sheet `index` of `count`, spread evenly so that overlaps are equal."""
    if count == 1:
        return (low + high) / 2
    first, last = low + sheet / 2, high - sheet / 2
    return first + (last - first) * index / (count - 1)


def _wanted(content: GuideContent, local: LocalFrame) -> shapely.Geometry:
    parts: list[shapely.Geometry] = [shapely.Point(0.0, 0.0)]
    parts += [
        shapely.Polygon(_metres(polygon[0], local))
        for ring in content.rings
        for polygon in ring.polygons
    ]
    at = [(p.lon, p.lat) for p in content.places if p.lon is not None and p.lat is not None]
    if at:
        parts += [shapely.Point(xy) for xy in _metres(at, local)]
    return shapely.union_all(shapely.make_valid(parts))


def _metres(lonlat: Iterable[tuple[float, float]], local: LocalFrame) -> FloatArray:
    degrees = np.array(list(lonlat), float).reshape(-1, 2)
    return np.column_stack(local.to_xy(degrees[:, 0], degrees[:, 1]))


def _bounds(xy: FloatArray) -> Extent:
    (west, south), (east, north) = xy.min(axis=0).tolist(), xy.max(axis=0).tolist()
    return west, south, east, north
