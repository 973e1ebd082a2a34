"""What only the paper guide says, in both languages; everything else comes from `wording`."""

from __future__ import annotations

from circle.guide.wording import Both

PAPER: dict[str, Both] = {
    "table": Both("名录", "List of places"),
    "map": Both("地图", "Map"),
    "map_sheet": Both("地图 {n}", "Map {n}"),
    "overview": Both("总图", "Overview"),
    "number": Both("编号", "No."),
    "name": Both("名称", "Name"),
    "address": Both("地址", "Address"),
    "phone": Both("电话", "Telephone"),
    "hours": Both("开放时间", "Opening hours"),
    "walk": Both("步行", "Walk"),
    "square": Both("方格", "Square"),
    "reason": Both("原因", "Reason"),
    "minutes": Both("{n} 分钟", "{n} min"),
    "over": Both("超过", "over"),
    "off_map": Both("图外", "off map"),
    "no_phone": Both("名录中没有电话。", "The list has no telephone numbers."),
    "no_hours": Both("名录中没有开放时间。", "The list has no opening hours."),
    "holidays": Both(
        "法定节假日的开放时间可能不同。", "Opening hours may differ on public holidays."
    ),
    "no_address": Both("名录中没有地址。", "The list has no addresses."),
    "legend": Both("图例", "Legend"),
    "classes": Both("类别与编号", "Classes and their numbers"),
    "legend_number": Both("地点和它的编号", "A place and its number"),
    "legend_ring": Both("步行 {n} 分钟的范围", "Within {n} min on foot"),
    "legend_ring_m": Both("步行 {n} 米的范围", "Within {n} m on foot"),
    "legend_center": Both("出发点", "Starting point"),
    "legend_street": Both("街道", "Street"),
    "legend_inferred": Both("推断的街道", "Inferred street"),
    "legend_entrance": Both("入口", "Entrance"),
    "legend_inset": Both("放大图及其范围", "Enlarged part and its frame"),
    "legend_lane": Both("人行路", "Footway"),
    "legend_steps": Both("台阶", "Steps"),
    "legend_square": Both("方格边长 {n} 米", "Squares of {n} m"),
    "legend_off_map": Both("箭头：地点在图外", "Arrow: the place lies off the map"),
    "qr_guide": Both("扫码看手机版", "Scan for the guide on your phone"),
    "qr_feedback": Both("扫码报错、提建议", "Scan to report or suggest"),
    "approval": Both("审图号：{number}", "Map review number: {number}"),
    "approval_blank": Both("审图号：______________", "Map review number: ______________"),
    "scale": Both("比例尺 1:{scale}", "Scale 1:{scale}"),
    "how_title": Both("怎么用", "How to use it"),
    "how": Both(
        "在名录里找到地点，记下编号和方格；在地图上先找方格（字母横看，数字竖看），再找编号。"
        "反过来，看到地图上的编号，也能在名录里查到它是哪里。",
        "Find a place in the list and note its number and square; on the map look up the square "
        "(letters across, numbers down), then the number. Or look up a number of the map in the "
        "list.",
    ),
    "how_blocks": Both(
        "挨得太近的地点，编号排在一起，用细线连到各自的位置；“12–15”是 12 到 15 号。",
        "Places too close together share a row of numbers, tied to them by lines; “12–15” stands "
        "for numbers 12 to 15.",
    ),
    "how_walk": Both(
        "步行时间从“{center}”算起，向上取整到分钟。",
        "Walking times start at “{center}” and are rounded up to whole minutes.",
    ),
    "how_inset": Both(
        "地点很密的地方另有放大图，用黑框和字母标出。名录的方格后带字母的，编号在那幅放大图里。",
        "Where places stand close, a black frame with a letter leads to an enlargement. Where a "
        "letter follows the square in the list, the number stands on that enlargement.",
    ),
    "still_gathered": Both(
        "图上没有空处放更多放大图：有 {n} 处的编号仍与邻近的排在一起，请按名录的地址找。",
        "The map has no room for more enlargements: the numbers of {n} places still stand "
        "together with others; their addresses are in the list.",
    ),
    "fold": Both("对折线", "Fold"),
    "news_title": Both("优惠与活动", "Offers and events"),
    "events": Both("近期活动", "Events"),
    "events_of": Both("近期活动（{year} 年）", "Events in {year}"),
    "offers": Both("优惠与便民", "Offers"),
    "until": Both("至 {day}", "until {day}"),
    "when": Both("时间", "When"),
    "what": Both("内容", "What"),
    "where": Both("地点", "Where"),
    "alt_photo": Both("照片：{name}", "Photograph: {name}"),
    "alt_logo": Both("{community}的标志", "Logo of {community}"),
    "call_contacts": Both("社区", "Community"),
    "call_places": Both("名录中的电话", "Telephones of the list"),
    "call_title": Both("打电话找谁", "Who to call"),
    "call_lines": Both("写下常用电话：", "Write down those you need:"),
    "call_emergency": Both("紧急电话", "Emergencies"),
    "call_police": Both("报警", "Police"),
    "call_fire": Both("火警", "Fire"),
    "call_ambulance": Both("急救", "Ambulance"),
    "call_city": Both("政务服务热线", "City service line"),
    "you_are_here": Both("您在这里", "You are here"),
    "atlas": Both(
        "共 {n} 幅图，相邻的图有重叠。方格前的数字是第几幅图，例如 2-C4。",
        "{n} maps that overlap. The number before a square is that of its map, as in 2-C4.",
    ),
    "only_classes": Both("本次只印：{names}", "This print shows only: {names}"),
    "missing": Both("“□”代表所用字体没有的字。", "“□” stands for a sign the font does not have."),
    "alt_map": Both(
        "{community}地图，比例尺 1:{scale}，共标出 {n} 处地点，编号同名录。",
        "Map of {community} at 1:{scale} with {n} places, numbered as in the list.",
    ),
    "alt_overview": Both("各幅图的位置总图。", "Overview of the maps."),
    "alt_icon": Both("{name}的图标", "Pictogram of {name}"),
    "page": Both("第 {n} 页，共 {total} 页", "Page {n} of {total}"),
}
