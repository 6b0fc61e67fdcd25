// The points that are fitted: the scene's, with some added and removed, or the reader's own; and where runs begin.

import { Engine, project } from "./em.js";

/** @import { Family, Mixture } from "./em.js" */

/**
 * A start as Python packs it: rows of the points, or means; weights where they are not alike; the variances of all
 * components, of each, or whole covariances.
 * @typedef {{at?: number[], means?: number[], weights?: number[], variances?: number[], diagonals?: number[], covariances?: number[]}} Packed
 * @typedef {{given: boolean, seeded: boolean, table: {[K_seed: string]: Packed}}} Starts
 * @typedef {{values: number[], weights: number[] | null, names: string[]}} Given
 */

const SPREAD = 0.5; // of the data's standard deviations, that the components of a start of our own have

/** Points that do not change: to add one is to make others. */
export class Points {
  /**
   * @param {Float64Array} values N x D
   * @param {string[]} names of the D features
   * @param {{weights?: Float64Array | null, added?: number[][], removed?: number[], file?: string}} [facts] what differs
   *     from the scene's points, or the name of the reader's own file
   */
  constructor(values, names, { weights = null, added = [], removed = [], file = "" } = {}) {
    this.values = values;
    this.names = names;
    this.weights = weights;
    this.added = added;
    this.removed = removed;
    this.file = file;
    this.D = names.length;
    this.engine = new Engine(values, this.D, weights);
  }

  /** @param {Given} given by Python */
  static of(given) {
    const weights = given.weights && Float64Array.from(given.weights);
    return new Points(Float64Array.from(given.values), given.names, { weights });
  }

  get N() {
    return this.engine.N;
  }

  /** Whether they are the scene's. */
  get scenes() {
    return !this.file && !this.added.length && !this.removed.length;
  }

  /** @param {number} n @returns {number[]} */
  at(n) {
    return Array.from(this.values.subarray(n * this.D, (n + 1) * this.D));
  }

  /** @param {number[]} place @returns {Points} with one more */
  with(place) {
    return new Points(Float64Array.from([...this.values, ...place]), this.names, {
      weights: this.weights && Float64Array.from([...this.weights, 1]),
      added: [...this.added, place],
      removed: this.removed,
      file: this.file,
    });
  }

  /** @param {number} n @returns {Points} without that one */
  without(n) {
    const old = this.N - this.added.length; // points that were not added
    // The number that it had among all of the scene's.
    let before = n;
    if (n < old) for (const gone of this.removed) if (gone <= before) before += 1;
    return new Points(
      this.values.filter((_, i) => Math.floor(i / this.D) !== n),
      this.names,
      {
        weights: this.weights && this.weights.filter((_, i) => i !== n),
        added: this.added.filter((_, i) => i !== n - old),
        removed: n < old ? [...this.removed, before].sort((a, b) => a - b) : this.removed,
        file: this.file,
      },
    );
  }
}

/**
 * Where a run begins, in the data's units.
 * @param {Points} scene the scene's points, in which packed starts are
 * @param {Packed} packed @param {number} K @returns {Mixture}
 */
export function unpacked(scene, packed, K) {
  const { D } = scene;
  const means = Float64Array.from(packed.at ? packed.at.flatMap((n) => scene.at(n)) : (packed.means ?? []));
  const weights = packed.weights ? Float64Array.from(packed.weights) : new Float64Array(K).fill(1 / K);
  const { variances, diagonals } = packed;
  if (packed.covariances) return { D, weights, means, covariances: Float64Array.from(packed.covariances) };
  return { D, weights, means, covariances: diagonal(diagonals ?? new Array(K).fill(variances).flat(), D) };
}

/** @param {number[]} variances of every component @param {number} D */
function diagonal(variances, D) {
  const covariances = new Float64Array(variances.length * D);
  for (const [i, variance] of variances.entries()) covariances[i * D + (i % D)] = variance;
  return covariances;
}

/**
 * A start at points chosen at random, for the reader's own points, of which Python knows nothing.
 * @param {Points} points @param {number} K @param {number} seed @returns {Mixture}
 */
export function atRandomPoints(points, K, seed) {
  const { engine, D } = points;
  const random = randomNumbers(seed);
  const left = Array.from({ length: points.N }, (_, n) => n);
  const chosen = Array.from({ length: K }, () => left.splice(Math.floor(random() * left.length), 1)[0]);
  const variances = Array.from(engine.variances, (v, d) => (v > 0 ? v * (SPREAD * engine.scale[d]) ** 2 : SPREAD ** 2));
  return {
    D,
    weights: new Float64Array(K).fill(1 / K),
    means: Float64Array.from(chosen.flatMap((n) => points.at(n))),
    covariances: diagonal(new Array(K).fill(variances).flat(), D),
  };
}

/**
 * A start as a run takes it: k-means has equal weights and one sphere; other families their own shapes, unless the
 * covariances were given.
 * @param {Mixture} start @param {Family} family @param {boolean} sphere @param {boolean} given @returns {Mixture}
 */
export function conformed(start, family, sphere, given) {
  if (!sphere && (given || family === "full")) return start;
  const K = start.weights.length;
  const covariances = start.covariances.slice();
  project(covariances, new Float64Array(K).fill(1), start.D, sphere ? "sphere" : family);
  return { ...start, covariances, weights: sphere ? new Float64Array(K).fill(1 / K) : start.weights };
}

/**
 * Random numbers from 0 to 1: the generator of G. Marsaglia (2003), "Xorshift RNGs", with a Weyl sequence.
 * @param {number} seed @returns {() => number}
 */
export function randomNumbers(seed) {
  let state = (Math.imul(seed + 1, 0x9e3779b1) ^ 0x6a09e667) >>> 0 || 1;
  let weyl = 0;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    weyl = (weyl + 0x61c88647) >>> 0;
    return ((state >>> 0) + weyl) >>> 0;
  };
  for (let i = 0; i < 8; i += 1) next();
  return () => next() / 2 ** 32;
}

/**
 * As many points as asked for, drawn from a mixture, each with the component that it is drawn from.
 * @param {Mixture} mixture @param {number} n @param {() => number} random
 * @param {(covariance: Float64Array, D: number) => Float64Array | null} factor a lower Cholesky factor
 */
export function drawn(mixture, n, random, factor) {
  const { D, weights, means, covariances } = mixture;
  const factors = Array.from(weights.keys(), (k) => factor(covariances.subarray(k * D * D, (k + 1) * D * D), D));
  const places = new Float64Array(n * D);
  const labels = new Int32Array(n);
  for (let i = 0; i < n; i += 1) {
    let left = random();
    let k = 0;
    while (k < weights.length - 1 && left >= weights[k]) left -= weights[k++];
    labels[i] = k;
    const white = Array.from({ length: D }, () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
    const L = factors[k];
    for (let d = 0; d < D; d += 1) {
      let value = means[k * D + d];
      for (let j = 0; L && j <= d; j += 1) value += L[d * D + j] * white[j];
      places[i * D + d] = value;
    }
  }
  return { places, labels };
}
