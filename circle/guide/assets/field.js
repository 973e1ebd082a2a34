/* The ground within reach of a home, drawn on the phone: which street each cell of a 6 m lattice
   belongs to (kept by tile, as in circle/ground.py), how far that is to walk, and the line where
   the minutes end (as in circle/field.py and circle/contour.py). */
(function (guide) {
  'use strict';

  const numbers = guide.kernelNumbers;
  const UNREACHED = numbers.UNREACHED, MAINLAND = numbers.MAINLAND;
  const CELL_M = 6, TILE_CELLS = 64, TILE_M = CELL_M * TILE_CELLS;
  const OFF_STREET_MAX_M = numbers.SNAP_LIMIT_M, SOFT_M = 0.7 * CELL_M, RIM_M = 15;
  const REACH_M = OFF_STREET_MAX_M + CELL_M, HALF_WIDTH_M = numbers.WATER_LIMIT_M;
  const STRIP_M = HALF_WIDTH_M + 2 * CELL_M;
  const STAY_CLEAR_M = 0.25, CLOSED_M = 1e30;
  const HALF_DIAGONAL = CELL_M * Math.SQRT1_2;

  /* Tiles of a kernel for walkers who may use the same edges. */
  function Ground(kernel, walker) {
    this.kernel = kernel;
    this.rank = kernel.rank(walker, false);
    this.tiles = new Map();
    const rank = this.rank;
    this.hasIslands = kernel.net.segments.some(function (i) {
      return rank[kernel.net.pointEdge[i]] === numbers.ISLAND;
    });
  }

  guide.Kernel.prototype.ground = function (walker) {
    this.grounds = this.grounds || {};
    if (!this.grounds[walker.closed]) this.grounds[walker.closed] = new Ground(this, walker);
    return this.grounds[walker.closed];
  };

  Ground.prototype.tile = function (column, row) {
    return guide.drain(this.laying(column, row));
  };

  /* Steps of laying a tile that is not there yet: the tile at the end. */
  Ground.prototype.laying = function* (column, row) {
    const key = column + ' ' + row;
    if (!this.tiles.has(key)) {
      const tile = yield* this.filling(column * TILE_M, row * TILE_M);
      this.tiles.set(key, tile);
    }
    return this.tiles.get(key);
  };

  /* The tiles [column, row] of the area where homes may be, those near a position first. */
  guide.Kernel.prototype.groundAround = function (walker, position) {
    const area = this.net.home, at = this.frame.toXY(position.lon, position.lat);
    const low = this.frame.toXY(area[0], area[1]), high = this.frame.toXY(area[2], area[3]);
    const tiles = [], known = this.ground(walker).tiles;
    for (let row = Math.floor(low[1] / TILE_M); row <= Math.floor(high[1] / TILE_M); row += 1) {
      for (let column = Math.floor(low[0] / TILE_M); column <= Math.floor(high[0] / TILE_M); column += 1) {
        if (!known.has(column + ' ' + row)) tiles.push([column, row]);
      }
    }
    function far(tile) {
      return Math.max(Math.abs((tile[0] + 0.5) * TILE_M - at[0]),
        Math.abs((tile[1] + 0.5) * TILE_M - at[1]));
    }
    return tiles.sort(function (a, b) { return far(a) - far(b); });
  };

  /* Which cells of a tile lie in water, and how far from its rim, at most RIM_M. */
  Ground.prototype.shores = function (west, south) {
    const n = TILE_CELLS * TILE_CELLS;
    const wet = new Uint8Array(n), shore = new Float32Array(n).fill(RIM_M);
    const east = west + TILE_M, north = south + TILE_M;
    this.kernel.water.forEach(function (area) {
      const box = area.box;
      if (box[0] > east + RIM_M || box[2] < west - RIM_M ||
          box[1] > north + RIM_M || box[3] < south - RIM_M) return;
      const crossings = [];
      for (let row = 0; row < TILE_CELLS; row += 1) crossings.push([]);
      area.rings.forEach(function (ring) {
        for (let i = 0; i + 3 < ring.length; i += 2) {
          const ax = ring[i], ay = ring[i + 1], bx = ring[i + 2], by = ring[i + 3];
          const low = Math.min(ay, by), high = Math.max(ay, by);
          if (high < south - RIM_M || low > north + RIM_M) continue;
          cross(crossings, ax, ay, bx, by, low, high, south);
          if (Math.max(ax, bx) < west - RIM_M || Math.min(ax, bx) > east + RIM_M) continue;
          nearShore(shore, ax, ay, bx, by, west, south);
        }
      });
      crossings.forEach(function (at, row) {
        at.sort(function (a, b) { return a - b; });
        for (let k = 0; k + 1 < at.length; k += 2) {
          const first = Math.max(0, Math.ceil((at[k] - west) / CELL_M - 0.5));
          const end = Math.min(TILE_CELLS, Math.ceil((at[k + 1] - west) / CELL_M - 0.5));
          for (let c = first; c < end; c += 1) wet[row * TILE_CELLS + c] = 1;
        }
      });
    });
    return { wet: wet, shore: shore };
  };

  /* Where the line through each row's middles meets a side of a ring. */
  function cross(crossings, ax, ay, bx, by, low, high, south) {
    const first = Math.max(0, Math.ceil((low - south) / CELL_M - 0.5) - 1);
    const last = Math.min(TILE_CELLS - 1, Math.floor((high - south) / CELL_M - 0.5) + 1);
    for (let row = first; row <= last; row += 1) {
      const y = south + (row + 0.5) * CELL_M;
      if ((ay > y) !== (by > y)) crossings[row].push(ax + (y - ay) / (by - ay) * (bx - ax));
    }
  }

  function nearShore(shore, ax, ay, bx, by, west, south) {
    const dx = bx - ax, dy = by - ay, square = dx * dx + dy * dy;
    const first = Math.max(0, Math.floor((Math.min(ax, bx) - RIM_M - west) / CELL_M - 0.5));
    const last = Math.min(TILE_CELLS - 1, Math.ceil((Math.max(ax, bx) + RIM_M - west) / CELL_M));
    const bottom = Math.max(0, Math.floor((Math.min(ay, by) - RIM_M - south) / CELL_M - 0.5));
    const top = Math.min(TILE_CELLS - 1, Math.ceil((Math.max(ay, by) + RIM_M - south) / CELL_M));
    for (let row = bottom; row <= top; row += 1) {
      for (let column = first; column <= last; column += 1) {
        const x = west + (column + 0.5) * CELL_M - ax, y = south + (row + 0.5) * CELL_M - ay;
        const t = square > 0 ? Math.min(Math.max((x * dx + y * dy) / square, 0), 1) : 0;
        const away = Math.sqrt((x - t * dx) * (x - t * dx) + (y - t * dy) * (y - t * dy));
        const at = row * TILE_CELLS + column;
        if (away < shore[at]) shore[at] = away;
      }
    }
  }

  /* Candidates of the squares being halved, one list after the other; how far each is, squared. */
  const stack = { segment: new Int32Array(1 << 15), square: new Float64Array(1 << 15) };

  /* The nearest street of every cell, exactly: squares are halved, and each keeps only the segments
     that can be nearest to some point in it. */
  Ground.prototype.filling = function* (west, south) {
    const buckets = this.kernel.streets, pointEdge = this.kernel.net.pointEdge;
    const coast = this.shores(west, south), n = TILE_CELLS * TILE_CELLS;
    const tile = {
      street: new Uint16Array(n), fraction: new Float32Array(n), leg: new Float32Array(n).fill(Infinity),
      outside: new Float32Array(n), edges: [-1], slots: new Map(),
      west: west, south: south, wet: coast.wet, shore: coast.shore,
      hasBarrier: hasAny(this.kernel.barriers, west - REACH_M, south - REACH_M,
        west + TILE_M + REACH_M, south + TILE_M + REACH_M)
    };
    const near = new Set();
    const right = buckets.column(west + TILE_M + REACH_M), top = buckets.row(south + TILE_M + REACH_M);
    for (let r = buckets.row(south - REACH_M); r <= top; r += 1) {
      const end = buckets.first[r * buckets.columns + right + 1];
      const start = buckets.first[r * buckets.columns + buckets.column(west - REACH_M)];
      for (let k = start; k < end; k += 1) {
        if (this.rank[pointEdge[buckets.segment[k]]] === MAINLAND) near.add(buckets.segment[k]);
      }
    }
    if (near.size * 8 > stack.segment.length) {
      stack.segment = new Int32Array(near.size * 8);
      stack.square = new Float64Array(near.size * 8);
    }
    yield;
    const own = Int32Array.from(near).sort(), size = TILE_CELLS / 2;
    for (let k = 0; k < 4; k += 1) {
      yield;
      // Another tile may have been filled in the meantime: the list is set out anew each time.
      stack.segment.set(own);
      this.halve(tile, k % 2 * size, (k >> 1) * size, size, 0, own.length);
    }
    tile.wet = tile.shore = tile.slots = null;
    return tile;
  };

  /* One square of a tile; its candidates are `stack.segment[start:end]`, ascending. */
  Ground.prototype.halve = function (tile, column, row, size, start, end) {
    const px = this.kernel.net.pointX, py = this.kernel.net.pointY;
    const segment = stack.segment, square = stack.square;
    const x = tile.west + (column + size / 2) * CELL_M, y = tile.south + (row + size / 2) * CELL_M;
    let least = Infinity, nearest = -1;
    for (let k = start; k < end; k += 1) {
      const i = segment[k], ax = px[i] - x, ay = py[i] - y, dx = px[i + 1] - x - ax, dy = py[i + 1] - y - ay;
      const whole = dx * dx + dy * dy;
      let t = whole > 0 ? -(ax * dx + ay * dy) / whole : 0;
      t = t > 0 ? (t < 1 ? t : 1) : 0;
      const ex = ax + t * dx, ey = ay + t * dy, away = ex * ex + ey * ey;
      square[k] = away;
      if (away < least) { least = away; nearest = i; }
    }
    if (size === 1) {
      this.settle(tile, row * TILE_CELLS + column, x, y, nearest);
      return;
    }
    const half = (size - 1) * HALF_DIAGONAL;
    const widest = Math.min(Math.sqrt(least) + 2 * half, REACH_M + half) + 1e-6, most = widest * widest;
    let last = end;
    for (let k = start; k < end; k += 1) {
      if (square[k] <= most) { segment[last] = segment[k]; last += 1; }
    }
    const next = size / 2;
    this.halve(tile, column, row, next, end, last);
    this.halve(tile, column + next, row, next, end, last);
    this.halve(tile, column, row + next, next, end, last);
    this.halve(tile, column + next, row + next, next, end, last);
  };

  /* The nearest street within a limit, into the kernel's spot: the segment known to be nearest,
     unless a barrier hides it. */
  Ground.prototype.streetOf = function (tile, x, y, segment, limit, heeds) {
    const kernel = this.kernel, net = kernel.net, spot = kernel.spot;
    if (segment >= 0) {
      const ax = net.pointX[segment], ay = net.pointY[segment];
      const dx = net.pointX[segment + 1] - ax, dy = net.pointY[segment + 1] - ay;
      const square = dx * dx + dy * dy;
      let t = square > 0 ? ((x - ax) * dx + (y - ay) * dy) / square : 0;
      t = t > 0 ? (t < 1 ? t : 1) : 0;
      const qx = ax + t * dx, qy = ay + t * dy;
      const away = Math.sqrt((qx - x) * (qx - x) + (qy - y) * (qy - y));
      if (away <= limit) {
        if (heeds && tile.hasBarrier && kernel.crosses(x, y, qx, qy)) {
          return kernel.nearest(x, y, limit, true, this.rank);
        }
        spot.segment = segment;
        spot.share = t;
        spot.away = away;
        return true;
      }
    }
    return this.hasIslands && kernel.nearestRanked(x, y, limit, false, numbers.ISLAND, this.rank) &&
      (!heeds || !tile.hasBarrier || kernel.nearest(x, y, limit, true, this.rank));
  };

  Ground.prototype.settle = function (tile, at, x, y, segment) {
    const shore = tile.shore[at], spot = this.kernel.spot;
    let has;
    if (tile.wet[at]) {
      tile.outside[at] = shore;
      has = this.streetOf(tile, x, y, segment, STRIP_M, true);
      if (has) tile.outside[at] = Math.min(shore, spot.away - HALF_WIDTH_M);
      else if (shore < RIM_M) has = this.streetOf(tile, x, y, segment, REACH_M, false);
    } else {
      tile.outside[at] = -shore;
      has = this.streetOf(tile, x, y, segment, REACH_M, true);
    }
    if (!has) return;
    const edge = this.kernel.net.pointEdge[spot.segment];
    let slot = tile.slots.get(edge);
    if (slot === undefined) {
      slot = tile.edges.length;
      tile.slots.set(edge, slot);
      tile.edges.push(edge);
    }
    tile.street[at] = slot;
    tile.fraction[at] = this.kernel.fraction(spot.segment, spot.share);
    tile.leg[at] = spot.away < SOFT_M ? spot.away * spot.away / SOFT_M : spot.away;
  };

  function hasAny(buckets, west, south, east, north) {
    if (buckets.isEmpty) return false;
    const left = buckets.column(west), right = buckets.column(east), top = buckets.row(north);
    for (let row = buckets.row(south); row <= top; row += 1) {
      if (buckets.first[row * buckets.columns + left] <
          buckets.first[row * buckets.columns + right + 1]) return true;
    }
    return false;
  }

  /* Metres walked to each cell of a window, and how far outside the ground it is. */
  function cutWindow(kernel, found, ground, low, high) {
    const net = kernel.net, cost = kernel.cost, arrive = found.costs.arrive, start = found.start;
    const columns = high[0] - low[0], rows = high[1] - low[1];
    const metres = new Float32Array(columns * rows).fill(Infinity);
    const outside = new Float32Array(columns * rows).fill(Infinity);
    const perCost = kernel.walkers[found.key].speed / 1000;
    const ownEdge = start.fraction > 0 && start.fraction < 1 ? start.edge : -1;
    const onward = ownEdge < 0 ? 0 : found.costs.edge[2 * ownEdge];
    const back = ownEdge < 0 ? 0 : found.costs.edge[2 * ownEdge + 1];
    const left = Math.floor(low[0] / TILE_CELLS), right = Math.floor((high[0] - 1) / TILE_CELLS);
    const top = Math.floor((high[1] - 1) / TILE_CELLS);
    for (let r = Math.floor(low[1] / TILE_CELLS); r <= top; r += 1) {
      for (let c = left; c <= right; c += 1) {
        const tile = ground.tile(c, r), n = tile.edges.length;
        const from = new Float64Array(n), on = new Float64Array(n);
        const to = new Float64Array(n), rest = new Float64Array(n);
        let own = -1, isReached = false;
        from[0] = to[0] = Infinity;
        for (let k = 1; k < n; k += 1) {
          const e = tile.edges[k];
          const first = cost[net.edgeNode[2 * e]], last = cost[net.edgeNode[2 * e + 1]];
          from[k] = first === UNREACHED ? Infinity : first * perCost;
          on[k] = first === UNREACHED ? 0
            : (arrive[2 * e] === UNREACHED ? CLOSED_M : arrive[2 * e] * perCost);
          to[k] = last === UNREACHED ? Infinity : last * perCost;
          rest[k] = last === UNREACHED ? 0
            : (arrive[2 * e + 1] === UNREACHED ? CLOSED_M : arrive[2 * e + 1] * perCost);
          if (e === ownEdge) own = k;
          isReached = isReached || first !== UNREACHED || last !== UNREACHED || e === ownEdge;
        }
        if (!isReached) continue;
        const west = Math.max(low[0], c * TILE_CELLS), east = Math.min(high[0], (c + 1) * TILE_CELLS);
        const south = Math.max(low[1], r * TILE_CELLS), north = Math.min(high[1], (r + 1) * TILE_CELLS);
        for (let y = south; y < north; y += 1) {
          let at = (y - r * TILE_CELLS) * TILE_CELLS + west - c * TILE_CELLS;
          let out = (y - low[1]) * columns + west - low[0];
          for (let x = west; x < east; x += 1, at += 1, out += 1) {
            const s = tile.street[at], f = tile.fraction[at], leg = tile.leg[at];
            const a = from[s] + on[s] * f, b = to[s] + rest[s] * (1 - f);
            let walked = a < b ? a : b;
            if (s === own) {
              const part = f - start.fraction, whole = part >= 0 ? onward : back;
              if (whole !== UNREACHED) {
                walked = Math.min(walked, (start.access + whole * Math.abs(part)) * perCost);
              }
            }
            metres[out] = walked + leg;
            const away = leg - OFF_STREET_MAX_M, beyond = tile.outside[at];
            outside[out] = beyond > away ? beyond : away;
          }
        }
      }
    }
    return { metres: metres, outside: outside, columns: columns };
  }

  /* How far each budget may reach: boxes in cells, a margin of one around; and whether it is cut. */
  function extents(kernel, found, limits) {
    const net = kernel.net, start = found.start, speed = kernel.walkers[found.key].speed / 1000;
    const own = start.distance + net.length[start.edge] + OFF_STREET_MAX_M;
    return limits.map(function (limit) {
      const radius = Math.min(limit * speed, own);
      const box = [start.x - radius, start.y - radius, start.x + radius, start.y + radius];
      let isCut = false;
      for (let i = 0; i < kernel.nTouched; i += 1) {
        const v = kernel.touched[i], rest = limit - kernel.cost[v];
        if (rest < 0) continue;
        const far = rest * speed, x = net.nodeX[v], y = net.nodeY[v];
        if (net.nodeIsCut[v]) isCut = true;
        if (x - far < box[0]) box[0] = x - far;
        if (y - far < box[1]) box[1] = y - far;
        if (x + far > box[2]) box[2] = x + far;
        if (y + far > box[3]) box[3] = y + far;
      }
      const cells = box.map(function (side) { return Math.floor(side / CELL_M); });
      return { isCut: isCut, low: [cells[0] - 1, cells[1] - 1], high: [cells[2] + 2, cells[3] + 2] };
    });
  }

  /* Steps of drawing the rings around the start of a search: at the end, for each limit in
     milliseconds, ascending, the polygons in degrees, outer ring first, and whether the walk ran
     into the edge of the data. Whoever lets another search in between starts this one again. */
  guide.Kernel.prototype.drawing = function* (found, limits) {
    const speed = this.walkers[found.key].speed / 1000, rings = [];
    const ground = this.ground(this.walkers[found.key]);
    const boxes = extents(this, found, limits);
    const whole = boxes[boxes.length - 1];
    const right = Math.floor((whole.high[0] - 1) / TILE_CELLS);
    const top = Math.floor((whole.high[1] - 1) / TILE_CELLS);
    for (let r = Math.floor(whole.low[1] / TILE_CELLS); r <= top; r += 1) {
      for (let c = Math.floor(whole.low[0] / TILE_CELLS); c <= right; c += 1) {
        yield* ground.laying(c, r);
      }
    }
    yield;
    const seen = cutWindow(this, found, ground, whole.low, whole.high);
    for (let k = 0; k < limits.length; k += 1) {
      yield;
      const box = boxes[k], reach = limits[k] * speed;
      const columns = box.high[0] - box.low[0], rows = box.high[1] - box.low[1];
      const field = new Float32Array(columns * rows);
      for (let row = 0, out = 0; row < rows; row += 1) {
        let at = (row + box.low[1] - whole.low[1]) * seen.columns + box.low[0] - whole.low[0];
        for (let column = 0; column < columns; column += 1, at += 1, out += 1) {
          const over = seen.metres[at] - reach, beyond = seen.outside[at];
          const z = over > beyond ? over : beyond;
          if (z > 0) field[out] = z < STAY_CLEAR_M ? STAY_CLEAR_M : (z > CELL_M ? CELL_M : z);
          else field[out] = z > -STAY_CLEAR_M ? -STAY_CLEAR_M : (z < -CELL_M ? -CELL_M : z);
        }
      }
      const polygons = guide.traceField(field, columns, rows);
      rings.push({ isCut: box.isCut, polygons: this.inDegrees(polygons, box.low, columns, rows) });
    }
    return rings;
  };
  guide.Kernel.prototype.rings = function (found, limits) {
    return guide.drain(this.drawing(found, limits));
  };

  /* Lattice points in degrees. The projection is replaced by the biquadratic surface through nine
     of its points, as on the Python side: over 6 km it is off by less than a millimetre. */
  guide.Kernel.prototype.inDegrees = function (polygons, low, columns, rows) {
    const nine = [];
    for (let k = 0; k < 9; k += 1) {
      nine.push(this.frame.toLonLat((low[0] + 0.5 + (k % 3) / 2 * columns) * CELL_M,
        (low[1] + 0.5 + Math.floor(k / 3) / 2 * rows) * CELL_M));
    }
    function weights(t) { return [(2 * t - 1) * (t - 1), 4 * t * (1 - t), t * (2 * t - 1)]; }
    return polygons.map(function (rings) {
      return rings.map(function (ring) {
        return ring.map(function (point) {
          const u = weights(point[0] / columns), v = weights(point[1] / rows);
          let lon = 0, lat = 0;
          for (let k = 0; k < 9; k += 1) {
            const weight = u[k % 3] * v[(k - k % 3) / 3];
            lon += weight * nine[k][0];
            lat += weight * nine[k][1];
          }
          return [Math.round(lon * 1e6) / 1e6, Math.round(lat * 1e6) / 1e6];
        });
      });
    });
  };
})(window.circleGuide = window.circleGuide || {});
