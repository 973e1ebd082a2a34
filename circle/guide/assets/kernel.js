/* Walks on a packed network, the same as the Python side to the millisecond: positions joined to
   the nearest street that no barrier hides, one bounded search, what it says of places, the way.
   Costs are whole milliseconds; `leave`, `arrive`, `seed` and the rest are as in circle/search.py. */
(function (guide) {
  'use strict';

  const UNREACHED = 2147483647;
  const UNUSABLE = 0, ISLAND = 1, MAINLAND = 2;
  const SNAP_LIMIT_M = 100, WATER_LIMIT_M = 4.3, TOUCH_M = 0.001, SAME_M2 = 1e-6;
  const PRIVATE = 2, CROSSING = 16, TUNNEL = 64, ELEVATOR = 256;
  const KIND_ELEVATOR = 13;
  const OPEN_ON = 1, OPEN_BACK = 2, ENTERS_ON = 4, ENTERS_BACK = 8, IS_ISLAND = 16;
  const STEPS_PER_FLIGHT = 18;
  const BUCKET_M = 25;
  const STEP_SEGMENTS = 1024;

  /* Nearest whole number, halves to the even one, as IEEE says and Python does. */
  function rint(value) {
    const down = Math.floor(value), part = value - down;
    if (part !== 0.5) return part < 0.5 ? down : down + 1;
    return down % 2 === 0 ? down : down + 1;
  }

  /* Transverse Mercator on WGS-84 around one point, by Krüger's series: good to a nanometre here. */
  function Frame(lon0, lat0) {
    const f = 1 / 298.257223563, n = f / (2 - f), n2 = n * n, n3 = n2 * n, n4 = n3 * n;
    this.lon0 = lon0;
    this.e = Math.sqrt(f * (2 - f));
    this.radius = 6378137 / (1 + n) * (1 + n2 / 4 + n4 / 64);
    this.alpha = [n / 2 - 2 * n2 / 3 + 5 * n3 / 16 + 41 * n4 / 180,
      13 * n2 / 48 - 3 * n3 / 5 + 557 * n4 / 1440, 61 * n3 / 240 - 103 * n4 / 140,
      49561 * n4 / 161280];
    this.beta = [n / 2 - 2 * n2 / 3 + 37 * n3 / 96 - n4 / 360, n2 / 48 + n3 / 15 - 437 * n4 / 1440,
      17 * n3 / 480 - 37 * n4 / 840, 4397 * n4 / 161280];
    this.delta = [2 * n - 2 * n2 / 3 - 2 * n3 + 116 * n4 / 45,
      7 * n2 / 3 - 8 * n3 / 5 - 227 * n4 / 45, 56 * n3 / 15 - 136 * n4 / 35, 4279 * n4 / 630];
    this.y0 = 0;
    this.y0 = this.toXY(lon0, lat0)[1];
  }
  Frame.prototype.toXY = function (lon, lat) {
    const turn = (lon - this.lon0) * Math.PI / 180, s = Math.sin(lat * Math.PI / 180);
    const t = Math.sinh(Math.atanh(s) - this.e * Math.atanh(this.e * s));
    const north = Math.atan2(t, Math.cos(turn));
    const east = Math.asinh(Math.sin(turn) / Math.sqrt(t * t + Math.cos(turn) * Math.cos(turn)));
    let x = east, y = north;
    this.alpha.forEach(function (a, i) {
      x += a * Math.cos(2 * (i + 1) * north) * Math.sinh(2 * (i + 1) * east);
      y += a * Math.sin(2 * (i + 1) * north) * Math.cosh(2 * (i + 1) * east);
    });
    return [this.radius * x, this.radius * y - this.y0];
  };
  Frame.prototype.toLonLat = function (x, y) {
    const east = x / this.radius, north = (y + this.y0) / this.radius;
    let u = north, v = east;
    this.beta.forEach(function (b, i) {
      u -= b * Math.sin(2 * (i + 1) * north) * Math.cosh(2 * (i + 1) * east);
      v -= b * Math.cos(2 * (i + 1) * north) * Math.sinh(2 * (i + 1) * east);
    });
    const chi = Math.asin(Math.sin(u) / Math.cosh(v));
    let lat = chi;
    this.delta.forEach(function (d, i) { lat += d * Math.sin(2 * (i + 1) * chi); });
    return [this.lon0 + Math.atan2(Math.sinh(v), Math.cos(u)) * 180 / Math.PI, lat * 180 / Math.PI];
  };

  /* Buckets over segments: each lies in every bucket its box touches. Empty until filled. */
  function Buckets(x, y, starts) {
    let west = Infinity, south = Infinity, east = -Infinity, north = -Infinity;
    for (let k = 0; k < starts.length; k += 1) {
      const i = starts[k];
      west = Math.min(west, x[i], x[i + 1]);
      east = Math.max(east, x[i], x[i + 1]);
      south = Math.min(south, y[i], y[i + 1]);
      north = Math.max(north, y[i], y[i + 1]);
    }
    this.isEmpty = starts.length === 0;
    if (this.isEmpty) west = east = south = north = 0;
    this.west = west - 1;
    this.south = south - 1;
    this.columns = Math.floor((east + 1 - this.west) / BUCKET_M) + 1;
    this.rows = Math.floor((north + 1 - this.south) / BUCKET_M) + 1;
    this.first = new Int32Array(this.columns * this.rows + 1);
    this.segment = null;
  }
  /* Steps: every bucket is counted, then filled. */
  Buckets.prototype.filling = function* (x, y, starts) {
    const first = this.first, columns = this.columns;
    let next = null;
    for (let pass = 0; pass < 2; pass += 1) {
      for (let k = 0; k < starts.length; k += 1) {
        if (k % STEP_SEGMENTS === 0) yield;
        const i = starts[k];
        const left = this.column(Math.min(x[i], x[i + 1]) - 0.001);
        const right = this.column(Math.max(x[i], x[i + 1]) + 0.001);
        const top = this.row(Math.max(y[i], y[i + 1]) + 0.001);
        for (let row = this.row(Math.min(y[i], y[i + 1]) - 0.001); row <= top; row += 1) {
          for (let bucket = row * columns + left; bucket <= row * columns + right; bucket += 1) {
            if (pass === 0) first[bucket + 1] += 1;
            else {
              this.segment[next[bucket]] = i;
              next[bucket] += 1;
            }
          }
        }
      }
      if (pass === 1) return;
      for (let b = 0; b < first.length - 1; b += 1) first[b + 1] += first[b];
      next = first.slice();
      this.segment = new Int32Array(first[first.length - 1]);
    }
  };
  Buckets.prototype.column = function (x) {
    return Math.min(Math.max(Math.floor((x - this.west) / BUCKET_M), 0), this.columns - 1);
  };
  Buckets.prototype.row = function (y) {
    return Math.min(Math.max(Math.floor((y - this.south) / BUCKET_M), 0), this.rows - 1);
  };

  /* Steps of making a kernel of a network: the kernel at the end.
     walkers: key -> {speed, per_step, per_flight, crossing, elevator, closed, enters}. */
  guide.openingKernel = function* (net, walkers) {
    const kernel = new Kernel(net, walkers);
    yield* kernel.streets.filling(net.pointX, net.pointY, net.segments);
    yield* kernel.barriers.filling(net.barrierX, net.barrierY, net.barrierStarts);
    return kernel;
  };
  guide.openKernel = function (net, walkers) {
    return guide.drain(guide.openingKernel(net, walkers));
  };

  function Kernel(net, walkers) {
    this.net = net;
    this.walkers = walkers;
    this.frame = new Frame(net.lon0, net.lat0);
    this.streets = new Buckets(net.pointX, net.pointY, net.segments);
    this.barriers = new Buckets(net.barrierX, net.barrierY, net.barrierStarts);
    this.water = net.water.map(function (rings) {
      const box = [Infinity, Infinity, -Infinity, -Infinity];
      for (let i = 0; i < rings[0].length; i += 2) {
        box[0] = Math.min(box[0], rings[0][i]);
        box[1] = Math.min(box[1], rings[0][i + 1]);
        box[2] = Math.max(box[2], rings[0][i]);
        box[3] = Math.max(box[3], rings[0][i + 1]);
      }
      return { rings: rings, box: box };
    });
    this.ranks = {};
    this.costs = {};
    this.spot = { segment: -1, share: 0, away: 0, x: 0, y: 0 };
    this.cost = new Int32Array(net.n).fill(UNREACHED);
    this.parent = new Int32Array(net.n);
    this.touched = new Int32Array(net.n);
    this.nTouched = 0;
    this.heap = new Float64Array(2 * net.m + 16);
  }
  guide.Kernel = Kernel;
  guide.kernelNumbers = {
    UNREACHED: UNREACHED, MAINLAND: MAINLAND, ISLAND: ISLAND, SNAP_LIMIT_M: SNAP_LIMIT_M,
    WATER_LIMIT_M: WATER_LIMIT_M, BUCKET_M: BUCKET_M, rint: rint
  };

  /* How willingly a position is joined to each edge: tunnels last, and gated ways for places one
     visits. */
  Kernel.prototype.rank = function (walker, isVisited) {
    const last = isVisited && !walker.enters ? TUNNEL | PRIVATE : TUNNEL;
    const key = walker.closed + ' ' + last;
    if (!this.ranks[key]) {
      const net = this.net, rank = new Uint8Array(net.m);
      for (let e = 0; e < net.m; e += 1) {
        if (!(net.length[e] > 0) || net.flags[e] & walker.closed) rank[e] = UNUSABLE;
        else rank[e] = net.bits[e] & IS_ISLAND || net.flags[e] & last ? ISLAND : MAINLAND;
      }
      this.ranks[key] = rank;
    }
    return this.ranks[key];
  };

  Kernel.prototype.crosses = function (px, py, qx, qy) {
    const b = this.barriers, x = this.net.barrierX, y = this.net.barrierY;
    if (b.isEmpty) return false;
    const left = b.column(Math.min(px, qx)), right = b.column(Math.max(px, qx));
    const bottom = b.row(Math.min(py, qy)), top = b.row(Math.max(py, qy));
    const dx = qx - px, dy = qy - py;
    for (let row = bottom; row <= top; row += 1) {
      const end = b.first[row * b.columns + right + 1];
      for (let k = b.first[row * b.columns + left]; k < end; k += 1) {
        const i = b.segment[k];
        const ax = x[i], ay = y[i], bx = x[i + 1], by = y[i + 1];
        const sideA = dx * (ay - py) - dy * (ax - px) > 0;
        const sideB = dx * (by - py) - dy * (bx - px) > 0;
        if (sideA === sideB) continue;
        const ex = bx - ax, ey = by - ay;
        const sideP = ex * (py - ay) - ey * (px - ax);
        const sideQ = ex * (qy - ay) - ey * (qx - ax);
        if ((sideP < 0 && sideQ > 0) || (sideQ < 0 && sideP > 0)) return true;
      }
    }
    return false;
  };

  /* Nearest segment of one rank within the limit, into `this.spot`; tells whether there is one. */
  Kernel.prototype.nearestRanked = function (x, y, limit, heeds, wanted, rank) {
    const b = this.streets, net = this.net, px = net.pointX, py = net.pointY, spot = this.spot;
    let radius = Math.min(12, limit);
    for (;;) {
      let best = limit * limit;
      spot.segment = -1;
      const left = b.column(x - radius), right = b.column(x + radius), top = b.row(y + radius);
      for (let row = b.row(y - radius); row <= top; row += 1) {
        const end = b.first[row * b.columns + right + 1];
        for (let k = b.first[row * b.columns + left]; k < end; k += 1) {
          const i = b.segment[k], ax = px[i], ay = py[i];
          const dx = px[i + 1] - ax, dy = py[i + 1] - ay, square = dx * dx + dy * dy;
          let t = 0;
          if (square > 0) {
            t = ((x - ax) * dx + (y - ay) * dy) / square;
            t = t > 0 ? (t < 1 ? t : 1) : 0;
          }
          const qx = ax + t * dx, qy = ay + t * dy;
          const away = (qx - x) * (qx - x) + (qy - y) * (qy - y);
          if (away > best + SAME_M2 ||
              (spot.segment >= 0 && i >= spot.segment && away > best - SAME_M2)) continue;
          if (rank[net.pointEdge[i]] !== wanted) continue;
          if (heeds && this.crosses(x, y, qx, qy)) continue;
          best = away;
          spot.segment = i;
          spot.share = t;
          spot.x = qx;
          spot.y = qy;
        }
      }
      if ((spot.segment >= 0 && best <= radius * radius) || radius >= limit) {
        spot.away = Math.sqrt(best);
        return spot.segment >= 0;
      }
      radius = Math.min(radius * 2, limit);
    }
  };

  /* The same that no barrier hides, an island's only if there is no other. */
  Kernel.prototype.nearest = function (x, y, limit, heeds, rank) {
    for (let wanted = MAINLAND; wanted >= ISLAND; wanted -= 1) {
      if (!this.nearestRanked(x, y, limit, false, wanted, rank)) continue;
      if (!heeds || !this.crosses(x, y, this.spot.x, this.spot.y)) return true;
      if (this.nearestRanked(x, y, limit, true, wanted, rank)) return true;
    }
    return false;
  };

  /* How far along its edge a point of a segment lies, exactly 0 or 1 at an end. */
  Kernel.prototype.fraction = function (segment, share) {
    const net = this.net, length = net.length[net.pointEdge[segment]];
    const along = net.along[segment] + share * (net.along[segment + 1] - net.along[segment]);
    if (along < TOUCH_M) return 0;
    return along < length - TOUCH_M ? along / length : 1;
  };

  Kernel.prototype.isWater = function (x, y) {
    return this.water.some(function (area) {
      const box = area.box;
      if (x < box[0] || y < box[1] || x > box[2] || y > box[3]) return false;
      let isInside = false;
      area.rings.forEach(function (ring) {
        for (let i = 0; i + 3 < ring.length; i += 2) {
          if ((ring[i + 1] > y) !== (ring[i + 3] > y)) {
            const t = (y - ring[i + 1]) / (ring[i + 3] - ring[i + 1]);
            if (x < ring[i] + t * (ring[i + 2] - ring[i])) isInside = !isInside;
          }
        }
      });
      return isInside;
    });
  };

  /* Join a position to the streets: {edge, fraction, distance, access} or null. */
  Kernel.prototype.snap = function (lon, lat, walker, isVisited) {
    const at = this.frame.toXY(lon, lat);
    const limit = this.isWater(at[0], at[1]) ? WATER_LIMIT_M : SNAP_LIMIT_M;
    if (!this.nearest(at[0], at[1], limit, true, this.rank(walker, isVisited))) return null;
    const spot = this.spot;
    return {
      x: at[0], y: at[1], edge: this.net.pointEdge[spot.segment],
      fraction: this.fraction(spot.segment, spot.share), distance: spot.away,
      access: rint(spot.away * (1000 / walker.speed))
    };
  };

  /* What each edge costs on and back, and what it costs to arrive along it, gates closed. */
  Kernel.prototype.costsOf = function (key) {
    if (this.costs[key]) return this.costs[key];
    const net = this.net, walker = this.walkers[key];
    const edge = new Int32Array(2 * net.m), arrive = new Int32Array(2 * net.m);
    for (let e = 0; e < net.m; e += 1) {
      const flags = net.flags[e], steps = net.nSteps[e], bits = net.bits[e];
      const isOpen = !(flags & walker.closed);
      for (let side = 0; side < 2; side += 1) {
        let seconds = net.length[e] / walker.speed;
        if (net.pace) seconds *= net.pace[2 * e + side];
        seconds += steps * walker.per_step;
        seconds += Math.ceil(steps / STEPS_PER_FLIGHT) * walker.per_flight;
        seconds += (flags & CROSSING ? 1 : 0) * (walker.crossing / 2);
        seconds += (net.kind[e] === KIND_ELEVATOR ? 1 : (flags & ELEVATOR ? 0.5 : 0)) * walker.elevator;
        const whole = Math.min(Math.max(rint(seconds * 1000), 1), UNREACHED - 1);
        edge[2 * e + side] = isOpen && bits & (side === 0 ? OPEN_ON : OPEN_BACK) ? whole : UNREACHED;
      }
      arrive[2 * e] = !walker.enters && bits & ENTERS_ON ? UNREACHED : edge[2 * e];
      arrive[2 * e + 1] = !walker.enters && bits & ENTERS_BACK ? UNREACHED : edge[2 * e + 1];
    }
    const arc = new Int32Array(2 * net.m);
    for (let a = 0; a < arc.length; a += 1) arc[a] = arrive[2 * net.arcEdge[a] + net.arcIsBackward[a]];
    this.costs[key] = { edge: edge, arrive: arrive, arc: arc };
    return this.costs[key];
  };

  function shareOf(cost, fraction) {
    if (fraction === 0) return 0;
    return cost === UNREACHED ? UNREACHED : rint(cost * fraction);
  }
  guide.kernelNumbers.shareOf = shareOf;

  /* One search from a joined position, up to and including the limit; the arrays stay until the
     next one. */
  Kernel.prototype.search = function (start, key, limit) {
    const net = this.net, costs = this.costsOf(key), cost = this.cost, parent = this.parent;
    const touched = this.touched, heap = this.heap, arcCost = costs.arc, n = net.n;
    const arcTo = net.arcTo, firstArc = net.firstArc;
    let size = 0, nTouched = 0;
    for (let i = 0; i < this.nTouched; i += 1) cost[touched[i]] = UNREACHED;

    function push(value) {
      let at = size;
      size += 1;
      while (at > 0) {
        const above = (at - 1) >> 2;
        if (heap[above] <= value) break;
        heap[at] = heap[above];
        at = above;
      }
      heap[at] = value;
    }
    function pop() {
      const root = heap[0];
      size -= 1;
      const value = heap[size];
      let at = 0;
      for (;;) {
        const child = (at << 2) + 1;
        if (child >= size) break;
        const last = Math.min(child + 4, size);
        let least = child;
        for (let other = child + 1; other < last; other += 1) {
          if (heap[other] < heap[least]) least = other;
        }
        if (heap[least] >= value) break;
        heap[at] = heap[least];
        at = least;
      }
      heap[at] = value;
      return root;
    }

    for (let side = 0; side < 2; side += 1) {
      if (start.fraction === 1 - side) continue;
      // Leaving towards the first vertex walks the edge back, towards the last one on.
      const part = shareOf(costs.edge[2 * start.edge + 1 - side],
        side === 0 ? start.fraction : 1 - start.fraction);
      if (part === UNREACHED) continue;
      const v = net.edgeNode[2 * start.edge + side], c = start.access + part;
      if (c > limit || c >= cost[v]) continue;
      if (cost[v] === UNREACHED) { touched[nTouched] = v; nTouched += 1; }
      cost[v] = c;
      parent[v] = -1;
      push(c * n + v);
    }
    while (size > 0) {
      const top = pop(), c = Math.floor(top / n), u = top - c * n;
      if (c > cost[u]) continue;
      for (let arc = firstArc[u]; arc < firstArc[u + 1]; arc += 1) {
        const step = arcCost[arc];
        if (step > limit - c) continue;
        const v = arcTo[arc], reached = c + step;
        if (reached > cost[v]) continue;
        if (reached === cost[v]) {
          if (parent[v] !== -1 && parent[v] > arc) parent[v] = arc;
          continue;
        }
        if (cost[v] === UNREACHED) { touched[nTouched] = v; nTouched += 1; }
        cost[v] = reached;
        parent[v] = arc;
        push(reached * n + v);
      }
    }
    this.nTouched = nTouched;
    return { start: start, key: key, limit: limit, costs: costs };
  };

  /* Cost of a point of an edge by way of its nearer end, and which end. */
  Kernel.prototype.costAt = function (found, edge, fraction) {
    let best = UNREACHED, by = 0;
    for (let side = 0; side < 2; side += 1) {
      const atNode = this.cost[this.net.edgeNode[2 * edge + side]];
      const part = shareOf(found.costs.arrive[2 * edge + side], side === 0 ? fraction : 1 - fraction);
      if (atNode === UNREACHED || part === UNREACHED || fraction === 1 - side) continue;
      if (atNode + part < best) { best = atNode + part; by = side; }
    }
    return [best, by];
  };

  /* Cost of walking along the start's own edge to another point of it. */
  Kernel.prototype.direct = function (found, edge, fraction) {
    const start = found.start, from = start.fraction;
    if (edge !== start.edge || from === 0 || from === 1) return UNREACHED;
    const part = fraction >= from ? shareOf(found.costs.edge[2 * edge], fraction - from)
      : shareOf(found.costs.edge[2 * edge + 1], from - fraction);
    return part === UNREACHED ? UNREACHED : start.access + part;
  };

  /* Milliseconds to a joined place, UNREACHED beyond the limit. */
  Kernel.prototype.timeTo = function (found, end) {
    if (!end) return UNREACHED;
    const best = Math.min(this.costAt(found, end.edge, end.fraction)[0],
      this.direct(found, end.edge, end.fraction));
    return best < UNREACHED && best + end.access <= found.limit ? best + end.access : UNREACHED;
  };

  /* Of the joined doors of a place the one that is reached first, null where none is. Doors reached
     at the same time: the one named first, as on the Python side. */
  Kernel.prototype.nearestDoor = function (found, ends) {
    let best = UNREACHED, nearest = null;
    for (let k = 0; k < ends.length; k += 1) {
      const time = this.timeTo(found, ends[k]);
      if (time < best) { best = time; nearest = ends[k]; }
    }
    return nearest;
  };

  /* The pieces of edges walked to a joined place, in walking order, or null. */
  Kernel.prototype.pieces = function (found, end) {
    const net = this.net, start = found.start;
    if (!end || this.timeTo(found, end) === UNREACHED) return null;
    const at = this.costAt(found, end.edge, end.fraction);
    const direct = this.direct(found, end.edge, end.fraction);
    if (direct !== UNREACHED && direct <= at[0]) {
      return [{ edge: end.edge, from: start.fraction, to: end.fraction }];
    }
    const pieces = [{ edge: end.edge, from: at[1], to: end.fraction }];
    let vertex = net.edgeNode[2 * end.edge + at[1]];
    while (this.parent[vertex] >= 0) {
      const arc = this.parent[vertex], edge = net.arcEdge[arc], back = net.arcIsBackward[arc];
      pieces.push({ edge: edge, from: back, to: 1 - back });
      vertex = net.edgeNode[2 * edge + back];
    }
    pieces.push({ edge: start.edge, from: start.fraction, to: this.sideOut(found, vertex) });
    return pieces.reverse();
  };

  /* The end of the start's edge a search set out by to a vertex; of a loop, the cheaper way. */
  Kernel.prototype.sideOut = function (found, vertex) {
    const start = found.start;
    let side = -1, least = Infinity;
    for (let s = 0; s < 2; s += 1) {
      if (this.net.edgeNode[2 * start.edge + s] !== vertex) continue;
      const part = shareOf(found.costs.edge[2 * start.edge + 1 - s], Math.abs(start.fraction - s));
      if (part < least) { least = part; side = s; }
    }
    return side;
  };

  /* Metres along streets to a vertex that was reached; every vertex on the way is remembered. */
  Kernel.prototype.metresAt = function (found, vertex) {
    const net = this.net, start = found.start;
    if (!found.metres) found.metres = new Float64Array(net.n).fill(-1);
    const metres = found.metres, trail = [];
    let v = vertex;
    while (metres[v] < 0 && this.parent[v] >= 0) {
      const arc = this.parent[v];
      trail.push(v);
      v = net.edgeNode[2 * net.arcEdge[arc] + net.arcIsBackward[arc]];
    }
    if (metres[v] < 0) {
      metres[v] = Math.abs(start.fraction - this.sideOut(found, v)) * net.length[start.edge];
    }
    let total = metres[v];
    while (trail.length) {
      v = trail.pop();
      total += net.length[net.arcEdge[this.parent[v]]];
      metres[v] = total;
    }
    return total;
  };

  /* Metres of the walk that took so long, both ways to the street included. */
  Kernel.prototype.metresTo = function (found, end) {
    const net = this.net, start = found.start, length = net.length[end.edge];
    const at = this.costAt(found, end.edge, end.fraction);
    const direct = this.direct(found, end.edge, end.fraction);
    const along = direct !== UNREACHED && direct <= at[0]
      ? Math.abs(end.fraction - start.fraction) * length
      : this.metresAt(found, net.edgeNode[2 * end.edge + at[1]]) +
        Math.abs(end.fraction - at[1]) * length;
    return start.distance + along + end.distance;
  };
})(window.circleGuide = window.circleGuide || {});
