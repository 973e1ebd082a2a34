"""What the scripts of the planner's map need, as plain JSON-able data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from circle.coverage.areas import Areas, area_of_homes, read_areas
from circle.coverage.change import compare
from circle.coverage.figures import measures_of
from circle.coverage.mode import COST_PER_UNIT, StandardMode, Subject, whole
from circle.coverage.model import MEASURE_NAMES, Cells, CoverageResult, Reach, state_of
from circle.coverage.reach import reach_matrix
from circle.demand.model import weights
from circle.guide.basemap import Basemap, clean_text, encode_basemap, make_basemap
from circle.planner.plan import Change, Sites
from circle.planner.proposals import site_name
from circle.planner.web_inputs import PlannerInputs
from circle.planner.web_pack import in_steps, pack_shapes, packed, step_of, straight_in_steps
from circle.standards import Clause

FIGURES = (
    *("total", "covered", "uncovered", "unknown"),
    *("share_covered", "share_uncovered", "share_unknown", "share_crow_fly", "share_radius"),
    *("low", "high", "position_low", "position_high", "speed_low", "speed_high", "gates_open"),
)
"""Columns of `circle.coverage.model.SHARE_COLUMNS` the page carries, in this order."""
DISTANCES = (
    *("median", "p90", "share_found", "limit", "choices_mean", "choices_median"),
    *("share_without_choice", "share_near_edge"),
)
_GRID_SIDES_M = (250, 500, 1000, 2000, 5000)
_MOST_CELLS = 400
_M_PER_DEG = 111_320.0


def map_data(inputs: PlannerInputs) -> dict[str, Any]:
    """
    Return what the page carries.

    Parameters
    ----------
    inputs
        What it shows.

    Returns
    -------
    data
        Plain dictionaries, lists, texts and numbers; arrays as `circle.planner.web_pack` packs
        them.
    """
    result, texts = inputs.result, inputs.texts
    network, demand = result.network, result.demand
    basemap = _basemap(inputs)
    origin = (round(basemap.view.west, 6), round(basemap.view.south, 6))
    step = step_of(_limits(result))
    places, number_of = _places(result)
    clauses, clause_of = _clauses(result.subjects)
    keys = list(result.reaches)
    areas, is_grid = _areas(inputs)
    provenance = network.provenance
    return {
        "title": _both(texts.title_zh, texts.title_en),
        "community": _both(texts.community_zh, texts.community_en),
        "notices": [_both(*words) for words in inputs.notices],
        "languages": list(texts.languages),
        "view": list(basemap.view),
        "bounds": list(network.bounds),
        "origin": list(origin),
        "unit": result.mode.unit,
        "mode": "standard" if isinstance(result.mode, StandardMode) else "person",
        "walker": result.mode.walker.key,
        "levels": [
            {"key": key, "limit": limit}
            for key, limit in zip(result.mode.levels, result.mode.limits, strict=True)
        ],
        "steps_per_unit": COST_PER_UNIT[result.mode.unit] / step,
        "step": step,
        "measures": [
            {"key": key, "name": _both(*MEASURE_NAMES[key])}
            for key in measures_of(result) or ("people",)
        ],
        "subjects": [_subject(one, result, keys, clause_of, step) for one in result.subjects],
        "clauses": clauses,
        "reaches": [
            _reach(result.reaches[key], key, number_of, step, is_standard=result.mode.unit == "m")
            for key in keys
        ],
        "places": places,
        "homes": _homes(result, origin, step),
        "cells": {
            "area": _cells(result, result.ground, "ground", origin),
            "residential_land": _cells(result, result.land, "land", origin),
        },
        "figure_columns": FIGURES,
        "figures": _figures(result),
        "distance_columns": DISTANCES,
        "distances": {
            str(row["places"]): [_number(row[name]) for name in DISTANCES]
            for row in result.distances.to_dict("records")
        },
        "areas": {
            "is_grid": is_grid,
            "names": [clean_text(name) for name in areas.table["area_name"]],
            "shapes": pack_shapes(list(areas.table.geometry), origin),
            "home": packed((area_of_homes(result, areas) + 1).astype(np.int64)),
        },
        "gaps": _gaps(inputs.gaps, origin),
        "sites": [] if inputs.sites is None else [_sites(inputs.sites)],
        "change": None if inputs.change is None else _change(result, inputs.change),
        "basemap": encode_basemap(basemap),
        "attribution": clean_text(provenance.attribution),
        "licence": clean_text(provenance.licence),
        "data_date": clean_text(provenance.data_date),
        "source": clean_text(provenance.source),
        "demand": {
            "how": demand.how,
            "source": _both(*demand.source),
            "people": _number(demand.total("people")),
            "homes": len(demand),
            "assumptions": [
                {
                    "value": row["value"],
                    "name": _both(row["name_zh"], row["name_en"]),
                    "source": _both(row["source_zh"], row["source_en"]),
                }
                for row in demand.assumptions.as_rows()
            ],
        },
        "notes": [_both(*note) for note in dict.fromkeys(result.notes)],
        "parameters": {
            key: value
            for key, value in result.parameters.items()
            if isinstance(value, str | int | float | bool | list)
        },
    }


def _both(zh: str, en: str) -> dict[str, str]:
    return {"zh": clean_text(zh), "en": clean_text(en)}


def _number(value: Any) -> float | None:
    """Return a number, ``None`` where it is not finite."""
    number = float(value)
    return number if math.isfinite(number) else None


def _basemap(inputs: PlannerInputs) -> Basemap:
    bounds = inputs.result.network.bounds
    return make_basemap(inputs.result.network.edges_frame(), inputs.layers, bounds)


def _limits(result: CoverageResult) -> list[int]:
    """Return every limit anything is held against, as whole costs."""
    limits = [whole(one.limit, result.mode.unit) for one in result.subjects]
    if result.mode.unit == "m":
        limits += [
            whole(one.clause.radius_m, "m")
            for one in result.subjects
            if one.clause is not None and one.clause.radius_m is not None
        ]
    return limits


def _places(result: CoverageResult) -> tuple[dict[str, Any], dict[str, int]]:
    """Return every place once, and its number by id."""
    tables = [reach.places.table for reach in result.reaches.values() if len(reach.places)]
    if not tables:
        return {"names": [], "lon": [], "lat": []}, {}
    table = pd.concat(tables, ignore_index=True).drop_duplicates("place_id")
    spots = shapely.point_on_surface(table.geometry.to_numpy())
    names = [
        # The name, and the English one only where it says something else.
        [clean_text(name), clean_text(english) if clean_text(english) != clean_text(name) else ""]
        for name, english in zip(table["name"], table["name_en"], strict=True)
    ]
    return (
        {
            "names": names,
            "lon": [round(float(x), 6) for x in shapely.get_x(spots)],
            "lat": [round(float(y), 6) for y in shapely.get_y(spots)],
        },
        {str(key): number for number, key in enumerate(table["place_id"])},
    )


def _clauses(subjects: Sequence[Subject]) -> tuple[list[dict[str, Any]], dict[str, int]]:
    told: list[dict[str, Any]] = []
    number: dict[str, int] = {}
    for one in subjects:
        clause: Clause | None = one.clause
        if clause is None:
            continue
        number[one.key] = len(told)
        told.append(
            {
                "standard": clean_text(clause.standard),
                "clause": clean_text(clause.clause),
                "need": clause.need,
                "evidence": clause.evidence,
                "source": clean_text(clause.source),
                "note": _both(clause.note_zh, clause.note_en),
                "walk_m": clause.walk_m,
                "radius_m": clause.radius_m,
                "minutes": clause.minutes,
                "osm": str(clause.selector),
            }
        )
    return told, number


def _subject(
    subject: Subject,
    result: CoverageResult,
    keys: Sequence[str],
    clause_of: Mapping[str, int],
    step: int,
) -> dict[str, Any]:
    asked = [subject]
    if subject.kind == "group":
        asked = [one for one in result.subjects if one.key in subject.members]
    members = [one.clause for one in asked if one.clause is not None]
    if subject.kind == "group":
        choices = _group_choices(result, subject)
    else:
        choices = result.reaches[subject.places].choices_by_limit[subject.limit].astype(np.int64)
    return {
        "key": subject.key,
        "kind": subject.kind,
        "level": subject.level,
        "name": _both(subject.name_zh, subject.name_en),
        "limit": subject.limit,
        "asks": [
            [keys.index(one.places), whole(one.limit, result.mode.unit) // step] for one in asked
        ],
        "clause": clause_of.get(subject.key, -1),
        "standard": clean_text(members[0].standard) if members else "",
        "verified": subject.is_verified,
        "choices": packed(choices),
    }


def _group_choices(result: CoverageResult, subject: Subject) -> npt.NDArray[np.int64]:
    """Return how many places of any member each home has within its limit, each place once."""
    number_of: dict[str, int] = {}
    found = [np.empty((0, 2), np.int64)]
    for reach, limit in result.reaches_of(subject):
        numbers = np.array(
            [
                number_of.setdefault(str(place), len(number_of))
                for place in reach.places.table["place_id"]
            ],
            np.int64,
        )
        costs = reach_matrix(
            result.network, result.homes.group, reach.places.joined.group, limit,
            result.mode.unit, result.mode.walker,
        )  # fmt: skip
        home = np.repeat(np.arange(costs.shape[0]), np.diff(costs.indptr))
        found.append(np.column_stack([home, numbers[costs.indices]]))
    pairs = np.unique(np.concatenate(found), axis=0)
    return np.bincount(pairs[:, 0], minlength=len(result.demand)).astype(np.int64)


def _reach(
    reach: Reach, key: str, number_of: Mapping[str, int], step: int, *, is_standard: bool
) -> dict[str, Any]:
    numbers = np.array(
        [number_of[str(place)] for place in reach.places.table["place_id"]], np.int64
    )
    nearest = np.zeros(len(reach.facility), np.int64)
    has = reach.facility >= 0
    if len(numbers):
        nearest[has] = numbers[reach.facility[has]] + 1
    return {
        "key": key,
        "places": packed(numbers),
        "cost": packed(in_steps(reach.cost, step)),
        "nearest": packed(nearest),
        "straight": packed(straight_in_steps(reach.crow_m, step)) if is_standard else None,
    }


def _homes(result: CoverageResult, origin: tuple[float, float], step: int) -> dict[str, Any]:
    homes = result.demand.homes
    starts = result.demand.starts.drop_duplicates("home").set_index("home")
    starts = starts.reindex(range(len(homes)))
    middle = shapely.point_on_surface(homes.geometry.to_numpy())
    lon = starts["lon"].fillna(pd.Series(shapely.get_x(middle))).to_numpy(np.float64)
    lat = starts["lat"].fillna(pd.Series(shapely.get_y(middle))).to_numpy(np.float64)
    return {
        "n": len(homes),
        "ids": [clean_text(one) for one in homes["demand_id"]],
        "kinds": [clean_text(one) for one in homes["kind"]],
        "names": {
            str(row): clean_text(name) for row, name in enumerate(homes["name"]) if clean_text(name)
        },
        "shapes": pack_shapes(list(homes.geometry), origin),
        "people": packed(weights(homes, "people")),
        "dwellings": packed(weights(homes, "dwellings")),
        "buildings": packed(homes["is_building"].to_numpy(bool).astype(np.int64)),
        "judged": packed(result.is_judged.astype(np.int64)),
        "edge": packed(in_steps(result.edge_cost, step)),
        "lon": packed(lon),
        "lat": packed(lat),
    }


def _cells(
    result: CoverageResult, cells: Cells, part: str, origin: tuple[float, float]
) -> dict[str, Any] | None:
    """Return ground as squares, with the state of each by subject."""
    if not len(cells.area_m2):
        return None
    lon, lat = result.network.frame.to_lonlat(cells.joined.x_m, cells.joined.y_m)
    centre = np.rint((np.column_stack([lon, lat]) - origin) * 1_000_000).astype(np.int64)
    known: dict[bytes, int] = {}
    states: list[dict[str, Any]] = []
    which: dict[str, int] = {}
    for subject in result.subjects:
        asked = result.reaches_of(subject)
        state = state_of(
            [(getattr(reach, f"{part}_cost"), limit) for reach, limit in asked],
            cells.edge_cost,
            cells.joined.is_inside,
        )
        mark = state.tobytes()
        if mark not in known:
            known[mark] = len(states)
            states.append(packed(state.astype(np.int64)))
        which[subject.key] = known[mark]
    return {
        "x": packed(np.maximum(centre[:, 0], 0)),
        "y": packed(np.maximum(centre[:, 1], 0)),
        "side_m": float(np.sqrt(np.max(cells.area_m2))),
        "area_m2": packed(np.asarray(cells.area_m2, np.float64)),
        "states": states,
        "which": which,
    }


def _figures(result: CoverageResult) -> dict[str, dict[str, list[float | None]]]:
    told: dict[str, dict[str, list[float | None]]] = {}
    for row in result.shares.to_dict("records"):
        figures = [_number(row[name]) for name in FIGURES]
        told.setdefault(str(row["subject"]), {})[str(row["measure"])] = figures
    return told


def _areas(inputs: PlannerInputs) -> tuple[Areas, bool]:
    """Return the sub-areas, else the finest grid that is still read at a glance."""
    if inputs.areas is not None:
        return inputs.areas, False
    bounds = inputs.result.network.bounds
    wide = (bounds.east - bounds.west) * math.cos(math.radians(bounds.south))
    high = bounds.north - bounds.south
    square_m = wide * high * _M_PER_DEG**2
    side = next(
        (side for side in _GRID_SIDES_M if square_m / side**2 <= _MOST_CELLS), _GRID_SIDES_M[-1]
    )
    grid = read_areas(f"grid:{side}", bounds)
    lived_in = np.unique(area_of_homes(inputs.result, grid))
    kept = grid.table.iloc[lived_in[lived_in >= 0]].reset_index(drop=True)
    return Areas(kept), True


def _gaps(gaps: gpd.GeoDataFrame, origin: tuple[float, float]) -> dict[str, Any]:
    shapes: list[Any] = []
    number_of: dict[bytes, int] = {}
    rows: dict[str, list[list[Any]]] = {}
    for row in gaps.itertuples(index=False):
        mark = shapely.to_wkb(row.geometry)
        if mark not in number_of:
            number_of[mark] = len(shapes)
            shapes.append(row.geometry)
        rows.setdefault(str(row.subject), []).append(
            [
                number_of[mark],
                round(float(row.people), 2),
                round(float(row.dwellings), 2),
                int(row.n_homes),
                clean_text(row.nearest_name),
                _number(row.nearest),
                _number(row.excess_least),
                _number(row.excess),
                _number(row.excess_most),
                # The number it has in the tables; else its rank.
                int(getattr(row, "no", row.rank)),
            ]
        )
    return {"shapes": pack_shapes(shapes, origin, 6e-6), "rows": rows}


def _sites(one: Sites) -> dict[str, Any]:
    plan = one.plan
    spots = plan.sites.geometry
    return {
        "subject": one.subject.key,
        "name": _both(one.subject.name_zh, one.subject.name_en),
        "limit": one.subject.limit,
        "measure": plan.measure,
        "goal": plan.result.goal,
        "proven": bool(plan.result.is_proven),
        "total": _number(plan.total),
        "before": _number(plan.served_before),
        "after": _number(plan.served_after),
        "gained": _number(plan.gained),
        "unknown": _number(plan.unknown_before),
        "settled": _number(plan.settled),
        "sites": [
            {
                "name": _both(*site_name(row)),
                "lon": round(spot.x, 6),
                "lat": round(spot.y, 6),
                "gained": _number(row.gained),
                "settled": _number(row.settled),
                "mean": _number(row.mean_walk),
            }
            for row, spot in zip(plan.sites.itertuples(index=False), spots, strict=True)
        ],
        "candidates": []
        if one.candidates is None
        else [[round(spot.x, 6), round(spot.y, 6)] for spot in one.candidates.geometry],
    }


def _spots(places: gpd.GeoDataFrame) -> list[tuple[float, float]]:
    at = shapely.point_on_surface(places.geometry.to_numpy())
    return [(x, y) for x, y in shapely.get_coordinates(at).round(6).tolist()]


def _more_places(one: CoverageResult, other: CoverageResult) -> dict[str, list[list[float]]]:
    """Return by subject where one result has places the other has not."""
    found = {}
    for subject in one.subjects:
        spots = []
        for (mine, _), (theirs, _) in zip(
            one.reaches_of(subject), other.reaches_of(subject), strict=True
        ):
            there = set(_spots(theirs.places.table))
            spots += [list(spot) for spot in _spots(mine.places.table) if spot not in there]
        if spots:
            found[subject.key] = spots
    return found


def _change(result: CoverageResult, change: Change) -> dict[str, Any]:
    after = change.after
    known: dict[bytes, int] = {}
    states: list[dict[str, Any]] = []
    which: dict[str, int] = {}
    shown = {one.key for one in after.subjects}
    for subject in result.subjects:
        if subject.key not in shown:
            continue
        state: npt.NDArray[np.int8] = after.state(after.subject(subject.key))
        mark = state.tobytes()
        if mark not in known:
            known[mark] = len(states)
            states.append(packed(state.astype(np.int64)))
        which[subject.key] = known[mark]
    shares = compare(result, after)
    shares = shares[shares["measure"] == shares["measure"].iloc[0]]
    moved = (shares["share_after"] - shares["share_before"]).abs().fillna(0.0)
    return {
        "most": str(shares["subject"].iloc[int(np.argmax(moved))]),
        "built": _more_places(after, result),
        "gone": _more_places(result, after),
        "drawn": [
            {"kind": kind, "line": shapely.get_coordinates(shape).round(6).tolist()}
            for kind, shape in change.drawn
        ],
        "changed": [_both(*words) for words in change.changed],
        "states": states,
        "which": which,
        "figures": _figures(after),
        "moved": {
            measure: {
                str(row["subject"]): [_number(row["gained"]), _number(row["settled"])]
                for row in mine.to_dict("records")
            }
            for measure, mine in compare(result, after).groupby("measure", sort=False)
        },
    }
