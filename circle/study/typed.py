"""Reads what people type into a command line or an address: positions and lists of numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from circle.errors import BudgetError, PositionError

if TYPE_CHECKING:
    from circle.geometry import LonLat

_BETWEEN = re.compile(r"\s*[,，;；、]\s*|\s+")


def read_lonlat(text: str) -> LonLat:
    """
    Return the position somebody typed as ``LON,LAT``.

    Parameters
    ----------
    text
        Two numbers, between them a comma of any kind or a space.

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

    Parameters
    ----------
    text
        Numbers, between them commas of any kind or spaces.

    Raises
    ------
    BudgetError
        If one is not a number.

    Examples
    --------
    >>> read_numbers("5，10, 15")
    (5.0, 10.0, 15.0)
    """
    try:
        return tuple(float(part) for part in _BETWEEN.split(text.strip()))
    except ValueError:
        raise BudgetError(
            en=f"“{text}” is not a list of numbers; write it like 5,10,15.",
            zh=f"“{text}”不是数字列表；请写成 5,10,15 的形式。",
        ) from None
