/* What lies over the homes: shares of areas, outlines of gaps, places there are, chosen sites. */
(function (guide) {
  'use strict';

  guide.shareStep = function (share) {
    const steps = guide.data.colours.share;
    const found = steps.findIndex(function (step) { return share <= step.upto + 1e-12; });
    return found < 0 ? steps.length - 1 : found;
  };

  function middleOf(shape) {
    return [(shape.box[0] + shape.box[2]) / 2, (shape.box[1] + shape.box[3]) / 2];
  }

  function label(context, text, x, y, size, weight) {
    context.font = (weight || 600) + ' ' + size + 'px ' +
      window.getComputedStyle(document.body).fontFamily;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
    context.lineWidth = 3.5;
    context.strokeStyle = '#ffffff';
    context.strokeText(text, x, y);
    context.fillStyle = '#15191d';
    context.fillText(text, x, y);
  }

  function areas(context, view) {
    const chosen = guide.chosen, store = guide.store;
    const measure = store.ofHomes(chosen.measure);
    const sums = store.areaSums(chosen.subject, measure);
    const colours = guide.data.colours, steps = colours.share;
    store.areas.forEach(function (shape, i) {
      if (!guide.sees(view, shape.box)) return;
      const total = sums[i][4];
      context.beginPath();
      guide.trace(context, view, shape);
      if (total > 0) {
        context.globalAlpha = 0.78;
        context.fillStyle = sums[i][2] > total / 2 ?
          guide.hatching(context, colours.state.unknown, colours.hatch.unknown) :
          steps[guide.shareStep(sums[i][0] / total)].colour;
        context.fill('evenodd');
        context.globalAlpha = 1;
      }
      context.lineWidth = 1.4;
      context.strokeStyle = '#ffffff';
      context.stroke();
      context.lineWidth = 0.7;
      context.strokeStyle = '#4a525a';
      context.stroke();
    });
    store.areas.forEach(function (shape, i) {
      const total = sums[i][4];
      const width = (shape.box[2] - shape.box[0]) * view.scale;
      if (!(total > 0) || width < 34 || !guide.sees(view, shape.box)) return;
      const at = middleOf(shape);
      const x = at[0] * view.scale - view.left, y = at[1] * view.scale - view.top;
      const share = sums[i][2] > total / 2 ? '?' :
        guide.t('percent', { n: Math.round(100 * sums[i][0] / total) });
      const isNamed = !guide.data.areas.is_grid && width > 90;
      label(context, share, x, y + (isNamed ? 8 : 0), 13, 700);
      if (isNamed) label(context, guide.data.areas.names[i].slice(0, 12), x, y - 9, 13, 500);
    });
  }

  function gaps(context, view) {
    const mark = guide.data.colours.mark;
    const rows = guide.gapsOf(guide.chosen.subject);
    rows.slice().reverse().forEach(function (row) {
      const shape = guide.store.gapShapes[row[0]];
      if (!guide.sees(view, shape.box)) return;
      context.beginPath();
      guide.trace(context, view, shape);
      context.lineJoin = 'round';
      context.lineWidth = 4.5;
      context.strokeStyle = mark.gap_halo;
      context.stroke();
      context.lineWidth = 1.8;
      context.setLineDash([6, 3]);
      context.strokeStyle = mark.gap;
      context.stroke();
      context.setLineDash([]);
    });
    const taken = [];
    rows.slice(0, guide.GAPS_LISTED).forEach(function (row, i) {
      const shape = guide.store.gapShapes[row[0]];
      if (!guide.sees(view, shape.box)) return;
      const at = guide.spotIn(shape);
      const x = at[0] * view.scale - view.left, y = at[1] * view.scale - view.top;
      const spot = freeSpot(taken, x, y);
      taken.push(spot);
      if (spot[0] !== x || spot[1] !== y) {
        context.beginPath();
        context.moveTo(x, y);
        context.lineTo(spot[0], spot[1]);
        context.lineWidth = 1.5;
        context.strokeStyle = mark.gap;
        context.stroke();
      }
      badge(context, String(i + 1), spot[0], spot[1], mark.gap, '#ffffff');
    });
  }

  /* Where a number stands: at its gap, else beside it where no larger gap has its own. */
  function freeSpot(taken, x, y) {
    for (let round = 0; round < 4; round += 1) {
      for (let turn = 0; turn < (round ? 8 : 1); turn += 1) {
        const angle = turn * Math.PI / 4 - Math.PI / 2;
        const spot = [x + 22 * round * Math.cos(angle), y + 22 * round * Math.sin(angle)];
        const isFree = taken.every(function (other) {
          return Math.hypot(other[0] - spot[0], other[1] - spot[1]) >= 26;
        });
        if (isFree) return spot;
      }
    }
    return [x, y];
  }

  /* A point on the longest ring of a gap's outline, so that its number stands at it. */
  guide.spotIn = function (shape) {
    let ring = shape.rings[0];
    shape.rings.forEach(function (one) { if (one.length > ring.length) ring = one; });
    let x = 0, y = 0;
    for (let i = 0; i < ring.length; i += 2) { x += ring[i]; y += ring[i + 1]; }
    return [2 * x / ring.length, 2 * y / ring.length];
  };

  function badge(context, text, x, y, fill, ink) {
    context.beginPath();
    context.arc(x, y, text.length > 2 ? 13 : 10.5, 0, 2 * Math.PI);
    context.fillStyle = fill;
    context.fill();
    context.lineWidth = 2;
    context.strokeStyle = '#ffffff';
    context.stroke();
    context.font = '700 12px ' + window.getComputedStyle(document.body).fontFamily;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillStyle = ink;
    context.fillText(text, x, y + 0.5);
  }

  function places(context, view) {
    const data = guide.data.places;
    const size = view.zoom >= 17 ? 8 : view.zoom >= 15 ? 6.4 : 4.6;
    guide.store.placesOf(guide.chosen.subject).forEach(function (number) {
      const x = guide.mercatorX(data.lon[number]) * view.scale - view.left;
      const y = guide.mercatorY(data.lat[number]) * view.scale - view.top;
      // A diamond: no building is one.
      context.beginPath();
      context.moveTo(x, y - size);
      context.lineTo(x + size, y);
      context.lineTo(x, y + size);
      context.lineTo(x - size, y);
      context.closePath();
      context.fillStyle = guide.data.colours.mark.place;
      context.fill();
      context.lineWidth = 1.6;
      context.strokeStyle = '#ffffff';
      context.stroke();
    });
  }

  function star(context, x, y, radius) {
    context.beginPath();
    for (let i = 0; i < 10; i += 1) {
      const away = i % 2 ? radius * 0.45 : radius;
      const angle = Math.PI * i / 5 - Math.PI / 2;
      context.lineTo(x + away * Math.cos(angle), y + away * Math.sin(angle));
    }
    context.closePath();
  }

  function mark(context, x, y, radius) {
    const colours = guide.data.colours.mark;
    star(context, x, y, radius);
    context.fillStyle = colours.chosen;
    context.fill();
    context.lineWidth = 2.4;
    context.strokeStyle = colours.site;
    context.stroke();
  }

  /* What a what-if adds is a star, what it takes away is crossed out. */
  function changed(context, view) {
    const key = guide.chosen.subject.key;
    const at = function (spot) {
      return [guide.mercatorX(spot[0]) * view.scale - view.left,
        guide.mercatorY(spot[1]) * view.scale - view.top];
    };
    guide.data.change.drawn.forEach(function (one) {
      const line = one.line.map(at);
      const colour = one.kind === 'closure' ? guide.data.colours.change.lost : guide.data.colours.mark.site;
      if (line.length === 1) {
        mark(context, line[0][0], line[0][1], 9);
        return;
      }
      [[8, '#ffffff'], [4, colour]].forEach(function (pen) {
        context.beginPath();
        line.forEach(function (xy) { context.lineTo(xy[0], xy[1]); });
        context.lineJoin = context.lineCap = 'round';
        context.lineWidth = pen[0];
        context.strokeStyle = pen[1];
        context.stroke();
      });
    });
    (guide.data.change.gone[key] || []).map(at).forEach(function (xy) {
      [[6, '#ffffff'], [2.6, guide.data.colours.change.lost]].forEach(function (pen) {
        context.beginPath();
        context.moveTo(xy[0] - 9, xy[1] - 9);
        context.lineTo(xy[0] + 9, xy[1] + 9);
        context.moveTo(xy[0] + 9, xy[1] - 9);
        context.lineTo(xy[0] - 9, xy[1] + 9);
        context.lineWidth = pen[0];
        context.strokeStyle = pen[1];
        context.stroke();
      });
    });
    (guide.data.change.built[key] || []).map(at).forEach(function (xy) {
      mark(context, xy[0], xy[1], 13);
    });
  }

  function sites(context, view) {
    const colours = guide.data.colours.mark;
    guide.data.sites.forEach(function (plan) {
      plan.candidates.forEach(function (spot) {
        context.beginPath();
        context.arc(guide.mercatorX(spot[0]) * view.scale - view.left,
          guide.mercatorY(spot[1]) * view.scale - view.top, 2.6, 0, 2 * Math.PI);
        context.fillStyle = colours.candidate;
        context.fill();
      });
      plan.sites.forEach(function (site, i) {
        const x = guide.mercatorX(site.lon) * view.scale - view.left;
        const y = guide.mercatorY(site.lat) * view.scale - view.top;
        mark(context, x, y, 17);
        context.font = '700 12px ' + window.getComputedStyle(document.body).fontFamily;
        context.textAlign = 'center';
        context.textBaseline = 'middle';
        context.fillStyle = '#15191d';
        context.fillText(String(i + 1), x, y + 1);
      });
    });
  }

  function route(context, view) {
    const line = guide.routeLine;
    if (!line) return;
    [[7, '#ffffff'], [4, guide.data.colours.mark.route]].forEach(function (pen) {
      context.beginPath();
      line.forEach(function (point, i) {
        const x = guide.mercatorX(point[0]) * view.scale - view.left;
        const y = guide.mercatorY(point[1]) * view.scale - view.top;
        if (i) context.lineTo(x, y);
        else context.moveTo(x, y);
      });
      context.lineJoin = context.lineCap = 'round';
      context.lineWidth = pen[0];
      context.strokeStyle = pen[1];
      context.stroke();
    });
  }

  guide.addOverlays = function (map) {
    map.createPane('overlays').style.zIndex = 460;
    map.getPane('overlays').style.pointerEvents = 'none';
    const layer = new guide.CanvasLayer('overlays', function (context, view) {
      const chosen = guide.chosen;
      if (!chosen) return;
      if (chosen.show === 'areas') areas(context, view);
      if (chosen.layers.gaps) gaps(context, view);
      if (chosen.layers.places) places(context, view);
      if (chosen.layers.sites) sites(context, view);
      if (chosen.show === 'change') changed(context, view);
      route(context, view);
    });
    layer.addTo(map);
    return layer;
  };
})(window.circleGuide = window.circleGuide || {});
