/* The figures of what is chosen, said aloud when they change. */
(function (guide) {
  'use strict';

  function line(term, value, note) {
    return [guide.el('dt', {}, [term]), guide.el('dd', {}, [value,
      note ? guide.el('span', { class: 'note' }, [note]) : null])];
  }

  function stateRow(subject, measure, state) {
    const figure = function (name) { return guide.store.figure(subject, measure, name); };
    return guide.el('div', { class: 'state-row ' + state }, [
      guide.el('span', { class: 'swatch ' + (state === 'unknown' ? 'hatched' : state) }, []),
      guide.el('span', { class: 'state-name' }, [guide.t(state === 'unknown' ? 'unknown_short' : state)]),
      guide.el('span', { class: 'state-share', 'data-figure': 'share_' + state },
        [guide.percent(figure('share_' + state))]),
      guide.el('span', { class: 'state-n', 'data-figure': state }, [guide.amount(figure(state), measure)])
    ]);
  }

  function head(subject) {
    const told = subject.told;
    return [
      guide.el('h2', { id: 'figures-title' }, [guide.say(subject.name), ' ',
        guide.el('span', { class: 'limit' }, [guide.t('within', { limit: guide.far(subject.limit) })]),
        guide.unverified(subject)]),
      guide.el('p', { class: 'by' }, [guide.el('bdi', {}, [guide.by(subject)]),
        ' · ' + guide.levelName(subject.level),
        told ? ' · ' + guide.t('need_' + told.need) : '']),
      guide.isMapped(subject) ? null :
        guide.el('p', { class: 'note warn' }, [guide.t('none_here_note')]),
      told && !subject.verified ?
        guide.el('p', { class: 'note warn' }, [guide.t('unverified_note')]) : null,
      told && guide.say(told.note) ? guide.el('p', { class: 'note' }, [guide.say(told.note)]) : null
    ];
  }

  function more(subject, measure) {
    const figure = function (name) { return guide.store.figure(subject, measure, name); };
    const lines = [];
    const low = figure('low'), high = figure('high');
    const isMetres = guide.data.unit === 'm';
    if (isFinite(low)) {
      lines.push.apply(lines, line(guide.t('range'),
        guide.percent(low) + ' – ' + guide.percent(high),
        guide.t(guide.isGround(measure) ? 'range_note_ground' : isMetres ? 'range_note_m' : 'range_note_min', {
          n: Math.round(100 * (guide.data.parameters.speed_share || 0))
        })));
    }
    const crow = figure('share_crow_fly'), covered = figure('share_covered');
    lines.push.apply(lines, line(guide.t('crow_fly'),
      isMetres ? guide.el('span', { 'data-figure': 'share_crow_fly' }, [guide.percent(crow)]) : '–',
      !isMetres ? guide.t('no_crow') : crow - covered > 0.0005 ?
        guide.t('crow_note', { n: guide.number(100 * (crow - covered), 1) }) : null));
    const radius = figure('share_radius');
    if (isFinite(radius)) {
      lines.push.apply(lines, line(guide.t('radius', { n: guide.number(subject.told.radius_m) }),
        guide.percent(radius)));
    }
    if (subject.kind !== 'group') {
      const distance = function (name) { return guide.store.distance(subject, name); };
      const end = isMetres ? '' : '_min';
      const shown = function (value) {
        return isFinite(value) ? guide.far(value) : guide.t('beyond', { a: guide.farthest() });
      };
      lines.push.apply(lines, line(guide.t('median' + end), shown(distance('median'))));
      lines.push.apply(lines, line(guide.t(guide.hasPeople() ? 'p90' + end : 'p90_cells'), shown(distance('p90'))));
      lines.push.apply(lines, line(guide.t('choices', { limit: guide.far(subject.limit) }),
        guide.number(guide.store.choicesMedian(subject))));
    }
    if (subject.kind === 'group') {
      lines.push.apply(lines, line(guide.t('choices', { limit: guide.far(subject.limit) }),
        guide.number(guide.store.choicesMedian(subject))));
    }
    lines.push.apply(lines, line(guide.t('n_places'),
      guide.number(guide.store.placesOf(subject).length)));
    return lines;
  }

  function sites() {
    if (!guide.data.sites.length || !guide.chosen.layers.sites) return null;
    return guide.el('div', { class: 'sites-told' }, [guide.el('h3', {}, [guide.t('layer_sites')])].concat(
      guide.data.sites.map(function (plan) {
        const share = function (part) { return guide.number(100 * part / plan.total, 1); };
        return guide.el('p', {}, [guide.t('sites_line', {
          name: guide.say(plan.name), before: share(plan.before), after: share(plan.after)
        }), ' · ', guide.t('sites_gain', {
          n: guide.number(plan.gained), unit: guide.unitOf(plan.measure)
        }), plan.unknown ? ' · ' + guide.t('sites_unknown', {
          n: guide.number(plan.unknown), m: guide.number(plan.settled), unit: guide.unitOf(plan.measure)
        }) : '', ' · ', guide.t(plan.proven ? 'sites_proven' : 'sites_unproven')]);
      })));
  }

  function change(subject, measure) {
    if (!guide.data.change) return null;
    const before = guide.store.figure(subject, measure, 'share_covered');
    const after = guide.store.figure(subject, measure, 'share_covered', true);
    return guide.el('div', { class: 'change-told' }, [
      guide.el('h3', {}, [guide.t('change_made')]),
      guide.el('ul', {}, guide.data.change.changed.map(function (words) {
        return guide.el('li', {}, [guide.say(words)]);
      })),
      guide.el('p', {}, [guide.percent(before) + ' → ' + guide.percent(after)])
    ]);
  }

  guide.drawFigures = function () {
    const holder = guide.byId('figures');
    const subject = guide.chosen.subject, measure = guide.chosen.measure;
    const total = guide.store.figure(subject, measure, 'total');
    const isMapped = guide.isMapped(subject);
    guide.clear(holder);
    head(subject).concat([
      guide.el('p', { class: 'big' }, [
        guide.el('strong', {}, [guide.share(subject, guide.store.figure(subject, measure, 'share_covered'))]),
        guide.el('span', {}, [isMapped ? guide.t('covered') : '', guide.el('br', {}, []),
          guide.t('of_total', guide.isGround(measure) ?
            { n: guide.number(total / 1e4, 1), unit: guide.t('unit_ha') } :
            { n: guide.number(total), unit: guide.t('unit_' + measure) })])
      ]),
      !isMapped ? null : guide.el('div', { class: 'states' }, ['covered', 'uncovered', 'unknown'].map(function (state) {
        return stateRow(subject, measure, state);
      })),
      !isMapped ? null : guide.el('dl', { class: 'more' }, more(subject, measure)),
      change(subject, measure), sites()
    ]).forEach(function (part) { if (part) holder.appendChild(part); });
    guide.byId('status').textContent = guide.t('selected', {
      what: guide.say(subject.name) + ' ' + guide.t('within', { limit: guide.far(subject.limit) }) + ' ' +
        guide.t('covered') + ' ' + guide.share(subject, guide.store.figure(subject, measure, 'share_covered'))
    });
  };
})(window.circleGuide = window.circleGuide || {});
