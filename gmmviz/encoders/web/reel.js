// Shows any picture of a film on a canvas, to the pixel: forward by drawing what changes, back from a kept picture.

/** @import { Film } from "./riff.js" */

const KEPT_BYTES = 200e6; // of pictures that are kept to go on from
const AT_ONCE = 6; // pictures that are decoded at the same time

/** A canvas on which a film goes forward. */
class Sheet {
  /** @param {Film} film @param {HTMLCanvasElement} canvas */
  constructor(film, canvas) {
    this.film = film;
    this.canvas = canvas;
    [canvas.width, canvas.height] = [film.width, film.height];
    this.pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
    this.shown = -1;
    /** @type {Map<number, Promise<ImageBitmap>>} */
    this.decoding = new Map();
  }

  /**
   * Draw the next picture; decode some of those behind it meanwhile.
   * @param {number} until the last picture that will be asked for soon
   */
  async forward(until) {
    const next = this.shown + 1;
    for (let i = next; i <= Math.min(until, next + AT_ONCE - 1); i += 1) {
      if (i < this.film.pictures.length && !this.decoding.has(i)) this.decoding.set(i, this.#decode(i));
    }
    const picture = await (this.decoding.get(next) ?? this.#decode(next));
    this.decoding.delete(next);
    const { x, y } = this.film.pictures[next];
    this.pen.drawImage(picture, x, y);
    picture.close();
    this.shown = next;
  }

  /** @param {number} i */
  #decode(i) {
    return createImageBitmap(new Blob(this.film.pictures[i].file, { type: "image/webp" }));
  }

  /**
   * Go on from elsewhere: from the picture behind a whole one, or from a copy.
   * @param {number} shown @param {HTMLCanvasElement} [copy]
   */
  restart(shown, copy) {
    if (copy) this.pen.drawImage(copy, 0, 0);
    this.shown = shown;
    for (const [i, picture] of this.decoding) {
      if (i > shown && i <= shown + AT_ONCE) continue;
      this.decoding.delete(i);
      picture.then((bitmap) => bitmap.close(), () => {});
    }
  }

  /** @returns {HTMLCanvasElement} a copy of what is shown */
  copy() {
    const copy = document.createElement("canvas");
    [copy.width, copy.height] = [this.canvas.width, this.canvas.height];
    copy.getContext("2d", { alpha: false })?.drawImage(this.canvas, 0, 0);
    return copy;
  }
}

export class Reel {
  /** @param {Film} film @param {HTMLCanvasElement} canvas @param {number[]} stops the pictures that are jumped to */
  constructor(film, canvas, stops) {
    this.film = film;
    this.sheet = new Sheet(film, canvas);
    const most = Math.max(2, Math.floor(KEPT_BYTES / (4 * film.width * film.height)));
    const every = Math.ceil(stops.length / most);
    /** The stops that are kept, the last among them. */
    this.keeps = stops.filter((_, i) => (stops.length - 1 - i) % every === 0);
    /** @type {Map<number, HTMLCanvasElement>} */
    this.kept = new Map();
    this.wanted = -1;
    this.soon = -1;
    /** @type {Promise<void> | null} */
    this.busy = null;
  }

  /** @returns {number} the number of the picture that is on the canvas */
  get shown() {
    return this.sheet.shown;
  }

  /**
   * Show a picture; the latest wish wins.
   * @param {number} i
   * @param {number} [soon] the last of the pictures that will be wished for next, to be decoded beforehand
   * @returns {Promise<void>} when it, or a later wish, is shown
   */
  show(i, soon = i) {
    this.wanted = i;
    this.soon = soon;
    this.busy ??= this.#run().finally(() => {
      this.busy = null;
    });
    return this.busy;
  }

  async #run() {
    while (this.shown !== this.wanted) {
      const to = this.wanted;
      this.#start(to);
      while (this.shown < to && this.wanted >= to) {
        await this.sheet.forward(Math.max(to, this.soon));
        this.#keep(this.sheet);
      }
    }
  }

  /** Begin from whatever is nearest before a picture. @param {number} to */
  #start(to) {
    const own = this.shown <= to ? this.shown : -1;
    const kept = Math.max(-1, ...[...this.kept.keys()].filter((i) => i <= to));
    const whole = this.film.pictures.findLastIndex((picture, i) => picture.whole && i <= to) - 1;
    const best = Math.max(own, kept, whole);
    if (best === own && own >= 0) return;
    this.sheet.restart(best, best === kept ? this.kept.get(kept) : undefined);
  }

  /** @param {Sheet} sheet */
  #keep(sheet) {
    if (this.keeps.includes(sheet.shown) && !this.kept.has(sheet.shown)) this.kept.set(sheet.shown, sheet.copy());
  }

  /** Compose the pictures that are kept while nothing else is to do, so that later jumps are quick. */
  async ahead() {
    const sheet = new Sheet(this.film, document.createElement("canvas"));
    while (this.kept.size < this.keeps.length) {
      await idle();
      if (this.busy) continue;
      const next = /** @type {number} */ (this.keeps.find((i) => !this.kept.has(i)));
      const from = this.keeps.findLast((i) => i < next && this.kept.has(i)) ?? -1;
      if (from > sheet.shown) sheet.restart(from, this.kept.get(from));
      await sheet.forward(next);
      this.#keep(sheet);
    }
  }
}

/** @returns {Promise<unknown>} when the browser has time */
function idle() {
  return new Promise((done) => {
    if ("requestIdleCallback" in window) requestIdleCallback(done, { timeout: 200 });
    else setTimeout(done, 20);
  });
}
