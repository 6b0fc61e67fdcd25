// Takes an animated WebP apart, as gmmviz/encoders/webp.py writes it: rectangles of what changes, each drawn over
// what is there already. The container: https://developers.google.com/speed/webp/docs/riff_container

/**
 * One picture of the film: the rectangle that it changes, and the milliseconds from which it is shown.
 * A whole picture hides all that was there before. Its file is a WebP of its own, in two pieces.
 * @typedef {{x: number, y: number, begins: number, whole: boolean, file: Uint8Array<ArrayBuffer>[]}} Picture
 * @typedef {{width: number, height: number, length: number, pictures: Picture[]}} Film
 */

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Film} without copying the bytes
 */
export function taken(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = (/** @type {number} */ at) => String.fromCharCode(...bytes.subarray(at, at + 4));
  const three = (/** @type {number} */ at) => bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
  if (bytes.length < 12 || tag(0) !== "RIFF" || tag(8) !== "WEBP" || view.getUint32(4, true) !== bytes.length - 8) {
    throw new Error("the film is cut off");
  }
  const film = { width: 0, height: 0, length: 0, pictures: /** @type {Picture[]} */ ([]) };
  for (let at = 12; at < bytes.length; ) {
    const length = at + 8 <= bytes.length ? view.getUint32(at + 4, true) : Infinity;
    const [begin, end] = [at + 8, at + 8 + length];
    if (end > bytes.length) throw new Error("the film is cut off");
    if (tag(at) === "VP8X") [film.width, film.height] = [three(begin + 4) + 1, three(begin + 7) + 1];
    if (tag(at) === "ANMF") {
      const [width, height] = [three(begin + 6) + 1, three(begin + 9) + 1];
      const blended = (bytes[begin + 15] & 2) === 0;
      film.pictures.push({
        x: 2 * three(begin),
        y: 2 * three(begin + 3),
        begins: film.length,
        whole: film.pictures.length === 0 || (!blended && width === film.width && height === film.height),
        file: [headed(end - begin - 16), bytes.subarray(begin + 16, end)],
      });
      film.length += three(begin + 12);
    }
    at = end + (length % 2);
  }
  if (!film.pictures.length) throw new Error("the film has no pictures");
  return film;
}

/**
 * @param {number} length of what follows
 * @returns {Uint8Array<ArrayBuffer>} the first bytes of a WebP of one picture
 */
function headed(length) {
  const head = Uint8Array.from("RIFF\0\0\0\0WEBP", (letter) => letter.charCodeAt(0));
  new DataView(head.buffer).setUint32(4, length + 4, true);
  return head;
}

/**
 * @param {string} text in base64
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function decoded(text) {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i += 1) bytes[i] = letters.charCodeAt(i);
  return bytes;
}
