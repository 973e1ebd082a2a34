"""What is taken for granted where a map does not say, each with where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from circle.errors import InputError

LEVELS: Mapping[str, float] = {
    "apartments": 6.0,
    "dormitory": 5.0,
    "residential": 4.0,
    "terrace": 2.0,
    "house": 2.0,
    "detached": 2.0,
    "semidetached_house": 2.0,
    "bungalow": 1.0,
    "farm": 2.0,
    "cabin": 1.0,
    "static_caravan": 1.0,
    "houseboat": 1.0,
    "villa": 2.0,
    "allotment_house": 1.0,
    "yes": 3.0,
}
"""Levels of a building whose map says neither levels nor height, by kind."""

_MEMORY_ZH, _MEMORY_EN = "凭记忆，未核实", "from memory, unverified"


def _of(default: Any, zh: str, en: str, source_zh: str, source_en: str, *, most: float) -> Any:
    """Return a field that knows its meaning and source in both languages."""
    return field(
        default=default,
        metadata={
            "zh": zh, "en": en, "source_zh": source_zh, "source_en": source_en, "most": most,
        },
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Assumptions:
    """
    Numbers behind floor areas, dwellings and people; every one may be set.

    Parameters
    ----------
    metres_per_level
        Height of one level, where only a height is mapped.
    dwelling_floor_m2
        Gross floor area of one dwelling, stairs and walls included.
    people_per_dwelling
        People in one dwelling.
    least_footprint_m2
        A building smaller than this is a shed.
    people_per_ha
        People per hectare of residential land, where the map has no buildings.
    land_cell_m
        Side of the cells residential land and ground are measured by.

    Raises
    ------
    InputError
        If a number is not above 0 and within reason.

    Examples
    --------
    >>> Assumptions(people_per_dwelling=2.4).people_per_dwelling
    2.4
    """

    metres_per_level: float = _of(
        3.0, "每层高度（米）", "metres per level",
        _MEMORY_ZH, _MEMORY_EN, most=20,
    )  # fmt: skip
    dwelling_floor_m2: float = _of(
        100.0, "每户建筑面积（平方米）", "gross floor area per dwelling, m²",
        "约为 38.6 平方米/人 × 2.6 人，2020 年人口普查，凭记忆，未核实",
        "about 38.6 m² a person × 2.6, census of China 2020, from memory, unverified", most=2000,
    )  # fmt: skip
    people_per_dwelling: float = _of(
        2.6, "每户人数", "people per dwelling",
        "2020 年人口普查 2.62，凭记忆，未核实",
        "2.62, census of China 2020, from memory, unverified", most=50,
    )  # fmt: skip
    least_footprint_m2: float = _of(
        20.0, "住宅最小占地（平方米）", "smallest footprint of a home, m²",
        _MEMORY_ZH, _MEMORY_EN, most=1000,
    )  # fmt: skip
    people_per_ha: float = _of(
        300.0, "每公顷居住用地人数", "people per hectare of residential land",
        _MEMORY_ZH, _MEMORY_EN, most=5000,
    )  # fmt: skip
    land_cell_m: float = _of(
        25.0, "用地格网边长（米）", "side of a cell of land, m",
        "计算精度", "precision of the reckoning", most=500,
    )  # fmt: skip

    def __post_init__(self) -> None:
        for one in fields(self):
            value, most = getattr(self, one.name), one.metadata["most"]
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if not is_number or not 0 < value <= most:
                raise InputError(
                    en=f"{one.name} must be a number above 0 and at most {most:g}, not {value}.",
                    zh=f"{one.name} 须大于 0 且不超过 {most:g}，而不是 {value}。",
                )

    def as_rows(self) -> list[dict[str, Any]]:
        """Return key, value, meaning and source of each, in both languages."""
        return [
            {
                "key": one.name,
                "value": getattr(self, one.name),
                "name_zh": one.metadata["zh"],
                "name_en": one.metadata["en"],
                "source_zh": one.metadata["source_zh"],
                "source_en": one.metadata["source_en"],
            }
            for one in fields(self)
        ]
