"""What fields, states and actions are called, and values as people read them, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from circle.errors import Language

Both = tuple[str, str]

FIELDS: Mapping[str, Both] = {
    "id": ("id", "编号"),
    "place_id": ("id", "编号"),
    "name": ("name", "名称"),
    "name_en": ("English name", "英文名称"),
    "other_names": ("other names", "别名"),
    "class": ("class", "类别"),
    "category": ("class", "类别"),
    "address": ("address", "地址"),
    "lon": ("longitude", "经度"),
    "lat": ("latitude", "纬度"),
    "position": ("position", "位置"),
    "lonlat": ("coordinates in one cell", "坐标（同一格）"),
    "datum": ("datum", "坐标系"),
    "given_x": ("longitude as given", "原始经度"),
    "given_y": ("latitude as given", "原始纬度"),
    "phone": ("telephone", "电话"),
    "hours": ("opening hours", "营业时间"),
    "website": ("website", "网址"),
    "photo": ("photo", "照片"),
    "accessibility": ("wheelchair access", "无障碍"),
    "capacity": ("capacity", "容量"),
    "note": ("note", "备注"),
    "source": ("source", "来源"),
    "source_date": ("date of the source", "来源日期"),
    "position_accuracy_m": ("accuracy (m)", "位置精度（米）"),
    "entrances": ("entrances", "入口"),
    "offers": ("offers", "优惠"),
    "events": ("events", "活动"),
    "status": ("status", "状态"),
    "is_published": ("published", "是否发布"),
    "checked_by": ("checked by", "核实人"),
    "checked_on": ("checked on", "核实日期"),
    "doubt": ("doubt", "存疑原因"),
    "doubt_zh": ("doubt", "存疑原因"),
    "merged_into": ("merged into", "并入"),
    "match_method": ("found by", "定位方式"),
    "match_level": ("found to the", "定位精细度"),
    "match_confidence": ("confidence", "可信度"),
    "match_reason": ("why there", "定位理由"),
    "match_reason_zh": ("why there", "定位理由"),
    "extra": ("other columns", "其他列"),
    "origins": ("told of by", "见于名单"),
    "version": ("version", "版本"),
    "geometry": ("course", "走向"),
    "osm_way_id": ("OSM way", "OSM 道路编号"),
    "link_kind": ("kind", "种类"),
    "n_steps": ("steps", "台阶数"),
    "residents_only": ("residents only", "仅限居民"),
    "valid_from": ("from", "开始日期"),
    "valid_until": ("until", "结束日期"),
    "closed_to": ("closed to", "对谁关闭"),
    "gates": ("gates", "大门"),
    "outline": ("outline", "范围"),
    "is_active": ("in force", "是否生效"),
}
STATUS: Mapping[str, Both] = {
    "in_use": ("in use", "在用"),
    "doubtful": ("doubtful", "存疑"),
    "not_existing": ("does not exist", "不存在"),
    "merged": ("merged", "已合并"),
}
OUTCOMES: Mapping[str, Both] = {
    "new": ("new", "新增"),
    "changed": ("changed", "有改动"),
    "unchanged": ("unchanged", "无改动"),
    "doubtful": ("doubtful", "存疑"),
    "refused": ("refused", "拒绝"),
}
ACTIONS: Mapping[str, Both] = {
    "add": ("added", "新增"),
    "edit": ("changed", "修改"),
    "remove": ("removed", "移除"),
    "import": ("imported", "导入"),
    "refresh": ("taken from the map", "取自地图"),
    "accept": ("accepted", "采纳位置"),
    "correct": ("moved", "更正位置"),
    "check": ("checked", "核实"),
    "publish": ("published or not", "发布状态"),
    "not_existing": ("marked as not existing", "标记为不存在"),
    "merge": ("merged", "合并"),
    "keep": ("kept both", "保留两者"),
    "undo": ("taken back", "撤销"),
}
LEVELS: Mapping[str, Both] = {
    "entrance": ("entrance", "入口"),
    "building": ("building", "楼栋"),
    "street_number": ("house number", "门牌号"),
    "street": ("street", "道路"),
    "area": ("area", "区域"),
    "district": ("district", "城区"),
}
METHODS: Mapping[str, Both] = {
    "coordinates": ("coordinates of the list", "名单坐标"),
    "gazetteer": ("the map", "地图"),
    "extract": ("the map", "地图"),
    "hand": ("by hand", "手工标定"),
}
ACCESS: Mapping[str, Both] = {
    "yes": ("yes", "可以"),
    "limited": ("partly", "部分可以"),
    "no": ("no", "不可以"),
}
STREET_EDITS: Mapping[str, Both] = {"link": ("link", "连线"), "closure": ("closure", "封闭")}
LINK_KINDS: Mapping[str, Both] = {
    "footway": ("footpath", "小路"),
    "path": ("trail", "土路、小径"),
    "crossing": ("crossing", "过街"),
    "steps": ("steps", "台阶"),
    "bridge": ("footbridge", "人行天桥"),
    "underpass": ("underpass", "地下通道"),
    "corridor": ("way through a building", "楼内通道"),
    "elevator": ("lift", "电梯"),
}
CLOSED_TO: Mapping[str, Both] = {
    "all": ("everybody", "所有人"),
    "wheels": ("wheelchairs and pushchairs", "轮椅和婴儿车"),
    "wheelchair": ("wheelchairs", "轮椅"),
    "visitors": ("all but residents", "居民以外的人"),
}
OPENS: Mapping[str, Both] = {
    "all": ("open to all", "对所有人开放"),
    "residents": ("residents only", "仅限居民"),
    "hours": ("open to all at these hours", "按时间对所有人开放"),
}
# The first words of what is done in one act, where they are no action.
_ACTS: Mapping[str, Both] = {
    "import": ("import", "导入"),
    "review": ("reviewed", "核实"),
    "duplicates": ("duplicates", "处理重复"),
    "status": ("existing or not", "是否存在"),
    "unpublish": ("taken out of guides", "取消发布"),
    "locate again": ("located again", "重新定位"),
    "keep both": ("kept both", "保留两者"),
}
_LONGEST = 200


def called(field: str, language: Language) -> str:
    """
    Return what a field is called; its own name where it has none.

    Examples
    --------
    >>> called("phone", "zh"), called("负责人", "zh")
    ('电话', '负责人')
    """
    return FIELDS.get(field, (field, field))[1 if language == "zh" else 0]


_OF_POSITION = frozenset(
    {"lon", "lat", "given_x", "given_y", "datum", "position_accuracy_m", "match_method"}
    | {"match_level", "match_confidence", "match_reason", "match_reason_zh", "status"}
)


def fields_called(fields: Iterable[str], language: Language) -> str:
    """
    Return what several fields are called, all that go with a position as one.

    Examples
    --------
    >>> fields_called(["given_x", "lat", "lon", "match_reason", "phone"], "zh")
    '位置、电话'
    >>> fields_called(["status"], "en")
    'status'
    """
    names = list(fields)
    if {"lon", "lat"} & set(names):
        names = ["position", *(name for name in names if name not in _OF_POSITION)]
    said = dict.fromkeys(called(name, language) for name in names)
    return ("、" if language == "zh" else ", ").join(said)


def act_called(what: str, language: Language) -> str:
    """
    Return what was done in one act, for people.

    Examples
    --------
    >>> act_called("import 名单.xlsx", "zh"), act_called("locate again", "en")
    ('导入 名单.xlsx', 'located again')
    >>> act_called("undo 7", "zh"), act_called("", "en"), act_called("spring round", "zh")
    ('撤销 7', 'changed', 'spring round')
    """
    at = 1 if language == "zh" else 0
    if not what:
        return ACTIONS["edit"][at]
    words = {**ACTIONS, **_ACTS}
    if what in words:
        return words[what][at]
    first, space, rest = what.partition(" ")
    return f"{words[first][at]}{space}{rest}" if first in words else what


def shown(field: str, value: Any, language: Language) -> str:
    """
    Return a value of a place for people to read, a dash where there is none.

    Parameters
    ----------
    field
        Which one it is.
    value
        As the register has it, or as its history keeps it.
    language
        Of the words.

    Examples
    --------
    >>> shown("is_published", True, "en"), shown("phone", None, "en")
    ('yes', '–')
    >>> shown("entrances", [[7.41, 43.73, "north"]], "en")
    '7.41000 43.73000 north'
    """
    at = 1 if language == "zh" else 0
    if isinstance(value, bool):
        return (("no", "否"), ("yes", "是"))[value][at]
    if value is None or (not isinstance(value, int | float) and not value):
        return "–"
    known = {"status": STATUS, "match_level": LEVELS, "match_method": METHODS,
             "accessibility": ACCESS}.get(field)  # fmt: skip
    if known is not None and str(value) in known:
        return known[str(value)][at]
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    if isinstance(value, dict):
        return "; ".join(f"{key}: {text}" for key, text in value.items())
    if field == "origins" and isinstance(value, list | tuple):
        return ", ".join(_list_of(each) for each in value)
    if isinstance(value, list | tuple):
        return "; ".join(_entry(each) for each in value)
    text = str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _list_of(origin: Any) -> str:
    return str(origin["list_name"] if isinstance(origin, dict) else origin.list_name)


def _entry(value: Any) -> str:
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list | tuple):
        return str(value)
    words = [f"{each:.5f}" if isinstance(each, float) else str(each) for each in value]
    return " ".join(word for word in words if word and word != "None")
