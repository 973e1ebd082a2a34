"""What ``circle coverage`` prints: tables for people, plain data for programs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from circle.cli.command import in_words, language
from circle.cli.tables import columns
from circle.coverage.home import HomeAnswer, ask_home, way_to_nearest
from circle.coverage.mode import StandardMode, Subject
from circle.coverage.model import MEASURE_NAMES, CoverageResult
from circle.planner.plan import Plan, gravest_gaps, place_name
from circle.planner.tables import NONE_HERE
from circle.standards import LEVEL_NAMES, NEED_NAMES

if TYPE_CHECKING:
    import pandas as pd

    from circle.geometry import LonLat

_SHOWN_GAPS = 10
_SHOWN_AREAS = 40


def of_plan(plan: Plan) -> tuple[dict[str, Any], str]:
    """Return what was judged, its gaps and its score as data and as text."""
    coverage, score, areas = plan.coverage, plan.score, plan.area_shares
    data = {
        "name": plan.name,
        "mode": coverage.parameters["mode"],
        "parameters": dict(coverage.parameters),
        "demand": {"how": coverage.demand.how, "zh": coverage.demand.source[0],
                   "en": coverage.demand.source[1], "figures": dict(coverage.demand.figures)},
        "shares": records(coverage.shares),
        "distances": records(coverage.distances),
        "areas": None if areas is None else records(areas),
        "capacity": records(plan.capacity),
        "gaps": records(plan.gaps.drop(columns=["geometry", "homes"])),
        "score": None if score is None else records(score),
        "notes": [{"zh": zh, "en": en} for zh, en in coverage.notes],
    }  # fmt: skip
    parts = [_head(plan), _classes(coverage)]
    levels = _levels(coverage)
    parts += [_clauses(coverage, level) for level in levels]
    if levels:
        parts += [_how_to_read(), _evidence(plan)]
    if areas is not None:
        parts.append(_areas(areas, coverage))
    parts += [_capacity(plan.capacity), _gaps(plan)]
    if score is not None:
        parts.append(_score(score))
    parts += [in_words(en, zh) for zh, en in coverage.notes]
    return data, "\n\n".join(part for part in parts if part)


def of_home(result: CoverageResult, at: LonLat) -> tuple[dict[str, Any], str]:
    """Return what one home has and lacks as data and as text."""
    from circle.study.answers import route_feature

    answer = ask_home(result, at)
    ways: dict[str, Any] = {}
    for row in _rows(answer.answers):
        if row.state == "uncovered" and row.kind != "group":
            way = way_to_nearest(result, answer.home, str(row.subject))
            if way is not None:
                ways[str(row.subject)] = way
    data = {
        "demand_id": answer.demand_id,
        "name": answer.name,
        "away_m": answer.away_m,
        "people": None if math.isnan(answer.people) else answer.people,
        "answers": records(answer.answers),
        "routes": {key: route_feature(way) for key, way in ways.items()},
    }
    return data, _home_text(result, answer, ways)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as plain data; what is not a finite number is none."""
    return [
        {str(key): _plain(value) for key, value in row.items()} for row in table.to_dict("records")
    ]


def _rows(table: pd.DataFrame) -> Iterator[Any]:
    """Yield rows by column name; their values are of any kind."""
    yield from table.itertuples(index=False)


def _text(value: Any) -> str:
    """Return a text, empty where a table has none."""
    return value if isinstance(value, str) else ""


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _percent(value: float) -> str:
    return "–" if value is None or math.isnan(value) else f"{value * 100:.1f}%"


def _length(value: float, unit: str) -> str:
    if not math.isfinite(value):
        return in_words("none", "无")
    if unit == "m":
        return in_words(f"{value:.0f} m", f"{value:.0f} 米")
    return in_words(f"{value:.1f} min", f"{value:.1f} 分钟")


def _limit(value: float, unit: str) -> str:
    word = in_words("m", "米") if unit == "m" else in_words("min", "分钟")
    return f"{value:g} {word}"


def _level(level: str) -> str:
    zh, en = LEVEL_NAMES.get(level, (level, level))
    return in_words(en, zh)


def _name(row: Any) -> str:
    return str(row.name_zh if language() == "zh" else row.name_en) or str(row.name_zh)


def _main_measure(coverage: CoverageResult) -> str:
    return str(coverage.shares.measure.iloc[0])


def _head(plan: Plan) -> str:
    coverage = plan.coverage
    mode = coverage.mode
    zh, en = coverage.demand.source
    measure = MEASURE_NAMES[_main_measure(coverage)]
    if isinstance(mode, StandardMode):
        how = in_words("Metres of the standard, along the streets", "按标准的米数，沿道路计算")
    else:
        who = in_words(mode.walker.name_en, mode.walker.name_zh)
        how = in_words(f"Minutes on foot ({who})", f"按步行分钟数（{who}）")
    date = coverage.network.provenance.data_date or in_words("unknown", "未知")
    return "\n".join(
        [
            in_words(f"{how}; shares of {measure[1]}.", f"{how}；比例为{measure[0]}比例。"),
            in_words(en, zh),
            in_words(f"Streets: {coverage.network.provenance.source}, data of {date}",
                     f"道路：{coverage.network.provenance.source}，数据日期 {date}"),
            *(in_words(en, zh) for zh, en in plan.notices),
        ]
    )  # fmt: skip


def _levels(coverage: CoverageResult) -> list[str]:
    return list(dict.fromkeys(one.level for one in coverage.subjects if one.kind != "class"))


def _classes(coverage: CoverageResult) -> str:
    """Return a row per class: its share at every level, the crow-fly figure beside the last."""
    shares = coverage.shares
    rows = shares[(shares.kind == "class") & (shares.measure == _main_measure(coverage))]
    if rows.empty:
        return ""
    unit = coverage.mode.unit
    limits = list(dict.fromkeys(rows.limit))
    far = coverage.distances.set_index("places")
    head = [in_words("Class", "类别"), in_words("Places", "处数")]
    head += [_limit(limit, unit) for limit in limits]
    if unit == "m":
        head += [in_words(f"straight {limit:g}", f"直线 {limit:g}") for limit in limits]
    head += [in_words("half within", "半数以内"), in_words("9 in 10 within", "九成以内"),
             in_words("choices", "可选")]  # fmt: skip
    table = [head]
    for key, mine in rows.groupby(rows.subject.str.partition("@")[0], sort=False):
        by_limit: dict[float, Any] = {row.limit: row for row in _rows(mine)}
        first: Any = next(iter(by_limit.values()))
        line = [_name(first), str(first.n_places)]
        line += [_share_cell(by_limit.get(limit)) for limit in limits]
        if unit == "m":
            line += [
                _percent(by_limit[limit].share_crow_fly) if first.n_places else "–"
                for limit in limits
            ]
        row: Any = far.loc[key]
        line += [_length(row["median"], unit), _length(row["p90"], unit), f"{row.choices_mean:.1f}"]
        table.append(line)
    title = in_words(
        "Classes: covered along the streets (+ unknown at the edge of the data)",
        "各类设施：沿道路的覆盖率（+ 数据边缘处不能判定的部分）",
    )
    return title + "\n" + columns(table, right=range(1, len(head)), most=24)


def _share_cell(row: Any) -> str:
    if row is None:
        return "–"
    if not row.n_places:
        return in_words(*reversed(NONE_HERE))
    unknown = row.share_unknown
    extra = f" +{unknown * 100:.0f}" if unknown >= 0.005 else ""
    return _percent(row.share_covered) + extra


def _clauses(coverage: CoverageResult, level: str) -> str:
    unit = coverage.mode.unit
    shares = coverage.shares
    mine = shares[(shares.kind != "class") & (shares.level == level)]
    land = "residential_land"
    lines = [
        [
            in_words("Facility", "设施"), in_words("Need", "要求"), in_words("Within", "限值"),
            in_words("Places", "处数"), in_words("Covered", "覆盖"),
            in_words("unknown", "不能判定"), in_words("straight", "直线"),
            in_words("range", "范围"), in_words("evidence", "依据"),
        ]
    ]  # fmt: skip
    on_land: list[bool] = []
    for subject in coverage.subjects:
        if subject.kind == "class" or subject.level != level:
            continue
        clause = subject.clause
        rows = mine[mine.subject == subject.key].set_index("measure")
        wants_land = _measure(subject) == land or (
            subject.kind == "group"
            and any(_measure(coverage.subject(key)) == land for key in subject.members)
        )
        measure = land if wants_land and land in rows.index else _main_measure(coverage)
        on_land.append(measure == land)
        row: Any = rows.loc[measure]
        shown = [_percent(row.share_covered), _percent(row.share_unknown),
                 _percent(row.share_crow_fly),
                 f"{_percent(row.low)}–{_percent(row.high)}"]  # fmt: skip
        if not row.n_places:
            shown = [in_words(*reversed(NONE_HERE)), "–", "–", "–"]
        need = "" if clause is None else in_words(*reversed(NEED_NAMES[clause.need]))
        lines.append(
            [
                subject.name(language()) + (" *" if measure == land else ""),
                need,
                _limit(subject.limit, unit),
                str(row.n_places),
                *shown,
                in_words("read", "有据") if subject.is_verified
                else in_words("unverified", "未核实"),
            ]
        )  # fmt: skip
    text = _level(level) + "\n" + columns(lines, right=range(2, 8), most=40)
    if any(on_land):
        text += "\n" + in_words("* of residential land", "* 按居住用地面积")
    return text


def _how_to_read() -> str:
    """Explain the columns of the clauses that could be misread."""
    return in_words(
        "Range: the lower end takes positions as far off as they may be, walkers slow and gates "
        "shut; the upper end the contrary, and counts what is unknown as covered.\n"
        "None on this map: there may be none, or nobody may have mapped it; no verdict.",
        "范围：下限按位置误差、步速慢、出入口关闭计，上限相反，并把不能判定的也算作覆盖。\n"
        "图上没有：可能确实没有，也可能没有人标绘，不作判定。",
    )


def _evidence(plan: Plan) -> str:
    """Say plainly how many rows of each standard are unverified."""
    lines = []
    for standard in dict.fromkeys(clause.standard for clause in plan.clauses):
        mine = [clause for clause in plan.clauses if clause.standard == standard]
        unverified = sum(not clause.is_verified for clause in mine)
        if unverified:
            lines.append(
                in_words(
                    f"{unverified} of the {len(mine)} rows of {standard} are unverified: hold "
                    "them against the standard before use.",
                    f"{standard} 的 {len(mine)} 条中有 {unverified} 条未核实：用前请核对标准原文。",
                )
            )
    return "\n".join(lines)


def _measure(subject: Subject) -> str:
    return "people" if subject.clause is None else subject.clause.measure


def _areas(table: pd.DataFrame, coverage: CoverageResult) -> str:
    """Return a row per area with its people and the classes at the farthest level."""
    rows = table[table.subject.str.contains("@")]
    if rows.empty:
        return ""
    rows = rows[(rows.measure == rows.measure.iloc[0]) & (rows.limit == rows.limit.max())]
    subjects = list(dict.fromkeys(rows.subject))
    first = rows.drop_duplicates("subject").set_index("subject")
    zh, en = MEASURE_NAMES[rows.measure.iloc[0]]
    head = [
        in_words("Area", "分区"),
        in_words(en, zh),
        *(_name(first.loc[key]) for key in subjects),
    ]
    lines = [head]
    for _, mine in list(rows.groupby("area_id", sort=False))[:_SHOWN_AREAS]:
        by_key = mine.set_index("subject")
        lines.append(
            [
                str(mine.area_name.iloc[0]),
                f"{mine.total.iloc[0]:.0f}",
                *(
                    _percent(by_key.loc[key, "share_covered"])
                    if coverage.has_places(coverage.subject(key))
                    else in_words(*reversed(NONE_HERE))
                    for key in subjects
                ),
            ]
        )
    limit = _limit(float(rows.limit.iloc[0]), str(rows.unit.iloc[0]))
    title = in_words(f"By area, within {limit}", f"分区，{limit}以内")
    return title + "\n" + columns(lines, right=range(1, len(head)), most=16)


def _capacity(table: pd.DataFrame) -> str:
    if table.empty:
        return ""
    lines = [
        [
            in_words("Facility", "设施"), in_words("capacity", "容量"),
            in_words("known of", "已知"), in_words("per 1000", "每千人"),
            in_words("half have", "半数人不超过"), in_words("without", "够不到"),
        ]
    ]  # fmt: skip
    lines += [
        [
            _name(row),
            f"{row.supply:.0f}",
            f"{row.n_known}/{row.n_places}",
            f"{row.per_1000:.1f}",
            f"{row.access_median:.1f}",
            _percent(row.share_without),
        ]
        for row in _rows(table)
    ]
    title = in_words(
        "Capacity, where the map gives it; what half of the people have at most, per 1000, shared "
        "with all who reach it (2SFCA)",
        "已知的容量；“半数人不超过”：与所有能到达者分享后的每千人容量（两步移动搜寻法）",
    )
    return title + "\n" + columns(lines, right=range(1, 6))


def _gaps(plan: Plan) -> str:
    if plan.gaps.empty:
        return in_words("Nobody lacks anything that was asked for.", "所评价的各项无人缺少。")
    shown = gravest_gaps(plan, _SHOWN_GAPS)
    if shown.empty:
        return in_words(
            "There is no gap in anything the map knows a place of.",
            "地图上有的各类设施都没有缺口。",
        )
    lines = [
        [
            in_words("No.", "编号"), in_words("Lacking", "缺少"),
            in_words("within", "限值"), in_words("people", "人口"),
            in_words("dwellings", "住户"), in_words(plan.homes_name[1], plan.homes_name[0]),
            in_words("nearest", "最近"), in_words("too far by", "超出"), "",
        ]
    ]  # fmt: skip
    lines += [
        [
            str(row.no),
            _name(row),
            _limit(row.limit, row.unit),
            f"{row.people:.0f}" if plan.has_people else "–",
            f"{row.dwellings:.0f}" if plan.has_people else "–",
            str(row.n_homes),
            _length(row.nearest, row.unit),
            _length(row.excess, row.unit),
            place_name(plan.coverage, row, language()),
        ]
        for row in _rows(shown)
    ]
    title = in_words(
        f"Largest gaps ({len(plan.gaps)} in all), each class at the farthest level it lacks",
        f"最大的缺口（共 {len(plan.gaps)} 处），各类取其仍有缺口的最远一级",
    )
    return title + "\n" + columns(lines, right=[0, *range(2, 8)])


def _score(score: pd.DataFrame) -> str:
    lines = [[in_words("Level", "层级"), in_words("Score", "得分"), in_words("weights", "权重")]]
    for level, mine in score.groupby("level", sort=False):
        weights = ", ".join(f"{_name(row)} {row.weight:.0%}" for row in _rows(mine))
        lines.append([_level(str(level)), f"{mine.part.sum() * 100:.1f}", weights])
    title = in_words(
        "Composite score; what is unknown or none on this map counts as not covered",
        "综合得分；不能判定的和图上没有的按未覆盖计",
    )
    return title + "\n" + columns(lines, right=[1], most=200)


def _home_text(result: CoverageResult, answer: HomeAnswer, ways: Mapping[str, Any]) -> str:
    people = "" if math.isnan(answer.people) else in_words(
        f", about {answer.people:.0f} people", f"，约 {answer.people:.0f} 人")  # fmt: skip
    label = answer.name or answer.demand_id
    parts = [in_words(f"Home {label}{people}", f"住处 {label}{people}")]
    titles = {
        "uncovered": in_words("Lacks", "缺少"),
        "unknown": in_words("Unknown: the edge of the data is nearer", "不能判定：数据边缘更近"),
        "covered": in_words("Has", "具备"),
        "unmapped": in_words("None on this map, no verdict", "图上没有，不作判定"),
    }
    for state, title in titles.items():
        lines = []
        for row in _rows(answer.answers):
            is_mapped = result.has_places(result.subject(row.subject))
            if (row.state if is_mapped else "unmapped") != state:
                continue
            line = [
                _name(row), _level(row.level), _limit(row.limit, row.unit),
                _length(row.nearest, row.unit), _text(row.place_name),
                f"{row.standard} {row.clause}" if _text(row.standard) else "",
                "" if row.is_verified else in_words("unverified", "未核实"),
            ]  # fmt: skip
            if state == "uncovered":
                beyond = in_words("+", "超 ") + _length(row.excess, row.unit)
                line.insert(4, beyond if math.isfinite(row.excess) else "")
            lines.append(line)
        if lines:
            parts.append(title + "\n" + columns(lines))
    walks = _ways(result, ways)
    if walks:
        parts.append(in_words("Ways to the nearest", "到最近设施的路线") + "\n" + walks)
    return "\n\n".join(parts)


def _ways(result: CoverageResult, ways: Mapping[str, Any]) -> str:
    lines: list[str] = []
    told: set[str] = set()
    for key, way in ways.items():
        subject = result.subject(key)
        if subject.places in told:
            continue
        told.add(subject.places)
        streets = dict.fromkeys(leg.street for leg in way.legs if leg.street)
        by = " → ".join(streets) or in_words("unnamed ways", "无名道路")
        lines.append(
            f"{subject.name(language())}: "
            + in_words(f"{way.length_m:.0f} m, {way.time_s / 60:.1f} min: ",
                       f"{way.length_m:.0f} 米，{way.time_s / 60:.1f} 分钟：")
            + by
        )  # fmt: skip
    return "\n".join(lines)
