/* Reads what circle/planner/web_data.py packed, and answers from it: states, sums, shares. */
(function (guide) {
  'use strict';

  const COVERED = 0, UNCOVERED = 1, UNKNOWN = 2, OUTSIDE = 3;
  guide.STATES = ['covered', 'uncovered', 'unknown', 'outside'];

  function bytesOf(text) {
    const binary = window.atob(text);
    const data = new Uint8Array(binary.length);
    for (let i = 0; i < data.length; i += 1) data[i] = binary.charCodeAt(i);
    return guide.inflate(data);
  }

  /* The bytes of one rank stand together; put them back side by side. */
  guide.unpackNumbers = function (packed) {
    const planes = bytesOf(packed.text);
    const n = packed.n;
    const width = Number(packed.kind.slice(1));
    const bytes = new Uint8Array(n * width);
    for (let rank = 0; rank < width; rank += 1) {
      for (let i = 0; i < n; i += 1) bytes[i * width + rank] = planes[rank * n + i];
    }
    if (packed.kind === 'f8') return new Float64Array(bytes.buffer);
    if (width === 1) return bytes;
    return width === 2 ? new Uint16Array(bytes.buffer) : new Uint32Array(bytes.buffer);
  };

  /* Rings in world coordinates between 0 and 1, with the box of each shape. */
  guide.unpackShapes = function (packed, origin) {
    const rings = guide.unpackNumbers(packed.rings), points = guide.unpackNumbers(packed.points);
    const dx = guide.unpackNumbers(packed.dx), dy = guide.unpackNumbers(packed.dy);
    const shapes = [];
    let ring = 0, at = 0;
    const step = function (value) { return value & 1 ? -(value + 1) / 2 : value / 2; };
    for (let i = 0; i < rings.length; i += 1) {
      const shape = { rings: [], box: [Infinity, Infinity, -Infinity, -Infinity] };
      let x = 0, y = 0;
      for (let r = 0; r < rings[i]; r += 1, ring += 1) {
        const line = new Float64Array(points[ring] * 2);
        for (let k = 0; k < points[ring]; k += 1, at += 1) {
          x += step(dx[at]);
          y += step(dy[at]);
          const px = guide.mercatorX(origin[0] + x / 1e6);
          const py = guide.mercatorY(origin[1] + y / 1e6);
          line[2 * k] = px;
          line[2 * k + 1] = py;
          if (px < shape.box[0]) shape.box[0] = px;
          if (py < shape.box[1]) shape.box[1] = py;
          if (px > shape.box[2]) shape.box[2] = px;
          if (py > shape.box[3]) shape.box[3] = py;
        }
        shape.rings.push(line);
      }
      shapes.push(shape);
    }
    return shapes;
  };

  /* An array is unpacked when it is first asked for. */
  function lazily(packed) {
    let found = null;
    return function () {
      if (!found && packed) found = guide.unpackNumbers(packed);
      return found;
    };
  }

  guide.openStore = function (data) {
    const homes = {
      n: data.homes.n, ids: data.homes.ids, names: data.homes.names, kinds: data.homes.kinds,
      shapes: guide.unpackShapes(data.homes.shapes, data.origin)
    };
    ['people', 'dwellings', 'buildings', 'judged', 'edge', 'lon', 'lat'].forEach(function (name) {
      homes[name] = guide.unpackNumbers(data.homes[name]);
    });
    const reaches = data.reaches.map(function (row) {
      return {
        key: row.key, places: lazily(row.places), cost: lazily(row.cost),
        nearest: lazily(row.nearest), straight: lazily(row.straight), hasStraight: Boolean(row.straight)
      };
    });
    const byKey = new Map();
    data.subjects.forEach(function (subject, number) {
      subject.number = number;
      subject.isClause = subject.kind !== 'class';
      subject.told = subject.clause >= 0 ? data.clauses[subject.clause] : null;
      subject.choicesOf = lazily(subject.choices);
      byKey.set(subject.key, subject);
    });
    const store = {
      data: data, homes: homes, reaches: reaches, subjects: data.subjects, byKey: byKey,
      areaOf: guide.unpackNumbers(data.areas.home),
      areas: guide.unpackShapes(data.areas.shapes, data.origin),
      gapShapes: guide.unpackShapes(data.gaps.shapes, data.origin)
    };
    const known = new Map();
    const keep = function (name, subject, make) {
      const key = name + ' ' + subject.key;
      if (!known.has(key)) known.set(key, make());
      return known.get(key);
    };

    /* Of each home. A cost is one more than its steps, 0 where nothing was found. */
    store.states = function (subject) {
      return keep('state', subject, function () {
        const found = new Uint8Array(homes.n);
        const asks = subject.asks.map(function (ask) {
          return [reaches[ask[0]].cost(), ask[1] + 1];
        });
        for (let i = 0; i < homes.n; i += 1) {
          let state = UNCOVERED;
          for (let k = 0; k < asks.length && state !== COVERED; k += 1) {
            const cost = asks[k][0][i], most = asks[k][1];
            if (cost && cost <= most) state = COVERED;
            else if (homes.edge[i] && homes.edge[i] <= most) state = UNKNOWN;
          }
          found[i] = homes.judged[i] ? state : OUTSIDE;
        }
        return found;
      });
    };

    /* Whether each home would be covered in a straight line. */
    store.straight = function (subject) {
      return keep('straight', subject, function () {
        const states = store.states(subject);
        const found = new Uint8Array(homes.n);
        subject.asks.forEach(function (ask) {
          const straight = reaches[ask[0]].straight();
          for (let i = 0; straight && i < homes.n; i += 1) {
            if (homes.judged[i] && straight[i] && straight[i] <= ask[1] + 1) found[i] = 1;
          }
        });
        for (let i = 0; i < homes.n; i += 1) if (states[i] === COVERED) found[i] = 1;
        return found;
      });
    };

    /* What a home walks for a subject: the member that lies least beyond its limit counts. Far and
       excess in metres or minutes; far is null where nothing was found. */
    store.nearest = function (subject, home) {
      let best = null;
      subject.asks.forEach(function (ask) {
        const cost = reaches[ask[0]].cost()[home];
        if (!cost) return;
        const excess = cost - 1 - ask[1];
        if (best && excess >= best.steps) return;
        best = {
          steps: excess, far: (cost - 1) / data.steps_per_unit,
          excess: excess / data.steps_per_unit, place: reaches[ask[0]].nearest()[home] - 1
        };
      });
      return best;
    };

    /* Far over the limit, of each home: 0 where nothing was found. */
    store.ratios = function (subject) {
      return keep('ratio', subject, function () {
        const found = new Float32Array(homes.n);
        subject.asks.forEach(function (ask) {
          const costs = reaches[ask[0]].cost();
          for (let i = 0; i < homes.n; i += 1) {
            if (!costs[i]) continue;
            const ratio = Math.max(1e-6, (costs[i] - 1) / ask[1]);
            if (!found[i] || ratio < found[i]) found[i] = ratio;
          }
        });
        return found;
      });
    };

    store.statesAfter = function (subject) {
      const change = data.change;
      if (!change || !(subject.key in change.which)) return null;
      return keep('after', subject, function () {
        return guide.unpackNumbers(change.states[change.which[subject.key]]);
      });
    };

    /* What homes count for: ground is no home's, and where nobody lives each counts as one. */
    homes.homes = new Uint8Array(homes.n).fill(1);
    const known_measures = data.measures.map(function (one) { return one.key; });
    store.ofHomes = function (measure) {
      if (measure !== 'area' && measure !== 'residential_land') return measure;
      return ['people', 'dwellings', 'buildings'].find(function (key) {
        return known_measures.indexOf(key) >= 0;
      }) || 'homes';
    };
    store.weights = function (measure) { return homes[store.ofHomes(measure)]; };

    /* Total and sums by state of every area, the last one for homes in none. */
    store.areaSums = function (subject, measure) {
      const states = store.states(subject), weight = store.weights(measure);
      const sums = [];
      for (let i = 0; i <= store.areas.length; i += 1) sums.push([0, 0, 0, 0, 0]);
      for (let i = 0; i < homes.n; i += 1) {
        if (!homes.judged[i]) continue;
        const area = store.areaOf[i] ? store.areaOf[i] - 1 : store.areas.length;
        sums[area][states[i]] += weight[i];
        sums[area][4] += weight[i];
      }
      return sums;
    };

    /* Sums of what homes count for by their state. */
    store.sums = function (states, measure) {
      const weight = store.weights(measure);
      const sums = [0, 0, 0, 0];
      for (let i = 0; i < homes.n; i += 1) sums[states[i]] += weight[i];
      return sums;
    };

    store.figure = function (subject, measure, name, after) {
      const table = after ? data.change.figures : data.figures;
      const row = (table[subject.key] || {})[measure];
      const at = data.figure_columns.indexOf(name);
      return row && row[at] !== null && row[at] !== undefined ? row[at] : NaN;
    };

    store.distance = function (subject, name) {
      if (subject.kind === 'group') return NaN;
      const row = data.distances[reaches[subject.asks[0][0]].key];
      const value = row ? row[data.distance_columns.indexOf(name)] : null;
      return value === null || value === undefined ? NaN : value;
    };

    /* Number of choices half of the people have, or more. */
    store.choicesMedian = function (subject) {
      const choices = subject.choicesOf();
      if (!choices) return NaN;
      return keep('choices', subject, function () {
        const order = [];
        let total = 0;
        for (let i = 0; i < homes.n; i += 1) {
          const weight = homes.judged[i] ? store.weights('area')[i] : 0;
          if (weight > 0) { order.push([choices[i], weight]); total += weight; }
        }
        order.sort(function (one, other) { return one[0] - other[0]; });
        let sum = 0;
        for (let i = 0; i < order.length; i += 1) {
          sum += order[i][1];
          if (sum >= total / 2 * (1 - 1e-12)) return order[i][0];
        }
        return NaN;
      });
    };

    store.cells = {};
    Object.keys(data.cells).forEach(function (key) {
      const cells = data.cells[key];
      if (!cells) return;
      let opened = null;
      store.cells[key] = function () {
        if (!opened) {
          opened = {
            x: guide.unpackNumbers(cells.x), y: guide.unpackNumbers(cells.y), side_m: cells.side_m,
            states: function (subject) {
              return keep('cells-' + key, subject, function () {
                return guide.unpackNumbers(cells.states[cells.which[subject.key]]);
              });
            }
          };
        }
        return opened;
      };
    });

    store.placeName = function (number) {
      const names = data.places.names[number];
      if (!names) return '';
      const own = guide.language === 'en' && names[1] ? names[1] : names[0];
      return own || names[1] || guide.t('unnamed');
    };

    store.placesOf = function (subject) {
      const seen = new Set();
      subject.asks.forEach(function (ask) {
        Array.from(reaches[ask[0]].places()).forEach(function (place) { seen.add(place); });
      });
      return Array.from(seen);
    };
    return store;
  };
})(window.circleGuide = window.circleGuide || {});
