"""Opening streets of any format, and the straight street of the examples."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import circle
from circle.network_file import save_network
from circle.resources import data_path
from circle.streets import read_streets, straight_street


@pytest.mark.parametrize("length_m", [10.0, 300.0, 2_000.0])
@pytest.mark.parametrize(("lon", "lat"), [(0.0, 0.0), (103.8343, 36.0611)])
def test_a_straight_street(length_m: float, lon: float, lat: float) -> None:
    street = straight_street(length_m=length_m, lon=lon, lat=lat)
    # The radius it is drawn with is the equator's; farther north the ellipsoid is a little longer.
    assert street.edge_length_m.sum() == pytest.approx(length_m, rel=0.004)
    assert street.bounds.contains(circle.LonLat(lon, lat))


def test_the_suffix_decides_whatever_its_case(tmp_path: Path) -> None:
    line = {"type": "LineString", "coordinates": [[7.42, 43.73], [7.43, 43.73]]}
    feature = {"type": "Feature", "properties": {"highway": "footway"}, "geometry": line}
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    for name in ("a.geojson", "b.GeoJSON", "c.json"):
        (tmp_path / name).write_text(text)
        assert read_streets(tmp_path / name).n_edges == 1
        assert read_streets(str(tmp_path / name)).n_edges == 1
    saved = save_network(read_streets(tmp_path / "a.geojson"), tmp_path / "d.CIRCLE")
    assert read_streets(saved).n_edges == 1


def test_the_sample_opens_with_its_ground() -> None:
    folder = data_path("shanzishi")
    plain = read_streets(folder / "streets.geojson")
    with_ground = read_streets(folder / "streets.geojson", ground=folder / "basemap.geojson")
    assert with_ground.n_edges == plain.n_edges > 50
    assert len(with_ground.water_tree.geometries) > len(plain.water_tree.geometries)
