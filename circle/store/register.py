"""
The register itself: read it, write to it, and take back what was written.

Everything is written by a `Writer`, inside one act of one person that comes through whole or
not at all, and every change is kept with what stood there before. When the ``with`` block of
`Register.writing` has ended without an error, the act is on the disk.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import sqlalchemy as sa
from sqlalchemy.orm import Session

from circle.errors import ConflictError, RegisterError
from circle.store.model import (
    KIND_OF,
    Act,
    Change,
    Compound,
    Distinct,
    Place,
    R,
    Status,
    StreetEdit,
)
from circle.store.opening import WRITING, open_engine, reading_options, shown, take_turn
from circle.store.rows import ROW_OF, value_of
from circle.store.tables import ActRow, ChangeRow, PlaceRow
from circle.store.writing import Writer, change_of


class Register:
    """
    A register of places in a SQLite file or a PostgreSQL database.

    Use `open`, and close it or use it in a ``with`` block. Threads may share one; every reading
    method sees the register as it was at one moment.

    Examples
    --------
    >>> with Register.open(":memory:") as register:
    ...     with register.writing("Li Na", "first places") as writer:
    ...         market = writer.add(Place("m1", "张掖路菜市场", "food_markets"))
    ...         market = writer.edit(Place, "m1", market.version, phone="0931-1234567")
    ...     [(place.name, place.phone, place.version) for place in register.places()]
    [('张掖路菜市场', '0931-1234567', 2)]
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, address: Path | str, *, must_exist: bool = False) -> Self:
        """
        Open a register, made if it is not there yet, its tables brought up to date.

        Parameters
        ----------
        address
            A file, ``":memory:"``, or ``postgresql+psycopg://user:password@host/base``.
        must_exist
            Refuse to make a new file.

        Raises
        ------
        RegisterError
            If it cannot be opened, is something else, or was written by a later version.
        """
        if str(address) == ":memory:":
            address = "sqlite://"
        return cls(open_engine(address, must_exist=must_exist))

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def name(self) -> str:
        """Its file or address, as it may be shown."""
        return shown(self._engine.url)

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        options = reading_options(self._engine)
        with self._engine.connect().execution_options(**options) as connection, connection.begin():
            yield Session(connection)

    @contextmanager
    def writing(
        self, who: str, what: str = "", *, now: Callable[[], datetime.datetime] | None = None
    ) -> Iterator[Writer]:
        """
        Return a writer for one act; at the end of the block all of it is kept, or none.

        Parameters
        ----------
        who
            Who acts; their name stands beside every change.
        what
            In a few words what is done, such as ``"import places.xlsx"``.
        now
            Tells the time; by default the clock. The day of the act is that of its zone.

        Raises
        ------
        RegisterError
            If `who` is empty.
        ConflictError
            If somebody else kept writing for longer than half a minute.
        """
        if not who.strip():
            raise RegisterError(
                en="Say who makes the change; every change is kept with a name.",
                zh="请说明由谁修改；每次修改都会记录姓名。",
            )
        moment = (now or _local_now)()
        at = moment.astimezone(datetime.UTC).isoformat(timespec="milliseconds")
        try:
            with (
                self._engine.connect().execution_options(**{WRITING: True}) as connection,
                connection.begin(),
            ):
                take_turn(connection)
                session = Session(connection, autoflush=False)
                writer = Writer(session, who.strip(), what, at, moment.date().isoformat())
                yield writer
                writer.finish()
                session.flush()
        except sa.exc.OperationalError as error:
            # SQLite's words and PostgreSQL's for having waited too long.
            if not any(word in str(error.orig) for word in ("locked", "lock timeout")):
                raise
            raise ConflictError(
                en="Somebody else is writing to the register for a long time; try again.",
                zh="其他人正在长时间写入登记册；请稍后再试。",
            ) from error

    def get(self, kind: type[R], record_id: str) -> R:
        """
        Return a record by its id.

        Raises
        ------
        RegisterError
            If there is none.
        """
        with self._reading() as session:
            return Writer(session, "-", "", "").get(kind, record_id)

    def place(self, place_id: str) -> Place:
        """Return a place by its id; `RegisterError` if there is none."""
        return self.get(Place, place_id)

    def places(
        self,
        *,
        status: Status | tuple[Status, ...] | None = ("in_use", "doubtful"),
        is_published: bool | None = None,
        category: str | None = None,
        text: str = "",
    ) -> tuple[Place, ...]:
        """
        Return places, by name.

        Parameters
        ----------
        status
            Only these; None for all, the merged and the gone included.
        is_published
            Only published or only unpublished ones.
        category
            Only of this class.
        text
            Only where it stands in a name or the address.
        """
        query = sa.select(PlaceRow).order_by(PlaceRow.name, PlaceRow.place_id)
        if status is not None:
            wanted = (status,) if isinstance(status, str) else status
            query = query.where(PlaceRow.status.in_(wanted))
        if is_published is not None:
            query = query.where(PlaceRow.is_published == is_published)
        if category is not None:
            query = query.where(PlaceRow.category == category)
        if text:
            held = (PlaceRow.name, PlaceRow.name_en, PlaceRow.address, PlaceRow.place_id)
            query = query.where(sa.or_(*(cell.icontains(text, autoescape=True) for cell in held)))
        with self._reading() as session:
            return tuple(value_of(Place, row) for row in session.scalars(query))

    def snapshot(self) -> tuple[int, tuple[Place, ...]]:
        """Return the number of the last change, and all places as they were after it."""
        with self._reading() as session:
            last = session.scalar(sa.select(sa.func.max(ChangeRow.change_id))) or 0
            rows = session.scalars(sa.select(PlaceRow).order_by(PlaceRow.place_id))
            return last, tuple(value_of(Place, row) for row in rows)

    def compounds(self) -> tuple[Compound, ...]:
        """Return all compounds with their gates."""
        return self._all(Compound)

    def street_edits(self) -> tuple[StreetEdit, ...]:
        """Return all hand-drawn links and closures, those not in force included."""
        return self._all(StreetEdit)

    def distinct(self) -> tuple[Distinct, ...]:
        """Return the pairs somebody found to be two places."""
        return self._all(Distinct)

    def _all(self, kind: type[R]) -> tuple[R, ...]:
        row = ROW_OF[kind]
        query = sa.select(row).order_by(*sa.inspect(row).primary_key)
        with self._reading() as session:
            return tuple(value_of(kind, each) for each in session.scalars(query))

    def changes(
        self,
        kind: type[R] | None = None,
        record_id: str | None = None,
        *,
        act_id: int | None = None,
        limit: int | None = None,
    ) -> tuple[Change, ...]:
        """Return changes, the latest first: of one record, of one act, or of all."""
        query = sa.select(ChangeRow).order_by(ChangeRow.change_id.desc())
        if kind is not None:
            query = query.where(ChangeRow.kind == KIND_OF[kind])
        if record_id is not None:
            query = query.where(ChangeRow.record_id == record_id)
        if act_id is not None:
            query = query.where(ChangeRow.act_id == act_id)
        if limit is not None:
            query = query.limit(limit)
        with self._reading() as session:
            return tuple(change_of(row) for row in session.scalars(query))

    def acts(self, *, limit: int | None = None) -> tuple[Act, ...]:
        """Return what was done, the latest first."""
        count = sa.func.count(ChangeRow.change_id)
        query = (
            sa.select(ActRow, count)
            .outerjoin(ChangeRow, ChangeRow.act_id == ActRow.act_id)
            .group_by(ActRow.act_id)
            .order_by(ActRow.act_id.desc())
        )
        if limit is not None:
            query = query.limit(limit)
        with self._reading() as session:
            return tuple(
                Act(row.act_id, row.who, row.at, row.what, n) for row, n in session.execute(query)
            )


def _local_now() -> datetime.datetime:
    # Who checks a place before eight in the morning in Lanzhou does not do so the day before.
    return datetime.datetime.now(datetime.UTC).astimezone()
