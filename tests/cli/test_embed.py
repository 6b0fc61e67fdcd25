"""`gmmviz embed`, and the snippets of the README, which come from it."""

import re
import shlex
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from browsers import program
from typer.testing import CliRunner

import gmmviz as gv
from gmmviz.cli import app
from gmmviz.scene.snippets import SNIPPETS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHOWN = [
    (arguments, where, shown)
    for arguments, where, _, shown in re.findall(
        r"^  <!-- gmmviz embed ([^\n]*) --for (\w+) -->\n  (`{3,})\w+\n(.*?\n)  \3$",
        README,
        flags=re.MULTILINE | re.DOTALL,
    )
]


class Page(HTMLParser):
    """The elements of a snippet."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements = {}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements[tag] = dict(attributes)


@pytest.fixture
def embed(gmmviz):
    """Run the command; return what it prints, and what it says."""

    def embed(*arguments):
        done = gmmviz("embed", *arguments)
        assert done.exit_code == 0, done.stderr
        return done.stdout, done.stderr

    return embed


def named(text):
    """The files that a page asks for."""
    page = Page(text)
    found = [
        value
        for element in page.elements.values()
        for name, value in element.items()
        if name in ("src", "data-src", "srcset")
    ]
    return {unquote(urlsplit(address).path) for address in found}


def test_readme_has_a_still_for_who_wants_nothing_to_move(embed, scene):
    text, said = embed(scene, "--for", "readme")
    page = Page(text)
    film = gv.load_scene(scene).animation().film

    assert page.elements["source"] == {"media": "(prefers-reduced-motion: reduce)", "srcset": "small.poster.png"}
    assert page.elements["img"] == {"src": "small.gif", "alt": film.text}
    assert said == f"make its files with: gmmviz render {scene} --format gif,poster.png\n"
    assert "\n\n" not in text  # which would end the block of HTML in Markdown


def test_slide_has_a_player_that_starts_when_it_is_shown(embed, scene):
    text, said = embed(scene, "--for", "reveal")

    assert Page(text).elements["iframe"] == {
        "data-src": "small.html?deck", "data-preload": None, "title": "Small", "width": "320", "height": "330",
        "allowfullscreen": None, "style": "border: 0",
    }  # fmt: skip
    assert said == f"make its files with: gmmviz render {scene} --format html\n"


def test_quarto_leaves_the_player_beside_the_page(embed, scene):
    text, _ = embed(scene, "--for", "quarto")
    (inside,) = re.findall(r"\A```{=html}\n(.*)\n```\n\Z", text)
    found = Page(inside).elements["iframe"]

    assert (found["src"], found["data-external"], found["title"]) == ("small.html?deck", "1", "Small")


@pytest.mark.parametrize(
    ("own", "size"),
    [
        ("[320, 180]", ("320", "330")),
        ("[1280, 720]", ("960", "690")),
        ("[1080, 1920]", ("960", "700")),
        ("[320, 180]\n[output.html]\nsize = [640, 360]", ("640", "510")),
    ],
)
def test_player_fits_into_a_slide(embed, write_scene, small_scene, own, size):
    scene = write_scene(small_scene.replace("size = [320, 180]\nfps = 10\n", f"fps = 10\nsize = {own}\n"))
    found = Page(embed(scene, "--for", "reveal")[0]).elements["iframe"]

    assert (found["width"], found["height"]) == size


def test_cell_makes_the_film_itself(embed, scene):
    text, said = embed(scene, "--for", "jupyter", "--set", "title=Mine", "--limit", "points=300")
    names = {}
    *lines, last = text.strip().split("\n")
    exec("\n".join(lines), names)
    made = eval(last, names)

    assert made.tables.title == "Mine"
    assert made.limits.points == 300
    assert said == ""


def test_cell_allows_plugins_where_they_were_allowed(embed, write_scene, small_scene, tmp_path):
    (tmp_path / "mine.py").touch()
    scene = write_scene('plugins = ["mine.py"]\n' + small_scene)
    text, _ = embed(scene, "--for", "jupyter", "--allow-plugins")

    assert text == f'import gmmviz as gv\n\ngv.load_scene("{scene}", allow_plugins=True)\n'


NASTY = "a \"b\" <i> & 'c' --> $x"


@pytest.mark.parametrize("where", ["readme", "reveal", "quarto"])
def test_words_and_names_stay_words_and_names(embed, write_scene, small_scene, where):
    scene = write_scene(
        small_scene.replace('"Small"', f"'''{NASTY}'''\ndescription = '''{NASTY}'''"), "a b,#'&\"c?.toml"
    )
    text, _ = embed(scene, "--for", where)
    page = Page(text)

    assert set(page.elements) <= {"picture", "source", "img", "section", "iframe"}
    words = page.elements["img"]["alt"] if where == "readme" else page.elements["iframe"]["title"]
    assert words.startswith(NASTY)
    assert named(text) <= {"a b,#'&\"c?.gif", "a b,#'&\"c?.poster.png", "a b,#'&\"c?.html"}


@pytest.mark.parametrize("where", ["readme", "reveal", "quarto"])
def test_command_that_is_said_makes_the_files_that_are_named(gmmviz, embed, scene, folder, where):
    text, said = embed(scene, "--for", where, "-o", "my films", "--set", "pace.iterations=[1]")
    program, *arguments = shlex.split(said.removeprefix("make its files with: "))
    done = gmmviz(*arguments)

    assert (program, done.exit_code) == ("gmmviz", 0)
    assert arguments[-2:] == ["--set", "pace.iterations=[1]"]
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")} == named(text)


def test_files_on_this_machine_alone_are_refused(gmmviz, scene, folder):
    done = gmmviz("embed", scene, "--for", "readme", "-o", folder)

    assert (done.exit_code, done.stderr) == (
        2, f"{folder} is a place on this machine alone: give it relative to the page, as films/\n"
    )  # fmt: skip


def test_notes_are_said_beside_the_snippet(embed, write_scene, small_scene):
    scene = write_scene('language = "it"\n' + small_scene)
    text, said = embed(scene, "--for", "readme")

    assert text.startswith("<picture>")
    assert "stay English" in said.splitlines()[0]


def test_readme_shows_every_kind():
    assert [where for _, where, _ in SHOWN] == list(SNIPPETS)


@pytest.mark.parametrize(("arguments", "where", "shown"), SHOWN, ids=[where for _, where, _ in SHOWN])
def test_snippet_of_the_readme_is_what_the_command_prints(monkeypatch, arguments, where, shown):
    monkeypatch.chdir(ROOT)
    command = f"gmmviz embed {arguments} --for {where}"
    done = CliRunner().invoke(app, shlex.split(command)[1:], catch_exceptions=False)

    assert re.sub("^  ", "", shown, flags=re.MULTILINE) == done.stdout, f"put there what {command} prints"


def test_frame_names_a_page_for_each_step(embed, scene):
    text, said = embed(scene, "--for", "beamer", "-o", "my films")
    film = gv.load_scene(scene).animation().film

    assert re.findall(
        r"\\only<(\d+)>\{\\makebox.*\\includegraphics\[page=(\d+),.*\{my films/small.steps.pdf\}\}\}%\n", text
    ) == [(str(i), str(i)) for i in range(1, len(film.steps) + 1)]
    assert len(re.findall(r"\\note<\d+>", text)) == len(film.steps)
    assert said == f"make its files with: gmmviz render {scene} --format steps.pdf -o 'my films/'\n"


def test_letters_that_latex_lacks_become_symbols_or_are_told(embed, write_scene, small_scene):
    said = "description = '''\"μ\" rises by −1 望'''\n"
    scene = write_scene(small_scene.replace("[data]", f"{said}[data]"))
    text, told = embed(scene, "--for", "beamer")

    assert r"\note<1>{''\ensuremath{\mu}'' rises by \ensuremath{-}1 望" in text
    assert told.startswith(f"{scene}: note: pdflatex does not know '望': use lualatex, with a font that does\n")


def test_name_that_latex_cannot_read_is_refused(gmmviz, write_scene, small_scene):
    done = gmmviz("embed", write_scene(small_scene, "100%.toml"), "--for", "beamer")

    assert (done.exit_code, done.stderr) == (
        2, "LaTeX finds no file of the name 100%.steps.pdf: give the scene a name without '%'\n"
    )  # fmt: skip


@pytest.mark.long
def test_frame_compiles_in_a_talk_that_knows_nothing_of_it(gmmviz, embed, write_scene, small_scene, folder):
    said = "description = '''\"μ\" rises by −1 & <100 % of $5_0 \\ {~^}'''\n"
    scene = write_scene(small_scene.replace("[data]", f"{said}[data]"), "a b_c.toml")
    text, _ = embed(scene, "--for", "beamer")
    assert gmmviz("render", scene, "--format", "steps.pdf").exit_code == 0
    talk = rf"\documentclass{{beamer}}\setbeameroption{{show notes}}\begin{{document}}{text}\end{{document}}"
    (folder / "talk.tex").write_text(talk, encoding="utf-8")
    done = subprocess.run(
        [program("pdflatex"), "-interaction=nonstopmode", "-halt-on-error", "talk.tex"],
        cwd=folder, capture_output=True, text=True, errors="replace",
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-2000:]
    assert f"({2 * len(gv.load_scene(scene).animation().film.steps)} pages" in done.stdout
