"""Which things on a map are the facility a clause means: conditions on their tags."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Selector:
    """
    Which things on a map are the facility a clause means.

    Parameters
    ----------
    alternatives
        Any of these suffices; in each all conditions must hold, pairs of key and value. The
        value ``"*"`` takes any but ``"no"``; ``None`` asks for the key to be absent. The key
        ``"class"`` asks for a class of the guide.

    Examples
    --------
    >>> school = Selector.read("amenity=school+isced:level=1;amenity=school+!isced:level")
    >>> school.fits({"amenity": "school"}), school.fits({"amenity": "school", "isced:level": "2"})
    (True, False)
    """

    alternatives: tuple[tuple[tuple[str, str | None], ...], ...]

    @classmethod
    def read(cls, text: str) -> Selector:
        """
        Return the selector a cell holds, ``a=b;c=d+e=*;f=g+!h``.

        Raises
        ------
        ValueError
            If it is not of that form.
        """
        alternatives = []
        for part in filter(None, (piece.strip() for piece in text.split(";"))):
            conditions: list[tuple[str, str | None]] = []
            for condition in part.split("+"):
                key, sign, value = condition.strip().partition("=")
                if key.startswith("!") and not sign and len(key) > 1:
                    conditions.append((key[1:], None))
                elif sign and key and value:
                    conditions.append((key, value))
                else:
                    raise ValueError(condition)
            if all(value is None for _, value in conditions):
                raise ValueError(part)
            alternatives.append(tuple(conditions))
        return cls(tuple(alternatives))

    @property
    def keys(self) -> frozenset[str]:
        """The keys any thing it fits must have one of."""
        return frozenset(
            key for conditions in self.alternatives for key, value in conditions if value
        )

    def fits(self, tags: Mapping[str, str]) -> bool:
        """Say whether a thing with these tags is one."""
        return any(
            all(_holds(tags.get(key), value) for key, value in conditions)
            for conditions in self.alternatives
        )

    def __str__(self) -> str:
        return ";".join(
            "+".join(f"!{key}" if value is None else f"{key}={value}" for key, value in conditions)
            for conditions in self.alternatives
        )


def any_of(selectors: Iterable[Selector]) -> Callable[[Mapping[str, str]], bool]:
    """
    Return a function that says whether a thing is what any of the selectors means.

    Parameters
    ----------
    selectors
        What is looked for; the more there are, the more this saves over asking each.

    Examples
    --------
    >>> is_wanted = any_of([Selector.read("shop=bakery"), Selector.read("leisure=park")])
    >>> is_wanted({"leisure": "park"}), is_wanted({"shop": "books"})
    (True, False)
    """
    by_key: dict[str, list[tuple[tuple[str, str | None], ...]]] = {}
    for selector in selectors:
        for conditions in selector.alternatives:
            key = next(key for key, value in conditions if value)
            if conditions not in by_key.setdefault(key, []):
                by_key[key].append(conditions)

    def fits(tags: Mapping[str, str]) -> bool:
        return any(
            all(_holds(tags.get(key), value) for key, value in conditions)
            for tag in tags
            if tag in by_key
            for conditions in by_key[tag]
        )

    return fits


def _holds(found: str | None, wanted: str | None) -> bool:
    if wanted is None:
        return not found
    if not found or found == "no":
        return False
    return wanted == "*" or wanted in (part.strip() for part in found.split(";"))
