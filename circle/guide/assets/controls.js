/* What stands on the map beside the numbers: buttons, scale, legend, the centre. */
(function (guide) {
  'use strict';

  guide.wide = window.matchMedia('(min-width: 900px)');

  guide.wholeView = function () {
    const map = guide.map;
    const box = guide.rings.bounds();
    const center = guide.data.center;
    if (!box.isValid()) {
      guide.data.places.forEach(function (place) { box.extend([place.lat, place.lon]); });
    }
    if (!box.isValid()) {
      map.setView([center.lat, center.lon], 15, { animate: false });
      return;
    }
    const isWide = guide.wide.matches || guide.isOnPaper;
    if (guide.isOnPaper) {
      // Paper cannot be moved: places a little outside of the rings are on it too.
      const around = box.pad(0.4);
      guide.data.places.forEach(function (place) {
        if (around.contains([place.lat, place.lon])) box.extend([place.lat, place.lon]);
      });
    }
    map.fitBounds(box, {
      paddingTopLeft: guide.isOnPaper ? [26, 46] : isWide ? [8, 8] : [16, 56],
      paddingBottomRight: guide.isOnPaper ? [26, 34] : isWide ? [8, 8] : [16, 30], animate: false
    });
    if (guide.wide.matches && !guide.isOnPaper) fillWithSheet(map);
  };

  /* Beside an empty band the map is moved until there is none; where the sheet is too small for
     that, it stands in the middle. The rings lie on the sheet: they stay in sight either way. */
  function fillWithSheet(map) {
    const zoom = map.getZoom(), size = map.getSize(), center = map.project(map.getCenter(), zoom);
    const sheet = guide.world.sheet, world = map.options.crs.scale(zoom);
    ['x', 'y'].forEach(function (axis, i) {
      const half = size[axis] / 2, low = sheet[i] * world, high = sheet[i + 2] * world;
      center[axis] = high - low <= size[axis] ? (low + high) / 2
        : Math.min(Math.max(center[axis], low + half), high - half);
    });
    map.setView(map.unproject(center, zoom), zoom, { animate: false });
  }

  function controlButton(className, icon, key, action) {
    return guide.el('button', {
      type: 'button', class: 'round ' + className, 'data-tip': key, onclick: action
    }, [guide.icon(icon)]);
  }

  guide.addControls = function (map) {
    const Corner = L.Control.extend({
      initialize: function (position, element) {
        L.setOptions(this, { position: position });
        this.element = element;
      },
      onAdd: function () {
        L.DomEvent.disableClickPropagation(this.element);
        L.DomEvent.disableScrollPropagation(this.element);
        return this.element;
      }
    });
    const add = function (position, element) { new Corner(position, element).addTo(map); };
    guide.addControl = add;
    add('topleft', guide.el('div', { class: 'zooms' }, [
      controlButton('zoom-in', 'plus', 'zoom_in', function () { map.zoomIn(); }),
      controlButton('zoom-out', 'minus', 'zoom_out', function () { map.zoomOut(); }),
      controlButton('zoom-whole', 'whole', 'show_all', guide.wholeView)
    ]));
    add('bottomleft', guide.el('div', { class: 'north', 'aria-hidden': 'true' }, [
      guide.el('span', { class: 'arrow' }, []), guide.el('span', { id: 'north' }, [])
    ]));
    L.control.scale({ imperial: false, maxWidth: 110, position: 'bottomleft' }).addTo(map);
    add('bottomright', guide.el('div', { class: 'map-credit' }, [
      guide.el('bdi', {}, [guide.data.attribution]),
      guide.data.data_date ? ' · ' + guide.data.data_date : ''
    ]));
    add('bottomright', guide.el('details', { class: 'legend', id: 'legend' }, []));
  };

  function legendRow(sample, text) {
    return guide.el('li', {}, [guide.el('span', { class: 'sample ' + sample }, []), text]);
  }

  /* One row for every ring, drawn as it is on the map. */
  function ringRows() {
    const rings = guide.data.rings;
    return rings.map(function (ring, i) {
      const kind = i === rings.length - 1 ? 'outer' : (i === 0 ? 'inner' : 'middle');
      return legendRow('sample-ring ' + kind,
        guide.t(ring.unit === 'm' ? 'legend_ring_m' : 'legend_ring', { n: String(ring.budget) }));
    });
  }

  guide.drawLegend = function () {
    const legend = guide.byId('legend');
    const packed = guide.data.basemap.streets;
    const has = function (flag) { return packed.some(function (row) { return row[1] & flag; }); };
    guide.clear(legend);
    legend.appendChild(guide.el('summary', {}, [guide.t('legend')]));
    legend.appendChild(guide.el('ul', {}, [
      legendRow('sample-number', guide.t('legend_number')),
      legendRow('sample-center', guide.t('legend_center', {
        center: guide.say(guide.data.center.name)
      }))
    ].concat(ringRows(), [
      has(8) ? legendRow('sample-inferred', guide.t('legend_inferred')) : null,
      has(1) ? legendRow('sample-steps', guide.t('legend_steps')) : null
    ])));
  };

  guide.addCenter = function (map) {
    const center = guide.data.center;
    const spot = [center.lat, center.lon];
    if (center.accuracy_m) {
      L.circle(spot, {
        radius: center.accuracy_m, interactive: false, weight: 1.4, dashArray: '1 5',
        color: window.getComputedStyle(document.documentElement)
          .getPropertyValue('--ink-soft').trim(), fill: false, opacity: 0.7
      }).addTo(map);
    }
    guide.centerMarker = L.marker(spot, {
      keyboard: false, zIndexOffset: 3000,
      icon: L.divIcon({
        className: 'center-pin', iconSize: null,
        html: guide.el('span', { class: 'center-body' }, [
          guide.el('span', { class: 'center-dot' }, []),
          guide.el('span', { class: 'center-name', id: 'center-name' }, [])
        ])
      })
    }).addTo(map);
    const element = guide.centerMarker.getElement();
    element.setAttribute('role', 'button');
    element.tabIndex = 0;
    const open = function () {
      guide.state.selected = null;
      guide.markers.select(null);
      guide.markChosen();
      guide.openCenter();
      guide.bringIntoSight(spot);
    };
    guide.centerMarker.on('click', open);
    element.addEventListener('keydown', function (event) {
      if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); open(); }
    });
    guide.markers.reserved.push({ isCenter: true, latLng: L.latLng(spot) });
  };
})(window.circleGuide = window.circleGuide || {});
