// Pulling components: by mouse, pen, finger and arrow keys.

import { withAxes, withAxis, withDeviation, withMeanAt } from "./shape.js";
import { set } from "./svg.js";
import { axesOf, short } from "./view.js";

/** @import { Mixture } from "./em.js" */
/** @import { Explorer } from "./explorer.js" */

/** @type {{[key: string]: [number, number]}} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const STEP = 0.01; // of an axis, that an arrow key moves a mean; five times as much with Shift
const TURN = 0.05; // radians
const GROWTH = 0.05; // of a half-axis

/** Let the handles of an explorer's plane be pulled. @param {Explorer} explorer */
export function listen(explorer) {
  const { plane, session } = explorer;
  const { svg } = plane;
  /** @type {{k: number, part: string, group: number, off: [number, number]} | null} */
  let held = null;

  svg.addEventListener("pointerdown", (event) => {
    const handle = /** @type {Element} */ (event.target).closest(".handle");
    if (!(handle instanceof SVGElement) || event.button > 0 || explorer.locked("mixture")) return;
    explorer.rest();
    const [x, y] = plane.pixels(event);
    const { e, f } = /** @type {SVGGraphicsElement} */ (handle).transform.baseVal[0].matrix;
    const [k, part] = [Number(handle.dataset.k), handle.dataset.part ?? ""];
    held = { k, part, group: ++session.group, off: grasp(explorer, k, part, [e, f], [x, y]) };
    svg.setPointerCapture(event.pointerId);
    svg.classList.add("held");
    event.preventDefault();
    handle.focus();
  });
  // A finger on a handle must not scroll the page. (`touch-action` counts on the whole picture alone, where a finger
  // between the handles shall scroll.)
  svg.addEventListener("touchstart", (event) => {
    if (/** @type {Element} */ (event.target).closest(".handle") && !explorer.locked("mixture")) event.preventDefault();
  }, { passive: false });
  svg.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [x, y] = plane.pixels(event);
    pull(explorer, held.k, held.part, [x + held.off[0], y + held.off[1]], held.group);
  });
  const release = () => {
    if (!held) return;
    svg.classList.remove("held");
    explorer.tell(explorer.texts.say("explore_moved", { component: held.k + 1 }));
    held = null;
  };
  svg.addEventListener("pointerup", release);
  svg.addEventListener("pointercancel", release);
  svg.addEventListener("keydown", (event) => {
    const handle = /** @type {Element} */ (event.target).closest(".handle");
    const arrow = ARROWS[event.key];
    if (!(handle instanceof SVGElement) || !arrow || event.ctrlKey || event.altKey || event.metaKey || explorer.locked("mixture")) return;
    event.preventDefault();
    explorer.rest();
    const k = Number(handle.dataset.k);
    explorer.change(nudged(explorer, k, handle.dataset.part ?? "", arrow, event.shiftKey ? 5 : 1), explorer.texts.say("explore_moved", { component: k + 1 }));
  });
}

/**
 * Where what is pulled is from the pointer. The handles of a small ellipse stand off from its ends: nothing leaps when
 * one is taken.
 * @param {Explorer} explorer @param {number} k @param {string} part
 * @param {[number, number]} handle where it is seen @param {[number, number]} pointer in pixels
 * @returns {[number, number]}
 */
function grasp({ plane, session }, k, part, [hx, hy], [px, py]) {
  if (part !== "long" && part !== "short") return [hx - px, hy - py];
  const { scale, view } = plane;
  const flat = view.mixture(session.mixture());
  const [dx, dy] = [hx - scale.x(flat.means[2 * k]), hy - scale.y(flat.means[2 * k + 1])];
  const share = Math.min((plane.radii[0] * axesOf(flat, k, scale)[part]) / Math.hypot(dx, dy), 1);
  return [hx - px + (share - 1) * dx, hy - py + (share - 1) * dy];
}

/** @param {Explorer} explorer @param {number} k @param {string} part @param {[number, number]} place in pixels @param {number} group */
function pull(explorer, k, part, place, group) {
  const { plane, session } = explorer;
  const { scale, view } = plane;
  const mixture = session.mixture();
  const [x, y] = scale.back(...place);
  const { family } = session.now.choice;
  const flat = view.mixture(mixture);
  /** @type {Mixture} */
  let next;
  if (part === "mean") next = withMeanAt(mixture, view, k, view.d === 2 ? [x, y] : [x]);
  else if (part === "spread") next = spread(explorer, mixture, k, Math.max(Math.abs(x - flat.means[k]), 1 / Math.abs(scale.perX)));
  else {
    const away = [place[0] - scale.x(flat.means[2 * k]), place[1] - scale.y(flat.means[2 * k + 1])];
    next = withAxis(mixture, view, scale, k, part === "long" ? "long" : "short", away, plane.radii[0], family);
  }
  explorer.change(next, "", group);
}

/** Change the standard deviation on the only axis. @param {Explorer} explorer @param {Mixture} mixture @param {number} k @param {number} value */
function spread({ plane: { view }, session }, mixture, k, value) {
  const { family } = session.now.choice;
  if (view.D === 1) return withDeviation(mixture, k, 0, value, family);
  // On an axis that is one feature of several, or a principal component: every direction of it grows alike.
  const factor = value / Math.sqrt(view.mixture(mixture).covariances[k]);
  const { matrix, back } = view.panel;
  const { D } = view;
  const next = { ...mixture, covariances: mixture.covariances.slice() };
  const A = Array.from({ length: D * D }, (_, at) => Number(Math.floor(at / D) === at % D) + back[Math.floor(at / D)] * (factor - 1) * matrix[at % D]);
  const old = mixture.covariances.subarray(k * D * D, (k + 1) * D * D);
  for (let i = 0; i < D; i += 1)
    for (let j = 0; j <= i; j += 1) {
      let sum = 0;
      for (let p = 0; p < D; p += 1) for (let q = 0; q < D; q += 1) sum += A[i * D + p] * old[p * D + q] * A[j * D + q];
      next.covariances[(k * D + i) * D + j] = next.covariances[(k * D + j) * D + i] = sum;
    }
  return next;
}

/** @param {Explorer} explorer @param {number} k @param {string} part @param {[number, number]} arrow @param {number} times */
function nudged({ plane, session }, k, part, [right, up], times) {
  const { scale, view } = plane;
  const { family } = session.now.choice;
  const mixture = session.mixture();
  const flat = view.mixture(mixture);
  if (part === "mean") {
    const place = Array.from({ length: view.d }, (_, a) => flat.means[k * view.d + a] + [right * Math.sign(scale.perX), up * Math.sign(scale.perY)][a] * times * STEP * (view.limits[a][1] - view.limits[a][0]));
    return withMeanAt(mixture, view, k, place);
  }
  const growth = 1 + (up || (view.d === 1 ? right : 0)) * GROWTH * times;
  if (part === "spread") return spread(/** @type {Explorer} */ ({ plane, session }), mixture, k, Math.sqrt(flat.covariances[k]) * growth);
  const axes = axesOf(flat, k, scale);
  const round = family === "spherical";
  if (part === "long" || round) axes.long *= growth;
  if (part === "short" || round) axes.short *= growth;
  if (family === "full" || family === "tied") axes.angle -= right * TURN * times;
  return withAxes(mixture, view, scale, k, axes, family);
}

/** Give the handles their names, for who cannot see them. @param {Explorer} explorer */
export function name(explorer) {
  const { plane, session, texts } = explorer;
  const flat = plane.flat(session.now);
  const { d, panel } = plane.view;
  for (const [k, mark] of plane.marks.entries())
    for (const [part, handle] of Object.entries(mark.handles)) {
      const places = Array.from({ length: d }, (_, a) => `${panel.names[a]} ${short(part === "mean" ? flat.means[k * d + a] : Math.sqrt(flat.covariances[(k * d + a) * d + a]))}`);
      const key = part === "mean" ? "explore_mean_handle" : part === "long" ? "explore_long_handle" : part === "short" ? "explore_short_handle" : "explore_spread_handle";
      set(handle, { "aria-label": texts.say(key, { component: k + 1, place: places.join(", ") }), "aria-disabled": String(explorer.locked("mixture")) });
    }
}
