// Where a film is: its steps by time, by kind and by name.

/**
 * A step of the film: milliseconds at which it begins, ends and shows its last picture.
 * @typedef {{id: string, phase: string, iteration: number, begins: number, ends: number, shows: number}} Step
 */

/**
 * @param {readonly {begins: number}[]} parts in the film's order
 * @param {number} time in milliseconds
 * @returns {number} which of them is shown then
 */
export function at(parts, time) {
  return Math.max(0, parts.findLastIndex((part) => part.begins <= time));
}

/**
 * @param {readonly Step[]} steps
 * @param {number} after the number of a step
 * @param {string} phase such as "e"
 * @returns {number} the next step of that kind, or -1
 */
export function nextOf(steps, after, phase) {
  return steps.findIndex((step, i) => i > after && step.phase === phase);
}

/**
 * @param {readonly Step[]} steps
 * @param {string} hash of an address, such as "#M3"
 * @returns {number} the step of that name, or the fast motion that holds it, or -1
 */
export function named(steps, hash) {
  const name = hash.slice(1).toLowerCase();
  const found = steps.findIndex((step) => step.id.toLowerCase() === name);
  const iteration = /^[em](\d+)$/.exec(name)?.[1];
  if (found >= 0 || iteration === undefined) return found;
  const next = steps.findIndex((step) => step.iteration >= Number(iteration) && step.phase !== "start");
  return steps[next]?.phase === "fast" ? next : -1;
}
