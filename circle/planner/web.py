"""
Draws the planner's map as one HTML file that needs nothing else.

It is put together as the guide is: Leaflet, scripts, styles and data inside, a content security
policy that forbids every request, and every name as text, never as markup.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from circle.guide import page_assets, page_shell
from circle.guide.page_look import page_look
from circle.planner.web_data import map_data
from circle.planner.web_inputs import PlannerInputs
from circle.planner.web_words import WORDS

ASSETS = Path(__file__).resolve().parent / "assets"


COLOURS_FILE = ASSETS / "colours.toml"
_SHARED_SCRIPTS = ("slices.js", "dom.js", "basemap.js", "labels.js", "unpack.js")
"""Scripts of the guide this page stands on."""
_SCRIPTS = (
    "store.js",
    "words.js",
    "homes.js",
    "overlays.js",
    "legend.js",
    "choose.js",
    "figures.js",
    "gaps.js",
    "card.js",
    "tables.js",
    "about.js",
    "planner.js",
)
_STYLES = ("planner.css", "panel.css", "print.css")
_START_ZOOM = 14


@cache
def colours() -> dict[str, Any]:
    """Return the colours of the map, by what they mean."""
    return tomllib.loads(COLOURS_FILE.read_text(encoding="utf-8"))


def render_planner(inputs: PlannerInputs, *, live: bool = False) -> str:
    """
    Return the planner's map as one HTML document.

    Parameters
    ----------
    inputs
        What it shows.
    live
        True for the page of the service, which may ask its own server for the way to a place;
        the file asks nobody.

    Returns
    -------
    html
        A complete document, UTF-8.

    Raises
    ------
    UnknownLinkError
        If the page would load something from outside.
    """
    data = map_data(inputs)
    data["colours"] = {key: value for key, value in colours().items() if key != "basemap"}
    data["words"] = {
        language: {key: both[number] for key, both in WORDS.items()}
        for number, language in enumerate(("zh", "en"))
    }
    west, south, east, north = data["view"]
    figure, library_styles, library_scripts = page_shell.drawn_map(
        "planner", "circleGuide.startPlanner", ((south + north) / 2, (west + east) / 2), _START_ZOOM
    )
    styles = "\n".join([*library_styles, _dress(inputs.texts.style), *map(_asset, _STYLES)])
    scripts = [
        f"window.CIRCLE_LIVE = {'true' if live else 'false'};",
        *library_scripts,
        "\n".join((page_assets.ASSETS / name).read_text("utf-8") for name in _SHARED_SCRIPTS),
        "\n".join(map(_asset, _SCRIPTS)),
        figure.script.render(),
    ]
    scripts = [page_shell.script_text(script) for script in scripts]
    language = "en" if inputs.texts.languages[:1] == ("en",) else "zh"
    # Markup is our own code and Leaflet, and data escaped for its element.
    html = _template().render(
        data=Markup(page_shell.json_text(data)),
        language=language,
        title=data["title"][language],
        community=data["community"][language],
        attribution=data["attribution"],
        words={key: both[0 if language == "zh" else 1] for key, both in WORDS.items()},
        styles=Markup(page_shell.style_text(styles)),
        scripts=[Markup(script) for script in scripts[:-1]],
        start_script=Markup(scripts[-1]),
        map_markup=Markup(figure.html.render()),
        policy=page_shell.policy(scripts, live=live),
        live=live,
    )
    page_assets.check_nothing_is_asked_for(styles, page_shell.without_scripts(html))
    return html


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _dress(style: str) -> str:
    """Return the light dress of a look with the quiet basemap: the map means its colours."""
    look = page_look(style)
    values = {**look.dresses["light"], **colours()["basemap"], "corner": look.corner}
    values |= {f"state-{key}": value for key, value in colours()["state"].items()}
    values |= {f"edge-{key}": value for key, value in colours()["edge"].items()}
    lines = "".join(f"  --{name}: {value};\n" for name, value in values.items())
    return f":root {{\n{lines}}}"


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("planner.html")
