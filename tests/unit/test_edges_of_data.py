"""What data do not say is not made up: where they end, when they were made, whose they are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sketch import sketch

from circle.errors import StreetsError
from circle.geometry import Bounds, LonLat
from circle.isochrone import isochrones
from circle.network import MAX_KNOWN_COSTS, WalkNetwork
from circle.network_build import build_network
from circle.provenance import Provenance
from circle.routing import travel_times
from circle.snapping import snap
from circle.streets import read_streets, straight_street
from circle.streets_table import StreetTableBuilder
from circle.walkers import WALKERS, Walker

UNKNOWN = Provenance("drawn", None, None, None, "")


def test_no_shortcut_through_a_compound_in_any_part_of_town() -> None:
    # A block of 600 m by 240 m with a gated road through its middle; far away and not joined to
    # it, a longer street. The way round is 300 + 240 + 300 m, whichever part is the longest.
    plan = sketch(
        """
        A----B----C
        |    |    |
        |    |    |
        |    |    |
        D----E----F

        X--------------------------------------------------------------Y
        """,
        m_per_char=60,
        BE={"highway": "service", "access": "private"},
    )
    times = travel_times(plan.network, plan.at("B"), plan.at("E"), metres=2000)
    assert times.distance_m[0] == pytest.approx(300 + 240 + 300, abs=0.01)


def _town(highway: str, other: dict[str, str] | None) -> WalkNetwork:
    """Return a street of 400 m in the middle of wide data, which another may go on from."""
    builder = StreetTableBuilder()
    builder.add_way(1, [1, 2], [0.0, 0.0036], [0.0, 0.0], {"highway": highway})
    if other is not None and not builder.add_way(2, [2, 3], [0.0036, 0.0072], [0, 0], other):
        builder.add_closed_road([2, 3])
    return build_network(builder.finish(UNKNOWN, bounds=Bounds(-0.1, -0.1, 0.1, 0.1)))


@pytest.mark.parametrize(
    ("highway", "other", "is_cut"),
    [
        ("primary", None, True),  # a main road does not end nowhere
        ("residential", None, False),  # a cul-de-sac does
        ("primary", {"highway": "motorway"}, False),  # it goes on, if not for feet
    ],
)
def test_main_roads_end_where_the_data_do(
    highway: str, other: dict[str, str] | None, is_cut: bool
) -> None:
    network = _town(highway, other)
    east = network.node_x_m.argmax()
    assert bool(network.node_is_cut[east]) is is_cut
    found = isochrones(network, LonLat(0.0030, 0.0), minutes=2)
    assert bool(found.is_cut[0]) is is_cut


def test_a_file_without_timestamps_has_no_date(tmp_path: Path) -> None:
    path = tmp_path / "undated.osm"
    path.write_text(
        '<osm version="0.6"><node id="1" lat="0" lon="0"/><node id="2" lat="0" lon="0.01"/>'
        '<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="footway"/></way></osm>'
    )
    assert read_streets(path).provenance.data_date is None


def _geojson(path: Path, coordinates: list[list[float]], **members: object) -> Path:
    street = {
        "type": "Feature",
        "properties": {"highway": "footway"},
        "geometry": {"type": "LineString", "coordinates": coordinates},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [street], **members}))
    return path


def test_a_geojson_says_itself_whose_it_is(tmp_path: Path) -> None:
    line = [[0.0, 0.0], [0.01, 0.0]]
    silent = read_streets(_geojson(tmp_path / "a.geojson", line)).provenance
    assert (silent.licence, silent.attribution, silent.data_date) == (None, "", None)
    said = read_streets(
        _geojson(
            tmp_path / "b.geojson", line,
            licence="CC0-1.0", attribution="City of X", data_date="2024-05-06",
        )
    ).provenance  # fmt: skip
    assert (said.licence, said.attribution) == ("CC0-1.0", "City of X")
    assert said.data_date == "2024-05-06"
    odd = read_streets(_geojson(tmp_path / "c.geojson", line, data_date=20240506)).provenance
    assert odd.data_date is None


def test_streets_of_no_length_are_none(tmp_path: Path) -> None:
    with pytest.raises(StreetsError, match="one point"):
        read_streets(_geojson(tmp_path / "a.geojson", [[1.0, 1.0], [1.0, 1.0]]))


def test_data_across_the_180th_meridian_are_refused(tmp_path: Path) -> None:
    path = _geojson(tmp_path / "a.geojson", [[179.99, -17.0], [-179.99, -17.0]])
    with pytest.raises(StreetsError, match="180"):
        read_streets(path)


def test_rings_do_not_jump_at_the_180th_meridian() -> None:
    street = straight_street(length_m=400, lon=179.997, lat=-17)
    found = isochrones(street, LonLat(179.997, -17), minutes=5)
    west, _, east, _ = found.total_bounds
    assert 179.99 < west < east < 180.01
    assert found.is_valid.all()


def test_a_ring_does_not_depend_on_larger_ones(extracts: Path) -> None:
    network = read_streets(extracts / "monaco_2023.osm.pbf")
    home = LonLat(7.4205, 43.7345)
    alone = isochrones(network, home, minutes=15)
    among = isochrones(network, home, minutes=(15, 60, 120))
    assert among.geometry[0].equals_exact(alone.geometry[0], 1e-7)
    assert among.is_valid.all()
    for smaller, larger in ((0, 1), (1, 2)):
        rest = among.geometry[smaller].difference(among.geometry[larger].buffer(1e-9))
        assert rest.is_empty


def test_who_stands_above_a_tunnel_is_not_in_it() -> None:
    plan = sketch(
        """
        A-----B
        P
        C-----------D
        """,
        m_per_char=10,
        AB={"highway": "residential", "tunnel": "yes"},
    )
    # P lies 10 m from both; a little nearer to the tunnel it still belongs to the street.
    x, y = plan.xy("P", east=20, north=3)
    found = snap(plan.network, np.array([x]), np.array([y]), WALKERS["adult"])
    assert found.edge[0] == plan.edge("CD")


def test_invented_speeds_make_room_for_each_other() -> None:
    street = straight_street(length_m=100)
    for k in range(3 * MAX_KNOWN_COSTS):
        street.costs(Walker.for_speed(0.5 + k / 100), "min")
    assert len(street._costs) == MAX_KNOWN_COSTS
