"""Downloads: hand-written answers of the servers, and no server at all."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from circle import overpass
from circle.errors import BudgetError, OnlineError, PositionError, StreetsError
from circle.geometry import Bounds
from circle.overpass import download_extract, read_overpass
from circle.walking import Barrier, Kind

CENTRE = (103.8343, 36.0611, 800.0)
STAMP = "2026-01-31T09:00:00Z"


def node(ref: int, lon: float, lat: float, **tags: str) -> dict[str, Any]:
    return {"type": "node", "id": ref, "lon": lon, "lat": lat} | ({"tags": tags} if tags else {})


def way(ref: int, nodes: list[int], **tags: str) -> dict[str, Any]:
    return {"type": "way", "id": ref, "nodes": nodes, "tags": tags}


# A lane with a gate, a crossing for bicycles and people that OSMnx's own filter drops, a motorway
# nobody walks on, a river, and a lake drawn as a relation.
ELEMENTS: list[dict[str, Any]] = [
    node(1, 103.830, 36.060),
    node(2, 103.832, 36.060, barrier="gate", access="private"),
    node(3, 103.834, 36.060),
    node(4, 103.834, 36.061),
    node(5, 103.836, 36.061),
    node(11, 103.830, 36.064),
    node(12, 103.831, 36.064),
    node(13, 103.831, 36.065),
    node(14, 103.830, 36.065),
    way(101, [1, 2, 3], highway="residential", name="箭道巷"),
    way(102, [3, 4], highway="cycleway", cycleway="crossing", foot="designated"),
    way(103, [4, 5], highway="motorway"),
    way(104, [1, 5], waterway="river"),
    way(105, [11, 12, 13, 14, 11]),
    {
        "type": "relation",
        "id": 201,
        "tags": {"type": "multipolygon", "natural": "water"},
        "members": [{"type": "way", "ref": 105, "role": "outer"}],
    },
]

Serve = Callable[..., list[str]]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Answer every question with what the test says; return the questions."""

    def _serve(elements: list[dict[str, Any]] = ELEMENTS, **more: Any) -> list[str]:
        asked: list[str] = []
        answer = {"osm3s": {"timestamp_osm_base": STAMP}, "elements": elements} | more

        def ask(query: str) -> dict[str, Any]:
            asked.append(query)
            return answer

        monkeypatch.setattr(overpass, "_ask", ask)
        return asked

    return _serve


class TestAnswer:
    def test_our_rules_decide_not_osmnx(self, serve: Serve) -> None:
        serve()
        table = read_overpass(CENTRE)
        kinds = dict(zip(table.way_id.tolist(), table.way_rules, strict=True))
        assert {way_id: rule.kind for way_id, rule in kinds.items()} == {
            101: Kind.ROAD,
            102: Kind.CROSSING,
        }
        assert table.names == ["箭道巷"]

    def test_water_and_motorways_are_barriers(self, serve: Serve) -> None:
        serve()
        found = [(kind, shape.geom_type) for kind, shape in read_overpass(CENTRE).barriers]
        assert (Barrier.WATER, "LineString") in found
        assert (Barrier.MOTORWAY, "LineString") in found
        assert [kind for kind, shape in found if "Polygon" in shape] == [Barrier.WATER]

    def test_provenance_names_service_place_and_date(self, serve: Serve) -> None:
        serve()
        told = read_overpass(CENTRE).provenance
        assert told.source == "Overpass API: 103.83430,36.06110 r=800 m"
        assert told.data_date == "2026-01-31"
        assert told.licence == "ODbL-1.0"
        assert told.attribution == "© OpenStreetMap contributors"
        assert told.sha256 is None

    def test_the_data_cover_the_circle(self, serve: Serve) -> None:
        (query,) = [serve()]
        bounds = read_overpass(CENTRE).bounds
        assert bounds.east - bounds.west == pytest.approx(1600 / 90_090, rel=1e-3)
        assert bounds.north - bounds.south == pytest.approx(1600 / 110_950, rel=1e-3)
        assert f"({bounds.south:.6f},{bounds.west:.6f}," in query[0]

    def test_objects_sent_twice_or_out_of_order_count_once(self, serve: Serve) -> None:
        serve([*reversed(ELEMENTS), *ELEMENTS])
        assert read_overpass(CENTRE).way_id.tolist() == [101, 102]

    def test_objects_of_other_types_are_passed_over(self, serve: Serve) -> None:
        serve([*ELEMENTS, {"type": "count", "id": 0}, {"type": "area", "id": 1}])
        assert len(read_overpass(CENTRE).way_id) == 2

    def test_a_place_by_name(self, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
        serve()
        box = Bounds(103.82, 36.05, 103.85, 36.07)
        monkeypatch.setattr(overpass, "_find_place", lambda name: box)
        table = read_overpass("山字石社区, 兰州")
        assert table.provenance.source == "Overpass API: 山字石社区, 兰州"
        assert table.bounds == pytest.approx(box)


class TestQuestion:
    def test_streets(self, serve: Serve) -> None:
        asked = serve()
        read_overpass(CENTRE)
        assert 'way["highway"]' in asked[0]
        for word in ("platform", "pier", "coastline", "multipolygon"):
            assert word in asked[0]
        assert "building" not in asked[0]

    def test_everything(self, serve: Serve, tmp_path: Path) -> None:
        asked = serve()
        download_extract(CENTRE, tmp_path / "all.osm.pbf", everything=True)
        assert ";way(" in asked[0]
        assert "node(" in asked[0]


class TestFile:
    @pytest.mark.parametrize("name", ["a.osm.pbf", "a.osm", "a.osm.gz"])
    def test_it_is_an_osm_file_others_can_read(
        self, serve: Serve, tmp_path: Path, name: str
    ) -> None:
        serve()
        path = tmp_path / name
        download_extract(CENTRE, path)
        from circle.osm import read_osm

        assert read_osm(path).way_id.tolist() == [101, 102]
        assert [file.name for file in tmp_path.iterdir()] == [name]

    def test_nothing_half_written_stays(self, serve: Serve, tmp_path: Path) -> None:
        serve([*ELEMENTS, {"type": "way", "id": 999, "tags": {}}])
        with pytest.raises(OnlineError, match="no complete answer"):
            download_extract(CENTRE, tmp_path / "a.osm.pbf")
        assert list(tmp_path.iterdir()) == []


class TestRefusals:
    def test_no_internet_is_one_sentence_at_once(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        def nobody(*args: Any, **kwargs: Any) -> Any:
            raise socket.gaierror(-3, "Temporary failure in name resolution")

        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.lower(), raising=False)
        monkeypatch.setattr(socket, "getaddrinfo", nobody)
        monkeypatch.chdir(tmp_path)
        for area in (CENTRE, "Monaco"):
            with pytest.raises(OnlineError, match="internet") as caught:
                read_overpass(area)
            for sentence in (caught.value.en, caught.value.zh):
                assert "streets" in sentence
                assert "--streets" in sentence
                assert "\n" not in sentence
        assert socket.getaddrinfo is nobody
        assert list(tmp_path.iterdir()) == []

    def test_a_server_that_ran_out_of_time_is_not_believed(self, serve: Serve) -> None:
        serve(remark='runtime error: Query timed out in "query" at line 1 after 180 seconds.')
        with pytest.raises(OnlineError, match="Query timed out") as caught:
            read_overpass(CENTRE)
        assert "--streets" in caught.value.zh

    def test_an_answer_without_objects(self, serve: Serve) -> None:
        serve([])
        with pytest.raises(StreetsError, match="no street one can walk on"):
            read_overpass(CENTRE)

    def test_an_answer_of_another_kind(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(overpass, "_ask", lambda query: {"elements": "none"})
        with pytest.raises(OnlineError, match="no complete answer"):
            read_overpass(CENTRE)

    @pytest.mark.parametrize("radius_m", [0, -5, 25_001, float("nan"), float("inf")])
    def test_impossible_radius(self, serve: Serve, radius_m: float) -> None:
        asked = serve()
        with pytest.raises(BudgetError, match="radius"):
            read_overpass((103.8, 36.0, radius_m))
        assert asked == []

    @pytest.mark.parametrize(("lon", "lat"), [(36.06, 103.83), (200, 0), (float("nan"), 0)])
    def test_impossible_centre(self, serve: Serve, lon: float, lat: float) -> None:
        with pytest.raises(PositionError):
            read_overpass((lon, lat, 500))

    def test_a_place_too_large(self, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = serve()
        monkeypatch.setattr(overpass, "_find_place", lambda name: Bounds(92, 32, 109, 43))
        with pytest.raises(OnlineError, match="smaller place"):
            read_overpass("甘肃省")
        assert asked == []


class Reply:
    """What `requests` hands back."""

    url = "https://overpass.example/api/interpreter"
    reason = "OK"

    def __init__(self, body: Any, status_code: int = 200) -> None:
        self.body, self.status_code = body, status_code
        self.ok = status_code < 400
        self.content = self.text = str(body)

    def json(self) -> Any:
        from requests.exceptions import JSONDecodeError

        if isinstance(self.body, str):
            raise JSONDecodeError("no JSON", self.body, 0)
        return self.body


class TestThroughOsmnx:
    """OSMnx's own code runs; only the wire is ours."""

    @pytest.fixture
    def wire(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Reply], None]:
        from osmnx import _http, _overpass

        def _wire(reply: Reply) -> None:
            monkeypatch.setattr(_overpass.requests, "post", lambda *a, **k: reply)

        monkeypatch.setattr(overpass, "_reach", lambda url: None)
        monkeypatch.setattr(_overpass, "_get_overpass_pause", lambda url: 0)
        monkeypatch.setattr(_http, "_config_dns", lambda url: None)
        monkeypatch.chdir(tmp_path)
        return _wire

    def test_the_answer_arrives_and_nothing_is_left_behind(
        self, wire: Callable[[Reply], None], tmp_path: Path
    ) -> None:
        import osmnx

        before = osmnx.settings.use_cache
        wire(Reply({"elements": ELEMENTS}))
        assert read_overpass(CENTRE).way_id.tolist() == [101, 102]
        assert osmnx.settings.use_cache is before
        assert list(tmp_path.iterdir()) == []

    def test_a_page_instead_of_an_answer(self, wire: Callable[[Reply], None]) -> None:
        wire(Reply("<html><p>Bad\nGateway</p></html>", 502))
        with pytest.raises(OnlineError, match="no complete answer") as caught:
            read_overpass(CENTRE)
        assert "\n" not in caught.value.en
        assert "<" not in caught.value.en

    def test_an_unknown_place(
        self, wire: Callable[[Reply], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from osmnx import _nominatim

        monkeypatch.setattr(_nominatim, "_nominatim_request", lambda *a, **k: [])
        with pytest.raises(OnlineError, match="no place called 'Nowhere'"):
            read_overpass("Nowhere")

    def test_a_known_place(
        self, wire: Callable[[Reply], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from osmnx import _nominatim

        found = {
            "boundingbox": ["36.05", "36.07", "103.82", "103.85"],
            "geojson": {"type": "Point", "coordinates": [103.83, 36.06]},
            "importance": 0.1,
            "lat": "36.06",
            "lon": "103.83",
        }
        monkeypatch.setattr(_nominatim, "_nominatim_request", lambda *a, **k: [found])
        wire(Reply({"elements": ELEMENTS}))
        assert read_overpass("山字石").bounds == pytest.approx((103.82, 36.05, 103.85, 36.07))
