// Within a slide: the film starts when its slide is shown, and at its ends the keys go on to the deck.
// The messages are those of reveal.js, which Quarto's slides are made with, too: https://revealjs.com/postmessage/

/** @import { Player } from "./player.js" */

/** @param {Player} player whose page stands in a slide */
export function attend(player) {
  addEventListener("message", ({ source, data }) => {
    if (source !== parent) return;
    if (data === "slide:start") start(player);
    if (data === "slide:stop") player.go(0, false);
  });
  player.beyond = (way) => leave(way);
  player.figure.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") leave();
  });
  // A deck that was ready before this page has said so to nobody: it is to say again which slide is shown.
  ask("startEmbeddedContent");
}

/** @param {string} method of the deck */
function ask(method) {
  parent.postMessage(JSON.stringify({ method }), "*");
}

/** @param {Player} player */
function start(player) {
  player.figure.focus();
  if (!player.calm.matches && !player.playing && player.step === 0) player.toggle();
}

/** Give the focus back to the deck, and let it go on. @param {"next" | "prev"} [way] */
function leave(way) {
  if (way) ask(way);
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  parent.focus();
}
