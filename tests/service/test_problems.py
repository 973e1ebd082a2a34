"""Every kind of mistake: its status, and a sentence in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio
import pytest
from drawn_study import CENTER, at
from fastapi.testclient import TestClient

from circle import errors
from circle.errors import CircleError, Language
from circle.service import ServiceSettings, create_app
from circle.service.problems import (
    MEDIA_TYPE,
    BusyError,
    Problem,
    UnknownClassError,
    UnknownPlaceError,
    preferred_language,
)
from circle.service.workers import Workers
from circle.study import Study

HOME = f"lon={CENTER.lon}&lat={CENTER.lat}"
FROM = f"from_lon={CENTER.lon}&from_lat={CENTER.lat}"
_FIELD = at(400, 400)


def problem_of(client: TestClient, address: str, language: str = "en") -> Problem:
    answer = client.get(address, headers={"Accept-Language": language})
    assert answer.headers["content-type"] == MEDIA_TYPE
    found = Problem.model_validate_json(answer.content)
    assert found.status == answer.status_code
    assert "\n" not in found.detail
    assert answer.headers["x-content-type-options"] == "nosniff"
    return found


@pytest.mark.parametrize(
    ("address", "status", "code", "words"),
    [
        (f"/api/isochrone?lon={CENTER.lat}&lat={CENTER.lon}", 422, "position", "swapped"),
        ("/api/isochrone?lon=7.42&lat=43.73", 422, "position", "outside"),
        ("/api/isochrone?lon=nan&lat=43.73", 422, "position", "not a pair of numbers"),
        ("/api/isochrone?lon=inf&lat=43.73", 422, "position", "not a pair of numbers"),
        ("/api/isochrone?lon=500&lat=43.73", 422, "position", "no such place"),
        (
            f"/api/isochrone?lon={_FIELD.lon}&lat={_FIELD.lat}",
            *(422, "position", "within 100 m"),
        ),
        (f"/api/nearby?lon={_FIELD.lon}&lat={_FIELD.lat}", 422, "position", "within 100 m"),
        ("/api/isochrone?lon=x&lat=43.73", 422, "parameter", "“lon” must be a number"),
        ("/api/isochrone?lat=43.73", 422, "parameter", "“lon” is missing"),
        (f"/api/isochrone?{HOME}&minute=5", 422, "parameter", "no parameter “minute”"),
        (f"/api/isochrone?{HOME}&minutes=5&metres=300", 422, "budget", "not both"),
        (f"/api/isochrone?{HOME}&minutes=121", 422, "budget", "at most 120"),
        # Too large for a number is no matter of how many there are.
        (f"/api/isochrone?{HOME}&minutes=1e400", 422, "budget", "at most 120"),
        (f"/api/isochrone?{HOME}&minutes=nan", 422, "budget", "at most 120"),
        (f"/api/isochrone?{HOME}&metres=inf", 422, "budget", "at most 10000"),
        (f"/api/isochrone?{HOME}&minutes=5&minutes=10", 422, "parameter", "“minutes” is given mo"),
        (f"/api/nearby?{HOME}&minutes=5&minutes=5", 422, "parameter", "give it once"),
        (f"/api/route?{FROM}&to=near&to=north", 422, "parameter", "“to”"),
        ("/api/facilities?x=1&x=2", 422, "parameter", "“x” is given more than once"),
        (f"/api/isochrone?{HOME}&metres=10001", 422, "budget", "at most 10000"),
        (f"/api/isochrone?{HOME}&minutes=0", 422, "budget", "above 0"),
        (f"/api/isochrone?{HOME}&minutes=-5", 422, "budget", "above 0"),
        (f"/api/isochrone?{HOME}&minutes=five", 422, "budget", "5,10,15"),
        (f"/api/isochrone?{HOME}&minutes=", 422, "budget", "5,10,15"),
        (f"/api/isochrone?{HOME}&minutes=1,2,3,4,5,6,7", 422, "budget", "at most 6"),
        (f"/api/isochrone?{HOME}&minutes={'1,' * 60}", 422, "parameter", "at most 80"),
        (f"/api/isochrone?{HOME}&walker=bird", 422, "walker", "adult"),
        (f"/api/isochrone?{HOME}&walker=1.1", 422, "walker", "adult"),
        (f"/api/nearby?{HOME}&minutes=500", 422, "budget", "at most 120"),
        (f"/api/nearby?{HOME}&minutes=nan", 422, "budget", "at most 120"),
        (f"/api/nearby?{HOME}&category=casino", 422, "category", "health"),
        (f"/api/route?{FROM}", 422, "position", "facility_id"),
        (f"/api/route?{FROM}&to=near&to_lon=1&to_lat=2", 422, "position", "either"),
        (f"/api/route?{FROM}&to_lon=103.8", 422, "position", "to_lat"),
        (f"/api/route?{FROM}&to_lon=7.4&to_lat=43.7", 422, "position", "outside"),
        (f"/api/route?{FROM}&to=nowhere", 404, "unknown-place", "nowhere"),
        (f"/api/route?{FROM}&to=lost", 404, "unknown-place", "not known"),
        (f"/api/route?{FROM}&to_lon={_FIELD.lon}&to_lat={_FIELD.lat}", 422, "position", "100 m"),
        ("/api/facilities?category=casino", 422, "category", "casino"),
        ("/api/nothing", 404, "not-found", "/docs"),
        ("/docs/..%2f..%2fpyproject.toml", 404, "not-found", "/docs"),
    ],
)
def test_a_mistake_has_its_status_and_sentence(
    client: TestClient, address: str, status: int, code: str, words: str
) -> None:
    english = problem_of(client, address)
    assert (english.status, english.type) == (status, f"urn:circle:problem:{code}")
    assert words in english.detail
    chinese = problem_of(client, address, "zh-CN")
    assert chinese.detail != english.detail
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese.detail)


def test_who_goes_astray_in_a_browser_is_told_on_a_page(client: TestClient) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    answer = client.get("/nothing/<b>", headers=browser)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "the guide is at /" in answer.text
    assert '<a href="/">To the guide</a>' in answer.text
    chinese = client.get("/nothing", headers={**browser, "Accept-Language": "zh-CN"})
    assert '<html lang="zh-CN">' in chinese.text
    assert "指南在 /" in chinese.text
    # What a page asks for is for programs, whatever the browser says it takes.
    assert client.get("/api/nothing", headers=browser).headers["content-type"] == MEDIA_TYPE


def test_a_method_that_is_not_offered(client: TestClient) -> None:
    answer = client.post("/api/isochrone")
    assert answer.status_code == 405
    assert Problem.model_validate_json(answer.content).type == "urn:circle:problem:method"


def test_a_client_that_says_nothing_gets_the_language_of_the_study(study: Study) -> None:
    with TestClient(create_app(study)) as client:
        answer = client.get("/api/nothing")
    assert answer.headers["content-language"] == "zh-CN"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB", "en"),
        ("fr;q=0.9, en;q=0.5, zh;q=0.6", "zh"),
        ("en;q=0, zh;q=0.1", "zh"),
        ("en;q=x, zh", "zh"),
        ("de", "zh"),
        ("", "zh"),
        ("*", "zh"),
    ],
)
def test_preferred_language(header: str, language: Language) -> None:
    assert preferred_language(header, "zh") == language


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.PositionError, 422),
        (errors.BudgetError, 422),
        (errors.WalkerError, 422),
        (UnknownClassError, 422),
        (errors.SheetError, 422),
        (errors.StreetsError, 422),
        (errors.NetworkFileError, 422),
        (errors.SchemaError, 422),
        (errors.InputError, 422),
        (errors.StudyError, 500),
        (errors.NoRouteError, 404),
        (UnknownPlaceError, 404),
        (errors.OnlineError, 502),
        (BusyError, 503),
        (errors.CircleError, 500),
    ],
)
def test_each_error_class_has_one_status(
    study: Study, kind: type[CircleError], status: int
) -> None:
    app = create_app(study)

    @app.get("/fail")
    def fail() -> None:
        raise kind(en="It failed.", zh="失败了。")

    with TestClient(app) as client:
        found = problem_of(client, "/fail")
        assert (found.status, found.detail) == (status, "It failed.")
        assert problem_of(client, "/fail", "zh").detail == "失败了。"


def test_what_nobody_foresaw_is_told_without_its_inside(study: Study) -> None:
    app = create_app(study)

    @app.get("/fail")
    def fail() -> None:
        raise RuntimeError("secret path /root")

    with TestClient(app, raise_server_exceptions=False) as client:
        found = problem_of(client, "/fail")
    assert found.status == 500
    assert "secret" not in found.model_dump_json()


def test_too_many_at_once_are_asked_to_come_back() -> None:
    async def crowd() -> list[Any]:
        workers = Workers(1, 1)
        release = anyio.Event()
        told: list[Any] = []

        def wait() -> str:
            anyio.from_thread.run(release.wait)
            return "done"

        async def ask(work: Callable[[], str]) -> None:
            try:
                told.append(await workers.run(work))
            except BusyError as error:
                told.append(type(error))
                release.set()

        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(ask, wait)
        told.append(await workers.run(lambda: "free again"))
        return told

    assert anyio.run(crowd) == [BusyError, "done", "done", "free again"]


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIRCLE_STUDY", "elsewhere")
    monkeypatch.setenv("CIRCLE_WORKERS", "3")
    settings = ServiceSettings()
    assert (settings.study, settings.workers) == ("elsewhere", 3)
