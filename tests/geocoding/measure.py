"""Puts the cases to the geocoder and counts."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from circle.features import read_features
from circle.geocoding import GeocodeMatch
from tests.geocoding import maps
from tests.geocoding.cases import (
    ELSEWHERE_ZH,
    Case,
    Half,
    absent_cases,
    disturbed_cases,
    exact_cases,
    thin,
)
from tests.geocoding.maps import TestMap

MOST_OF_A_KIND = 1500
_FINE = ("entrance", "building", "street_number", "area")


@dataclass
class Tally:
    """Counts of one kind of question."""

    n: int = 0
    top_1: int = 0
    top_3: int = 0
    confident: int = 0
    confident_right: int = 0
    ms: list[float] = field(default_factory=list)
    wrong: list[tuple[str, Case, list[GeocodeMatch]]] = field(default_factory=list)

    def share(self, what: int) -> float:
        """Return a count as a share of the questions."""
        return what / self.n if self.n else 0.0

    def add(self, other: Tally) -> None:
        """Add the counts of another."""
        self.n += other.n
        self.top_1 += other.top_1
        self.top_3 += other.top_3
        self.confident += other.confident
        self.confident_right += other.confident_right
        self.ms += other.ms
        self.wrong += other.wrong


def put(m: TestMap, case: Case) -> Tally:
    """Ask one question."""
    start = time.perf_counter()
    matches = [a for a in m.gazetteer.geocode(case.name, case.address) if a.lonlat is not None]
    ms = 1e3 * (time.perf_counter() - start)
    confident = bool(matches) and matches[0].is_confident
    if case.truth is None:
        right = right_3 = not matches
    else:
        right = _is_right(m, case, matches[:1], matches)
        right_3 = _is_right(m, case, matches[:3], matches)
    tally = Tally(1, right, right_3, confident, confident and right, [ms])
    if not right:
        tally.wrong.append((m.key, case, matches))
    return tally


def _is_right(
    m: TestMap, case: Case, looked_at: list[GeocodeMatch], matches: list[GeocodeMatch]
) -> bool:
    truth = case.truth
    assert truth is not None
    if not any(truth.holds(match, m.frame) for match in looked_at):
        return False
    if not truth.is_shared:
        return True
    if matches[0].is_confident:
        return False
    return case.kind != "exact" or truth.lists_all(matches, m.frame)


def all_cases(folder: Path) -> Iterator[tuple[TestMap, list[Case]]]:
    """Yield each map with its cases."""
    monaco, tsinghua, sample = maps.monaco(folder), maps.tsinghua(folder), maps.shanzishi()
    latin = _names(folder, "porto_portugal.osm.pbf") + _names(folder, "north-bayreuth.osm.gz")
    lanzhou = json.loads((folder / "lanzhou_streets.geojson").read_text(encoding="utf-8"))
    lanzhou_roads = {f["properties"].get("name") or "" for f in lanzhou["features"]}
    latin_roads = _roads(folder, "porto_portugal.osm.pbf")
    for m, elsewhere, roads in (
        (monaco, latin, latin_roads),
        (tsinghua, ELSEWHERE_ZH, sorted(lanzhou_roads)),
        (sample, [*ELSEWHERE_ZH, *tsinghua.names], list(tsinghua.streets)),
    ):
        cases = [
            *thin(exact_cases(m), 2 * MOST_OF_A_KIND),
            *thin(disturbed_cases(m), 2 * MOST_OF_A_KIND),
            *thin(absent_cases(m, elsewhere, roads), MOST_OF_A_KIND),
        ]
        yield m, cases


def _names(folder: Path, file: str) -> list[str]:
    named = read_features(folder / file).named
    return [name for name in named["name"] if name]


def _roads(folder: Path, file: str) -> list[str]:
    lines = read_features(folder / file).street_lines
    return [name for name in lines["name"] if name]


def measure(
    drawn: Iterable[tuple[TestMap, list[Case]]], half: Half
) -> dict[tuple[str, str, str], Tally]:
    """Return the tallies of one half by (map, kind, way)."""
    found: dict[tuple[str, str, str], Tally] = defaultdict(Tally)
    for m, cases in drawn:
        for case in cases:
            if case.half == half:
                found[m.key, case.kind, case.way].add(put(m, case))
    return found


def total(found: dict[tuple[str, str, str], Tally], kind: str = "", key: str = "") -> Tally:
    """Return the tallies of a kind, of a map, together."""
    together = Tally()
    for (map_key, its_kind, _), tally in found.items():
        if kind in ("", its_kind) and key in ("", map_key):
            together.add(tally)
    return together


def median_ms(tally: Tally) -> float:
    """Return the median time of a question in milliseconds."""
    return median(tally.ms) if tally.ms else 0.0
