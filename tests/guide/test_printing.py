"""The page on paper: printed by the browser, read back and looked at."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from circle.guide.pack import pack_for_guide
from circle.guide.web import render_page
from circle.study import Study, build_study, read_study

from .conftest import Visit

pytestmark = pytest.mark.slow

Open = Callable[..., Visit]
PX_PER_MM = 96 / 25.4
DPI = 100


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, str]:
    result = build_study(read_study("shanzishi"), tmp_path_factory.mktemp("maps"))
    study = result.study
    return study, render_page(study.content, walks=pack_for_guide(study.network, study.content))


def print_page(page: Any) -> bytes:
    data = page.pdf(prefer_css_page_size=True)
    assert isinstance(data, bytes)
    return data


def run(tool: str, data: bytes, *options: str) -> bytes:
    if shutil.which(tool) is None:
        pytest.skip(f"no {tool}: apt-get install poppler-utils")
    return subprocess.run([tool, *options, "-", "-"], input=data, stdout=-1, check=True).stdout


def first_page(data: bytes, tmp_path: Path) -> np.ndarray:
    """Return the pixels of the first page."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("no pdftoppm: apt-get install poppler-utils")
    command = ["pdftoppm", "-r", str(DPI), "-f", "1", "-l", "1", "-png", "-"]
    picture = subprocess.run(command, input=data, stdout=-1, check=True).stdout
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), dtype=int)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", [{}, {"width": 360, "height": 740, "phone": True}])
def test_map_list_and_credits_are_on_a4(
    built: tuple[Study, str], visit: Open, tmp_path: Path, scheme: str, screen: Any
) -> None:
    study, html = built
    opened = visit(html, color_scheme=scheme, **screen)
    page = opened.page
    page.locator(".entry").nth(3).click()  # an open card is not printed
    data = print_page(page)
    text = run("pdftotext", data, "-layout").decode()
    content = study.content
    squeezed = "".join(text.split())
    assert "".join(content.title.zh.split()) in squeezed
    for place in content.places:
        assert str(place.number) in text.split()
    for place in (*content.places, *content.unplaced):
        assert place.name[:5] in squeezed
    assert content.attribution in " ".join(text.split())
    assert "关于这份指南" in squeezed
    for word in ("怎么走", "用地图正中", "打印", "English", "分享"):
        assert word not in squeezed
    pages = text.count("\f")
    assert pages <= 4
    pixels = first_page(data, tmp_path)
    height, width, _ = pixels.shape
    assert abs(width / height - 210 / 297) < 0.01
    # Streets, water and green are there at once, light even where the screen is dark.
    map_part = pixels[int(height * 0.12) : int(height * 0.5), int(width * 0.1) : int(width * 0.9)]
    assert map_part.mean() > 190
    red, green, blue = (map_part[..., i] for i in range(3))
    assert ((blue - red > 12) & (blue > 190)).mean() > 0.01  # water
    assert ((green - blue > 14) & (green - red > 2) & (green > 190)).mean() > 0.005  # green
    assert ((red > 240) & (red - blue > 60)).mean() > 0.003  # main streets
    opened.assert_quiet()


def test_the_printed_map_holds_the_whole_circle(built: tuple[Study, str], visit: Open) -> None:
    _, html = built
    opened = visit(html)
    page = opened.page
    page.evaluate("circleGuide.map.setView([36.07, 103.85], 18, { animate: false })")
    before = page.evaluate("circleGuide.map.getZoom()")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    seen = page.evaluate(
        """() => { const size = circleGuide.map.getSize();
             const inside = p => p.x >= 0 && p.y >= 0 && p.x <= size.x && p.y <= size.y;
             const at = (lon, lat) => circleGuide.map.latLngToContainerPoint([lat, lon]);
             const rings = circleGuide.rings.rings;
             return [size.x, size.y, rings[rings.length - 1].polygons.every(polygon =>
               polygon[0].every(point => inside(at(point[0], point[1]))))]; }"""
    )
    assert seen == [700, 538, True] or seen == [702, 540, True]
    assert page.evaluate(
        """document.querySelectorAll('canvas.leaflet-tile').length ===
           document.querySelectorAll('canvas.leaflet-tile-loaded').length"""
    )
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("circleGuide.map.getZoom()") == before
    assert page.evaluate("circleGuide.map.options.zoomSnap") == 1
    opened.assert_quiet()


def test_rings_from_home_are_printed_too(built: tuple[Study, str], visit: Open) -> None:
    _, html = built
    opened = visit(html)
    page = opened.page
    page.locator("#home-here").click()
    page.wait_for_timeout(400)
    text = run("pdftotext", print_page(page), "-layout").decode()
    assert "5 分钟以内" in text
    assert text.index("5 分钟以内") < text.index("10 分钟以内")
    opened.assert_quiet()
