"""What the guide says: numbers, order and sentences, the same in both languages."""

from __future__ import annotations

import math
import re
from dataclasses import fields

import numpy as np
import orjson
import pandas as pd
import pytest

from circle.guide import wording
from circle.guide.basemap import INFERRED, STEPS, clean_text, encode_basemap
from circle.guide.content import GuideContent, GuidePlace
from circle.walkers import WALKERS

from .conftest import CENTER, at, content_of, facilities, facility


def by_id(content: GuideContent) -> dict[str, GuidePlace]:
    return {place.facility_id: place for place in (*content.places, *content.unplaced)}


def test_numbers_follow_class_then_walking_time(content: GuideContent) -> None:
    assert [place.number for place in content.places] == list(range(1, 13))
    health = [p.facility_id for p in content.places if p.category == "health"]
    assert health == ["clinic", "hospital", "far-away"]
    order = [item.key for item in content.classes]
    assert [order.index(p.category) for p in content.places] == sorted(
        order.index(p.category) for p in content.places
    )


def test_the_same_list_in_another_order_gets_the_same_numbers() -> None:
    rows = facilities()
    numbers = {p.facility_id: p.number for p in content_of(rows).places}
    again = {p.facility_id: p.number for p in content_of(rows[::-1]).places}
    assert again == numbers


def test_minutes_are_rounded_up_and_agree_with_the_ring() -> None:
    # 360 m at 1.2 m/s is exactly 300 s: on the edge of the first ring, and inside it.
    rows = [facility("a", "health", at(0, 0), facility_id=name) for name in ("edge", "over")]
    walk = pd.DataFrame(
        {"facility_id": ["edge", "over"], "time_s": [300.0, 300.5], "distance_m": [360.0, 361.0]}
    )
    made = content_of(rows, walk=walk)
    edge, over = by_id(made)["edge"], by_id(made)["over"]
    assert (edge.minutes, edge.within_min, edge.metres) == (5, 5.0, 360)
    assert (over.minutes, over.within_min) == (6, 10.0)
    assert edge.walk.zh == "步行约 5 分钟，360 米"
    assert edge.walk.en == "about 5 min on foot, 360 m"


def test_a_place_beyond_the_last_ring_is_placed_and_says_so(content: GuideContent) -> None:
    far = by_id(content)["far-away"]
    assert far.number is not None
    assert (far.minutes, far.metres, far.within_min) == (None, None, None)
    assert far.walk.zh == "步行超过 15 分钟"


def test_what_has_no_position_is_listed_with_its_reason(content: GuideContent) -> None:
    (unplaced,) = content.unplaced
    assert (unplaced.number, unplaced.lon) == (None, None)
    assert unplaced.reason.zh == "报道没有写明地址"
    health = content.classes[0]
    assert (health.n_placed, health.n_unplaced) == (3, 1)


def test_not_placed_wins_over_a_point() -> None:
    (place,) = content_of([facility("甲", "health", at(0, 9), is_placed=False)]).unplaced
    assert place.number is None
    assert place.reason == wording.NOT_PLACED


def test_a_class_nobody_knows_becomes_other(content: GuideContent) -> None:
    assert by_id(content)["quotes"].category == "other"
    assert content.classes[-1].key == "other"
    assert [item.key for item in content_of([]).classes] == [
        "health", "parking", "parks_sport", "education",
    ]  # fmt: skip


def test_names_become_one_harmless_line(content: GuideContent) -> None:
    names = by_id(content)
    assert names["newlines"].name == "幸福 食堂 二楼"
    assert "\u202e" not in names["rtl"].name
    assert names["script"].name == "<script>window.hacked = 1</script>"  # escaped when drawn
    assert names["long"].name == "甘" * 60


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT, "", "  \n"])
def test_missing_cells_are_empty_texts(missing: object) -> None:
    assert clean_text(missing) == ""
    (place,) = content_of([facility("甲", "health", at(0, 9), phone=missing)]).places
    assert place.phone == ""


def test_names_are_found_by_their_sound(content: GuideContent) -> None:
    clinic = by_id(content)["clinic"]
    assert clinic.pinyin.startswith("zhangyelushequ")
    assert clinic.initials == "zylsqwsfwzx"
    assert by_id(content)["quotes"].pinyin == ""


def test_the_certainty_of_a_position_is_a_sentence(content: GuideContent) -> None:
    clinic = by_id(content)["clinic"]
    assert clinic.position.zh == "位置误差约 20 米（按名录给出的坐标，到入口）"
    assert "20 m" in clinic.position.en
    (odd,) = content_of(
        [facility("甲", "health", at(0, 9), position_accuracy_m=np.nan, match_method="?",
                  match_level=None)]
    ).places  # fmt: skip
    assert (odd.accuracy_m, odd.position) == (None, wording.POSITION_UNKNOWN)


def test_facts_name_the_inferred_share_the_pace_the_cut_and_the_date(
    content: GuideContent,
) -> None:
    facts = "\n".join(fact.en for fact in content.facts)
    assert "24% of the street length" in facts
    assert "approximate" in facts
    assert "an adult's pace" in facts
    assert "edge of the map data" in facts
    assert "2026-07-01" in facts


def test_every_sentence_exists_in_both_languages_with_the_same_blanks() -> None:
    for key, both in wording.PAGE.items():
        assert both.zh, key
        assert both.en, key
        blanks = [set(re.findall(r"{(\w+)}", text)) for text in (both.zh, both.en)]
        assert blanks[0] == blanks[1], key


def test_content_is_plain_data(content: GuideContent) -> None:
    plain = content.as_dict()
    again = orjson.loads(orjson.dumps(plain))
    assert again["places"][0]["name"] == content.places[0].name
    assert set(plain) == {field.name for field in fields(GuideContent)}


def test_the_basemap_packs_and_unpacks_to_a_millionth_of_a_degree(content: GuideContent) -> None:
    packed = encode_basemap(content.basemap)
    for line, row in zip(content.basemap.streets, packed["streets"], strict=True):
        x = y = 0
        points = []
        for dx, dy in zip(row[3][::2], row[3][1::2], strict=True):
            x, y = x + dx, y + dy
            points.append((packed["origin"][0] + x / 1e6, packed["origin"][1] + y / 1e6))
        assert points[0] == pytest.approx(line.line[0], abs=1e-6)
        assert points[-1] == pytest.approx(line.line[-1], abs=1e-6)


def test_streets_of_one_name_join_and_keep_their_marks(content: GuideContent) -> None:
    streets = content.basemap.streets
    main = [line for line in streets if line.name == "张掖路"]
    assert len(main) == 1  # the two halves met end to end
    assert any(line.flags & INFERRED for line in streets)
    assert any(line.flags & STEPS for line in streets)
    assert [line.rank for line in streets] == sorted((s.rank for s in streets), reverse=True)


def test_the_view_ignores_what_is_absurdly_far_away() -> None:
    view = content_of([facility("甲", "health", at(60_000, 0))]).basemap.view
    assert view.east - view.west < 0.1
    assert view.contains(CENTER)


def test_no_places_no_streets_no_rings() -> None:
    content = content_of([])
    assert content.places == ()
    assert all(math.isfinite(side) for side in content.basemap.view)


@pytest.mark.parametrize(
    ("walker", "key", "sentence"),
    [
        ("adult", "adult", "an adult's pace"),
        (WALKERS["wheelchair"].name_zh, "wheelchair", "wheelchair (no steps)"),
        ("1.1", "1.1", "a pace of 1.1 m/s"),
    ],
)
def test_the_pace_is_said_whoever_walks(walker: str, key: str, sentence: str) -> None:
    content = content_of([], walker=walker)
    assert content.walker == key
    assert any(sentence in fact.en for fact in content.facts)
