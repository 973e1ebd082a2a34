"""Review: one doubtful place after the other, with what every source says of where it is."""

from __future__ import annotations

import json

from starlette.responses import Response

from circle.datum import DATUMS, to_wgs84
from circle.errors import CircleError, RegisterError
from circle.geocoding import GeocodeMatch
from circle.geometry import LonLat
from circle.staff.forms import position_of
from circle.staff.visit import Visit
from circle.store import Place
from circle.store.placing import distance_m
from circle.store.review import (
    accept,
    correct,
    is_waiting,
    mark_not_existing,
    review_item,
    review_queue,
)

_MOST_CANDIDATES = 8
_SAME_SPOT_M = 1.0


def queue(visit: Visit) -> Response:
    """Go on with the queue, or begin it."""
    session = visit.session
    assert session is not None
    rest = [key for key in session.queue if key not in session.done]
    for key in rest:
        if _is_waiting(visit, key):
            return visit.go(f"/review/{key}")
        session.done.add(key)
    # Those that were skipped come again, and whoever else has come to be in doubt.
    waiting = [item.place.place_id for item in review_queue(visit.desk.register)]
    has_skipped = bool(session.queue)
    session.queue, session.done = ([] if has_skipped else waiting), set()
    if session.queue:
        return visit.go(f"/review/{session.queue[0]}")
    return visit.page("review_done.html", n_waiting=len(waiting))


def _is_waiting(visit: Visit, place_id: str) -> bool:
    try:
        return is_waiting(visit.desk.register.place(place_id))
    except RegisterError:
        return False


def look(visit: Visit, *, error: str = "", status: int = 200) -> Response:
    """Show one place."""
    place = visit.desk.register.place(visit.part("place_id"))
    session = visit.session
    assert session is not None
    if place.place_id not in session.queue:
        session.queue.append(place.place_id)
    around = visit.desk.surroundings()
    item = review_item(place, None if around is None else around.geocoder)
    candidates = item.candidates[:_MOST_CANDIDATES]
    given = _given(place)
    here = place.lonlat
    marks = [
        {"lon": c.match.lonlat.lon, "lat": c.match.lonlat.lat, "label": str(n), "kind": "candidate"}
        for n, c in enumerate(candidates, start=1)
        if c.match.lonlat is not None
    ]
    marks += [
        {"lon": spot.lon, "lat": spot.lat, "label": datum, "kind": "given"}
        for datum, spot, _ in given
    ]
    return visit.page(
        "review.html",
        status,
        place=place,
        reason=(item.reason, item.reason_zh),
        candidates=candidates,
        given=given,
        marks=json.dumps(marks),
        spot=json.dumps(None if here is None else [here.lon, here.lat]),
        number=session.queue.index(place.place_id) + 1,
        n_all=len(session.queue),
        is_waiting=is_waiting(place),
        error=error,
        lon=visit.text("lon") or ("" if here is None else f"{here.lon:.7f}"),
        lat=visit.text("lat") or ("" if here is None else f"{here.lat:.7f}"),
    )


def _given(place: Place) -> list[tuple[str, LonLat, float | None]]:
    """Return where the coordinates the list gave would be in each datum."""
    if place.given_x is None or place.given_y is None or place.datum not in DATUMS:
        return []
    found: list[tuple[str, LonLat, float | None]] = []
    for datum in DATUMS:
        try:
            lon, lat = to_wgs84([place.given_x], [place.given_y], datum)
            spot = LonLat(float(lon[0]), float(lat[0]))
        except CircleError:
            continue
        if all(distance_m(spot, other) > _SAME_SPOT_M for _, other, _ in found):
            away = None if place.lonlat is None else distance_m(place.lonlat, spot)
            found.append((datum, spot, away))
    return found


def settle(visit: Visit) -> Response:
    """Do what was decided about a place."""
    place_id = visit.part("place_id")
    session = visit.session
    assert session is not None
    decision = visit.text("do")
    if decision == "skip":
        session.done.add(place_id)
        return visit.go("/review")
    version = int(visit.text("version")) if visit.text("version").isdecimal() else -1
    register = visit.desk.register
    name = register.place(place_id).name
    if decision == "gone":
        with register.writing(visit.who, "review") as writer:
            mark_not_existing(writer, place_id, version)
        visit.say(f"“{name}” is marked as not existing.", f"已将“{name}”标记为不存在。")
    elif decision == "keep":
        with register.writing(visit.who, "review") as writer:
            accept(writer, place_id, version)
        visit.say(f"“{name}” is noted as checked.", f"“{name}”已核实。")
    elif decision == "place":
        spot, problem = position_of(visit.text("lon"), visit.text("lat"))
        if spot is None:
            en, zh = problem or (
                "Set a position first: click on the map, or enter the coordinates.",
                "请先确定位置：在地图上点选，或填写坐标。",
            )
            return look(visit, error=zh if visit.language == "zh" else en, status=422)
        with register.writing(visit.who, "review") as writer:
            correct(writer, place_id, version, spot)
        visit.say(f"“{name}” is placed.", f"“{name}”的位置已更正。")
    elif decision.startswith("accept:"):
        match = _candidate(visit, place_id, decision.removeprefix("accept:"))
        with register.writing(visit.who, "review") as writer:
            accept(writer, place_id, version, match)
        visit.say(f"“{name}” is placed.", f"“{name}”的位置已采纳。")
    else:
        raise RegisterError(en="Choose what to do with it.", zh="请选择如何处理。")
    session.done.add(place_id)
    return visit.go("/review")


def _candidate(visit: Visit, place_id: str, said: str) -> GeocodeMatch:
    """Return the candidate that was shown at a position; what is said on a page is not believed."""
    around = visit.desk.surroundings()
    place = visit.desk.register.place(place_id)
    item = review_item(place, None if around is None else around.geocoder)
    for candidate in item.candidates:
        spot = candidate.match.lonlat
        if spot is not None and f"{spot.lon:.7f},{spot.lat:.7f}" == said:
            return candidate.match
    raise RegisterError(
        en="That candidate is not known any more; look at the place again.",
        zh="该候选位置已失效；请重新查看该地点。",
    )
