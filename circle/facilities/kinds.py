"""What a place without a name is called: by its kind, which says more than its class."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

from circle.resources import data_path


@dataclass(frozen=True, slots=True)
class Kind:
    """
    A kind of place on the map.

    Parameters
    ----------
    name_zh, name_en
        What one of it is called.
    bears_names
        False for what has no name of its own, such as a post box: nothing is unknown about it.
    """

    name_zh: str
    name_en: str
    bears_names: bool

    def names(self) -> tuple[str, str]:
        """Return what a place of this kind without a name is called, in Chinese and English."""
        if self.bears_names:
            return f"{self.name_zh}（名称未详）", f"{self.name_en} (name unknown)"
        return self.name_zh, self.name_en


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """
    Return the kinds the project has words for, by ``key=value``.

    Examples
    --------
    >>> kinds()["amenity=toilets"].names()
    ('公共厕所', 'Public toilets')
    >>> kinds()["amenity=pharmacy"].names()
    ('药店（名称未详）', 'Pharmacy (name unknown)')
    """
    with data_path("kinds.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["kind"]: Kind(row["name_zh"], row["name_en"], row["bears_names"] == "yes")
            for row in csv.DictReader(file)
        }


def nameless(kind: str, class_zh: str, class_en: str) -> tuple[str, str]:
    """
    Return what a place without a name is called, in Chinese and English.

    Parameters
    ----------
    kind
        Of the map, ``key=value``; of several values the first counts.
    class_zh, class_en
        Its class, for a kind there are no words for.
    """
    known = kinds().get(kind.partition(";")[0])
    return (known or Kind(class_zh, class_en, bears_names=True)).names()
