"""
How true isochrones are: polygons against walking times of points drawn at random.

Truth of a point is `travel_times`: its nearest street not behind a barrier, plus the access leg
of at most 100 m. Points on the streets are drawn uniformly by length, points on the ground
uniformly by land area, both within 1.15 times the budget as the crow flies; 20 origins, 400
points each, 15 minutes, adult. For comparison, Valhalla 3.9 gets an F1 of 0.953 on the streets
of another city, the 25 m buffer of OSMnx's example 0.976.
"""

from __future__ import annotations

import numpy as np
import shapely

from circle.field import draw
from circle.kernel import UNREACHED
from circle.network import FloatArray, WalkNetwork
from circle.routing import cost_matrix
from circle.snapping import snap
from circle.streets import read_streets
from circle.units import make_budget
from circle.walkers import WALKERS
from tests.benchmarks.report import Report, extract, run

CASES = {
    "monaco_2023.osm.pbf": (7.412, 43.728, 7.432, 43.746),
    "porto_portugal.osm.pbf": (-8.66, 41.14, -8.57, 41.18),
}
"""Extracts, and the box (west, south, east, north) origins are drawn from."""

SEED = 2021
N_ORIGINS = 20
N_POINTS = 400
MINUTES = 15.0
WITHIN = 1.15
PIER_M = 10.0
"""Sea this close to a street over water is its bridge or pier, not sea walked on."""

Points = tuple[FloatArray, FloatArray]


def street_points(
    network: WalkNetwork, rng: np.random.Generator, x: float, y: float, radius_m: float, n: int
) -> Points:
    """Return points on streets within a circle, uniform by length."""
    px, py = network.point_x_m, network.point_y_m
    start = np.flatnonzero(network.point_edge[:-1] == network.point_edge[1:])
    length = np.hypot(px[start + 1] - px[start], py[start + 1] - py[start])
    is_near = np.hypot(px[start] - x, py[start] - y) < radius_m + length
    start, length = start[is_near], length[is_near]
    found = np.empty((0, 2))
    while len(found) < n:
        i = rng.choice(start, 4 * n, p=length / length.sum())
        t = rng.uniform(size=len(i))
        xy = np.column_stack([px[i] + t * (px[i + 1] - px[i]), py[i] + t * (py[i + 1] - py[i])])
        found = np.concatenate([found, xy[np.hypot(xy[:, 0] - x, xy[:, 1] - y) < radius_m]])
    return found[:n, 0], found[:n, 1]


def land_points(
    network: WalkNetwork, rng: np.random.Generator, x: float, y: float, radius_m: float, n: int
) -> Points:
    """Return points on land within a circle, uniform by area."""
    found = np.empty((0, 2))
    while len(found) < n:
        radius = radius_m * np.sqrt(rng.uniform(size=4 * n))
        angle = rng.uniform(0, 2 * np.pi, 4 * n)
        px, py = x + radius * np.cos(angle), y + radius * np.sin(angle)
        is_land = ~shapely.intersects_xy(network.water, px, py)
        found = np.concatenate([found, np.column_stack([px, py])[is_land]])
    return found[:n, 0], found[:n, 1]


def origins(
    network: WalkNetwork, rng: np.random.Generator, box: tuple[float, float, float, float], n: int
) -> Points:
    """Return origins on the streets of a box in degrees."""
    (west, east), (south, north) = network.frame.to_xy(box[::2], box[1::2])
    radius_m = float(np.hypot(east - west, north - south)) / 2
    x, y = street_points(network, rng, (west + east) / 2, (south + north) / 2, radius_m, 40 * n)
    inside = (x > west) & (x < east) & (y > south) & (y < north)
    return x[inside][:n], y[inside][:n]


def scores(
    network: WalkNetwork,
    box: tuple[float, float, float, float],
    *,
    seed: int = SEED,
    n_points: int = N_POINTS,
) -> dict[str, tuple[float, float, float]]:
    """Return precision, recall and F1 of polygons, on the streets and off them."""
    rng = np.random.default_rng(seed)
    walker, budget = WALKERS["adult"], make_budget(minutes=MINUTES)
    radius_m = WITHIN * MINUTES * 60 * walker.speed_m_s
    starts = list(zip(*origins(network, rng, box, N_ORIGINS), strict=True))
    result = {}
    for name, pick in (("on the streets", street_points), ("off the streets", land_points)):
        right = wrong = missed = 0
        for x, y in starts:
            px, py = pick(network, rng, x, y, radius_m, n_points)
            origin = snap(network, np.array([x]), np.array([y]), walker)
            cost = cost_matrix(network, origin, snap(network, px, py, walker), budget, walker)[0]
            rings = draw(network, x, y, budget, walker)[0].rings
            claimed = shapely.contains_xy(rings.geometry(rings.xy_m), px, py)
            truth = cost != UNREACHED
            right += int((truth & claimed).sum())
            wrong += int((~truth & claimed).sum())
            missed += int((truth & ~claimed).sum())
        precision, recall = right / (right + wrong), right / (right + missed)
        result[name] = (precision, recall, 2 * precision * recall / (precision + recall))
    return result


def sea_share(network: WalkNetwork, box: tuple[float, float, float, float]) -> tuple[float, float]:
    """Return the mean and the largest share of 15-minute isochrones that lies in water."""
    rng = np.random.default_rng(SEED)
    walker, budget = WALKERS["adult"], make_budget(minutes=MINUTES)
    edges = network.edges_frame().to_crs(network.frame.crs).geometry
    piers = shapely.union_all(shapely.intersection(np.asarray(edges), network.water))
    sea = shapely.difference(network.water, shapely.buffer(piers, PIER_M))
    shares = []
    for x, y in zip(*origins(network, rng, box, N_ORIGINS), strict=True):
        rings = draw(network, x, y, budget, walker)[0].rings
        if rings.area_m2 > 0:
            ground = rings.geometry(rings.xy_m)
            shares.append(ground.intersection(sea).area / rings.area_m2)
    return float(np.mean(shares)), float(np.max(shares))


def main() -> Report:
    """Print the figures of both extracts."""
    report = Report("Truth: 20 origins x 400 points, 15 minutes, adult")
    for name, box in CASES.items():
        network = read_streets(extract(name))
        for where, (precision, recall, f1) in scores(network, box).items():
            target = 0.99 if where == "on the streets" else 0.985
            town = name.split("_")[0]
            report.line(f"{town}, {where}: precision", precision)
            report.line(f"{town}, {where}: recall", recall)
            report.line(f"{town}, {where}: F1", f1, least=target)
        if network.water_wkb.size and not network.water.is_empty:
            mean, worst = sea_share(network, box)
            report.line(f"{town}, share in the water: mean", 100 * mean, "%", most=0.5)
            report.line(f"{town}, share in the water: worst origin", 100 * worst, "%", most=0.5)
    return report


if __name__ == "__main__":
    run(main)
