"""
Every sentence of the guide that does not come from data, in Chinese and in English.

A sentence exists in both languages or not at all. Words in braces are filled in by whoever
shows the sentence; they carry the same names in both languages.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Both:
    """
    One text in the two languages of the guide.

    Parameters
    ----------
    zh, en
        The text in Chinese and in English.
    """

    zh: str
    en: str

    def fill(self, **values: object) -> Both:
        """Return the text with its braces filled, the same values in both languages."""
        return Both(self.zh.format(**values), self.en.format(**values))

    def as_dict(self) -> dict[str, str]:
        """Return ``{"zh": …, "en": …}``."""
        return {"zh": self.zh, "en": self.en}


WALKERS: dict[str, Both] = {
    "adult": Both("我（成人）", "Me (adult)"),
    "older": Both("老人", "Older person"),
    "frail": Both("年老体弱", "Frail older person"),
    "child": Both("带孩子", "With a child"),
    "pushchair": Both("推婴儿车", "With a pushchair"),
    "wheelchair": Both("轮椅", "Wheelchair"),
}
"""The kinds of walker in plain words, in the order they are offered."""

WALKER_IN_SENTENCE: dict[str, Both] = {
    "adult": Both("成人步速", "an adult's pace"),
    "older": Both("老人步速", "an older person's pace"),
    "frail": Both("年老体弱者步速", "a frail older person's pace"),
    "child": Both("带孩子的步速", "the pace of somebody with a child"),
    "pushchair": Both("推婴儿车的步速（不走台阶）", "the pace with a pushchair (no steps)"),
    "wheelchair": Both("轮椅速度（不走台阶）", "the pace of a wheelchair (no steps)"),
}

WALKER_AT_SPEED = Both("指南的步速（{speed} 米/秒）", "The guide's pace ({speed} m/s)")
"""A walker the guide knows by a speed alone."""

SPEED_IN_SENTENCE = Both("每秒 {speed} 米的步速", "a pace of {speed} m/s")

METHODS: dict[str, Both] = {
    "coordinates": Both("按名录给出的坐标", "from the coordinates in the list"),
    "gazetteer": Both("按名称或地址在地图数据中查得", "found by name or address in the map data"),
    "nominatim": Both("经在线地名服务查得", "found by an online place-name service"),
    "extract": Both("取自地图数据", "taken from the map data"),
}

LEVELS: dict[str, Both] = {
    "entrance": Both("到入口", "to the entrance"),
    "building": Both("到建筑", "to the building"),
    "street_number": Both("到门牌", "to the street number"),
    "street": Both("到街道", "to the street"),
    "area": Both("到片区", "to the area"),
    "district": Both("到行政区", "to the district"),
}

OTHER_CLASS = Both("其他", "Other")
"""The class of places whose own class is not in the table."""

POSITION = Both("位置误差约 {metres} 米", "Position good to about {metres} m")
POSITION_UNKNOWN = Both("位置误差未说明", "Accuracy of the position not stated")
WALK = Both("步行约 {minutes} 分钟，{metres} 米", "about {minutes} min on foot, {metres} m")
WALK_TIME_ONLY = Both("步行约 {minutes} 分钟", "about {minutes} min on foot")
WALK_BEYOND = Both("步行超过 {minutes} 分钟", "more than {minutes} min on foot")
WALK_UNKNOWN = Both("步行时间未知", "walking time unknown")
NOT_PLACED = Both("没有找到可靠的位置。", "No reliable position was found.")
INFERRED = Both(
    "虚线街道为推断所得，占街道总长约 {percent}%，因此步行范围只是近似。",
    "Dashed streets are inferred, about {percent}% of the street length, so walking ranges are "
    "approximate.",
)
NOT_INFERRED = Both(
    "步行范围按地图数据中的街道计算，是近似值。",
    "Walking ranges follow the streets in the map data and are approximate.",
)
RANGE_CUT = Both(
    "步行范围到了地图数据的边缘，实际可能更大。",
    "The walking range reaches the edge of the map data; the real one may be larger.",
)
PACE = Both("步行时间按{walker}估算。", "Walking times are estimated for {walker}.")
DATA_DATE = Both("数据日期：{date}", "Data of {date}")
DATA_DATE_UNKNOWN = Both("数据日期未说明", "Date of the data not stated")

PAGE: dict[str, Both] = {
    "skip_to_list": Both("跳到名录", "Skip to the list"),
    "guide_label": Both("名录", "List of places"),
    "map_label": Both("地图", "Map"),
    "language": Both("English", "中文"),
    "language_label": Both("Switch to English", "切换到中文"),
    "large_type": Both("大字", "Larger"),
    "search_label": Both("查找", "Find"),
    "search_hint": Both("名称、拼音、地址或编号", "Name, address or number"),
    "search_clear": Both("清除", "Clear"),
    "classes_label": Both("按类别查看", "By class"),
    "all": Both("全部", "All"),
    "n_places": Both("{n} 处", "{n} places"),
    "one_place": Both("1 处", "1 place"),
    "no_match": Both(
        "没有符合的地点。换个词试试，或选“全部”。",
        "No place matches. Try another word, or choose “All”.",
    ),
    "empty_guide": Both("名录里还没有地点。", "There are no places in this list yet."),
    "empty_class": Both("这一类暂无地点。", "No places in this class yet."),
    "unplaced_title": Both("位置待核", "Position to be checked"),
    "unplaced_intro": Both(
        "这些地点没有可靠的位置，所以不在地图上。知道在哪里的，请告诉社区。",
        "These places have no reliable position, so they are not on the map. If you know where "
        "they are, please tell the community office.",
    ),
    "minutes_short": Both("分钟", "min"),
    "metres_short": Both("米", "m"),
    "ring_label": Both("{n} 分钟", "{n} min"),
    "ring_label_m": Both("{n} 米", "{n} m"),
    "beyond_short": Both("{n} 分钟以上", "over {n} min"),
    "from_centre": Both("从{center}出发", "from {center}"),
    "from_home": Both("从我的家出发", "from my home"),
    "more": Both("详情", "More"),
    "close": Both("关闭", "Close"),
    "previous": Both("上一处", "Previous"),
    "next": Both("下一处", "Next"),
    "address": Both("地址", "Address"),
    "phone": Both("电话", "Telephone"),
    "call": Both("拨打 {phone}", "Call {phone}"),
    "hours": Both("开放时间", "Opening hours"),
    "walk": Both("步行", "Walk"),
    "position": Both("位置", "Position"),
    "note": Both("说明", "Note"),
    "source": Both("来源", "Source"),
    "reason": Both("原因", "Reason"),
    "class": Both("类别", "Class"),
    "name": Both("名称", "Name"),
    "number": Both("编号", "No."),
    "show_on_map": Both("在地图上看", "Show on the map"),
    "back_to_map": Both("回到地图", "Back to the map"),
    "group_title": Both("这里有 {n} 处", "{n} places here"),
    "group_label": Both("{n} 处地点，编号 {numbers}", "{n} places, numbers {numbers}"),
    "zoom_in": Both("放大", "Zoom in"),
    "zoom_out": Both("缩小", "Zoom out"),
    "show_all": Both("看全图", "Show the whole circle"),
    "north": Both("北", "N"),
    "legend": Both("图例", "Legend"),
    "legend_number": Both("地点，编号同名录", "Place, numbered as in the list"),
    "legend_rings": Both("步行范围", "Walking range"),
    "legend_inferred": Both("推断的街道", "Inferred street"),
    "legend_steps": Both("台阶", "Steps"),
    "legend_center": Both("出发点：{center}", "Starting point: {center}"),
    "center_accuracy": Both("位置误差约 {metres} 米", "Position good to about {metres} m"),
    "center_here": Both("您在{center}", "You are at {center}"),
    "about": Both("关于这份指南", "About this guide"),
    "made_with": Both("地图显示使用 Leaflet。", "Map display by Leaflet."),
    "home_title": Both("从我家走", "From my home"),
    "home_intro": Both(
        "在地图上点一下您家的位置，就能看到走路能到哪里。",
        "Tap your home on the map to see how far you can walk.",
    ),
    "home_here": Both("用地图正中作为我家", "Use the middle of the map"),
    "home_marker": Both("我的家，可拖动", "My home, can be dragged"),
    "home_clear": Both("取消我的家", "Forget my home"),
    "walker_label": Both("谁来走", "Who is walking"),
    "home_busy": Both("正在计算…", "Working it out…"),
    "home_done": Both("{minutes} 分钟内有 {n} 处。", "{n} places within {minutes} minutes."),
    "home_nothing": Both(
        "走 {minutes} 分钟以内没有名录中的地点。", "No listed place within {minutes} minutes."
    ),
    "home_cut": RANGE_CUT,
    "home_failed": Both(
        "暂时算不出来，请稍后再试。", "This could not be worked out just now; please try again."
    ),
    "home_offline": Both(
        "连不上服务，请检查网络后再试。", "The service cannot be reached; check the network."
    ),
    "home_private": Both(
        "在您的手机或电脑上计算，位置不会发送给任何人。",
        "Everything is worked out on this device; your position is sent to nobody.",
    ),
    "home_from_place": Both("从这里出发", "Start from here"),
    "home_outside": Both(
        "这里不在本指南的地图范围内，请在地图上另选一处。",
        "This lies outside the map of this guide; choose another spot on the map.",
    ),
    "home_no_street": Both(
        "附近 100 米内没有这样能走的路，请点得离路近一些。",
        "No street one can use this way lies within 100 m; tap nearer to a street.",
    ),
    "route_no_street": Both(
        "这个地点附近 100 米内没有这样能走的路。",
        "No street one can use this way lies within 100 m of this place.",
    ),
    "route_none": Both("在这份地图里，这样走不到那里。", "In this map no such way leads there."),
    "home_inside": Both("{minutes} 分钟内有", "Within {minutes} minutes"),
    "home_missing": Both("{minutes} 分钟内没有", "Missing within {minutes} minutes"),
    "home_nearest": Both("最近的要走 {minutes} 分钟：", "nearest, {minutes} min: "),
    "home_too_far": Both("{minutes} 分钟内都没有", "none within {minutes} min"),
    "home_not_listed": Both("名录里没有", "none in this list"),
    "within": Both("{n} 分钟以内", "Within {n} minutes"),
    "farther": Both("更远", "Farther away"),
    "route_button": Both("怎么走过去", "Walk there"),
    "route_busy": Both("正在找路…", "Finding the way…"),
    "route_total": Both("共 {metres} 米，约 {minutes} 分钟", "{metres} m, about {minutes} min"),
    "route_steps": Both("台阶 {n} 级", "{n} steps"),
    "route_no_steps": Both("地图上没有标台阶", "no steps on the map"),
    "route_leg": Both("沿{street}走 {metres} 米", "{metres} m along {street}"),
    "route_leg_unnamed": Both("走 {metres} 米", "walk {metres} m"),
    "turn_left": Both("左转，", "Turn left: "),
    "turn_right": Both("右转，", "Turn right: "),
    "turn_back": Both("掉头，", "Turn back: "),
    "route_title": Both("怎么走", "The way"),
    "print": Both("打印", "Print"),
}
"""Sentences of the page itself, by key."""
