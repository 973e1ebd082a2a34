"""
Says of every row of a list what it describes, and what is wrong with it.

A row is judged by itself, without a look at the register: a refused row says nothing that could
be kept, a doubtful one something that somebody should look at. All problems of a row are told,
each with the column it stands in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from circle.classes import ClassTable
from circle.datum import Datum, is_near_outline, parse_datum, to_wgs84
from circle.errors import CircleError, SheetError
from circle.facilities.entries import (
    read_entrances,
    read_events,
    read_offers,
    read_website,
    split_entries,
)
from circle.facilities.locate import COORDINATE_ACCURACY_M, FAR_DEGREES
from circle.geocoding.folding import fold
from circle.geometry import Bounds, LonLat, check_lonlat
from circle.hours import read_hours
from circle.schemas import Entrance
from circle.store.coordinates import coordinate_texts
from circle.store.coordinates import degrees_of as degrees_of  # where others look for it
from circle.store.declared import datum_refusal, without_datum
from circle.store.list_files import ListRow, PlaceList

_PLAIN_FIELDS = (
    *("name", "name_en", "address", "phone", "note", "source", "source_date", "photo"),
    "accessibility",
)
POSITION_FIELDS = frozenset({"lon", "lat", "lonlat", "datum", "position_accuracy_m"})
ALSO_PARTS_NAMES = "、|"
"""Signs that part other names, besides those that part all entries."""

PhotoProblem = Callable[[str], CircleError | None]


@dataclass(frozen=True, slots=True)
class Problem:
    """
    Something wrong with a row.

    Parameters
    ----------
    field
        The column it stands in; empty when it is the row as a whole.
    en, zh
        What is wrong, and what to do.
    is_refusal
        Whether the row cannot be kept for it.
    """

    field: str
    en: str
    zh: str
    is_refusal: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """A position as a row gives it, and where that is on WGS-84."""

    x: float
    y: float
    datum: str
    lonlat: LonLat
    accuracy_m: float
    is_believed: bool = True


@dataclass(slots=True)
class Draft:
    """
    What a row describes.

    Parameters
    ----------
    number
        Of the row in the file.
    list_id
        The id it gives; None without one.
    values
        Field of a place to value, for every column of the file, blank cells included.
    cells
        What the cells say, for the next edition of the list to be held against.
    given
        The position it gives.
    match
        How `given` was found, by field of a place, where it does not come from coordinates in
        a list.
    own
        Cells that say how the register stands, in a sheet it wrote itself.
    columns
        The columns of its list.
    problems
        What is wrong with it.
    """

    number: int
    list_id: str | None
    values: dict[str, Any]
    cells: dict[str, str]
    given: Given | None = None
    match: dict[str, Any] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)
    columns: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        """Whether it cannot be kept."""
        return any(problem.is_refusal for problem in self.problems)

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from other rows where there are no ids: name and address, folded."""
        return place_key(self.values.get("name"), self.values.get("address"))

    def refuse(self, column: str, en: str, zh: str) -> None:
        """Note a reason why it cannot be kept."""
        self.problems.append(Problem(column, en, zh, is_refusal=True))

    def doubt(self, column: str, en: str, zh: str) -> None:
        """Note a reason why somebody should look at it."""
        self.problems.append(Problem(column, en, zh))


def place_key(name: str | None, address: str | None) -> tuple[str, str]:
    """Return name and address as they are compared."""
    return fold(name or "").replace(" ", ""), fold(address or "").replace(" ", "")


def read_drafts(
    places: PlaceList,
    classes: ClassTable,
    datum: str | None = None,
    *,
    within: Bounds | None = None,
    default_class: str | None = None,
    photo_problem: PhotoProblem | None = None,
    by_row: bool = False,
) -> list[Draft]:
    """
    Return what the rows of a list describe.

    Parameters
    ----------
    places
        The list.
    classes
        The classes rows may name, by key, name or alias.
    datum
        Datum of coordinates whose row does not say its own; it overrules what a map file says
        of its degrees, since people know better where they come from.
    within
        Extent of the map: coordinates far outside are not believed.
    default_class
        Class of rows without one.
    photo_problem
        Says what is wrong with the picture of a name; None looks at none.
    by_row
        Refuse rows one by one although no row declares a datum, for a report that shows them.

    Raises
    ------
    SheetError
        If the list is refused (`datum_refusal`), or `datum` or `default_class` is none.
    """
    refusal = datum_refusal(places, datum)
    if refusal is not None and not by_row:
        raise refusal
    reader = RowReader(
        places.fields, classes, datum, within, default_class, places.reference, photo_problem
    )
    drafts = [reader.read(row) for row in places.rows]
    _refuse_repeats(drafts)
    return drafts


class RowReader:
    """Reads rows of one list; its parameters are those of `read_drafts`."""

    def __init__(
        self,
        fields: frozenset[str],
        classes: ClassTable,
        datum: str | None = None,
        within: Bounds | None = None,
        default_class: str | None = None,
        reference: str | None = None,
        photo_problem: PhotoProblem | None = None,
    ) -> None:
        self._photo_problem = photo_problem
        self._fields = fields
        self._unknown_at: int | None = None
        self._reference = reference
        self._classes = classes
        self._datum: Datum | None = parse_datum(datum) if datum else None
        self._within = within
        self._default = self._class_of(default_class) if default_class else None

    def _class_of(self, word: str) -> str:
        key = self._classes.class_for_word(word)
        if key is None:
            raise SheetError(
                en=f"“{word}” is no class; the classes are "
                f"{', '.join(kind.name_en for kind in self._classes)}.",
                zh=f"没有类别“{word}”；可用的类别有："
                f"{'、'.join(kind.name_zh for kind in self._classes)}。",
            )
        return key

    def read(self, row: ListRow) -> Draft:
        """Return what a row describes."""
        cells = dict(row.cells)
        if row.lonlat is not None:
            cells["lon"], cells["lat"] = f"{row.lonlat[0]!r}", f"{row.lonlat[1]!r}"
        kept = {name: _as_number(name, t) for name, t in cells.items() if name not in _OWN}
        kept |= {f"+{header}": text for header, text in row.extra.items()}
        own = {name: text for name, text in cells.items() if name in _OWN}
        draft = Draft(row.number, cells.get("id"), {}, kept, own=own, columns=self._fields)
        for name in _PLAIN_FIELDS:
            if name in self._fields:
                draft.values[name] = cells.get(name)
        if not cells.get("name"):
            draft.refuse("name", "it has no name", "没有名称")
        if row.extra:
            draft.values["extra"] = dict(row.extra)
        self._look_at_photo(cells.get("photo"), draft)
        self._read_class(cells.get("class"), draft)
        self._read_entries(cells, draft)
        self._read_position(row, cells, draft)
        return draft

    def _look_at_photo(self, name: str | None, draft: Draft) -> None:
        problem = self._photo_problem(name) if name and self._photo_problem else None
        if problem is not None:
            draft.doubt(
                "photo",
                f"the photo “{name}”: {problem.en.rstrip('.')}",
                f"照片“{name}”：{problem.zh.rstrip('。')}",
            )

    def _read_class(self, word: str | None, draft: Draft) -> None:
        if word is None:
            if self._default is None:
                draft.refuse("class", "it has no class", "没有类别")
            else:
                draft.values["category"] = self._default
            return
        key = self._classes.class_for_word(word)
        if key is not None:
            draft.values["category"] = key
            return
        en, zh = f'the class "{word}" is unknown', f"类别“{word}”无法识别"
        if self._unknown_at is None:
            # Told once: a list with one wrong word has it in a hundred rows.
            self._unknown_at = draft.number
            en += "; use one of " + ", ".join(kind.name_en for kind in self._classes)
            zh += "；可用：" + "、".join(kind.name_zh for kind in self._classes)
        else:
            en += f"; row {self._unknown_at} names those there are"
            zh += f"；可用的类别见第 {self._unknown_at} 行"
        draft.refuse("class", en, zh)

    def _read_entries(self, cells: Mapping[str, str], draft: Draft) -> None:
        if "other_names" in self._fields:
            draft.values["other_names"] = split_entries(cells.get("other_names"), ALSO_PARTS_NAMES)
        if "hours" in self._fields:
            text = cells.get("hours")
            # What is not understood stays as it was written, and somebody should look.
            draft.values["hours"] = (read_hours(text).osm or text) if text else None
            if text and not read_hours(text).osm:
                draft.doubt(
                    "hours",
                    f'the hours "{text}" are not understood; write them like Mo-Fr 08:30-17:30',
                    f"营业时间“{text}”无法识别；请写成“周一至周五 8:30-17:30”",
                )
        for name, told in (
            ("website", read_website(cells.get("website"))),
            ("entrances", read_entrances(cells.get("entrances"))),
            ("offers", read_offers(cells.get("offers"))),
            ("events", read_events(cells.get("events"))),
        ):
            if name in self._fields:
                values: Any = told.entries
                draft.values[name] = (values or (None,))[0] if name == "website" else values
                for en, zh in told.problems:
                    draft.doubt(name, en.removeprefix("has "), zh.removeprefix("的"))
        if "capacity" in self._fields:
            draft.values["capacity"] = self._capacity(cells.get("capacity"), draft)

    def _capacity(self, text: str | None, draft: Draft) -> int | None:
        if text is None:
            return None
        found = re.fullmatch(r"约?\s*(\d{1,7})\s*\D{0,4}", unicodedata.normalize("NFKC", text))
        if found is None:
            draft.doubt("capacity", f'the capacity "{text}" is no number', f"容量“{text}”不是数字")
            return None
        return int(found.group(1))

    def _read_position(self, row: ListRow, cells: Mapping[str, str], draft: Draft) -> None:
        pair = coordinate_texts(cells)
        if row.lonlat is not None:
            x, y, lon, lat = row.lonlat
            if self._reference is None and self._datum is None:
                draft.refuse("datum", *without_datum(x, y))
                return
            datum: str = self._reference or "wgs84"
            if self._datum is not None and not datum.startswith("EPSG") and datum != "own":
                self._place(draft, x, y, self._datum, None)
            else:
                self._place(draft, x, y, datum, LonLat(lon, lat))
        elif pair is not None:
            self._read_pair(pair, cells, draft)
        if draft.values.get("entrances") and draft.given is None:
            self._turn_entrances(cells.get("datum"), draft)

    def _read_pair(
        self, pair: tuple[str | None, str | None], cells: Mapping[str, str], draft: Draft
    ) -> None:
        if pair[0] is None or pair[1] is None:
            missing = "lat" if pair[1] is None else "lon"
            draft.refuse(
                missing,
                "it has only one of longitude and latitude",
                "只有经度或纬度之一",
            )
            return
        x, y = degrees_of(pair[0]), degrees_of(pair[1])
        for name, text, value in (("lon", pair[0], x), ("lat", pair[1], y)):
            if value is None:
                draft.refuse(name, f'"{text}" is no coordinate', f"“{text}”不是坐标")
        if x is None or y is None:
            return
        declared = cells.get("datum")
        try:
            datum = parse_datum(declared) if declared else self._datum
        except CircleError as error:
            draft.refuse("datum", error.en.rstrip("."), error.zh.rstrip("。"))
            return
        if datum is None:
            draft.refuse("datum", *without_datum(x, y))
            return
        self._place(draft, x, y, datum, None, self._accuracy(cells, draft))

    def _accuracy(self, cells: Mapping[str, str], draft: Draft) -> float:
        text = cells.get("position_accuracy_m")
        if text is None:
            return COORDINATE_ACCURACY_M
        number = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(?:m|米)?", text)
        if number is None or not 0 < float(number.group(1)) < 1e6:
            draft.doubt(
                "position_accuracy_m",
                f'the accuracy "{text}" is no number of metres',
                f"位置精度“{text}”不是米数",
            )
            return COORDINATE_ACCURACY_M
        return float(number.group(1))

    def _place(
        self,
        draft: Draft,
        x: float,
        y: float,
        datum: str,
        lonlat: LonLat | None,
        accuracy_m: float = COORDINATE_ACCURACY_M,
    ) -> None:
        if lonlat is None:
            try:
                checked = check_lonlat(x, y)
                lon, lat = to_wgs84(checked.lon, checked.lat, parse_datum(datum))
            except CircleError as error:
                draft.refuse("lon", error.en.rstrip("."), error.zh.rstrip("。"))
                return
            lonlat = LonLat(float(lon), float(lat))
        is_far = self._within is not None and _is_far(lonlat, self._within)
        if is_far and self._within is not None:
            is_swapped = not _is_far(LonLat(lonlat.lat, lonlat.lon), self._within)
            draft.doubt(
                "lon",
                f"the coordinates {x:g},{y:g} lie far outside the map"
                + ("; exchanged they lie inside" if is_swapped else ""),
                f"坐标 {x:g},{y:g} 远在地图范围之外" + ("；对调后在范围内" if is_swapped else ""),
            )
        elif datum in ("gcj02", "bd09") and is_near_outline(lonlat.lon, lonlat.lat).any():
            draft.doubt(
                "lon",
                "it lies near the edge of the area where this datum is shifted",
                "位于该坐标系偏移区域的边缘，偏移与否存疑",
            )
        draft.given = Given(x, y, datum, lonlat, accuracy_m, is_believed=not is_far)
        self._turn_entrances(datum, draft)

    def _turn_entrances(self, datum: str | None, draft: Draft) -> None:
        """Turn the entrances of a row, given in the datum of its coordinates, into WGS-84."""
        entrances: tuple[Entrance, ...] = draft.values.get("entrances") or ()
        if not entrances:
            return
        try:
            meant = parse_datum(datum) if datum and not datum.startswith("EPSG") else self._datum
            for entrance in entrances:
                check_lonlat(entrance.lon, entrance.lat)
        except CircleError as error:
            draft.values["entrances"] = ()
            draft.doubt("entrances", error.en.rstrip("."), error.zh.rstrip("。"))
            return
        if meant is None and self._reference in ("wgs84", "cgcs2000"):
            meant = "wgs84"
        if meant is None:
            draft.values["entrances"] = ()
            draft.doubt(
                "entrances",
                "its entrances have coordinates in no declared datum",
                "入口坐标没有说明坐标系",
            )
            return
        lon, lat = to_wgs84([e.lon for e in entrances], [e.lat for e in entrances], meant)
        draft.values["entrances"] = tuple(
            Entrance(float(x), float(y), e.name)
            for x, y, e in zip(lon, lat, entrances, strict=True)
        )


def _as_number(name: str, text: str) -> str:
    """Return a coordinate in one form: Excel drops the zero at the end that a CSV keeps."""
    value = degrees_of(text) if name in ("lon", "lat") else None
    return text if value is None else repr(value)


# Columns that say how the register stands, not what a list knows of a place.
_OWN = frozenset(
    {"id", "version", "status", "is_published", "checked_by", "checked_on", "doubt"}
    | {"match_method", "match_level", "match_confidence", "match_reason"}
)


def _is_far(position: LonLat, within: Bounds) -> bool:
    wide = Bounds(
        within.west - FAR_DEGREES,
        within.south - FAR_DEGREES,
        within.east + FAR_DEGREES,
        within.north + FAR_DEGREES,
    )
    return not wide.contains(position)


def _refuse_repeats(drafts: Iterable[Draft]) -> None:
    """Refuse rows that repeat an id, or without ids name, address and position."""
    first_id: dict[str, int] = {}
    first_key: dict[tuple[Any, ...], int] = {}
    for draft in drafts:
        if draft.list_id is not None:
            if draft.list_id in first_id:
                first = first_id[draft.list_id]
                draft.refuse(
                    "id",
                    f'it repeats the id "{draft.list_id}" of row {first}',
                    f"与第 {first} 行的编号“{draft.list_id}”重复",
                )
            first_id.setdefault(draft.list_id, draft.number)
        key = (
            *draft.key,
            draft.values.get("category"),
            None if draft.given is None else draft.given.lonlat,
        )
        if draft.values.get("name") and key in first_key:
            first = first_key[key]
            draft.refuse(
                "name",
                f"it repeats row {first}: the same name, address, class and position",
                f"与第 {first} 行重复：名称、地址、类别和位置都相同",
            )
        first_key.setdefault(key, draft.number)
