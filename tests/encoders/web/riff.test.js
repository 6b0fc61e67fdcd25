// The film of the page taken apart. FILM is a WebP that gmmviz wrote, EXPECTED what it should hold, as JSON.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { decoded, taken } from "../../../gmmviz/encoders/web/riff.js";

const bytes = Uint8Array.from(readFileSync(process.env.FILM ?? ""));
const expected = JSON.parse(readFileSync(process.env.EXPECTED ?? "", "utf8"));

test("a film is taken apart into rectangles, each a file of its own", () => {
  const film = taken(bytes);

  assert.deepEqual([film.width, film.height, film.length], [expected.width, expected.height, expected.length]);
  assert.equal(film.pictures.length, expected.pictures.length);
  for (const [i, { x, y, begins, whole, file }] of film.pictures.entries()) {
    assert.deepEqual({ x, y, begins, whole }, expected.pictures[i].place);
    assert.equal(Buffer.concat(file).toString("base64"), expected.pictures[i].file);
  }
});

test("a film may stand anywhere in its memory", () => {
  const longer = new Uint8Array(bytes.length + 7);
  longer.set(bytes, 5);

  assert.deepEqual(taken(longer.subarray(5, 5 + bytes.length)).pictures[1].file, taken(bytes).pictures[1].file);
});

test("a film that is cut off is refused", () => {
  const shorter = bytes.slice(0, -3);
  assert.throws(() => taken(shorter), /^Error: the film is cut off$/);
  new DataView(shorter.buffer).setUint32(4, shorter.length - 8, true); // also where its own length is right
  assert.throws(() => taken(shorter), /^Error: the film is cut off$/);
  assert.throws(() => taken(new Uint8Array(4)), /^Error: the film is cut off$/);
});

test("what is no film is refused", () => {
  const head = bytes.slice(0, 30);
  new DataView(head.buffer).setUint32(4, 22, true);

  assert.throws(() => taken(head), /^Error: the film has no pictures$/);
});

test("base64 is read", () => {
  const every = Uint8Array.from({ length: 256 }, (_, i) => i);

  assert.deepEqual(decoded(Buffer.from(every).toString("base64")), every);
});
