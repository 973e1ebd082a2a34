/* The card of a place: everything the guide knows about it. Also of a group and of the centre. */
(function (guide) {
  'use strict';

  let opener = null;

  function head(title, lead) {
    const close = guide.el('button', {
      type: 'button', class: 'round card-close', 'aria-label': guide.t('close'),
      onclick: function () { guide.closeCard(); }
    }, [guide.icon('close')]);
    return guide.el('div', { class: 'card-head' }, [
      lead, guide.el('h2', { id: 'card-title' }, [title]), close
    ]);
  }

  function stepButton(listed, at, key, icon) {
    const next = listed[at];
    return guide.el('button', {
      type: 'button', class: 'round card-' + key, disabled: !next, 'aria-label': guide.t(key),
      title: guide.t(key),
      onclick: function () { guide.tell('choose', { place: next, from: 'card' }); }
    }, [guide.icon(icon)]);
  }

  /* Second line: what it is, its other name, and the way to the places before and after it. */
  function kindLine(place) {
    const item = guide.classOf(place);
    const other = guide.language === 'zh' ? place.name_en : (place.name_en && place.name);
    const listed = guide.listed();
    const here = listed.indexOf(place);
    const line = guide.el('div', { class: 'card-kind' }, [
      guide.el('p', { class: 'card-class' }, [
        guide.icon(item.key), guide.el('span', {}, [
          guide.say(item.name), other ? guide.foreign(other, 'card-other') : null
        ])
      ]),
      guide.el('span', { class: 'card-steps' }, [
        stepButton(listed, here - 1, 'previous', 'previous'),
        stepButton(listed, here + 1, 'next', 'next')
      ])
    ]);
    line.style.setProperty('--class', item.colour);
    line.style.setProperty('--class-ink', guide.inkOn(item.colour));
    return line;
  }

  function walkLine(place) {
    if (!place.number) return guide.el('p', { class: 'card-walk unsure' }, [guide.t('unplaced_title')]);
    return guide.el('p', { class: 'card-walk' }, [
      guide.icon('walk'),
      guide.el('span', {}, [
        guide.el('b', {}, [guide.walkText(place)]),
        guide.el('small', {}, [guide.state.isHome ? guide.t('from_home')
          : guide.t('from_centre', { center: guide.say(guide.data.center.name) })])
      ])
    ]);
  }

  /* What one can do with a place, in one row; what a button opens lies below the row. */
  function actions(place) {
    const part = guide.el('div', { class: 'card-part' }, []);
    const route = guide.walks && place.number ? guide.routeButton(place, part) : null;
    const first = place.phone && place.phone.split(/[;；、,，/]+/)[0].replace(/[^\d+]/g, '');
    return [
      guide.el('div', { class: 'card-actions' }, [
        route,
        first && first.length > 2 ? guide.el('a', { class: 'action action-call', href: 'tel:' + first },
          [guide.icon('phone'), guide.el('span', {}, [guide.t('action_call')])]) : null,
        guide.unfolding({ class: 'action action-share' },
          [guide.icon('share'), guide.el('span', {}, [guide.t('action_share')])], part,
          function () { return guide.sharePart(place); }),
        guide.unfolding({ class: 'action action-report' },
          [guide.icon('report'), guide.el('span', {}, [guide.t('action_report')])], part,
          function () { return guide.reportPart(place); })
      ]),
      part
    ];
  }

  function placeCard(place) {
    return [
      head(guide.foreign(guide.placeName(place)), guide.numberBadge(place)),
      guide.el('div', { class: 'card-body' }, [kindLine(place), walkLine(place)]
        .concat(actions(place), guide.factsOf(place), [
          guide.walks && place.number ? guide.asHomeButton(place) : null
        ]))
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
        })),
        guide.el('button', {
          type: 'button', class: 'button group-zoom',
          onclick: function () {
            const box = L.latLngBounds(places.map(function (place) {
              return [place.lat, place.lon];
            }));
            guide.closeCard();
            guide.map.fitBounds(box.pad(0.3), { maxZoom: guide.map.getMaxZoom() });
          }
        }, [guide.icon('plus'), guide.t('zoom_in')])
      ])
    ];
  }

  function contactList() {
    return (guide.data.contacts || []).filter(function (contact) { return contact.phone; })
      .map(function (contact) { return guide.phoneLink(contact.phone, guide.say(contact.name)); });
  }

  function centerCard() {
    const center = guide.data.center;
    const note = guide.say(center.note);
    const contacts = contactList();
    return [
      head(guide.t('center_here', { center: guide.say(center.name) }),
        guide.el('span', { class: 'number center-number' }, [guide.icon('whole')])),
      guide.el('div', { class: 'card-body' }, [
        center.accuracy_m === null ? null : guide.el('p', { class: 'card-walk' },
          [guide.t('center_accuracy', { metres: center.accuracy_m })]),
        note ? guide.el('p', {}, [guide.ownPart(note)]) : null,
        contacts.length ? guide.el('p', { class: 'phones' }, contacts) : null
      ])
    ];
  }

  function open(parts, place, from) {
    const card = guide.byId('card');
    const isAgain = from === 'none';
    if (card.hidden && !isAgain) opener = document.activeElement;
    guide.clear(card);
    parts.filter(Boolean).forEach(function (part) { card.appendChild(part); });
    card.hidden = false;
    document.body.classList.add('has-card');
    guide.showDoors(place);
    // A card drawn again takes the focus from nobody.
    if (!isAgain) card.focus({ preventScroll: true });
  }

  guide.openPlace = function (place, from) { open(placeCard(place), place, from); };
  guide.openGroup = function (places) { open(groupCard(places), null, 'map'); };
  guide.openCenter = function () { open(centerCard(), null, 'map'); };

  /* Draw the open card again, for another language or another home. */
  guide.refreshCard = function () {
    const place = guide.state.selected;
    const card = guide.byId('card');
    if (card.hidden) return;
    if (!place) {
      guide.closeCard();
      return;
    }
    const hadFocus = card.contains(document.activeElement);
    open(placeCard(place), place, 'none');
    if (hadFocus) card.focus({ preventScroll: true });
  };

  guide.closeCard = function () {
    const card = guide.byId('card');
    if (card.hidden) return;
    const place = guide.state.selected;
    const hadFocus = card.contains(document.activeElement);
    card.hidden = true;
    document.body.classList.remove('has-card');
    guide.showDoors(null);
    guide.tell('closed');
    const back = opener && document.contains(opener) && opener !== document.body ? opener
      : (place && (guide.entryOf(place) || guide.markers.elementOf(place)));
    if (back && (hadFocus || document.activeElement === document.body)) {
      back.focus({ preventScroll: true });
    }
    opener = null;
  };

  /* Move the map until a position stands beside card and buttons, not under them. */
  guide.bringIntoSight = function (latLng) {
    const map = guide.map;
    const card = guide.byId('card').getBoundingClientRect();
    const frame = map.getContainer().getBoundingClientRect();
    const options = { animate: !guide.stillness.matches };
    let right = 60, bottom = 76;
    if (!guide.byId('card').hidden && card.width) {
      if (card.width < frame.width * 0.6) right += Math.max(0, frame.right - card.left);
      else bottom += Math.max(0, frame.bottom - card.top);
    }
    options.paddingTopLeft = [60, Math.min(120, frame.height / 3)];
    options.paddingBottomRight = [right, Math.max(40, Math.min(bottom, frame.height - 190))];
    map.panInside(latLng, options);
  };
})(window.circleGuide = window.circleGuide || {});
