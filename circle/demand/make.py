"""Makes demand from the best there is, and says which it was."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from circle.demand.assumptions import Assumptions
from circle.demand.cells import lattice_in, side_for
from circle.demand.compounds import Compounds
from circle.demand.grid import Grid, Spread, spread_grid
from circle.demand.model import Demand, How, Words, homes_table, starts_table
from circle.demand.town import Town, to_degrees, to_metres
from circle.geometry import Bounds, LocalFrame

_DEMAND_CELL_M = 50.0
_MOST_CELLS = 20_000

_FEWEST_UNTOLD = 30
"""Where no building is told to be a home, fewer than this are a drawing, not a town."""

_FEW_MISSED = 0.02
"""Where a grid misses more of the homes than this, it is said with every figure."""

Start = tuple[int, float, float, str]


def make_demand(
    bounds: Bounds,
    town: Town | None = None,
    *,
    grid: Grid | None = None,
    compounds: Compounds | None = None,
    assumptions: Assumptions | None = None,
) -> Demand:
    """
    Return where people live, from the best of what is given.

    Parameters
    ----------
    bounds
        Extent of the street data; homes outside it are kept, but cannot be judged.
    town
        Buildings and residential land of the map.
    grid
        A population grid, spread over the residential buildings of `town`.
    compounds
        A sheet of compounds; wins over all else.
    assumptions
        What to take for granted.

    Returns
    -------
    demand
        Its `source` says what it was made from: compounds, the grid, residential buildings,
        residential land, or, where none of them is there, plain cells without people.
    """
    given = assumptions or Assumptions()
    frame = LocalFrame((bounds.west + bounds.east) / 2, (bounds.south + bounds.north) / 2)
    land = _land(town)
    if compounds is not None:
        return _of_compounds(compounds, land, given, frame)
    if grid is not None and (len(grid.cells) or grid.n_withheld):
        return _of_grid(grid, town, bounds, land, given, frame)
    if town is not None and len(town.buildings):
        lived_in, words = _lived_in(town.buildings)
        if lived_in.any():
            return _of_buildings(town.buildings[lived_in], words, land, given, frame)
    if len(land):
        return _of_land(land, given, frame)
    return _of_cells(bounds, land, given, frame)


def _land(town: Town | None) -> gpd.GeoDataFrame:
    if town is None:
        return gpd.GeoDataFrame({"osm_id": [], "area_m2": []}, geometry=[], crs="EPSG:4326")
    return town.land


def _lived_in(buildings: gpd.GeoDataFrame) -> tuple[npt.NDArray[np.bool_], Words]:
    """Return which buildings count as homes, and how that was decided."""
    by_kind = buildings["is_home"].to_numpy(bool)
    on_land = buildings["is_on_land"].to_numpy(bool)
    if by_kind.any() or on_land.any():
        n, m = int(by_kind.sum()), int(on_land.sum())
        return by_kind | on_land, (
            f"{n} 栋标为住宅的建筑" + (f"，以及居住用地内 {m} 栋未标用途的建筑" if m else ""),
            f"{n} buildings mapped as homes"
            + (f" and {m} of no stated use on residential land" if m else ""),
        )
    free = buildings["is_free"].to_numpy(bool)
    if free.sum() < _FEWEST_UNTOLD:
        free = np.zeros(len(buildings), np.bool_)
    return free, (
        f"{int(free.sum())} 栋未标用途的建筑（地图没有标出住宅）",
        f"{int(free.sum())} buildings of no stated use (the map tells no homes apart)",
    )


def _dwellings(buildings: gpd.GeoDataFrame, given: Assumptions) -> npt.NDArray[np.float64]:
    flats = buildings["flats"].to_numpy(np.float64)
    by_area = buildings["floor_area_m2"].to_numpy(np.float64) / given.dwelling_floor_m2
    return np.asarray(np.where(np.isfinite(flats), flats, by_area), np.float64)


def _building_starts(buildings: gpd.GeoDataFrame) -> list[Start]:
    points = shapely.point_on_surface(buildings.geometry.to_numpy())
    starts: list[Start] = []
    for home, (doors, point) in enumerate(zip(buildings["doors"], points, strict=True)):
        if doors:
            starts += [(home, lon, lat, "entrance") for lon, lat in doors]
        else:
            starts.append((home, point.x, point.y, "outline"))
    return starts


def _rows_of(buildings: gpd.GeoDataFrame, people: Any, given: Assumptions) -> dict[str, Any]:
    return {
        "demand_id": buildings["osm_id"].to_numpy(),
        "kind": ["building"] * len(buildings),
        "people": people,
        "dwellings": _dwellings(buildings, given),
        "floor_area_m2": buildings["floor_area_m2"].to_numpy(),
        "footprint_m2": buildings["footprint_m2"].to_numpy(),
        "is_building": np.ones(len(buildings), np.bool_),
    }


def _of_buildings(
    buildings: gpd.GeoDataFrame,
    words: Words,
    land: gpd.GeoDataFrame,
    given: Assumptions,
    frame: LocalFrame,
) -> Demand:
    buildings = buildings.reset_index(drop=True)
    people = _dwellings(buildings, given) * given.people_per_dwelling
    starts = _building_starts(buildings)
    return _demand(
        _rows_of(buildings, people, given),
        buildings.geometry,
        starts,
        land,
        "buildings",
        (
            f"人口由{words[0]}估算：占地 × 层数 ÷ 每户 {given.dwelling_floor_m2:g} 平方米 × "
            f"每户 {given.people_per_dwelling:g} 人。",
            f"People are estimated from {words[1]}: footprint × levels ÷ "
            f"{given.dwelling_floor_m2:g} m² per dwelling × {given.people_per_dwelling:g} people.",
        ),
        given,
        frame,
    )


def _of_compounds(
    compounds: Compounds, land: gpd.GeoDataFrame, given: Assumptions, frame: LocalFrame
) -> Demand:
    table = compounds.table
    people = table["people"].to_numpy(np.float64)
    households = table["dwellings"].to_numpy(np.float64)
    starts: list[Start] = []
    for home, (point, gates) in enumerate(zip(compounds.points, compounds.gates, strict=True)):
        starts += [(home, lon, lat, "gate") for lon, lat in gates] or [
            (home, point.x, point.y, "point")
        ]
    n_gated = sum(map(bool, compounds.gates))
    return _demand(
        {
            "demand_id": table["demand_id"],
            "kind": ["compound"] * len(table),
            "name": table["name"],
            "people": np.where(np.isfinite(people), people, households * given.people_per_dwelling),
            "dwellings": np.where(
                np.isfinite(households), households, people / given.people_per_dwelling
            ),
        },
        compounds.points,
        starts,
        land,
        "compounds",
        (
            f"人口取自小区名单 {compounds.name}：{len(table)} 个小区，其中 {n_gated} 个从出入口"
            "起步。",
            f"People are those of the sheet {compounds.name}: {len(table)} compounds, "
            f"{n_gated} of which start at their gates.",
        ),
        given,
        frame,
    )


def _of_grid(
    grid: Grid,
    town: Town | None,
    bounds: Bounds,
    land: gpd.GeoDataFrame,
    given: Assumptions,
    frame: LocalFrame,
) -> Demand:
    buildings = _no_buildings() if town is None else town.buildings
    by_kind = buildings["is_home"].to_numpy(bool)
    likely = by_kind | buildings["is_on_land"].to_numpy(bool)
    free = buildings["is_free"].to_numpy(bool)
    spread = spread_grid(grid, buildings, [likely, free], bounds, frame)
    kept = likely | (spread.people > 0)
    homes = buildings[kept].reset_index(drop=True)
    n = len(homes)
    points = np.concatenate([spread.rest, spread.outside])
    rest = np.concatenate([spread.rest_people, spread.outside_people])
    k = len(points)
    rows = _rows_of(homes, spread.people[kept], given)
    nothing = np.full(k, np.nan)
    rows = {
        "demand_id": [*rows["demand_id"], *(f"cell-{number}" for number in range(1, k + 1))],
        "kind": ["building"] * n + ["cell"] * k,
        "people": np.concatenate([rows["people"], rest]),
        "dwellings": np.concatenate([rows["dwellings"], rest / given.people_per_dwelling]),
        "floor_area_m2": np.concatenate([rows["floor_area_m2"], nothing]),
        "footprint_m2": np.concatenate([rows["footprint_m2"], nothing]),
        "is_building": np.arange(n + k) < n,
    }
    starts = _building_starts(homes)
    starts += [(n + number, point.x, point.y, "point") for number, point in enumerate(points)]
    return _demand(
        rows,
        np.concatenate([homes.geometry.to_numpy(), points]),
        starts,
        land,
        "grid",
        _grid_source(grid, spread, likely),
        given,
        frame,
        notes=_grid_notes(grid, spread),
        figures={
            "grid_people": grid.people,
            "grid_cells": float(len(grid.cells)),
            "cells_withheld": float(grid.n_withheld),
            "cells_cut": float(spread.n_cut),
            "people_of_cut_cells": spread.cut_people,
            "people_without_building": float(spread.rest_people.sum()),
            "people_outside": float(spread.outside_people.sum()),
            "homes_no_cell_reaches": float((likely & ~spread.is_met).sum()),
        },
    )


def _grid_source(grid: Grid, spread: Spread, likely: npt.NDArray[np.bool_]) -> Words:
    """Say where people are from, and at once where the grid leaves homes without any."""
    n = int((spread.people > 0).sum())
    zh = (
        f"人口取自格网 {grid.name}（{grid.people:.0f} 人，{len(grid.cells)} 格），"
        f"按建筑面积分到 {n} 栋建筑。"
    )
    en = (
        f"People are those of the grid {grid.name} ({grid.people:.0f} in {len(grid.cells)} "
        f"cells), spread by floor area over {n} buildings."
    )
    n_homes, missed = int(likely.sum()), int((likely & ~spread.is_met).sum())
    if missed > _FEW_MISSED * n_homes:
        zh += (
            f"注意：{n_homes} 栋住宅中有 {missed} 栋（{missed / n_homes:.0%}）不在任何格子内，"
            "按无人居住计：各项比例只代表其余部分。"
        )
        en += (
            f" Beware: {missed} of {n_homes} homes ({missed / n_homes:.0%}) lie in no cell and "
            "count as empty: every share speaks of the others alone."
        )
    return zh, en


def _grid_notes(grid: Grid, spread: Spread) -> list[Words]:
    notes: list[Words] = []
    outside, rest = float(spread.outside_people.sum()), float(spread.rest_people.sum())
    if outside > 0:
        notes.append(
            (
                f"地图数据范围之外有 {outside:.0f} 人（{outside / grid.people:.1%}），无法评价，"
                f"不计入比例；{spread.n_cut} 个格子被数据边缘切开，按面积分。",
                f"{outside:.0f} people ({outside / grid.people:.1%}) live outside the map data "
                f"and cannot be judged: they count in no share. The edge of the data cuts "
                f"{spread.n_cut} cells, which are divided by area.",
            )
        )
    if rest > 0:
        notes.append(
            (
                f"{rest:.0f} 人所在的格子内没有建筑，按格子内一点计。",
                f"{rest:.0f} people live in cells without buildings: they start at a point of it.",
            )
        )
    if grid.n_withheld:
        notes.append(
            (
                f"{grid.n_withheld} 个格子没有可用的数字，未计入。",
                f"{grid.n_withheld} cells have no usable number and are left out.",
            )
        )
    return notes


def _no_buildings() -> gpd.GeoDataFrame:
    columns = ("osm_id", "kind", "is_home", "is_on_land", "is_free", "levels", "flats",
               "footprint_m2", "floor_area_m2", "doors")  # fmt: skip
    return gpd.GeoDataFrame({name: [] for name in columns}, geometry=[], crs="EPSG:4326")


def _of_land(land: gpd.GeoDataFrame, given: Assumptions, frame: LocalFrame) -> Demand:
    # Land that is drawn twice, as a part and as the whole, is lived on once.
    whole = shapely.union_all(shapely.make_valid(to_metres(land.geometry.to_numpy(), frame)))
    shapes = shapely.get_parts(whole)
    side = side_for(
        float(shapely.area(shapes).sum()), least_m=_DEMAND_CELL_M, most_cells=_MOST_CELLS
    )
    x, y, area, _ = lattice_in(shapes, side)
    people = area / 10_000 * given.people_per_ha
    return _of_points(
        x, y, area, people, "land", land,
        (
            f"人口按居住用地估算：每公顷 {given.people_per_ha:g} 人，{len(x)} 个格点。",
            f"People are estimated from residential land: {given.people_per_ha:g} per hectare, "
            f"{len(x)} points.",
        ),
        given, frame,
    )  # fmt: skip


def _of_cells(
    bounds: Bounds, land: gpd.GeoDataFrame, given: Assumptions, frame: LocalFrame
) -> Demand:
    box = to_metres([shapely.box(*bounds)], frame)
    side = side_for(float(box[0].area), least_m=_DEMAND_CELL_M, most_cells=_MOST_CELLS)
    x, y, area, _ = lattice_in(box, side)
    return _of_points(
        x, y, area, np.full(len(x), np.nan), "cells", land,
        (
            f"没有住宅、居住用地或人口数据：按 {side:.0f} 米格网评价用地，不计人口。",
            f"There are no homes, residential land or population data: ground is judged on a grid "
            f"of {side:.0f} m, without people.",
        ),
        given, frame,
    )  # fmt: skip


def _of_points(
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    area: npt.NDArray[np.float64],
    people: npt.NDArray[np.float64],
    how: How,
    land: gpd.GeoDataFrame,
    source: Words,
    given: Assumptions,
    frame: LocalFrame,
) -> Demand:
    half = np.sqrt(area) / 2
    cells = to_degrees(shapely.box(x - half, y - half, x + half, y + half), frame)
    lon, lat = frame.to_lonlat(x, y)
    return _demand(
        {
            "demand_id": [f"cell-{number}" for number in range(1, len(x) + 1)],
            "kind": ["land" if how == "land" else "cell"] * len(x),
            "people": people,
            "dwellings": people / given.people_per_dwelling,
            "footprint_m2": area,
        },
        cells,
        [(home, *at, "point") for home, at in enumerate(zip(lon, lat, strict=True))],
        land,
        how,
        source,
        given,
        frame,
    )


def _demand(
    rows: dict[str, Any],
    geometry: Any,
    starts: list[Start],
    land: gpd.GeoDataFrame,
    how: How,
    source: Words,
    given: Assumptions,
    frame: LocalFrame,
    *,
    notes: list[Words] | None = None,
    figures: dict[str, float] | None = None,
) -> Demand:
    homes = homes_table(rows, geometry)
    return Demand(
        homes=homes,
        starts=starts_table(starts),
        land=land,
        how=how,
        source=source,
        notes=tuple(notes or ()),
        figures={"people": float(np.nansum(homes["people"])), **(figures or {})},
        assumptions=given,
        frame=frame,
    )
