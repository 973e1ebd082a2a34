"""Saved networks: what is damaged, foreign or half-written never opens, and nothing is lost."""

from __future__ import annotations

import json
import resource
import stat
from pathlib import Path

import numpy as np
import pytest
from sentences import assert_speaks
from sketch import sketch

import circle
from circle.errors import NetworkFileError
from circle.network_file import FORMAT_VERSION, MAGIC, load_network, save_network

PLAN = sketch(
    """
    A---B---C
    !   |
    =====|===
    ~~~~|~~~
        D
    """.replace("=====|===", "====|===="),
    AB={"highway": "residential", "name": "庆阳路"},
    C={"barrier": "gate", "access": "private"},
)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return save_network(PLAN.network, tmp_path / "town.circle")


def test_what_comes_back_is_what_went_in(saved: Path) -> None:
    network = load_network(saved)
    assert network.provenance == PLAN.network.provenance
    assert network.names == ("庆阳路",)
    assert network.bounds == PLAN.network.bounds
    assert network.frame == PLAN.network.frame
    for name, value in vars(PLAN.network).items():
        if isinstance(value, np.ndarray):
            assert getattr(network, name).dtype == value.dtype
            assert np.array_equal(getattr(network, name), value), name


def test_it_answers_the_same(saved: Path) -> None:
    network = load_network(saved)
    for question in (
        lambda net: circle.isochrone_geojson(net, PLAN.at("A"), minutes=(1, 2)),
        lambda net: circle.travel_times(net, PLAN.at("A"), PLAN.at("D"), minutes=5).to_json(),
        lambda net: circle.route(net, PLAN.at("C"), PLAN.at("D")),
        lambda net: net.edges_frame().to_json(),
    ):
        assert question(network) == question(PLAN.network)


def test_arrays_are_mapped_and_cannot_be_written(saved: Path) -> None:
    network = load_network(saved)
    for name, value in vars(network).items():
        if isinstance(value, np.ndarray) and value.size:
            assert not value.flags.owndata, name
            with pytest.raises(ValueError, match="read-only"):
                value.flat[0] = 0


def test_the_same_network_gives_the_same_bytes(saved: Path, tmp_path: Path) -> None:
    again = save_network(load_network(saved), tmp_path / "again.circle")
    assert again.read_bytes() == saved.read_bytes()


def test_others_may_read_the_file(saved: Path) -> None:
    assert saved.stat().st_mode & stat.S_IRGRP


def test_a_string_is_a_path_too(tmp_path: Path) -> None:
    path = save_network(PLAN.network, str(tmp_path / "text.circle"))
    assert load_network(str(path)).n_edges == PLAN.network.n_edges
    assert circle.read_streets(str(path)).n_edges == PLAN.network.n_edges


class TestDamage:
    def test_missing(self, tmp_path: Path) -> None:
        with pytest.raises(NetworkFileError) as caught:
            load_network(tmp_path / "no.circle")
        assert_speaks(caught.value, "no.circle")

    def test_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "town.circle").mkdir()
        with pytest.raises(NetworkFileError) as caught:
            load_network(tmp_path / "town.circle")
        assert_speaks(caught.value, "town.circle")

    @pytest.mark.parametrize(
        "content", [b"", b"C", b"PK\3\4" + b"\0" * 100, b"{}", b"\x89HDF\r\n\x1a\n", b"CIRCLEWM"]
    )
    def test_foreign(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "foreign.circle"
        path.write_bytes(content)
        with pytest.raises(NetworkFileError) as caught:
            load_network(path)
        assert_speaks(caught.value, "foreign.circle", "not a saved walking network")

    def test_cut_off_anywhere(self, saved: Path) -> None:
        content = saved.read_bytes()
        header_end = 20 + int.from_bytes(content[12:16], "little")
        cuts = [8, 9, 15, 19, 20, 21, header_end - 1, header_end, header_end + 1]
        cuts += np.linspace(header_end + 2, len(content) - 1, 40).astype(int).tolist()
        for cut in cuts:
            saved.write_bytes(content[:cut])
            with pytest.raises(NetworkFileError) as caught:
                load_network(saved)
            assert_speaks(caught.value, "town.circle", "damaged or cut off")

    def test_longer_than_it_says(self, saved: Path) -> None:
        saved.write_bytes(saved.read_bytes() + b"\0")
        with pytest.raises(NetworkFileError) as caught:
            load_network(saved)
        assert_speaks(caught.value, "town.circle")

    def test_one_flipped_bit_anywhere(self, saved: Path) -> None:
        content = saved.read_bytes()
        header_end = 20 + int.from_bytes(content[12:16], "little")
        padding = range(header_end, header_end + -header_end % 64)
        rng = np.random.default_rng(1)
        places = [*range(20), *rng.integers(20, len(content), 150).tolist(), len(content) - 1]
        for at in places:
            if at in padding:
                continue
            damaged = bytearray(content)
            damaged[at] ^= 1 << int(rng.integers(8))
            saved.write_bytes(damaged)
            with pytest.raises(NetworkFileError) as caught:
                load_network(saved)
            assert_speaks(caught.value, "town.circle")

    def test_another_version(self, saved: Path) -> None:
        content = bytearray(saved.read_bytes())
        content[8:12] = (FORMAT_VERSION + 1).to_bytes(4, "little")
        saved.write_bytes(content)
        with pytest.raises(NetworkFileError) as caught:
            load_network(saved)
        assert_speaks(caught.value, f"version {FORMAT_VERSION + 1}", f"reads 1 to {FORMAT_VERSION}")

    def test_the_header_is_json_people_can_read(self, saved: Path) -> None:
        content = saved.read_bytes()
        assert content.startswith(MAGIC)
        header = json.loads(content[20 : 20 + int.from_bytes(content[12:16], "little")])
        assert header["provenance"]["source"] == "sketch"
        starts = [entry["offset"] % 64 for entry in header["arrays"]]
        assert set(starts) == {0}


class TestFailedSave:
    def test_no_such_folder(self, tmp_path: Path) -> None:
        with pytest.raises(NetworkFileError) as caught:
            save_network(PLAN.network, tmp_path / "no" / "town.circle")
        assert_speaks(caught.value, "town.circle")
        assert not list(tmp_path.iterdir())

    def test_a_file_where_the_folder_should_be(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x")
        with pytest.raises(NetworkFileError) as caught:
            save_network(PLAN.network, tmp_path / "file" / "town.circle")
        assert_speaks(caught.value, "town.circle")

    def test_a_folder_where_the_file_should_be(self, tmp_path: Path) -> None:
        (tmp_path / "town.circle").mkdir()
        with pytest.raises(NetworkFileError) as caught:
            save_network(PLAN.network, tmp_path / "town.circle")
        assert_speaks(caught.value, "town.circle")
        assert [path.name for path in tmp_path.iterdir()] == ["town.circle"]

    def test_the_old_file_survives_a_full_disk(self, saved: Path) -> None:
        before = saved.read_bytes()
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, limits[1]))
        try:
            with pytest.raises(NetworkFileError) as caught:
                save_network(PLAN.network, saved)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert_speaks(caught.value, "town.circle")
        assert saved.read_bytes() == before
        assert [path.name for path in saved.parent.iterdir()] == ["town.circle"]

    def test_replacing_a_file_that_is_open(self, saved: Path) -> None:
        network = load_network(saved)
        save_network(sketch("A---B").network, saved)
        # Who had it open still walks on the old one.
        assert network.n_edges == PLAN.network.n_edges
        assert np.array_equal(network.edge_length_m, PLAN.network.edge_length_m)
        assert load_network(saved).n_edges == 1
