"""A drawn town whose names are hostile, judged for two classes and a group of clauses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
import shapely
from covering.town import clinics, demand
from sketch import Sketch, place, sketch

from circle.coverage.areas import Areas
from circle.coverage.gaps import find_gaps
from circle.coverage.judge import judge
from circle.coverage.mode import Mode, StandardMode, Subject
from circle.coverage.model import CoverageResult
from circle.demand.model import Demand
from circle.planner.web_inputs import PlannerInputs, PlannerTexts
from circle.standards import load_standards

HOSTILE = '"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>{{7*7}}'
CLOSING = "</script></style><b>粗体"
DRAWING = """
A---------------B---------------C
|                               |
|                               |
|                               |
D                               E
"""
"""50 m a character: A to B is 800 m, A to D 200 m. C is near B as the crow flies, never nearer."""


def plan() -> Sketch:
    return sketch(DRAWING, m_per_char=50, margin_m=3_000)


def homes(town: Sketch) -> Demand:
    spots = {
        "a": town.xy("A", east=20, north=20),
        "b": town.xy("B", east=20, north=20),
        "c": town.xy("C", east=-20, north=20),
        "d": town.xy("D", east=20, north=20),
        "e": town.xy("E", east=20, north=20),
    }
    made = demand(spots, {"a": 10, "b": 20, "c": 30, "d": 40, "e": 50}, size_m=30)
    table = made.homes.copy()
    table.loc[4, "name"] = HOSTILE
    return replace(made, homes=table)


def result(mode: Mode | None = None, **moved: tuple[float, float]) -> CoverageResult:
    """Judge the town; `moved` puts clinics elsewhere or adds some."""
    chosen = mode or StandardMode()
    town = plan()
    spots: Mapping[str, tuple[float, float]] = {
        CLOSING: town.xy("A"), HOSTILE: town.xy("B", north=-5), **moved,
    }  # fmt: skip
    one, other, *_ = load_standards("city-checkup-parks")
    subjects = [
        Subject(f"clinic@{level}", "class", level, "诊所", "Clinic", limit, "clinic")
        for level, limit in zip(chosen.levels, chosen.limits, strict=True)
    ]
    subjects += [
        Subject(f"park@{level}", "class", level, CLOSING, HOSTILE, limit, "park")
        for level, limit in zip(chosen.levels, chosen.limits, strict=True)
    ]
    subjects += [
        Subject("one", "clause", "indicator", "大公园", "large park", chosen.limits[1], "park",
                clause=one, is_verified=False),
        Subject("two", "clause", "indicator", "小公园", "small park", chosen.limits[0], "clinic",
                clause=other),
        Subject("both", "group", "indicator", "公园", "any park", chosen.limits[1], "park",
                ("one", "two")),
    ]  # fmt: skip
    parks = clinics({HOSTILE: town.xy("D", east=60)})
    return judge(
        town.network, homes(town), subjects, {"clinic": clinics(spots), "park": parks}, chosen
    )


def areas() -> Areas:
    """The west of the town and the rest of it, which has a hostile name."""
    town = plan()
    middle = (town.xy("A")[0] + town.xy("B")[0]) / 2
    (west, south), (east, north) = town.xy("D"), town.xy("C")
    boxes = [
        shapely.Polygon([place(*corner) for corner in shapely.box(*box).exterior.coords])
        for box in (
            (west - 500, south - 500, middle, north + 500),
            (middle, south - 500, east + 500, north + 500),
        )
    ]
    table = gpd.GeoDataFrame(
        {"area_id": ["1", "2"], "area_name": ["西区", HOSTILE]}, geometry=boxes, crs="EPSG:4326"
    )
    return Areas(table)


def inputs(coverage: CoverageResult | None = None, **more: Any) -> PlannerInputs:
    judged = coverage or result()
    texts = PlannerTexts("画的城" + CLOSING, "Drawn town " + HOSTILE)
    return PlannerInputs(
        judged,
        texts,
        {},
        find_gaps(judged),
        **{"areas": areas(), "notices": ((HOSTILE, CLOSING),), **more},
    )
