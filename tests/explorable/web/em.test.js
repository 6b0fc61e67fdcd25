// The engine of the page against gmmviz: every snapshot of every run that Python wrote down.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { ALGORITHMS } from "../../../gmmviz/explorable/web/em.js";
import { criteria, lowerBound, parameters } from "../../../gmmviz/explorable/web/rules.js";
import { Session } from "../../../gmmviz/explorable/web/session.js";

const cases = JSON.parse(readFileSync(process.env.CASES, "utf-8"));
const CLOSE = 1e-9;
let worst = 0;

/** The largest difference, each measured by its own scale. */
function far(ours, theirs, scale) {
  assert.equal(ours.length, theirs.length);
  return Math.max(0, ...Array.from(ours, (value, i) => Math.abs(value - theirs[i]) / scale(i)));
}

function close(ours, theirs, scale, what) {
  const distance = far(ours, theirs, scale);
  worst = Math.max(worst, distance);
  assert.ok(distance < CLOSE, `${what}: ${distance}`);
}

for (const run of cases)
  test(run.name, () => {
    const session = new Session(run.model);
    const { engine } = session.now.points;
    const { D } = engine;
    const deviation = (d) => run.spreads[d];
    const told = [];
    for (const [t, wanted] of run.snapshots.entries()) {
      if (t > 0) {
        assert.ok(session.press("e") && session.press("m"), `${t}`);
        if (run.bounds) {
          const { points, asked, inside, choice } = session.now;
          const bound = lowerBound(engine, inside, points.engine.ask(asked, ALGORITHMS[choice.algorithm].hard));
          close([bound], [run.bounds[t - 1]], () => 1 + Math.abs(bound), `the bound after M-step ${t}`);
        }
      }
      const mixture = session.mixture();
      const asked = session.statistics();
      close(mixture.weights, wanted.weights, () => 1, `weights ${t}`);
      close(mixture.means, wanted.means, (i) => deviation(i % D) + run.offsets[i % D] * 1e-6, `means ${t}`);
      close(mixture.covariances, wanted.covariances, (i) => deviation(Math.floor((i % (D * D)) / D)) * deviation(i % D), `covariances ${t}`);
      close([asked.logLikelihood], [wanted.logLikelihood], (i) => 1 + Math.abs(wanted.logLikelihood), `log-likelihood ${t}`);
      close([asked.objective], [wanted.objective], (i) => 1 + Math.abs(wanted.objective), `objective ${t}`);
      close(asked.counts, wanted.counts, () => engine.total, `counts ${t}`);
      for (const { kind, component, amount } of session.now.happenings) told.push([t, kind, component ?? null, amount ?? null]);
    }
    if (run.stop === "collapsed") {
      assert.ok(session.press("e") && session.press("m"));
      assert.equal(session.now.happenings[0].component, run.end.component);
      assert.equal(session.now.happenings[0].point ?? null, run.end.point);
      assert.ok(!session.can("e") && !session.can("m"));
    }
    assert.equal(session.now.ended, { converged: "converged", max_iter: "stopped", collapsed: "collapsed" }[run.stop]);
    const amounts = told.filter(([, kind]) => kind === "decreased");
    assert.deepEqual(told.map((event) => event.slice(0, 3)).sort(), run.events.map((event) => event.slice(0, 3)).sort());
    for (const [t, , , amount] of amounts) {
      const theirs = run.events.find((event) => event[0] === t && event[1] === "decreased")[3];
      assert.ok(Math.abs(amount - theirs) <= 1e-8 * (1 + Math.abs(run.snapshots[t].objective)) || Math.abs(amount / theirs - 1) < 1e-3);
    }
    const heldNow = session.now.losses.filter(({ kind }) => kind === "held").map(({ component }) => component);
    assert.deepEqual(run.stop === "collapsed" ? run.held : heldNow, run.held);
    const p = parameters(run.model.choice.K, D, session.how());
    assert.equal(p, run.parameters);
    const { aic, bic } = criteria(engine, session.statistics().logLikelihood, p);
    close([aic, bic], [run.aic, run.bic], () => 1 + Math.abs(run.aic), "criteria");
  });

test.after(() => console.log(`worst ${worst.toExponential(1)} of ${cases.length} runs`));
