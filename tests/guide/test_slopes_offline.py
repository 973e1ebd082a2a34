"""A page with slopes reckons uphill and downhill as Python does, to the millisecond."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sketch import sketch

import circle
from circle.geometry import Bounds
from circle.guide.pack import pack_network, unpack_network
from circle.guide.page_assets import ASSETS, CARRIED_SCRIPTS, FIRST_SCRIPT
from circle.guide.web import walkers_data
from circle.kernel import UNREACHED
from circle.routing import cost_matrix
from circle.snapping import snap
from circle.units import make_budget
from circle.walkers import WALKERS

OPEN = """([text, walkers]) => { window.kernel =
  circleGuide.openKernel(circleGuide.unpackNetwork(text), walkers); }"""
SEARCH = """([homes, places, key]) => {
  const kernel = window.kernel, walker = kernel.walkers[key];
  const ends = places.map(spot => kernel.snap(spot[0], spot[1], walker, true));
  return JSON.stringify(homes.map(home => {
    const start = kernel.snap(home[0], home[1], walker, false);
    if (!start) return places.map(() => 2147483647);
    const found = kernel.search(start, key, 1800000);
    return ends.map(end => kernel.timeTo(found, end));
  }));
}"""
TOWN = Bounds(11.555, 49.975, 11.60, 49.99)


@pytest.fixture(scope="module")
def hilly(extracts: Path) -> circle.WalkNetwork:
    tiles = [extracts / "N49E011.hgt.zip", extracts / "N50E011.hgt.zip"]
    return circle.read_streets(extracts / "north-bayreuth.osm.gz", dem=tiles)


def test_the_page_goes_uphill_as_python_does(hilly: circle.WalkNetwork, browser: Any) -> None:
    pack = pack_network(hilly, TOWN, 2000.0)
    packed, _ = unpack_network(pack.data)
    rng = np.random.default_rng(3)
    inside = np.flatnonzero((packed.edge_length_m > 0) & np.isfinite(packed.edge_length_m))
    points = packed.edge_first_point[rng.choice(inside, 300)]
    lon, lat = packed.frame.to_lonlat(packed.point_x_m[points], packed.point_y_m[points])
    spots = [
        (round(float(a), 6), round(float(b), 6))
        for a, b in zip(lon, lat, strict=True)
        if TOWN.contains(circle.LonLat(a, b))
    ]
    homes, places = spots[:40], spots[40:80]
    assert len(places) > 20
    page = browser.new_context(offline=True).new_page()
    for name in (FIRST_SCRIPT, *CARRIED_SCRIPTS):
        page.add_script_tag(content=(ASSETS / name).read_text(encoding="utf-8"))
    page.evaluate(OPEN, [pack.text, walkers_data(WALKERS)])
    n_slower = 0
    for key in ("adult", "wheelchair"):
        got = np.array(json.loads(page.evaluate(SEARCH, [homes, places, key])))
        who = WALKERS[key]
        starts = snap(packed, *packed.frame.to_xy(*np.array(homes).T), who)
        ends = snap(packed, *packed.frame.to_xy(*np.array(places).T), who, is_visited=True)
        want = cost_matrix(packed, starts, ends, make_budget(minutes=30), who)
        np.testing.assert_array_equal(got, want)
        back = cost_matrix(packed, ends, starts, make_budget(minutes=30), who).T
        n_slower += int(((want != back) & (want < UNREACHED)).sum())
    assert n_slower > 100
    page.context.close()


def test_a_pack_keeps_paces_and_what_is_steep(hilly: circle.WalkNetwork) -> None:
    packed, _ = unpack_network(pack_network(hilly, hilly.bounds, 9_000.0).data)
    assert packed.has_heights
    assert packed.n_edges == hilly.n_edges

    def facts(network: circle.WalkNetwork) -> list[tuple[int, int, bool]]:
        is_steep = (network.edge_flags & 8192) != 0
        pace = np.sort(network.edge_pace, axis=1).tolist()
        return sorted((a, b, c) for (a, b), c in zip(pace, is_steep.tolist(), strict=True))

    assert facts(packed) == facts(hilly)


def test_without_heights_the_pack_is_the_one_without_slopes() -> None:
    plan = sketch("A---B---C")
    pack = pack_network(plan.network, plan.network.bounds, 500.0)
    assert not unpack_network(pack.data)[0].has_heights
