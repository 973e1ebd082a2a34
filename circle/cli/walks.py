"""``circle isochrone`` and ``circle route``: one origin, one walk."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from circle.cli.command import (
    CircleCommand,
    in_words,
    option,
    tell,
    wants_json,
)
from circle.cli.outputs import check_output
from circle.cli.streets import dem_option, edits_option, open_streets
from circle.errors import BudgetError
from circle.study.typed import read_lonlat, read_numbers

if TYPE_CHECKING:
    from circle.directions import Route
    from circle.geometry import LonLat
    from circle.network import WalkNetwork
    from circle.walkers import Walker

_DEFAULT_MINUTES = (5.0, 10.0, 15.0)
_OUTPUTS = (".geojson", ".gpkg")

_streets = option(
    "--streets",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    en="Street file, or a network saved by `circle streets`.",
    zh="道路文件，或由 circle streets 保存的路网。",
)
_walker = option(
    "--walker",
    default="adult",
    show_default=True,
    metavar="W",
    en="adult, older, frail, child, pushchair, wheelchair, or metres per second such as 1.1.",
    # With spaces, where a terminal may break the line.
    zh="adult 成年人, older 老年人, frail 体弱老人, child 带儿童, pushchair 婴儿车, "
    "wheelchair 轮椅, 或每秒米数，例如 1.1。",
)
_crossing = option(
    "--crossing",
    "crossing_s",
    type=float,
    metavar="SECONDS",
    en="Seconds to wait at every crossing on the map, up to 600; else nobody waits.",
    zh="在地图上每个过街处等待的秒数，最多 600；默认不等待。",
)


@click.command(
    cls=CircleCommand, zh="计算从一个位置出发的步行范围，输出 GeoJSON，每个范围一个要素。"
)
@_streets
@option("--at", required=True, metavar="LON,LAT", en="Where the walk starts.", zh="起点。")
@option(
    "--minutes", metavar="5,10,15", en="Budgets in minutes, up to 120.", zh="分钟数，最多 120。"
)
@option(
    "--metres",
    metavar="300,500,1000",
    en="Budgets in metres instead, up to 10000.",
    zh="改用米数，最多 10000。",
)
@_walker
@_crossing
@dem_option
@edits_option
@option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    en="Write .geojson or .gpkg instead of printing GeoJSON.",
    zh="写入 .geojson 或 .gpkg 文件，而不是直接输出。",
)
def isochrone(
    streets: Path,
    at: str,
    minutes: str | None,
    metres: str | None,
    walker: str,
    crossing_s: float | None,
    dem: tuple[Path, ...],
    edits: Path | None,
    output: Path | None,
) -> None:
    """Compute the ground reached on foot: a GeoJSON FeatureCollection, one feature per budget."""
    budget = _budget(minutes, metres)
    origin = read_lonlat(at)
    if output is not None:
        check_output(output, _OUTPUTS)
    if crossing_s is not None and "metres" in budget:
        raise BudgetError(
            en="Seconds at crossings count in minutes only; leave out --crossing or --metres.",
            zh="过街等待只在按分钟计算时有效；请去掉 --crossing 或 --metres。",
        )
    who = _who(walker, crossing_s)
    network = open_streets(streets, dem=dem, edits=edits)
    from circle.isochrone import isochrone_geojson
    from circle.study.answers import require_street

    require_street(network, origin, who)
    text = isochrone_geojson(network, origin, walker=who, **budget)
    import orjson

    figures = [feature["properties"] for feature in orjson.loads(text)["features"]]
    if output is None:
        click.echo(text.decode())
        return
    if output.name.lower().endswith(".gpkg"):
        _write_package(network, origin, who, budget, output)
    else:
        from circle.study.files import write_together

        write_together({output: text})
    tell({"path": str(output), "isochrones": figures}, _figures_text(output, figures))


@click.command(cls=CircleCommand, zh="计算两个位置之间最快的步行路线。")
@_streets
@option("--from", "start", required=True, metavar="LON,LAT", en="Where it starts.", zh="起点。")
@option("--to", "end", required=True, metavar="LON,LAT", en="Where it ends.", zh="终点。")
@_walker
@_crossing
@dem_option
@edits_option
def route(
    streets: Path,
    start: str,
    end: str,
    walker: str,
    crossing_s: float | None,
    dem: tuple[Path, ...],
    edits: Path | None,
) -> None:
    """Find the quickest walk between two positions; with --json a GeoJSON Feature."""
    origin, destination = read_lonlat(start), read_lonlat(end)
    who = _who(walker, crossing_s)
    network = open_streets(streets, dem=dem, edits=edits)
    from circle.directions import route as find_route

    found = find_route(network, origin, destination, walker=who)
    if wants_json():
        from circle.study.answers import route_feature

        tell(route_feature(found), "")
    else:
        click.echo(_route_text(found, who))


def _who(walker: str, crossing_s: float | None) -> Walker:
    """Return the walker asked for, who waits at crossings if that was asked for too."""
    from circle.walkers import get_walker

    who = get_walker(walker)
    if crossing_s is None:
        return who
    # Told with the walker wherever the minutes are: they hold for nobody else.
    return replace(
        who,
        key=f"{who.key}, {crossing_s:g} s per crossing",
        crossing_s=crossing_s,
        name_en=f"{who.name_en}, {crossing_s:g} s per crossing",
        name_zh=f"{who.name_zh}，每次过街等 {crossing_s:g} 秒",
    )


def _budget(minutes: str | None, metres: str | None) -> dict[str, Any]:
    """Return the budget as keyword arguments, checked."""
    from circle.units import make_budget

    if minutes is not None and metres is not None:
        raise BudgetError(
            en="Give either --minutes or --metres, not both.",
            zh="--minutes 与 --metres 只能给出一个。",
        )
    if metres is not None:
        return {"metres": make_budget(metres=read_numbers(metres)).values}
    if minutes is not None:
        return {"minutes": make_budget(minutes=read_numbers(minutes)).values}
    return {"minutes": _DEFAULT_MINUTES}


def _write_package(
    network: WalkNetwork, origin: LonLat, walker: Walker, budget: dict[str, Any], output: Path
) -> None:
    from circle.isochrone import isochrones

    frame = isochrones(network, origin, walker=walker, **budget)
    # A folder of its own beside the target: SQLite keeps further files while it writes.
    with tempfile.TemporaryDirectory(prefix=".circle-", dir=output.parent) as folder:
        beside = Path(folder) / output.name
        frame.to_file(beside, driver="GPKG", layer="isochrones")
        beside.replace(output)


def _figures_text(output: Path, figures: list[dict[str, Any]]) -> str:
    lines = [in_words(f"Wrote {output}", f"已写出 {output}")]
    for figure in figures:
        unit = in_words(
            {"min": "min", "m": "m"}[figure["unit"]], {"min": "分钟", "m": "米"}[figure["unit"]]
        )
        hectares = figure["area_m2"] / 10_000
        share = figure["shed_ratio"]
        lines.append(
            in_words(
                f"{figure['budget']:g} {unit}: {hectares:.1f} ha, {share:.0%} of the crow-fly "
                "circle",
                f"{figure['budget']:g} {unit}：{hectares:.1f} 公顷，为直线圆面积的 {share:.0%}",
            )
        )
    if any(figure["is_cut"] for figure in figures):
        lines.append(
            in_words(
                "The walk ran into the edge of the data: the true range may be larger.",
                "步行到达了数据边缘：实际范围可能更大。",
            )
        )
    return "\n".join(lines)


def _route_text(found: Route, who: Walker) -> str:
    from circle.walking import KIND_NAMES, Kind

    lines = [
        in_words(
            f"{found.length_m:.0f} m, {found.time_s / 60:.1f} min ({who.name_en})",
            f"{found.length_m:.0f} 米，{found.time_s / 60:.1f} 分钟（{who.name_zh}）",
        )
    ]
    for leg in found.legs:
        street = leg.street
        if street is None and leg.kind == "access":
            street = in_words("to or from the street", "往返道路")
        elif street is None:
            kind_zh, kind_en = KIND_NAMES[Kind[leg.kind.upper()]]
            street = in_words(f"unnamed {kind_en}", f"无名{kind_zh}")
        steps = ""
        if leg.n_steps:
            steps = in_words(f", {leg.n_steps} steps", f"，{leg.n_steps} 级台阶")
        lines.append(
            in_words(f"  {leg.length_m:5.0f} m  ", f"  {leg.length_m:5.0f} 米  ") + street + steps
        )
    return "\n".join(lines)


COMMANDS = (isochrone, route)
