/* Where the numbers stand: none on another, moved numbers keep a line to their place, and places
   too close to stand apart are gathered under one badge. Pure geometry in pixels, no page. */
(function (guide) {
  'use strict';

  const GAP = 2;
  const ROUNDS = 20;
  const DIRECTIONS = [-90, -45, -135, 0, 180, 45, 135, 90, -22, -158, -68, -112, 22, 158, 68, 112];

  function boxAt(x, y, size) {
    return [x - size.w / 2 - GAP, y - size.h / 2 - GAP, x + size.w / 2 + GAP, y + size.h / 2 + GAP];
  }

  /* Shifts of a badge from its place, the favourite first: standing on it like a pin. */
  function shifts(size, reach) {
    const found = [{ x: 0, y: -(size.h / 2 + 8), isPin: true }];
    [6, 16, 27, 38, 50].filter(function (room) { return room <= reach; }).forEach(function (room) {
      DIRECTIONS.forEach(function (degrees) {
        const angle = degrees * Math.PI / 180;
        found.push({
          x: Math.cos(angle) * (size.w / 2 + room), y: Math.sin(angle) * (size.h / 2 + room),
          isPin: false
        });
      });
    });
    return found;
  }

  /* The line from a place to its badge, as a row of small boxes; none where the badge is near. */
  function leaderBoxes(group, shift) {
    const length = Math.hypot(shift.x, shift.y), from = 5, to = length - group.size.h / 2;
    const boxes = [];
    for (let at = from; at < to; at += 5) {
      const x = group.x + shift.x * at / length, y = group.y + shift.y * at / length;
      boxes.push([x - 1, y - 1, x + 1, y + 1]);
    }
    return boxes;
  }

  /* Whether the edge of the view would cut the badge of a place that can be seen. */
  function isCut(box, group, view) {
    if (!view || group.x < view[0] || group.x > view[2] || group.y < view[1] || group.y > view[3]) {
      return false;
    }
    return box[0] < view[0] || box[1] < view[1] || box[2] > view[2] || box[3] > view[3];
  }

  function mean(members, axis) {
    return members.reduce(function (sum, item) { return sum + item[axis]; }, 0) / members.length;
  }

  function makeGroup(members, sizeOf) {
    const sorted = members.slice().sort(function (a, b) { return a.number - b.number; });
    return {
      members: sorted, x: mean(sorted, 'x'), y: mean(sorted, 'y'), size: sizeOf(sorted),
      isFirst: sorted.some(function (item) { return item.isFirst; })
    };
  }

  /* Places in a crowd too thick for any arrangement are gathered before anything is tried. */
  function gatherCrowds(items, sizeOf, crowd) {
    const left = new Set(items);
    const groups = [];
    items.forEach(function (item) {
      if (!left.has(item) || item.isFirst) return;
      const near = items.filter(function (other) {
        return left.has(other) && !other.isFirst &&
          Math.hypot(other.x - item.x, other.y - item.y) < crowd.within;
      });
      if (near.length >= crowd.least) {
        near.forEach(function (other) { left.delete(other); });
        groups.push(makeGroup(near, sizeOf));
      }
    });
    left.forEach(function (item) { groups.push(makeGroup([item], sizeOf)); });
    return groups;
  }

  /* A badge keeps off the spots and the lines of other places too, and its own line off other
     badges, where there is any other way. */
  function tryAll(groups, reserved, reach, view) {
    const taken = new guide.Taken();
    const spots = new guide.Taken();
    reserved.forEach(function (box) { taken.add(box); });
    groups.forEach(function (group) {
      if (group.members.length === 1) {
        spots.add([group.x - 3, group.y - 3, group.x + 3, group.y + 3]);
      }
    });
    const order = groups.slice().sort(function (a, b) {
      return (b.isFirst - a.isFirst) || (b.members.length - a.members.length) ||
        (a.members[0].number - b.members[0].number);
    });
    const homeless = [];
    order.forEach(function (group) {
      group.shift = null;
      const options = group.members.length > 1
        ? [{ x: 0, y: 0, isPin: false }].concat(shifts(group.size, Math.max(reach, 38)))
        : shifts(group.size, reach);
      let second = null;
      for (let i = 0; i < options.length && !group.shift; i += 1) {
        const box = boxAt(group.x + options[i].x, group.y + options[i].y, group.size);
        if (taken.hits(box)) continue;
        const isClear = !spots.hits(box) && !isCut(box, group, view) && (group.members.length > 1 ||
          !leaderBoxes(group, options[i]).some(function (part) { return taken.hits(part); }));
        if (isClear) group.shift = options[i];
        else if (!second) second = options[i];
      }
      group.shift = group.shift || second;
      if (group.shift) {
        taken.add(boxAt(group.x + group.shift.x, group.y + group.shift.y, group.size));
        if (group.members.length === 1) {
          leaderBoxes(group, group.shift).forEach(function (part) { spots.add(part); });
        }
      }
      if (!group.shift && group.isFirst) group.shift = options[0];
      if (!group.shift) homeless.push(group);
    });
    return homeless;
  }

  /* Whoever found no room joins its nearest neighbour, whether that one has room or not:
     neighbours gather in pairs and small groups, not all at the one badge that had room. */
  function joinNearest(groups, homeless, sizeOf) {
    const gone = new Set();
    const made = [];
    homeless.forEach(function (group) {
      if (gone.has(group)) return;
      let best = null, bestDistance = Infinity;
      groups.forEach(function (other) {
        if (other === group || other.isFirst || gone.has(other)) return;
        const distance = Math.hypot(other.x - group.x, other.y - group.y);
        if (distance < bestDistance) { best = other; bestDistance = distance; }
      });
      if (!best) return;
      gone.add(group);
      gone.add(best);
      made.push(makeGroup(group.members.concat(best.members), sizeOf));
    });
    return groups.filter(function (group) { return !gone.has(group); }).concat(made);
  }

  /* Places whose spot lies under the badge of others join them: what covers a place stands for it. */
  function joinCovering(groups, sizeOf) {
    const singles = groups.filter(function (group) {
      return group.members.length === 1 && !group.isFirst;
    });
    const gone = new Set();
    const made = groups.filter(function (group) { return group.members.length > 1; })
      .map(function (group) {
        const box = boxAt(group.x + group.shift.x, group.y + group.shift.y, group.size);
        const under = singles.filter(function (single) {
          return !gone.has(single) && single.x > box[0] && single.x < box[2] &&
            single.y > box[1] && single.y < box[3];
        });
        if (!under.length) return group;
        under.concat([group]).forEach(function (old) { gone.add(old); });
        return makeGroup(under.reduce(function (all, single) {
          return all.concat(single.members);
        }, group.members), sizeOf);
      });
    if (!gone.size) return null;
    return made.concat(groups.filter(function (group) {
      return group.members.length === 1 && !gone.has(group);
    }));
  }

  /* items: {number, x, y, isFirst}; reserved: boxes nobody may cover; sizeOf(members) -> {w, h};
     manner: {reach: how far a badge may move, crowd: {within: pixels, least: places}}; view: what can
     be seen, if known: a badge keeps within it where there is any other way.
     Returns groups {members, x, y, shift, size}; a group of one is a place with its own badge. */
  guide.placeBadges = function (items, reserved, sizeOf, manner, view) {
    const reach = manner.reach;
    let groups = gatherCrowds(items, sizeOf, manner.crowd);
    for (let round = 0; round < ROUNDS; round += 1) {
      const homeless = tryAll(groups, reserved, reach, view);
      const joined = homeless.length ? joinNearest(groups, homeless, sizeOf)
        : joinCovering(groups, sizeOf);
      if (!joined) return groups;
      groups = joined;
    }
    tryAll(groups, [], reach, view).forEach(function (group) { group.shift = { x: 0, y: 0, isPin: false }; });
    return groups;
  };

  /* "12", "12–15" when they follow each other, "12 · 31" for two, else how many there are. */
  guide.groupNumbers = function (numbers) {
    const last = numbers[numbers.length - 1];
    if (numbers.length === 1) return String(numbers[0]);
    if (last - numbers[0] === numbers.length - 1) return numbers[0] + '–' + last;
    if (numbers.length === 2) return numbers[0] + ' · ' + last;
    return guide.count(numbers.length);
  };
})(window.circleGuide = window.circleGuide || {});
