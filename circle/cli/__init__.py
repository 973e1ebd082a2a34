"""
The command line. Every command prints for people and, with ``--json``, for programs.

Commands live in files by subject and are registered here; what they need of the project is
imported when they run, so that ``circle --help`` answers at once.
"""

from __future__ import annotations

import click

from circle import __version__
from circle.cli.command import CircleGroup, language_option, version_option

__all__ = ["main"]


@click.group(
    cls=CircleGroup,
    params=[version_option(__version__), language_option()],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    zh="15分钟步行生活圈：步行范围、步行时间，以及断网也能打开的社区指南。\n\n"
    "先试 circle build shanzishi（自带样本）；"
    "做自己的社区：circle new 名称 --center 经度,纬度 --streets 道路文件。",
)
def main() -> None:
    """The 15-minute living circle: walking ranges, walking times, and a guide that works offline.

    Start with `circle build shanzishi`, the embedded sample, or `circle new NAME --center LON,LAT
    --streets FILE` for a place of your own.
    """


from circle.cli import (  # noqa: E402 - they register themselves
    coverage,
    geocode,
    guide,
    places,
    site,
    streets,
    studies,
    walks,
)

MODULES = (studies, guide, coverage, site, walks, streets, places, geocode)
"""The files of commands, in the order the help shows them."""

for _module in MODULES:
    for _command in _module.COMMANDS:
        main.add_command(_command)
