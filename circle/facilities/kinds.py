"""What a place without a name is called: by its kind, which says more than its class."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

from circle.resources import data_path

_UNKNOWN_ZH = "（名称未详）"
_UNKNOWN_EN = " (name unknown)"


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
    is_called_by_owner
        True where what the map writes as the name is who runs it: a cash machine called by its
        bank must not look like a branch.
    """

    name_zh: str
    name_en: str
    bears_names: bool = True
    is_called_by_owner: bool = False

    def named(self, owner: str = "") -> tuple[str, str]:
        """
        Return what a place of this kind without a name of its own is called, in both languages.

        Parameters
        ----------
        owner
            Who runs it; empty where that is not known.

        Examples
        --------
        >>> kinds()["amenity=toilets"].named()
        ('公共厕所', 'Public toilets')
        >>> kinds()["amenity=pharmacy"].named()
        ('药店（名称未详）', 'Pharmacy (name unknown)')
        >>> [kinds()[kind].named("中国银行")[0] for kind in ("amenity=atm", "amenity=bank")]
        ['中国银行（自动取款机）', '中国银行']
        """
        if owner:
            if self.bears_names:
                return owner, owner
            return f"{owner}（{self.name_zh}）", f"{owner} ({self.name_en.lower()})"
        if self.bears_names:
            return f"{self.name_zh}{_UNKNOWN_ZH}", f"{self.name_en}{_UNKNOWN_EN}"
        return self.name_zh, self.name_en


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """Return the kinds the project has words for, by ``key=value``."""
    with data_path("kinds.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["kind"]: Kind(
                row["name_zh"],
                row["name_en"],
                bears_names=row["bears_names"] == "yes",
                is_called_by_owner=row["bears_names"] == "owner",
            )
            for row in csv.DictReader(file)
        }


def kind_called(kind: str) -> Kind | None:
    """
    Return a kind by its ``key=value`` on the map, None where there are no words for it.

    Examples
    --------
    >>> kind_called("shop=convenience;doityourself").name_zh, kind_called("shop=unheard_of")
    ('便利店', None)
    """
    return kinds().get(kind.partition(";")[0])


def is_name(name: str) -> bool:
    """
    Say whether a place is called by a name, and not only by what it is.

    Examples
    --------
    >>> is_name("城关医院"), is_name("医院（名称未详）"), is_name("Hospital (name unknown)")
    (True, False, False)
    """
    return not name.endswith((_UNKNOWN_ZH, _UNKNOWN_EN))
