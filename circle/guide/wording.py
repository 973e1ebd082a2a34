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
COUNTS = Both(
    "{placed} 处在图上，{unplaced} 处位置待核。",
    "{placed} places are on the map, {unplaced} more are listed without a position.",
)
"""How many places there are, where some of them are not on the map."""
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
SLOPES = Both(
    "步行时间已计入坡度：上下坡更慢；高程覆盖{percent}%的道路。",
    "Slopes count: walking up and down takes longer; heights are known for {percent} % of the "
    "streets.",
)
EDITED = Both(
    "道路上叠加了{count}处手绘修改（封闭、连线或门）。",
    "Closures, links or gates drawn over the streets by hand: {count}.",
)
DATA_DATE = Both("数据日期：{date}", "Data of {date}")
DATA_DATE_UNKNOWN = Both("数据日期未说明", "Date of the data not stated")

PAGE: dict[str, Both] = {
    "skip_to_list": Both("跳到名录", "Skip to the list"),
    "guide_label": Both("名录", "List of places"),
    "map_label": Both("地图", "Map"),
    "still_large": Both("放大地图（可上下左右滑动）", "Larger map (scroll it any way)"),
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
        "在地图上点一下您家，或在下面查找，就能看到走路能到哪里。",
        "Tap your home on the map, or find it below, to see how far you can walk.",
    ),
    "home_here": Both("用地图正中", "Middle of the map"),
    "home_pick": Both("我家", "My home"),
    "home_pick_now": Both("在地图上点一下您家", "Tap your home on the map"),
    "home_pick_stop": Both("不选了", "Cancel"),
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
    "route_button": Both("怎么走", "Walk there"),
    "route_busy": Both("正在找路…", "Finding the way…"),
    "route_total": Both("共 {metres} 米，约 {minutes} 分钟", "{metres} m, about {minutes} min"),
    "route_steps": Both("台阶 {n} 级", "{n} steps"),
    "route_no_steps": Both("地图上没有标台阶", "no steps on the map"),
    "route_leg": Both("沿{street}走 {metres} 米", "{metres} m along {street}"),
    "route_leg_unnamed": Both("走 {metres} 米", "walk {metres} m"),
    "route_start": Both("向{way}", "head {way}: "),
    "route_end": Both("，就到了", ", and you are there"),
    "compass": Both(
        "北 东北 东 东南 南 西南 西 西北",
        "north north-east east south-east south south-west west north-west",
    ),
    "turn_left": Both("左转，", "Turn left: "),
    "turn_right": Both("右转，", "Turn right: "),
    "turn_back": Both("掉头，", "Turn back: "),
    "route_title": Both("路线", "The way"),
    "print": Both("打印", "Print"),
    "weekdays": Both("周一 周二 周三 周四 周五 周六 周日", "Mon Tue Wed Thu Fri Sat Sun"),
    "months": Both(
        "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    ),
    "tomorrow": Both("明天", "tomorrow"),
    "day": Both("{month}月{day}日（{weekday}）", "{weekday} {day} {month}"),
    "day_year": Both("{year}年{month}月{day}日（{weekday}）", "{weekday} {day} {month} {year}"),
    "open_now": Both("现在开放，{when} 关门", "Open now, until {when}"),
    "open_briefly": Both("就要关门了，{when} 关", "Closing soon, at {when}"),
    "open_always": Both("24 小时开放", "Open day and night"),
    "open_never": Both("目前不开放", "Not open at present"),
    "closed_now": Both("现在关门，{when} 开门", "Closed now, opens {when}"),
    "website": Both("网站", "Website"),
    "entrances": Both("入口", "Entrances"),
    "entrance_n": Both("入口 {n}", "Entrance {n}"),
    "offers": Both("优惠", "Offers"),
    "offer_until": Both("到{day}为止", "until {day}"),
    "offer_over": Both("已结束", "ended"),
    "events": Both("近期活动", "Next events"),
    "photo_of": Both("{name}的照片", "Photo of {name}"),
    "card_more": Both("说明与来源", "Notes and source"),
    "action_call": Both("打电话", "Call"),
    "action_share": Both("分享", "Share"),
    "action_report": Both("报错", "Report"),
    "share_guide": Both("分享这份指南", "Share this guide"),
    "share_link": Both("要分享的文字和链接", "Text and link to share"),
    "share_with_home": Both(
        "把我的家也放进链接（收到的人会看到我家的位置）",
        "Put my home into the link (whoever gets it sees where I live)",
    ),
    "share_file": Both(
        "这份指南是一个文件：对方也要有这个文件，才能打开链接；文字谁都能看。",
        "This guide is a file: the link opens only for those who have the file too; the words "
        "are for everybody.",
    ),
    "send": Both("发送…", "Send…"),
    "copy": Both("复制", "Copy"),
    "copy_link": Both("复制链接", "Copy the link"),
    "copied": Both("已复制，可以粘贴给别人了。", "Copied; paste it wherever you like."),
    "copy_by_hand": Both(
        "这个浏览器不能自动复制。文字已选中，请长按或用 Ctrl+C 复制。",
        "This browser does not copy by itself. The text is selected: copy it by a long press or "
        "Ctrl+C.",
    ),
    "report_subject": Both("《{title}》有一处要改", "A correction for “{title}”"),
    "report_id": Both("内部编号：{id}", "Identifier: {id}"),
    "report_date": Both("指南数据日期：{date}", "Data of the guide: {date}"),
    "report_wrong": Both("问题：{kind}", "What is wrong: {kind}"),
    "report_what": Both("哪里不对？", "What is wrong?"),
    "report_gone": Both("已经搬走或关闭", "It has moved or closed"),
    "report_position": Both("地图上的位置不对", "It is in the wrong place on the map"),
    "report_contact": Both("电话或时间不对", "Telephone or hours are wrong"),
    "report_name": Both("名称不对", "The name is wrong"),
    "report_other": Both("其他", "Something else"),
    "report_words": Both("应该是（可不填）", "What is right (if you know it)"),
    "report_text": Both("要发出的文字", "The text to send"),
    "report_hint": Both(
        "文字由您自己发出，页面不会替您发送。",
        "You send this text yourself; the page sends nothing.",
    ),
    "report_mail": Both("用电子邮件发给社区", "Send it by e-mail"),
    "report_web": Both("复制文字并打开反馈页", "Copy the text and open the feedback page"),
    "report_copied": Both(
        "文字已复制，请粘贴到反馈页。", "Copied; paste it into the feedback page."
    ),
    "report_copy": Both("复制文字", "Copy the text"),
    "report_call": Both("也可以打电话告诉社区：", "Or tell them by telephone:"),
    "home_search": Both("查找我家", "Find my home"),
    "home_search_hint": Both("路名或路口", "Street"),
    "home_is_center": Both("从{center}出发，", "From {center}:"),
    "home_sent": Both(
        "您选的位置会发给本指南的服务器计算，不会发给别人。",
        "The position you choose is sent to this guide's own server to be worked out, and to "
        "nobody else.",
    ),
    "address_found": Both("找到 {n} 个，请选一个。", "{n} found, choose one."),
    "address_none": Both(
        "这份地图里没有找到。试试只写路名，或两条路的路口，如“甲路与乙路”；也可以直接在地图上点。",
        "Not found in this map. Try the street alone, or a crossing such as “A Street and "
        "B Street”; or tap the map.",
    ),
    "address_crossing": Both("{one}与{other}路口", "{one} and {other}"),
    "address_is_crossing": Both("路口", "Crossing"),
    "address_is_street": Both("街道，取中段", "Street, its middle"),
    "address_is_area": Both("地图上的地方", "On the map"),
    "address_no_number": Both(
        "只知道这条路，不知道门牌；选后请拖到准确的位置",
        "The street only, its numbers are not known; then drag the pin",
    ),
    "home_locate": Both("定位", "Locate me"),
    "locate_busy": Both("正在定位…", "Finding where you are…"),
    "locate_done": Both(
        "已定位，误差{metres}。不准可以拖动。", "Found to within {metres}. Drag it if needed."
    ),
    "locate_coarse": Both(
        "定位很粗，误差{metres}。请把图标拖到您家。",
        "Only known to within {metres}. Please drag the pin to your home.",
    ),
    "locate_outside": Both(
        "您现在的位置不在本指南的地图范围内（离中心{far}）。请在地图上点您家。",
        "You are outside the map of this guide, {far} from its centre. Tap your home on the map.",
    ),
    "locate_denied": Both(
        "没有得到定位许可。可以在浏览器设置里允许，或在地图上点您家。",
        "The browser was not allowed to tell the position. Allow it in its settings, or tap your "
        "home on the map.",
    ),
    "locate_denied_file": Both(
        "从文件打开时，这个浏览器不让定位。请在地图上点您家，或查找路名。",
        "This browser does not tell the position to a page opened from a file. Tap your home on "
        "the map, or find your street.",
    ),
    "locate_never": Both(
        "这里不能定位（需要新一些的浏览器和 https 网址）。请在地图上点您家。",
        "The position cannot be told here (it takes a newer browser and an https address). Tap "
        "your home on the map.",
    ),
    "locate_slow": Both(
        "等了 20 秒还没有定位。请到窗边再试，或在地图上点您家。",
        "No position after 20 seconds. Try again near a window, or tap your home on the map.",
    ),
    "locate_failed": Both(
        "手机没有给出位置。请打开定位服务再试，或在地图上点您家。",
        "The device gave no position. Turn on its location service, or tap your home on the map.",
    ),
    "about_metres": Both("约 {n} 米", "about {n} m"),
    "kilometres": Both("约 {n} 公里", "about {n} km"),
    "legend_ring": Both("步行 {n} 分钟以内", "within {n} min on foot"),
    "legend_ring_m": Both("步行 {n} 米以内", "within {n} m on foot"),
    "chip_unplaced": Both("另{n}待核", "+{n} unplaced"),
    "chip_label": Both("{name}，地图上 {n} 处", "{name}, {n} on the map"),
    "chip_label_unplaced": Both(
        "{name}，地图上 {n} 处，另有 {m} 处位置待核",
        "{name}, {n} on the map, {m} more without a position",
    ),
    "numbered": Both("编号 {n}", "Number {n}"),
    "others_found": Both("其他符合的", "Others that match"),
}
"""Sentences of the page itself, by key."""
