"""Finds the data the project carries: in a checkout in `data/`, in a wheel inside the package."""

from __future__ import annotations

from pathlib import Path

EMBEDDED_STUDIES = ("shanzishi",)


def data_path(*parts: str) -> Path:
    """
    Return the path of something in the project's `data/`.

    Parameters
    ----------
    parts
        Names below `data/`, for example ``"shanzishi", "circle.toml"``.

    Returns
    -------
    path
        Inside the installed package when it carries the data, else beside the package.
    """
    package = Path(__file__).resolve().parent
    root = package / "data"
    if not root.is_dir():
        root = package.parent / "data"
    return root.joinpath(*parts)
