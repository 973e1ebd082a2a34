"""``circle geocode``: where a name or an address is, with how sure that is and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from circle.cli.command import CircleCommand, in_words, option, tell, wants_json
from circle.cli.streets import open_streets
from circle.cli.studies import open_study

if TYPE_CHECKING:
    from circle.geocoding import GeocodeMatch, Geocoder

SAMPLE = "shanzishi"

_LEVELS = {
    "entrance": ("entrance", "入口"),
    "building": ("building or place", "建筑或地点"),
    "street_number": ("house number", "门牌"),
    "street": ("street", "道路"),
    "area": ("area", "片区"),
    "district": ("district", "行政区"),
}


@click.command(
    cls=CircleCommand,
    zh="查找名称或地址的位置，列出候选、把握和理由；默认不联网。",
)
@click.argument("query")
@option("--in", "study", metavar="NAME", en="Study to look in.", zh="在哪个指南中查找。")
@option(
    "--streets",
    type=click.Path(path_type=Path),
    metavar="FILE",
    en="Map to look on instead: an OSM extract, or streets alone.",
    zh="改为在地图文件中查找：OSM 数据，或仅含道路的文件。",
)
@option("--address", default="", metavar="TEXT", en="Its address.", zh="该地点的地址。")
@option(
    "--online",
    is_flag=True,
    en="Ask services on the internet too: Nominatim, and those whose key is set (CIRCLE_AMAP_KEY, "
    "CIRCLE_TENCENT_KEY, CIRCLE_BAIDU_KEY, CIRCLE_TIANDITU_KEY, CIRCLE_PHOTON_URL).",
    zh="同时查询在线服务：Nominatim，以及已设置密钥的服务（CIRCLE_AMAP_KEY、"
    "CIRCLE_TENCENT_KEY、CIRCLE_BAIDU_KEY、CIRCLE_TIANDITU_KEY、CIRCLE_PHOTON_URL）。",
)
def geocode(
    query: str, study: str | None, streets: Path | None, address: str, online: bool
) -> None:
    """Find a name or an address: candidates, how sure each is, and why. Offline unless told.

    Without --in and --streets it looks on the embedded sample.
    """
    if not query.strip() and not address.strip():
        raise click.UsageError(in_words("Say what to look for.", "请给出要查找的名称或地址。"))
    if study is not None and streets is not None:
        raise click.UsageError(
            in_words("Give --in or --streets, not both.", "--in 与 --streets 只能给出一个。")
        )
    if study is None and streets is None:
        study = SAMPLE
        click.echo(
            in_words(
                f"Looking on the embedded sample {SAMPLE}; say --in or --streets for another map.",
                f"正在内置样本 {SAMPLE} 中查找；可用 --in 或 --streets 指定其他地图。",
            ),
            err=True,
        )
    if study is not None:
        geocoder, unplaced = _of_study(study, online)
    else:
        geocoder, unplaced = _of_file(streets, online), frozenset()
    matches = geocoder.geocode(query, address)
    if query.strip() in unplaced:
        click.echo(
            in_words(
                f"“{query}” is on the list of this study, but its position is not known.",
                f"“{query}”在本指南的名单中，但位置待核。",
            ),
            err=True,
        )
    for match in matches:
        if match.lonlat is None:  # a service that did not answer
            click.echo(in_words(match.reason, match.reason_zh), err=True)
    candidates = [_candidate(match) for match in matches if match.lonlat is not None]
    tell({"candidates": candidates}, "" if wants_json() else _text(query or address, candidates))


def _candidate(match: GeocodeMatch) -> dict[str, object]:
    assert match.lonlat is not None
    return {
        "lon": round(match.lonlat.lon, 7),
        "lat": round(match.lonlat.lat, 7),
        "name": match.name,
        "level": match.level,
        "confidence": round(match.confidence, 3),
        "reason": in_words(match.reason, match.reason_zh),
    }


def _text(query: str, candidates: list[dict[str, object]]) -> str:
    if not candidates:
        return in_words(f"“{query}” is not on this map.", f"这张地图上没有“{query}”。")
    lines = []
    for number, found in enumerate(candidates, 1):
        level = in_words(*_LEVELS[str(found["level"])])
        sure = in_words("confidence", "把握")
        lines.append(
            f"{number}. {found['name']}  {found['lon']:.6f},{found['lat']:.6f}  {level}  "
            f"{sure} {found['confidence']:.2f}"
        )
        lines.append(f"   {found['reason']}")
    return "\n".join(lines)


def _of_file(path: Path | None, online: bool) -> Geocoder:
    assert path is not None
    from circle.features import read_features
    from circle.geocoding import geocoder_of
    from circle.osm import SUFFIXES
    from circle.study.geocoder import nameless_map

    if path.name.lower().endswith(SUFFIXES):
        return geocoder_of(read_features(path), online=online)
    network = open_streets(path)
    return geocoder_of(nameless_map(network), network.edges_frame(), online=online)


def _of_study(name: str, online: bool) -> tuple[Geocoder, frozenset[str]]:
    """Return who is asked, and the names on the study's list whose position nobody knows."""
    from circle.study.geocoder import read_listed, study_surroundings

    config = open_study(name)
    listed = read_listed(config)
    return study_surroundings(config, listed.known, online=online).geocoder, listed.unplaced


COMMANDS = (geocode,)
