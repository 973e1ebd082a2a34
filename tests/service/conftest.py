"""A client of the service over a drawn study, and the study itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from drawn_study import write_study
from fastapi.testclient import TestClient

from circle.service import ServiceSettings, create_app
from circle.study import Study, read_study, run_study


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return run_study(read_study(write_study(tmp_path_factory.mktemp("service") / "drawn")))


@pytest.fixture(scope="session")
def client(study: Study) -> Iterator[TestClient]:
    app = create_app(study, ServiceSettings(workers=2))
    with TestClient(app, raise_server_exceptions=False) as running:
        running.headers["Accept-Language"] = "en"
        yield running
