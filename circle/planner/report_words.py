"""What the report says besides its figures, Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from circle.demand.model import Words

WORDS: Mapping[str, Words] = {
    "title": ("{place}生活圈设施覆盖报告", "{place}: what is within a walk"),
    "by_metres": ("按标准的米数，沿道路计算", "by the metres of the standards, along the streets"),
    "by_minutes": (
        "按步行分钟数（{walker}），沿道路计算",
        "by minutes on foot ({walker}), along the streets",
    ),
    "data_of": ("数据日期 {date}", "data of {date}"),
    "unknown": ("未知", "unknown"),
    "findings": ("主要结论", "Key findings"),
    "coverage": ("各类设施", "By class"),
    "maps": ("缺在哪里", "Where things are lacking"),
    "map_lacking": (
        "各住处{limit}内缺少的类别数",
        "Number of classes each home lacks within {limit}",
    ),
    "small_maps": (
        "缺少最多的几类（圆点为设施）",
        "The classes most are without (dots are the places)",
    ),
    "distances": ("要走多远", "How far it is"),
    "areas": ("分区", "Sub-areas"),
    "gaps": ("最大的缺口", "The largest gaps"),
    "map_gaps": (
        "各类只取其仍有缺口的最远一级；近一级与各条文的缺口见 coverage-gaps.csv，编号相同",
        "Each class at the farthest level it is lacking at; its nearer levels and the clauses are "
        "in coverage-gaps.csv, under the same numbers",
    ),
    "no_gaps": ("所评价的各项没有缺口。", "There is no gap in anything that was judged."),
    "clauses": ("逐条对照标准", "Clause by clause"),
    "clauses_how": (
        "每一层级单独评价，覆盖少的在前。“未核实”表示条文凭记忆或转引，用前请核对原文。"
        "上下限已含位置误差、步速与出入口开放情况，上限把不能判定的也算作覆盖。"
        "“图上没有”的不作判定，列在最后。",
        "Each level is judged by itself, the least covered first. “Unverified” rows were not read "
        "in a published text: check them before use. The range takes in positions, walking speed "
        "and gates; its upper end counts what is unknown as covered. Of what is “none on this "
        "map” nothing is said; it comes last.",
    ),
    "on_land": ("* 按居住用地面积", "* of residential land"),
    "none_here": ("图上没有", "none on this map"),
    "unverified": ("未核实", "unverified"),
    "facility": ("设施", "facility"),
    "need": ("要求", "need"),
    "limit": ("限值", "limit"),
    "places": ("处数", "places"),
    "covered": ("覆盖", "covered"),
    "cannot": ("不能判定", "unknown"),
    "straight": ("直线", "straight"),
    "range": ("上下限", "range"),
    "evidence": ("依据", "evidence"),
    "number": ("编号", "no."),
    "lacking": ("缺少", "lacking"),
    "people": ("人口", "people"),
    "nearest": ("最近", "nearest"),
    "too_far": ("超出（中位）", "too far by"),
    "which": ("最近的设施", "nearest place"),
    "within": ("{name}，{limit}", "{name}, {limit}"),
    "sites": ("建议选址：{name}", "Where to build: {name}"),
    "site": ("编号", "site"),
    "name": ("名称", "name"),
    "gain": ("新增覆盖{measure}", "{measure} gained"),
    "settled": ("原不能判定", "unknown before"),
    "served": ("就近{measure}", "{measure} it is nearest to"),
    "mean_walk": ("平均步行", "mean walk"),
    "sites_how": (
        "住处按现状着色；三角为选中的位置，小点为候选点，圆点为现有设施。",
        "Homes as they are now; triangles are the chosen sites, small dots the candidates, "
        "large ones the places there are.",
    ),
    "change": ("改动前后", "Before and after a change"),
    "share_of": ("按", "share of"),
    "before": ("改动前", "before"),
    "after": ("改动后", "after"),
    "gained": ("增减", "gained"),
    "n_same": ("另有 {n} 项没有变化。", "{n} other questions are as before."),
    "position": ("经度，纬度", "longitude, latitude"),
    "method": ("计算方法", "How this was computed"),
    "alt_classes": (
        "各类设施在各级限值内的覆盖率条形图",
        "Bars of the share covered by class and level",
    ),
    "alt_distances": (
        "到最近设施距离的累计曲线",
        "Cumulative curves of the distance to the nearest",
    ),
    "alt_areas": ("各分区各类设施的覆盖率", "Share covered by sub-area and class"),
    "alt_state": ("地图：{name}", "Map: {name}"),
    "page": ("第 {n} 页，共 {total} 页", "page {n} of {total}"),
}  # fmt: skip
