// The components: ellipses or curves, trails, numbered means; and the handles by which they are pulled.

import { mixed, opacity } from "./colors.js";
import { make, set, through } from "./svg.js";
import { axesOf } from "./view.js";

/** @import { Theme } from "./colors.js" */
/** @import { Mixture } from "./em.js" */
/** @import { Scale } from "./view.js" */

/**
 * One component's marks; `handles` are what is pulled, by part: the mean, and the ends of the half-axes.
 * @typedef {{group: SVGElement, shapes: SVGElement[], trail: SVGElement, steps: SVGElement, handles: {[part: string]: SVGElement}}} Mark
 */

export const PARTS = [[], ["mean", "spread"], ["mean", "long", "short"]];
const BADGE = 13; // pixels, radius of a numbered mean
const GRIP = 6.5; // radius of what is seen of the other handles
const TOUCH = 22; // radius of what can be touched
const CLEAR = 26; // from a mean, so that the handles of the smallest ellipse can be seen beside its number

/**
 * @param {SVGElement} layer of shapes and trails @param {SVGElement} top of handles
 * @param {number} K @param {number} d axes @param {number} n shapes of a component @param {Theme} theme
 * @returns {Mark[]}
 */
export function makeMarks(layer, top, K, d, n, theme) {
  layer.replaceChildren();
  top.replaceChildren();
  return Array.from({ length: K }, (_, k) => {
    const color = theme.palette[k];
    const ink = mixed(theme.text, color, 0.6);
    const group = make("g", {}, layer);
    const shapes = Array.from({ length: n }, (_, i) => make(d === 2 ? "ellipse" : "path", { stroke: color, fill: color, "stroke-width": i === n - 1 ? 2.6 : 2, class: "shape" }, group));
    const trail = make("path", { fill: "none", stroke: ink, "stroke-width": 1.8, opacity: 0.8 }, layer);
    const steps = make("path", { fill: "none", stroke: ink, "stroke-width": 6, "stroke-linecap": "round" }, layer);
    /** @type {Mark["handles"]} */
    const handles = {};
    for (const part of [...PARTS[d]].reverse()) {
      const handle = make("g", { class: "handle", tabindex: 0, role: "button", id: `${part}${k}`, "data-k": k, "data-part": part }, top);
      make("circle", { r: part === "mean" ? TOUCH : TOUCH - 6, class: "touch", fill: "none", "pointer-events": "all" }, handle);
      if (part === "mean") {
        make("circle", { r: BADGE, fill: color, stroke: theme.background, "stroke-width": 2, class: "badge" }, handle);
        make("text", { "text-anchor": "middle", y: 5, "font-size": 14, "font-weight": 700, fill: theme.inks[k] }, handle, String(k + 1));
      } else make("circle", { r: GRIP, fill: theme.background, stroke: color, "stroke-width": 2.5, class: "grip" }, handle);
      handles[part] = handle;
    }
    return { group, shapes, trail, steps, handles };
  });
}

/**
 * Put ellipses of these radii around the means, and the handles on the outermost.
 * @param {Mark[]} marks @param {Mixture} flat on two axes @param {Scale} scale @param {number[]} radii from the outermost in
 * @param {{sphere: boolean, presence: number}} how the ellipses are shown
 */
export function putEllipses(marks, flat, scale, radii, { sphere, presence }) {
  for (const [k, mark] of marks.entries()) {
    const { long, short, angle } = axesOf(flat, k, scale);
    const [x, y] = [scale.x(flat.means[2 * k]), scale.y(flat.means[2 * k + 1])];
    const strength = opacity(flat.weights[k]) * presence;
    const widest = 1e5; // pixels beyond which browsers draw no ellipse right
    set(mark.group, { visibility: sphere ? "hidden" : "visible" });
    for (const [i, shape] of mark.shapes.entries()) {
      set(shape, { rx: Math.min(radii[i] * long, widest), ry: Math.min(radii[i] * short, widest) });
      set(shape, { transform: `translate(${x.toFixed(2)} ${y.toFixed(2)}) rotate(${((angle * 180) / Math.PI).toFixed(3)})` });
      set(shape, { "fill-opacity": 0.09 * strength, "stroke-opacity": (i === radii.length - 1 ? 1 : 0.75) * strength });
    }
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const out = radii[0];
    put(mark.handles.mean, x, y, scale);
    const [far, near] = [long, short].map((half) => Math.max(out * half, CLEAR));
    put(mark.handles.long, x + far * c, y + far * s, scale);
    put(mark.handles.short, x + near * s, y - near * c, scale);
    set(mark.handles.mean, { opacity: flat.weights[k] > 0 ? 1 : 0.3 });
    for (const part of ["long", "short"]) set(mark.handles[part], { visibility: sphere ? "hidden" : "visible" });
  }
}

/** Put a handle where it can be reached, even if its place is out of sight. @param {SVGElement} handle @param {number} x @param {number} y @param {Scale} scale */
export function put(handle, x, y, { box }) {
  const inX = Math.min(Math.max(x, box.left), box.width - box.right);
  const inY = Math.min(Math.max(y, box.top), box.height - box.bottom);
  set(handle, { transform: `translate(${inX.toFixed(2)} ${inY.toFixed(2)})` });
}

/** Draw the ways that the means have come. @param {Mark[]} marks @param {Float64Array[]} past places on two axes @param {Float64Array} now @param {Scale} scale */
export function putTrails(marks, past, now, scale) {
  for (const [k, mark] of marks.entries()) {
    const places = [...past, now].map((means) => [scale.x(means[2 * k]), scale.y(means[2 * k + 1])]);
    set(mark.trail, { d: past.length ? through(places) : "" });
    set(mark.steps, { d: past.map((_, t) => `M${places[t][0].toFixed(1)} ${places[t][1].toFixed(1)}h0`).join("") });
  }
}
