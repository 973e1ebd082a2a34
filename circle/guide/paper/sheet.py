"""
Composes the paper guide: maps, list and what belongs around them, as a PDF.

Numbers, order and sentences are those of `GuideContent`. Typst lays the pages out from
``sheet.typ``; the same content and choices give the same bytes.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import typst

from circle.guide import wording
from circle.guide.model import GuideContent, GuidePlace
from circle.guide.page_assets import icon_markup
from circle.guide.paper import beside, lists
from circle.guide.paper.atlas import nearest_scale, outline_on, squares_of
from circle.guide.paper.fonts import PaperFont, find_font, missing_characters
from circle.guide.paper.frame import (
    MapFrame,
    atlas_frames,
    fits,
    one_frame,
)
from circle.guide.paper.lists import say
from circle.guide.paper.map_plan import MapPlan, plan_map, type_sizes
from circle.guide.paper.options import PaperOptions, chosen_places, paper_format
from circle.guide.paper.paper_map import BAND_MM, draw_map
from circle.guide.paper.style import ink_on, load_style
from circle.guide.paper.words import PAPER

_CROWDED_SHARE = 0.3
_CROWDED_FROM = 80
_LEAST_POSTER_TYPE = 1.0
_SMALLEST_SCALE = 10_000
_ATLAS_SCALE = 7_500
_MM_PER_PT = 25.4 / 72


@dataclass(frozen=True)
class PaperGuide:
    """
    A guide ready to print.

    Parameters
    ----------
    pdf
        The file.
    plans
        Its maps in the order of the pages, without the overview of an atlas.
    overview
        The map that shows where those of an atlas lie, and points to places beyond all of them.
    scale
        Denominator of the maps' scale.
    is_atlas
        True when there are several maps.
    reason
        Why it became an atlas though nobody asked: ``"scale"``, the one chosen does not fit;
        ``"small"``, one map would be smaller than 1:10000; ``"crowded"``, too many places have
        no room for their numbers; or empty.
    missing
        Characters the font cannot write, by the text they stand in.
    n_places
        Numbered places printed.
    """

    pdf: bytes
    plans: tuple[MapPlan, ...]
    overview: MapPlan | None
    scale: float
    is_atlas: bool
    reason: str
    missing: dict[str, list[str]]
    n_places: int


def compose(content: GuideContent, options: PaperOptions | None = None) -> PaperGuide:
    """
    Return the guide on paper.

    Parameters
    ----------
    content
        What it says.
    options
        What whoever prints has chosen.

    Returns
    -------
    guide
        The PDF, tagged, with its text as text.

    Raises
    ------
    InputError
        If a class is unknown, or the atlas would have too many maps.
    FontError
        If there is no font to print Chinese with.
    """
    return _Composer(content, options or PaperOptions(), find_font()).compose()


class _Composer:
    def __init__(self, content: GuideContent, options: PaperOptions, font: PaperFont) -> None:
        self.content = content
        self.options = options
        self.font = font
        self.language = options.language or content.languages[0]
        self.format = paper_format(options)
        self.style = load_style(options.style)
        self.places, self.unplaced = chosen_places(content, options)
        self.files: dict[str, bytes] = {}

    def say(self, key: str, **values: object) -> str:
        return say(PAPER[key].fill(**values), self.language)

    def printable(self, text: wording.Both) -> str:
        return self.font.printable(say(text, self.language))

    def compose(self) -> PaperGuide:
        plans, overview, reason = self._plans()
        is_atlas = len(plans) > 1
        squares = squares_of(plans, is_atlas)
        places = list(self.places)
        columns, empty = lists.table_columns(places)
        classes = lists.class_rows(
            self.content, places, squares, self.font, self.language, self._icons()
        )
        unplaced = self._unplaced()
        missing = missing_characters(self.font, self._texts())
        notes = [self.say(f"no_{key}") for key in empty] if places else []
        if is_atlas:
            notes.insert(0, self.say("atlas", n=len(plans)))
        if self.options.classes:
            names = [self.printable(c.name) for c in self.content.classes
                     if c.key in self.options.classes]  # fmt: skip
            notes.append(self.say("only_classes", names="、".join(names)))
        if missing:
            notes.append(self.say("missing"))
        data = self._data(classes, unplaced, columns, notes, plans, is_atlas)
        data["pages"] = self._pages(plans, overview, classes, unplaced, columns, notes)
        self.files["guide.json"] = json.dumps(data, ensure_ascii=False, sort_keys=True).encode()
        template = Path(__file__).with_name("sheet.typ")
        self.files["main.typ"] = template.read_bytes()
        inputs: Any = self.files  # files by name: not in the signature of every version
        pdf = typst.compile(
            inputs,
            font_paths=[self.font.file.parent],
            ignore_system_fonts=True,
            timestamp=_timestamp(self.content.data_date),
            pdf_standards="ua-1",
        )
        return PaperGuide(
            pdf, plans, overview, plans[0].frame.scale, is_atlas, reason, missing, len(places)
        )

    # ---- maps

    def _plans(self) -> tuple[tuple[MapPlan, ...], MapPlan | None, str]:
        options, (wide, high) = self.options, self._map_size(panel=True)
        single = one_frame(self.content, wide, high, options.scale)
        reason = ""
        if not options.is_atlas:
            if not fits(self.content, single):
                reason = "scale"
            elif options.paper == "a1":
                self._make_room(single)
            elif options.scale is None:
                if self._is_crowded(single):
                    reason = "crowded"
                elif single.scale > _SMALLEST_SCALE:
                    reason = "small"
            if not reason:
                return (self._plan(single),), None, ""
        overview = one_frame(self.content, wide, high)
        scale = options.scale or (
            _ATLAS_SCALE if reason == "small" else nearest_scale(overview.scale / 2)
        )
        frames = atlas_frames(self.content, *self._map_size(panel=False), scale)
        if len(frames) == 1:
            return (self._plan(replace(frames[0], width_mm=wide, height_mm=high)),), None, ""
        plans = tuple(self._plan(frame, shows_beyond=False) for frame in frames)
        shown = {number for plan in plans for number in plan.squares}
        beyond = [place for place in self.places if place.number not in shown]
        return plans, self._plan(overview, places=beyond), reason

    def _make_room(self, frame: MapFrame) -> None:
        """Set the poster's map in smaller type where the places stand close."""
        while self.format.type_factor > _LEAST_POSTER_TYPE and self._is_crowded(frame):
            smaller = max(_LEAST_POSTER_TYPE, self.format.type_factor * 0.8)
            self.format = replace(self.format, type_factor=smaller)

    def _is_crowded(self, frame: MapFrame) -> bool:
        """Say whether the numbers of many places would find no room near them."""
        at = [(p.lon, p.lat) for p in self.places if p.lon is not None and p.lat is not None]
        if len(at) < _CROWDED_FROM:
            return False
        points = [shapely.Point(xy) for xy in frame.to_mm(at)]
        height = type_sizes(self.format.type_factor)["number"]
        near = shapely.STRtree(points).query(points, predicate="dwithin", distance=2.2 * height)
        # A circle of that size holds about twelve numbers.
        counts = np.bincount(near[0], minlength=len(at))
        return float(np.mean(counts > 12)) > _CROWDED_SHARE

    def _map_size(self, *, panel: bool) -> tuple[float, float]:
        """Return width and height of the map within its band."""
        paper = self.format
        wide = paper.width - 2 * paper.margin
        high = paper.height - 2 * paper.margin
        if panel and paper.panel:
            wide -= paper.panel
        else:
            high -= paper.strip
        if self.options.paper == "a1" and panel:
            high -= self._poster_list()[2]
        return round(wide - 2 * BAND_MM, 2), round(high - 2 * BAND_MM - 0.5, 2)

    def _plan(
        self,
        frame: MapFrame,
        *,
        places: Sequence[GuidePlace] | None = None,
        shows_beyond: bool = True,
    ) -> MapPlan:
        center_text = None
        if self.options.paper == "a1":
            center_text = self.say("you_are_here")
            name = say(self.content.center.name, self.language)
            center_text = f"{center_text} · {name}" if name else center_text
        return plan_map(
            self.content,
            self.places if places is None else places,
            frame,
            self.font,
            type_factor=self.format.type_factor,
            language=self.language,
            center_text=center_text,
            shows_beyond=shows_beyond,
        )

    def _map_page(
        self, plan: MapPlan, name: str, kind: str, alt: str, **more: Any
    ) -> dict[str, Any]:
        marks = more.pop("marks", ())
        north = say(wording.PAGE["north"], self.language)
        svg = draw_map(plan, self.content, self.style, self.font, north=north, sheet_marks=marks)
        self.files[name] = svg.encode()
        width = plan.frame.width_mm + 2 * BAND_MM
        return {"kind": kind, "svg": name, "alt": alt, "width": width, **more}

    # ---- pages

    def _pages(
        self,
        plans: Sequence[MapPlan],
        overview: MapPlan | None,
        classes: list[dict[str, Any]],
        unplaced: list[dict[str, str]],
        columns: list[str],
        notes: list[str],
    ) -> list[dict[str, Any]]:
        paper = self.options.paper
        base = self.format.base_pt
        community = self.printable(self.content.community)
        scale = self.say("scale", scale=f"{plans[0].frame.scale:g}")

        def alt(plan: MapPlan) -> str:
            return self.say(
                "alt_map",
                community=community,
                scale=f"{plan.frame.scale:g}",
                n=sum(len(block.anchors) for block in plan.blocks),
            )

        first_kind = {"a3": "panel", "a1": "poster", "a4": "strip"}[paper]
        pages: list[dict[str, Any]] = []
        if paper == "a4":
            pages += [{"kind": "cover"}, {"kind": "how"}]
        heads = {"head": base * 1.9, "level": 1, "title_size": self._title_pt()}
        if overview is None:
            more = dict(heads, title=self.say("map"), side=scale)
            if paper == "a1":
                n_columns, size, _ = self._poster_list()
                more |= {"columns": n_columns, "size": size}
            pages.append(self._map_page(plans[0], "map-1.svg", first_kind, alt(plans[0]), **more))
        else:
            marks = [(str(n), outline_on(plan.frame, overview.frame))
                     for n, plan in enumerate(plans, start=1)]  # fmt: skip
            kind = "panel" if paper == "a3" else "strip"
            side = self.say("scale", scale=f"{overview.frame.scale:g}")
            more = dict(heads, title=self.say("overview"), side=side, marks=marks)
            pages.append(
                self._map_page(overview, "map-0.svg", kind, self.say("alt_overview"), **more)
            )
            for n, plan in enumerate(plans, start=1):
                more = dict(heads, title=self.say("map_sheet", n=n), side=f"{community} · {scale}")
                pages.append(self._map_page(plan, f"map-{n}.svg", "strip", alt(plan), **more))
        if paper != "a1" or overview is not None:
            high = self.format.height - 2 * self.format.margin - 16.0
            n_columns, size, _ = self._set_list(classes, unplaced, columns, high)
            pages.append(
                {
                    "kind": "tables",
                    "title": self.say("table"),
                    "head": base * 1.9,
                    "notes": notes,
                    "columns": n_columns,
                    "size": size,
                }
            )
        if paper == "a4":
            has_phones = any(place.phone for place in self.places)
            lines = self.say("call_lines" if has_phones else "call_none")
            pages.append({"kind": "call", "lines": lines})
        return pages

    def _title_pt(self) -> float:
        """Return the size of the title: it should not have to break its lines."""
        title = self.printable(self.content.title)
        if self.options.paper == "a1":
            return self.format.base_pt * 2.6
        room = (self.format.panel - 15.0) / _MM_PER_PT
        widest = max(self.font.width(line, 1.12) for line in _title_lines(title))
        return max(self.format.base_pt * 1.3, min(self.format.base_pt * 2.2, room / widest))

    def _set_list(
        self,
        classes: list[dict[str, Any]],
        unplaced: list[dict[str, str]],
        columns: list[str],
        high_mm: float,
    ) -> tuple[int, float, float]:
        """
        Return columns and type size of the list, and the height it then needs.

        The largest type is taken with which the list fits the height; where none does, a
        middling one, and the list goes on to further pages.
        """
        paper = self.format
        sizes = paper.table_sizes_pt
        middling = sizes[len(sizes) // 2]
        for size in (*sizes, None):
            for n_columns in paper.columns:
                wide = (paper.width - 2 * paper.margin - 8.0 * (n_columns - 1)) / n_columns
                blocks = lists.list_blocks_mm(
                    classes, unplaced, columns, wide, size or middling, self.font
                )
                if size is None:
                    return n_columns, middling, high_mm
                if lists.columns_filled(blocks, high_mm) <= n_columns:
                    needed = high_mm
                    while lists.columns_filled(blocks, needed - 4.0) <= n_columns and needed > 40:
                        needed -= 4.0
                    return n_columns, size, min(high_mm, needed * 1.04 + 6.0)
        raise AssertionError("the last size is always taken")

    def _poster_list(self) -> tuple[int, float, float]:
        """Return columns and type size of the list on the poster, and its and the legend's room."""
        classes = lists.class_rows(self.content, self.places, {}, self.font, self.language, {})
        columns, _ = lists.table_columns(self.places)
        most = self.format.height * 0.4
        n_columns, size, needed = self._set_list(classes, self._unplaced(), columns, most)
        # A list too long for the wall goes on to a second sheet rather than push the map away.
        return n_columns, size, min(needed, most) + 56.0

    # ---- data

    def _data(
        self,
        classes: list[dict[str, Any]],
        unplaced: list[dict[str, str]],
        columns: list[str],
        notes: list[str],
        plans: Sequence[MapPlan],
        is_atlas: bool,
    ) -> dict[str, Any]:
        content, paper = self.content, self.format
        other = "en" if self.language.startswith("zh") else "zh-CN"
        title = self.printable(content.title)
        subtitle = self.font.printable(say(content.title, other))
        is_both = len(content.languages) > 1 and subtitle != title
        words = {key: say(text, self.language) for key, text in PAPER.items()}
        for key in ("unplaced_title", "unplaced_intro", "class"):
            words[key] = say(wording.PAGE[key], self.language)
        how = [self.say("how"), self.say("how_blocks"),
               self.say("how_walk", center=self.printable(content.center.name))]  # fmt: skip
        return {
            "title": title,
            "title_lines": _title_lines(title),
            "subtitle": subtitle if is_both else "",
            "community": self.printable(content.community),
            "author": self.printable(content.community) or title,
            "notice": self.printable(content.notice),
            "lang": "zh" if self.language.startswith("zh") else "en",
            "region": "CN" if self.language.startswith("zh") else "GB",
            "font": self.font.family,
            "bold": self.font.has_bold,
            "base": paper.base_pt,
            "page": {"width": paper.width, "height": paper.height, "margin": paper.margin},
            "style": {name: getattr(self.style, name) for name in self.style.__slots__},
            "words": words,
            "columns": columns,
            "column_widths": lists.column_widths(columns, classes, self.font),
            "most_together": lists.MOST_TOGETHER,
            "classes": classes,
            "unplaced": unplaced,
            "legend": beside.legend_entries(content, plans, self.font, self.language),
            "codes": beside.qr_codes(content, self.language),
            "facts": self._facts(notes[:1] if is_atlas else []),
            "how": how + notes,
            "emergency": beside.emergency_numbers(content, self.language),
        }

    def _facts(self, notes: Sequence[str]) -> list[str]:
        content = self.content
        facts = [self.printable(fact) for fact in content.facts]
        note = self.printable(content.center.note)
        facts += [note] if note else []
        facts += notes
        facts.append(
            self.say("approval", number=self.font.printable(content.approval_number))
            if content.approval_number
            else self.say("approval_blank")
        )
        credit = " · ".join(part for part in (content.attribution, content.licence) if part)
        facts.append(self.font.printable(credit))
        return facts

    def _icons(self) -> dict[str, str]:
        icons = {}
        for guide_class in self.content.classes:
            drawing = icon_markup(guide_class.icon).replace(
                "currentColor", ink_on(guide_class.colour)
            )
            icons[guide_class.key] = (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{drawing}</svg>'
            )
        return icons

    def _unplaced(self) -> list[dict[str, str]]:
        names = {c.key: self.printable(c.name) for c in self.content.classes}
        return [
            {
                "name": self.font.printable(place.name),
                "class": names.get(place.category, ""),
                "reason": self.printable(place.reason),
            }
            for place in self.unplaced
        ]

    def _texts(self) -> list[str]:
        content = self.content
        texts = [say(t, self.language) for t in (content.title, content.community, content.notice)]
        for place in (*self.places, *self.unplaced):
            texts += [place.name, place.name_en, place.address, place.phone, place.hours]
        texts += [street.name for street in content.basemap.streets]
        texts += [area.name for area in content.basemap.areas]
        return list(dict.fromkeys(texts))


def _title_lines(title: str) -> list[str]:
    """Return a title in lines: what stands in brackets after it goes below."""
    for opening in ("（", " ("):
        head, found, rest = title.partition(opening)
        if found and head and rest:
            return [head, (opening + rest).strip()]
    return [title]


def _timestamp(data_date: str | None) -> datetime.datetime:
    """Return a date for the file that does not depend on the day it is made."""
    try:
        day = datetime.date.fromisoformat((data_date or "")[:10])
    except ValueError:
        day = datetime.date(2000, 1, 1)
    return datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC)
