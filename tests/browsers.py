"""A browser for the tests of pages, and the npm packages that check them; `.ci/run` installs both."""

import base64
import io
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

PACKAGES = Path(__file__).parents[1] / ".ci" / "node_modules"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# As root, without a graphics card, and with colors as they are in the file.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb", "--hide-scrollbars"]
OWN = ("file:", "data:", "blob:")  # addresses that need no network


def lacking(what):
    """Skip the test aloud; fail it where everything must be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing: .ci/run installs it")
    pytest.skip(f"{what} is missing: .ci/run installs it")


def program(*names):
    """The path of the first program of these that there is."""
    found = next(filter(None, map(shutil.which, names)), None)
    return found or lacking(names[0])


def package(path):
    """A file of an npm package."""
    file = PACKAGES / path
    return file if file.exists() else lacking(f"the npm package {Path(path).parts[0]}")


@pytest.fixture(scope="session")
def launch():
    """Start Chromium; by one Playwright for all tests of a process, since it allows no second one."""
    executable = program(*CHROMIUM)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = []

        def launch(*arguments):
            started.append(playwright.chromium.launch(executable_path=executable, args=[*ARGUMENTS, *arguments]))
            return started[-1]

        yield launch
        for chromium in started:
            chromium.close()


@pytest.fixture(scope="session")
def browser(launch):
    """The browser of all tests."""
    return launch()


@pytest.fixture(scope="session")
def calm_browser(launch):
    """A browser whose user wants nothing to move; where it is only told so, its frames hear of it too late."""
    return launch("--force-prefers-reduced-motion")


@pytest.fixture
def open_page(browser, request):
    """Open a file as a page, without a network; in the end nothing may have gone wrong in it."""
    contexts, problems = [], []

    def open_page(path, address="", *, size=(1000, 760), ready=".gmmviz[data-ready]", calm=False, **options):
        width, height = size
        if calm:
            options["reduced_motion"] = "null"
        chromium = request.getfixturevalue("calm_browser") if calm else browser
        context = chromium.new_context(viewport={"width": width, "height": height}, offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda said: problems.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "request", lambda request: None if request.url.startswith(OWN) else problems.append(request.url[:80])
        )
        page.goto(path.as_uri() + address)
        if ready:
            page.wait_for_selector(ready)
        return page

    open_page.problems = problems
    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def webkit():
    """WebKit, on a screen that nobody sees."""
    try:
        from selenium import webdriver
    except ImportError:
        lacking("selenium")
    driver = program("WebKitWebDriver")
    with subprocess.Popen(
        [program("Xvfb"), "-displayfd", "1", "-screen", "0", "1280x800x24"], stdout=-1
    ) as screen:
        try:
            display = screen.stdout.readline().decode().strip()
            environment = os.environ | {"DISPLAY": f":{display}", "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"}
            service = webdriver.WebKitGTKService(executable_path=driver, env=environment)
            browser = webdriver.WebKitGTK(options=webdriver.WebKitGTKOptions(), service=service)
            yield browser
            browser.quit()
        finally:
            screen.terminate()


class Player:
    """The player of a page, as a viewer has it, and as its scripts know it."""

    def __init__(self, page):
        self.page = page

    def ask(self, expression, argument=None):
        """The value of an expression in which p is the player."""
        script = (
            f"async (argument) => {{ const p = document.querySelector('.gmmviz').player; return {expression}; }}"
        )
        return self.page.evaluate(script, argument)

    @property
    def step(self):
        return self.ask("p.step")

    def click(self, name):
        self.page.click(f"button[name={name}]")

    def rest(self):
        """Wait until nothing moves, and all is drawn; return the number of the step."""
        self.page.wait_for_function(
            "() => { const p = document.querySelector('.gmmviz').player; return !p.playing && !p.reel.busy }"
        )
        return self.step

    def picture(self):
        """What stands on the canvas."""
        data = self.page.evaluate("() => document.querySelector('canvas').toDataURL('image/png')")
        with Image.open(io.BytesIO(base64.b64decode(data.partition(",")[2]))) as picture:
            return np.asarray(picture.convert("RGB"))


@pytest.fixture
def open_player(open_page):
    """Open a page with a player."""

    def open_player(path, *arguments, **options):
        return Player(open_page(path, *arguments, **options))

    return open_player
