// The points, on a canvas: hollow until they are asked, then in the blended colors of their responsibilities.

/** @import { Theme } from "./colors.js" */
/** @import { Scale } from "./view.js" */

const MANY = 3000; // points, from which on they are stamped pixel by pixel
const PLACES = 4; // of a disc's middle within a pixel, in each direction
const [LEAST, MOST, CLASSES] = [0.45, 3, 8]; // radii for weights, by that of an average point; of how many sizes
const ALIKE = 1.02; // ratio of weights below which all points are of one size
const SMALLEST_RING = 1.8; // pixels of radius from which on a ring is seen to be hollow

/** Sizes of points: radii by that of an average one, and which of them each point has. @typedef {{radii: number[], classes: Uint8Array}} Sizes */

/**
 * Sizes for weights, as the film has them: areas in proportion, but for very small and very large ones.
 * @param {Float64Array | null} weights @returns {Sizes | null} null if all points are alike
 */
export function sizesOf(weights) {
  const counting = (weights ?? []).filter((weight) => weight > 0);
  if (!weights || !counting.length) return null;
  let [low, high, sum] = [Infinity, 0, 0];
  for (const weight of counting) [low, high, sum] = [Math.min(low, weight), Math.max(high, weight), sum + weight];
  if (high <= ALIKE * low && counting.length === weights.length) return null;
  const own = Array.from(weights, (weight) => Math.min(Math.max(Math.sqrt((weight * counting.length) / sum), LEAST), MOST));
  const [from, to] = own.reduce(([a, b], radius) => [Math.min(a, radius), Math.max(b, radius)], [Infinity, 0]);
  const radii = Array.from({ length: to > from ? CLASSES : 1 }, (_, c) => from * (to / from) ** (c / (CLASSES - 1)));
  const classes = Uint8Array.from(own, (radius) => Math.round(((CLASSES - 1) * Math.log(radius / from)) / Math.log(to / from)) || 0);
  return { radii, classes };
}

/** Radius in pixels of a point among so many, in a panel of this height. @param {number} n @param {number} height */
export function radiusOf(n, height) {
  return Math.min(Math.max(5.5 * (400 / n) ** 0.25, 1), 5.5) * Math.min(Math.max(height / 560, 0.7), 1.1);
}

/**
 * @param {CanvasRenderingContext2D} context whose pixels are those of the scale times `density`
 * @param {ArrayLike<number>} places on the axes, N x 2
 * @param {Scale} scale
 * @param {{colors: Uint8ClampedArray | null, coloring: number, theme: Theme, density: number, marked: number, alpha: number, sizes: Sizes | null}} how
 */
export function drawPoints(context, places, scale, { colors, coloring, theme, density, marked, alpha, sizes }) {
  const n = places.length / 2;
  const usual = radiusOf(n, scale.box.height);
  const radii = (sizes?.radii ?? [1]).map((size) => size * usual);
  const classes = sizes?.classes ?? new Uint8Array(n);
  const opaque = alpha * Math.min(0.85, Math.max(0.25, 60 / Math.sqrt(n)));
  context.setTransform(density, 0, 0, density, 0, 0);
  if (n > MANY) {
    const unknown = packedInk(theme.unknown);
    stamped(context, places, scale, radii.map((radius) => radius * density), classes, density, opaque, (i) => (colors && coloring > 0 ? inkOf(colors, i, coloring, unknown) : unknown));
  } else {
    const hollow = usual >= SMALLEST_RING;
    for (let i = 0; i < n; i += 1) {
      const radius = radii[classes[i]];
      const [x, y] = [scale.x(places[2 * i]), scale.y(places[2 * i + 1])];
      if (hollow && (!colors || coloring < 1)) {
        context.globalAlpha = opaque * (colors ? 1 - coloring : 1);
        context.beginPath();
        context.arc(x, y, radius * 0.85, 0, 7);
        context.lineWidth = radius * 0.3;
        context.strokeStyle = theme.muted;
        context.stroke();
      }
      if (!hollow || (colors && coloring > 0)) {
        context.globalAlpha = opaque * (hollow ? coloring : 1);
        context.beginPath();
        context.arc(x, y, radius, 0, 7);
        context.fillStyle = colors ? `rgb(${colors[3 * i]} ${colors[3 * i + 1]} ${colors[3 * i + 2]})` : theme.unknown;
        context.fill();
        context.lineWidth = 0.8;
        context.strokeStyle = theme.outline;
        context.stroke();
      }
    }
  }
  context.globalAlpha = 1;
  if (marked >= 0 && marked < n) {
    context.beginPath();
    context.arc(scale.x(places[2 * marked]), scale.y(places[2 * marked + 1]), radii[classes[marked]] + 4, 0, 7);
    context.lineWidth = 2.5;
    context.strokeStyle = theme.text;
    context.stroke();
  }
}

/** @param {string} color as #rrggbb @returns {number} */
const packedInk = (color) => Number.parseInt(color.slice(1), 16);

/** @param {Uint8ClampedArray} colors @param {number} i @param {number} share of them @param {number} unknown an ink @returns {number} an ink */
function inkOf(colors, i, share, unknown) {
  let ink = 0;
  for (let c = 0; c < 3; c += 1) {
    const from = (unknown >> (16 - 8 * c)) & 255;
    ink = (ink << 8) | Math.round(from + share * (colors[3 * i + c] - from));
  }
  return ink;
}

/**
 * A disc's cover of the pixels around it, for each place of its middle within a pixel.
 * @param {number} radius @param {number} reach @returns {Float32Array[]}
 */
function stamps(radius, reach) {
  return Array.from({ length: PLACES ** 2 }, (_, place) => {
    const [x, y] = [(place % PLACES) / PLACES - 0.5, Math.floor(place / PLACES) / PLACES - 0.5];
    return Float32Array.from({ length: (2 * reach + 1) ** 2 }, (_, i) => {
      const away = Math.hypot((i % (2 * reach + 1)) - reach - x, Math.floor(i / (2 * reach + 1)) - reach - y);
      return Math.min(1, Math.max(0, radius + 0.5 - away));
    });
  });
}

/**
 * Discs set into the canvas's own pixels: twenty thousand in a few milliseconds.
 * @param {CanvasRenderingContext2D} context @param {ArrayLike<number>} places @param {Scale} scale
 * @param {number[]} radii @param {Uint8Array} classes of the points @param {number} density @param {number} opaque @param {(i: number) => number} inkAt of each point
 */
function stamped(context, places, scale, radii, classes, density, opaque, inkAt) {
  const { width, height } = context.canvas;
  const image = context.createImageData(width, height);
  const { data } = image;
  const kinds = radii.map((radius) => ({ reach: Math.ceil(radius) + 1, covers: stamps(radius, Math.ceil(radius) + 1) }));
  for (let i = 0; i < places.length / 2; i += 1) {
    const [x, y] = [scale.x(places[2 * i]) * density, scale.y(places[2 * i + 1]) * density];
    const [cx, cy] = [Math.round(x), Math.round(y)];
    const { reach, covers } = kinds[classes[i]];
    const side = 2 * reach + 1;
    if (cx < reach || cy < reach || cx >= width - reach || cy >= height - reach) continue;
    const cover = covers[Math.min(Math.floor((y - cy + 0.5) * PLACES), PLACES - 1) * PLACES + Math.min(Math.floor((x - cx + 0.5) * PLACES), PLACES - 1)];
    const ink = inkAt(i);
    const [r, g, b] = [ink >> 16, (ink >> 8) & 255, ink & 255];
    for (let dy = 0; dy < side; dy += 1) {
      let at = 4 * ((cy + dy - reach) * width + cx - reach);
      for (let dx = 0; dx < side; dx += 1, at += 4) {
        const over = cover[dy * side + dx] * opaque;
        if (over === 0) continue;
        const below = (data[at + 3] / 255) * (1 - over);
        const alpha = over + below;
        data[at] = (r * over + data[at] * below) / alpha;
        data[at + 1] = (g * over + data[at + 1] * below) / alpha;
        data[at + 2] = (b * over + data[at + 2] * below) / alpha;
        data[at + 3] = 255 * alpha;
      }
    }
  }
  context.putImageData(image, 0, 0);
}
