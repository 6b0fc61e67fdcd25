// What pulling, typing and pressing arrow keys make of a mixture: always one that the covariance family allows.

import { axesOf } from "./view.js";

/** @import { Family, Mixture } from "./em.js" */
/** @import { Scale, View } from "./view.js" */

const SMALLEST = 1; // pixels of a half-axis that a pointer can make

/** @param {Mixture} mixture @returns {Mixture} a copy to write into */
function copied(mixture) {
  return { D: mixture.D, weights: mixture.weights.slice(), means: mixture.means.slice(), covariances: mixture.covariances.slice() };
}

/** Share component k's covariance, where the family has one for all. @param {Mixture} mixture @param {number} k @param {Family} family */
function shared(mixture, k, family) {
  const S = mixture.D ** 2;
  const own = mixture.covariances.slice(k * S, (k + 1) * S);
  if (family === "tied") for (let j = 0; j < mixture.weights.length; j += 1) mixture.covariances.set(own, j * S);
  return mixture;
}

/** Put a mean at a place of the panel; what the panel does not show stays. @param {Mixture} mixture @param {View} view @param {number} k @param {number[]} place */
export function withMeanAt(mixture, view, k, place) {
  const next = copied(mixture);
  const { d, D } = view;
  const now = view.placesOf(mixture.means.subarray(k * D, (k + 1) * D));
  for (let i = 0; i < D; i += 1)
    for (let a = 0; a < d; a += 1) next.means[k * D + i] += view.panel.back[i * d + a] * (place[a] - now[a]);
  // Where an axis is a feature, it gets the very number.
  for (let a = 0; a < d; a += 1) {
    const row = view.panel.matrix.slice(a * D, (a + 1) * D);
    if (row.filter((m) => m !== 0).length === 1 && row.includes(1) && view.panel.center.every((c) => c === 0)) next.means[k * D + row.indexOf(1)] = place[a];
  }
  return next;
}

/** Change one number of a mean. @param {Mixture} mixture @param {number} k @param {number} feature @param {number} value */
export function withMean(mixture, k, feature, value) {
  const next = copied(mixture);
  next.means[k * mixture.D + feature] = value;
  return next;
}

/** Change a standard deviation; correlations stay. @param {Mixture} mixture @param {number} k @param {number} feature @param {number} value above 0 @param {Family} family */
export function withDeviation(mixture, k, feature, value, family) {
  const next = copied(mixture);
  const { D } = mixture;
  const factor = value / Math.sqrt(mixture.covariances[(k * D + feature) * D + feature]);
  for (let i = 0; i < D; i += 1)
    for (let j = 0; j < D; j += 1) {
      const times = family === "spherical" ? 2 : Number(i === feature) + Number(j === feature);
      next.covariances[(k * D + i) * D + j] *= factor ** times;
    }
  next.covariances[(k * D + feature) * D + feature] = value * value;
  if (family === "spherical") for (let i = 0; i < D; i += 1) next.covariances[(k * D + i) * D + i] = value * value;
  return shared(next, k, family);
}

/** The correlation on the two axes of a panel. @param {Mixture} mixture @param {View} view @param {number} k */
export function correlation(mixture, view, k) {
  const [xx, xy, , yy] = view.mixture(mixture).covariances.subarray(4 * k, 4 * k + 4);
  return xy / Math.sqrt(xx) / Math.sqrt(yy);
}

/** Change the correlation on the two axes of a panel. @param {Mixture} mixture @param {View} view @param {number} k @param {number} value between -1 and 1 @param {Family} family */
export function withCorrelation(mixture, view, k, value, family) {
  const [xx, , , yy] = view.mixture(mixture).covariances.subarray(4 * k, 4 * k + 4);
  return withPlane(mixture, view, k, [xx, value * Math.sqrt(xx) * Math.sqrt(yy), yy], family);
}

/** Change a weight; the others keep their shares of the rest. @param {Mixture} mixture @param {number} k @param {number} value from 0 to 1 */
export function withWeight(mixture, k, value) {
  const next = copied(mixture);
  const K = mixture.weights.length;
  if (K === 1) return next;
  let rest = 0;
  for (let j = 0; j < K; j += 1) if (j !== k) rest += mixture.weights[j];
  for (let j = 0; j < K; j += 1)
    next.weights[j] = j === k ? value : (1 - value) * (rest > 0 ? mixture.weights[j] / rest : 1 / (K - 1));
  return next;
}

/**
 * Pull the end of a half-axis to a place in pixels.
 * @param {Mixture} mixture @param {View} view @param {Scale} scale @param {number} k @param {"long" | "short"} part
 * @param {number[]} place from the mean, in pixels @param {number} reach the radius of the ellipse @param {Family} family
 */
export function withAxis(mixture, view, scale, k, part, [dx, dy], reach, family) {
  const axes = axesOf(view.mixture(mixture), k, scale);
  const turned = family === "full" || family === "tied";
  const tilt = part === "long" ? axes.angle : axes.angle - Math.PI / 2;
  const along = turned ? Math.hypot(dx, dy) : Math.abs(dx * Math.cos(tilt) + dy * Math.sin(tilt));
  const half = Math.max(along / reach, SMALLEST);
  const angle = !turned ? axes.angle : part === "long" ? Math.atan2(dy, dx) : Math.atan2(dy, dx) + Math.PI / 2;
  const long = part === "long" ? half : family === "spherical" ? (axes.long * half) / axes.short : axes.long;
  const short = part === "short" ? half : family === "spherical" ? (axes.short * half) / axes.long : axes.short;
  return withAxes(mixture, view, scale, k, { long, short, angle }, family);
}

/**
 * Give an ellipse these half-axes, in pixels at radius 1, and this tilt.
 * @param {Mixture} mixture @param {View} view @param {Scale} scale @param {number} k
 * @param {{long: number, short: number, angle: number}} axes @param {Family} family
 */
export function withAxes(mixture, view, scale, k, { long, short, angle }, family) {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const { perX, perY } = scale;
  const wanted = [
    (long ** 2 * c * c + short ** 2 * s * s) / perX ** 2,
    -((long ** 2 - short ** 2) * c * s) / (perX * perY),
    (long ** 2 * s * s + short ** 2 * c * c) / perY ** 2,
  ];
  return withPlane(mixture, view, k, wanted, family);
}

/**
 * Give a component this covariance on the two axes of a panel; what the panel does not show follows.
 * @param {Mixture} mixture @param {View} view @param {number} k @param {number[]} wanted xx, xy, yy @param {Family} family
 */
function withPlane(mixture, view, k, wanted, family) {
  const next = copied(mixture);
  const { D } = view;
  const flat = view.mixture(mixture).covariances.subarray(4 * k, 4 * k + 4);
  // Where B turns the covariance on the axes into the wanted one, I + back (B - I) matrix turns that of the features.
  const from = lower(flat[0], flat[1], flat[3]);
  const to = lower(wanted[0], wanted[1], wanted[2]);
  const b = [to[0] / from[0] - 1, 0, to[1] / from[0] - (to[2] * from[1]) / (from[0] * from[2]), to[2] / from[2] - 1];
  const { matrix, back } = view.panel;
  const A = Array.from({ length: D * D }, (_, at) => {
    const [i, j] = [Math.floor(at / D), at % D];
    let value = Number(i === j);
    for (let p = 0; p < 2; p += 1) for (let q = 0; q < 2; q += 1) value += back[i * 2 + p] * b[p * 2 + q] * matrix[q * D + j];
    return value;
  });
  const old = mixture.covariances.subarray(k * D * D, (k + 1) * D * D);
  const half = product(A, old, D);
  for (let i = 0; i < D; i += 1)
    for (let j = 0; j <= i; j += 1) {
      let value = 0;
      for (let m = 0; m < D; m += 1) value += half[i * D + m] * A[j * D + m];
      if (i !== j && (family === "diag" || family === "spherical")) value = 0;
      next.covariances[(k * D + i) * D + j] = next.covariances[(k * D + j) * D + i] = value;
    }
  if (family === "spherical") {
    let mean = 0;
    for (let i = 0; i < D; i += 1) mean += next.covariances[(k * D + i) * D + i] / D;
    for (let i = 0; i < D; i += 1) next.covariances[(k * D + i) * D + i] = mean;
  }
  return shared(next, k, family);
}

/** @param {number} xx @param {number} xy @param {number} yy @returns {number[]} the lower Cholesky factor: three numbers */
function lower(xx, xy, yy) {
  const p = Math.sqrt(xx);
  return [p, xy / p, Math.sqrt(Math.max(yy - (xy * xy) / xx, 1e-300))];
}

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b D x D @param {number} D */
function product(a, b, D) {
  return Float64Array.from({ length: D * D }, (_, at) => {
    let value = 0;
    for (let m = 0; m < D; m += 1) value += a[Math.floor(at / D) * D + m] * b[m * D + (at % D)];
    return value;
  });
}
