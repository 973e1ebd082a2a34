"""
Downloads the map of a place or a circle from OpenStreetMap's Overpass servers, through OSMnx.

What comes back is written as an ordinary OSM file and read by the ordinary reader, so that the
walking rules, water, gates and layers are the same as for any extract. OSMnx's own `walk` filter
is not used: it drops cycleways with a sidewalk, crossings for bicycles and people, platforms.
Without internet it refuses in one sentence, at once.
"""

from __future__ import annotations

import math
import re
import socket
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import osmium

from circle.errors import BudgetError, OnlineError
from circle.geometry import Bounds, LocalFrame, check_lonlat
from circle.osm import read_osm
from circle.provenance import OSM_ATTRIBUTION, OSM_LICENCE, Provenance
from circle.streets_table import StreetTable

Area = str | tuple[float, float, float]
"""A place by name, or a circle: longitude and latitude in degrees, radius in metres."""

MAX_RADIUS_M = 25_000.0
MAX_AREA_KM2 = 2_500.0

_CONNECT_TIMEOUT_S = 10.0
_ANSWER_TIMEOUT_S = 180
# Ways besides highways that are walked on or cannot be crossed; by value, any key among these.
_KEYS = "^(railway|public_transport|man_made|waterway|natural|landuse|place)$"
_VALUES = (
    "^(platform|pier|breakwater|groyne|dyke|square|river|canal|riverbank|dock|tidal_channel|dam|"
    "weir|lock_gate|water|coastline|reservoir|rail|light_rail|narrow_gauge|preserved|funicular)$"
)


def read_overpass(area: Area, *, progress: bool = False) -> StreetTable:
    """
    Return the walkable ways of a place or a circle as the map has them today.

    Parameters
    ----------
    area
        ``"Monaco"``, or ``(lon, lat, radius_m)``; the box around it is downloaded.
    progress
        Show a progress bar on standard error while the answer is read.

    Returns
    -------
    table
        As from an OSM file; the provenance names the service and the date of its data.

    Raises
    ------
    OnlineError
        If there is no internet, no such place, or no complete answer.
    PositionError
        If the centre is no position.
    BudgetError
        If the radius is not above 0 and at most `MAX_RADIUS_M`.
    StreetsError
        If there is no way to walk on.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "overpass.osm.pbf"
        download_extract(area, path)
        table = read_osm(path, progress=progress)
    provenance = Provenance(
        source=f"Overpass API: {_named(area)}",
        data_date=table.provenance.data_date,
        sha256=None,
        licence=OSM_LICENCE,
        attribution=OSM_ATTRIBUTION,
    )
    return replace(table, provenance=provenance)


def download_extract(area: Area, path: Path, *, everything: bool = False) -> None:
    """
    Save the map of a place or a circle as an OSM file.

    Parameters
    ----------
    area
        ``"Monaco"``, or ``(lon, lat, radius_m)``; the box around it is downloaded.
    path
        The file to write, `.osm.pbf`, `.osm` or `.osm.gz`; written whole or not at all.
    everything
        Also buildings, parks, shops and addresses, not only what streets and water need.

    Raises
    ------
    OnlineError, PositionError, BudgetError
        As `read_overpass` does.
    """
    with _online():
        bounds = _bounds_of(area)
        answer = _ask(_query(bounds, everything))
    _write(_elements(answer), bounds, _date(answer), path)


def _named(area: Area) -> str:
    return area if isinstance(area, str) else f"{area[0]:.5f},{area[1]:.5f} r={area[2]:g} m"


def _bounds_of(area: Area) -> Bounds:
    """Return the box around a place or a circle; refuse what the servers should not be asked."""
    if isinstance(area, str):
        bounds = _find_place(area)
    else:
        lon, lat, radius_m = area
        check_lonlat(lon, lat)
        if not (math.isfinite(radius_m) and 0 < radius_m <= MAX_RADIUS_M):
            raise BudgetError(
                en=f"The radius of a download must lie above 0 and at most {MAX_RADIUS_M:g} m, "
                f"not {radius_m:g}.",
                zh=f"下载半径须大于 0 且不超过 {MAX_RADIUS_M:g} 米，而不是 {radius_m:g}。",
            )
        frame = LocalFrame(lon, lat)
        (west, east), _ = frame.to_lonlat([-radius_m, radius_m], [0.0, 0.0])
        _, (south, north) = frame.to_lonlat([0.0, 0.0], [-radius_m, radius_m])
        bounds = Bounds(float(west), float(south), float(east), float(north))
    height_km = (bounds.north - bounds.south) * 111.2
    width_km = (bounds.east - bounds.west) * 111.2 * math.cos(math.radians(bounds.south))
    if height_km * width_km > MAX_AREA_KM2:
        raise OnlineError(
            en=f"{_named(area)} spans {height_km * width_km:.0f} km², too much for one download; "
            "name a smaller place, or give a file with the `streets` key or --streets.",
            zh=f"{_named(area)} 范围达 {height_km * width_km:.0f} 平方公里，无法一次下载；"
            "请换用更小的地方，或用 streets 键或 --streets 提供文件。",
        )
    return bounds


def _query(bounds: Bounds, everything: bool) -> str:
    """Return the question in Overpass's language: whole ways, their points, areas of relations."""
    box = f"({bounds.south:.6f},{bounds.west:.6f},{bounds.north:.6f},{bounds.east:.6f})"
    if everything:
        wanted = f'node{box};way{box};rel["type"="multipolygon"]{box};'
    else:
        wanted = (
            f'way["highway"]{box};way[~"{_KEYS}"~"{_VALUES}"]{box};'
            f'rel["type"="multipolygon"][~"{_KEYS}"~"{_VALUES}"]{box};'
            f'rel["type"="multipolygon"]["highway"]{box};'
        )
    return f"[out:json][timeout:{_ANSWER_TIMEOUT_S}];({wanted});(._;>;);out body;"


# --- the network layer --------------------------------------------------------------------------


def _ask(query: str) -> dict[str, Any]:
    """Send a question to Overpass and return its answer."""
    import osmnx  # here: it takes more than a second to import
    from osmnx import _overpass

    _reach(osmnx.settings.overpass_url)
    # OSMnx's public functions return a graph that has lost the tags of most points and all
    # areas; this one returns what the server said, and waits for a free slot as it should.
    answer: dict[str, Any] = _overpass._overpass_request(OrderedDict(data=query))
    return answer


def _find_place(name: str) -> Bounds:
    """Return the box around a place, by Nominatim."""
    import osmnx
    from osmnx._errors import InsufficientResponseError

    _reach(osmnx.settings.nominatim_url)
    try:
        found = osmnx.geocode_to_gdf(name, which_result=1).iloc[0]
    except (InsufficientResponseError, TypeError, KeyError) as error:
        raise OnlineError(
            en=f"OpenStreetMap knows no place called {name!r}; write it as on the map, with its "
            "city, or give a centre and a radius.",
            zh=f"OpenStreetMap 中找不到“{name}”；请写明所在城市，或给出中心点和半径。",
        ) from error
    return Bounds(
        float(found["bbox_west"]),
        float(found["bbox_south"]),
        float(found["bbox_east"]),
        float(found["bbox_north"]),
    )


def _reach(url: str) -> None:
    """
    Raise `OSError` at once when the server cannot be reached.

    OSMnx would first wait a minute for a status that never comes. Behind a proxy the server's
    own address need not be reachable, so there the question is left to the request itself.
    """
    import requests

    if requests.utils.get_environ_proxies(url):
        return
    parts = urlsplit(url)
    port = parts.port or (80 if parts.scheme == "http" else 443)
    socket.create_connection((parts.hostname or "", port), _CONNECT_TIMEOUT_S).close()


@contextmanager
def _online() -> Iterator[None]:
    """
    Keep OSMnx's habits from outliving the call, and say every failure in one sentence.

    OSMnx would leave a cache folder where the program is started and a changed
    `socket.getaddrinfo` behind.
    """
    import osmnx
    import requests
    from osmnx._errors import InsufficientResponseError, ResponseStatusCodeError

    settings = osmnx.settings
    before = (settings.use_cache, settings.requests_timeout, settings.doh_url_template)
    resolver = socket.getaddrinfo
    settings.use_cache, settings.requests_timeout = False, _ANSWER_TIMEOUT_S
    settings.doh_url_template = None
    try:
        yield
    except (InsufficientResponseError, ResponseStatusCodeError) as error:
        raise _no_answer(_short(error)) from error
    except (requests.exceptions.RequestException, OSError) as error:
        raise OnlineError(
            en="The streets cannot be downloaded, since OpenStreetMap's servers cannot be "
            "reached; check the internet connection, or give a file with the `streets` key or "
            "--streets.",
            zh="无法连接 OpenStreetMap 服务器，不能下载道路；"
            "请检查网络，或用 streets 键或 --streets 提供道路文件。",
        ) from error
    finally:
        settings.use_cache, settings.requests_timeout, settings.doh_url_template = before
        socket.getaddrinfo = resolver


def _no_answer(reason: str) -> OnlineError:
    return OnlineError(
        en=f"The Overpass server gave no complete answer ({reason}); try again later or a smaller "
        "area, or give a file with the `streets` key or --streets.",
        zh=f"Overpass 服务器没有给出完整结果（{reason}）；请稍后再试、缩小范围，"
        "或用 streets 键或 --streets 提供道路文件。",
    )


def _short(error: object) -> str:
    """Return the first words of a server's message, on one line."""
    text = re.sub(r"<[^>]*>|\s+", " ", str(error))
    return re.sub(r" +", " ", text).strip()[:120] or "no words"


# --- the answer ---------------------------------------------------------------------------------


def _elements(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the objects of an answer, each once, in the order OSM files have."""
    remark = answer.get("remark", "")
    if "error" in remark:
        # A server that runs out of time sends what it has so far, and says so only here.
        raise _no_answer(_short(remark))
    elements = answer.get("elements")
    if not isinstance(elements, list):
        raise _no_answer("no elements")
    order = {"node": 0, "way": 1, "relation": 2}
    known: dict[tuple[int, int], dict[str, Any]] = {}
    for element in elements:
        place = order.get(element.get("type", ""))
        if place is not None and "id" in element:
            known[place, int(element["id"])] = element
    return [known[key] for key in sorted(known)]


def _date(answer: dict[str, Any]) -> str | None:
    """Return the time stamp of the data, ``2026-01-31T09:00:00Z``."""
    stamp = answer.get("osm3s", {}).get("timestamp_osm_base", "")
    return stamp if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp) else None


def _write(elements: list[dict[str, Any]], bounds: Bounds, stamp: str | None, path: Path) -> None:
    """Write objects as an OSM file; a file that fails half-way does not stay."""
    header = osmium.io.Header()
    header.set("generator", "circle")
    if stamp is not None:
        header.set("osmosis_replication_timestamp", stamp)
        header.set("timestamp", stamp)
    header.add_box(osmium.osm.Box(bounds.west, bounds.south, bounds.east, bounds.north))
    unfinished = path.with_name(f".unfinished-{path.name}")
    mutable = osmium.osm.mutable
    letters = {"node": "n", "way": "w", "relation": "r"}
    try:
        with osmium.SimpleWriter(str(unfinished), header=header, overwrite=True) as writer:
            for element in elements:
                tags = element.get("tags", {})
                match element["type"]:
                    case "node":
                        position = (element["lon"], element["lat"])
                        writer.add_node(
                            mutable.Node(id=element["id"], version=1, location=position, tags=tags)
                        )
                    case "way":
                        writer.add_way(
                            mutable.Way(
                                id=element["id"], version=1, nodes=element["nodes"], tags=tags
                            )
                        )
                    case _:
                        members = [
                            (letters[member["type"]], member["ref"], member.get("role", ""))
                            for member in element.get("members", [])
                        ]
                        writer.add_relation(
                            mutable.Relation(
                                id=element["id"], version=1, members=members, tags=tags
                            )
                        )
        unfinished.replace(path)
    except (KeyError, TypeError) as error:
        raise _no_answer(f"an object without {_short(error)}") from error
    finally:
        unfinished.unlink(missing_ok=True)
