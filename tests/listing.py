"""Lists of places for tests: rows as they would stand in a file, and where they come to lie."""

from __future__ import annotations

from typing import Any

import geopandas
import pandas as pd

from circle.store.list_files import ListColumn, ListRow, PlaceList
from circle.store.listed import facilities_of_list


def list_of(sheet: pd.DataFrame) -> PlaceList:
    """Return a table of texts, with the number of each row, as the list it stands for."""
    fields = [str(name) for name in sheet.columns if name != "row"]
    columns = tuple(ListColumn(name, at, name) for at, name in enumerate(fields))
    rows = []
    for record in sheet.to_dict("records"):
        cells = {str(k): str(v) for k, v in record.items() if k != "row" and isinstance(v, str)}
        rows.append(ListRow(int(record["row"]), cells, {}))
    return PlaceList("list.csv", columns, tuple(rows), None, 1)


def located(sheet: pd.DataFrame, *arguments: Any, **named: Any) -> geopandas.GeoDataFrame:
    """Return the facilities of a table of texts."""
    return facilities_of_list(list_of(sheet), *arguments, **named)
