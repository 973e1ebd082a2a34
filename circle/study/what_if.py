"""What if: a place more, moved or closed, a gate opened, a footbridge built; before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas
import numpy as np
import pandas as pd
import shapely

from circle.coverage.change import compare
from circle.demand import Town
from circle.edits import Edit, edit_network
from circle.errors import InputError
from circle.facilities.locate import facilities_table
from circle.geometry import LonLat, check_lonlat
from circle.network import WalkNetwork
from circle.snapping import SNAP_LIMIT_M, snap
from circle.study.config import StudyConfig
from circle.study.coverage import (
    CoverageOptions,
    PlanInputs,
    PlanResult,
    judge_plan,
    read_plan,
)
from circle.walkers import WALKERS


@dataclass(frozen=True, slots=True)
class NewPlace:
    """
    A place that could be built.

    Parameters
    ----------
    kind
        Its class, by key, name or alias; or the id of a clause, which it then fulfils.
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
    _check_positions(network, changes)
    built = [_built(one, number, inputs) for number, one in enumerate(changes.built, start=1)]
    return replace(
        inputs,
        network=network,
        town=None if inputs.town is None else _changed_town(inputs.town, changes, built),
        facilities=_changed(inputs.facilities, changes, built),
    )


def _check_positions(network: WalkNetwork, changes: Changes) -> None:
    """Refuse what would stand where nobody can walk to."""
    for at in (*(one.at for one in changes.built), *(at for _, at in changes.moved)):
        check_lonlat(at.lon, at.lat, within=network.bounds)
        x, y = network.frame.to_xy(np.array([at.lon]), np.array([at.lat]))
        if not snap(network, x, y, WALKERS["adult"], is_visited=True).is_snapped.all():
            raise InputError(
                en=f"There is no street within {SNAP_LIMIT_M:g} m of {at.lon},{at.lat}: nobody "
                "could walk to a place there.",
                zh=f"{at.lon},{at.lat} 周围 {SNAP_LIMIT_M:g} 米内没有道路，无法步行到达。",
            )


@dataclass(frozen=True, slots=True)
class _Built:
    """A new place: its class, and the tags and the size by which clauses find it."""

    place_id: str
    place: NewPlace
    category: str | None
    tags: Mapping[str, str]
    area_m2: float

    @property
    def name(self) -> str:
        return self.place.name or self.place_id


def _built(place: NewPlace, number: int, inputs: PlanInputs) -> _Built:
    key, tags, area_m2 = inputs.classes.class_for_word(place.kind), {}, np.nan
    clause = next((one for one in inputs.clauses if one.id == place.kind), None)
    if clause is not None and clause.is_judged:
        wanted = clause.selector.alternatives[0]
        tags = {name: "yes" if value == "*" else value for name, value in wanted if value}
        key = tags.pop("class", None) or inputs.classes.match(tags)
        area_m2 = np.nan if clause.least_size_m2 is None else clause.least_size_m2
    elif key is None:
        raise InputError(
            en=f"There is no class and no clause “{place.kind}” that could be built; the classes "
            f"are {', '.join(one.key for one in inputs.classes)}; `circle coverage NAME --json` "
            "tells the ids of clauses under “subject”.",
            zh=f"没有可以新建的类别或条文“{place.kind}”；类别有："
            f"{'、'.join(one.name_zh for one in inputs.classes)}；条文编号见 "
            "circle coverage NAME --json 的 subject。",
        )
    return _Built(f"what-if-{number}", place, key, tags, area_m2)


def _changed_town(town: Town, changes: Changes, built: Sequence[_Built]) -> Town:
    """Add, close and move on the map too what clauses find there by its tags."""
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
    new = geopandas.GeoDataFrame(
        [
            {
                "osm_id": one.place_id,
                "name": one.name,
                "name_en": None,
                "tags": dict(one.tags),
                "doors": (),
                "area_m2": one.area_m2,
                "geometry": shapely.Point(one.place.at),
            }
            for one in built
            if one.tags
        ],
        columns=moved.columns,
        geometry="geometry",
        crs=moved.crs,
    )
    return replace(town, things=moved if new.empty else pd.concat([moved, new], ignore_index=True))


def _changed(
    facilities: geopandas.GeoDataFrame, changes: Changes, built: Sequence[_Built]
) -> geopandas.GeoDataFrame:
    known = set(facilities["facility_id"])
    for facility_id in (*changes.closed, *(one for one, _ in changes.moved)):
        if facility_id not in known:
            raise InputError(
                en=f"There is no facility with the id “{facility_id}”; the sheet “facilities” of "
                "coverage.xlsx tells the ids.",
                zh=f"没有编号为“{facility_id}”的设施；编号见 coverage.xlsx 的 facilities 表。",
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
    new = [_facility(one, one.category) for one in built if one.category is not None]
    if new:
        table = pd.concat([table, facilities_table(new)], ignore_index=True)
    return geopandas.GeoDataFrame(table, geometry="geometry", crs=facilities.crs).reset_index(
        drop=True
    )


def _facility(built: _Built, category: str) -> dict[str, object]:
    return {
        "facility_id": built.place_id,
        "name": built.name,
        "category": category,
        "match_method": "coordinates",
        "match_level": "entrance",
        "match_confidence": 1.0,
        "match_reason": "Supposed to stand here.",
        "match_reason_zh": "假定设在此处。",
        "is_placed": True,
        "geometry": shapely.Point(built.place.at),
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
    ids = {clause.id for clause in inputs.clauses if clause.is_judged}
    if ids and any(one.kind not in ids for one in changes.built):
        told.append(
            (
                "按类别新增的设施只计入类别；要计入某条文，请用条文编号新增。",
                "what is built as a class counts for classes alone; to count for a clause, build "
                "it by the id of the clause",
            )
        )
    if changes.edits:
        n = len(changes.edits)
        told.append((f"道路改动 {n} 处", f"edits of the streets: {n}"))
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
