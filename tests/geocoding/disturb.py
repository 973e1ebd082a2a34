"""
What people do to names and addresses when they type them.

Every function takes what is right and a source of chance, and returns what somebody may have
written, or None where the slip is not possible. Digits are left alone: a wrong number names
another place, and nothing can tell.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any

from circle.geocoding.folding import has_cjk

Slip = Callable[[str, random.Random], str | None]
_CJK = re.compile("[一-鿿]")
# Common characters of place names, for a slip of an input method that picks by shape or at random.
_COMMON = "明华新文德福安平和兴永大天东海山江河湖中国光春秋月星云林木石金玉宝成长兴隆盛"


def _may_slip(letter: str) -> bool:
    """Say whether another character there would still mean the same place."""
    return bool(_CJK.match(letter)) and letter not in "东西南北一二三四五六七八九十"


def _place(text: str, rng: random.Random, fits: Callable[[str], bool]) -> int | None:
    spots = [i for i, letter in enumerate(text) if fits(letter)]
    return rng.choice(spots) if spots else None


def wrong_letter(text: str, rng: random.Random) -> str | None:
    """Type another letter."""
    at = _place(text[1:], rng, lambda c: c.isascii() and c.isalpha())
    if at is None or sum(c.isalpha() for c in text) < 6:
        return None
    at += 1
    other = rng.choice([c for c in "aeiorstln" if c != text[at].lower()])
    return text[:at] + other + text[at + 1 :]


def missing_letter(text: str, rng: random.Random) -> str | None:
    """Leave a letter out."""
    at = _place(text[1:], rng, str.isalpha)
    if at is None or sum(c.isalpha() for c in text) < 6:
        return None
    return text[: at + 1] + text[at + 2 :]


def doubled_letter(text: str, rng: random.Random) -> str | None:
    """Type a letter twice."""
    at = _place(text, rng, lambda c: c.isascii() and c.isalpha())
    return None if at is None or len(text) < 6 else text[: at + 1] + text[at:]


def exchanged_letters(text: str, rng: random.Random) -> str | None:
    """Exchange two neighbours."""
    spots = [
        i
        for i in range(1, len(text) - 1)
        if text[i].isalpha() and text[i + 1].isalpha() and text[i] != text[i + 1]
    ]
    if not spots or len(text) < 7:
        return None
    at = rng.choice(spots)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def plain_capitals(text: str, rng: random.Random) -> str | None:
    """Write without accents, in capitals."""
    bare = unicodedata.normalize("NFD", text)
    changed = "".join(c for c in bare if not unicodedata.combining(c)).upper()
    return changed if changed != text else None


def no_signs(text: str, rng: random.Random) -> str | None:
    """Leave hyphens and apostrophes out."""
    changed = re.sub(r"[-'’.•&–]", " ", text)
    changed = re.sub(r"\s+", " ", changed).strip()
    return changed if changed != text and len(changed) > 4 else None


def other_order(text: str, rng: random.Random) -> str | None:
    """Put the first word last."""
    words = text.split()
    if len(words) < 2 or sum(map(len, words)) < 8 or any(w.isdigit() for w in words):
        return None
    return " ".join([*words[1:], words[0]])


_SHORT = {
    "Avenue": "Av.",
    "Boulevard": "Bd",
    "Saint": "St",
    "Sainte": "Ste",
    "Place": "Pl.",
    "Résidence": "Rés.",
    "Immeuble": "Imm.",
    "Bâtiment": "Bât",
    "Général": "Gal",
    "Princesse": "Psse",
    "Escalier": "Esc.",
    "Restaurant": "Resto",
    "Promenade": "Prom.",
    "Impasse": "Imp.",
    "Chemin": "Ch.",
    "Square": "Sq.",
    "Passage": "Pass.",
    "Route": "Rte",
    "Pharmacie": "Pharm.",
    "Monte-Carlo": "MC",
    "Notre-Dame": "ND",
}


def abbreviated(text: str, rng: random.Random) -> str | None:
    """Shorten words as on letters."""
    changed = re.sub(
        r"\b(" + "|".join(sorted(_SHORT, key=len, reverse=True)) + r")\b",
        lambda found: _SHORT[found.group()],
        text,
    )
    return changed if changed != text and len(changed) >= 5 else None


def small_words_gone(text: str, rng: random.Random) -> str | None:
    """Leave the articles out."""
    changed = re.sub(r"\b(?:[Ll]e|[Ll]a|[Ll]es|de|du|des)\b|\b[dlDL]['’]", " ", text)
    changed = re.sub(r"\s+", " ", changed).strip()
    return changed if changed != text and len(changed) > 5 else None


@cache
def _same_sound() -> dict[str, list[str]]:
    from pypinyin import lazy_pinyin

    by_sound: dict[str, list[str]] = {}
    # The first level of GB 2312: what an input method offers first.
    for high in range(0xB0, 0xD8):
        for low in range(0xA1, 0xFF):
            try:
                letter = bytes([high, low]).decode("gb2312")
            except UnicodeDecodeError:
                continue
            by_sound.setdefault(lazy_pinyin(letter)[0], []).append(letter)
    return by_sound


def same_sound(text: str, rng: random.Random) -> str | None:
    """Pick another character of the same sound."""
    from pypinyin import lazy_pinyin

    at = _place(
        text, rng, lambda c: bool(_CJK.match(c)) and c not in "东西南北一二三四五六七八九十"
    )
    if at is None or len(text) < 3:
        return None
    others = [c for c in _same_sound().get(lazy_pinyin(text[at])[0], []) if c != text[at]]
    return text[:at] + rng.choice(others) + text[at + 1 :] if others else None


def wrong_character(text: str, rng: random.Random) -> str | None:
    """Pick any other character."""
    at = _place(
        text, rng, lambda c: bool(_CJK.match(c)) and c not in "东西南北一二三四五六七八九十"
    )
    if at is None or len(_CJK.findall(text)) < 4:
        return None
    other = rng.choice([c for c in _COMMON if c != text[at]])
    return text[:at] + other + text[at + 1 :]


def missing_character(text: str, rng: random.Random) -> str | None:
    """Leave a character out."""
    at = _place(
        text, rng, lambda c: bool(_CJK.match(c)) and c not in "东西南北一二三四五六七八九十"
    )
    if at is None or len(_CJK.findall(text)) < 4:
        return None
    return text[:at] + text[at + 1 :]


def exchanged_characters(text: str, rng: random.Random) -> str | None:
    """Exchange two neighbours."""
    return exchanged_letters(text, rng) if len(_CJK.findall(text)) >= 5 else None


def traditional(text: str, rng: random.Random) -> str | None:
    """Write in traditional characters."""
    import opencc

    changed = str(opencc.OpenCC("s2t").convert(text))
    return changed if changed != text else None


def full_width(text: str, rng: random.Random) -> str | None:
    """Write letters and digits as wide as characters, brackets too."""
    wide = {ord("("): "（", ord(")"): "）", **{i: chr(i + 0xFEE0) for i in range(0x30, 0x3A)}}
    wide |= {i: chr(i + 0xFEE0) for i in (*range(0x41, 0x5B), *range(0x61, 0x7B))}
    changed = text.translate(wide)
    return changed if changed != text else None


def spelt_number(text: str, rng: random.Random) -> str | None:
    """Write 23 as 二十三, and 三 as 3."""
    digits = "零一二三四五六七八九"

    def spell(found: re.Match[str]) -> str:
        value = int(found.group())
        if not 0 < value < 100:
            return "".join(digits[int(d)] for d in found.group())
        tens, ones = divmod(value, 10)
        return (
            (digits[tens] if tens > 1 else "")
            + ("十" if tens else "")
            + (digits[ones] if ones else "")
        )

    changed = re.sub(r"\d+", spell, text)
    if changed == text:
        changed = re.sub("第([一二三四五六七八九])", lambda f: f"第{digits.index(f[1])}", text)
    return changed if changed != text and has_cjk(text) else None


def pinyin_words(text: str, rng: random.Random) -> str | None:
    """Write the sounds, syllable by syllable."""
    from pypinyin import lazy_pinyin

    if len(_CJK.findall(text)) < 3 or re.search("[A-Za-z0-9]", text):
        return None
    syllables = lazy_pinyin("".join(_CJK.findall(text)))
    return " ".join(syllables).capitalize() if rng.random() < 0.5 else "".join(syllables)


def pinyin_initials(text: str, rng: random.Random) -> str | None:
    """Write the first letter of each sound."""
    from pypinyin import lazy_pinyin

    letters = _CJK.findall(text)
    if len(letters) < 5 or len(letters) != len(text):
        return None
    return "".join(sound[0] for sound in lazy_pinyin(text))


_PEOPLE_SAY = {
    "中国工商银行": "工行",
    "工商银行": "工行",
    "中国建设银行": "建行",
    "中国农业银行": "农行",
    "中国银行": "中行",
    "招商银行": "招行",
    "浦发银行": "浦发",
    "北京大学": "北大",
    "清华大学": "清华",
    "学生公寓": "公寓",
    "附属中学": "附中",
    "附属小学": "附小",
    "附属幼儿园": "附幼",
    "第一教学楼": "一教",
    "第二教学楼": "二教",
    "第四教学楼": "四教",
    "第五教学楼": "五教",
    "第一人民医院": "一院",
    "社区卫生服务中心": "社区医院",
    "研究所": "所",
    "便利超市": "超市",
    "专营店": "店",
    "派出所": "公安派出所",
    "小区": "",
    "餐厅": "食堂",
    "号楼": "栋",
    "兰州市": "",
    "综合体育馆": "综体",
    "妇科医院": "妇科",
}


def as_people_say(text: str, rng: random.Random) -> str | None:
    """Use the short word everybody knows."""
    for long, short in _PEOPLE_SAY.items():
        changed = text.replace(long, short)
        if changed != text and len(changed) >= 2:
            return changed
    return None


def spaced(text: str, rng: random.Random) -> str | None:
    """Put a space somewhere."""
    if not _CJK.search(text) or len(text) < 4:
        return None
    spots = [
        i for i in range(2, len(text) - 1) if not (text[i].isdigit() and text[i - 1].isdigit())
    ]
    if not spots:
        return None
    at = rng.choice(spots)
    return f"{text[:at]} {text[at:]}"


def middle_gone(text: str, rng: random.Random) -> str | None:
    """Keep how a long name begins and what it is: 文津酒店 for 文津国际酒店."""
    if len(text) < 6 or len(_CJK.findall(text)) != len(text):
        return None
    inside = text[2:-2]
    if len(inside) > 5 or re.search("[东西南北一二三四五六七八九十]", inside):
        return None
    return text[:2] + text[-2:]


def with_a_unit(text: str, rng: random.Random) -> str | None:
    """Say which part of the building too."""
    if not _CJK.search(text) or not text.endswith(
        ("大厦", "中心", "馆", "酒店", "医院", "宾馆", "楼")
    ):
        return None
    return text + rng.choice(("B座", "A座1203室", "2层", "一层", "3单元201", "负一层", "1层大厅"))


def across_from(text: str, rng: random.Random) -> str | None:
    """Say that it is only beside it."""
    if len(_CJK.findall(text)) < 4:
        return None
    return text + rng.choice(("对面", "旁边", "附近", "斜对面", "东侧", "隔壁", "北侧50米"))


LATIN: tuple[Slip, ...] = (
    wrong_letter,
    missing_letter,
    doubled_letter,
    exchanged_letters,
    plain_capitals,
    no_signs,
    other_order,
    abbreviated,
    small_words_gone,
)
CHINESE: tuple[Slip, ...] = (
    same_sound,
    wrong_character,
    missing_character,
    exchanged_characters,
    traditional,
    full_width,
    spelt_number,
    pinyin_words,
    pinyin_initials,
    as_people_say,
    spaced,
    middle_gone,
    with_a_unit,
    across_from,
)


def name_of(slip: Any) -> str:
    """Return how a slip is called in the tables."""
    return str(slip.__name__).replace("_", " ")
