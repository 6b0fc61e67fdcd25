// What needs no browser: tables, numbers, words, points, links.

import assert from "node:assert/strict";
import { test } from "node:test";

import { borders, levelLines } from "../../../gmmviz/explorable/web/contours.js";
import { tableOf } from "../../../gmmviz/explorable/web/csv.js";
import { follow, linkOf } from "../../../gmmviz/explorable/web/link.js";
import { Points } from "../../../gmmviz/explorable/web/points.js";
import { number, quoted, row } from "../../../gmmviz/explorable/web/scene.js";
import { Session } from "../../../gmmviz/explorable/web/session.js";
import { correlation, withCorrelation, withDeviation, withWeight } from "../../../gmmviz/explorable/web/shape.js";
import { filled, general, parted } from "../../../gmmviz/explorable/web/texts.js";
import { between, numeral, Scale, short, ticks, View } from "../../../gmmviz/explorable/web/view.js";

const mixture = (weights, means, covariances) => ({
  D: means.length / weights.length,
  weights: Float64Array.from(weights),
  means: Float64Array.from(means),
  covariances: Float64Array.from(covariances),
});

test("tables are read whatever parts their columns", () => {
  const wanted = { values: [1, 2, 3, 4.5], names: ["a", "b"], skipped: 0, left: [] };
  for (const text of ["a,b\n1,2\n3,4.5", "a;b\r\n1;2\r\n3;4,5\r\n", "a\tb\n1\t2\n3\t4.5", "a b\n1 2\n3 4.5", '"a","b"\n"1","2"\n3,4.5', "\ufeff# from\na,b\n1,2\n\n3,4.5"])
    assert.deepEqual(tableOf(text), wanted, text);
  assert.deepEqual(tableOf("1,2\n3,4.5").names, ["x1", "x2"]);
  assert.deepEqual(tableOf('kind,"a, or b",c\nx,1,1e-3\ny,-2,.5'), { values: [1, 0.001, -2, 0.5], names: ["a, or b", "c"], skipped: 0, left: [] });
  assert.deepEqual(tableOf("a,b\n1,2\nNA,3\n4,\n5,6"), { values: [1, 2, 5, 6], names: ["a", "b"], skipped: 2, left: [] });
  assert.equal(tableOf(" \n"), "explore_csv_empty");
  assert.equal(tableOf("a,b\nx,y"), "explore_csv_no_numbers");
  assert.equal(tableOf("x\n" + "1\n".repeat(20_001)), "explore_csv_long");
});

test("numbers are written as the film writes them", () => {
  assert.equal(numeral(-1234.5678, 2), "−1,234.57");
  assert.equal(numeral(-0.00001, 2), "0.00");
  assert.equal(short(0.012345), "0.01235");
  assert.equal(short(-1.5e9), "−1.500e+9");
  assert.deepEqual(ticks(0, 1, 4).map(({ text }) => text), ["0.00", "0.25", "0.50", "0.75", "1.00"]);
  assert.deepEqual(ticks(-4.45, -4.1, 4).map(({ text }) => text), ["−4.4", "−4.3", "−4.2", "−4.1"]);
});

test("numbers are written for TOML to the last digit", () => {
  for (const value of [0.1, -1 / 3, 5, 1e21, 1e-300, 0, -2e15]) assert.equal(Number(number(value)), value);
  assert.ok([5, 1e21, 1e-300].every((value) => /[.e]/.test(number(value))));
  assert.equal(row([1, 0.5]), "[1.0, 0.5]");
  assert.equal(quoted('a "b"\n\u007f'), '"a \\"b\\"\\n\\u007f"');
});

test("words are filled in as Python does", () => {
  assert.equal(filled("{a} and {{b}} {c}", { a: 1 }), "1 and {b} {c}");
  assert.deepEqual(parted("Iteration 3: a: b"), { label: "Iteration 3", text: "a: b" });
  assert.deepEqual(parted("第 3 步：好"), { label: "第 3 步", text: "好" });
  assert.deepEqual(parted("at 12:30"), { label: "", text: "at 12:30" });
  const wanted = [[0.0026049, "0.0026"], [2.04e-5, "2.04e-05"], [123.4, "123"], [1234, "1.23e+03"], [0.5, "0.5"]];
  for (const [value, text] of wanted) assert.equal(general(value, 3), text);
});

test("a mixture on its way is one, whatever the ends", () => {
  const a = mixture([0.5, 0.5], [0, 0, 4, 4], [1, 0.9, 0.9, 1, 4, 0, 0, 1]);
  const b = mixture([0.2, 0.8], [2, 0, 4, 8], [1, -0.9, -0.9, 1, 1, 0, 0, 4]);
  for (const t of [0.1, 0.5, 0.9]) {
    const { weights, means, covariances } = between(a, b, t);
    assert.ok(Math.abs(weights[0] + weights[1] - 1) < 1e-12);
    assert.ok(Math.abs(means[0] - 2 * t) < 1e-12);
    for (const k of [0, 4]) assert.ok(covariances[k] * covariances[k + 3] > covariances[k + 1] ** 2);
  }
  assert.equal(between(a, b, 0), a);
  assert.equal(between(a, b, 1), b);
  assert.ok(Math.abs(between(a, b, 0.5).covariances[4] - 2.25) < 1e-12); // halfway between deviations 2 and 1
});

test("what is typed gives a mixture of the family", () => {
  const m = mixture([0.5, 0.25, 0.25], [0, 0, 1, 1, 2, 2], [1, 0.5, 0.5, 1, 1, 0, 0, 1, 4, 0, 0, 4]);
  assert.deepEqual(Array.from(withWeight(m, 0, 0.2).weights), [0.2, 0.4, 0.4]);
  assert.deepEqual(Array.from(withWeight(withWeight(m, 0, 1), 0, 0.5).weights), [0.5, 0.25, 0.25]);
  assert.deepEqual(Array.from(withDeviation(m, 0, 1, 2, "full").covariances.slice(0, 4)), [1, 1, 1, 4]);
  assert.deepEqual(Array.from(withDeviation(m, 2, 0, 3, "spherical").covariances.slice(8)), [9, 0, 0, 9]);
});

test("a correlation is that of the axes, whatever features they show", () => {
  const points = new Points(Float64Array.of(0, 0, 0, 1, 2, 3), ["a", "b", "c"]);
  const turned = [Math.SQRT1_2, Math.SQRT1_2, 0, 0, 0, 1]; // one axis between two features, the other the third
  const panel = (matrix, D) => ({ d: 2, matrix, back: Array.from({ length: 2 * D }, (_, i) => matrix[(i % 2) * D + Math.floor(i / 2)]), center: new Array(D).fill(0), limits: [[0, 1], [0, 1]] });
  const pair = new View(panel([1, 0, 0, 1], 2), Points.of({ values: [0, 0, 1, 2], weights: null, names: ["a", "b"] }), points);
  const m = mixture([0.5, 0.5], [0, 0, 1, 1], [1, 0.5, 0.5, 1, 4, 0, 0, 9]);
  const typed = withCorrelation(m, pair, 1, 0.5, "tied");
  for (const k of [0, 1]) [4, 3, 3, 9].forEach((value, i) => assert.ok(Math.abs(typed.covariances[4 * k + i] - value) < 1e-12));

  const view = new View(panel(turned, 3), points, points);
  const whole = mixture([1], [0, 0, 0], [2, 1, 0.3, 1, 3, -0.2, 0.3, -0.2, 1]);
  const next = withCorrelation(whole, view, 0, -0.7, "full");
  assert.ok(Math.abs(correlation(next, view, 0) + 0.7) < 1e-12);
  const flat = [view.mixture(whole), view.mixture(next)].map(({ covariances }) => covariances);
  for (const i of [0, 3]) assert.ok(Math.abs(flat[1][i] - flat[0][i]) < 1e-12); // the deviations on the axes stay
});

test("borders of k-means lie halfway between the means", () => {
  const scale = new Scale([[0, 10], [0, 10]], { left: 0, right: 0, top: 0, bottom: 0, width: 100, height: 100 });
  const m = mixture([0.5, 0.5], [2, 5, 8, 5], [1, 0, 0, 1, 1, 0, 0, 1]);
  assert.equal(borders(m, scale), "M50.0 100.0L50.0 0.0");
  const lines = levelLines(m, scale, 3);
  assert.equal(lines.length, 3);
  assert.ok(lines.every((line) => line.startsWith("M")));
});

const model = {
  points: { values: [0, 1, 2, 3, 10, 11, 12, 13], weights: null, names: ["x"] },
  choice: { K: 2, kind: "it", seed: 0, family: "full", algorithm: "em", ridge: "auto" },
  ends: { tol: 1e-7, stopOn: "log_likelihood", maxIter: 50 },
  starts: { it: { given: false, seeded: false, table: { "2/0": { at: [0, 6], variances: [4] }, "1/0": { at: [2], variances: [4] } } } },
};

test("removed points have the numbers that they had in the scene", () => {
  let points = Points.of(model.points);
  points = points.without(2).without(2).with([20]).without(0).without(5);
  assert.deepEqual(Array.from(points.values), [1, 10, 11, 12, 13]);
  assert.deepEqual([points.removed, points.added], [[0, 2, 3], []]);
  assert.ok(!points.scenes);
});

test("a link brings a session back", () => {
  const session = new Session(model);
  session.replace(session.now.points.without(1).with([5.5]));
  session.change({ ...session.mixture(), means: Float64Array.from([1, 9]) });
  for (let i = 0; i < 5; i += 1) session.press(i % 2 ? "m" : "e");
  const other = new Session(model);
  assert.ok(follow(other, linkOf(session)));
  assert.deepEqual(other.mixture(), session.mixture());
  assert.deepEqual(other.now.points.values, session.now.points.values);
  assert.equal(other.now.phase, "e");
  const { states } = other;
  for (const bad of ["#s=x", "#s={}", '#s={"c":[9,"it",0,"full","em","auto"],"s":1}', "#M3"]) assert.ok(!follow(other, bad), bad);
  assert.equal(other.states, states);
});

test("what is undone is the whole gesture, and a run", () => {
  const session = new Session(model);
  const start = session.now;
  const group = ++session.group;
  for (const mean of [1, 2, 3]) session.change({ ...session.mixture(), means: Float64Array.from([mean, 9]) }, group);
  assert.equal(session.states.length, 2);
  assert.deepEqual(session.now.curve.map(({ moved }) => moved), [false, true]);
  const run = ++session.group;
  for (let i = 0; i < 6; i += 1) session.press(i % 2 ? "m" : "e", run);
  assert.ok(session.undo());
  assert.deepEqual(Array.from(session.now.inside.means), Array.from(session.now.points.engine.inward(session.mixture()).means));
  assert.ok(session.undo());
  assert.equal(session.now, start);
  assert.ok(!session.undo() && !session.back());
});

test("another number of components has a start where the table has one", () => {
  const session = new Session(model);
  session.choose({ K: 1 });
  assert.deepEqual(Array.from(session.mixture().means), [2]);
});
