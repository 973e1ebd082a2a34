/* The numbers on the map: colour and pictogram of the class, and the number of the list. */
(function (guide) {
  'use strict';

  const EACH_SIGN = 9;

  function singleSize(members, isCompact, scale) {
    const signs = String(members[0].number).length;
    if (members.length > 1) {
      const text = guide.groupNumbers(members.map(function (item) { return item.number; }));
      const wide = Array.from(text).filter(function (sign) { return sign > '\u2e80'; }).length;
      return { w: (20 + (text.length + wide) * EACH_SIGN) * scale, h: 30 * scale };
    }
    return isCompact
      ? { w: Math.max(28, 14 + signs * EACH_SIGN) * scale, h: 28 * scale }
      : { w: (36 + signs * EACH_SIGN) * scale, h: 30 * scale };
  }

  /* Dark text on light colours: a number must be readable on any class colour. */
  guide.inkOn = function (colour) {
    const channel = function (i) {
      const value = parseInt(colour.slice(i, i + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    };
    const light = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
    return 1.05 / (light + 0.05) >= (light + 0.05) / 0.053 ? '#ffffff' : '#1d1a16';
  };

  guide.Markers = function (map, rings) {
    this.map = map;
    this.rings = rings;
    this.shown = new Map();
    this.places = [];
    this.selected = null;
    this.reserved = [];
    const self = this;
    map.on('zoomend viewreset', function () { self.arrange(); });
  };

  /* When only the ground around the same places has changed, the numbers follow a moment later:
     whoever tapped waits for minutes and rings, not for badges to step aside. */
  guide.Markers.prototype.show = function (places) {
    const before = this.places;
    const isSame = before.length === places.length && places.length > 0 &&
      places.every(function (place, i) { return before[i] === place; });
    this.places = places;
    this.arrange(isSame && this.language === guide.language);
    this.language = guide.language;
  };

  guide.Markers.prototype.select = function (place) {
    this.selected = place;
    this.arrange();
  };

  /* The fuller the map, the smaller the badges and the shorter the lines to their places. */
  const MANNERS = [
    { isCompact: false, reach: 50, crowd: { within: 26, least: 6 }, most: 0.15 },
    { isCompact: true, reach: 38, crowd: { within: 26, least: 5 }, most: 0.5 },
    { isCompact: true, reach: 27, crowd: { within: 40, least: 3 }, most: 1 }
  ];

  guide.Markers.prototype.arrange = function (isLater) {
    const map = this.map;
    const self = this;
    const zoom = map.getZoom();
    const items = this.places.map(function (place) {
      const point = map.project([place.lat, place.lon], zoom);
      return {
        number: place.number, place: place, x: point.x, y: point.y,
        isFirst: place === self.selected
      };
    });
    const fixed = this.fixedBoxes(zoom);
    const boxes = fixed.concat(this.rings.placeLabels(zoom, items, fixed));
    const mine = this.turn = (this.turn || 0) + 1;
    const place = function () { if (mine === self.turn) self.place(items, boxes); };
    if (isLater) guide.afterPaint(place);
    else place();
  };

  guide.Markers.prototype.place = function (items, boxes) {
    const size = this.map.getSize(), corner = this.cornerOf(this.map.getZoom());
    const view = [corner.x, corner.y, corner.x + size.x, corner.y + size.y];
    const scale = document.documentElement.classList.contains('large') ? 1.25 : 1;
    for (let i = 0; i < MANNERS.length; i += 1) {
      const manner = MANNERS[i];
      const groups = guide.placeBadges(items, boxes, function (members) {
        return singleSize(members, manner.isCompact, scale);
      }, manner, view);
      if (groups && items.length - groups.length <= items.length * manner.most) {
        this.draw(groups, manner.isCompact);
        return;
      }
    }
  };

  /* The upper left corner of what can be seen, in the pixels of a zoom. */
  guide.Markers.prototype.cornerOf = function (zoom) {
    return this.map.project(this.map.getCenter(), zoom).subtract(this.map.getSize().divideBy(2));
  };

  /* Where the buttons, the scale and the legend lie on the map as it stands, measured once per size
     of the map and of the type. */
  guide.Markers.prototype.controlBoxes = function (zoom) {
    const map = this.map, size = map.getSize();
    const key = [size.x, size.y, document.documentElement.className, guide.language].join(' ');
    if (this.measuredFor !== key) {
      const frame = map.getContainer().getBoundingClientRect();
      const kept = guide.isOnPaper ? '.leaflet-control-scale, .map-credit' : '.leaflet-control';
      this.measuredFor = key;
      this.controls = Array.from(map.getContainer().querySelectorAll(kept))
        .map(function (element) { return element.getBoundingClientRect(); })
        .filter(function (box) { return box.width > 0; })
        .map(function (box) {
          return [box.left - frame.left, box.top - frame.top,
            box.right - frame.left, box.bottom - frame.top];
        });
    }
    const corner = this.cornerOf(zoom);
    return this.controls.map(function (box) {
      return [box[0] + corner.x, box[1] + corner.y, box[2] + corner.x, box[3] + corner.y];
    });
  };

  /* Ground kept free of numbers: the centre, the home, and what lies on the map. */
  guide.Markers.prototype.fixedBoxes = function (zoom) {
    const map = this.map;
    const name = guide.byId('center-name');
    name.hidden = zoom < 15;
    const size = name.hidden ? null : this.sizeOf(name);
    return this.reserved.map(function (spot) {
      const point = map.project(spot.latLng, zoom);
      if (spot.isCenter) {
        const half = Math.max(16, size ? size[0] / 2 : 0);
        const down = size ? 20 + size[1] : 16;
        return [point.x - half, point.y - 16, point.x + half, point.y + down];
      }
      return [point.x - spot.w / 2, point.y - spot.up, point.x + spot.w / 2, point.y + spot.down];
    }).concat(this.controlBoxes(zoom));
  };

  /* Asked of the page once per text: asking makes it lay out everything that has changed. */
  guide.Markers.prototype.sizeOf = function (name) {
    const key = name.textContent + document.documentElement.className;
    if (this.sizedFor !== key) {
      this.sizedFor = key;
      this.size = [name.offsetWidth, name.offsetHeight];
    }
    return this.size;
  };

  guide.Markers.prototype.draw = function (groups, isCompact) {
    const self = this;
    const kept = new Map();
    groups.forEach(function (group) {
      const ids = group.members.map(function (item) { return item.number; }).join(' ');
      const isSelected = group.members[0].isFirst;
      const key = [ids, Math.round(group.shift.x), Math.round(group.shift.y), isCompact,
        isSelected, guide.language, self.map.getZoom()].join('|');
      let marker = self.shown.get(key);
      if (!marker) {
        marker = self.makeMarker(group, isCompact, isSelected);
        marker.addTo(self.map);
        self.makeButton(marker, group);
      }
      kept.set(key, marker);
    });
    this.shown.forEach(function (marker, key) {
      if (!kept.has(key)) marker.remove();
    });
    this.shown = kept;
    this.rove();
  };

  guide.Markers.prototype.makeMarker = function (group, isCompact, isSelected) {
    const anchor = this.map.unproject([group.x, group.y], this.map.getZoom());
    const numbers = group.members.map(function (item) { return item.number; });
    const isGroup = numbers.length > 1;
    const place = group.members[0].place;
    const keys = new Set(group.members.map(function (item) { return item.place.category; }));
    const colour = keys.size === 1 ? guide.classOf(place).colour : '#2b2722';
    const shift = group.shift;
    const badge = guide.el('span', { class: 'badge' }, [
      isCompact || isGroup ? null : guide.icon(place.category),
      guide.el('b', {}, [guide.groupNumbers(numbers)])
    ]);
    badge.style.width = group.size.w + 'px';
    badge.style.height = group.size.h + 'px';
    badge.style.transform = 'translate(' + (shift.x - group.size.w / 2) + 'px,' +
      (shift.y - group.size.h / 2) + 'px)';
    const length = Math.hypot(shift.x, shift.y);
    const leader = guide.el('span', { class: 'leader' }, []);
    leader.style.width = length + 'px';
    leader.style.transform = 'rotate(' + Math.atan2(shift.y, shift.x) + 'rad)';
    const body = guide.el('span', { class: 'pin-body' }, [
      isGroup ? null : leader, isGroup ? null : guide.el('span', { class: 'spot' }), badge
    ]);
    body.style.setProperty('--class', colour);
    body.style.setProperty('--class-ink', guide.inkOn(colour));
    return L.marker(anchor, {
      icon: L.divIcon({
        className: 'pin' + (shift.isPin ? ' standing' : '') + (isGroup ? ' several' : '') +
          (isSelected ? ' selected' : ''),
        iconSize: null, html: body
      }),
      keyboard: false, riseOnHover: true, zIndexOffset: isSelected ? 5000 : 0
    });
  };

  guide.Markers.prototype.makeButton = function (marker, group) {
    const self = this;
    const element = marker.getElement();
    const places = group.members.map(function (item) { return item.place; });
    element.setAttribute('role', 'button');
    element.setAttribute('data-number', places[0].number);
    element.setAttribute('aria-label', places.length === 1
      ? places[0].number + ' ' + guide.placeName(places[0]) + ', ' +
        guide.say(guide.classOf(places[0]).name) + ', ' + guide.walkText(places[0])
      : guide.t('group_label', {
        n: places.length, numbers: places.map(function (place) { return place.number; }).join(' ')
      }));
    const open = function () {
      if (places.length === 1) guide.tell('choose', { place: places[0], from: 'map' });
      else guide.tell('choose-group', { places: places, from: 'map' });
    };
    marker.on('click', open);
    element.addEventListener('keydown', function (event) {
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        event.stopPropagation();
        open();
      } else if (event.key === 'ArrowRight' || event.key === 'ArrowDown') {
        self.step(element, 1, event);
      } else if (event.key === 'ArrowLeft' || event.key === 'ArrowUp') {
        self.step(element, -1, event);
      }
    });
  };

  /* One stop for the Tab key; arrows go from number to number. */
  guide.Markers.prototype.elements = function () {
    const all = [];
    this.shown.forEach(function (marker) { all.push(marker.getElement()); });
    return all.sort(function (a, b) {
      return Number(a.getAttribute('data-number')) - Number(b.getAttribute('data-number'));
    });
  };

  guide.Markers.prototype.rove = function () {
    this.elements().forEach(function (element, i) { element.tabIndex = i === 0 ? 0 : -1; });
  };

  guide.Markers.prototype.step = function (element, by, event) {
    event.preventDefault();
    event.stopPropagation();
    const all = this.elements();
    const next = all[(all.indexOf(element) + by + all.length) % all.length];
    all.forEach(function (other) { other.tabIndex = other === next ? 0 : -1; });
    next.focus();
  };

  guide.Markers.prototype.elementOf = function (place) {
    return this.elements().find(function (element) {
      return Number(element.getAttribute('data-number')) === place.number;
    });
  };
})(window.circleGuide = window.circleGuide || {});
