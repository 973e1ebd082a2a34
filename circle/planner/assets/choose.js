/* What is looked at: classes or clauses, level, measure, colours, layers. */
(function (guide) {
  'use strict';

  /* Classes first, then the clauses of each standard. */
  function groups() {
    const found = [];
    guide.data.subjects.forEach(function (subject) {
      const key = subject.isClause ? subject.standard : '';
      if (!found.some(function (one) { return one.key === 'g' + key; })) {
        found.push({ key: 'g' + key, text: key || guide.t('classes') });
      }
    });
    return found;
  }

  function groupOf(subject) { return 'g' + (subject.isClause ? subject.standard : ''); }

  function levelsOf(group) {
    const known = guide.data.levels.map(function (level) { return level.key; });
    const found = [];
    guide.data.subjects.forEach(function (subject) {
      if (groupOf(subject) === group && found.indexOf(subject.level) < 0) found.push(subject.level);
    });
    const rank = function (key) { const at = known.indexOf(key); return at < 0 ? 99 : at; };
    return found.sort(function (one, other) { return rank(one) - rank(other); });
  }

  function subjectsOf(group, level) {
    return guide.data.subjects.filter(function (subject) {
      return groupOf(subject) === group && subject.level === level;
    });
  }

  /* The same kind of place at another level, else the first there. */
  function sameAt(group, level) {
    const all = subjectsOf(group, level);
    const before = guide.chosen.subject;
    return all.find(function (subject) {
      return subject.asks[0][0] === before.asks[0][0] || subject.name.zh === before.name.zh;
    }) || all[0];
  }

  guide.choose = function (subject) {
    guide.chosen.subject = subject;
    guide.refresh();
  };

  guide.drawChoices = function () {
    const chosen = guide.chosen, subject = chosen.subject;
    const group = groupOf(subject);
    const all = groups();
    guide.byId('what').hidden = all.length < 2;
    guide.radios(guide.byId('what'), all, group, function (key) {
      const levels = levelsOf(key);
      const level = levels.indexOf(subject.level) >= 0 ? subject.level : levels[levels.length - 1];
      guide.choose(sameAt(key, level));
    });
    guide.radios(guide.byId('levels'), levelsOf(group).map(function (level) {
      const known = guide.data.levels.find(function (one) { return one.key === level; });
      const isOne = !subject.isClause && known;
      return {
        key: level, content: [guide.el('span', {}, [guide.levelName(level)]),
          isOne ? guide.el('span', { class: 'key-note' }, [guide.far(known.limit)]) : null]
      };
    }), subject.level, function (level) { guide.choose(sameAt(group, level)); });
    guide.radios(guide.byId('measures'), guide.data.measures.map(function (measure) {
      return { key: measure.key, text: guide.say(measure.name) };
    }), chosen.measure, function (key) { chosen.measure = key; guide.refresh(); });
    guide.radios(guide.byId('subjects'), subjectsOf(group, subject.level).map(subjectRow),
      subject.key, function (key) { guide.choose(guide.store.byKey.get(key)); });
    showChosen(guide.byId('subjects'));
    drawKey();
    drawShows();
    drawLayers();
  };

  /* On a phone the list scrolls in itself, so that the map is not far below. */
  function showChosen(holder) {
    const on = holder.querySelector('[aria-checked="true"]');
    if (on && holder.scrollHeight > holder.clientHeight) {
      holder.scrollTop = on.offsetTop - holder.offsetTop - (holder.clientHeight - on.offsetHeight) / 2;
    }
  }

  /* What the parts of the bars are. */
  function drawKey() {
    const holder = guide.byId('bars-key');
    const item = function (className, key) {
      return guide.el('span', {}, [guide.el('i', { class: className }, []), guide.t(key)]);
    };
    guide.clear(holder);
    holder.appendChild(item('swatch covered', 'covered'));
    holder.appendChild(item('swatch hatched', 'unknown_short'));
    holder.appendChild(item('swatch uncovered', 'uncovered'));
    if (guide.data.unit === 'm') holder.appendChild(item('crow-key', 'crow_fly'));
  }

  /* A bar of what is covered, unknown and not covered: the whole list is a chart. */
  function bar(subject) {
    const measure = guide.chosen.measure;
    const part = function (state) {
      const share = guide.store.figure(subject, measure, 'share_' + state);
      const element = guide.el('span', { class: 'part ' + state }, []);
      element.style.width = (isFinite(share) ? 100 * share : 0).toFixed(2) + '%';
      return element;
    };
    const mark = guide.store.figure(subject, measure, 'share_crow_fly');
    const crow = guide.el('span', { class: 'crow' }, []);
    if (isFinite(mark)) crow.style.left = (100 * mark).toFixed(2) + '%';
    return guide.el('span', { class: 'bar', 'aria-hidden': 'true' },
      guide.isMapped(subject) ?
        [part('covered'), part('unknown'), part('uncovered'), isFinite(mark) ? crow : null] : []);
  }

  function subjectRow(subject) {
    const measure = guide.chosen.measure;
    const share = guide.store.figure(subject, measure, 'share_covered');
    return {
      key: subject.key, class: 'subject',
      content: [
        guide.el('span', { class: 'subject-name' }, [
          guide.say(subject.name),
          subject.isClause ? guide.el('small', {}, [' ' + guide.far(subject.limit)]) : null,
          guide.unverified(subject)
        ]),
        guide.el('span', { class: 'subject-share' }, [guide.share(subject, share)]), bar(subject)
      ]
    };
  }

  function drawShows() {
    const shows = ['state', 'distance'];
    if (guide.store.reaches.some(function (reach) { return reach.hasStraight; })) shows.push('straight');
    if (guide.store.areas.length) shows.push('areas');
    if (guide.data.change) shows.push('change');
    guide.radios(guide.byId('shows'), shows.map(function (key) {
      return { key: key, text: guide.t('show_' + key) };
    }), guide.chosen.show, function (key) { guide.chosen.show = key; guide.refresh(); });
  }

  function drawLayers() {
    const holder = guide.byId('layers');
    const hadFocus = document.activeElement && holder.contains(document.activeElement) ?
      document.activeElement.getAttribute('data-key') : null;
    guide.clear(holder);
    ['gaps', 'places'].concat(guide.data.sites.length ? ['sites'] : []).forEach(function (key) {
      const isOn = guide.chosen.layers[key];
      const box = guide.el('button', {
        type: 'button', role: 'checkbox', class: 'check', 'aria-checked': Boolean(isOn),
        'data-key': key,
        onclick: function () { guide.chosen.layers[key] = !isOn; guide.refresh(); }
      }, [guide.el('span', { class: 'tick', 'aria-hidden': 'true' }, [isOn ? '✓' : '']),
        guide.t('layer_' + key)]);
      holder.appendChild(box);
      if (hadFocus === key) box.focus();
    });
  }
})(window.circleGuide = window.circleGuide || {});
