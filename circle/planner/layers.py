"""Layers for a geographic information system: what they hold, in which metres, how drawn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from circle.coverage.change import home_changes
from circle.datum import cgcs2000_zone, in_outline
from circle.demand.model import Words
from circle.planner import palette, styles
from circle.planner.plan import Plan, lacking
from circle.planner.proposals import site_table, what_changes
from circle.planner.tables import (
    Table,
    area_table,
    gap_table,
    place_table,
)

_HOME_COLUMNS: Mapping[str, Words] = {
    "demand_id": ("编号", "no."),
    "kind": ("种类", "kind"),
    "name": ("名称", "name"),
    "people": ("人口", "people"),
    "dwellings": ("住户", "dwellings"),
    "floor_area_m2": ("建筑面积（平方米）", "floor area, m²"),
    "footprint_m2": ("占地面积（平方米）", "footprint, m²"),
    "is_building": ("是否住宅楼", "whether a residential building"),
}


@dataclass(frozen=True, eq=False)
class Layer:
    """
    A table with shapes, as it is named, described and drawn.

    Parameters
    ----------
    name
        Its name in files.
    title
        Its name for people, Chinese and English.
    table
        EPSG:4326 or projected; one kind of geometry.
    geometry_type
        Of that kind, as GDAL calls it.
    styles
        Ways to draw it, the first by default.
    meaning
        What its columns are, Chinese and English; names not in it say it themselves.
    """

    name: str
    title: Words
    table: gpd.GeoDataFrame
    geometry_type: str
    styles: tuple[styles.Style, ...]
    meaning: Mapping[str, Words]


def plan_layers(plan: Plan) -> tuple[Layer, ...]:
    """Return the layers of a plan in degrees: homes, gaps, places, sub-areas, sites."""
    found = [*_homes(plan), _gaps(plan), _places(plan)]
    if plan.areas is not None:
        found.append(_areas(plan))
    if plan.sites is not None:
        found.append(_sites(plan))
    return tuple(found)


def projected_crs(plan: Plan) -> pyproj.CRS:
    """
    Return the metres a plan belongs to.

    Returns
    -------
    crs
        In China the 3-degree Gauss-Kruger zone of CGCS2000, elsewhere the zone of UTM.
    """
    frame = plan.coverage.demand.frame
    if bool(in_outline([frame.lon_0], [frame.lat_0])[0]):
        return pyproj.CRS.from_epsg(cgcs2000_zone(frame.lon_0).epsg)
    zone = int((frame.lon_0 + 180.0) // 6.0) % 60 + 1
    return pyproj.CRS.from_epsg((32600 if frame.lat_0 >= 0 else 32700) + zone)


def is_in_china(plan: Plan) -> bool:
    """Say whether a plan's metres are those of CGCS2000."""
    frame = plan.coverage.demand.frame
    return bool(in_outline([frame.lon_0], [frame.lat_0])[0])


def projected(layers: Iterable[Layer], crs: pyproj.CRS) -> tuple[Layer, ...]:
    """Return layers in another reference system."""
    return tuple(replace(one, table=one.table.to_crs(crs)) for one in layers)


# ---- what there is


def _homes(plan: Plan) -> list[Layer]:
    coverage = plan.coverage
    table = coverage.homes_frame()
    limits = plan.limits()
    for k, limit in enumerate(limits):
        table.insert(7 + k, f"lacking_{limit:g}", lacking(plan, limit))
    if plan.change is not None:
        for one, _, _ in what_changes(plan, plan.change):
            table[f"change_{one.key}"] = home_changes(coverage, plan.change.after, one.key)
    names = _safe_names(table.columns)
    table = table.rename(columns=names)
    meaning: dict[str, Words] = dict(_HOME_COLUMNS)
    unit = {"m": ("米", "m"), "min": ("分钟", "min")}[plan.unit]
    for limit in limits:
        meaning[names[f"lacking_{limit:g}"]] = (
            f"{limit:g} {unit[0]}内缺少的类别数",
            f"classes lacking within {limit:g} {unit[1]}",
        )
    # The middle level is shown first: the nearest is hard to have, the farthest hard to lack.
    shown = sorted(limits, key=lambda limit: limit != plan.middle_limit)
    for places in coverage.reaches:
        one = next(s for s in coverage.subjects if s.places == places)
        meaning[names[f"nearest_{places}"]] = (
            f"到最近{one.name_zh}（{unit[0]}）",
            f"to the nearest: {one.name_en} ({unit[1]})",
        )
    for one in coverage.subjects:
        meaning[names[f"state_{one.key}"]] = (
            f"{one.name_zh} {one.limit:g} {unit[0]}内",
            f"{one.name_en} within {one.limit:g} {unit[1]}",
        )
    changes = [] if plan.change is None else [one for one, _, _ in what_changes(plan, plan.change)]
    for one in changes:
        meaning[names[f"change_{one.key}"]] = (
            f"改动前后：{one.name_zh} {one.limit:g} {unit[0]}内",
            f"before and after: {one.name_en} within {one.limit:g} {unit[1]}",
        )
    shapes = table.geometry.to_numpy()
    is_area = shapely.get_dimensions(shapes) == 2
    kinds: list[tuple[str, Words, Any, str, styles.Shape]] = []
    if is_area.any() or not len(table):
        kinds.append(("homes", ("住处", "homes"), is_area, "MultiPolygon", "fill"))
    if (~is_area).any():
        name = "homes_points" if is_area.any() else "homes"
        kinds.append((name, ("住处（点）", "homes (points)"), ~is_area, "Point", "marker"))
    layers = []
    for name, title, chosen, kind, shape in kinds:
        mine = table[chosen].reset_index(drop=True)
        mine = mine.set_geometry(
            list(_as_areas(mine.geometry) if shape == "fill" else _as_points(mine.geometry)),
            crs=table.crs,
        )
        looks = [
            styles.change_style(
                f"前后 change {one.limit:g} {unit[1]} {one.name_zh}",
                names[f"change_{one.key}"],
                shape,
            )
            for one in changes
        ]
        looks += [
            styles.lack_style(
                f"缺少类别 lacking {limit:g} {unit[1]}", names[f"lacking_{limit:g}"], shape
            )
            for limit in shown
        ]
        looks += [
            styles.state_style(
                f"{one.name_zh} {one.limit:g} {unit[0]} {one.name_en}",
                names[f"state_{one.key}"],
                shape,
            )
            for subjects in plan.class_subjects().values()
            for one in subjects
        ]
        layers.append(Layer(name, title, mine, kind, tuple(looks), meaning))
    return layers


def _gaps(plan: Plan) -> Layer:
    table = _with_shapes(gap_table(plan), _as_areas(plan.gaps.geometry), "MultiPolygon")
    look = styles.plain_style(
        "缺口 gaps", "fill", ("缺口", "gap"), (palette.GAP, palette.GAP_LINE),
        label_column="no", brush="f_diagonal",
    )  # fmt: skip
    return replace(table, name="gaps", title=("缺口", "gaps"), styles=(look,))


def _places(plan: Plan) -> Layer:
    told = place_table(plan)
    lon = [row[-2] for row in told.rows]
    lat = [row[-1] for row in told.rows]
    layer = _with_shapes(told, shapely.points(np.array(lon, float), np.array(lat, float)), "Point")
    look = styles.plain_style(
        "设施 places", "marker", ("设施", "places"), (palette.PLACE, palette.PLACE_LINE),
        width_mm=0.2,
    )  # fmt: skip
    return replace(layer, name="places", title=("设施", "places"), styles=(look,))


def _areas(plan: Plan) -> Layer:
    assert plan.areas is not None, "asked only where there are areas"
    told = area_table(plan)
    shapes = dict(zip(plan.areas["area_id"].astype(str), plan.areas.geometry, strict=True))
    inside = tuple(row for row in told.rows if row[0] in shapes)
    told = replace(told, rows=inside)
    layer = _with_shapes(told, _as_areas([shapes[row[0]] for row in inside]), "MultiPolygon")
    keys = list(layer.meaning)[3:]
    looks = tuple(styles.share_style(" ".join(layer.meaning[key]), key) for key in keys)
    outline = styles.plain_style(
        "分区 areas", "fill", ("分区", "areas"), (palette.PAPER, palette.AREA_LINE),
        label_column="area_name", brush="no",
    )  # fmt: skip
    # The first by default: a map rather than an outline.
    return replace(layer, name="areas", title=("分区", "areas"), styles=(*looks, outline))


def _sites(plan: Plan) -> Layer:
    assert plan.sites is not None, "asked only where there are sites"
    look = styles.plain_style(
        "选址 sites", "marker", ("选址", "sites"), (palette.SITE, palette.SITE_LINE),
        label_column="no", size_mm=4.0,
    )  # fmt: skip
    points = plan.sites.plan.sites.geometry
    return replace(_with_shapes(site_table(plan.sites), points, "Point"), styles=(look,))


def _with_shapes(table: Table, shapes: Any, geometry_type: str) -> Layer:
    names = _safe_names(column.key for column in table.columns)
    columns: dict[str, Any] = {}
    for k, column in enumerate(table.columns):
        values = [row[k] for row in table.rows]
        columns[names[column.key]] = (
            np.array(values, dtype=object)
            if column.kind == "text"
            else np.array([np.nan if one is None else one for one in values], np.float64)
        )
        if column.key == "no":
            columns[names[column.key]] = np.array(values, np.int32)
    frame = gpd.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:4326")
    meaning = {names[column.key]: (column.zh, column.en) for column in table.columns}
    return Layer(table.key, (table.zh, table.en), frame, geometry_type, (), meaning)


def _safe_names(names: Iterable[Any]) -> dict[str, str]:
    """Return names of letters, digits and underscores, each once whatever its case."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in map(str, names):
        plain = re.sub(r"\W+", "_", name).strip("_") or "column"
        candidate, number = plain, 2
        while candidate.lower() in taken or candidate.lower() == "fid":
            candidate, number = f"{plain}_{number}", number + 1
        taken.add(candidate.lower())
        found[name] = candidate
    return found


def _as_areas(shapes: Iterable[Any]) -> list[Any]:
    """Return every shape as a MultiPolygon; of collections, their areas."""
    return [
        shapely.MultiPolygon([part for part in _parts(shape) if part.geom_type == "Polygon"])
        for shape in shapes
    ]


def _parts(shape: Any) -> list[Any]:
    if shape.geom_type in ("GeometryCollection", "MultiPolygon"):
        return [inner for part in shape.geoms for inner in _parts(part)]
    return [shape]


def _as_points(shapes: Any) -> Any:
    return shapely.point_on_surface(np.asarray(shapes))
