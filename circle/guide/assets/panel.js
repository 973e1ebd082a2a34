/* The list beside the map: chips by class, search, every place, and the ones not on the map. */
(function (guide) {
  'use strict';

  guide.state = { category: null, query: '', times: null, selected: null };

  guide.classOf = function (place) {
    return guide.classes.get(place.category);
  };

  function plain(text) {
    return (text || '').normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase()
      .replace(/[\s'’·-]+/g, '');
  }

  /* All the ways in which somebody may call a place. */
  guide.prepareSearch = function (place) {
    const item = guide.classOf(place);
    place.haystack = [place.name, place.name_en, place.pinyin, place.address, item.name.zh,
      item.name.en, place.facility_id].map(plain).concat([place.initials || '']);
  };

  function matches(place, query) {
    const wanted = plain(query);
    if (!wanted) return true;
    if (/^\d+$/.test(wanted) && place.number === Number(wanted)) return true;
    return place.haystack.some(function (text) { return text.indexOf(wanted) >= 0; });
  }

  guide.isShown = function (place) {
    const state = guide.state;
    return (!state.category || place.category === state.category) && matches(place, state.query);
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

  function chip(key, label, count, colour) {
    const isChosen = guide.state.category === key;
    const button = guide.el('button', {
      type: 'button', class: 'chip', 'aria-pressed': isChosen, 'data-class': key || 'all',
      onclick: function () {
        guide.state.category = isChosen ? null : key;
        guide.tell('filter');
        const again = guide.byId('chips').querySelector('[data-class="' + (key || 'all') + '"]');
        if (again) again.focus();
      }
    }, [
      key ? guide.icon(key, 'icon chip-icon') : guide.icon('whole', 'icon chip-icon'),
      guide.el('span', { class: 'chip-name' }, [label]),
      guide.el('span', { class: 'chip-count' }, [String(count)])
    ]);
    if (colour) {
      button.style.setProperty('--class', colour);
      button.style.setProperty('--class-ink', guide.inkOn(colour));
    }
    return button;
  }

  guide.drawChips = function () {
    const holder = guide.byId('chips');
    const data = guide.data;
    guide.clear(holder);
    holder.appendChild(chip(null, guide.t('all'), data.places.length + data.unplaced.length, null));
    data.classes.forEach(function (item) {
      holder.appendChild(
        chip(item.key, guide.say(item.name), item.n_placed + item.n_unplaced, item.colour));
    });
  };

  function walkColumn(place) {
    const walk = guide.walkOf(place);
    if (!walk.minutes) {
      return guide.el('span', { class: 'walk far' }, [
        guide.t('beyond_short', { n: guide.outerMinutes() })
      ]);
    }
    return guide.el('span', { class: 'walk' }, [
      guide.el('b', {}, [String(walk.minutes)]), ' ', guide.t('minutes_short'),
      walk.metres ? guide.el('small', {}, [walk.metres + ' ' + guide.t('metres_short')]) : null
    ]);
  }

  function printLine(place) {
    const parts = [place.phone, place.hours, guide.say(place.position), place.note,
      [place.source, place.source_date].filter(Boolean).join(' ')].filter(Boolean);
    return guide.el('p', { class: 'paper-only' }, [parts.join(' · ')]);
  }

  function entry(place, showsClass) {
    // English readers need the Chinese name too: it is the one on the door.
    const other = guide.language === 'en' && place.name_en ? place.name : '';
    const button = guide.el('button', {
      type: 'button', class: 'entry', 'data-id': place.facility_id,
      onclick: function () { guide.tell('choose', { place: place, from: 'list' }); }
    }, [
      guide.numberBadge(place),
      guide.el('span', { class: 'entry-text' }, [
        place.number ? guide.el('span', { class: 'unseen' }, [place.number + ' ']) : null,
        guide.foreign(guide.placeName(place), 'entry-name'),
        other ? guide.foreign(other, 'entry-other') : null,
        showsClass ? guide.el('span', { class: 'entry-class' },
          [guide.say(guide.classOf(place).name)]) : null,
        place.address ? guide.foreign(place.address, 'entry-address') : null,
        place.number ? null : guide.foreign(guide.say(place.reason), 'entry-address')
      ]),
      place.number ? walkColumn(place) : null
    ]);
    return guide.el('li', {}, [button, printLine(place)]);
  }

  function section(title, places, options) {
    const heading = guide.el('h2', { class: 'section-title' }, [
      options.icon ? guide.icon(options.icon, 'icon section-icon') : null,
      guide.el('span', {}, [title]),
      guide.el('span', { class: 'section-count' }, [guide.count(places.length)])
    ]);
    if (options.colour) heading.style.setProperty('--class', options.colour);
    if (options.colour) heading.style.setProperty('--class-ink', guide.inkOn(options.colour));
    return guide.el('section', { class: 'section ' + (options.name || '') }, [
      heading,
      options.intro ? guide.el('p', { class: 'section-intro' }, [options.intro]) : null,
      places.length
        ? guide.el('ol', { class: 'entries' }, places.map(function (place) {
          return entry(place, options.showsClass);
        }))
        : guide.el('p', { class: 'nothing' }, [guide.t('empty_class')])
    ]);
  }

  function byClass(shown) {
    const state = guide.state;
    return guide.data.classes.filter(function (item) {
      return !state.category || item.key === state.category;
    }).map(function (item) {
      const own = shown.filter(function (place) { return place.category === item.key; });
      // An empty class is said to be empty when somebody asks for it, and otherwise left out.
      if (!own.length && (state.category !== item.key || state.query)) return null;
      return section(guide.say(item.name), own, { icon: item.key, colour: item.colour });
    }).filter(Boolean);
  }

  function byTime(shown) {
    const times = guide.state.times;
    const known = shown.filter(function (place) { return times.has(place.facility_id); });
    known.sort(function (a, b) {
      return times.get(a.facility_id).time_s - times.get(b.facility_id).time_s;
    });
    const sections = guide.data.minutes.map(function (minutes) {
      const own = known.filter(function (place) {
        return times.get(place.facility_id).within_min === minutes;
      });
      return own.length ? section(guide.t('within', { n: minutes }), own,
        { showsClass: true, name: 'near' }) : null;
    }).filter(Boolean);
    const far = known.filter(function (place) {
      return times.get(place.facility_id).within_min === undefined;
    }).concat(shown.filter(function (place) { return !times.has(place.facility_id); }));
    if (far.length) sections.push(section(guide.t('farther'), far, { showsClass: true }));
    return sections;
  }

  guide.drawList = function () {
    const holder = guide.byId('list');
    const data = guide.data;
    const shown = data.places.filter(guide.isShown);
    const unplaced = data.unplaced.filter(guide.isShown);
    const total = shown.length + unplaced.length;
    const sections = guide.state.times ? byTime(shown) : byClass(shown);
    guide.clear(holder);
    sections.forEach(function (element) { holder.appendChild(element); });
    if (unplaced.length) {
      holder.appendChild(section(guide.t('unplaced_title'), unplaced,
        { name: 'unplaced', intro: guide.t('unplaced_intro'), showsClass: true }));
    }
    if (!total && !sections.length) {
      const isEmpty = !data.places.length && !data.unplaced.length;
      holder.appendChild(guide.el('p', { class: 'nothing' },
        [guide.t(isEmpty ? 'empty_guide' : 'no_match')]));
    }
    guide.byId('count').textContent = guide.state.query || guide.state.category
      ? guide.count(total) : '';
    guide.markChosen();
    return shown;
  };

  guide.markChosen = function () {
    const chosen = guide.state.selected;
    guide.byId('list').querySelectorAll('.entry').forEach(function (button) {
      const isChosen = Boolean(chosen) &&
        button.getAttribute('data-id') === chosen.facility_id;
      button.classList.toggle('chosen', isChosen);
      if (isChosen) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
    });
  };

  guide.entryOf = function (place) {
    return Array.from(guide.byId('list').querySelectorAll('.entry')).find(function (button) {
      return button.getAttribute('data-id') === place.facility_id;
    });
  };

  /* Places in the order of the list as it stands, for "previous" and "next". */
  guide.listed = function () {
    const byId = new Map();
    guide.data.places.concat(guide.data.unplaced).forEach(function (place) {
      byId.set(place.facility_id, place);
    });
    return Array.from(guide.byId('list').querySelectorAll('.entry')).map(function (button) {
      return byId.get(button.getAttribute('data-id'));
    });
  };
})(window.circleGuide = window.circleGuide || {});
