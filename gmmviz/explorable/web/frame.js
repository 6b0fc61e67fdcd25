// The axes of a panel: grid, numbers, names.

import { make } from "./svg.js";
import { ticks } from "./view.js";

/** @import { Theme } from "./colors.js" */
/** @import { Box, Scale } from "./view.js" */

const DIGIT = 7.6; // pixels of a digit, of 14 pixels of height

/** About how many numbers stand on y of a panel so high. @param {number} height */
const rows = (height) => Math.max((height - 68) / 48, 4);

/**
 * Room for numbers and names around a panel of so many pixels.
 * @param {number} width @param {number} height @param {number[]} limits of y @param {boolean} [named] whether y has a name
 * @returns {Box}
 */
export function boxOf(width, height, [low, high], named = true) {
  const longest = Math.max(0, ...ticks(low, high, rows(height)).map(({ text }) => text.length));
  return { left: 14 + DIGIT * Math.max(longest, 2) + (named ? 26 : 0), right: 14, top: 12, bottom: 56, width, height };
}

/**
 * @param {SVGElement} layer whose content it replaces
 * @param {Scale} scale
 * @param {Theme} theme
 * @param {{x?: string, y?: string, from?: number, wholeX?: boolean}} names of the axes; where the numbers of y begin
 */
export function drawFrame(layer, scale, theme, { x = "", y = "", from = -Infinity, wholeX = false }) {
  layer.replaceChildren();
  const { left, right, top, bottom, width, height } = scale.box;
  const [[x0, x1], [y0, y1]] = scale.limits;
  const base = height - bottom;
  const words = { fill: theme.muted, "font-size": 14 };
  const floor = Math.max(y0, from);
  for (const tick of ticks(x0, x1, (width - left - right) / 90)) {
    if (wholeX && !Number.isInteger(tick.at)) continue;
    const at = scale.x(tick.at);
    make("line", { x1: at, x2: at, y1: top, y2: base, stroke: theme.grid }, layer);
    make("text", { ...words, x: at, y: base + 20, "text-anchor": "middle" }, layer, tick.text);
  }
  for (const tick of ticks(floor, y1, rows(height))) {
    const at = scale.y(tick.at);
    make("line", { x1: left, x2: width - right, y1: at, y2: at, stroke: theme.grid }, layer);
    make("text", { ...words, x: left - 8, y: at + 5, "text-anchor": "end" }, layer, tick.text);
  }
  const ground = from > -Infinity ? scale.y(floor) : base;
  make("path", { d: `M${left} ${top}V${ground}H${width - right}`, fill: "none", stroke: theme.muted }, layer);
  const name = { fill: theme.text, "font-size": 15, "text-anchor": "middle" };
  make("text", { ...name, x: (left + width - right) / 2, y: height - 8 }, layer, x);
  make("text", { ...name, transform: `translate(16 ${(top + base) / 2}) rotate(-90)` }, layer, y);
}
