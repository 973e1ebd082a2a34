"""What the commands of ``circle places`` share: the register they open, the map, who acts."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from circle.cli.command import in_words, note, option

if TYPE_CHECKING:
    from circle.errors import CircleError
    from circle.geocoding import KnownPlace
    from circle.store import Register
    from circle.store.surroundings import Surroundings
    from circle.study import StudyConfig

DEFAULT_REGISTER = "places.db"
register_option = option(
    "--register",
    "address",
    metavar="FILE|URL|STUDY",
    default=None,
    envvar="CIRCLE_REGISTER",
    en="The register: a file (places.db without it), postgresql+psycopg://…, or a study that has "
    "one; then its map is used too.",
    zh="登记册：文件（默认 places.db）、postgresql+psycopg://… 或带登记册的指南文件夹，"
    "并使用其地图。",
)
who_option = option(
    "--who",
    metavar="NAME",
    default=None,
    envvar="CIRCLE_WHO",
    en="Who makes the change; your user name without it.",
    zh="由谁修改；默认为当前用户名。",
)
map_option = option(
    "--streets",
    type=click.Path(path_type=Path),
    metavar="FILE",
    en="Map file in which addresses are looked up: .osm.pbf, .osm, .osm.gz, .osm.bz2, .geojson.",
    zh="用于查找地址的地图文件：.osm.pbf、.osm、.osm.gz、.osm.bz2、.geojson。",
)
online_option = option(
    "--online",
    is_flag=True,
    en="Ask services on the internet too, after the map; see `circle geocode --help`.",
    zh="地图上查不到时再询问在线服务；见 circle geocode --help。",
)
study_option = option(
    "--in",
    "study",
    metavar="STUDY",
    en="Look addresses up on the map of a study, such as shanzishi.",
    zh="在某份指南（例如 shanzishi）的地图上查找地址。",
)


def open_register(address: str | None, *, must_exist: bool) -> Register:
    """Return the register an address, a file or a study stands for."""
    from circle.store import Register

    config = study_of_register(address)
    if config is not None:
        address = config.named_register()
    return Register.open(address or DEFAULT_REGISTER, must_exist=must_exist)


def study_of_register(address: str | None) -> StudyConfig | None:
    """Return the study whose register is meant, None where a file or a database is named."""
    from circle.errors import StudyError
    from circle.study import read_study

    if address is None or "://" in address or Path(address).is_file():
        return None
    try:
        return read_study(address)
    except StudyError:
        if (Path(address) / "circle.toml").is_file():
            raise
        return None


def photo_problem_of(address: str | None) -> Callable[[str], CircleError | None] | None:
    """Return who says what is wrong with a picture; None where nobody knows its folder."""
    from circle.guide.photos import photo_problem

    config = study_of_register(address)
    if config is not None:
        return partial(photo_problem, config.photo_folder)
    if address is not None and "://" in address:
        return None
    return partial(photo_problem, Path(address or DEFAULT_REGISTER).parent)


def who_acts(who: str | None) -> str:
    """Return the name that stands beside a change."""
    if who:
        return who
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container without a user of that number
        return "-"


def surroundings_of(
    streets: Path | None,
    study: str | None,
    known: Sequence[KnownPlace] = (),
    *,
    online: bool = False,
    register: str | None = None,
) -> Surroundings | None:
    """
    Return the map addresses are looked up on, and what is known besides; None without one.

    The map is that of `study`, else `streets`, else that of the study whose register is written.
    """
    if study is None and streets is None and study_of_register(register) is not None:
        study = register
    if study is None and streets is None:
        return None
    note(in_words("Reading the map …", "正在读取地图……"))
    if study is None:
        from circle.store.surroundings import read_surroundings

        assert streets is not None
        return read_surroundings(streets, known=known, online=online)
    from circle.study import read_study
    from circle.study.geocoder import study_surroundings

    config = read_study(study)
    if streets is not None:
        config = replace(config, streets=streets, map=None, basemap=None)
    return study_surroundings(config, known, online=online)
