"""A built wheel carries all it needs and builds the guide where no checkout is in sight."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from email import message_from_string
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ["guide.html", "places.csv", "places.geojson", "rings.geojson", "unplaced.csv"]
_IMPORTED_AS = {"opening_hours_py": "opening_hours", "pillow": "pil"}
"""Packages that are imported by another name than they are installed by."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
        timeout=120,
    )
    (built,) = folder.glob("circle-*.whl")
    return built


def test_wheel_carries_data_and_assets(wheel: Path) -> None:
    carried = set(zipfile.ZipFile(wheel).namelist())
    here = [*(ROOT / "data").rglob("*"), *(ROOT / "circle" / "guide" / "assets").rglob("*")]
    wanted = {
        ("" if path.is_relative_to(ROOT / "circle") else "circle/")
        + path.relative_to(ROOT).as_posix()
        for path in here
        if path.is_file() and not path.name.startswith(".")
    }
    assert {"circle/data/classes.csv", "circle/data/shanzishi/circle.toml"} <= wanted
    assert sum(name.startswith("circle/data/icons/") for name in wanted) >= 11
    assert wanted - carried == set()
    assert "circle/py.typed" in carried


def test_wheel_carries_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"circle"}


def test_wheel_asks_for_what_the_program_imports(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        fields = message_from_string(archive.read(metadata).decode())
        source = {
            line.split()[1].split(".")[0]
            for name in archive.namelist()
            if name.endswith(".py")
            for line in archive.read(name).decode().splitlines()
            if line.lstrip().startswith(("import ", "from "))
        }
    plain = [Requirement(line) for line in fields.get_all("Requires-Dist") or []]
    asked = {
        requirement.name.lower().replace("-", "_")
        for requirement in plain
        if requirement.marker is None or "extra" not in str(requirement.marker)
    }
    asked |= {"branca", "xstatic", "playwright"}  # of folium; of XStatic-Leaflet; pictures only
    asked |= {_IMPORTED_AS[name] for name in asked & set(_IMPORTED_AS)}
    third_party = {
        name.lower()
        for name in source - set(sys.stdlib_module_names) - {"circle"}
        if (Path(sysconfig.get_path("purelib")) / name).exists()
    }
    assert third_party - asked == set()
    assert fields["Requires-Python"] == ">=3.11"


@pytest.mark.slow
def test_installed_wheel_builds_the_guide(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=False, symlinks=True)
    scripts = environment / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / "python"
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", python, "install", "--quiet"),
            *("--no-index", "--no-deps", wheel),
        ],
        check=True,
        timeout=120,
    )
    variables = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}

    def ask(code: str) -> str:
        return subprocess.run(
            [python, "-c", code],
            cwd=tmp_path,
            env=variables,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()

    # What the program runs on is lent from this environment; its link to the checkout is not,
    # because `.pth` files in a folder that is itself named by one are not read.
    purelib = Path(ask("import sysconfig; print(sysconfig.get_path('purelib'))"))
    lent = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (purelib / "lent.pth").write_text("\n".join(sorted(lent)) + "\n")
    assert Path(ask("import circle; print(circle.__file__)")).is_relative_to(environment)
    assert str(ROOT) not in json.loads(ask("import json, sys; print(json.dumps(sys.path))"))

    work = tmp_path / "empty"
    work.mkdir()
    answer = subprocess.run(
        [scripts / "circle", "build", "shanzishi"],
        cwd=work,
        env=variables,
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert answer.returncode == 0, answer.stderr
    for name in RESULTS:
        assert (work / "maps" / "shanzishi" / name).stat().st_size > 0
        assert name in answer.stdout
    page = (work / "maps" / "shanzishi" / "guide.html").read_text("utf-8")
    assert "山字石" in page
    assert str(environment) not in page
