"""
Plans what a list changes in a register, and does it.

The plan accounts for every row before anything is written. What the list has changed since it was
last read is taken over; what people have changed in the register since then stays, and the two
are put before somebody where they disagree. Doing it is one act: all of it or nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from circle.classes import ClassTable
from circle.errors import ConflictError, RegisterError
from circle.geocoding import Geocoder
from circle.store.labels import called
from circle.store.list_files import FIELDS, ListRow
from circle.store.list_rows import POSITION_FIELDS, Draft, Problem, RowReader
from circle.store.matching import PlaceIndex, origin_of
from circle.store.model import Action, Origin, Place
from circle.store.placing import FAR_FROM_MAP_M, distance_m, place_draft
from circle.store.register import Register
from circle.store.sheet_of_register import from_own_sheet

Outcome = Literal["new", "changed", "unchanged", "doubtful", "refused"]
OUTCOMES: tuple[Outcome, ...] = ("new", "changed", "unchanged", "doubtful", "refused")
_PLAIN_ID = re.compile(r"[A-Za-z][\w.\-]{2,60}")


@dataclass(frozen=True, slots=True)
class RowReport:
    """
    What becomes of one row.

    Parameters
    ----------
    number
        Of the row in the file.
    name
        As the row has it.
    outcome
        The first of refused, doubtful, new, changed, unchanged that holds.
    writes
        What is written for it: a new place, an edit, or nothing. Doubtful places are written
        too, marked as doubtful.
    place_id
        The place it speaks of; None for a refused row that speaks of none.
    fields
        Fields of the place that change.
    problems
        What is wrong with it.
    """

    number: int
    name: str
    outcome: Outcome
    writes: Literal["add", "edit", "nothing"]
    place_id: str | None
    fields: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """
    What a list changes; nothing is written yet.

    Parameters
    ----------
    what
        What is imported, for the history.
    list_name
        The list the file is an edition of.
    rows
        One report for every row, in their order.
    missing
        Id and name of places the list told of before and does not any more; they stay.
    adds, edits
        What is written: new places, and id, version and new values of others.
    as_of
        The last change of the register that the plan knows.
    action
        What the changes are called in the history.
    """

    what: str
    list_name: str
    rows: tuple[RowReport, ...]
    missing: tuple[tuple[str, str], ...]
    adds: tuple[Place, ...]
    edits: tuple[tuple[str, int, Mapping[str, Any]], ...]
    as_of: int
    action: Action = "import"

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many rows have each outcome."""
        return {name: sum(row.outcome == name for row in self.rows) for name in OUTCOMES}

    @property
    def is_sound(self) -> bool:
        """Whether no row is refused."""
        return not any(row.outcome == "refused" for row in self.rows)

    @property
    def changes_nothing(self) -> bool:
        """Whether there is nothing to write."""
        return not self.adds and not self.edits


def plan_import(
    register: Register,
    drafts: Sequence[Draft],
    classes: ClassTable,
    *,
    file_name: str,
    list_name: str | None = None,
    geocoder: Geocoder | None = None,
    action: Action = "import",
    progress: Callable[[], None] | None = None,
) -> ImportPlan:
    """
    Return what a list changes.

    Parameters
    ----------
    register
        The register as it stands.
    drafts
        Rows of the list; doubts that arise here are noted on them.
    classes
        The class table the rows were read with.
    file_name
        Name of the file.
    list_name
        The list it is an edition of; None finds out.
    geocoder
        Who is asked for places without coordinates, and about those with.
    action
        What the changes are called in the history.
    progress
        Called after each row.
    """
    as_of, places = register.snapshot()
    index = PlaceIndex(places)
    stem = re.sub(r"\.[A-Za-z]+$", "", file_name)
    chosen = list_name or index.list_of(drafts, stem)
    planner = _Planner(index, chosen, classes, geocoder, frozenset(draft.key for draft in drafts))
    for draft in drafts:
        planner.take(draft)
        if progress is not None:
            progress()
    told_of = planner.seen
    missing = [p for p in index.of_list(chosen) if p.place_id not in told_of]
    return ImportPlan(
        what=f"{action} {file_name}",
        list_name=chosen,
        rows=tuple(planner.reports),
        missing=tuple((place.place_id, place.name) for place in missing),
        adds=tuple(planner.adds),
        edits=tuple(planner.edits),
        as_of=as_of,
        action=action,
    )


def apply_import(register: Register, plan: ImportPlan, who: str, *, only_good: bool = False) -> int:
    """
    Write what a plan says, all of it or nothing.

    Parameters
    ----------
    register
        The register the plan was made for.
    plan
        The plan.
    who
        Who imports.
    only_good
        Write the good rows although others are refused.

    Returns
    -------
    n_written
        Places added or changed.

    Raises
    ------
    RegisterError
        If rows are refused and `only_good` was not said.
    ConflictError
        If the register was changed since in a way the plan does not know.
    """
    if not plan.is_sound and not only_good:
        n = plan.counts["refused"]
        raise RegisterError(
            en=f"{n} of {len(plan.rows)} rows are refused, so nothing was imported; mend them, or "
            "say that the good rows shall go in without them (--only-good).",
            zh=f"{len(plan.rows)} 行中有 {n} 行被拒绝，因此没有导入任何内容；请修改，"
            "或说明只导入合格的行（--only-good）。",
        )
    if plan.changes_nothing:
        return 0
    with register.writing(who, plan.what) as writer:
        if plan.adds and writer.has_new_places_since(plan.as_of):
            raise ConflictError(
                en="Places were added to the register since this report was made; make it again.",
                zh="生成报告之后登记册中又新增了地点；请重新生成报告。",
            )
        for place in plan.adds:
            writer.add(place, plan.action)
        for place_id, version, changed in plan.edits:
            writer.edit(Place, place_id, version, plan.action, **changed)
    return len(plan.adds) + len(plan.edits)


class _Planner:
    """Takes one row after the other and notes what becomes of it."""

    def __init__(
        self,
        index: PlaceIndex,
        list_name: str,
        classes: ClassTable,
        geocoder: Geocoder | None,
        named: frozenset[tuple[str, str]],
    ) -> None:
        self._named = named
        self._index = index
        self._list = list_name
        self._reader = RowReader(frozenset(FIELDS), classes)
        self._geocoder = geocoder
        self._class_names = {kind.key: (kind.name_en, kind.name_zh) for kind in classes}
        self.reports: list[RowReport] = []
        self.adds: list[Place] = []
        self.edits: list[tuple[str, int, Mapping[str, Any]]] = []
        self.seen: set[str] = set()
        self._taken = set(index.by_id)
        self._row_of: dict[tuple[str, int], int] = {}

    def take(self, draft: Draft) -> None:
        """Plan one row."""
        found = self._index.find(draft, self._list, self._named)
        place = found.place
        if place is not None:
            # A row that is refused or doubted still tells that its place is not missing.
            self.seen.add(place.place_id)
        if draft.is_refused:
            self._report(draft, "nothing", place)
            return
        if found.doubt is not None:
            draft.doubt("id" if draft.list_id else "name", *found.doubt)
            self._report(draft, "nothing", place)
            return
        if place is None:
            self._add(draft)
            return
        # Two rows may speak of one place where somebody merged what they described.
        origin = origin_of(place, self._list, draft)
        row_key = (place.place_id, place.origins.index(origin) if origin is not None else -1)
        if row_key in self._row_of:
            row = self._row_of[row_key]
            draft.refuse(
                "name",
                f"it speaks of the same place as row {row}",
                f"与第 {row} 行是同一处地点",
            )
            self._report(draft, "nothing", place)
            return
        self._row_of[row_key] = draft.number
        if "version" in draft.own:
            self._take_over(draft, place, from_own_sheet(draft, place))
        else:
            self._take_over(draft, place, self._changed(draft, place))

    def _add(self, draft: Draft) -> None:
        position = place_draft(draft, self._geocoder)
        values = {name: value for name, value in draft.values.items() if value is not None}
        place = Place(
            place_id=self._identity(draft),
            **values,
            **position,
            **_doubts(draft.problems),
            origins=(Origin(self._list, draft.list_id, draft.cells),),
        )
        self._taken.add(place.place_id)
        self.adds.append(place)
        self._report(draft, "add", place, ())

    def _identity(self, draft: Draft) -> str:
        """Return an id for a new place: the one of the list where it is a word, else a hash."""
        given = draft.list_id
        if given is not None and _PLAIN_ID.fullmatch(given) and given not in self._taken:
            return given
        words = (self._list, given) if given else (*draft.key, draft.values.get("category"))
        base = "p" + hashlib.sha256("\n".join(map(str, words)).encode()).hexdigest()[:10]
        identity, count = base, 1
        while identity in self._taken:
            count += 1
            identity = f"{base}-{count}"
        return identity

    def _take_over(self, draft: Draft, place: Place, changed: dict[str, Any]) -> None:
        if changed and not place.is_there:
            draft.doubt(
                "",
                f"it is marked as not existing by {place.checked_by or 'somebody'}, and the list "
                "has changed it",
                f"该地点已由 {place.checked_by or '工作人员'} 标记为不存在，而名单中有改动",
            )
            changed = {}
        said = {name for name in changed if name not in ("origins", "doubt", "doubt_zh")}
        if not changed and not draft.problems:
            self._report(draft, "nothing", place)
            return
        if changed:
            self.edits.append((place.place_id, place.version, changed))
        self._report(draft, "edit" if changed else "nothing", place, tuple(sorted(said)))

    def _changed(self, draft: Draft, place: Place) -> dict[str, Any]:
        """Return what a row changes of a place, holding it against what lists said before."""
        own = origin_of(place, self._list, draft)
        others = [origin for origin in place.origins if origin is not own]
        if own is not None and own.cells == draft.cells and own.list_id == draft.list_id:
            draft.problems.clear()  # told when the row was first read
            return {}
        fresh = {
            name
            for name in _cells_of(draft, own)
            if not any(_says(origin, name, draft) for origin in place.origins)
            and (own is not None or name in draft.cells)
        }
        draft.problems[:] = [p for p in draft.problems if p.field in fresh]
        before = None if own is None else self._reread(own)
        changed: dict[str, Any] = {}
        for name, value in draft.values.items():
            if _column(name) not in fresh and name != "extra":
                continue
            if name == "extra":
                value = {**place.extra, **value}
            current = getattr(place, name)
            if value == current:
                continue
            is_by_hand = before is not None and before.values.get(name, current) != current
            if name == "entrances":
                # Their datum was that of their row, which is not known any more.
                is_by_hand = before is not None and place.checked_by is not None
            is_other_list = own is None and bool(current) and bool(others or place.checked_by)
            if name != "extra" and (is_by_hand or is_other_list):
                self._disagree(draft, name, value, current)
                continue
            if value is None and name in ("name", "category"):
                continue
            changed[name] = value
        changed |= self._moved(draft, place, fresh, own)
        rest = [origin for origin in place.origins if origin is not own]
        changed["origins"] = (*rest, Origin(self._list, draft.list_id, draft.cells))
        if draft.problems:
            changed |= _doubts(draft.problems)
        return {name: value for name, value in changed.items() if getattr(place, name) != value}

    def _moved(
        self, draft: Draft, place: Place, fresh: set[str], own: Origin | None
    ) -> dict[str, Any]:
        """Return the position of a place where the row gives another, or another address."""
        has_new_position = bool(fresh & POSITION_FIELDS) and draft.given is not None
        has_new_words = bool(fresh & {"name", "address"}) and draft.given is None
        if not has_new_position and not (has_new_words and place.match_method != "coordinates"):
            return {}
        trial = replace(draft, problems=[])
        position = place_draft(trial, self._geocoder, place.place_id)
        if place.checked_by is not None:
            moved = (position["lon"], position["lat"]) != (place.lon, place.lat)
            if has_new_position and moved:
                self._disagree(draft, "lon", draft.cells.get("lon"), place.lon)
            return {}
        if has_new_position and own is None and place.match_method == "coordinates":
            # Another list has said where it is; that stays, and is doubted where they disagree.
            assert draft.given is not None
            here, there = place.lonlat, draft.given.lonlat
            if here is not None and distance_m(here, there) > FAR_FROM_MAP_M:
                spots = (f"{spot.lon:.5f},{spot.lat:.5f}" for spot in (there, here))
                self._disagree(draft, "lon", *spots)
            return {}
        draft.problems.extend(problem for problem in trial.problems)
        if position["lon"] is None and place.lon is not None and not has_new_position:
            return {}  # what is known is not given up for a name that is not
        if position["status"] == "doubtful":
            position["is_published"] = False
        return position

    def _disagree(self, draft: Draft, name: str, value: Any, current: Any) -> None:
        new, held = (self._said(name, each) for each in (value, current))
        field = "position" if name == "lon" else name
        draft.doubt(
            _column(name),
            f"the list says {called(field, 'en')} “{new[0]}”, the register “{held[0]}”, which "
            "stays until somebody decides",
            f"名单中{called(field, 'zh')}为“{new[1]}”，登记册中为“{held[1]}”，"
            "核实之前保留登记册的内容",
        )

    def _said(self, name: str, value: Any) -> tuple[str, str]:
        known = self._class_names.get(value) if name == "category" else None
        return known or (_shown(value), _shown(value))

    def _reread(self, origin: Origin) -> Draft:
        """Return what the row of a list said when it was last read."""
        cells = {n: text for n, text in origin.cells.items() if not n.startswith("+")}
        without_position = {n: t for n, t in cells.items() if n not in POSITION_FIELDS}
        return self._reader.read(ListRow(0, without_position, {}))

    def _report(
        self,
        draft: Draft,
        writes: Literal["add", "edit", "nothing"],
        place: Place | None,
        fields: tuple[str, ...] = (),
    ) -> None:
        outcome: Outcome = {"add": "new", "edit": "changed", "nothing": "unchanged"}[writes]  # type: ignore[assignment]
        if draft.is_refused:
            outcome = "refused"
        elif draft.problems:
            outcome = "doubtful"
        elif writes == "edit" and not fields:
            outcome = "unchanged"
        self.reports.append(
            RowReport(
                draft.number,
                str(draft.values.get("name") or (place.name if place else "") or "–"),
                outcome,
                writes,
                None if place is None else place.place_id,
                fields,
                tuple(draft.problems),
            )
        )


def _column(name: str) -> str:
    return "class" if name == "category" else name


def _cells_of(draft: Draft, own: Origin | None) -> set[str]:
    return set(draft.cells) | (set(own.cells) if own is not None else set())


def _says(origin: Origin, name: str, draft: Draft) -> bool:
    return origin.cells.get(name) == draft.cells.get(name)


def _shown(value: Any) -> str:
    if value is None or value == ():
        return "–"
    return "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _doubts(problems: Iterable[Problem]) -> dict[str, Any]:
    """Return the doubts of a row as fields of its place; none where there are none."""
    doubts = [problem for problem in problems if not problem.is_refusal]
    if not doubts:
        return {}
    return {
        "doubt": "; ".join(problem.en for problem in doubts),
        "doubt_zh": "；".join(problem.zh for problem in doubts),
    }
