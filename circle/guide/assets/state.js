/* The state of the page as the fragment of its address: read with care, for anybody can write one.
   The address bar holds the open place, the class and the search, so that "back" closes a card;
   never the home: that is only in a link somebody chose to make with it. */
(function (guide) {
  'use strict';

  const LONGEST = 1500, LONGEST_QUERY = 80;
  const POSITION = /^(-?\d{1,3}(?:\.\d{1,7})?),(-?\d{1,2}(?:\.\d{1,7})?)$/;
  let isApplying = false;
  let isSpent = false;

  function pair(name, value) { return name + '=' + encodeURIComponent(value); }

  /* what: {place, category, query, home, walker, language, isLarge}, each only where wanted. */
  guide.fragmentOf = function (what) {
    const parts = [];
    if (what.place) parts.push(pair('p', what.place.facility_id));
    if (what.category) parts.push(pair('c', what.category));
    if (what.query) parts.push(pair('q', what.query.slice(0, LONGEST_QUERY)));
    if (what.home) {
      parts.push('h=' + what.home.lng.toFixed(5) + ',' + what.home.lat.toFixed(5));
    }
    if (what.walker) parts.push(pair('w', what.walker));
    if (what.language) parts.push(pair('l', what.language));
    if (what.isLarge) parts.push('t=1');
    return parts.join('&');
  };

  function decoded(text) {
    try { return decodeURIComponent(text.replace(/\+/g, ' ')); } catch (malformed) { return ''; }
  }

  function everyPlace() { return guide.data.places.concat(guide.data.unplaced); }

  /* Only what this guide knows comes through; null where the fragment is none of ours. */
  guide.readFragment = function (text) {
    const bare = String(text || '').replace(/^#/, '').slice(0, LONGEST);
    const values = new Map();
    bare.split('&').forEach(function (part) {
      const at = part.indexOf('=');
      if (at > 0) values.set(part.slice(0, at), decoded(part.slice(at + 1)));
    });
    if (bare && !values.size) return null;
    const state = {};
    const id = values.get('p');
    if (id) state.place = everyPlace().find(function (place) { return place.facility_id === id; });
    if (guide.classes.has(values.get('c'))) state.category = values.get('c');
    state.query = (values.get('q') || '').replace(/[\u0000-\u001f\u007f]/g, '').slice(0, LONGEST_QUERY);
    const spot = POSITION.exec(values.get('h') || '');
    if (spot && Math.abs(spot[1]) <= 180 && Math.abs(spot[2]) <= 90) {
      state.home = L.latLng(Number(spot[2]), Number(spot[1]));
    }
    if (guide.data.walkers.some(function (kind) { return kind.key === values.get('w'); })) {
      state.walker = values.get('w');
    }
    if (guide.offered.indexOf(values.get('l')) >= 0) state.language = values.get('l');
    if (values.get('t') === '1') state.isLarge = true;
    return state;
  };

  guide.stateNow = function () {
    return {
      place: guide.state.selected, category: guide.state.category, query: guide.state.query.trim()
    };
  };

  function write(isNew) {
    const fragment = guide.fragmentOf(guide.stateNow());
    if (fragment === window.location.hash.replace(/^#/, '')) return;
    const address = fragment ? '#' + fragment
      : window.location.pathname + window.location.search;
    try {
      if (isNew) window.history.pushState(null, '', address);
      else window.history.replaceState(null, '', address);
    } catch (refused) {
      // Some browsers keep the address of a file as it is; the page works without.
    }
  }

  /* Show what a fragment says. Whatever it does not name of list and card is taken back. */
  function apply(state) {
    isApplying = true;
    if (state.language && state.language !== guide.language) guide.setLanguage(state.language);
    if (state.isLarge) guide.setLarge(true);
    if (guide.home && (state.home || state.walker)) {
      if (state.walker) guide.home.setWalker(state.walker);
      if (state.home) guide.home.set(state.home, { isFar: true });
    }
    const isOther = guide.state.category !== (state.category || null) ||
      guide.state.query.trim() !== state.query;
    if (isOther) {
      guide.state.category = state.category || null;
      guide.state.query = state.query;
      guide.byId('search').value = state.query;
      guide.tell('filter');
    }
    if (!state.place) guide.closeCard();
    else if (state.place !== guide.state.selected) {
      guide.tell('choose', { place: state.place, from: 'link' });
    }
    isApplying = false;
    // A home that came with a link does not stay in the address bar.
    write(false);
  }

  guide.startState = function () {
    window.addEventListener('hashchange', function () {
      const state = guide.readFragment(window.location.hash);
      if (state) apply(state);
    });
    guide.on('choose', function () {
      if (isApplying) return;
      const isNew = !/(^#|&)p=/.test(window.location.hash) && !isSpent;
      isSpent = false;
      write(isNew);
    });
    guide.on('closed', function () {
      if (isApplying) return;
      // The entry a card made is used again by the next card: "back" never has to be pressed in vain
      // more than once.
      isSpent = /(^#|&)p=/.test(window.location.hash);
      write(false);
    });
    guide.on('filter', function () { if (!isApplying) write(false); });
    const state = window.location.hash ? guide.readFragment(window.location.hash) : null;
    if (state) apply(state);
  };
})(window.circleGuide = window.circleGuide || {});
