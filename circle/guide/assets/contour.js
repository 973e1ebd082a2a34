/* Marching squares: the polygons where a field on a lattice is negative, as in circle/contour.py. */
(function (guide) {
  'use strict';

  const CELL_M2 = 36;
  const MIN_HOLE = 250 / CELL_M2, MIN_PART = 100 / CELL_M2;

  /* Sides (0 south, 1 east, 2 north, 3 west) each square's lines lead from and to, by which of its
     corners are inside (1 south-west, 2 south-east, 4 north-east, 8 north-west); 16 and 17 are the
     other readings of 5 and 10. */
  const SIDES = [
    [], [0, 3], [1, 0], [1, 3], [2, 1], [0, 1, 2, 3], [2, 0], [2, 3], [3, 2], [0, 2],
    [3, 0, 1, 2], [1, 2], [3, 1], [0, 1], [3, 0], [], [0, 3, 2, 1], [1, 0, 3, 2]
  ];

  function edgeOf(at, side, columns) {
    if (side === 0) return 2 * at;
    if (side === 1) return 2 * (at + 1) + 1;
    return side === 2 ? 2 * (at + columns) : 2 * at + 1;
  }

  /* Link every crossed lattice edge to the next along its line; returns those crossed. */
  function link(field, columns, rows, following) {
    const crossed = [];
    for (let row = 0; row + 1 < rows; row += 1) {
      let shape = 0;
      for (let column = -1; column + 1 < columns; column += 1) {
        const at = row * columns + column;
        shape = (shape & 2) >> 1 | (shape & 4) << 1;
        if (field[at + 1] < 0) shape |= 2;
        if (field[at + 1 + columns] < 0) shape |= 4;
        if (shape === 0 || shape === 15 || column < 0) continue;
        let read = shape;
        if ((shape === 5 || shape === 10) && field[at] + field[at + 1] + field[at + columns] +
            field[at + columns + 1] >= 0) read = shape === 5 ? 16 : 17;
        const sides = SIDES[read];
        for (let k = 0; k < sides.length; k += 2) {
          const edge = edgeOf(at, sides[k], columns);
          crossed.push(edge);
          following[edge] = edgeOf(at, sides[k + 1], columns);
        }
      }
    }
    return crossed;
  }

  function holds(ring, x, y) {
    let isInside = false;
    for (let i = 0; i + 1 < ring.length; i += 1) {
      const a = ring[i], b = ring[i + 1];
      if ((a[1] > y) !== (b[1] > y) && x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])) {
        isInside = !isInside;
      }
    }
    return isInside;
  }

  function areaOf(ring) {
    let twice = 0;
    for (let i = 0; i + 1 < ring.length; i += 1) {
      twice += (ring[i][0] - ring[0][0]) * (ring[i + 1][1] - ring[0][1]) -
        (ring[i + 1][0] - ring[0][0]) * (ring[i][1] - ring[0][1]);
    }
    return twice / 2;
  }

  /* Each hole goes behind the smallest outer ring that holds it; parts in filled holes are dropped. */
  function grouped(rings) {
    const owners = rings.map(function (one) {
      const x = one.points[0][0], y = one.points[0][1];
      if (one.area > 0) {
        const around = one.area < MIN_HOLE ? rings.filter(function (other) {
          return other !== one && holds(other.points, x, y);
        }).length : 0;
        return around % 2 ? null : one;
      }
      return rings.filter(function (outer) {
        return outer.area >= -one.area && holds(outer.points, x, y);
      }).reduce(function (least, outer) {
        return least && least.area <= outer.area ? least : outer;
      }, null);
    });
    return rings.filter(function (one, i) { return owners[i] === one; }).map(function (outer) {
      const holes = rings.filter(function (one, i) { return one !== outer && owners[i] === outer; });
      return [outer].concat(holes).map(function (one) { return one.points; });
    });
  }

  /* Polygons in units of the lattice, rings closed, outer ones anticlockwise. */
  guide.traceField = function (field, columns, rows) {
    const following = new Int32Array(2 * columns * rows);
    const rings = [];
    link(field, columns, rows, following).forEach(function (begin) {
      if (following[begin] < 0) return;
      const points = [];
      let edge = begin;
      while (following[edge] >= 0) {
        const at = edge >> 1, column = at % columns, row = (at - column) / columns;
        const inner = field[at];
        if (edge & 1) points.push([column, row + inner / (inner - field[at + columns])]);
        else points.push([column + inner / (inner - field[at + 1]), row]);
        const next = following[edge];
        following[edge] = -1;
        edge = next;
      }
      points.push(points[0]);
      const area = areaOf(points);
      if (area >= MIN_PART || -area >= MIN_HOLE) rings.push({ points: points, area: area });
    });
    return grouped(rings);
  };
})(window.circleGuide = window.circleGuide || {});
