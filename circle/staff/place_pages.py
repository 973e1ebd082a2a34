"""The list of places, the form of one, its photo, whether it is published."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from circle.errors import CircleError, ConflictError, RegisterError
from circle.geometry import LonLat
from circle.guide.photos import make_photo, photo_file
from circle.hours import read_hours
from circle.staff.forms import PlaceForm, form_of, read_form
from circle.staff.visit import Visit
from circle.store import Place, Writer
from circle.store.labels import called, shown
from circle.store.model import STATUSES
from circle.store.review import correct, publish

_PER_PAGE = 50
_PHOTOS = "photos"
# What the form of a place holds.
_EDITED = (
    *("name", "name_en", "other_names", "category", "address", "phone", "hours", "website"),
    *("accessibility", "capacity", "note", "source", "source_date", "entrances", "offers"),
    "events",
)


def listing(visit: Visit) -> Response:
    """Show the places, by what was asked for."""
    found = _found(visit)
    asked = visit.asked("page")
    n_pages = max(1, -(-len(found) // _PER_PAGE))
    number = min(max(int(asked), 1), n_pages) if asked.isdecimal() else 1
    query = {name: visit.asked(name) for name in ("text", "class", "status", "published")}
    ready = [p.place_id for p in found if not p.is_published and _can_be_published(p)]
    return visit.page(
        "places.html",
        places=found[(number - 1) * _PER_PAGE : number * _PER_PAGE],
        n_found=len(found),
        n_ready=len(ready),
        number=number,
        n_pages=n_pages,
        query=query,
        classes=visit.desk.classes,
        statuses=STATUSES,
    )


def _found(visit: Visit) -> tuple[Place, ...]:
    asked = visit.asked("status")
    status: Any = ("in_use", "doubtful")
    if asked == "all":
        status = None
    elif asked in STATUSES:
        status = asked
    published = {"yes": True, "no": False}.get(visit.asked("published"))
    return visit.desk.register.places(
        status=status,
        is_published=published,
        category=visit.asked("class") or None,
        text=visit.asked("text"),
    )


def _can_be_published(place: Place) -> bool:
    return place.status == "in_use" and place.lonlat is not None


def publish_many(visit: Visit) -> Response:
    """Publish places, or take them out of the guide: those ticked, or all that were found."""
    wants = visit.text("do") != "unpublish"
    if visit.text("do") == "publish_all":
        places = [place for place in _found(visit) if not place.is_published]
    else:
        ticked = set(visit.texts("place"))
        places = [p for p in visit.desk.register.places() if p.place_id in ticked]
    able = [p for p in places if not wants or _can_be_published(p)]
    if able:
        with visit.desk.register.writing(visit.who, "publish") as writer:
            for place in able:
                publish(writer, place.place_id, place.version, is_published=wants)
    left = len(places) - len(able)
    if not places:
        visit.say("Tick the places first.", "请先勾选地点。", kind="bad")
    elif wants:
        more_en = f"; {left} have no sure position yet and wait for review" if left else ""
        more_zh = f"；另有 {left} 处位置未定，需先核实" if left else ""
        visit.say(
            f"{len(able)} places are published{more_en}.",
            f"已发布 {len(able)} 处地点{more_zh}。",
            kind="good" if able else "bad",
        )
    else:
        visit.say(f"{len(able)} places are taken out of the guide.", f"已撤下 {len(able)} 处地点。")
    query = {name: visit.asked(name) for name in ("text", "class", "status", "published", "page")}
    return visit.go("/places", **query)


def new(visit: Visit) -> Response:
    """Show an empty form."""
    return _form_page(visit, None, form_of(Place("", "", "")))


def add(visit: Visit) -> Response:
    """Add a place."""
    form = read_form(visit, visit.desk.classes)
    photo = _photo(visit, form)
    if form.errors:
        return _form_page(visit, None, form, 422)
    identity = f"p{secrets.token_hex(5)}"
    values = {name: value for name, value in form.values.items() if value is not None}
    place = Place(identity, **values, status="doubtful", match_reason="No position yet.",
                  match_reason_zh="尚无位置。", photo=_keep_photo(visit, photo))  # fmt: skip
    with visit.desk.register.writing(visit.who, "add") as writer:
        made = writer.add(place)
        if form.lonlat is not None:
            correct(writer, identity, made.version, form.lonlat)
    visit.say(f"“{place.name}” was added.", f"已新增“{place.name}”。")
    return visit.go(f"/places/{identity}")


def look(visit: Visit) -> Response:
    """Show the form of a place."""
    place = visit.desk.register.place(visit.part("place_id"))
    return _form_page(visit, place, form_of(place))


def save(visit: Visit) -> Response:
    """Keep what was changed in a form, unless somebody else changed the place meanwhile."""
    place_id = visit.part("place_id")
    seen = int(visit.text("version")) if visit.text("version").isdecimal() else -1
    form = read_form(visit, visit.desk.classes)
    photo = _photo(visit, form)
    place = visit.desk.register.place(place_id)
    if form.lonlat is None and place.lonlat is not None and "lon" not in form.errors:
        form.errors["lon"] = (
            "A place that has a position keeps one; mark it in the list as not existing if it is "
            "gone.",
            "已有位置的地点不能清空位置；若已不存在，请标记为不存在。",
        )
    if form.errors:
        return _form_page(visit, place, form, 422)
    if seen != place.version:
        return _form_page(visit, place, form, 409, differing=_differing(visit, place, form))
    changed = {name: form.values[name] for name in _EDITED}
    if photo is not None:
        changed["photo"] = _keep_photo(visit, photo)
    elif visit.text("no_photo") == "yes":
        changed["photo"] = None
    try:
        with visit.desk.register.writing(visit.who, "edit") as writer:
            after = _write(writer, place, seen, changed, form.lonlat)
    except ConflictError:
        place = visit.desk.register.place(place_id)
        return _form_page(visit, place, form, 409, differing=_differing(visit, place, form))
    if after.version == place.version:
        visit.say("Nothing was changed.", "没有改动。")
    else:
        visit.say("Saved.", "已保存。")
    return visit.go(f"/places/{place_id}")


def _write(
    writer: Writer, place: Place, seen: int, changed: dict[str, Any], spot: LonLat | None
) -> Place:
    # The form shows seven decimals: less than that is no move.
    is_moved = spot is not None and (
        place.lon is None
        or place.lat is None
        or max(abs(spot.lon - place.lon), abs(spot.lat - place.lat)) > 1e-7
    )
    if not is_moved:
        kept = _as_it_was(place.entrances, changed["entrances"])
        return writer.edit(Place, place.place_id, seen, **{**changed, "entrances": kept})
    assert spot is not None
    moved = correct(writer, place.place_id, seen, spot)
    kept = _as_it_was(place.entrances, changed["entrances"])
    return writer.edit(Place, place.place_id, moved.version, **{**changed, "entrances": kept})


def _as_it_was(held: tuple[Any, ...], written: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return entrances with the figures they had where the form only rounded them."""
    near = {(f"{e.lon:.7f}", f"{e.lat:.7f}", e.name): e for e in held}
    return tuple(near.get((f"{e.lon:.7f}", f"{e.lat:.7f}", e.name), e) for e in written)


def _differing(visit: Visit, place: Place, form: PlaceForm) -> list[tuple[str, str, str]]:
    """Return what the register has now beside what the form says, where they differ."""
    rows = []
    for name in _EDITED:
        theirs = shown(name, getattr(place, name), visit.language)
        yours = shown(name, form.values[name], visit.language)
        if theirs != yours:
            rows.append((called(name, visit.language), theirs, yours))
    if form.lonlat is not None and place.lonlat is not None:
        theirs, yours = (f"{s.lon:.6f}, {s.lat:.6f}" for s in (place.lonlat, form.lonlat))
        if theirs != yours:
            rows.append((called("lonlat", visit.language), theirs, yours))
    return rows


def _form_page(
    visit: Visit,
    place: Place | None,
    form: PlaceForm,
    status: int = 200,
    differing: list[tuple[str, str, str]] | None = None,
) -> Response:
    texts = form.texts
    marks = [
        {"lon": float(lon), "lat": float(lat), "label": str(n), "kind": "entrance"}
        for n, (lon, lat, _) in enumerate(texts["entrances"], start=1)
        if _is_number(lon) and _is_number(lat)
    ]
    here = form.lonlat
    return visit.page(
        "place.html",
        status,
        place=place,
        texts=texts,
        errors={name: both[visit.language == "zh"] for name, both in form.errors.items()},
        hours_words=hours_in_words(texts["hours"], visit),
        classes=visit.desk.classes,
        differing=differing,
        marks=json.dumps(marks),
        spot=json.dumps(None if here is None else [here.lon, here.lat]),
    )


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) <= 180
    except ValueError:
        return False


def hours_in_words(text: str, visit: Visit) -> str:
    """Return how opening hours are understood, in a sentence."""
    if not text.strip():
        return ""
    hours = read_hours(text)
    if hours.week is None:
        known = ("Kept as written; the guide cannot tell whether it is open.",
                 "将按原文显示；指南无法判断是否营业。")  # fmt: skip
        return known[visit.language == "zh"]
    return hours.zh if visit.language == "zh" else hours.en


def hours(visit: Visit) -> Response:
    """Return how opening hours are understood, for the form to show while somebody types."""
    return Response(hours_in_words(visit.asked("text")[:300], visit), media_type="text/plain")


def change_publishing(visit: Visit) -> Response:
    """Publish one place, or take it out of the guide."""
    place_id = visit.part("place_id")
    version = int(visit.text("version")) if visit.text("version").isdecimal() else -1
    wants = visit.text("do") == "publish"
    try:
        with visit.desk.register.writing(visit.who, "publish") as writer:
            publish(writer, place_id, version, is_published=wants)
        visit.say(*(("It is published.", "已发布。") if wants else
                    ("It is taken out of the guide.", "已从指南中撤下。")))  # fmt: skip
    except (ConflictError, RegisterError) as error:
        visit.say(error.en, error.zh, kind="bad")
    return visit.go(f"/places/{place_id}")


def photo(visit: Visit) -> Response:
    """Return the photo of a place, drawn anew."""
    place = visit.desk.register.place(visit.part("place_id"))
    if not place.photo:
        raise RegisterError(en="It has no photo.", zh="没有照片。")
    path = photo_file(visit.desk.config.photo_folder, place.photo)
    return Response(make_photo(path.read_bytes()).print_image, media_type="image/jpeg")


def _photo(visit: Visit, form: PlaceForm) -> bytes | None:
    """Return the photo that came with a form, as the guide shows it; its problem beside it."""
    sent = visit.file("photo")
    if sent is None or not sent[1]:
        return None
    try:
        return make_photo(sent[1]).print_image
    except CircleError as error:
        form.errors["photo"] = (error.en, error.zh)
        return None


def _keep_photo(visit: Visit, data: bytes | None) -> str | None:
    """Keep a photo under the name of its hash, and return what the register calls it."""
    if data is None:
        return None
    name = f"{_PHOTOS}/{hashlib.sha256(data).hexdigest()[:20]}.jpg"
    path = visit.desk.config.photo_folder / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file():
            draft = path.with_suffix(f".{secrets.token_hex(4)}")
            draft.write_bytes(data)
            draft.replace(path)
    except OSError as error:
        raise RegisterError(
            en=f"The photo cannot be kept ({error.strerror}); nothing was changed.",
            zh=f"照片无法保存（{error.strerror}）；没有作任何修改。",
        ) from error
    return name


def mark_gone(visit: Visit) -> Response:
    """Mark a place as not existing, or as existing again."""
    place_id = visit.part("place_id")
    version = int(visit.text("version")) if visit.text("version").isdecimal() else -1
    place = replace(visit.desk.register.place(place_id), version=version)
    is_gone = visit.text("do") == "gone"
    status = "not_existing" if is_gone else ("doubtful" if place.lonlat is None else "in_use")
    with visit.desk.register.writing(visit.who, "status") as writer:
        writer.edit(
            Place,
            place_id,
            version,
            "not_existing" if is_gone else "edit",
            status=status,
            is_published=False,
            checked_by=visit.who,
            checked_on=writer.today,
        )
    visit.say("Saved.", "已保存。")
    return visit.go(f"/places/{place_id}")
