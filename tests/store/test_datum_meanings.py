"""What undeclared coordinates would mean in each datum, against a real map and without one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from circle.classes import load_classes
from circle.datum import DATUMS, Datum, from_wgs84
from circle.features import read_features
from circle.features.model import MapFeatures
from circle.geocoding import geocoder_of
from circle.store.datum_meanings import datum_meanings, meanings_in_words
from circle.store.list_files import PlaceList, read_list
from circle.store.surroundings import Surroundings


@pytest.fixture(scope="module")
def tsinghua(extracts: Path) -> Surroundings:
    features: MapFeatures = read_features(extracts / "beijing_tsinghua_2017.osm")
    return Surroundings(features, geocoder_of(features), load_classes(), features.bounds)


def list_in(datum: Datum, around: Surroundings, folder: Path, *, names: bool) -> PlaceList:
    """Write named things of the map as somebody with a map in that datum would."""
    named = around.features.named
    named = named[(named["name"] != "") & ~named["name"].duplicated(keep=False)]
    rows = named.iloc[:: max(1, len(named) // 30)]
    lines = ["name,class,lon,lat"]
    for number, (name, point) in enumerate(zip(rows["name"], rows["point"], strict=True)):
        lon, lat = from_wgs84(point.x, point.y, datum)
        said = json.dumps(name, ensure_ascii=False) if names else f"unknown {number}"
        lines.append(f"{said},health,{float(lon):.6f},{float(lat):.6f}")
    path = folder / "list.csv"
    path.write_text("\n".join(lines), "utf-8")
    return read_list(path)


@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09"])
def test_the_datum_of_a_list_fits_best(
    datum: Datum, tsinghua: Surroundings, tmp_path: Path
) -> None:
    meanings = datum_meanings(list_in(datum, tsinghua, tmp_path, names=True).rows, tsinghua)
    assert [meaning.datum for meaning in meanings] == list(DATUMS)
    by_datum = {meaning.datum: meaning for meaning in meanings}
    right = by_datum[datum]
    assert right.is_nearest
    assert right.n_same_name >= 20
    assert right.to_same_name_m is not None
    assert right.to_same_name_m < 1
    for other in {"wgs84", "gcj02", "bd09"} - {datum}:
        assert not by_datum[other].is_nearest  # type: ignore[index]
        assert (by_datum[other].to_same_name_m or 0) > 300  # type: ignore[index]
    for language, words in (("en", "fits best"), ("zh", "最吻合")):
        lines = meanings_in_words(meanings, language).split("\n")  # type: ignore[arg-type]
        at = next(number for number, line in enumerate(lines) if line.strip().startswith(datum))
        below = lines[at + 1 : at + 4]
        assert any(words in line for line in below)


def test_without_equal_names_streets_are_what_it_is_held_against(
    tsinghua: Surroundings, tmp_path: Path
) -> None:
    meanings = datum_meanings(list_in("wgs84", tsinghua, tmp_path, names=False).rows, tsinghua)
    assert all(meaning.n_same_name == 0 for meaning in meanings)
    assert all(meaning.to_street_m is not None for meaning in meanings)
    nearest = min(meanings, key=lambda meaning: meaning.to_street_m or 0)
    assert nearest.is_nearest


def test_without_a_map_only_positions_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("name,class,lon,lat\n甲,health,103.8343,36.0611\n乙,health,,", "utf-8")
    meanings = datum_meanings(read_list(path).rows, None)
    assert [[name for name, _ in meaning.first] for meaning in meanings] == [["甲"]] * len(DATUMS)
    assert not any(meaning.is_nearest for meaning in meanings)
    assert meanings[0].first[0][1] == pytest.approx((103.8343, 36.0611))
    assert "best" not in meanings_in_words(meanings, "en")
