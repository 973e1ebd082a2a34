/* One building: what it has, what it lacks, by which clause, and how far the nearest is. */
(function (guide) {
  'use strict';

  /* Classes in one row each with their levels, clauses one by one. */
  guide.answersOf = function (home) {
    const store = guide.store;
    return guide.data.subjects.map(function (subject) {
      const state = guide.STATES[store.states(subject)[home]];
      const nearest = store.nearest(subject, home);
      const choices = subject.choicesOf();
      return {
        subject: subject, state: state, far: nearest ? nearest.far : null,
        excess: nearest ? nearest.excess : null, place: nearest ? nearest.place : -1,
        choices: choices ? choices[home] : null
      };
    });
  };

  function answerRow(answer, home) {
    const subject = answer.subject;
    const name = answer.place >= 0 ? guide.store.placeName(answer.place) : '';
    return guide.el('li', { class: 'answer ' + answer.state, 'data-subject': subject.key }, [
      guide.el('span', { class: 'swatch ' + (answer.state === 'unknown' ? 'hatched' : answer.state) }, []),
      guide.el('span', { class: 'answer-body' }, [
        guide.el('span', { class: 'answer-name' }, [guide.say(subject.name), ' ',
          guide.el('small', {}, [guide.by(subject) + ' · ' + guide.levelName(subject.level) + ' · ' +
            guide.t('within', { limit: guide.far(subject.limit) })]), guide.unverified(subject)]),
        guide.el('span', { class: 'answer-far' }, [
          answer.far === null ? guide.t('not_found', { limit: guide.farthest() }) :
            guide.t('nearest_is', { far: guide.far(answer.far), name: name }),
          answer.far !== null && answer.excess > 0 ?
            guide.el('strong', {}, [' ' + guide.t('too_far', { far: guide.far(answer.excess) })]) : null,
          answer.choices ? ' · ' + guide.t('n_choices', {
            limit: guide.far(subject.limit), n: answer.choices
          }) : ''
        ]),
        guide.isLive && answer.place >= 0 ? guide.el('button', {
          type: 'button', class: 'plain',
          onclick: function () { guide.showRoute(home, answer.place); }
        }, [guide.t('route')]) : null
      ])
    ]);
  }

  function section(key, answers, home, isOpen) {
    if (!answers.length) return null;
    return guide.el('details', { class: 'answers', open: isOpen, 'data-part': key }, [
      guide.el('summary', {}, [guide.t(key, { n: answers.length })]),
      guide.el('ul', {}, answers.map(function (answer) { return answerRow(answer, home); }))
    ]);
  }

  /* What is being looked at comes first. */
  function byInterest(one, other) {
    const chosen = guide.chosen.subject;
    const rank = function (answer) {
      const subject = answer.subject;
      return (subject === chosen ? 0 : 4) + (subject.isClause === chosen.isClause ? 0 : 2) +
        (subject.level === chosen.level ? 0 : 1);
    };
    return rank(one) - rank(other) || one.subject.number - other.subject.number;
  }

  guide.drawCard = function () {
    const holder = guide.byId('card');
    const home = guide.chosen.home;
    guide.clear(holder);
    holder.hidden = home === null;
    if (home === null) return;
    const homes = guide.store.homes;
    const answers = guide.answersOf(home).sort(byInterest);
    const of = function (state) {
      return answers.filter(function (answer) {
        // Of what the map has no place of, no home is said to be without.
        return (guide.isMapped(answer.subject) ? answer.state : 'unmapped') === state;
      });
    };
    const name = guide.homeName(home);
    const people = homes.people[home], dwellings = homes.dwellings[home];
    [
      guide.el('button', {
        type: 'button', class: 'close', 'aria-label': guide.t('close'), title: guide.t('close'),
        onclick: guide.closeCard
      }, ['×']),
      guide.el('h2', { id: 'card-title' }, [guide.el('bdi', {}, [name])]),
      people > 0 ? guide.el('p', {}, [guide.t('home_people', {
        n: guide.number(people), m: guide.number(dwellings)
      })]) : null,
      guide.el('p', { id: 'route-told', class: 'note', role: 'status' }, []),
      homes.judged[home] ? null : guide.el('p', {}, [guide.t('home_outside')])
    ].concat(homes.judged[home] ? [
      section('lacks', of('uncovered'), home, true),
      section('unsure', of('unknown'), home, false),
      section('has', of('covered'), home, of('uncovered').length === 0),
      section('unmapped', of('unmapped'), home, false)
    ] : []).forEach(function (part) { if (part) holder.appendChild(part); });
  };

  guide.openHome = function (home, wantsFocus) {
    guide.chosen.home = home;
    guide.routeLine = null;
    guide.drawCard();
    guide.layers.forEach(function (layer) { layer.repaint(); });
    const holder = guide.byId('card');
    if (wantsFocus) holder.focus({ preventScroll: true });
    guide.byId('status').textContent = guide.homeName(home);
    holder.scrollIntoView({ block: 'nearest' });
  };

  guide.closeCard = function () {
    if (guide.chosen.home === null) return;
    guide.chosen.home = null;
    guide.routeLine = null;
    guide.drawCard();
    guide.layers.forEach(function (layer) { layer.repaint(); });
  };

  /* Only in the page of the service: the file asks nobody. */
  guide.showRoute = function (home, place) {
    const homes = guide.store.homes, places = guide.data.places;
    const told = guide.byId('route-told');
    const query = new URLSearchParams({
      from_lon: homes.lon[home], from_lat: homes.lat[home],
      to_lon: places.lon[place], to_lat: places.lat[place], walker: guide.data.walker
    });
    window.fetch('/api/route?' + query).then(function (answer) {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    }).then(function (feature) {
      if (guide.chosen.home !== home) return;
      guide.routeLine = feature.geometry.coordinates;
      const length = feature.properties.length_m, seconds = feature.properties.time_s;
      // The metres of a standard and the minutes of a walker are not mixed here either.
      told.textContent = guide.data.unit === 'm' ?
        guide.t('route_m', { metres: guide.t('m', { n: guide.number(length) }) }) :
        guide.t('route_min', { minutes: guide.number(seconds / 60, 1) });
      guide.layers.forEach(function (layer) { layer.repaint(); });
    }).catch(function () { told.textContent = guide.t('route_failed'); });
  };
})(window.circleGuide = window.circleGuide || {});
