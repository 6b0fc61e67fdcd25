// The coordinates in which EM computes: where the data's middle is, and how wide they are.

const EPS = 2 ** -52;

/**
 * The data's mean; powers of two near the standard deviations (1 for a constant feature); the variances inside.
 * @param {Float64Array} points @param {number} D @param {Float64Array | null} weights
 */
export function measured(points, D, weights) {
  const N = points.length / D;
  const center = new Float64Array(D);
  const scale = new Float64Array(D).fill(1);
  const variances = new Float64Array(D);
  for (let d = 0; d < D; d += 1) {
    const first = points[d];
    let [sum, whole, reach] = [0, 0, 0];
    for (let n = 0; n < N; n += 1) {
      const often = weights ? weights[n] : 1;
      if (often === 0) continue;
      const away = points[n * D + d] - first;
      sum += often * away;
      whole += often;
      reach = Math.max(reach, Math.abs(away));
    }
    center[d] = first + sum / whole;
    const coarse = powerOfTwo(reach);
    let squares = 0;
    for (let n = 0; n < N; n += 1) squares += (weights ? weights[n] : 1) * ((points[n * D + d] - center[d]) / coarse) ** 2;
    const deviation = Math.sqrt(squares / whole);
    // A constant feature has a deviation too, of a few rounding errors.
    if (deviation * coarse > 4 * EPS * Math.abs(center[d])) {
      const fine = powerOfTwo(deviation);
      scale[d] = coarse * fine;
      variances[d] = (deviation / fine) ** 2;
    }
  }
  return { center, scale, variances };
}

/** @param {number} value @returns {number} the power of two just above it; 1 for 0 */
function powerOfTwo(value) {
  if (!(value > 0)) return 1;
  let exponent = Math.floor(Math.log2(value)) + 1;
  if (2 ** (exponent - 1) > value) exponent -= 1;
  if (2 ** exponent <= value) exponent += 1;
  return 2 ** Math.min(Math.max(exponent, -1000), 1000);
}
