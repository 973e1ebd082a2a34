"""
The register of places: located, checked, with every change kept.

`Register.open` opens a SQLite file or a PostgreSQL database; `Register.writing` gives a `Writer`
for one act of one person. What it holds are plain values: `Place`, `Compound`, `StreetEdit`.
"""

from circle.schemas import Entrance, Event, Offer
from circle.store.model import (
    Act,
    Change,
    Compound,
    CompoundGate,
    Distinct,
    Origin,
    Place,
    Status,
    StreetEdit,
)
from circle.store.register import Register
from circle.store.writing import Writer

__all__ = [
    "Act",
    "Change",
    "Compound",
    "CompoundGate",
    "Distinct",
    "Entrance",
    "Event",
    "Offer",
    "Origin",
    "Place",
    "Register",
    "Status",
    "StreetEdit",
    "Writer",
]
