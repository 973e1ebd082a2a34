"""Places and changes in words, for people at a terminal, and for programs."""

from __future__ import annotations

import datetime
from functools import cache
from typing import Any

from circle.classes import load_classes
from circle.errors import Language
from circle.hours import read_hours
from circle.store.labels import (
    ACTIONS,
    CLOSED_TO,
    LINK_KINDS,
    OPENS,
    STATUS,
    STREET_EDITS,
    act_called,
    called,
    shown,
)
from circle.store.model import Act, Change, Compound, Place, StreetEdit, as_json

# Said in the other language too.
_OTHER_LANGUAGE = {
    "en": frozenset({"match_reason_zh", "doubt_zh"}),
    "zh": frozenset({"match_reason", "doubt"}),
}


def place_as_json(place: Place) -> dict[str, Any]:
    """Return a place as what JSON can hold, its version included."""
    return {**as_json(place), "version": place.version}


def place_line(place: Place, language: Language) -> str:
    """Return a place on one line."""
    at = 1 if language == "zh" else 0
    spot = "–" if place.lon is None else f"{place.lon:.5f},{place.lat:.5f}"
    marks = [STATUS[place.status][at]]
    if place.is_published:
        marks.append(("published", "已发布")[at])
    kind = _class_name(place.category, at)
    return f"{place.place_id}  {place.name}  {kind}  {spot}  {', '.join(marks)}"


@cache
def _class_names() -> dict[str, tuple[str, str]]:
    return {kind.key: (kind.name_en, kind.name_zh) for kind in load_classes()}


def _class_name(key: str, at: int) -> str:
    """Return what a class is called; the key of one that a study has of its own."""
    return _class_names().get(key, (key, key))[at]


def compound_line(compound: Compound, language: Language) -> str:
    """Return a compound on one line, then a line for each gate."""
    at = 1 if language == "zh" else 0
    lines = [f"{compound.compound_id}  {compound.name}"]
    for gate in compound.gates:
        opens = OPENS[gate.opens][at] + (f" {gate.hours}" if gate.hours else "")
        lines.append(f"    {gate.lon:.5f},{gate.lat:.5f}  {gate.name or '–'}  {opens}")
    return "\n".join(lines)


def street_edit_line(edit: StreetEdit, language: Language) -> str:
    """Return a link or a closure on one line."""
    at = 1 if language == "zh" else 0
    marks = [STREET_EDITS[edit.kind][at]]
    if edit.kind == "link":
        marks.append(LINK_KINDS[edit.link_kind][at])
    elif edit.closed_to != "all":
        marks.append(CLOSED_TO[edit.closed_to][at])
    if edit.osm_way_id is not None:
        marks.append(f"w{edit.osm_way_id}")
    if edit.valid_from or edit.valid_until:
        marks.append(f"{edit.valid_from or '…'} – {edit.valid_until or '…'}")
    if not edit.is_active:
        marks.append(("not in use", "未启用")[at])
    marks += [text for text in (edit.name, edit.note) if text]
    return f"{edit.edit_id}  {', '.join(marks)}"


def place_in_words(place: Place, language: Language) -> str:
    """Return all that is known of a place, a line for each field that holds something."""
    at = 1 if language == "zh" else 0
    left_out = _OTHER_LANGUAGE[language]
    lines = [place_line(place, language)]
    for name, value in as_json(place).items():
        if name in left_out or name == "origins" or value in (None, "", [], {}, False):
            continue
        said = shown(name, value, language)
        if name == "category":
            said = _class_name(value, at)
        elif name == "hours":
            hours = read_hours(value)
            said = (hours.zh if at else hours.en) or said
        lines.append(f"  {called(name, language)}: {said}")
    lists = ", ".join(origin.list_name for origin in place.origins)
    if lists:
        lines.append(("  told of by: ", "  见于名单：")[at] + lists)
    return "\n".join(lines)


def change_as_json(change: Change) -> dict[str, Any]:
    """Return a change as what JSON can hold."""
    return {
        "change_id": change.change_id,
        "act_id": change.act_id,
        "who": change.who,
        "at": change.at,
        "kind": change.kind,
        "record_id": change.record_id,
        "action": change.action,
        "version": change.version,
        "before": change.before,
        "after": change.after,
        "undoes": change.undoes,
    }


def act_in_words(act: Act, language: Language) -> str:
    """Return an act on one line: its number, when (local time), who, what, how much."""
    when = datetime.datetime.fromisoformat(act.at).astimezone()
    n = (f"{act.n_changes} changes", f"{act.n_changes} 处")[language == "zh"]
    what = act_called(act.what, language)
    return f"{act.act_id}  {when:%Y-%m-%d %H:%M:%S}  {act.who}  {what}  {n}"


def change_in_words(change: Change, language: Language) -> str:
    """Return a change: its number, when (local time), who, what, each field before and after."""
    at = 1 if language == "zh" else 0
    when = datetime.datetime.fromisoformat(change.at).astimezone()
    head = (
        f"{change.change_id}  {when:%Y-%m-%d %H:%M:%S}  {change.who}  "
        f"{change.record_id}  {ACTIONS[change.action][at]}"
    )
    if change.undoes is not None:
        head += f" {change.undoes}"
    lines = [head]
    if change.before is not None and change.after is not None:
        for name, now in change.after.items():
            if name != "origins" and name not in _OTHER_LANGUAGE[language]:
                was = shown(name, change.before[name], language)
                lines.append(f"    {called(name, language)}: {was} → {shown(name, now, language)}")
    return "\n".join(lines)
