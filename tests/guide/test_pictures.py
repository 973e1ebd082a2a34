"""Pictures of a page: real PNG files of the promised size."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest

from circle.guide import pictures
from circle.guide.content import GuideContent
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


def test_without_a_browser_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CIRCLE_CHROMIUM", raising=False)
    monkeypatch.setattr(pictures.shutil, "which", lambda name: None)
    with pytest.raises(pictures.BrowserError, match="apt-get install chromium"):
        pictures.find_chromium()
