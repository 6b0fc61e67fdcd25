// What the page tells the notebook around it.

/** @import { Explorer } from "./explorer.js" */
/** @import { Mixture } from "./em.js" */

const PAUSE = 150; // milliseconds between two messages, while something is dragged

/** @param {Mixture} mixture */
const plainly = ({ weights, means, covariances }) => ({ weights: Array.from(weights), means: Array.from(means), covariances: Array.from(covariances) });

/** Tell the window around this one what is shown, whenever that changes. @param {Explorer} explorer */
export function tellParent(explorer) {
  if (window.parent === window) return;
  let waiting = 0;
  explorer.watchers.push(() => {
    waiting ||= window.setTimeout(() => {
      waiting = 0;
      const { session } = explorer;
      const { choice, points, origin, iteration } = session.now;
      const own = points.scenes ? null : { values: Array.from(points.values), names: points.names, weights: points.weights && Array.from(points.weights), file: points.file };
      const state = { choice, iteration, origin: plainly(origin), mixture: plainly(session.mixture()), points: own };
      window.parent.postMessage({ gmmviz: "explorable", state }, "*");
    }, PAUSE);
  });
}
