"""
What the guide says: numbers, order, sentences, in both languages, decided once.

Nothing here knows of HTML or of paper. Whoever draws the guide takes a `GuideContent` and may
not change a number, an order or a sentence, so that page and print cannot disagree.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from numbers import Real
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from pypinyin import Style, lazy_pinyin

from circle.geometry import Bounds, LonLat
from circle.guide import wording
from circle.guide.basemap import bounds_of, clean_text, make_basemap
from circle.guide.model import (
    ClassRow,
    GuideCenter,
    GuideClass,
    GuideContent,
    GuideEntrance,
    GuideEvent,
    GuideOffer,
    GuidePhoto,
    GuidePlace,
    GuideRing,
    GuideTexts,
)
from circle.guide.wording import Both
from circle.hours import read_hours
from circle.provenance import Provenance
from circle.walkers import get_walker

__all__ = [
    "OTHER_KEY",
    "ClassRow",
    "GuideCenter",
    "GuideClass",
    "GuideContent",
    "GuidePlace",
    "GuideRing",
    "GuideTexts",
    "make_content",
]

OTHER_KEY = "other"
_OTHER_COLOUR = "#5b5b5b"
_MARGIN_M = 350.0
_FARTHEST_VIEW_M = 4_000.0
_RING_THIN_DEG = 4e-6
_M_PER_DEG = 111_320.0
_HEX_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"']+")
_SPEED = re.compile(r"\d+(\.\d+)?")
_CJK = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


def make_content(
    texts: GuideTexts,
    network_edges: gpd.GeoDataFrame,
    provenance: Provenance,
    facilities: gpd.GeoDataFrame,
    walk: pd.DataFrame,
    rings: gpd.GeoDataFrame,
    basemap: Mapping[str, gpd.GeoDataFrame],
    classes: Iterable[ClassRow],
    inferred_share: float,
    photos: Mapping[str, GuidePhoto] | None = None,
) -> GuideContent:
    """
    Decide what the guide says.

    Parameters
    ----------
    texts
        What the study says about itself.
    network_edges
        Streets, as `WalkNetwork.edges_frame` gives them.
    provenance
        Where the streets come from.
    facilities
        Located facilities; those with ``is_placed`` false or without a point are listed apart.
    walk
        Columns ``facility_id, time_s`` and, if known, ``distance_m``; a facility that is missing
        or infinite lies beyond the last ring.
    rings
        Isochrones of the centre: columns ``budget, unit, geometry`` and, if known, ``is_cut``.
    basemap
        Areas by layer name.
    classes
        Classes in the order of the guide.
    inferred_share
        Share of the street length that is inferred, 0 to 1.
    photos
        Pictures by ``facility_id``.

    Returns
    -------
    content
        Places numbered from 1, by class, then walking time, then name.
    """
    rows = list(classes)
    known = {row.key for row in rows}
    center_xy = texts.center
    times = _walk_by_id(walk)
    pictures = photos or {}
    entries = [
        _place(record, known, times, texts, pictures.get(str(record.get("facility_id"))))
        for record in facilities.to_dict(orient="records")
    ]
    order = {row.key: position for position, row in enumerate(rows)}
    placed = sorted(
        (entry for entry in entries if entry[0].lon is not None),
        key=lambda entry: (
            order.get(entry[0].category, len(order)),
            entry[1],
            _crow_fly_m(center_xy, entry[0]),
            entry[0].name,
            entry[0].facility_id,
        ),
    )
    places = tuple(
        replace(entry, number=number) for number, (entry, _) in enumerate(placed, start=1)
    )
    unplaced = tuple(
        sorted(
            (entry for entry, _ in entries if entry.lon is None),
            key=lambda entry: (
                order.get(entry.category, len(order)), entry.name, entry.facility_id,
            ),
        )
    )  # fmt: skip
    guide_rings = tuple(_rings(rings))
    share = min(1.0, max(0.0, float(inferred_share)))
    return GuideContent(
        title=_both(texts.title_zh, texts.title_en),
        community=_both(texts.community_zh, texts.community_en),
        notice=_both(texts.notice_zh, texts.notice_en),
        center=GuideCenter(
            lon=round(texts.center.lon, 6),
            lat=round(texts.center.lat, 6),
            name=_both(texts.center_name_zh, texts.center_name_en),
            accuracy_m=_whole(texts.center_accuracy_m),
            note=_both(texts.center_note_zh, texts.center_note_en),
        ),
        classes=tuple(_classes(rows, places, unplaced)),
        places=places,
        unplaced=unplaced,
        rings=guide_rings,
        basemap=make_basemap(network_edges, basemap, _view(texts.center, guide_rings, places)),
        minutes=tuple(float(value) for value in texts.minutes),
        walker=_walker_key(texts.walker),
        languages=tuple(texts.languages) or ("zh-CN", "en"),
        facts=(
            *_counts(len(places), len(unplaced)),
            *_facts(texts, provenance, guide_rings, share),
        ),
        attribution=clean_text(provenance.attribution),
        licence=clean_text(provenance.licence),
        data_date=provenance.data_date,
        inferred_share=share,
        guide_url=clean_text(texts.guide_url),
        feedback_url=clean_text(texts.feedback_url),
        approval_number=clean_text(texts.approval_number),
        timezone=texts.timezone,
        contacts=texts.contacts,
        logo=texts.logo,
        style=texts.style,
        edition_date=texts.edition_date,
    )


def _place(
    record: Mapping[Any, Any],
    known: set[str],
    times: Mapping[str, tuple[float, float]],
    texts: GuideTexts,
    photo: GuidePhoto | None,
) -> tuple[GuidePlace, float]:
    """Return the entry without its number, and its walking time for the order."""
    geometry = record.get("geometry")
    is_placed = (
        _is_true(record.get("is_placed", True))
        and geometry is not None
        and not shapely.is_empty(geometry)
    )
    category = clean_text(record.get("category"))
    facility_id = clean_text(record.get("facility_id"))
    name = clean_text(record.get("name")) or clean_text(record.get("name_en")) or facility_id
    name_en = clean_text(record.get("name_en"))
    source = clean_text(record.get("source"))
    url = _WEB_ADDRESS.search(source)
    time_s, distance_m = times.get(str(record.get("facility_id")), (math.inf, math.inf))
    time_s = time_s if is_placed else math.inf
    within = next((float(m) for m in sorted(texts.minutes) if time_s <= m * 60), None)
    is_near = within is not None
    minutes = max(1, math.ceil(time_s / 60)) if is_near else None
    metres = _round_metres(distance_m) if is_near and math.isfinite(distance_m) else None
    reason = clean_text(record.get("match_reason"))
    reason_zh = clean_text(record.get("match_reason_zh")) or reason
    point = geometry.representative_point() if is_placed and geometry is not None else None
    hours = read_hours(clean_text(record.get("hours")))
    place = GuidePlace(
        number=None,
        facility_id=facility_id,
        name=name,
        # Maps abroad give the one name twice: a second name is only one that differs.
        name_en="" if name_en == name else name_en,
        category=category if category in known else OTHER_KEY,
        lon=None if point is None else round(float(point.x), 6),
        lat=None if point is None else round(float(point.y), 6),
        minutes=minutes,
        metres=metres,
        within_min=within,
        walk=_walk_sentence(is_placed, minutes, metres, texts.minutes),
        position=_position_sentence(record) if is_placed else Both("", ""),
        accuracy_m=_whole(record.get("position_accuracy_m")),
        address=clean_text(record.get("address")),
        phone=clean_text(record.get("phone")),
        hours=hours.text,
        note=clean_text(record.get("note")),
        source=source,
        source_url=url.group() if url else "",
        source_date=clean_text(record.get("source_date")),
        reason=_reason_sentence(is_placed, reason_zh, reason),
        pinyin="".join(lazy_pinyin(name)).lower() if _CJK.search(name) else "",
        initials=(
            "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()
            if _CJK.search(name)
            else ""
        ),
        hours_words=Both(hours.zh, hours.en),
        open_week=hours.week,
        website=_web_address(record.get("website")),
        entrances=_entrances(record) if is_placed else (),
        offers=_offers(record, texts.edition_date),
        events=_events(record, texts.edition_date),
        photo=photo,
        other_names=tuple(filter(None, map(clean_text, _entries(record, "other_names")))),
    )
    return place, time_s


def _entries(record: Mapping[Any, Any], column: str) -> tuple[Any, ...]:
    value = record.get(column)
    return value if isinstance(value, tuple) else ()


def _web_address(value: object) -> str:
    """Return an address a page may link to: nothing but the web."""
    text = clean_text(value)
    return text if _WEB_ADDRESS.fullmatch(text) else ""


def _entrances(record: Mapping[Any, Any]) -> tuple[GuideEntrance, ...]:
    return tuple(
        GuideEntrance(round(lon, 6), round(lat, 6), _both(name, name))
        for lon, lat, name in _entries(record, "entrances")
    )


def _offers(record: Mapping[Any, Any], edition_date: str) -> tuple[GuideOffer, ...]:
    return tuple(
        GuideOffer(text, until)
        for told, until in _entries(record, "offers")
        if (text := clean_text(told)) and not (until and until < edition_date)
    )


def _events(record: Mapping[Any, Any], edition_date: str) -> tuple[GuideEvent, ...]:
    found = (
        GuideEvent(title, starts, ends)
        for told, starts, ends in _entries(record, "events")
        if (title := clean_text(told)) and (ends or starts)[:10] >= edition_date
    )
    return tuple(sorted(found, key=lambda event: (event.starts, event.title)))


def _reason_sentence(is_placed: bool, reason_zh: str, reason_en: str) -> Both:
    if is_placed:
        return Both("", "")
    return _both(reason_zh, reason_en) if reason_en else wording.NOT_PLACED


def _walk_by_id(walk: pd.DataFrame) -> dict[str, tuple[float, float]]:
    distances = walk["distance_m"] if "distance_m" in walk.columns else [math.inf] * len(walk)
    found: dict[str, tuple[float, float]] = {}
    for facility_id, time_s, distance_m in zip(
        walk["facility_id"], walk["time_s"], distances, strict=True
    ):
        time = float(time_s) if pd.notna(time_s) else math.inf
        distance = float(distance_m) if pd.notna(distance_m) else math.inf
        if time <= found.get(str(facility_id), (math.inf, 0.0))[0]:
            found[str(facility_id)] = (time, distance)
    return found


def _walk_sentence(
    is_placed: bool, minutes: int | None, metres: int | None, ring_minutes: tuple[float, ...]
) -> Both:
    if not is_placed or not ring_minutes:
        return wording.WALK_UNKNOWN
    if minutes is None:
        return wording.WALK_BEYOND.fill(minutes=f"{max(ring_minutes):g}")
    if metres is None:
        return wording.WALK_TIME_ONLY.fill(minutes=minutes)
    return wording.WALK.fill(minutes=minutes, metres=metres)


def _position_sentence(record: Mapping[Any, Any]) -> Both:
    accuracy_m = _whole(record.get("position_accuracy_m"))
    known = (
        wording.POSITION_UNKNOWN if accuracy_m is None else wording.POSITION.fill(metres=accuracy_m)
    )
    method = wording.METHODS.get(clean_text(record.get("match_method")))
    level = wording.LEVELS.get(clean_text(record.get("match_level")))
    details = [part for part in (method, level) if part is not None]
    if not details:
        return known
    return Both(
        f"{known.zh}（{'，'.join(part.zh for part in details)}）",
        f"{known.en} ({', '.join(part.en for part in details)})",
    )


def _classes(
    rows: list[ClassRow], places: tuple[GuidePlace, ...], unplaced: tuple[GuidePlace, ...]
) -> Iterable[GuideClass]:
    def make(key: str, name: Both, icon: str, colour: str) -> GuideClass:
        return GuideClass(
            key=key,
            name=name,
            icon=icon,
            colour=colour if _HEX_COLOUR.fullmatch(colour) else _OTHER_COLOUR,
            n_placed=sum(place.category == key for place in places),
            n_unplaced=sum(place.category == key for place in unplaced),
        )

    for row in rows:
        yield make(row.key, _both(row.name_zh, row.name_en), row.icon, row.colour)
    other = make(OTHER_KEY, wording.OTHER_CLASS, "", _OTHER_COLOUR)
    if other.n_placed or other.n_unplaced:
        yield other


def _rings(rings: gpd.GeoDataFrame) -> Iterable[GuideRing]:
    if rings.empty:
        return
    for record in rings.sort_values("budget").to_dict(orient="records"):
        geometry = record["geometry"]
        if geometry is None or geometry.is_empty:
            continue
        thin = shapely.simplify(geometry, _RING_THIN_DEG)
        polygons = tuple(
            tuple(
                tuple((round(x, 6), round(y, 6)) for x, y, *_ in ring.coords)
                for ring in (part.exterior, *part.interiors)
            )
            for part in shapely.get_parts(thin)
            if part.geom_type == "Polygon"
        )
        yield GuideRing(
            budget=float(record["budget"]),
            unit=str(record.get("unit", "min")),
            polygons=polygons,
            is_cut=_is_true(record.get("is_cut", False)),
        )


def _counts(n_placed: int, n_unplaced: int) -> Iterable[Both]:
    if n_unplaced:
        yield wording.COUNTS.fill(placed=n_placed, unplaced=n_unplaced)


def _facts(
    texts: GuideTexts, provenance: Provenance, rings: tuple[GuideRing, ...], share: float
) -> Iterable[Both]:
    percent = f"{share * 100:.0f}" if share >= 0.01 else "1"
    yield wording.INFERRED.fill(percent=percent) if share > 0 else wording.NOT_INFERRED
    walker = _walker_key(texts.walker)
    pace = wording.WALKER_IN_SENTENCE.get(walker)
    if pace is None and _SPEED.fullmatch(walker):
        pace = wording.SPEED_IN_SENTENCE.fill(speed=walker)
    if pace is not None:
        yield Both(wording.PACE.zh.format(walker=pace.zh), wording.PACE.en.format(walker=pace.en))
    if provenance.heights is not None:
        # Rounded down: all of them only if it is all of them.
        yield wording.SLOPES.fill(percent=f"{int(100 * (provenance.heights_share or 0))}")
    if provenance.n_edits:
        yield wording.EDITED.fill(count=str(provenance.n_edits))
    if any(ring.is_cut for ring in rings):
        yield wording.RANGE_CUT
    if provenance.data_date:
        yield wording.DATA_DATE.fill(date=provenance.data_date)
    else:
        yield wording.DATA_DATE_UNKNOWN


def _walker_key(walker: str) -> str:
    """Return a walker's key; of one who is only a speed, the metres per second."""
    if walker in wording.WALKERS:
        return walker
    known = get_walker(walker)
    return known.key if known.key in wording.WALKERS else f"{known.speed_m_s:g}"


def _view(center: LonLat, rings: tuple[GuideRing, ...], places: tuple[GuidePlace, ...]) -> Bounds:
    """Return what the map shows: the rings, and places that are not absurdly far away."""
    lat_margin = _MARGIN_M / _M_PER_DEG
    lon_scale = max(0.05, math.cos(math.radians(center.lat)))
    points = [(center.lon, center.lat)]
    points += [xy for ring in rings for polygon in ring.polygons for xy in polygon[0]]
    points += [
        (place.lon, place.lat)
        for place in places
        if place.lon is not None
        and place.lat is not None
        and _crow_fly_m(center, place) < _FARTHEST_VIEW_M
    ]
    box = bounds_of((lon, lat, lon, lat) for lon, lat in points)
    # A map wider than its content: the screen is seldom of the shape of the rings.
    lat_margin += (box.north - box.south) * 0.35
    lon_margin = _MARGIN_M / _M_PER_DEG / lon_scale + (box.east - box.west) * 0.6
    return Bounds(
        box.west - lon_margin, box.south - lat_margin, box.east + lon_margin, box.north + lat_margin
    )


def _crow_fly_m(center: LonLat, place: GuidePlace) -> float:
    if place.lon is None or place.lat is None:
        return math.inf
    east = (place.lon - center.lon) * math.cos(math.radians(center.lat))
    return math.hypot(east, place.lat - center.lat) * _M_PER_DEG


def _round_metres(distance_m: float) -> int:
    """Round as far as a walker cares: to 10 m, below 100 m to 5 m."""
    step = 10 if distance_m >= 100 else 5
    return max(step, round(distance_m / step) * step)


def _both(zh: str, en: str) -> Both:
    """Return both languages cleaned; one that is empty borrows the other."""
    chinese, english = clean_text(zh), clean_text(en)
    return Both(chinese or english, english or chinese)


def _whole(value: object) -> int | None:
    if not isinstance(value, Real) or not math.isfinite(value):
        return None
    return round(float(value))


def _is_true(value: object) -> bool:
    return value is not None and value is not pd.NA and bool(value == True)  # noqa: E712
