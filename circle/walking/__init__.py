"""
Who may walk where: the one set of rules that reads OpenStreetMap's tags for every source.

Pure functions over tags. They refuse to know geometry: whether a line is closed, and how long it
is, is the caller's to say.
"""

from circle.walking.ground import classify_barrier
from circle.walking.nodes import NODE_FILTER_KEYS, classify_node
from circle.walking.ways import (
    FILTER_KEYS,
    HIGHWAY_VALUES,
    TREAD_M,
    classify_way,
    layer_of,
    step_count,
    tagged_step_count,
)
from circle.walking.words import KIND_NAMES, Barrier, Flag, Kind, NodeRule, WayRule

__all__ = [
    "FILTER_KEYS",
    "HIGHWAY_VALUES",
    "KIND_NAMES",
    "NODE_FILTER_KEYS",
    "TREAD_M",
    "Barrier",
    "Flag",
    "Kind",
    "NodeRule",
    "WayRule",
    "classify_barrier",
    "classify_node",
    "classify_way",
    "layer_of",
    "step_count",
    "tagged_step_count",
]
