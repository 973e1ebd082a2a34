"""Population grids: vector cells or a GeoTIFF, spread over buildings without losing anybody."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from circle.demand.town import to_degrees, to_metres
from circle.errors import InputError
from circle.features.given_layers import read_layer
from circle.geometry import Bounds, LocalFrame

RASTERS = (".tif", ".tiff")
_NAMES = (
    *("population", "pop", "people", "persons", "inhabitants", "residents", "asukkaita", "value"),
    *("人口", "人口数", "人数", "常住人口"),
)
_NOT_PEOPLE = ("id", "fid", "objectid", "ogc_fid", "index", "gid", "area", "x", "y")
_MOST_CELLS = 4_000_000
_SLIVER = 1e-6
"""Share of a cell outside the data below which it is inside: rounding of coordinates."""

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Grid:
    """
    A population grid.

    Parameters
    ----------
    cells
        EPSG:4326: ``people`` (float64, not negative) and polygons.
    name
        File it came from.
    n_withheld
        Cells whose number is negative or missing: kept back by their source; left out.
    """

    cells: gpd.GeoDataFrame
    name: str
    n_withheld: int = 0

    @property
    def people(self) -> float:
        """People of all cells."""
        return float(self.cells["people"].sum())


def read_grid(path: Path | str, within: Bounds, *, column: str | None = None) -> Grid:
    """
    Read a population grid.

    Parameters
    ----------
    path
        A GeoTIFF whose first band counts people per cell, or any vector file of polygons.
    within
        Cells of a raster that do not touch this box are not read; of a vector file all are.
    column
        The vector file's column of people; by default one with such a name, else its only
        column of numbers.

    Raises
    ------
    InputError
        If the file cannot be read, has no reference system or no column of people, or covers
        nothing of `within`.
    """
    source = Path(path)
    if not source.is_file():
        raise InputError(
            en=f"There is no population grid {source}; check the name.",
            zh=f"找不到人口格网 {source}；请检查文件名。",
        )
    if source.name.lower().endswith(RASTERS):
        grid, covers = _raster(source, within)
    else:
        grid, covers = _vector(source, column)
    if not covers.intersects(shapely.box(*within)):
        raise _elsewhere(source.name, covers, within)
    return grid


def _elsewhere(name: str, covers: Any, within: Bounds) -> InputError:
    def corners(box: tuple[float, ...]) -> str:
        west, south, east, north = box
        return f"{west:.2f},{south:.2f} – {east:.2f},{north:.2f}"

    there, here = corners(covers.bounds), corners(within)
    return InputError(
        en=f"{name} covers {there} and nothing of the streets, which cover {here}; give the "
        "population grid of this town.",
        zh=f"{name} 的范围是 {there}，与道路的范围 {here} 毫不重叠；请使用本地的人口格网。",
    )


def _vector(source: Path, column: str | None) -> tuple[Grid, Any]:
    """Return the grid, and what it covers: cells that are withheld too."""
    table = read_layer(source)
    if table.crs is None:
        raise InputError(
            en=f"{source.name} has no coordinate reference system; save it with one.",
            zh=f"{source.name} 没有坐标参考系；请带坐标系另存。",
        )
    name = _people_column(table, source, column)
    table = table.to_crs("EPSG:4326")
    is_area = table.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).to_numpy(bool)
    people = table[name].to_numpy(np.float64, na_value=np.nan)
    is_known = np.isfinite(people) & (people >= 0)
    kept = is_area & is_known
    if not is_area.any():
        raise InputError(
            en=f"{source.name} holds no areas; a population grid is made of cells.",
            zh=f"{source.name} 中没有面；人口格网应由面状单元组成。",
        )
    shapes = shapely.make_valid(table.geometry.to_numpy()[kept])
    cells = gpd.GeoDataFrame({"people": people[kept]}, geometry=list(shapes), crs="EPSG:4326")
    boxes = [shapely.box(*box) for box in table.geometry[is_area].bounds.to_numpy()]
    covers = shapely.GeometryCollection(boxes)
    return Grid(cells, source.name, int((is_area & ~is_known).sum())), covers


def _people_column(table: gpd.GeoDataFrame, source: Path, column: str | None) -> str:
    numeric = [
        str(name)
        for name in table.columns
        if name != table.geometry.name and np.issubdtype(np.asarray(table[name]).dtype, np.number)
    ]
    if column is not None:
        if column in numeric:
            return column
    else:
        for wanted in _NAMES:
            for name in numeric:
                if name.lower() == wanted:
                    return name
        for name in numeric:
            if name.lower().startswith(("pop", "人口")):
                return name
        others = [name for name in numeric if name.lower() not in _NOT_PEOPLE]
        if len(others) == 1:
            return others[0]
    have = ", ".join(numeric) or "–"
    raise InputError(
        en=f"{source.name} has no column of people that can be told (numbers: {have}); call it "
        "“population”.",
        zh=f"无法确定 {source.name} 中哪一列是人口（数字列：{have}）；请命名为“population”。",
    )


def _raster(source: Path, within: Bounds) -> tuple[Grid, Any]:
    """Return the part of the grid in a box, and what all of it covers."""
    import rasterio
    from rasterio.errors import RasterioError
    from rasterio.warp import transform_bounds
    from rasterio.windows import Window

    try:
        with rasterio.open(source) as raster:
            if raster.crs is None:
                raise InputError(
                    en=f"{source.name} has no coordinate reference system; save it with one.",
                    zh=f"{source.name} 没有坐标参考系；请带坐标系另存。",
                )
            covers = shapely.box(*transform_bounds(raster.crs, "EPSG:4326", *raster.bounds))
            box = transform_bounds("EPSG:4326", raster.crs, *within)
            first_column, last_column, first_row, last_row = _cells_of(raster.transform, box)
            first_column, first_row = max(first_column, 0), max(first_row, 0)
            columns = min(last_column, raster.width) - first_column
            rows = min(last_row, raster.height) - first_row
            if columns <= 0 or rows <= 0:
                empty = gpd.GeoDataFrame({"people": np.empty(0)}, geometry=[], crs="EPSG:4326")
                return Grid(empty, source.name), covers
            if columns * rows > _MOST_CELLS:
                raise InputError(
                    en=f"{source.name} has {columns * rows} cells here; give a coarser grid.",
                    zh=f"{source.name} 在此范围有 {columns * rows} 个单元；请使用更粗的格网。",
                )
            part = Window(first_column, first_row, columns, rows)
            band = raster.read(1, window=part, masked=True)
            transform, crs = raster.transform, raster.crs
    except RasterioError as error:
        raise InputError(
            en=f"{source.name} cannot be read as a population grid; save it as GeoTIFF again.",
            zh=f"{source.name} 无法作为人口格网读取；请重新另存为 GeoTIFF。",
        ) from error
    values = np.asarray(band.filled(np.nan), np.float64)
    is_known = np.isfinite(values) & (values >= 0)
    row, column = np.nonzero(is_known & (values > 0))
    people = values[row, column]
    row, column = row + first_row, column + first_column
    corners = [
        (
            transform.a * (column + right) + transform.b * (row + down) + transform.c,
            transform.d * (column + right) + transform.e * (row + down) + transform.f,
        )
        for right, down in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    ]  # fmt: skip
    rings = np.stack([np.column_stack(corner) for corner in corners], axis=1)
    squares: Any = shapely.polygons(rings)
    shapes = gpd.GeoSeries(list(squares), crs=crs).to_crs("EPSG:4326")
    cells = gpd.GeoDataFrame({"people": people}, geometry=list(shapes), crs=4326)
    mask = np.ma.getmaskarray(band)
    return Grid(cells, source.name, int((~is_known & ~mask).sum())), covers


def _cells_of(transform: Any, box: tuple[float, ...]) -> tuple[int, int, int, int]:
    """Return the first and last column and row of a raster that a box touches."""
    back = ~transform
    west, south, east, north = box
    x, y = np.array([west, east, east, west]), np.array([south, south, north, north])
    column = back.a * x + back.b * y + back.c
    row = back.d * x + back.e * y + back.f
    return (
        int(np.floor(column.min())),
        int(np.ceil(column.max())),
        int(np.floor(row.min())),
        int(np.ceil(row.max())),
    )


@dataclass(frozen=True, eq=False)
class Spread:
    """
    A grid spread over buildings.

    Parameters
    ----------
    people
        Of each building, shape ``(buildings,)``.
    rest_people, rest
        People of cells without a building inside the data, and where they stay (a point of the
        part of the cell within the data, degrees).
    outside_people, outside
        People of cells, or of the share of cells, outside the data, and a point there.
    n_cut, cut_people
        Cells the edge of the data cuts, and the people of these in all.
    is_met
        Whether any cell reaches each building, whatever its number, shape ``(buildings,)``.
    """

    people: FloatArray
    rest_people: FloatArray
    rest: npt.NDArray[Any]
    outside_people: FloatArray
    outside: npt.NDArray[Any]
    n_cut: int
    cut_people: float
    is_met: npt.NDArray[np.bool_]


def spread_grid(
    grid: Grid,
    buildings: gpd.GeoDataFrame,
    tiers: list[npt.NDArray[np.bool_]],
    within: Bounds,
    frame: LocalFrame,
) -> Spread:
    """
    Give the people of every cell to the buildings in it, in proportion to floor area.

    Parameters
    ----------
    grid
        The cells.
    buildings
        Footprints in degrees with ``floor_area_m2``. One that lies in two cells takes people
        from both, by the share of its footprint in each.
    tiers
        Masks over the buildings, best first: a cell takes the first that has any in it.
    within
        Extent of the data. A cell it cuts gives the buildings its people by the share of the
        cell within; the rest is outside.
    frame
        Metres to measure in.

    Notes
    -----
    Nobody is lost or made: people of buildings, `rest_people` and `outside_people` add up to
    the grid's.
    """
    cells = to_metres(grid.cells.geometry.to_numpy(), frame)
    shapes = shapely.make_valid(to_metres(buildings.geometry.to_numpy(), frame))
    people = grid.cells["people"].to_numpy(np.float64)
    window = to_metres([shapely.box(*within)], frame)[0]
    area = shapely.area(cells)
    inside_shape = shapely.intersection(cells, window)
    share = np.divide(shapely.area(inside_shape), area, out=np.zeros(len(cells)), where=area > 0)
    share = np.where(share > 1 - _SLIVER, 1.0, np.where(share < _SLIVER, 0.0, share))
    is_cut = (share > 0) & (share < 1)
    given = np.zeros(len(buildings))
    rest = np.zeros(len(cells))
    tree = shapely.STRtree(shapes)
    cell, building = tree.query(cells, predicate="intersects")
    part = shapely.area(shapely.intersection(cells[cell], shapes[building]))
    footprint = shapely.area(shapes)[building]
    floor = buildings["floor_area_m2"].to_numpy(np.float64)[building]
    weight = np.divide(part, footprint, out=np.zeros(len(part)), where=footprint > 0) * floor
    is_open = share > 0
    for tier in tiers:
        mine = tier[building] & is_open[cell] & (weight > 0)
        total = np.bincount(cell[mine], weight[mine], minlength=len(cells))
        served = total > 0
        portion = weight[mine] / total[cell[mine]]
        np.add.at(given, building[mine], portion * (people * share)[cell[mine]])
        is_open &= ~served
    stays = is_open & (people > 0)
    rest[stays] = (people * share)[stays]
    outside = people * (1 - share)
    goes = outside > 0
    beyond = shapely.difference(cells[goes], window)
    return Spread(
        people=given,
        rest_people=rest[stays],
        rest=to_degrees(shapely.point_on_surface(inside_shape[stays]), frame),
        outside_people=outside[goes],
        outside=to_degrees(shapely.point_on_surface(beyond), frame),
        n_cut=int(is_cut.sum()),
        cut_people=float(people[is_cut].sum()),
        is_met=np.isin(np.arange(len(buildings)), building),
    )
