/* How this was computed: data, date, demand, assumptions, parameters, who is to be thanked. */
(function (guide) {
  'use strict';

  guide.drawAbout = function () {
    const data = guide.data, holder = guide.byId('about');
    const facts = data.notices.map(guide.say).concat([
      guide.t('about_streets', { source: data.source, date: data.data_date || '–' }),
      guide.modeText(), guide.t('about_along'), guide.say(data.demand.source), guide.t('about_edge'),
      guide.t('about_far', { limit: guide.farthest() }), guide.t('about_nested')
    ]).concat(data.notes.map(guide.say)).filter(Boolean);
    guide.clear(holder);
    holder.appendChild(guide.el('h2', {}, [guide.t('about')]));
    holder.appendChild(guide.el('ul', { class: 'facts' }, facts.map(function (fact) {
      return guide.el('li', {}, [fact]);
    })));
    holder.appendChild(guide.el('details', {}, [
      guide.el('summary', {}, [guide.t('assumed')]),
      guide.el('ul', { class: 'facts' }, data.demand.assumptions.map(function (row) {
        return guide.el('li', {}, [guide.say(row.name) + '  ' + guide.number(row.value, row.value % 1 ? 2 : 0) +
          ' — ' + guide.say(row.source)]);
      }))
    ]));
    holder.appendChild(guide.el('details', {}, [
      guide.el('summary', {}, [guide.t('parameters')]),
      guide.el('ul', { class: 'facts' }, Object.keys(data.parameters).sort().map(function (key) {
        return guide.el('li', {}, [guide.el('code', {}, [key]), ' = ' + String(data.parameters[key])]);
      }))
    ]));
    holder.appendChild(guide.el('p', { class: 'credit' }, [
      guide.t('credit', { attribution: data.attribution }),
      data.licence ? ' · ' + data.licence : '',
      data.data_date ? ' · ' + guide.t('date', { date: data.data_date }) : '',
      ' · ' + guide.t('made_with')
    ]));
  };
})(window.circleGuide = window.circleGuide || {});
