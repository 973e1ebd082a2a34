/* Telling the community that something is wrong: the page writes the words, the person sends them. */
(function (guide) {
  'use strict';

  const KINDS = ['gone', 'position', 'contact', 'name', 'other'];
  const LONGEST = 500;

  /* {mail} or {web} or neither: how this community wants to be told. */
  function feedbackWay() {
    const address = (guide.data.feedback_url || '').trim();
    const mail = /^(?:mailto:)?([^\s@?&:/]+@[^\s@?&/]+)$/i.exec(address);
    if (mail) return { mail: mail[1] };
    return /^https?:\/\/\S+$/i.test(address) ? { web: address } : {};
  }

  guide.reportText = function (place, kind, words) {
    const lines = [
      guide.t('report_subject', { title: guide.say(guide.data.title) }),
      (place.number ? guide.t('number') + ' ' + place.number + ' ' : '') + place.name +
        (place.name_en && guide.language === 'en' ? ' (' + place.name_en + ')' : ''),
      guide.t('report_id', { id: place.facility_id }),
      place.address ? guide.t('address') + (guide.language === 'zh' ? '：' : ': ') + place.address : '',
      guide.t('report_date', { date: guide.data.data_date || '?' }),
      guide.t('report_wrong', { kind: guide.t('report_' + kind) }),
      words ? words.slice(0, LONGEST) : ''
    ];
    return lines.filter(Boolean).join('\n');
  };

  guide.reportPart = function (place) {
    let kind = KINDS[0];
    const words = guide.el('textarea', {
      class: 'report-words', rows: 2, maxlength: LONGEST, oninput: function () { fill(); }
    }, []);
    const field = guide.el('textarea', {
      class: 'link-field report-text', readonly: true, rows: 5, 'aria-label': guide.t('report_text')
    }, []);
    const way = feedbackWay();
    const title = guide.t('report_subject', { title: guide.say(guide.data.title) });
    const told = guide.el('p', { class: 'told', role: 'status' }, []);
    const link = way.mail || way.web ? guide.el('a', {
      class: 'button strong report-send', rel: 'noopener noreferrer',
      target: way.web ? '_blank' : null,
      href: way.web || '#', onclick: function () {
        if (!way.web) return;
        guide.copyFrom(field).then(function (isCopied) {
          told.textContent = guide.t(isCopied ? 'report_copied' : 'copy_by_hand');
        });
      }
    }, [guide.t(way.mail ? 'report_mail' : 'report_web')]) : null;
    const fill = function () {
      field.value = guide.reportText(place, kind, words.value.trim());
      if (way.mail) {
        link.href = 'mailto:' + encodeURIComponent(way.mail).replace(/%40/g, '@') + '?subject=' +
          encodeURIComponent(title) + '&body=' + encodeURIComponent(field.value);
      }
    };
    const kinds = guide.el('fieldset', { class: 'report-kinds' }, [
      guide.el('legend', {}, [guide.t('report_what')])
    ].concat(KINDS.map(function (key) {
      return guide.el('label', { class: 'tick' }, [
        guide.el('input', {
          type: 'radio', name: 'report-kind', value: key, checked: key === kind,
          onchange: function () { kind = key; fill(); }
        }, []),
        guide.el('span', {}, [guide.t('report_' + key)])
      ]);
    })));
    fill();
    const callable = (guide.data.contacts || []).filter(function (contact) { return contact.phone; });
    return guide.el('div', { class: 'part report-part' }, [
      kinds,
      guide.el('label', { class: 'report-label' }, [guide.t('report_words'), words]),
      field,
      guide.el('p', { class: 'part-hint' }, [guide.t('report_hint')]),
      link, told,
      guide.passOn(field, { title: title }, 'report_copy'),
      callable.length ? guide.el('p', { class: 'report-call' }, [guide.t('report_call')]) : null
    ].concat(callable.map(function (contact) {
      return guide.phoneLink(contact.phone, guide.say(contact.name));
    })));
  };
})(window.circleGuide = window.circleGuide || {});
