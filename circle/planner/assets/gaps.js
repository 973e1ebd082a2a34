/* Gaps of what is chosen, the largest first; each can be looked at on the map. */
(function (guide) {
  'use strict';

  guide.GAPS_LISTED = 12;

  /* Rows: shape, people, dwellings, homes, name of the nearest, nearest, excess least, half, most,
     number. */
  guide.gapsOf = function (subject) {
    return guide.isMapped(subject) && guide.data.gaps.rows[subject.key] || [];
  };

  guide.gapPeople = function (row) {
    return row[1] > 0 ? guide.amount(row[1], 'people') : guide.amount(row[3], 'homes');
  };

  guide.gapText = function (row) {
    if (row[5] === null) return guide.t('gap_line_none', { limit: guide.farthest() });
    return guide.t(row[1] > 0 ? 'gap_line' : 'gap_line_cells', {
      name: row[4] || guide.t('unnamed'), nearest: guide.far(row[5]), excess: guide.far(row[7])
    });
  };

  guide.zoomToGap = function (row) {
    const shape = guide.store.gapShapes[row[0]];
    guide.zoomToBox(shape.box, 17);
  };

  guide.drawGaps = function () {
    const holder = guide.byId('gaps');
    const rows = guide.gapsOf(guide.chosen.subject);
    const people = rows.reduce(function (sum, row) { return sum + row[1]; }, 0);
    const homes = rows.reduce(function (sum, row) { return sum + row[3]; }, 0);
    guide.clear(holder);
    holder.appendChild(guide.el('h2', {}, [guide.t('gaps')]));
    if (!rows.length) {
      holder.appendChild(guide.el('p', {}, [
        guide.t(guide.isMapped(guide.chosen.subject) ? 'gaps_none' : 'none_here_note')]));
      return;
    }
    holder.appendChild(guide.el('p', {}, [guide.t('gaps_count', {
      n: rows.length, people: guide.gapPeople([0, people, 0, homes])
    })]));
    const most = Math.max.apply(null, rows.map(function (row) { return row[1] || row[3]; }));
    holder.appendChild(guide.el('ol', { class: 'gap-list' },
      rows.slice(0, guide.GAPS_LISTED).map(function (row, i) {
        const strip = guide.el('span', { class: 'gap-strip', 'aria-hidden': 'true' }, []);
        strip.style.width = (100 * (row[1] || row[3]) / most).toFixed(1) + '%';
        return guide.el('li', {}, [guide.el('button', {
          type: 'button', class: 'gap', 'data-gap': i,
          onclick: function () { guide.zoomToGap(row); }
        }, [
          guide.el('span', { class: 'gap-number', 'aria-hidden': 'true' }, [String(i + 1)]),
          guide.el('span', { class: 'gap-body' }, [
            guide.el('span', { class: 'gap-people' }, [guide.gapPeople(row) +
              (row[1] > 0 ? ' · ' + guide.amount(row[3], 'homes') : '')]),
            strip, guide.el('span', { class: 'gap-text' }, [guide.gapText(row)])
          ]),
          guide.el('span', { class: 'unseen' }, [guide.t('gap_zoom', { n: i + 1 })])
        ])]);
      })));
    if (rows.length > guide.GAPS_LISTED) {
      holder.appendChild(guide.el('p', { class: 'note' },
        [guide.t('gap_more', { n: rows.length - guide.GAPS_LISTED })]));
    }
  };
})(window.circleGuide = window.circleGuide || {});
