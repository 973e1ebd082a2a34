"""Opens streets of any format: the one place that knows which reader a file needs."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from circle.geometry import Bounds
from circle.network import WalkNetwork
from circle.network_build import build_network
from circle.osm import read_osm
from circle.provenance import Provenance
from circle.streets_table import StreetTableBuilder


def read_streets(path: str | Path, *, progress: bool = False) -> WalkNetwork:
    return build_network(read_osm(Path(path), progress=progress))


def straight_street(*, length_m: float, lon: float = 0.0, lat: float = 0.0) -> WalkNetwork:
    """
    Return one straight street that runs east: for examples and tests.

    Parameters
    ----------
    length_m
        Its length, at most a few kilometres.
    lon, lat
        Where its middle lies.

    Examples
    --------
    >>> street = straight_street(length_m=300)
    >>> street.n_edges, round(float(street.edge_length_m.sum()), 1)
    (1, 300.0)
    """
    radius_m = 6_378_137.0
    half = np.degrees(length_m / 2 / (radius_m * np.cos(np.radians(lat))))
    builder = StreetTableBuilder()
    builder.add_way(1, [1, 2], [lon - half, lon + half], [lat, lat], {"highway": "footway"})
    return build_network(
        builder.finish(
            Provenance("straight_street", None, None, None, ""),
            bounds=Bounds(lon - 2 * half, lat - half, lon + 2 * half, lat + half),
        )
    )
