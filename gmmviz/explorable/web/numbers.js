// The mixture in numbers, each in a field of its own: what can be dragged can be typed, too.

import { correlation, withCorrelation, withDeviation, withMean, withWeight } from "./shape.js";

/** @import { Mixture } from "./em.js" */
/** @import { Explorer } from "./explorer.js" */

const ROUNDING = 1e-12; // a correlation below this is none

/** A column of the table: what it shows of a component, and the mixture in which that is another number.
 * @typedef {{head: string, label: string, least: number, most: number, of: (m: Mixture, k: number) => number,
 *     with: (m: Mixture, k: number, value: number) => Mixture, fixed: boolean}} Column
 */

export class Numbers {
  /** @param {HTMLTableElement} table @param {Explorer} explorer */
  constructor(table, explorer) {
    this.table = table;
    this.explorer = explorer;
    this.kind = "";
    /** @type {Column[]} */
    this.columns = [];
    table.addEventListener("change", (event) => this.typed(/** @type {HTMLInputElement} */ (event.target)));
  }

  /** @returns {Column[]} */
  columnsFor() {
    const { texts, session, plane, locked } = this.explorer;
    const { choice, points } = session.now;
    const { family, algorithm } = choice;
    const sphere = algorithm === "kmeans";
    const fixed = locked.call(this.explorer, "mixture");
    const { D, names } = points;
    /** @type {Column[]} */
    const columns = [{ head: texts.say("explore_weight"), label: texts.say("explore_weight"), least: 0, most: 1, of: (m, k) => m.weights[k], with: withWeight, fixed: fixed || sphere || choice.K === 1 }];
    for (let d = 0; d < D; d += 1) columns.push({ head: names[d], label: texts.say("explore_mean_of", { feature: names[d] }), least: -Infinity, most: Infinity, of: (m, k) => m.means[k * D + d], with: (m, k, v) => withMean(m, k, d, v), fixed });
    for (let d = 0; d < D; d += 1) columns.push({ head: D === 1 ? texts.say("explore_deviation") : texts.say("explore_deviation_short", { feature: names[d] }), label: texts.say("explore_deviation_of", { feature: names[d] }), least: 0, most: Infinity, of: (m, k) => Math.sqrt(m.covariances[(k * D + d) * D + d]), with: (m, k, v) => withDeviation(m, k, d, v, family), fixed: fixed || sphere });
    // Of more features, those on the axes: the deviations alone would leave no number to type for a tilt.
    const between = [texts.say("explore_correlation"), ...(D > 2 ? [plane.view.panel.names.join(", ")] : [])].join(": ");
    if (plane.view.d === 2) columns.push({ head: texts.say("explore_correlation"), label: between, least: -0.999, most: 0.999, of: (m, k) => tidy(correlation(m, plane.view, k)), with: (m, k, v) => withCorrelation(m, plane.view, k, v, family), fixed: fixed || sphere || family === "diag" || family === "spherical" });
    return columns;
  }

  /** Show the mixture of now; what is being typed stays. */
  show() {
    const { session, texts } = this.explorer;
    const { choice, points } = session.now;
    const kind = [choice.K, choice.family, choice.algorithm, points.names.join()].join("/");
    if (kind !== this.kind) this.build(choice.K);
    this.kind = kind;
    const mixture = session.mixture();
    for (const input of this.table.querySelectorAll("input")) {
      const [k, c] = [Number(input.dataset.k), Number(input.dataset.c)];
      const value = this.columns[c].of(mixture, k);
      input.setAttribute("aria-label", texts.say("explore_field", { component: k + 1, what: this.columns[c].label }));
      if (document.activeElement !== input || input.dataset.typed !== input.value) input.value = typedAs(value);
    }
  }

  /** @param {number} K */
  build(K) {
    const { texts, look } = this.explorer;
    this.columns = this.columnsFor();
    const head = document.createElement("tr");
    for (const text of [texts.say("explore_component"), ...this.columns.map((column) => column.head)]) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = text;
      head.append(cell);
    }
    const rows = Array.from({ length: K }, (_, k) => {
      const tr = document.createElement("tr");
      const th = document.createElement("th");
      th.scope = "row";
      const badge = document.createElement("span");
      badge.className = "number";
      badge.textContent = String(k + 1);
      badge.style.background = look.theme.palette[k];
      badge.style.color = look.theme.inks[k];
      th.append(badge);
      tr.append(th);
      for (const [c, column] of this.columns.entries()) {
        const cell = document.createElement("td");
        const input = document.createElement("input");
        Object.assign(input.dataset, { k: String(k), c: String(c) });
        input.inputMode = "decimal";
        input.autocomplete = "off";
        input.readOnly = column.fixed;
        cell.append(input);
        tr.append(cell);
      }
      return tr;
    });
    this.table.tHead?.replaceChildren(head);
    this.table.tBodies[0].replaceChildren(...rows);
  }

  /** @param {HTMLInputElement} input */
  typed(input) {
    const { explorer } = this;
    const { session, texts } = explorer;
    const [k, c] = [Number(input.dataset.k), Number(input.dataset.c)];
    const column = this.columns[c];
    const value = Number(input.value.trim().replace("−", "-").replace(",", "."));
    const right = input.value.trim() !== "" && Number.isFinite(value) && value >= column.least && value <= column.most && !(column.least === 0 && c > 0 && value === 0);
    if (!right) {
      const say = column.least === 0 && column.most === 1 ? "explore_not_weight" : column.least === 0 ? "explore_not_positive" : column.most < 1 ? "explore_not_correlation" : "explore_not_number";
      explorer.tell(texts.say(say, { text: input.value }));
    } else if (!column.fixed) {
      explorer.rest();
      explorer.change(column.with(session.mixture(), k, value), texts.say("explore_moved", { component: k + 1 }));
    }
    input.value = typedAs(column.of(session.mixture(), k));
  }
}

/** A number without what is rounding. @param {number} value of the size 1 @returns {number} */
function tidy(value) {
  return Math.abs(value) < ROUNDING ? 0 : value;
}

/** @param {number} value @returns {string} */
function typedAs(value) {
  return String(Number(value.toPrecision(5)));
}
