"""Positions in every form people have them, and in forms nobody can use."""

from __future__ import annotations

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from sentences import assert_speaks

from circle.errors import PositionError
from circle.geometry import Bounds, LonLat
from circle.positions import locate

POINTS = [(7.42, 43.73), (7.43, 43.74)]


@pytest.mark.parametrize(
    "given",
    [
        LonLat(7.42, 43.73),
        (7.42, 43.73),
        [7.42, 43.73],
        np.array([7.42, 43.73]),
        [(7.42, 43.73)],
        [LonLat(7.42, 43.73)],
        np.array([[7.42, 43.73]]),
        geopandas.GeoSeries([shapely.Point(7.42, 43.73)]),
        geopandas.GeoSeries([shapely.Point(7.42, 43.73)], crs="EPSG:4326"),
    ],
    ids=lambda given: type(given).__name__,
)
def test_one_position(given) -> None:
    located = locate(given)
    assert located.lon.tolist() == [7.42]
    assert located.lat.tolist() == [43.73]
    assert located.index.tolist() == [0]


def test_two_positions_are_not_taken_for_one() -> None:
    for given in (POINTS, tuple(POINTS), [LonLat(*p) for p in POINTS], np.array(POINTS)):
        assert locate(given).lon.tolist() == [7.42, 7.43]


def test_tables_keep_their_labels_and_any_reference_system() -> None:
    table = geopandas.GeoDataFrame(
        {"name": ["a", "b"]},
        geometry=geopandas.points_from_xy(*zip(*POINTS, strict=True)),
        index=pd.Index(["x", "y"], name="id"),
        crs="EPSG:4326",
    )
    for given in (table, table.to_crs("EPSG:32632"), table.to_crs("EPSG:3857").geometry):
        located = locate(given)
        assert located.index.tolist() == ["x", "y"]
        assert located.lon == pytest.approx([7.42, 7.43], abs=1e-9)
        assert located.lat == pytest.approx([43.73, 43.74], abs=1e-9)


@pytest.mark.parametrize(
    "given",
    [
        [],
        np.empty((0, 2)),
        geopandas.GeoSeries([], crs="EPSG:4326"),
        [(7.42,)],
        [(7.42, 43.73, 60.0)],
        [7.42, 43.73, 60.0],
        7.42,
        None,
        "7.42,43.73",
        [(7.42, None)],
        [None],
        [(43.73, 174.0)],
        shapely.Polygon([(0, 0), (1, 0), (1, 1)]),
        geopandas.GeoSeries([shapely.Point(7.42, 43.73), None], crs="EPSG:4326"),
        geopandas.GeoSeries([shapely.Point()], crs="EPSG:4326"),
        geopandas.GeoSeries([shapely.box(7, 43, 8, 44)], crs="EPSG:4326"),
    ],
    ids=repr,
)
def test_no_positions(given) -> None:
    with pytest.raises(PositionError) as caught:
        locate(given)
    assert_speaks(caught.value)


def test_of_several_positions_the_wrong_one_is_named() -> None:
    given = geopandas.GeoSeries(
        [shapely.Point(7.42, 43.73), shapely.Point(9.0, 43.73)],
        index=["clinic", "bank"],
        crs="EPSG:4326",
    )
    with pytest.raises(PositionError) as caught:
        locate(given, within=Bounds(7.4, 43.7, 7.5, 43.8))
    assert_speaks(caught.value, "2", "bank")
    assert "clinic" not in caught.value.en
