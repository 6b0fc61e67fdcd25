"""`gmmviz preview`: the command, and its page in Chromium."""

import signal
import subprocess
import sys
import threading

import pytest
from browsers import package

from gmmviz.cli.changes import Watched
from gmmviz.cli.server import PreviewServer

SCENE = """\
title = "One"
[data]
dataset = "old_faithful"
[model]
components = 2
max_iter = 2
[pace]
start = 0.5
first_e = 0.5
first_m = 0.5
[output]
size = [640, 360]
fps = 10
"""


@pytest.fixture
def scene(write_scene):
    return write_scene(SCENE, "small.toml")


class Preview:
    """The command in a process of its own."""

    def __init__(self, scene, folder, *arguments):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gmmviz", "preview", scene, *arguments],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.url = self.process.stdout.readline().strip()

    def end(self):
        self.process.send_signal(signal.SIGINT)
        said = self.process.communicate(timeout=20)
        return self.process.returncode, *said


@pytest.fixture
def start(folder):
    made = []

    def start(scene, *arguments):
        made.append(Preview(scene, folder, *arguments))
        return made[-1]

    yield start
    for preview in made:
        preview.process.kill()
        preview.process.communicate()


@pytest.fixture
def open_url(browser):
    """Open the page; in the end nothing may have gone wrong in it, and nobody else may have been asked."""
    contexts, problems = [], []

    def open_url(url, **options):
        contexts.append(browser.new_context(viewport={"width": 900, "height": 700}, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(40_000)
        page.on("console", lambda said: problems.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        own = (url, "data:", "blob:")
        page.on("request", lambda asked: None if asked.url.startswith(own) else problems.append(asked.url[:80]))
        page.goto(url)
        return page

    yield open_url
    for context in contexts:
        context.close()
    assert [problem for problem in problems if "ERR_" not in problem] == []  # of a server that has ended


def wait_for_film(page, title):
    page.frame_locator("iframe:not(.coming)").locator(f"figure[aria-label='{title}'][data-ready]").wait_for()


def where(page):
    return page.frame_locator("iframe:not(.coming)").locator(".where").inner_text()


def test_page_follows_the_file_and_keeps_its_step(start, open_url, scene):
    page = open_url(start(scene).url)
    wait_for_film(page, "One")
    page.wait_for_selector("#state:has-text('up to date')")
    assert where(page).startswith("1 of 6")
    film = page.frame_locator("iframe:not(.coming)")
    film.locator("button[name=last]").click()
    film.locator("button[name=previous]").click()
    assert where(page).startswith("5 of 6 · M-step 2")

    scene.write_text(SCENE.replace("components = 2", "componets = 2"))
    page.wait_for_selector("#error:not([hidden])")
    assert page.inner_text("#error").splitlines()[-3:] == [
        f"{scene}:5:1: model.componets: unknown key; did you mean 'components'?",
        "   5 | componets = 2",
        "     | ^^^^^^^^^",
    ]
    assert page.inner_text("#state") == "below is the film from before this mistake"
    wait_for_film(page, "One")

    scene.write_text(SCENE.replace("components = 2", "components = 3").replace('"One"', '"Two"'))
    wait_for_film(page, "Two")
    page.wait_for_selector("#state:has-text('up to date')")
    assert page.locator("#error").is_hidden()
    assert page.locator("iframe").count() == 1
    assert where(page).startswith("5 of 6 · M-step 2")
    assert page.evaluate("document.activeElement.tagName") == "IFRAME"  # where the focus was before

    page.reload()
    wait_for_film(page, "Two")
    assert where(page).startswith("5 of 6 · M-step 2")

    scene.write_text(SCENE.replace("max_iter = 2", "max_iter = 1"))
    wait_for_film(page, "One")
    assert where(page).startswith("4 of 4")  # the step is no more, and as far in is the end


def test_page_of_a_scene_with_a_mistake_says_so_until_it_is_mended(start, open_url, scene):
    scene.write_text("title = 3\n")
    page = open_url(start(scene).url, color_scheme="dark")
    page.wait_for_selector("#error:not([hidden])")

    assert page.inner_text("#state") == "no film yet"
    assert page.locator("iframe").count() == 0
    page.evaluate(package("axe-core/axe.min.js").read_text(encoding="utf-8"))
    assert page.evaluate("axe.run().then(found => found.violations.map(one => one.id))") == []

    scene.write_text(SCENE)
    wait_for_film(page, "One")
    assert page.locator("#error").is_hidden()


def test_page_says_what_there_is_to_note(start, open_url, scene):
    scene.write_text('language = "it"\n' + SCENE)
    page = open_url(start(scene).url)
    wait_for_film(page, "One")
    page.wait_for_selector("#notes:not([hidden]) li")

    assert "of this film in 'it' stay English" in page.inner_text("#notes")


def test_page_says_that_the_command_has_ended(start, open_url, scene):
    preview = start(scene)
    page = open_url(preview.url)
    wait_for_film(page, "One")

    code, said, complained = preview.end()
    page.wait_for_selector("#state:has-text('gmmviz preview has ended: start it again')")
    assert (code, said) == (130, "")
    assert complained == f"following {scene}; Ctrl-C ends\ninterrupted; unfinished films were discarded\n"
    wait_for_film(page, "One")


def test_nothing_is_left_behind(start, scene, folder, tmp_path, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    preview = start(scene)
    preview.process.stderr.readline()

    assert preview.end()[0] == 130
    assert list(folder.iterdir()) == []
    assert list((tmp_path / "temporary").iterdir()) == []


class EnoughError(Exception):
    """The preview would go on."""


@pytest.fixture
def told(monkeypatch):
    """What the page was told until the files were waited for."""
    told = []

    def stop(watched):
        raise EnoughError

    monkeypatch.setattr(Watched, "wait", stop)
    monkeypatch.setattr(PreviewServer, "tell", lambda server, film=None, **news: told.append((film, news)))
    return told


def test_draft_reaches_the_page_with_the_scenes_own_options(gmmviz, scene, told):
    with pytest.raises(EnoughError):
        gmmviz("preview", scene, "--set", "output.html.lossless=false", "--set", "title=Three")

    (_, making), (film, news) = told
    assert making == {"making": True}
    assert news == {"making": False, "error": "", "notes": ()}
    assert b"<title>Three</title>" in film
    assert b'width="320" height="180"' in film  # half of the scene's size
    with pytest.raises(EnoughError):
        gmmviz("preview", scene)
    assert len(told[-1][0]) > len(film)


def test_plugins_run_only_when_they_are_allowed(gmmviz, write_scene, tmp_path, told):
    (tmp_path / "mine.py").write_text('open("ran", "w").close()\n')
    scene = write_scene('plugins = ["mine.py"]\n' + SCENE)
    with pytest.raises(EnoughError):
        gmmviz("preview", scene)

    assert "--allow-plugins" in told[-1][1]["error"]
    with pytest.raises(EnoughError):
        gmmviz("preview", scene, "--allow-plugins")
    assert told[-1][1]["error"] == ""


def test_page_is_opened_if_that_is_asked_for(gmmviz, scene, told, monkeypatch):
    opened = []
    monkeypatch.setattr("typer.launch", opened.append)
    with pytest.raises(EnoughError):
        gmmviz("preview", scene, "--open")

    assert [url.startswith("http://127.0.0.1:") for url in opened] == [True]


def test_server_is_gone_when_the_command_ends(gmmviz, scene, told):
    with pytest.raises(EnoughError):
        gmmviz("preview", scene)

    assert not [
        thread for thread in threading.enumerate() if thread.name == "gmmviz preview" and thread.is_alive()
    ]


def test_preview_of_nothing_ends(gmmviz):
    done = gmmviz("preview", "none.toml")

    assert (done.exit_code, done.stderr) == (2, "there is no scene file none.toml\n")


def test_port_that_is_taken_is_told(gmmviz, scene):
    with PreviewServer("a.toml") as other:
        done = gmmviz("preview", scene, "--port", other.port)

    assert done.exit_code == 1
    assert done.stderr.startswith(f"port {other.port} cannot be used (")
