import re

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

import gmmviz as gv


@pytest.fixture
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
    assert (e_step.label, m_step.label) == ("Iteration 2, E-step", "Iteration 2, M-step")


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
        ("still.png", "later", "no step is called 'later': write 'start', 'end', or such as 'E3' or 'M3'"),
        ("still.png", 99.0, "the film lasts 11.1 s: there is no moment at 99 s"),
    ],
)
def test_impossible_stills_are_refused(film, tmp_path, name, at, message):
    with pytest.raises(gv.InputError) as caught:
        film.still(tmp_path / name, at)

    assert str(caught.value) == message
    assert list(tmp_path.iterdir()) == []


def colorful(trace, dpi):
    """Pixels that have a hue, in a user's own figure of so many dots per inch."""
    figure = Figure(figsize=(6, 4), dpi=dpi)
    left, right = figure.subplots(1, 2)
    right.plot([0, 1], [0, 1], color="gray")
    assert gv.plot(trace, left, at="M3") is left
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    assert left.get_xlabel() == "eruption (min)"
    assert len(right.lines) == 1
    return np.count_nonzero(np.ptp(np.asarray(canvas.buffer_rgba())[:, :, :3].astype(int), axis=2) > 60)


def test_plot_draws_into_given_axes_in_the_size_of_their_figure(trace):
    small, large = colorful(trace, 72), colorful(trace, 144)

    assert small > 500
    assert 3 < large / small < 5
