"""The commands people type: what `make` says when it cannot work, and the pins it installs."""

from __future__ import annotations

import re
import shutil
import socket
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
PYTHONS = ("3.11", "3.12", "3.13", "3.14")

needs_make = pytest.mark.skipif(
    shutil.which("make") is None, reason="no make here (on Debian and Ubuntu: apt install make)"
)

Make = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Run make in a copy of the project's top folder, with a PATH of one's own."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    program = shutil.which("make")
    assert program is not None

    def run(*arguments: str, path: Path | str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, "--no-print-directory", *arguments],
            cwd=tmp_path,
            env={"PATH": str(path), "LC_ALL": "C"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def fake_python(path: Path, version: str, *, has_venv: bool = False) -> Path:
    """Write a program that answers the questions the Makefile asks an interpreter."""
    major, minor, _ = version.split(".")
    is_new_enough = (int(major), int(minor)) >= (3, 11)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "#!/bin/sh\n"
        'case "$2" in\n'
        f"  *%d.%d.%d*) echo {version} ;;\n"
        f"  *version_info*) exit {0 if is_new_enough else 1} ;;\n"
        f"  *ensurepip*) exit {0 if has_venv else 1} ;;\n"
        "  *socket*) exit 0 ;;\n"
        "  *) exit 1 ;;\n"
        "esac\n"
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def said(answer: subprocess.CompletedProcess[str]) -> str:
    """Return what was said to the person; make's own closing line says nothing new."""
    assert answer.returncode != 0
    lines = [line for line in answer.stderr.splitlines() if not line.startswith("make: ***")]
    assert len(lines) == 1, answer.stderr
    return lines[0]


@needs_make
def test_named_python_is_too_old(make: Make, tmp_path: Path) -> None:
    old = fake_python(tmp_path / "bin" / "python3", "3.9.18")
    sentence = said(make("test", f"PYTHON={old}", path="/nowhere"))
    assert "Python 3.11 or newer" in sentence
    assert f"{old} is Python 3.9.18" in sentence
    assert not (tmp_path / ".venv").exists()


@needs_make
def test_only_an_old_python_on_path(make: Make, tmp_path: Path) -> None:
    fake_python(tmp_path / "bin" / "python3", "3.10.13")
    assert "is Python 3.10.13" in said(make("test", path=tmp_path / "bin"))


@needs_make
def test_no_python_on_path(make: Make, tmp_path: Path) -> None:
    assert "there is no python3 on PATH" in said(make("test", path=tmp_path))


@needs_make
def test_named_python_does_not_run(make: Make, tmp_path: Path) -> None:
    assert "PYTHON=/no/such is not a Python" in said(make("test", "PYTHON=/no/such", path=tmp_path))


@needs_make
def test_python_without_venv(make: Make, tmp_path: Path) -> None:
    python = fake_python(tmp_path / "bin" / "python3", "3.12.3")
    sentence = said(make("serve", path=tmp_path / "bin"))
    assert sentence.startswith(f"{python} has no venv module")
    assert "python3-venv" in sentence


@needs_make
@pytest.mark.parametrize(
    "newer", ["later/python3", "early/python3.13"], ids=["farther on PATH", "by its number"]
)
def test_old_python_is_passed_over(make: Make, tmp_path: Path, newer: str) -> None:
    fake_python(tmp_path / "early" / "python3", "3.8.10")
    found = fake_python(tmp_path / newer, "3.13.1")
    path = f"{tmp_path / 'early'}:{tmp_path / 'later'}"
    assert said(make("test", path=path)).startswith(f"{found} has no venv")


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@needs_make
def test_taken_port_is_said_before_anything_is_installed(
    make: Make, tmp_path: Path, taken_port: int
) -> None:
    answer = make("serve", f"PORT={taken_port}", f"PYTHON={sys.executable}", path="/nowhere")
    sentence = said(answer)
    assert f"Port {taken_port}" in sentence
    assert "make serve PORT=" in sentence
    assert not (tmp_path / ".venv").exists()


@needs_make
def test_port_that_is_no_number(make: Make) -> None:
    answer = make("serve", "PORT=guide", f"PYTHON={sys.executable}", path="/nowhere")
    assert "Port guide" in said(answer)


@needs_make
@pytest.mark.parametrize("target", ["serve", "test", "check", "bench", "pictures", "wheel"])
def test_targets_set_up_what_they_need(make: Make, target: str) -> None:
    planned = make("--dry-run", target, path="/usr/bin:/bin")
    assert planned.returncode == 0, planned.stderr
    assert "--constraint constraints.txt --editable ." in planned.stdout


def test_makefile_asks_no_more_than_make_3_81() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    newer = (".ONESHELL", ".RECIPEPREFIX", "$(file ", "::=", ".SHELLFLAGS", ".EXTRA_PREREQS")
    assert [word for word in newer if word in text] == []
    assert not re.search(r"^\w+\s*!=", text, re.MULTILINE)


# ---- pins


def pins() -> list[Requirement]:
    return [Requirement(line) for line in (ROOT / "constraints.txt").read_text().splitlines()]


def test_pins_are_names_and_versions_only() -> None:
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        assert re.fullmatch(r"[a-z0-9-]+==[0-9a-z.]+( ; [^#]+)?", line), line


@pytest.mark.parametrize("python", PYTHONS)
def test_every_dependency_is_pinned_for_every_python(python: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [
        Requirement(line)
        for lines in (project["dependencies"], *project["optional-dependencies"].values())
        for line in lines
    ]
    machine = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "sys_platform": "linux",
        "os_name": "posix",
    }
    chosen: dict[str, Version] = {}
    for pin in pins():
        if pin.marker is None or pin.marker.evaluate(machine):
            assert pin.name not in chosen, f"{pin.name} is pinned twice for Python {python}"
            chosen[pin.name] = Version(next(iter(pin.specifier)).version)
    for requirement in wanted:
        if requirement.marker is None or requirement.marker.evaluate(machine):
            name = requirement.name.lower().replace("_", "-")
            assert name in chosen, f"{name} is not pinned for Python {python}"
            assert requirement.specifier.contains(chosen[name]), requirement
    # Versions that exist only from 3.12 on must not reach 3.11, nor hold back the others.
    assert (chosen["numpy"] >= Version("2.5")) == (python != "3.11")
