"""What the pages say besides the maps and the list, as plain data for the template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from circle.guide import wording
from circle.guide.model import GuideContent, GuidePlace
from circle.guide.page_assets import icon_markup
from circle.guide.paper import beside, lists
from circle.guide.paper.fonts import PaperFont
from circle.guide.paper.lists import say
from circle.guide.paper.map_plan import MapPlan
from circle.guide.paper.news import news_texts, shared_year
from circle.guide.paper.options import PaperFormat
from circle.guide.paper.style import Style, ink_on
from circle.guide.paper.words import PAPER


@dataclass(frozen=True)
class Teller:
    """
    Puts a guide's texts into the language and signs of the print.

    Parameters
    ----------
    content
        The guide.
    language
        Of the print.
    font
        What it cannot write is replaced.
    places, unplaced
        Those printed.
    """

    content: GuideContent
    language: str
    font: PaperFont
    places: tuple[GuidePlace, ...]
    unplaced: tuple[GuidePlace, ...]

    def say(self, key: str, **values: object) -> str:
        """Return a sentence of the paper guide."""
        return say(PAPER[key].fill(**values), self.language)

    def printable(self, text: wording.Both) -> str:
        """Return a text of the guide as it can be written."""
        return self.font.printable(say(text, self.language))

    def icons(self) -> dict[str, str]:
        """Return the pictograms by class: SVG in the ink of the class's colour."""
        return {c.key: _icon_svg(c.icon, ink_on(c.colour)) for c in self.content.classes}

    def marks(self, style: Style) -> dict[str, str]:
        """Return the pictograms that stand where a place has no picture: quiet, on the panel."""
        return {c.key: _icon_svg(c.icon, style.ink_soft) for c in self.content.classes}

    def unplaced_rows(self) -> list[dict[str, Any]]:
        """Return the names of the places without a position, those of one reason together."""
        names: dict[str, list[str]] = {}
        for place in self.unplaced:
            reason = self.printable(place.reason)
            names.setdefault(reason, []).append(self.font.printable(place.name))
        return [{"reason": reason, "names": together} for reason, together in names.items()]

    def facts(self, notes: Sequence[str]) -> list[str]:
        """Return the sentences about the data, `notes` among them, the credit last."""
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

    def texts(self) -> list[str]:
        """Return every text of the guide that is printed, as it was given, once each."""
        content = self.content
        heads = (content.title, content.community, content.notice, content.center.name)
        texts = [say(text, self.language) for text in heads]
        for place in (*self.places, *self.unplaced):
            texts += [place.name, place.name_en, place.address, place.phone]
            texts.append(say(place.hours_words, self.language) or place.hours)
        texts += news_texts(content, (*self.places, *self.unplaced), self.language)
        texts += [street.name for street in content.basemap.streets]
        texts += [area.name for area in content.basemap.areas]
        return list(dict.fromkeys(texts))

    def template_data(
        self,
        paper: PaperFormat,
        style: Style,
        classes: list[dict[str, Any]],
        columns: list[str],
        news: dict[str, list[dict[str, Any]]],
        plans: Sequence[MapPlan],
        notes: Sequence[str],
        facts: Sequence[str],
    ) -> dict[str, Any]:
        """
        Return what the template needs besides its pages.

        Parameters
        ----------
        paper, style
            Sizes and colours.
        classes, columns, news
            The list, its columns, and what is told besides it.
        plans
            Every map.
        notes
            Sentences about this print.
        facts
            Those of them that belong to the facts about the data.
        """
        content = self.content
        other = "en" if self.language.startswith("zh") else "zh-CN"
        title = self.printable(content.title)
        subtitle = self.font.printable(say(content.title, other))
        is_both = len(content.languages) > 1 and subtitle != title
        words = {key: say(text, self.language) for key, text in PAPER.items()}
        for key in ("unplaced_title", "unplaced_intro", "class"):
            words[key] = say(wording.PAGE[key], self.language)
        how = [self.say("how"), self.say("how_blocks"),
               self.say("how_walk", center=self.printable(content.center.name))]  # fmt: skip
        if any(plan.insets for plan in plans):
            how.append(self.say("how_inset"))
        has_photos = any(place["photo"] for row in classes for place in row["places"])
        year = shared_year((*self.places, *self.unplaced))
        events_title = self.say("events")
        if year is not None:
            events_title = self.say("events_of", year=year)
        return {
            "events_title": events_title,
            "when_em": lists.WHEN_EM,
            "title": title,
            "title_lines": title_lines(title),
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
            "style": {name: getattr(style, name) for name in style.__slots__},
            "words": words,
            "columns": columns,
            "cards": paper.is_cards,
            "column_widths": lists.column_widths(columns, classes, self.font),
            "picture_em": lists.picture_em(has_photos),
            "row_em": lists.ROW_EM,
            "photo_em": lists.PHOTO_EM,
            "pictogram_em": lists.PICTOGRAM_EM,
            "classes": classes,
            "unplaced": self.unplaced_rows(),
            "news": news,
            "legend": beside.legend_entries(content, plans, self.font, self.language),
            "codes": beside.qr_codes(content, self.language),
            "facts": self.facts(facts),
            "how": how + list(notes),
            "alt_logo": self.say("alt_logo", community=self.printable(content.community)),
        }


def _icon_svg(icon: str, ink: str) -> str:
    drawing = icon_markup(icon).replace("currentColor", ink)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{drawing}</svg>'


def title_lines(title: str) -> list[str]:
    """Return a title in lines: what stands in brackets after it goes below."""
    for opening in ("（", " ("):
        head, found, rest = title.partition(opening)
        if found and head and rest:
            return [head, (opening + rest).strip()]
    return [title]
