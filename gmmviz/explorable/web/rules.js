// What is said of a run, as gmmviz.fitting says it: when it ends, who died, what fell, onto which point one collapsed.

import { logJoint, TINY } from "./em.js";

/** @import { Asked, Engine, How, Mixture } from "./em.js" */

/**
 * @typedef {{tol: number, stopOn: "log_likelihood" | "average_log_likelihood" | "parameters"}} Stop
 * @typedef {{kind: string, component?: number, point?: number, amount?: number, features?: string[]}} Happening
 */

const FELL = 1e-10; // a smaller relative fall of the log-likelihood is rounding

/**
 * Whether a run hardly changes any more.
 * @param {Engine} engine
 * @param {{mixture: Mixture, asked: Asked}} before inside
 * @param {{mixture: Mixture, asked: Asked}} now inside
 * @param {Stop} stop
 */
export function converged(engine, before, now, { tol, stopOn }) {
  if (!(tol > 0)) return false;
  if (stopOn === "parameters") return furthest(engine, before.mixture, now.mixture) <= tol;
  const per = stopOn === "average_log_likelihood" ? engine.total : 1 + Math.abs(now.asked.objective);
  return Math.abs(now.asked.objective - before.asked.objective) / per <= tol;
}

/** The largest change of a weight, a mean in standard deviations, or a covariance in those squared.
 * @param {Engine} engine @param {Mixture} a @param {Mixture} b
 */
function furthest(engine, a, b) {
  const { D } = engine;
  const deviations = Array.from(engine.variances, (v, d) => (v > 0 ? Math.sqrt(v) : 1 / engine.scale[d]));
  let most = 0;
  for (let k = 0; k < a.weights.length; k += 1) {
    most = Math.max(most, Math.abs(b.weights[k] - a.weights[k]));
    for (let i = 0; i < D; i += 1) {
      most = Math.max(most, Math.abs(b.means[k * D + i] - a.means[k * D + i]) / deviations[i]);
      for (let j = 0; j < D; j += 1) {
        const place = (k * D + i) * D + j;
        most = Math.max(most, Math.abs(b.covariances[place] - a.covariances[place]) / deviations[i] / deviations[j]);
      }
    }
  }
  return most;
}

/** @param {Asked | null} before @param {Asked} now @returns {Happening[]} the components that no point wants any more */
export function deaths(before, now) {
  return Array.from(now.counts.keys())
    .filter((k) => now.counts[k] === 0 && (before === null || before.counts[k] !== 0))
    .map((component) => ({ kind: "dead", component }));
}

/** @param {Asked} before @param {Asked} now @returns {Happening[]} by how much the log-likelihood fell, if it did */
export function falls(before, now) {
  const amount = before.objective - now.objective;
  return amount > FELL * (1 + Math.abs(now.objective)) ? [{ kind: "decreased", amount }] : [];
}

/**
 * The components that regularization alone keeps from collapsing.
 * @param {Engine} engine @param {Mixture} mixture inside @param {Asked} asked @param {How} how
 * @returns {Happening[]}
 */
export function held(engine, mixture, asked, how) {
  const { D } = engine;
  const ridge = engine.ridge(how.ridge);
  if (ridge.some((r) => r === 0)) return [];
  const flat = engine.ridge("auto").map((small, d) => Math.min(small, ridge[d]));
  const found = [];
  for (let component = 0; component < asked.counts.length; component += 1) {
    if (asked.counts[component] === 0) continue;
    // Without what was added, a variance is below this if the matrix without so much is not positive definite.
    const less = Float64Array.from({ length: D * D }, (_, s) => {
      const [i, j] = [Math.floor(s / D), s % D];
      const value = mixture.covariances[component * D * D + s] - (i === j ? ridge[i] : 0);
      return value / Math.sqrt(flat[i]) / Math.sqrt(flat[j]) - (i === j ? 1 : 0);
    });
    if (!positive(less, D)) found.push({ kind: "held", component });
  }
  return found;
}

/** Whether all pivots are greater than 0. @param {Float64Array} matrix @param {number} D */
function positive(matrix, D) {
  const left = matrix.slice();
  for (let p = 0; p < D; p += 1) {
    if (!(left[p * D + p] > 0)) return false;
    for (let i = p + 1; i < D; i += 1)
      for (let j = p + 1; j < D; j += 1) left[i * D + j] -= (left[i * D + p] * left[p * D + j]) / left[p * D + p];
  }
  return true;
}

/**
 * Why a component has collapsed: constant features, or the point that it has collapsed onto.
 * @param {Engine} engine @param {Mixture} mixture the last one, inside @param {number} component
 * @param {How} how @param {string[]} names of the features
 * @returns {Happening}
 */
export function collapse(engine, mixture, component, how, names) {
  const constant = Array.from(engine.variances, (variance) => variance === 0);
  const round = how.algorithm.sphere || how.family === "spherical";
  const ridge = engine.ridge(how.ridge);
  const features = round && !constant.every(Boolean) ? [] : names.filter((_, d) => constant[d] && ridge[d] <= TINY);
  if (features.length) return { kind: "collapsed", component, features };
  const joint = logJoint(engine.inside, mixture);
  const K = mixture.weights.length;
  let point = 0;
  let most = -Infinity;
  for (let n = 0; n < engine.N; n += 1) {
    if (engine.weights?.[n] === 0 || !(joint[n * K + component] > most)) continue;
    most = joint[n * K + component];
    point = n;
  }
  return { kind: "collapsed", component, point };
}

/**
 * The lower bound L(q, theta) of Bishop eq. 9.71: total, in nats.
 * @param {Engine} engine @param {Mixture} mixture theta, inside @param {Asked} asked q
 */
export function lowerBound(engine, mixture, { responsibilities: q }) {
  const joint = logJoint(engine.inside, mixture);
  const K = mixture.weights.length;
  let bound = 0;
  for (let n = 0; n < engine.N; n += 1) {
    let own = 0;
    for (let i = n * K; i < (n + 1) * K; i += 1) if (q[i] > 0) own += q[i] * (joint[i] - Math.log(q[i]));
    bound += (engine.weights ? engine.weights[n] / engine.unit : 1) * own;
  }
  return (bound - engine.counting * engine.logVolume) * engine.unit;
}

/** The number of free parameters. @param {number} K @param {number} D @param {How} how */
export function parameters(K, D, how) {
  if (how.algorithm.sphere) return K * D + 1;
  const shapes = { full: (K * D * (D + 1)) / 2, tied: (D * (D + 1)) / 2, diag: K * D, spherical: K };
  return K - 1 + K * D + shapes[how.family];
}

/** AIC and BIC. @param {Engine} engine @param {number} logLikelihood @param {number} p the number of parameters */
export function criteria(engine, logLikelihood, p) {
  return { aic: 2 * p - 2 * logLikelihood, bic: p * Math.log(engine.total) - 2 * logLikelihood };
}
