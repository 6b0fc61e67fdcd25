// Where things stand on the picture: from features to the panel's axes, and from there to pixels.

/** @import { Mixture } from "./em.js" */
/** @import { Points } from "./points.js" */

/**
 * What Python says of the panel: a linear map of D features to d axes, the axes' names and limits, and the way back.
 * @typedef {{d: number, matrix: number[], back: number[], center: number[], names: string[], note: string, part: boolean,
 *     limits: number[][], radii: number[], density: boolean, trails: boolean, partNote: string, reverse: string[],
 *     equal: boolean, bins: number | "auto" | "none"}} Panel
 * @typedef {{left: number, right: number, top: number, bottom: number, width: number, height: number}} Box
 */

const MARGIN = 0.08; // of the points' reach, around points that Python has not seen

/** The panel for some points: Python's, or one of their own for the reader's file. */
export class View {
  /** @param {Panel} panel @param {Points} points @param {Points} scene */
  constructor(panel, points, scene) {
    const own = points.file !== "";
    const d = own ? Math.min(points.D, 2) : panel.d;
    const identity = Array.from({ length: d * d }, (_, i) => Number(i % (d + 1) === 0));
    /** @type {Panel} */
    this.panel = own
      ? { ...panel, d, matrix: identity, back: identity, center: new Array(d).fill(0), names: points.names, note: "", partNote: "", part: false, reverse: [], equal: false }
      : panel;
    this.d = d;
    this.D = points.D;
    this.limits = points === scene ? panel.limits : this.widened(own ? null : panel.limits, points);
    this.places = this.placesOf(points.values);
  }

  /** @param {number[][] | null} limits @param {Points} points @returns {number[][]} with room for every point */
  widened(limits, points) {
    const places = this.placesOf(points.values);
    return Array.from({ length: this.d }, (_, a) => {
      let [low, high] = [Infinity, -Infinity];
      for (let i = a; i < places.length; i += this.d) [low, high] = [Math.min(low, places[i]), Math.max(high, places[i])];
      const edge = MARGIN * (high - low) || Math.max(0.5, 1e-6 * Math.abs(low));
      return limits === null ? [low - edge, high + edge] : [Math.min(limits[a][0], low - edge / 4), Math.max(limits[a][1], high + edge / 4)];
    });
  }

  /** @param {ArrayLike<number>} values n x D @returns {Float64Array} on the axes, n x d */
  placesOf(values) {
    const { d, D } = this;
    const { matrix, center } = this.panel;
    const n = values.length / D;
    const places = new Float64Array(n * d);
    for (let i = 0; i < n; i += 1)
      for (let a = 0; a < d; a += 1)
        for (let j = 0; j < D; j += 1)
          if (matrix[a * D + j] !== 0) places[i * d + a] += matrix[a * D + j] * (values[i * D + j] - center[j]);
    return places;
  }

  /** @param {Mixture} mixture of the features @returns {Mixture} the same on the axes (Bishop eq. 2.115) */
  mixture(mixture) {
    const { d, D } = this;
    const { matrix } = this.panel;
    const K = mixture.weights.length;
    const covariances = new Float64Array(K * d * d);
    for (let k = 0; k < K; k += 1)
      for (let a = 0; a < d; a += 1)
        for (let b = 0; b < d; b += 1)
          for (let i = 0; i < D; i += 1)
            for (let j = 0; j < D; j += 1)
              covariances[(k * d + a) * d + b] +=
                matrix[a * D + i] * mixture.covariances[(k * D + i) * D + j] * matrix[b * D + j];
    return { D: d, weights: mixture.weights, means: this.placesOf(mixture.means), covariances };
  }
}

/** Pixels of a panel: from its axes' limits to a box. An axis that is reversed has a negative number of them. */
export class Scale {
  /** @param {number[][]} limits of x and y @param {Box} box @param {string[]} [reverse] axes: "x", "y" */
  constructor(limits, box, reverse = []) {
    this.limits = limits;
    this.box = box;
    const [[x0, x1], [y0, y1]] = limits;
    const [backX, backY] = [reverse.includes("x"), reverse.includes("y")];
    this.perX = ((box.width - box.left - box.right) / (x1 - x0)) * (backX ? -1 : 1);
    this.perY = ((box.height - box.top - box.bottom) / (y1 - y0)) * (backY ? -1 : 1);
    this.fromX = backX ? x1 : x0;
    this.fromY = backY ? y1 : y0;
  }

  /** @param {number} x */
  x(x) {
    return this.box.left + (x - this.fromX) * this.perX;
  }

  /** @param {number} y */
  y(y) {
    return this.box.height - this.box.bottom - (y - this.fromY) * this.perY;
  }

  /** @param {number} px @param {number} py @returns {[number, number]} from pixels to the axes */
  back(px, py) {
    return [this.fromX + (px - this.box.left) / this.perX, this.fromY + (this.box.height - this.box.bottom - py) / this.perY];
  }
}

/** Limits in which one unit of x is as long as one of y. @param {number[][]} limits @param {Box} box @returns {number[][]} */
export function equalized(limits, box) {
  const sides = [box.width - box.left - box.right, box.height - box.top - box.bottom];
  const per = Math.min(...limits.map(([low, high], a) => sides[a] / (high - low)));
  return limits.map(([low, high], a) => {
    const middle = (low + high) / 2;
    return [middle - sides[a] / per / 2, middle + sides[a] / per / 2];
  });
}

/** Half-axes and tilt of an ellipse of radius 1 in pixels. @param {Mixture} flat on two axes @param {number} k @param {Scale} scale */
export function axesOf(flat, k, scale) {
  const [xx, xy, , yy] = flat.covariances.subarray(4 * k, 4 * k + 4);
  const a = xx * scale.perX ** 2;
  const b = -xy * scale.perX * scale.perY; // pixels count downwards
  const c = yy * scale.perY ** 2;
  const middle = (a + c) / 2;
  const away = Math.hypot((a - c) / 2, b);
  return {
    long: Math.sqrt(Math.max(middle + away, 0)),
    short: Math.sqrt(Math.max(middle - away, 0)),
    angle: away === 0 ? 0 : Math.atan2(2 * b, a - c) / 2,
  };
}

/** Round places for numbers on an axis: about so many, each a multiple of 1, 2, 2.5 or 5 times a power of ten.
 * @param {number} low @param {number} high @param {number} most
 */
export function ticks(low, high, most) {
  const raw = (high - low) / Math.max(most, 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 2.5, 5, 10].find((nice) => nice * power >= raw * (1 - 1e-9)) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.max(Math.floor(high / step + 1e-9) - first + 1, 0);
  const decimals = Math.max(0, Math.min(12, -Math.floor(Math.log10(step)) + Number(step / power === 2.5)));
  return Array.from({ length: Math.min(count, 50) }, (_, i) => ({ at: (first + i) * step, text: numeral((first + i) * step, decimals, step) }));
}

/** @param {number} value @param {number} decimals @param {number} [step] @returns {string} with a minus sign, thousands apart */
export function numeral(value, decimals, step = 1) {
  if (Math.abs(value) >= 1e7 || (value !== 0 && step < 1e-5)) return value.toExponential(2).replace(/\.?0+e/, "e").replaceAll("-", "−");
  const [whole, rest] = Math.abs(value).toFixed(decimals).split(".");
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const text = rest === undefined ? apart : `${apart}.${rest}`;
  return value < 0 && Number(text.replaceAll(",", "")) !== 0 ? `−${text}` : text;
}

/** @param {number} value @returns {string} with four digits, for sentences and tables */
export function short(value) {
  if (value === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(value)));
  if (size >= 7 || size < -4) return value.toExponential(3).replaceAll("-", "−");
  return numeral(value, Math.max(0, 3 - size));
}

/** A mixture on the way from one to the other, as in the film: covariances change evenly in standard deviations.
 * @param {Mixture} a @param {Mixture} b on one or two axes @param {number} t from 0 to 1 @returns {Mixture}
 */
export function between(a, b, t) {
  if (t <= 0 || a.weights.length !== b.weights.length || a.D !== b.D) return t <= 0 ? a : b;
  if (t >= 1) return b;
  const { D } = a;
  /** @param {Float64Array} u @param {Float64Array} v */
  const mixed = (u, v) => u.map((x, i) => (1 - t) * x + t * v[i]);
  const covariances = new Float64Array(b.covariances.length);
  for (let k = 0; k < a.weights.length; k += 1) {
    const from = a.covariances.subarray(k * D * D, (k + 1) * D * D);
    const to = b.covariances.subarray(k * D * D, (k + 1) * D * D);
    covariances.set(D === 1 ? [((1 - t) * Math.sqrt(from[0]) + t * Math.sqrt(to[0])) ** 2] : halfway(from, to, t), k * D * D);
  }
  return { D, weights: mixed(a.weights, b.weights), means: mixed(a.means, b.means), covariances };
}

/** @param {Float64Array} a @param {Float64Array} b 2 x 2 @param {number} t */
function halfway(a, b, t) {
  const p = Math.sqrt(a[0]);
  const q = a[1] / p;
  const r = Math.sqrt(Math.max(a[3] - q * q, 1e-300));
  // W = L^-1 B L^-T, where a's component is a unit circle; its eigenvectors are the half-axes of b's.
  const w0 = b[0] / (p * p);
  const w1 = (b[1] / p - q * w0) / r;
  const w3 = (b[3] - 2 * q * (b[1] / p) + q * q * w0) / (r * r);
  const away = Math.hypot((w0 - w3) / 2, w1);
  const angle = away === 0 ? 0 : Math.atan2(2 * w1, w0 - w3) / 2;
  const along = 1 - t + t * Math.sqrt(Math.max((w0 + w3) / 2 + away, 0));
  const across = 1 - t + t * Math.sqrt(Math.max((w0 + w3) / 2 - away, 0));
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const m = [p * c * along, -p * s * across, (q * c + r * s) * along, (r * c - q * s) * across];
  const xy = m[0] * m[2] + m[1] * m[3];
  return [m[0] ** 2 + m[1] ** 2, xy, xy, m[2] ** 2 + m[3] ** 2];
}
