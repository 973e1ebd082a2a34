"""
Composes the paper guide: maps, list and what belongs around them, as a PDF.

Numbers, order and sentences are those of `GuideContent`. Typst lays the pages out from
``sheet.typ``; the same content and choices give the same bytes.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import typst

from circle.guide import wording
from circle.guide.model import GuideContent, GuidePlace
from circle.guide.paper import lists
from circle.guide.paper.atlas import nearest_scale, outline_on, squares_of
from circle.guide.paper.boxes import Box
from circle.guide.paper.emblem import emblem
from circle.guide.paper.fonts import PaperFont, find_font, missing_characters
from circle.guide.paper.frame import (
    MapFrame,
    atlas_frames,
    fits,
    one_frame,
    same_sheets_scale,
    sheet_count,
)
from circle.guide.paper.insets import plan_with_insets
from circle.guide.paper.list_setting import ListSetter, ListSetting
from circle.guide.paper.lists import say
from circle.guide.paper.map_plan import MapPlan, plan_map, type_sizes
from circle.guide.paper.news import news_rows
from circle.guide.paper.options import PaperOptions, chosen_places, paper_format
from circle.guide.paper.paper_map import BAND_MM, draw_map, sheet_mark_box
from circle.guide.paper.photos import logo_drawing, photo_files
from circle.guide.paper.style import load_style
from circle.guide.paper.told import Teller, title_lines

_CROWDED_SHARE = 0.3
_CROWDED_FROM = 80
_MOST_ROOMY_SHEETS = 24
_LEAST_POSTER_TYPE = 1.0
_LEAST_POSTER_LIST_PT = 16
_LEGEND_MM_PER_PT = 4.0
"""Millimetres of the poster's legend and facts for each point of its type."""
_SMALLEST_SCALE = 10_000
_ATLAS_SCALE = 7_500
_MM_PER_PT = 25.4 / 72
_TEMPLATES = ("sheet.typ", "look.typ", "list.typ", "beside.typ")

LEAST_GATHERED = 3
"""From this many places on it is said that their numbers stand together."""


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
    n_gathered
        How many of them stand in blocks of three or more that no enlargement takes apart.
    n_pages
        Pages of the file.
    is_brief
        True for a poster whose list tells no address, telephone and hours, to stay legible.
    bad_pictures
        Names of places whose picture cannot be drawn, and of the community for its logo.
    """

    pdf: bytes
    plans: tuple[MapPlan, ...]
    overview: MapPlan | None
    scale: float
    is_atlas: bool
    reason: str
    missing: dict[str, list[str]]
    n_places: int
    n_gathered: int
    n_pages: int
    is_brief: bool
    bad_pictures: tuple[str, ...]


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


@dataclass(frozen=True)
class _Listing:
    """What the list holds: classes with their places, its columns, those left out, and news."""

    classes: list[dict[str, Any]]
    columns: list[str]
    left_out: list[str]
    news: dict[str, list[dict[str, Any]]]

    @property
    def has_news(self) -> bool:
        return bool(self.news["events"] or self.news["offers"])


class _Composer:
    def __init__(self, content: GuideContent, options: PaperOptions, font: PaperFont) -> None:
        self.content = content
        self.options = options
        self.font = font
        self.language = options.language or content.languages[0]
        self.format = paper_format(options)
        self.style = load_style(options.style or content.style)
        self.places, self.unplaced = chosen_places(content, options)
        self.teller = Teller(content, self.language, font, self.places, self.unplaced)
        self.say = self.teller.say
        self.printable = self.teller.printable
        self.is_brief = False
        self.photos, self.files = photo_files(self.places)

    def compose(self) -> PaperGuide:
        plans, overview, reason = self._plans()
        is_atlas = len(plans) > 1
        listing = self._listing(squares_of(plans, is_atlas))
        missing = missing_characters(self.font, self.teller.texts())
        notes = [self.say(f"no_{key}") for key in listing.left_out] if self.places else []
        if lists.holidays_may_differ(self.places) and not self.is_brief:
            notes.append(self.say("holidays"))
        if is_atlas:
            notes.insert(0, self.say("atlas", n=len(plans)))
        if self.options.classes:
            names = [self.printable(c.name) for c in self.content.classes
                     if c.key in self.options.classes]  # fmt: skip
            notes.append(self.say("only_classes", names="、".join(names)))
        apart = {n for plan in plans for n in plan.squares.keys() - plan.unresolved}
        n_gathered = len({n for plan in plans for n in plan.unresolved} - apart)
        if n_gathered >= LEAST_GATHERED:
            notes.append(self.say("still_gathered", n=n_gathered))
        if missing:
            notes.append(self.say("missing"))
        data = self.teller.template_data(
            self.format,
            self.style,
            listing.classes,
            listing.columns,
            listing.news,
            [*filter(None, [overview]), *plans],
            notes,
            notes[:1] if is_atlas else [],
        )
        drawing, ratio = logo_drawing(self.content.logo)
        if drawing:
            self.files["logo.svg"] = drawing
        data |= {"logo": "logo.svg" if drawing else "", "logo_ratio": ratio}
        data["pages"] = self._pages(plans, overview, listing, notes)
        self.files["guide.json"] = json.dumps(data, ensure_ascii=False, sort_keys=True).encode()
        for name in _TEMPLATES:
            self.files[name] = Path(__file__).with_name(name).read_bytes()
        self.files["main.typ"] = self.files.pop("sheet.typ")
        bad = [self.printable(self.content.community)] if self.content.logo and not drawing else []
        bad += [p.name for p in self.places if p.photo and p.facility_id not in self.photos]
        inputs: Any = self.files  # files by name: not in the signature of every version
        pdf = typst.compile(
            inputs,
            font_paths=[self.font.file.parent],
            ignore_system_fonts=True,
            timestamp=_timestamp(self.content.data_date),
            pdf_standards="ua-1",
        )
        return PaperGuide(
            pdf=pdf,
            plans=plans,
            overview=overview,
            scale=plans[0].frame.scale,
            is_atlas=is_atlas,
            reason=reason,
            missing=missing,
            n_places=len(self.places),
            n_gathered=n_gathered,
            n_pages=_count_pages(pdf),
            is_brief=self.is_brief,
            bad_pictures=tuple(bad),
        )

    def _listing(self, squares: Mapping[int, str]) -> _Listing:
        columns, left_out = lists.table_columns(self.places)
        if self.format.is_cards:
            columns = list(lists.CARD_COLUMNS)
        classes = lists.class_rows(
            self.content,
            self.places,
            squares,
            self.font,
            self.language,
            self.teller.icons(),
            self.teller.marks(self.style),
            self.photos,
        )
        told = (*self.places, *self.unplaced)
        if self.is_brief:
            for place in (place for row in classes for place in row["places"]):
                place |= {"details": [], "hours": ""}
        news = news_rows(self.content, told, squares, self.font, self.language)
        return _Listing(classes, columns, left_out, news)

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
                plan = self._plan(single)
                if options.paper == "a1" or options.scale or not plan.is_tangled:
                    return (plan,), None, ""
                reason = "crowded"
        overview = one_frame(self.content, wide, high)
        size = self._map_size(panel=False)
        scale = options.scale or same_sheets_scale(
            self.content,
            *size,
            _ATLAS_SCALE if reason == "small" else nearest_scale(overview.scale / 2),
        )
        frames = atlas_frames(self.content, *size, scale)
        if len(frames) == 1:
            return (self._plan(replace(frames[0], width_mm=wide, height_mm=high)),), None, ""
        plans = tuple(self._plan(frame, shows_beyond=False) for frame in frames)
        while options.scale is None and any(plan.is_tangled for plan in plans):
            scale = nearest_scale(scale / 1.5)
            if sheet_count(self.content, *size, scale) > _MOST_ROOMY_SHEETS:
                break
            frames = atlas_frames(self.content, *size, scale)
            plans = tuple(self._plan(frame, shows_beyond=False) for frame in frames)
        shown = {number for plan in plans for number in plan.squares}
        beyond = [place for place in self.places if place.number not in shown]
        number_mm = type_sizes(self.format.type_factor)["number"]
        marks = [sheet_mark_box(outline_on(plan.frame, overview), number_mm) for plan in plans]
        return plans, self._plan(overview, places=beyond, reserved=marks), reason

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
            high -= self._poster_list()[1]
        return round(wide - 2 * BAND_MM, 2), round(high - 2 * BAND_MM - 0.5, 2)

    def _plan(
        self,
        frame: MapFrame,
        *,
        places: Sequence[GuidePlace] | None = None,
        shows_beyond: bool = True,
        reserved: Sequence[Box] = (),
    ) -> MapPlan:
        texts: tuple[str, ...] = ()
        if self.options.paper == "a1":
            here = self.say("you_are_here")
            name = say(self.content.center.name, self.language)
            texts = (f"{here} · {name}", here) if name else (here,)
        chosen = self.places if places is None else places
        settings: dict[str, Any] = {
            "type_factor": self.format.type_factor,
            "language": self.language,
            "center_texts": texts,
            "shows_beyond": shows_beyond,
            "folds_mm": self._folds_mm(frame),
        }
        if reserved:
            # The overview of an atlas has its sheets for what is crowded.
            return plan_map(self.content, chosen, frame, self.font, reserved=reserved, **settings)
        return plan_with_insets(self.content, chosen, frame, self.font, **settings)

    def _folds_mm(self, frame: MapFrame) -> tuple[float, ...]:
        """Return where the fold of an A3 sheet runs across a map, which ends at the margin."""
        if self.options.paper != "a3":
            return ()
        paper = self.format
        left = paper.width - paper.margin - BAND_MM - frame.width_mm
        return (paper.width / 2 - left,)

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
        listing: _Listing,
        notes: list[str],
    ) -> list[dict[str, Any]]:
        paper = self.options.paper
        base = self.format.base_pt
        pages: list[dict[str, Any]] = []
        if paper == "a4":
            pages += [{"kind": "cover"}, {"kind": "how"}]
            self.files["emblem.svg"] = emblem(self.content, self.style).encode()
        pages += self._map_pages(plans, overview)
        is_booklet = paper == "a4"
        if pages[-1].get("list") is None:
            high = self.format.height - 2 * self.format.margin - 16.0
            setting = self._set_list(listing, high)
            pages.append(
                {
                    "kind": "tables",
                    "title": self.say("table"),
                    "head": base * 1.9,
                    "notes": [] if is_booklet else notes,
                    "news": not is_booklet,
                    "fold": paper == "a3",
                    **setting.as_page(),
                }
            )
        if is_booklet:
            if listing.has_news:
                pages.append({"kind": "news"})
            pages.append({"kind": "call"})
        return pages

    def _map_pages(
        self, plans: Sequence[MapPlan], overview: MapPlan | None
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
                n=len(plan.squares),
            )

        first_kind = {"a3": "panel", "a1": "poster", "a4": "strip"}[paper]
        pages: list[dict[str, Any]] = []
        heads = {"head": base * 1.9, "level": 1, "title_size": self._title_pt()}
        if overview is None:
            more = dict(heads, title=self.say("map"), side=scale)
            if paper == "a1":
                setting, _ = self._poster_list()
                more |= {"list": setting.as_page() if setting else None}
            pages.append(self._map_page(plans[0], "map-1.svg", first_kind, alt(plans[0]), **more))
            return pages
        marks = [(str(n), outline_on(plan.frame, overview.frame))
                 for n, plan in enumerate(plans, start=1)]  # fmt: skip
        kind = "panel" if paper == "a3" else "strip"
        side = self.say("scale", scale=f"{overview.frame.scale:g}")
        more = dict(heads, title=self.say("overview"), side=side, marks=marks)
        pages.append(self._map_page(overview, "map-0.svg", kind, self.say("alt_overview"), **more))
        for n, plan in enumerate(plans, start=1):
            more = dict(heads, title=self.say("map_sheet", n=n), side=f"{community} · {scale}")
            pages.append(self._map_page(plan, f"map-{n}.svg", "strip", alt(plan), **more))
        return pages

    def _title_pt(self) -> float:
        """Return the size of the title: it should not have to break its lines."""
        title = self.printable(self.content.title)
        if self.options.paper == "a1":
            return self.format.base_pt * 2.6
        room = (self.format.panel - 15.0) / _MM_PER_PT
        widest = max(self.font.width(line, 1.12) for line in title_lines(title))
        return max(self.format.base_pt * 1.3, min(self.format.base_pt * 2.2, room / widest))

    def _set_list(self, listing: _Listing, high_mm: float) -> ListSetting:
        return ListSetter(
            listing.classes,
            self.teller.unplaced_rows(),
            listing.columns,
            {} if self.options.paper == "a4" else listing.news,
            self.format,
            self.font,
            bool(self.photos),
        ).set_within(high_mm)

    def _poster_list(self) -> tuple[ListSetting | None, float]:
        """
        Return how the list is set below the poster's map, and the room for it and the legend.

        A list too long for that has sheets of its own, and the map all of the wall.
        """
        most, legend_mm = self.format.height * 0.44, self.format.base_pt * _LEGEND_MM_PER_PT
        for self.is_brief in (False, True):
            setting = self._set_list(self._listing({}), most)
            if setting.high_mm <= most and (
                self.is_brief or setting.size_pt >= _LEAST_POSTER_LIST_PT
            ):
                return setting, setting.high_mm + legend_mm
        self.is_brief = False
        return None, legend_mm


def _count_pages(pdf: bytes) -> int:
    """Return how many pages a file of typst has."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def _timestamp(data_date: str | None) -> datetime.datetime:
    """Return a date for the file that does not depend on the day it is made."""
    try:
        day = datetime.date.fromisoformat((data_date or "")[:10])
    except ValueError:
        day = datetime.date(2000, 1, 1)
    return datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC)
