"""The planner's map in a real browser: what it says is what was judged, and it asks nobody."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from visiting import Visit

from circle.coverage.areas import area_shares
from circle.coverage.gaps import find_gaps
from circle.coverage.home import ask_home
from circle.coverage.mode import PersonMode
from circle.coverage.model import STATE_WORDS, CoverageResult
from circle.geometry import LonLat
from circle.guide import page_assets
from circle.planner.plan import Change, named_rows
from circle.planner.web import ASSETS, render_planner
from circle.planner.web_inputs import PlannerTexts, inputs_of
from circle.planner.web_words import WORDS
from circle.study.config import read_study
from circle.study.coverage import PlanResult, run_coverage
from circle.study.plan_build import make_plan

from . import drawn

pytestmark = pytest.mark.slow

Open = Callable[..., Visit]
PHONE = {"width": 360, "height": 740, "phone": True}


@pytest.fixture(scope="module")
def town() -> CoverageResult:
    return drawn.result()


@pytest.fixture(scope="module")
def html(town: CoverageResult) -> str:
    return render_planner(drawn.inputs(town))


@pytest.fixture(scope="module")
def monaco(extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> PlanResult:
    folder = tmp_path_factory.mktemp("planner") / "monaco"
    folder.mkdir()
    streets = (extracts / "monaco_2023.osm.pbf").resolve()
    text = f'center = [7.4211, 43.7376]\nstreets = "{streets}"\n'
    (folder / "circle.toml").write_text(text, "utf-8")
    return run_coverage(read_study(folder))


@pytest.fixture(scope="module")
def monaco_html(monaco: PlanResult) -> str:
    texts = PlannerTexts("摩纳哥", "Monaco")
    return render_planner(inputs_of(make_plan(monaco), texts))


def counted(page: Any) -> dict[str, dict[str, list[float]]]:
    """What the page counts itself, home by home, for every subject: by state, and straight."""
    found: dict[str, dict[str, list[float]]] = page.evaluate(
        """() => Object.fromEntries(circleGuide.data.subjects.map(subject => {
            const store = circleGuide.store, states = store.states(subject);
            const straight = store.straight(subject);
            const row = {};
            for (const measure of ['people', 'dwellings', 'buildings']) {
              const weight = store.weights(measure);
              let crow = 0;
              straight.forEach((near, i) => { if (near) crow += weight[i]; });
              row[measure] = [...store.sums(states, measure).slice(0, 3), crow];
            }
            return [subject.key, row];
        }))"""
    )
    return found


def assert_counts(page: Any, result: CoverageResult) -> None:
    """Every count of the page is that of the shares, for all subjects and measures of homes."""
    found = counted(page)
    checked = 0
    for row in named_rows(result.shares):
        if row.measure not in ("people", "dwellings", "buildings"):
            continue
        covered, uncovered, unknown, straight = found[row.subject][row.measure]
        assert covered == pytest.approx(row.covered, rel=1e-9, abs=1e-9)
        assert uncovered == pytest.approx(row.uncovered, rel=1e-9, abs=1e-9)
        assert unknown == pytest.approx(row.unknown, rel=1e-9, abs=1e-9)
        if not math.isnan(row.share_crow_fly):
            assert straight / row.total == pytest.approx(row.share_crow_fly, rel=1e-9, abs=1e-12)
        checked += 1
    assert checked == 3 * len(result.subjects)


def shown(page: Any, name: str) -> float:
    text = page.locator(f"#figures [data-figure={name}]").inner_text()
    return float(re.sub(r"[^\d.]", "", text))


def test_the_drawn_town_by_arithmetic(visit: Open, html: str) -> None:
    """A and D are 200 m apart, B 800 m from A: within 300 m of a clinic live a, b and d."""
    opened = visit(html)
    page = opened.page
    page.click("#subjects [data-key='clinic@10min']")
    page.click("#levels [data-key='5min']")
    assert page.evaluate("circleGuide.chosen.subject.key") == "clinic@5min"
    assert shown(page, "share_covered") == pytest.approx(100 * 70 / 150, abs=0.05)
    assert shown(page, "uncovered") == 80
    page.click("#measures [data-key=buildings]")
    assert (shown(page, "covered"), shown(page, "uncovered")) == (3, 2)
    page.click("#levels [data-key='15min']")
    # c is 780 m from B; e is 1000 m and a door away.
    assert (shown(page, "covered"), shown(page, "uncovered")) == (4, 1)
    opened.assert_quiet()


def test_counts_are_those_of_the_result(visit: Open, html: str, town: CoverageResult) -> None:
    opened = visit(html)
    assert_counts(opened.page, town)
    opened.assert_quiet()


def test_minutes_are_said_and_have_no_straight_line(visit: Open) -> None:
    result = drawn.result(PersonMode())
    opened = visit(render_planner(drawn.inputs(result)))
    page = opened.page
    assert_counts(page, result)
    page.click("#language")
    assert "minutes of a walker" in page.inner_text("#mode")
    assert page.locator("#shows [data-key=straight]").count() == 0
    assert "min" in page.inner_text("#figures .limit")
    assert " m" not in page.inner_text("#figures .limit").replace(" min", "")
    opened.assert_quiet()


def test_monaco_says_what_was_judged(visit: Open, monaco_html: str, monaco: PlanResult) -> None:
    assert len(monaco_html.encode()) <= 3_000_000
    opened = visit(monaco_html, width=1400, height=900)
    page = opened.page
    assert_counts(page, monaco.coverage)
    opened.assert_quiet()


def test_monaco_switching_shows_every_share(
    visit: Open, monaco_html: str, monaco: PlanResult
) -> None:
    opened = visit(monaco_html, width=1400, height=900)
    page = opened.page
    shares = monaco.coverage.shares.set_index(["subject", "measure"])
    page.click("#shows [data-key=straight]")
    for measure in ("people", "buildings", "area"):
        page.click(f"#measures [data-key={measure}]")
        for key in ("health@5min", "care@10min", "food_markets@15min"):
            page.click(f"#levels [data-key='{key.partition('@')[2]}']")
            page.click(f"#subjects [data-key='{key}']")
            row: Any = shares.loc[(key, measure)]
            for name in ("share_covered", "share_uncovered", "share_unknown", "share_crow_fly"):
                assert shown(page, name) == pytest.approx(100 * row[name], abs=0.051)
            bars = page.locator(f"#subjects [data-key='{key}'] .subject-share").inner_text()
            assert bars == page.locator("#figures .big strong").inner_text()
    slowest = page.evaluate(
        """() => Math.max(...circleGuide.data.subjects.slice(0, 40).map(subject => {
            circleGuide.choose(subject);
            return circleGuide.lastRefresh;
        }))"""
    )
    # 15 ms on a quiet desk.
    assert slowest < 1000
    opened.assert_quiet()


@pytest.mark.timed
def test_a_class_is_painted_within_a_tenth_of_a_second(visit: Open, monaco_html: str) -> None:
    page = visit(monaco_html, width=1400, height=900).page
    times = page.evaluate(
        """() => circleGuide.data.subjects.map(subject => {
            circleGuide.choose(subject);
            return circleGuide.lastRefresh;
        })"""
    )
    assert np.quantile(times, 0.9) < 100


def test_a_click_tells_what_the_home_has(visit: Open, html: str, town: CoverageResult) -> None:
    opened = visit(html)
    page = opened.page
    for home, inside in enumerate(town.demand.homes.geometry.representative_point()):
        box = page.evaluate(
            """at => {
                circleGuide.map.setView([at[1], at[0]], 18, {animate: false});
                const spot = circleGuide.map.latLngToContainerPoint([at[1], at[0]]);
                const edge = circleGuide.map.getContainer().getBoundingClientRect();
                return [edge.left + spot.x, edge.top + spot.y];
            }""",
            [inside.x, inside.y],
        )
        page.mouse.click(*box)
        assert page.evaluate("circleGuide.chosen.home") == home
        answers = ask_home(town, LonLat(inside.x, inside.y)).answers.set_index("subject")
        rows = page.evaluate(
            "home => circleGuide.answersOf(home).map(a => "
            "[a.subject.key, a.state, a.far, a.excess, a.choices])",
            home,
        )
        for key, state, far, excess, choices in rows:
            row = answers.loc[key]
            assert state == row.state
            assert (choices or 0) == row.choices
            # The page rounds up to whole metres.
            assert far == pytest.approx(row.nearest, abs=1.0)
            assert excess == pytest.approx(row.excess, abs=1.0)
        told = page.locator("#card .answer.uncovered").count()
        assert told == (answers.state == "uncovered").sum()
    opened.assert_quiet()


def test_monaco_homes_answer_as_the_command_does(
    visit: Open, monaco_html: str, monaco: PlanResult
) -> None:
    page = visit(monaco_html).page
    result = monaco.coverage
    states = page.evaluate(
        "circleGuide.data.subjects.map(s => Array.from(circleGuide.store.states(s)))"
    )
    for subject, row in zip(result.subjects, states, strict=True):
        assert row == result.state(subject).tolist()
    assert len(STATE_WORDS) == 4


def test_areas_and_gaps_are_those_of_the_tables(
    visit: Open, monaco_html: str, html: str, town: CoverageResult, monaco: PlanResult
) -> None:
    page = visit(html).page
    for row in named_rows(area_shares(town, drawn.areas())):
        if row.area_id == "-":
            continue
        sums = page.evaluate(
            """([key, measure]) =>
                circleGuide.store.areaSums(circleGuide.store.byKey.get(key), measure)""",
            [row.subject, row.measure],
        )[int(row.area_id) - 1]
        assert sums[4] == pytest.approx(row.total)
        assert sums[:3] == pytest.approx([row.covered, row.uncovered, row.unknown])
    opened = visit(monaco_html, width=1400, height=900)
    page = opened.page
    gaps = find_gaps(monaco.coverage)
    for key, mine in gaps.groupby("subject"):
        rows = page.evaluate("key => circleGuide.data.gaps.rows[key]", key)
        assert [row[3] for row in rows] == mine.n_homes.tolist()
        assert [row[1] for row in rows] == pytest.approx(mine.people.tolist(), abs=0.01)
    page.click("#levels [data-key='10min']")
    page.click("#subjects [data-key='health@10min']")
    before = page.evaluate("circleGuide.map.getZoom()")
    page.locator(".gap").nth(2).click()
    page.wait_for_timeout(100)
    assert page.evaluate("circleGuide.map.getZoom()") > before
    assert page.evaluate(
        """() => {
            const box = circleGuide.store.gapShapes[
              circleGuide.gapsOf(circleGuide.chosen.subject)[2][0]].box;
            const view = circleGuide.map.getBounds();
            const x = view.getWest() / 360 + 0.5, far = view.getEast() / 360 + 0.5;
            return box[0] >= x && box[2] <= far;
        }"""
    )
    opened.assert_quiet()


def test_hostile_names_stay_names(visit: Open, html: str) -> None:
    opened = visit(html)
    page = opened.page
    for tab in ("all", "areas", "gaps", "homes"):
        page.click(f"#tab-{tab}")
        for show in ("state", "distance", "straight", "areas"):
            page.click(f"#shows [data-key={show}]")
    page.evaluate("circleGuide.openHome(4, true)")
    assert drawn.HOSTILE in page.inner_text("#card-title")
    page.click("#language")
    assert page.evaluate("window.hacked") is None
    assert page.locator("img").count() == 0
    assert page.locator("#tables b, #card b, #figures b").count() == 0
    assert "49" not in page.inner_text("#title")
    opened.assert_quiet()


def test_what_if_shows_who_gains(visit: Open, town: CoverageResult) -> None:
    after = drawn.result(new=drawn.plan().xy("E"))
    change = Change(after, ((drawn.HOSTILE, "built: a clinic"),))
    opened = visit(render_planner(drawn.inputs(town, change=change)))
    page = opened.page
    page.click("#language")
    page.click("#levels [data-key='5min']")
    page.click("#subjects [data-key='clinic@5min']")
    assert page.evaluate("circleGuide.chosen.show") == "change"
    # c and e are 200 m from the new one: 80 of 150 people.
    legend = page.inner_text("#legend")
    assert re.search(r"newly covered\s+53\.3", legend)
    assert "46.7 % → 100.0 %" in page.inner_text(".change-told")
    page.click("#tab-change")
    assert "+80 people" in page.inner_text("#table [data-row='clinic@5min']")
    opened.assert_quiet()


STATES: dict[str, tuple[dict[str, Any], Callable[[Any], object]]] = {
    "desk": ({}, lambda page: None),
    "card": ({}, lambda page: page.evaluate("circleGuide.openHome(3, true)")),
    "areas": ({}, lambda page: (page.click("#shows [data-key=areas]"), page.click("#tab-areas"))),
    "gaps": ({}, lambda page: page.click("#tab-gaps")),
    "homes": ({}, lambda page: (page.click("#language"), page.click("#tab-homes"))),
    "clauses": ({}, lambda page: page.locator("#what .key").nth(1).click()),
    "phone": (PHONE, lambda page: None),
    "phone card": (PHONE, lambda page: page.evaluate("circleGuide.openHome(3, true)")),
}


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_serious(visit: Open, html: str, state: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    screen, prepare = STATES[state]
    page = visit(html, bypass_csp=True, **screen).page
    prepare(page)
    page.wait_for_timeout(150)
    found = axe.Axe().run(page).response["violations"]
    serious = [
        (rule["id"], [node["html"][:160] for node in rule["nodes"]][:3])
        for rule in found
        if rule["impact"] in ("serious", "critical")
    ]
    assert serious == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_everything_by_keyboard(visit: Open, html: str) -> None:
    """Levels by arrow keys, a building from the table, Escape closes it."""
    page = visit(html).page
    page.locator("#levels [aria-checked=true]").focus()
    level = page.evaluate("circleGuide.chosen.subject.level")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("circleGuide.chosen.subject.level") != level
    assert page.evaluate("document.activeElement.getAttribute('aria-checked')") == "true"
    page.locator("#tab-all").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("circleGuide.chosen.table") == "homes"
    page.locator("#table button").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "card"
    page.keyboard.press("Escape")
    assert page.evaluate("circleGuide.chosen.home") is None


def test_every_word_of_the_scripts_is_there() -> None:
    source = "\n".join(path.read_text("utf-8") for path in ASSETS.glob("*.*"))
    used = set(re.findall(r"guide\.t\('(\w+)'", source))
    used |= set(re.findall(r"""data-t="(\w+)\"""", source))
    endings = ("_",)
    missing = {key for key in used if key not in WORDS and not key.endswith(endings)}
    assert missing == set()
    for key, (zh, en) in WORDS.items():
        assert zh, key
        assert en, key


def test_only_the_live_page_may_ask(town: CoverageResult) -> None:
    page = unescape(render_planner(drawn.inputs(town)))
    live = unescape(render_planner(drawn.inputs(town), live=True))
    assert "connect-src 'none'" in page
    assert "connect-src 'self'" in live
    assert "CIRCLE_LIVE = true" in live
    assert "CIRCLE_LIVE = true" not in page
    text = render_planner(drawn.inputs(town))
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert len(scripts) == 5
    for script in scripts:
        assert page_assets.script_hash(script) in page
    assert unescape(text) == page


def test_one_language_offers_no_other(visit: Open, town: CoverageResult) -> None:
    inputs = drawn.inputs(town)
    texts = replace(inputs.texts, languages=("en",))
    opened = visit(render_planner(replace(inputs, texts=texts)))
    assert opened.page.evaluate("document.documentElement.lang") == "en"
    assert opened.page.locator("#language").is_hidden()
    opened.assert_quiet()
