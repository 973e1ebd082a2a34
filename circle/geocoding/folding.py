"""
Makes spellings of the same words equal: width, case, accents, script, numerals.

Pure functions on strings. Folding never adds information: two different things may fold to
the same key, and the gazetteer lists both.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0}
_NUMERAL = re.compile("[零〇一二三四五六七八九十百]+")
_WELL_FORMED = re.compile(
    "(?:([一二三四五六七八九])百零?)?(?:([一二三四五六七八九])?(十))?([一二三四五六七八九])?"
)
_SEPARATORS = re.compile(r"[^\w]+|_", re.UNICODE)
_BRACKETS = re.compile(r"[(\[（【〔].*?[)\]）】〕]")
_CJK = re.compile("[㐀-䶿一-鿿]")
_HAN = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00))

# Street and house words as they are shortened on letters, by language of use.
_ABBREVIATIONS = {
    **dict.fromkeys(("av", "ave", "aven"), "avenue"),
    **dict.fromkeys(("bd", "bld", "blvd", "boul", "bvd"), "boulevard"),
    **dict.fromkeys(("pl", "plc"), "place"),
    **dict.fromkeys(("rte",), "route"),
    **dict.fromkeys(("ch", "chem"), "chemin"),
    **dict.fromkeys(("imp",), "impasse"),
    **dict.fromkeys(("all",), "allee"),
    **dict.fromkeys(("prom",), "promenade"),
    **dict.fromkeys(("sq",), "square"),
    **dict.fromkeys(("rd",), "road"),
    **dict.fromkeys(("ste",), "sainte"),
    **dict.fromkeys(("st",), "saint"),
    **dict.fromkeys(("str",), "strasse"),
    **dict.fromkeys(("pce",), "prince"),
    **dict.fromkeys(("pcesse", "psse"), "princesse"),
    **dict.fromkeys(("gal",), "general"),
    **dict.fromkeys(("dr",), "docteur"),
    **dict.fromkeys(("pass",), "passage"),
    **dict.fromkeys(("esc",), "escalier"),
    **dict.fromkeys(("res",), "residence"),
    **dict.fromkeys(("imm",), "immeuble"),
    **dict.fromkeys(("bat",), "batiment"),
    **dict.fromkeys(("pharm",), "pharmacie"),
    **dict.fromkeys(("resto",), "restaurant"),
    **dict.fromkeys(("nd",), "notre dame"),
}


def has_cjk(text: str) -> bool:
    """Say whether there is a Chinese character in the text."""
    return _CJK.search(text) is not None


@cache
def _to_simplified() -> dict[int, str]:
    """Return OpenCC's simplified form of every single character that has another one."""
    from opencc import OpenCC  # Loaded for those who meet a Chinese character.

    letters = [chr(code) for first, last in _HAN for code in range(first, last)]
    # One by one, not by phrase: both sides of a comparison go the same way, whatever stands beside.
    simple = str(OpenCC("t2s").convert("\n".join(letters))).split("\n")
    return {ord(a): b for a, b in zip(letters, simple, strict=True) if a != b}


def simplify(text: str) -> str:
    """
    Return the text with traditional characters made simplified, each for itself.

    Examples
    --------
    >>> simplify("蘭州體育館")
    '兰州体育馆'
    """
    return text.translate(_to_simplified())


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """
    Return the text with width, case, accents, script, numerals and signs evened out.

    Words stay apart by single spaces; between Chinese characters there are none.

    Examples
    --------
    >>> fold("  Café-Bar  L’Été ")
    'cafe bar l ete'
    >>> fold("第十四號樓（ＡＢ座）")
    '第14号楼ab座'
    """
    text = unicodedata.normalize("NFKC", text).casefold()
    decomposed = unicodedata.normalize("NFD", text)
    text = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    text = unicodedata.normalize("NFC", text).replace("ß", "ss").replace("œ", "oe")
    if has_cjk(text):
        text = simplify(text)
        text = _NUMERAL.sub(lambda found: _arabic(found.group()), text)
    # A hyphen between digits is part of a house number.
    text = re.sub(r"(?<=\d)\s*[-–—之]\s*(?=\d)", "⁃", text)
    text = _SEPARATORS.sub(lambda found: "⁃" if found.group() == "⁃" else " ", text).strip()
    text = text.replace("⁃", "-")
    return re.sub(r"(?<=[㐀-䶿一-鿿])\s+|\s+(?=[㐀-䶿一-鿿])", "", text)


def _arabic(numeral: str) -> str:
    if all(letter in _DIGITS for letter in numeral):
        return "".join(str(_DIGITS[letter]) for letter in numeral)
    found = _WELL_FORMED.fullmatch(numeral)
    if found is None:
        return numeral
    hundreds, tens, ten, ones = found.groups()
    value = 100 * _DIGITS[hundreds] if hundreds else 0
    value += 10 * (_DIGITS[tens] if tens else 1) if ten else 0
    value += _DIGITS[ones] if ones else 0
    return str(value)


def compact(text: str) -> str:
    """Return the folded text without its spaces."""
    return fold(text).replace(" ", "")


def without_brackets(text: str) -> str:
    """
    Return a name without what stands in brackets, such as the branch of a chain.

    Examples
    --------
    >>> without_brackets("一品三笑(五道口店)")
    '一品三笑'
    """
    return _BRACKETS.sub(" ", text).strip()


def digits(text: str) -> tuple[str, ...]:
    """Return the numbers in a folded text, sorted: two names that differ in them differ."""
    return tuple(sorted(re.findall(r"\d+", text)))


def expand(folded: str) -> str:
    """
    Return a folded Latin text with shortened street words written out.

    Examples
    --------
    >>> expand("12 bd des moulins")
    '12 boulevard des moulins'
    """
    return " ".join(_ABBREVIATIONS.get(word, word) for word in folded.split())


@lru_cache(maxsize=65_536)
def loose_pinyin(text: str) -> str:
    """
    Return pinyin with the sounds made equal that many speakers do not tell apart.

    Examples
    --------
    >>> loose_pinyin("金") == loose_pinyin("荆"), loose_pinyin("四") == loose_pinyin("十")
    (True, True)
    """
    sound = pinyin(text)
    for strict, loose in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n")):
        sound = sound.replace(strict, loose)
    return sound


@lru_cache(maxsize=65_536)
def pinyin(text: str) -> str:
    """
    Return Chinese characters as toneless pinyin without spaces, everything else as it is.

    Examples
    --------
    >>> pinyin("紫荆园")
    'zijingyuan'
    """
    return "".join(syllables(text))


def syllables(text: str) -> list[str]:
    """
    Return the toneless sound of each Chinese character, and what stands between them.

    Examples
    --------
    >>> syllables("女儿墙2号")
    ['nv', 'er', 'qiang', '2', 'hao']
    """
    from pypinyin import lazy_pinyin  # Its tables take a quarter second to load; few need them.

    return [sound.replace("ü", "v").casefold() for sound in lazy_pinyin(text)]
