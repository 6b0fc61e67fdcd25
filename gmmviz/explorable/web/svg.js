// A few words for making SVG, without styles in attributes, which the page's policy forbids.

const SPACE = "http://www.w3.org/2000/svg";

/** @param {Element} element @param {{[name: string]: string | number}} attributes */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    const text = typeof value === "number" ? String(Math.round(value * 100) / 100) : value;
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
}

/**
 * @param {string} name @param {{[name: string]: string | number}} [attributes] @param {Element | null} [parent]
 * @param {string} [text] @returns {SVGElement}
 */
export function make(name, attributes = {}, parent = null, text = "") {
  const element = /** @type {SVGElement} */ (document.createElementNS(SPACE, name));
  set(element, attributes);
  if (text) element.textContent = text;
  parent?.append(element);
  return element;
}

/** @param {number[][]} places in pixels @returns {string} the path of a line through them */
export function through(places) {
  return places.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}
