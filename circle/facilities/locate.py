"""
Gives every row of a sheet a position, or says why it has none.

In order: coordinates of the sheet, in the datum it declares; then the geocoder. What is found
only vaguely, or in several places, stays in the table unplaced. Cells that cannot be right, such
as an unknown class, are not worked around: all of them are named at once, by row.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry import Point

from circle.classes import ClassTable
from circle.datum import DATUMS, Datum, parse_datum, to_wgs84
from circle.errors import CircleError, SheetError
from circle.facilities.entries import (
    Told,
    read_entrances,
    read_events,
    read_offers,
    read_website,
    split_entries,
)
from circle.geocoding import GeocodeMatch, Geocoder
from circle.geometry import Bounds, LonLat, check_lonlat
from circle.schemas import FACILITIES, Entrance

COORDINATE_ACCURACY_M = 30.0
"""What coordinates are taken to be good for when the sheet does not say."""
FAR_DEGREES = 0.05
"""Coordinates farther than this outside the streets, some 5 km, are not believed."""
WIDEST_PLACED_M = 150.0
"""A match known less finely than this is listed, not placed."""
FARTHEST_ENTRANCE_M = 3_000.0
"""An entrance farther than this from its place is a slip of the pen, even of a large park."""

_FINE_LEVELS = ("entrance", "building", "street_number")
_MOST_NAMED = 12


def locate(
    sheet: pd.DataFrame,
    classes: ClassTable,
    geocoder: Geocoder | None = None,
    datum: Datum | str | None = None,
    within: Bounds | None = None,
) -> gpd.GeoDataFrame:
    """
    Return the facilities of a sheet, located as far as that can be defended.

    Parameters
    ----------
    sheet
        From `read_sheet`.
    classes
        The classes its column ``class`` may name, by key, name or alias.
    geocoder
        Who is asked for rows without coordinates; without one they stay unplaced.
    datum
        Datum of the coordinates in rows whose own column ``datum`` is empty.
    within
        Extent of the streets. Coordinates farther than `FAR_DEGREES` outside it are a slip of
        the pen or another datum: such a row stays unplaced and says so.

    Returns
    -------
    facilities
        Schema `circle.schemas.FACILITIES`, one row per row of the sheet, in its order.

    Raises
    ------
    SheetError
        If ids repeat, names or classes are missing or unknown, coordinates are incomplete, not
        numbers or without a declared datum; one message names them all by row.
    """
    problems = _Problems(classes)
    records_of_cells = ({str(k): v for k, v in r.items()} for r in sheet.to_dict("records"))
    rows = [_Row(cells, classes, datum, problems) for cells in records_of_cells]
    _check_ids(rows, problems)
    problems.raise_if_any()
    records = []
    used: set[str] = set()
    for row in rows:
        record = row.record()
        record["facility_id"] = row.identity(used)
        used.add(record["facility_id"])
        record.update(_position(row, geocoder, within))
        records.append(record)
    return facilities_table(records)


def facilities_table(records: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Return records as a checked table of facilities."""
    columns: dict[str, Any] = {}
    for column in FACILITIES.columns:
        none = () if column.holds == "entries" else None
        values = [record.get(column.name, none) for record in records]
        dtype = {"number": "float64", "flag": "bool"}.get(column.holds, "object")
        columns[column.name] = pd.Series(values, dtype=dtype)
    geometry = gpd.GeoSeries([record.get("geometry") for record in records], crs=FACILITIES.crs)
    return FACILITIES.check(gpd.GeoDataFrame(columns, geometry=geometry, crs=FACILITIES.crs))


class _Problems:
    """Collects what is wrong, so that it can be said at once."""

    def __init__(self, classes: ClassTable) -> None:
        self._classes = classes
        self._found: list[tuple[str, str]] = []
        self.has_unknown_class = False

    def add(self, en: str, zh: str) -> None:
        self._found.append((en, zh))

    def raise_if_any(self) -> None:
        if not self._found:
            return
        shown = self._found[:_MOST_NAMED]
        more = len(self._found) - len(shown)
        kinds_en = kinds_zh = ""
        if self.has_unknown_class:
            kinds_en = "; the classes are " + ", ".join(kind.name_en for kind in self._classes)
            kinds_zh = "；可用的类别有 " + "、".join(kind.name_zh for kind in self._classes)
        raise SheetError(
            en="; ".join(en for en, _ in shown)
            + (f"; and {more} more" if more else "")
            + f"{kinds_en}.",
            zh="；".join(zh for _, zh in shown)
            + (f"；另有 {more} 处" if more else "")
            + f"{kinds_zh}。",
        )


class _Row:
    """One row of a sheet, its cells read."""

    def __init__(
        self,
        cells: dict[str, Any],
        classes: ClassTable,
        datum: Datum | str | None,
        problems: _Problems,
    ) -> None:
        self.cells = {key: value for key, value in cells.items() if not _is_empty(value)}
        self.number = int(cells["row"])
        self.name = self._text("name") or ""
        self.category = ""
        word = self._text("class")
        if not self.name:
            problems.add(f"row {self.number} has no name", f"第 {self.number} 行没有名称")
        if not word:
            problems.add(f"row {self.number} has no class", f"第 {self.number} 行没有类别")
        else:
            self.category = classes.class_for_word(word) or ""
            if not self.category:
                problems.has_unknown_class = True
                problems.add(
                    f'row {self.number} has the unknown class "{word}"',
                    f"第 {self.number} 行的类别“{word}”无法识别",
                )
        self.accuracy_m = self._accuracy(problems)
        self.lonlat = self._coordinates(datum, problems)
        self.entrances = self._entrances(datum, problems)
        if self.lonlat is None and self.entrances:
            self.lonlat = LonLat(self.entrances[0].lon, self.entrances[0].lat)
        self.offers = self._told(read_offers(self._text("offers")), problems)
        self.events = self._told(read_events(self._text("events")), problems)
        website = self._told(read_website(self._text("website")), problems)
        self.website = website[0] if website else None

    def _text(self, column: str) -> str | None:
        value = self.cells.get(column)
        return str(value).strip() if value is not None else None

    def _accuracy(self, problems: _Problems) -> float | None:
        text = self._text("position_accuracy_m")
        if text is None:
            return None
        try:
            value = float(text.removesuffix("m").removesuffix("米"))
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and value > 0):
            problems.add(
                f'row {self.number} has the accuracy "{text}", which is no number of metres',
                f"第 {self.number} 行的位置精度“{text}”不是米数",
            )
            return None
        return value

    def _coordinates(self, datum: Datum | str | None, problems: _Problems) -> LonLat | None:
        lon, lat = self._text("lon"), self._text("lat")
        if lon is None and lat is None:
            return None
        if lon is None or lat is None:
            problems.add(
                f"row {self.number} has only one of longitude and latitude",
                f"第 {self.number} 行只有经度或纬度之一",
            )
            return None
        declared = self._text("datum") or datum
        if declared is None:
            problems.add(
                f"row {self.number} has coordinates but no datum is declared: add a column "
                f'"datum" or say one of {", ".join(DATUMS)}; without it they may be 1 km off',
                f"第 {self.number} 行有坐标但没有说明坐标系：请增加“坐标系”一列，或指定 "
                f"{'、'.join(DATUMS)} 之一；否则位置可能偏差 1 公里",
            )
            return None
        try:
            position = check_lonlat(lon, lat)
            x, y = to_wgs84(position.lon, position.lat, parse_datum(str(declared)))
        except CircleError as error:
            problems.add(
                f"row {self.number}: {error.en.rstrip('.')}",
                f"第 {self.number} 行：{error.zh.rstrip('。')}",
            )
            return None
        return LonLat(float(x), float(y))

    def _told(self, told: Told[Any], problems: _Problems) -> tuple[Any, ...]:
        """Return what a cell holds, and tell what in it cannot be read."""
        for en, zh in told.problems:
            problems.add(f"row {self.number} {en}", f"第 {self.number} 行{zh}")
        return told.entries

    def _entrances(self, datum: Datum | str | None, problems: _Problems) -> tuple[Entrance, ...]:
        written = self._told(read_entrances(self._text("entrances")), problems)
        declared = self._text("datum") or datum
        if not written:
            return ()
        if declared is None:
            if self.lonlat is None and self._text("lon") is None:
                problems.add(
                    f"row {self.number} has entrances but no datum is declared",
                    f"第 {self.number} 行有入口坐标但没有说明坐标系",
                )
            return ()
        placed = []
        for entrance in written:
            try:
                at = check_lonlat(entrance.lon, entrance.lat)
                x, y = to_wgs84(at.lon, at.lat, parse_datum(str(declared)))
            except CircleError as error:
                problems.add(
                    f"row {self.number}, entrances: {error.en.rstrip('.')}",
                    f"第 {self.number} 行入口：{error.zh.rstrip('。')}",
                )
                continue
            one = Entrance(float(x), float(y), entrance.name)
            if self.lonlat is not None and _metres(self.lonlat, one) > FARTHEST_ENTRANCE_M:
                problems.add(
                    f"row {self.number} has an entrance more than "
                    f"{FARTHEST_ENTRANCE_M / 1000:g} km from the place",
                    f"第 {self.number} 行的入口离该地点超过 {FARTHEST_ENTRANCE_M / 1000:g} 公里",
                )
                continue
            placed.append(one)
        return tuple(placed)

    def record(self) -> dict[str, Any]:
        """Return the cells that go into the table as they are."""
        kept = ("name_en", "address", "phone", "hours", "note", "source", "source_date", "photo")
        return {
            "name": self.name,
            "category": self.category,
            **{column: self._text(column) for column in kept},
            "website": self.website,
            "other_names": split_entries(self._text("other_names"), also="、,，"),
            "entrances": self.entrances,
            "offers": self.offers,
            "events": self.events,
        }

    def identity(self, used: Iterable[str]) -> str:
        """Return the id of the sheet, else one that follows from what the row says."""
        given = self._text("id")
        if given:
            return given
        words = "\n".join((self.name, self.category, self._text("address") or ""))
        base = "s" + hashlib.sha256(words.encode()).hexdigest()[:10]
        taken = set(used)
        count, identity = 1, base
        while identity in taken:
            count += 1
            identity = f"{base}-{count}"
        return identity


def _check_ids(rows: list[_Row], problems: _Problems) -> None:
    first: dict[str, int] = {}
    for row in rows:
        given = row._text("id")
        if given is None:
            continue
        if given in first:
            problems.add(
                f'row {row.number} repeats the id "{given}" of row {first[given]}',
                f"第 {row.number} 行的编号“{given}”与第 {first[given]} 行重复",
            )
        first.setdefault(given, row.number)


def _position(row: _Row, geocoder: Geocoder | None, within: Bounds | None) -> dict[str, Any]:
    if row.lonlat is not None and within is not None and _is_far(row.lonlat, within):
        lon, lat = row.lonlat
        return {
            **_UNPLACED,
            "match_reason": f"The coordinates {lon:.4f},{lat:.4f} lie far outside the map.",
            "match_reason_zh": f"坐标 {lon:.4f},{lat:.4f} 远在地图范围之外，请核对。",
        }
    if row.lonlat is not None:
        return {
            "match_method": "coordinates",
            "match_level": "building",
            "match_confidence": 1.0,
            "match_reason": "The sheet gives the coordinates.",
            "match_reason_zh": "表格中给出了坐标。",
            "position_accuracy_m": row.accuracy_m or COORDINATE_ACCURACY_M,
            "is_placed": True,
            "geometry": Point(*row.lonlat),
        }
    if geocoder is None:
        return _UNPLACED
    matches = geocoder.geocode(row.name, row._text("address") or "")
    if not matches:
        return {
            **_UNPLACED,
            "match_reason": "Neither the name nor the address is on the map.",
            "match_reason_zh": "地图上既没有这个名称，也没有这个地址。",
        }
    best = matches[0]
    is_placed = is_placeable(best)
    vague = ("", "") if is_placed else ("Known only vaguely, too little for a place on the map: ",
                                        "只知道大概，不足以标在图上：")  # fmt: skip
    return {
        "match_method": best.method,
        "match_level": best.level,
        "match_confidence": best.confidence,
        "match_reason": vague[0] + best.reason,
        "match_reason_zh": vague[1] + best.reason_zh,
        "position_accuracy_m": best.accuracy_m if math.isfinite(best.accuracy_m) else math.nan,
        "is_placed": is_placed,
        "geometry": Point(*best.lonlat) if is_placed and best.lonlat is not None else None,
    }


_UNPLACED: dict[str, Any] = {
    "match_method": None,
    "match_level": None,
    "match_confidence": 0.0,
    "match_reason": "No coordinates, and nobody to ask for the address.",
    "match_reason_zh": "没有坐标，也没有可用的地址查询。",
    "position_accuracy_m": math.nan,
    "is_placed": False,
    "geometry": None,
}


def _metres(place: LonLat, entrance: Entrance) -> float:
    east = (entrance.lon - place.lon) * math.cos(math.radians(place.lat))
    return math.hypot(east, entrance.lat - place.lat) * 111_320.0


def _is_far(position: LonLat, within: Bounds) -> bool:
    return not Bounds(
        within.west - FAR_DEGREES,
        within.south - FAR_DEGREES,
        within.east + FAR_DEGREES,
        within.north + FAR_DEGREES,
    ).contains(position)


def is_placeable(match: GeocodeMatch) -> bool:
    """
    Say whether a match may stand on the map without somebody having looked at it.

    It must be confident, and known to a house or an area small enough; a district never is.
    """
    if not match.is_confident or match.level == "district":
        return False
    return match.level in _FINE_LEVELS or match.accuracy_m <= WIDEST_PLACED_M


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value)) or value == ""
