/* Where this device is: asked only when somebody taps, told plainly when it cannot be known. */
(function (guide) {
  'use strict';

  const COARSE_M = 300;
  let circle = null;

  function say(text, isFault) {
    const line = guide.byId(isFault ? 'home-fault' : 'home-place');
    line.textContent = text;
    line.hidden = !text;
  }

  guide.forgetLocated = function () {
    if (circle) circle.remove();
    circle = null;
    say('', false);
  };

  function metresText(metres) {
    return metres >= 1500 ? guide.t('kilometres', { n: Math.round(metres / 100) / 10 })
      : guide.t('about_metres', { n: guide.roundMetres(metres) });
  }

  function found(position) {
    const spot = L.latLng(position.coords.latitude, position.coords.longitude);
    const accuracy = Math.max(0, Number(position.coords.accuracy) || 0);
    const view = guide.data.view;
    const area = L.latLngBounds([view[1], view[0]], [view[3], view[2]]);
    if (!area.contains(spot)) {
      const center = guide.data.center;
      say(guide.t('locate_outside', {
        far: metresText(spot.distanceTo([center.lat, center.lon]))
      }), true);
      return;
    }
    guide.home.set(spot, { isFar: true });
    const colour = window.getComputedStyle(document.documentElement).getPropertyValue('--home').trim();
    circle = L.circle(spot, {
      radius: accuracy, interactive: false, weight: 1.5, color: colour, fillColor: colour,
      fillOpacity: 0.1
    }).addTo(guide.map);
    say(guide.t(accuracy > COARSE_M ? 'locate_coarse' : 'locate_done', {
      metres: metresText(accuracy)
    }), false);
  }

  function refused(fault) {
    const isFile = window.location.protocol === 'file:';
    const key = fault.code === 1 ? (isFile ? 'locate_denied_file' : 'locate_denied')
      : (fault.code === 3 ? 'locate_slow' : 'locate_failed');
    say(guide.t(key), true);
  }

  guide.locate = function (button) {
    const finder = window.navigator.geolocation;
    say('', true);
    if (!finder || !window.isSecureContext) {
      say(guide.t(window.location.protocol === 'file:' ? 'locate_denied_file' : 'locate_never'), true);
      return;
    }
    button.disabled = true;
    say(guide.t('locate_busy'), false);
    const done = function (work) {
      return function (answer) {
        button.disabled = false;
        say('', false);
        work(answer);
      };
    };
    finder.getCurrentPosition(done(found), done(refused), {
      enableHighAccuracy: true, timeout: 20000, maximumAge: 30000
    });
  };
})(window.circleGuide = window.circleGuide || {});
