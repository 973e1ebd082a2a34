"""The one file in Firefox: everything a resident does with it, and the same milliseconds."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

import circle
from circle.guide.pack import pack_for_guide, unpack_network
from circle.routing import cost_matrix
from circle.snapping import snap
from circle.study import Study, build_study, read_study, walks_from
from circle.units import make_budget
from circle.walkers import WALKERS

from .bidi import Firefox, find_firefox, firefox

pytestmark = pytest.mark.slow

N_HOMES = 40


@pytest.fixture(scope="module")
def fox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    binary = find_firefox()
    if binary is None:
        pytest.skip("no Firefox: apt install firefox-esr, or name one in FIREFOX")
    with firefox(binary, tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, Path]:
    result = build_study(read_study("shanzishi"), tmp_path_factory.mktemp("maps"))
    return result.study, result.guide


@pytest.fixture(params=[(1280, 800), (360, 740)], ids=["desk", "phone"])
def opened(request: pytest.FixtureRequest, fox: Firefox, built: tuple[Study, Path]) -> Firefox:
    fox.size(*request.param)
    fox.open(built[1])
    return fox


def assert_quiet(fox: Firefox) -> None:
    fox.run("new Promise(done => setTimeout(() => done(1), 100))")
    assert fox.requests == []
    assert fox.faults == []


def entries(fox: Firefox, within: str = "#list") -> list[str]:
    found: list[str] = fox.run(
        f"[...document.querySelectorAll('{within} .entry')].map(e => e.dataset.id)"
    )
    return found


def tap(fox: Firefox, lon: float, lat: float) -> tuple[float, float]:
    """Tap the map where a position is; return the home that became of it."""
    x, y = fox.run(
        f"(() => {{ scrollTo(0, 0); const map = circleGuide.map;"
        f" map.setView([{lat}, {lon}], 17, {{ animate: false }});"
        " const box = map.getContainer().getBoundingClientRect();"
        " return [box.x + box.width / 2, box.y + box.height / 2]; })()"
    )
    fox.click_at(x, y)
    fox.wait("document.querySelector('.home-pin') !== null")
    fox.wait("document.querySelector('#home').getAttribute('aria-busy') === 'false'")
    spot = fox.run("(({ lng, lat }) => [lng, lat])(circleGuide.homeMarker.getLatLng())")
    return round(spot[0], 6), round(spot[1], 6)


def test_it_opens_without_a_request_or_a_fault(opened: Firefox, built: tuple[Study, Path]) -> None:
    content = built[0].content
    assert len(entries(opened)) == len(content.places) + len(content.unplaced)
    assert opened.run("document.querySelectorAll('.pin').length") > 5
    assert opened.run("document.documentElement.scrollWidth <= window.innerWidth")
    inked = """(() => {
      const tile = document.querySelector('.leaflet-tile-loaded');
      const data = tile.getContext('2d').getImageData(0, 0, tile.width, tile.height).data;
      const seen = new Set();
      for (let i = 0; i < data.length; i += 404) seen.add(data[i] + ' ' + data[i + 1]);
      return seen.size;
    })()"""
    assert opened.run(inked) > 3
    assert_quiet(opened)


def test_search_and_chips(opened: Firefox, built: tuple[Study, Path]) -> None:
    content = built[0].content
    opened.run("(document.querySelector('#search').focus(), 1)")
    wanted = content.places[0]
    opened.type(wanted.initials[:3])
    opened.wait(f"document.querySelectorAll('#list .entry').length < {len(content.places)}")
    assert wanted.facility_id in entries(opened)
    opened.run("(e => { e.value = ''; e.dispatchEvent(new Event('input')); return 1; })"
               "(document.querySelector('#search'))")  # fmt: skip
    opened.click(".chip[data-class=health]")
    own = [p.facility_id for p in (*content.places, *content.unplaced) if p.category == "health"]
    opened.wait(f"document.querySelectorAll('#list .entry').length === {len(own)}")
    assert sorted(entries(opened)) == sorted(own)
    opened.click(".chip[data-class=all]")
    assert len(entries(opened)) == len(content.places) + len(content.unplaced)
    assert_quiet(opened)


def test_a_home_its_rings_the_list_and_the_way(opened: Firefox, built: tuple[Study, Path]) -> None:
    study, _ = built
    center = study.config.center
    home = circle.LonLat(*tap(opened, center[0] - 0.0023, center[1] - 0.0021))
    assert opened.run("circleGuide.rings.rings.map(ring => ring.budget)") == [5, 10, 15]
    doors = [
        shapely.MultiPoint(
            [(door.lon or 0.0, door.lat or 0.0) for door in place.entrances or (place,)]
        )
        for place in study.content.places
    ]
    points = geopandas.GeoSeries(doors, crs="EPSG:4326")
    walks = walks_from(study.network, home, points, minutes=60)
    times = dict(zip((p.facility_id for p in study.content.places), walks.time_s, strict=True))
    want = sorted((key for key in times if times[key] <= 900), key=times.__getitem__)
    assert entries(opened, ".near") == want
    shown = opened.run(
        "[...document.querySelectorAll('#list .walk b')]"
        ".map(e => [e.closest('.entry').dataset.id, +e.textContent])"
    )
    told = {key: math.ceil(time) for key, time in ((k, times[k] / 60) for k in times)
            if math.isfinite(time)}  # fmt: skip
    assert dict(shown) == told
    opened.click(f".entry[data-id='{want[3]}']")
    opened.click(".route-button")
    opened.wait("document.querySelectorAll('.legs li').length > 0")
    assert str(told[want[3]]) in opened.run("document.querySelector('.route-total').textContent")
    assert_quiet(opened)


def test_the_other_language(opened: Firefox) -> None:
    before = opened.run("document.documentElement.lang")
    opened.click("#language")
    after = opened.run("document.documentElement.lang")
    assert {before, after} == {"zh-CN", "en"}
    assert opened.run("document.querySelector('#list .section-count').textContent.length") > 0
    opened.click("#language")
    assert opened.run("document.documentElement.lang") == before
    assert_quiet(opened)


@pytest.mark.parametrize("walker", ["adult", "wheelchair"])
def test_milliseconds_are_pythons(fox: Firefox, built: tuple[Study, Path], walker: str) -> None:
    study, path = built
    fox.open(path)
    packed, home = unpack_network(pack_for_guide(study.network, study.content).data)
    rng = np.random.default_rng(4)
    homes = [
        (round(lon, 6), round(lat, 6))
        for lon, lat in zip(
            rng.uniform(home.west, home.east, N_HOMES).tolist(),
            rng.uniform(home.south, home.north, N_HOMES).tolist(),
            strict=True,
        )
    ]
    places = [(place.lon, place.lat) for place in study.content.places]
    got = fox.run(
        f"""(([homes, places, key]) => {{
          const walk = circleGuide.data.walk;
          const net = circleGuide.unpackNetwork(walk.network);
          const kernel = circleGuide.openKernel(net, walk.walkers);
          const who = kernel.walkers[key];
          const ends = places.map(spot => kernel.snap(spot[0], spot[1], who, true));
          return homes.map(home => {{
            const start = kernel.snap(home[0], home[1], who, false);
            if (!start) return places.map(() => 2147483647);
            const found = kernel.search(start, key, 3600000);
            return ends.map(end => kernel.timeTo(found, end));
          }});
        }})({json.dumps([homes, places, walker])})"""
    )
    who = WALKERS[walker]
    starts = snap(packed, *packed.frame.to_xy(*np.array(homes).T), who)
    ends = snap(packed, *packed.frame.to_xy(*np.array(places).T), who, is_visited=True)
    want = cost_matrix(packed, starts, ends, make_budget(minutes=60), who)
    assert (want < 3_600_001).sum() > 300
    np.testing.assert_array_equal(np.array(got), want)
