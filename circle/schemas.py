"""
The contract of every table that travels: columns, what they hold, key, geometry.

A small check of our own: a table library's message about a wrong CRS is a bare type error, and
what people need is the column, the row and what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import geopandas as gpd
import pandas as pd

from circle.errors import SchemaError

Holds = Literal["text", "number", "flag", "entries"]


class Entrance(NamedTuple):
    """A way into a place, degrees WGS-84; `name` may be empty."""

    lon: float
    lat: float
    name: str = ""


class Offer(NamedTuple):
    """What a shop or an office offers; `until` is the ISO date of its last day, or empty."""

    text: str
    until: str = ""


class Event(NamedTuple):
    """
    Something that takes place on a day.

    `starts` is an ISO date or ``YYYY-MM-DDTHH:MM`` on the clocks of the place, `ends` the same
    or empty.
    """

    title: str
    starts: str
    ends: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """
    One column.

    Parameters
    ----------
    name
        Its name.
    holds
        What is in it; ``"entries"`` are tuples, of texts or of the types above, empty where
        there are none.
    is_required
        Whether every row must have a value; else ``None`` (NaN for numbers) stands for none.
    allowed
        The values a text may have; empty for any.
    """

    name: str
    holds: Holds = "text"
    is_required: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableSchema:
    """
    The contract of one table.

    Parameters
    ----------
    name
        What messages call it.
    key
        Column without repeated values.
    columns
        In their order; further columns may follow.
    crs
        Of the geometry.
    geometry_type
        Of every geometry that is there.
    """

    name: str
    key: str
    columns: tuple[Column, ...]
    crs: str = "EPSG:4326"
    geometry_type: str = "Point"

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in their order, without the geometry."""
        return tuple(column.name for column in self.columns)

    def check(self, table: Any) -> gpd.GeoDataFrame:
        """
        Return the table as it is, if it keeps the contract.

        Raises
        ------
        SchemaError
            Naming the first column or row that breaks it.
        """
        if not isinstance(table, gpd.GeoDataFrame) or table.crs is None:
            self._fail("has no geometry with a coordinate system", "没有带坐标系的几何列")
        if table.crs != self.crs:
            self._fail(f"is not in {self.crs}", f"的坐标系不是 {self.crs}")
        for column in self.columns:
            if column.name not in table.columns:
                self._fail(f'lacks the column "{column.name}"', f"缺少列“{column.name}”")
            self._check_column(column, table[column.name])
        repeated = table[self.key][table[self.key].duplicated()]
        if len(repeated):
            value = repeated.iloc[0]
            self._fail(f'has "{value}" twice in "{self.key}"', f"的“{self.key}”列中“{value}”重复")
        kinds = set(table.geometry.dropna().geom_type) - {self.geometry_type}
        if kinds:
            self._fail(
                f"holds {', '.join(sorted(kinds))} instead of {self.geometry_type}",
                f"中的几何应为 {self.geometry_type}，而不是 {'、'.join(sorted(kinds))}",
            )
        return table

    def _check_column(self, column: Column, values: pd.Series[Any]) -> None:
        missing = values.isna()
        if column.is_required and missing.any():
            row = int(missing.to_numpy().argmax()) + 1
            self._fail(
                f'has no value for "{column.name}" in row {row}',
                f"第 {row} 行缺少“{column.name}”",
            )
        kinds: dict[Holds, tuple[type, ...]] = {
            "text": (str,),
            "number": (int, float),
            "flag": (bool,),
            "entries": (tuple,),
        }
        for row, value in enumerate(values.tolist(), start=1):
            if value is None or (column.holds not in ("flag", "entries") and pd.isna(value)):
                continue
            is_right = isinstance(value, kinds[column.holds]) and (
                column.holds == "flag" or not isinstance(value, bool)
            )
            if not is_right or (column.allowed and value not in column.allowed):
                self._fail(
                    f'has {value!r} as "{column.name}" in row {row}',
                    f"第 {row} 行的“{column.name}”为 {value!r}，不符合要求",
                )

    def _fail(self, en: str, zh: str) -> None:
        raise SchemaError(en=f"The table of {self.name} {en}.", zh=f"{self.name}表{zh}。")


MATCH_METHODS = ("coordinates", "gazetteer", "nominatim", "extract")
MATCH_LEVELS = ("entrance", "building", "street_number", "street", "area", "district")

FACILITIES = TableSchema(
    "facilities",
    "facility_id",
    (
        Column("facility_id", is_required=True),
        Column("name", is_required=True),
        Column("name_en"),
        Column("category", is_required=True),
        Column("address"),
        Column("phone"),
        Column("hours"),
        Column("note"),
        Column("source"),
        Column("source_date"),
        Column("match_method", allowed=MATCH_METHODS),
        Column("match_level", allowed=MATCH_LEVELS),
        Column("match_confidence", "number", is_required=True),
        Column("match_reason", is_required=True),
        Column("match_reason_zh", is_required=True),
        Column("position_accuracy_m", "number"),
        Column("is_placed", "flag", is_required=True),
        Column("website"),
        Column("photo"),
        Column("other_names", "entries"),
        Column("entrances", "entries"),
        Column("offers", "entries"),
        Column("events", "entries"),
    ),
)
"""
Located facilities; an unplaced one has no geometry and says why in `match_reason`.

`photo` is the name of a file beside the list; entries are texts (`other_names`), `Entrance`,
`Offer` and `Event`. Walks to a place with entrances end at the quickest one to reach.
"""
