"""A list as people send it: forty rows, some good, some doubtful, some that cannot be kept."""

from __future__ import annotations

import io
from typing import Any

from drawn_study import at
from openpyxl import Workbook

from circle.datum import from_wgs84

HEADERS = ("编号", "设施名称", "分类", "详细地址", "经度", "纬度", "联系电话", "开放时间", "负责人")
SCRIPT = "<script>window.hacked = 1</script>"
FORMULA = '=HYPERLINK("http://evil.example","点我")'
_CLASSES = ("菜市场", "医疗", "停车场", "购物")


def messy_rows() -> list[list[Any]]:
    """Return forty rows under `HEADERS`, their coordinates GCJ-02 around the drawn study."""
    rows: list[list[Any]] = []
    for number in range(30):
        # Along both streets, 45 m apart, so that none is near another.
        east_m, north_m = (-700 + 45 * number, 8) if number % 2 else (6, 20 + 24 * number)
        spot = at(east_m, north_m)
        lon, lat = from_wgs84(spot.lon, spot.lat, "gcj02")
        rows.append(
            [
                f"L{number + 1}",
                f"{'甲乙丙丁戊己庚辛壬癸'[number % 10]}记商店{number + 1}号",
                _CLASSES[number % 4],
                f"东路 {number + 1} 号",
                round(float(lon), 6),
                round(float(lat), 6),
                f"0931-84{number:05d}",
                "周一至周五 8:30—17:30" if number % 3 else None,
                None,
            ]
        )
    spot = at(120, 30)
    lon, lat = (round(float(v), 6) for v in from_wgs84(spot.lon, spot.lat, "gcj02"))
    rows += [
        ["L31", "幸福小食堂", "购物", "东路 99 号", lon, lat, "0931-1111111", "9:00-20:00", "王"],
        ["L32", "幸福小食堂店", "购物", "东路 99 号附 1", lon, lat, None, None, None],
        ["L33", SCRIPT, "购物", "东路 50 号", lon + 0.004, lat, FORMULA, None, SCRIPT],
        ["L34", "无处可寻的茶馆", "购物", "不存在的路九号", None, None, None, None, None],
        ["L35", "也找不到的书屋", "文化", "没有的街 3 号", None, None, None, None, None],
        ["L36", "经纬颠倒的店", "购物", "东路", lat, lon, None, None, None],
        [None, None, "购物", "没有名称", lon, lat, None, None, None],
        ["L38", "没有类别的店", None, "东路", lon, lat + 0.003, None, None, None],
        ["L39", "坐标写错的店", "购物", "东路", "一百零三", lat, None, None, None],
        ["L31", "编号重复的店", "购物", "东路", lon + 0.002, lat, None, None, None],
    ]
    return rows


def workbook(rows: list[list[Any]] | None = None) -> bytes:
    """Return an Excel file with a title above the headers."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["山字石社区 2026 年设施名单"])
    sheet.append(list(HEADERS))
    for row in messy_rows() if rows is None else rows:
        sheet.append(row)
    for line in sheet.iter_rows():
        for cell in line:
            # As text, the way a hostile or a careless hand types it.
            if isinstance(cell.value, str) and cell.value.startswith("="):
                cell.data_type = "s"
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()
