"""Finds which place of the register a row of a list speaks of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass

from rapidfuzz import fuzz

from circle.store.list_rows import Draft, place_key
from circle.store.model import Origin, Place

_SAME_WORDS = 60.0
"""Names less alike than this, in per cent, do not confirm an id."""


@dataclass(frozen=True, slots=True)
class Found:
    """
    Which place a row speaks of.

    Parameters
    ----------
    place
        The place; None when the register does not have it.
    doubt
        Why that is not certain, ``(en, zh)``; then the row must not change anything.
    """

    place: Place | None
    doubt: tuple[str, str] | None = None


class PlaceIndex:
    """
    Looks up places by id, and by name and address.

    Parameters
    ----------
    places
        All places of the register, the merged and the gone included.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        self.by_id = {place.place_id: place for place in places}
        self._by_list: dict[tuple[str, str], Place] = {}
        self._by_given: defaultdict[str, list[Place]] = defaultdict(list)
        self._by_key: defaultdict[tuple[str, str], list[Place]] = defaultdict(list)
        self.lists: set[str] = set()
        for place in self.by_id.values():
            if place.status == "merged":
                continue
            for origin in place.origins:
                self.lists.add(origin.list_name)
                if origin.list_id is not None:
                    self._by_list[origin.list_name, origin.list_id] = place
                    self._by_given[origin.list_id].append(place)
            for key in _keys_of(place):
                self._by_key[key].append(place)

    def of_list(self, list_name: str) -> list[Place]:
        """Return the places a list has told of, as far as they are still there."""
        return [
            place
            for place in self.by_id.values()
            if place.is_there and origin_of(place, list_name) is not None
        ]

    def find(
        self, draft: Draft, list_name: str | None, named: Set[tuple[str, str]] = frozenset()
    ) -> Found:
        """
        Return the place a row speaks of.

        An id counts within its own list, and elsewhere where name or address agree; a list
        numbered afresh does not turn one place into another.

        Parameters
        ----------
        draft
            What the row describes.
        list_name
            The list it is from; None when that is not known yet.
        named
            Names and addresses of all rows of the list: where another row speaks of the place
            that had a running number, the number was given out afresh.
        """
        by_key = self._named(draft, list_name)
        if draft.list_id is None:
            return by_key
        place = self._with_id(draft.list_id, draft, list_name)
        if place is None or (by_key.place is not None and by_key.place is place):
            return by_key if place is None else Found(place)
        # A running number may have been given out afresh; an id that is a word means what it says.
        is_running = draft.list_id.isdecimal()
        if is_running and not named.isdisjoint(_keys_of(place)):
            return by_key
        is_own = list_name is not None and self._by_list.get((list_name, draft.list_id)) is place
        if _agree(place, draft) or (is_own and not is_running):
            return Found(place)
        if is_running and by_key.place is not None:
            return by_key
        return Found(
            place,
            (
                f'the id "{draft.list_id}" belongs to “{place.name}”, which has another name and '
                "another address; if this is another list, give it a name of its own",
                f"编号“{draft.list_id}”属于“{place.name}”，名称和地址都不同；"
                "若这是另一份名单，请为其另起名称",
            ),
        )

    def _with_id(self, list_id: str, draft: Draft, list_name: str | None) -> Place | None:
        place = self.by_id.get(list_id)
        while place is not None and place.merged_into is not None:
            place = self.by_id.get(place.merged_into)
        if place is None and list_name is not None:
            place = self._by_list.get((list_name, list_id))
        if place is None:
            others = [each for each in self._by_given.get(list_id, ()) if _agree(each, draft)]
            place = others[0] if len(others) == 1 else None
        return place

    def _named(self, draft: Draft, list_name: str | None) -> Found:
        found = self._by_key.get(draft.key, [])
        if len(found) > 1:
            near = [p for p in found if p.category == draft.values.get("category")] or found
            same = [p for p in near if list_name and _has_cells(p, list_name, draft)]
            found = same or near
        if len(found) > 1:
            return Found(
                found[0],
                (
                    f"{len(found)} places in the register have this name and address; give its id",
                    f"登记册中有 {len(found)} 处地点名称和地址相同；请给出编号",
                ),
            )
        return Found(found[0]) if found else Found(None)

    def list_of(self, drafts: Iterable[Draft], stem: str) -> str:
        """
        Return which list a file is an edition of.

        A list of the same name; else the one that most of the rows are known from, since
        corrected files are saved under new names; else a new list.
        """
        if stem in self.lists:
            return stem
        count: Counter[str] = Counter()
        n_rows = 0
        for draft in drafts:
            n_rows += 1
            found = self.find(draft, None)
            if found.place is not None:
                count.update({origin.list_name for origin in found.place.origins})
        for list_name, n_known in count.most_common():
            if 2 * n_known > n_rows and not list_name.startswith("map:"):
                return list_name
        return stem


def origin_of(place: Place, list_name: str, draft: Draft | None = None) -> Origin | None:
    """
    Return what a list said of a place last, None where it never did.

    Where two of its rows were merged into one place, the one that is like `draft`.
    """
    own = [origin for origin in place.origins if origin.list_name == list_name]
    if draft is None or len(own) < 2:
        return own[0] if own else None

    def is_like(origin: Origin) -> tuple[bool, bool]:
        key = place_key(origin.cells.get("name"), origin.cells.get("address"))
        is_same_id = draft.list_id is not None and origin.list_id == draft.list_id
        return (is_same_id, key == draft.key)

    return max(own, key=is_like)


def _keys_of(place: Place) -> set[tuple[str, str]]:
    """Return its names and addresses: a corrected one does not hide it from the list's own rows."""
    told = {place_key(o.cells.get("name"), o.cells.get("address")) for o in place.origins}
    return {place_key(place.name, place.address)} | told


def _agree(place: Place, draft: Draft) -> bool:
    """Say whether the name of a row is like that of a place, or its address the same."""
    name, address = draft.key
    held = _keys_of(place)
    return any(
        (name and fuzz.ratio(name, known) >= _SAME_WORDS)
        # 张掖路9号 is as like to 张掖路1号 as can be, and another place.
        or (address and address == where)
        for known, where in held
    )


def _has_cells(place: Place, list_name: str, draft: Draft) -> bool:
    origin = origin_of(place, list_name)
    return origin is not None and all(
        origin.cells.get(name) == draft.cells.get(name) for name in ("lon", "lat", "lonlat")
    )
