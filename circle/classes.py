"""
The classes of places a guide shows: a table in `data/classes.csv`, read and looked up here.

A class knows its names, icon and colour, the OSM tags that stand for it, and the words by which
a sheet may call it. Another table of the same columns may take its place in a study.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from circle.errors import SchemaError
from circle.resources import data_path

COLUMNS = ("key", "order", "name_zh", "name_en", "icon", "colour", "osm_tags", "aliases")

# Where several tags of one object speak of different classes, the one earlier here decides: a
# bank in a former post office is amenity=bank + building=post_office, a bakery with tables
# amenity=cafe + shop=bakery. What an object is used for comes before what it is built as.
_KEY_RANK = (
    "amenity",
    "healthcare",
    "social_facility",
    "shop",
    "leisure",
    "tourism",
    "craft",
    "office",
    "government",
    "club",
    "sport",
    "place",
    "landuse",
    "building",
)
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_TAG = re.compile(r"[a-z][a-z0-9_:]*=[^=+;\s]+")

# Relative luminance (WCAG 2) of the two text colours of the guide.
LIGHT_TEXT = "#ffffff"
DARK_TEXT = "#1a1a1a"


class TagRule(NamedTuple):
    """Tags that must all be there; a value ``"*"`` takes any but ``"no"`` and ``"vacant"``."""

    conditions: tuple[tuple[str, str], ...]

    @property
    def rank(self) -> tuple[int, int, int]:
        """Smaller is more specific: more conditions, no wildcard, then the rank of its key."""
        key = self.conditions[0][0]
        position = _KEY_RANK.index(key) if key in _KEY_RANK else len(_KEY_RANK)
        wildcards = sum(value == "*" for _, value in self.conditions)
        return (wildcards, -len(self.conditions), position)

    def fits(self, tags: Mapping[str, str]) -> bool:
        """Say whether an object with `tags` meets all conditions."""
        return all(_value_fits(tags.get(key), value) for key, value in self.conditions)


def _value_fits(found: str | None, wanted: str) -> bool:
    if found in (None, "", "no", "vacant"):
        return False
    # OSM lists several values in one tag with semicolons: amenity=bank;atm.
    return wanted == "*" or wanted in (part.strip() for part in str(found).split(";"))


@dataclass(frozen=True, slots=True)
class PlaceClass:
    """
    One class of places.

    Parameters
    ----------
    key
        Its name in tables and code: lower-case ASCII.
    order
        Its position in lists, from 1.
    name_zh, name_en
        Its names for people.
    icon
        File name of its pictogram; in the project's own table a file in `data/icons/`.
    colour
        ``#rrggbb``.
    osm_tags
        ``key=value`` rules; ``key=*`` takes any value, ``a=b+c=d`` asks for both.
    aliases
        Further words by which a sheet names it.
    """

    key: str
    order: int
    name_zh: str
    name_en: str
    icon: str
    colour: str
    osm_tags: tuple[str, ...]
    aliases: tuple[str, ...]

    @property
    def text_colour(self) -> str:
        """
        Colour of text on `colour`: white or nearly black, whichever has the better contrast.

        Examples
        --------
        >>> load_classes().by_key["health"].text_colour
        '#ffffff'
        """
        return max((LIGHT_TEXT, DARK_TEXT), key=lambda text: contrast(text, self.colour))

    def name(self, language: str) -> str:
        """Return the Chinese name for ``"zh"`` or ``"zh-CN"``, else the English one."""
        return self.name_zh if language.startswith("zh") else self.name_en


def relative_luminance(colour: str) -> float:
    """
    Return the WCAG 2 relative luminance of ``#rrggbb``, 0 (black) to 1 (white).

    Examples
    --------
    >>> relative_luminance("#ffffff"), relative_luminance("#000000")
    (1.0, 0.0)
    """
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return round(0.2126 * red + 0.7152 * green + 0.0722 * blue, 12)


def contrast(one: str, other: str) -> float:
    """Return the WCAG 2 contrast ratio of two colours, 1 to 21."""
    low, high = sorted((relative_luminance(one), relative_luminance(other)))
    return (high + 0.05) / (low + 0.05)


@dataclass(frozen=True)
class ClassTable:
    """
    The classes of a guide, in their order.

    Examples
    --------
    >>> classes = load_classes()
    >>> [c.key for c in classes][:3]
    ['culture', 'health', 'food_markets']
    >>> classes.match({"amenity": "marketplace", "building": "retail"})
    'food_markets'
    >>> classes.class_for_word("菜市场"), classes.class_for_word("Wet market")
    ('food_markets', 'food_markets')
    """

    classes: tuple[PlaceClass, ...]

    def __iter__(self) -> Iterator[PlaceClass]:
        return iter(self.classes)

    def __len__(self) -> int:
        return len(self.classes)

    def __contains__(self, key: object) -> bool:
        return key in self.by_key

    @cached_property
    def by_key(self) -> Mapping[str, PlaceClass]:
        """The classes by their key."""
        return {c.key: c for c in self.classes}

    @cached_property
    def _rules(self) -> tuple[tuple[TagRule, str], ...]:
        rules = [(_rule(tag), c.key) for c in self.classes for tag in c.osm_tags]
        # A stable sort: of equally specific rules the one of the earlier class decides.
        return tuple(sorted(rules, key=lambda pair: pair[0].rank))

    @cached_property
    def _rules_by_key(self) -> Mapping[str, tuple[tuple[int, TagRule, str], ...]]:
        """The rules by the key of their first condition, each with its place among all."""
        by_key: dict[str, list[tuple[int, TagRule, str]]] = {}
        for place, (rule, key) in enumerate(self._rules):
            by_key.setdefault(rule.conditions[0][0], []).append((place, rule, key))
        return {key: tuple(rules) for key, rules in by_key.items()}

    @cached_property
    def _words(self) -> Mapping[str, str]:
        words: dict[str, str] = {}
        for c in self.classes:
            for word in (c.key, c.name_zh, c.name_en, *c.aliases):
                words.setdefault(_fold(word), c.key)
        return words

    def match(self, tags: Mapping[str, str]) -> str | None:
        """
        Return the key of the class an object with these OSM tags belongs to.

        Parameters
        ----------
        tags
            The object's tags.

        Returns
        -------
        key
            Of the most specific rule that fits: named values before ``key=*``, several
            conditions before one, `amenity` before `shop` before … `building`. `None` when no
            rule fits.
        """
        # Most objects of a map are buildings and lamps: look only at rules of the keys they have.
        candidates = (entry for tag in tags for entry in self._rules_by_key.get(tag, ()))
        fitting = ((place, key) for place, rule, key in candidates if rule.fits(tags))
        return min(fitting, default=(0, None))[1]

    def class_for_word(self, word: str) -> str | None:
        """
        Return the key of the class that a sheet calls `word`.

        Parameters
        ----------
        word
            A key, a name or an alias in either language; case, width (ＡＴＭ), spaces,
            underscores and hyphens do not matter.

        Returns
        -------
        key
            `None` when no class is called so.
        """
        return self._words.get(_fold(word))


def load_classes(path: str | Path | None = None) -> ClassTable:
    """
    Read a table of classes.

    Parameters
    ----------
    path
        A CSV file in UTF-8 with the columns of `data/classes.csv`; without it, that table.

    Returns
    -------
    classes
        Sorted by `order`.

    Raises
    ------
    SchemaError
        If the file cannot be read, a column is missing, or a row is malformed: its line is named.
    """
    source = data_path("classes.csv") if path is None else Path(path)
    try:
        # utf-8-sig: spreadsheet programs put a byte-order mark in front.
        with source.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [c for c in COLUMNS if c not in (reader.fieldnames or ())]
            if missing:
                raise SchemaError(
                    en=f"The class table {source.name} lacks the column(s) {', '.join(missing)}; "
                    f"it needs {', '.join(COLUMNS)}.",
                    zh=f"类别表 {source.name} 缺少列 {'、'.join(missing)}；"
                    f"应包含 {'、'.join(COLUMNS)}。",
                )
            rows = [
                _row(source.name, reader.line_num, row)
                for row in reader
                if any(isinstance(cell, str) and cell.strip() for cell in row.values())
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SchemaError(
            en=f"The class table {source} cannot be read ({error}); give a CSV file in UTF-8.",
            zh=f"无法读取类别表 {source}（{error}）；请提供 UTF-8 编码的 CSV 文件。",
        ) from error
    if not rows:
        raise SchemaError(
            en=f"The class table {source.name} has no rows; list at least one class.",
            zh=f"类别表 {source.name} 没有内容；请至少填写一个类别。",
        )
    _check_together(source.name, rows)
    return ClassTable(tuple(sorted((c for _, c in rows), key=lambda c: c.order)))


def _row(table: str, line: int, row: Mapping[str, str | None]) -> tuple[int, PlaceClass]:
    # A short line leaves cells out; a long one puts the rest under the key None.
    cells = {column: (row.get(column) or "").strip() for column in COLUMNS}
    if None in row:
        raise _bad(table, line, "has more cells than the header", "的单元格多于表头")
    if not _KEY.fullmatch(cells["key"]):
        raise _bad(
            table,
            line,
            f"has the key “{cells['key']}”; use lower-case letters, digits and underscores",
            f"的 key 为“{cells['key']}”；请用小写字母、数字和下划线",
        )
    if not cells["order"].isdecimal():
        raise _bad(
            table,
            line,
            f"has the order “{cells['order']}”; give a whole number",
            f"的 order 为“{cells['order']}”；请填写整数",
        )
    colour = cells["colour"].lower()
    if not _COLOUR.fullmatch(colour):
        raise _bad(
            table,
            line,
            f"has the colour “{cells['colour']}”; write it like #1a5fb4",
            f"的 colour 为“{cells['colour']}”；请写成 #1a5fb4 的形式",
        )
    if not (cells["name_zh"] and cells["name_en"]):
        raise _bad(
            table,
            line,
            "has no name_zh or no name_en; give both",
            "缺少 name_zh 或 name_en；请补全",
        )
    tags = _split(cells["osm_tags"])
    for tag in tags:
        if not all(_TAG.fullmatch(condition) for condition in tag.split("+")):
            raise _bad(
                table,
                line,
                f"has the OSM tag “{tag}”; write key=value, several separated by “;”",
                f"的 OSM 标签“{tag}”有误；请写成 key=value，多个用“;”分隔",
            )
    return line, PlaceClass(
        key=cells["key"],
        order=int(cells["order"]),
        name_zh=cells["name_zh"],
        name_en=cells["name_en"],
        icon=cells["icon"],
        colour=colour,
        osm_tags=tags,
        aliases=_split(cells["aliases"]),
    )


def _check_together(table: str, rows: list[tuple[int, PlaceClass]]) -> None:
    """No two rows may claim the same key, order, tag or word."""
    claimed: dict[tuple[str, object], int] = {}
    for line, row in rows:
        words = {_fold(w) for w in (row.key, row.name_zh, row.name_en, *row.aliases)}
        claims: list[tuple[str, object]] = [("key", row.key), ("order", row.order)]
        claims += [("osm_tags", tag) for tag in row.osm_tags]
        claims += [("aliases", word) for word in sorted(words)]
        for claim in claims:
            column, value = claim
            if claim in claimed:
                raise _bad(
                    table,
                    line,
                    f"repeats “{value}” ({column}) of line {claimed[claim]}; "
                    "each may stand in one class only",
                    f"与第 {claimed[claim]} 行重复了“{value}”（{column}）；每项只能属于一个类别",
                )
            claimed[claim] = line


def _bad(table: str, line: int, en: str, zh: str) -> SchemaError:
    return SchemaError(
        en=f"Line {line} of the class table {table} {en}.", zh=f"类别表 {table} 第 {line} 行{zh}。"
    )


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _rule(tag: str) -> TagRule:
    pairs = (condition.split("=", 1) for condition in tag.split("+"))
    return TagRule(tuple((key, value) for key, value in pairs))


def _fold(word: str) -> str:
    return re.sub(r"[\s_-]+", "", unicodedata.normalize("NFKC", word)).casefold()
