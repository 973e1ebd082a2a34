"""
Looks for the places without a position again, on a newer map or with services that were not asked.

What somebody checked, and what a list gives coordinates for, is never touched. Nothing is written
while looking; what was found is written as one act.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from circle.errors import Language
from circle.geocoding import GeocodeMatch, Geocoder, geocode_rows
from circle.store.model import Place
from circle.store.placing import geocoded_fields
from circle.store.register import Register

Finding = Literal["placed", "vague", "not_found", "no_answer"]
FINDINGS: tuple[Finding, ...] = ("placed", "vague", "not_found", "no_answer")
_WORDS: Mapping[Finding, tuple[str, str]] = {
    "placed": ("found", "已找到"),
    "vague": ("known only vaguely", "只知道大概"),
    "not_found": ("not found", "未找到"),
    "no_answer": ("not answered", "无应答"),
}
_BY_HAND = frozenset({"coordinates", "hand"})


@dataclass(frozen=True, slots=True)
class Relocation:
    """
    What looking for one place again came to.

    Parameters
    ----------
    place
        The place as it was looked at.
    finding
        Found; known only vaguely; not found; a service that was needed did not answer.
    best
        The best answer; None without one.
    changed
        Fields that change, empty unless it was found.
    """

    place: Place
    finding: Finding
    best: GeocodeMatch | None
    changed: Mapping[str, Any]


def is_to_be_located(place: Place) -> bool:
    """Say whether a place waits for a position that nobody has settled by hand."""
    return (
        place.status == "doubtful"
        and place.checked_by is None
        and place.match_method not in _BY_HAND
    )


def locate_again(
    register: Register, geocoder: Geocoder, *, progress: bool = False
) -> tuple[Relocation, ...]:
    """
    Look for every place that has no settled position; nothing is written.

    Parameters
    ----------
    register
        The register.
    geocoder
        Who is asked. What services answered is on disk at once: cut off and begun again, they
        are not asked twice.
    progress
        Show a bar on standard error.
    """
    waiting = [place for place in register.places() if is_to_be_located(place)]
    rows = [(place.name, place.address or "") for place in waiting]
    answers = geocode_rows(rows, geocoder, progress=progress)
    return tuple(_judge(place, found) for place, found in zip(waiting, answers, strict=True))


def write_locations(register: Register, found: Iterable[Relocation], who: str, what: str) -> int:
    """
    Write what was found, all of it or nothing.

    Parameters
    ----------
    register
        The register that was looked at.
    found
        From `locate_again`.
    who
        Who acts.
    what
        Where it was looked, for the history.

    Returns
    -------
    n_placed
        Places that have a position now.

    Raises
    ------
    ConflictError
        If one of them was changed meanwhile.
    """
    placed = [each for each in found if each.changed]
    if placed:
        with register.writing(who, what) as writer:
            for each in placed:
                writer.edit(Place, each.place.place_id, each.place.version, **each.changed)
    return len(placed)


def _judge(place: Place, matches: list[GeocodeMatch]) -> Relocation:
    best = matches[0] if matches else None
    fields = geocoded_fields(matches)
    if fields["status"] != "in_use":
        finding: Finding = "not_found" if best is None else "vague"
        if best is not None and best.lonlat is None:
            finding = "no_answer"
        return Relocation(place, finding, best, {})
    # What a list once gave and was not believed stays beside the position.
    for name in ("given_x", "given_y", "datum"):
        del fields[name]
    changed = {
        **fields,
        "doubt": _without(place.doubt, place.match_reason.rstrip("."), "; "),
        "doubt_zh": _without(place.doubt_zh, place.match_reason_zh.rstrip("。"), "；"),
    }
    return Relocation(place, "placed", best, changed)


def _without(doubt: str | None, reason: str, sign: str) -> str | None:
    """Return the doubts about a place without the one that it has no position."""
    if doubt is None or not reason:
        return doubt
    before, _, after = doubt.partition(reason)
    rest = [part for part in (before.removesuffix(sign), after.removeprefix(sign)) if part]
    return sign.join(rest) or None


def findings_as_json(found: Iterable[Relocation], language: Language) -> dict[str, Any]:
    """Return what looking again came to, for programs."""
    found = tuple(found)
    count = Counter(each.finding for each in found)
    return {
        "counts": {name: count[name] for name in FINDINGS},
        "places": [_as_json(each, language) for each in found],
    }


def _as_json(found: Relocation, language: Language) -> dict[str, Any]:
    best = found.best
    spot = None if best is None else best.lonlat
    return {
        "place_id": found.place.place_id,
        "name": found.place.name,
        "finding": found.finding,
        "lon": None if spot is None else spot.lon,
        "lat": None if spot is None else spot.lat,
        "level": None if best is None else best.level,
        "confidence": 0.0 if best is None else best.confidence,
        "reason": "" if best is None else best.reason_zh if language == "zh" else best.reason,
    }


def findings_in_words(found: Iterable[Relocation], language: Language) -> str:
    """Return what looking again came to: a line for each place, the found first, and the counts."""
    at = 1 if language == "zh" else 0
    ranked = sorted(found, key=lambda each: FINDINGS.index(each.finding))
    lines = []
    for each in ranked:
        line = f"{each.place.place_id}  {each.place.name}  {_WORDS[each.finding][at]}"
        if each.best is not None:
            reason = each.best.reason_zh if at else each.best.reason
            spot = each.best.lonlat
            where = "" if spot is None else f"  {spot.lon:.5f},{spot.lat:.5f}"
            line += f"{where}  {reason}"
        lines.append(line)
    count = Counter(each.finding for each in ranked)
    total = ("{n} places looked for again: ", "重新查找 {n} 处地点：")[at].format(n=len(ranked))
    lines.append(total + ", ".join(f"{_WORDS[name][at]} {count[name]}" for name in FINDINGS))
    return "\n".join(lines)
