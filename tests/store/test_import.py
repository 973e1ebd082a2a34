"""Lists become places: every row is accounted for, nothing people changed is lost."""

from __future__ import annotations

import csv
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import pytest
from shapely.geometry import Point

from circle.classes import load_classes
from circle.datum import from_wgs84
from circle.errors import ConflictError, RegisterError, SheetError
from circle.geocoding import GeocodeMatch
from circle.geometry import Bounds, LonLat
from circle.store import Place, Register, review
from circle.store.exporting import FORMATS, export_places
from circle.store.import_report import plan_as_json, write_report
from circle.store.importing import ImportPlan, apply_import, plan_import
from circle.store.list_files import read_list
from circle.store.list_rows import read_drafts
from circle.study.example_sheet import EXAMPLE_NAME, example_sheet

CLASSES = load_classes()
HEADER = "编号,设施名称,类别,地址,经度,纬度,电话,营业时间,负责人"
MARKET = "A1,张掖路菜市场,菜市场,张掖路1号,103.836711,36.060784,0931-1,周一至周五 8:30-17:30,王"
CLINIC = "A2,山字石诊所,诊所,箭道巷12号,103.8400,36.0650,0931-2,,李"
SCHOOL = "A3,静宁路小学,小学,静宁路5号,,,0931-3,,赵"


@dataclass
class Answers:
    """A geocoder that knows what it is told, and counts its questions."""

    known: dict[str, LonLat]
    n_asked: int = 0

    def geocode(self, name: str, address: str = "") -> list[GeocodeMatch]:
        self.n_asked += 1
        spot = self.known.get(name)
        if spot is None:
            return []
        return [
            GeocodeMatch(
                name, spot, name, "gazetteer", "building", 0.95, "Same name.", "同名。", 15.0
            )
        ]


def plan(register: Register, path: Path, datum: str | None = "gcj02", **named: Any) -> ImportPlan:
    mapping = named.pop("mapping", None)
    within = named.pop("within", None)
    drafts = read_drafts(read_list(path, mapping), CLASSES, datum, within=within)
    return plan_import(register, drafts, CLASSES, file_name=path.name, **named)


def take(register: Register, path: Path, datum: str | None = "gcj02", **named: Any) -> ImportPlan:
    made = plan(register, path, datum, **named)
    apply_import(register, made, "Li")
    return made


def outcomes(made: ImportPlan) -> list[str]:
    return [row.outcome for row in made.rows]


def test_a_list_becomes_places_with_their_positions(
    register: Register, write_csv: Callable[..., Path]
) -> None:
    path = write_csv(HEADER, MARKET, CLINIC, SCHOOL, encoding="gb18030")
    school = LonLat(103.83, 36.06)
    made = take(register, path, geocoder=Answers({"静宁路小学": school}))
    assert outcomes(made) == ["new", "new", "new"]
    market = next(p for p in register.places() if p.name == "张掖路菜市场")
    assert market.category == "food_markets"
    assert market.lonlat is not None
    lon, lat = from_wgs84(*market.lonlat, "gcj02")
    assert (round(float(lon), 6), round(float(lat), 6)) == (103.836711, 36.060784)
    assert (market.given_x, market.given_y, market.datum) == (103.836711, 36.060784, "gcj02")
    assert market.hours == "Mo-Fr 08:30-17:30"
    assert market.extra == {"负责人": "王"}
    assert not market.is_published
    placed = next(p for p in register.places() if p.name == "静宁路小学")
    assert placed.lonlat == school
    assert placed.match_method == "gazetteer"


def test_the_same_list_twice_changes_nothing(
    register: Register, write_csv: Callable[..., Path]
) -> None:
    # One row in doubt for its hours, one without a position.
    odd = CLINIC.replace("0931-2,,", "0931-2,看情况,")
    path = write_csv(HEADER, MARKET, odd, SCHOOL)
    first = take(register, path, geocoder=Answers({}))
    assert outcomes(first) == ["new", "doubtful", "doubtful"]
    before, changes = register.places(), len(register.changes())
    again = take(register, path, geocoder=Answers({}))
    assert outcomes(again) == ["unchanged"] * 3
    assert again.changes_nothing
    assert register.places() == before
    assert len(register.changes()) == changes


def test_a_corrected_list_updates_by_id_or_by_name_and_address(
    register: Register, write_csv: Callable[..., Path]
) -> None:
    take(register, write_csv(HEADER, MARKET, CLINIC))
    ids = {place.name: place.place_id for place in register.places()}
    # Another file name, a corrected telephone, a corrected name under the same id.
    corrected = (MARKET.replace("0931-1", "0931-9"), CLINIC.replace("山字石诊所", "山字石社区诊所"))
    made = take(register, write_csv(HEADER, *corrected, name="list corrected.csv"))
    assert outcomes(made) == ["changed", "changed"]
    assert made.rows[0].fields == ("phone",)
    assert made.list_name == "list"
    assert register.place(ids["张掖路菜市场"]).phone == "0931-9"
    assert register.place(ids["山字石诊所"]).name == "山字石社区诊所"
    # Without ids: by name and address.
    plain = [line.partition(",")[2] for line in (HEADER, corrected[0].replace("0931-9", "0931-7"))]
    made = take(register, write_csv(*plain, name="list.csv"))
    assert made.rows[0].place_id == ids["张掖路菜市场"]
    assert register.place(ids["张掖路菜市场"]).phone == "0931-7"
    assert [identity for identity, _ in made.missing] == [ids["山字石诊所"]]
    assert len(register.places()) == 2


def test_what_people_changed_is_not_overwritten(
    register: Register, write_csv: Callable[..., Path]
) -> None:
    take(register, write_csv(HEADER, MARKET))
    [market] = register.places()
    with register.writing("Wang") as writer:
        writer.edit(Place, market.place_id, 1, phone="110", name_en="Market")
    # The list has not changed: no news, whatever the register says by now.
    assert outcomes(take(register, write_csv(HEADER, MARKET))) == ["unchanged"]
    assert register.place(market.place_id).phone == "110"
    # The list changed another cell: taken over. The same cell: both are put before somebody.
    newer = MARKET.replace("0931-1", "0931-5").replace("张掖路1号", "张掖路3号")
    made = take(register, write_csv(HEADER, newer))
    assert outcomes(made) == ["doubtful"]
    place = register.place(market.place_id)
    assert (place.phone, place.address, place.name_en) == ("110", "张掖路3号", "Market")
    assert place.doubt is not None
    assert "0931-5" in place.doubt
    assert [item.place.place_id for item in review.review_queue(register)] == [market.place_id]
    # Told once; somebody accepts what stands, and it stays accepted.
    with register.writing("Zhao") as writer:
        review.check(writer, place.place_id, place.version)
    assert outcomes(take(register, write_csv(HEADER, newer))) == ["unchanged"]
    assert register.place(market.place_id).doubt is None


def test_a_checked_position_stays(register: Register, write_csv: Callable[..., Path]) -> None:
    take(register, write_csv(HEADER, MARKET))
    [market] = register.places()
    with register.writing("Wang") as writer:
        review.correct(writer, market.place_id, 1, LonLat(103.835, 36.0615))
    moved = MARKET.replace("103.836711", "103.846711")
    assert outcomes(take(register, write_csv(HEADER, moved))) == ["doubtful"]
    assert register.place(market.place_id).lonlat == LonLat(103.835, 36.0615)


def test_refused_rows_hold_up_the_good_ones_unless_told(
    register: Register, write_csv: Callable[..., Path]
) -> None:
    lines = [
        MARKET,
        "A4,,菜市场,张掖路2号,,,,,",
        "A5,某处,飞碟场,张掖路2号,,,,,",
        "A6,半个位置,诊所,x,103.8,,,,",
        "A7,不是数字,诊所,x,abc,36,,,",
        "A8,对调,诊所,x,36.06,103.83,,,",
        "A1,编号重复,诊所,另一处,,,,,",
        "A9,张掖路菜市场,菜市场,张掖路1号,103.836711,36.060784,,,",
    ]
    path = write_csv(HEADER, *lines)
    made = plan(register, path)
    assert outcomes(made) == ["new"] + ["refused"] * 7
    fields = [[problem.field for problem in row.problems] for row in made.rows[1:]]
    assert fields == [["name"], ["class"], ["lat"], ["lon"], ["lon"], ["id"], ["name"]]
    with pytest.raises(RegisterError, match="7 of 8 rows"):
        apply_import(register, made, "Li")
    assert register.places() == ()
    assert apply_import(register, made, "Li", only_good=True) == 1
    assert [place.name for place in register.places()] == ["张掖路菜市场"]


def test_coordinates_without_a_datum_are_refused(
    register: Register, write_csv: Callable[..., Path]
) -> None:
    with pytest.raises(SheetError, match="1 km apart") as caught:
        plan(register, write_csv(HEADER, MARKET), None)
    assert "高德" in caught.value.zh
    # A row may say its own, and a list without coordinates needs none.
    own = [f"{HEADER},坐标系", f"{MARKET},百度"]
    assert outcomes(plan(register, write_csv(*own), None)) == ["new"]
    assert outcomes(plan(register, write_csv(HEADER, SCHOOL), None)) == ["doubtful"]


def test_coordinates_far_from_the_map_are_doubted(
    register: Register, write_csv: Callable[..., Path]
) -> None:
    within = Bounds(103.7, 36.0, 103.9, 36.1)
    far = CLINIC.replace("103.8400,36.0650", "113.8400,36.0650")
    made = take(register, write_csv(HEADER, far), within=within)
    assert outcomes(made) == ["doubtful"]
    [place] = register.places()
    assert (place.lonlat, place.given_x, place.status) == (None, 113.84, "doubtful")
    # Far from where the map has the same name: kept, and doubted.
    elsewhere = Answers({"张掖路菜市场": LonLat(103.85, 36.07)})
    made = take(
        register, write_csv(HEADER, MARKET, name="b.csv"), within=within, geocoder=elsewhere
    )
    assert outcomes(made) == ["doubtful"]
    assert "another datum" in made.rows[0].problems[0].en


def test_an_id_of_another_list_does_not_overwrite(
    register: Register, write_csv: Callable[..., Path]
) -> None:
    head = "序号,名称,类别,地址"
    east, west = "东门诊所,诊所,东门1号", "西门药店,药店,西街20号"
    take(register, write_csv(head, f"1,{east}", f"2,{west}"))
    before = {place.name: place.place_id for place in register.places()}
    # A row that bears the number of one that is not told any more is put before somebody.
    new = "1,新菜市场,菜市场,北大街8号"
    made = take(register, write_csv(head, new, f"2,{west}"))
    assert outcomes(made) == ["doubtful", "unchanged"]
    assert made.rows[0].writes == "nothing"
    assert {place.name: place.place_id for place in register.places()} == before
    # Numbered afresh, with a row before them: names count, not numbers.
    made = take(register, write_csv(head, new, f"2,{east}", f"3,{west}"))
    assert (made.rows[0].writes, *outcomes(made)[1:]) == ("add", "unchanged", "unchanged")
    assert [row.place_id for row in made.rows[1:]] == [before["东门诊所"], before["西门药店"]]
    assert made.missing == ()
    # Nor does an address that is much alike, on one street all are.
    near = "1,山货铺,购物,东门7号"
    made = take(register, write_csv(head, near, f"2,{new[2:]}", f"3,{east}", f"4,{west}"))
    assert (made.rows[0].writes, *outcomes(made)[1:]) == ("add", *["unchanged"] * 3)
    # Under a name of its own the list may have its own numbers.
    other = "1,古籍书店,书店,南大街9号"
    assert take(register, write_csv(head, other), list_name="other").rows[0].writes == "add"


def test_another_list_does_not_move_what_a_list_has_placed(
    register: Register, write_csv: Callable[..., Path]
) -> None:
    head = "名称,类别,地址,经度,纬度"
    take(register, write_csv(head, "东门诊所,诊所,东门1号,103.8300,36.06"), "wgs84")
    for lon, outcome in (("103.8310", "unchanged"), ("103.8400", "doubtful")):
        row = f"东门诊所,诊所,东门1号,{lon},36.06"
        made = take(register, write_csv(head, row, name=f"{lon}.csv"), "wgs84", list_name=lon)
        assert outcomes(made) == [outcome]
        [place] = register.places()
        assert place.lonlat == LonLat(103.83, 36.06)
    assert "名单中位置为“103.84000,36.06000”" in made.rows[0].problems[0].zh


def test_the_classes_there_are_stand_in_the_first_row_that_needs_them(
    register: Register, write_csv: Callable[..., Path]
) -> None:
    made = plan(register, write_csv("名称,类别", "甲,飞碟场", "乙,诊所", "丙,火箭场"), None)
    assert outcomes(made) == ["refused", "doubtful", "refused"]
    assert "医疗卫生" in made.rows[0].problems[0].zh
    assert made.rows[2].problems[0].zh == "类别“火箭场”无法识别；可用的类别见第 2 行"


def test_what_stands_below_a_table_is_no_place(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "序号,名称,类别,地址\n1,总计划书店,书店,东门1号\n2,合计餐厅,餐厅,东门2号\n合计,2处,,\n"
        "填表人：王芳　　审核：李明,,,\n,注：以上为 2026 年 3 月数据,,\n",
        "utf-8",
    )
    assert [row.cells["name"] for row in read_list(path).rows] == ["总计划书店", "合计餐厅"]


def test_how_a_file_writes_a_coordinate_is_no_change(
    register: Register, write_csv: Callable[..., Path]
) -> None:
    head = "名称,类别,地址,经度,纬度"
    take(register, write_csv(head, "东门诊所,诊所,东门1号,103.83,36.06"), "wgs84")
    made = take(register, write_csv(head, "东门诊所,诊所,东门1号,103.830,36.0600"), "wgs84")
    assert outcomes(made) == ["unchanged"]
    assert made.changes_nothing


def test_two_places_of_one_name_stay_two(
    register: Register, write_csv: Callable[..., Path]
) -> None:
    lines = ["名称,类别,地址,经度,纬度", "邮局,邮局,,103.83,36.06", "邮局,邮局,,103.84,36.07"]
    assert outcomes(take(register, write_csv(*lines), "wgs84")) == ["new", "new"]
    assert len(register.places()) == 2
    assert outcomes(take(register, write_csv(*lines), "wgs84")) == ["unchanged", "unchanged"]


def test_the_report_as_excel_marks_the_cells(
    register: Register, write_csv: Callable[..., Path], tmp_path: Path
) -> None:
    path = write_csv(HEADER, MARKET, "A5,=cmd(),飞碟场,@x,,,,,")
    made = plan(register, path)
    write_report(tmp_path / "report.xlsx", read_list(path), made, "zh")
    sheet = openpyxl.load_workbook(tmp_path / "report.xlsx").worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == ["新增", "拒绝"]
    bad = sheet.cell(3, heads.index("类别") + 1)
    assert bad.fill.fgColor.rgb == "00F4B6B6"
    assert "飞碟场" in bad.comment.text
    assert sheet.cell(2, heads.index("类别") + 1).comment is None
    assert sheet.cell(3, heads.index("设施名称") + 1).value == "'=cmd()"
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    assert plan_as_json(made, "en")["counts"]["refused"] == 1


RICH = [
    "名称,类别,地址,经度,纬度,电话,营业时间,别名,优惠,活动,入口,网址,床位数,备注,负责人",
    "=HYPERLINK(1),诊所,@地址,103.8367,36.0608,+86 931 1,24/7,一;二,免费（至2026-12-31）；茶,"
    '2026-12-03 14:00-16:00 讲座,103.8367 36.0608 北门,example.org,40,-备注,"王, \'x"',
    "'=引号,药店,,,,,说不准,,,,,,,,",
]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("form", FORMATS)
def test_export_and_import_changes_nothing(
    register: Register, write_csv: Callable[..., Path], tmp_path: Path, form: Any, language: Any
) -> None:
    take(register, write_csv(*RICH))
    before = register.places()
    assert before[0].offers
    assert before[0].events
    assert before[0].entrances
    path = tmp_path / f"out.{form}"
    export_places(path, before, form, language)
    made = take(register, path, None)
    assert outcomes(made) == ["unchanged", "unchanged"]
    assert register.places() == before


def test_a_sheet_in_chinese_has_words_for_everything(
    register: Register, write_csv: Callable[..., Path], tmp_path: Path
) -> None:
    take(register, write_csv(*RICH))
    export_places(tmp_path / "out.csv", register.places(), "csv", "zh")
    heads, first, *_ = csv.reader((tmp_path / "out.csv").read_text("utf-8-sig").splitlines())
    assert not [head for head in heads if head.isascii()]
    record = dict(zip(heads, first, strict=True))
    told = [record[head] for head in ("类别", "状态", "是否发布", "定位方式")]
    assert told == ["医疗卫生", "在用", "否", "名单坐标"]


def test_formulas_are_harmless_in_exports(
    register: Register, write_csv: Callable[..., Path], tmp_path: Path
) -> None:
    take(register, write_csv(*RICH))
    export_places(tmp_path / "out.csv", register.places(), "csv")
    data = (tmp_path / "out.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    cells = [cell for row in csv.reader(data.decode("utf-8-sig").splitlines()) for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")]
    export_places(tmp_path / "out.xlsx", register.places(), "xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]
    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}


def test_work_in_an_exported_sheet_comes_back_unless_it_is_stale(
    register: Register, write_csv: Callable[..., Path], tmp_path: Path
) -> None:
    take(register, write_csv(*RICH))
    path = tmp_path / "out.csv"
    export_places(path, register.places(), "csv")
    text = path.read_text("utf-8-sig").replace("'+86 931 1", "112")
    path.write_text(text, "utf-8")
    made = take(register, path, None)
    assert made.rows[0].fields == ("phone",)
    changed = register.place(made.rows[0].place_id or "")
    assert changed.phone == "112"
    # The sheet is of version 1, the place of version 2 by now: its other news are not taken.
    path.write_text(text.replace("112", "999"), "utf-8")
    made = take(register, path, None)
    assert made.rows[0].outcome == "doubtful"
    assert register.place(changed.place_id).phone == "112"


@pytest.mark.parametrize("kind", ["geojson", "gpkg", "shp", "shp-gbk", "shp-no-cpg"])
def test_map_files_bring_their_own_datum(register: Register, tmp_path: Path, kind: str) -> None:
    frame = geopandas.GeoDataFrame(
        {"名称": ["山字石诊所", "静宁小学"], "类别": ["诊所", "小学"]},
        geometry=[Point(103.84, 36.065), Point(103.83, 36.06)],
        crs="EPSG:4326",
    )
    path = tmp_path / f"places.{kind.partition('-')[0]}"
    if kind.startswith("shp"):
        encoding = "GB18030" if kind != "shp" else "UTF-8"
        frame.to_crs("EPSG:4544").to_file(path, encoding=encoding, engine="pyogrio")
        if kind == "shp-no-cpg":
            path.with_suffix(".cpg").unlink()
    else:
        frame.to_file(path, engine="pyogrio")
    made = take(register, path, None)
    assert outcomes(made) == ["new", "new"]
    places = {place.name: place for place in register.places()}
    clinic = places["山字石诊所"]
    assert clinic.lonlat is not None
    assert clinic.lonlat == pytest.approx((103.84, 36.065), abs=1e-7)
    assert clinic.datum == ("EPSG:4544" if kind.startswith("shp") else "wgs84")
    assert outcomes(take(register, path, None)) == ["unchanged", "unchanged"]


@pytest.mark.parametrize("said", ["UTF-8", "936", "GBK", "OEM", None])
@pytest.mark.parametrize("encoding", ["UTF-8", "GB18030"])
def test_a_shapefile_cuts_headers_and_says_another_encoding(
    tmp_path: Path, encoding: str, said: str | None
) -> None:
    path = tmp_path / "list.shp"
    frame = geopandas.GeoDataFrame(
        # Twelve bytes in UTF-8, of which ten stay; a text of more bytes than a table takes.
        {"设施名称": ["山字石诊所", "站" * 100], "营业时间": ["全天", None], "opening_hours": "x"},
        geometry=[Point(103.84, 36.065), Point(103.83, 36.06)],
        crs="EPSG:4326",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it cuts
        frame.to_file(path, encoding=encoding, engine="pyogrio")
    path.with_suffix(".cpg").unlink()
    if said is not None:
        path.with_suffix(".cpg").write_text(said)
    listed = read_list(path)
    assert [column.field for column in listed.columns] == ["name", "hours", None]
    assert listed.rows[0].cells["name"] == "山字石诊所"
    assert set(listed.rows[1].cells["name"]) == {"站"}


@pytest.mark.parametrize("separator", ["\t", ";", ","])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_as_it_comes(tmp_path: Path, separator: str, encoding: str) -> None:
    lines = [line.replace(",", separator) for line in (HEADER, MARKET)]
    path = tmp_path / "list.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))
    [row] = read_list(path).rows
    assert row.cells["name"] == "张掖路菜市场"
    assert row.extra == {"负责人": "王"}


def test_a_mapping_says_what_a_column_means(
    register: Register, write_csv: Callable[..., Path]
) -> None:
    path = write_csv("机构,归口,门牌", "山字石诊所,诊所,箭道巷12号")
    with pytest.raises(SheetError, match="--mapping"):
        read_list(path)
    mapping = {"机构": "名称", "归口": "class", "门牌": "address"}
    assert outcomes(take(register, path, mapping=mapping)) == ["doubtful"]
    assert register.places()[0].address == "箭道巷12号"
    with pytest.raises(SheetError, match="no column"):
        read_list(path, {"机": "name"})
    with pytest.raises(SheetError, match="cannot mean"):
        read_list(path, {"机构": "colour"})


def test_a_plan_that_was_overtaken_is_not_carried_out(
    register: Register, write_csv: Callable[..., Path]
) -> None:
    first = plan(register, write_csv(HEADER, MARKET))
    second = plan(register, write_csv(HEADER, MARKET, CLINIC))
    apply_import(register, first, "Li")
    with pytest.raises(ConflictError, match="made"):
        apply_import(register, second, "Wang")
    assert len(register.places()) == 1


def test_an_import_can_be_undone_as_a_whole(
    register: Register, write_csv: Callable[..., Path]
) -> None:
    take(register, write_csv(HEADER, MARKET))
    before = register.places()
    take(register, write_csv(HEADER, MARKET.replace("0931-1", "0931-8"), CLINIC))
    with register.writing("Wang") as writer:
        writer.undo_act(register.acts()[0].act_id)
    [market] = register.places()
    assert replace(market, version=1, origins=before[0].origins) == before[0]
    # What was undone is not brought back by the same list.
    made = plan(register, write_csv(HEADER, MARKET.replace("0931-1", "0931-8")))
    assert outcomes(made) == ["unchanged"]


def test_the_samples_of_the_sheet_to_fill_in_are_not_read(
    register: Register, tmp_path: Path
) -> None:
    path = tmp_path / EXAMPLE_NAME
    path.write_bytes(example_sheet(CLASSES))
    with pytest.raises(SheetError, match="has no rows"):
        read_list(path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    heads = {cell.value: cell.column for cell in sheet[1]}
    for header, value in (("名称", "东方红广场便民厕所"), ("类别", "便民服务")):
        sheet.cell(4, heads[header], value)
    book.save(path)
    made = take(register, path)
    assert [(row.number, row.name) for row in made.rows] == [(4, "东方红广场便民厕所")]
    assert [place.name for place in register.places()] == ["东方红广场便民厕所"]
