/* The same as tables: whatever the map says can be read here, and chosen from here. */
(function (guide) {
  'use strict';

  const PAGE = 100;
  let shown = PAGE, shownFor = '';

  function cell(content, isNumber) {
    return guide.el('td', { class: isNumber ? 'n' : null },
      Array.isArray(content) ? content : [content]);
  }

  function table(caption, heads, rows) {
    const key = guide.chosen.table + ' ' + guide.chosen.subject.key;
    if (key !== shownFor) { shown = PAGE; shownFor = key; }
    const body = rows.slice(0, shown).map(function (row) {
      return guide.el('tr', { class: row.class, 'data-row': row.key }, row.cells.map(function (content, i) {
        if (i === 0) return guide.el('th', { scope: 'row' }, Array.isArray(content) ? content : [content]);
        return cell(content, heads[i][1]);
      }));
    });
    const parts = [guide.el('table', {}, [
      guide.el('caption', {}, [caption]),
      guide.el('thead', {}, [guide.el('tr', {}, heads.map(function (head) {
        return guide.el('th', { scope: 'col', class: head[1] ? 'n' : null }, [head[0]]);
      }))]),
      guide.el('tbody', {}, body)
    ])];
    if (rows.length > shown) {
      parts.push(guide.el('p', { class: 'more-rows' }, [
        guide.t('shown_rows', { n: shown, all: rows.length }) + ' ',
        guide.el('button', {
          type: 'button', class: 'plain', onclick: function () { shown += 5 * PAGE; guide.drawTables(); }
        }, [guide.t('more_rows', { n: Math.min(5 * PAGE, rows.length - shown) })])
      ]));
    }
    return parts;
  }

  function link(text, act) {
    return guide.el('button', { type: 'button', class: 'plain', onclick: act }, [text]);
  }

  function stateHeads() {
    return [[guide.t('col_total'), true], [guide.t('covered'), true], [guide.t('uncovered'), true],
      [guide.t('unknown_short'), true]];
  }

  function all() {
    const measure = guide.chosen.measure;
    const rows = guide.data.subjects.map(function (subject) {
      const figure = function (name) { return guide.store.figure(subject, measure, name); };
      const distance = function (name) { return guide.store.distance(subject, name); };
      const low = figure('low'), high = figure('high');
      return {
        key: subject.key, class: subject === guide.chosen.subject ? 'is-chosen' : null,
        cells: [[link(guide.say(subject.name), function () { guide.choose(subject); }),
          guide.unverified(subject)],
        guide.by(subject), guide.levelName(subject.level), guide.far(subject.limit),
        guide.amount(figure('total'), measure), guide.share(subject, figure('share_covered')),
        guide.percent(figure('share_uncovered')), guide.percent(figure('share_unknown')),
        guide.percent(figure('share_crow_fly')),
        isFinite(low) ? guide.percent(low) + ' – ' + guide.percent(high) : '–',
        guide.far(distance('median')), guide.far(distance('p90')),
        guide.number(guide.store.choicesMedian(subject))]
      };
    });
    return table(guide.t('table_all') + ' · ' + guide.measureName(measure), [
      [guide.t('col_name')], [guide.t('col_by')], [guide.t('col_level')], [guide.t('col_limit'), true]
    ].concat(stateHeads(), [[guide.t('col_crow'), true], [guide.t('col_range'), true],
      [guide.t('col_median'), true], [guide.t('col_p90'), true], [guide.t('col_choices'), true]]), rows);
  }

  function areas() {
    const measure = guide.store.ofHomes(guide.chosen.measure);
    const sums = guide.store.areaSums(guide.chosen.subject, measure);
    const rows = sums.map(function (sum, i) {
      const share = function (part) { return guide.percent(sum[4] ? sum[part] / sum[4] : NaN); };
      return {
        key: String(i), total: sum[4], cells: [
          i < guide.store.areas.length ? link(guide.areaName(i), function () {
            guide.zoomToBox(guide.store.areas[i].box, 17);
          }) : guide.areaName(i),
          guide.amount(sum[4], measure), share(0), share(1), share(2)
        ]
      };
    }).filter(function (row, i) { return i < guide.store.areas.length || row.total > 0; });
    return table(caption('table_areas') + ' · ' + guide.measureName(measure),
      [[guide.t('col_area')]].concat(stateHeads()), rows);
  }

  function caption(key) {
    const subject = guide.chosen.subject;
    return guide.t(key) + ' · ' + guide.say(subject.name) + ' ' +
      guide.t('within', { limit: guide.far(subject.limit) });
  }

  function gaps() {
    const rows = guide.gapsOf(guide.chosen.subject).map(function (row, i) {
      return {
        key: String(i), cells: [
          // Its rank here, and the number it has in the files beside this page.
          [link(guide.t('gaps') + ' ' + (i + 1), function () { guide.zoomToGap(row); }),
            row[9] === i + 1 ? '' : ' ' + guide.t('gap_file', { n: row[9] })],
          guide.number(row[1]), guide.number(row[2]), guide.number(row[3]),
          guide.el('bdi', {}, [row[4] || (row[5] === null ? '–' : guide.t('unnamed'))]),
          guide.far(row[5]), guide.far(row[6]), guide.far(row[7]), guide.far(row[8])]
      };
    });
    return table(caption('table_gaps'), [[guide.t('gaps')], [guide.t('col_people'), true],
      [guide.t('col_dwellings'), true], [guide.t('col_homes'), true], [guide.t('col_nearest')],
      [farHead(), true], [guide.t('col_excess') + ' ≥', true], [guide.t('col_excess'), true],
      [guide.t('col_excess') + ' ≤', true]], rows);
  }

  function farHead() { return guide.t(guide.data.unit === 'm' ? 'col_far' : 'col_time'); }

  function homes() {
    const subject = guide.chosen.subject, store = guide.store;
    const states = store.states(subject);
    const order = Array.from(states.keys());
    const nearest = order.map(function (home) { return store.nearest(subject, home); });
    const rank = [1, 0, 2, 3];
    order.sort(function (one, other) {
      const far = function (home) { return nearest[home] ? nearest[home].far : Infinity; };
      return rank[states[one]] - rank[states[other]] ||
        (far(other) === far(one) ? 0 : far(other) - far(one)) ||
        store.homes.people[other] - store.homes.people[one] || one - other;
    });
    const rows = order.map(function (home) {
      const walk = nearest[home];
      return {
        key: String(home), class: guide.chosen.home === home ? 'is-chosen' : null, cells: [
          link(guide.homeName(home), function () { guide.showHome(home); }),
          guide.number(store.homes.people[home]), guide.number(store.homes.dwellings[home]),
          guide.t(states[home] === 2 ? 'unknown_short' : guide.STATES[states[home]]),
          walk && walk.place >= 0 ? guide.el('bdi', {}, [store.placeName(walk.place)]) : '–',
          walk ? guide.far(walk.far) : '–',
          walk && walk.excess > 0 ? guide.far(walk.excess) : '–'
        ]
      };
    });
    return table(caption('table_homes'), [[guide.t('col_building')], [guide.t('col_people'), true],
      [guide.t('col_dwellings'), true], [guide.t('col_state')], [guide.t('col_nearest')],
      [farHead(), true], [guide.t('col_excess'), true]], rows);
  }

  function sites() {
    const rows = [];
    guide.data.sites.forEach(function (plan) {
      plan.sites.forEach(function (site, i) {
        rows.push({
          key: String(rows.length), cells: [
            link(guide.t('site_n', { n: i + 1 }), function () {
              guide.map.setView([site.lat, site.lon], 17, { animate: false });
            }),
            guide.say(plan.name), guide.el('bdi', {}, [guide.say(site.name)]),
            site.gained === null ? '–' : guide.amount(site.gained, plan.measure),
            guide.amount(site.settled, plan.measure),
            guide.far(site.mean)
          ]
        });
      });
    });
    return table(guide.t('table_sites'), [[guide.t('col_site')], [guide.t('col_name')],
      [guide.t('col_building')], [guide.t('col_served'), true], [guide.t('col_settled'), true],
      [guide.t('col_mean'), true]], rows);
  }

  function change() {
    const measure = guide.chosen.measure;
    const rows = guide.data.subjects.filter(function (subject) {
      return subject.key in guide.data.change.which;
    }).map(function (subject) {
      const moved = (guide.data.change.moved[measure] || {})[subject.key] || [0, 0];
      return {
        key: subject.key, cells: [link(guide.say(subject.name), function () { guide.choose(subject); }),
          guide.by(subject), guide.levelName(subject.level),
          guide.percent(guide.store.figure(subject, measure, 'share_covered')),
          guide.percent(guide.store.figure(subject, measure, 'share_covered', true)),
          (moved[0] > 0 ? '+' : '') + guide.amount(moved[0], measure),
          (moved[1] > 0 ? '+' : '') + guide.amount(moved[1], measure)]
      };
    });
    return table(guide.t('table_change') + ' · ' + guide.measureName(measure), [[guide.t('col_name')],
      [guide.t('col_by')], [guide.t('col_level')], [guide.t('col_before'), true],
      [guide.t('col_after'), true], [guide.t('col_gained'), true], [guide.t('col_settled'), true]], rows);
  }

  const MAKERS = { all: all, areas: areas, gaps: gaps, homes: homes, sites: sites, change: change };

  guide.drawTables = function () {
    const tabs = guide.byId('table-tabs'), holder = guide.byId('table');
    const keys = ['all', 'areas', 'gaps', 'homes'].concat(
      guide.data.sites.length ? ['sites'] : [], guide.data.change ? ['change'] : []);
    const hadFocus = tabs.contains(document.activeElement);
    guide.clear(tabs);
    keys.forEach(function (key) {
      const isOn = guide.chosen.table === key;
      const tab = guide.el('button', {
        type: 'button', role: 'tab', id: 'tab-' + key, class: 'key', 'aria-selected': isOn,
        'aria-controls': 'table', tabindex: isOn ? '0' : '-1', 'data-key': key,
        onclick: function () { guide.chosen.table = key; guide.drawTables(); }
      }, [guide.t('table_' + key)]);
      tabs.appendChild(tab);
      if (isOn && hadFocus) tab.focus({ preventScroll: true });
    });
    tabs.onkeydown = function (event) {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      guide.chosen.table = keys[(keys.indexOf(guide.chosen.table) + step + keys.length) % keys.length];
      guide.drawTables();
    };
    holder.setAttribute('aria-labelledby', 'tab-' + guide.chosen.table);
    guide.clear(holder);
    MAKERS[guide.chosen.table]().forEach(function (part) { holder.appendChild(part); });
  };
})(window.circleGuide = window.circleGuide || {});
