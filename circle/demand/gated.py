"""Homes inside a compound start at its gates, where somebody listed compounds with gates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shapely

from circle.demand.model import Demand, Words


@dataclass(frozen=True, slots=True)
class Yard:
    """
    A walled compound and the ways out of it.

    Parameters
    ----------
    yard_id, name
        Which one.
    outline
        Area in degrees; ``None`` where nobody drew it.
    gates
        ``(lon, lat)`` of each gate residents may use.
    """

    yard_id: str
    name: str
    outline: shapely.Polygon | shapely.MultiPolygon | None
    gates: tuple[tuple[float, float], ...]


def start_at_gates(demand: Demand, yards: Sequence[Yard]) -> Demand:
    """
    Return demand whose homes inside a compound start at its gates.

    Parameters
    ----------
    demand
        Homes. One whose own gates are known keeps them.
    yards
        Compounds; one without gates changes nothing. A home belongs to the first that bears its
        id, else its name, else holds a point inside it.

    Notes
    -----
    The walk from the door to the gate is not counted; a note says of how many homes.
    """
    known = [yard for yard in yards if yard.gates]
    yard_of = _yard_of(demand, known)
    has_gates = np.zeros(len(demand), np.bool_)
    has_gates[demand.starts["home"].to_numpy()[(demand.starts["kind"] == "gate").to_numpy()]] = True
    moved = np.flatnonzero((yard_of >= 0) & ~has_gates)
    if not len(moved):
        return demand
    kept = demand.starts[~demand.starts["home"].isin(moved)]
    gates = [(home, lon, lat, "gate") for home in moved for lon, lat in known[yard_of[home]].gates]
    more = pd.DataFrame(gates, columns=list(demand.starts.columns)).astype(demand.starts.dtypes)
    starts = pd.concat([kept, more]).sort_values("home", kind="stable").reset_index(drop=True)
    n = len(np.unique(yard_of[moved]))
    note: Words = (
        f"{len(moved)} 处住处从登记的 {n} 个小区的出入口起步，小区内的步行不计。",
        f"{len(moved)} homes start at the gates of {n} compounds of the register; the walk inside "
        "is not counted.",
    )
    figures: Mapping[str, float] = {**demand.figures, "homes_at_gates": float(len(moved))}
    return replace(demand, starts=starts, notes=(*demand.notes, note), figures=figures)


def _yard_of(demand: Demand, yards: Sequence[Yard]) -> np.typing.NDArray[np.intp]:
    """Return the number of each home's compound, ``-1`` where it has none."""
    n = len(demand)
    none = len(yards)
    found = np.full(n, none, np.intp)
    drawn = [(number, yard.outline) for number, yard in enumerate(yards) if yard.outline]
    if drawn and n:
        points = shapely.point_on_surface(demand.homes.geometry.to_numpy())
        tree = shapely.STRtree([outline for _, outline in drawn])
        home, at = tree.query(points, predicate="intersects")
        np.minimum.at(found, home, np.array([number for number, _ in drawn])[at])
    if demand.how == "compounds":
        # Ids of buildings are those of the map: only compounds are called like compounds.
        for key in ("name", "demand_id"):
            called = {
                (yard.name if key == "name" else yard.yard_id): number
                for number, yard in reversed(list(enumerate(yards)))
            }
            named = [called.get(str(value), none) for value in demand.homes[key]]
            found = np.where(np.array(named, np.intp) < none, named, found)
    return np.where(found == none, -1, found)
