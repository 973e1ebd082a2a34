"""The guide's own sign for a cover: how far one walks from its centre, as a drawing."""

from __future__ import annotations

from collections.abc import Sequence

import shapely

from circle.guide.model import GuideContent
from circle.guide.paper.frame import MapFrame, content_extent, local_frame
from circle.guide.paper.style import Style

_SIDE_MM = 100.0
_TINTS = (0.16, 0.3, 0.5)


def emblem(content: GuideContent, style: Style) -> str:
    """
    Return the rings of the guide around its centre as SVG.

    Parameters
    ----------
    content
        The guide; without rings three circles stand for them.
    style
        Colours.

    Returns
    -------
    svg
        As wide as high.
    """
    local = local_frame(content)
    west, south, east, north = content_extent(content, local)
    rings = [[polygon[0] for polygon in ring.polygons] for ring in content.rings]
    middle = ((west + east) / 2, (south + north) / 2)
    frame = MapFrame(local, 1000.0, middle, _SIDE_MM, _SIDE_MM)
    shapes: list[list[shapely.Geometry]] = [
        [shapely.LineString(frame.to_mm(line)) for line in lines] for lines in rings
    ]
    (center,) = frame.to_mm([(content.center.lon, content.center.lat)]).tolist()
    drawn = [shape for group in shapes for shape in group]
    if not drawn:
        drawn = [shapely.Point(center).buffer(r).boundary for r in (100.0, 200.0, 300.0)]
        shapes = [[shape] for shape in drawn]
    left, top, right, bottom = shapely.total_bounds(drawn)
    side = max(right - left, bottom - top, 1.0)
    shift = ((left + right) / 2, (top + bottom) / 2)

    def point(x: float, y: float) -> tuple[float, float]:
        grown = (_SIDE_MM - 4.0) / side
        return (x - shift[0]) * grown + _SIDE_MM / 2, (y - shift[1]) * grown + _SIDE_MM / 2

    parts = []
    largest_first: Sequence[list[shapely.Geometry]] = shapes[::-1]
    for index, group in enumerate(largest_first):
        outline = ""
        for shape in group:
            thin = shapely.simplify(shape, side / 600)
            points = [point(x, y) for x, y in shapely.get_coordinates(thin).tolist()]
            outline += "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points) + "Z"
        tint = _TINTS[min(index, len(_TINTS) - 1)]
        parts.append(
            f'<path d="{outline}" fill="{style.accent}" fill-opacity="{tint}" '
            f'stroke="{style.accent}" stroke-width="{0.9 if index == 0 else 0.5}" '
            'stroke-linejoin="round"/>'
        )
    x, y = point(*center)
    for radius, colour in ((4.2, style.paper), (3.4, style.accent), (1.5, style.paper)):
        parts.append(f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius}" fill="{colour}"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIDE_MM:g} {_SIDE_MM:g}">'
        f"{''.join(parts)}</svg>"
    )
