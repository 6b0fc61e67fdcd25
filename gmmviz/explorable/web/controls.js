// Buttons, choices and keys.

/** @import { Explorer } from "./explorer.js" */
/** @import { Choice } from "./session.js" */

/** The choices: their names in the page, in a session, and in a scene's [explore]. @type {[string, keyof Choice, string][]} */
const CHOICES = [
  ["components", "K", "components"],
  ["start", "kind", "start"],
  ["seed", "seed", "seed"],
  ["family", "family", "covariance_type"],
  ["algorithm", "algorithm", "algorithm"],
];

/** @param {Explorer} explorer @param {string} name @returns {HTMLButtonElement} */
export function button(explorer, name) {
  return /** @type {HTMLButtonElement} */ (explorer.find(`button[name=${name}]`));
}

/** Let a button do something; while it cannot, it says so, and keeps the focus.
 * @param {Explorer} explorer @param {string} name @param {() => void} what
 */
export function press(explorer, name, what) {
  button(explorer, name).addEventListener("click", what);
}

/** @param {Explorer} explorer */
export function control(explorer) {
  const { session, texts } = explorer;
  press(explorer, "e", () => {
    explorer.rest();
    explorer.press("e");
  });
  press(explorer, "m", () => {
    explorer.rest();
    explorer.press("m");
  });
  press(explorer, "run", () => explorer.run());
  press(explorer, "back", () => {
    explorer.rest();
    if (session.steps) explorer.act(() => session.back());
    else explorer.tell(texts.say("explore_no_step"));
  });
  press(explorer, "undo", () => undo(explorer));
  press(explorer, "again", () => {
    explorer.rest();
    explorer.act(() => session.begin(session.now.choice, session.now.points));
  });
  for (const [name, key] of CHOICES) {
    const select = selectOf(explorer, name);
    select.addEventListener("change", () => {
      explorer.rest();
      const value = key === "K" || key === "seed" ? Number(select.value) : select.value;
      explorer.act(() => session.choose({ [key]: value }));
    });
  }
  const ridge = ridgeOf(explorer);
  ridge.addEventListener("change", () => {
    explorer.rest();
    const text = ridge.value.trim().replace(",", ".");
    const value = text === "" || text === "auto" ? "auto" : Number(text);
    if (value !== "auto" && !(value >= 0 && Number.isFinite(value))) explorer.tell(texts.say("explore_not_ridge", { text: ridge.value }));
    else explorer.act(() => session.choose({ ridge: value }));
    ridge.value = String(session.now.choice.ridge);
  });
  explorer.root.addEventListener("keydown", (event) => keys(explorer, event));
  explorer.watchers.push(() => showChoices(explorer));
}

/** @param {Explorer} explorer @param {string} name @returns {HTMLSelectElement} */
const selectOf = (explorer, name) => /** @type {HTMLSelectElement} */ (explorer.find(`select[name=${name}]`));

/** @param {Explorer} explorer @returns {HTMLInputElement} */
const ridgeOf = (explorer) => /** @type {HTMLInputElement} */ (explorer.find("input[name=ridge]"));

/** @param {Explorer} explorer */
function undo(explorer) {
  explorer.rest();
  if (explorer.session.states.length > 1) explorer.act(() => explorer.session.undo());
  else explorer.tell(explorer.texts.say("explore_no_undo"));
}

/** Keys that work where the focus is inside and nothing is being typed. @param {Explorer} explorer @param {KeyboardEvent} event */
function keys(explorer, event) {
  const target = /** @type {Element} */ (event.target);
  if (target.closest("input:not([type=checkbox]), select, textarea")) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
    event.preventDefault();
    undo(explorer);
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const name = { e: "e", m: "m", r: "run" }[event.key.toLowerCase()];
  if (!name) return;
  event.preventDefault();
  button(explorer, name).click();
}

/** Show what is chosen and what can be done. @param {Explorer} explorer */
function showChoices(explorer) {
  const { session, texts, running } = explorer;
  const { choice, points } = session.now;
  for (const which of /** @type {const} */ (["e", "m"])) off(button(explorer, which), !session.can(which));
  off(button(explorer, "back"), !session.steps);
  off(button(explorer, "undo"), session.states.length < 2);
  const run = button(explorer, "run");
  run.textContent = texts.say(running ? "explore_pause" : "explore_run");
  off(run, session.now.ended === "collapsed");
  const { starts } = session.model;
  const most = points.N;
  options(selectOf(explorer, "components"), componentsFor(explorer).map((K) => [String(K), String(K), K > most]));
  options(selectOf(explorer, "start"), Object.keys(starts).map((kind) => [kind, texts.say(`explore_start_${kind}`), points.file ? kind !== choice.kind : !session.seeds(kind, choice.K).length]));
  const seeds = points.file ? Array.from({ length: 10 }, (_, i) => i) : session.seeds(choice.kind, choice.K);
  options(selectOf(explorer, "seed"), [...new Set([...seeds, choice.seed])].sort((a, b) => a - b).map((seed) => [String(seed), String(seed), false]));
  for (const [name, key, word] of CHOICES) {
    const select = selectOf(explorer, name);
    select.value = String(choice[key]);
    const own = name === "family" && choice.algorithm === "kmeans";
    select.disabled = explorer.locked(word) || own || (name === "seed" && seeds.length < 2) || (name === "start" && points.file !== "");
  }
  const ridge = ridgeOf(explorer);
  ridge.disabled = explorer.locked("reg_covar");
  if (document.activeElement !== ridge) ridge.value = String(choice.ridge);
}

/** Numbers of components for which there are starts. @param {Explorer} explorer */
function componentsFor({ session }) {
  const keys = Object.values(session.model.starts).flatMap(({ table }) => Object.keys(table));
  return [...new Set(keys.map((key) => Number(key.split("/")[0])))].sort((a, b) => a - b);
}

/** @param {HTMLButtonElement} element @param {boolean} is whether it cannot be pressed now; it keeps the focus */
export function off(element, is) {
  element.setAttribute("aria-disabled", String(is));
}

/** @param {HTMLSelectElement} select @param {[string, string, boolean][]} wanted value, words, whether it cannot be chosen */
function options(select, wanted) {
  const known = Array.from(select.options, (option) => `${option.value} ${option.disabled}`).join();
  if (known === wanted.map(([value, , no]) => `${value} ${no}`).join()) return;
  select.replaceChildren(...wanted.map(([value, text, no]) => Object.assign(new Option(text, value), { disabled: no })));
}
