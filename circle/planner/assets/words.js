/* Numbers and names as a reader wants them. */
(function (guide) {
  'use strict';

  /* Making a format takes longer than using it a hundred times. */
  const formats = new Map();
  function formatOf(language, digits) {
    const key = language + digits;
    if (!formats.has(key)) {
      formats.set(key, new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
        maximumFractionDigits: digits, minimumFractionDigits: digits
      }));
    }
    return formats.get(key);
  }

  guide.number = function (value, digits) {
    if (!isFinite(value)) return '–';
    return formatOf(guide.language, digits || 0).format(value);
  };

  guide.percent = function (share) {
    if (!isFinite(share)) return '–';
    return guide.t('percent', { n: guide.number(100 * share, 1) });
  };

  /* Metres whole, minutes to a tenth. */
  guide.far = function (value) {
    if (value === null || !isFinite(value)) return '–';
    const isMetres = guide.data.unit === 'm';
    const n = isMetres ? guide.number(value) :
      guide.number(value, Math.abs(value - Math.round(value)) < 1e-9 ? 0 : 1);
    return guide.t(isMetres ? 'm' : 'min', { n: n });
  };

  guide.farthest = function () { return guide.far(guide.data.parameters.farthest); };

  guide.amount = function (value, measure) {
    if (measure === 'area' || measure === 'residential_land') {
      return guide.number(value / 1e4, 1) + ' ' + guide.t('unit_ha');
    }
    return guide.number(value) + ' ' + guide.unitOf(measure);
  };

  guide.hasPeople = function () {
    return guide.data.measures.some(function (one) { return one.key === 'people'; });
  };

  /* Homes are cells of ground where nothing is known of homes. */
  guide.unitOf = function (measure) {
    return guide.t(measure === 'homes' && guide.data.demand.how === 'cells' ? 'unit_cells' :
      'unit_' + measure);
  };

  guide.measureName = function (key) {
    if (key === 'homes') return guide.unitOf(key);
    const found = guide.data.measures.find(function (one) { return one.key === key; });
    return found ? guide.say(found.name) : key;
  };

  guide.levelName = function (key) {
    const words = guide.data.words[guide.language];
    return words['level_' + key] || key;
  };

  guide.by = function (subject) {
    if (!subject.isClause) return guide.t('classes');
    if (!subject.told) return subject.standard;
    return guide.t('clause', { standard: subject.told.standard, clause: subject.told.clause }).trim();
  };

  /* A share, or that the map knows no place of the kind: then a share would be no verdict. */
  guide.isMapped = function (subject) { return guide.store.placesOf(subject).length > 0; };
  guide.share = function (subject, share) {
    return guide.isMapped(subject) ? guide.percent(share) : guide.t('none_here');
  };

  guide.unverified = function (subject) {
    return subject.verified ? null :
      guide.el('span', { class: 'unverified', title: guide.t('unverified_note') },
        [guide.t('unverified')]);
  };

  guide.isGround = function (measure) { return measure === 'area' || measure === 'residential_land'; };

  guide.areaName = function (number) {
    const areas = guide.data.areas;
    if (number >= areas.names.length) return guide.t('no_area');
    return (areas.is_grid ? guide.t('cell') + ' ' : '') + areas.names[number];
  };

  guide.homeName = function (home) {
    const store = guide.store;
    const name = store.homes.names[String(home)];
    const kind = guide.data.words[guide.language]['kind_' + store.homes.kinds[home]] || '';
    return name || (kind + ' ' + store.homes.ids[home]).trim();
  };

  /* A choice of one among a few, as radio buttons that look like a row of keys. */
  guide.radios = function (holder, items, chosen, choose) {
    const hadFocus = holder.contains(document.activeElement);
    guide.clear(holder);
    const at = Math.max(0, items.findIndex(function (item) { return item.key === chosen; }));
    const buttons = items.map(function (item, number) {
      return guide.el('button', {
        type: 'button', role: 'radio', class: item.class || 'key', 'aria-checked': number === at,
        tabindex: number === at ? '0' : '-1', 'data-key': item.key, title: item.title,
        onclick: function () { choose(item.key); }
      }, item.content || [item.text]);
    });
    buttons.forEach(function (button) { holder.appendChild(button); });
    if (hadFocus && buttons[at]) buttons[at].focus({ preventScroll: true });
    holder.onkeydown = function (event) {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const now = items.findIndex(function (item) { return item.key === chosen; });
      choose(items[(Math.max(0, now) + step + items.length) % items.length].key);
    };
  };
})(window.circleGuide = window.circleGuide || {});
