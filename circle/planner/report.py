"""The report: a few pages of findings, charts, maps and tables, and how they were computed."""

from __future__ import annotations

import datetime
import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from circle.coverage.mode import StandardMode, Subject
from circle.coverage.model import MEASURE_NAMES
from circle.demand.model import Words
from circle.guide.paper.fonts import PaperFont, find_font
from circle.planner import palette
from circle.planner.charts import charts
from circle.planner.findings import findings, length, percent
from circle.planner.method import facts
from circle.planner.plan import Plan, gravest_gaps, named_rows, place_name
from circle.planner.proposals import (
    counted,
    said_of_sites,
    site_name,
    what_changes,
)
from circle.planner.report_map import (
    Ground,
    change_map,
    gap_map,
    lack_map,
    make_ground,
    site_map,
    state_map,
)
from circle.planner.report_words import WORDS
from circle.planner.styles import lacks_words
from circle.planner.tables import clause_measure, level_names
from circle.standards import NEED_NAMES

_MOST_GAPS = 12
_SMALL_MAPS = 4
_MOST_CHANGES = 25
_TEXT = re.compile(r">([^<]+)<")
_TEMPLATE = Path(__file__).with_name("report.typ")


def render_report(plan: Plan, language: str, ground: Ground | None = None) -> bytes:
    """
    Return the report of a plan as PDF.

    Parameters
    ----------
    plan
        What to tell.
    language
        ``"zh"`` or ``"en"``.
    ground
        What lies under its maps, from `make_ground`; drawn here when not given.

    Returns
    -------
    pdf
        A4, tagged (PDF/UA-1); the same bytes for the same plan.

    Raises
    ------
    FontError
        If there is no font to write Chinese with.
    """
    return _Report(plan, language, find_font(), ground or make_ground(plan)).render()


class _Report:
    """One report in the making."""

    def __init__(self, plan: Plan, language: str, font: PaperFont, ground: Ground) -> None:
        self.plan, self.font, self.ground = plan, font, ground
        self.language = "zh" if language.startswith("zh") else "en"
        self.files: dict[str, bytes] = {}
        self.family = f'"{font.family}"'

    def pick(self, words: Words) -> str:
        """Return the one of two texts, every sign of which can be written."""
        return self.font.printable(" ".join(words[0 if self.language == "zh" else 1].split()))

    def say(self, key: str, **values: object) -> str:
        zh, en = WORDS[key]
        return self.pick((zh.format(**values), en.format(**values)))

    def image(self, key: str, drawing: str, alt: str) -> dict[str, str]:
        """Keep a drawing and return what the template needs of it."""
        name = f"{key}.svg"
        # Only what is written: a map has a million signs of outlines.
        written = _TEXT.sub(lambda found: f">{self.font.printable(found[1])}<", drawing)
        self.files[name] = written.encode()
        return {"file": name, "alt": alt}

    def render(self) -> bytes:
        data = {
            "lang": self.language,
            "region": "CN" if self.language == "zh" else "GB",
            "font": self.font.family,
            "bold": self.font.has_bold,
            "title": self.say("title", place=self.pick(self.plan.title)),
            "place": self.pick(self.plan.title),
            "words": {key: self.say(key) for key in WORDS if "{" not in WORDS[key][0]},
            "colours": {"ink": palette.INK, "soft": palette.INK_SOFT, "line": palette.LINE,
                        "accent": palette.BAR, "dark": palette.ACCENT},
            "subtitle": self._subtitle(),
            "notices": [self.pick(one) for one in self.plan.notices],
            "findings": [self.pick(one) for one in findings(self.plan)],
            "charts": self._charts(),
            "maps": self._maps(),
            "gaps": self._gaps(),
            "homes_name": self.pick(self.plan.homes_name),
            "clauses": self._clauses(),
            "sites": self._sites(),
            "change": self._change(),
            "facts": self._facts(),
            "credit": self._credit(),
        }  # fmt: skip
        self.files["report.json"] = json.dumps(data, ensure_ascii=False, sort_keys=True).encode()
        self.files["main.typ"] = _TEMPLATE.read_bytes()
        inputs: Any = self.files  # files by name: not in the signature of every version
        return typst.compile(
            inputs,
            font_paths=[self.font.file.parent],
            ignore_system_fonts=True,
            timestamp=_day(self.plan.data_date),
            pdf_standards="ua-1",
        )

    def _subtitle(self) -> list[str]:
        mode, plan = self.plan.coverage.mode, self.plan
        if isinstance(mode, StandardMode):
            how = self.say("by_metres")
        else:
            how = self.say(
                "by_minutes", walker=self.pick((mode.walker.name_zh, mode.walker.name_en))
            )
        date = plan.data_date or self.say("unknown")
        told = [how, self.say("data_of", date=date), self.pick(plan.coverage.demand.source)]
        study = self.pick(plan.study_title)
        return [study, *told] if study else told

    def _credit(self) -> str:
        credits = []
        for source in self.plan.sources.values():
            told = source if isinstance(source, Mapping) else source.as_dict()
            credits.append(str(told.get("attribution") or ""))
        number = self.plan.approval_number
        shown = " · ".join(dict.fromkeys(filter(None, credits)))
        return self.pick((f"{shown} {'审图号：' + number if number else ''}",
                          f"{shown} {number}"))  # fmt: skip

    def _charts(self) -> list[dict[str, str]]:
        drawn = charts(self.plan, self.language, font=self.family)
        return [
            self.image(f"chart-{key}", drawing, self.say(f"alt_{key}"))
            for key, drawing in drawn.items()
        ]

    def _maps(self) -> dict[str, Any]:
        plan, ground = self.plan, self.ground
        middle = length(plan.middle_limit or 0.0, plan.unit)
        title = self.say("map_lacking", limit=self.pick(middle))
        maps: dict[str, Any] = {
            "lacking": self.image("map-lacking", lack_map(plan, ground, title, self.family), title)
        }
        maps["lacking"]["title"] = title
        maps["lacking"]["legend"] = [
            {"colour": colour, "text": self.pick(lacks_words(k))}
            for k, (_, colour) in enumerate(palette.LACK_STEPS)
        ]
        maps["small"] = []
        for number, one in enumerate(self._worst_subjects()):
            name = self._within(one)
            drawing = state_map(plan, ground, one, name, self.family)
            row = plan.share_rows()[one.key]
            small = self.image(f"map-{number}", drawing, self.say("alt_state", name=name))
            maps["small"].append(
                small | {"title": name, "share": percent(float(row.share_covered))}
            )
        maps["states"] = self._state_legend()
        shown = gravest_gaps(plan, _MOST_GAPS)
        title = self.say("map_gaps")
        maps["gaps"] = self.image(
            "map-gaps", gap_map(plan, ground, shown, title, self.family), title
        )
        maps["is_tall"] = bool(ground.height > 560)
        return maps

    def _state_legend(self) -> list[dict[str, Any]]:
        return [
            {"colour": palette.STATE_COLOURS[state], "edge": palette.EDGE_COLOURS[state],
             "hatched": state == "unknown", "text": self.pick(palette.STATE_NAMES[state])}
            for state in ("covered", "uncovered", "unknown")
        ]  # fmt: skip

    def _within(self, subject: Subject) -> str:
        limit = self.pick(length(subject.limit, self.plan.unit))
        return self.say("within", name=self.pick((subject.name_zh, subject.name_en)), limit=limit)

    def _worst_subjects(self) -> list[Subject]:
        """Return the classes most are without, at the middle level of each."""
        rows = self.plan.share_rows()
        middle = [mine[len(mine) // 2] for mine in self.plan.class_subjects().values()]
        middle = [one for one in middle if self.plan.coverage.has_places(one)]
        middle.sort(key=lambda one: -float(rows[one.key].uncovered))
        return middle[:_SMALL_MAPS]

    def _gaps(self) -> list[list[str]]:
        unit = self.plan.unit
        return [
            [
                str(row.no),
                self.pick((row.name_zh, row.name_en)),
                self.pick(length(row.limit, unit)),
                f"{row.people:,.0f}" if self.plan.has_people else "–",
                f"{row.n_homes:,}",
                self.pick(length(row.nearest, unit)),
                self.pick(length(row.excess, unit)),
                self.font.printable(place_name(self.plan.coverage, row, self.language) or "–"),
            ]
            for row in named_rows(gravest_gaps(self.plan, _MOST_GAPS))
        ]

    def _clauses(self) -> list[dict[str, Any]]:
        """Return the clauses by level, those that cover least first."""
        plan = self.plan
        levels: dict[str, list[tuple[float, list[str]]]] = {}
        for one in plan.coverage.subjects:
            if one.kind == "class":
                continue
            measure = clause_measure(plan, one)
            row = plan.share_rows(measure)[one.key]
            need = "" if one.clause is None else self.pick(NEED_NAMES[one.clause.need])
            line = [
                self.pick((one.name_zh, one.name_en)) + ("" if measure == plan.measure else " *"),
                need,
                self.pick(length(one.limit, plan.unit)),
                str(row.n_places),
                percent(float(row.share_covered)),
                percent(float(row.share_unknown)),
                percent(float(row.share_crow_fly)),
                f"{percent(float(row.low))} – {percent(float(row.high))}",
                "" if one.is_verified else self.say("unverified"),
            ]
            worth = float(row.share_covered)
            if not plan.coverage.has_places(one):
                line[4:8] = [self.say("none_here"), "–", "–", "–"]
                worth = math.inf
            levels.setdefault(one.level, []).append((-1.0 if worth != worth else worth, line))
        return [
            {
                "title": self.pick(level_names(level)),
                "rows": [line for _, line in sorted(rows, key=lambda pair: pair[0])],
                "on_land": any(line[0].endswith(" *") for _, line in rows),
            }
            for level, rows in levels.items()
        ]

    def _sites(self) -> dict[str, Any] | None:
        """Return the chosen sites: what was asked, on a map, as a table."""
        sites = self.plan.sites
        if sites is None:
            return None
        name = self.pick((sites.subject.name_zh, sites.subject.name_en))
        title = self.say("sites", name=name)
        chart = None
        if any(one.key == sites.subject.key for one in self.plan.coverage.subjects):
            drawing = site_map(self.plan, sites, self.ground, title, self.family)
            chart = self.image("map-sites", drawing, title)
        unit = self.plan.unit
        return {
            "title": title,
            "said": [self.pick(one) for one in said_of_sites(sites)],
            "map": chart,
            "states": self._state_legend(),
            "rows": [
                [str(number), self.pick(site_name(row)), f"{row.gained:,.0f}",
                 f"{row.settled:,.0f}", f"{row.nearest:,.0f}",
                 self.pick(length(row.mean_walk, unit)),
                 f"{row.geometry.x:.5f}, {row.geometry.y:.5f}"]
                for number, row in enumerate(named_rows(sites.plan.sites), start=1)
            ],
            "head": [self.say("site"), self.say("name"),
                     self.say("gain", measure=self.pick(counted(sites.plan.measure))),
                     self.say("settled"),
                     self.say("served", measure=self.pick(counted(sites.plan.measure))),
                     self.say("mean_walk"), self.say("position")],
        }  # fmt: skip

    def _change(self) -> dict[str, Any] | None:
        """Return a what-if: what was changed, who gains on a map, before and after as a table."""
        plan, change = self.plan, self.plan.change
        if change is None:
            return None
        changed = what_changes(plan, change)
        chart = None
        if changed:
            name = self._within(changed[0].subject)
            drawing = change_map(plan, change, self.ground, changed[0].subject, name, self.family)
            chart = self.image("map-change", drawing, name) | {"title": name}
        return {
            "changed": [self.pick(words) for words in change.changed],
            "map": chart,
            "legend": [
                {"colour": colour, "edge": palette.INK_SOFT, "hatched": word == "unknown",
                 "text": self.pick(palette.CHANGE_NAMES[word])}
                for word, colour in palette.CHANGE_COLOURS.items()
                if word != "outside"
            ],
            "rows": [
                [self.pick((one.row.name_zh, one.row.name_en)),
                 self.pick(length(one.row.limit, plan.unit)),
                 self.pick(MEASURE_NAMES[one.measure]), percent(float(one.row.share_before)),
                 percent(float(one.row.share_after)), self.pick(one.gained),
                 self.pick(one.settled)]
                for one in changed[:_MOST_CHANGES]
            ],
            "n_same": self.say("n_same", n=len(plan.coverage.subjects) - len(changed)),
        }  # fmt: skip

    def _facts(self) -> list[dict[str, Any]]:
        groups: dict[str, list[list[str]]] = {}
        for fact in facts(self.plan):
            row = [self.pick(fact.name), self.pick(fact.value), self.pick(fact.source)]
            groups.setdefault(self.pick(fact.group), []).append(row)
        return [{"title": title, "rows": rows} for title, rows in groups.items()]


def _day(data_date: str | None) -> datetime.datetime:
    """Return a date for the file that does not depend on the day it is made."""
    try:
        day = datetime.date.fromisoformat((data_date or "")[:10])
    except ValueError:
        day = datetime.date(2000, 1, 1)
    return datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC)
