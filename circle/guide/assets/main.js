/* Puts the page together: layers, controls, language, and what happens when a place is chosen. */
(function (guide) {
  'use strict';

  const WIDE = window.matchMedia('(min-width: 900px)');

  function wholeView(map) {
    const box = guide.rings.bounds();
    const center = guide.data.center;
    if (!box.isValid()) {
      guide.data.places.forEach(function (place) { box.extend([place.lat, place.lon]); });
    }
    if (!box.isValid()) map.setView([center.lat, center.lon], 15, { animate: false });
    else {
      const isWide = WIDE.matches;
      map.fitBounds(box, {
        paddingTopLeft: [8, isWide ? 8 : 56], paddingBottomRight: [8, 8], animate: false
      });
    }
  }

  function controlButton(className, icon, key, action) {
    const button = guide.el('button', {
      type: 'button', class: 'round ' + className, 'data-tip': key, onclick: action
    }, [guide.icon(icon)]);
    return button;
  }

  function addControls(map) {
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
    add('topleft', guide.el('div', { class: 'zooms' }, [
      controlButton('zoom-in', 'plus', 'zoom_in', function () { map.zoomIn(); }),
      controlButton('zoom-out', 'minus', 'zoom_out', function () { map.zoomOut(); }),
      controlButton('zoom-whole', 'whole', 'show_all', function () { wholeView(map); })
    ]));
    add('bottomleft', guide.el('div', { class: 'north', 'aria-hidden': 'true' }, [
      guide.el('span', { class: 'arrow' }, []), guide.el('span', { id: 'north' }, [])
    ]));
    L.control.scale({ imperial: false, maxWidth: 130, position: 'bottomleft' }).addTo(map);
    add('bottomright', guide.el('div', { class: 'map-credit' }, [
      guide.el('bdi', {}, [guide.data.attribution]),
      guide.data.data_date ? ' · ' + guide.data.data_date : ''
    ]));
    add('bottomright', guide.el('details', { class: 'legend', id: 'legend' }, []));
  }

  function legendRow(sample, text) {
    return guide.el('li', {}, [guide.el('span', { class: 'sample ' + sample }, []), text]);
  }

  function drawLegend() {
    const legend = guide.byId('legend');
    const packed = guide.data.basemap.streets;
    const has = function (flag) { return packed.some(function (row) { return row[1] & flag; }); };
    guide.clear(legend);
    legend.appendChild(guide.el('summary', {}, [guide.t('legend')]));
    legend.appendChild(guide.el('ul', {}, [
      legendRow('sample-number', guide.t('legend_number')),
      legendRow('sample-center', guide.t('legend_center', {
        center: guide.say(guide.data.center.name)
      })),
      guide.data.rings.length ? legendRow('sample-ring', guide.t('legend_rings')) : null,
      has(8) ? legendRow('sample-inferred', guide.t('legend_inferred')) : null,
      has(1) ? legendRow('sample-steps', guide.t('legend_steps')) : null
    ]));
  }

  function addCenter(map) {
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
  }

  function choose(event) {
    const place = event.place;
    guide.state.selected = place;
    guide.markers.select(place.number ? place : null);
    guide.markChosen();
    guide.openPlace(place, event.from);
    if (place.number) {
      if (!WIDE.matches && event.from === 'list') {
        document.documentElement.scrollTop = 0;
        document.body.scrollTop = 0;
      }
      guide.bringIntoSight([place.lat, place.lon]);
    }
    const button = guide.entryOf(place);
    if (button && WIDE.matches && event.from !== 'list') {
      button.scrollIntoView({ block: 'nearest' });
    }
  }

  function filter() {
    guide.drawChips();
    guide.markers.show(guide.drawList());
  }

  /* The page is ready when its list is whole and its map is painted. */
  function whenReady(layers, then) {
    let isListed = guide.byId('list').getAttribute('aria-busy') === 'false';
    let isReady = false;
    function check() {
      const isPainted = layers.every(function (layer) { return !layer.isLoading(); });
      if (isReady || !isListed || !isPainted) return;
      isReady = true;
      then();
    }
    guide.on('listed', function () { isListed = true; check(); });
    layers.forEach(function (layer) { layer.on('load', check); });
    check();
  }

  /* The first sentence of the notice stands open, the rest is one tap away. */
  function drawNotice() {
    const holder = guide.byId('notice');
    if (!holder) return;
    const text = guide.say(guide.data.notice);
    const end = text.search(guide.language === 'zh' ? /[；。]/ : /[;.] /) + 1;
    const isOpen = Boolean(holder.querySelector('details[open]'));
    guide.clear(holder);
    if (end < 8 || end > text.length - 8) {
      holder.appendChild(guide.el('p', {}, [text]));
      return;
    }
    holder.appendChild(guide.el('p', { class: 'paper-only' }, [text]));
    holder.appendChild(guide.el('details', { open: isOpen }, [
      guide.el('summary', {}, [text.slice(0, end) + ' ',
        guide.el('span', { class: 'more' }, [guide.t('more')])]),
      guide.el('p', {}, [text.slice(end).trim()])
    ]));
  }

  /* Every text of the page in the language chosen, without loading anything. */
  function translate() {
    const zh = guide.language === 'zh';
    const data = guide.data;
    document.documentElement.lang = zh ? 'zh-CN' : 'en';
    document.title = guide.say(data.title);
    document.querySelectorAll('[data-t]').forEach(function (element) {
      element.textContent = guide.t(element.getAttribute('data-t'));
    });
    document.querySelectorAll('[data-label]').forEach(function (element) {
      element.setAttribute('aria-label', guide.t(element.getAttribute('data-label')));
    });
    document.querySelectorAll('[data-tip]').forEach(function (element) {
      const text = guide.t(element.getAttribute('data-tip'));
      element.setAttribute('aria-label', text);
      element.title = text;
    });
    document.querySelectorAll('[data-hint]').forEach(function (element) {
      element.placeholder = guide.t(element.getAttribute('data-hint'));
    });
    guide.byId('title').textContent = guide.say(data.title);
    guide.byId('community').textContent = guide.say(data.community);
    drawNotice();
    const button = guide.byId('language');
    button.textContent = guide.t('language');
    button.lang = zh ? 'en' : 'zh-CN';
    button.setAttribute('aria-label', guide.t('language_label'));
    guide.byId('north').textContent = guide.t('north');
    guide.byId('center-name').textContent = guide.say(data.center.name);
    guide.centerMarker.getElement().setAttribute('aria-label',
      guide.t('center_here', { center: guide.say(data.center.name) }));
    const facts = guide.byId('facts');
    guide.clear(facts);
    data.facts.forEach(function (fact) {
      facts.appendChild(guide.el('li', {}, [guide.say(fact)]));
    });
    guide.map.getContainer().setAttribute('aria-label', guide.t('map_label'));
    drawLegend();
    guide.rings.draw();
    filter();
    guide.refreshCard();
  }

  function setLarge(isLarge) {
    document.documentElement.classList.toggle('large', isLarge);
    guide.byId('large-type').setAttribute('aria-pressed', String(isLarge));
    guide.remember('large', isLarge ? '1' : '');
    guide.map.invalidateSize({ animate: false });
    guide.markers.arrange();
  }

  function listen(map, layers) {
    guide.on('choose', choose);
    guide.on('choose-group', function (event) {
      guide.state.selected = null;
      guide.markers.select(null);
      guide.openGroup(event.places);
    });
    guide.on('closed', function () {
      guide.state.selected = null;
      guide.markers.select(null);
      guide.markChosen();
    });
    guide.on('filter', filter);
    guide.byId('language').addEventListener('click', function () {
      guide.language = guide.language === 'zh' ? 'en' : 'zh';
      guide.remember('language', guide.language);
      translate();
      guide.tell('language');
    });
    guide.byId('large-type').addEventListener('click', function () {
      setLarge(!document.documentElement.classList.contains('large'));
    });
    guide.byId('search').addEventListener('input', function (event) {
      guide.state.query = event.target.value;
      filter();
    });
    document.addEventListener('keydown', function (event) {
      if (event.key === 'Escape') guide.closeCard();
    });
    const recolour = function () {
      layers.forEach(function (layer) { layer.recolour(); });
      guide.rings.draw();
      guide.markers.arrange();
    };
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    if (dark.addEventListener) dark.addEventListener('change', recolour);
    const back = guide.byId('to-map');
    back.addEventListener('click', function () {
      window.scrollTo({ top: 0, behavior: guide.stillness.matches ? 'auto' : 'smooth' });
    });
    window.addEventListener('scroll', function () {
      back.hidden = WIDE.matches ||
        map.getContainer().getBoundingClientRect().bottom > 120;
    }, { passive: true });
  }

  guide.start = function (map) {
    const data = JSON.parse(guide.byId('guide-data').textContent);
    guide.data = data;
    guide.map = map;
    guide.classes = new Map(data.classes.map(function (item) { return [item.key, item]; }));
    data.places.concat(data.unplaced).forEach(guide.prepareSearch);
    const offered = data.languages.map(function (code) { return code.slice(0, 2); });
    const wanted = guide.recall('language');
    guide.language = offered.indexOf(wanted) >= 0 ? wanted : offered[0];
    guide.byId('language').hidden = offered.length < 2;
    if (guide.stillness.matches) {
      map.options.zoomAnimation = map._zoomAnimated = false;
      map.options.fadeAnimation = map._fadeAnimated = false;
    }
    map.createPane('names').style.zIndex = 450;
    map.getPane('names').style.pointerEvents = 'none';
    const view = L.latLngBounds([data.view[1], data.view[0]], [data.view[3], data.view[2]]);
    map.setMaxBounds(view.pad(0.25));
    map.options.maxBoundsViscosity = 0.8;
    const world = guide.unpackBasemap(data.basemap);
    const layers = [new guide.BasemapLayer(world), new guide.LabelLayer(world)];
    layers.forEach(function (layer) { layer.addTo(map); });
    guide.rings = new guide.Rings(map);
    guide.markers = new guide.Markers(map, guide.rings);
    addControls(map);
    addCenter(map);
    guide.rings.show(data.rings, 'center', [data.center.lon, data.center.lat]);
    wholeView(map);
    map.setMinZoom(Math.max(11, map.getZoom() - 1));
    listen(map, layers);
    guide.startHome();
    translate();
    if (guide.recall('large') === '1') setLarge(true);
    whenReady(layers, function () { document.documentElement.classList.add('ready'); });
  };
})(window.circleGuide = window.circleGuide || {});
