import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.textpath import TextPath
from numpy.testing import assert_allclose

from gmmviz.artists.means import mean_dot, mean_marks, moved_marks, number_mark, opacity, past_means
from gmmviz.storyboard.frame import frame_at
from gmmviz.storyboard.stage import stages
from gmmviz.storyboard.timeline import Moment
from gmmviz.themes import theme_named
from gmmviz.themes.color import faded

THEME = theme_named("light")


@pytest.mark.parametrize(
    ("weight", "expected"), [(0, 0.3), (1e-9, 0.3), (2e-6, 0.45000275), (0.2, 0.725), (0.4, 1.0), (0.9, 1.0)]
)
def test_opacity_falls_with_the_weight_but_never_to_nothing(weight, expected):
    assert opacity(weight) == pytest.approx(expected)


def test_dot_has_its_components_color_and_an_edge_of_the_background():
    dot = mean_dot(1, 20.0, 2.0, THEME)

    assert (dot.get_marker(), dot.get_markersize(), dot.get_markeredgewidth()) == ("o", 20, 2)
    assert (dot.get_markerfacecolor(), dot.get_markeredgecolor()) == (THEME.color(1), "#ffffff")
    assert dot.get_linestyle() == "None"


def test_number_counts_from_one_and_is_centered():
    one, ten = number_mark(0, 18.0, THEME), number_mark(9, 18.0, THEME)
    boxes = [mark.get_marker().get_extents() for mark in (one, ten)]

    for mark, box in zip((one, ten), boxes, strict=True):
        assert_allclose([box.x0 + box.x1, box.y0 + box.y1], 0, atol=1e-6)
        assert mark.get_markersize() == pytest.approx(2 * np.abs(mark.get_marker().vertices).max())
        assert mark.get_markeredgewidth() == 0
    digits = [TextPath((0, 0), text, size=18.0, prop=THEME.font("bold")) for text in ("1", "10")]
    assert [box.width for box in boxes] == pytest.approx([path.get_extents().width for path in digits])
    assert len(one.get_marker().vertices) == len(digits[0].vertices)
    assert boxes[1].width > 1.7 * boxes[0].width  # two digits
    assert 0.6 * 18 < boxes[0].height < 0.75 * 18


@pytest.mark.parametrize("name", ["light", "dark", "print"])
def test_number_has_the_ink_that_is_read_best_on_its_dot(name):
    theme = theme_named(name)
    inks = [number_mark(k, 18.0, theme).get_markerfacecolor() for k in range(12)]

    assert inks == [theme.ink_on(theme.color(k)) for k in range(12)]
    assert set(inks) == {theme.background, theme.text}


@pytest.fixture
def marks():
    return mean_marks(Figure().add_subplot(), 2, THEME.crowded(4))


def test_marks_are_smaller_in_a_crowd(marks):
    assert [mark.dot.get_markersize() for mark in marks] == pytest.approx([25 * 4**-0.35] * 2)
    assert [mark.dot.get_markeredgewidth() for mark in marks] == pytest.approx([2.5 * 4**-0.35] * 2)
    assert marks[1].number.get_markersize() == pytest.approx(number_mark(1, 18 * 4**-0.35, THEME).get_markersize())
    hue = faded(THEME.text, THEME.color(0), 0.4)
    assert (marks[0].trail.get_color(), marks[0].trail.get_alpha()) == (hue, 0.8)
    assert (marks[0].steps.get_markerfacecolor(), marks[0].steps.get_markersize()) == (hue, 7 * 4**-0.35)
    assert marks[0].trail.get_linewidth() == pytest.approx(2.2 * 4**-0.35)
    assert [a.get_zorder() for a in (marks[0].trail, marks[0].steps, marks[0].dot, marks[0].number)] == [
        4,
        4.5,
        5,
        6,
    ]


def test_marks_stand_at_the_means_and_all_trails_lie_below(marks):
    places = np.array([[1.0, 2.0], [3.0, 4.0]])
    past = [places - 2, places - 1]
    artists = list(moved_marks(marks, places, np.array([1.0, 0.0]), past))

    below = [m.trail for m in marks] + [m.steps for m in marks]
    assert artists == below + [a for m in marks for a in (m.dot, m.number)]
    assert_allclose(marks[1].steps.get_data(), [[1, 2], [2, 3]])  # a dot for each iteration so far
    assert_allclose(marks[1].trail.get_data(), [[1, 2, 3], [2, 3, 4]])
    assert_allclose(np.ravel(marks[1].dot.get_data()), [3, 4])
    assert_allclose(np.ravel(marks[0].number.get_data()), [1, 2])
    assert [(mark.dot.get_alpha(), mark.number.get_alpha()) for mark in marks] == [(1.0, 1.0), (0.3, 0.3)]


def test_marks_without_trails_are_dots_and_numbers_alone(marks):
    artists = list(moved_marks(marks, np.zeros((2, 2)), np.array([0.5, 0.5]), None))

    assert artists == [a for m in marks for a in (m.dot, m.number)]


def test_past_of_a_frame_ends_with_its_last_real_snapshot(trace):
    (stage,) = stages([("", trace)])
    projection = stage.projection(("waiting",), 1)
    halfway = frame_at(trace, Moment(0.0, 0.1, "m", 1, 2, 3, 0.5, opens=False))
    past = past_means(halfway, projection)

    assert_allclose(past, [snapshot.mixture.means[:, 1:] for snapshot in trace[:3]])


@pytest.mark.parametrize(
    ("size", "n_runs", "digits"),
    [((1280, 720), 1, 18), ((640, 360), 1, 9), ((480, 270), 1, 8), ((360, 202), 1, None), ((640, 360), 9, None)],
)
def test_number_is_drawn_where_it_can_be_read(trace, size, n_runs, digits):
    """A mark is a little larger, where that makes its number readable."""
    from matplotlib.figure import Figure

    from gmmviz.artists.means import mean_marks

    theme = theme_named("light").scaled(size).crowded(n_runs)
    (mark,) = mean_marks(Figure().add_subplot(), 1, theme)

    assert mark.number.get_visible() == (digits is not None)
    usual = theme.mark_px(25)
    assert mark.dot.get_markersize() == pytest.approx(25 / 18 * digits if digits else usual)
