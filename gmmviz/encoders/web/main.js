// Starts the player. If the film cannot be taken apart here, the image stays, and plays by itself.

import { attend } from "./deck.js";
import { Player } from "./player.js";

const figure = /** @type {HTMLElement} */ (document.querySelector(".gmmviz"));
try {
  const player = new Player(figure);
  Object.assign(figure, { player }); // for pages that steer it
  if (parent !== window && (player.facts.deck || new URLSearchParams(location.search).has("deck"))) attend(player);
  const opened = player.open();
  if (parent === window) figure.focus({ preventScroll: true }); // there is nothing else on the page for keys to go to
  await opened;
} catch (error) {
  figure.dataset.failed = "";
  throw error;
}
