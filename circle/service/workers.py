"""Runs searches beside the event loop, so many at once and no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread

from circle.service.problems import BusyError

Answer = TypeVar("Answer")


class Workers:
    """
    A few threads for searches, and a queue that does not grow without end.

    The kernels leave the interpreter lock, so that threads use all cores.

    Parameters
    ----------
    n_workers
        Searches that may run at once.
    most_waiting
        How many more may wait.
    """

    def __init__(self, n_workers: int, most_waiting: int) -> None:
        self._limiter = anyio.CapacityLimiter(n_workers)
        self._most = n_workers + most_waiting
        self._n_inside = 0

    async def run(self, work: Callable[[], Answer]) -> Answer:
        """
        Return what `work` returns.

        Raises
        ------
        BusyError
            If too many wait already.
        """
        if self._n_inside >= self._most:
            raise BusyError(
                en="Too many people are asking at once; please try again in a moment.",
                zh="同时查询的人太多，请稍后再试。",
            )
        self._n_inside += 1
        try:
            return await anyio.to_thread.run_sync(work, limiter=self._limiter)
        finally:
            self._n_inside -= 1
