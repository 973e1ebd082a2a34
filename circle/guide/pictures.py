"""
Takes small pictures of a finished guide page, for people who look before they open it.

Needs Playwright and an installed Chromium; both are tools of the project, not of its readers.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from circle.errors import CircleError

LAUNCH_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


MOST_BYTES = 150_000
"""No picture is larger."""

_COLOURS = (192, 128, 96)
_EXACT = 12
_ANSWER_MS = 1_500
"""Time for the page to answer, and for its numbers to step aside."""


class BrowserError(CircleError):
    """There is no browser to take a picture with."""


@dataclass(frozen=True, slots=True)
class Picture:
    """
    One picture to take.

    Parameters
    ----------
    name
        File name without its ending.
    width, height
        Size of the window in pixels.
    is_phone
        True for a touch screen with two dots per pixel.
    language
        ``"zh"`` or ``"en"``.
    shows
        What somebody has done: ``"list"``, nothing yet; ``"card"``, opened the first place;
        ``"home"``, chosen a home beside the centre; ``"way"``, asked for the way from there.
    """

    name: str
    width: int
    height: int
    is_phone: bool
    language: str
    shows: str


PICTURES = (
    Picture("desk-zh", 1280, 800, False, "zh", "home"),
    Picture("desk-en", 1280, 800, False, "en", "way"),
    Picture("phone-zh", 360, 740, True, "zh", "list"),
    Picture("phone-home-zh", 360, 740, True, "zh", "home"),
    Picture("phone-card-zh", 360, 740, True, "zh", "way"),
)
"""The pictures of a guide, in the order they are taken."""


def find_chromium() -> str:
    """
    Return the Chromium to use: `$CIRCLE_CHROMIUM`, or the first one on the path.

    Returns
    -------
    program
        Path of the program.

    Raises
    ------
    BrowserError
        If there is none; the sentence says how to get it.
    """
    named = os.environ.get("CIRCLE_CHROMIUM")
    found = named or next((path for path in map(shutil.which, _CHROMIUM_NAMES) if path), None)
    if found is None:
        raise BrowserError(
            en="No Chromium was found; install it (apt-get install chromium) or set "
            "CIRCLE_CHROMIUM to its program.",
            zh="没有找到 Chromium；请安装（apt-get install chromium），"
            "或把 CIRCLE_CHROMIUM 设为其程序路径。",
        )
    return found


def take_pictures(page: Path, folder: Path) -> list[Path]:
    """
    Take the pictures of a guide, the network cut.

    Parameters
    ----------
    page
        The guide's HTML file.
    folder
        Where the PNG files go; made when missing.

    Returns
    -------
    files
        The pictures, in the order of `PICTURES`.

    Raises
    ------
    BrowserError
        If Playwright or a Chromium is missing.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as fault:
        raise BrowserError(
            en="Pictures need Playwright; install it with: pip install playwright",
            zh="截图需要 Playwright；请运行 pip install playwright 安装。",
        ) from fault
    program = find_chromium()
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=program, args=list(LAUNCH_FLAGS))
        for picture in PICTURES:
            file = folder / f"{picture.name}.png"
            _take(browser, page, picture, file)
            with Image.open(file) as taken:
                save_small(taken.convert("RGB"), file)
            files.append(file)
        browser.close()
    return files


def _take(browser: Any, page: Path, picture: Picture, file: Path) -> None:
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        device_scale_factor=1.5 if picture.is_phone else 1,
        is_mobile=picture.is_phone,
        has_touch=picture.is_phone,
        offline=True,
        reduced_motion="reduce",
        color_scheme="light",
    )
    tab = context.new_page()
    tab.goto(page.resolve().as_uri())
    tab.wait_for_selector("html.ready", state="attached")
    if picture.language == "en":
        tab.click("#language")
    if picture.shows in ("home", "way") and tab.locator("#home-here").count():
        tab.evaluate("circleGuide.map.panBy([-70, 40], { animate: false })")
        tab.click("#home-here")
        tab.wait_for_timeout(_ANSWER_MS)
        tab.evaluate("scrollTo(0, 0); document.querySelector('.column').scrollTop = 0")
    if picture.shows in ("card", "way") and tab.locator(".entry").count():
        tab.locator(".entry").nth(min(4, tab.locator(".entry").count() - 1)).click()
    if picture.shows == "way" and tab.locator(".route-button").count():
        tab.click(".route-button")
        tab.wait_for_timeout(_ANSWER_MS)
    tab.wait_for_timeout(300)
    tab.screenshot(path=str(file))
    context.close()


def save_small(picture: Image.Image, file: Path) -> None:
    """Save a picture with as many colours as `MOST_BYTES` allow, smaller where that is not it."""
    while True:
        for colours in _COLOURS:
            flat = picture.quantize(palette=_palette(picture, colours), dither=Image.Dither.NONE)
            flat.save(file, "PNG", optimize=True)
            if file.stat().st_size <= MOST_BYTES:
                return
        size = (round(picture.width * 0.92), round(picture.height * 0.92))
        picture = picture.resize(size, Image.Resampling.LANCZOS)


def _palette(picture: Image.Image, colours: int) -> Image.Image:
    """Return the colours to keep: the most frequent ones as they are, then the widest apart."""
    counted: Any = picture.getcolors(picture.width * picture.height) or []
    exact = [colour for _, colour in sorted(counted, key=lambda entry: (-entry[0], entry[1]))]
    # Few pixels have the colours of the classes: every colour counts, not every pixel.
    apart = picture.quantize(colours - _EXACT, Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in exact[:_EXACT] for part in colour] + apart)
    return palette
