"""My home: the live page against an answering, a failing and a slow server."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest

from circle.guide.content import GuideContent
from circle.guide.web import render_page

sync_api = pytest.importorskip("playwright.sync_api", reason="pip install playwright")

ADDRESS = "http://guide.test/"
Answer = Callable[[Any, dict[str, str]], None]


class Server:
    """Answers /api/* from Python; every question is kept."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answers: dict[str, Answer] = {
            "/api/isochrone": self.isochrone,
            "/api/nearby": self.nearby,
            "/api/route": self.route,
        }

    def handle(self, route: Any) -> None:
        address = urlparse(route.request.url)
        query = {key: values[0] for key, values in parse_qs(address.query).items()}
        if address.path == "/":
            # The real page also lives under the policy of its own meta element.
            route.fulfill(body=self.html, content_type="text/html; charset=utf-8")
            return
        self.asked.append((address.path, query))
        self.answers[address.path](route, query)

    @staticmethod
    def isochrone(route: Any, query: dict[str, str]) -> None:
        lon, lat = float(query["lon"]), float(query["lat"])
        features = []
        for minutes in map(float, query["minutes"].split(",")):
            half = minutes * 0.0006
            ring = [[lon + x * half, lat + y * half] for x, y in
                    ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))]  # fmt: skip
            features.append(
                {
                    "type": "Feature",
                    "properties": {
                        "budget": minutes, "unit": "min", "area_m2": 1.0, "shed_ratio": 0.5,
                        "is_cut": minutes == 15,
                    },
                    "geometry": {"type": "MultiPolygon", "coordinates": [[ring]]},
                }
            )  # fmt: skip
        route.fulfill(json={"type": "FeatureCollection", "features": features[::-1]})

    @staticmethod
    def nearby(route: Any, query: dict[str, str]) -> None:
        slow = 1.5 if query["walker"] == "wheelchair" else 1.0
        walks = (("hospital", 120.0, 144.0), ("clinic", 300.0, 360.0), ("script", 601.0, 721.0))
        places = [
            {"facility_id": key, "time_s": time_s * slow, "distance_m": metres, "within_min": 15}
            for key, time_s, metres in walks
        ]
        route.fulfill(json={"origin": {}, "places": places})

    @staticmethod
    def route(route: Any, query: dict[str, str]) -> None:
        start = [float(query["from_lon"]), float(query["from_lat"])]
        route.fulfill(
            json={
                "type": "Feature",
                "geometry": {
                    "type": "LineString",
                    "coordinates": [start, [103.836, 36.061], [103.8376, 36.0615]],
                },
                "properties": {
                    "length_m": 612.0, "time_s": 510.0, "n_steps": 12,
                    "legs": [
                        {"street": "张掖路<b>", "length_m": 400.0, "time_s": 333.0, "n_steps": 0},
                        {"street": None, "length_m": 112.0, "time_s": 94.0, "n_steps": 12,
                         "turn_degrees": -88.0},
                        {"street": None, "length_m": 100.0, "time_s": 83.0, "n_steps": 0,
                         "turn_degrees": 5.0},
                    ],
                },
            }
        )  # fmt: skip

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@pytest.fixture
def server(content: GuideContent) -> Server:
    return Server(render_page(content, live=True))


@pytest.fixture
def live(browser: Any, server: Server) -> Iterator[Any]:
    """The live page of a server that answers, at a desk."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.route("**/*", server.handle)
    page.goto(ADDRESS)
    page.wait_for_selector("html.ready", state="attached")
    yield page
    context.close()
    assert faults == []


def tap_map(page: Any, x: float = 0.3, y: float = 0.3) -> None:
    box = page.locator(".map").bounding_box()
    page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)


def wait_until(page: Any, condition: str) -> None:
    """Wait for a JavaScript condition; the page's policy forbids Playwright's own way."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never became true: {condition}")


def problem(route: Any, query: dict[str, str]) -> None:
    route.fulfill(
        status=422,
        content_type="application/problem+json",
        body=json.dumps({"title": "?", "status": 422, "detail": "这里不在数据范围内。"}),
    )


def test_a_tap_shows_rings_and_what_is_near_nearest_first(live: Any, server: Server) -> None:
    tap_map(live)
    live.wait_for_selector(".home-pin span")
    live.wait_for_selector(".near .entry")
    assert sorted(server.paths()) == ["/api/isochrone", "/api/nearby"]
    question = dict(server.asked)["/api/isochrone"]
    assert question["minutes"] == "5,10,15"
    assert question["walker"] == "adult"
    near = live.eval_on_selector_all(".near .entry", "all => all.map(e => e.dataset.id)")
    assert near == ["hospital", "clinic", "script"]
    titles = live.locator(".section-title").all_inner_texts()
    assert "5 分钟以内" in titles[0]
    assert "15 分钟以内" in titles[1]  # 601 s is more than ten minutes
    assert "更远" in titles[2]
    state = live.inner_text("#home-state")
    assert "15 分钟内有 3 处" in state
    assert "边缘" in state  # the last ring is cut
    assert live.locator(".ring-label.from-home").count() == 3
    boxes = "all => all.map(e => e.getBoundingClientRect().toJSON())"
    labels = live.eval_on_selector_all(".ring-label span", boxes)
    badges = live.eval_on_selector_all(".badge", boxes)
    assert not any(
        label["left"] < badge["right"] - 1
        and badge["left"] < label["right"] - 1
        and label["top"] < badge["bottom"] - 1
        and badge["top"] < label["bottom"] - 1
        for label in labels
        for badge in badges
    )
    # Nothing is lost: the list still holds every place.
    assert live.locator(".entry").count() == 13


def test_dragging_the_home_asks_again(live: Any, server: Server) -> None:
    tap_map(live)
    live.wait_for_selector(".near .entry")
    pin = live.locator(".home-pin span").bounding_box()
    x, y = pin["x"] + pin["width"] / 2, pin["y"] + pin["height"] / 2
    live.mouse.move(x, y)
    live.mouse.down()
    live.mouse.move(x + 40, y + 60, steps=6)
    live.mouse.up()
    wait_until(live, "document.querySelector('#home').getAttribute('aria-busy') === 'false'")
    spots = {(q["lon"], q["lat"]) for path, q in server.asked if path == "/api/isochrone"}
    assert len(spots) == 2


def test_another_walker_asks_again_and_changes_the_minutes(live: Any, server: Server) -> None:
    tap_map(live)
    live.wait_for_selector(".near .entry")
    assert live.text_content("[data-id=clinic] .walk b") == "5"
    live.locator("input[value=wheelchair]").check(force=True)
    wait_until(live, "document.querySelector('[data-id=clinic] .walk b').textContent === '8'")
    assert server.asked[-1][1]["walker"] == "wheelchair"
    words = live.inner_text("#walkers")
    for word in ("我", "老人", "年老体弱", "带孩子", "推婴儿车", "轮椅"):
        assert word in words


def test_the_way_to_a_place(live: Any, server: Server) -> None:
    tap_map(live)
    live.locator("[data-id=clinic]").click()
    live.locator(".route-button").click()
    live.wait_for_selector(".legs li")
    question = server.asked[-1][1]
    assert question["to"] == "clinic"
    assert {"from_lon", "from_lat", "walker"} <= set(question)
    assert live.inner_text(".route-total") == "共 610 米，约 9 分钟，台阶 12 级"
    legs = live.locator(".legs li").all_inner_texts()
    assert legs == ["向东南沿张掖路<b>走 400 米", "左转，走 210 米，台阶 12 级，就到了"]


def test_by_keyboard_the_middle_of_the_map_is_home(live: Any, server: Server) -> None:
    live.locator("#home-here").focus()
    live.keyboard.press("Enter")
    live.wait_for_selector(".near .entry")
    live.locator("#home-clear").click()
    assert live.locator(".home-pin").count() == 0
    assert live.locator(".ring-label.from-center").count() == 3
    assert live.locator(".near").count() == 0


def test_a_refusal_is_shown_in_the_servers_words(live: Any, server: Server) -> None:
    server.answers["/api/isochrone"] = problem
    tap_map(live)
    fault = live.locator("#home-fault")
    fault.wait_for(state="visible")
    assert fault.inner_text() == "这里不在数据范围内。"
    assert live.locator(".ring-label.from-center").count() == 3
    server.answers["/api/isochrone"] = server.isochrone
    tap_map(live, 0.35, 0.3)
    live.wait_for_selector(".near .entry")
    assert fault.is_hidden()


def test_no_answer_and_no_sense_are_sentences_too(live: Any, server: Server) -> None:
    fault = live.locator("#home-fault")
    server.answers["/api/nearby"] = lambda route, query: route.abort()
    tap_map(live)
    fault.wait_for(state="visible")
    assert "连不上服务" in fault.inner_text()
    server.answers["/api/nearby"] = lambda route, query: route.fulfill(status=502, body="<html>")
    tap_map(live, 0.35, 0.3)
    wait_until(live, "document.querySelector('#home-fault').innerText.includes('算不出来')")
    server.answers["/api/route"] = problem
    live.locator("[data-id=clinic]").click()
    live.locator(".route-button").click()
    live.wait_for_selector(".route .home-fault")
    assert live.inner_text(".route .home-fault") == "这里不在数据范围内。"
    assert live.locator(".route-button").is_enabled()


def test_a_late_answer_for_an_old_home_is_dropped(live: Any, server: Server) -> None:
    held: list[tuple[Any, dict[str, str]]] = []
    server.answers["/api/nearby"] = lambda route, query: held.append((route, query))
    tap_map(live)
    live.wait_for_selector("#home-state.busy")
    server.answers["/api/nearby"] = server.nearby
    tap_map(live, 0.35, 0.3)
    live.wait_for_selector(".near .entry")
    for route, _ in held:
        # The page may have given this question up already: then nobody is left to answer.
        with contextlib.suppress(sync_api.Error):
            route.fulfill(json={"places": []})
    live.wait_for_timeout(100)
    assert live.locator(".near .entry").count() == 3


def test_the_home_keeps_its_answers_in_the_other_language(live: Any, server: Server) -> None:
    tap_map(live)
    live.wait_for_selector(".near .entry")
    live.click("#language")
    wait_until(live, "document.querySelector('#home-state').innerText.includes('within 15')")
    assert "Wheelchair" in live.inner_text("#walkers")
    assert live.inner_text(".near .section-title span >> nth=0") == "Within 5 minutes"
