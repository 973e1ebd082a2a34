"""Opening hours: what people write is understood as they mean it, or left alone."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opening_hours import OpeningHours

from circle.hours import MINUTES_OF_WEEK, read_hours

DAY = 1440
DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
ZH_DAYS = "一二三四五六日"
# A Monday far from the week the program looks at.
MONDAY = datetime.datetime(2031, 3, 3)


def week_of(text: str) -> set[int]:
    """Return the open minutes of the week, counted out from its spans."""
    week = read_hours(text).week
    assert week is not None, text
    return {minute for start, end in week for minute in range(start, end)}


def drawn(days: str, *spans: tuple[float, float]) -> set[int]:
    """Return the minutes of spans in hours on days given by their numbers, Monday 0."""
    return {
        minute % MINUTES_OF_WEEK
        for day in days
        for start, end in spans
        for minute in range(int(day) * DAY + int(start * 60), int(day) * DAY + int(end * 60))
    }


EVERY_DAY = "0123456"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8:00-22:00", drawn(EVERY_DAY, (8, 22))),
        ("８：００－２２：００", drawn(EVERY_DAY, (8, 22))),
        ("8:00—22:00", drawn(EVERY_DAY, (8, 22))),
        ("8:00～22:00", drawn(EVERY_DAY, (8, 22))),
        (
            "周一至周五 8:30—17:30，周六 9:00-12:00",
            drawn("01234", (8.5, 17.5)) | drawn("5", (9, 12)),
        ),
        ("24小时", drawn(EVERY_DAY, (0, 24))),
        ("24小时营业", drawn(EVERY_DAY, (0, 24))),
        ("全天", drawn(EVERY_DAY, (0, 24))),
        ("24/7", drawn(EVERY_DAY, (0, 24))),
        ("每天 9:00–21:00", drawn(EVERY_DAY, (9, 21))),
        ("营业时间：8:00-22:00", drawn(EVERY_DAY, (8, 22))),
        ("工作日9:00-17:00", drawn("01234", (9, 17))),
        ("周一至周五 8:30-17:30，法定节假日休息", drawn("01234", (8.5, 17.5))),
        ("周一至周五9:00-17:00（节假日除外）", drawn("01234", (9, 17))),
        ("上午8:30-12:00 下午14:00-18:00", drawn(EVERY_DAY, (8.5, 12), (14, 18))),
        ("上午9点至下午5点半", drawn(EVERY_DAY, (9, 17.5))),
        ("周一、三、五 9:00-11:00", drawn("024", (9, 11))),
        ("周六日 10:00-16:00", drawn("56", (10, 16))),
        ("星期一到星期五 下午2:00-6:00", drawn("01234", (14, 18))),
        ("周五至周一 9:00-10:00", drawn("4560", (9, 10))),
        ("周二至周日 9:00-17:00，周一闭馆", drawn("123456", (9, 17))),
        ("每周一闭馆，9:00-17:00", drawn("123456", (9, 17))),
        ("每天 9:00-17:00，周六 9:00-12:00", drawn("012346", (9, 17)) | drawn("5", (9, 12))),
        ("8:30-17:30（周一至周五）", drawn("01234", (8.5, 17.5))),
        ("周一至周五 8:30-12:00；周一至周五 14:00-18:00", drawn("01234", (8.5, 12), (14, 18))),
        # By the syntax the second of these would stand alone; people mean both.
        ("8:00-12:00; 14:00-18:00", drawn(EVERY_DAY, (8, 12), (14, 18))),
        ("8:00-12:00\n14:00-18:00", drawn(EVERY_DAY, (8, 12), (14, 18))),
        ("18:00-次日2:00", drawn(EVERY_DAY, (18, 26))),
        ("周日 20:00-次日3:00", drawn("6", (20, 27))),
        ("晚上7:00-2:00", drawn(EVERY_DAY, (19, 26))),
        ("10:00-02:00", drawn(EVERY_DAY, (10, 26))),
        (
            "周一至周五 18:00-02:00，周六 20:00-04:00",
            drawn("01234", (18, 26)) | drawn("5", (20, 28)),
        ),
        ("Mon-Fri 9am-5pm; Sat 9am - 12:30pm", drawn("01234", (9, 17)) | drawn("5", (9, 12.5))),
        ("Monday to Friday 9:00-17:00, closed Sunday", drawn("01234", (9, 17))),
        ("Daily 10-4pm", drawn(EVERY_DAY, (10, 16))),
        ("Mo-Fr 08:30-17:30; Su 9:00-12:00; PH off",
         drawn("01234", (8.5, 17.5)) | drawn("6", (9, 12))),
        ("Mo-Fr 8:30–17:30", drawn("01234", (8.5, 17.5))),
        ("Fr 22:00-26:00", drawn("4", (22, 26))),
    ],
)  # fmt: skip
def test_what_people_write_is_read_as_they_mean_it(text: str, expected: set[int]) -> None:
    assert week_of(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "预约",
        "需预约，周一至周五 9:00-17:00",
        "夏季 8:00-20:00，冬季 9:00-18:00",
        "9-17",
        "9:00-5:00",
        "下午14:00-6:00",
        "上午15:00-18:00",
        "25:00-26:00",
        "8:60-9:00",
        "周一至周五",
        "休息",
        "暂停营业",
        "open",
        "closed",
        "周一至周五 9:00-17:00 不休息",
        "每天9:00-12:00，周一 14:00-17:00",
        "周一至周三 9:00-12:00，周三至周五 10:00-14:00",
        "8:30-17:30（午休12:00-14:00）",
        "早上开到晚上",
        "第一个周六 9:00-12:00",
        "2026-12-03 9:00-12:00",
        "Apr-Oct Mo-Su 09:00-18:00",
        "Mo[1] 10:00-12:00",
        "sunrise-sunset",
        'Mo-Fr 08:00-12:00 "by appointment"',
        "Mo-Fr 08:00-12:00 unknown",
        "Mo-Fr 10:00+",
        "Mo-Fr 09:00-17:00; SH off",
        "2026 Dec 03 14:00-16:00",
        "off",
        "<script>alert(1)</script>",
        "周一至周五 9:00-17:00 " * 40,
    ],
)
def test_what_may_be_read_in_two_ways_or_in_none_stays_text(text: str) -> None:
    hours = read_hours(text)
    assert hours.week is None
    assert hours.zh == hours.en == " ".join(text.split())
    assert hours.is_open(600) is None


def test_words_of_a_week() -> None:
    hours = read_hours("Mo-Fr 08:30-17:30; Sa 09:00-12:00")
    assert hours.zh == "周一至周五 8:30–17:30，周六 9:00–12:00；法定节假日可能不同"
    assert hours.en == "Mon–Fri 8:30–17:30, Sat 9:00–12:00; public holidays may differ"
    assert read_hours("24/7").zh == "全天24小时开放"
    assert read_hours("工作日 9:00-17:00").en == "Mon–Fri 9:00–17:00; closed on public holidays"
    assert read_hours("Mo-Su,PH 09:00-21:00").zh == "每天 9:00–21:00；法定节假日 9:00–21:00"
    assert read_hours("Fr,Sa 18:00-02:00").zh.startswith("周五、周六 18:00–次日2:00")
    # A rule for holidays that a later one overrules is not told as if it held.
    assert read_hours("PH off; Mo-Fr 9:00-17:00").zh.endswith("法定节假日可能不同")


@st.composite
def spans(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Spans of a day in quarters of an hour, apart, the last perhaps through midnight."""
    marks = sorted(draw(st.sets(st.integers(1, 95), min_size=2, max_size=6)))
    found = [(a * 15, b * 15) for a, b in zip(marks[::2], marks[1::2], strict=False)]
    if draw(st.booleans()) and found[-1][0] >= 720:
        found[-1] = (found[-1][0], DAY + draw(st.integers(0, 4)) * 15)
    return found


@st.composite
def weeks(draw: st.DrawFn) -> dict[int, list[tuple[int, int]]]:
    days = draw(st.sets(st.integers(0, 6), min_size=1))
    kinds = draw(st.lists(spans(), min_size=1, max_size=3))
    return {day: kinds[draw(st.integers(0, len(kinds) - 1))] for day in sorted(days)}


def clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"


def minutes_of(week: dict[int, list[tuple[int, int]]]) -> set[int]:
    return {
        (day * DAY + minute) % MINUTES_OF_WEEK
        for day, of_day in week.items()
        for start, end in of_day
        for minute in range(start, end)
    }


@given(weeks())
def test_a_week_written_in_chinese_is_that_week(week: dict[int, list[tuple[int, int]]]) -> None:
    text = "，".join(
        f"周{ZH_DAYS[day]} "
        + "、".join(
            f"{clock(a)}—{'次日' + clock(b - DAY) if b > DAY else clock(b)}" for a, b in of_day
        )
        for day, of_day in week.items()
    )
    assert week_of(text) == minutes_of(week)


@given(weeks(), st.integers(0, MINUTES_OF_WEEK - 1))
def test_the_week_is_the_syntax_own_evaluation(
    week: dict[int, list[tuple[int, int]]], minute: int
) -> None:
    osm = "; ".join(
        f"{DAYS[day]} " + ",".join(f"{clock(a):0>5}-{clock(b):0>5}" for a, b in of_day)
        for day, of_day in week.items()
    )
    hours = read_hours(osm)
    when = MONDAY + datetime.timedelta(minutes=minute)
    assert hours.is_open(minute) == OpeningHours(osm).is_open(when)
    assert hours.is_open(minute) == OpeningHours(hours.osm).is_open(when)
    assert hours.is_open(minute + 3 * MINUTES_OF_WEEK) == hours.is_open(minute)


@given(weeks())
def test_words_read_again_are_the_same_week(week: dict[int, list[tuple[int, int]]]) -> None:
    osm = ", ".join(
        f"{DAYS[day]} " + ",".join(f"{clock(a):0>5}-{clock(b):0>5}" for a, b in of_day)
        for day, of_day in week.items()
    )
    hours = read_hours(osm)
    assert hours.week is not None
    assert all(0 <= a < b <= MINUTES_OF_WEEK for a, b in hours.week)
    assert all(b < c for (_, b), (c, _) in zip(hours.week, hours.week[1:], strict=False))
    assert read_hours(hours.zh).week == hours.week
    assert read_hours(hours.en).week == hours.week
    assert read_hours(hours.osm).week == hours.week


@given(
    st.text(alphabet="周一二至日 0123456789:-，；()上下午点半次休24小时MoFrPHoff;,", max_size=40)
)
def test_any_text_is_read_or_left(text: str) -> None:
    hours = read_hours(text)
    if hours.week is not None:
        assert hours.osm
        assert read_hours(hours.osm).week == hours.week
    else:
        assert hours.zh == hours.text
