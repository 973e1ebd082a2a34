"""Guides on paper: the sample, real towns, and one with hostile names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from circle.geometry import LonLat
from circle.guide.model import GuideContent
from circle.guide.paper.options import PaperOptions
from circle.guide.paper.sheet import PaperGuide, compose
from circle.study import new_study, read_study, run_study

from .printed import Printed

GUIDE_URL = "https://example.org/shanzishi/"
FEEDBACK_URL = "https://example.org/shanzishi/tell?from=paper"


@pytest.fixture(scope="session")
def shanzishi() -> GuideContent:
    content = run_study(read_study("shanzishi")).content
    return replace(content, guide_url=GUIDE_URL, feedback_url=FEEDBACK_URL)


@pytest.fixture(scope="session")
def sheet(shanzishi: GuideContent) -> PaperGuide:
    return compose(shanzishi, PaperOptions())


@pytest.fixture(scope="session")
def printed_sheet(sheet: PaperGuide) -> Printed:
    return Printed(sheet.pdf)


@pytest.fixture(scope="session")
def tsinghua(extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> GuideContent:
    folder = tmp_path_factory.mktemp("studies") / "tsinghua"
    streets = extracts / "beijing_tsinghua_2017.osm"
    new_study(folder, LonLat(116.3202, 40.0014), streets=streets)
    content = run_study(read_study(folder)).content
    return replace(content, guide_url=GUIDE_URL, feedback_url=FEEDBACK_URL)


@pytest.fixture(scope="session")
def monaco(extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> GuideContent:
    folder = tmp_path_factory.mktemp("studies") / "monaco"
    new_study(folder, LonLat(7.4205, 43.7345), streets=extracts / "monaco_2023.osm.pbf")
    content = run_study(read_study(folder)).content
    return replace(content, guide_url=GUIDE_URL, feedback_url=FEEDBACK_URL)


_COMPOSED: dict[tuple[int, str], PaperGuide] = {}


def composed(content: GuideContent, paper: str) -> PaperGuide:
    """Return the guide on a paper; a guide is composed once for all tests."""
    key = (id(content), paper)
    if key not in _COMPOSED:
        _COMPOSED[key] = compose(content, PaperOptions(paper=paper))
    return _COMPOSED[key]


@pytest.fixture(scope="session", params=["shanzishi", "tsinghua", "monaco"])
def town(request: pytest.FixtureRequest) -> GuideContent:
    return request.getfixturevalue(request.param)
