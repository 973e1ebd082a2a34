"""Demand: people are neither lost nor made, whatever they are taken from."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from circle.demand import Assumptions, Town, make_demand, read_town
from circle.demand.compounds import read_compounds
from circle.demand.gated import Yard, start_at_gates
from circle.demand.grid import Grid, read_grid, spread_grid
from circle.demand.town import to_degrees
from circle.errors import CircleError, InputError, SheetError
from circle.geometry import Bounds, LocalFrame

FRAME = LocalFrame(103.8343, 36.0611)


def degrees(*shapes: shapely.Geometry) -> list[shapely.Geometry]:
    return list(to_degrees(np.array(shapes, dtype=object), FRAME))


def bounds_of(half_m: float) -> Bounds:
    (west, east), (south, north) = FRAME.to_lonlat([-half_m, half_m], [-half_m, half_m])
    return Bounds(west, south, east, north)


def buildings(*boxes: tuple[float, float, float, float], levels: float = 1.0) -> gpd.GeoDataFrame:
    shapes = [shapely.box(*box) for box in boxes]
    area = np.array([shape.area for shape in shapes])
    n = len(shapes)
    return gpd.GeoDataFrame(
        {
            "osm_id": [f"w{k}" for k in range(n)], "kind": ["house"] * n,
            "is_home": np.ones(n, bool), "is_on_land": np.zeros(n, bool),
            "is_free": np.ones(n, bool), "levels": np.full(n, levels),
            "flats": np.full(n, np.nan), "footprint_m2": area, "floor_area_m2": area * levels,
            "doors": [()] * n,
        },
        geometry=degrees(*shapes), crs="EPSG:4326",
    )  # fmt: skip


def town_of(table: gpd.GeoDataFrame, half_m: float = 1000) -> Town:
    nothing = gpd.GeoDataFrame({"osm_id": [], "area_m2": []}, geometry=[], crs="EPSG:4326")
    return Town(table, nothing, nothing, bounds_of(half_m), FRAME)


def grid_of(people: dict[tuple[float, float, float, float], float]) -> Grid:
    cells = gpd.GeoDataFrame(
        {"people": list(people.values())},
        geometry=degrees(*(shapely.box(*box) for box in people)),
        crs="EPSG:4326",
    )
    return Grid(cells, "drawn")


def test_a_cell_gives_by_floor_area() -> None:
    homes = buildings((0, 0, 10, 10), (20, 0, 50, 10))
    demand = make_demand(
        bounds_of(1000), town_of(homes), grid=grid_of({(-50, -50, 100, 100): 80.0})
    )
    assert demand.how == "grid"
    assert demand.homes.people.tolist() == pytest.approx([20, 60])
    assert demand.starts.kind.tolist() == ["outline", "outline"]


def test_a_building_in_two_cells_takes_from_both() -> None:
    homes = buildings((-10, 0, 10, 10), (20, 0, 30, 10))
    demand = make_demand(
        bounds_of(1000), town_of(homes),
        grid=grid_of({(-100, -100, 0, 100): 30.0, (0, -100, 100, 100): 40.0}),
    )  # fmt: skip
    # All of the western cell, and half of the eastern: 100 m² of its 200.
    assert demand.homes.people.tolist() == pytest.approx([50, 20], rel=1e-6)


def test_cells_without_buildings_keep_their_people_and_the_edge_is_told() -> None:
    homes = buildings((0, 0, 10, 10))
    people = {
        (-50, -50, 50, 50): 10.0,
        (200, 200, 300, 300): 7.0,  # no building
        (900, 0, 1100, 100): 8.0,  # half outside the data, no building
        (3000, 0, 3100, 100): 5.0,  # outside
    }
    demand = make_demand(bounds_of(1000), town_of(homes), grid=grid_of(people))
    assert demand.total("people") == pytest.approx(30, rel=1e-12)
    assert demand.figures["cells_cut"] == 1
    assert demand.figures["people_outside"] == pytest.approx(9, rel=1e-3)
    assert demand.figures["people_without_building"] == pytest.approx(11, rel=1e-3)
    assert demand.homes.is_building.tolist() == [True, False, False, False, False]
    told = " ".join(en for _, en in demand.notes)
    assert "outside the map data" in told
    assert "cuts 1 cells" in told


def test_homes_no_cell_reaches_are_told_with_every_figure() -> None:
    homes = buildings((0, 0, 10, 10), (300, 0, 310, 10), (400, 0, 410, 10), (500, 0, 510, 10))
    some = make_demand(bounds_of(1000), town_of(homes), grid=grid_of({(-50, -50, 350, 100): 80.0}))
    assert some.figures["homes_no_cell_reaches"] == 2
    assert "Beware: 2 of 4 homes (50%) lie in no cell" in some.source[1]
    assert "4 栋住宅中有 2 栋（50%）" in some.source[0]
    every = make_demand(bounds_of(1000), town_of(homes), grid=grid_of({(-50, -50, 600, 100): 80.0}))
    assert every.figures["homes_no_cell_reaches"] == 0
    assert "Beware" not in every.source[1]


def test_a_grid_of_another_town_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "there.gpkg"
    cells = degrees(shapely.box(5_000, 0, 5_100, 100))
    gpd.GeoDataFrame({"population": [3]}, geometry=cells, crs=4326).to_file(path)
    with pytest.raises(InputError, match="and nothing of the streets"):
        read_grid(path, bounds_of(1000))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_nobody_is_lost_or_made(seed: int) -> None:
    rng = np.random.default_rng(seed)
    corner = rng.uniform(-1200, 1200, (rng.integers(0, 25), 2))
    homes = buildings(*((x, y, x + rng.uniform(5, 90), y + 20) for x, y in corner))
    side = 150
    cells = {
        (x, y, x + side, y + side): float(rng.uniform(0, 99))
        for x in range(-1200, 1200, side)
        for y in range(-450, 450, side)
    }
    grid = grid_of(cells)
    tiers = [rng.uniform(size=len(homes)) < 0.5, np.ones(len(homes), bool)]
    spread = spread_grid(grid, homes, tiers, bounds_of(1000), FRAME)
    total = spread.people.sum() + spread.rest_people.sum() + spread.outside_people.sum()
    assert total == pytest.approx(grid.people, rel=1e-12)
    assert (spread.people >= 0).all()


def test_best_of_what_is_given_is_taken_and_told() -> None:
    homes = buildings((0, 0, 20, 10), levels=3)
    by_buildings = make_demand(bounds_of(1000), town_of(homes))
    assert by_buildings.how == "buildings"
    # 200 m² on 3 levels, 100 m² a dwelling, 2.6 people in each.
    assert by_buildings.homes.dwellings.tolist() == pytest.approx([6], rel=1e-4)
    assert by_buildings.total("people") == pytest.approx(15.6, rel=1e-4)
    other = make_demand(
        bounds_of(1000), town_of(homes), assumptions=Assumptions(people_per_dwelling=2.0)
    )
    assert other.total("people") == pytest.approx(12, rel=1e-4)
    assert "2 people" in other.source[1]
    cells = make_demand(bounds_of(500))
    assert cells.how == "cells"
    assert len(cells) == 400
    assert cells.homes.people.isna().all()
    land = gpd.GeoDataFrame(
        {"osm_id": ["w1"], "area_m2": [10_000.0]},
        geometry=degrees(shapely.box(0, 0, 100, 100)), crs="EPSG:4326",
    )  # fmt: skip
    empty = homes.iloc[:0]
    by_land = make_demand(bounds_of(1000), Town(empty, land, land, bounds_of(1000), FRAME))
    assert by_land.how == "land"
    assert by_land.total("people") == pytest.approx(300, rel=1e-4)
    assert len({demand.source for demand in (by_buildings, cells, by_land)}) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"people_per_dwelling": 0},
        {"dwelling_floor_m2": -1.0},
        {"land_cell_m": float("nan")},
        {"people_per_ha": True},
    ],
)
def test_assumptions_must_make_sense(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError):
        Assumptions(**wrong)
    rows = Assumptions().as_rows()
    assert all(row["source_zh"] and row["source_en"] and row["value"] > 0 for row in rows)


OSM = """<?xml version="1.0"?><osm version="0.6">
<bounds minlat="36.05" minlon="103.82" maxlat="36.07" maxlon="103.85"/>
{nodes}
<way id="1" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/>
<tag k="building" v="apartments"/><tag k="building:levels" v="6"/></way>
<way id="2" version="1"><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="8"/><nd ref="5"/>
<tag k="building" v="yes"/><tag k="height" v="9.2 m"/><tag k="building:flats" v="12"/></way>
<way id="3" version="1"><nd ref="9"/><nd ref="10"/><nd ref="11"/><nd ref="12"/><nd ref="9"/>
<tag k="landuse" v="residential"/></way>
<way id="4" version="1"><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="5"/>
<tag k="building" v="yes"/><tag k="amenity" v="school"/></way>
</osm>"""


def test_a_map_says_levels_flats_doors_and_land(tmp_path: Path) -> None:
    spots = {1: (0, 0), 2: (0, 20), 3: (20, 20), 4: (20, 0), 5: (100, 0), 6: (100, 20),
             7: (120, 20), 8: (120, 0), 9: (90, -10), 10: (90, 40), 11: (140, 40), 12: (140, -10),
             13: (50, 50)}  # fmt: skip
    nodes = []
    for ref, spot in spots.items():
        lon, lat = FRAME.to_lonlat(*spot)
        tag = '<tag k="entrance" v="main"/>' if ref == 2 else ""
        tag += '<tag k="highway" v="bus_stop"/>' if ref == 13 else ""
        nodes.append(f'<node id="{ref}" version="1" lon="{lon:.9f}" lat="{lat:.9f}">{tag}</node>')
    path = tmp_path / "town.osm"
    path.write_text(OSM.format(nodes="\n".join(nodes)))
    town = read_town(path, ["highway"], lambda tags: tags.get("highway") == "bus_stop")
    table = town.buildings.set_index("osm_id")
    assert table.levels.to_dict() == {"w1": 6, "w2": 3, "w4": 3}
    assert table.is_home.to_dict() == {"w1": True, "w2": False, "w4": False}
    # Of no stated use on residential land: not the school.
    assert table.is_on_land.to_dict() == {"w1": False, "w2": True, "w4": False}
    assert table.floor_area_m2["w1"] == pytest.approx(2400, rel=1e-3)
    assert town.land.area_m2.tolist() == pytest.approx([2500], rel=1e-3)
    assert town.things.osm_id.tolist() == ["n13"]
    demand = make_demand(town.bounds, town)
    assert demand.homes.dwellings.tolist() == pytest.approx([24, 12], rel=1e-3)
    assert demand.starts.kind.tolist() == ["entrance", "outline"]
    with pytest.raises(CircleError):
        read_town(tmp_path / "none.osm")


def test_a_raster_and_its_edges(tmp_path: Path) -> None:
    import rasterio

    lon, lat = FRAME.lon_0, FRAME.lat_0
    values = np.array([[1.0, 2.0, -9999], [4.0, 0.0, -1.0]], np.float32)
    path = tmp_path / "people.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=2, width=3, count=1, dtype="float32",
        crs="EPSG:4326", nodata=-9999, transform=rasterio.Affine(0.001, 0, lon, 0, -0.001, lat),
    ) as raster:  # fmt: skip
        raster.write(values, 1)
    grid = read_grid(path, Bounds(lon - 1, lat - 1, lon + 1, lat + 1))
    assert grid.people == 7
    assert grid.n_withheld == 1
    west = grid.cells[grid.cells.people == 1].geometry.iloc[0].bounds
    assert west == pytest.approx((lon, lat - 0.001, lon + 0.001, lat))
    # Only what touches the extent is read.
    part = read_grid(path, Bounds(lon + 0.0011, lat - 0.0009, lon + 0.0019, lat - 0.0001))
    assert part.people == 2
    with pytest.raises(InputError, match="nothing of the streets"):
        read_grid(path, Bounds(0, 0, 1, 1))
    for wrong in (tmp_path / "none.tif", tmp_path / "broken.tif"):
        if wrong.name == "broken.tif":
            wrong.write_bytes(b"II*\0 no raster")
        with pytest.raises(InputError):
            read_grid(wrong, Bounds(0, 0, 1, 1))


def test_the_column_of_people_is_found_or_asked_for(tmp_path: Path) -> None:
    cells = degrees(shapely.box(0, 0, 9, 9), shapely.box(9, 0, 18, 9))
    table = gpd.GeoDataFrame({"id": [1, 2], "asukkaita": [3, -1]}, geometry=cells, crs=4326)
    path = tmp_path / "grid.gpkg"
    table.to_file(path)
    grid = read_grid(path, bounds_of(100))
    assert (grid.people, grid.n_withheld) == (3, 1)
    table.rename(columns={"asukkaita": "a"}).assign(b=1).to_file(path, driver="GPKG")
    with pytest.raises(InputError, match="population"):
        read_grid(path, bounds_of(100))
    assert read_grid(path, bounds_of(100), column="b").people == 2


def test_a_sheet_of_compounds_with_gates(tmp_path: Path) -> None:
    path = tmp_path / "compounds.csv"
    path.write_text(
        "编号,名称,经度,纬度,户数,人口\n"
        "a,颐园,103.83,36.06,100,\n"
        "a,,103.831,36.06,,\n"
        "a,,103.832,36.06,,\n"
        "b,河滨,103.84,36.06,,520\n",
        "utf-8-sig",
    )
    demand = make_demand(bounds_of(1000), compounds=read_compounds(path, datum="wgs84"))
    assert demand.how == "compounds"
    assert demand.homes.people.tolist() == pytest.approx([260, 520])
    assert demand.homes.dwellings.tolist() == pytest.approx([100, 200])
    assert demand.starts.kind.tolist() == ["gate", "gate", "point"]
    assert demand.starts.lon.tolist() == [103.831, 103.832, 103.84]
    moved = read_compounds(path, datum="gcj02")
    assert abs(moved.points[0].x - 103.83) > 0.001
    with pytest.raises(SheetError, match="line 2 has a position but no datum") as told:
        read_compounds(path)
    assert "第 5 行有坐标但没有说明坐标系" in told.value.zh
    assert "has no position" not in told.value.en
    path.write_text("编号,经度,纬度,户数\na,103.83,36.06,x\n,103.83,36.06,5\nc,36.06,203.83,5\n")
    with pytest.raises(SheetError) as told:
        read_compounds(path, datum="wgs84")
    assert "第 2 行" in told.value.zh
    assert "第 3 行" in told.value.zh
    assert "第 4 行" in told.value.zh


def test_a_sheet_as_offices_save_it(tmp_path: Path) -> None:
    # Semicolons, GB18030, a title above the header, what the column means in brackets.
    path = tmp_path / "compounds.csv"
    path.write_bytes(
        (
            "社区住宅小区一览表;;;;\n"
            "序号;小区名称;经度(WGS84);纬度(WGS84);总户数;坐标系\n"
            "1;颐园;103.83;36.06;1，200;WGS84\n"
            "2;颐园;103.831;36.06;;WGS84\n"
            ";;;;;\n"
        ).encode("gb18030")
    )
    found = read_compounds(path)
    assert found.table.name.tolist() == ["颐园"]
    assert found.table.dwellings.tolist() == [1200]
    assert found.gates == [[(103.831, 36.06)]]
    path.write_text("名称,地址\n颐园,滨河路\n", "utf-8")
    with pytest.raises(SheetError, match="or people"):
        read_compounds(path)


def test_homes_in_a_yard_start_at_its_gates() -> None:
    homes = buildings((0, 0, 20, 10), (40, 0, 60, 10), (300, 0, 320, 10))
    plain = make_demand(bounds_of(1000), town_of(homes))
    (outline,) = degrees(shapely.box(-20, -20, 100, 50))
    gates = ((103.9, 36.1), (103.91, 36.1))
    yards = [
        Yard("y0", "无门", outline, ()),
        Yard("y1", "东苑", outline, gates),
        # The id of a building on the map is no name of a compound.
        Yard("w2", "西苑", None, gates),
    ]
    gated = start_at_gates(plain, yards)
    assert gated.starts.home.tolist() == [0, 0, 1, 1, 2]
    assert gated.starts.kind.tolist() == ["gate"] * 4 + ["outline"]
    assert gated.starts.lon.tolist()[:4] == [103.9, 103.91] * 2
    assert gated.homes.people.tolist() == plain.homes.people.tolist()
    assert "2 homes start at the gates of 1 compounds" in gated.notes[-1][1]
    assert start_at_gates(plain, yards[:1]) is plain


def test_a_compound_is_found_by_id_and_name_and_keeps_gates_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "compounds.csv"
    path.write_text(
        "id,name,lon,lat,datum,people\n"
        "a,颐园,103.83,36.06,wgs84,1\na,,103.831,36.06,wgs84,\n"
        "b,河滨,103.84,36.06,wgs84,1\nc,东苑,103.85,36.06,wgs84,1\nd,南苑,103.86,36.06,wgs84,1\n"
    )
    demand = make_demand(bounds_of(1000), compounds=read_compounds(path))
    yards = [
        Yard("b", "x", None, ((1.0, 1.0),)),
        Yard("y", "东苑", None, ((2.0, 2.0),)),
        Yard("a", "颐园", None, ((3.0, 3.0),)),
    ]
    starts = start_at_gates(demand, yards).starts
    assert starts.lon.tolist() == [103.831, 1, 2, 103.86]
    assert starts.kind.tolist() == ["gate", "gate", "gate", "point"]
