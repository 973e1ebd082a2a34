/* What is drawn over the streets: lines and outlines shown on a map, and one that is being drawn. */
(function (guide) {
  'use strict';

  function lineOf(points, isArea, kind) {
    const options = { className: 'drawn ' + kind, interactive: false };
    return isArea ? L.polygon(points, options) : L.polyline(points, options);
  }

  guide.addShapes = function (map, shapes) {
    shapes.forEach(function (shape) {
      const points = shape.points.map(function (at) { return [at[1], at[0]]; });
      if (points.length) lineOf(points, shape.kind === 'compound', shape.kind).addTo(map);
      shape.gates.forEach(function (at) {
        const options = { className: 'drawn gate', radius: 6, interactive: false };
        L.circleMarker([at[1], at[0]], options).addTo(map);
      });
    });
  };

  /* The points of the field that holds the drawing; lines that are none are passed over. */
  guide.drawnPoints = function (element) {
    const lines = element.closest('form').elements.points.value.split('\n');
    return lines.map(function (line) {
      const at = line.trim().split(/[\s,，;；]+/).map(Number);
      return at.length === 2 && at.every(isFinite) ? [at[1], at[0]] : null;
    }).filter(Boolean);
  };

  /* The field is what counts: clicks and drags write it, and the line follows it. */
  guide.draw = function (element, map, followRows) {
    const form = element.closest('form'), field = form.elements.points;
    const line = lineOf([], element.dataset.draw === 'area', 'own').addTo(map);
    const cross = document.createElement('span');
    cross.className = 'cross';
    element.appendChild(cross);
    let corners = [];

    function write(points) {
      field.value = points.map(function (at) {
        return at[1].toFixed(7) + ' ' + at[0].toFixed(7);
      }).join('\n');
      show();
    }

    function corner(at, number) {
      const icon = L.divIcon({
        className: 'corner-mark', html: '<i></i>', iconSize: [32, 32], iconAnchor: [16, 16]
      });
      const marker = L.marker(at, { icon: icon, draggable: true, keyboard: false }).addTo(map);
      marker.on('drag', function () {
        const points = guide.drawnPoints(element), spot = marker.getLatLng();
        points[number] = [spot.lat, spot.lng];
        line.setLatLngs(points);
      });
      marker.on('dragend', function () {
        const points = guide.drawnPoints(element), spot = marker.getLatLng();
        points[number] = [spot.lat, spot.lng];
        write(points);
      });
      return marker;
    }

    function show() {
      const points = guide.drawnPoints(element);
      line.setLatLngs(points);
      corners.forEach(function (marker) { marker.remove(); });
      corners = points.map(corner);
    }

    function add(at) {
      const spot = L.latLng(at);
      write(guide.drawnPoints(element).concat([[spot.lat, spot.lng]]));
    }

    field.addEventListener('input', show);
    form.querySelector('[data-add-center]').addEventListener('click', function () {
      add(map.getCenter());
    });
    form.querySelector('[data-drop-last]').addEventListener('click', function () {
      write(guide.drawnPoints(element).slice(0, -1));
    });
    followRows(element, map, form, add);
    show();
  };
})(window.circleGuide = window.circleGuide || {});
