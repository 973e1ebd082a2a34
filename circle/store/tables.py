"""
The tables of a register. Only `circle.store.rows` and the migrations know them.

A change of these classes needs a migration in `circle/store/migrations/versions`; a test
compares the two.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

# Named, so that migrations can speak of them on every database.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
# SQLite counts up only in columns of the plain type.
_COUNTER = BigInteger().with_variant(Integer(), "sqlite")
_ALL = "all, delete-orphan"


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {str: Text(), dict[str, Any]: JSON(), list[str]: JSON()}  # noqa: RUF012


class PlaceRow(Base):
    """One place; the fields are those of `circle.store.model.Place`."""

    __tablename__ = "places"
    __table_args__ = (
        CheckConstraint("status in ('in_use','doubtful','not_existing','merged')", name="status"),
        CheckConstraint("(lon is null) = (lat is null)", name="position"),
        CheckConstraint("lon between -180 and 180 and lat between -90 and 90", name="degrees"),
        CheckConstraint("(merged_into is not null) = (status = 'merged')", name="merged"),
        CheckConstraint("length(name) > 0", name="name"),
        Index("ix_places_status", "status"),
    )

    place_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    name: Mapped[str]
    category: Mapped[str]
    name_en: Mapped[str | None]
    other_names: Mapped[list[str]]
    address: Mapped[str | None]
    phone: Mapped[str | None]
    hours: Mapped[str | None]
    website: Mapped[str | None]
    photo: Mapped[str | None]
    accessibility: Mapped[str | None]
    capacity: Mapped[int | None]
    note: Mapped[str | None]
    source: Mapped[str | None]
    source_date: Mapped[str | None]
    given_x: Mapped[float | None]
    given_y: Mapped[float | None]
    datum: Mapped[str | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    match_method: Mapped[str | None]
    match_level: Mapped[str | None]
    match_confidence: Mapped[float]
    match_reason: Mapped[str]
    match_reason_zh: Mapped[str]
    position_accuracy_m: Mapped[float | None]
    checked_by: Mapped[str | None]
    checked_on: Mapped[str | None]
    is_published: Mapped[bool]
    status: Mapped[str] = mapped_column(String(20))
    doubt: Mapped[str | None]
    doubt_zh: Mapped[str | None]
    merged_into: Mapped[str | None] = mapped_column(ForeignKey("places.place_id"))
    extra: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column()

    entrances: Mapped[list[EntranceRow]] = relationship(
        cascade=_ALL, order_by="EntranceRow.number", lazy="selectin", passive_deletes=True
    )
    offers: Mapped[list[OfferRow]] = relationship(
        cascade=_ALL, order_by="OfferRow.number", lazy="selectin", passive_deletes=True
    )
    events: Mapped[list[EventRow]] = relationship(
        cascade=_ALL, order_by="EventRow.number", lazy="selectin", passive_deletes=True
    )
    origins: Mapped[list[OriginRow]] = relationship(
        cascade=_ALL, order_by="OriginRow.number", lazy="selectin", passive_deletes=True
    )
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012


def _of_place() -> Mapped[str]:
    return mapped_column(ForeignKey("places.place_id", ondelete="CASCADE"), primary_key=True)


class EntranceRow(Base):
    """An entrance of a place."""

    __tablename__ = "entrances"

    place_id: Mapped[str] = _of_place()
    number: Mapped[int] = mapped_column(primary_key=True)
    lon: Mapped[float]
    lat: Mapped[float]
    name: Mapped[str]


class OfferRow(Base):
    """An offer of a place."""

    __tablename__ = "offers"

    place_id: Mapped[str] = _of_place()
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    until: Mapped[str]


class EventRow(Base):
    """An event at a place."""

    __tablename__ = "events"

    place_id: Mapped[str] = _of_place()
    number: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    starts: Mapped[str]
    ends: Mapped[str]


class OriginRow(Base):
    """What a list said of a place when it was last read."""

    __tablename__ = "origins"
    __table_args__ = (Index("ix_origins_list", "list_name", "list_id"),)

    place_id: Mapped[str] = _of_place()
    number: Mapped[int] = mapped_column(primary_key=True)
    list_name: Mapped[str]
    list_id: Mapped[str | None]
    cells: Mapped[dict[str, Any]]


class CompoundRow(Base):
    """A gated compound."""

    __tablename__ = "compounds"

    compound_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    name: Mapped[str]
    outline: Mapped[str | None]
    note: Mapped[str | None]
    version: Mapped[int] = mapped_column()
    gates: Mapped[list[GateRow]] = relationship(
        cascade=_ALL, order_by="GateRow.number", lazy="selectin", passive_deletes=True
    )
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012


class GateRow(Base):
    """A gate of a compound."""

    __tablename__ = "gates"
    __table_args__ = (CheckConstraint("opens in ('all','residents','hours')", name="opens"),)

    compound_id: Mapped[str] = mapped_column(
        ForeignKey("compounds.compound_id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    lon: Mapped[float]
    lat: Mapped[float]
    opens: Mapped[str] = mapped_column(String(20))
    hours: Mapped[str]
    name: Mapped[str]


class StreetEditRow(Base):
    """A hand-drawn link or closure."""

    __tablename__ = "street_edits"
    __table_args__ = (CheckConstraint("kind in ('link','closure')", name="kind"),)

    edit_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    geometry: Mapped[str | None]
    osm_way_id: Mapped[int | None] = mapped_column(BigInteger)
    closed_to: Mapped[str] = mapped_column(String(20))
    link_kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str]
    n_steps: Mapped[int | None]
    residents_only: Mapped[bool]
    valid_from: Mapped[str | None]
    valid_until: Mapped[str | None]
    note: Mapped[str]
    is_active: Mapped[bool]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012


class DistinctRow(Base):
    """Two places that look alike and are two."""

    __tablename__ = "distinct_places"

    pair_id: Mapped[str] = mapped_column(String(420), primary_key=True)
    one_id: Mapped[str] = mapped_column(ForeignKey("places.place_id"))
    other_id: Mapped[str] = mapped_column(ForeignKey("places.place_id"))
    note: Mapped[str | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012


class ActRow(Base):
    """One act of one person."""

    __tablename__ = "acts"

    act_id: Mapped[int] = mapped_column(_COUNTER, primary_key=True, autoincrement=True)
    who: Mapped[str]
    at: Mapped[str] = mapped_column(String(40))
    what: Mapped[str]


class ChangeRow(Base):
    """One change of one record; never changed or removed itself."""

    __tablename__ = "changes"
    __table_args__ = (Index("ix_changes_record", "kind", "record_id"),)

    change_id: Mapped[int] = mapped_column(_COUNTER, primary_key=True, autoincrement=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("acts.act_id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    record_id: Mapped[str]
    action: Mapped[str] = mapped_column(String(20))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    version: Mapped[int] = mapped_column()
    undoes: Mapped[int | None] = mapped_column(ForeignKey("changes.change_id"))
    act: Mapped[ActRow] = relationship(lazy="joined", innerjoin=True)
