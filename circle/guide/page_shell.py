"""What every page that must ask nobody is put together with: its map, its policy, its texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

import folium
import orjson
from branca.element import Figure, MacroElement
from folium.template import Template

from circle.guide import page_assets

CLOSEST_ZOOM = 19


class BareMap(folium.Map):
    """A folium map that leaves head and body of the page to us and lets people zoom."""

    _template = Template(
        """
        {% macro header(this, kwargs) %}{% endmacro %}
        {% macro html(this, kwargs) %}
        <div class="map" id={{ this.get_name()|tojson }}></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
            center: {{ this.location|tojson }},
            ...{{ this.options|tojavascript }}
        });
        {% endmacro %}
        """
    )


class Start(MacroElement):
    """Hands the map to our scripts, after everything else has been set up."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        {{ this.function }}({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, function: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.function = function


def drawn_map(
    name: str, start: str, center: tuple[float, float], zoom: int
) -> tuple[Figure, list[str], list[str]]:
    """
    Return a map for a page, with the library's styles and scripts to inline.

    Parameters
    ----------
    name
        Its name in the page; folium would draw one by lot, and the same page is to be the same
        file.
    start
        Function of our scripts that is handed the map.
    center
        Latitude and longitude.
    zoom
        Where it starts.

    Returns
    -------
    figure
        Rendered: its ``html`` and ``script``.
    styles, scripts
        Sources, in order.
    """
    shown = BareMap(
        location=list(center),
        tiles=None,
        # Rings and ways as shapes of the page: no script waits while they are painted.
        prefer_canvas=False,
        zoom_start=zoom,
        zoom_control=False,
        attribution_control=False,
    )
    shown._id = name
    shown.options["max_zoom"] = CLOSEST_ZOOM
    shown.add_child(Start(start))
    figure = cast(Figure, shown.get_root())
    figure.render()
    styles, scripts = page_assets.folium_head(figure.header._children.items())
    return figure, styles, scripts


def json_text(data: Mapping[str, Any]) -> str:
    """Return JSON that can stand in a script element: no character there ends it."""
    text = orjson.dumps(data, option=orjson.OPT_SERIALIZE_NUMPY).decode()
    for sign, escaped in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(sign, escaped)
    return text


def script_text(script: str) -> str:
    """Return a script so that nothing in it ends or swallows its element."""
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--").strip()


def style_text(style: str) -> str:
    """Return styles so that nothing in them ends their element."""
    return style.replace("</style", "<\\/style").strip()


def policy(scripts: Iterable[str], *, live: bool) -> str:
    """
    Return the content security policy of a page: its own scripts and nothing from outside.

    Parameters
    ----------
    scripts
        Sources exactly as they stand in the page.
    live
        Whether it may ask its own server.
    """
    hashes = " ".join(page_assets.script_hash(script) for script in scripts)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {hashes}",
            "style-src 'unsafe-inline'",
            "img-src data:",
            f"connect-src {chr(39)}{'self' if live else 'none'}{chr(39)}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def without_scripts(html: str) -> str:
    """Return the markup outside of scripts and styles, to look for links in it."""
    kept = []
    rest = html
    while True:
        starts = [(rest.find(f"<{tag}"), tag) for tag in ("script", "style")]
        found = min((start for start in starts if start[0] >= 0), default=None)
        if found is None:
            kept.append(rest)
            return "".join(kept)
        start, tag = found
        end = rest.index(f"</{tag}>", start)
        opening = rest.index(">", start) + 1
        kept.append(rest[:opening])
        rest = rest[end:]
