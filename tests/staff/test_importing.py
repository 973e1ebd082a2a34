"""A list comes in by the pages: uploaded, looked at row by row, written once."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import geopandas
import pytest
from drawn_study import at
from openpyxl import load_workbook
from shapely.geometry import Point

from circle.datum import from_wgs84
from circle.staff.desk import StaffDesk
from circle.staff.uploads import KEPT_S, MOST_BYTES
from circle.store import Place, Register

from .conftest import Worker
from .messy import FORMULA, HEADERS, SCRIPT, messy_rows, workbook

COLUMN = re.compile(r'name="header" value="([^"]*)".*?<select[^>]*>(.*?)</select>', re.DOTALL)


def said_of(html: str, **changed: str) -> dict[str, Any]:
    """Return the form of the columns as it stands, with what is changed."""
    headers, meant = [], []
    for header, options in COLUMN.findall(html):
        chosen = re.search(r'value="([^"]*)" selected', options)
        headers.append(header)
        meant.append(changed.pop(header, chosen.group(1) if chosen else ""))
    return {"header": headers, "meant": meant, **changed}


def reported(worker: Worker, name: str, data: bytes, **said: str) -> tuple[str, str]:
    """Upload a list and return the address of its report and what it says."""
    address = worker.upload(name, data)
    form = said_of(worker.get(address), **said)
    answer = worker.post(address, form)
    assert answer.status_code == 200, answer.text
    return address, answer.text


def counts(html: str) -> dict[str, int]:
    found = re.findall(r'href="\?show=(\w+)"[^>]*>[^<]*<b>(\d+)</b>', html)
    return {name: int(n) for name, n in found}


def desk_of(worker: Worker) -> StaffDesk:
    staff = next(r for r in worker.client.app.routes if getattr(r, "path", "") == "/staff")  # type: ignore[attr-defined]
    return staff.app.state.desk  # type: ignore[no-any-return]


def test_every_row_is_reported_and_nothing_written(worker: Worker, register: Register) -> None:
    _, html = reported(worker, "名单.xlsx", workbook(), datum="gcj02")
    assert counts(html) == {"new": 33, "changed": 0, "unchanged": 0, "doubtful": 2, "refused": 5}
    for reason in ("没有名称", "没有类别", "不是坐标", "似乎颠倒", "重复"):
        assert reason in html
    assert register.places() == ()
    assert "只导入合格的行" in html


def test_good_rows_go_in_once_and_with_a_name(worker: Worker, register: Register) -> None:
    address, _ = reported(worker, "名单.xlsx", workbook(), datum="gcj02")
    worker.get(f"{address}/report")
    first = worker.post(f"{address}/write", {"only_good": "yes"})
    assert "已写入 35 处地点" in first.text
    places = register.places()
    assert len(places) == 35
    assert {change.who for change in register.changes()} == {"李娜"}
    shop = next(place for place in places if place.name == "乙记商店2号")
    expected = from_wgs84(shop.lon, shop.lat, "gcj02")
    row = messy_rows()[1]
    assert float(expected[0]) == pytest.approx(row[4], abs=1e-6)
    # Sent again, by a double click or by going back: nothing more is written.
    worker.get("/")
    again = worker.post(f"{address}/write", {"only_good": "yes"})
    assert "已写入 35 处地点" in again.text
    assert len(register.acts()) == 1
    # And the same file once more changes nothing.
    _, html = reported(worker, "名单.xlsx", workbook(), datum="gcj02")
    assert counts(html)["unchanged"] == 35
    assert "没有需要写入的内容" in html


def test_refused_rows_stop_the_rest_unless_said(worker: Worker, register: Register) -> None:
    address, _ = reported(worker, "名单.xlsx", workbook(), datum="gcj02")
    worker.get(f"{address}/report")
    answer = worker.post(f"{address}/write")
    assert answer.status_code == 422
    assert register.places() == ()


def test_rows_can_be_filtered(worker: Worker) -> None:
    address, _ = reported(worker, "名单.xlsx", workbook(), datum="gcj02")
    html = worker.get(f"{address}/report?show=refused")
    assert "没有类别的店" in html
    assert "乙记商店2号" not in html


def test_the_report_marks_the_cells(worker: Worker) -> None:
    address, _ = reported(worker, "名单.xlsx", workbook(), datum="gcj02")
    answer = worker.client.get(f"/staff{address}/report.xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    rows = {row[1].value: row for row in sheet.iter_rows(min_row=2) if row[1].value == "拒绝"}
    assert rows
    marked = [
        cell.coordinate
        for row in sheet.iter_rows(min_row=2)
        for cell in row[6:]
        if cell.comment is not None
    ]
    assert len(marked) >= 4
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert not any(text.startswith("=") for text in texts)
    assert any("HYPERLINK" in text for text in texts)


def test_coordinates_need_a_datum(worker: Worker, register: Register) -> None:
    address = worker.upload("名单.xlsx", workbook())
    html = worker.get(address)
    marks = json.loads(re.search(r'data-marks="([^"]*)"', html).group(1).replace("&#34;", '"'))  # type: ignore[union-attr]
    assert {mark["kind"] for mark in marks} == {"wgs84", "gcj02", "bd09", "cgcs2000"}
    assert "距最近道路" in html
    # The rows stand along the streets: as GCJ-02, which they are, they fit them best.
    best = html[: html.index("与地图最吻合")]
    assert best.rindex('value="gcj02"') > best.rindex('value="wgs84"')
    for wrong in ({}, {"datum": "mars"}):
        answer = worker.post(address, said_of(html, **wrong))
        assert answer.status_code == 422
        assert "坐标系" in answer.text
    assert register.places() == ()


def test_rows_without_a_datum_may_be_left_out(worker: Worker, register: Register) -> None:
    spot = at(240, 8)
    texts = [f"北诊所,诊所,{spot.lon},{spot.lat},", f"东市场,菜市场,{spot.lon},{spot.lat},wgs84"]
    data = "\n".join(("名称,类别,经度,纬度,坐标系", *texts)).encode()
    address = worker.upload("名单.csv", data)
    html = worker.get(address)
    assert "1 行的坐标没有说明坐标系" in html
    answer = worker.post(address, said_of(html, datum=""))
    assert counts(answer.text) == {
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "doubtful": 0,
        "refused": 1,
    }
    answer = worker.post(address, said_of(html, datum="gcj02"))
    assert counts(answer.text)["refused"] == 0


def test_a_wrong_datum_shows_as_doubt(worker: Worker) -> None:
    """The study's own list knows the market; read as BD-09 it would be more than 1 km away."""
    spot = at(240, 0)
    lon, lat = (round(float(v), 6) for v in from_wgs84(spot.lon, spot.lat, "gcj02"))
    row = ["L1", "东市场", "菜市场", "东路", lon, lat, None, None, None]
    _, html = reported(worker, "名单.xlsx", workbook([row]), datum="gcj02")
    assert counts(html)["new"] == 1
    _, html = reported(worker, "名单.xlsx", workbook([row]), datum="bd09")
    assert counts(html)["doubtful"] == 1
    assert "坐标系可能有误" in html


def test_columns_can_be_corrected(worker: Worker, register: Register) -> None:
    rows = [["机构甲", "购物", "上门"], ["机构乙", "购物", "电话约"]]
    text = "\n".join([",".join(("机构", "分类", "备注")), *(",".join(row) for row in rows)])
    address = worker.upload("甲.csv", text.encode("gb18030"))
    html = worker.get(address)
    assert "没有找到名称列" in html
    assert worker.post(address, said_of(html)).status_code == 422
    answer = worker.post(address, said_of(html, 机构="name", 备注="name"))
    assert "不能有两列" in answer.text
    answer = worker.post(address, said_of(html, 机构="name", 备注=""))
    assert counts(answer.text)["doubtful"] == 2
    worker.post(f"{address}/write")
    assert {place.name for place in register.places()} == {"机构甲", "机构乙"}
    assert all(place.note is None for place in register.places())


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.exe", b"MZ", "无法读取这种文件"),
        ("a.xlsx", b"", "文件是空的"),
        ("a.xlsx", b"not a workbook", "已损坏"),
        ("a.zip", b"PK\x03\x04", "已损坏"),
        ("list.shp", b"x", "无法读取这种文件"),
    ],
)
def test_what_is_no_list_is_refused(worker: Worker, name: str, data: bytes, said: str) -> None:
    worker.get("/import")
    answer = worker.post("/import", files={"file": (name, data)})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_file_of_more_than_20_mb_is_refused(worker: Worker) -> None:
    worker.get("/import")
    for size, status in ((MOST_BYTES + 1, 422), (MOST_BYTES + 2_000_000, 413)):
        answer = worker.post("/import", files={"file": ("a.csv", b"x" * size)})
        assert answer.status_code == status
        assert "20 MB" in answer.text


@pytest.mark.parametrize(
    "name",
    ["../../../etc/passwd.xlsx", "C:\\windows\\x.xlsx", "<img src=x onerror=hacked()>.xlsx",
     "\u202excod.xlsx", "a\r\nSet-Cookie: x.xlsx", f"{'长' * 300}.xlsx", "....xlsx"],
)  # fmt: skip
def test_hostile_file_names_stay_names(worker: Worker, name: str) -> None:
    address, html = reported(worker, name, workbook(), datum="gcj02")
    assert "<img" not in html
    kept = desk_of(worker).uploads.get(address.split("/")[2])
    assert kept.path.parent.name == kept.token
    assert not set(kept.path.name) & set('/\\<>"\r\n\u202e')
    assert len(kept.path.name) < 90


def test_hostile_cells_stay_text(worker: Worker, register: Register) -> None:
    address, html = reported(worker, "名单.xlsx", workbook(), datum="gcj02")
    worker.get(f"{address}/report")
    worker.post(f"{address}/write", {"only_good": "yes"})
    hostile = next(place for place in register.places() if place.name == SCRIPT)
    assert hostile.phone == FORMULA
    pages = ["/places", f"/places/{hostile.place_id}", "/history", f"/review/{hostile.place_id}"]
    for text in (html, *(worker.get(path) for path in pages)):
        assert SCRIPT not in text
        assert "&lt;script&gt;" in text
    for form in ("xlsx", "csv"):
        data = worker.client.get(f"/staff/export/{form}").content
        if form == "csv":
            assert "'=HYPERLINK" in data.decode("utf-8-sig")
            assert ",=HYPERLINK" not in data.decode("utf-8-sig")
            continue
        cells = [
            c for row in load_workbook(io.BytesIO(data)).worksheets[0].iter_rows() for c in row
        ]
        assert not any(c.data_type == "f" for c in cells)
        assert any(str(c.value).startswith("'=HYPERLINK") for c in cells)


def test_an_upload_is_thrown_away_and_held_against_its_hash(worker: Worker) -> None:
    address, _ = reported(worker, "名单.xlsx", workbook(), datum="gcj02")
    uploads = desk_of(worker).uploads
    kept = uploads.get(address.split("/")[2])
    kept.path.write_bytes(b"another")
    assert worker.client.get(f"/staff{address}/report").status_code == 410
    address, _ = reported(worker, "名单.xlsx", workbook(), datum="gcj02")
    kept = uploads.get(address.split("/")[2])
    later = uploads._clock() + KEPT_S + 1
    uploads._clock = lambda: later
    worker.get("/places")
    answer = worker.post(f"{address}/write", {"only_good": "yes"})
    assert answer.status_code == 410
    assert "已过期" in answer.text
    assert not kept.path.exists()
    assert worker.client.get("/staff/import/nobody").status_code == 410


def test_a_register_changed_meanwhile_gets_a_new_report(worker: Worker, register: Register) -> None:
    address, _ = reported(worker, "名单.xlsx", workbook(), datum="gcj02")
    with register.writing("王", "between") as writer:
        writer.add(Place("x", "新来的店", "shopping"))
    worker.get(f"{address}/report")
    answer = worker.post(f"{address}/write", {"only_good": "yes"})
    assert "已重新生成报告" in answer.text
    assert len(register.places()) == 1
    answer = worker.post(f"{address}/write", {"only_good": "yes"})
    assert "已写入 35 处地点" in answer.text


def shapefile(tmp_path: Path, *names: str) -> bytes:
    frame = geopandas.GeoDataFrame(
        {"名称": ["东门药店", "西门粮店"], "类别": ["医疗", "购物"]},
        geometry=[Point(103.836, 36.061), Point(103.832, 36.0612)],
        crs="EPSG:4326",
    )
    frame.to_file(tmp_path / "places.shp", encoding="UTF-8")
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        for name in names or ("places",):
            for part in tmp_path.glob("places.*"):
                archive.write(part, f"../../{name}{part.suffix}")
        archive.writestr("../../../evil.py", "x")
    return stored.getvalue()


def test_a_packed_shapefile(worker: Worker, register: Register, tmp_path: Path) -> None:
    address, html = reported(worker, "设施.zip", shapefile(tmp_path))
    assert counts(html)["new"] == 2
    folder = desk_of(worker).uploads.get(address.split("/")[2]).path.parent
    assert {path.suffix for path in folder.iterdir()} <= {".shp", ".shx", ".dbf", ".prj", ".cpg"}
    worker.get(f"{address}/report")
    worker.post(f"{address}/write")
    assert {place.name for place in register.places()} == {"东门药店", "西门粮店"}


def test_an_archive_of_two_layers_is_refused(worker: Worker, tmp_path: Path) -> None:
    worker.get("/import")
    answer = worker.post("/import", files={"file": ("a.zip", shapefile(tmp_path, "one", "two"))})
    assert answer.status_code == 422
    assert "只打包一个" in answer.text


def test_an_archive_that_would_fill_the_disk_is_refused(worker: Worker) -> None:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.shp", b"\0" * 210_000_000)
    worker.get("/import")
    answer = worker.post("/import", files={"file": ("a.zip", stored.getvalue())})
    assert answer.status_code == 422
    assert "过大" in answer.text


def test_headers_are_what_the_list_says() -> None:
    assert len(messy_rows()) == 40
    assert all(len(row) == len(HEADERS) for row in messy_rows())
