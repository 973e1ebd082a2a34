/* The legend on the map: what the colours mean now, with what each stands for. */
(function (guide) {
  'use strict';

  function sample(colour, className) {
    const element = guide.el('span', { class: 'swatch ' + (className || '') }, []);
    if (colour) element.style.backgroundColor = colour;
    return element;
  }

  function row(colour, text, amount, className) {
    return guide.el('li', {}, [
      sample(colour, className), guide.el('span', { class: 'legend-text' }, [text]),
      amount ? guide.el('span', { class: 'legend-n' }, [amount]) : null
    ]);
  }

  /* What homes count for, by what is shown of them. */
  function sumBy(numbers, n, measure) {
    const weight = guide.store.weights(measure), judged = guide.store.homes.judged;
    const sums = new Array(n).fill(0);
    for (let i = 0; i < numbers.length; i += 1) if (judged[i]) sums[numbers[i]] += weight[i];
    return sums;
  }

  function rowsOfDistance(subject, measure, total) {
    const steps = guide.data.colours.distance, store = guide.store;
    const states = store.states(subject), ratios = store.ratios(subject);
    const numbers = states.map(function (state, i) {
      return state >= 2 ? steps.length : guide.distanceStep(ratios[i]);
    });
    const sums = sumBy(numbers, steps.length + 1, measure);
    const at = function (ratio) { return guide.far(ratio * subject.limit); };
    let before = 0;
    return steps.map(function (step, i) {
      let text;
      if (step.upto < 0) text = guide.t('not_found', { limit: guide.farthest() });
      else if (step.upto === 0) text = guide.t('beyond', { a: at(before) });
      else if (!before) text = guide.t('upto', { b: at(step.upto) });
      else text = guide.t('between', { a: at(before), b: at(step.upto) });
      if (step.upto > 0) before = step.upto;
      return row(step.colour, text, guide.percent(sums[i] / total),
        step.upto === 1 ? 'at-limit' : '');
    });
  }

  function rowsOfStraight(subject, measure, total) {
    const look = guide.data.colours.straight, store = guide.store;
    const states = store.states(subject), straight = store.straight(subject);
    const numbers = states.map(function (state, i) {
      return state === 0 ? 0 : straight[i] ? 1 : state === 2 ? 3 : 2;
    });
    const sums = sumBy(numbers, 4, measure);
    return [
      row(look.covered, guide.t('covered'), guide.percent(sums[0] / total)),
      row(look.only, guide.t('straight_only'), guide.percent(sums[1] / total)),
      row(look.neither, guide.t('neither'), guide.percent(sums[2] / total)),
      row('', guide.t('unknown'), guide.percent(sums[3] / total), 'hatched')
    ];
  }

  function rowsOfChange(subject, measure, total) {
    const look = guide.data.colours.change, store = guide.store;
    const states = store.states(subject), after = store.statesAfter(subject) || states;
    const words = ['gained', 'lost', 'settled', 'covered', 'uncovered', 'unknown'];
    const numbers = states.map(function (state, i) {
      return words.indexOf(guide.changeOf(state, after[i]));
    });
    const sums = sumBy(numbers, words.length, measure);
    const name = { covered: 'still', uncovered: 'still_not' };
    return words.map(function (word, k) {
      return row(word === 'unknown' ? '' : look[word], guide.t(name[word] || word),
        guide.percent(sums[k] / total), word === 'unknown' ? 'hatched' : undefined);
    });
  }

  function rowsOfState(subject, measure) {
    const colours = guide.data.colours.state;
    if (!guide.isMapped(subject)) return [row('', guide.t('none_here'), '', 'hatched')];
    return ['covered', 'uncovered', 'unknown'].map(function (state) {
      const share = guide.store.figure(subject, measure, 'share_' + state);
      return row(state === 'unknown' ? '' : colours[state], guide.t(state), guide.percent(share),
        state === 'unknown' ? 'hatched' : '');
    });
  }

  guide.drawLegend = function () {
    const chosen = guide.chosen, subject = chosen.subject;
    const holder = guide.byId('legend');
    const measure = chosen.show === 'state' ? chosen.measure : guide.store.ofHomes(chosen.measure);
    const total = sumBy(guide.store.states(subject), 4, measure)
      .reduce(function (sum, part) { return sum + part; }, 0);
    let rows;
    if (chosen.show === 'distance') rows = rowsOfDistance(subject, measure, total);
    else if (chosen.show === 'straight') rows = rowsOfStraight(subject, measure, total);
    else if (chosen.show === 'change') rows = rowsOfChange(subject, measure, total);
    else if (chosen.show === 'areas') {
      let before = 0;
      rows = guide.data.colours.share.map(function (step) {
        const text = guide.t('share_upto', {
          a: Math.round(100 * before), b: Math.round(100 * step.upto)
        });
        before = step.upto;
        return row(step.colour, text, '');
      }).concat([row('', guide.t('mostly_unknown'), '', 'hatched')]);
    } else rows = rowsOfState(subject, measure);
    guide.clear(holder);
    holder.appendChild(guide.el('p', { class: 'legend-title' }, [
      guide.el('strong', {}, [guide.say(subject.name)]), ' ',
      guide.t('within', { limit: guide.far(subject.limit) }),
      ' · ' + guide.measureName(measure)
    ]));
    holder.appendChild(guide.el('ul', {}, rows.concat(
      guide.store.homes.judged.indexOf(0) >= 0 ?
        [row(guide.data.colours.state.outside, guide.t('outside'), '')] : [],
      chosen.layers.gaps ? [row('', guide.t('layer_gaps'), '', 'dashed')] : [],
      chosen.layers.places ? [row('', guide.t('layer_places'), '', 'diamond')] : [],
      chosen.layers.sites && guide.data.sites.length ?
        [row('', guide.t('layer_sites'), '', 'star'),
          row(guide.data.colours.mark.candidate, guide.t('candidates'), '', 'dot')] : [],
      chosen.show === 'change' ? ['link', 'closure', 'gate'].filter(function (kind) {
        return guide.data.change.drawn.some(function (one) { return one.kind === kind; });
      }).map(function (kind) { return row('', guide.t('drawn_' + kind), '', 'drawn ' + kind); }) : [],
      chosen.show === 'change' && (guide.data.change.built[chosen.subject.key] || []).length ?
        [row('', guide.t('built'), '', 'star')] : [],
      chosen.show === 'change' && (guide.data.change.gone[chosen.subject.key] || []).length ?
        [row('', guide.t('gone'), '', 'cross')] : []
    )));
  };
})(window.circleGuide = window.circleGuide || {});
