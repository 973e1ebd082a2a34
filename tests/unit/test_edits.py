"""Edits on drawn maps: every time after a closure, a link or a gate follows by arithmetic."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from sentences import assert_speaks
from sketch import Sketch, place, sketch

import circle
from circle.edits import Closure, Edit, Gate, Link, edit_network, read_edits, write_edits
from circle.errors import EditError
from circle.network import WalkNetwork
from circle.network_file import load_network, save_network
from circle.walkers import WALKERS, Walker

M = 12.0
"""Metres per character of the drawings."""

SPEED = WALKERS["adult"].speed_m_s


def seconds(
    network: WalkNetwork,
    plan: Sketch,
    start: str,
    end: str,
    walker: str | Walker = "adult",
) -> float:
    table = circle.travel_times(network, plan.at(start), plan.at(end), minutes=60, walker=walker)
    return float(table.time_s[0])


def line(plan: Sketch, *corners: str | tuple[str, float, float]) -> shapely.LineString:
    """Return a line through letters, or so many metres east and north of them."""
    points = [(c, 0.0, 0.0) if isinstance(c, str) else c for c in corners]
    return shapely.LineString([plan.at(c, east=e, north=n) for c, e, n in points])


SQUARE = sketch(
    """
    A------B------C
    |             |
    |             |
    D------E------F
    """
)
"""Streets 7 characters long, 3 high: round it in 34 characters."""


class TestNothing:
    def test_no_edits_are_the_network_itself(self) -> None:
        assert edit_network(SQUARE.network, []) is SQUARE.network

    def test_the_network_stays_as_it_was(self) -> None:
        before = {
            name: value.copy()
            for name, value in vars(SQUARE.network).items()
            if isinstance(value, np.ndarray)
        }
        edit_network(SQUARE.network, [Closure(line=line(SQUARE, "A", "B"))])
        for name, value in before.items():
            assert np.array_equal(getattr(SQUARE.network, name), value)


class TestClosure:
    def test_a_stretch_is_walked_around(self) -> None:
        closed = edit_network(SQUARE.network, [Closure(line=line(SQUARE, "A", "B"))])
        assert seconds(SQUARE.network, SQUARE, "A", "B") == pytest.approx(7 * M / SPEED, abs=0.01)
        assert seconds(closed, SQUARE, "A", "B") == pytest.approx(27 * M / SPEED, abs=0.01)
        assert closed.n_edges == SQUARE.network.n_edges - 1

    def test_a_way_by_its_number(self) -> None:
        way = int(SQUARE.network.edge_way[SQUARE.edge("AB")])
        closed = edit_network(SQUARE.network, [Closure(way=way)])
        assert seconds(closed, SQUARE, "A", "B") == pytest.approx(27 * M / SPEED, abs=0.01)

    def test_part_of_a_street(self) -> None:
        half = line(SQUARE, ("A", 30, 0), ("A", 60, 0))
        closed = edit_network(SQUARE.network, [Closure(line=half)])
        assert closed.edge_length_m.sum() == pytest.approx(
            SQUARE.network.edge_length_m.sum() - 30, abs=3
        )
        assert seconds(closed, SQUARE, "A", "B") == pytest.approx(27 * M / SPEED, abs=0.01)

    def test_across_a_street(self) -> None:
        across = line(SQUARE, ("A", 40, -9), ("A", 40, 9))
        closed = edit_network(SQUARE.network, [Closure(line=across)])
        assert seconds(closed, SQUARE, "A", "B") == pytest.approx(27 * M / SPEED, abs=0.01)
        assert closed.edge_length_m.sum() == pytest.approx(SQUARE.network.edge_length_m.sum())

    def test_a_line_along_one_street_leaves_those_it_passes(self) -> None:
        plan = sketch(
            """
               D
               |
            A--B--C
               |
               E
            """
        )
        closed = edit_network(plan.network, [Closure(line=line(plan, "A", "B", "C"))])
        assert closed.n_edges == 2
        assert seconds(closed, plan, "D", "E") == seconds(plan.network, plan, "D", "E")

    @pytest.mark.parametrize(
        ("closed_to", "stopped", "passing"),
        [
            ("wheels", ("pushchair", "wheelchair"), ("adult", "frail")),
            ("wheelchair", ("wheelchair",), ("pushchair", "adult")),
        ],
    )
    def test_to_some_walkers(
        self, closed_to: str, stopped: tuple[str, ...], passing: tuple[str, ...]
    ) -> None:
        edit = Closure(line=line(SQUARE, "A", "B"), closed_to=closed_to)
        closed = edit_network(SQUARE.network, [edit])
        for walker in stopped:
            assert seconds(closed, SQUARE, "D", "B", walker) > (
                seconds(SQUARE.network, SQUARE, "D", "B", walker) + 1
            )
        for walker in passing:
            assert seconds(closed, SQUARE, "D", "B", walker) == (
                seconds(SQUARE.network, SQUARE, "D", "B", walker)
            )

    def test_to_visitors(self) -> None:
        edit = Closure(line=line(SQUARE, ("A", 30, 0), ("A", 60, 0)), closed_to="visitors")
        closed = edit_network(SQUARE.network, [edit])
        resident = Walker("resident", 1.2, enters_private=True)
        assert seconds(closed, SQUARE, "A", "B", resident) == pytest.approx(70, abs=0.01)
        assert seconds(closed, SQUARE, "A", "B") == pytest.approx(270, abs=0.01)

    def test_everything(self) -> None:
        ring = line(SQUARE, "A", "B", "C", "F", "E", "D", "A")
        with pytest.raises(EditError) as caught:
            edit_network(SQUARE.network, [Closure(line=ring)])
        assert_speaks(caught.value, "every street")

    def test_off_all_streets(self) -> None:
        with pytest.raises(EditError) as caught:
            edit_network(SQUARE.network, [Closure(line=line(SQUARE, ("A", 20, 40), ("A", 50, 90)))])
        assert_speaks(caught.value, "Edit 1", "draw it on the street")

    def test_an_unknown_way(self) -> None:
        with pytest.raises(EditError) as caught:
            edit_network(SQUARE.network, [Closure(way=99)])
        assert_speaks(caught.value, "no way 99")


class TestLink:
    def test_across_the_square(self) -> None:
        linked = edit_network(SQUARE.network, [Link(line(SQUARE, "B", "E"))])
        assert seconds(linked, SQUARE, "B", "E") == pytest.approx(3 * M / SPEED, abs=0.01)
        assert linked.n_edges == SQUARE.network.n_edges + 1
        frame = linked.edges_frame()
        assert frame.evidence.value_counts().to_dict() == {
            "mapped": SQUARE.network.n_edges,
            "hand-drawn": 1,
        }

    def test_its_ends_cut_streets(self) -> None:
        edit = Link(line(SQUARE, ("A", 24, -5), ("D", 24, 5)), name="横巷")
        linked = edit_network(SQUARE.network, [edit])
        assert linked.n_edges == SQUARE.network.n_edges + 3
        assert linked.n_nodes == SQUARE.network.n_nodes + 2
        assert seconds(linked, SQUARE, "A", "D") == seconds(SQUARE.network, SQUARE, "A", "D")
        start, end = SQUARE.at("A", east=24), SQUARE.at("D", east=24)
        walk = circle.route(linked, start, end)
        assert walk.length_m == pytest.approx(3 * M, abs=0.01)
        assert [leg.street for leg in walk.legs] == ["横巷"]

    def test_it_equals_the_map_that_has_it(self) -> None:
        with_bridge = sketch(
            """
            A------B------C
            |      |      |
            |      |      |
            D------E------F
            """,
            BE={"highway": "footway", "bridge": "yes"},
        )
        drawn = edit_network(SQUARE.network, [Link(line(SQUARE, "B", "E"), kind="bridge")])
        for start in "ABCDEF":
            for end in "ABCDEF":
                for walker in WALKERS:
                    assert seconds(drawn, SQUARE, start, end, walker) == seconds(
                        with_bridge.network, with_bridge, start, end, walker
                    )

    def test_steps_stop_wheels_and_take_their_seconds(self) -> None:
        edit = Link(line(SQUARE, "B", "E"), kind="steps", n_steps=40)
        linked = edit_network(SQUARE.network, [edit])
        expected = 3 * M / 0.65 + 40 * 1.0 + math.ceil(40 / 18) * 10
        assert seconds(linked, SQUARE, "B", "E", "frail") == pytest.approx(expected, abs=0.01)
        assert seconds(linked, SQUARE, "B", "E", "wheelchair") == seconds(
            SQUARE.network, SQUARE, "B", "E", "wheelchair"
        )

    def test_a_footbridge_over_rails_and_water(self) -> None:
        plan = sketch(
            """
            A----B
            ~~~~~~
            ======
            C----D
            """,
            CD={"highway": "footway"},
        )
        assert math.isinf(seconds(plan.network, plan, "A", "C"))
        linked = edit_network(plan.network, [Link(line(plan, "B", "D"), kind="bridge")])
        assert seconds(linked, plan, "A", "C") == pytest.approx(13 * M / SPEED, abs=0.01)
        # Ground along the bridge is reached over the water, and the far bank's streets.
        before, after = (
            circle.isochrones(net, plan.at("B"), metres=100).geometry[0]
            for net in (plan.network, linked)
        )
        middle = place(*np.add(plan.xy("B"), plan.xy("D")) / 2)
        assert not before.contains(shapely.Point(middle))
        assert after.contains(shapely.Point(middle))
        assert after.area > before.area

    def test_drawn_and_closed_again_nothing_changed(self) -> None:
        course = line(SQUARE, ("A", 24, -5), ("D", 24, 5))
        back = edit_network(SQUARE.network, [Link(course), Closure(line=course)])
        assert back.n_nodes == SQUARE.network.n_nodes
        assert back.n_edges == SQUARE.network.n_edges
        for start in "ABCDEF":
            for end in "ABCDEF":
                assert seconds(back, SQUARE, start, end) == seconds(
                    SQUARE.network, SQUARE, start, end
                )

    def test_a_closure_does_not_close_what_is_drawn_later(self) -> None:
        course = line(SQUARE, "B", "E")
        closure = Closure(line=line(SQUARE, "A", "B", "C"))
        with_link = edit_network(SQUARE.network, [Link(course), closure, Link(course)])
        assert with_link.n_edges == SQUARE.network.n_edges
        assert (with_link.edge_flags & 4096 > 0).sum() == 2

    def test_residents_only(self) -> None:
        linked = edit_network(SQUARE.network, [Link(line(SQUARE, "B", "E"), residents_only=True)])
        resident = Walker("resident", 1.2, enters_private=True)
        assert seconds(linked, SQUARE, "B", "E", resident) == pytest.approx(30, abs=0.01)
        assert seconds(linked, SQUARE, "B", "E") == seconds(SQUARE.network, SQUARE, "B", "E")

    def test_far_from_streets(self) -> None:
        with pytest.raises(EditError) as caught:
            edit_network(SQUARE.network, [Link(line(SQUARE, "A", ("A", 0, 90)))])
        assert_speaks(caught.value, "Edit 1", "30 m")

    def test_back_to_where_it_began(self) -> None:
        with pytest.raises(EditError) as caught:
            edit_network(SQUARE.network, [Link(line(SQUARE, "B", ("B", 5, 5), ("B", 0.5, 0)))])
        assert_speaks(caught.value, "where it begins")

    def test_what_does_not_fit_may_be_left_out(self) -> None:
        edits: list[Edit] = [Closure(way=99), Link(line(SQUARE, "B", "E"))]
        refused: list[tuple[int, EditError]] = []
        linked = edit_network(SQUARE.network, edits, refused=refused)
        assert [number for number, _ in refused] == [1]
        assert linked.provenance.n_edits == 1


YARD = sketch(
    """
    A--G--P--Q
    |        |
    B--------C
    """,
    GP={"highway": "service", "access": "private"},
    PQ={"highway": "service", "access": "private"},
    G={"barrier": "gate", "access": "private"},
)
"""A compound's way with a gate at G and a way out at Q."""


class TestGate:
    def around(self, network: WalkNetwork) -> float:
        return seconds(network, YARD, "A", "Q")

    def test_closed_before(self) -> None:
        assert self.around(YARD.network) == pytest.approx(130, abs=0.01)

    def test_opened_to_all_lets_into_the_yard_but_not_out_at_the_other_end(self) -> None:
        opened = edit_network(YARD.network, [Gate(*YARD.at("G"))])
        # Two passages of a millisecond at the gate.
        assert seconds(opened, YARD, "A", "P") == pytest.approx(60, abs=0.01)
        assert math.isclose(self.around(opened), 130, abs_tol=0.01)

    def test_both_gates_opened_lead_through(self) -> None:
        opened = edit_network(YARD.network, [Gate(*YARD.at("G")), Gate(*YARD.at("Q"))])
        assert self.around(opened) == pytest.approx(90, abs=0.01)
        assert not (opened.edge_flags & 2).any()

    def test_a_compound_given_by_its_outline(self) -> None:
        west, north = YARD.xy("G", east=6, north=8)
        east, south = YARD.xy("Q", east=-6, north=-8)
        corners = [(west, north), (east, north), (east, south), (west, south)]
        yard = shapely.Polygon([place(*corner) for corner in corners])
        one = Gate(*YARD.at("G"), compound=yard)
        opened = edit_network(YARD.network, [one])
        assert seconds(opened, YARD, "A", "P") == pytest.approx(60, abs=0.01)
        assert self.around(opened) == pytest.approx(130, abs=0.01)
        both = edit_network(YARD.network, [one, Gate(*YARD.at("Q"), compound=yard)])
        assert self.around(both) == pytest.approx(90, abs=0.01)

    def test_at_hours_counts_as_guessed(self) -> None:
        gates = [
            Gate(*YARD.at(letter), opens="hours", hours="Mo-Su 06:00-22:00") for letter in "GQ"
        ]
        opened = edit_network(YARD.network, gates)
        assert self.around(opened) == pytest.approx(90, abs=0.01)
        assert opened.edges_frame().is_guessed.sum() == 2

    def test_a_gate_for_residents_across_a_street(self) -> None:
        edit = Gate(*SQUARE.at("A", east=40), opens="residents")
        gated = edit_network(SQUARE.network, [edit])
        assert seconds(gated, SQUARE, "A", "B") == pytest.approx(270, abs=0.01)
        resident = Walker("resident", 1.2, enters_private=True)
        assert seconds(gated, SQUARE, "A", "B", resident) == pytest.approx(70, abs=0.01)

    def test_a_wall_across_a_way_is_opened(self) -> None:
        plan = sketch("A---W---B", W={"barrier": "wall"}, m_per_char=300)
        assert math.isinf(seconds(plan.network, plan, "A", "B"))
        opened = edit_network(plan.network, [Gate(*plan.at("W", north=3))])
        assert seconds(opened, plan, "A", "B") == pytest.approx(2400 / SPEED, abs=0.01)

    def test_a_wall_between_streets(self) -> None:
        plan = sketch(
            """
            A-----B
            =======
            C-----D
            """,
            m_per_char=40,
            AB={"highway": "residential"},
            rail={"railway": "rail"},
        )
        assert math.isinf(seconds(plan.network, plan, "B", "D"))
        opened = edit_network(plan.network, [Gate(*plan.at("B", north=-40, east=-20))])
        assert seconds(opened, plan, "B", "D") == pytest.approx(120 / SPEED, abs=0.02)

    def test_nowhere(self) -> None:
        with pytest.raises(EditError) as caught:
            edit_network(SQUARE.network, [Gate(*SQUARE.at("A", north=200))])
        assert_speaks(caught.value, "both sides")

    def test_of_a_compound_whose_ways_nobody_drew(self) -> None:
        plan = sketch("A----------B", m_per_char=20)
        corners = [
            plan.at("A", east=e, north=n) for e, n in ((50, 5), (150, 5), (150, 90), (50, 90))
        ]
        gate = Gate(*plan.at("A", east=100, north=5), compound=shapely.Polygon(corners))
        edited = edit_network(plan.network, [gate])
        assert seconds(edited, plan, "A", "B") == seconds(plan.network, plan, "A", "B")


class TestDownstream:
    EDITS: tuple[Edit, ...] = (
        Link(line(SQUARE, ("A", 24, -5), ("D", 24, 5)), kind="bridge", name="天桥"),
        Closure(line=line(SQUARE, "B", "C")),
    )

    def test_provenance_tells(self) -> None:
        edited = edit_network(SQUARE.network, self.EDITS)
        told = edited.provenance.as_dict()
        assert told["n_edits"] == 2
        assert len(told["edits_sha256"]) == 64
        assert "n_edits" not in SQUARE.network.provenance.as_dict()
        again = edit_network(SQUARE.network, self.EDITS)
        assert again.provenance == edited.provenance
        more = edit_network(edited, [Link(line(SQUARE, "B", "E"))])
        assert more.provenance.n_edits == 3
        assert more.provenance.edits_sha256 != edited.provenance.edits_sha256

    def test_saved_and_opened(self, tmp_path: Path) -> None:
        edited = edit_network(SQUARE.network, self.EDITS)
        opened = load_network(save_network(edited, tmp_path / "edited.circle"))
        assert opened.provenance == edited.provenance
        assert circle.isochrone_geojson(opened, SQUARE.at("A"), minutes=2) == (
            circle.isochrone_geojson(edited, SQUARE.at("A"), minutes=2)
        )

    def test_searched_both_ways(self) -> None:
        edited = edit_network(SQUARE.network, self.EDITS)
        everywhere = [SQUARE.at(letter) for letter in "ABCDEF"]
        there = circle.travel_times(edited, everywhere, everywhere[:2], minutes=60)
        back = circle.travel_times(edited, everywhere[:2], everywhere, minutes=60)
        assert there.time_s.to_numpy().reshape(6, 2) == pytest.approx(
            back.time_s.to_numpy().reshape(2, 6).T
        )


class TestFiles:
    def test_what_is_written_is_read(self, tmp_path: Path) -> None:
        yard = shapely.box(7.41, 43.72, 7.42, 43.73)
        edits: list[Edit] = [
            Closure(way=12, note="塌方"),
            Closure(line=line(SQUARE, "A", "B"), closed_to="wheels"),
            Link(line(SQUARE, "B", "E"), kind="steps", name="石阶", n_steps=30),
            Link(line(SQUARE, "B", "E"), residents_only=True, note="asked"),
            Gate(7.415, 43.72, compound=yard, name="东门"),
            Gate(7.415, 43.72, opens="hours", hours="Mo-Su 06:00-22:00"),
            Gate(7.415, 43.72, opens="residents"),
        ]
        path = tmp_path / "edits.geojson"
        path.write_text(write_edits(edits), encoding="utf-8")
        assert read_edits(path) == tuple(edits)

    @pytest.mark.parametrize(
        ("properties", "geometry", "parts"),
        [
            ({}, None, ("edit", "closure, link, gate")),
            ({"edit": "tunnel"}, None, ("'tunnel'",)),
            ({"edit": "closure"}, None, ("one of the two",)),
            ({"edit": "closure", "way": "7"}, None, ("way", "'7'")),
            ({"edit": "closure", "way": 7, "closed_to": "dogs"}, None, ("dogs", "wheels")),
            ({"edit": "link", "speed": 3}, None, ("speed", "n_steps")),
            ({"edit": "link"}, None, ("LineString",)),
            ({"edit": "link"}, {"type": "LineString", "coordinates": [[1, 2]]}, ("geometry",)),
            (
                {"edit": "link"},
                {"type": "LineString", "coordinates": [[1, 2], [1, 2]]},
                ("length",),
            ),
            (
                {"edit": "link"},
                {"type": "LineString", "coordinates": [[43, 97], [43, 98]]},
                ("swap",),
            ),
            ({"edit": "gate"}, {"type": "LineString", "coordinates": [[1, 2], [1, 3]]}, ("point",)),
            (
                {"edit": "gate", "opens": "hours"},
                {"type": "Point", "coordinates": [1, 2]},
                ("hours",),
            ),
            (
                {"edit": "gate", "opens": "hours", "hours": "early"},
                {"type": "Point", "coordinates": [1, 2]},
                ("'early'", "Mo-Su"),
            ),
        ],
    )
    def test_what_is_wrong_is_told_by_its_number(
        self, tmp_path: Path, properties: object, geometry: object, parts: tuple[str, ...]
    ) -> None:
        right = {"type": "Feature", "properties": {"edit": "closure", "way": 7}, "geometry": None}
        wrong = {"type": "Feature", "properties": properties, "geometry": geometry}
        path = tmp_path / "edits.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [right, wrong]}))
        with pytest.raises(EditError) as caught:
            read_edits(path)
        assert_speaks(caught.value, "Feature 2 of edits.geojson", *parts)

    @pytest.mark.parametrize("text", ["", "[]", "{", '{"features": 3}'])
    def test_no_geojson(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "edits.geojson"
        path.write_text(text)
        with pytest.raises(EditError) as caught:
            read_edits(path)
        assert_speaks(caught.value, "edits.geojson")

    def test_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(EditError) as caught:
            read_edits(tmp_path / "none.geojson")
        assert_speaks(caught.value, "none.geojson")
