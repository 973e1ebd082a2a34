"""
From names and addresses to positions, each answer with how sure it is and why.

`Gazetteer` works without the internet from the map at hand; `Nominatim` asks online, only when
somebody switched it on; `Chain` asks one after the other. All follow the `Geocoder` protocol.
"""

from circle.geocoding.chain import Chain
from circle.geocoding.gazetteer import Gazetteer
from circle.geocoding.model import CONFIDENT, GeocodeMatch, Geocoder, KnownPlace, Level
from circle.geocoding.nominatim import Nominatim

__all__ = [
    "CONFIDENT",
    "Chain",
    "Gazetteer",
    "GeocodeMatch",
    "Geocoder",
    "KnownPlace",
    "Level",
    "Nominatim",
]
