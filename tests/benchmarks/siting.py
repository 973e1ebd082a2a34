"""
Siting at the size that is promised: 3 of 500 candidates for 5,000 demand points.

Candidates and demand lie on the real streets of Porto, walks are of 1,000 m along them; a second
town is drawn evenly, which is harder than any real one.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from circle.coverage.reach import reach_matrix, vertex_snaps
from circle.siting import (
    SitingProblem,
    SitingResult,
    cost_table,
    fewest_sites,
    least_walking,
    most_people,
)
from circle.streets import read_streets
from circle.walkers import get_walker
from tests.benchmarks.report import Report, extract, run

N_DEMAND, N_CANDIDATES, N_NEW = 5_000, 500, 3
LIMIT = 1_000_000
"""Millimetres: the 1,000 m of a 15-minute neighbourhood."""


def porto() -> SitingProblem:
    """Return demand and candidates at the vertices in the middle of Porto."""
    network = read_streets(extract("porto_portugal.osm.pbf"))
    rng = np.random.default_rng(7)
    x, y = network.node_x_m, network.node_y_m
    middle = (np.median(x), np.median(y))
    near = np.argsort(np.hypot(x - middle[0], y - middle[1]), kind="stable")[:N_DEMAND]
    homes = vertex_snaps(network, near)
    sites = vertex_snaps(network, rng.choice(near, N_CANDIDATES, replace=False))
    cost = reach_matrix(network, homes, sites, LIMIT, "m", get_walker("adult"))
    people = rng.integers(1, 200, N_DEMAND).astype(np.float64)
    return SitingProblem(cost, people, np.full(N_DEMAND, np.inf), LIMIT)


def drawn() -> SitingProblem:
    """Return a town of even density, walked along a grid."""
    rng = np.random.default_rng(1)
    homes, sites = rng.random((N_DEMAND, 2)) * 4e6, rng.random((N_CANDIDATES, 2)) * 4e6
    costs = np.rint(np.abs(homes[:, None] - sites[None]).sum(axis=2))
    people = rng.integers(1, 200, N_DEMAND).astype(np.float64)
    return SitingProblem(cost_table(costs, LIMIT), people, np.full(N_DEMAND, np.inf), LIMIT)


def main() -> Report:
    """Measure the three questions on both towns."""
    report = Report("Siting: 3 of 500 candidates, 5,000 demand points")
    most_people(_small(), 1)  # compiles
    for name, make in (("Porto", porto), ("drawn evenly", drawn)):
        problem = make()
        _measure(report, f"{name}: fewest for all (LSCP)", lambda p=problem: fewest_sites(p), 30, 0)
        _measure(
            report, f"{name}: most people (MCLP)", lambda p=problem: most_people(p, N_NEW), 30, 0
        )
        _measure(
            report,
            f"{name}: least walking (p-median)",
            lambda p=problem: least_walking(p, N_NEW),
            60,
            0.01,
        )
    return report


def _small() -> SitingProblem:
    return SitingProblem(cost_table(np.ones((2, 2)), 5), np.ones(2), np.full(2, np.inf), 5)


def _measure(
    report: Report, what: str, choose: Callable[[], SitingResult], most_s: float, most_gap: float
) -> None:
    start = time.perf_counter()
    found = choose()
    report.line(what, time.perf_counter() - start, "s", most=most_s)
    report.line(f"{what}, gap to the best", found.gap, most=most_gap)


if __name__ == "__main__":
    run(main)
