"""
What all online geocoders share: how a row becomes questions, and how far an answer is believed.

A service says where something is in its own datum and its own words for how finely that is
known. Here that becomes WGS-84 and our levels. An answer stands without review only if it is a
single thing that bears the name asked for, or stands at the number asked for.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from circle.datum import Datum, is_near_outline, to_wgs84
from circle.errors import OnlineError
from circle.geocoding.folding import digits, fold, has_cjk
from circle.geocoding.model import GeocodeMatch, Level, query_text
from circle.geocoding.online import AnswerCache, Line, ServiceError, trouble
from circle.geometry import Bounds, LonLat

_ACCURACY_M: dict[Level, float] = {
    "entrance": 15.0,
    "building": 30.0,
    "street_number": 50.0,
    "street": 300.0,
    "area": 800.0,
    "district": 5000.0,
}
_AGREED = 0.82
_UNCERTAIN = 0.6
_VAGUE = 0.3
# After so many questions in a row without an answer the service is down for the rest.
_PATIENCE = 2
_NEAR_BORDER_ACCURACY_M = 1000.0


@dataclass(frozen=True, slots=True)
class Answer:
    """
    One answer of a service, in its own datum.

    Parameters
    ----------
    lon, lat
        Degrees in the service's datum.
    level
        How finely it is known.
    name
        What was found.
    shown
        All that the service says about it, its address above all.
    is_trusted
        Whether the service itself calls it reliable.
    names_thing
        Whether name and address are of what was found, so that they can be held against the
        question; some services only repeat the question or say nothing.
    """

    lon: float
    lat: float
    level: Level
    name: str
    shown: str
    is_trusted: bool = True
    names_thing: bool = True


class OnlineGeocoder(ABC):
    """
    A geocoder on the internet.

    Parameters
    ----------
    key
        Key of the service, where it wants one.
    within
        Extent of the map; an answer outside it is not taken.
    town
        Words added to every question, such as ``"兰州市"``.
    url
        Where the service is, if not at its own address.
    cache
        Where answers are kept.
    timeout_s
        Seconds to wait for an answer.
    line
        The line to the service, to play it in tests.
    """

    method: ClassVar[str]
    title: ClassVar[str]
    datum: ClassVar[Datum] = "wgs84"
    default_url: ClassVar[str]
    pause_s: ClassVar[float] = 0.35
    needs_key: ClassVar[bool] = True
    most_bytes: ClassVar[int] = 0
    """Longest question in bytes the service takes; 0 for no limit."""

    def __init__(
        self,
        *,
        key: str = "",
        within: Bounds | None = None,
        town: str = "",
        url: str = "",
        cache: AnswerCache | None = None,
        timeout_s: float = 10.0,
        line: Line | None = None,
    ) -> None:
        self._key = key
        self._within = within
        self._town = town
        self._url = url or self.default_url
        self._line = line or Line(
            self.title, pause_s=self.pause_s, timeout_s=timeout_s, cache=cache
        )
        self._n_failures = 0
        self._failure: ServiceError | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({'with' if self._key else 'without'} key)"

    def geocode(self, name: str, address: str = "") -> list[GeocodeMatch]:
        """Return candidates, best first; see `circle.geocoding.model.Geocoder`."""
        query = query_text(name, address)
        matches: list[GeocodeMatch] = []
        for question in self._questions(name, address):
            if self._failure is not None and (
                self._failure.is_final or self._n_failures >= _PATIENCE
            ):
                return [*matches, self._no_answer(query, self._failure)]
            try:
                answers = self._ask(question)
            except ServiceError as error:
                self._n_failures += 1
                self._failure = error
                return [*matches, self._no_answer(query, error)]
            self._n_failures, self._failure = 0, None
            found = [self._judge(query, name, address, answer) for answer in answers]
            matches.extend(match for match in found if match is not None)
            if any(match.is_confident for match in matches):
                break
        return sorted(matches, key=lambda match: -match.confidence)

    def _questions(self, name: str, address: str) -> list[str]:
        asked = [self._question(name, address)]
        if name.strip() and address.strip():
            asked += [self._question(address, name), self._question(address)]
        return list(dict.fromkeys(question for question in asked if question))

    def _question(self, *parts: str) -> str:
        given = [part.strip() for part in parts if part.strip()]
        if not given:
            return ""
        is_cjk = any(has_cjk(part) for part in given)
        if self._town and not any(self._town in part for part in given):
            # From large to small in Chinese, the other way round elsewhere.
            given = [self._town, *given] if is_cjk else [*given, self._town]
        text = self._join(given, is_cjk)
        if self.most_bytes:
            text = text.encode()[: self.most_bytes].decode(errors="ignore")
        return text

    def _join(self, parts: list[str], is_cjk: bool) -> str:
        return ("" if is_cjk else ", ").join(parts)

    def _ask(self, question: str) -> list[Answer]:
        payload = self._line.ask(self._url, self._params(question), self._secrets(), self._check)
        try:
            return self._answers(payload)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            raise trouble("answer", self.title, "fields are missing") from None

    def _secrets(self) -> Mapping[str, str]:
        return {"key": self._key} if self.needs_key else {}

    @abstractmethod
    def _params(self, question: str) -> Mapping[str, str]:
        """Return a question as the service wants it, without the key."""

    @abstractmethod
    def _check(self, payload: Any) -> None:
        """Raise `ServiceError` if the payload is a refusal; not found is none."""

    @abstractmethod
    def _answers(self, payload: Any) -> list[Answer]:
        """Return what was found, best first."""

    def _judge(self, query: str, name: str, address: str, answer: Answer) -> GeocodeMatch | None:
        lon, lat = (float(each) for each in to_wgs84(answer.lon, answer.lat, self.datum))
        position = LonLat(lon, lat)
        if self._within is not None and not self._within.contains(position):
            return None
        confidence = _VAGUE
        if answer.level in ("entrance", "building", "street_number"):
            agrees = answer.is_trusted and (
                not answer.names_thing or _agrees(name, address, answer)
            )
            confidence = _AGREED if agrees else _UNCERTAIN
        accuracy_m = _ACCURACY_M[answer.level]
        en, zh = f"{self.title}: {answer.shown}", f"{self.title}：{answer.shown}"
        if self.datum in ("gcj02", "bd09") and bool(is_near_outline(lon, lat)):
            confidence = min(confidence, _UNCERTAIN)
            accuracy_m = max(accuracy_m, _NEAR_BORDER_ACCURACY_M)
            en = f"{en}; near the border the shift of the coordinates is uncertain"
            zh = f"{zh}；靠近边境，坐标偏移不确定"
        return GeocodeMatch(
            query, position, answer.name, self.method, answer.level, confidence,
            f"{en}.", f"{zh}。", accuracy_m,
        )  # fmt: skip

    def _no_answer(self, query: str, error: OnlineError) -> GeocodeMatch:
        return GeocodeMatch(
            query, None, "", self.method, None, 0.0, error.en, error.zh, float("inf")
        )


def _agrees(name: str, address: str, answer: Answer) -> bool:
    """Say whether an answer bears the name asked for, or is at the number asked for."""
    text = fold(f"{answer.name} {answer.shown}")
    if name.strip():
        wanted = fold(name)
        return wanted in text if has_cjk(wanted) else f" {wanted} " in f" {text} "
    return bool(set(digits(fold(address))) & set(digits(text)))


def number_of(value: Any) -> float:
    """Return a number a service gives as text, as a number, or not at all."""
    return float(value) if value not in (None, "", []) else 0.0
