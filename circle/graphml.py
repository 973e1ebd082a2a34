"""
Reads streets from a GraphML file written by OSMnx, simplified or not, of version 1 or 2.

The XML is streamed, nothing in it is executed, and a document type definition is refused. Both
directions of a street become one way again, drawn as OpenStreetMap draws it. A simplified edge
joins several ways and keeps only the set of their tags: where those disagree the edge is walked
as the mildest of them, marked as a guess, unless one of its classes is closed to feet.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, islice, product
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pyproj
import shapely
from tqdm import tqdm

from circle.errors import StreetsError
from circle.geometry import FloatArray
from circle.provenance import OSM_ATTRIBUTION, OSM_LICENCE, Provenance
from circle.streets_table import StreetTable, StreetTableBuilder, file_sha256
from circle.walking import Flag, WayRule, classify_way

SUFFIXES = (".graphml",)

_NS = "{http://graphml.graphdrawing.org/xmlns}"
_HEAD_BYTES = 4096
# Attributes OSMnx computes; the others are OpenStreetMap's tags.
_NOT_TAGS = frozenset(
    ("osmid", "osmid_original", "geometry", "length", "reversed", "x", "y", "lon", "lat",
     "street_count", "elevation", "grade", "grade_abs", "bearing", "speed_kph", "travel_time",
     "from", "to", "u", "v", "key", "merged_edges", "cluster")
)  # fmt: skip
_TRUTH = {"True": "yes", "False": "no"}
_MOST_COMBINATIONS = 64
_LONGEST_LIST = 100_000


@dataclass(slots=True)
class _Node:
    """A point: its position in the file's own system, its tags, and how many streets it had."""

    ref: int
    x: float
    y: float
    tags: dict[str, str]
    street_count: int | None


@dataclass(slots=True)
class _Edge:
    """One direction of a street."""

    start: str
    end: str
    osm_ids: tuple[int, ...]
    values: dict[str, tuple[str, ...]]
    is_reversed: bool
    line: shapely.LineString | None


@dataclass(slots=True)
class _Graph:
    """What the file holds."""

    attributes: dict[str, str] = field(default_factory=dict)
    nodes: dict[str, _Node] = field(default_factory=dict)
    edges: list[_Edge] = field(default_factory=list)


def read_graphml(path: Path, *, progress: bool = False) -> StreetTable:
    """
    Return the walkable ways of an OSMnx GraphML file.

    Parameters
    ----------
    path
        A `.graphml` file; positions in degrees or in any projection it names.
    progress
        Show a progress bar on standard error.

    Returns
    -------
    table
        Ways and special nodes; no barriers, since a graph knows no water. A node that lost
        streets when the graph was cut out (`street_count`) is marked as the edge of the data.

    Raises
    ------
    StreetsError
        If the file is missing, empty, cut off, not GraphML, has no positions, or holds no way
        to walk on.
    """
    if not path.is_file():
        raise StreetsError(
            en=f"There is no street file {path}; check the name.",
            zh=f"找不到道路文件 {path}；请检查文件名。",
        )
    if path.stat().st_size == 0:
        raise StreetsError(
            en=f"The street file {path.name} is empty; save the graph again.",
            zh=f"道路文件 {path.name} 是空的；请重新保存。",
        )
    graph = _load(path, progress)
    to_lonlat = _projection(graph, path.name)
    builder = StreetTableBuilder()
    for node in graph.nodes.values():
        builder.add_node(node.ref, node.tags)
    fresh = count(min(0, *(node.ref for node in graph.nodes.values())) - 1, -1)
    points = [
        way
        for edge in _undirected(graph.edges)
        if (way := _add(builder, edge, graph.nodes, fresh)) is not None
    ]
    x, y = np.concatenate(points).T if points else np.empty((2, 0))
    _mark_cuts(builder, graph)
    return builder.finish(
        Provenance(
            source=path.name,
            data_date=_iso_date(graph.attributes.get("created_date", "")),
            sha256=file_sha256(path),
            licence=OSM_LICENCE,
            attribution=OSM_ATTRIBUTION,
        ),
        lonlat=(x, y) if to_lonlat is None else to_lonlat.transform(x, y),
    )


def _load(path: Path, progress: bool) -> _Graph:
    """Read the whole file, or say in one sentence why that cannot be."""
    with path.open("rb") as file:
        if b"<!DOCTYPE" in file.read(_HEAD_BYTES):
            raise _foreign(path.name)
        file.seek(0)
        try:
            with tqdm(
                desc=path.name, unit=" elements", leave=False, disable=not progress
            ) as progress_bar:
                return _parse(ET.iterparse(file, events=("start", "end")), path.name, progress_bar)
        except (ET.ParseError, UnicodeDecodeError, LookupError) as error:
            raise StreetsError(
                en=f"{path.name} is no complete GraphML file ({error}); it is damaged, cut off or "
                "of another format: save the graph again.",
                zh=f"{path.name} 不是完整的 GraphML 文件（{error}）；"
                "文件已损坏、不完整或格式不符，请重新保存。",
            ) from error


def _foreign(name: str) -> StreetsError:
    return StreetsError(
        en=f"{name} is not a GraphML street graph as OSMnx saves it; give a file written by "
        "osmnx.save_graphml, or an OpenStreetMap file.",
        zh=f"{name} 不是 OSMnx 保存的 GraphML 道路图；"
        "请提供 osmnx.save_graphml 写出的文件，或 OpenStreetMap 数据文件。",
    )


def _parse(events: Iterator[tuple[str, ET.Element]], name: str, bar: Any) -> _Graph:
    graph = _Graph()
    keys: dict[str, str] = {}
    fresh = count(-1, -1)
    is_first = True
    for event, element in events:
        if is_first:
            if element.tag.removeprefix(_NS) != "graphml":
                raise _foreign(name)
            root, is_first = element, False
        if event == "start":
            continue
        tag = element.tag.removeprefix(_NS)
        if tag == "key":
            keys[element.get("id", "")] = element.get("attr.name", "")
        elif tag == "node":
            node = _node(_data(element, keys), element.get("id", ""), fresh)
            if node is not None:
                graph.nodes[element.get("id", "")] = node
        elif tag == "edge":
            edge = _edge(_data(element, keys), element)
            if edge is not None:
                graph.edges.append(edge)
        elif tag == "graph":
            graph.attributes = _data(element, keys)
        if tag in ("node", "edge"):
            bar.update()
            element.clear()
    root.clear()
    return graph


def _data(element: ET.Element, keys: dict[str, str]) -> dict[str, str]:
    """Return the attributes of a node, an edge or the graph by name."""
    return {
        keys.get(data.get("key", ""), ""): data.text.strip()
        for data in element
        if data.tag.removeprefix(_NS) == "data" and data.text
    }


def _node(data: dict[str, str], node_id: str, fresh: Iterator[int]) -> _Node | None:
    try:
        x, y = float(data["x"]), float(data["y"])
    except (KeyError, ValueError):
        return None
    if not np.isfinite([x, y]).all():
        return None
    streets = data.get("street_count", "")
    tags = {key: value for key, value in data.items() if key not in _NOT_TAGS}
    ref = _whole(node_id)
    return _Node(
        next(fresh) if ref is None else ref, x, y, tags, int(streets) if streets.isdigit() else None
    )


def _whole(text: str) -> int | None:
    """Return an identifier as a number that fits int64, else nothing."""
    try:
        number = int(text)
    except ValueError:
        return None
    return number if abs(number) < 2**62 else None


def _edge(data: dict[str, str], element: ET.Element) -> _Edge | None:
    line: shapely.LineString | None = None
    if "geometry" in data:
        try:
            drawn = shapely.from_wkt(data["geometry"])
        except shapely.errors.GEOSException:
            return None
        if not isinstance(drawn, shapely.LineString) or not np.isfinite(drawn.bounds).all():
            return None
        line = drawn
    values = {
        key: tuple(_TRUTH.get(part, part) for part in _listed(value))
        for key, value in data.items()
        if key not in _NOT_TAGS and key
    }
    return _Edge(
        start=element.get("source", ""),
        end=element.get("target", ""),
        osm_ids=tuple(
            sorted(n for part in _listed(data.get("osmid", "")) if (n := _whole(part)) is not None)
        ),
        values=values,
        is_reversed=data.get("reversed") == "True",
        line=line,
    )


def _listed(value: str) -> tuple[str, ...]:
    """
    Return the parts of ``"['a', 'b']"``, each once, sorted; any other text is one part.

    OSMnx merges tags through sets: their order in the file is chance and says nothing.
    """
    if value[:1] in "[{(" and value[-1:] in "]})" and 1 < len(value) < _LONGEST_LIST:
        try:
            parts = ast.literal_eval(value)  # reads literals only, runs nothing
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return (value,)
        if isinstance(parts, list | tuple | set) and parts:
            return tuple(sorted({str(part) for part in parts if part is not None}))
    return (value,)


def _projection(graph: _Graph, name: str) -> pyproj.Transformer | None:
    """Return what turns the file's positions into degrees; nothing where they are degrees."""
    if not graph.nodes:
        raise StreetsError(
            en=f"{name} has no node with a position (x and y); save the graph with OSMnx.",
            zh=f"{name} 中没有带坐标（x 和 y）的节点；请用 OSMnx 重新保存。",
        )
    told = graph.attributes.get("crs", "epsg:4326")
    try:
        crs = pyproj.CRS.from_user_input(told)
    except pyproj.exceptions.CRSError as error:
        raise StreetsError(
            en=f"{name} names a coordinate system nobody knows ({told[:40]}); project the graph "
            "to EPSG:4326 and save it again.",
            zh=f"{name} 的坐标系无法识别（{told[:40]}）；请转换为 EPSG:4326 后重新保存。",
        ) from error
    transformer = None
    if crs != pyproj.CRS(4326) and not (crs.is_geographic and "84" in crs.name):
        transformer = pyproj.Transformer.from_crs(crs, 4326, always_xy=True)
    x = np.array([node.x for node in graph.nodes.values()])
    y = np.array([node.y for node in graph.nodes.values()])
    lon, lat = (x, y) if transformer is None else transformer.transform(x, y)
    # An infinite result is a position the projection cannot hold.
    if not (np.all(np.abs(lon) <= 180) and np.all(np.abs(lat) <= 90)):
        raise StreetsError(
            en=f"{name} holds positions that are no longitudes and latitudes in {crs.name}; "
            "check the crs of the graph and save it again.",
            zh=f"{name} 中的坐标在 {crs.name} 下不是有效的经纬度；请检查图的 crs 并重新保存。",
        )
    return transformer


def _undirected(edges: list[_Edge]) -> Iterator[_Edge]:
    """Yield every street once, by preference in the direction it is drawn in."""
    kept: dict[object, _Edge] = {}
    for edge in edges:
        same = _street_key(edge)
        known = kept.get(same)
        if known is None or (known.is_reversed and not edge.is_reversed):
            kept[same] = edge
    yield from kept.values()


def _street_key(edge: _Edge) -> object:
    """Return what both directions of a street share, and parallel streets do not."""
    shape: object = None
    if edge.line is not None:
        points = tuple((round(x, 7), round(y, 7)) for x, y, *_ in edge.line.coords)
        shape = min(points, points[::-1])
    ends = (edge.start, edge.end) if edge.start <= edge.end else (edge.end, edge.start)
    return ends, edge.osm_ids, shape


def _add(
    builder: StreetTableBuilder, edge: _Edge, nodes: dict[str, _Node], fresh: Iterator[int]
) -> FloatArray | None:
    """Add one street if one may walk on it; return its points in the file's own system."""
    start, end = nodes.get(edge.start), nodes.get(edge.end)
    if start is None or end is None:
        builder.n_missing_nodes += (start is None) + (end is None)
        known = start or end
        if known is not None:
            builder.mark_cut(known.ref)
        return None
    rule = _rule(edge.values)
    middle = _middle(edge, start, end)
    if rule is None or (start is end and not middle):
        return None
    refs = [start.ref, *islice(fresh, len(middle)), end.ref]
    points = np.array([(start.x, start.y), *middle, (end.x, end.y)])
    if edge.is_reversed:
        refs, points = refs[::-1], points[::-1]
    tags = {key: values[0] for key, values in edge.values.items()}
    if "name" in edge.values:
        tags["name"] = " / ".join(edge.values["name"])
    builder.add_located_way(edge.osm_ids[0] if edge.osm_ids else 0, refs, rule, tags)
    return points


def _middle(edge: _Edge, start: _Node, end: _Node) -> list[tuple[float, float]]:
    """Return the points between the ends, in the order from `start` to `end`."""
    if edge.line is None:
        return []
    points = [(x, y) for x, y, *_ in edge.line.coords]
    first, last = points[0], points[-1]
    straight = _gap(first, start) + _gap(last, end)
    if _gap(first, end) + _gap(last, start) < straight:
        points.reverse()
    return points[1:-1]


def _gap(point: tuple[float, float], node: _Node) -> float:
    return abs(point[0] - node.x) + abs(point[1] - node.y)


def _rule(values: dict[str, tuple[str, ...]]) -> WayRule | None:
    """Return how one walks on an edge whose tags may have several values each."""
    if all(len(parts) == 1 for parts in values.values()):
        return classify_way({key: parts[0] for key, parts in values.items()})
    classes = values.get("highway", ("",))
    others = {key: parts for key, parts in values.items() if key not in ("highway", "name", "ref")}
    rules: list[WayRule] = []
    for highway in classes:
        choices = islice(product(*others.values()), _MOST_COMBINATIONS)
        possible = [
            rule
            for choice in choices
            if (
                rule := classify_way(
                    dict(zip(others, choice, strict=True))
                    | ({"highway": highway} if highway else {})
                )
            )
        ]
        if not possible:
            # To walk from end to end one would have to take this part too.
            return None
        rules.append(min(possible, key=_severity))
    # The class of the merged edge: ordinary ground before steps, whose share is unknown.
    kind_rule = min(rules, key=lambda rule: bool(rule.flags & Flag.STEPS))
    flags = Flag(0)
    for rule in rules:
        flags |= rule.flags
    if not all(rule.flags & Flag.STEPS for rule in rules):
        flags &= ~Flag.STEPS
    if any(len(values.get(key, ())) > 1 for key in ("highway", "foot", "access")):
        flags |= Flag.GUESSED
    return WayRule(
        kind_rule.kind,
        flags,
        all(rule.forward for rule in rules),
        all(rule.backward for rule in rules),
    )


def _severity(rule: WayRule) -> tuple[bool, bool]:
    """Order rules from open to everyone to open to some."""
    return bool(rule.flags & Flag.PRIVATE), not (rule.forward and rule.backward)


def _mark_cuts(builder: StreetTableBuilder, graph: _Graph) -> None:
    """Mark nodes that had more streets before the graph was cut out of its surroundings."""
    degree: Counter[str] = Counter()
    for edge in _undirected(graph.edges):
        degree[edge.start] += 1
        degree[edge.end] += 1
    for node_id, node in graph.nodes.items():
        if node.street_count is not None and node.street_count > degree[node_id]:
            builder.mark_cut(node.ref)


def _iso_date(text: str) -> str | None:
    """Return the date at the start of a time stamp."""
    date = text[:10]
    is_date = len(date) == 10 and date[4] == date[7] == "-" and date.replace("-", "").isdigit()
    return date if is_date else None
