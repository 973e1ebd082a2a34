"""
Reads and writes edits as GeoJSON.

Every feature has the property ``edit``: ``closure`` (a line, or no geometry and ``way``), ``link``
(a line) or ``gate`` (a point, or a collection of a point and the compound's area). The other
properties are the fields of the edit by the same names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import shapely
from shapely.errors import GEOSException

from circle.edits.model import Closure, Edit, Gate, Link, as_feature
from circle.errors import EditError, PositionError

_FIELDS: dict[str, tuple[str, ...]] = {
    "closure": ("way", "closed_to", "note"),
    "link": ("kind", "name", "n_steps", "residents_only", "note"),
    "gate": ("opens", "hours", "name"),
}
_TEXTS = frozenset(("closed_to", "note", "kind", "name", "opens", "hours"))


def read_edits(path: str | Path) -> tuple[Edit, ...]:
    """
    Read edits from a GeoJSON file.

    Parameters
    ----------
    path
        A FeatureCollection. Features that say nothing of an edit (without the property ``edit``)
        are an error: a drawing that is silently left out helps nobody.

    Returns
    -------
    edits
        In the order of the file.

    Raises
    ------
    EditError
        If the file is missing or no GeoJSON, or a feature cannot be used; the sentence tells
        its number, from 1.
    """
    path = Path(path)
    try:
        document = json.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise EditError(
            en=f"There is no file of edits {path}; check the name.",
            zh=f"找不到修改文件 {path}；请检查文件名。",
        ) from error
    except (OSError, ValueError) as error:
        raise EditError(
            en=f"{path.name} cannot be read as GeoJSON; it is damaged or of another format.",
            zh=f"{path.name} 无法作为 GeoJSON 读取；文件已损坏或格式不符。",
        ) from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise EditError(
            en=f"{path.name} is not a GeoJSON FeatureCollection; export the edits as one.",
            zh=f"{path.name} 不是 GeoJSON FeatureCollection；请按该格式导出。",
        )
    edits = []
    for number, feature in enumerate(features, start=1):
        try:
            edits.append(edit_of(feature))
        except (EditError, PositionError) as error:
            raise EditError(
                en=f"Feature {number} of {path.name}: {error.en}",
                zh=f"{path.name} 的第 {number} 个要素：{error.zh}",
            ) from error
    return tuple(edits)


def edit_of(feature: Any) -> Edit:
    """
    Return the edit a GeoJSON feature describes.

    Parameters
    ----------
    feature
        As `circle.edits.as_feature` makes it; members that no edit has are an error.

    Raises
    ------
    EditError, PositionError
        If it cannot be used.

    Examples
    --------
    >>> edit_of({"properties": {"edit": "closure", "way": 7}, "geometry": None}).way
    7
    """
    said = feature.get("properties") if isinstance(feature, dict) else None
    values = {k: v for k, v in said.items() if v is not None} if isinstance(said, dict) else {}
    what = values.pop("edit", None)
    if not isinstance(what, str) or what not in _FIELDS:
        raise EditError(
            en=f"its property “edit” must be one of {', '.join(_FIELDS)}, not {what!r}.",
            zh=f"属性 edit 须为 {'、'.join(_FIELDS)} 之一，而不是 {what!r}。",
        )
    for key, value in values.items():
        if key not in _FIELDS[what]:
            raise EditError(
                en=f"a {what} has no property “{key}”; it may have {', '.join(_FIELDS[what])}.",
                zh=f"{what} 没有属性“{key}”；可用的属性有 {'、'.join(_FIELDS[what])}。",
            )
        wanted = str if key in _TEXTS else bool if key == "residents_only" else int
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise EditError(
                en=f"its property “{key}” cannot be {value!r}; mend it.",
                zh=f"属性“{key}”不能为 {value!r}；请修改。",
            )
    shape = _shape(feature.get("geometry"))
    if what == "link":
        return Link(shape, **values)
    if what == "closure":
        return Closure(line=shape, **values)
    point, compound = shape, None
    if shape is not None and shape.geom_type == "GeometryCollection":
        point, compound = _gate_and_compound(shape)
    if point is None or point.geom_type != "Point" or point.is_empty:
        raise EditError(
            en="a gate must be drawn as a point, or as a collection of a point and an area.",
            zh="门须画成点，或“点加面”的几何集合。",
        )
    return Gate(point.x, point.y, compound=compound, **values)


def _gate_and_compound(shape: shapely.GeometryCollection) -> tuple[Any, Any]:
    points = [part for part in shape.geoms if part.geom_type == "Point"]
    areas = [part for part in shape.geoms if part.geom_type in ("Polygon", "MultiPolygon")]
    if len(points) != 1 or len(areas) != 1 or len(shape.geoms) != 2:
        return None, None
    return points[0], areas[0]


def _shape(geometry: Any) -> Any:
    if geometry is None:
        return None
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except (GEOSException, TypeError) as error:
        raise EditError(
            en="it has no usable geometry; draw it again or remove it.",
            zh="没有可用的几何图形；请重画或删除。",
        ) from error
    return shapely.force_2d(shape)


def write_edits(edits: Iterable[Edit]) -> str:
    """
    Return edits as the text of a GeoJSON file, as `read_edits` reads it.

    Parameters
    ----------
    edits
        What to write.
    """
    features = [as_feature(edit) for edit in edits]
    return json.dumps(
        {"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1
    )
