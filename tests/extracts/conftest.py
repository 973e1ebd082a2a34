"""Real extracts, read once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

import circle
from circle.network import WalkNetwork

MONACO = "monaco_2023.osm.pbf"
TSINGHUA = "beijing_tsinghua_2017.osm"
PORTO = "porto_portugal.osm.pbf"
SHENZHEN = "shenzhen_futian_osmnx.graphml"
BAYREUTH = "north-bayreuth.osm.gz"


class Networks:
    """Networks by file name, read when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, WalkNetwork] = {}

    def path(self, name: str) -> Path:
        path = self.folder / name
        if not path.is_file():
            pytest.skip(f"no extract {path}")
        return path

    def __call__(self, name: str) -> WalkNetwork:
        if name not in self._read:
            self._read[name] = circle.read_streets(self.path(name))
        return self._read[name]


@pytest.fixture(scope="session")
def networks(extracts: Path) -> Networks:
    return Networks(extracts)


@pytest.fixture(scope="session")
def monaco(networks: Networks) -> WalkNetwork:
    return networks(MONACO)


@pytest.fixture(scope="session")
def tsinghua(networks: Networks) -> WalkNetwork:
    return networks(TSINGHUA)


@pytest.fixture(scope="session")
def porto(networks: Networks) -> WalkNetwork:
    return networks(PORTO)
