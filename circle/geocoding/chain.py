"""Asks several geocoders in turn."""

from __future__ import annotations

from collections.abc import Sequence

from circle.geocoding.asking import OnlineGeocoder
from circle.geocoding.model import GeocodeMatch, Geocoder


class Chain:
    """
    Asks geocoders in order and stops at the first confident answer.

    Parameters
    ----------
    geocoders
        Cheapest and nearest to hand first.
    """

    def __init__(self, geocoders: Sequence[Geocoder]) -> None:
        self._geocoders = tuple(geocoders)

    @property
    def offline(self) -> Chain:
        """
        The same without services on the internet.

        For questions that are not worth a service's quota, such as whether coordinates that
        are given agree with the map.
        """
        return Chain([each for each in self._geocoders if not isinstance(each, OnlineGeocoder)])

    def geocode(self, name: str, address: str = "") -> list[GeocodeMatch]:
        """
        Return candidates of all geocoders asked, best first.

        Answers with a position come before those without; among equals the order of the
        geocoders stands. When no geocoder has a position, what they said about it remains.
        """
        matches: list[GeocodeMatch] = []
        for geocoder in self._geocoders:
            found = geocoder.geocode(name, address)
            matches.extend(found)
            if found and found[0].is_confident:
                break
        return sorted(matches, key=lambda match: (match.lonlat is None, -match.confidence))
