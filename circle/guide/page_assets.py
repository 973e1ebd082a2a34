"""
Everything the page would otherwise ask a network for: Leaflet, our scripts, styles, pictograms.

folium names scripts and styles by address. Each known address is answered from an installed
package or dropped because nothing on the page uses it; an unknown one is an error, so that a
page can never quietly depend on the internet again.
"""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import re
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

from branca.element import CssLink, Element, JavascriptLink

from circle.errors import CircleError
from circle.resources import data_path

ASSETS = Path(__file__).resolve().parent / "assets"

FIRST_SCRIPT = "slices.js"
"""What every other script may stand on; it runs before them."""

SCRIPTS = (
    "dom.js",
    "opening.js",
    "basemap.js",
    "labels.js",
    "rings.js",
    "placing.js",
    "markers.js",
    "panel.js",
    "list.js",
    "share.js",
    "report.js",
    "facts.js",
    "card.js",
    "walks.js",
    "route.js",
    "address.js",
    "locate.js",
    "home.js",
    "controls.js",
    "state.js",
    "main.js",
)
"""Our scripts in the order they run."""

CARRIED_SCRIPTS = ("unpack.js", "kernel.js", "contour.js", "field.js", "directions.js")
"""Scripts that compute walks in a page that carries its network; they run before ours."""

STYLES = ("palette.css", "page.css", "list.css", "home.css", "map.css", "card.css", "print.css")
"""Our styles in the order they apply."""

_NOT_NEEDED = frozenset(
    {
        "jquery",
        "bootstrap",
        "awesome_markers",
        "bootstrap_css",
        "glyphicons_css",
        "awesome_markers_font_css",
        "awesome_markers_css",
        "awesome_rotate_css",
    }
)
_LEAFLET = Path(str(files("xstatic.pkg.leaflet"))) / "data"
_SVG = "http://www.w3.org/2000/svg"
_ICON_ELEMENTS = frozenset(
    {"g", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon"}
)
_ICON_ATTRIBUTES = frozenset(
    {
        *("d", "cx", "cy", "r", "rx", "ry", "x", "y", "x1", "x2", "y1", "y2", "width", "height"),
        *("points", "transform", "fill", "fill-rule", "clip-rule", "opacity", "stroke"),
        *("stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray"),
    }
)
_ICON_NAME = re.compile(r"[A-Za-z0-9_-]+")
_OTHER_ICON = '<circle cx="12" cy="12" r="6" fill="currentColor"/>'
_URL = re.compile(r"url\(\s*(['\"]?)([^'\")]+)\1\s*\)")
_ASKS_FOR = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed|object)\b[^>]*?\s(?:src|data)\s*=\s*["']?(?!data:)[^"'>\s]
    |<link\b[^>]*?\shref\s*=\s*["']?(?!data:)[^"'>\s]
    |@import\b
    |url\(\s*["']?(?!data:|\#)[^"')\s]""",
    re.VERBOSE | re.IGNORECASE,
)


class UnknownLinkError(CircleError):
    """The page would ask the network for something."""


def folium_head(children: Iterable[tuple[str, Element]]) -> tuple[list[str], list[str]]:
    """
    Return the styles and scripts behind what folium put into the head of its page.

    Parameters
    ----------
    children
        Names and elements of the head.

    Returns
    -------
    styles, scripts
        Sources to inline, in order.

    Raises
    ------
    UnknownLinkError
        If folium asks for a script or a style this project does not know.
    """
    styles: list[str] = []
    scripts: list[str] = []
    for name, child in children:
        if not isinstance(child, JavascriptLink | CssLink) or name in _NOT_NEEDED:
            continue
        if name == "leaflet":
            scripts.append(_leaflet_script())
        elif name == "leaflet_css":
            styles.append(_leaflet_style())
        else:
            raise UnknownLinkError(
                en=f"The map library wants to load “{name}” from {child.url}, which the guide "
                "cannot carry; add it to circle/guide/page_assets.py or do not use it.",
                zh=f"地图库要从 {child.url} 加载“{name}”，指南无法内置；"
                "请在 circle/guide/page_assets.py 中补上，或不要使用它。",
            )
    return styles, scripts


def own_script(*, carries_walks: bool = False) -> str:
    """
    Return our scripts as one.

    Parameters
    ----------
    carries_walks
        Whether the page computes walks itself.
    """
    names = (FIRST_SCRIPT, *(CARRIED_SCRIPTS if carries_walks else ()), *SCRIPTS)
    return "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in names)


def own_style() -> str:
    """Return our styles as one."""
    return "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in STYLES)


def still_style() -> str:
    """Return the styles of the map that stands in a page without scripts."""
    return (ASSETS / "still.css").read_text(encoding="utf-8")


def icon_markup(name: str) -> str:
    """
    Return the drawing inside a pictogram, ready to stand in a symbol.

    Parameters
    ----------
    name
        File name in `data/icons` without its ending; an empty or unknown one gives a dot.

    Returns
    -------
    markup
        Only shapes and their drawing attributes: nothing that could run or load.
    """
    path = data_path("icons", f"{name.removesuffix('.svg')}.svg")
    if not _ICON_NAME.fullmatch(name.removesuffix(".svg")) or not path.is_file():
        return _OTHER_ICON
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    inherited = {key: root.attrib[key] for key in _ICON_ATTRIBUTES & root.attrib.keys()}
    for size in ("width", "height", "x", "y"):
        inherited.pop(size, None)
    group = ElementTree.Element("g", inherited)
    group.extend(_clean(child) for child in root if _local(child) in _ICON_ELEMENTS)
    return ElementTree.tostring(group, encoding="unicode")


def script_hash(source: str) -> str:
    """Return the name under which a content security policy allows `source`."""
    digest = hashlib.sha256(source.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def check_nothing_is_asked_for(styles: str, markup: str) -> None:
    """
    Make sure that neither styles nor markup load anything.

    Parameters
    ----------
    styles, markup
        Parts of the page without scripts and data; links a person may follow are allowed.

    Raises
    ------
    UnknownLinkError
        If something would be fetched.
    """
    for text in (styles, markup):
        found = _ASKS_FOR.search(text)
        if found:
            raise UnknownLinkError(
                en=f"The page would load something from outside: “{found.group()[:120]}”; "
                "carry it in the page instead.",
                zh=f"页面会从外部加载内容：“{found.group()[:120]}”；请改为内置在页面中。",
            )


def _clean(element: ElementTree.Element) -> ElementTree.Element:
    kept = ElementTree.Element(
        _local(element),
        {key: value for key, value in element.attrib.items() if key in _ICON_ATTRIBUTES},
    )
    kept.extend(_clean(child) for child in element if _local(child) in _ICON_ELEMENTS)
    return kept


def _local(element: ElementTree.Element) -> str:
    return str(element.tag).removeprefix(f"{{{_SVG}}}")


def _leaflet_script() -> str:
    source = (_LEAFLET / "leaflet.js").read_text(encoding="utf-8")
    # A debugger would otherwise look for the map of the sources beside the page.
    return re.sub(r"//# sourceMappingURL=.*", "", source).strip()


def _leaflet_style() -> str:
    def inlined(match: re.Match[str]) -> str:
        address = match.group(2)
        if address.startswith(("#", "data:")):
            return match.group()
        path = _LEAFLET / address
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return f"url(data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()})"

    return _URL.sub(inlined, (_LEAFLET / "leaflet.css").read_text(encoding="utf-8"))
