"""The explorable in Firefox and WebKit, which are driven otherwise than Chromium."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from browsers import package, program

import gmmviz as gv

pytestmark = pytest.mark.long
HERE = Path(__file__).parent


def assert_the_librarys(told, tmp_path):
    """What is shown after each of some doings is what gmmviz makes of the scene that is copied then."""
    for i, shown in enumerate(told):
        path = tmp_path / f"{i}.toml"
        path.write_text(shown["scene"], encoding="utf-8")
        (trace,) = gv.load_scene(path).traces
        snapshot = trace[shown["state"][0]]
        assert shown["value"].replace("−", "-") == f"{snapshot.log_likelihood / 272:.4f}"
        short = gv.fit(
            trace.data,
            trace[0].mixture,
            max_iter=max(shown["state"][0], 1),
            tol=0,
            covariance_type=trace.settings["covariance_type"],
        )
        if shown["state"][0]:
            assert shown["bic"] == f"{short.bic:,.1f}"


def test_firefox_shows_the_librarys_numbers(page_file, tmp_path):
    command = [program("node"), HERE / "firefox.mjs", program("firefox-esr", "firefox"), page_file.as_uri()]
    environment = os.environ | {"PACKAGES": str(package("puppeteer-core/package.json"))}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)

    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["errors"] == []
    assert [shown["state"] for shown in said["told"]] == [[2, "m"], [0, "start"], [1, "e"], [1, "m"]]
    assert said["told"][1]["said"] == "You moved component 1: EM begins anew from here"
    assert_the_librarys(said["told"], tmp_path)


TELL = """
    const root = document.querySelector('.gmmviz-explorable'), { session } = root.explorer;
    return { scene: root.scene(), state: [session.now.iteration, session.now.phase],
        value: document.querySelector('.value').textContent, bic: document.querySelector('.bic').textContent };
"""


@pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning")  # by selenium itself
def test_webkit_shows_the_librarys_numbers(webkit, page_file, tmp_path):
    from selenium.webdriver import ActionChains, Keys

    webkit.set_script_timeout(30)
    webkit.set_window_size(1280, 1000)
    webkit.get(page_file.as_uri())
    webkit.execute_async_script(
        "const done = arguments[0], wait = () => document.querySelector('.gmmviz-explorable[data-ready]')"
        " ? done() : setTimeout(wait, 20); wait();"
    )

    def element(selector):
        return webkit.find_element("css selector", selector)

    told = []
    for name in ("e", "m", "e", "m"):
        element(f"button[name={name}]").click()
    told.append(webkit.execute_script(TELL))
    mean = element("#mean0 .badge")
    ActionChains(webkit).click_and_hold(mean).move_by_offset(-60, 40).release().perform()
    told.append(webkit.execute_script(TELL))
    ActionChains(webkit).send_keys(Keys.ARROW_RIGHT, "e", "m", "e").perform()
    told.append(webkit.execute_script(TELL))

    assert [shown["state"] for shown in told] == [[2, "m"], [0, "start"], [1, "e"]]
    assert_the_librarys(told, tmp_path)
