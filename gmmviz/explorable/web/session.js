// What the reader has done: every state of a session, each made from the one before, so that all can be undone.

import { ALGORITHMS, Collapse } from "./em.js";
import { atRandomPoints, conformed, Points, unpacked } from "./points.js";
import { collapse, converged, deaths, falls, held } from "./rules.js";

/** @import { Family, How, Mixture } from "./em.js" */
/** @import { Given, Starts } from "./points.js" */
/** @import { Happening, Stop } from "./rules.js" */

/**
 * @typedef {{K: number, kind: string, seed: number, family: Family, algorithm: string, ridge: number | "auto"}} Choice
 * @typedef {Stop & {maxIter: number}} Ends
 * @typedef {{points: Given, choice: Choice, ends: Ends, starts: {[kind: string]: Starts}}} Model
 *
 * A state: the mixture inside the engine of its points; the one whose responsibilities the points show, if any; and
 * where the run began, which is a start of Python's unless the reader has made it.
 * @typedef {{
 *   points: Points, choice: Choice, inside: Mixture, asked: Mixture | null, phase: "start" | "e" | "m",
 *   iteration: number, origin: Mixture, own: boolean, trail: Mixture[], curve: {value: number, moved: boolean}[],
 *   happenings: Happening[], losses: Happening[], ended: "" | "converged" | "stopped" | "collapsed", over: boolean,
 *   group: number
 * }} State
 */

const UNDONE = 2000; // states that can be undone
const FINEST = 1e-11; // the tolerance of a run that goes on after its end

export class Session {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.scene = Points.of(model.points);
    /** @type {State[]} */
    this.states = [];
    this.group = 0; // of the states that are undone together
    this.begin({ ...model.choice }, this.scene);
  }

  /** @returns {State} */
  get now() {
    return this.states[this.states.length - 1];
  }

  /** @param {State} [state] @returns {How} */
  how({ choice } = this.now) {
    return { family: choice.family, algorithm: ALGORITHMS[choice.algorithm], ridge: choice.ridge };
  }

  /** @param {State} [state] */
  statistics(state = this.now) {
    return state.points.engine.ask(state.inside, ALGORITHMS[state.choice.algorithm].hard);
  }

  /** @param {State} [state] @returns {Mixture} in the data's units */
  mixture(state = this.now) {
    return state.iteration === 0 ? state.origin : state.points.engine.outward(state.inside);
  }

  /** The responsibilities that the points show, N x K, or null before they are asked. @param {State} [state] */
  shown(state = this.now) {
    const hard = ALGORITHMS[state.choice.algorithm].hard;
    return state.asked && state.points.engine.ask(state.asked, hard).responsibilities;
  }

  /** @param {State} state that follows; it takes the place of the last one if that is of the same gesture */
  push(state) {
    if (this.states.length && this.now.group === state.group && state.phase === "start") this.states.pop();
    this.states.push(state);
    if (this.states.length > UNDONE) this.states.splice(1, this.states.length - UNDONE);
  }

  /** The seeds and numbers of components for which there is a start. @param {string} kind @param {number} K */
  seeds(kind, K) {
    return Object.keys(this.model.starts[kind].table).map((key) => key.split("/").map(Number)).filter(([k]) => k === K).map(([, seed]) => seed);
  }

  /** @param {Choice} choice @param {Points} points @returns {Mixture} where a run begins, in the data's units */
  start(choice, points) {
    const { sphere } = ALGORITHMS[choice.algorithm];
    if (points.file) return conformed(atRandomPoints(points, choice.K, choice.seed), choice.family, sphere, false);
    const { given, table } = this.model.starts[choice.kind];
    return conformed(unpacked(this.scene, table[`${choice.K}/${choice.seed}`], choice.K), choice.family, sphere, given);
  }

  /**
   * Begin a run anew.
   * @param {Choice} choice
   * @param {Points} points
   * @param {Mixture | null} [own] where, if not at a start of the choice
   * @throws {Collapse} if that is too small or too flat
   */
  begin(choice, points, own = null) {
    const origin = own ?? this.start(choice, points);
    this.push(this.fresh(choice, points, origin, own !== null, [], ++this.group));
  }

  /**
   * @param {Choice} choice @param {Points} points @param {Mixture} origin @param {boolean} own
   * @param {State["curve"]} curve so far @param {number} group
   * @returns {State}
   */
  fresh(choice, points, origin, own, curve, group) {
    const inside = points.engine.inward(origin);
    const asked = points.engine.ask(inside, ALGORITHMS[choice.algorithm].hard);
    const losses = deaths(null, asked);
    const value = { value: asked.logLikelihood / points.engine.total, moved: curve.length > 0 };
    return {
      ...{ points, choice, inside, asked: null, phase: "start", iteration: 0, origin, own, trail: [inside] },
      ...{ curve: [...curve, value], happenings: losses, losses, ended: "", over: false, group },
    };
  }

  /** Whether a step can be made now. @param {"e" | "m"} which */
  can(which) {
    return this.now.ended !== "collapsed" && (this.now.phase === "e") === (which === "m");
  }

  /** Make a half-step; `group` holds those together that are undone together. @param {"e" | "m"} which @param {number} [group] */
  press(which, group = ++this.group) {
    if (!this.can(which)) return false;
    if (which === "e") this.push({ ...this.now, asked: this.now.inside, phase: "e", ended: "", over: this.now.over || this.now.ended !== "", group });
    else this.push(this.moved(group));
    return true;
  }

  /** @param {number} group @returns {State} after an M-step */
  moved(group) {
    const before = this.now;
    const { engine, names } = before.points;
    const { ends } = this.model;
    const how = this.how();
    const old = this.statistics();
    try {
      const inside = engine.move(before.inside, how);
      const asked = engine.ask(inside, how.algorithm.hard);
      const iteration = before.iteration + 1;
      const dead = deaths(old, asked);
      let losses = [...before.losses, ...dead];
      /** @type {State["ended"]} */
      let ended = "";
      const stop = before.over ? { ...ends, tol: Math.min(ends.tol, FINEST) } : ends;
      if (converged(engine, { mixture: before.inside, asked: old }, { mixture: inside, asked }, stop)) ended = "converged";
      else if (iteration >= ends.maxIter && !before.over) ended = "stopped";
      if (ended) losses = [...losses, ...held(engine, inside, asked, how)];
      return {
        ...before,
        ...{ inside, asked: before.inside, phase: "m", iteration, trail: [...before.trail, inside], losses, ended, group },
        curve: [...before.curve, { value: asked.logLikelihood / engine.total, moved: false }],
        happenings: [...falls(old, asked), ...dead],
      };
    } catch (error) {
      if (!(error instanceof Collapse)) throw error;
      const event = collapse(engine, before.inside, error.component, how, names);
      return { ...before, happenings: [event], losses: [event], ended: "collapsed", group };
    }
  }

  /** Whether the last thing done is a step, which can be taken back. */
  get steps() {
    return this.states.length > 1 && (this.now.phase !== "start" || this.now.ended !== "");
  }

  /** Take back a half-step. */
  back() {
    if (!this.steps) return false;
    this.states.pop();
    return true;
  }

  /** Take back what was done last: a gesture, a choice, a run. */
  undo() {
    if (this.states.length < 2) return false;
    const { group } = this.now;
    while (this.states.length > 1 && this.now.group === group) this.states.pop();
    return true;
  }

  /**
   * The reader has changed the mixture; a new run begins there, and the curve goes on, dashed.
   * @param {Mixture} mixture in the data's units
   * @param {number} [group] of the gesture
   * @throws {Collapse} if a component is too small or too flat
   */
  change(mixture, group = ++this.group) {
    const last = this.states[this.states.length - 1];
    const before = last.group === group ? (this.states[this.states.length - 2] ?? last) : last;
    this.push(this.fresh(last.choice, last.points, mixture, true, before.curve, group));
  }

  /**
   * The reader has added, removed or opened points.
   * @param {Points} points
   */
  replace(points) {
    const { choice, origin, own, points: before } = this.now;
    const alike = points.file === before.file && points.D === before.D;
    if (!alike || !own) this.begin(choice, points);
    else this.push(this.fresh(choice, points, origin, true, [], ++this.group));
  }

  /** The reader has chosen otherwise. @param {Partial<Choice>} what */
  choose(what) {
    const { choice, points, own, origin } = this.now;
    const next = { ...choice, ...what };
    const { sphere } = ALGORITHMS[next.algorithm];
    const keeps = own && next.K === choice.K && next.kind === choice.kind && next.seed === choice.seed;
    const kinds = [next.kind, ...Object.keys(this.model.starts)];
    if (!points.file) next.kind = kinds.find((kind) => this.seeds(kind, next.K).length) ?? next.kind;
    if (!points.file && !this.seeds(next.kind, next.K).includes(next.seed)) next.seed = this.seeds(next.kind, next.K)[0];
    this.begin(next, points, keeps ? conformed(origin, next.family, sphere, false) : null);
  }
}
