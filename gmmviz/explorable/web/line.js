// The picture of one feature: a histogram, each component's weighted density, their sum, and the points below.

import { blended } from "./colors.js";
import { logComponents } from "./contours.js";
import { put } from "./marks.js";
import { set, through } from "./svg.js";

/** @import { Theme } from "./colors.js" */
/** @import { Mixture } from "./em.js" */
/** @import { Mark } from "./marks.js" */
/** @import { Scale } from "./view.js" */

export const BELOW = -0.21; // lower end of the axes, in heights above zero
const ROOM = 1.14; // height of the axes above zero, in highest densities
const RUG = [-0.185, -0.075];
const BAND = [-0.055, -0.02];
const REGULAR = 257; // places at which every curve is evaluated
const MOST_BINS = 120;
const APART = 27; // pixels between the middles of two numbers
const WINDOWS = 50; // parts of the axis, in which at least one point is expected where the band has its full color
const GOLDEN = (1 + Math.sqrt(5)) / 2;
const SIDE = [...Array.from({ length: 50 }, (_, i) => 0.1 + 0.1 * i), ...Array.from({ length: 8 }, (_, i) => 5.5 + 0.5 * i)];

/**
 * Bars of area 1: as many as the narrower of those of Sturges (1926) and of Freedman & Diaconis (1981).
 * @param {Float64Array} x @param {number | "auto"} bins @param {Float64Array | null} weights
 * @returns {{heights: number[], edges: number[]}}
 */
export function histogram(x, bins, weights) {
  const sorted = Float64Array.from(x).sort();
  /** @param {number} q */
  const quantile = (q) => {
    const place = q * (sorted.length - 1);
    const below = Math.floor(place);
    return sorted[below] + (place - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
  };
  const [low, high] = [sorted[0], sorted[sorted.length - 1]];
  const width = (2 * (quantile(0.75) - quantile(0.25))) / Math.cbrt(x.length);
  const sturges = Math.log2(x.length) + 1;
  const many = Math.min(Math.max(sturges, width > 0 ? (high - low) / width : sturges), MOST_BINS);
  const count = bins === "auto" ? Math.ceil(many) : bins;
  const [begin, end] = low < high ? [low, high] : [low - 0.5, high + 0.5];
  const edges = Array.from({ length: count + 1 }, (_, i) => begin + ((end - begin) * i) / count);
  const heights = new Array(count).fill(0);
  let whole = 0;
  x.forEach((value, i) => {
    const often = weights ? weights[i] : 1;
    heights[Math.min(Math.max(Math.floor(((value - begin) / (end - begin)) * count), 0), count - 1)] += often;
    whole += often;
  });
  return { heights: heights.map((height) => (height * count) / (whole * (end - begin))), edges };
}

/** The height of the axes for a mixture over a histogram. @param {Mixture} flat @param {number[]} heights */
export function topOf(flat, heights) {
  const usual = Math.max(...heights);
  const peak = Math.max(0, ...Array.from(flat.means, (mean) => sum(flat, mean)));
  return ROOM * Math.max(usual, Math.min(peak, 3 * usual));
}

/** @param {Mixture} flat @param {number} x */
const sum = (flat, x) => logComponents(flat, [x]).reduce((total, part) => total + Math.exp(part), 0);

/** Heights at which points stand apart: multiples of the golden ratio, modulo 1. @param {Float64Array} x @param {number} top */
export function rug(x, top) {
  return Float64Array.from({ length: 2 * x.length }, (_, i) => {
    const n = Math.floor(i / 2);
    return i % 2 === 0 ? x[n] : top * (RUG[0] + (RUG[1] - RUG[0]) * ((n * GOLDEN) % 1));
  });
}

/** @param {{heights: number[], edges: number[]}} bars @param {Scale} scale @returns {string} the outline of the bars */
export function bars({ heights, edges }, scale) {
  const ground = scale.y(0).toFixed(1);
  return heights.map((h, i) => `M${scale.x(edges[i]).toFixed(1)} ${ground}V${scale.y(h).toFixed(1)}H${scale.x(edges[i + 1]).toFixed(1)}V${ground}`).join("");
}

/** Where to evaluate curves so that no peak is missed. @param {Mixture} flat @param {number[]} limits */
function placesFor(flat, [low, high]) {
  const around = Array.from(flat.means, (mean, k) => {
    const sigma = Math.sqrt(flat.covariances[k]);
    return [mean, ...SIDE.flatMap((step) => [mean - step * sigma, mean + step * sigma])];
  });
  const even = Array.from({ length: REGULAR }, (_, i) => low + ((high - low) * i) / (REGULAR - 1));
  return [...even, ...around.flat()].filter((x) => x >= low && x <= high).sort((a, b) => a - b);
}

/** @param {Mixture} flat @param {Scale} scale @returns {string} the path of the sum of all components */
export function sumPath(flat, scale) {
  return through(placesFor(flat, scale.limits[0]).map((x) => [scale.x(x), scale.y(sum(flat, x))]));
}

/** Draw each component's curve, with its number at its top and a handle one standard deviation away.
 * @param {Mark[]} marks @param {Mixture} flat on one axis @param {Scale} scale
 */
export function putCurves(marks, flat, scale) {
  const places = placesFor(flat, scale.limits[0]);
  const densities = places.map((x) => logComponents(flat, [x]).map(Math.exp));
  const most = scale.limits[1][1];
  /** @type {number[][]} */
  const badges = [];
  for (const [k, mark] of marks.entries()) {
    const line = places.map((x, i) => [scale.x(x), scale.y(Math.min(densities[i][k], 2 * most))]);
    const ground = scale.y(0);
    const mean = flat.means[k];
    /** @param {number} x */
    const height = (x) => scale.y(Math.min(Math.exp(logComponents(flat, [x])[k]), most * 0.94));
    const area = `${through([[line[0][0], ground], ...line, [line[line.length - 1][0], ground]])}Z`;
    const stem = `M${scale.x(mean).toFixed(1)} ${ground}V${height(mean).toFixed(1)}`;
    set(mark.shapes[0], { d: area, "fill-opacity": 0.16, stroke: "none" });
    set(mark.shapes[1], { d: through(line) + stem, fill: "none" });
    const away = mean + Math.sqrt(flat.covariances[k]);
    put(mark.handles.spread, scale.x(away), height(away), scale);
    badges.push([scale.x(mean), height(mean)]);
    apart(badges);
    put(mark.handles.mean, badges[k][0], badges[k][1], scale);
  }
}

/** Lift the last number until it covers no other one. @param {number[][]} badges */
function apart(badges) {
  const last = badges[badges.length - 1];
  for (let i = 0; i < badges.length; i += 1)
    for (const [x, y] of badges.slice(0, -1)) {
      const away = Math.hypot(last[0] - x, last[1] - y);
      if (away < APART) last[1] = y - Math.sqrt(APART ** 2 - Math.min((last[0] - x) ** 2, APART ** 2));
    }
}

/**
 * The colors that a point at each place would have; they fade where fewer than one of n points is expected.
 * @param {CanvasRenderingContext2D} context @param {Mixture} flat @param {Scale} scale @param {Theme} theme @param {number} n @param {number} top
 */
export function drawBand(context, flat, scale, theme, n, top) {
  const { left, right, width } = scale.box;
  const [low, high] = scale.limits[0];
  const K = flat.weights.length;
  const [from, to] = [scale.y(BAND[1] * top), scale.y(BAND[0] * top)];
  for (let px = left; px < width - right; px += 1) {
    const parts = logComponents(flat, [scale.back(px + 0.5, 0)[0]]);
    const most = Math.max(...parts);
    const shares = Float64Array.from(parts, (part) => Math.exp(part - most));
    const whole = shares.reduce((a, b) => a + b, 0);
    if (!(whole > 0)) continue;
    const [r, g, b] = blended(shares.map((share) => share / whole), theme.palette, K);
    context.globalAlpha = Math.min(1, ((n * (high - low)) / WINDOWS) * Math.exp(most) * whole);
    context.fillStyle = `rgb(${r} ${g} ${b})`;
    context.fillRect(px, from, 1.2, to - from);
  }
  context.globalAlpha = 1;
}
