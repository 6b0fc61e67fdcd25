// Colors of points: hues blended by responsibility in OKLab, where in-between colors stay clean (Ottosson 2020).

/**
 * @typedef {{background: string, panel: string, text: string, muted: string, grid: string, unknown: string,
 *     outline: string, accent: string, palette: string[], inks: string[], dark: boolean}} Theme
 */

const STEPS = 4095; // of light, in the table from light to bytes
const BYTES = Uint8Array.from({ length: STEPS + 1 }, (_, i) => {
  const light = i / STEPS;
  return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
});

/** @param {string} color as #rrggbb @returns {number[]} cube roots of the cones' responses, in which OKLab is linear */
export function roots(color) {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const srgb = parseInt(color.slice(i, i + 2), 16) / 255;
    return srgb <= 0.04045 ? srgb / 12.92 : ((srgb + 0.055) / 1.055) ** 2.4;
  });
  return [
    Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b),
    Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b),
    Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b),
  ];
}

/** @param {number} l @param {number} m @param {number} s roots @param {Uint8ClampedArray} to @param {number} at where the bytes go */
function bytes(l, m, s, to, at) {
  const [L, M, S] = [l * l * l, m * m * m, s * s * s];
  const r = 4.0767416621 * L - 3.3077115913 * M + 0.2309699292 * S;
  const g = -1.2684380046 * L + 2.6097574011 * M - 0.3413193965 * S;
  const b = -0.0041960863 * L - 0.7034186147 * M + 1.707614701 * S;
  to[at] = BYTES[Math.round(STEPS * Math.min(Math.max(r, 0), 1))];
  to[at + 1] = BYTES[Math.round(STEPS * Math.min(Math.max(g, 0), 1))];
  to[at + 2] = BYTES[Math.round(STEPS * Math.min(Math.max(b, 0), 1))];
}

/**
 * @param {Float64Array} responsibilities N x K
 * @param {string[]} palette
 * @param {number} K
 * @returns {Uint8ClampedArray} N x 3
 */
export function blended(responsibilities, palette, K) {
  const hues = palette.slice(0, K).map(roots);
  const N = responsibilities.length / K;
  const colors = new Uint8ClampedArray(3 * N);
  for (let n = 0; n < N; n += 1) {
    let [l, m, s] = [0, 0, 0];
    for (let k = 0; k < K; k += 1) {
      const share = responsibilities[n * K + k];
      if (share === 0) continue;
      l += share * hues[k][0];
      m += share * hues[k][1];
      s += share * hues[k][2];
    }
    bytes(l, m, s, colors, 3 * n);
  }
  return colors;
}

/** @param {string} one @param {string} other as #rrggbb @param {number} share of the other @returns {string} */
export function mixed(one, other, share) {
  const part = [1, 3, 5].map((i) => {
    const [a, b] = [one, other].map((color) => parseInt(color.slice(i, i + 2), 16));
    return Math.round(a + share * (b - a)).toString(16).padStart(2, "0");
  });
  return `#${part.join("")}`;
}

/** @param {number} weight @returns {number} how opaque a component's marks are: faint where its weight is little */
export function opacity(weight) {
  return weight > 0 ? 0.45 + 0.55 * Math.min(1, 2.5 * weight) : 0.3;
}
