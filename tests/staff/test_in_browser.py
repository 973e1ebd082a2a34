"""The whole way in a real browser: a messy list becomes places, by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely
from drawn_study import CENTER

from circle.store import Place, Register
from circle.study import StudyConfig

from .messy import SCRIPT, workbook

Site = tuple[str, StudyConfig]
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def page(browser: Any, site: Site) -> Iterator[Any]:
    """A page of somebody who has logged in; no error and no breach of the policy is let pass."""
    context = browser.new_context(viewport=DESK, locale="zh-CN")
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    # A page that is left before its map came has broken nothing.
    opened.on(
        "requestfailed",
        lambda asked: None if asked.failure == "net::ERR_ABORTED" else wrong.append(asked.url),
    )
    opened.on(
        "request",
        lambda asked: None if asked.url.startswith((site[0], "data:", "blob:"))
        else wrong.append(asked.url),
    )  # fmt: skip
    opened.goto(f"{site[0]}/staff/")
    opened.fill("#name", "李娜")
    opened.click("button.main")
    yield opened
    opened.wait_for_timeout(100)
    assert opened.evaluate("window.hacked") is None
    context.close()
    assert wrong == []


@pytest.fixture
def register(site: Site) -> Iterator[Register]:
    register = site[1].register
    assert register is not None
    with Register.open(register) as opened:
        yield opened


def drag(page: Any, selector: str, right_px: float, down_px: float) -> None:
    box = page.locator(selector).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right_px / 2, y + down_px / 2, steps=4)
    page.mouse.move(x + right_px, y + down_px, steps=4)
    page.mouse.up()


def import_list(page: Any, address: str, folder: Path, data: bytes) -> None:
    file = folder / "名单.xlsx"
    file.write_bytes(data)
    page.goto(f"{address}/staff/import")
    page.set_input_files("#file", file)
    page.click("button.main")
    page.check("input[value=gcj02]")
    page.click("button.main")


def test_from_a_messy_list_to_places(
    page: Any, site: Site, register: Register, tmp_path: Path
) -> None:
    address = site[0]
    import_list(page, address, tmp_path, workbook())
    assert page.locator("table.report tbody tr").count() == 40
    assert register.places() == ()
    page.dblclick(".decide button.main")
    page.wait_for_url("**/done")
    assert len(register.places()) == 35
    assert len(register.acts()) == 1

    # Review: one is placed by keyboard, then dragged to where it is.
    page.goto(f"{address}/staff/review")
    assert "第 1 处，共 2 处" in page.inner_text(".stage")
    first = page.url.rsplit("/", 1)[1]
    page.focus("[data-center-of-map]")
    page.keyboard.press("Enter")
    before = float(page.input_value("#lon")), float(page.input_value("#lat"))
    drag(page, ".drag-mark", 90, 60)
    after = float(page.input_value("#lon")), float(page.input_value("#lat"))
    assert after[0] > before[0] + 1e-5
    assert after[1] < before[1] - 1e-5
    page.click("button[value=place]")
    page.wait_for_selector("text=第 2 处，共 2 处")
    placed = register.place(first)
    assert (placed.lon, placed.lat) == pytest.approx(after, abs=1e-9)
    assert (placed.status, placed.checked_by) == ("in_use", "李娜")
    page.fill("#lon", "103.8350")
    page.fill("#lat", "36.0612")
    page.keyboard.press("Tab")
    page.wait_for_selector(".drag-mark")
    page.click("button[value=place]")
    page.wait_for_selector("text=没有待核实的地点")

    # Duplicates: what is ticked stays.
    page.goto(f"{address}/staff/duplicates")
    page.check("input[name=stay_name][value=other]")
    page.click("button[value=merge]")
    page.wait_for_selector("text=已合并")
    act = register.acts(limit=1)[0]
    merged = register.changes(Place, act_id=act.act_id)
    assert {change.action for change in merged} == {"merge"}
    gone = next(place for place in register.places(status="merged"))

    # And back.
    page.goto(f"{address}/staff/history?act={act.act_id}")
    page.click("button.danger")
    page.wait_for_selector("text=已撤销")
    assert register.place(gone.place_id).status == "in_use"
    assert SCRIPT in {place.name for place in register.places()}

    # The form: hours in words while they are typed, an entrance by a click on the map.
    page.goto(f"{address}/staff/places/L15")
    page.fill("#hours", "周一至周五 9:00-17:00")
    page.wait_for_selector("#hours-words:has-text('周一至周五 9:00–17:00')")
    page.click("[data-pick]")
    page.click(".map", position={"x": 200, "y": 150})
    page.fill("#entrance-name-1", "北门")
    page.click("[data-rows=entrance] [data-more]")
    assert page.locator("[data-rows=entrance] .entry").count() == 2
    page.click(".bar button")
    page.wait_for_selector("text=已保存")
    entrance = register.place("L15").entrances[0]
    assert entrance.name == "北门"
    assert abs(entrance.lon - (register.place("L15").lon or 0)) < 0.01

    # Published, and in the new edition.
    page.goto(f"{address}/staff/places?published=no")
    page.click("button[value=publish_all]")
    page.wait_for_selector("text=已发布")
    page.goto(f"{address}/staff/edition")
    page.click("form.card button.main")
    page.wait_for_selector("text=新版指南已生成", timeout=60_000)


def test_a_path_and_a_gate_are_drawn_on_the_map(page: Any, site: Site, register: Register) -> None:
    address = site[0]
    page.goto(f"{address}/staff/streets")
    page.click("text=画一条小路")
    box = page.locator(".map").bounding_box()
    for share in (0.3, 0.5, 0.7):
        page.mouse.click(box["x"] + share * box["width"], box["y"] + share * box["height"])
    assert page.locator(".corner-mark").count() == 3
    page.click("[data-drop-last]")
    page.focus("[data-add-center]")
    page.keyboard.press("Enter")
    drag(page, ".corner-mark >> nth=0", 30, -20)
    points = page.input_value("#points").splitlines()
    assert len(points) == 3
    page.fill("#name", "后巷")
    page.click("button.main")
    page.wait_for_selector("text=已保存")
    (link,) = [edit for edit in register.street_edits() if edit.name == "后巷"]
    drawn = [tuple(map(float, line.split())) for line in points]
    assert list(shapely.from_wkt(link.geometry or "").coords) == drawn

    page.goto(f"{address}/staff/streets/new?kind=compound")
    box = page.locator(".map").bounding_box()
    for right, down in ((0.6, 0.2), (0.9, 0.2), (0.9, 0.45), (0.6, 0.45)):
        page.mouse.click(box["x"] + right * box["width"], box["y"] + down * box["height"])
    page.click("[data-pick]")
    box = page.locator(".map").bounding_box()
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.45 * box["height"])
    page.fill("#gate-name-1", "南门")
    page.fill("#name", "西苑")
    page.click("button.main")
    page.wait_for_selector("text=西苑")
    (compound,) = [each for each in register.compounds() if each.name == "西苑"]
    assert [gate.name for gate in compound.gates] == ["南门"]


def test_a_place_far_away_opens_on_the_study(page: Any, site: Site, register: Register) -> None:
    with register.writing("测试", "far") as writer:
        writer.add(
            Place("far1", "远处诊所", "health", lon=116.3202, lat=40.0014, status="doubtful")
        )
    page.goto(f"{site[0]}/staff/review/far1")
    lon, lat = page.evaluate(
        "(() => { const at = document.querySelector('.map').circleMap.getCenter();"
        " return [at.lng, at.lat]; })()"
    )
    assert (lon, lat) == pytest.approx(CENTER, abs=0.05)


PAGES = (
    *(
        "/",
        "/import",
        "/from-map",
        "/review/L2",
        "/duplicates",
        "/places",
        "/places/L2",
        "/streets",
        "/streets/new?kind=compound",
        "/streets/new?kind=link",
        "/history",
    ),
    "/edition",
)


@pytest.fixture
def filled(site: Site, register: Register) -> None:
    """Something to see on every page, whichever test ran before."""
    if any(place.place_id == "L2" for place in register.places()):
        return
    with register.writing("测试", "filled") as writer:
        for key, name in (("L2", "幸福食堂"), ("L3", "幸福食堂店")):
            writer.add(Place(key, name, "care", lon=103.835, lat=36.061, phone=key))


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_serious(page: Any, site: Site, path: str, screen: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    context = page.context.browser.new_context(
        viewport=screen, locale="zh-CN", bypass_csp=True, storage_state=page.context.storage_state()
    )
    opened = context.new_page()
    opened.goto(f"{site[0]}/staff{path}")
    assert "登录" not in opened.title()
    opened.wait_for_timeout(200)
    found = axe.Axe().run(opened).response["violations"]
    serious = [
        (rule["id"], [node["html"][:160] for node in rule["nodes"]][:3])
        for rule in found
        if rule["impact"] in ("serious", "critical")
    ]
    is_wide = opened.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    context.close()
    assert serious == []
    assert not is_wide


@pytest.mark.usefixtures("filled")
def test_forms_work_without_scripts(browser: Any, site: Site, register: Register) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(f"{site[0]}/staff/places/L2")
    page.fill("#name", "王强")
    page.click("button.main")
    assert page.url.endswith("/staff/places/L2")
    page.fill("#phone", "0931-5550000")
    page.click(".bar button")
    context.close()
    assert register.place("L2").phone == "0931-5550000"
    assert register.changes(Place, "L2")[0].who == "王强"
