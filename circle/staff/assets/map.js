/* The maps of the staff pages: the streets of the study, numbered spots, and a marker to drag. */
(function (guide) {
  'use strict';

  const CLOSEST = 19;
  /* What lies farther from the study than this is a wrong coordinate: the map shows the study. */
  const FARTHEST_M = 50000;

  function spotIcon(mark, shift) {
    const size = /^(candidate|entrance|side)/.test(mark.kind) ? 32 : 26;
    return L.divIcon({
      className: 'spot-mark ' + mark.kind, html: '', iconSize: [size, size],
      iconAnchor: [size / 2 - (shift || 0) * (size + 2), size / 2]
    });
  }

  function addSpot(map, mark, shift) {
    const spot = L.marker([mark.lat, mark.lon], {
      icon: spotIcon(mark, shift), keyboard: false, interactive: false
    }).addTo(map);
    spot.getElement().textContent = mark.label;
    return spot;
  }

  function drawStreets(map) {
    map.createPane('names').style.zIndex = 350;
    fetch('/staff/basemap.json').then(function (answer) { return answer.json(); })
      .then(function (packed) {
        const world = guide.unpackBasemap(packed);
        const layers = [new guide.BasemapLayer(world), new guide.LabelLayer(world)];
        layers.forEach(function (layer) { layer.addTo(map); });
        window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', function () {
          layers.forEach(function (layer) { layer.recolour(); });
        });
      });
  }

  function makeMap(element) {
    const data = element.dataset;
    const marks = JSON.parse(data.marks);
    const here = JSON.parse(data.here);
    const center = JSON.parse(data.center);
    const map = L.map(element, {
      attributionControl: false, zoomControl: true, minZoom: 11, maxZoom: CLOSEST,
      zoomSnap: 0.5, scrollWheelZoom: true
    });
    element.circleMap = map;
    const middle = L.latLng(center[1], center[0]);
    const shapes = JSON.parse(data.shapes);
    let spots = marks.map(function (mark) { return [mark.lat, mark.lon]; });
    if (here) spots.push([here[1], here[0]]);
    const own = data.draw ? guide.drawnPoints(element) : [];
    if (own.length) spots = own;
    else shapes.forEach(function (shape) {
      shape.points.concat(shape.gates).forEach(function (at) { spots.push([at[1], at[0]]); });
    });
    spots = spots.filter(function (at) { return map.distance(middle, at) < FARTHEST_M; });
    if (spots.length > 1) map.fitBounds(spots, { padding: [50, 50], maxZoom: 18 });
    else map.setView(spots[0] || middle, 17);
    drawStreets(map);
    /* Those at one spot stand side by side, or only the last could be read. */
    const taken = {};
    marks.forEach(function (mark) {
      const key = mark.kind + mark.lon.toFixed(6) + ' ' + mark.lat.toFixed(6);
      taken[key] = (taken[key] || 0) + 1;
      addSpot(map, mark, taken[key] - 1);
    });
    L.control.scale({ imperial: false }).addTo(map);
    guide.addShapes(map, shapes);
    if (data.fields) pick(element, map, data.fields.split(' '), here);
    if (data.draw) guide.draw(element, map, followRows);
  }

  /* A marker that follows the two fields of a position, and the fields that follow it. */
  function pick(element, map, names, here) {
    const form = element.closest('form');
    const lon = form.elements[names[0]], lat = form.elements[names[1]];
    const cross = document.createElement('span');
    cross.className = 'cross';
    element.appendChild(cross);
    let marker = null;

    function put(at, isTyped) {
      if (!marker) {
        const icon = L.divIcon({
          className: 'drag-mark', html: '<i></i>', iconSize: [44, 44], iconAnchor: [22, 43]
        });
        marker = L.marker(at, { icon: icon, draggable: true, autoPan: true, keyboard: false })
          .addTo(map);
        marker.on('drag dragend', function () { put(marker.getLatLng()); });
      }
      marker.setLatLng(at);
      form.querySelectorAll('[data-away]').forEach(function (words) {
        const spot = words.dataset.spot.split(',').map(Number);
        const metres = Math.round(map.distance(marker.getLatLng(), [spot[1], spot[0]]));
        words.textContent = words.dataset.away.replace('{}', String(metres));
      });
      if (!isTyped) {
        lon.value = L.latLng(at).lng.toFixed(7);
        lat.value = L.latLng(at).lat.toFixed(7);
      }
    }

    function followFields() {
      const x = Number(lon.value), y = Number(lat.value);
      if (lon.value.trim() && lat.value.trim() && Math.abs(x) <= 180 && Math.abs(y) <= 90) {
        put([y, x], true);
        map.panTo([y, x], { animate: false });
      }
    }

    const typed = lon.value && lat.value ? [Number(lat.value), Number(lon.value)] : null;
    if (typed && isFinite(typed[0]) && isFinite(typed[1])) put(typed, true);
    else if (here) put([here[1], here[0]], true);

    followRows(element, map, form, put);
    lon.addEventListener('change', followFields);
    lat.addEventListener('change', followFields);
    form.querySelectorAll('[data-center-of-map]').forEach(function (button) {
      button.addEventListener('click', function () { put(map.getCenter()); });
    });
    form.querySelectorAll('button[data-spot]').forEach(function (button) {
      button.addEventListener('click', function () {
        const spot = button.dataset.spot.split(',').map(Number);
        put([spot[1], spot[0]]);
        map.panTo([spot[1], spot[0]], { animate: false });
      });
    });
  }

  /* Rows of positions, entrances or gates: the next click fills the row that asked for it. */
  function followRows(element, map, form, other) {
    let row = null;

    function fillRow(at) {
      row.querySelector('[name$=_lon]').value = at.lng.toFixed(7);
      row.querySelector('[name$=_lat]').value = at.lat.toFixed(7);
      showRow(row);
      element.classList.remove('picking');
      row.querySelector('[name$=_name]').focus();
      row = null;
    }

    function showRow(entry) {
      const lon = entry.querySelector('[name$=_lon]').value;
      const lat = entry.querySelector('[name$=_lat]').value;
      if (entry.circleSpot) entry.circleSpot.remove();
      if (!lon || !lat || !isFinite(lon) || !isFinite(lat)) return;
      const label = entry.querySelector('.number').textContent;
      entry.circleSpot = addSpot(
        map, { lon: Number(lon), lat: Number(lat), label: label, kind: 'entrance' }
      );
    }

    map.on('click', function (event) {
      if (row) fillRow(event.latlng);
      else other(event.latlng);
    });
    form.addEventListener('click', function (event) {
      const button = event.target.closest('[data-pick]');
      if (!button) return;
      row = button.closest('.entry');
      element.classList.add('picking');
      element.scrollIntoView({ block: 'center' });
      element.focus({ preventScroll: true });
    });
    form.addEventListener('change', function (event) {
      const entry = event.target.matches('[name$=_lon], [name$=_lat]') &&
        event.target.closest('.entry');
      if (entry) showRow(entry);
    });
    if (element.dataset.draw) form.querySelectorAll('.entry').forEach(showRow);
  }

  document.querySelectorAll('.map').forEach(makeMap);
})(window.circleGuide = window.circleGuide || {});
