/* What the pages do beyond their forms: hours in words while somebody types, one more row, no
   second sending of a form. Without it everything but the maps still works. */
(function () {
  'use strict';
  document.documentElement.classList.add('js');

  function watchHours(input) {
    const words = document.getElementById('hours-words');
    let timer = 0, asked = 0;
    input.addEventListener('input', function () {
      window.clearTimeout(timer);
      timer = window.setTimeout(function () {
        const number = asked += 1;
        fetch('/staff/hours?text=' + encodeURIComponent(input.value))
          .then(function (answer) { return answer.ok ? answer.text() : ''; })
          .then(function (text) { if (number === asked) words.textContent = text; })
          .catch(function () { words.textContent = ''; });
      }, 200);
    });
  }

  function watchRows(fieldset) {
    const more = fieldset.querySelector('[data-more]');
    more.addEventListener('click', function () {
      const rows = fieldset.querySelectorAll('.entry');
      const made = rows[rows.length - 1].cloneNode(true);
      const number = rows.length + 1;
      made.querySelectorAll('input, select').forEach(function (input) {
        if (input.matches('select')) input.selectedIndex = 0;
        else input.value = '';
        input.id = input.id.replace(/\d+$/, String(number));
      });
      made.querySelectorAll('label').forEach(function (label) {
        label.htmlFor = label.htmlFor.replace(/\d+$/, String(number));
      });
      const shown = made.querySelector('.number');
      if (shown) shown.textContent = String(number);
      fieldset.insertBefore(made, more);
      made.querySelector('input').focus();
    });
  }

  function sendOnce(form) {
    form.addEventListener('submit', function (event) {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = 'yes';
    });
    window.addEventListener('pageshow', function () { delete form.dataset.sent; });
  }

  function watchSize(input) {
    const error = document.getElementById('error-file');
    input.addEventListener('change', function () {
      const file = input.files[0];
      const isTooLarge = Boolean(file) && file.size > Number(input.dataset.most) * 1e6;
      input.setCustomValidity(isTooLarge ? input.dataset.tooLarge : '');
      error.textContent = isTooLarge ? input.dataset.tooLarge : '';
      error.hidden = !isTooLarge;
    });
  }

  document.querySelectorAll('[data-hours]').forEach(watchHours);
  document.querySelectorAll('[data-rows]').forEach(watchRows);
  document.querySelectorAll('form[data-once]').forEach(sendOnce);
  document.querySelectorAll('[data-most]').forEach(watchSize);
})();
