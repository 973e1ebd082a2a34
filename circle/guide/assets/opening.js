/* What the clock of the place says: what is open now, which day it is there. Where the browser
   knows no time zones, or the guide none, nobody is told what is open. */
(function (guide) {
  'use strict';

  const WEEK = 10080, DAY = 1440;
  const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

  function two(number) { return (number < 10 ? '0' : '') + number; }

  /* Now, on the clocks of the place: minute of the week from Monday 0:00 and ISO time; or null. */
  guide.clock = function (now) {
    const zone = guide.data.timezone;
    if (!zone) return null;
    try {
      const part = {};
      new Intl.DateTimeFormat('en-US', {
        timeZone: zone, weekday: 'short', year: 'numeric', month: '2-digit', day: '2-digit',
        hour: '2-digit', minute: '2-digit', hour12: false
      }).formatToParts(now || new Date()).forEach(function (item) { part[item.type] = item.value; });
      const day = DAYS.indexOf(part.weekday);
      const hour = Number(part.hour) % 24, minute = Number(part.minute);
      if (day < 0 || !(hour >= 0) || !(minute >= 0)) return null;
      return {
        minute: day * DAY + hour * 60 + minute,
        iso: part.year + '-' + part.month + '-' + part.day + 'T' + two(hour) + ':' + two(minute)
      };
    } catch (unknownZone) { return null; }
  };

  /* The same as ISO time by the device's own clock where the zone is not known. */
  guide.isoNow = function (now) {
    const clock = guide.clock(now);
    if (clock) return clock.iso;
    const here = now || new Date();
    return here.getFullYear() + '-' + two(here.getMonth() + 1) + '-' + two(here.getDate()) + 'T' +
      two(here.getHours()) + ':' + two(here.getMinutes());
  };

  function whenText(minute, now) {
    const away = Math.floor(minute / DAY) - Math.floor(now / DAY);
    const time = two(Math.floor(minute % DAY / 60)) + ':' + two(minute % 60);
    if (away === 0) return time;
    const day = away === 1 ? guide.t('tomorrow')
      : guide.t('weekdays').split(' ')[Math.floor(minute % WEEK / DAY)];
    return day + ' ' + time;
  }

  /* {isOpen, text} for a place whose week is known, else null. */
  guide.openingOf = function (place, now) {
    const clock = guide.clock(now);
    const week = place.open_week;
    if (!clock || !Array.isArray(week)) return null;
    const minute = clock.minute;
    if (!week.length) return { isOpen: false, text: guide.t('open_never') };
    const inside = week.find(function (span) { return span[0] <= minute && minute < span[1]; });
    if (!inside) {
      const next = week.reduce(function (best, span) {
        return Math.min(best, span[0] > minute ? span[0] : span[0] + WEEK);
      }, Infinity);
      return { isOpen: false, text: guide.t('closed_now', { when: whenText(next, minute) }) };
    }
    // Spans that touch, over midnight or over the end of the week, are one.
    let end = inside[1];
    for (let i = 0; i <= week.length; i += 1) {
      const more = week.find(function (span) { return span[0] === end % WEEK; });
      if (!more || end - minute >= WEEK) break;
      end += more[1] - more[0];
    }
    if (end - minute >= WEEK) return { isOpen: true, text: guide.t('open_always') };
    return {
      isOpen: true,
      text: guide.t(end - minute <= 30 ? 'open_briefly' : 'open_now',
        { when: whenText(end, minute) })
    };
  };

  /* A day, or a day and time, as people say it; the year only when it is another one. */
  guide.dayText = function (iso) {
    const found = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}:\d{2}))?/.exec(iso || '');
    if (!found) return iso || '';
    const date = new Date(Date.UTC(Number(found[1]), Number(found[2]) - 1, Number(found[3])));
    const isThisYear = found[1] === guide.isoNow().slice(0, 4);
    const text = guide.t(isThisYear ? 'day' : 'day_year', {
      year: found[1], month: guide.language === 'zh' ? Number(found[2])
        : guide.t('months').split(' ')[Number(found[2]) - 1],
      day: Number(found[3]), weekday: guide.t('weekdays').split(' ')[(date.getUTCDay() + 6) % 7]
    });
    return found[4] ? text + ' ' + found[4] : text;
  };

  guide.spanText = function (starts, ends) {
    if (!ends) return guide.dayText(starts);
    const isSameDay = starts.slice(0, 10) === ends.slice(0, 10);
    if (isSameDay && !ends.slice(11)) return guide.dayText(starts);
    return guide.dayText(starts) + '–' + (isSameDay ? ends.slice(11, 16) : guide.dayText(ends));
  };

  /* A day alone lasts until its end. */
  guide.isPast = function (iso) {
    return Boolean(iso) && iso < guide.isoNow().slice(0, iso.length);
  };
})(window.circleGuide = window.circleGuide || {});
