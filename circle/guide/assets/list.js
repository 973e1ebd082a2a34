/* The list beside the map: every place, by class or by minutes from home, and those not on the map.
   A place's row is made once per language and then only moved and told new minutes; rows beyond the
   first screen follow once that is painted, so that an answer never waits for the end of a long list. The list
   is always whole in the end: nothing of it is hidden from a screen reader or from a search in the
   page. */
(function (guide) {
  'use strict';

  const AT_ONCE = 16;
  const EACH_STEP = 4;
  const ROW_PX = 66, HEAD_PX = 60;

  let rows = new Map();
  let sections = new Map();
  let spoken = '';
  let order = [];
  let chosen = null;
  let rest = null;

  function walkParts(place) {
    const walk = guide.walkOf(place);
    if (!walk.minutes) return ['', guide.t('beyond_short', { n: guide.outerMinutes() }), ''];
    return [String(walk.minutes), ' ' + guide.t('minutes_short'),
      walk.metres ? walk.metres + ' ' + guide.t('metres_short') : ''];
  }

  function setText(node, text) { if (node.data !== text) node.data = text; }

  /* The minutes of a row as they are now; only what differs is touched. */
  function tellWalk(row) {
    if (!row.walk) return;
    const parts = walkParts(row.place), key = parts.join('|');
    if (row.told === key) return;
    const isFar = !parts[0], shape = (isFar ? 'far' : 'near') + (parts[2] ? ' metres' : '');
    if (row.shape !== shape) {
      row.shape = shape;
      row.walk.className = isFar ? 'walk far' : 'walk';
      row.walk.textContent = '';
      row.minutes = document.createTextNode('');
      row.unit = document.createTextNode('');
      row.metres = document.createTextNode('');
      if (!isFar) row.walk.appendChild(guide.el('b', {}, [row.minutes]));
      row.walk.appendChild(row.unit);
      if (parts[2]) row.walk.appendChild(guide.el('small', {}, [row.metres]));
    }
    row.told = key;
    setText(row.minutes, parts[0]);
    setText(row.unit, parts[1]);
    setText(row.metres, parts[2]);
  }

  function printLine(place) {
    const parts = [place.phone, guide.say(place.hours_words) || place.hours,
      guide.ownPart(place.note)].filter(Boolean);
    return guide.el('p', { class: 'paper-only' }, [parts.join(' · ')]);
  }

  function makeRow(place) {
    // English readers need the Chinese name too: it is the one on the door.
    const other = guide.language === 'en' && place.name_en ? place.name : '';
    const row = {
      place: place, told: null, shape: '',
      walk: place.number ? guide.el('span', { class: 'walk' }, []) : null
    };
    row.button = guide.el('button', {
      type: 'button', class: 'entry', 'data-id': place.facility_id
    }, [
      guide.numberBadge(place),
      guide.el('span', { class: 'entry-text' }, [
        place.number ? guide.el('span', { class: 'unseen' }, [place.number + ' ']) : null,
        guide.foreign(guide.placeName(place), 'entry-name'),
        other ? guide.foreign(other, 'entry-other') : null,
        guide.el('span', { class: 'entry-class' }, [guide.say(guide.classOf(place).name)]),
        place.address ? guide.foreign(place.address, 'entry-address') : null,
        place.number ? null : guide.foreign(guide.say(place.reason), 'entry-address')
      ]),
      row.walk
    ]);
    row.item = guide.el('li', {}, [row.button, printLine(place)]);
    return row;
  }

  function rowOf(place) {
    let row = rows.get(place.facility_id);
    if (!row) {
      row = makeRow(place);
      rows.set(place.facility_id, row);
    }
    tellWalk(row);
    return row;
  }

  /* A section is kept under its key: a heading, how many there are, and the list itself. */
  function makeSection(plan) {
    const title = guide.el('span', {}, [plan.title]);
    const count = guide.el('span', { class: 'section-count' }, [document.createTextNode('')]);
    const heading = guide.el('h2', { class: 'section-title' }, [
      plan.icon ? guide.icon(plan.icon, 'icon section-icon') : null, title, count
    ]);
    if (plan.colour) {
      heading.style.setProperty('--class', plan.colour);
      heading.style.setProperty('--class-ink', guide.inkOn(plan.colour));
    }
    const list = guide.el('ol', { class: 'entries' + (plan.showsClass ? ' with-class' : '') }, []);
    const nothing = guide.el('p', { class: 'nothing' }, [guide.t('empty_class')]);
    return {
      list: list, count: count, nothing: nothing,
      element: guide.el('section', { class: 'section ' + (plan.name || '') }, [
        heading, plan.intro ? guide.el('p', { class: 'section-intro' }, [plan.intro]) : null,
        list, nothing
      ])
    };
  }

  function sectionOf(plan) {
    let made = sections.get(plan.key);
    if (!made) {
      made = makeSection(plan);
      sections.set(plan.key, made);
    }
    setText(made.count.firstChild, guide.count(plan.places.length));
    // Until it comes into sight a section is only as high as its rows will be, give or take.
    const height = HEAD_PX + plan.places.length * ROW_PX;
    made.element.style.setProperty('contain-intrinsic-size', 'auto ' + height + 'px');
    made.list.hidden = plan.places.length === 0;
    made.nothing.hidden = plan.places.length > 0;
    return made;
  }

  function byClass(shown) {
    const state = guide.state;
    const own = new Map(guide.data.classes.map(function (item) { return [item.key, []]; }));
    shown.forEach(function (place) { own.get(place.category).push(place); });
    return guide.data.classes.filter(function (item) {
      // An empty class is said to be empty when somebody asks for it, and otherwise left out.
      return own.get(item.key).length || (state.category === item.key && !state.query);
    }).map(function (item) {
      return {
        key: 'class ' + item.key, title: guide.say(item.name), places: own.get(item.key),
        icon: item.key, colour: item.colour
      };
    });
  }

  function byTime(shown) {
    const times = guide.state.times, limits = guide.data.minutes;
    const known = shown.filter(function (place) { return times.has(place.facility_id); });
    known.sort(function (a, b) {
      return times.get(a.facility_id).time_s - times.get(b.facility_id).time_s;
    });
    const within = new Map(limits.map(function (minutes) { return [minutes, []]; }));
    const far = [];
    known.forEach(function (place) {
      (within.get(times.get(place.facility_id).within_min) || far).push(place);
    });
    const plans = limits.filter(function (minutes) { return within.get(minutes).length; })
      .map(function (minutes) {
        return {
          key: 'within ' + minutes, title: guide.t('within', { n: minutes }),
          places: within.get(minutes), showsClass: true, name: 'near'
        };
      });
    const all = far.concat(shown.filter(function (place) { return !times.has(place.facility_id); }));
    if (all.length) {
      plans.push({ key: 'farther', title: guide.t('farther'), places: all, showsClass: true });
    }
    return plans;
  }

  /* Whoever looks for a number wants the place that has it, before others with it in their name. */
  function inSections(shown) {
    const sorted = guide.state.isHome ? byTime : byClass;
    const wanted = guide.numberIn(guide.state.query);
    const exact = wanted ? shown.filter(function (place) { return place.number === wanted; }) : [];
    if (!exact.length || exact.length === shown.length) return sorted(shown);
    return [
      {
        key: 'number ' + wanted, title: guide.t('numbered', { n: wanted }), places: exact,
        showsClass: true, name: 'exact'
      },
      {
        key: 'others', title: guide.t('others_found'), showsClass: true,
        places: shown.filter(function (place) { return place.number !== wanted; })
      }
    ];
  }

  function isSame(list, places) {
    const items = list.children;
    if (items.length !== places.length) return false;
    for (let i = 0; i < places.length; i += 1) {
      const row = rows.get(places[i].facility_id);
      if (!row || items[i] !== row.item) return false;
    }
    return true;
  }

  /* Steps of setting every row into its place: the first ones are one step. Room is kept for those
     to come, so that nothing below them moves. */
  function* filling(plans, hadFocus) {
    let n = 0;
    for (let k = 0; k < plans.length; k += 1) {
      const list = sections.get(plans[k].key).list, places = plans[k].places;
      const stays = isSame(list, places);
      if (!stays) list.textContent = '';
      list.style.minHeight = stays ? '' : places.length * ROW_PX + 'px';
    }
    for (let k = 0; k < plans.length; k += 1) {
      const list = sections.get(plans[k].key).list, places = plans[k].places;
      const stays = isSame(list, places);
      for (let i = 0; i < places.length; i += 1) {
        const row = rowOf(places[i]);
        if (!stays) list.appendChild(row.item);
        n += 1;
        if (hadFocus === row.button) hadFocus.focus({ preventScroll: true });
        if (n >= AT_ONCE && n % EACH_STEP === 0) yield;
      }
      list.style.minHeight = '';
    }
    guide.byId('list').setAttribute('aria-busy', 'false');
    guide.tell('listed');
  }

  function show(plans, ending) {
    const holder = guide.byId('list');
    const wanted = plans.map(function (plan) { return sectionOf(plan).element; });
    if (ending) wanted.push(ending);
    const isThere = wanted.length === holder.children.length &&
      wanted.every(function (element, i) { return holder.children[i] === element; });
    const focused = document.activeElement;
    const hadFocus = focused && holder.contains(focused) ? focused : null;
    if (!isThere) {
      guide.clear(holder);
      wanted.forEach(function (element) { holder.appendChild(element); });
    }
    holder.setAttribute('aria-busy', 'true');
    const work = filling(plans, hadFocus);
    if (!work.next().done) rest = guide.inSlices(work, guide.afterPaint);
  }

  guide.shownPlaces = function () { return guide.data.places.filter(guide.isShown); };

  guide.drawList = function () {
    const data = guide.data;
    const shown = guide.shownPlaces();
    const unplaced = data.unplaced.filter(guide.isShown);
    const total = shown.length + unplaced.length;
    guide.startList();
    if (rest) rest.stop();
    rest = null;
    if (spoken !== guide.language) {
      rows = new Map();
      sections = new Map();
      spoken = guide.language;
    }
    const plans = inSections(shown);
    if (unplaced.length) {
      plans.push({
        key: 'unplaced', title: guide.t('unplaced_title'), places: unplaced, showsClass: true,
        name: 'unplaced', intro: guide.t('unplaced_intro')
      });
    }
    const isEmpty = !data.places.length && !data.unplaced.length;
    order = plans.reduce(function (all, plan) { return all.concat(plan.places); }, []);
    show(plans, !total && !plans.length ? guide.el('p', { class: 'nothing' },
      [guide.t(isEmpty ? 'empty_guide' : 'no_match')]) : null);
    guide.byId('count').textContent = guide.state.query || guide.state.category
      ? guide.count(total) : '';
    guide.markChosen();
    return shown;
  };

  /* What waits in slices, now: before somebody prints, or goes to a row by name. */
  guide.finishList = function () {
    if (rest) rest.finish();
    rest = null;
  };

  guide.markChosen = function () {
    const place = guide.state.selected;
    const row = place ? rowOf(place) : null;
    const button = row ? row.button : null;
    if (chosen && chosen !== button) {
      chosen.classList.remove('chosen');
      chosen.removeAttribute('aria-current');
    }
    if (button) {
      button.classList.add('chosen');
      button.setAttribute('aria-current', 'true');
    }
    chosen = button;
  };

  guide.entryOf = function (place) {
    if (order.indexOf(place) < 0) return undefined;
    const row = rowOf(place);
    if (!row.item.parentNode) guide.finishList();
    return row.button;
  };

  /* Places in the order of the list as it stands, for "previous" and "next". */
  guide.listed = function () { return order; };

  let isStarted = false;
  guide.startList = function () {
    if (isStarted) return;
    isStarted = true;
    guide.byId('list').addEventListener('click', function (event) {
      const button = event.target.closest ? event.target.closest('.entry') : null;
      const row = button ? rows.get(button.getAttribute('data-id')) : null;
      if (row) guide.tell('choose', { place: row.place, from: 'list' });
    });
    window.addEventListener('beforeprint', guide.finishList);
  };
})(window.circleGuide = window.circleGuide || {});
