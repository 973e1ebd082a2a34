"""
Asks OpenStreetMap's Nominatim through OSMnx: online, and only where somebody switched it on.

OSMnx keeps the service's rules: one question a second, answers kept on disk. What goes wrong
becomes an answer without a position that says so; no error leaves `Nominatim.geocode`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from circle.errors import OnlineError
from circle.geocoding.folding import digits, fold, has_cjk
from circle.geocoding.model import GeocodeMatch, Level, query_text
from circle.geometry import Bounds, LonLat

METHOD = "nominatim"
# Nominatim's ranks: 30 a house or thing, 26-27 a street, 19-25 a quarter, less a town and above.
_THING_RANK = 29
_STREET_RANK = 26
_AREA_RANK = 20
_ACCURACY_M: dict[Level, float] = {
    "building": 30.0,
    "street": 300.0,
    "area": 800.0,
    "district": 5000.0,
}
_AGREED = 0.82
_UNCERTAIN = 0.6
_VAGUE = 0.3
# After so many failures in a row the service counts as down for the rest of the batch.
_PATIENCE = 2


class Nominatim:
    """
    The online geocoder.

    Parameters
    ----------
    within
        Extent of the map; an answer outside it is not taken.
    town
        Words added to every question, such as ``"兰州市"``.
    timeout_s
        Seconds to wait for an answer.
    """

    def __init__(
        self, *, within: Bounds | None = None, town: str = "", timeout_s: float = 20.0
    ) -> None:
        self._within = within
        self._town = town
        self._timeout_s = timeout_s
        self._failures = 0
        self._last_failure: OnlineError | None = None

    def geocode(self, name: str, address: str = "") -> list[GeocodeMatch]:
        """
        Return candidates, best first; see `circle.geocoding.model.Geocoder`.

        An answer is confident only if it is a single thing that bears the name asked for, or
        stands at the number asked for.
        """
        query = query_text(name, address)
        matches: list[GeocodeMatch] = []
        questions = [q for q in (self._question(name, address), self._question(address)) if q]
        for question in dict.fromkeys(questions):
            if self._failures >= _PATIENCE and self._last_failure is not None:
                return [_no_answer(query, self._last_failure)]
            try:
                answer = self._ask(question)
            except OnlineError as error:
                self._failures += 1
                self._last_failure = error
                return [*matches, _no_answer(query, error)]
            self._failures = 0
            if answer is not None:
                match = self._judge(query, name, address, answer)
                if match is not None:
                    matches.append(match)
            if matches and matches[0].is_confident:
                break
        return sorted(matches, key=lambda match: -match.confidence)

    def _question(self, *parts: str) -> str:
        given = [part.strip() for part in parts if part.strip()]
        if not given:
            return ""
        if self._town and not any(self._town in part for part in given):
            given.append(self._town)
        return ", ".join(given)

    def _ask(self, question: str) -> dict[str, Any] | None:
        """
        Return the first answer, None when there is none.

        Raises
        ------
        OnlineError
            If the service cannot be reached or answers with something else.
        """
        import osmnx  # Half a second to load, for the few who are online.
        import requests

        try:
            with _timeout(osmnx, self._timeout_s):
                found = osmnx.geocode_to_gdf(question, which_result=1)
        except osmnx._errors.InsufficientResponseError as error:
            if "did not return a list" in str(error):
                raise _online_error(error) from error
            return None
        except (
            requests.RequestException,
            osmnx._errors.ResponseStatusCodeError,
            OSError,
            ValueError,
            KeyError,
        ) as error:
            raise _online_error(error) from error
        return {str(key): value for key, value in found.iloc[0].items()} if len(found) else None

    def _judge(
        self, query: str, name: str, address: str, answer: dict[str, Any]
    ) -> GeocodeMatch | None:
        position = LonLat(float(answer["lon"]), float(answer["lat"]))
        if self._within is not None and not self._within.contains(position):
            return None
        shown = str(answer.get("display_name", ""))
        rank = int(answer.get("place_rank", 0))
        level: Level = "district"
        if rank >= _THING_RANK:
            level = "building"
        elif rank >= _STREET_RANK:
            level = "street"
        elif rank >= _AREA_RANK:
            level = "area"
        confidence = _VAGUE
        if level == "building":
            bears_name = bool(name.strip()) and _holds(shown, name)
            is_at_number = (
                not name.strip()
                and bool(digits(fold(address)))
                and set(digits(fold(address))) & set(digits(fold(shown)))
                and answer.get("type") in ("house", "building", "yes", "apartments")
            )
            confidence = _AGREED if bears_name or is_at_number else _UNCERTAIN
        return GeocodeMatch(
            query,
            position,
            str(answer.get("name") or shown.split(",")[0]),
            METHOD,
            level,
            confidence,
            f"Nominatim: {shown}.",
            f"Nominatim:{shown}。",
            _ACCURACY_M[level],
        )


def _holds(shown: str, name: str) -> bool:
    text, wanted = fold(shown), fold(name)
    return wanted in text if has_cjk(wanted) else f" {wanted} " in f" {text} "


def _online_error(error: Exception) -> OnlineError:
    reason = type(error).__name__
    return OnlineError(
        en=f"Nominatim did not answer as it should ({reason}); check the connection or try later.",
        zh=f"Nominatim 未能正常应答（{reason}）；请检查网络或稍后再试。",
    )


def _no_answer(query: str, error: OnlineError) -> GeocodeMatch:
    return GeocodeMatch(query, None, "", METHOD, None, 0.0, error.en, error.zh, float("inf"))


@contextmanager
def _timeout(osmnx: Any, seconds: float) -> Iterator[None]:
    # OSMnx knows its time-out only as a setting of the whole process: put back afterwards.
    before = osmnx.settings.requests_timeout
    osmnx.settings.requests_timeout = seconds
    try:
        yield
    finally:
        osmnx.settings.requests_timeout = before
