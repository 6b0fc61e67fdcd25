"""Decks: which scenes they hold, and what their files say."""

import re
import shutil
import subprocess
import zipfile
from contextlib import nullcontext

import pytest
from pptx import Presentation
from small_films import DECK, SCENE_OF_DECK

import gmmviz as gv
from gmmviz.scene import SceneError
from gmmviz.scene.deck import load_deck
from gmmviz.scene.deck_files import BeamerDeck, PptxDeck
from gmmviz.scene.deck_page import HtmlDeck
from gmmviz.scene.deck_writing import kind_of, write_deck
from gmmviz.scene.limits import Limits


@pytest.fixture
def files(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text(SCENE_OF_DECK.format(title=name.upper()), encoding="utf-8")
    (tmp_path / "deck.toml").write_text(DECK, encoding="utf-8")
    return tmp_path


def written(files, name, *scenes):
    deck = load_deck([files / scene for scene in scenes or ("deck.toml",)], Limits())
    watched = []

    def watching(path, number, total):
        watched.append((path.name, number, total))
        return nullcontext()

    said = write_deck(deck, files / name, watching)
    assert watched == [("a.toml", 1, 2), ("b.toml", 2, 2)]
    return said, files / name


def test_deck_is_what_its_file_says(files):
    deck = load_deck([files / "deck.toml"], Limits())

    assert (deck.title, deck.author) == ("A & B", "Ann")
    assert [section.title for section in deck.sections] == ["First", ""]
    assert [(entry.scene.path.name, entry.steps) for entry in deck.entries] == [
        ("a.toml", True),
        ("b.toml", False),
    ]
    assert {path.name for path in deck.files} == {"deck.toml", "a.toml", "b.toml"}


def test_slides_have_films_steps_notes_and_questions(files):
    said, path = written(files, "course.pptx")
    slides = Presentation(path).slides
    titles = [slide.shapes.title.text for slide in slides]

    assert titles == [
        *("A & B", "First", "A", "Start", "E-step 1", "M-step 1", "Stopped"),
        *("Questions for the class", "B", "Questions for the class"),
    ]
    assert said.startswith(f"{path}  2 films, 10 slides, ")
    assert slides[2].notes_slide.notes_text_frame.text.startswith("What to notice: Two <kinds> of eruptions.")
    assert [p.text for p in slides[7].placeholders[1].text_frame.paragraphs] == ["Why two?", "Why not three?"]


def test_deck_has_the_same_bytes_on_two_runs(files):
    for suffix in ("pptx", "html", "beamer.zip"):
        _, first = written(files, f"1.{suffix}")
        _, second = written(files, f"1-again.{suffix}")
        if suffix == "beamer.zip":  # in which the text is named after the file
            texts = [zipfile.ZipFile(path).read(f"{path.name.split('.')[0]}.tex") for path in (first, second)]
            assert texts[0] == texts[1]
        else:
            assert first.read_bytes() == second.read_bytes()


def test_latex_has_a_frame_for_each_film_and_only_the_steps_asked_for(files):
    _, path = written(files, "course.beamer.zip")
    with zipfile.ZipFile(path) as archive:
        text = archive.read("course.tex").decode()

    assert archive.namelist() == ["course.tex", "01-a.steps.pdf", "02-b.steps.pdf"]
    assert r"\title{A \& B}" in text
    assert r"\author{Ann}" in text
    assert text.count(r"\only<") == 4 + 2  # of a film without its steps, the start and the end


def test_size_and_rate_of_a_deck_replace_those_of_its_scenes(files):
    (files / "deck.toml").write_text("size = [320, 180]\nfps = 8\n" + DECK, encoding="utf-8")
    deck = load_deck([files / "deck.toml"], Limits())
    made = {kind: kind(deck, "", "en", files / "x", files) for kind in (HtmlDeck, PptxDeck, BeamerDeck)}
    films = [one.animation(deck.entries[0], None, "standard") for one in made.values()]

    assert [(film.size, film.fps) for film in films] == [((320, 180), 8), ((320, 180), 8), ((320, 180), 4)]


def test_steps_are_asked_for_or_left_out_of_all_films_at_once(files):
    deck = load_deck([files / "deck.toml"], Limits())

    assert [entry.steps for entry in deck.with_steps(True).entries] == [True, True]
    assert [entry.steps for entry in deck.with_steps(False).entries] == [False, False]


def test_english_headings_follow_the_films_language_and_others_stay(files):
    text = (files / "a.toml").read_text(encoding="utf-8")
    own = text.replace("# What to notice", "# Ganz wichtig")
    (files / "a.toml").write_text(own.replace("[data]", 'language = "de"\n[data]'), encoding="utf-8")
    page = written(files, "course.html")[1].read_text(encoding="utf-8")

    assert re.findall('<section class="text"><h1>([^<]*)', page) == [
        "Fragen an den Kurs",
        "Questions for the class",
    ]
    assert re.findall("<details><summary>(Ganz wichtig|What to notice)</summary>", page) == [
        "Ganz wichtig",
        "What to notice",
    ]


@pytest.mark.parametrize(("themes", "wanted"), [(("dark", "dark"), "dark"), (("dark", "light"), "light")])
def test_page_is_dark_where_all_its_films_are(files, themes, wanted):
    for name, theme in zip("ab", themes, strict=True):
        with (files / f"{name}.toml").open("a", encoding="utf-8") as file:
            file.write(f'[theme]\nname = "{theme}"\n')
    page = written(files, "course.html")[1].read_text(encoding="utf-8")

    assert f'<html lang="en" data-theme="{wanted}">' in page[:200]


def test_scenes_alone_make_a_deck(files):
    _, path = written(files, "course.html", "a.toml", "b.toml")

    assert "<title>Expectation-maximization</title>" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("steps = []", "stepps = []", ":8:1: sections[1].stepps: unknown key; did you mean 'steps'?"),
        (
            "steps = []",
            'steps = ["a.toml"]',
            ":8:10: sections[1].steps[0]: 'a.toml' is none of this section's scenes; did you mean 'b.toml'?",
        ),
        ('"b.toml"', '"c.toml"', ":7:11: sections[1].scenes[0]: there is no scene file {folder}/c.toml"),
        (
            'author = "Ann"',
            'language = "not a tag"',
            ":2:12: language: language must be a BCP 47 tag, such as 'en' or 'pt-BR', not 'not a tag'",
        ),
        ('title = "A & B"', "title = 3", ":1:9: title: expected a text, got 3"),
    ],
)
def test_wrong_file_of_a_deck_is_refused_at_its_place(files, old, new, message):
    (files / "deck.toml").write_text(DECK.replace(old, new), encoding="utf-8")

    with pytest.raises(SceneError) as caught:
        load_deck([files / "deck.toml"], Limits())

    assert str(caught.value).split("\n")[0].removeprefix(f"{files}/deck.toml") == message.format(folder=files)


def test_unknown_kind_of_deck_is_refused(files):
    with pytest.raises(gv.InputError) as caught:
        kind_of(files / "course.ppt")

    assert str(caught.value) == (
        f"no deck can be written to {files}/course.ppt: it ends in '.ppt'; known: '.pptx', '.html' and '.beamer.zip'"
    )


def test_deck_stands_in_the_master_that_its_file_names(files):
    master = Presentation()
    master.slides.add_slide(master.slide_layouts[0]).shapes.title.text = "Old"
    master.save(files / "uni.pptx")
    (files / "deck.toml").write_text('template = "uni.pptx"\n' + DECK, encoding="utf-8")
    _, path = written(files, "course.pptx")
    slides = Presentation(path).slides

    assert [slides[i].slide_layout.name for i in range(4)] == [
        "Title Slide",
        "Section Header",
        "Title Only",
        "Title Only",
    ]
    assert "Old" not in [slide.shapes.title.text for slide in slides]
    assert all(slide.shapes.title.top > 0 for slide in slides)
    assert files / "uni.pptx" in load_deck([files / "deck.toml"], Limits()).files


@pytest.mark.long
def test_latex_compiles_without_a_complaint(files):
    said, path = written(files, "course.beamer.zip")
    shutil.unpack_archive(path, files)
    for _ in range(2):
        done = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "course.tex"],
            cwd=files,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
        assert done.returncode == 0, done.stdout[-2000:]
    pages = subprocess.run(["pdfinfo", "course.pdf"], cwd=files, capture_output=True, text=True, check=True).stdout

    assert [line for line in done.stdout.splitlines() if "full \\" in line or "Warning" in line] == []
    n_slides = int(re.search(r"(\d+) slides", said)[1])
    assert int(re.search(r"Pages: +(\d+)", pages)[1]) == n_slides
