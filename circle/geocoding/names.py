"""
How alike two names are, and whether the likeness means anything.

A name is its own part and a word for what the thing is: 张掖路 + 菜市场, "Marcel" + "hotel".
Likeness counts in the own part only; two markets are not the same for both being markets. A
word for another kind of thing is a difference, not a misspelling, and so are a number and the
characters that tell siblings apart (东 西 南 北, 大 小, 中学 小学).

All functions take folded names (`circle.geocoding.folding.fold`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA, Levenshtein

from circle.geocoding.folding import digits, has_cjk, loose_pinyin, pinyin
from circle.geocoding.kinds import (
    GROUP_OF,
    STREET_WORDS,
    SUFFIXES,
    WEAK_WORDS,
    fits_kind,
    names_kind,
)

# Latin words that stand before or between the words that matter.
_STOP_WORDS = frozenset(
    {"the", "le", "la", "les", "l", "d", "de", "des", "du", "of", "and", "et", "a", "au", "aux"}
    | {"il", "lo", "di", "della", "del", "el", "der", "die", "das", "und", "no", "n"}
)
# Siblings differ by these: exchanging, adding or dropping one names another thing.
TELLING = frozenset("东西南北中前后左右上下内外大小新老旧高初男女甲乙丙丁正副附abcdef")
_TELLING_WEIGHT = 3.0
_HOMOPHONE_WEIGHT = 0.4
_NEAR_HOMOPHONE_WEIGHT = 0.6
# A shared word for the kind is worth nothing below this many characters of its own.
_SHORTEST_OWN = 2
_LONG_ENOUGH_FOR_A_SLIP = 8
_SHORTEST_SLIP = 6
# A name said short keeps its first and last character, and so much of the whole.
_SHORTEST_SHORTENED = 3
_SHORTEST_BEGUN = 5
_OTHER_KIND = 0.7
# Louis I is not Louis II, though a letter apart.
_OTHER_NUMERAL = 0.6
_ROMAN = re.compile(r"\b(?:x{0,2}(?:ix|iv|v?i{1,3})|x{1,2}v?|v)\b")
_LEAST_KEPT = 0.4


class NameParts(NamedTuple):
    """A folded name, taken apart."""

    text: str
    own: str
    kind_word: str
    numbers: tuple[str, ...]
    is_cjk: bool

    @property
    def group(self) -> int | None:
        """The group of the word for its kind."""
        return GROUP_OF.get(self.kind_word)


class Likeness(NamedTuple):
    """How alike, 0 to 1, and in what they differ (English, Chinese)."""

    score: float
    en: str
    zh: str


_NOT_ALIKE = Likeness(0.0, "different names", "名称不同")


@lru_cache(maxsize=262_144)
def take_apart(text: str) -> NameParts:
    """
    Return the own part of a folded name and its word for the kind.

    Examples
    --------
    >>> take_apart("张掖路菜市场")[1:3]
    ('张掖路', '菜市场')
    >>> take_apart("hotel de paris")[1:3]
    ('paris', 'hotel')
    """
    numbers = digits(text)
    if has_cjk(text):
        for suffix in SUFFIXES:
            if text.endswith(suffix) and len(text) > len(suffix):
                return NameParts(text, text[: -len(suffix)], suffix, numbers, True)
            if text == suffix:
                return NameParts(text, "", suffix, numbers, True)
        return NameParts(text, text, "", numbers, True)
    words = [word for word in text.split() if word not in _STOP_WORDS]
    kinds = [word for word in words if word in GROUP_OF]
    own = " ".join(word for word in words if word not in GROUP_OF)
    return NameParts(text, own, kinds[0] if kinds else "", numbers, False)


def compare(asked: NameParts, known: NameParts, kind: str = "") -> Likeness:
    """
    Return how alike a name asked for and a name on the map are.

    Parameters
    ----------
    asked, known
        Names taken apart.
    kind
        What the thing on the map is (``"amenity=restaurant"``), to judge a word for the kind
        that only one of the names has.

    Returns
    -------
    likeness
        From 0.8 on likely the same; 0 when a difference speaks against it, however alike the
        letters are.
    """
    if asked.text == known.text:
        return Likeness(1.0, "same name", "名称相同")
    if asked.is_cjk != known.is_cjk or asked.numbers != known.numbers:
        return _NOT_ALIKE
    if asked.is_cjk:
        likeness = _compare_cjk(asked, known, kind)
        return likeness if likeness.score > 0 else _compare_shortened(asked, known, kind)
    likeness = _compare_latin(asked, known, kind)
    one, other = _ROMAN.findall(asked.text), _ROMAN.findall(known.text)
    if one and other and sorted(one) != sorted(other):
        return likeness._replace(score=min(likeness.score, _OTHER_NUMERAL))
    return likeness


def _compare_cjk(asked: NameParts, known: NameParts, kind: str) -> Likeness:
    # One name is the other and a word for its kind: 观畴园 and 观畴园餐厅.
    for longer, shorter in ((asked, known), (known, asked)):
        if longer.own == shorter.text and len(shorter.text) >= _SHORTEST_OWN:
            fits = fits_kind(longer.kind_word, kind)
            if longer is known or fits:
                is_sure = longer is known or names_kind(longer.kind_word, kind)
                score = 0.9 if is_sure and len(shorter.text) > _SHORTEST_OWN else 0.75
                return Likeness(score, "same but for the word of its kind", "仅差类别用词")
            return _NOT_ALIKE
    sounds = _compare_sounds(asked.text, known.text)
    if sounds.score > 0:
        return sounds
    penalty = 0.0
    if asked.kind_word != known.kind_word:
        if asked.group is None or asked.group != known.group:
            return _compare_whole(asked, known)
        penalty = 0.05
    if not asked.own or not known.own:
        return _NOT_ALIKE
    if asked.own == known.own and asked.own.isdigit() and penalty:
        return _compare_whole(asked, known)  # 第2教学楼 is not 2号楼
    if asked.own == known.own:
        return Likeness(0.95 - penalty, "same but for the word of its kind", "仅差类别用词")
    by_own = _by_edits(asked.own, known.own, penalty)
    if by_own.score > 0 or abs(len(asked.text) - len(known.text)) != 1:
        return by_own
    return _compare_whole(asked, known)  # a character is missing from a short name


def _compare_shortened(asked: NameParts, known: NameParts, kind: str) -> Likeness:
    """Compare names of which one leaves out what is in the middle: 文津酒店, 文津国际酒店."""
    is_longer = len(asked.text) > len(known.text)
    short, long = (known, asked) if is_longer else (asked, known)
    if len(short.text) < _SHORTEST_SHORTENED or short.text[0] != long.text[0]:
        return _NOT_ALIKE
    if is_longer:
        # 圆明园遗址公园 for 圆明园, where that is a park.
        if asked.text.startswith(known.text) and fits_kind(asked.kind_word, kind):
            return Likeness(0.6, "the name and more words for it", "名称之外另有说明")
        return _NOT_ALIKE
    words = {short.kind_word, long.kind_word}
    if short.group != long.group and "" not in words and not words & WEAK_WORDS:
        return _NOT_ALIKE
    left_out = _left_out(short.text, long.text)
    share = len(short.text) / len(long.text)
    if share < _LEAST_KEPT or short.text[-1] != long.text[-1] or not left_out:
        return _NOT_ALIKE
    if any(part in TELLING or (len(part) < 3 and part[0] in "东西南北") for part in left_out):
        return _NOT_ALIKE
    return Likeness(0.55 + 0.24 * share, "the name in short", "名称的简称")


def _left_out(short: str, long: str) -> list[str]:
    """Return the runs that a text leaves out of a longer one; none where it changes it too."""
    runs: list[str] = []
    last = -2
    for edit in Levenshtein.editops(short, long):
        if edit.tag != "insert":
            return []
        if edit.dest_pos == last + 1:
            runs[-1] += long[edit.dest_pos]
        else:
            runs.append(long[edit.dest_pos])
        last = edit.dest_pos
    return runs


def _compare_sounds(asked: str, known: str) -> Likeness:
    """Compare what an input method takes for the same: all sounds equal, some characters not."""
    if len(asked) != len(known) or len(asked) < _SHORTEST_OWN:
        return _NOT_ALIKE
    differing = [(a, b) for a, b in zip(asked, known, strict=True) if a != b]
    if any(a in TELLING and b in TELLING for a, b in differing):
        return _NOT_ALIKE
    share = 1 - len(differing) / len(asked)
    if pinyin(asked) == pinyin(known):
        score = {2: 0.6, 3: 0.77}.get(len(asked), 0.88)
        if len(asked) == 3 and len(differing) == 1 and asked[-1] == known[-1]:
            score = 0.86  # 城府路 for 成府路: the word for the kind agrees
    elif share >= 0.5 and loose_pinyin(asked) == loose_pinyin(known):
        score = {2: 0.5, 3: 0.7}.get(len(asked), 0.84)
    else:
        return _NOT_ALIKE
    return Likeness(score - 0.1 * (share < 0.5), "same sound", "读音相同")


def _compare_whole(asked: NameParts, known: NameParts) -> Likeness:
    """Compare names without a word for the kind in common: a typing error may sit in it."""
    if asked.kind_word and known.kind_word and asked.group != known.group:
        words = {asked.kind_word, known.kind_word}
        # 店 is what is left of 酒店, 楼 of 教学楼: such a word says nothing against the other.
        if not words & WEAK_WORDS:
            return _NOT_ALIKE
    if min(len(asked.text), len(known.text)) < 3 or max(len(asked.text), len(known.text)) < 4:
        return _NOT_ALIKE
    likeness = _by_edits(asked.text, known.text, 0.05, is_whole=True)
    # 医学院 is no slip for 医院: only what is left of the other word may stand for it.
    one, other = asked.kind_word, known.kind_word
    is_other = asked.group != known.group and not (one.endswith(other) or other.endswith(one))
    return likeness._replace(score=min(likeness.score, _OTHER_KIND)) if is_other else likeness


def _by_edits(asked: str, known: str, penalty: float, *, is_whole: bool = False) -> Likeness:
    weight = _edit_weight(asked, known)
    length = min(len(asked), len(known))
    longer = max(len(asked), len(known))
    is_one_slip = is_whole and weight <= 1 and longer >= 4
    if length < _SHORTEST_OWN or (
        weight > max(0.34 * longer, _HOMOPHONE_WEIGHT) and not is_one_slip
    ):
        return _NOT_ALIKE
    sounds_alike = weight <= (2 * _HOMOPHONE_WEIGHT if length > 2 else _HOMOPHONE_WEIGHT)
    enough = 5 if is_whole else 4
    if sounds_alike or (weight <= 1 and length >= enough) or (weight <= 2 and length >= 7):
        score = 0.92 - 0.06 * weight - penalty
    else:
        score = min(0.75, 1 - weight / (longer + 1)) - penalty
    return Likeness(score, "nearly the same name", "名称相近")


def _edit_weight(asked: str, known: str) -> float:
    if abs(len(asked) - len(known)) > 2:
        return 99.0
    if len(asked) == len(known) and OSA.distance(asked, known) == 1:
        differing = [pair for pair in zip(asked, known, strict=True) if pair[0] != pair[1]]
        if len(differing) == 2:  # two neighbours exchanged
            return 1.0
    total = 0.0
    for edit in Levenshtein.editops(asked, known):
        old = asked[edit.src_pos] if edit.tag != "insert" else ""
        new = known[edit.dest_pos] if edit.tag != "delete" else ""
        both = edit.tag == "replace" and has_cjk(old) and has_cjk(new)
        if both and pinyin(old) == pinyin(new):
            total += _HOMOPHONE_WEIGHT
        elif both and loose_pinyin(old) == loose_pinyin(new):
            total += _NEAR_HOMOPHONE_WEIGHT
        elif old in TELLING or new in TELLING:
            # The empty string is in no set: adding 北 counts by what was added.
            total += _TELLING_WEIGHT
        else:
            total += 1.0
    return total


def _compare_latin(asked: NameParts, known: NameParts, kind: str) -> Likeness:
    if sorted(asked.text.split()) == sorted(known.text.split()):
        return Likeness(0.95, "same words in another order", "用词相同，顺序不同")
    whole, other_whole = asked.text.replace(" ", ""), known.text.replace(" ", "")
    if whole == other_whole:
        return Likeness(0.95, "same but for the spaces", "仅空格不同")
    # Columbus Hotel for Columbus Hotel Monte-Carlo, Port Hercule for Port Hercule de Monaco.
    is_begun = known.text.startswith(f"{asked.text} ") and len(asked.own) >= _SHORTEST_BEGUN
    if is_begun and (asked.kind_word or " " in asked.own):
        share = len(whole) / len(other_whole)
        return Likeness(0.6 + 0.15 * share, "the name in short", "名称的简称")
    # A typing error may sit in the word for the kind, or in the space before it.
    is_kind_doubtful = not asked.own or not known.own or asked.kind_word != known.kind_word
    shorter = min(len(whole), len(other_whole))
    if is_kind_doubtful and shorter >= _SHORTEST_SLIP and OSA.distance(whole, other_whole) == 1:
        score = 0.86 if shorter >= _LONG_ENOUGH_FOR_A_SLIP else 0.7
        return Likeness(score, "nearly the same name", "名称相近")
    if not asked.own or not known.own:
        return _NOT_ALIKE
    penalty = 0.0
    if asked.kind_word != known.kind_word:
        if asked.kind_word and known.kind_word and asked.group != known.group:
            return _NOT_ALIKE
        if {asked.kind_word, known.kind_word} <= STREET_WORDS:
            # Rue and avenue of one name are two streets; people mix them up all the same.
            penalty = 0.35
        else:
            fits = fits_kind(asked.kind_word, kind) if asked.kind_word else True
            if fits is False and not known.kind_word:
                return _NOT_ALIKE
            # Villa and résidence of one name may be two houses.
            both = bool(asked.kind_word and known.kind_word)
            # So may be résidence Stella and a house called Le Stella: any house is a building.
            is_telling = not asked.kind_word or names_kind(asked.kind_word, kind)
            penalty = 0.03 if fits and is_telling and not both else 0.2
    return _compare_own(asked, known, penalty)


def _compare_own(asked: NameParts, known: NameParts, penalty: float) -> Likeness:
    one, other = asked.own.replace(" ", ""), known.own.replace(" ", "")
    if one == other:
        if len(one) < 3:
            return Likeness(0.7 - penalty, "same but for small words", "仅差虚词")
        return Likeness(0.95 - penalty, "same but for small words", "仅差虚词")
    if sorted(asked.own.split()) == sorted(known.own.split()):
        return Likeness(0.92 - penalty, "same words in another order", "用词相同，顺序不同")
    edits = OSA.distance(one, other, score_cutoff=4)
    shorter = min(len(one), len(other))
    penalty += 0.08 if penalty else 0.0  # two differences say more than each
    if edits > max(1, shorter // 4) or shorter < 4:
        if edits == 1 and shorter == 3:
            return Likeness(0.6 - penalty, "somewhat alike", "名称较为相近")
        return _by_words(asked, known, penalty)
    if edits <= max(1, shorter // 7) and shorter >= 6:
        return Likeness(0.93 - 0.04 * edits - penalty, "nearly the same name", "名称相近")
    return Likeness(0.78 - 0.05 * edits - penalty, "somewhat alike", "名称较为相近")


def _by_words(asked: NameParts, known: NameParts, penalty: float) -> Likeness:
    """Compare word by word: in another order, misspelt, shortened, some of them missing."""
    rest = known.own.split()
    slips = matched = 0
    words = asked.own.split()
    for word in words:
        near = {other: _word_slips(word, other) for other in rest}
        best = min(near, key=near.__getitem__, default="")
        if best and near[best] <= 2:
            rest.remove(best)
            slips += near[best]
            matched += len(best)
    n_asked, n_known = len("".join(words)), len("".join(known.own.split()))
    share = matched / max(n_asked, n_known, 1)
    if matched >= n_known and matched >= n_asked - slips and n_known >= 4:
        return Likeness(0.9 - 0.06 * slips - penalty, "nearly the same words", "用词相近")
    one, other = set(words), set(known.own.split())
    is_part = (one & other) in (one, other) or share >= 0.75
    if matched >= 4 and is_part:
        score = 0.4 + 0.3 * share - 0.02 * slips
        return Likeness(score - penalty / 2, "only part of the name agrees", "仅部分名称一致")
    return _NOT_ALIKE


def _word_slips(word: str, other: str) -> int:
    if word == other:
        return 0
    shorter = min(len(word), len(other))
    if len(word) >= 3 and other.startswith(word):
        return 2  # shortened, or another word that begins so
    edits = OSA.distance(word, other, score_cutoff=2)
    return edits if shorter >= (4 if edits == 1 else 8) else 9
