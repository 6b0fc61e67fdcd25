// The points: which of them is looked at, adding and removing, the reader's own file, drawing from the model.

import { button, off, press } from "./controls.js";
import { MOST_POINTS, tableOf } from "./csv.js";
import { Points } from "./points.js";
import { numeral, short } from "./view.js";

/** @import { Explorer } from "./explorer.js" */

const WITHIN = 14; // pixels from a point, within which the pointer means it

/** @param {Explorer} explorer @param {string} name @returns {HTMLInputElement} */
const field = (explorer, name) => /** @type {HTMLInputElement} */ (explorer.find(`input[name=${name}]`));

/** @param {Explorer} explorer */
export function listenToPoints(explorer) {
  const { session, plane, texts } = explorer;
  let draws = 0;
  let mode = ""; // "add" or "remove", while a click does that

  /** @param {string} next */
  const turn = (next) => {
    mode = mode === next ? "" : next;
    for (const name of ["add", "remove"]) button(explorer, name).setAttribute("aria-pressed", String(mode === name));
    plane.svg.classList.toggle("adding", mode !== "");
    explorer.tell(texts.say(mode === "add" ? "explore_click_to_add" : mode === "remove" ? "explore_click_to_remove" : "explore_click_nothing"));
  };
  /** @param {number[]} place of all features */
  const add = (place) => {
    explorer.rest();
    if (session.now.points.N >= MOST_POINTS) explorer.tell(texts.say("explore_too_many"));
    else explorer.act(() => session.replace(session.now.points.with(place)), texts.say("explore_added", { n: session.now.points.N + 1 }));
  };
  /** @param {number} n */
  const remove = (n) => {
    explorer.rest();
    const { points, choice } = session.now;
    if (n < 0 || n >= points.N) return;
    if (points.N <= Math.max(choice.K, 2)) explorer.tell(texts.say("explore_too_few", { components: choice.K }));
    else {
      plane.marked = -1;
      explorer.act(() => session.replace(points.without(n)), texts.say("explore_removed", { n: points.N - 1 }));
    }
  };

  press(explorer, "add", () => turn("add"));
  press(explorer, "remove", () => turn("remove"));
  plane.svg.addEventListener("click", (event) => {
    const at = plane.pixels(/** @type {PointerEvent} */ (event));
    if (/** @type {Element} */ (event.target).closest(".handle")) return;
    if (mode === "add") add(placeAt(explorer, at));
    else if (mode === "remove") remove(plane.nearest(at[0], at[1], WITHIN));
    else look(explorer, plane.nearest(at[0], at[1], WITHIN));
  });
  plane.svg.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch" || event.buttons || explorer.moving) return;
    const n = plane.nearest(...plane.pixels(event), WITHIN);
    if (n >= 0 && n !== plane.marked) look(explorer, n);
  });
  press(explorer, "put", () => {
    const place = session.now.points.names.map((_, d) => Number(field(explorer, `place${d}`).value.replace(",", ".")));
    const empty = session.now.points.names.some((_, d) => field(explorer, `place${d}`).value.trim() === "");
    if (empty || !place.every(Number.isFinite)) explorer.tell(texts.say("explore_not_place"));
    else add(place);
  });
  press(explorer, "take", () => remove(Number(field(explorer, "point").value) - 1));
  field(explorer, "point").addEventListener("input", ({ target }) => {
    const { value } = /** @type {HTMLInputElement} */ (target);
    if (value !== "") look(explorer, Math.min(Math.max(Math.round(Number(value)), 1), session.now.points.N) - 1);
  });
  press(explorer, "scene-points", () => {
    explorer.rest();
    explorer.act(() => session.begin({ ...session.model.choice }, session.scene), texts.say("explore_scene_points_again"));
  });
  press(explorer, "draw", () => {
    explorer.rest();
    const { now } = session;
    draws += 1;
    plane.samples = plane.samples?.of === now.inside ? null : { of: now.inside, seed: draws };
    explorer.show();
    if (plane.samples) explorer.tell(texts.say("explore_drawn", { n: numeral(now.points.N, 0) }));
    else explorer.caption(true);
  });
  files(explorer);
  explorer.watchers.push(() => showPoints(explorer));
}

/** The features of a place in the picture; those that it does not show are the data's mean. @param {Explorer} explorer @param {[number, number]} at pixels */
function placeAt({ plane, session }, at) {
  const { view, scale } = plane;
  const middle = Array.from(session.now.points.engine.center);
  const zero = view.placesOf(middle);
  const axes = scale.back(...at);
  return middle.map((value, i) => {
    let to = view.panel.d === view.D && !view.panel.part ? axes[i] : value;
    if (view.panel.part || view.panel.d !== view.D) for (let a = 0; a < view.d; a += 1) to += view.panel.back[i * view.d + a] * (axes[a] - zero[a]);
    return Number(to.toPrecision(6));
  });
}

/** Look at a point: mark it, and say whose it is. @param {Explorer} explorer @param {number} n */
function look(explorer, n) {
  explorer.plane.marked = n;
  if (!explorer.moving) explorer.plane.draw(explorer.session.now);
  showPoints(explorer);
}

/** Show the point that is looked at, the fields for a new one, and what can be done. @param {Explorer} explorer */
function showPoints(explorer) {
  const { session, plane, texts, look: { theme } } = explorer;
  const { points, choice } = session.now;
  if (plane.marked >= points.N) plane.marked = -1;
  const n = plane.marked;
  const input = field(explorer, "point");
  input.max = String(points.N);
  if (document.activeElement !== input) input.value = n < 0 ? "" : String(n + 1);
  const shown = session.shown();
  const whose = explorer.find(".whose");
  if (n < 0) whose.textContent = texts.say("explore_no_point");
  else {
    const place = points.names.map((name, d) => `${name} ${short(points.at(n)[d])}`).join(", ");
    const shares = shown ? Array.from(shown.subarray(n * choice.K, (n + 1) * choice.K)) : [];
    whose.textContent = shown ? texts.say("explore_shares", { place, shares: shares.map((share, k) => `${k + 1}: ${(100 * share).toFixed(1)} %`).join(", ") }) : texts.say("explore_not_asked", { place });
    bar(explorer.find(".bar"), shares, theme.palette);
  }
  if (n < 0) bar(explorer.find(".bar"), [], theme.palette);
  const fields = explorer.find(".place");
  if (fields.dataset.names !== points.names.join()) {
    fields.dataset.names = points.names.join();
    fields.replaceChildren(
      ...points.names.map((name, d) => {
        const label = document.createElement("label");
        const own = document.createElement("input");
        Object.assign(own, { name: `place${d}`, inputMode: "decimal", autocomplete: "off" });
        label.append(`${name} `, own);
        return label;
      }),
    );
  }
  button(explorer, "draw").setAttribute("aria-pressed", String(plane.samples?.of === session.now.inside));
  off(button(explorer, "take"), n < 0);
  off(button(explorer, "scene-points"), points.scenes);
  for (const name of ["add", "remove", "put", "take", "scene-points", "open"]) if (explorer.locked("points")) button(explorer, name).disabled = true;
}

/** A bar of shares. @param {HTMLElement} element @param {number[]} shares @param {string[]} palette */
function bar(element, shares, palette) {
  element.replaceChildren(
    ...shares.map((share, k) => {
      const part = document.createElement("span");
      part.style.width = `${100 * share}%`;
      part.style.background = palette[k];
      return part;
    }),
  );
}

/** Take the reader's own file, by the button or dropped; nothing leaves the page. @param {Explorer} explorer */
function files(explorer) {
  const { session, texts, root } = explorer;
  const input = field(explorer, "file");
  /** @param {File} file */
  const open = async (file) => {
    explorer.rest();
    const table = tableOf(await file.text());
    if (typeof table === "string") {
      explorer.tell(texts.say(table, { file: file.name }));
      return;
    }
    const points = new Points(Float64Array.from(table.values), table.names, { file: file.name });
    if (points.N < 2) {
      explorer.tell(texts.say("explore_csv_no_numbers", { file: file.name }));
      return;
    }
    const K = Math.min(session.now.choice.K, points.N);
    const left = table.left.length ? texts.say("explore_left", { features: texts.listed(table.left) }) : "";
    const skipped = table.skipped ? texts.say("explore_skipped", { n: table.skipped }) : "";
    explorer.act(() => session.begin({ ...session.now.choice, K, seed: 0 }, points), [texts.say("explore_opened", { file: file.name, n: points.N, features: texts.listed(points.names) }), left, skipped].filter(Boolean).join(" "));
  };
  press(explorer, "open", () => input.click());
  input.addEventListener("change", () => {
    if (input.files?.[0]) open(input.files[0]);
    input.value = "";
  });
  if (explorer.locked("points")) return;
  root.addEventListener("dragover", (event) => event.preventDefault());
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file) open(file);
  });
}
