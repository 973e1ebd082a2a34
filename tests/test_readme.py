"""README.md keeps its word: its example runs, its files, commands and pictures exist."""

from __future__ import annotations

import doctest
import json
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from circle.cli import main
from circle.facilities import read_sheet
from circle.geometry import LonLat
from circle.standards import load_standards, standard_files
from circle.study.new import new_study

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "maps/README.md"]

OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def examples() -> list[str]:
    """Return every block of Python prompts, the first one first."""
    blocks = re.findall(r"^```(?:python|pycon)\n(.*?)^```", README.read_text("utf-8"), re.M | re.S)
    return [block for block in blocks if ">>>" in block]


def test_first_screen_has_an_example() -> None:
    text = README.read_text("utf-8")
    assert 0 < text.index(">>> import circle") < 4_000


@pytest.mark.parametrize("last", range(1, len(examples()) + 1))
def test_examples_run(last: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first example alone, then with each that builds on the ones before."""
    monkeypatch.chdir(tmp_path)
    session = "\n".join(examples()[:last])
    example = doctest.DocTestParser().get_doctest(session, {}, "README.md", str(README), 0)
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    report: list[str] = []
    runner.run(example, out=report.append)
    assert runner.failures == 0, "".join(report)
    assert runner.tries >= last


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    text = path.read_text("utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) + re.findall(r'src="([^"]+)"', text)
    missing = [
        target
        for target in targets
        if not target.startswith(("http://", "https://")) and not (path.parent / target).exists()
    ]
    assert missing == []


def test_what_is_looked_up_is_found() -> None:
    lines = re.findall(r"^circle (geocode \S+ --in \S+)", README.read_text("utf-8"), re.M)
    assert lines
    for line in lines:
        found = CliRunner().invoke(main, [*line.split(), "--json"])
        assert json.loads(found.stdout)["candidates"], line


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    known = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    for page in PAGES:
        named = set(re.findall(r"`make ([a-z][a-z-]*)", (ROOT / page).read_text("utf-8")))
        assert named <= known, page


def test_commands_and_their_options_exist() -> None:
    lines = re.findall(r"^circle (.+?)(?:\s+#.*)?$", README.read_text("utf-8"), re.MULTILINE)
    assert len(lines) >= 5
    for line in lines:
        command: click.Command = main
        rest = line.split()
        while isinstance(command, click.Group):
            command = command.commands[rest.pop(0)]
        known = {option for given in command.params for option in given.opts}
        assert {word for word in rest if word.startswith("-")} <= known, line


def test_unverified_rows_are_counted_as_they_are() -> None:
    told = re.findall(r"^\| `([\w-]+)` \| (\d+) \| (\d+) \|$", README.read_text("utf-8"), re.M)
    tables = {name: load_standards(name) for name in standard_files()}
    assert {name: (int(rows), int(unverified)) for name, rows, unverified in told} == {
        name: (len(table), sum(not clause.is_verified for clause in table))
        for name, table in tables.items()
    }


def test_the_what_if_of_the_page_changes_something(
    extracts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (typed,) = re.findall(r"`circle what-if NAME (--add \S+)`", README.read_text("utf-8"))
    monkeypatch.chdir(tmp_path)
    new_study(
        tmp_path / "monaco", LonLat(7.4205, 43.7345), streets=extracts / "monaco_2023.osm.pbf"
    )
    done = CliRunner().invoke(
        main,
        ["what-if", "monaco", *typed.split(), "--class", "health", "--no-files", "--json"],
    )
    assert done.exit_code == 0, done.output
    gained = [row["gained"] for row in json.loads(done.stdout)["table"]
              if (row["subject"], row["measure"]) == ("health@5min", "people")]  # fmt: skip
    assert gained[0] > 1_000


def test_headings_of_sheets_are_understood(tmp_path: Path) -> None:
    pairs = re.findall(r"`(\w+)/(\w+)`", README.read_text("utf-8"))
    assert len(pairs) >= 9
    for language in (0, 1):
        file = tmp_path / f"places{language}.csv"
        headings = [pair[language] for pair in pairs]
        file.write_text("\n".join([",".join(headings), ",".join("x" for _ in headings)]), "utf-8")
        (row,) = read_sheet(file).to_dict("records")
        assert {pair[1] for pair in pairs} <= {key for key, value in row.items() if value}


def test_picture_is_small_enough_to_carry() -> None:
    pictures = list((ROOT / "maps" / "pictures").glob("*.png"))
    assert pictures, "no pictures: run `make pictures`"
    for picture in pictures:
        assert picture.stat().st_size < 600_000, picture.name
