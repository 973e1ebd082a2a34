"""Offers, events, entrances, websites: as typed into a spreadsheet, read or told by row."""

from __future__ import annotations

import math
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
from drawn_study import CENTER, SPEED_M_S, at, write_study
from shapely import MultiPoint, Point

from circle.classes import load_classes
from circle.datum import from_wgs84
from circle.errors import SheetError
from circle.facilities import from_features
from circle.facilities.entries import (
    read_entrances,
    read_events,
    read_offers,
    read_website,
    split_entries,
)
from circle.features import read_features
from circle.schemas import Entrance, Event, Offer
from circle.store.list_files import read_list
from circle.store.listed import facilities_of_list
from circle.study import quickest_way_in, read_study, run_study, walks_from, ways_in

CLASSES = load_classes()


@pytest.mark.parametrize(
    ("cell", "event"),
    [
        ("2026-12-03 14:00 健康讲座", Event("健康讲座", "2026-12-03T14:00", "")),
        (
            "2026-12-03 14:00-16:00 健康讲座",
            Event("健康讲座", "2026-12-03T14:00", "2026-12-03T16:00"),
        ),
        ("2026-12-3 9:00—11:30 义诊", Event("义诊", "2026-12-03T09:00", "2026-12-03T11:30")),
        ("２０２６年１２月３日（周四）１４：００ 讲座", Event("讲座", "2026-12-03T14:00", "")),
        ("2026/12/03 展览", Event("展览", "2026-12-03", "")),
        ("2026-12-03 至 2026-12-05 展览", Event("展览", "2026-12-03", "2026-12-05")),
        (
            "2026-12-31 22:00 - 2027-01-01 01:00 New year",
            Event("New year", "2026-12-31T22:00", "2027-01-01T01:00"),
        ),
        ("2026.12.03，3楼 14:00 集合", Event("3楼 14:00 集合", "2026-12-03", "")),
        ("2026-12-03T14:00 讲座（二楼）", Event("讲座（二楼）", "2026-12-03T14:00", "")),
    ],
)
def test_an_event_as_it_is_typed(cell: str, event: Event) -> None:
    told = read_events(cell)
    assert told.problems == ()
    assert told.entries == (event,)


@pytest.mark.parametrize(
    "cell",
    [
        "健康讲座",
        "每周三 14:00 讲座",
        "2026-02-30 讲座",
        "2026-12-03",
        "2026-12-03 25:00 讲座",
        "2026-12-03 14:00-13:00 讲座",
        "2026-12-03 至 2026-12-01 展览",
        "12-03 14:00 讲座",
    ],
)
def test_what_is_no_event_is_told(cell: str) -> None:
    told = read_events(cell)
    assert told.entries == ()
    ((en, zh),) = told.problems
    assert cell in en
    assert cell in zh


def test_events_stand_by_their_date() -> None:
    told = read_events("2027-01-05 乙；2026-12-03 14:00 甲\n2026-12-03 09:00 丙;")
    assert [event.title for event in told.entries] == ["丙", "甲", "乙"]


@pytest.mark.parametrize(
    ("cell", "offer"),
    [
        ("独居老人免费理发（至2026-12-31）", Offer("独居老人免费理发", "2026-12-31")),
        ("免费理发 (until 2026/12/31)", Offer("免费理发", "2026-12-31")),
        ("免费理发（有效期至2026年12月31日）", Offer("免费理发", "2026-12-31")),
        ("量血压（65岁以上）", Offer("量血压（65岁以上）", "")),
        ("八折（限周三）（至2026-12-31）", Offer("八折（限周三）", "2026-12-31")),
        ("免费Ｗｉ-Ｆｉ：全天", Offer("免费Ｗｉ-Ｆｉ：全天", "")),
    ],
)
def test_an_offer_as_it_is_typed(cell: str, offer: Offer) -> None:
    assert read_offers(cell).entries == (offer,)


@pytest.mark.parametrize(
    "cell", ["免费（至2026-13-01）", "免费（至12月底31日）", "（至2026-12-31）"]
)
def test_an_offer_whose_last_day_is_no_date_is_told(cell: str) -> None:
    told = read_offers(cell)
    assert told.entries == ()
    assert cell in told.problems[0][1]


def test_entrances_and_websites() -> None:
    told = read_entrances("103.8343 36.0611 东门；103.8344,36.0612\n103.83，36.06（北门）")
    assert told.entries == (
        Entrance(103.8343, 36.0611, "东门"),
        Entrance(103.8344, 36.0612, ""),
        Entrance(103.83, 36.06, "北门"),
    )
    assert read_entrances("东门 103.8343 36.0611").problems
    assert read_entrances("103.8343").problems
    assert read_website("example.org").entries == ("https://example.org",)
    assert read_website("http://例子.中国/路?a=1").entries == ("http://例子.中国/路?a=1",)
    for wrong in (
        "javascript:alert(1)",
        "微信公众号：幸福里",
        "a b.org",
        "data:text/html,x",
        "https://",
    ):
        assert read_website(wrong).problems
    assert split_entries(None) == ()


def sheet_file(folder: Path, *rows: dict[str, object]) -> Path:
    book = openpyxl.Workbook()
    heads = list(dict.fromkeys(head for row in rows for head in row))
    book.active.append(heads)
    for row in rows:
        book.active.append([row.get(head) for head in heads])
    book.save(folder / "list.xlsx")
    return folder / "list.xlsx"


def test_every_wrong_cell_is_told_by_its_row_at_once(tmp_path: Path) -> None:
    base = {"名称": "诊所", "类别": "诊所"}
    path = sheet_file(
        tmp_path,
        {**base, "活动": "明天讲座"},
        {**base, "优惠/便民服务": "免费（至2026-02-31）"},
        {**base, "出入口": "东门"},
        {**base, "网址": "javascript:alert(1)"},
        {
            **base,
            "经度": "103.83",
            "纬度": "36.06",
            "坐标系": "wgs84",
            "出入口": "104.9 36.06 远门",
        },
        {**base, "出入口": "103.83 36.06 无坐标系"},
        {**base, "类别": "没有的类"},
    )
    with pytest.raises(SheetError) as refusal:
        facilities_of_list(read_list(path), CLASSES)
    for row in range(2, 9):
        assert f"row {row}: " in refusal.value.en
        assert f"第 {row} 行" in refusal.value.zh
    assert "3 km" in refusal.value.en


def test_entrances_stand_in_the_datum_of_their_row(tmp_path: Path) -> None:
    true = (103.8343, 36.0611)
    lon, lat = (float(value) for value in from_wgs84(*true, "gcj02"))
    path = sheet_file(
        tmp_path,
        {
            "名称": "诊所", "类别": "诊所", "坐标系": "高德", "出入口": f"{lon:.7f} {lat:.7f} 东门",
            "别名": "老院；门诊部、卫生院", "照片": "a.jpg",
        },
    )  # fmt: skip
    found = facilities_of_list(read_list(path), CLASSES).iloc[0]
    (door,) = found["entrances"]
    assert (door.lon, door.lat) == pytest.approx(true, abs=1e-6)
    # Without coordinates of its own the place stands at its first entrance.
    assert (found.geometry.x, found.geometry.y) == pytest.approx(true, abs=1e-6)
    assert found["other_names"] == ("老院", "门诊部", "卫生院")
    assert found["photo"] == "a.jpg"


def test_walks_end_at_the_entrance_reached_first(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "s")
    far, near, beside = at(700.0, 0.0), at(-120.0, 0.0), at(400.0, 0.0)
    rows = [
        "id,name,class,lon,lat,entrances",
        f"park,公园,公园,{beside.lon:.7f},{beside.lat:.7f},"
        f"{far.lon:.6f} {far.lat:.6f} 东门；{near.lon:.6f} {near.lat:.6f} 西门",
        f"plain,诊所,诊所,{beside.lon:.7f},{beside.lat:.7f},",
    ]
    (folder / "places.csv").write_text("\n".join(rows) + "\n", "utf-8")
    study = run_study(read_study(folder))
    times = dict(zip(study.walks.facility_id, study.walks.time_s, strict=True))
    assert times["park"] == pytest.approx(120.0 / SPEED_M_S, abs=0.3)
    assert times["plain"] == pytest.approx(400.0 / SPEED_M_S, abs=0.3)
    places = {place.facility_id: place for place in study.content.places}
    park = places["park"]
    assert (park.minutes, park.metres) == (2, 120)
    assert [door.name.zh for door in park.entrances] == ["东门", "西门"]
    door = quickest_way_in(study.network, CENTER, park, "adult")
    assert tuple(door) == pytest.approx((near.lon, near.lat), abs=1e-6)
    assert quickest_way_in(study.network, at(750.0, 0.0), park, "adult").lon > CENTER.lon
    assert ways_in([park, places["plain"]]).map(lambda w: len(w.geoms)).tolist() == [2, 1]


def test_several_points_are_as_far_as_the_nearest(tmp_path: Path) -> None:
    network = run_study(read_study(write_study(tmp_path / "s"))).network
    spots = [at(100, 0), at(-300, 0), at(0, 500), at(5000, 5000)]
    points = [Point(*spot) for spot in spots]
    places = gpd.GeoSeries(
        [
            MultiPoint(points),
            MultiPoint(points[1:3]),
            points[2],
            MultiPoint(points[3:]),
            None,
            MultiPoint([points[3], points[1]]),
        ],
        index=[9, 9, 4, 2, 1, 0],
        crs="EPSG:4326",
    )
    walks = walks_from(network, CENTER, places, minutes=15)
    expected = [100.0, 300.0, 500.0, math.inf, math.inf, 300.0]
    assert (walks.time_s * SPEED_M_S).tolist() == pytest.approx(expected, abs=0.5)
    assert walks.distance_m.tolist() == pytest.approx(expected, abs=0.5)
    assert walks.is_snapped.tolist() == [True, True, True, False, False, True]
    assert walks.index.tolist() == [9, 9, 4, 2, 1, 0]


def test_what_monacos_map_knows_of_its_places(extracts: Path) -> None:
    facilities = from_features(read_features(extracts / "monaco_2023.osm.pbf"), CLASSES)
    assert facilities["website"].notna().sum() > 80
    assert facilities["website"].dropna().str.match(r"https?://").all()
    assert facilities["hours"].notna().sum() > 80
    assert facilities["phone"].notna().sum() > 80
    doors = facilities["entrances"].map(len)
    assert (doors > 0).sum() >= 5
    for row in facilities[doors > 0].itertuples():
        ways = MultiPoint([door[:2] for door in row.entrances])
        assert row.geometry.distance(ways) < 1e-9
