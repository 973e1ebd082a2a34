"""Places by the pages: edited, published, reviewed, merged, taken back."""

from __future__ import annotations

import io
import re
import time
from typing import Any

import pytest
from PIL import Image

from circle.store import Place, Register, Status
from circle.study import StudyConfig

from .conftest import Worker


def form(register: Register, place_id: str, **changed: Any) -> dict[str, Any]:
    """Return the form of a place as a browser would send it."""
    place = register.place(place_id)
    data: dict[str, Any] = {
        "version": str(place.version),
        "name": place.name,
        "category": place.category,
        "phone": place.phone or "",
        "hours": place.hours or "",
        "lon": "" if place.lon is None else f"{place.lon:.7f}",
        "lat": "" if place.lat is None else f"{place.lat:.7f}",
        "entrance_lon": [f"{e.lon:.7f}" for e in place.entrances] + [""],
        "entrance_lat": [f"{e.lat:.7f}" for e in place.entrances] + [""],
        "entrance_name": [e.name for e in place.entrances] + [""],
    }
    return {**data, **changed}


def test_every_field_is_kept(worker: Worker, register: Register, market: Place) -> None:
    worker.get("/places/market")
    data = form(
        register, "market", name="东市场（新）", name_en="East market", other_names="老东市\n东市",
        category="shopping", address="东路 1 号", phone="0931-2", website="example.org/market",
        hours="周一至周五 8:30-17:30", accessibility="limited", capacity="40", note="两层",
        source="社区", source_date="2026-11",
        entrance_lon=["103.8371", ""], entrance_lat=["36.0612", ""], entrance_name=["东门", ""],
        offer_text=["九折", ""], offer_until=["2026-12-31", ""],
        event_title=["义诊"], event_starts=["2026-12-01T09:30"], event_ends=["2026-12-01T11:00"],
    )  # fmt: skip
    answer = worker.post("/places/market", data)
    assert "已保存" in answer.text
    place = register.place("market")
    assert (place.name, place.name_en, place.category) == (
        "东市场（新）",
        "East market",
        "shopping",
    )
    assert place.other_names == ("老东市", "东市")
    assert place.website == "https://example.org/market"
    assert (place.accessibility, place.capacity, place.note) == ("limited", 40, "两层")
    assert place.entrances == ((103.8371, 36.0612, "东门"),)
    assert place.offers == (("九折", "2026-12-31"),)
    assert place.events == (("义诊", "2026-12-01T09:30", "2026-12-01T11:00"),)
    assert (place.lon, place.lat) == (market.lon, market.lat)
    assert register.changes(Place, "market")[0].who == "李娜"
    assert "周一至周五 8:30–17:30" in worker.get("/places/market")


def test_sending_a_form_unchanged_changes_nothing(
    worker: Worker, register: Register, market: Place
) -> None:
    worker.get("/places/market")
    answer = worker.post("/places/market", form(register, "market"))
    assert "没有改动" in answer.text
    assert register.place("market").version == market.version


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "请填写名称"),
        ("name", "长" * 201, "最多 200 字"),
        ("category", "castle", "请选择类别"),
        ("website", "javascript:alert(1)", "这不是网址"),
        ("capacity", "many", "请填写整数"),
        ("lon", "abc", "请填写经度和纬度"),
        ("lon", "", "请填写经度和纬度"),
        ("lat", "95", "纬度"),
        ("note", "长" * 2001, "最多 2000 字"),
        ("entrance_lon", ["abc"], "请填写经度和纬度"),
        ("offer_until", ["soon"], "2026-12-31"),
        ("event_starts", ["tomorrow"], "2026-10-01"),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_nothing_written(
    worker: Worker, register: Register, market: Place, field: str, value: Any, said: str
) -> None:
    worker.get("/places/market")
    more = {
        "entrance_lon": ["103.8"], "entrance_lat": ["36.06"], "entrance_name": ["门"],
        "offer_text": ["x"], "offer_until": [""],
        "event_title": ["x"], "event_starts": ["2026-10-01"], "event_ends": [""],
    }  # fmt: skip
    data = {**form(register, "market", phone="0931-777"), **more, field: value}
    answer = worker.post("/places/market", data)
    assert answer.status_code == 422
    error = re.search(r'<p class="error" id="error-\w+">([^<]*)</p>', answer.text)
    assert error is not None
    assert said in error.group(1)
    assert "0931-777" in answer.text  # what was typed is not lost
    assert register.place("market") == market


def test_a_stale_edit_shows_both_versions(
    worker: Worker, register: Register, market: Place
) -> None:
    worker.get("/places/market")
    with register.writing("王强", "meanwhile") as writer:
        writer.edit(Place, "market", market.version, phone="0931-999")
    data = form(register, "market", version=str(market.version), phone="0931-555")
    answer = worker.post("/places/market", data)
    assert answer.status_code == 409
    assert "别人改动了这处地点" in answer.text
    assert "0931-999" in answer.text
    assert "0931-555" in answer.text
    assert register.place("market").phone == "0931-999"
    newer = re.search(r'name="version" value="(\d+)"', answer.text)
    assert newer is not None
    worker.post("/places/market", {**data, "version": newer.group(1)})
    assert register.place("market").phone == "0931-555"


def test_a_place_is_added_published_and_taken_out(worker: Worker, register: Register) -> None:
    worker.get("/places/new")
    answer = worker.post("/places/new", {"name": "新店", "category": "shopping"})
    place = register.places()[0]
    assert (place.status, place.is_published) == ("doubtful", False)
    refused = worker.post(
        f"/places/{place.place_id}/publish", {"do": "publish", "version": str(place.version)}
    )
    assert "不能发布" in refused.text
    data = form(register, place.place_id, lon="103.835", lat="36.061")
    worker.post(f"/places/{place.place_id}", data)
    place = register.place(place.place_id)
    assert (place.status, place.checked_by, place.match_method) == ("in_use", "李娜", "hand")
    for decision, is_published in (("publish", True), ("unpublish", False)):
        version = str(register.place(place.place_id).version)
        worker.post(f"/places/{place.place_id}/publish", {"do": decision, "version": version})
        assert register.place(place.place_id).is_published is is_published
    assert answer.status_code == 200


def test_a_place_is_gone_and_comes_back(worker: Worker, register: Register, market: Place) -> None:
    worker.get("/places/market")
    wanted: tuple[tuple[str, Status], ...] = (("gone", "not_existing"), ("there", "in_use"))
    for decision, status in wanted:
        version = str(register.place("market").version)
        worker.post("/places/market/status", {"do": decision, "version": version})
        assert register.place("market").status == status
    stale = worker.post("/places/market/status", {"do": "gone", "version": "1"})
    assert stale.status_code == 409


def test_many_are_published_at_once(worker: Worker, register: Register, market: Place) -> None:
    with register.writing("测试", "more") as writer:
        writer.add(Place("clinic", "北诊所", "health", lon=103.8343, lat=36.066))
        writer.add(Place("lost", "无处可寻", "care", status="doubtful"))
    worker.get("/places")
    answer = worker.post("/places", {"do": "publish", "place": ["lost", "market"]})
    assert "已发布 1 处地点；另有 1 处位置未定" in answer.text
    worker.post("/places?class=health", {"do": "publish_all"})
    assert register.place("clinic").is_published
    worker.post("/places", {"do": "unpublish", "place": ["market"]})
    assert not register.place("market").is_published
    assert "请先勾选" in worker.post("/places", {"do": "publish"}).text


def test_the_list_is_searched(worker: Worker, register: Register, market: Place) -> None:
    with register.writing("测试", "more") as writer:
        writer.add(Place("clinic", "北诊所", "health", address="北路 5 号"))
        writer.edit(Place, "market", market.version, status="not_existing")
    for query, found in (
        ("text=北路", "北诊所"), ("class=health", "北诊所"), ("status=not_existing", "东市场"),
        ("published=no", "北诊所"), ("text=%25", ""), ("page=999", "北诊所"),
    ):  # fmt: skip
        html = worker.get(f"/places?{query}")
        assert [name for name in ("北诊所", "东市场") if f"<b>{name}</b>" in html] == (
            [found] if found else []
        )


def picture(size: tuple[int, int] = (800, 600)) -> bytes:
    stored = io.BytesIO()
    Image.new("RGB", size, "teal").save(stored, "JPEG", comment=b"secret")
    return stored.getvalue()


def test_a_photo_is_drawn_anew_and_kept(
    worker: Worker, register: Register, market: Place, config: StudyConfig
) -> None:
    worker.get("/places/market")
    answer = worker.post(
        "/places/market", form(register, "market"), files={"photo": ("../../x.php", picture())}
    )
    assert "已保存" in answer.text
    name = register.place("market").photo
    assert name is not None
    assert re.fullmatch(r"photos/[0-9a-f]{20}\.jpg", name)
    kept = (config.folder / name).read_bytes()
    assert b"secret" not in kept
    shown = worker.client.get("/staff/places/market/photo")
    assert shown.headers["content-type"] == "image/jpeg"
    broken = worker.post(
        "/places/market", form(register, "market"), files={"photo": ("a.jpg", b"<svg onload=x>")}
    )
    assert broken.status_code == 422
    assert "不是图片" in broken.text
    worker.post("/places/market", form(register, "market", no_photo="yes"))
    assert register.place("market").photo is None


def test_a_photo_named_outside_the_folder_is_not_shown(
    worker: Worker, register: Register, market: Place
) -> None:
    with register.writing("测试", "x") as writer:
        writer.edit(Place, "market", market.version, photo="../../../etc/passwd")
    assert worker.client.get("/staff/places/market/photo").status_code == 422


def test_hours_are_told_in_words(worker: Worker) -> None:
    assert worker.get("/hours?text=周一至周五 8:30—17:30").startswith("周一至周五 8:30–17:30")
    assert "原文" in worker.get("/hours?text=看心情")
    assert worker.get("/hours?text=") == ""


@pytest.fixture
def doubtful(register: Register) -> tuple[Place, ...]:
    with register.writing("测试", "doubt") as writer:
        return tuple(
            writer.add(
                Place(key, name, "shopping", address="东路", status="doubtful", given_x=103.84,
                      given_y=36.062, datum="gcj02", match_reason_zh="地图上没有", **where)
            )
            for key, name, where in (
                ("d1", "甲店", {}),
                ("d2", "乙店", {"lon": 103.836, "lat": 36.0611}),
                ("d3", "东路", {}),
            )
        )  # fmt: skip


def test_the_queue_is_gone_through(
    worker: Worker, register: Register, doubtful: tuple[Place, ...]
) -> None:
    html = worker.get("/review")
    assert "第 1 处，共 3 处" in html
    assert "GCJ-02" in html
    assert "BD-09" in html
    seen = re.search(r'action="/staff/review/(\w+)"', html)
    assert seen is not None
    assert {place.place_id for place in doubtful} == {"d1", "d2", "d3"}

    def settle(place_id: str, **decision: str) -> Any:
        version = str(register.place(place_id).version)
        return worker.post(f"/review/{place_id}", {"version": version, **decision})

    assert "第 2 处，共 3 处" in settle("d3", do="skip").text
    assert settle("d1", do="place").status_code == 422
    answer = settle("d1", do="place", lon="103.8351", lat="36.0612")
    assert "第 3 处，共 3 处" in answer.text
    first = register.place("d1")
    assert (first.lon, first.status, first.checked_by) == (103.8351, "in_use", "李娜")
    done = settle("d2", do="gone")
    assert register.place("d2").status == "not_existing"
    assert "跳过的还有 1 处" in done.text
    assert "第 1 处，共 1 处" in worker.get("/review")
    page = worker.get("/review/d3")
    accept = re.search(r'name="do" value="(accept:[^"]+)"', page)
    assert accept is not None, "the street of that name is a candidate"
    assert settle("d3", do="accept:1.0000000,2.0000000").status_code == 422
    answer = settle("d3", do=accept.group(1))
    assert register.place("d3").status == "in_use"
    assert register.changes(Place, "d3")[0].action == "accept"
    assert "没有待核实的地点" in answer.text


def test_two_people_at_the_queue_do_not_overwrite_each_other(
    worker: Worker, register: Register, doubtful: tuple[Place, ...]
) -> None:
    worker.get("/review/d1")
    with register.writing("王", "x") as writer:
        writer.edit(Place, "d1", doubtful[0].version, note="x")
    answer = worker.post(
        "/review/d1", {"do": "gone", "version": str(doubtful[0].version)}
    )  # fmt: skip
    assert answer.status_code == 409
    assert register.place("d1").status == "doubtful"


@pytest.fixture
def pair(register: Register) -> tuple[Place, Place]:
    with register.writing("测试", "pair") as writer:
        one = writer.add(
            Place("a", "幸福食堂", "care", lon=103.835, lat=36.061, phone="1", checked_by="x")
        )
        other = writer.add(
            Place("b", "幸福食堂店", "care", lon=103.8351, lat=36.061, phone="2", note="二楼")
        )
        return one, other


def decision(pair: tuple[Place, Place], **more: str) -> dict[str, str]:
    one, other = pair
    return {
        "one": one.place_id, "one_version": str(one.version),
        "other": other.place_id, "other_version": str(other.version), **more,
    }  # fmt: skip


def test_duplicates_are_merged_with_the_values_chosen_and_parted_again(
    worker: Worker, register: Register, pair: tuple[Place, Place]
) -> None:
    html = worker.get("/duplicates")
    assert 'name="stay_phone" value="one" checked' in html
    assert 'name="stay_note" value="other" checked' in html
    data = decision(pair, do="merge", stay_phone="other", stay_name="other", stay_position="other")
    answer = worker.post("/duplicates", data)
    assert "已合并为“幸福食堂店”" in answer.text
    kept = register.place("a")
    assert (kept.name, kept.phone, kept.note, kept.lon) == ("幸福食堂店", "2", "二楼", 103.8351)
    assert "幸福食堂" in kept.other_names
    assert "幸福食堂店" not in kept.other_names
    assert register.place("b").merged_into == "a"
    assert worker.post("/duplicates", data).status_code == 409
    act = register.acts(limit=1)[0].act_id
    assert "全部撤销" in worker.get(f"/history?act={act}")
    worker.post("/history", {"act": str(act)})
    assert register.place("a").name == "幸福食堂"
    assert register.place("b").status == "in_use"


def test_what_was_kept_apart_is_not_asked_again(
    worker: Worker, register: Register, pair: tuple[Place, Place]
) -> None:
    worker.get("/duplicates")
    answer = worker.post("/duplicates", decision(pair, do="keep"))
    assert "没有待处理的重复地点" in answer.text
    assert len(register.distinct()) == 1


def test_a_change_is_taken_back_once(worker: Worker, register: Register, market: Place) -> None:
    worker.get("/places/market")
    worker.post("/places/market", form(register, "market", phone="0931-2"))
    html = worker.get("/history?place=market")
    assert "<del>0931-1</del>" in html
    number = str(register.changes(Place, "market")[0].change_id)
    worker.post("/history", {"change": number, "place": "market"})
    assert register.place("market").phone == "0931-1"
    again = worker.post("/history", {"change": number})
    assert again.status_code == 409
    assert "已撤销" in worker.get("/history")


def test_the_new_edition_is_made_and_served(
    worker: Worker, register: Register, market: Place
) -> None:
    worker.get("/edition")
    answer = worker.post("/edition")
    for _ in range(600):
        if "正在生成" not in answer.text:
            break
        time.sleep(0.1)
        answer = worker.client.get("/staff/edition")
    assert "还没有已发布的地点" in answer.text  # nothing is published: told, and nothing replaced
    worker.read(answer.text)
    worker.post("/places/market/publish", {"do": "publish", "version": str(market.version)})
    answer = worker.post("/edition")
    for _ in range(600):
        if "正在生成" not in answer.text:
            break
        time.sleep(0.1)
        answer = worker.client.get("/staff/edition")
    assert "新版指南已生成，地图上有 1 处地点" in answer.text
    assert "东市场" in worker.client.get("/staff/edition/guide.html").text
    names = [
        feature["properties"]["name"]
        for feature in worker.client.get("/api/facilities").json()["features"]
    ]
    assert names == ["东市场"]
