// Shows the film, follows what the server tells, and keeps the step that is looked at from one film to the next.

/**
 * What the server tells: gmmviz.cli.server.News.
 * @typedef {{film: number, making: boolean, error: string, notes: string[]}} News
 * @typedef {{id: string, i: number}} Place a step, by its name and by its number
 * @typedef {{steps: {id: string}[], step: number, go: (i: number, aloud?: boolean) => Promise<void>}} Player
 */

const scene = document.body.dataset.name ?? "";
const state = find("state");
/** @type {HTMLIFrameElement | null} the film that is shown */
let shown = null;
let latest = 0; // the number of the film that is shown, or will be soon

const events = new EventSource("events");
events.onmessage = ({ data }) => tell(JSON.parse(data));
events.onerror = () => {
  state.textContent = "gmmviz preview has ended: start it again, and open the address that it prints";
};
addEventListener("pagehide", () => {
  const place = placeIn(shown);
  if (place) sessionStorage.setItem(location.pathname, JSON.stringify(place));
});

/** @param {string} id @returns {HTMLElement} */
function find(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** @param {News} news */
function tell({ film, making, error, notes }) {
  if (making) state.textContent = "making a draft …";
  else if (!error) state.textContent = "up to date";
  else state.textContent = film ? "below is the film from before this mistake" : "no film yet";
  find("error").textContent = error;
  find("error").hidden = !error;
  find("notes").replaceChildren(...notes.map(item));
  find("notes").hidden = notes.length === 0;
  if (film && film !== latest) show(film);
}

/** @param {string} text */
function item(text) {
  const made = document.createElement("li");
  made.textContent = text;
  return made;
}

/** Load a film behind the one that is shown, then put it in its place, at the same step. @param {number} film */
async function show(film) {
  latest = film;
  const coming = document.createElement("iframe");
  coming.title = scene;
  coming.className = "coming";
  coming.src = `film?${film}`;
  find("stage").append(coming);
  await ready(coming);
  const player = playerIn(coming);
  const place = placeIn(shown) ?? JSON.parse(sessionStorage.getItem(location.pathname) ?? "null");
  if (player && place) await player.go(stepAt(player, place), false);
  if (film !== latest) return coming.remove();
  const focused = shown !== null && document.activeElement === shown;
  shown?.remove();
  coming.className = "";
  shown = coming;
  if (focused) figureIn(coming)?.focus();
}

/** Wait until the player can be used, or has given up. @param {HTMLIFrameElement} frame */
async function ready(frame) {
  while (frame.isConnected) {
    const { ready: done, failed } = figureIn(frame)?.dataset ?? {};
    if (done !== undefined || failed !== undefined) return;
    await new Promise((over) => setTimeout(over, 30));
  }
}

/** @param {HTMLIFrameElement | null} frame */
function figureIn(frame) {
  return /** @type {HTMLElement & {player?: Player} | null} */ (frame?.contentDocument?.querySelector(".gmmviz") ?? null);
}

/** @param {HTMLIFrameElement} frame */
function playerIn(frame) {
  const figure = figureIn(frame);
  return figure?.dataset.failed === undefined ? figure?.player : undefined;
}

/** @param {HTMLIFrameElement | null} frame @returns {Place | null} the step that is looked at */
function placeIn(frame) {
  const player = frame && playerIn(frame);
  return player ? { id: player.steps[player.step].id, i: player.step } : null;
}

/** @param {Player} player @param {Place} place @returns {number} that step, or where the film lacks it, one as far in */
function stepAt({ steps }, { id, i }) {
  const found = steps.findIndex((step) => step.id === id);
  return found >= 0 ? found : Math.min(i, steps.length - 1);
}
