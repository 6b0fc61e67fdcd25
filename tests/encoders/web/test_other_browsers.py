"""The player in Firefox and WebKit, which are driven otherwise than Chromium."""

import base64
import io
import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from browsers import package, program
from PIL import Image

pytestmark = pytest.mark.long
HERE = Path(__file__).parent


@pytest.fixture
def steps(film):
    """Every step once, in random order, and the first one again."""
    return [*np.random.default_rng(2).permutation(len(film.film.steps)).tolist(), 0]


def assert_shown(pictures, film, steps):
    for data, step in zip(pictures, steps, strict=True):
        with Image.open(io.BytesIO(base64.b64decode(data.partition(",")[2]))) as picture:
            shown = np.asarray(picture.convert("RGB"))
        wanted = film.image(film.moments[film.film.steps[step].last])[:, :, :3]
        assert (shown != wanted).any(axis=2).sum() == 0, step


def test_firefox_shows_every_step_to_the_pixel(film, page_file, steps):
    command = [program("node"), HERE / "firefox.mjs", program("firefox-esr", "firefox")]
    done = subprocess.run(
        [*command, page_file.as_uri(), json.dumps(steps)],
        capture_output=True,
        text=True,
        env=os.environ | {"PACKAGES": str(package("puppeteer-core/package.json"))},
    )

    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["errors"] == []
    assert_shown(said["pictures"], film, steps)


@pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning")  # by selenium itself
def test_webkit_shows_every_step_to_the_pixel(webkit, film, page_file, steps):
    webkit.set_script_timeout(30)
    webkit.get(page_file.as_uri())
    show = """
        const [step, done] = arguments, player = () => document.querySelector('.gmmviz').player;
        const wait = () => document.querySelector('.gmmviz[data-ready]')
            ? player().go(step).then(() => done(document.querySelector('canvas').toDataURL('image/png')))
            : setTimeout(wait, 20);
        wait();
    """
    pictures = [webkit.execute_async_script(show, step) for step in steps]

    assert_shown(pictures, film, steps)
    webkit.find_element("css selector", "button[name=next]").click()
    webkit.execute_async_script(
        "const done = arguments[0], p = document.querySelector('.gmmviz').player;"
        "const wait = () => p.playing || p.step !== 1 ? setTimeout(wait, 20) : done(); wait();"
    )
