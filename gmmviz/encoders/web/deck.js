// Within a slide: the film starts when its slide is shown, and at its ends the keys go on to the deck.
// The messages are those of reveal.js, which Quarto's slides are made with, too: https://revealjs.com/postmessage/

/** @import { Player } from "./player.js" */

const KEY = "slide:key:";  // before the name of a key that the deck has heard in place of the film: not of reveal.js

/** @param {Player} player whose page stands in a slide */
export function attend(player) {
  addEventListener("message", ({ source, data }) => {
    if (source !== parent) return;
    if (data === "slide:start") start(player);
    if (data === "slide:stop") stop(player);
    if (data === "slide:reset") player.go(0, false); // not of reveal.js
    if (typeof data === "string" && data.startsWith(KEY)) press(player, data.slice(KEY.length));
  });
  player.figure.dataset.slide = "";
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

/** A film that was seen to its end rests there, for who goes back to its slide. @param {Player} player */
function stop(player) {
  const last = player.steps.length - 1;
  player.go(player.step === last && player.done ? last : 0, false);
}

/** @param {Player} player @param {string} key */
function press(player, key) {
  player.figure.focus();
  player.figure.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

/** Give the focus back to the deck, and let it go on. @param {"next" | "prev"} [way] */
function leave(way) {
  ask(way ?? "freed");
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  parent.focus();
}
