"""The page to explore, in Chromium: an iteration on 20,000 points and its picture, and frames while dragging.

Usage: python tests/benchmarks/bench_explorable.py [RUNS]

Prints medians, and the slowest of a hundred, from the call or the pointer's event to the frame that shows it: with the
work of the script, the browser's layout and paint, at 1280x900.
"""

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np
from bench_all import machine
from playwright.sync_api import sync_playwright

import gmmviz as gv

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MEASURE = """async ([what, times]) => {
    const x = document.querySelector('.gmmviz-explorable').explorer, s = x.session;
    const svg = document.querySelector('.stage svg[role]');
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    // A message that is sent within a frame comes when that frame has been painted.
    const painted = () => new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = resolve;
        requestAnimationFrame(() => port2.postMessage(0));
    });
    const box = document.querySelector('#mean0').getBoundingClientRect();
    const point = (type, i) => (type === 'pointerdown' ? document.querySelector('#mean0') : svg).dispatchEvent(
        new PointerEvent(type, {
            bubbles: true, pointerId: 1, clientX: box.x + box.width / 2 + 40 * Math.sin(i / 10),
            clientY: box.y + box.height / 2 + 20 * Math.sin(i / 7),
        }));
    svg.setPointerCapture = () => {};
    if (what === 'drag') point('pointerdown', 0);
    const [works, frames] = [[], []];
    await painted();
    let last = await frame();
    for (let i = 0; i < times; i += 1) {
        const begun = performance.now();
        if (what === 'drag') point('pointermove', i);
        else {
            s.press('e');
            s.press('m');
            x.draw(s.now, s.now, 1);
            x.rests();
        }
        works.push(performance.now() - begun);
        const now = what === 'drag' ? await frame() : (await painted(), performance.now());
        frames.push(now - (what === 'drag' ? last : begun));
        last = now;
    }
    if (what === 'drag') point('pointerup', times);
    return [works, frames];
}"""


def pages(folder):
    """The pages that are measured: with many points, and with few."""
    rng = np.random.default_rng(0)
    many = gv.Dataset(np.concatenate([rng.normal(m, 1, (5000, 2)) for m in ([0, 0], [4, 1], [2, 5], [7, 6])]))
    large = gv.fit(many, gv.RandomPoints(seed=1), n_components=4, max_iter=2000, tol=0)
    yield "20,000 points", gv.explore(large).save(folder / "large.html")
    few = gv.fit(gv.load_dataset("old_faithful"), gv.RandomPoints(seed=15), n_components=2)
    yield "272 points", gv.explore(few).save(folder / "small.html")


def main(runs=3):
    """Measure and print."""
    executable = next(filter(None, map(shutil.which, CHROMIUM)))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        print(f"Chromium {browser.version}, without a graphics card; {machine()}\n")
        for name, path in pages(Path(folder)):
            for what, said in (("steps", "an iteration and its picture"), ("drag", "a picture while dragging")):
                works, frames = [], []
                for _ in range(runs):
                    page = browser.new_page(viewport={"width": 1280, "height": 900})
                    page.goto(path.as_uri())
                    page.wait_for_selector(".gmmviz-explorable[data-ready]")
                    work, frame = page.evaluate(MEASURE, [what, 110])
                    works += work[10:]
                    frames += frame[10:]
                    page.close()
                median, last = statistics.median(frames), max(frames)
                per_second = f", {1000 * len(frames) / sum(frames):.1f} frames/s" if what == "drag" else ""
                print(
                    f"{name}, {said}: {median:.1f} ms, at most {last:.1f}{per_second}; "
                    f"of it our script {statistics.median(works):.1f} ms"
                )
        browser.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
