"""
Sites chosen by HiGHS, which proves that no choice is better.

Both models are coverings: *layers* of demand, each with a worth and the sites that would bring it
in. Who is served is one layer. Walking spared is several: with savings 9, 5 and 2 at three sites,
a demand has a layer worth 2 that each of the three brings, one worth 3 for the first two, one
worth 4 for the first alone. Layers that the same sites bring are one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from circle.siting.problem import FloatArray, IntArray
from circle.siting.savings import Savings

Flags = npt.NDArray[np.bool_]

MOST_LAYERS = 120_000
"""Beyond so many layers HiGHS does not end in a useful time; the relaxation's bound stands."""

_MOST_CELLS = 60_000_000
"""Tables of dominance larger than this are not made: they would not fit in memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """
    What the solver found.

    Parameters
    ----------
    chosen
        Numbers of sites, ``None`` when it found no choice in time.
    bound
        No choice is better; ``None`` when it does not know.
    """

    chosen: IntArray | None
    bound: float | None


def layers(savings: Savings, sites: IntArray) -> tuple[Any, FloatArray]:
    """
    Return the layers of some sites' savings.

    Parameters
    ----------
    savings
        What sites save.
    sites
        The sites that take part.

    Returns
    -------
    brings, worth
        CSR of zeros and ones, shape ``(layers, len(sites))``, and the worth of each layer.
    """
    rows: list[IntArray] = []
    columns: list[IntArray] = []
    amounts: list[FloatArray] = []
    for at, site in enumerate(sites):
        span = slice(savings.first[site], savings.first[site + 1])
        rows.append(savings.demand[span])
        amounts.append(savings.amount[span])
        columns.append(np.full(span.stop - span.start, at, np.int64))
    row, column, amount = np.concatenate(rows), np.concatenate(columns), np.concatenate(amounts)
    order = np.lexsort((column, -amount, row))
    row, column, amount = row[order], column[order], amount[order]
    worth: dict[bytes, float] = {}
    ends = np.flatnonzero(np.diff(row, append=-1)) + 1
    start = 0
    for end in ends.tolist():
        mine, saved = column[start:end], amount[start:end]
        steps = saved - np.append(saved[1:], 0.0)
        for at in np.flatnonzero(steps > 0.0).tolist():
            key = np.sort(mine[: at + 1]).astype(np.int32).tobytes()
            worth[key] = worth.get(key, 0.0) + float(steps[at])
        start = end
    return _table(list(worth), len(sites)), np.array(list(worth.values()), np.float64)


def same_rows(table: Any) -> Any:
    """Return a table of zeros and ones with equal rows once, and without empty ones."""
    table = table.tocsr()
    keys = {
        np.sort(table.indices[start:end]).astype(np.int32).tobytes(): None
        for start, end in zip(table.indptr[:-1], table.indptr[1:], strict=True)
        if end > start
    }
    return _table(list(keys), int(table.shape[1]))


def _table(keys: list[bytes], n_columns: int) -> Any:
    columns = [np.frombuffer(key, np.int32) for key in keys]
    first = np.concatenate([[0], np.cumsum([len(c) for c in columns])]).astype(np.int64)
    flat = np.concatenate(columns) if columns else np.empty(0, np.int32)
    return sparse.csr_matrix((np.ones(len(flat)), flat, first), shape=(len(columns), n_columns))


def most_worth(brings: Any, worth: FloatArray, n_new: int, time_limit_s: float) -> Proof:
    """Return the `n_new` sites whose layers are worth most (MCLP)."""
    n_layers, n_sites = brings.shape
    # Only sites are whole numbers; a layer is then brought in wholly or not by itself.
    brought = sparse.hstack([-brings, sparse.identity(n_layers)], format="csr")
    number = sparse.csr_matrix(np.r_[np.ones(n_sites), np.zeros(n_layers)])
    scale = float(worth.max(initial=1.0))
    found = milp(
        np.r_[np.zeros(n_sites), -worth / scale],
        integrality=np.r_[np.ones(n_sites), np.zeros(n_layers)],
        bounds=Bounds(0, 1),
        constraints=[LinearConstraint(brought, ub=0), LinearConstraint(number, ub=n_new)],
        options={"time_limit": time_limit_s, "mip_rel_gap": 0.0},
    )
    bound = _dual(found)
    return Proof(_chosen(found, n_sites), None if bound is None else -bound * scale)


def fewest(brings: Any, time_limit_s: float) -> Proof:
    """Return the fewest sites that bring every row (LSCP)."""
    sites, table = _without_dominated(brings)
    found = milp(
        np.ones(len(sites)),
        integrality=np.ones(len(sites)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(table, lb=1),
        options={"time_limit": time_limit_s},
    )
    chosen = _chosen(found, len(sites))
    return Proof(None if chosen is None else sites[chosen], _dual(found))


def _without_dominated(brings: Any) -> tuple[IntArray, Any]:
    """
    Leave out rows that come with another row, and sites that bring no more than another does.

    Neither changes the fewest sites (Toregas & ReVelle 1973).
    """
    table: Flags = brings.toarray() > 0
    sites: IntArray = np.arange(table.shape[1], dtype=np.int64)
    if len(table) ** 2 > _MOST_CELLS:
        return sites, brings
    shape = (0, 0)
    while table.shape != shape:
        shape = table.shape
        table = table[~_holds_another(table)]
        is_less = _is_within_another(table.T)
        table, sites = table[:, ~is_less], sites[~is_less]
    return sites, sparse.csr_matrix(table.astype(np.float64))


def _within(rows: Flags) -> Flags:
    """Return whether row a lies within row b; of equal rows only the later in the earlier."""
    numbers = rows.astype(np.float32)
    size = numbers.sum(axis=1)
    within: Flags = (numbers @ numbers.T) == size[:, None]
    order = np.arange(len(rows))
    within &= ~(within.T & (order[:, None] <= order[None, :]))
    return within


def _is_within_another(rows: Flags) -> Flags:
    return np.asarray(_within(rows).any(axis=1))


def _holds_another(rows: Flags) -> Flags:
    return np.asarray(_within(rows).any(axis=0))


def _chosen(found: OptimizeResult, n: int) -> IntArray | None:
    if found.x is None:
        return None
    chosen: IntArray = np.flatnonzero(found.x[:n] > 0.5).astype(np.int64)
    return chosen


def _dual(found: OptimizeResult) -> float | None:
    bound = getattr(found, "mip_dual_bound", None)
    return None if bound is None or not np.isfinite(bound) else float(bound)
