"""Notebooks: executed, exported, opened where nothing is trusted, and in other tools.

JupyterLab, marimo and Quarto are tried behind `long`, where they are installed.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import pytest

CELLS = [
    "import gmmviz as gv\ntrace = gv.fit(gv.load_dataset('old_faithful'), n_components=2, max_iter=2)\ntrace",
    "trace[1]",
    "trace[1].mixture",
    "trace.data",
    "gv.plot(trace)",
    "film = gv.Animation(trace, title='In a notebook', size=(320, 180), fps=5, pace=gv.Pace(length=6))\nfilm",
    "film.still(at='M1')",
]


@pytest.fixture
def notebook():
    nbformat = pytest.importorskip("nbformat")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return nbformat.v4.new_notebook(metadata=kernel, cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])


@pytest.fixture
def executed(notebook, monkeypatch):
    from nbclient import NotebookClient

    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    NotebookClient(notebook, timeout=100, kernel_name="python3").execute()
    return notebook


@pytest.mark.filterwarnings("default")  # of the packages that run notebooks
def test_every_value_shows_itself_in_an_executed_notebook_and_in_its_export(executed, open_page, tmp_path):
    from nbconvert import HTMLExporter

    shown = [sorted(cell.outputs[0]["data"]) for cell in executed.cells]
    table, picture = ["text/html", "text/plain"], ["image/png", "text/html", "text/plain"]
    assert shown[:6] == [table, table, table, table, picture, picture]
    assert "image/png" in shown[6]

    exported, _ = HTMLExporter(template_name="basic").from_notebook_node(executed)
    (tmp_path / "notebook.html").write_text(f"<!doctype html><meta charset='utf-8'>{exported}", encoding="utf-8")
    page = open_page(tmp_path / "notebook.html", ready="iframe")
    assert page.locator("caption").first.inner_text().startswith("Old Faithful, stopped after 2 iterations")
    assert page.get_by_role("img", name="Stopped: after iteration 2 (ellipses hold").count() == 1
    plays(page.frame_locator("iframe"))


def plays(player):
    """Go from step to step in a player."""
    player.locator(".gmmviz[data-ready]").wait_for()
    assert player.locator(".where").inner_text().startswith("1 of 6")
    player.locator("button[name=last]").click()
    player.locator(".where", has_text="6 of 6").wait_for()
    player.locator("button[name=previous]").click()
    player.locator(".where", has_text="5 of 6").wait_for()


@contextmanager
def served(command, tmp_path):
    """Start a program that serves pages on a free port, and wait for it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", *command, f"--port={port}"],
            cwd=tmp_path,
            stdout=log,
            stderr=log,
            env=os.environ | {"HOME": str(tmp_path)},
        )
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1).close()
            except OSError:
                time.sleep(0.2)
            else:
                break
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


@pytest.mark.long
@pytest.mark.filterwarnings("default")
def test_jupyterlab_shows_the_still_of_an_untrusted_notebook_and_plays_it_when_run(executed, browser, tmp_path):
    nbformat, _ = pytest.importorskip("nbformat"), pytest.importorskip("jupyterlab")
    nbformat.write(executed, tmp_path / "film.ipynb")
    command = [
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        "--IdentityProvider.token=",
        f"--notebook-dir={tmp_path}",
    ]
    with served(command, tmp_path) as address:
        page = browser.new_page(viewport={"width": 1200, "height": 2400})
        page.goto(f"{address}/lab/tree/film.ipynb")
        still = page.locator("img[alt*='Old Faithful'], .jp-RenderedHTMLCommon img[alt]").first
        still.wait_for(timeout=60_000)
        assert page.locator(".jp-Notebook iframe").count() == 0

        page.get_by_text("Run", exact=True).first.click()
        page.get_by_text("Run All Cells", exact=True).click()
        page.locator(".jp-Notebook iframe").first.wait_for(timeout=90_000)
        plays(page.locator(".jp-Notebook iframe").first.content_frame)
        page.close()


@pytest.mark.long
def test_marimo_plays_the_film(browser, tmp_path):
    pytest.importorskip("marimo")
    body = "\n\n".join(
        f"@app.cell\ndef _():\n    {cell}" + "\n    return"
        for cell in [
            "import gmmviz as gv\n    trace = gv.fit(gv.load_dataset('old_faithful'), n_components=2, max_iter=2)\n"
            "    film = gv.Animation(trace, title='In a notebook', size=(320, 180), fps=5, pace=gv.Pace(length=6))\n"
            "    film"
        ]
    )
    (tmp_path / "film.py").write_text(f"import marimo\n\napp = marimo.App()\n\n\n{body}\n", encoding="utf-8")
    with served(["marimo", "run", "film.py", "--headless", "--no-token"], tmp_path) as address:
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        page.goto(address)
        page.locator("iframe").first.wait_for(timeout=60_000)
        plays(page.locator("iframe").first.content_frame)
        page.close()


@pytest.mark.long
def test_quarto_executes_and_embeds_the_player(open_page, tmp_path):
    if shutil.which("quarto") is None:
        pytest.skip("Quarto is not installed")
    cells = "\n\n".join(f"```{{python}}\n{cell}\n```" for cell in CELLS)
    (tmp_path / "film.qmd").write_text(f"---\ntitle: Film\nformat: html\nembed-resources: true\n---\n\n{cells}\n")
    subprocess.run(["quarto", "render", "film.qmd"], cwd=tmp_path, check=True, env=os.environ)
    assert re.search("<iframe[^>]*srcdoc", (tmp_path / "film.html").read_text(encoding="utf-8"))
    plays(open_page(tmp_path / "film.html", ready="iframe").frame_locator("iframe"))


EXPLORED = [
    "import gmmviz as gv\n"
    "trace = gv.fit(gv.load_dataset('old_faithful'), gv.RandomPoints(seed=15), n_components=2)\n"
    "explorer = gv.Explorer(gv.explore(trace, start=gv.RandomPoints(seed=15)))",
    "explorer",
    "run = explorer.trace\n"
    "same = abs(run[-1].mixture.means - explorer.mixture.means).max() < 1e-9\n"
    "f'{run[-1].iteration} iterations, {same}, {explorer.mixture.means[0, 0]:.4f}'",
]


def explored(frame):
    """Make two iterations in the explorable; return the first coordinate of the first mean as it stands there."""
    frame.locator(".gmmviz-explorable[data-ready]").wait_for()
    for name in ("e", "m", "e", "m"):
        frame.locator(f"button[name={name}]").click()
    return float(frame.locator("[aria-label='Component 1: mean of eruption (min)']").input_value())


@pytest.mark.long
@pytest.mark.filterwarnings("default")
def test_jupyterlab_gives_back_what_was_explored(browser, tmp_path):
    nbformat, _ = pytest.importorskip("nbformat"), pytest.importorskip("jupyterlab")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [nbformat.v4.new_code_cell(cell) for cell in EXPLORED]
    nbformat.write(nbformat.v4.new_notebook(metadata=kernel, cells=cells), tmp_path / "explore.ipynb")
    command = ["jupyterlab", "--no-browser", "--allow-root", "--IdentityProvider.token="]
    with served([*command, f"--notebook-dir={tmp_path}"], tmp_path) as address:
        page = browser.new_page(viewport={"width": 1200, "height": 2000})
        page.goto(f"{address}/lab/tree/explore.ipynb")
        page.locator(".jp-Notebook .jp-Cell").last.wait_for(timeout=60_000)
        page.get_by_text("| Idle").wait_for(timeout=60_000)  # before that, cells would not run
        page.get_by_text("Run", exact=True).first.click()
        page.get_by_text("Run All Cells", exact=True).click()
        output = page.locator(".jp-Notebook .jp-Cell").last.locator(".jp-OutputArea-output")
        output.get_by_text("iterations").wait_for(timeout=90_000)
        mean = explored(page.locator(".jp-Notebook iframe").content_frame)

        wanted = output.get_by_text(f"2 iterations, True, {mean:.4f}")
        for _ in range(60):  # what the page tells takes its time
            page.locator(".jp-Notebook .jp-Cell").last.locator(".cm-content").click()
            page.keyboard.press("Control+Enter")
            page.wait_for_timeout(500)
            if wanted.count():
                break
        assert wanted.count() == 1
        page.close()


@pytest.mark.long
def test_marimo_gives_back_what_was_explored(browser, tmp_path):
    pytest.importorskip("marimo")
    setting = EXPLORED[0].replace("\n", "\n    ")
    result = EXPLORED[2].replace("\n", "\n    ")
    (tmp_path / "explore.py").write_text(
        "import marimo\n\napp = marimo.App()\n\n\n"
        f"@app.cell\ndef _():\n    import marimo as mo\n    {setting}\n    return explorer, mo\n\n\n"
        "@app.cell\ndef _(explorer, mo):\n    widget = mo.ui.anywidget(explorer.widget)\n    widget\n    return (widget,)\n\n\n"
        f"@app.cell\ndef _(explorer, widget):\n    widget.value\n    {result}\n    return\n",
        encoding="utf-8",
    )
    with served(["marimo", "run", "explore.py", "--headless", "--no-token"], tmp_path) as address:
        page = browser.new_page(viewport={"width": 1200, "height": 1400})
        page.goto(address)
        page.get_by_text("0 iterations, True").wait_for(timeout=60_000)
        mean = explored(page.locator("iframe").content_frame)
        page.get_by_text(f"2 iterations, True, {mean:.4f}").wait_for(timeout=30_000)
        page.close()
