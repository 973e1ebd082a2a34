"""A program killed at any moment loses nothing that it said was kept, and leaves no half import."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from circle.store import Place, Register
from tests.store.killed_writer import N_ROWS

HERE = Path(__file__).parent
_PATIENCE_S = 120.0
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes made by fork")


@contextmanager
def writers(address: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The program that makes writers, ended without fail."""
    with subprocess.Popen(
        [sys.executable, str(HERE / "killed_writer.py"), address, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=HERE.parents[1],
        env={**os.environ, "PYTHONPATH": str(HERE.parents[1])},
    ) as program:
        try:
            yield program
        finally:
            program.kill()


def run_and_kill(
    program: subprocess.Popen[str], first: int, n_said: int, after_s: float, log: Path
) -> list[str]:
    """Let a writer say so many lines, kill it a moment later, return all that it said."""
    assert program.stdin is not None
    assert program.stdout is not None
    log.touch()
    program.stdin.write(f"{first} {log}\n")
    program.stdin.flush()
    pid = int(program.stdout.readline())
    deadline = time.monotonic() + _PATIENCE_S
    try:
        while log.read_text("utf-8").count("\n") < n_said:
            assert "Error" not in log.read_text("utf-8"), log.read_text("utf-8")
            assert time.monotonic() < deadline
            time.sleep(0.002)
        time.sleep(after_s)
    finally:
        os.kill(pid, signal.SIGKILL)
    assert program.stdout.readline() == f"ended {int(signal.SIGKILL)}\n"
    return log.read_text("utf-8").splitlines()


def kill_again_and_again(address: str, folder: Path, n_kills: int) -> None:
    moments = random.Random(20260501)
    first = n_acknowledged = 0
    imported: set[int] = set()
    edited: set[int] = set()
    with writers(address, folder) as program:
        for turn in range(n_kills):
            # A round says three lines: killed before, within and after its import and its edit.
            n_said, after_s = 1 + turn % 6, moments.uniform(0.0, 0.08)
            lines = run_and_kill(program, first, n_said, after_s, folder / f"log{turn}")
            for line in lines:
                word, _, number = line.rpartition(" ")
                if word == "ACK import":
                    imported.add(int(number))
                elif word == "ACK edit":
                    edited.add(int(number))
            n_acknowledged += sum(line.startswith("ACK") for line in lines)
            started = [int(line.split()[1]) for line in lines if line.startswith("START")]
            with Register.open(address) as register:
                places = register.places()
                count = Counter(place.origins[0].list_name for place in places)
                # Whole imports only: what was acknowledged, and at most the one under way.
                assert set(count.values()) <= {N_ROWS}
                assert {f"round{number}" for number in imported} <= set(count)
                assert set(count) <= {f"round{number}" for number in imported | {started[-1]}}
                phones = {place.place_id: place.phone for place in places}
                assert all(phones[f"r{number}x0"] == str(number) for number in edited)
                # The history tells of every version.
                versions = Counter(change.record_id for change in register.changes(Place))
                assert all(place.version == versions[place.place_id] for place in places)
            # An import that came through unacknowledged is acknowledged by being there.
            imported = {int(name.removeprefix("round")) for name in count}
            edited = {number for number in imported if phones[f"r{number}x0"] == str(number)}
            first = started[-1] + 1
    assert n_acknowledged >= n_kills, "the writer was killed too early to show anything"
    if "://" not in address:
        with sqlite3.connect(address) as connection:
            assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
            assert connection.execute("pragma foreign_key_check").fetchall() == []
        connection.close()


@pytest.mark.slow
def test_kill_9_loses_nothing_that_was_acknowledged(address: str, tmp_path: Path) -> None:
    kill_again_and_again(address, tmp_path, 8)


@pytest.mark.timed
def test_many_kills_lose_nothing(address: str, tmp_path: Path) -> None:
    kill_again_and_again(address, tmp_path, 60)
