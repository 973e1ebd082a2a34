"""Finds the things of a map by name: exact, other names, near-spellings, names within an area."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import shapely
from rapidfuzz.distance import OSA

from circle.features import MapFeatures
from circle.geocoding.folding import expand, fold, has_cjk, pinyin, without_brackets
from circle.geocoding.kinds import long_forms
from circle.geocoding.model import KnownPlace
from circle.geocoding.name_index import NameIndex
from circle.geocoding.names import Likeness, NameParts, compare, take_apart
from circle.geocoding.places import (
    NAME_WEIGHT,
    OTHER_NAME_WEIGHT,
    Place,
    known_place,
    map_places,
    names_of,
    street_place,
)
from circle.geocoding.streets import StreetIndex
from circle.geocoding.towns import Towns
from circle.geometry import LocalFrame

_PART_OF_NAME_WEIGHT = 0.93
# A stop is named after what it stops at: of the two the thing itself comes first.
_STOP_FACTOR = 0.98
# An area from this size on may stand before the name of what lies in it: 清华大学紫荆园.
_CONTAINER_M = 80.0
_CONTAINER_MARGIN_M = 150.0
_WITHOUT_TOWN = 0.99
_LONG_FORM = 0.95
_IN_PINYIN = 0.9
_NEAR_PINYIN = 0.7
_SHORTEST_NEAR_PINYIN = 8
_INITIALS = 0.7
_INITIALS_SHARED = 0.55
# A word that the map has in another name is most likely that word, not a slip for a like one.
_DOUBTED = 0.75
_SHORTEST_OTHER_WORD = 4


class Hit(NamedTuple):
    """A place whose name agrees."""

    place: Place
    score: float
    en: str
    zh: str


class PlaceIndex:
    """
    Finds things by name.

    Parameters
    ----------
    features
        The map.
    frame
        Metres around it.
    extra_places
        Places known from elsewhere.
    """

    def __init__(
        self, features: MapFeatures, frame: LocalFrame, extra_places: Sequence[KnownPlace] = ()
    ) -> None:
        self.places = map_places(features, frame)
        self._frame = frame
        self._named: dict[str, dict[int, float]] = {}
        self._words: dict[str, set[str]] = defaultdict(set)
        self._index = NameIndex((), {})
        # In how many different names, small words left out, each word stands.
        self._own_words: Counter[str] = Counter()
        self.areas = [
            place
            for place in self.places
            if place.name and place.shape.area > 0 and place.reach_m >= _CONTAINER_M
        ]
        self._area_keys = {fold(area.name) for area in self.areas if len(fold(area.name)) >= 2}
        for place, row in zip(self.places, features.named.itertuples(), strict=True):
            self._add(place, names_of(row))
        for known in extra_places:
            place = known_place(known, len(self.places), frame)
            self.places.append(place)
            names = [(known.name, NAME_WEIGHT)]
            self._add(place, names + [(name, OTHER_NAME_WEIGHT) for name in known.other_names])

    def finish(self, streets: StreetIndex, towns: Towns) -> None:
        """Take in the streets and what names are without their town; make ready to be asked."""
        for street, names in streets.with_names():
            place = street_place(street, len(self.places), self._frame)
            if place is not None:
                self.places.append(place)
                self._add(place, [(name, OTHER_NAME_WEIGHT) for name in names])
                self._add(place, [(street.name, NAME_WEIGHT)])
        for key in [key for key in self._named if has_cjk(key)]:
            # 第一人民医院 for 兰州市第一人民医院, 工商银行 for 中国工商银行.
            rest = towns.without(key).removeprefix("中国")
            if rest != key and _is_telling(rest):
                for row, weight in tuple(self._named[key].items()):
                    self._learn(self.places[row], rest, rest, weight * _PART_OF_NAME_WEIGHT)
        self._index = NameIndex(self._named, self._words)
        parts = (take_apart(key) for key in self._named if not has_cjk(key))
        told = {(part.own, part.kind_word) for part in parts}
        self._own_words = Counter(word for own, _ in told for word in set(own.split()))

    def _add(self, place: Place, given: list[tuple[str, float]]) -> None:
        for text, weight in given:
            for part in text.split(";"):
                key = fold(part)
                self._learn(place, key, part, weight)
                bare = fold(without_brackets(part))
                if bare and bare != key:
                    self._learn(place, bare, bare, weight * _PART_OF_NAME_WEIGHT)
                if not has_cjk(key):
                    continue
                for area in self._area_keys:
                    rest = key.removeprefix(area).removeprefix("-")
                    if rest != key and _is_telling(rest):
                        self._learn(place, rest, rest, weight * _PART_OF_NAME_WEIGHT)

    def _learn(self, place: Place, key: str, words: str, weight: float) -> None:
        if key:
            rows = self._named.setdefault(key, {})
            rows[place.row] = max(weight, rows.get(place.row, 0.0))
            self._words[key].add(words)

    def knows(self, text: str) -> bool:
        """Say whether something bears exactly this name."""
        return fold(text) in self._named

    def find(self, name: str, towns: Towns) -> list[Hit]:
        """
        Return the places of a name, best first.

        Parameters
        ----------
        name
            As somebody wrote it.
        towns
            The towns that may stand beside it.

        Returns
        -------
        hits
            Exact names score up to 1, near-spellings less, names that merely resemble below
            0.8; what resembles only in the word for its kind is left out.
        """
        hits: dict[int, Hit] = {}
        for text, factor in self._readings(name, towns):
            self._find_key(text, factor, hits)
        asked = fold(name)
        if has_cjk(asked):
            for text in {asked, fold(towns.without(name))}:
                for area in self.areas:
                    rest = text.removeprefix(fold(area.name))
                    if rest and rest != text and has_cjk(area.name):
                        self._find_within(rest, area, hits)
        wants_stop = asked.endswith(("站", "门", "station", "gare", "gate", "stop"))
        scored = [
            hit._replace(score=hit.score * _STOP_FACTOR)
            if hit.place.is_stop and not wants_stop
            else hit
            for hit in hits.values()
        ]
        return sorted(scored, key=lambda hit: (-hit.score, hit.place.order))

    def _readings(self, name: str, towns: Towns) -> Iterable[tuple[str, float]]:
        """Yield what may be meant by a text, and how much each reading counts."""
        asked = fold(name)
        readings = {asked: 1.0}
        bare = fold(without_brackets(name))
        readings.setdefault(bare, _PART_OF_NAME_WEIGHT)
        without = fold(towns.without(name))
        if _is_telling(without):
            readings.setdefault(without, _WITHOUT_TOWN)
        for text in tuple(readings):
            for longer in (expand(text), *long_forms(text)):
                readings.setdefault(longer, _LONG_FORM)
        return [(text, factor) for text, factor in readings.items() if text]

    def _find_key(self, asked: str, factor: float, hits: dict[int, Hit]) -> None:
        for row, weight in self._named.get(asked, {}).items():
            _keep(hits, Hit(self.places[row], weight * factor, "same name", "名称相同"))
        if asked in self._named:
            return
        apart = take_apart(asked)
        for key in self._index.similar(asked):
            self._take(apart, key, factor, hits)
        if has_cjk(asked):
            for key in self._index.of_sound(pinyin(asked).replace(" ", "")):
                self._take(apart, key, factor, hits)
        else:
            self._find_pinyin(asked.replace(" ", ""), factor, hits)

    def _take(self, apart: NameParts, key: str, factor: float, hits: dict[int, Hit]) -> None:
        known = take_apart(key)
        doubt = self._doubt(apart, known)
        for row, weight in self._named[key].items():
            likeness = compare(apart, known, self.places[row].kind)
            if likeness.score > _DOUBTED and doubt:
                en, zh = doubt
                likeness = Likeness(_DOUBTED, f"{likeness.en}, but {en}", f"{likeness.zh}，但{zh}")
            if likeness.score > 0:
                self._hit(row, weight * factor, likeness, hits)

    def _doubt(self, asked: NameParts, known: NameParts) -> tuple[str, str] | None:
        """Return what on this map speaks against a likeness, however great; None for nothing."""
        if asked.is_cjk:
            return None
        own = set(asked.own.split())
        others = [word for word in own - set(known.own.split()) if word in self._own_words]
        word = min((word for word in others if len(word) >= _SHORTEST_OTHER_WORD), default="")
        if word:
            return (f"“{word}” is another word on this map", f"“{word}”在图中另有所指")
        # Restaurant Corner may be Le Corner or Burger Corner: what tells them is not in the name.
        adds_kind = asked.kind_word and not known.kind_word
        if adds_kind and own and all(self._own_words[word] > 1 for word in own):
            return ("other names on this map have these words too", "图中还有其他名称含有这些词")
        return None

    def _find_pinyin(self, sound: str, factor: float, hits: dict[int, Hit]) -> None:
        self._take_all(
            self._index.of_sound(sound), factor, _IN_PINYIN, "same in pinyin", "拼音相同", hits
        )
        if self._index.of_sound(sound):
            return
        if len(sound) >= _SHORTEST_NEAR_PINYIN:
            for near, keys in self._index.near_sound(sound).items():
                if OSA.distance(sound, near, score_cutoff=1) <= 1:
                    self._take_all(keys, factor, _NEAR_PINYIN, "near in pinyin", "拼音相近", hits)
        keys = self._index.of_initials(sound)
        score = _INITIALS if len(keys) == 1 else _INITIALS_SHARED
        self._take_all(keys, factor, score, "same initials in pinyin", "拼音首字母相同", hits)

    def _take_all(
        self, keys: Iterable[str], factor: float, score: float, en: str, zh: str,
        hits: dict[int, Hit],
    ) -> None:  # fmt: skip
        for key in keys:
            for row, weight in self._named[key].items():
                self._hit(row, weight * factor, Likeness(score, en, zh), hits)

    def _hit(self, row: int, weight: float, likeness: Likeness, hits: dict[int, Hit]) -> None:
        _keep(hits, Hit(self.places[row], weight * likeness.score, likeness.en, likeness.zh))

    def _find_within(self, rest: str, area: Place, hits: dict[int, Hit]) -> None:
        """Find a name that follows the name of an area, only inside that area."""
        found: dict[int, Hit] = {}
        self._find_key(rest, 0.98, found)
        for hit in found.values():
            near = shapely.distance(area.shape, shapely.Point(hit.place.x_m, hit.place.y_m))
            if near <= _CONTAINER_MARGIN_M:
                en = f"{hit.en}, in {area.name}"
                _keep(hits, hit._replace(en=en, zh=f"{hit.zh}，位于{area.name}"))


def _keep(hits: dict[int, Hit], hit: Hit) -> None:
    known = hits.get(hit.place.row)
    if known is None or hit.score > known.score:
        hits[hit.place.row] = hit


def _is_telling(rest: str) -> bool:
    """Say whether the remainder of a name can stand alone: 图书馆 cannot, 洁华幼儿园 can."""
    parts = take_apart(rest)
    return len(parts.own) >= 2 if parts.is_cjk else len(parts.own) >= 4
