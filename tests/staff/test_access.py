"""Who is let in, and which forms are taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from circle.errors import StudyError
from circle.service import ServiceSettings, create_app
from circle.staff.access import STAY_S, Access
from circle.staff.app import _FORMS, _PAGES
from circle.store import Place, Register
from circle.study import Study, StudyConfig, read_study

from .conftest import PASSWORD, Worker

Serve = Callable[..., TestClient]
HERE: dict[str, Any] = {"client": ("127.0.0.1", 4711), "base_url": "http://127.0.0.1:8015"}


def filled(path: str) -> str:
    names = {"{token}": "abc", "{place_id}": "market", "{form}": "xlsx"}
    for name, value in names.items():
        path = path.replace(name, value)
    return path


@pytest.mark.parametrize("path", [path for path, _ in _PAGES] + ["/basemap.json"])
def test_no_page_opens_without_a_session(serve: Serve, market: Place, path: str) -> None:
    answer = serve().get(f"/staff{filled(path)}", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/staff/login")
    assert market.name not in answer.text


@pytest.mark.parametrize("path", [path for path, _ in _FORMS])
def test_no_form_is_taken_without_a_session_or_its_token(
    worker: Worker, register: Register, market: Place, path: str
) -> None:
    stranger = TestClient(worker.client.app, raise_server_exceptions=False)
    data = {"csrf": worker.csrf, "version": "1", "do": "unpublish", "change": "1", "one": "market"}
    before = register.changes()
    assert stranger.post(f"/staff{filled(path)}", data=data).status_code == 403
    for token in ("", "x" * 43):
        assert worker.post(filled(path), {**data, "csrf": token}).status_code == 403
    foreign = worker.post(filled(path), data, headers={"Origin": "http://evil.example"})
    assert foreign.status_code == 403
    assert register.changes() == before
    assert market.name in worker.get("/places")


def test_a_wrong_password_is_told_and_tried_five_times(serve: Serve) -> None:
    worker = Worker(serve())
    for _ in range(5):
        answer = worker.log_in(password="guess")
        assert answer.status_code == 403
        assert "密码不正确" in answer.text
    assert worker.log_in().status_code == 429
    assert "登录" in worker.client.get("/staff/places").text


def test_a_name_is_asked_for(serve: Serve) -> None:
    answer = Worker(serve()).log_in(name="  ")
    assert answer.status_code == 403
    assert "请填写姓名" in answer.text


def test_the_key_changes_with_the_login_and_ends_with_it(serve: Serve) -> None:
    worker = Worker(serve())
    worker.get("/login")
    before = worker.client.cookies["circle_staff"]
    answer = worker.client.post(
        "/staff/login",
        data={"csrf": worker.csrf, "name": "李娜", "password": PASSWORD},
        follow_redirects=False,
    )
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    after = worker.client.cookies["circle_staff"]
    assert after != before
    worker.get("/")
    worker.post("/logout")
    worker.client.cookies.set("circle_staff", after, path="/staff")
    assert "/staff/login" in str(worker.client.get("/staff/").url)


def test_a_session_ends_when_nobody_uses_it(worker: Worker) -> None:
    staff = next(r for r in worker.client.app.routes if getattr(r, "path", "") == "/staff")  # type: ignore[attr-defined]
    access: Access = staff.app.state.access
    worker.get("/places")
    later = access._clock() + STAY_S + 1
    access._clock = lambda: later
    assert "/staff/login" in str(worker.client.get("/staff/places").url)


def test_the_way_back_after_the_login_stays_here(serve: Serve) -> None:
    client = serve()
    for path in ("//evil.example", "https://evil.example/staff/", "/staff//evil.example", "/docs"):
        worker = Worker(client)
        worker.get("/login")
        data = {"csrf": worker.csrf, "name": "李娜", "password": PASSWORD, "next": path}
        answer = client.post("/staff/login", data=data, follow_redirects=False)
        assert answer.headers["location"] == "/staff/"


class TestWithoutAPassword:
    def test_this_machine_is_let_in(self, serve: Serve) -> None:
        worker = Worker(serve(None, **HERE))
        assert worker.log_in(password="").status_code == 200

    @pytest.mark.parametrize(
        ("client", "headers"),
        [
            ({**HERE, "client": ("192.168.1.7", 4711)}, {}),
            (HERE, {"Host": "evil.example"}),
            (HERE, {"X-Forwarded-For": "127.0.0.1"}),
            (HERE, {"Forwarded": "for=127.0.0.1"}),
        ],
    )
    def test_nobody_else_is(
        self, serve: Serve, client: dict[str, Any], headers: dict[str, str]
    ) -> None:
        answer = serve(None, **client).get("/staff/login", headers=headers)
        assert answer.status_code == 403
        assert "只能在本机打开" in answer.text


def test_staff_pages_are_there_only_when_asked_for(drawn: Study) -> None:
    with TestClient(create_app(drawn, ServiceSettings(workers=1))) as client:
        assert client.get("/staff/").status_code == 404


def test_without_a_register_they_say_what_is_missing(drawn: Study) -> None:
    with (
        pytest.raises(StudyError, match="names no register"),
        TestClient(create_app(drawn, ServiceSettings(workers=1, staff=True))),
    ):
        pass


def test_settings_turn_them_on(config: StudyConfig) -> None:
    settings = ServiceSettings(workers=1, staff=True, study=str(config.folder))
    assert read_study(config.folder).register is not None
    with TestClient(create_app(settings=settings), **HERE) as client:
        assert client.get("/staff/login").status_code == 200
        assert client.get("/").status_code == 200


def test_every_answer_carries_a_strict_policy(worker: Worker, market: Place) -> None:
    for path in ("/", "/places/market", "/login", "/nowhere", "/places/nobody"):
        answer = worker.client.get(f"/staff{path}")
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert "<style" not in answer.text
        assert " style=" not in answer.text
        assert " onclick=" not in answer.text
    assert market.name in worker.get("/places")


def test_both_languages(worker: Worker) -> None:
    assert '<html lang="zh-CN">' in worker.get("/places")
    answer = worker.client.get("/staff/language?to=en&back=/staff/places%3Fclass%3Dhealth")
    assert answer.url.path == "/staff/places"
    assert answer.url.query == b"class=health"
    assert '<html lang="en">' in answer.text
    assert "Publish" in answer.text
    assert "发布" not in answer.text
