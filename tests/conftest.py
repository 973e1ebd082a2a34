"""Shared fixtures: the folder of real extracts, and a closed door to the internet."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from visiting import browser, visit

__all__ = ["browser", "visit"]

ROOT = Path(__file__).resolve().parents[1]

# Two runs try the same examples, so that whoever runs the tests sees what we saw. New ones are
# looked for with `make test PYTEST_ARGS=--hypothesis-profile=explore`.
settings.register_profile("repeatable", derandomize=True, print_blob=True)
settings.register_profile("explore", max_examples=1_000, print_blob=True)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def extracts() -> Path:
    """Folder of real OSM extracts (`$CIRCLE_TEST_DATA`, else `../shared/data`)."""
    folder = Path(os.environ.get("CIRCLE_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no test extracts at {folder}: set CIRCLE_TEST_DATA to their folder")
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests that open a browser last: its driver keeps an event loop in this thread."""

    def opens_browser(item: pytest.Item) -> bool:
        return "browser" in getattr(item, "fixturenames", ())

    items.sort(key=opens_browser)
    for item in items:
        # What shares its file shares its fixtures, and so the process they are made in.
        name = item.location[0] + (" in a browser" if opens_browser(item) else "")
        item.add_marker(pytest.mark.xdist_group(name))


@pytest.fixture(scope="session", autouse=True)
def no_internet() -> Iterator[None]:
    """Answer every name but this computer's own as a computer without internet does."""
    resolve = socket.getaddrinfo

    def resolve_here_only(host: Any, *rest: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in (None, "", "localhost", "::1", "0.0.0.0", "::") and not str(name).startswith(
            "127."
        ):
            raise socket.gaierror(socket.EAI_NONAME, f"tests do not ask the internet for {name}")
        return resolve(host, *rest, **named)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket, "getaddrinfo", resolve_here_only)
    yield
    patch.undo()
