"""
Reads heights of the ground (HGT tiles, zipped or not, and GeoTIFF) and tells them at positions.

Tiles of one grid are joined before anything is asked of them, so that nothing shows at a seam.
Satellite heights err by several metres from cell to cell; a street laid over them would go up and
down on level ground. `Heights.smoothed` evens that out over `SMOOTH_SATELLITE_M`, symmetrically:
an even slope stays exactly what it is.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from circle.errors import TerrainError
from circle.geometry import Bounds

FloatArray = npt.NDArray[np.float64]
Float32Array = npt.NDArray[np.float32]

SUFFIXES = (".hgt", ".hgt.zip", ".tif", ".tiff", ".geotiff")

SATELLITE_CELL_M = 20.0
"""Cells this wide or wider come from satellites and are noisy; finer ones are surveyed."""

SMOOTH_SATELLITE_M = 60.0
SMOOTH_SURVEY_M = 10.0
"""
Standard deviation of the smoothing. Noise of 3 m per cell of 30 m, as SRTM has, leaves slopes of
about 0.6 % after 60 m, where it would make 10 % of its own.
"""

MARGIN_M = 1_000.0
"""Heights are read so far beyond the streets: smoothing at the rim needs what lies outside."""

MAX_CELLS = 100_000_000
METRES_PER_DEGREE = 111_320.0
_FEET = frozenset(("ft", "foot", "feet", "us survey foot", "us-ft"))


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """Cells of one lattice: centre of the first one, steps per column and row, metres of height."""

    x: float
    y: float
    step_x: float
    step_y: float
    crs: Any
    height_m: Float32Array

    @property
    def is_degrees(self) -> bool:
        return bool(self.crs.is_geographic)

    @property
    def cell_m(self) -> tuple[float, float]:
        """Height and width of a cell in metres."""
        if not self.is_degrees:
            unit = self.crs.axis_info[0].unit_conversion_factor if self.crs.axis_info else 1.0
            return abs(self.step_y) * unit, abs(self.step_x) * unit
        middle = self.y + self.step_y * len(self.height_m) / 2
        narrow = max(math.cos(math.radians(middle)), 0.01)
        return (
            abs(self.step_y) * METRES_PER_DEGREE,
            abs(self.step_x) * METRES_PER_DEGREE * narrow,
        )

    def at(self, lon: FloatArray, lat: FloatArray) -> FloatArray:
        """Return bilinear heights; nan outside, and where a cell it rests on is void."""
        x, y = lon, lat
        if not self.is_degrees:
            import pyproj

            to_grid = pyproj.Transformer.from_crs("EPSG:4326", self.crs, always_xy=True)
            x, y = to_grid.transform(lon, lat)
        rows, columns = self.height_m.shape
        column = np.asarray((x - self.x) / self.step_x)
        row = np.asarray((y - self.y) / self.step_y)
        # A hair beyond the outermost centres still is on them: degrees are not exact.
        inside = (column > -1e-6) & (column < columns - 1 + 1e-6)
        inside &= (row > -1e-6) & (row < rows - 1 + 1e-6)
        column = np.clip(np.where(inside, column, 0.0), 0, columns - 1)
        row = np.clip(np.where(inside, row, 0.0), 0, rows - 1)
        left = np.minimum(column.astype(np.intp), columns - 2)
        top = np.minimum(row.astype(np.intp), rows - 2)
        across, down = column - left, row - top
        height = np.zeros(len(column))
        for i, wi in ((0, 1 - down), (1, down)):
            for j, wj in ((0, 1 - across), (1, across)):
                weight = wi * wj
                cell = self.height_m[top + i, left + j].astype(np.float64)
                # A void cell of no weight does not matter.
                height += np.where(weight > 0, weight * cell, 0.0)
        height[~inside] = np.nan
        return height

    def smoothed(self) -> _Grid:
        from scipy.ndimage import gaussian_filter

        cell_m = self.cell_m
        spread_m = SMOOTH_SATELLITE_M if min(cell_m) >= SATELLITE_CELL_M else SMOOTH_SURVEY_M
        sigma = [max(spread_m / size, 0.7) for size in cell_m]
        pad = [(min(math.ceil(4 * s), n - 1),) * 2 for s, n in zip(sigma, self._shape, strict=True)]
        known = np.isfinite(self.height_m)
        # Mirrored through the rim in place and height: a slope goes on beyond it unchanged.
        wide = np.pad(self.height_m.astype(np.float64), pad, mode="reflect", reflect_type="odd")
        is_known = np.isfinite(wide)
        # Kept near zero, so that the sums lose no digits.
        base = float(np.mean(self.height_m[known])) if known.any() else 0.0
        total = gaussian_filter(np.where(is_known, wide - base, 0.0), sigma, mode="nearest")
        if not is_known.all():
            weight = gaussian_filter(is_known.astype(np.float64), sigma, mode="nearest")
            total /= np.maximum(weight, 1e-9)
        (top, _), (left, _) = pad
        rows, columns = self._shape
        even = total[top : top + rows, left : left + columns] + base
        return replace(self, height_m=np.where(known, even, np.nan))

    @property
    def _shape(self) -> tuple[int, int]:
        rows, columns = self.height_m.shape
        return rows, columns


@dataclass(frozen=True, eq=False)
class Heights:
    """
    Heights of the ground.

    Parameters
    ----------
    source
        Names of the files, without folders.
    grids
        What they hold, finest first; where grids overlap the first that knows wins.
    """

    source: str
    grids: tuple[_Grid, ...]

    @property
    def cell_m(self) -> float:
        """Width of the widest cell, metres."""
        return max(max(grid.cell_m) for grid in self.grids)

    def at(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> FloatArray:
        """
        Return heights by bilinear interpolation.

        Parameters
        ----------
        lon, lat
            Degrees, WGS-84, shape ``(k,)``.

        Returns
        -------
        height_m
            float64, shape ``(k,)``; nan outside the files and where they have no height.
        """
        lon = np.atleast_1d(np.asarray(lon, np.float64))
        lat = np.atleast_1d(np.asarray(lat, np.float64))
        height = np.full(len(lon), np.nan)
        for grid in self.grids:
            missing = np.isnan(height)
            if missing.any():
                height[missing] = grid.at(lon[missing], lat[missing])
        return height

    @cached_property
    def smoothed(self) -> Heights:
        """The same ground without the noise of its source; void where it was void."""
        return Heights(self.source, tuple(grid.smoothed() for grid in self.grids))


def read_heights(
    path: str | Path | Iterable[str | Path], *, within: Bounds | None = None
) -> Heights:
    """
    Read heights of the ground.

    Parameters
    ----------
    path
        A file (`.hgt`, `.hgt.zip`, `.tif`), a folder of such files, or several of either.
        GeoTIFF in any coordinate system whose axes the grid follows; metres, or feet where the
        file says so.
    within
        Only what lies in this box, and a little around it, is kept in memory.

    Returns
    -------
    heights
        Of all files together. None of them need touch the box: heights are then unknown.

    Raises
    ------
    TerrainError
        If a file is missing, damaged, of another kind, not placed on the earth, or too large.
    """
    given = [path] if isinstance(path, str | Path) else list(path)
    files = [file for entry in given for file in _files(Path(entry))]
    if not files:
        raise TerrainError(
            en="No file of heights is given; name a GeoTIFF or HGT file.",
            zh="没有给出高程文件；请指定 GeoTIFF 或 HGT 文件。",
        )
    grids = [grid for file in files if (grid := _read(file, within)) is not None]
    merged = _joined(grids)
    merged.sort(key=lambda grid: max(grid.cell_m))
    return Heights(", ".join(dict.fromkeys(file.name for file in files)), tuple(merged))


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(file for file in path.iterdir() if file.name.lower().endswith(SUFFIXES))
        if not found:
            raise TerrainError(
                en=f"The folder {path} holds no heights; put GeoTIFF or HGT files there.",
                zh=f"文件夹 {path} 中没有高程文件；请放入 GeoTIFF 或 HGT 文件。",
            )
        return found
    if not path.is_file():
        raise TerrainError(
            en=f"There is no file of heights {path}; check the name.",
            zh=f"找不到高程文件 {path}；请检查文件名。",
        )
    if not path.name.lower().endswith(SUFFIXES):
        raise TerrainError(
            en=f"{path.name} is of no kind heights can be read from; give one of "
            f"{', '.join(SUFFIXES)}.",
            zh=f"无法从 {path.name} 读取高程；请提供以下格式之一：{', '.join(SUFFIXES)}。",
        )
    return [path]


def _address(path: Path) -> str:
    """Return what GDAL opens: the tile inside where the file is a ZIP."""
    if not path.name.lower().endswith(".zip"):
        return str(path)
    with zipfile.ZipFile(path) as archive:
        tiles = [name for name in archive.namelist() if name.lower().endswith(".hgt")]
    if len(tiles) != 1:
        raise zipfile.BadZipFile(f"{len(tiles)} tiles")
    return f"/vsizip/{{{path.absolute()}}}/{tiles[0]}"


def _read(path: Path, within: Bounds | None) -> _Grid | None:
    """Return the cells of a file that matter; ``None`` where none do."""
    import pyproj
    import rasterio
    from rasterio.errors import RasterioError
    from rasterio.windows import Window

    unreadable = TerrainError(
        en=f"{path.name} cannot be read as heights; it is damaged, cut off or of another format.",
        zh=f"{path.name} 无法作为高程读取；文件已损坏、不完整或格式不符。",
    )
    try:
        with rasterio.Env(GDAL_PAM_ENABLED=False), rasterio.open(_address(path)) as file:
            shape = file.transform
            if file.crs is None or shape.b or shape.d:
                raise TerrainError(
                    en=f"{path.name} does not say where on the earth its cells lie, or is "
                    "rotated; export it as GeoTIFF with its coordinate system, north up.",
                    zh=f"{path.name} 没有坐标系或带有旋转；请导出为带坐标系、正北向上的 GeoTIFF。",
                )
            crs = pyproj.CRS.from_user_input(file.crs.to_wkt())
            rows, columns = (0, file.height), (0, file.width)
            if within is not None:
                rows, columns = _window(file, crs, within)
            if rows[1] - rows[0] < 2 or columns[1] - columns[0] < 2:
                return None
            if (rows[1] - rows[0]) * (columns[1] - columns[0]) > MAX_CELLS:
                raise TerrainError(
                    en=f"{path.name} has too many cells over these streets; give a coarser "
                    "file of heights.",
                    zh=f"{path.name} 在该道路范围内的像元过多；请改用较粗的高程文件。",
                )
            window = Window.from_slices(rows, columns)
            cells = file.read(1, window=window, masked=True)
            feet = str(file.units[0] or "").lower() in _FEET
            height = np.ma.filled(cells.astype(np.float32), np.nan)
            height = (height * file.scales[0] + file.offsets[0]) * (0.3048 if feet else 1.0)
            # No ground is there: what some files write for "unknown" without saying so.
            height[~((height > -600) & (height < 9_000))] = np.nan
            return _Grid(
                x=shape.c + shape.a * (columns[0] + 0.5),
                y=shape.f + shape.e * (rows[0] + 0.5),
                step_x=shape.a,
                step_y=shape.e,
                crs=crs,
                height_m=height.astype(np.float32),
            )
    except (RasterioError, zipfile.BadZipFile, OSError, pyproj.exceptions.CRSError) as error:
        raise unreadable from error


def _window(file: Any, crs: Any, within: Bounds) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return first and last row, first and last column around a box, within the file."""
    import pyproj

    wide = MARGIN_M / METRES_PER_DEGREE
    narrow = wide / max(math.cos(math.radians(within.north)), 0.01)
    box = (within.west - narrow, within.south - wide, within.east + narrow, within.north + wide)
    to_grid = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    west, south, east, north = to_grid.transform_bounds(*box)
    columns = sorted((x - file.transform.c) / file.transform.a for x in (west, east))
    rows = sorted((y - file.transform.f) / file.transform.e for y in (south, north))
    if not all(map(math.isfinite, (*rows, *columns))):
        return (0, 0), (0, 0)

    def clip(low: float, high: float, size: int) -> tuple[int, int]:
        first = min(max(math.floor(low) - 1, 0), size)
        return first, max(min(math.ceil(high) + 1, size), first)

    return clip(rows[0], rows[1], file.height), clip(columns[0], columns[1], file.width)


def _joined(grids: list[_Grid]) -> list[_Grid]:
    """Join grids that are pieces of one lattice; where they overlap, the first known height."""
    groups: list[list[_Grid]] = []
    for grid in grids:
        for group in groups:
            if _is_one_lattice(group[0], grid):
                group.append(grid)
                break
        else:
            groups.append([grid])
    return [_mosaic(group) for group in groups]


def _is_one_lattice(one: _Grid, other: _Grid) -> bool:
    if one.crs != other.crs:
        return False
    if not np.allclose((one.step_x, one.step_y), (other.step_x, other.step_y), rtol=1e-7, atol=0):
        return False
    away = np.array([(other.x - one.x) / one.step_x, (other.y - one.y) / one.step_y])
    return bool(np.abs(away - np.rint(away)).max() < 0.01)


def _mosaic(grids: list[_Grid]) -> _Grid:
    if len(grids) == 1:
        return grids[0]
    one = grids[0]
    place = [
        (round((grid.y - one.y) / one.step_y), round((grid.x - one.x) / one.step_x))
        for grid in grids
    ]
    top, left = min(row for row, _ in place), min(column for _, column in place)
    bottom = max(row + len(g.height_m) for (row, _), g in zip(place, grids, strict=True))
    right = max(c + g.height_m.shape[1] for (_, c), g in zip(place, grids, strict=True))
    if (bottom - top) * (right - left) > MAX_CELLS:
        raise TerrainError(
            en="The files of heights lie too far apart; give those around the streets only.",
            zh="高程文件相距过远；请只给出道路周围的文件。",
        )
    whole = np.full((bottom - top, right - left), np.nan, np.float32)
    for (row, column), grid in zip(place, grids, strict=True):
        rows, columns = grid.height_m.shape
        part = whole[row - top : row - top + rows, column - left : column - left + columns]
        np.copyto(part, grid.height_m, where=np.isnan(part))
    return replace(one, x=one.x + left * one.step_x, y=one.y + top * one.step_y, height_m=whole)
