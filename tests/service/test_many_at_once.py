"""Many people at once get the answers each would get alone, and the event loop stays free."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from drawn_study import write_study
from fastapi.testclient import TestClient

from circle.geometry import LonLat
from circle.service import ServiceSettings, create_app
from circle.service.app import is_worth_telling
from circle.study import new_study, read_study, run_study

N_HOMES = 60


def test_answers_do_not_depend_on_the_crowd(extracts: Path, tmp_path: Path) -> None:
    streets = extracts / "monaco_2023.osm.pbf"
    path = new_study(tmp_path / "monaco", LonLat(7.4209, 43.7331), streets=streets)
    study = run_study(read_study(path))
    random = np.random.default_rng(20230101)
    homes = random.uniform((7.413, 43.729), (7.430, 43.742), (N_HOMES, 2))
    walkers = ("adult", "older", "wheelchair")
    addresses = [
        f"/api/{what}?lon={lon:.6f}&lat={lat:.6f}&walker={walkers[k % 3]}"
        for k, (lon, lat) in enumerate(homes)
        for what in ("isochrone", "nearby")
    ]

    def ask_all(n_threads: int) -> list[tuple[int, bytes]]:
        # A fresh network each time: what is computed on first use must stand a crowd too.
        fresh = run_study(read_study(path)) if n_threads > 1 else study
        app = create_app(fresh, ServiceSettings(workers=n_threads, most_waiting=500))
        with TestClient(app) as client, ThreadPoolExecutor(n_threads) as pool:
            answers = pool.map(client.get, addresses)
            return [(answer.status_code, answer.content) for answer in answers]

    alone, crowd = ask_all(1), ask_all(8)
    assert sum(status == 200 for status, _ in alone) > N_HOMES
    assert crowd == alone


_SLOW_SERVICE = """
import sys, socket, time
from circle.service import run_service
from circle.service.answers import Answers
from circle.study import read_study, run_study

def slow(self, question):
    time.sleep(1.5)
    return b"{}"

Answers.facilities = slow
listener = socket.create_server(("127.0.0.1", 0))
study = run_study(read_study(sys.argv[1]))
print(listener.getsockname()[1], flush=True)
try:
    run_service(study, listener)
except KeyboardInterrupt:
    pass
"""


@pytest.mark.skipif(os.name != "posix", reason="Ctrl+C cannot be sent to a process here")
def test_an_impatient_ctrl_c_amid_a_search_shows_no_traceback(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", _SLOW_SERVICE, str(write_study(tmp_path / "drawn"))],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        ready = socket.create_connection(("127.0.0.1", port), timeout=60)
        ready.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert ready.recv(15) == b"HTTP/1.1 200 OK"
        asked = socket.create_connection(("127.0.0.1", port))
        asked.sendall(b"GET /api/facilities HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.5)
    finally:
        for _ in range(3):
            process.send_signal(signal.SIGINT)
            time.sleep(0.1)
        _, complaints = process.communicate(timeout=30)
    ready.close()
    asked.close()
    assert "Traceback" not in complaints
    assert process.returncode == 0


def test_only_what_the_end_cut_short_is_left_out_of_the_log() -> None:
    def record(error: BaseException) -> logging.LogRecord:
        caught = (type(error), error, None)
        return logging.LogRecord("uvicorn.error", logging.ERROR, "", 0, "failed", (), caught)

    assert is_worth_telling(record(RuntimeError("x")))
    assert not is_worth_telling(record(asyncio.CancelledError()))
