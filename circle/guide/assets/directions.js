/* The walk itself: its line, metres, seconds, steps and the streets it follows, as in
   circle/directions.py. */
(function (guide) {
  'use strict';

  const SAME_POINT_M = 0.01;
  const BEND_DEGREES = 50;
  const rint = guide.kernelNumbers.rint, shareOf = guide.kernelNumbers.shareOf;
  const KINDS = ['road_main', 'road', 'living_street', 'service', 'pedestrian', 'footway', 'sidewalk',
    'crossing', 'path', 'track', 'cycleway', 'steps', 'corridor', 'elevator', 'platform', 'pier',
    'bridleway', 'gate'];

  /* Points of a stretch of an edge, in walking order. */
  function lineOf(net, piece) {
    const first = net.firstPoint[piece.edge], last = net.firstPoint[piece.edge + 1] - 1;
    const length = net.length[piece.edge];
    const low = Math.min(piece.from, piece.to) * length, high = Math.max(piece.from, piece.to) * length;
    function at(along) {
      let i = first;
      while (i + 1 < last && net.along[i + 1] < along) i += 1;
      const span = net.along[i + 1] - net.along[i];
      const t = span > 0 ? Math.min(Math.max((along - net.along[i]) / span, 0), 1) : 0;
      return [net.pointX[i] + t * (net.pointX[i + 1] - net.pointX[i]),
        net.pointY[i] + t * (net.pointY[i + 1] - net.pointY[i])];
    }
    const points = [at(low)];
    for (let i = first; i <= last; i += 1) {
      if (net.along[i] > low && net.along[i] < high) points.push([net.pointX[i], net.pointY[i]]);
    }
    points.push(at(high));
    return piece.to >= piece.from ? points : points.reverse();
  }

  /* Compass bearings at the start and at the end of a line, degrees. */
  function bearings(points) {
    const steps = [];
    for (let i = 1; i < points.length; i += 1) {
      const x = points[i][0] - points[i - 1][0], y = points[i][1] - points[i - 1][1];
      if (Math.sqrt(x * x + y * y) > SAME_POINT_M) steps.push(Math.atan2(x, y) * 180 / Math.PI);
    }
    return steps.length ? [steps[0], steps[steps.length - 1]] : [0, 0];
  }

  function turnOf(before, after) {
    return ((after - before + 180) % 360 + 360) % 360 - 180;
  }

  /* Stretches by street; a gate's passage belongs to the street before it, and every sharp bend
     of nameless streets begins a stretch. */
  function byStreet(net, pieces) {
    const groups = [];
    let last = null, bearing = null, bends = 0;
    pieces.forEach(function (piece) {
      let street = last;
      if (net.length[piece.edge] > 0 || !last) {
        const name = net.name[piece.edge] >= 0 ? net.names[net.name[piece.edge]] : null;
        if (Math.abs(piece.to - piece.from) * net.length[piece.edge] > SAME_POINT_M) {
          const ends = bearings(lineOf(net, piece));
          if (!name && bearing !== null && Math.abs(turnOf(bearing, ends[0])) > BEND_DEGREES) {
            bends += 1;
          }
          bearing = ends[1];
        }
        street = { name: name, kind: KINDS[net.kind[piece.edge]], bends: bends };
      }
      const isSame = last && (street.name || last.name ? street.name === last.name
        : street.kind === last.kind && street.bends === last.bends);
      last = street;
      if (isSame) groups[groups.length - 1].pieces.push(piece);
      else groups.push({ street: street, pieces: [piece] });
    });
    return groups;
  }

  function accessLeg(snap) {
    return { street: null, kind: 'access', length_m: snap.distance, time_s: snap.access / 1000,
      n_steps: 0, turn_degrees: 0 };
  }

  function legsOf(net, costs, pieces) {
    let bearing = null;
    return byStreet(net, pieces).map(function (group) {
      const leg = { street: group.street.name, kind: group.street.kind, length_m: 0, time_s: 0,
        n_steps: 0, turn_degrees: 0 };
      let points = [], whole = 0;
      group.pieces.forEach(function (piece) {
        const share = Math.abs(piece.to - piece.from);
        leg.length_m += share * net.length[piece.edge];
        whole += shareOf(costs.edge[2 * piece.edge + (piece.to < piece.from ? 1 : 0)], share);
        leg.n_steps += rint(share * net.nSteps[piece.edge]);
        points = points.concat(lineOf(net, piece));
      });
      leg.time_s = whole / 1000;
      if (leg.length_m > 0) {
        const ends = bearings(points);
        if (bearing !== null) {
          leg.turn_degrees = Math.round(turnOf(bearing, ends[0]) * 10) / 10;
        }
        bearing = ends[1];
      }
      return leg;
    });
  }

  /* The way from the start of a search to a joined place as a GeoJSON feature, or null. */
  guide.Kernel.prototype.route = function (found, end) {
    const net = this.net, frame = this.frame, pieces = this.pieces(found, end);
    if (!pieces) return null;
    const legs = [accessLeg(found.start)].concat(legsOf(net, found.costs, pieces), [accessLeg(end)]);
    function sum(name) {
      return legs.reduce(function (total, leg) { return total + leg[name]; }, 0);
    }
    const points = [[found.start.x, found.start.y]];
    pieces.forEach(function (piece) { points.push.apply(points, lineOf(net, piece)); });
    points.push([end.x, end.y]);
    const line = points.filter(function (point, i) {
      if (i === 0) return true;
      const x = point[0] - points[i - 1][0], y = point[1] - points[i - 1][1];
      return Math.sqrt(x * x + y * y) > SAME_POINT_M;
    });
    if (line.length < 2) line.push(points[points.length - 1]);
    return {
      type: 'Feature',
      properties: {
        length_m: sum('length_m'), time_s: sum('time_s'), n_steps: sum('n_steps'),
        walker: found.key,
        legs: legs.filter(function (leg) { return leg.length_m > SAME_POINT_M || leg.time_s > 0.1; })
      },
      geometry: {
        type: 'LineString',
        coordinates: line.map(function (point) {
          return frame.toLonLat(point[0], point[1]).map(function (degrees) {
            return Math.round(degrees * 1e6) / 1e6;
          });
        })
      }
    };
  };
})(window.circleGuide = window.circleGuide || {});
