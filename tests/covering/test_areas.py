"""Sub-areas: together they are the whole; broken ones are mended and told."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from sketch import place

from circle.coverage.areas import area_shares, make_areas, read_areas
from circle.errors import InputError
from covering.test_drawn import PEOPLE, PLAN, SPOTS, at_a
from covering.town import demand, judged


def frame(names: list[str], shapes: list[shapely.Geometry]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"name": names}, geometry=shapes, crs="EPSG:4326")


def test_sub_areas_add_up_to_the_whole() -> None:
    result = judged(PLAN, demand(SPOTS, PEOPLE), at_a())
    west, north = place(*PLAN.xy("A", east=-500, north=400))
    middle, south = place(PLAN.xy("B", east=50)[0], PLAN.xy("S", north=-400)[1])
    areas = make_areas(
        frame(["西"], [shapely.box(west, south, middle, north)]), PLAN.network.bounds
    )
    table = area_shares(result, areas)
    people = table[(table.measure == "people") & (table.level == "5min")].set_index("area_name")
    assert people.total.to_dict() == {"西": 80, "-": 70}
    assert people.covered.to_dict() == {"西": 80, "-": 0}
    whole = result.shares.set_index(["subject", "measure"])
    for key, mine in table.groupby(["subject", "measure"]):
        for column in ("total", "covered", "uncovered", "unknown"):
            assert mine[column].sum() == pytest.approx(whole.loc[key, column])


def test_a_grid_holds_everybody_once() -> None:
    result = judged(PLAN, demand(SPOTS, PEOPLE), at_a())
    table = area_shares(result, read_areas("grid:300", PLAN.network.bounds))
    mine = table[(table.measure == "people") & (table.level == "15min")]
    assert mine.total.sum() == 150
    assert not (mine.area_id == "-").any()


def test_areas_that_are_broken_or_elsewhere_are_told() -> None:
    bow = shapely.Polygon([place(0, 0), place(200, 200), place(200, 0), place(0, 200)])
    areas = make_areas(
        frame(["bow", "far", "dot"], [bow, shapely.box(0, 0, 1, 1), shapely.Point(0, 0)]),
        PLAN.network.bounds,
    )
    assert len(areas) == 2
    assert areas.table.geometry.is_valid.all()
    told = " ".join(en for _, en in areas.notes)
    assert "bow" in told
    assert "far" in told
    assert "no polygons" in told
    result = judged(PLAN, demand(SPOTS, PEOPLE), at_a())
    table = area_shares(result, areas)
    mine = table[(table.area_name == "far") & (table.measure == "people")]
    assert (mine.total == 0).all()
    assert mine.share_covered.isna().all()


def test_what_is_no_area_is_refused() -> None:
    with pytest.raises(InputError):
        make_areas(frame(["dot"], [shapely.Point(0, 0)]), PLAN.network.bounds)
    with pytest.raises(InputError):
        read_areas("nowhere.geojson", PLAN.network.bounds)
    for wrong in ("grid:x", "grid:0", "grid:-5", "grid:0.1"):
        with pytest.raises(InputError):
            read_areas(wrong, PLAN.network.bounds)


def test_areas_without_a_reference_system_are_refused() -> None:
    metres = gpd.GeoDataFrame({"name": ["a"]}, geometry=[shapely.box(0, 0, 500, 500)])
    with pytest.raises(InputError, match="reference system"):
        make_areas(metres, PLAN.network.bounds)


def test_a_home_in_two_areas_counts_once_and_it_is_told() -> None:
    result = judged(PLAN, demand(SPOTS, PEOPLE), at_a())
    west = shapely.box(*place(*PLAN.xy("A", east=-50, north=-50)),
                       *place(*PLAN.xy("B", east=50, north=50)))  # fmt: skip
    east = shapely.box(*place(*PLAN.xy("B", east=-50, north=-50)),
                       *place(*PLAN.xy("D", east=50, north=50)))  # fmt: skip
    areas = make_areas(frame(["west", "east"], [west, east]), PLAN.network.bounds)
    assert any("1 pairs of sub-areas overlap" in en for _, en in areas.notes)
    table = area_shares(result, areas)
    mine = table[(table.measure == "people") & (table.level == "5min")].set_index("area_name")
    # B, 20 people, lies in both; S in none.
    assert mine.total.to_dict() == {"west": 30, "east": 70, "-": 50}
    inner = make_areas(frame(["all", "in"], [west, west.buffer(-1e-4)]), PLAN.network.bounds)
    assert any("overlap" in en for _, en in inner.notes)
    side_by_side = make_areas(frame(["a", "b"], [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]),
                              PLAN.network.bounds)  # fmt: skip
    assert not any("overlap" in en for _, en in side_by_side.notes)


def test_of_several_layers_the_areas_are_read_and_nothing_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "several.gpkg"
    square = shapely.Polygon([place(0, 0), place(900, 0), place(900, 900), place(0, 900)])
    frame(["a door"], [shapely.Point(*place(10, 10))]).to_file(path, layer="doors")
    frame(["the east"], [square]).to_file(path, layer="areas")
    assert read_areas(path, PLAN.network.bounds).table.area_name.tolist() == ["the east"]
    (tmp_path / "bad.geojson").write_text("no json")
    for name, said in (("bad.geojson", "cannot be read as a map layer"), ("none.gpkg", "no file")):
        with pytest.raises(InputError, match=said):
            read_areas(tmp_path / name, PLAN.network.bounds)
