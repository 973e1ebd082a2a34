"""
How fast isochrones are: against Valhalla, against the bare search, and on ten times the streets.

One process, one thread, warm; medians over 100 origins in the dense part of Monaco and of Porto.
Ours is what the service calls: from a position to GeoJSON text with three budgets. Valhalla is
asked in-process for the same three contours (where `pyvalhalla` is installed: Python 3.12 on).
The programs take turns at every origin, so that a machine that slows down slows down both.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import shapely

from circle.geometry import Bounds, LonLat
from circle.isochrone import isochrone_geojson
from circle.network import WalkNetwork
from circle.network_build import build_network
from circle.osm import read_osm
from circle.search import searching
from circle.snapping import snap
from circle.streets_table import StreetTable
from circle.units import make_budget
from circle.walkers import WALKERS
from tests.benchmarks.report import Report, extract, run
from tests.benchmarks.truth import SEED, origins

CASES = {
    "monaco_2023.osm.pbf": (7.415, 43.730, 7.428, 43.742),
    "porto_portugal.osm.pbf": (-8.64, 41.14, -8.59, 41.17),
}
MINUTES = (5, 10, 15)
N_ORIGINS = 100
N_COPIES = 10

Question = Callable[[int], object]


def in_turns(questions: dict[str, Question], n: int) -> dict[str, float]:
    """Return the median milliseconds of each question, asked in turn, twice to warm up."""
    times: dict[str, list[float]] = {name: [] for name in questions}
    for turn in range(3):
        for i in range(n):
            for name, ask in questions.items():
                start = time.perf_counter()
                ask(i)
                if turn == 2:
                    times[name].append(1e3 * (time.perf_counter() - start))
    return {name: float(np.median(each)) for name, each in times.items()}


def our_questions(network: WalkNetwork, lon: np.ndarray, lat: np.ndarray) -> dict[str, Question]:
    """Return the isochrone and the bare search it stands on."""
    walker, limit = WALKERS["adult"], make_budget(minutes=MINUTES).limit
    snaps = [
        snap(network, *network.frame.to_xy([a], [b]), walker) for a, b in zip(lon, lat, strict=True)
    ]

    def isochrone(i: int) -> bytes:
        return isochrone_geojson(network, LonLat(lon[i], lat[i]), minutes=MINUTES)

    def search(i: int) -> None:
        with searching(network, snaps[i], walker=walker, unit="min", limit=limit):
            pass

    return {"isochrone": isochrone, "search": search}


def valhalla(pbf: Path, folder: Path, lon: np.ndarray, lat: np.ndarray) -> Question | None:
    """Return the same question to Valhalla; ``None`` where it is not installed."""
    if find_spec("valhalla") is None:
        return None
    import valhalla

    config = valhalla.get_config(tile_extract="", tile_dir=str(folder), verbose=False)
    config["mjolnir"]["concurrency"] = 1
    settings = folder / "valhalla.json"
    settings.write_text(json.dumps(config))
    program = Path(valhalla.__file__).parent / "bin" / "valhalla_build_tiles"
    subprocess.run([program, "-c", settings, pbf], check=True, capture_output=True)
    actor = valhalla.Actor(str(settings))
    speed_km_h = WALKERS["adult"].speed_m_s * 3.6

    def ask(i: int) -> str:
        request = {
            "locations": [{"lon": lon[i], "lat": lat[i]}],
            "costing": "pedestrian",
            "costing_options": {"pedestrian": {"walking_speed": speed_km_h}},
            "contours": [{"time": minutes} for minutes in MINUTES],
            "polygons": True,
        }
        return str(actor.isochrone(json.dumps(request)))

    return ask


def copies(table: StreetTable, n: int) -> StreetTable:
    """Return a table that holds the same streets `n` times, side by side, not connected."""
    west, south, east, north = table.bounds
    n_nodes = len(table.node_id)
    step_lat = (north - south) * 1.05
    # Stacked to the north and south alternately, so that the first copy stays in the middle.
    shifts = [step_lat * ((k + 1) // 2) * (-1) ** k for k in range(n)]
    first_id = int(table.node_id.max()) + 1
    ways = [table.way_first[:-1] + k * len(table.way_node) for k in range(n)]
    return replace(
        table,
        node_id=np.concatenate([table.node_id + k * first_id for k in range(n)]),
        lon=np.tile(table.lon, n),
        lat=np.concatenate([table.lat + shift for shift in shifts]),
        node_rules={i + k * n_nodes: r for k in range(n) for i, r in table.node_rules.items()},
        cut_node=np.tile(table.cut_node, n),
        way_id=np.tile(table.way_id, n),
        way_first=np.append(np.concatenate(ways), n * len(table.way_node)),
        way_node=np.concatenate([table.way_node + k * n_nodes for k in range(n)]),
        way_rules=table.way_rules * n,
        way_name=np.tile(table.way_name, n),
        way_steps=np.tile(table.way_steps, n),
        barriers=[
            (kind, shapely.transform(shape, lambda c, s=shift: c + np.array([0.0, s])))
            for shift in shifts
            for kind, shape in table.barriers
        ],
        bounds=Bounds(west, south + min(shifts), east, north + max(shifts)),
    )


def main() -> Report:
    """Print ratios for both towns and for ten times the streets of Porto."""
    report = Report("Speed: 5, 10 and 15 minutes from one origin to GeoJSON text")
    for name, box in CASES.items():
        table = read_osm(extract(name))
        network = build_network(table)
        x, y = origins(network, np.random.default_rng(SEED), box, N_ORIGINS)
        lon, lat = network.frame.to_lonlat(x, y)
        town = name.split("_")[0]
        with tempfile.TemporaryDirectory() as folder:
            questions = our_questions(network, lon, lat)
            theirs = valhalla(extract(name), Path(folder), lon, lat)
            if theirs is not None:
                questions["valhalla"] = theirs
            ms = in_turns(questions, N_ORIGINS)
        for question, value in ms.items():
            report.line(f"{town}, {question}", value, "ms")
        report.line(f"{town}, isochrone / bare search", ms["isochrone"] / ms["search"], most=15)
        if theirs is not None:
            report.line(f"{town}, isochrone / Valhalla", ms["isochrone"] / ms["valhalla"], most=1.5)
        else:
            report.note("Valhalla is not installed here: pip install pyvalhalla (Python >= 3.12).")
    larger = build_network(copies(table, N_COPIES))
    pair = {
        "one": our_questions(network, lon, lat)["isochrone"],
        "ten": our_questions(larger, lon, lat)["isochrone"],
    }
    ms = in_turns(pair, N_ORIGINS)
    times = larger.n_edges / network.n_edges
    report.line(
        f"porto, isochrone on {times:.0f} x the streets / on one", ms["ten"] / ms["one"], most=1.3
    )
    return report


if __name__ == "__main__":
    run(main)
