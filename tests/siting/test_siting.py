"""Chosen sites against all choices there are."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circle.errors import SitingError
from circle.siting import SitingProblem, cost_table, fewest_sites, least_walking, most_people
from circle.siting.exact import layers
from circle.siting.savings import by_site, first_choice, improved, relaxed

LIMIT = 20


@st.composite
def problems(draw):
    n_demand = draw(st.integers(1, 9))
    n_sites = draw(st.integers(1, 7))
    one = st.one_of(st.just(np.inf), st.integers(0, LIMIT + 6).map(float))
    costs = np.array(
        draw(st.lists(st.lists(one, min_size=n_sites, max_size=n_sites),
                      min_size=n_demand, max_size=n_demand))
    )  # fmt: skip
    people = np.array(
        draw(st.lists(st.integers(0, 9), min_size=n_demand, max_size=n_demand)), np.float64
    )
    existing = np.array(draw(st.lists(one, min_size=n_demand, max_size=n_demand)))
    existing[existing > LIMIT] = np.inf
    return costs, SitingProblem(cost_table(costs, LIMIT), people, existing, LIMIT)


def best_of_all(costs, problem, n_new):
    """Return most people served and least walking over every choice, from the dense table."""
    served, walked = [], []
    for chosen in itertools.combinations(range(costs.shape[1]), n_new):
        cost = np.minimum(problem.existing_cost, costs[:, list(chosen)].min(axis=1))
        served.append(problem.people[cost <= LIMIT].sum())
        walked.append((problem.people * np.minimum(cost, LIMIT)).sum())
    return max(served), min(walked)


def served_by(costs, problem, chosen):
    cost = problem.existing_cost.copy()
    for site in chosen:
        cost = np.minimum(cost, costs[:, site])
    return cost


@settings(max_examples=150, deadline=None)
@given(problems(), st.data())
def test_most_people_and_least_walking_are_the_best_of_all_choices(drawn, data):
    costs, problem = drawn
    n_new = data.draw(st.integers(1, min(3, costs.shape[1])))
    most, least = best_of_all(costs, problem, n_new)
    people, walking = most_people(problem, n_new), least_walking(problem, n_new)
    assert people.is_proven
    assert walking.is_proven
    assert people.objective == most == people.bound
    assert walking.objective == least == walking.bound
    # What they say of themselves is what the dense table says of them.
    assert len(people.chosen) <= n_new
    assert len(walking.chosen) <= n_new
    cost = served_by(costs, problem, people.chosen)
    assert problem.people[cost <= LIMIT].sum() == most
    cost = served_by(costs, problem, walking.chosen)
    assert (problem.people * np.minimum(cost, LIMIT)).sum() == least


@settings(max_examples=150, deadline=None)
@given(problems())
def test_fewest_sites_are_the_fewest_of_all_choices(drawn):
    costs, problem = drawn
    found = fewest_sites(problem)
    can = (costs <= LIMIT).any(axis=1) | (problem.existing_cost <= LIMIT)
    assert found.unservable == tuple(np.flatnonzero(~can))
    fewest = next(
        n
        for n in range(costs.shape[1] + 1)
        if any(
            (served_by(costs, problem, chosen)[can] <= LIMIT).all()
            for chosen in itertools.combinations(range(costs.shape[1]), n)
        )
    )
    assert found.is_proven
    assert found.objective == len(found.chosen) == fewest
    assert (served_by(costs, problem, found.chosen)[can] <= LIMIT).all()


@settings(max_examples=100, deadline=None)
@given(problems(), st.data())
def test_the_bound_holds_and_sites_left_aside_do_not_matter(drawn, data):
    costs, problem = drawn
    n_new = data.draw(st.integers(1, min(3, costs.shape[1])))
    now = np.minimum(problem.existing_cost, LIMIT)
    table = problem.people[:, None] * np.maximum(0, now[:, None] - np.minimum(costs, LIMIT))
    from scipy import sparse

    savings = by_site(sparse.csr_matrix(table))
    start = improved(savings, first_choice(savings, n_new))
    found = relaxed(savings, n_new, start)
    worths = {
        chosen: table[:, list(chosen)].max(axis=1).sum()
        for chosen in itertools.combinations(range(costs.shape[1]), n_new)
    }
    assert found.bound >= max(worths.values()) - 1e-9
    assert found.worth == pytest.approx(savings.worth(found.chosen))
    for chosen, worth in worths.items():
        if worth > found.worth + 1e-6:
            assert found.may_matter[list(chosen)].all()


@settings(max_examples=100, deadline=None)
@given(problems(), st.data())
def test_layers_are_worth_what_savings_are(drawn, data):
    costs, problem = drawn
    from scipy import sparse

    table = problem.people[:, None] * np.maximum(0, LIMIT - np.minimum(costs, LIMIT))
    sites = np.arange(costs.shape[1])
    if not table.any():
        return
    brings, worth = layers(by_site(sparse.csr_matrix(table)), sites)
    chosen = data.draw(st.sets(st.sampled_from(sites.tolist()), min_size=1))
    brought = np.asarray(brings[:, sorted(chosen)].sum(axis=1)).ravel() > 0
    assert worth[brought].sum() == pytest.approx(table[:, sorted(chosen)].max(axis=1).sum())


def town(seed, n_demand, n_sites, limit):
    rng = np.random.default_rng(seed)
    homes, sites = rng.random((n_demand, 2)) * 4_000, rng.random((n_sites, 2)) * 4_000
    costs = np.rint(np.abs(homes[:, None] - sites[None]).sum(axis=2))
    people = rng.integers(1, 200, n_demand).astype(np.float64)
    return SitingProblem(cost_table(costs, limit), people, np.full(n_demand, np.inf), limit)


@pytest.mark.parametrize("choose", [most_people, least_walking])
def test_without_time_to_prove_the_choice_comes_with_its_gap(choose):
    problem = town(3, 600, 120, 1_000)
    hasty = choose(problem, 8, time_limit_s=0.01)
    patient = choose(problem, 8)
    assert patient.is_proven
    sign = 1 if choose is most_people else -1
    assert sign * hasty.objective <= sign * patient.objective <= sign * hasty.bound
    assert hasty.gap == pytest.approx(
        abs(hasty.bound - hasty.objective) / hasty.objective, abs=1e-12
    )
    assert hasty.gap < 0.05


def test_without_time_the_fewest_sites_still_serve_all():
    problem = town(4, 600, 120, 700)
    hasty = fewest_sites(problem, time_limit_s=0.01)
    served = problem.best_cost(hasty.chosen) <= problem.limit
    assert np.flatnonzero(~served).tolist() == list(hasty.unservable)
    assert hasty.bound <= fewest_sites(problem).objective <= hasty.objective


def test_existing_places_stay_and_count():
    costs = np.array([[5.0, np.inf], [np.inf, 5.0]])
    people = np.array([100.0, 1.0])
    existing = np.array([3.0, np.inf])
    problem = SitingProblem(cost_table(costs, LIMIT), people, existing, LIMIT)
    found = most_people(problem, 1)
    assert found.chosen == (1,)
    assert found.objective == 101.0
    assert least_walking(problem, 1).objective == 100 * 3 + 1 * 5


def test_when_all_are_served_nothing_is_built():
    problem = SitingProblem(
        cost_table(np.array([[1.0]]), LIMIT), np.array([4.0]), np.array([0.0]), LIMIT
    )
    for found in (fewest_sites(problem), most_people(problem, 1), least_walking(problem, 1)):
        assert found.chosen == ()
        assert found.is_proven
    assert most_people(problem, 1).objective == 4.0


def test_a_town_without_people_has_an_answer():
    costs = np.array([[1.0, 2.0], [2.0, 1.0]])
    problem = SitingProblem(cost_table(costs, LIMIT), np.zeros(2), np.full(2, np.inf), LIMIT)
    assert most_people(problem, 1).objective == 0.0
    assert least_walking(problem, 1).is_proven
    assert fewest_sites(problem).objective == 1.0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"people": np.array([1.0])}, "same length"),
        ({"people": np.array([1.0, -1.0])}, "zero or more"),
        ({"people": np.array([1.0, np.nan])}, "zero or more"),
        ({"cost": cost_table(np.zeros((2, 0)), LIMIT)}, "no candidate site"),
        ({"cost": cost_table(np.full((2, 1), 30.0), 40)}, "beyond the limit"),
    ],
)
def test_a_problem_that_makes_no_sense_is_refused(change, said):
    given = {
        "cost": cost_table(np.ones((2, 1)), LIMIT),
        "people": np.ones(2),
        "existing_cost": np.full(2, np.inf),
        "limit": LIMIT,
    }
    with pytest.raises(SitingError, match=said):
        SitingProblem(**given | change)


@pytest.mark.parametrize("n_new", [0, 3, -1])
def test_a_number_of_sites_that_cannot_be_is_refused(n_new):
    problem = SitingProblem(
        cost_table(np.ones((2, 2)), LIMIT), np.ones(2), np.full(2, np.inf), LIMIT
    )
    with pytest.raises(SitingError, match="cannot be chosen from 2 candidates"):
        most_people(problem, n_new)
    with pytest.raises(SitingError):
        least_walking(problem, n_new)
