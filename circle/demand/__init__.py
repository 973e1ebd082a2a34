"""
Where people live: the homes whose walks are judged, from the best there is.

Compounds somebody listed, a population grid spread over residential buildings, the buildings
alone, residential land, or plain cells as the last resort; `Demand` says which it was.
"""

from __future__ import annotations

from circle.demand.assumptions import Assumptions
from circle.demand.make import make_demand
from circle.demand.model import Demand
from circle.demand.town import Town, read_town, town_of

__all__ = ["Assumptions", "Demand", "Town", "make_demand", "read_town", "town_of"]
