"""Sub-areas: communities or a grid, each with its own figures; together they are the whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from circle.coverage.figures import HOME_MEASURES, home_weights, measures_of, share
from circle.coverage.model import COVERED, UNCOVERED, UNKNOWN, CoverageResult
from circle.demand.model import Words
from circle.demand.town import to_degrees, to_metres
from circle.errors import InputError
from circle.features.given_layers import read_layer
from circle.geometry import Bounds, LocalFrame

AREA_COLUMNS = (
    *("area_id", "area_name", "subject", "level", "name_zh", "name_en", "limit", "unit"),
    *("measure", "total", "covered", "uncovered", "unknown"),
    *("share_covered", "share_uncovered", "share_unknown"),
)
"""
One row per area, subject and measure of homes. Every home is in exactly one area: the first that
holds it, else ``"-"``, so that totals add up to the whole.
"""
NO_AREA = "-"
_NAMES = ("name", "name_zh", "名称", "社区", "街道", "community", "title", "id")
_GRID = "grid:"
_MOST_GRID_CELLS = 10_000
_SLIVER = 0.01


@dataclass(frozen=True, eq=False)
class Areas:
    """
    Polygons homes are told apart by.

    Parameters
    ----------
    table
        EPSG:4326: ``area_id`` unique, ``area_name``, polygons.
    notes
        What had to be mended or lies outside the data.
    """

    table: gpd.GeoDataFrame
    notes: tuple[Words, ...] = ()

    def __len__(self) -> int:
        return len(self.table)


def read_areas(what: Path | str, bounds: Bounds) -> Areas:
    """
    Read sub-areas.

    Parameters
    ----------
    what
        A vector file of polygons, or ``"grid:500"`` for squares of so many metres.
    bounds
        Extent of the data.

    Raises
    ------
    InputError
        If it cannot be read or holds no polygon.
    """
    if isinstance(what, str) and what.startswith(_GRID):
        return _grid(what, bounds)
    return make_areas(read_layer(what), bounds, Path(what).name)


def make_areas(table: Any, bounds: Bounds, source: str = "") -> Areas:
    """
    Check polygons as sub-areas.

    Parameters
    ----------
    table
        A GeoDataFrame; rows that are no polygons are left out and told. An invalid polygon is
        mended and told.
    bounds
        Extent of the data.
    source
        What messages call it.

    Raises
    ------
    InputError
        If there is no polygon, or no reference system.
    """
    if not isinstance(table, gpd.GeoDataFrame):
        table = gpd.GeoDataFrame(geometry=[])
    if table.crs is None and len(table):
        raise InputError(
            en=f"{source or 'The table'} has no coordinate reference system; save it with one.",
            zh=f"{source or '该表'}没有坐标参考系；请带坐标系另存。",
        )
    if table.crs is not None:
        table = table.to_crs("EPSG:4326")
    is_area = table.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).to_numpy(bool)
    is_area = is_area & ~table.geometry.is_empty.to_numpy(bool)
    if not is_area.any():
        raise InputError(
            en=f"{source or 'The table'} holds no polygons; sub-areas must be areas.",
            zh=f"{source or '该表'}中没有面；分区必须是面。",
        )
    left_out = len(table) - int(is_area.sum())
    table = table[is_area].reset_index(drop=True)
    names = _names(table)
    shapes = table.geometry.to_numpy()
    is_valid = shapely.is_valid(shapes)
    notes: list[Words] = []
    if not is_valid.all():
        wrong = "、".join(names[i] for i in np.flatnonzero(~is_valid)[:5])
        wrong_en = ", ".join(names[i] for i in np.flatnonzero(~is_valid)[:5])
        notes.append(
            (
                f"{int((~is_valid).sum())} 个分区的边界自相交，已修复：{wrong}。",
                f"{int((~is_valid).sum())} sub-areas had outlines that cross themselves; they "
                f"were mended: {wrong_en}.",
            )
        )
        shapes = shapely.make_valid(shapes)
    if left_out:
        notes.append(
            (f"{left_out} 行不是面，未采用。", f"{left_out} rows are no polygons and left out.")
        )
    n_pairs = _count_overlaps(shapes)
    if n_pairs:
        notes.append(
            (
                f"{n_pairs} 对分区相互重叠；重叠处的住处计入文件中靠前的分区。",
                f"{n_pairs} pairs of sub-areas overlap; a home in both counts in the one that "
                "comes first in the file.",
            )
        )
    outside = ~shapely.intersects(shapes, shapely.box(*bounds))
    if outside.any():
        far = "、".join(names[i] for i in np.flatnonzero(outside)[:5])
        far_en = ", ".join(names[i] for i in np.flatnonzero(outside)[:5])
        notes.append(
            (
                f"{int(outside.sum())} 个分区在地图数据范围之外，没有结果：{far}。",
                f"{int(outside.sum())} sub-areas lie outside the map data and have no figures: "
                f"{far_en}.",
            )
        )
    return Areas(_table(names, shapes), tuple(notes))


def _count_overlaps(shapes: Any) -> int:
    """Return how many pairs share ground; slivers along a common border are none."""
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    left, right = left[left < right], right[left < right]
    shared = shapely.area(shapely.intersection(shapes[left], shapes[right]))
    smaller = np.minimum(shapely.area(shapes[left]), shapely.area(shapes[right]))
    return int((shared > _SLIVER * smaller).sum())


def _table(names: list[str], shapes: Any) -> gpd.GeoDataFrame:
    ids = [str(number) for number in range(1, len(names) + 1)]
    return gpd.GeoDataFrame(
        {"area_id": ids, "area_name": names}, geometry=list(shapes), crs="EPSG:4326"
    )


def _names(table: gpd.GeoDataFrame) -> list[str]:
    columns = {str(name).lower(): name for name in table.columns if name != table.geometry.name}
    column = next((columns[name] for name in _NAMES if name in columns), None)
    if column is None:
        return [str(number) for number in range(1, len(table) + 1)]
    return [
        str(number) if pd.isna(value) or not str(value).strip() else str(value).strip()
        for number, value in enumerate(table[column], start=1)
    ]


def _grid(what: str, bounds: Bounds) -> Areas:
    try:
        side = float(what.removeprefix(_GRID).removesuffix("m"))
    except ValueError:
        side = float("nan")
    frame = LocalFrame((bounds.west + bounds.east) / 2, (bounds.south + bounds.north) / 2)
    box = to_metres([shapely.box(*bounds)], frame)[0]
    west, south, east, north = box.bounds
    n = (east - west) * (north - south) / side**2 if side > 0 else float("inf")
    if not n <= _MOST_GRID_CELLS:
        raise InputError(
            en=f"“{what}” is no usable grid; write grid:500 for squares of 500 m, at most "
            f"{_MOST_GRID_CELLS} of them.",
            zh=f"“{what}”不是可用的格网；请写 grid:500（500 米），最多 {_MOST_GRID_CELLS} 格。",
        )
    columns = np.arange(np.floor(west / side), np.ceil(east / side))
    rows = np.arange(np.floor(south / side), np.ceil(north / side))
    column, row = (axis.ravel() for axis in np.meshgrid(columns, rows))
    shapes = shapely.box(column * side, row * side, (column + 1) * side, (row + 1) * side)
    first_row, first_column = rows[0], columns[0]
    names = [
        f"{int(r - first_row) + 1}-{int(c - first_column) + 1}"
        for c, r in zip(column, row, strict=True)
    ]
    return Areas(_table(names, to_degrees(shapes, frame)))


def area_of_homes(result: CoverageResult, areas: Areas) -> npt.NDArray[np.intp]:
    """
    Return the row of the area each home lies in, ``-1`` where none.

    Parameters
    ----------
    result
        Its homes; a building lies where a point inside it lies.
    areas
        Of areas that overlap, the first.
    """
    points = shapely.point_on_surface(result.demand.homes.geometry.to_numpy())
    tree = shapely.STRtree(areas.table.geometry.to_numpy())
    home, area = tree.query(points, predicate="intersects")
    found = np.full(len(points), len(areas), np.intp)
    np.minimum.at(found, home, area)
    return np.where(found == len(areas), -1, found)


def area_shares(result: CoverageResult, areas: Areas) -> pd.DataFrame:
    """
    Return the figures of every area.

    Parameters
    ----------
    result
        What was judged.
    areas
        Sub-areas.

    Returns
    -------
    shares
        Columns `AREA_COLUMNS`; areas without homes have a total of 0 and shares of NaN. Homes
        in no area come last, under ``"-"``.
    """
    where = area_of_homes(result, areas)
    n = len(areas)
    slot = np.where(where < 0, n, where)
    ids = [*areas.table["area_id"], NO_AREA]
    names = [*areas.table["area_name"], NO_AREA]
    measures = [name for name in measures_of(result) if name in HOME_MEASURES] or ["people"]
    shown = n + 1 if (where[result.is_judged] < 0).any() else n
    rows: list[dict[str, Any]] = []
    for subject in result.subjects:
        state = result.state(subject)
        head = {
            "subject": subject.key,
            "level": subject.level,
            "name_zh": subject.name_zh,
            "name_en": subject.name_en,
            "limit": subject.limit,
            "unit": result.mode.unit,
        }
        for measure in measures:
            weight = home_weights(result, measure)
            total = np.bincount(slot, weight, minlength=n + 1)
            parts = {
                name: np.bincount(slot[state == which], weight[state == which], minlength=n + 1)
                for name, which in (
                    ("covered", COVERED),
                    ("uncovered", UNCOVERED),
                    ("unknown", UNKNOWN),
                )
            }
            rows += [
                {
                    "area_id": ids[at],
                    "area_name": names[at],
                    **head,
                    "measure": measure,
                    "total": float(total[at]),
                    **{name: float(part[at]) for name, part in parts.items()},
                    **{
                        f"share_{name}": share(float(part[at]), float(total[at]))
                        for name, part in parts.items()
                    },
                }
                for at in range(shown)
            ]
    return pd.DataFrame(rows, columns=list(AREA_COLUMNS))
