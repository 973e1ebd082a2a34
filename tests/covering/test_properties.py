"""What holds in every town: more distance never covers less, no walk is shorter than a crow's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from properties.drawn import towns

from circle.coverage.areas import area_shares, read_areas
from circle.coverage.gaps import find_gaps
from circle.coverage.mode import StandardMode
from circle.coverage.model import UNCOVERED
from circle.kernel import UNREACHED
from circle.network import WalkNetwork
from circle.routing import cost_matrix
from circle.units import make_budget
from covering.town import clinics, demand, judged

MODE = StandardMode((60.0, 130.0, 300.0), ("a", "b", "c"))


def spots(network: WalkNetwork, rng: np.random.Generator, n: int) -> dict[str, tuple[float, float]]:
    low_x, high_x = network.node_x_m.min() - 30, network.node_x_m.max() + 30
    low_y, high_y = network.node_y_m.min() - 30, network.node_y_m.max() + 30
    x, y = rng.uniform(low_x, high_x, n), rng.uniform(low_y, high_y, n)
    return {f"{k}": (float(x[k]), float(y[k])) for k in range(n)}


@settings(deadline=None, max_examples=25)
@given(towns(), st.integers(0, 2**32 - 1))
def test_what_holds_in_every_town(network: WalkNetwork, seed: int) -> None:
    rng = np.random.default_rng(seed)
    where = spots(network, rng, 12)
    homes = demand(where, {name: float(rng.integers(0, 9)) + 1 for name in where})
    places = clinics(spots(network, rng, int(rng.integers(0, 4))))
    plan = type("Plan", (), {"network": network})()
    result = judged(plan, homes, places, MODE)
    reach = result.reaches["clinic"]
    # The search is the matrix.
    group = result.homes.group
    wanted = cost_matrix(
        network,
        group.snaps,
        reach.places.joined.group.snaps,
        make_budget(metres=10_000),
        MODE.walker,
    )
    best = wanted.min(axis=1) if wanted.shape[1] else np.full(12, UNREACHED)
    assert (reach.cost == best).all()
    for limit, counted in reach.choices_by_limit.items():
        assert (counted == (wanted <= round(limit * 1000)).sum(axis=1)).all()
    walked = reach.cost < UNREACHED
    assert (reach.cost[walked] / 1000 >= reach.crow_m[walked] - 0.05).all()
    assert (reach.open_cost <= reach.cost).all()
    people = result.shares[result.shares.measure == "people"]
    assert (np.diff(people.covered) >= 0).all()
    assert (people.covered + people.uncovered + people.unknown).to_numpy() == pytest.approx(
        people.total.to_numpy()
    )
    assert (people.share_covered <= people.share_crow_fly).all()
    assert (people.low <= people.share_covered).all()
    assert (people.share_covered <= people.high).all()
    # One clinic more never covers fewer.
    more = clinics({**spots(network, rng, 1), **{f"p{k}": v for k, v in _of(places).items()}})
    richer = judged(plan, homes, more, MODE, counts_choices=False)
    assert (richer.reaches["clinic"].cost <= reach.cost).all()
    # Gaps hold exactly those who lack it; sub-areas add up.
    gaps = find_gaps(result)
    for subject in result.subjects:
        lacking = np.flatnonzero(result.state(subject) == UNCOVERED).tolist()
        told = [home for row in gaps[gaps.subject == subject.key].homes for home in row]
        assert sorted(told) == lacking
    table = area_shares(result, read_areas("grid:150", network.bounds))
    sums = table[table.measure == "people"].groupby("subject", sort=False).covered.sum()
    assert sums.to_numpy() == pytest.approx(people.covered.to_numpy())


def _of(places) -> dict[str, tuple[float, float]]:
    from sketch import FRAME

    x, y = FRAME.to_xy(places.geometry.x.to_numpy(), places.geometry.y.to_numpy())
    return {str(k): (float(a), float(b)) for k, (a, b) in enumerate(zip(x, y, strict=True))}
