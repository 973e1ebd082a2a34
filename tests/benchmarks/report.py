"""What the benchmarks share: where the extracts lie, and lines with a figure beside its target."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(
    os.environ.get("CIRCLE_TEST_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")
)


class Report:
    """
    Prints measurements beside their targets and remembers whether all were met.

    Parameters
    ----------
    title
        Printed first.
    """

    def __init__(self, title: str) -> None:
        self.missed = 0
        print(f"\n== {title}", flush=True)

    def line(self, what: str, value: float, unit: str = "", *, most: float | None = None,
             least: float | None = None) -> None:  # fmt: skip
        """Print one figure, and whether it lies within the target if there is one."""
        target, verdict = "", ""
        if most is not None or least is not None:
            met = (most is None or value <= most) and (least is None or value >= least)
            target = f"at most {most:g}" if most is not None else f"at least {least:g}"
            verdict = "ok" if met else "MISSED"
            self.missed += not met
        print(f"{what:<58} {value:>10.4g} {unit:<4} {target:<16} {verdict}", flush=True)

    def note(self, text: str) -> None:
        """Print a remark."""
        print(text, flush=True)

    def leave(self) -> None:
        """End the program: status 1 if a target was missed."""
        sys.exit(1 if self.missed else 0)


def extract(name: str) -> Path:
    """Return a real extract, or end the program with a sentence."""
    path = FOLDER / name
    if not path.is_file():
        sys.exit(f"{name} is not in {FOLDER}: set CIRCLE_TEST_DATA to the folder of extracts.")
    return path


def run(main: Callable[[], Report]) -> None:
    """Run one benchmark as a program."""
    main().leave()
