"""
The plain tables every street reader fills and the network is built from.

One reader per format (OSM files, GraphML, Overpass, GeoJSON) hands ways to a
`StreetTableBuilder`; the walking rules are applied here, once, so that no format can have
rules of its own.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from shapely.geometry.base import BaseGeometry

from circle.errors import StreetsError
from circle.geometry import Bounds
from circle.provenance import Provenance
from circle.walking import (
    Barrier,
    NodeRule,
    WayRule,
    classify_node,
    classify_way,
    tagged_step_count,
)

_THROUGH_ROADS = frozenset(
    kind + link for kind in ("trunk", "primary", "secondary", "tertiary") for link in ("", "_link")
)


@dataclass(frozen=True, slots=True, eq=False)
class StreetTable:
    """
    Walkable ways and what blocks the ground between them, in degrees.

    Parameters
    ----------
    node_id
        Identifier of every point of a walkable way, int64, shape ``(n,)``, ascending.
    lon, lat
        Degrees, float64, shape ``(n,)``.
    node_rules
        What stands on a node (gate, stile, …), by index into `node_id`.
    cut_node
        True where the way goes on outside the data, shape ``(n,)``.
    way_id
        OSM identifier of every way, int64, shape ``(w,)``; a way cut by missing nodes
        appears in several pieces.
    way_first
        Offset of every way in `way_node`, int64, shape ``(w + 1,)``.
    way_node
        Node indices of the ways one after another, int64.
    way_rules
        How each way may be walked, length ``w``.
    way_name
        Index into `names`, int32, shape ``(w,)``; ``-1`` without a name.
    way_steps
        Tagged number of steps, int32, shape ``(w,)``; ``-1`` where not tagged.
    names
        Street names, each once.
    barriers
        Lines and areas that are not crossed off the streets, with their kind, in degrees.
    bounds
        Extent the data cover.
    provenance
        Where the data come from.
    n_missing_nodes
        Points of ways that had no position and were left out.
    """

    node_id: npt.NDArray[np.int64]
    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    node_rules: dict[int, NodeRule]
    cut_node: npt.NDArray[np.bool_]
    way_id: npt.NDArray[np.int64]
    way_first: npt.NDArray[np.int64]
    way_node: npt.NDArray[np.int64]
    way_rules: list[WayRule]
    way_name: npt.NDArray[np.int32]
    way_steps: npt.NDArray[np.int32]
    names: list[str]
    barriers: list[tuple[Barrier, BaseGeometry]]
    bounds: Bounds
    provenance: Provenance
    n_missing_nodes: int


class StreetTableBuilder:
    """Collects ways and nodes from any source and turns them into a `StreetTable`."""

    def __init__(self) -> None:
        self._refs = array("q")
        self._lon = array("d")
        self._lat = array("d")
        self._size = array("q")
        self._way_id = array("q")
        self._rules: list[WayRule] = []
        self._name = array("i")
        self._steps = array("i")
        self._names: dict[str, int] = {}
        self._node_rules: dict[int, NodeRule] = {}
        self._cut: set[int] = set()
        self._through_ends: set[int] = set()
        self._closed_road: set[int] = set()
        self.n_missing_nodes = 0
        self.barriers: list[tuple[Barrier, BaseGeometry]] = []

    def add_way(
        self,
        way_id: int,
        refs: Sequence[int],
        lon: Iterable[float],
        lat: Iterable[float],
        tags: Mapping[str, str],
    ) -> bool:
        """
        Add a way if the walking rules let people on it.

        Parameters
        ----------
        way_id
            OSM identifier, or the source's own number.
        refs
            Node identifiers; ways meet where they share one. At least two.
        lon, lat
            Degrees of those nodes.
        tags
            OSM tags of the way.

        Returns
        -------
        walkable
            Whether the way was kept.
        """
        rule = classify_way(tags, refs[:1] == refs[-1:])
        if rule is None or len(refs) < 2:
            return False
        self._lon.extend(lon)
        self._lat.extend(lat)
        self.add_located_way(way_id, refs, rule, tags)
        return True

    def add_located_way(
        self, way_id: int, refs: Sequence[int], rule: WayRule, tags: Mapping[str, str]
    ) -> None:
        """Add a way judged walkable whose positions are handed to `finish` in one piece."""
        self._refs.fromlist(list(refs))
        self._size.append(len(refs))
        self._way_id.append(way_id)
        self._rules.append(rule)
        name = tags.get("name") or tags.get("ref")
        self._name.append(-1 if not name else self._names.setdefault(name, len(self._names)))
        self._steps.append(tagged_step_count(tags))

        if tags.get("highway") in _THROUGH_ROADS:
            self._through_ends.update((refs[0], refs[-1]))

    def add_closed_road(self, refs: Iterable[int]) -> None:
        """Note a road nobody walks on: a street that ends at it does not end with the data."""
        self._closed_road.update(refs)

    def add_node(self, ref: int, tags: Mapping[str, str]) -> None:
        """Note what stands on a node; nodes on no walkable way are dropped by `finish`."""
        rule = classify_node(tags)
        if rule is not None:
            self._node_rules[ref] = rule

    def add_barrier(self, kind: Barrier, geometry: BaseGeometry) -> None:
        """Add a line or an area (degrees) nobody crosses away from the streets."""
        self.barriers.append((kind, geometry))

    def mark_cut(self, ref: int) -> None:
        """Note that a way goes on beyond this node, outside the data."""
        self._cut.add(ref)

    @property
    def n_ways(self) -> int:
        """Number of walkable ways so far."""
        return len(self._way_id)

    def finish(
        self,
        provenance: Provenance,
        *,
        bounds: Bounds | None = None,
        lonlat: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]] | None = None,
    ) -> StreetTable:
        """
        Return the table.

        Parameters
        ----------
        provenance
            Where the data come from.
        bounds
            Extent of the data; the extent of the nodes when the source does not tell.
        lonlat
            Positions of all points of all ways in order, when ways were added located.

        Raises
        ------
        StreetsError
            If there is no walkable way of any length, or the data straddle the 180° meridian.
        """
        if not self._way_id and self.n_missing_nodes:
            raise StreetsError(
                en=f"{provenance.source} holds streets, but the position of none of their nodes; "
                "export the nodes together with the ways.",
                zh=f"{provenance.source} 中有道路，但没有节点的位置；请连同节点一起导出。",
            )
        if not self._way_id:
            raise StreetsError(
                en=f"{provenance.source} holds no street one can walk on; "
                "choose an extract that includes highway=* ways.",
                zh=f"{provenance.source} 中没有可以步行的道路；请换用包含 highway=* 的数据。",
            )
        refs = np.frombuffer(self._refs, np.int64)
        lon, lat = lonlat or (
            np.frombuffer(self._lon, np.float64),
            np.frombuffer(self._lat, np.float64),
        )
        node_id, first_seen, way_node = np.unique(refs, return_index=True, return_inverse=True)
        way_first = np.zeros(len(self._size) + 1, np.int64)
        np.cumsum(np.frombuffer(self._size, np.int64), out=way_first[1:])
        node_lon, node_lat = lon[first_seen], lat[first_seen]
        if not (np.ptp(node_lon) > 0 or np.ptp(node_lat) > 0):
            raise StreetsError(
                en=f"All streets of {provenance.source} lie on one point; export them again.",
                zh=f"{provenance.source} 中的道路都在同一个点上；请重新导出。",
            )
        if np.ptp(node_lon) > 180 or np.abs(node_lon).max() > 180:
            raise StreetsError(
                en=f"{provenance.source} straddles the 180° meridian; cut it in two there.",
                zh=f"{provenance.source} 跨越 180° 经线；请在该处分成两份。",
            )
        special = {
            int(index): self._node_rules[int(node_id[index])]
            for index in self._indices(node_id, self._node_rules)
        }
        cut = np.zeros(len(node_id), np.bool_)
        cut[self._indices(node_id, self._cut)] = True
        # A main road does not end in the middle of nowhere: there the data do, whatever their
        # stated extent. Extracts clipped to a country's border are the common case.
        ends = self._indices(node_id, self._through_ends - self._closed_road)
        cut[ends[np.bincount(way_node, minlength=len(node_id))[ends] == 1]] = True
        return StreetTable(
            node_id=node_id,
            lon=node_lon,
            lat=node_lat,
            node_rules=special,
            cut_node=cut,
            way_id=np.frombuffer(self._way_id, np.int64),
            way_first=way_first,
            way_node=way_node.astype(np.int64),
            way_rules=self._rules,
            way_name=np.frombuffer(self._name, np.int32),
            way_steps=np.frombuffer(self._steps, np.int32),
            names=list(self._names),
            barriers=self.barriers,
            bounds=bounds
            or Bounds(
                float(node_lon.min()),
                float(node_lat.min()),
                float(node_lon.max()),
                float(node_lat.max()),
            ),
            provenance=provenance,
            n_missing_nodes=self.n_missing_nodes,
        )

    @staticmethod
    def _indices(node_id: npt.NDArray[np.int64], wanted: Iterable[int]) -> npt.NDArray[np.int64]:
        wanted_id = np.fromiter(wanted, np.int64)
        at = np.searchsorted(node_id, wanted_id)
        at[at == len(node_id)] = 0
        return np.asarray(at[node_id[at] == wanted_id])


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
