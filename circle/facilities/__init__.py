"""
Facilities: from a sheet or from the map itself to one located, checked table.

`read_sheet` reads what somebody typed, `from_features` takes facilities from a map by its tags.
What the rows of a list mean is judged in `circle.store`, alike for a register and for a study
without one.
"""

from circle.facilities.extract import from_features
from circle.facilities.locate import facilities_table
from circle.facilities.sheets import SHEET_COLUMNS, read_sheet
from circle.schemas import FACILITIES

__all__ = [
    "FACILITIES",
    "SHEET_COLUMNS",
    "facilities_table",
    "from_features",
    "read_sheet",
]
