import re

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
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
        (
            "still.png",
            "later",
            "no step is called 'later': write 'start', 'end', such as 'E3' or 'M3', or seconds as 3.5",
        ),
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


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"at": 3.5}, "at names a step, such as 'E3', 'M3', 'start' or 'end', not 3.5"),
        ({"renderer": "ellipses"}, "renderer must be one such as EllipseRenderer(), not 'ellipses'"),
        ({"trace": [1]}, "plot draws a trace from gmmviz.fit, not list"),
        ({"ax": None}, "ax must be one Axes of matplotlib, not NoneType"),
        (
            {"ax": Figure().add_subplot(projection="polar")},
            "plot draws into a plain Axes, also surfaces: leave projection='polar' out",
        ),
    ],
)
def test_impossible_plots_are_refused(trace, settings, message):
    arguments = {"trace": trace, "ax": Figure().subplots()} | settings

    with pytest.raises(gv.InputError) as caught:
        gv.plot(**arguments)

    assert str(caught.value) == message


def test_title_of_a_plot_is_the_users(trace):
    axes = gv.plot(trace, Figure().subplots(), at="M2")
    assert axes.get_title() == "ellipses hold 39 % and 86 % of a component"

    axes.set_title("M2")

    assert (axes.get_title(), axes.get_title("left")) == ("M2", "")


def test_numbers_of_a_plot_stay_in_their_dots_when_the_layout_changes(trace):
    figure = Figure(figsize=(6, 4), dpi=100)
    axes = gv.plot(trace, figure.subplots(), at="M2")
    figure.set_dpi(200)
    axes.set_position([0.3, 0.3, 0.5, 0.5])

    digits = [line for line in axes.lines if not isinstance(line.get_marker(), str)]
    for k, line in enumerate(digits):
        assert (line.get_xydata()[0] == trace[2].mixture.means[k]).all()
        assert line.get_transform() == axes.transData
    assert len(digits) == 2


def test_plot_in_a_dark_theme_can_be_read_in_axes_made_before(trace):
    axes = gv.plot(trace, Figure().subplots(), gv.LikelihoodRenderer(), theme="dark")
    dark = gv.Animation(trace, theme="dark").theme

    assert to_hex(axes.get_facecolor()) == to_hex(axes.figure.get_facecolor()) == dark.background
    assert {to_hex(spine.get_edgecolor()) for spine in axes.spines.values()} == {dark.muted}
    assert {to_hex(tick.get_color()) for tick in (*axes.get_xticklabels(), *axes.get_yticklabels())} == {
        dark.muted
    }


def test_plot_of_the_end_shows_the_samples_that_a_film_ends_with(trace):
    axes = gv.plot(trace, Figure().subplots(), gv.ContourRenderer(samples=30))

    assert [len(line.get_xdata()) for line in axes.lines if line.get_marker() == "x"] == [30]
