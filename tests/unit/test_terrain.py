"""Heights and slopes: planes whose answers follow by arithmetic, files as they come."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine
from sentences import assert_speaks
from sketch import FRAME, Sketch, sketch

import circle
from circle.errors import TerrainError
from circle.geometry import Bounds
from circle.network import WalkNetwork
from circle.network_file import load_network, save_network
from circle.terrain import PACE_UNIT, Heights, read_heights, tobler_ratio
from circle.walkers import WALKERS

EAST, NORTH = 800.0, 800.0
WKT = FRAME.crs.to_wkt()


def write_tif(
    path: Path,
    height: Any,
    *,
    cell_m: float = 30.0,
    crs: Any = WKT,
    nodata: float | None = -9999.0,
    transform: Affine | None = None,
) -> Path:
    """Write heights given by a function of metres east and north, or as cells."""
    n = round(2 * EAST / cell_m)
    centre = (np.arange(n) + 0.5) * cell_m - EAST
    if callable(height):
        height = height(centre[None, :], -centre[:, None]) + np.zeros((n, n))
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=height.shape[1],
        height=height.shape[0],
        count=1,
        dtype="float32",
        crs=crs,
        transform=transform or Affine(cell_m, 0, -EAST, 0, -cell_m, NORTH),
        nodata=nodata,
    ) as file:
        file.write(height.astype(np.float32), 1)
    return path


STREETS = sketch(
    """
    A--------B--------C
    |                 |
    |                 |
    D--------E--------F
    """,
    m_per_char=20,
)


def laid(network: WalkNetwork, path: Path) -> WalkNetwork:
    return network.with_heights(read_heights(path, within=network.bounds))


def seconds(
    network: WalkNetwork, plan: Sketch, start: str, end: str, walker: str = "adult"
) -> float:
    table = circle.travel_times(network, plan.at(start), plan.at(end), minutes=60, walker=walker)
    return float(table.time_s[0])


class TestPlane:
    @pytest.mark.parametrize("cell_m", [2.0, 30.0, 90.0])
    @pytest.mark.parametrize("slope", [0.02, 0.1, 0.3])
    def test_a_tilted_plane_gives_toblers_ratio(
        self, tmp_path: Path, slope: float, cell_m: float
    ) -> None:
        path = write_tif(tmp_path / "plane.tif", lambda e, n: 500 + slope * e, cell_m=cell_m)
        tilted = laid(STREETS.network, path)
        flat = seconds(STREETS.network, STREETS, "A", "C")
        up = seconds(tilted, STREETS, "A", "C")
        down = seconds(tilted, STREETS, "C", "A")
        assert up / flat == pytest.approx(1 / tobler_ratio(slope), abs=0.001)
        expected = max(1.0, 1 / float(tobler_ratio(-slope)))
        assert down / flat == pytest.approx(expected, abs=0.001)
        # Along the contour nothing changes, to the millisecond.
        assert seconds(tilted, STREETS, "A", "D") == seconds(STREETS.network, STREETS, "A", "D")

    def test_every_walker_is_slowed_alike_and_steps_are_paid_beside(self, tmp_path: Path) -> None:
        plan = sketch("A-----B", m_per_char=20, AB={"highway": "crossing"})
        path = write_tif(tmp_path / "plane.tif", lambda e, n: 0.1 * e)
        tilted = laid(plan.network, path)
        ratio = 1 / float(tobler_ratio(0.1))
        for key, walker in WALKERS.items():
            expected = 120 / walker.speed_m_s * ratio
            assert seconds(tilted, plan, "A", "B", key) == pytest.approx(expected, rel=0.001)

    def test_metres_stay_metres(self, tmp_path: Path) -> None:
        path = write_tif(tmp_path / "plane.tif", lambda e, n: 0.2 * e)
        tilted = laid(STREETS.network, path)
        for start, end in ("AC", "CA", "DF"):
            metres = [
                circle.travel_times(net, STREETS.at(start), STREETS.at(end), metres=2000)
                for net in (STREETS.network, tilted)
            ]
            assert metres[0].equals(metres[1])

    def test_steps_keep_their_own_rule(self, tmp_path: Path) -> None:
        plan = sketch("A-----B", m_per_char=20, AB={"highway": "steps", "step_count": "60"})
        path = write_tif(tmp_path / "plane.tif", lambda e, n: 0.5 * e)
        tilted = laid(plan.network, path)
        assert seconds(tilted, plan, "A", "B") == seconds(plan.network, plan, "A", "B")

    def test_wheelchairs_leave_out_what_is_steep(self, tmp_path: Path) -> None:
        for slope, passes in ((0.1, True), (0.15, False)):
            path = write_tif(tmp_path / "plane.tif", lambda e, n, s=slope: s * n)
            tilted = laid(STREETS.network, path)
            found = seconds(tilted, STREETS, "A", "D", "wheelchair")
            assert math.isfinite(found) == passes
            assert math.isfinite(seconds(tilted, STREETS, "A", "D", "pushchair"))
        able = STREETS.network.with_heights(read_heights(path), steep_slope=0.2)
        assert math.isfinite(seconds(able, STREETS, "A", "D", "wheelchair"))

    def test_degrees_too(self, tmp_path: Path) -> None:
        step = 1 / 3600
        west, north = FRAME.lon_0 - 40 * step, FRAME.lat_0 + 40 * step
        lat = north - (np.arange(80) + 0.5) * step
        _, y = FRAME.to_xy(np.full(80, FRAME.lon_0), lat)
        height = np.repeat((0.1 * y)[:, None], 80, axis=1)
        transform = Affine(step, 0, west, 0, -step, north)
        path = write_tif(tmp_path / "d.tif", height, crs="EPSG:4326", transform=transform)
        tilted = laid(STREETS.network, path)
        ratio = seconds(tilted, STREETS, "D", "A") / seconds(STREETS.network, STREETS, "D", "A")
        assert ratio == pytest.approx(1 / tobler_ratio(0.1), abs=0.002)


class TestNoise:
    def test_flat_ground_stays_flat_under_noise(self, tmp_path: Path) -> None:
        rng = np.random.default_rng(1)
        for cell_m in (30.0, 90.0):
            n = round(2 * EAST / cell_m)
            noisy = 300 + rng.normal(0, 3.0, (n, n))
            path = write_tif(tmp_path / "noise.tif", noisy, cell_m=cell_m)
            network = laid(STREETS.network, path)
            ratio = network.edge_pace / PACE_UNIT
            assert ratio.mean() < 1.025
            assert ratio.max() < 1.12
            assert not (network.edge_flags & 8192).any()

    def test_a_survey_keeps_its_hills(self, tmp_path: Path) -> None:
        def hill(e: Any, n: Any) -> Any:
            return 20 * np.exp(-(e**2) / (2 * 60.0**2)) + 0 * n

        fine = laid(STREETS.network, write_tif(tmp_path / "fine.tif", hill, cell_m=2.0))
        # Up and down a bell: from A to B is up, and the way back down.
        assert seconds(fine, STREETS, "A", "B") > 1.3 * seconds(STREETS.network, STREETS, "A", "B")


class TestBridges:
    def test_a_bridge_does_not_go_down_into_the_valley(self, tmp_path: Path) -> None:
        plan = sketch(
            """
            A---B---P---C---D
                    |
                    E
            """,
            m_per_char=20,
            BP={"highway": "footway", "bridge": "yes"},
            PC={"highway": "footway", "bridge": "yes"},
            PE=None,
        )
        path = write_tif(
            tmp_path / "valley.tif",
            lambda e, n: np.where(np.abs(e) < 60, 200.0, 230.0) + 0.05 * e,
            cell_m=2.0,
        )
        tilted = laid(plan.network, path)
        edges = [plan.edge("BP"), plan.edge("PC")]
        heights = tilted.node_height_m[tilted.edge_node[edges[0]]]
        rise = (tilted.node_height_m[plan.network.edge_node[edges[1], 1]] - heights[0]) / 160
        for edge in edges:
            assert tilted.edge_pace[edge] / PACE_UNIT == pytest.approx(
                [1 / float(tobler_ratio(rise)), 1.0], abs=0.002
            )

    def test_a_bridge_that_meets_no_ground_is_level(self, tmp_path: Path) -> None:
        plan = sketch("A---B", m_per_char=20, AB={"highway": "footway", "bridge": "yes"})
        path = write_tif(tmp_path / "plane.tif", lambda e, n: np.nan * e, nodata=math.nan)
        tilted = laid(plan.network, path)
        assert (tilted.edge_pace == PACE_UNIT).all()


class TestUnknown:
    def test_outside_is_level_and_told(self, tmp_path: Path) -> None:
        path = write_tif(
            tmp_path / "half.tif",
            lambda e, n: np.where(n < 0, -9999.0, 0.1 * e),
            cell_m=2.0,
        )
        half = laid(STREETS.network, path)
        assert half.edge_pace[STREETS.edge("DE")].tolist() == [PACE_UNIT, PACE_UNIT]
        assert half.edge_pace[STREETS.edge("AB")][0] > PACE_UNIT
        told = half.provenance.as_dict()
        assert told["heights"] == "half.tif"
        assert 0.3 < told["heights_share"] < 0.6

    def test_nowhere_near(self, tmp_path: Path) -> None:
        path = write_tif(tmp_path / "far.tif", np.ones((50, 50)), crs="EPSG:4326",
                         transform=Affine(0.001, 0, 7, 0, -0.001, 43))  # fmt: skip
        far = laid(STREETS.network, path)
        assert (far.edge_pace == PACE_UNIT).all()
        assert far.provenance.heights_share == 0.0
        for start, end in ("AC", "CA", "DF"):
            assert seconds(far, STREETS, start, end) == seconds(
                STREETS.network, STREETS, start, end
            )

    def test_the_network_itself_is_unchanged(self, tmp_path: Path) -> None:
        before = circle.isochrone_geojson(STREETS.network, STREETS.at("A"), minutes=5)
        laid(STREETS.network, write_tif(tmp_path / "p.tif", lambda e, n: 0.2 * e))
        assert not STREETS.network.has_heights
        assert circle.isochrone_geojson(STREETS.network, STREETS.at("A"), minutes=5) == before


class TestFiles:
    def tile(self, folder: Path, name: str, value: Any) -> Path:
        cells = np.full((1201, 1201), value, ">i2")
        path = folder / f"{name}.hgt"
        path.write_bytes(cells.tobytes())
        return path

    def test_bilinear(self, tmp_path: Path) -> None:
        cells = np.array([[10.0, 20.0], [30.0, 60.0]])
        path = write_tif(tmp_path / "four.tif", cells, crs="EPSG:4326",
                         transform=Affine(1, 0, 10, 0, -1, 50))  # fmt: skip
        heights = read_heights(path)
        lon, lat = [10.5, 11.5, 11.0, 11.0, 10.75, 10.4], [49.5, 48.5, 49.5, 49.0, 49.25, 49.0]
        assert heights.at(lon, lat)[:5] == pytest.approx([10, 60, 15, 30, 18.75])
        assert np.isnan(heights.at(lon, lat)[5])

    def test_tiles_join_at_their_seam(self, tmp_path: Path) -> None:
        for name, value in (("N36E103", 100), ("N37E103", 100), ("N36E104", 100)):
            self.tile(tmp_path, name, value)
        heights = read_heights(tmp_path, within=Bounds(103.98, 36.98, 104.02, 36.999))
        assert len(heights.grids) == 1
        assert heights.at([104.0, 103.99, 104.01], [36.99] * 3).tolist() == [100.0] * 3
        assert heights.smoothed.at([104.0], [36.99]) == pytest.approx([100.0])

    def test_zipped(self, tmp_path: Path) -> None:
        plain = self.tile(tmp_path, "N36E103", 77)
        with zipfile.ZipFile(tmp_path / "N36E103.hgt.zip", "w") as archive:
            archive.write(plain, "N36E103.hgt")
        assert read_heights(tmp_path / "N36E103.hgt.zip").at(103.5, 36.5).tolist() == [77.0]

    def test_void_cells_are_unknown(self, tmp_path: Path) -> None:
        self.tile(tmp_path, "N36E103", -32768)
        assert np.isnan(read_heights(tmp_path / "N36E103.hgt").at(103.5, 36.5)).all()

    def test_no_file(self, tmp_path: Path) -> None:
        for path in (tmp_path / "none.tif", tmp_path, []):
            with pytest.raises(TerrainError) as caught:
                read_heights(path)
            assert_speaks(caught.value)

    @pytest.mark.parametrize("name", ["a.tif", "N36E103.hgt", "N36E103.hgt.zip", "a.png"])
    def test_damaged(self, tmp_path: Path, name: str) -> None:
        path = tmp_path / name
        path.write_bytes(b"no heights at all")
        with pytest.raises(TerrainError) as caught:
            read_heights(path)
        assert_speaks(caught.value, name)

    def test_cut_off(self, tmp_path: Path) -> None:
        path = write_tif(tmp_path / "cut.tif", lambda e, n: e + n)
        path.write_bytes(path.read_bytes()[:3000])
        with pytest.raises(TerrainError) as caught:
            read_heights(path)
        assert_speaks(caught.value, "cut.tif")

    def test_without_a_place_on_the_earth(self, tmp_path: Path) -> None:
        path = write_tif(tmp_path / "lost.tif", lambda e, n: e, crs=None)
        with pytest.raises(TerrainError) as caught:
            read_heights(path)
        assert_speaks(caught.value, "lost.tif", "coordinate system")

    def test_saved_networks_carry_slopes(self, tmp_path: Path) -> None:
        path = write_tif(tmp_path / "plane.tif", lambda e, n: 0.1 * e)
        tilted = laid(STREETS.network, path)
        opened = load_network(save_network(tilted, tmp_path / "tilted.circle"))
        assert opened.provenance == tilted.provenance
        assert np.array_equal(opened.edge_pace, tilted.edge_pace)
        assert circle.isochrone_geojson(opened, STREETS.at("A"), minutes=5) == (
            circle.isochrone_geojson(tilted, STREETS.at("A"), minutes=5)
        )
        level = save_network(STREETS.network, tmp_path / "level.circle").read_bytes()
        assert level[8] == 1
        assert (tmp_path / "tilted.circle").read_bytes()[8] == 2
        assert isinstance(read_heights(path), Heights)
