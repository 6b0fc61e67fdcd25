// The state in an address: what was chosen, moved, added and removed, and how many steps followed.

import { Collapse } from "./em.js";
import { Points } from "./points.js";
import { Session } from "./session.js";

const LONGEST = 8000; // letters of an address that mail and chat carry

/** @param {Session} session @returns {string | null} what stands behind # in the address; null if that cannot hold it */
export function linkOf(session) {
  const { now } = session;
  const { choice, points, origin, own, iteration, phase } = now;
  const steps = 2 * iteration + Number(phase === "e") + Number(now.ended === "collapsed");
  const said = {
    ...{ c: [choice.K, choice.kind, choice.seed, choice.family, choice.algorithm, choice.ridge], s: steps },
    ...(points.file ? { f: [points.file, points.names, Array.from(points.values)] } : {}),
    ...(points.added.length && !points.file ? { a: points.added } : {}),
    ...(points.removed.length && !points.file ? { r: points.removed } : {}),
    ...(own ? { o: [origin.weights, origin.means, origin.covariances].map((values) => Array.from(values)) } : {}),
  };
  const text = `#s=${encodeURIComponent(JSON.stringify(said))}`;
  return text.length <= LONGEST ? text : null;
}

/** The reader's own points, as an address holds them. @param {[string, string[], number[]]} said @returns {Points} @throws {TypeError} */
function opened([file, names, values]) {
  const right = file && names.length && values.length >= 2 * names.length && values.length % names.length === 0 && values.every(Number.isFinite);
  if (!right) throw new TypeError("these are no points");
  return new Points(Float64Array.from(values), names.map(String), { file: String(file) });
}

/**
 * Bring a session to the state that an address holds.
 * @param {Session} session @param {string} hash
 * @returns {boolean} whether it held one that can be
 */
export function follow(session, hash) {
  if (!hash.startsWith("#s=")) return false;
  const before = session.states;
  try {
    const { c, s, a = [], r = [], o, f } = JSON.parse(decodeURIComponent(hash.slice(3)));
    const [K, kind, seed, family, algorithm, ridge] = c;
    let points = f ? opened(f) : session.scene;
    for (const n of [...r].sort((x, y) => y - x)) points = points.without(n);
    for (const place of a) points = points.with(place.map(Number));
    const [weights, means, covariances] = o ? o.map((/** @type {number[]} */ values) => Float64Array.from(values)) : [];
    session.begin({ K, kind, seed, family, algorithm, ridge }, points, o ? { D: points.D, weights, means, covariances } : null);
    const { group } = session.now;
    for (let i = 0; i < Math.min(s, 4000); i += 1) session.press(session.now.phase === "e" ? "m" : "e", group + 1);
    return true;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError || error instanceof URIError || error instanceof Collapse || error instanceof RangeError)) throw error;
    session.states = before;
    return false;
  }
}
