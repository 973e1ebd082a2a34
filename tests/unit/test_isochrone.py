"""Isochrones on drawn maps: known areas, extents and sides."""

from __future__ import annotations

import json
import math

import geopandas
import numpy as np
import pytest
import shapely
from sentences import assert_speaks
from sketch import FRAME, Sketch, sketch

import circle
from circle.isochrone import isochrone_geojson, isochrones
from circle.walkers import Walker

LONG = sketch("A" + "-" * 199 + "B")  # 2400 m
MIDDLE = LONG.at("A", east=1200)


def in_metres(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda lonlat: np.column_stack(FRAME.to_xy(*lonlat.T)))


def ground(plan: Sketch, letter: str, *, east: float = 0.0, north: float = 0.0, **kwargs):
    """Return the largest isochrone from a letter, in metres."""
    table = isochrones(plan.network, plan.at(letter, east=east, north=north), **kwargs)
    return in_metres(table.geometry.iloc[-1])


def holds(shape: shapely.Geometry, plan: Sketch, letter: str, **offset: float) -> bool:
    return bool(shapely.contains_xy(shape, *plan.xy(letter, **offset)))


class TestStraightStreet:
    @pytest.mark.parametrize("radius_m", [40, 60, 100, 150, 300, 500, 1000])
    def test_area_is_that_of_the_diamond_cut_at_100_m(self, radius_m: float) -> None:
        # Along the street and then off it: |x| + |y| <= r, and never farther off than 100 m.
        wide = min(radius_m, 100)
        expected = 2 * (2 * radius_m * wide - wide**2)
        table = isochrones(LONG.network, MIDDLE, metres=radius_m)
        shape = in_metres(table.geometry.iloc[0])
        assert shape.area == pytest.approx(expected, rel=0.01)
        assert table.area_m2.iloc[0] == pytest.approx(shape.area, rel=1e-4)
        assert shape.bounds == pytest.approx((-radius_m, -wide, radius_m, wide), abs=3.1)
        assert table.circle_area_m2.iloc[0] == pytest.approx(math.pi * radius_m**2, abs=0.1)
        assert table.shed_ratio.iloc[0] == pytest.approx(
            expected / (math.pi * radius_m**2), rel=0.01
        )

    @pytest.mark.parametrize("walker", ["adult", "older", "frail", "2.0"])
    def test_minutes_are_as_far_as_the_walker_gets(self, walker: str) -> None:
        speed = circle.WALKERS[walker].speed_m_s if walker in circle.WALKERS else 2.0
        table = isochrones(LONG.network, MIDDLE, minutes=5, walker=walker)
        radius_m = 300 * speed
        west, _, east, _ = in_metres(table.geometry.iloc[0]).bounds
        assert (west, east) == pytest.approx((-radius_m, radius_m), abs=3.1)
        assert table.circle_area_m2.iloc[0] == pytest.approx(math.pi * radius_m**2, rel=1e-6)
        assert table.unit.tolist() == ["min"]

    @pytest.mark.parametrize("off_street_m", [10, 30, 60, 100])
    def test_ground_off_the_street_is_a_parameter(self, off_street_m: float) -> None:
        shape = ground(LONG, "A", east=1200, metres=300, off_street_m=off_street_m)
        expected = 2 * (600 * off_street_m - off_street_m**2)
        assert shape.area == pytest.approx(expected, rel=0.01)
        _, south, _, north = shape.bounds
        assert (south, north) == pytest.approx((-off_street_m, off_street_m), abs=0.5)

    @pytest.mark.parametrize("off_street_m", [0, -5, 100.5, math.nan, math.inf, "30", None])
    def test_ground_off_the_street_has_its_bounds(self, off_street_m) -> None:
        with pytest.raises(circle.CircleError) as caught:
            isochrones(LONG.network, MIDDLE, metres=300, off_street_m=off_street_m)
        assert_speaks(caught.value, "off_street_m", "100")

    def test_the_access_leg_is_walked_first(self) -> None:
        # 60 m off the street, 300 m in all: 240 m are left along it.
        shape = ground(LONG, "A", east=1200, north=60, metres=300)
        west, _, east, _ = shape.bounds
        assert (west, east) == pytest.approx((-240, 240), abs=3.1)

    def test_around_the_end_of_a_street(self) -> None:
        # 100 m left at the end: half a disc beyond it, a third of a kilometre before it.
        shape = ground(LONG, "A", east=200, metres=300)
        beyond = shapely.intersection(shape, shapely.box(-2000, -500, LONG.xy("A")[0], 500))
        assert beyond.area == pytest.approx(math.pi * 100**2 / 2, rel=0.02)

    def test_smaller_budgets_first_and_within_larger_ones(self) -> None:
        table = isochrones(LONG.network, MIDDLE, minutes=(15, 5, 10))
        assert table.budget.tolist() == [5.0, 10.0, 15.0]
        assert table.n_vertices.is_monotonic_increasing
        small, medium, large = (in_metres(shape) for shape in table.geometry)
        assert medium.buffer(0.02).covers(small)
        assert large.buffer(0.02).covers(medium)
        assert small.area < medium.area < large.area

    def test_towards_is_the_same_where_nothing_is_one_way(self) -> None:
        there, back = (ground(LONG, "A", east=900, metres=400, towards=t) for t in (False, True))
        assert there.equals(back)


class TestTable:
    def test_columns_and_labels(self) -> None:
        origins = geopandas.GeoSeries(
            [shapely.Point(LONG.at("A", east=600)), shapely.Point(MIDDLE)],
            index=["home", "work"],
            crs="EPSG:4326",
        )
        table = isochrones(LONG.network, origins, metres=(300, 500), walker="older")
        assert table.columns.tolist() == [
            "origin_id", "budget", "unit", "walker", "area_m2", "circle_area_m2", "shed_ratio",
            "n_vertices", "is_cut", "snap_distance_m", "geometry",
        ]  # fmt: skip
        assert table.crs == "EPSG:4326"
        assert table.origin_id.tolist() == ["home", "home", "work", "work"]
        assert table.budget.tolist() == [300, 500, 300, 500]
        assert set(table.unit) == {"m"}
        assert set(table.walker) == {"older"}
        assert table.geometry.is_valid.all()
        assert table.snap_distance_m.tolist() == [0.0] * 4

    def test_vertices_within_the_budget_are_counted(self) -> None:
        plan = sketch("A---B---C---D---E", m_per_char=25)  # 100 m from letter to letter
        table = isochrones(plan.network, plan.at("A", east=50), metres=(49, 50, 149, 150, 450))
        assert table.n_vertices.tolist() == [0, 2, 2, 3, 5]
        # Neither end is reached, and still there is ground.
        assert table.area_m2.iloc[0] == pytest.approx(2 * 49**2, rel=0.02)

    def test_unsnapped_is_empty_and_says_so(self) -> None:
        far = LONG.at("A", east=1200, north=130)
        table = isochrones(LONG.network, [far, MIDDLE], minutes=(5, 10))
        assert table.snap_distance_m.tolist() == [math.inf, math.inf, 0.0, 0.0]
        assert table.geometry.is_empty.tolist() == [True, True, False, False]
        assert table.area_m2.tolist()[:2] == [0.0, 0.0]
        assert table.n_vertices.tolist()[:2] == [0, 0]
        features = json.loads(isochrone_geojson(LONG.network, far, minutes=5))["features"]
        assert features[0]["geometry"] is None
        assert features[0]["properties"]["snap_distance_m"] is None
        assert features[0]["properties"]["area_m2"] == 0.0

    def test_a_budget_spent_on_the_way_to_the_street_is_empty(self) -> None:
        table = isochrones(LONG.network, LONG.at("A", east=1200, north=80), metres=(50, 300))
        assert table.geometry.is_empty.tolist() == [True, False]
        assert table.snap_distance_m.tolist() == pytest.approx([80.0, 80.0], abs=0.05)


class TestEdgeOfTheData:
    def test_a_street_that_ends_at_the_rim_is_cut(self) -> None:
        plan = sketch("A" + "-" * 99 + "B", margin_m=10)
        far_from_rim = isochrones(plan.network, plan.at("A", east=600), metres=(500, 599, 601))
        assert far_from_rim.is_cut.tolist() == [False, False, True]

    def test_an_end_inside_the_data_is_an_end(self) -> None:
        plan = sketch("A" + "-" * 99 + "B", margin_m=25)
        assert not isochrones(plan.network, plan.at("A"), metres=300).is_cut.any()

    def test_not_what_a_larger_budget_reaches(self) -> None:
        plan = sketch("A" + "-" * 99 + "B", margin_m=10)
        features = json.loads(
            isochrone_geojson(plan.network, plan.at("A", east=400), metres=(300, 500))
        )["features"]
        assert [feature["properties"]["is_cut"] for feature in features] == [False, True]


class TestBarriers:
    """Two streets 60 m apart that hold together far in the west; what lies between decides."""

    drawing = """
        A-------------------------------------------------------------------B
        {0}
        {1}
        {2}
        C-------------------------------------------------------------------D
        """

    def plan(self, between: str, row: int = 0, **kwargs) -> Sketch:
        rows = ["", "", ""]
        rows[row] = between * 69
        return sketch(self.drawing.format(*rows), m_per_char=15, **kwargs)

    def side(self, plan: Sketch, **offset: float) -> tuple[bool, bool]:
        """Say whether ground below A's street is reached from A's street, from C's street."""
        north = ground(plan, "A", east=500, metres=300)
        south = ground(plan, "C", east=500, metres=300)
        return holds(north, plan, "A", **offset), holds(south, plan, "A", **offset)

    @pytest.mark.parametrize(
        ("between", "rail", "is_barrier"),
        [
            ("=", {"railway": "rail"}, True),
            ("=", {"railway": "light_rail"}, True),
            ("=", {"highway": "motorway"}, True),
            ("=", {"waterway": "river"}, True),
            ("=", {"waterway": "canal"}, True),
            ("=", {"natural": "coastline"}, True),
            ("=", {"railway": "tram"}, False),
            ("=", {"railway": "subway"}, False),
            ("=", {"railway": "rail", "tunnel": "yes"}, False),
            ("=", {"railway": "rail", "bridge": "yes"}, False),
            ("=", {"railway": "abandoned"}, False),
            ("=", {"highway": "motorway", "tunnel": "yes"}, False),
            ("=", {"waterway": "stream"}, False),
            ("=", {"waterway": "river", "tunnel": "culvert"}, False),
        ],
    )
    def test_ground_stays_on_its_own_side(self, between, rail, is_barrier) -> None:
        # The barrier runs 15 m below A's street: ground 22 m below it is nearer to A's street,
        # and C's all the same where nobody crosses.
        plan = self.plan(between, rail=rail)
        here = {"east": 500, "north": -22}
        assert self.side(plan, **here) == ((False, True) if is_barrier else (True, False))
        # Ground on the near side is A's whatever runs beyond it.
        assert self.side(plan, east=500, north=-8) == (True, False)

    def test_area_up_to_a_railway_is_known(self) -> None:
        plan = self.plan("=")
        shape = ground(plan, "A", east=510, metres=300)
        below = shapely.intersection(shape, shapely.box(-2000, -2000, 2000, plan.xy("A")[1]))
        # 15 m below the street, as far along as the rest of 300 m goes; the line between two
        # cells on either side of the rails runs half-way between them.
        assert below.area == pytest.approx(2 * (300 * 15 - 15**2 / 2), abs=600 * 3)
        assert below.bounds[1] == pytest.approx(plan.xy("A")[1] - 15, abs=3.01)

    def test_water_is_no_ground_and_keeps_sides(self) -> None:
        plan = self.plan("~", row=1)  # 15 m wide, from 22.5 to 37.5 m below A
        north = ground(plan, "A", east=500, metres=300)
        south = ground(plan, "C", east=500, metres=300)
        for shape in (north, south):
            assert not holds(shape, plan, "A", east=500, north=-30)
        assert (holds(north, plan, "A", east=500, north=-20)) is True
        assert (holds(south, plan, "A", east=500, north=-40)) is True
        assert (holds(north, plan, "A", east=500, north=-40)) is False
        water = shapely.box(plan.xy("A")[0], plan.xy("A")[1] - 37.5, 540, plan.xy("A")[1] - 22.5)
        assert shapely.intersection(north, water).area < 0.005 * north.area

    def test_a_bridge_leads_over_and_the_time_with_it(self) -> None:
        plan = sketch(
            """
            A-------------E-----------------------------------------------------B
            ==============|======================================================

                          |
            C-------------F-----------------------------------------------------D
            """.replace("\n\n", "\n" + " " * 26 + "|\n"),
            m_per_char=15,
            EF={"highway": "footway", "bridge": "yes"},
        )
        bridge_x = plan.xy("E")[0]
        shape = ground(plan, "A", east=14 * 15 + 50, metres=300)
        # 50 m to the bridge, 60 m over it: 190 m are left on the other side.
        along = shapely.intersection(shape, shapely.LineString([plan.xy("C"), plan.xy("D")])).bounds
        assert along[0] == pytest.approx(bridge_x - 190, abs=3.1)
        assert along[2] == pytest.approx(bridge_x + 190, abs=3.1)

    def test_a_level_crossing_leads_over_too(self) -> None:
        plan = sketch("A" + "-" * 80 + "B", m_per_char=15)
        with_rail = sketch(
            "\n".join([" " * 41 + "!"] * 3 + ["A" + "-" * 80 + "B"] + [" " * 41 + "!"] * 3),
            m_per_char=15,
        )
        free = ground(plan, "A", east=41 * 15 - 100, metres=300)
        crossed = ground(with_rail, "A", east=41 * 15 - 100, metres=300)
        # The street leads over the rails; ground on both sides belongs to its own stretch of it.
        assert crossed.area == pytest.approx(free.area, rel=0.01)

    def test_off_street_legs_do_not_cross_either(self) -> None:
        plan = self.plan("=")
        beyond = plan.at("A", east=500, north=-22)
        table = circle.travel_times(plan.network, beyond, plan.at("C", east=500), metres=500)
        # Nearer to A's street, joined to C's: 38 m.
        assert table.distance_m.iloc[0] == pytest.approx(38, abs=0.01)


class TestShapes:
    def test_a_block_too_large_to_fill_is_a_hole(self) -> None:
        # A ring street around 500 m: ground more than 100 m from it is not counted.
        plan = sketch(
            """
            A-------------------------+
            |                         |
            |                         |
            |                         |
            |                         |
            |                         |
            |                         |
            |                         |
            |                         |
            |                         |
            |                         |
            |                         |
            B-------------------------C
            """,
            m_per_char=20,
        )
        shape = ground(plan, "A", metres=3000)
        assert shape.geom_type == "Polygon"
        assert len(shape.interiors) == 1
        assert shapely.Polygon(shape.interiors[0]).area == pytest.approx(320 * 40, rel=0.02)
        # Outer rings run anticlockwise, holes clockwise, in the text as well.
        features = json.loads(isochrone_geojson(plan.network, plan.at("A"), metres=3000))
        ((outer, hole),) = features["features"][0]["geometry"]["coordinates"]
        assert shapely.is_ccw(shapely.LinearRing(outer))
        assert not shapely.is_ccw(shapely.LinearRing(hole))

    def test_a_bridge_over_a_street_leaves_that_streets_ground_out(self) -> None:
        row = " " * 30 + "|"
        plan = sketch(
            "\n".join([" " * 30 + "C"] + [row] * 29 + ["A" + "-" * 60 + "B"] + [row] * 29)
            + "\n"
            + " " * 30
            + "D",
            m_per_char=20,
            AB={"highway": "footway", "bridge": "yes"},
        )
        shape = ground(plan, "A", east=450, metres=400)
        middle = {"east": 600}  # on the bridge, over the street CD that is not reached
        for east in (-60, 60):
            assert holds(shape, plan, "A", east=600 + east)
            assert holds(shape, plan, "A", east=600 + east, north=50)
        for north in (-60, 60):
            assert not holds(shape, plan, "A", **middle, north=north)
        # Two wedges that meet in one point: the truth is in two parts.
        assert shape.geom_type == "MultiPolygon"
        assert len(shape.geoms) == 2

    def test_a_bridge_over_wide_water_carries_a_strip(self) -> None:
        water = "~" * 20
        plan = sketch(
            "\n".join(
                [" " * 10 + water] * 2
                + ["A---------" + "-" * 20 + "---------B"]
                + [" " * 10 + water] * 2
            ),
            m_per_char=20,
        )
        shape = ground(plan, "A", east=100, metres=1000)
        assert shape.geom_type == "Polygon"
        over = shapely.intersection(shape, shapely.box(-180, -50, 180, 50))
        assert 2 < over.area / 360 < 15  # metres wide
        assert holds(shape, plan, "B", east=-20, north=40)


class TestGeoJSON:
    def test_text_equals_the_table(self) -> None:
        plan = sketch(
            """
            A---------B---------C
            |         |         |
            |         |         |
            |         |         |
            D---------E---------F
            """,
            m_per_char=30,
        )
        origin = plan.at("B", east=70, north=12)
        budgets = {"minutes": (3, 5, 10), "walker": "older"}
        table = isochrones(plan.network, origin, **budgets)
        text = isochrone_geojson(plan.network, origin, **budgets)
        document = json.loads(text)
        assert document["type"] == "FeatureCollection"
        assert len(document["features"]) == 3
        figures = table.drop(columns=["origin_id", "geometry"]).to_dict("records")
        assert [feature["properties"] for feature in document["features"]] == figures
        for feature, shape in zip(document["features"], table.geometry, strict=True):
            assert feature["type"] == "Feature"
            assert feature["geometry"]["type"] == "MultiPolygon"
            drawn = shapely.from_geojson(json.dumps(feature["geometry"]))
            assert drawn.is_valid
            difference = shapely.symmetric_difference(in_metres(drawn), in_metres(shape))
            # Six decimals: at most 6 cm along the whole rim.
            assert difference.area < 0.12 * in_metres(shape).length
            decimals = [len(str(v).split(".")[1]) for v in shapely.get_coordinates(drawn).ravel()]
            assert max(decimals) <= 6

    def test_other_programs_read_it(self, tmp_path) -> None:
        path = tmp_path / "rings.geojson"
        path.write_bytes(isochrone_geojson(LONG.network, MIDDLE, minutes=(5, 15)))
        table = geopandas.read_file(path)
        assert table.crs == "EPSG:4326"
        assert table.budget.tolist() == [5, 15]
        assert table.geometry.is_valid.all()

    def test_the_same_bytes_twice(self) -> None:
        texts = {isochrone_geojson(LONG.network, MIDDLE, minutes=(5, 10)) for _ in range(3)}
        fresh = sketch("A" + "-" * 199 + "B")
        texts.add(isochrone_geojson(fresh.network, MIDDLE, minutes=(5, 10)))
        assert len(texts) == 1


class TestDirections:
    def test_one_way_reaches_out_but_not_back(self) -> None:
        plan = sketch("A" + "-" * 99 + "B", AB={"highway": "footway", "oneway:foot": "yes"})
        out = ground(plan, "A", east=600, metres=300)
        back = ground(plan, "A", east=600, metres=300, towards=True)
        assert out.bounds[2] == pytest.approx(300, abs=3.1)
        assert out.bounds[0] > -7
        assert back.bounds[0] == pytest.approx(-300, abs=3.1)
        assert back.bounds[2] < 7

    def test_a_gated_compound_is_no_ground_for_passers_by(self) -> None:
        plan = sketch(
            """
            A--------------------M-------------------B
                                 |
                                 |
                                 |
                                 |
                                 |
                                 |
                                 |
                                 E
            """,
            m_per_char=30,
            ME={"highway": "service", "access": "private"},
        )
        shape = ground(plan, "A", east=500, metres=600)
        inside = {"north": -180}
        assert not holds(shape, plan, "M", **inside)
        resident = Walker("resident", 1.2, enters_private=True)
        assert holds(ground(plan, "A", east=500, metres=600, walker=resident), plan, "M", **inside)
        # Who lives there reaches the street.
        home = ground(plan, "E", metres=400)
        assert holds(home, plan, "M", east=100)

    def test_ground_around_a_corner_with_a_gated_way_is_the_streets(self) -> None:
        # Beyond the end of the street the nearest point is the corner itself, which the public
        # street and the gated way share: it must not matter which of them is asked.
        plan = sketch(
            """
            A--------------------M
                                 |
                                 |
                                 |
                                 E
            """,
            m_per_char=30,
            ME={"highway": "service", "access": "private"},
        )
        other = sketch(
            "E" + "-" * 20 + "M\n" + (" " * 21 + "|\n") * 22 + " " * 21 + "A",
            m_per_char=30,
            EM={"highway": "service", "access": "private"},
        )
        for drawn in (plan, other):
            shape = ground(drawn, "A", metres=1000)
            assert holds(shape, drawn, "M", east=30, north=30)
            times = circle.travel_times(
                drawn.network, drawn.at("A"), drawn.at("M", east=30, north=30), metres=1000
            )
            assert math.isfinite(times.distance_m.iloc[0])
