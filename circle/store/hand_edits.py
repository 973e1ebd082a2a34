"""Reads what somebody types of one place, field by field, as the cells of a list are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from circle.classes import ClassTable
from circle.errors import RegisterError
from circle.store.list_files import ListRow, clean, field_of
from circle.store.list_rows import RowReader
from circle.store.model import Place

EDITABLE = (
    *("name", "name_en", "other_names", "class", "address", "phone", "hours", "website", "photo"),
    *("accessibility", "capacity", "entrances", "offers", "events", "note", "source"),
    "source_date",
)
"""What of a place is changed by typing; a position is set on the map or with its own command."""


def read_hand_edit(place: Place, given: Mapping[str, str], classes: ClassTable) -> dict[str, Any]:
    """
    Return the fields of a place and their new values.

    Parameters
    ----------
    place
        The place as it stands.
    given
        Field, or header as lists have it, to text; an empty text clears the field. Entrances
        are WGS-84.
    classes
        Classes that may be named.

    Raises
    ------
    RegisterError
        If a field is none of `EDITABLE`, or a text cannot be understood.

    Examples
    --------
    >>> from circle.classes import load_classes
    >>> place = Place("m1", "张掖路菜市场", "food_markets")
    >>> read_hand_edit(place, {"电话": "0931-1234567", "hours": "每天 8:00-18:00"}, load_classes())
    {'phone': '0931-1234567', 'hours': 'Mo-Su 08:00-18:00'}
    """
    cells: dict[str, str] = {}
    for word, text in given.items():
        field = word if word in EDITABLE else "class" if word == "category" else field_of(word)
        if field not in EDITABLE:
            raise RegisterError(
                en=f"“{word}” cannot be changed so; the fields are {', '.join(EDITABLE)}.",
                zh=f"不能这样修改“{word}”；可修改的字段有：{'、'.join(EDITABLE)}。",
            )
        cells[field] = clean(text)
    # A row needs a name and a class; those of the place stand where none is typed.
    row = {"name": place.name, "class": place.category, "datum": "wgs84", **cells}
    filled = {field: text for field, text in row.items() if text}
    draft = RowReader(frozenset(cells), classes).read(ListRow(0, filled, {}))
    problems = [each for each in draft.problems if each.field in cells]
    if problems:
        raise RegisterError(
            en=f"{place.place_id} stays as it is: {'; '.join(p.en for p in problems)}.",
            zh=f"{place.place_id} 未修改：{'；'.join(p.zh for p in problems)}。",
        )
    names = {"category" if field == "class" else field for field in cells}
    return {name: value for name, value in draft.values.items() if name in names}
