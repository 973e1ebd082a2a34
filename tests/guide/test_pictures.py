"""Pictures of a page: real PNG files of the promised size."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from circle.guide import pictures
from circle.guide.content import GuideContent
from circle.guide.paper.prints import print_pictures
from circle.guide.web import render_page


def test_pictures_have_their_sizes(
    browser: Any, content: GuideContent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "guide.html"
    page.write_text(render_page(content), encoding="utf-8")
    # A second Playwright cannot start beside the one of the tests: take them with that one.
    sizes = {}
    for picture in pictures.PICTURES:
        file = tmp_path / f"{picture.name}.png"
        pictures._take(browser, page, picture, file)
        sizes[picture.name] = struct.unpack(">II", file.read_bytes()[16:24])
        assert file.stat().st_size < 600_000
    assert sizes["desk-zh"] == (1280, 800)
    assert sizes["phone-zh"] == (540, 1110)


def test_small_pictures_keep_their_colours(tmp_path: Path) -> None:
    dice = np.random.default_rng(7)
    noise = dice.integers(0, 256, (700, 900, 3), dtype=np.uint8)
    noise[:600] = (253, 250, 243)
    noise[20:40, 20:40] = (0, 190, 60)
    file = tmp_path / "small.png"
    pictures.save_small(Image.fromarray(noise), file)
    assert file.stat().st_size <= pictures.MOST_BYTES
    with Image.open(file) as small:
        shown = small.convert("RGB")
        share = shown.width / 900
        assert shown.getpixel((shown.width // 2, shown.height // 3)) == (253, 250, 243)
        red, green, blue = shown.getpixel((round(30 * share), round(30 * share)))
        assert green - max(red, blue) > 60


def test_the_print_is_drawn_small_and_alike(content: GuideContent, tmp_path: Path) -> None:
    first = print_pictures(content, tmp_path / "first")
    again = print_pictures(content, tmp_path / "again")
    assert [file.name for file in first] == ["sheet-map.png", "sheet-list.png", "booklet.png"]
    for one, other in zip(first, again, strict=True):
        assert one.read_bytes() == other.read_bytes()
        assert one.stat().st_size <= pictures.MOST_BYTES
    with Image.open(first[0]) as sheet:
        assert sheet.width / sheet.height == pytest.approx(420 / 297, rel=0.01)
        assert sheet.width >= 800


def test_without_a_browser_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CIRCLE_CHROMIUM", raising=False)
    monkeypatch.setattr(pictures.shutil, "which", lambda name: None)
    with pytest.raises(pictures.BrowserError, match="apt-get install chromium"):
        pictures.find_chromium()
