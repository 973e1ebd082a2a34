"""Maps of the report: homes by what they lack, gaps by number, over a pale ground."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from circle.coverage.change import HOME_CHANGES, home_changes
from circle.coverage.mode import Subject
from circle.coverage.model import STATE_WORDS, Reach
from circle.demand.town import to_metres
from circle.network import BoolArray
from circle.planner import palette
from circle.planner.plan import Change, Plan, Sites, lacking, named_rows
from circle.planner.svg import Svg, text_width

WIDTH = 760.0
_LEAST_HEIGHT, _MOST_HEIGHT = 300.0, 900.0
_MARGIN_SHARE = 0.04
_LEAST_MARGIN_M = 80.0
_THIN_PX = 0.35
_POINT_UNITS = 7.0
_MAJOR = ("motorway", "motorway_link", "trunk", "trunk_link", "road_main", "primary", "secondary")
_LAYERS = (("sand", "map-sand"), ("green", "map-green"), ("water", "map-water"),
           ("building", "map-building"))  # fmt: skip
_MOST_STREETS = 30_000
"""Beyond so many, footpaths are left out: on paper they would be one grey."""


@dataclass(frozen=True, eq=False)
class Ground:
    """
    The part of the world a report shows, drawn once for all of its maps.

    Parameters
    ----------
    height
        Of every map, where `WIDTH` is its width.
    markup
        What lies under everything.
    homes
        Outline of each home as a path; empty where it lies outside the map.
    metres_per_unit
        Its scale.
    place
        Turns shapes in degrees into shapes on the map.
    """

    height: float
    markup: str
    homes: Sequence[str]
    metres_per_unit: float
    place: Callable[[Any], Any]


def make_ground(plan: Plan) -> Ground:
    """Return the ground under the homes of a plan; of all its streets where it has none."""
    coverage = plan.coverage
    frame = coverage.network.frame
    homes = to_metres(coverage.demand.homes.geometry.to_numpy(), frame)
    judged = homes[coverage.is_judged] if len(homes) else homes
    around = judged if len(judged) else to_metres([shapely.box(*coverage.network.bounds)], frame)
    west, south, east, north = shapely.total_bounds(np.asarray(around))
    margin = max(_LEAST_MARGIN_M, _MARGIN_SHARE * max(east - west, north - south))
    west, south, east, north = west - margin, south - margin, east + margin, north + margin
    # A town that is long one way only still gets a map that fits a page.
    wide, high = east - west, north - south
    if high / wide < _LEAST_HEIGHT / WIDTH:
        more = wide * _LEAST_HEIGHT / WIDTH - high
        south, north = south - more / 2, north + more / 2
    if high / wide > _MOST_HEIGHT / WIDTH:
        more = high * WIDTH / _MOST_HEIGHT - wide
        west, east = west - more / 2, east + more / 2
    scale = float(WIDTH / (east - west))
    height = float((north - south) * scale)

    def on_map(shapes: Any) -> Any:
        return shapely.transform(
            np.asarray(shapes), lambda xy: np.column_stack(
                [(xy[:, 0] - west) * scale, (north - xy[:, 1]) * scale]
            )
        )  # fmt: skip

    def place(shapes: Any) -> Any:
        return on_map(to_metres(np.asarray(shapes), frame))

    page = shapely.box(0, 0, WIDTH, height)
    markup = "".join(_ground_parts(plan, place, page))
    shown = on_map(homes) if len(homes) else np.array([], dtype=object)
    dots = shapely.get_dimensions(shown) == 0
    shown[dots] = shapely.buffer(shown[dots], _POINT_UNITS, quad_segs=6)
    near = shapely.intersects(shown, page)
    paths = [_path(shape) if is_near else "" for shape, is_near in zip(shown, near, strict=True)]
    return Ground(height, markup, paths, 1.0 / scale, place)


def _ground_parts(plan: Plan, place: Callable[[Any], Any], page: Any) -> Iterable[str]:
    land = palette.GROUND["map-land"]
    yield f'<rect width="{WIDTH:g}" height="{page.bounds[3]:.1f}" fill="{land}"/>'
    for layer, colour in _LAYERS:
        table = plan.basemap.get(layer)
        if table is None or not len(table):
            continue
        shapes = _clipped(place(table.geometry.to_numpy()), page)
        areas = "".join(_path(one) for one in shapes[shapely.get_dimensions(shapes) == 2])
        if areas:
            yield f'<path d="{areas}" fill="{palette.GROUND[colour]}" fill-rule="evenodd"/>'
    edges = plan.coverage.network.edges_frame()
    kind = edges["kind"].astype(str)
    if len(edges) > _MOST_STREETS:
        edges = edges[~kind.isin(["footway", "sidewalk", "crossing", "path", "steps", "service"])]
        kind = edges["kind"].astype(str)
    lines = place(edges.geometry.to_numpy())
    for chosen, width in ((~kind.isin(_MAJOR), 1.1), (kind.isin(_MAJOR), 2.4)):
        way = "".join(_path(one) for one in _clipped(lines[chosen.to_numpy(bool)], page))
        for ink, more in ((palette.GROUND["map-casing"], 0.9), (palette.GROUND["map-minor"], 0.0)):
            yield (
                f'<path d="{way}" fill="none" stroke="{ink}" stroke-width="{width + more:g}" '
                'stroke-linejoin="round" stroke-linecap="round"/>'
            )


def _clipped(shapes: Any, page: Any) -> Any:
    """Return what lies on the page, thinned below what print shows."""
    if not len(shapes):
        return shapes
    near = shapes[shapely.intersects(shapely.box(*shapely.bounds(shapes).T), page)]
    if not len(near):
        return near
    thinned = shapely.simplify(near, _THIN_PX)
    west, south, east, north = page.bounds
    cut = shapely.clip_by_rect(thinned, west - 9, south - 9, east + 9, north + 9)
    return cut[~shapely.is_empty(cut)]


def _path(shape: Any) -> str:
    parts = []
    for one in shapely.get_parts(shape):
        lines = [one]
        if one.geom_type == "Polygon":
            lines = [one.exterior, *one.interiors]
        elif one.geom_type == "GeometryCollection":
            parts.append(_path(one))
            continue
        for line in lines:
            xy = shapely.get_coordinates(line).round(1)
            if len(xy) < 2:
                continue
            end = "Z" if one.geom_type == "Polygon" else ""
            parts.append("M" + "L".join(f"{x:g} {y:g}" for x, y in xy.tolist()) + end)
    return "".join(parts)


def lack_map(plan: Plan, ground: Ground, title: str, font: str) -> str:
    """Return the homes by the number of classes they lack at the middle level."""
    svg = _new(ground, title, font)
    count = lacking(plan, plan.middle_limit)
    judged = plan.coverage.is_judged
    for k, (least, colour) in enumerate(palette.LACK_STEPS):
        most = palette.LACK_STEPS[k + 1][0] if k + 1 < len(palette.LACK_STEPS) else np.inf
        _fill_homes(svg, ground, judged & (count >= least) & (count < most), colour,
                    palette.EDGE_COLOURS["covered"] if not least else palette.INK_SOFT)  # fmt: skip
    _fill_homes(svg, ground, ~judged, palette.STATE_COLOURS["outside"], palette.LINE)
    _scale_bar(svg, ground)
    return svg.render()


def state_map(plan: Plan, ground: Ground, subject: Subject, title: str, font: str) -> str:
    """Return the homes by whether they have one thing within its limit, and where it is."""
    svg = _new(ground, title, font)
    _states(svg, ground, plan, subject)
    _scale_bar(svg, ground)
    return svg.render()


def _states(svg: Svg, ground: Ground, plan: Plan, subject: Subject) -> None:
    """Draw the homes by whether they have one thing, and where it is."""
    state = plan.coverage.state(subject)
    hatch = svg.hatch("unknown", palette.HATCH, palette.STATE_COLOURS["unknown"], step=5.0)
    for number, word in reversed(list(enumerate(STATE_WORDS))):
        fill = hatch if word == "unknown" else palette.STATE_COLOURS[word]
        _fill_homes(svg, ground, state == number, fill, palette.EDGE_COLOURS[word])
    _dots(svg, ground, [reach for reach, _ in plan.coverage.reaches_of(subject)])


def _dots(svg: Svg, ground: Ground, reaches: Iterable[Reach]) -> None:
    """Mark the places."""
    for reach in reaches:
        table = reach.places.table
        if not len(table):
            continue
        at = ground.place(shapely.point_on_surface(table.geometry.to_numpy()))
        for x, y in shapely.get_coordinates(at).tolist():
            svg.raw(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{palette.PLACE}" '
                f'stroke="{palette.PLACE_LINE}" stroke-width="1.8"/>'
            )


def site_map(plan: Plan, sites: Sites, ground: Ground, title: str, font: str) -> str:
    """Return the homes by whether they have it now, places, candidates and the chosen sites."""
    svg = _new(ground, title, font)
    _states(svg, ground, plan, plan.coverage.subject(sites.subject.key))
    if sites.candidates is not None and len(sites.candidates):
        at = ground.place(sites.candidates.geometry.to_numpy())
        for x, y in shapely.get_coordinates(at).tolist():
            svg.raw(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="{palette.CANDIDATE}"/>')
    _sites(svg, sites, ground)
    _scale_bar(svg, ground)
    return svg.render()


def change_map(
    plan: Plan, change: Change, ground: Ground, subject: Subject, title: str, font: str
) -> str:
    """Return the homes by what a change means to them."""
    svg = _new(ground, title, font)
    words = home_changes(plan.coverage, change.after, subject.key)
    hatch = svg.hatch("unknown", palette.HATCH, palette.STATE_COLOURS["unknown"], step=5.0)
    for word in reversed(HOME_CHANGES):
        fill = hatch if word == "unknown" else palette.CHANGE_COLOURS[word]
        _fill_homes(svg, ground, words == word, fill, palette.INK_SOFT)
    _dots(svg, ground, [reach for reach, _ in change.after.reaches_of(subject)])
    for kind, shape in change.drawn:
        line = shapely.get_coordinates(ground.place([shape])).tolist()
        ink = palette.CHANGE_COLOURS["lost"] if kind == "closure" else palette.SITE_LINE
        svg.polyline(line, palette.PAPER, width=6.0)
        svg.polyline(line, ink, width=3.0)
        for x, y in line if kind == "gate" else []:
            svg.raw(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{ink}"/>')
    _scale_bar(svg, ground)
    return svg.render()


def gap_map(plan: Plan, ground: Ground, gaps: Any, title: str, font: str) -> str:
    """Return gaps with their numbers; numbers stand apart, tied to what they mean."""
    svg = _new(ground, title, font)
    _fill_homes(svg, ground, plan.coverage.is_judged, palette.STATE_COLOURS["outside"],
                palette.EDGE_COLOURS["outside"])  # fmt: skip
    shapes = ground.place(gaps.geometry.to_numpy()) if len(gaps) else []
    hatch = svg.hatch("gap", palette.GAP_LINE, palette.GAP, step=7.0)
    for shape in shapes:
        svg.raw(
            f'<path d="{_path(shape)}" fill="{hatch}" fill-opacity="0.35" fill-rule="evenodd" '
            f'stroke="{palette.GAP_LINE}" stroke-width="1.4"/>'
        )
    points = [shapely.point_on_surface(shape) for shape in shapes]
    taken: list[tuple[float, float]] = []
    for point in points:
        taken.append(_free(point.x, point.y, taken, ground.height))
        svg.line(point.x, point.y, *taken[-1], palette.INK, width=1.2)
    for row, (x, y) in zip(named_rows(gaps), taken, strict=True):
        svg.raw(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="12" fill="{palette.PAPER}" '
            f'stroke="{palette.INK}" stroke-width="1.6"/>'
        )
        svg.text(x, y + 4.8, str(row.no), 13, anchor="middle", bold=True)
    _scale_bar(svg, ground)
    return svg.render()


def _free(
    x: float, y: float, taken: list[tuple[float, float]], height: float
) -> tuple[float, float]:
    """Return the place nearest to a point that is 26 units from every other number."""
    for ring in range(60):
        for step in range(max(1, 8 * ring)):
            angle = 2 * np.pi * step / max(1, 8 * ring)
            at = (x + 9.0 * ring * np.cos(angle), y + 9.0 * ring * np.sin(angle))
            inside = 14 <= at[0] <= WIDTH - 14 and 14 <= at[1] <= height - 14
            if inside and all((at[0] - a) ** 2 + (at[1] - b) ** 2 >= 26.0**2 for a, b in taken):
                return float(at[0]), float(at[1])
    return x, y


def _sites(svg: Svg, sites: Sites, ground: Ground) -> None:
    for number, point in enumerate(sites.plan.sites.geometry, start=1):
        at = ground.place([point])[0]
        svg.path(f"M{at.x:.1f} {at.y - 13:.1f}l12 22h-24z", palette.SITE_LINE, fill=palette.SITE,
                 width=2.0)  # fmt: skip
        svg.text(at.x, at.y + 6, str(number), 11, anchor="middle", bold=True)


def _new(ground: Ground, title: str, font: str) -> Svg:
    svg = Svg(WIDTH, ground.height, title, title, font)
    svg.raw(ground.markup)
    return svg


def _fill_homes(svg: Svg, ground: Ground, chosen: BoolArray, fill: str, line: str) -> None:
    way = "".join(ground.homes[k] for k in np.flatnonzero(chosen).tolist())
    svg.path(way, line, fill=fill, width=0.7)


def _scale_bar(svg: Svg, ground: Ground) -> None:
    most = ground.metres_per_unit * WIDTH / 5
    power = 10.0 ** np.floor(np.log10(most))
    metres = float(max(step * power for step in (1, 2, 5) if step * power <= most))
    wide = metres / ground.metres_per_unit
    text = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    x, y = 14.0, ground.height - 14
    svg.rect(x - 8, y - 24, max(wide, text_width(text, 13)) + 40, 32, palette.PAPER, radius=3)
    svg.path(f"M{x:g} {y - 5:g}v5h{wide:g}v-5", palette.INK, width=1.6)
    svg.text(x + 4, y - 8, text, 13)
    north = x + max(wide, text_width(text, 13)) + 16
    svg.path(f"M{north:g} {y - 19:g}l6 16l-6 -4l-6 4z", fill=palette.INK)
