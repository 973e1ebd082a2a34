"""Walkers: speeds, closures, and costs that follow by arithmetic."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest

from circle.errors import WalkerError
from circle.units import Unit
from circle.walkers import CLOSED, WALKERS, Walker, arc_costs, get_walker
from circle.walking import Flag, Kind


def cost(
    walker: Walker | str,
    unit: Unit = "min",
    *,
    length_m: float = 36.0,
    kind: Kind = Kind.FOOTWAY,
    flags: int = 0,
    n_steps: int = 0,
    forward: bool = True,
    backward: bool = True,
) -> tuple[int, int]:
    """Return what one edge costs, along and against its drawing."""
    out, back = arc_costs(
        get_walker(walker),
        unit,
        np.array([length_m]),
        np.array([kind], np.uint8),
        np.array([flags], np.uint16),
        np.array([n_steps], np.int32),
        np.array([forward]),
        np.array([backward]),
    )
    assert out.dtype == back.dtype == np.int32
    return int(out[0]), int(back[0])


@pytest.mark.parametrize(
    ("key", "speed_m_s", "evidence"),
    [
        ("adult", 1.2, "page"),
        ("older", 0.9, "page"),
        ("frail", 0.65, "page"),
        ("child", 0.9, "page"),
        ("pushchair", 0.9, "memory"),
        ("wheelchair", 0.8, "memory"),
    ],
)
def test_speeds_are_the_published_ones(key: str, speed_m_s: float, evidence: str) -> None:
    walker = WALKERS[key]
    assert (walker.key, walker.speed_m_s, walker.evidence) == (key, speed_m_s, evidence)
    assert walker.name_zh
    assert walker.name_en
    # 36 m at a slow and a fast pace, in whole milliseconds.
    assert cost(walker)[0] == round(36_000 / speed_m_s)


def test_nobody_enters_private_ground_unless_told() -> None:
    assert not any(walker.enters_private for walker in WALKERS.values())


class TestMinutes:
    def test_level_ground(self) -> None:
        assert cost("adult", length_m=60) == (50_000, 50_000)

    def test_every_step_costs(self) -> None:
        # 6 m at 1.2 m/s = 5 s, and 20 steps at 0.3 s = 6 s.
        assert cost("adult", length_m=6, flags=Flag.STEPS, n_steps=20) == (11_000, 11_000)

    @pytest.mark.parametrize(("n_steps", "rests"), [(0, 0), (1, 1), (18, 1), (19, 2), (40, 3)])
    def test_every_flight_costs(self, n_steps: int, rests: int) -> None:
        walker = Walker("slow", 1.0, seconds_per_flight=10)
        assert cost(walker, length_m=5, n_steps=n_steps)[0] == 5_000 + rests * 10_000

    def test_the_two_edges_of_a_crossing_share_its_wait(self) -> None:
        walker = replace(WALKERS["adult"], crossing_s=20)
        one = cost(walker, length_m=6, kind=Kind.CROSSING, flags=Flag.CROSSING)[0]
        assert 2 * one == 10_000 + 20_000

    def test_no_wait_at_crossings_by_default(self) -> None:
        assert cost("adult", flags=Flag.CROSSING) == cost("adult")

    def test_a_lift_drawn_as_a_way_costs_its_ride_once(self) -> None:
        got = cost("adult", length_m=0, kind=Kind.ELEVATOR, flags=Flag.ELEVATOR)
        assert got == (30_000, 30_000)

    def test_a_lift_drawn_as_a_point_costs_half_on_each_side(self) -> None:
        got = cost("adult", length_m=0, kind=Kind.GATE, flags=Flag.ELEVATOR)
        assert got == (15_000, 15_000)

    def test_no_arc_is_free(self) -> None:
        assert cost("adult", length_m=0, kind=Kind.GATE) == (1, 1)

    @pytest.mark.parametrize(("length_m", "ms"), [(0.0025, 2), (0.0035, 4), (0.0036, 4)])
    def test_halves_go_to_even(self, length_m: float, ms: int) -> None:
        assert cost(Walker("one", 1.0), length_m=length_m)[0] == ms

    def test_the_longest_edge_stays_below_closed(self) -> None:
        assert cost("frail", length_m=1e9) == (CLOSED - 1, CLOSED - 1)


class TestMetres:
    def test_length_in_millimetres(self) -> None:
        assert cost("adult", "m", length_m=123.4567) == (123_457, 123_457)

    @pytest.mark.parametrize("key", WALKERS)
    def test_no_second_enters(self, key: str) -> None:
        walker = replace(WALKERS[key], crossing_s=60)
        flags = Flag.STEPS | Flag.CROSSING | Flag.ELEVATOR
        assert cost(walker, "m", flags=flags, kind=Kind.ELEVATOR, n_steps=100) == (36_000, 36_000)

    def test_closures_stay(self) -> None:
        assert cost("wheelchair", "m", flags=Flag.NO_WHEELS) == (CLOSED, CLOSED)
        assert cost("adult", "m", backward=False) == (36_000, CLOSED)


@pytest.mark.parametrize("unit", ["min", "m"])
class TestClosures:
    def test_one_way_for_feet(self, unit: Unit) -> None:
        out, back = cost("adult", unit, forward=False)
        assert out == CLOSED
        assert back < CLOSED

    @pytest.mark.parametrize(
        ("flags", "closed_to"),
        [
            (Flag.NO_WHEELS, {"pushchair", "wheelchair"}),
            (Flag.NO_WHEELS | Flag.STEPS, {"pushchair", "wheelchair"}),
            (Flag.NO_WHEELCHAIR, {"wheelchair"}),
            (Flag.STEPS, set()),
            (Flag.PRIVATE, set()),
            (Flag.GUESSED | Flag.TUNNEL | Flag.BRIDGE, set()),
        ],
        ids=lambda value: "+".join(sorted(value)) or "nobody" if isinstance(value, set) else None,
    )
    def test_wheels(self, unit: Unit, flags: Flag, closed_to: set[str]) -> None:
        closed = {key for key in WALKERS if cost(key, unit, flags=flags)[0] == CLOSED}
        assert closed == closed_to


def test_a_wheelchair_never_passes_where_a_pushchair_cannot() -> None:
    walker = Walker("chair", 0.8, in_wheelchair=True)
    assert cost(walker, flags=Flag.NO_WHEELS) == (CLOSED, CLOSED)


def test_many_edges_cost_what_each_costs_alone() -> None:
    rng = np.random.default_rng(5)
    n = 500
    length_m = rng.uniform(0, 400, n)
    kind = rng.integers(0, len(Kind), n).astype(np.uint8)
    flags = rng.integers(0, 2 * max(Flag), n).astype(np.uint16)
    n_steps = rng.integers(0, 60, n).astype(np.int32)
    forward, backward = rng.random((2, n)) < 0.8
    walker = replace(WALKERS["pushchair"], crossing_s=15, seconds_per_flight=4)
    out, back = arc_costs(walker, "min", length_m, kind, flags, n_steps, forward, backward)
    for i in range(n):
        assert (int(out[i]), int(back[i])) == cost(
            walker,
            length_m=length_m[i],
            kind=Kind(kind[i]),
            flags=Flag(int(flags[i])),
            n_steps=n_steps[i],
            forward=forward[i],
            backward=backward[i],
        )


def test_no_edges_cost_nothing() -> None:
    none = np.empty(0)
    out, back = arc_costs(
        WALKERS["adult"], "min", none, none.astype(int), none.astype(int), none.astype(int),
        none.astype(bool), none.astype(bool),
    )  # fmt: skip
    assert out.shape == back.shape == (0,)


class TestNames:
    @pytest.mark.parametrize("name", ["adult", " Adult ", "成年人"])
    def test_a_walker_by_name(self, name: str) -> None:
        assert get_walker(name) is WALKERS["adult"]

    def test_a_walker_is_itself(self) -> None:
        walker = Walker("me", 1.4)
        assert get_walker(walker) is walker

    @pytest.mark.parametrize("speed", [1.1, "1.1", "1.1 m/s", "1.1m/s"])
    def test_any_speed(self, speed: float | str) -> None:
        assert get_walker(speed) == Walker.for_speed(1.1)

    @pytest.mark.parametrize("name", ["giant", "", None, True, "1.1 km/h"])
    def test_unknown_names_list_the_known_ones(self, name: object) -> None:
        with pytest.raises(WalkerError) as caught:
            get_walker(name)  # type: ignore[arg-type]
        for key in WALKERS:
            assert key in caught.value.en
            assert key in caught.value.zh

    @pytest.mark.parametrize("speed", [0, -1, 0.19, 3.01, float("nan"), float("inf")])
    def test_impossible_speeds(self, speed: float) -> None:
        with pytest.raises(WalkerError, match="metres per second") as caught:
            Walker.for_speed(speed)
        assert "每秒" in caught.value.zh

    @pytest.mark.parametrize("text", ["nan", "inf", "12"])
    def test_impossible_speeds_as_text(self, text: str) -> None:
        with pytest.raises(WalkerError, match="metres per second"):
            get_walker(text)

    @pytest.mark.parametrize(
        "name", ["seconds_per_step", "seconds_per_flight", "crossing_s", "elevator_s"]
    )
    @pytest.mark.parametrize("value", [-1, 10_000, float("nan")])
    def test_impossible_seconds(self, name: str, value: float) -> None:
        with pytest.raises(WalkerError, match=name):
            Walker("x", 1.0, **{name: value})

    def test_walkers_travel_between_processes_and_are_keys(self) -> None:
        walker = WALKERS["frail"]
        assert pickle.loads(pickle.dumps(walker)) == walker
        assert {walker: 1}[replace(walker)] == 1
