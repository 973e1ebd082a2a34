/* Small tools the other scripts stand on: elements, sentences in two languages, numbers. */
(function (guide) {
  'use strict';

  const SVG = 'http://www.w3.org/2000/svg';
  const HAN = /[\u3400-\u9fff]/;

  guide.data = null;
  guide.language = 'zh';
  guide.map = null;
  guide.isLive = window.CIRCLE_LIVE === true;
  guide.stillness = window.matchMedia('(prefers-reduced-motion: reduce)');
  guide.listeners = {};

  /* Parts of the page tell each other what happened; nobody calls sideways. */
  guide.on = function (event, listener) {
    (guide.listeners[event] = guide.listeners[event] || []).push(listener);
  };
  guide.tell = function (event, value) {
    (guide.listeners[event] || []).forEach(function (listener) { listener(value); });
  };

  guide.byId = function (id) { return document.getElementById(id); };

  /* Make an element. Children that are strings become text, never markup. */
  guide.el = function (tag, attributes, children) {
    const element = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (name) {
      const value = attributes[name];
      if (name.indexOf('aria-') === 0 && typeof value === 'boolean') {
        element.setAttribute(name, String(value));
      } else if (typeof value === 'function') element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, '');
      else if (value !== false && value !== null && value !== undefined) {
        element.setAttribute(name, String(value));
      }
    });
    (children || []).forEach(function (child) {
      if (child === null || child === undefined || child === '') return;
      element.appendChild(typeof child === 'object' ? child : document.createTextNode(child));
    });
    return element;
  };

  guide.icon = function (key, className) {
    const svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('class', className || 'icon');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    svg.setAttribute('focusable', 'false');
    const use = document.createElementNS(SVG, 'use');
    use.setAttribute('href', '#icon-' + key);
    svg.appendChild(use);
    return svg;
  };

  /* A text from data, kept apart from the direction and the language of the text around it. */
  guide.foreign = function (text, className) {
    const isOther = guide.language === 'en' && HAN.test(text);
    return guide.el('bdi', { class: className, lang: isOther ? 'zh-CN' : null }, [text]);
  };

  /* What of a text with both languages in it is for the reader: "中文 (the same in English)" is
     half for either one. A text in one language stays as it is. */
  guide.ownPart = function (text) {
    const found = /^(.*[\u3400-\u9fff][^()（）]*?)\s*[(（]([^()（）\u3400-\u9fff]*[a-z]{3}[^()（）\u3400-\u9fff]* [^()（）\u3400-\u9fff]*)[)）]\s*$/
      .exec(text || '');
    return found ? found[guide.language === 'zh' ? 1 : 2] : text || '';
  };

  guide.say = function (both) { return both ? both[guide.language] : ''; };

  guide.fill = function (sentence, values) {
    return sentence.replace(/\{(\w+)\}/g, function (whole, name) {
      return values && name in values ? String(values[name]) : whole;
    });
  };

  guide.t = function (key, values) {
    return guide.fill(guide.data.words[guide.language][key], values);
  };

  guide.count = function (n) {
    return n === 1 ? guide.t('one_place') : guide.t('n_places', { n: n });
  };

  /* As far as a walker cares: 10 m, below 100 m 5 m. */
  guide.roundMetres = function (metres) {
    const step = metres >= 100 ? 10 : 5;
    return Math.max(step, Math.round(metres / step) * step);
  };

  guide.wholeMinutes = function (seconds) { return Math.max(1, Math.ceil(seconds / 60)); };

  guide.placeName = function (place) {
    return guide.language === 'en' && place.name_en ? place.name_en : place.name;
  };

  /* Sentences follow each other without a space in Chinese. */
  guide.sentences = function (all) {
    return all.filter(Boolean).join(guide.language === 'zh' ? '' : ' ');
  };

  guide.clear = function (element) {
    while (element.firstChild) element.removeChild(element.firstChild);
  };

  guide.remember = function (key, value) {
    try { window.localStorage.setItem('circle-' + key, value); } catch (refused) { /* private */ }
  };

  guide.recall = function (key) {
    try { return window.localStorage.getItem('circle-' + key); } catch (refused) { return null; }
  };
})(window.circleGuide = window.circleGuide || {});
