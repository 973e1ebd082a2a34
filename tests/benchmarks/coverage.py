"""
How fast coverage is: the search against pandana's query.

Nearest place of 11 classes from every street vertex of Porto, within 5 km, vertex to vertex, by
both programs in the same run; ours prepares nothing. The whole command with its files is in
`planner`.
"""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec

import numpy as np

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
    # Before and after pandana, so that a machine that slowed down meanwhile slows down both.
    taken = [seconds, *(ours(network, places, WALKER, METRES)[1] for _ in range(2))]
    if find_spec("pandana") is None:
        report.note("pandana is not installed here.")
        return
    other, times = theirs(network, places, WALKER, METRES)
    for name, value in times.items():
        report.line(f"porto, pandana: {name}", value, "s")
    taken += (ours(network, places, WALKER, METRES)[1] for _ in range(3))
    middle = float(np.median(taken))
    report.line("porto, our search and reading, nothing prepared", middle, "s")
    report.line("porto, pandana's query / our search", times["query"] / middle, least=10)
    found = differences(mine, other, METRES)
    report.line("porto, answers compared", found["compared"])
    report.line("porto, share of answers that differ by > 5 cm", found["share"], most=1e-4)


def main() -> Report:
    """Print the figures."""
    report = Report("Coverage")
    porto(report)
    return report


if __name__ == "__main__":
    run(main)
