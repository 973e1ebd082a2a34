"""
The three questions: fewest sites for all (LSCP), most people (MCLP), least walking (p-median).

Each answer says whether it is proven, and if not, how far from the best one it can be at most.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from circle.siting import exact
from circle.siting.problem import IntArray, SitingProblem, SitingResult, check_number
from circle.siting.savings import (
    TOLERANCE,
    Savings,
    by_site,
    first_choice,
    improved,
    relaxed,
)

TIME_LIMIT_S = 60.0


def fewest_sites(problem: SitingProblem, *, time_limit_s: float = TIME_LIMIT_S) -> SitingResult:
    """
    Choose the fewest new sites that serve everybody who can be served (LSCP).

    Parameters
    ----------
    problem
        Demand without people counts too: a home is a home.
    time_limit_s
        When to stop proving.

    Returns
    -------
    result
        `objective` is the number of new sites, zero where existing places serve all.

    Examples
    --------
    >>> from circle.siting.problem import cost_table
    >>> cost = cost_table(np.array([[1.0, 1.0], [1.0, np.inf], [np.inf, np.inf]]), limit=5)
    >>> found = fewest_sites(SitingProblem(cost, np.ones(3), np.full(3, np.inf), 5))
    >>> found.chosen, found.objective, found.is_proven, found.unservable
    ((0,), 1.0, True, (2,))
    """
    unservable = _unservable(problem)
    is_open = ~problem.is_served
    is_open[list(unservable)] = False
    pattern = problem.cost.copy()
    pattern.data = np.ones(pattern.nnz)
    brings = exact.same_rows(pattern[is_open])
    if brings.shape[0] == 0:
        return SitingResult("fewest", (), 0.0, 0.0, True, unservable)
    chosen = _cover_by_turns(by_site(brings))
    proof = exact.fewest(brings, time_limit_s)
    if proof.chosen is not None and len(proof.chosen) < len(chosen):
        chosen = proof.chosen
    # Sites are whole: a bound of 3.2 says that four are needed.
    bound = 1.0 if proof.bound is None else max(1.0, float(np.ceil(proof.bound - 1e-6)))
    n_chosen = float(len(chosen))
    is_proven = n_chosen <= bound
    return SitingResult(
        "fewest",
        tuple(chosen.tolist()),
        n_chosen,
        n_chosen if is_proven else bound,
        is_proven,
        unservable,
    )


def most_people(
    problem: SitingProblem, n_new: int, *, time_limit_s: float = TIME_LIMIT_S
) -> SitingResult:
    """
    Choose new sites that serve as many people as so many sites can (MCLP).

    Parameters
    ----------
    problem
        Who is served already stays served and does not sway the choice.
    n_new
        How many to choose; fewer come back where the rest would add nobody.
    time_limit_s
        When to stop proving; the best choice so far comes back with its bound.

    Returns
    -------
    result
        `objective` counts the people served by existing and new places.

    Raises
    ------
    SitingError
        If `n_new` is below one or above the number of candidates.

    Examples
    --------
    >>> from circle.siting.problem import cost_table
    >>> cost = cost_table(np.array([[1.0, np.inf], [np.inf, 1.0], [np.inf, 1.0]]), limit=5)
    >>> problem = SitingProblem(cost, np.array([5.0, 2.0, 4.0]), np.full(3, np.inf), 5)
    >>> found = most_people(problem, 1)
    >>> found.chosen, found.objective
    ((1,), 6.0)
    """
    check_number(problem, n_new)
    cost = problem.cost.tocoo()
    gained = np.where(problem.is_served, 0.0, problem.people)[cost.row]
    table = sparse.coo_matrix((gained, (cost.row, cost.col)), shape=cost.shape)
    chosen, bound = _best(by_site(table), n_new, time_limit_s)
    served_now = float(problem.people[problem.is_served].sum())
    objective = problem.people_served(chosen.tolist())
    is_proven = objective >= (served_now + bound) * (1 - TOLERANCE)
    return SitingResult(
        "most_people",
        tuple(chosen.tolist()),
        objective,
        objective if is_proven else served_now + bound,
        is_proven,
        _unservable(problem),
    )


def least_walking(
    problem: SitingProblem, n_new: int, *, time_limit_s: float = TIME_LIMIT_S
) -> SitingResult:
    """
    Choose new sites so that all people together walk least (p-median).

    Parameters
    ----------
    problem
        Who is beyond every site walks the limit.
    n_new
        How many to choose; fewer come back where the rest would spare nothing.
    time_limit_s
        When to stop proving; the best choice so far comes back with its bound.

    Returns
    -------
    result
        `objective` is people times cost, one way.

    Raises
    ------
    SitingError
        If `n_new` is below one or above the number of candidates.

    Examples
    --------
    >>> from circle.siting.problem import cost_table
    >>> cost = cost_table(np.array([[100.0, 300.0], [300.0, 100.0]]), limit=500)
    >>> problem = SitingProblem(cost, np.array([1.0, 2.0]), np.array([250.0, np.inf]), 500)
    >>> found = least_walking(problem, 1)
    >>> found.chosen, found.objective
    ((1,), 450.0)
    """
    check_number(problem, n_new)
    cost = problem.cost.tocoo()
    now = np.minimum(problem.existing_cost, float(problem.limit))
    spared = problem.people[cost.row] * (now[cost.row] - cost.data)
    table = sparse.coo_matrix((spared, (cost.row, cost.col)), shape=cost.shape)
    savings = by_site(table)
    chosen, bound = _best(savings, n_new, time_limit_s)
    walking_now = float(problem.people @ now)
    objective = problem.walking(chosen.tolist())
    is_proven = walking_now - objective >= bound * (1 - TOLERANCE)
    return SitingResult(
        "least_walking",
        tuple(chosen.tolist()),
        objective,
        objective if is_proven else walking_now - bound,
        is_proven,
        _unservable(problem),
    )


def _best(savings: Savings, n_new: int, time_limit_s: float) -> tuple[IntArray, float]:
    """Return the sites that save most, and a bound on what any choice saves."""
    if len(savings.amount) == 0:
        return np.empty(0, np.int64), 0.0
    start = improved(savings, first_choice(savings, n_new))
    easy = relaxed(savings, n_new, start)
    chosen, worth, bound = easy.chosen, easy.worth, easy.bound
    left = np.flatnonzero(easy.may_matter).astype(np.int64)
    if bound > worth * (1 + TOLERANCE) and len(left):
        brings, weight = exact.layers(savings, left)
        if len(weight) <= exact.MOST_LAYERS:
            # What is better than `chosen`, if anything, lies wholly among the sites left.
            proof = exact.most_worth(brings, weight, n_new, time_limit_s)
            if proof.bound is not None:
                bound = min(bound, max(worth, proof.bound))
            if proof.chosen is not None and savings.worth(left[proof.chosen]) > worth:
                chosen = left[proof.chosen]
                worth = savings.worth(chosen)
    elif not len(left):
        bound = worth
    if worth >= bound * (1 - TOLERANCE):
        bound = worth
    return _without_useless(savings, chosen), bound


def _cover_by_turns(savings: Savings) -> IntArray:
    """Return sites that bring every demand, each time the one that brings most of the rest."""
    chosen: list[int] = []
    floor = np.zeros(savings.n_demand)
    while (floor == 0.0).any():
        chosen.append(int(np.argmax(savings.gains(floor))))
        floor = savings.floor(chosen)
    kept = list(chosen)
    for site in chosen:
        rest = [other for other in kept if other != site]
        if (savings.floor(rest) > 0.0).all():
            kept = rest
    return np.array(sorted(kept), np.int64)


def _without_useless(savings: Savings, chosen: IntArray) -> IntArray:
    """Leave out sites that add nothing to the others."""
    kept = chosen.tolist()
    whole = savings.worth(chosen)
    for site in sorted(kept, reverse=True):
        rest = [other for other in kept if other != site]
        if savings.worth(rest) >= whole:
            kept = rest
    return np.array(kept, np.int64)


def _unservable(problem: SitingProblem) -> tuple[int, ...]:
    """Return demand that neither an existing place nor any candidate serves."""
    has_candidate = np.diff(problem.cost.indptr) > 0
    return tuple(np.flatnonzero(~problem.is_served & ~has_candidate).tolist())
