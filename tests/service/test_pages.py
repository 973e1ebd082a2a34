"""The live page and the description of the interface: whole, cached, and asking nobody else."""

from __future__ import annotations

import asyncio
import gzip
import re
from typing import Any

import pytest
from drawn_study import CENTER
from fastapi.testclient import TestClient

from circle.service import create_app, pages
from circle.study import Study


def test_the_guide_is_live_and_sent_once(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-encoding"] == "gzip"
    assert "window.CIRCLE_LIVE = true" in answer.text
    assert "试画指南" in answer.text
    again = client.get("/", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head("/").status_code == 200


def test_headers_keep_the_page_to_itself(client: TestClient) -> None:
    for address in ("/", "/docs", "/healthz", "/api/facilities"):
        headers = client.get(address).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors" in headers["content-security-policy"]
        assert "access-control-allow-origin" not in headers
    assert "default-src 'none'" in client.get("/healthz").headers["content-security-policy"]


def test_docs_load_from_here_alone(client: TestClient) -> None:
    page = client.get("/docs").text
    links = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert links
    for link in links:
        assert link.startswith(("/", "data:"))
        if link.startswith("/"):
            assert client.get(link).status_code == 200
    assert "http" not in pages.START_SCRIPT


def test_docs_without_the_package_list_the_interface(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "swagger_folder", lambda: None)
    with TestClient(create_app(study)) as client:
        page = client.get("/docs").text
        assert client.get("/docs/swagger-ui.css").status_code == 404
    assert "/api/isochrone" in page
    assert "Longitude in degrees" in page
    assert "http" not in page


def test_making_an_app_does_no_work() -> None:
    app = create_app()
    assert not hasattr(app.state, "answers")


def test_the_embedded_study_is_run_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CIRCLE_STUDY", raising=False)
    with TestClient(create_app()) as client:
        assert client.get("/healthz").json()["study"] == "shanzishi"


# ---- what is compressed, and where


def test_nothing_is_compressed_on_the_event_loop(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    compressed: list[int] = []
    on_loop: list[bool] = []
    really = gzip.compress

    def compress(data: bytes, *args: Any, **kwargs: Any) -> bytes:
        compressed.append(len(data))
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            on_loop.append(False)
        else:
            on_loop.append(True)
        return really(data, *args, **kwargs)

    monkeypatch.setattr(gzip, "compress", compress)
    asked = f"lon={CENTER.lon}&lat={CENTER.lat}"
    with TestClient(create_app(study)) as client:
        # The page, while the service starts; nobody who asks for it waits for that again.
        assert len(compressed) == 1
        for _ in range(3):
            assert client.get("/").headers["content-encoding"] == "gzip"
            assert client.get("/docs/swagger-ui.css").status_code == 200
            assert client.get("/openapi.json").headers["content-encoding"] == "gzip"
        assert len(compressed) == 3
        for address in (f"isochrone?{asked}", "facilities"):
            answer = client.get(f"/api/{address}")
            assert answer.headers["content-encoding"] == "gzip", address
        assert len(compressed) == 5
    assert not any(on_loop)


@pytest.mark.parametrize("address", ["/", "/openapi.json", "/api/facilities"])
def test_a_client_without_gzip_gets_the_same_plain(client: TestClient, address: str) -> None:
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    plain = client.get(address, headers={"Accept-Encoding": "gzip;q=0, *;q=0.5"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert plain.content == packed.content
    # A cache between must not hand the one to who asked for the other.
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2


def test_that_a_page_has_not_changed_is_told_with_its_vary(client: TestClient) -> None:
    tag = client.get("/").headers["etag"]
    again = client.get("/", headers={"If-None-Match": tag})
    assert (again.status_code, again.headers["vary"]) == (304, "Accept-Encoding")


def test_small_answers_stay_as_they_are(client: TestClient) -> None:
    for address in ("/healthz", "/api/facilities?category=health", "/docs/start.js"):
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert len(answer.content) < 1000
        assert "content-encoding" not in answer.headers
