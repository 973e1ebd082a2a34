"""
Facilities: from a sheet or from the map itself to one located, checked table.

`read_sheet` reads what somebody typed, `locate` gives each row a position or says why not,
`from_features` takes facilities from a map by its tags. Nothing is dropped silently: a row that
cannot be placed stays, with its reason.
"""

from circle.facilities.extract import from_features
from circle.facilities.locate import facilities_table, locate
from circle.facilities.sheets import SHEET_COLUMNS, read_sheet
from circle.schemas import FACILITIES

__all__ = [
    "FACILITIES",
    "SHEET_COLUMNS",
    "facilities_table",
    "from_features",
    "locate",
    "read_sheet",
]
