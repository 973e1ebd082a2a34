"""
Draws the guide as one HTML file that needs nothing else: a folium map inside our own page.

The file carries Leaflet, our scripts and styles, the pictograms and the content. A content
security policy forbids every request (in the live page: every request but those to its own
server) and every script but the ones written here, so that neither a mistake nor a hostile
name can reach out.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from circle.guide import page_assets, page_shell, wording
from circle.guide.basemap import encode_basemap
from circle.guide.content import OTHER_KEY, GuideContent, GuidePlace
from circle.guide.pack import WalkPack
from circle.guide.page_look import page_look
from circle.guide.sounds import sound_of, sounds_of
from circle.guide.still_map import still_map
from circle.walkers import get_walker

_START_ZOOM = 15


def render_page(content: GuideContent, *, live: bool = False, walks: WalkPack | None = None) -> str:
    """
    Return the guide as one HTML document.

    Parameters
    ----------
    content
        What the guide says.
    live
        True for the page of the service: without `walks` it asks its own server under ``/api/``
        how far it is from home. False for the file, which asks nobody.
    walks
        The network the page carries to answer "my home" itself, so that nobody's home leaves
        their device.

    Returns
    -------
    html
        A complete document, UTF-8.

    Raises
    ------
    UnknownLinkError
        If the page would load something from outside.
    """
    carries_walks = walks is not None
    data = page_data(content)
    if walks is not None:
        data["walk"] = {
            "network": walks.text,
            "walkers": walkers_data(walker["key"] for walker in data["walkers"]),
        }
    figure, library_styles, library_scripts = page_shell.drawn_map(
        "guide",
        "circleGuide.start",
        (content.center.lat, content.center.lon),
        _START_ZOOM,
    )
    look = page_look(content.style)
    styles = "\n".join([*library_styles, look.css(), page_assets.own_style()])
    scripts = [
        f"window.CIRCLE_LIVE = {'true' if live else 'false'};",
        *library_scripts,
        page_assets.own_script(carries_walks=carries_walks),
        figure.script.render(),
    ]
    scripts = [page_shell.script_text(script) for script in scripts]
    # Markup is our own code and Leaflet, cleaned shapes, and data escaped for its element.
    html = _template().render(
        content=content,
        words=wording.PAGE,
        styles=Markup(page_shell.style_text(styles)),
        still=Markup(still_map(content)),
        still_styles=Markup(page_shell.style_text(page_assets.still_style())),
        scripts=[Markup(script) for script in scripts[:-1]],
        start_script=Markup(scripts[-1]),
        map_markup=Markup(figure.html.render()),
        icons=[(item.key, Markup(page_assets.icon_markup(item.icon))) for item in content.classes],
        data=Markup(page_shell.json_text(data)),
        policy=page_shell.policy(scripts, live=live),
        live=live,
        has_home=live or carries_walks,
        carries_walks=carries_walks,
        logo=b64encode(content.logo).decode(),
        language=_first_language(content),
        by_class=_by_class(content),
        other_key=OTHER_KEY,
    )
    page_assets.check_nothing_is_asked_for(styles, page_shell.without_scripts(html))
    return html


def page_data(content: GuideContent) -> dict[str, Any]:
    """
    Return what the scripts of the page need, the basemap packed.

    Parameters
    ----------
    content
        What the guide says.

    Returns
    -------
    data
        Plain dictionaries, lists, texts and numbers; empty texts of a place are left out.
    """
    plain = content.as_dict()
    plain["basemap"] = encode_basemap(content.basemap)
    view = content.basemap.view
    plain["view"] = [view.west, view.south, view.east, view.north]
    for name in ("places", "unplaced"):
        plain[name] = [
            {key: value for key, value in place.items() if value not in (None, "")}
            for place in plain[name]
        ]
    for place in (*plain["places"], *plain["unplaced"]):
        sounds = sound_of(place.get("address", ""))
        if sounds is not None:
            place["sounds"] = sounds
    plain["sounds"] = sounds_of(
        [line.name for line in content.basemap.streets]
        + [area.name for area in content.basemap.areas]
    )
    plain["words"] = {
        language: {key: getattr(both, language) for key, both in wording.PAGE.items()}
        for language in ("zh", "en")
    }
    plain["sentences"] = {
        "walk": wording.WALK.as_dict(),
        "walk_time_only": wording.WALK_TIME_ONLY.as_dict(),
        "walk_beyond": wording.WALK_BEYOND.as_dict(),
    }
    walkers = dict(wording.WALKERS)
    if content.walker not in walkers:
        walkers = {
            content.walker: wording.WALKER_AT_SPEED.fill(speed=content.walker),
            **walkers,
        }
    plain["paces"] = {key: pace_sentence(key).as_dict() for key in walkers}
    plain["walkers"] = [{"key": key, "name": both.as_dict()} for key, both in walkers.items()]
    return plain


def pace_sentence(walker: str) -> wording.Both:
    """
    Return the sentence that says whose pace the walks are told at.

    Parameters
    ----------
    walker
        Name of a walker, or a speed such as ``"1.1"``.
    """
    pace = wording.WALKER_IN_SENTENCE.get(walker) or wording.SPEED_IN_SENTENCE.fill(speed=walker)
    return wording.Both(
        wording.PACE.zh.format(walker=pace.zh), wording.PACE.en.format(walker=pace.en)
    )


def walkers_data(keys: Iterable[str]) -> dict[str, dict[str, float]]:
    """
    Return what a page needs to know of walkers to compute their walks, by key.

    Parameters
    ----------
    keys
        Names of walkers, or speeds such as ``"1.1"``.
    """
    known = {key: get_walker(key) for key in keys}
    return {
        key: {
            "speed": walker.speed_m_s,
            "per_step": walker.seconds_per_step,
            "per_flight": walker.seconds_per_flight,
            "crossing": walker.crossing_s,
            "elevator": walker.elevator_s,
            "closed": walker.closed_flags,
            "enters": walker.enters_private,
        }
        for key, walker in known.items()
    }


def _first_language(content: GuideContent) -> str:
    return "en" if content.languages[0] == "en" else "zh"


@jinja2.pass_context
def _say(context: jinja2.runtime.Context, both: wording.Both) -> str:
    """Return a text in the language the page opens in."""
    return both.en if context["language"] == "en" else both.zh


def _by_class(content: GuideContent) -> list[tuple[Any, list[GuidePlace]]]:
    return [
        (item, [place for place in content.places if place.category == item.key])
        for item in content.classes
    ]


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(page_assets.ASSETS),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["say"] = _say
    return environment.get_template("page.html")
