// One slide at a time: keys, buttons and the players' messages go forward and back. A player is put into its frame
// when its slide is near, so that a long lecture opens at once.

const slides = [...document.querySelectorAll("section")];
const nav = /** @type {HTMLElement} */ (document.querySelector("nav"));
const place = /** @type {HTMLElement} */ (nav.querySelector("span"));
let freed = false;  // whether the reader has taken the keys from this slide's film, by Escape
let current = Math.min(Math.max(0, (Number(location.hash.slice(1)) || 1) - 1), slides.length - 1);

/** @param {Element | undefined} slide @returns {HTMLIFrameElement | null} */
const frameOf = (slide) => slide?.querySelector("iframe") ?? null;

/** @param {Element | undefined} slide */
function load(slide) {
  const frame = frameOf(slide);
  const page = slide?.querySelector("template");
  if (!frame || !page) return;
  frame.srcdoc = page.content.textContent ?? "";
  page.remove();
}

/** @param {Element | undefined} slide @param {string} what */
const call = (slide, what) => frameOf(slide)?.contentWindow?.postMessage(what, "*");

/** @param {number} number of the slide to show */
function show(number) {
  const next = Math.min(Math.max(0, number), slides.length - 1);
  if (next !== current) call(slides[current], "slide:stop");
  current = next;
  for (const later of slides.slice(current + 1)) call(later, "slide:reset");
  freed = false;
  for (const [i, slide] of slides.entries()) slide.toggleAttribute("data-current", i === current);
  for (const near of [current, current + 1, current - 1]) load(slides[near]);
  place.textContent = `${current + 1} / ${slides.length}`;
  nav.querySelector("[name=prev]")?.setAttribute("aria-disabled", String(current === 0));
  nav.querySelector("[name=next]")?.setAttribute("aria-disabled", String(current === slides.length - 1));
  history.replaceState(null, "", `#${current + 1}`);
  scrollTo(0, 0);
  // Keys are the film's at once, also while it cannot hear them yet: an early one would leave its slide.
  // A browser may go on sending them here for a moment, or the reader click beside the film: then they are passed on.
  const frame = frameOf(slides[current]);
  if (frame) frame.focus();
  else if (document.activeElement instanceof HTMLIFrameElement) document.activeElement.blur();
  call(slides[current], "slide:start");
}

nav.addEventListener("click", ({ target }) => {
  if (target instanceof HTMLButtonElement) show(current + (target.name === "next" ? 1 : -1));
});
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target instanceof HTMLInputElement) return;
  /** @type {Record<string, number>} */
  const ways = {
    ArrowRight: current + 1, PageDown: current + 1, ArrowLeft: current - 1, PageUp: current - 1,
    Home: 0, End: slides.length - 1,
  };
  const films = frameOf(slides[current]) !== null && !freed;
  const own = event.key === " " && event.target instanceof HTMLButtonElement;
  if (own || !(event.key in ways || (films && [" ", "e", "m"].includes(event.key)))) return;
  event.preventDefault();
  if (films) call(slides[current], `slide:key:${event.key}`);
  else show(ways[event.key]);
});
addEventListener("hashchange", () => show((Number(location.hash.slice(1)) || 1) - 1));
addEventListener("message", ({ source, data }) => {
  const from = slides.findIndex((slide) => frameOf(slide)?.contentWindow === source);
  if (from !== current || typeof data !== "string" || !data.startsWith("{")) return;
  const { method } = JSON.parse(data);
  if (method === "startEmbeddedContent") call(slides[current], "slide:start");
  if (method === "freed") freed = true;
  if (method === "next") show(current + 1);
  if (method === "prev") show(current - 1);
});

document.body.classList.add("shown");
nav.hidden = false;
show(current);
