"""A real browser to open pages in, with the network cut and an ear on its complaints."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from circle.guide.pictures import LAUNCH_FLAGS, BrowserError, find_chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A real Chromium; where there is none, its tests are skipped and say how to get it."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="no playwright: pip install playwright"
    )
    try:
        path = find_chromium()
    except BrowserError as fault:
        pytest.skip(str(fault))
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=path, args=list(LAUNCH_FLAGS))
        yield opened
        opened.close()


@dataclass
class Visit:
    """An open page, and everything it asked for or complained about."""

    page: Any
    requests: list[str]
    faults: list[str]

    def assert_quiet(self) -> None:
        assert self.requests == []
        assert self.faults == []


@pytest.fixture
def visit(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Visit]]:
    """Open a page from a file with the network cut; `width` and `height` in pixels."""
    contexts: list[Any] = []

    def on_console(faults: list[str], message: Any) -> None:
        if message.type in ("error", "warning"):
            faults.append(message.text)

    def on_request(requests: list[str], request: Any) -> None:
        if not request.url.startswith(("file:", "data:")):
            requests.append(request.url)

    def open_page(
        html: str, *, width: int = 1280, height: int = 800, phone: bool = False, **more: Any
    ) -> Visit:
        path = tmp_path / f"guide-{len(contexts)}.html"
        path.write_text(html, encoding="utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": height},
            offline=True,
            has_touch=phone,
            is_mobile=phone,
            reduced_motion="reduce",
            **more,
        )
        contexts.append(context)
        page = context.new_page()
        opened = Visit(page, [], [])
        page.on("request", functools.partial(on_request, opened.requests))
        page.on("pageerror", lambda fault: opened.faults.append(str(fault)))
        page.on("console", functools.partial(on_console, opened.faults))
        page.goto(path.as_uri())
        page.wait_for_selector("html.ready", state="attached")
        return opened

    yield open_page
    for context in contexts:
        context.close()
