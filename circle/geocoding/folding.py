"""
Makes spellings of the same words equal: width, case, accents, script, numerals.

Pure functions on strings. Folding never adds information: two different things may fold to
the same key, and the gazetteer lists both.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Characters of place names whose traditional form is still met on signs and in OSM.
_TRADITIONAL = (
    "號華園國學門館醫東廣場樓區縣鄉鎮圖書銀郵電車橋龍灣島衛務會話飯麵館爾達業產貿發經濟農"
    "場體術藝館劇廠歷師範實驗樂兒婦幼頤處務劉陽陰關開間際陸隊雲雙馬魚鳥點燈熱爐牆療眾種積"
    "稅紅紀約級線組給統繁綠維網總聯職聖聲腦臺莊萬葉蘇蘭藥虛號蟲補裝見規視覽訂計討訓記設許"
    "診試該認語誠說調請論證識議護變讓豐財貝責貨質購賽趙跡車軍軌軟較輪輸農連進運過達遠適選"
    "鄧鄭醬釋針釣鈔銅銷鋪鋼錢錦錫鍋鎖鏡鐘鐵長閣閱階陳隨險雜離雞靈靜響頁頂項順須預領頭題顏"
    "願類風飛飲養館騰驗鮮鳳鴻鹽麗齊齒龜觀疇雙錄錶織繡縫織備優價倉個們億傳體側傘寶實審寫寬對專將尋導層屬岡峽島"
)
_SIMPLIFIED = (
    "号华园国学门馆医东广场楼区县乡镇图书银邮电车桥龙湾岛卫务会话饭面馆尔达业产贸发经济农"
    "场体术艺馆剧厂历师范实验乐儿妇幼颐处务刘阳阴关开间际陆队云双马鱼鸟点灯热炉墙疗众种积"
    "税红纪约级线组给统繁绿维网总联职圣声脑台庄万叶苏兰药虚号虫补装见规视览订计讨训记设许"
    "诊试该认语诚说调请论证识议护变让丰财贝责货质购赛赵迹车军轨软较轮输农连进运过达远适选"
    "邓郑酱释针钓钞铜销铺钢钱锦锡锅锁镜钟铁长阁阅阶陈随险杂离鸡灵静响页顶项顺须预领头题颜"
    "愿类风飞饮养馆腾验鲜凤鸿盐丽齐齿龟观畴双录表织绣缝织备优价仓个们亿传体侧伞宝实审写宽对专将寻导层属冈峡岛"
)
_TO_SIMPLIFIED = str.maketrans(_TRADITIONAL, _SIMPLIFIED)

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0}
_NUMERAL = re.compile("[零〇一二三四五六七八九十百]+")
_WELL_FORMED = re.compile(
    "(?:([一二三四五六七八九])百零?)?(?:([一二三四五六七八九])?(十))?([一二三四五六七八九])?"
)
_SEPARATORS = re.compile(r"[^\w]+|_", re.UNICODE)
_BRACKETS = re.compile(r"[(\[（【〔].*?[)\]）】〕]")
_CJK = re.compile("[㐀-䶿一-鿿]")

# Street and house words as they are shortened on letters, by language of use.
_ABBREVIATIONS = {
    **dict.fromkeys(("av", "ave", "aven"), "avenue"),
    **dict.fromkeys(("bd", "bld", "blvd", "boul", "bvd"), "boulevard"),
    **dict.fromkeys(("pl",), "place"),
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
}


def has_cjk(text: str) -> bool:
    """Say whether there is a Chinese character in the text."""
    return _CJK.search(text) is not None


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
    text = text.translate(_TO_SIMPLIFIED)
    if has_cjk(text):
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
    from pypinyin import lazy_pinyin  # Its tables take a quarter second to load; few need them.

    return "".join(lazy_pinyin(text)).replace("ü", "v").casefold()
