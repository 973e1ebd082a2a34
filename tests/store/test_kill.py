"""A program killed at any moment loses nothing that it said was kept, and leaves no half import."""

from __future__ import annotations

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from circle.store import Place, Register

HERE = Path(__file__).parent
N_ROWS = int(re.findall(r"N_ROWS = (\d+)", (HERE / "killed_writer.py").read_text("utf-8"))[0])


def run_and_kill(address: str, folder: Path, first: int, after_s: float, log: Path) -> list[str]:
    """Let the writer run for a while after its first round began, kill it, return what it said."""
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, str(HERE / "killed_writer.py"), address, str(folder), str(first)],
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=HERE.parents[1],
            env={**os.environ, "PYTHONPATH": str(HERE.parents[1])},
        )
        deadline = time.monotonic() + 60
        while "START" not in log.read_text("utf-8"):
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < deadline
            time.sleep(0.005)
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)
        process.wait()
    lines = log.read_text("utf-8").splitlines()
    assert not [line for line in lines if "Error" in line], lines
    return lines


@pytest.mark.slow
def test_kill_9_loses_nothing_that_was_acknowledged(address: str, tmp_path: Path) -> None:
    moments = random.Random(20260501)
    first = 0
    n_acknowledged = 0
    imported: set[int] = set()
    edited: set[int] = set()
    n_kills = 5
    for turn in range(n_kills):
        lines = run_and_kill(
            address, tmp_path, first, moments.uniform(0.0, 0.6), tmp_path / f"log{turn}"
        )
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
    assert n_acknowledged > n_kills, "the writer was killed too early to show anything"
    if "://" not in address:
        with sqlite3.connect(address) as connection:
            assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
            assert connection.execute("pragma foreign_key_check").fetchall() == []
        connection.close()
