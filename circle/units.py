"""
Budgets: the two ways of saying how far, kept apart.

Standards speak of *metres*, people of *minutes*. A `Budget` is one or the other, never both.
Inside, costs are whole numbers, so that sums are exact and machines agree: milliseconds in the
mode of minutes, millimetres in the mode of metres.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Real
from typing import Literal

from circle.errors import BudgetError

Unit = Literal["min", "m"]

MAX_MINUTES = 120.0
MAX_METRES = 10_000.0

_COST_PER_UNIT: dict[Unit, int] = {"min": 60_000, "m": 1_000}
_MOST: dict[Unit, float] = {"min": MAX_MINUTES, "m": MAX_METRES}


@dataclass(frozen=True, slots=True)
class Budget:
    """
    One or several limits in one unit, smallest first.

    Parameters
    ----------
    unit
        ``"min"`` for people's minutes, ``"m"`` for the metres of a standard.
    values
        The limits in that unit: distinct, positive, ascending.
    """

    unit: Unit
    values: tuple[float, ...]

    @property
    def limits(self) -> tuple[int, ...]:
        """The limits as whole costs: milliseconds or millimetres."""
        return tuple(round(value * _COST_PER_UNIT[self.unit]) for value in self.values)

    @property
    def limit(self) -> int:
        """The largest limit as a whole cost."""
        return self.limits[-1]


def make_budget(
    minutes: float | Iterable[float] | None = None,
    metres: float | Iterable[float] | None = None,
) -> Budget:
    """
    Return a budget from either minutes or metres.

    Parameters
    ----------
    minutes
        One limit or several; above 0 and at most 120.
    metres
        One limit or several; above 0 and at most 10 000.

    Returns
    -------
    budget
        Limits ascending; equal ones are kept once.

    Raises
    ------
    BudgetError
        If both or neither are given, or a limit is not a number within bounds.

    Examples
    --------
    >>> make_budget(minutes=(15, 5)).limits
    (300000, 900000)
    """
    if (minutes is None) == (metres is None):
        raise BudgetError(
            en="Give either minutes or metres as the budget, not both and not neither.",
            zh="请在“分钟”和“米”之间选择一种作为范围，不能同时给出，也不能都不给。",
        )
    unit: Unit = "min" if minutes is not None else "m"
    given = minutes if minutes is not None else metres
    assert given is not None
    values: tuple[object, ...] = ()
    if isinstance(given, Real):
        values = (given,)
    elif isinstance(given, Iterable) and not isinstance(given, str | bytes):
        values = tuple(given)
    most = _MOST[unit]
    word = {"min": ("minutes", "分钟"), "m": ("metres", "米")}[unit]
    numbers = [
        float(value)
        for value in values
        if isinstance(value, Real) and not isinstance(value, bool) and 0 < float(value) <= most
    ]
    if not numbers or len(numbers) < len(values):
        raise BudgetError(
            en=f"A budget must be a number of {word[0]} above 0 and at most {most:g}.",
            zh=f"范围必须是大于 0、不超过 {most:g} 的{word[1]}数。",
        )
    return Budget(unit, tuple(sorted(set(numbers))))
