// The points, on a canvas: hollow until they are asked, then in the blended colors of their responsibilities.

/** @import { Theme } from "./colors.js" */
/** @import { Scale } from "./view.js" */

const MANY = 3000; // points, from which on they are stamped pixel by pixel
const PLACES = 4; // of a disc's middle within a pixel, in each direction
const SMALLEST_RING = 1.8; // pixels of radius from which on a ring is seen to be hollow

/** Radius in pixels of a point among so many, in a panel of this height. @param {number} n @param {number} height */
export function radiusOf(n, height) {
  return Math.min(Math.max(5.5 * (400 / n) ** 0.25, 1), 5.5) * Math.min(Math.max(height / 560, 0.7), 1.1);
}

/**
 * @param {CanvasRenderingContext2D} context whose pixels are those of the scale times `density`
 * @param {ArrayLike<number>} places on the axes, N x 2
 * @param {Scale} scale
 * @param {{colors: Uint8ClampedArray | null, coloring: number, theme: Theme, density: number, marked: number, alpha: number}} how
 */
export function drawPoints(context, places, scale, { colors, coloring, theme, density, marked, alpha }) {
  const n = places.length / 2;
  const radius = radiusOf(n, scale.box.height);
  const opaque = alpha * Math.min(0.85, Math.max(0.25, 60 / Math.sqrt(n)));
  context.setTransform(density, 0, 0, density, 0, 0);
  if (n > MANY) {
    const unknown = packedInk(theme.unknown);
    stamped(context, places, scale, radius * density, density, opaque, (i) => (colors && coloring > 0 ? inkOf(colors, i, coloring, unknown) : unknown));
  } else {
    const hollow = radius >= SMALLEST_RING;
    for (let i = 0; i < n; i += 1) {
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
    context.arc(scale.x(places[2 * marked]), scale.y(places[2 * marked + 1]), radius + 4, 0, 7);
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
 * @param {CanvasRenderingContext2D} context @param {ArrayLike<number>} places @param {Scale} scale @param {number} radius
 * @param {number} density @param {number} opaque @param {(i: number) => number} inkAt of each point
 */
function stamped(context, places, scale, radius, density, opaque, inkAt) {
  const { width, height } = context.canvas;
  const image = context.createImageData(width, height);
  const { data } = image;
  const reach = Math.ceil(radius) + 1;
  const side = 2 * reach + 1;
  const covers = stamps(radius, reach);
  for (let i = 0; i < places.length / 2; i += 1) {
    const [x, y] = [scale.x(places[2 * i]) * density, scale.y(places[2 * i + 1]) * density];
    const [cx, cy] = [Math.round(x), Math.round(y)];
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
