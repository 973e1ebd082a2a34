/* Long work in short pieces. A piece of work is an iterator: whatever it does up to its next yield
   is one step, and between steps the page may answer somebody. */
(function (guide) {
  'use strict';

  /* A frame of a slow phone: longer than this, and a finger is felt to wait. */
  const SLICE_MS = 10;

  /* Do all that is left of it now. */
  guide.drain = function (work) {
    let step = work.next();
    while (!step.done) step = work.next();
    return step.value;
  };

  /* One slice of it; true when it has come to its end. */
  function isDone(work, budget) {
    const end = performance.now() + budget;
    do {
      if (work.next().done) return true;
    } while (performance.now() < end);
    return false;
  }

  guide.soon = function (then) { window.setTimeout(then, 0); };

  /* Do it in slices. `first` says when the first one is: `guide.soon` is as soon as whatever waits
     has been answered. Returns {stop, finish}: finish does the rest at once. */
  guide.inSlices = function (work, first, budget) {
    let isOver = false;
    function turn() {
      if (isOver) return;
      if (isDone(work, budget || SLICE_MS)) isOver = true;
      else guide.soon(turn);
    }
    first(turn);
    return {
      stop: function () { isOver = true; },
      finish: function () {
        if (!isOver) guide.drain(work);
        isOver = true;
      }
    };
  };

  /* Do it while nobody wants anything of the page. Returns {stop}. */
  guide.whenIdle = function (work) {
    let isOver = false;
    const later = window.requestIdleCallback || function (turn) { window.setTimeout(turn, 30); };
    function turn(deadline) {
      if (isOver) return;
      const left = deadline && deadline.timeRemaining ? deadline.timeRemaining() - 4 : SLICE_MS;
      if (isDone(work, Math.max(1, Math.min(SLICE_MS, left)))) isOver = true;
      else later(turn);
    }
    later(turn);
    return { stop: function () { isOver = true; } };
  };

  /* After what stands in the page now has been painted; at once in a page nobody looks at. */
  guide.afterPaint = function (then) {
    let isCalled = false;
    function once() {
      if (!isCalled) window.setTimeout(then, 0);
      isCalled = true;
    }
    window.requestAnimationFrame(once);
    window.setTimeout(once, 100);
  };
})(window.circleGuide = window.circleGuide || {});
