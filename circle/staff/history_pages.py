"""Who changed what and when, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from circle.errors import RegisterError
from circle.staff.visit import Visit
from circle.store import Change, Compound, Place, StreetEdit
from circle.store.labels import called, shown

_HIDDEN = frozenset({"origins", "match_reason", "match_reason_zh", "match_confidence"})
_MOST = 100
# What a page may ask the history of.
_RECORDS: tuple[tuple[str, type[Any]], ...] = (
    ("place", Place),
    ("compound", Compound),
    ("edit", StreetEdit),
)


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A change, what it is of, and its fields before and after."""

    change: Change
    name: str
    fields: tuple[tuple[str, str, str], ...]


def history(visit: Visit) -> Response:
    """Show the latest changes: of all, of one place, or of one act."""
    register = visit.desk.register
    place_id, act = visit.asked("place"), visit.asked("act")
    asked = [(kind, visit.asked(name)) for name, kind in _RECORDS if visit.asked(name)]
    if asked:
        changes = register.changes(*asked[0], limit=_MOST)
    elif act.isdecimal():
        changes = register.changes(act_id=int(act), limit=_MOST)
    else:
        changes = register.changes(limit=_MOST)
    names = {place.place_id: place.name for place in register.places(status=None)}
    drawn = {each.compound_id: ("compound", each.name) for each in register.compounds()}
    drawn |= {each.edit_id: (each.kind, each.name or each.note) for each in register.street_edits()}
    undone = {change.undoes for change in changes if change.undoes}
    return visit.page(
        "history.html",
        changes=[_shown(visit, change, names) for change in changes],
        undone=undone,
        place_id=place_id,
        place_name=names.get(place_id, place_id),
        act=act if act.isdecimal() else "",
        drawn=drawn,
        acts=() if asked or act else register.acts(limit=12),
        most=_MOST,
    )


def _shown(visit: Visit, change: Change, names: dict[str, str]) -> ShownChange:
    fields = []
    hidden = _HIDDEN | ({"doubt"} if visit.language == "zh" else {"doubt_zh"})
    if change.before is not None and change.after is not None:
        for name in change.after:
            if name not in hidden:
                was, now = (shown(name, side[name], visit.language)
                            for side in (change.before, change.after))  # fmt: skip
                fields.append((called(name, visit.language), was, now))
    return ShownChange(change, names.get(change.record_id, change.record_id), tuple(fields))


def undo(visit: Visit) -> Response:
    """Take back a change, or all of one act."""
    number, act = visit.text("change"), visit.text("act")
    if not (number.isdecimal() or act.isdecimal()):
        raise RegisterError(en="Choose a change.", zh="请选择一次修改。")
    with visit.desk.register.writing(visit.who, "undo") as writer:
        taken = writer.undo_act(int(act)) if act.isdecimal() else (writer.undo(int(number)),)
    visit.say(f"{len(taken)} changes were taken back.", f"已撤销 {len(taken)} 处修改。")
    return visit.go("/history", place=visit.text("place"))
