"""
How fast and how lean Porto (51,000 ways) is imported, saved and opened.

The yardstick is a pyosmium loop that reads ref, lon and lat of every node of the walkable ways
and does nothing with them; the peer is `osmnx.graph_from_xml` on the same ways.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import osmium

from circle.network_file import load_network, save_network
from circle.streets import read_streets
from circle.walking import classify_way
from tests.benchmarks.report import Report, extract, run

N_TURNS = 5


def walkable_ways(path: Path) -> set[int]:
    """Return the ways our rules let people walk on."""
    ways = osmium.FileProcessor(str(path), osmium.osm.WAY)
    ways = ways.with_filter(osmium.filter.KeyFilter("highway"))
    return {way.id for way in ways if classify_way(dict(way.tags)) is not None}


def loop(path: Path, wanted: set[int]) -> int:
    """Read ref, lon and lat of every located node of the walkable ways; return how many."""
    count = 0
    for way in (
        osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY)
        .with_locations()
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        .with_filter(osmium.filter.KeyFilter("highway"))
    ):
        if way.id in wanted:
            for node in way.nodes:
                if node.location.valid():
                    _ = (node.ref, node.lon, node.lat)
                    count += 1
    return count


def as_xml(path: Path, wanted: set[int], target: Path) -> None:
    """Write the walkable ways and their nodes as XML, the only format OSMnx reads."""
    nodes: set[int] = set()
    ways = osmium.FileProcessor(str(path), osmium.osm.WAY)
    for way in ways.with_filter(osmium.filter.KeyFilter("highway")):
        if way.id in wanted:
            nodes.update(node.ref for node in way.nodes)
    with osmium.SimpleWriter(str(target)) as writer:
        for item in osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY):
            if (item.is_node() and item.id in nodes) or (item.is_way() and item.id in wanted):
                writer.add(item)


def seconds(task, *arguments) -> float:
    """Return how long one call takes."""
    start = time.perf_counter()
    task(*arguments)
    return time.perf_counter() - start


def main() -> Report:
    """Print ratios, memory and the time to open."""
    report = Report("Import of Porto")
    path = extract("porto_portugal.osm.pbf")
    wanted = walkable_ways(path)
    read_streets(extract("monaco_2023.osm.pbf"))  # compiles
    ours, yardstick = [], []
    for _ in range(N_TURNS):
        yardstick.append(seconds(loop, path, wanted))
        ours.append(seconds(read_streets, path))
    report.line("loop over the nodes of the walkable ways", float(np.median(yardstick)), "s")
    report.line("import", float(np.median(ours)), "s")
    ratio = float(np.median(np.array(ours) / yardstick))
    report.line("import / loop", ratio, most=3)

    code = (
        "import resource, sys; from circle.streets import read_streets; read_streets(sys.argv[1]);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    out = subprocess.run(
        [sys.executable, "-c", code, str(path)], check=True, capture_output=True, text=True
    )
    kib = int(out.stdout) / (1024 if sys.platform == "darwin" else 1)
    report.line("peak memory of a process that imports", kib / 1024, "MB", most=500)

    with tempfile.TemporaryDirectory() as folder:
        saved = save_network(read_streets(path), Path(folder) / "porto.circle")
        opened = [1e3 * seconds(load_network, saved) for _ in range(9)]
        report.line("size of the saved network", saved.stat().st_size / 1e6, "MB")
        report.line("open the saved network", float(np.median(opened)), "ms", most=50)
        xml = Path(folder) / "porto.osm"
        as_xml(path, wanted, xml)
        import osmnx

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = seconds(lambda: osmnx.graph_from_xml(xml, retain_all=True))
        report.line("osmnx.graph_from_xml on the same ways", theirs, "s")
        report.line(
            "osmnx / import from the same XML", theirs / seconds(read_streets, xml), least=10
        )
    return report


if __name__ == "__main__":
    run(main)
