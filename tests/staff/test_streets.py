"""Compounds with their gates, links and closures: drawn on a page, kept, changed, taken back."""

from __future__ import annotations

import datetime

import pytest
import shapely
from drawn_study import at

from circle.edits import Closure, Gate, Link
from circle.store import Register, StreetEdit
from circle.store.drawn import edits_in_force

from .conftest import Worker


def typed(*spots: tuple[float, float]) -> str:
    """Return metres east and north of the centre as the lines of the field."""
    return "\n".join(f"{at(*spot).lon:.7f} {at(*spot).lat:.7f}" for spot in spots)


def position(east_m: float, north_m: float) -> dict[str, str]:
    spot = at(east_m, north_m)
    return {"gate_lon": f"{spot.lon:.7f}", "gate_lat": f"{spot.lat:.7f}"}


YARD = typed((20, 20), (120, 20), (120, 120), (20, 120))


def draw(worker: Worker, kind: str, **fields: str) -> str:
    worker.get(f"/streets/new?kind={kind}")
    answer = worker.post("/streets/new", {"kind": kind, "is_active": "yes", **fields})
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def test_a_path_is_drawn_changed_removed_and_brought_back(
    worker: Worker, register: Register
) -> None:
    html = draw(worker, "link", points=typed((300, 0), (0, 300)), link_kind="steps", name="近道")
    assert "已保存；生成新版指南后" in html
    (link,) = register.street_edits()
    assert (link.kind, link.link_kind, link.name) == ("link", "steps", "近道")
    assert shapely.from_wkt(link.geometry).coords[0] == pytest.approx(at(300, 0), abs=1e-6)
    address = f"/streets/link/{link.edit_id}"
    html = worker.get(address)
    assert typed((300, 0), (0, 300)).splitlines()[1] in html
    form = {"kind": "link", "version": str(link.version), "link_kind": "footway"}
    form |= {"points": typed((300, 0), (0, 300)), "is_active": "yes"}
    assert worker.post(address, form).status_code == 200
    (changed,) = register.street_edits()
    assert (changed.link_kind, changed.geometry) == ("footway", link.geometry)
    # Whoever looked before that must look again.
    assert worker.post(address, form).status_code == 409
    worker.get(address)
    worker.post(f"{address}/remove", {"version": str(changed.version)})
    assert register.street_edits() == ()
    (removal, *_) = register.changes(StreetEdit, link.edit_id)
    assert worker.get(f"/history?edit={link.edit_id}").count("<li class=") == 3
    worker.post("/history", {"change": str(removal.change_id)})
    assert [edit.link_kind for edit in register.street_edits()] == ["footway"]


def test_a_compound_and_its_gates_reach_the_walks(worker: Worker, register: Register) -> None:
    worker.get("/streets/new?kind=compound")
    gates = [position(70, 20), position(20, 70)]
    form = {
        "kind": "compound",
        "points": YARD,
        "name": "东苑",
        **{name: [gate[name] for gate in gates] for name in gates[0]},
        "gate_name": ["南门", "西门"],
        "gate_opens": ["hours", "residents"],
        "gate_hours": ["6:00-22:00", ""],
    }
    assert worker.post("/streets/new", form).status_code == 200
    (compound,) = register.compounds()
    assert [(g.name, g.opens, g.hours) for g in compound.gates] == [
        ("南门", "hours", "Mo-Su 06:00-22:00"),
        ("西门", "residents", ""),
    ]
    used = edits_in_force((), register.compounds(), datetime.date(2026, 12, 1))
    assert [type(edit) for edit in used] == [Gate, Gate]
    assert "东苑" in worker.get("/streets")
    assert "南门" in worker.get(f"/streets/compound/{compound.compound_id}")


def test_a_closure_by_its_line_or_by_its_way(worker: Worker, register: Register) -> None:
    draw(worker, "closure", points=typed((100, -20), (100, 20)), closed_to="wheels", note="台阶")
    draw(worker, "closure", way="4097656", valid_from="2026-12-01")
    by_line, by_way = sorted(register.street_edits(), key=lambda edit: edit.osm_way_id or 0)
    assert (by_line.closed_to, by_line.osm_way_id) == ("wheels", None)
    assert (by_way.osm_way_id, by_way.geometry, by_way.valid_from) == (4097656, None, "2026-12-01")
    used = edits_in_force(register.street_edits(), (), datetime.date(2026, 11, 1))
    assert [edit.closed_to for edit in used if isinstance(edit, Closure)] == ["wheels"]
    assert not any(isinstance(edit, Link) for edit in used)


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("link", {"points": typed((0, 0))}, "至少要画 2 个点"),
        ("link", {"points": "103.8 abc"}, "第 1 行“103.8 abc”"),
        ("link", {"points": typed((0, 0), (9, 9)), "valid_until": "明天"}, "2026-12-31"),
        ("compound", {"points": YARD}, "请填写名称"),
        ("compound", {"points": typed((0, 0), (9, 9), (9, 0), (0, 9)), "name": "苑"}, "自相交"),
        (
            "compound",
            {"points": YARD, "name": "苑", **position(400, 400), "gate_name": "北门",
             "gate_opens": "all", "gate_hours": ""},
            "超过 30 米",
        ),
        (
            "compound",
            {"points": YARD, "name": "苑", **position(70, 20), "gate_name": "北门",
             "gate_opens": "hours", "gate_hours": "有时"},
            "请写明时间",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_told_and_stays_in_the_form(
    kind: str, fields: dict[str, str], said: str, worker: Worker, register: Register
) -> None:
    worker.get(f"/streets/new?kind={kind}")
    answer = worker.post("/streets/new", {"kind": kind, **fields})
    assert answer.status_code == 422
    assert said in answer.text
    assert fields["points"].splitlines()[0] in answer.text
    assert register.compounds() == ()
    assert register.street_edits() == ()


def test_what_the_walks_cannot_use_is_kept_and_said(worker: Worker, register: Register) -> None:
    html = draw(worker, "closure", points=typed((5000, 5000), (5000, 5100)))
    assert "步行计算还用不上" in html
    assert len(register.street_edits()) == 1
