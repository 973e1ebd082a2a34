/* Names of streets, water and parks: placed once per zoom for the whole map, none on another. */
(function (guide) {
  'use strict';

  const FONT = '"PingFang SC","Hiragino Sans GB","Noto Sans CJK SC","Noto Sans SC",' +
    '"Microsoft YaHei",system-ui,sans-serif';
  const HAN_ONLY = /^[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef·0-9]+$/;
  const SIZES = [15, 14.5, 13.5, 12.5, 12.5, 12, 11.5, 11.5];
  const FIRST_ZOOM = [13, 14, 14, 15, 15, 16, 17, 17];
  const REPEAT_PX = 520;
  const CELL = 48;
  const STEP_STREETS = 8, STEP_LABELS = 16;

  /* Boxes taken so far, found by cell. */
  function Taken() { this.cells = new Map(); }

  /* One number per cell: a map of the whole world has fewer than 2^22 columns of cells. */
  function cellKey(column, row) { return column * 8388608 + row; }

  Taken.prototype.hits = function (box) {
    const right = Math.floor(box[2] / CELL), bottom = Math.floor(box[3] / CELL);
    for (let x = Math.floor(box[0] / CELL); x <= right; x += 1) {
      for (let y = Math.floor(box[1] / CELL); y <= bottom; y += 1) {
        const held = this.cells.get(cellKey(x, y));
        for (let i = 0; held && i < held.length; i += 1) {
          const other = held[i];
          if (box[0] < other[2] && box[2] > other[0] &&
            box[1] < other[3] && box[3] > other[1]) return true;
        }
      }
    }
    return false;
  };
  Taken.prototype.add = function (box) {
    const right = Math.floor(box[2] / CELL), bottom = Math.floor(box[3] / CELL);
    for (let x = Math.floor(box[0] / CELL); x <= right; x += 1) {
      for (let y = Math.floor(box[1] / CELL); y <= bottom; y += 1) {
        const key = cellKey(x, y);
        const held = this.cells.get(key);
        if (held) held.push(box);
        else this.cells.set(key, [box]);
      }
    }
  };
  guide.Taken = Taken;

  function Placer(world, zoom) {
    this.world = world;
    this.zoom = zoom;
    this.scale = 256 * Math.pow(2, zoom);
    this.taken = new Taken();
    this.labels = [];
    this.context = document.createElement('canvas').getContext('2d');
    this.spots = new Map();
  }

  /* Widths of signs by size: a town has a few hundred different ones and writes them for ever. */
  const widths = new Map();

  Placer.prototype.measure = function (text, size, spacing) {
    const context = this.context;
    if (!widths.has(size)) widths.set(size, new Map());
    const known = widths.get(size);
    return Array.from(text).map(function (sign) {
      let width = known.get(sign);
      if (width === undefined) {
        const font = size + 'px ' + FONT;
        if (context.circleFont !== font) context.font = context.circleFont = font;
        width = context.measureText(sign).width;
        known.set(sign, width);
      }
      return { sign: sign, width: width + spacing };
    });
  };

  /* Position and direction at a distance along a line given in pixels. */
  function walker(points) {
    const sums = [0];
    for (let i = 2; i < points.length; i += 2) {
      sums.push(sums[sums.length - 1] +
        Math.hypot(points[i] - points[i - 2], points[i + 1] - points[i - 1]));
    }
    return {
      length: sums[sums.length - 1],
      at: function (distance) {
        let low = 0, high = sums.length - 2;
        while (low < high) {
          const middle = (low + high + 1) >> 1;
          if (sums[middle] <= distance) low = middle; else high = middle - 1;
        }
        const length = sums[low + 1] - sums[low] || 1;
        const part = (distance - sums[low]) / length;
        const i = low * 2;
        return {
          x: points[i] + (points[i + 2] - points[i]) * part,
          y: points[i + 1] + (points[i + 3] - points[i + 1]) * part
        };
      }
    };
  }

  function pixels(points, scale) {
    const scaled = new Float64Array(points.length);
    for (let i = 0; i < points.length; i += 1) scaled[i] = points[i] * scale;
    return scaled;
  }

  /* Signs of a name along its street from `start`, or null where the street bends too much. */
  Placer.prototype.along = function (path, signs, start, width, size) {
    const ends = [path.at(start), path.at(start + width)];
    const dx = ends[1].x - ends[0].x, dy = ends[1].y - ends[0].y;
    if (Math.hypot(dx, dy) < width * 0.88) return null;
    const text = signs.map(function (sign) { return sign.sign; }).join('');
    // A Chinese name on a street that runs up and down is read from top to bottom, signs upright.
    const isUpright = HAN_ONLY.test(text) && Math.abs(dy) > Math.abs(dx) * 1.3;
    const isBackwards = isUpright ? dy < 0 : dx < 0;
    const placed = [];
    let distance = 0, last = null;
    for (let i = 0; i < signs.length; i += 1) {
      const middle = distance + signs[i].width / 2;
      const along = isBackwards ? start + width - middle : start + middle;
      const here = path.at(along);
      const reach = Math.max(size * 0.7, signs[i].width / 2);
      const before = path.at(Math.max(0, along - reach));
      const after = path.at(Math.min(path.length, along + reach));
      let angle = Math.atan2(after.y - before.y, after.x - before.x);
      if (isBackwards) angle += Math.PI;
      if (last !== null) {
        const bend = Math.abs(Math.atan2(Math.sin(angle - last), Math.cos(angle - last)));
        if (bend > 0.5) return null;
      }
      last = angle;
      placed.push({ sign: signs[i].sign, x: here.x, y: here.y, angle: isUpright ? 0 : angle });
      distance += signs[i].width;
    }
    return placed;
  };

  Placer.prototype.accept = function (placed, size, style) {
    const half = size * 0.62;
    const boxes = placed.map(function (sign) {
      return [sign.x - half, sign.y - half, sign.x + half, sign.y + half];
    });
    const taken = this.taken;
    if (boxes.some(function (box) { return taken.hits(box); })) return false;
    boxes.forEach(function (box) { taken.add(box); });
    const xs = placed.map(function (sign) { return sign.x; });
    const ys = placed.map(function (sign) { return sign.y; });
    this.labels.push({
      signs: placed, size: size, style: style,
      box: [Math.min.apply(null, xs) - size, Math.min.apply(null, ys) - size,
        Math.max.apply(null, xs) + size, Math.max.apply(null, ys) + size]
    });
    return true;
  };

  /* The two sides of a wide street carry its name once, not twice. */
  Placer.prototype.isNearItself = function (name, spot) {
    return (this.spots.get(name) || []).some(function (other) {
      return Math.hypot(other.x - spot.x, other.y - spot.y) < REPEAT_PX * 0.7;
    });
  };

  Placer.prototype.street = function (street) {
    const size = SIZES[street.rank] + (this.zoom >= 17 ? 1 : 0) - (this.zoom < 15 ? 1 : 0);
    const signs = this.measure(street.name, size, street.rank <= 2 ? 2 : 0.6);
    const width = signs.reduce(function (sum, sign) { return sum + sign.width; }, 0);
    const path = walker(pixels(street.points, this.scale));
    if (path.length < width + 10) return;
    const n = Math.max(1, Math.floor(path.length / REPEAT_PX));
    const shifts = [0, 0.12, -0.12, 0.24, -0.24, 0.36, -0.36];
    for (let i = 0; i < n; i += 1) {
      for (let j = 0; j < shifts.length; j += 1) {
        const middle = path.length * (i + 0.5 + shifts[j]) / n;
        const start = middle - width / 2;
        if (start < 3 || start + width > path.length - 3) continue;
        if (this.isNearItself(street.name, path.at(middle))) break;
        const placed = this.along(path, signs, start, width, size);
        if (placed && this.accept(placed, size, street.rank <= 2 ? 'major' : 'minor')) {
          const spots = this.spots.get(street.name) || [];
          spots.push(path.at(middle));
          this.spots.set(street.name, spots);
          break;
        }
      }
    }
  };

  Placer.prototype.area = function (area) {
    const label = area.label;
    const perMetre = this.scale / (40075016 * Math.cos(label[1] * Math.PI / 180));
    const room = label[3] * perMetre, depth = label[4] * perMetre;
    const isWater = area.layer === 'water';
    const size = isWater ? Math.max(13, Math.min(22, depth * 0.3)) : 12.5;
    if (depth < (isWater ? size * 1.1 : 22) || (area.layer === 'green' && this.zoom < 15)) return;
    const signs = this.measure(area.name, size, isWater ? size * 0.5 : 0.8);
    const width = signs.reduce(function (sum, sign) { return sum + sign.width; }, 0);
    if (width > room * (isWater ? 0.9 : 1.5)) return;
    const isUpright = HAN_ONLY.test(area.name) && Math.abs(label[2]) > 55;
    const angle = (isUpright ? (label[2] > 0 ? 90 : -90) : label[2]) * Math.PI / 180;
    const turn = isUpright ? Math.PI / 2 : angle;
    const x = guide.mercatorX(label[0]) * this.scale, y = guide.mercatorY(label[1]) * this.scale;
    let distance = -width / 2;
    const placed = signs.map(function (sign) {
      const middle = distance + sign.width / 2;
      distance += sign.width;
      return {
        sign: sign.sign, angle: isUpright ? 0 : turn,
        x: x + Math.cos(turn) * middle, y: y + Math.sin(turn) * middle
      };
    });
    this.accept(placed, size, isWater ? 'water' : 'green');
  };

  /* Steps of placing every name of the map: the names at the end. */
  Placer.prototype.placing = function* () {
    const zoom = this.zoom, areas = this.world.areas;
    const lengths = new Map();
    const named = this.world.streets.filter(function (street) {
      return street.name && zoom >= FIRST_ZOOM[street.rank];
    });
    named.forEach(function (street) {
      const box = street.box;
      lengths.set(street, Math.hypot(box[2] - box[0], box[3] - box[1]));
    });
    named.sort(function (a, b) {
      return a.rank - b.rank || lengths.get(b) - lengths.get(a);
    });
    const nMajor = named.filter(function (street) { return street.rank <= 2; }).length;
    for (let i = 0; i < areas.length; i += 1) {
      if (areas[i].label && areas[i].layer === 'water') this.area(areas[i]);
    }
    yield;
    for (let i = 0; i <= named.length; i += 1) {
      if (i === nMajor) {
        for (let k = 0; k < areas.length; k += 1) {
          if (areas[k].label && areas[k].layer === 'green') this.area(areas[k]);
        }
      }
      if (i % STEP_STREETS === 0) yield;
      if (i < named.length) this.street(named[i]);
    }
    return this.labels;
  };

  function write(context, label, left, top, palette) {
    const colour = {
      major: palette.name, minor: palette.name,
      water: palette['water-name'], green: palette['green-name']
    }[label.style];
    context.font = (label.style === 'major' ? '500 ' : '') + label.size + 'px ' + FONT;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
    context.lineWidth = label.size * 0.28;
    context.strokeStyle = label.style === 'water' ? palette.water : palette['name-halo'];
    context.fillStyle = colour;
    [true, false].forEach(function (isHalo) {
      label.signs.forEach(function (sign) {
        context.save();
        context.translate(sign.x - left, sign.y - top);
        if (sign.angle) context.rotate(sign.angle);
        if (isHalo) context.strokeText(sign.sign, 0, 0);
        else context.fillText(sign.sign, 0, 0);
        context.restore();
      });
    });
  }

  guide.LabelLayer = L.GridLayer.extend({
    options: { tileSize: guide.TILE, keepBuffer: 1, updateWhenZooming: false, pane: 'names' },
    initialize: function (world, options) {
      L.GridLayer.prototype.initialize.call(this, options);
      this.world = world;
      this.byZoom = new Map();
      this.colours = guide.palette();
      this.on('tileunload', guide.dropTile);
    },
    recolour: function () {
      this.colours = guide.palette();
      this.redraw();
    },
    /* Steps of finding the names of a zoom: they are placed once for the whole map. */
    placing: function* (zoom) {
      if (!this.byZoom.has(zoom)) {
        this.byZoom.set(zoom, yield* new Placer(this.world, zoom).placing());
      }
      return this.byZoom.get(zoom);
    },
    writing: function* (context, coords) {
      const labels = yield* this.placing(coords.z);
      const left = coords.x * guide.TILE, top = coords.y * guide.TILE;
      const right = left + guide.TILE, bottom = top + guide.TILE;
      let n = 0;
      for (let i = 0; i < labels.length; i += 1) {
        const box = labels[i].box;
        if (box[0] < right && box[2] > left && box[1] < bottom && box[3] > top) {
          write(context, labels[i], left, top, this.colours);
          n += 1;
          if (n % STEP_LABELS === 0) yield;
        }
      }
    },
    createTile: function (coords, done) {
      const self = this;
      return guide.canvasTile(function (context) { return self.writing(context, coords); }, done);
    }
  });
})(window.circleGuide = window.circleGuide || {});
