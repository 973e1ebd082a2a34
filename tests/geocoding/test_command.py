"""``circle geocode``: through click's runner, and as people run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from circle.cli import main
from tests.geocoding.stand_in import Reply, StandIn

AMAP_QUOTA = {"status": "0", "info": "DAILY_QUERY_OVER_LIMIT", "infocode": "10003"}
NOMINATIM = [
    {
        "lat": "36.0611",
        "lon": "103.8343",
        "type": "marketplace",
        "place_rank": 30,
        "name": "张掖路菜市场",
        "display_name": "张掖路菜市场, 张掖路, 城关区, 兰州市, 甘肃省, 中国",
    }
]
KEYS = {"lon", "lat", "name", "level", "confidence", "reason"}


def run(*arguments: str | Path, lang: str = "en", env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(
        main, ["--lang", lang, "geocode", *map(str, arguments)], env=env, catch_exceptions=False
    )


def candidates(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert list(found) == ["candidates"]
    assert all(set(candidate) == KEYS for candidate in found["candidates"])
    return list(found["candidates"])


def test_the_sample_is_asked_and_that_is_said() -> None:
    result = run("甘肃玛利亚妇科医院", "--json")
    (found,) = candidates(result)
    assert (found["lon"], found["lat"]) == (103.8344, 36.055)
    assert found["level"] == "building"
    assert found["confidence"] >= 0.8
    assert "embedded sample shanzishi" in result.stderr
    assert "内置样本" in run("张掖路", lang="zh").stderr


@pytest.mark.parametrize(
    "spelt", ["张掖路", "張掖路", "zhangye lu", "兰州市城关区张掖路", "张夜路"]
)
def test_a_street_of_the_sample(spelt: str) -> None:
    found = candidates(run(spelt, "--in", "shanzishi", "--json"))[0]
    assert (found["name"], found["level"]) == ("张掖路", "street")
    assert found["confidence"] < 0.8


def test_what_is_not_on_the_map() -> None:
    result = run("张掖路菜市场", "--json")
    assert candidates(result) == []
    assert "its position is not known" in result.stderr  # it is on the sample's list
    assert candidates(run("白银路火车站", "--in", "shanzishi", "--json")) == []
    assert "not on this map" in run("白银路火车站").stdout
    assert "这张地图上没有" in run("白银路火车站", lang="zh").stdout


def test_text_for_people() -> None:
    text = run("张掖路87号", "--in", "shanzishi").stdout
    assert text.startswith("1. 张掖路  103.8")
    assert "its number 87 is not" in text
    assert "把握" in run("张掖路87号", "--in", "shanzishi", lang="zh").stdout


def test_a_map_file(extracts: Path) -> None:
    monaco = extracts / "monaco_2023.osm.pbf"
    found = candidates(run("Cinéma des Beaux Arts", "--streets", monaco, "--json"))[0]
    assert found["name"] == "Cinéma des Beaux-Arts"
    assert found["confidence"] >= 0.8
    several = candidates(run("Starbucks", "--streets", monaco, "--json"))
    assert len(several) > 1
    assert all(found["confidence"] < 0.8 for found in several)
    by_address = candidates(
        run("Pharmacie", "--address", "12 av. d'Ostende", "--streets", monaco, "--json")
    )
    assert any("Avenue d'Ostende 12" in found["reason"] for found in by_address)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("",), 2, "what to look for"),
        (("x", "--in", "a", "--streets", "b"), 2, "not both"),
        (("x", "--streets", "/nowhere.osm.pbf"), 1, "nowhere.osm.pbf"),
        (("x", "--in", "no-such-study"), 1, "no-such-study"),
        ((), 2, "QUERY"),
    ],
)
def test_mistakes(arguments: tuple[str, ...], code: int, says: str) -> None:
    result = CliRunner().invoke(main, ["--lang", "en", "geocode", *arguments])
    assert result.exit_code == code
    assert says in result.stderr
    assert result.stdout == ""


@pytest.fixture
def servers() -> Iterator[tuple[StandIn, StandIn]]:
    both = StandIn(), StandIn()
    yield both
    for server in both:
        server.close()


def test_online_only_when_told(servers: tuple[StandIn, StandIn], tmp_path: Path) -> None:
    amap, nominatim = servers
    amap.answer(Reply(AMAP_QUOTA))
    nominatim.answer(NOMINATIM)
    env = {
        "CIRCLE_AMAP_KEY": "secret-1",
        "CIRCLE_AMAP_URL": amap.url,
        "CIRCLE_NOMINATIM_URL": nominatim.url,
        "CIRCLE_CACHE": str(tmp_path),
    }
    assert candidates(run("张掖路菜市场", "--json", env=env)) == []
    assert amap.asked == nominatim.asked == []
    result = run("张掖路菜市场", "--online", "--json", env=env)
    (found,) = candidates(result)
    assert (found["lon"], found["lat"]) == (103.8343, 36.0611)
    assert "quota is used up" in result.stderr
    assert "secret-1" not in result.output + result.stderr
    assert "兰州市" in amap.asked[0]["address"]


def test_as_a_program_of_its_own(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "circle.cli", "--lang", "en", "geocode", "静宁路", "--json"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        timeout=120,
        check=True,
    )
    (found,) = json.loads(ran.stdout)["candidates"]
    assert found["name"] == "静宁路"
    assert "embedded sample" in ran.stderr
    assert list(tmp_path.iterdir()) == []
