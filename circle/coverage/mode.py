"""
The two ways to judge, kept apart: the metres of a standard, the minutes of a walker.

A result is of one mode; every cost in it is of the mode's unit. Nothing turns one into the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from circle.errors import BudgetError
from circle.standards import Clause
from circle.units import Unit, make_budget
from circle.walkers import WALKERS, Walker

FARTHEST_M = 10_000.0
FARTHEST_MINUTES = 120.0
"""How far the nearest facility is looked for, so that it can be told by how much it is too far."""

LEVEL_NAMES = ("5min", "10min", "15min")
LEVEL_METRES = (300.0, 500.0, 1000.0)
LEVEL_MINUTES = (5.0, 10.0, 15.0)
"""The three levels of GB 50180-2018; its farthest circle is 800 to 1000 m."""


@dataclass(frozen=True, slots=True)
class StandardMode:
    """
    Judge by the metres of a standard.

    Parameters
    ----------
    metres
        Limit of each level for classes, ascending; clauses bring their own.
    levels
        Names of the levels.
    walker
        Whose closed ways are closed; no second of theirs enters.
    """

    metres: tuple[float, ...] = LEVEL_METRES
    levels: tuple[str, ...] = LEVEL_NAMES
    walker: Walker = WALKERS["adult"]

    def __post_init__(self) -> None:
        _check(self.levels, make_budget(metres=self.metres).values, self.metres)

    @property
    def unit(self) -> Unit:
        """Whole costs are millimetres."""
        return "m"

    @property
    def limits(self) -> tuple[float, ...]:
        """The limit of each level in metres."""
        return self.metres

    @property
    def farthest(self) -> int:
        """Where the search ends, as a whole cost."""
        return round(FARTHEST_M * 1000)

    def limit_of(self, clause: Clause) -> float | None:
        """Return the metres a clause is judged by."""
        return clause.limit_m


@dataclass(frozen=True, slots=True)
class PersonMode:
    """
    Judge by the minutes of a walker.

    Parameters
    ----------
    walker
        Who walks.
    minutes
        Limit of each level for classes, ascending; clauses bring the minutes of their level.
    levels
        Names of the levels.
    speed_share
        How much faster or slower people of this kind may be, as a share of the speed.
    """

    walker: Walker = WALKERS["adult"]
    minutes: tuple[float, ...] = LEVEL_MINUTES
    levels: tuple[str, ...] = LEVEL_NAMES
    speed_share: float = 0.1

    def __post_init__(self) -> None:
        _check(self.levels, make_budget(minutes=self.minutes).values, self.minutes)
        if not 0 <= self.speed_share < 1:
            raise BudgetError(
                en="The share a speed may vary by must be from 0 to below 1.",
                zh="步速变化幅度须在 0 到 1 之间。",
            )

    @property
    def unit(self) -> Unit:
        """Whole costs are milliseconds."""
        return "min"

    @property
    def limits(self) -> tuple[float, ...]:
        """The limit of each level in minutes."""
        return self.minutes

    @property
    def farthest(self) -> int:
        """Where the search ends, as a whole cost."""
        return round(FARTHEST_MINUTES * 60_000)

    def limit_of(self, clause: Clause) -> float | None:
        """Return the minutes of a clause, else of a level so named; ``None`` without either."""
        if clause.minutes is None and clause.level in self.levels:
            return self.minutes[self.levels.index(clause.level)]
        return clause.minutes


Mode: TypeAlias = StandardMode | PersonMode

COST_PER_UNIT: dict[Unit, float] = {"m": 1_000.0, "min": 60_000.0}


def whole(limit: float, unit: Unit) -> int:
    """Return a limit in metres or minutes as a whole cost."""
    return round(limit * COST_PER_UNIT[unit])


def _check(levels: tuple[str, ...], wanted: tuple[float, ...], given: tuple[float, ...]) -> None:
    if tuple(given) != wanted or len(levels) != len(given):
        raise BudgetError(
            en="Levels need one limit each, nearest first, none twice.",
            zh="每个层级需要一个限值，由近到远，不得重复。",
        )


SubjectKind = Literal["class", "clause", "group"]


@dataclass(frozen=True, slots=True)
class Subject:
    """
    One question: is this kind of facility within this limit?

    Parameters
    ----------
    key
        Unique in a result: ``"health@15min"`` or the id of a clause.
    kind
        A class of the guide at a level, a clause of a standard, or a group of clauses, any of
        which suffices.
    level
        Level it belongs to.
    name_zh, name_en
        The facility.
    limit
        Metres or minutes, by the mode of the result.
    places
        Key of the set of places it asks for; a group has those of its members.
    members
        Keys of the members of a group; empty for others.
    clause
        The clause; ``None`` for classes and groups.
    is_verified
        Whether nothing in it rests on memory.
    """

    key: str
    kind: SubjectKind
    level: str
    name_zh: str
    name_en: str
    limit: float
    places: str
    members: tuple[str, ...] = ()
    clause: Clause | None = None
    is_verified: bool = True

    def name(self, language: str) -> str:
        """Return the Chinese name for ``"zh"``, else the English one."""
        return self.name_zh if language.startswith("zh") else self.name_en
