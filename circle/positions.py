"""Takes positions the way people have them and turns them into checked degrees."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import geopandas
import numpy as np
import pandas as pd
import shapely

from circle.errors import PositionError
from circle.geometry import Bounds, FloatArray, LocalFrame, LonLat, check_lonlat

Positions: TypeAlias = (
    LonLat | Sequence[tuple[float, float]] | geopandas.GeoSeries | geopandas.GeoDataFrame
)
"""One position, several (longitude first), or a table of points in any reference system."""


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """
    Checked positions with the labels of the table they came from.

    Parameters
    ----------
    index
        Labels, shape ``(k,)``; 0, 1, … for bare positions.
    lon, lat
        Degrees, float64, shape ``(k,)``.
    """

    index: pd.Index[Any]
    lon: FloatArray
    lat: FloatArray

    def xy(self, frame: LocalFrame) -> tuple[FloatArray, FloatArray]:
        """Return the positions in metres."""
        return frame.to_xy(self.lon, self.lat)


def _pairs(positions: Any) -> list[tuple[float, float]]:
    """Return one bare position, or several, as pairs of whatever they hold."""
    try:
        if isinstance(positions, str):
            raise TypeError(positions)
        several = list(positions)
        if len(several) == 2 and all(np.isscalar(value) for value in several):
            several = [several]
        return [(lon, lat) for lon, lat in several]
    except (TypeError, ValueError) as error:
        raise PositionError(
            en="A position must be a pair of longitude,latitude, and several a list of such pairs "
            "or a table of points.",
            zh="位置必须是一对“经度,纬度”；多个位置请用这样的列表或点的表格。",
        ) from error


def locate(positions: Positions, *, within: Bounds | None = None) -> Located:
    """
    Return checked positions.

    Parameters
    ----------
    positions
        One, several or a table. Points of a table without a reference system count as degrees.
    within
        Extent they must lie in.

    Returns
    -------
    located
        In the given order.

    Raises
    ------
    PositionError
        If there is none, or one is no point, not finite, swapped, or outside `within`; the
        sentence says which of several.

    Examples
    --------
    >>> locate([(7.42, 43.73), (7.43, 43.74)]).lon.tolist()
    [7.42, 7.43]
    """
    if isinstance(positions, geopandas.GeoDataFrame):
        positions = positions.geometry
    pairs: Collection[tuple[float, float]]
    if isinstance(positions, geopandas.GeoSeries):
        index = positions.index
        points = positions.to_crs("EPSG:4326") if positions.crs is not None else positions
        geometry = np.asarray(points.values, object)
        if not all(isinstance(point, shapely.Point) and not point.is_empty for point in geometry):
            raise PositionError(
                en="Every row of a table of positions must hold a point; "
                "use centroids or entrances for areas, and leave out empty rows.",
                zh="位置表的每一行都必须是一个点；面状对象请用中心点或入口，空行请去掉。",
            )
        pairs = list(zip(shapely.get_x(geometry), shapely.get_y(geometry), strict=True))
    else:
        pairs = _pairs(positions)
        index = pd.RangeIndex(len(pairs))
    checked = []
    for number, (pair, label) in enumerate(zip(pairs, index, strict=True), start=1):
        try:
            checked.append(check_lonlat(*pair, within=within))
        except PositionError as error:
            if len(pairs) == 1:
                raise
            raise PositionError(
                en=f"Number {number} of {len(pairs)} positions, labelled {label}: {error.en}",
                zh=f"{len(pairs)} 个位置中的第 {number} 个（标签 {label}）：{error.zh}",
            ) from error
    if not checked:
        raise PositionError(en="Give at least one position.", zh="请至少给出一个位置。")
    lon, lat = np.array(checked, np.float64).T
    return Located(index, np.ascontiguousarray(lon), np.ascontiguousarray(lat))
