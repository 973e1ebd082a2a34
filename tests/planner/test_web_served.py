"""The planner's map of the service: worked out once, allowed to ask its own server alone."""

from __future__ import annotations

from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from drawn_study import write_study
from fastapi.testclient import TestClient

from circle.errors import StudyError
from circle.service import ServiceSettings, create_app, planner
from circle.study import Study, StudyConfig, read_study, run_study
from circle.study.coverage import PlanResult, run_coverage


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return run_study(read_study(write_study(tmp_path_factory.mktemp("planner") / "drawn")))


def test_the_map_is_served_compressed_and_made_once(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def work_out(config: StudyConfig) -> PlanResult:
        made.append(config.name)
        return run_coverage(config)

    monkeypatch.setattr(planner, "run_coverage", work_out)
    with TestClient(create_app(study, ServiceSettings(workers=2))) as client:
        answer = client.get("/planner")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["content-encoding"] == "gzip"
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
        assert "connect-src 'self'" in unescape(answer.text)
        assert "window.CIRCLE_LIVE = true" in answer.text
        again = client.get("/planner", headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert client.head("/planner").status_code == 200
    assert made == [study.config.name]


def test_a_study_that_cannot_be_judged_says_why(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise StudyError(en="No <map> here.", zh="没有<地图>。")

    monkeypatch.setattr(planner, "run_coverage", refuse)
    with TestClient(create_app(study, ServiceSettings(workers=1))) as client:
        answer = client.get("/planner")
    assert answer.status_code == 404
    assert "Coverage cannot be judged: No &lt;map&gt; here." in answer.text
    assert "没有&lt;地图&gt;。" in answer.text


def test_the_map_has_the_titles_of_the_study(study: Study, tmp_path: Path) -> None:
    texts = planner.texts_of(replace(study.config, title_zh="", title_en="Only English"))
    assert (texts.title_zh, texts.title_en) == ("Only English", "Only English")
