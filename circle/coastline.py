"""
Turns coastlines into the sea they bound.

A coastline is drawn with the land on its left and the water on its right. An extract cuts it
anywhere: it leaves the box, it stops short inside the box, an island lies whole within it.
`sea_polygon` closes what the cut opened and returns the water. It knows nothing of files and
nothing of metres: lines and box share one frame, degrees or metres alike.

It does not guess a sea where no coastline is given: no coastline, no sea.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box
from shapely.ops import linemerge, polygonize, unary_union

FloatArray = npt.NDArray[np.float64]

# An open end looks back over this share of the box's diagonal to tell where the coast is heading:
# the last vertex alone may be a jetty's corner.
_HEADING_SHARE = 0.05
# Following the heading is given up for the nearest edge of the box beyond this many times its
# distance: a coast that runs along the edge would otherwise be prolonged right through the data.
_HEADING_DETOUR = 2.0
# Probes beside a coast, as a share of the box's diagonal: far below any mapped detail, far above
# the rounding of doubles.
_PROBE_SHARE = 1e-8


def sea_polygon(
    coastlines: Sequence[LineString], bounds: Sequence[float]
) -> Polygon | MultiPolygon:
    """
    Return the sea within a box.

    Parameters
    ----------
    coastlines
        Lines with the land on their left and the water on their right, in any order, cut into
        pieces anywhere. Closed rings are islands (anticlockwise) or enclosed sea (clockwise).
    bounds
        West, south, east, north, in the frame of the lines.

    Returns
    -------
    sea
        Valid polygon or multipolygon inside the box; empty where there is no coastline, or
        where the box lies on the landward side of the coastlines nearest to it. Pieces that
        stop inside the box are joined to the piece that goes on where it stops nearer than the
        edge, else prolonged to the edge of the box.

    Examples
    --------
    A coast that runs north through a box: the sea lies east of it.

    >>> sea_polygon([LineString([(1, -1), (1, 3)])], (0, 0, 4, 2)).bounds
    (1.0, 0.0, 4.0, 2.0)
    """
    west, south, east, north = (float(value) for value in bounds)
    window = box(west, south, east, north)
    chains = _merge(coastlines)
    if not chains or window.area == 0:
        return Polygon()
    diagonal = math.hypot(east - west, north - south)
    chains = _close_gaps(chains, window)
    chains = _prolong_ends(chains, window, diagonal)

    pieces = [piece for chain in chains for piece in _clip(chain, (west, south, east, north))]
    if not pieces:
        return window if _is_on_the_right(window.centroid, chains) else Polygon()
    lines = unary_union([*(LineString(piece) for piece in pieces), window.exterior])
    faces = [face for face in polygonize(lines) if window.contains(face.representative_point())]
    votes = _votes(faces, pieces, diagonal * _PROBE_SHARE)
    sea = [
        face
        for face, vote in zip(faces, votes, strict=True)
        if vote > 0 or (vote == 0 and _is_on_the_right(face.representative_point(), chains))
    ]
    merged = unary_union(sea)
    return merged if isinstance(merged, Polygon | MultiPolygon) else Polygon()


def _merge(coastlines: Sequence[LineString]) -> list[FloatArray]:
    """Join pieces end to start where they touch; keep their direction."""
    usable = [line for line in coastlines if not line.is_empty and line.length > 0]
    if not usable:
        return []
    merged = linemerge(usable, directed=True)
    parts = merged.geoms if hasattr(merged, "geoms") else [merged]
    return [np.asarray(part.coords, np.float64)[:, :2] for part in parts]


def _close_gaps(chains: list[FloatArray], window: Polygon) -> list[FloatArray]:
    """Bridge a missing stretch between an end and a start that face each other in the box."""
    chains = list(chains)
    while True:
        ends = [(i, Point(c[-1])) for i, c in enumerate(chains) if _is_loose(c[-1], chains, window)]
        starts = [(i, Point(c[0])) for i, c in enumerate(chains) if _is_loose(c[0], chains, window)]
        candidates = sorted(
            (end.distance(start), i, j)
            for i, end in ends
            for j, start in starts
            if end.distance(start)
            < min(window.exterior.distance(end), window.exterior.distance(start))
            # A chain may close upon itself only over a gap that is small beside its own length.
            and (i != j or end.distance(start) < 0.2 * LineString(chains[i]).length)
            and _is_clear(LineString([end, start]), chains)
        )
        if not candidates:
            return chains
        _, i, j = candidates[0]
        if i == j:
            chains[i] = np.vstack([chains[i], chains[i][:1]])
        else:
            joined = np.vstack([chains[i], chains[j]])
            chains = [chain for k, chain in enumerate(chains) if k not in (i, j)]
            chains.append(joined)


def _prolong_ends(chains: list[FloatArray], window: Polygon, diagonal: float) -> list[FloatArray]:
    """Lead every end that lies inside the box to the box's edge, and a little beyond."""
    prolonged = []
    for chain in chains:
        longer = chain
        if _is_loose(chain[-1], chains, window):
            longer = _lead_out(longer, chains, window, diagonal)
        if _is_loose(chain[0], chains, window):
            longer = _lead_out(longer[::-1], chains, window, diagonal)[::-1]
        prolonged.append(longer)
    return prolonged


def _lead_out(
    chain: FloatArray, chains: list[FloatArray], window: Polygon, diagonal: float
) -> FloatArray:
    """Return the chain with its last point led out of the box, or as it is where none is clear."""
    end = Point(chain[-1])
    edge = window.exterior
    nearest = np.asarray(edge.interpolate(edge.project(end)).coords[0])
    targets = [nearest]
    line = LineString(chain)
    back = line.interpolate(max(0.0, line.length - diagonal * _HEADING_SHARE))
    heading = chain[-1] - np.asarray(back.coords[0])
    if np.hypot(*heading) > 0:
        ray = LineString([chain[-1], chain[-1] + heading / np.hypot(*heading) * 2 * diagonal])
        hit = ray.intersection(edge)
        if not hit.is_empty:
            target = np.asarray(shapely.get_coordinates(hit)[0])
            if np.hypot(*(target - chain[-1])) <= _HEADING_DETOUR * end.distance(Point(nearest)):
                targets.insert(0, target)
    for target in targets:
        step = target - chain[-1]
        if not step.any():
            return chain
        if _is_clear(LineString([chain[-1], target]), chains):
            # A hair beyond the edge, so that clipping meets the edge whatever the rounding.
            return np.vstack([chain, chain[-1] + step * (1 + 1e-6)])
    return chain


def _is_loose(point: FloatArray, chains: list[FloatArray], window: Polygon) -> bool:
    """
    Say whether an end lies inside the box and nothing goes on from it.

    An end that meets another coast needs no help: a piece drawn the wrong way round has two.
    """
    west, south, east, north = window.bounds
    if not (west < point[0] < east and south < point[1] < north):
        return False
    touching = sum(int((chain == point).all(axis=1).sum()) for chain in chains)
    return touching == 1


def _is_clear(link: LineString, chains: list[FloatArray]) -> bool:
    """Say whether a link meets the coast nowhere but at its own ends."""
    ends = [Point(link.coords[0]), Point(link.coords[-1])]
    for chain in chains:
        met = link.intersection(LineString(chain))
        if met.is_empty:
            continue
        for part in getattr(met, "geoms", [met]):
            if part.length > 0 or all(part.distance(end) > 0 for end in ends):
                return False
    return True


def _clip(chain: FloatArray, bounds: tuple[float, float, float, float]) -> list[FloatArray]:
    """Cut a line to a box segment by segment, which keeps its direction whatever happens."""
    west, south, east, north = bounds
    a, b = chain[:-1], chain[1:]
    d = b - a
    first = np.zeros(len(a))
    last = np.ones(len(a))
    keep = np.ones(len(a), np.bool_)
    with np.errstate(divide="ignore", invalid="ignore"):
        for axis, low, high in ((0, west, east), (1, south, north)):
            still = d[:, axis] == 0
            keep &= ~still | ((a[:, axis] >= low) & (a[:, axis] <= high))
            t_low = np.where(still, -np.inf, (low - a[:, axis]) / d[:, axis])
            t_high = np.where(still, np.inf, (high - a[:, axis]) / d[:, axis])
            first = np.maximum(first, np.minimum(t_low, t_high))
            last = np.minimum(last, np.maximum(t_low, t_high))
    keep &= first < last
    starts = np.where((first == 0)[:, None], a, a + first[:, None] * d)
    stops = np.where((last == 1)[:, None], b, a + last[:, None] * d)
    # Onto the edge itself, so that noding with the edge leaves no hair's breadth open.
    hair = max(east - west, north - south) * 1e-9
    for points in (starts, stops):
        for axis, edges in ((0, (west, east)), (1, (south, north))):
            for edge in edges:
                points[np.abs(points[:, axis] - edge) < hair, axis] = edge
    pieces: list[list[FloatArray]] = []
    for index in np.flatnonzero(keep):
        if pieces and (pieces[-1][-1] == starts[index]).all():
            pieces[-1].append(stops[index])
        else:
            pieces.append([starts[index], stops[index]])
    arrays = [np.asarray(piece) for piece in pieces]
    return [piece for piece in arrays if (piece != piece[0]).any()]


def _votes(faces: list[Polygon], pieces: list[FloatArray], offset: float) -> FloatArray:
    """
    Weigh for every face the coast that has it on its right against the coast on its left.

    By length, so that one segment drawn the wrong way does not turn land into sea.
    """
    a = np.vstack([piece[:-1] for piece in pieces])
    b = np.vstack([piece[1:] for piece in pieces])
    d = b - a
    length = np.hypot(d[:, 0], d[:, 1])
    a, b, d, length = (values[length > 0] for values in (a, b, d, length))
    middle = (a + b) / 2
    right = np.column_stack([d[:, 1], -d[:, 0]]) / length[:, None] * offset
    tree = shapely.STRtree(faces)
    votes = np.zeros(len(faces))
    for side, sign in ((right, 1.0), (-right, -1.0)):
        probe, face = tree.query(shapely.points(middle + side), predicate="within")
        np.add.at(votes, face, sign * length[probe])
    return votes


def _is_on_the_right(point: Point, chains: list[FloatArray]) -> bool:
    """Say whether a point lies on the water side of the coast nearest to it."""
    a = np.vstack([chain[:-1] for chain in chains])
    b = np.vstack([chain[1:] for chain in chains])
    p = np.asarray(point.coords[0])
    d = b - a
    squared = (d * d).sum(axis=1)
    a, d, squared = a[squared > 0], d[squared > 0], squared[squared > 0]
    along = np.clip(((p - a) * d).sum(axis=1) / squared, 0, 1)
    gap = np.hypot(*(p - (a + along[:, None] * d)).T)
    # At a corner two segments are equally near; the one seen more squarely tells the side.
    near = np.flatnonzero(gap <= gap.min() * (1 + 1e-9))
    cross = d[near, 0] * (p - a[near])[:, 1] - d[near, 1] * (p - a[near])[:, 0]
    squareness = cross / np.sqrt(squared[near])
    return bool(squareness[np.argmax(np.abs(squareness))] < 0)
