/* Reads the packed walking network: base64, deflate, numbers of few bytes. The layout is told in
   circle/guide/pack.py; both readers make the same arrays. Nothing here is newer than ES2018, and
   old phones have no stream that inflates, so that is done here too. */
(function (guide) {
  'use strict';

  const FORMAT = 1, FORMAT_WITH_SLOPES = 2;
  const STREAMS = 11, HEADER_BYTES = 50, PACE_UNIT = 1024;
  const STEPS = 4;
  /* Of work between two chances for the page to answer somebody: a few milliseconds on a phone. */
  const STEP_SYMBOLS = 2048, STEP_EDGES = 128;

  const LENGTH_BASE = [], LENGTH_BITS = [], DISTANCE_BASE = [], DISTANCE_BITS = [];
  for (let i = 0, base = 3; i < 28; i += 1) {
    LENGTH_BITS[i] = i < 8 ? 0 : (i >> 2) - 1;
    LENGTH_BASE[i] = base;
    base += 1 << LENGTH_BITS[i];
  }
  LENGTH_BASE[28] = 258;
  LENGTH_BITS[28] = 0;
  for (let i = 0, base = 1; i < 30; i += 1) {
    DISTANCE_BITS[i] = i < 4 ? 0 : (i >> 1) - 1;
    DISTANCE_BASE[i] = base;
    base += 1 << DISTANCE_BITS[i];
  }
  const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

  /* A canonical prefix code: how many words of each length, the symbols in their order, and for
     words of up to SHORT bits a table by the bits that come next: symbol and length in one. */
  const SHORT = 9;
  function makeCode(lengths) {
    const count = new Uint16Array(16), next = new Uint16Array(16), word = new Uint16Array(16);
    const symbols = new Uint16Array(lengths.length), table = new Uint16Array(1 << SHORT);
    for (let i = 0; i < lengths.length; i += 1) count[lengths[i]] += 1;
    count[0] = 0;
    for (let bits = 1; bits < 15; bits += 1) {
      next[bits + 1] = next[bits] + count[bits];
      word[bits + 1] = (word[bits] + count[bits]) << 1;
    }
    for (let i = 0; i < lengths.length; i += 1) {
      const n = lengths[i];
      if (!n) continue;
      symbols[next[n]] = i;
      next[n] += 1;
      if (n <= SHORT) {
        let turned = 0;
        for (let bit = 0; bit < n; bit += 1) turned |= (word[n] >> bit & 1) << (n - 1 - bit);
        for (; turned < 1 << SHORT; turned += 1 << n) table[turned] = i << 4 | n;
      }
      word[n] += 1;
    }
    return { count: count, symbols: symbols, table: table };
  }

  /* Steps of inflating: the bytes at the end. */
  function* inflating(data) {
    let out = new Uint8Array(data.length * 4 + 1024);
    let at = 0, held = 0, nHeld = 0, size = 0;

    function bits(n) {
      while (nHeld < n) {
        if (at >= data.length) throw new Error('the pack is cut off');
        held |= data[at] << nHeld;
        at += 1;
        nHeld += 8;
      }
      const value = held & ((1 << n) - 1);
      held >>>= n;
      nHeld -= n;
      return value;
    }
    function room(n) {
      if (size + n <= out.length) return;
      const larger = new Uint8Array(Math.max(out.length * 2, size + n));
      larger.set(out.subarray(0, size));
      out = larger;
    }
    function symbol(code) {
      while (nHeld < SHORT && at < data.length) {
        held |= data[at] << nHeld;
        at += 1;
        nHeld += 8;
      }
      const known = code.table[held & (1 << SHORT) - 1], length = known & 15;
      if (length && length <= nHeld) {
        held >>>= length;
        nHeld -= length;
        return known >> 4;
      }
      let word = 0, first = 0, index = 0;
      for (let n = 1; n < 16; n += 1) {
        word |= bits(1);
        const count = code.count[n];
        if (word - count < first) return code.symbols[index + word - first];
        index += count;
        first = (first + count) << 1;
        word <<= 1;
      }
      throw new Error('the pack is damaged');
    }
    function stored() {
      at -= nHeld >> 3;
      held = 0;
      nHeld = 0;
      const n = data[at] | data[at + 1] << 8;
      at += 4;
      room(n);
      out.set(data.subarray(at, at + n), size);
      at += n;
      size += n;
    }
    function fixedCodes() {
      const lengths = new Uint8Array(288);
      lengths.fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280);
      return [makeCode(lengths), makeCode(new Uint8Array(30).fill(5))];
    }
    function toldCodes() {
      const nLengths = bits(5) + 257, nDistances = bits(5) + 1, nCodes = bits(4) + 4;
      const own = new Uint8Array(19), lengths = new Uint8Array(nLengths + nDistances);
      for (let i = 0; i < nCodes; i += 1) own[CODE_ORDER[i]] = bits(3);
      const code = makeCode(own);
      for (let i = 0; i < lengths.length;) {
        const told = symbol(code);
        if (told < 16) {
          lengths[i] = told;
          i += 1;
        } else {
          const value = told === 16 ? lengths[i - 1] : 0;
          const n = told === 16 ? 3 + bits(2) : (told === 17 ? 3 + bits(3) : 11 + bits(7));
          lengths.fill(value, i, i + n);
          i += n;
        }
      }
      return [makeCode(lengths.subarray(0, nLengths)), makeCode(lengths.subarray(nLengths))];
    }
    function* compressed(codes) {
      for (let n = 1; ; n += 1) {
        if (n % STEP_SYMBOLS === 0) yield;
        const told = symbol(codes[0]);
        if (told === 256) return;
        if (told < 256) {
          room(1);
          out[size] = told;
          size += 1;
          continue;
        }
        const length = LENGTH_BASE[told - 257] + bits(LENGTH_BITS[told - 257]);
        const far = symbol(codes[1]);
        const distance = DISTANCE_BASE[far] + bits(DISTANCE_BITS[far]);
        room(length);
        for (let i = 0; i < length; i += 1, size += 1) out[size] = out[size - distance];
      }
    }

    let isLast = 0;
    while (!isLast) {
      isLast = bits(1);
      const kind = bits(2);
      if (kind === 0) stored();
      else if (kind === 3) throw new Error('the pack is damaged');
      else yield* compressed(kind === 1 ? fixedCodes() : toldCodes());
    }
    return out.subarray(0, size);
  }

  function fromBase64(text) {
    const binary = window.atob(text);
    const data = new Uint8Array(binary.length);
    for (let i = 0; i < data.length; i += 1) data[i] = binary.charCodeAt(i);
    return data;
  }

  function Reader(data) {
    this.data = data;
    this.at = 0;
  }
  Reader.prototype.take = function () {
    let value = 0, weight = 1;
    for (;;) {
      const byte = this.data[this.at];
      this.at += 1;
      value += (byte & 127) * weight;
      if (byte < 128) return value;
      weight *= 128;
    }
  };
  Reader.prototype.takeSigned = function () {
    const value = this.take();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  };

  function* readEdges(net, streams, units) {
    const table = new Reader(streams[2]);
    const classes = [];
    for (let n = table.take(); n > 0; n -= 1) classes.push([table.take(), table.take(), table.take()]);
    const read = streams.slice(3, 10).map(function (stream) { return new Reader(stream); });
    const topology = read[0], classOf = read[1], nameOf = read[2], steps = read[3];
    const inner = read[4], dx = read[5], dy = read[6];
    const n = net.n = topology.take(), m = net.m = topology.take();
    net.nodeX = new Float64Array(n);
    net.nodeY = new Float64Array(n);
    net.nodeIsCut = new Uint8Array(n);
    net.edgeNode = new Int32Array(2 * m);
    net.kind = new Uint8Array(m);
    net.flags = new Uint16Array(m);
    net.bits = new Uint8Array(m);
    net.nSteps = new Int32Array(m);
    net.name = new Int32Array(m);
    net.firstPoint = new Int32Array(m + 1);
    const xs = [], ys = [];
    let px = 0, py = 0, nKnown = 0, here = 0, name = -1;
    function put() { xs.push(px / units); ys.push(py / units); }
    function step() { px += dx.takeSigned(); py += dy.takeSigned(); put(); }
    function stand(node) { px = net.nodeX[node] * units; py = net.nodeY[node] * units; put(); }
    function found(node) { step(); net.nodeX[node] = px / units; net.nodeY[node] = py / units; }
    for (let e = 0; e < m; e += 1) {
      if (e % STEP_EDGES === 0) yield;
      const start = here - topology.takeSigned();
      if (start === nKnown) { nKnown += 1; found(start); } else stand(start);
      const back = topology.take();
      for (let i = inner.take(); i > 0; i -= 1) step();
      const end = nKnown - back;
      if (back === 0) { nKnown += 1; found(end); } else stand(end);
      here = end;
      net.firstPoint[e + 1] = xs.length;
      net.edgeNode[2 * e] = start;
      net.edgeNode[2 * e + 1] = end;
      const told = classes[classOf.take()];
      net.kind[e] = told[0];
      net.flags[e] = told[1];
      net.bits[e] = told[2];
      const named = nameOf.take();
      if (named > 0) name = named - 2;
      net.name[e] = name;
      net.nSteps[e] = told[1] & STEPS ? steps.take() : 0;
    }
    for (let at = 0; dy.at < dy.data.length;) { at += dy.take(); net.nodeIsCut[at] = 1; }
    net.pointX = Float64Array.from(xs);
    net.pointY = Float64Array.from(ys);
  }

  /* Time on and back along each edge as a ratio to level ground. */
  function readPaces(net, stream) {
    const reader = new Reader(stream);
    net.pace = new Float64Array(2 * net.m);
    for (let i = 0; i < net.pace.length; i += 1) net.pace[i] = (reader.take() + PACE_UNIT) / PACE_UNIT;
  }

  function* readChains(net, stream, units) {
    const reader = new Reader(stream);
    let x = 0, y = 0;
    function chain() {
      const points = new Float64Array(2 * reader.take());
      for (let i = 0; i < points.length; i += 2) {
        x += reader.takeSigned();
        y += reader.takeSigned();
        points[i] = x / units;
        points[i + 1] = y / units;
      }
      return points;
    }
    const barriers = [];
    for (let n = reader.take(); n > 0; n -= 1) {
      if (n % STEP_EDGES === 0) yield;
      reader.take();
      barriers.push(chain());
    }
    yield;
    net.water = [];
    for (let n = reader.take(); n > 0; n -= 1) {
      const rings = [];
      for (let k = reader.take(); k > 0; k -= 1) rings.push(chain());
      if (rings[0].length >= 8) {
        net.water.push(rings.filter(function (ring) { return ring.length >= 8; }));
      }
    }
    const size = barriers.reduce(function (sum, points) { return sum + points.length / 2; }, 0);
    net.barrierX = new Float64Array(size);
    net.barrierY = new Float64Array(size);
    net.barrierStarts = [];
    let at = 0;
    barriers.forEach(function (points) {
      for (let i = 0; i < points.length; i += 2, at += 1) {
        net.barrierX[at] = points[i];
        net.barrierY[at] = points[i + 1];
        if (i + 2 < points.length) net.barrierStarts.push(at);
      }
    });
  }

  /* What follows from shapes and ends: lengths, and the arcs that leave each vertex. */
  function* complete(net) {
    const n = net.n, m = net.m;
    net.along = new Float64Array(net.pointX.length);
    net.pointEdge = new Int32Array(net.pointX.length);
    net.length = new Float64Array(m);
    net.segments = [];
    for (let e = 0; e < m; e += 1) {
      if (e % (4 * STEP_EDGES) === 0) yield;
      let run = 0;
      const last = net.firstPoint[e + 1] - 1;
      net.pointEdge[last] = e;
      for (let i = net.firstPoint[e]; i < last; i += 1) {
        const x = net.pointX[i + 1] - net.pointX[i], y = net.pointY[i + 1] - net.pointY[i];
        net.pointEdge[i] = e;
        run += Math.sqrt(x * x + y * y);
        net.along[i + 1] = run;
      }
      net.length[e] = run;
      if (run > 0) for (let i = net.firstPoint[e]; i < last; i += 1) net.segments.push(i);
    }
    yield;
    net.firstArc = new Int32Array(n + 1);
    for (let k = 0; k < 2 * m; k += 1) net.firstArc[net.edgeNode[k] + 1] += 1;
    for (let v = 0; v < n; v += 1) net.firstArc[v + 1] += net.firstArc[v];
    const next = net.firstArc.slice(0, n);
    net.arcTo = new Int32Array(2 * m);
    net.arcEdge = new Int32Array(2 * m);
    net.arcIsBackward = new Uint8Array(2 * m);
    for (let side = 0; side < 2; side += 1) {
      yield;
      for (let e = 0; e < m; e += 1) {
        const from = net.edgeNode[2 * e + side], arc = next[from];
        next[from] += 1;
        net.arcTo[arc] = net.edgeNode[2 * e + 1 - side];
        net.arcEdge[arc] = e;
        net.arcIsBackward[arc] = side;
      }
    }
  }

  /* Steps of reading the network of a pack from its base64 text: the network at the end. */
  guide.unpacking = function* (text) {
    const packed = fromBase64(text);
    yield;
    const body = yield* inflating(packed);
    const sizes = new Reader(body);
    const lengths = [];
    for (let i = 0; i < STREAMS; i += 1) lengths.push(sizes.take());
    let at = sizes.at;
    const streams = lengths.map(function (length) {
      at += length;
      return body.subarray(at - length, at);
    });
    const head = new DataView(streams[0].buffer, streams[0].byteOffset, streams[0].length);
    const form = head.getUint8(0);
    if (form !== FORMAT && form !== FORMAT_WITH_SLOPES) throw new Error('the pack has another layout');
    const numbers = [];
    for (let i = 2; i < HEADER_BYTES; i += 8) numbers.push(head.getFloat64(i, true));
    const words = new window.TextDecoder('utf-8').decode(streams[1]);
    const net = {
      lon0: numbers[0], lat0: numbers[1], home: numbers.slice(2), names: words ? words.split('\n') : []
    };
    const units = 1 << head.getUint8(1);
    yield* readEdges(net, streams, units);
    yield* readChains(net, streams[10], units);
    yield* complete(net);
    if (form === FORMAT_WITH_SLOPES) readPaces(net, streams[0].subarray(HEADER_BYTES));
    return net;
  };
  guide.unpackNetwork = function (text) { return guide.drain(guide.unpacking(text)); };
  guide.inflate = function (data) { return guide.drain(inflating(data)); };
})(window.circleGuide = window.circleGuide || {});
