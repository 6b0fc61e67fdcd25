import shutil
import subprocess
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from film_files import blocks, film_of
from PIL import Image, ImageChops

import gmmviz as gv
from gmmviz.encoders import BeamerEncoder
from gmmviz.encoders.base import Contents
from gmmviz.encoders.beamer import KNOWN, document, escaped, frame, loss


@pytest.fixture(scope="module")
def animation(trace):
    pace = gv.Pace(length=6.0, iterations=2)
    return gv.Animation(trace, size=(320, 180), fps=5, pace=pace, title="EM & 100 % of α_1", description="{\\x}")


@pytest.fixture(scope="module")
def archive(animation, tmp_path_factory):
    (saved,) = animation.save(tmp_path_factory.mktemp("beamer") / "film.beamer.zip")
    return saved


def text_of(path):
    with zipfile.ZipFile(path) as archive:
        return archive.read("film.tex").decode()


def test_archive_has_a_text_and_the_pages_that_it_shows(animation, archive, tmp_path):
    (pages,) = animation.save(tmp_path / "film.steps.pdf")

    with zipfile.ZipFile(archive.path) as file:
        assert file.namelist() == ["film.tex", "film.steps.pdf"]
        assert file.read("film.steps.pdf") == pages.path.read_bytes()
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert (archive.n_frames, archive.loss) == (len(animation.film.steps), "")


def test_each_step_is_an_overlay_with_a_note_and_no_space_behind_it(animation, archive):
    lines = text_of(archive.path).splitlines()
    begin, end = lines.index(r"\begin{frame}[plain]"), lines.index(r"\end{frame}")
    n_steps = len(animation.film.steps)

    for i, line in enumerate(lines[begin + 2 : begin + 2 + n_steps], 1):
        assert line == (
            rf"  \only<{i}>{{\makebox[\textwidth]{{\includegraphics[page={i},width=\paperwidth,height=\paperheight,"
            r"keepaspectratio]{film.steps.pdf}}}%"
        )
    notes = lines[begin + 2 + n_steps : end]
    assert notes[1] == r"  \note<2>{E-step 1: points take their components' colors}%"
    assert notes[0].startswith(r"  \note<1>{\{\textbackslash{}x\} EM fits two Gaussians")
    assert len(notes) == n_steps


def test_slides_have_the_shape_of_the_film(animation):
    film = animation.film

    assert r"\geometry{paperwidth=16.0000cm,paperheight=9.0000cm}" in document(film.size, "", [])
    assert r"\geometry{paperwidth=9.0000cm,paperheight=16.0000cm}" in document((90, 160), "", [])


def test_frame_without_its_steps_shows_start_and_end(animation):
    lines = frame(animation.film, "a.pdf", steps=False).splitlines()
    n_steps = len(animation.film.steps)

    assert [line.split("page=")[1].split(",")[0] for line in lines if r"\only" in line] == ["1", str(n_steps)]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("100 % & $5_x^2 #1 {a} ~b", r"100 \% \& \$5\_x\textasciicircum{}2 \#1 \{a\} \textasciitilde{}b"),
        (r"C:\new", r"C:\textbackslash{}new"),
        ('a < b | "c"', r"a \textless{} b \textbar{} \textquotedbl{}c\textquotedbl{}"),
        ("two\nlines\x00", "two lines"),
        ("u\u0308ber", "über"),
    ],
)
def test_words_are_escaped(text, written):
    assert escaped(text) == written


@pytest.mark.parametrize(
    ("letter", "declared"),
    [
        ("\u2212", r"\ensuremath{-}"),
        ("λ", r"\ensuremath{\lambda}"),
        ("Σ", r"\ensuremath{\Sigma}"),
        ("Α", "A"),  # a Greek one
        ("²", None),  # Latin-1 has it
        ("⁴", r"\ensuremath{^4}"),
        ("₄", r"\ensuremath{_4}"),
        ("\u2009", " "),
        ("期", ""),
    ],
)
def test_letters_that_pdflatex_does_not_know_are_declared(letter, declared):
    made = document((16, 9), f"a{letter}", [])
    line = rf"\DeclareUnicodeCharacter{{{ord(letter):04X}}}"

    assert (line in made) == (declared is not None)
    assert declared is None or f"{line}{{{declared}}}" in made


def test_letters_that_are_left_out_are_told():
    assert loss(document((16, 9), "期望 α", [])) == (
        "pdflatex leaves out 2 letters of the notes, such as '望': use lualatex, with a font that has them"
    )


def test_damaged_archive_is_refused(archive, tmp_path):
    content = bytearray(archive.path.read_bytes())
    content[100] ^= 1
    (tmp_path / "film.beamer.zip").write_bytes(content)

    with pytest.raises(gv.RenderError, match=r"^the file is damaged$"):
        BeamerEncoder().read_back(tmp_path / "film.beamer.zip")
    assert BeamerEncoder().read_back(archive.path) == Contents(n_frames=archive.n_frames)


def test_film_without_steps_is_refused():
    with pytest.raises(gv.InputError, match=r"^pages show a film's steps, and this film has none$"):
        BeamerEncoder().check(replace(film_of(blocks(2), [0.2] * 2), steps=()))


def compiled(folder, name="film", engine="pdflatex"):
    """Compile a text; return what was complained about, and the pages as pictures."""
    for _ in range(2):
        done = subprocess.run(
            [engine, "-interaction=nonstopmode", "-halt-on-error", f"{name}.tex"],
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
        assert done.returncode == 0, done.stdout[-2000:]
    subprocess.run(["pdftoppm", "-png", "-r", "120", f"{name}.pdf", "page"], cwd=folder, check=True)
    said = [line for line in done.stdout.splitlines() if "full" in line or "Warning" in line]
    return said, [Image.open(page).convert("RGB") for page in sorted(folder.glob("page-*.png"))]


@pytest.mark.long
@pytest.mark.parametrize("size", [(960, 540), (1120, 500), (540, 960)])
def test_text_compiles_and_its_overlays_do_not_hop(trace, tmp_path, size):
    pace = gv.Pace(length=6.0, iterations=2)
    animation = gv.Animation(trace, size=size, fps=5, pace=pace, title="EM & 100 %")
    (saved,) = animation.save(tmp_path / "film.beamer.zip")
    shutil.unpack_archive(saved.path, tmp_path)
    said, pages = compiled(tmp_path)

    assert said == []
    assert len(pages) == len(animation.film.steps)
    width, height = pages[0].size
    assert width / height == pytest.approx(size[0] / size[1], rel=0.01)
    for page, step in zip(pages, animation.film.steps, strict=True):
        header = (0, 0, width, height // 14)  # where the title stands
        assert ImageChops.difference(page.crop(header), pages[0].crop(header)).getbbox() is None
        expected = Image.fromarray(animation.image(animation.moments[step.last])[:, :, :3]).resize(page.size)
        assert np.abs(np.asarray(page, float) - np.asarray(expected, float)).mean() < 4
    # What the pages share is written once.
    assert (tmp_path / "film.pdf").stat().st_size < 1.5 * (tmp_path / "film.steps.pdf").stat().st_size


@pytest.mark.long
@pytest.mark.parametrize("engine", ["pdflatex", "lualatex"])
def test_every_letter_compiles(tmp_path, engine):
    letters = "".join(chr(code) for code in range(32, 0x2600) if chr(code).isprintable())
    assert sum(map(bool, map(KNOWN.match, letters))) > 320
    parts = [escaped(f"{letters[i : i + 300]} 期") for i in range(0, len(letters), 300)]
    made = document((16, 9), "Letters", [rf"\begin{{frame}}{part}\end{{frame}}" for part in parts])
    (tmp_path / "film.tex").write_text(made, encoding="utf-8")

    compiled(tmp_path, engine=engine)
