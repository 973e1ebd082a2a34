"""Fills a guide with what a community may add: telephones, hours, offers, events, pictures."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from functools import lru_cache

from PIL import Image, ImageDraw

from circle.guide.model import (
    GuideContact,
    GuideContent,
    GuideEntrance,
    GuideEvent,
    GuideOffer,
    GuidePhoto,
    GuidePlace,
)
from circle.guide.wording import Both

HOURS = Both("周一至周五 8:30–12:00，14:30–18:00", "Mon–Fri 8:30–12:00, 14:30–18:00")
LONG_OFFER = "凭老年卡到店可享受优惠并有工作人员帮助填写表格，" * 12 + "请提前打电话预约。"


@lru_cache(maxsize=64)
def photo(seed: int, width: int = 480, height: int = 360) -> GuidePhoto:
    """Return a picture of a house under the sky, another one for each `seed`."""
    image = Image.new("RGB", (width, height), (150 + seed * 7 % 80, 190, 225))
    draw = ImageDraw.Draw(image)
    wall = (200 - seed * 13 % 90, 150 + seed * 5 % 60, 110)
    left, right = width * 0.2, width * 0.8
    draw.rectangle((0, height * 0.8, width, height), fill=(125, 140, 105))
    draw.rectangle((left, height * 0.35, right, height * 0.85), fill=wall)
    draw.polygon(
        ((left - 9, height * 0.35), (width / 2, height * 0.1), (right + 9, height * 0.35)),
        fill=(140, 60, 45),
    )
    draw.rectangle((width * 0.44, height * 0.58, width * 0.56, height * 0.85), fill=(70, 50, 40))
    stored = io.BytesIO()
    image.save(stored, "JPEG", quality=80)
    return GuidePhoto(stored.getvalue(), stored.getvalue(), width, height)


@lru_cache(maxsize=4)
def logo(width: int = 600, height: int = 200) -> bytes:
    """Return a sign of a community as PNG."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, width - 1, height - 1), min(width, height) // 4, fill="#9e2b1e")
    for at in range(3):
        side = height * 0.22
        left = width * (0.2 + 0.22 * at)
        draw.ellipse((left, height * 0.39, left + side, height * 0.39 + side), fill="#fdfaf3")
    stored = io.BytesIO()
    image.save(stored, "PNG")
    return stored.getvalue()


def entrance_beside(place: GuidePlace, metres: float, turn_deg: float) -> GuideEntrance:
    """Return an entrance some way off a place."""
    assert place.lon is not None
    assert place.lat is not None
    turn = math.radians(turn_deg)
    north, east = metres * math.cos(turn), metres * math.sin(turn)
    return GuideEntrance(
        place.lon + east / (111_320 * math.cos(math.radians(place.lat))),
        place.lat + north / 111_320,
        Both("东门", "East gate"),
    )


def equipped(content: GuideContent, *, n_photos: int = 5) -> GuideContent:
    """Return the guide with everything a place may have, pictures of the first `n_photos`."""
    places = []
    for at, place in enumerate(content.places):
        more: dict[str, object] = {
            "phone": f"0931-84{at:05d}" if at % 3 else "",
            "hours": "Mo-Fr 08:30-12:00,14:30-18:00" if at % 2 else "",
            "hours_words": HOURS if at % 2 else Both("", ""),
            "entrances": (entrance_beside(place, 35.0, 90.0 + 40.0 * at),) if at % 7 == 0 else (),
        }  # fmt: skip
        if at < n_photos:
            more["photo"] = photo(at)
        if at == 4:
            more["offers"] = (GuideOffer("65岁以上老人免费量血压、测血糖", "2027-06-30"),)
            more["events"] = (
                GuideEvent("中医义诊", "2026-12-05T09:00", "2026-12-05T11:30"),
                GuideEvent("流感疫苗集中接种", "2026-12-01", "2026-12-03"),
            )
        if at == 11:
            more["offers"] = (GuideOffer("每天 18:00 以后面包八折", ""),)
        if at == 25:
            more["offers"] = (GuideOffer(LONG_OFFER[:300], "2026-12-31"),)
        if at == 1:
            more["events"] = (
                GuideEvent("社区合唱团排练，欢迎旁听", "2026-12-12T14:00", ""),
            )  # fmt: skip
        places.append(replace(place, **more))  # type: ignore[arg-type]
    return replace(
        content,
        places=tuple(places),
        logo=logo(),
        approval_number="甘S(2026)018号",
        contacts=(
            GuideContact(Both("社区党群服务中心", "Community office"), "0931-8412345"),
            GuideContact(Both("物业值班", "Caretaker on duty"), "0931-8400119"),
            GuideContact(Both("网格员 王师傅", "Block warden Wang"), "138 0000 0000"),
        ),
    )
