"""Nothing on a printed map covers anything, nothing leaves it, every number is there once."""

from __future__ import annotations

import itertools
import math
import random

import pytest
import shapely
from shapely import affinity

from circle.guide.model import GuideContent
from circle.guide.paper.atlas import outline_on, squares_of
from circle.guide.paper.boxes import Box, Space
from circle.guide.paper.fonts import find_font
from circle.guide.paper.frame import SCALES, atlas_frames, content_extent, fits, one_frame
from circle.guide.paper.grid import make_grid
from circle.guide.paper.map_plan import MapPlan
from circle.guide.paper.numbers import Anchor, NumberPlacer
from circle.guide.paper.options import FORMATS, PaperOptions
from circle.guide.paper.paper_map import BAND_MM
from circle.guide.paper.sheet import PaperGuide, compose

from .conftest import composed
from .equipped import equipped


def solid_boxes(plan: MapPlan) -> list[tuple[str, Box]]:
    """Return everything that has ground of its own, by what it is."""
    boxes = [(f"number {b.cells[0].text}", b.box) for b in plan.blocks]
    for name in plan.names:
        boxes += [(f"name {name.text}", box) for box in name.boxes]
    boxes += [(f"ring {r.label.text}", r.label.box) for r in plan.ring_labels]
    boxes.append(("scale bar", plan.scale_bar.box))
    if plan.center_label:
        boxes.append(("centre", plan.center_label.box))
    if plan.title:
        boxes.append(("title", plan.title.box))
    for inset in plan.insets:
        boxes.append((f"inset {inset.letter}", inset.box))
        boxes.append((f"letter {inset.letter}", inset.tag.box))
    return boxes


def assert_tidy(plan: MapPlan) -> None:
    boxes = solid_boxes(plan)
    for what, box in boxes:
        assert box.is_within(plan.frame.box), what
    boxes.sort(key=lambda entry: entry[1].edges[0])
    for at, (what, box) in enumerate(boxes):
        for other_what, other in boxes[at + 1 :]:
            if other.edges[0] >= box.edges[2]:
                break
            if what == other_what and what.startswith("name"):
                continue  # signs of one name stand side by side
            assert not box.touches(other), f"{what} touches {other_what}"
    for inset in plan.insets:
        assert_tidy(inset.plan)
        assert inset.window.is_within(plan.frame.box)
        for block in plan.blocks:
            assert not block.box.touches(inset.window), block.cells


def assert_all_numbered(printed: PaperGuide, content: GuideContent) -> None:
    maps = [*printed.plans, *filter(None, [printed.overview])]
    maps += [inset.plan for plan in maps for inset in plan.insets]
    shown = {
        number
        for plan in maps
        for block in plan.blocks
        for cell in block.cells
        for number in range(cell.first, cell.last + 1)
    }
    assert shown == {place.number for place in content.places}
    for plan in printed.plans:
        numbers = [a.number for block in plan.blocks for a in block.anchors]
        assert len(numbers) == len(set(numbers))
        for block in plan.blocks:
            in_cells = [n for c in block.cells for n in range(c.first, c.last + 1)]
            assert sorted(in_cells) == sorted(a.number for a in block.anchors)


def test_the_sample_is_tidy_and_whole(sheet: PaperGuide, shanzishi: GuideContent) -> None:
    (plan,) = sheet.plans
    assert_tidy(plan)
    assert_all_numbered(sheet, shanzishi)
    assert len(plan.names) > 25
    assert len(plan.ring_labels) == 3
    assert plan.center_label is not None


def test_dots_of_places_stay_visible(sheet: PaperGuide) -> None:
    (plan,) = sheet.plans
    dots = [Box(a.x, a.y, 0.4, 0.4) for block in plan.blocks for a in block.anchors]
    for what, box in solid_boxes(plan):
        assert not any(box.touches(dot) for dot in dots), what


@pytest.mark.parametrize("paper", ["a4", "a1"])
def test_other_papers_are_tidy(shanzishi: GuideContent, paper: str) -> None:
    printed = compose(shanzishi, PaperOptions(paper=paper))
    for plan in printed.plans:
        assert_tidy(plan)
    assert_all_numbered(printed, shanzishi)


def test_large_print_is_larger_and_tidy(shanzishi: GuideContent, sheet: PaperGuide) -> None:
    printed = compose(shanzishi, PaperOptions(is_large_print=True))
    small, large = sheet.plans[0].sizes_mm, printed.plans[0].sizes_mm
    assert all(large[kind] >= 1.35 * small[kind] for kind in small)
    assert_tidy(printed.plans[0])
    assert_all_numbered(printed, shanzishi)


def test_a_dense_town_becomes_an_atlas_and_says_so(monaco: GuideContent) -> None:
    assert len(monaco.places) > 300
    printed = composed(monaco, "a3")
    assert printed.is_atlas
    assert printed.reason == "crowded"
    n_gathered = sum(plan.n_gathered for plan in printed.plans)
    n_shown = sum(len(plan.squares) for plan in printed.plans)
    assert n_gathered < 0.12 * n_shown


def test_crowded_parts_are_enlarged(tsinghua: GuideContent) -> None:
    (plan,) = composed(tsinghua, "a3").plans
    assert [inset.letter for inset in plan.insets] == list("XYZ")[: len(plan.insets)]
    assert len(plan.insets) >= 2
    columns = {name for name, _, _ in plan.grid.columns}
    walk = shapely.union_all(
        [
            shapely.make_valid(shapely.Polygon(plan.frame.to_mm(polygon[0])))
            for ring in tsinghua.rings
            for polygon in ring.polygons
        ]
    )
    for inset in plan.insets:
        assert inset.letter not in columns
        # At least three numbers stand alone there, and no longer on the map itself.
        alone = inset.plan.alone
        assert len(alone) >= 3
        assert not alone & {a.number for block in plan.blocks for a in block.anchors}
        assert alone <= {anchor.number for anchor in plan.bare}
        # It shows the ground its frame stands around, larger, and covers no walk and no place.
        assert inset.plan.frame.scale < plan.frame.scale / 1.5
        seen = outline_on(inset.plan.frame, plan.frame)
        assert seen.edges == pytest.approx(inset.window.edges, abs=0.05)
        ground = shapely.box(*inset.box.edges)
        assert walk.intersection(ground).area < 0.03 * ground.area
        for anchor in plan.on_map:
            assert not inset.box.touches(Box(anchor.x, anchor.y, 0.5, 0.5))
    for place in tsinghua.places:
        for inset in plan.insets:
            if place.number in inset.plan.alone:
                assert squares_of([plan], False)[place.number].endswith(f" {inset.letter}")


def test_a_town_without_crowds_has_no_enlargement(sheet: PaperGuide) -> None:
    assert sheet.plans[0].insets == ()


def test_nothing_is_set_across_the_fold(sheet: PaperGuide) -> None:
    (plan,) = sheet.plans
    paper = FORMATS["a3"]
    fold = paper.width / 2 - (paper.width - paper.margin - BAND_MM - plan.frame.width_mm)
    assert 0 < fold < plan.frame.width_mm
    for what, box in solid_boxes(plan):
        left, _, right, _ = box.edges
        assert right < fold or left > fold, what


def test_entrances_are_drawn_and_nothing_covers_them(shanzishi: GuideContent) -> None:
    content = equipped(shanzishi)
    (plan,) = compose(content, PaperOptions()).plans
    assert len(plan.entrances) >= 4
    by_number = {a.number: a for a in plan.on_map}
    for place in content.places:
        for entrance in place.entrances:
            (at,) = plan.frame.to_mm([(entrance.lon, entrance.lat)]).tolist()
            marks = [m for m in plan.entrances if math.dist((m.x, m.y), at) < 0.01]
            if not marks:
                continue
            anchor, turn = by_number[place.number or 0], math.radians(marks[0].turn_deg)
            apart = math.dist(at, (anchor.x, anchor.y))
            # The triangle points to its place.
            assert at[0] + math.sin(turn) * apart == pytest.approx(anchor.x, abs=0.05)
            assert at[1] - math.cos(turn) * apart == pytest.approx(anchor.y, abs=0.05)
    for what, box in solid_boxes(plan):
        for mark in plan.entrances:
            assert not box.touches(Box(mark.x, mark.y, 0.5, 0.5)), what


def test_the_poster_always_says_where_one_stands(
    shanzishi: GuideContent, tsinghua: GuideContent
) -> None:
    for content in (tsinghua, equipped(shanzishi), shanzishi):
        (plan,) = compose(content, PaperOptions(paper="a1")).plans
        assert plan.center_label is not None
        assert plan.center_label.text.startswith("您在这里")
        assert plan.center_label.size_mm >= 6.0
    # Where places do not crowd, names and numbers are read from two metres as well.
    assert plan.sizes_mm["number"] * 0.68 >= 6.0
    assert plan.sizes_mm["main"] >= 6.0


def test_atlas_sheets_overlap_and_cover_everything(shanzishi: GuideContent) -> None:
    frames = atlas_frames(shanzishi, 176.0, 240.0, 5_000)
    assert len(frames) > 1
    local = frames[0].local
    west, south, east, north = content_extent(shanzishi, local)
    assert min(f.extent_m[0] for f in frames) <= west + 1e-6
    assert max(f.extent_m[2] for f in frames) >= east - 1e-6
    assert min(f.extent_m[1] for f in frames) <= south + 1e-6
    assert max(f.extent_m[3] for f in frames) >= north - 1e-6
    for frame in frames:
        overlaps = [
            min(frame.extent_m[2], other.extent_m[2]) - max(frame.extent_m[0], other.extent_m[0])
            for other in frames
            if other is not frame and math.isclose(other.middle_m[1], frame.middle_m[1])
        ]
        assert max(overlaps) >= 20.0 * 5_000 / 1000 - 1e-6


def test_a_scale_too_large_for_the_sheet_makes_an_atlas(shanzishi: GuideContent) -> None:
    printed = compose(shanzishi, PaperOptions(scale=2_500))
    assert printed.is_atlas
    assert printed.reason == "scale"
    assert {plan.frame.scale for plan in printed.plans} == {2_500}
    assert_all_numbered(printed, shanzishi)


def test_the_scale_chosen_is_the_largest_round_one_that_fits(shanzishi: GuideContent) -> None:
    frame = one_frame(shanzishi, 310.0, 268.0)
    assert fits(shanzishi, frame)
    larger = SCALES[SCALES.index(int(frame.scale)) - 1]
    assert not fits(shanzishi, one_frame(shanzishi, 310.0, 268.0, larger))


@pytest.mark.parametrize("scale", [1_000, 2_500, 5_000, 7_500, 10_000, 25_000])
def test_squares_are_about_forty_millimetres_and_round(scale: int) -> None:
    grid = make_grid(300.0, 270.0, scale)
    assert 28 < grid.square_mm < 57
    mantissa = grid.square_m / 10 ** math.floor(math.log10(grid.square_m))
    assert min(abs(mantissa - round_one) for round_one in (1, 2, 2.5, 5)) < 1e-9
    assert grid.square_of(0.1, 0.1) == "A1"
    assert grid.square_of(299.9, 269.9) == f"{grid.columns[-1][0]}{grid.rows[-1][0]}"


def test_many_places_on_one_spot_share_a_block_with_ranges() -> None:
    frame = Box.from_edges(0, 0, 120, 100)
    placer = NumberPlacer(frame, Space(), find_font(), 4.5)
    blocks = placer.place([Anchor(n, "health", 60.0, 50.0) for n in range(12, 16)])
    assert [[cell.text for cell in block.cells] for block in blocks] == [["12–15"]]


def test_four_hundred_places_of_one_class_all_find_room() -> None:
    frame = Box.from_edges(0, 0, 200, 160)
    placer = NumberPlacer(frame, Space(), find_font(), 4.5)
    anchors = [
        Anchor(n, "health", 60 + 80 * ((n * 37) % 101) / 101, 40 + 80 * ((n * 53) % 97) / 97)
        for n in range(1, 401)
    ]
    blocks = placer.place(anchors)
    assert sorted(a.number for b in blocks for a in b.anchors) == list(range(1, 401))
    # They gather in small groups, not all in the one block that found room.
    assert max(len(block.anchors) for block in blocks) <= 8
    assert len(blocks) > 150
    for first, second in itertools.combinations(blocks, 2):
        assert not first.box.touches(second.box)


def test_a_place_beyond_the_map_is_pointed_to_from_the_edge() -> None:
    frame = Box.from_edges(0, 0, 120, 100)
    placer = NumberPlacer(frame, Space(), find_font(), 4.5)
    (block,) = placer.place([Anchor(7, "health", 500.0, 50.0)])
    assert block.off_map == pytest.approx(90)
    assert block.box.x > 110
    assert block.box.is_within(frame)


def test_touching_agrees_with_shapely() -> None:
    dice = random.Random(7)

    def shape(box: Box) -> shapely.Polygon:
        upright = shapely.box(-box.half_width, -box.half_height, box.half_width, box.half_height)
        turned = affinity.rotate(upright, box.angle_deg, origin=(0, 0))
        return affinity.translate(turned, box.x, box.y)

    for _ in range(400):
        first, second = (
            Box(dice.uniform(0, 9), dice.uniform(0, 9), dice.uniform(0.5, 3),
                dice.uniform(0.5, 3), dice.choice([0.0, dice.uniform(-90, 90)]))
            for _ in range(2)
        )  # fmt: skip
        shared = shape(first).intersection(shape(second)).area
        if shared > 1e-6 or shared == 0:
            assert first.touches(second) == (shared > 0)


def test_ground_taken_is_found_and_given_back_as_when_every_box_is_asked() -> None:
    dice = random.Random(11)

    def some() -> Box:
        return Box(dice.uniform(-30, 900), dice.uniform(-30, 600), dice.uniform(0.1, 60),
                   dice.uniform(0.1, 20), dice.choice([0.0, dice.uniform(-180, 180)]))  # fmt: skip

    space, taken = Space(), {}
    for _ in range(600):
        box = some()
        taken[space.add(box)[0]] = box
        if dice.random() < 0.4:
            gone = dice.choice(list(taken))
            space.remove([gone])
            del taken[gone]
        asked = some()
        n = sum(asked.touches(other) for other in taken.values())
        assert space.count(asked) == n
        assert space.is_free(asked) == (n == 0)
    assert len(taken) > 300
