"""Shared fixtures: the folder of real extracts, skipped visibly where it is absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def extracts() -> Path:
    """Folder of real OSM extracts (`$CIRCLE_TEST_DATA`, else `../shared/data`)."""
    folder = Path(os.environ.get("CIRCLE_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no test extracts at {folder}: set CIRCLE_TEST_DATA to their folder")
    return folder
