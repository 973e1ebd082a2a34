"""What the map knows: its facilities join the register unchecked, and are refreshed with it."""

from __future__ import annotations

from starlette.responses import Response

from circle.errors import ConflictError, RegisterError
from circle.staff.visit import Visit
from circle.store.from_map import plan_from_map
from circle.store.importing import ImportPlan, apply_import

_MOST_SHOWN = 200


def look(visit: Visit) -> Response:
    """Show what taking the map in would change; nothing is written."""
    plan = _plan(visit)
    rows = [row for row in plan.rows if row.outcome != "unchanged"]
    rows.sort(key=lambda row: (row.outcome == "new", row.number))
    return visit.page("from_map.html", plan=plan, rows=rows[:_MOST_SHOWN],
                      n_hidden=max(0, len(rows) - _MOST_SHOWN))  # fmt: skip


def take(visit: Visit) -> Response:
    """Write it."""
    plan = _plan(visit)
    try:
        n = apply_import(visit.desk.register, plan, visit.who, only_good=True)
    except ConflictError:
        visit.say(
            "The register was changed meanwhile, so nothing was taken over; look again.",
            "登记册刚刚有了改动，因此没有写入；请重新查看。",
            kind="bad",
        )
        return visit.go("/from-map")
    visit.say(
        f"{n} places were taken from the map; they are unchecked and not published.",
        f"已从地图登记 {n} 处地点；尚未核实，也未发布。",
    )
    return visit.go("/places")


def _plan(visit: Visit) -> ImportPlan:
    # A newer extract may have been put in the place of the one that was read.
    around = visit.desk.surroundings(again=True)
    if around is None:
        raise RegisterError(
            en="The study has no map with facilities; its circle.toml names the streets it uses.",
            zh="该指南没有含设施的地图；请查看 circle.toml 中的道路文件。",
        )
    return plan_from_map(visit.desk.register, around, visit.desk.config.name)
