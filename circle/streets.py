"""Opens streets of any format: the one place that knows which reader a file needs."""

from __future__ import annotations

from pathlib import Path

from circle.errors import StreetsError
from circle.network import WalkNetwork
from circle.network_build import build_network
from circle.osm import read_osm


def read_streets(path: str | Path, *, progress: bool = False) -> WalkNetwork:
    return build_network(read_osm(Path(path), progress=progress))
