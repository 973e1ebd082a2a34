"""What stands beside the maps: what their signs mean, QR codes, numbers to call at once."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import segno

from circle.guide.basemap import INFERRED, STEPS
from circle.guide.model import GuideContent
from circle.guide.paper.fonts import PaperFont
from circle.guide.paper.lists import say
from circle.guide.paper.map_plan import MapPlan
from circle.guide.paper.words import PAPER

_CHINA = (73.0, 18.0, 135.5, 54.0)


def legend_entries(
    content: GuideContent, plans: Sequence[MapPlan], font: PaperFont, language: str
) -> list[dict[str, str]]:
    """Return what the signs on the maps mean: sample and sentence, only of what is there."""

    def word(key: str, **values: object) -> str:
        return say(PAPER[key].fill(**values), language)

    entries = [("number", word("legend_number"))]
    center = font.printable(say(content.center.name, language))
    entries.append(("center", f"{word('legend_center')}：{center}"
                    if language.startswith("zh")
                    else f"{word('legend_center')}: {center}"))  # fmt: skip
    for index, ring in enumerate(content.rings):
        is_last = index == len(content.rings) - 1
        sample = "solid" if is_last else "dots" if index % 2 == 0 else "dashes"
        key = "legend_ring" if ring.unit == "min" else "legend_ring_m"
        entries.append((sample, word(key, n=f"{ring.budget:g}")))
    ranks = {line.rank for line in content.basemap.streets}
    flags = {line.flags for line in content.basemap.streets}
    entries.append(("street", word("legend_street")))
    if any(flag & INFERRED for flag in flags):
        entries.append(("inferred", word("legend_inferred")))
    if any(line.rank == 6 and not line.flags & INFERRED for line in content.basemap.streets):
        entries.append(("lane", word("legend_lane")))
    if any(flag & STEPS for flag in flags) or 7 in ranks:
        entries.append(("steps", word("legend_steps")))
    if any(plan.entrances for plan in plans):
        entries.append(("entrance", word("legend_entrance")))
    if any(plan.insets for plan in plans):
        entries.append(("inset", word("legend_inset")))
    square_m = plans[0].grid.square_m
    entries.append(("square", word("legend_square", n=f"{square_m:g}")))
    if any(block.off_map is not None for plan in plans for block in plan.blocks):
        entries.append(("arrow", word("legend_off_map")))
    return [{"sample": sample, "text": text} for sample, text in entries]


def emergency_numbers(content: GuideContent, language: str) -> list[dict[str, str]]:
    """Return the numbers to call at once; known for China, empty elsewhere."""
    west, south, east, north = _CHINA
    at = content.center
    if not (west <= at.lon <= east and south <= at.lat <= north):
        return []
    lines = (("call_police", "110"), ("call_fire", "119"), ("call_ambulance", "120"),
             ("call_city", "12345"))  # fmt: skip
    return [{"name": say(PAPER[key], language), "number": number} for key, number in lines]


def qr_codes(content: GuideContent, language: str) -> list[dict[str, str]]:
    """Return a QR code per web address the guide has: SVG, caption, alternative text."""
    codes = []
    for key, url in (
        ("qr_guide", content.guide_url), ("qr_feedback", content.feedback_url)
    ):  # fmt: skip
        if url:
            drawn = BytesIO()
            segno.make(url, error="m", micro=False).save(
                drawn, kind="svg", border=4, dark="#000000", light="#ffffff", xmldecl=False
            )
            text = say(PAPER[key], language)
            codes.append({"svg": drawn.getvalue().decode(), "text": text, "alt": f"{text}: {url}"})
    return codes
