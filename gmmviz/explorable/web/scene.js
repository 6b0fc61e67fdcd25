// What is seen, as a scene file of gmmviz that gives the same run.

/** @import { Session } from "./session.js" */

/** The tables that Python writes: before the model, the data, and after the model. @typedef {{head: string, data: string, tail: string}} SceneParts */

const LARGEST = 250_000; // bytes of a scene file, unless a limit is raised

/** @param {number} value @returns {string} as TOML reads it, to the last digit */
export function number(value) {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toFixed(1);
  return String(value);
}

/** @param {ArrayLike<number>} values */
export const row = (values) => `[${Array.from(values, number).join(", ")}]`;

/** @param {string} text @returns {string} a TOML text */
export const quoted = (text) => JSON.stringify(text).replaceAll("\u007f", "\\u007f");

/** @param {Session} session @param {SceneParts} parts @param {string} words of the comment that it begins with */
export function sceneOf(session, parts, words) {
  const { now, model } = session;
  const { choice, points, origin } = now;
  const { K } = choice;
  const { D } = points;
  const { ends } = model;
  const tables = [points.scenes && parts.data ? parts.data : inline(session)];
  const stop = now.over ? [`max_iter = ${now.iteration}`, "tol = 0"] : [`max_iter = ${ends.maxIter}`, `tol = ${number(ends.tol)}`];
  const round = choice.algorithm === "kmeans" ? [] : [`covariance_type = ${quoted(choice.family)}`];
  const ridge = choice.ridge === "auto" ? quoted("auto") : number(choice.ridge);
  tables.push(["[model]", `components = ${K}`, ...round, `algorithm = ${quoted(choice.algorithm)}`, `reg_covar = ${ridge}`, ...stop, `stop_on = ${quoted(ends.stopOn)}`, ""].join("\n"));
  const means = Array.from({ length: K }, (_, k) => `    ${row(origin.means.subarray(k * D, (k + 1) * D))},\n`).join("");
  const covariances = Array.from({ length: K }, (_, k) => {
    const rows = Array.from({ length: D }, (_, i) => row(origin.covariances.subarray((k * D + i) * D, (k * D + i + 1) * D)));
    return `    [${rows.join(", ")}],\n`;
  }).join("");
  tables.push(`[model.start]\nkind = "given"\nweights = ${row(origin.weights)}\nmeans = [\n${means}]\ncovariances = [\n${covariances}]\n`);
  if (!points.file) tables.push(parts.tail);
  const text = [parts.head, ...tables].filter(Boolean).join("\n");
  const large = text.length > LARGEST ? `# gmmviz render --limit file_size=${Math.ceil(text.length / 1e5) * 1e5 + 1e5}\n` : "";
  return `# ${words.replaceAll("\n", " ")}\n${large}${text}`;
}

/** The points themselves, where they are others than the scene's. @param {Session} session */
function inline({ now: { points } }) {
  const rows = Array.from({ length: points.N }, (_, n) => `    ${row(points.at(n))},\n`).join("");
  const weights = points.weights ? `weights = ${row(points.weights)}\n` : "";
  const name = points.file ? `name = ${quoted(points.file)}\n` : "";
  return `[data]\ndataset = "points"\n${name}features = [${points.names.map(quoted).join(", ")}]\n${weights}points = [\n${rows}]\n`;
}
