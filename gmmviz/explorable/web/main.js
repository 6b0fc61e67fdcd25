// Makes the explorable of the page.

import { control } from "./controls.js";
import { listenToPoints } from "./data.js";
import { Explorer } from "./explorer.js";
import { takeHome, textOf } from "./home.js";
import { follow } from "./link.js";
import { tellParent } from "./tell.js";

const root = /** @type {HTMLElement & {explorer?: Explorer, scene?: () => string}} */ (document.querySelector(".gmmviz-explorable"));
const explorer = new Explorer(root, JSON.parse(root.querySelector("script")?.textContent ?? ""));
root.explorer = explorer;
root.scene = () => textOf(explorer);
control(explorer);
listenToPoints(explorer);
takeHome(explorer);
tellParent(explorer);

for (const name of ["density", "truth"]) {
  const box = root.querySelector(`input[name=${name}]`);
  if (!(box instanceof HTMLInputElement)) continue;
  const which = /** @type {"density" | "truth"} */ (name);
  box.checked = explorer.plane.shows[which];
  box.addEventListener("change", () => {
    explorer.plane.shows[which] = box.checked;
    explorer.show();
  });
}
const arrive = () => {
  if (!location.hash.startsWith("#s=")) return;
  const held = follow(explorer.session, location.hash);
  explorer.show();
  if (held) explorer.caption(true);
  else explorer.tell(explorer.texts.say("explore_bad_link"));
};
addEventListener("hashchange", arrive);
new ResizeObserver(() => explorer.show()).observe(explorer.plane.svg);
explorer.show();
explorer.cost = 0; // the first picture takes longer than those that follow
explorer.caption(false);
arrive();
root.dataset.ready = "1";
