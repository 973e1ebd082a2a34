"""
Which online geocoders may be asked: those somebody opted in to, and none unless online.

Settings, from the environment: ``CIRCLE_AMAP_KEY``, ``CIRCLE_TENCENT_KEY``, ``CIRCLE_BAIDU_KEY``,
``CIRCLE_TIANDITU_KEY`` open their service; ``CIRCLE_PHOTON_URL`` names a Photon. Nominatim wants
no key and is asked last. ``CIRCLE_<SERVICE>_URL`` sends the questions elsewhere, such as to a
Nominatim of one's own; ``CIRCLE_CACHE`` is the folder answers are kept in.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from circle.geocoding.asking import OnlineGeocoder
from circle.geocoding.chinese_services import Amap, Baidu, Tencent, Tianditu
from circle.geocoding.nominatim import Nominatim, Photon
from circle.geocoding.online import AnswerCache
from circle.geometry import Bounds

# In this order: the Chinese ones know most addresses in China.
SERVICES: tuple[type[OnlineGeocoder], ...] = (Amap, Tencent, Baidu, Tianditu, Photon, Nominatim)
CACHE_FILE = "geocoding.sqlite"


def online_geocoders(
    *,
    online: bool,
    within: Bounds | None = None,
    town: str = "",
    environment: Mapping[str, str] | None = None,
    cache: AnswerCache | None = None,
) -> list[OnlineGeocoder]:
    """
    Return the online geocoders somebody opted in to.

    Parameters
    ----------
    online
        Whether the internet may be asked at all; without it the list is empty whatever keys
        there are.
    within
        Extent of the map; answers outside it are not taken.
    town
        Town added to every question that does not name it.
    environment
        Where keys are looked up; ``os.environ`` when not given.
    cache
        Where answers are kept; a file in the user's cache folder when not given.

    Examples
    --------
    >>> online_geocoders(online=False, environment={"CIRCLE_AMAP_KEY": "secret"})
    []
    >>> online_geocoders(online=True, environment={"CIRCLE_AMAP_KEY": "s"}, cache=AnswerCache())
    [Amap(with key), Nominatim(without key)]
    """
    if not online:
        return []
    settings = os.environ if environment is None else environment
    chosen = []
    for service in SERVICES:
        prefix = f"CIRCLE_{service.method.upper()}"
        key, url = settings.get(f"{prefix}_KEY", "").strip(), settings.get(f"{prefix}_URL", "")
        if key if service.needs_key else url or service is Nominatim:
            chosen.append((service, key, url.strip()))
    kept = cache or AnswerCache(cache_folder(settings) / CACHE_FILE)
    return [
        service(key=key, url=url, within=within, town=town, cache=kept)
        for service, key, url in chosen
    ]


def cache_folder(environment: Mapping[str, str]) -> Path:
    """Return the folder for what may be thrown away, as the system has it."""
    if given := environment.get("CIRCLE_CACHE"):
        return Path(given)
    if sys.platform == "win32":
        base = environment.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
        return Path(base) / "circle" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "circle"
    return Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "circle"
