"""Draws with SVG: rectangles, lines and texts in one unit, as text that can be read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from circle.planner import palette

FONTS = '"Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif'
_WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]")


def text_width(text: str, size: float) -> float:
    """
    Return about how wide a text runs, in the unit of `size`: never less than it does.

    Examples
    --------
    >>> text_width("学校", 10.0), round(text_width("ab", 10.0), 1)
    (20.0, 11.6)
    """
    wide = len(_WIDE.findall(text))
    return size * (wide + 0.58 * (len(text) - wide))


def clipped(text: str, size: float, room: float) -> str:
    """Return a text that fits into the room, its end replaced by … where it would not."""
    if text_width(text, size) <= room:
        return text
    while text and text_width(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip() + "…"


class Svg:
    """
    A drawing.

    Parameters
    ----------
    width, height
        Of the drawing, in pixels or points: everything in it is in the same unit.
    title, description
        What it shows, for those who cannot see it.
    font
        Family of the type; those of most computers by default.
    """

    def __init__(
        self, width: float, height: float, title: str, description: str, font: str = FONTS
    ) -> None:
        self.width, self.height = width, height
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
            f'width="{width:g}" height="{height:g}" role="img" '
            f'font-family="{escape(font)}">',
            f"<title>{_said(title)}</title><desc>{_said(description)}</desc>",
        ]

    def raw(self, markup: str) -> None:
        """Add what is drawn elsewhere."""
        self._parts.append(markup)

    def hatch(self, key: str, ink: str, ground: str, *, step: float = 4.0) -> str:
        """Define stripes and return the paint to fill with."""
        self._parts.append(
            f'<defs><pattern id="{key}" width="{step:g}" height="{step:g}" '
            f'patternUnits="userSpaceOnUse"><rect width="{step:g}" height="{step:g}" '
            f'fill="{ground}"/><path d="M-1 1L1 -1M0 {step:g}L{step:g} 0M{step - 1:g} {step + 1:g}'
            f'L{step + 1:g} {step - 1:g}" stroke="{ink}" stroke-width="1"/></pattern></defs>'
        )
        return f"url(#{key})"

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str,
        *, line: str = "none", line_width: float = 1.0, radius: float = 0.0,
    ) -> None:  # fmt: skip
        """Add a rectangle; one without any width is left out."""
        if width <= 0 or height <= 0:
            return
        edge = "" if line == "none" else f' stroke="{line}" stroke-width="{line_width:g}"'
        corner = f' rx="{radius:g}"' if radius else ""
        self._parts.append(
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" '
            f'fill="{fill}"{edge}{corner}/>'
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, ink: str = palette.LINE,
        *, width: float = 1.0, dashes: str = "",
    ) -> None:  # fmt: skip
        """Add a straight line."""
        self.path(f"M{_n(x1)} {_n(y1)}L{_n(x2)} {_n(y2)}", ink, width=width, dashes=dashes)

    def path(
        self, way: str, ink: str = "none", *, fill: str = "none", width: float = 1.0,
        dashes: str = "",
    ) -> None:  # fmt: skip
        """Add a path in the notation of SVG."""
        if not way:
            return
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        rounded = ' stroke-linejoin="round" stroke-linecap="round"' if not dashes else ""
        edge = "" if ink == "none" else f' stroke="{ink}" stroke-width="{width:g}"{rounded}{dashed}'
        self._parts.append(f'<path d="{way}" fill="{fill}" fill-rule="evenodd"{edge}/>')

    def polyline(
        self, points: Iterable[tuple[float, float]], ink: str, *, width: float = 1.5,
        dashes: str = "",
    ) -> None:  # fmt: skip
        """Add a line through points."""
        way = "L".join(f"{_n(x)} {_n(y)}" for x, y in points)
        self.path(f"M{way}" if way else "", ink, width=width, dashes=dashes)

    def text(
        self, x: float, y: float, text: str, size: float = 11.0,
        *, ink: str = palette.INK, anchor: str = "start", bold: bool = False, halo: str = "",
    ) -> None:  # fmt: skip
        """Add a text; `y` is its base line, `anchor` which end of it is at `x`."""
        weight = ' font-weight="700"' if bold else ""
        place = "" if anchor == "start" else f' text-anchor="{anchor}"'
        at = f'x="{_n(x)}" y="{_n(y)}" font-size="{size:g}"{place}{weight}'
        if halo:
            # Drawn first, under the text: not every program knows paint-order.
            self._parts.append(
                f'<text {at} fill="none" stroke="{halo}" stroke-width="{size * 0.28:g}" '
                f'stroke-linejoin="round" aria-hidden="true">{_said(text)}</text>'
            )
        self._parts.append(f'<text {at} fill="{ink}">{_said(text)}</text>')

    def render(self) -> str:
        """Return the drawing."""
        return "".join([*self._parts, "</svg>"])


def _said(text: str) -> str:
    return escape("".join(sign for sign in text if sign >= " "), quote=True)


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
