"""Facilities of the map join the register by a button, and are refreshed with a newer map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from circle.staff.desk import StaffDesk
from circle.store import Register, review
from circle.store.surroundings import read_surroundings

from .conftest import Worker

MAP = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6"><bounds minlat="36.05" minlon="103.83" maxlat="36.07" maxlon="103.85"/>
 <node id="1" lat="36.0611" lon="103.8370" version="1">
  <tag k="amenity" v="pharmacy"/><tag k="name" v="康寿大药房"/><tag k="phone" v="{phone}"/></node>
 <node id="2" lat="36.0621" lon="103.8380" version="1">
  <tag k="amenity" v="marketplace"/><tag k="name" v="&lt;b&gt;东市场"/></node>
{more}</osm>
"""
BANK = """ <node id="3" lat="36.0631" lon="103.8390" version="1">
  <tag k="amenity" v="bank"/><tag k="name" v="兰州银行"/></node>
"""


@pytest.fixture
def draw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Write the map the pages read, anew each time it is drawn."""
    path = tmp_path / "map.osm"
    monkeypatch.setattr(StaffDesk, "_read_surroundings", lambda _: read_surroundings(path))

    def write(phone: str = "0931-1", more: str = "") -> None:
        path.write_text(MAP.format(phone=phone, more=more), "utf-8")

    return write


def test_the_map_joins_and_refreshes(worker: Worker, register: Register, draw: Any) -> None:
    draw()
    page = worker.get("/from-map")
    assert "康寿大药房" in page
    assert "&lt;b&gt;东市场" in page
    assert register.places() == ()  # looked at, not taken
    assert "已从地图登记 2 处地点" in worker.post("/from-map").text
    places = {place.name: place for place in register.places()}
    assert not any(place.is_published or place.checked_by for place in places.values())
    chemist = places["康寿大药房"]
    assert "没有需要写入的内容" in worker.get("/from-map")

    with register.writing("李娜") as writer:
        review.check(writer, chemist.place_id, chemist.version)
        writer.edit(type(chemist), chemist.place_id, chemist.version + 1, phone="0931-9")
    draw(phone="0931-2", more=BANK)
    assert "兰州银行" in worker.get("/from-map")
    worker.post("/from-map")
    assert {place.name for place in register.places()} >= {"兰州银行"}
    # What somebody changed stays, though the map says something else by now.
    assert register.place(chemist.place_id).phone == "0931-9"


def test_a_study_without_a_map_says_so(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StaffDesk, "surroundings", lambda self, **_: None)
    answer = worker.client.get("/staff/from-map")
    assert answer.status_code == 422
    assert "没有含设施的地图" in answer.text
