/* "Where is my home?" answered from what the page carries: its places, streets, crossings. */
(function (guide) {
  'use strict';

  const MOST = 8;
  const MEETING_M = 45;
  const CIRCUMFERENCE_M = 40075016.686;
  let streets = null;

  function lonLat(point) {
    return {
      lon: (point[0] - 0.5) * 360,
      lat: Math.atan(Math.sinh(Math.PI * (1 - 2 * point[1]))) * 180 / Math.PI
    };
  }

  /* Streets by name, each with all its lines; packed anew only once. */
  function byName() {
    if (streets) return streets;
    streets = new Map();
    guide.world.streets.forEach(function (street) {
      if (!street.name) return;
      if (!streets.has(street.name)) streets.set(street.name, []);
      streets.get(street.name).push(street.points);
    });
    return streets;
  }

  function eachSegment(lines, visit) {
    lines.forEach(function (points) {
      for (let i = 2; i < points.length; i += 2) {
        visit(points[i - 2], points[i - 1], points[i], points[i + 1]);
      }
    });
  }

  function nearestOn(x, y, ax, ay, bx, by) {
    const dx = bx - ax, dy = by - ay, size = dx * dx + dy * dy;
    const along = size ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / size)) : 0;
    return [ax + dx * along, ay + dy * along];
  }

  /* The point of a street nearest to its middle. */
  function middleOf(lines) {
    let total = 0, x = 0, y = 0;
    eachSegment(lines, function (ax, ay, bx, by) {
      const length = Math.hypot(bx - ax, by - ay);
      total += length;
      x += length * (ax + bx) / 2;
      y += length * (ay + by) / 2;
    });
    if (!total) return [lines[0][0], lines[0][1]];
    x /= total;
    y /= total;
    let best = null, least = Infinity;
    eachSegment(lines, function (ax, ay, bx, by) {
      const point = nearestOn(x, y, ax, ay, bx, by);
      const far = Math.hypot(point[0] - x, point[1] - y);
      if (far < least) { least = far; best = point; }
    });
    return best;
  }

  function meet(ax, ay, bx, by, cx, cy, dx, dy) {
    const cross = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx);
    if (!cross) return null;
    const s = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / cross;
    const t = ((cx - ax) * (by - ay) - (cy - ay) * (bx - ax)) / cross;
    return s >= 0 && s <= 1 && t >= 0 && t <= 1 ? [ax + (bx - ax) * s, ay + (by - ay) * s] : null;
  }

  /* Where two streets cross or come nearest to each other: {point, metres}. */
  function crossingOf(one, other) {
    let best = { point: null, metres: Infinity };
    eachSegment(one, function (ax, ay, bx, by) {
      if (best.metres === 0) return;
      const metre = CIRCUMFERENCE_M * Math.cos(lonLat([ax, ay]).lat * Math.PI / 180);
      eachSegment(other, function (cx, cy, dx, dy) {
        const point = meet(ax, ay, bx, by, cx, cy, dx, dy);
        if (point) { best = { point: point, metres: 0 }; return; }
        [[ax, ay, cx, cy, dx, dy], [bx, by, cx, cy, dx, dy], [cx, cy, ax, ay, bx, by],
          [dx, dy, ax, ay, bx, by]].forEach(function (row) {
          const near = nearestOn(row[0], row[1], row[2], row[3], row[4], row[5]);
          const metres = Math.hypot(near[0] - row[0], near[1] - row[1]) * metre;
          if (metres < best.metres) {
            best = { point: [(near[0] + row[0]) / 2, (near[1] + row[1]) / 2], metres: metres };
          }
        });
      });
    });
    return best;
  }

  function fits(name, wanted) {
    const plain = guide.plain(name);
    if (plain === wanted) return 3;
    if (plain.indexOf(wanted) === 0) return 2;
    if (plain.indexOf(wanted) > 0) return 1;
    const sounds = guide.data.sounds || {};
    const sound = Object.prototype.hasOwnProperty.call(sounds, name) ? sounds[name] : null;
    if (!sound || !/^[a-z]+$/.test(wanted)) return 0;
    return sound[0].indexOf(wanted) === 0 || sound[1].indexOf(wanted) === 0 ? 1 : 0;
  }

  function namesLike(text) {
    const wanted = guide.plain(text);
    if (!wanted) return [];
    return Array.from(byName().keys()).map(function (name) {
      return { name: name, fit: fits(name, wanted) };
    }).filter(function (item) { return item.fit; }).sort(function (a, b) {
      return b.fit - a.fit || a.name.length - b.name.length;
    }).map(function (item) { return item.name; });
  }

  function streetSpots(text, detail) {
    return namesLike(text).map(function (name) {
      const spot = lonLat(middleOf(byName().get(name)));
      return { label: name, detail: guide.t(detail), lat: spot.lat, lon: spot.lon };
    });
  }

  /* "A路与B路", "A / B", "corner of A and B". */
  function crossingSpots(text) {
    // "甲路路口" and "甲路口" both mean the street.
    const parts = text.replace(/(十字路口|丁字路口|交叉路口|交叉口|交汇处|交口)\s*$/, '')
      .replace(/([路街巷道])?路口\s*$/, function (whole, kind) { return kind || '路'; })
      .replace(/^(corner of|crossing of) /i, '')
      .split(/\s*(?:与|和|跟|、|\/|&|＆|×|@)\s*|\s+(?:and|et|x)\s+/i)
      .filter(function (part) { return part.trim(); });
    if (parts.length !== 2) return [];
    const found = [];
    namesLike(parts[0]).slice(0, 4).forEach(function (one) {
      namesLike(parts[1]).slice(0, 4).forEach(function (other) {
        if (one === other || found.length >= MOST) return;
        const crossing = crossingOf(byName().get(one), byName().get(other));
        if (!crossing.point || crossing.metres > MEETING_M) return;
        const spot = lonLat(crossing.point);
        found.push({
          label: guide.t('address_crossing', { one: one, other: other }),
          detail: guide.t('address_is_crossing'), lat: spot.lat, lon: spot.lon
        });
      });
    });
    return found;
  }

  function placeSpots(text) {
    return guide.data.places.filter(function (place) { return guide.matches(place, text); })
      .map(function (place) {
        return {
          label: guide.placeName(place), detail: place.address || guide.say(guide.classOf(place).name),
          lat: place.lat, lon: place.lon
        };
      });
  }

  function areaSpots(text) {
    const wanted = guide.plain(text);
    const seen = new Set();
    return guide.world.areas.filter(function (area) {
      if (!area.name || area.layer === 'water' || seen.has(area.name)) return false;
      if (!fits(area.name, wanted)) return false;
      seen.add(area.name);
      return true;
    }).map(function (area) {
      const box = area.box;
      const spot = lonLat([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]);
      return { label: area.name, detail: guide.t('address_is_area'), lat: spot.lat, lon: spot.lon };
    });
  }

  /* What may be meant, best first: {label, detail, lat, lon}. Nobody is asked. */
  guide.findSpots = function (query) {
    const text = query.trim().slice(0, 80);
    if (!text) return [];
    let found = crossingSpots(text);
    if (!found.length) {
      found = streetSpots(text, 'address_is_street').concat(areaSpots(text), placeSpots(text));
    }
    if (!found.length) {
      // Streets are known, their house numbers are not: then the street, and the truth about it.
      const street = text.replace(/\s*\d+\s*[号號弄巷栋幢].*$/, '').replace(/\s*\d+\s*(bis|ter)?\s*$/i, '')
        .replace(/^\d+\s*(bis|ter)?[\s,]+/i, '');
      if (street && street !== text) found = streetSpots(street, 'address_no_number');
    }
    return found.slice(0, MOST);
  };

  function drawFound(found, query) {
    const holder = guide.byId('home-found');
    guide.clear(holder);
    found.forEach(function (spot) {
      holder.appendChild(guide.el('li', {}, [guide.el('button', {
        type: 'button', class: 'found',
        onclick: function () {
          guide.byId('home-search').value = spot.label;
          guide.clear(holder);
          guide.byId('home-found-count').textContent = '';
          guide.home.set(L.latLng(spot.lat, spot.lon), { isFar: true });
        }
      }, [guide.foreign(spot.label, 'found-name'), guide.foreign(spot.detail, 'found-detail')])]));
    });
    guide.byId('home-found-count').textContent = !query ? ''
      : (found.length ? guide.t('address_found', { n: found.length }) : guide.t('address_none'));
  }

  guide.startAddress = function () {
    const input = guide.byId('home-search');
    const look = function () { drawFound(guide.findSpots(input.value), input.value.trim()); };
    input.addEventListener('input', look);
    input.addEventListener('keydown', function (event) {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      const first = guide.byId('home-found').querySelector('button');
      if (first) first.click();
    });
    guide.on('language', function () { if (guide.byId('home-found').firstChild) look(); });
  };
})(window.circleGuide = window.circleGuide || {});
