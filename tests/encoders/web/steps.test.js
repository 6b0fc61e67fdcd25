// Where a film is: by time, by kind, by name.

import assert from "node:assert/strict";
import { test } from "node:test";

import { at, named, nextOf } from "../../../gmmviz/encoders/web/steps.js";

const steps = [
  { id: "start", phase: "start", iteration: 0 },
  { id: "E1", phase: "e", iteration: 1 },
  { id: "M1", phase: "m", iteration: 1 },
  { id: "6", phase: "fast", iteration: 6 },
  { id: "E7", phase: "e", iteration: 7 },
  { id: "M7", phase: "m", iteration: 7 },
  { id: "end", phase: "end", iteration: 7 },
  { id: "epilogue", phase: "end", iteration: 7 },
].map((step, i) => ({ ...step, begins: 100 * i, ends: 100 * (i + 1), shows: 100 * i + 50 }));

test("a part is shown from where it begins until the next one does", () => {
  assert.deepEqual([0, 99.9, 100, 101, 799, 9000].map((time) => at(steps, time)), [0, 0, 1, 1, 7, 7]);
});

test("before the first part there is nothing else to show", () => {
  assert.equal(at(steps, -1), 0);
});

test("the next step of a kind lies behind the step", () => {
  assert.deepEqual([0, 1, 3, 4].map((i) => nextOf(steps, i, "e")), [1, 4, 4, -1]);
  assert.deepEqual([0, 2, 5].map((i) => nextOf(steps, i, "m")), [2, 5, -1]);
});

test("a step has the name that the address gives, in large letters or small ones", () => {
  assert.deepEqual(["#M1", "#e7", "#START", "#end", "#epilogue"].map((hash) => named(steps, hash)), [2, 4, 0, 6, 7]);
});

test("a step within a fast motion is that motion", () => {
  assert.deepEqual(["#E2", "#m6", "#M5", "#6"].map((hash) => named(steps, hash)), [3, 3, 3, 3]);
});

test("what the film does not have is not found", () => {
  assert.deepEqual(["", "#", "#E8", "#x3", "#M", "#5"].map((hash) => named(steps, hash)), [-1, -1, -1, -1, -1, -1]);
});
