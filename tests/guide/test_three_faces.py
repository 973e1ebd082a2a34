"""
Page, file and paper say the same: read back from each, held against what the guide decided.

The study is drawn, and its list holds what lists hold: hours in people's words, offers, events,
entrances, a picture, names that would break a page.
"""

from __future__ import annotations

import csv
import io
import json
import re
from base64 import b64decode
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from drawn_study import CENTER, at, write_study
from fastapi.testclient import TestClient
from PIL import Image

from circle.guide.model import GuideContent, GuidePlace
from circle.guide.paper.options import PaperOptions
from circle.guide.paper.sheet import compose
from circle.service import create_app
from circle.study import Study, read_study, run_study
from circle.study import write_study as write_guide

from .conftest import HOSTILE
from .paper.printed import Printed

COLUMNS = (
    *("id", "name", "class", "address", "lon", "lat", "phone", "hours", "website", "photo"),
    *("offers", "events", "entrances", "other_names", "note"),
)
SPACE = re.compile(r"[\s\u200b]+")
# What a Chinese font can write for certain.
WRITABLE = re.compile(r"[\u4e00-\u9fff\u0021-\u007e（），。：；“”·–]+")


def spot(east_m: float, north_m: float) -> dict[str, str]:
    lon, lat = at(east_m, north_m)
    return {"lon": f"{lon:.6f}", "lat": f"{lat:.6f}"}


def door(east_m: float, north_m: float, name: str) -> str:
    lon, lat = at(east_m, north_m)
    return f"{lon:.6f} {lat:.6f} {name}"


ROWS: tuple[dict[str, str], ...] = (
    {
        "id": "clinic", "name": "东路社区卫生服务站", "class": "health", "address": "东路 12 号",
        **spot(240, 0), "phone": "0931-8410000；0931-8410001",
        "hours": "周一至周五 8:30—17:30，周六 9:00-12:00", "website": "https://example.org/a?b=1&c=2",
        "photo": "clinic.jpg", "offers": "独居老人免费量血压（至2026-12-31）；免费Wi-Fi",
        "events": "2026-12-03 14:00-16:00 健康讲座\n2026-12-05 义诊 <b>周六</b>",
        "other_names": "老卫生院",
    },
    {
        "id": "barber", "name": "三把剪刀理发店", "class": "daily_services", **spot(0, 500),
        "hours": "每天 10:00-21:30", "offers": "孤寡老人义剪 \"凭证\" & 预约（至2027-01-15）",
        "phone": "+86 931 000 0000",
    },
    {
        "id": "park", "name": "北路公园", "class": "parks_sport", **spot(0, 700), "hours": "24小时",
        "entrances": f"{door(0, 780, '北门')}；{door(0, 360, '南门')}",
        "events": "2026-12-30 至 2027-01-02 冰灯展",
    },
    {
        "id": "bar", "name": "夜来香", "class": "daily_services", **spot(-400, 0),
        "hours": "18:00-次日2:00",
    },
    {
        "id": "vague", "name": "季节市场", "class": "food_markets", **spot(-600, 0),
        "hours": "夏季 6:00-20:00，冬季看天", "address": "西段 <i>路口</i>",
    },
    {"id": "far", "name": "远郊停车场", "class": "parking", **spot(-799, 0), "note": "=1+1"},
    {"id": "script", "name": HOSTILE["script"], "class": "culture", **spot(100, 0)},
    {"id": "image", "name": HOSTILE["image"], "class": "culture", **spot(120, 0)},
    {"id": "long", "name": HOSTILE["long"], "class": "culture", **spot(120, 0)},
    {"id": "lines", "name": "幸福\r\n\t食堂\u2028二楼", "class": "culture", **spot(160, 0)},
    {"id": "quotes", "name": HOSTILE["quotes"], "class": "culture", **spot(180, 0)},
    {"id": "emoji", "name": HOSTILE["emoji"], "class": "culture", **spot(200, 0)},
    {"id": "rtl", "name": HOSTILE["right_to_left"], "class": "culture", **spot(220, 0)},
    {
        "id": "lost", "name": "红色书屋", "class": "culture", "address": "不存在的路九号",
        "phone": "0931-1234567", "hours": "周末 9:00-17:00", "offers": "借书不收押金",
        "events": "2026-12-06 10:00 读书会",
    },
)  # fmt: skip


@dataclass(frozen=True)
class Faces:
    study: Study
    file: str
    live: str
    printed: Printed

    @property
    def content(self) -> GuideContent:
        return self.study.content


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Faces:
    folder = write_study(
        tmp_path_factory.mktemp("faces") / "drawn",
        contacts='["社区值班 | Community office | 0931-7654321"]',
        guide_url='"https://example.org/g"',
        edition_date='"2026-11-20"',
    )
    with (folder / "places.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(ROWS)
    Image.new("RGB", (640, 480), (200, 90, 40)).save(folder / "clinic.jpg")
    study = run_study(read_study(folder))
    out = folder.parent / "maps"
    guide = write_guide(study, out).guide
    with TestClient(create_app(study)) as client:
        live = client.get("/").text
    printed = Printed(compose(study.content, PaperOptions()).pdf)
    return Faces(study, guide.read_text("utf-8"), live, printed)


def squeezed(text: str) -> str:
    return SPACE.sub("", text)


class _Reader(HTMLParser):
    """Collects the data of a page, and the rows of its table for those without scripts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.data = ""
        self.rows: list[list[str]] = []
        self.hrefs: list[str] = []
        self._is_data = False
        self._within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "script":
            self._is_data = values.get("id") == "guide-data"
        if tag == "noscript":
            self._within.append(tag)
        if self._within and tag == "tr":
            self.rows.append([])
        if self._within and tag in ("td", "th") and self.rows:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._is_data = False
        if tag == "noscript":
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if self._is_data:
            self.data += data
        elif self._within and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def read_page(html: str) -> tuple[dict[str, Any], list[str]]:
    """Return the data of a page, and the rows of its table as text without spaces."""
    reader = _Reader()
    reader.feed(html)
    return json.loads(reader.data), [squeezed("|".join(row)) for row in reader.rows]


def plain(place: GuidePlace) -> dict[str, Any]:
    """Return what a page is to know of a place."""
    return {
        "number": place.number,
        "facility_id": place.facility_id,
        "name": place.name,
        "category": place.category,
        "address": place.address,
        "phone": place.phone,
        "hours": place.hours,
        "hours_words": {"zh": place.hours_words.zh, "en": place.hours_words.en},
        "open_week": None if place.open_week is None else [list(span) for span in place.open_week],
        "website": place.website,
        "minutes": place.minutes,
        "metres": place.metres,
        "walk": {"zh": place.walk.zh, "en": place.walk.en},
        "lon": place.lon,
        "lat": place.lat,
        "entrances": [
            {"lon": way.lon, "lat": way.lat, "name": {"zh": way.name.zh, "en": way.name.en}}
            for way in place.entrances
        ],
        "offers": [{"text": offer.text, "until": offer.until} for offer in place.offers],
        "events": [
            {"title": event.title, "starts": event.starts, "ends": event.ends}
            for event in place.events
        ],
        "reason": {"zh": place.reason.zh, "en": place.reason.en},
    }


def dates_in(place: GuidePlace) -> list[str]:
    """Return the days of a place's offers and events as ISO texts."""
    days = [offer.until for offer in place.offers]
    days += [day for event in place.events for day in (event.starts, event.ends)]
    return [day[:10] for day in days if day]


def test_the_guide_understood_its_list(faces: Faces) -> None:
    places = {place.facility_id: place for place in faces.content.places}
    clinic = places["clinic"]
    assert clinic.hours_words.zh == "周一至周五 8:30–17:30，周六 9:00–12:00；法定节假日可能不同"
    assert clinic.open_week is not None
    assert len(clinic.open_week) == 6
    assert [offer.until for offer in clinic.offers] == ["2026-12-31", ""]
    assert [event.title for event in clinic.events] == ["健康讲座", "义诊 <b>周六</b>"]
    assert clinic.photo is not None
    assert clinic.other_names == ("老卫生院",)
    # By its southern gate, not by the one that comes first in the list.
    assert (places["park"].metres, places["park"].minutes) == (360, 5)
    assert places["vague"].open_week is None
    assert places["lines"].name == "幸福 食堂 二楼"
    (lost,) = faces.content.unplaced
    assert lost.offers[0].text == "借书不收押金"
    assert lost.open_week is not None
    assert faces.content.timezone == "Asia/Shanghai"


@pytest.mark.parametrize("face", ["file", "live"])
def test_the_pages_carry_what_the_guide_decided(faces: Faces, face: str) -> None:
    data, _ = read_page(getattr(faces, face))
    content = faces.content
    for told, decided in ((data["places"], content.places), (data["unplaced"], content.unplaced)):
        assert len(told) == len(decided)
        for entry, place in zip(told, decided, strict=True):
            for key, value in plain(place).items():
                # The page leaves out what is empty.
                assert entry.get(key, value if value in ("", None, []) else "nothing") == value, key
    picture = data["places"][[p.facility_id for p in content.places].index("clinic")]["photo"]
    clinic = next(place for place in content.places if place.facility_id == "clinic")
    assert clinic.photo is not None
    assert b64decode(picture["thumbnail"]) == clinic.photo.thumbnail
    assert len(clinic.photo.thumbnail) <= 12_000
    assert "print_image" not in picture
    assert data["timezone"] == content.timezone
    assert data["contacts"] == [
        {"name": {"zh": "社区值班", "en": "Community office"}, "phone": "0931-7654321"}
    ]
    counts = {(item["key"], item["n_placed"], item["n_unplaced"]) for item in data["classes"]}
    assert counts == {(item.key, item.n_placed, item.n_unplaced) for item in content.classes}


@pytest.mark.parametrize("face", ["file", "live"])
def test_the_table_without_scripts_says_all_of_it(faces: Faces, face: str) -> None:
    _, rows = read_page(getattr(faces, face))
    content = faces.content
    at = -1
    for place in (*content.places, *content.unplaced):
        start = f"{place.number or ''}|{squeezed(place.name)}"
        (here,) = [n for n, row in enumerate(rows) if row.startswith(start + "|")]
        assert here > at, "in the order of the guide"
        at = here
        row = rows[here]
        wanted = [
            place.address,
            place.phone,
            place.hours_words.zh,
            place.website,
            place.walk.zh if place.number else place.reason.zh,
            *(offer.text for offer in place.offers),
            *(event.title for event in place.events),
            *(way.name.zh for way in place.entrances),
        ]
        for text in wanted:
            assert squeezed(text) in row
        digits = re.sub(r"\D", "", row)
        for day in dates_in(place):
            assert day.replace("-", "") in digits or _spoken(day) in row
    for fact in content.facts:
        assert fact.zh in getattr(faces, face)


def _spoken(day: str) -> str:
    year, month, of_month = (int(part) for part in day.split("-"))
    return f"{year}年{month}月{of_month}日"


def written(text: str) -> list[str]:
    """Return the parts of a text that any Chinese font can write, without spaces."""
    return WRITABLE.findall(squeezed(text))


def _in_row(hours: str) -> str:
    """Return hours without what the paper says of all of them at once, above the list."""
    return hours.removesuffix("；法定节假日可能不同")


def test_the_paper_prints_what_the_guide_decided(faces: Faces) -> None:
    content = faces.content
    pages = squeezed(faces.printed.all_text())
    numbers = []
    for place in content.places:
        assert all(part in pages for part in written(place.name)), place.name
        # A name in signs the font has not is a row of boxes.
        first = re.escape(written(place.name)[0]) if written(place.name) else "□"
        assert re.search(f"{place.number}{first}", pages), f"{place.number} before {place.name}"
        numbers.append(place.number)
        told = f"{place.minutes}分钟" if place.minutes else "超过15分钟"
        wanted = [place.address, place.phone, _in_row(place.hours_words.zh)]
        wanted += [offer.text for offer in place.offers]
        wanted += [event.title for event in place.events]
        for text in (*wanted, told):
            assert all(part in pages for part in written(text)), text
    assert numbers == list(range(1, len(content.places) + 1))
    assert "法定节假日的开放时间可能不同" in pages
    for place in content.unplaced:
        assert squeezed(place.name) in pages
        for text in (*(o.text for o in place.offers), *(e.title for e in place.events)):
            assert squeezed(text) in pages
    for place in (*content.places, *content.unplaced):
        for day in dates_in(place):
            _, month, of_month = (int(part) for part in day.split("-"))
            assert f"{month}月{of_month}日" in pages, f"{place.name}: {day}"
        for event in place.events:
            for clock in (event.starts[11:], event.ends[11:]):
                assert clock in pages
    for contact in content.contacts:
        assert squeezed(contact.name.zh) in pages
        assert squeezed(contact.phone) in pages


def test_rows_of_the_paper_hold_together(faces: Faces) -> None:
    """A place's telephone, hours and minutes stand in its own row, not in a neighbour's."""
    content = faces.content
    pages = squeezed(faces.printed.all_text())
    for place in content.places:
        if not place.hours or place.facility_id in ("emoji", "rtl"):
            continue
        hours = _in_row(place.hours_words.zh)
        told = squeezed(f"{place.name}{place.address}{place.phone}{hours}")
        walk = f"{place.minutes}分钟" if place.minutes else "超过15分钟"
        assert f"{place.number}{told}{walk}" in pages


def test_what_is_over_is_left_out_everywhere(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "later", edition_date='"2026-12-04"')
    with (folder / "places.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, restval="")
        writer.writeheader()
        writer.writerow(
            ROWS[0] | {"photo": "", "offers": "过期的事（至2026-12-03）；当天的事（至2026-12-04）"}
        )
    content = run_study(read_study(folder)).content
    (clinic,) = content.places
    assert [event.starts for event in clinic.events] == ["2026-12-05"]
    assert [offer.text for offer in clinic.offers] == ["当天的事"]


def test_the_same_study_makes_the_same_bytes(faces: Faces, tmp_path: Path) -> None:
    again = run_study(read_study(faces.study.config.path))
    assert again.content == faces.content
    assert write_guide(again, tmp_path).guide.read_text("utf-8") == faces.file


def test_pictures_of_the_file_hold_nothing_but_pixels(faces: Faces) -> None:
    data, _ = read_page(faces.file)
    (photo,) = [place["photo"] for place in data["places"] if place.get("photo")]
    picture = Image.open(io.BytesIO(b64decode(photo["thumbnail"])))
    assert picture.size == (photo["width"], photo["height"]) == (320, 240)
    assert not picture.getexif()
    assert CENTER.lon == faces.content.center.lon


def test_the_tables_read_back_as_the_same_guide(faces: Faces, tmp_path: Path) -> None:
    folder = write_study(tmp_path / "again", places_datum="", edition_date='"2026-11-20"')
    result = write_guide(faces.study, tmp_path / "maps")
    (folder / "places.csv").write_bytes(result.places_csv.read_bytes())
    again = run_study(read_study(folder)).content
    same = ("facility_id", "number", "minutes", "hours_words", "open_week", "website", "offers")
    same += ("events", "entrances", "other_names")
    for place, before in zip(again.places, faces.content.places, strict=True):
        assert {key: getattr(place, key) for key in same} == {
            key: getattr(before, key) for key in same
        }
