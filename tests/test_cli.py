"""The command line: what it prints for people and programs, and how it refuses."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely
from click.testing import CliRunner, Result
from drawn_study import CENTER, at, write_study

from circle.cli import MODULES, main
from circle.cli.command import language_of
from circle.cli.studies import _addresses, _for_staff, _listen
from circle.errors import CircleError

ROOT = Path(__file__).resolve().parents[1]
AT = f"{CENTER.lon},{CENTER.lat}"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="module")
def streets(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = write_study(tmp_path_factory.mktemp("streets"))
    return str(folder / "streets.geojson")


def run(*arguments: str | Path, lang: str = "en") -> Result:
    return CliRunner().invoke(main, ["--lang", lang, *map(str, arguments)])


def refused(*arguments: str | Path, code: int = 1) -> str:
    """Run what must fail; return its one sentence."""
    before = sorted(Path.cwd().rglob("*"))
    result = run(*arguments)
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert sorted(Path.cwd().rglob("*")) == before, "something half-written was left"
    if code == 1:
        assert result.stderr.count("\n") == 1
        chinese = run(*arguments, lang="zh").stderr
        assert chinese != result.stderr
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
    return result.stderr


def program(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "circle.cli", *arguments],
        capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip


# ---- help and language


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from circle.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'numpy', 'numba', 'geopandas', 'fastapi', 'folium', 'osmium'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    for command in ("new", "build", "serve", "isochrone", "route", "streets"):
        assert command in done.stdout


def test_help_in_chinese() -> None:
    assert "步行" in run("--help", lang="zh").stdout
    assert "起点" in run("isochrone", "--help", lang="zh").stdout
    assert "budget" not in run("isochrone", "--help", lang="zh").stdout.lower()


def test_language_of_the_environment() -> None:
    assert language_of({"LANG": "zh_CN.UTF-8"}) == "zh"
    assert language_of({"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}) == "en"
    assert language_of({}) == "en"
    chinese = program("build", "atlantis", LC_ALL="zh_CN.UTF-8", PYTHONUTF8="1")
    assert chinese.returncode == 1
    assert chinese.stderr.startswith("找不到“atlantis”")
    # Asked for is stronger than the environment, before or after the command.
    for arguments in (("--lang", "en", "build", "x"), ("build", "x", "--lang", "en")):
        assert "no study" in program(*arguments, LC_ALL="zh_CN.UTF-8").stderr


def test_version() -> None:
    assert run("--version").stdout.startswith("circle, version ")


COMMANDS = tuple(sorted(main.commands))


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
def test_the_frame_of_a_help_is_chinese_too(command: tuple[str, ...]) -> None:
    text = run(*command, "--help", lang="zh").stdout
    assert text.startswith("用法：")
    assert "选项：\n" in text
    assert "显示本帮助并退出。" in text
    for english in ("Usage", "Options", "OPTIONS", "Commands", "COMMAND", "Show ", "[required",
                    "default:", "INTEGER", "FLOAT"):  # fmt: skip
        assert english not in text
    plain = run(*command, "--help", lang="en").stdout
    assert plain.startswith("Usage: ")
    assert "Show this message and exit." in plain
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in plain)


def test_the_notes_of_an_option_are_chinese() -> None:
    text = run("isochrone", "--help", lang="zh").stdout
    assert "[必填]" in text
    assert "[默认：adult]" in text
    assert "--port 整数" in run("serve", "--help", lang="zh").stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("isochrone", "--at", "1,2"), "错误：缺少选项 '--streets'。"),
        (("build",), "错误：缺少参数 'NAME'。"),
        (("build", "a", "b"), "错误：多余的参数：b。"),
        (("build", "a", "--colour"), "错误：没有选项 '--colour'。"),
        (("build", "a", "--jsn"), "错误：没有选项 '--jsn'。是否想用 --json？"),
        (("build", "a", "--json=3"), "错误：选项 '--json' 不带值。"),
        (("route", "--streets"), "错误：选项 '--streets' 需要一个值。"),
        (("fly",), "错误：没有命令 'fly'。"),
        (("--colour",), "错误：没有选项 '--colour'。"),
        (("serve", "--port", "70000"), "错误：'--port' 的值无效：70000 不在范围 0<=x<=65535 内。"),
        (("serve", "--port", "x"), "错误：'--port' 的值无效：'x' 不是整数。"),
        (("streets", "--radius", "x"), "错误：'--radius' 的值无效：'x' 不是数字。"),
        (("guide", "--paper", "b5"), "错误：'--paper' 的值无效：'b5' 不在可选值之中："
         "'a4', 'a3', 'a1'。"),
        (("streets",), "错误：请在 FILE、--place、--around 中给出且只给出一个。"),
    ],
)  # fmt: skip
def test_a_usage_error_is_chinese(here: Path, arguments: tuple[str, ...], sentence: str) -> None:
    result = run(*arguments, lang="zh")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1] == sentence
    assert result.stderr.startswith("用法：")
    assert "--help" in result.stderr
    # In whichever place the language is asked for, and from the environment.
    after = CliRunner().invoke(main, [*arguments, "--lang", "zh"])
    if arguments[-1] not in ("--streets",):
        assert after.stderr.splitlines()[-1] == sentence
    asked_by_environment = CliRunner().invoke(main, arguments, env={"LC_ALL": "zh_CN.UTF-8"})
    assert asked_by_environment.stderr == result.stderr
    english = CliRunner().invoke(main, arguments, env={"LC_ALL": "C"}).stderr
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in english)
    assert "Error: " in english


def test_version_in_chinese() -> None:
    assert run("--version", lang="zh").stdout.startswith("circle，版本 ")


# ---- isochrone


def test_isochrone_prints_a_collection(streets: str, here: Path) -> None:
    result = run("isochrone", "--streets", streets, "--at", AT)
    collection = json.loads(result.stdout)
    assert result.stderr == ""
    budgets = [feature["properties"]["budget"] for feature in collection["features"]]
    assert budgets == [5, 10, 15]
    assert list(here.iterdir()) == []


def test_isochrone_in_metres_reaches_as_far_as_drawn(streets: str, here: Path) -> None:
    result = run("isochrone", "--streets", streets, "--at", AT, "--metres", "500,300")
    features = json.loads(result.stdout)["features"]
    assert [f["properties"]["budget"] for f in features] == [300, 500]
    assert {f["properties"]["unit"] for f in features} == {"m"}
    for feature, metres in zip(features, (300, 500), strict=True):
        shape = shapely.geometry.shape(feature["geometry"])
        assert shape.contains(shapely.Point(at(metres - 10, 0)))
        assert not shape.contains(shapely.Point(at(metres + 15, 0)))


def test_isochrone_of_a_walker_and_of_a_speed(streets: str, here: Path) -> None:
    def area(walker: str) -> float:
        asked = ("--minutes", "5", "--walker", walker)
        result = run("isochrone", "--streets", streets, "--at", AT, *asked)
        (feature,) = json.loads(result.stdout)["features"]
        return float(feature["properties"]["area_m2"])

    assert area("frail") < area("older") < area("adult")
    assert area("0.9") == area("older")


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg"])
def test_isochrone_to_a_file(streets: str, here: Path, suffix: str) -> None:
    out = here / f"out{suffix}"
    result = run("isochrone", "--streets", streets, "--at", AT, "-o", out)
    assert result.exit_code == 0, result.stderr
    assert str(out) in result.stdout
    assert list(here.iterdir()) == [out]
    frame = geopandas.read_file(out)
    assert frame.budget.tolist() == [5, 10, 15]
    assert frame.crs.to_epsg() == 4326
    assert frame.is_valid.all()
    told = run("isochrone", "--streets", streets, "--at", AT, "-o", out, "--json")
    answer = json.loads(told.stdout)
    assert answer["path"] == str(out)
    assert [figures["budget"] for figures in answer["isochrones"]] == [5, 10, 15]


def test_isochrone_of_a_western_longitude(here: Path, tmp_path: Path) -> None:
    streets = tmp_path / "west.geojson"
    line = {"type": "LineString", "coordinates": [[-8.62, 41.15], [-8.61, 41.15]]}
    feature = {"type": "Feature", "properties": {"highway": "footway"}, "geometry": line}
    streets.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    result = run("isochrone", "--streets", streets, "--at", "-8.615,41.15", "--minutes", "5")
    assert result.exit_code == 0, result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--at", f"{CENTER.lat},{CENTER.lon}"), "swapped"),
        (("--at", "7.42,43.73"), "outside"),
        (("--at", "nan,36.06"), "not a pair of numbers"),
        (("--at", "103.83"), "two numbers"),
        (("--at", "103.83,36.06,5"), "two numbers"),
        (("--at", "{},{}".format(*at(400, 400))), "within 100 m"),
        (("--at", AT, "--minutes", "121"), "at most 120"),
        (("--at", AT, "--minutes", "5,x"), "5,10,15"),
        (("--at", AT, "--minutes", "0"), "above 0"),
        (("--at", AT, "--minutes", "nan"), "above 0"),
        (("--at", AT, "--metres", "10001"), "at most 10000"),
        (("--at", AT, "--metres", "300", "--minutes", "5"), "not both"),
        (("--at", AT, "--walker", "bird"), "adult"),
        (("--at", AT, "--walker", "9"), "between"),
        (("--at", AT, "-o", "out.shp"), ".geojson or .gpkg"),
        (("--at", AT, "-o", "none/out.geojson"), "no folder"),
    ],
)
def test_isochrone_refuses(
    streets: str, here: Path, arguments: tuple[str, ...], words: str
) -> None:
    assert words in refused("isochrone", "--streets", streets, *arguments)


def test_an_output_that_is_a_folder_is_refused(streets: str, here: Path) -> None:
    (here / "out.geojson").mkdir()
    assert "cannot be written" in refused(
        "isochrone", "--streets", streets, "--at", AT, "-o", "out.geojson"
    )


def test_errors_for_programs(streets: str, here: Path) -> None:
    result = run("isochrone", "--streets", streets, "--at", "7.42,43.73", "--json")
    assert result.exit_code == 1
    error = json.loads(result.stderr)["error"]
    assert error["type"] == "PositionError"
    assert "outside" in error["message"]


def test_a_wrong_command_line_is_a_usage_error(here: Path) -> None:
    assert "--streets" in refused("isochrone", "--at", AT, code=2)
    assert "No such option" in refused("build", "shanzishi", "--colour", code=2)
    refused("fly", code=2)


# ---- street files that are none


BAD_STREETS: dict[str, bytes] = {
    "empty.osm.pbf": b"",
    "empty.osm": b"",
    "text.osm.pbf": b"this is no map at all " * 50,
    "text.osm": b"this is no map at all",
    "cut.osm": b'<?xml version="1.0"?><osm version="0.6"><node id="1" lat="1.0" lo',
    "nothing.osm": b'<?xml version="1.0"?><osm version="0.6"></osm>',
    "no_way.osm": b'<?xml version="1.0"?><osm version="0.6"><node id="1" lat="1" lon="2"/></osm>',
    "bare.osm": (
        b'<?xml version="1.0"?><osm version="0.6"><node id="1"/><node id="2"/>'
        b'<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="footway"/></way></osm>'
    ),
    "html.osm.gz": b"<html>not found</html>",
    "text.graphml": b"no graph",
    "text.geojson": b"{",
    "empty.geojson": b'{"type": "FeatureCollection", "features": []}',
    "text.circle": b"not a network",
    "photo.jpg": b"\xff\xd8\xff",
}


@pytest.mark.parametrize("name", sorted(BAD_STREETS))
@pytest.mark.parametrize("command", ["isochrone", "streets", "build"])
def test_a_street_file_that_is_none(here: Path, name: str, command: str) -> None:
    (here / name).write_bytes(BAD_STREETS[name])
    if command == "isochrone":
        refused("isochrone", "--streets", name, "--at", AT, "-o", "out.geojson")
    elif command == "streets":
        refused("streets", name, "-o", "out.circle")
    else:
        write_study(here / "my", streets=f'"../{name}"')
        refused("build", "my")


def test_a_street_file_that_is_missing(here: Path) -> None:
    sentence = refused("isochrone", "--streets", "none.osm.pbf", "--at", AT)
    assert "none.osm.pbf" in sentence


@pytest.mark.parametrize("name", ["folder.osm.pbf", "folder.circle", "folder.geojson"])
def test_a_street_file_that_is_a_folder(here: Path, name: str) -> None:
    (here / name).mkdir()
    assert f"{name} is a folder" in refused("streets", name, "-o", "out.circle")
    assert f"{name} is a folder" in refused("isochrone", "--streets", name, "--at", AT)
    assert f"{name} is a folder" in refused("route", "--streets", name, "--from", AT, "--to", AT)


def test_a_street_file_that_cannot_be_read(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A link to itself is there, yet nobody can open it, not even who may read everything.
    (here / "loop.osm.pbf").symlink_to("loop.osm.pbf")
    sentence = refused("streets", "loop.osm.pbf", "-o", "out.circle")
    assert "loop.osm.pbf cannot be read" in sentence
    (here / "secret.osm.pbf").write_bytes(b"x")
    really = Path.open

    def forbid(path: Path, *args: Any, **kwargs: Any) -> Any:
        if path.name == "secret.osm.pbf":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return really(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", forbid)
    sentence = refused("streets", "secret.osm.pbf", "-o", "out.circle")
    assert "may not be read" in sentence
    assert "damaged" not in sentence


def test_an_extract_cut_off(here: Path, extracts: Path) -> None:
    whole = (extracts / "monaco_2023.osm.pbf").read_bytes()
    (here / "cut.osm.pbf").write_bytes(whole[: len(whole) // 2])
    refused("streets", "cut.osm.pbf", "-o", "out.circle")
    refused("isochrone", "--streets", "cut.osm.pbf", "--at", "7.42,43.735")


# ---- waiting at crossings


@pytest.fixture
def crossed(here: Path) -> str:
    """A way north whose middle crosses a road: 100 m, a crossing of 20 m, 100 m."""

    def line(tags: dict[str, str], *points: tuple[float, float]) -> dict[str, Any]:
        geometry = {"type": "LineString", "coordinates": [at(*point) for point in points]}
        return {"type": "Feature", "properties": tags, "geometry": geometry}

    foot = {"highway": "footway"}
    features = [
        line(foot, (0, -110), (0, -10)),
        line({**foot, "footway": "crossing"}, (0, -10), (0, 0), (0, 10)),
        line(foot, (0, 10), (0, 110)),
        line({"highway": "residential"}, (-300, 0), (0, 0), (300, 0)),
    ]
    path = here / "crossed.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return str(path)


def test_waiting_at_a_crossing_is_added_to_a_route(crossed: str) -> None:
    asked = ("route", "--streets", crossed, "--from", "{},{}".format(*at(0, -110)),
             "--to", "{},{}".format(*at(0, 110)))  # fmt: skip

    def told(*more: str) -> dict[str, Any]:
        properties: dict[str, Any] = json.loads(run(*asked, *more, "--json").stdout)["properties"]
        return properties

    without, waiting = told(), told("--crossing", "30")
    assert without["time_s"] == pytest.approx(220 / 1.2, abs=0.2)
    assert waiting["time_s"] == pytest.approx(without["time_s"] + 30, abs=0.1)
    assert waiting["length_m"] == without["length_m"]
    assert (without["walker"], waiting["walker"]) == ("adult", "adult, 30 s per crossing")
    assert told("--crossing", "0")["time_s"] == without["time_s"]
    older = told("--walker", "older", "--crossing", "30")
    assert older["time_s"] == pytest.approx(220 / 0.9 + 30, abs=0.2)
    assert "30 s per crossing" in run(*asked, "--crossing", "30").stdout
    assert "每次过街等 30 秒" in run(*asked, "--crossing", "30", lang="zh").stdout


def test_waiting_at_a_crossing_shrinks_an_isochrone(crossed: str) -> None:
    asked = ("--at", "{},{}".format(*at(0, -110)), "--minutes", "2.5")

    def reach(*more: str) -> shapely.Geometry:
        result = run("isochrone", "--streets", crossed, *asked, *more)
        (feature,) = json.loads(result.stdout)["features"]
        return shapely.geometry.shape(feature["geometry"])

    # 180 m in 150 s; with half a minute at the crossing they end 36 m sooner.
    assert reach().contains(shapely.Point(at(0, 65)))
    assert not reach("--crossing", "30").contains(shapely.Point(at(0, 50)))
    assert reach("--crossing", "30").contains(shapely.Point(at(0, 30)))


def test_waiting_at_a_crossing_is_refused_where_it_means_nothing(crossed: str) -> None:
    asked = ("isochrone", "--streets", crossed, "--at", "{},{}".format(*at(0, 0)))
    assert "minutes only" in refused(*asked, "--crossing", "5", "--metres", "300")
    for wrong in ("-1", "601", "nan"):
        assert "between 0 and 600" in refused(*asked, "--crossing", wrong)
    refused(*asked, "--crossing", "long", code=2)


# ---- route and streets


def test_route_for_people_and_programs(streets: str, here: Path) -> None:
    north = "{},{}".format(*at(0, 600))
    text = run("route", "--streets", streets, "--from", AT, "--to", north).stdout
    assert text.startswith("600 m, 8.3 min (adult)")
    assert "北路" in text
    told = run("route", "--streets", streets, "--from", AT, "--to", north, "--json").stdout
    feature = json.loads(told)
    assert feature["properties"]["length_m"] == pytest.approx(600, abs=0.3)
    assert feature["geometry"]["type"] == "LineString"


def test_route_to_where_nobody_can_walk(streets: str, here: Path) -> None:
    field = "{},{}".format(*at(400, 400))
    assert "100 m" in refused("route", "--streets", streets, "--from", AT, "--to", field)


def test_streets_saves_a_network_that_gives_the_same_answers(streets: str, here: Path) -> None:
    told = run("streets", streets, "-o", "saved.circle", "--json")
    figures = json.loads(told.stdout)
    assert figures["path"] == "saved.circle"
    assert figures["length_m"] == pytest.approx(2400, abs=1)
    assert list(here.iterdir()) == [here / "saved.circle"]
    asked = ("--at", AT, "--minutes", "5,10")
    before = run("isochrone", "--streets", streets, *asked).stdout
    assert run("isochrone", "--streets", "saved.circle", *asked).stdout == before


def test_streets_only_looks_where_nothing_is_saved(streets: str, here: Path) -> None:
    result = run("streets", streets)
    assert "2.4 km" in result.stdout
    assert list(here.iterdir()) == []


def test_streets_wants_one_source(streets: str, here: Path) -> None:
    refused("streets", code=2)
    refused("streets", streets, "--place", "Monaco", "-o", "x.circle", code=2)
    refused("streets", "--place", "Monaco", code=2)
    assert ".circle" in refused("streets", streets, "-o", "x.osm.pbf")
    assert "two numbers" in refused("streets", "--around", "7", "-o", "x.circle")


def test_progress_is_shown_where_asked_for(streets: str, here: Path) -> None:
    asked = ("isochrone", "--streets", streets, "--at", AT)
    quiet, loud = run(*asked), run(*asked, "--progress")
    assert quiet.stderr == ""
    assert "Reading the streets" in loud.stderr
    assert loud.stdout == quiet.stdout


# ---- new, build, serve


def test_new_then_build(streets: str, here: Path) -> None:
    made = run("new", "my", "--center", AT, "--streets", streets,
               "--places", Path(streets).parent / "places.csv")  # fmt: skip
    assert made.exit_code == 0, made.stderr
    assert "circle build my" in made.stdout
    text = (here / "my" / "circle.toml").read_text("utf-8")
    (here / "my" / "circle.toml").write_text(text + '\nplaces_datum = "wgs84"\n', "utf-8")
    built = run("build", "my")
    assert built.exit_code == 0, built.stderr
    lines = built.stdout.splitlines()
    assert lines[0] == "4 places on the map, 1 listed without a position."
    names = ["guide.html", "places.csv", "places.geojson", "rings.geojson", "unplaced.csv"]
    assert [Path(line) for line in lines[1:]] == [Path("maps/my") / name for name in names]
    assert all(Path(line).stat().st_size > 0 for line in lines[1:])
    told = json.loads(run("build", "my", "--json").stdout)
    assert told["n_places"] == 4
    assert told["files"] == lines[1:]


def test_new_refuses(streets: str, here: Path) -> None:
    assert "two numbers" in refused("new", "a", "--center", "7")
    assert "not a pair of numbers" in refused("new", "a", "--center", "nan,3")
    assert "“streets”" in refused("new", "a", "--center", AT, "--streets", "none.osm.pbf")
    assert run("new", "a", "--center", AT, "--streets", streets).exit_code == 0
    assert "already" in refused("new", "a", "--center", AT, "--streets", streets)


def test_new_without_streets_names_the_key(here: Path) -> None:
    assert "“streets”" in run("new", "a", "--center", AT).stdout
    told = json.loads(run("new", "b", "--center", AT, "--json").stdout)
    assert told == {"path": "b/circle.toml", "has_streets": False}
    path = here / "a" / "circle.toml"
    path.write_text(path.read_text("utf-8").replace("online = true", "online = false"), "utf-8")
    assert "“streets”" in refused("build", "a")


def test_build_refuses(here: Path) -> None:
    assert "no study" in refused("build", "atlantis")
    write_study(here / "my", title="'x'")
    assert "“title”" in refused("build", "my")
    write_study(here / "my", center="[7.42, 43.73]")
    assert "“center”" in refused("build", "my")
    (here / "maps").write_text("a file in the way")
    write_study(here / "my")
    refused("build", "my")


def test_a_build_that_fails_keeps_the_last_guide(here: Path) -> None:
    write_study(here / "my")
    assert run("build", "my").exit_code == 0
    guide = here / "maps" / "my" / "guide.html"
    before = guide.read_bytes()
    (here / "my" / "places.csv").write_text("id,name,class\n1,x,no such class\n", "utf-8")
    refused("build", "my")
    assert guide.read_bytes() == before


def test_pictures_of_the_print_need_no_guide_first(here: Path) -> None:
    write_study(here / "my")
    result = run("pictures", "my", "--only", "paper", "-o", "drawn")
    assert result.exit_code == 0, result.output
    names = {file.name for file in (here / "drawn").iterdir()}
    assert names == {"sheet-map.png", "sheet-list.png", "booklet.png"}
    assert not (here / "maps").exists()


def test_every_command_is_registered_once() -> None:
    names = [command.name for module in MODULES for command in module.COMMANDS]
    assert sorted(names) == sorted(set(names)) == sorted(main.commands)


def test_serve_refuses_a_port_that_is_taken(here: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        sentence = refused("serve", "--port", port)
    assert port in sentence
    assert "--port" in sentence


def test_serve_refuses_a_host_that_is_not_here(here: Path) -> None:
    assert "nowhere.invalid" in refused("serve", "--host", "nowhere.invalid")
    # An address of the documentation block is nobody's.
    assert "192.0.2.1" in refused("serve", "--host", "192.0.2.1")


def test_serve_builds_tells_and_answers(here: Path) -> None:
    write_study(here / "my")
    process = subprocess.Popen(
        [sys.executable, "-m", "circle.cli", "serve", "my", "--port", "0", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        told: dict[str, Any] = json.loads(process.stdout.readline())
        assert (here / told["files"][0]).is_file()
        with urllib.request.urlopen(told["address"] + "/healthz", timeout=20) as answer:
            assert json.load(answer)["study"] == "my"
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.mark.skipif(os.name != "posix", reason="Ctrl+C cannot be sent to a process here")
def test_ctrl_c_ends_serving_without_a_traceback(here: Path) -> None:
    write_study(here / "my")
    process = subprocess.Popen(
        [sys.executable, "-m", "circle.cli", "--lang", "en", "serve", "my", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        lines: list[str] = []
        while not (lines and lines[-1].startswith("Serving at http://127.0.0.1:")):
            lines.append(process.stdout.readline())
            assert lines[-1], lines
        address = lines[-1].split()[2]
        with urllib.request.urlopen(address + "/healthz", timeout=20) as answer:
            assert json.load(answer)["status"] == "ok"
    finally:
        process.send_signal(signal.SIGINT)
        rest, complaints = process.communicate(timeout=20)
    assert (process.returncode, complaints) == (0, "")
    # The address and the files are told once.
    assert address not in rest
    assert len(lines) == len(set(lines))


def test_staff_pages_without_a_password_say_where_they_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CIRCLE_STAFF_PASSWORD", raising=False)
    with _listen("0.0.0.0", 0) as listener:
        port = listener.getsockname()[1]
        addresses = _addresses(listener)
    assert addresses[0] == f"http://127.0.0.1:{port}"
    assert not any("0.0.0.0" in each for each in addresses)
    said = _for_staff(addresses, "0.0.0.0")
    assert said[0].endswith(f"http://127.0.0.1:{port}/staff/")
    assert "CIRCLE_STAFF_PASSWORD" in said[1]
    with pytest.raises(CircleError, match="CIRCLE_STAFF_PASSWORD"):
        _for_staff([f"http://192.0.2.7:{port}"], "192.0.2.7")
    monkeypatch.setenv("CIRCLE_STAFF_PASSWORD", "三个火枪手")
    other = f"http://192.0.2.7:{port}"
    assert [line.partition(" ")[2] for line in _for_staff([other], "192.0.2.7")] == [
        f"{other}/staff/"
    ]


@pytest.mark.parametrize(
    ("arguments", "language"),
    [
        (["--lang", "en", "guide"], "en"),
        (["--lang", "zh", "guide"], "zh-CN"),
        (["guide"], None),
        (["--lang", "en", "guide", "--language", "zh-CN"], "zh-CN"),
    ],
)
def test_a_guide_is_printed_in_the_language_that_was_asked_for(
    arguments: list[str], language: str | None, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str | None] = []

    def compose(_: Any, options: Any) -> Any:
        asked.append(options.language)
        raise CircleError(en="Enough.", zh="够了。")

    monkeypatch.setattr("circle.guide.paper.sheet.compose", compose)
    study = write_study(here / "my")
    CliRunner().invoke(main, [*arguments, str(study)])
    assert asked == [language]
