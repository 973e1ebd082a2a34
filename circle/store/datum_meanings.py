"""Shows what undeclared coordinates would mean in each datum; it never decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely

from circle.datum import DATUMS, Datum, to_wgs84
from circle.errors import Language
from circle.geocoding.folding import fold
from circle.geometry import LocalFrame, LonLat
from circle.store.coordinates import coordinates_of
from circle.store.list_files import ListRow
from circle.store.placing import distance_m
from circle.store.surroundings import Surroundings

_MOST_ROWS = 60
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class DatumMeaning:
    """
    What the coordinates of a list would mean in one datum.

    Parameters
    ----------
    datum
        The datum.
    first
        Name and WGS-84 position of the first rows.
    to_same_name_m
        Median distance to where the map has the same names, None where it has none.
    n_same_name
        Of how many rows that is.
    to_street_m
        Median distance to the nearest named street, None without a map.
    is_nearest
        Whether it fits the map best; several may, where datums hardly differ.
    """

    datum: Datum
    first: tuple[tuple[str, LonLat], ...]
    to_same_name_m: float | None
    n_same_name: int
    to_street_m: float | None
    is_nearest: bool = False


def datum_meanings(
    undeclared: Iterable[ListRow], around: Surroundings | None
) -> tuple[DatumMeaning, ...]:
    """
    Return what the coordinates of a list would mean in each datum.

    Parameters
    ----------
    undeclared
        Its rows that declare none.
    around
        The map they are held against; None shows the positions alone.
    """
    rows = [
        (row.cells.get("name", ""), pair) for row in undeclared if (pair := coordinates_of(row))
    ]
    rows = rows[:_MOST_ROWS]
    x, y = np.array([pair for _, pair in rows], np.float64).reshape(-1, 2).T
    found = []
    for datum in DATUMS:
        lon, lat = to_wgs84(x, y, datum)
        spots = [LonLat(float(a), float(b)) for a, b in zip(lon, lat, strict=True)]
        named = [(name, spot) for (name, _), spot in zip(rows, spots, strict=True)]
        same, street = _held_against(named, around) if around is not None else ([], None)
        found.append(
            DatumMeaning(
                datum,
                tuple(named[:_SHOWN]),
                float(np.median(same)) if same else None,
                len(same),
                street,
            )
        )
    return _with_nearest(found)


def _held_against(
    named: list[tuple[str, LonLat]], around: Surroundings
) -> tuple[list[float], float | None]:
    """Return distances to things of the same names, and the median one to a named street."""
    features = around.features
    spots_of: dict[str, list[LonLat]] = {}
    for name, point in zip(features.named["name"], features.named["point"], strict=True):
        if name:
            spots_of.setdefault(fold(name), []).append(LonLat(point.x, point.y))
    same = [
        min(distance_m(spot, other) for other in spots_of[fold(name)])
        for name, spot in named
        if name and fold(name) in spots_of
    ]
    if features.street_lines.empty or not named:
        return same, None
    frame = LocalFrame(named[0][1].lon, named[0][1].lat)

    def metric(lonlat: np.ndarray) -> np.ndarray:
        return np.column_stack(frame.to_xy(lonlat[:, 0], lonlat[:, 1]))

    tree = shapely.STRtree(shapely.transform(features.street_lines.geometry.to_numpy(), metric))
    xs, ys = frame.to_xy([s.lon for _, s in named], [s.lat for _, s in named])
    _, away = tree.query_nearest(shapely.points(xs, ys), return_distance=True, all_matches=False)
    return same, float(np.median(away))


def _with_nearest(found: list[DatumMeaning]) -> tuple[DatumMeaning, ...]:
    """Mark what fits best: by equal names where there are enough, else by streets."""

    def misfit(meaning: DatumMeaning) -> float | None:
        if meaning.n_same_name >= 2:
            return meaning.to_same_name_m
        return meaning.to_street_m

    known = [value for meaning in found if (value := misfit(meaning)) is not None]
    if not known:
        return tuple(found)
    best = min(known)
    marked = []
    for meaning in found:
        value = misfit(meaning)
        is_nearest = value is not None and value <= best + 1.0
        marked.append(
            DatumMeaning(
                meaning.datum,
                meaning.first,
                meaning.to_same_name_m,
                meaning.n_same_name,
                meaning.to_street_m,
                is_nearest,
            )
        )
    return tuple(marked)


def meanings_in_words(meanings: tuple[DatumMeaning, ...], language: Language) -> str:
    """Return what each datum would mean, as lines for people."""
    is_zh = language == "zh"
    lines = ["各坐标系下的位置（WGS-84）：" if is_zh else "What each datum would mean (WGS-84):"]
    for meaning in meanings:
        spots = "; ".join(f"{name} {spot.lon:.5f},{spot.lat:.5f}" for name, spot in meaning.first)
        words = []
        if meaning.to_same_name_m is not None:
            away = f"{meaning.to_same_name_m:.0f}"
            words.append(
                f"距地图上 {meaning.n_same_name} 处同名地点 {away} 米（中位数）"
                if is_zh
                else f"{away} m (median) from {meaning.n_same_name} places "
                "of the same name on the map"
            )
        if meaning.to_street_m is not None:
            words.append(
                f"距最近道路 {meaning.to_street_m:.0f} 米"
                if is_zh
                else f"{meaning.to_street_m:.0f} m from the nearest street"
            )
        if meaning.is_nearest:
            words.append("最吻合，请核实" if is_zh else "fits best, but make sure")
        lines.append(f"  {meaning.datum:<9}{spots}" + "".join(f"\n           {w}" for w in words))
    return "\n".join(lines)
