/* The ground within 5, 10 and 15 minutes: light inside, a veil outside, minutes on the edge. */
(function (guide) {
  'use strict';

  const BEARINGS = [52, 308, 128, 232, 20, 340, 90, 270, 160, 200, 180, 0];

  function style(name) {
    return window.getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  }

  function latLngs(polygons) {
    return polygons.map(function (polygon) {
      return polygon.map(function (ring) {
        return ring.map(function (point) { return L.latLng(point[1], point[0]); });
      });
    });
  }

  guide.Rings = function (map) {
    this.map = map;
    this.group = L.layerGroup().addTo(map);
    this.labels = [];
    this.rings = [];
    this.kind = 'center';
    this.inks = {};
  };

  /* Colours of a kind of rings, asked of the page once: asking makes it reckon every style anew. */
  guide.Rings.prototype.inksOf = function (kind) {
    if (!this.inks[kind]) {
      this.inks[kind] = {
        line: style(kind === 'home' ? 'home' : 'ring'),
        fill: style(kind === 'home' ? 'home-fill' : 'ring-fill'),
        veil: style('veil'), strength: Number(style('veil-strength')) || 0.3
      };
    }
    return this.inks[kind];
  };

  guide.Rings.prototype.recolour = function () {
    this.inks = {};
    this.draw();
  };

  /* rings: {budget, unit, polygons}, smallest first; kind: 'center' or 'home'. */
  guide.Rings.prototype.show = function (rings, kind, origin) {
    this.rings = rings;
    this.kind = kind;
    this.origin = origin;
    this.draw();
  };

  guide.Rings.prototype.draw = function () {
    const group = this.group;
    const inks = this.inksOf(this.kind);
    group.clearLayers();
    this.labels = [];
    if (!this.rings.length) return;
    const world = [[[-85, -179], [-85, 179], [85, 179], [85, -179]]];
    const outlines = this.rings.map(function (ring) { return latLngs(ring.polygons); });
    const holes = outlines[outlines.length - 1].reduce(function (all, rings) {
      return all.concat(rings);
    }, []);
    L.polygon(world.concat(holes), {
      stroke: false, fillColor: inks.veil, fillOpacity: inks.strength,
      interactive: false, smoothFactor: 0.7
    }).addTo(group);
    const n = this.rings.length;
    outlines.reverse().forEach(function (outline, i) {
      const isOuter = i === 0;
      L.polygon(outline, {
        color: inks.line, weight: isOuter ? 3 : 2, opacity: isOuter ? 0.95 : 0.8,
        dashArray: isOuter ? null : (i === n - 1 ? '1 5' : '7 5'),
        lineCap: 'round', lineJoin: 'round', fillColor: inks.fill,
        fillOpacity: i === 0 ? 0.02 : 0.09, interactive: false, smoothFactor: 0.7
      }).addTo(group);
    });
    this.makeLabels();
  };

  guide.Rings.prototype.makeLabels = function () {
    const self = this;
    const last = this.rings.length - 1;
    this.labels = this.rings.map(function (ring, i) {
      const key = ring.unit === 'm' ? 'ring_label_m' : 'ring_label';
      const text = guide.t(key, { n: String(ring.budget) });
      const icon = L.divIcon({
        className: 'ring-label from-' + self.kind +
          (i === last ? ' outer' : (i === 0 ? ' inner' : ' middle')), iconSize: null,
        html: guide.el('span', {}, [text])
      });
      const marker = L.marker([0, 0], { icon: icon, interactive: false, keyboard: false });
      const outlines = ring.polygons.map(function (polygon) { return polygon[0]; });
      return { marker: marker, outlines: outlines, width: text.length * 11 + 24 };
    });
  };

  /* Stand each label on its edge where it hides no place. Returns the boxes they take. */
  guide.Rings.prototype.placeLabels = function (zoom, anchors, fixed) {
    const map = this.map;
    const self = this;
    const boxes = [];
    const origin = this.origin;
    const shrink = Math.cos(origin[1] * Math.PI / 180);
    this.labels.forEach(function (label) {
      let best = null, bestHidden = Infinity;
      BEARINGS.forEach(function (bearing) {
        if (bestHidden === 0) return;
        const point = edgeAt(label.outlines, origin, shrink, bearing);
        if (!point) return;
        const pixel = map.project([point[1], point[0]], zoom);
        const box = [pixel.x - label.width / 2, pixel.y - 14, pixel.x + label.width / 2, pixel.y + 14];
        const hidden = anchors.filter(function (anchor) {
          return anchor.x > box[0] - 10 && anchor.x < box[2] + 10 &&
            anchor.y > box[1] - 10 && anchor.y < box[3] + 44;
        }).length + 50 * fixed.concat(boxes).filter(function (other) {
          return box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1];
        }).length;
        if (hidden < bestHidden) {
          best = { point: point, box: box };
          bestHidden = hidden;
        }
      });
      // No honest place for it at this zoom: better no label than one on top of another.
      if (!best || bestHidden >= 50) {
        label.marker.remove();
        return;
      }
      label.marker.setLatLng([best.point[1], best.point[0]]);
      if (!self.group.hasLayer(label.marker)) label.marker.addTo(self.group);
      boxes.push(best.box);
    });
    return boxes;
  };

  /* Where a ray from the origin leaves the edge for the last time, or null. */
  function edgeAt(outlines, origin, shrink, bearing) {
    const angle = bearing * Math.PI / 180;
    const east = Math.sin(angle) / shrink, north = Math.cos(angle);
    let farthest = 0;
    outlines.forEach(function (outline) {
      for (let i = 1; i < outline.length; i += 1) {
        const ax = outline[i - 1][0] - origin[0], ay = outline[i - 1][1] - origin[1];
        const bx = outline[i][0] - outline[i - 1][0], by = outline[i][1] - outline[i - 1][1];
        const across = east * by - north * bx;
        if (!across) continue;
        const along = (east * ay - north * ax) / -across;
        const distance = (ax * by - ay * bx) / across;
        if (along >= 0 && along <= 1 && distance > farthest) farthest = distance;
      }
    });
    return farthest ? [origin[0] + east * farthest, origin[1] + north * farthest] : null;
  }

  guide.Rings.prototype.bounds = function () {
    const box = L.latLngBounds([]);
    this.rings.forEach(function (ring) {
      ring.polygons.forEach(function (polygon) {
        polygon[0].forEach(function (point) { box.extend([point[1], point[0]]); });
      });
    });
    return box;
  };
})(window.circleGuide = window.circleGuide || {});
