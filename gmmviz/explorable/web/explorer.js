// The page as a whole: what is done changes the session, and then everything shows it.

import { drawChart, valuesOf, written } from "./chart.js";
import { Collapse } from "./em.js";
import { listen, name } from "./handles.js";
import { Numbers } from "./numbers.js";
import { Plane } from "./plane.js";
import { criteria, lowerBound, parameters } from "./rules.js";
import { Session } from "./session.js";
import { Texts } from "./texts.js";
import { numeral } from "./view.js";

/** @import { Kind } from "./chart.js" */
/** @import { Mixture } from "./em.js" */
/** @import { Look } from "./plane.js" */
/** @import { SceneParts } from "./scene.js" */
/** @import { Model, State } from "./session.js" */
/** @import { Templates } from "./texts.js" */

/**
 * What Python says.
 * @typedef {{model: Model, look: Look, words: Templates, captions: Templates, likelihood: Kind, scene: SceneParts, name: string,
 *     explore: {locked: string[], hide: string[], reach: number | "collapsed" | "dead" | null}}} Facts
 */

const MOVEMENT = 700; // milliseconds of a half-step
const RUNNING = 380; // while steps follow each other
const STILL = 900; // for which each half-step stands where nothing may move
const SLOW = 80; // milliseconds of a picture, from which on steps do not move
const NEAR_ENOUGH = 0.005; // nats per point, by which a value may miss the one to reach

export class Explorer {
  /** @param {HTMLElement} root @param {Facts} facts */
  constructor(root, facts) {
    this.root = root;
    this.facts = facts;
    this.look = facts.look;
    this.texts = new Texts(facts.words, facts.captions);
    this.session = new Session(facts.model);
    this.plane = new Plane(this.find(".plane"), this.session, facts.look);
    this.numbers = new Numbers(/** @type {HTMLTableElement} */ (this.find(".numbers table")), this);
    this.chart = /** @type {SVGSVGElement} */ (this.root.querySelector(".curve svg"));
    this.heading = this.find("h1").textContent ?? "";
    this.described = !this.find(".description").hidden;
    this.moving = 0; // the request for the next picture of a movement
    this.running = 0; // the timer of a run
    this.cost = 0; // milliseconds that a picture takes
    /** @type {(() => void)[]} */
    this.watchers = [];
    listen(this);
  }

  /** @param {string} selector @returns {HTMLElement} */
  find(selector) {
    const found = this.root.querySelector(selector);
    if (!(found instanceof HTMLElement)) throw new Error(`the page has no ${selector}`);
    return found;
  }

  /** Whether the exercise keeps something as it is. @param {string} what */
  locked(what) {
    return this.facts.explore.locked.includes(what);
  }

  /** Whether the exercise does not show something. @param {string} what */
  hidden(what) {
    return this.facts.explore.hide.includes(what);
  }

  /** End a movement and a run. */
  rest() {
    cancelAnimationFrame(this.moving);
    this.moving = 0;
    clearTimeout(this.running);
    if (this.running) {
      this.running = 0;
      this.show();
    }
  }

  /** Say something to all: in the caption bar, and aloud. @param {string} text */
  tell(text) {
    this.find(".said b").textContent = "";
    this.find(".said span").textContent = text;
    this.find(".unseen").textContent = text;
  }

  /** Say what the state of now is. @param {boolean} aloud */
  caption(aloud) {
    const { label, text } = this.texts.caption(this.session);
    const { phase, happenings } = this.session.now;
    const also = phase === "e" ? [] : happenings.map((event) => this.texts.event(event)).filter((event) => !text.includes(event));
    this.find(".said b").textContent = label;
    this.find(".said span").textContent = [text, ...also].filter(Boolean).join("; ");
    if (!aloud) return;
    const value = this.hidden("likelihood") || phase === "e" ? "" : ` ${this.title}: ${this.value}.`;
    this.find(".unseen").textContent = `${[label, text].filter(Boolean).join(": ")}.${value} ${also.join(". ")}`;
  }

  get title() {
    return this.texts.say(this.facts.likelihood);
  }

  /** The log-likelihood as it is written. */
  get value() {
    const values = valuesOf(this.session.now, this.facts.likelihood);
    return written(values[values.length - 1], this.facts.likelihood);
  }

  /** Show the state of now, after a movement from another one. @param {State | null} [from] @param {number} [length] milliseconds */
  show(from = null, length = MOVEMENT) {
    cancelAnimationFrame(this.moving);
    this.moving = 0;
    const { now } = this.session;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches || this.cost > SLOW;
    if (from && !still) {
      const begun = performance.now();
      const next = () => {
        const t = Math.min((performance.now() - begun) / length, 1);
        this.draw(now, from, t * t * (3 - 2 * t));
        this.moving = t < 1 ? requestAnimationFrame(next) : 0;
      };
      next();
    } else this.draw(now, now, 1);
    this.rests();
    for (const watch of this.watchers) watch();
  }

  /** @param {State} state @param {State} before @param {number} t */
  draw(state, before, t) {
    const begun = performance.now();
    this.plane.draw(state, before, t);
    this.cost = 0.7 * this.cost + 0.3 * (performance.now() - begun);
  }

  /** Show what does not move: the curve, the numbers, the facts. */
  rests() {
    const { now } = this.session;
    if (!this.hidden("likelihood")) {
      drawChart(this.chart, now, this.plane.ink, { kind: this.facts.likelihood, axis: this.texts.say(now.curve.some(({ moved }) => moved) ? "explore_steps" : "iteration"), reach: this.reach });
      this.find(".value").textContent = this.value;
      this.chart.setAttribute("aria-label", `${this.title}: ${this.value}`);
    }
    this.numbers.show();
    name(this);
    this.find("h1").textContent = now.points.file || this.heading;
    this.find(".description").hidden = now.points.file !== "" || !this.described;
    this.find(".where").textContent = this.texts.say(now.choice.K === 1 ? "explore_where_one" : "explore_where", { points: numeral(now.points.N, 0), components: now.choice.K });
    this.measure(now);
    this.judge(now);
  }

  /** The number to reach as the curve shows it, if it is one. */
  get reach() {
    const { reach } = this.facts.explore;
    return typeof reach === "number" ? reach * ({ average: 1, negative_average: -1, total: this.session.now.points.engine.total }[this.facts.likelihood]) : null;
  }

  /** Lower bound and gap after a half-step, criteria, the number of parameters. @param {State} now */
  measure(now) {
    const { engine } = now.points;
    const asked = this.session.statistics();
    const p = parameters(now.choice.K, now.points.D, this.session.how());
    const { aic, bic } = criteria(engine, asked.logLikelihood, p);
    this.find(".parameters").textContent = String(p);
    this.find(".aic").textContent = numeral(aic, 1);
    this.find(".bic").textContent = numeral(bic, 1);
    const shown = now.asked && now.choice.algorithm === "em" ? engine.ask(now.asked, false) : null;
    const bound = shown && lowerBound(engine, now.inside, shown);
    this.find(".bound").textContent = bound === null ? "–" : numeral(bound / engine.total, 4);
    this.find(".gap").textContent = bound === null ? "–" : numeral(Math.max(asked.logLikelihood - bound, 0) / engine.total, 4);
  }

  /** Say whether the exercise is done. @param {State} now */
  judge(now) {
    const { reach } = this.facts.explore;
    if (reach === null) return;
    const there = typeof reach === "number"
      ? now.ended === "converged" && Math.abs(now.curve[now.curve.length - 1].value - reach) <= NEAR_ENOUGH
      : now.losses.some(({ kind }) => kind === reach);
    const done = this.find(".reached");
    if (there) done.textContent = this.texts.say("explore_reached");
    else if (now.ended === "converged" && typeof reach === "number") done.textContent = this.texts.say("explore_not_reached", { value: numeral(now.curve[now.curve.length - 1].value, 3) });
    else done.textContent = "";
    this.root.toggleAttribute("data-reached", there);
  }

  /** Do something to the session, and show what follows. @param {() => unknown} what @param {string} [said] */
  act(what, said = "") {
    const before = this.session.states.slice();
    try {
      what();
    } catch (error) {
      if (!(error instanceof Collapse)) throw error;
      this.session.states = before;
      this.show();
      this.tell(this.texts.say("explore_too_flat", { component: error.component + 1 }));
      return;
    }
    this.show();
    if (said) this.tell(said);
    else this.caption(true);
  }

  /** Take a mixture of the reader's own. @param {Mixture} mixture @param {string} said @param {number} [group] of the gesture */
  change(mixture, said, group) {
    this.act(() => this.session.change(mixture, group), said || this.texts.say("explore_own_start"));
  }

  /** Make a half-step. @param {"e" | "m"} which @param {number} [group] @param {number} [length] milliseconds of the movement */
  press(which, group, length = MOVEMENT) {
    const before = this.session.now;
    if (!this.session.press(which, group)) {
      if (before.ended === "collapsed") this.caption(true);
      else this.tell(this.texts.say(which === "m" ? "explore_first_e" : "explore_first_m"));
      return false;
    }
    this.show(before, length);
    this.caption(!this.running || this.session.now.ended !== "");
    return true;
  }

  /** Run until nothing changes any more, or pause. */
  run() {
    if (this.running) {
      this.rest();
      this.caption(true);
      return;
    }
    const group = ++this.session.group;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const next = () => {
      const { ended, phase } = this.session.now;
      const first = this.session.now.group !== group;
      if (ended && !first) this.running = 0;
      else {
        this.running = -1;
        this.press(phase === "e" ? "m" : "e", group, RUNNING);
        const over = this.session.now.ended !== "";
        this.running = over ? 0 : window.setTimeout(next, still ? STILL : RUNNING + 40);
        if (over) this.caption(true);
      }
      for (const watch of this.watchers) watch();
    };
    next();
  }
}
