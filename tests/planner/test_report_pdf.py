"""The report says the figures that were computed, in both languages, on pages that read well."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from circle.planner.charts import area_chart, charts, coverage_chart
from circle.planner.findings import findings, percent
from circle.planner.plan import Plan, gravest_gaps
from circle.planner.report import render_report
from circle.planner.svg import clipped, text_width
from planner.test_files import (
    EVIL,
    all_covered,
    by_minutes,
    no_homes,
    no_places,
    nobody,
    plan,
    plan_of,
)

__all__ = ["plan"]  # the fixture


def text_of(pdf: bytes) -> str:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    return re.sub(r"\s+", " ", " ".join(pages).replace("\u200b", ""))


@pytest.fixture(scope="module", params=["zh", "en"])
def report(request: pytest.FixtureRequest, plan: Plan) -> tuple[str, bytes]:
    return request.param, render_report(plan, request.param)


def test_report_says_the_figures(report: tuple[str, bytes], plan: Plan) -> None:
    language, pdf = report
    said = text_of(pdf)
    for row in plan.share_rows("people").values():
        assert percent(row.share_covered) in said
    for gap in gravest_gaps(plan, 12).itertuples():
        assert f"{gap.people:,.0f}" in said
    for word in {
        "zh": ("计算方法", "主要结论", "未知", "建议选址：诊所", "改动前后", "新增：D"),
        "en": ("How this was computed", "Key findings", "Where to build: clinic", "built: D"),
    }[language]:
        assert word in said
    assert "circle 0." in said
    assert EVIL[:9] in said.replace(" ", "") or EVIL[:6] in said


def test_report_is_tagged_and_bookmarked(report: tuple[str, bytes]) -> None:
    language, pdf = report
    reader = PdfReader(io.BytesIO(pdf))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith(language)
    assert len(reader.outline) >= 5
    assert 4 <= len(reader.pages) <= 9


def test_same_bytes_twice(report: tuple[str, bytes], plan: Plan) -> None:
    language, pdf = report
    assert render_report(plan, language) == pdf


@pytest.mark.parametrize("make", [nobody, no_places, all_covered, no_homes, by_minutes])
def test_odd_towns_have_a_report(make: Any) -> None:
    odd = plan_of(make())
    said = text_of(render_report(odd, "en"))
    assert "Key findings" in said
    expected = {
        nobody: "people are unknown",
        no_places: "None on this map",
        all_covered: "All people have every class within every limit",
        no_homes: "no homes to judge",
        by_minutes: "by minutes on foot",
    }[make]
    assert expected in said


def test_findings_are_true(plan: Plan) -> None:
    """Every number in a sentence stands in the result."""
    rows = plan.share_rows("people")
    said = " ".join(en for _, en in findings(plan))
    # D, 800 m away, is the only one left without at 500 m; all have it at 1000 m.
    assert rows["clinic@15min"].uncovered == 0
    assert (
        f"within 500 m along the streets for {percent(rows['clinic@10min'].share_covered)} of"
        in said
    )
    assert f"{rows['clinic@10min'].uncovered:,.0f} " in said
    gap = plan.gaps.iloc[0]
    assert gap.subject == "clinic@10min"
    assert f"{gap.people:,.0f} people" in said


def test_percent_never_says_all_of_most() -> None:
    assert percent(0.99999) == ">99.9%"
    assert percent(1e-6) == "<0.1%"
    assert (percent(0.0), percent(1.0)) == ("0.0%", "100%")


# ---- charts


@pytest.mark.parametrize("language", ["zh", "en"])
def test_charts_are_drawings_that_say_their_numbers(plan: Plan, language: str) -> None:
    drawn = charts(plan, language)
    assert set(drawn) == {"classes", "distances", "areas"}
    for svg in drawn.values():
        root = ElementTree.fromstring(svg)
        wide, high = (float(root.get(name, "0")) for name in ("width", "height"))
        assert root.find("{http://www.w3.org/2000/svg}title") is not None
        for text in root.iter("{http://www.w3.org/2000/svg}text"):
            assert -1 <= float(text.get("x", "0")) <= wide + 1
            assert 0 <= float(text.get("y", "0")) <= high
            assert "<" not in (text.text or "")
    truth = plan.share_rows("people")
    for row in truth.values():
        assert f"{row.share_covered:.1%}" in drawn["classes"]


def test_texts_of_a_chart_do_not_overlap(plan: Plan) -> None:
    for language in ("zh", "en"):
        for svg in charts(plan, language).values():
            boxes = []
            for text in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
                size, said = float(text.get("font-size", "0")), text.text or ""
                wide = text_width(said, size) * 0.9  # an upper estimate: words may just touch
                x = float(text.get("x", "0"))
                x -= {"middle": wide / 2, "end": wide}.get(text.get("text-anchor", ""), 0.0)
                y = float(text.get("y", "0"))
                boxes.append((x, y - size * 0.75, x + wide, y + size * 0.1, said))
            for k, one in enumerate(boxes):
                for other in boxes[k + 1 :]:
                    apart = (
                        one[2] <= other[0] or other[2] <= one[0]
                        or one[3] <= other[1] or other[3] <= one[1]
                    )  # fmt: skip
                    assert apart, (one[4], other[4])


def test_bars_are_as_long_as_the_share(plan: Plan) -> None:
    from circle.planner import palette

    root = ElementTree.fromstring(coverage_chart(plan, "en"))
    rects = list(root.iter("{http://www.w3.org/2000/svg}rect"))
    grounds = [float(one.get("width", "0")) for one in rects if one.get("fill") == "#f1f3f2"]
    bars = [float(one.get("width", "0")) for one in rects if one.get("fill") == palette.BAR]
    rows = plan.share_rows("people")
    truth = [rows[f"clinic@{level}"].share_covered for level in ("5min", "10min", "15min")]
    # The last bar is the one of the legend.
    assert [bar / ground for bar, ground in zip(bars, grounds, strict=False)] == pytest.approx(
        truth, abs=1e-3
    )


def test_no_chart_of_areas_without_areas(plan: Plan) -> None:
    assert area_chart(replace(plan, area_shares=None), "en") is None


def test_clipped_texts_fit() -> None:
    assert clipped("学校与幼儿园", 10.0, 200.0) == "学校与幼儿园"
    short = clipped("学校与幼儿园", 10.0, 40.0)
    assert short.endswith("…")
    assert text_width(short, 10.0) <= 40.0


def test_where_nobody_is_known_to_live_homes_are_counted() -> None:
    odd = plan_of(nobody())
    said = " ".join(en for _, en in findings(odd))
    assert "0 people" not in said
    assert "half of them" in said
    # The curves are of homes: they leave the axis.
    drawn = ElementTree.fromstring(charts(odd, "en")["distances"])
    ways = [one.get("d", "") for one in drawn.iter() if one.tag.endswith("path")]
    assert max(way.count("L") for way in ways) > 2
