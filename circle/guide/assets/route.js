/* The way to a place: drawn on the map, told street by street on its card. */
(function (guide) {
  'use strict';

  let question = 0;
  let line = null;
  const START_M = 25;
  const SHORT_M = 15;

  guide.clearRoute = function () {
    question += 1;
    if (line) line.remove();
    line = null;
  };

  function draw(feature) {
    const points = feature.geometry.coordinates.map(function (point) {
      return [point[1], point[0]];
    });
    if (line) line.remove();
    const style = window.getComputedStyle(document.documentElement);
    line = L.layerGroup([
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

  function turnText(degrees) {
    const size = Math.abs(degrees);
    if (size < 40) return '';
    if (size > 150) return guide.t('turn_back');
    return guide.t(degrees > 0 ? 'turn_right' : 'turn_left');
  }

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
    return withoutSteps(made);
  }

  /* The few metres from a door to its street and back are no legs of their own. */
  function withoutSteps(made) {
    const add = function (to, from) {
      to.length_m += from.length_m;
      to.n_steps += from.n_steps;
    };
    while (made.length > 1 && made[0].length_m < SHORT_M) {
      const first = made.shift();
      add(made[0], first);
      made[0].turn_degrees = 0;
    }
    const last = made[made.length - 1];
    if (made.length > 1 && !last.street && last.length_m < SHORT_M) {
      made.pop();
      add(made[made.length - 1], last);
    }
    return made;
  }

  /* Which way a walk begins: who stands at the door sees no left or right yet. */
  function startText(coordinates) {
    const first = coordinates[0];
    const shrink = Math.cos(first[1] * Math.PI / 180);
    const far = coordinates.find(function (point) {
      return Math.hypot((point[0] - first[0]) * shrink, point[1] - first[1]) * 111320 > START_M;
    }) || coordinates[coordinates.length - 1];
    const east = (far[0] - first[0]) * shrink, north = far[1] - first[1];
    if (!east && !north) return '';
    const turn = Math.round(Math.atan2(east, north) / (Math.PI / 4));
    return guide.t('route_start', { way: guide.t('compass').split(' ')[(turn + 8) % 8] });
  }

  function legText(leg, i, legs, start) {
    const metres = guide.roundMetres(leg.length_m);
    // A street in Latin letters stands apart from the Chinese around it.
    const street = guide.language === 'zh' && /^[\u0021-\u024f]/.test(leg.street || '')
      ? ' ' + leg.street + ' ' : leg.street;
    const way = leg.street ? guide.t('route_leg', { street: street, metres: metres })
      : guide.t('route_leg_unnamed', { metres: metres });
    const whole = (i === 0 ? start : turnText(leg.turn_degrees)) + way;
    const text = whole.charAt(0).toUpperCase() + whole.slice(1);
    const steps = leg.n_steps
      ? (guide.language === 'zh' ? '，' : ', ') + guide.t('route_steps', { n: leg.n_steps }) : '';
    return text + steps + (i === legs.length - 1 ? guide.t('route_end') : '');
  }

  function told(feature) {
    const facts = feature.properties;
    return [
      guide.el('h3', {}, [guide.t('route_title')]),
      guide.el('p', { class: 'route-total', role: 'status' }, [
        guide.t('route_total', {
          metres: guide.roundMetres(facts.length_m), minutes: guide.wholeMinutes(facts.time_s)
        }) + (guide.language === 'zh' ? '，' : ', ') +
        (facts.n_steps ? guide.t('route_steps', { n: facts.n_steps }) : guide.t('route_no_steps'))
      ]),
      guide.el('ol', { class: 'legs' }, joined(facts.legs || []).map(function (leg, i, legs) {
        return guide.el('li', {}, [legText(leg, i, legs, startText(feature.geometry.coordinates))]);
      }))
    ];
  }

  function show(place, holder) {
    guide.clearRoute();
    const mine = question;
    guide.clear(holder);
    holder.appendChild(guide.el('p', { class: 'busy', role: 'status' }, [guide.t('route_busy')]));
    guide.walks.route(guide.home.start(), place, guide.home.walker()).then(function (feature) {
      if (mine !== question) return;
      guide.clear(holder);
      told(feature).forEach(function (part) { holder.appendChild(part); });
      draw(feature);
      // On a phone the steps lie below the fold of the card: whoever asked for them sees them.
      holder.scrollIntoView({ block: 'start', behavior: guide.stillness.matches ? 'auto' : 'smooth' });
    }).catch(function (fault) {
      if (mine !== question) return;
      guide.clear(holder);
      holder.appendChild(guide.el('p', { class: 'home-fault', role: 'alert' }, [fault.message]));
    });
  }

  /* Leads to the place from the home, or from the centre while there is none. */
  guide.routeButton = function (place, part) {
    return guide.unfolding({ class: 'action route-button' },
      [guide.icon('walk'), guide.el('span', {}, [guide.t('route_button')])], part, function () {
        const holder = guide.el('div', { class: 'part route' }, []);
        show(place, holder);
        return holder;
      });
  };

  guide.asHomeButton = function (place) {
    return guide.el('button', {
      type: 'button', class: 'button as-home',
      onclick: function () { guide.home.set(L.latLng(place.lat, place.lon), {}); }
    }, [guide.icon('home'), guide.t('home_from_place')]);
  };

  guide.startRoute = function () {
    guide.on('closed', guide.clearRoute);
    guide.on('choose', guide.clearRoute);
  };
})(window.circleGuide = window.circleGuide || {});
