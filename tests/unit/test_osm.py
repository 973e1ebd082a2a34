"""Reading OSM files: a small town written by hand, and files that are none."""

from __future__ import annotations

import bz2
import gzip
import hashlib
from pathlib import Path

import numpy as np
import osmium
import pytest
from sentences import assert_speaks

from circle.errors import StreetsError
from circle.network_build import build_network
from circle.osm import read_header, read_osm
from circle.streets import read_streets
from circle.walking import Barrier, Flag, Kind

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="by hand">\n'
TOWN = (
    HEAD
    + """
  <bounds minlat="36.0600" minlon="103.8300" maxlat="36.0640" maxlon="103.8360"/>
  <node id="1" version="1" timestamp="2023-05-01T00:00:00Z" lat="36.0610" lon="103.8310"/>
  <node id="2" version="1" timestamp="2023-05-01T00:00:00Z" lat="36.0610" lon="103.8320"/>
  <node id="3" version="1" timestamp="2023-05-01T00:00:00Z" lat="36.0610" lon="103.8330"/>
  <node id="4" version="1" timestamp="2023-05-01T00:00:00Z" lat="36.0620" lon="103.8320"/>
  <node id="5" version="1" timestamp="2023-05-01T00:00:00Z" lat="36.0600" lon="103.8320">
    <tag k="barrier" v="gate"/><tag k="access" v="private"/>
  </node>
  <node id="6" version="1" timestamp="2023-05-01T00:00:00Z" lat="36.0590" lon="103.8320"/>
  <node id="7" version="1" timestamp="2023-05-01T00:00:00Z" lat="36.0630" lon="103.8330"/>
  <node id="8" version="1" timestamp="2023-05-01T00:00:00Z" lat="36.0632" lon="103.8334"/>
  <node id="9" version="1" timestamp="2023-05-01T00:00:00Z" lat="36.0630" lon="103.8334"/>
  <way id="10" version="1" timestamp="2023-06-02T00:00:00Z">
    <nd ref="1"/><nd ref="2"/><nd ref="3"/>
    <tag k="highway" v="residential"/><tag k="name" v="中山路 &amp; co"/>
  </way>
  <way id="11" version="1" timestamp="2023-06-01T00:00:00Z">
    <nd ref="4"/><nd ref="2"/><nd ref="5"/><nd ref="6"/>
    <tag k="highway" v="steps"/><tag k="step_count" v="30"/>
  </way>
  <way id="12" version="1" timestamp="2023-06-01T00:00:00Z">
    <nd ref="1"/><nd ref="4"/><tag k="highway" v="motorway"/>
  </way>
  <way id="13" version="1" timestamp="2023-06-01T00:00:00Z">
    <nd ref="7"/><nd ref="8"/><nd ref="9"/><nd ref="7"/><tag k="natural" v="water"/>
  </way>
  <way id="14" version="1" timestamp="2023-06-01T00:00:00Z">
    <nd ref="1"/><nd ref="6"/><tag k="railway" v="rail"/>
  </way>
  <way id="15" version="1" timestamp="2023-06-01T00:00:00Z">
    <nd ref="3"/><nd ref="7"/><tag k="building" v="yes"/>
  </way>
</osm>
"""
)


@pytest.fixture
def town(tmp_path: Path) -> Path:
    path = tmp_path / "town.osm"
    path.write_text(TOWN, "utf-8")
    return path


def write_as(source: Path, target: Path) -> Path:
    """Convert between formats with the library itself."""
    with osmium.io.Reader(str(source)) as reader:
        header = reader.header()
    with osmium.SimpleWriter(str(target), overwrite=True, header=header) as writer:
        for item in osmium.FileProcessor(str(source)):
            writer.add(item)
    return target


class TestTown:
    def test_walkable_ways_alone_are_kept(self, town: Path) -> None:
        table = read_osm(town)
        assert table.way_id.tolist() == [10, 11]
        assert table.names == ["中山路 & co"]
        assert table.way_name.tolist() == [0, -1]
        assert [rule.kind for rule in table.way_rules] == [Kind.ROAD, Kind.STEPS]
        assert table.way_steps.tolist() == [-1, 30]
        assert table.node_id.tolist() == [1, 2, 3, 4, 5, 6]
        assert table.lon.tolist() == pytest.approx(
            [103.831, 103.832, 103.833, 103.832, 103.832, 103.832]
        )

    def test_where_the_data_come_from(self, town: Path) -> None:
        provenance = read_osm(town).provenance
        assert provenance.source == "town.osm"
        assert provenance.data_date == "2023-06-02"
        assert provenance.licence == "ODbL-1.0"
        assert provenance.attribution == "© OpenStreetMap contributors"
        assert provenance.sha256 == hashlib.sha256(town.read_bytes()).hexdigest()

    def test_extent_is_what_the_file_states(self, town: Path) -> None:
        bounds, date = read_header(town)
        assert bounds == pytest.approx((103.83, 36.06, 103.836, 36.064))
        assert date is None
        assert read_osm(town).bounds == bounds

    def test_what_blocks_the_ground(self, town: Path) -> None:
        kinds = sorted(kind for kind, _ in read_osm(town).barriers)
        assert kinds == [Barrier.WATER, Barrier.RAILWAY, Barrier.MOTORWAY]

    def test_network(self, town: Path) -> None:
        network = build_network(read_osm(town))
        # 1-2, 2-3, 4-2, 2-5, 5-6 and the two halves of the passage through the gate.
        assert network.n_edges == 7
        assert (network.edge_kind == Kind.GATE).sum() == 2
        steps = (network.edge_flags & np.uint16(Flag.STEPS)) != 0
        assert network.edge_n_steps[steps].sum() == 30
        assert network.node_is_cut.sum() > 0

    @pytest.mark.parametrize("suffix", [".osm.pbf", ".osm.gz", ".osm.bz2", ".pbf"])
    def test_every_format_gives_the_same_network(
        self, town: Path, tmp_path: Path, suffix: str
    ) -> None:
        first, other = read_streets(town), read_streets(write_as(town, tmp_path / f"other{suffix}"))
        for name in ("node_x_m", "edge_node", "edge_length_m", "edge_flags", "edge_way"):
            a, b = getattr(first, name), getattr(other, name)
            assert np.array_equal(a, b), name
        assert first.bounds == other.bounds

    def test_a_progress_bar_is_shown_only_when_asked(self, town: Path, capfd) -> None:
        read_osm(town)
        assert capfd.readouterr().err == ""
        read_osm(town, progress=True)
        captured = capfd.readouterr()
        assert "town.osm" in captured.err
        assert captured.out == ""


class TestMissingNodes:
    def test_a_way_that_loses_a_node_falls_into_pieces(self, town: Path) -> None:
        text = TOWN.replace('<nd ref="1"/><nd ref="2"/><nd ref="3"/>', "".join(
            f'<nd ref="{ref}"/>' for ref in (4, 1, 99, 2, 3)
        ))  # fmt: skip
        town.write_text(text, "utf-8")
        table = read_osm(town)
        assert table.n_missing_nodes == 1
        assert table.way_id.tolist() == [10, 10, 11]
        assert table.way_first.tolist()[:3] == [0, 2, 4]
        # Both sides of the gap are the edge of the data.
        assert table.node_id[table.cut_node].tolist() == [1, 2]
        network = build_network(table)
        assert network.node_is_cut.sum() >= 2

    def test_no_node_at_all_has_a_position(self, town: Path) -> None:
        lines = [line for line in TOWN.splitlines() if "<node" not in line and "</node" not in line]
        town.write_text("\n".join(line for line in lines if "barrier" not in line), "utf-8")
        with pytest.raises(StreetsError) as caught:
            read_osm(town)
        assert_speaks(caught.value, "town.osm", "position")


class TestBadInput:
    def test_missing(self, tmp_path: Path) -> None:
        for name in ("no.osm.pbf", "no.osm", "no.geojson", "no.graphml"):
            with pytest.raises(StreetsError) as caught:
                read_streets(tmp_path / name)
            assert_speaks(caught.value, name)

    @pytest.mark.parametrize("suffix", [".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".pbf"])
    @pytest.mark.parametrize(
        "content",
        [b"", b"\0" * 500, b"<html><body>404 Not Found</body></html>", b'{"type": "x"}', b"PK\3\4"],
        ids=["empty", "zeros", "html", "json", "zip"],
    )
    def test_not_osm(self, tmp_path: Path, suffix: str, content: bytes) -> None:
        path = tmp_path / f"streets{suffix}"
        path.write_bytes(content)
        with pytest.raises(StreetsError) as caught:
            read_streets(path)
        assert_speaks(caught.value, path.name)
        assert sorted(tmp_path.iterdir()) == [path]

    def test_xml_of_another_kind(self, tmp_path: Path) -> None:
        path = tmp_path / "track.osm"
        path.write_text('<?xml version="1.0"?><gpx version="1.1"><trk/></gpx>')
        with pytest.raises(StreetsError) as caught:
            read_streets(path)
        assert_speaks(caught.value, "track.osm")

    def test_compressed_content_that_is_not_osm(self, tmp_path: Path) -> None:
        for suffix, pack in ((".osm.gz", gzip.compress), (".osm.bz2", bz2.compress)):
            path = tmp_path / f"streets{suffix}"
            path.write_bytes(pack(b"name,lon,lat\n"))
            with pytest.raises(StreetsError) as caught:
                read_streets(path)
            assert_speaks(caught.value, path.name)

    @pytest.mark.parametrize("suffix", [".osm", ".osm.gz", ".osm.bz2", ".osm.pbf"])
    @pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.97])
    def test_cut_off(self, town: Path, tmp_path: Path, suffix: str, share: float) -> None:
        whole = town if suffix == ".osm" else write_as(town, tmp_path / f"whole{suffix}")
        path = tmp_path / f"cut{suffix}"
        content = whole.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])
        with pytest.raises(StreetsError) as caught:
            read_streets(path)
        assert_speaks(caught.value, path.name)

    def test_osm_without_a_way_to_walk_on(self, tmp_path: Path) -> None:
        path = tmp_path / "sea.osm"
        for body in ("", '<node id="1" version="1" lat="0" lon="0"/>'):
            path.write_text(f"{HEAD}{body}</osm>")
            with pytest.raises(StreetsError) as caught:
                read_streets(path)
            assert_speaks(caught.value, "sea.osm", "highway")

    def test_unknown_kind_of_file(self, tmp_path: Path) -> None:
        path = tmp_path / "streets.shp"
        path.write_bytes(b"")
        with pytest.raises(StreetsError) as caught:
            read_streets(path)
        assert_speaks(caught.value, "streets.shp", ".osm.pbf", ".geojson", ".circle")

    def test_a_folder(self, tmp_path: Path) -> None:
        for name in ("town.osm", "town.geojson", "town.graphml"):
            (tmp_path / name).mkdir()
            with pytest.raises(StreetsError) as caught:
                read_streets(tmp_path / name)
            assert_speaks(caught.value, name)

    def test_a_way_of_one_node_and_one_that_repeats_it(self, town: Path) -> None:
        text = TOWN.replace(
            "</osm>",
            '<way id="20" version="1"><nd ref="1"/><tag k="highway" v="footway"/></way>'
            '<way id="21" version="1"><nd ref="3"/><nd ref="3"/>'
            '<tag k="highway" v="footway"/></way>'
            '<way id="22" version="1"><tag k="highway" v="footway"/></way></osm>',
        )
        town.write_text(text, "utf-8")
        network = read_streets(town)
        total = network.edge_length_m.sum()
        town.write_text(TOWN, "utf-8")
        assert total == pytest.approx(read_streets(town).edge_length_m.sum(), abs=1e-6)
