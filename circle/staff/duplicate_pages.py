"""Likely duplicates side by side: which values stay, or that they are two places."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from circle.errors import ConflictError, RegisterError
from circle.staff.visit import Visit
from circle.store import Place
from circle.store.duplicates import find_duplicates, keep_both, merge
from circle.store.labels import shown

_COMPARED = (
    *("name", "name_en", "category", "address", "phone", "hours", "website", "accessibility"),
    *("capacity", "note", "source", "source_date", "entrances", "offers", "events", "photo"),
)
_POSITION = (
    *("given_x", "given_y", "datum", "lon", "lat", "position_accuracy_m"),
    *("match_method", "match_level", "match_confidence", "match_reason", "match_reason_zh"),
)


def look(visit: Visit) -> Response:
    """Show a pair, the likeliest first."""
    pairs = find_duplicates(visit.desk.register)
    if not pairs:
        return visit.page("duplicates_done.html")
    asked = visit.asked("at")
    at = min(int(asked), len(pairs)) if asked.isdecimal() and int(asked) else 1
    pair = pairs[at - 1]
    rows = []
    for name in _COMPARED:
        left, right = _shown(visit, pair.one, name), _shown(visit, pair.other, name)
        if (left, right) != ("–", "–"):
            rows.append((name, left, right, left != right))
    spots = [_spot(pair.one), _spot(pair.other)]
    marks = [
        {"lon": place.lon, "lat": place.lat, "label": label, "kind": f"side-{label.lower()}"}
        for place, label in ((pair.one, "A"), (pair.other, "B"))
        if place.lonlat is not None
    ]
    return visit.page(
        "duplicates.html",
        pair=pair,
        rows=rows,
        spots=spots,
        marks=json.dumps(marks),
        number=at,
        n_all=len(pairs),
    )


def _shown(visit: Visit, place: Place, name: str) -> str:
    if name == "category":
        kind = visit.desk.classes.by_key.get(place.category)
        return (kind.name_zh if visit.language == "zh" else kind.name_en) if kind else (
            place.category)  # fmt: skip
    return shown(name, getattr(place, name), visit.language)


def _spot(place: Place) -> str:
    return "–" if place.lonlat is None else f"{place.lon:.6f}, {place.lat:.6f}"


def settle(visit: Visit) -> Response:
    """Merge a pair, or remember that it is two places."""
    register = visit.desk.register
    one, other = register.place(visit.text("one")), register.place(visit.text("other"))
    if [str(one.version), str(other.version)] != [
        visit.text("one_version"), visit.text("other_version")
    ]:  # fmt: skip
        raise ConflictError(
            en="One of the two was changed since you looked at them; look again.",
            zh="其中一处在您查看之后有了改动；请重新查看。",
        )
    decision = visit.text("do")
    if decision == "keep":
        with register.writing(visit.who, "duplicates") as writer:
            keep_both(writer, one.place_id, other.place_id)
        visit.say("Both are kept, and will not be asked about again.", "两处都保留，不再询问。")
        return visit.go("/duplicates")
    if decision != "merge":
        raise RegisterError(en="Choose what to do with them.", zh="请选择如何处理。")
    chosen: dict[str, Any] = {
        name: getattr(other, name) for name in _COMPARED if visit.text(f"stay_{name}") == "other"
    }
    if visit.text("stay_position") == "other" and other.lonlat is not None:
        chosen |= {name: getattr(other, name) for name in _POSITION}
    if "name" in chosen and chosen["name"] != one.name:
        names = (*one.other_names, one.name, *other.other_names)
        chosen["other_names"] = tuple(dict.fromkeys(n for n in names if n != chosen["name"]))
    with register.writing(visit.who, "duplicates") as writer:
        kept = merge(writer, one, other)
        if chosen:
            writer.edit(Place, kept.place_id, kept.version, "merge", **chosen)
    visit.say(
        f"Merged into “{chosen.get('name', one.name)}”; the history can take it back.",
        f"已合并为“{chosen.get('name', one.name)}”；可在历史记录中撤销。",
    )
    return visit.go("/duplicates")
