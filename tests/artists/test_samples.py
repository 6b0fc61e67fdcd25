import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.artists.samples import Samples
from gmmviz.storyboard.projection import Projection
from gmmviz.themes import theme_named

THEME = theme_named("light")
MIXTURE = gv.Mixture([0.5, 0.5], [[-4.0, 0.0], [4.0, 1.0]], [np.eye(2), 2 * np.eye(2)])
PLANE = Projection(np.eye(2), np.zeros(2), ("x", "y"))


def samples_of(n):
    return Samples(Figure().add_subplot(), MIXTURE, n, PLANE, THEME)


def test_first_five_points_take_nearly_half_of_the_time_and_the_rest_follows_evenly():
    samples = samples_of(105)

    # The first appears when its component has lit up: 0.55 of the first fifth of 0.45.
    assert [samples.count(p) for p in (0, 0.049, 0.05, 0.09, 0.14, 0.449, 0.45, 0.725, 1)] == [
        0, 0, 1, 1, 2, 5, 5, 55, 105
    ]  # fmt: skip


@pytest.mark.parametrize("n", [1, 3, 5])
def test_few_points_share_all_of_the_time(n):
    samples = samples_of(n)

    assert [samples.count((i + 0.6) / n) for i in range(n)] == list(range(1, n + 1))
    assert samples.count(1.0) == n


def test_component_lights_up_before_its_point_appears():
    samples = samples_of(50)
    _, labels = MIXTURE.sample(50, seed=0)

    for i in range(5):
        begin, length = 0.09 * i, 0.09
        k, light = samples.chosen(begin + 0.33 * length)
        assert (k, round(light, 3)) == (labels[i], 1)
        assert samples.count(begin + 0.33 * length) == i
        assert samples.chosen(begin + 0.7 * length)[1] < 0.6
        assert samples.count(begin + 0.7 * length) == i + 1
    assert samples.chosen(0.5) == (0, 0.0)
    assert samples.chosen(0.0) == (0, 0.0)


def test_what_lights_up_is_the_components_ellipse_in_its_color():
    samples = samples_of(50)
    shown = list(samples.drawn(MIXTURE, 0.03))
    k = samples.labels[0]

    assert shown == [samples._flash, samples._below, *samples._crosses]
    vertices = samples._flash.get_path().vertices[:24:3] - MIXTURE.means[k]
    assert_allclose((vertices**2).sum(axis=1) / MIXTURE.covariances[k, 0, 0], 4)
    assert samples._flash.get_facecolor()[:3] == pytest.approx(
        [int(THEME.color(k)[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    )


def test_nothing_is_shown_before_the_epilogue():
    assert list(samples_of(9).drawn(MIXTURE, 0.0)) == []


def test_crosses_have_an_edge_that_parts_them_from_a_field_of_their_hue():
    samples = samples_of(200)

    assert samples._below.get_color() == THEME.outline
    for crosses in samples._crosses:
        assert samples._below.get_markeredgewidth() == crosses.get_markeredgewidth() + 2
        assert crosses.get_marker() == samples._below.get_marker() == "x"
