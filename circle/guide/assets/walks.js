/* Who answers "how far is it from my home": the service, or the network this file carries. Both
   take and give the same:
   from(home, walker) -> promise of {rings, places}; route(from, place, walker) -> promise of a feature.
   rings: {budget, unit, is_cut, polygons}, smallest first; places: {facility_id, time_s, distance_m}. */
(function (guide) {
  'use strict';

  const MOST_MS = 120 * 60000;
  const ANSWER_MS = 60, WARM_ROUNDS = 4;

  /* How long a walk is told at all: beyond the rings, so that what is missing has a nearest one. */
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

  /* The network in this file. What an answer needs is made ahead in idle moments, a little at a time;
     a question that comes earlier goes on from there. */
  function Carried(walk) {
    this.walk = walk;
    this.kernel = null;
    this.opening = this.open();
    this.ends = {};
    this.answering = null;
    this.ahead = null;
    this.isWarm = '';
  }
  Carried.prototype.stop = function () {
    if (this.answering) this.answering.stop();
    this.answering = null;
  };
  Carried.prototype.open = function* () {
    const net = yield* guide.unpacking(this.walk.network);
    yield;
    this.kernel = yield* guide.openingKernel(net, this.walk.walkers);
  };
  /* Steps of getting ready; whoever takes them, they are taken once. */
  Carried.prototype.readying = function* () {
    while (!this.kernel) {
      this.opening.next();
      if (!this.kernel) yield;
    }
    return this.kernel;
  };
  Carried.prototype.start = function (kernel, home, walker) {
    const area = kernel.net.home;
    const lon = Number(home.lng.toFixed(6)), lat = Number(home.lat.toFixed(6));
    if (lon < area[0] || lat < area[1] || lon > area[2] || lat > area[3]) {
      throw new Error(guide.t('home_outside'));
    }
    const start = kernel.snap(lon, lat, kernel.walkers[walker], false);
    if (!start) throw new Error(guide.t('home_no_street'));
    return start;
  };
  /* Steps of joining the doors of every place to the streets: lists of joined positions. */
  Carried.prototype.joining = function* (kernel, walker) {
    const places = guide.data.places;
    const ends = this.ends[walker] = this.ends[walker] || [];
    while (ends.length < places.length) {
      ends.push(doorsOf(kernel, places[ends.length], walker));
      if (ends.length % 16 === 0) yield;
    }
    return ends;
  };
  /* A place is entered by its doors; its own position counts where nobody knows any. */
  function doorsOf(kernel, place, walker) {
    const doors = place.entrances && place.entrances.length ? place.entrances : [place];
    return doors.map(function (door) {
      return kernel.snap(door.lon, door.lat, kernel.walkers[walker], true);
    });
  }
  /* Steps of answering: everything at the end. One at a time: they share the arrays of a search. */
  Carried.prototype.reckoning = function* (home, walker) {
    const kernel = yield* this.readying(), start = this.start(kernel, home, walker);
    const ends = yield* this.joining(kernel, walker);
    const minutes = guide.data.minutes, places = [];
    // A minute beyond the rings: their line runs between cells within and cells beyond.
    const found = kernel.search(start, walker,
      Math.max(guide.farMinutes(), guide.outerMinutes() + 1) * 60000);
    guide.data.places.forEach(function (place, i) {
      const end = kernel.nearestDoor(found, ends[i]);
      if (!end) return;
      places.push({
        facility_id: place.facility_id, time_s: kernel.timeTo(found, end) / 1000,
        distance_m: kernel.metresTo(found, end)
      });
    });
    const limits = minutes.map(function (value) { return Math.round(value * 60000); });
    const drawn = limits.length ? yield* kernel.drawing(found, limits) : [];
    const rings = drawn.map(function (ring, i) {
      return { budget: minutes[i], unit: 'min', is_cut: ring.isCut, polygons: ring.polygons };
    }).filter(function (ring) { return ring.polygons.length; });
    places.sort(function (a, b) { return a.time_s - b.time_s; });
    return { rings: rings, places: places };
  };
  /* Answers come as promises, as a service's would. With everything made ahead they are made at
     once; else the page first shows that it is at work, and can be moved in the meantime. */
  Carried.prototype.from = function (home, walker) {
    const self = this;
    this.stop();
    this.rest();
    return new Promise(function (resolve, reject) {
      function* work() {
        try {
          resolve(yield* self.reckoning(home, walker));
        } catch (fault) { reject(fault); }
        self.answering = null;
        self.prepare(walker);
      }
      // Within the tap's own task it all comes with the next frame: one frame, one layout.
      const first = self.isWarm === walker ? function (turn) { turn(); } : guide.afterPaint;
      self.answering = guide.inSlices(work(), first, ANSWER_MS);
    });
  };
  Carried.prototype.route = function (from, place, walker) {
    const self = this;
    return Promise.resolve().then(function () {
      const kernel = guide.drain(self.readying()), start = self.start(kernel, from, walker);
      const ends = doorsOf(kernel, place, walker).filter(Boolean);
      if (!ends.length) throw new Error(guide.t('route_no_street'));
      // An answer that is being drawn stands on its own search: it is finished first.
      if (self.answering) self.answering.finish();
      self.rest();
      const found = kernel.search(start, walker, MOST_MS);
      const end = kernel.nearestDoor(found, ends);
      const feature = end && kernel.route(found, end);
      self.prepare(walker);
      if (!feature) throw new Error(guide.t('route_none'));
      return feature;
    });
  };

  Carried.prototype.rest = function () {
    if (this.ahead) this.ahead.stop();
    this.ahead = null;
  };
  /* Make ahead in idle moments, so that the first tap is answered as fast as the next: the network,
     where its streets meet the places, the ground from the centre outwards; then a few answers that
     nobody sees, after which the engine knows which code is worth making fast. */
  Carried.prototype.prepare = function (walker) {
    const self = this, center = guide.data.center;
    this.rest();
    function* work() {
      const kernel = yield* self.readying();
      yield* self.joining(kernel, walker);
      const ground = kernel.ground(kernel.walkers[walker]);
      const tiles = kernel.groundAround(kernel.walkers[walker], center);
      for (let k = 0; k < tiles.length; k += 1) yield* ground.laying(tiles[k][0], tiles[k][1]);
      for (let k = 0; self.isWarm !== walker && k < WARM_ROUNDS; k += 1) {
        try {
          yield* self.reckoning({ lng: center.lon, lat: center.lat }, walker);
        } catch (fault) { /* a centre without a street has nothing to prepare */ }
      }
      self.isWarm = walker;
    }
    this.ahead = guide.whenIdle(work());
  };

  /* Whoever can answer in this page, this page itself first: then no home leaves the device. Null
     where nobody can. */
  guide.makeWalks = function () {
    if (guide.data.walk) return new Carried(guide.data.walk);
    return guide.isLive ? new Service() : null;
  };
})(window.circleGuide = window.circleGuide || {});
