"""
Choosing sites by what each saves whom: a first choice, its improvement, and a bound on the best.

A site j saves demand i the amount ``s_ij`` (people who become served, or walking that is spared);
a choice is worth what the best of its sites saves each demand, added up. Serving most people and
least walking are both of this form, so they share everything here. Choice, swap and bound are one
loop over the table, `_gains`: what each site adds on top of what demand has already (the floor),
or is charged for (the price).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from circle.kernel import compiled
from circle.siting.problem import FloatArray, IntArray

TOLERANCE = 1e-9
"""Share of the worth that the rounding of sums may make."""

_MOST_STEPS = 2_000
_PATIENCE = 25
"""Steps without a better bound before the step length is halved."""
_SHORTEST_STEP = 1e-4
_TRY_EVERY = 5e-4
"""By how much the bound must have sunk before its sites are tried as a choice again."""


@dataclass(frozen=True, slots=True, eq=False)
class Savings:
    """
    What each site saves, by site (the layout of a CSC table).

    Parameters
    ----------
    first
        Where each site's entries begin, and the end of the last; int64, shape ``(sites + 1,)``.
    demand
        Demand of each entry.
    amount
        What is saved, above zero.
    n_demand
        How many demands there are.
    """

    first: IntArray
    demand: IntArray
    amount: FloatArray
    n_demand: int

    @property
    def n_sites(self) -> int:
        """How many sites there are."""
        return len(self.first) - 1

    def gains(self, floor: FloatArray) -> FloatArray:
        """Return what each site saves above a floor per demand."""
        gains = np.zeros(self.n_sites)
        _gains(self.first, self.demand, self.amount, floor, gains)
        return gains

    def floor(self, chosen: IntArray | list[int]) -> FloatArray:
        """Return what a choice saves each demand."""
        floor = np.zeros(self.n_demand)
        for site in chosen:
            span = slice(self.first[site], self.first[site + 1])
            at = self.demand[span]
            floor[at] = np.maximum(floor[at], self.amount[span])
        return floor

    def worth(self, chosen: IntArray | list[int]) -> float:
        """Return what a choice saves in all."""
        return float(self.floor(chosen).sum())


@compiled
def _gains(
    first: IntArray, demand: IntArray, amount: FloatArray, floor: FloatArray, gains: FloatArray
) -> None:
    for site in range(len(first) - 1):
        total = 0.0
        for at in range(first[site], first[site + 1]):
            more = amount[at] - floor[demand[at]]
            if more > 0.0:
                total += more
        gains[site] = total


@compiled
def _times_chosen(
    first: IntArray,
    demand: IntArray,
    amount: FloatArray,
    price: FloatArray,
    chosen: IntArray,
    times: FloatArray,
) -> None:
    times[:] = 0.0
    for site in chosen:
        for at in range(first[site], first[site + 1]):
            if amount[at] > price[demand[at]]:
                times[demand[at]] += 1.0


def first_choice(savings: Savings, n_new: int) -> IntArray:
    """Return sites taken one by one, each time the one that adds most."""
    chosen: list[int] = []
    for _ in range(n_new):
        gains = savings.gains(savings.floor(chosen))
        gains[chosen] = -1.0
        chosen.append(int(np.argmax(gains)))
    return np.array(sorted(chosen), np.int64)


def improved(savings: Savings, chosen: IntArray) -> IntArray:
    """Return the choice after swapping sites for others as long as that is worth more."""
    best = chosen.tolist()
    is_better = True
    while is_better:
        is_better = False
        for at in range(len(best)):
            rest = best[:at] + best[at + 1 :]
            gains = savings.gains(savings.floor(rest))
            gains[rest] = -1.0
            site = int(np.argmax(gains))
            if gains[site] > gains[best[at]] + TOLERANCE * abs(gains[best[at]]):
                best[at], is_better = site, True
    return np.array(sorted(best), np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """
    What the relaxation found.

    Parameters
    ----------
    bound
        No choice is worth more.
    chosen, worth
        The best choice met on the way.
    may_matter
        Sites that some choice worth more than `chosen` could still hold.
    """

    bound: float
    chosen: IntArray
    worth: float
    may_matter: npt.NDArray[np.bool_]


def relaxed(savings: Savings, n_new: int, start: IntArray) -> Relaxed:
    """
    Bound the worth of every choice of `n_new` sites.

    Parameters
    ----------
    savings
        What sites save.
    n_new
        How many may be chosen.
    start
        A choice to improve upon.

    Notes
    -----
    Lagrangian relaxation of "each demand counts once" (Cornuéjols, Fisher & Nemhauser 1977):
    demand i sells its being served at a price, sites are taken by what they save above the
    prices. Prices move by the subgradient with Polyak's step towards the best choice known. A
    site whose forced choice brings the bound below that choice can be left aside for good.
    """
    chosen, worth = start, savings.worth(start)
    price = savings.floor(start)
    best_bound, best_price, step, waited = np.inf, price, 1.0, 0
    may_matter = np.ones(savings.n_sites, np.bool_)
    times = np.empty(savings.n_demand)
    tried_at = np.inf
    for _ in range(_MOST_STEPS):
        gains = savings.gains(price)
        order = np.argsort(-gains, kind="stable")
        taken = order[:n_new].astype(np.int64)
        bound = float(price.sum() + gains[taken].sum())
        if bound < tried_at * (1 - _TRY_EVERY):
            # The better the choice, the more sites can be left aside.
            tried_at = bound
            met = improved(savings, np.sort(taken))
            if savings.worth(met) > worth * (1 + TOLERANCE):
                chosen, worth = met, savings.worth(met)
        last = float(gains[taken[-1]])
        may_matter &= bound - last + np.minimum(gains, last) > worth * (1 + TOLERANCE)
        if bound < best_bound * (1 - 1e-7):
            best_bound, best_price, waited = bound, price, 0
        else:
            waited += 1
        if best_bound <= worth * (1 + TOLERANCE):
            break
        if waited >= _PATIENCE:
            step, waited, price = step / 2.0, 0, best_price
            if step < _SHORTEST_STEP:
                break
            continue
        _times_chosen(savings.first, savings.demand, savings.amount, price, taken, times)
        slope = 1.0 - times
        # At a price of zero nobody can be made cheaper.
        slope[(price <= 0.0) & (slope > 0.0)] = 0.0
        length = float(slope @ slope)
        if length == 0.0:
            break
        price = np.maximum(0.0, price - step * (bound - worth) / length * slope)
    # All sites together save no less than any choice of them.
    bound = min(best_bound, savings.worth(np.arange(savings.n_sites, dtype=np.int64)))
    return Relaxed(bound, chosen, worth, may_matter)


def by_site(table: Any) -> Savings:
    """
    Return a sparse table, demand by site, as savings; entries of zero or less are left out.

    Examples
    --------
    >>> from scipy import sparse
    >>> by_site(sparse.csr_matrix(np.array([[3.0, 0.0], [1.0, 2.0]]))).gains(np.array([0.0, 1.5]))
    array([3. , 0.5])
    """
    columns = table.tocsc(copy=True)
    columns.sum_duplicates()
    columns.data[columns.data < 0] = 0
    columns.eliminate_zeros()
    return Savings(
        columns.indptr.astype(np.int64),
        columns.indices.astype(np.int64),
        columns.data.astype(np.float64),
        int(columns.shape[0]),
    )
