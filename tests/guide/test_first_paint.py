"""
How soon somebody sees the page, and how soon it answers a tap.

Seconds are held by tests marked ``timed``; those without the mark count the work instead: what
has to come before the first thing that can be painted, and that no step of the work is long.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from circle.geometry import LonLat
from circle.study import build_study, new_study, read_study

SERVED_SLOWNESS, TAP_SLOWNESS = 4, 6
FIRST_PAINT_MS, TAP_MS = 1500.0, 100.0
TRIES = 5
WATCH = """
window.seen = { lcp: 0, tasks: [] };
new PerformanceObserver(list => list.getEntries().forEach(e => { seen.lcp = e.startTime; }))
  .observe({ type: 'largest-contentful-paint', buffered: true });
new PerformanceObserver(list => list.getEntries().forEach(e => seen.tasks.push(e.duration)))
  .observe({ type: 'longtask', buffered: true });
"""
# From the tap until rings, counts and the first screen of the list stand, and until the frame
# with them has been painted.
TAP = """([lon, lat]) => new Promise(done => {
  let begun = 0;
  const list = document.getElementById('list'), home = document.getElementById('home');
  const look = () => {
    if (home.getAttribute('aria-busy') !== 'false' || !list.querySelector('.near .entry')) return;
    watcher.disconnect();
    const rings = document.querySelectorAll('.leaflet-overlay-pane path').length;
    const standing = performance.now() - begun;
    requestAnimationFrame(() => setTimeout(
      () => done({ standing, painted: performance.now() - begun, rings }), 0));
  };
  const watcher = new MutationObserver(look);
  watcher.observe(document.body, { subtree: true, childList: true, attributes: true });
  begun = performance.now();
  circleGuide.map.fire('click', { latlng: L.latLng(lat, lon) });
})"""
# All that is reckoned of a home and nothing that is drawn: minutes and metres of every place, the
# rings, and the way to one place.
COMPUTE = """([lng, lat]) => {
  const walks = circleGuide.walks, kernel = walks.kernel, begun = performance.now();
  const answer = circleGuide.drain(walks.reckoning({ lng, lat }, 'adult'));
  const start = walks.start(kernel, { lng, lat }, 'adult');
  const found = kernel.search(start, 'adult', 7200000);
  const end = walks.ends.adult.map(ends => kernel.nearestDoor(found, ends)).find(Boolean);
  const way = kernel.route(found, end);
  const spent = performance.now() - begun;
  if (!way.geometry.coordinates.length || answer.rings.length !== 3) throw new Error('no answer');
  return spent;
}"""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def monaco(extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("studies") / "monaco"
    new_study(folder, LonLat(7.4205, 43.7345), streets=extracts / "monaco_2023.osm.pbf")
    return folder


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a real server of a study."""
    study = request.param
    name = study if study == "shanzishi" else str(request.getfixturevalue(study))
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "circle.cli", "serve", name, "--port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(address, timeout=5).read(100)
                break
            except OSError:
                assert process.poll() is None, "the server ended"
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def visit(browser: Any, address: str, slowness: int) -> tuple[Any, dict[str, float]]:
    """Open a page on a slow phone; return it with its milliseconds."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, device_scale_factor=2, bypass_csp=True
    )
    page = context.new_page()
    page.add_init_script(WATCH)
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slowness})
    page.goto(address)
    page.wait_for_selector("html.ready", state="attached", timeout=120_000)
    found: dict[str, float] = page.evaluate(
        """() => ({
          paint: performance.getEntriesByName('first-contentful-paint')[0].startTime,
          largest: seen.lcp, ready: performance.now(), longest: Math.max(0, ...seen.tasks),
        })"""
    )
    return page, found


@pytest.mark.timed
@pytest.mark.parametrize("served", ["shanzishi", "monaco"], indirect=True)
def test_the_served_page_is_seen_within_a_second_and_a_half(browser: Any, served: str) -> None:
    paints: list[float] = []
    # Other work on this computer only ever makes it slower: the quickest of a few tries counts.
    while len(paints) < TRIES and min(paints, default=1e9) >= FIRST_PAINT_MS:
        page, found = visit(browser, served, SERVED_SLOWNESS)
        page.context.close()
        print({name: round(value) for name, value in found.items()})
        paints.append(found["paint"])
    assert min(paints) < FIRST_PAINT_MS


class Warm:
    """A page on a slow phone after its idle moments, and the time its main thread has spent."""

    def __init__(self, browser: Any, file: Path, center: tuple[float, float]) -> None:
        self.page, _ = visit(browser, file.as_uri(), TAP_SLOWNESS)
        self.page.wait_for_function("circleGuide.walks.isWarm", timeout=120_000)
        self._session = self.page.context.new_cdp_session(self.page)
        self._session.send("Performance.setTimeDomain", {"timeDomain": "threadTicks"})
        self._session.send("Performance.enable")
        self._center = center

    def cpu_ms(self) -> float:
        told = self._session.send("Performance.getMetrics")["metrics"]
        return 1000.0 * next(one["value"] for one in told if one["name"] == "TaskDuration")

    def ask(self, script: str) -> Iterator[tuple[Any, float]]:
        """Yield answers for homes around the centre, each with the main thread's milliseconds."""
        for k in range(3 * TRIES):
            self.page.wait_for_timeout(500)
            spot = [self._center[0] + 0.0003 * (k % 4), self._center[1] - 0.0003 * (k % 3)]
            before = self.cpu_ms()
            answer = self.page.evaluate(script, spot)
            yield answer, self.cpu_ms() - before


@pytest.fixture(params=["shanzishi", "monaco"])
def warm(request: pytest.FixtureRequest, browser: Any, tmp_path: Path) -> Iterator[Warm]:
    study = request.param
    name = study if study == "shanzishi" else request.getfixturevalue(study)
    built = build_study(read_study(name), tmp_path)
    opened = Warm(browser, built.guide, built.study.config.center)
    yield opened
    opened.page.context.close()


@pytest.mark.timed
def test_rings_minutes_and_route_are_reckoned_in_a_tenth_of_a_second(warm: Warm) -> None:
    found = list(warm.ask(COMPUTE))
    print("reckoned, wall:", sorted(round(wall) for wall, _ in found))
    print("reckoned, main thread:", sorted(round(cpu) for _, cpu in found))
    # Other work on this computer only ever makes it slower: the quickest counts.
    assert min(wall for wall, _ in found) < TAP_MS


@pytest.mark.timed
def test_a_tap_stands_in_the_page_in_a_tenth_of_a_second(warm: Warm) -> None:
    """
    From the tap until rings, list head and counts stand in the page.

    When their frame has been painted is told and held less strictly: this browser paints without
    a graphics card, and copies every tile of the map for each frame.
    """
    found = list(warm.ask(TAP))
    for key in ("standing", "painted"):
        print(f"{key}, wall:", sorted(round(answer[key]) for answer, _ in found))
    print("main thread, frame and all:", sorted(round(cpu) for _, cpu in found))
    assert all(answer["rings"] >= 4 for answer, _ in found)
    assert min(answer["standing"] for answer, _ in found) < TAP_MS
    assert min(answer["painted"] for answer, _ in found) < 3 * TAP_MS


def test_little_stands_before_what_can_be_painted_first(tmp_path: Path) -> None:
    html = build_study(read_study("shanzishi"), tmp_path).guide.read_text(encoding="utf-8")
    before, _, after = html.partition("<h1")
    # Styles and pictograms; no script, no data, no picture but Leaflet's own.
    assert len(before.encode()) < 90_000
    assert "<script" not in before
    assert after.index('id="search"') < after.index("<script")
    assert after.index('id="guide-data"') > after.index('id="list"')


def test_no_step_of_getting_ready_is_long(browser: Any, extracts: Path, monaco: Path,
                                          tmp_path: Path) -> None:  # fmt: skip
    built = build_study(read_study(monaco), tmp_path)
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(built.guide.as_uri())
    page.wait_for_selector("html.ready", state="attached")
    # Steps are counted, not timed: how many a whole answer is made of, from nothing.
    steps = page.evaluate(
        """() => {
          const walk = circleGuide.data.walk, steps = {};
          const count = (name, work) => {
            let n = 0, step = work.next();
            while (!step.done) { n += 1; step = work.next(); }
            steps[name] = n;
            return step.value;
          };
          const net = count('unpack', circleGuide.unpacking(walk.network));
          const kernel = count('open', circleGuide.openingKernel(net, walk.walkers));
          const who = kernel.walkers.adult, center = circleGuide.data.center;
          const ground = kernel.ground(who);
          const tiles = kernel.groundAround(who, center);
          count('tile', ground.laying(tiles[0][0], tiles[0][1]));
          const start = kernel.snap(center.lon, center.lat, who, false);
          const found = kernel.search(start, 'adult', 3600000);
          count('rings', kernel.drawing(found, [300000, 600000, 900000]));
          steps.edges = net.m;
          steps.segments = net.segments.length;
          return steps;
        }"""
    )
    context.close()
    assert steps["unpack"] > steps["edges"] / 128 + 10
    assert steps["open"] > 2 * steps["segments"] / 1024
    assert steps["tile"] >= 4
    assert steps["rings"] > 3


def test_a_long_list_is_set_in_steps_and_whole_in_the_end(
    browser: Any, monaco: Path, tmp_path: Path
) -> None:
    built = build_study(read_study(monaco), tmp_path)
    context = browser.new_context(viewport={"width": 360, "height": 740}, bypass_csp=True)
    page = context.new_page()
    page.goto(built.guide.as_uri())
    page.wait_for_selector("html.ready", state="attached")
    content = built.study.content
    n_listed = len(content.places) + len(content.unplaced)
    at_once = page.evaluate(
        """() => {
          window.first = document.querySelector('#list .entry');
          circleGuide.tell('filter');
          circleGuide.state.query = 'a';
          circleGuide.tell('filter');
          circleGuide.state.query = '';
          circleGuide.tell('filter');
          return document.querySelectorAll('#list .entry').length;
        }"""
    )
    assert 12 <= at_once < n_listed
    page.wait_for_selector("#list[aria-busy=false]")
    assert page.locator("#list .entry").count() == n_listed
    # Rows are kept, not made again; and nothing of the list is hidden from who reads or searches.
    assert page.evaluate("window.first === document.querySelector('#list .entry')")
    order = page.eval_on_selector_all("#list .entry", "all => all.map(e => e.dataset.id)")
    assert order[: len(content.places)] == [place.facility_id for place in content.places]
    last = content.places[-1]
    assert page.evaluate("text => window.find(text)", last.name)
    tree = context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    names = {node.get("name", {}).get("value", "") for node in tree}
    assert sum(any(place.name in name for name in names) for place in content.places[-20:]) == 20
    context.close()
