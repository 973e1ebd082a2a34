"""The three maps that geocoding is measured on, and what is truly where on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from circle.features import MapFeatures, read_features
from circle.geocoding import Gazetteer, GeocodeMatch, KnownPlace
from circle.geocoding.folding import fold
from circle.geometry import LocalFrame
from circle.resources import data_path
from circle.streets import read_streets

RIGHT_M = 50.0
"""An answer this near to the truth is right; things of one name this near are one place."""


@dataclass(frozen=True)
class Truth:
    """Where a name or an address may be: ids, the points one goes to, lines of streets."""

    ids: frozenset[str]
    targets: tuple[Any, ...]  # in metres; one per place that bears the name, clustered

    @property
    def is_shared(self) -> bool:
        """Whether several places bear the name."""
        return len(self.targets) > 1

    def holds(self, match: GeocodeMatch, frame: LocalFrame) -> bool:
        """Say whether an answer is right."""
        if match.lonlat is None:
            return False
        if match.feature_id is not None and match.feature_id in self.ids:
            return True
        return any(target.distance(_point(match, frame)) <= RIGHT_M for target in self.targets)

    def lists_all(self, matches: list[GeocodeMatch], frame: LocalFrame) -> bool:
        """Say whether every place that bears the name is among the answers."""
        points = [_point(match, frame) for match in matches if match.lonlat is not None]
        return all(any(t.distance(p) <= RIGHT_M for p in points) for t in self.targets)


@dataclass
class TestMap:
    """A map, its geocoder, and what there is by name and by address."""

    __test__ = False

    key: str
    frame: LocalFrame
    gazetteer: Gazetteer
    names: dict[str, Truth]
    streets: dict[str, Truth]
    addresses: dict[tuple[str, str], Truth]  # (street, number)
    keys: set[str]  # folded, everything that has a name here, other names too
    towns: tuple[str, ...]
    areas: dict[str, tuple[str, ...]] = field(default_factory=dict)  # name -> areas around it


def _point(match: GeocodeMatch, frame: LocalFrame) -> Any:
    assert match.lonlat is not None
    return shapely.Point(*map(float, frame.to_xy(*match.lonlat)))


def _to_metres(shape: Any, frame: LocalFrame) -> Any:
    return shapely.transform(shape, lambda ll: np.column_stack(frame.to_xy(ll[:, 0], ll[:, 1])))


def _truth(rows: Iterable[tuple[str, Any, Any]]) -> Truth:
    """Cluster what bears a name: (id, outline, points to go to), all in metres."""
    groups: list[tuple[Any, Any]] = []
    ids = []
    for osm_id, outline, points in rows:
        ids.append(osm_id)
        near = [g for g in groups if g[0].distance(outline) <= RIGHT_M]
        groups = [g for g in groups if g not in near]
        groups.append(
            (
                shapely.union_all([outline, *(g[0] for g in near)]),
                shapely.union_all([points, *(g[1] for g in near)]),
            )
        )
    return Truth(frozenset(ids), tuple(points for _, points in groups))


def _from_features(
    key: str,
    features: MapFeatures,
    towns: tuple[str, ...],
    lines: Any = None,
    extra: tuple[KnownPlace, ...] = (),
) -> TestMap:
    bounds = features.bounds
    frame = LocalFrame((bounds.west + bounds.east) / 2, (bounds.south + bounds.north) / 2)
    by_name: dict[str, list[tuple[str, Any, Any]]] = defaultdict(list)
    by_address: dict[tuple[str, str], list[tuple[str, Any, Any]]] = defaultdict(list)
    keys: set[str] = set()
    written: dict[str, str] = {}  # names that differ in capitals alone are one name
    areas: list[tuple[str, Any]] = []
    for row in features.named.itertuples():
        outline = _to_metres(row.geometry, frame)
        goals = [row.point, *(row.entrances or ())]
        points = shapely.union_all([_to_metres(goal, frame) for goal in goals])
        keys.update(fold(text) for text in (row.name or "", *row.names.values()) if text)
        if row.name and not row.kind.startswith("boundary") and not row.kind.startswith("place="):
            by_name[written.setdefault(fold(row.name), row.name)].append(
                (row.osm_id, outline, points)
            )
            if outline.area > 20_000:
                areas.append((row.name, outline))
        if {"street", "housenumber"} <= row.addr.keys():
            number = row.addr["housenumber"]
            if not any(sign in number for sign in ";,-"):
                by_address[row.addr["street"], number].append((row.osm_id, outline, points))
    for place in extra:
        spot = shapely.Point(*map(float, frame.to_xy(place.lon, place.lat)))
        by_name[place.name].append((place.place_id, spot, spot))
        keys.add(fold(place.name))
    by_street: dict[str, list[Any]] = defaultdict(list)
    for table in (features.street_lines, lines):
        if table is not None and len(table):
            for name, shape in zip(table["name"], table.geometry, strict=True):
                if isinstance(name, str) and name:
                    by_street[written.get(fold(name), name)].append(_to_metres(shape, frame))
    streets = {
        name: Truth(frozenset(), (shapely.union_all(shapes),)) for name, shapes in by_street.items()
    }
    keys.update(fold(name) for name in streets)
    for name, truth in streets.items():
        if name in by_name:  # the street bears the name too
            by_name[name].append(("", truth.targets[0], truth.targets[0]))
    names = {name: _truth(rows) for name, rows in by_name.items()}
    around = {
        name: tuple(
            area
            for area, shape in areas
            if area != name and shape.distance(rows[0][1]) == 0 and not name.startswith(area)
        )
        for name, rows in by_name.items()
        if len(rows) == 1
    }
    return TestMap(
        key,
        frame,
        Gazetteer(features, lines, extra_places=extra, towns=towns if lines is not None else ()),
        names,
        {name: truth for name, truth in streets.items() if name not in by_name},
        {where: _truth(rows) for where, rows in by_address.items()},
        keys,
        towns,
        around,
    )


def monaco(folder: Path) -> TestMap:
    """Return Monaco: Latin names, house numbers."""
    features = read_features(folder / "monaco_2023.osm.pbf")
    return _from_features("Monaco", features, ("Monaco", "98000 Monaco"))


def tsinghua(folder: Path) -> TestMap:
    """Return the surroundings of Tsinghua University: Chinese names, few house numbers."""
    features = read_features(folder / "beijing_tsinghua_2017.osm")
    return _from_features("Tsinghua", features, ("北京市海淀区", "海淀区", "北京"))


def shanzishi() -> TestMap:
    """Return the embedded sample: its streets, and the places of its list that have a position."""
    network = read_streets(data_path("shanzishi", "streets.geojson"))
    features = read_features(data_path("shanzishi", "basemap.geojson"))
    return _from_features(
        "Shanzishi",
        features,
        ("兰州市城关区", "甘肃省兰州市城关区", "兰州"),
        network.edges_frame(),
        sample_places(),
    )


def sample_places() -> tuple[KnownPlace, ...]:
    """Return the places of the sample's list that have a name and a position."""
    sheet = pd.read_csv(data_path("shanzishi", "places.csv"), dtype=str).fillna("")
    return tuple(
        KnownPlace(
            name=row["name"],
            other_names=(row["name_en"],) if row["name_en"] else (),
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            place_id=row["id"],
        )
        for _, row in sheet.iterrows()
        if row["lon"] and "未详" not in row["name"]
    )
