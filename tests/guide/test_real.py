"""The embedded sample and a real town as pages: their size, and opened with the network cut."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from circle.geometry import LonLat
from circle.study import build_study, new_study, read_study

from .conftest import Visit

Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def shanzishi(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("maps")
    return build_study(read_study("shanzishi"), folder).guide.read_text(encoding="utf-8")


def test_the_sample_is_one_small_file(shanzishi: str) -> None:
    assert len(shanzishi.encode()) < 1_000_000


@pytest.mark.parametrize("width", [1280, 360])
def test_the_sample_opens_offline_and_tells_what_it_is(
    shanzishi: str, visit: Open, width: int
) -> None:
    opened = visit(shanzishi, width=width, height=740, phone=width < 800)
    page = opened.page
    n_listed = page.locator(".entry").count()
    assert n_listed > 40
    assert page.locator(".ring-label").count() == 3
    text = page.inner_text("body")
    assert "推断" in text
    assert "近似" in text
    assert "OpenStreetMap" in text
    assert "位置待核" in text
    page.locator(".entry").first.click()
    assert page.locator("#card").is_visible()
    opened.assert_quiet()


def test_a_real_town_stays_below_two_megabytes(extracts: Path, visit: Open, tmp_path: Path) -> None:
    folder = tmp_path / "monaco"
    new_study(folder, LonLat(7.4205, 43.7345), streets=extracts / "monaco_2023.osm.pbf")
    page_file = build_study(read_study(folder), tmp_path / "maps").guide
    assert page_file.stat().st_size < 2_000_000
    opened = visit(page_file.read_text(encoding="utf-8"))
    page = opened.page
    assert page.locator(".entry").count() > 300
    assert page.locator(".ring-label").count() >= 2
    page.locator(".chip[data-class=health]").click()
    page.click(".zoom-in")
    assert page.locator(".pin").count() > 3
    opened.assert_quiet()
