/* What a card says below the walk: hours, ways to get in touch, entrances, offers, events, source. */
(function (guide) {
  'use strict';

  let doors = null;

  function row(key, children, className) {
    return guide.el('div', { class: 'fact ' + (className || '') }, [
      guide.el('dt', {}, [guide.t(key)]), guide.el('dd', {}, children)
    ]);
  }

  guide.phoneLink = function (shown, name) {
    const digits = shown.replace(/[^\d+]/g, '');
    if (digits.length < 3) return guide.foreign(shown);
    return guide.el('a', {
      class: 'phone', href: 'tel:' + digits,
      'aria-label': guide.t('call', { phone: (name ? name + ' ' : '') + shown })
    }, [guide.icon('phone'), guide.el('bdi', {}, [(name ? name + ' ' : '') + shown])]);
  };

  /* Numbers in a telephone field, each one to tap; what is no number stays text. */
  function phoneLinks(text) {
    return text.split(/[;；、,，/]+/).map(function (part) { return guide.phoneLink(part.trim()); });
  }

  function outwards(address, text) {
    return guide.el('a', {
      href: address, target: '_blank', rel: 'noopener noreferrer', class: 'source-link'
    }, [guide.el('bdi', {}, [text])]);
  }

  function hostOf(address) {
    const found = /^https?:\/\/(?:www\.)?([^/?#:]+)/i.exec(address);
    return found ? found[1] : address;
  }

  function website(address) {
    return /^https?:\/\//i.test(address) ? outwards(address, hostOf(address))
      : guide.foreign(address);
  }

  /* The words of a source without addresses, credits and marks that only its keeper needs. */
  function source(place) {
    const words = guide.ownPart(place.source.replace(/https?:\/\/\S+/g, ' ')
      .replace(/[(（][^()（）]*(?:©|ODbL)[^()（）]*[)）]/g, ' ').replace(/[(（][nwr]\d+[)）]/g, ' ')
      .replace(/\s+/g, ' ').trim());
    const parts = [];
    if (words) parts.push(guide.foreign(words, 'source-words'));
    if (place.source_url) parts.push(outwards(place.source_url, hostOf(place.source_url)));
    if (place.source_date) parts.push(guide.el('span', { class: 'source-date' }, [place.source_date]));
    return parts;
  }

  function hours(place) {
    const opening = guide.openingOf(place);
    const words = guide.say(place.hours_words) || place.hours;
    if (!words && !opening) return null;
    return row('hours', [
      opening ? guide.el('b', { class: 'opening ' + (opening.isOpen ? 'is-open' : 'is-closed') },
        [opening.text]) : null,
      words ? guide.foreign(words, 'hours-words') : null
    ]);
  }

  function offers(place) {
    return guide.el('ul', { class: 'offers' }, place.offers.map(function (offer) {
      const isOver = guide.isPast(offer.until);
      return guide.el('li', { class: isOver ? 'is-over' : null }, [
        guide.foreign(guide.ownPart(offer.text)),
        offer.until ? guide.el('small', {}, [isOver ? guide.t('offer_over')
          : guide.t('offer_until', { day: guide.dayText(offer.until) })]) : null
      ]);
    }));
  }

  function events(all) {
    return guide.el('ul', { class: 'events' }, all.map(function (event) {
      return guide.el('li', {}, [
        guide.el('time', { datetime: event.starts }, [guide.spanText(event.starts, event.ends)]),
        guide.foreign(guide.ownPart(event.title))
      ]);
    }));
  }

  function photo(place) {
    const picture = place.photo;
    if (!/^[A-Za-z0-9+/=]+$/.test(picture.thumbnail)) return null;
    return guide.el('img', {
      class: 'card-photo', src: 'data:image/jpeg;base64,' + picture.thumbnail,
      width: picture.width, height: picture.height,
      alt: guide.t('photo_of', { name: guide.placeName(place) })
    }, []);
  }

  function doorName(door, i) { return guide.say(door.name) || guide.t('entrance_n', { n: i + 1 }); }

  function entrances(place) {
    return place.entrances.map(function (door, i) {
      return guide.el('button', {
        type: 'button', class: 'door-link',
        onclick: function () { guide.bringIntoSight([door.lat, door.lon]); }
      }, [guide.icon('door'), guide.foreign(doorName(door, i))]);
    });
  }

  guide.factsOf = function (place) {
    const coming = (place.events || []).filter(function (event) {
      return !guide.isPast(event.ends || event.starts);
    });
    const more = [
      place.note ? row('note', [guide.foreign(guide.ownPart(place.note))]) : null,
      place.number ? row('position', [guide.say(place.position)]) : null,
      place.source ? row('source', source(place)) : null
    ].filter(Boolean);
    const facts = [
      place.number ? null : row('reason', [guide.foreign(guide.say(place.reason))]),
      hours(place),
      place.address ? row('address', [guide.foreign(place.address)]) : null,
      place.phone ? row('phone', phoneLinks(place.phone), 'phones') : null,
      (place.entrances || []).length ? row('entrances', entrances(place)) : null,
      place.website ? row('website', [website(place.website)]) : null,
      (place.offers || []).length ? row('offers', [offers(place)]) : null,
      coming.length ? row('events', [events(coming)]) : null
    ].filter(Boolean);
    return [
      facts.length ? guide.el('dl', { class: 'facts' }, facts) : null,
      place.photo ? photo(place) : null,
      more.length ? guide.el('details', { class: 'card-more' }, [
        guide.el('summary', {}, [guide.t('card_more')]), guide.el('dl', { class: 'facts' }, more)
      ]) : null
    ];
  };

  /* The ways into a place, on the map for as long as its card is open. */
  guide.showDoors = function (place) {
    if (doors) doors.remove();
    doors = null;
    if (!place || !(place.entrances || []).length) return;
    doors = L.layerGroup(place.entrances.map(function (door, i) {
      const name = doorName(door, i);
      const marker = L.marker([door.lat, door.lon], {
        keyboard: false, interactive: false, zIndexOffset: 3500,
        icon: L.divIcon({
          className: 'door-pin', iconSize: null,
          html: guide.el('span', { class: 'door' }, [
            guide.icon('door'), guide.el('span', { class: 'door-name' }, [name])
          ])
        })
      });
      return marker;
    })).addTo(guide.map);
  };
})(window.circleGuide = window.circleGuide || {});
