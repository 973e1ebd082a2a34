"""Writes one act: every change checked, versioned, and kept with what stood there before."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from circle.errors import ConflictError, PositionError, RegisterError
from circle.geometry import check_lonlat
from circle.store.drawn import drawn_edit, gates_of
from circle.store.model import (
    ID_FIELDS,
    KIND_OF,
    KINDS,
    STATUSES,
    Action,
    Change,
    Compound,
    Distinct,
    Place,
    R,
    Record,
    StreetEdit,
    as_json,
    field_names,
    from_json,
    record_id,
)
from circle.store.rows import ROW_OF, fill, new_row, value_of
from circle.store.tables import ActRow, Base, ChangeRow, DistinctRow, PlaceRow

# What a list said last is not taken back with what it changed: the next reading of the same
# list would bring the change again.
_KEPT_BY_UNDO: Mapping[str, frozenset[str]] = {
    "import": frozenset({"origins"}),
    "refresh": frozenset({"origins"}),
}


class Writer:
    """
    Writes one act; made by `Register.writing`.

    Every method sees what the act wrote before. An error leaves the whole act undone, unless it
    is caught inside the block: each method either does all it says or nothing.
    """

    def __init__(
        self, session: Session, who: str, what: str, at: str, today: str | None = None
    ) -> None:
        self._session = session
        self._act = ActRow(who=who, what=what, at=at)
        self._is_begun = False
        # Rows of this act that are not in the database yet, where the session does not find them.
        self._new: dict[tuple[type[Any], str], Base] = {}
        self.who = who
        self.at = at
        # The day of the act where it is done, ISO; `at` is UTC.
        self.today = today or at[:10]

    def get(self, kind: type[R], record_id: str) -> R:
        """Return a record as it stands; `RegisterError` if there is none."""
        return value_of(kind, self._row(kind, record_id))

    def has(self, kind: type[R], record_id: str) -> bool:
        """Say whether there is such a record."""
        return self._find(kind, record_id) is not None

    def all(self, kind: type[R]) -> tuple[R, ...]:
        """Return all records of a kind, by their ids."""
        self._session.flush()
        row = ROW_OF[kind]
        query = sa.select(row).order_by(*sa.inspect(row).primary_key)
        return tuple(value_of(kind, each) for each in self._session.scalars(query))

    def has_new_places_since(self, change_id: int) -> bool:
        """Say whether places were added after a change."""
        query = sa.select(ChangeRow.change_id).where(
            ChangeRow.change_id > change_id,
            ChangeRow.kind == KIND_OF[Place],
            ChangeRow.before.is_(None),
        )
        return self._session.scalars(query.limit(1)).first() is not None

    def add(self, record: R, action: Action = "add", *, undoes: int | None = None) -> R:
        """
        Add a record.

        Returns
        -------
        record
            With its version: 1, or more where a record of this id was there before.

        Raises
        ------
        RegisterError
            If its id is taken, or it holds something impossible.
        """
        identity = record_id(record)
        _check(record)
        if self.has(type(record), identity):
            raise RegisterError(
                en=f"The register already has {identity}; change it, or choose another id.",
                zh=f"登记册中已有 {identity}；请修改它，或换一个编号。",
            )
        made = replace(record, version=self._last_version(type(record), identity) + 1)
        row = new_row(made)
        self._session.add(row)
        self._new[type(record), identity] = row
        self._keep(made, action, None, as_json(made), made.version, undoes)
        return made

    def edit(
        self,
        kind: type[R],
        record_id: str,
        version: int,
        /,
        action: Action = "edit",
        *,
        undoes: int | None = None,
        **changed: Any,
    ) -> R:
        """
        Change fields of a record.

        Parameters
        ----------
        kind, record_id
            Which record.
        version
            Of the record when it was looked at.
        action
            What the change is.
        undoes
            The change that is taken back.
        changed
            New values by field.

        Returns
        -------
        record
            As it stands now; the same, its version too, when nothing differs.

        Raises
        ------
        ConflictError
            If somebody changed it since `version`.
        RegisterError
            If there is no such record or field, or the record would be impossible.
        """
        row = self._row(kind, record_id)
        old = value_of(kind, row)
        if version != old.version:
            raise self._conflict(kind, old)
        unknown = sorted(
            changed.keys() - set(field_names(kind)) | {ID_FIELDS[kind]} & changed.keys()
        )
        if unknown:
            raise RegisterError(
                en=f"A {KIND_OF[kind]} has no field {', '.join(unknown)} that can be changed.",
                zh=f"记录中没有可修改的字段：{'、'.join(unknown)}。",
            )
        new = replace(old, **changed)
        held, said = as_json(old), as_json(new)
        names = frozenset(name for name in changed if held[name] != said[name])
        if not names:
            return old
        _check(new)
        if isinstance(new, Place) and new.merged_into is not None:
            self._check_merged(new)
        new = replace(new, version=old.version + 1)
        fill(row, new, names)
        before = {name: held[name] for name in sorted(names)}
        after = {name: said[name] for name in sorted(names)}
        self._keep(new, action, before, after, new.version, undoes)
        return new

    def remove(
        self,
        kind: type[R],
        record_id: str,
        version: int,
        action: Action = "remove",
        *,
        undoes: int | None = None,
    ) -> None:
        """
        Take a record out; its history stays, and `undo` brings it back.

        A place that does not exist any more is better marked so: see `circle.store.review`.

        Raises
        ------
        ConflictError
            If somebody changed it since `version`.
        RegisterError
            If there is no such record, or another was merged into it.
        """
        row = self._row(kind, record_id)
        old = value_of(kind, row)
        if version != old.version:
            raise self._conflict(kind, old)
        if kind is Place:
            self._free(record_id)
        self._session.flush()
        self._session.delete(row)
        self._session.flush()
        self._new.pop((kind, record_id), None)
        self._keep(old, action, as_json(old), None, 0, undoes)

    def _free(self, place_id: str) -> None:
        """Take out what speaks of a place that goes."""
        self._session.flush()
        merged = sa.select(PlaceRow.place_id).where(PlaceRow.merged_into == place_id)
        if (other := self._session.scalars(merged).first()) is not None:
            raise RegisterError(
                en=f"The place {other} was merged into {place_id}; take that back first.",
                zh=f"地点 {other} 已并入 {place_id}；请先撤销合并。",
            )
        pairs = sa.select(DistinctRow).where(
            (DistinctRow.one_id == place_id) | (DistinctRow.other_id == place_id)
        )
        for pair in self._session.scalars(pairs).all():
            self.remove(Distinct, pair.pair_id, pair.version)

    def undo(self, change_id: int) -> Change:
        """
        Take a change back, which is a change itself and can be taken back too.

        Raises
        ------
        ConflictError
            If what it changed was changed again since.
        RegisterError
            If there is no such change.
        """
        self._session.flush()
        row = self._session.get(ChangeRow, change_id)
        if row is None:
            raise RegisterError(
                en=f"There is no change {change_id}; look at the history for its number.",
                zh=f"没有编号为 {change_id} 的修改；请在历史记录中查看编号。",
            )
        change = change_of(row)
        kind = KINDS[change.kind]
        held = self._find(kind, change.record_id)
        if change.before is None:
            if held is None or held.version != change.version:  # type: ignore[attr-defined]
                raise self._since(change)
            self.remove(kind, change.record_id, change.version, "undo", undoes=change_id)
        elif change.after is None:
            if held is not None:
                raise self._since(change)
            self.add(from_json(kind, change.before, 0), "undo", undoes=change_id)
        else:
            if held is None:
                raise self._since(change)
            self._put_back(change, kind, value_of(kind, held))
        self._session.flush()
        latest = sa.select(ChangeRow).order_by(ChangeRow.change_id.desc()).limit(1)
        return change_of(self._session.scalars(latest).one())

    def _put_back(self, change: Change, kind: type[Any], record: Any) -> None:
        assert change.before is not None
        assert change.after is not None
        now = as_json(record)
        names = change.before.keys() - _KEPT_BY_UNDO.get(change.action, frozenset())
        if any(now[name] != change.after[name] for name in names) or not names:
            raise self._since(change)
        old = from_json(kind, {**now, **{name: change.before[name] for name in names}}, 0)
        values = {name: getattr(old, name) for name in names}
        self.edit(kind, change.record_id, record.version, "undo", undoes=change.change_id, **values)

    def undo_act(self, act_id: int) -> tuple[Change, ...]:
        """
        Take back everything one act changed, the latest change first.

        Raises
        ------
        ConflictError
            If something of it was changed again since; then nothing is taken back.
        RegisterError
            If there is no such act.
        """
        query = sa.select(ChangeRow.change_id).where(ChangeRow.act_id == act_id)
        ids = self._session.scalars(query.order_by(ChangeRow.change_id.desc())).all()
        if not ids:
            raise RegisterError(
                en=f"There is no act {act_id} that changed anything.",
                zh=f"没有编号为 {act_id} 的操作，或它没有修改任何内容。",
            )
        with self._session.begin_nested():
            return tuple(self.undo(change_id) for change_id in ids)

    def finish(self) -> None:
        """Write what is left; called at the end of the act."""
        self._session.flush()

    def _find(self, kind: type[Any], identity: str) -> Base | None:
        return self._new.get((kind, identity)) or self._session.get(ROW_OF[kind], identity)

    def _row(self, kind: type[R], identity: str) -> Base:
        row = self._find(kind, identity)
        if row is None:
            raise RegisterError(
                en=f"The register has no {KIND_OF[kind].replace('_', ' ')} {identity}; look it up "
                "in the list.",
                zh=f"登记册中没有编号为 {identity} 的记录；请在列表中查找。",
            )
        return row

    def _last_version(self, kind: type[Any], identity: str) -> int:
        """Return the version a record of this id had last, so that no version comes twice."""
        query = sa.select(sa.func.max(ChangeRow.version)).where(
            ChangeRow.kind == KIND_OF[kind], ChangeRow.record_id == identity
        )
        return self._session.scalar(query) or 0

    def _keep(
        self,
        record: Record,
        action: Action,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any] | None,
        version: int,
        undoes: int | None,
    ) -> None:
        if not self._is_begun:
            self._session.add(self._act)
            self._is_begun = True
        self._session.add(
            ChangeRow(
                act=self._act,
                kind=KIND_OF[type(record)],
                record_id=record_id(record),
                action=action,
                before=None if before is None else dict(before),
                after=None if after is None else dict(after),
                version=version,
                undoes=undoes,
            )
        )

    def _last_change(self, kind: type[Any], identity: str) -> Change | None:
        self._session.flush()
        query = sa.select(ChangeRow).where(
            ChangeRow.kind == KIND_OF[kind], ChangeRow.record_id == identity
        )
        row = self._session.scalars(query.order_by(ChangeRow.change_id.desc()).limit(1)).first()
        return None if row is None else change_of(row)

    def _conflict(self, kind: type[Any], record: Any) -> ConflictError:
        last = self._last_change(kind, record_id(record))
        who, at = (last.who, last.at[:16].replace("T", " ")) if last else ("-", "-")
        return ConflictError(
            en=f"{record_id(record)} was changed by {who} at {at} UTC, after you looked at it; "
            "nothing was overwritten: look again, then change it.",
            zh=f"{record_id(record)} 在您查看之后已由 {who} 于 {at}（UTC）修改；"
            "没有覆盖任何内容，请重新查看后再改。",
        )

    def _since(self, change: Change) -> ConflictError:
        return ConflictError(
            en=f"Change {change.change_id} of {change.record_id} cannot be taken back: what it "
            "changed was changed again since; take the later change back first.",
            zh=f"无法撤销对 {change.record_id} 的修改 {change.change_id}：其内容此后又被修改；"
            "请先撤销后来的修改。",
        )

    def _check_merged(self, place: Place) -> None:
        into = self._session.get(PlaceRow, place.merged_into)
        if into is None or into.place_id == place.place_id or into.merged_into is not None:
            raise RegisterError(
                en=f"{place.place_id} cannot be merged into {place.merged_into}: that is no "
                "place of its own.",
                zh=f"{place.place_id} 不能并入 {place.merged_into}：后者不是独立的地点。",
            )


def change_of(row: ChangeRow) -> Change:
    """Return the change a row holds."""
    return Change(
        row.change_id,
        row.act_id if row.act_id is not None else row.act.act_id,
        row.act.who,
        row.act.at,
        row.kind,
        row.record_id,
        row.action,  # type: ignore[arg-type]
        row.before,
        row.after,
        row.version,
        row.undoes,
    )


def _check(record: Record) -> None:
    """Refuse what no record may hold, in a sentence, before the database does."""
    identity = record_id(record)
    if not identity.strip() or (len(identity) > 200 and not isinstance(record, Distinct)):
        raise _impossible(identity, "its id must have 1 to 200 letters", "编号须为 1 至 200 个字符")
    if isinstance(record, Place):
        _check_place(record)
    elif isinstance(record, Compound):
        if not record.name.strip():
            raise _impossible(identity, "it has no name", "没有名称")
        gates_of(record)
    elif isinstance(record, StreetEdit):
        drawn_edit(record)


def _check_place(place: Place) -> None:
    if not (place.name or "").strip() or not (place.category or "").strip():
        raise _impossible(place.place_id, "it has no name or no class", "没有名称或类别")
    if place.status not in STATUSES or (place.status == "merged") != bool(place.merged_into):
        raise _impossible(place.place_id, "its status is none", "状态无效")
    if (place.lon is None) != (place.lat is None):
        raise _impossible(place.place_id, "it has half a position", "位置只有一半")
    if place.lon is not None:
        _check_position(place.place_id, place.lon, place.lat)
    for entrance in place.entrances:
        _check_position(place.place_id, entrance.lon, entrance.lat)
    numbers = (place.given_x, place.given_y, place.match_confidence, place.position_accuracy_m)
    if not all(value is None or math.isfinite(value) for value in numbers):
        raise _impossible(place.place_id, "a number is not finite", "数值无效")
    if place.capacity is not None and not 0 <= place.capacity < 2**31:
        raise _impossible(place.place_id, "its capacity is no number of people", "容量无效")
    if place.is_published and (place.status != "in_use" or place.lon is None):
        raise RegisterError(
            en=f"“{place.name}” cannot be published: it has no position yet, is doubtful, or is "
            "not there; settle that first.",
            zh=f"“{place.name}”不能发布：尚无位置、存疑或并不存在；请先核实。",
        )


def _check_position(identity: str, lon: Any, lat: Any) -> None:
    try:
        check_lonlat(lon, lat)
    except PositionError as error:
        raise RegisterError(en=f"{identity}: {error.en}", zh=f"{identity}：{error.zh}") from error


def _impossible(identity: str, en: str, zh: str) -> RegisterError:
    return RegisterError(en=f"{identity} cannot be kept: {en}.", zh=f"无法保存 {identity}：{zh}。")
