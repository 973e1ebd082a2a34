"""``circle streets``: import streets once, or download them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from circle.cli.command import CircleCommand, in_words, note, option, shows_progress, tell
from circle.cli.outputs import check_output
from circle.errors import StreetsError
from circle.study.typed import read_lonlat

if TYPE_CHECKING:
    from circle.network import WalkNetwork
    from circle.overpass import Area

dem_option = option(
    "--dem",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    en="Heights, GeoTIFF or HGT (.hgt.zip too), or a folder of them: slopes count. Repeatable.",
    zh="高程文件（GeoTIFF、HGT 或 .hgt.zip）或其文件夹：计入坡度。可重复。",
)
edits_option = option(
    "--edits",
    type=click.Path(path_type=Path),
    metavar="FILE",
    en="GeoJSON of closures, links and gates drawn over the streets.",
    zh="叠加在道路上的手绘封闭、连线与门（GeoJSON）。",
)
_SAVED = ".circle"
_EXTRACTS = (".osm.pbf", ".osm", ".osm.gz")


@click.command(
    cls=CircleCommand,
    zh="读取道路并保存为可瞬间打开的路网（.circle），或从网上下载一个地方的地图。",
)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@option("--place", metavar="NAME", en="Download a place by name.", zh="按名称下载一个地方。")
@option(
    "--around", metavar="LON,LAT", en="Download a circle around a position.", zh="下载位置周围。"
)
@option(
    "--radius",
    type=float,
    default=2000.0,
    show_default=True,
    metavar="M",
    en="Radius of that circle in metres.",
    zh="下载半径（米）。",
)
@dem_option
@edits_option
@option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="OUT",
    en="Where to save: .circle, or after a download also .osm.pbf with everything on the map.",
    zh="保存到：.circle；下载时也可为 .osm.pbf，含地图上的全部内容。",
)
def streets(
    file: Path | None,
    place: str | None,
    around: str | None,
    radius: float,
    dem: tuple[Path, ...],
    edits: Path | None,
    output: Path | None,
) -> None:
    """Import streets once: save FILE as a network that opens at once, or download a place.

    Without -o it only tells what is in FILE.
    """
    if sum(given is not None for given in (file, place, around)) != 1:
        raise click.UsageError(
            in_words(
                "Give one of FILE, --place and --around.",
                "请在 FILE、--place、--around 中给出且只给出一个。",
            )
        )
    if file is None and (dem or edits is not None):
        raise click.UsageError(
            in_words(
                "--dem and --edits go with FILE; download first.",
                "--dem 与 --edits 须与 FILE 一起使用；请先下载。",
            )
        )
    if file is None and output is None:
        raise click.UsageError(in_words("A download needs -o.", "下载时必须用 -o 指定保存位置。"))
    if output is not None:
        check_output(output, (_SAVED,) if file is not None else (_SAVED, *_EXTRACTS))
    if file is not None:
        network = open_streets(file, dem=dem, edits=edits)
    else:
        assert output is not None
        area: Area = place or (*read_lonlat(around or ""), radius)
        network = _download(area, output)
    if output is not None and output.name.lower().endswith(_SAVED):
        from circle.network_file import save_network

        save_network(network, output)
    figures = _figures(network)
    tell({"path": None if output is None else str(output), **figures}, _text(output, figures))


def open_streets(
    file: Path, *, dem: tuple[Path, ...] = (), edits: Path | None = None
) -> WalkNetwork:
    """
    Return the network of a street file, telling how it goes.

    Parameters
    ----------
    file
        The street file.
    dem
        Files or folders of heights.
    edits
        Edits drawn over the streets.

    Raises
    ------
    StreetsError, TerrainError, EditError
        If it is a folder, may not be read, or holds no streets; the same of heights and edits.
    """
    _check_readable(file)
    from circle.streets import read_streets

    note(in_words("Reading the streets …", "正在读取道路……"))
    network = read_streets(file, dem=dem or None, edits=edits, progress=shows_progress())
    share = network.provenance.heights_share
    if dem and share is not None and share < 0.995:
        note(
            in_words(
                f"Heights are known for {share:.0%} of the streets; the others count as level.",
                f"高程数据覆盖 {share:.0%} 的道路；其余按平地计算。",
            )
        )
    return network


def _check_readable(file: Path) -> None:
    # A reader of maps would call damaged what it only cannot open.
    if file.is_dir():
        raise StreetsError(
            en=f"{file} is a folder; give the street file itself.",
            zh=f"{file} 是文件夹；请给出道路文件本身。",
        )
    try:
        with file.open("rb") as opened:
            opened.read(1)
    except FileNotFoundError:
        # The reader says which kinds of files there could be.
        return
    except PermissionError as error:
        raise StreetsError(
            en=f"{file} may not be read; mend its permissions or give a copy you may read.",
            zh=f"没有读取 {file} 的权限；请调整权限，或给出可读的副本。",
        ) from error
    except OSError as error:
        raise StreetsError(
            en=f"{file} cannot be read ({error.strerror}); give a copy on another disk.",
            zh=f"无法读取 {file}（{error.strerror}）；请给出存放在别处的副本。",
        ) from error


def _download(area: Area, output: Path) -> WalkNetwork:
    from circle.network_build import build_network
    from circle.overpass import download_extract, read_overpass

    note(in_words("Downloading …", "正在下载……"))
    if output.name.lower().endswith(_EXTRACTS):
        download_extract(area, output, everything=True)
        return open_streets(output)
    return build_network(read_overpass(area, progress=shows_progress()))


def _figures(network: WalkNetwork) -> dict[str, Any]:
    edges = network.edges_frame()
    length_m = float(edges.length_m.sum())
    inferred_m = float(edges.length_m[edges.evidence == "inferred"].sum())
    return {
        "n_vertices": network.n_nodes,
        "n_edges": len(edges),
        "length_m": round(length_m, 1),
        "island_length_m": round(float(edges.length_m[edges.is_island].sum()), 1),
        "inferred_share": round(inferred_m / length_m, 4) if length_m else 0.0,
        "bounds": list(network.bounds),
        **network.provenance.as_dict(),
    }


def _text(output: Path | None, figures: dict[str, Any]) -> str:
    lines = [] if output is None else [in_words(f"Wrote {output}", f"已写出 {output}")]
    west, south, east, north = figures["bounds"]
    date = figures["data_date"] or in_words("unknown", "未知")
    lines += [
        in_words(
            f"{figures['length_m'] / 1000:.1f} km of ways to walk on, {figures['n_edges']} edges, "
            f"{figures['n_vertices']} vertices",
            f"可步行道路 {figures['length_m'] / 1000:.1f} 公里，{figures['n_edges']} 条边，"
            f"{figures['n_vertices']} 个节点",
        ),
        in_words(
            f"Extent {west:.4f},{south:.4f} to {east:.4f},{north:.4f}; data of {date}",
            f"范围 {west:.4f},{south:.4f} 至 {east:.4f},{north:.4f}；数据日期 {date}",
        ),
    ]
    if figures.get("n_edits"):
        n = figures["n_edits"]
        lines.append(in_words(f"With {n} edits drawn over it", f"已叠加 {n} 处手绘修改"))
    if figures.get("heights"):
        lines.append(
            in_words(
                f"Slopes from {figures['heights']}, for {figures['heights_share']:.0%} of the ways",
                f"坡度取自 {figures['heights']}，覆盖 {figures['heights_share']:.0%} 的道路",
            )
        )
    if figures["attribution"]:
        lines.append(figures["attribution"])
    return "\n".join(lines)


COMMANDS = (streets,)
