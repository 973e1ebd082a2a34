"""
Questions with their answers, drawn from real maps: exact, disturbed, and not on the map.

Drawn anew each time and always the same: chance comes from a hash of the name. Half of the
names, by the same hash, are for tuning, the other half for the figures.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import OSA

from circle.geocoding.folding import fold, has_cjk
from tests.geocoding import disturb
from tests.geocoding.maps import TestMap, Truth

Kind = Literal["exact", "disturbed", "absent"]
Half = Literal["tuning", "test"]


@dataclass(frozen=True)
class Case:
    """One question, and where the answer is; without a truth it is not on the map."""

    kind: Kind
    way: str
    name: str
    address: str
    truth: Truth | None
    half: Half


def half_of(text: str) -> Half:
    """Return to which half everything about a name belongs."""
    return "test" if hashlib.sha256(text.encode()).digest()[0] % 2 else "tuning"


def _rng(*parts: str) -> random.Random:
    return random.Random(hashlib.sha256("|".join(parts).encode()).hexdigest())


def exact_cases(m: TestMap) -> Iterator[Case]:
    """Ask for every name, street and address as the map writes it."""
    for name, truth in m.names.items():
        yield Case("exact", "name", name, "", truth, half_of(name))
    for street, truth in m.streets.items():
        yield Case("exact", "street", "", street, truth, half_of(street))
    for (street, number), truth in m.addresses.items():
        text = f"{street}{_number_zh(number)}" if has_cjk(street) else f"{number} {street}"
        yield Case("exact", "address", "", text, truth, half_of(street + number))


def _number_zh(number: str) -> str:
    return number if number.endswith("号") else f"{number}号"


def disturbed_cases(m: TestMap) -> Iterator[Case]:
    """Ask for every name, street and address as people write it."""
    for name, truth in (*m.names.items(), *m.streets.items()):
        slips = disturb.CHINESE if has_cjk(name) else disturb.LATIN
        possible = []
        for slip in slips:
            text = slip(name, _rng(m.key, name, slip.__name__))
            if text and not _is_another(m, name, text):
                possible.append((disturb.name_of(slip), text))
        for way, text in _rng(m.key, name, "pick").sample(possible, min(3, len(possible))):
            yield Case("disturbed", way, text, "", truth, half_of(name))
        yield from _in_a_town(m, name, truth)
        yield from _by_a_street(m, name, truth)
        for area in m.areas.get(name, ()):
            if has_cjk(area):
                yield Case("disturbed", "area in front", area + name, "", truth, half_of(name))
                yield Case("disturbed", "area beside", name, area, truth, half_of(name))
                short = re.sub("(?:大学|科技园|公园|小区|公寓)$", "", area)
                if short != area and len(short) >= 2 and not _is_another(m, name, short + name):
                    text = short + name
                    yield Case("disturbed", "area said short", text, "", truth, half_of(name))
    for (street, number), truth in m.addresses.items():
        for way, text in _written(m, street, number):
            yield Case("disturbed", f"address, {way}", "", text, truth, half_of(street + number))


def _in_a_town(m: TestMap, name: str, truth: Truth) -> Iterator[Case]:
    rng = _rng(m.key, name, "town")
    if rng.random() < 0.3 and m.towns[0] not in name:
        town = rng.choice(m.towns)
        text = f"{town}{name}" if has_cjk(name) else f"{name}, {town}"
        if not _is_another(m, name, text):
            yield Case("disturbed", "town with it", text, "", truth, half_of(name))


def _by_a_street(m: TestMap, name: str, truth: Truth) -> Iterator[Case]:
    """Say on which street it is, in one word with the name; a branch is named so too."""
    if truth.is_shared or not has_cjk(name) or len(fold(name)) < 3:
        return
    rng = _rng(m.key, name, "street")
    near = [
        street
        for street, its in m.streets.items()
        if has_cjk(street) and its.targets[0].distance(truth.targets[0]) <= 60
    ]
    if near and name not in m.streets:
        street = rng.choice(sorted(near))
        for way, text in (
            ("street in front", f"{street}{name}"),
            ("branch on a street", f"{name}（{street}店）"),
            ("branch, no brackets", f"{name}{street}店"),
        ):
            if rng.random() < 0.5 and not _is_another(m, name, text):
                yield Case("disturbed", way, text, "", truth, half_of(name))


def _written(m: TestMap, street: str, number: str) -> Iterator[tuple[str, str]]:
    rng = _rng(m.key, street, number)
    if has_cjk(street):
        bare = number.removesuffix("号")
        yield "whole, unspaced", f"{m.towns[0]}{street}{bare}号"
        yield "no 号", f"{street}{bare}"
        yield "spaced", f"{m.towns[0]} {street} {bare} 号"
        yield "other order", f"{bare}号{street}"
        yield "yard", f"{street}{bare}号院"
        for way, text in _in_latin_letters(street):
            if _sounds_once(m, street):
                yield way, f"{text} {bare}"
        yield "half said", f"{m.towns[-1]}{street}甲{bare}号".replace("甲", "")
        for slip in (disturb.same_sound, disturb.missing_character, disturb.traditional):
            text = slip(street, rng)
            if text and not _is_another(m, street, text):
                yield disturb.name_of(slip), f"{text}{bare}号"
        for slip in (disturb.full_width, disturb.spelt_number):
            text = slip(f"{street}{bare}号", rng)
            if text:
                yield disturb.name_of(slip), text
        return
    yield "number behind", f"{street} {number}"
    yield "comma, town", f"{number}, {street}, {m.towns[-1]}"
    for slip in (
        disturb.wrong_letter,
        disturb.missing_letter,
        disturb.plain_capitals,
        disturb.abbreviated,
        disturb.small_words_gone,
    ):
        text = slip(street, rng)
        if text and not _is_another(m, street, text):
            yield disturb.name_of(slip), f"{number} {text}"


def _in_latin_letters(street: str) -> Iterator[tuple[str, str]]:
    from pypinyin import lazy_pinyin

    sounds = lazy_pinyin(street)
    yield "pinyin", " ".join(["".join(sounds[:-1]).capitalize(), sounds[-1].capitalize()])
    yield "pinyin, unspaced", "".join(sounds)
    english = {"路": "Road", "街": "Street", "巷": "Alley"}.get(street[-1])
    if english:
        yield "English", f"{''.join(sounds[:-1]).capitalize()} {english}"


def _sounds_once(m: TestMap, street: str) -> bool:
    from pypinyin import lazy_pinyin

    return sum(lazy_pinyin(other) == lazy_pinyin(street) for other in m.streets) <= 1


def _is_another(m: TestMap, name: str, text: str) -> bool:
    """Say whether the disturbed text is as near to another name, so that nobody could tell."""
    asked, own = fold(text), fold(name)
    if asked == own:
        return False
    if asked in m.keys:
        return True
    away = OSA.distance(asked, own)
    limit = min(away, 3)
    return any(
        key != own and OSA.distance(asked, key, score_cutoff=limit) <= limit for key in m.keys
    )


def absent_cases(m: TestMap, elsewhere: Iterable[str], roads: Iterable[str]) -> Iterator[Case]:
    """
    Ask for what is not there.

    Parameters
    ----------
    m
        The map.
    elsewhere
        Names of other towns.
    roads
        Streets of other towns.
    """
    for name in sorted(set(elsewhere)):
        if _is_foreign(m, name):
            yield Case("absent", "of another town", name, "", None, half_of(name))
    for name in sorted(_recombined(m)):
        if _is_foreign(m, name):
            yield Case("absent", "recombined", name, "", None, half_of(name))
    for road in sorted(set(roads)):
        if _is_foreign(m, road):
            number = _rng(m.key, road).randrange(1, 90)
            text = f"{road}{number}号" if has_cjk(road) else f"{number} {road}"
            yield Case("absent", "address of another town", "", text, None, half_of(road))


def _is_foreign(m: TestMap, name: str) -> bool:
    """Say whether a name is long enough to be one, and none that is here or lies one slip off."""
    key = fold(name)
    if len(key) < (3 if has_cjk(key) else 6) or key in m.keys:
        return False
    if any(key in other or (len(other) >= 3 and other in key) for other in m.keys):
        return False
    # 清华医院 is how people say 清华大学医院: what leaves characters out is no other name.
    if has_cjk(key) and any(_is_within(key, other) for other in m.keys):
        return False
    words = {word for word in key.split() if len(word) >= 4}
    if words and any(words <= set(other.split()) for other in m.keys):
        return False
    limit = 1 if len(key) < 8 else 2
    return all(OSA.distance(key, other, score_cutoff=limit) > limit for other in m.keys)


def _is_within(part: str, whole: str) -> bool:
    rest = iter(whole)
    return all(letter in rest for letter in part)


# Things of other towns, of kinds that the maps have too.
ELSEWHERE_ZH = tuple(
    """
    广州市第一人民医院 天河体育中心 越秀公园 陈家祠 白云山索道 深圳书城 莲花山公园
    福田口岸 罗湖区人民医院 华强北商业街 武汉长江大桥 黄鹤楼 户部巷 同济医院
    光谷广场 解放碑步行街 洪崖洞 磁器口古镇 西南医院 春熙路 宽窄巷子 武侯祠 锦里
    华西医院 杜甫草堂 大雁塔 钟楼饭店 回民街 交大一附院 曲江池 趵突泉 大明湖
    泉城广场 齐鲁医院 栈桥 八大关 五四广场 市南软件园 夫子庙 新街口百货 鼓楼医院
    玄武湖 总统府 拙政园 观前街 苏州站北广场 寒山寺 外滩 豫园 瑞金医院 静安寺
    陆家嘴地铁站 虹口足球场 鲁迅公园 城隍庙 中百一店 西湖断桥 灵隐寺 浙二医院 河坊街
    武林广场 鼓浪屿 中山路步行街 南普陀寺 曾厝垵 三坊七巷 西湖公园 岳麓书院 橘子洲
    坡子街 湘雅医院 天心阁 翠湖公园 金马碧鸡坊 云南白药大药房 沃尔玛广场店
    永辉超市融侨店 老百姓大药房 益丰大药房 海底捞火锅 蜜雪冰城 华莱士 绝味鸭脖
    老凤祥银楼 周黑鸭 百果园 链家地产 顺丰速运 菜鸟驿站 如家酒店 汉庭酒店 锦江之星
    七天连锁酒店 宝岛眼镜 屈臣氏 良品铺子 名创优品 孩子王 苏宁易购 国美电器
    红星美凯龙 居然之家 向阳小学 育红小学 实验二小 第九中学 育英中学 启明幼儿园
    金太阳幼儿园 小天使幼儿园 红旗菜市场 光明菜市场 建设路派出所 解放路邮局
    和平社区卫生服务中心 幸福里小区 阳光花园 锦绣江南 碧桂园 万科城市花园 翡翠湾
    怡景苑 梧桐苑 滨江花园 康乐养老院 夕阳红敬老院 残疾人联合会 妇幼保健院
    """.split()  # noqa: SIM905 - easier to read than a list of strings
)
_ENDS = ("幼儿园", "菜市场", "医院", "图书馆", "超市", "药店", "派出所", "小区", "体育馆", "养老院")
_STARTS = ("Pharmacie", "Restaurant", "École", "Hôtel", "Parking", "Résidence", "Garage", "Banque")


def _recombined(m: TestMap) -> Iterator[str]:
    """The own part of one name with a word for another kind of thing."""
    for name in m.names:
        rng = _rng(m.key, name, "other kind")
        if has_cjk(name):
            own = re.match("^[一-鿿]{2,4}", name)
            if own:
                yield own.group()[: rng.choice((2, 3))] + rng.choice(_ENDS)
        else:
            words = [w for w in name.split() if len(w) >= 5]
            if len(words) >= 2:
                yield f"{rng.choice(_STARTS)} {words[-1]}"


def thin(cases: Iterable[Case], most: int) -> list[Case]:
    """Return at most so many cases, drawn by hash, so that no kind drowns the others."""
    ranked = sorted(
        cases, key=lambda c: hashlib.sha256(f"{c.way}|{c.name}|{c.address}".encode()).digest()
    )
    return ranked[:most]
