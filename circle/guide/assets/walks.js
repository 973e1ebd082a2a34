/* Who answers "how far is it from my home": the service, or the network this file carries. Both
   take and give the same:
   from(home, walker) -> promise of {rings, places}; route(from, place, walker) -> promise of a feature.
   rings: {budget, unit, is_cut, polygons}, smallest first; places: {facility_id, time_s, distance_m}. */
(function (guide) {
  'use strict';

  const MOST_MS = 120 * 60000;

  /* How long a walk is told at all: twice the rings, so that what is missing has a nearest one. */
  guide.farMinutes = function () { return Math.min(120, Math.max(60, guide.outerMinutes())); };

  function ask(address, signal) {
    return window.fetch(address, {
      signal: signal,
      headers: {
        Accept: 'application/geo+json, application/json',
        'Accept-Language': guide.language === 'zh' ? 'zh-CN' : 'en'
      }
    }).catch(function (fault) {
      if (fault.name === 'AbortError') throw fault;
      throw new Error(guide.t('home_offline'));
    }).then(function (answer) {
      return answer.json().catch(function () {
        throw new Error(guide.t('home_failed'));
      }).then(function (body) {
        if (answer.ok) return body;
        throw new Error(body && typeof body.detail === 'string' && body.detail
          ? body.detail : guide.t('home_failed'));
      });
    });
  }

  function query(values) {
    return Object.keys(values).map(function (name) {
      return name + '=' + encodeURIComponent(values[name]);
    }).join('&');
  }

  function ringsFrom(collection) {
    return collection.features.map(function (feature) {
      const geometry = feature.geometry;
      return {
        budget: feature.properties.budget, unit: feature.properties.unit || 'min',
        is_cut: feature.properties.is_cut === true,
        polygons: !geometry ? [] : (geometry.type === 'Polygon' ? [geometry.coordinates]
          : geometry.coordinates)
      };
    }).filter(function (ring) { return ring.polygons.length; })
      .sort(function (a, b) { return a.budget - b.budget; });
  }

  /* The service of this page. */
  function Service() { this.asking = null; }
  Service.prototype.stop = function () { if (this.asking) this.asking.abort(); };
  Service.prototype.from = function (home, walker) {
    this.stop();
    this.asking = window.AbortController ? new window.AbortController() : null;
    const signal = this.asking ? this.asking.signal : undefined;
    const spot = { lon: home.lng.toFixed(6), lat: home.lat.toFixed(6) };
    return Promise.all([
      ask('/api/isochrone?' + query({
        lon: spot.lon, lat: spot.lat, minutes: guide.data.minutes.join(','), walker: walker
      }), signal),
      ask('/api/nearby?' + query({
        lon: spot.lon, lat: spot.lat, minutes: guide.farMinutes(), walker: walker
      }), signal)
    ]).then(function (answers) {
      return { rings: ringsFrom(answers[0]), places: answers[1].places };
    });
  };
  Service.prototype.route = function (from, place, walker) {
    return ask('/api/route?' + query({
      from_lon: from.lng.toFixed(6), from_lat: from.lat.toFixed(6), to: place.facility_id,
      walker: walker
    }));
  };

  /* The network in this file. It is unpacked when first asked for, or before, in idle moments. */
  function Carried(walk) {
    this.walk = walk;
    this.kernel = null;
    this.ends = {};
  }
  Carried.prototype.stop = function () {};
  Carried.prototype.ready = function () {
    if (!this.kernel) {
      this.kernel = new guide.Kernel(guide.unpackNetwork(this.walk.network), this.walk.walkers);
    }
    return this.kernel;
  };
  Carried.prototype.start = function (home, walker) {
    const kernel = this.ready(), area = kernel.net.home;
    const lon = Number(home.lng.toFixed(6)), lat = Number(home.lat.toFixed(6));
    if (lon < area[0] || lat < area[1] || lon > area[2] || lat > area[3]) {
      throw new Error(guide.t('home_outside'));
    }
    const start = kernel.snap(lon, lat, kernel.walkers[walker], false);
    if (!start) throw new Error(guide.t('home_no_street'));
    return start;
  };
  Carried.prototype.endsFor = function (walker) {
    const kernel = this.ready(), who = kernel.walkers[walker];
    if (!this.ends[walker]) {
      this.ends[walker] = guide.data.places.map(function (place) {
        return kernel.snap(place.lon, place.lat, who, true);
      });
    }
    return this.ends[walker];
  };
  Carried.prototype.reckon = function (home, walker) {
    const kernel = this.ready(), start = this.start(home, walker), ends = this.endsFor(walker);
    const minutes = guide.data.minutes;
    const places = [];
    // A minute beyond the rings: their line runs between cells within and cells beyond.
    const found = kernel.search(start, walker,
      Math.max(guide.farMinutes(), guide.outerMinutes() + 1) * 60000);
    guide.data.places.forEach(function (place, i) {
      const time = kernel.timeTo(found, ends[i]);
      if (time === guide.kernelNumbers.UNREACHED) return;
      places.push({
        facility_id: place.facility_id, time_s: time / 1000, distance_m: kernel.metresTo(found, ends[i])
      });
    });
    const limits = minutes.map(function (value) { return Math.round(value * 60000); });
    const rings = limits.length ? kernel.rings(found, limits).map(function (ring, i) {
      return { budget: minutes[i], unit: 'min', is_cut: ring.isCut, polygons: ring.polygons };
    }).filter(function (ring) { return ring.polygons.length; }) : [];
    places.sort(function (a, b) { return a.time_s - b.time_s; });
    return { rings: rings, places: places };
  };
  /* Answers come later, as a service's would: the page shows that it is at work before. */
  Carried.prototype.from = function (home, walker) {
    const self = this;
    return new Promise(function (resolve, reject) {
      window.setTimeout(function () {
        try { resolve(self.reckon(home, walker)); } catch (fault) { reject(fault); }
      }, 0);
    });
  };
  Carried.prototype.route = function (from, place, walker) {
    const self = this;
    return Promise.resolve().then(function () {
      const kernel = self.ready(), start = self.start(from, walker);
      const end = kernel.snap(place.lon, place.lat, kernel.walkers[walker], true);
      if (!end) throw new Error(guide.t('route_no_street'));
      const feature = kernel.route(kernel.search(start, walker, MOST_MS), end);
      if (!feature) throw new Error(guide.t('route_none'));
      return feature;
    });
  };

  /* Reckon ahead in idle moments, a little at a time, so that the first tap is answered as fast as
     the next: the network, where its streets meet the places, the ground from the centre outwards. */
  Carried.prototype.prepare = function (walker) {
    const self = this;
    const center = guide.data.center;
    const turn = this.turn = (this.turn || 0) + 1;
    const idle = window.requestIdleCallback || function (work) { window.setTimeout(work, 60); };
    let tiles = null;
    const steps = [
      function () { self.ready(); return true; },
      function () { self.endsFor(walker); return true; },
      function () {
        if (!tiles) tiles = self.kernel.groundAround(self.kernel.walkers[walker], center);
        if (tiles.length) self.kernel.ground(self.kernel.walkers[walker]).tile.apply(
          self.kernel.ground(self.kernel.walkers[walker]), tiles.shift());
        return !tiles.length;
      },
      function () {
        try {
          self.reckon({ lng: center.lon, lat: center.lat }, walker);
        } catch (fault) { /* a centre without a street has nothing to prepare */ }
        return true;
      }
    ];
    function work(deadline) {
      if (turn !== self.turn) return;
      do {
        if (steps[0]()) steps.shift();
      } while (steps.length && deadline && deadline.timeRemaining() > 8);
      if (steps.length) idle(work);
    }
    idle(work);
  };

  /* Whoever can answer in this page; null where nobody can. */
  guide.makeWalks = function () {
    if (guide.isLive) return new Service();
    return guide.data.walk ? new Carried(guide.data.walk) : null;
  };
})(window.circleGuide = window.circleGuide || {});
