"""
Walking circles of a neighbourhood: streets, times, isochrones and a guide to print and share.

The names below are the public ones; they are loaded when first used, so that ``import circle``
costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from circle.directions import route
    from circle.errors import CircleError
    from circle.geometry import LonLat
    from circle.isochrone import isochrone_geojson, isochrones
    from circle.network import WalkNetwork
    from circle.network_file import load_network, save_network
    from circle.routing import nearest, travel_times
    from circle.streets import read_streets
    from circle.walkers import WALKERS, Walker

__version__ = "0.1.0"

__all__ = [
    "WALKERS",
    "CircleError",
    "LonLat",
    "WalkNetwork",
    "Walker",
    "isochrone_geojson",
    "isochrones",
    "load_network",
    "nearest",
    "read_streets",
    "route",
    "save_network",
    "travel_times",
]

_HOME = {
    "CircleError": "errors",
    "LonLat": "geometry",
    "WALKERS": "walkers",
    "WalkNetwork": "network",
    "Walker": "walkers",
    "isochrone_geojson": "isochrone",
    "isochrones": "isochrone",
    "load_network": "network_file",
    "nearest": "routing",
    "read_streets": "streets",
    "route": "directions",
    "save_network": "network_file",
    "travel_times": "routing",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
