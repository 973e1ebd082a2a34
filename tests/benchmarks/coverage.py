"""
How fast coverage is: the search against pandana's query, and all of Monaco by the command.

The search: nearest place of 11 classes from every street vertex of Porto, within 5 km, vertex to
vertex, by both programs in the same run; ours prepares nothing. Monaco: every class at three
levels and every clause, by residential building and population, in a process of its own, from a
saved network and with compiled kernels on disk.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from circle.network_file import save_network
from circle.streets import read_streets
from circle.walkers import WALKERS
from tests.benchmarks.report import Report, extract, run
from tests.benchmarks.truth import SEED
from tests.covering.against_pandana import differences, nearest_vertices, ours, theirs

METRES = 5_000.0
N_CLASSES = 11
WALKER = replace(WALKERS["adult"], key="adult, gates open", enters_private=True)
"""Gates that only open outward would make a directed question; both ask the same one here."""


def porto(report: Report) -> None:
    """Print the ratio of pandana's query to our search."""
    network = read_streets(extract("porto_portugal.osm.pbf"))
    rng = np.random.default_rng(SEED)
    # The extract has few places; where they lie does not matter, how many does: 20 to 2,000.
    numbers = np.geomspace(20, 2000, N_CLASSES).astype(int)
    unique = nearest_vertices(network, network.node_x_m, network.node_y_m)
    places = {
        f"class {k}": np.sort(rng.choice(unique, number, replace=False))
        for k, number in enumerate(numbers, start=1)
    }
    report.line("porto, vertices", network.n_nodes)
    ours(network, places, WALKER, 100.0)  # compiles
    mine, seconds = ours(network, places, WALKER, METRES)
    report.line("porto, our search and reading, nothing prepared", seconds, "s")
    if find_spec("pandana") is None:
        report.note("pandana is not installed here.")
        return
    other, times = theirs(network, places, WALKER, METRES)
    for name, value in times.items():
        report.line(f"porto, pandana: {name}", value, "s")
    # Once more, so that a machine that slowed down meanwhile slows down both.
    _, again = ours(network, places, WALKER, METRES)
    report.line("porto, pandana's query / our search", times["query"] / max(seconds, again),
                least=10)  # fmt: skip
    found = differences(mine, other, METRES)
    report.line("porto, answers compared", found["compared"])
    report.line("porto, share of answers that differ by > 5 cm", found["share"], most=1e-4)


def monaco(report: Report) -> None:
    """Print how long the whole command takes."""
    path = extract("monaco_2023.osm.pbf")
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder) / "monaco"
        study.mkdir()
        save_network(read_streets(path), study / "monaco.circle")
        (study / "circle.toml").write_text(
            f'center = [7.4205, 43.7345]\nstreets = "monaco.circle"\nmap = "{path.resolve()}"\n'
        )
        command = [sys.executable, "-m", "circle.cli", "coverage", str(study), "--json"]
        subprocess.run(command, check=True, capture_output=True)
        start, before = time.perf_counter(), _processor_s()
        subprocess.run(command, check=True, capture_output=True)
        report.line("monaco, circle coverage", time.perf_counter() - start, "s", most=15)
        report.line("monaco, of that on the processor", _processor_s() - before, "s")


def _processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> Report:
    """Print the figures."""
    report = Report("Coverage")
    monaco(report)
    porto(report)
    return report


if __name__ == "__main__":
    run(main)
