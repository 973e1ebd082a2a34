/* Puts the planner's map together, and draws anew what a choice changes. */
(function (guide) {
  'use strict';

  guide.modeText = function () {
    const data = guide.data;
    if (data.mode === 'standard') return guide.t('standard_mode');
    const words = data.words[guide.language];
    return guide.t('person_mode', { walker: words['walker_' + data.walker] || data.walker });
  };

  guide.zoomToBox = function (box, closest) {
    const map = guide.map, scale = 256;
    const low = map.unproject([box[0] * scale, box[3] * scale], 0);
    const high = map.unproject([box[2] * scale, box[1] * scale], 0);
    map.fitBounds(L.latLngBounds(low, high), {
      maxZoom: closest, padding: [40, 40], animate: !guide.stillness.matches
    });
    guide.byId('stage').scrollIntoView({ block: 'nearest' });
  };

  guide.showHome = function (home) {
    guide.zoomToBox(guide.store.homes.shapes[home].box, 18);
    guide.openHome(home, true);
  };

  guide.wholeView = function () {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    guide.store.homes.shapes.forEach(function (shape, i) {
      if (!guide.store.homes.judged[i]) return;
      box[0] = Math.min(box[0], shape.box[0]);
      box[1] = Math.min(box[1], shape.box[1]);
      box[2] = Math.max(box[2], shape.box[2]);
      box[3] = Math.max(box[3], shape.box[3]);
    });
    const map = guide.map;
    // The town fills the sheet; whole zooms would leave half of it empty.
    map.options.zoomSnap = 0.25;
    if (!isFinite(box[0])) {
      const bounds = guide.data.bounds;
      map.fitBounds([[bounds[1], bounds[0]], [bounds[3], bounds[2]]], { animate: false });
      return;
    }
    map.fitBounds(L.latLngBounds(
      map.unproject([box[0] * 256, box[3] * 256], 0), map.unproject([box[2] * 256, box[1] * 256], 0)
    ), { padding: [14, 14], animate: false });
  };

  /* Everything that follows from what is chosen; the map first. */
  guide.refresh = function () {
    const started = performance.now();
    guide.routeLine = null;
    guide.layers.forEach(function (layer) { layer.repaint(); });
    guide.drawLegend();
    guide.drawChoices();
    guide.drawFigures();
    guide.drawGaps();
    guide.drawCard();
    guide.lastRefresh = performance.now() - started;
    // Tables are long; they may come with the next frame.
    window.clearTimeout(guide.tablesLater);
    guide.tablesLater = window.setTimeout(guide.drawTables, 0);
  };

  function translate() {
    const isZh = guide.language === 'zh', data = guide.data;
    document.documentElement.lang = isZh ? 'zh-CN' : 'en';
    document.title = guide.say(data.title) + ' · ' + guide.t('heading');
    document.querySelectorAll('[data-t]').forEach(function (element) {
      element.textContent = guide.t(element.getAttribute('data-t'));
    });
    document.querySelectorAll('[data-label]').forEach(function (element) {
      element.setAttribute('aria-label', guide.t(element.getAttribute('data-label')));
      if (element.hasAttribute('data-tip')) element.title = guide.t(element.getAttribute('data-label'));
    });
    guide.byId('title').textContent = guide.say(data.title);
    guide.byId('mode').textContent = guide.modeText();
    const isGuess = ['cells', 'land'].indexOf(data.demand.how) >= 0;
    guide.byId('no-homes').hidden = !isGuess;
    guide.byId('no-homes').textContent = guide.say(data.demand.source);
    const button = guide.byId('language');
    button.textContent = guide.t('language');
    button.lang = isZh ? 'en' : 'zh-CN';
    button.setAttribute('aria-label', guide.t('language') + ' · ' + guide.t('language_label'));
    button.hidden = data.languages.length < 2;
    guide.map.getContainer().setAttribute('aria-label', guide.t('map_label'));
    guide.byId('map-credit').textContent = guide.data.attribution +
      (data.data_date ? ' · ' + data.data_date : '');
    guide.drawAbout();
    guide.refresh();
  }

  function corner(position, element) {
    const Control = L.Control.extend({
      onAdd: function () {
        L.DomEvent.disableClickPropagation(element);
        L.DomEvent.disableScrollPropagation(element);
        return element;
      }
    });
    new Control({ position: position }).addTo(guide.map);
  }

  function addControls(map) {
    const button = function (sign, key, act) {
      return guide.el('button', {
        type: 'button', class: 'round', 'data-label': key, 'data-tip': key, onclick: act
      }, [sign]);
    };
    corner('topleft', guide.el('div', { class: 'zooms' }, [
      button('+', 'zoom_in', function () { map.zoomIn(); }),
      button('−', 'zoom_out', function () { map.zoomOut(); }),
      button('⤢', 'whole', guide.wholeView)
    ]));
    corner('bottomright', guide.el('div', { class: 'map-credit', id: 'map-credit' }, []));
    L.control.scale({ imperial: false, maxWidth: 120, position: 'bottomleft' }).addTo(map);
    corner('bottomleft', guide.el('div', { class: 'north', 'aria-hidden': 'true' }, [
      guide.el('span', { class: 'arrow' }, []), guide.el('span', { 'data-t': 'north' }, [])
    ]));
  }

  function fitPaper(isPaper) {
    if (Boolean(guide.isOnPaper) === isPaper) return;
    const map = guide.map;
    if (isPaper) fitPaper.before = { center: map.getCenter(), zoom: map.getZoom() };
    guide.isOnPaper = isPaper;
    document.documentElement.classList.toggle('on-paper', isPaper);
        map.invalidateSize({ animate: false, pan: false });
    if (isPaper) guide.wholeView();
    else map.setView(fitPaper.before.center, fitPaper.before.zoom, { animate: false });
    guide.tiles.forEach(function (layer) { layer.recolour(); });
    guide.layers.forEach(function (layer) { layer.repaint(); });
    if (isPaper) guide.finishPainting();
  }

  function listen(map) {
    guide.byId('language').addEventListener('click', function () {
      guide.language = guide.language === 'zh' ? 'en' : 'zh';
      guide.remember('language', guide.language);
      translate();
    });
    map.on('click', function (event) {
      const home = guide.homeAt(event.latlng, map.getZoom());
      if (home === null) guide.closeCard();
      else guide.openHome(home, false);
    });
    document.addEventListener('keydown', function (event) {
      if (event.key === 'Escape') guide.closeCard();
    });
    const paper = window.matchMedia('print');
    const toPaper = function (event) { fitPaper(event.matches); };
    if (paper.addEventListener) paper.addEventListener('change', toPaper);
    window.addEventListener('beforeprint', function () { fitPaper(true); });
    window.addEventListener('afterprint', function () { fitPaper(false); });
  }

  /* What a planner asks first: what most people lack at the middle level, where that is known. */
  function firstSubject() {
    const classes = guide.data.subjects.filter(function (one) { return !one.isClause; });
    const all = classes.length ? classes : guide.data.subjects;
    const levels = Array.from(new Set(all.map(function (one) { return one.level; })));
    const level = levels[Math.floor(levels.length / 2)];
    const measure = guide.data.measures[0].key;
    const at = all.filter(function (one) { return one.level === level; });
    const lack = function (subject) {
      const share = function (state) { return guide.store.figure(subject, measure, 'share_' + state) || 0; };
      return share('unknown') > 0.4 ? 0 : share('uncovered');
    };
    return at.reduce(function (worst, one) { return lack(one) > lack(worst) ? one : worst; }, at[0]);
  }

  guide.startPlanner = function (map) {
    const data = guide.data = JSON.parse(guide.byId('planner-data').textContent);
    guide.map = map;
    const offered = data.languages.map(function (code) { return code.slice(0, 2); });
    const wanted = guide.recall('language');
    guide.language = offered.indexOf(wanted) >= 0 ? wanted : offered[0];
    if (guide.stillness.matches) {
      map.options.zoomAnimation = map._zoomAnimated = false;
      map.options.fadeAnimation = map._fadeAnimated = false;
    }
    map.createPane('names').style.zIndex = 440;
    map.getPane('names').style.pointerEvents = 'none';
    guide.store = guide.openStore(data);
    const world = guide.world = guide.unpackBasemap(data.basemap);
    guide.tiles = [new guide.BasemapLayer(world), new guide.LabelLayer(world)];
    guide.chosen = {
      subject: firstSubject(), measure: data.measures[0].key, show: data.change ? 'change' : 'state',
      home: null, table: 'all', layers: { gaps: true, places: true, sites: data.sites.length > 0 }
    };
    if (data.sites.length && guide.store.byKey.has(data.sites[0].subject)) {
      guide.chosen.subject = guide.store.byKey.get(data.sites[0].subject);
    }
    if (data.change) guide.chosen.subject = guide.store.byKey.get(data.change.most);
    const view = L.latLngBounds([data.view[1], data.view[0]], [data.view[3], data.view[2]]);
    addControls(map);
    guide.wholeView();
    map.setMaxBounds(view.pad(0.3));
    map.setMinZoom(Math.max(9, map.getZoom() - 1));
    guide.tiles.forEach(function (layer) { layer.addTo(map); });
    guide.layers = [guide.addHomes(map), guide.addOverlays(map)];
    map.getContainer().setAttribute('role', 'application');
    listen(map);
    translate();
    let isReady = false;
    const check = function () {
      if (isReady || guide.tiles.some(function (layer) { return layer.isLoading(); })) return;
      isReady = true;
      document.documentElement.classList.add('ready');
    };
    guide.tiles.forEach(function (layer) { layer.on('load', check); });
    check();
  };
})(window.circleGuide = window.circleGuide || {});
