"""
Keys of names, found again when they are misspelt.

Every key is cut into pieces, characters and pairs of characters in Chinese, runs of three letters
otherwise; what shares enough pieces with a question is compared closely. A key is also found by
its sound (pinyin) and by the first letters of its sounds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from circle.geocoding.folding import has_cjk, simplify, syllables

_MOST_SIMILAR = 40
# Of the pieces of two names, how many they must share to be worth a closer look.
_LEAST_SHARED = 0.22
_SHORTEST_INITIALS = 4


class NameIndex:
    """
    Finds keys that resemble a question.

    Parameters
    ----------
    keys
        Folded names.
    words
        For each key how it is written, for its sounds: folding has made 三 a 3.
    """

    def __init__(self, keys: Iterable[str], words: dict[str, set[str]]) -> None:
        self._keys = list(keys)
        postings: dict[str, list[int]] = defaultdict(list)
        sizes = np.zeros(len(self._keys))
        self._by_sound: dict[str, set[str]] = defaultdict(set)
        self._by_initials: dict[str, set[str]] = defaultdict(set)
        self._sounds: list[str] = []
        for index, key in enumerate(self._keys):
            pieces = _pieces(key)
            sizes[index] = len(pieces)
            for piece in pieces:
                postings[piece].append(index)
            if has_cjk(key):
                for text in {key, *map(simplify, words.get(key, ()))}:
                    self._add_sounds(key, text)
        self._postings = {piece: np.array(rows, np.intp) for piece, rows in postings.items()}
        self._sizes = sizes
        self._sound_index = NameIndex(sorted(self._by_sound), {}) if self._by_sound else None

    def _add_sounds(self, key: str, text: str) -> None:
        sounds = [sound.replace(" ", "") for sound in syllables(text)]
        self._by_sound["".join(sounds)].add(key)
        if len(sounds) >= _SHORTEST_INITIALS:
            self._by_initials["".join(sound[:1] for sound in sounds)].add(key)

    def similar(self, asked: str) -> list[str]:
        """Return the keys that share most with a question, at most some forty."""
        pieces = _pieces(asked)
        rows = [self._postings[piece] for piece in pieces if piece in self._postings]
        if not rows:
            return []
        shared: npt.NDArray[np.float64] = np.bincount(
            np.concatenate(rows), minlength=len(self._keys)
        ).astype(np.float64)
        share = 2 * shared / (self._sizes + len(pieces))
        best = np.flatnonzero(share >= _LEAST_SHARED)
        if len(best) > _MOST_SIMILAR:
            best = best[np.argpartition(-share[best], _MOST_SIMILAR)[:_MOST_SIMILAR]]
        order = np.lexsort((best, -share[best]))
        return [self._keys[index] for index in best[order]]

    def of_sound(self, sound: str) -> set[str]:
        """Return the keys that sound like this pinyin without spaces."""
        return self._by_sound.get(sound, set())

    def near_sound(self, sound: str) -> dict[str, set[str]]:
        """Return pinyin much like the one given, each with its keys."""
        if self._sound_index is None:
            return {}
        return {near: self._by_sound[near] for near in self._sound_index.similar(sound)}

    def of_initials(self, letters: str) -> set[str]:
        """Return the keys whose sounds begin with these letters."""
        return self._by_initials.get(letters, set())


def _pieces(key: str) -> set[str]:
    if has_cjk(key):
        return {*key, *(key[i : i + 2] for i in range(len(key) - 1))}
    pieces: set[str] = set()
    for word in key.split():
        padded = f"^{word}$"
        pieces.update(padded[i : i + 3] for i in range(len(padded) - 2))
    return pieces
