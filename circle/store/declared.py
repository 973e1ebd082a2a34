"""Which coordinates of a list declare no datum, and why they are refused; nobody guesses it."""

from __future__ import annotations

from circle.datum import DATUMS, to_wgs84
from circle.errors import CircleError, SheetError
from circle.store.list_files import ListRow, PlaceList


def undeclared_rows(places: PlaceList, datum: str | None) -> tuple[ListRow, ...]:
    """Return the rows whose coordinates nobody has declared a datum for."""
    if datum is not None or places.reference is not None:
        return ()
    return tuple(
        row
        for row in places.rows
        if row.lonlat is not None or (_has_coordinates(row) and not row.cells.get("datum"))
    )


def datum_refusal(places: PlaceList, datum: str | None) -> SheetError | None:
    """
    Return why a list as a whole is refused: it has coordinates and nowhere says a datum.

    Where other rows declare theirs, those that do not are refused one by one.
    """
    undeclared = undeclared_rows(places, datum)
    if not undeclared or any(_has_coordinates(r) and r.cells.get("datum") for r in places.rows):
        return None
    return SheetError(
        en=f"{places.name} has coordinates and does not say in what datum; the same numbers "
        f"mean places up to 1 km apart. Say one of {', '.join(DATUMS)}: a list from Amap or "
        "Tencent is gcj02, one from Baidu bd09, one from Tianditu cgcs2000, GPS wgs84.",
        zh=f"{places.name} 有坐标，但没有说明坐标系；同样的数字在不同坐标系中可相差 1 公里。"
        f"请指定 {'、'.join(DATUMS)} 之一：高德、腾讯为 gcj02，百度为 bd09，"
        "天地图为 cgcs2000，GPS 为 wgs84。",
    )


def _has_coordinates(row: ListRow) -> bool:
    return bool(row.cells.get("lonlat") or (row.cells.get("lon") and row.cells.get("lat")))


def without_datum(x: float, y: float) -> tuple[str, str]:
    """
    Return why a row is refused whose coordinates declare no datum, in both languages.

    Examples
    --------
    >>> without_datum(103.8343, 36.0611)[0].partition("be: ")[2].split("; ")[1]
    'gcj02 103.83189,36.06142'
    """
    spots = []
    for datum in DATUMS:
        try:
            lon, lat = to_wgs84(x, y, datum)
        except CircleError:
            continue
        spots.append(f"{datum} {float(lon):.5f},{float(lat):.5f}")
    return (
        "it has coordinates and no datum; write wgs84 (GPS), gcj02 (Amap, Tencent), bd09 (Baidu) "
        "or cgcs2000 (Tianditu) into its row. On WGS-84 they would be: " + "; ".join(spots),
        "有坐标但没有说明坐标系；请在该行填写 wgs84（GPS）、gcj02（高德、腾讯）、bd09（百度）或 "
        "cgcs2000（天地图）。换算成 WGS-84 分别是：" + "；".join(spots),
    )
