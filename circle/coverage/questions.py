"""What is asked: the classes of the guide at three levels, the clauses of a standard one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from circle.classes import ClassTable
from circle.coverage.mode import Mode, Subject
from circle.coverage.places import from_facilities, places_table, things_matching
from circle.demand.model import Words
from circle.demand.town import Town, areas_m2
from circle.features import MapFeatures
from circle.geometry import LocalFrame
from circle.standards import Clause, any_of


@dataclass(frozen=True, slots=True, eq=False)
class Questions:
    """
    Subjects and the places they ask for.

    Parameters
    ----------
    subjects
        In order.
    places
        Sets of places by key, columns `circle.coverage.places.PLACE_COLUMNS` and ``doors``.
    notes
        What could not be asked, and why.
    """

    subjects: tuple[Subject, ...]
    places: Mapping[str, gpd.GeoDataFrame]
    notes: tuple[Words, ...] = ()

    def __add__(self, other: Questions) -> Questions:
        return Questions(
            (*self.subjects, *other.subjects),
            {**self.places, **other.places},
            (*self.notes, *other.notes),
        )


def of_classes(
    classes: ClassTable,
    facilities: gpd.GeoDataFrame,
    mode: Mode,
    *,
    features: MapFeatures | None = None,
    levels: Iterable[str] | None = None,
    keys: Iterable[str] | None = None,
) -> Questions:
    """
    Ask for every class of the guide at every level.

    Parameters
    ----------
    classes
        The classes.
    facilities
        Located facilities, schema `circle.schemas.FACILITIES`.
    mode
        Its limits are those of the levels.
    features
        The map: a facility that is a large area on it is entered from all sides.
    levels, keys
        Only these levels, these classes.
    """
    wanted = None if levels is None else set(levels)
    chosen = None if keys is None else set(keys)
    shapes = {} if features is None else _areas_of(facilities, features)
    category = facilities["category"].to_numpy()
    subjects: list[Subject] = []
    places: dict[str, gpd.GeoDataFrame] = {}
    for one in classes:
        if chosen is not None and one.key not in chosen:
            continue
        places[one.key] = from_facilities(facilities[category == one.key], shapes)
        subjects += [
            Subject(f"{one.key}@{level}", "class", level, one.name_zh, one.name_en, limit, one.key)
            for level, limit in zip(mode.levels, mode.limits, strict=True)
            if wanted is None or level in wanted
        ]
    return Questions(tuple(subjects), places if subjects else {})


def _areas_of(facilities: gpd.GeoDataFrame, features: MapFeatures) -> dict[str, tuple[Any, float]]:
    """Return the outline and the area in m² of the facilities that are areas on the map."""
    named = features.named[features.named["osm_id"].isin(facilities["facility_id"])]
    west, south, east, north = features.bounds
    frame = LocalFrame((west + east) / 2, (south + north) / 2)
    size = areas_m2(named, frame)
    return {
        osm_id: (geometry, float(area))
        for osm_id, geometry, area in zip(named["osm_id"], named.geometry, size, strict=True)
        if area > 0
    }


def of_clauses(
    clauses: Sequence[Clause],
    mode: Mode,
    *,
    town: Town | None,
    facilities: gpd.GeoDataFrame | None = None,
    levels: Iterable[str] | None = None,
) -> Questions:
    """
    Ask for every clause a map can answer.

    Parameters
    ----------
    clauses
        The standard.
    mode
        By the metres of each clause, or by the minutes of its level.
    town
        The map whose tags the clauses ask for.
    facilities
        Located facilities; they answer clauses that ask for a ``class``.
    levels
        Only these levels.
    """
    wanted = None if levels is None else set(levels)
    subjects: list[Subject] = []
    places: dict[str, gpd.GeoDataFrame] = {}
    set_of: dict[tuple[Any, ...], str] = {}
    n_left = 0
    for clause in clauses:
        if not clause.is_judged or (wanted is not None and clause.level not in wanted):
            continue
        limit = mode.limit_of(clause)
        needs_map = any(key != "class" for key in clause.selector.keys)
        if limit is None or (needs_map and town is None):
            n_left += 1
            continue
        known = (clause.selector, clause.least_size_m2, clause.most_size_m2)
        if known not in set_of:
            set_of[known] = clause.id
            places[clause.id] = _places_of(clause, town, facilities)
        subjects.append(
            Subject(
                clause.id, "clause", clause.level, clause.facility_zh, clause.facility_en,
                limit, set_of[known], clause=clause, is_verified=clause.is_verified,
            )
        )  # fmt: skip
    notes: list[Words] = []
    if n_left:
        notes.append(
            (
                f"有 {n_left} 条无法评价：缺少带标签的 OSM 地图，或按分钟评价时其层级没有分钟数。",
                f"{n_left} clauses cannot be judged: there is no OSM map with tags, or, in "
                "minutes, their level has none.",
            )
        )
    n_sizeless = 0 if town is None else _count_sizeless(clauses, town)
    if n_sizeless:
        notes.append(
            (
                f"地图上有 {n_sizeless} 处只标为点或线的设施面积不明，规定最小面积的条文不计入。",
                f"{n_sizeless} things are mapped as points or lines, their size unknown: clauses "
                "that ask for a least size do not count them.",
            )
        )
    return Questions((*subjects, *_groups(subjects)), places, tuple(notes))


def _count_sizeless(clauses: Sequence[Clause], town: Town) -> int:
    sized = [one.selector for one in clauses if one.is_judged and one.least_size_m2 is not None]
    fits = any_of(sized)
    areas = np.isfinite(town.things["area_m2"].to_numpy(np.float64))
    return sum(fits(tags) for tags in town.things["tags"][~areas])


def _groups(subjects: Sequence[Subject]) -> list[Subject]:
    """Return the groups among clauses: any of their members suffices."""
    members: dict[tuple[str, str, str], list[Subject]] = {}
    for one in subjects:
        if one.clause is not None and one.clause.group:
            key = (one.clause.standard, one.clause.group, one.level)
            members.setdefault(key, []).append(one)
    # Named by the first member: two standards may have groups of one name.
    return [
        Subject(
            f"{of[0].key}-together", "group", level,
            "、".join(dict.fromkeys(one.name_zh for one in of)) + "（合并）",
            " or ".join(dict.fromkeys(one.name_en for one in of)),
            max(one.limit for one in of), of[0].places, tuple(one.key for one in of),
            is_verified=all(one.is_verified for one in of),
        )
        for (_, _, level), of in members.items()
        if len(of) > 1
    ]  # fmt: skip


def _places_of(
    clause: Clause, town: Town | None, facilities: gpd.GeoDataFrame | None
) -> gpd.GeoDataFrame:
    tables = []
    if town is not None:
        tables.append(
            things_matching(
                town,
                clause.selector.fits,
                least_size_m2=clause.least_size_m2,
                most_size_m2=clause.most_size_m2,
            )
        )
    if facilities is not None and "class" in clause.selector.keys:
        fits = [clause.selector.fits({"class": key or ""}) for key in facilities["category"]]
        tables.append(from_facilities(facilities[np.array(fits, np.bool_)], {}))
    tables = [table for table in tables if len(table)]
    if not tables:
        empty = places_table([])
        empty["doors"] = pd.Series([], dtype=object)
        return empty
    both = pd.concat(tables, ignore_index=True) if len(tables) > 1 else tables[0]
    return both.drop_duplicates("place_id").reset_index(drop=True)
