"""
Packs numbers and shapes for a page: whole numbers of few bytes, deflated, as base64 text.

Costs become whole steps such that "within the limit" is the same question in steps as in
millimetres or milliseconds: a step divides every limit, and a cost is rounded up to it.
"""

from __future__ import annotations

import base64
import math
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from circle.kernel import UNREACHED
from circle.network import FloatArray, Int32Array

UNITS_PER_DEG = 1_000_000
"""0.11 m: below what a screen shows."""
_TOUCH_M = 1e-6
"""Straight distances this little above a limit are on it, as in `circle.coverage.figures`."""
_COARSEST = 1000


def packed(values: npt.NDArray[Any]) -> dict[str, Any]:
    """
    Return numbers as text for `unpackNumbers` of the page.

    Parameters
    ----------
    values
        Unsigned whole numbers below 2**32, or floating-point ones. The bytes of one rank stand
        together, which deflates better.
    """
    if values.dtype.kind == "f":
        kind, width = "f8", 8
        plain = np.ascontiguousarray(values, "<f8")
    else:
        most = int(values.max(initial=0))
        width = 1 if most < 1 << 8 else 2 if most < 1 << 16 else 4
        kind = f"u{width}"
        plain = np.ascontiguousarray(values, f"<u{width}")
    planes = plain.view(np.uint8).reshape(-1, width).T
    return {"kind": kind, "n": len(values), "text": deflated(planes.tobytes())}


def deflated(data: bytes) -> str:
    """Return bytes, raw deflated, as base64 text."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    return base64.b64encode(squeeze.compress(data) + squeeze.flush()).decode()


def step_of(limits: Iterable[int]) -> int:
    """
    Return how many millimetres or milliseconds a step has: at most 1000, and every limit is whole.

    Parameters
    ----------
    limits
        Whole costs.

    Examples
    --------
    >>> step_of([300_000, 1_000_000]), step_of([350_500])
    (1000, 500)
    """
    return math.gcd(_COARSEST, *limits)


def in_steps(cost: Int32Array, step: int) -> npt.NDArray[np.int64]:
    """
    Return one more than the costs rounded up to steps; 0 where nothing was found.

    Parameters
    ----------
    cost
        Whole costs, `UNREACHED` where nothing was found.
    step
        See `step_of`.
    """
    up = -(-cost.astype(np.int64) // step)
    return np.where(cost == UNREACHED, 0, up + 1)


def straight_in_steps(metres: FloatArray, step: int) -> npt.NDArray[np.int64]:
    """Return the same of straight distances in metres, inf where nothing was found."""
    known = np.isfinite(metres)
    thousandths = (np.where(known, metres, 0.0) - _TOUCH_M) * 1000.0
    up = np.maximum(np.ceil(thousandths / step), 0).astype(np.int64)
    return np.where(known, up + 1, 0)


def pack_shapes(
    shapes: Sequence[shapely.Geometry], origin: tuple[float, float], thin_deg: float = 3e-6
) -> dict[str, Any]:
    """
    Return polygons and points as text for `unpackShapes` of the page.

    Parameters
    ----------
    shapes
        In degrees; what is neither polygon nor point is drawn by its outline or not at all.
    origin
        Longitude and latitude steps are counted from.
    thin_deg
        By how much outlines may be thinned.

    Returns
    -------
    packed
        Rings of each shape, points of each ring, and the points, each after the first of a shape
        as the zigzag difference to the one before.
    """
    n_rings, n_points, deltas = [], [], []
    for shape in shapely.simplify(np.asarray(shapes, dtype=object), thin_deg):
        rings = _rings(shape)
        n_rings.append(len(rings))
        x = y = 0
        for ring in rings:
            units = np.rint((ring - origin) * UNITS_PER_DEG).astype(np.int64)
            kept = np.r_[True, (np.diff(units, axis=0) != 0).any(axis=1)]
            units = units[kept]
            n_points.append(len(units))
            steps = np.diff(np.vstack([[[x, y]], units]), axis=0)
            deltas.append(np.where(steps < 0, -2 * steps - 1, 2 * steps))
            x, y = int(units[-1][0]), int(units[-1][1])
    points = np.concatenate(deltas) if deltas else np.empty((0, 2), np.int64)
    return {
        "rings": packed(np.array(n_rings, np.int64)),
        "points": packed(np.array(n_points, np.int64)),
        "dx": packed(points[:, 0]),
        "dy": packed(points[:, 1]),
    }


def _rings(shape: shapely.Geometry) -> list[FloatArray]:
    """Return the rings of polygons, without the point that closes them; a point is a ring."""
    found: list[FloatArray] = []
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon" and not part.is_empty:
            rings = (part.exterior, *part.interiors)
            found.extend(shapely.get_coordinates(ring)[:-1] for ring in rings)
        elif part.geom_type == "Point" and not part.is_empty:
            found.append(shapely.get_coordinates(part))
        elif part.geom_type == "GeometryCollection":
            found.extend(_rings(part))
    return found
