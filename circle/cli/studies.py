"""``circle new``, ``circle build`` and ``circle serve``: studies and their guides."""

from __future__ import annotations

import errno
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from circle.cli.command import (
    CircleCommand,
    guide_language,
    in_words,
    language,
    note,
    option,
    shows_progress,
    tell,
)
from circle.errors import CircleError
from circle.study.typed import read_lonlat

if TYPE_CHECKING:
    from circle.guide.photos import BadPhoto
    from circle.study import BuildResult, Step, StudyConfig

DEFAULT_PORT = 8015
_MOST_NAMED = 12
_STEPS: dict[Step, tuple[str, str]] = {
    "download": ("Downloading the streets …", "正在下载道路……"),
    "streets": ("Reading the streets …", "正在读取道路……"),
    "map": ("Reading the map …", "正在读取地图……"),
    "places": ("Locating the places …", "正在确定地点位置……"),
    "walks": ("Walking …", "正在计算步行时间……"),
    "guide": ("Composing the guide …", "正在编排指南……"),
}


@click.command(
    cls=CircleCommand,
    zh="新建一份指南：写出带注释的 NAME/circle.toml。",
)
@click.argument("name", type=click.Path(path_type=Path))
@option(
    "--center",
    metavar="LON,LAT",
    en="Where every walk of the guide starts.",
    zh="中心点，所有步行从这里开始。",
)
@option(
    "--like",
    metavar="STUDY",
    en="Copy a study, such as shanzishi, onto the real map around it; needs internet.",
    zh="复制一份指南（例如 shanzishi），并下载周围的真实地图；需要联网。",
)
@option(
    "--streets",
    type=click.Path(path_type=Path),
    metavar="FILE",
    en="Street file: .osm.pbf, .osm, .osm.gz, .osm.bz2, .graphml, .geojson or .circle.",
    zh="道路文件：.osm.pbf、.osm、.osm.gz、.osm.bz2、.graphml、.geojson 或 .circle。",
)
@option(
    "--places",
    type=click.Path(path_type=Path),
    metavar="FILE",
    en="List of places, .csv or .xlsx; else they are taken from the map.",
    zh="地点名单，.csv 或 .xlsx；不给则从地图中取。",
)
@option(
    "--boundary",
    type=click.Path(path_type=Path),
    metavar="FILE",
    en="GeoJSON area whose places are listed even beyond the rings.",
    zh="社区范围（GeoJSON 面），其中的地点即使超出各圈也列出。",
)
def new(
    name: Path,
    center: str | None,
    like: str | None,
    streets: Path | None,
    places: Path | None,
    boundary: Path | None,
) -> None:
    """Start a guide: write NAME/circle.toml with comments."""
    if (center is None) == (like is None) or (like and (streets or places or boundary)):
        raise click.UsageError(
            in_words(
                "Give --center, with files if you have them, or --like alone.",
                "请给出 --center（可另附文件），或只给出 --like。",
            )
        )
    if like is not None:
        _copy(name, like)
        return
    from circle.study import new_study
    from circle.study.example_sheet import EXAMPLE_NAME

    assert center is not None
    path = new_study(
        name,
        read_lonlat(center),
        streets=streets,
        places=places,
        boundary=boundary,
        language=guide_language(language()),
    )
    lines = [in_words(f"Wrote {path}", f"已写出 {path}")]
    if streets is None:
        lines.append(
            in_words(
                "It names no streets: building downloads them, which needs internet; without it, "
                "name a street file under the key “streets”.",
                "其中没有道路文件：生成时将联网下载；没有网络时，请用键“streets”给出道路文件。",
            )
        )
    if places is None:
        lines.append(
            in_words(
                f"{name / EXAMPLE_NAME} is a list to fill in. When it is filled in, put this line "
                f'into {path}, without # before it: places = "{EXAMPLE_NAME}"',
                f"{name / EXAMPLE_NAME} 是可以填写的名单样表。填好以后，在 {path} 中写上这一行"
                f'（前面不要有 #）：places = "{EXAMPLE_NAME}"',
            )
        )
    lines.append(in_words(f"Next: circle build {name}", f"下一步：circle build {name}"))
    tell({"path": str(path), "has_streets": streets is not None}, "\n".join(lines))


@click.command(
    cls=CircleCommand,
    zh="生成指南及其表格，写入当前文件夹下的 maps/NAME。NAME 为指南文件夹，或内置样本 shanzishi。",
)
@click.argument("name")
def build(name: str) -> None:
    """Build a guide and its tables in maps/NAME under the current folder.

    NAME is a study folder, or the embedded sample shanzishi.
    """
    result = _build(name)
    tell(_summary(result), "\n".join([_counts(result), *map(str, result.paths)]))
    for line in (*_unplaced(result), *without_photos(result.study.bad_photos)):
        click.echo(line, err=True)


@click.command(
    cls=CircleCommand,
    zh="生成指南并在本机提供网页服务；不给 NAME 时为内置样本 shanzishi。",
)
@click.argument("name", default="shanzishi")
@option(
    "--host", default="127.0.0.1", show_default=True, en="Address to listen on.", zh="监听地址。"
)
@option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    en="Port to listen on; 0 takes a free one.",
    zh="监听端口；0 表示任取一个空闲端口。",
)
@option(
    "--staff",
    is_flag=True,
    en="Also serve the staff pages at /staff, which work on the register the study names; with a "
    "password (CIRCLE_STAFF_PASSWORD) others may open them too.",
    zh="同时在 /staff 提供工作台，用于维护登记册；设置密码（CIRCLE_STAFF_PASSWORD）后，"
    "其他电脑也可访问。",
)
def serve(name: str, host: str, port: int, staff: bool) -> None:
    """Build a guide and serve it, live; without NAME the embedded sample shanzishi."""
    # Taken before the work begins: a port that is taken should not be found out after it.
    with _listen(host, port) as listener:
        worked_on = _with_register(name) if staff else None
        addresses = _addresses(listener)
        for_staff = _for_staff(addresses, host) if staff else []
        result = _build(name, for_staff=staff)
        from circle.service import run_service

        address = addresses[0]
        tell(
            {
                "address": address,
                "addresses": addresses,
                "planner": f"{address}/planner",
                **_summary(result),
            },
            "\n".join(
                [
                    _counts(result),
                    *map(str, result.paths),
                    in_words(
                        f"Serving at {address} (stop with Ctrl+C)",
                        f"已在 {address} 提供服务（按 Ctrl+C 停止）",
                    ),
                    *(
                        in_words(f"For other computers: {other}", f"其他电脑：{other}")
                        for other in addresses[1:]
                    ),
                    *for_staff,
                    in_words(
                        f"The planner’s map is at {address}/planner",
                        f"规划用的覆盖地图在 {address}/planner",
                    ),
                ]
            ),
        )
        sys.stdout.flush()
        for line in without_photos(result.study.bad_photos):
            click.echo(line, err=True)
        # Ctrl+C is how it is meant to end.
        with suppress(KeyboardInterrupt):
            run_service(result.study, listener, staff=worked_on)


def _addresses(listener: socket.socket) -> list[str]:
    """Return where a browser finds what listens: on this computer, then from others."""
    host, port = listener.getsockname()[:2]
    hosts = [host]
    if host in ("0.0.0.0", "::"):
        # It listens everywhere, but “everywhere” is no address to open.
        hosts = ["127.0.0.1", *_own_address()]
    return [f"http://[{each}]:{port}" if ":" in each else f"http://{each}:{port}" for each in hosts]


def _own_address() -> list[str]:
    """Return by which address other computers know this one, where it has one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            # Nothing is sent: it only asks which way a packet would leave.
            asked.connect(("192.0.2.1", 9))
        except OSError:
            return []
        found: str = asked.getsockname()[0]
        return [] if found.startswith("127.") else [found]


def _for_staff(addresses: list[str], host: str) -> list[str]:
    """Say where the staff pages open; without a password that is this computer alone."""
    from circle.service import ServiceSettings

    if ServiceSettings().staff_password is not None:
        return [in_words(f"Staff: {each}/staff/", f"工作台：{each}/staff/") for each in addresses]
    here = addresses[0]
    if not here.startswith(("http://127.", "http://[::1]")):
        raise CircleError(
            en=f"At {host} nobody could open the staff pages: off this computer they ask for a "
            "password, and none is set. Set CIRCLE_STAFF_PASSWORD, or leave out --host.",
            zh=f"在 {host} 上谁也打不开工作台：从其他电脑访问需要密码，而现在没有设置。"
            "请设置 CIRCLE_STAFF_PASSWORD，或去掉 --host。",
        )
    lines = [in_words(f"Staff: {here}/staff/", f"工作台：{here}/staff/")]
    if len(addresses) > 1 or host in ("0.0.0.0", "::"):
        lines.append(
            in_words(
                "The staff pages open on this computer only; with a password "
                "(CIRCLE_STAFF_PASSWORD) others may open them too.",
                "工作台只能在本机打开；设置密码（CIRCLE_STAFF_PASSWORD）后其他电脑也可以打开。",
            )
        )
    return lines


def _copy(name: Path, like: str) -> None:
    from circle.study.new import copy_study

    note(in_words(*_STEPS["download"]))
    path = copy_study(name, like)
    tell(
        {"path": str(path), "has_streets": True},
        in_words(
            f"Wrote {path}\nNext: circle build {name}",
            f"已写出 {path}\n下一步：circle build {name}",
        ),
    )


def _with_register(name: str) -> StudyConfig:
    """Return a study that names a register."""
    from circle.study import read_study

    config = read_study(name)
    config.named_register()
    return config


def _build(name: str, *, for_staff: bool = False) -> BuildResult:
    from circle.study import read_study

    # What draws maps is only loaded for a study that can be read.
    config = read_study(name)
    from circle.study import build_study

    if for_staff:
        from circle.staff.desk import servable

        config = servable(config)

    return build_study(
        config,
        Path("maps") / config.name,
        report=lambda step: note(in_words(*_STEPS[step])),
        progress=shows_progress(),
    )


def _summary(result: BuildResult) -> dict[str, object]:
    content = result.study.content
    return {
        "name": result.study.config.name,
        "n_places": len(content.places),
        "n_unplaced": len(content.unplaced),
        "without_photo": [
            {"name": photo.place, "photo": photo.file, "reason": in_words(photo.en, photo.zh)}
            for photo in result.study.bad_photos
        ],
        "files": [str(path) for path in result.paths],
    }


def _counts(result: BuildResult) -> str:
    placed, unplaced = len(result.study.content.places), len(result.study.content.unplaced)
    return in_words(
        f"{placed} places on the map, {unplaced} listed without a position.",
        f"地图上有 {placed} 处地点，另有 {unplaced} 处位置待核。",
    )


def _unplaced(result: BuildResult) -> list[str]:
    """Return which places are not on the map and why, as far as a screen holds them."""
    unplaced = result.study.content.unplaced
    lines = [
        in_words(
            f"Not on the map: {place.name}. {place.reason.en}",
            f"不在地图上：{place.name}。{place.reason.zh}",
        )
        for place in unplaced[:_MOST_NAMED]
    ]
    if len(unplaced) > _MOST_NAMED:
        n, path = len(unplaced) - _MOST_NAMED, result.unplaced_csv
        lines.append(in_words(f"… and {n} more: see {path}", f"……另有 {n} 处，见 {path}"))
    return lines


def without_photos(bad: tuple[BadPhoto, ...]) -> list[str]:
    """Return which places are shown without their pictures and why, as far as a screen holds."""
    lines = [
        in_words(
            f"Without its photo “{photo.file}”: {photo.place}; {photo.en}.",
            f"没有照片“{photo.file}”：{photo.place}；{photo.zh}。",
        )
        for photo in bad[:_MOST_NAMED]
    ]
    if len(bad) > _MOST_NAMED:
        n = len(bad) - _MOST_NAMED
        lines.append(in_words(f"… and {n} more photos.", f"……另有 {n} 张照片。"))
    return lines


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise CircleError(
            en=f"“{host}” is no address of this machine; try --host 127.0.0.1.",
            zh=f"“{host}”不是本机地址；可用 --host 127.0.0.1。",
        ) from error
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            # Free again at once after the last run; elsewhere this would share a port that is used.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise CircleError(
                en=f"Port {port} is taken by another program; choose another with --port.",
                zh=f"端口 {port} 已被其他程序占用；请用 --port 另选一个。",
            ) from error
        raise CircleError(
            en=f"Nothing can be served at {host}, port {port} ({error.strerror}); choose others "
            "with --host and --port.",
            zh=f"无法在 {host} 的端口 {port} 提供服务（{error.strerror}）；"
            "请用 --host 和 --port 另选。",
        ) from error
    return listener


COMMANDS = (new, build, serve)
