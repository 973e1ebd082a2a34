"""
The designed looks of the page, as data: one of them becomes the colours its style sheets name.

A look has a light and a dark dress; high contrast changes some colours of either. The page
follows what its reader has set on the device, and paper is always printed in the light dress.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from circle.errors import CircleError

LOOKS_FILE = Path(__file__).resolve().parent / "looks" / "page.toml"
DRESSES = ("light", "dark", "light_contrast", "dark_contrast")
"""The dresses of a look, each as complete as the page needs it."""

_TITLE_LETTERS = {
    "serif": '"Songti SC", "Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "STSong", '
    'Georgia, "PingFang SC", "Microsoft YaHei", serif',
    "sans": "var(--letters)",
}
_MEDIA = {
    "light": "",
    "dark": "screen and (prefers-color-scheme: dark)",
    "light_contrast": "screen and (prefers-contrast: more)",
    "dark_contrast": "screen and (prefers-color-scheme: dark) and (prefers-contrast: more)",
}
_NAME = re.compile(r"[a-z][a-z-]*")
_VALUE = re.compile(r"[#\w\s.,()%-]+")


class LookError(CircleError):
    """There is no such look, or it holds what is no colour."""


@dataclass(frozen=True, slots=True)
class PageLook:
    """
    One look of the page.

    Parameters
    ----------
    name
        Its key, as a study names it.
    title_letters
        Fonts of titles.
    corner
        How round the corners of boxes are, a CSS length.
    dresses
        Colours by the name of their custom property, complete for each of `DRESSES`.
    """

    name: str
    title_letters: str
    corner: str
    dresses: Mapping[str, Mapping[str, str]]

    def css(self) -> str:
        """Return the look as custom properties of the page."""
        parts = []
        for dress in DRESSES:
            values = dict(self.dresses[dress])
            if dress == "light":
                values |= {"title-letters": self.title_letters, "corner": self.corner}
            lines = "".join(f"  --{name}: {value};\n" for name, value in values.items())
            # A page about to be printed reads its colours before the paper's own style applies.
            whose = ":root, :root.on-paper" if dress == "light" else ":root"
            rule = f"{whose} {{\n{lines}}}"
            parts.append(f"@media {_MEDIA[dress]} {{\n{rule}\n}}" if _MEDIA[dress] else rule)
        return "\n".join(parts)


@cache
def page_looks() -> Mapping[str, PageLook]:
    """
    Return every look of the page by its name.

    Raises
    ------
    LookError
        If a value could be anything but a colour, a number or a length.

    Examples
    --------
    >>> sorted(page_looks())
    ['community', 'official']
    """
    tables = tomllib.loads(LOOKS_FILE.read_text(encoding="utf-8"))
    looks = {}
    for name, table in tables.items():
        light = table["light"]
        dark = light | table["dark"]
        dresses = {
            "light": light,
            "dark": dark,
            "light_contrast": light | table["light_contrast"],
            "dark_contrast": dark | table["dark_contrast"],
        }
        for dress in dresses.values():
            _check(name, dress)
        looks[name] = PageLook(
            name, _TITLE_LETTERS[table["title_letters"]], table["corner"], dresses
        )
    return looks


def page_look(name: str) -> PageLook:
    """
    Return a look by its name.

    Parameters
    ----------
    name
        ``"community"`` or ``"official"``.

    Raises
    ------
    LookError
        If there is no such look.
    """
    looks = page_looks()
    if name not in looks:
        known = ", ".join(looks)
        raise LookError(
            en=f"There is no look “{name}”; choose one of: {known}.",
            zh=f"没有名为“{name}”的样式；请从这些中选：{known}。",
        )
    return looks[name]


def _check(look: str, colours: Mapping[str, str]) -> None:
    for name, value in colours.items():
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise LookError(
                en=f"The look “{look}” gives “{name}” the value “{value}”, which is no colour.",
                zh=f"样式“{look}”中“{name}”的值“{value}”不是颜色。",
            )
