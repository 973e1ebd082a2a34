"""Any order of edits, removals and undos leaves the register as a plain dictionary would be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from circle.errors import ConflictError, RegisterError
from circle.schemas import Entrance, Offer
from circle.store import Place, Register
from circle.store.duplicates import merge

NAMES = st.sampled_from(["市场", "诊所", "=1+1", "'x", "Ä b", "🏠"])
IDS = st.sampled_from(["a", "b", "c", "d"])
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "name": NAMES,
        "phone": st.none() | NAMES,
        "other_names": st.lists(NAMES, max_size=3).map(tuple),
        "entrances": st.lists(
            st.builds(Entrance, st.floats(-180, 180), st.floats(-85, 85), NAMES), max_size=3
        ).map(tuple),
        "offers": st.lists(st.builds(Offer, NAMES), max_size=3).map(tuple),
        "extra": st.dictionaries(NAMES, NAMES, max_size=2),
        "capacity": st.none() | st.integers(0, 9),
    },
)


class RegisterMachine(RuleBasedStateMachine):
    """Writes to a register and to a dictionary, and compares."""

    address = ""
    runs: Iterator[int]

    @initialize()
    def begin(self) -> None:
        self.register = Register.open(":memory:")
        self.model: dict[str, Place] = {}
        # Before and after each change that undo may take back, by its number.
        self.states: list[dict[str, Place]] = [{}]

    def teardown(self) -> None:
        if hasattr(self, "register"):
            self.register.close()

    def changed(self) -> None:
        n_changes = len(self.register.changes())
        while len(self.states) <= n_changes:
            self.states.append(dict(self.model))

    @rule(identity=IDS, fields=FIELDS)
    def add(self, identity: str, fields: dict[str, object]) -> None:
        place = replace(Place(identity, "x", "health"), **fields)  # type: ignore[arg-type]
        if identity in self.model:
            with self.register.writing("Li") as writer, pytest.raises(RegisterError):
                writer.add(place)
            return
        with self.register.writing("Li") as writer:
            self.model[identity] = writer.add(place)
        assert replace(self.model[identity], version=0) == place
        self.changed()

    @precondition(lambda self: self.model)
    @rule(data=st.data(), fields=FIELDS, is_stale=st.booleans())
    def edit(self, data: st.DataObject, fields: dict[str, object], is_stale: bool) -> None:
        identity = data.draw(st.sampled_from(sorted(self.model)))
        held = self.model[identity]
        if is_stale:
            with self.register.writing("Li") as writer, pytest.raises(ConflictError):
                writer.edit(Place, identity, held.version - 1, **fields)
            return
        with self.register.writing("Li") as writer:
            new = writer.edit(Place, identity, held.version, **fields)
        assert replace(new, version=0) == replace(held, version=0, **fields)  # type: ignore[arg-type]
        is_same = replace(new, version=0) == replace(held, version=0)
        assert new.version == held.version + (0 if is_same else 1)
        self.model[identity] = new
        self.changed()

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        identity = data.draw(st.sampled_from(sorted(self.model)))
        if any(place.merged_into == identity for place in self.model.values()):
            with self.register.writing("Li") as writer, pytest.raises(RegisterError):
                writer.remove(Place, identity, self.model[identity].version)
            return
        with self.register.writing("Li") as writer:
            writer.remove(Place, identity, self.model[identity].version)
        del self.model[identity]
        self.changed()

    @rule(one=IDS, other=IDS)
    def merge_two(self, one: str, other: str) -> None:
        if one not in self.model or other not in self.model or one == other:
            return
        kept, gone = self.model[one], self.model[other]
        if not (kept.is_there and gone.is_there):
            return
        if any(place.merged_into == other for place in self.model.values()):
            return
        with self.register.writing("Li") as writer:
            merge(writer, kept, gone)
        self.model[one] = self.register.place(one)
        self.model[other] = self.register.place(other)
        assert self.model[other].merged_into == one
        assert gone.name in (self.model[one].name, *self.model[one].other_names)
        self.changed()

    @precondition(lambda self: self.register.changes(limit=1))
    @rule()
    def undo_latest(self) -> None:
        latest = self.register.changes(limit=1)[0]
        earlier = self.states[latest.change_id - 1].get(latest.record_id)
        if len(self.states) > 1 and latest.action == "merge":
            # The two changes of a merge stand for one state.
            act = latest.act_id
            with self.register.writing("Li") as writer:
                writer.undo_act(act)
            for identity in [c.record_id for c in self.register.changes(act_id=act)]:
                self.model[identity] = self.register.place(identity)
                assert self.model[identity].merged_into is None
            self.changed()
            return
        with self.register.writing("Li") as writer:
            change = writer.undo(latest.change_id)
        assert change.undoes == latest.change_id
        if earlier is None:
            assert latest.record_id not in {p.place_id for p in self.register.places(status=None)}
            del self.model[latest.record_id]
        else:
            now = self.register.place(latest.record_id)
            assert replace(now, version=0) == replace(earlier, version=0)
            self.model[latest.record_id] = now
        self.changed()

    @invariant()
    def is_as_the_model(self) -> None:
        if hasattr(self, "register"):
            held = {place.place_id: place for place in self.register.places(status=None)}
            assert held == self.model


def test_any_order_of_changes_is_as_in_a_dictionary() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        RegisterMachine,
        settings=settings(
            max_examples=10,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
