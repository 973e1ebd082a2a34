"""A guide whose first places have everything a card can hold, some of it hostile."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from PIL import Image

from circle.guide.content import GuideContent
from circle.guide.model import (
    GuideContact,
    GuideEntrance,
    GuideEvent,
    GuideOffer,
    GuidePhoto,
    GuidePlace,
)
from circle.guide.wording import Both

from .conftest import HOSTILE, at, content_of, facilities

NIGHT = ((1320, 1440), (1440, 1560), (9960, 10080), (0, 120))
"""Monday 22:00 to Tuesday 2:00, and Sunday 22:00 to Monday 2:00."""


def picture(width: int = 160, height: int = 100) -> bytes:
    """Return a small JPEG."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), (180, 90, 60)).save(file, "JPEG")
    return file.getvalue()


def logo() -> bytes:
    """Return a small PNG."""
    file = io.BytesIO()
    Image.new("RGB", (64, 64), (20, 80, 140)).save(file, "PNG")
    return file.getvalue()


def _rich(place: GuidePlace) -> GuidePlace:
    if place.facility_id == "clinic":
        east, west = at(310, 45), at(290, 30)
        week = tuple((day * 1440 + 480, day * 1440 + 1080) for day in range(5))
        return replace(
            place,
            hours_words=Both("周一至周五 8:00–18:00", "Mon–Fri 8:00–18:00"),
            open_week=week,
            website="https://clinic.example.org/info?a=1&b=2",
            entrances=(
                GuideEntrance(east.x, east.y, Both("东门", "East gate")),
                GuideEntrance(west.x, west.y, Both("", "")),
            ),
            offers=(
                GuideOffer("老人免费量血压", ""),
                GuideOffer("义诊 (free consultation for all)", "2026-01-31"),
                GuideOffer(HOSTILE["image"], "2099-12-31"),
            ),
            events=(
                GuideEvent("早已过去的讲座", "2020-05-01T09:00", "2020-05-01T11:00"),
                GuideEvent("健康讲座", "2099-05-04T09:00", "2099-05-04T11:00"),
                GuideEvent("义诊周", "2099-06-01", "2099-06-07"),
            ),
            photo=GuidePhoto(picture(), picture(600, 400), 160, 100),
            note="周三义诊；请带身份证 (bring your identity card on Wednesdays)",
        )
    if place.facility_id == "hospital":
        return replace(place, open_week=((0, 10080),), hours_words=Both("全天", "day and night"))
    if place.facility_id == "far-away":
        return replace(place, open_week=NIGHT)
    return place


def rich_content(rows: list[dict[str, Any]] | None = None, **changes: Any) -> GuideContent:
    """Return the guide; `changes` are fields of `GuideContent`."""
    content = content_of(facilities() if rows is None else rows)
    fields: dict[str, Any] = {
        "places": tuple(_rich(place) for place in content.places),
        "timezone": "Asia/Shanghai",
        "contacts": (GuideContact(Both("社区值班室", "Community office"), "0931-8460000"),),
        **changes,
    }
    return replace(content, **fields)
