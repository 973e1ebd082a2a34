"""
How layers look in QGIS: rules with the planner's colours, written as QML and as SLD.

A rule is a few comparisons of columns, so that both languages say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element, SubElement, tostring

from circle.demand.model import Words
from circle.planner import palette

Shape = Literal["fill", "marker"]
Test = tuple[str, Literal["=", ">=", "<"], "str | float"]

_SE = "http://www.opengis.net/se"
_OGC = "http://www.opengis.net/ogc"
_SLD = "http://www.opengis.net/sld"
_OPERATIONS = {
    "=": "PropertyIsEqualTo",
    ">=": "PropertyIsGreaterThanOrEqualTo",
    "<": "PropertyIsLessThan",
}
_GEOMETRY_TYPES = {"marker": "0", "fill": "2"}


@dataclass(frozen=True, slots=True)
class Rule:
    """
    What looks how.

    Parameters
    ----------
    label
        In the legend, Chinese and English.
    colour, line
        ``#rrggbb`` of the inside and of the outline.
    tests
        Comparisons of columns, all of which must hold; none: everything.
    brush
        ``"solid"``, or a hatch such as ``"b_diagonal"``; with ``"no"`` only the outline is drawn.
    width_mm, size_mm
        Of the outline, and of a marker.
    """

    label: Words
    colour: str
    line: str
    tests: tuple[Test, ...] = ()
    brush: str = "solid"
    width_mm: float = 0.1
    size_mm: float = 2.4


@dataclass(frozen=True, slots=True)
class Style:
    """
    One way to draw a layer.

    Parameters
    ----------
    name
        As QGIS lists it.
    shape
        Areas or points.
    rules
        In the order of the legend.
    label_column
        Column written onto each thing; empty for none.
    """

    name: str
    shape: Shape
    rules: tuple[Rule, ...]
    label_column: str = ""

    def qml(self) -> str:
        """Return the style as QGIS stores it."""
        root = Element("qgis", version="3.28.0", styleCategories="Symbology|Labeling")
        renderer = SubElement(
            root, "renderer-v2", type="RuleRenderer", symbollevels="0", enableorderby="0",
            forceraster="0",
        )  # fmt: skip
        rules = SubElement(renderer, "rules", key="rules")
        symbols = SubElement(renderer, "symbols")
        for number, rule in enumerate(self.rules):
            at = {"key": f"rule{number}", "symbol": str(number), "label": " ".join(rule.label)}
            if rule.tests:
                at["filter"] = " AND ".join(map(_expression, rule.tests))
            SubElement(rules, "rule", at)
            _symbol(symbols, number, self.shape, rule)
        if self.label_column:
            _labels(root, self.label_column)
        SubElement(root, "layerGeometryType").text = _GEOMETRY_TYPES[self.shape]
        head = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        return head + tostring(root, encoding="unicode")

    def sld(self, layer: str) -> str:
        """Return the style for other programs, as Styled Layer Descriptor 1.1."""
        root = Element(
            "StyledLayerDescriptor",
            {"version": "1.1.0", "xmlns": _SLD, "xmlns:se": _SE, "xmlns:ogc": _OGC},
        )
        named = SubElement(root, "NamedLayer")
        SubElement(named, "se:Name").text = layer
        user = SubElement(named, "UserStyle")
        SubElement(user, "se:Name").text = self.name
        features = SubElement(user, "se:FeatureTypeStyle")
        for rule in self.rules:
            _sld_rule(features, self.shape, rule)
        return tostring(root, encoding="unicode")


def _expression(test: Test) -> str:
    column, operation, value = test
    quoted = str(column).replace('"', '""')
    if isinstance(value, str):
        text = value.replace("'", "''")
        return f"\"{quoted}\" {operation} '{text}'"
    return f'"{quoted}" {operation} {value:g}'


def _rgba(colour: str) -> str:
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"{red},{green},{blue},255"


def _symbol(symbols: Element, number: int, shape: Shape, rule: Rule) -> None:
    symbol = SubElement(
        symbols, "symbol", type=shape, name=str(number), alpha="1", force_rhr="0",
        clip_to_extent="1",
    )  # fmt: skip
    kind = "SimpleFill" if shape == "fill" else "SimpleMarker"
    layer = SubElement(symbol, "layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"})
    values = {
        "color": _rgba(rule.colour),
        "outline_color": _rgba(rule.line),
        "outline_style": "solid",
        "outline_width": f"{rule.width_mm:g}",
        "outline_width_unit": "MM",
    }
    if shape == "fill":
        values["style"] = rule.brush
    else:
        values |= {"name": "circle", "size": f"{rule.size_mm:g}", "size_unit": "MM"}
    options = SubElement(layer, "Option", type="Map")
    for name, value in values.items():
        SubElement(options, "Option", name=name, value=value, type="QString")
    for name, value in values.items():
        SubElement(layer, "prop", k=name, v=value)  # what QGIS read before 3.20


def _labels(root: Element, column: str) -> None:
    labeling = SubElement(root, "labeling", type="simple")
    settings = SubElement(labeling, "settings", calloutType="simple")
    text = SubElement(
        settings, "text-style", fieldName=column, isExpression="0", fontSize="9",
        fontSizeUnit="Point", fontWeight="75", textColor=_rgba(palette.INK),
    )  # fmt: skip
    SubElement(
        text, "text-buffer", bufferDraw="1", bufferSize="0.8", bufferSizeUnits="MM",
        bufferColor=_rgba(palette.PAPER),
    )  # fmt: skip


def _sld_rule(parent: Element, shape: Shape, rule: Rule) -> None:
    one = SubElement(parent, "se:Rule")
    SubElement(one, "se:Name").text = " ".join(rule.label)
    if rule.tests:
        within = SubElement(one, "ogc:Filter")
        if len(rule.tests) > 1:
            within = SubElement(within, "ogc:And")
        for column, operation, value in rule.tests:
            test = SubElement(within, f"ogc:{_OPERATIONS[operation]}")
            SubElement(test, "ogc:PropertyName").text = column
            shown = value if isinstance(value, str) else f"{value:g}"
            SubElement(test, "ogc:Literal").text = shown
    if shape == "fill":
        symbolizer = SubElement(one, "se:PolygonSymbolizer")
        _paint(symbolizer, rule)
        return
    graphic = SubElement(SubElement(one, "se:PointSymbolizer"), "se:Graphic")
    mark = SubElement(graphic, "se:Mark")
    SubElement(mark, "se:WellKnownName").text = "circle"
    _paint(mark, rule)
    SubElement(graphic, "se:Size").text = f"{rule.size_mm / 0.28:.1f}"  # pixels of 0.28 mm


def _paint(parent: Element, rule: Rule) -> None:
    if rule.brush != "no":
        fill = SubElement(parent, "se:Fill")
        SubElement(fill, "se:SvgParameter", name="fill").text = rule.colour
    stroke = SubElement(parent, "se:Stroke")
    SubElement(stroke, "se:SvgParameter", name="stroke").text = rule.line
    width = SubElement(stroke, "se:SvgParameter", name="stroke-width")
    width.text = f"{rule.width_mm / 0.28:.2f}"


def state_style(name: str, column: str, shape: Shape) -> Style:
    """Return how homes look by their state in one column."""
    return Style(
        name,
        shape,
        tuple(
            Rule(
                palette.STATE_NAMES[state], palette.HATCH if state == "unknown" else colour,
                palette.EDGE_COLOURS[state], ((column, "=", state),),
                brush="b_diagonal" if state == "unknown" else "solid",
            )
            for state, colour in palette.STATE_COLOURS.items()
        ),
    )  # fmt: skip


def change_style(name: str, column: str, shape: Shape) -> Style:
    """Return how homes look by what a change means to them."""
    return Style(
        name,
        shape,
        tuple(
            Rule(
                palette.CHANGE_NAMES[word], colour, palette.INK_SOFT, ((column, "=", word),),
                brush="b_diagonal" if word == "unknown" else "solid",
            )
            for word, colour in palette.CHANGE_COLOURS.items()
        ),
    )  # fmt: skip


def lack_style(name: str, column: str, shape: Shape) -> Style:
    """Return how homes look by the number of classes they lack."""
    steps = palette.LACK_STEPS
    rules = []
    for k, (least, colour) in enumerate(steps):
        tests: tuple[Test, ...] = ((column, ">=", float(least)),)
        if k + 1 < len(steps):
            tests += ((column, "<", float(steps[k + 1][0])),)
        rules.append(Rule(lacks_words(k), colour, palette.INK_SOFT, tests))
    return Style(name, shape, tuple(rules))


def lacks_words(step: int) -> Words:
    """
    Return what a step of `palette.LACK_STEPS` means.

    Examples
    --------
    >>> lacks_words(0)[1], lacks_words(2)[1]
    ('lacks none', 'lacks 2–3')
    """
    least = palette.LACK_STEPS[step][0]
    if step + 1 == len(palette.LACK_STEPS):
        return f"缺 {least} 类以上", f"lacks {least} or more"
    most = palette.LACK_STEPS[step + 1][0] - 1
    if most == 0:
        return "各类都有", "lacks none"
    shown = f"{least}" if least == most else f"{least}–{most}"
    return f"缺 {shown} 类", f"lacks {shown}"


def share_style(name: str, column: str) -> Style:
    """Return how areas look by a share that is covered."""
    steps = palette.SHARE_STEPS
    rules = []
    for k, (least, colour) in enumerate(steps):
        tests: tuple[Test, ...] = ((column, ">=", least),)
        end = steps[k + 1][0] if k + 1 < len(steps) else None
        if end is not None:
            tests += ((column, "<", end),)
        shown = f"{least:.0%} – {1.0 if end is None else end:.0%}"
        rules.append(Rule((shown, ""), colour, palette.AREA_LINE, tests, width_mm=0.3))
    return Style(name, "fill", tuple(rules))


def plain_style(
    name: str, shape: Shape, label: Words, colours: Sequence[str], *, label_column: str = "",
    brush: str = "solid", size_mm: float = 2.4, width_mm: float = 0.4,
) -> Style:  # fmt: skip
    """Return a style with one look for everything: colours of the inside and of the outline."""
    rule = Rule(label, colours[0], colours[1], (), brush, width_mm, size_mm)
    return Style(name, shape, (rule,), label_column)
