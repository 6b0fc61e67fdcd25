// What is taken home: a scene, a link, a picture.

import { press } from "./controls.js";
import { linkOf } from "./link.js";
import { sceneOf } from "./scene.js";
import { make, set } from "./svg.js";

/** @import { Explorer } from "./explorer.js" */

const FINE = 2; // pixels of a saved picture for each of the screen's

/** @param {Explorer} explorer */
export function takeHome(explorer) {
  const { texts } = explorer;
  press(explorer, "copy", () => copy(explorer, textOf(explorer), texts.say("explore_copied_scene")));
  press(explorer, "link", () => {
    const link = linkOf(explorer.session);
    if (link === null) explorer.tell(texts.say("explore_no_link"));
    else {
      if (location.protocol !== "about:") history.replaceState(null, "", link);
      copy(explorer, location.protocol === "about:" ? link : location.href, texts.say("explore_copied_link"));
    }
  });
  press(explorer, "svg", () => save(explorer, new Blob([pictureOf(explorer)], { type: "image/svg+xml" }), "svg"));
  press(explorer, "png", async () => save(explorer, await pixels(pictureOf(explorer)), "png"));
}

/** @param {Explorer} explorer @returns {string} the scene */
export function textOf(explorer) {
  return sceneOf(explorer.session, explorer.facts.scene, explorer.texts.say("explore_scene_comment"));
}

/** Show a text where it can be copied by hand, and copy it where that may be. @param {Explorer} explorer @param {string} text @param {string} said */
async function copy(explorer, text, said) {
  const area = /** @type {HTMLTextAreaElement} */ (explorer.find("textarea"));
  area.hidden = false;
  area.value = text;
  try {
    await navigator.clipboard.writeText(text);
    explorer.tell(said);
  } catch {
    area.focus();
    area.select();
    explorer.tell(explorer.texts.say("explore_copy_by_hand"));
  }
}

/** @param {Explorer} explorer @param {Blob} blob @param {string} suffix */
function save(explorer, blob, suffix) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${explorer.facts.name}.${suffix}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  explorer.tell(explorer.texts.say("explore_saved", { file: link.download }));
}

/** The picture as it stands, with the curve and the caption: one SVG. @param {Explorer} explorer @returns {string} */
export function pictureOf(explorer) {
  const { plane, chart, look: { theme }, texts, session } = explorer;
  const large = plane.svg.getBoundingClientRect();
  const hidden = explorer.hidden("likelihood");
  const small = hidden ? { width: 0, height: 0 } : chart.getBoundingClientRect();
  const [head, foot] = [64, 56];
  const width = large.width + small.width + 24;
  const height = head + Math.max(large.height, small.height) + foot;
  const svg = make("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}`, width, height, "font-family": "'Source Sans 3', system-ui, sans-serif" });
  make("rect", { width, height, fill: theme.background }, svg);
  make("text", { x: 16, y: 34, "font-size": 24, "font-weight": 700, fill: theme.text }, svg, explorer.find("h1").textContent ?? "");
  const inner = make("g", { transform: `translate(0 ${head})` }, svg);
  const { canvas } = plane;
  const image = make("image", { width: large.width, height: large.height, href: canvas.toDataURL("image/png") }, inner);
  image.setAttribute("role", "img");
  for (const node of [...plane.ground.children].reverse()) inner.prepend(node.cloneNode(true));
  for (const node of plane.svg.children) {
    const copied = /** @type {SVGElement} */ (node.cloneNode(true));
    for (const handle of copied.querySelectorAll(".touch, .grip")) handle.remove();
    for (const handle of copied.querySelectorAll(".handle")) for (const name of ["tabindex", "role", "aria-label", "aria-disabled", "class"]) handle.removeAttribute(name);
    inner.append(copied);
  }
  if (!hidden) {
    const aside = make("g", { transform: `translate(${large.width + 12} ${head})` }, svg);
    for (const node of chart.children) aside.append(node.cloneNode(true));
    make("text", { x: large.width + 70, y: 52, "font-size": 16, fill: theme.text }, svg, `${explorer.title}: ${explorer.value}`);
  }
  const { label, text } = texts.caption(session);
  make("rect", { x: 12, y: height - foot + 8, width: width - 24, height: foot - 18, rx: 6, fill: theme.panel }, svg);
  const line = make("text", { x: 26, y: height - foot + 33, "font-size": 17, fill: theme.text }, svg);
  make("tspan", { "font-weight": 700 }, line, label);
  make("tspan", { dx: 10 }, line, text);
  set(svg, { role: "img" });
  return new XMLSerializer().serializeToString(svg);
}

/** @param {string} svg @returns {Promise<Blob>} a PNG */
async function pixels(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth * FINE, image.naturalHeight * FINE];
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture")))));
}
