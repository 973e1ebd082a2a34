"""
Enlarged parts of a printed map, for places that stand too close at its scale.

An enlargement takes ground of the map itself, where there is neither a place nor, but for a
trifle, ground within the walk; where there is none, numbers stay gathered.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt
import shapely

from circle.guide.model import GuideContent, GuidePlace
from circle.guide.paper.boxes import Box
from circle.guide.paper.fonts import PaperFont
from circle.guide.paper.frame import SCALES, MapFrame
from circle.guide.paper.map_plan import Inset, Label, MapPlan, plan_map
from circle.guide.paper.numbers import NoRoomError

LETTERS = "XYZ"
"""Names of the enlargements of a map: no column of squares is called so."""

LEAST_RESOLVED = 3
"""An enlargement must take apart at least so many numbers."""

_SIZES_MM = ((120.0, 90.0), (96.0, 72.0), (78.0, 60.0), (62.0, 50.0), (50.0, 42.0))
_LEAST_TIMES, _MOST_TIMES = 1.7, 5.0
_APART_MM = 3.4
_ROOM_MM2 = 75.0
_FAR = 2.6
_MOST_SHARE = 0.45
_STEP_MM = 4.0
_EDGE_MM = 1.2
_MOST_WALK_SHARE = 0.02
_MOST_TRIES = 40


@dataclass(frozen=True, slots=True)
class _Choice:
    """A part to enlarge: how many numbers that takes apart, where, how large, at what scale."""

    resolved: int
    window: Box
    width_mm: float
    height_mm: float
    scale: int


def plan_with_insets(
    content: GuideContent,
    places: Sequence[GuidePlace],
    frame: MapFrame,
    font: PaperFont,
    *,
    type_factor: float = 1.0,
    language: str = "zh-CN",
    center_texts: Sequence[str] = (),
    shows_beyond: bool = True,
    folds_mm: Sequence[float] = (),
) -> MapPlan:
    """
    Decide a map, and enlarge its crowded parts where there is room for that on it.

    Parameters
    ----------
    content, places, frame, font, type_factor, language, center_texts, shows_beyond, folds_mm
        As for `plan_map`.

    Returns
    -------
    plan
        With up to three enlargements; their numbers obey the rules of all numbers.
    """
    settle = partial(
        plan_map, content, font=font, type_factor=type_factor, language=language,
        center_texts=center_texts,
    )  # fmt: skip
    plan = settle(places, frame, shows_beyond=shows_beyond, folds_mm=folds_mm)
    found: list[Inset] = []
    located = [p for p in places if p.lon is not None and p.lat is not None]
    spots = frame.to_mm([(p.lon or 0.0, p.lat or 0.0) for p in located])
    for letter in LETTERS:
        shown = replace(plan, insets=tuple(found))
        if len(_strained(shown)) < LEAST_RESOLVED:
            break
        room = _Room(content, shown, folds_mm)
        for choice in itertools.islice(_choices(shown, type_factor), _MOST_TRIES):
            box = room.box_for(choice)
            if box is None:
                continue
            part = _enlarged(choice, frame)
            is_in = _are_in(spots, choice, frame)
            within = [p for p, inside in zip(located, is_in, strict=True) if inside]
            try:
                enlarged = settle(within, part, shows_beyond=False, letter=letter)
            except NoRoomError:
                continue
            if len(enlarged.alone & _strained(shown)) >= LEAST_RESOLVED:
                tag = _tag(letter, choice.window, type_factor)
                found.append(Inset(letter, choice.window, tag, box, enlarged))
                break
        else:
            break
    if not found:
        return plan
    reserved = [
        box for inset in found for box in (inset.box.grown(0.8), inset.window, inset.tag.box)
    ]
    again = settle(
        places,
        frame,
        shows_beyond=shows_beyond,
        folds_mm=folds_mm,
        reserved=reserved,
        unnumbered={number for inset in found for number in inset.plan.alone},
    )
    return replace(again, insets=tuple(found))


def _strained(plan: MapPlan) -> frozenset[int]:
    """Return the numbers that stand together or far from their places, enlarged nowhere yet."""
    far = {
        anchor.number
        for block in plan.blocks
        if block.off_map is None
        for line, anchor in zip(block.leaders, block.anchors, strict=False)
        if math.dist(*line) > _FAR * plan.sizes_mm["number"]
    }
    return (plan.gathered | far) - {n for inset in plan.insets for n in inset.plan.alone}


def _tag(letter: str, window: Box, type_factor: float) -> Label:
    """Return the letter on the upper left corner of a window, outside of it where it can be."""
    size = 4.0 * type_factor
    left, top, _, _ = window.edges
    half = size * 0.66
    return Label(letter, Box(left + half, max(half, top - half), half, half), size)


def _choices(plan: MapPlan, type_factor: float) -> Iterator[_Choice]:
    """Return parts worth enlarging, those that take most numbers apart first."""
    anchors = plan.on_map
    strained = _strained(plan)
    windows = [inset.window.grown(6.0 * type_factor) for inset in plan.insets]
    xy = np.array([(a.x, a.y) for a in anchors])
    apart = np.sqrt(((xy[:, None] - xy[None]) ** 2).sum(axis=2))
    np.fill_diagonal(apart, np.inf)
    nearest = apart.min(axis=1)
    crowded = np.array([a.number in strained for a in anchors])
    frame = plan.frame
    choices = []
    for (wide, high), scale in itertools.product(_SIZES_MM, SCALES):
        times = frame.scale / scale
        wide_mm, high_mm = wide * type_factor, high * type_factor
        if not _LEAST_TIMES <= times <= _MOST_TIMES:
            continue
        if wide_mm > frame.width_mm * _MOST_SHARE or high_mm > frame.height_mm * _MOST_SHARE:
            continue
        half = np.array([wide_mm, high_mm]) / times / 2
        most = wide_mm * high_mm / (_ROOM_MM2 * type_factor**2)
        told_apart = crowded & (nearest * times > _APART_MM * type_factor)
        for middle in _middles(xy[crowded], half, frame):
            inside = (np.abs(xy - middle) < half - 3.0 * type_factor / times).all(axis=1)
            resolved = int((told_apart & inside).sum())
            if resolved >= LEAST_RESOLVED and inside.sum() <= most:
                window = Box(float(middle[0]), float(middle[1]), float(half[0]), float(half[1]))
                if any(window.touches(other) for other in windows):
                    continue
                choices.append(_Choice(resolved, window, wide_mm, high_mm, scale))
    # Of parts that do as much, the smaller one, and of these the one at the smaller scale.
    choices.sort(
        key=lambda c: (-c.resolved + c.width_mm * c.height_mm / 4000 / type_factor**2, -c.scale,
                       c.window.x, c.window.y)
    )  # fmt: skip
    return iter(choices)


def _middles(
    crowded: npt.NDArray[np.float64], half: npt.NDArray[np.float64], frame: MapFrame
) -> npt.NDArray[np.float64]:
    """Return middles of windows around crowded places, the windows within the map."""
    low, high = half + 1.0, np.array([frame.width_mm, frame.height_mm]) - half - 1.0
    near = [crowded]
    for middle in crowded:
        inside = (np.abs(crowded - middle) < half).all(axis=1)
        near.append(crowded[inside].mean(axis=0, keepdims=True))
    return np.unique(np.round(np.clip(np.concatenate(near), low, high), 1), axis=0)


def _enlarged(choice: _Choice, frame: MapFrame) -> MapFrame:
    """Return the ground of an enlargement."""
    m_per_mm = frame.scale / 1000
    middle = (
        frame.middle_m[0] + (choice.window.x - frame.width_mm / 2) * m_per_mm,
        frame.middle_m[1] - (choice.window.y - frame.height_mm / 2) * m_per_mm,
    )
    return MapFrame(frame.local, choice.scale, middle, choice.width_mm, choice.height_mm)


def _are_in(
    spots: npt.NDArray[np.float64], choice: _Choice, frame: MapFrame
) -> npt.NDArray[np.bool_]:
    """Say which positions on a map an enlargement holds."""
    window = choice.window
    # A dot on the very edge would leave its number no side to stand on.
    edge = 1.5 * choice.scale / frame.scale
    half = (window.half_width - edge, window.half_height - edge)
    off = np.abs(spots - (window.x, window.y))
    return (off[:, 0] <= half[0]) & (off[:, 1] <= half[1])


class _Room:
    """Where on a map an enlargement may stand."""

    def __init__(self, content: GuideContent, plan: MapPlan, folds_mm: Sequence[float]) -> None:
        self._frame = plan.frame
        self._taken = [plan.scale_bar.box.grown(1.0)]
        for inset in plan.insets:
            self._taken += [inset.box.grown(2.0), inset.window.grown(3.0), inset.tag.box]
        if plan.center is not None:
            self._taken.append(Box(*plan.center, 8.0, 8.0))
        self._taken += [Box.from_edges(x - 1, 0, x + 1, plan.frame.height_mm) for x in folds_mm]
        dots = [(a.x, a.y) for a in plan.on_map] + [(mark.x, mark.y) for mark in plan.entrances]
        self._dots = np.array(dots)
        walk = [
            shapely.make_valid(shapely.Polygon(plan.frame.to_mm(polygon[0])))
            for ring in content.rings
            for polygon in ring.polygons
        ]
        self._walk = shapely.union_all(walk)
        shapely.prepare(self._walk)
        self._free: dict[tuple[float, float], list[tuple[float, Box]]] = {}

    def box_for(self, choice: _Choice) -> Box | None:
        """Return the best ground for an enlargement, or nothing."""
        size = (choice.width_mm / 2, choice.height_mm / 2)
        if size not in self._free:
            self._free[size] = list(self._boxes(*size))
        keep = choice.window.grown(3.0)
        at = (choice.window.x, choice.window.y)
        free = [
            (cost + math.dist(at, (box.x, box.y)) / 100, box)
            for cost, box in self._free[size]
            if not box.touches(keep)
        ]
        return min(free, key=lambda entry: entry[0])[1] if free else None

    def _boxes(self, half_width: float, half_height: float) -> Iterator[tuple[float, Box]]:
        """Return the free ground of a size, each with what it costs to cover it."""
        frame, half = self._frame, (half_width, half_height)
        for x in _stops(half_width, frame.width_mm):
            for y in _stops(half_height, frame.height_mm):
                box = Box(x, y, *half)
                if any(box.touches(other) for other in self._taken):
                    continue
                if bool((np.abs(self._dots - (x, y)) - half < 2.0).all(axis=1).any()):
                    continue
                share = 0.0
                ground = shapely.box(*box.edges)
                if self._walk.intersects(ground):
                    share = self._walk.intersection(ground).area / ground.area
                if share <= _MOST_WALK_SHARE:
                    # At the edges of the map it cuts off least.
                    edges = min(x, frame.width_mm - x) - half_width
                    edges += min(y, frame.height_mm - y) - half_height
                    yield share * 20 + edges / 60, box


def _stops(half_mm: float, length_mm: float) -> list[float]:
    """Return where the middle of a box may stand, first and last at the map's edges."""
    first, last = half_mm + _EDGE_MM, length_mm - half_mm - _EDGE_MM
    if last < first:
        return []
    n = max(1, round((last - first) / _STEP_MM))
    return [first + (last - first) * at / n for at in range(n + 1)]
