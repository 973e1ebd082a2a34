"""``circle guide`` as somebody types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from circle.cli import main
from circle.cli.guide import read_scale
from circle.errors import InputError

from .printed import Printed


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["guide", *arguments])
    return result.exit_code, result.output


def test_it_writes_a_sheet_and_says_what_it_holds(tmp_path: Path) -> None:
    file = tmp_path / "sheet.pdf"
    code, said = run("shanzishi", "--paper", "a3", "-o", str(file), "--json")
    assert code == 0
    facts = json.loads(said)
    assert facts["path"] == str(file)
    assert facts["is_atlas"] is False
    assert facts["places"] > 40
    assert len(Printed(file.read_bytes())) == 2


def test_it_says_why_it_made_an_atlas(tmp_path: Path) -> None:
    file = tmp_path / "sheet.pdf"
    code, said = run("shanzishi", "--scale", "1:2500", "-o", str(file), "--lang", "en")
    assert code == 0
    assert "atlas: the whole circle does not fit one sheet at this scale" in said


def test_it_says_in_words_what_it_decided(tmp_path: Path) -> None:
    file = tmp_path / "poster.pdf"
    code, said = run("shanzishi", "--paper", "a1", "-o", str(file), "--lang", "zh")
    assert code == 0
    assert f"已写出 {file}" in said
    assert "一幅图" in said
    assert "比例尺 1:" in said
    assert f"共 {len(Printed(file.read_bytes()))} 页" in said


def test_pictures_of_the_print_are_drawn(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        main, ["pictures", "shanzishi", "--only", "paper", "-o", str(tmp_path), "--json"]
    )
    assert result.exit_code == 0
    files = [Path(name) for name in json.loads(result.output)]
    assert [file.name for file in files] == ["sheet-map.png", "sheet-list.png", "booklet.png"]
    assert all(file.stat().st_size <= 150_000 for file in files)


def test_mistakes_are_told_in_one_sentence(tmp_path: Path) -> None:
    file = str(tmp_path / "sheet.pdf")
    for wrong in (["--scale", "large"], ["--classes", "nonsense"], ["-o", "sheet.png"]):
        code, said = run("shanzishi", "-o", file, *wrong, "--lang", "en")
        assert code == 1
        assert len(said.strip().splitlines()) == 1
        assert "Traceback" not in said


def test_scales_are_read_as_people_write_them() -> None:
    assert read_scale("1:2500") == read_scale("2500") == read_scale("1：2,500") == 2500
    for wrong in ("", "0", "-5", "1:50", "nan", "inf", "1:9999999"):
        with pytest.raises(InputError):
            read_scale(wrong)
