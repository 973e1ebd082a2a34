"""The store: what is written is kept, with its history, and can be taken back."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from circle.edits import Closure, Gate, Link
from circle.errors import CircleError, ConflictError, EditError, RegisterError
from circle.schemas import Entrance, Event, Offer
from circle.store import Compound, CompoundGate, Origin, Place, Register, StreetEdit, opening
from circle.store.drawn import edits_in_force
from circle.store.tables import Base

MARKET = Place(
    "m1",
    "张掖路菜市场",
    "food_markets",
    name_en="Zhangye Road Market",
    other_names=("菜市场", "Wet market"),
    address="张掖路 1 号",
    phone="0931-1234567",
    hours="Mo-Su 06:00-20:00",
    website="https://example.org",
    photo="market.jpg",
    accessibility="yes",
    capacity=120,
    note="two floors",
    source="survey",
    source_date="2026-05-01",
    given_x=103.836711,
    given_y=36.060784,
    datum="gcj02",
    lon=103.8343,
    lat=36.0611,
    match_method="coordinates",
    match_level="building",
    match_confidence=1.0,
    match_reason="The list gives the coordinates.",
    match_reason_zh="表格中给出了坐标。",
    position_accuracy_m=30.0,
    checked_by="Li Na",
    checked_on="2026-05-02",
    is_published=True,
    entrances=(Entrance(103.8344, 36.0612, "north"), Entrance(103.8342, 36.061)),
    offers=(Offer("free tea", "2026-12-31"), Offer("repairs")),
    events=(Event("fair", "2026-12-03T14:00", "2026-12-03T16:00"),),
    extra={"负责人": "王"},
    origins=(Origin("survey", "7", {"name": "张掖路菜市场"}),),
)


def add(register: Register, *records: Place) -> list[Place]:
    with register.writing("Li", "add") as writer:
        return [writer.add(record) for record in records]


def test_a_place_comes_back_as_it_was_written(register: Register) -> None:
    [added] = add(register, MARKET)
    assert added == replace(MARKET, version=1)
    assert register.place("m1") == added
    assert register.places() == (added,)
    assert register.places(text="wet") == ()
    assert register.places(text="zhangye") == (added,)
    assert register.places(is_published=False) == ()


def test_tables_are_those_of_the_classes(register: Register, address: str) -> None:
    with register._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_sqlite_is_set_to_be_safe(tmp_path: Path) -> None:
    with (
        Register.open(tmp_path / "places.db") as register,
        register._engine.connect() as connection,
    ):
        read = {
            name: connection.exec_driver_sql(f"pragma {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert read == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
    }


def test_every_change_is_kept_with_what_was_before(register: Register) -> None:
    add(register, MARKET)
    with register.writing("Wang", "telephone") as writer:
        edited = writer.edit(Place, "m1", 1, phone="110", offers=(Offer("only tea"),))
    assert (edited.version, edited.phone, edited.offers) == (2, "110", (Offer("only tea"),))
    assert register.place("m1") == edited
    latest, first = register.changes(Place, "m1")
    assert (latest.who, latest.action, latest.version) == ("Wang", "edit", 2)
    assert latest.before == {
        "phone": "0931-1234567",
        "offers": [["free tea", "2026-12-31"], ["repairs", ""]],
    }
    assert latest.after == {"phone": "110", "offers": [["only tea", ""]]}
    assert first.before is None
    assert [act.what for act in register.acts()] == ["telephone", "add"]


def test_an_edit_that_changes_nothing_is_no_change(register: Register) -> None:
    add(register, MARKET)
    with register.writing("Li") as writer:
        assert writer.edit(Place, "m1", 1, phone=MARKET.phone).version == 1
    assert len(register.changes()) == 1
    assert len(register.acts()) == 1


def test_undo_of_edit_add_and_remove(register: Register) -> None:
    [market] = add(register, MARKET)
    with register.writing("Wang") as writer:
        writer.edit(Place, "m1", 1, entrances=(), name="菜场")
    edit = register.changes()[0]
    with register.writing("Li") as writer:
        undone = writer.undo(edit.change_id)
    assert undone.undoes == edit.change_id
    assert register.place("m1") == replace(market, version=3)
    with register.writing("Li") as writer:
        writer.remove(Place, "m1", 3)
    removal = register.changes()[0]
    with pytest.raises(RegisterError, match="no place m1"):
        register.place("m1")
    with register.writing("Li") as writer:
        writer.undo(removal.change_id)
    back = register.place("m1")
    assert back == replace(market, version=4)
    # The undo of an undo does the change again.
    with register.writing("Li") as writer:
        writer.undo(register.changes()[0].change_id)
    assert register.places(status=None) == ()


def test_undo_is_refused_where_it_would_lose_a_later_change(register: Register) -> None:
    add(register, MARKET)
    with register.writing("Wang") as writer:
        writer.edit(Place, "m1", 1, phone="1")
        writer.edit(Place, "m1", 2, phone="2", note="x")
    second, first, _ = register.changes()
    with register.writing("Li") as writer, pytest.raises(ConflictError, match="changed again"):
        writer.undo(first.change_id)
    assert register.place("m1").phone == "2"
    # Another field that changed since is no hindrance.
    with register.writing("Li") as writer:
        writer.edit(Place, "m1", 3, name_en="Market")
        writer.undo(second.change_id)
        writer.undo(first.change_id)
    place = register.place("m1")
    assert (place.phone, place.note, place.name_en) == (MARKET.phone, MARKET.note, "Market")


def test_an_act_is_undone_whole_or_not_at_all(register: Register) -> None:
    others = [replace(MARKET, place_id=f"m{n}") for n in range(5)]
    add(register, *others)
    [act] = register.acts()
    with register.writing("Li") as writer:
        writer.edit(Place, "m2", 1, phone="2")
    with register.writing("Li") as writer, pytest.raises(ConflictError):
        writer.undo_act(act.act_id)
    assert len(register.places()) == 5
    with register.writing("Li") as writer:
        writer.undo(register.changes()[0].change_id)
    # Back where it was, but not unchanged: removing it would hide the two edits.
    with register.writing("Li") as writer, pytest.raises(ConflictError):
        writer.undo_act(act.act_id)
    assert len(register.places()) == 5


def test_a_stale_edit_is_refused_in_a_sentence(register: Register) -> None:
    add(register, MARKET)
    with register.writing("Wang") as writer:
        writer.edit(Place, "m1", 1, phone="1")
    with (
        pytest.raises(ConflictError, match="changed by Wang") as caught,
        register.writing("Li") as writer,
    ):
        writer.edit(Place, "m1", 1, phone="2")
    assert "Wang" in caught.value.message("zh")
    assert register.place("m1").phone == "1"


def test_an_error_in_the_block_leaves_nothing(register: Register) -> None:
    def write_and_fail() -> None:
        with register.writing("Li") as writer:
            writer.add(MARKET)
            writer.finish()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert register.places() == ()
    assert register.acts() == ()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": "  "}, "no name"),
        ({"lon": None}, "half a position"),
        ({"lon": 36.0, "lat": 103.0}, "latitude"),
        ({"status": "merged"}, "status"),
        ({"capacity": -1}, "capacity"),
        ({"position_accuracy_m": float("nan")}, "finite"),
        ({"status": "doubtful"}, "published"),
        ({"entrances": (Entrance(103.0, 99.0),)}, "m1"),
        ({"place_id": " "}, "id"),
    ],
)
def test_impossible_places_are_refused(
    register: Register, wrong: dict[str, object], words: str
) -> None:
    with pytest.raises(CircleError, match=words), register.writing("Li") as writer:
        writer.add(replace(MARKET, **wrong))  # type: ignore[arg-type]
    assert register.places(status=None) == ()


def test_who_must_be_said_and_ids_are_taken_once(register: Register) -> None:
    with pytest.raises(RegisterError, match="who"), register.writing(" "):
        pass
    add(register, MARKET)
    with pytest.raises(RegisterError, match="already has"):
        add(register, MARKET)
    with pytest.raises(RegisterError, match="no field"), register.writing("Li") as writer:
        writer.edit(Place, "m1", 1, colour="red")
    with pytest.raises(RegisterError, match="no field"), register.writing("Li") as writer:
        writer.edit(Place, "m1", 1, place_id="m2")


def test_gates_links_and_closures_are_records_the_network_uses(register: Register) -> None:
    import datetime

    yard = Compound(
        "c1",
        "东苑",
        "POLYGON ((7.41 43.73, 7.42 43.73, 7.42 43.74, 7.41 43.73))",
        (CompoundGate(7.415, 43.73, "hours", "Mo-Su 06:00-22:00", "south gate"),),
    )
    link = StreetEdit(
        "l1", "link", "LINESTRING (7.41 43.73, 7.42 43.74)", link_kind="steps", n_steps=20
    )
    closed = StreetEdit("x1", "closure", osm_way_id=4097656, valid_until="2026-12-31")
    off = StreetEdit("x2", "closure", osm_way_id=1, is_active=False)
    with register.writing("Li") as writer:
        for record in (yard, link, closed, off):
            writer.add(record)  # type: ignore[type-var]
    assert register.compounds() == (replace(yard, version=1),)

    def in_force(day: str) -> list[object]:
        date = datetime.date.fromisoformat(day)
        return list(edits_in_force(register.street_edits(), register.compounds(), date))

    made = in_force("2026-12-31")
    assert [type(edit) for edit in made] == [Link, Closure, Gate]
    assert made[0].n_steps == 20  # type: ignore[attr-defined]
    assert made[2].hours == "Mo-Su 06:00-22:00"  # type: ignore[attr-defined]
    assert [type(edit) for edit in in_force("2027-01-01")] == [Link, Gate]
    with register.writing("Li") as writer:
        writer.edit(Compound, "c1", 1, gates=())
        writer.undo(register_last(writer))
    assert register.compounds()[0].gates == yard.gates
    with pytest.raises(EditError), register.writing("Li") as writer:
        writer.add(StreetEdit("x3", "closure"))
    with pytest.raises(EditError), register.writing("Li") as writer:
        writer.edit(Compound, "c1", 3, gates=(CompoundGate(7.4, 43.7, "hours"),))


def register_last(writer: object) -> int:
    from circle.store.tables import ChangeRow

    writer.finish()  # type: ignore[attr-defined]
    query = sa.select(sa.func.max(ChangeRow.change_id))
    return int(writer._session.scalar(query))  # type: ignore[attr-defined]


def test_two_writers_at_once_lose_no_update(address: str) -> None:
    """Two programs add to one number, each looking before it writes."""
    with Register.open(address) as register:
        add(register, replace(MARKET, capacity=0))
    n_each, n_conflicts = 25, [0, 0]
    failures: list[BaseException] = []

    def count_up(number: int) -> None:
        try:
            with Register.open(address) as mine:
                done = 0
                while done < n_each:
                    seen = mine.place("m1")
                    try:
                        with mine.writing(f"writer {number}") as writer:
                            assert seen.capacity is not None
                            writer.edit(Place, "m1", seen.version, capacity=seen.capacity + 1)
                        done += 1
                    except ConflictError:
                        n_conflicts[number] += 1
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=count_up, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with Register.open(address) as register:
        place = register.place("m1")
        assert place.capacity == 2 * n_each
        assert place.version == 2 * n_each + 1
        versions = [change.version for change in register.changes(Place, "m1")]
        assert versions == list(range(2 * n_each + 1, 0, -1))


def test_two_programs_may_open_a_new_register_at_once(address: str) -> None:
    failures: list[BaseException] = []

    def open_it() -> None:
        try:
            with Register.open(address) as mine, mine.writing("Li") as writer:
                writer.add(replace(MARKET, place_id=f"p{threading.get_ident()}"))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with Register.open(address) as register:
        assert len(register.places()) == 6


def test_foreign_later_and_missing_registers_are_told(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="no register"):
        Register.open(tmp_path / "none.db", must_exist=True)
    with pytest.raises(RegisterError, match="folder"):
        Register.open(tmp_path / "no" / "places.db")
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("create table t (a)")
    connection.close()
    with pytest.raises(RegisterError, match="not a register"):
        Register.open(other)
    (tmp_path / "text.db").write_text("name,address\n" * 100)
    with pytest.raises(RegisterError, match="not a register"):
        Register.open(tmp_path / "text.db")
    later = tmp_path / "later.db"
    Register.open(later).close()
    connection = sqlite3.connect(later)
    connection.execute("update alembic_version set version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(RegisterError, match="later version"):
        Register.open(later)
    for address in ("mysql://a/b", "://", "postgresql+psycopg://u:secret@127.0.0.1:1/x"):
        with pytest.raises(RegisterError) as caught:
            Register.open(address)
        assert "secret" not in caught.value.en


def test_a_refusal_at_once_to_change_the_journal_is_asked_again() -> None:
    class Cursor:
        refusals = 3
        said = ""

        def execute(self, statement: str) -> None:
            if self.refusals:
                self.refusals -= 1
                raise sqlite3.OperationalError("database is locked")
            self.said = statement

    cursor = Cursor()
    opening._write_ahead(cursor)  # type: ignore[arg-type]
    assert cursor.said == "pragma journal_mode=wal"
