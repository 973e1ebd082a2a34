"""
What people add to a name, and what they leave out of it.

A sheet says 东升大厦B座305室, 菜市场对面, 星巴克(五道口店) and 成府路麦当劳; a foreigner says
Chengfu Road. The functions take such words apart; whether a part is on the map others find out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from circle.geocoding.folding import has_cjk, pinyin

# A part of a building: what stands behind the building's own name.
_UNIT = re.compile(
    r"(?:(?:[a-z]|\d+|[东西南北])座|(?:\d+|[a-z])单元|负?\d+层|b?\d+f|地下(?:\d*层|室)|\d+室|底商)"
    r".*$|(?:负\d楼|(?<![\d负])\d楼|院?内|里面?)$"
)
_BESIDE = re.compile(
    r"(?:的?[正斜]?对(?:面|过)|隔壁|附近|旁边?|[东西南北][侧边面]|楼下|门[口前外]|[前后]面|边上)"
    r"(?:约?\d+米)?处?$"
)
# 第六教学楼A区: who says 第六教学楼 means one of its parts.
_KNOWN_PART = re.compile(r"(?<=[^\d a-z])(?:[a-z]|\d+(?: \d+)*)[区段座]$")
_BRACKETED = re.compile(r"[(（【〔\[]([^)）】〕\]]+)[)）】〕\]]")
_NO_NAME = re.compile(r"(?:店|支行|校区|院区|[期段区层座号])$")
_BRANCH = re.compile(r"(?:旗舰|专卖|加盟|总|分)?店$")
_SHORTEST_STEM = 2
_SHORTEST_WORD = 4

_CROSSING = re.compile(
    r"^(?P<both>.*?)(?:的?(?:交叉|(?:十|10|丁)字)?路口|的?交叉口|的?交[汇界叉]处?|的?交口|的?(?:十|10)字)"
)
_CORNER = re.compile(r"(?:corner of |angle |coin )?(.+?)(?:\s*[/&]\s*|\s+(?:and|et)\s+)(.+)$", re.I)

_STREET_WORDS = ("路", "街", "巷", "道")
_STREET_ENDS = (
    ("大街", "dajie", "avenue"),
    ("大道", "dadao", "avenue"),
    ("胡同", "hutong", "hutong"),
    ("街", "jie", "street"),
    ("路", "lu", "road"),
    ("巷", "xiang", "alley"),
)
_SIDES = {"东": "east", "西": "west", "南": "south", "北": "north", "中": "middle"}


def without_unit(folded: str) -> str:
    """
    Return a folded name without the part of the building behind it, empty where there is none.

    Examples
    --------
    >>> without_unit("东升大厦b座305室"), without_unit("购物中心负1层"), without_unit("西南18楼")
    ('东升大厦', '购物中心', '')
    """
    stem = _UNIT.sub("", folded)
    return stem if _SHORTEST_STEM <= len(stem) < len(folded) else ""


def beside_what(folded: str) -> str:
    """
    Return what a place is said to be beside, empty where it is not.

    Examples
    --------
    >>> beside_what("张掖路菜市场斜对面"), beside_what("菜市场北侧50米"), beside_what("菜市场")
    ('张掖路菜市场', '菜市场', '')
    """
    stem = _BESIDE.sub("", folded)
    return stem if _SHORTEST_STEM <= len(stem) < len(folded) else ""


def whole_of(folded: str) -> str:
    """
    Return the thing a folded name says a part of, empty where it says none.

    Examples
    --------
    >>> whole_of("第6教学楼a区"), whole_of("第3教学楼1 2段"), whole_of("城关区")
    ('第6教学楼', '第3教学楼', '')
    """
    stem = _KNOWN_PART.sub("", folded)
    return stem if 3 <= len(stem) < len(folded) else ""


def name_in_brackets(name: str) -> str:
    """
    Return the second name that stands in brackets; a branch or a part of a thing is none.

    Examples
    --------
    >>> name_in_brackets("明理楼 （法学院）"), name_in_brackets("一品三笑(五道口店)")
    ('法学院', '')
    """
    found = _BRACKETED.search(name)
    inside = found[1].strip() if found else ""
    return inside if len(inside) >= 3 and has_cjk(inside) and not _NO_NAME.search(inside) else ""


def splits(folded: str) -> Iterator[tuple[str, str]]:
    """
    Yield a name cut in two at every place where that may leave two names.

    Examples
    --------
    >>> list(splits("星巴克蓝旗营店"))[:2]
    [('星巴', '克蓝旗营'), ('星巴', '克蓝旗营店')]
    >>> list(splits("carrefour fontvieille"))
    [('carrefour', 'fontvieille')]
    """
    if has_cjk(folded):
        for at in range(2, len(folded) - 1):
            left, right = folded[:at], folded[at:]
            bare = _BRANCH.sub("", right)
            if bare != right and len(bare) >= 2:
                yield left, bare
            yield left, right
        return
    words = folded.split()
    for at in range(1, len(words)):
        left, right = " ".join(words[:at]), " ".join(words[at:])
        if min(len(left), len(right)) >= _SHORTEST_WORD:
            yield left, right


def branch_stems(folded: str) -> Iterator[str]:
    """
    Yield what may be the chain a branch belongs to, the longest first.

    Examples
    --------
    >>> list(branch_stems("肯德基华清店"))
    ['肯德基华清', '肯德基华', '肯德基']
    """
    if folded.endswith(("店", "支行", "营业厅", "分理处")):
        for end in range(len(folded) - 1, 2, -1):
            yield folded[:end]


def crossing(address: str) -> tuple[str, str] | None:
    """
    Return the words for both streets of a crossing, None where an address names none.

    Examples
    --------
    >>> crossing("张掖路与秦安路交叉口"), crossing("张掖路秦安路口东北角")
    (('张掖路', '秦安路'), ('张掖路', '秦安路'))
    >>> crossing("永昌路与张掖路路口"), crossing("张掖路与酒泉路十字西南角")
    (('永昌路', '张掖路'), ('张掖路', '酒泉路'))
    >>> crossing("Rue Grimaldi / Rue Suffren Reymond"), crossing("张掖路12号")
    (('Rue Grimaldi', 'Rue Suffren Reymond'), None)
    """
    if not has_cjk(address):
        found = _CORNER.match(address.strip())
        return (found[1], found[2]) if found else None
    found = _CROSSING.match(address.replace(" ", ""))
    if found is None:
        return None
    both = found["both"]
    if not both.endswith(_STREET_WORDS):  # 张掖路秦安路口
        both += "路"
    parts = re.split("[与和及、/]", both)
    if len(parts) == 2:
        return parts[0], parts[1]
    named = re.match(r"^(.{1,8}?(?:路|街|巷|道))(.{1,8}(?:路|街|巷|道))$", both)
    return (named[1], named[2]) if named else None


def latin_forms(street: str) -> list[str]:
    """
    Return how the name of a Chinese street is written in Latin letters.

    Examples
    --------
    >>> latin_forms("中关村东路")[:2], latin_forms("中关村东路")[-1]
    (['zhongguancundong lu', 'zhongguancundonglu'], 'zhongguancun east road')
    >>> latin_forms("Rue Grimaldi")
    []
    """
    for end, sound, english in _STREET_ENDS:
        own = street.removesuffix(end)
        if own == street or not has_cjk(own):
            continue
        said = pinyin(own).replace(" ", "")
        forms = [f"{said} {sound}", f"{said}{sound}", f"{said} {english}"]
        if own[-1] in _SIDES and len(own) > 2:
            bare, side = pinyin(own[:-1]).replace(" ", ""), pinyin(own[-1])
            forms += [f"{bare} {side}{sound}", f"{bare} {side} {sound}"]
            forms.append(f"{bare} {_SIDES[own[-1]]} {english}")
        return forms
    return []
