"""Reads what is typed after an option, and refuses early what could not be written later."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from circle.errors import BudgetError, InputError, PositionError

if TYPE_CHECKING:
    from circle.geometry import LonLat

_BETWEEN = re.compile(r"\s*[,，;；]\s*|\s+")


def read_lonlat(text: str) -> LonLat:
    """
    Return the position somebody typed as ``LON,LAT``.

    Raises
    ------
    PositionError
        If it is not two finite numbers in range.

    Examples
    --------
    >>> read_lonlat("7.42, 43.73")
    LonLat(lon=7.42, lat=43.73)
    """
    from circle.geometry import check_lonlat

    parts = _BETWEEN.split(text.strip())
    if len(parts) != 2:
        raise PositionError(
            en=f"“{text}” is not a position; give two numbers, longitude,latitude, such as "
            "103.8343,36.0611.",
            zh=f"“{text}”不是位置；请按“经度,纬度”给出两个数，例如 103.8343,36.0611。",
        )
    return check_lonlat(*parts)


def read_numbers(text: str) -> tuple[float, ...]:
    """
    Return the numbers somebody typed as ``5,10,15``.

    Raises
    ------
    BudgetError
        If one is not a number.
    """
    try:
        return tuple(float(part) for part in _BETWEEN.split(text.strip()))
    except ValueError:
        raise BudgetError(
            en=f"“{text}” is not a list of numbers; write it like 5,10,15.",
            zh=f"“{text}”不是数字列表；请写成 5,10,15 的形式。",
        ) from None


def check_output(path: Path, suffixes: tuple[str, ...]) -> None:
    """
    Make sure a file of a known kind can be written, before any work is done.

    Raises
    ------
    InputError
        If its suffix is none of `suffixes`, its folder is missing or cannot be written to, or
        it is a folder itself.
    """
    if not path.name.lower().endswith(suffixes):
        raise InputError(
            en=f"{path.name} has no suffix this command writes; use {' or '.join(suffixes)}.",
            zh=f"本命令不能写 {path.name} 这种文件；请使用 {' 或 '.join(suffixes)}。",
        )
    folder = path.parent
    if not folder.is_dir():
        raise InputError(
            en=f"There is no folder {folder}; make it first.",
            zh=f"没有文件夹 {folder}；请先建立。",
        )
    is_writable = os.access(folder, os.W_OK | os.X_OK)
    if path.is_dir() or not is_writable or (path.exists() and not os.access(path, os.W_OK)):
        raise InputError(
            en=f"{path} cannot be written; choose another file or mend its permissions.",
            zh=f"无法写入 {path}；请换一个文件或调整权限。",
        )
