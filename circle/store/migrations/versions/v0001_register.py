"""The first tables of a register."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "acts",
        sa.Column("act_id", _COUNTER, autoincrement=True, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("act_id", name=op.f("pk_acts")),
    )
    op.create_table(
        "compounds",
        sa.Column("compound_id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("outline", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("compound_id", name=op.f("pk_compounds")),
    )
    op.create_table(
        "places",
        sa.Column("place_id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("other_names", sa.JSON(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("hours", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("photo", sa.Text(), nullable=True),
        sa.Column("accessibility", sa.Text(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("source_date", sa.Text(), nullable=True),
        sa.Column("given_x", sa.Double(), nullable=True),
        sa.Column("given_y", sa.Double(), nullable=True),
        sa.Column("datum", sa.Text(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("match_method", sa.Text(), nullable=True),
        sa.Column("match_level", sa.Text(), nullable=True),
        sa.Column("match_confidence", sa.Double(), nullable=False),
        sa.Column("match_reason", sa.Text(), nullable=False),
        sa.Column("match_reason_zh", sa.Text(), nullable=False),
        sa.Column("position_accuracy_m", sa.Double(), nullable=True),
        sa.Column("checked_by", sa.Text(), nullable=True),
        sa.Column("checked_on", sa.Text(), nullable=True),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("doubt", sa.Text(), nullable=True),
        sa.Column("doubt_zh", sa.Text(), nullable=True),
        sa.Column("merged_into", sa.String(length=200), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(merged_into is not null) = (status = 'merged')", name=op.f("ck_places_merged")
        ),
        sa.CheckConstraint(
            "status in ('in_use','doubtful','not_existing','merged')", name=op.f("ck_places_status")
        ),
        sa.CheckConstraint("(lon is null) = (lat is null)", name=op.f("ck_places_position")),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_places_name")),
        sa.CheckConstraint(
            "lon between -180 and 180 and lat between -90 and 90", name=op.f("ck_places_degrees")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["places.place_id"], name=op.f("fk_places_merged_into_places")
        ),
        sa.PrimaryKeyConstraint("place_id", name=op.f("pk_places")),
    )
    op.create_index("ix_places_status", "places", ["status"], unique=False)
    op.create_table(
        "street_edits",
        sa.Column("edit_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("geometry", sa.Text(), nullable=True),
        sa.Column("osm_way_id", sa.BigInteger(), nullable=True),
        sa.Column("closed_to", sa.String(length=20), nullable=False),
        sa.Column("link_kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("n_steps", sa.Integer(), nullable=True),
        sa.Column("residents_only", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Text(), nullable=True),
        sa.Column("valid_until", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind in ('link','closure')", name=op.f("ck_street_edits_kind")),
        sa.PrimaryKeyConstraint("edit_id", name=op.f("pk_street_edits")),
    )
    op.create_table(
        "changes",
        sa.Column("change_id", _COUNTER, autoincrement=True, nullable=False),
        sa.Column("act_id", _COUNTER, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("undoes", _COUNTER, nullable=True),
        sa.ForeignKeyConstraint(["act_id"], ["acts.act_id"], name=op.f("fk_changes_act_id_acts")),
        sa.ForeignKeyConstraint(
            ["undoes"], ["changes.change_id"], name=op.f("fk_changes_undoes_changes")
        ),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_changes")),
    )
    op.create_index(op.f("ix_changes_act_id"), "changes", ["act_id"], unique=False)
    op.create_index("ix_changes_record", "changes", ["kind", "record_id"], unique=False)
    _make_tables_of_places()


def _make_tables_of_places() -> None:
    op.create_table(
        "distinct_places",
        sa.Column("pair_id", sa.String(length=420), nullable=False),
        sa.Column("one_id", sa.String(length=200), nullable=False),
        sa.Column("other_id", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["one_id"], ["places.place_id"], name=op.f("fk_distinct_places_one_id_places")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["places.place_id"], name=op.f("fk_distinct_places_other_id_places")
        ),
        sa.PrimaryKeyConstraint("pair_id", name=op.f("pk_distinct_places")),
    )
    op.create_table(
        "entrances",
        sa.Column("place_id", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"],
            ["places.place_id"],
            name=op.f("fk_entrances_place_id_places"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("place_id", "number", name=op.f("pk_entrances")),
    )
    op.create_table(
        "events",
        sa.Column("place_id", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts", sa.Text(), nullable=False),
        sa.Column("ends", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"],
            ["places.place_id"],
            name=op.f("fk_events_place_id_places"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("place_id", "number", name=op.f("pk_events")),
    )
    op.create_table(
        "gates",
        sa.Column("compound_id", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("opens", sa.String(length=20), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.CheckConstraint("opens in ('all','residents','hours')", name=op.f("ck_gates_opens")),
        sa.ForeignKeyConstraint(
            ["compound_id"],
            ["compounds.compound_id"],
            name=op.f("fk_gates_compound_id_compounds"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("compound_id", "number", name=op.f("pk_gates")),
    )
    op.create_table(
        "offers",
        sa.Column("place_id", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"],
            ["places.place_id"],
            name=op.f("fk_offers_place_id_places"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("place_id", "number", name=op.f("pk_offers")),
    )
    op.create_table(
        "origins",
        sa.Column("place_id", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("list_name", sa.Text(), nullable=False),
        sa.Column("list_id", sa.Text(), nullable=True),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"],
            ["places.place_id"],
            name=op.f("fk_origins_place_id_places"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("place_id", "number", name=op.f("pk_origins")),
    )
    op.create_index("ix_origins_list", "origins", ["list_name", "list_id"], unique=False)
