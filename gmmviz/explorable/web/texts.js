// What the page says: the scene's captions and the words of its language, filled in.

import { numeral } from "./view.js";

/** @import { Happening } from "./rules.js" */
/** @import { Session } from "./session.js" */

/**
 * @typedef {{[key: string]: string}} Templates
 * @typedef {{label: string, text: string}} Said
 */

export class Texts {
  /** @param {Templates} words @param {Templates} captions */
  constructor(words, captions) {
    this.words = words;
    this.captions = captions;
  }

  /** A word with its fields filled in. @param {string} key @param {{[field: string]: string | number}} [fields] */
  say(key, fields = {}) {
    return filled(this.words[key], fields);
  }

  /** @param {string[]} names @returns {string} joined as a sentence does */
  listed(names) {
    if (names.length < 2) return names.join("");
    return this.say("and", { first: names.slice(0, -1).join(this.words.comma), last: names[names.length - 1] });
  }

  /** What happened, in words. @param {Happening} event */
  event({ kind, component, point, amount, features }) {
    if (features) return this.say("constant", { features: features.join(this.words.comma) });
    return this.say(kind, {
      component: (component ?? 0) + 1,
      point: (point ?? 0) + 1,
      amount: amount === undefined ? "" : general(amount, 3),
    });
  }

  /** The caption of a state: what stands before the first colon with a space is its label. @param {Session} session @returns {Said} */
  caption(session) {
    const { now } = session;
    const { captions } = this;
    const { phase, iteration, ended } = now;
    const falls = now.happenings.filter(({ kind }) => kind === "decreased");
    const dead = now.losses.filter(({ kind }) => kind === "dead");
    const last = now.losses[0];
    /** @type {[string, number, Happening | undefined]} */
    let [template, at, event] = [captions.start, 0, undefined];
    if (ended === "collapsed") [template, at, event] = [captions.collapsed, iteration, now.happenings[0]];
    else if (phase === "e") {
      const lost = dead.length > 0 && now.happenings.some(({ kind }) => kind === "dead");
      [template, at, event] = [lost ? captions.event : captions.first_e, iteration + 1, lost ? dead[dead.length - 1] : undefined];
    } else if (phase === "m" && ended) {
      [template, at, event] = [last ? captions.lost : ended === "converged" ? captions.converged : captions.stopped, iteration, last];
    } else if (phase === "m") [template, at, event] = [falls.length ? captions.event : captions.first_m, iteration, falls[0]];
    const fields = {
      ...{ iteration: at, first: at, iterations: iteration, components: now.choice.K, points: numeral(now.points.N, 0) },
      log_likelihood: numeral(now.curve[now.curve.length - 1].value, 3),
      event: event ? this.event(event) : "",
    };
    return parted(filled(template, fields));
  }
}

/** @param {string} template @param {{[field: string]: string | number}} fields */
export function filled(template, fields) {
  return template.replace(/\{\{|\}\}|\{(\w+)\}/g, (whole, name) => (name === undefined ? whole[0] : String(fields[name] ?? whole)));
}

/** @param {string} text @returns {Said} */
export function parted(text) {
  const colon = /:(?=\s|$)|：/.exec(text);
  return colon ? { label: text.slice(0, colon.index), text: text.slice(colon.index + 1).trim() } : { label: "", text };
}

/** A number as Python writes it with so many significant digits, {:.3g}. @param {number} value @param {number} digits */
export function general(value, digits) {
  const exponent = Number(value.toExponential(digits - 1).split("e")[1]);
  if (exponent >= -4 && exponent < digits) return String(Number(value.toPrecision(digits)));
  const [mantissa, power] = value.toExponential(digits - 1).split("e");
  return `${Number(mantissa)}e${power[0]}${power.slice(1).padStart(2, "0")}`;
}
