// The curve that EM climbs: the log-likelihood after every step, dashed where the reader has moved something.

import { boxOf, drawFrame } from "./frame.js";
import { make, set } from "./svg.js";
import { numeral, Scale } from "./view.js";

/** @import { Theme } from "./colors.js" */
/** @import { State } from "./session.js" */

const LEAP = 12; // times what follows, that a first step is too large to be drawn with the rest

/** How the log-likelihood is shown: per point, that negated, or the sum. @typedef {"average" | "negative_average" | "total"} Kind */

/** @param {State} state @param {Kind} kind @returns {number[]} */
export function valuesOf({ curve, points }, kind) {
  const factor = kind === "negative_average" ? -1 : kind === "total" ? points.engine.total : 1;
  return curve.map(({ value }) => factor * value);
}

/** @param {number} value @param {Kind} kind */
export const written = (value, kind) => numeral(value, kind === "total" ? 2 : 4);

/**
 * @param {SVGSVGElement} svg @param {State} state @param {Theme} theme
 * @param {{kind: Kind, axis: string, reach: number | null}} how
 */
export function drawChart(svg, state, theme, { kind, axis, reach }) {
  const { width, height } = svg.getBoundingClientRect();
  if (!width) return;
  svg.replaceChildren();
  set(svg, { viewBox: `0 0 ${width} ${height}` });
  const values = valuesOf(state, kind);
  const shown = values.slice(values.length > 2 && leaps(values) ? 1 : 0);
  if (reach !== null) shown.push(reach);
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  const room = Math.max(0.12 * (high - low), 1e-4 * Math.max(1, Math.abs(high)), 1e-12);
  const steps = Math.max(10, values.length - 1);
  const limits = [low - room, high + room];
  const box = boxOf(width, height, limits, false);
  const scale = new Scale([[-0.03 * steps, 1.03 * steps], limits], box);
  const layer = make("g", {}, svg);
  drawFrame(layer, scale, theme, { x: axis, wholeX: true });
  const clip = make("clipPath", { id: "chart-clip" }, svg);
  make("rect", { x: box.left, y: box.top, width: width - box.left - box.right, height: height - box.top - box.bottom }, clip);
  const lines = make("g", { "clip-path": "url(#chart-clip)" }, svg);
  if (reach !== null) make("line", { x1: box.left, x2: width - box.right, y1: scale.y(reach), y2: scale.y(reach), stroke: theme.accent, "stroke-width": 2, "stroke-dasharray": "2 4" }, lines);
  /** @param {boolean} moved */
  const path = (moved) => values.map((v, i) => (i > 0 && state.curve[i].moved === moved ? `M${scale.x(i - 1).toFixed(1)} ${scale.y(values[i - 1]).toFixed(1)}L${scale.x(i).toFixed(1)} ${scale.y(v).toFixed(1)}` : "")).join("");
  make("path", { d: path(true), fill: "none", stroke: theme.muted, "stroke-width": 2, "stroke-dasharray": "4 4", class: "moved" }, lines);
  make("path", { d: path(false), fill: "none", stroke: theme.text, "stroke-width": 2.8, "stroke-linecap": "round" }, lines);
  make("circle", { cx: scale.x(values.length - 1), cy: scale.y(values[values.length - 1]), r: 5.5, fill: theme.text, stroke: theme.background, "stroke-width": 1.5 }, lines);
}

/** Whether the first step is so large that the rest would look flat. @param {number[]} values */
function leaps(values) {
  const rest = values.slice(1);
  return Math.abs(values[1] - values[0]) > LEAP * (Math.max(...rest) - Math.min(...rest));
}
