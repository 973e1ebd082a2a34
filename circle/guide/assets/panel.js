/* What is shown of the guide: chips by class, search, and the walk to a place as it is told. */
(function (guide) {
  'use strict';

  guide.state = { category: null, query: '', times: null, isHome: false, selected: null };

  guide.classOf = function (place) {
    return guide.classes.get(place.category);
  };

  guide.plain = function (text) {
    return (text || '').normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase()
      .replace(/[\s'’·-]+/g, '');
  };

  /* All the ways in which somebody may call a place. */
  guide.prepareSearch = function (place) {
    const item = guide.classOf(place);
    place.haystack = [place.name, place.name_en, place.pinyin, place.address, item.name.zh,
      item.name.en].concat(place.sounds || []).map(guide.plain).concat([place.initials || '']);
    place.digits = guide.plain(place.phone).replace(/\D+/g, '');
  };

  /* The number of a place somebody looks for, 0 where the words are no such number. */
  guide.numberIn = function (query) {
    const wanted = guide.plain(query);
    return /^\d{1,4}$/.test(wanted) ? Number(wanted) : 0;
  };

  /* A number is that of a place, or stands in its name or address; from four digits on it may be
     part of a telephone number. What nobody can see, such as identifiers, is not searched. */
  guide.matches = function (place, query) {
    if (!query) return true;
    const wanted = guide.plain(query);
    if (!wanted || (place.number && place.number === guide.numberIn(query))) return true;
    if (/^\d{4,}$/.test(wanted) && place.digits.indexOf(wanted) >= 0) return true;
    return place.haystack.some(function (text) { return text.indexOf(wanted) >= 0; });
  };

  guide.isShown = function (place) {
    const state = guide.state;
    return (!state.category || place.category === state.category) &&
      guide.matches(place, state.query);
  };

  /* Walk to a place: from the home when there is one, else as the guide says it. */
  guide.walkOf = function (place) {
    const times = guide.state.times;
    if (!times) {
      return {
        minutes: place.minutes, metres: place.metres, within: place.within_min, text: place.walk
      };
    }
    const found = times.get(place.facility_id);
    const sentences = guide.data.sentences;
    if (!found) {
      return { text: sentences.walk_beyond, limit: guide.farMinutes() };
    }
    const minutes = guide.wholeMinutes(found.time_s);
    const hasMetres = typeof found.distance_m === 'number' && isFinite(found.distance_m);
    const metres = hasMetres ? guide.roundMetres(found.distance_m) : undefined;
    return {
      minutes: minutes, metres: metres, within: found.within_min, time_s: found.time_s,
      text: hasMetres ? sentences.walk : sentences.walk_time_only
    };
  };

  guide.outerMinutes = function () {
    const minutes = guide.data.minutes;
    return minutes.length ? minutes[minutes.length - 1] : 15;
  };

  guide.walkText = function (place) {
    const walk = guide.walkOf(place);
    return guide.fill(guide.say(walk.text), {
      minutes: walk.minutes || guide.outerMinutes(), metres: walk.metres
    });
  };

  guide.numberBadge = function (place) {
    const badge = guide.el('span', { class: 'number', 'aria-hidden': 'true' },
      [place.number ? String(place.number) : '?']);
    const colour = guide.classOf(place).colour;
    badge.style.setProperty('--class', colour);
    badge.style.setProperty('--class-ink', guide.inkOn(colour));
    return badge;
  };

  /* On a phone the list lies below the map: whoever chose a class sees what is first in it. */
  function showFound() {
    guide.byId('chips').scrollIntoView({
      block: 'start', behavior: guide.stillness.matches ? 'auto' : 'smooth'
    });
  }

  function chip(key, label, nPlaced, nUnplaced, colour) {
    const button = guide.el('button', {
      type: 'button', class: 'chip', 'aria-pressed': false, 'data-class': key || 'all',
      'aria-label': guide.t(nUnplaced ? 'chip_label_unplaced' : 'chip_label',
        { name: label, n: nPlaced, m: nUnplaced }),
      onclick: function () {
        guide.state.category = guide.state.category === key ? null : key;
        guide.tell('filter');
        if (guide.state.category && !guide.wide.matches) showFound();
      }
    }, [
      key ? guide.icon(key, 'icon chip-icon') : guide.icon('whole', 'icon chip-icon'),
      guide.el('span', { class: 'chip-name' }, [
        label,
        nUnplaced ? guide.el('small', {}, [guide.t('chip_unplaced', { n: nUnplaced })]) : null
      ]),
      guide.el('span', { class: 'chip-count' }, [String(nPlaced)])
    ]);
    if (colour) {
      button.style.setProperty('--class', colour);
      button.style.setProperty('--class-ink', guide.inkOn(colour));
    }
    return button;
  }

  /* The chips are made once per language; a choice only presses one of them. */
  guide.drawChips = function () {
    const holder = guide.byId('chips');
    const data = guide.data;
    if (holder.getAttribute('data-spoken') !== guide.language) {
      guide.clear(holder);
      holder.setAttribute('data-spoken', guide.language);
      holder.appendChild(
        chip(null, guide.t('all'), data.places.length, data.unplaced.length, null));
      data.classes.forEach(function (item) {
        holder.appendChild(
          chip(item.key, guide.say(item.name), item.n_placed, item.n_unplaced, item.colour));
      });
    }
    Array.from(holder.children).forEach(function (button) {
      const isChosen = button.getAttribute('data-class') === (guide.state.category || 'all');
      button.setAttribute('aria-pressed', String(isChosen));
      button.tabIndex = isChosen ? 0 : -1;
    });
  };

  /* One stop for the Tab key; arrows go from class to class. */
  guide.startChips = function () {
    const holder = guide.byId('chips');
    holder.addEventListener('keydown', function (event) {
      const all = Array.from(holder.children), here = all.indexOf(document.activeElement);
      const goals = {
        ArrowRight: here + 1, ArrowDown: here + 1, ArrowLeft: here - 1, ArrowUp: here - 1,
        Home: 0, End: all.length - 1
      };
      if (here < 0 || !Object.prototype.hasOwnProperty.call(goals, event.key)) return;
      event.preventDefault();
      const next = all[(goals[event.key] + all.length) % all.length];
      all.forEach(function (button) { button.tabIndex = button === next ? 0 : -1; });
      next.focus();
    });
  };
})(window.circleGuide = window.circleGuide || {});
