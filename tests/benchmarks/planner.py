"""
How fast a planner has everything: `circle coverage` of all of Monaco with every file it writes.

Every class at three levels and every clause, by residential building and population, in a process
of its own, from a saved network and with compiled kernels on disk.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from circle.network_file import save_network
from circle.streets import read_streets
from tests.benchmarks.report import Report, extract, run

MOST_S = 15.0


def monaco(report: Report) -> None:
    """Print how long the whole command takes, and what it wrote."""
    path = extract("monaco_2023.osm.pbf")
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder) / "monaco"
        study.mkdir()
        save_network(read_streets(path), study / "monaco.circle")
        (study / "circle.toml").write_text(
            f'center = [7.4205, 43.7345]\nstreets = "monaco.circle"\nmap = "{path.resolve()}"\n'
        )
        out = Path(folder) / "maps"
        command = [
            *(sys.executable, "-m", "circle.cli", "coverage", str(study)),
            *("--json", "--out", str(out)),
        ]
        subprocess.run(command, check=True, capture_output=True)
        start, before = time.perf_counter(), _processor_s()
        told = subprocess.run(command, check=True, capture_output=True).stdout
        taken = time.perf_counter() - start
        files = [Path(name) for name in json.loads(told)["files"]]
        report.line("monaco, circle coverage with all files", taken, "s", most=MOST_S)
        report.line("monaco, of that on the processor", _processor_s() - before, "s")
        report.line("monaco, files", len(files))
        report.line("monaco, of them", sum(map(_size_mb, files)), "MB")


def _size_mb(path: Path) -> float:
    return path.stat().st_size / 1e6


def _processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> Report:
    """Print the figures."""
    report = Report("Planner's files")
    monaco(report)
    return report


if __name__ == "__main__":
    run(main)
