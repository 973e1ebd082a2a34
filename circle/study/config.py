"""
What a study is: the flat keys of its `circle.toml`, read and checked.

A mistake is told by the key it stands under, so that somebody who never wrote a program can mend
it. Paths are relative to the file. Nothing is opened here but the file itself.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from circle.datum import Datum, in_outline
from circle.errors import StudyError
from circle.geometry import LonLat
from circle.guide.model import GuideContact
from circle.resources import EMBEDDED_STUDIES, data_path
from circle.study.keys import (
    CHINA_TIME,
    FILE_NAME,
    LANGUAGES,
    READERS,
    GuideLanguage,
    Reader,
    bad_key,
    text_of,
)
from circle.walkers import Walker, get_walker


@dataclass(frozen=True, slots=True)
class StudyConfig:
    """
    A study as its `circle.toml` describes it, checked.

    Parameters
    ----------
    path
        The `circle.toml` itself.
    name
        Name of its folder; tables and guide go to ``maps/NAME``.
    center
        Where every walk of the guide starts.
    title_zh, title_en, community_zh, community_en
        Head of the guide; empty where the file has none.
    center_name_zh, center_name_en, center_note_zh, center_note_en
        What stands at the centre, and why it is thought to be there.
    center_accuracy_m
        How well its position is known, ``None`` when nobody says.
    streets
        Street file; ``None`` where they have to come from the internet.
    basemap
        GeoJSON of what is drawn under the streets and blocks the ground; ``None`` to take it
        from the street file.
    places
        Sheet of facilities; ``None`` to take them from the map.
    register
        Register of places, a file or a database address: its published places are those of the
        guide, instead of `places`, and its links, closures and gates lie over the streets.
    places_datum
        Datum of positions in the sheet that do not say their own.
    sources
        Table that says in words what the keys in the sheet's column of sources mean.
    boundary
        GeoJSON of the area whose places are listed besides those within the rings.
    classes
        Class table; ``None`` for the project's own.
    walker
        Whose minutes the guide gives.
    minutes
        The rings, ascending.
    languages
        Of the guide, the first one first.
    notice_zh, notice_en
        Plain words about what the data are.
    online
        Whether services on the internet may be asked.
    data_date
        ISO date the data describe, where the street file does not tell.
    guide_url, feedback_url
        Web addresses printed as QR codes; empty where there are none.
    standards
        Standards coverage is judged by: names of tables the project carries, or paths of others.
    population
        Population grid, vector or GeoTIFF; ``None`` to estimate people from buildings.
    compounds
        Sheet of compounds with households and gates; wins over `population`.
    areas
        Polygons coverage is told for one by one.
    map
        OSM extract with places, basemap and buildings, where `streets` is a saved network.
    dem
        Heights of the ground: GeoTIFF or HGT files, or folders of them. Empty: all is level.
    edits
        GeoJSON of closures, links and gates drawn over the streets.
    approval_number
        Review number of the map (审图号); empty where there is none.
    timezone
        Zone whose clocks the opening hours mean, such as ``"Europe/Monaco"``; empty where the
        file names none, then `clocks` tells.
    contacts
        Whom to call, printed in the guide.
    logo
        Picture file of the community's sign.
    style
        Which of the designed looks.
    edition_date
        ISO date of this edition: offers and events that were over by then are left out. Given
        rather than today's, so that the same study makes the same guide on any day.
    """

    path: Path
    name: str
    center: LonLat
    title_zh: str = ""
    title_en: str = ""
    community_zh: str = ""
    community_en: str = ""
    center_name_zh: str = "中心点"
    center_name_en: str = "Centre"
    center_note_zh: str = ""
    center_note_en: str = ""
    center_accuracy_m: float | None = None
    streets: Path | None = None
    basemap: Path | None = None
    places: Path | None = None
    register: str | None = None
    places_datum: Datum | None = None
    sources: Path | None = None
    boundary: Path | None = None
    classes: Path | None = None
    walker: str = "adult"
    minutes: tuple[float, ...] = (5.0, 10.0, 15.0)
    languages: tuple[GuideLanguage, ...] = LANGUAGES
    notice_zh: str = ""
    notice_en: str = ""
    online: bool = False
    data_date: str | None = None
    guide_url: str = ""
    feedback_url: str = ""
    approval_number: str = ""
    standards: tuple[str, ...] = ()
    population: Path | None = None
    compounds: Path | None = None
    areas: Path | None = None
    map: Path | None = None
    dem: tuple[Path, ...] = ()
    edits: Path | None = None
    timezone: str = ""
    contacts: tuple[GuideContact, ...] = ()
    logo: Path | None = None
    style: str = "community"
    edition_date: str | None = None

    @property
    def clocks(self) -> str:
        """The zone whose clocks the hours mean; empty: unknown, and nobody guesses it."""
        if self.timezone:
            return self.timezone
        is_china = bool(in_outline([self.center.lon], [self.center.lat])[0])
        return CHINA_TIME if is_china else ""

    def named_register(self) -> str:
        """
        Return the register the study names.

        Raises
        ------
        StudyError
            If it names none.
        """
        if self.register is None:
            raise StudyError(
                en=f'{self.path} names no register; add the line register = "places.db" to it. The '
                "file is made when it is not there yet.",
                zh=f'{self.path} 中没有登记册；请加上一行 register = "places.db"，'
                "文件不存在时会自动新建。",
            )
        return self.register

    @property
    def folder(self) -> Path:
        """The folder of the study."""
        return self.path.parent

    @property
    def photo_folder(self) -> Path:
        """
        Where the pictures of places lie: beside the list or the register that names them.

        A register in a database has them by the study.
        """
        if self.register is not None:
            return self.folder if "://" in self.register else Path(self.register).parent
        return self.folder if self.places is None else self.places.parent

    @property
    def who(self) -> Walker:
        """The walker whose minutes the guide gives."""
        return get_walker(self.walker)


def find_study(name: str | Path) -> Path:
    """
    Return the `circle.toml` a name stands for.

    Parameters
    ----------
    name
        A study folder, its `circle.toml`, or the name of a study the project carries. A folder
        wins over an embedded study of the same name.

    Raises
    ------
    StudyError
        If there is no such study.

    Examples
    --------
    >>> find_study("shanzishi").name
    'circle.toml'
    """
    given = Path(name)
    if given.is_file() and given.suffix == ".toml":
        return given
    if (given / FILE_NAME).is_file():
        return given / FILE_NAME
    if str(name) in EMBEDDED_STUDIES:
        return data_path(str(name), FILE_NAME)
    embedded = ", ".join(EMBEDDED_STUDIES)
    if given.is_dir():
        raise StudyError(
            en=f"The folder {given} holds no {FILE_NAME}; make a study with `circle new`.",
            zh=f"文件夹 {given} 中没有 {FILE_NAME}；请先用 circle new 新建。",
        )
    raise StudyError(
        en=f"There is no study “{name}”; give a folder with a {FILE_NAME}, or the embedded "
        f"sample {embedded}.",
        zh=f"找不到“{name}”；请给出含 {FILE_NAME} 的文件夹，或内置样本 {embedded}。",
    )


def read_study(name: str | Path) -> StudyConfig:
    """
    Read and check a study.

    Parameters
    ----------
    name
        As for `find_study`.

    Returns
    -------
    config
        Every path in it is absolute and exists.

    Raises
    ------
    StudyError
        If the file is not TOML, or a key is unknown, missing, or holds something unusable; the
        sentence names the key.

    Examples
    --------
    >>> read_study("shanzishi").minutes
    (5.0, 10.0, 15.0)
    """
    path = find_study(name).resolve()
    try:
        raw = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError(
            en=f"{path.name} is not a TOML file in UTF-8 ({error}); mend that line.",
            zh=f"{path.name} 不是 UTF-8 编码的 TOML 文件（{error}）；请修改该处。",
        ) from error
    except OSError as error:
        raise StudyError(
            en=f"{path} cannot be read ({error.strerror}); check the file.",
            zh=f"无法读取 {path}（{error.strerror}）；请检查该文件。",
        ) from error
    return parse_study(raw, path)


def parse_study(raw: Mapping[str, Any], path: Path) -> StudyConfig:
    """
    Check the keys of a study.

    Parameters
    ----------
    raw
        What the file holds.
    path
        Where it lies; paths in it are relative to its folder.

    Raises
    ------
    StudyError
        As for `read_study`.
    """
    for key in raw:
        if key not in _READERS:
            near = difflib.get_close_matches(key, _READERS, n=1)
            hint_en = f"; did you mean “{near[0]}”?" if near else "; remove it."
            hint_zh = f"；是否应为“{near[0]}”？" if near else "；请删去。"
            raise StudyError(
                en=f"{path.name} has the unknown key “{key}”{hint_en}",
                zh=f"{path.name} 中有未知的键“{key}”{hint_zh}",
            )
    if "center" not in raw:
        raise bad_key(
            "center",
            "is missing; give the centre as [longitude, latitude]",
            "缺失；请填写中心点 [经度, 纬度]",
        )
    values = {key: _READERS[key](key, raw[key], path.parent) for key in raw}
    return StudyConfig(path=path, name=path.parent.name, **values)


_READERS: dict[str, Reader] = {
    field.name: READERS.get(field.name, text_of)
    for field in fields(StudyConfig)
    if field.name not in ("path", "name")
}
