// EM for Gaussian mixtures, as gmmviz.engine does it: the same coordinates, the same steps, the same limits.
//
// Arrays are flat, row by row: K components, D features. Within an engine each feature is centered on the data's mean
// and divided by a power of two near its standard deviation, so that an offset of 1e8 or a scale of 1e-150 costs no
// digit.

import { measured } from "./units.js";

/**
 * @typedef {{D: number, weights: Float64Array, means: Float64Array, covariances: Float64Array}} Mixture
 * @typedef {{responsibilities: Float64Array, counts: Float64Array, logLikelihood: number, objective: number}} Asked
 * @typedef {"full" | "tied" | "diag" | "spherical"} Family
 * @typedef {{hard: boolean, sphere: boolean}} Algorithm
 * @typedef {{family: Family, algorithm: Algorithm, ridge: number | "auto"}} How
 */

export const LOG_2PI = Math.log(2 * Math.PI);
const DEAD = 1e-12; // a component with a smaller count has died
const FLAT = 1e-14; // a feature is flat if its variance, given the others, is a smaller part of its own variance
export const TINY = 1e-26; // variance inside; float64 cannot tell a smaller component from a point
const LOG_OF_ZERO = -1e30;
const REMEMBERED = 4; // mixtures of which the E-step is kept

/** @type {{[name: string]: Algorithm}} */
export const ALGORITHMS = {
  em: { hard: false, sphere: false },
  hard_em: { hard: true, sphere: false },
  kmeans: { hard: true, sphere: true },
};

/** A component whose covariance is singular. */
export class Collapse extends Error {
  /** @param {number} component */
  constructor(component) {
    super(`component ${component + 1} has collapsed`);
    this.component = component;
  }
}

/** Points, and the steps of EM on them. */
export class Engine {
  /**
   * @param {Float64Array} points N x D
   * @param {number} D
   * @param {Float64Array | null} weights how often each point counts
   */
  constructor(points, D, weights = null) {
    this.points = points;
    this.D = D;
    this.N = points.length / D;
    this.weights = weights;
    this.total = weights ? weights.reduce((a, b) => a + b, 0) : this.N;
    this.counting = weights ? weights.reduce((n, weight) => n + Number(weight > 0), 0) : this.N;
    this.unit = weights ? this.total / this.counting : 1;
    const found = measured(points, D, weights);
    this.center = found.center;
    this.scale = found.scale;
    this.variances = found.variances;
    this.logVolume = this.scale.reduce((sum, scale) => sum + Math.log(scale), 0);
    this.inside = points.map((x, i) => (x - this.center[i % D]) / this.scale[i % D]);
    /** @type {Map<string, Asked>} */
    this.known = new Map();
    /** @type {WeakMap<Mixture, number>} */
    this.numbers = new WeakMap();
    this.nextNumber = 0;
  }

  /** @param {Mixture} mixture in the data's units @returns {Mixture} the same inside */
  inward(mixture) {
    const { D, center, scale } = this;
    return {
      D,
      weights: mixture.weights,
      means: mixture.means.map((x, i) => (x - center[i % D]) / scale[i % D]),
      covariances: mixture.covariances.map((x, i) => x / (scale[Math.floor((i % (D * D)) / D)] * scale[i % D])),
    };
  }

  /** @param {Mixture} mixture inside @returns {Mixture} the same in the data's units */
  outward(mixture) {
    const { D, center, scale } = this;
    return {
      D,
      weights: mixture.weights,
      means: mixture.means.map((x, i) => center[i % D] + scale[i % D] * x),
      covariances: mixture.covariances.map((x, i) => x * (scale[Math.floor((i % (D * D)) / D)] * scale[i % D])),
    };
  }

  /** @param {number | "auto"} ridge @returns {number[]} what is added to each variance inside */
  ridge(ridge) {
    if (ridge === "auto") return Array.from(this.variances, (variance) => 1e-6 * (variance > 0 ? variance : 1));
    return Array.from(this.scale, (scale) => ridge / scale ** 2);
  }

  /**
   * The E-step: who is responsible for which point. The last few are remembered.
   * @param {Mixture} mixture inside
   * @param {boolean} hard whether each point goes to one component whole
   * @returns {Asked} responsibilities (N x K), counts, log-likelihood in the data's units
   * @throws {Collapse}
   */
  ask(mixture, hard) {
    if (!this.numbers.has(mixture)) this.numbers.set(mixture, this.nextNumber++);
    const key = `${this.numbers.get(mixture)} ${hard}`;
    const asked = this.known.get(key) ?? eStep(this, mixture, hard);
    this.known.delete(key);
    this.known.set(key, asked);
    if (this.known.size > REMEMBERED) this.known.delete(/** @type {string} */ (this.known.keys().next().value));
    return asked;
  }

  /**
   * The M-step: where the components go.
   * @param {Mixture} mixture inside
   * @param {How} how
   * @returns {Mixture} inside
   * @throws {Collapse}
   */
  move(mixture, { family, algorithm, ridge }) {
    const asked = this.ask(mixture, algorithm.hard);
    const { means, covariances } = moments(this, mixture, asked);
    const { D } = this;
    const K = asked.counts.length;
    const added = this.ridge(ridge);
    for (let k = 0; k < K; k += 1) for (let d = 0; d < D; d += 1) covariances[k * D * D + d * D + d] += added[d];
    this.constrain(covariances, asked.counts, algorithm.sphere ? "sphere" : family);
    const total = asked.counts.reduce((a, b) => a + b, 0);
    const weights = asked.counts.map((count) => (algorithm.sphere ? 1 / K : count / total));
    return { D, weights, means, covariances };
  }

  /**
   * Project covariances inside onto a family, in place; spheres are spheres in the data's units.
   * @param {Float64Array} covariances
   * @param {Float64Array} counts
   * @param {Family | "sphere"} family
   */
  constrain(covariances, counts, family) {
    const largest = Math.max(...this.scale);
    const S = this.D ** 2;
    const units = Array.from({ length: S }, (_, s) => (this.scale[Math.floor(s / this.D)] / largest) * (this.scale[s % this.D] / largest));
    const round = family === "spherical" || family === "sphere";
    if (round) for (let i = 0; i < covariances.length; i += 1) covariances[i] *= units[i % S];
    project(covariances, counts, this.D, family);
    if (round) for (let i = 0; i < covariances.length; i += 1) covariances[i] /= units[i % S];
  }
}

/**
 * Lower Cholesky factor of a covariance inside, or null where it is so nearly singular that it means nothing.
 * @param {Float64Array} matrix
 * @param {number} D
 */
export function cholesky(matrix, D) {
  const L = new Float64Array(D * D);
  for (let i = 0; i < D; i += 1)
    for (let j = 0; j <= i; j += 1) {
      let sum = matrix[i * D + j];
      for (let k = 0; k < j; k += 1) sum -= L[i * D + k] * L[j * D + k];
      if (i !== j) L[i * D + j] = sum / L[j * D + j];
      else if (sum > FLAT * matrix[i * D + i] + TINY) L[i * D + i] = Math.sqrt(sum);
      else return null;
    }
  return L;
}

/**
 * Log of weight times density of every component at every point, N x K, by triangular solves.
 * @param {Float64Array} points inside
 * @param {Mixture} mixture inside
 * @returns {Float64Array}
 * @throws {Collapse}
 */
export function logJoint(points, mixture) {
  const { D, weights, means, covariances } = mixture;
  const K = weights.length;
  const N = points.length / D;
  const joint = new Float64Array(N * K);
  const white = new Float64Array(D);
  for (let k = 0; k < K; k += 1) {
    const L = cholesky(covariances.subarray(k * D * D, (k + 1) * D * D), D);
    if (!L) throw new Collapse(k);
    let constant = Math.max(Math.log(weights[k]), LOG_OF_ZERO) - 0.5 * D * LOG_2PI;
    for (let d = 0; d < D; d += 1) constant -= Math.log(L[d * D + d]);
    for (let n = 0; n < N; n += 1) {
      let square = 0;
      for (let i = 0; i < D; i += 1) {
        let value = points[n * D + i] - means[k * D + i];
        for (let j = 0; j < i; j += 1) value -= L[i * D + j] * white[j];
        value /= L[i * D + i];
        white[i] = value;
        square += value * value;
      }
      joint[n * K + k] = constant - 0.5 * square;
    }
  }
  return joint;
}

/** @param {Engine} engine @param {Mixture} mixture @param {boolean} hard @returns {Asked} */
function eStep(engine, mixture, hard) {
  const shares = logJoint(engine.inside, mixture); // which become responsibilities
  const K = mixture.weights.length;
  const counts = new Float64Array(K);
  let logLikelihood = 0;
  let objective = 0;
  for (let n = 0; n < engine.N; n += 1) {
    let top = -Infinity;
    let best = 0;
    for (let k = 0; k < K; k += 1) {
      const joint = shares[n * K + k];
      if (joint > top) {
        top = joint;
        best = k;
      }
    }
    let sum = 0;
    for (let k = 0; k < K; k += 1) sum += shares[n * K + k] = Math.exp(shares[n * K + k] - top);
    const often = engine.weights ? engine.weights[n] / engine.unit : 1;
    const log = top + Math.log(sum);
    logLikelihood += often * log;
    objective += often * (hard ? top : log);
    for (let k = 0; k < K; k += 1) {
      const share = hard ? Number(k === best) : shares[n * K + k] / sum;
      shares[n * K + k] = share;
      counts[k] += often * share;
    }
  }
  const shift = engine.counting * engine.logVolume;
  return {
    responsibilities: shares,
    counts: counts.map((count) => (count < DEAD ? 0 : count * engine.unit)),
    logLikelihood: (logLikelihood - shift) * engine.unit,
    objective: (objective - shift) * engine.unit,
  };
}

/**
 * Means and covariances of the points, each weighted by responsibility; a component without points keeps its own.
 * @param {Engine} engine @param {Mixture} mixture @param {Asked} asked
 */
function moments(engine, mixture, { responsibilities, counts }) {
  const { D, N, inside: points, weights, unit } = engine;
  const K = counts.length;
  const means = mixture.means.slice();
  const covariances = mixture.covariances.slice();
  for (let k = 0; k < K; k += 1) {
    if (counts[k] === 0) continue;
    const mean = means.subarray(k * D, (k + 1) * D).fill(0);
    const covariance = covariances.subarray(k * D * D, (k + 1) * D * D).fill(0);
    const whole = counts[k] / unit;
    /** @param {number} n */
    const share = (n) => (responsibilities[n * K + k] * (weights ? weights[n] / unit : 1)) / whole;
    for (let n = 0; n < N; n += 1) {
      const part = share(n);
      if (part > 0) for (let d = 0; d < D; d += 1) mean[d] += part * points[n * D + d];
    }
    for (let n = 0; n < N; n += 1) {
      const part = share(n);
      if (part > 0)
        for (let i = 0; i < D; i += 1)
          for (let j = 0; j <= i; j += 1)
            covariance[i * D + j] += part * (points[n * D + i] - mean[i]) * (points[n * D + j] - mean[j]);
    }
    for (let i = 0; i < D; i += 1) for (let j = 0; j < i; j += 1) covariance[j * D + i] = covariance[i * D + j];
  }
  return { means, covariances };
}

/**
 * Project covariances onto "full", "tied", "diag", "spherical" or "sphere" (one for all), in place.
 * @param {Float64Array} covariances
 * @param {Float64Array} counts
 * @param {number} D
 * @param {Family | "sphere"} family
 */
export function project(covariances, counts, D, family) {
  const K = counts.length;
  const S = D * D;
  if (family === "tied" || family === "sphere") {
    const total = counts.reduce((a, b) => a + b, 0);
    const shared = new Float64Array(S);
    for (let k = 0; k < K; k += 1) for (let s = 0; s < S; s += 1) shared[s] += counts[k] * covariances[k * S + s];
    for (let k = 0; k < K; k += 1) for (let s = 0; s < S; s += 1) covariances[k * S + s] = shared[s] / total;
  }
  if (family === "full" || family === "tied") return;
  for (let k = 0; k < K; k += 1) {
    let trace = 0;
    for (let d = 0; d < D; d += 1) trace += covariances[k * S + d * D + d];
    for (let i = 0; i < D; i += 1)
      for (let j = 0; j < D; j += 1)
        if (i !== j) covariances[k * S + i * D + j] = 0;
        else if (family !== "diag") covariances[k * S + i * D + i] = trace / D;
  }
}
