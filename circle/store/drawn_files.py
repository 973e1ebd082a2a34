"""
Reads compounds with their gates, links and closures from GeoJSON, as records of a register.

A file of edits (`circle.edits.read_edits`) can be taken as it is. In a drawing, an area with a
name is a compound, and a point is a gate of the compound it stands at.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import shapely

from circle.edits import Closure, Edit, Gate, Link
from circle.edits.files import edit_of
from circle.errors import CircleError, EditError
from circle.geometry import LocalFrame
from circle.store.model import Compound, CompoundGate, StreetEdit

GATE_REACH_M = 30.0
"""A gate stands within this distance of the outline of its compound."""

Drawn = StreetEdit | Compound


def read_drawn(path: Path | str) -> tuple[Drawn, ...]:
    """
    Read compounds, links and closures.

    Parameters
    ----------
    path
        A GeoJSON FeatureCollection. A feature whose property ``edit`` is ``link`` or
        ``closure`` is one; an area with a ``name`` is a compound; a point is a gate, with
        ``opens``, ``hours`` and ``name`` as `circle.edits.Gate` has them. A feature's ``id``
        is that of the record, or else made from what is drawn.

    Returns
    -------
    records
        In the order of the file, versions 0.

    Raises
    ------
    EditError
        If the file is none, a feature cannot be used, or a gate stands at no compound.
    """
    source = Path(path)
    try:
        document = json.loads(source.read_text("utf-8-sig"))
        features = document["features"]
        assert isinstance(features, list)
    except FileNotFoundError as error:
        raise EditError(
            en=f"There is no file {source}; check the name.",
            zh=f"找不到文件 {source}；请检查文件名。",
        ) from error
    except (OSError, ValueError, LookupError, TypeError, AssertionError) as error:
        raise EditError(
            en=f"{source.name} is no GeoJSON FeatureCollection; export the drawing as one.",
            zh=f"{source.name} 不是 GeoJSON FeatureCollection；请按该格式导出。",
        ) from error
    edits: list[Drawn] = []
    compounds: list[Compound] = []
    gates: list[Gate] = []
    for number, feature in enumerate(features, start=1):
        try:
            _sort(feature, edits, compounds, gates)
        except CircleError as error:
            raise EditError(
                en=f"Feature {number} of {source.name}: {error.en}",
                zh=f"{source.name} 的第 {number} 个要素：{error.zh}",
            ) from error
    return (*edits, *_with_gates(compounds, gates, source.name))


def _sort(feature: Any, edits: list[Drawn], compounds: list[Compound], gates: list[Gate]) -> None:
    said = feature.get("properties") if isinstance(feature, dict) else None
    values = dict(said) if isinstance(said, Mapping) else {}
    own_id = values.pop("id", None) or (feature.get("id") if isinstance(feature, dict) else None)
    identity = None if own_id is None else str(own_id)
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if "edit" not in values and kind in ("Polygon", "MultiPolygon"):
        compounds.append(_compound(identity, values, geometry))
        return
    if "edit" not in values and kind == "Point":
        values["edit"] = "gate"
    edit = edit_of({"properties": values, "geometry": geometry})
    if isinstance(edit, Gate):
        gates.append(edit)
        if edit.compound is not None and all(c.outline != edit.compound.wkt for c in compounds):
            outline = edit.compound.wkt
            compounds.append(Compound(_made_id("c", outline), edit.name or "compound", outline))
    else:
        edits.append(_record(identity, edit))


def _compound(identity: str | None, values: Mapping[str, Any], geometry: Any) -> Compound:
    name = str(values.get("name") or "").strip()
    if not name:
        raise EditError(
            en="an area is a compound and needs a name; add the property “name”.",
            zh="面要素为小区，须有名称；请补上属性 name。",
        )
    try:
        shape = shapely.force_2d(shapely.from_geojson(json.dumps(geometry)))
    except shapely.errors.GEOSException as error:
        raise EditError(
            en="its outline is no area; draw it again.", zh="小区边界无效；请重新画。"
        ) from error
    if shape.is_empty:
        raise EditError(en="its outline is empty; draw it again.", zh="小区边界为空；请重新画。")
    note = values.get("note")
    return Compound(
        identity or _made_id("c", name),
        name,
        shape.wkt,
        note=None if note is None else str(note),
    )


def _record(identity: str | None, edit: Edit) -> StreetEdit:
    if isinstance(edit, Closure):
        shape = None if edit.line is None else edit.line.wkt
        made = identity or _made_id("closure-", f"{edit.way} {shape} {edit.closed_to}")
        return StreetEdit(
            made, "closure", shape, edit.way, closed_to=edit.closed_to, note=edit.note
        )
    assert isinstance(edit, Link)
    return StreetEdit(
        identity or _made_id("link-", edit.line.wkt),
        "link",
        edit.line.wkt,
        link_kind=edit.kind,
        name=edit.name,
        n_steps=edit.n_steps,
        residents_only=edit.residents_only,
        note=edit.note,
    )


def _made_id(kind: str, text: str) -> str:
    # Of what is drawn, so that the same drawing taken twice is the same record.
    return kind + hashlib.sha256(text.encode()).hexdigest()[:10]


def _with_gates(
    compounds: Sequence[Compound], gates: Sequence[Gate], file_name: str
) -> tuple[Compound, ...]:
    """Give every gate to the compound it stands at."""
    given: dict[str, list[CompoundGate]] = {each.compound_id: [] for each in compounds}
    for gate in gates:
        own = None if gate.compound is None else gate.compound.wkt
        near = [
            (0.0 if each.outline == own else gate_away_m(gate, each), each.compound_id)
            for each in compounds
        ]
        away_m, owner = min(near, default=(float("inf"), ""))
        if away_m > GATE_REACH_M:
            raise EditError(
                en=f"A gate of {file_name} at {gate.lon:.5f},{gate.lat:.5f} stands at no compound "
                f"of the file (none within {GATE_REACH_M:.0f} m); draw its outline too.",
                zh=f"{file_name} 中位于 {gate.lon:.5f},{gate.lat:.5f} 的门不属于任何小区"
                f"（{GATE_REACH_M:.0f} 米内没有）；请一并画出小区边界。",
            )
        given[owner].append(CompoundGate(gate.lon, gate.lat, gate.opens, gate.hours, gate.name))
    return tuple(replace(each, gates=tuple(given[each.compound_id])) for each in compounds)


def gate_away_m(gate: Gate | CompoundGate, compound: Compound) -> float:
    """Return how far a gate stands from the outline of a compound, in metres."""
    frame = LocalFrame(gate.lon, gate.lat)
    outline = shapely.boundary(shapely.from_wkt(compound.outline))

    def to_metres(lonlat: Any) -> Any:
        return shapely.get_coordinates(shapely.points(*frame.to_xy(lonlat[:, 0], lonlat[:, 1])))

    here = shapely.transform(shapely.Point(gate.lon, gate.lat), to_metres)
    return float(shapely.distance(shapely.transform(outline, to_metres), here))
