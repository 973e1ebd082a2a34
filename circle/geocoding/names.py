"""
How alike two names are, and whether the likeness means anything.

A name is its own part and a word for what the thing is: 张掖路 + 菜市场, "Marcel" + "hotel".
Likeness counts in the own part only; two markets are not the same for both being markets. A
word for another kind of thing is a difference, not a misspelling, and so are a number and the
characters that tell siblings apart (东 西 南 北, 大 小, 中学 小学).

All functions take folded names (`circle.geocoding.folding.fold`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA, Levenshtein

from circle.geocoding.folding import digits, has_cjk, loose_pinyin, pinyin

# Words for what a thing is, by group: within a group one may stand for another. Beside each
# group the OSM kinds (``key=value`` or a bare key) it can be.
_KIND_GROUPS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("社区卫生服务中心", "社区卫生服务站", "卫生服务中心", "卫生服务站", "卫生院", "卫生室"),
        ("amenity=clinic", "amenity=doctors", "amenity=hospital", "healthcare"),
    ),
    (("医院", "校医院", "hospital", "hopital"), ("amenity=hospital", "amenity=clinic")),
    (("门诊部", "诊所", "clinic", "clinique"), ("amenity=clinic", "amenity=doctors", "healthcare")),
    (
        ("大药房", "药房", "药店", "医药", "pharmacy", "pharmacie", "chemist", "drugstore"),
        ("amenity=pharmacy", "shop=chemist", "healthcare=pharmacy"),
    ),
    (("菜市场", "农贸市场", "菜场", "早市", "集贸市场"), ("amenity=marketplace",)),
    (("市场", "market", "marche"), ("amenity=marketplace", "landuse=retail", "shop=mall")),
    (
        ("购物中心", "商场", "百货", "百货商场", "mall"),
        ("shop=mall", "shop=department_store", "landuse=retail"),
    ),
    (
        ("超市", "便利店", "超级市场", "supermarket", "supermarche", "minimarket"),
        ("shop=supermarket", "shop=convenience"),
    ),
    (("商店", "专卖店", "专卖", "shop", "store", "boutique"), ("shop",)),
    (("书店", "书屋", "bookshop", "librairie"), ("shop=books", "amenity=library")),
    (
        ("餐厅", "餐馆", "饭馆", "食堂", "饭庄", "restaurant", "pizzeria", "brasserie"),
        ("amenity=restaurant", "amenity=fast_food", "amenity=cafe", "amenity=food_court"),
    ),
    (("快餐", "快餐店", "小吃", "小吃店", "snack"), ("amenity=fast_food", "amenity=restaurant")),
    (
        ("咖啡厅", "咖啡馆", "咖啡店", "咖啡", "奶茶店", "茶馆", "cafe", "coffee"),
        ("amenity=cafe", "amenity=bar", "amenity=restaurant", "shop=coffee"),
    ),
    (("酒吧", "吧", "bar", "pub"), ("amenity=bar", "amenity=pub", "amenity=nightclub")),
    (
        ("酒店", "宾馆", "饭店", "旅馆", "招待所", "旅店", "hotel", "hostel", "guesthouse"),
        ("tourism=hotel", "tourism=hostel", "tourism=guest_house", "tourism=motel"),
    ),
    (("幼儿园", "托儿所", "kindergarten", "creche", "nursery"), ("amenity=kindergarten",)),
    (("小学", "附小"), ("amenity=school",)),
    (("中学", "附中", "初中", "高中", "college", "lycee"), ("amenity=school",)),
    (("学校", "school", "ecole"), ("amenity=school",)),
    (("大学", "学院", "university", "universite"), ("amenity=university", "amenity=college")),
    (
        ("图书馆", "阅览室", "library", "bibliotheque", "mediatheque"),
        ("amenity=library", "building"),
    ),
    (("博物馆", "展览馆", "美术馆", "museum", "musee"), ("tourism=museum", "tourism=gallery")),
    (
        ("体育馆", "体育场", "体育中心", "健身房", "健身中心", "gym", "stadium"),
        ("leisure", "sport", "building"),
    ),
    (("操场", "运动场"), ("leisure", "sport")),
    (("游泳馆", "游泳池", "pool", "piscine"), ("leisure", "sport", "building")),
    (
        ("综合文化站", "文化站", "文化中心", "文化活动中心", "活动中心"),
        ("amenity=community_centre", "amenity=arts_centre", "building"),
    ),
    (
        ("党群服务中心", "便民服务中心", "服务中心", "服务站", "社区服务中心"),
        ("amenity=community_centre", "office", "amenity=townhall", "amenity=social_facility"),
    ),
    (("派出所", "警务室", "公安局", "police", "commissariat"), ("amenity=police", "office")),
    (("居委会", "居民委员会", "村委会", "街道办事处"), ("office", "amenity=townhall")),
    (("养老院", "敬老院", "老年公寓", "日间照料中心"), ("amenity=social_facility",)),
    (("停车场", "停车库", "车库", "parking", "garage"), ("amenity=parking",)),
    (
        ("支行", "分行", "银行", "储蓄所", "分理处", "营业部", "bank", "banque", "banca"),
        ("amenity=bank", "amenity=atm", "office"),
    ),
    (("atm", "取款机", "自动取款机"), ("amenity=atm", "amenity=bank")),
    (
        ("邮局", "邮电所", "邮政所", "邮电局", "邮政支局", "poste", "postoffice"),
        ("amenity=post_office",),
    ),
    (
        ("理发店", "美发店", "理发", "美发", "发廊", "美容美发", "coiffeur", "hairdresser"),
        ("shop=hairdresser", "shop=beauty"),
    ),
    (("洗衣店", "洗衣房", "干洗店", "洗衣", "laundry", "pressing"), ("shop=laundry", "shop=dry")),
    (("修车", "自行车店", "车行"), ("shop=bicycle", "shop=car")),
    (("打印店", "复印店", "图文", "快印"), ("shop=copyshop",)),
    (("眼镜店", "眼镜", "optician", "opticien"), ("shop=optician",)),
    (("电影院", "影院", "影城", "cinema"), ("amenity=cinema",)),
    (("剧院", "剧场", "戏院", "theatre"), ("amenity=theatre",)),
    (("公厕", "厕所", "卫生间", "洗手间", "toilets", "toilettes"), ("amenity=toilets",)),
    (("地铁站", "火车站", "车站", "公交站", "站", "station", "gare"), ("railway", "highway")),
    (("公园", "花园", "游园", "绿地", "park", "parc", "garden", "jardin", "jardins"), ("leisure",)),
    (("广场", "square", "plaza"), ("place", "leisure", "highway", "amenity=marketplace")),
    (("小区", "家园", "新村", "苑", "residence", "residences", "villa"), ("landuse", "building")),
    (("公寓", "宿舍"), ("building", "landuse", "tourism=apartment")),
    (("大厦", "大楼", "写字楼", "building", "palace", "palais", "tower", "tour"), ("building",)),
    (("教学楼", "实验楼", "办公楼", "号楼", "楼", "馆"), ("building",)),
    (("church", "eglise", "chapelle", "chapel", "cathedral", "cathedrale"), ("amenity=place",)),
    (("社区", "村", "街道"), ("place", "boundary", "landuse")),
    (("门", "gate"), ("barrier", "highway", "building")),
    (("桥", "立交桥", "bridge", "pont"), ("man_made", "highway")),
    (("街", "路", "大街", "胡同", "巷"), ("highway",)),
    (("中心", "center", "centre"), ()),
    (("园",), ()),
    (("店",), ()),
)
_GROUP_OF: dict[str, int] = {}
for _number, (_words, _) in enumerate(_KIND_GROUPS):
    for _word in _words:
        _GROUP_OF.setdefault(_word, _number)
_SUFFIXES = sorted((word for word in _GROUP_OF if has_cjk(word)), key=len, reverse=True)
# Latin words that stand before or between the words that matter.
_STOP_WORDS = frozenset(
    {"the", "le", "la", "les", "l", "d", "de", "des", "du", "of", "and", "et", "a", "au", "aux"}
    | {"il", "lo", "di", "della", "del", "el", "der", "die", "das", "und", "no", "n"}
)
# Siblings differ by these: exchanging, adding or dropping one names another thing.
_TELLING = frozenset("东西南北中前后左右上下内外大小新老旧高初男女甲乙丙丁正副附abcdef")
_TELLING_WEIGHT = 3.0
_HOMOPHONE_WEIGHT = 0.4
_NEAR_HOMOPHONE_WEIGHT = 0.6
# A shared word for the kind is worth nothing below this many characters of its own.
_SHORTEST_OWN = 2
_LONG_ENOUGH_FOR_A_SLIP = 8


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
        return _GROUP_OF.get(self.kind_word)


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
        for suffix in _SUFFIXES:
            if text.endswith(suffix) and len(text) > len(suffix):
                return NameParts(text, text[: -len(suffix)], suffix, numbers, True)
            if text == suffix:
                return NameParts(text, "", suffix, numbers, True)
        return NameParts(text, text, "", numbers, True)
    words = [word for word in text.split() if word not in _STOP_WORDS]
    kinds = [word for word in words if word in _GROUP_OF]
    own = " ".join(word for word in words if word not in _GROUP_OF)
    return NameParts(text, own, kinds[0] if kinds else "", numbers, False)


def fits_kind(word: str, kind: str) -> bool | None:
    """Say whether a word such as 餐厅 can be said of an OSM kind; None when unknown."""
    group = _GROUP_OF.get(word)
    if group is None or not _KIND_GROUPS[group][1] or not kind:
        return None
    return any(kind == known or kind.startswith(known) for known in _KIND_GROUPS[group][1])


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
        return _compare_cjk(asked, known, kind)
    return _compare_latin(asked, known, kind)


def _compare_cjk(asked: NameParts, known: NameParts, kind: str) -> Likeness:
    # One name is the other and a word for its kind: 观畴园 and 观畴园餐厅.
    for longer, shorter in ((asked, known), (known, asked)):
        if longer.own == shorter.text and len(shorter.text) >= _SHORTEST_OWN:
            fits = fits_kind(longer.kind_word, kind)
            if longer is known or fits:
                score = 0.9 if len(shorter.text) > _SHORTEST_OWN else 0.75
                return Likeness(score, "same but for the word of its kind", "仅差类别用词")
            return _NOT_ALIKE
    penalty = 0.0
    if asked.kind_word != known.kind_word:
        if asked.group is None or asked.group != known.group:
            return _compare_whole(asked, known)
        penalty = 0.05
    if not asked.own or not known.own:
        return _NOT_ALIKE
    if asked.own == known.own:
        return Likeness(0.95 - penalty, "same but for the word of its kind", "仅差类别用词")
    return _by_edits(asked.own, known.own, penalty)


def _compare_whole(asked: NameParts, known: NameParts) -> Likeness:
    """Compare names without a word for the kind in common: a typing error may sit in it."""
    if asked.kind_word and known.kind_word:
        return _NOT_ALIKE
    if min(len(asked.text), len(known.text)) < 4:
        return _NOT_ALIKE
    return _by_edits(asked.text, known.text, 0.05)


def _by_edits(asked: str, known: str, penalty: float) -> Likeness:
    weight = _edit_weight(asked, known)
    length = min(len(asked), len(known))
    if length < _SHORTEST_OWN or weight > max(0.34 * length, _HOMOPHONE_WEIGHT):
        return _NOT_ALIKE
    sounds_alike = weight <= (2 * _HOMOPHONE_WEIGHT if length > 2 else _HOMOPHONE_WEIGHT)
    if sounds_alike or (weight <= 1 and length >= 4) or (weight <= 2 and length >= 7):
        score = 0.92 - 0.06 * weight - penalty
    else:
        score = min(0.75, 1 - weight / length) - penalty
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
        elif old in _TELLING or new in _TELLING:
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
    # A typing error may sit in the word for the kind, or in the space before it.
    is_kind_doubtful = not asked.own or not known.own or asked.kind_word != known.kind_word
    is_long = min(len(whole), len(other_whole)) >= _LONG_ENOUGH_FOR_A_SLIP
    if is_kind_doubtful and is_long and OSA.distance(whole, other_whole) == 1:
        return Likeness(0.86, "nearly the same name", "名称相近")
    if not asked.own or not known.own:
        return _NOT_ALIKE
    penalty = 0.0
    if asked.kind_word != known.kind_word:
        if asked.kind_word and known.kind_word and asked.group != known.group:
            return _NOT_ALIKE
        fits = fits_kind(asked.kind_word, kind) if asked.kind_word else True
        if fits is False and not known.kind_word:
            return _NOT_ALIKE
        penalty = 0.03 if fits else 0.2
    one, other = asked.own.replace(" ", ""), known.own.replace(" ", "")
    if one == other:
        if len(one) < 3:
            return Likeness(0.7, "same but for small words", "仅差虚词")
        return Likeness(0.95 - penalty, "same but for small words", "仅差虚词")
    if sorted(asked.own.split()) == sorted(known.own.split()):
        return Likeness(0.92 - penalty, "same words in another order", "用词相同，顺序不同")
    edits = OSA.distance(one, other, score_cutoff=4)
    shorter = min(len(one), len(other))
    if edits > max(1, shorter // 4) or shorter < 4:
        return _word_subset(asked, known)
    if edits <= max(1, shorter // 7) and shorter >= 6:
        return Likeness(0.93 - 0.04 * edits - penalty, "nearly the same name", "名称相近")
    return Likeness(0.78 - 0.05 * edits - penalty, "somewhat alike", "名称较为相近")


def _word_subset(asked: NameParts, known: NameParts) -> Likeness:
    """One name has all the words of the other and more: a candidate, never a sure one."""
    one, other = set(asked.own.split()), set(known.own.split())
    shared = one & other
    if shared and (shared in (one, other)) and sum(map(len, shared)) >= 4:
        share = len(shared) / len(one | other)
        return Likeness(0.4 + 0.3 * share, "only part of the name agrees", "仅部分名称一致")
    return _NOT_ALIKE
