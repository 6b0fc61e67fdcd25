// The large picture: points on a canvas, components in SVG above it.

import { blended } from "./colors.js";
import { drawPoints, sizesOf } from "./cloud.js";
import { borders, levelLines, scaled } from "./contours.js";
import { boxOf, drawFrame } from "./frame.js";
import { BELOW, bars, drawBand, histogram, putCurves, rug, sumPath, topOf } from "./line.js";
import { makeMarks, PARTS, putEllipses, putTrails } from "./marks.js";
import { drawn, randomNumbers } from "./points.js";
import { make, set } from "./svg.js";
import { axesOf, between, equalized, Scale, View } from "./view.js";

/** @import { Theme } from "./colors.js" */
/** @import { Mixture } from "./em.js" */
/** @import { Mark } from "./marks.js" */
/** @import { Session, State } from "./session.js" */
/** @import { Panel } from "./view.js" */

/**
 * The truth on the panel's axes, and which hue each of its components has.
 * @typedef {{weights: number[], means: number[], covariances: number[], hues: number[]}} Truth
 * @typedef {{panel: Panel, theme: Theme, truth: Truth | null, axis: string}} Look
 */

const LEVELS = 6;
const STEP_BACK = 0.65; // of their opacity, that an E-step takes from ellipses at its middle

export class Plane {
  /** @param {HTMLElement} figure @param {Session} session @param {Look} look */
  constructor(figure, session, look) {
    this.session = session;
    this.look = look;
    this.canvas = /** @type {HTMLCanvasElement} */ (figure.querySelector("canvas"));
    this.note = /** @type {HTMLElement} */ (figure.querySelector(".note"));
    this.svg = /** @type {SVGSVGElement} */ (figure.querySelector("svg[role]"));
    this.ground = /** @type {SVGSVGElement} */ (figure.querySelector(".ground")); // what lies below the points
    /** @type {{[name: string]: SVGElement}} */
    this.layers = {};
    for (const name of ["frame", "lines", "truth"]) this.layers[name] = make("g", { class: name }, this.ground);
    for (const name of ["samples", "marks", "sum", "handles"]) this.layers[name] = make("g", { class: name }, this.svg);
    const clip = make("clipPath", { id: "plane-clip" }, this.svg);
    this.within = make("rect", {}, clip);
    for (const name of ["lines", "truth", "samples", "marks", "sum"]) set(this.layers[name], { "clip-path": "url(#plane-clip)" });
    /** @type {Mark[]} */
    this.marks = [];
    this.kind = "";
    this.framed = ""; // what the axes of two features are drawn for: they stand while something is dragged
    this.shows = { density: look.panel.density, truth: look.truth !== null };
    this.marked = -1; // the point that is looked at
    /** @type {{of: Mixture, seed: number} | null} */
    this.samples = null;
    this.ink = look.theme;
    this.view = new View(look.panel, session.scene, session.scene);
    this.points = session.scene;
    this.sizes = sizesOf(session.scene.weights);
    this.scale = new Scale([[0, 1], [0, 1]], boxOf(100, 100, [0, 1]));
    /** @type {WeakMap<Float64Array, Uint8ClampedArray>} */
    this.colored = new WeakMap();
  }

  /** Radii of the ellipses, from the outermost in. */
  get radii() {
    return this.look.panel.radii;
  }

  /** @param {State} state @returns {Uint8ClampedArray | null} the colors of the points, N x 3 */
  colors(state) {
    const shown = this.session.shown(state);
    if (!shown) return null;
    const known = this.colored.get(shown) ?? blended(shown, this.look.theme.palette, state.choice.K);
    this.colored.set(shown, known);
    return known;
  }

  /** The mixture on the panel's axes. @param {State} state @returns {Mixture} */
  flat(state) {
    return this.view.mixture(this.session.mixture(state));
  }

  /** See to the view and to the marks of as many components. @param {State} state */
  prepare(state) {
    if (state.points !== this.points) {
      this.points = state.points;
      this.view = new View(this.look.panel, state.points, this.session.scene);
      this.sizes = sizesOf(state.points.weights);
    }
    const { d } = this.view;
    const kind = `${state.choice.K} ${d}`;
    if (kind !== this.kind) this.marks = makeMarks(this.layers.marks, this.layers.handles, state.choice.K, d, d === 2 ? this.radii.length : 2, this.ink);
    this.kind = kind;
  }

  /**
   * Draw a state, or the way to it from another one.
   * @param {State} state @param {State} [before] @param {number} [t] how far, from 0 to 1
   */
  draw(state, before = state, t = 1) {
    this.prepare(state);
    const { width, height } = this.svg.getBoundingClientRect();
    if (!width) return;
    const alike = before.points === state.points && before.choice.K === state.choice.K;
    const now = this.flat(state);
    const flat = alike && t < 1 ? between(this.flat(before), now, t) : now;
    const { d, panel, limits } = this.view;
    for (const svg of [this.ground, this.svg]) set(svg, { viewBox: `0 0 ${width} ${height}` });
    for (const name of ["lines", "truth", "sum"]) this.layers[name].replaceChildren();
    if (d === 2) {
      const box = boxOf(width, height, limits[1]);
      this.scale = new Scale(panel.equal ? equalized(limits, box) : limits, box, panel.reverse);
      const frame = [width, height, ...limits.flat(), ...panel.names].join();
      if (frame !== this.framed) drawFrame(this.layers.frame, this.scale, this.ink, { x: panel.names[0], y: panel.names[1] });
      this.framed = frame;
      this.draw2D(state, flat, state.phase === "e" ? 1 - STEP_BACK * 4 * t * (1 - t) : 1);
    } else this.draw1D(flat, width, height);
    const { left, right, top, bottom } = this.scale.box;
    set(this.within, { x: left, y: top, width: width - left - right, height: height - top - bottom });
    this.note.textContent = state.choice.algorithm === "kmeans" ? panel.partNote : panel.note;
    this.drawPoints(state, alike ? before : state, t, flat);
    this.drawSamples(state);
  }

  /** @param {State} state @param {Mixture} flat @param {number} presence */
  draw2D(state, flat, presence) {
    const sphere = state.choice.algorithm === "kmeans";
    const { lines, truth } = this.layers;
    if (this.shows.density)
      for (const [i, d] of levelLines(flat, this.scale, LEVELS).entries())
        make("path", { d, fill: "none", stroke: this.ink.text, "stroke-width": 1.2, opacity: 0.25 + (0.45 * i) / LEVELS }, lines);
    if (sphere && !this.view.panel.part) make("path", { d: borders(flat, this.scale), stroke: this.ink.text, "stroke-width": 2, opacity: 0.7 }, lines);
    putEllipses(this.marks, flat, this.scale, this.radii, { sphere, presence });
    const trail = this.look.panel.trails ? state.trail.slice(0, -1) : [];
    putTrails(this.marks, trail.map((inside) => this.view.placesOf(state.points.engine.outward(inside).means)), flat.means, this.scale);
    const known = this.look.truth;
    if (!known || !this.shows.truth || state.points.file) return;
    const real = { D: 2, weights: Float64Array.from(known.weights), means: Float64Array.from(known.means), covariances: Float64Array.from(known.covariances) };
    for (const [k, hue] of known.hues.entries()) {
      const { long, short, angle } = axesOf(real, k, this.scale);
      const place = `translate(${this.scale.x(real.means[2 * k])} ${this.scale.y(real.means[2 * k + 1])}) rotate(${(angle * 180) / Math.PI})`;
      make("ellipse", { rx: this.radii[0] * long, ry: this.radii[0] * short, transform: place, fill: "none", stroke: this.ink.palette[hue], "stroke-width": 2, "stroke-dasharray": "7 5", opacity: 0.7 }, truth);
    }
  }

  /** @param {Mixture} flat @param {number} width @param {number} height */
  draw1D(flat, width, height) {
    const x = this.view.places;
    const { bins } = this.view.panel;
    const found = histogram(x, bins === "none" ? "auto" : bins, this.points.weights);
    const top = topOf(flat, found.heights);
    this.scale = new Scale([this.view.limits[0], [BELOW * top, top]], boxOf(width, height, [0, top]));
    this.framed = "";
    drawFrame(this.layers.frame, this.scale, this.ink, { x: this.view.panel.names[0], y: this.look.axis, from: 0 });
    if (bins !== "none") make("path", { d: bars(found, this.scale), fill: this.ink.muted, "fill-opacity": 0.25, stroke: this.ink.muted }, this.layers.frame);
    const { sum: lines, truth } = this.layers;
    putCurves(this.marks, flat, this.scale);
    const d = sumPath(flat, this.scale);
    make("path", { d, fill: "none", stroke: this.ink.text, "stroke-width": 4.5 }, lines);
    make("path", { d, fill: "none", stroke: this.ink.background, "stroke-width": 1.6 }, lines);
    const known = this.look.truth;
    if (!known || !this.shows.truth || this.points.file) return;
    const real = { D: 1, weights: Float64Array.from(known.weights), means: Float64Array.from(known.means), covariances: Float64Array.from(known.covariances) };
    make("path", { d: sumPath(real, this.scale), fill: "none", stroke: this.ink.text, "stroke-width": 2, "stroke-dasharray": "7 5", opacity: 0.8 }, truth);
  }

  /** @param {State} state @param {State} before @param {number} t @param {Mixture} flat */
  drawPoints(state, before, t, flat) {
    const density = Math.min(window.devicePixelRatio || 1, 3);
    const { width, height } = this.scale.box;
    const { canvas } = this;
    const [w, h] = [Math.round(width * density), Math.round(height * density)];
    if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, w, h);
    const colors = this.colors(state);
    const from = this.colors(before);
    const moving = t < 1 && colors !== null && state.phase === "e";
    const way = moving && from ? from.map((c, i) => c + t * (colors[i] - c)) : colors;
    const top = this.scale.limits[1][1];
    const places = this.view.d === 2 ? this.view.places : rug(this.view.places, top);
    drawPoints(context, places, this.scale, { colors: way, coloring: moving && !from ? t : 1, theme: this.look.theme, density, marked: this.marked, sizes: this.sizes, alpha: this.samples?.of === state.inside ? 0.45 : 1 });
    if (this.view.d === 1 && colors && state.phase === "e") drawBand(context, flat, this.scale, this.look.theme, this.points.N, top);
  }

  /** Crosses: as many points as the data have, drawn from the mixture. @param {State} state */
  drawSamples(state) {
    const layer = this.layers.samples;
    layer.replaceChildren();
    if (!this.samples || this.samples.of !== state.inside) return;
    const { places, labels } = drawn(this.flat(state), this.points.N, randomNumbers(this.samples.seed), scaled);
    const { d } = this.view;
    const top = this.scale.limits[1][1];
    const at = d === 2 ? places : rug(places, top);
    const size = Math.max(1.4, 4.5 - labels.length / 800);
    const opacity = Math.min(1, Math.max(0.4, 70 / Math.sqrt(labels.length)));
    for (let k = 0; k < state.choice.K; k += 1) {
      let path = "";
      labels.forEach((label, i) => {
        if (label !== k) return;
        const [x, y] = [this.scale.x(at[2 * i]), this.scale.y(at[2 * i + 1])];
        if (x < this.scale.box.left || x > this.scale.box.width || y > this.scale.box.height - this.scale.box.bottom || y < 0) return;
        path += `M${(x - size).toFixed(1)} ${(y - size).toFixed(1)}l${2 * size} ${2 * size}m0 ${-2 * size}l${-2 * size} ${2 * size}`;
      });
      make("path", { d: path, stroke: this.ink.palette[k], "stroke-width": Math.min(1.6, size * 0.5), opacity, fill: "none" }, layer);
    }
  }

  /** The point that is nearest to a place in pixels, or -1. @param {number} px @param {number} py @param {number} within pixels */
  nearest(px, py, within) {
    const { places, d } = this.view;
    const at = d === 2 ? places : rug(places, this.scale.limits[1][1]);
    let found = -1;
    let least = within * within;
    for (let n = 0; n < at.length / 2; n += 1) {
      const away = (this.scale.x(at[2 * n]) - px) ** 2 + (this.scale.y(at[2 * n + 1]) - py) ** 2;
      if (away < least) [least, found] = [away, n];
    }
    return found;
  }

  /** @param {PointerEvent} event @returns {[number, number]} pixels of the picture */
  pixels(event) {
    const box = this.svg.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /** The parts of a component that can be pulled. */
  get parts() {
    return PARTS[this.view.d];
  }
}
