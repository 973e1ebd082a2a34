"""The live page and the description of the interface: whole, cached, and asking nobody else."""

from __future__ import annotations

import re

import pytest
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
