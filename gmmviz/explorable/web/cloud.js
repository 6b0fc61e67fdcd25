// The points, on a canvas: hollow until they are asked, then in the blended colors of their responsibilities.

/** @import { Theme } from "./colors.js" */
/** @import { Scale } from "./view.js" */

const MANY = 3000; // points, from which on they are stamped pixel by pixel
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
    stamped(context, places, scale, radius * density, density, opaque, (i) => colors && coloring > 0 ? mix(colors, i, coloring, theme) : theme.unknown);
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

/** @param {Uint8ClampedArray} colors @param {number} i @param {number} share @param {Theme} theme @returns {string} */
function mix(colors, i, share, theme) {
  const part = [0, 1, 2].map((c) => {
    const from = parseInt(theme.unknown.slice(1 + 2 * c, 3 + 2 * c), 16);
    return Math.round(from + share * (colors[3 * i + c] - from)).toString(16).padStart(2, "0");
  });
  return `#${part.join("")}`;
}

/**
 * Discs set into the canvas's own pixels: twenty thousand in a few milliseconds.
 * @param {CanvasRenderingContext2D} context @param {ArrayLike<number>} places @param {Scale} scale @param {number} radius
 * @param {number} density @param {number} opaque @param {(i: number) => string} colorOf
 */
function stamped(context, places, scale, radius, density, opaque, colorOf) {
  const { width, height } = context.canvas;
  const image = context.getImageData(0, 0, width, height);
  const { data } = image;
  const reach = Math.ceil(radius);
  for (let i = 0; i < places.length / 2; i += 1) {
    const [x, y] = [scale.x(places[2 * i]) * density, scale.y(places[2 * i + 1]) * density];
    const color = Number.parseInt(colorOf(i).slice(1), 16);
    const [cx, cy] = [Math.round(x), Math.round(y)];
    for (let dy = -reach; dy <= reach; dy += 1)
      for (let dx = -reach; dx <= reach; dx += 1) {
        const cover = Math.min(1, radius + 0.5 - Math.hypot(cx + dx - x, cy + dy - y)) * opaque;
        const [px, py] = [cx + dx, cy + dy];
        if (cover <= 0 || px < 0 || py < 0 || px >= width || py >= height) continue;
        const at = 4 * (py * width + px);
        const below = data[at + 3] / 255;
        const alpha = cover + below * (1 - cover);
        for (let c = 0; c < 3; c += 1) data[at + c] = (((color >> (16 - 8 * c)) & 255) * cover + data[at + c] * below * (1 - cover)) / alpha;
        data[at + 3] = 255 * alpha;
      }
  }
  context.putImageData(image, 0, 0);
}
