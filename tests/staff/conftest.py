"""A study with a register, the service with its staff pages, and somebody who has logged in."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from drawn_study import write_study
from fastapi.testclient import TestClient
from pydantic import SecretStr

from circle.service import ServiceSettings, create_app
from circle.staff.desk import servable
from circle.store import Place, Register
from circle.study import Study, StudyConfig, read_study, run_study

PASSWORD = "三个火枪手"
_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


class Worker:
    """Somebody at the pages: reads them, and sends their forms with the token they carry."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.csrf = ""

    def get(self, path: str) -> str:
        answer = self.client.get(f"/staff{path}")
        assert answer.status_code == 200, answer.text
        return self.read(answer.text)

    def read(self, html: str) -> str:
        if found := _TOKEN.search(html):
            self.csrf = found.group(1)
        return html

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        answer = self.client.post(f"/staff{path}", data={"csrf": self.csrf, **(data or {})}, **more)
        self.read(answer.text)
        return answer

    def log_in(self, name: str = "李娜", password: str = PASSWORD) -> Any:
        self.get("/login")
        answer = self.post("/login", {"name": name, "password": password})
        if answer.status_code == 200:
            self.get("/")
        return answer

    def upload(self, name: str, data: bytes) -> str:
        """Upload a list and return where its columns are asked about."""
        self.get("/import")
        answer = self.post("/import", files={"file": (name, data)})
        assert answer.status_code == 200, answer.text
        return str(answer.url.path).removeprefix("/staff")


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StudyConfig:
    monkeypatch.chdir(tmp_path)
    return read_study(write_study(tmp_path / "drawn", register='"places.db"'))


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The drawn study without a register, run once: its streets are the same for every test."""
    return run_study(read_study(write_study(tmp_path_factory.mktemp("staff") / "drawn")))


@pytest.fixture
def serve(drawn: Study, config: StudyConfig) -> Iterator[Callable[..., TestClient]]:
    running: list[TestClient] = []

    def start(password: str | None = PASSWORD, **client: Any) -> TestClient:
        secret = None if password is None else SecretStr(password)
        app = create_app(drawn, ServiceSettings(workers=2, staff_password=secret), staff=config)
        made = TestClient(app, raise_server_exceptions=False, **client)
        made.__enter__()
        running.append(made)
        return made

    yield start
    for client in running:
        client.__exit__(None, None, None)


@pytest.fixture
def worker(serve: Callable[..., TestClient]) -> Worker:
    made = Worker(serve())
    assert made.log_in().status_code == 200
    return made


@pytest.fixture
def register(config: StudyConfig) -> Iterator[Register]:
    assert config.register is not None
    with Register.open(config.register) as opened:
        yield opened


@pytest.fixture
def market(register: Register) -> Place:
    """A place that is there."""
    with register.writing("测试", "first") as writer:
        return writer.add(
            Place(
                "market", "东市场", "food_markets", lon=103.837, lat=36.0611,
                phone="0931-1", hours="Mo-Fr 08:00-18:00",
            )
        )  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, StudyConfig]]:
    """The service on a real port, for a real browser: its address and the study."""
    import uvicorn

    folder = tmp_path_factory.mktemp("site")
    patch = pytest.MonkeyPatch()
    patch.chdir(folder)
    config = read_study(write_study(folder / "drawn", register='"places.db"'))
    app = create_app(run_study(servable(config)), ServiceSettings(workers=2), staff=config)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        threading.Event().wait(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}", config
    server.should_exit = True
    thread.join(10)
    patch.undo()
