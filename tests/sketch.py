"""
Draw a map, get a network: every time and shape then follows from the drawing by arithmetic.

::

    plan = sketch(
        '''
        A---B---C
            |
            D
        ''',
        m_per_char=12,
        BD={"highway": "steps"},
    )
    plan.at("C")            # a position in degrees, for the public functions
    plan.xy("C", north=5)   # 5 m north of it, in the metres of plan.network.frame

A character is a square of `m_per_char` metres; a letter or digit stands in its middle.

========  =========================================================================================
``A a 1`` a node, and a name for its position; beside no street it is a position only
``+``     a node without a name: a bend where two streets meet, a junction where three do
``- |``   a street, running east or north; a street of the other direction that it meets without
          a node runs over it and is **not** joined
``=``     a railway at grade that runs east; ``!`` one that runs north; streets cross both freely
``~``     a square of water; a street with water on both sides of it runs over water
========  =========================================================================================

A street reaches from one named node to the next and is drawn from the western (else northern) one.
Keyword arguments are OSM tags: ``BD={…}`` for the street between B and D, drawn from B to D
(``DB={…}`` draws it from D to B); ``B={…}`` for what stands on node B. Tags replace the default
``highway=footway``; ``BD=None`` leaves the street out. `rail` are the tags of railways.

The real builder, walking rules and network are used; only the reading of a file is left out.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely

from circle.geometry import Bounds, LocalFrame, LonLat
from circle.network import WalkNetwork
from circle.network_build import build_network
from circle.provenance import Provenance
from circle.streets_table import StreetTable, StreetTableBuilder
from circle.walking import classify_barrier

Tags = Mapping[str, str] | None
Cell = tuple[int, int]  # row, column

FRAME = LocalFrame(103.8343, 36.0611)
EAST, SOUTH = (0, 1), (1, 0)
_STREET = {EAST: "-", SOUTH: "|"}
_RAIL = {EAST: "=", SOUTH: "!"}
_WET = "~"


@dataclass(frozen=True)
class Sketch:
    """A drawn map: its network, and the metres of every letter."""

    network: WalkNetwork
    table: StreetTable
    metres: dict[str, tuple[float, float]]

    def xy(self, letter: str, *, east: float = 0.0, north: float = 0.0) -> tuple[float, float]:
        """Return metres in the network's frame."""
        x, y = self.metres[letter]
        return x + east, y + north

    def at(self, letter: str, *, east: float = 0.0, north: float = 0.0) -> LonLat:
        """Return degrees."""
        return place(*self.xy(letter, east=east, north=north))

    def edge(self, ends: str) -> int:
        """Return the number of the one edge that joins two letters."""
        network = self.network
        found = []
        for e, nodes in enumerate(network.edge_node):
            if network.edge_length_m[e] > 0:
                where = [(network.node_x_m[v], network.node_y_m[v]) for v in nodes]
                if np.allclose(where, [self.xy(letter) for letter in ends], atol=1e-6):
                    found.append(e)
        assert len(found) == 1, f"{ends} is edge {found}"
        return found[0]


def place(x_m: float, y_m: float) -> LonLat:
    """Return degrees for metres in the frame all sketches share."""
    lon, lat = FRAME.to_lonlat(x_m, y_m)
    return LonLat(float(lon), float(lat))


def sketch(
    drawing: str,
    *,
    m_per_char: float = 12.0,
    margin_m: float = 1_000.0,
    rail: Mapping[str, str] | None = None,
    **tags: Tags,
) -> Sketch:
    """
    Return the map of a drawing.

    Parameters
    ----------
    drawing
        Lines of text, see above; common indentation is taken off.
    m_per_char
        Metres from one character to the next, and from one line to the next.
    margin_m
        How far the data reach beyond the drawing on every side. 0 makes streets that end at
        the drawing's rim go on outside the data.
    rail
        Tags of railways; ``railway=rail`` unless given.
    tags
        OSM tags by the letters of a street's ends or of a node.
    """
    rows = textwrap.dedent(drawing).strip("\n").splitlines()
    width = max(map(len, rows))
    grid = [row.ljust(width) for row in rows]

    def char(cell: Cell) -> str:
        row, column = cell
        return grid[row][column] if 0 <= row < len(grid) and 0 <= column < width else " "

    def xy(cell: Cell) -> tuple[float, float]:
        row, column = cell
        return (
            (column - (width - 1) / 2) * m_per_char,
            ((len(grid) - 1) / 2 - row) * m_per_char,
        )

    cells = [(row, column) for row in range(len(grid)) for column in range(width)]
    names = {char(cell): cell for cell in cells if char(cell).isalnum()}
    assert len(names) == sum(char(cell).isalnum() for cell in cells), "a letter stands twice"

    builder = StreetTableBuilder()
    node_id = {cell: number for number, cell in enumerate(cells, start=1) if _is_node(char(cell))}
    unused = set(tags)
    for number, chain in enumerate(_chains(cells, char), start=1):
        ends = char(chain[0]) + char(chain[-1])
        wanted: Tags = {"highway": "footway"}
        for key, points in ((ends, chain), (ends[::-1], chain[::-1])):
            if key in tags:
                wanted, chain = tags[key], points
                unused.discard(key)
                break
        if wanted is None:
            continue
        lon, lat = zip(*(place(*xy(cell)) for cell in chain), strict=True)
        kept = builder.add_way(number, [node_id[cell] for cell in chain], lon, lat, wanted)
        assert kept, f"nobody walks on {ends}: {wanted}"
    for letter, cell in names.items():
        node_tags = tags.get(letter)
        if node_tags is not None:
            builder.add_node(node_id[cell], node_tags)
            unused.discard(letter)
    assert not unused, f"not in the drawing: {unused}"

    for tags_of_barrier, geometry in _barriers(cells, char, xy, m_per_char, rail):
        kind = classify_barrier(tags_of_barrier, is_area=geometry.geom_type != "LineString")
        if kind is not None:
            builder.add_barrier(kind, shapely.transform(geometry, _to_degrees))

    reach = np.array([(width - 1) / 2, (len(grid) - 1) / 2]) * m_per_char + margin_m
    (west, east), (south, north) = FRAME.to_lonlat([-reach[0], reach[0]], [-reach[1], reach[1]])
    # Symmetric in degrees about the frame's origin, so that the network's frame is this frame.
    half_lon, half_lat = (east - west) / 2, (north - south) / 2
    table = builder.finish(
        Provenance("sketch", None, None, None, ""),
        bounds=Bounds(
            FRAME.lon_0 - half_lon,
            FRAME.lat_0 - half_lat,
            FRAME.lon_0 + half_lon,
            FRAME.lat_0 + half_lat,
        ),
    )
    network = build_network(table)
    assert network.frame == FRAME
    return Sketch(network, table, {letter: xy(cell) for letter, cell in names.items()})


def _is_node(char: str) -> bool:
    return char.isalnum() or char == "+"


def _to_degrees(xy: np.ndarray) -> np.ndarray:
    return np.column_stack(FRAME.to_lonlat(*xy.T))


def _run(cell: Cell, way: Cell, line: str, char) -> list[Cell]:
    """Return the cells a line takes from `cell` on, up to where it ends or meets a node."""
    run = []
    row, column = cell[0] + way[0], cell[1] + way[1]
    crossed = set("-|=!") - {line}
    while char((row, column)) == line or (run and char((row, column)) in crossed):
        run.append((row, column))
        row, column = row + way[0], column + way[1]
    # What it crossed last without going on is not part of it.
    while run and char(run[-1]) != line:
        run.pop()
    return run


def _stretches(cells: list[Cell], char):
    """Yield the two nodes of every straight stretch of street."""
    for cell in cells:
        if not _is_node(char(cell)):
            continue
        for way, line in _STREET.items():
            run = _run(cell, way, line, char)
            end = (cell[0] + way[0] * (len(run) + 1), cell[1] + way[1] * (len(run) + 1))
            if run and _is_node(char(end)):
                yield cell, end


def _chains(cells: list[Cell], char) -> list[list[Cell]]:
    """Return the streets: stretches joined where two of them bend at a ``+``."""
    chains = [list(stretch) for stretch in _stretches(cells, char)]
    for cell in cells:
        if char(cell) != "+":
            continue
        touching = [chain for chain in chains if cell in (chain[0], chain[-1])]
        if len(touching) != 2 or touching[0] is touching[1]:
            continue
        first, second = touching
        chains = [chain for chain in chains if chain is not first and chain is not second]
        first = first if first[-1] == cell else first[::-1]
        second = second if second[0] == cell else second[::-1]
        chains.append(first + second[1:])
    # West to east, else north to south.
    flipped = [c if (c[0][1], c[0][0]) <= (c[-1][1], c[-1][0]) else c[::-1] for c in chains]
    return sorted(flipped)


def _barriers(cells: list[Cell], char, xy, size: float, rail: Mapping[str, str] | None):
    """Yield tags and metric geometry of railways and water."""
    for way, line in _RAIL.items():
        drawn: set[Cell] = set()
        for cell in cells:
            if char(cell) != line or cell in drawn:
                continue
            run = _run((cell[0] - way[0], cell[1] - way[1]), way, line, char)
            drawn.update(run)
            half = np.array([way[1], -way[0]]) * size / 2
            ends = [xy(run[0]) - half, xy(run[-1]) + half]
            yield rail or {"railway": "rail"}, shapely.LineString(ends)

    def is_wet(cell: Cell) -> bool:
        if char(cell) in "-|":
            across = SOUTH if char(cell) == "-" else EAST
            return all(
                char((cell[0] + sign * across[0], cell[1] + sign * across[1])) == _WET
                for sign in (-1, 1)
            )
        return char(cell) == _WET

    squares = [
        shapely.box(x - size / 2, y - size / 2, x + size / 2, y + size / 2)
        for x, y in (xy(cell) for cell in cells if is_wet(cell))
    ]
    if squares:
        yield {"natural": "water"}, shapely.union_all(squares)
