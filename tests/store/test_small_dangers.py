"""Days, signs of formulas, a cache somebody else holds: small things that lose or change data."""

from __future__ import annotations

import datetime
import sqlite3
from pathlib import Path

import pytest

from circle.errors import SheetError
from circle.geocoding import AnswerCache
from circle.store import Place, Register, review
from circle.store.harmless import harmless
from circle.store.list_files import clean, read_list

CHINA = datetime.timezone(datetime.timedelta(hours=8))


def test_a_check_before_eight_is_of_the_day_it_is_done() -> None:
    early = datetime.datetime(2026, 5, 2, 7, 30, tzinfo=CHINA)
    with Register.open(":memory:") as register:
        with register.writing("Li Na", now=lambda: early) as writer:
            writer.add(Place("a", "A", "health", lon=1.0, lat=1.0))
            review.check(writer, "a", 1)
        assert register.place("a").checked_on == "2026-05-02"
        assert register.changes()[0].at == "2026-05-01T23:30:00.000+00:00"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_text_is_a_formula_and_each_comes_back(sign: str) -> None:
    for text in (f"{sign}1+1", f"'{sign}1", f"''{sign}1"):
        assert harmless(text).startswith("'")
        assert harmless(text) != text
        assert clean(harmless(text)) == text


def test_a_cache_another_program_holds_is_not_thrown_away(tmp_path: Path) -> None:
    path = tmp_path / "geocoding.sqlite"
    first = AnswerCache(path)
    first.put("asked", {"lon": 1})
    first.close()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("begin exclusive")
    held = path.read_bytes()
    try:
        quick = sqlite3.connect
        sqlite3.connect = lambda *a, **k: quick(*a, **{**k, "timeout": 0.05})  # type: ignore[assignment]
        try:
            other = AnswerCache(path)
        finally:
            sqlite3.connect = quick
        other.put("more", 1)
        assert other.get("more") == 1  # it works on, in memory
        other.close()
        assert path.read_bytes() == held
    finally:
        holder.execute("rollback")
        holder.close()
    again = AnswerCache(path)
    assert again.get("asked") == {"lon": 1}
    again.close()


def test_a_damaged_cache_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "geocoding.sqlite"
    path.write_bytes(b"no database at all, but longer than a header of one hundred bytes" * 4)
    cache = AnswerCache(path)
    cache.put("asked", 1)
    cache.close()
    again = AnswerCache(path)
    assert again.get("asked") == 1
    again.close()


@pytest.mark.parametrize("suffix", [".geojson", ".json", ".gpkg", ".shp"])
@pytest.mark.parametrize(
    "around", ["{}", '{{"type": "FeatureCollection", "features": [], "x": "{}"}}']
)
def test_a_list_does_not_lead_to_other_files_of_the_machine(
    tmp_path: Path, suffix: str, around: str
) -> None:
    secret = tmp_path / "salaries.csv"
    secret.write_text("name,class\nDirector,9000\n")
    # What GDAL takes for a description of another source, whatever the file is called.
    leads = (
        "<OGRVRTDataSource><OGRVRTLayer name='salaries'>"
        f"<SrcDataSource>{secret}</SrcDataSource><GeometryType>wkbNone</GeometryType>"
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    path = tmp_path / f"list{suffix}"
    path.write_text(around.format(leads))
    with pytest.raises(SheetError) as caught:
        read_list(path)
    assert "Director" not in caught.value.en
