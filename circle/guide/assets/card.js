/* The card of a place: everything the guide knows about it. Also of a group and of the centre. */
(function (guide) {
  'use strict';

  let opener = null;

  function row(key, children) {
    return guide.el('div', { class: 'fact' }, [
      guide.el('dt', {}, [guide.t(key)]), guide.el('dd', {}, children)
    ]);
  }

  /* Numbers in a telephone field, each one to tap; what is no number stays text. */
  function phoneLinks(text) {
    return text.split(/[;；、,，/]+/).map(function (part) {
      const shown = part.trim();
      const digits = shown.replace(/[^\d+]/g, '');
      if (digits.length < 3) return guide.foreign(shown);
      return guide.el('a', {
        class: 'phone', href: 'tel:' + digits, 'aria-label': guide.t('call', { phone: shown })
      }, [guide.icon('phone'), guide.el('bdi', {}, [shown])]);
    });
  }

  function sourceText(place) {
    const text = [place.source, place.source_date].filter(Boolean).join(' · ');
    if (!place.source_url) return [guide.foreign(text)];
    return [guide.el('a', {
      href: place.source_url, target: '_blank', rel: 'noopener noreferrer', class: 'source-link'
    }, [text])];
  }

  function head(title, lead) {
    const close = guide.el('button', {
      type: 'button', class: 'round card-close', 'aria-label': guide.t('close'),
      onclick: function () { guide.closeCard(); }
    }, [guide.icon('close')]);
    return guide.el('div', { class: 'card-head' }, [
      lead, guide.el('h2', { id: 'card-title' }, [title]), close
    ]);
  }

  function steps(place) {
    const listed = guide.listed();
    const here = listed.indexOf(place);
    const go = function (by, key) {
      const next = listed[here + by];
      return guide.el('button', {
        type: 'button', class: 'button card-' + key, disabled: !next,
        onclick: function () {
          guide.tell('choose', { place: next, from: 'card' });
        }
      }, [guide.t(key)]);
    };
    return guide.el('div', { class: 'card-steps' }, [go(-1, 'previous'), go(1, 'next')]);
  }

  function placeCard(place) {
    const item = guide.classOf(place);
    const other = guide.language === 'zh' ? place.name_en : (place.name_en && place.name);
    const kind = guide.el('p', { class: 'card-class' }, [
      guide.icon(item.key), guide.el('span', {}, [guide.say(item.name)])
    ]);
    kind.style.setProperty('--class', item.colour);
    const facts = [];
    if (place.address) facts.push(row('address', [guide.foreign(place.address)]));
    if (place.phone) facts.push(row('phone', phoneLinks(place.phone)));
    if (place.hours) facts.push(row('hours', [guide.foreign(place.hours)]));
    if (place.number) facts.push(row('position', [guide.say(place.position)]));
    else facts.push(row('reason', [guide.foreign(guide.say(place.reason))]));
    if (place.note) facts.push(row('note', [guide.foreign(place.note)]));
    if (place.source) facts.push(row('source', sourceText(place)));
    return [
      head(guide.foreign(guide.placeName(place)), guide.numberBadge(place)),
      guide.el('div', { class: 'card-body' }, [
        other ? guide.foreign(other, 'card-other') : null,
        kind,
        place.number ? guide.el('p', { class: 'card-walk' }, [
          guide.icon('walk'),
          guide.el('span', {}, [
            guide.el('b', {}, [guide.walkText(place)]),
            guide.el('small', {}, [guide.state.times ? guide.t('from_home')
              : guide.t('from_centre', { center: guide.say(guide.data.center.name) })])
          ])
        ]) : guide.el('p', { class: 'card-walk unsure' }, [guide.t('unplaced_title')]),
        guide.walks && place.number ? guide.routePart(place) : null,
        guide.el('dl', { class: 'facts' }, facts)
      ]),
      steps(place)
    ];
  }

  function groupCard(places) {
    return [
      head(guide.t('group_title', { n: places.length }), null),
      guide.el('div', { class: 'card-body' }, [
        guide.el('ol', { class: 'entries' }, places.map(function (place) {
          return guide.el('li', {}, [guide.el('button', {
            type: 'button', class: 'entry', 'data-id': place.facility_id,
            onclick: function () { guide.tell('choose', { place: place, from: 'group' }); }
          }, [
            guide.numberBadge(place),
            guide.el('span', { class: 'entry-text' }, [
              guide.foreign(guide.placeName(place), 'entry-name'),
              guide.el('span', { class: 'entry-address' }, [guide.walkText(place)])
            ])
          ])]);
        }))
      ]),
      guide.el('div', { class: 'card-steps' }, [guide.el('button', {
        type: 'button', class: 'button',
        onclick: function () {
          const box = L.latLngBounds(places.map(function (place) {
            return [place.lat, place.lon];
          }));
          guide.closeCard();
          guide.map.fitBounds(box.pad(0.3), { maxZoom: guide.map.getMaxZoom() });
        }
      }, [guide.t('zoom_in')])])
    ];
  }

  function centerCard() {
    const center = guide.data.center;
    const note = guide.say(center.note);
    return [
      head(guide.t('center_here', { center: guide.say(center.name) }),
        guide.el('span', { class: 'number center-number' }, [guide.icon('whole')])),
      guide.el('div', { class: 'card-body' }, [
        center.accuracy_m === null ? null : guide.el('p', { class: 'card-walk' },
          [guide.t('center_accuracy', { metres: center.accuracy_m })]),
        note ? guide.el('p', {}, [note]) : null
      ])
    ];
  }

  function open(parts, from) {
    const card = guide.byId('card');
    if (card.hidden && from !== 'none') opener = document.activeElement;
    guide.clear(card);
    parts.filter(Boolean).forEach(function (part) { card.appendChild(part); });
    card.hidden = false;
    document.body.classList.add('has-card');
    card.scrollTop = 0;
    card.focus({ preventScroll: true });
  }

  guide.openPlace = function (place, from) { open(placeCard(place), from); };
  guide.openGroup = function (places) { open(groupCard(places), 'map'); };
  guide.openCenter = function () { open(centerCard(), 'map'); };

  /* Draw the open card again, for another language or another home. */
  guide.refreshCard = function () {
    const place = guide.state.selected;
    if (guide.byId('card').hidden) return;
    if (place) open(placeCard(place), 'none');
    else guide.closeCard();
  };

  guide.closeCard = function () {
    const card = guide.byId('card');
    if (card.hidden) return;
    const place = guide.state.selected;
    card.hidden = true;
    document.body.classList.remove('has-card');
    guide.tell('closed');
    const back = opener && document.contains(opener) && opener !== document.body ? opener
      : (place && (guide.entryOf(place) || guide.markers.elementOf(place)));
    if (back) back.focus({ preventScroll: true });
    opener = null;
  };

  /* Move the map until the place stands beside the card, not under it. */
  guide.bringIntoSight = function (latLng) {
    const map = guide.map;
    const card = guide.byId('card').getBoundingClientRect();
    const frame = map.getContainer().getBoundingClientRect();
    const options = { animate: !guide.stillness.matches };
    let right = 60, bottom = 60;
    if (!guide.byId('card').hidden && card.width) {
      if (card.width < frame.width * 0.6) right += Math.max(0, frame.right - card.left);
      else bottom += Math.max(0, frame.bottom - card.top);
    }
    options.paddingTopLeft = [60, 70];
    options.paddingBottomRight = [right, Math.min(bottom, frame.height - 90)];
    map.panInside(latLng, options);
  };
})(window.circleGuide = window.circleGuide || {});
