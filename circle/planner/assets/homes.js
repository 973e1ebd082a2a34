/* The homes, painted onto one canvas over the map; and which of them is under a finger. */
(function (guide) {
  'use strict';

  const PAD = 0.2;

  /* White with slanted lines, for what nobody knows: told apart without any colour. */
  guide.hatching = function (context, back, line) {
    const tile = document.createElement('canvas');
    tile.width = tile.height = 6;
    const own = tile.getContext('2d');
    own.fillStyle = back;
    own.fillRect(0, 0, 6, 6);
    own.strokeStyle = line;
    own.lineWidth = 1.3;
    own.beginPath();
    [[-1, 1, 1, -1], [-1, 7, 7, -1], [5, 7, 7, 5]].forEach(function (way) {
      own.moveTo(way[0], way[1]);
      own.lineTo(way[2], way[3]);
    });
    own.stroke();
    return context.createPattern(tile, 'repeat');
  };

  /* Colour of each home by what is to be shown: a number per home, and what the numbers mean. */
  guide.paintOf = function (subject, show) {
    const store = guide.store, colours = guide.data.colours;
    const states = store.states(subject);
    const n = store.homes.n;
    const numbers = new Uint8Array(n);
    const looks = [];
    const add = function (fill, edge, isHatched) {
      looks.push({ fill: fill, edge: edge, isHatched: isHatched });
      return looks.length - 1;
    };
    const state = colours.state, edge = colours.edge;
    const unknown = add(state.unknown, edge.unknown, true);
    const outside = add(state.outside, edge.outside, false);
    if (show === 'distance') {
      const steps = colours.distance.map(function (step) { return add(step.colour, null, false); });
      const ratios = store.ratios(subject);
      for (let i = 0; i < n; i += 1) {
        numbers[i] = states[i] === 3 ? outside : states[i] === 2 ? unknown :
          steps[guide.distanceStep(ratios[i])];
      }
    } else if (show === 'straight') {
      const covered = add(colours.straight.covered, null, false);
      const neither = add(colours.straight.neither, null, false);
      const only = add(colours.straight.only, '#4d0635', false);
      const straight = store.straight(subject);
      for (let i = 0; i < n; i += 1) {
        numbers[i] = states[i] === 3 ? outside : states[i] === 0 ? covered :
          straight[i] ? only : states[i] === 2 ? unknown : neither;
      }
    } else if (show === 'change') {
      const after = store.statesAfter(subject) || states;
      const look = colours.change;
      const both = add(look.covered, null, false), none = add(look.uncovered, null, false);
      const gained = add(look.gained, '#042a52', false), lost = add(look.lost, '#6e3a05', false);
      const settled = add(look.settled, '#042a52', false);
      const by = { gained: gained, lost: lost, settled: settled, covered: both, uncovered: none,
        unknown: unknown, outside: outside };
      for (let i = 0; i < n; i += 1) numbers[i] = by[guide.changeOf(states[i], after[i])];
    } else {
      const covered = add(state.covered, edge.covered, false);
      const uncovered = add(state.uncovered, edge.uncovered, false);
      // Where the map has no place of the kind, no home is said to be without.
      const by = guide.isMapped(subject) ? [covered, uncovered, unknown, outside] :
        [unknown, unknown, unknown, outside];
      for (let i = 0; i < n; i += 1) numbers[i] = by[states[i]];
    }
    return { numbers: numbers, looks: looks };
  };

  /* What a change means to a home: as circle/coverage/change.py has it. */
  guide.changeOf = function (before, after) {
    if (after === 3) return 'outside';
    if (after === 2) return 'unknown';
    if (after === 0) return ['covered', 'gained', 'settled'][before];
    return before === 0 ? 'lost' : 'uncovered';
  };

  guide.distanceStep = function (ratio) {
    const steps = guide.data.colours.distance;
    if (!ratio) return steps.length - 1;
    const found = steps.findIndex(function (step) { return step.upto > 0 && ratio <= step.upto; });
    return found >= 0 ? found : steps.length - 2;
  };

  /* A canvas over the map that is drawn anew when the map has moved. */
  guide.CanvasLayer = L.Layer.extend({
    initialize: function (pane, draw) { this.pane = pane; this.draw = draw; },
    onAdd: function () { this.repaint(); },
    /* Paper takes down what is drawn, the wiping before it too: it gets a canvas never painted. */
    ownCanvas: function () {
      const isPaper = Boolean(guide.isOnPaper);
      if (!this.canvas || isPaper || this.isPaper) {
        if (this.canvas) this.canvas.remove();
        this.canvas = L.DomUtil.create('canvas', 'leaflet-zoom-animated');
        this.canvas.setAttribute('role', 'presentation');
        this._map.getPane(this.pane).appendChild(this.canvas);
        this.isPaper = isPaper;
      }
      return this.canvas;
    },
    onRemove: function () { this.canvas.remove(); },
    getEvents: function () {
      return { moveend: this.repaint, zoomanim: this.follow, viewreset: this.repaint };
    },
    follow: function (event) {
      const map = this._map;
      const scale = map.getZoomScale(event.zoom, this.zoom);
      const corner = map._latLngToNewLayerPoint(this.corner, event.zoom, event.center);
      L.DomUtil.setTransform(this.canvas, corner, scale);
    },
    repaint: function () {
      const map = this._map;
      if (!map) return;
      const size = map.getSize();
      const margin = size.multiplyBy(guide.isOnPaper ? 0 : PAD).round();
      const sharp = guide.isOnPaper ? 3 : Math.min(2, window.devicePixelRatio || 1);
      const wide = size.x + 2 * margin.x, high = size.y + 2 * margin.y;
      const canvas = this.ownCanvas();
      canvas.width = wide * sharp;
      canvas.height = high * sharp;
      canvas.style.width = wide + 'px';
      canvas.style.height = high + 'px';
      const corner = map.containerPointToLayerPoint(margin.multiplyBy(-1));
      this.zoom = map.getZoom();
      this.corner = map.layerPointToLatLng(corner);
      L.DomUtil.setTransform(canvas, corner, 1);
      const context = canvas.getContext('2d', { willReadFrequently: Boolean(guide.isOnPaper) });
      context.setTransform(sharp, 0, 0, sharp, 0, 0);
      const scale = 256 * Math.pow(2, this.zoom);
      const first = map.project(this.corner, this.zoom);
      this.draw(context, {
        scale: scale, left: first.x, top: first.y, zoom: this.zoom,
        box: [first.x / scale, first.y / scale, (first.x + wide) / scale, (first.y + high) / scale]
      });
    }
  });

  guide.sees = function (view, box) {
    return box[0] <= view.box[2] && box[2] >= view.box[0] &&
      box[1] <= view.box[3] && box[3] >= view.box[1];
  };

  /* Rings of a shape as a path; points as small squares. */
  guide.trace = function (context, view, shape) {
    shape.rings.forEach(function (ring) {
      if (ring.length === 2) {
        const x = ring[0] * view.scale - view.left, y = ring[1] * view.scale - view.top;
        context.rect(x - 4, y - 4, 8, 8);
        return;
      }
      for (let i = 0; i < ring.length; i += 2) {
        const x = ring[i] * view.scale - view.left, y = ring[i + 1] * view.scale - view.top;
        if (i === 0) context.moveTo(x, y);
        else context.lineTo(x, y);
      }
      context.closePath();
    });
  };

  guide.addHomes = function (map) {
    map.createPane('homes').style.zIndex = 420;
    const layer = new guide.CanvasLayer('homes', function (context, view) {
      const chosen = guide.chosen;
      if (!chosen) return;
      const started = performance.now();
      if (guide.isGround(chosen.measure) && chosen.show === 'state') ground(context, view);
      const shapes = guide.store.homes.shapes;
      const isGround = guide.isGround(chosen.measure) && chosen.show === 'state';
      const isBelow = chosen.show === 'areas' || isGround;
      if (isGround && guide.data.demand.how === 'cells') return;
      const paint = isBelow ? null : guide.paintOf(chosen.subject, chosen.show);
      const groups = new Map();
      for (let i = 0; i < shapes.length; i += 1) {
        if (!guide.sees(view, shapes[i].box)) continue;
        const key = paint ? paint.numbers[i] : 0;
        if (!groups.has(key)) groups.set(key, []);
        groups.get(key).push(shapes[i]);
      }
      const width = view.zoom >= 17 ? 1.2 : view.zoom >= 15 ? 0.8 : 0.4;
      groups.forEach(function (members, key) {
        const look = paint ? paint.looks[key] : { fill: '#ffffff00', edge: '#4a525a' };
        context.fillStyle = look.isHatched ?
          guide.hatching(context, look.fill, guide.data.colours.hatch.unknown) : look.fill;
        context.lineWidth = width;
        context.strokeStyle = look.edge || '#3c444b';
        // One by one: buildings that overlap on the map must not cancel each other.
        members.forEach(function (shape) {
          context.beginPath();
          guide.trace(context, view, shape);
          context.fill('evenodd');
          context.stroke();
        });
      });
      if (chosen.home !== null) outline(context, view, shapes[chosen.home]);
      guide.lastPaint = performance.now() - started;
    });
    layer.addTo(map);
    return layer;
  };

  function outline(context, view, shape) {
    context.beginPath();
    guide.trace(context, view, shape);
    context.lineJoin = 'round';
    context.lineWidth = 7;
    context.strokeStyle = guide.data.colours.mark.gap_halo;
    context.stroke();
    context.lineWidth = 3.5;
    context.strokeStyle = guide.data.colours.mark.gap;
    context.stroke();
  }

  /* Cells of ground by their state, for the measures of land. */
  function ground(context, view) {
    const chosen = guide.chosen, store = guide.store;
    const make = store.cells[chosen.measure];
    if (!make) return;
    const cells = make(), states = cells.states(chosen.subject);
    const colours = guide.data.colours;
    const origin = guide.data.origin;
    const middle = (guide.data.bounds[1] + guide.data.bounds[3]) / 2;
    const side = cells.side_m / (40075017 * Math.cos(middle * Math.PI / 180)) * view.scale;
    const fills = [colours.state.covered, colours.state.uncovered,
      guide.hatching(context, colours.state.unknown, colours.hatch.unknown), colours.state.outside];
    context.globalAlpha = 0.72;
    for (let state = 0; state < 4; state += 1) {
      context.fillStyle = fills[state];
      context.beginPath();
      for (let i = 0; i < states.length; i += 1) {
        if (states[i] !== state) continue;
        const x = guide.mercatorX(origin[0] + cells.x[i] / 1e6) * view.scale - view.left;
        const y = guide.mercatorY(origin[1] + cells.y[i] / 1e6) * view.scale - view.top;
        // On whole pixels: no seam shows between neighbours.
        const left = Math.round(x - side / 2), top = Math.round(y - side / 2);
        context.rect(left, top, Math.round(x + side / 2) - left, Math.round(y + side / 2) - top);
      }
      context.fill();
    }
    context.globalAlpha = 1;
  }

  function isInside(ring, x, y) {
    let inside = false;
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      if ((ring[i + 1] > y) !== (ring[j + 1] > y) &&
        x < (ring[j] - ring[i]) * (y - ring[i + 1]) / (ring[j + 1] - ring[i + 1]) + ring[i]) {
        inside = !inside;
      }
    }
    return inside;
  }

  /* The home under a position, else the nearest by its middle within a finger's width. */
  guide.homeAt = function (latLng, zoom) {
    const x = guide.mercatorX(latLng.lng), y = guide.mercatorY(latLng.lat);
    const shapes = guide.store.homes.shapes;
    const reach = 14 / (256 * Math.pow(2, zoom));
    let near = null, best = reach;
    for (let i = 0; i < shapes.length; i += 1) {
      const box = shapes[i].box;
      if (x < box[0] - reach || x > box[2] + reach || y < box[1] - reach || y > box[3] + reach) {
        continue;
      }
      let inside = false;
      shapes[i].rings.forEach(function (ring) {
        if (ring.length > 4 && isInside(ring, x, y)) inside = !inside;
      });
      if (inside) return i;
      const dx = Math.max(box[0] - x, 0, x - box[2]), dy = Math.max(box[1] - y, 0, y - box[3]);
      const away = Math.hypot(dx, dy);
      if (away < best) { best = away; near = i; }
    }
    return near;
  };
})(window.circleGuide = window.circleGuide || {});
