"""Words for what a thing is, in groups, and the OSM kinds each group can be."""

from __future__ import annotations

import re

from circle.geocoding.folding import has_cjk

STREET_WORDS = frozenset(
    {"rue", "avenue", "boulevard", "allee", "impasse", "chemin", "ruelle", "route", "quai"}
    | {"escalier", "passage", "promenade", "street", "road", "lane", "rua", "travessa", "via"}
    | {"strasse", "weg", "gasse", "tunnel", "rampe", "rond point", "place"}
)
# What is left of longer words for a kind: alone they tell little.
WEAK_WORDS = frozenset({"店", "园", "中心", "馆", "楼", "门", "站", "学院", "大楼", "吧", "学校"})
# Words for what a thing is, by group: within a group one may stand for another. Beside each
# group the OSM kinds (``key=value`` or a bare key) it can be.
KIND_GROUPS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
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
        ("体育馆", "体育场", "体育中心", "健身房", "健身中心", "gym", "stadium", "stade"),
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
    (
        ("地铁站", "火车站", "车站", "公交站", "站", "station", "gare"),
        ("railway", "highway", "public_transport"),
    ),
    (("公园", "花园", "游园", "绿地", "park", "parc", "garden", "jardin", "jardins"), ("leisure",)),
    (("广场", "square", "plaza"), ("place", "leisure", "highway", "amenity=marketplace")),
    (
        ("小区", "家园", "新村", "苑", "residence", "residences", "villa", "maison"),
        ("landuse", "building"),
    ),
    (("公寓", "宿舍"), ("building", "landuse", "tourism=apartment")),
    (("大厦", "大楼", "写字楼", "building", "palace", "palais", "tower", "tour"), ("building",)),
    (("教学楼", "实验楼", "办公楼", "号楼", "楼", "馆"), ("building",)),
    (
        ("church", "eglise", "chapelle", "chapel", "cathedral", "cathedrale"),
        ("amenity=place_of_worship",),
    ),
    (("社区", "村", "街道"), ("place", "boundary", "landuse")),
    (("门", "gate"), ("barrier", "highway", "building")),
    (("桥", "立交桥", "bridge", "pont"), ("man_made", "highway")),
    (
        ("街", "路", "大街", "大道", "胡同", "巷", *sorted(STREET_WORDS)),
        ("street", "highway", "place"),
    ),
    (("中心", "center", "centre"), ()),
    (("园", "科技园", "产业园", "创业园", "工业园"), ()),
    (("店",), ()),
)
GROUP_OF: dict[str, int] = {}
for _number, (_words, _) in enumerate(KIND_GROUPS):
    for _word in _words:
        GROUP_OF.setdefault(_word, _number)
SUFFIXES = sorted((word for word in GROUP_OF if has_cjk(word)), key=len, reverse=True)


def fits_kind(word: str, kind: str) -> bool | None:
    """Say whether a word such as 餐厅 can be said of an OSM kind; None when unknown."""
    group = GROUP_OF.get(word)
    if group is None or not KIND_GROUPS[group][1] or not kind:
        return None
    return any(kind == known or kind.startswith(known) for known in KIND_GROUPS[group][1])


def names_kind(word: str, kind: str) -> bool:
    """
    Say whether a word tells an OSM kind from others: a bank from other offices.

    Examples
    --------
    >>> names_kind("banque", "amenity=bank"), names_kind("banque", "office=lawyer")
    (True, False)
    """
    group = GROUP_OF.get(word)
    known = () if group is None else KIND_GROUPS[group][1]
    # Any house is a building and any bureau an office; a shop says no more of itself than shop.
    return any(kind.startswith(each) for each in known if "=" in each or each == "shop")


# What people say for long names; several where a short word stands for several.
_SPOKEN: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("工行", ("中国工商银行", "工商银行")),
    ("建行", ("中国建设银行", "建设银行")),
    ("农行", ("中国农业银行", "农业银行")),
    ("中行", ("中国银行",)),
    ("交行", ("交通银行",)),
    ("招行", ("招商银行",)),
    ("邮储", ("中国邮政储蓄银行", "邮政储蓄银行")),
    ("浦发", ("浦发银行",)),
    ("北大", ("北京大学",)),
    ("清华", ("清华大学",)),
    ("兰大", ("兰州大学",)),
    ("附中", ("附属中学",)),
    ("附小", ("附属小学",)),
    ("附幼", ("附属幼儿园",)),
    ("公寓", ("学生公寓",)),
    ("食堂", ("餐厅",)),
    ("社区医院", ("社区卫生服务中心", "社区卫生服务站")),
    ("省医院", ("省人民医院",)),
    ("市医院", ("市人民医院", "市第1人民医院")),
    ("综体", ("综合体育馆",)),
)
_N_BANKS = 8
_COUNTED = re.compile(r"^(?:第)?(\d+)(教|院|中|小|幼)$")
_COUNTED_LONG = {"教": "教学楼", "院": "人民医院", "中": "中学", "小": "小学", "幼": "幼儿园"}


def long_forms(folded: str) -> list[str]:
    """
    Return what a folded name is in full, when people say it short.

    Examples
    --------
    >>> long_forms("4教"), long_forms("工行")
    (['第4教学楼'], ['中国工商银行', '工商银行'])
    """
    found = _COUNTED.match(folded)
    if found:
        return [f"第{found[1]}{_COUNTED_LONG[found[2]]}"]
    forms: dict[str, None] = {}
    for short, longs in _SPOKEN:
        for long in longs:
            if short in folded and long not in folded:
                forms[folded.replace(short, long, 1)] = None
    if folded.endswith("栋"):
        forms[folded.removesuffix("栋") + "号楼"] = None
    return list(forms)


def short_forms(folded: str) -> list[str]:
    """
    Return what people say for a folded name.

    Examples
    --------
    >>> short_forms("北京大学")
    ['北大']
    """
    return [short for short, longs in _SPOKEN if folded in longs]


def names_other_brand(asked: str, known: str) -> bool:
    """
    Say whether a bank is asked for that the other name does not speak of.

    Examples
    --------
    >>> names_other_brand("工行清华园支行", "分行清华园支行")
    True
    >>> names_other_brand("工行清华园支行", "工商银行清华园支行")
    False
    """
    for short, longs in _SPOKEN[:_N_BANKS]:
        words = (short, *(long.removeprefix("中国") for long in longs))
        if any(word in asked for word in words):
            return not any(word in known for word in (short, *longs, *words))
    return False
