/* Puts the page together: layers, controls, language, and what happens when a place is chosen. */
(function (guide) {
  'use strict';

  const WIDE = guide.wide;

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
    if (guide.home) guide.home.fold(Boolean(guide.state.query || guide.state.category));
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

  /* The first clause of the notice stands open, the rest is one tap away. */
  function drawNotice() {
    const holder = guide.byId('notice');
    if (!holder) return;
    const text = guide.say(guide.data.notice);
    const isZh = guide.language === 'zh';
    const end = text.search(isZh ? /[；。]/ : /[;.] /) + 1;
    const isOpen = Boolean(holder.querySelector('details[open]'));
    guide.clear(holder);
    if (end < 8 || end > text.length - 8) {
      holder.appendChild(guide.el('p', {}, [text]));
      return;
    }
    const first = text.slice(0, end);
    // Cut within a sentence, it says that it goes on.
    const start = /[;；]$/.test(first) ? first.slice(0, -1) + (isZh ? '……' : ' …') : first;
    const more = guide.el('span', { class: 'more' }, [guide.t('more')]);
    holder.appendChild(guide.el('p', { class: 'paper-only' }, [text]));
    holder.appendChild(guide.el('details', { open: isOpen }, [
      guide.el('summary', {}, [
        guide.el('span', { class: 'notice-start' }, [start + ' ']),
        guide.el('span', { class: 'notice-whole' }, [text]), more
      ])
    ]));
  }

  /* Sentences about the data; the one about the pace names whoever is walking now. */
  function drawFacts() {
    const facts = guide.byId('facts');
    const data = guide.data;
    const usual = data.paces[data.walker];
    const now = data.paces[guide.home ? guide.home.walker() : data.walker] || usual;
    guide.clear(facts);
    data.facts.forEach(function (fact) {
      const isPace = usual && fact.zh === usual.zh;
      facts.appendChild(guide.el('li', {}, [guide.say(isPace ? now : fact)]));
    });
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
    drawFacts();
    guide.drawShareGuide();
    guide.map.getContainer().setAttribute('aria-label', guide.t('map_label'));
    guide.drawLegend();
    guide.rings.draw();
    filter();
    guide.refreshCard();
  }

  guide.setLanguage = function (language) {
    guide.language = language;
    translate();
    guide.tell('language');
  };

  guide.setLarge = function (isLarge) {
    document.documentElement.classList.toggle('large', isLarge);
    guide.byId('large-type').setAttribute('aria-pressed', String(isLarge));
    guide.map.invalidateSize({ animate: false });
    guide.markers.arrange();
  };

  /* On paper the map takes the size it has there, with everything its rings hold in it. */
  function fitPaper(isPaper) {
    const root = document.documentElement;
    if (guide.isOnPaper === isPaper) return;
    const map = guide.map;
    if (isPaper) fitPaper.before = { center: map.getCenter(), zoom: map.getZoom() };
    guide.isOnPaper = isPaper;
    root.classList.toggle('on-paper', isPaper);
    map.options.zoomSnap = isPaper ? 0.25 : 1;
    map.invalidateSize({ animate: false, pan: false });
    if (isPaper) guide.wholeView();
    else map.setView(fitPaper.before.center, fitPaper.before.zoom, { animate: false });
    recolour();
    if (isPaper) {
      guide.finishPainting();
      guide.finishList();
    }
  }

  let layers = [];

  function recolour() {
    layers.forEach(function (layer) { layer.recolour(); });
    guide.rings.recolour();
    guide.markers.arrange();
  }

  function listen(map) {
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
      guide.setLanguage(guide.language === 'zh' ? 'en' : 'zh');
      guide.remember('language', guide.language);
    });
    guide.byId('large-type').addEventListener('click', function () {
      const isLarge = !document.documentElement.classList.contains('large');
      guide.setLarge(isLarge);
      guide.remember('large', isLarge ? '1' : '');
    });
    guide.byId('search').addEventListener('input', function (event) {
      guide.state.query = event.target.value;
      filter();
    });
    guide.byId('search').addEventListener('keydown', function (event) {
      if (event.key !== 'Enter') return;
      const first = guide.byId('list').querySelector('.entry');
      if (first && guide.state.query.trim()) first.click();
    });
    document.addEventListener('keydown', function (event) {
      if (event.key !== 'Escape') return;
      if (guide.home && guide.home.isPicking()) guide.home.pick(false);
      else guide.closeCard();
    });
    guide.on('walker', drawFacts);
    ['(prefers-color-scheme: dark)', '(prefers-contrast: more)'].forEach(function (query) {
      const kind = window.matchMedia(query);
      if (kind.addEventListener) kind.addEventListener('change', recolour);
    });
    const paper = window.matchMedia('print');
    const toPaper = function (event) { fitPaper(event.matches); };
    if (paper.addEventListener) paper.addEventListener('change', toPaper);
    else if (paper.addListener) paper.addListener(toPaper);
    window.addEventListener('beforeprint', function () { fitPaper(true); });
    window.addEventListener('afterprint', function () { fitPaper(false); });
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
    guide.offered = data.languages.map(function (code) { return code.slice(0, 2); });
    const wanted = guide.recall('language');
    guide.language = guide.offered.indexOf(wanted) >= 0 ? wanted : guide.offered[0];
    guide.byId('language').hidden = guide.offered.length < 2;
    if (guide.stillness.matches) {
      map.options.zoomAnimation = map._zoomAnimated = false;
      map.options.fadeAnimation = map._fadeAnimated = false;
    }
    map.createPane('names').style.zIndex = 450;
    map.getPane('names').style.pointerEvents = 'none';
    const view = L.latLngBounds([data.view[1], data.view[0]], [data.view[3], data.view[2]]);
    map.setMaxBounds(view.pad(0.25));
    map.options.maxBoundsViscosity = 0.8;
    const world = guide.world = guide.unpackBasemap(data.basemap);
    layers = [new guide.BasemapLayer(world), new guide.LabelLayer(world)];
    layers.forEach(function (layer) { layer.addTo(map); });
    guide.rings = new guide.Rings(map);
    guide.markers = new guide.Markers(map, guide.rings);
    guide.addControls(map);
    guide.addCenter(map);
    guide.rings.show(data.rings, 'center', [data.center.lon, data.center.lat]);
    guide.wholeView();
    map.setMinZoom(Math.max(11, map.getZoom() - 1));
    listen(map);
    guide.startList();
    guide.startChips();
    guide.startHome();
    translate();
    if (guide.recall('large') === '1') guide.setLarge(true);
    guide.startState();
    whenReady(layers, function () { document.documentElement.classList.add('ready'); });
  };
})(window.circleGuide = window.circleGuide || {});
