"""What if: a place more, moved or closed, a gate opened, a footbridge built; before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import geopandas
import numpy as np
import pandas as pd
import shapely

from circle.classes import ClassTable
from circle.coverage.change import compare
from circle.demand import Town
from circle.edits import Edit, edit_network
from circle.errors import InputError
from circle.facilities.locate import facilities_table
from circle.geometry import LonLat
from circle.study.config import StudyConfig
from circle.study.coverage import (
    CoverageOptions,
    PlanInputs,
    PlanResult,
    judge_plan,
    read_plan,
)


@dataclass(frozen=True, slots=True)
class NewPlace:
    """
    A place that could be built.

    Parameters
    ----------
    kind
        Its class, by key, name or alias.
    at
        Where.
    name
        What to call it; may be empty.
    """

    kind: str
    at: LonLat
    name: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """
    What is to be tried.

    Parameters
    ----------
    built
        Places that are added.
    moved
        Facility id and new position.
    closed
        Ids of facilities that go.
    edits
        Links, closures and gates over the streets.
    """

    built: tuple[NewPlace, ...] = ()
    moved: tuple[tuple[str, LonLat], ...] = ()
    closed: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is changed at all."""
        return not (self.built or self.moved or self.closed or self.edits)


@dataclass(frozen=True, eq=False)
class WhatIf:
    """
    Coverage before and after.

    Parameters
    ----------
    before, after
        Both results, in the same mode, of the same homes and questions.
    table
        Columns `circle.coverage.change.CHANGE_COLUMNS`.
    changed
        What was changed, Chinese and English.
    """

    before: PlanResult
    after: PlanResult
    table: pd.DataFrame
    changed: tuple[tuple[str, str], ...]


def run_what_if(
    config: StudyConfig,
    changes: Changes,
    options: CoverageOptions | None = None,
    *,
    report: Callable[[str], None] | None = None,
    progress: bool = False,
) -> WhatIf:
    """
    Judge a study as it is and as it would be.

    Parameters
    ----------
    config
        The study.
    changes
        What is to be tried.
    options
        What to judge.
    report
        Told the name of each step before it begins.
    progress
        Show a progress bar while streets are read.

    Raises
    ------
    CircleError
        If something given cannot be used, or nothing is changed.
    """
    if changes.is_empty:
        raise InputError(
            en="Nothing is changed; add, move or close a place, or draw a link or closure.",
            zh="没有任何改动；请新增、迁移或关闭设施，或绘制通道、封闭路段。",
        )
    inputs = read_plan(config, options, report=report, progress=progress)
    changed = changed_inputs(inputs, changes)
    before = judge_plan(inputs, options, report=report)
    after = judge_plan(changed, options, report=report)
    return WhatIf(before, after, compare(before.coverage, after.coverage), _told(changes, inputs))


def changed_inputs(inputs: PlanInputs, changes: Changes) -> PlanInputs:
    """
    Return what coverage would start from after the changes.

    Parameters
    ----------
    inputs
        What it starts from now; stays as it is.
    changes
        What is to be tried.

    Raises
    ------
    InputError
        If a class or a facility does not exist, or an edit does not fit the streets.
    """
    network = edit_network(inputs.network, changes.edits) if changes.edits else inputs.network
    return replace(
        inputs,
        network=network,
        town=None if inputs.town is None else _changed_town(inputs.town, changes),
        facilities=_changed(inputs.facilities, inputs.classes, changes),
    )


def _changed_town(town: Town, changes: Changes) -> Town:
    """Close and move on the map too what clauses find there by its tags."""
    things = town.things[~town.things["osm_id"].isin(changes.closed)].reset_index(drop=True)
    ids, shapes = things["osm_id"].to_numpy(), things.geometry.to_numpy().copy()
    doors = things["doors"].to_numpy().copy()
    for facility_id, at in changes.moved:
        for row in np.flatnonzero(ids == facility_id):
            # It keeps its size, but not its outline and doors.
            shapes[row], doors[row] = shapely.Point(at), ()
    moved = things.assign(doors=doors).set_geometry(
        geopandas.GeoSeries(shapes, index=things.index, crs=things.crs)
    )
    return replace(town, things=moved)


def _changed(
    facilities: geopandas.GeoDataFrame, classes: ClassTable, changes: Changes
) -> geopandas.GeoDataFrame:
    known = set(facilities["facility_id"])
    for facility_id in (*changes.closed, *(one for one, _ in changes.moved)):
        if facility_id not in known:
            raise InputError(
                en=f"There is no facility with the id “{facility_id}”; `circle coverage` and "
                "places.csv tell the ids.",
                zh=f"没有编号为“{facility_id}”的设施；编号见 places.csv。",
            )
    table = facilities[~facilities["facility_id"].isin(changes.closed)].copy()
    for facility_id, at in changes.moved:
        row = table["facility_id"] == facility_id
        table.loc[row, "geometry"] = geopandas.GeoSeries(
            [shapely.Point(at)] * int(row.sum()), index=table.index[row], crs=table.crs
        )
        table.loc[row, "is_placed"] = True
        table.loc[row, "entrances"] = pd.Series([()] * int(row.sum()), index=table.index[row])
        # What the map knows of its ground and doors, it knows by the id.
        table.loc[row, "facility_id"] = f"{facility_id}:moved"
    built = [_built(one, number, classes) for number, one in enumerate(changes.built, start=1)]
    if built:
        table = pd.concat([table, facilities_table(built)], ignore_index=True)
    return geopandas.GeoDataFrame(table, geometry="geometry", crs=facilities.crs).reset_index(
        drop=True
    )


def _built(place: NewPlace, number: int, classes: ClassTable) -> dict[str, object]:
    key = classes.class_for_word(place.kind)
    if key is None:
        raise InputError(
            en=f"There is no class “{place.kind}”; the classes are "
            f"{', '.join(one.key for one in classes)}.",
            zh=f"没有类别“{place.kind}”；类别有：{'、'.join(one.name_zh for one in classes)}。",
        )
    return {
        "facility_id": f"what-if-{number}",
        "name": place.name or f"what-if-{number}",
        "category": key,
        "match_method": "coordinates",
        "match_level": "entrance",
        "match_confidence": 1.0,
        "match_reason": "Supposed to stand here.",
        "match_reason_zh": "假定设在此处。",
        "is_placed": True,
        "geometry": shapely.Point(place.at),
    }


def _told(changes: Changes, inputs: PlanInputs) -> tuple[tuple[str, str], ...]:
    names = dict(zip(inputs.facilities["facility_id"], inputs.facilities["name"], strict=True))
    told: list[tuple[str, str]] = [
        (
            f"新增：{one.name or one.kind}（{one.at.lon:.5f}, {one.at.lat:.5f}）",
            f"built: {one.name or one.kind} ({one.at.lon:.5f}, {one.at.lat:.5f})",
        )
        for one in changes.built
    ]
    told += [
        (
            f"迁移：{names[one]} 至 {at.lon:.5f}, {at.lat:.5f}",
            f"moved: {names[one]} to {at.lon:.5f}, {at.lat:.5f}",
        )
        for one, at in changes.moved
    ]
    told += [(f"关闭：{names[one]}", f"closed: {names[one]}") for one in changes.closed]
    if changes.built and any(clause.is_judged for clause in inputs.clauses):
        told.append(
            (
                "新增的设施只计入类别：条文按地图标签查找设施。",
                "what is built counts for classes alone: clauses find facilities by map tags",
            )
        )
    if changes.edits:
        n = len(changes.edits)
        told.append((f"道路改动 {n} 处", f"{n} edits of the streets"))
    return tuple(told)


def parse_new_place(text: str, read: Callable[[str], LonLat]) -> NewPlace:
    """
    Return the place somebody typed as ``class@lon,lat`` or ``class@lon,lat=name``.

    Parameters
    ----------
    text
        What was typed.
    read
        Reads a position.

    Examples
    --------
    >>> from circle.study.typed import read_lonlat
    >>> parse_new_place("health@7.42,43.73=Clinic", read_lonlat)
    NewPlace(kind='health', at=LonLat(lon=7.42, lat=43.73), name='Clinic')
    """
    kind, at, rest = text.partition("@")
    position, _, name = rest.partition("=")
    if not (kind.strip() and at and position.strip()):
        raise InputError(
            en=f"“{text}” is not of the form class@lon,lat or class@lon,lat=name.",
            zh=f"“{text}”不是 类别@经度,纬度 或 类别@经度,纬度=名称 的形式。",
        )
    return NewPlace(kind.strip(), read(position), name.strip())


def parse_move(text: str, read: Callable[[str], LonLat]) -> tuple[str, LonLat]:
    """
    Return the move somebody typed as ``id@lon,lat``.

    Parameters
    ----------
    text
        What was typed.
    read
        Reads a position.

    Examples
    --------
    >>> from circle.study.typed import read_lonlat
    >>> parse_move("health-01@7.42,43.73", read_lonlat)
    ('health-01', LonLat(lon=7.42, lat=43.73))
    """
    facility_id, at, position = text.rpartition("@")
    if not (facility_id.strip() and at and position.strip()):
        raise InputError(
            en=f"“{text}” is not of the form id@lon,lat.",
            zh=f"“{text}”不是 编号@经度,纬度 的形式。",
        )
    return facility_id.strip(), read(position)


def changes_of(
    built: Sequence[str],
    moved: Sequence[str],
    closed: Sequence[str],
    edits: Sequence[Edit],
    read: Callable[[str], LonLat],
) -> Changes:
    """Return changes as somebody typed them, see `parse_new_place` and `parse_move`."""
    return Changes(
        tuple(parse_new_place(text, read) for text in built),
        tuple(parse_move(text, read) for text in moved),
        tuple(closed),
        tuple(edits),
    )
