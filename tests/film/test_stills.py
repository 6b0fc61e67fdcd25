import re

import numpy as np
import pytest
from PIL import Image

import gmmviz as gv


@pytest.fixture(scope="module")
def film(trace):
    return gv.Animation(trace, size=(640, 360), title="A title")


@pytest.mark.parametrize("at", ["start", "E1", "M3", "e5", "end", 0, 2.5])
def test_png_is_the_films_picture(film, tmp_path, at):
    path = film.still(tmp_path / "still.png", at)

    assert np.array_equal(np.asarray(Image.open(path)), film.image(film.moment(at))[:, :, :3])


def test_steps_are_shown_when_they_are_done(film, trace):
    (e_step,), (m_step,) = film.frames(film.moment("E2")), film.frames(film.moment("M2"))

    assert e_step.mixture is trace[1].mixture
    assert np.array_equal(e_step.responsibilities, trace.responsibilities(1))
    assert m_step.mixture is trace[2].mixture
    assert np.array_equal(m_step.responsibilities, trace.responsibilities(1))
    assert (e_step.label, m_step.label) == ("E-step 2", "M-step 2")


def test_svg_has_lines_as_lines_and_no_leftovers_of_other_moments(film, tmp_path):
    first = film.still(tmp_path / "a.svg", "M2").read_bytes()
    film.image(film.moment("end"))
    again = film.still(tmp_path / "b.svg", "M2").read_bytes()

    assert first == again
    assert first.count(b"<use ") > 272
    assert b"<image" not in first


def test_pdf_has_its_fonts_inside(film, tmp_path):
    content = film.still(tmp_path / "still.pdf").read_bytes()

    assert content.startswith(b"%PDF")
    assert re.search(rb"/FontFile2|/FontFile3", content)
    assert b"SourceSans3" in content
    assert content == film.still(tmp_path / "again.pdf").read_bytes()


@pytest.mark.parametrize(
    ("name", "at", "message"),
    [
        ("still.bmp", "end", "a still is '.png', '.svg' or '.pdf', not .bmp: still.bmp"),
        ("still.png", "E9", "there is no step 'E9': the run has 5 iterations, the first of them 1"),
        (
            "still.png",
            "later",
            "no step is called 'later': write 'start', 'end', such as 'E3' or 'M3', or seconds as 3.5",
        ),
        ("still.png", 99.0, "the film lasts 11.69 s: there is no moment at 99 s"),
    ],
)
def test_impossible_stills_are_refused(film, tmp_path, name, at, message):
    with pytest.raises(gv.InputError) as caught:
        film.still(tmp_path / name, at)

    assert str(caught.value) == message
    assert list(tmp_path.iterdir()) == []
