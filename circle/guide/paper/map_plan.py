"""
What stands where on a printed map, decided before anything is drawn.

Ground is given out in this order: scale bar, starting point, waters, main streets, rings,
numbers, then the smaller names, so that what cannot move comes before what can.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import shapely

from circle.guide import wording
from circle.guide.model import GuideContent, GuidePlace
from circle.guide.paper.boxes import Box, Point, Space
from circle.guide.paper.fonts import PaperFont
from circle.guide.paper.frame import MapFrame
from circle.guide.paper.grid import Grid, make_grid, round_below
from circle.guide.paper.names import PlacedName, area_names, street_names
from circle.guide.paper.numbers import Anchor, Block, NumberPlacer, anchors_of

_SIZES_MM = {
    "main": 2.9,
    "street": 2.45,
    "lane": 2.15,
    "water": 3.4,
    "green": 2.4,
    "ring": 2.7,
    "center": 3.0,
    "scale": 2.6,
    "number": 4.5,
}
_LONGEST_BAR_MM = 52.0
_FAR_LEADER, _TANGLED_SHARE = 4.0, 0.25
_HERE_MM = 6.2  # "You are here" is read from two metres off
_BOLD = 1.08  # bold letters run wider than the regular ones that are measured


@dataclass(frozen=True, slots=True)
class Label:
    """A text in a box of its own."""

    text: str
    box: Box
    size_mm: float


@dataclass(frozen=True, slots=True)
class RingLabel:
    """The label of ring `index`, counted from the smallest."""

    index: int
    label: Label


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """
    The scale bar.

    Parameters
    ----------
    box
        Ground reserved for it and the north arrow.
    left, y, length_mm
        Where the bar lies.
    length_m
        What it stands for.
    """

    box: Box
    left: float
    y: float
    length_mm: float
    length_m: float


@dataclass(frozen=True, slots=True)
class EntranceMark:
    """
    A way into a place, drawn as a small triangle.

    Parameters
    ----------
    x, y
        Where it is.
    turn_deg
        Direction to the place, clockwise from up.
    category
        Class of the place.
    """

    x: float
    y: float
    turn_deg: float
    category: str


@dataclass(frozen=True)
class Inset:
    """
    A part of a map, enlarged in a box of its own on it.

    Parameters
    ----------
    letter
        Its name; none that a column of squares could have.
    window
        The part, as framed on the map.
    tag
        The letter at the window.
    box
        Where the enlargement stands on the map.
    plan
        What stands on it.
    """

    letter: str
    window: Box
    tag: Label
    box: Box
    plan: MapPlan


@dataclass(frozen=True)
class MapPlan:
    """
    A printed map, decided.

    Parameters
    ----------
    frame, grid, sizes_mm
        Its ground, squares and type sizes.
    center, center_label
        Where the starting point is drawn, ``None`` beyond the map, and its name.
    scale_bar, ring_labels, names, blocks
        What stands on it.
    dot_radius
        Radius of the dots of the places.
    squares
        Square by number, for the places on the map.
    entrances, insets
        Ways into the places, and parts that are enlarged.
    title
        Name of an enlargement, on it.
    bare
        Places that have a dot and no number: that stands on an enlargement.
    """

    frame: MapFrame
    grid: Grid
    sizes_mm: dict[str, float]
    center: Point | None
    center_label: Label | None
    scale_bar: ScaleBar
    ring_labels: tuple[RingLabel, ...]
    names: tuple[PlacedName, ...]
    blocks: tuple[Block, ...]
    dot_radius: float
    squares: dict[int, str]
    entrances: tuple[EntranceMark, ...] = ()
    insets: tuple[Inset, ...] = ()
    title: Label | None = None
    bare: tuple[Anchor, ...] = ()

    @property
    def on_map(self) -> tuple[Anchor, ...]:
        """The places within the map, those whose numbers stand on an enlargement among them."""
        numbered = [a for block in self.blocks if block.off_map is None for a in block.anchors]
        return (*numbered, *self.bare)

    @property
    def n_gathered(self) -> int:
        """How many numbers stand in blocks of more than one."""
        return len(self.gathered)

    @property
    def gathered(self) -> frozenset[int]:
        """The numbers that stand in blocks of more than one."""
        return frozenset(
            anchor.number
            for block in self.blocks
            if len(block.anchors) > 1
            for anchor in block.anchors
        )

    @property
    def unresolved(self) -> frozenset[int]:
        """The numbers in blocks of three or more that stand alone in no enlargement either."""
        crowds = {
            anchor.number
            for block in self.blocks
            if len(block.anchors) > 2
            for anchor in block.anchors
        }
        return frozenset(crowds) - {n for inset in self.insets for n in inset.plan.alone}

    @property
    def is_tangled(self) -> bool:
        """Whether the lines from numbers to their places run across the map like a web."""
        lengths = [math.dist(*leader) for block in self.blocks for leader in block.leaders]
        far = _FAR_LEADER * self.sizes_mm["number"]
        return sum(length > far for length in lengths) > _TANGLED_SHARE * len(lengths)

    @property
    def alone(self) -> frozenset[int]:
        """The numbers that stand by themselves."""
        return frozenset(
            block.anchors[0].number for block in self.blocks if len(block.anchors) == 1
        )


def type_sizes(factor: float) -> dict[str, float]:
    """Return the type sizes on the map, millimetres, `factor` times those of an A3 sheet."""
    return {kind: size * factor for kind, size in _SIZES_MM.items()}


def plan_map(
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
    reserved: Sequence[Box] = (),
    letter: str = "",
    unnumbered: Collection[int] = (),
) -> MapPlan:
    """
    Decide a map.

    Parameters
    ----------
    content
        The guide.
    places
        Those of its places that are wanted, with their numbers.
    frame
        The ground and the scale.
    font
        Font of everything on it.
    type_factor
        How much larger than on an A3 sheet.
    language
        ``"zh-CN"`` or ``"en"``.
    center_texts
        What to call the starting point, the dearest first; else its name in the guide.
    shows_beyond
        True to print the numbers of places beyond the map at its edge.
    folds_mm
        Where the sheet is folded from top to bottom: no sign is set across.
    reserved
        Ground to leave free.
    letter
        Name of an enlargement: it has its letter in a corner and no north arrow.
    unnumbered
        Numbers to leave out; the dots of their places stay.

    Returns
    -------
    plan
        No two of its boxes touch, and none leaves the map.
    """
    sizes = type_sizes(type_factor)
    if letter:
        sizes["scale"] *= 0.8
    if center_texts:
        sizes["center"] = max(sizes["center"], _HERE_MM)
    grid = make_grid(frame.width_mm, frame.height_mm, frame.scale)
    located = [place for place in places if place.lon is not None and place.lat is not None]
    xy = frame.to_mm([(place.lon or 0.0, place.lat or 0.0) for place in located])
    anchors = anchors_of(located, xy)
    inside = [a for a in anchors if Box(a.x, a.y, 0, 0).is_within(frame.box)]
    taken = Space()
    taken.add(*reserved, *(Box.from_edges(x - 0.8, 0, x + 0.8, frame.height_mm) for x in folds_mm))
    bar = _scale_bar(frame, font, sizes, inside, has_arrow=not letter)
    taken.add(bar.box)
    title = _letter_label(letter, Box.from_edges(0, 0, 0, 0), sizes) if letter else None
    if title is not None:
        taken.add(title.box)
    (center_at,) = frame.to_mm([(content.center.lon, content.center.lat)]).tolist()
    center: Point | None = (center_at[0], center_at[1])
    center_label = None
    placer = NumberPlacer(frame.box, taken, font, sizes["number"])
    dots = taken.add(*(Box(a.x, a.y, placer.dot_radius, placer.dot_radius) for a in inside))
    if center is not None and Box(*center, 2.0, 2.0).is_within(frame.box):
        radius = sizes["center"] * 0.85
        taken.add(Box(*center, radius, radius))
        texts = center_texts or (_say(content.center.name, language),)
        texts = [font.printable(text) for text in texts if text]
        center_label = _center_label(texts, center, frame, taken, font, sizes)
        if center_label is not None:
            taken.add(Box.along(center, _nearest_in(center_label.box, center), 0.4))
    else:
        center = None
    marks = _entrances(located, anchors, frame, taken, placer.dot_radius)
    basemap = content.basemap
    waters = [area for area in basemap.areas if area.layer == "water"]
    names = area_names(waters, frame, taken, font, sizes)
    names += street_names(basemap.streets, frame, taken, font, sizes, range(0, 3))
    ring_labels = _ring_labels(content, frame, taken, font, sizes, language)
    taken.remove(dots)
    bare = [anchor for anchor in inside if anchor.number in unnumbered]
    taken.add(*(Box(a.x, a.y, placer.dot_radius, placer.dot_radius) for a in bare))
    wanted = [a for a in (anchors if shows_beyond else inside) if a.number not in unnumbered]
    blocks = placer.place(wanted)
    taken.add(*(Box(a.x, a.y, placer.dot_radius, placer.dot_radius) for a in inside))
    for block in blocks:
        taken.add(*(Box.along(*line, 0.3) for line in block.leaders if math.dist(*line) > 0.2))
    names += street_names(basemap.streets, frame, taken, font, sizes, range(3, 99))
    greens = [area for area in basemap.areas if area.layer == "green"]
    names += area_names(greens, frame, taken, font, sizes)
    return MapPlan(
        frame=frame,
        grid=grid,
        sizes_mm=sizes,
        center=center,
        center_label=center_label,
        scale_bar=bar,
        ring_labels=tuple(ring_labels),
        names=tuple(names),
        blocks=tuple(blocks),
        dot_radius=placer.dot_radius,
        squares={a.number: grid.square_of(a.x, a.y) for a in inside},
        entrances=tuple(marks),
        title=title,
        bare=tuple(bare),
    )


def _letter_label(letter: str, near: Box, sizes: dict[str, float]) -> Label:
    """Return the letter of an enlargement, in a box from the upper left corner of `near` on."""
    half = sizes["number"] * 0.62
    left, top, _, _ = near.edges
    return Label(letter, Box(left + half, top + half, half, half), sizes["number"] * 0.9)


def _entrances(
    places: Sequence[GuidePlace],
    anchors: Sequence[Anchor],
    frame: MapFrame,
    taken: Space,
    dot_radius: float,
) -> list[EntranceMark]:
    """Return the entrances that stand apart from the dot of their place, and take their ground."""
    by_number = {anchor.number: anchor for anchor in anchors}
    window = frame.box.grown(-1.0)
    half = dot_radius * 1.25
    marks: list[EntranceMark] = []
    for place in places:
        if place.number is None or not place.entrances:
            continue
        anchor = by_number[place.number]
        for x, y in frame.to_mm([(e.lon, e.lat) for e in place.entrances]).tolist():
            box = Box(x, y, half, half)
            apart = math.dist((x, y), (anchor.x, anchor.y))
            if apart < dot_radius + half or not box.is_within(window) or not taken.is_free(box):
                continue
            taken.add(box)
            turn = math.degrees(math.atan2(anchor.x - x, y - anchor.y))
            marks.append(EntranceMark(x, y, round(turn, 1), place.category))
    return marks


def _say(text: wording.Both, language: str) -> str:
    return text.zh if language.startswith("zh") else text.en


def _scale_bar(
    frame: MapFrame,
    font: PaperFont,
    sizes: dict[str, float],
    inside: Collection[Anchor],
    *,
    has_arrow: bool,
) -> ScaleBar:
    """Return the scale bar, in the lower corner with fewer places near it."""
    size = sizes["scale"]
    before = size * (3.6 if has_arrow else 1.0)
    most_mm = min(_LONGEST_BAR_MM * size / _SIZES_MM["scale"], frame.width_mm * 0.3)
    length_m = round_below(most_mm * frame.scale / 1000)
    length_mm = length_m * 1000 / frame.scale
    width = before + size * 0.4 + length_mm + font.width(f"{length_m:g} m", size) + size * 1.2
    height = size * 4.2
    edge = 2.0 if has_arrow else 0.8
    boxes = [
        Box.from_edges(left, frame.height_mm - edge - height, left + width,
                       frame.height_mm - edge)
        for left in (edge, frame.width_mm - edge - width)
    ]  # fmt: skip
    box = min(
        boxes,
        key=lambda box: sum(Box(a.x, a.y, 0, 0).touches(box.grown(8.0)) for a in inside),
    )
    left, top, _, _ = box.edges
    return ScaleBar(box, left + before, top + size * 2.75, length_mm, length_m)


def _center_label(
    texts: Sequence[str],
    at: Point,
    frame: MapFrame,
    taken: Space,
    font: PaperFont,
    sizes: dict[str, float],
) -> Label | None:
    """Return the first of `texts` that finds free ground near the starting point."""
    size = sizes["center"]
    half_height = size * 0.85
    near = size * 0.85 + size * 0.3
    for text in texts:
        half_width = font.width(text, size) * _BOLD / 2 + size * 0.7
        for times, step in itertools.product((1.0, 2.0, 3.2, 4.6), range(16)):
            # Below first, then above, then alternately to the sides.
            turn = math.pi * (1 - (step % 2)) + (step // 2) * math.pi / 8
            dx, dy = math.sin(turn), -math.cos(turn)
            out = min(
                half_width / abs(dx) if abs(dx) > 1e-9 else math.inf,
                half_height / abs(dy) if abs(dy) > 1e-9 else math.inf,
            )
            far = out + near * times
            box = Box(at[0] + dx * far, at[1] + dy * far, half_width, half_height)
            if box.is_within(frame.box.grown(-0.8)) and taken.is_free(box):
                taken.add(box.grown(0.3))
                return Label(text, box, size)
    return None


def _nearest_in(box: Box, at: Point) -> Point:
    """Return the point of an upright box that is nearest to `at`."""
    left, top, right, bottom = box.edges
    return min(max(at[0], left), right), min(max(at[1], top), bottom)


def _ring_labels(
    content: GuideContent,
    frame: MapFrame,
    taken: Space,
    font: PaperFont,
    sizes: dict[str, float],
    language: str,
) -> list[RingLabel]:
    """Return a label on each ring's line, those of neighbours on different sides."""
    labels = []
    size = sizes["ring"]
    window = frame.box.grown(-1.0)
    for index, ring in enumerate(content.rings):
        key = "ring_label" if ring.unit == "min" else "ring_label_m"
        text = _say(wording.PAGE[key].fill(n=f"{ring.budget:g}"), language)
        half = (font.width(text, size) * _BOLD / 2 + size * 0.6, size * 0.78)
        wanted = math.radians((-50, 15, 80, 150, 215, 280)[index % 6])
        spots = []
        for polygon in ring.polygons:
            line = shapely.LineString(frame.to_mm(polygon[0]))
            for at in shapely.get_coordinates(shapely.segmentize(line, 3.0)).tolist():
                turn = math.atan2(at[1] - frame.height_mm / 2, at[0] - frame.width_mm / 2)
                off = abs((turn - wanted + math.pi) % (2 * math.pi) - math.pi)
                spots.append((round(off, 6), at[0], at[1]))
        for _, x, y in sorted(spots):
            box = Box(x, y, *half)
            if box.is_within(window) and taken.is_free(box):
                taken.add(box.grown(0.3))
                labels.append(RingLabel(index, Label(text, box, size)))
                break
    return labels
