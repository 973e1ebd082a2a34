"""What one may choose about the paper guide, and the sizes of its papers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from circle.errors import InputError
from circle.guide.model import GuideContent, GuidePlace

PAPERS = ("a4", "a3", "a1")
LARGE_PRINT = 1.4
"""How much larger type is in large print."""


@dataclass(frozen=True, slots=True)
class PaperOptions:
    """
    Choices of whoever prints.

    Parameters
    ----------
    paper
        ``"a3"``: a sheet, map on one side and list on the other; ``"a4"``: a booklet;
        ``"a1"``: a poster for the wall.
    scale
        Denominator of the map's scale; ``None`` for the largest round one that fits.
    is_atlas
        True for several maps even where one would do.
    is_large_print
        True for larger type.
    classes
        Keys of the classes to print; empty for all. Numbers stay those of the whole guide.
    style
        One of `circle.guide.paper.style.STYLES`, or ``None`` for that of the guide.
    language
        ``"zh-CN"``, ``"en"``, or ``None`` for the first language of the guide.
    """

    paper: str = "a3"
    scale: float | None = None
    is_atlas: bool = False
    is_large_print: bool = False
    classes: tuple[str, ...] = ()
    style: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class PaperFormat:
    """
    A paper and what stands where on it, millimetres and points.

    Parameters
    ----------
    width, height, margin
        The page; nothing is printed in the margin.
    panel
        Width of the column beside the map, 0 without one.
    strip
        Height of the line over a map that has no panel.
    type_factor
        Size of the type on the map, as a multiple of that of an A3 sheet.
    base_pt, columns, table_sizes_pt
        Size of running text, how many columns the list may have, and the sizes of its type,
        largest first. An even number keeps the list off the fold of a sheet.
    is_cards
        True for address, telephone and hours below the name, not in columns of their own.
    """

    width: float
    height: float
    margin: float
    panel: float
    strip: float
    type_factor: float
    base_pt: float
    columns: tuple[int, ...]
    table_sizes_pt: tuple[float, ...]
    is_cards: bool


FORMATS = {
    "a4": PaperFormat(210, 297, 12, 0, 12, 0.92, 10, (1,), (11,), True),
    "a3": PaperFormat(
        420, 297, 9, 88, 10, 1.0, 9.5, (2, 4), (12, 11.5, 11, 10.5, 10, 9.5, 9, 8.5), True
    ),
    "a1": PaperFormat(594, 841, 16, 0, 92, 2.2, 18, (3, 4), (20, 19, 18, 17, 16, 15, 14, 13), True),
}


def paper_format(options: PaperOptions) -> PaperFormat:
    """Return the paper asked for, in large print with larger type."""
    paper = FORMATS[options.paper]
    if not options.is_large_print:
        return paper
    return replace(
        paper,
        type_factor=paper.type_factor * LARGE_PRINT,
        base_pt=paper.base_pt * (1.25 if options.paper == "a3" else LARGE_PRINT),
        panel=paper.panel * 1.15,
        columns=(2, 3) if options.paper == "a1" else paper.columns,
        table_sizes_pt=(max(paper.table_sizes_pt) * LARGE_PRINT,),
    )


def chosen_places(
    content: GuideContent, options: PaperOptions
) -> tuple[tuple[GuidePlace, ...], tuple[GuidePlace, ...]]:
    """
    Return the places to print and those without a position.

    Raises
    ------
    InputError
        If a class is unknown.
    """
    if not options.classes:
        return content.places, content.unplaced
    known = [guide_class.key for guide_class in content.classes]
    for key in options.classes:
        if key not in known:
            raise InputError(
                en=f"There is no class “{key}” in this guide; choose from {', '.join(known)}.",
                zh=f"本指南没有“{key}”这一类；可选：{'、'.join(known)}。",
            )
    return (
        tuple(place for place in content.places if place.category in options.classes),
        tuple(place for place in content.unplaced if place.category in options.classes),
    )
