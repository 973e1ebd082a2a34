"""
From names and addresses to positions, each answer with how sure it is and why.

`Gazetteer` works without the internet from the map at hand; `online_geocoders` are the services
somebody opted in to; `Chain` asks one after the other, `geocoder_of` makes the one of a map;
`geocode_rows` goes through a list. All geocoders follow the `Geocoder` protocol.
"""

from circle.geocoding.batch import geocode_rows
from circle.geocoding.chain import Chain
from circle.geocoding.chinese_services import Amap, Baidu, Tencent, Tianditu
from circle.geocoding.gazetteer import Gazetteer
from circle.geocoding.model import CONFIDENT, GeocodeMatch, Geocoder, KnownPlace, Level
from circle.geocoding.nominatim import Nominatim, Photon
from circle.geocoding.of_map import geocoder_of
from circle.geocoding.online import AnswerCache
from circle.geocoding.services import online_geocoders

__all__ = [
    "CONFIDENT",
    "Amap",
    "AnswerCache",
    "Baidu",
    "Chain",
    "Gazetteer",
    "GeocodeMatch",
    "Geocoder",
    "KnownPlace",
    "Level",
    "Nominatim",
    "Photon",
    "Tencent",
    "Tianditu",
    "geocode_rows",
    "geocoder_of",
    "online_geocoders",
]
