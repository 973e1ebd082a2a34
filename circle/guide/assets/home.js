/* My home: tap, drag, search or locate it; rings, what is near and what is missing. Who answers,
   the service or this page itself, is `guide.walks`. */
(function (guide) {
  'use strict';

  let home = null;
  let walker = 'adult';
  let usual = 'adult';
  let question = 0;
  let isCut = false;
  let isPicking = false;
  let noteTimer = 0;
  const NOTE_MS = 9000;

  function setState(text, isBusy) {
    const line = guide.byId('home-state');
    line.textContent = text;
    line.classList.toggle('busy', Boolean(isBusy));
    guide.byId('home').setAttribute('aria-busy', isBusy ? 'true' : 'false');
  }

  function setFault(text) {
    const line = guide.byId('home-fault');
    line.textContent = text;
    line.hidden = !text;
    if (text) note(text, false);
  }

  /* On a phone the answer stands below the map, out of sight of whoever has just tapped it: the map
     says it too, for a while, and leads there. */
  function note(text, leads) {
    const holder = guide.byId('map-note');
    guide.clear(holder);
    window.clearTimeout(noteTimer);
    holder.hidden = !text;
    if (!text) return;
    holder.appendChild(guide.el('span', {}, [text]));
    if (leads && !guide.wide.matches) {
      holder.appendChild(guide.el('button', {
        type: 'button', class: 'note-more', onclick: function () {
          note('', false);
          fold(false);
          guide.byId('home').scrollIntoView({ block: 'start' });
          guide.byId('home-toggle').focus({ preventScroll: true });
        }
      }, [guide.t('more')]));
    }
    if (!isPicking) noteTimer = window.setTimeout(function () { note('', false); }, NOTE_MS);
  }

  /* While a home is being picked the numbers step back, so that any spot can be tapped. */
  function pick(isOn) {
    isPicking = isOn;
    const button = guide.byId('home-pick');
    guide.map.getContainer().classList.toggle('picking', isOn);
    button.setAttribute('aria-pressed', String(isOn));
    button.lastChild.textContent = guide.t(isOn ? 'home_pick_stop' : 'home_pick');
    if (isOn) guide.closeCard();
    note(isOn ? guide.t('home_pick_now') : '', false);
  }

  function fold(isFolded) {
    guide.byId('home-body').hidden = isFolded;
    guide.byId('home').classList.toggle('folded', isFolded);
    guide.byId('home-toggle').setAttribute('aria-expanded', String(!isFolded));
  }

  /* Whoever looks for something sees what was found right below the search. */
  let wasSearching = false;
  function foldWhileSearching(isSearching) {
    if (isSearching !== wasSearching) fold(isSearching);
    wasSearching = isSearching;
  }

  function timesFrom(places) {
    const times = new Map();
    const limits = guide.data.minutes;
    places.forEach(function (place) {
      const within = limits.find(function (minutes) { return place.time_s <= minutes * 60; });
      times.set(String(place.facility_id), {
        time_s: place.time_s, distance_m: place.distance_m, within_min: within
      });
    });
    return times;
  }

  function isNear(place) {
    const found = guide.state.times.get(place.facility_id);
    return Boolean(found) && found.within_min !== undefined;
  }

  function start() {
    const center = guide.data.center;
    return home || { lng: center.lon, lat: center.lat };
  }

  /* Answers that come late, for a home that has moved on, are dropped. */
  function work() {
    const mine = question += 1;
    const from = start(), isHome = Boolean(home);
    setFault('');
    setState(guide.t('home_busy'), true);
    guide.walks.from(from, walker).then(function (found) {
      if (mine !== question) return;
      guide.state.times = timesFrom(found.places);
      guide.state.isHome = isHome;
      guide.rings.show(found.rings, isHome ? 'home' : 'center', [from.lng, from.lat]);
      isCut = found.rings.some(function (ring) { return ring.is_cut; });
      tellHome();
      guide.tell('filter');
      guide.clearRoute();
      guide.refreshCard();
    }).catch(function (fault) {
      if (mine !== question || fault.name === 'AbortError') return;
      setState('', false);
      setFault(fault.message);
      showCenterAgain();
    });
  }

  function tellHome() {
    const outer = guide.outerMinutes();
    const n = guide.data.places.filter(isNear).length;
    const found = guide.t(n ? 'home_done' : 'home_nothing', { n: n, minutes: outer });
    setState(guide.sentences([
      guide.state.isHome ? '' : guide.t('home_is_center', { center: guide.say(guide.data.center.name) }),
      found, isCut ? guide.t('home_cut') : ''
    ]), false);
    if (guide.state.isHome) note(found, true);
    tellClasses();
  }

  function nearestOf(own) {
    const times = guide.state.times;
    return own.filter(function (place) { return times.has(place.facility_id); })
      .sort(function (a, b) {
        return times.get(a.facility_id).time_s - times.get(b.facility_id).time_s;
      })[0];
  }

  function missingLine(own) {
    const nearest = nearestOf(own);
    if (!nearest) {
      return guide.el('small', {}, [guide.t(own.length ? 'home_too_far' : 'home_not_listed', {
        minutes: guide.farMinutes()
      })]);
    }
    return guide.el('button', {
      type: 'button', class: 'link', 'data-nearest': nearest.facility_id,
      onclick: function () { guide.tell('choose', { place: nearest, from: 'home' }); }
    }, [
      guide.t('home_nearest', {
        minutes: guide.wholeMinutes(guide.state.times.get(nearest.facility_id).time_s)
      }),
      guide.foreign(guide.placeName(nearest))
    ]);
  }

  /* What is inside, class by class; then what is missing, and where the nearest one is. */
  function tellClasses() {
    const holder = guide.byId('home-classes');
    guide.clear(holder);
    if (!guide.state.times) return;
    const inside = [], missing = [];
    guide.data.classes.forEach(function (item) {
      const own = guide.data.places.filter(function (place) { return place.category === item.key; });
      const n = own.filter(isNear).length;
      const row = guide.el('li', {}, [
        guide.icon(item.key), guide.el('span', {}, [guide.say(item.name)])
      ]);
      row.style.setProperty('--class', item.colour);
      row.style.setProperty('--class-ink', guide.inkOn(item.colour));
      row.appendChild(n ? guide.el('b', {}, [String(n)]) : missingLine(own));
      (n ? inside : missing).push(row);
    });
    const minutes = guide.outerMinutes();
    const list = function (key, name, rows) {
      if (!rows.length) return;
      holder.appendChild(guide.el('h3', {}, [guide.t(key, { minutes: minutes })]));
      holder.appendChild(guide.el('ul', { class: name }, rows));
    };
    list('home_inside', 'home-inside', inside);
    list('home_missing', 'home-missing', missing);
  }

  function showCenterAgain() {
    const center = guide.data.center;
    guide.state.times = null;
    guide.state.isHome = false;
    tellClasses();
    guide.rings.show(guide.data.rings, 'center', [center.lon, center.lat]);
    guide.tell('filter');
    guide.refreshCard();
  }

  function makeMarker() {
    guide.homeMarker = L.marker(home, {
      draggable: true, keyboard: false, zIndexOffset: 4000,
      icon: L.divIcon({
        className: 'home-pin', iconSize: null, html: guide.el('span', {}, [guide.icon('home')])
      })
    }).addTo(guide.map);
    guide.homeMarker.on('dragend', function () { setHome(guide.homeMarker.getLatLng(), {}); });
  }

  /* how.isFar: it was not tapped on the map, which therefore may have to move to it. */
  function setHome(latLng, how) {
    const spot = latLng.wrap ? latLng.wrap() : latLng;
    guide.forgetLocated();
    const view = guide.data.view;
    if (!L.latLngBounds([view[1], view[0]], [view[3], view[2]]).contains(spot)) {
      // A pin off the sheet could not be seen; the home that was there stays.
      setFault(guide.t('home_outside'));
      return;
    }
    home = spot;
    // Moved before anything of the page is changed: asking for its sizes is then free.
    if (how.isFar && guide.map.getZoom() < 15) guide.map.setView(home, 15, { animate: false });
    guide.bringIntoSight(home);
    if (!guide.homeMarker) makeMarker();
    guide.homeMarker.setLatLng(home);
    nameHome();
    reserve();
    guide.byId('home-clear').hidden = false;
    guide.byId('home-intro').hidden = true;
    guide.clearRoute();
    work();
  }

  function nameHome() {
    if (!guide.homeMarker) return;
    const element = guide.homeMarker.getElement();
    element.setAttribute('role', 'img');
    element.setAttribute('aria-label', guide.t('home_marker'));
    element.title = guide.t('home_marker');
  }

  function reserve() {
    guide.markers.reserved = guide.markers.reserved.filter(function (spot) {
      return !spot.isHome;
    });
    if (home) {
      guide.markers.reserved.push({ isHome: true, latLng: home, w: 44, up: 48, down: 6 });
    }
  }

  function forget() {
    question += 1;
    note('', false);
    guide.walks.stop();
    home = null;
    if (guide.homeMarker) guide.homeMarker.remove();
    guide.homeMarker = null;
    guide.forgetLocated();
    reserve();
    guide.clearRoute();
    guide.byId('home-clear').hidden = true;
    guide.byId('home-intro').hidden = false;
    guide.byId('home-search').value = '';
    reckonAgain();
    guide.byId('home-search').focus({ preventScroll: true });
  }

  /* Without a home the walks of the guide stand, unless somebody else is walking. */
  function reckonAgain() {
    if (home || walker !== usual) {
      work();
      return;
    }
    question += 1;
    setState('', false);
    setFault('');
    showCenterAgain();
  }

  function setWalker(key) {
    walker = key;
    guide.byId('walkers').querySelectorAll('input').forEach(function (input) {
      input.checked = input.value === key;
    });
    guide.tell('walker');
    guide.clearRoute();
    reckonAgain();
    if (guide.walks.prepare) guide.walks.prepare(walker);
  }

  function drawWalkers() {
    const holder = guide.byId('walkers');
    holder.querySelectorAll('label').forEach(function (label) { label.remove(); });
    guide.data.walkers.forEach(function (kind) {
      const input = guide.el('input', {
        type: 'radio', name: 'walker', value: kind.key, checked: kind.key === walker,
        onchange: function () { setWalker(kind.key); }
      }, []);
      holder.appendChild(guide.el('label', { class: 'walker' }, [
        input, guide.el('span', {}, [guide.say(kind.name)])
      ]));
    });
  }

  guide.startHome = function () {
    guide.walks = guide.makeWalks();
    if (!guide.walks) return;
    usual = guide.data.walkers.some(function (kind) { return kind.key === guide.data.walker; })
      ? guide.data.walker : 'adult';
    walker = usual;
    guide.home = {
      get: function () { return home; },
      start: start,
      set: setHome,
      walker: function () { return walker; },
      usual: function () { return usual; },
      setWalker: function (key) { if (key !== walker) setWalker(key); },
      fold: foldWhileSearching, pick: pick, isPicking: function () { return isPicking; }
    };
    guide.addControl('topright', guide.el('button', {
      type: 'button', id: 'home-pick', class: 'pick', onclick: function () { pick(!isPicking); }
    }, [guide.icon('home'), guide.el('span', {}, [])]));
    pick(false);
    guide.byId('home-toggle').addEventListener('click', function () {
      fold(!guide.byId('home-body').hidden);
    });
    drawWalkers();
    guide.map.on('click', function (event) {
      if (isPicking) pick(false);
      setHome(event.latlng, {});
    });
    guide.byId('home-here').addEventListener('click', function () {
      setHome(guide.map.getCenter(), {});
    });
    guide.byId('home-locate').addEventListener('click', function (event) {
      guide.locate(event.currentTarget);
    });
    guide.byId('home-clear').addEventListener('click', forget);
    guide.on('language', function () {
      drawWalkers();
      nameHome();
      pick(isPicking);
      if (guide.state.times) tellHome();
    });
    guide.on('choose', function () { note('', false); });
    guide.startAddress();
    guide.startRoute();
    if (guide.walks.prepare) guide.walks.prepare(walker);
  };
})(window.circleGuide = window.circleGuide || {});
