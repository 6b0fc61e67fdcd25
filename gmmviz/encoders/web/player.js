// The player: buttons, keys, a slider and words around the canvas that shows the film.

import { Reel } from "./reel.js";
import { decoded, taken } from "./riff.js";
import { at, named, nextOf } from "./steps.js";

/** @import { Step } from "./steps.js" */

const STILL_SECONDS = 1.6; // for which each step stands in a slide show, where nothing may move
const LONGEST_TICK = 250; // milliseconds: a film does not leap when its window comes back

/**
 * What Python says about the film: its steps, how often it plays (0 for ever), the words of the buttons.
 * @typedef {{steps: Step[], loop: number, deck: boolean, play: string, pause: string}} Facts
 */

export class Player {
  /** @param {HTMLElement} figure */
  constructor(figure) {
    this.figure = figure;
    this.facts = /** @type {Facts} */ (JSON.parse(this.find("script").textContent ?? ""));
    this.steps = this.facts.steps;
    this.image = /** @type {HTMLImageElement} */ (this.find("img"));
    this.film = taken(decoded(this.image.src.slice(this.image.src.indexOf(",") + 1)));
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", this.image.alt);
    /** For each step the number of the picture that shows it done. */
    this.stops = this.steps.map((step) => at(this.film.pictures, step.shows));
    this.reel = new Reel(this.film, this.canvas, this.stops);
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.slider = /** @type {HTMLInputElement} */ (this.find("input"));
    /** The steps in words. */
    this.items = [...figure.querySelectorAll("li")];
    this.speed = /** @type {HTMLSelectElement} */ (this.find("select"));
    this.now = 0; // milliseconds from the film's beginning
    this.step = 0; // whose movement or end is shown
    /** @type {"" | "step" | "film"} what plays: nothing, to the step's end, or to the film's */
    this.playing = "";
    this.run = {}; // changes whenever something else is to play
    /** Called where there is no step to go to: in a slide, the deck's. */
    this.beyond = (/** @type {"next" | "prev"} */ _way) => {};
    this.actions = /** @type {Record<string, () => void>} */ ({
      first: () => this.go(0),
      previous: () => this.previous(),
      play: () => this.toggle(),
      next: () => this.next(),
      last: () => this.go(this.steps.length - 1),
      e: () => this.nextOf("e"),
      m: () => this.nextOf("m"),
      large: () => this.toggleLarge(),
      full: () => this.toggleFullScreen(),
    });
  }

  /** Put the canvas in the image's place, at the step that the address names, and listen. */
  async open() {
    this.#listen();
    await this.go(Math.max(0, named(this.steps, location.hash)), false);
    this.image.replaceWith(this.canvas);
    this.find(".controls").hidden = false;
    for (const [i, item] of this.items.entries()) item.replaceChildren(shower(i, item.textContent ?? ""));
    this.figure.dataset.ready = "";
    await this.reel.ahead();
  }

  /** @param {string} selector @returns {HTMLElement} */
  find(selector) {
    return /** @type {HTMLElement} */ (this.figure.querySelector(selector));
  }

  /** Whether the step is shown done. */
  get done() {
    return this.now >= this.steps[this.step].shows;
  }

  /**
   * Show a step done, at once.
   * @param {number} i @param {boolean} [aloud] whether screen readers are to say so
   */
  go(i, aloud = true) {
    this.pause();
    this.step = i;
    this.now = this.steps[i].ends;
    this.#tell(aloud);
    return this.reel.show(this.stops[i]);
  }

  /** Play the next step and stop at its end; asked again on the way, be there at once. */
  next() {
    if (this.playing === "step") return this.go(this.step);
    if (!this.playing && !this.done) return this.#play("step");
    return this.step < this.steps.length - 1 ? this.#playStep(this.step + 1) : this.#leave("next");
  }

  /** Show the step before; on the way to a step, where it began. */
  previous() {
    return this.step > 0 ? this.go(this.step - 1) : this.#leave("prev");
  }

  /** Play the next step of a kind. @param {string} phase */
  nextOf(phase) {
    const here = this.steps[this.step].phase === phase;
    if (here && this.playing === "step") return this.go(this.step);
    if (here && !this.playing && !this.done) return this.#play("step");
    const i = nextOf(this.steps, this.step, phase);
    return i >= 0 ? this.#playStep(i) : undefined;
  }

  /** Play the film, from the beginning if it is at its end; or pause where it is. */
  toggle() {
    if (this.playing) return this.pause();
    if (this.step === this.steps.length - 1 && this.done) [this.step, this.now] = [0, 0];
    return this.#play("film");
  }

  pause() {
    this.playing = "";
    this.run = {};
    this.#show();
  }

  async toggleFullScreen() {
    if (document.fullscreenElement) return document.exitFullscreen();
    await this.figure.requestFullscreen();
    const phone = /** @type {Partial<ScreenOrientation>} */ (screen.orientation ?? {});
    await phone.lock?.(this.canvas.width > this.canvas.height ? "landscape" : "portrait").catch(() => {});
  }

  /**
   * On a phone, show the picture so large that its letters can be read, or whole again.
   * @param {number} [x] of the place that is to be in the middle, as a part of the picture's width @param {number} [y] likewise
   */
  toggleLarge(x = 0.5, y = 0.5) {
    const large = this.figure.toggleAttribute("data-large");
    this.find("button[name=large]").ariaPressed = String(large);
    const view = this.find(".view");
    if (large) view.tabIndex = 0; // for keys that move it
    else view.removeAttribute("tabindex");
    view.scrollTo(x * view.scrollWidth - view.clientWidth / 2, y * view.scrollHeight - view.clientHeight / 2);
  }

  /** Show a time, as the slider asks. @param {number} time in milliseconds */
  seek(time) {
    this.pause();
    this.now = time;
    this.step = at(this.steps, time);
    this.#tell(true);
    return this.reel.show(this.done ? this.stops[this.step] : at(this.film.pictures, time));
  }

  /** @param {number} i */
  #playStep(i) {
    if (this.calm.matches) return this.go(i);
    [this.step, this.now] = [i, this.steps[i].begins];
    this.#tell(true);
    return this.#play("step");
  }

  /** @param {"step" | "film"} what */
  async #play(what) {
    const run = (this.run = {});
    this.playing = what;
    this.#show();
    for (let times = 1; run === this.run; times += 1) {
      await (this.calm.matches ? this.#showStills(run) : this.#move(run, what));
      if (run !== this.run) return;
      if (what === "step" || times === this.facts.loop) return this.pause();
      [this.step, this.now] = [0, 0];
    }
  }

  /** Let time pass until the step, or the film, is over. @param {object} run @param {"step" | "film"} what */
  async #move(run, what) {
    let before = performance.now();
    while (run === this.run) {
      const time = await new Promise(requestAnimationFrame);
      if (run !== this.run) return;
      this.now += Math.min(Math.max(0, time - before), LONGEST_TICK) * Number(this.speed.value);
      before = time;
      const over = what === "step" ? this.done : this.now >= this.film.length;
      if (over) this.now = this.steps[this.step].ends;
      else if (what === "film") this.#enter(at(this.steps, this.now));
      this.#show();
      const i = over ? this.stops[this.step] : at(this.film.pictures, this.now);
      await this.reel.show(i, what === "step" ? this.stops[this.step] : i + 6);
      if (over) return;
    }
  }

  /** Show the steps' ends one after the other. @param {object} run */
  async #showStills(run) {
    while (run === this.run) {
      this.now = this.steps[this.step].ends;
      this.#show();
      await this.reel.show(this.stops[this.step]);
      await new Promise((over) => setTimeout(over, (1000 * STILL_SECONDS) / Number(this.speed.value)));
      if (run !== this.run || this.step === this.steps.length - 1) return;
      this.#enter(this.step + 1);
    }
  }

  /** @param {number} i */
  #enter(i) {
    if (i === this.step) return;
    this.step = i;
    this.#tell(false);
  }

  /** @param {"next" | "prev"} way */
  #leave(way) {
    this.beyond(way);
  }

  #listen() {
    this.figure.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest("button") : null;
      if (!button || button.ariaDisabled === "true") return;
      if (button.dataset.step) this.go(Number(button.dataset.step));
      else this.actions[button.name]?.();
    });
    this.canvas.addEventListener("click", ({ offsetX, offsetY }) => {
      const { clientWidth, clientHeight } = this.canvas;
      const canBeLarge = this.find("button[name=large]").offsetParent !== null;
      if (canBeLarge) this.toggleLarge(offsetX / clientWidth, offsetY / clientHeight);
    });
    this.figure.addEventListener("keydown", (event) => this.#press(event));
    this.slider.addEventListener("input", () => this.seek(Number(this.slider.value)));
    addEventListener("hashchange", () => {
      const i = named(this.steps, location.hash);
      if (i >= 0) this.go(i);
    });
    const full = this.find("button[name=full]");
    full.hidden = !document.fullscreenEnabled;
    addEventListener("fullscreenchange", () => (full.ariaPressed = String(document.fullscreenElement !== null)));
  }

  /** Keys, only while the focus is inside the player. @param {KeyboardEvent} event */
  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof Element)) return;
    if (event.target.matches("select, [data-large] .view")) return;
    const keys = /** @type {Record<string, string>} */ ({
      ArrowRight: "next",
      ArrowLeft: "previous",
      PageDown: "next",
      PageUp: "previous",
      Home: "first",
      End: "last",
      " ": "play",
      e: "e",
      m: "m",
    });
    const name = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!name || (event.key === " " && event.target.matches("button, summary"))) return;
    event.preventDefault();
    this.actions[name]();
  }

  /** Say in words where the film is. @param {boolean} aloud */
  #tell(aloud) {
    const item = this.items[this.step];
    const words = `${item.dataset.place} · ${item.textContent}`;
    const where = this.find(".where");
    where.ariaLive = aloud ? "polite" : "off";
    where.textContent = words;
    for (const each of this.items) each.ariaCurrent = each === item ? "step" : null;
    this.#show();
  }

  /** Bring the buttons and the slider up to date. */
  #show() {
    const button = (/** @type {string} */ name) => this.find(`button[name=${name}]`);
    const last = this.steps.length - 1;
    const play = button("play");
    play.ariaLabel = play.title = this.playing ? this.facts.pause : this.facts.play;
    play.toggleAttribute("data-playing", this.playing !== "");
    const [begun, over] = [this.step === 0, this.step === last && !this.playing && this.done];
    const off = { first: begun, previous: begun, next: over, last: over };
    for (const [name, disabled] of Object.entries(off)) button(name).ariaDisabled = String(disabled);
    for (const phase of ["e", "m"]) {
      const here = this.steps[this.step].phase === phase && (this.playing === "step" || !this.done);
      button(phase).ariaDisabled = String(!here && nextOf(this.steps, this.step, phase) < 0);
    }
    this.slider.value = String(this.now);
    this.slider.ariaValueText = this.find(".where").textContent;
  }
}

/**
 * @param {number} i @param {string} words
 * @returns {HTMLButtonElement} which shows a step
 */
function shower(i, words) {
  const button = document.createElement("button");
  button.dataset.step = String(i);
  button.textContent = words;
  return button;
}
