"""
What a choice of sites is asked and what it answers, in plain arrays.

Nothing here knows of streets: a cost is a whole number of millimetres or milliseconds, walked
from where people live to where something could be built.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse

from circle.errors import SitingError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

Goal = Literal["fewest", "most_people", "least_walking"]
"""LSCP, MCLP and p-median, in plain words."""


@dataclass(frozen=True, slots=True, eq=False)
class SitingProblem:
    """
    Demand, what serves it now, and where more could be built.

    Only demand of which it is known whether it is served belongs here: what the edge of the data
    leaves open must not sway a choice, see `circle.siting.plan`.

    Parameters
    ----------
    cost
        Whole costs from demand to candidate site, CSR of shape ``(demand, candidates)``. A
        pair that is not stored lies beyond `limit`; a stored zero is a site at the door.
    people
        Weight of each demand, zero or more.
    existing_cost
        Cost of the nearest place there is, ``inf`` beyond `limit`.
    limit
        Farthest a walk may be: what lies within is served. To the least walking, who lives
        beyond every site walks `limit`, for a cost beyond it is not known.

    Raises
    ------
    SitingError
        If shapes disagree, a weight is negative or not a number, or a cost is out of range.
    """

    cost: Any
    people: FloatArray
    existing_cost: FloatArray
    limit: int

    def __post_init__(self) -> None:
        n_demand, n_candidates = self.cost.shape
        if not (len(self.people) == len(self.existing_cost) == n_demand):
            raise SitingError(
                en="Demand, its weights and its present costs must be of the same length.",
                zh="需求点、人数与现状步行距离的数量必须一致。",
            )
        if not np.isfinite(self.people).all() or (self.people < 0).any():
            raise SitingError(
                en="Every demand needs a number of people that is zero or more.",
                zh="每个需求点的人数必须是零或正数。",
            )
        if n_candidates == 0:
            raise SitingError(
                en="There is no candidate site to choose from; name some, or allow a lattice.",
                zh="没有可选的候选点；请提供候选点，或使用沿街网格。",
            )
        if self.cost.nnz and not 0 <= self.cost.data.min() <= self.cost.data.max() <= self.limit:
            raise SitingError(
                en="A cost to a candidate site is negative or beyond the limit.",
                zh="到候选点的距离为负或超出上限。",
            )

    @property
    def n_candidates(self) -> int:
        """How many sites there are to choose from."""
        return int(self.cost.shape[1])

    @property
    def is_served(self) -> npt.NDArray[np.bool_]:
        """Whether each demand is served by what there is."""
        return self.existing_cost <= self.limit

    def best_cost(self, chosen: Sequence[int]) -> FloatArray:
        """
        Return each demand's cost once sites have been built.

        Parameters
        ----------
        chosen
            Numbers of candidates; existing places stay.

        Returns
        -------
        cost
            float64, ``inf`` for who is served neither now nor then.
        """
        best = np.where(self.is_served, self.existing_cost, np.inf)
        by_site = self.cost.tocsc()
        for site in chosen:
            span = slice(by_site.indptr[site], by_site.indptr[site + 1])
            rows = by_site.indices[span]
            best[rows] = np.minimum(best[rows], by_site.data[span])
        return best

    def people_served(self, chosen: Sequence[int]) -> float:
        """Return how many people are served once sites have been built."""
        return float(self.people[np.isfinite(self.best_cost(chosen))].sum())

    def walking(self, chosen: Sequence[int]) -> float:
        """Return people times cost once sites have been built; `limit` where not served."""
        return float(self.people @ np.minimum(self.best_cost(chosen), float(self.limit)))


@dataclass(frozen=True, slots=True)
class SitingResult:
    """
    Sites chosen, and how good the choice is known to be.

    Parameters
    ----------
    goal
        What was asked for.
    chosen
        Numbers of the candidates, ascending.
    objective
        Number of sites, people served (existing places counted) or people times cost.
    bound
        No choice whatever can be better than this; equal to `objective` when proven.
    is_proven
        Whether no better choice exists.
    unservable
        Demand that no candidate and no existing place serves, by number.
    """

    goal: Goal
    chosen: tuple[int, ...]
    objective: float
    bound: float
    is_proven: bool
    unservable: tuple[int, ...]

    @property
    def gap(self) -> float:
        """
        How far the choice may be from the best one, as a share of the objective.

        Examples
        --------
        >>> SitingResult("most_people", (3,), 200.0, 202.0, False, ()).gap
        0.01
        """
        if self.is_proven:
            return 0.0
        return abs(self.objective - self.bound) / max(abs(self.objective), 1e-12)


def check_number(problem: SitingProblem, n_new: int) -> int:
    """
    Return the number of new sites if it makes sense.

    Raises
    ------
    SitingError
        If it is below one or more than there are candidates.
    """
    if not 1 <= n_new <= problem.n_candidates:
        raise SitingError(
            en=f"{n_new} new sites cannot be chosen from {problem.n_candidates} candidates; ask "
            f"for 1 to {problem.n_candidates}.",
            zh=f"无法从 {problem.n_candidates} 个候选点中选出 {n_new} 个新址；"
            f"请给出 1 至 {problem.n_candidates}。",
        )
    return n_new


def cost_table(costs: FloatArray, limit: int) -> Any:
    """
    Return the sparse costs of a dense table.

    Parameters
    ----------
    costs
        Shape ``(demand, candidates)``, ``inf`` where there is no walk.
    limit
        Costs beyond it are left out.

    Examples
    --------
    >>> cost_table(np.array([[0.0, 5.0], [np.inf, 2.0]]), limit=4).toarray()
    array([[0, 0],
           [0, 2]])
    """
    rows, columns = np.nonzero(costs <= limit)
    values = costs[rows, columns].astype(np.int64)
    return sparse.csr_matrix((values, (rows, columns)), shape=costs.shape)
