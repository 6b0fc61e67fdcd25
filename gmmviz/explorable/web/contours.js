// Level lines of a mixture's density, each at twice the density of the next; and the borders of k-means.

import { cholesky, LOG_2PI } from "./em.js";

/** @import { Mixture } from "./em.js" */
/** @import { Scale } from "./view.js" */

const CELL = 7; // pixels between the places from which lines are found

/**
 * @param {Mixture} flat on two axes
 * @param {Scale} scale
 * @param {number} count of lines
 * @returns {string[]} paths in pixels, from the lowest line to the highest
 */
export function levelLines(flat, scale, count) {
  const { left, right, top, bottom, width, height } = scale.box;
  const columns = Math.max(2, Math.round((width - left - right) / CELL));
  const rows = Math.max(2, Math.round((height - top - bottom) / CELL));
  const [dx, dy] = [(width - left - right) / columns, (height - top - bottom) / rows];
  const log = new Float64Array((columns + 1) * (rows + 1));
  let most = -Infinity;
  for (let r = 0; r <= rows; r += 1)
    for (let c = 0; c <= columns; c += 1) {
      const [x, y] = scale.back(left + c * dx, top + r * dy);
      const value = Math.max(logDensity(flat, [x, y]), -1e6);
      log[r * (columns + 1) + c] = value;
      most = Math.max(most, value);
    }
  return Array.from({ length: count }, (_, i) => {
    const level = most - (count - i) * Math.LN2;
    return isoline(log, columns, rows, level).map(([x1, y1, x2, y2]) => segment(left + x1 * dx, top + y1 * dy, left + x2 * dx, top + y2 * dy)).join("");
  });
}

/** @param {number[]} ends */
function segment(...ends) {
  const [x1, y1, x2, y2] = ends.map((end) => end.toFixed(1));
  return `M${x1} ${y1}L${x2} ${y2}`;
}

/** Marching squares: where a level crosses the edges of each cell. @param {Float64Array} values @param {number} columns @param {number} rows @param {number} level */
function isoline(values, columns, rows, level) {
  /** @type {number[][]} */
  const lines = [];
  for (let r = 0; r < rows; r += 1)
    for (let c = 0; c < columns; c += 1) {
      const at = r * (columns + 1) + c;
      const corners = [values[at], values[at + 1], values[at + columns + 2], values[at + columns + 1]];
      const places = [[c, r], [c + 1, r], [c + 1, r + 1], [c, r + 1]];
      const crossed = [0, 1, 2, 3].filter((i) => corners[i] > level !== corners[(i + 1) % 4] > level);
      const ends = crossed.map((i) => {
        const j = (i + 1) % 4;
        const t = (level - corners[i]) / (corners[j] - corners[i]);
        return [places[i][0] + t * (places[j][0] - places[i][0]), places[i][1] + t * (places[j][1] - places[i][1])];
      });
      for (let i = 0; i + 1 < ends.length; i += 2) lines.push([...ends[i], ...ends[i + 1]]);
    }
  return lines;
}

/** @param {Mixture} flat @param {ArrayLike<number>} place @returns {number} */
export function logDensity(flat, place) {
  const parts = logComponents(flat, place);
  const top = Math.max(...parts);
  return top === -Infinity ? top : top + Math.log(parts.reduce((sum, part) => sum + Math.exp(part - top), 0));
}

/** @type {WeakMap<Mixture, (Float64Array | null)[]>} */
const factors = new WeakMap();

/** @param {Mixture} flat @param {ArrayLike<number>} place @returns {number[]} log of weight times density of each */
export function logComponents(flat, place) {
  const { D, weights, means, covariances } = flat;
  let L = factors.get(flat);
  if (!L) {
    L = Array.from(weights.keys(), (k) => scaled(covariances.subarray(k * D * D, (k + 1) * D * D), D));
    factors.set(flat, L);
  }
  return Array.from(L, (factor, k) => {
    if (!factor || weights[k] === 0) return -Infinity;
    let value = Math.log(weights[k]) - 0.5 * D * LOG_2PI;
    const white = [0, 0];
    for (let i = 0; i < D; i += 1) {
      let away = place[i] - means[k * D + i];
      for (let j = 0; j < i; j += 1) away -= factor[i * D + j] * white[j];
      white[i] = away / factor[i * D + i];
      value -= Math.log(factor[i * D + i]) + 0.5 * white[i] ** 2;
    }
    return value;
  });
}

/** A Cholesky factor in units in which no variance is tiny. @param {Float64Array} matrix @param {number} D */
export function scaled(matrix, D) {
  const sizes = Array.from({ length: D }, (_, d) => Math.sqrt(matrix[d * D + d]));
  const L = cholesky(matrix.map((value, s) => value / sizes[Math.floor(s / D)] / sizes[s % D]), D);
  return L && L.map((value, s) => value * sizes[Math.floor(s / D)]);
}

/**
 * The borders between the nearest means, which are all that k-means knows.
 * @param {Mixture} flat on two axes, in the units of the features
 * @param {Scale} scale
 * @returns {string} a path in pixels
 */
export function borders(flat, scale) {
  const K = flat.weights.length;
  const [[x0, x1], [y0, y1]] = scale.limits;
  /** @param {number} k @returns {[number, number]} */
  const mean = (k) => [flat.means[2 * k], flat.means[2 * k + 1]];
  let path = "";
  for (let i = 0; i < K; i += 1)
    for (let j = i + 1; j < K; j += 1) {
      const [[ax, ay], [bx, by]] = [mean(i), mean(j)];
      const [ux, uy] = [ay - by, bx - ax]; // along the border
      const [mx, my] = [(ax + bx) / 2, (ay + by) / 2];
      if (ux === 0 && uy === 0) continue;
      // Each other mean, and each side of the picture, leaves a part of the line: p + q t <= 0.
      const parts = [[x0 - mx, -ux], [mx - x1, ux], [y0 - my, -uy], [my - y1, uy]];
      for (let k = 0; k < K; k += 1) {
        if (k === i || k === j) continue;
        const [cx, cy] = mean(k);
        const [wx, wy] = [cx - ax, cy - ay];
        parts.push([2 * (mx * wx + my * wy) - (cx * cx + cy * cy - ax * ax - ay * ay), 2 * (ux * wx + uy * wy)]);
      }
      let [low, high] = [-Infinity, Infinity];
      for (const [p, q] of parts) {
        if (q > 0) high = Math.min(high, -p / q);
        else if (q < 0) low = Math.max(low, -p / q);
        else if (p > 0) high = -Infinity;
      }
      if (low < high) path += segment(scale.x(mx + low * ux), scale.y(my + low * uy), scale.x(mx + high * ux), scale.y(my + high * uy));
    }
  return path;
}
