"""The geocoder of one map: what the map knows first, then the services somebody opted in to."""

from __future__ import annotations

from collections.abc import Iterable

import geopandas

from circle.features import MapFeatures
from circle.geocoding.address import admin_parts
from circle.geocoding.chain import Chain
from circle.geocoding.gazetteer import Gazetteer
from circle.geocoding.model import KnownPlace
from circle.geocoding.services import online_geocoders
from circle.geometry import Bounds


def geocoder_of(
    features: MapFeatures,
    streets: geopandas.GeoDataFrame | None = None,
    *,
    known: Iterable[KnownPlace] = (),
    community: str = "",
    online: bool = False,
    within: Bounds | None = None,
) -> Chain:
    """
    Return who is asked where something is.

    Parameters
    ----------
    features
        Names and addresses of the map.
    streets
        Further named streets; see `Gazetteer`.
    known
        Places known from elsewhere, such as a list or a register.
    community
        Where the map lies, such as ``"兰州市城关区山字石社区"``: its parts are left out of
        questions to the map, and its town is added to those that go out.
    online
        Whether services on the internet may be asked.
    within
        Answers of services outside this extent are not taken; by default that of the map.
    """
    local = Gazetteer(features, streets, extra_places=known, towns=[community] if community else [])
    town = admin_parts(community)["city"]
    services = online_geocoders(online=online, within=within or features.bounds, town=town)
    return Chain([local, *services])
