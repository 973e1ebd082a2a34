"""How the figures were computed: every source, parameter and limit, for the page that tells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from circle import __version__
from circle.coverage.mode import LEVEL_METRES, StandardMode
from circle.coverage.model import MEASURE_NAMES
from circle.demand.model import Words
from circle.planner.plan import Plan
from circle.provenance import Provenance

SOURCE_NAMES: Mapping[str, Words] = {
    "streets": ("道路", "streets"),
    "map": ("地图（建筑与设施）", "map (buildings and places)"),
    "places": ("设施表", "sheet of places"),
    "population": ("人口", "population"),
    "compounds": ("小区名单", "sheet of compounds"),
    "areas": ("分区", "sub-areas"),
}
UNKNOWN: Words = ("未知", "unknown")

DEFINITIONS: tuple[tuple[Words, Words], ...] = (
    (
        ("沿道路覆盖", "within, along the streets"),
        (
            "住处沿可步行道路到最近一处设施的距离（或时间）不超过限值。"
            "起点为小区出入口、楼门或临街面，终点为设施入口；最多查找 10 千米或 120 分钟。",
            "The walk from a home to the nearest place, along streets open to walkers, is within "
            "the limit. It starts at the compound's gate, the door or the front of the building "
            "and ends at the place's entrance; at most 10 km or 120 minutes are searched.",
        ),
    ),
    (
        ("不能判定", "unknown"),
        (
            "限值内没有找到设施，但限值内可走到数据边缘：边缘之外可能有。数据边缘指范围边界、"
            "缺少后续节点的道路和中断的主要道路；沿边界裁断的小巷在文件中不留痕迹，按尽端路计。"
            "步行范围的“触及数据边缘”用同一边缘，但只就其起点而言：离边缘更近的住处仍可能不能判定。",
            "Nothing was found within the limit, but the edge of the data is within it: there may "
            "be something beyond. The edge is the rim of the extent, ways whose next node is "
            "missing, and main roads that end; a lane cut off along a border leaves no trace in "
            "the file and counts as a cul-de-sac. Rings that say they are cut go by the same edge, "
            "but each from its own origin: homes nearer to the edge may still be unknown.",
        ),
    ),
    (
        ("图上没有", "none on this map"),
        (
            "地图上一处也没有的设施：可能确实没有，也可能没有人标绘，因此不算未达标，另行列出。",
            "A facility of which the map knows no place at all: there may be none, or nobody may "
            "have mapped it. It counts as no failure and is listed apart.",
        ),
    ),
    (
        ("判定", "verdict"),
        (
            "覆盖与不能判定合计不足一半为“不足一半”；覆盖达到一半为“达到一半”；其余为“不能判定”。",
            "“Less than half” where covered and unknown together are below one half; “half or "
            "more” where covered is; “unknown” in between.",
        ),
    ),
    (
        ("新增与失去", "gained and lost"),
        (
            "选址与假设改动只比较前后都能判定的住处：原来不能判定的既不算新增也不算失去，"
            "也不影响选址，另列为“原不能判定”。",
            "Sites and what-ifs compare only homes that can be judged before and after: whoever "
            "was unknown is neither gained nor lost and sways no choice, and is told apart as "
            "“unknown before”.",
        ),
    ),
    (
        ("直线覆盖", "within, straight line"),
        (
            "到最近设施入口的直线距离不超过限值；仅作对照，行人不能直线行走。",
            "The straight line to the nearest entrance is within the limit; for comparison only, "
            "nobody walks straight.",
        ),
    ),
    (
        ("覆盖率上下限", "covered, low and high"),
        (
            "同时考虑：位置误差（住处与设施接入道路的距离）、步速变化、小区出入口是否开放；"
            "上限把不能判定的也算作覆盖。用地只计不能判定的部分。",
            "They enclose: positions off by the length of their links to the street, walkers "
            "slower or faster, gates of compounds open or not; the high one counts whatever is "
            "unknown as covered. For ground they enclose the unknown alone.",
        ),
    ),
    (
        ("缺口", "gap"),
        (
            "缺少同一设施、彼此相距不超过 50 米的住处连成一片；不含不能判定的住处。",
            "Homes that lack the same thing and lie within 50 m of each other; homes whose answer "
            "is unknown are in none.",
        ),
    ),
    (
        ("最近设施的人口", "people it is nearest to"),
        (
            "每个住处只计入离它最近的一处设施。",
            "Each home counts for the one place nearest to it.",
        ),
    ),
    (
        ("各层级分别评价", "levels are judged each by itself"),
        (
            "每一层级只看本层级的项目，不互相包含。米制与分钟制不混用。",
            "Each level has its own list; none contains another. Metres and minutes are never "
            "mixed.",
        ),
    ),
)
"""What the words in the tables mean."""

CHOICES: tuple[Words, Words] = (
    ("可选处数", "choices"),
    (
        "最大限值内能走到的设施数；平均与中位按人口计。",
        "How many places are within the widest limit; mean and median are over people.",
    ),
)
CAPACITY: tuple[Words, Words] = (
    ("容量与两步移动搜寻法", "capacity and 2SFCA"),
    (
        "只计地图写明容量的设施。先把每处容量按距离的高斯权重（门口为 1，限值处为 0）分给能到达的"
        "人，再对每个住处把各处分得的加总，按每千人计；每千人容量为容量合计 ÷ 人口。",
        "Only places whose capacity the map gives. Each place's capacity is shared among the "
        "people who reach it, weighed by a Gaussian of the distance (1 at the door, 0 at the "
        "limit); each home adds up its shares, per 1,000 people. Capacity per 1,000 is all "
        "capacity by all people.",
    ),
)
SCORE: tuple[Words, Words] = (
    ("综合得分", "composite score"),
    (
        "各类覆盖率按给定权重的加权平均；权重是选择，不是测量。"
        "不能判定的和图上没有的都按未覆盖计，因此是下限。",
        "Mean of the classes' shares by the weights that were given; weights are a choice, not a "
        "measurement. What is unknown or none on this map counts as not covered, so it is a lower "
        "end.",
    ),
)


class Fact(NamedTuple):
    """A row about the method: what it is about, in both languages, its value, where it is from."""

    group: Words
    name: Words
    value: Words
    source: Words = ("", "")


_LEVELS_TEXT = ", ".join(f"{metres:g}" for metres in LEVEL_METRES)
_LEVELS_OF: Words = (
    "GB 50180-2018 2.0.2–2.0.4：十五分钟为 800–1000 米，取 1000 米",
    "GB 50180-2018, 2.0.2 to 2.0.4: 15 minutes are 800 to 1000 m; 1000 m is taken",
)
_GENERAL: Words = ("概况", "general")
_DATA: Words = ("数据来源", "data")
_PARAMETERS: Words = ("参数", "parameters")
_ASSUMED: Words = ("估算参数", "assumptions")
_DEMAND: Words = ("住处", "homes")
_TERMS: Words = ("名词", "terms")
_NOTES: Words = ("注意", "notes")


def facts(plan: Plan) -> tuple[Fact, ...]:
    """Return everything the figures rest on, in the order it is told."""
    return (*_general(plan), *_data(plan), *_parameters(plan), *_demand(plan), *_terms(plan))


def _same(value: Any) -> Words:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text, text


def _general(plan: Plan) -> Iterator[Fact]:
    mode = plan.coverage.mode
    yield Fact(_GENERAL, ("研究", "study"), _same(plan.name))
    if plan.study_title[0]:
        yield Fact(_GENERAL, ("标题", "title"), plan.study_title)
    for notice in plan.notices:
        yield Fact(_GENERAL, ("数据说明", "about the data"), notice)
    yield Fact(_GENERAL, ("程序版本", "version of the program"), _same(f"circle {__version__}"))
    date = plan.data_date
    yield Fact(_GENERAL, ("数据日期", "date of the data"), UNKNOWN if date is None else _same(date))
    if isinstance(mode, StandardMode):
        how = (
            "按标准的米数，沿道路逐户计算最短路",
            "metres of the standard: shortest walk along the streets from every home",
        )
    else:
        speed = mode.walker.speed_m_s
        how = (
            f"按步行分钟数（{mode.walker.name_zh}，{speed:g} 米/秒），沿道路逐户计算最快路",
            f"minutes of a walker ({mode.walker.name_en}, {speed:g} m/s): quickest walk along the "
            "streets from every home",
        )
    yield Fact(_GENERAL, ("方法", "method"), how)
    yield Fact(_GENERAL, ("比例按", "shares are of"), MEASURE_NAMES[plan.measure])
    if plan.approval_number:
        yield Fact(_GENERAL, ("审图号", "review number"), _same(plan.approval_number))


def _data(plan: Plan) -> Iterator[Fact]:
    for key, given in plan.sources.items():
        name = SOURCE_NAMES.get(key, (key, key))
        told = given.as_dict() if isinstance(given, Provenance) else dict(given)
        date = told.get("data_date")
        value = (
            f"{told.get('source') or '未知'}，数据日期 {date or '未知'}",
            f"{told.get('source') or 'unknown'}, data of {date or 'unknown'}",
        )
        extra = [
            *([f"sha256 {told['sha256']}"] if told.get("sha256") else []),
            *(str(told[word]) for word in ("licence", "attribution") if told.get(word)),
        ]
        yield Fact(_DATA, name, value, ("；".join(extra), "; ".join(extra)))
        if told.get("heights"):
            share = told.get("heights_share")
            known = "" if share is None else f" ({share:.0%})"
            yield Fact(_DATA, ("地面高程", "heights"), _same(f"{told['heights']}{known}"))
        if told.get("n_edits"):
            yield Fact(
                _DATA, ("手工修改", "edits drawn over it"), _same(told["n_edits"]),
                _same(f"sha256 {told['edits_sha256']}"),
            )  # fmt: skip
    standards = dict.fromkeys(clause.standard for clause in plan.clauses)
    for standard in standards:
        mine = [clause for clause in plan.clauses if clause.standard == standard]
        read = sum(clause.is_verified for clause in mine)
        told_once = (part.strip() for clause in mine for part in clause.source.split(" ; "))
        origins = "; ".join(dict.fromkeys(filter(None, told_once)))
        yield Fact(
            _DATA, ("标准", "standard"),
            (
                f"{standard}：{len(mine)} 条，其中 {len(mine) - read} 条未核实",
                f"{standard}: {len(mine)} rows, {len(mine) - read} of them unverified",
            ),
            _same(origins),
        )  # fmt: skip


def _parameters(plan: Plan) -> Iterator[Fact]:
    names: Mapping[str, Words] = {
        "levels": ("层级", "levels"),
        "limits": ("各层级限值", "limits of the levels"),
        "walker": ("步行者", "walker"),
        "speed_m_s": ("步速（米/秒）", "speed, m/s"),
        "speed_share": ("步速变化幅度", "speed varies by the share"),
        "opens_gates": ("另算出入口全部开放", "also reckoned with all gates open"),
        "farthest": ("最远查找", "searched at most"),
    }
    unit = {"m": ("米", "m"), "min": ("分钟", "min")}[plan.unit]
    for key, name in names.items():
        value = plan.coverage.parameters.get(key)
        if value is None:
            continue
        if key == "walker":
            walker = plan.coverage.mode.walker
            yield Fact(_PARAMETERS, name, (walker.name_zh, walker.name_en))
        elif isinstance(value, bool):
            yield Fact(_PARAMETERS, name, ("是", "yes") if value else ("否", "no"))
        elif key in ("limits", "farthest"):
            listed = value if isinstance(value, list) else [value]
            text = ", ".join(f"{one:g}" for one in listed)
            source = _LEVELS_OF if key == "limits" and text == _LEVELS_TEXT else ("", "")
            yield Fact(_PARAMETERS, name, (f"{text} {unit[0]}", f"{text} {unit[1]}"), source)
        else:
            told = ", ".join(map(str, value)) if isinstance(value, list) else value
            yield Fact(_PARAMETERS, name, _same(told))
    for row in plan.coverage.demand.assumptions.as_rows():
        yield Fact(
            _ASSUMED, (row["name_zh"], row["name_en"]), _same(float(row["value"])),
            (row["source_zh"], row["source_en"]),
        )  # fmt: skip


def _demand(plan: Plan) -> Iterator[Fact]:
    demand = plan.coverage.demand
    yield Fact(_DEMAND, ("来源", "made from"), demand.source)
    names: Mapping[str, Words] = {
        "people": ("人口", "people"),
        "dwellings": ("住户", "dwellings"),
        "buildings": ("住宅楼", "residential buildings"),
    }
    for key, name in names.items():
        if demand.total(key) > 0:
            yield Fact(_DEMAND, name, _same(f"{demand.total(key):,.0f}"))
    for key, value in demand.figures.items():
        if key not in names:
            yield Fact(_DEMAND, _same(key), _same(f"{value:,.6g}"))
    judged = int(plan.coverage.is_judged.sum())
    yield Fact(_DEMAND, ("参与评价的住处", "homes judged"), _same(f"{judged:,} / {len(demand):,}"))
    for note in demand.notes:
        yield Fact(_NOTES, ("住处", "homes"), note)


def _terms(plan: Plan) -> Iterator[Fact]:
    told = set(plan.coverage.demand.notes)
    for note in plan.coverage.notes:
        if note not in told:
            yield Fact(_NOTES, ("结果", "results"), note)
    terms = [*DEFINITIONS, CHOICES]
    if len(plan.capacity):
        terms.append(CAPACITY)
    if plan.score is not None:
        terms.append(SCORE)
    for name, meaning in terms:
        yield Fact(_TERMS, name, meaning)
