/* Passing something on: by the device's own way of sharing, the clipboard, or a field to copy from.
   Nothing leaves without a tap, and a home only where somebody ticks it. */
(function (guide) {
  'use strict';

  function webAddress(text) {
    return /^https?:\/\//i.test(text || '') ? text.replace(/#.*$/, '') : '';
  }

  /* Where others can open this guide: its web address, else this page's own. */
  function base() {
    const here = window.location.href.replace(/#.*$/, '');
    return webAddress(here) || webAddress(guide.data.guide_url) || here;
  }

  guide.linkTo = function (what) {
    const fragment = guide.fragmentOf(what);
    return base() + (fragment ? '#' + fragment : '');
  };

  /* Copy the text of a field; a promise of whether it worked. The field stays selected if not. */
  guide.copyFrom = function (field) {
    const select = function () {
      field.focus();
      field.select();
      field.setSelectionRange(0, field.value.length);
    };
    const byHand = function () {
      select();
      try { return document.execCommand('copy'); } catch (refused) { return false; }
    };
    const board = window.navigator.clipboard;
    if (!board || !board.writeText) return Promise.resolve(byHand());
    return board.writeText(field.value).then(function () { return true; }, byHand);
  };

  /* Buttons that pass on what a field holds. more: {title, url()}: what else sharing takes. */
  guide.passOn = function (field, more, copyKey) {
    const told = guide.el('p', { class: 'told', role: 'status' }, []);
    const copy = guide.el('button', {
      type: 'button', class: 'button copy',
      onclick: function () {
        guide.copyFrom(field).then(function (isCopied) {
          told.textContent = guide.t(isCopied ? 'copied' : 'copy_by_hand');
          if (!isCopied) { field.focus(); field.select(); }
        });
      }
    }, [guide.icon('copy'), guide.t(copyKey || 'copy')]);
    const send = typeof window.navigator.share === 'function' ? guide.el('button', {
      type: 'button', class: 'button strong send',
      onclick: function () {
        const url = more.url ? webAddress(more.url().replace(/#.*$/, '')) && more.url() : '';
        const parcel = { title: more.title, text: url ? more.text() : field.value };
        if (url) parcel.url = url;
        window.navigator.share(parcel).catch(function (fault) {
          if (fault && fault.name === 'AbortError') return;
          copy.click();
        });
      }
    }, [guide.icon('share'), guide.t('send')]) : null;
    return guide.el('div', {}, [guide.el('div', { class: 'pass-on' }, [send, copy]), told]);
  };

  function placeWords(place) {
    const words = [(place.number ? place.number + ' ' : '') + guide.placeName(place), place.address,
      place.phone].filter(Boolean).join(guide.language === 'zh' ? '，' : ', ');
    return words + (guide.language === 'zh' ? '。' : '. ');
  }

  /* A part of the page that makes a link: to a place, or to the guide as it stands now. */
  guide.sharePart = function (place) {
    const home = guide.home ? guide.home.get() : null;
    const title = guide.say(guide.data.title);
    const withHome = home ? guide.el('input', {
      type: 'checkbox', class: 'with-home', onchange: function () { fill(); }
    }, []) : null;
    const field = guide.el('textarea', {
      class: 'link-field', readonly: true, rows: 3, 'aria-label': guide.t('share_link'),
      onfocus: function () { field.select(); }
    }, []);
    const url = function () {
      const isWith = Boolean(withHome && withHome.checked);
      const now = place ? { place: place } : guide.stateNow();
      return guide.linkTo(Object.assign({}, now, {
        language: guide.language,
        isLarge: document.documentElement.classList.contains('large'),
        home: isWith ? home : null,
        walker: guide.home && (isWith || guide.home.walker() !== guide.home.usual())
          ? guide.home.walker() : null
      }));
    };
    const text = function () { return (place ? placeWords(place) : '') + title; };
    const fill = function () {
      field.value = text() + (guide.language === 'zh' ? '：' : ': ') + url();
    };
    fill();
    const isFile = !webAddress(url());
    return guide.el('div', { class: 'part share-part' }, [
      field,
      withHome ? guide.el('label', { class: 'tick' }, [
        withHome, guide.el('span', {}, [guide.t('share_with_home')])
      ]) : null,
      isFile ? guide.el('p', { class: 'part-hint' }, [guide.t('share_file')]) : null,
      guide.passOn(field, { title: title, text: text, url: url }, 'copy_link')
    ]);
  };

  /* A button that opens a part of its own below it, and closes it again. */
  guide.unfolding = function (attributes, children, holder, make) {
    const button = guide.el('button', Object.assign({
      type: 'button', 'aria-expanded': false,
      onclick: function () {
        const isOpen = button.getAttribute('aria-expanded') === 'true';
        (holder.closeOther || function () {})();
        guide.clear(holder);
        holder.closeOther = null;
        if (isOpen) return;
        button.setAttribute('aria-expanded', 'true');
        holder.closeOther = function () { button.setAttribute('aria-expanded', 'false'); };
        holder.appendChild(make());
        holder.scrollIntoView({
          block: 'nearest', behavior: guide.stillness.matches ? 'auto' : 'smooth'
        });
      }
    }, attributes), children);
    return button;
  };

  guide.drawShareGuide = function () {
    const row = guide.byId('about-actions');
    const holder = guide.byId('about-part');
    guide.clear(row);
    guide.clear(holder);
    row.appendChild(guide.unfolding({ class: 'button', id: 'share-guide' },
      [guide.icon('share'), guide.t('share_guide')], holder,
      function () { return guide.sharePart(null); }));
    row.appendChild(guide.el('button', {
      type: 'button', class: 'button', id: 'print-guide', onclick: function () { window.print(); }
    }, [guide.icon('print'), guide.t('print')]));
  };
})(window.circleGuide = window.circleGuide || {});
