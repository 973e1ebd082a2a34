"""Finds the things of a map by name: exact, other names, near-spellings, names within an area."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import shapely
from rapidfuzz.distance import OSA

from circle.features import MapFeatures
from circle.geocoding.folding import expand, fold, has_cjk, pinyin, without_brackets
from circle.geocoding.kinds import (
    long_forms,
    names_other_brand,
    short_forms,
)
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
from circle.geocoding.said import (
    beside_what,
    branch_stems,
    name_in_brackets,
    splits,
    whole_of,
    without_unit,
)
from circle.geocoding.streets import StreetIndex
from circle.geocoding.towns import Towns
from circle.geometry import LocalFrame

_PART_OF_NAME_WEIGHT = 0.93
_SECOND_NAME_WEIGHT = 0.9
# A stop is named after what it stops at: of the two the thing itself comes first.
_STOP_FACTOR = 0.98
# An area from this size on may stand before the name of what lies in it: 清华大学紫荆园.
_CONTAINER_M = 80.0
_CONTAINER_MARGIN_M = 150.0
_WITHOUT_TOWN = 0.99
_LONG_FORM = 0.95
_SHORT_AREA = 0.95
# The chain is on the map, which of its branches is meant is not known.
_SOME_BRANCH = 0.78
_OTHER_BRANCH = 0.6
# Both names are on the map, this near to each other: 星巴克 and 五道口.
_JOINED = 0.85
_JOINED_WITHIN_M = 300.0
_IN_UNIT = 0.97
_BESIDE = 0.7
_SURE = 0.8
_IN_PINYIN = 0.9
_NEAR_PINYIN = 0.7
_SHORTEST_NEAR_PINYIN = 8
_INITIALS = 0.7
_INITIALS_SHARED = 0.55
# A word that the map has in another name is most likely that word, not a slip for a like one.
_OTHER_WORD = 0.6
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
        # What may stand before the name of what lies in an area: 清华大学, and 清华 for short.
        self._prefixes = [
            (prefix, pinyin(prefix).replace(" ", ""), area, factor)
            for area in self.areas
            if has_cjk(area.name)
            for prefix, factor in _prefixes_of(fold(area.name)).items()
        ]
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
                for other in (name_in_brackets(part), whole_of(key)):
                    self._learn(place, fold(other), other, weight * _SECOND_NAME_WEIGHT)
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
        asked = fold(name)
        hits = self._found(name, asked, towns)
        if max((hit.score for hit in hits.values()), default=0.0) < _SURE:
            for hit in self._in_parts(asked, towns):
                _keep(hits, hit)
        wants_stop = asked.endswith(("站", "门", "station", "gare", "gate", "stop"))
        scored = [
            hit._replace(score=hit.score * _STOP_FACTOR)
            if hit.place.is_stop and not wants_stop
            else hit
            for hit in hits.values()
        ]
        return sorted(scored, key=lambda hit: (-hit.score, hit.place.order))

    def _found(self, name: str, asked: str, towns: Towns) -> dict[int, Hit]:
        """Find a name as a whole, alone or behind the name of the area it lies in."""
        hits: dict[int, Hit] = {}
        for text, factor in self._readings(name, towns):
            self._find_key(text, factor, hits)
        if has_cjk(asked):
            for text in {asked, fold(towns.without(name))}:
                for prefix, _, area, factor in self._prefixes:
                    rest = text.removeprefix(prefix)
                    is_whole = factor == 1 or not text.startswith(fold(area.name))
                    if rest and rest != text and is_whole:
                        self._find_within(rest, area, factor, hits)
        return hits

    def _in_parts(self, asked: str, towns: Towns) -> Iterable[Hit]:
        """Yield what a name says together with something else, best first."""
        stem = without_unit(asked)
        if stem:
            for hit in self.find(stem, towns):
                yield hit._replace(score=hit.score * _IN_UNIT)
        stem = beside_what(asked)
        if stem:
            for hit in self.find(stem, towns):
                en, zh = f"{hit.en}, but it is only beside it", f"{hit.zh}，但只说在其旁边"
                yield hit._replace(score=hit.score * _BESIDE, en=en, zh=zh)
        yield from self._joined(asked)
        for chain in branch_stems(asked):
            if chain in self._named and self._width(chain) == 0:
                en, zh = (
                    "its chain, but this branch is not on the map",
                    "同一连锁，但图上没有此分店",
                )
                for row, weight in self._named[chain].items():
                    yield Hit(self.places[row], weight * _OTHER_BRANCH, en, zh)
                break

    def _joined(self, asked: str) -> Iterable[Hit]:
        """Yield what bears one of two joined names and lies by what bears the other."""
        for left, right in splits(asked):
            if left not in self._named or right not in self._named:
                continue
            for target, anchor in ((left, right), (right, left)):
                # 1号院 by a quarter is an address; of a quarter and a shop the shop is meant.
                is_meant = _is_telling(target) and not target[0].isdigit()
                width = self._width(target)
                if not is_meant or (width > 0 and width >= self._width(anchor)):
                    continue
                by = [self.places[row] for row in self._named[anchor]]
                for row, weight in self._named[target].items():
                    place = self.places[row]
                    near = [other for other in by if _is_near(place, other)]
                    if near:
                        en, zh = f"same name, by {near[0].name}", f"名称相同，在{near[0].name}附近"
                        yield Hit(place, weight * _JOINED, en, zh)

    def _width(self, key: str) -> int:
        """Return how much a name says where something is: 0 a thing, 1 a quarter, 2 a street."""
        widths = {"area": 1, "street": 2, "district": 2}
        places = [self.places[row] for row in self._named[key]]
        return min(max(widths.get(each.level, 0), int(each.is_stop)) for each in places)

    def _readings(self, name: str, towns: Towns) -> Iterable[tuple[str, float]]:
        """Yield what may be meant by a text, and how much each reading counts."""
        asked = fold(name)
        readings = {asked: 1.0}
        bare = fold(without_brackets(name))
        readings.setdefault(bare, _SOME_BRANCH)
        without = fold(towns.without(name))
        if _is_telling(without) or without in self._named:
            # Carrefour Larvotto is another than the one in Fontvieille, if it is by Larvotto.
            is_sure = not towns.leaves_out_a_quarter(name)
            # Brasserie Monaco is not Brasserie, though Brasserie, Monaco is.
            is_sure &= _is_telling(without) or "," in name
            readings.setdefault(without, _WITHOUT_TOWN if is_sure else _SOME_BRANCH)
        for text, factor in tuple(readings.items()):
            for longer in (expand(text), *long_forms(text)):
                readings.setdefault(longer, min(factor, _LONG_FORM))
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
            if doubt and likeness.score > doubt[2]:
                en, zh, most = doubt
                likeness = Likeness(most, f"{likeness.en}, but {en}", f"{likeness.zh}，但{zh}")
            if likeness.score > 0:
                self._hit(row, weight * factor, likeness, hits)

    def _doubt(self, asked: NameParts, known: NameParts) -> tuple[str, str, float] | None:
        """Return what on this map speaks against a likeness, and what it may count at most."""
        if asked.is_cjk:
            if names_other_brand(asked.text, known.text):
                return ("it names another bank", "所问为另一家银行", _OTHER_WORD)
            return None
        own = set(asked.own.split())
        others = [word for word in own - set(known.own.split()) if word in self._own_words]
        word = min((word for word in others if len(word) >= _SHORTEST_OTHER_WORD), default="")
        if word:
            en, zh = f"“{word}” is another word on this map", f"“{word}”在图中另有所指"
            return (en, zh, _OTHER_WORD)
        # Restaurant Corner may be Le Corner or Burger Corner: what tells them is not in the name.
        adds_kind = asked.kind_word and not known.kind_word
        if adds_kind and own and all(self._own_words[word] > 1 for word in own):
            en, zh = "other names on this map have these words too", "图中还有其他名称含有这些词"
            return (en, zh, _DOUBTED)
        return None

    def _find_pinyin(self, sound: str, factor: float, hits: dict[int, Hit]) -> None:
        self._take_all(
            self._index.of_sound(sound), factor, _IN_PINYIN, "same in pinyin", "拼音相同", hits
        )
        if self._index.of_sound(sound):
            return
        for _, prefix, area, share in self._prefixes:
            rest = sound.removeprefix(prefix)
            if rest and rest != sound:
                inside: dict[int, Hit] = {}
                keys = self._index.of_sound(rest)
                said = ("same in pinyin", "拼音相同")
                self._take_all(keys, factor * share, _IN_PINYIN, *said, inside)
                _keep_inside(inside, area, hits)
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

    def _find_within(self, rest: str, area: Place, factor: float, hits: dict[int, Hit]) -> None:
        """Find a name that follows the name of an area, only inside that area."""
        found: dict[int, Hit] = {}
        for text in (rest, *long_forms(rest)):
            # Behind a short form of the area only a name that is known: 清华园1号院 is not in 清华.
            if factor == 1 or text in self._named:
                self._find_key(text, 0.98 * factor, found)
        _keep_inside(found, area, hits)


def _keep_inside(found: dict[int, Hit], area: Place, hits: dict[int, Hit]) -> None:
    for hit in found.values():
        near = shapely.distance(area.shape, shapely.Point(hit.place.x_m, hit.place.y_m))
        if near <= _CONTAINER_MARGIN_M:
            en = f"{hit.en}, in {area.name}"
            _keep(hits, hit._replace(en=en, zh=f"{hit.zh}，位于{area.name}"))


def _prefixes_of(area: str) -> dict[str, float]:
    """Return what is said of an area before the name of what lies in it, and how much it counts."""
    apart = take_apart(area)
    short = [apart.own] if apart.kind_word and len(apart.own) >= 2 else []
    return {area: 1.0, **dict.fromkeys([*short, *short_forms(area)], _SHORT_AREA)}


def _is_near(place: Place, other: Place) -> bool:
    if place.row == other.row:
        return False
    return bool(shapely.distance(place.shape, other.shape) <= _JOINED_WITHIN_M)


def _keep(hits: dict[int, Hit], hit: Hit) -> None:
    known = hits.get(hit.place.row)
    if known is None or hit.score > known.score:
        hits[hit.place.row] = hit


def _is_telling(rest: str) -> bool:
    """Say whether the remainder of a name can stand alone: 图书馆 cannot, 洁华幼儿园 can."""
    parts = take_apart(rest)
    return len(parts.own) >= 2 if parts.is_cjk else len(parts.own) >= 4
