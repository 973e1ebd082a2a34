"""The names others may rely on: what `circle` exports, and that README and docstrings say so."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import circle

ROOT = Path(__file__).resolve().parents[1]
FUNCTIONS = [name for name in circle.__all__ if inspect.isfunction(getattr(circle, name))]
WITH_EXAMPLES = {"isochrones", "nearest", "read_streets", "route", "travel_times"}


def test_names_are_these() -> None:
    assert set(circle.__all__) == {
        "CircleError",
        "LonLat",
        "WALKERS",
        "WalkNetwork",
        "Walker",
        "isochrone_geojson",
        "isochrones",
        "load_network",
        "nearest",
        "read_streets",
        "route",
        "save_network",
        "travel_times",
    }


def test_every_name_is_there() -> None:
    assert set(circle.__all__) <= set(dir(circle))
    for name in circle.__all__:
        assert getattr(circle, name) is not None


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'isochrome'"):
        _ = circle.isochrome


def test_readme_lists_the_same_names() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    section = re.search(r"^## Python$(.*?)^## ", text, re.MULTILINE | re.DOTALL)
    assert section is not None, "README.md has no section “## Python”"
    rows = re.findall(r"^\| `(?:circle\.)?(\w+)", section[1], re.MULTILINE)
    assert sorted(rows) == sorted(circle.__all__)


def test_import_alone_loads_nothing_heavy() -> None:
    code = "import circle, sys; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"numpy", "pandas", "shapely", "numba", "folium"} & set(answer.stdout.split())


def documented_parameters(function: Any) -> list[str]:
    """Return the names in the docstring's section "Parameters", in their order."""
    section = re.search(
        r"^Parameters\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)",
        inspect.getdoc(function) or "",
        re.MULTILINE | re.DOTALL,
    )
    if section is None:
        return []
    heads = re.findall(r"^(\w[\w, ]*)$", section[1], re.MULTILINE)
    return [name.strip() for head in heads for name in head.split(",")]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_docstring_tells_all(name: str) -> None:
    function = getattr(circle, name)
    assert documented_parameters(function) == list(inspect.signature(function).parameters)
    text = inspect.getdoc(function) or ""
    assert "Raises\n------" in text, "says nothing about its errors"
    if name in WITH_EXAMPLES:
        assert "Examples\n--------" in text, "has no example that runs"
    if inspect.signature(function).return_annotation not in (None, "None"):
        assert "Returns\n-------" in text
