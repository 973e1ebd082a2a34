/* My home: tap or drag it; rings, what is near, what is missing, and the way there. Who answers,
   the service or this file itself, is `guide.walks`. */
(function (guide) {
  'use strict';

  let home = null;
  let walker = 'adult';
  let question = 0;
  let routeQuestion = 0;
  let routeLine = null;
  let isCut = false;

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

  /* Answers that come late, for a home that has moved on, are dropped. */
  function work() {
    const mine = question += 1;
    setFault('');
    setState(guide.t('home_busy'), true);
    guide.walks.from(home, walker).then(function (found) {
      if (mine !== question) return;
      guide.state.times = timesFrom(found.places);
      guide.rings.show(found.rings, 'home', [home.lng, home.lat]);
      isCut = found.rings.some(function (ring) { return ring.is_cut; });
      tellHome();
      guide.tell('filter');
      clearRoute();
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
    const sentences = [guide.t(n ? 'home_done' : 'home_nothing', { n: n, minutes: outer })];
    if (isCut) sentences.push(guide.t('home_cut'));
    setState(sentences.join(guide.language === 'zh' ? '' : ' '), false);
    tellClasses();
  }

  /* What is inside, class by class; then what is missing, and where the nearest one is. */
  function tellClasses() {
    const holder = guide.byId('home-classes');
    guide.clear(holder);
    if (!guide.state.times) return;
    const times = guide.state.times;
    const inside = [], missing = [];
    guide.data.classes.forEach(function (item) {
      const own = guide.data.places.filter(function (place) { return place.category === item.key; });
      const n = own.filter(isNear).length;
      const name = guide.el('span', {}, [guide.say(item.name)]);
      const row = guide.el('li', {}, [guide.icon(item.key), name]);
      row.style.setProperty('--class', item.colour);
      if (n) {
        row.appendChild(guide.el('b', {}, [String(n)]));
        inside.push(row);
        return;
      }
      const nearest = own.filter(function (place) { return times.has(place.facility_id); })
        .sort(function (a, b) {
          return times.get(a.facility_id).time_s - times.get(b.facility_id).time_s;
        })[0];
      row.appendChild(nearest ? guide.el('button', {
        type: 'button', class: 'link', 'data-nearest': nearest.facility_id,
        onclick: function () { guide.tell('choose', { place: nearest, from: 'home' }); }
      }, [guide.t('home_nearest', { minutes: guide.wholeMinutes(times.get(nearest.facility_id).time_s) }),
        guide.foreign(guide.placeName(nearest))])
        : guide.el('small', {}, [guide.t(own.length ? 'home_too_far' : 'home_not_listed', {
          minutes: guide.farMinutes()
        })]));
      missing.push(row);
    });
    const minutes = guide.outerMinutes();
    if (inside.length) {
      holder.appendChild(guide.el('h3', {}, [guide.t('home_inside', { minutes: minutes })]));
      holder.appendChild(guide.el('ul', { class: 'home-inside' }, inside));
    }
    if (missing.length) {
      holder.appendChild(guide.el('h3', {}, [guide.t('home_missing', { minutes: minutes })]));
      holder.appendChild(guide.el('ul', { class: 'home-missing' }, missing));
    }
  }

  function showCenterAgain() {
    const center = guide.data.center;
    guide.state.times = null;
    tellClasses();
    guide.rings.show(guide.data.rings, 'center', [center.lon, center.lat]);
    guide.tell('filter');
    guide.refreshCard();
  }

  function setHome(latLng) {
    home = latLng.wrap ? latLng.wrap() : latLng;
    if (!guide.homeMarker) {
      guide.homeMarker = L.marker(home, {
        draggable: true, keyboard: false, zIndexOffset: 4000,
        icon: L.divIcon({
          className: 'home-pin', iconSize: null, html: guide.el('span', {}, [guide.icon('home')])
        })
      }).addTo(guide.map);
      guide.homeMarker.on('dragend', function () { setHome(guide.homeMarker.getLatLng()); });
    }
    guide.homeMarker.setLatLng(home);
    nameHome();
    reserve();
    guide.byId('home-clear').hidden = false;
    guide.byId('home-intro').hidden = true;
    clearRoute();
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
    guide.walks.stop();
    home = null;
    if (guide.homeMarker) guide.homeMarker.remove();
    guide.homeMarker = null;
    reserve();
    clearRoute();
    setState('', false);
    setFault('');
    guide.byId('home-clear').hidden = true;
    guide.byId('home-intro').hidden = false;
    showCenterAgain();
    guide.byId('home-here').focus();
  }

  function clearRoute() {
    routeQuestion += 1;
    if (routeLine) routeLine.remove();
    routeLine = null;
  }

  function drawRoute(feature) {
    const points = feature.geometry.coordinates.map(function (point) {
      return [point[1], point[0]];
    });
    if (routeLine) routeLine.remove();
    const style = window.getComputedStyle(document.documentElement);
    routeLine = L.layerGroup([
      L.polyline(points, { color: style.getPropertyValue('--route-edge').trim(), weight: 10,
        opacity: 0.95, interactive: false }),
      L.polyline(points, { color: style.getPropertyValue('--route').trim(), weight: 6,
        opacity: 1, interactive: false })
    ]).addTo(guide.map);
    const box = L.latLngBounds(points);
    const card = guide.byId('card').getBoundingClientRect();
    const frame = guide.map.getContainer().getBoundingClientRect();
    const isBeside = card.width < frame.width * 0.6;
    const right = isBeside ? Math.max(0, frame.right - card.left) : 0;
    const bottom = isBeside ? 0 : Math.max(0, frame.bottom - card.top);
    guide.map.fitBounds(box, {
      paddingTopLeft: [50, 60],
      paddingBottomRight: [50 + right, Math.min(60 + bottom, frame.height - 140)], maxZoom: 18
    });
  }

  /* Pieces of a walk that follow each other on the same street, or on none, are one piece. */
  /* Legs as they are told: nameless stretches run on until the walk turns. */
  function joined(legs) {
    const made = [];
    legs.forEach(function (leg) {
      const last = made[made.length - 1];
      const isTold = !leg.street && turnText(leg.turn_degrees || 0) !== '';
      if (last && (last.street || '') === (leg.street || '') && !isTold) {
        last.length_m += leg.length_m;
        last.n_steps += leg.n_steps;
      } else {
        made.push({
          street: leg.street, length_m: leg.length_m, n_steps: leg.n_steps || 0,
          turn_degrees: made.length ? leg.turn_degrees || 0 : 0
        });
      }
    });
    return made;
  }

  function turnText(degrees) {
    const size = Math.abs(degrees);
    if (size < 40) return '';
    if (size > 150) return guide.t('turn_back');
    return guide.t(degrees > 0 ? 'turn_right' : 'turn_left');
  }

  function legText(leg) {
    const metres = guide.roundMetres(leg.length_m);
    const way = leg.street ? guide.t('route_leg', { street: leg.street, metres: metres })
      : guide.t('route_leg_unnamed', { metres: metres });
    const whole = turnText(leg.turn_degrees) + way;
    const text = whole.charAt(0).toUpperCase() + whole.slice(1);
    return leg.n_steps
      ? text + (guide.language === 'zh' ? '，' : ', ') + guide.t('route_steps', { n: leg.n_steps })
      : text;
  }

  function showRoute(place, holder, button) {
    clearRoute();
    const mine = routeQuestion;
    const center = guide.data.center;
    const from = home || { lng: center.lon, lat: center.lat };
    guide.clear(holder);
    holder.appendChild(guide.el('p', { class: 'busy', role: 'status' }, [guide.t('route_busy')]));
    button.disabled = true;
    guide.walks.route(from, place, walker).then(function (feature) {
      if (mine !== routeQuestion) return;
      const facts = feature.properties;
      guide.clear(holder);
      holder.appendChild(guide.el('h3', {}, [guide.t('route_title')]));
      holder.appendChild(guide.el('p', { class: 'route-total', role: 'status' }, [
        guide.t('route_total', {
          metres: guide.roundMetres(facts.length_m), minutes: guide.wholeMinutes(facts.time_s)
        }) + (guide.language === 'zh' ? '，' : ', ') +
        (facts.n_steps ? guide.t('route_steps', { n: facts.n_steps }) : guide.t('route_no_steps'))
      ]));
      holder.appendChild(guide.el('ol', { class: 'legs' }, joined(facts.legs || []).map(function (leg) {
        return guide.el('li', {}, [legText(leg)]);
      })));
      drawRoute(feature);
      // On a phone the steps lie below the fold of the card: whoever asked for them sees them.
      holder.scrollIntoView({ block: 'start', behavior: guide.stillness.matches ? 'auto' : 'smooth' });
    }).catch(function (fault) {
      if (mine !== routeQuestion) return;
      guide.clear(holder);
      holder.appendChild(guide.el('p', { class: 'home-fault', role: 'alert' }, [fault.message]));
    }).then(function () { button.disabled = false; });
  }

  /* The part of a card that leads to the place; from the centre while there is no home. */
  guide.routePart = function (place) {
    const holder = guide.el('div', { class: 'route' }, []);
    const button = guide.el('button', {
      type: 'button', class: 'button strong route-button',
      onclick: function () { showRoute(place, holder, button); }
    }, [guide.icon('walk'), guide.t('route_button')]);
    const asHome = guide.el('button', {
      type: 'button', class: 'button as-home',
      onclick: function () { setHome(L.latLng(place.lat, place.lon)); }
    }, [guide.icon('home'), guide.t('home_from_place')]);
    return guide.el('div', {}, [button, holder, asHome]);
  };

  function drawWalkers() {
    const holder = guide.byId('walkers');
    holder.querySelectorAll('label').forEach(function (label) { label.remove(); });
    guide.data.walkers.forEach(function (kind) {
      const input = guide.el('input', {
        type: 'radio', name: 'walker', value: kind.key, checked: kind.key === walker
      }, []);
      input.addEventListener('change', function () {
        walker = kind.key;
        clearRoute();
        if (home) work();
        else guide.refreshCard();
        if (guide.walks.prepare) guide.walks.prepare(walker);
      });
      holder.appendChild(guide.el('label', { class: 'walker' }, [
        input, guide.el('span', {}, [guide.say(kind.name)])
      ]));
    });
  }

  guide.startHome = function () {
    guide.walks = guide.makeWalks();
    if (!guide.walks) return;
    walker = guide.data.walkers.some(function (kind) { return kind.key === guide.data.walker; })
      ? guide.data.walker : 'adult';
    drawWalkers();
    guide.map.on('click', function (event) { setHome(event.latlng); });
    guide.byId('home-here').addEventListener('click', function () {
      setHome(guide.map.getCenter());
    });
    guide.byId('home-clear').addEventListener('click', forget);
    guide.on('language', function () {
      drawWalkers();
      nameHome();
      if (home) work();
    });
    guide.on('closed', clearRoute);
    guide.on('choose', clearRoute);
    if (guide.walks.prepare) guide.walks.prepare(walker);
  };
})(window.circleGuide = window.circleGuide || {});
