/* Draws streets, water, green and buildings into canvas tiles from the data in the page. */
(function (guide) {
  'use strict';

  const STEPS = 1, BRIDGE = 2, TUNNEL = 4, INFERRED = 8, PRIVATE = 16;
  const TILE = 512;
  const EDGE = 56;

  /* Width in pixels at zooms 13 to 19, by rank of street. */
  const WIDTHS = [
    [2.6, 4.2, 7, 11, 16, 24, 38],
    [2.2, 3.6, 6, 9.5, 14, 21, 34],
    [1.8, 3, 5, 8, 12, 18, 29],
    [1, 1.9, 3.6, 6, 9.5, 14.5, 24],
    [1, 1.8, 3.2, 5.2, 8, 12, 19],
    [0.6, 1.1, 2.2, 3.8, 6.2, 9.5, 15],
    [0, 0.7, 1.1, 1.6, 2.3, 3.2, 4.6],
    [0, 0.9, 1.8, 2.8, 4, 6, 9]
  ];
  const FOOTWAY = 6, STAIRS = 7;

  function widthAt(rank, zoom) {
    const row = WIDTHS[rank] || WIDTHS[5];
    const place = Math.max(0, Math.min(row.length - 1, zoom - 13));
    const width = row[Math.floor(place)];
    return zoom < 13 ? width * Math.pow(0.72, 13 - zoom) : width;
  }

  function mercatorX(lon) { return lon / 360 + 0.5; }
  function mercatorY(lat) {
    const sine = Math.sin(lat * Math.PI / 180);
    return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  }

  function unpackLine(packed, origin, unit) {
    const points = new Float64Array(packed.length);
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    let x = 0, y = 0;
    for (let i = 0; i < packed.length; i += 2) {
      x += packed[i];
      y += packed[i + 1];
      const px = mercatorX(origin[0] + x / unit);
      const py = mercatorY(origin[1] + y / unit);
      points[i] = px;
      points[i + 1] = py;
      if (px < box[0]) box[0] = px;
      if (py < box[1]) box[1] = py;
      if (px > box[2]) box[2] = px;
      if (py > box[3]) box[3] = py;
    }
    return { points: points, box: box };
  }

  /* The packed basemap as world coordinates between 0 and 1. */
  guide.unpackBasemap = function (packed) {
    const streets = packed.streets.map(function (row) {
      const line = unpackLine(row[3], packed.origin, packed.unit);
      return {
        rank: row[0], flags: row[1], name: row[2] < 0 ? '' : packed.names[row[2]],
        points: line.points, box: line.box
      };
    });
    const areas = packed.areas.map(function (row) {
      const box = [Infinity, Infinity, -Infinity, -Infinity];
      const parts = row.slice(4).map(function (part) {
        const line = unpackLine(part, packed.origin, packed.unit);
        box[0] = Math.min(box[0], line.box[0]);
        box[1] = Math.min(box[1], line.box[1]);
        box[2] = Math.max(box[2], line.box[2]);
        box[3] = Math.max(box[3], line.box[3]);
        return line.points;
      });
      return {
        layer: packed.layers[row[0]], name: row[1] < 0 ? '' : packed.names[row[1]],
        isLine: row[2] === 1, label: row[3] || null, parts: parts, box: box
      };
    });
    const sheet = packed.sheet;
    return {
      streets: streets, areas: areas,
      sheet: [mercatorX(sheet[0]), mercatorY(sheet[3]), mercatorX(sheet[2]), mercatorY(sheet[1])]
    };
  };

  guide.mercatorX = mercatorX;
  guide.mercatorY = mercatorY;
  guide.streetWidth = widthAt;

  /* The colours of the map live in the style sheet, for light, dark and print. */
  guide.palette = function () {
    const style = window.getComputedStyle(document.documentElement);
    const read = function (name) { return style.getPropertyValue('--map-' + name).trim(); };
    const names = [
      'land', 'table', 'water', 'bank', 'green', 'green-edge', 'sand', 'building', 'building-edge', 'rail',
      'casing', 'bridge-casing', 'major', 'middle', 'minor', 'foot', 'steps', 'blocked',
      'name', 'name-halo', 'water-name', 'green-name'
    ];
    const palette = {};
    names.forEach(function (name) { palette[name] = read(name); });
    return palette;
  };

  function Brush(context, coords, zoom, palette) {
    this.context = context;
    this.scale = TILE * Math.pow(2, zoom - 1);
    this.left = coords.x * TILE;
    this.top = coords.y * TILE;
    this.zoom = zoom;
    this.palette = palette;
    const margin = 40;
    this.box = [
      (this.left - margin) / this.scale, (this.top - margin) / this.scale,
      (this.left + TILE + margin) / this.scale, (this.top + TILE + margin) / this.scale
    ];
  }

  Brush.prototype.sees = function (box) {
    const own = this.box;
    return box[0] <= own[2] && box[2] >= own[0] && box[1] <= own[3] && box[3] >= own[1];
  };

  Brush.prototype.trace = function (points) {
    const context = this.context;
    for (let i = 0; i < points.length; i += 2) {
      const x = points[i] * this.scale - this.left;
      const y = points[i + 1] * this.scale - this.top;
      if (i === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    }
  };

  Brush.prototype.strokeAll = function (lines, width, colour, dash, cap) {
    if (!lines.length || width <= 0) return;
    const context = this.context;
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.lineCap = cap || 'round';
    context.lineJoin = 'round';
    context.setLineDash(dash || []);
    context.beginPath();
    for (let i = 0; i < lines.length; i += 1) this.trace(lines[i].points);
    context.stroke();
    context.setLineDash([]);
  };

  Brush.prototype.areas = function (areas, layer, fill, edge) {
    const context = this.context;
    const self = this;
    areas.forEach(function (area) {
      if (area.layer !== layer || !self.sees(area.box)) return;
      context.beginPath();
      area.parts.forEach(function (part) { self.trace(part); });
      if (area.isLine) {
        context.lineWidth = Math.max(1, (self.zoom - 12) * 0.9);
        context.strokeStyle = fill;
        context.stroke();
        return;
      }
      context.fillStyle = fill;
      context.fill('evenodd');
      if (edge) {
        context.lineWidth = self.zoom >= 17 ? 1 : 0.7;
        context.strokeStyle = edge;
        context.stroke();
      }
    });
  };

  Brush.prototype.rails = function (areas) {
    const self = this;
    const rails = [];
    areas.forEach(function (area) {
      if (area.layer !== 'rail' || !area.isLine || !self.sees(area.box)) return;
      area.parts.forEach(function (part) { rails.push({ points: part }); });
    });
    const width = this.zoom >= 16 ? 3 : 2;
    this.strokeAll(rails, width, this.palette.rail, null, 'butt');
    this.strokeAll(rails, width - 1.2, this.palette.land, [6, 6], 'butt');
  };

  function colourOf(rank, palette) {
    if (rank <= 1) return palette.major;
    if (rank === 2) return palette.middle;
    return palette.minor;
  }

  /* Inferred streets lie flat: a broken edge and a thin fill say that nobody has seen them. */
  Brush.prototype.streets = function (streets) {
    const zoom = this.zoom;
    const palette = this.palette;
    const ranks = [[], [], [], [], [], [], [], []];
    const inferred = [[], [], [], [], [], [], [], []];
    const bridges = [[], [], [], [], [], [], [], []];
    const tunnels = [[], [], [], [], [], [], [], []];
    for (let i = 0; i < streets.length; i += 1) {
      const street = streets[i];
      if (!this.sees(street.box)) continue;
      const rank = street.flags & STEPS ? STAIRS : street.rank;
      if (street.flags & TUNNEL) tunnels[rank].push(street);
      else if (street.flags & INFERRED) inferred[rank].push(street);
      else if (street.flags & BRIDGE) bridges[rank].push(street);
      else ranks[rank].push(street);
    }
    const edge = zoom >= 17 ? 1.4 : 1;
    let rank;
    for (rank = 7; rank >= 0; rank -= 1) {
      this.strokeAll(tunnels[rank], widthAt(rank, zoom), palette.casing, [5, 5], 'butt');
    }
    for (rank = 5; rank >= 0; rank -= 1) {
      const width = widthAt(rank, zoom);
      this.strokeAll(inferred[rank], width + 2 * edge, palette.bridgeEdge || palette.casing,
        [zoom >= 16 ? 6 : 4, zoom >= 16 ? 5 : 3.5], 'butt');
      this.strokeAll(ranks[rank], width + 2 * edge, palette.casing, null,
        zoom < 15 ? 'butt' : 'round');
    }
    for (rank = 5; rank >= 0; rank -= 1) {
      const fill = colourOf(rank, palette);
      this.strokeAll(inferred[rank], widthAt(rank, zoom), fill);
      this.strokeAll(ranks[rank], widthAt(rank, zoom), fill);
    }
    this.paths(ranks, inferred);
    for (rank = 7; rank >= 0; rank -= 1) {
      const width = Math.max(widthAt(rank, zoom), rank >= FOOTWAY && zoom >= 14 ? 2 : 0);
      if (!width) continue;
      this.strokeAll(bridges[rank], width + 2 * edge + 1.2, palette['bridge-casing'], null, 'butt');
      this.strokeAll(bridges[rank], width, colourOf(rank, palette));
    }
  };

  Brush.prototype.paths = function (ranks, inferred) {
    const zoom = this.zoom;
    const palette = this.palette;
    const width = widthAt(FOOTWAY, zoom);
    if (zoom >= 15) {
      this.strokeAll(ranks[FOOTWAY], width + 1.6, palette['name-halo']);
    }
    this.strokeAll(ranks[FOOTWAY], width, palette.foot, zoom >= 16 ? [5, 2.2] : null, 'butt');
    this.strokeAll(inferred[FOOTWAY], width, palette.foot, [2, 4], 'butt');
    const stairs = widthAt(STAIRS, zoom);
    const all = ranks[STAIRS].concat(inferred[STAIRS]);
    this.strokeAll(all, stairs + 1.6, palette['name-halo'], null, 'butt');
    this.strokeAll(all, stairs, palette.steps, zoom >= 16 ? [1.4, 1.8] : [1, 1.2], 'butt');
  };

  /* Where the data end, the map ends too: it fades into the table it lies on, rather than being a
     world without streets. */
  Brush.prototype.edge = function (sheet) {
    const context = this.context;
    const left = sheet[0] * this.scale - this.left, top = sheet[1] * this.scale - this.top;
    const right = sheet[2] * this.scale - this.left, bottom = sheet[3] * this.scale - this.top;
    const table = this.palette.table;
    const fade = function (from, to, isAcross) {
      const near = Math.min(from, to), far = Math.max(from, to);
      if (far < 0 || near > TILE) return;
      const shade = isAcross ? context.createLinearGradient(from, 0, to, 0)
        : context.createLinearGradient(0, from, 0, to);
      shade.addColorStop(0, table);
      shade.addColorStop(0.35, table + '9c');
      shade.addColorStop(1, table + '00');
      context.fillStyle = shade;
      if (isAcross) context.fillRect(near, -1, far - near, TILE + 2);
      else context.fillRect(-1, near, TILE + 2, far - near);
    };
    fade(left, left + EDGE, true);
    fade(right, right - EDGE, true);
    fade(top, top + EDGE, false);
    fade(bottom, bottom - EDGE, false);
    context.fillStyle = table;
    context.beginPath();
    context.rect(-1, -1, TILE + 2, TILE + 2);
    context.rect(left, top, right - left, bottom - top);
    context.fill('evenodd');
  };

  function* painting(context, coords, zoom, world, palette) {
    const brush = new Brush(context, coords, zoom, palette);
    context.fillStyle = palette.land;
    context.fillRect(0, 0, TILE, TILE);
    brush.areas(world.areas, 'sand', palette.sand, null);
    brush.areas(world.areas, 'green', palette.green, palette['green-edge']);
    brush.areas(world.areas, 'water', palette.water, palette.bank);
    yield;
    if (zoom >= 14) {
      brush.areas(world.areas, 'building', palette.building,
        zoom >= 15 ? palette['building-edge'] : null);
    }
    yield;
    brush.areas(world.areas, 'motorway', palette.blocked, null);
    brush.rails(world.areas);
    yield;
    brush.streets(world.streets);
    brush.edge(world.sheet);
  }

  /* Tiles are painted one after the other, in slices: a finger on the map is answered in between.
     A queue holds {tile, steps, done}; steps() gives an iterator. */
  const queue = [];
  let painter = null;
  function* paintAll() {
    while (queue.length) {
      const job = queue.shift();
      // Gone from the page before its turn came: nobody will look at it.
      if (job.tile.isUnwanted) continue;
      yield* job.steps();
      job.done(null, job.tile);
      yield;
    }
    painter = null;
  }
  guide.paintLater = function (job) {
    queue.push(job);
    if (!painter) painter = guide.inSlices(paintAll(), guide.soon);
  };
  /* What waits to be painted, now: paper does not wait. */
  guide.finishPainting = function () { if (painter) painter.finish(); };

  /* A tile as sharp as the screen, and sharper for paper. Leaflet asks for it by column, row and
     zoom. */
  guide.canvasTile = function (draw, done) {
    const canvas = document.createElement('canvas');
    const sharpness = guide.isOnPaper ? 3 : Math.min(3, window.devicePixelRatio || 1);
    canvas.width = TILE * sharpness;
    canvas.height = TILE * sharpness;
    // What is painted for paper must be there at once, not with the next frame of the screen.
    const context = canvas.getContext('2d', { willReadFrequently: Boolean(guide.isOnPaper) });
    context.scale(sharpness, sharpness);
    canvas.setAttribute('role', 'presentation');
    guide.paintLater({
      tile: canvas, done: done, steps: function () { return draw(context); }
    });
    return canvas;
  };
  guide.dropTile = function (event) { event.tile.isUnwanted = true; };

  guide.TILE = TILE;

  guide.BasemapLayer = L.GridLayer.extend({
    options: { tileSize: TILE, keepBuffer: 1, updateWhenZooming: false, pane: 'tilePane' },
    initialize: function (world, options) {
      L.GridLayer.prototype.initialize.call(this, options);
      this.world = world;
      this.colours = guide.palette();
      this.on('tileunload', guide.dropTile);
    },
    recolour: function () {
      this.colours = guide.palette();
      this.redraw();
    },
    createTile: function (coords, done) {
      const self = this;
      return guide.canvasTile(function (context) {
        return painting(context, coords, coords.z, self.world, self.colours);
      }, done);
    }
  });
})(window.circleGuide = window.circleGuide || {});
